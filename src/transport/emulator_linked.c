/* The emulator is part of this program. */
#include "emulator_door.h"

#include <stddef.h>

enum oi_status emulator_door_open(struct emulator_door *door, char problem[OI_DETAIL_MAX])
{
    (void)problem;
    door->calls = oi_emu_calls(OI_VERSION);
    return OI_OK;
}

void emulator_door_close(struct emulator_door *door)
{
    door->calls = NULL;
}
