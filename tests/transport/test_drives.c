/* Which drives Windows is taken to have, and when it is asked, for what it answers. The system's
 * functions that are asked are this program's own: it supplies the pointers that would lead to the
 * DLLs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <setupapi.h>
#include <winioctl.h>
#include "arrivals.h"
#include "drives.h"
#include "os.h"

#ifdef _WIN64
#define LEADS_TO(name, bytes, own) void *own##_pointer __asm__("__imp_" #name) = (void *)own
#else
#define LEADS_TO(name, bytes, own)                                                                 \
    void *own##_pointer __asm__("__imp__" #name "@" #bytes) = (void *)own
#endif

#define CDROM_CLASS L"#{53F56308-B6BF-11D0-94F2-00A0C91EFB8B}"

enum { MOST = 4 };

/* As documented for cfgmgr32; MinGW's headers do not know it. */
typedef DWORD(WINAPI *device_callback)(void *registration, void *context, int action,
                                       const void *data, DWORD size);

/* What the system has. number -1: the device can't be asked. */
static struct {
    const WCHAR *interfaces[MOST];
    int interface_numbers[MOST];
    bool no_detail[MOST]; /* the interface is gone when it is asked for its path */
    bool no_set;
    struct {
        char letter;
        UINT type;
        int number;
    } letters[MOST];
    unsigned opened; /* times that a device was */
    bool opened_for_more_than_questions;
    bool tells_nothing; /* of devices */
    device_callback callback;
    void *callback_context;
    unsigned registered, unregistered;
} system_has;

/* What a watcher says and does. */
static struct {
    struct oi_mutex lock; /* guards the rest */
    struct oi_cond changed;
    char story[256];
    unsigned told, looks, ended;
} heard;

static void count(unsigned *counter)
{
    oi_mutex_lock(&heard.lock);
    ++*counter;
    oi_cond_broadcast(&heard.changed);
    oi_mutex_unlock(&heard.lock);
}

static HDEVINFO WINAPI own_class_devs(const GUID *class_guid, const WCHAR *enumerator, HWND window,
                                      DWORD flags)
{
    (void)class_guid, (void)enumerator, (void)window;
    count(&heard.looks);
    return system_has.no_set || flags != (DIGCF_PRESENT | DIGCF_DEVICEINTERFACE)
               ? INVALID_HANDLE_VALUE
               : (HDEVINFO)&system_has;
}
LEADS_TO(SetupDiGetClassDevsW, 16, own_class_devs);

static BOOL WINAPI own_enum(HDEVINFO set, SP_DEVINFO_DATA *device, const GUID *class_guid,
                            DWORD index, SP_DEVICE_INTERFACE_DATA *found)
{
    (void)device, (void)class_guid;
    if (set != (HDEVINFO)&system_has || found->cbSize != sizeof(*found) || index >= MOST ||
        !system_has.interfaces[index])
        return FALSE;
    found->Reserved = index;
    return TRUE;
}
LEADS_TO(SetupDiEnumDeviceInterfaces, 20, own_enum);

static BOOL WINAPI own_detail(HDEVINFO set, SP_DEVICE_INTERFACE_DATA *found,
                              SP_DEVICE_INTERFACE_DETAIL_DATA_W *detail, DWORD size, DWORD *needed,
                              SP_DEVINFO_DATA *device)
{
    const WCHAR *path = system_has.interfaces[found->Reserved];
    DWORD bytes = (DWORD)(offsetof(SP_DEVICE_INTERFACE_DETAIL_DATA_W, DevicePath) +
                          (wcslen(path) + 1) * sizeof(WCHAR));

    (void)set, (void)device;
    if (needed)
        *needed = bytes;
    if (!detail || size < bytes || detail->cbSize != sizeof(*detail) ||
        system_has.no_detail[found->Reserved])
        return FALSE;
    wcscpy(detail->DevicePath, path);
    return TRUE;
}
LEADS_TO(SetupDiGetDeviceInterfaceDetailW, 24, own_detail);

static BOOL WINAPI own_destroy(HDEVINFO set)
{
    return set == (HDEVINFO)&system_has;
}
LEADS_TO(SetupDiDestroyDeviceInfoList, 4, own_destroy);

static DWORD WINAPI own_logical_drives(void)
{
    DWORD mask = 0;

    for (int i = 0; i < MOST; i++)
        if (system_has.letters[i].letter)
            mask |= UINT32_C(1) << (system_has.letters[i].letter - 'a');
    return mask;
}
LEADS_TO(GetLogicalDrives, 0, own_logical_drives);

static int letter_of(WCHAR letter)
{
    for (int i = 0; i < MOST; i++)
        if (system_has.letters[i].letter == (char)(letter | 0x20))
            return i;
    return -1;
}

