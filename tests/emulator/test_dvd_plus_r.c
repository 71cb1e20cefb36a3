/* How a DVD+R behaves: written once, in order, in sessions. */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void a_new_disc_is_blank_and_its_next_address_is_zero(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->reply.moved, 34);
    assert_int_equal(b->data[2], 0x00);
    assert_int_equal(b->data[4], 1);
    assert_int_equal(b->data[6], 1);
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_int_equal(b->data[6] & 0x40, 0x40);
    assert_int_equal(field32(b->data + 16), DISC_SECTORS);
    assert_int_equal(field32(b->data + 24), DISC_SECTORS);
    assert_sense(bench_get(b, 12, 0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0), 0x052400);
    assert_sense(bench_read(b, 0, 1), 0x080000);
}

static void what_is_written_in_order_is_read_back_and_is_in_the_image(void **state)
{
    struct bench *b = *state;
    uint8_t wanted[32 * SECTOR];
    struct oi_file *file;
    uint64_t size;

    bench_insert(b, "dvd+r");
    for (uint32_t lba = 0; lba < 2048; lba += 32)
        assert_good(bench_write(b, lba, 32, 0x5a));
    assert_int_equal(b->reply.moved, 32 * SECTOR);
    assert_holds(b, 0, 2048, 0x5a);
    assert_good(bench_sync(b));
    bench_close(b);

    assert_int_equal(oi_file_open(&file, b->image, OI_FILE_READ), OI_OK);
    assert_int_equal(oi_file_size(file, &size), OI_OK);
    assert_int_equal(size, 2048 * SECTOR);
    for (uint32_t lba = 0; lba < 2048; lba += 32) {
        size_t got;

        oi_file_read_at(file, (uint64_t)lba * SECTOR, b->data, sizeof(wanted), &got);
        bench_pattern(wanted, lba, 32, 0x5a);
        assert_int_equal(got, sizeof(wanted));
        assert_memory_equal(b->data, wanted, sizeof(wanted));
    }
    oi_file_close(file);
}

static void a_write_anywhere_but_at_the_next_address_is_refused(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_sense(bench_write(b, 16, 16, 1), 0x052102);
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(bench_write(b, 0, 16, 2), 0x052102);
    assert_sense(bench_write(b, 32, 16, 2), 0x052102);
    assert_int_equal(field32(b->reply.sense + 3), 32);
    assert_sense(bench_write(b, DISC_SECTORS, 16, 2), 0x052100);
    assert_sense(bench_write(b, DISC_SECTORS - 8, 16, 2), 0x052100);
    assert_sense(bench_write(b, UINT32_MAX - 149, 16, 2), 0x052100);
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_holds(b, 0, 16, 1);
}

static void writes_are_gathered_to_units_and_the_last_one_is_filled_up_by_the_flush(void **state)
{
    struct bench *b = *state;
    static const uint8_t zeros[2 * SECTOR];

    bench_insert(b, "dvd+r");
    assert_good(bench_write(b, 0, 31, 3));
    assert_int_equal(bench_next(b, b->emu), 31);
    assert_sense(bench_write(b, 32, 31, 3), 0x052102);
    assert_good(bench_write(b, 31, 31, 3));
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 64);
    assert_sense(bench_write(b, 62, 2, 3), 0x052102);
    assert_good(bench_read(b, 62, 2));
    assert_memory_equal(b->data, zeros, sizeof(zeros));
    assert_good(bench_write(b, 64, 5, 4));
    assert_good(bench_close_track(b, 1, 1));
    assert_int_equal(bench_next(b, b->emu), 80);
    bench_open(b);
    assert_holds(b, 0, 62, 3);
    assert_holds(b, 64, 5, 4);
}

