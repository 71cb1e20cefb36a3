/* What a client held of a drive is free when the client is gone, though it went in the middle of a
 * write: by its last references, or as a process that is killed. */
#include "com_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 256, SENSE = 18 };

static wchar_t program[MAX_PATH];

/* == the client's steps == */

static HRESULT command(IDiscRecorder2Ex *recorder, const BYTE *cdb, ULONG size)
{
    BYTE copy[10], sense[SENSE];

    memcpy(copy, cdb, size);
    return IDiscRecorder2Ex_SendCommandNoData(recorder, copy, size, sense, 60);
}

static HRESULT prevent_removal(IDiscRecorder2Ex *recorder)
{
    static const BYTE prevent[6] = {0x1e, 0, 0, 0, 1, 0};

    return command(recorder, prevent, 6);
}

static void become_ready(IDiscRecorder2Ex *recorder)
{
    static const BYTE test_unit_ready[6] = {0};
    ULONGLONG end = GetTickCount64() + PATIENCE_MS;

    while (command(recorder, test_unit_ready, 6) != S_OK)
        assert_true(GetTickCount64() < end);
}

static HRESULT acquire(IDiscRecorder2Ex *recorder)
{
    BSTR name = SysAllocString(L"a client");
    IDiscRecorder2 *plain;
    HRESULT result =
        IDiscRecorder2Ex_QueryInterface(recorder, &IID_IDiscRecorder2, (void **)&plain);

    if (SUCCEEDED(result)) {
        result = IDiscRecorder2_AcquireExclusiveAccess(plain, VARIANT_TRUE, name);
        IDiscRecorder2_Release(plain);
    }
    SysFreeString(name);
    return result;
}

static HRESULT eject(IDiscRecorder2Ex *recorder)
{
    static const BYTE open_tray[6] = {0x1b, 0, 0, 0, 2, 0};

    return command(recorder, open_tray, 6);
}

static LONG next_writable(IDiscRecorder2Ex *recorder)
{
    BYTE *data;
    ULONG size;
    LONG lba;

    assert_hr(IDiscRecorder2Ex_GetTrackInformation(recorder, 1, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK,
                                                   &data, &size),
              S_OK);
    assert_true(size >= 16 && (data[7] & 1));
    lba = (LONG)((uint32_t)data[12] << 24 | (uint32_t)data[13] << 16 | (uint32_t)data[14] << 8 |
                 data[15]);
    CoTaskMemFree(data);
    return lba;
}

static IDiscRecorder2Ex *mine, *other; /* two clients' objects of one drive */

/* Somebody else, who had it open all the time, gets the drive, opens its tray, closes it and
 * writes.
 */
static void assert_drive_is_free(struct bench *b, const char *name)
{
    static const BYTE close_tray[6] = {0x1b, 0, 0, 0, 3, 0}, synchronize[10] = {0x35};
    uint64_t size;
    void *image;
    LONG lba;

    assert_hr(acquire(other), S_OK);
    become_ready(other);
    assert_hr(eject(other), S_OK);
    assert_hr(command(other, close_tray, 6), S_OK);
    become_ready(other);
    if (!b->engine) {
        b->engine = bench_new_engine();
        assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, SECTOR), S_OK);
    }
    assert_hr(IWriteEngine2_put_Recorder(b->engine, other), S_OK);
    source_fini(&b->source);
    source_init(&b->source, AGILE_BY_NAME);
    lba = next_writable(other);
    assert_hr(bench_write(b, lba, 64), S_OK);
    assert_hr(command(other, synchronize, 10), S_OK);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    IDiscRecorder2Ex_Release(other);
    image = bench_image(name, (uint64_t)lba * SECTOR, 64 * SECTOR, &size);
    assert_non_null(image);
    assert_true(pattern_is(image, 0, 64 * SECTOR));
    free(image);
}

/* == a client that lets go of everything == */

static HRESULT other_acquires[2], other_ejects[2];

/* In the first event it gives up what it has; in the second the write still holds the drive. */
static void give_everything_up(struct sink *sink, IWriteEngine2 *engine,
                               IWriteEngine2EventArgs *progress)
{
    struct bench *b = sink->context;
    LONG nth = sink->begun - 1;

    (void)progress;
    if (nth > 1)
        return;
    other_acquires[nth] = acquire(other);
    other_ejects[nth] = eject(other);
    if (nth == 0) {
        IDiscRecorder2Ex_Release(mine);
        IWriteEngine2_Release(engine);
        b->engine = NULL;
    }
}

static void wait_for_second_event(struct source *source, LONG nth)
{
    struct bench *b = source->context;

    if (nth == 2)
        count_wait(&b->sink.ended, 2);
}

static void a_drive_is_free_after_a_write_that_outlived_its_client_s_references(void **state)
{
    struct bench *b = *state;

    bench_define("drive", "dvd+r", 0);
    mine = bench_open("drive");
    other = bench_open("drive");
    become_ready(mine);
    assert_hr(acquire(mine), S_OK);
    assert_hr(prevent_removal(mine), S_OK);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, mine), S_OK);
    b->source.context = b;
    b->source.chunk = 32 * SECTOR;
    b->source.on_read = wait_for_second_event;
    b->sink.on_event = give_everything_up;
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_null(b->engine);
    for (int i = 0; i < 2; i++) {
        assert_hr(other_acquires[i], E_IMAPI_RECORDER_LOCKED);
        assert_hr(other_ejects[i], E_IMAPI_RECORDER_LOCKED);
    }
    assert_drive_is_free(b, "drive");
}

