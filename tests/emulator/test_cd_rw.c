/* How a CD-RW is blanked, and how it behaves once it is formatted. */
#include "cd_bench.h"

#include <stdio.h>

enum { WHOLE, MINIMAL, TRACK, UNRESERVE, TAIL, UNCLOSE, SESSION };

/* Byte 1 of the CDB is the type, bytes 2 to 5 are the track or the address. */
static void assert_wrong_field(struct bench *b, uint8_t type, uint32_t address, uint16_t field)
{
    assert_sense(cd_erase(b, type, address), 0x052400);
    assert_int_equal(b->reply.sense[15] & 0xc0, 0xc0);
    assert_int_equal(field16(b->reply.sense + 16), field);
}

static void a_cd_rw_is_erasable_and_a_cd_r_is_not(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_sense(cd_erase(b, MINIMAL, 0), 0x053005);
    bench_insert(b, "cd-rw");
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x10);
    assert_wrong_field(b, 7, 0, 1);
    bench_insert(b, "cd-r");
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
    assert_wrong_field(b, TRACK, 9, 2);
    assert_wrong_field(b, TRACK, 0, 2);
    assert_wrong_field(b, UNRESERVE, 0, 2);
    assert_good(cd_parameters_with(b, PACKET, 5 | FIXED, 8, (const uint8_t[]){13, 32, 0}));
    assert_good(bench_write(b, 0, 64, 1));
    assert_wrong_field(b, TAIL, 33, 2);
    assert_wrong_field(b, TAIL, 96, 2);
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

/* ---- formatted ---- */

/* Of 39 blocks that a packet takes with its link 32 have an address. */
enum { PACKETS = (CD_SECTORS - 2) / 39, MOST = PACKETS * 32, FULL = 0x10 << 2, IMMEDIATE = 2 };

static void insert_formatted(struct bench *b, uint32_t blocks)
{
    bench_insert(b, "cd-rw");
    assert_good(bench_format_as(b, 0, blocks, FULL, 32));
}

static uint32_t capacities(struct bench *b)
{
    return bench_get(b, 140, 0x23, 0, 0, 0, 0, 0, 0, 0, 140, 0);
}

static void what_can_be_formatted_is_offered(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    for (int i = 0; i < 2; i++) {
        assert_good(capacities(b));
        assert_int_equal(b->data[3], 16);
        assert_int_equal(b->data[8] & 3, i ? 2 : 1);
        assert_int_equal(field32(b->data + 4), i ? 640 : CD_SECTORS);
        assert_int_equal(field32(b->data + 12), MOST);
        assert_int_equal(field32(b->data + 16), (uint32_t)FULL << 24 | 32);
        assert_good(bench_format_as(b, 0, 640, FULL, 0));
    }
    bench_close(b);
    remove(b->disc);
    remove(b->image);
    bench_insert(b, "cd-rw-74");
    assert_good(capacities(b));
    assert_int_equal(field32(b->data + 12), (332850 - 2) / 39 * 32);
    bench_insert(b, "cd-r");
    assert_good(capacities(b));
    assert_int_equal(b->data[3], 8);
}

static void a_wrong_format_is_refused_and_changes_nothing(void **state)
{
    static const struct {
        uint32_t blocks, parameter;
        uint8_t type, field;
    } wrong[] = {
        {0, 32, FULL, 4},          {33, 32, FULL, 4},        {MOST + 32, 32, FULL, 4},
        {UINT32_MAX, 32, FULL, 4}, {MOST, 16, FULL, 9},      {MOST, 32, FULL | 1, 8},
        {MOST, 32, 0x00, 8},       {MOST, 32, 0x15 << 2, 8},
    };
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    cd_burn_small_session(b, 0, 7);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_sense(bench_format_as(b, 0, wrong[i].blocks, wrong[i].type, wrong[i].parameter),
                     0x052600);
        assert_int_equal(field16(b->reply.sense + 16), wrong[i].field);
        assert_good(bench_read(b, 10, 1));
        assert_int_equal(b->data[0], 7);
    }
}

