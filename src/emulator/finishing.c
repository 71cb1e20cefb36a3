/* What prepares a disc and what ends a burn.
 * The invariant: a change of the disc's structure is in memory only if it is also saved. */
#include "drive.h"

enum outcome on_synchronize_cache(struct oi_emu *emu, struct request *rq)
{
    enum outcome outcome = disc_save(emu, rq);

    if (outcome == GOOD)
        cache_flush(emu, rq->cdb[1] & 0x02);
    return outcome;
}

enum outcome on_close_track_session(struct oi_emu *emu, struct request *rq)
{
    uint32_t function = rq->cdb[2] & 0x07;
    struct disc before = emu->disc;
    enum outcome outcome;

    if (rq->cdb[2] & ~0x07)
        return wrong_cdb(rq, 2);
    outcome = emu->disc.medium->ops->close(&emu->disc, function, be16(rq->cdb + 4));
    if (outcome == INVALID_FIELD_IN_CDB)
        wrong_cdb(rq, function == 1 ? 4 : 2);
    outcome = disc_save_change(emu, rq, outcome, &before);
    if (outcome == GOOD)
        cache_flush(emu, rq->cdb[1] & 0x01);
    return outcome;
}

enum outcome on_reserve_track(struct oi_emu *emu, struct request *rq)
{
    struct disc before = emu->disc;
    enum outcome outcome;

    if (!emu->disc.medium->ops->reserve)
        return CANNOT_WRITE_MEDIUM;
    if (rq->cdb[1])
        return wrong_cdb(rq, 1);
    outcome = emu->disc.medium->ops->reserve(&emu->disc, be32(rq->cdb + 5));
    if (outcome == INVALID_FIELD_IN_CDB)
        wrong_cdb(rq, 5);
    return disc_save_change(emu, rq, outcome, &before);
}

struct format_list {
    bool restart;
    enum outcome outcome;
};

/* MMC-6, FORMAT UNIT, "Format List Header" and "Format Descriptor". */
static struct format_list parse_format(struct oi_emu *emu, struct request *rq)
{
    enum { LIST_BYTES = 12, OPTIONS_VALID = 0x80, OPTIONS = 0x78, TRY_OUT = 0x04, RESTART = 0x01 };
    const struct medium *medium = emu->disc.medium;
    const uint8_t *list = rq->out;
    struct format_list parsed = {.outcome = GOOD};
    uint32_t blocks;

    if (rq->given < LIST_BYTES) {
        parsed.outcome = PARAMETER_LIST_LENGTH;
        return parsed;
    }
    blocks = be32(list + 4);
    if ((list[1] & TRY_OUT) || (!(list[1] & OPTIONS_VALID) && (list[1] & OPTIONS)))
        parsed.outcome = wrong_list(rq, 1);
    else if (be16(list + 2) != 8)
        parsed.outcome = wrong_list(rq, 2);
    else if (list[8] != medium->format_type << 2)
        parsed.outcome = wrong_list(rq, 8);
    else if (blocks != UINT32_MAX && blocks != medium->sectors)
        parsed.outcome = wrong_list(rq, 4);
    parsed.restart = list[11] & RESTART;
    rq->moved = LIST_BYTES;
    return parsed;
}

enum outcome on_format_unit(struct oi_emu *emu, struct request *rq)
{
    enum { COMPLETE_LIST = 0x08, FORMAT_DATA_CODE_1 = 0x11 };
    const struct medium_ops *ops = emu->disc.medium->ops;
    struct disc before = emu->disc;
    struct format_list list;
    enum outcome outcome;
    bool completed;

    if (!ops->format)
        return CANNOT_FORMAT_MEDIUM;
    if ((rq->cdb[1] & ~COMPLETE_LIST) != FORMAT_DATA_CODE_1)
        return wrong_cdb(rq, 1);
    list = parse_format(emu, rq);
    if (list.outcome != GOOD)
        return list.outcome;
    outcome = ops->format(&emu->disc, list.restart, drive_now(emu));
    completed = outcome == GOOD && ops->run(&emu->disc, drive_now(emu), speed_write_rate(emu));
    outcome = disc_save_change(emu, rq, outcome, &before);
    if (outcome == GOOD && completed)
        emu->event = EVENT_FORMAT_COMPLETED;
    /* The state no longer tells of the old data; only then it may go. */
    if (outcome == GOOD && !list.restart && oi_file_set_size(emu->image.file, 0) == OI_OK)
        emu->image.bytes = 0;
    return outcome;
}

enum outcome on_send_opc(struct oi_emu *emu, struct request *rq)
{
    uint32_t length = be16(rq->cdb + 7);
    bool calibrate = rq->cdb[1] & 0x01;

    (void)emu;
    if (calibrate && length)
        return wrong_cdb(rq, 7);
    if (length % 8)
        return wrong_cdb(rq, 7);
    if (rq->given < length)
        return PARAMETER_LIST_LENGTH;
    rq->moved = length;
    return GOOD;
}
