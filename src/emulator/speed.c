/* A constant rate for now: every sector leaves the buffer as fast as any other. */
#include <string.h>
#include "drive.h"

/* MMC-6, GET PERFORMANCE: types. */
enum { PERFORMANCE_NOMINAL = 0x00, PERFORMANCE_WRITE_SPEEDS = 0x03 };

static uint32_t kbps_of(const struct medium *medium, uint32_t tenths)
{
    return medium->kbps_1x * tenths / 10;
}

void speed_list(const struct oi_emu *emu, struct speeds *speeds)
{
    const struct medium *medium = drive_medium(emu);
    uint32_t most = emu->definition.speed_tenths;

    *speeds = (struct speeds){0};
    if (most)
        speeds->kbps[speeds->count++] = kbps_of(medium, most);
    for (const uint16_t *tenths = medium->speeds; *tenths && speeds->count < SPEEDS_MAX; tenths++)
        if (!most || *tenths < most)
            speeds->kbps[speeds->count++] = kbps_of(medium, *tenths);
}

/* The fastest offered speed that is not faster than what was asked for, else the slowest. */
uint32_t speed_write_kbps(const struct oi_emu *emu)
{
    struct speeds speeds;
    uint32_t i = 0;

    speed_list(emu, &speeds);
    while (i + 1 < speeds.count && speeds.kbps[i] > emu->asked_write_kbps)
        i++;
    return speeds.kbps[i];
}

uint32_t speed_read_kbps(const struct oi_emu *emu)
{
    uint32_t most = kbps_of(drive_medium(emu), 160);

    return emu->asked_read_kbps < most ? emu->asked_read_kbps : most;
}

/* A drive without a speed of its own is as fast as the machine, until it is told to be slower. */
static bool is_paced(const struct oi_emu *emu)
{
    const struct medium *medium = drive_medium(emu);

    return emu->definition.speed_tenths ||
           emu->asked_write_kbps <= kbps_of(medium, medium->speeds[0]);
}

uint64_t speed_write_rate(const struct oi_emu *emu)
{
    return is_paced(emu) ? (uint64_t)speed_write_kbps(emu) * 1000 : 0;
}

static void drain(struct oi_emu *emu)
{
    struct cache *cache = &emu->cache;
    uint64_t rate = speed_write_rate(emu);
    uint64_t now, elapsed, drained;

    if (!cache->level)
        return;
    now = drive_now(emu);
    elapsed = now - cache->at_us;
    /* Comparing times first keeps the product below from overflowing. */
    if (!rate || elapsed >= (cache->level * 1000000 + rate - 1) / rate) {
        cache->level = 0;
        return;
    }
    drained = elapsed * rate / 1000000;
    cache->level -= drained;
    cache->at_us += drained * 1000000 / rate;
}

bool cache_has_room(struct oi_emu *emu, uint32_t bytes)
{
    if (!is_paced(emu))
        return true;
    drain(emu);
    return !emu->cache.level || emu->cache.level + bytes <= CACHE_BYTES;
}

void cache_fill(struct oi_emu *emu, uint32_t bytes)
{
    if (!is_paced(emu))
        return;
    if (!emu->cache.level)
        emu->cache.at_us = drive_now(emu);
    emu->cache.level += bytes;
}

uint64_t cache_free(struct oi_emu *emu)
{
    drain(emu);
    return emu->cache.level < CACHE_BYTES ? CACHE_BYTES - emu->cache.level : 0;
}

uint64_t cache_drain_us(struct oi_emu *emu)
{
    uint64_t rate = speed_write_rate(emu);

    drain(emu);
    return rate ? (emu->cache.level * 1000000 + rate - 1) / rate : 0;
}

enum outcome on_read_buffer_capacity(struct oi_emu *emu, struct request *rq)
{
    bool blocks = rq->cdb[1] & 1;
    uint64_t free_bytes = cache_free(emu);
    uint8_t data[12] = {0};

    set16(data, 10);
    data[3] = blocks;
    if (!blocks)
        set32(data + 4, CACHE_BYTES);
    set32(data + 8, (uint32_t)(blocks ? free_bytes / SECTOR_BYTES : free_bytes));
    answer(rq, data, sizeof(data), be16(rq->cdb + 7));
    return GOOD;
}

