/* The emulator is a DLL in the folder of this one, and of the same version.
 * The invariant: it is loaded as often as there are open doors, so it goes with the last drive and
 * never outlives the DLL that this code is in. */
#include "emulator_door.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "module.h"

#define FILE_NAME "openimapi2virtual.dll"

static const char *reason_of(enum oi_status status)
{
    switch (status) {
    case OI_NOT_FOUND:
        return "it is not there";
    case OI_BAD_FILE:
        return "it is damaged, or not for programs of this kind (64 or 32 bit)";
    default:
        return oi_status_text(status);
    }
}

/* As much of a long path's end as there is room for, in whole UTF-8 characters. */
static const char *end_of(const char *path, size_t room)
{
    size_t length = strlen(path);

    if (length > room)
        path += length - room;
    while (((uint8_t)*path & 0xc0) == 0x80)
        path++;
    return path;
}

static void explain(char problem[OI_DETAIL_MAX], const char *path, const char *reason)
{
    static const char words[] = "virtual recorders need %s%s, but %s: copy the one there that "
                                "came with this imapi2.dll";
    size_t room = OI_DETAIL_MAX - sizeof(words) - strlen(reason);
    const char *end = end_of(path, room);

    snprintf(problem, OI_DETAIL_MAX, words, end == path ? "" : "...", end, reason);
}

static enum oi_status load(struct emulator_door *door, const char *path,
                           char problem[OI_DETAIL_MAX])
{
    enum oi_status status = oi_module_load(&door->module, path);
    oi_emu_calls_function find_calls;

    if (status != OI_OK) {
        explain(problem, path, reason_of(status));
        return status == OI_OUT_OF_MEMORY ? status : OI_FAILED;
    }
    find_calls = (oi_emu_calls_function)oi_module_find(door->module, "oi_emu_calls");
    door->calls = find_calls ? find_calls(OI_VERSION) : NULL;
    if (!door->calls) {
        explain(problem, path, "it is not of version " OI_VERSION);
        emulator_door_close(door);
        return OI_FAILED;
    }
    return OI_OK;
}

enum oi_status emulator_door_open(struct emulator_door *door, char problem[OI_DETAIL_MAX])
{
    char *path = oi_module_beside(FILE_NAME);
    enum oi_status status = path ? load(door, path, problem) : OI_OUT_OF_MEMORY;

    free(path);
    return status;
}

void emulator_door_close(struct emulator_door *door)
{
    oi_module_unload(door->module);
    door->module = NULL;
    door->calls = NULL;
}
