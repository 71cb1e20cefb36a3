/* The writer's own state, and what it does when something went wrong.
 * Who uses it: write_loop.c (the loop) and recovery.c (the way back into it). Room-internal, one
 * thread.
 * What it must not know: the source, the client. */
#ifndef OI_ENGINE_WRITER_H
#define OI_ENGINE_WRITER_H

#include "ask.h"
#include "drain.h"
#include "reaction.h"
#include "replay.h"
#include "running.h"

/* The WRITEs at one LBA that ended in a recovery. Those that follow at the same LBA are further
 * attempts of it to whoever is told of the failure, though the reactions begin anew with each. */
struct oi_trouble {
    int64_t lba;
    uint32_t attempts;
    uint64_t started_us; /* the first of them */
};

struct oi_writer {
    struct oi_running *running;
    struct oi_clock *clock;
    enum oi_medium medium;
    struct oi_replay replay;
    struct oi_drain drain;
    int64_t lba;                 /* of the next block to write; goes back at a rewind */
    int64_t furthest;            /* the highest value it had */
    int64_t doubtful_lba;        /* from here on accepted blocks may be lost; INT64_MAX: none */
    uint32_t repositioned;       /* times, since furthest grew */
    struct oi_trouble trouble;   /* the last, if it was repositioned */
    uint32_t blocks_per_command; /* the section's, until the system can't take so much */
    bool streaming;              /* WRITE (12) until the drive refuses it */
    bool nothing_accepted;
    bool knows_buffer;   /* it was asked for its size */
    struct oi_news news; /* not acted on yet */
    uint32_t recovered_errors;
    uint32_t blocks_replayed;
    bool fell_back;
};

/* write_loop.c: so many blocks from writer->lba on are in the drive's hands. */
void oi_writer_accepted(struct oi_writer *writer, uint32_t blocks);

/* The budget of one WRITE. */
uint64_t oi_writer_budget_us(const struct oi_writer *writer);

/* recovery.c */

bool oi_writer_has_news(const struct oi_writer *writer);
/* The most blocks the drive may have accepted and not recorded, by its own word; 0: not known. */
uint32_t oi_writer_buffer_blocks(struct oi_writer *writer);

/* Records the failure of the WRITE in this situation. */
void oi_writer_fail(struct oi_writer *writer, const struct oi_situation *situation, uint32_t blocks,
                    enum oi_status status);
/* Finds out where the drive stands, and moves the writer there. The WRITE of so many blocks at
 * writer->lba ended as in the situation. False: cancelled, or failed and recorded. */
bool oi_writer_reposition(struct oi_writer *writer, const struct oi_situation *situation,
                          const struct oi_reaction *reaction, uint32_t blocks);

/* All blocks were accepted: looks whether the drive stands behind them. */
enum oi_end { OI_END_GOOD, OI_END_REWOUND, OI_END_FAILED };
enum oi_end oi_writer_check_end(struct oi_writer *writer);

#endif
