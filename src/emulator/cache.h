/* The drive's buffer, emptied at the speed of the disc, and what happens when it runs empty.
 * Who uses it: writing, closing, READ BUFFER CAPACITY, and who counts what the drive did.
 * Without a speed the buffer is always empty and no clock is read.
 * What it must not know: how blocks are stored. */
#ifndef OI_EMULATOR_CACHE_H
#define OI_EMULATOR_CACHE_H

#include <stdbool.h>
#include <stdint.h>
#include "sense_codes.h"

enum { CACHE_BYTES = 2 * 1024 * 1024 };

struct oi_emu;
struct request;

enum cache_state {
    CACHE_IDLE,     /* nothing is being written */
    CACHE_FILLING,  /* data has come, the laser still waits for more */
    CACHE_DRAINING, /* being written */
    CACHE_DRY,      /* ran empty before the host said that it was all */
};

struct cache {
    enum cache_state state;
    bool flushing;      /* what is in it is all: to run empty is the end, not an accident */
    bool calibrated;    /* the laser, for the disc in the drive */
    uint64_t level;     /* bytes in it, ... */
    uint64_t at_us;     /* ... at that time; ahead of now while the drive writes no user data yet */
    uint64_t credit;    /* bytes x us that have left beyond that */
    uint64_t filled_us; /* of the last write */
    uint64_t pause_from_us, pause_until_us; /* lead-in, calibration or link */
    uint64_t refused_us;                    /* the first refusal of what waits for room; 0: none */
    uint64_t accepted;                      /* bytes since the buffer was last flushed */
    bool verified;                          /* what is in it is read back once it is written */
    int32_t aim;     /* LBA of the write that is being executed: a CD's lead-in lies below 0 */
    uint32_t blocks; /* of it */
    uint32_t block_bytes;
    int32_t end; /* LBA behind the last block in it */
};

/* Since the drive was opened; for the trace and for statistics. */
struct drive_statistics {
    uint64_t bytes, writes; /* accepted */
    uint64_t refused;       /* writes, for want of room */
    uint64_t underruns;     /* the buffer ran empty too early, */
    uint64_t links;         /* and the drive could go on behind a link */
    uint64_t lost_blocks;   /* by a poll of the buffer */
    uint64_t longest_wait_us;
};
const struct drive_statistics *drive_statistics(const struct oi_emu *emu);

/* Before a writing command: where it goes, and whether an under-run spoiled it already. */
enum outcome cache_aim(struct oi_emu *emu, struct request *rq);
/* What is written next is read back by the drive, so that it takes twice the time. WRITE AND VERIFY
 * needs no call; media that always do so call it before every write that is no streaming one. */
void cache_verify(struct oi_emu *emu);
/* May sleep until there is room, if the drive is of that kind. */
bool cache_has_room(struct oi_emu *emu, uint32_t bytes);
void cache_fill(struct oi_emu *emu, uint32_t bytes); /* after cache_has_room said yes */
uint64_t cache_free(struct oi_emu *emu);
uint64_t cache_drain_us(struct oi_emu *emu); /* how long until it is empty */
uint64_t cache_half_us(struct oi_emu *emu);  /* how long until it is half empty */
/* From here on the drive writes what it has and expects no more; how long that takes. */
uint64_t cache_flush(struct oi_emu *emu);
bool cache_writing(struct oi_emu *emu);                /* between a write and the flush behind it */
bool cache_paused(struct oi_emu *emu, uint16_t *done); /* the laser is not on the data yet */
uint32_t cache_position(struct oi_emu *emu);           /* the sector that leaves next; 0 below it */

#endif
