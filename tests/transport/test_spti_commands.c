/* SCSI commands through Windows, and every way in which they can end. */
#include "spti_double.h"

#include <stdio.h>
#include <string.h>
#include "spti_errors.h"

enum { SECTOR = 2048 };

static int setup(void **state)
{
    windows_reset();
    *state = opened();
    return 0;
}

static int teardown(void **state)
{
    struct oi_device *device = *state;

    device->ops->destroy(device);
    return windows.open_handles == 0 ? 0 : -1;
}

static struct oi_completion write_sectors(struct oi_device *device, uint16_t sectors)
{
    static uint8_t data[64 * SECTOR];

    return run(device, oi_cdb_write10(7, sectors), OI_DATA_OUT, data, sectors * SECTOR, 200000);
}

static struct oi_completion ready(struct oi_device *device, uint32_t timeout_ms)
{
    return run(device, oi_cdb_test_unit_ready(), OI_DATA_NONE, NULL, 0, timeout_ms);
}

/* What goes to the driver. */

static void
a_command_goes_out_in_the_layout_of_this_bitness_in_and_out_by_the_same_buffer(void **state)
{
    struct oi_cdb cdb = oi_cdb_write10(7, 16);

    assert_int_equal(write_sectors(*state, 16).status, OI_OK);
    assert_int_equal(windows.last.Length, sizeof(void *) == 8 ? 56 : 44);
    assert_int_equal(windows.last_in_size, windows.last_out_size);
    assert_true(windows.same_buffer);
    assert_int_equal(windows.last.CdbLength, 10);
    assert_memory_equal(windows.last.Cdb, cdb.bytes, 16);
    assert_int_equal(windows.last.DataIn, SCSI_IOCTL_DATA_OUT);
    assert_int_equal(windows.last.DataTransferLength, 16 * SECTOR);
    assert_int_equal(windows.last.SenseInfoLength, 32);
    assert_true(windows.last.SenseInfoOffset >= windows.last.Length);
    assert_true(windows.last.SenseInfoOffset + 32 <= windows.last_out_size);
    assert_int_equal(windows.last.TimeOutValue, 200);
}

static void a_command_without_data_has_no_buffer_and_no_direction(void **state)
{
    ready(*state, 10000);
    assert_int_equal(windows.last.DataIn, SCSI_IOCTL_DATA_UNSPECIFIED);
    assert_null(windows.last.DataBuffer);
    assert_int_equal(windows.last.DataTransferLength, 0);
}

static void a_buffer_goes_out_as_it_is_wherever_it_begins(void **state)
{
    uint8_t data[64];

    run(*state, oi_cdb_inquiry(36), OI_DATA_IN, data + 3, 36, 10000);
    assert_ptr_equal(windows.last.DataBuffer, data + 3);
    assert_int_equal(windows.last.DataIn, SCSI_IOCTL_DATA_IN);
}

static void time_outs_are_whole_seconds_rounded_up_and_never_none(void **state)
{
    static const struct {
        uint32_t ms;
        ULONG s;
    } rows[] = {{0, 1}, {1, 1}, {999, 1}, {1000, 1}, {1001, 2}, {10000, 10}, {0xffffffff, 4294968}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ready(*state, rows[i].ms);
        assert_int_equal(windows.last.TimeOutValue, rows[i].s);
    }
}

/* What comes back. */

static void a_good_command_tells_how_much_was_moved(void **state)
{
    struct oi_completion done = write_sectors(*state, 16);

    assert_int_equal(done.status, OI_OK);
    assert_int_equal(done.scsi_status, OI_SCSI_GOOD);
    assert_int_equal(done.moved, 16 * SECTOR);
    assert_int_equal(done.sense_len, 0);
    assert_string_equal(detail_of(*state), "");
}

static void a_short_transfer_with_good_status_shows_in_the_bytes_moved(void **state)
{
    struct oi_completion done;

    windows.ending.moved = 5 * SECTOR;
    done = write_sectors(*state, 16);
    assert_int_equal(done.status, OI_OK);
    assert_int_equal(done.scsi_status, OI_SCSI_GOOD);
    assert_int_equal(done.moved, 5 * SECTOR);
}

