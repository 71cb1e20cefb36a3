/* The reaction table: each row by an example, and the table itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "reaction.h"

/* A WRITE (10) or (12) of 64 KiB that came back with this. */
struct example {
    struct oi_command command;
    struct oi_completion completion;
    struct oi_sense sense;
    struct oi_situation situation;
};

static struct oi_situation *a_write(struct example *e, uint8_t opcode)
{
    *e = (struct example){0};
    e->command.cdb.bytes[0] = opcode;
    e->command.data_len = 65536;
    e->completion.moved = 65536;
    e->situation = (struct oi_situation){
        .command = &e->command,
        .completion = &e->completion,
        .sense = &e->sense,
        .medium = OI_MEDIUM_SEQUENTIAL,
        .attempts = 1,
        .budget_us = OI_STALL_BUDGET_US,
    };
    return &e->situation;
}

static struct oi_situation *with_sense(struct example *e, uint8_t key, uint8_t asc, uint8_t ascq)
{
    a_write(e, OI_OP_WRITE10);
    e->completion.scsi_status = OI_SCSI_CHECK_CONDITION;
    e->completion.moved = 0;
    e->sense = (struct oi_sense){.present = true, .key = key, .asc = asc, .ascq = ascq};
    return &e->situation;
}

static void no_row_of_the_table_is_hidden_by_an_earlier_one(void **state)
{
    (void)state;
    for (size_t later = 1; later < oi_reaction_row_count; later++)
        for (size_t earlier = 0; earlier < later; earlier++) {
            const struct oi_reaction_row *a = &oi_reaction_rows[earlier];
            const struct oi_reaction_row *b = &oi_reaction_rows[later];
            int hides = (a->when == OI_ALWAYS || a->when == b->when) &&
                        (a->key == OI_ANY || a->key == b->key) &&
                        (a->asc == OI_ANY || a->asc == b->asc) &&
                        (a->ascq == OI_ANY || a->ascq == b->ascq);

            if (hides)
                print_error("row %zu hides row %zu\n", earlier, later);
            assert_false(hides);
        }
}

static void the_last_row_of_the_table_matches_everything(void **state)
{
    const struct oi_reaction_row *last = &oi_reaction_rows[oi_reaction_row_count - 1];

    (void)state;
    assert_int_equal(last->when, OI_ALWAYS);
    assert_int_equal(last->key, OI_ANY);
    assert_int_equal(last->asc, OI_ANY);
    assert_int_equal(last->ascq, OI_ANY);
    assert_int_equal(last->action, OI_ACT_FATAL);
}

enum circumstance {
    MIDDLE = 0,
    FIRST = 1,
    DEFERRED = 2,
    STREAMING = 4,
    ON_RANDOM = 8,
};

struct expectation {
    uint8_t key, asc, ascq;
    unsigned circumstances;
    enum oi_action action;
    enum oi_status status; /* of a failure, at once or when the limits are reached */
};

