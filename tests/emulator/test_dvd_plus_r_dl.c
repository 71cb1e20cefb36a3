/* What a DVD+R with two layers has besides what one with one layer does. */
#include "sequence.h"

#include <string.h>

enum { DL_SECTORS = 4173824 };

static uint32_t send_layer_break(struct bench *b, uint32_t sectors)
{
    memset(b->data, 0, 12);
    b->data[1] = 10;
    for (int i = 0; i < 4; i++)
        b->data[8 + i] = (uint8_t)(sectors >> (24 - 8 * i));
    return bench_put(b, 12, 0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 12, 0, 0);
}

static uint32_t layer_break(struct bench *b, bool *set)
{
    assert_good(bench_get(b, 64, 0xad, 0, 0, 0, 0, 0, 0, 0x20, 0, 64, 0, 0));
    assert_int_equal(b->reply.moved, 12);
    assert_int_equal(field16(b->data), 10);
    *set = b->data[4] & 0x80;
    return field32(b->data + 8);
}

static void the_layers_are_halves_until_the_host_says_otherwise(void **state)
{
    struct bench *b = *state;
    bool set;

    bench_insert(b, "dvd+r-dl");
    assert_true(sequence_has(b, 0x003b));
    assert_false(sequence_has(b, 0x002b));
    assert_int_equal(sequence_track(b, 1).free, DL_SECTORS);
    assert_int_equal(layer_break(b, &set), DL_SECTORS / 2);
    assert_false(set);
    assert_good(send_layer_break(b, 1600));
    assert_int_equal(sequence_track(b, 1).free, 3200);
    bench_open(b);
    assert_int_equal(layer_break(b, &set), 1600);
    assert_true(set);
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_int_equal(sequence_track(b, 1).free, 3200);
}

static void a_layer_break_that_does_not_fit_is_refused(void **state)
{
    struct bench *b = *state;
    bool set;

    bench_insert(b, "dvd+r-dl");
    assert_sense(send_layer_break(b, 0), 0x052600);
    assert_sense(send_layer_break(b, 1601), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 8);
    assert_sense(send_layer_break(b, DL_SECTORS / 2 + 16), 0x052600);
    assert_sense(bench_put(b, 8, 0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 12, 0, 0), 0x051a00);
    assert_sense(bench_put(b, 12, 0xbf, 0, 0, 0, 0, 0, 0, 0x21, 0, 12, 0, 0), 0x052400);
    assert_sense(bench_put(b, 12, 0xbf, 1, 0, 0, 0, 0, 0, 0x20, 0, 12, 0, 0), 0x052400);
    assert_int_equal(layer_break(b, &set), DL_SECTORS / 2);
    assert_false(set);
}

static void the_layer_break_stays_once_something_is_written(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r-dl");
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(send_layer_break(b, 1600), SEQUENCE_ERROR);
    assert_good(bench_sync(b));
    assert_sense(send_layer_break(b, 1600), SEQUENCE_ERROR);
}

static void a_disc_with_small_layers_is_full_behind_both(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r-dl");
    assert_good(send_layer_break(b, 32));
    assert_true(sequence_write(b, 0, 64, 1));
    assert_sense(bench_write(b, 64, 16, 1), 0x056300);
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(sequence_disc(b).status, 2);
    bench_open(b);
    assert_holds(b, 0, 64, 1);
}

static void sessions_are_closed_as_on_one_layer(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r-dl");
    assert_true(sequence_write(b, 0, 32, 1));
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(bench_next(b, b->emu), 32 + 1024);
    assert_good(bench_write(b, 32 + 1024, 16, 2));
    assert_good(bench_close_track(b, 5, 0));
    assert_int_equal(sequence_disc(b).status, 2);
    assert_int_equal(sequence_disc(b).sessions, 2);
}

static bool split_layers_and_write(struct bench *b)
{
    return send_layer_break(b, 1600) == 0 && sequence_write(b, 0, 96, 5);
}

static void a_drive_that_dies_leaves_layers_and_data_as_they_were(void **state)
{
    struct bench *b = *state;
    bool set;

    bench_insert(b, "dvd+r-dl");
    assert_true(sequence_dies_after(b, split_layers_and_write));
    bench_open(b);
    assert_int_equal(layer_break(b, &set), 1600);
    assert_int_equal(bench_next(b, b->emu), 96);
    assert_int_equal(sequence_track(b, 1).free, 3200 - 96);
    assert_holds(b, 0, 96, 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_layers_are_halves_until_the_host_says_otherwise),
        TEST(a_layer_break_that_does_not_fit_is_refused),
        TEST(the_layer_break_stays_once_something_is_written),
        TEST(a_disc_with_small_layers_is_full_behind_both),
        TEST(sessions_are_closed_as_on_one_layer),
        TEST(a_drive_that_dies_leaves_layers_and_data_as_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
