/* The invariant: what is set is kept as it was asked for, and only judged against the disc that is
 * in the drive when it matters; so it outlives a change of the disc. */
#include "speed.h"

#include "drive.h"

static uint32_t kbps_of(const struct medium *medium, uint32_t tenths)
{
    return medium->kbps_1x * tenths / 10;
}

static uint32_t tenths_of(const struct medium *medium, uint32_t kbps)
{
    uint32_t one = medium->kbps_1x ? medium->kbps_1x : 1;

    return (uint32_t)(((uint64_t)kbps * 10 + one / 2) / one);
}

void speed_reset(struct oi_emu *emu)
{
    emu->speed = (struct speed_setting){SPEED_MOST, SPEED_MOST, 0, UINT32_MAX, false};
}

void speed_list(const struct oi_emu *emu, struct speeds *speeds)
{
    static const uint16_t none[] = {0};
    const struct medium *medium = drive_medium(emu);
    const uint16_t *tenths = medium->speeds ? medium->speeds : none;
    uint32_t most = emu->definition.speed_tenths;

    *speeds = (struct speeds){0};
    if (most)
        speeds->kbps[speeds->count++] = kbps_of(medium, most);
    for (; *tenths && speeds->count < SPEEDS_MAX; tenths++)
        if (!most || *tenths < most)
            speeds->kbps[speeds->count++] = kbps_of(medium, *tenths);
}

/* The fastest offered speed that is not faster than what was asked for, else the slowest. */
uint32_t speed_write_kbps(const struct oi_emu *emu)
{
    struct speeds speeds;
    uint32_t i = 0;

    speed_list(emu, &speeds);
    while (i + 1 < speeds.count && speeds.kbps[i] > emu->speed.write_kbps)
        i++;
    return speeds.count ? speeds.kbps[i] : kbps_of(drive_medium(emu), 10);
}

uint32_t speed_read_kbps(const struct oi_emu *emu)
{
    uint32_t most = kbps_of(drive_medium(emu), 160);

    return emu->speed.read_kbps < most ? emu->speed.read_kbps : most;
}

/* A drive without a speed of its own is as fast as the machine, until it is told to be slower. */
bool speed_is_paced(const struct oi_emu *emu)
{
    const struct medium *medium = drive_medium(emu);

    return emu->definition.speed_tenths ||
           (medium->speeds && emu->speed.write_kbps <= kbps_of(medium, medium->speeds[0]));
}

uint64_t speed_write_rate(const struct oi_emu *emu)
{
    return speed_is_paced(emu) ? (uint64_t)speed_write_kbps(emu) * 1000 : 0;
}

uint32_t speed_sector_bytes(const struct oi_emu *emu)
{
    enum { CD_SECTOR_BYTES = 2352 };

    return drive_medium(emu)->family == FAMILY_CD ? CD_SECTOR_BYTES : SECTOR_BYTES;
}

enum curve speed_curve(const struct oi_emu *emu, uint32_t kbps)
{
    const struct medium *medium = drive_medium(emu);

    return emu->speed.cav ? CURVE_CAV : curve_of(medium, tenths_of(medium, kbps));
}

static uint32_t fastest(const struct oi_emu *emu, bool write)
{
    struct speeds speeds;

    speed_list(emu, &speeds);
    return write && speeds.count ? speeds.kbps[0] : kbps_of(drive_medium(emu), 160);
}

struct pace speed_pace(const struct oi_emu *emu, bool write, uint32_t lba)
{
    const struct speed_setting *set = &emu->speed;
    bool within = lba >= set->from && lba <= set->to;
    uint32_t kbps = !within ? fastest(emu, write)
                    : write ? speed_write_kbps(emu)
                            : speed_read_kbps(emu);
    enum curve curve = speed_curve(emu, kbps);
    struct stretch stretch = curve_at(drive_medium(emu), curve, lba);
    struct pace pace = {(uint64_t)kbps * stretch.permille, stretch.end, kbps, curve};

