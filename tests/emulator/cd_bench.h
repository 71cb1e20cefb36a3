/* CDs as sentences: write parameters, cue sheets, blocks of any size, raw sectors and their Q.
 * Who uses it: the tests of CDs. Everything is made by hand from the standards, bit by bit, and
 * shares no code with the emulator. */
#ifndef TESTS_EMULATOR_CD_BENCH_H
#define TESTS_EMULATOR_CD_BENCH_H

#include "bench.h"

enum { RAW = 2352, SUB = 96, CD_SECTORS = 359845, LEAD_IN_START = -11634 };
enum { PACKET = 0, TAO = 1, SAO = 2, RAW_WRITE = 3, TEST_WRITE = 0x10 };
enum { MULTI = 0xc0, FIXED = 0x20 };

/* Mode page 05h: byte 2 without under-run protection, byte 3, byte 4. */
uint32_t cd_parameters(struct bench *b, uint8_t type, uint8_t mode, uint8_t block_type);
/* The same, with further bytes changed: pairs of offset and value, 0 ends. */
uint32_t cd_parameters_with(struct bench *b, uint8_t type, uint8_t mode, uint8_t block_type,
                            const uint8_t *more);

/* WRITE (10) of blocks that all hold `fill`, or what is in b->data. */
uint32_t cd_write(struct bench *b, int32_t lba, uint32_t blocks, uint32_t bytes, int fill);
uint32_t cd_write_data(struct bench *b, int32_t lba, uint32_t blocks, uint32_t bytes);
/* READ CD of one block into b->data: expected sector type, CDB bytes 9 and 10. */
uint32_t cd_read(struct bench *b, int32_t lba, uint8_t type, uint8_t fields, uint8_t sub,
                 uint32_t size);
uint32_t cd_cue(struct bench *b, const uint8_t (*entries)[8], uint32_t count);
uint32_t cd_cue_entries(struct bench *b, const uint8_t *bytes, uint32_t size);
uint32_t cd_read_toc(struct bench *b, uint8_t format, bool msf, uint8_t from);
uint32_t cd_info(struct bench *b);                  /* READ DISC INFORMATION */
uint32_t cd_track(struct bench *b, uint8_t number); /* READ TRACK INFORMATION */
uint32_t cd_erase(struct bench *b, uint8_t type, uint32_t address);

/* All of one CD-R by session at once: one data track of 300 blocks that hold `fill`. */
void cd_burn_small_session(struct bench *b, uint8_t multi, uint8_t fill);

void cd_time(int32_t lba, uint8_t msf[3]);
uint8_t cd_bcd_of(uint32_t number);
/* A Q channel with its CRC. */
void cd_q(uint8_t q[12], const uint8_t first_ten[10]);
/* 96 bytes woven, P and Q set. */
void cd_weave(uint8_t woven[96], bool p, const uint8_t q[12]);

uint32_t cd_edc(const uint8_t *data, uint32_t size);  /* bit by bit */
bool cd_ecc_is_right(const uint8_t *sector, bool xa); /* by the parity equations */
void cd_scramble_again(uint8_t *sector);

/* A file beside the image: its size, -1 when there is none; and what it holds at an offset. */
int64_t cd_file_size(struct bench *b, const char *suffix);
void cd_file_read(struct bench *b, const char *suffix, uint64_t offset, void *data, size_t size);
char *cd_file_text(struct bench *b, const char *suffix); /* to be freed */

#endif
