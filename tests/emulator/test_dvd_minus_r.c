/* How a DVD-R behaves: at once or incrementally, as mode page 05h says. */
#include "sequence.h"

#include <string.h>

enum { DVD_R_SECTORS = 2298496, DVD_R_DL_SECTORS = 4171712 };
enum { FIRST_BORDER = 14336, LATER_BORDER = 3072 };

static void a_blank_disc_tells_its_size_and_that_it_takes_packets(void **state)
{
    struct bench *b = *state;
    struct disc_now disc;
    struct track_now track;

    bench_insert(b, "dvd-r");
    disc = sequence_disc(b);
    assert_int_equal(disc.status, 0);
    assert_int_equal(disc.last_session, 0);
    assert_false(disc.erasable);
    assert_int_equal(disc.sessions, 1);
    track = sequence_track(b, (uint8_t)disc.last_track);
    assert_true(track.next_valid && track.blank && track.packet);
    assert_int_equal(track.next, 0);
    assert_int_equal(track.free, DVD_R_SECTORS);
    assert_int_equal(track.packet_size, 16);
    assert_int_equal(b->data[6] & 0x10, 0); /* not of a fixed size */
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_true(sequence_has(b, 0x0021));
    assert_true(sequence_has(b, 0x002f));
    assert_false(sequence_has(b, 0x002b));
    assert_good(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}

static void incremental_writing_goes_in_packets_and_closing_follows_the_page(void **state)
{
    struct bench *b = *state;
    struct disc_now disc;

    bench_insert(b, "dvd-r");
    assert_good(sequence_select(b, PACKET, ANOTHER_SESSION));
    assert_good(bench_write(b, 0, 15, 1));
    assert_int_equal(bench_next(b, b->emu), 15);
    assert_good(bench_write(b, 15, 5, 1));
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_int_equal(sequence_disc(b).status, 1);
    assert_good(bench_close_track(b, 1, 1));
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(bench_next(b, b->emu), 32 + FIRST_BORDER);
    disc = sequence_disc(b);
    assert_int_equal(disc.status, 1);
    assert_int_equal(disc.sessions, 2);

    assert_true(sequence_write(b, 32 + FIRST_BORDER, 64 + FIRST_BORDER, 2));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(bench_next(b, b->emu), 64 + FIRST_BORDER + LATER_BORDER);
    assert_good(bench_write(b, 64 + FIRST_BORDER + LATER_BORDER, 16, 3));
    assert_good(bench_sync(b));
    assert_good(sequence_select(b, PACKET, NO_SESSION_FOLLOWS));
    assert_good(bench_close_track(b, 2, 0));
    disc = sequence_disc(b);
    assert_int_equal(disc.status, 2);
    assert_int_equal(disc.last_session, 3);
    assert_int_equal(disc.sessions, 3);
    assert_sense(bench_write(b, 64 + FIRST_BORDER + LATER_BORDER + 16, 16, 3), 0x072700);
    bench_open(b);
    assert_int_equal(sequence_disc(b).status, 2);
    assert_holds(b, 0, 20, 1);
    assert_holds(b, 32 + FIRST_BORDER, 32, 2);
    assert_holds(b, 64 + FIRST_BORDER + LATER_BORDER, 16, 3);
}

static void a_disc_at_once_takes_its_exact_size_and_is_final_with_the_flush(void **state)
{
    struct bench *b = *state;
    struct track_now track;
    struct disc_now disc;

    bench_insert(b, "dvd-r");
    assert_good(sequence_select(b, DISC_AT_ONCE, NO_SESSION_FOLLOWS));
    assert_good(sequence_reserve(b, 100));
    track = sequence_track(b, 1);
    assert_true(track.reserved);
    assert_int_equal(track.size, 100);
    assert_sense(bench_write(b, 16, 16, 1), 0x052102);
    assert_true(sequence_write(b, 0, 50, 1));
    assert_int_equal(sequence_track(b, 1).next, 50);
    assert_sense(bench_close_track(b, 2, 0), SEQUENCE_ERROR);
    assert_sense(bench_write(b, 50, 51, 1), 0x056300);
    assert_true(sequence_write(b, 50, 100, 1));
    assert_int_equal(sequence_disc(b).status, 1);
    assert_good(bench_sync(b));
    disc = sequence_disc(b);
    assert_int_equal(disc.status, 2);
    assert_int_equal(disc.last_session, 3);
    assert_int_equal(disc.last_track, 1);
    assert_int_equal(sequence_track(b, 1).size, 112);
    assert_false(sequence_track(b, 1).next_valid);
    bench_open(b);
    assert_int_equal(sequence_disc(b).status, 2);
    assert_holds(b, 0, 100, 1);
    assert_good(bench_read(b, 100, 12));
    assert_int_equal(b->data[0], 0);
    assert_sense(bench_read(b, 112, 1), 0x080000);
}

static void a_disc_at_once_may_go_without_a_reservation(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_good(sequence_select(b, DISC_AT_ONCE, NO_SESSION_FOLLOWS));
    assert_good(bench_sync(b));
    assert_int_equal(sequence_disc(b).status, 0);
    assert_true(sequence_write(b, 0, 50, 1));
    assert_sense(bench_write(b, 0, 16, 2), 0x052102);
    assert_sense(bench_write(b, 64, 16, 2), 0x052102);
    assert_good(bench_write(b, 50, 10, 1));
    assert_good(bench_sync(b));
    assert_int_equal(sequence_disc(b).status, 2);
    assert_int_equal(sequence_track(b, 1).size, 64);
    assert_holds(b, 0, 60, 1);
}

static void a_size_that_is_not_filled_is_filled_up_with_zeros(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_good(sequence_select(b, DISC_AT_ONCE, NO_SESSION_FOLLOWS));
    assert_good(sequence_reserve(b, 80));
    assert_good(sequence_reserve(b, 64));
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    assert_int_equal(sequence_track(b, 1).size, 64);
    assert_good(bench_read(b, 16, 48));
    assert_holds(b, 0, 16, 1);
}

static void a_mode_that_the_disc_can_not_take_is_refused_at_the_write(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_sense(sequence_select(b, TRACK_AT_ONCE, 0), 0x052600);
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    assert_good(sequence_select(b, DISC_AT_ONCE, 0));
    assert_sense(bench_write(b, 16, 16, 1), ILLEGAL_MODE);
    assert_int_equal(field32(b->reply.sense + 3), 16);
    assert_sense(sequence_reserve(b, 160), SEQUENCE_ERROR);
    assert_good(sequence_select(b, PACKET, 0));
    assert_good(bench_write(b, 16, 16, 1));
}

static void the_write_parameters_stay_while_a_track_is_written(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_good(sequence_select(b, PACKET, ANOTHER_SESSION));
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(sequence_select(b, DISC_AT_ONCE, 0), SEQUENCE_ERROR);
    assert_good(bench_sync(b));
    assert_good(sequence_select(b, PACKET, 0));
    assert_good(bench_get(b, 60, 0x5a, 0, 0x05, 0, 0, 0, 0, 0, 60, 0));
    assert_int_equal(b->data[8 + 3] >> 6, 0);
}

static void at_most_two_tracks_are_reserved_before_the_open_one(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_good(sequence_reserve(b, 100));
    assert_good(sequence_reserve(b, 32));
    assert_sense(sequence_reserve(b, 32), 0x037205);
    assert_int_equal(sequence_track(b, 1).size, 112);
    assert_int_equal(sequence_track(b, 3).start, 144);
    assert_good(bench_write(b, 112, 16, 2));
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(bench_close_track(b, 2, 0), 0x037204);
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_close_track(b, 1, 2));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(sequence_disc(b).status, 2);
    assert_holds(b, 112, 16, 2);
    assert_good(bench_read(b, 128, 16));
}

