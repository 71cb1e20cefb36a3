/* A recorder that a client implements in its own single-threaded apartment: the engine's writer can
 * only reach it through a proxy, and the apartment's thread has to serve the calls. */
#include "com_bench.h"

#include <string.h>

enum { BLOCKS = 1024, UNIT = 16, PAGE = 4096 };

static void use_drive(struct bench *b, enum agility agility)
{
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    drive_fini(&b->drive);
    assert_true(drive_init(&b->drive, agility));
    b->drive.context = b;
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
}

static void use_bound_source(struct bench *b)
{
    source_fini(&b->source);
    source_init(&b->source, BOUND);
}

static void assert_written_by(struct bench *b, DWORD thread)
{
    assert_true(b->drive.writes > 0);
    for (LONG i = 0; i < b->drive.command_count && i < DRIVE_COMMANDS; i++)
        assert_int_equal(b->drive.commands[i].thread, thread);
}

/* An object that failed once writes again. */
static void assert_usable(struct bench *b)
{
    b->drive.hold_at = b->drive.fault_count = 0;
    b->drive.on_write = NULL;
    b->source.position = 0;
    assert_hr(bench_write(b, 2048, 64), S_OK);
    assert_true(drive_holds(&b->drive, 2048, 64, 0));
}

/* == the client's own apartment == */

static void a_recorder_of_the_client_s_apartment_is_driven_on_its_thread(void **state)
{
    struct bench *b = *state;

    use_drive(b, BOUND);
    assert_hr(bench_write(b, 5, BLOCKS), S_OK);
    assert_true(drive_holds(&b->drive, 5, BLOCKS, 0));
    assert_true(drive_blank(&b->drive, 0, 5));
    assert_written_by(b, GetCurrentThreadId());
}

/* The copy that a proxy hands on begins anywhere, so the limit for such buffers counts. */
static void its_transfers_are_of_the_size_for_buffers_that_are_not_aligned(void **state)
{
    struct bench *b = *state;

    use_drive(b, BOUND);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    for (LONG nth = 1; nth <= b->drive.writes; nth++)
        assert_in_range(drive_write(&b->drive, nth)->bytes, 1, b->drive.transfer_bytes - PAGE);
}

static void recorder_and_stream_of_the_client_s_apartment_share_its_thread(void **state)
{
    struct bench *b = *state;

    use_drive(b, BOUND);
    use_bound_source(b);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_int_equal(b->source.foreign_reads, 0);
    assert_written_by(b, GetCurrentThreadId());
}

static void its_sense_data_comes_through(void **state)
{
    static const struct {
        struct sense sense;
        HRESULT result;
    } rows[] = {
        {{.key = 2, .asc = 0x3a}, E_IMAPI_RECORDER_MEDIA_NO_MEDIA},
        {{.key = 7, .asc = 0x27}, E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED},
        {{.key = 2, .asc = 0x04, .ascq = 0x08}, S_OK}, /* long write in progress */
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        use_drive(b, BOUND);
        b->source.position = 0;
        drive_sense(&b->drive, 3, rows[i].result == S_OK ? 2 : 1000, rows[i].sense);
        assert_hr(bench_write(b, 0, 256), rows[i].result);
        assert_true(drive_holds(&b->drive, 0, rows[i].result == S_OK ? 256 : 2 * UNIT, 0));
        assert_usable(b);
    }
}

static void its_own_failure_passes_unchanged_whichever_command_it_was(void **state)
{
    struct bench *b = *state;

    for (LONG nth = 1; nth <= 256 / UNIT; nth += 3) {
        use_drive(b, BOUND);
        b->source.position = 0;
        drive_result(&b->drive, nth, 1000, E_ACCESSDENIED);
        assert_hr(bench_write(b, 0, 256), E_ACCESSDENIED);
        assert_int_equal(b->drive.writes, nth);
        assert_usable(b);
    }
}

/* It dawdles on the client's own thread: until the second WRITE has lasted long enough for an event
 * to be due, and then the drive is let go by somebody else. */
