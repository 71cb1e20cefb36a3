/* The invariant: an event is told once, and not before it was whole in an answer. */
#include "events.h"

#include <string.h>
#include "drive.h"

enum { FEATURES_CHANGED = 1, CONTROL_REQUESTED = 1, CONTROL_RELEASED = 3 };

static struct drive_view look(const struct oi_emu *emu)
{
    bool readable = emu->presence == MEDIUM_READABLE;

    return (struct drive_view){
        .medium = readable ? emu->disc.medium : NULL,
        .write_kbps = emu->speed.write_kbps,
        .read_kbps = emu->speed.read_kbps,
        .capacity = readable && medium_is_random(emu->disc.medium)
                        ? emu->disc.medium->ops->capacity(&emu->disc)
                        : 0,
    };
}

void events_watch(struct oi_emu *emu)
{
    struct events *events = &emu->events;
    struct drive_view now = look(emu);

    if (events->watching &&
        (now.medium != events->seen.medium || now.write_kbps != events->seen.write_kbps ||
         now.read_kbps != events->seen.read_kbps || now.capacity != events->seen.capacity))
        events->operational = FEATURES_CHANGED;
    events->seen = now;
    events->watching = true;
    if (events->controlled && emu->image.locked) {
        events->controlled = 0;
        events->initiators = CONTROL_RELEASED;
    }
}

void events_conflict(struct oi_emu *emu)
{
    emu->events.controlled = 1;
    emu->events.initiators = CONTROL_REQUESTED;
}

void events_power(struct oi_emu *emu, bool succeeded)
{
    emu->events.power = succeeded ? 1 : 2;
}

/* ---- MMC-6, "Event Descriptors", by notification class ---- */

static bool operational_pending(struct oi_emu *emu)
{
    return emu->events.operational != 0;
}

static void put_operational(struct oi_emu *emu, uint8_t *event)
{
    enum { CHANGED = 2, PREVENTED = 0x80, BUSY = 1 };

    event[0] = emu->events.operational ? CHANGED : 0;
    event[1] = (uint8_t)((emu->prevented ? PREVENTED : 0) | (drive_busy(emu) ? BUSY : 0));
    set16(event + 2, emu->events.operational);
    emu->events.operational = 0;
}

static bool power_pending(struct oi_emu *emu)
{
    return emu->events.power != 0;
}

static void put_power(struct oi_emu *emu, uint8_t *event)
{
    event[0] = emu->events.power;
    event[1] = (uint8_t)emu->power;
    emu->events.power = 0;
}

/* The drive has no keys but the one of the tray, and nobody to press it. */
static bool external_pending(struct oi_emu *emu)
{
    (void)emu;
    return false;
}

static void put_external(struct oi_emu *emu, uint8_t *event)
{
    enum { PREVENTED = 0x80 };

    event[1] = emu->prevented ? PREVENTED : 0;
}

static bool media_pending(struct oi_emu *emu)
{
    return emu->event != EVENT_NONE;
}

static void put_media(struct oi_emu *emu, uint8_t *event)
{
    enum { PRESENT = 0x02, DOOR_OPEN = 0x01 };

    event[0] = (uint8_t)emu->event;
    event[1] = (uint8_t)((emu->presence != MEDIUM_ABSENT ? PRESENT : 0) |
                         (emu->tray_open ? DOOR_OPEN : 0));
    emu->event = EVENT_NONE;
}

static bool initiators_pending(struct oi_emu *emu)
{
    return emu->events.initiators != 0;
}

static void put_initiators(struct oi_emu *emu, uint8_t *event)
{
    enum { PREVENTED = 0x80 };

    event[0] = emu->events.initiators;
    event[1] = (uint8_t)((emu->prevented ? PREVENTED : 0) | emu->events.controlled);
    emu->events.initiators = 0;
}

static bool busy_pending(struct oi_emu *emu)
{
    return drive_busy(emu) != emu->events.told_busy;
}

static void put_busy(struct oi_emu *emu, uint8_t *event)
{
    enum { CHANGED = 1, BUSY = 1, TENTH_US = 100000 };
    bool busy = drive_busy(emu);

    event[0] = busy != emu->events.told_busy ? CHANGED : 0;
    emu->events.told_busy = busy;
    if (busy) {
        uint64_t left = (emu->busy_until_us - drive_now(emu) + TENTH_US - 1) / TENTH_US;

        event[1] = BUSY;
        set16(event + 2, left < 0xffff ? (uint32_t)left : 0xffff);
    }
}

static const struct notification {
    bool (*pending)(struct oi_emu *emu);
    void (*put)(struct oi_emu *emu, uint8_t *event);
} classes[] = {
    {NULL, NULL},
    {operational_pending, put_operational},
    {power_pending, put_power},
    {external_pending, put_external},
    {media_pending, put_media},
    {initiators_pending, put_initiators},
    {busy_pending, put_busy},
};

enum { CLASSES = sizeof(classes) / sizeof(classes[0]), SUPPORTED = (1 << CLASSES) - 2 };

/* The lowest class of those asked for that has an event, else the lowest of them. */
static uint8_t choose(struct oi_emu *emu, uint8_t asked)
{
    uint8_t lowest = 0;

    for (uint8_t i = CLASSES - 1; i; i--)
        if (asked >> i & 1)
            lowest = i;
    for (uint8_t i = 1; i < CLASSES; i++)
        if ((asked >> i & 1) && classes[i].pending(emu))
            return i;
    return lowest;
}

enum outcome on_get_event_status(struct oi_emu *emu, struct request *rq)
{
    enum { POLLED = 0x01, NO_EVENT_AVAILABLE = 0x80, HEADER_BYTES = 4 };
    uint8_t asked = rq->cdb[4] & SUPPORTED;
    uint8_t data[8] = {0, 2, NO_EVENT_AVAILABLE, SUPPORTED};
    uint32_t size = HEADER_BYTES;
    uint16_t allocation = be16(rq->cdb + 7);

    if (!(rq->cdb[1] & POLLED))
        return wrong_cdb(rq, 1);
    if (asked) {
        uint8_t class = choose(emu, asked);

        size = sizeof(data);
        data[1] = sizeof(data) - 2;
        data[2] = class;
        /* An event that does not fit into the answer stays to be told. */
        if (allocation >= size && rq->room >= size)
            classes[class].put(emu, data + HEADER_BYTES);
    }
    answer(rq, data, size, allocation);
    return GOOD;
}
