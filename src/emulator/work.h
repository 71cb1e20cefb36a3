/* Operations that keep the drive busy: emptying its buffer, calibrating, closing, blanking.
 * Who uses it: the commands that start them; emulator.c, which refuses others meanwhile.
 * What it must not know: what the operation does to the disc; that is done when it starts. */
#ifndef OI_EMULATOR_WORK_H
#define OI_EMULATOR_WORK_H

#include <stdbool.h>
#include <stdint.h>
#include "sense_codes.h"

struct oi_emu;
struct request;

enum work {
    WORK_FLUSH,
    WORK_OPC,
    WORK_CLOSE_TRACK,
    WORK_CLOSE_SESSION,
    WORK_FINALISE,
    WORK_BLANK,
    WORK_BLANK_MINIMAL,
    WORK_FORMAT,  /* its structures; a background format runs on by itself */
    WORK_CERTIFY, /* a format that writes the whole disc */
    WORK_READY,   /* spinning up, after a disc was put in */
    WORK_LEAD_IN, /* ahead of the first data of a session */
    WORK_LINK,    /* going on where the buffer ran empty */
    WORKS,
};

/* How long it takes on the disc in the drive, at the speed that is set. A drive without a speed
 * takes no time for anything, but one that is slow to become ready for that. */
uint64_t work_us(const struct oi_emu *emu, enum work work);

/* Empties the buffer, then takes the time that this work takes on this medium: sleeps it away, or
 * leaves the drive busy until it is done. */
void work_start(struct oi_emu *emu, enum work work, bool immediate);

/* The drive needs this long for the command. No host waits beyond its time-out: the drive is then
 * busy with this work until it is done, and emulator.c gives no answer. */
void drive_wait(struct oi_emu *emu, uint64_t us, enum work work);

/* Busy with what was started last. */
bool drive_busy(struct oi_emu *emu);
uint16_t drive_progress(struct oi_emu *emu); /* 65536 is all */
/* What the drive says to who asks too much of it now; GOOD when it is idle. */
enum outcome work_outcome(struct oi_emu *emu, struct request *rq);

#endif
