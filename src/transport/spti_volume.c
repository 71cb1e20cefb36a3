/* A drive and its volume are the same if Windows has numbered them alike. */
#include "spti_volume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "spti_errors.h"

static DWORD number_of(const struct spti_system *system, HANDLE handle, uint32_t *number)
{
    STORAGE_DEVICE_NUMBER answer = {0};
    DWORD returned = 0;
    DWORD error = system->control(handle, IOCTL_STORAGE_GET_DEVICE_NUMBER, NULL, 0, &answer,
                                  sizeof(answer), &returned);

    if (error)
        return error;
    if (returned < offsetof(STORAGE_DEVICE_NUMBER, PartitionNumber) ||
        (answer.DeviceType != FILE_DEVICE_CD_ROM && answer.DeviceType != FILE_DEVICE_DVD))
        return ERROR_NOT_SUPPORTED;
    *number = answer.DeviceNumber;
    return ERROR_SUCCESS;
}

enum oi_status spti_device_number(const struct spti_drive *drive, uint32_t *number)
{
    DWORD error = number_of(drive->system, drive->handle, number);

    if (!error)
        return OI_OK;
    *number = 0;
    return spti_is_absent(error) ? OI_NOT_FOUND : spti_error(error)->command;
}

/* `\\.\d:` has the root `d:\`; of a device interface path it is that path, with a backslash. */
static void root_of(const WCHAR *path, WCHAR *root, size_t room)
{
    bool letter = wcslen(path) == 6 && wcsncmp(path, L"\\\\.\\", 4) == 0 && path[5] == L':';

    _snwprintf(root, room, L"%ls\\", letter ? path + 4 : path);
    root[room - 1] = 0;
}

struct search {
    const struct spti_drive *drive;
    uint32_t number;
    WCHAR *name;
    bool found;
};

static bool compare_volume(void *context, const WCHAR *name)
{
    struct search *search = context;
    const struct spti_system *system = search->drive->system;
    WCHAR path[SPTI_VOLUME_MAX];
    uint32_t number;
    DWORD error;
    HANDLE handle;
    size_t length = wcslen(name);

    if (length == 0 || length >= SPTI_VOLUME_MAX)
        return true;
    memcpy(path, name, length * sizeof(*path));
    path[name[length - 1] == L'\\' ? length - 1 : length] = 0;
    handle = system->open(path, 0, &error); /* no rights are needed to ask for the number */
    if (handle == INVALID_HANDLE_VALUE)
        return true;
    if (number_of(system, handle, &number) == ERROR_SUCCESS && number == search->number) {
        search->found = true;
        memcpy(search->name, name, (length + 1) * sizeof(*name));
    }
    system->close(handle);
    return !search->found;
}

static bool find_volume(const struct spti_drive *drive, WCHAR name[SPTI_VOLUME_MAX])
{
    enum { ROOT_MAX = 1024 };
    struct search search = {.drive = drive, .name = name};
    WCHAR root[ROOT_MAX];

    root_of(drive->path, root, ROOT_MAX);
    if (drive->system->volume_of_root(root, name))
        return true;
    if (spti_device_number(drive, &search.number) == OI_OK)
        drive->system->each_volume(compare_volume, &search);
    return search.found;
}

enum oi_status spti_volume_name(const struct spti_drive *drive, char name[OI_VOLUME_NAME_MAX])
{
    WCHAR wide[SPTI_VOLUME_MAX];
    char *utf8;

    name[0] = '\0';
    if (!find_volume(drive, wide))
        return OI_OK;
    utf8 = oi_win32_utf8(wide);
    if (!utf8)
        return OI_OUT_OF_MEMORY;
    snprintf(name, OI_VOLUME_NAME_MAX, "%s", utf8);
    free(utf8);
    return OI_OK;
}

enum oi_status spti_volume_paths(const struct spti_drive *drive,
                                 bool (*visit)(void *context, const char *path), void *context)
{
    WCHAR name[SPTI_VOLUME_MAX];
    enum oi_status status = OI_OK;
    bool go_on = true;
    WCHAR *paths;
    DWORD error;

    if (!find_volume(drive, name))
        return OI_OK;
    paths = drive->system->paths_of_volume(name, &error);
    if (!paths)
        return spti_is_absent(error) ? OI_OK : spti_error(error)->command;
    for (const WCHAR *path = paths; *path && go_on; path += wcslen(path) + 1) {
        char *utf8 = oi_win32_utf8(path);

        status = utf8 ? OI_OK : OI_OUT_OF_MEMORY;
        go_on = utf8 && visit(context, utf8);
        free(utf8);
    }
    free(paths);
    return status;
}
