/* A drive for fuzzers: in a folder in memory, on a clock of its own, with every answer checked.
 * Who uses it: the fuzz targets. A broken promise ends the program with a message, which is what
 * libFuzzer calls a finding.
 * What it must not know: where the bytes come from. */
#ifndef TESTS_FUZZ_STAGE_H
#define TESTS_FUZZ_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "emulator.h"

enum { STAGE_DATA_MAX = 256 * 1024, STAGE_SECTOR = 2048 };

struct stage {
    char folder[64];
    char ini[96], image[96], disc[104], state[96];
    uint64_t now_us;
    uint64_t tick_us; /* how far every look at the clock moves it on */
    bool lax_sense;   /* a fault script may cut sense data short */
    struct oi_emu_reply reply;
    uint8_t data[STAGE_DATA_MAX]; /* what the last command moved, or will */
};

/* The stage, made on the first call: a folder below $TMPDIR, /dev/shm or /tmp, removed at exit. */
struct stage *stage_get(void);
/* Removes every file; time begins anew. */
void stage_clear(struct stage *stage);
void stage_join(char path[128], const struct stage *stage, const char *name);
void stage_put_file(const char *path, const void *data, size_t size);
/* Writes the definition: these lines, and image = disc.iso, if they name none. */
void stage_define(struct stage *stage, const char *lines);
/* The drive must open whatever the disc is like; NULL with the reason told where may_fail. */
struct oi_emu *stage_open(struct stage *stage, bool may_fail);

/* Runs a command with data_len bytes from or to stage->data, in a buffer of just that size, and
 * checks the promises of emulator.h. Returns key, ASC, ASCQ as 0xKKAAQQ, 0 for GOOD, the status
 * byte in the top byte for other statuses, UINT32_MAX without an answer. */
uint32_t stage_run(struct stage *stage, struct oi_emu *emu, const struct oi_emu_command *command);
uint32_t stage_get10(struct stage *stage, struct oi_emu *emu, const uint8_t cdb[10], uint32_t size);

/* READ(10) of what was read or written: GOOD or a sense, as stage_run returns it. */
uint32_t stage_read(struct stage *stage, struct oi_emu *emu, uint32_t lba, uint32_t blocks);
/* The next writable address of the open track; UINT32_MAX: none. */
uint32_t stage_next(struct stage *stage, struct oi_emu *emu);
/* Asks whatever a host asks about a disc; each must answer. True when there is a readable disc. */
bool stage_look_around(struct stage *stage, struct oi_emu *emu);

uint32_t stage_be32(const uint8_t *p);
void stage_set32(uint8_t *p, uint32_t value);

#define must(condition, ...) ((condition) ? (void)0 : stage_broken(__VA_ARGS__))
/* Says so, with the definition and the last command, and ends the program. */
#ifdef __GNUC__
__attribute__((format(printf, 1, 2), noreturn))
#endif
void stage_broken(const char *format, ...);

#endif
