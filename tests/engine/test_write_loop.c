/* What the write engine does with data: how it cuts, what it sends, what it makes of the answers.
 */
#include "bench.h"
#include "scsi.h"

static void what_the_source_holds_is_what_the_disc_gets(void **state)
{
    struct bench *b = *state;

    assert_int_equal(bench_write(b, 4096), OI_OK);
    assert_disc_holds(b, 0, 4096);
    assert_int_equal(b->outcome.blocks_read, 4096);
    assert_int_equal(b->outcome.blocks_written, 4096);
}

static void every_command_is_as_long_as_the_transfer_limit_and_in_order(void **state)
{
    struct bench *b = *state;

    assert_int_equal(bench_write(b, 1024), OI_OK);
    assert_int_equal(b->drive.commands, 64);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(b->drive.log[i].opcode, OI_OP_WRITE10);
        assert_int_equal(b->drive.log[i].lba, 16 * i);
        assert_int_equal(b->drive.log[i].blocks, 16);
    }
}

static void the_first_write_may_take_longer_than_the_others(void **state)
{
    struct bench *b = *state;

    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->drive.log[0].timeout_ms, 300000);
    assert_int_equal(b->drive.log[1].timeout_ms, 200000);
    assert_int_equal(b->drive.log[3].timeout_ms, 200000);
}

static void an_unaligned_start_needs_one_short_command(void **state)
{
    struct bench *b = *state;

    b->section.start_lba = 5;
    assert_int_equal(bench_write(b, 2000), OI_OK);
    assert_int_equal(b->drive.log[0].blocks, 11);
    for (uint32_t i = 1; i + 1 < b->drive.commands; i++) {
        assert_int_equal(b->drive.log[i].lba % 16, 0);
        assert_int_equal(b->drive.log[i].blocks, 16);
    }
    assert_int_equal(b->drive.commands, 126);
    assert_int_equal(b->drive.log[125].blocks, 5);
    assert_disc_holds(b, 5, 2000);
}

static void a_write_that_is_too_much_for_the_system_goes_out_in_halves_from_then_on(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 1, 1, transport_failure(OI_NO_RESOURCES, 0));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_disc_holds(b, 0, 64);
    assert_int_equal(b->drive.commands, 8);
    assert_int_equal(b->drive.log[0].blocks, 16);
    assert_int_equal(b->drive.log[1].blocks, 16); /* refused */
    for (uint32_t i = 2; i < 8; i++) {
        assert_int_equal(b->drive.log[i].lba, 16 + 8 * (i - 2));
        assert_int_equal(b->drive.log[i].blocks, 8);
    }
    assert_int_equal(b->drive.answers.asked_count, 0); /* the drive was not in doubt */
}

static void halves_are_whole_write_units_while_one_fits(void **state)
{
    struct bench *b = *state;

    b->section.blocks_per_command = 80;
    bench_fail(b, 0, 1, transport_failure(OI_NO_RESOURCES, 0));
    assert_int_equal(bench_write(b, 160), OI_OK);
    assert_disc_holds(b, 0, 160);
    assert_int_equal(b->drive.log[1].blocks, 32);
}

static void a_system_that_can_not_take_one_block_fails_the_section(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 1, UINT32_MAX, transport_failure(OI_NO_RESOURCES, 0));
    assert_int_equal(bench_write(b, 64), OI_NO_RESOURCES);
    assert_int_equal(b->drive.commands, 6); /* 16, then 16, 8, 4, 2, 1 */
    assert_int_equal(b->drive.log[5].blocks, 1);
    assert_int_equal(b->outcome.blocks_written, 16);
    assert_int_equal(b->outcome.lba, 16);
    assert_int_equal(b->outcome.first_doubtful_lba, 16);
}

static void one_block_is_one_command(void **state)
{
    struct bench *b = *state;

    assert_int_equal(bench_write(b, 1), OI_OK);
    assert_int_equal(b->drive.commands, 1);
    assert_int_equal(b->drive.log[0].blocks, 1);
    assert_disc_holds(b, 0, 1);
}

static void a_pregap_is_written_at_negative_addresses(void **state)
{
    struct bench *b = *state;

    b->drive.first_lba = -150;
    b->section.start_lba = -150;
    b->section.profile = 0x0009;
    assert_int_equal(bench_write(b, 300), OI_OK);
    assert_int_equal(b->drive.log[0].lba, -150);
    assert_disc_holds(b, -150, 300);
    assert_int_equal(b->client.last.last_written_lba, 149);
}

