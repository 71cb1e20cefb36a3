/* The three Send methods of IDiscRecorder2Ex: which CDBs they take, sense, data, sizes. */
#include "recorder_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const BYTE test_unit_ready[6] = {0};

static bool all_are(const BYTE *bytes, size_t count, BYTE value)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

/* == the length of a CDB == */

static bool only_range_is_checked(unsigned opcode)
{
    static const BYTE exempt[] = {0x02, 0x05, 0x06, 0x09, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x13, 0x14,
                                  0x19, 0x20, 0x21, 0x22, 0x23, 0x24, 0x26, 0x27, 0x29, 0x2c, 0x2d};

    return (opcode >= 0x60 && opcode <= 0x7f) || opcode >= 0xc0 ||
           memchr(exempt, (int)opcode, sizeof(exempt)) != NULL;
}

static bool length_is_right(unsigned opcode, ULONG length)
{
    if (length < 6 || length > 16)
        return false;
    if (only_range_is_checked(opcode))
        return true;
    if (opcode < 0x20)
        return length == 6;
    if (opcode < 0x60)
        return length == 10;
    return length == (opcode < 0xa0 ? 16u : 12u);
}

/* In an empty drive no command does harm, so every opcode can be tried with every length. */
static void a_cdb_has_the_length_of_its_opcode_group(void **state)
{
    IDiscRecorder2Ex *ex;

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        for (ULONG length = 0; length <= 17; length++) {
            BYTE cdb[17] = {(BYTE)opcode}, sense[SENSE];
            HRESULT hr = IDiscRecorder2Ex_SendCommandNoData(ex, cdb, length, sense, 10);

            if ((hr != E_INVALIDARG) != length_is_right(opcode, length))
                fail_msg("opcode %02x with %lu bytes gave 0x%08lx", opcode, length,
                         (unsigned long)hr);
        }
    }
}

static void the_length_is_checked_by_the_methods_with_data_too(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE inquiry[17] = {0x12, 0, 0, 0, 36}, select[17] = {0x55}, sense[SENSE], data[36];
    ULONG fetched;

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    for (ULONG length = 0; length <= 17; length++) {
        if (length != 6) {
            fetched = 99;
            memset(data, GUARD, sizeof(data));
            assert_hr(IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, length, sense, 10,
                                                                    data, sizeof(data), &fetched),
                      E_INVALIDARG);
            assert_int_equal(fetched, 0);
        }
        if (length != 10)
            assert_hr(IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, select, length, sense, 10,
                                                                   data, sizeof(data)),
                      E_INVALIDARG);
    }
    assert_true(strlen(rig_error()) > 0);
}

/* == sense == */

static void a_command_that_is_done_leaves_the_sense_buffer_zero(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE cdb[6] = {0}, inquiry[6] = {0x12, 0, 0, 0, 36}, sense[SENSE + 8], data[36];
    ULONG fetched = 0;

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    memset(sense, GUARD, sizeof(sense));
    assert_hr(IDiscRecorder2Ex_SendCommandNoData(ex, cdb, 6, sense, 10), S_OK);
    assert_true(all_are(sense, SENSE, 0));
    assert_true(all_are(sense + SENSE, 8, GUARD));
    memset(sense, GUARD, sizeof(sense));
    assert_hr(IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, 6, sense, 10, data, 36,
                                                            &fetched),
              S_OK);
    assert_true(all_are(sense, SENSE, 0));
    memset(sense, GUARD, sizeof(sense));
    assert_hr(rig_write(ex, 0, UNIT, 'x', sense), S_OK);
    assert_true(all_are(sense, SENSE, 0));
    assert_true(all_are(sense + SENSE, 8, GUARD));
}

