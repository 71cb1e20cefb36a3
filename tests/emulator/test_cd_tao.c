/* How a CD-R behaves when tracks are written at once, one after the other. */
#include "cd_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void a_new_cd_r_is_blank_and_tells_where_it_may_be_written(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x00);
    assert_int_equal(b->data[4], 1);
    assert_int_equal(b->data[6], 1);
    assert_int_equal(b->data[8], 0xff);
    assert_int_equal(field32(b->data + 16), 97 << 16 | 26 << 8 | 66);
    assert_int_equal(field32(b->data + 20), 79 << 16 | 59 << 8 | 70);
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_int_equal(field32(b->data + 16), CD_SECTORS - 2);
    assert_sense(cd_read_toc(b, 0, false, 0), 0x052400);
    assert_sense(bench_read(b, 0, 1), 0x080000);
    assert_sense(bench_read(b, CD_SECTORS, 1), 0x052100);
    assert_sense(bench_read(b, UINT32_MAX, 1), 0x052100);
}

static void a_data_disc_is_a_plain_image(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    for (uint32_t lba = 0; lba < 640; lba += 32)
        assert_good(bench_write(b, lba, 32, 0x5a));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_holds(b, 0, 640, 0x5a);
    assert_int_equal(cd_file_size(b, ".iso"), 640 * 2048);
    assert_int_equal(cd_file_size(b, ".bin"), -1);
    assert_int_equal(cd_file_size(b, ".cue"), -1);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x0e);
    assert_int_equal(b->data[8], 0x00);
    assert_int_equal(field32(b->data + 16), UINT32_MAX);
    assert_sense(cd_write(b, 640, 1, 2048, 0), 0x072700);
    bench_open(b);
    assert_holds(b, 0, 640, 0x5a);
    assert_good(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(field32(b->data), 641); /* two run-out blocks */
    assert_sense(bench_read(b, 640, 1), 0x031100);
    assert_sense(bench_read(b, 642, 1), 0x052100);
}

static void the_next_track_begins_behind_run_out_and_pause(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(cd_write(b, 0, 400, 2048, 1));
    assert_int_equal(bench_next(b, b->emu), 400);
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 400 + 2 + 150);
    assert_int_equal(b->data[2], 2);
    assert_sense(cd_write(b, 400, 1, 2048, 1), 0x052102);
    assert_good(cd_write(b, 552, 300, 2048, 2));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(bench_next(b, b->emu), 552 + 300 + 2 + 11400);
    assert_int_equal(b->data[3], 2);
    assert_good(cd_write(b, 12254, 300, 2048, 3));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(bench_next(b, b->emu), 12254 + 302 + 6900);
    assert_good(bench_read(b, 12254, 1));
    assert_int_equal(b->data[0], 3);
    assert_sense(bench_read(b, 450, 1), 0x031100);  /* between the tracks */
    assert_sense(bench_read(b, 5000, 1), 0x031100); /* between the sessions */
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x01);
    assert_int_equal(b->data[4], 3);
    assert_int_equal(b->data[5], 4);
}

static void a_short_track_is_filled_up_to_four_seconds(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 0, 16, 2048, 7));
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 300 + 2 + 150);
    assert_good(cd_track(b, 1));
    assert_int_equal(field32(b->data + 24), 302);
    assert_int_equal(field32(b->data + 28), 299);
    assert_good(bench_read(b, 299, 1));
    assert_int_equal(b->data[0], 0);
    assert_int_equal(cd_file_size(b, ".iso"), 300 * 2048);
}

static void audio_tracks_lie_in_a_bin_with_a_cue(void **state)
{
    struct bench *b = *state;
    char *cue;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters_with(b, TAO, 0, 0,
                                   (const uint8_t[]){32,  0x80, 33,  'D', 34,  'E', 35,  'A', 36,
                                                     'B', 37,   'C', 38,  '1', 39,  '2', 40,  '3',
                                                     41,  '4',  42,  '5', 43,  '6', 44,  '7', 0}));
    assert_good(cd_write(b, 0, 310, RAW, 0x11));
    assert_good(bench_sync(b));
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_int_equal(bench_next(b, b->emu), 462);
    assert_good(cd_write(b, 462, 300, RAW, 0x22));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(cd_file_size(b, ".iso"), -1);
    assert_int_equal(cd_file_size(b, ".bin"), 762 * RAW);
    cue = cd_file_text(b, ".cue");
    assert_string_equal(cue, "FILE \"disc.bin\" BINARY\n"
                             "REM SESSION 01\n"
                             "  TRACK 01 AUDIO\n"
                             "    ISRC DEABC1234567\n"
                             "    INDEX 01 00:00:00\n"
                             "  TRACK 02 AUDIO\n"
                             "    INDEX 00 00:04:12\n"
                             "    INDEX 01 00:06:12\n"
                             "REM LEAD-OUT 00:10:14\n");
    free(cue);
    assert_sense(bench_read(b, 0, 1), 0x056400);
    assert_good(cd_read(b, 461, 1, 0xf8, 0, RAW)); /* the pause is silence */
    assert_int_equal(b->data[0], 0);
    assert_good(cd_read(b, 462, 1, 0xf8, 0, RAW));
    assert_int_equal(b->data[RAW - 1], 0x22);
}

