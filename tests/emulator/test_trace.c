/* The trace that a drive leaves beside its definition: what it says, and whose run it tells of. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRACE_MOST = 64 * 1024 * 1024 };

static char *text; /* of the trace read last */

static int teardown(void **state)
{
    free(text);
    text = NULL;
    return bench_teardown(state);
}

static const char *trace_path(struct bench *b)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/one.trace", b->folder);
    return path;
}

static const char *trace(struct bench *b)
{
    size_t size;

    free(text);
    text = NULL;
    if (oi_file_read_all(trace_path(b), TRACE_MOST, &text, &size) != OI_OK)
        return "";
    assert_int_equal(strlen(text), size);
    return text;
}

static void assert_says_(struct bench *b, const char *words, const char *file, int line)
{
    if (strstr(trace(b), words))
        return;
    print_error("the trace does not say \"%s\":\n%s", words, text ? text : "(no trace)\n");
    _fail(file, line);
}
#define assert_says(b, words) assert_says_(b, words, __FILE__, __LINE__)

static void insert(struct bench *b, const char *keys, const char *script)
{
    char definition[256], path[128];

    snprintf(path, sizeof(path), "%s/a.faults", b->folder);
    assert_int_equal(oi_file_replace(path, script, strlen(script)), OI_OK);
    snprintf(definition, sizeof(definition),
             "medium = dvd+r\nimage = disc.iso\nfaults = a.faults\n%s", keys);
    bench_define(b, definition);
    bench_open(b);
}

static void a_line_tells_when_what_where_how_much_and_how_it_ended(void **state)
{
    struct bench *b = *state;

    insert(b, "", "\nwrite lba 16: stall 231 ms\n");
    b->now_us += 1500123;
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_write(b, 16, 1, 1));
    assert_good(bench_sync(b));
    assert_says(b, "     1.500123  READ DISC INFORMATION          "
                   "51 00 00 00 00 00 00 00 22 00               34 bytes        0 us  GOOD\n");
    assert_says(b, "     1.500123  TEST UNIT READY                "
                   "                                             0 bytes        0 us  GOOD\n");
    assert_says(b, "     1.500123  WRITE (10)                     "
                   "LBA 0, 16 blocks                         32768 bytes        0 us  GOOD\n");
    assert_says(b, "     1.500123  -- fault script, line 2: stall\n");
    assert_says(b, "2048 bytes   231000 us  GOOD\n");
}

static void a_failure_is_told_in_words(void **state)
{
    struct bench *b = *state;

    insert(b, "",
           "1st write: fail 3/0C/00\n2nd write: fail 3/0C/00, deferred, descriptor, at lba 7\n"
           "3rd write: fail 3/0C/00, no sense\n4th write: timeout\n5th write: busy\n"
           "6th write: unplug\n");
    for (int i = 0; i < 7; i++)
        bench_write(b, 0, 16, 1);
    assert_says(
        b, "0 bytes        0 us  CHECK CONDITION 3/0C/00 medium error, write error at LBA 0\n");
    assert_says(b, "-- fault script, line 1: fail\n");
    assert_says(b, "CHECK CONDITION 3/0C/00 deferred medium error, write error at LBA 7\n");
    assert_says(b, "CHECK CONDITION without sense data\n");
    assert_says(b, "no answer in time\n");
    assert_says(b, "us  BUSY\n");
    assert_says(b, "no answer, the drive is unplugged\n");
    assert_says(b, "-- fault script, line 6: unplug\n");
}

