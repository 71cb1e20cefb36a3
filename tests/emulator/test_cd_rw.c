/* How a CD-RW is blanked. */
#include "cd_bench.h"

enum { WHOLE, MINIMAL, TRACK, UNRESERVE, TAIL, UNCLOSE, SESSION };

static void a_cd_rw_is_erasable_and_a_cd_r_is_not(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_sense(cd_erase(b, MINIMAL, 0), 0x053005);
    bench_insert(b, "cd-rw");
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x10);
    assert_sense(cd_erase(b, 7, 0), 0x052400);
    assert_sense(bench_format(b, 0), 0x053006);
}

static void a_blanked_disc_is_as_new(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    for (uint8_t type = WHOLE; type <= MINIMAL; type++) {
        assert_good(cd_parameters(b, TAO, 0, 0));
        assert_good(cd_write(b, 0, 300, RAW, 1));
        assert_good(bench_sync(b));
        assert_good(bench_close_track(b, 2, 0));
        assert_true(cd_file_size(b, ".cue") > 0);
        assert_sense(cd_write(b, 302, 1, RAW, 1), 0x072700);
        assert_good(cd_erase(b, type, 0));
        assert_good(cd_info(b));
        assert_int_equal(b->data[2], 0x10);
        assert_int_equal(bench_next(b, b->emu), 0);
        assert_sense(bench_read(b, 0, 1), 0x080000);
        assert_int_equal(cd_file_size(b, ".cue"), -1);
        assert_int_equal(cd_file_size(b, ".bin"), 0);
        bench_open(b);
        assert_good(cd_info(b));
        assert_int_equal(b->data[2], 0x10);
    }
    /* Data alone makes it a plain image again. */
    cd_burn_small_session(b, 0, 0x55);
    assert_int_equal(cd_file_size(b, ".bin"), -1);
    assert_int_equal(cd_file_size(b, ".iso"), 300 * 2048);
    assert_good(bench_read(b, 10, 1));
    assert_int_equal(b->data[0], 0x55);
}

static void the_last_session_can_be_blanked_or_opened_again(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(cd_write(b, 0, 300, 2048, 1));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(cd_write(b, 11702, 300, 2048, 2));
    assert_good(bench_sync(b));
    assert_good(cd_erase(b, SESSION, 0)); /* the open one */
    assert_int_equal(bench_next(b, b->emu), 11702);
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 11702, 300, 2048, 3));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x1e);
    assert_good(cd_erase(b, UNCLOSE, 0));
    assert_int_equal(bench_next(b, b->emu), 11702 + 302 + 150);
    assert_good(bench_read(b, 11702, 1));
    assert_int_equal(b->data[0], 3);
    assert_good(bench_close_track(b, 2, 0));
    assert_good(cd_erase(b, SESSION, 0));
    assert_int_equal(bench_next(b, b->emu), 11702);
    assert_sense(bench_read(b, 11702, 1), 0x080000);
    assert_good(bench_read(b, 0, 1));
    /* What the drive fills up is empty, whatever was there before. */
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(cd_write(b, 11702, 10, 2048, 4));
    assert_good(bench_sync(b));
    assert_good(bench_read(b, 11712, 1));
    assert_int_equal(b->data[0], 0);
    assert_good(cd_erase(b, SESSION, 0));
    assert_good(cd_erase(b, SESSION, 0)); /* and the first one */
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x10);
    assert_sense(cd_erase(b, SESSION, 0), 0x052c00);
}

static void tracks_of_the_open_session_can_be_blanked(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    assert_good(bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, 1, 0x90, 0));
    assert_good(cd_erase(b, UNRESERVE, 1));
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_int_equal(b->data[6] & 0x80, 0);
    assert_sense(cd_erase(b, UNRESERVE, 1), 0x052c00);
    assert_sense(cd_erase(b, TRACK, 9), 0x052400);
    assert_sense(cd_erase(b, TRACK, 0), 0x052400);
    assert_sense(cd_erase(b, UNRESERVE, 0), 0x052400);
    assert_good(cd_parameters_with(b, PACKET, 5 | FIXED, 8, (const uint8_t[]){13, 32, 0}));
    assert_good(bench_write(b, 0, 64, 1));
    assert_sense(cd_erase(b, TAIL, 33), 0x052400);
    assert_good(cd_erase(b, TAIL, 32));
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_holds(b, 0, 32, 1);
    assert_good(bench_write(b, 32, 32, 2));
    assert_holds(b, 32, 32, 2);
    assert_good(cd_erase(b, TRACK, 1));
    assert_int_equal(bench_next(b, b->emu), 0);
}

static void a_disc_with_a_torn_session_can_be_blanked(void **state)
{
    static const uint8_t cue[][8] = {{0x41, 0, 0, 0x14, 0, 0, 0, 0},
                                     {0x41, 1, 0, 0x10, 0, 0, 0, 0},
                                     {0x41, 1, 1, 0x10, 0, 0, 2, 0},
                                     {0x41, 0xaa, 1, 0x14, 0, 0, 6, 0}};
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    assert_good(cd_parameters(b, SAO, 0, 8));
    assert_good(cd_cue(b, cue, 4));
    assert_good(cd_write(b, -150, 200, 2048, 1));
    bench_open(b);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x19);
    assert_good(cd_erase(b, MINIMAL, 0));
    cd_burn_small_session(b, 0, 9);
    assert_good(bench_read(b, 0, 1));
    assert_int_equal(b->data[0], 9);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_cd_rw_is_erasable_and_a_cd_r_is_not),
        TEST(a_blanked_disc_is_as_new),
        TEST(the_last_session_can_be_blanked_or_opened_again),
        TEST(tracks_of_the_open_session_can_be_blanked),
        TEST(a_disc_with_a_torn_session_can_be_blanked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