static void more_bytes_than_asked_for_are_no_answer(void **state)
{
    struct oi_completion done;

    windows.ending.moved = 16 * SECTOR + 1;
    done = write_sectors(*state, 16);
    assert_int_equal(done.status, OI_BAD_RESPONSE);
    assert_int_equal(done.moved, 0);
}

static void sense_comes_back_with_the_length_that_the_driver_reports(void **state)
{
    static const UCHAR lengths[] = {14, 18, 32};

    for (size_t i = 0; i < sizeof(lengths); i++) {
        struct oi_completion done;

        windows.ending = (struct ending){.scsi_status = 2,
                                         .moved = 0,
                                         .sense = {0x70, 0, 5, 0, 0, 0, 0, 24},
                                         .sense_len = lengths[i]};
        windows.ending.sense[12] = 0x21;
        windows.ending.sense[13] = 0x02;
        windows.ending.sense[31] = 0xab;
        done = write_sectors(*state, 16);
        assert_int_equal(done.status, OI_OK);
        assert_int_equal(done.scsi_status, OI_SCSI_CHECK_CONDITION);
        assert_int_equal(done.sense_len, lengths[i]);
        assert_int_equal(done.sense[12], 0x21);
        assert_int_equal(done.sense[13], 0x02);
        assert_int_equal(done.moved, 0);
    }
}

static void sense_of_an_impossible_length_is_that_of_fixed_format(void **state)
{
    static const UCHAR lengths[] = {0, 33, 255};

    for (size_t i = 0; i < sizeof(lengths); i++) {
        windows.ending =
            (struct ending){.scsi_status = 2, .sense = {0xf0, 0, 3}, .sense_len = lengths[i]};
        assert_int_equal(write_sectors(*state, 16).sense_len, 18);
    }
}

static void a_sense_buffer_that_nobody_has_filled_is_no_sense(void **state)
{
    windows.ending = (struct ending){.scsi_status = 2, .sense_len = 32};
    assert_int_equal(write_sectors(*state, 16).sense_len, 0);
}

static void sense_that_comes_with_good_status_is_left_alone(void **state)
{
    windows.ending =
        (struct ending){.scsi_status = 0, .moved = ALL, .sense = {0x70, 0, 5}, .sense_len = 18};
    assert_int_equal(write_sectors(*state, 16).sense_len, 0);
}

static void other_scsi_statuses_come_through(void **state)
{
    static const UCHAR statuses[] = {OI_SCSI_BUSY, OI_SCSI_RESERVATION_CONFLICT,
                                     OI_SCSI_TASK_SET_FULL};

    for (size_t i = 0; i < sizeof(statuses); i++) {
        struct oi_completion done;

        windows.ending = (struct ending){.scsi_status = statuses[i]};
        done = write_sectors(*state, 16);
        assert_int_equal(done.status, OI_OK);
        assert_int_equal(done.scsi_status, statuses[i]);
    }
}

/* Time. */

static void a_command_that_took_its_time_out_is_not_believed(void **state)
{
    struct oi_completion done;

    windows.ending.takes_us = 200 * 1000000ull;
    done = write_sectors(*state, 16);
    assert_int_equal(done.status, OI_TIMED_OUT);
    assert_int_equal(done.moved, 0);
    assert_string_equal(detail_of(*state), "it took 200 s, and was given 200 s");
    windows.ending.scsi_status = 2;
    assert_int_equal(write_sectors(*state, 16).status, OI_TIMED_OUT);
}

static void a_command_that_came_back_in_the_last_moment_is_believed(void **state)
{
    windows.ending.takes_us = 200 * 1000000ull - 1;
    assert_int_equal(write_sectors(*state, 16).status, OI_OK);
}

static void the_time_that_counts_is_the_one_the_driver_was_given(void **state)
{
    windows.ending.takes_us = 1500000;
    assert_int_equal(ready(*state, 1400).status, OI_OK); /* rounded up to two seconds */
    assert_int_equal(ready(*state, 1000).status, OI_TIMED_OUT);
}

/* Win32 errors. */

