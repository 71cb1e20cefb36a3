/* Exclusive access to a drive: by the CD-ROM driver, and by our own lock where it has none. */
#include "spti_double.h"

#include <string.h>
#include <wchar.h>
#include "spti_lock.h"

enum { PATIENCE_MS = 20000 };

static int setup(void **state)
{
    windows_reset();
    *state = opened();
    return 0;
}

/* The driver of Wine. */
static int setup_without_driver_lock(void **state)
{
    windows_reset();
    windows.exclusive_error = ERROR_NOT_SUPPORTED;
    *state = opened();
    return 0;
}

static int teardown(void **state)
{
    struct oi_device *device = *state;

    if (device)
        device->ops->destroy(device);
    return windows.open_handles == 0 ? 0 : -1;
}

static const char *owner_of(struct oi_device *device)
{
    static char name[OI_OWNER_NAME_MAX];

    assert_int_equal(device->ops->owner(device, name), OI_OK);
    return name;
}

static enum oi_status ready(struct oi_device *device)
{
    return run(device, oi_cdb_test_unit_ready(), OI_DATA_NONE, NULL, 0, 1000).status;
}

/* The driver's lock. */

static void nobody_holds_a_drive_that_nobody_has_taken(void **state)
{
    assert_string_equal(owner_of(*state), "");
}

static void the_drivers_lock_is_taken_with_the_clients_name_and_given_back(void **state)
{
    struct oi_device *device = *state;

    assert_int_equal(device->ops->acquire(device, false, "a burning program"), OI_OK);
    assert_string_equal(windows.calls, "2c05c 2c05c "); /* who has it; take it */
    assert_int_equal(windows.holder, 1);
    assert_string_equal(owner_of(device), "a burning program");
    assert_int_equal(device->ops->acquire(device, false, "the same again"), OI_OK);
    assert_string_equal(owner_of(device), "a burning program");
    assert_int_equal(device->ops->release(device), OI_OK);
    assert_int_equal(windows.holder, 0);
    assert_string_equal(owner_of(device), "");
}

static void a_name_as_long_as_the_driver_takes_comes_back_whole(void **state)
{
    struct oi_device *device = *state;
    char name[OI_OWNER_NAME_MAX];

    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(device->ops->acquire(device, false, name), OI_OK);
    assert_string_equal(owner_of(device), name);
}

static void a_mounted_file_system_is_in_the_way_unless_access_is_forced(void **state)
{
    struct oi_device *device = *state;

    windows.mounted = true;
    assert_int_equal(device->ops->acquire(device, false, "me"), OI_ACCESS_DENIED);
    assert_non_null(strstr(detail_of(device), "a file system is mounted"));
    assert_int_equal(windows.holder, 0);
    assert_true(windows.mounted);
    windows.calls[0] = '\0';
    assert_int_equal(device->ops->acquire(device, true, "me"), OI_OK);
    assert_string_equal(windows.calls, "2c05c 90018 90020 2c05c "); /* lock and dismount, take */
    assert_int_equal(windows.holder, 1);
}

static void a_volume_in_use_is_waited_for_and_then_taken_by_force(void **state)
{
    struct oi_device *device = *state;

    windows.mounted = windows.volume_in_use = true;
    assert_int_equal(device->ops->acquire(device, true, "me"), OI_OK);
    assert_int_equal(windows.slept_ms, 900);
    assert_false(windows.mounted);
    assert_int_equal(windows.holder, 1);
}

static void the_volume_is_given_back_with_the_drive(void **state)
{
    struct oi_device *device = *state;

    device->ops->acquire(device, true, "me");
    windows.calls[0] = '\0';
    assert_int_equal(device->ops->release(device), OI_OK);
    assert_string_equal(windows.calls, "9001c 2c05c ");
}

static void the_volume_is_given_back_when_the_drive_is_not_to_be_had(void **state)
{
    struct oi_device *device = *state;

    windows.taking_error = ERROR_NOT_READY;
    assert_int_equal(device->ops->acquire(device, true, "me"), OI_BECOMING_READY);
    assert_non_null(strstr(windows.calls, "90018 ")); /* it was locked */
    assert_non_null(strstr(windows.calls, "9001c "));
}

