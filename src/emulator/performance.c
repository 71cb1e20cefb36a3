/* GET PERFORMANCE: how fast the drive is where on the disc, and which speeds there are. */
#include "drive.h"

enum { HEADER_BYTES = 8, DESCRIPTOR_BYTES = 16, DESCRIPTORS_MAX = 64, WRITE = 0x04 };

/* A disc that was made from an image is as large as that. */
static uint32_t sectors_of(const struct oi_emu *emu)
{
    const struct medium *medium = drive_medium(emu);

    if (medium->read_only && emu->presence == MEDIUM_READABLE)
        return medium->ops->capacity(&emu->disc);
    return medium->sectors;
}

static uint32_t last_lba(const struct oi_emu *emu)
{
    uint32_t sectors = sectors_of(emu);

    return sectors ? sectors - 1 : 0;
}

/* Moves *lba behind the sectors that one descriptor tells of: at a constant speed, or growing, or
 * shrinking, steadily within a layer. Returns the speed at the last of them. */
static uint32_t pass(const struct oi_emu *emu, bool write, uint32_t *lba)
{
    const struct medium *medium = drive_medium(emu);
    struct pace first = speed_pace(emu, write, *lba);
    struct pace pace = first;
    uint32_t sectors = sectors_of(emu);
    uint32_t end = first.curve == CURVE_CAV ? curve_layer_end(medium, *lba) : sectors;
    uint64_t last = first.rate;

    if (end > sectors || end <= *lba)
        end = sectors;
    while (*lba < end && pace.kbps == first.kbps &&
           (pace.curve == CURVE_CAV || pace.rate == first.rate)) {
        last = pace.rate;
        *lba = pace.end < end ? pace.end : end;
        pace = speed_pace(emu, write, *lba);
    }
    return (uint32_t)(last / 1000);
}

/* MMC-6, GET PERFORMANCE, "Nominal Performance Descriptor". */
static uint32_t put_nominal(const struct oi_emu *emu, bool write, uint32_t lba, uint8_t *data)
{
    uint32_t count = 0;

    for (; lba < sectors_of(emu) && count < DESCRIPTORS_MAX; count++, data += DESCRIPTOR_BYTES) {
        set32(data, lba);
        set32(data + 4, (uint32_t)(speed_pace(emu, write, lba).rate / 1000));
        set32(data + 12, pass(emu, write, &lba));
        set32(data + 8, lba - 1);
    }
    return count;
}

/* MMC-6, GET PERFORMANCE, "Write Speed Descriptor". */
static uint32_t put_write_speeds(const struct oi_emu *emu, uint8_t *data)
{
    enum { ROTATION_CAV = 0x08, EXACT = 0x02 };
    struct speeds speeds;

    speed_list(emu, &speeds);
    for (uint32_t i = 0; i < speeds.count; i++, data += DESCRIPTOR_BYTES) {
        enum curve curve = speed_curve(emu, speeds.kbps[i]);

        data[0] = curve == CURVE_CAV ? ROTATION_CAV : curve == CURVE_CLV ? EXACT : 0;
        set32(data + 4, last_lba(emu));
        set32(data + 8, speed_read_kbps(emu));
        set32(data + 12, speeds.kbps[i]);
    }
    return speeds.count;
}

/* MMC-6, GET PERFORMANCE, "Performance Type" and "Data Type". */
enum outcome on_get_performance(struct oi_emu *emu, struct request *rq)
{
    enum { NOMINAL = 0x00, WRITE_SPEEDS = 0x03 };
    enum { TOLERANCE = 0x18, TEN_PERCENT = 0x10, EXCEPT = 0x03, EXCEPTIONS_ONLY = 0x02 };
    uint8_t data[HEADER_BYTES + DESCRIPTOR_BYTES * DESCRIPTORS_MAX] = {0};
    uint8_t kind = rq->cdb[1];
    bool write = kind & WRITE;
    uint32_t most = be16(rq->cdb + 8);
    uint32_t count = 0;

    if (rq->cdb[10] == WRITE_SPEEDS) {
        if (kind)
            return wrong_cdb(rq, 1);
        count = put_write_speeds(emu, data + HEADER_BYTES);
    } else if (rq->cdb[10] == NOMINAL) {
        if ((kind & TOLERANCE) != TEN_PERCENT || (kind & EXCEPT) == EXCEPT)
            return wrong_cdb(rq, 1);
        data[4] = write ? 0x02 : 0x00;
        /* No sector is slower than its neighbours: the list of exceptions is empty. */
        if (kind & EXCEPTIONS_ONLY)
            data[4] |= 0x01;
        else
            count = put_nominal(emu, write, be32(rq->cdb + 2), data + HEADER_BYTES);
    } else {
        return wrong_cdb(rq, 10);
    }
    set32(data, HEADER_BYTES - 4 + DESCRIPTOR_BYTES * count);
    if (count > most)
        count = most;
    answer(rq, data, HEADER_BYTES + DESCRIPTOR_BYTES * count, UINT32_MAX);
    return GOOD;
}