static void a_formatted_disc_is_one_closed_track_of_fixed_packets(void **state)
{
    struct bench *b = *state;
    uint8_t lead_out[3];

    insert_formatted(b, MOST);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(bench_capacity(b), MOST);
        assert_good(cd_info(b));
        assert_int_equal(b->data[2], 0x1f);
        assert_int_equal(b->data[4], 1);
        assert_int_equal(b->data[6], 1);
        assert_good(cd_track(b, 1));
        assert_int_equal(b->data[5], 4);
        assert_int_equal(b->data[6], 0x31);
        assert_int_equal(b->data[7], 2);
        assert_int_equal(field32(b->data + 8), 0);
        assert_int_equal(field32(b->data + 20), 32);
        assert_int_equal(field32(b->data + 24), MOST);
        assert_int_equal(field32(b->data + 28), MOST - 1);
        assert_good(cd_read_toc(b, 0, true, 0));
        assert_int_equal(b->data[3], 1);
        cd_time(PACKETS * 39, lead_out);
        assert_int_equal(b->data[14], 0xaa);
        assert_memory_equal(b->data + 17, lead_out, 3);
        assert_good(bench_get(b, 8, 0x46, 2, 0, 0, 0, 0, 0, 0, 8, 0));
        assert_int_equal(b->data[7], 0x0a);
        bench_open(b);
    }
}

static void assert_feature(struct bench *b, uint8_t code, bool current)
{
    assert_good(bench_get(b, 64, 0x46, 2, 0, code, 0, 0, 0, 0, 64, 0));
    assert_int_equal(b->data[9], code);
    assert_int_equal(b->data[10] & 1, current);
}

static void formatting_makes_it_a_disc_to_overwrite_and_blanking_one_to_record(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    for (int i = 0; i < 2; i++) {
        assert_feature(b, 0x21, true);
        assert_feature(b, 0x23, true);
        assert_feature(b, 0x26, false);
        assert_feature(b, 0x2d, true);
        assert_feature(b, 0x2e, true);
        assert_good(bench_format_as(b, 0, MOST, FULL, 32));
        assert_feature(b, 0x21, false);
        assert_feature(b, 0x23, true);
        assert_feature(b, 0x26, true);
        assert_feature(b, 0x2d, false);
        assert_feature(b, 0x2e, false);
        assert_feature(b, 0x37, true);
        assert_good(bench_write(b, 320, 32, 5));
        assert_sense(cd_erase(b, SESSION, 0), 0x052c00);
        assert_wrong_field(b, 7, 0, 1);
        assert_good(cd_erase(b, i ? WHOLE : MINIMAL, 0));
        assert_good(cd_info(b));
        assert_int_equal(b->data[2], 0x10);
        assert_int_equal(bench_next(b, b->emu), 0);
        assert_sense(bench_read(b, 320, 1), 0x080000);
    }
    cd_burn_small_session(b, 0, 9);
    assert_good(bench_read(b, 299, 1));
    assert_int_equal(b->data[0], 9);
}