static void a_transfer_length_that_differs_from_the_data_writes_nothing(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_sense(bench_put(b, 15 * SECTOR, 0x2a, 0, 0, 0, 0, 0, 0, 0, 16, 0), 0x052400);
    assert_sense(bench_put(b, 17 * SECTOR, 0x2a, 0, 0, 0, 0, 0, 0, 0, 16, 0), 0x052400);
    assert_sense(bench_get(b, 16 * SECTOR, 0x2a, 0, 0, 0, 0, 0, 0, 0, 16, 0), 0x052400);
    assert_good(bench_do(b, 0x2a, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(bench_next(b, b->emu), 0);
}

static void streaming_is_accepted_and_together_with_fua_refused(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    bench_pattern(b->data, 0, 16, 7);
    assert_sense(bench_put(b, 16 * SECTOR, 0xaa, 8, 0, 0, 0, 0, 0, 0, 0, 16, 0x80, 0), 0x052400);
    assert_good(bench_put(b, 16 * SECTOR, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0x80, 0));
    assert_holds(b, 0, 16, 7);
}

static void commands_for_rewritable_discs_are_refused(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_sense(bench_format(b, 0), 0x053006);
    assert_sense(bench_put(b, 16 * SECTOR, 0x2e, 0, 0, 0, 0, 0, 0, 0, 16, 0), 0x053005);
    assert_sense(bench_do(b, 0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0x053005);
}

static void closing_makes_a_session_and_the_next_one_begins_behind_a_gap(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 1, 1));
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(bench_next(b, b->emu), 32 + 1024);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2], 0x01); /* last session empty, disc appendable */
    assert_int_equal(b->data[4], 2);
    assert_int_equal(b->data[5], 2);
    assert_int_equal(b->data[6], 2);
    assert_good(bench_get(b, 64, 0x43, 0, 0, 0, 0, 0, 0, 0, 64, 0));
    assert_int_equal(b->reply.moved, 20);
    assert_int_equal(b->data[3], 1);
    assert_int_equal(b->data[14], 0xaa);
    assert_int_equal(field32(b->data + 16), 32);

    assert_good(bench_write(b, 32 + 1024, 16, 2));
    assert_good(bench_close_track(b, 1, 2));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(bench_get(b, 64, 0x43, 0, 1, 0, 0, 0, 0, 0, 64, 0));
    assert_int_equal(b->data[3], 2);
    assert_int_equal(b->data[6], 2);
    assert_int_equal(field32(b->data + 8), 32 + 1024);
    assert_holds(b, 0, 32, 1);
    assert_holds(b, 32 + 1024, 16, 2);
    assert_sense(bench_read(b, 40, 1), 0x080000);
    assert_good(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(field32(b->data), 32 + 1024 + 15);
}

static void a_session_without_data_can_not_be_closed(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_sense(bench_close_track(b, 1, 1), 0x052c00);
    assert_sense(bench_close_track(b, 2, 0), 0x052c00);
    assert_sense(bench_close_track(b, 6, 0), 0x052c00);
    assert_sense(bench_close_track(b, 0, 0), 0x052400);
    assert_sense(bench_close_track(b, 1, 2), 0x052400);
    assert_int_equal(bench_next(b, b->emu), 0);
}

static void a_finalised_disc_is_complete_and_takes_nothing_more(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_close_track(b, 6, 0));
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2], 0x0e);
    assert_sense(bench_write(b, 16, 16, 1), 0x072700);
    assert_sense(bench_close_track(b, 2, 0), 0x072700);
    assert_int_equal(bench_next(b, b->emu), UINT32_MAX);
    bench_open(b);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2], 0x0e);
    assert_holds(b, 0, 16, 1);
}

