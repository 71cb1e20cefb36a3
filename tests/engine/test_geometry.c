/* How sections are cut, and how large the fifo becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "geometry.h"

static void commands_are_whole_write_units(void **state)
{
    (void)state;
    assert_int_equal(oi_blocks_per_command(2048, 65536, 61440, 16), 32);
    assert_int_equal(oi_blocks_per_command(2048, 65536, 61440, 32), 32);
    assert_int_equal(oi_blocks_per_command(2048, 126976, 122880, 16), 48);
    assert_int_equal(oi_blocks_per_command(2048, 4 << 20, 4 << 20, 32), 512);
}

static void a_limit_below_one_write_unit_still_allows_single_blocks(void **state)
{
    (void)state;
    assert_int_equal(oi_blocks_per_command(2048, 8192, 4096, 16), 2);
    assert_int_equal(oi_blocks_per_command(2048, 4096, 0, 16), 2);
}

static void blocks_that_do_not_make_whole_pages_obey_the_smaller_limit(void **state)
{
    (void)state;
    assert_int_equal(oi_blocks_per_command(2352, 65536, 61440, 1), 26);
    assert_int_equal(oi_blocks_per_command(2448, 65536, 65536, 1), 26);
}

static void a_block_larger_than_a_transfer_does_not_fit(void **state)
{
    (void)state;
    assert_int_equal(oi_blocks_per_command(65537, 65536, 61440, 1), 0);
    assert_int_equal(oi_blocks_per_command(INT32_MAX, 65536, 61440, 16), 0);
    assert_int_equal(oi_blocks_per_command(65536, 65536, 61440, 16), 1);
}

static void tiny_blocks_do_not_overflow_the_count_of_write_10(void **state)
{
    (void)state;
    assert_int_equal(oi_blocks_per_command(1, 1 << 20, 1 << 20, 1), 65535);
    assert_int_equal(oi_blocks_per_command(1, 1 << 20, 1 << 20, 16), 65520);
}

static void a_cut_ends_at_a_write_unit(void **state)
{
    (void)state;
    assert_int_equal(oi_cut(0, 1000, 32, 16), 32);
    assert_int_equal(oi_cut(5, 1000, 32, 16), 27);
    assert_int_equal(oi_cut(31, 1000, 32, 16), 17);
    assert_int_equal(oi_cut(-150, 1000, 32, 16), 22); /* ends at -128 */
    assert_int_equal(oi_cut(-1, 1000, 16, 16), 1);
}

static void the_last_cut_takes_what_is_left(void **state)
{
    (void)state;
    assert_int_equal(oi_cut(32, 7, 32, 16), 7);
    assert_int_equal(oi_cut(5, 20, 32, 16), 20);
}

static void a_cut_is_never_empty(void **state)
{
    (void)state;
    assert_int_equal(oi_cut(1, 1000, 4, 16), 4);
    assert_int_equal(oi_cut(15, 1000, 4, 16), 1);
    assert_int_equal(oi_cut(INT32_MAX - 3, 4, 32, 16), 4);
}

static void the_fifo_holds_three_seconds_of_the_faster_speed(void **state)
{
    struct oi_fifo_size size = oi_fifo_size_for(2048, 32, 5408, 10816);

    (void)state;
    assert_int_equal(size.slot_blocks, 512);
    assert_int_equal(size.slots, ((uint64_t)10816 * 2048 * 3 + OI_KEEP_BYTES) / (1 << 20) + 1);
}

static void the_fifo_is_never_below_8_and_never_above_256_mib(void **state)
{
    (void)state;
    assert_int_equal(oi_fifo_size_for(2048, 32, 1, 1).slots, 8);
    assert_int_equal(oi_fifo_size_for(2048, 32, INT32_MAX, INT32_MAX).slots, 256);
    assert_int_equal(oi_fifo_size_for(2048, 32, -1, -1).slots, 64);
    assert_int_equal(oi_fifo_size_for(2048, 32, -1, 75).slots, 64);
}