static void a_refused_command_is_a_success_code_with_sense_in_fixed_format(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE unknown[10] = {0x5f}, sense[SENSE + 8];

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    memset(sense, GUARD, sizeof(sense));
    assert_hr(rig_command(ex, unknown, 10, sense), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_int_equal(sense[0] & 0x7f, 0x70);
    assert_string_equal(rig_sense(sense), "5/20/00");
    assert_int_equal(sense[7], 10);
    assert_true(all_are(sense + SENSE, 8, GUARD));
}

static void an_empty_drive_says_that_there_is_no_medium(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE sense[SENSE];

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    assert_hr(rig_command(ex, test_unit_ready, 6, sense), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_int_equal(sense[2] & 0x0f, 2);
    assert_int_equal(sense[12], 0x3a);
}

static void sense_reaches_the_caller_of_every_send_method(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE read[10] = {0x28, 0, 0, 0, 0, 0, 0, 0, 1}, sense[SENSE], *data = calloc(1, SECTOR);
    ULONG fetched = 99;
    HRESULT hr;

    (void)state;
    assert_non_null(data);
    rig_define("drive", "none");
    ex = rig_open("drive");
    memset(sense, 0, sizeof(sense));
    hr = IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, read, 10, sense, 10, data, SECTOR,
                                                       &fetched);
    free(data);
    assert_hr(hr, S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_int_equal(sense[12], 0x3a);
    assert_int_equal(fetched, 0);
    memset(sense, 0, sizeof(sense));
    assert_hr(rig_write(ex, 0, UNIT, 'x', sense), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_int_equal(sense[12], 0x3a);
}

/* == data == */

static void fetched_data_is_counted_and_nothing_else_is_touched(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE inquiry[6] = {0x12, 0, 0, 0, 36}, sense[SENSE], data[200];
    ULONG fetched = 0;

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    memset(data, GUARD, sizeof(data));
    assert_hr(IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, 6, sense, 10, data, 36,
                                                            &fetched),
              S_OK);
    assert_int_equal(fetched, 36);
    assert_int_equal(data[0], 5);
    assert_true(all_are(data + 36, sizeof(data) - 36, GUARD));
    /* The allocation length is shorter than the buffer. */
    inquiry[4] = 5;
    memset(data, GUARD, sizeof(data));
    assert_hr(IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, 6, sense, 10, data,
                                                            sizeof(data), &fetched),
              S_OK);
    assert_int_equal(fetched, 5);
    assert_int_equal(data[4], 31);
    assert_true(all_are(data + 5, 36 - 5, GUARD) || all_are(data + 5, 36 - 5, 0));
}

static void an_allocation_length_beyond_the_buffer_does_not_overrun_it(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE inquiry[6] = {0x12, 0, 0, 0, 96}, sense[SENSE], data[32];
    ULONG fetched = 0;
    HRESULT hr;

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    memset(data, GUARD, sizeof(data));
    hr =
        IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, 6, sense, 10, data, 8, &fetched);
    assert_true(fetched <= 8);
    assert_true(all_are(data + 8, sizeof(data) - 8, GUARD));
    if (hr == S_OK)
        assert_int_equal(data[0], 5);
}

static void a_buffer_may_lie_at_any_address(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE *data = malloc(UNIT * SECTOR + 8), *back = malloc(UNIT * SECTOR + 8);
    BYTE write[10] = {0x2a, 0, 0, 0, 0, 0, 0, 0, UNIT},
         read[10] = {0x28, 0, 0, 0, 0, 0, 0, 0, UNIT};
    BYTE sense[SENSE];
    ULONG fetched = 0;

    (void)state;
    assert_non_null(data);
    assert_non_null(back);
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    for (size_t i = 0; i < UNIT * SECTOR + 8; i++)
        data[i] = (BYTE)(i * 7 + i / 251);
    assert_hr(IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, write, 10, sense, 60, data + 3,
                                                           UNIT * SECTOR),
              S_OK);
    assert_hr(rig_sync(ex), S_OK);
    assert_hr(IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, read, 10, sense, 60, back + 5,
                                                            UNIT * SECTOR, &fetched),
              S_OK);
    assert_int_equal(fetched, UNIT * SECTOR);
    assert_memory_equal(back + 5, data + 3, UNIT * SECTOR);
    free(data);
    free(back);
}

static void an_empty_buffer_is_e_invalidarg(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE inquiry[6] = {0x12, 0, 0, 0, 36}, select[10] = {0x55, 0x10}, sense[SENSE], data[36];
    ULONG fetched = 99;

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    assert_hr(
        IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, 6, sense, 10, data, 0, &fetched),
        E_INVALIDARG);
    assert_int_equal(fetched, 0);
    assert_hr(IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, select, 10, sense, 10, data, 0),
              E_INVALIDARG);
}

/* == sizes == */

static void the_transfer_limits_fit_each_other(void **state)
{
    IDiscRecorder2Ex *ex;
    ULONG alignment = 0, aligned = 0, any = 0;

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    assert_hr(IDiscRecorder2Ex_GetByteAlignmentMask(ex, &alignment), S_OK);
    assert_hr(IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(ex, &aligned), S_OK);
    assert_hr(IDiscRecorder2Ex_GetMaximumNonPageAlignedTransferSize(ex, &any), S_OK);
    assert_true(alignment > 0);
    assert_int_equal(alignment & (alignment - 1), 0);
    assert_int_equal(aligned % 4096, 0);
    assert_true(aligned >= UNIT * SECTOR);
    /* Wine says 32 KiB of every drive, in eight pages: one less for what begins within a page. */
    assert_true(any >= UNIT * SECTOR - (rig_on_drive() ? 4096 : 0));
    assert_true(any <= aligned);
}

/* A WRITE of exactly `bytes` from a page-aligned buffer; the first one of a disc. */
static HRESULT write_bytes(IDiscRecorder2Ex *ex, ULONG bytes)
{
    BYTE cdb[10] = {0x2a, 0, 0, 0, 0, 0, 0, (BYTE)(bytes / SECTOR >> 8), (BYTE)(bytes / SECTOR)};
    BYTE sense[SENSE], *data = VirtualAlloc(NULL, bytes, MEM_COMMIT, PAGE_READWRITE);
    HRESULT hr;

    assert_non_null(data);
    hr = IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, cdb, 10, sense, 60, data, bytes);
    VirtualFree(data, 0, MEM_RELEASE);
    return hr;
}