/* One example for every row of the table, and more for those that match several codes. */
static const struct expectation expectations[] = {
    {0x0, 0x00, 0x00, DEFERRED, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x1, 0x17, 0x01, DEFERRED, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x3, 0x0c, 0x00, DEFERRED, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x3, 0x0c, 0x00, DEFERRED | ON_RANDOM, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x4, 0x44, 0x00, DEFERRED, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x6, 0x29, 0x00, DEFERRED | FIRST, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x2, 0x04, 0x08, DEFERRED, OI_ACT_FATAL, OI_MEDIA_BUSY},
    {0x0, 0x00, 0x00, MIDDLE, OI_ACT_DONE, OI_OK},
    {0x1, 0x0c, 0x01, MIDDLE, OI_ACT_DONE, OI_OK},
    {0x1, 0x73, 0x01, MIDDLE, OI_ACT_DONE, OI_OK},
    {0x2, 0x04, 0x08, MIDDLE, OI_ACT_AGAIN, OI_MEDIA_BUSY},
    {0x2, 0x04, 0x07, MIDDLE, OI_ACT_AGAIN, OI_MEDIA_BUSY},
    {0x2, 0x04, 0x04, MIDDLE, OI_ACT_AGAIN, OI_FORMAT_IN_PROGRESS},
    {0x2, 0x04, 0x01, MIDDLE, OI_ACT_AGAIN, OI_BECOMING_READY},
    {0x2, 0x04, 0x00, MIDDLE, OI_ACT_AGAIN, OI_BECOMING_READY},
    {0x2, 0x04, 0x02, MIDDLE, OI_ACT_AGAIN, OI_BECOMING_READY},
    {0x2, 0x04, 0x03, MIDDLE, OI_ACT_FATAL, OI_NO_MEDIA},
    {0x2, 0x04, 0x09, MIDDLE, OI_ACT_FATAL, OI_BECOMING_READY},
    {0x2, 0x06, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x2, 0x09, 0x01, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x3, 0x02, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x2, 0x30, 0x05, MIDDLE, OI_ACT_FATAL, OI_INCOMPATIBLE},
    {0x2, 0x3a, 0x01, MIDDLE, OI_ACT_FATAL, OI_NO_MEDIA},
    {0x3, 0x0c, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x3, 0x0c, 0x00, ON_RANDOM, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x3, 0x0c, 0x02, ON_RANDOM, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x3, 0x0c, 0x07, ON_RANDOM, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x3, 0x0c, 0x08, ON_RANDOM, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x3, 0x0c, 0x0f, ON_RANDOM, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x3, 0x0c, 0x09, MIDDLE, OI_ACT_FATAL, OI_STREAM_STARVED},
    {0x3, 0x0c, 0x09, ON_RANDOM, OI_ACT_FATAL, OI_STREAM_STARVED},
    {0x3, 0x03, 0x00, ON_RANDOM, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x3, 0x31, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x3, 0x73, 0x03, MIDDLE, OI_ACT_FATAL, OI_SPEED_MISMATCH},
    {0x3, 0x72, 0x04, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x4, 0x08, 0x01, MIDDLE, OI_ACT_REPOSITION, OI_DEVICE_ERROR},
    {0x4, 0x44, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x4, 0x09, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x5, 0x20, 0x00, STREAMING | FIRST, OI_ACT_FALLBACK, OI_OK},
    {0x5, 0x20, 0x00, STREAMING, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x5, 0x20, 0x00, FIRST, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x5, 0x24, 0x00, STREAMING, OI_ACT_FALLBACK, OI_OK},
    {0x5, 0x26, 0x00, STREAMING, OI_ACT_FALLBACK, OI_OK},
    {0x5, 0x26, 0x01, STREAMING, OI_ACT_FALLBACK, OI_OK},
    {0x5, 0x26, 0x02, STREAMING, OI_ACT_FALLBACK, OI_OK},
    {0x5, 0x24, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x5, 0x21, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x5, 0x21, 0x02, MIDDLE, OI_ACT_REPOSITION, OI_DEVICE_ERROR},
    {0x5, 0x2c, 0x00, MIDDLE, OI_ACT_REPOSITION, OI_DEVICE_ERROR},
    {0x5, 0x30, 0x05, MIDDLE, OI_ACT_FATAL, OI_INCOMPATIBLE},
    {0x5, 0x63, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x5, 0x64, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x5, 0x6f, 0x01, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0x6, 0x28, 0x00, FIRST, OI_ACT_AGAIN, OI_BECOMING_READY},
    {0x6, 0x29, 0x00, FIRST, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x6, 0x28, 0x00, MIDDLE, OI_ACT_FATAL, OI_BECOMING_READY},
    {0x6, 0x29, 0x00, MIDDLE, OI_ACT_REPOSITION, OI_DEVICE_ERROR},
    {0x6, 0x29, 0x04, ON_RANDOM, OI_ACT_REPOSITION, OI_DEVICE_ERROR},
    {0x6, 0x2a, 0x01, MIDDLE, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x6, 0x5a, 0x01, MIDDLE, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x6, 0x3f, 0x00, MIDDLE, OI_ACT_AGAIN, OI_DEVICE_ERROR},
    {0x7, 0x27, 0x00, MIDDLE, OI_ACT_FATAL, OI_WRITE_PROTECTED},
    {0x8, 0x00, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0xb, 0x00, 0x00, MIDDLE, OI_ACT_REPOSITION, OI_DEVICE_ERROR},
    {0xb, 0x47, 0x00, MIDDLE, OI_ACT_REPOSITION, OI_DEVICE_ERROR},
    {0xd, 0x00, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
    {0xe, 0x1d, 0x00, MIDDLE, OI_ACT_FATAL, OI_DEVICE_ERROR},
};
enum { EXPECTATIONS = sizeof(expectations) / sizeof(expectations[0]) };

static struct oi_situation *expected_situation(struct example *e, const struct expectation *x)
{
    with_sense(e, x->key, x->asc, x->ascq);
    e->sense.deferred = x->circumstances & DEFERRED;
    e->situation.nothing_accepted = x->circumstances & FIRST;
    e->command.cdb.bytes[0] = x->circumstances & STREAMING ? OI_OP_WRITE12 : OI_OP_WRITE10;
    e->situation.medium = x->circumstances & ON_RANDOM ? OI_MEDIUM_RANDOM : OI_MEDIUM_SEQUENTIAL;
    return &e->situation;
}

static void each_row_reacts_as_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXPECTATIONS; i++) {
        const struct expectation *x = &expectations[i];
        struct example e;
        struct oi_reaction reaction = oi_react(expected_situation(&e, x));

        if (reaction.action != x->action || reaction.status != x->status)
            print_error("%x/%02x/%02x\n", x->key, x->asc, x->ascq);
        assert_int_equal(reaction.action, x->action);
        assert_int_equal(reaction.status, x->status);
    }
}

