/* FORMAT UNIT and what it offers.
 * The invariant: the list is checked whole before the medium sees it. */
#include "drive.h"

enum { LIST_BYTES = 12 };

/* MMC-6, FORMAT UNIT, "Format List Header" and "Format Descriptor". */
static enum outcome parse(struct request *rq, struct format_request *request)
{
    enum {
        OPTIONS_VALID = 0x80,
        OPTIONS = 0x78,
        NO_CERTIFICATION = 0x20,
        TRY_OUT = 0x04,
        IMMEDIATE = 0x02
    };
    const uint8_t *list = rq->out;

    if (rq->given < LIST_BYTES)
        return PARAMETER_LIST_LENGTH;
    if ((list[1] & TRY_OUT) || (!(list[1] & OPTIONS_VALID) && (list[1] & OPTIONS)))
        return wrong_list(rq, 1);
    if (be16(list + 2) != 8)
        return wrong_list(rq, 2);
    *request = (struct format_request){
        .blocks = be32(list + 4),
        .type = list[8] >> 2,
        .sub_type = list[8] & 0x03,
        .parameter = be24(list + 9),
        .immediate = list[1] & IMMEDIATE,
        .options_valid = list[1] & OPTIONS_VALID,
        .certify = !(list[1] & NO_CERTIFICATION),
    };
    rq->moved = LIST_BYTES;
    return GOOD;
}

enum outcome on_format_unit(struct oi_emu *emu, struct request *rq)
{
    enum { COMPLETE_LIST = 0x08, FORMAT_DATA_CODE_1 = 0x11 };
    const struct medium_ops *ops = emu->disc.medium->ops;
    struct disc before = emu->disc;
    struct format_request request;
    enum outcome outcome;
    bool completed;

    if (!ops->format)
        return CANNOT_FORMAT_MEDIUM;
    if ((rq->cdb[1] & ~COMPLETE_LIST) != FORMAT_DATA_CODE_1)
        return wrong_cdb(rq, 1);
    outcome = parse(rq, &request);
    if (outcome != GOOD)
        return outcome;
    outcome = ops->format(&emu->disc, &request, drive_now(emu));
    if (outcome == INVALID_FIELD_IN_LIST)
        wrong_list(rq, 4);
    completed = outcome == GOOD && emu->disc.medium->ops->run &&
                emu->disc.medium->ops->run(&emu->disc, drive_now(emu), speed_write_rate(emu));
    outcome = disc_save_change(emu, rq, outcome, &before);
    if (outcome == GOOD && completed)
        emu->event = EVENT_FORMAT_COMPLETED;
    if (outcome == GOOD)
        disc_forget(emu);
    if (outcome == GOOD)
        work_start(emu, WORK_FORMAT, request.immediate);
    return outcome;
}

/* MMC-6, READ FORMAT CAPACITIES, "Current/Maximum Capacity Descriptor". */
enum outcome on_read_format_capacities(struct oi_emu *emu, struct request *rq)
{
    enum { UNFORMATTED = 1, FORMATTED = 2, NO_MEDIUM = 3, HEADER_BYTES = 12, EACH = 8 };
    const struct medium *medium = drive_medium(emu);
    struct format_capacity list[FORMATS_MAX];
    uint8_t data[HEADER_BYTES + EACH * FORMATS_MAX] = {0};
    uint32_t capacity = 0;
    uint32_t count = 0;

    data[8] = NO_MEDIUM;
    if (emu->presence == MEDIUM_READABLE) {
        capacity = medium->ops->formatted ? medium->ops->formatted(&emu->disc)
                                          : medium->ops->capacity(&emu->disc);
        count = medium->ops->formats ? medium->ops->formats(&emu->disc, list) : 0;
        data[8] = capacity ? FORMATTED : UNFORMATTED;
    }
    set32(data + 4, capacity ? capacity : medium->sectors);
    set24(data + 9, SECTOR_BYTES);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *descriptor = data + HEADER_BYTES + EACH * i;

        set32(descriptor, list[i].blocks);
        descriptor[4] = (uint8_t)(list[i].type << 2 | list[i].sub_type);
        set24(descriptor + 5, list[i].parameter);
    }
    data[3] = (uint8_t)(EACH * (count + 1));
    answer(rq, data, HEADER_BYTES + EACH * count, be16(rq->cdb + 7));
    return GOOD;
}
