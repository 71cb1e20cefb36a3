/* How a DVD+RW behaves: formatted once, then written anywhere and again. */
#include "bench.h"

#include <string.h>
#include <unistd.h>

static void as_bought_it_refuses_everything_until_it_is_formatted(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw");
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2], 0x10);
    assert_int_equal(b->data[7] & 3, 0);
    assert_sense(bench_write(b, 0, 16, 1), 0x033100);
    assert_sense(bench_read(b, 0, 1), 0x033100);
    assert_sense(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0x033100);
    assert_sense(bench_close_track(b, 2, 0), 0x033100);
    assert_good(bench_get(b, 252, 0x23, 0, 0, 0, 0, 0, 0, 0, 252, 0));
    assert_int_equal(b->data[3], 16);
    assert_int_equal(b->data[8] & 3, 1);
    assert_int_equal(field32(b->data + 12), DISC_SECTORS);
    assert_int_equal(b->data[16] >> 2, 0x26);
}

static void once_formatted_any_sector_can_be_written_and_written_again(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw");
    assert_good(bench_format(b, 0));
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2], 0x1f);
    assert_int_equal(b->data[7] & 3, 3);
    assert_good(bench_write(b, 1000000, 3, 1));
    assert_good(bench_write(b, 7, 1, 2));
    assert_good(bench_write(b, DISC_SECTORS - 1, 1, 3));
    assert_good(bench_write(b, 1000001, 1, 4));
    assert_sense(bench_write(b, DISC_SECTORS - 1, 2, 5), 0x052100);
    assert_good(bench_read(b, 500, 1));
    assert_int_equal(b->data[0], 0);
    bench_open(b);
    assert_holds(b, 1000000, 1, 1);
    assert_holds(b, 1000001, 1, 4);
    assert_holds(b, 1000002, 1, 1);
    assert_holds(b, 7, 1, 2);
    assert_holds(b, DISC_SECTORS - 1, 1, 3);
    assert_good(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(field32(b->data), DISC_SECTORS - 1);
}

static void a_second_format_leaves_zeros(void **state)
{
    struct bench *b = *state;
    static const uint8_t zeros[SECTOR];

    bench_insert(b, "dvd+rw");
    assert_good(bench_format(b, 0));
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_format(b, 0));
    assert_good(bench_read(b, 0, 1));
    assert_memory_equal(b->data, zeros, SECTOR);
    bench_open(b);
    assert_good(bench_read(b, 0, 1));
    assert_memory_equal(b->data, zeros, SECTOR);
}

static void a_format_runs_in_the_background_at_the_speed_of_the_disc(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw\nspeed = 4");
    assert_good(bench_format(b, 0));
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[7] & 3, 2);
    assert_sense(bench_read(b, 400000, 1), 0x080000);
    assert_good(bench_write(b, 500000, 16, 1));
    b->now_us += 300 * 1000000ull;
    assert_good(bench_read(b, 400000, 1));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4], 0);
    b->now_us += 600 * 1000000ull;
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4], 5);
    assert_int_equal(b->data[5], 2);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[7] & 3, 3);
}

static void a_stopped_format_takes_writes_only_where_it_came_and_can_be_restarted(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw\nspeed = 4");
    assert_good(bench_format(b, 0));
    assert_good(bench_write(b, 0, 64, 1));
    assert_good(bench_close_track(b, 0, 0));
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[7] & 3, 1);
    assert_good(bench_write(b, 32, 32, 2));
    assert_sense(bench_write(b, 64, 16, 2), 0x033100);
    bench_open(b);
    assert_sense(bench_write(b, 64, 16, 2), 0x033100);
    assert_good(bench_format(b, 1));
    assert_good(bench_write(b, 64, 16, 2));
    assert_holds(b, 0, 32, 1);
    assert_holds(b, 32, 48, 2);
}

static void a_wrong_format_list_changes_nothing(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint8_t at, value;
        uint32_t sense;
    } wrong[] = {
        {1, 0x04, 0x052600}, {1, 0x12, 0x052600}, {3, 4, 0x052600},
        {8, 0x00, 0x052600}, {4, 0x00, 0x052600}, {11, 1, 0x052600},
    };

    bench_insert(b, "dvd+rw");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const uint8_t list[12] = {0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x26 << 2, 0, 0, 0};

        memcpy(b->data, list, sizeof(list));
        b->data[wrong[i].at] = wrong[i].value;
        assert_sense(bench_put(b, 12, 0x04, 0x11, 0, 0, 0, 0), wrong[i].sense);
    }
    assert_sense(bench_put(b, 11, 0x04, 0x11, 0, 0, 0, 0), 0x051a00);
    assert_sense(bench_put(b, 12, 0x04, 0x10, 0, 0, 0, 0), 0x052400);
    assert_sense(bench_write(b, 0, 16, 1), 0x033100);
}

static void it_has_no_tracks_to_reserve_and_is_not_finalised(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw");
    assert_good(bench_format(b, 0));
    assert_sense(bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, 0, 16, 0), 0x053005);
    assert_sense(bench_close_track(b, 1, 1), 0x052400);
    assert_sense(bench_close_track(b, 6, 0), 0x052400);
    assert_good(bench_close_track(b, 2, 0));
    assert_good(bench_write(b, 0, 16, 1));
    bench_pattern(b->data, 16, 16, 2);
    assert_good(bench_put(b, 16 * SECTOR, 0x2e, 0, 0, 0, 0, 16, 0, 0, 16, 0));
    assert_holds(b, 16, 16, 2);
    assert_good(bench_get(b, 64, 0x43, 0, 0, 0, 0, 0, 0, 0, 64, 0));
    assert_int_equal(field32(b->data + 16), DISC_SECTORS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(as_bought_it_refuses_everything_until_it_is_formatted),
        TEST(once_formatted_any_sector_can_be_written_and_written_again),
        TEST(a_second_format_leaves_zeros),
        TEST(a_format_runs_in_the_background_at_the_speed_of_the_disc),
        TEST(a_stopped_format_takes_writes_only_where_it_came_and_can_be_restarted),
        TEST(a_wrong_format_list_changes_nothing),
        TEST(it_has_no_tracks_to_reserve_and_is_not_finalised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
