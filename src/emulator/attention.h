/* Unit attentions: what happened to the drive without a command of the host's.
 * Who uses it: whoever lets it happen raises one; emulator.c tells one with each command until all
 * are told.
 * What it must not know: why it happened. */
#ifndef OI_EMULATOR_ATTENTION_H
#define OI_EMULATOR_ATTENTION_H

#include <stdbool.h>
#include <stdint.h>
#include "sense_codes.h"

struct oi_emu;

/* One of the table of attention.c; twice the same is told once. */
void attention_raise(struct oi_emu *emu, enum outcome outcome);
void attention_drop(struct oi_emu *emu, enum outcome outcome);
/* The one that matters most, which is then told; GOOD when there is none. */
enum outcome attention_take(struct oi_emu *emu);

#endif
