/* A command ends where a write unit ends, so that after an unaligned start one short command
 * suffices to align all others. */
#include "geometry.h"

enum {
    DVD_UNIT = 16,
    BD_UNIT = 32,
    MIB = 1 << 20,
    FIFO_SECONDS = 3,
    FIFO_MIN_MIB = 8,
    FIFO_MAX_MIB = 256,
    FIFO_UNKNOWN_SPEED_MIB = 64, /* 3 s at 16x DVD */
    LOW_WATER_MIB = 4,
};

uint32_t oi_unit_blocks_of_profile(uint16_t profile)
{
    /* MMC-6, "Profile Definitions". */
    switch (profile) {
    case 0x0011: /* DVD-R sequential */
    case 0x0012: /* DVD-RAM */
    case 0x0013: /* DVD-RW restricted overwrite */
    case 0x0014: /* DVD-RW sequential */
    case 0x0015: /* DVD-R DL sequential */
    case 0x0016: /* DVD-R DL layer jump */
    case 0x001a: /* DVD+RW */
    case 0x001b: /* DVD+R */
    case 0x002a: /* DVD+RW DL */
    case 0x002b: /* DVD+R DL */
        return DVD_UNIT;
    case 0x0041: /* BD-R sequential */
    case 0x0042: /* BD-R random */
    case 0x0043: /* BD-RE */
        return BD_UNIT;
    default:
        return 1;
    }
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t blocks_within(uint32_t limit, uint32_t block_bytes, uint32_t unit_blocks)
{
    uint32_t blocks = smaller(limit, OI_SLOT_BYTES_MAX) / block_bytes;

    blocks = smaller(blocks, UINT16_MAX); /* WRITE (10) counts in 16 bits */
    return blocks < unit_blocks ? blocks : blocks - blocks % unit_blocks;
}

uint32_t oi_blocks_per_command(uint32_t block_bytes, uint32_t aligned_max, uint32_t not_aligned_max,
                               uint32_t unit_blocks)
{
    uint32_t aligned = blocks_within(aligned_max, block_bytes, unit_blocks);
    uint32_t other = blocks_within(not_aligned_max, block_bytes, unit_blocks);

    /* Commands follow each other in a slot: unless all are whole pages, only the first is aligned;
     * and where not even a write unit fits, cuts at its boundary are of any length. */
    if (other > 0 &&
        (((uint64_t)aligned * block_bytes) % OI_PAGE_BYTES != 0 || aligned < unit_blocks))
        return smaller(aligned, other);
    return aligned;
}

uint32_t oi_cut(int32_t lba, uint64_t left, uint32_t per_command, uint32_t unit_blocks)
{
    uint32_t blocks = left < per_command ? (uint32_t)left : per_command;
    int64_t end = (int64_t)lba + blocks;
    int64_t over = end % unit_blocks;

    if (blocks == left)
        return blocks;
    if (over < 0)
        over += unit_blocks;
    return over < blocks ? blocks - (uint32_t)over : blocks;
}

struct oi_fifo_size oi_fifo_size_for(uint32_t block_bytes, uint32_t per_command,
                                     int32_t starting_speed, int32_t ending_speed)
{
    uint32_t command_bytes = block_bytes * per_command;
    uint32_t commands = command_bytes < OI_SLOT_BYTES_MAX ? OI_SLOT_BYTES_MAX / command_bytes : 1;
    uint32_t slot_bytes = commands * command_bytes;
    int32_t speed = starting_speed > ending_speed ? starting_speed : ending_speed;
    uint64_t bytes = (uint64_t)FIFO_UNKNOWN_SPEED_MIB * MIB;
    struct oi_fifo_size size;

    if (starting_speed > 0 && ending_speed > 0)
        bytes = (uint64_t)speed * block_bytes * FIFO_SECONDS;
    if (bytes < (uint64_t)FIFO_MIN_MIB * MIB)
        bytes = (uint64_t)FIFO_MIN_MIB * MIB;
    if (bytes > (uint64_t)FIFO_MAX_MIB * MIB)
        bytes = (uint64_t)FIFO_MAX_MIB * MIB;
    size.slot_blocks = commands * per_command;
    size.slots = (uint32_t)(bytes / slot_bytes);
    size.low_water = (uint32_t)LOW_WATER_MIB * MIB / slot_bytes;
    if (size.low_water == 0)
        size.low_water = 1;
    return size;
}
