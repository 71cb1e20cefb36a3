/* When to look on Windows. Three hints: the system tells of device interfaces (Windows 8 and
 * later), it tells of the folder of the virtual recorders, and every second the drive letters and
 * the stamp of the folder are compared with those of the last time. The last one alone would do; it
 * is what remains under Wine, on file systems that notify nobody, and while there is no folder. */
#include "arrivals.h"

#include <stdlib.h>
#include <wchar.h>
#include "drives.h"
#include "os.h"
#include "os_win32.h"
#include "recorders.h"
#include "virtual.h"

enum { TICK_MS = 1000 };

/* cfgmgr32's notifications as documented; MinGW's headers do not know them. */
typedef DWORD(WINAPI *device_callback)(void *registration, void *context, int action,
                                       const void *data, DWORD size);
struct device_filter {
    DWORD size, flags;
    int type; /* 0: device interfaces */
    DWORD reserved;
    union {
        GUID class_guid;
        WCHAR largest[200];
    } of;
};
typedef DWORD(WINAPI *register_function)(const struct device_filter *filter, void *context,
                                         device_callback callback, void **registration);
typedef DWORD(WINAPI *unregister_function)(void *registration);

struct device_news {
    HMODULE library;
    unregister_function unregister;
    void *registration; /* NULL: the system does not tell */
};

struct system_source {
    struct oi_arrival_source source; /* first member */
    HANDLE woken;                    /* by wake, and when a device came or went */
    struct device_news devices;
    char *folder; /* of the virtual recorders when it was made; NULL: not known */
    /* What the last wait saw; nothing before the first one, which returns at once. */
    bool seen;
    uint32_t letters;
    uint64_t stamp;
    HANDLE folder_news; /* of the folder that has this stamp, or INVALID_HANDLE_VALUE */
};

static struct system_source *self_of(struct oi_arrival_source *source)
{
    return (struct system_source *)source;
}

static enum oi_status list(struct oi_arrival_source *source,
                           bool (*visit)(void *context, const char *unique_id), void *context)
{
    (void)source;
    return oi_recorders_list(visit, context);
}

static DWORD WINAPI device_changed(void *registration, void *context, int action, const void *data,
                                   DWORD size)
{
    (void)registration, (void)action, (void)data, (void)size;
    SetEvent(((struct system_source *)context)->woken);
    return ERROR_SUCCESS;
}

/* From the system's own folder, whatever the search path is. */
static HMODULE load_system_library(const WCHAR *name)
{
    WCHAR path[MAX_PATH];
    UINT length = GetSystemDirectoryW(path, MAX_PATH);

    if (!length || length + 1 + wcslen(name) >= MAX_PATH)
        return NULL;
    path[length] = '\\';
    wcscpy(path + length + 1, name);
    return LoadLibraryExW(path, NULL, 0);
}

static void ask_for_device_news(struct system_source *self)
{
    static const GUID cdrom_class = {
        0x53f56308, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}};
    struct device_filter filter = {.size = sizeof filter, .of.class_guid = cdrom_class};
    struct device_news *devices = &self->devices;
    register_function ask;

    devices->library = load_system_library(L"cfgmgr32.dll");
    if (!devices->library)
        return;
    ask =
        (register_function)(uintptr_t)GetProcAddress(devices->library, "CM_Register_Notification");
    devices->unregister = (unregister_function)(uintptr_t)GetProcAddress(
        devices->library, "CM_Unregister_Notification");
    if (!ask || !devices->unregister ||
        ask(&filter, self, device_changed, &devices->registration) != ERROR_SUCCESS)
        devices->registration = NULL;
}

static void close_folder_news(struct system_source *self)
{
    if (self->folder_news != INVALID_HANDLE_VALUE)
        FindCloseChangeNotification(self->folder_news);
    self->folder_news = INVALID_HANDLE_VALUE;
}

static void ask_for_folder_news(struct system_source *self)
{
    WCHAR *name;

    if (oi_win32_file_name(self->folder, &name) != OI_OK)
        return;
    self->folder_news = FindFirstChangeNotificationW(name, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
    free(name);
}

/* Compares, and asks for news of the folder anew when it is another one. The stamp is of before the
 * look that follows, so that nothing is missed. */
static bool is_different(struct system_source *self)
{
    uint32_t letters = oi_drives_letters();
    uint64_t stamp = self->folder ? oi_file_stamp(self->folder) : 0;
    bool folder_differs = !self->seen || stamp != self->stamp;

    if (!folder_differs && letters == self->letters)
        return false;
    self->seen = true;
    self->letters = letters;
    self->stamp = stamp;
    if (folder_differs) {
        close_folder_news(self);
        if (stamp != 0)
            ask_for_folder_news(self);
    }
    return true;
}

/* The folder's news are asked for here, not where the source is made: Windows cancels them when the
 * thread that asked ends. */
static void wait(struct oi_arrival_source *source, bool soon)
{
    struct system_source *self = self_of(source);

    while (!is_different(self)) {
        HANDLE news[] = {self->woken, self->folder_news};
        DWORD count = self->folder_news == INVALID_HANDLE_VALUE ? 1 : 2;
        DWORD woke = WaitForMultipleObjects(count, news, FALSE, TICK_MS);

        if (woke != WAIT_OBJECT_0 && woke != WAIT_TIMEOUT &&
            !FindNextChangeNotification(self->folder_news))
            close_folder_news(self);
        if (woke != WAIT_TIMEOUT || soon)
            return;
    }
}

static void wake(struct oi_arrival_source *source)
{
    SetEvent(self_of(source)->woken);
}

static void destroy(struct oi_arrival_source *source)
{
    struct system_source *self = self_of(source);

    if (self->devices.registration)
        self->devices.unregister(self->devices.registration); /* waits for a callback to end */
    if (self->devices.library)
        FreeLibrary(self->devices.library);
    close_folder_news(self);
    CloseHandle(self->woken);
    free(self->folder);
    free(self);
}

static const struct oi_arrival_source_ops ops = {
    .list = list,
    .wait = wait,
    .wake = wake,
    .destroy = destroy,
};

enum oi_status oi_arrival_source_open(struct oi_arrival_source **source)
{
    struct system_source *self = calloc(1, sizeof(*self));

    *source = NULL;
    if (!self)
        return OI_OUT_OF_MEMORY;
    self->source.ops = &ops;
    self->folder_news = INVALID_HANDLE_VALUE;
    self->woken = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (!self->woken) {
        free(self);
        return OI_OUT_OF_MEMORY;
    }
    self->folder = oi_virtual_folder();
    ask_for_device_news(self);
    *source = &self->source;
    return OI_OK;
}
