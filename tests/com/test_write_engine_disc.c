/* From a stream to a disc image, through our own recorder: what a program does around WriteSection,
 * and what becomes of the disc when something goes wrong. */
#include "com_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DVD_BLOCKS = 2295104, SENSE = 18, HOLD_SECONDS = 20 };

static wchar_t program[MAX_PATH];

/* == the caller's steps == */

static HRESULT command(IDiscRecorder2Ex *recorder, const BYTE *cdb, ULONG size)
{
    BYTE copy[16], sense[SENSE];

    memcpy(copy, cdb, size);
    return IDiscRecorder2Ex_SendCommandNoData(recorder, copy, size, sense, 60);
}

static void become_ready(IDiscRecorder2Ex *recorder)
{
    static const BYTE test_unit_ready[6] = {0};
    ULONGLONG end = GetTickCount64() + PATIENCE_MS;

    while (command(recorder, test_unit_ready, 6) != S_OK)
        assert_true(GetTickCount64() < end);
}

static void synchronize(IDiscRecorder2Ex *recorder)
{
    static const BYTE synchronize_cache[10] = {0x35};

    assert_hr(command(recorder, synchronize_cache, 10), S_OK);
}

/* A new DVD+RW is not formatted. MMC-6, FORMAT UNIT, format type 26h; it goes on in the background.
 */
static void format(IDiscRecorder2Ex *recorder)
{
    BYTE cdb[6] = {0x04, 0x11}, sense[SENSE];
    BYTE list[12] = {0, 0x02, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x26 << 2, 0, 0, 0};

    assert_hr(IDiscRecorder2Ex_SendCommandSendDataToDevice(recorder, cdb, 6, sense, 60, list, 12),
              S_OK);
    become_ready(recorder);
}

static LONG next_writable(IDiscRecorder2Ex *recorder)
{
    BYTE *data, *address;
    ULONG size;
    LONG lba;

    assert_hr(IDiscRecorder2Ex_GetTrackInformation(recorder, 1, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK,
                                                   &data, &size),
              S_OK);
    assert_true(size >= 16 && (data[7] & 1));
    address = data + 12;
    lba = (LONG)((uint32_t)address[0] << 24 | (uint32_t)address[1] << 16 |
                 (uint32_t)address[2] << 8 | address[3]);
    CoTaskMemFree(data);
    return lba;
}

static IDiscRecorder2Ex *insert(struct bench *b, const char *name, const char *medium, int speed)
{
    IDiscRecorder2Ex *recorder;

    bench_define(name, medium, speed);
    recorder = bench_open(name);
    become_ready(recorder);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, recorder), S_OK);
    return recorder;
}

/* Closes all handles, so that what is in the file is what another program would find. */
static void close_drive(struct bench *b, IDiscRecorder2Ex *recorder)
{
    IDiscRecorder2Ex_Release(recorder);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
}

static void assert_image(const char *name, LONG lba, LONG blocks, uint64_t at)
{
    uint64_t size;
    size_t wanted = (size_t)blocks * SECTOR;
    void *bytes = bench_image(name, (uint64_t)lba * SECTOR, wanted, &size);
    bool same;

    assert_non_null(bytes);
    same = size >= (uint64_t)(lba + blocks) * SECTOR && pattern_is(bytes, at, wanted);
    free(bytes);
    if (!same)
        fail_msg("the image (%lu KiB) does not hold the source at %ld, %ld blocks",
                 (unsigned long)(size / 1024), lba, blocks);
}

/* == DVD+R == */

static void an_image_comes_out_on_dvd_plus_r_as_it_went_in(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "plus-r", "dvd+r", 0);

    assert_hr(bench_write(b, 0, 9001), S_OK);
    synchronize(recorder);
    assert_int_equal(next_writable(recorder), 9008);
    close_drive(b, recorder);
    assert_image("plus-r", 0, 9001, 0);
    assert_int_equal(b->sink.events[b->sink.begun - 1].last_written, 9000);
}

static void a_second_section_is_appended_where_the_drive_says(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "append", "dvd+r", 0);

    assert_hr(bench_write(b, 0, 100), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    recorder = bench_open("append");
    become_ready(recorder);
    assert_int_equal(next_writable(recorder), 112);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, recorder), S_OK);
    assert_hr(bench_write(b, 112, 64), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("append", 0, 100, 0);
    assert_image("append", 112, 64, 100 * SECTOR);
}

