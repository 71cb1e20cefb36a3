/* Operations that keep the drive busy: emptying its buffer, calibrating, closing, blanking.
 * Who uses it: the commands that start them; emulator.c, which refuses others meanwhile.
 * What it must not know: what the operation does to the disc; that is done when it starts. */
#ifndef OI_EMULATOR_WORK_H
#define OI_EMULATOR_WORK_H

#include <stdbool.h>

struct oi_emu;

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
};

/* Empties the buffer, then takes the time that this work takes on this medium: sleeps it away, or
 * leaves the drive busy until it is done. A drive without a speed takes none. */
void work_start(struct oi_emu *emu, enum work work, bool immediate);

#endif
