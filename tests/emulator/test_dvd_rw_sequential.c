/* How a DVD-RW behaves that is recorded in order: as a DVD-R, and it can be blanked. */
#include "sequence.h"

#include <string.h>

enum { DVD_RW_SECTORS = 2298496, FIRST_BORDER = 14336 };
enum { WHOLE = 0, MINIMAL = 1, UNCLOSE = 5, LAST_SESSION = 6 };

/* Two closed sessions, the third one open and empty. */
static void write_two_sessions(struct bench *b)
{
    bench_insert(b, "dvd-rw");
    assert_good(sequence_select(b, PACKET, ANOTHER_SESSION));
    assert_true(sequence_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_true(sequence_write(b, 32 + FIRST_BORDER, 64 + FIRST_BORDER, 2));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(sequence_disc(b).sessions, 3);
}

static uint64_t image_bytes(struct bench *b)
{
    struct oi_file *file;
    uint64_t size;

    assert_int_equal(oi_file_open(&file, b->image, OI_FILE_READ), OI_OK);
    assert_int_equal(oi_file_size(file, &size), OI_OK);
    oi_file_close(file);
    return size;
}

static void a_new_disc_is_blank_erasable_and_takes_packets(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-rw");
    assert_true(sequence_disc(b).erasable);
    assert_int_equal(sequence_disc(b).status, 0);
    assert_int_equal(sequence_track(b, 1).free, DVD_RW_SECTORS);
    assert_true(sequence_has(b, 0x0021));
    assert_true(sequence_has(b, 0x0023));
    assert_good(bench_get(b, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data + 6), 0x14);
}

static void blanking_the_whole_disc_makes_it_new(void **state)
{
    struct bench *b = *state;

    write_two_sessions(b);
    assert_good(sequence_blank(b, WHOLE));
    assert_int_equal(sequence_disc(b).status, 0);
    assert_sense(bench_read(b, 0, 1), 0x080000);
    assert_int_equal(image_bytes(b), 0);
    assert_true(sequence_has(b, 0x0021));
    bench_open(b);
    assert_int_equal(sequence_disc(b).status, 0);
    assert_good(bench_write(b, 0, 16, 3));
    assert_holds(b, 0, 16, 3);
}

static void a_minimally_blanked_disc_is_only_written_at_once(void **state)
{
    struct bench *b = *state;

    write_two_sessions(b);
    assert_good(sequence_blank(b, MINIMAL));
    bench_open(b);
    assert_int_equal(sequence_disc(b).status, 0);
    assert_false(sequence_has(b, 0x0021));
    assert_true(sequence_has(b, 0x002f));
    assert_false(sequence_track(b, 1).packet);
    assert_good(sequence_select(b, PACKET, 0));
    assert_sense(bench_write(b, 0, 16, 3), ILLEGAL_MODE);
    assert_sense(sequence_reserve(b, 64), ILLEGAL_MODE);
    assert_good(sequence_select(b, DISC_AT_ONCE, 0));
    assert_good(bench_write(b, 0, 16, 3));
    assert_good(bench_sync(b));
    assert_int_equal(sequence_disc(b).status, 2);
    assert_good(sequence_blank(b, WHOLE));
    assert_true(sequence_has(b, 0x0021));
}

static void unclosing_lets_the_last_session_go_on(void **state)
{
    struct bench *b = *state;

    write_two_sessions(b);
    assert_good(sequence_blank(b, UNCLOSE));
    assert_int_equal(sequence_disc(b).sessions, 2);
    assert_int_equal(sequence_disc(b).last_session, 1);
    assert_int_equal(bench_next(b, b->emu), 64 + FIRST_BORDER);
    assert_sense(sequence_blank(b, UNCLOSE), SEQUENCE_ERROR);
    bench_open(b);
    assert_good(bench_write(b, 64 + FIRST_BORDER, 16, 3));
    assert_holds(b, 32 + FIRST_BORDER, 32, 2);
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(sequence_disc(b).status, 2);
    assert_good(sequence_blank(b, UNCLOSE));
    assert_int_equal(sequence_disc(b).status, 1);
    assert_int_equal(bench_next(b, b->emu), 80 + FIRST_BORDER);
}

static void erasing_the_last_session_gives_its_room_back(void **state)
{
    struct bench *b = *state;

    write_two_sessions(b);
    assert_good(sequence_blank(b, LAST_SESSION));
    assert_int_equal(sequence_disc(b).sessions, 2);
    assert_int_equal(sequence_disc(b).last_session, 0);
    assert_int_equal(bench_next(b, b->emu), 32 + FIRST_BORDER);
    assert_sense(bench_read(b, 32 + FIRST_BORDER, 1), 0x080000);
    assert_int_equal(image_bytes(b), 32 * SECTOR);
    assert_holds(b, 0, 32, 1);
    bench_open(b);
    assert_good(sequence_blank(b, LAST_SESSION));
    assert_int_equal(sequence_disc(b).status, 0);
    assert_int_equal(bench_next(b, b->emu), 0);
}

static void other_kinds_of_blanking_are_refused(void **state)
{
    static const uint8_t types[] = {2, 3, 4, 7};
    struct bench *b = *state;

    write_two_sessions(b);
    for (size_t i = 0; i < sizeof(types); i++)
        assert_sense(sequence_blank(b, types[i]), 0x052400);
    assert_int_equal(sequence_disc(b).sessions, 3);
}

static bool write_again(struct bench *b)
{
    return sequence_write(b, 32 + FIRST_BORDER, 48 + FIRST_BORDER, 7);
}

static void what_was_erased_does_not_come_back_when_the_drive_dies(void **state)
{
    struct bench *b = *state;

    write_two_sessions(b);
    assert_good(sequence_blank(b, LAST_SESSION));
    assert_true(sequence_dies_after(b, write_again));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 48 + FIRST_BORDER);
    assert_holds(b, 32 + FIRST_BORDER, 16, 7);
    assert_sense(bench_read(b, 48 + FIRST_BORDER, 1), 0x080000);
}

