/* One engine and several threads: who sees a write in progress, who can cancel it and until when.
 */
#include "com_bench.h"

#include <string.h>

enum { RACES = 100, BLOCKS_OF_8_WRITES = 256 };

static const struct event *last_event(struct bench *b)
{
    assert_true(b->sink.begun >= 2);
    return &b->sink.events[b->sink.begun - 1];
}

static void assert_usable(struct bench *b)
{
    uint64_t at = b->source.position;

    b->sink.on_event = NULL;
    b->drive.on_write = NULL;
    b->drive.hold_at = 0;
    assert_hr(bench_write(b, 2048, 64), S_OK);
    assert_true(drive_holds(&b->drive, 2048, 64, at));
}

/* == watching == */

struct watcher {
    struct bench *bench;
    VARIANT_BOOL running, at_end;
    HRESULT cancel, again;
    bool cancels;
};

/* Looks, and cancels if told to, while the drive is in a WRITE; then lets the drive go. */
static void watch(void *context)
{
    struct watcher *watcher = context;
    struct bench *b = watcher->bench;

    if (count_wait(&b->drive.held, 1)) {
        watcher->running = bench_in_progress(b);
        if (watcher->cancels) {
            watcher->cancel = bench_cancel(b);
            watcher->again = bench_cancel(b);
        }
    }
    count_up(&b->drive.go);
}

static void assert_seen_from(struct bench *b, DWORD apartment)
{
    struct watcher watcher = {.bench = b};
    struct worker worker;

    b->drive.writes = b->drive.held = b->drive.go = b->sink.begun = 0;
    b->drive.hold_at = 3;
    assert_int_equal(bench_in_progress(b), VARIANT_FALSE);
    bench_start(&worker, apartment, watch, &watcher);
    assert_hr(bench_write(b, 0, BLOCKS_OF_8_WRITES), S_OK);
    assert_int_equal(bench_in_progress(b), VARIANT_FALSE);
    bench_join(&worker);
    assert_int_equal(watcher.running, VARIANT_TRUE);
    assert_int_equal(b->sink.events[0].in_progress, VARIANT_TRUE);
    assert_int_equal(last_event(b)->in_progress, VARIANT_FALSE);
}

static void a_write_is_in_progress_from_its_first_event_to_its_last_write(void **state)
{
    struct bench *b = *state;

    assert_seen_from(b, COINIT_MULTITHREADED);
    assert_seen_from(b, COINIT_APARTMENTTHREADED);
}

/* == cancelling == */

static void assert_cancelled_at_third_write(struct bench *b, DWORD apartment)
{
    struct watcher watcher = {.bench = b, .cancels = true};
    struct worker worker;

    b->drive.hold_at = 3;
    bench_start(&worker, apartment, watch, &watcher);
    assert_hr(bench_write(b, 0, 1024), E_IMAPI_REQUEST_CANCELLED);
    assert_int_equal(b->drive.in_flight, 0);
    bench_join(&worker);
    assert_hr(watcher.cancel, S_OK);
    assert_hr(watcher.again, S_OK);
    assert_int_equal(b->drive.writes, 3);
    assert_true(drive_holds(&b->drive, 0, 96, 0));
    assert_true(drive_blank(&b->drive, 96, DRIVE_BLOCKS - 96));
    assert_int_equal(last_event(b)->in_progress, VARIANT_FALSE);
    assert_usable(b);
}

static void another_thread_cancels_and_no_further_write_is_sent(void **state)
{
    assert_cancelled_at_third_write(*state, COINIT_MULTITHREADED);
}

static void a_thread_of_another_sta_cancels_as_well(void **state)
{
    assert_cancelled_at_third_write(*state, COINIT_APARTMENTTHREADED);
}

static DWORD WINAPI watch_without_com(void *context)
{
    watch(context);
    return 0;
}

static void even_a_thread_that_never_entered_com_may_watch_and_cancel(void **state)
{
    struct bench *b = *state;
    struct watcher watcher = {.bench = b, .cancels = true};
    HANDLE thread;

    b->drive.hold_at = 2;
    thread = CreateThread(NULL, 0, watch_without_com, &watcher, 0, NULL);
    assert_hr(bench_write(b, 0, 1024), E_IMAPI_REQUEST_CANCELLED);
    assert_int_equal(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
    CloseHandle(thread);
    assert_hr(watcher.cancel, S_OK);
    assert_int_equal(watcher.running, VARIANT_TRUE);
}

static HRESULT handler_result;
static LONG cancel_at; /* the event, 0: the one after the write */

static void cancel_at_event(struct sink *sink, IWriteEngine2 *engine,
                            IWriteEngine2EventArgs *progress)
{
    VARIANT_BOOL running = VARIANT_TRUE;

    (void)progress;
    IWriteEngine2_get_WriteInProgress(engine, &running);
    if (cancel_at ? sink->begun == cancel_at : !running)
        handler_result = IWriteEngine2_CancelWrite(engine);
}

static void a_cancel_in_the_first_event_leaves_the_disc_untouched(void **state)
{
    struct bench *b = *state;

    handler_result = E_FAIL;
    cancel_at = 1;
    b->sink.on_event = cancel_at_event;
    assert_hr(bench_write(b, 0, 1024), E_IMAPI_REQUEST_CANCELLED);
    assert_hr(handler_result, S_OK);
    assert_int_equal(b->drive.writes, 0);
    assert_true(drive_blank(&b->drive, 0, DRIVE_BLOCKS));
    assert_int_equal(b->sink.begun, 2);
    assert_int_equal(last_event(b)->in_progress, VARIANT_FALSE);
    assert_int_equal(last_event(b)->last_written, 0);
    assert_usable(b);
}

static void hold_until_second_event(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == 2)
        count_wait(&b->sink.ended, 2);
}

