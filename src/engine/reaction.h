/* What to do about the outcome of a WRITE: a pure function over one table.
 * Who uses it: write_loop.c.
 * What it must not know: threads, clocks, transports; time comes in as a number. */
#ifndef OI_ENGINE_REACTION_H
#define OI_ENGINE_REACTION_H

#include "sense.h"
#include "transport.h"

enum oi_action {
    OI_ACT_DONE,     /* the blocks are in the drive's hands */
    OI_ACT_AGAIN,    /* it was not executed: issue it again after delay_us */
    OI_ACT_FALLBACK, /* the drive does not know WRITE (12) Streaming: use WRITE (10) from now on */
    OI_ACT_FATAL,    /* stop; status says why */
};

/* What is known when a WRITE has come back. */
struct oi_situation {
    const struct oi_command *command;
    const struct oi_completion *completion;
    const struct oi_sense *sense; /* parsed from the completion */
    bool nothing_accepted;        /* no WRITE of this section has succeeded yet */
    uint32_t attempts;            /* how often this WRITE was issued, this time included */
    uint32_t limited;             /* how often it was issued again by a row with a limit */
    uint64_t elapsed_us;          /* since it was issued for the first time */
    uint64_t drain_us;            /* time the medium needs for its blocks, 0 if not known */
};

struct oi_reaction {
    enum oi_action action;
    uint64_t delay_us;     /* for OI_ACT_AGAIN */
    bool limited;          /* it is, by a row with a limit */
    enum oi_status status; /* for OI_ACT_FATAL */
};

struct oi_reaction oi_react(const struct oi_situation *situation);

/* One row of the table, and the table, for the test that no row is unreachable. The first row that
 * matches decides. asc and ascq: OI_ANY matches every value. */
enum { OI_ANY = -1 };
enum oi_when {
    OI_ALWAYS,
    OI_IF_DEFERRED,         /* the sense is about an earlier command */
    OI_IF_STREAMING_FIRST,  /* WRITE (12) Streaming and nothing accepted yet */
    OI_IF_NOTHING_ACCEPTED, /* nothing accepted yet */
};
struct oi_reaction_row {
    enum oi_when when;
    int16_t key, asc, ascq;
    enum oi_action action;
    uint16_t limit; /* so often OI_ACT_AGAIN, then OI_ACT_FATAL; 0: only the budget counts */
    uint16_t delay_min_ms, delay_max_ms;
};
extern const struct oi_reaction_row oi_reaction_rows[];
extern const size_t oi_reaction_row_count;

/* How long one WRITE may be put off in all before the section fails, microseconds. */
#define OI_STALL_BUDGET_US (180u * 1000000u)

#endif
