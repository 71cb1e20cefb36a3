/* The blocks that a command names, for those commands that name some.
 * Who uses it: reading, writing and the buffer; the fault script, which has conditions on them, and
 * the trace, which prints them.
 * What it must not know: whether the command is allowed, what the blocks hold. */
#ifndef OI_EMULATOR_RANGE_H
#define OI_EMULATOR_RANGE_H

#include <stdbool.h>
#include <stdint.h>

struct block_range {
    int32_t lba;
    uint32_t blocks;
};

bool is_write(uint8_t opcode); /* WRITE (10), WRITE (12), WRITE AND VERIFY (10) */
bool is_read(uint8_t opcode);  /* READ (10), READ (12), READ CD */
/* A read, a write or VERIFY (10). */
bool has_range(uint8_t opcode);
/* Of a command with has_range. */
struct block_range range_of(const uint8_t *cdb);
/* Puts another number of blocks into a write. */
void set_range_blocks(uint8_t *cdb, uint32_t blocks);

#endif