static void only_tracks_and_sessions_can_be_closed(void **state)
{
    static const uint8_t functions[] = {0, 3, 4, 5, 6, 7};
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_good(bench_write(b, 0, 16, 1));
    for (size_t i = 0; i < sizeof(functions); i++)
        assert_sense(bench_close_track(b, functions[i], 1), 0x052400);
    assert_sense(sequence_split(b, 32), 0x052400);
    assert_sense(sequence_blank(b, 0), 0x053005);
}

static void a_page_selected_before_the_disc_came_is_kept_and_checked_at_the_write(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(sequence_select(b, DISC_AT_ONCE, 0));
    bench_define(b, "medium = dvd-r\nimage = other.iso\n");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x062800);
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    assert_int_equal(sequence_disc(b).status, 2);
}

static bool write_at_once(struct bench *b)
{
    return sequence_select(b, DISC_AT_ONCE, 0) == 0 && sequence_reserve(b, 1024) == 0 &&
           sequence_write(b, 0, 320, 4);
}

static bool write_at_once_without_a_size(struct bench *b)
{
    return sequence_select(b, DISC_AT_ONCE, 0) == 0 && bench_write(b, 0, 32, 4) == 0;
}

static void assert_broken(struct bench *b, uint32_t written)
{
    struct disc_now disc = sequence_disc(b);
    struct track_now track = sequence_track(b, 1);

    assert_int_equal(disc.status, 1);
    assert_int_equal(disc.last_session, 2);
    assert_int_equal(disc.last_track, 1);
    assert_true(track.damaged);
    assert_false(track.next_valid);
    assert_holds(b, 0, written, 4);
    assert_sense(bench_write(b, written, 16, 5), ILLEGAL_MODE);
    assert_sense(bench_close_track(b, 2, 0), SEQUENCE_ERROR);
    assert_good(sequence_select(b, DISC_AT_ONCE, 0));
    assert_sense(bench_write(b, written, 16, 5), ILLEGAL_MODE);
    assert_sense(bench_get(b, 12, 0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0), 0x052400);
}

