/* Opening a drive, and what Windows knows of it: limits, identity, number, volume, descriptors. */
#include "spti_double.h"

#include <stdio.h>
#include <string.h>

#define INTERFACE      "\\\\?\\usbstor#cdrom&ven_acme#1#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}"
#define VOLUME(n)      L"\\\\?\\Volume{00000000-0000-0000-0000-00000000000" n L"}\\"
#define VOLUME_UTF8(n) "\\\\?\\Volume{00000000-0000-0000-0000-00000000000" n "}\\"

struct bench {
    struct oi_device *device;
    char problem[OI_DETAIL_MAX];
    char paths[128];
    int most;
};

static struct bench bench;

static int setup(void **state)
{
    windows_reset();
    bench = (struct bench){.most = 9};
    *state = &bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    if (b->device)
        b->device->ops->destroy(b->device);
    return windows.open_handles == 0 ? 0 : -1;
}

static enum oi_status open_drive(struct bench *b, const char *path)
{
    return spti_open_on(&spti_double, path, &b->device, b->problem);
}

static struct oi_device *drive(struct bench *b)
{
    if (!b->device)
        b->device = opened();
    return b->device;
}

/* Opening. */

static void a_drive_is_opened_by_its_path_for_reading_and_writing(void **state)
{
    assert_int_equal(open_drive(*state, INTERFACE), OI_OK);
    assert_int_equal(windows.access, GENERIC_READ | GENERIC_WRITE);
    assert_true(wcsncmp(windows.opened, L"\\\\?\\usbstor#cdrom", 17) == 0);
    assert_string_equal(bench.problem, "");
}