static bool write_at_once(struct bench *b)
{
    return sequence_select(b, DISC_AT_ONCE, 0) == 0 && sequence_write(b, 0, 64, 4);
}

static void a_disc_broken_by_a_drive_that_died_can_be_blanked(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-rw");
    assert_true(sequence_dies_after(b, write_at_once));
    bench_open(b);
    assert_int_equal(sequence_disc(b).last_session, 2);
    assert_sense(sequence_blank(b, UNCLOSE), SEQUENCE_ERROR);
    assert_good(sequence_blank(b, WHOLE));
    assert_int_equal(sequence_disc(b).status, 0);
    assert_good(bench_write(b, 0, 16, 1));
}

/* Its state told that it was blank, and then the drive died. */
static void what_was_to_be_forgotten_does_not_fill_the_next_unit(void **state)
{
    struct bench *b = *state;
    uint8_t old[32 * SECTOR];

    bench_insert(b, "dvd-rw");
    assert_good(sequence_blank(b, 0));
    bench_close(b);
    memset(old, 0xee, sizeof(old));
    assert_int_equal(oi_file_replace(b->image, (const char *)old, sizeof(old)), OI_OK);
    bench_open(b);
    assert_good(bench_write(b, 0, 1, 1));
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_good(bench_read(b, 0, 16));
    for (uint32_t i = SECTOR; i < 16 * SECTOR; i++)
        assert_int_equal(b->data[i], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_new_disc_is_blank_erasable_and_takes_packets),
        TEST(blanking_the_whole_disc_makes_it_new),
        TEST(a_minimally_blanked_disc_is_only_written_at_once),
        TEST(unclosing_lets_the_last_session_go_on),
        TEST(erasing_the_last_session_gives_its_room_back),
        TEST(other_kinds_of_blanking_are_refused),
        TEST(what_was_erased_does_not_come_back_when_the_drive_dies),
        TEST(a_disc_broken_by_a_drive_that_died_can_be_blanked),
        TEST(what_was_to_be_forgotten_does_not_fill_the_next_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
