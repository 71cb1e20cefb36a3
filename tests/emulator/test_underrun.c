/* What happens when the host is too slow, and what a poll of the buffer costs some drives. */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include "cache.h"

enum { SECOND_US = 1000000 };

/* Past calibration and lead-in, with so much in the buffer that the laser is on. */
static uint32_t begin(struct bench *b)
{
    uint32_t lba = 16;

    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    for (; lba < 16 + 640; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    return lba;
}

static void a_buffer_that_runs_empty_is_linked_and_counted(void **state)
{
    struct bench *b = *state;
    uint32_t lba;
    uint64_t with_link;

    bench_insert(b, "dvd+r\nspeed = 4");
    lba = begin(b);
    assert_int_equal(drive_statistics(b->emu)->underruns, 0);
    b->now_us += SECOND_US;
    assert_good(bench_write(b, lba, 32, 1));
    assert_int_equal(drive_statistics(b->emu)->underruns, 1);
    assert_int_equal(drive_statistics(b->emu)->links, 1);
    b->slept_us = 0;
    assert_good(bench_sync(b));
    with_link = b->slept_us;
    assert_good(bench_write(b, lba + 32, 32, 1));
    b->slept_us = 0;
    assert_good(bench_sync(b));
    assert_true(with_link > b->slept_us + 20000);
    assert_int_equal(drive_statistics(b->emu)->underruns, 1);
    assert_holds(b, 0, lba + 64, 1);
}

static void a_host_that_keeps_up_causes_none(void **state)
{
    struct bench *b = *state;
    uint32_t lba;

    bench_insert(b, "dvd+r\nspeed = 4");
    lba = begin(b);
    while (lba < 8192) {
        b->now_us += 10000; /* 64 KiB take 11.8 ms */
        if (bench_write(b, lba, 32, 1) == 0)
            lba += 32;
    }
    assert_true(drive_statistics(b->emu)->refused > 0);
    assert_int_equal(drive_statistics(b->emu)->underruns, 0);
}

static void without_protection_the_next_write_is_lost(void **state)
{
    struct bench *b = *state;
    uint32_t lba;

    bench_insert(b, "dvd+r\nspeed = 4\npersonality = no-underrun-protection");
    lba = begin(b);
    b->now_us += SECOND_US;
    assert_sense(bench_write(b, lba, 32, 1), 0x030c09);
    assert_int_equal(field32(b->reply.sense + 3), lba);
    assert_non_null(strstr(oi_emu_detail(b->emu), "ran empty"));
    assert_int_equal(drive_statistics(b->emu)->underruns, 1);
    assert_int_equal(drive_statistics(b->emu)->links, 0);
}

/* Page 05h with this byte 2: under-run protection, test write, write type. */
static void select_writing(struct bench *b, uint8_t how)
{
    assert_good(bench_get(b, 60, 0x5a, 0, 0x05, 0, 0, 0, 0, 0, 60, 0));
    b->data[0] = b->data[1] = 0;
    b->data[8] = 0x05;
    b->data[8 + 2] = how;
    b->data[8 + 3] = (uint8_t)((b->data[8 + 3] & 0xd0) | 0x05);
    b->data[8 + 4] = 0x08;
    assert_good(bench_put(b, 60, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0));
}

static void a_dvd_r_at_once_is_protected_only_if_page_05_says_so(void **state)
{
    struct bench *b = *state;
    char text[64];
    uint32_t lba;

    for (int protect = 0; protect < 2; protect++) {
        snprintf(text, sizeof(text), "medium = dvd-r\nimage = %d.iso\nspeed = 4\n", protect);
        bench_define(b, text);
        bench_open(b);
        select_writing(b, protect ? 0x42 : 0x02);
        for (lba = 0; lba < 640; lba += 32)
            assert_good(bench_write(b, lba, 32, 1));
        b->now_us += 60 * SECOND_US;
        assert_sense(bench_write(b, lba, 32, 1), protect ? 0 : 0x030c09);
        assert_int_equal(drive_statistics(b->emu)->underruns, 1);
        assert_int_equal(drive_statistics(b->emu)->links, protect);
    }
}

static void a_flush_is_the_end_of_it_and_no_underrun(void **state)
{
    struct bench *b = *state;
    uint32_t lba;

    bench_insert(b, "dvd+r\nspeed = 4\npersonality = no-underrun-protection");
    lba = begin(b);
    assert_good(bench_do(b, 0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0));
    b->now_us += SECOND_US;
    assert_good(bench_write(b, lba, 32, 1));
    assert_good(bench_close_track(b, 2, 0));
    b->now_us += SECOND_US;
    assert_good(bench_write(b, bench_next(b, b->emu), 32, 1));
    assert_int_equal(drive_statistics(b->emu)->underruns, 0);
}

static void a_rewritable_disc_is_taken_up_anywhere(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw\nspeed = 4\npersonality = no-underrun-protection");
    assert_good(bench_format(b, 0));
    for (uint32_t lba = 0; lba < 640; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    b->now_us += 20 * SECOND_US;
    assert_good(bench_write(b, 4000, 16, 1));
    b->now_us += 20 * SECOND_US;
    assert_good(bench_write(b, 4016, 16, 1));
    assert_int_equal(drive_statistics(b->emu)->underruns, 1);
    assert_int_equal(drive_statistics(b->emu)->links, 1);
}

static void the_longest_wait_of_a_refused_write_is_kept(void **state)
{
    struct bench *b = *state;
    uint32_t lba;

    bench_insert(b, "dvd+r\nspeed = 4");
    lba = begin(b);
    while (bench_write(b, lba, 32, 1) == 0)
        lba += 32;
    b->now_us += 30000;
    assert_good(bench_write(b, lba, 32, 1));
    assert_int_equal(drive_statistics(b->emu)->longest_wait_us, 30000);
    assert_int_equal(drive_statistics(b->emu)->refused, 1);
    assert_int_equal(drive_statistics(b->emu)->bytes, (uint64_t)(lba + 32) * SECTOR);
}

static void poll(struct bench *b)
{
    assert_good(bench_get(b, 12, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0));
}

static void assert_zeros(struct bench *b, uint32_t lba, uint32_t blocks)
{
    static const uint8_t zeros[SECTOR];

    for (uint32_t i = 0; i < blocks; i++) {
        assert_good(bench_read(b, lba + i, 1));
        assert_memory_equal(b->data, zeros, SECTOR);
    }
}

static void the_buffer_is_told_in_bytes_or_in_blocks(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_write(b, 0, 32, 1));
    poll(b);
    assert_int_equal(field16(b->data), 10);
    assert_int_equal(field32(b->data + 4), 2097152);
    assert_int_equal(field32(b->data + 8), 2097152 - 65536);
    assert_good(bench_get(b, 12, 0x5c, 1, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_int_equal(b->data[3], 1);
    assert_int_equal(field32(b->data + 4), 0);
    assert_int_equal(field32(b->data + 8), 1024 - 32);
    assert_holds(b, 0, 32, 1);
}

static void a_poll_before_the_buffer_was_full_loses_what_is_in_it(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\npersonality = buffer-poll-loses-data");
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    poll(b);
    assert_good(bench_write(b, 32, 32, 1));
    assert_good(bench_write(b, 64, 16, 1));
    poll(b);
    assert_good(bench_write(b, 80, 16, 1));
    assert_good(bench_sync(b));
    assert_holds(b, 0, 32, 1);
    assert_zeros(b, 32, 48);
    assert_holds(b, 80, 16, 1);
    assert_int_equal(drive_statistics(b->emu)->lost_blocks, 48);
}

static void a_poll_after_the_buffer_was_full_once_loses_nothing(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\npersonality = buffer-poll-loses-data");
    for (uint32_t lba = 0; lba < 1024; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    poll(b);
    assert_good(bench_write(b, 1024, 32, 1));
    poll(b);
    assert_int_equal(drive_statistics(b->emu)->lost_blocks, 0);
    assert_holds(b, 960, 96, 1);
}

static void what_has_left_the_buffer_is_not_lost(void **state)
{
    struct bench *b = *state;
    uint32_t lba;

    bench_insert(b, "dvd+r\nspeed = 4\npersonality = buffer-poll-loses-data");
    lba = begin(b);
    b->now_us += 118300; /* 320 sectors at 4x */
    poll(b);
    assert_in_range(drive_statistics(b->emu)->lost_blocks, 318, 321);
    assert_holds(b, 0, 16 + 318, 1);
    assert_zeros(b, lba - 318, 318);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_buffer_that_runs_empty_is_linked_and_counted),
        TEST(a_host_that_keeps_up_causes_none),
        TEST(without_protection_the_next_write_is_lost),
        TEST(a_dvd_r_at_once_is_protected_only_if_page_05_says_so),
        TEST(a_flush_is_the_end_of_it_and_no_underrun),
        TEST(a_rewritable_disc_is_taken_up_anywhere),
        TEST(the_longest_wait_of_a_refused_write_is_kept),
        TEST(the_buffer_is_told_in_bytes_or_in_blocks),
        TEST(a_poll_before_the_buffer_was_full_loses_what_is_in_it),
        TEST(a_poll_after_the_buffer_was_full_once_loses_nothing),
        TEST(what_has_left_the_buffer_is_not_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
