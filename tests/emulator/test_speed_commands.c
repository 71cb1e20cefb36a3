/* GET PERFORMANCE, SET STREAMING and SET CD SPEED, and that the buffer is drained accordingly. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

enum { SECOND_US = 1000000 };

static uint32_t get_performance(struct bench *b, uint8_t kind, uint32_t lba, uint16_t most,
                                uint8_t type)
{
    return bench_get(b, 4096, 0xac, kind, (uint8_t)(lba >> 24), (uint8_t)(lba >> 16),
                     (uint8_t)(lba >> 8), (uint8_t)lba, 0, 0, (uint8_t)(most >> 8), (uint8_t)most,
                     type, 0);
}

static uint32_t descriptors(struct bench *b)
{
    assert_int_equal((b->reply.moved - 8) % 16, 0);
    return (b->reply.moved - 8) / 16;
}

static uint32_t piece(struct bench *b, uint32_t index, uint32_t at)
{
    return field32(b->data + 8 + 16 * index + at);
}

static uint32_t set_cd_speed(struct bench *b, uint8_t rotation, uint16_t write)
{
    return bench_do(b, 0xbb, rotation, 0xff, 0xff, (uint8_t)(write >> 8), (uint8_t)write, 0, 0, 0,
                    0, 0, 0);
}

static void put32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t set_streaming(struct bench *b, uint8_t flags, uint32_t from, uint32_t to,
                              uint32_t write)
{
    memset(b->data, 0, 28);
    b->data[0] = flags;
    put32(b->data + 4, from);
    put32(b->data + 8, to);
    put32(b->data + 12, 22160);
    put32(b->data + 16, 1000);
    put32(b->data + 20, write);
    put32(b->data + 24, 1000);
    return bench_put(b, 28, 0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0);
}

static void a_slow_disc_turns_so_that_its_speed_is_constant(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(get_performance(b, 0x14, 0, 64, 0));
    assert_int_equal(b->data[4], 0x02);
    assert_int_equal(field32(b->data), b->reply.moved - 4);
    assert_int_equal(descriptors(b), 1);
    assert_int_equal(piece(b, 0, 0), 0);
    assert_int_equal(piece(b, 0, 4), 5540);
    assert_int_equal(piece(b, 0, 8), DISC_SECTORS - 1);
    assert_int_equal(piece(b, 0, 12), 5540);
}

static void a_faster_one_goes_in_zones(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 8");
    assert_good(get_performance(b, 0x14, 0, 64, 0));
    assert_int_equal(descriptors(b), 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(piece(b, i, 4), 11080 / 4 * (2 + i));
        assert_int_equal(piece(b, i, 12), piece(b, i, 4));
        assert_int_equal(piece(b, i, 0), i ? piece(b, i - 1, 8) + 1 : 0);
    }
    assert_int_equal(piece(b, 2, 8), DISC_SECTORS - 1);
}

static void the_fastest_turns_evenly_and_speeds_up_outwards(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 16");
    assert_good(get_performance(b, 0x14, 0, 64, 0));
    assert_int_equal(descriptors(b), 1);
    assert_in_range(piece(b, 0, 4), 22160 * 41 / 100, 22160 * 44 / 100);
    assert_in_range(piece(b, 0, 12), 22160 * 98 / 100, 22160);
    assert_int_equal(piece(b, 0, 8), DISC_SECTORS - 1);
    assert_good(get_performance(b, 0x14, DISC_SECTORS / 2, 64, 0));
    assert_int_equal(piece(b, 0, 0), DISC_SECTORS / 2);
    assert_in_range(piece(b, 0, 4), 22160 * 75 / 100, 22160 * 79 / 100);
}

static void exceptions_are_none_and_the_rest_is_refused(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(get_performance(b, 0x12, 0, 64, 0));
    assert_int_equal(b->reply.moved, 8);
    assert_int_equal(b->data[4], 0x01);
    assert_sense(get_performance(b, 0x13, 0, 64, 0), 0x052400);
    assert_sense(get_performance(b, 0x04, 0, 64, 0), 0x052400);
    assert_sense(get_performance(b, 0x01, 0, 64, 3), 0x052400);
    assert_sense(get_performance(b, 0x00, 0, 64, 4), 0x052400);
    assert_int_equal(field16(b->reply.sense + 16), 10);
    assert_good(get_performance(b, 0x14, 0, 0, 0));
    assert_int_equal(b->reply.moved, 8);
}

static void write_speeds_tell_how_the_disc_turns(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(get_performance(b, 0, 0, 2, 3));
    assert_int_equal(descriptors(b), 2);
    assert_int_equal(field32(b->data) + 4, 8 + 6 * 16);
    assert_good(get_performance(b, 0, 0, 64, 3));
    assert_int_equal(descriptors(b), 6);
    assert_int_equal(piece(b, 0, 12), 22160);
    assert_int_equal(b->data[8] & 0x18, 0x08);          /* 16x: CAV */
    assert_int_equal(b->data[8 + 16 * 2] & 0x1a, 0);    /* 8x: in zones */
    assert_int_equal(b->data[8 + 16 * 4] & 0x1a, 0x02); /* 4x: exact */
    assert_int_equal(piece(b, 4, 4), DISC_SECTORS - 1);
}