static bool row_matches(const struct oi_reaction_row *row, const struct expectation *x)
{
    static const unsigned needs[] = {
        [OI_ALWAYS] = 0,
        [OI_IF_DEFERRED] = DEFERRED,
        [OI_IF_STREAMING] = STREAMING,
        [OI_IF_STREAMING_FIRST] = STREAMING | FIRST,
        [OI_IF_NOTHING_ACCEPTED] = FIRST,
        [OI_IF_RANDOM] = ON_RANDOM,
    };

    return (x->circumstances & needs[row->when]) == needs[row->when] &&
           (row->key == OI_ANY || row->key == x->key) &&
           (row->asc == OI_ANY || row->asc == x->asc) &&
           (row->ascq == OI_ANY || row->ascq == x->ascq);
}

static void every_row_of_the_table_decides_one_of_the_examples(void **state)
{
    bool *decided = calloc(oi_reaction_row_count, sizeof(*decided));

    (void)state;
    assert_non_null(decided);
    for (size_t i = 0; i < EXPECTATIONS; i++) {
        size_t row = 0;

        while (!row_matches(&oi_reaction_rows[row], &expectations[i]))
            row++;
        decided[row] = true;
    }
    for (size_t row = 0; row < oi_reaction_row_count; row++) {
        if (!decided[row])
            print_error("row %zu has no example\n", row);
        assert_true(decided[row]);
    }
    free(decided);
}

/* Nothing is tried for ever: every reaction that is not an end becomes one. */
static void every_row_gives_up_at_last(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXPECTATIONS; i++) {
        const struct expectation *x = &expectations[i];
        struct example e;
        struct oi_reaction reaction;

        if (x->action != OI_ACT_AGAIN && x->action != OI_ACT_REPOSITION)
            continue;
        expected_situation(&e, x);
        e.situation.repositioned = OI_REPOSITIONS_MAX;
        e.situation.elapsed_us = e.situation.budget_us;
        reaction = oi_react(&e.situation);
        assert_int_equal(reaction.action, OI_ACT_FATAL);
        assert_int_equal(reaction.status, x->status);
    }
}

static enum oi_action after_unchanged_s(uint8_t ascq, uint64_t unchanged_s)
{
    struct example e;

    with_sense(&e, 0x2, 0x04, ascq);
    e.situation.unchanged_us = unchanged_s * 1000000;
    return oi_react(&e.situation).action;
}

static void senses_that_promise_little_have_budgets_of_their_own(void **state)
{
    (void)state;
    assert_int_equal(after_unchanged_s(0x04, 9), OI_ACT_AGAIN);
    assert_int_equal(after_unchanged_s(0x04, 10), OI_ACT_FATAL);
    assert_int_equal(after_unchanged_s(0x00, 4), OI_ACT_AGAIN);
    assert_int_equal(after_unchanged_s(0x00, 5), OI_ACT_FATAL);
    assert_int_equal(after_unchanged_s(0x08, 170), OI_ACT_AGAIN);
    assert_int_equal(after_unchanged_s(0x07, 170), OI_ACT_AGAIN);
    assert_int_equal(after_unchanged_s(0x01, 170), OI_ACT_AGAIN);
}