static void let_go(void *context)
{
    struct bench *b = context;

    count_wait(&b->drive.held, 1);
    b->sink.result = bench_in_progress(b) == VARIANT_TRUE ? S_OK : E_FAIL;
    count_up(&b->drive.go);
}

static void a_slow_one_delays_the_events_and_nothing_else(void **state)
{
    struct bench *b = *state;
    struct worker worker;
    LONG last;

    use_drive(b, BOUND);
    b->drive.hold_at = 2;
    bench_start(&worker, COINIT_MULTITHREADED, let_go, b);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    bench_join(&worker);
    assert_hr(b->sink.result, S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    last = b->sink.begun - 1;
    assert_int_equal(b->sink.events[last].last_written, BLOCKS - 1);
    assert_int_equal(b->sink.overlaps, 0);
}

static void cancel_in_the_write(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == 3)
        b->sink.result = bench_cancel(b);
}

static void it_may_cancel_from_inside_a_command(void **state)
{
    struct bench *b = *state;

    use_drive(b, BOUND);
    b->drive.on_write = cancel_in_the_write;
    assert_hr(bench_write(b, 0, BLOCKS), E_IMAPI_REQUEST_CANCELLED);
    assert_hr(b->sink.result, S_OK);
    assert_int_equal(b->drive.writes, 3);
    assert_true(drive_blank(&b->drive, 3 * UNIT, BLOCKS - 3 * UNIT));
    assert_usable(b);
}

static void give_up_the_drive(struct drive *drive, LONG nth)
{
    if (nth == 2)
        IDiscRecorder2Ex_Release(&drive->IDiscRecorder2Ex_iface);
}

static void it_may_be_released_by_its_client_during_the_write(void **state)
{
    struct bench *b = *state;

    use_drive(b, BOUND);
    b->drive.on_write = give_up_the_drive;
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    assert_int_equal(b->drive.refs, 0);
    b->drive.refs = 1; /* the bench's own, that was given up */
}

static void disconnect(struct drive *drive, LONG nth)
{
    if (nth == 4)
        CoDisconnectObject((IUnknown *)&drive->IDiscRecorder2Ex_iface, 0);
}

static void a_disconnected_one_ends_the_write_with_an_error(void **state)
{
    struct bench *b = *state;
    HRESULT result;

    use_drive(b, BOUND);
    b->drive.on_write = disconnect;
    result = bench_write(b, 0, BLOCKS);
    assert_true(FAILED(result));
    assert_true(b->drive.writes < BLOCKS / UNIT);
    assert_true(drive_blank(&b->drive, b->drive.writes * UNIT, UNIT));
    use_drive(b, BOUND);
    assert_usable(b);
}

/* == the same with a message loop == */

struct looping {
    struct bench *bench;
    struct drive drive;
    struct source source;
    HRESULT result;
    DWORD thread;
};

static LRESULT CALLBACK looping_proc(HWND window, UINT message, WPARAM word, LPARAM param)
{
    struct looping *looping = (struct looping *)GetWindowLongPtrW(window, GWLP_USERDATA);

    if (message == WM_APP) {
        looping->result = IWriteEngine2_WriteSection(looping->bench->engine,
                                                     &looping->source.IStream_iface, 0, BLOCKS);
        PostQuitMessage(0);
        return 0;
    }
    return DefWindowProcW(window, message, word, param);
}

