/* The emulator's functions as a table, for whoever has the emulator's code in a module of its own.
 * Who uses it: the transport room.
 * On Windows this is all that gets out of openimapi2virtual.dll; natively it is linked.
 * What it must not know: who loads the module, and from where. */
#ifndef OI_EMULATOR_CALLS_H
#define OI_EMULATOR_CALLS_H

#include "emulator.h"

/* Each is the function of emulator.h with its name. */
struct oi_emu_calls {
    enum oi_status (*open)(struct oi_emu **emu, const char *ini_path,
                           const struct oi_emu_clock *clock, char problem[OI_EMU_DETAIL_MAX]);
    void (*close)(struct oi_emu *emu);
    void (*execute)(struct oi_emu *emu, const struct oi_emu_command *command,
                    struct oi_emu_reply *reply);
    const char *(*detail)(const struct oi_emu *emu);
    uint32_t (*transfer_kib)(const struct oi_emu *emu);
};

/* The table of the emulator with this version of the product; NULL when it is of another, whose
 * table and types may be others. Static storage, any thread. This function never changes. */
const struct oi_emu_calls *oi_emu_calls(const char *version);
typedef const struct oi_emu_calls *(*oi_emu_calls_function)(const char *version);

#endif
