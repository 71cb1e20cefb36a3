/* The way to the emulator's code, which natively is linked (emulator_linked.c) and on Windows is in
 * a DLL of its own, loaded while drives are open (emulator_module.c).
 * Who uses it: virtual.c; each of its drives has a door of its own.
 * What it must not know: drives, definitions. */
#ifndef OI_TRANSPORT_EMULATOR_DOOR_H
#define OI_TRANSPORT_EMULATOR_DOOR_H

#include "calls.h"
#include "transport.h"

struct oi_module;

struct emulator_door {
    const struct oi_emu_calls *calls; /* NULL while the door is closed */
    struct oi_module *module;         /* whose code calls are; NULL when it is linked */
};

/* OI_FAILED: the code can't be had, and problem names the file, why, and what to do.
 * OI_OUT_OF_MEMORY. The door stays closed then. May take as long as a file is read. */
enum oi_status emulator_door_open(struct emulator_door *door, char problem[OI_DETAIL_MAX]);

/* Nothing of the emulator's may be in use any more. A closed door stays closed. */
void emulator_door_close(struct emulator_door *door);

#endif
