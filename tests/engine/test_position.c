/* Where to go on: the whole decision by examples. A section from LBA 1000 on, at 1200, with a WRITE
 * of 32 blocks that ended in doubt, and 64 blocks kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "position.h"

static struct oi_position_known at_1200(enum oi_medium medium)
{
    return (struct oi_position_known){
        .medium = medium,
        .start_lba = 1000,
        .lba = 1200,
        .pending = 32,
        .kept = 64,
    };
}

static struct oi_position with_next(int32_t next_lba, bool reset)
{
    struct oi_position_known known = at_1200(OI_MEDIUM_SEQUENTIAL);

    known.next_known = true;
    known.next_lba = next_lba;
    known.reset = reset;
    return oi_position_after(&known);
}

static void assert_lost_at(struct oi_position position, int32_t lba)
{
    assert_int_equal(position.verdict, OI_POSITION_LOST);
    assert_int_equal(position.first_doubtful_lba, lba);
}

static void the_expected_address_means_that_the_write_was_not_executed(void **state)
{
    (void)state;
    assert_int_equal(with_next(1200, false).verdict, OI_POSITION_SAME);
    assert_int_equal(with_next(1200, true).verdict, OI_POSITION_SAME);
}

static void an_address_behind_the_write_means_that_it_was_executed(void **state)
{
    struct oi_position position = with_next(1232, false);

    (void)state;
    assert_int_equal(position.verdict, OI_POSITION_AHEAD);
    assert_int_equal(position.blocks, 32);
}

static void an_address_inside_the_write_may_be_the_end_of_padding(void **state)
{
    (void)state;
    assert_lost_at(with_next(1201, false), 1200);
    assert_lost_at(with_next(1216, false), 1200);
}

static void an_address_beyond_the_write_is_nobodys_we_know(void **state)
{
    (void)state;
    assert_lost_at(with_next(1233, false), 1200);
}

static void what_was_never_sent_was_not_executed(void **state)
{
    struct oi_position_known known = at_1200(OI_MEDIUM_SEQUENTIAL);

    (void)state;
    known.next_known = true;
    known.next_lba = 1216;
    known.pending = 0;
    assert_lost_at(oi_position_after(&known), 1200);
}

static void a_drive_that_padded_after_a_reset_is_not_believed(void **state)
{
    (void)state;
    assert_lost_at(with_next(1216, true), 1000);
}

static void an_address_among_the_kept_blocks_is_gone_back_to(void **state)
{
    struct oi_position position = with_next(1136, true);

    (void)state;
    assert_int_equal(position.verdict, OI_POSITION_BEHIND);
    assert_int_equal(position.blocks, 64);
}

static void an_address_before_the_kept_blocks_is_the_first_lost_one(void **state)
{
    (void)state;
    assert_lost_at(with_next(1135, true), 1135);
    assert_lost_at(with_next(900, true), 1000);
}

static void without_an_address_nothing_is_proved(void **state)
{
    struct oi_position_known known = at_1200(OI_MEDIUM_SEQUENTIAL);

    (void)state;
    assert_lost_at(oi_position_after(&known), 1200);
    known.reset = true;
    assert_lost_at(oi_position_after(&known), 1000);
    known.medium = OI_MEDIUM_UNKNOWN;
    assert_lost_at(oi_position_after(&known), 1000);
}

static void a_random_medium_takes_the_write_again(void **state)
{
    struct oi_position_known known = at_1200(OI_MEDIUM_RANDOM);

    (void)state;
    assert_int_equal(oi_position_after(&known).verdict, OI_POSITION_SAME);
}

static void after_a_reset_a_random_medium_gets_all_that_the_buffer_can_have_held(void **state)
{
    struct oi_position_known known = at_1200(OI_MEDIUM_RANDOM);
    struct oi_position position;

    (void)state;
    known.reset = true;
    known.buffer_blocks = 64;
    position = oi_position_after(&known);
    assert_int_equal(position.verdict, OI_POSITION_BEHIND);
    assert_int_equal(position.blocks, 64);
    known.buffer_blocks = 65;
    assert_lost_at(oi_position_after(&known), 1135);
    known.buffer_blocks = 500;
    assert_lost_at(oi_position_after(&known), 1000);
}

static void a_buffer_of_unknown_size_may_have_held_everything(void **state)
{
    struct oi_position_known known = at_1200(OI_MEDIUM_RANDOM);

    (void)state;
    known.reset = true;
    assert_lost_at(oi_position_after(&known), 1000);
    known.kept = 200;
    assert_int_equal(oi_position_after(&known).verdict, OI_POSITION_BEHIND);
    known.lba = 1000;
    known.kept = 0;
    assert_int_equal(oi_position_after(&known).verdict, OI_POSITION_SAME);
}

static void addresses_at_the_ends_of_the_range_do_not_overflow(void **state)
{
    struct oi_position_known known = {
        .medium = OI_MEDIUM_SEQUENTIAL,
        .start_lba = INT32_MIN,
        .lba = INT32_MAX,
        .next_known = true,
        .next_lba = INT32_MIN,
        .pending = 32,
        .kept = UINT32_MAX,
    };

    (void)state;
    assert_int_equal(oi_position_after(&known).verdict, OI_POSITION_BEHIND);
    assert_int_equal(oi_position_after(&known).blocks, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_expected_address_means_that_the_write_was_not_executed),
        cmocka_unit_test(an_address_behind_the_write_means_that_it_was_executed),
        cmocka_unit_test(an_address_inside_the_write_may_be_the_end_of_padding),
        cmocka_unit_test(an_address_beyond_the_write_is_nobodys_we_know),
        cmocka_unit_test(what_was_never_sent_was_not_executed),
        cmocka_unit_test(a_drive_that_padded_after_a_reset_is_not_believed),
        cmocka_unit_test(an_address_among_the_kept_blocks_is_gone_back_to),
        cmocka_unit_test(an_address_before_the_kept_blocks_is_the_first_lost_one),
        cmocka_unit_test(without_an_address_nothing_is_proved),
        cmocka_unit_test(a_random_medium_takes_the_write_again),
        cmocka_unit_test(after_a_reset_a_random_medium_gets_all_that_the_buffer_can_have_held),
        cmocka_unit_test(a_buffer_of_unknown_size_may_have_held_everything),
        cmocka_unit_test(addresses_at_the_ends_of_the_range_do_not_overflow),
    };

    return cmocka_run_group_tests_name("position", tests, NULL, NULL);
}