static void audio_sectors_of_2352_bytes_are_cut_at_whole_blocks(void **state)
{
    struct bench *b = *state;

    b->section.block_bytes = b->drive.block_bytes = 2352;
    b->drive.disc_blocks = 4096;
    b->section.profile = 0x0009;
    b->section.blocks_per_command = oi_blocks_per_command(2352, 65536, 61440, 1);
    assert_int_equal(b->section.blocks_per_command, 26);
    assert_int_equal(bench_write(b, 3000), OI_OK);
    assert_int_equal(b->drive.log[0].blocks, 26);
    assert_disc_holds(b, 0, 3000);
}

static void short_reads_are_collected(void **state)
{
    struct bench *b = *state;

    b->source.most = 777;
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(b->drive.commands, 16);
    assert_disc_holds(b, 0, 256);
}

static void large_reads_are_asked_of_the_source(void **state)
{
    struct bench *b = *state;

    assert_int_equal(bench_write(b, 8192), OI_OK);
    assert_in_range(b->source.reads, 1, 24);
}

static void
data_that_ends_early_is_written_up_to_its_last_whole_block_and_never_padded(void **state)
{
    struct bench *b = *state;

    b->source.end_at = 100 * 2048 + 1000;
    assert_int_equal(bench_write(b, 256), OI_END_OF_DATA);
    assert_disc_holds(b, 0, 100);
    assert_int_equal(b->outcome.blocks_written, 100);
    assert_int_equal(b->outcome.progress.last_written_lba, 99);
    assert_int_equal(b->outcome.culprit, OI_BY_SOURCE);
    assert_int_equal(b->drive.disc[100 * 2048], 0);
}

static void an_empty_source_sends_nothing(void **state)
{
    struct bench *b = *state;

    b->source.end_at = 0;
    assert_int_equal(bench_write(b, 16), OI_END_OF_DATA);
    assert_int_equal(b->drive.commands, 0);
}

static void a_failing_read_ends_the_section_with_its_own_code(void **state)
{
    struct bench *b = *state;

    b->source.fail_at = 64 * 2048;
    b->source.fail_status = OI_FOREIGN;
    b->source.fail_foreign = (int32_t)0x80030002;
    assert_int_equal(bench_write(b, 256), OI_FOREIGN);
    assert_int_equal(b->outcome.foreign, (int32_t)0x80030002);
    assert_disc_holds(b, 0, 16);
}

static void what_a_failing_read_says_it_delivered_is_not_believed(void **state)
{
    struct bench *b = *state;

    b->source.fail_at = 64 * 2048 + 5;
    b->source.fail_with_data = true;
    b->source.fail_status = OI_FOREIGN;
    assert_int_equal(bench_write(b, 256), OI_FOREIGN);
    assert_int_equal(b->outcome.blocks_written, 16);
    assert_disc_holds(b, 0, 16);
}

static void a_source_that_does_not_open_ends_the_section_before_any_command(void **state)
{
    struct bench *b = *state;

    b->source.open_status = OI_FOREIGN;
    b->source.fail_foreign = 77;
    assert_int_equal(bench_write(b, 16), OI_FOREIGN);
    assert_int_equal(b->outcome.foreign, 77);
    assert_int_equal(b->drive.commands, 0);
    assert_int_equal(b->source.closes, 1);
}

static void a_drive_that_can_not_be_entered_gets_no_command(void **state)
{
    struct bench *b = *state;

    b->drive.enter_status = OI_FOREIGN;
    assert_int_equal(bench_write(b, 16), OI_FOREIGN);
    assert_int_equal(b->drive.commands, 0);
    assert_int_equal(b->drive.leaves, 1);
    assert_int_equal(b->source.closes, 1);
}

static void a_long_write_in_progress_is_waited_for_and_the_blocks_are_written_once(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 3, 2, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->drive.commands, 6);
    assert_int_equal(b->drive.log[3].lba, 48);
    assert_int_equal(b->drive.log[5].lba, 48);
    assert_int_equal(b->now_us, 2000 + 4000);
    assert_disc_holds(b, 0, 64);
}

static void a_busy_drive_is_given_up_after_three_minutes(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 1, UINT32_MAX, check_condition(OI_KEY_NOT_READY, 0x04, 0x07));
    assert_int_equal(bench_write(b, 64), OI_MEDIA_BUSY);
    assert_in_range(b->now_us, 180u * 1000000u, 181u * 1000000u);
    assert_int_equal(b->outcome.lba, 16);
    assert_int_equal(b->outcome.lba_blocks, 16);
    assert_true(b->outcome.attempts > 100);
    assert_int_equal(b->outcome.blocks_written, 16);
}

