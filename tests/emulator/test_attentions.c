/* Unit attentions: one with each command, the most important first. */
#include "attention.h"
#include "bench.h"

static uint32_t ready(struct bench *b)
{
    return bench_do(b, 0, 0, 0, 0, 0, 0);
}

static void they_are_told_one_by_one_in_order_of_weight(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    attention_raise(b->emu, MODE_PARAMETERS_CHANGED);
    attention_raise(b->emu, MEDIUM_CHANGED);
    attention_raise(b->emu, LOG_PARAMETERS_CHANGED);
    attention_raise(b->emu, POWER_ON_OR_RESET);
    attention_raise(b->emu, BUS_RESET);
    assert_sense(ready(b), 0x062900);
    assert_sense(ready(b), 0x062902);
    assert_sense(ready(b), 0x062800);
    assert_sense(ready(b), 0x062a01);
    assert_sense(ready(b), 0x062a02);
    assert_good(ready(b));
}

static void the_same_one_twice_is_told_once(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    attention_raise(b->emu, POWER_ON_OR_RESET);
    attention_raise(b->emu, POWER_ON_OR_RESET);
    assert_sense(ready(b), 0x062900);
    assert_good(ready(b));
}

static void one_that_no_longer_holds_is_dropped(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    attention_raise(b->emu, POWER_ON_OR_RESET);
    attention_raise(b->emu, MEDIUM_CHANGED);
    attention_drop(b->emu, MEDIUM_CHANGED);
    assert_sense(ready(b), 0x062900);
    assert_good(ready(b));
}

static void some_commands_pass_and_leave_it_for_the_next(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    attention_raise(b->emu, MEDIUM_CHANGED);
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_good(bench_get(b, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_sense(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0), 0x062800);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
}

static void request_sense_tells_and_clears_one_at_a_time(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    attention_raise(b->emu, MODE_PARAMETERS_CHANGED);
    attention_raise(b->emu, BUS_RESET);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2], 6);
    assert_int_equal(field16(b->data + 12), 0x2902);
    assert_sense(ready(b), 0x062a01);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2], 0);
}

static void a_write_that_meets_one_writes_nothing(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    attention_raise(b->emu, BUS_RESET);
    assert_sense(bench_write(b, 0, 16, 1), 0x062902);
    assert_int_equal(b->reply.moved, 0);
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_good(bench_write(b, 0, 16, 1));
}

static void another_disc_is_one_and_an_empty_tray_is_none(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_sense(ready(b), 0x023a02);
    bench_define(b, "medium = none\n");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(ready(b), 0x023a01);
    bench_define(b, "medium = dvd+rw\nimage = other.iso\n");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(ready(b), 0x062800);
    assert_good(ready(b));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(they_are_told_one_by_one_in_order_of_weight),
        TEST(the_same_one_twice_is_told_once),
        TEST(one_that_no_longer_holds_is_dropped),
        TEST(some_commands_pass_and_leave_it_for_the_next),
        TEST(request_sense_tells_and_clears_one_at_a_time),
        TEST(a_write_that_meets_one_writes_nothing),
        TEST(another_disc_is_one_and_an_empty_tray_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
