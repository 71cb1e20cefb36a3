/* What a CD says to hosts that are slow or ask too much, and what weak drives do to it. */
#include "cd_bench.h"

#include <stdlib.h>
#include <string.h>

enum { LOST = 0x030c09, POLL_BLOCKS = 32 };

static void insert(struct bench *b, const char *more)
{
    char text[160] = "medium = cd-r\nimage = disc.iso\n";

    strcat(text, more);
    bench_define(b, text);
    bench_open(b);
}

static void a_track_that_is_not_protected_ends_where_the_buffer_ran_empty(void **state)
{
    struct bench *b = *state;

    insert(b, "speed = 4\n");
    assert_good(cd_parameters_with(b, TAO, 4 | MULTI, 8, (const uint8_t[]){2, TAO, 0}));
    assert_good(cd_write(b, 0, 640, 2048, 1));
    b->now_us += 60000000;
    assert_sense(cd_write(b, 640, 32, 2048, 1), LOST);
    assert_good(cd_track(b, 1));
    assert_int_equal(b->data[5] & 0x20, 0x20);
    assert_int_equal(field32(b->data + 24), 642);
    assert_good(bench_sync(b));
    bench_open(b);
    assert_good(cd_track(b, 1));
    assert_int_equal(b->data[5] & 0x20, 0x20);
    assert_int_equal(bench_next(b, b->emu), 642 + 150);
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 792, 300, 2048, 2));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
}

static void a_session_that_is_not_protected_is_damaged(void **state)
{
    static const uint8_t cue[][8] = {
        {0x41, 0, 0, 0x14, 0, 0, 0, 0},
        {0x41, 1, 0, 0x14, 0, 0, 0, 0},
        {0x41, 1, 1, 0x10, 0, 0, 2, 0},
        {0x41, 0xaa, 1, 0x14, 0, 1, 0, 0},
    };
    struct bench *b = *state;

    insert(b, "speed = 4\n");
    assert_good(cd_parameters_with(b, SAO, MULTI, 8, (const uint8_t[]){2, SAO, 0}));
    assert_good(cd_cue(b, cue, 4));
    assert_good(cd_write(b, 0, 640, 2048, 1));
    b->now_us += 60000000;
    assert_sense(cd_write(b, 640, 32, 2048, 1), LOST);
    assert_sense(cd_write(b, 640, 32, 2048, 1), 0x037203);
    assert_good(bench_sync(b));
    bench_open(b);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x09);
    assert_good(bench_read(b, 639, 1));
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(bench_next(b, b->emu), 642 + 11400);
}

static void a_test_that_runs_dry_leaves_no_trace(void **state)
{
    struct bench *b = *state;

    insert(b, "speed = 4\n");
    assert_good(cd_parameters_with(b, TAO, 4, 8, (const uint8_t[]){2, TAO | TEST_WRITE, 0}));
    assert_good(cd_write(b, 0, 640, 2048, 1));
    b->now_us += 60000000;
    assert_sense(cd_write(b, 640, 32, 2048, 1), LOST);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x00);
    assert_int_equal(bench_next(b, b->emu), 0);
}

static void fixed_packets_are_linked_anyway(void **state)
{
    struct bench *b = *state;

    insert(b, "speed = 4\n");
    assert_good(
        cd_parameters_with(b, PACKET, 5 | FIXED, 8, (const uint8_t[]){2, PACKET, 13, 32, 0}));
    assert_good(cd_write(b, 0, 640, 2048, 1));
    b->now_us += 60000000;
    assert_good(cd_write(b, 640, 32, 2048, 1));
    assert_int_equal(bench_next(b, b->emu), 672);
}

static uint8_t first_byte(struct bench *b, int32_t lba)
{
    assert_good(cd_read(b, lba, 1, 0xf8, 0, RAW));
    return b->data[0];
}

