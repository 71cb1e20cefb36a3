/* Incidents in the middle of a section: what is written again, what is counted as written, and what
 * makes the section fail. The drive's answers are the bench's. */
#include "bench.h"
#include <stdlib.h>
#include <string.h>
#include "reaction.h"
#include "scsi.h"

enum { DVD_PLUS_R = 0x001b, DVD_PLUS_RW = 0x001a };

static struct bench_answers *sequential(struct bench *b)
{
    b->section.profile = DVD_PLUS_R;
    b->drive.answers.next = NEXT_TRUE;
    return &b->drive.answers;
}

static void news(struct bench *b, struct oi_completion completion)
{
    b->drive.answers.news[b->drive.answers.news_count++] = completion;
}

static uint32_t asked(const struct bench *b, uint8_t opcode)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < b->drive.answers.asked_count; i++)
        count += b->drive.answers.asked[i] == opcode;
    return count;
}

static void a_healthy_section_asks_the_drive_once_where_it_stands(void **state)
{
    struct bench *b = *state;

    sequential(b);
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(b->drive.answers.asked_count, 1);
    assert_int_equal(b->drive.answers.asked[0], OI_OP_READ_TRACK_INFORMATION);
    assert_int_equal(b->outcome.first_doubtful_lba, 256);
}

static void a_healthy_section_on_a_random_medium_asks_nothing(void **state)
{
    struct bench *b = *state;

    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(b->drive.answers.asked_count, 0);
}

static void a_write_that_timed_out_and_was_executed_is_counted(void **state)
{
    struct bench *b = *state;
    struct fault fault = {3, 1, transport_failure(OI_TIMED_OUT, 0), true};

    sequential(b);
    b->drive.faults[b->drive.fault_count++] = fault;
    assert_int_equal(bench_write(b, 128), OI_OK);
    assert_int_equal(b->drive.commands, 8);
    assert_int_equal(b->drive.log[4].lba, 64);
    assert_disc_holds(b, 0, 128);
}

static void a_write_that_timed_out_and_was_not_executed_is_issued_again(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 3, 1, transport_failure(OI_TIMED_OUT, 0));
    assert_int_equal(bench_write(b, 128), OI_OK);
    assert_int_equal(b->drive.commands, 9);
    assert_int_equal(b->drive.log[4].lba, 48);
    assert_disc_holds(b, 0, 128);
}

static void a_time_out_is_fatal_where_the_drive_tells_no_address(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_UNKNOWN;
    bench_fail(b, 3, 1, transport_failure(OI_TIMED_OUT, 0));
    assert_int_equal(bench_write(b, 128), OI_TIMED_OUT);
    assert_int_equal(b->drive.commands, 4);
    assert_int_equal(b->outcome.lba, 48);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void a_drive_that_always_times_out_is_given_up(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 3, UINT32_MAX, transport_failure(OI_TIMED_OUT, 0));
    assert_int_equal(bench_write(b, 128), OI_TIMED_OUT);
    assert_int_equal(b->drive.commands, 3 + 1 + OI_REPOSITIONS_MAX);
}

static void take_a_while(void *context, uint32_t command)
{
    enum { WHILE_US = 200 * 1000 * 1000 };
    struct bench *b = context;

    if (command >= 3)
        atomic_fetch_add(&b->now_us, WHILE_US);
}

static void attempts_and_time_count_on_when_a_recovery_comes_back_to_the_same_address(void **state)
{
    struct bench *b = *state;

    sequential(b);
    b->drive.hook = take_a_while;
    b->drive.hook_context = b;
    bench_fail(b, 3, UINT32_MAX, transport_failure(OI_TIMED_OUT, 0));
    assert_int_equal(bench_write(b, 128), OI_TIMED_OUT);
    assert_int_equal(b->outcome.lba, 48);
    assert_int_equal(b->outcome.attempts, 1 + OI_REPOSITIONS_MAX);
    assert_int_equal(b->outcome.elapsed_us, 800u * 1000 * 1000);
}

/* The drive has lost what it had in its buffer: 48 of the 80 blocks it accepted. */
static void lose_48_blocks(void *context, uint32_t command)
{
    struct bench *b = context;

    if (command != 5)
        return;
    b->drive.recorded_end = 32;
    memset(b->drive.disc + 32 * 2048, 0, 48 * 2048);
}

