/* READ TOC/PMA/ATIP of CDs. */
#include "cd_bench.h"

#include <string.h>

static void the_groove_of_a_blank_disc_tells_its_times(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r-74");
    assert_good(cd_read_toc(b, 4, true, 0));
    assert_int_equal(b->reply.moved, 28);
    assert_int_equal(field16(b->data), 26);
    assert_int_equal(b->data[6], 0x80);
    assert_memory_equal(b->data + 8, "\x61\x1a\x42", 3);
    assert_memory_equal(b->data + 12, "\x4a\x00\x00", 3);
    bench_close(b);
    bench_insert(b, "cd-rw");
    assert_good(cd_read_toc(b, 4, true, 0));
    assert_int_equal(b->data[6] & 0x40, 0x40);
    assert_memory_equal(b->data + 12, "\x4f\x3b\x46", 3);
}

static void a_blank_disc_has_no_table_of_contents(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_sense(cd_read_toc(b, 0, false, 0), 0x052400);
    assert_sense(cd_read_toc(b, 1, false, 0), 0x052400);
    assert_sense(cd_read_toc(b, 2, true, 0), 0x052400);
    assert_sense(cd_read_toc(b, 5, false, 0), 0x052400);
    assert_sense(cd_read_toc(b, 6, false, 0), 0x052400);
    assert_good(cd_read_toc(b, 3, true, 0));
    assert_int_equal(b->reply.moved, 4);
}

static void two_sessions(struct bench *b)
{
    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(cd_write(b, 0, 300, 2048, 1));
    assert_good(bench_sync(b));
    assert_good(cd_parameters(b, TAO, MULTI, 0));
    assert_good(cd_write(b, 452, 300, RAW, 1));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(cd_write(b, 754 + 11400, 300, 2048, 1));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
}

static void tracks_are_listed_by_address_or_time(void **state)
{
    struct bench *b = *state;

    two_sessions(b);
    assert_good(cd_read_toc(b, 0, false, 0));
    assert_int_equal(b->reply.moved, 4 + 4 * 8);
    assert_int_equal(field16(b->data), 2 + 4 * 8);
    assert_int_equal(b->data[2], 1);
    assert_int_equal(b->data[3], 3);
    assert_int_equal(b->data[5], 0x14);
    assert_int_equal(b->data[13], 0x10);
    assert_int_equal(field32(b->data + 16), 452);
    assert_int_equal(field32(b->data + 24), 12154);
    assert_int_equal(b->data[30], 0xaa);
    assert_int_equal(field32(b->data + 32), 12456);
    assert_good(cd_read_toc(b, 0, true, 2));
    assert_int_equal(b->reply.moved, 4 + 3 * 8);
    assert_memory_equal(b->data + 8, "\x00\x00\x08\x02", 4);
    assert_sense(cd_read_toc(b, 0, true, 4), 0x052400);
    assert_good(cd_read_toc(b, 1, false, 0));
    assert_int_equal(b->reply.moved, 12);
    assert_int_equal(b->data[3], 2);
    assert_int_equal(b->data[6], 3);
    assert_int_equal(field32(b->data + 8), 12154);
}

static void points_are_listed_session_by_session(void **state)
{
    struct bench *b = *state;

    two_sessions(b);
    assert_good(cd_read_toc(b, 2, true, 0));
    /* A0 A1 A2, tracks 1 and 2, B0 C0; A0 A1 A2, track 3, B0. */
    assert_int_equal(b->reply.moved, 4 + 12 * 11);
    assert_int_equal(b->data[4 + 3], 0xa0);
    assert_int_equal(b->data[4 + 8], 1);
    assert_int_equal(b->data[15 + 3], 0xa1);
    assert_int_equal(b->data[15 + 1], 0x10);
    assert_int_equal(b->data[15 + 8], 2);
    assert_memory_equal(b->data + 26 + 8, "\x00\x0c\x04", 3); /* lead-out at 754 */
    assert_int_equal(b->data[4 + 5 * 11 + 3], 0xb0);
    assert_int_equal(b->data[4 + 5 * 11 + 1], 0x50);
    assert_memory_equal(b->data + 4 + 5 * 11 + 8, "\x4f\x3b\x46", 3);
    assert_int_equal(b->data[4 + 6 * 11 + 3], 0xc0);
    assert_memory_equal(b->data + 4 + 6 * 11 + 8, "\x61\x1a\x42", 3);
    assert_int_equal(b->data[4 + 10 * 11], 2);
    assert_int_equal(b->data[4 + 10 * 11 + 3], 3);
    assert_good(cd_read_toc(b, 2, true, 2));
    assert_int_equal(b->reply.moved, 4 + 5 * 11);
    assert_sense(cd_read_toc(b, 2, true, 3), 0x052400);
    assert_good(bench_get(b, 4096, 0x43, 2, 2, 0, 0, 0, 1, 0, 20, 0));
    assert_int_equal(b->reply.moved, 20);
}

static void the_program_memory_knows_tracks_of_the_open_session(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 0, 300, 2048, 1));
    assert_good(bench_sync(b));
    assert_sense(cd_read_toc(b, 0, false, 0), 0x052400);
    assert_good(cd_read_toc(b, 3, true, 0));
    assert_int_equal(b->reply.moved, 4 + 11);
    assert_int_equal(b->data[7], 1);
    assert_memory_equal(b->data + 12, "\x00\x02\x00", 3);
    assert_memory_equal(b->data + 8, "\x00\x06\x02", 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_groove_of_a_blank_disc_tells_its_times),
        TEST(a_blank_disc_has_no_table_of_contents),
        TEST(tracks_are_listed_by_address_or_time),
        TEST(points_are_listed_session_by_session),
        TEST(the_program_memory_knows_tracks_of_the_open_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