static void a_speed_set_for_some_sectors_leaves_the_others_alone(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(set_streaming(b, 0, 1000, 1999, 3324));
    assert_good(get_performance(b, 0x14, 0, 64, 0));
    assert_int_equal(descriptors(b), 3);
    assert_int_equal(piece(b, 0, 8), 999);
    assert_int_equal(piece(b, 0, 12), 5540);
    assert_int_equal(piece(b, 1, 4), 3324);
    assert_int_equal(piece(b, 1, 8), 1999);
    assert_int_equal(piece(b, 2, 4), 5540);
}

static void rotation_can_be_asked_for(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(set_cd_speed(b, 1, 5540));
    assert_good(get_performance(b, 0x14, 0, 64, 0));
    assert_in_range(piece(b, 0, 4), 5540 * 41 / 100, 5540 * 44 / 100);
    assert_good(set_cd_speed(b, 0, 5540));
    assert_good(get_performance(b, 0x14, 0, 64, 0));
    assert_int_equal(piece(b, 0, 4), 5540);
    assert_good(set_streaming(b, 0x08, 0, DISC_SECTORS - 1, 5540));
    assert_good(get_performance(b, 0x14, 0, 64, 0));
    assert_in_range(piece(b, 0, 4), 5540 * 41 / 100, 5540 * 44 / 100);
    assert_sense(set_cd_speed(b, 2, 5540), 0x052400);
    assert_sense(set_streaming(b, 0x10, 0, DISC_SECTORS - 1, 5540), 0x052600);
}

static void an_exact_speed_must_be_one_that_is_offered(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(set_streaming(b, 0, 0, DISC_SECTORS - 1, 6000));
    assert_good(set_streaming(b, 0x02, 0, DISC_SECTORS - 1, 5540));
    assert_sense(set_streaming(b, 0x02, 0, DISC_SECTORS - 1, 6000), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 20);
    assert_sense(set_streaming(b, 0, 5, 4, 5540), 0x052600);
    assert_sense(set_streaming(b, 0x20, 0, 4, 5540), 0x052600);
}

static void the_setting_outlives_the_disc_until_defaults_are_restored(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(set_streaming(b, 0, 0, UINT32_MAX, 5540));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    bench_define(b, "medium = dvd+rw\nimage = other.iso\n");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x062800);
    assert_good(get_performance(b, 0x14, 0, 64, 0));
    assert_int_equal(piece(b, 0, 4), 5540);
    assert_good(set_streaming(b, 0x04, 0, 0, 0));
    assert_good(get_performance(b, 0x14, 0, 64, 0));
    assert_int_equal(piece(b, 0, 4), 11080 / 2);
    assert_int_equal(piece(b, descriptors(b) - 1, 12), 11080);
}

static void the_page_of_capabilities_shows_the_speed(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 8");
    assert_good(set_streaming(b, 0, 0, UINT32_MAX, 5540));
    assert_good(bench_get(b, 255, 0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 255, 0));
    assert_int_equal(field16(b->data + 8 + 18), 11080);
    assert_int_equal(field16(b->data + 8 + 28), 5540);
}