static void a_disc_that_becomes_mixed_moves_into_sectors(void **state)
{
    struct bench *b = *state;
    uint8_t sector[RAW];

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(bench_write(b, 0, 32, 9));
    assert_good(cd_write(b, 32, 300, 2048, 9));
    assert_good(bench_sync(b));
    assert_int_equal(cd_file_size(b, ".iso"), 332 * 2048);
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_good(cd_write(b, 484, 300, RAW, 0x33));
    assert_int_equal(cd_file_size(b, ".iso"), -1);
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    bench_open(b);
    assert_holds(b, 0, 32, 9);
    cd_file_read(b, ".bin", 10 * RAW, sector, RAW);
    assert_int_equal(sector[15], 1);
    assert_int_equal(sector[14], 0x10); /* 00:02:10 */
    assert_int_equal(field32(sector + 16), 10);
    assert_true(cd_ecc_is_right(sector, false));
    cd_file_read(b, ".bin", 484 * RAW, sector, RAW);
    assert_int_equal(sector[0], 0x33);
}

static void a_foreign_bin_in_the_way_is_left_alone(void **state)
{
    struct bench *b = *state;
    char path[160];

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 0, 300, 2048, 9));
    assert_good(bench_sync(b));
    snprintf(path, sizeof(path), "%s/disc.bin", b->folder);
    assert_int_equal(oi_file_replace(path, "mine", 4), OI_OK);
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_sense(cd_write(b, 452, 1, RAW, 0x33), 0x030c00);
    assert_non_null(strstr(oi_emu_detail(b->emu), "in the way"));
    assert_int_equal(cd_file_size(b, ".bin"), 4);
    assert_good(bench_read(b, 0, 1));
}

static void modes_that_do_not_fit_the_track_are_refused(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 0, 8));
    assert_sense(cd_write(b, 0, 1, 2048, 0), 0x056400); /* audio of 2048 bytes */
    assert_good(cd_parameters(b, TAO, 4, 0));
    assert_sense(cd_write(b, 0, 1, RAW, 0), 0x056400);
    assert_sense(cd_parameters(b, PACKET, 0, 0), 0x052600); /* feature 21h tells of no audio */
    assert_good(cd_parameters(b, PACKET, 0, 8));
    assert_sense(cd_write(b, 0, 1, 2048, 0), 0x056400);
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_sense(cd_write(b, 0, 1, 2352, 0), 0x052400); /* blocks of another size */
    assert_sense(cd_write(b, 1, 1, 2048, 0), 0x052102);
    assert_sense(cd_write(b, CD_SECTORS, 1, 2048, 0), 0x052100);
    assert_sense(cd_write(b, -150, 1, 2048, 0), 0x052100);
    assert_int_equal(bench_next(b, b->emu), 0);
}

static void mode_2_sectors_keep_their_form(void **state)
{
    struct bench *b = *state;
    uint8_t sector[RAW];

    bench_insert(b, "cd-r");
    assert_good(
        cd_parameters_with(b, TAO, 4, 0x0a, (const uint8_t[]){8, 0x20, 48, 1, 50, 0x08, 0}));
    assert_good(cd_write(b, 0, 300, 2048, 0x44));
    assert_good(bench_sync(b));
    cd_file_read(b, ".bin", 5 * RAW, sector, RAW);
    assert_int_equal(sector[15], 2);
    assert_int_equal(sector[18], 0x08);
    assert_memory_equal(sector + 16, sector + 20, 4);
    assert_int_equal(sector[24], 0x44);
    assert_true(cd_ecc_is_right(sector, true));
    assert_good(bench_read(b, 5, 1));
    assert_int_equal(b->data[2047], 0x44);
    assert_good(cd_parameters_with(b, TAO, 4, 0x0c, (const uint8_t[]){8, 0x20, 0}));
    assert_good(cd_write(b, 452, 300, 2324, 0x55));
    assert_good(bench_sync(b));
    assert_sense(bench_read(b, 452, 1), 0x056400);
    assert_good(cd_read(b, 452, 5, 0x10, 0, 2328));
    assert_int_equal(b->reply.moved, 2328);
    assert_int_equal(b->data[2323], 0x55);
    assert_good(cd_parameters(b, TAO, 4, 9));
    assert_good(cd_write(b, 904, 300, 2336, 0x66));
    assert_good(bench_sync(b));
    assert_good(cd_read(b, 904, 3, 0x10, 0, 2336));
    assert_int_equal(b->data[2335], 0x66);
    assert_sense(bench_read(b, 904, 1), 0x056400);
    assert_good(bench_close_track(b, 2, 0));
    assert_good(cd_info(b));
    assert_int_equal(b->data[8], 0x20);
}

