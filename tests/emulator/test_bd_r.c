/* How a BD-R behaves in sequential recording mode, with and without pseudo-overwrite. */
#include "sequence.h"

#include <stdio.h>
#include <string.h>

enum { BD_R_SECTORS = 12219392, DEFAULT_SECTORS = 11826176, SPARE_CLUSTERS = 393216 / 32 };
enum { POW = 0, PLAIN = 1, RANDOM = 2 };

static uint32_t format(struct bench *b, uint8_t type, uint8_t sub_type, uint32_t blocks)
{
    const uint8_t list[12] = {0,
                              0x02,
                              0,
                              8,
                              (uint8_t)(blocks >> 24),
                              (uint8_t)(blocks >> 16),
                              (uint8_t)(blocks >> 8),
                              (uint8_t)blocks,
                              (uint8_t)(type << 2 | sub_type)};

    memcpy(b->data, list, sizeof(list));
    return bench_put(b, sizeof(list), 0x04, 0x11, 0, 0, 0, 0);
}

static uint32_t replacements(struct bench *b)
{
    assert_good(bench_get(b, 34, 0x51, 2, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->reply.moved, 16);
    assert_int_equal(b->data[2] >> 5, 2);
    return field32(b->data + 4);
}

/* The current capacity of READ FORMAT CAPACITIES and whether it is that of a formatted disc. */
static uint32_t capacity(struct bench *b, bool *formatted)
{
    assert_good(bench_get(b, 252, 0x23, 0, 0, 0, 0, 0, 0, 0, 252, 0));
    *formatted = b->data[8] == 2;
    return field32(b->data + 4);
}

static void a_new_disc_of_each_kind_tells_its_size(void **state)
{
    static const struct {
        const char *name;
        uint32_t sectors;
    } kinds[] = {
        {"bd-r", BD_R_SECTORS},
        {"bd-r-dl", 24438784},
        {"bd-r-tl", 48878592},
        {"bd-r-ql", 62500864},
    };
    struct bench *b = *state;
    bool formatted;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        bench_insert(b, kinds[i].name);
        assert_int_equal(sequence_disc(b).status, 0);
        assert_int_equal(sequence_track(b, 1).free, kinds[i].sectors);
        assert_int_equal(sequence_track(b, 1).packet_size, 32);
        assert_int_equal(capacity(b, &formatted), kinds[i].sectors);
        assert_false(formatted);
        assert_int_equal(b->data[3], 8 * 6);
        assert_good(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assert_good(bench_get(b, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
        assert_int_equal(field16(b->data + 6), 0x41);
    }
}

static void the_first_write_formats_without_spares_and_without_overwrite(void **state)
{
    struct bench *b = *state;
    bool formatted;

    bench_insert(b, "bd-r");
    assert_true(sequence_write(b, 0, 64, 1));
    assert_int_equal(capacity(b, &formatted), BD_R_SECTORS);
    assert_true(formatted);
    assert_int_equal(b->data[3], 8);
    assert_false(sequence_has(b, 0x0038));
    assert_true(sequence_has(b, 0x0021));
    assert_true(sequence_has(b, 0x0041));
    assert_sense(bench_write(b, 0, 32, 2), 0x052102);
    assert_sense(format(b, 0x00, POW, DEFAULT_SECTORS), 0x053006);
    assert_sense(bench_get(b, 34, 0x51, 2, 0, 0, 0, 0, 0, 0, 34, 0), 0x052400);
    assert_good(bench_sync(b));
    bench_open(b);
    assert_sense(format(b, 0x00, POW, DEFAULT_SECTORS), 0x053006);
    assert_holds(b, 0, 64, 1);
}

static void formats_are_taken_as_listed_and_others_are_refused(void **state)
{
    enum { BLOCKS = 4, TYPE = 8 };
    static const struct {
        uint8_t type, sub_type;
        uint32_t blocks;
        uint16_t field;
    } wrong[] = {
        {0x00, RANDOM, DEFAULT_SECTORS, TYPE},
        {0x30, POW, DEFAULT_SECTORS, TYPE},
        {0x26, POW, UINT32_MAX, TYPE},
        {0x00, POW, BD_R_SECTORS, BLOCKS},
        {0x32, POW, DEFAULT_SECTORS + 16, BLOCKS},
        {0x32, POW, BD_R_SECTORS, BLOCKS},
        {0x32, POW, BD_R_SECTORS / 2, BLOCKS},
    };
    struct bench *b = *state;
    bool formatted;
    uint8_t listed[5][8];

    bench_insert(b, "bd-r");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_sense(format(b, wrong[i].type, wrong[i].sub_type, wrong[i].blocks), 0x052600);
        assert_int_equal(b->reply.sense[15], 0x80);
        assert_int_equal(field16(b->reply.sense + 16), wrong[i].field);
    }
    capacity(b, &formatted);
    memcpy(listed, b->data + 12, sizeof(listed));
    for (int i = 0; i < 5; i++) {
        char definition[64];

        snprintf(definition, sizeof(definition), "medium = bd-r\nimage = disc%d.iso\n", i);
        bench_define(b, definition);
        bench_open(b);
        assert_good(format(b, listed[i][4] >> 2, listed[i][4] & 3, field32(listed[i])));
        assert_int_equal(capacity(b, &formatted), field32(listed[i]));
        assert_true(formatted);
        assert_int_equal(sequence_track(b, 1).free, field32(listed[i]));
        assert_int_equal(sequence_disc(b).status, 0);
        assert_int_equal(sequence_has(b, 0x0038), (listed[i][4] & 3) == POW);
    }
}

static void a_formatted_size_lasts_and_limits_writing(void **state)
{
    struct bench *b = *state;
    const uint32_t end = 12088320;

    bench_insert(b, "bd-r");
    assert_good(format(b, 0x32, PLAIN, end));
    bench_open(b);
    assert_int_equal(sequence_track(b, 1).free, end);
    assert_good(sequence_reserve(b, end - 32));
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_write(b, end - 32, 32, 3));
    assert_sense(bench_write(b, end, 32, 3), 0x056300);
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(sequence_disc(b).status, 2);
}

static void writes_are_gathered_to_clusters_and_the_last_one_is_filled_up_by_the_flush(void **state)
{
    struct bench *b = *state;
    static const uint8_t zeros[SECTOR];

    bench_insert(b, "bd-r");
    assert_good(bench_write(b, 0, 16, 1));
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_good(bench_write(b, 16, 16, 1));
    assert_good(bench_write(b, 32, 5, 1));
    assert_int_equal(bench_next(b, b->emu), 37);
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 64);
    assert_holds(b, 0, 37, 1);
    assert_good(bench_read(b, 63, 1));
    assert_memory_equal(b->data, zeros, SECTOR);
    assert_good(bench_write(b, 64, 16, 2));
    assert_good(bench_close_track(b, 1, 1));
    assert_int_equal(sequence_track(b, 1).size, 96);
    assert_int_equal(bench_next(b, b->emu), 96);
}

