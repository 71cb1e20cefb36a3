/* Files are never trusted: definition, disc state, drive state, and an image that is none of ours.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "text.h"

static void a_definition_error_names_line_reason_and_way_out(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *text, *line, *reason;
    } wrong[] = {
        {"medium = dvd+q\n", "line 1",
         "use none, or a name that \"openimapi2 virtual blanks\" lists"},
        {"\n# c\nmedium dvd+r\n", "line 3", "key = value"},
        {"colour = red\n", "line 1", "unknown key \"colour\""},
        {"speed = fast\n", "line 1", "\"fast\" is no value for speed"},
        {"speed = 2.44\n", "line 1", "no value"},
        {"speed = -1\n", "line 1", "no value"},
        {"speed = 1001\n", "line 1", "no value"},
        {"transfer_kib = 3\n", "line 1", "4 to 1024"},
        {"transfer_kib = 1025\n", "line 1", "4 to 1024"},
        {"speed = 1\nspeed = 2\n", "line 2", "given twice"},
        {"medium = dvd+r\n", "line 1", "add \"image = PATH\""},
        {"medium = dvd+r\nimage =\n", "line 2", "no value for image"},
        {"= 3\n", "line 1", "unknown key"},
        {"medium = dvd+r\ndefects = 16\nimage = d.iso\n", "line 2", "a dvd+r can have no defects"},
        {"defects = 16\nmedium = cd-rw\nimage = d.iso\n", "line 1", "remove \"defects\""},
        {"defects = 16\nmedium = dvd-rw\nimage = d.iso\n", "line 1", "only a DVD+RW"},
        {"medium = dvd-rom\nimage = d.iso\ndefects = 16\n", "line 3", "only a DVD+RW"},
    };
    struct oi_emu_clock clock = {0};
    char problem[OI_EMU_DETAIL_MAX];

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        bench_define(b, wrong[i].text);
        assert_int_equal(oi_emu_open(&b->emu, b->ini, &clock, problem), OI_BAD_FILE);
        assert_null(b->emu);
        if (!strstr(problem, wrong[i].line) || !strstr(problem, wrong[i].reason) ||
            !strstr(problem, "one.ini"))
            fail_msg("\"%s\" gives: %s", wrong[i].text, problem);
    }
    unlink(b->ini);
    assert_int_equal(oi_emu_open(&b->emu, b->ini, &clock, problem), OI_NOT_FOUND);
}

/* 39 bytes and then a character of two: the quotation would end in its middle. */
static void a_quoted_value_or_key_is_cut_between_characters(void **state)
{
    struct bench *b = *state;
    static const char *const lines[] = {
        "speed = 012345678901234567890123456789012345678\xc3\xa4\xc3\xa4\n",
        "012345678901234567890123456789012345678\xc3\xa4\xc3\xa4 = 1\n",
        "medium = 0123456789012345678901234567890123456\xf0\x9f\x92\xbf\n",
        "medium = 012345678901234567890123456789012345\xf0\x9f\x92\xbf!\n",
    };
    static const char *const quotations[] = {
        "\"012345678901234567890123456789012345678\" is no value",
        "\"012345678901234567890123456789012345678\"; use",
        "\"0123456789012345678901234567890123456\" is no value",
        "\"012345678901234567890123456789012345\xf0\x9f\x92\xbf\" is no value",
    };
    struct oi_emu_clock clock = {0};
    char problem[OI_EMU_DETAIL_MAX];

    for (int i = 0; i < 4; i++) {
        bench_define(b, lines[i]);
        assert_int_equal(oi_emu_open(&b->emu, b->ini, &clock, problem), OI_BAD_FILE);
        if (!strstr(problem, quotations[i]))
            fail_msg("no %s in: %s", quotations[i], problem);
    }
}

