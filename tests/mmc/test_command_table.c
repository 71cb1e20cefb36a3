#include "cmocka_env.h"
#include "cdb.h"
#include "command_table.h"

static void known_commands_have_the_standards_names(void **state)
{
    (void)state;
    assert_string_equal(oi_command_info(OI_OP_WRITE10)->name, "WRITE (10)");
    assert_string_equal(oi_command_info(OI_OP_SEND_DISC_STRUCTURE)->name, "SEND DISC STRUCTURE");
    assert_string_equal(oi_command_info(OI_OP_TEST_UNIT_READY)->name, "TEST UNIT READY");
}

static void an_unknown_command_is_named_by_its_number(void **state)
{
    (void)state;
    assert_string_equal(oi_command_info(0xc7)->name, "command C7h");
    assert_string_equal(oi_command_info(0x01)->name, "command 01h");
    assert_string_equal(oi_command_info(0xff)->name, "command FFh");
}

static void every_operation_code_has_a_row_of_its_own_with_a_time_out(void **state)
{
    (void)state;
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        const struct oi_command_info *info = oi_command_info((uint8_t)opcode);

        assert_int_equal(info->opcode, opcode);
        assert_true(info->timeout_ms >= 10000);
        for (unsigned other = 0; other < opcode; other++)
            assert_string_not_equal(info->name, oi_command_info((uint8_t)other)->name);
    }
}

static void long_commands_are_given_the_time_they_need(void **state)
{
    (void)state;
    assert_int_equal(oi_command_info(OI_OP_WRITE10)->timeout_ms, 200000);
    assert_int_equal(oi_command_info(OI_OP_WRITE12)->timeout_ms, 200000);
    assert_int_equal(oi_command_info(OI_OP_SYNCHRONIZE_CACHE)->timeout_ms, 900000);
    assert_int_equal(oi_command_info(OI_OP_CLOSE_TRACK_SESSION)->timeout_ms, 3600000);
    assert_int_equal(oi_command_info(OI_OP_BLANK)->timeout_ms, 9600000);
    assert_int_equal(oi_command_info(OI_OP_FORMAT_UNIT)->timeout_ms, 18000000);
    assert_int_equal(oi_command_info(OI_OP_START_STOP_UNIT)->timeout_ms, 240000);
    assert_int_equal(oi_command_info(OI_OP_SEND_OPC_INFORMATION)->timeout_ms, 180000);
    assert_int_equal(oi_command_info(OI_OP_TEST_UNIT_READY)->timeout_ms, 10000);
}

static void the_direction_of_data_is_known(void **state)
{
    (void)state;
    assert_int_equal(oi_command_info(OI_OP_TEST_UNIT_READY)->data, OI_COMMAND_NO_DATA);
    assert_int_equal(oi_command_info(OI_OP_READ10)->data, OI_COMMAND_READS);
    assert_int_equal(oi_command_info(OI_OP_WRITE12)->data, OI_COMMAND_SENDS);
    assert_int_equal(oi_command_info(OI_OP_MODE_SELECT10)->data, OI_COMMAND_SENDS);
    assert_int_equal(oi_command_info(OI_OP_MODE_SENSE10)->data, OI_COMMAND_READS);
}

static void a_cdb_shorter_than_6_or_longer_than_16_is_never_right(void **state)
{
    (void)state;
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        assert_false(oi_cdb_length_ok((uint8_t)opcode, 0));
        assert_false(oi_cdb_length_ok((uint8_t)opcode, 5));
        assert_false(oi_cdb_length_ok((uint8_t)opcode, 17));
        assert_false(oi_cdb_length_ok((uint8_t)opcode, UINT32_MAX));
    }
}

/* The lengths of the rule's text, group by group, each at its first and last operation code. */
static void a_cdb_has_the_length_of_its_group(void **state)
{
    static const struct {
        uint8_t first, last;
        uint32_t len;
    } groups[] = {
        {0x00, 0x1f, 6}, {0x2a, 0x3f, 10}, {0x40, 0x5f, 10}, {0x80, 0x9f, 16}, {0xa0, 0xbf, 12}};

    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        for (uint32_t len = 6; len <= 16; len++) {
            assert_int_equal(oi_cdb_length_ok(groups[i].first, len), len == groups[i].len);
            assert_int_equal(oi_cdb_length_ok(groups[i].last, len), len == groups[i].len);
        }
    }
}

static void some_groups_and_old_commands_may_have_any_length(void **state)
{
    static const uint8_t opcodes[] = {
        0x60, 0x7f, 0xc0, 0xff, 0x02, 0x05, 0x06, 0x09, 0x0c, 0x0d, 0x0e, 0x0f, 0x10,
        0x13, 0x14, 0x19, 0x20, 0x21, 0x22, 0x23, 0x24, 0x26, 0x27, 0x29, 0x2c, 0x2d,
    };

    (void)state;
    for (size_t i = 0; i < sizeof opcodes; i++) {
        for (uint32_t len = 6; len <= 16; len++)
            assert_true(oi_cdb_length_ok(opcodes[i], len));
    }
}

static void what_the_builders_make_passes_the_length_rule(void **state)
{
    const struct oi_cdb cdbs[] = {
        oi_cdb_test_unit_ready(),
        oi_cdb_format_unit(),
        oi_cdb_read10(0, 1),
        oi_cdb_write12(0, 1, false),
        oi_cdb_read_track_information(OI_BY_TRACK, 1, 36),
        oi_cdb_set_streaming(28),
    };

    (void)state;
    for (size_t i = 0; i < sizeof cdbs / sizeof cdbs[0]; i++)
        assert_true(oi_cdb_length_ok(cdbs[i].bytes[0], cdbs[i].len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_commands_have_the_standards_names),
        cmocka_unit_test(an_unknown_command_is_named_by_its_number),
        cmocka_unit_test(every_operation_code_has_a_row_of_its_own_with_a_time_out),
        cmocka_unit_test(long_commands_are_given_the_time_they_need),
        cmocka_unit_test(the_direction_of_data_is_known),
        cmocka_unit_test(a_cdb_shorter_than_6_or_longer_than_16_is_never_right),
        cmocka_unit_test(a_cdb_has_the_length_of_its_group),
        cmocka_unit_test(some_groups_and_old_commands_may_have_any_length),
        cmocka_unit_test(what_the_builders_make_passes_the_length_rule),
    };

    return cmocka_run_group_tests_name("command table", tests, NULL, NULL);
}