static void a_write_once_disc_refuses_other_addresses_and_keeps_what_it_has(void **state)
{
    static const LONG wrong[] = {0, 48, 128, DVD_BLOCKS};
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "strict", "dvd+r", 0);
    char text[BENCH_TEXT];

    assert_hr(bench_write(b, 0, 64), S_OK);
    for (int i = 0; i < 4; i++) {
        assert_hr(bench_write(b, wrong[i], 16), E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE);
        assert_string_not_equal(bench_error(text), "");
    }
    b->source.position = 64 * SECTOR;
    assert_hr(bench_write(b, 64, 64), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("strict", 0, 128, 0);
}

static void data_that_ended_early_is_on_the_disc_as_far_as_it_went(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "early", "dvd+r", 0);

    b->source.end = 1000 * SECTOR + 7;
    assert_hr(bench_write(b, 0, 4000), HRESULT_FROM_WIN32(ERROR_HANDLE_EOF));
    synchronize(recorder);
    assert_int_equal(next_writable(recorder), 1008);
    close_drive(b, recorder);
    assert_image("early", 0, 1000, 0);
}

/* == DVD+RW == */

static void an_image_comes_out_on_dvd_plus_rw_as_it_went_in(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "plus-rw", "dvd+rw", 0);

    format(recorder);
    assert_hr(bench_write(b, 1600, 3001), S_OK);
    assert_hr(bench_write(b, 5, 200), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("plus-rw", 1600, 3001, 0);
    assert_image("plus-rw", 5, 200, 3001 * SECTOR);
}

static void a_rewritable_disc_is_written_over_where_it_was_asked(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "over", "dvd+rw", 0);

    format(recorder);
    assert_hr(bench_write(b, 0, 320), S_OK);
    b->source.position = 77777;
    assert_hr(bench_write(b, 100, 50), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("over", 0, 100, 0);
    assert_image("over", 100, 50, 77777);
    assert_image("over", 150, 170, 150 * SECTOR);
}

static void a_section_past_the_end_of_the_disc_fails_and_nothing_is_lost(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "end", "dvd+rw", 0);
    char text[BENCH_TEXT];
    uint64_t size;

    format(recorder);
    assert_hr(bench_write(b, 0, 320), S_OK);
    b->source.position = 0;
    assert_hr(bench_write(b, DVD_BLOCKS - 32, 64), E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE);
    assert_non_null(strstr(bench_error(text), "2295104"));
    assert_int_equal(b->sink.events[b->sink.begun - 1].last_written, DVD_BLOCKS - 1);
    assert_hr(bench_write(b, DVD_BLOCKS, 16), E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("end", 0, 320, 0);
    assert_image("end", DVD_BLOCKS - 32, 32, 0);
    free(bench_image("end", 0, 1, &size));
    assert_true(size <= (uint64_t)DVD_BLOCKS * SECTOR);
}

static void an_unformatted_disc_cannot_be_written(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "raw", "dvd+rw", 0);
    HRESULT result = bench_write(b, 0, 64);

    print_message("  WriteSection: 0x%08lx\n", (unsigned long)result);
    assert_true(FAILED(result));
    format(recorder);
    b->source.position = 0;
    assert_hr(bench_write(b, 0, 64), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("raw", 0, 64, 0);
}

static void streaming_reaches_the_disc_too(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "stream", "dvd+rw", 0);

    format(recorder);
    assert_hr(IWriteEngine2_put_UseStreamingWrite12(b->engine, VARIANT_TRUE), S_OK);
    assert_hr(bench_write(b, 0, 640), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("stream", 0, 640, 0);
}

/* == a drive that takes its time == */

static void a_drive_slower_than_the_source_gets_all_of_it(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "slow", "dvd+r", 4);

    assert_hr(bench_write(b, 0, 3200), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("slow", 0, 3200, 0);
}

static void cancel_at_third(struct sink *sink, IWriteEngine2 *engine,
                            IWriteEngine2EventArgs *progress)
{
    (void)progress;
    if (sink->begun == 3)
        sink->result = IWriteEngine2_CancelWrite(engine);
}

static void a_cancelled_write_has_written_what_the_last_event_says(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "cancel", "dvd+r", 1);
    LONG written;

    b->sink.on_event = cancel_at_third;
    assert_hr(bench_write(b, 0, 200000), E_IMAPI_REQUEST_CANCELLED);
    assert_hr(b->sink.result, S_OK);
    written = b->sink.events[b->sink.begun - 1].last_written + 1;
    assert_true(written > 1 && written < 200000);
    close_drive(b, recorder);
    recorder = bench_open("cancel");
    become_ready(recorder);
    synchronize(recorder);
    assert_int_equal(next_writable(recorder), written);
    close_drive(b, recorder);
    assert_image("cancel", 0, written, 0);
}

