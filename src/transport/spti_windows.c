/* The real Windows behind spti.c. */
#include <stdlib.h>
#include "os.h"
#include "spti_system.h"

static HANDLE windows_open(const WCHAR *path, DWORD access, DWORD *error)
{
    HANDLE handle =
        CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);

    *error = handle == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
    return handle;
}

static void windows_close(HANDLE handle)
{
    CloseHandle(handle);
}

static DWORD windows_control(HANDLE handle, DWORD code, void *in, DWORD in_size, void *out,
                             DWORD out_size, DWORD *returned)
{
    *returned = 0;
    return DeviceIoControl(handle, code, in, in_size, out, out_size, returned, NULL)
               ? ERROR_SUCCESS
               : GetLastError();
}

static void windows_sleep_ms(uint32_t ms)
{
    Sleep(ms);
}

static bool windows_volume_of_root(const WCHAR *root, WCHAR name[SPTI_VOLUME_MAX])
{
    return GetVolumeNameForVolumeMountPointW(root, name, SPTI_VOLUME_MAX);
}

static void windows_each_volume(bool (*visit)(void *context, const WCHAR *name), void *context)
{
    WCHAR name[SPTI_VOLUME_MAX];
    HANDLE search = FindFirstVolumeW(name, SPTI_VOLUME_MAX);
    bool go_on = search != INVALID_HANDLE_VALUE;

    if (!go_on)
        return;
    while (go_on)
        go_on = (GetDriveTypeW(name) != DRIVE_CDROM || visit(context, name)) &&
                FindNextVolumeW(search, name, SPTI_VOLUME_MAX);
    FindVolumeClose(search);
}

static WCHAR *windows_paths_of_volume(const WCHAR *name, DWORD *error)
{
    DWORD room = MAX_PATH;

    for (;;) {
        WCHAR *paths = calloc(room, sizeof(*paths));
        DWORD needed = 0;

        *error = paths ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
        if (!paths || GetVolumePathNamesForVolumeNameW(name, paths, room, &needed))
            return paths;
        *error = GetLastError();
        free(paths);
        if (*error != ERROR_MORE_DATA || needed <= room)
            return NULL;
        room = needed;
    }
}

const struct spti_system spti_windows = {
    .open = windows_open,
    .close = windows_close,
    .control = windows_control,
    .clock_us = oi_clock_us,
    .sleep_ms = windows_sleep_ms,
    .volume_of_root = windows_volume_of_root,
    .each_volume = windows_each_volume,
    .paths_of_volume = windows_paths_of_volume,
};
