/* A drive on a virtual clock in a folder of its own, and commands as sentences.
 * Who uses it: the emulator's tests. Asserts print the caller's line.
 * It builds its CDBs by hand, from the standard: neither mmc's builders nor the emulator's helpers.
 */
#ifndef TESTS_EMULATOR_BENCH_H
#define TESTS_EMULATOR_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "emulator.h"
#include "os.h"

enum { SECTOR = 2048, DISC_SECTORS = 2295104 };

struct bench {
    char folder[64];
    char ini[96], image[96], disc[104], state[96];
    uint64_t now_us;
    uint64_t slept_us;
    struct oi_emu *emu;
    struct oi_emu_reply reply; /* of the last command */
    uint8_t data[65536 * 2];   /* what the last command moved, or will */
};

int bench_setup(void **state);    /* a folder, no drive */
int bench_teardown(void **state); /* closes the drive, removes the folder */

void bench_define(struct bench *b, const char *text); /* writes the definition file */
void bench_open_(struct bench *b, const char *file, int line);
void bench_close(struct bench *b);
/* A drive with a new disc of this medium: "dvd+r" or "dvd+rw", further lines may follow. */
void bench_insert_(struct bench *b, const char *medium, const char *file, int line);
struct oi_emu *bench_second_(struct bench *b, const char *file, int line);

/* A command with these CDB bytes; data from or to b->data. Returns key, ASC, ASCQ as 0xKKAAQQ, 0
 * for GOOD, 0x18000000 for RESERVATION CONFLICT. */
uint32_t bench_run_on(struct bench *b, struct oi_emu *emu, const uint8_t *cdb, uint8_t cdb_len,
                      enum oi_emu_direction direction, uint32_t data_len);
#define CDB(...)                (const uint8_t[]){__VA_ARGS__}, (uint8_t)sizeof((const uint8_t[]){__VA_ARGS__})
#define bench_get(b, size, ...) bench_run_on(b, (b)->emu, CDB(__VA_ARGS__), OI_EMU_DATA_IN, size)
#define bench_put(b, size, ...) bench_run_on(b, (b)->emu, CDB(__VA_ARGS__), OI_EMU_DATA_OUT, size)
#define bench_do(b, ...)        bench_run_on(b, (b)->emu, CDB(__VA_ARGS__), OI_EMU_NO_DATA, 0)

/* Blocks that tell their own address and a seed. */
void bench_pattern(uint8_t *data, uint32_t lba, uint32_t blocks, uint8_t seed);
uint32_t bench_write_on(struct bench *b, struct oi_emu *emu, uint32_t lba, uint32_t blocks,
                        uint8_t seed);
uint32_t bench_read_on(struct bench *b, struct oi_emu *emu, uint32_t lba, uint32_t blocks);
#define bench_write(b, lba, blocks, seed) bench_write_on(b, (b)->emu, lba, blocks, seed)
#define bench_read(b, lba, blocks)        bench_read_on(b, (b)->emu, lba, blocks)
void bench_holds_(struct bench *b, uint32_t lba, uint32_t blocks, uint8_t seed, const char *file,
                  int line);
uint32_t bench_sync(struct bench *b);
uint32_t bench_close_track(struct bench *b, uint8_t function, uint8_t track);
uint32_t bench_format(struct bench *b, uint8_t last_parameter);
/* FORMAT UNIT with this list; type and sub type as its byte 8 has them. */
uint32_t bench_format_as(struct bench *b, uint8_t options, uint32_t blocks, uint8_t type,
                         uint32_t parameter);
/* WRITE (12), streaming. */
uint32_t bench_stream(struct bench *b, uint32_t lba, uint32_t blocks, uint8_t seed);
/* A disc-state file of these lines, with its first and last line. */
void bench_state(struct bench *b, const char *lines);
/* Another process opens the drive, does this, and is killed. */
void bench_killed(struct bench *b, void (*work)(struct bench *b));
/* What READ CAPACITY tells, as a number of sectors. */
uint32_t bench_capacity(struct bench *b);
/* The next writable address of the open track; UINT32_MAX when there is none. */
uint32_t bench_next(struct bench *b, struct oi_emu *emu);
uint32_t field32(const uint8_t *p);
uint32_t field16(const uint8_t *p);

#define bench_open(b)              bench_open_(b, __FILE__, __LINE__)
#define bench_insert(b, medium)    bench_insert_(b, medium, __FILE__, __LINE__)
#define bench_second(b)            bench_second_(b, __FILE__, __LINE__)
#define assert_sense(got, wanted)  _assert_int_equal((got), (wanted), __FILE__, __LINE__)
#define assert_good(got)           assert_sense(got, 0)
#define assert_holds(b, lba, n, s) bench_holds_(b, lba, n, s, __FILE__, __LINE__)

#endif
