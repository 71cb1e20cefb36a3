/* Exclusive access: counting, names, and what somebody else may still do. The somebody else is a
 * second object here, and a second process at the end. */
#include "recorder_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static const BYTE test_unit_ready[6] = {0};

static HRESULT acquire(IDiscRecorder2 *recorder, const WCHAR *name)
{
    return IDiscRecorder2_AcquireExclusiveAccess(recorder, VARIANT_TRUE, rig_text(name));
}

static HRESULT release(IDiscRecorder2 *recorder)
{
    return IDiscRecorder2_ReleaseExclusiveAccess(recorder);
}

static void assert_owner(IDiscRecorder2 *recorder, const WCHAR *expected)
{
    BSTR owner = NULL;

    assert_hr(IDiscRecorder2_get_ExclusiveAccessOwner(recorder, &owner), S_OK);
    assert_non_null(owner);
    if (wcscmp(owner, expected) != 0) {
        print_error("owner \"%ls\", expected \"%ls\"\n", owner, expected);
        SysFreeString(owner);
        fail();
    }
    SysFreeString(owner);
}

static void nobody_owns_a_new_drive(void **state)
{
    (void)state;
    rig_define("drive", "dvd+r");
    assert_owner(rig_plain(rig_open("drive")), L"");
}

static void the_drive_is_free_when_all_locks_are_released(void **state)
{
    IDiscRecorder2 *mine, *other;

    (void)state;
    rig_define("drive", "dvd+r");
    mine = rig_plain(rig_open("drive"));
    other = rig_plain(rig_open("drive"));
    for (int i = 0; i < 3; i++)
        assert_hr(acquire(mine, L"mine"), S_OK);
    for (int i = 0; i < 3; i++) {
        assert_hr(acquire(other, L"other"), E_IMAPI_RECORDER_LOCKED);
        assert_owner(other, L"mine");
        assert_hr(release(mine), S_OK);
    }
    assert_owner(other, L"");
    assert_hr(acquire(other, L"other"), S_OK);
    assert_hr(acquire(mine, L"mine"), E_IMAPI_RECORDER_LOCKED);
    assert_owner(mine, L"other");
    assert_hr(release(other), S_OK);
}

static void a_release_without_a_lock_fails(void **state)
{
    IDiscRecorder2 *mine, *other;

    (void)state;
    rig_define("drive", "dvd+r");
    mine = rig_plain(rig_open("drive"));
    other = rig_plain(rig_open("drive"));
    assert_hr(release(mine), E_FAIL);
    assert_hr(acquire(mine, L"mine"), S_OK);
    assert_hr_in(release(other), E_FAIL, E_IMAPI_RECORDER_LOCKED);
    assert_owner(other, L"mine");
    assert_hr(release(mine), S_OK);
    assert_hr(release(mine), E_FAIL);
}

static void the_lock_needs_no_mounted_volume_and_no_force(void **state)
{
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("drive", "dvd+r");
    recorder = rig_plain(rig_open("drive"));
    assert_hr(
        IDiscRecorder2_AcquireExclusiveAccess(recorder, VARIANT_FALSE, rig_text(L"not forced")),
        S_OK);
    assert_owner(recorder, L"not forced");
    assert_hr(release(recorder), S_OK);
    /* Any value but VARIANT_FALSE is true. */
    assert_hr(IDiscRecorder2_AcquireExclusiveAccess(recorder, 1, rig_text(L"forced")), S_OK);
    assert_owner(recorder, L"forced");
}

static void force_does_not_take_the_drive_from_its_owner(void **state)
{
    IDiscRecorder2 *mine, *other;

    (void)state;
    rig_define("drive", "dvd+r");
    mine = rig_plain(rig_open("drive"));
    other = rig_plain(rig_open("drive"));
    assert_hr(acquire(mine, L"mine"), S_OK);
    assert_hr(IDiscRecorder2_AcquireExclusiveAccess(other, VARIANT_TRUE, rig_text(L"other")),
              E_IMAPI_RECORDER_LOCKED);
    assert_hr(IDiscRecorder2_AcquireExclusiveAccess(other, VARIANT_FALSE, rig_text(L"other")),
              E_IMAPI_RECORDER_LOCKED);
    assert_non_null(strstr(rig_error(), "mine"));
    assert_owner(other, L"mine");
}

/* == client names == */