/* A program as there are many: everything happens in its window's procedure. */
static void run_message_loop(void *context)
{
    struct looping *looping = context;
    WNDCLASSW class = {.lpfnWndProc = looping_proc, .lpszClassName = L"oi looping client"};
    HWND window;
    MSG message;

    looping->thread = GetCurrentThreadId();
    source_init(&looping->source, BOUND);
    RegisterClassW(&class);
    window = CreateWindowW(class.lpszClassName, L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    SetWindowLongPtrW(window, GWLP_USERDATA, (LONG_PTR)looping);
    looping->result =
        IWriteEngine2_put_Recorder(looping->bench->engine, &looping->drive.IDiscRecorder2Ex_iface);
    if (SUCCEEDED(looping->result))
        PostMessageW(window, WM_APP, 0, 0);
    else
        PostQuitMessage(0);
    while (GetMessageW(&message, NULL, 0, 0) > 0)
        DispatchMessageW(&message);
    IWriteEngine2_put_Recorder(looping->bench->engine, NULL);
    DestroyWindow(window);
    UnregisterClassW(class.lpszClassName, NULL);
}

static void a_recorder_of_a_thread_with_a_message_loop_is_driven_there(void **state)
{
    static struct looping looping;
    struct bench *b = *state;
    struct worker worker;

    memset(&looping, 0, sizeof(looping));
    looping.bench = b;
    assert_true(drive_init(&looping.drive, BOUND));
    bench_start(&worker, COINIT_APARTMENTTHREADED, run_message_loop, &looping);
    bench_join(&worker);
    assert_hr(looping.result, S_OK);
    assert_true(drive_holds(&looping.drive, 0, BLOCKS, 0));
    for (LONG i = 0; i < looping.drive.command_count && i < DRIVE_COMMANDS; i++)
        assert_int_equal(looping.drive.commands[i].thread, looping.thread);
    assert_int_equal(looping.drive.overlaps, 0);
    assert_int_equal(looping.drive.malformed, 0);
    assert_int_equal(looping.drive.refs, 1);
    drive_fini(&looping.drive);
}

/* == another apartment == */

struct resident {
    struct bench *bench;
    IStream *parcel; /* the drive, marshalled */
    HRESULT put;
};

static void put_from_its_home(void *context)
{
    struct resident *resident = context;
    struct bench *b = resident->bench;

    resident->put = IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface);
}

static void take_back(void *context)
{
    struct resident *resident = context;

    IWriteEngine2_put_Recorder(resident->bench->engine, NULL);
}

static void a_recorder_of_another_sta_is_driven_there(void **state)
{
    struct bench *b = *state;
    struct resident resident = {.bench = b, .put = E_FAIL};
    struct house house = {put_from_its_home, take_back, &resident, 0, 0, NULL, {0}};

    use_drive(b, BOUND);
    bench_open_house(&house);
    assert_hr(resident.put, S_OK);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_written_by(b, house.thread);
    bench_close_house(&house);
}

static void marshal_it(void *context)
{
    struct resident *resident = context;

    resident->put = CoMarshalInterThreadInterfaceInStream(
        &IID_IDiscRecorder2Ex, (IUnknown *)&resident->bench->drive.IDiscRecorder2Ex_iface,
        &resident->parcel);
}

static IDiscRecorder2Ex *unpack(struct resident *resident)
{
    IDiscRecorder2Ex *proxy = NULL;

    assert_hr(resident->put, S_OK);
    assert_hr(
        CoGetInterfaceAndReleaseStream(resident->parcel, &IID_IDiscRecorder2Ex, (void **)&proxy),
        S_OK);
    return proxy;
}

/* The engine is given a proxy, as a client has it of a recorder that lives elsewhere. */
static void a_proxy_of_a_recorder_is_a_recorder(void **state)
{
    struct bench *b = *state;
    struct resident resident = {.bench = b, .put = E_FAIL};
    struct house house = {marshal_it, NULL, &resident, 0, 0, NULL, {0}};
    IDiscRecorder2Ex *proxy;

    use_drive(b, BOUND);
    bench_open_house(&house);
    proxy = unpack(&resident);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, proxy), S_OK);
    IDiscRecorder2Ex_Release(proxy);
    b->drive.command_count = 0;
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_written_by(b, house.thread);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    bench_close_house(&house);
}

struct moving {
    struct bench *bench;
    struct house *house;
};

/* After the first WRITE the source holds, so no call is under way when the apartment ends. */
static void close_it_while_the_source_is_silent(void *context)
{
    struct moving *moving = context;
    struct bench *b = moving->bench;

    count_wait(&b->source.held, 1);
    count_wait(&b->drive.writes, 1);
    SetEvent(moving->house->leave);
    WaitForSingleObject(moving->house->worker.thread, PATIENCE_MS);
    count_up(&b->source.go);
}