static void every_error_of_windows_has_its_status_and_words(void **state)
{
    static const struct {
        DWORD error;
        enum oi_status status;
    } rows[] = {
        {121, OI_TIMED_OUT},       {1117, OI_TIMED_OUT},
        {1111, OI_TIMED_OUT},      {995, OI_TIMED_OUT},
        {1167, OI_DEVICE_GONE},    {433, OI_DEVICE_GONE},
        {55, OI_DEVICE_GONE},      {31, OI_DEVICE_GONE},
        {2, OI_DEVICE_GONE},       {6, OI_DEVICE_GONE},
        {21, OI_BECOMING_READY},   {1110, OI_BECOMING_READY},
        {1112, OI_NO_MEDIA},       {5, OI_LOCKED},
        {32, OI_LOCKED},           {170, OI_LOCKED},
        {87, OI_INVALID_ARGUMENT}, {122, OI_INVALID_ARGUMENT},
        {1450, OI_NO_RESOURCES},   {1453, OI_NO_RESOURCES},
        {8, OI_OUT_OF_MEMORY},     {1, OI_FAILED},
        {50, OI_FAILED},           {1234567, OI_FAILED},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct oi_completion done;
        char number[32];

        windows.ending = (struct ending){.error = rows[i].error, .moved = ALL};
        done = write_sectors(*state, 16);
        if (done.status != rows[i].status)
            fail_msg("error %lu is %s", rows[i].error, oi_status_text(done.status));
        assert_int_equal(done.moved, 0);
        assert_int_equal(done.sense_len, 0);
        sprintf(number, "Windows error %lu: ", rows[i].error);
        assert_non_null(strstr(detail_of(*state), number));
    }
}

static void no_error_is_mapped_twice_and_the_last_row_is_for_all_others(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < spti_error_count; i++) {
        assert_ptr_equal(spti_error(spti_errors[i].code), &spti_errors[i]);
        assert_int_equal(spti_errors[i].code == 0, i == spti_error_count - 1);
        assert_true(strlen(spti_errors[i].words) + sizeof("Windows error 4294967295: ") <=
                    OI_DETAIL_MAX);
    }
}

static void the_words_of_a_failure_are_gone_after_the_next_command(void **state)
{
    windows.ending.error = ERROR_SEM_TIMEOUT;
    write_sectors(*state, 16);
    windows.ending = (struct ending){.scsi_status = 2, .sense = {0x70, 0, 2}, .sense_len = 18};
    write_sectors(*state, 16);
    assert_string_equal(detail_of(*state), "");
}

static void too_much_for_the_system_makes_the_limits_smaller_and_nothing_is_sent_twice(void **state)
{
    struct oi_device *device = *state;
    struct oi_transfer_limits limits;
    unsigned before = windows.commands;

    device->ops->limits(device, &limits);
    assert_int_equal(limits.page_aligned_bytes, 262144);
    windows.ending.error = ERROR_NO_SYSTEM_RESOURCES;
    assert_int_equal(run(device, oi_cdb_write10(0, 128), OI_DATA_OUT, device, 262144, 1000).status,
                     OI_NO_RESOURCES);
    assert_int_equal(windows.commands, before + 1);
    device->ops->limits(device, &limits);
    assert_int_equal(limits.page_aligned_bytes, 131072);
    assert_int_equal(limits.not_page_aligned_bytes, 126976);
}

static void a_short_command_that_was_too_much_leaves_the_limits_alone(void **state)
{
    struct oi_device *device = *state;
    struct oi_transfer_limits limits;

    windows.ending.error = ERROR_NO_SYSTEM_RESOURCES;
    ready(device, 1000);
    device->ops->limits(device, &limits);
    assert_int_equal(limits.page_aligned_bytes, 262144);
}

/* The tray. */

static struct oi_completion prevent(struct oi_device *device, bool prevents)
{
    return run(device, oi_cdb_prevent_allow_removal(prevents), OI_DATA_NONE, NULL, 0, 10000);
}

static void windows_keeps_the_tray_closed_so_that_it_opens_when_we_die(void **state)
{
    unsigned before = windows.commands;

    assert_int_equal(prevent(*state, true).status, OI_OK);
    assert_int_equal(windows.tray_kept, 1);
    assert_int_equal(prevent(*state, true).status, OI_OK); /* Windows counts: once is enough */
    assert_string_equal(windows.calls, "2d0940 ");
    assert_int_equal(prevent(*state, false).status, OI_OK);
    assert_int_equal(windows.tray_kept, 0);
    assert_int_equal(windows.commands, before);
}

