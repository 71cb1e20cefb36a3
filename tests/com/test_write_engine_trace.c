/* OPENIMAPI2_TRACE as any client may set it: what the file tells of recorders, ours and another's,
 * and of sections that fail. */
#include "com_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 256, PER_WRITE = 32, KEPT = 256 };

static char path[MAX_PATH];
static char *text; /* of the trace read last */

static int enter(void **state)
{
    char folder[MAX_PATH];

    GetTempPathA(sizeof(folder), folder);
    snprintf(path, sizeof(path), "%soi-trace-%lu.log", folder, GetCurrentProcessId());
    DeleteFileA(path);
    SetEnvironmentVariableA("OPENIMAPI2_TRACE", path);
    return bench_enter_mta(state);
}

static int leave(void **state)
{
    int result = bench_leave(state);

    SetEnvironmentVariableA("OPENIMAPI2_TRACE", NULL);
    DeleteFileA(path);
    free(text);
    text = NULL;
    return result;
}

static bool there_is_a_trace(void)
{
    return GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES;
}

static const char *trace(void)
{
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_EXISTING, 0, NULL);
    DWORD size, read = 0;

    assert_true(file != INVALID_HANDLE_VALUE);
    size = GetFileSize(file, NULL);
    free(text);
    text = calloc(1, size + 1);
    assert_non_null(text);
    assert_true(ReadFile(file, text, size, &read, NULL) && read == size);
    CloseHandle(file);
    return text;
}

static const char *assert_says_at(const char *words, int line)
{
    const char *found = strstr(trace(), words);

    if (!found) {
        print_error("the trace does not say \"%s\":\n%s", words, text);
        _fail(__FILE__, line);
    }
    return found;
}
#define assert_says(words) assert_says_at(words, __LINE__)

static unsigned count_of_lines(const char *from, const char *words)
{
    unsigned count = 0;

    for (const char *at = strstr(from, words); at; at = strstr(at + 1, words))
        count++;
    return count;
}

static void become_ready(IDiscRecorder2Ex *recorder)
{
    BYTE test_unit_ready[6] = {0}, sense[18];
    ULONGLONG end = GetTickCount64() + PATIENCE_MS;

    while (IDiscRecorder2Ex_SendCommandNoData(recorder, test_unit_ready, 6, sense, 60) != S_OK)
        assert_true(GetTickCount64() < end);
}

/* == a recorder of ours == */

static void our_recorder_tells_every_command_that_it_is_sent(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder;

    bench_define("told", "dvd+r", 0);
    recorder = bench_open("told");
    become_ready(recorder);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, recorder), S_OK);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    IDiscRecorder2Ex_Release(recorder);
    assert_says("opened \\\\?\\openimapi2#virtual#told#");
    assert_says("TEST UNIT READY ");
    assert_says("-- WriteSection begins: 256 blocks of 2048 bytes from LBA 0 on, at most 32 in a "
                "WRITE, profile 001Bh\n");
    for (LONG lba = 0; lba < BLOCKS; lba += PER_WRITE) {
        char words[64];

        snprintf(words, sizeof(words), "WRITE (10)                     LBA %ld, 32 blocks ", lba);
        assert_int_equal(count_of_lines(assert_says("WriteSection begins"), words), 1);
    }
    assert_says("-- WriteSection ended well: 256 of 256 blocks written, 0 recovered errors\n");
    assert_says("-- closed\n");
}

static void without_the_variable_nothing_is_written(void **state)
{
    struct bench *b = *state;

    SetEnvironmentVariableA("OPENIMAPI2_TRACE", NULL);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    drive_sense(&b->drive, 1, 1000, (struct sense){.key = 4, .asc = 0x44});
    assert_true(FAILED(bench_write(b, 0, BLOCKS)));
    assert_false(there_is_a_trace());
}

static void a_file_that_cannot_be_opened_makes_no_client_fail(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder;

    SetEnvironmentVariableA("OPENIMAPI2_TRACE", "Z:\\no such folder\\trace.log");
    bench_define("untold", "dvd+r", 0);
    recorder = bench_open("untold");
    become_ready(recorder);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, recorder), S_OK);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    IDiscRecorder2Ex_Release(recorder);
    assert_false(there_is_a_trace());
}

/* == another's == */