static UINT WINAPI own_drive_type(const WCHAR *root)
{
    int i = letter_of(root[0]);

    return i >= 0 && wcscmp(root + 1, L":\\") == 0 ? system_has.letters[i].type : DRIVE_NO_ROOT_DIR;
}
LEADS_TO(GetDriveTypeW, 4, own_drive_type);

/* A handle is the device's number and some. */
static HANDLE WINAPI own_create_file(const WCHAR *path, DWORD access, DWORD share,
                                     SECURITY_ATTRIBUTES *security, DWORD disposition, DWORD flags,
                                     HANDLE model)
{
    int number = -1;

    (void)security, (void)flags, (void)model;
    system_has.opened++;
    if (access != 0 || share != (FILE_SHARE_READ | FILE_SHARE_WRITE) ||
        disposition != OPEN_EXISTING)
        system_has.opened_for_more_than_questions = true;
    for (int i = 0; i < MOST; i++)
        if (system_has.interfaces[i] && wcscmp(system_has.interfaces[i], path) == 0)
            number = system_has.interface_numbers[i];
    if (wcsncmp(path, L"\\\\.\\", 4) == 0 && letter_of(path[4]) >= 0 && wcscmp(path + 5, L":") == 0)
        number = system_has.letters[letter_of(path[4])].number;
    return number < 0 ? INVALID_HANDLE_VALUE : (HANDLE)(intptr_t)(number + 0x1000);
}
LEADS_TO(CreateFileW, 28, own_create_file);

static BOOL WINAPI own_control(HANDLE device, DWORD code, void *in, DWORD in_size, void *out,
                               DWORD out_size, DWORD *got, OVERLAPPED *overlapped)
{
    STORAGE_DEVICE_NUMBER *number = out;

    (void)in, (void)in_size, (void)overlapped;
    if (code != IOCTL_STORAGE_GET_DEVICE_NUMBER || out_size < sizeof(*number))
        return FALSE;
    *number =
        (STORAGE_DEVICE_NUMBER){FILE_DEVICE_CD_ROM, (DWORD)(intptr_t)device - 0x1000, (DWORD)-1};
    *got = sizeof(*number);
    return TRUE;
}
LEADS_TO(DeviceIoControl, 32, own_control);

static BOOL WINAPI own_close(HANDLE handle)
{
    (void)handle;
    return TRUE;
}
LEADS_TO(CloseHandle, 4, own_close);

static DWORD WINAPI own_register(const BYTE *filter, void *context, device_callback callback,
                                 void **registration)
{
    enum { FILTER_BYTES = 416, CLASS_AT = 16, NOT_IMPLEMENTED = 0x20, INVALID_DATA = 0x1f };
    static const GUID cdrom_class = {
        0x53f56308, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}};
    const DWORD head[4] = {FILTER_BYTES, 0, 0, 0}; /* size, flags, device interfaces, reserved */

    if (system_has.tells_nothing)
        return NOT_IMPLEMENTED;
    if (memcmp(filter, head, sizeof(head)) != 0 ||
        memcmp(filter + CLASS_AT, &cdrom_class, sizeof(cdrom_class)) != 0)
        return INVALID_DATA;
    system_has.registered++;
    system_has.callback = callback;
    system_has.callback_context = context;
    *registration = &system_has;
    return ERROR_SUCCESS;
}

static DWORD WINAPI own_unregister(void *registration)
{
    system_has.unregistered += registration == &system_has;
    return ERROR_SUCCESS;
}

static FARPROC WINAPI own_address(HMODULE module, const char *name)
{
    (void)module;
    if (strcmp(name, "CM_Register_Notification") == 0)
        return (FARPROC)(uintptr_t)own_register;
    if (strcmp(name, "CM_Unregister_Notification") == 0)
        return (FARPROC)(uintptr_t)own_unregister;
    return NULL;
}
LEADS_TO(GetProcAddress, 8, own_address);

/* == what is seen == */

struct seen {
    char ids[1024]; /* each with a blank behind it */
    unsigned room;  /* ids that are wanted */
};

static bool see(void *context, const char *unique_id)
{
    struct seen *seen = context;
    size_t length = strlen(seen->ids);

    snprintf(seen->ids + length, sizeof(seen->ids) - length, "%s ", unique_id);
    return --seen->room > 0;
}

static void assert_seen(const char *ids)
{
    struct seen seen = {.room = 100};

    assert_int_equal(oi_drives_list(see, &seen), OI_OK);
    assert_string_equal(seen.ids, ids);
    assert_false(system_has.opened_for_more_than_questions);
}

static int nothing(void **state)
{
    (void)state;
    memset(&system_has, 0, sizeof(system_has));
    return 0;
}

static void has_interface(int i, const WCHAR *path, int number)
{
    system_has.interfaces[i] = path;
    system_has.interface_numbers[i] = number;
}

