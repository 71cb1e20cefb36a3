/* The invariant: the buffer is brought up to now before anybody looks at it; what it does between
 * two commands follows from the state it was in and the speed at the sectors that leave it. */
#include "cache.h"

#include "drive.h"
#include "range.h"

enum {
    START_BYTES = CACHE_BYTES / 2, /* so much must have come before the laser goes on, */
    START_US = 1000000,            /* or the host must have been silent for so long */
};

/* ---- how it empties ---- */

static uint32_t position(const struct cache *cache)
{
    uint64_t blocks =
        cache->block_bytes ? (cache->level + cache->block_bytes - 1) / cache->block_bytes : 0;
    int64_t lba = cache->end - (int64_t)blocks;

    return lba > 0 ? (uint32_t)lba : 0;
}

uint32_t cache_position(struct oi_emu *emu)
{
    return position(&emu->cache);
}

/* Bytes of the host per second at the sector that leaves next, and how many leave so fast. */
static uint64_t leaving(const struct oi_emu *emu, const struct cache *cache, uint64_t *bytes)
{
    struct pace pace = speed_pace(emu, true, position(cache));
    uint64_t rate = pace.rate * cache->block_bytes / speed_sector_bytes(emu);
    int64_t blocks_beyond = cache->end - (int64_t)pace.end;
    uint64_t beyond = blocks_beyond > 0 ? (uint64_t)blocks_beyond * cache->block_bytes : 0;

    if (cache->verified)
        rate /= 2;
    *bytes = beyond < cache->level ? cache->level - beyond : cache->level;
    return rate ? rate : 1;
}

/* Lets the buffer empty down to `target` bytes, but not beyond the time `until`. */
static void drain(const struct oi_emu *emu, struct cache *cache, uint64_t target, uint64_t until)
{
    while (cache->level > target && cache->at_us < until) {
        uint64_t elapsed = until - cache->at_us;
        uint64_t bytes, rate, wanted, needed;

        rate = leaving(emu, cache, &bytes);
        if (bytes > cache->level - target)
            bytes = cache->level - target;
        wanted = bytes * 1000000;
        needed = cache->credit < wanted ? (wanted - cache->credit + rate - 1) / rate : 0;
        /* Comparing times first keeps the product below from overflowing. */
        if (elapsed < needed) {
            cache->credit += elapsed * rate;
            cache->level -= cache->credit / 1000000;
            cache->credit %= 1000000;
            cache->at_us = until;
            return;
        }
        cache->credit += needed * rate - wanted;
        cache->level -= bytes;
        cache->at_us += needed;
    }
}

static void go_idle(struct cache *cache)
{
    cache->state = CACHE_IDLE;
    cache->flushing = false;
    cache->level = 0;
    cache->credit = 0;
    cache->accepted = 0;
}

static void begin(struct cache *cache, uint64_t at_us)
{
    cache->state = CACHE_DRAINING;
    cache->at_us = at_us > cache->pause_until_us ? at_us : cache->pause_until_us;
    cache->credit = 0;
}

bool medium_is_random(const struct medium *medium)
{
    enum { RANDOM_WRITABLE = 0x0020, RESTRICTED_OVERWRITE = 0x0026 };

    for (const uint16_t *code = medium->features; *code != FEATURES_END; code++)
        if (*code == RANDOM_WRITABLE || *code == RESTRICTED_OVERWRITE)
            return true;
    return false;
}

static void bring_up_to(struct oi_emu *emu, uint64_t now)
{
    struct cache *cache = &emu->cache;

    if (cache->state == CACHE_FILLING && now - cache->filled_us >= START_US)
        begin(cache, cache->filled_us + START_US);
    if (cache->state != CACHE_DRAINING)
        return;
    drain(emu, cache, 0, now);
    if (cache->level)
        return;
    if (cache->flushing)
        go_idle(cache);
    else
        cache->state = CACHE_DRY;
}

static void settle(struct oi_emu *emu)
{
    if (emu->cache.state == CACHE_IDLE)
        return;
    if (speed_is_paced(emu))
        bring_up_to(emu, drive_now(emu));
    else
        go_idle(&emu->cache);
}

static uint64_t until_level(struct oi_emu *emu, uint64_t target)
{
    struct cache ahead;
    uint64_t now;

    settle(emu);
    if (emu->cache.level <= target)
        return 0;
    ahead = emu->cache;
    now = drive_now(emu);
    if (ahead.state == CACHE_FILLING)
        begin(&ahead, now);
    drain(emu, &ahead, target, UINT64_MAX);
    return ahead.at_us > now ? ahead.at_us - now : 0;
}

uint64_t cache_free(struct oi_emu *emu)
{
    settle(emu);
    return emu->cache.level < CACHE_BYTES ? CACHE_BYTES - emu->cache.level : 0;
}

uint64_t cache_drain_us(struct oi_emu *emu)
{
    return until_level(emu, 0);
}

