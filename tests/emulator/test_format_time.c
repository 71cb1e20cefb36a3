/* How long a format takes, and writes that are verified; and what a drive tells of its spares. */
#include "bench.h"

enum { WITH_SPARES = 0x30 << 2, FULL_CERTIFICATION = 2, NO_SPARES = 0x31 << 2, SECTORS = 11826176 };

static void a_certification_keeps_the_drive_busy_and_tells_how_far_it_is(void **state)
{
    struct bench *b = *state;
    const uint64_t second_us = 1000000;

    bench_insert(b, "bd-re\nspeed = 2");
    assert_good(bench_format_as(b, 2, SECTORS, WITH_SPARES | FULL_CERTIFICATION, 0x3000));
    b->now_us += 1350 * second_us;
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x020404);
    assert_int_equal(b->reply.sense[15], 0x80);
    assert_in_range(field16(b->reply.sense + 16), 0x7800, 0x8800);
    assert_sense(bench_write(b, 0, 32, 1), 0x020404);
    b->now_us += 1400 * second_us;
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_write(b, 0, 32, 1));
}

static uint64_t slept_for(struct bench *b, uint8_t options, uint32_t blocks, uint8_t type)
{
    b->slept_us = 0;
    assert_good(bench_format_as(b, options, blocks, type, 0));
    return b->slept_us;
}

static void without_immed_the_command_takes_the_time(void **state)
{
    struct bench *b = *state;
    const uint64_t minute_us = 60 * 1000000ull;

    bench_insert(b, "bd-re\nspeed = 2");
    assert_true(slept_for(b, 0, SECTORS, WITH_SPARES) < minute_us);
    assert_true(slept_for(b, 0, SECTORS, WITH_SPARES | FULL_CERTIFICATION) > 40 * minute_us);
    assert_true(slept_for(b, 0xa0, SECTORS, WITH_SPARES | FULL_CERTIFICATION) < minute_us);
}

static uint64_t time_of_a_megabyte(struct bench *b, bool streaming)
{
    for (uint32_t lba = 0; lba < 512; lba += 32)
        assert_good(streaming ? bench_stream(b, lba, 32, 1) : bench_write(b, lba, 32, 1));
    b->slept_us = 0;
    assert_good(bench_sync(b));
    return b->slept_us;
}

static void a_verified_write_takes_twice_the_time(void **state)
{
    struct bench *b = *state;
    uint64_t verified, streamed, unmanaged;

    bench_insert(b, "bd-re\nspeed = 2");
    assert_good(bench_format_as(b, 0, SECTORS, WITH_SPARES, 0));
    time_of_a_megabyte(b, false); /* calibrates */
    verified = time_of_a_megabyte(b, false);
    streamed = time_of_a_megabyte(b, true);
    assert_good(bench_format_as(b, 0, 12219392, NO_SPARES, 0));

    unmanaged = time_of_a_megabyte(b, false);
    assert_in_range(streamed, unmanaged - 1000, unmanaged + 1000);
    assert_in_range(verified, 2 * streamed - 1000, 2 * streamed + 1000);
}

static void spare_areas_are_told_where_there_are_some(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-re");
    assert_sense(bench_get(b, 64, 0xad, 1, 0, 0, 0, 0, 0, 0x0a, 0, 64, 0, 0), 0x052400);
    assert_good(bench_format_as(b, 0, SECTORS, WITH_SPARES, 0));
    assert_good(bench_get(b, 64, 0xad, 1, 0, 0, 0, 0, 0, 0x0a, 0, 64, 0, 0));
    assert_int_equal(field16(b->data), 14);
    assert_int_equal(field32(b->data + 8), 12288);
    assert_int_equal(field32(b->data + 12), 12288);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_certification_keeps_the_drive_busy_and_tells_how_far_it_is),
        TEST(without_immed_the_command_takes_the_time),
        TEST(a_verified_write_takes_twice_the_time),
        TEST(spare_areas_are_told_where_there_are_some),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