static void lose_48_blocks_at_the_sixth_write(struct bench *b)
{
    b->drive.hook = lose_48_blocks;
    b->drive.hook_context = b;
    bench_fail(b, 5, 1, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
}

static void what_a_reset_took_from_the_buffer_is_written_again(void **state)
{
    struct bench *b = *state;

    sequential(b);
    lose_48_blocks_at_the_sixth_write(b);
    assert_int_equal(bench_write(b, 2048), OI_OK);
    assert_int_equal(b->drive.log[6].lba, 32);
    assert_int_equal(b->outcome.blocks_replayed, 48);
    assert_false(b->client.went_back);
    assert_disc_holds(b, 0, 2048);
}

static void an_address_that_is_reached_again_by_way_of_lost_blocks_is_tried_once_more(void **state)
{
    struct bench *b = *state;

    sequential(b);
    lose_48_blocks_at_the_sixth_write(b);
    bench_fail(b, 9, 1, check_condition(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 2048), OI_DEVICE_ERROR);
    assert_int_equal(b->drive.log[5].lba, 80);
    assert_int_equal(b->drive.log[9].lba, 80);
    assert_int_equal(b->outcome.lba, 80);
    assert_int_equal(b->outcome.attempts, 2);
}

static void a_failure_elsewhere_has_its_own_attempts_and_time(void **state)
{
    struct bench *b = *state;

    sequential(b);
    b->drive.hook = take_a_while;
    b->drive.hook_context = b;
    bench_fail(b, 3, 2, transport_failure(OI_TIMED_OUT, 0));
    bench_fail(b, 6, 1, check_condition(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 128), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.lba, 64);
    assert_int_equal(b->outcome.attempts, 1);
    assert_int_equal(b->outcome.elapsed_us, 200u * 1000 * 1000);
}

static void after_a_reset_a_random_medium_gets_the_last_buffer_once_more(void **state)
{
    struct bench *b = *state;

    b->drive.answers.buffer_bytes = 1 << 20;
    lose_48_blocks_at_the_sixth_write(b);
    assert_int_equal(bench_write(b, 2048), OI_OK);
    assert_int_equal(b->drive.log[6].lba, 0);
    assert_disc_holds(b, 0, 2048);
}

static void lose_everything_late(void *context, uint32_t command)
{
    struct bench *b = context;

    if (command == 400)
        b->drive.recorded_end = 16;
}

static void a_reset_that_lost_more_than_is_kept_names_the_first_lost_block(void **state)
{
    struct bench *b = *state;

    sequential(b);
    b->drive.hook = lose_everything_late;
    b->drive.hook_context = b;
    bench_fail(b, 400, 1, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
    assert_int_equal(bench_write(b, 8192), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.lba, 6400);
    assert_int_equal(b->outcome.first_doubtful_lba, 16);
    assert_int_equal(b->drive.commands, 401);
}

static void a_random_medium_that_lost_more_than_is_kept_fails(void **state)
{
    struct bench *b = *state;

    b->drive.answers.buffer_bytes = 12 << 20;
    bench_fail(b, 400, 1, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
    assert_int_equal(bench_write(b, 8192), OI_DEVICE_ERROR);
    assert_in_range(b->outcome.first_doubtful_lba, 0, 6400 - (12 << 20) / 2048);
}

static void a_reset_seen_only_when_asked_counts_all_the_same(void **state)
{
    struct bench *b = *state;

    sequential(b);
    b->drive.hook = lose_48_blocks;
    b->drive.hook_context = b;
    bench_fail(b, 5, 1, transport_failure(OI_TIMED_OUT, 0));
    news(b, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
    assert_int_equal(bench_write(b, 2048), OI_OK);
    assert_int_equal(b->drive.log[6].lba, 32);
    assert_disc_holds(b, 0, 2048);
}

static void another_disc_after_a_time_out_is_the_end(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 5, 1, transport_failure(OI_TIMED_OUT, 0));
    news(b, check_condition(OI_KEY_UNIT_ATTENTION, 0x28, 0x00));
    assert_int_equal(bench_write(b, 256), OI_TIMED_OUT);
    assert_int_equal(b->drive.commands, 6);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void a_drive_that_gets_ready_slowly_is_waited_for(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 5, 1, check_condition(OI_KEY_ABORTED_COMMAND, 0x47, 0x00));
    for (int i = 0; i < 5; i++)
        news(b, check_condition(OI_KEY_NOT_READY, 0x04, 0x01));
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(b->now_us, 5 * 100000);
    assert_disc_holds(b, 0, 256);
}

static void an_aborted_command_is_tried_once_more_and_not_twice(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 5, 2, check_condition(OI_KEY_ABORTED_COMMAND, 0x00, 0x00));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->drive.commands, 7);
    assert_int_equal(b->outcome.first_doubtful_lba, 80);
}

static void a_write_at_an_address_that_is_taken_is_not_counted_as_ours(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->drive.answers.next_lba = 16;
    bench_fail(b, 0, UINT32_MAX, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x21, 0x02));
    assert_int_equal(bench_write(b, 64), OI_DEVICE_ERROR);
    assert_int_equal(b->drive.commands, 1);
    assert_int_equal(b->outcome.blocks_written, 0);
}