static void what_is_written_may_be_verified_with_the_same_command(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-r");
    bench_pattern(b->data, 0, 32, 6);
    assert_good(bench_put(b, 32 * SECTOR, 0x2e, 0, 0, 0, 0, 0, 0, 0, 32, 0));
    assert_holds(b, 0, 32, 6);
    assert_int_equal(bench_next(b, b->emu), 32);
}

static void several_tracks_are_open_at_once(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-r");
    assert_good(sequence_reserve(b, 100));
    assert_good(sequence_split(b, 64));
    assert_int_equal(sequence_disc(b).last_track, 3);
    assert_int_equal(sequence_track(b, 1).size, 64);
    assert_int_equal(sequence_track(b, 2).start, 64);
    assert_int_equal(sequence_track(b, 2).size, 64);
    assert_true(sequence_track(b, 2).reserved);
    assert_int_equal(sequence_track(b, 3).start, 128);
    assert_good(sequence_split(b, 256));
    assert_int_equal(sequence_track(b, 4).start, 256);
    assert_false(sequence_track(b, 4).reserved);
    assert_good(bench_write(b, 128, 32, 3));
    assert_good(bench_write(b, 64, 32, 2));
    assert_good(bench_write(b, 256, 32, 4));
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_write(b, 160, 32, 3));
    assert_sense(bench_write(b, 32, 64, 1), 0x056300);
    assert_sense(sequence_split(b, 128 + 32), 0x052400);
    assert_sense(sequence_split(b, 200), 0x052400);
    assert_sense(sequence_split(b, BD_R_SECTORS), 0x052100);
    assert_good(sequence_split(b, 192));
    assert_int_equal(sequence_track(b, 4).start, 192);
    assert_false(sequence_track(b, 3).next_valid);
    assert_good(bench_sync(b));

    /* The open bit: the first track from there on that is not closed. */
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_get(b, 48, 0x52, 0x05, 0, 0, 0, 1, 0, 0, 48, 0));
    assert_int_equal(b->data[2], 2);
    assert_sense(bench_get(b, 48, 0x52, 0x05, 0, 0, 0, 9, 0, 0, 48, 0), 0x052400);
    assert_sense(bench_get(b, 48, 0x52, 0x04, 0, 0, 0, 1, 0, 0, 48, 0), 0x052400);

    assert_good(bench_get(b, 34, 0x51, 1, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->reply.moved, 12);
    assert_int_equal(b->data[2] >> 5, 1);
    assert_int_equal(field16(b->data + 6), 5);
    assert_int_equal(field16(b->data + 8), 16);
    assert_int_equal(field16(b->data + 10), 4);
    bench_open(b);
    assert_int_equal(sequence_disc(b).last_track, 5);
    assert_holds(b, 128, 64, 3);
}