/* == no disc, no drive == */

static void without_a_disc_there_is_no_media(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2 *tray;
    IDiscRecorder2Ex *recorder = insert(b, "empty", "dvd+r", 0);
    char text[BENCH_TEXT];

    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_hr(IDiscRecorder2Ex_QueryInterface(recorder, &IID_IDiscRecorder2, (void **)&tray), S_OK);
    assert_hr(IDiscRecorder2_EjectMedia(tray), S_OK);
    assert_hr(bench_write(b, 64, 64), E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
    assert_string_not_equal(bench_error(text), "");
    assert_hr(IDiscRecorder2_CloseTray(tray), S_OK);
    become_ready(recorder);
    b->source.position = 64 * SECTOR;
    assert_hr(bench_write(b, 64, 64), S_OK);
    synchronize(recorder);
    IDiscRecorder2_Release(tray);
    close_drive(b, recorder);
    assert_image("empty", 0, 128, 0);
}

static HRESULT put_and_write(struct bench *b, IDiscRecorder2Ex *recorder)
{
    HRESULT result = IWriteEngine2_put_Recorder(b->engine, recorder);

    b->source.position = 0;
    return FAILED(result) ? result : bench_write(b, 0, 64);
}

static void a_drive_that_another_object_holds_is_locked(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = insert(b, "held", "dvd+r", 0);
    BSTR owner = SysAllocString(L"somebody else");
    IDiscRecorder2 *other;

    assert_hr(bench_open_recorder("held", &other), S_OK);
    assert_hr(IDiscRecorder2_AcquireExclusiveAccess(other, VARIANT_TRUE, owner), S_OK);
    SysFreeString(owner);
    assert_hr(put_and_write(b, recorder), E_IMAPI_RECORDER_LOCKED);
    assert_hr(IDiscRecorder2_ReleaseExclusiveAccess(other), S_OK);
    assert_hr(put_and_write(b, recorder), S_OK);
    synchronize(recorder);
    IDiscRecorder2_Release(other);
    close_drive(b, recorder);
    assert_image("held", 0, 64, 0);
}

/* == another process == */

struct holder {
    PROCESS_INFORMATION process;
    HANDLE ready, leave;
};

static void event_name(wchar_t *name, const char *what, DWORD process)
{
    swprintf(name, MAX_PATH, L"oi-%hs-%lu", what, process);
}

/* The second process: acquires the recorder, says so, and keeps it until told to leave. */
static int hold(const char *name, DWORD parent)
{
    wchar_t text[MAX_PATH];
    HANDLE ready, leave;
    IDiscRecorder2 *recorder;
    BSTR owner = SysAllocString(L"second process");
    HRESULT result;

    event_name(text, "ready", parent);
    ready = OpenEventW(EVENT_MODIFY_STATE, FALSE, text);
    event_name(text, "leave", parent);
    leave = OpenEventW(SYNCHRONIZE, FALSE, text);
    if (!ready || !leave || FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED)))
        return 2;
    result = bench_open_recorder(name, &recorder);
    if (SUCCEEDED(result))
        result = IDiscRecorder2_AcquireExclusiveAccess(recorder, VARIANT_TRUE, owner);
    SysFreeString(owner);
    if (FAILED(result))
        return 3;
    SetEvent(ready);
    WaitForSingleObject(leave, HOLD_SECONDS * 1000);
    result = IDiscRecorder2_ReleaseExclusiveAccess(recorder);
    IDiscRecorder2_Release(recorder);
    CoUninitialize();
    return FAILED(result);
}

static void start_holder(struct holder *holder, const char *name)
{
    STARTUPINFOW startup = {.cb = sizeof(startup)};
    wchar_t text[MAX_PATH], line[2 * MAX_PATH];
    HANDLE either[2];

    event_name(text, "ready", GetCurrentProcessId());
    holder->ready = CreateEventW(NULL, TRUE, FALSE, text);
    event_name(text, "leave", GetCurrentProcessId());
    holder->leave = CreateEventW(NULL, TRUE, FALSE, text);
    swprintf(line, sizeof(line) / sizeof(line[0]), L"\"%ls\" hold %hs %lu", program, name,
             GetCurrentProcessId());
    assert_true(CreateProcessW(program, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup,
                               &holder->process));
    either[0] = holder->ready;
    either[1] = holder->process.hProcess;
    assert_int_equal(WaitForMultipleObjects(2, either, FALSE, PATIENCE_MS), WAIT_OBJECT_0);
}

