/* Files of virtual recorders that are broken, missing or from the future: a client is told which
 * one and why, nothing is written, and no file is touched. */
#include "recorder_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITTEN = 2 * UNIT, FILES = 3 };

static const char *const files[FILES] = {"drive.ini", "drive.iso", "drive.iso.disc"};

/* A drive with a DVD+R of which two units are written, in three files. Nobody has it open. */
static void make_disc(void)
{
    IDiscRecorder2Ex *ex;

    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    assert_hr(rig_write(ex, 0, WRITTEN, 'd', NULL), S_OK);
    assert_hr(rig_sync(ex), S_OK);
    assert_int_equal(rig_drop(ex), 0);
    for (int i = 0; i < FILES; i++)
        assert_true(rig_exists(files[i]));
}

struct snapshot {
    char *data[FILES];
    size_t size[FILES];
};

static struct snapshot take_snapshot(void)
{
    struct snapshot shot = {{NULL}, {0}};

    for (int i = 0; i < FILES; i++)
        if (rig_exists(files[i]))
            shot.data[i] = rig_read_file(files[i], &shot.size[i]);
    return shot;
}

/* Frees it. */
static void assert_unchanged(struct snapshot *shot)
{
    struct snapshot now = take_snapshot();

    for (int i = 0; i < FILES; i++) {
        if (!now.data[i] != !shot->data[i] || now.size[i] != shot->size[i] ||
            (now.data[i] && memcmp(now.data[i], shot->data[i], now.size[i]) != 0))
            fail_msg("%s was changed", files[i]);
        free(now.data[i]);
        free(shot->data[i]);
    }
}

/* Either the recorder can't be initialised, or it has no disc information and takes no data.
 * What it says names the file; returns that. */
static const char *assert_refused(const char *file)
{
    static char text[1024];
    IDiscRecorder2 *recorder = rig_recorder();
    IDiscRecorder2Ex *ex = rig_ex(recorder);
    BYTE *data = NULL;
    ULONG size = 0;
    HRESULT hr;

    SetErrorInfo(0, NULL);
    hr = rig_initialise(recorder, "drive");
    if (SUCCEEDED(hr)) {
        rig_settle(ex);
        SetErrorInfo(0, NULL);
        hr = IDiscRecorder2Ex_GetDiscInformation(ex, &data, &size);
        CoTaskMemFree(data);
    }
    snprintf(text, sizeof(text), "%s", rig_error());
    if (SUCCEEDED(hr))
        fail_msg("a broken %s is accepted", file);
    /* A drive says it in sense data, which know no files. */
    if (!rig_on_drive() && !strstr(text, file))
        fail_msg("0x%08lx \"%s\" does not name %s", (unsigned long)hr, text, file);
    assert_int_not_equal(rig_write(ex, 0, UNIT, 'x', NULL), S_OK);
    assert_int_not_equal(rig_write(ex, WRITTEN, UNIT, 'x', NULL), S_OK);
    rig_drop(ex);
    assert_int_equal(rig_drop(recorder), 0);
    return text;
}

/* Replaces a file, wants it refused as it is, and puts the old contents back. */
static const char *refused_with(const char *file, const void *data, size_t size)
{
    size_t good_size;
    char *good = rig_read_file(file, &good_size);
    struct snapshot shot;
    const char *text;

    rig_write_file(file, data, size);
    shot = take_snapshot();
    text = assert_refused(file);
    assert_unchanged(&shot);
    rig_write_file(file, good, good_size);
    free(good);
    return text;
}

static void assert_disc_is_whole(void)
{
    static const BYTE cdb[10] = {0x28, 0, 0, 0, 0, 0, 0, 0, UNIT / 2};
    static BYTE raw[RAW_MAX];
    IDiscRecorder2Ex *ex = rig_open("drive");

    assert_int_equal(rig_next_writable(ex), WRITTEN);
    assert_int_equal(rig_fetch(ex, cdb, 10, raw), UNIT / 2 * SECTOR);
    for (int i = 0; i < UNIT / 2 * SECTOR; i++)
        assert_int_equal(raw[i], 'd');
    rig_drop(ex);
}

/* == the disc state == */

static void a_disc_state_file_cut_anywhere_is_refused(void **state)
{
    char *whole;
    size_t size;

    (void)state;
    make_disc();
    whole = rig_read_file("drive.iso.disc", &size);
    /* Without the very last line end it still says all. */
    for (size_t length = 0; length + 1 < size; length++)
        refused_with("drive.iso.disc", whole, length);
    free(whole);
    assert_disc_is_whole();
}

