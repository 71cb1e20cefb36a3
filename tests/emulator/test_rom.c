/* Pressed discs made from an existing image. */
#include "cd_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_file(struct bench *b, const char *name, const void *data, size_t size)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", b->folder, name);
    assert_int_equal(oi_file_replace(path, data, size), OI_OK);
}

static void make_image(struct bench *b, uint32_t sectors)
{
    uint8_t *data = malloc(sectors * SECTOR);

    assert_non_null(data);
    bench_pattern(data, 0, sectors, 0x42);
    make_file(b, "disc.iso", data, sectors * SECTOR);
    free(data);
}

static void a_pressed_disc_is_its_image_and_is_never_written(void **state)
{
    static const struct {
        const char *name;
        uint32_t profile;
    } media[] = {{"cd-rom", 0x08}, {"dvd-rom", 0x10}, {"bd-rom", 0x40}};
    struct bench *b = *state;

    make_image(b, 500);
    for (uint32_t i = 0; i < 3; i++) {
        bench_insert(b, media[i].name);
        assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
        assert_good(bench_get(b, 8, 0x46, 2, 0, 0, 0, 0, 0, 0, 8, 0));
        assert_int_equal(field16(b->data + 6), media[i].profile);
        assert_good(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assert_int_equal(field32(b->data), 499);
        assert_holds(b, 0, 500, 0x42);
        assert_sense(bench_read(b, 499, 2), 0x052100);
        assert_good(cd_info(b));
        assert_int_equal(b->data[2], 0x0e);
        assert_good(cd_read_toc(b, 0, false, 0));
        assert_int_equal(b->data[3], 1);
        assert_int_equal(field32(b->data + 16), 500);
        assert_good(cd_track(b, 1));
        assert_int_equal(field32(b->data + 24), 500);
        assert_sense(bench_write(b, 0, 16, 1), 0x053005);
        assert_sense(bench_close_track(b, 2, 0), 0x053005);
        assert_sense(cd_erase(b, 0, 0), 0x053005);
        assert_sense(bench_format(b, 0), 0x053006);
        assert_good(bench_sync(b));
        bench_close(b);
        assert_int_equal(cd_file_size(b, ".iso.disc"), -1);
        assert_int_equal(cd_file_size(b, ".iso"), 500 * SECTOR);
    }
}

static void a_missing_image_is_told_in_words(void **state)
{
    static const char *const media[] = {"cd-rom", "dvd-rom", "bd-rom"};
    struct bench *b = *state;

    for (uint32_t i = 0; i < 3; i++) {
        bench_insert(b, media[i]);
        assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
        assert_non_null(strstr(oi_emu_detail(b->emu), "no such image"));
        assert_int_equal(cd_file_size(b, ".iso"), -1);
    }
}

static void many_may_read_a_pressed_disc(void **state)
{
    struct bench *b = *state;
    struct oi_emu *second;

    make_image(b, 64);
    bench_insert(b, "dvd-rom");
    second = bench_second(b);
    assert_good(bench_read_on(b, second, 0, 16));
    assert_good(bench_read(b, 0, 16));
    oi_emu_close(second);
}

static void a_cue_sheet_tells_the_tracks(void **state)
{
    static const char cue[] = "CATALOG 0123456789012\r\n"
                              "FILE \"the data.bin\" BINARY\r\n"
                              "  TRACK 01 MODE1/2048\r\n"
                              "    INDEX 01 00:00:00\r\n"
                              "  TRACK 02 AUDIO\r\n"
                              "    FLAGS DCP\r\n"
                              "    PREGAP 00:02:00\r\n"
                              "    INDEX 01 00:04:00\r\n"
                              "  TRACK 03 AUDIO\r\n"
                              "    INDEX 00 00:08:00\r\n"
                              "    INDEX 01 00:09:00\r\n";
    const size_t size = 300 * 2048 + 675 * RAW;
    struct bench *b = *state;
    uint8_t *data = malloc(size);

    assert_non_null(data);
    memset(data, 1, 300 * 2048);
    memset(data + 300 * 2048, 2, 300 * RAW);
    memset(data + 300 * 2048 + 300 * RAW, 3, 75 * RAW);
    memset(data + 300 * 2048 + 375 * RAW, 4, 300 * RAW);
    make_file(b, "the data.bin", data, size);
    make_file(b, "disc.cue", cue, strlen(cue));
    free(data);
    bench_define(b, "medium = cd-rom\nimage = disc.cue\n");
    bench_open(b);
    assert_good(cd_read_toc(b, 0, false, 0));
    assert_int_equal(b->data[3], 3);
    assert_int_equal(field32(b->data + 8), 0);
    assert_int_equal(b->data[13], 0x12);
    assert_int_equal(field32(b->data + 16), 450);
    assert_int_equal(field32(b->data + 24), 825);
    assert_int_equal(field32(b->data + 32), 1125);
    assert_good(bench_read(b, 299, 1));
    assert_int_equal(b->data[0], 1);
    assert_good(cd_read(b, 450, 1, 0xf8, 0, RAW));
    assert_int_equal(b->data[0], 2);
    assert_good(cd_read(b, 749, 1, 0xf8, 0, RAW));
    assert_int_equal(b->data[RAW - 1], 2);
    assert_good(cd_read(b, 750, 1, 0xf8, 0, RAW));
    assert_int_equal(b->data[0], 3);
    assert_good(cd_read(b, 1124, 1, 0xf8, 0, RAW));
    assert_int_equal(b->data[0], 4);
    assert_good(cd_read(b, 400, 1, 0xf8, 0, RAW)); /* the pause is not in the file */
    assert_int_equal(b->data[0], 0);
    assert_sense(cd_read(b, 1125, 1, 0xf8, 0, RAW), 0x052100);
    assert_sense(bench_read(b, 450, 1), 0x056400);
    assert_sense(cd_read_toc(b, 4, true, 0), 0x052400);
}

static void what_we_record_can_be_pressed(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    assert_good(cd_parameters(b, TAO, MULTI, 0));
    assert_good(cd_write(b, 452, 300, RAW, 7));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 12154, 300, 2048, 8));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    bench_close(b);
    bench_define(b, "medium = cd-rom\nimage = disc.bin\n");
    bench_open(b);
    assert_good(cd_info(b));
    assert_int_equal(b->data[4], 2);
    assert_int_equal(b->data[6], 3);
    assert_holds(b, 0, 32, 1);
    assert_good(cd_read(b, 500, 1, 0xf8, 0, RAW));
    assert_int_equal(b->data[0], 7);
    assert_good(bench_read(b, 12453, 1));
    assert_int_equal(b->data[0], 8);
    assert_good(cd_read_toc(b, 1, false, 0));
    assert_int_equal(field32(b->data + 8), 12154);
}

