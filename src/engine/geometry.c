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
    LOW_WATER_MIB = 2,
    FIFO_SLOTS_MIN = 4,
};

/* MMC-6, "Profile Definitions". A CD-RW formatted for packets has the profile of one that is not,
 * so it counts as sequential; it then tells no next writable address. */
static const struct profile {
    uint16_t profile;
    uint16_t unit_blocks;
    enum oi_medium medium;
} profiles[] = {
    {0x0009, 1, OI_MEDIUM_SEQUENTIAL},        /* CD-R */
    {0x000a, 1, OI_MEDIUM_SEQUENTIAL},        /* CD-RW */
    {0x0011, DVD_UNIT, OI_MEDIUM_SEQUENTIAL}, /* DVD-R sequential */
    {0x0012, DVD_UNIT, OI_MEDIUM_RANDOM},     /* DVD-RAM */
    {0x0013, DVD_UNIT, OI_MEDIUM_RANDOM},     /* DVD-RW restricted overwrite */
    {0x0014, DVD_UNIT, OI_MEDIUM_SEQUENTIAL}, /* DVD-RW sequential */
    {0x0015, DVD_UNIT, OI_MEDIUM_SEQUENTIAL}, /* DVD-R DL sequential */
    {0x0016, DVD_UNIT, OI_MEDIUM_UNKNOWN},    /* DVD-R DL layer jump: its address goes back */
    {0x001a, DVD_UNIT, OI_MEDIUM_RANDOM},     /* DVD+RW */
    {0x001b, DVD_UNIT, OI_MEDIUM_SEQUENTIAL}, /* DVD+R */
    {0x002a, DVD_UNIT, OI_MEDIUM_RANDOM},     /* DVD+RW DL */
    {0x002b, DVD_UNIT, OI_MEDIUM_SEQUENTIAL}, /* DVD+R DL */
    {0x0041, BD_UNIT, OI_MEDIUM_SEQUENTIAL},  /* BD-R sequential */
    {0x0042, BD_UNIT, OI_MEDIUM_UNKNOWN},     /* BD-R random: any address, but only once */
    {0x0043, BD_UNIT, OI_MEDIUM_RANDOM},      /* BD-RE */
    {0, 1, OI_MEDIUM_UNKNOWN},                /* none of these */
};

static const struct profile *find_profile(uint16_t profile)
{
    const struct profile *row = profiles;

    while (row->profile && row->profile != profile)
        row++;
    return row;
}

uint32_t oi_unit_blocks_of_profile(uint16_t profile)
{
    return find_profile(profile)->unit_blocks;
}

enum oi_medium oi_medium_of_profile(uint16_t profile)
{
    return find_profile(profile)->medium;
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

/* A quarter of it to gather, a half to keep: the rest is for the one who reads and the one who
 * writes. */
static void divide(struct oi_fifo_size *size, uint32_t low_water)
{
    size->low_water = smaller(low_water, size->slots / 4);
    size->kept = size->slots / 2;
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
        bytes = (uint64_t)speed * block_bytes * FIFO_SECONDS + OI_KEEP_BYTES + MIB;
    if (bytes < (uint64_t)FIFO_MIN_MIB * MIB)
        bytes = (uint64_t)FIFO_MIN_MIB * MIB;
    if (bytes > (uint64_t)FIFO_MAX_MIB * MIB)
        bytes = (uint64_t)FIFO_MAX_MIB * MIB;
    size.slot_blocks = commands * per_command;
    size.slots = (uint32_t)(bytes / slot_bytes);
    divide(&size, (uint32_t)LOW_WATER_MIB * MIB / slot_bytes);
    return size;
}

bool oi_fifo_size_halve(struct oi_fifo_size *size)
{
    if (size->slots / 2 < FIFO_SLOTS_MIN)
        return false;
    size->slots /= 2;
    divide(size, size->low_water);
    return true;
}
