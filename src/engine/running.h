/* What the three threads of one running section share: fifo, counters, first failure, cancel flag.
 * Who uses it: section.c (client's thread, owns it), reader.c, write_loop.c. Room-internal.
 * It is counted: an abandoned reader keeps it alive until its Read returns.
 * What it must not know: how reading, writing and waiting are done. */
#ifndef OI_ENGINE_RUNNING_H
#define OI_ENGINE_RUNNING_H

#include "engine.h"
#include "fifo.h"

struct oi_running {
    atomic_int refs;
    struct oi_engine *engine; /* not for the reader: it may outlive the engine */
    struct oi_section section;
    struct oi_fifo *fifo;
    struct oi_fifo_size size;
    uint32_t unit_blocks;
    atomic_uint blocks_read, blocks_written;
    atomic_bool reader_inside; /* a call into the source is running */
    struct oi_mutex lock;      /* guards the rest */
    struct oi_client *client;  /* NULL once nobody waits any more */
    bool reader_done, writer_done;
    bool failed;
    struct oi_outcome outcome;
};

/* engine.c: CLAIMED -> PREPARING, and whatever -> IDLE. The client's thread. */
void oi_engine_prepare(struct oi_engine *engine, struct oi_running *running);
void oi_engine_finish(struct oi_engine *engine);

void oi_running_release(struct oi_running *running);
/* Records the first failure; later ones are not heard. fill is what the outcome gets. */
void oi_running_fail(struct oi_running *running, const struct oi_outcome *failure);
void oi_running_wake_client(struct oi_running *running);
/* A picture of it as it is now. Any of its threads. */
struct oi_progress oi_running_progress(const struct oi_running *running);
/* A cancel was accepted for this section. Any of its threads while it runs. */
bool oi_running_cancelled(const struct oi_running *running);
/* Every command of the section goes through here. The writer's thread. False: cancelled, nothing
 * was sent. */
bool oi_running_execute(struct oi_running *running, const struct oi_command *command,
                        struct oi_completion *completion);
/* The first WRITE is about to be issued: false when a cancel came before. */
bool oi_running_begin_writing(struct oi_running *running);
/* No WRITE will be issued any more. */
void oi_running_end_writing(struct oi_running *running);

/* reader.c: the one who reads. A reader is used by one thread, which ends with oi_reader_finish. */
struct oi_reader {
    struct oi_running *running;
    struct oi_slot *slot; /* being filled */
    uint32_t slot_target; /* bytes it shall get */
    uint64_t bytes_left;
    bool opened;
};
void oi_reader_init(struct oi_reader *reader, struct oi_running *running);
/* One read into one slot. wait: for a free slot. False: there is nothing more to do for it, because
 * all is read, the source failed, or the fifo is aborted. *idle: no slot was free, nothing done. */
bool oi_reader_step(struct oi_reader *reader, bool wait, bool *idle);
/* Closes fifo and source; the reader's last word. */
void oi_reader_finish(struct oi_reader *reader);
/* Body of the reader's thread; context is its own reference to the struct oi_running. */
void oi_reader_thread(void *running);

/* write_loop.c: body of the writer's thread; context is the struct oi_running. */
void oi_writer_thread(void *running);

#endif