static void what_a_poll_loses_are_the_sectors_in_the_buffer(void **state)
{
    struct bench *b = *state;

    insert(b, "personality = buffer-poll-loses-data\n");
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_good(cd_write(b, 0, 300, RAW, 7));
    assert_good(bench_sync(b));
    assert_good(cd_write(b, 452, POLL_BLOCKS, RAW, 7));
    assert_good(bench_get(b, 12, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_good(cd_write(b, 452 + POLL_BLOCKS, 300, RAW, 7));
    assert_good(bench_sync(b));
    for (int32_t lba = 0; lba < 300; lba++)
        assert_int_equal(first_byte(b, lba), 7);
    for (int32_t lba = 452; lba < 752; lba++)
        assert_int_equal(first_byte(b, lba), lba < 452 + POLL_BLOCKS ? 0 : 7);
}

static void a_drive_that_discards_leaves_tracks_of_silence(void **state)
{
    struct bench *b = *state;

    insert(b, "personality = silent-discard\n");
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(cd_write(b, 0, 300, 2048, 5));
    assert_good(bench_sync(b));
    assert_good(bench_read(b, 17, 1));
    assert_int_equal(b->data[0], 0);
    assert_good(cd_parameters(b, TAO, MULTI, 0));
    assert_good(cd_write(b, 452, 300, RAW, 5));
    assert_good(bench_sync(b));
    bench_open(b);
    assert_int_equal(first_byte(b, 500), 0);
    assert_int_equal(bench_next(b, b->emu), 904);
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(cd_file_size(b, ".bin"), 752 * RAW);
}

static void a_cd_is_not_compared_with_data_of_the_host(void **state)
{
    struct bench *b = *state;

    insert(b, "");
    cd_burn_small_session(b, 0, 3);
    assert_good(bench_do(b, 0x2f, 0, 0, 0, 0, 0, 0, 0, 2, 0));
    memset(b->data, 4, 2 * SECTOR);
    assert_sense(bench_put(b, 2 * SECTOR, 0x2f, 0x02, 0, 0, 0, 0, 0, 0, 2, 0), 0x052400);
    assert_int_equal(b->reply.sense[15], 0xc9);
    assert_int_equal(field16(b->reply.sense + 16), 1);
}

static void data_types_are_offered_and_taken_by_the_way_of_writing(void **state)
{
    struct bench *b = *state;

    insert(b, "");
    assert_good(bench_get(b, 16, 0x46, 2, 0, 0x21, 0, 0, 0, 0, 16, 0));
    assert_int_equal(field16(b->data + 12), 0x3f00);
    assert_good(bench_get(b, 16, 0x46, 2, 0, 0x2d, 0, 0, 0, 0, 16, 0));
    assert_int_equal(field16(b->data + 14), 0x3f01);
    for (uint8_t type = 0; type < 16; type++) {
        uint32_t wrong = 0x052600;
        bool data = type >= 8 && type <= 13;

        assert_sense(cd_parameters(b, PACKET, 5, type), data ? 0 : wrong);
        assert_sense(cd_parameters(b, TAO, 4, type), data || type == 0 ? 0 : wrong);
        assert_sense(cd_parameters(b, RAW_WRITE, 0, type), type <= 3 ? 0 : wrong);
    }
}

/* The codes that a cue sheet gave to tracks which were only tested. */
static void codes_of_a_test_are_not_those_of_the_disc(void **state)
{
    static const uint8_t cue[][8] = {
        {0x02, '1', '2', '3', '4', '5', '6', '7'},
        {0x02, '8', '9', '0', '1', '2', '3', 0},
        {0x01, 0, 0, 0x01, 0, 0, 0, 0},
        {0x03, 1, 'D', 'E', 'A', 'B', 'C', '9'},
        {0x03, 1, '9', '0', '0', '0', '0', '1'},
        {0x01, 1, 0, 0x01, 0, 0, 0, 0},
        {0x01, 1, 1, 0x00, 0, 0, 2, 0},
        {0x01, 0xaa, 1, 0x01, 0, 0, 6, 0},
    };
    struct bench *b = *state;
    char *text;

    insert(b, "");
    assert_good(cd_parameters(b, SAO | TEST_WRITE, 0, 0));
    assert_good(cd_cue(b, cue, 8));
    assert_good(cd_write(b, 0, 300, RAW, 5));
    assert_good(bench_sync(b));
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_good(cd_write(b, 0, 300, RAW, 5));
    assert_good(bench_sync(b));
    text = cd_file_text(b, ".cue");
    assert_null(strstr(text, "ISRC"));
    assert_null(strstr(text, "CATALOG"));
    free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_track_that_is_not_protected_ends_where_the_buffer_ran_empty),
        TEST(a_session_that_is_not_protected_is_damaged),
        TEST(a_test_that_runs_dry_leaves_no_trace),
        TEST(fixed_packets_are_linked_anyway),
        TEST(what_a_poll_loses_are_the_sectors_in_the_buffer),
        TEST(a_drive_that_discards_leaves_tracks_of_silence),
        TEST(a_cd_is_not_compared_with_data_of_the_host),
        TEST(data_types_are_offered_and_taken_by_the_way_of_writing),
        TEST(codes_of_a_test_are_not_those_of_the_disc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
