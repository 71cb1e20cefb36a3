/* The real clock is the machine's; the virtual ones live in the tests. */
#include "clock.h"

static uint64_t real_now_us(struct oi_clock *clock)
{
    (void)clock;
    return oi_clock_us();
}

static bool real_wait_until(struct oi_clock *clock, struct oi_cond *cond, struct oi_mutex *mutex,
                            uint64_t deadline_us)
{
    (void)clock;
    return oi_cond_wait_until(cond, mutex, deadline_us);
}

struct oi_clock *oi_clock_real(void)
{
    static struct oi_clock real = {real_now_us, real_wait_until};

    return &real;
}