static void cue_sheets_that_make_no_sense_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *told;
    } sheets[] = {
        {"TRACK 01 AUDIO\n", "line 1"},
        {"FILE \"a.bin\" WAVE\n", "line 1"},
        {"FILE \"a.bin\" BINARY\nTRACK 02 AUDIO\n", "line 2"},
        {"FILE \"a.bin\" BINARY\nTRACK 01 CDG\n", "line 2"},
        {"FILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:75\n", "line 3"},
        {"FILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 02 00:00:00\n", "line 3"},
        {"FILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nTRACK 02 AUDIO\n", "line 3"},
        {"FILE \"a.bin\" BINARY\nFILE \"b.bin\" BINARY\n", "line 2"},
        {"FILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:04:00\nTRACK 02 AUDIO\n"
         "INDEX 01 00:03:00\n",
         "line 5"},
        {"FILE \"a.bin\" BINARY\n", "missing"},
        {"FILE \"none.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", "no such image"},
        {"FILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:04:00\n", "last track"},
    };
    struct bench *b = *state;

    make_file(b, "a.bin", "short", 5);
    bench_define(b, "medium = cd-rom\nimage = disc.cue\n");
    for (uint32_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++) {
        make_file(b, "disc.cue", sheets[i].text, strlen(sheets[i].text));
        bench_open(b);
        assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
        if (!strstr(oi_emu_detail(b->emu), sheets[i].told))
            fail_msg("%u: %s", i, oi_emu_detail(b->emu));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_pressed_disc_is_its_image_and_is_never_written),
        TEST(a_missing_image_is_told_in_words),
        TEST(many_may_read_a_pressed_disc),
        TEST(a_cue_sheet_tells_the_tracks),
        TEST(what_we_record_can_be_pressed),
        TEST(cue_sheets_that_make_no_sense_are_refused_with_their_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