static void slots_hold_whole_commands(void **state)
{
    struct oi_fifo_size size = oi_fifo_size_for(2352, 26, -1, -1);

    (void)state;
    assert_int_equal(size.slot_blocks % 26, 0);
    assert_in_range(size.slot_blocks * 2352, (1 << 20) - 26 * 2352, 1 << 20);
    assert_true(size.low_water >= 1 && size.low_water <= size.slots);
}

static void the_write_unit_comes_from_the_profile(void **state)
{
    (void)state;
    assert_int_equal(oi_unit_blocks_of_profile(0x001a), 16);
    assert_int_equal(oi_unit_blocks_of_profile(0x001b), 16);
    assert_int_equal(oi_unit_blocks_of_profile(0x0041), 32);
    assert_int_equal(oi_unit_blocks_of_profile(0x0009), 1);
    assert_int_equal(oi_unit_blocks_of_profile(0x7777), 1);
}

static void what_may_be_repeated_comes_from_the_profile(void **state)
{
    (void)state;
    assert_int_equal(oi_medium_of_profile(0x001a), OI_MEDIUM_RANDOM);
    assert_int_equal(oi_medium_of_profile(0x0013), OI_MEDIUM_RANDOM);
    assert_int_equal(oi_medium_of_profile(0x0043), OI_MEDIUM_RANDOM);
    assert_int_equal(oi_medium_of_profile(0x0041), OI_MEDIUM_SEQUENTIAL);
    assert_int_equal(oi_medium_of_profile(0x0014), OI_MEDIUM_SEQUENTIAL);
    assert_int_equal(oi_medium_of_profile(0x000a), OI_MEDIUM_SEQUENTIAL);
    assert_int_equal(oi_medium_of_profile(0x0016), OI_MEDIUM_UNKNOWN);
    assert_int_equal(oi_medium_of_profile(0x0000), OI_MEDIUM_UNKNOWN);
}

/* Else the writer would wait for the reader and the reader for the writer. */
static void a_bd_r_that_takes_any_address_takes_none_twice(void **state)
{
    (void)state;
    assert_int_equal(oi_unit_blocks_of_profile(0x0042), 32);
    assert_int_equal(oi_medium_of_profile(0x0042), OI_MEDIUM_UNKNOWN);
}

static void what_is_kept_leaves_room_to_refill(void **state)
{
    struct oi_fifo_size size = oi_fifo_size_for(2048, 32, -1, -1);

    (void)state;
    do {
        assert_true(size.low_water >= 1 && size.kept >= 1);
        assert_true(size.kept + size.low_water < size.slots);
    } while (oi_fifo_size_halve(&size));
    assert_int_equal(size.slots, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_whole_write_units),
        cmocka_unit_test(a_limit_below_one_write_unit_still_allows_single_blocks),
        cmocka_unit_test(blocks_that_do_not_make_whole_pages_obey_the_smaller_limit),
        cmocka_unit_test(a_block_larger_than_a_transfer_does_not_fit),
        cmocka_unit_test(tiny_blocks_do_not_overflow_the_count_of_write_10),
        cmocka_unit_test(a_cut_ends_at_a_write_unit),
        cmocka_unit_test(the_last_cut_takes_what_is_left),
        cmocka_unit_test(a_cut_is_never_empty),
        cmocka_unit_test(the_fifo_holds_three_seconds_of_the_faster_speed),
        cmocka_unit_test(the_fifo_is_never_below_8_and_never_above_256_mib),
        cmocka_unit_test(slots_hold_whole_commands),
        cmocka_unit_test(the_write_unit_comes_from_the_profile),
        cmocka_unit_test(what_may_be_repeated_comes_from_the_profile),
        cmocka_unit_test(a_bd_r_that_takes_any_address_takes_none_twice),
        cmocka_unit_test(what_is_kept_leaves_room_to_refill),
    };

    return cmocka_run_group_tests_name("geometry", tests, NULL, NULL);
}
