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

/* The padding behind a partial unit: what is missing to the whole unit is never more than this. */
static enum oi_status write_zeros(struct oi_emu *emu, uint64_t offset, uint32_t blocks)
{
    static uint8_t zeros[64 * SECTOR_BYTES]; /* not const: const would be 128 KiB of the DLL */

    if (!blocks)
        return OI_OK;
    return oi_file_write_at(emu->image.file, offset, zeros, (size_t)blocks * SECTOR_BYTES);
}

/* Puts the data and, behind it, the padding into the image, or leaves the image as long as it was:
 * what is in it beyond that counts as burned when the drive dies. */
static enum oi_status put(struct oi_emu *emu, uint64_t offset, const uint8_t *data, uint32_t blocks,
                          uint32_t padding)
{
    struct image *image = &emu->image;
    uint32_t bytes = blocks * SECTOR_BYTES;
    uint64_t end = offset + bytes + (uint64_t)padding * SECTOR_BYTES;
    enum oi_status status = oi_file_write_at(image->file, offset, data, bytes);
    uint64_t size;

    if (status == OI_OK)
        status = write_zeros(emu, offset + bytes, padding);
    if (status == OI_OK && end > image->bytes)
        image->bytes = end;
    if (status != OI_OK && oi_file_size(image->file, &size) == OI_OK && size > image->bytes)
        oi_file_set_size(image->file, image->bytes);
    return status;
}

static enum outcome store(struct oi_emu *emu, struct request *rq, uint32_t lba, uint32_t blocks)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    uint32_t padding = ops->padding(&emu->disc, blocks);
    enum oi_status status;

    if (ops->mark(&emu->disc, lba, blocks)) {
        enum outcome outcome = disc_save_mark(emu, rq);

        if (outcome != GOOD)
            return at_lba(rq, lba, outcome);
    }
    status = put(emu, (uint64_t)lba * SECTOR_BYTES, rq->out, blocks, padding);
    if (status != OI_OK)
        return at_lba(rq, lba, image_failed(emu, rq, WRITE_ERROR, status));
    ops->wrote(&emu->disc, drive_setup(emu), lba, blocks + padding);
    emu->unsaved = true;
    rq->moved = blocks * SECTOR_BYTES;
    cache_fill(emu, rq->moved);
    return GOOD;
}

static enum outcome plain_write(struct oi_emu *emu, struct request *rq, int32_t lba,
                                uint32_t blocks, int length_field)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    enum outcome outcome = GOOD;
    uint32_t bad;

    if (rq->given != (uint64_t)blocks * SECTOR_BYTES)
        return wrong_cdb(rq, length_field);
    if (lba < 0)
        return at_lba(rq, (uint32_t)lba, LBA_OUT_OF_RANGE);
    if (blocks || (uint32_t)lba >= emu->disc.medium->sectors)
        outcome = ops->may_write(&emu->disc, drive_setup(emu), (uint32_t)lba, blocks, &bad);
    if (outcome != GOOD)
        return at_lba(rq, bad, outcome);
    if (!blocks)
        return GOOD;
    if (!cache_has_room(emu, rq->given))
        return LONG_WRITE_IN_PROGRESS;
    return store(emu, rq, (uint32_t)lba, blocks);
}

static enum outcome write_range(struct oi_emu *emu, struct request *rq, struct range range,
                                int length_field)
{
    return emu->disc.medium->io->write(emu, rq, range.lba, range.blocks, length_field);
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

static enum outcome plain_verify(struct oi_emu *emu, struct request *rq, int32_t lba,
                                 uint32_t blocks)
{
    enum outcome outcome;
    uint32_t bad;

    if (lba < 0)
        return at_lba(rq, (uint32_t)lba, LBA_OUT_OF_RANGE);
    if (!blocks && (uint32_t)lba < emu->disc.medium->sectors)
        return GOOD;
    outcome = emu->disc.medium->ops->may_read(&emu->disc, (uint32_t)lba, blocks, &bad);
    return outcome == GOOD ? GOOD : at_lba(rq, bad, outcome);
}

/* Where the image ends before the disc does, it is as sparse as in its holes: zeros. */
static enum outcome plain_read(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks,
                               int length_field)
{
    uint64_t size = (uint64_t)blocks * SECTOR_BYTES;
    enum outcome outcome = plain_verify(emu, rq, lba, blocks);
    enum oi_status status = OI_OK;
    size_t got = 0;

    if (outcome != GOOD)
        return outcome;
    if (size > rq->room)
        return wrong_cdb(rq, length_field);
    if (emu->image.file && size)
        status = oi_file_read_at(emu->image.file, (uint64_t)lba * SECTOR_BYTES, rq->in,
                                 (size_t)size, &got);
    if (status != OI_OK)
        return at_lba(rq, (uint32_t)lba, image_failed(emu, rq, READ_ERROR, status));
    if (got < size)
        memset(rq->in + got, 0, (size_t)size - got);
    rq->moved = (uint32_t)size;
    return GOOD;
}

const struct medium_io plain_io = {
    .write = plain_write, .read = plain_read, .verify = plain_verify, .toc = plain_toc};

static enum outcome read_range(struct oi_emu *emu, struct request *rq, struct range range,
                               int length_field)
{
    return emu->disc.medium->io->read(emu, rq, range.lba, range.blocks, length_field);
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
    struct range range = range10(rq->cdb);

    return emu->disc.medium->io->verify(emu, rq, range.lba, range.blocks);
}
