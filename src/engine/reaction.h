/* What to do about the outcome of a WRITE: a pure function over one table.
 * Who uses it: write_loop.c.
 * What it must not know: threads, clocks, transports; time comes in as a number. */
#ifndef OI_ENGINE_REACTION_H
#define OI_ENGINE_REACTION_H

#include "geometry.h"
#include "sense.h"
#include "transport.h"

enum oi_action {
    OI_ACT_DONE,       /* the blocks are in the drive's hands */
    OI_ACT_AGAIN,      /* it was not executed: issue it again after delay_us */
    OI_ACT_REPOSITION, /* nobody knows what was executed: the next writable address decides */
    OI_ACT_FALLBACK, /* the drive does not know WRITE (12) Streaming: use WRITE (10) from now on */
    OI_ACT_SMALLER,  /* it was not sent, being too much at once: half of it, from now on */
    OI_ACT_FATAL,    /* stop; status says why */
};

/* What has to be sent before the WRITE is issued again. */
enum oi_remedy { OI_REMEDY_NONE, OI_REMEDY_START_UNIT, OI_REMEDY_SYNCHRONIZE };

/* What is known when a WRITE has come back. */
struct oi_situation {
    const struct oi_command *command;
    const struct oi_completion *completion;
    const struct oi_sense *sense; /* parsed from the completion, or asked for */
    uint32_t blocks;              /* of the command */
    enum oi_medium medium;
    bool nothing_accepted;  /* no WRITE of this section has succeeded yet */
    uint32_t attempts;      /* how often this WRITE was issued, this time included */
    uint32_t limited;       /* how often it was issued again by a row with a limit */
    uint32_t repositioned;  /* how often the loop was, without a further block written since */
    uint64_t elapsed_us;    /* since it was issued for the first time */
    uint64_t unchanged_us;  /* since the drive gives this sense without telling of progress */
    uint64_t budget_us;     /* how long one WRITE may be put off in all */
    uint64_t until_room_us; /* predicted, 0 if not known */
};

struct oi_reaction {
    enum oi_action action;
    enum oi_remedy remedy; /* for OI_ACT_AGAIN and OI_ACT_REPOSITION */
    uint64_t delay_us;     /* for OI_ACT_AGAIN */
    bool limited;          /* it is, by a row with a limit */
    enum oi_status status; /* why it failed, or would if nothing helped */
};

struct oi_reaction oi_react(const struct oi_situation *situation);

/* After this outcome the drive's buffer may be lost: what was accepted is not sure to be on the
 * disc. */
bool oi_loses_buffer(const struct oi_completion *completion, const struct oi_sense *sense);

/* One row of the table, and the table, for the test that no row is unreachable. The first row that
 * matches decides. asc and ascq: OI_ANY matches every value. */
enum { OI_ANY = -1 };
enum oi_when {
    OI_ALWAYS,
    OI_IF_DEFERRED,         /* the sense is about an earlier command */
    OI_IF_STREAMING,        /* WRITE (12) Streaming */
    OI_IF_STREAMING_FIRST,  /* the same, and nothing accepted yet */
    OI_IF_NOTHING_ACCEPTED, /* nothing accepted yet */
    OI_IF_RANDOM,           /* the medium can be written at any address, any number of times */
};
struct oi_reaction_row {
    enum oi_when when;
    int16_t key, asc, ascq;
    enum oi_action action;
    enum oi_remedy remedy;
    uint16_t limit; /* so often, then OI_ACT_FATAL; 0: only the budget counts */
    uint16_t delay_min_ms, delay_max_ms;
    uint16_t budget_s; /* of unchanged sense; 0: only the WRITE's own budget */
};
extern const struct oi_reaction_row oi_reaction_rows[];
extern const size_t oi_reaction_row_count;

/* The least budget of one WRITE, microseconds; a slow drive with a large buffer gets more. */
#define OI_STALL_BUDGET_US (180u * 1000000u)
/* And the most: a drive that hangs looks like a slow one to whoever learns its speed. */
#define OI_STALL_BUDGET_MAX_US (900u * 1000000u)

/* So often in a row the loop may be repositioned without a further block written. */
enum { OI_REPOSITIONS_MAX = 3 };

#endif