static void whole_packets_are_written_anywhere_and_the_rest_is_zeros(void **state)
{
    static const uint8_t zeros[SECTOR];
    struct bench *b = *state;

    insert_formatted(b, MOST);
    assert_good(bench_write(b, MOST - 32, 32, 1));
    assert_good(bench_write(b, 64, 64, 2));
    assert_good(bench_write(b, 64, 32, 3));
    assert_sense(bench_write(b, 65, 32, 4), 0x052102);
    assert_sense(bench_write(b, 80, 32, 4), 0x052102);
    assert_sense(bench_write(b, 64, 31, 4), 0x056401);
    assert_sense(bench_write(b, 64, 16, 4), 0x056401);
    assert_sense(bench_write(b, 64, 33, 4), 0x056401);
    assert_sense(bench_write(b, MOST, 32, 4), 0x052100);
    assert_sense(bench_write(b, MOST - 32, 64, 4), 0x052100);
    assert_sense(bench_write(b, UINT32_MAX - 31, 32, 4), 0x052100);
    assert_good(bench_write(b, 65, 0, 4));
    assert_sense(bench_write(b, MOST, 0, 4), 0x052100);
    for (int i = 0; i < 2; i++) {
        assert_holds(b, 64, 32, 3);
        assert_holds(b, 96, 32, 2);
        assert_holds(b, MOST - 32, 32, 1);
        assert_good(bench_read(b, 63, 1));
        assert_memory_equal(b->data, zeros, SECTOR);
        assert_good(bench_read(b, 128, 1));
        assert_memory_equal(b->data, zeros, SECTOR);
        assert_sense(bench_read(b, MOST, 1), 0x052100);
        assert_good(bench_sync(b));
        bench_open(b);
    }
    assert_int_equal(cd_file_size(b, ".iso"), (int64_t)MOST * SECTOR);
    assert_good(cd_read(b, 64, 2, 0xf8, 0, RAW));
    assert_int_equal(b->data[15], 1);
    assert_true(cd_ecc_is_right(b->data, false));
}

/* Whatever the write parameters are: they are about discs that are recorded in order. */
static void a_formatted_disc_takes_no_other_way_of_writing(void **state)
{
    static const uint8_t cue[][8] = {{0x41, 0, 0, 0x14, 0, 0, 0, 0}};
    struct bench *b = *state;

    insert_formatted(b, 320);
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_good(bench_write(b, 0, 32, 1));
    assert_holds(b, 0, 32, 1);
    assert_sense(cd_write(b, 32, 32, RAW, 1), 0x052400);
    assert_good(cd_parameters(b, SAO, 0, 8));
    assert_sense(cd_cue(b, cue, 1), 0x053005);
    assert_sense(bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, 1, 0x90, 0), 0x053005);
    assert_good(bench_close_track(b, 1, 1));
    assert_sense(bench_close_track(b, 1, 2), 0x052400);
    assert_good(bench_close_track(b, 2, 0));
    assert_sense(bench_close_track(b, 6, 0), 0x052400);
    assert_good(bench_write(b, 288, 32, 2));
    assert_int_equal(bench_capacity(b), 320);
}

static void formatting_takes_away_what_was_there(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_good(cd_write(b, 0, 300, RAW, 1));
    assert_good(bench_sync(b));
    assert_true(cd_file_size(b, ".bin") > 0);
    assert_good(bench_format_as(b, 0, MOST, FULL, 32));
    assert_int_equal(cd_file_size(b, ".cue"), -1);
    bench_open(b);
    assert_good(bench_read(b, 5, 1));
    assert_int_equal(b->data[0], 0);
    assert_good(bench_write(b, 32, 32, 6));
    assert_good(bench_sync(b));
    assert_int_equal(cd_file_size(b, ".bin"), -1);
    assert_int_equal(cd_file_size(b, ".iso"), 64 * SECTOR);
    assert_good(bench_format_as(b, 0, MOST, FULL, 32));
    assert_good(bench_read(b, 32, 1));
    assert_int_equal(b->data[0], 0);
    assert_int_equal(cd_file_size(b, ".iso"), 0);
}

static void an_image_of_raw_sectors_keeps_its_form_when_formatted(void **state)
{
    struct bench *b = *state;
    char text[160];

    snprintf(b->image, sizeof(b->image), "%s/disc.bin", b->folder);
    snprintf(text, sizeof(text), "medium = cd-rw\nimage = %s\n", b->image);
    bench_define(b, text);
    bench_open(b);
    assert_good(bench_format_as(b, 0, MOST, FULL, 32));
    assert_good(bench_write(b, 32, 32, 6));
    assert_good(bench_sync(b));
    assert_int_equal(cd_file_size(b, ".bin"), 64 * RAW);
    bench_open(b);
    assert_holds(b, 32, 32, 6);
}

