/* Where to go on after an incident that leaves open what the drive has taken: a pure function.
 * Who uses it: recovery.c.
 * On write-once media the next writable address proves it; on media that take any address a WRITE
 * can be repeated, and what a reset took from the drive's buffer can be written again.
 * What it must not know: commands, sense, waiting. */
#ifndef OI_ENGINE_POSITION_H
#define OI_ENGINE_POSITION_H

#include <stdbool.h>
#include <stdint.h>
#include "geometry.h"

struct oi_position_known {
    enum oi_medium medium;
    bool reset; /* the drive's buffer is lost */
    bool next_known;
    int32_t next_lba;       /* the drive's next writable address */
    int32_t start_lba;      /* of the section */
    int64_t lba;            /* of the first block that was not accepted yet */
    uint32_t pending;       /* blocks of the WRITE that was sent for it; 0: none was */
    uint32_t kept;          /* blocks before lba that can be written again */
    uint32_t buffer_blocks; /* of the drive's buffer, 0 when not known */
};

enum oi_position_verdict {
    OI_POSITION_SAME,   /* issue the WRITE (again) */
    OI_POSITION_AHEAD,  /* it was executed: count its blocks as written */
    OI_POSITION_BEHIND, /* so many blocks before it must be written again */
    OI_POSITION_LOST, /* nothing that is allowed helps; first_doubtful_lba tells how far it is good
                       */
};
struct oi_position {
    enum oi_position_verdict verdict;
    uint32_t blocks;
    int64_t first_doubtful_lba; /* for OI_POSITION_LOST, start_lba <= it <= lba */
};

struct oi_position oi_position_after(const struct oi_position_known *known);

#endif