static void limited_rows_are_limited_exactly(void **state)
{
    static const struct {
        uint8_t key, asc, ascq;
        enum oi_medium medium;
        uint32_t limit;
    } rows[] = {
        {0x3, 0x0c, 0x00, OI_MEDIUM_RANDOM, 2},
        {0x2, 0x04, 0x02, OI_MEDIUM_SEQUENTIAL, 1},
        {0x6, 0x2a, 0x01, OI_MEDIUM_SEQUENTIAL, 1},
        {0x6, 0x5a, 0x01, OI_MEDIUM_SEQUENTIAL, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct example e;

        with_sense(&e, rows[i].key, rows[i].asc, rows[i].ascq);
        e.situation.medium = rows[i].medium;
        e.situation.limited = rows[i].limit - 1;
        assert_int_equal(oi_react(&e.situation).action, OI_ACT_AGAIN);
        e.situation.limited = rows[i].limit;
        assert_int_equal(oi_react(&e.situation).action, OI_ACT_FATAL);
    }
}

static void what_is_to_be_sent_first_is_part_of_the_reaction(void **state)
{
    struct example e;

    (void)state;
    with_sense(&e, 0x2, 0x04, 0x02);
    assert_int_equal(oi_react(&e.situation).remedy, OI_REMEDY_START_UNIT);
    with_sense(&e, 0x5, 0x2c, 0x00);
    assert_int_equal(oi_react(&e.situation).remedy, OI_REMEDY_SYNCHRONIZE);
    with_sense(&e, 0x5, 0x21, 0x02);
    assert_int_equal(oi_react(&e.situation).remedy, OI_REMEDY_NONE);
}

static void good_with_all_bytes_moved_is_done(void **state)
{
    struct example e;

    (void)state;
    assert_int_equal(oi_react(a_write(&e, OI_OP_WRITE10)).action, OI_ACT_DONE);
}

static void good_with_fewer_bytes_moved_is_an_error(void **state)
{
    struct example e;

    (void)state;
    a_write(&e, OI_OP_WRITE10);
    e.completion.moved = 65535;
    assert_int_equal(oi_react(&e.situation).status, OI_BAD_RESPONSE);
}

static void check_condition_without_sense_leaves_the_decision_to_the_address_once(void **state)
{
    struct example e;

    (void)state;
    with_sense(&e, 0, 0, 0);
    e.sense.present = false;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_REPOSITION);
    e.situation.repositioned = 1;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_FATAL);
    assert_int_equal(oi_react(&e.situation).status, OI_DEVICE_ERROR);
}

static void scsi_status_without_sense_has_its_reaction(void **state)
{
    struct example e;

    (void)state;
    a_write(&e, OI_OP_WRITE10);
    e.completion.scsi_status = OI_SCSI_BUSY;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_AGAIN);
    assert_int_equal(oi_react(&e.situation).delay_us, 100000);
    e.completion.scsi_status = OI_SCSI_TASK_SET_FULL;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_AGAIN);
    e.completion.scsi_status = OI_SCSI_RESERVATION_CONFLICT;
    assert_int_equal(oi_react(&e.situation).status, OI_LOCKED);
    e.completion.scsi_status = 0x40;
    assert_int_equal(oi_react(&e.situation).status, OI_DEVICE_ERROR);
}

static void a_failing_transport_is_fatal_with_its_own_status(void **state)
{
    struct example e;

    (void)state;
    a_write(&e, OI_OP_WRITE10);
    e.completion.status = OI_DEVICE_GONE;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_FATAL);
    assert_int_equal(oi_react(&e.situation).status, OI_DEVICE_GONE);
}

static void what_was_too_much_for_the_system_is_halved_down_to_one_block(void **state)
{
    struct example e;

    (void)state;
    a_write(&e, OI_OP_WRITE10);
    e.completion.status = OI_NO_RESOURCES;
    e.situation.blocks = 2;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_SMALLER);
    e.situation.blocks = 1;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_FATAL);
    assert_int_equal(oi_react(&e.situation).status, OI_NO_RESOURCES);
    assert_false(oi_loses_buffer(&e.completion, &e.sense));
}

static void a_time_out_leaves_the_decision_to_the_address(void **state)
{
    struct example e;

    (void)state;
    a_write(&e, OI_OP_WRITE10);
    e.completion.status = OI_TIMED_OUT;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_REPOSITION);
    assert_int_equal(oi_react(&e.situation).status, OI_TIMED_OUT);
}

static void waits_double_within_the_bounds_of_the_row(void **state)
{
    static const uint64_t expected_ms[] = {2, 4, 8, 16, 32, 40, 40};
    struct example e;

    (void)state;
    with_sense(&e, 0x2, 0x04, 0x08);
    for (uint32_t i = 0; i < 7; i++) {
        e.situation.attempts = i + 1;
        assert_int_equal(oi_react(&e.situation).delay_us, expected_ms[i] * 1000);
    }
    e.situation.attempts = 1000;
    assert_int_equal(oi_react(&e.situation).delay_us, 40000);
}

