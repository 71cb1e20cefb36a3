/* A command ends where a write unit ends, so that after an unaligned start one short command
 * suffices to align all others. */
#include "geometry.h"

#include <stddef.h>

enum {
    CD_UNIT = 1,
    DVD_UNIT = 16,
    BD_UNIT = 32,
    MIB = 1 << 20,
    FIFO_SECONDS = 3,
    FIFO_MIN_MIB = 8,
    FIFO_MAX_MIB = 256,
    FIFO_UNKNOWN_SPEED_MIB = 64, /* 3 s at 16x DVD */
    LOW_WATER_MIB = 4,
};

struct oi_medium oi_medium_of_profile(uint16_t profile)
{
    /* MMC-6, "Profile Definitions". */
    static const struct {
        uint16_t profile;
        struct oi_medium medium;
    } rows[] = {
        {0x0002, {true, CD_UNIT}},   /* removable disk */
        {0x0009, {false, CD_UNIT}},  /* CD-R */
        {0x000a, {false, CD_UNIT}},  /* CD-RW: sequential unless packet formatted */
        {0x0011, {false, DVD_UNIT}}, /* DVD-R sequential */
        {0x0012, {true, DVD_UNIT}},  /* DVD-RAM */
        {0x0013, {true, DVD_UNIT}},  /* DVD-RW restricted overwrite */
        {0x0014, {false, DVD_UNIT}}, /* DVD-RW sequential */
        {0x0015, {false, DVD_UNIT}}, /* DVD-R DL sequential */
        {0x0016, {false, DVD_UNIT}}, /* DVD-R DL layer jump */
        {0x001a, {true, DVD_UNIT}},  /* DVD+RW */
        {0x001b, {false, DVD_UNIT}}, /* DVD+R */
        {0x002a, {true, DVD_UNIT}},  /* DVD+RW DL */
        {0x002b, {false, DVD_UNIT}}, /* DVD+R DL */
        {0x0041, {false, BD_UNIT}},  /* BD-R sequential */
        {0x0042, {false, BD_UNIT}},  /* BD-R random: each cluster once */
        {0x0043, {true, BD_UNIT}},   /* BD-RE */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].profile == profile)
            return rows[i].medium;
    return (struct oi_medium){false, CD_UNIT};
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t oi_blocks_per_command(uint32_t block_bytes, uint32_t aligned_max, uint32_t not_aligned_max,
                               uint32_t unit_blocks)
{
    uint32_t blocks = smaller(aligned_max, OI_SLOT_BYTES_MAX) / block_bytes;

    if (blocks >= unit_blocks)
        blocks -= blocks % unit_blocks;
    /* Commands follow each other in a slot: unless each is whole pages, only the first is aligned.
     */
    if (((uint64_t)blocks * block_bytes) % OI_PAGE_BYTES != 0) {
        blocks = smaller(not_aligned_max, OI_SLOT_BYTES_MAX) / block_bytes;
        if (blocks >= unit_blocks)
            blocks -= blocks % unit_blocks;
    }
    return smaller(blocks, UINT16_MAX); /* WRITE (10) counts in 16 bits */
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