static DWORD end_holder(struct holder *holder)
{
    DWORD code = 99;

    assert_int_equal(WaitForSingleObject(holder->process.hProcess, PATIENCE_MS), WAIT_OBJECT_0);
    GetExitCodeProcess(holder->process.hProcess, &code);
    CloseHandle(holder->process.hProcess);
    CloseHandle(holder->process.hThread);
    CloseHandle(holder->ready);
    CloseHandle(holder->leave);
    return code;
}

static void a_drive_that_another_process_holds_is_locked(void **state)
{
    struct bench *b = *state;
    struct holder holder;
    IDiscRecorder2Ex *recorder = insert(b, "far", "dvd+r", 0);

    IWriteEngine2_put_Recorder(b->engine, NULL);
    IDiscRecorder2Ex_Release(recorder);
    start_holder(&holder, "far");
    recorder = bench_open("far");
    assert_hr(put_and_write(b, recorder), E_IMAPI_RECORDER_LOCKED);
    SetEvent(holder.leave);
    assert_int_equal(end_holder(&holder), 0);
    assert_hr(put_and_write(b, recorder), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("far", 0, 64, 0);
}

static void a_drive_is_free_when_the_process_that_held_it_is_killed(void **state)
{
    struct bench *b = *state;
    struct holder holder;
    IDiscRecorder2Ex *recorder = insert(b, "killed", "dvd+r", 0);

    IWriteEngine2_put_Recorder(b->engine, NULL);
    IDiscRecorder2Ex_Release(recorder);
    start_holder(&holder, "killed");
    TerminateProcess(holder.process.hProcess, 7);
    assert_int_equal(end_holder(&holder), 7);
    recorder = bench_open("killed");
    become_ready(recorder);
    assert_hr(put_and_write(b, recorder), S_OK);
    synchronize(recorder);
    close_drive(b, recorder);
    assert_image("killed", 0, 64, 0);
}

static void two_objects_may_use_one_drive_in_turn_while_nobody_holds_it(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *first = insert(b, "shared", "dvd+r", 0), *next;

    next = bench_open("shared");
    assert_hr(put_and_write(b, first), S_OK);
    assert_int_equal(next_writable(next), 64);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, next), S_OK);
    assert_hr(bench_write(b, 64, 64), S_OK);
    synchronize(next);
    IDiscRecorder2Ex_Release(first);
    close_drive(b, next);
    assert_image("shared", 0, 128, 0);
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(an_image_comes_out_on_dvd_plus_r_as_it_went_in),
        IN_STA(a_second_section_is_appended_where_the_drive_says),
        IN_STA(a_write_once_disc_refuses_other_addresses_and_keeps_what_it_has),
        IN_STA(data_that_ended_early_is_on_the_disc_as_far_as_it_went),
        IN_BOTH(an_image_comes_out_on_dvd_plus_rw_as_it_went_in),
        IN_STA(a_rewritable_disc_is_written_over_where_it_was_asked),
        IN_STA(a_section_past_the_end_of_the_disc_fails_and_nothing_is_lost),
        IN_STA(an_unformatted_disc_cannot_be_written),
        IN_STA(streaming_reaches_the_disc_too),
        IN_STA(a_drive_slower_than_the_source_gets_all_of_it),
        IN_BOTH(a_cancelled_write_has_written_what_the_last_event_says),
        IN_STA(without_a_disc_there_is_no_media),
        IN_BOTH(a_drive_that_another_object_holds_is_locked),
        IN_STA(a_drive_that_another_process_holds_is_locked),
        IN_STA(a_drive_is_free_when_the_process_that_held_it_is_killed),
        IN_STA(two_objects_may_use_one_drive_in_turn_while_nobody_holds_it),
    };

    GetModuleFileNameW(NULL, program, MAX_PATH);
    if (count == 4 && !strcmp(words[1], "hold"))
        return hold(words[2], (DWORD)strtoul(words[3], NULL, 10));
    return cmocka_run_group_tests_name("write_engine_disc", tests, NULL, NULL);
}