/* Without exclusive access it is the prevention alone that keeps the tray closed. */
static void the_tray_opens_again_after_a_write_that_outlived_its_client_s_references(void **state)
{
    struct bench *b = *state;

    bench_define("tray", "dvd+r", 0);
    mine = bench_open("tray");
    other = bench_open("tray");
    become_ready(mine);
    become_ready(other);
    assert_hr(prevent_removal(mine), S_OK);
    assert_hr(eject(other), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, mine), S_OK);
    IDiscRecorder2Ex_Release(mine);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_hr(eject(other), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    IWriteEngine2_Release(b->engine);
    b->engine = NULL;
    assert_drive_is_free(b, "tray");
}

/* == a process that is killed == */

struct burner {
    PROCESS_INFORMATION process;
    HANDLE ready;
};

static void ready_name(wchar_t *name, DWORD process)
{
    swprintf(name, MAX_PATH, L"oi-writing-%lu", process);
}

static struct sink burner_sink;
static HANDLE burner_ready;

/* Events come every half second: with the third the first WRITEs are over. */
static void tell_parent(struct sink *sink, IWriteEngine2 *engine, IWriteEngine2EventArgs *progress)
{
    LONG written = 0;

    (void)engine;
    IWriteEngine2EventArgs_get_LastWrittenLba(progress, &written);
    if (sink->begun >= 3 && written > 0)
        SetEvent(burner_ready);
}

/* The second process: holds the drive in every way there is and writes for as long as it may. */
static int burn(const char *name, DWORD parent)
{
    static struct source source;
    wchar_t text[MAX_PATH];
    IDiscRecorder2 *plain;
    IDiscRecorder2Ex *recorder;
    IWriteEngine2 *engine;
    DWORD cookie;

    ready_name(text, parent);
    burner_ready = OpenEventW(EVENT_MODIFY_STATE, FALSE, text);
    if (!burner_ready || FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED)) ||
        FAILED(bench_open_recorder(name, &plain)))
        return 2;
    if (FAILED(IDiscRecorder2_QueryInterface(plain, &IID_IDiscRecorder2Ex, (void **)&recorder)) ||
        FAILED(CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_INPROC_SERVER,
                                &IID_IWriteEngine2, (void **)&engine)))
        return 3;
    if (FAILED(acquire(recorder)) || prevent_removal(recorder) != S_OK)
        return 4;
    source_init(&source, AGILE_BY_NAME);
    source.hold_at = 600 * SECTOR;
    sink_init(&burner_sink);
    burner_sink.on_event = tell_parent;
    bench_try_advise(engine, &burner_sink, &cookie);
    IWriteEngine2_put_BytesPerSector(engine, SECTOR);
    IWriteEngine2_put_Recorder(engine, recorder);
    IWriteEngine2_WriteSection(engine, &source.IStream_iface, 0, 4096);
    return 5;
}

static void start_burner(struct burner *burner, const char *name)
{
    STARTUPINFOW startup = {.cb = sizeof(startup)};
    wchar_t text[MAX_PATH], line[2 * MAX_PATH];
    HANDLE either[2];

    ready_name(text, GetCurrentProcessId());
    burner->ready = CreateEventW(NULL, TRUE, FALSE, text);
    swprintf(line, sizeof(line) / sizeof(line[0]), L"\"%ls\" burn %hs %lu", program, name,
             GetCurrentProcessId());
    assert_true(CreateProcessW(program, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup,
                               &burner->process));
    either[0] = burner->ready;
    either[1] = burner->process.hProcess;
    assert_int_equal(WaitForMultipleObjects(2, either, FALSE, PATIENCE_MS), WAIT_OBJECT_0);
}

static void kill_burner(struct burner *burner)
{
    TerminateProcess(burner->process.hProcess, 7);
    assert_int_equal(WaitForSingleObject(burner->process.hProcess, PATIENCE_MS), WAIT_OBJECT_0);
    CloseHandle(burner->process.hProcess);
    CloseHandle(burner->process.hThread);
    CloseHandle(burner->ready);
}

static void a_drive_is_free_when_the_process_that_was_writing_is_killed(void **state)
{
    struct bench *b = *state;
    struct burner burner;
    HRESULT acquired, ejected;

    bench_define("killed", "dvd+r", 0);
    start_burner(&burner, "killed");
    other = bench_open("killed");
    acquired = acquire(other);
    ejected = eject(other);
    kill_burner(&burner);
    assert_hr(acquired, E_IMAPI_RECORDER_LOCKED);
    assert_hr(ejected, E_IMAPI_RECORDER_LOCKED);
    assert_drive_is_free(b, "killed");
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(a_drive_is_free_after_a_write_that_outlived_its_client_s_references),
        IN_STA(the_tray_opens_again_after_a_write_that_outlived_its_client_s_references),
        IN_STA(a_drive_is_free_when_the_process_that_was_writing_is_killed),
    };

    GetModuleFileNameW(NULL, program, MAX_PATH);
    if (count == 4 && !strcmp(words[1], "burn"))
        return burn(words[2], (DWORD)strtoul(words[3], NULL, 10));
    return cmocka_run_group_tests_name("write_engine_endings", tests, NULL, NULL);
}