static void a_disc_state_file_with_a_wrong_bit_anywhere_is_refused(void **state)
{
    char *broken;
    size_t size;

    (void)state;
    make_disc();
    broken = rig_read_file("drive.iso.disc", &size);
    for (size_t at = 0; at + 1 < size; at++) {
        broken[at] ^= 1;
        refused_with("drive.iso.disc", broken, size);
        broken[at] ^= 1;
    }
    free(broken);
    assert_disc_is_whole();
}

/* The version is the last word of the first line. */
static void a_disc_state_file_of_a_newer_version_is_refused_as_such(void **state)
{
    char *whole, *newer, *end;
    size_t size;
    const char *text;

    (void)state;
    rig_virtual_only("sense data of a drive know no versions of files");
    make_disc();
    whole = rig_read_file("drive.iso.disc", &size);
    newer = calloc(1, size + 3);
    assert_non_null(newer);
    end = strpbrk(whole, "\r\n");
    assert_non_null(end);
    assert_true(end[-1] >= '0' && end[-1] <= '8');
    memcpy(newer, whole, size);
    newer[end - whole - 1]++;
    text = refused_with("drive.iso.disc", newer, size);
    if (!strstr(text, "version") && !strstr(text, "newer"))
        fail_msg("\"%s\" does not tell that it is of a newer version", text);
    /* Version 10 and more, with lines that we can't know. */
    snprintf(newer, size + 3, "%.*s7\nlayers = 2\n", (int)(end - whole), whole);
    text = refused_with("drive.iso.disc", newer, strlen(newer));
    if (!strstr(text, "version") && !strstr(text, "newer"))
        fail_msg("\"%s\" does not tell that it is of a newer version", text);
    free(newer);
    free(whole);
    assert_disc_is_whole();
}

static void something_else_in_place_of_the_disc_state_is_refused(void **state)
{
    char *noise = malloc(1 << 20);

    (void)state;
    assert_non_null(noise);
    make_disc();
    memset(noise, 0, 1 << 20);
    refused_with("drive.iso.disc", noise, 1 << 20);
    for (int i = 0; i < 1 << 20; i++)
        noise[i] = (char)(i * 31 ^ i >> 7);
    refused_with("drive.iso.disc", noise, 1 << 20);
    refused_with("drive.iso.disc", noise, 100);
    memset(noise, 'a', 1 << 20);
    refused_with("drive.iso.disc", noise, 1 << 20);
    free(noise);
    assert_disc_is_whole();
}

/* == the image == */

static void an_image_without_a_disc_state_is_no_disc_of_ours(void **state)
{
    struct snapshot shot;

    (void)state;
    make_disc();
    rig_remove("drive.iso.disc");
    shot = take_snapshot();
    assert_refused("drive.iso");
    assert_unchanged(&shot);
    assert_false(rig_exists("drive.iso.disc"));
}

static void a_disc_state_whose_image_is_gone_is_refused(void **state)
{
    struct snapshot shot;

    (void)state;
    make_disc();
    rig_remove("drive.iso");
    shot = take_snapshot();
    assert_refused("drive.iso");
    assert_unchanged(&shot);
    assert_false(rig_exists("drive.iso"));
}

static void an_image_that_lost_its_end_is_refused(void **state)
{
    char *image;
    size_t size;

    (void)state;
    make_disc();
    image = rig_read_file("drive.iso", &size);
    refused_with("drive.iso", image, size / 2);
    refused_with("drive.iso", image, 0);
    free(image);
    assert_disc_is_whole();
}

static void an_image_that_cannot_be_opened_is_refused(void **state)
{
    HANDLE busy;

    (void)state;
    rig_virtual_only(
        "files that Windows shares with nobody are shared with what is behind a drive");
    make_disc();
    busy = CreateFileW(rig_path("drive.iso"), GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                       0, NULL);
    assert_true(busy != INVALID_HANDLE_VALUE);
    assert_refused("drive.iso");
    CloseHandle(busy);
    assert_disc_is_whole();
}

static void a_folder_in_place_of_the_image_is_refused(void **state)
{
    (void)state;
    rig_define("drive", "dvd+r");
    assert_true(CreateDirectoryW(rig_path("drive.iso"), NULL));
    assert_refused("drive.iso");
    assert_true(RemoveDirectoryW(rig_path("drive.iso")));
}

static void an_image_in_a_folder_that_does_not_exist_is_refused(void **state)
{
    char path[MAX_PATH * 6], lines[sizeof(path) + 64];

    (void)state;
    WideCharToMultiByte(CP_UTF8, 0, rig_path("missing\\disc.iso"), -1, path, sizeof(path), NULL,
                        NULL);
    snprintf(lines, sizeof(lines), "medium = dvd+r\r\nimage = %s\r\n", path);
    rig_define_as("drive", lines);
    assert_refused("disc.iso");
    assert_false(rig_exists("missing"));
}

