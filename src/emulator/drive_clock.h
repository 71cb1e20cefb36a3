/* The drive's time: what the caller gave, or a clock of its own on which nothing ever waits.
 * Who uses it: emulator.c around every command.
 * The own clock makes a run repeat to the bit: it starts at 0 and moves only by what the drive and
 * a patient host would do.
 * What it must not know: what the commands are for. */
#ifndef OI_EMULATOR_DRIVE_CLOCK_H
#define OI_EMULATOR_DRIVE_CLOCK_H

#include "emulator.h"
#include "sense_codes.h"

struct request;

void drive_clock_choose(struct oi_emu *emu); /* by the definition */
void drive_clock_begin(struct oi_emu *emu);  /* a command comes */
/* It was answered so: how long would a host wait before it asks again? */
void drive_clock_end(struct oi_emu *emu, const struct request *rq, enum outcome outcome);

#endif