static void a_definition_that_is_too_long_or_no_text_is_refused(void **state)
{
    struct bench *b = *state;
    struct oi_emu_clock clock = {0};
    char problem[OI_EMU_DETAIL_MAX];
    char text[3000] = "# begin\nimage = ";

    memset(text + strlen(text), 'x', 1100);
    bench_define(b, text);
    assert_int_equal(oi_emu_open(&b->emu, b->ini, &clock, problem), OI_BAD_FILE);
    assert_non_null(strstr(problem, "line 2: longer than"));
    assert_int_equal(oi_file_replace(b->ini, "speed = 1\0\n", 11), OI_OK);
    assert_int_equal(oi_emu_open(&b->emu, b->ini, &clock, problem), OI_BAD_FILE);
    assert_non_null(strstr(problem, "line 1: not text"));
}

static void a_definition_may_have_comments_blanks_crlf_and_a_byte_order_mark(void **state)
{
    struct bench *b = *state;
    char text[512];

    snprintf(text, sizeof(text),
             "\xef\xbb\xbf; first\r\n\r\n  medium\t=  dvd+r \r\n#\r\nimage = %s/\xc3\xa4 b.iso\r\n"
             "speed = 2.4\r\ntransfer_kib = 128",
             b->folder);
    bench_define(b, text);
    bench_open(b);
    assert_int_equal(oi_emu_transfer_kib(b->emu), 128);
    assert_good(bench_write(b, 0, 16, 1));
    snprintf(text, sizeof(text), "%s/\xc3\xa4 b.iso", b->folder);
    assert_int_equal(access(text, F_OK), 0);
}

/* Puts back what the test found, damages it, and looks. */
struct original {
    char *data;
    size_t size;
};

static struct original keep(const char *path)
{
    struct original original;

    assert_int_equal(oi_file_read_all(path, 65536, &original.data, &original.size), OI_OK);
    return original;
}

static void same_as(const char *path, const void *data, size_t size)
{
    char *now;
    size_t now_size;

    assert_int_equal(oi_file_read_all(path, 65536 * 4, &now, &now_size), OI_OK);
    assert_int_equal(now_size, size);
    assert_memory_equal(now, data, size);
    free(now);
}

