/* The time of the machine, for emulators and for short waits.
 * Who uses it: virtual.c.
 * What it must not know: what is waited for. */
#ifndef OI_TRANSPORT_REAL_CLOCK_H
#define OI_TRANSPORT_REAL_CLOCK_H

#include "emulator.h"

extern const struct oi_emu_clock real_clock; /* takes any context */

#endif