enum outcome on_set_cd_speed(struct oi_emu *emu, struct request *rq)
{
    uint16_t read = be16(rq->cdb + 2);
    uint16_t write = be16(rq->cdb + 4);

    if ((rq->cdb[1] & 3) > 1)
        return wrong_cdb(rq, 1);
    emu->asked_read_kbps = read == 0xffff ? SPEED_MOST : read;
    emu->asked_write_kbps = write == 0xffff ? SPEED_MOST : write;
    return GOOD;
}

static bool rate_of(const uint8_t *size_and_time, uint32_t *kbps)
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

/* MMC-6, SET STREAMING, "Performance Descriptor". */
enum outcome on_set_streaming(struct oi_emu *emu, struct request *rq)
{
    enum { DESCRIPTOR_BYTES = 28, RESTORE_DEFAULTS = 0x01 };
    uint32_t length = be16(rq->cdb + 9);
    const uint8_t *list = rq->out;
    uint32_t read, write;

    if (rq->cdb[8] != 0)
        return wrong_cdb(rq, 8);
    if (length != DESCRIPTOR_BYTES || rq->given < length)
        return PARAMETER_LIST_LENGTH;
    rq->moved = length;
    if (list[0] & RESTORE_DEFAULTS) {
        emu->asked_read_kbps = SPEED_MOST;
        emu->asked_write_kbps = SPEED_MOST;
        return GOOD;
    }
    if (be32(list + 4) > be32(list + 8))
        return wrong_list(rq, 4);
    if (!rate_of(list + 12, &read))
        return wrong_list(rq, 16);
    if (!rate_of(list + 20, &write))
        return wrong_list(rq, 24);
    emu->asked_read_kbps = read;
    emu->asked_write_kbps = write;
    return GOOD;
}

static uint32_t last_lba(const struct oi_emu *emu)
{
    return drive_medium(emu)->sectors - 1;
}

static uint32_t nominal(struct oi_emu *emu, bool write, uint8_t *data)
{
    uint32_t kbps = write ? speed_write_kbps(emu) : speed_read_kbps(emu);

    set32(data + 4, kbps);
    set32(data + 8, last_lba(emu));
    set32(data + 12, kbps);
    return 1;
}

static uint32_t write_speeds(struct oi_emu *emu, uint8_t *data)
{
    struct speeds speeds;

    speed_list(emu, &speeds);
    for (uint32_t i = 0; i < speeds.count; i++, data += 16) {
        set32(data + 4, last_lba(emu));
        set32(data + 8, speed_read_kbps(emu));
        set32(data + 12, speeds.kbps[i]);
    }
    return speeds.count;
}

enum outcome on_get_performance(struct oi_emu *emu, struct request *rq)
{
    enum { HEADER_BYTES = 8, DESCRIPTOR_BYTES = 16, WRITE = 0x04, EXCEPTIONS = 0x03 };
    uint8_t data[HEADER_BYTES + DESCRIPTOR_BYTES * SPEEDS_MAX] = {0};
    bool write = rq->cdb[1] & WRITE;
    uint32_t most = be16(rq->cdb + 8);
    uint32_t count = 0;

    if (rq->cdb[10] == PERFORMANCE_WRITE_SPEEDS) {
        count = write_speeds(emu, data + HEADER_BYTES);
    } else if (rq->cdb[10] == PERFORMANCE_NOMINAL) {
        data[4] = write ? 0x02 : 0x00;
        /* The drive keeps its nominal speed everywhere: the list of exceptions is empty. */
        if (rq->cdb[1] & EXCEPTIONS)
            data[4] |= 0x01;
        else
            count = nominal(emu, write, data + HEADER_BYTES);
    } else {
        return wrong_cdb(rq, 10);
    }
    set32(data, HEADER_BYTES - 4 + DESCRIPTOR_BYTES * count);
    if (count > most)
        count = most;
    answer(rq, data, HEADER_BYTES + DESCRIPTOR_BYTES * count, UINT32_MAX);
    return GOOD;
}