static void no_more_than_sixteen_tracks_are_open(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-r");
    for (int i = 0; i < 15; i++)
        assert_good(sequence_reserve(b, 64));
    assert_sense(sequence_reserve(b, 64), 0x037205);
    assert_sense(sequence_split(b, 32), 0x037205);
    assert_good(bench_close_track(b, 1, 1));
    assert_good(sequence_reserve(b, 64));
}

static void sessions_follow_each_other_without_a_gap_until_the_disc_is_final(void **state)
{
    static const uint8_t functions[] = {0, 3, 4, 5, 7};
    struct bench *b = *state;

    bench_insert(b, "bd-r");
    assert_true(sequence_write(b, 0, 64, 1));
    for (size_t i = 0; i < sizeof(functions); i++)
        assert_sense(bench_close_track(b, functions[i], 1), 0x052400);
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(bench_next(b, b->emu), 64);
    assert_int_equal(sequence_disc(b).sessions, 2);
    assert_good(bench_write(b, 64, 32, 2));
    assert_good(bench_close_track(b, 6, 0));
    assert_int_equal(sequence_disc(b).status, 2);
    assert_sense(bench_write(b, 96, 32, 2), 0x072700);
    assert_good(bench_get(b, 64, 0x43, 0, 1, 0, 0, 0, 0, 0, 64, 0));
    assert_int_equal(b->data[3], 2);
    assert_int_equal(field32(b->data + 8), 64);
    assert_sense(sequence_blank(b, 0), 0x053005);
}

static void pseudo_overwrite_costs_a_spare_cluster_each_time(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-r");
    assert_good(format(b, 0x00, POW, DEFAULT_SECTORS));
    assert_true(sequence_has(b, 0x0038));
    assert_int_equal(replacements(b), SPARE_CLUSTERS);
    assert_true(sequence_write(b, 0, 128, 1));
    assert_int_equal(replacements(b), SPARE_CLUSTERS);
    assert_good(bench_write(b, 32, 32, 2));
    assert_int_equal(replacements(b), SPARE_CLUSTERS - 1);
    assert_good(bench_write(b, 32, 32, 3));
    assert_int_equal(replacements(b), SPARE_CLUSTERS - 2);
    assert_good(bench_write(b, 70, 3, 4));
    assert_good(bench_write(b, 90, 10, 5));
    assert_int_equal(replacements(b), SPARE_CLUSTERS - 5);
    assert_sense(bench_write(b, 100, 32, 6), 0x052102);
    assert_int_equal(bench_next(b, b->emu), 128);
    assert_good(bench_sync(b));
    bench_open(b);
    assert_true(sequence_has(b, 0x0038));
    assert_int_equal(replacements(b), SPARE_CLUSTERS - 5);
    assert_holds(b, 0, 32, 1);
    assert_holds(b, 32, 32, 3);
    assert_holds(b, 64, 6, 1);
    assert_holds(b, 70, 3, 4);
    assert_holds(b, 73, 17, 1);
    assert_holds(b, 90, 10, 5);
    assert_holds(b, 100, 28, 1);
    assert_good(bench_get(b, 64, 0xad, 1, 0, 0, 0, 0, 0, 0x0a, 0, 64, 0, 0));
    assert_int_equal(field32(b->data + 8), (SPARE_CLUSTERS - 5) * 32);
    assert_int_equal(field32(b->data + 12), SPARE_CLUSTERS * 32);
}

