/* How long the drive's work takes: a time of its own, and sectors to be written at the speed that
 * is set. */
#include "work.h"

#include "drive.h"

#define WHOLE_DISC UINT32_MAX

struct duration {
    uint32_t ms;
    uint32_t sectors;
};

/* clang-format off */
/* Lead-in, lead-out, borders and closures have the sizes of the media table's discs; the rest is
 * what drives of 2005 to 2015 take. */
static const struct duration durations[][WORKS] = {
    [FAMILY_CD] = {
        [WORK_OPC]           = { 4000, 0 },
        [WORK_CLOSE_TRACK]   = { 1500, 0 },
        [WORK_CLOSE_SESSION] = { 2000, 4500 + 6750 },
        [WORK_FINALISE]      = { 2000, 4500 + 6750 },
        [WORK_BLANK]         = { 2000, WHOLE_DISC },
        [WORK_BLANK_MINIMAL] = { 2000, 4500 + 6750 },
        [WORK_FORMAT]        = { 2000, 4500 + 6750 },
        [WORK_CERTIFY]       = { 2000, WHOLE_DISC },
        [WORK_READY]         = { 3000, 0 },
        [WORK_LEAD_IN]       = { 1000, 0 },
        [WORK_LINK]          = { 60,   7 },
    },
    [FAMILY_DVD] = {
        [WORK_OPC]           = { 1500, 0 },
        [WORK_CLOSE_TRACK]   = { 500,  16 },
        [WORK_CLOSE_SESSION] = { 1000, 1024 },
        [WORK_FINALISE]      = { 2000, 8192 },
        [WORK_BLANK]         = { 1000, WHOLE_DISC },
        [WORK_BLANK_MINIMAL] = { 2000, 8192 },
        [WORK_FORMAT]        = { 2000, 1024 },
        [WORK_CERTIFY]       = { 2000, WHOLE_DISC },
        [WORK_READY]         = { 4000, 0 },
        [WORK_LEAD_IN]       = { 500,  1024 },
        [WORK_LINK]          = { 40,   16 },
    },
    [FAMILY_BD] = {
        [WORK_OPC]           = { 2000, 0 },
        [WORK_CLOSE_TRACK]   = { 300,  32 },
        [WORK_CLOSE_SESSION] = { 1000, 512 },
        [WORK_FINALISE]      = { 2000, 8192 },
        [WORK_BLANK]         = { 1000, WHOLE_DISC },
        [WORK_BLANK_MINIMAL] = { 2000, 8192 },
        [WORK_FORMAT]        = { 2000, 1024 },
        [WORK_CERTIFY]       = { 2000, WHOLE_DISC },
        [WORK_READY]         = { 6000, 0 },
        [WORK_LEAD_IN]       = { 500,  1024 },
        [WORK_LINK]          = { 50,   32 },
    },
};

/* MMC-6, the not-ready conditions of commands that return before their work is done. */
static const enum outcome busy_with[WORKS] = {
    [WORK_FLUSH]         = OPERATION_IN_PROGRESS,
    [WORK_OPC]           = OPERATION_IN_PROGRESS,
    [WORK_CLOSE_TRACK]   = LONG_WRITE_IN_PROGRESS,
    [WORK_CLOSE_SESSION] = LONG_WRITE_IN_PROGRESS,
    [WORK_FINALISE]      = LONG_WRITE_IN_PROGRESS,
    [WORK_BLANK]         = LONG_WRITE_IN_PROGRESS,
    [WORK_BLANK_MINIMAL] = LONG_WRITE_IN_PROGRESS,
    [WORK_FORMAT]        = FORMAT_IN_PROGRESS,
    [WORK_CERTIFY]       = FORMAT_IN_PROGRESS,
    [WORK_READY]         = BECOMING_READY,
    [WORK_LEAD_IN]       = OPERATION_IN_PROGRESS,
    [WORK_LINK]          = OPERATION_IN_PROGRESS,
};
/* clang-format on */

uint64_t work_us(const struct oi_emu *emu, enum work work)
{
    const struct medium *medium = drive_medium(emu);
    const struct duration *duration = &durations[medium->family][work];
    uint32_t ready_ms = emu->definition.personality->ready_ms;
    uint32_t sectors = duration->sectors == WHOLE_DISC ? medium->sectors : duration->sectors;

    if (work == WORK_READY && ready_ms)
        return (uint64_t)ready_ms * 1000;
    if (!emu->definition.speed_tenths)
        return 0;
    /* What runs in the background does not keep the drive busy. */
    if (work == WORK_FORMAT && emu->disc.background == BACKGROUND_RUNNING)
        return 0;
    return (uint64_t)duration->ms * 1000 + speed_us(emu, true, 0, sectors);
}

bool drive_busy(struct oi_emu *emu)
{
    if (emu->busy_until_us && drive_now(emu) >= emu->busy_until_us)
        emu->busy_until_us = 0;
    return emu->busy_until_us != 0;
}

static void be_busy(struct oi_emu *emu, uint64_t us, enum work work)
{
    uint64_t now = drive_now(emu);

    if (drive_busy(emu) && emu->busy_until_us >= now + us)
        return;
    emu->busy_from_us = now;
    emu->busy_until_us = now + us;
    emu->busy_with = work;
}

void drive_wait(struct oi_emu *emu, uint64_t us, enum work work)
{
    uint64_t now = drive_now(emu);

    if (emu->deadline_us && us > 0 && (now >= emu->deadline_us || us > emu->deadline_us - now)) {
        be_busy(emu, us, work);
        emu->given_up = true;
        us = now < emu->deadline_us ? emu->deadline_us - now : 0;
    }
    if (us)
        emu->clock.sleep_us(emu->clock.context, us);
}

void work_start(struct oi_emu *emu, enum work work, bool immediate)
{
    uint64_t wait_us = cache_flush(emu) + work_us(emu, work);

    if (work == WORK_OPC)
        emu->cache.calibrated = true;
    if (!wait_us)
        return;
    if (immediate) {
        be_busy(emu, wait_us, work);
    } else {
        drive_wait(emu, wait_us, work);
        cache_free(emu);
    }
}

uint16_t drive_progress(struct oi_emu *emu)
{
    uint64_t whole = emu->busy_until_us - emu->busy_from_us;
    uint64_t done = drive_now(emu) - emu->busy_from_us;

    return (uint16_t)(done < whole ? done * 65535 / whole : 0xffff);
}

enum outcome work_outcome(struct oi_emu *emu, struct request *rq)
{
    if (!emu->busy_until_us || !drive_busy(emu))
        return GOOD;
    rq->progress_valid = true;
    rq->progress = drive_progress(emu);
    return busy_with[emu->busy_with];
}
