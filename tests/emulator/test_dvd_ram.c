/* How a DVD-RAM behaves: sold formatted, written anywhere, verified unless streamed. */
#include "bench.h"

enum { DEFAULT_SECTORS = 2236704, MOST_SECTORS = 2295072, LEAST_SECTORS = 2197280 };

static void as_bought_it_is_formatted_and_takes_any_sector(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-ram");
    assert_good(bench_get(b, 8, 0x46, 1, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data + 6), 0x0012);
    assert_int_equal(bench_capacity(b), DEFAULT_SECTORS);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2], 0x1f);
    assert_int_equal(b->data[7] & 3, 0);
    assert_good(bench_read(b, 12345, 1));
    assert_int_equal(b->data[0], 0);
    assert_good(bench_write(b, DEFAULT_SECTORS - 1, 1, 1));
    assert_good(bench_write(b, 1001, 3, 2));
    assert_good(bench_write(b, 1002, 1, 3));
    assert_sense(bench_write(b, DEFAULT_SECTORS, 1, 4), 0x052100);
    bench_open(b);
    assert_holds(b, DEFAULT_SECTORS - 1, 1, 1);
    assert_holds(b, 1001, 1, 2);
    assert_holds(b, 1002, 1, 3);
    assert_holds(b, 1003, 1, 2);
}

static void streaming_writes_are_whole_units(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-ram");
    assert_good(bench_stream(b, 32, 16, 1));
    assert_sense(bench_stream(b, 40, 16, 2), 0x052400);
    assert_int_equal(field16(b->reply.sense + 16), 2);
    assert_sense(bench_stream(b, 48, 15, 2), 0x052400);
    assert_int_equal(field16(b->reply.sense + 16), 6);
    assert_holds(b, 32, 16, 1);
}

static void the_formats_it_offers_are_the_ones_it_takes(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-ram");
    assert_good(bench_get(b, 252, 0x23, 0, 0, 0, 0, 0, 0, 0, 252, 0));
    assert_int_equal(b->data[3], 8 * 4);
    assert_int_equal(field32(b->data + 4), DEFAULT_SECTORS);
    assert_int_equal(b->data[8], 2);
    assert_int_equal(field32(b->data + 12), DEFAULT_SECTORS);
    assert_int_equal(b->data[16], 0);
    assert_int_equal(field32(b->data + 20), MOST_SECTORS);
    assert_int_equal(field32(b->data + 28), LEAST_SECTORS);
    assert_int_equal(b->data[32], 1 << 2);
    assert_sense(bench_format_as(b, 0, 100000, 0, 0), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 4);
    assert_sense(bench_format_as(b, 0, DEFAULT_SECTORS, 1 << 2, 0), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 4);
    assert_sense(bench_format_as(b, 0, DEFAULT_SECTORS, 0, 3), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 9);
    assert_sense(bench_format_as(b, 0, DEFAULT_SECTORS, 0x26 << 2, 0), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 8);
    assert_int_equal(bench_capacity(b), DEFAULT_SECTORS);
}

static void a_format_of_another_size_is_no_news_to_who_asked_for_it(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-ram");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_format_as(b, 0, DEFAULT_SECTORS, 0, 2048));
    assert_good(bench_read(b, 0, 1));
    assert_int_equal(b->data[0], 0);
    assert_good(bench_format_as(b, 0xa0, MOST_SECTORS, 0, 2048));
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_int_equal(bench_capacity(b), MOST_SECTORS);
    assert_good(bench_write(b, MOST_SECTORS - 16, 16, 2));
    assert_sense(bench_write(b, MOST_SECTORS - 15, 16, 2), 0x052100);
    bench_open(b);
    assert_int_equal(bench_capacity(b), MOST_SECTORS);
    assert_holds(b, MOST_SECTORS - 16, 16, 2);
}

static void more_spares_leave_the_data_that_is_not_in_their_place(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-ram");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_write(b, DEFAULT_SECTORS - 16, 16, 1));
    assert_good(bench_format_as(b, 0, LEAST_SECTORS, 1 << 2, 2048));
    assert_int_equal(bench_capacity(b), LEAST_SECTORS);
    bench_open(b);
    assert_holds(b, 0, 16, 1);
    assert_sense(bench_read(b, DEFAULT_SECTORS - 16, 1), 0x052100);
}

static void it_has_no_tracks_to_reserve_close_or_blank(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-ram");
    assert_sense(bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, 0, 16, 0), 0x053005);
    assert_sense(bench_close_track(b, 2, 0), 0x053005);
    assert_sense(bench_do(b, 0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0x053005);
}

static void a_state_that_makes_no_sense_is_not_believed(void **state)
{
    struct bench *b = *state;
    static const char *const wrong[] = {
        "medium = dvd-ram\nformatted = 2236704\n",
        "medium = dvd-ram\nformatted = 2236704\nspares = 800 0\n",
        "medium = dvd-ram\nformatted = 2236704\nspares = 4448 4449\n",
        "medium = dvd-ram\nformatted = 2236720\nspares = 4447 0\n",
        "medium = dvd-ram\nformatted = 2236704\nspares = 4448 0\nwritten = 2236705\n",
        "medium = dvd-ram\nformatted = 2236704\nspares = 4448 0\ndefect = 5 replaced\n",
        "medium = dvd-ram\nformatted = 2236704\nspares = 4448 0\ndefect = 5 gone\n",
        "medium = dvd-ram\nformatted = 2236704\nspares = 4448 0\ndefect = 5\n",
        "medium = dvd-ram\nformatted = 2236704\nspares = 4448 0\ndefect = 144242 hidden\n",
        "medium = dvd-ram\nformatted = 2236704\nspares = 4448 1\ndefect = 5 hidden\n"
        "defect = 5 hidden\n",
        "medium = dvd-ram\nformatted = 2236704\nspares = 4448\n",
    };

    bench_insert(b, "dvd-ram");
    assert_good(bench_write(b, 0, 16, 1));
    bench_close(b);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        bench_state(b, wrong[i]);
        bench_open(b);
        assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
    }
    bench_state(b, "medium = dvd-ram\nformatted = 2236704\nspares = 4448 0\n");
    bench_open(b);
    assert_holds(b, 0, 16, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(as_bought_it_is_formatted_and_takes_any_sector),
        TEST(streaming_writes_are_whole_units),
        TEST(the_formats_it_offers_are_the_ones_it_takes),
        TEST(a_format_of_another_size_is_no_news_to_who_asked_for_it),
        TEST(more_spares_leave_the_data_that_is_not_in_their_place),
        TEST(it_has_no_tracks_to_reserve_close_or_blank),
        TEST(a_state_that_makes_no_sense_is_not_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