static void a_reserved_track_waits_for_its_data(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, 1, 0x90, 0)); /* 400 blocks */
    assert_int_equal(bench_next(b, b->emu), 552);
    assert_good(cd_write(b, 552, 300, 2048, 2));
    assert_good(bench_sync(b));
    assert_sense(bench_close_track(b, 2, 0), 0x037204);
    assert_good(cd_write(b, 0, 100, 2048, 1));
    assert_good(bench_sync(b));
    assert_sense(bench_close_track(b, 2, 0), 0x037204);
    assert_sense(cd_write(b, 100, 301, 2048, 1) & 0xffff00, 0x056300);
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(bench_read(b, 399, 1));
    assert_int_equal(b->data[0], 0);
    assert_good(bench_read(b, 552, 1));
    assert_int_equal(b->data[0], 2);
}

static void a_test_write_leaves_the_disc_blank(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO | TEST_WRITE, 4, 8));
    assert_good(cd_write(b, 0, 400, 2048, 1));
    assert_int_equal(bench_next(b, b->emu), 400);
    assert_sense(bench_read(b, 0, 1), 0x080000);
    assert_sense(cd_write(b, 0, 1, 2048, 1), 0x052102);
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x00);
    assert_true(cd_file_size(b, ".iso") <= 0);
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 0, 1, 2048, 1));
}

static void a_full_disc_says_so(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r-74");
    assert_good(cd_parameters(b, TAO, 4, 8));
    /* All but 310 blocks, reserved. */
    assert_good(bench_do(b, 0x53, 0, 0, 0, 0, 0, (332850 - 462) >> 16, (332850 - 462) >> 8 & 0xff,
                         (332850 - 462) & 0xff, 0));
    assert_int_equal(bench_next(b, b->emu), 332540);
    assert_int_equal(field32(b->data + 16), 308);
    assert_good(bench_close_track(b, 1, 1));
    assert_good(cd_write(b, 332540, 300, 2048, 1));
    assert_sense(cd_write(b, 332840, 9, 2048, 1), 0x056300);
    assert_good(cd_write(b, 332840, 8, 2048, 1));
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), UINT32_MAX);
    assert_sense(cd_write(b, 332849, 1, 2048, 1), 0x056300);
    assert_sense(cd_write(b, 332850, 1, 2048, 1), 0x052100);
}

static void a_track_cut_off_by_power_loss_ends_there_and_the_next_one_follows(void **state)
{
    struct bench *b = *state;
    struct oi_emu *dead;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 0, 640, 2048, 1));
    /* The writer is gone without a word: its state file tells only that it began. */
    {
        char *text;
        size_t size;

        assert_int_equal(oi_file_read_all(b->disc, 1 << 16, &text, &size), OI_OK);
        dead = b->emu;
        b->emu = NULL;
        oi_emu_close(dead);
        assert_int_equal(oi_file_replace(b->disc, text, size), OI_OK);
        free(text);
    }
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 640 + 152);
    assert_good(bench_read(b, 639, 1));
    assert_good(cd_track(b, 1));
    assert_int_equal(b->data[5] & 0x20, 0x20);
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_sense(cd_write(b, 640, 1, 2048, 1), 0x052102);
    assert_good(cd_write(b, 792, 300, 2048, 1));
    assert_good(bench_sync(b));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_new_cd_r_is_blank_and_tells_where_it_may_be_written),
        TEST(a_data_disc_is_a_plain_image),
        TEST(the_next_track_begins_behind_run_out_and_pause),
        TEST(a_short_track_is_filled_up_to_four_seconds),
        TEST(audio_tracks_lie_in_a_bin_with_a_cue),
        TEST(a_disc_that_becomes_mixed_moves_into_sectors),
        TEST(a_foreign_bin_in_the_way_is_left_alone),
        TEST(modes_that_do_not_fit_the_track_are_refused),
        TEST(mode_2_sectors_keep_their_form),
        TEST(a_reserved_track_waits_for_its_data),
        TEST(a_test_write_leaves_the_disc_blank),
        TEST(a_full_disc_says_so),
        TEST(a_track_cut_off_by_power_loss_ends_there_and_the_next_one_follows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
