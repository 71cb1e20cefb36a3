/* FORMAT UNIT and what it offers.
 * The invariant: the list is checked whole before the medium sees it. */
#include "drive.h"
#include "medium_random.h"

enum { LIST_BYTES = 12 };

/* MMC-6, FORMAT UNIT, "Format List Header" and "Format Descriptor". */
static enum outcome parse(struct request *rq, struct format_request *request)
{
    enum {
        OPTIONS_VALID = 0x80,
        OPTIONS = 0x70, /* no primary defects, no certification, stop on defective lists */
        NO_CERTIFICATION = 0x20,
        NOT_HERE = 0x0d, /* initialization pattern, try-out, vendor specific */
        IMMEDIATE = 0x02
    };
    const uint8_t *list = rq->out;

    if (rq->given < LIST_BYTES)
        return PARAMETER_LIST_LENGTH;
    if (list[0])
        return wrong_list(rq, 0);
    if ((list[1] & NOT_HERE) || (!(list[1] & OPTIONS_VALID) && (list[1] & OPTIONS)))
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

/* SPC-3 tells every initiator of it but the one that formats: that one knows, and programs give up
 * when they are told all the same. Sizes that grow with what is written are no news. */
bool format_is_news(const struct disc *before, const struct disc *now)
{
    uint32_t capacity = before->medium->ops->capacity(before);

    return before->medium->profile != now->medium->profile ||
           (now->medium->raw_sectors && capacity && capacity != now->medium->ops->capacity(now));
}

static void formatted(struct oi_emu *emu, const struct format_request *request,
                      const struct disc *before, bool completed)
{
    enum work work = format_is_full(before->medium, request) ? WORK_CERTIFY : WORK_FORMAT;

    if (completed)
        emu->event = EVENT_FORMAT_COMPLETED;
    else if (before->background == BACKGROUND_PARTIAL && emu->disc.front >= before->front)
        emu->event = EVENT_FORMAT_RESTARTED;
    disc_forget(emu);
    work_start(emu, work, request->immediate);
}

enum outcome on_format_unit(struct oi_emu *emu, struct request *rq)
{
    enum { COMPLETE_LIST = 0x08, FORMAT_DATA_CODE_1 = 0x11 };
    const struct medium_ops *ops = emu->disc.medium->ops;
    uint8_t wrong = FIELD_BLOCKS;
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
    request.wrong = &wrong;
    outcome = ops->format(&emu->disc, &request, drive_now(emu));
    if (outcome == INVALID_FIELD_IN_LIST)
        wrong_list(rq, wrong);
    ops = emu->disc.medium->ops;
    completed =
        outcome == GOOD && ops->run && ops->run(&emu->disc, drive_now(emu), speed_write_rate(emu));
    outcome = disc_save_change(emu, rq, outcome, &before);
    if (outcome == GOOD)
        formatted(emu, &request, &before, completed);
    return outcome;
}

enum outcome format_outcome(const struct oi_emu *emu, struct request *rq)
{
    if (emu->presence != MEDIUM_READABLE || emu->disc.background != BACKGROUND_RUNNING)
        return GOOD;
    rq->progress_valid = true;
    rq->progress = (uint16_t)((uint64_t)emu->disc.front * 65535 / emu->disc.medium->sectors);
    return FORMAT_GOES_ON;
}

/* MMC-6, READ FORMAT CAPACITIES, "Current/Maximum Capacity Descriptor". */
enum outcome on_read_format_capacities(struct oi_emu *emu, struct request *rq)
{
    enum { UNFORMATTED = 1, FORMATTED = 2, NO_MEDIUM = 3, HEADER_BYTES = 12, EACH = 8 };
    const struct medium *medium = drive_medium(emu);
    struct format_capacity list[FORMATS_MAX];
    uint8_t data[HEADER_BYTES + EACH * FORMATS_MAX] = {0};
    struct disc_summary summary;
    uint32_t capacity = 0;
    uint32_t count = 0;

    data[8] = NO_MEDIUM;
    if (emu->presence == MEDIUM_READABLE) {
        capacity = medium->ops->formatted ? medium->ops->formatted(&emu->disc)
                                          : medium->ops->capacity(&emu->disc);
        count = medium->ops->formats ? medium->ops->formats(&emu->disc, list) : 0;
        medium->ops->summary(&emu->disc, &summary);
        data[8] = capacity || summary.status == DISC_OTHER ? FORMATTED : UNFORMATTED;
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
