/* The table of the emulator's functions. */
#include "calls.h"

#include <stddef.h>
#include <string.h>

static const struct oi_emu_calls calls = {
    .open = oi_emu_open,
    .close = oi_emu_close,
    .execute = oi_emu_execute,
    .detail = oi_emu_detail,
    .transfer_kib = oi_emu_transfer_kib,
};

const struct oi_emu_calls *oi_emu_calls(const char *version)
{
    return strcmp(version, OI_VERSION) == 0 ? &calls : NULL;
}