static void the_hinted_speed_sets_the_pace_of_the_retries(void **state)
{
    struct bench *b = *state;

    b->section.starting_speed = b->section.ending_speed = 680;
    bench_fail(b, 0, 1, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    assert_int_equal(bench_write(b, 16), OI_OK);
    assert_int_equal(b->now_us, 16 * 1000000 / 680);
}

static void a_recovered_error_is_success_and_is_counted(void **state)
{
    struct bench *b = *state;
    struct fault fault = {1, 1, check_condition(OI_KEY_RECOVERED_ERROR, 0x0c, 0x01), true};

    b->drive.faults[b->drive.fault_count++] = fault;
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->drive.commands, 4);
    assert_int_equal(b->outcome.recovered_errors, 1);
    assert_disc_holds(b, 0, 64);
}

static void a_deferred_recovered_error_means_that_this_write_must_be_issued_again(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 2, 1, deferred(OI_KEY_RECOVERED_ERROR, 0x0c, 0x01));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->drive.commands, 5);
    assert_disc_holds(b, 0, 64);
}

static void a_deferred_recovered_error_after_many_waits_is_still_harmless(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 2, 6, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    bench_fail(b, 8, 1, deferred(OI_KEY_RECOVERED_ERROR, 0x0c, 0x01));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_disc_holds(b, 0, 64);
}

static void a_deferred_medium_error_is_never_answered_by_a_repeat(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 2, 1, deferred(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 64), OI_DEVICE_ERROR);
    assert_int_equal(b->drive.commands, 3);
    assert_true(b->outcome.sense.deferred);
}

static void a_write_error_stops_at_once_and_says_where(void **state)
{
    struct bench *b = *state;

    b->section.profile = 0x001b;
    bench_fail(b, 5, 1, check_condition(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->drive.commands, 6);
    assert_int_equal(b->outcome.culprit, OI_BY_DRIVE);
    assert_int_equal(b->outcome.opcode, OI_OP_WRITE10);
    assert_int_equal(b->outcome.lba, 80);
    assert_int_equal(b->outcome.sense.asc, 0x0c);
    assert_int_equal(b->outcome.progress.last_written_lba, 79);
}

static void a_short_transfer_is_never_counted_as_written(void **state)
{
    struct bench *b = *state;
    struct oi_completion shorter = {.moved = 30000};

    bench_fail(b, 1, 1, shorter);
    assert_int_equal(bench_write(b, 64), OI_BAD_RESPONSE);
    assert_int_equal(b->outcome.blocks_written, 16);
}

static void a_unit_attention_before_the_first_write_is_news_from_before(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 0, 2, check_condition(OI_KEY_UNIT_ATTENTION, 0x28, 0x00));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->drive.commands, 6);
}

static void a_unit_attention_in_the_middle_is_fatal(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 2, 1, check_condition(OI_KEY_UNIT_ATTENTION, 0x28, 0x00));
    assert_int_equal(bench_write(b, 64), OI_BECOMING_READY);
    assert_int_equal(b->drive.commands, 3);
}

static void streaming_uses_write_12_with_the_streaming_bit(void **state)
{
    struct bench *b = *state;

    b->section.streaming = true;
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->drive.log[3].opcode, OI_OP_WRITE12);
    assert_true(b->drive.log[3].streaming);
    assert_false(b->outcome.fell_back);
    assert_disc_holds(b, 0, 64);
}

static void a_drive_without_write_12_gets_write_10(void **state)
{
    struct bench *b = *state;

    b->section.streaming = true;
    bench_fail(b, 0, 1, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x20, 0x00));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->drive.log[0].opcode, OI_OP_WRITE12);
    assert_int_equal(b->drive.log[1].opcode, OI_OP_WRITE10);
    assert_int_equal(b->drive.log[1].lba, 0);
    assert_int_equal(b->drive.log[4].opcode, OI_OP_WRITE10);
    assert_true(b->outcome.fell_back);
    assert_disc_holds(b, 0, 64);
}

static void a_write_12_unknown_in_the_middle_is_fatal(void **state)
{
    struct bench *b = *state;

    b->section.streaming = true;
    bench_fail(b, 2, 1, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x20, 0x00));
    assert_int_equal(bench_write(b, 64), OI_DEVICE_ERROR);
    assert_int_equal(b->drive.commands, 3);
}

static void a_streaming_bit_refused_in_the_middle_is_dropped(void **state)
{
    struct bench *b = *state;

    b->section.streaming = true;
    bench_fail(b, 2, 1, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x24, 0x00));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->drive.log[3].opcode, OI_OP_WRITE10);
    assert_int_equal(b->drive.log[3].lba, 32);
    assert_disc_holds(b, 0, 64);
}

static void a_code_of_a_foreign_recorder_passes_unchanged_and_is_not_retried(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 1, 1, transport_failure(OI_FOREIGN, (int32_t)0x80004005));
    assert_int_equal(bench_write(b, 64), OI_FOREIGN);
    assert_int_equal(b->outcome.foreign, (int32_t)0x80004005);
    assert_int_equal(b->drive.commands, 2);
}

