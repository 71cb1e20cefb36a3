/* How a section is cut: write units, blocks per command, fifo size. Pure arithmetic.
 * Who uses it: section.c, write_loop.c, and the write engine class to refuse impossible settings.
 * What it must not know: time, threads, commands. */
#ifndef OI_ENGINE_GEOMETRY_H
#define OI_ENGINE_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

/* Blocks of the unit in which a medium of this profile is recorded: commands that end at a multiple
 * of it save the drive a read-modify-write. 16 on DVD, 32 on BD, else (also unknown) 1. */
uint32_t oi_unit_blocks_of_profile(uint16_t profile);

/* How a medium of this profile is written, which decides what may be written once more. What is not
 * known counts as write-once, but is not expected to tell where it stands. */
enum oi_medium {
    OI_MEDIUM_UNKNOWN,
    OI_MEDIUM_SEQUENTIAL, /* tells its next writable address */
    OI_MEDIUM_RANDOM,     /* takes any address any number of times */
};
enum oi_medium oi_medium_of_profile(uint16_t profile);

enum { OI_PAGE_BYTES = 4096, OI_SLOT_BYTES_MAX = 1 << 20 };

/* Blocks per command: as many as fit the transfer limits (bytes, of page-aligned and of other
 * buffers) and 1 MiB, whole write units if one fits. 0: not even one block fits. */
uint32_t oi_blocks_per_command(uint32_t block_bytes, uint32_t aligned_max, uint32_t not_aligned_max,
                               uint32_t unit_blocks);

/* How many of `left` blocks the command at lba writes: at most per_command, and ending at a
 * multiple of unit_blocks of the LBA unless that would leave nothing or these are the last. */
uint32_t oi_cut(int32_t lba, uint64_t left, uint32_t per_command, uint32_t unit_blocks);

/* So much of what was written last is kept to be written once more, until the drive has told the
 * size of its buffer. */
enum { OI_KEEP_BYTES = 4 << 20 };

/* The fifo for a section. */
struct oi_fifo_size {
    uint32_t slot_blocks; /* whole commands, at most 1 MiB (or one command) */
    uint32_t slots;
    uint32_t low_water; /* slots to gather after running empty */
    uint32_t kept;      /* slots at the most that are kept after they were written */
};
/* slots > low_water + kept, so that a fifo in which all is kept can still be refilled.
 * 3 seconds at the faster of the two speeds (sectors per second; -1: not known), and what is kept
 * or being written besides; 8 to 256 MiB. */
struct oi_fifo_size oi_fifo_size_for(uint32_t block_bytes, uint32_t per_command,
                                     int32_t starting_speed, int32_t ending_speed);
/* Half of it, for when the memory can't be had; false when it would be too small to work. */
bool oi_fifo_size_halve(struct oi_fifo_size *size);

#endif