static void who_holds_the_drive_already_keeps_it_and_its_volume(void **state)
{
    struct oi_device *device = *state;

    windows.holder = SOMEBODY;
    strcpy(windows.holder_name, "somebody else");
    windows.mounted = true;
    assert_int_equal(device->ops->acquire(device, true, "me"), OI_LOCKED);
    assert_string_equal(owner_of(device), "somebody else");
    assert_true(windows.mounted);
    assert_int_equal(device->ops->release(device), OI_LOCKED);
    assert_int_equal(windows.holder, SOMEBODY);
}

static void a_lock_that_the_driver_fails_to_give_is_told_in_words(void **state)
{
    struct oi_device *device = *state;

    windows.exclusive_error = ERROR_NOT_READY;
    assert_int_equal(device->ops->acquire(device, false, "me"), OI_BECOMING_READY);
    assert_non_null(strstr(detail_of(device), "Windows error 21: "));
}

static void a_drive_that_another_program_holds_can_be_opened_and_named(void **state)
{
    struct oi_device *second;
    struct oi_device_identity identity;

    (void)state;
    windows.holder = SOMEBODY;
    strcpy(windows.holder_name, "somebody else");
    windows.ending.error = ERROR_ACCESS_DENIED;
    windows.capabilities.error = ERROR_ACCESS_DENIED;
    second = opened();
    assert_int_equal(second->ops->identity(second, &identity), OI_OK);
    assert_string_equal(identity.product, "DVD-RAM X1");
    assert_string_equal(owner_of(second), "somebody else");
    assert_int_equal(ready(second), OI_LOCKED);
    second->ops->destroy(second);
}

static void the_drivers_lock_ends_with_the_device(void **state)
{
    struct oi_device *device = *state;

    device->ops->acquire(device, false, "me");
    device->ops->destroy(device);
    *state = NULL;
    assert_int_equal(windows.holder, 0);
}

static void commands_do_not_ask_a_driver_that_guards_the_drive_itself(void **state)
{
    ready(*state);
    assert_string_equal(windows.calls, "");
}

/* Our own. */

static void two_devices_of_one_process_exclude_each_other(void **state)
{
    struct oi_device *first = *state, *second = opened();

    assert_int_equal(first->ops->acquire(first, false, "the first"), OI_OK);
    assert_int_equal(second->ops->acquire(second, true, "the second"), OI_LOCKED);
    assert_string_equal(owner_of(second), "the first");
    assert_string_equal(owner_of(first), "the first");
    assert_int_equal(second->ops->release(second), OI_LOCKED);
    assert_int_equal(ready(first), OI_OK);
    assert_int_equal(ready(second), OI_LOCKED);
    assert_non_null(strstr(detail_of(second), "\"the first\" has exclusive access"));
    assert_int_equal(first->ops->release(first), OI_OK);
    assert_string_equal(owner_of(second), "");
    assert_int_equal(ready(second), OI_OK);
    assert_int_equal(second->ops->acquire(second, false, "the second"), OI_OK);
    second->ops->destroy(second);
    assert_string_equal(owner_of(first), "");
}

static void a_command_of_who_may_not_never_reaches_the_driver(void **state)
{
    struct oi_device *first = *state, *second = opened();
    unsigned before = windows.commands;

    first->ops->acquire(first, false, "the first");
    run(second, oi_cdb_prevent_allow_removal(true), OI_DATA_NONE, NULL, 0, 1000);
    ready(second);
    assert_int_equal(windows.commands, before);
    assert_int_equal(windows.tray_kept, 0);
    second->ops->destroy(second);
}

static void a_tray_that_was_kept_closed_stays_so_for_who_has_the_drive_now(void **state)
{
    struct oi_device *holder = *state, *first = opened();
    unsigned before;

    windows.ejection_error = ERROR_NOT_SUPPORTED;
    run(first, oi_cdb_prevent_allow_removal(true), OI_DATA_NONE, NULL, 0, 1000);
    assert_int_equal(holder->ops->acquire(holder, false, "a burning program"), OI_OK);
    before = windows.commands;
    first->ops->destroy(first);
    assert_int_equal(windows.commands, before);
}