static void a_drive_that_can_not_be_opened_says_which_and_why_and_what_to_do(void **state)
{
    static const struct {
        DWORD error;
        enum oi_status status;
        const char *words;
    } rows[] = {
        {2, OI_NOT_FOUND, "there is no such drive"},
        {3, OI_NOT_FOUND, "there is no such drive"},
        {5, OI_ACCESS_DENIED, "run as administrator"},
        {32, OI_LOCKED, "end that program"},
        {1167, OI_DEVICE_GONE, "unplugged"},
        {8, OI_OUT_OF_MEMORY, "memory"},
        {1234, OI_FAILED, "1234"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        windows.open_error = rows[i].error;
        assert_int_equal(open_drive(*state, "\\\\.\\d:"), rows[i].status);
        assert_null(bench.device);
        assert_non_null(strstr(bench.problem, "\\\\.\\d: can't be opened"));
        if (!strstr(bench.problem, rows[i].words))
            fail_msg("\"%s\" does not say \"%s\"", bench.problem, rows[i].words);
    }
}

static void a_path_that_is_no_text_is_no_drive(void **state)
{
    assert_int_equal(open_drive(*state, "\\\\.\\\xff:"), OI_NOT_FOUND);
    assert_int_equal(windows.last_handle, 0);
}

static void a_disk_is_not_taken_for_an_optical_drive(void **state)
{
    windows.device.bytes[8] = 0;
    assert_int_equal(open_drive(*state, "\\\\.\\c:"), OI_NOT_FOUND);
    assert_non_null(strstr(bench.problem, "\\\\.\\c: is no optical drive"));
    assert_int_equal(windows.commands, 0);
    windows.device.error = ERROR_NOT_SUPPORTED;
    windows.inquiry[0] = 0;
    assert_int_equal(open_drive(*state, "\\\\.\\c:"), OI_NOT_FOUND);
}

/* Limits. */

static struct oi_transfer_limits limits_of(struct bench *b)
{
    struct oi_transfer_limits limits;

    drive(b)->ops->limits(drive(b), &limits);
    return limits;
}

static void the_descriptor_of_the_adapter_tells_the_limits(void **state)
{
    struct oi_transfer_limits limits = limits_of(*state);

    assert_int_equal(limits.page_aligned_bytes, 262144);
    assert_int_equal(limits.not_page_aligned_bytes, 258048);
    assert_int_equal(limits.alignment, 2);
}

static void without_the_descriptor_the_capabilities_tell_them(void **state)
{
    windows.adapter.error = ERROR_NOT_SUPPORTED;
    assert_int_equal(limits_of(*state).page_aligned_bytes, 131072);
}

static void a_descriptor_too_short_to_tell_them_is_as_none(void **state)
{
    windows.adapter.len = 12;
    assert_int_equal(limits_of(*state).page_aligned_bytes, 131072);
}

static void without_either_they_are_those_of_every_adapter(void **state)
{
    windows.adapter.error = windows.capabilities.error = ERROR_ACCESS_DENIED;
    assert_int_equal(limits_of(*state).page_aligned_bytes, 65536);
    assert_int_equal(limits_of(*state).alignment, 4096);
}

/* Identity. */

static struct oi_device_identity identity_of(struct bench *b)
{
    struct oi_device_identity identity;

    assert_int_equal(drive(b)->ops->identity(drive(b), &identity), OI_OK);
    return identity;
}

static void windows_knows_who_the_drive_is_and_it_need_not_be_asked(void **state)
{
    struct oi_device_identity identity = identity_of(*state);

    assert_string_equal(identity.vendor, "ACME");
    assert_string_equal(identity.product, "DVD-RAM X1");
    assert_string_equal(identity.revision, "1.01");
    assert_int_equal(windows.commands, 0);
}

static void the_adapters_driver_may_have_kept_the_drives_own_words(void **state)
{
    uint8_t *bytes = windows.inquiry_data.bytes;

    windows.device.error = ERROR_NOT_SUPPORTED;
    windows.inquiry_data.error = ERROR_SUCCESS;
    windows.inquiry_data.len = 12 + 12 + 36;
    bytes[0] = 1;
    put32(bytes + 8, 12);
    bytes[13] = 1; /* target 1, as IOCTL_SCSI_GET_ADDRESS says */
    put32(bytes + 16, 36);
    memcpy(bytes + 24, "\x05\x80\x05\x02\x1f\0\0\0KEPT    BY THE ADAPTER  3.03", 36);
    assert_string_equal(identity_of(*state).vendor, "KEPT");
    assert_string_equal(identity_of(*state).product, "BY THE ADAPTER");
    assert_int_equal(windows.commands, 0);
}

static void at_last_the_drive_is_asked_itself(void **state)
{
    windows.device.error = ERROR_NOT_SUPPORTED;
    assert_string_equal(identity_of(*state).product, "INQUIRY DRIVE");
    assert_int_equal(windows.commands, 1);
    assert_int_equal((uintptr_t)windows.last.DataBuffer % 4096, 0);
}

static void what_was_learned_at_the_opening_is_known_while_another_holds_the_drive(void **state)
{
    windows.device.error = ERROR_NOT_SUPPORTED;
    drive(*state);
    windows.ending.error = ERROR_ACCESS_DENIED;
    assert_string_equal(identity_of(*state).product, "INQUIRY DRIVE");
}

static void a_drive_that_could_not_be_asked_is_asked_again_later(void **state)
{
    struct oi_device_identity identity;
    struct bench *b = *state;

    windows.device.error = ERROR_NOT_SUPPORTED;
    windows.ending.error = ERROR_ACCESS_DENIED;
    assert_int_equal(drive(b)->ops->identity(drive(b), &identity), OI_LOCKED);
    windows.ending = (struct ending){.scsi_status = 2, .sense = {0x70, 0, 2}, .sense_len = 18};
    assert_int_equal(drive(b)->ops->identity(drive(b), &identity), OI_BAD_RESPONSE);
    windows.ending = (struct ending){.moved = ALL};
    assert_string_equal(identity_of(b).product, "INQUIRY DRIVE");
}

/* Number. */

static void the_number_is_that_of_the_systems_cd_rom(void **state)
{
    uint32_t number;

    assert_int_equal(drive(*state)->ops->number(drive(*state), &number), OI_OK);
    assert_int_equal(number, 3);
}

static void the_number_of_something_else_and_no_number_are_none(void **state)
{
    uint32_t number;

    put32(windows.number.bytes, FILE_DEVICE_DISK);
    assert_int_equal(drive(*state)->ops->number(drive(*state), &number), OI_NOT_FOUND);
    windows.number.error = ERROR_NOT_SUPPORTED;
    assert_int_equal(drive(*state)->ops->number(drive(*state), &number), OI_NOT_FOUND);
}

/* The volume. */

static const char *volume_of(struct bench *b)
{
    static char name[OI_VOLUME_NAME_MAX];

    assert_int_equal(drive(b)->ops->volume_name(drive(b), name), OI_OK);
    return name;
}

static bool collect(void *context, const char *path)
{
    struct bench *b = context;

    strcat(strcat(b->paths, path), " ");
    return --b->most > 0;
}

static const char *paths_of(struct bench *b)
{
    b->paths[0] = '\0';
    assert_int_equal(drive(b)->ops->volume_paths(drive(b), collect, b), OI_OK);
    return b->paths;
}

static void a_drive_letter_leads_to_its_volume(void **state)
{
    windows.root = L"d:\\";
    windows.volumes[0] = VOLUME(L"1");
    assert_string_equal(volume_of(*state), VOLUME_UTF8("1"));
}

static void an_interface_path_leads_to_the_volume_with_the_same_device_number(void **state)
{
    struct bench *b = *state;

    windows.volumes[0] = VOLUME(L"1");
    windows.volumes[1] = VOLUME(L"2");
    windows.volume_numbers[0] = 2;
    windows.volume_numbers[1] = 3;
    assert_int_equal(open_drive(b, INTERFACE), OI_OK);
    assert_string_equal(volume_of(b), VOLUME_UTF8("2"));
    assert_int_equal(windows.access, 0); /* volumes of others are asked without touching them */
    assert_int_equal(windows.open_handles, 1);
}

static void a_drive_without_a_volume_has_an_empty_name_and_no_paths(void **state)
{
    assert_string_equal(volume_of(*state), "");
    assert_string_equal(paths_of(*state), "");
}

static void every_path_of_the_volume_is_told_until_nobody_wants_more(void **state)
{
    struct bench *b = *state;

    windows.root = L"d:\\";
    windows.volumes[0] = VOLUME(L"1");
    assert_string_equal(paths_of(b), ""); /* mounted nowhere */
    windows.paths = L"D:\\\0C:\\discs\\\x00e4\\\0";
    assert_string_equal(paths_of(b), "D:\\ C:\\discs\\\xc3\xa4\\ ");
    b->most = 1;
    assert_string_equal(paths_of(b), "D:\\ ");
}

/* Descriptors. */

static void a_descriptor_comes_as_windows_gives_it(void **state)
{
    struct oi_device *device = drive(*state);
    uint8_t bytes[256];
    uint32_t size = sizeof(bytes);

    assert_int_equal(device->ops->describe(device, OI_DESCRIPTION_DEVICE, bytes, &size), OI_OK);
    assert_int_equal(size, 96);
    assert_memory_equal(bytes, windows.device.bytes, 96);
    size = sizeof(bytes);
    assert_int_equal(device->ops->describe(device, OI_DESCRIPTION_ADAPTER, bytes, &size), OI_OK);
    assert_int_equal(size, 32);
    assert_memory_equal(bytes, windows.adapter.bytes, 32);
}

static void its_length_is_told_to_who_has_no_room_and_nothing_written_past_it(void **state)
{
    struct oi_device *device = drive(*state);
    uint8_t bytes[12] = {[10] = 0xaa, [11] = 0xaa};
    uint32_t size = 10;

    assert_int_equal(device->ops->describe(device, OI_DESCRIPTION_DEVICE, bytes, &size), OI_OK);
    assert_int_equal(size, 96);
    assert_memory_equal(bytes, windows.device.bytes, 10);
    assert_int_equal(bytes[10], 0xaa);
}

static void a_length_in_a_descriptor_is_not_believed(void **state)
{
    static const uint32_t sizes[] = {0, 1, 97, 5000, 0xffffffff};
    struct oi_device *device = drive(*state);

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint8_t bytes[256];
        uint32_t size = sizeof(bytes);

        put32(windows.device.bytes + 4, sizes[i]);
        assert_int_equal(device->ops->describe(device, OI_DESCRIPTION_DEVICE, bytes, &size), OI_OK);
        assert_int_equal(size, 96);
    }
}

