#include "block.h"

#include <errno.h>
#include <linux/fs.h>
#include <string.h>
#include "drive.h"
#include "ioctls.h"
#include "scsi.h"

enum { SECTOR_BYTES = 2048, CHUNK_SECTORS = 16 };

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint64_t block_device_bytes(struct drive *drive)
{
    static const uint8_t cdb[10] = {OI_OP_READ_CAPACITY};
    uint8_t data[8];

    if (drive_ask(drive, cdb, sizeof(cdb), data, sizeof(data)) != 0)
        return 0;
    return ((uint64_t)be32(data) + 1) * SECTOR_BYTES;
}

static int read_sectors(struct drive *drive, uint32_t lba, uint32_t sectors, uint8_t *data)
{
    uint8_t cdb[10] = {OI_OP_READ10,
                       0,
                       (uint8_t)(lba >> 24),
                       (uint8_t)(lba >> 16),
                       (uint8_t)(lba >> 8),
                       (uint8_t)lba,
                       0,
                       0,
                       (uint8_t)sectors};

    return drive_ask(drive, cdb, sizeof(cdb), data, sectors * SECTOR_BYTES);
}

/* A chunk that can't be read as a whole is read sector by sector, up to the bad one. Returns the
 * sectors that were read. */
static uint32_t read_chunk(struct drive *drive, uint32_t lba, uint32_t sectors, uint8_t *data,
                           int *error)
{
    uint32_t done = 0;

    *error = read_sectors(drive, lba, sectors, data);
    if (*error == 0)
        return sectors;
    while (sectors > 1 && done < sectors) {
        *error = read_sectors(drive, lba + done, 1, data + done * SECTOR_BYTES);
        if (*error)
            break;
        done++;
    }
    return done;
}

ssize_t block_read(struct drive *drive, void *data, size_t size, uint64_t at)
{
    uint8_t chunk[CHUNK_SECTORS * SECTOR_BYTES];
    uint64_t end = block_device_bytes(drive);
    size_t done = 0;

    if (at >= end)
        return 0;
    if (size > end - at)
        size = (size_t)(end - at);
    while (done < size) {
        uint32_t lba = (uint32_t)((at + done) / SECTOR_BYTES);
        size_t skipped = (size_t)((at + done) % SECTOR_BYTES);
        size_t wanted = skipped + size - done;
        size_t whole = wanted < sizeof(chunk) ? wanted : sizeof(chunk);
        uint32_t sectors = (uint32_t)((whole + SECTOR_BYTES - 1) / SECTOR_BYTES);
        int error;
        size_t got = (size_t)read_chunk(drive, lba, sectors, chunk, &error) * SECTOR_BYTES;

        if (got > whole)
            got = whole;
        if (got > skipped) {
            memcpy((uint8_t *)data + done, chunk + skipped, got - skipped);
            done += got - skipped;
        }
        if (error)
            return done ? (ssize_t)done : -error;
    }
    return (ssize_t)done;
}

static bool is_random_writable(struct drive *drive)
{
    enum { RANDOM_WRITABLE = 0x20, ONE = 2, HEADER_BYTES = 8, CURRENT = 0x01 };
    static const uint8_t cdb[10] = {OI_OP_GET_CONFIGURATION, ONE, 0, RANDOM_WRITABLE, 0, 0, 0, 0,
                                    HEADER_BYTES + 4};
    uint8_t data[HEADER_BYTES + 4] = {0};

    return drive_ask(drive, cdb, sizeof(cdb), data, sizeof(data)) == 0 &&
           (data[HEADER_BYTES + 2] & CURRENT);
}

static int write_sectors(struct drive *drive, uint32_t lba, uint32_t sectors, const uint8_t *data)
{
    uint8_t cdb[10] = {OI_OP_WRITE10,
                       0,
                       (uint8_t)(lba >> 24),
                       (uint8_t)(lba >> 16),
                       (uint8_t)(lba >> 8),
                       (uint8_t)lba,
                       0,
                       0,
                       (uint8_t)sectors};

    return drive_tell(drive, cdb, sizeof(cdb), data, sectors * SECTOR_BYTES);
}

/* What of the first and last sector is not written stays as it is. */
static int write_chunk(struct drive *drive, uint32_t lba, size_t skipped, const uint8_t *data,
                       size_t size)
{
    uint8_t chunk[CHUNK_SECTORS * SECTOR_BYTES];
    uint32_t sectors = (uint32_t)((skipped + size + SECTOR_BYTES - 1) / SECTOR_BYTES);
    uint32_t last = sectors - 1;
    int error = 0;

    if (skipped)
        error = read_sectors(drive, lba, 1, chunk);
    if (!error && (skipped + size) % SECTOR_BYTES && (last || !skipped))
        error = read_sectors(drive, lba + last, 1, chunk + last * SECTOR_BYTES);
    if (error)
        return error;
    memcpy(chunk + skipped, data, size);
    return write_sectors(drive, lba, sectors, chunk);
}

ssize_t block_write(struct drive *drive, const void *data, size_t size, uint64_t at)
{
    uint64_t end;
    size_t done = 0;

    if (!is_random_writable(drive))
        return -EROFS;
    end = block_device_bytes(drive);
    if (at >= end)
        return -ENOSPC;
    if (size > end - at)
        size = (size_t)(end - at);
    while (done < size) {
        size_t skipped = (size_t)((at + done) % SECTOR_BYTES);
        size_t room = CHUNK_SECTORS * SECTOR_BYTES - skipped;
        size_t part = size - done < room ? size - done : room;
        int error = write_chunk(drive, (uint32_t)((at + done) / SECTOR_BYTES), skipped,
                                (const uint8_t *)data + done, part);

        if (error)
            return done ? (ssize_t)done : -error;
        done += part;
    }
    return (ssize_t)done;
}

int block_flush(struct drive *drive)
{
    static const uint8_t cdb[10] = {OI_OP_SYNCHRONIZE_CACHE};

    return is_random_writable(drive) ? -drive_ask(drive, cdb, sizeof(cdb), NULL, 0) : 0;
}

int block_ioctl(struct drive *drive, unsigned long request, void *argument)
{
    enum { KERNEL_SECTOR_BYTES = 512 };

    switch (request) {
    case BLKGETSIZE:
        *(unsigned long *)argument =
            (unsigned long)(block_device_bytes(drive) / KERNEL_SECTOR_BYTES);
        return 0;
    case BLKGETSIZE64:
        *(uint64_t *)argument = block_device_bytes(drive);
        return 0;
    case BLKROGET:
        *(int *)argument = 0;
        return 0;
    case BLKSSZGET:
    case BLKBSZGET:
        *(int *)argument = SECTOR_BYTES;
        return 0;
    case BLKSECTGET:
        *(unsigned short *)argument =
            (unsigned short)(drive_transfer_bytes(drive) / KERNEL_SECTOR_BYTES);
        return 0;
    case BLKFLSBUF:
        return block_flush(drive);
    default:
        return -ENOTTY;
    }
}