static void without_a_spare_cluster_nothing_is_written_over(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-r");
    assert_good(format(b, 0x32, POW, 12088320));
    assert_int_equal(replacements(b), 4096);
    assert_true(sequence_write(b, 0, 64, 1));
    for (int i = 0; i < 4095; i++)
        assert_good(bench_write(b, 0, 1, 2));
    assert_sense(bench_write(b, 31, 2, 3), 0x056300);
    assert_good(bench_write(b, 31, 1, 3));
    assert_int_equal(replacements(b), 0);
    assert_sense(bench_write(b, 0, 1, 4), 0x056300);
    assert_holds(b, 0, 1, 2);
    assert_good(bench_write(b, 64, 32, 4));
    assert_good(bench_close_track(b, 6, 0));
    assert_sense(bench_write(b, 0, 1, 4), 0x072700);
}

static bool write_unformatted(struct bench *b)
{
    return sequence_write(b, 0, 80, 5);
}

static void a_drive_that_dies_with_the_first_write_leaves_a_formatted_disc(void **state)
{
    struct bench *b = *state;
    bool formatted;

    bench_insert(b, "bd-r");
    assert_true(sequence_dies_after(b, write_unformatted));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 96);
    assert_holds(b, 0, 80, 5);
    capacity(b, &formatted);
    assert_true(formatted);
    assert_sense(bench_write(b, 80, 16, 5), 0x052102);
    assert_good(bench_write(b, 96, 32, 5));
}

static bool write_over(struct bench *b)
{
    return sequence_write(b, 64, 128, 2) && bench_write(b, 0, 32, 3) == 0 &&
           bench_write(b, 32, 32, 3) == 0 && bench_write(b, 0, 32, 4) == 0;
}

static void a_drive_that_dies_writing_over_never_gives_a_used_spare_cluster_back(void **state)
{
    struct bench *b = *state;
    uint32_t left;

    bench_insert(b, "bd-r");
    assert_good(format(b, 0x00, POW, UINT32_MAX));
    assert_true(sequence_write(b, 0, 64, 1));
    assert_good(bench_sync(b));
    assert_true(sequence_dies_after(b, write_over));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 128);
    left = replacements(b);
    assert_in_range(left, SPARE_CLUSTERS - 3 - 64, SPARE_CLUSTERS - 3);
    assert_holds(b, 0, 32, 4);
    assert_holds(b, 32, 32, 3);
    assert_holds(b, 64, 64, 2);
    assert_good(bench_write(b, 64, 32, 6));
    assert_good(bench_sync(b));
    bench_open(b);
    assert_int_equal(replacements(b), left - 1);
}

static bool write_into_two_tracks(struct bench *b)
{
    return sequence_reserve(b, 0x4000) == 0 && sequence_write(b, 0x4000, 0x4040, 2) &&
           bench_sync(b) == 0 && sequence_write(b, 0, 64, 1);
}

static void a_drive_that_dies_in_the_first_of_two_tracks_gives_up_what_may_be_burned(void **state)
{
    struct bench *b = *state;
    uint32_t next;

    bench_insert(b, "bd-r");
    assert_true(sequence_dies_after(b, write_into_two_tracks));
    bench_open(b);
    next = sequence_track(b, 1).next;
    assert_int_equal(next % 32, 0);
    assert_in_range(next, 64, 64 + 1024 + 32);
    assert_holds(b, 0, 64, 1);
    assert_holds(b, 0x4000, 64, 2);
    assert_good(bench_write(b, next, 32, 3));
    assert_int_equal(sequence_track(b, 2).next, 0x4040);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_new_disc_of_each_kind_tells_its_size),
        TEST(the_first_write_formats_without_spares_and_without_overwrite),
        TEST(formats_are_taken_as_listed_and_others_are_refused),
        TEST(a_formatted_size_lasts_and_limits_writing),
        TEST(writes_are_gathered_to_clusters_and_the_last_one_is_filled_up_by_the_flush),
        TEST(what_is_written_may_be_verified_with_the_same_command),
        TEST(several_tracks_are_open_at_once),
        TEST(no_more_than_sixteen_tracks_are_open),
        TEST(sessions_follow_each_other_without_a_gap_until_the_disc_is_final),
        TEST(pseudo_overwrite_costs_a_spare_cluster_each_time),
        TEST(without_a_spare_cluster_nothing_is_written_over),
        TEST(a_drive_that_dies_with_the_first_write_leaves_a_formatted_disc),
        TEST(a_drive_that_dies_writing_over_never_gives_a_used_spare_cluster_back),
        TEST(a_drive_that_dies_in_the_first_of_two_tracks_gives_up_what_may_be_burned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
