/* What FORMAT UNIT takes on whatever medium, and how a format is followed. */
#include "bench.h"

#include <string.h>

static void a_medium_that_can_not_be_formatted_says_so(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_sense(bench_format(b, 0), 0x053006);
    bench_insert(b, "none");
    assert_sense(bench_format(b, 0), 0x023a01);
}

static void a_wrong_header_is_refused_at_the_byte(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint8_t at, value;
        uint8_t field;
    } wrong[] = {
        {0, 1, 0},    {1, 0x01, 1}, {1, 0x04, 1}, {1, 0x08, 1}, {1, 0x10, 1}, {1, 0x20, 1},
        {1, 0x40, 1}, {1, 0x88, 1}, {2, 1, 2},    {3, 0, 2},    {3, 16, 2},
    };

    bench_insert(b, "bd-re");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        uint8_t list[12] = {0, 0, 0, 8, 0x00, 0xb4, 0x74, 0x00, 0, 0, 0, 0};

        list[wrong[i].at] = wrong[i].value;
        memcpy(b->data, list, sizeof(list));
        assert_sense(bench_put(b, 12, 0x04, 0x11, 0, 0, 0, 0), 0x052600);
        assert_int_equal(b->reply.sense[15], 0x80);
        assert_int_equal(field16(b->reply.sense + 16), wrong[i].field);
        assert_int_equal(b->reply.moved, 0);
    }
    assert_good(bench_format_as(b, 0xf0, 11826176, 0, 0));
    assert_good(bench_format_as(b, 0x82, 11826176, 0, 0));
}

static void the_command_asks_for_a_list_in_the_one_form(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-re");
    for (uint8_t form = 0; form < 0x20; form++) {
        if ((form & ~0x08) == 0x11)
            continue;
        assert_sense(bench_put(b, 12, 0x04, form, 0, 0, 0, 0), 0x052400);
        assert_int_equal(field16(b->reply.sense + 16), 1);
    }
    assert_sense(bench_put(b, 11, 0x04, 0x11, 0, 0, 0, 0), 0x051a00);
    assert_sense(bench_put(b, 0, 0x04, 0x11, 0, 0, 0, 0), 0x051a00);
    bench_format_as(b, 0, 11826176, 0, 0);
    assert_good(bench_put(b, 12, 0x04, 0x19, 0, 0, 0, 0));
}

static void a_format_in_the_background_tells_how_far_it_is(void **state)
{
    struct bench *b = *state;
    uint32_t before;

    bench_insert(b, "dvd+rw\nspeed = 4");
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[12], 0);
    assert_good(bench_format(b, 0));
    b->now_us += 1000 * 1000;
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2] & 0x0f, 0);
    assert_int_equal(field16(b->data + 12), 0x0404);
    assert_int_equal(b->data[15], 0x80);
    before = field16(b->data + 16);
    b->now_us += 400 * 1000000ull;
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_in_range(field16(b->data + 16), 0x7000, 0x8000);
    assert_true(field16(b->data + 16) > before);
    b->now_us += 900 * 1000000ull;
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(field16(b->data + 12), 0);
}

static void the_tray_stops_a_format_in_the_background(void **state)
{
    struct bench *b = *state;
    uint32_t sense;

    bench_insert(b, "dvd+rw\nspeed = 4");
    assert_good(bench_format(b, 2));
    b->now_us += 100 * 1000000ull;
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    while ((sense = bench_do(b, 0, 0, 0, 0, 0, 0)) == 0x020401)
        b->now_us += 1000000;
    assert_sense(sense, 0x062800);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[7] & 3, 1);
    assert_sense(bench_write(b, 2000000, 16, 1), 0x033100);
    assert_good(bench_format(b, 3));
    assert_good(bench_write(b, 2000000, 16, 1));
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[7] & 3, 2);
}

static void a_dvd_plus_rw_has_parameters_of_its_own(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw");
    assert_sense(bench_format(b, 4), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 9);
    assert_sense(bench_format(b, 1), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 9);
    assert_good(bench_format(b, 2));
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_format_as(b, 0, DISC_SECTORS, 0x26 << 2, 0));
    assert_sense(bench_format_as(b, 0, DISC_SECTORS - 16, 0x26 << 2, 0), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_medium_that_can_not_be_formatted_says_so),
        TEST(a_wrong_header_is_refused_at_the_byte),
        TEST(the_command_asks_for_a_list_in_the_one_form),
        TEST(a_format_in_the_background_tells_how_far_it_is),
        TEST(the_tray_stops_a_format_in_the_background),
        TEST(a_dvd_plus_rw_has_parameters_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