static void what_the_drive_adds_in_words_stands_behind_the_sense(void **state)
{
    struct bench *b = *state;

    insert(b, "personality = no-underrun-protection\nspeed = 4\n", "1st write: busy\n");
    bench_write(b, 0, 16, 1);
    for (uint32_t lba = 0; lba < 640; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    b->now_us += 20000000;
    assert_sense(bench_write(b, 640, 32, 1), 0x030c09);
    assert_says(b, "-- under-run: the buffer ran empty at sector 640, the track is spoiled\n");
    assert_says(b, " at LBA 640; the drive's buffer ran empty at sector 640 and nothing protected");
}

static void under_runs_and_what_became_of_the_writes_are_told(void **state)
{
    struct bench *b = *state;
    const char *first;
    uint32_t refused = 0;

    insert(b, "speed = 4\n", "");
    for (uint32_t lba = 0; lba < 2048;) {
        if (bench_write(b, lba, 32, 1) == 0)
            lba += 32;
        else
            refused++;
        b->now_us += refused ? 5000 : 0;
    }
    assert_true(refused > 0);
    b->now_us += 20000000;
    assert_good(bench_write(b, 2048, 32, 1));
    assert_says(b, "-- under-run: the buffer ran empty at sector 2048, the drive links\n");
    assert_good(bench_sync(b));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_says(b, "-- 4259840 bytes in 65 writes; ");
    assert_says(b,
                "-- under-runs: 1, linked: 1; blocks lost by polling: 0; longest wait for room: ");
    /* Nothing was written since: it is not told a second time. */
    bench_close(b);
    first = strstr(trace(b), "bytes in 65 writes");
    assert_non_null(first);
    assert_null(strstr(strchr(first, '\n'), " writes; "));
    assert_says(b, "-- closed\n");
}

static void flags_of_a_command_bring_its_bytes_along(void **state)
{
    struct bench *b = *state;

    insert(b, "", "");
    bench_put(b, 16 * SECTOR, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0x80, 0);
    bench_do(b, 0xc7, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assert_good(bench_sync(b));
    assert_says(b, "WRITE (12)                     "
                   "LBA 0, 16 blocks AA 00 00 00 00 00 00 00 00 10 80 00 ");
    assert_says(b, "command C7h                    C7 01 02 03 04 05 06 07 08 09 ");
}

static void the_head_names_version_recorder_personality_disc_and_time(void **state)
{
    struct bench *b = *state;
    char date[32];

    insert(b, "personality = no-write12\n", "");
    assert_good(bench_write(b, 0, 16, 1));
    bench_close(b);
    assert_int_equal(strncmp(trace(b),
                             "openimapi2 " OI_TEST_VERSION ", trace of the recorder \"one\"\n"
                             "opened on 20",
                             strlen("openimapi2 " OI_TEST_VERSION) + 37),
                     0);
    assert_int_equal(
        sscanf(strstr(text, "opened on "), "opened on %31[0-9-] at %*2d:%*2d:%*2d UTC", date), 1);
    assert_int_equal(strlen(date), 10);
    assert_non_null(strstr(text, " UTC, personality no-write12, disc dvd+r\n"));
    assert_says(b, "     0.000000  -- closed\n");
}

static void the_disc_and_the_tray_are_told(void **state)
{
    struct bench *b = *state;

    insert(b, "", "");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_says(b, "-- the tray opened\n");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_says(b, "-- the tray closed: dvd+r, /tmp/oi_emulator_");
    assert_says(b, "-- opened: dvd+r, /tmp/oi_emulator_");
}

static void a_run_that_only_asks_leaves_the_trace_of_the_run_before(void **state)
{
    struct bench *b = *state;

    insert(b, "", "");
    assert_good(bench_write(b, 0, 16, 1));
    bench_open(b);
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_good(bench_read(b, 0, 16));
    assert_good(bench_sync(b));
    bench_close(b);
    assert_says(b, "WRITE (10)");
    assert_null(strstr(text, "INQUIRY"));
}

static void a_run_is_kept_from_its_first_command_on_once_it_changes_something(void **state)
{
    struct bench *b = *state;

    insert(b, "", "");
    assert_good(bench_write(b, 0, 16, 1));
    bench_open(b);
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_good(bench_close_track(b, 1, 1));
    assert_says(b, "INQUIRY");
    assert_says(b, "CLOSE TRACK/SESSION");
    assert_null(strstr(text, "WRITE (10)"));
}

static void a_fault_is_worth_a_trace(void **state)
{
    struct bench *b = *state;

    insert(b, "", "read: fail 3/11/00\n");
    bench_read(b, 0, 1);
    assert_says(b, "-- fault script, line 1: fail\n");
    assert_says(b, "READ (10)");
}

static void a_trace_can_be_of_everything_or_off(void **state)
{
    struct bench *b = *state;

    insert(b, "trace = off\n", "");
    assert_good(bench_write(b, 0, 16, 1));
    bench_close(b);
    assert_string_equal(trace(b), "");
    insert(b, "trace = all\n", "");
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    bench_close(b);
    assert_says(b, "INQUIRY");
}

static void lines_wait_no_longer_than_a_second_and_failures_do_not_wait(void **state)
{
    struct bench *b = *state;

    insert(b, "", "");
    b->now_us += 5000000;
    assert_good(bench_write(b, 0, 16, 1));
    assert_says(b, "LBA 0, 16 blocks");
    assert_good(bench_write(b, 16, 16, 1));
    assert_null(strstr(trace(b), "LBA 16, 16 blocks"));
    b->now_us += 1000000;
    assert_good(bench_write(b, 32, 16, 1));
    assert_says(b, "LBA 32, 16 blocks");
    assert_sense(bench_write(b, 99, 16, 1), 0x052102);
    assert_says(b, "LBA 99, 16 blocks");
}

static void a_killed_program_leaves_a_trace_of_what_it_did(void **state)
{
    struct bench *b = *state;
    pid_t child;
    int status;

    insert(b, "", "");
    bench_close(b);
    child = fork();
    if (child == 0) {
        b->emu = bench_second(b);
        for (uint32_t lba = 0; lba < 320; lba += 16) {
            b->now_us += 600000;
            bench_write(b, lba, 16, 1);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_says(b, "LBA 256, 16 blocks");
}

static void a_second_program_does_not_disturb_the_trace_of_the_first(void **state)
{
    struct bench *b = *state;
    struct oi_emu *other;

    insert(b, "", "");
    b->now_us += 2000000;
    assert_good(bench_write(b, 0, 16, 1));
    assert_says(b, "LBA 0, 16 blocks");
    other = bench_second(b);
    assert_sense(bench_write_on(b, other, 16, 16, 1), 0x18000000);
    oi_emu_close(other);
    assert_says(b, "LBA 0, 16 blocks");
    assert_good(bench_sync(b));
    assert_says(b, "SYNCHRONIZE CACHE");
    assert_null(strstr(text, "LBA 16, 16 blocks"));
}

static void a_trace_that_cannot_be_written_does_not_fail_a_command(void **state)
{
    struct bench *b = *state;

    assert_int_equal(mkdir(trace_path(b), 0700), 0);
    insert(b, "", "");
    for (uint32_t lba = 0; lba < 4096; lba += 16)
        assert_good(bench_write(b, lba, 16, 1));
    assert_good(bench_sync(b));
    bench_close(b);
    assert_int_equal(rmdir(trace_path(b)), 0);
}

static void a_long_run_keeps_its_beginning_and_its_end(void **state)
{
    enum { COMMANDS = 80000 };
    struct bench *b = *state;
    struct stat file;
    const char *note, *next;

    insert(b, "", "");
    assert_good(bench_write(b, 0, 16, 1));
    for (uint32_t i = 0; i < COMMANDS; i++) {
        b->now_us += 1000;
        bench_do(b, 0x1e, 0, 0, 0, 0, 0);
    }
    assert_good(bench_write(b, 16, 16, 1));
    bench_close(b);
    assert_int_equal(stat(trace_path(b), &file), 0);
    assert_true(file.st_size < 5 * 1024 * 1024);
    assert_says(b, "LBA 0, 16 blocks");
    assert_says(b, "LBA 16, 16 blocks");
    note = strstr(text, "KiB of this run are left out here\n");
    assert_non_null(note);
    next = strchr(note, '\n') + 1;
    assert_null(strstr(next, "are left out here"));
    assert_true(next[strspn(next, " 0123456789.")] == 'P');
    assert_int_equal(strspn(next, " 0123456789."), 15);
}

static void a_long_wait_before_the_first_write_is_remembered_by_its_end(void **state)
{
    struct bench *b = *state;

    insert(b, "", "");
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    for (uint32_t i = 0; i < 2000; i++)
        bench_do(b, 0x1e, 0, 0, 0, 0, 0);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_good(bench_write(b, 0, 16, 1));
    bench_close(b);
    assert_says(b, "KiB before this are left out\n");
    assert_says(b, "READ DISC INFORMATION");
    assert_null(strstr(text, "INQUIRY"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_line_tells_when_what_where_how_much_and_how_it_ended),
        TEST(a_failure_is_told_in_words),
        TEST(what_the_drive_adds_in_words_stands_behind_the_sense),
        TEST(under_runs_and_what_became_of_the_writes_are_told),
        TEST(flags_of_a_command_bring_its_bytes_along),
        TEST(the_head_names_version_recorder_personality_disc_and_time),
        TEST(the_disc_and_the_tray_are_told),
        TEST(a_run_that_only_asks_leaves_the_trace_of_the_run_before),
        TEST(a_run_is_kept_from_its_first_command_on_once_it_changes_something),
        TEST(a_fault_is_worth_a_trace),
        TEST(a_trace_can_be_of_everything_or_off),
        TEST(lines_wait_no_longer_than_a_second_and_failures_do_not_wait),
        TEST(a_killed_program_leaves_a_trace_of_what_it_did),
        TEST(a_second_program_does_not_disturb_the_trace_of_the_first),
        TEST(a_trace_that_cannot_be_written_does_not_fail_a_command),
        TEST(a_long_run_keeps_its_beginning_and_its_end),
        TEST(a_long_wait_before_the_first_write_is_remembered_by_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