static void assert_unreadable(struct bench *b, const char *words)
{
    bench_open(b);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
    assert_non_null(strstr(oi_emu_detail(b->emu), "disc.iso"));
    if (!strstr(oi_emu_detail(b->emu), words))
        fail_msg("no \"%s\" in: %s", words, oi_emu_detail(b->emu));
    assert_sense(bench_write(b, 0, 16, 9), 0x023001);
    assert_sense(bench_read(b, 0, 1), 0x023001);
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_good(bench_get(b, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
    bench_close(b);
}

static void burn_something(struct bench *b, const char *medium)
{
    bench_insert(b, medium);
    if (strcmp(medium, "dvd+rw") == 0)
        assert_good(bench_format(b, 0));
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    if (strcmp(medium, "dvd+r") == 0) {
        assert_good(bench_close_track(b, 2, 0));
        assert_good(bench_write(b, 16 + 1024, 16, 2));
    }
    bench_close(b);
}

static void a_state_cut_off_at_any_byte_is_unreadable_and_untouched(void **state)
{
    struct bench *b = *state;
    static const char *const media[] = {"dvd+r", "dvd+rw", "dvd-ram"};

    for (int m = 0; m < 3; m++) {
        struct original disc, image;

        unlink(b->disc);
        unlink(b->image);
        burn_something(b, media[m]);
        disc = keep(b->disc);
        assert_int_equal(oi_file_read_all(b->image, 65536 * 64, &image.data, &image.size), OI_OK);
        for (size_t size = 0; size < disc.size; size++) {
            assert_int_equal(oi_file_replace(b->disc, disc.data, size), OI_OK);
            assert_unreadable(b, size ? "line " : "it is empty");
            same_as(b->disc, disc.data, size);
        }
        assert_int_equal(oi_file_replace(b->disc, disc.data, disc.size), OI_OK);
        bench_open(b);
        assert_holds(b, 0, 16, 1);
        bench_close(b);
        free(disc.data);
        free(image.data);
    }
}

static void a_state_with_any_byte_changed_is_unreadable(void **state)
{
    struct bench *b = *state;
    struct original disc;

    burn_something(b, "dvd+r");
    disc = keep(b->disc);
    for (size_t at = 0; at < disc.size; at++)
        for (int flip = 0; flip < 3; flip++) {
            static const uint8_t flips[] = {0x01, 0x20, 0x80};

            disc.data[at] = (char)((uint8_t)disc.data[at] ^ flips[flip]);
            assert_int_equal(oi_file_replace(b->disc, disc.data, disc.size), OI_OK);
            assert_unreadable(b, "line ");
            disc.data[at] = (char)((uint8_t)disc.data[at] ^ flips[flip]);
        }
    free(disc.data);
}

static void put_state(struct bench *b, const char *lines)
{
    char text[2048];
    size_t size;

    snprintf(text, sizeof(text), "openimapi2 disc 1\n%s", lines);
    size = strlen(text);
    snprintf(text + size, sizeof(text) - size, "checksum = %08x\n", text_crc32(text, size));
    assert_int_equal(oi_file_replace(b->disc, text, strlen(text)), OI_OK);
}

static void a_state_that_contradicts_itself_is_unreadable_in_spite_of_its_checksum(void **state)
{
    struct bench *b = *state;
    static const char *const wrong[] = {
        "",
        "medium = dvd+rw\n",
        "medium = dvd+r\n",
        "medium = dvd+r\nfinalised = 0\n",
        "medium = dvd+r\nfinalised = 2\ntrack = 1 open 0 2295104 16 16\n",
        "finalised = 0\nmedium = dvd+r\ntrack = 1 open 0 2295104 16 16\n",
        "medium = dvd+r\ntrack = 1 open 0 2295104 16\n",
        "medium = dvd+r\ntrack = 1 open 0 2295104 16 16 16\n",
        "medium = dvd+r\ntrack = 1 broken 0 2295104 16 16\n",
        "medium = dvd+r\ntrack = 1 open 0 2295104 17 32\n",
        "medium = dvd+r\ntrack = 1 open 0 2295120 16 16\n",
        "medium = dvd+r\ntrack = 1 open 0 99999999999 16 16\n",
        "medium = dvd+r\ntrack = 1 open 16 2295104 0 16\n",
        "medium = dvd+r\ntrack = 1 open 0 2295104 32 16\n",
        "medium = dvd+r\ntrack = 1 open 0 1024 16 16\n",
        "medium = dvd+r\ntrack = 2 open 0 2295104 16 16\n",
        "medium = dvd+r\ntrack = 1 closed 0 32 16 16\ntrack = 1 open 32 2295104 32 32\n",
        "medium = dvd+r\ntrack = 1 closed 0 32 32 32\ntrack = 1 open 16 2295104 16 16\n",
        "medium = dvd+r\ntrack = 1 closed 0 32 32 32\ntrack = 3 open 32 2295104 32 32\n",
        "medium = dvd+r\ntrack = 1 open 0 2295104 16 16\ntrack = 1 open 0 2295104 16 16\n",
        "medium = dvd+r\nfinalised = 1\ntrack = 1 open 0 2295104 16 16\n",
        "medium = dvd+r\ncolour = red\ntrack = 1 open 0 2295104 16 16\n",
        "medium = dvd+r\ntrack = 1 closed 0 2295104 2295104 2295104\n",
    };

    burn_something(b, "dvd+r");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        put_state(b, wrong[i]);
        assert_unreadable(b, ":");
    }
    put_state(b, "medium = dvd+r\nfinalised = 0\ntrack = 1 open 0 2295104 16 16\n");
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 16);
}