static void a_client_name_is_of_letters_digits_blanks_and_some_signs(void **state)
{
    static const WCHAR good[] = L"09azAZ .,:;_-";
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("drive", "dvd+r");
    recorder = rig_plain(rig_open("drive"));
    assert_hr(acquire(recorder, good), S_OK);
    assert_owner(recorder, good);
    assert_hr(release(recorder), S_OK);
    for (WCHAR c = 1; c < 0x180; c++) {
        WCHAR name[] = {L'a', c, L'b', 0};
        bool legal = c < 0x80 && (wcschr(good, c) || (c >= L'0' && c <= L'9') ||
                                  (c >= L'a' && c <= L'z') || (c >= L'A' && c <= L'Z'));
        HRESULT hr = acquire(recorder, name);

        if (hr != (legal ? S_OK : E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID))
            print_error("the character U+%04x:\n", c);
        assert_hr(hr, legal ? S_OK : E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID);
        if (hr == S_OK)
            assert_hr(release(recorder), S_OK);
    }
    assert_owner(recorder, L"");
}

static void a_client_name_has_at_most_62_characters(void **state)
{
    IDiscRecorder2 *recorder;
    WCHAR name[64];

    (void)state;
    for (int i = 0; i < 63; i++)
        name[i] = (WCHAR)(L'a' + i % 26);
    name[63] = L'\0';
    rig_define("drive", "dvd+r");
    recorder = rig_plain(rig_open("drive"));
    assert_hr(acquire(recorder, name), E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID);
    assert_true(strlen(rig_error()) > 0);
    name[62] = L'\0';
    assert_hr(acquire(recorder, name), S_OK);
    assert_owner(recorder, name);
}

static void an_empty_client_name_is_e_invalidarg(void **state)
{
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("drive", "dvd+r");
    recorder = rig_plain(rig_open("drive"));
    assert_hr(acquire(recorder, L""), E_INVALIDARG);
    assert_hr(IDiscRecorder2_AcquireExclusiveAccess(recorder, VARIANT_TRUE, NULL), E_INVALIDARG);
    assert_owner(recorder, L"");
}

static void the_first_name_stays_while_the_lock_is_held(void **state)
{
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("drive", "dvd+r");
    recorder = rig_plain(rig_open("drive"));
    assert_hr(acquire(recorder, L"first"), S_OK);
    assert_hr(acquire(recorder, L"second"), S_OK);
    assert_owner(recorder, L"first");
    assert_hr(release(recorder), S_OK);
    assert_owner(recorder, L"first");
    assert_hr(release(recorder), S_OK);
    assert_hr(acquire(recorder, L"second"), S_OK);
    assert_owner(recorder, L"second");
}

/* == others == */

static void the_owner_works_and_everybody_else_is_locked_out(void **state)
{
    IDiscRecorder2Ex *mine, *other;
    BYTE *data = (BYTE *)&mine;
    ULONG size = 99;

    (void)state;
    rig_define("drive", "dvd+r");
    mine = rig_open("drive");
    other = rig_open("drive");
    assert_hr(acquire(rig_plain(mine), L"mine"), S_OK);
    assert_hr(rig_command(mine, test_unit_ready, 6, NULL), S_OK);
    assert_int_equal(rig_next_writable(mine), 0);
    assert_hr(rig_command(other, test_unit_ready, 6, NULL), E_IMAPI_RECORDER_LOCKED);
    assert_non_null(strstr(rig_error(), "mine"));
    assert_hr(rig_write(other, 0, UNIT, 'x', NULL), E_IMAPI_RECORDER_LOCKED);
    assert_hr(IDiscRecorder2Ex_GetDiscInformation(other, &data, &size), E_IMAPI_RECORDER_LOCKED);
    assert_null(data);
    assert_int_equal(size, 0);
    assert_hr(IDiscRecorder2_EjectMedia(rig_plain(other)), E_IMAPI_RECORDER_LOCKED);
    assert_hr(rig_write(mine, 0, UNIT, 'x', NULL), S_OK);
    assert_hr(rig_sync(mine), S_OK);
    assert_hr(release(rig_plain(mine)), S_OK);
    assert_hr(rig_settle(other), S_OK);
    assert_int_equal(rig_next_writable(other), UNIT);
}