static void a_cancel_in_the_middle_stops_after_the_write_under_way(void **state)
{
    struct bench *b = *state;

    handler_result = E_FAIL;
    cancel_at = 2;
    b->sink.on_event = cancel_at_event;
    b->drive.on_write = hold_until_second_event;
    assert_hr(bench_write(b, 0, 1024), E_IMAPI_REQUEST_CANCELLED);
    assert_hr(handler_result, S_OK);
    assert_int_equal(b->drive.writes, 2);
    assert_true(drive_holds(&b->drive, 0, 64, 0));
    assert_int_equal(last_event(b)->last_written, 63);
    assert_usable(b);
}

static void cancel_by_name(struct sink *sink, IWriteEngine2 *engine,
                           IWriteEngine2EventArgs *progress)
{
    EXCEPINFO exception;

    (void)progress;
    if (sink->begun == 1)
        handler_result = bench_call(engine, L"CancelWrite", NULL, 0, &exception);
}

static void a_script_cancels_by_name(void **state)
{
    struct bench *b = *state;

    handler_result = E_FAIL;
    b->sink.on_event = cancel_by_name;
    assert_hr(bench_write(b, 0, 1024), E_IMAPI_REQUEST_CANCELLED);
    assert_hr(handler_result, S_OK);
    assert_int_equal(b->drive.writes, 0);
}

static void in_the_last_event_it_is_too_late_to_cancel(void **state)
{
    struct bench *b = *state;

    handler_result = E_FAIL;
    cancel_at = 0;
    b->sink.on_event = cancel_at_event;
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_hr(handler_result, S_IMAPI_WRITE_NOT_IN_PROGRESS);
    assert_true(drive_holds(&b->drive, 0, 64, 0));
}

static void an_error_that_stopped_the_write_cannot_be_cancelled(void **state)
{
    struct bench *b = *state;

    handler_result = E_FAIL;
    cancel_at = 0;
    b->sink.on_event = cancel_at_event;
    drive_result(&b->drive, 2, 1, E_IMAPI_RECORDER_LOCKED);
    assert_hr(bench_write(b, 0, 64), E_IMAPI_RECORDER_LOCKED);
    assert_hr(handler_result, S_IMAPI_WRITE_NOT_IN_PROGRESS);
    assert_usable(b);
}

static void with_nothing_running_there_is_nothing_to_cancel(void **state)
{
    struct bench *b = *state;

    assert_hr(bench_cancel(b), S_IMAPI_WRITE_NOT_IN_PROGRESS);
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_hr(bench_cancel(b), S_IMAPI_WRITE_NOT_IN_PROGRESS);
    assert_hr(bench_write(b, 0, 0), E_INVALIDARG);
    assert_hr(bench_cancel(b), S_IMAPI_WRITE_NOT_IN_PROGRESS);
    assert_usable(b);
}

/* == races == */

struct racer {
    struct bench *bench;
    LONG round;
    HRESULT result;
};

/* 64 blocks are two WRITEs. Each round starts the cancel at another point; from there on it is a
 * race with the writer. */
static void race(void *context)
{
    struct racer *racer = context;
    struct bench *b = racer->bench;

    switch (racer->round % 5) {
    case 0:
        break;
    case 1:
        count_wait(&b->sink.begun, 1);
        break;
    case 2:
        count_wait(&b->drive.writes, 1);
        break;
    case 3:
        count_wait(&b->drive.writes, 2);
        break;
    default:
        count_wait(&b->sink.ended, 1);
        break;
    }
    racer->result = bench_cancel(b);
}

static void a_cancel_and_the_write_agree_about_who_was_first(void **state)
{
    struct bench *b = *state;
    struct racer racer = {.bench = b};
    struct worker worker;
    LONG cancelled = 0;
    HRESULT written;

    for (racer.round = 0; racer.round < RACES; racer.round++) {
        b->drive.writes = b->sink.begun = b->sink.ended = b->drive.command_count = 0;
        b->source.position = 0;
        bench_start(&worker, COINIT_MULTITHREADED, race, &racer);
        written = bench_write(b, 0, 64);
        bench_join(&worker);
        if (racer.result == S_OK) {
            assert_hr(written, E_IMAPI_REQUEST_CANCELLED);
            cancelled++;
        } else {
            assert_hr(racer.result, S_IMAPI_WRITE_NOT_IN_PROGRESS);
            assert_hr(written, S_OK);
            assert_int_equal(b->drive.writes, 2);
        }
        assert_int_equal(bench_in_progress(b), VARIANT_FALSE);
        assert_int_equal(b->drive.in_flight, 0);
        assert_int_equal(last_event(b)->in_progress, VARIANT_FALSE);
    }
    print_message("  %ld of %d were cancelled\n", cancelled, RACES);
    assert_usable(b);
}

