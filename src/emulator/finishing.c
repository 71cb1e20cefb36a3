/* What prepares a disc and what ends a burn.
 * The invariant: a change of the disc's structure is in memory only if it is also saved. */
#include "drive.h"

enum outcome on_synchronize_cache(struct oi_emu *emu, struct request *rq)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    struct disc before = emu->disc;
    enum outcome outcome;

    if (emu->image.locked && ops->synchronize && ops->synchronize(&emu->disc, drive_setup(emu)))
        outcome = disc_save_change(emu, rq, GOOD, &before);
    else
        outcome = disc_save(emu, rq);
    if (outcome == GOOD)
        work_start(emu, WORK_FLUSH, rq->cdb[1] & 0x02);
    return outcome;
}

/* MMC-6, CLOSE TRACK/SESSION, "Close Function". */
static enum work closing(uint32_t function)
{
    if (function == 1)
        return WORK_CLOSE_TRACK;
    return function == 5 || function == 6 ? WORK_FINALISE : WORK_CLOSE_SESSION;
}

enum outcome on_close_track_session(struct oi_emu *emu, struct request *rq)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    uint32_t function = rq->cdb[2] & 0x07;
    struct disc before = emu->disc;
    enum outcome outcome;

    if (!ops->close)
        return INVALID_OPCODE;
    if (rq->cdb[2] & ~0x07)
        return wrong_cdb(rq, 2);
    outcome = ops->close(&emu->disc, drive_setup(emu), function, be16(rq->cdb + 4));
    if (outcome == INVALID_FIELD_IN_CDB)
        wrong_cdb(rq, function == 1 ? 4 : 2);
    outcome = disc_save_change(emu, rq, outcome, &before);
    if (outcome == GOOD)
        work_start(emu, closing(function), rq->cdb[1] & 0x01);
    return outcome;
}

enum outcome on_reserve_track(struct oi_emu *emu, struct request *rq)
{
    enum { ADDRESS = 0x01 };
    const struct medium_ops *ops = emu->disc.medium->ops;
    bool by_address = rq->cdb[1] & ADDRESS;
    struct disc before = emu->disc;
    enum outcome outcome;

    if (!ops->reserve)
        return CANNOT_WRITE_MEDIUM;
    if ((rq->cdb[1] & ~ADDRESS) || (by_address && !ops->split))
        return wrong_cdb(rq, 1);
    outcome = by_address ? ops->split(&emu->disc, be32(rq->cdb + 2))
                         : ops->reserve(&emu->disc, drive_setup(emu), be32(rq->cdb + 5));
    if (outcome == INVALID_FIELD_IN_CDB)
        wrong_cdb(rq, by_address ? 2 : 5);
    return disc_save_change(emu, rq, outcome, &before);
}

/* MMC-6, BLANK, "Blanking Types". The disc state no longer tells of what was there; only then the
 * data may go. */
enum outcome on_blank(struct oi_emu *emu, struct request *rq)
{
    enum { IMMEDIATE = 0x10, TYPE = 0x07, WHOLE_DISC = 0 };
    const struct medium_ops *ops = emu->disc.medium->ops;
    uint32_t type = rq->cdb[1] & TYPE;
    struct disc before = emu->disc;
    int field = BLANK_TYPE;
    enum outcome outcome;

    if (!ops->blank)
        return CANNOT_WRITE_MEDIUM;
    outcome = ops->blank(&emu->disc, type, be32(rq->cdb + 2), &field);
    if (outcome == INVALID_FIELD_IN_CDB)
        wrong_cdb(rq, field);
    outcome = disc_save_change(emu, rq, outcome, &before);
    if (outcome == GOOD)
        disc_forget(emu);
    if (outcome == GOOD)
        work_start(emu, type == WHOLE_DISC ? WORK_BLANK : WORK_BLANK_MINIMAL,
                   rq->cdb[1] & IMMEDIATE);
    return outcome;
}

enum outcome on_send_opc(struct oi_emu *emu, struct request *rq)
{
    uint32_t length = be16(rq->cdb + 7);
    bool calibrate = rq->cdb[1] & 0x01;

    if (calibrate && length)
        return wrong_cdb(rq, 7);
    if (length % 8)
        return wrong_cdb(rq, 7);
    if (rq->given < length)
        return PARAMETER_LIST_LENGTH;
    rq->moved = length;
    if (calibrate)
        work_start(emu, WORK_OPC, false);
    return GOOD;
}