uint64_t cache_half_us(struct oi_emu *emu)
{
    return until_level(emu, CACHE_BYTES / 2);
}

uint64_t cache_flush(struct oi_emu *emu)
{
    struct cache *cache = &emu->cache;

    settle(emu);
    if (cache->state == CACHE_FILLING)
        begin(cache, drive_now(emu));
    if (cache->state != CACHE_DRAINING) {
        go_idle(cache);
        return 0;
    }
    cache->flushing = true;
    cache->accepted = 0;
    return until_level(emu, 0);
}

bool cache_writing(struct oi_emu *emu)
{
    settle(emu);
    return emu->cache.state != CACHE_IDLE && !emu->cache.flushing;
}

bool cache_paused(struct oi_emu *emu, uint16_t *done)
{
    const struct cache *cache = &emu->cache;
    uint64_t now;

    settle(emu);
    if (cache->state != CACHE_FILLING && cache->state != CACHE_DRAINING)
        return false;
    now = drive_now(emu);
    if (now >= cache->pause_until_us)
        return false;
    *done = (uint16_t)((now - cache->pause_from_us) * 65535 /
                       (cache->pause_until_us - cache->pause_from_us));
    return true;
}

/* ---- how it runs empty ---- */

/* Only CD and DVD-R writing looks at page 05h (MMC-6, "Write Parameters Mode Page", BUFE); packets
 * are linked anyway, and the other media begin anew wherever they stopped. */
static bool is_protected(struct oi_emu *emu)
{
    enum { CD_TRACK_AT_ONCE = 0x002d, CD_MASTERING = 0x002e, DVD_R_WRITE = 0x002f };
    const struct medium *medium = emu->disc.medium;
    const struct write_setup *setup = drive_setup(emu);

    if (medium_is_random(medium))
        return true;
    for (const uint16_t *code = medium->features; *code != FEATURES_END; code++)
        if ((*code == CD_TRACK_AT_ONCE || *code == CD_MASTERING || *code == DVD_R_WRITE) &&
            !setup->underrun_protection && setup->write_type != WRITE_PACKET)
            return false;
    return !emu->definition.personality->no_underrun_protection;
}

static enum outcome spoil(struct oi_emu *emu, struct request *rq)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    int32_t lba = emu->cache.end;

    trace_event(emu, "under-run: the buffer ran empty at sector %d, the track is spoiled", lba);
    go_idle(&emu->cache);
    if (ops->damage) {
        ops->damage(&emu->disc);
        emu->unsaved = true;
    }
    explain(emu, rq,
            "the drive's buffer ran empty at sector %d and nothing protected the track; send data "
            "faster, write slower, or turn on under-run protection",
            lba);
    return at_lba(rq, (uint32_t)lba, LOSS_OF_STREAMING);
}

/* Lead-in and calibration belong to the first write on a disc or in a session. */
static uint64_t preparation_us(struct oi_emu *emu)
{
    const struct medium *medium = emu->disc.medium;
    struct disc_summary summary;
    uint64_t us = 0;

    if (!emu->definition.speed_tenths)
        return 0;
    if (!emu->cache.calibrated)
        us += work_us(emu, WORK_OPC);
    emu->cache.calibrated = true;
    medium->ops->summary(&emu->disc, &summary);
    if (!medium_is_random(medium) && summary.last_session == SESSION_EMPTY)
        us += work_us(emu, WORK_LEAD_IN);
    return us;
}

static void pause_writing(struct oi_emu *emu, uint64_t us)
{
    emu->cache.pause_from_us = us ? drive_now(emu) : 0;
    emu->cache.pause_until_us = emu->cache.pause_from_us + us;
}

static void take_aim(struct cache *cache, const uint8_t *cdb)
{
    struct block_range range = range_of(cdb);

    cache->aim = range.lba;
    cache->verified = cdb[0] == OI_OP_WRITE_AND_VERIFY10;
    cache->blocks = range.blocks;
}

enum outcome cache_aim(struct oi_emu *emu, struct request *rq)
{
    struct cache *cache = &emu->cache;

    take_aim(cache, rq->cdb);
    if (!cache->blocks || !speed_is_paced(emu))
        return GOOD;
    settle(emu);
    if (cache->state == CACHE_DRY && cache->aim != cache->end)
        go_idle(cache); /* something else begins there */
    if (cache->state == CACHE_DRY) {
        emu->statistics.underruns++;
        if (!is_protected(emu))
            return spoil(emu, rq);
        emu->statistics.links++;
        trace_event(emu, "under-run: the buffer ran empty at sector %d, the drive links",
                    cache->end);
        cache->state = CACHE_FILLING;
        cache->filled_us = drive_now(emu);
        pause_writing(emu, work_us(emu, WORK_LINK));
    }
    return GOOD;
}

void cache_verify(struct oi_emu *emu)
{
    emu->cache.verified = true;
}