static void no_command_of_somebody_else_reaches_the_drive(void **state)
{
    static const BYTE cdbs[][12] = {
        {0x12, 0, 0, 0, 36},                /* INQUIRY */
        {0x03, 0, 0, 0, 18},                /* REQUEST SENSE */
        {0x46, 0, 0, 0, 0, 0, 0, 0, 64},    /* GET CONFIGURATION */
        {0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8},  /* GET EVENT STATUS NOTIFICATION */
        {0x51, 0, 0, 0, 0, 0, 0, 0, 34},    /* READ DISC INFORMATION */
        {0xad, 0, 0, 0, 0, 0, 0, 0, 0, 64}, /* READ DISC STRUCTURE */
    };
    IDiscRecorder2Ex *other;
    bool passed = false;

    (void)state;
    rig_define("drive", "dvd+r");
    other = rig_open("drive");
    assert_hr(acquire(rig_plain(rig_open("drive")), L"mine"), S_OK);
    for (size_t i = 0; i < sizeof(cdbs) / sizeof(cdbs[0]); i++) {
        BYTE cdb[12], sense[SENSE], buffer[64];
        ULONG fetched = 99, length = cdbs[i][0] < 0x20 ? 6 : cdbs[i][0] < 0xa0 ? 10 : 12;
        HRESULT hr;

        memcpy(cdb, cdbs[i], sizeof(cdb));
        hr = IDiscRecorder2Ex_SendCommandGetDataFromDevice(other, cdb, length, sense, 10, buffer,
                                                           sizeof(buffer), &fetched);
        if (hr != E_IMAPI_RECORDER_LOCKED || fetched != 0) {
            print_error("opcode %02x gave 0x%08lx and %lu bytes\n", cdb[0], (unsigned long)hr,
                        fetched);
            passed = true;
        }
    }
    assert_false(passed);
}

static void what_the_system_knows_of_a_locked_drive_can_still_be_asked(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    BSTR text = NULL;
    LONG number = -1;
    BYTE *data = NULL;
    ULONG size = 0;

    (void)state;
    rig_define("drive", "dvd+r");
    assert_hr(acquire(rig_plain(rig_open("drive")), L"mine"), S_OK);
    assert_hr(rig_initialise(recorder, "drive"), S_OK);
    assert_owner(recorder, L"mine");
    assert_hr(IDiscRecorder2_get_ActiveDiscRecorder(recorder, &text), S_OK);
    SysFreeString(text);
    assert_hr(IDiscRecorder2_get_VendorId(recorder, &text), S_OK);
    SysFreeString(text);
    assert_hr(IDiscRecorder2_get_LegacyDeviceNumber(recorder, &number), S_OK);
    assert_hr(IDiscRecorder2Ex_GetDeviceDescriptor(rig_ex(recorder), &data, &size), S_OK);
    CoTaskMemFree(data);
    assert_hr(IDiscRecorder2Ex_GetAdapterDescriptor(rig_ex(recorder), &data, &size), S_OK);
    CoTaskMemFree(data);
}

static void a_locked_recorder_still_counts_as_a_supported_environment(void **state)
{
    VARIANT_BOOL supported = VARIANT_FALSE;

    (void)state;
    rig_define("drive", "dvd+r");
    assert_hr(acquire(rig_plain(rig_open("drive")), L"mine"), S_OK);
    assert_hr(IDiscMaster2_get_IsSupportedEnvironment(rig_master(), &supported), S_OK);
    assert_int_equal(supported, VARIANT_TRUE);
}

static void locks_die_with_their_object(void **state)
{
    IDiscRecorder2 *mine, *other;

    (void)state;
    rig_define("drive", "dvd+r");
    mine = rig_recorder();
    assert_hr(rig_initialise(mine, "drive"), S_OK);
    other = rig_plain(rig_open("drive"));
    assert_hr(acquire(mine, L"mine"), S_OK);
    assert_hr(acquire(mine, L"mine"), S_OK);
    assert_hr(acquire(other, L"other"), E_IMAPI_RECORDER_LOCKED);
    assert_int_equal(rig_drop(mine), 0);
    assert_owner(other, L"");
    assert_hr(acquire(other, L"other"), S_OK);
}

static const BYTE prevent[6] = {0x1e, 0, 0, 0, 1, 0};
static const BYTE open_tray[6] = {0x1b, 0, 0, 0, 2, 0};

