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
    enum { DESCRIPTOR = 0x01 };
    uint8_t sense[OI_EMU_SENSE_MAX];
    struct request about = {.field = -1};
    enum outcome outcome = GOOD;
    uint8_t length;

    if (emu->kept.there) {
        outcome = emu->kept.outcome;
        about.deferred = emu->kept.deferred;
        about.information_valid = emu->kept.information_valid;
        about.information = emu->kept.information;
        emu->kept.there = false;
    } else {
        outcome = attention_take(emu);
        if (outcome == GOOD)
            outcome = work_outcome(emu, &about);
        if (outcome == GOOD)
            outcome = format_outcome(emu, &about);
    }
    length = put_sense(sense, &about, outcome, rq->cdb[1] & DESCRIPTOR);
    answer(rq, sense, length, rq->cdb[4]);
    return GOOD;
}

enum outcome on_inquiry(struct oi_emu *emu, struct request *rq)
{
    static const char words[] = "OPENIMAPVIRTUAL RECORDER1.00";
    uint8_t data[36] = {0x05, 0x80, 0x05, 0x02, sizeof(data) - 5};

    (void)emu;
    if (rq->cdb[2])
        return wrong_cdb(rq, 2);
    memcpy(data + 8, words, sizeof(words) - 1);
    answer(rq, data, sizeof(data), be16(rq->cdb + 3));
    return GOOD;
}

/* ---- power and rotation ---- */

void power_wake(struct oi_emu *emu, bool needs_medium)
{
    enum power_state was = emu->power;

    if (was == POWER_ACTIVE || (was != POWER_SLEEP && !needs_medium))
        return;
    emu->power = POWER_ACTIVE;
    events_power(emu, true);
    /* Only a reset ends sleep: the host's adapter does that when it has a command to deliver. */
    if (was == POWER_SLEEP)
        attention_raise(emu, POWER_ON_OR_RESET);
    if (was != POWER_IDLE && emu->presence != MEDIUM_ABSENT)
        work_start(emu, WORK_READY, was == POWER_SLEEP);
}

/* MMC-6, START STOP UNIT, "Power Conditions". */
static enum outcome set_power(struct oi_emu *emu, struct request *rq, uint8_t condition)
{
    enum outcome outcome;

    if (condition != POWER_IDLE && condition != POWER_STANDBY && condition != 5)
        return wrong_cdb(rq, 4);
    outcome = disc_save(emu, rq);
    events_power(emu, outcome == GOOD);
    if (outcome != GOOD)
        return outcome;
    work_start(emu, WORK_FLUSH, rq->cdb[1] & 0x01);
    emu->power = condition == 5 ? POWER_SLEEP : (enum power_state)condition;
    return GOOD;
}

/* A drive whose disc was stopped is still ready: hosts ask it whether it has come to rest. Only
 * what needs the disc to turn waits for a START. */
static enum outcome stop(struct oi_emu *emu, struct request *rq)
{
    enum outcome outcome = disc_save(emu, rq);

    if (outcome != GOOD || emu->presence == MEDIUM_ABSENT)
        return outcome;
    work_start(emu, WORK_FLUSH, rq->cdb[1] & 0x01);
    emu->stopped = true;
    return GOOD;
}

static enum outcome start(struct oi_emu *emu, struct request *rq)
{
    bool stopped = emu->stopped;

    if (emu->presence == MEDIUM_ABSENT)
        return emu->tray_open ? NO_MEDIUM_TRAY_OPEN : NO_MEDIUM_TRAY_CLOSED;
    emu->stopped = false;
    if (stopped)
        work_start(emu, WORK_READY, rq->cdb[1] & 0x01);
    return emu->presence == MEDIUM_READABLE ? GOOD : CANNOT_READ_MEDIUM;
}

enum outcome on_start_stop_unit(struct oi_emu *emu, struct request *rq)
{
    enum { START = 0x01, LOAD_EJECT = 0x02, FORMAT_LAYER = 0x04, RESERVED = 0x08 };
    uint8_t what = rq->cdb[4] & 0x0f;
    uint8_t condition = rq->cdb[4] >> 4;

    if ((what & (FORMAT_LAYER | RESERVED)) || (condition && what))
        return wrong_cdb(rq, 4);
    if (condition)
        return set_power(emu, rq, condition);
    if (what & LOAD_EJECT) {
        enum outcome outcome = what & START ? tray_load(emu, rq) : tray_eject(emu, rq);

        if (outcome == GOOD && (what & START) && emu->stopped)
            outcome = start(emu, rq);
        return outcome;
    }
    return what & START ? start(emu, rq) : stop(emu, rq);
}

enum outcome on_prevent_allow(struct oi_emu *emu, struct request *rq)
{
    if (rq->cdb[4] & ~0x03)
        return wrong_cdb(rq, 4);
    return tray_prevent(emu, rq->cdb[4] & 0x01);
}

enum outcome on_mechanism_status(struct oi_emu *emu, struct request *rq)
{
    enum { DOOR_OPEN = 0x10, ACTIVE = 3 << 5 };
    bool writing = cache_writing(emu);
    uint8_t data[8] = {0, (uint8_t)((emu->tray_open ? DOOR_OPEN : 0) | (writing ? ACTIVE : 0))};

    if (writing)
        set24(data + 2, cache_position(emu));
    answer(rq, data, sizeof(data), be16(rq->cdb + 8));
    return GOOD;
}