/* ---- how it fills ---- */

static void note_wait(struct oi_emu *emu, uint64_t us)
{
    if (us > emu->statistics.longest_wait_us)
        emu->statistics.longest_wait_us = us;
}

bool cache_has_room(struct oi_emu *emu, uint32_t bytes)
{
    struct cache *cache = &emu->cache;
    uint64_t wait_us;

    if (!speed_is_paced(emu))
        return true;
    settle(emu);
    if (cache->state == CACHE_IDLE)
        pause_writing(emu, preparation_us(emu));
    if (!cache->level || cache->level + bytes <= CACHE_BYTES)
        return true;
    /* It is as full as it gets. */
    if (cache->state == CACHE_FILLING)
        begin(cache, drive_now(emu));
    if (!emu->definition.personality->waits_for_room) {
        if (!cache->refused_us)
            cache->refused_us = drive_now(emu);
        emu->statistics.refused++;
        return false;
    }
    wait_us = until_level(emu, bytes < CACHE_BYTES ? CACHE_BYTES - bytes : 0);
    drive_wait(emu, wait_us, WORK_FLUSH);
    note_wait(emu, wait_us);
    settle(emu);
    return true;
}

static void count(struct oi_emu *emu, uint32_t bytes)
{
    struct cache *cache = &emu->cache;

    emu->statistics.writes++;
    emu->statistics.bytes += bytes;
    cache->accepted += bytes;
    cache->end = cache->aim + (int32_t)cache->blocks;
    cache->block_bytes = cache->blocks && bytes >= cache->blocks ? bytes / cache->blocks : bytes;
    if (cache->refused_us)
        note_wait(emu, drive_now(emu) - cache->refused_us);
    cache->refused_us = 0;
}

void cache_fill(struct oi_emu *emu, uint32_t bytes)
{
    struct cache *cache = &emu->cache;

    if (!bytes)
        return;
    count(emu, bytes);
    if (!speed_is_paced(emu))
        return;
    cache->filled_us = drive_now(emu);
    if (cache->state == CACHE_IDLE || cache->state == CACHE_DRY)
        cache->state = CACHE_FILLING;
    cache->flushing = false;
    cache->level += bytes;
    if (cache->state == CACHE_FILLING && cache->level >= START_BYTES)
        begin(cache, cache->filled_us);
}

const struct drive_statistics *drive_statistics(const struct oi_emu *emu)
{
    return &emu->statistics;
}

/* ---- READ BUFFER CAPACITY ---- */

static void lose_blocks(struct oi_emu *emu, uint32_t lba, uint32_t blocks)
{
    static uint8_t zeros[64 * SECTOR_BYTES]; /* not const: const would be 128 KiB of the DLL */
    const struct medium_ops *ops = emu->disc.medium->ops;

    emu->statistics.lost_blocks += blocks;
    if (ops->lose) {
        ops->lose(emu, lba, blocks);
        return;
    }
    while (blocks && emu->image.file) {
        uint32_t part = blocks < 64 ? blocks : 64;

        if (oi_file_write_at(emu->image.file, (uint64_t)lba * SECTOR_BYTES, zeros,
                             (size_t)part * SECTOR_BYTES) != OI_OK)
            return;
        lba += part;
        blocks -= part;
    }
}

/* Firmware that forgets what is in its buffer when it is asked about it before it was full once:
 * the host is not told. A drive without a speed has it all in the buffer still. */
static void lose_when_polled(struct oi_emu *emu)
{
    struct cache *cache = &emu->cache;
    uint64_t bytes = speed_is_paced(emu) ? cache->level : cache->accepted;
    uint64_t blocks;
    uint32_t end;

    if (!emu->definition.personality->loses_data_when_polled || !bytes || cache->flushing ||
        cache->accepted >= CACHE_BYTES || emu->presence != MEDIUM_READABLE || !emu->image.locked)
        return;
    blocks = (bytes + cache->block_bytes - 1) / cache->block_bytes;
    end = cache->end > 0 ? (uint32_t)cache->end : 0; /* below 0 nothing is kept anyway */
    if (blocks > end)
        blocks = end;
    lose_blocks(emu, end - (uint32_t)blocks, (uint32_t)blocks);
}

/* MMC-6, READ BUFFER CAPACITY, "Buffer Capacity Structure". */
enum outcome on_read_buffer_capacity(struct oi_emu *emu, struct request *rq)
{
    bool blocks = rq->cdb[1] & 1;
    uint64_t free_bytes = cache_free(emu);
    uint8_t data[12] = {0};

    lose_when_polled(emu);
    set16(data, 10);
    data[3] = blocks;
    if (!blocks)
        set32(data + 4, CACHE_BYTES);
    set32(data + 8, (uint32_t)(blocks ? free_bytes / SECTOR_BYTES : free_bytes));
    answer(rq, data, sizeof(data), be16(rq->cdb + 7));
    return GOOD;
}