static void a_rewritable_state_that_contradicts_itself_is_unreadable(void **state)
{
    struct bench *b = *state;
    static const char *const wrong[] = {
        "medium = dvd+rw\nbackground = none\nfront = 16\n",
        "medium = dvd+rw\nbackground = none\nwritten = 16\n",
        "medium = dvd+rw\nbackground = complete\nfront = 16\n",
        "medium = dvd+rw\nbackground = partial\nfront = 2295104\n",
        "medium = dvd+rw\nbackground = partial\nfront = 16\nwritten = 32\n",
        "medium = dvd+rw\nbackground = done\n",
        "medium = dvd+rw\nfront = 2295105\n",
        "medium = dvd+rw\nspares = 1 0\n",
    };

    burn_something(b, "dvd+rw");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        put_state(b, wrong[i]);
        assert_unreadable(b, "line ");
    }
}

static void a_state_of_a_newer_version_is_unreadable_and_says_so(void **state)
{
    struct bench *b = *state;
    static const char newer[] = "openimapi2 disc 2\nwhatever comes\n";

    burn_something(b, "dvd+r");
    assert_int_equal(oi_file_replace(b->disc, newer, strlen(newer)), OI_OK);
    assert_unreadable(b, "newer version");
    same_as(b->disc, newer, strlen(newer));
}

static void an_image_shorter_than_recorded_is_unreadable_and_untouched(void **state)
{
    struct bench *b = *state;
    struct oi_file *file;
    uint64_t size;

    burn_something(b, "dvd+r");
    assert_int_equal(truncate(b->image, 100 * SECTOR), 0);
    assert_unreadable(b, "shorter");
    assert_int_equal(oi_file_open(&file, b->image, OI_FILE_READ), OI_OK);
    oi_file_size(file, &size);
    oi_file_close(file);
    assert_int_equal(size, 100 * SECTOR);
    unlink(b->image);
    assert_unreadable(b, "shorter");
}

static void
an_image_in_a_missing_folder_is_an_unreadable_disc_until_the_folder_is_made(void **state)
{
    struct bench *b = *state;
    char folder[96], path[128];

    snprintf(folder, sizeof(folder), "%s/missing", b->folder);
    bench_define(b, "medium = dvd+r\nimage = missing/disc.iso\n");
    assert_unreadable(b, "missing/disc.iso: its folder does not exist; create it");
    bench_open(b);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
    assert_int_equal(mkdir(folder, 0777), 0);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_write(b, 0, 16, 1));
    bench_close(b);
    snprintf(path, sizeof(path), "%s/disc.iso", folder);
    unlink(path);
    snprintf(path, sizeof(path), "%s/disc.iso.disc", folder);
    unlink(path);
    rmdir(folder);
}

static void an_image_that_is_a_folder_is_an_unreadable_disc(void **state)
{
    struct bench *b = *state;

    bench_define(b, "medium = dvd+r\nimage = disc.iso\n");
    assert_int_equal(mkdir(b->image, 0777), 0);
    assert_unreadable(b, "disc.iso: is a folder; name a file");
    rmdir(b->image);
    burn_something(b, "dvd+r");
    unlink(b->image);
    assert_int_equal(mkdir(b->image, 0777), 0);
    assert_unreadable(b, "disc.iso: is a folder; name a file");
    rmdir(b->image);
}

static void
an_image_that_can_not_be_opened_is_told_with_the_reason_and_not_as_too_short(void **state)
{
    struct bench *b = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int no_file = socket(AF_UNIX, SOCK_STREAM, 0);

    burn_something(b, "dvd+r");
    unlink(b->image);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", b->image);
    assert_int_equal(bind(no_file, (struct sockaddr *)&address, sizeof(address)), 0);
    close(no_file);
    assert_unreadable(b, "disc.iso: the file could not be read or written; make it readable");
    unlink(b->image);
}

