/* Blocks to and from the disc.
 * The invariant: a WRITE is decided whole before anything is done, and counts only after its data
 * is in the image; a medium that can't be rewritten is marked ahead of that. */
#include <string.h>
#include "drive.h"
#include "personality.h"
#include "range.h"

/* Only the 12-byte commands can be streaming ones. */
static bool is_streaming(const uint8_t *cdb)
{
    return (cdb[0] == OI_OP_WRITE12 || cdb[0] == OI_OP_READ12) && (cdb[10] & 0x80);
}

static bool is_zero(const uint8_t *data, uint32_t bytes)
{
    return data[0] == 0 && memcmp(data, data + 1, bytes - 1) == 0;
}

/* Zeros behind the end become a hole; where nothing is recorded image_write has to be told of them
 * as well, since it remembers from where on. */
static bool is_hole(const struct oi_emu *emu, uint64_t offset, const uint8_t *data, uint32_t bytes)
{
    return offset >= emu->image.bytes && !emu->definition.personality->records_nothing &&
           is_zero(data, bytes);
}

/* Puts the data into the image, or leaves the image as long as it was: what is in it beyond that
 * counts as burned when the drive dies. */
static enum oi_status put(struct oi_emu *emu, uint64_t offset, const uint8_t *data, uint32_t blocks)
{
    struct image *image = &emu->image;
    uint32_t bytes = blocks * SECTOR_BYTES;
    uint64_t end = offset + bytes;
    enum oi_status status = is_hole(emu, offset, data, bytes)
                                ? oi_file_set_size(image->file, end)
                                : image_write(emu, offset, data, bytes);
    uint64_t size;

    if (status == OI_OK && end > image->bytes)
        image->bytes = end;
    if (status != OI_OK && oi_file_size(image->file, &size) == OI_OK && size > image->bytes)
        oi_file_set_size(image->file, image->bytes);
    return status;
}

static enum outcome store(struct oi_emu *emu, struct request *rq, uint32_t lba, uint32_t blocks,
                          bool verified)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    enum oi_status status;

    /* Data without a state beside it would be no disc of ours to whoever looks at it next. */
    if (ops->mark(&emu->disc, drive_setup(emu), lba, blocks) || !emu->disc_stamp) {
        enum outcome outcome = disc_save_mark(emu, rq);

        if (outcome != GOOD)
            return at_lba(rq, lba, outcome);
    }
    status = put(emu, (uint64_t)lba * SECTOR_BYTES, rq->out, blocks);
    if (status != OI_OK)
        return at_lba(rq, lba, image_failed(emu, rq, WRITE_ERROR, status));
    ops->wrote(&emu->disc, drive_setup(emu), lba, blocks);
    defects_wrote(&emu->disc, lba, blocks, verified);
    emu->unsaved = true;
    rq->moved = blocks * SECTOR_BYTES;
    cache_fill(emu, rq->moved);
    return GOOD;
}

/* How far a command without blocks may point, for no medium's harm. */
static uint32_t last_address(const struct disc *disc)
{
    uint32_t capacity = disc->medium->ops->capacity(disc);

    return capacity > disc->medium->sectors ? capacity : disc->medium->sectors;
}

static enum outcome plain_write(struct oi_emu *emu, struct request *rq, int32_t lba,
                                uint32_t blocks, int length_field)
{
    const struct medium *medium = emu->disc.medium;
    bool streaming = is_streaming(rq->cdb);
    bool verified = disc_verifies_writes(&emu->disc) && !streaming;
    enum outcome outcome = GOOD;
    uint32_t bad;

    if (rq->given != (uint64_t)blocks * SECTOR_BYTES)
        return wrong_cdb(rq, length_field);
    if (lba < 0)
        return at_lba(rq, (uint32_t)lba, LBA_OUT_OF_RANGE);
    if (streaming && medium->verifies_writes && (uint32_t)lba % medium->unit)
        return wrong_cdb(rq, 2);
    if (streaming && medium->verifies_writes && blocks % medium->unit)
        return wrong_cdb(rq, length_field);
    if (blocks || (uint32_t)lba >= last_address(&emu->disc))
        outcome = medium->ops->may_write(&emu->disc, drive_setup(emu), (uint32_t)lba, blocks, &bad);
    if (outcome == GOOD)
        outcome = defects_may_write(&emu->disc, (uint32_t)lba, blocks, verified, &bad);
    if (outcome != GOOD)
        return at_lba(rq, bad, outcome);
    if (!blocks)
        return GOOD;
    if (verified)
        cache_verify(emu);
    if (!cache_has_room(emu, rq->given))
        return LONG_WRITE_IN_PROGRESS;
    return store(emu, rq, (uint32_t)lba, blocks, verified);
}

/* With FUA the data is on the disc, and stays there, before the command ends. */
static enum outcome write_range(struct oi_emu *emu, struct request *rq, struct block_range range,
                                int length_field)
{
    enum { FUA = 0x08 };
    enum outcome outcome =
        emu->disc.medium->io->write(emu, rq, range.lba, range.blocks, length_field);

    if (outcome != GOOD || !(rq->cdb[1] & FUA) || !range.blocks)
        return outcome;
    outcome = disc_save(emu, rq);
    if (outcome == GOOD)
        work_start(emu, WORK_FLUSH, false);
    return outcome;
}

enum outcome on_write10(struct oi_emu *emu, struct request *rq)
{
    return write_range(emu, rq, range_of(rq->cdb), 7);
}

enum outcome on_write12(struct oi_emu *emu, struct request *rq)
{
    enum { FUA = 0x08, STREAMING = 0x80 };