static void has_letter(int i, char letter, UINT type, int number)
{
    system_has.letters[i].letter = letter;
    system_has.letters[i].type = type;
    system_has.letters[i].number = number;
}

#define USB_PATH   L"\\\\?\\USBSTOR#CdRom&Ven_HL-DT-ST#1" CDROM_CLASS
#define USB_ID     "\\\\?\\usbstor#cdrom&ven_hl-dt-st#1#{53f56308-b6bf-11d0-94f2-00a0c91efb8b} "
#define OTHER_PATH L"\\\\?\\IDE#CdRomB\u00c4R#0" CDROM_CLASS
#define OTHER_ID   "\\\\?\\ide#cdromb\xc3\xa4r#0#{53f56308-b6bf-11d0-94f2-00a0c91efb8b} "

static void a_computer_without_drives_has_none(void **state)
{
    (void)state;
    has_letter(0, 'c', DRIVE_FIXED, 0);
    has_letter(1, 'n', DRIVE_REMOTE, 0);
    assert_seen("");
    assert_int_equal(system_has.opened, 0);
}

static void interfaces_are_listed_in_the_system_s_order_and_in_lower_case(void **state)
{
    (void)state;
    has_interface(0, USB_PATH, 1);
    has_interface(1, OTHER_PATH, 0);
    assert_seen(USB_ID OTHER_ID);
}

static void a_letter_of_a_listed_drive_is_no_second_drive(void **state)
{
    (void)state;
    has_interface(0, USB_PATH, 1);
    has_letter(0, 'e', DRIVE_CDROM, 1);
    assert_seen(USB_ID);
}

static void a_drive_without_an_interface_is_listed_by_its_letter(void **state)
{
    (void)state;
    has_interface(0, USB_PATH, 1);
    has_letter(0, 'd', DRIVE_CDROM, 2);
    has_letter(1, 'e', DRIVE_CDROM, 1);
    assert_seen(USB_ID "\\\\.\\d: ");
}

static void without_any_interface_every_letter_is_a_drive_and_none_is_opened(void **state)
{
    (void)state;
    system_has.no_set = true;
    has_letter(0, 'z', DRIVE_CDROM, 0);
    has_letter(1, 'c', DRIVE_FIXED, 0);
    has_letter(2, 'd', DRIVE_CDROM, 0);
    assert_seen("\\\\.\\d: \\\\.\\z: ");
    assert_int_equal(system_has.opened, 0);
}

static void a_drive_that_can_t_be_asked_is_listed_once_and_hides_no_other(void **state)
{
    (void)state;
    has_interface(0, OTHER_PATH, -1);
    has_interface(1, USB_PATH, 1);
    has_letter(0, 'd', DRIVE_CDROM, -1);
    has_letter(1, 'e', DRIVE_CDROM, 1);
    has_letter(2, 'f', DRIVE_CDROM, 7);
    assert_seen(OTHER_ID USB_ID "\\\\.\\f: ");
}

static void a_drive_whose_path_can_t_be_had_hides_no_other(void **state)
{
    (void)state;
    has_interface(0, OTHER_PATH, 0);
    has_interface(1, USB_PATH, 1);
    system_has.no_detail[0] = true;
    assert_seen(USB_ID);
}

static void who_has_seen_enough_sees_no_more(void **state)
{
    struct seen one = {.room = 1}, two = {.room = 2};

    (void)state;
    has_interface(0, USB_PATH, 1);
    has_interface(1, OTHER_PATH, 2);
    has_letter(0, 'f', DRIVE_CDROM, 7);
    assert_int_equal(oi_drives_list(see, &one), OI_OK);
    assert_string_equal(one.ids, USB_ID);
    assert_int_equal(oi_drives_list(see, &two), OI_OK);
    assert_string_equal(two.ids, USB_ID OTHER_ID);
}