    if (!pace.rate)
        pace.rate = 1;
    if (within && set->to < UINT32_MAX && pace.end > set->to + 1)
        pace.end = set->to + 1;
    if (lba < set->from && pace.end > set->from)
        pace.end = set->from;
    return pace;
}

uint64_t speed_us(const struct oi_emu *emu, bool write, uint32_t lba, uint32_t sectors)
{
    uint64_t us = 0;

    while (sectors) {
        struct pace pace = speed_pace(emu, write, lba);
        uint32_t part = sectors < pace.end - lba ? sectors : pace.end - lba;

        if (!part) /* the largest address there is */
            break;
        us += (uint64_t)part * speed_sector_bytes(emu) * 1000000 / pace.rate;
        lba += part;
        sectors -= part;
    }
    return us;
}

/* ---- setting it ---- */

/* MMC-6, SET CD SPEED, "Rotational Control". */
enum outcome on_set_cd_speed(struct oi_emu *emu, struct request *rq)
{
    enum { ROTATION = 0x03, CAV = 1, MOST = 0xffff };
    uint16_t read = be16(rq->cdb + 2);
    uint16_t write = be16(rq->cdb + 4);

    if ((rq->cdb[1] & ROTATION) > CAV)
        return wrong_cdb(rq, 1);
    emu->speed = (struct speed_setting){
        .read_kbps = read == MOST ? SPEED_MOST : read,
        .write_kbps = write == MOST ? SPEED_MOST : write,
        .to = UINT32_MAX,
        .cav = rq->cdb[1] & CAV,
    };
    return GOOD;
}

static bool take_rate(const uint8_t *size_and_time, uint32_t *kbps)
{
    uint32_t size = be32(size_and_time);
    uint32_t time_ms = be32(size_and_time + 4);
    uint64_t rate;

    if (!time_ms)
        return false;
    rate = (uint64_t)size * 1000 / time_ms;
    *kbps = rate < SPEED_MOST ? (uint32_t)rate : SPEED_MOST;
    return true;
}

static bool is_offered(const struct oi_emu *emu, uint32_t kbps)
{
    struct speeds speeds;

    speed_list(emu, &speeds);
    for (uint32_t i = 0; i < speeds.count; i++)
        if (speeds.kbps[i] == kbps)
            return true;
    return false;
}

/* MMC-6, SET STREAMING, "Performance Descriptor". Random access is a hint for reading ahead. */
static enum outcome take_performance(struct oi_emu *emu, struct request *rq)
{
    enum { RANDOM_ACCESS = 0x01, EXACT = 0x02, DEFAULTS = 0x04, ROTATION = 0x18, CAV = 0x08 };
    const uint8_t *list = rq->out;
    struct speed_setting setting = {
        .from = be32(list + 4),
        .to = be32(list + 8),
        .cav = list[0] & CAV,
    };

    if (list[0] & ~(RANDOM_ACCESS | EXACT | DEFAULTS | ROTATION) || (list[0] & ROTATION) > CAV)
        return wrong_list(rq, 0);
    if (list[0] & DEFAULTS) {
        speed_reset(emu);
        return GOOD;
    }
    if (setting.from > setting.to)
        return wrong_list(rq, 4);
    if (!take_rate(list + 12, &setting.read_kbps))
        return wrong_list(rq, 16);
    if (!take_rate(list + 20, &setting.write_kbps))
        return wrong_list(rq, 24);
    if ((list[0] & EXACT) && !is_offered(emu, setting.write_kbps))
        return wrong_list(rq, 20);
    emu->speed = setting;
    return GOOD;
}

enum outcome on_set_streaming(struct oi_emu *emu, struct request *rq)
{
    enum { DESCRIPTOR_BYTES = 28 };
    uint32_t length = be16(rq->cdb + 9);
    enum outcome outcome;

    if (rq->cdb[8] != 0)
        return wrong_cdb(rq, 8);
    if (length != DESCRIPTOR_BYTES || rq->given < length)
        return PARAMETER_LIST_LENGTH;
    outcome = take_performance(emu, rq);
    if (outcome == GOOD)
        rq->moved = length;
    return outcome;
}