static void more_bytes_than_there_was_room_for_did_not_come(void **state)
{
    struct oi_device *device = drive(*state);
    uint8_t bytes[2048];
    uint32_t size = sizeof(bytes);

    put32(windows.device.bytes + 4, 0xffffffff);
    windows.device.claimed = 100000;
    assert_int_equal(device->ops->describe(device, OI_DESCRIPTION_DEVICE, bytes, &size), OI_OK);
    assert_int_equal(size, 1024); /* what it is asked with */
}

static void a_driver_without_descriptors_describes_nothing(void **state)
{
    struct oi_device *device = drive(*state);
    uint32_t size = 16;
    uint8_t bytes[16];

    windows.device.error = ERROR_INVALID_FUNCTION;
    assert_int_equal(device->ops->describe(device, OI_DESCRIPTION_DEVICE, bytes, &size),
                     OI_NOT_FOUND);
    assert_int_equal(size, 0);
    windows.device.error = ERROR_DEV_NOT_EXIST;
    assert_int_equal(device->ops->describe(device, OI_DESCRIPTION_DEVICE, bytes, &size),
                     OI_DEVICE_GONE);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_drive_is_opened_by_its_path_for_reading_and_writing),
        CASE(a_drive_that_can_not_be_opened_says_which_and_why_and_what_to_do),
        CASE(a_path_that_is_no_text_is_no_drive),
        CASE(a_disk_is_not_taken_for_an_optical_drive),
        CASE(the_descriptor_of_the_adapter_tells_the_limits),
        CASE(without_the_descriptor_the_capabilities_tell_them),
        CASE(a_descriptor_too_short_to_tell_them_is_as_none),
        CASE(without_either_they_are_those_of_every_adapter),
        CASE(windows_knows_who_the_drive_is_and_it_need_not_be_asked),
        CASE(the_adapters_driver_may_have_kept_the_drives_own_words),
        CASE(at_last_the_drive_is_asked_itself),
        CASE(what_was_learned_at_the_opening_is_known_while_another_holds_the_drive),
        CASE(a_drive_that_could_not_be_asked_is_asked_again_later),
        CASE(the_number_is_that_of_the_systems_cd_rom),
        CASE(the_number_of_something_else_and_no_number_are_none),
        CASE(a_drive_letter_leads_to_its_volume),
        CASE(an_interface_path_leads_to_the_volume_with_the_same_device_number),
        CASE(a_drive_without_a_volume_has_an_empty_name_and_no_paths),
        CASE(every_path_of_the_volume_is_told_until_nobody_wants_more),
        CASE(a_descriptor_comes_as_windows_gives_it),
        CASE(its_length_is_told_to_who_has_no_room_and_nothing_written_past_it),
        CASE(a_length_in_a_descriptor_is_not_believed),
        CASE(more_bytes_than_there_was_room_for_did_not_come),
        CASE(a_driver_without_descriptors_describes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
