/* Blocks of a CD that a fuzzer can't guess: their sub-channel has a CRC in every few bytes.
 * Who uses it: fuzz_commands.c, where a command sends as many bytes as such blocks have.
 * What it must not know: the drive. */
#ifndef TESTS_FUZZ_CD_BLOCKS_H
#define TESTS_FUZZ_CD_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

enum { RAW_BLOCK = 2448, RAW_PQ_BLOCK = 2368, TEXT_BLOCK = 96 };

/* A session of tracks of 300 blocks each, from the block that ends its lead-in. */
struct cd_plan {
    int32_t program;
    uint8_t first, tracks;
    bool multi_session;
};

/* Block lba of a raw session, of RAW_BLOCK or RAW_PQ_BLOCK bytes. value chooses: b7 data, b6 its
 * mode 2, b5 scrambled, b4 MCN and ISRC among the Q, b3 CD-Text in the lead-in, b1-0 index. */
void cd_block_raw(uint8_t *block, uint32_t bytes, const struct cd_plan *plan, int32_t lba,
                  uint8_t value);
/* Four CD-Text packs, the first of them pack number `number`, woven into 96 bytes. */
void cd_block_text(uint8_t woven[TEXT_BLOCK], uint32_t number);

#endif