static void a_known_drain_time_sets_the_wait_within_the_bounds_of_the_row(void **state)
{
    struct example e;

    (void)state;
    with_sense(&e, 0x2, 0x04, 0x08);
    e.situation.until_room_us = 13000;
    assert_int_equal(oi_react(&e.situation).delay_us, 13000);
    e.situation.until_room_us = 100;
    assert_int_equal(oi_react(&e.situation).delay_us, 2000);
    e.situation.until_room_us = 900000;
    assert_int_equal(oi_react(&e.situation).delay_us, 40000);
}

static void a_drive_that_stays_full_beyond_what_was_foreseen_is_asked_less_often(void **state)
{
    struct example e;

    (void)state;
    with_sense(&e, 0x2, 0x04, 0x08);
    e.situation.until_room_us = 1;
    e.situation.attempts = 8192;
    assert_int_equal(oi_react(&e.situation).delay_us, 2000);
    e.situation.attempts = 8193;
    assert_int_equal(oi_react(&e.situation).delay_us, 40000);
}

static void waiting_ends_when_its_budget_is_spent(void **state)
{
    struct example e;

    (void)state;
    with_sense(&e, 0x2, 0x04, 0x08);
    e.situation.elapsed_us = OI_STALL_BUDGET_US - 1;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_AGAIN);
    e.situation.elapsed_us = OI_STALL_BUDGET_US;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_FATAL);
    assert_int_equal(oi_react(&e.situation).status, OI_MEDIA_BUSY);
}

static void unit_attentions_are_swallowed_three_times_and_no_more(void **state)
{
    struct example e;

    (void)state;
    with_sense(&e, 0x6, 0x28, 0x00);
    e.situation.nothing_accepted = true;
    e.situation.limited = 2;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_AGAIN);
    assert_true(oi_react(&e.situation).limited);
    e.situation.limited = 3;
    assert_int_equal(oi_react(&e.situation).status, OI_BECOMING_READY);
}

static void waits_for_a_full_buffer_do_not_count_towards_the_limit(void **state)
{
    struct example e;

    (void)state;
    with_sense(&e, 0x2, 0x04, 0x08);
    assert_false(oi_react(&e.situation).limited);
    with_sense(&e, 0x1, 0x0c, 0x01);
    e.sense.deferred = true;
    e.situation.attempts = 100;
    assert_int_equal(oi_react(&e.situation).action, OI_ACT_AGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_row_of_the_table_is_hidden_by_an_earlier_one),
        cmocka_unit_test(the_last_row_of_the_table_matches_everything),
        cmocka_unit_test(each_row_reacts_as_it_says),
        cmocka_unit_test(every_row_of_the_table_decides_one_of_the_examples),
        cmocka_unit_test(every_row_gives_up_at_last),
        cmocka_unit_test(senses_that_promise_little_have_budgets_of_their_own),
        cmocka_unit_test(limited_rows_are_limited_exactly),
        cmocka_unit_test(what_is_to_be_sent_first_is_part_of_the_reaction),
        cmocka_unit_test(good_with_all_bytes_moved_is_done),
        cmocka_unit_test(good_with_fewer_bytes_moved_is_an_error),
        cmocka_unit_test(check_condition_without_sense_leaves_the_decision_to_the_address_once),
        cmocka_unit_test(scsi_status_without_sense_has_its_reaction),
        cmocka_unit_test(a_failing_transport_is_fatal_with_its_own_status),
        cmocka_unit_test(what_was_too_much_for_the_system_is_halved_down_to_one_block),
        cmocka_unit_test(a_time_out_leaves_the_decision_to_the_address),
        cmocka_unit_test(waits_double_within_the_bounds_of_the_row),
        cmocka_unit_test(a_known_drain_time_sets_the_wait_within_the_bounds_of_the_row),
        cmocka_unit_test(a_drive_that_stays_full_beyond_what_was_foreseen_is_asked_less_often),
        cmocka_unit_test(waiting_ends_when_its_budget_is_spent),
        cmocka_unit_test(unit_attentions_are_swallowed_three_times_and_no_more),
        cmocka_unit_test(waits_for_a_full_buffer_do_not_count_towards_the_limit),
    };

    return cmocka_run_group_tests_name("reaction", tests, NULL, NULL);
}
