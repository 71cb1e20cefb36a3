/* The reaction table: each row by an example, and the table itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
    e->situation = (struct oi_situation){&e->command, &e->completion, &e->sense, false, 1, 0, 0, 0};
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

struct expectation {
    uint8_t key, asc, ascq;
    bool is_deferred, nothing_accepted;
    uint8_t opcode;
    enum oi_action action;
    enum oi_status status;
};

static void each_row_reacts_as_it_says(void **state)
{
    static const struct expectation rows[] = {
        {0x0, 0x00, 0x00, true, false, OI_OP_WRITE10, OI_ACT_AGAIN, OI_OK},
        {0x1, 0x17, 0x01, true, false, OI_OP_WRITE10, OI_ACT_AGAIN, OI_OK},
        {0x3, 0x0c, 0x00, true, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_DEVICE_ERROR},
        {0x2, 0x04, 0x08, true, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_MEDIA_BUSY},
        {0x0, 0x00, 0x00, false, false, OI_OP_WRITE10, OI_ACT_DONE, OI_OK},
        {0x1, 0x0c, 0x01, false, false, OI_OP_WRITE10, OI_ACT_DONE, OI_OK},
        {0x2, 0x04, 0x08, false, false, OI_OP_WRITE10, OI_ACT_AGAIN, OI_OK},
        {0x2, 0x04, 0x07, false, false, OI_OP_WRITE10, OI_ACT_AGAIN, OI_OK},
        {0x5, 0x20, 0x00, false, true, OI_OP_WRITE12, OI_ACT_FALLBACK, OI_OK},
        {0x5, 0x24, 0x00, false, true, OI_OP_WRITE12, OI_ACT_FALLBACK, OI_OK},
        {0x5, 0x20, 0x00, false, false, OI_OP_WRITE12, OI_ACT_FATAL, OI_DEVICE_ERROR},
        {0x5, 0x20, 0x00, false, true, OI_OP_WRITE10, OI_ACT_FATAL, OI_DEVICE_ERROR},
        {0x6, 0x29, 0x00, false, true, OI_OP_WRITE10, OI_ACT_AGAIN, OI_OK},
        {0x6, 0x29, 0x00, false, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_DEVICE_ERROR},
        {0x3, 0x0c, 0x09, false, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_STREAM_STARVED},
        {0x7, 0x27, 0x00, false, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_WRITE_PROTECTED},
        {0x2, 0x3a, 0x01, false, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_NO_MEDIA},
        {0x2, 0x04, 0x04, false, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_FORMAT_IN_PROGRESS},
        {0x5, 0x21, 0x02, false, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_DEVICE_ERROR},
        {0x5, 0x30, 0x05, false, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_INCOMPATIBLE},
        {0xb, 0x00, 0x00, false, false, OI_OP_WRITE10, OI_ACT_FATAL, OI_DEVICE_ERROR},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct example e;
        struct oi_reaction reaction;

        with_sense(&e, rows[i].key, rows[i].asc, rows[i].ascq);
        e.sense.deferred = rows[i].is_deferred;
        e.situation.nothing_accepted = rows[i].nothing_accepted;
        e.command.cdb.bytes[0] = rows[i].opcode;
        reaction = oi_react(&e.situation);
        if (reaction.action != rows[i].action || reaction.status != rows[i].status)
            print_error("%x/%02x/%02x\n", rows[i].key, rows[i].asc, rows[i].ascq);
        assert_int_equal(reaction.action, rows[i].action);
        if (rows[i].action == OI_ACT_FATAL)
            assert_int_equal(reaction.status, rows[i].status);
    }
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

static void check_condition_without_sense_is_an_error(void **state)
{
    struct example e;

    (void)state;
    with_sense(&e, 0, 0, 0);
    e.sense.present = false;
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
    e.completion.status = OI_TIMED_OUT;
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
    e.situation.drain_us = 13000;
    assert_int_equal(oi_react(&e.situation).delay_us, 13000);
    e.situation.drain_us = 100;
    assert_int_equal(oi_react(&e.situation).delay_us, 2000);
    e.situation.drain_us = 900000;
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
        cmocka_unit_test(good_with_all_bytes_moved_is_done),
        cmocka_unit_test(good_with_fewer_bytes_moved_is_an_error),
        cmocka_unit_test(check_condition_without_sense_is_an_error),
        cmocka_unit_test(scsi_status_without_sense_has_its_reaction),
        cmocka_unit_test(a_failing_transport_is_fatal_with_its_own_status),
        cmocka_unit_test(waits_double_within_the_bounds_of_the_row),
        cmocka_unit_test(a_known_drain_time_sets_the_wait_within_the_bounds_of_the_row),
        cmocka_unit_test(waiting_ends_when_its_budget_is_spent),
        cmocka_unit_test(unit_attentions_are_swallowed_three_times_and_no_more),
        cmocka_unit_test(waits_for_a_full_buffer_do_not_count_towards_the_limit),
    };

    return cmocka_run_group_tests_name("reaction", tests, NULL, NULL);
}