static void a_transfer_of_the_largest_size_works_and_one_sector_more_is_e_invalidarg(void **state)
{
    IDiscRecorder2Ex *ex;
    ULONG most = 0;

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    assert_hr(IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(ex, &most), S_OK);
    assert_hr(write_bytes(ex, most + SECTOR), E_INVALIDARG);
    assert_true(strlen(rig_error()) > 0);
    assert_int_equal(rig_next_writable(ex), 0);
    assert_hr(write_bytes(ex, most), S_OK);
    assert_hr(rig_sync(ex), S_OK);
    assert_int_equal(rig_next_writable(ex), most / SECTOR);
}

static void a_read_larger_than_the_largest_size_is_e_invalidarg(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE inquiry[6] = {0x12, 0, 0, 0, 36}, sense[SENSE], *data;
    ULONG most = 0, fetched = 99;
    HRESULT hr;

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    assert_hr(IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(ex, &most), S_OK);
    data = VirtualAlloc(NULL, most + 4096, MEM_COMMIT, PAGE_READWRITE);
    assert_non_null(data);
    hr = IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, 6, sense, 10, data, most + 1,
                                                       &fetched);
    VirtualFree(data, 0, MEM_RELEASE);
    assert_hr(hr, E_INVALIDARG);
    assert_int_equal(fetched, 0);
}

/* A drive may refuse it, or do a part of it: the interface has no way to say that but a failure. */
static void data_that_does_not_fit_the_command_is_never_success(void **state)
{
    static const ULONG sectors[] = {1, UNIT - 1, UNIT + 1, 2 * UNIT};
    IDiscRecorder2Ex *ex;
    BYTE write[10] = {0x2a, 0, 0, 0, 0, 0, 0, 0, UNIT}, sense[SENSE];
    BYTE *data = calloc(2 * UNIT, SECTOR);

    (void)state;
    assert_non_null(data);
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    for (size_t i = 0; i < sizeof(sectors) / sizeof(sectors[0]); i++)
        assert_hr_in(IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, write, 10, sense, 60, data,
                                                                  sectors[i] * SECTOR),
                     S_IMAPI_COMMAND_HAS_SENSE_DATA, E_INVALIDARG,
                     E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE);
    free(data);
    assert_int_equal(rig_next_writable(ex), 0);
}

/* == strictness of the drive, as far as a client must rely on it == */

static void a_dvd_plus_r_is_written_at_its_next_writable_address_only(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE sense[SENSE];

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    assert_hr(rig_write(ex, UNIT, UNIT, 'x', sense), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_string_equal(rig_sense(sense), "5/21/02");
    assert_hr(rig_write(ex, 0, UNIT, 'x', NULL), S_OK);
    assert_hr(rig_write(ex, 0, UNIT, 'y', sense), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_string_equal(rig_sense(sense), "5/21/02");
}

/* It is waited for inside the recorder, which nobody else can count. */
static void a_busy_drive_is_told_in_words_with_how_often_it_was_asked(void **state)
{
    static const char script[] = "start stop unit: busy\n";
    static const BYTE start_stop_unit[6] = {0x1b};
    IDiscRecorder2Ex *ex;

    (void)state;
    rig_define_as("drive", "medium = none\r\nfaults = busy.txt\r\n");
    rig_write_file("busy.txt", script, sizeof(script) - 1);
    ex = rig_open("drive");
    assert_hr(rig_command(ex, start_stop_unit, sizeof(start_stop_unit), NULL), E_FAIL);
    assert_non_null(strstr(rig_error(), "START STOP UNIT failed: the drive is busy (SCSI status "
                                        "BUSY), at all 11 attempts within 1.0 s."));
}

#define TEST(name) cmocka_unit_test_teardown(name, rig_clear)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_cdb_has_the_length_of_its_opcode_group),
        TEST(the_length_is_checked_by_the_methods_with_data_too),
        TEST(a_command_that_is_done_leaves_the_sense_buffer_zero),
        TEST(a_refused_command_is_a_success_code_with_sense_in_fixed_format),
        TEST(an_empty_drive_says_that_there_is_no_medium),
        TEST(sense_reaches_the_caller_of_every_send_method),
        TEST(fetched_data_is_counted_and_nothing_else_is_touched),
        TEST(an_allocation_length_beyond_the_buffer_does_not_overrun_it),
        TEST(a_buffer_may_lie_at_any_address),
        TEST(an_empty_buffer_is_e_invalidarg),
        TEST(the_transfer_limits_fit_each_other),
        TEST(a_transfer_of_the_largest_size_works_and_one_sector_more_is_e_invalidarg),
        TEST(a_read_larger_than_the_largest_size_is_e_invalidarg),
        TEST(data_that_does_not_fit_the_command_is_never_success),
        TEST(a_busy_drive_is_told_in_words_with_how_often_it_was_asked),
        TEST(a_dvd_plus_r_is_written_at_its_next_writable_address_only),
    };

    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