static void a_lost_status_of_an_executed_write_is_found_by_the_address(void **state)
{
    struct bench *b = *state;
    struct fault fault = {4, 1, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x21, 0x02), true};

    sequential(b);
    b->drive.faults[b->drive.fault_count++] = fault;
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(b->drive.commands, 16);
    assert_disc_holds(b, 0, 256);
}

static void a_sequence_error_is_answered_by_synchronizing_first(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 4, 1, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x2c, 0x00));
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(b->drive.answers.asked[0], OI_OP_SYNCHRONIZE_CACHE);
    assert_disc_holds(b, 0, 256);
}

static void a_drive_that_sleeps_is_started(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 4, 1, check_condition(OI_KEY_NOT_READY, 0x04, 0x02));
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(asked(b, OI_OP_START_STOP_UNIT), 1);
    assert_disc_holds(b, 0, 256);
}

static void missing_sense_is_asked_for(void **state)
{
    struct bench *b = *state;
    struct oi_completion without = {.scsi_status = OI_SCSI_CHECK_CONDITION};

    sequential(b);
    b->drive.answers.key = OI_KEY_NOT_READY;
    b->drive.answers.asc = 0x04;
    b->drive.answers.ascq = 0x08;
    bench_fail(b, 4, 1, without);
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(asked(b, OI_OP_REQUEST_SENSE), 1);
    assert_int_equal(b->drive.commands, 17);
    assert_disc_holds(b, 0, 256);
}

static void sense_that_can_not_be_had_leaves_the_decision_to_the_address(void **state)
{
    struct bench *b = *state;
    struct fault fault = {4, 1, {.scsi_status = OI_SCSI_CHECK_CONDITION}, true};

    sequential(b);
    b->drive.faults[b->drive.fault_count++] = fault;
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(b->drive.commands, 16);
    assert_disc_holds(b, 0, 256);
}

static void a_deferred_error_names_the_block_it_is_about(void **state)
{
    struct bench *b = *state;
    struct oi_completion late = deferred(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00);

    sequential(b);
    late.sense[0] |= 0x80;
    late.sense[6] = 37;
    bench_fail(b, 10, 1, late);
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.lba, 160);
    assert_int_equal(b->outcome.first_doubtful_lba, 37);
}