static void the_first_failure_is_the_one_that_is_told(void **state)
{
    struct bench *b = *state;

    /* The source fails while the drive still has 16 blocks to take, and then the drive fails too.
     */
    b->source.fail_at = 16 * 2048;
    b->source.fail_status = OI_FOREIGN;
    b->source.fail_foreign = 4711;
    struct gate gate;
    struct oi_thread *thread;

    gate_init(&gate);
    b->drive.gate = &gate;
    bench_fail(b, 0, 1, check_condition(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    thread = bench_start(b, 64);
    assert_true(gate_has_visitor(&gate));
    assert_true(bench_source_is_free(b));
    gate_open(&gate);
    assert_int_equal(bench_join(b, thread), OI_FOREIGN);
    assert_int_equal(b->outcome.foreign, 4711);
    gate_fini(&gate);
}

static void a_section_after_a_failed_one_works(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 0, 1, check_condition(OI_KEY_HARDWARE_ERROR, 0x44, 0x00));
    assert_int_equal(bench_write(b, 64), OI_DEVICE_ERROR);
    assert_true(bench_rewind(b));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_disc_holds(b, 0, 64);
}

static void two_sections_may_share_one_stream(void **state)
{
    struct bench *b = *state;

    assert_int_equal(bench_write(b, 40), OI_OK);
    b->section.start_lba = 40;
    assert_int_equal(bench_write(b, 60), OI_OK);
    assert_disc_holds(b, 0, 100);
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(what_the_source_holds_is_what_the_disc_gets),
        BENCH_TEST(every_command_is_as_long_as_the_transfer_limit_and_in_order),
        BENCH_TEST(the_first_write_may_take_longer_than_the_others),
        BENCH_TEST(an_unaligned_start_needs_one_short_command),
        BENCH_TEST(a_write_that_is_too_much_for_the_system_goes_out_in_halves_from_then_on),
        BENCH_TEST(halves_are_whole_write_units_while_one_fits),
        BENCH_TEST(a_system_that_can_not_take_one_block_fails_the_section),
        BENCH_TEST(one_block_is_one_command),
        BENCH_TEST(a_pregap_is_written_at_negative_addresses),
        BENCH_TEST(audio_sectors_of_2352_bytes_are_cut_at_whole_blocks),
        BENCH_TEST(short_reads_are_collected),
        BENCH_TEST(large_reads_are_asked_of_the_source),
        BENCH_TEST(data_that_ends_early_is_written_up_to_its_last_whole_block_and_never_padded),
        BENCH_TEST(an_empty_source_sends_nothing),
        BENCH_TEST(a_failing_read_ends_the_section_with_its_own_code),
        BENCH_TEST(what_a_failing_read_says_it_delivered_is_not_believed),
        BENCH_TEST(a_source_that_does_not_open_ends_the_section_before_any_command),
        BENCH_TEST(a_drive_that_can_not_be_entered_gets_no_command),
        BENCH_TEST(a_long_write_in_progress_is_waited_for_and_the_blocks_are_written_once),
        BENCH_TEST(a_busy_drive_is_given_up_after_three_minutes),
        BENCH_TEST(the_hinted_speed_sets_the_pace_of_the_retries),
        BENCH_TEST(a_recovered_error_is_success_and_is_counted),
        BENCH_TEST(a_deferred_recovered_error_means_that_this_write_must_be_issued_again),
        BENCH_TEST(a_deferred_recovered_error_after_many_waits_is_still_harmless),
        BENCH_TEST(a_deferred_medium_error_is_never_answered_by_a_repeat),
        BENCH_TEST(a_write_error_stops_at_once_and_says_where),
        BENCH_TEST(a_short_transfer_is_never_counted_as_written),
        BENCH_TEST(a_unit_attention_before_the_first_write_is_news_from_before),
        BENCH_TEST(a_unit_attention_in_the_middle_is_fatal),
        BENCH_TEST(streaming_uses_write_12_with_the_streaming_bit),
        BENCH_TEST(a_drive_without_write_12_gets_write_10),
        BENCH_TEST(a_write_12_unknown_in_the_middle_is_fatal),
        BENCH_TEST(a_streaming_bit_refused_in_the_middle_is_dropped),
        BENCH_TEST(a_code_of_a_foreign_recorder_passes_unchanged_and_is_not_retried),
        BENCH_TEST(the_first_failure_is_the_one_that_is_told),
        BENCH_TEST(a_section_after_a_failed_one_works),
        BENCH_TEST(two_sections_may_share_one_stream),
    };

    return cmocka_run_group_tests_name("write loop", tests, NULL, NULL);
}
