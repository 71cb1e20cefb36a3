/* The drive's buffer, emptied at the speed of the disc, and the speeds themselves.
 * Who uses it: writing, closing, and the commands about speed.
 * What it must not know: what is written. */
#ifndef OI_EMULATOR_SPEED_H
#define OI_EMULATOR_SPEED_H

#include <stdbool.h>
#include <stdint.h>

enum { CACHE_BYTES = 2 * 1024 * 1024, SPEEDS_MAX = 8 };

struct oi_emu;

/* Bytes in the buffer at at_us. With an unlimited speed it is always empty and no clock is read. */
struct cache {
    uint64_t level, at_us;
};

struct speeds {
    uint32_t kbps[SPEEDS_MAX]; /* fastest first */
    uint32_t count;
};

/* Bytes per second at which the disc is written; 0: unlimited. */
uint64_t speed_write_rate(const struct oi_emu *emu);
/* What the drive offers for the disc in it, and what is set. */
void speed_list(const struct oi_emu *emu, struct speeds *speeds);
uint32_t speed_write_kbps(const struct oi_emu *emu);
uint32_t speed_read_kbps(const struct oi_emu *emu);

bool cache_has_room(struct oi_emu *emu, uint32_t bytes);
void cache_fill(struct oi_emu *emu, uint32_t bytes); /* after cache_has_room said yes */
uint64_t cache_free(struct oi_emu *emu);
uint64_t cache_drain_us(struct oi_emu *emu); /* how long until it is empty */

#endif