static void an_allow_without_a_prevent_of_ours_goes_to_the_drive(void **state)
{
    unsigned before = windows.commands;

    assert_int_equal(prevent(*state, false).status, OI_OK);
    assert_string_equal(windows.calls, "");
    assert_int_equal(windows.commands, before + 1);
}

static void a_driver_that_keeps_no_trays_gets_the_command_and_at_the_end_its_undoing(void **state)
{
    struct oi_device *device;
    (void)state;

    device = opened();
    windows.ejection_error = ERROR_NOT_SUPPORTED;
    assert_int_equal(prevent(device, true).status, OI_OK);
    assert_int_equal(windows.last.Cdb[0], OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL);
    assert_int_equal(windows.last.Cdb[4], 1);
    windows.calls[0] = '\0';
    prevent(device, true);
    assert_string_equal(windows.calls, ""); /* it was asked once */
    device->ops->destroy(device);
    assert_int_equal(windows.last.Cdb[0], OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL);
    assert_int_equal(windows.last.Cdb[4], 0);
}

static void what_windows_fails_to_do_with_the_tray_the_drive_is_asked_itself(void **state)
{
    struct oi_completion done;

    windows.ejection_error = ERROR_NOT_READY;
    windows.ending = (struct ending){.scsi_status = 2, .sense = {0x70, 0, 2}, .sense_len = 18};
    windows.ending.sense[12] = 0x3a;
    done = prevent(*state, true);
    assert_int_equal(done.scsi_status, OI_SCSI_CHECK_CONDITION);
    assert_int_equal(done.sense[12], 0x3a);
}

static void a_persistent_prevent_is_the_drives_business(void **state)
{
    struct oi_cdb persistent = oi_cdb_prevent_allow_removal(true);
    unsigned before = windows.commands;

    persistent.bytes[4] = 3;
    run(*state, persistent, OI_DATA_NONE, NULL, 0, 10000);
    assert_string_equal(windows.calls, "");
    assert_int_equal(windows.commands, before + 1);
}

#define WITH_DRIVE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DRIVE(a_command_goes_out_in_the_layout_of_this_bitness_in_and_out_by_the_same_buffer),
        WITH_DRIVE(a_command_without_data_has_no_buffer_and_no_direction),
        WITH_DRIVE(a_buffer_goes_out_as_it_is_wherever_it_begins),
        WITH_DRIVE(time_outs_are_whole_seconds_rounded_up_and_never_none),
        WITH_DRIVE(a_good_command_tells_how_much_was_moved),
        WITH_DRIVE(a_short_transfer_with_good_status_shows_in_the_bytes_moved),
        WITH_DRIVE(more_bytes_than_asked_for_are_no_answer),
        WITH_DRIVE(sense_comes_back_with_the_length_that_the_driver_reports),
        WITH_DRIVE(sense_of_an_impossible_length_is_that_of_fixed_format),
        WITH_DRIVE(a_sense_buffer_that_nobody_has_filled_is_no_sense),
        WITH_DRIVE(sense_that_comes_with_good_status_is_left_alone),
        WITH_DRIVE(other_scsi_statuses_come_through),
        WITH_DRIVE(a_command_that_took_its_time_out_is_not_believed),
        WITH_DRIVE(a_command_that_came_back_in_the_last_moment_is_believed),
        WITH_DRIVE(the_time_that_counts_is_the_one_the_driver_was_given),
        WITH_DRIVE(every_error_of_windows_has_its_status_and_words),
        WITH_DRIVE(no_error_is_mapped_twice_and_the_last_row_is_for_all_others),
        WITH_DRIVE(the_words_of_a_failure_are_gone_after_the_next_command),
        WITH_DRIVE(too_much_for_the_system_makes_the_limits_smaller_and_nothing_is_sent_twice),
        WITH_DRIVE(a_short_command_that_was_too_much_leaves_the_limits_alone),
        WITH_DRIVE(windows_keeps_the_tray_closed_so_that_it_opens_when_we_die),
        WITH_DRIVE(an_allow_without_a_prevent_of_ours_goes_to_the_drive),
        WITH_DRIVE(a_driver_that_keeps_no_trays_gets_the_command_and_at_the_end_its_undoing),
        WITH_DRIVE(what_windows_fails_to_do_with_the_tray_the_drive_is_asked_itself),
        WITH_DRIVE(a_persistent_prevent_is_the_drives_business),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