/* Whoever looks has the section open for an instant, in which its holder may give it up. */
static void a_lock_that_is_given_back_is_free_though_somebody_is_looking_at_it(void **state)
{
    WCHAR path[] = L"\\\\.\\d:";
    struct spti_drive drive = {&spti_double, NULL, path};
    struct oi_device *device = *state, *second = opened();
    struct spti_lock lock;
    HANDLE looker;

    spti_lock_init(&lock, &drive);
    device->ops->acquire(device, false, "me");
    looker = OpenFileMappingW(FILE_MAP_READ, FALSE, lock.section_name);
    assert_non_null(looker);
    assert_int_equal(device->ops->release(device), OI_OK);
    assert_string_equal(owner_of(second), "");
    assert_int_equal(second->ops->acquire(second, false, "another"), OI_OK);
    assert_string_equal(owner_of(device), "another");
    second->ops->destroy(second);
    CloseHandle(looker);
}

static void who_the_drive_is_can_be_asked_also_of_one_that_is_held(void **state)
{
    struct oi_device *first = *state, *second;
    struct oi_device_identity identity;

    first->ops->acquire(first, false, "the first");
    windows.device.error = ERROR_NOT_SUPPORTED;
    second = opened();
    assert_int_equal(second->ops->identity(second, &identity), OI_OK);
    assert_string_equal(identity.product, "INQUIRY DRIVE");
    second->ops->destroy(second);
}

static void drives_with_different_paths_have_different_locks(void **state)
{
    struct oi_device *device = *state, *other;
    char problem[OI_DETAIL_MAX];

    assert_int_equal(spti_open_on(&spti_double, "\\\\.\\e:", &other, problem), OI_OK);
    device->ops->acquire(device, false, "me");
    assert_string_equal(owner_of(other), "");
    assert_int_equal(other->ops->acquire(other, false, "me too"), OI_OK);
    other->ops->destroy(other);
}

static void the_case_of_a_path_makes_no_difference(void **state)
{
    struct oi_device *device = *state, *same;
    char problem[OI_DETAIL_MAX];

    assert_int_equal(spti_open_on(&spti_double, "\\\\.\\D:", &same, problem), OI_OK);
    device->ops->acquire(device, false, "me");
    assert_string_equal(owner_of(same), "me");
    same->ops->destroy(same);
}

static void force_dismounts_what_is_mounted_with_our_own_lock_too(void **state)
{
    struct oi_device *device = *state;

    windows.mounted = true;
    assert_int_equal(device->ops->acquire(device, true, "me"), OI_OK);
    assert_false(windows.mounted);
}