/* How long the drive takes for the last `blocks` that were written before lba. */
static uint64_t flush_us(struct bench *b, uint32_t lba, uint32_t blocks)
{
    uint32_t end = lba + blocks;

    for (; lba < end; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    b->slept_us = 0;
    assert_good(bench_sync(b));
    return b->slept_us;
}

static void the_buffer_drains_as_fast_as_is_told(void **state)
{
    struct bench *b = *state;
    uint64_t slow, fast;

    bench_insert(b, "dvd+r\nspeed = 16");
    flush_us(b, 0, 32);
    fast = flush_us(b, 32, 512);
    assert_good(set_cd_speed(b, 0, 3324));
    slow = flush_us(b, 544, 512);
    assert_in_range(slow, 512ull * SECTOR * 1000 / 3324 - 1, 512ull * SECTOR * 1000 / 3324 + 1);
    /* 16x is 6.8x at the inner edge, 3324 is 2.4x. */
    assert_in_range(fast * 1000 / slow, 340, 365);
    assert_good(set_streaming(b, 0, 1056 + 256, UINT32_MAX, 3324));
    assert_in_range(flush_us(b, 1056, 512), (fast + slow) / 2 - 10, (fast + slow) / 2 + 10);
}

static void the_outer_edge_drains_faster_than_the_inner(void **state)
{
    struct bench *b = *state;
    uint64_t inner, outer;

    bench_insert(b, "dvd+rw\nspeed = 16");
    assert_good(bench_format(b, 0));
    b->now_us += 3600ull * SECOND_US;
    flush_us(b, 0, 32);
    inner = flush_us(b, 0, 512);
    outer = flush_us(b, DISC_SECTORS - 512, 512);
    assert_in_range(inner * 100 / outer, 225, 240);
}

static void what_is_verified_takes_twice_the_time(void **state)
{
    struct bench *b = *state;
    uint64_t plain;

    bench_insert(b, "dvd+rw\nspeed = 4");
    assert_good(bench_format(b, 0));
    b->now_us += 3600ull * SECOND_US;
    flush_us(b, 0, 32);
    plain = flush_us(b, 32, 32);
    bench_pattern(b->data, 64, 32, 1);
    assert_good(bench_put(b, 32 * SECTOR, 0x2e, 0, 0, 0, 0, 64, 0, 0, 32, 0));
    b->slept_us = 0;
    assert_good(bench_sync(b));
    assert_in_range(b->slept_us, 2 * plain - 1, 2 * plain + 1);
}

static void years_of_clock_do_no_harm(void **state)
{
    struct bench *b = *state;

    b->now_us = 1ull << 62;
    bench_insert(b, "dvd+r\nspeed = 1000");
    assert_good(bench_write(b, 0, 32, 1));
    b->now_us += 1ull << 60;
    assert_good(bench_write(b, 32, 32, 1));
    assert_good(bench_sync(b));
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(set_cd_speed(b, 0, 0));
    assert_good(set_streaming(b, 0, 0, UINT32_MAX, UINT32_MAX));
    assert_good(bench_write(b, 64, 32, 1));
    b->now_us += 1ull << 60;
    assert_good(bench_write(b, 96, 32, 1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_slow_disc_turns_so_that_its_speed_is_constant),
        TEST(a_faster_one_goes_in_zones),
        TEST(the_fastest_turns_evenly_and_speeds_up_outwards),
        TEST(exceptions_are_none_and_the_rest_is_refused),
        TEST(write_speeds_tell_how_the_disc_turns),
        TEST(a_speed_set_for_some_sectors_leaves_the_others_alone),
        TEST(rotation_can_be_asked_for),
        TEST(an_exact_speed_must_be_one_that_is_offered),
        TEST(the_setting_outlives_the_disc_until_defaults_are_restored),
        TEST(the_page_of_capabilities_shows_the_speed),
        TEST(the_buffer_drains_as_fast_as_is_told),
        TEST(the_outer_edge_drains_faster_than_the_inner),
        TEST(what_is_verified_takes_twice_the_time),
        TEST(years_of_clock_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