/* == the definition == */

static void a_definition_that_makes_no_sense_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *lines;
        const char *told; /* what the text must hold besides the file's name */
    } broken[] = {
        {"medium = papyrus\r\n", "line 1"},
        {"medium = dvd+r\r\n", "image"},
        {"# a comment\r\n\r\nmedium dvd+r\r\n", "line 3"},
        {"medium = dvd+r\r\nimage = x.iso\r\nspeed = fast\r\n", "line 3"},
        {"medium = dvd+r\r\nimage = x.iso\r\nspeed = -1\r\n", "line 3"},
        {"medium = dvd+r\r\nimage = x.iso\r\nspeed = 99999999999\r\n", "line 3"},
        {"medium =\r\nimage = x.iso\r\n", "line 1"},
        {"medium = dvd+r\r\nimage =\r\n", "image"},
    };

    (void)state;
    rig_virtual_only("a drive that does not answer can be initialised all the same");
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        IDiscRecorder2 *recorder = rig_recorder();
        const char *text;
        size_t size;
        char *now;

        rig_define_as("drive", broken[i].lines);
        SetErrorInfo(0, NULL);
        if (SUCCEEDED(rig_initialise(recorder, "drive")))
            fail_msg("this definition is accepted:\n%s", broken[i].lines);
        text = rig_error();
        if (!strstr(text, "drive.ini") || !strstr(text, broken[i].told))
            fail_msg("\"%s\" does not tell \"drive.ini\" and \"%s\"", text, broken[i].told);
        now = rig_read_file("drive.ini", &size);
        assert_string_equal(now, broken[i].lines);
        free(now);
        assert_int_equal(rig_drop(recorder), 0);
        assert_false(rig_exists("x.iso"));
    }
}

static void a_definition_of_noise_is_refused(void **state)
{
    char noise[5000];
    struct snapshot shot;

    (void)state;
    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (char)(i * 31 ^ i >> 7);
    rig_write_file("drive.ini", noise, sizeof(noise));
    shot = take_snapshot();
    assert_refused("drive.ini");
    assert_unchanged(&shot);
}

static void a_broken_definition_does_not_hide_the_other_recorders(void **state)
{
    LONG count = -1, before = -1;
    IDiscMaster2 *master = rig_master();

    (void)state;
    assert_hr(IDiscMaster2_get_Count(master, &before), S_OK);
    rig_define_as("aaa", "medium = papyrus\r\n");
    rig_define("bbb", "dvd+r");
    rig_define_as("ccc", "");
    assert_hr(IDiscMaster2_get_Count(master, &count), S_OK);
    assert_int_equal(count, before + 3);
    assert_hr(rig_settle(rig_open("bbb")), S_OK);
}

static void an_empty_definition_is_a_drive_without_a_disc(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE *data = NULL;
    ULONG size;

    (void)state;
    rig_define_as("drive", "");
    ex = rig_open("drive");
    assert_hr(IDiscRecorder2Ex_GetDiscInformation(ex, &data, &size),
              E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
}

/* == a broken disc in a drive that is fine == */

static void a_drive_with_a_broken_disc_can_be_asked_and_opened(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    BSTR vendor = NULL;

    (void)state;
    make_disc();
    rig_write_file("drive.iso.disc", "broken", 6);
    assert_hr(rig_initialise(recorder, "drive"), S_OK);
    assert_hr(IDiscRecorder2_get_VendorId(recorder, &vendor), S_OK);
    SysFreeString(vendor);
    assert_hr(IDiscRecorder2_EjectMedia(recorder), S_OK);
}

#define TEST(name) cmocka_unit_test_teardown(name, rig_clear)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_disc_state_file_cut_anywhere_is_refused),
        TEST(a_disc_state_file_with_a_wrong_bit_anywhere_is_refused),
        TEST(a_disc_state_file_of_a_newer_version_is_refused_as_such),
        TEST(something_else_in_place_of_the_disc_state_is_refused),
        TEST(an_image_without_a_disc_state_is_no_disc_of_ours),
        TEST(a_disc_state_whose_image_is_gone_is_refused),
        TEST(an_image_that_lost_its_end_is_refused),
        TEST(an_image_that_cannot_be_opened_is_refused),
        TEST(a_folder_in_place_of_the_image_is_refused),
        TEST(an_image_in_a_folder_that_does_not_exist_is_refused),
        TEST(a_definition_that_makes_no_sense_is_refused_with_its_line),
        TEST(a_definition_of_noise_is_refused),
        TEST(a_broken_definition_does_not_hide_the_other_recorders),
        TEST(an_empty_definition_is_a_drive_without_a_disc),
        TEST(a_drive_with_a_broken_disc_can_be_asked_and_opened),
    };

    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
