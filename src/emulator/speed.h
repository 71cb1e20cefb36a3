/* The speeds that the drive offers for a disc, and which one is set.
 * Who uses it: the buffer, the commands about speed, the capabilities page, a format that runs.
 * The setting is the drive's: it outlives the disc.
 * What it must not know: what is in the buffer, what is written. */
#ifndef OI_EMULATOR_SPEED_H
#define OI_EMULATOR_SPEED_H

#include <stdbool.h>
#include <stdint.h>
#include "curve.h"

enum { SPEEDS_MAX = 8, SPEED_MOST = 0x7fffffff };

struct oi_emu;

struct speeds {
    uint32_t kbps[SPEEDS_MAX]; /* fastest first */
    uint32_t count;
};

/* What SET STREAMING or SET CD SPEED asked for. */
struct speed_setting {
    uint32_t read_kbps, write_kbps;
    uint32_t from, to; /* the sectors it is for; the others go as fast as they can */
    bool cav;          /* at a constant rotation, whatever is usual at that speed */
};

/* How fast it goes at a sector, and behind which one that changes. */
struct pace {
    uint64_t rate; /* bytes per second, > 0; a sector of a CD counts 2352 */
    uint32_t end;
    uint32_t kbps; /* the speed's name, ... */
    enum curve curve;
};

void speed_reset(struct oi_emu *emu);
bool speed_is_paced(const struct oi_emu *emu); /* else writing takes no time */
/* Bytes per second, at its fastest, at which the disc is written; 0: unlimited. */
uint64_t speed_write_rate(const struct oi_emu *emu);
struct pace speed_pace(const struct oi_emu *emu, bool write, uint32_t lba);
/* How long it takes to write, or read, these sectors. */
uint64_t speed_us(const struct oi_emu *emu, bool write, uint32_t lba, uint32_t sectors);
uint32_t speed_sector_bytes(const struct oi_emu *emu);
/* How the disc turns at one of the speeds that are offered. */
enum curve speed_curve(const struct oi_emu *emu, uint32_t kbps);
/* What the drive offers for the disc in it, and what is set. */
void speed_list(const struct oi_emu *emu, struct speeds *speeds);
uint32_t speed_write_kbps(const struct oi_emu *emu);
uint32_t speed_read_kbps(const struct oi_emu *emu);

#endif
