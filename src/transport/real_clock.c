#include "real_clock.h"

#include <stddef.h>
#include "os.h"

static uint64_t now_us(void *context)
{
    (void)context;
    return oi_clock_us();
}

/* A condition that nobody signals: the wait ends by its deadline alone. */
static void sleep_us(void *context, uint64_t us)
{
    uint64_t deadline_us = oi_clock_us() + us;
    struct oi_mutex mutex;
    struct oi_cond cond;

    (void)context;
    oi_mutex_init(&mutex);
    oi_cond_init(&cond);
    oi_mutex_lock(&mutex);
    while (oi_clock_us() < deadline_us && oi_cond_wait_until(&cond, &mutex, deadline_us))
        ;
    oi_mutex_unlock(&mutex);
    oi_cond_fini(&cond);
    oi_mutex_fini(&mutex);
}

const struct oi_emu_clock real_clock = {now_us, sleep_us, NULL};
