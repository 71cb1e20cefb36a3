#include "drive_clock.h"

#include "drive.h"
#include "range.h"

enum { COMMAND_US = 100, PATIENCE_US = 100000 };

static uint64_t own_now(void *context)
{
    return ((struct oi_emu *)context)->own_us;
}

static void own_sleep(void *context, uint64_t us)
{
    ((struct oi_emu *)context)->own_us += us;
}

void drive_clock_choose(struct oi_emu *emu)
{
    emu->own_clock = emu->definition.own_clock;
    if (emu->own_clock)
        emu->clock = (struct oi_emu_clock){own_now, own_sleep, emu};
    else
        emu->clock = emu->host_clock;
}

void drive_clock_begin(struct oi_emu *emu)
{
    if (emu->own_clock)
        emu->own_us += COMMAND_US;
}

static bool is_not_ready(enum outcome outcome)
{
    enum { NOT_READY = 0x0204 };

    return outcome >> 8 == NOT_READY && outcome != INITIALIZING_REQUIRED;
}

/* Asking how it stands, which is always answered GOOD. */
static bool is_question(const struct request *rq)
{
    return rq->cdb[0] == OI_OP_REQUEST_SENSE || rq->cdb[0] == OI_OP_GET_EVENT_STATUS_NOTIFICATION ||
           rq->cdb[0] == OI_OP_READ_DISC_INFORMATION;
}

/* A disc is read at the speed that is set; what has a speed of its own takes that time for it. */
static void spend_reading(struct oi_emu *emu, const struct request *rq)
{
    struct block_range range;

    if (!is_read(rq->cdb[0]) || !rq->moved || !emu->definition.speed_tenths)
        return;
    range = range_of(rq->cdb);
    drive_wait(emu, speed_us(emu, false, range.lba < 0 ? 0 : (uint32_t)range.lba, range.blocks),
               WORK_FLUSH);
}

/* Who sees that it takes long looks again the later. */
static uint64_t patience_us(const struct oi_emu *emu)
{
    uint64_t left = emu->busy_until_us - drive_now(emu);

    return left / 4 > PATIENCE_US ? left / 4 : PATIENCE_US;
}

void drive_clock_end(struct oi_emu *emu, const struct request *rq, enum outcome outcome)
{
    spend_reading(emu, rq);
    if (!emu->own_clock)
        return;
    if (drive_busy(emu) && (is_not_ready(outcome) || (outcome == GOOD && is_question(rq))))
        emu->own_us += patience_us(emu);
    else if (is_not_ready(outcome) || (outcome == GOOD && rq->cdb[0] == OI_OP_READ_BUFFER_CAPACITY))
        emu->own_us += cache_half_us(emu);
}
