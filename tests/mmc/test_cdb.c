/* Every builder against bytes written down from the command descriptions of MMC-6 and SPC-3. */
#include "cmocka_env.h"
#include "cdb.h"

static void assert_cdb(struct oi_cdb cdb, const uint8_t *bytes, size_t len)
{
    uint8_t padded[OI_CDB_MAX] = {0};

    memcpy(padded, bytes, len);
    assert_int_equal(cdb.len, len);
    assert_memory_equal(cdb.bytes, padded, sizeof padded);
}

#define CDB_IS(cdb, ...)                                                                           \
    assert_cdb(cdb, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void commands_about_the_drive_are_built_as_the_standard_lays_them_out(void **state)
{
    (void)state;
    CDB_IS(oi_cdb_test_unit_ready(), 0, 0, 0, 0, 0, 0);
    CDB_IS(oi_cdb_request_sense(18), 0x03, 0, 0, 0, 18, 0);
    CDB_IS(oi_cdb_inquiry(0x0124), 0x12, 0, 0, 0x01, 0x24, 0);
    CDB_IS(oi_cdb_prevent_allow_removal(true), 0x1e, 0, 0, 0, 1, 0);
    CDB_IS(oi_cdb_prevent_allow_removal(false), 0x1e, 0, 0, 0, 0, 0);
    CDB_IS(oi_cdb_start_stop_unit(OI_UNIT_STOP, false), 0x1b, 0, 0, 0, 0, 0);
    CDB_IS(oi_cdb_start_stop_unit(OI_UNIT_START, true), 0x1b, 1, 0, 0, 1, 0);
    CDB_IS(oi_cdb_start_stop_unit(OI_UNIT_EJECT, false), 0x1b, 0, 0, 0, 2, 0);
    CDB_IS(oi_cdb_start_stop_unit(OI_UNIT_LOAD, false), 0x1b, 0, 0, 0, 3, 0);
    CDB_IS(oi_cdb_get_configuration(OI_CONFIGURATION_ALL, 0, 0xfffe), 0x46, 0, 0, 0, 0, 0, 0, 0xff,
           0xfe, 0);
    CDB_IS(oi_cdb_get_configuration(OI_CONFIGURATION_CURRENT, 0, 8), 0x46, 1, 0, 0, 0, 0, 0, 0, 8,
           0);
    CDB_IS(oi_cdb_get_configuration(OI_CONFIGURATION_ONE, 0x0107, 16), 0x46, 2, 0x01, 0x07, 0, 0, 0,
           0, 16, 0);
    CDB_IS(oi_cdb_get_event_status(0x10, 8), 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0);
}

static void mode_commands_carry_page_control_page_and_the_save_bit(void **state)
{
    (void)state;
    CDB_IS(oi_cdb_mode_sense10(OI_PAGE_CURRENT, 0x05, false, 0x0203), 0x5a, 0x08, 0x05, 0, 0, 0, 0,
           0x02, 0x03, 0);
    CDB_IS(oi_cdb_mode_sense10(OI_PAGE_CHANGEABLE, 0x2a, true, 60), 0x5a, 0, 0x6a, 0, 0, 0, 0, 0,
           60, 0);
    CDB_IS(oi_cdb_mode_sense10(OI_PAGE_SAVED, OI_PAGE_ALL, true, 60), 0x5a, 0, 0xff, 0, 0, 0, 0, 0,
           60, 0);
    CDB_IS(oi_cdb_mode_sense10(OI_PAGE_DEFAULT, 0x41, true, 60), 0x5a, 0, 0x81, 0, 0, 0, 0, 0, 60,
           0);
    CDB_IS(oi_cdb_mode_select10(false, 60), 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0);
    CDB_IS(oi_cdb_mode_select10(true, 0x0102), 0x55, 0x11, 0, 0, 0, 0, 0, 0x01, 0x02, 0);
}

static void commands_about_the_disc_are_built_as_the_standard_lays_them_out(void **state)
{
    (void)state;
    CDB_IS(oi_cdb_read_capacity(), 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    CDB_IS(oi_cdb_read_format_capacities(0x00fc), 0x23, 0, 0, 0, 0, 0, 0, 0x00, 0xfc, 0);
    CDB_IS(oi_cdb_read_disc_information(34), 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0);
    CDB_IS(oi_cdb_read_track_information(OI_BY_TRACK, 0xff, 36), 0x52, 1, 0, 0, 0, 0xff, 0, 0, 36,
           0);
    CDB_IS(oi_cdb_read_track_information(OI_BY_LBA, 0x01020304, 48), 0x52, 0, 1, 2, 3, 4, 0, 0, 48,
           0);
    CDB_IS(oi_cdb_read_track_information(OI_BY_SESSION, 2, 48), 0x52, 2, 0, 0, 0, 2, 0, 0, 48, 0);
    CDB_IS(oi_cdb_read_toc(4, true, 0, 28), 0x43, 2, 4, 0, 0, 0, 0, 0, 28, 0);
    CDB_IS(oi_cdb_read_toc(0, false, 0xaa, 0x0324), 0x43, 0, 0, 0, 0, 0, 0xaa, 0x03, 0x24, 0);
    CDB_IS(oi_cdb_read_disc_structure(OI_STRUCTURE_BD, 0x0a0b0c0d, 1, 0x30, 3, 0x1004), 0xad, 1,
           0x0a, 0x0b, 0x0c, 0x0d, 1, 0x30, 0x10, 0x04, 0xc0, 0);
    CDB_IS(oi_cdb_read_disc_structure(OI_STRUCTURE_DVD, 0, 0, 0, 0, 2052), 0xad, 0, 0, 0, 0, 0, 0,
           0, 0x08, 0x04, 0, 0);
    CDB_IS(oi_cdb_send_disc_structure(0x20, 12), 0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 12, 0, 0);
}

static void a_transfer_carries_its_address_as_twos_complement(void **state)
{
    (void)state;
    CDB_IS(oi_cdb_write10(-150, 26), 0x2a, 0, 0xff, 0xff, 0xff, 0x6a, 0, 0, 26, 0);
    CDB_IS(oi_cdb_write10(0x01020304, 0xfffe), 0x2a, 0, 1, 2, 3, 4, 0, 0xff, 0xfe, 0);
    CDB_IS(oi_cdb_read10(0x01020304, 0x0506), 0x28, 0, 1, 2, 3, 4, 0, 5, 6, 0);
    CDB_IS(oi_cdb_write12(-1, 0x01020304, false), 0xaa, 0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 0,
           0);
    CDB_IS(oi_cdb_read12(16, 32, false), 0xa8, 0, 0, 0, 0, 16, 0, 0, 0, 32, 0, 0);
}

static void streaming_sets_bit_7_of_byte_10_and_never_fua(void **state)
{
    (void)state;
    CDB_IS(oi_cdb_write12(32, 32, true), 0xaa, 0, 0, 0, 0, 32, 0, 0, 0, 32, 0x80, 0);
    CDB_IS(oi_cdb_read12(32, 32, true), 0xa8, 0, 0, 0, 0, 32, 0, 0, 0, 32, 0x80, 0);
}

static void commands_around_the_writing_are_built_as_the_standard_lays_them_out(void **state)
{
    (void)state;
    CDB_IS(oi_cdb_synchronize_cache(true), 0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0);
    CDB_IS(oi_cdb_synchronize_cache(false), 0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    CDB_IS(oi_cdb_read_buffer_capacity(false, 12), 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0);
    CDB_IS(oi_cdb_read_buffer_capacity(true, 12), 0x5c, 1, 0, 0, 0, 0, 0, 0, 12, 0);
    CDB_IS(oi_cdb_set_cd_speed(true, 0xffff, 0x1b90), 0xbb, 1, 0xff, 0xff, 0x1b, 0x90, 0, 0, 0, 0,
           0, 0);
    CDB_IS(oi_cdb_set_streaming(28), 0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0);
    CDB_IS(oi_cdb_get_performance(3, 0, 0, 0x0102), 0xac, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0);
    CDB_IS(oi_cdb_get_performance(0, 0x14, 0x01020304, 1), 0xac, 0x14, 1, 2, 3, 4, 0, 0, 0, 1, 0,
           0);
    CDB_IS(oi_cdb_send_opc(true, 0), 0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    CDB_IS(oi_cdb_send_opc(false, 8), 0x54, 0, 0, 0, 0, 0, 0, 0, 8, 0);
    CDB_IS(oi_cdb_reserve_track(0x00230d40), 0x53, 0, 0, 0, 0, 0x00, 0x23, 0x0d, 0x40, 0);
    CDB_IS(oi_cdb_send_cue_sheet(0x010203), 0x5d, 0, 0, 0, 0, 0, 1, 2, 3, 0);
    CDB_IS(oi_cdb_format_unit(), 0x04, 0x11, 0, 0, 0, 0);
    CDB_IS(oi_cdb_close_track_session(OI_CLOSE_SESSION, 0, true), 0x5b, 1, 2, 0, 0, 0, 0, 0, 0, 0);
    CDB_IS(oi_cdb_close_track_session(OI_CLOSE_TRACK, 0x0123, false), 0x5b, 0, 1, 0, 0x01, 0x23, 0,
           0, 0, 0);
    CDB_IS(oi_cdb_close_track_session(OI_CLOSE_FINALIZE, 0, false), 0x5b, 0, 6, 0, 0, 0, 0, 0, 0,
           0);
    CDB_IS(oi_cdb_blank(OI_BLANK_MINIMAL, 0, true), 0xa1, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    CDB_IS(oi_cdb_blank(OI_BLANK_TRACK_TAIL, 0x01020304, false), 0xa1, 4, 1, 2, 3, 4, 0, 0, 0, 0, 0,
           0);
}

static void a_format_list_has_header_and_one_descriptor(void **state)
{
    static const uint8_t dvd_plus_rw[] = {0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x26 << 2, 0, 0, 1};
    static const uint8_t bd_re[] = {0, 0, 0, 8, 0x00, 0xb4, 0x74, 0x00, 0x30 << 2 | 2, 1, 2, 3};
    uint8_t list[OI_FORMAT_LIST_BYTES];

    (void)state;
    oi_format_list(list, UINT32_MAX, 0x26, 0, 1, true);
    assert_memory_equal(list, dvd_plus_rw, sizeof list);
    oi_format_list(list, 11826176, 0x30, 2, 0x010203, false);
    assert_memory_equal(list, bd_re, sizeof list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_about_the_drive_are_built_as_the_standard_lays_them_out),
        cmocka_unit_test(mode_commands_carry_page_control_page_and_the_save_bit),
        cmocka_unit_test(commands_about_the_disc_are_built_as_the_standard_lays_them_out),
        cmocka_unit_test(a_transfer_carries_its_address_as_twos_complement),
        cmocka_unit_test(streaming_sets_bit_7_of_byte_10_and_never_fua),
        cmocka_unit_test(commands_around_the_writing_are_built_as_the_standard_lays_them_out),
        cmocka_unit_test(a_format_list_has_header_and_one_descriptor),
    };

    return cmocka_run_group_tests_name("cdb", tests, NULL, NULL);
}