static void another_recorders_last_commands_are_told_when_a_section_fails(void **state)
{
    struct bench *b = *state;
    char error[BENCH_TEXT], words[BENCH_TEXT + 64];
    const char *at;

    drive_sense(&b->drive, 3, 1000, (struct sense){.key = 4, .asc = 0x44});
    assert_hr(bench_write(b, 0, BLOCKS), E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE);
    snprintf(words, sizeof(words), "-- WriteSection failed with 0x%08lX: %s\n",
             (unsigned long)E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE, bench_error(error));
    at = assert_says(words);
    assert_int_equal(count_of_lines(text, "WRITE (10)      "), 3);
    assert_int_equal(count_of_lines(at, "LBA 0, 32 blocks "), 1);
    assert_int_equal(count_of_lines(at, "LBA 32, 32 blocks "), 1);
    assert_int_equal(count_of_lines(at, "LBA 64, 32 blocks "), 1);
    assert_int_equal(count_of_lines(at, "65536 bytes "), 2);
    assert_true(strstr(at, "LBA 0, 32 blocks ") < strstr(at, "LBA 64, 32 blocks "));
    assert_says("us  CHECK CONDITION 4/44/00 hardware error, internal failure of the drive\n");
}

static void what_another_recorder_returned_is_told(void **state)
{
    struct bench *b = *state;

    drive_result(&b->drive, 2, 1000, (HRESULT)0x8004abcd);
    assert_hr(bench_write(b, 0, BLOCKS), (HRESULT)0x8004abcd);
    assert_says("us  the recorder returned 0x8004ABCD\n");
}

/* How often the trace, from there on, has the nth WRITE that the drive got. */
static unsigned times_told(struct bench *b, const char *from, LONG nth)
{
    const struct command *command = drive_write(&b->drive, nth);
    char words[64];

    snprintf(words, sizeof(words), "LBA %ld, %ld block", command->lba, command->blocks);
    return count_of_lines(from, words);
}

static void the_last_256_commands_are_kept(void **state)
{
    enum { WRITES = 200 + KEPT };
    struct bench *b = *state;
    const char *at;

    b->drive.transfer_bytes = 4 * SECTOR;
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
    drive_sense(&b->drive, WRITES, 1000, (struct sense){.key = 4, .asc = 0x44});
    assert_hr(bench_write(b, 0, DRIVE_BLOCKS), E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE);
    assert_int_equal(b->drive.writes, WRITES);
    at = assert_says("-- its last 256 commands, the last one last:\n");
    /* The very last one is the question that follows a failure. */
    assert_int_equal(count_of_lines(at, "WRITE (10)      "), KEPT - 1);
    assert_int_equal(times_told(b, at, WRITES - KEPT + 1), 0);
    assert_int_equal(times_told(b, at, WRITES - KEPT + 2), 1);
    assert_int_equal(times_told(b, at, WRITES), 1);
}

static void a_section_that_succeeds_has_no_list_of_commands(void **state)
{
    struct bench *b = *state;

    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_says("-- WriteSection ended well");
    assert_null(strstr(text, "WRITE (10)"));
    assert_null(strstr(text, "refused"));
}

static void a_fallback_from_streaming_is_told(void **state)
{
    struct bench *b = *state;

    drive_fault(
        &b->drive,
        (struct fault){.opcode = 0xaa, .nth = 1, .times = 1000, .sense = {.key = 5, .asc = 0x20}});
    assert_hr(IWriteEngine2_put_UseStreamingWrite12(b->engine, VARIANT_TRUE), S_OK);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_says("-- the drive refused WRITE (12) with Streaming, so WRITE (10) was used\n");
    assert_says("-- WriteSection ended well");
}

#define TRACE_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRACE_TEST(our_recorder_tells_every_command_that_it_is_sent),
        TRACE_TEST(without_the_variable_nothing_is_written),
        TRACE_TEST(a_file_that_cannot_be_opened_makes_no_client_fail),
        TRACE_TEST(another_recorders_last_commands_are_told_when_a_section_fails),
        TRACE_TEST(what_another_recorder_returned_is_told),
        TRACE_TEST(the_last_256_commands_are_kept),
        TRACE_TEST(a_section_that_succeeds_has_no_list_of_commands),
        TRACE_TEST(a_fallback_from_streaming_is_told),
    };

    return cmocka_run_group_tests_name("write_engine_trace", tests, NULL, NULL);
}