static void formatting_takes_the_time_of_writing_the_whole_disc(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw\nspeed = 4");
    assert_good(bench_format_as(b, IMMEDIATE, MOST, FULL, 32));
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x020404);
    assert_int_equal(field16(b->reply.sense + 16), 0);
    b->now_us += (uint64_t)CD_SECTORS * 1000000 / 75 / 4 / 2;
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x020404);
    assert_in_range(field16(b->reply.sense + 16), 0x7000, 0x9000);
    b->now_us += (uint64_t)CD_SECTORS * 1000000 / 75 / 4 / 2 + 10000000;
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_write(b, 32, 32, 6));
}

static void a_state_that_no_format_makes_is_refused(void **state)
{
    /* All of them but the first one are wrong somewhere. */
    static const struct {
        const char *finalised, *track, *written;
    } discs[] = {
        {"1", "1 closed mode1 4 pf--- 32 14 -150 0 64 64 64", "64"},
        {"0", "1 closed mode1 4 pf--- 32 14 -150 0 64 64 64", "64"},
        {"1", "1 closed mode1 4 pf--- 32 14 -150 0 64 64 64", "65"},
        {"1", "1 closed mode1 4 pf--- 32 21 -150 0 64 64 64", "64"},
        {"1", "1 closed mode1 4 pf--- 32 15 -150 0 64 64 64", "64"},
        {"1", "1 closed mode1 4 pf--- 32 14 -150 0 64 32 64", "0"},
        {"1", "1 closed mode1 4 pf--- 16 14 -150 0 64 64 64", "0"},
        {"1", "1 closed mode1 4 p---- 0 0 -150 0 64 64 64", "0"},
        {"1", "1 closed xa 4 pf--- 32 14 -150 0 64 64 64", "0"},
        {"1", "1 closed mode1 4 pfd-- 32 14 -150 0 64 64 64", "0"},
        {"1", "1 closed mode1 4 pf--- 32 64589 -150 0 295264 295264 295264", "0"},
        {"1", "1 closed mode1 4 pf--- 32 0 -150 0 0 0 0", "0"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(discs) / sizeof(discs[0]); i++) {
        char lines[300];

        insert_formatted(b, 64);
        assert_good(bench_write(b, 0, 64, 1));
        assert_good(bench_sync(b));
        bench_close(b);
        snprintf(lines, sizeof(lines),
                 "medium = cd-rw-packets\nform = plain\nfinalised = %s\ndamaged = 0\nmoving = 0\n"
                 "type = 0\ntrack = %s\nwritten = %s\n",
                 discs[i].finalised, discs[i].track, discs[i].written);
        bench_state(b, lines);
        bench_open(b);
        if (i == 0)
            assert_holds(b, 0, 64, 1);
        else
            assert_sense(bench_read(b, 0, 1), 0x023001);
        bench_close(b);
        remove(b->disc);
        remove(b->image);
    }
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
        TEST(what_can_be_formatted_is_offered),
        TEST(a_wrong_format_is_refused_and_changes_nothing),
        TEST(a_formatted_disc_is_one_closed_track_of_fixed_packets),
        TEST(formatting_makes_it_a_disc_to_overwrite_and_blanking_one_to_record),
        TEST(whole_packets_are_written_anywhere_and_the_rest_is_zeros),
        TEST(a_formatted_disc_takes_no_other_way_of_writing),
        TEST(formatting_takes_away_what_was_there),
        TEST(an_image_of_raw_sectors_keeps_its_form_when_formatted),
        TEST(formatting_takes_the_time_of_writing_the_whole_disc),
        TEST(a_state_that_no_format_makes_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
