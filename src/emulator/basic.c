/* Commands of every removable drive: who it is, whether it is ready, what happened, the tray. */
#include <string.h>
#include "drive.h"

enum outcome on_test_unit_ready(struct oi_emu *emu, struct request *rq)
{
    (void)emu;
    (void)rq;
    return GOOD;
}

/* Sense goes out with the command it belongs to, so what is left to tell is a unit attention or an
 * operation that goes on. */
enum outcome on_request_sense(struct oi_emu *emu, struct request *rq)
{
    uint8_t sense[SENSE_BYTES];
    struct request about = {.field = -1};
    enum outcome outcome = GOOD;

    if (emu->attention) {
        emu->attention = false;
        outcome = MEDIUM_CHANGED;
    } else if (drive_busy(emu)) {
        outcome = OPERATION_IN_PROGRESS;
        about.progress_valid = true;
        about.progress = drive_progress(emu);
    } else if (emu->presence == MEDIUM_READABLE && emu->disc.background == BACKGROUND_RUNNING) {
        outcome = FORMAT_GOES_ON;
        about.progress_valid = true;
        about.progress = format_progress(emu);
    }
    put_sense(sense, &about, outcome);
    answer(rq, sense, sizeof(sense), rq->cdb[4]);
    return GOOD;
}

enum outcome on_inquiry(struct oi_emu *emu, struct request *rq)
{
    static const char words[] = "OPENIMAPVIRTUAL DVD+-RW 1.00";
    uint8_t data[36] = {0x05, 0x80, 0x05, 0x02, sizeof(data) - 5};

    (void)emu;
    if (rq->cdb[2])
        return wrong_cdb(rq, 2);
    memcpy(data + 8, words, sizeof(words) - 1);
    answer(rq, data, sizeof(data), be16(rq->cdb + 3));
    return GOOD;
}

enum outcome on_start_stop_unit(struct oi_emu *emu, struct request *rq)
{
    enum { START = 0x01, LOAD_EJECT = 0x02, FORMAT_LAYER = 0x04, POWER = 0xf0 };
    uint8_t what = rq->cdb[4];

    if (what & FORMAT_LAYER)
        return wrong_cdb(rq, 4);
    if (what & POWER) /* power conditions: this drive uses none */
        return what & (START | LOAD_EJECT) ? wrong_cdb(rq, 4) : GOOD;
    if ((what & LOAD_EJECT) && (what & START))
        return tray_load(emu, rq);
    if (what & LOAD_EJECT)
        return tray_eject(emu, rq);
    if (!(what & START))
        return disc_save(emu, rq);
    if (emu->presence == MEDIUM_ABSENT)
        return emu->tray_open ? NO_MEDIUM_TRAY_OPEN : NO_MEDIUM_TRAY_CLOSED;
    return emu->presence == MEDIUM_READABLE ? GOOD : CANNOT_READ_MEDIUM;
}

enum outcome on_prevent_allow(struct oi_emu *emu, struct request *rq)
{
    if (rq->cdb[4] & ~0x03)
        return wrong_cdb(rq, 4);
    return tray_prevent(emu, rq->cdb[4] & 0x01);
}

/* MMC-6, GET EVENT STATUS NOTIFICATION, notification classes. */
enum { CLASS_OPERATIONAL = 1, CLASS_MEDIA = 4, CLASS_BUSY = 6, CLASSES = 1 << 1 | 1 << 4 | 1 << 6 };

static void put_busy(struct oi_emu *emu, uint8_t *event)
{
    uint64_t left;

    if (!drive_busy(emu))
        return;
    left = (emu->busy_until_us - drive_now(emu) + 99999) / 100000;
    event[0] = 1;
    event[1] = 1;
    set16(event + 2, left < 0xffff ? (uint32_t)left : 0xffff);
}

static void put_media(struct oi_emu *emu, uint8_t *event)
{
    event[0] = (uint8_t)emu->event;
    event[1] = (uint8_t)((emu->presence != MEDIUM_ABSENT ? 0x02 : 0) | (emu->tray_open ? 0x01 : 0));
    emu->event = EVENT_NONE;
}

enum outcome on_get_event_status(struct oi_emu *emu, struct request *rq)
{
    enum { POLLED = 0x01, NO_EVENT_AVAILABLE = 0x80 };
    uint8_t asked = rq->cdb[4] & CLASSES;
    uint8_t data[8] = {0, 2, NO_EVENT_AVAILABLE, CLASSES};
    uint32_t size = 4;
    uint16_t allocation = be16(rq->cdb + 7);
    uint8_t class = CLASS_OPERATIONAL;

    if (!(rq->cdb[1] & POLLED))
        return wrong_cdb(rq, 1);
    if (asked) {
        while (!(asked & 1 << class))
            class ++;
        if (emu->event != EVENT_NONE && (asked & 1 << CLASS_MEDIA))
            class = CLASS_MEDIA;
        else if ((asked & 1 << CLASS_BUSY) && drive_busy(emu))
            class = CLASS_BUSY;
        size = sizeof(data);
        data[1] = sizeof(data) - 2;
        data[2] = class;
        /* An event that does not fit into the answer stays to be told. */
        if (class == CLASS_MEDIA && allocation >= size && rq->room >= size)
            put_media(emu, data + 4);
        else if (class == CLASS_BUSY)
            put_busy(emu, data + 4);
    }
    answer(rq, data, size, allocation);
    return GOOD;
}

enum outcome on_mechanism_status(struct oi_emu *emu, struct request *rq)
{
    enum { DOOR_OPEN = 0x10 };
    uint8_t data[8] = {0, emu->tray_open ? DOOR_OPEN : 0};

    answer(rq, data, sizeof(data), be16(rq->cdb + 8));
    return GOOD;
}