static void a_reserved_track_has_a_next_address_of_its_own(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, 0, 40, 0));
    assert_int_equal(bench_next(b, b->emu), 48);
    assert_good(bench_write(b, 48, 16, 2));
    assert_sense(bench_close_track(b, 2, 0), 0x037204);
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(bench_write(b, 16, 48, 1), 0x056300);
    assert_good(bench_write(b, 16, 16, 1));
    assert_good(bench_get(b, 48, 0x52, 1, 0, 0, 0, 1, 0, 0, 48, 0));
    assert_int_equal(b->data[6] & 0xc0, 0x80);
    assert_int_equal(field32(b->data + 12), 32);
    assert_int_equal(field32(b->data + 16), 16);
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(bench_read(b, 32, 16));
    assert_int_equal(b->data[0], 0);
    assert_holds(b, 0, 32, 1);
    assert_holds(b, 48, 16, 2);
}

static void a_full_disc_says_so_and_keeps_its_last_sector(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    /* All but the last unit, reserved and closed: the drive fills it with zeros. */
    assert_good(bench_do(b, 0x53, 0, 0, 0, 0, 0, (DISC_SECTORS - 16) >> 16,
                         (DISC_SECTORS - 16) >> 8 & 0xff, (DISC_SECTORS - 16) & 0xff, 0));
    assert_good(bench_close_track(b, 1, 1));
    assert_int_equal(bench_next(b, b->emu), DISC_SECTORS - 16);
    assert_sense(bench_write(b, DISC_SECTORS - 16, 32, 9), 0x052100);
    assert_good(bench_write(b, DISC_SECTORS - 16, 16, 9));
    assert_sense(bench_write(b, DISC_SECTORS - 16, 16, 9), 0x056300);
    assert_sense(bench_write(b, DISC_SECTORS, 16, 9), 0x056300);
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    bench_open(b);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2] & 3, 2);
    assert_holds(b, DISC_SECTORS - 16, 16, 9);
}

static void a_burn_goes_on_where_another_emulator_left_it(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    for (uint32_t lba = 0; lba < 320; lba += 32) {
        assert_int_equal(bench_next(b, b->emu), lba);
        assert_good(bench_write(b, lba, 32, 6));
        bench_open(b);
    }
    assert_holds(b, 0, 320, 6);
}

static void tracks_are_found_by_address_number_and_session(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(bench_get(b, 48, 0x52, 0, 0, 0, 0, 15, 0, 0, 48, 0));
    assert_int_equal(b->data[2], 1);
    assert_int_equal(b->data[7], 2);
    assert_int_equal(field32(b->data + 28), 15);
    assert_good(bench_get(b, 48, 0x52, 2, 0, 0, 0, 2, 0, 0, 48, 0));
    assert_int_equal(b->data[2], 2);
    assert_int_equal(field32(b->data + 8), 16 + 1024);
    assert_sense(bench_get(b, 48, 0x52, 1, 0, 0, 0, 3, 0, 0, 48, 0), 0x052400);
    assert_sense(bench_get(b, 48, 0x52, 0, 0, 0, 0, 16, 0, 0, 48, 0), 0x052100);
    assert_sense(bench_get(b, 48, 0x52, 3, 0, 0, 0, 1, 0, 0, 48, 0), 0x052400);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_new_disc_is_blank_and_its_next_address_is_zero),
        TEST(what_is_written_in_order_is_read_back_and_is_in_the_image),
        TEST(a_write_anywhere_but_at_the_next_address_is_refused),
        TEST(writes_are_gathered_to_units_and_the_last_one_is_filled_up_by_the_flush),
        TEST(a_transfer_length_that_differs_from_the_data_writes_nothing),
        TEST(streaming_is_accepted_and_together_with_fua_refused),
        TEST(commands_for_rewritable_discs_are_refused),
        TEST(closing_makes_a_session_and_the_next_one_begins_behind_a_gap),
        TEST(a_session_without_data_can_not_be_closed),
        TEST(a_finalised_disc_is_complete_and_takes_nothing_more),
        TEST(a_reserved_track_has_a_next_address_of_its_own),
        TEST(a_full_disc_says_so_and_keeps_its_last_sector),
        TEST(a_burn_goes_on_where_another_emulator_left_it),
        TEST(tracks_are_found_by_address_number_and_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
