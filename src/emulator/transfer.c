/* Blocks to and from the disc.
 * The invariant: a WRITE is decided whole before anything is done, and counts only after its data
 * is in the image; a medium that can't be rewritten is marked ahead of that. */
#include <string.h>
#include "drive.h"

struct range {
    int32_t lba;
    uint32_t blocks;
};

static struct range range10(const uint8_t *cdb)
{
    return (struct range){(int32_t)be32(cdb + 2), be16(cdb + 7)};
}

static struct range range12(const uint8_t *cdb)
{
    return (struct range){(int32_t)be32(cdb + 2), be32(cdb + 6)};
}

static enum outcome image_failed(struct oi_emu *emu, struct request *rq, uint32_t lba,
                                 enum oi_status status, enum outcome outcome)
{
    text_message(emu->detail, "%s: sector %u: %s", text_short_path(emu->definition.image), lba,
                 oi_status_text(status));
    rq->explained = true;
    return at_lba(rq, lba, outcome);
}

/* The padding behind a partial unit: what is missing to the whole unit is never more than this. */
static enum oi_status write_zeros(struct oi_emu *emu, uint64_t offset, uint32_t blocks)
{
    static uint8_t zeros[64 * SECTOR_BYTES]; /* not const: const would be 128 KiB of the DLL */

    if (!blocks)
        return OI_OK;
    return oi_file_write_at(emu->image.file, offset, zeros, (size_t)blocks * SECTOR_BYTES);
}

static enum outcome store(struct oi_emu *emu, struct request *rq, uint32_t lba, uint32_t blocks)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    uint64_t offset = (uint64_t)lba * SECTOR_BYTES;
    uint32_t bytes = blocks * SECTOR_BYTES;
    enum oi_status status;

    if (ops->mark(&emu->disc, lba, blocks)) {
        enum outcome outcome = disc_save_mark(emu, rq);

        if (outcome != GOOD)
            return at_lba(rq, lba, outcome);
    }
    status = oi_file_write_at(emu->image.file, offset, rq->out, bytes);
    if (status != OI_OK)
        return image_failed(emu, rq, lba, status, WRITE_ERROR);
    blocks += ops->wrote(&emu->disc, lba, blocks);
    emu->unsaved = true;
    status = write_zeros(emu, offset + bytes, blocks - bytes / SECTOR_BYTES);
    if (status != OI_OK)
        return image_failed(emu, rq, lba, status, WRITE_ERROR);
    if (offset + (uint64_t)blocks * SECTOR_BYTES > emu->image.bytes)
        emu->image.bytes = offset + (uint64_t)blocks * SECTOR_BYTES;
    cache_fill(emu, bytes);
    rq->moved = bytes;
    return GOOD;
}

static enum outcome write_range(struct oi_emu *emu, struct request *rq, struct range range,
                                int length_field)
{
    enum outcome outcome;
    uint32_t bad;

    if (rq->given != (uint64_t)range.blocks * SECTOR_BYTES)
        return wrong_cdb(rq, length_field);
    if (range.lba < 0)
        return at_lba(rq, (uint32_t)range.lba, LBA_OUT_OF_RANGE);
    outcome =
        range.blocks || (uint32_t)range.lba >= emu->disc.medium->sectors
            ? emu->disc.medium->ops->may_write(&emu->disc, (uint32_t)range.lba, range.blocks, &bad)
            : GOOD;
    if (outcome != GOOD)
        return at_lba(rq, bad, outcome);
    if (!range.blocks)
        return GOOD;
    if (!cache_has_room(emu, rq->given))
        return LONG_WRITE_IN_PROGRESS;
    return store(emu, rq, (uint32_t)range.lba, range.blocks);
}

enum outcome on_write10(struct oi_emu *emu, struct request *rq)
{
    return write_range(emu, rq, range10(rq->cdb), 7);
}

enum outcome on_write12(struct oi_emu *emu, struct request *rq)
{
    enum { FUA = 0x08, STREAMING = 0x80 };

    if (rq->cdb[10] & ~STREAMING)
        return wrong_cdb(rq, 10);
    if ((rq->cdb[1] & FUA) && (rq->cdb[10] & STREAMING))
        return wrong_cdb(rq, 1);
    return write_range(emu, rq, range12(rq->cdb), 6);
}

enum outcome on_write_and_verify10(struct oi_emu *emu, struct request *rq)
{
    if (!emu->disc.medium->write_and_verify)
        return CANNOT_WRITE_MEDIUM;
    return write_range(emu, rq, range10(rq->cdb), 7);
}

static enum outcome may_read(struct oi_emu *emu, struct request *rq, struct range range)
{
    enum outcome outcome;
    uint32_t bad;

    if (range.lba < 0)
        return at_lba(rq, (uint32_t)range.lba, LBA_OUT_OF_RANGE);
    if (!range.blocks && (uint32_t)range.lba < emu->disc.medium->sectors)
        return GOOD;
    outcome = emu->disc.medium->ops->may_read(&emu->disc, (uint32_t)range.lba, range.blocks, &bad);
    return outcome == GOOD ? GOOD : at_lba(rq, bad, outcome);
}

/* Where the image ends before the disc does, it is as sparse as in its holes: zeros. */
static enum outcome read_range(struct oi_emu *emu, struct request *rq, struct range range,
                               int length_field)
{
    uint64_t size = (uint64_t)range.blocks * SECTOR_BYTES;
    enum outcome outcome = may_read(emu, rq, range);
    enum oi_status status = OI_OK;
    size_t got = 0;

    if (outcome != GOOD)
        return outcome;
    if (size > rq->room)
        return wrong_cdb(rq, length_field);
    if (emu->image.file && size)
        status = oi_file_read_at(emu->image.file, (uint64_t)range.lba * SECTOR_BYTES, rq->in,
                                 (size_t)size, &got);
    if (status != OI_OK)
        return image_failed(emu, rq, (uint32_t)range.lba, status, READ_ERROR);
    if (got < size)
        memset(rq->in + got, 0, (size_t)size - got);
    rq->moved = (uint32_t)size;
    return GOOD;
}

enum outcome on_read10(struct oi_emu *emu, struct request *rq)
{
    return read_range(emu, rq, range10(rq->cdb), 7);
}

enum outcome on_read12(struct oi_emu *emu, struct request *rq)
{
    return read_range(emu, rq, range12(rq->cdb), 6);
}

enum outcome on_verify10(struct oi_emu *emu, struct request *rq)
{
    return may_read(emu, rq, range10(rq->cdb));
}