static void a_recorder_whose_apartment_ends_ends_the_write_with_an_error(void **state)
{
    struct bench *b = *state;
    struct resident resident = {.bench = b, .put = E_FAIL};
    struct house house = {put_from_its_home, NULL, &resident, 0, 0, NULL, {0}};
    struct moving moving = {b, &house};
    struct worker worker;
    HRESULT result;

    use_drive(b, BOUND);
    b->source.hold_at = (UNIT + 1) * SECTOR;
    bench_open_house(&house);
    assert_hr(resident.put, S_OK);
    bench_start(&worker, COINIT_MULTITHREADED, close_it_while_the_source_is_silent, &moving);
    result = bench_write(b, 0, BLOCKS);
    bench_join(&worker);
    bench_close_house(&house);
    assert_true(FAILED(result));
    assert_int_equal(b->drive.writes, 1);
    assert_int_equal(bench_in_progress(b), VARIANT_FALSE);
    use_drive(b, AGILE_BY_MARSHALER);
    assert_usable(b);
}

/* == the proxy itself == */

static void assert_commands_cross(struct bench *b, IDiscRecorder2Ex *proxy)
{
    BYTE cdb[12] = {0x2a, 0, 0, 0, 0, 3, 0, 0, 1}, sense[18], bytes[SECTOR], reply[16];
    BYTE configuration[10] = {0x46, 0, 0, 0, 0, 0, 0, 0, sizeof(reply)};
    ULONG fetched[2] = {99, 0xa5a5a5a5}; /* and what stands behind it */

    pattern_fill(bytes, 0, SECTOR);
    assert_hr(IDiscRecorder2Ex_SendCommandSendDataToDevice(proxy, cdb, 10, sense, 7, bytes, SECTOR),
              S_OK);
    assert_true(drive_holds(&b->drive, 3, 1, 0));
    assert_int_equal(drive_write(&b->drive, 1)->timeout_seconds, 7);
    assert_int_equal(drive_write(&b->drive, 1)->size, 10);
    memset(reply, 0xa5, sizeof(reply));
    assert_hr(IDiscRecorder2Ex_SendCommandGetDataFromDevice(proxy, configuration, 10, sense, 7,
                                                            reply, sizeof(reply), fetched),
              S_OK);
    assert_int_equal(fetched[0], 8);
    assert_int_equal(fetched[1], 0xa5a5a5a5);
    assert_int_equal(reply[7], b->drive.profile);
    drive_fault(&b->drive, (struct fault){.opcode = 0x35,
                                          .nth = 1,
                                          .times = 1,
                                          .sense = {.key = 3, .asc = 0x0c, .ascq = 2}});
    cdb[0] = 0x35;
    memset(sense, 0xa5, sizeof(sense));
    assert_hr(IDiscRecorder2Ex_SendCommandNoData(proxy, cdb, 10, sense, 7),
              S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_int_equal(sense[0], 0x70);
    assert_int_equal(sense[2], 3);
    assert_int_equal(sense[12], 0x0c);
    assert_int_equal(sense[13], 2);
    assert_int_equal(sense[17], 0);
}

static void assert_answers_cross(struct bench *b, IDiscRecorder2Ex *proxy)
{
    BYTE *data = NULL;
    IMAPI_PROFILE_TYPE *profiles = NULL;
    ULONG size = 0, value = 0;

    assert_hr(IDiscRecorder2Ex_GetDiscInformation(proxy, &data, &size), S_OK);
    assert_int_equal(size, 34);
    assert_int_equal(data[1], 32);
    CoTaskMemFree(data);
    assert_hr(IDiscRecorder2Ex_GetTrackInformation(proxy, 1, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK,
                                                   &data, &size),
              S_OK);
    assert_int_equal(size, 36);
    assert_int_equal(data[5], 7);
    CoTaskMemFree(data);
    assert_hr(IDiscRecorder2Ex_GetSupportedProfiles(proxy, TRUE, &profiles, &size), S_OK);
    assert_int_equal(size, 1);
    assert_int_equal(profiles[0], b->drive.profile);
    CoTaskMemFree(profiles);
    assert_hr(IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(proxy, &value), S_OK);
    assert_int_equal(value, b->drive.transfer_bytes);
    assert_hr(IDiscRecorder2Ex_GetMaximumNonPageAlignedTransferSize(proxy, &value), S_OK);
    assert_int_equal(value, b->drive.transfer_bytes - PAGE);
    assert_hr(IDiscRecorder2Ex_GetByteAlignmentMask(proxy, &value), S_OK);
    assert_int_equal(value, 1);
}

/* What the double has no answer for: the result crosses, and nothing comes with it. */
static void assert_refusals_cross(IDiscRecorder2Ex *proxy)
{
    BYTE page[8] = {0};
    BYTE *data = page;
    IMAPI_FEATURE_PAGE_TYPE *features = NULL;
    IMAPI_MODE_PAGE_TYPE *pages = NULL;
    ULONG size = 99;

    assert_hr(IDiscRecorder2Ex_ReadDvdStructure(proxy, 0, 0, 0, 0, &data, &size), E_FAIL);
    assert_null(data);
    assert_hr(IDiscRecorder2Ex_SendDvdStructure(proxy, 0, page, sizeof(page)), E_FAIL);
    assert_hr(IDiscRecorder2Ex_GetAdapterDescriptor(proxy, &data, &size), E_FAIL);
    assert_hr(IDiscRecorder2Ex_GetDeviceDescriptor(proxy, &data, &size), E_FAIL);
    assert_hr(
        IDiscRecorder2Ex_GetFeaturePage(proxy, IMAPI_FEATURE_PAGE_TYPE_CORE, TRUE, &data, &size),
        E_IMAPI_RECORDER_NO_SUCH_FEATURE);
    assert_hr(IDiscRecorder2Ex_GetModePage(proxy, IMAPI_MODE_PAGE_TYPE_WRITE_PARAMETERS,
                                           IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &data,
                                           &size),
              E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE);
    assert_hr(IDiscRecorder2Ex_SetModePage(proxy, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, page,
                                           sizeof(page)),
              E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE);
    assert_hr(IDiscRecorder2Ex_GetSupportedFeaturePages(proxy, TRUE, &features, &size), E_FAIL);
    assert_hr(IDiscRecorder2Ex_GetSupportedModePages(
                  proxy, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &pages, &size),
              E_FAIL);
    assert_null(features);
    assert_null(pages);
}

static void every_method_of_the_recorder_interface_crosses_apartments(void **state)
{
    struct bench *b = *state;
    struct resident resident = {.bench = b, .put = E_FAIL};
    struct house house = {marshal_it, NULL, &resident, 0, 0, NULL, {0}};
    IDiscRecorder2Ex *proxy;

    use_drive(b, BOUND);
    b->drive.command_count = 0;
    bench_open_house(&house);
    proxy = unpack(&resident);
    assert_hr(bench_can_unload(), S_FALSE);
    assert_commands_cross(b, proxy);
    assert_answers_cross(b, proxy);
    assert_refusals_cross(proxy);
    assert_written_by(b, house.thread);
    IDiscRecorder2Ex_Release(proxy);
    bench_close_house(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_STA(a_recorder_of_the_client_s_apartment_is_driven_on_its_thread),
        IN_STA(its_transfers_are_of_the_size_for_buffers_that_are_not_aligned),
        IN_STA(recorder_and_stream_of_the_client_s_apartment_share_its_thread),
        IN_STA(its_sense_data_comes_through),
        IN_STA(its_own_failure_passes_unchanged_whichever_command_it_was),
        IN_STA(a_slow_one_delays_the_events_and_nothing_else),
        IN_STA(it_may_cancel_from_inside_a_command),
        IN_STA(it_may_be_released_by_its_client_during_the_write),
        IN_STA(a_disconnected_one_ends_the_write_with_an_error),
        IN_BOTH(a_recorder_of_a_thread_with_a_message_loop_is_driven_there),
        IN_BOTH(a_recorder_of_another_sta_is_driven_there),
        IN_BOTH(a_proxy_of_a_recorder_is_a_recorder),
        IN_BOTH(a_recorder_whose_apartment_ends_ends_the_write_with_an_error),
        IN_BOTH(every_method_of_the_recorder_interface_crosses_apartments),
    };

    return cmocka_run_group_tests_name("write_engine_proxies", tests, NULL, NULL);
}
