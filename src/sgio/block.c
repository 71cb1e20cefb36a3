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

uint64_t block_device_bytes(void)
{
    static const uint8_t cdb[10] = {OI_OP_READ_CAPACITY};
    uint8_t data[8];

    if (drive_ask(cdb, sizeof(cdb), data, sizeof(data)) != 0)
        return 0;
    return ((uint64_t)be32(data) + 1) * SECTOR_BYTES;
}

static int read_sectors(uint32_t lba, uint32_t sectors, uint8_t *data)
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

    return drive_ask(cdb, sizeof(cdb), data, sectors * SECTOR_BYTES);
}

/* A chunk that can't be read as a whole is read sector by sector, up to the bad one. Returns the
 * sectors that were read. */
static uint32_t read_chunk(uint32_t lba, uint32_t sectors, uint8_t *data, int *error)
{
    uint32_t done = 0;

    *error = read_sectors(lba, sectors, data);
    if (*error == 0)
        return sectors;
    while (sectors > 1 && done < sectors) {
        *error = read_sectors(lba + done, 1, data + done * SECTOR_BYTES);
        if (*error)
            break;
        done++;
    }
    return done;
}

ssize_t block_read(void *data, size_t size, uint64_t at)
{
    uint8_t chunk[CHUNK_SECTORS * SECTOR_BYTES];
    uint64_t end = block_device_bytes();
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
        size_t got = (size_t)read_chunk(lba, sectors, chunk, &error) * SECTOR_BYTES;

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

int block_ioctl(unsigned long request, void *argument)
{
    enum { KERNEL_SECTOR_BYTES = 512 };

    switch (request) {
    case BLKGETSIZE:
        *(unsigned long *)argument = (unsigned long)(block_device_bytes() / KERNEL_SECTOR_BYTES);
        return 0;
    case BLKGETSIZE64:
        *(uint64_t *)argument = block_device_bytes();
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
            (unsigned short)(drive_transfer_bytes() / KERNEL_SECTOR_BYTES);
        return 0;
    case BLKFLSBUF:
        return 0;
    default:
        return -ENOTTY;
    }
}