/* == more than one of anything == */

struct second {
    struct drive drive;
    struct source source;
    HRESULT result;
};

static void write_with_an_engine_of_its_own(void *context)
{
    struct second *second = context;
    IWriteEngine2 *engine = NULL;

    second->result = CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_INPROC_SERVER,
                                      &IID_IWriteEngine2, (void **)&engine);
    if (FAILED(second->result))
        return;
    source_init(&second->source, AGILE_BY_NAME);
    second->source.position = 999;
    IWriteEngine2_put_Recorder(engine, &second->drive.IDiscRecorder2Ex_iface);
    IWriteEngine2_put_BytesPerSector(engine, SECTOR);
    second->result = IWriteEngine2_WriteSection(engine, &second->source.IStream_iface, 0, 1024);
    IWriteEngine2_Release(engine);
}

static struct second second;

static void wait_for_the_other_engine(struct drive *drive, LONG nth)
{
    (void)drive;
    if (nth == 2)
        count_wait(&second.drive.writes, 2);
}

static void two_engines_write_at_the_same_time(void **state)
{
    struct bench *b = *state;
    struct worker worker;

    memset(&second, 0, sizeof(second));
    assert_true(drive_init(&second.drive, AGILE_BY_MARSHALER));
    b->drive.on_write = wait_for_the_other_engine;
    bench_start(&worker, COINIT_APARTMENTTHREADED, write_with_an_engine_of_its_own, &second);
    assert_hr(bench_write(b, 0, 1024), S_OK);
    bench_join(&worker);
    assert_hr(second.result, S_OK);
    assert_true(drive_holds(&b->drive, 0, 1024, 0));
    assert_true(drive_holds(&second.drive, 0, 1024, 999));
    assert_int_equal(second.drive.refs, 1);
    drive_fini(&second.drive);
}

struct guest {
    struct bench *bench;
    IStream *parcel;
    HRESULT result;
    DWORD served_by;
};

static struct source local;

/* Calls an object of the client's single-threaded apartment while the client is in WriteSection. */
static void visit(void *context)
{
    struct guest *guest = context;
    IStream *proxy = NULL;
    BYTE byte;
    ULONG fetched;

    if (count_wait(&guest->bench->drive.held, 1)) {
        guest->result =
            CoGetInterfaceAndReleaseStream(guest->parcel, &IID_IStream, (void **)&proxy);
        if (SUCCEEDED(guest->result)) {
            guest->result = IStream_Read(proxy, &byte, 1, &fetched);
            guest->served_by = local.reader;
            IStream_Release(proxy);
        }
    }
    count_up(&guest->bench->drive.go);
}

static void an_sta_client_serves_calls_while_it_writes(void **state)
{
    struct bench *b = *state;
    struct guest guest = {.bench = b, .result = E_FAIL};
    struct worker worker;

    source_init(&local, BOUND);
    assert_hr(CoMarshalInterThreadInterfaceInStream(&IID_IStream, (IUnknown *)&local.IStream_iface,
                                                    &guest.parcel),
              S_OK);
    b->drive.hold_at = 2;
    bench_start(&worker, COINIT_MULTITHREADED, visit, &guest);
    assert_hr(bench_write(b, 0, 128), S_OK);
    bench_join(&worker);
    assert_hr(guest.result, S_OK);
    assert_int_equal(guest.served_by, GetCurrentThreadId());
    assert_true(drive_holds(&b->drive, 0, 128, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(a_write_is_in_progress_from_its_first_event_to_its_last_write),
        IN_BOTH(another_thread_cancels_and_no_further_write_is_sent),
        IN_BOTH(a_thread_of_another_sta_cancels_as_well),
        IN_BOTH(even_a_thread_that_never_entered_com_may_watch_and_cancel),
        IN_BOTH(a_cancel_in_the_first_event_leaves_the_disc_untouched),
        IN_BOTH(a_cancel_in_the_middle_stops_after_the_write_under_way),
        IN_STA(a_script_cancels_by_name),
        IN_BOTH(in_the_last_event_it_is_too_late_to_cancel),
        IN_BOTH(an_error_that_stopped_the_write_cannot_be_cancelled),
        IN_BOTH(with_nothing_running_there_is_nothing_to_cancel),
        IN_BOTH(a_cancel_and_the_write_agree_about_who_was_first),
        IN_BOTH(two_engines_write_at_the_same_time),
        IN_STA(an_sta_client_serves_calls_while_it_writes),
    };

    return cmocka_run_group_tests_name("write_engine_threads", tests, NULL, NULL);
}
