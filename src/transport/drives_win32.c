/* Drives as Windows knows them: device interfaces of the CD-ROM class. Where a drive has none
 * (Wine, some drivers of virtual drives) it is known by its letter. Nothing here is opened for
 * reading or writing, and no disc is waited for. */
#include "drives.h"

#include <stdlib.h>
#include <string.h>
#include "os_win32.h"
#include "spti.h"
#include "unique_id.h"
#include <initguid.h>
#include <setupapi.h>
#include <winioctl.h>

#define PATH_PREFIX "\\\\?\\"
#define OUR_PREFIX  "\\\\?\\openimapi2#" /* no bus of the system's has such a name */

DEFINE_GUID(cdrom_class, 0x53f56308, 0xb6bf, 0x11d0, 0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb,
            0x8b);

/* Drives that were listed by their interface, with the numbers of those that have one. */
struct known_drives {
    size_t listed;
    STORAGE_DEVICE_NUMBER *numbers;
    size_t count, room;
};

/* Fails for a device that has no such number, or is gone. */
static bool number_of(const WCHAR *path, STORAGE_DEVICE_NUMBER *number)
{
    HANDLE device =
        CreateFileW(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    DWORD got = 0;
    BOOL answered;

    if (device == INVALID_HANDLE_VALUE)
        return false;
    answered = DeviceIoControl(device, IOCTL_STORAGE_GET_DEVICE_NUMBER, NULL, 0, number,
                               sizeof *number, &got, NULL);
    CloseHandle(device);
    return answered && got == sizeof *number;
}

static enum oi_status remember(struct known_drives *known, const WCHAR *path)
{
    STORAGE_DEVICE_NUMBER number;

    known->listed++;
    if (!number_of(path, &number))
        return OI_OK;
    if (known->count == known->room) {
        size_t room = known->room ? known->room * 2 : 8;
        void *numbers = realloc(known->numbers, room * sizeof *known->numbers);

        if (!numbers)
            return OI_OUT_OF_MEMORY;
        known->numbers = numbers;
        known->room = room;
    }
    known->numbers[known->count++] = number;
    return OI_OK;
}

/* The id, malloc'ed, of the drive with this interface path. */
static char *id_of_path(const WCHAR *path)
{
    int length = LCMapStringW(LOCALE_INVARIANT, LCMAP_LOWERCASE, path, -1, NULL, 0);
    WCHAR *lowered = length > 0 ? malloc((size_t)length * sizeof *lowered) : NULL;
    char *id = NULL;

    if (lowered && LCMapStringW(LOCALE_INVARIANT, LCMAP_LOWERCASE, path, -1, lowered, length) > 0)
        id = oi_win32_utf8(lowered);
    free(lowered);
    return id;
}

/* *path, malloc'ed, is that of the nth interface; NULL when there is none with this number, or what
 * it says of itself can't be had. False: there are no more. */
static bool nth_interface(HDEVINFO set, DWORD n, SP_DEVICE_INTERFACE_DETAIL_DATA_W **path)
{
    SP_DEVICE_INTERFACE_DATA found = {.cbSize = sizeof found};
    DWORD size = 0;

    *path = NULL;
    if (!SetupDiEnumDeviceInterfaces(set, NULL, &cdrom_class, n, &found))
        return false;
    SetupDiGetDeviceInterfaceDetailW(set, &found, NULL, 0, &size, NULL);
    if (size >= sizeof **path)
        *path = malloc(size);
    if (!*path)
        return true;
    (*path)->cbSize = sizeof **path;
    if (!SetupDiGetDeviceInterfaceDetailW(set, &found, *path, size, NULL, NULL)) {
        free(*path);
        *path = NULL;
    }
    return true;
}

/* *go_on becomes false when visit wants no more. */
static enum oi_status list_interfaces(bool (*visit)(void *context, const char *unique_id),
                                      void *context, struct known_drives *known, bool *go_on)
{
    HDEVINFO set =
        SetupDiGetClassDevsW(&cdrom_class, NULL, NULL, DIGCF_PRESENT | DIGCF_DEVICEINTERFACE);
    SP_DEVICE_INTERFACE_DETAIL_DATA_W *path;
    enum oi_status status = OI_OK;

    if (set == INVALID_HANDLE_VALUE)
        return OI_OK;
    for (DWORD n = 0; *go_on && status == OI_OK && nth_interface(set, n, &path); n++) {
        char *id = path ? id_of_path(path->DevicePath) : NULL;

        if (id) {
            *go_on = visit(context, id);
            status = remember(known, path->DevicePath);
        }
        free(id);
        free(path);
    }
    SetupDiDestroyDeviceInfoList(set);
    return status;
}

/* Without any interface no letter is a second name. With some, a letter that can't be asked would
 * be most probably one: of a drive that is just going. */
static bool is_listed(const struct known_drives *known, WCHAR letter)
{
    const WCHAR path[] = {'\\', '\\', '.', '\\', letter, ':', 0};
    STORAGE_DEVICE_NUMBER number;

    if (known->listed == 0)
        return false;
    if (!number_of(path, &number))
        return true;
    for (size_t i = 0; i < known->count; i++)
        if (known->numbers[i].DeviceType == number.DeviceType &&
            known->numbers[i].DeviceNumber == number.DeviceNumber)
            return true;
    return false;
}

static void list_letters(bool (*visit)(void *context, const char *unique_id), void *context,
                         const struct known_drives *known)
{
    uint32_t letters = oi_drives_letters();

    for (int i = 0; i < 26; i++) {
        const char id[] = {'\\', '\\', '.', '\\', (char)('a' + i), ':', 0};

        if ((letters >> i & 1) && !is_listed(known, (WCHAR)('a' + i)) && !visit(context, id))
            return;
    }
}

uint32_t oi_drives_letters(void)
{
    DWORD present = GetLogicalDrives();
    uint32_t letters = 0;

    for (int i = 0; i < 26; i++) {
        const WCHAR root[] = {(WCHAR)('a' + i), ':', '\\', 0};

        if ((present >> i & 1) && GetDriveTypeW(root) == DRIVE_CDROM)
            letters |= UINT32_C(1) << i;
    }
    return letters;
}

enum oi_status oi_drives_list(bool (*visit)(void *context, const char *unique_id), void *context)
{
    struct known_drives known = {0};
    bool go_on = true;
    enum oi_status status = list_interfaces(visit, context, &known, &go_on);

    if (status == OI_OK && go_on)
        list_letters(visit, context, &known);
    free(known.numbers);
    return status;
}

static bool is_letter(const char *unique_id)
{
    return strlen(unique_id) == 6 && strncmp(unique_id, "\\\\.\\", 4) == 0 &&
           oi_ascii_lower(unique_id[4]) >= 'a' && oi_ascii_lower(unique_id[4]) <= 'z' &&
           unique_id[5] == ':';
}

static bool is_interface(const char *unique_id)
{
    size_t prefix = sizeof(PATH_PREFIX) - 1;
    size_t suffix = sizeof(OI_ID_SUFFIX) - 1;
    size_t length = strlen(unique_id);

    return length > prefix + suffix && strncmp(unique_id, PATH_PREFIX, prefix) == 0 &&
           oi_same_ignoring_case(unique_id + length - suffix, OI_ID_SUFFIX, suffix) &&
           !oi_same_ignoring_case(unique_id, OUR_PREFIX, sizeof(OUR_PREFIX) - 1);
}

bool oi_drives_is_id(const char *unique_id)
{
    return is_letter(unique_id) || is_interface(unique_id);
}

enum oi_status oi_drives_open(const char *unique_id, struct oi_device **device,
                              char problem[OI_DETAIL_MAX])
{
    return oi_spti_open(unique_id, device, problem);
}
