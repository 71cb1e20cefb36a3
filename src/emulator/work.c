/* How long the drive's work takes. */
#include "work.h"

#include "drive.h"

void work_start(struct oi_emu *emu, enum work work, bool immediate)
{
    uint64_t wait_us = cache_drain_us(emu);

    (void)work;
    if (!wait_us)
        return;
    if (immediate) {
        emu->busy_from_us = drive_now(emu);
        emu->busy_until_us = emu->busy_from_us + wait_us;
    } else {
        emu->clock.sleep_us(emu->clock.context, wait_us);
        cache_drain_us(emu);
    }
}