static void interface_paths_and_letters_are_ids_in_any_case_and_nothing_else_is(void **state)
{
    static const char *const are[] = {
        "\\\\.\\d:",
        "\\\\.\\Z:",
        "\\\\?\\usbstor#cdrom&ven_hl-dt-st#1#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}",
        "\\\\?\\USBSTOR#CDROM#1#{53F56308-B6BF-11D0-94F2-00A0C91EFB8B}",
    };
    static const char *const are_not[] = {
        "",
        "d:",
        "\\\\.\\d",
        "\\\\.\\d:\\",
        "\\\\.\\1:",
        "\\\\.\\dd:",
        "\\\\.\\CdRom0",
        "\\\\?\\d:",
        "\\\\?\\#{53f56308-b6bf-11d0-94f2-00a0c91efb8",
        "#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}",
        "\\\\?\\#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}",
        "\\\\?\\usbstor#disk#1#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}",
        "\\\\.\\usbstor#cdrom#1#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}",
        "\\\\?\\openimapi2#virtual#one#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}",
        "\\\\?\\OpenIMAPI2#virtual#no name#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(are) / sizeof(are[0]); i++)
        if (!oi_drives_is_id(are[i]))
            fail_msg("%s is no id", are[i]);
    for (size_t i = 0; i < sizeof(are_not) / sizeof(are_not[0]); i++)
        if (oi_drives_is_id(are_not[i]))
            fail_msg("%s is an id", are_not[i]);
}

/* == what comes and goes == */

static bool reaches(unsigned *counter, unsigned at_least)
{
    uint64_t deadline_us = oi_clock_us() + 20000000;
    bool reached, in_time = true;

    oi_mutex_lock(&heard.lock);
    while (*counter < at_least && in_time)
        in_time = oi_cond_wait_until(&heard.changed, &heard.lock, deadline_us);
    reached = *counter >= at_least;
    oi_mutex_unlock(&heard.lock);
    return reached;
}

static void begin(void)
{
}

static void end(void)
{
    count(&heard.ended);
}

static bool hold(void *context)
{
    (void)context;
    return true;
}

static void tell(void *context, const char *unique_id, bool arrived)
{
    size_t length;

    (void)context;
    oi_mutex_lock(&heard.lock);
    length = strlen(heard.story);
    snprintf(heard.story + length, sizeof(heard.story) - length, "%c%s ", arrived ? '+' : '-',
             unique_id);
    heard.told++;
    oi_cond_broadcast(&heard.changed);
    oi_mutex_unlock(&heard.lock);
}

static void let_go(void *context)
{
    (void)context;
}

static struct oi_arrivals *start(void)
{
    static const struct oi_arrival_listener listener = {begin, end, hold, tell, let_go};
    struct oi_arrival_source *source;
    struct oi_arrivals *watcher;

    memset(&heard, 0, sizeof(heard));
    oi_mutex_init(&heard.lock);
    oi_cond_init(&heard.changed);
    SetEnvironmentVariableW(L"OPENIMAPI2_RECORDERS", L"C:\\no\\such\\folder");
    assert_int_equal(oi_arrival_source_open(&source), OI_OK);
    assert_int_equal(oi_arrivals_start(&watcher, source, &listener, NULL), OI_OK);
    assert_true(reaches(&heard.looks, 2)); /* for what was there, and when it had begun to watch */
    return watcher;
}

static void stop(struct oi_arrivals *watcher)
{
    oi_arrivals_stop(watcher);
    assert_true(reaches(&heard.ended, 1));
    assert_int_equal(system_has.unregistered, system_has.registered);
}

/* No letter, no folder: nothing but the system's word leads to the drive. */
static void a_drive_that_the_system_tells_of_is_told(void **state)
{
    struct oi_arrivals *watcher = start();
    bool told;

    (void)state;
    assert_int_equal(system_has.registered, 1);
    has_interface(0, USB_PATH, 1);
    system_has.callback(&system_has, system_has.callback_context, 0, NULL, 0);
    told = reaches(&heard.told, 1);
    stop(watcher);
    assert_true(told);
    assert_string_equal(heard.story, "+" USB_ID);
}

static void where_the_system_tells_nothing_letters_are_noticed_all_the_same(void **state)
{
    struct oi_arrivals *watcher;
    bool told;

    (void)state;
    system_has.tells_nothing = true;
    has_letter(0, 'd', DRIVE_CDROM, 0);
    watcher = start();
    has_letter(1, 'e', DRIVE_CDROM, 1);
    told = reaches(&heard.told, 1);
    system_has.letters[0].type = DRIVE_NO_ROOT_DIR;
    told = told && reaches(&heard.told, 2);
    stop(watcher);
    assert_true(told);
    assert_string_equal(heard.story, "+\\\\.\\e: -\\\\.\\d: ");
}

int main(void)
{
#define IT(name) cmocka_unit_test_setup(name, nothing)
    const struct CMUnitTest tests[] = {
        IT(a_computer_without_drives_has_none),
        IT(interfaces_are_listed_in_the_system_s_order_and_in_lower_case),
        IT(a_letter_of_a_listed_drive_is_no_second_drive),
        IT(a_drive_without_an_interface_is_listed_by_its_letter),
        IT(without_any_interface_every_letter_is_a_drive_and_none_is_opened),
        IT(a_drive_that_can_t_be_asked_is_listed_once_and_hides_no_other),
        IT(a_drive_whose_path_can_t_be_had_hides_no_other),
        IT(who_has_seen_enough_sees_no_more),
        IT(interface_paths_and_letters_are_ids_in_any_case_and_nothing_else_is),
        IT(a_drive_that_the_system_tells_of_is_told),
        IT(where_the_system_tells_nothing_letters_are_noticed_all_the_same),
    };
#undef IT

    return cmocka_run_group_tests(tests, NULL, NULL);
}