/* This program again, with another part to play; its exit code. */
static DWORD in_another_process(const WCHAR *part)
{
    STARTUPINFOW startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION process;
    WCHAR self[MAX_PATH], arguments[MAX_PATH + 32];
    DWORD code = (DWORD)-1;

    GetModuleFileNameW(NULL, self, MAX_PATH);
    swprintf(arguments, MAX_PATH + 32, L"\"%ls\" %ls", self, part);
    assert_true(
        CreateProcessW(self, arguments, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
    assert_int_equal(WaitForSingleObject(process.hProcess, PATIENCE_MS), WAIT_OBJECT_0);
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return code;
}

static int other_process(const char *part)
{
    struct oi_device *device;
    char problem[OI_DETAIL_MAX];

    windows_reset();
    windows.exclusive_error = ERROR_NOT_SUPPORTED;
    if (spti_open_on(&spti_double, "\\\\.\\d:", &device, problem) != OI_OK)
        return -1;
    if (strcmp(part, "command") == 0)
        return (int)ready(device);
    if (device->ops->acquire(device, false, "another process") != OI_OK)
        return (int)OI_LOCKED;
    if (strcmp(part, "die") == 0)
        TerminateProcess(GetCurrentProcess(), 77);
    return (int)OI_OK;
}

static void another_process_is_shut_out_and_its_commands_are_refused(void **state)
{
    struct oi_device *device = *state;

    assert_int_equal(device->ops->acquire(device, false, "me"), OI_OK);
    assert_int_equal(in_another_process(L"acquire"), OI_LOCKED);
    assert_int_equal(in_another_process(L"command"), OI_LOCKED);
    assert_int_equal(device->ops->release(device), OI_OK);
    assert_int_equal(in_another_process(L"acquire"), OI_OK);
    assert_int_equal(in_another_process(L"command"), OI_OK);
}

static void a_process_that_dies_leaves_no_lock_behind(void **state)
{
    struct oi_device *device = *state;

    assert_int_equal(in_another_process(L"die"), 77);
    assert_string_equal(owner_of(device), "");
    assert_int_equal(ready(device), OI_OK);
    assert_int_equal(device->ops->acquire(device, false, "me"), OI_OK);
}

/* Media change notifications. */

static void notifications_go_off_and_on_again(void **state)
{
    struct oi_device *device = *state;

    assert_int_equal(device->ops->notify_media(device, false), OI_OK);
    assert_int_equal(windows.mcn_off, 1);
    assert_int_equal(device->ops->notify_media(device, true), OI_OK);
    assert_int_equal(windows.mcn_off, 0);
    assert_string_equal(windows.calls, "2d0944 2d0944 ");
}

static void a_driver_without_notifications_has_none_to_turn_off(void **state)
{
    struct oi_device *device = *state;

    windows.mcn_error = ERROR_NOT_SUPPORTED;
    assert_int_equal(device->ops->notify_media(device, false), OI_OK);
    windows.mcn_error = ERROR_DEVICE_NOT_CONNECTED;
    assert_int_equal(device->ops->notify_media(device, false), OI_DEVICE_GONE);
}

#define WITH_DRIVE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define WITH_OUR_LOCK(test)                                                                        \
    cmocka_unit_test_setup_teardown(test, setup_without_driver_lock, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WITH_DRIVE(nobody_holds_a_drive_that_nobody_has_taken),
        WITH_DRIVE(the_drivers_lock_is_taken_with_the_clients_name_and_given_back),
        WITH_DRIVE(a_name_as_long_as_the_driver_takes_comes_back_whole),
        WITH_DRIVE(a_mounted_file_system_is_in_the_way_unless_access_is_forced),
        WITH_DRIVE(a_volume_in_use_is_waited_for_and_then_taken_by_force),
        WITH_DRIVE(the_volume_is_given_back_with_the_drive),
        WITH_DRIVE(the_volume_is_given_back_when_the_drive_is_not_to_be_had),
        WITH_DRIVE(who_holds_the_drive_already_keeps_it_and_its_volume),
        WITH_DRIVE(a_lock_that_the_driver_fails_to_give_is_told_in_words),
        WITH_DRIVE(a_drive_that_another_program_holds_can_be_opened_and_named),
        WITH_DRIVE(the_drivers_lock_ends_with_the_device),
        WITH_DRIVE(commands_do_not_ask_a_driver_that_guards_the_drive_itself),
        WITH_OUR_LOCK(two_devices_of_one_process_exclude_each_other),
        WITH_OUR_LOCK(a_command_of_who_may_not_never_reaches_the_driver),
        WITH_OUR_LOCK(a_tray_that_was_kept_closed_stays_so_for_who_has_the_drive_now),
        WITH_OUR_LOCK(a_lock_that_is_given_back_is_free_though_somebody_is_looking_at_it),
        WITH_OUR_LOCK(who_the_drive_is_can_be_asked_also_of_one_that_is_held),
        WITH_OUR_LOCK(drives_with_different_paths_have_different_locks),
        WITH_OUR_LOCK(the_case_of_a_path_makes_no_difference),
        WITH_OUR_LOCK(force_dismounts_what_is_mounted_with_our_own_lock_too),
        WITH_OUR_LOCK(another_process_is_shut_out_and_its_commands_are_refused),
        WITH_OUR_LOCK(a_process_that_dies_leaves_no_lock_behind),
        WITH_DRIVE(notifications_go_off_and_on_again),
        WITH_DRIVE(a_driver_without_notifications_has_none_to_turn_off),
    };

    if (argc > 1)
        return other_process(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