static void a_deferred_error_without_address_makes_all_doubtful(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 10, 1, deferred(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void a_deferred_error_in_answer_to_the_last_question_is_not_lost(void **state)
{
    struct bench *b = *state;

    sequential(b);
    news(b, deferred(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
    assert_int_equal(b->outcome.sense.asc, 0x0c);
    assert_false(b->outcome.not_recorded);
}

static void a_deferred_error_in_answer_to_a_question_on_the_way_is_not_lost(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 5, 1, check_condition(OI_KEY_ABORTED_COMMAND, 0x00, 0x00));
    news(b, deferred(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->drive.commands, 6);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void after_a_failure_a_random_medium_is_asked_for_news_too(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 7, 1, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x63, 0x00));
    news(b, deferred(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.sense.asc, 0x63);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void a_time_out_of_a_question_may_have_been_a_reset(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 7, 1, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x63, 0x00));
    news(b, transport_failure(OI_TIMED_OUT, 0));
    news(b, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x24, 0x00));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void a_deferred_error_does_not_hide_what_a_reset_lost(void **state)
{
    struct bench *b = *state;
    struct oi_completion late = deferred(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00);

    sequential(b);
    late.sense[0] |= 0x80;
    late.sense[6] = 70;
    lose_48_blocks_at_the_sixth_write(b);
    news(b, late);
    assert_int_equal(bench_write(b, 2048), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.first_doubtful_lba, 32);
}

static void the_last_question_is_asked_again_when_it_is_put_off(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    news(b, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    news(b, check_condition(OI_KEY_ABORTED_COMMAND, 0x47, 0x00));
    news(b, transport_failure(OI_TIMED_OUT, 0));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_true(b->outcome.not_recorded);
}

static void a_drive_that_is_gone_at_the_last_question_has_not_succeeded(void **state)
{
    struct bench *b = *state;

    sequential(b);
    news(b, transport_failure(OI_DEVICE_GONE, 0));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_GONE);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void a_drive_that_does_not_know_the_last_question_is_believed(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    news(b, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x20, 0x00));
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(b->drive.answers.asked_count, 1);
}

static void a_drive_that_records_nothing_is_found_out(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_true(b->outcome.not_recorded);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
    assert_in_range(b->now_us, 10u * 1000000u, 11u * 1000000u);
}

static void catch_up(void *context, uint32_t command)
{
    struct bench *b = context;

    (void)command;
    if (b->drive.answers.next_lba < 256)
        b->drive.answers.next_lba += 16;
}

/* NEXT_FIXED, moved on by every question: what a drive does that tells what it has recorded. */
static void a_drive_that_tells_its_address_late_is_waited_for(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->drive.answers.asked_hook = catch_up;
    b->drive.hook_context = b;
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_true(b->drive.answers.asked_count >= 16);
}

static void a_reset_after_the_last_write_is_noticed_and_mended(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->drive.answers.next_lba = 128;
    b->drive.answers.asked_hook = catch_up;
    b->drive.hook_context = b;
    news(b, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(b->outcome.blocks_replayed, 256 - 160);
    assert_int_equal(b->drive.log[16].lba, 160);
    assert_disc_holds(b, 0, 256);
}

static void a_rewind_from_the_end_is_no_attempt_at_the_address_it_leads_to(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->now_us = 1000 * 1000 * 1000;
    news(b, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
    bench_fail(b, 8, 1, check_condition(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 128), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.blocks_replayed, 128);
    assert_int_equal(b->outcome.lba, 0);
    assert_int_equal(b->outcome.attempts, 1);
    assert_int_equal(b->outcome.elapsed_us, 0);
}

static void cancel_at_the_third_question(void *context, uint32_t question)
{
    struct bench *b = context;

    if (question == 3)
        assert_true(oi_engine_cancel(&b->engine));
}

static void a_cancel_ends_the_wait_for_a_drive_that_records_nothing(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->drive.answers.asked_hook = cancel_at_the_third_question;
    b->drive.hook_context = b;
    assert_int_equal(bench_write(b, 256), OI_CANCELLED);
    assert_int_equal(b->drive.answers.asked_count, 3);
}

static void lose_48_blocks_and_cancel(void *context, uint32_t command)
{
    struct bench *b = context;

    lose_48_blocks(b, command);
    if (command == 6)
        assert_true(oi_engine_cancel(&b->engine));
}

static void a_cancel_amid_what_is_written_again_names_how_far_that_has_come(void **state)
{
    struct bench *b = *state;

    sequential(b);
    lose_48_blocks_at_the_sixth_write(b);
    b->drive.hook = lose_48_blocks_and_cancel;
    assert_int_equal(bench_write(b, 2048), OI_CANCELLED);
    assert_int_equal(b->outcome.blocks_written, 80);
    assert_int_equal(b->outcome.first_doubtful_lba, 48);
}

static void a_disc_that_may_be_another_proves_nothing(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 5, 1, check_condition(OI_KEY_UNIT_ATTENTION, 0x28, 0x00));
    assert_int_equal(bench_write(b, 256), OI_BECOMING_READY);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void a_failed_write_and_an_address_padded_by_a_reset_prove_nothing(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->drive.answers.next_lba = 96;
    bench_fail(b, 5, 1, check_condition(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    news(b, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void the_last_lba_there_is_is_looked_after_like_any_other(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->section.start_lba = b->drive.first_lba = INT32_MAX - 31;
    b->drive.answers.next_lba = INT32_MAX - 31;
    assert_int_equal(bench_write(b, 32), OI_DEVICE_ERROR);
    assert_true(b->outcome.not_recorded);
    assert_int_equal(b->outcome.first_doubtful_lba, INT32_MAX - 31);
    assert_int_equal(b->client.last.last_written_lba, INT32_MAX);
}

static void go_to_and_fro(void *context, uint32_t question)
{
    struct bench *b = context;

    b->drive.answers.next_lba = question % 2 ? 16 : 32;
    if (question == 1000)
        assert_true(oi_engine_cancel(&b->engine));
}

static void a_drive_whose_address_goes_to_and_fro_is_given_up(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->drive.answers.asked_hook = go_to_and_fro;
    b->drive.hook_context = b;
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_in_range(b->outcome.first_doubtful_lba, 16, 32);
}

static void a_drive_that_is_reset_by_every_start_is_given_up(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 4, UINT32_MAX, check_condition(OI_KEY_NOT_READY, 0x04, 0x02));
    for (int i = 0; i < FAULTS_MAX; i++)
        news(b, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
    b->drive.answers.news_only = OI_OP_START_STOP_UNIT;
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(asked(b, OI_OP_START_STOP_UNIT), 1 + OI_REPOSITIONS_MAX);
    assert_int_equal(b->outcome.first_doubtful_lba, 64);
}

static void what_synchronizing_can_not_record_is_not_lost_sight_of(void **state)
{
    struct bench *b = *state;

    sequential(b);
    bench_fail(b, 4, 1, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x2c, 0x00));
    news(b, check_condition(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(b->drive.commands, 5);
    assert_int_equal(b->outcome.sense.asc, 0x0c);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

/* The question fails without sense; asked for it, the drive has been reset. */
static void news_that_comes_without_sense_is_asked_for(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->drive.answers.next_lba = 272;
    b->drive.answers.key = OI_KEY_UNIT_ATTENTION;
    b->drive.answers.asc = 0x29;
    news(b, scsi_status(OI_SCSI_CHECK_CONDITION));
    assert_int_equal(bench_write(b, 256), OI_DEVICE_ERROR);
    assert_int_equal(asked(b, OI_OP_REQUEST_SENSE), 1);
    assert_int_equal(b->outcome.first_doubtful_lba, 0);
}

static void a_deferred_error_and_a_reset_name_the_earlier_of_what_they_lost(void **state)
{
    struct bench *b = *state;
    struct oi_completion late = deferred(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00);

    sequential(b);
    late.sense[0] |= 0x80;
    late.sense[6] = 70;
    b->drive.hook = lose_48_blocks;
    b->drive.hook_context = b;
    bench_fail(b, 5, 1, transport_failure(OI_TIMED_OUT, 0));
    news(b, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
    news(b, late);
    assert_int_equal(bench_write(b, 256), OI_TIMED_OUT);
    assert_int_equal(b->outcome.first_doubtful_lba, 32);
}

static void after_a_time_out_a_random_medium_gets_the_last_buffer_once_more(void **state)
{
    struct bench *b = *state;

    b->drive.hook = lose_48_blocks;
    b->drive.hook_context = b;
    bench_fail(b, 5, 1, transport_failure(OI_TIMED_OUT, 0));
    assert_int_equal(bench_write(b, 2048), OI_OK);
    assert_int_equal(b->outcome.blocks_replayed, 80);
    assert_int_equal(asked(b, OI_OP_READ_BUFFER_CAPACITY), 0);
    assert_disc_holds(b, 0, 2048);
}

/* All that is kept at that moment is one slot, as much as the drive's buffer holds. */
static void a_buffer_and_the_unit_behind_it_are_kept_wherever_the_slots_end(void **state)
{
    struct bench *b = *state;
    uint32_t first_of_a_slot = 1 + 17 * 32;

    b->drive.disc_blocks = 9000;
    b->drive.disc = realloc(b->drive.disc, (size_t)b->drive.disc_blocks * 2048);
    assert_non_null(b->drive.disc);
    b->drive.answers.buffer_bytes = 1 << 20;
    bench_fail(b, 520, 1, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    bench_fail(b, first_of_a_slot + 1, 1, check_condition(OI_KEY_UNIT_ATTENTION, 0x29, 0x00));
    assert_int_equal(bench_write(b, 8960), OI_OK);
    assert_true(b->outcome.blocks_replayed >= 512 + 16 + 1);
    assert_disc_holds(b, 0, 8960);
}

static void a_drive_said_to_be_very_slow_is_given_up_after_a_quarter_of_an_hour(void **state)
{
    struct bench *b = *state;

    b->section.starting_speed = b->section.ending_speed = 1;
    bench_fail(b, 1, UINT32_MAX, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    assert_int_equal(bench_write(b, 64), OI_MEDIA_BUSY);
    assert_in_range(b->now_us, 900u * 1000000u, 901u * 1000000u);
}

static void every_block_that_gets_on_earns_the_drive_new_patience(void **state)
{
    struct bench *b = *state;

    sequential(b);
    for (uint32_t i = 0; i < OI_REPOSITIONS_MAX + 2; i++)
        bench_fail(b, 2 + 2 * i, 1, transport_failure(OI_TIMED_OUT, 0));
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_disc_holds(b, 0, 256);
}

static void an_address_before_the_section_puts_no_more_than_the_section_in_doubt(void **state)
{
    struct bench *b = *state;

    sequential(b)->next = NEXT_FIXED;
    b->section.start_lba = 64;
    b->drive.answers.next_lba = 32;
    assert_int_equal(bench_write(b, 64), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.first_doubtful_lba, 64);
}

static void a_sequence_error_on_a_cd_does_not_end_its_track(void **state)
{
    struct bench *b = *state;

    sequential(b);
    b->section.profile = 0x0009;
    bench_fail(b, 4, 1, check_condition(OI_KEY_ILLEGAL_REQUEST, 0x2c, 0x00));
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_int_equal(asked(b, OI_OP_SYNCHRONIZE_CACHE), 0);
    assert_disc_holds(b, 0, 256);
}

static void a_drive_is_asked_for_its_buffer_only_after_more_than_any_buffer_holds(void **state)
{
    struct bench *b = *state;

    b->drive.disc_blocks = 9000;
    b->drive.disc = realloc(b->drive.disc, (size_t)b->drive.disc_blocks * 2048);
    assert_non_null(b->drive.disc);
    bench_fail(b, 100, 1, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    bench_fail(b, 520, 3, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    bench_fail(b, 540, 3, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    assert_int_equal(bench_write(b, 8960), OI_OK);
    assert_int_equal(asked(b, OI_OP_READ_BUFFER_CAPACITY), 1);
    assert_disc_holds(b, 0, 8960);
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_healthy_section_asks_the_drive_once_where_it_stands),
        BENCH_TEST(a_healthy_section_on_a_random_medium_asks_nothing),
        BENCH_TEST(a_write_that_timed_out_and_was_executed_is_counted),
        BENCH_TEST(a_write_that_timed_out_and_was_not_executed_is_issued_again),
        BENCH_TEST(a_time_out_is_fatal_where_the_drive_tells_no_address),
        BENCH_TEST(a_drive_that_always_times_out_is_given_up),
        BENCH_TEST(attempts_and_time_count_on_when_a_recovery_comes_back_to_the_same_address),
        BENCH_TEST(what_a_reset_took_from_the_buffer_is_written_again),
        BENCH_TEST(an_address_that_is_reached_again_by_way_of_lost_blocks_is_tried_once_more),
        BENCH_TEST(a_failure_elsewhere_has_its_own_attempts_and_time),
        BENCH_TEST(after_a_reset_a_random_medium_gets_the_last_buffer_once_more),
        BENCH_TEST(a_reset_that_lost_more_than_is_kept_names_the_first_lost_block),
        BENCH_TEST(a_random_medium_that_lost_more_than_is_kept_fails),
        BENCH_TEST(a_reset_seen_only_when_asked_counts_all_the_same),
        BENCH_TEST(another_disc_after_a_time_out_is_the_end),
        BENCH_TEST(a_drive_that_gets_ready_slowly_is_waited_for),
        BENCH_TEST(an_aborted_command_is_tried_once_more_and_not_twice),
        BENCH_TEST(a_write_at_an_address_that_is_taken_is_not_counted_as_ours),
        BENCH_TEST(a_lost_status_of_an_executed_write_is_found_by_the_address),
        BENCH_TEST(a_sequence_error_is_answered_by_synchronizing_first),
        BENCH_TEST(a_drive_that_sleeps_is_started),
        BENCH_TEST(missing_sense_is_asked_for),
        BENCH_TEST(sense_that_can_not_be_had_leaves_the_decision_to_the_address),
        BENCH_TEST(a_deferred_error_names_the_block_it_is_about),
        BENCH_TEST(a_deferred_error_without_address_makes_all_doubtful),
        BENCH_TEST(a_deferred_error_in_answer_to_the_last_question_is_not_lost),
        BENCH_TEST(a_deferred_error_in_answer_to_a_question_on_the_way_is_not_lost),
        BENCH_TEST(after_a_failure_a_random_medium_is_asked_for_news_too),
        BENCH_TEST(a_time_out_of_a_question_may_have_been_a_reset),
        BENCH_TEST(a_deferred_error_does_not_hide_what_a_reset_lost),
        BENCH_TEST(the_last_question_is_asked_again_when_it_is_put_off),
        BENCH_TEST(a_drive_that_is_gone_at_the_last_question_has_not_succeeded),
        BENCH_TEST(a_drive_that_does_not_know_the_last_question_is_believed),
        BENCH_TEST(a_drive_that_records_nothing_is_found_out),
        BENCH_TEST(a_drive_that_tells_its_address_late_is_waited_for),
        BENCH_TEST(a_reset_after_the_last_write_is_noticed_and_mended),
        BENCH_TEST(a_rewind_from_the_end_is_no_attempt_at_the_address_it_leads_to),
        BENCH_TEST(a_cancel_ends_the_wait_for_a_drive_that_records_nothing),
        BENCH_TEST(a_cancel_amid_what_is_written_again_names_how_far_that_has_come),
        BENCH_TEST(a_disc_that_may_be_another_proves_nothing),
        BENCH_TEST(a_failed_write_and_an_address_padded_by_a_reset_prove_nothing),
        BENCH_TEST(the_last_lba_there_is_is_looked_after_like_any_other),
        BENCH_TEST(a_drive_whose_address_goes_to_and_fro_is_given_up),
        BENCH_TEST(a_drive_that_is_reset_by_every_start_is_given_up),
        BENCH_TEST(what_synchronizing_can_not_record_is_not_lost_sight_of),
        BENCH_TEST(news_that_comes_without_sense_is_asked_for),
        BENCH_TEST(a_deferred_error_and_a_reset_name_the_earlier_of_what_they_lost),
        BENCH_TEST(after_a_time_out_a_random_medium_gets_the_last_buffer_once_more),
        BENCH_TEST(a_buffer_and_the_unit_behind_it_are_kept_wherever_the_slots_end),
        BENCH_TEST(a_drive_said_to_be_very_slow_is_given_up_after_a_quarter_of_an_hour),
        BENCH_TEST(every_block_that_gets_on_earns_the_drive_new_patience),
        BENCH_TEST(an_address_before_the_section_puts_no_more_than_the_section_in_doubt),
        BENCH_TEST(a_sequence_error_on_a_cd_does_not_end_its_track),
        BENCH_TEST(a_drive_is_asked_for_its_buffer_only_after_more_than_any_buffer_holds),
    };

    return cmocka_run_group_tests_name("recovery", tests, NULL, NULL);
}