static void a_drive_that_dies_at_once_leaves_a_damaged_session(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_true(sequence_dies_after(b, write_at_once));
    bench_open(b);
    assert_broken(b, 320);
    bench_open(b);
    assert_broken(b, 320);
}

static void a_drive_that_dies_with_the_first_write_at_once_leaves_a_damaged_session(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_true(sequence_dies_after(b, write_at_once_without_a_size));
    bench_open(b);
    assert_broken(b, 32);
}

static bool plan_at_once(struct bench *b)
{
    return sequence_select(b, DISC_AT_ONCE, 0) == 0 && sequence_reserve(b, 1024) == 0;
}

static void a_size_told_to_a_drive_that_dies_leaves_the_disc_blank(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_true(sequence_dies_after(b, plan_at_once));
    bench_open(b);
    assert_int_equal(sequence_disc(b).status, 0);
    assert_int_equal(sequence_track(b, 1).size, DVD_R_SECTORS);
    assert_good(bench_write(b, 0, 16, 1));
}

static bool write_packets(struct bench *b)
{
    return sequence_write(b, 0, 64, 4) && bench_sync(b) == 0 && sequence_write(b, 64, 160, 4);
}

static void a_drive_that_dies_between_packets_never_offers_a_burned_one_again(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_true(sequence_dies_after(b, write_packets));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 160);
    assert_holds(b, 0, 160, 4);
    assert_int_equal(sequence_disc(b).last_session, 1);
    assert_good(bench_write(b, 160, 16, 5));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
}

static void a_disc_with_two_layers_is_twice_as_large_and_tells_its_layers(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r-dl");
    assert_int_equal(sequence_track(b, 1).free, DVD_R_DL_SECTORS);
    assert_good(bench_get(b, 64, 0xad, 0, 0, 0, 0, 0, 1, 0x20, 0, 64, 0, 0));
    assert_int_equal(b->reply.moved, 12);
    assert_int_equal(b->data[4], 0);
    assert_int_equal(field32(b->data + 8), DVD_R_DL_SECTORS / 2);
    assert_good(bench_get(b, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data + 6), 0x15);
    assert_good(sequence_select(b, DISC_AT_ONCE, 0));
    assert_good(sequence_reserve(b, 64));
    assert_true(sequence_write(b, 0, 64, 1));
    assert_good(bench_sync(b));
    assert_int_equal(sequence_disc(b).status, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_blank_disc_tells_its_size_and_that_it_takes_packets),
        TEST(incremental_writing_goes_in_packets_and_closing_follows_the_page),
        TEST(a_disc_at_once_takes_its_exact_size_and_is_final_with_the_flush),
        TEST(a_disc_at_once_may_go_without_a_reservation),
        TEST(a_size_that_is_not_filled_is_filled_up_with_zeros),
        TEST(a_mode_that_the_disc_can_not_take_is_refused_at_the_write),
        TEST(the_write_parameters_stay_while_a_track_is_written),
        TEST(at_most_two_tracks_are_reserved_before_the_open_one),
        TEST(only_tracks_and_sessions_can_be_closed),
        TEST(a_page_selected_before_the_disc_came_is_kept_and_checked_at_the_write),
        TEST(a_drive_that_dies_at_once_leaves_a_damaged_session),
        TEST(a_drive_that_dies_with_the_first_write_at_once_leaves_a_damaged_session),
        TEST(a_size_told_to_a_drive_that_dies_leaves_the_disc_blank),
        TEST(a_drive_that_dies_between_packets_never_offers_a_burned_one_again),
        TEST(a_disc_with_two_layers_is_twice_as_large_and_tells_its_layers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
