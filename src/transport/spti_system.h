/* What the drive of spti.c needs of Windows, as a table of functions: tests play a Windows that
 * answers whatever they want.
 * Who uses it: spti*.c; spti_windows.c is the real one. Room-internal, and includes windows.h.
 * Failures are Win32 error codes here, 0 when there is none; spti_errors.c says what they mean.
 * What it must not know: which questions are asked. */
#ifndef OI_TRANSPORT_SPTI_SYSTEM_H
#define OI_TRANSPORT_SPTI_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>
#include "os_win32.h"
#include "transport.h"

#include <winioctl.h> /* stands on windows.h */

enum { SPTI_VOLUME_MAX = 64 }; /* `\\?\Volume{…}\` with its NUL has 50 */

struct spti_system {
    /* CreateFile, shared for reading and writing; INVALID_HANDLE_VALUE with *error. */
    HANDLE (*open)(const WCHAR *path, DWORD access, DWORD *error);
    void (*close)(HANDLE handle);
    /* DeviceIoControl, synchronous. */
    DWORD(*control)
    (HANDLE handle, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size,
     DWORD *returned);
    uint64_t (*clock_us)(void);
    void (*sleep_ms)(uint32_t ms);
    /* The name of the volume whose root (with a backslash at its end) this is. */
    bool (*volume_of_root)(const WCHAR *root, WCHAR name[SPTI_VOLUME_MAX]);
    /* Calls visit with the volume of every optical drive until it returns false. */
    void (*each_volume)(bool (*visit)(void *context, const WCHAR *name), void *context);
    /* The paths of a volume one after the other, each with its NUL, and one NUL behind the last;
     * malloc'ed, NULL with *error. */
    WCHAR *(*paths_of_volume)(const WCHAR *name, DWORD *error);
};

extern const struct spti_system spti_windows;

/* A drive as these files share it. */
struct spti_drive {
    const struct spti_system *system;
    HANDLE handle;
    WCHAR *path; /* as it was opened; owned */
};

static inline DWORD spti_control(const struct spti_drive *drive, DWORD code, void *in,
                                 DWORD in_size, void *out, DWORD out_size, DWORD *returned)
{
    return drive->system->control(drive->handle, code, in, in_size, out, out_size, returned);
}

/* oi_spti_open on this system. */
enum oi_status spti_open_on(const struct spti_system *system, const char *path,
                            struct oi_device **device, char problem[OI_DETAIL_MAX]);

#endif