static void removal_prevention_dies_with_its_object(void **state)
{
    IDiscRecorder2Ex *mine, *other;
    BYTE sense[SENSE];

    (void)state;
    rig_define("drive", "dvd+r");
    mine = rig_open("drive");
    other = rig_open("drive");
    assert_hr(rig_command(mine, prevent, 6, NULL), S_OK);
    assert_hr(rig_command(other, open_tray, 6, sense), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_string_equal(rig_sense(sense), "5/53/02");
    assert_int_equal(rig_drop(mine), 0);
    rig_settle(other);
    assert_hr(rig_command(other, open_tray, 6, NULL), S_OK);
}

static void locks_of_two_drives_do_not_meet(void **state)
{
    IDiscRecorder2 *a, *b;

    (void)state;
    rig_define("a", "dvd+r");
    rig_define("b", "dvd+r");
    a = rig_plain(rig_open("a"));
    b = rig_plain(rig_open("b"));
    assert_hr(acquire(a, L"one"), S_OK);
    assert_owner(b, L"");
    assert_hr(acquire(b, L"two"), S_OK);
    assert_owner(a, L"one");
}

/* == a second process == */

static void a_lock_of_another_process_is_seen_with_its_name(void **state)
{
    IDiscRecorder2Ex *ex;

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    rig_child_start();
    assert_hr(rig_child("open drive", NULL), S_OK);
    assert_hr(rig_child("acquire", NULL), S_OK);
    assert_hr(rig_child("acquire", NULL), S_OK);
    assert_owner(rig_plain(ex), L"the second process");
    assert_hr(acquire(rig_plain(ex), L"me"), E_IMAPI_RECORDER_LOCKED);
    assert_hr(rig_command(ex, test_unit_ready, 6, NULL), E_IMAPI_RECORDER_LOCKED);
    assert_hr(rig_write(ex, 0, UNIT, 'x', NULL), E_IMAPI_RECORDER_LOCKED);
    assert_hr(rig_child("release", NULL), S_OK);
    assert_hr(acquire(rig_plain(ex), L"me"), E_IMAPI_RECORDER_LOCKED);
    assert_hr(rig_child("release", NULL), S_OK);
    assert_owner(rig_plain(ex), L"");
    assert_hr(acquire(rig_plain(ex), L"me"), S_OK);
    assert_hr(rig_child("acquire", NULL), E_IMAPI_RECORDER_LOCKED);
    assert_hr(rig_child("info", NULL), E_IMAPI_RECORDER_LOCKED);
}

static void a_recorder_locked_by_another_process_can_be_initialised(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    BSTR text = NULL;

    (void)state;
    rig_define("drive", "dvd+r");
    rig_child_start();
    assert_hr(rig_child("open drive", NULL), S_OK);
    assert_hr(rig_child("acquire", NULL), S_OK);
    assert_hr(rig_initialise(recorder, "drive"), S_OK);
    assert_owner(recorder, L"the second process");
    assert_hr(IDiscRecorder2_get_VendorId(recorder, &text), S_OK);
    SysFreeString(text);
}

static void a_process_that_is_killed_leaves_no_lock(void **state)
{
    IDiscRecorder2Ex *ex;

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    rig_child_start();
    assert_hr(rig_child("open drive", NULL), S_OK);
    assert_hr(rig_child("acquire", NULL), S_OK);
    assert_hr(acquire(rig_plain(ex), L"me"), E_IMAPI_RECORDER_LOCKED);
    rig_child_kill();
    assert_owner(rig_plain(ex), L"");
    assert_hr(acquire(rig_plain(ex), L"me"), S_OK);
    assert_hr(rig_settle(ex), S_OK);
}

static void a_process_that_is_killed_prevents_no_removal(void **state)
{
    IDiscRecorder2Ex *ex;

    (void)state;
    rig_define("drive", "dvd+r");
    rig_child_start();
    assert_hr(rig_child("open drive", NULL), S_OK);
    assert_hr(rig_child("prevent", NULL), S_OK);
    ex = rig_open("drive");
    assert_hr(rig_command(ex, open_tray, 6, NULL), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    rig_child_kill();
    rig_settle(ex);
    assert_hr(rig_command(ex, open_tray, 6, NULL), S_OK);
}

/* Without any lock: what one has begun to write, nobody else may write to. */
static void two_processes_cannot_write_one_disc_at_once(void **state)
{
    IDiscRecorder2Ex *ex;
    BSTR text = NULL;
    BYTE *data = NULL;
    ULONG size;
    HRESULT hr;
    LONG next = -1;

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    rig_child_start();
    assert_hr(rig_child("open drive", NULL), S_OK);
    assert_hr(rig_child("write 0 16", NULL), S_OK);
    assert_hr(rig_write(ex, 0, UNIT, 'p', NULL), E_IMAPI_RECORDER_LOCKED);
    assert_true(strlen(rig_error()) > 0);
    assert_hr(rig_write(ex, UNIT, UNIT, 'p', NULL), E_IMAPI_RECORDER_LOCKED);
    assert_hr(IDiscRecorder2_get_ProductId(rig_plain(ex), &text), S_OK);
    SysFreeString(text);
    hr = IDiscRecorder2Ex_GetDiscInformation(ex, &data, &size);
    assert_hr_in(hr, S_OK, E_IMAPI_RECORDER_LOCKED);
    CoTaskMemFree(data);
    assert_hr(rig_child("write 16 16", NULL), S_OK);
    assert_hr(rig_child("sync", NULL), S_OK);
    rig_child_quit();
    rig_settle(ex);
    next = rig_next_writable(ex);
    assert_int_equal(next, 2 * UNIT);
    assert_hr(rig_write(ex, next, UNIT, 'p', NULL), S_OK);
    assert_hr(rig_sync(ex), S_OK);
}

static void what_a_killed_process_had_synchronised_is_on_the_disc(void **state)
{
    IDiscRecorder2Ex *ex;
    LONG next = -1;
    char *image;
    size_t size;

    (void)state;
    rig_define("drive", "dvd+r");
    rig_child_start();
    assert_hr(rig_child("open drive", NULL), S_OK);
    assert_hr(rig_child("write 0 32", NULL), S_OK);
    assert_hr(rig_child("sync", NULL), S_OK);
    assert_hr(rig_child("write 32 16", NULL), S_OK);
    rig_child_kill();
    ex = rig_open("drive");
    next = rig_next_writable(ex);
    assert_in_range(next, 2 * UNIT, 3 * UNIT);
    assert_hr(rig_write(ex, next, UNIT, 'p', NULL), S_OK);
    assert_hr(rig_sync(ex), S_OK);
    assert_int_equal(rig_next_writable(ex), next + UNIT);
    image = rig_read_file("drive.iso", &size);
    assert_true(size >= (size_t)(next + UNIT) * SECTOR);
    for (size_t i = 0; i < 2 * UNIT * SECTOR; i++)
        assert_int_equal(image[i], 'c');
    for (size_t i = (size_t)next * SECTOR; i < (size_t)(next + UNIT) * SECTOR; i++)
        assert_int_equal(image[i], 'p');
    free(image);
}

#define TEST(name) cmocka_unit_test_teardown(name, rig_clear)

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        TEST(nobody_owns_a_new_drive),
        TEST(the_drive_is_free_when_all_locks_are_released),
        TEST(a_release_without_a_lock_fails),
        TEST(the_lock_needs_no_mounted_volume_and_no_force),
        TEST(force_does_not_take_the_drive_from_its_owner),
        TEST(a_client_name_is_of_letters_digits_blanks_and_some_signs),
        TEST(a_client_name_has_at_most_62_characters),
        TEST(an_empty_client_name_is_e_invalidarg),
        TEST(the_first_name_stays_while_the_lock_is_held),
        TEST(the_owner_works_and_everybody_else_is_locked_out),
        TEST(no_command_of_somebody_else_reaches_the_drive),
        TEST(what_the_system_knows_of_a_locked_drive_can_still_be_asked),
        TEST(a_locked_recorder_still_counts_as_a_supported_environment),
        TEST(locks_die_with_their_object),
        TEST(removal_prevention_dies_with_its_object),
        TEST(locks_of_two_drives_do_not_meet),
        TEST(a_lock_of_another_process_is_seen_with_its_name),
        TEST(a_recorder_locked_by_another_process_can_be_initialised),
        TEST(a_process_that_is_killed_leaves_no_lock),
        TEST(a_process_that_is_killed_prevents_no_removal),
        TEST(two_processes_cannot_write_one_disc_at_once),
        TEST(what_a_killed_process_had_synchronised_is_on_the_disc),
    };

    if (rig_is_child(argc, argv))
        return 0;
    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