    if (rq->cdb[10] & ~STREAMING)
        return wrong_cdb(rq, 10);
    if ((rq->cdb[1] & FUA) && (rq->cdb[10] & STREAMING))
        return wrong_cdb(rq, 1);
    return write_range(emu, rq, range_of(rq->cdb), 6);
}

/* Where the image ends before the disc does, it is as sparse as in its holes: zeros. */
static enum outcome get(struct oi_emu *emu, struct request *rq, uint32_t lba, uint32_t blocks,
                        uint8_t *data)
{
    size_t size = (size_t)blocks * SECTOR_BYTES;
    enum oi_status status = OI_OK;
    size_t got = 0;

    if (emu->image.file && size)
        status = oi_file_read_at(emu->image.file, (uint64_t)lba * SECTOR_BYTES, data, size, &got);
    if (status != OI_OK)
        return at_lba(rq, lba, image_failed(emu, rq, READ_ERROR, status));
    if (got < size)
        memset(data + got, 0, size - got);
    return GOOD;
}

/* Reads all of it; with data it must also be the same. */
static enum outcome compare(struct oi_emu *emu, struct request *rq, uint32_t lba, uint32_t blocks,
                            const uint8_t *data)
{
    enum { AT_ONCE = 16 };
    uint8_t chunk[AT_ONCE * SECTOR_BYTES];
    uint32_t count;

    for (uint32_t done = 0; done < blocks; done += count) {
        enum outcome outcome;

        count = blocks - done < AT_ONCE ? blocks - done : AT_ONCE;
        outcome = get(emu, rq, lba + done, count, chunk);
        if (outcome != GOOD)
            return outcome;
        for (uint32_t i = 0; data && i < count; i++, data += SECTOR_BYTES)
            if (memcmp(chunk + (size_t)i * SECTOR_BYTES, data, SECTOR_BYTES) != 0)
                return at_lba(rq, lba + done + i, MISCOMPARE);
    }
    return GOOD;
}

static enum outcome may_read(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks)
{
    const struct disc *disc = &emu->disc;
    enum outcome outcome;
    uint32_t bad;

    if (lba < 0)
        return at_lba(rq, (uint32_t)lba, LBA_OUT_OF_RANGE);
    if (!blocks && (uint32_t)lba < last_address(disc))
        return GOOD;
    outcome = disc->medium->ops->may_read(disc, (uint32_t)lba, blocks, &bad);
    if (outcome == GOOD)
        outcome = defects_may_read(disc, (uint32_t)lba, blocks, &bad);
    return outcome == GOOD ? GOOD : at_lba(rq, bad, outcome);
}

/* MMC-6, VERIFY (10): with BYTCHK the host sends what it expects to find. */
static enum outcome plain_verify(struct oi_emu *emu, struct request *rq, int32_t lba,
                                 uint32_t blocks)
{
    enum { BYTE_CHECK = 0x02 };
    bool by_bytes = rq->cdb[1] & BYTE_CHECK;
    enum outcome outcome;

    if (by_bytes && rq->given != (uint64_t)blocks * SECTOR_BYTES)
        return wrong_cdb(rq, 7);
    outcome = may_read(emu, rq, lba, blocks);
    if (outcome == GOOD)
        outcome = compare(emu, rq, (uint32_t)lba, blocks, by_bytes ? rq->out : NULL);
    if (outcome == GOOD && by_bytes)
        rq->moved = rq->given;
    return outcome;
}

static enum outcome plain_read(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks,
                               int length_field)
{
    uint64_t size = (uint64_t)blocks * SECTOR_BYTES;
    enum outcome outcome = may_read(emu, rq, lba, blocks);

    if (outcome != GOOD)
        return outcome;
    if (size > rq->room)
        return wrong_cdb(rq, length_field);
    outcome = get(emu, rq, (uint32_t)lba, blocks, rq->in);
    if (outcome == GOOD)
        rq->moved = (uint32_t)size;
    return outcome;
}

enum outcome on_write_and_verify10(struct oi_emu *emu, struct request *rq)
{
    struct block_range range = range_of(rq->cdb);
    enum outcome outcome;

    if (!emu->disc.medium->write_and_verify)
        return CANNOT_WRITE_MEDIUM;
    outcome = write_range(emu, rq, range, 7);
    if (outcome == GOOD)
        outcome = may_read(emu, rq, range.lba, range.blocks);
    if (outcome == GOOD)
        outcome = compare(emu, rq, (uint32_t)range.lba, range.blocks, rq->out);
    return outcome;
}

const struct medium_io plain_io = {
    .write = plain_write, .read = plain_read, .verify = plain_verify, .toc = plain_toc};

static enum outcome read_range(struct oi_emu *emu, struct request *rq, struct block_range range,
                               int length_field)
{
    return emu->disc.medium->io->read(emu, rq, range.lba, range.blocks, length_field);
}

enum outcome on_read10(struct oi_emu *emu, struct request *rq)
{
    return read_range(emu, rq, range_of(rq->cdb), 7);
}

enum outcome on_read12(struct oi_emu *emu, struct request *rq)
{
    enum { STREAMING = 0x80 };

    if (rq->cdb[10] & ~STREAMING)
        return wrong_cdb(rq, 10);
    return read_range(emu, rq, range_of(rq->cdb), 6);
}

enum outcome on_verify10(struct oi_emu *emu, struct request *rq)
{
    struct block_range range = range_of(rq->cdb);

    return emu->disc.medium->io->verify(emu, rq, range.lba, range.blocks);
}
