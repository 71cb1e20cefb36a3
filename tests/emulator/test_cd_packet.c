/* How a CD is recorded in packets. */
#include "cd_bench.h"

static const uint8_t packets_of_32[] = {13, 32, 0};

static void a_variable_packet_is_followed_by_seven_link_blocks(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, PACKET, 5, 8));
    assert_good(bench_write(b, 0, 20, 1));
    assert_int_equal(bench_next(b, b->emu), 27);
    assert_int_equal(b->data[6] & 0x30, 0x20);
    assert_sense(cd_write(b, 20, 1, 2048, 1), 0x052102);
    assert_good(bench_write(b, 27, 10, 2));
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 44); /* the track stays open */
    assert_good(bench_write(b, 44, 10, 3));
    assert_good(bench_close_track(b, 1, 1));
    assert_int_equal(bench_next(b, b->emu), 54 + 7 + 150);
    assert_good(bench_close_track(b, 2, 0));
    assert_holds(b, 0, 20, 1);
    assert_holds(b, 27, 10, 2);
    assert_holds(b, 44, 10, 3);
    assert_int_equal(cd_file_size(b, ".iso"), 54 * 2048);
}

static void fixed_packets_have_no_gap_between_their_addresses(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    assert_good(cd_parameters_with(b, PACKET, 5 | FIXED, 8, packets_of_32));
    assert_sense(cd_write(b, 0, 16, 2048, 1), 0x056401);
    assert_sense(cd_write(b, 0, 33, 2048, 1), 0x056401);
    assert_good(bench_write(b, 0, 32, 1));
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_int_equal(b->data[6] & 0x30, 0x30);
    assert_int_equal(field32(b->data + 20), 32);
    assert_int_equal(field32(b->data + 16), (CD_SECTORS - 2 - 39) / 39 * 32);
    assert_good(bench_write(b, 32, 32, 1));
    assert_good(cd_parameters_with(b, PACKET, 5 | FIXED, 8, (const uint8_t[]){13, 64, 0}));
    assert_sense(cd_write(b, 64, 64, 2048, 1), 0x056401);
    assert_good(cd_parameters(b, PACKET, 5, 8));
    assert_sense(cd_write(b, 64, 32, 2048, 1), 0x056400);
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_sense(cd_write(b, 64, 32, 2048, 1), 0x056400);
    assert_good(bench_close_track(b, 2, 0));
    assert_holds(b, 0, 64, 1);
    assert_good(cd_read_toc(b, 0, false, 0));
    assert_int_equal(field32(b->data + 16), 64 + 2 * 7);
}

static void a_packet_that_does_not_fit_is_refused(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, PACKET, 5, 8));
    assert_good(bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, 1, 0x40, 0)); /* 320 blocks */
    assert_good(cd_write(b, 0, 32, 2048, 1));
    assert_good(cd_write(b, 39, 32, 2048, 1));
    for (int32_t lba = 78; lba < 312; lba += 39)
        assert_good(cd_write(b, lba, 32, 2048, 1));
    assert_int_equal(bench_next(b, b->emu), 472);
    assert_sense(cd_write(b, 312, 2, 2048, 1), 0x056301);
    assert_good(cd_write(b, 312, 1, 2048, 1));
    assert_sense(cd_write(b, 320, 1, 2048, 1), 0x056300);
}

static void packets_survive_power_loss_and_go_on_behind_what_may_be_burned(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    assert_good(cd_parameters_with(b, PACKET, 5 | FIXED, 8, packets_of_32));
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_good(cd_parameters_with(b, PACKET, 5 | FIXED, 8, packets_of_32));
    assert_good(bench_write(b, 32, 32, 2));
    assert_good(bench_close_track(b, 2, 0));
    assert_holds(b, 0, 32, 1);
    assert_holds(b, 32, 32, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_variable_packet_is_followed_by_seven_link_blocks),
        TEST(fixed_packets_have_no_gap_between_their_addresses),
        TEST(a_packet_that_does_not_fit_is_refused),
        TEST(packets_survive_power_loss_and_go_on_behind_what_may_be_burned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
