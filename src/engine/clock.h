/* Time as the write loop sees it: the real clock, or a virtual one in tests.
 * Who uses it: write_loop.c for pauses, budgets and elapsed times.
 * What it must not know: what is waited for. */
#ifndef OI_ENGINE_CLOCK_H
#define OI_ENGINE_CLOCK_H

#include "os.h"

struct oi_clock {
    uint64_t (*now_us)(struct oi_clock *clock);
    /* Like oi_cond_wait_until, in this clock's time: false when the deadline has come. */
    bool (*wait_until)(struct oi_clock *clock, struct oi_cond *cond, struct oi_mutex *mutex,
                       uint64_t deadline_us);
};

/* The machine's monotonic clock; static storage. */
struct oi_clock *oi_clock_real(void);

#endif