static void a_file_that_was_no_disc_before_is_left_alone(void **state)
{
    struct bench *b = *state;
    static const char precious[] = "my only copy";

    assert_int_equal(oi_file_replace(b->image, precious, sizeof(precious)), OI_OK);
    bench_insert(b, "dvd+r");
    assert_unreadable(b, "left alone");
    same_as(b->image, precious, sizeof(precious));
    assert_int_equal(access(b->disc, F_OK), -1);
    assert_int_equal(oi_file_replace(b->image, "", 0), OI_OK);
    bench_open(b);
    assert_good(bench_write(b, 0, 16, 1));
}

static void an_unreadable_disc_can_be_ejected_and_replaced(void **state)
{
    struct bench *b = *state;

    burn_something(b, "dvd+r");
    assert_int_equal(oi_file_replace(b->disc, "x", 1), OI_OK);
    bench_open(b);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    bench_define(b, "medium = dvd+r\nimage = new.iso\n");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x062800);
    assert_good(bench_write(b, 0, 16, 1));
    same_as(b->disc, "x", 1);
}

static void a_damaged_drive_state_is_a_closed_tray(void **state)
{
    struct bench *b = *state;
    char junk[4000];

    memset(junk, 'a', sizeof(junk));
    bench_insert(b, "dvd+r");
    bench_close(b);
    assert_int_equal(oi_file_replace(b->state, junk, sizeof(junk)), OI_OK);
    bench_open(b);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    bench_close(b);
    assert_int_equal(oi_file_replace(b->state, "openimapi2 drive 1\ntray open\n", 29), OI_OK);
    bench_open(b);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
}

/* The drive goes on as the one it was, whatever the definition is worth by now. */
static void a_definition_that_went_bad_makes_the_next_disc_unreadable(void **state)
{
    static const char *const bad[] = {
        "medium = dvd+r\nimage = disc.iso\npersonality = nosuch\n",
        "medium = dvd+r\nimage = disc.iso\ntransfer_kib = 2\n",
        "medium = dvd+r\nimage = disc.iso\nspeed = fast\n",
        "nonsense\n",
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        bench_insert(b, "dvd+r\npersonality = no-write12\ntransfer_kib = 128");
        assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
        bench_define(b, bad[i]);
        assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
        assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x062800);
        assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
        assert_non_null(strstr(oi_emu_detail(b->emu), "one.ini, line "));
        assert_sense(bench_put(b, 0, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0x052000);
        assert_int_equal(oi_emu_transfer_kib(b->emu), 128);
        bench_close(b);
        remove(b->state);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_definition_error_names_line_reason_and_way_out),
        TEST(a_quoted_value_or_key_is_cut_between_characters),
        TEST(a_definition_that_is_too_long_or_no_text_is_refused),
        TEST(a_definition_may_have_comments_blanks_crlf_and_a_byte_order_mark),
        TEST(a_state_cut_off_at_any_byte_is_unreadable_and_untouched),
        TEST(a_state_with_any_byte_changed_is_unreadable),
        TEST(a_state_that_contradicts_itself_is_unreadable_in_spite_of_its_checksum),
        TEST(a_rewritable_state_that_contradicts_itself_is_unreadable),
        TEST(a_state_of_a_newer_version_is_unreadable_and_says_so),
        TEST(an_image_shorter_than_recorded_is_unreadable_and_untouched),
        TEST(an_image_in_a_missing_folder_is_an_unreadable_disc_until_the_folder_is_made),
        TEST(an_image_that_is_a_folder_is_an_unreadable_disc),
        TEST(an_image_that_can_not_be_opened_is_told_with_the_reason_and_not_as_too_short),
        TEST(a_file_that_was_no_disc_before_is_left_alone),
        TEST(an_unreadable_disc_can_be_ejected_and_replaced),
        TEST(a_damaged_drive_state_is_a_closed_tray),
        TEST(a_definition_that_went_bad_makes_the_next_disc_unreadable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
