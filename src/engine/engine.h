/* The write engine: one section of a disc from a source to a drive, with progress and cancel.
 * Who uses it: the MsftWriteEngine2 class, and tests with a source, a drive and a client of their
 * own. Data goes one way (source -> fifo -> drive), news the other (progress -> client), and three
 * threads share the work: the client's (events, waiting), the reader's (source), the writer's
 * (drive). What it must not know: COM, Windows, what kind of thing source, drive and client are. */
#ifndef OI_ENGINE_ENGINE_H
#define OI_ENGINE_ENGINE_H

#include <stdatomic.h>
#include "clock.h"
#include "flight.h"
#include "geometry.h"
#include "sense.h"
#include "transport.h"

/* Where the bytes come from. Every call is made by one thread, the one that reads. */
struct oi_source;
struct oi_source_ops {
    /* Once, before the first read. On failure only close follows. */
    enum oi_status (*open)(struct oi_source *source, int32_t *foreign);
    /* Reads 1 … size bytes; *got 0 means that there are no more. A failure may be OI_FOREIGN with a
     * code of the source's own in *foreign; what it has read does not count then. May block. */
    enum oi_status (*read)(struct oi_source *source, void *data, uint32_t size, uint32_t *got,
                           int32_t *foreign);
    /* The last call, exactly once, also without open; the engine forgets the source. It may come
     * after oi_engine_write_section has returned, when a read of a cancelled or failed section did
     * not return in time: whatever read and close need must live until then. */
    void (*close)(struct oi_source *source);
};
struct oi_source {
    const struct oi_source_ops *ops;
};

/* Where they go. enter and leave, when not NULL, are called on the writer's thread around its
 * commands; leave also after a failing enter. */
struct oi_drive {
    struct oi_transport *transport;
    enum oi_status (*enter)(struct oi_drive *drive, int32_t *foreign);
    void (*leave)(struct oi_drive *drive);
};

/* An immutable picture of a section. Used + free = total, exactly; the LBAs are >= start_lba and
 * never go back from one picture to the next. */
struct oi_progress {
    int32_t start_lba;
    int32_t sector_count;
    int32_t last_read_lba;
    int32_t last_written_lba;
    uint32_t total_bytes, used_bytes, free_bytes; /* of the fifo */
};

/* Who wants to know. update and wait are called on the client's own thread only. */
struct oi_client;
struct oi_client_ops {
    void (*update)(struct oi_client *client, const struct oi_progress *progress);
    /* Returns after wake or when oi_clock_us() reaches the deadline; earlier does no harm. */
    void (*wait)(struct oi_client *client, uint64_t deadline_us);
    /* Any thread: lets the present or else the next wait return. Must not call the engine. */
    void (*wake)(struct oi_client *client);
};
struct oi_client {
    const struct oi_client_ops *ops;
};

struct oi_section {
    struct oi_source *source; /* owned by the engine from the call on, whatever it returns */
    struct oi_drive *drive;   /* borrowed until the call returns */
    struct oi_client *client; /* borrowed until the call returns */
    struct oi_clock *clock;   /* for the drive's pauses and budgets; NULL: the real one */
    struct oi_flight *flight; /* borrowed until the call returns; NULL: nothing is recorded */
    int32_t start_lba;
    int32_t blocks; /* >= 1, start_lba + blocks - 1 <= INT32_MAX */
    uint32_t block_bytes;
    uint32_t blocks_per_command;          /* from oi_blocks_per_command, >= 1 */
    uint16_t profile;                     /* of the medium, MMC-6; 0 when not known */
    int32_t starting_speed, ending_speed; /* sectors per second, -1 unknown */
    bool streaming;                       /* WRITE (12) with the Streaming bit */
    bool client_reads; /* the source belongs to the client's thread: it reads between events */
};

/* How a section ended. The first failure decides and is never overwritten, save by a cancel that
 * was accepted before the writing had ended. */
enum oi_culprit { OI_BY_NOBODY, OI_BY_SOURCE, OI_BY_DRIVE, OI_BY_SYSTEM };
struct oi_outcome {
    enum oi_status status;
    int32_t foreign; /* with OI_FOREIGN */
    enum oi_culprit culprit;
    struct oi_progress progress; /* as the last event showed it */
    uint32_t blocks_read, blocks_written;
    /* Everything of the section below it was accepted, and nothing was said against it since, also
     * where somebody else had failed before. INT32_MAX where the LBA behind it is meant. */
    int32_t first_doubtful_lba;
    /* Every WRITE was accepted, but the drive's next writable address is still first_doubtful_lba:
     * it did not record what it took. There is no failed command then (lba_blocks 0), as with a
     * deferred error that came after the last WRITE; sense has that. */
    bool not_recorded;
    /* The failed command, when the drive is the culprit. */
    uint8_t opcode;
    int32_t lba;
    uint32_t lba_blocks;
    uint8_t scsi_status;
    struct oi_sense sense;
    uint32_t attempts;   /* at this LBA, also those that ended in a recovery which led back to it */
    uint64_t elapsed_us; /* since the first of them was issued, by the section's clock */
    uint32_t timeout_ms; /* of each */
    uint32_t fifo_used_bytes, fifo_total_bytes; /* when it failed */
    /* Things that did no harm. */
    uint32_t recovered_errors;
    uint32_t blocks_replayed; /* written once more, since the drive had lost them */
    bool fell_back;           /* Streaming was refused, WRITE (10) was used */
};

/* IDLE -> CLAIMED -> PREPARING -> WRITING -> ENDING -> IDLE; a cancel adds a bit to PREPARING or
 * WRITING. One atomic word; a step or a cancel is one compare-exchange on it. */
struct oi_engine {
    atomic_uint state;
    struct oi_mutex lock;       /* guards running */
    struct oi_running *running; /* what a cancel has to wake, while there is one */
};

void oi_engine_init(struct oi_engine *engine);
void oi_engine_fini(struct oi_engine *engine); /* idle */

/* Takes the engine for one section: false when it is taken. Any thread. Who gets true must call
 * oi_engine_write_section or oi_engine_unclaim. */
bool oi_engine_claim(struct oi_engine *engine);
void oi_engine_unclaim(struct oi_engine *engine);
/* Claimed or running. Any thread, wait-free. */
bool oi_engine_busy(const struct oi_engine *engine);
/* From just before the first event until the last WRITE has ended. Any thread, wait-free. */
bool oi_engine_writing(const struct oi_engine *engine);
/* True: the running section ends with OI_CANCELLED and sends no further command. False: there is
 * nothing (or nothing any more) to cancel. Any thread, also from update. */
bool oi_engine_cancel(struct oi_engine *engine);

/* Writes the section; blocks until no command of it is in flight and the last event was sent. The
 * calling thread is the client's. Returns outcome->status: OI_OK, OI_CANCELLED, OI_OUT_OF_MEMORY
 * (before any command), OI_END_OF_DATA, OI_FOREIGN, or what the drive's outcome means. */
enum oi_status oi_engine_write_section(struct oi_engine *engine, const struct oi_section *section,
                                       struct oi_outcome *outcome);

#endif
