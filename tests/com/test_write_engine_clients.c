/* Clients that are in the way: they cancel, write and leave from wherever they get control, have
 * windows, come from a neutral apartment, or hand over streams of apartments that are not theirs.
 */
#include "com_bench.h"

#include <string.h>

enum { BLOCKS = 256, WRITES = 8 };

static void use_source(struct bench *b, enum agility agility)
{
    source_fini(&b->source);
    source_init(&b->source, agility);
    b->source.context = b;
}

static void use_drive(struct bench *b, enum agility agility)
{
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    drive_fini(&b->drive);
    assert_true(drive_init(&b->drive, agility));
    b->drive.context = b;
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
}

static void assert_usable(struct bench *b)
{
    uint64_t at;

    b->drive.on_write = NULL;
    b->drive.hold_at = 0;
    b->sink.on_event = NULL;
    b->source.on_read = NULL;
    at = b->source.position;
    assert_hr(bench_write(b, 2048, 64), S_OK);
    assert_true(drive_holds(&b->drive, 2048, 64, at));
}

/* == a cancel from anywhere == */

static LONG cancel_at;

static void cancel_in_a_write(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == cancel_at)
        b->sink.result = bench_cancel(b);
}

/* Also in the last one: what was accepted before the last WRITE had ended counts. */
static void a_cancel_from_inside_any_write_lets_no_other_follow(void **state)
{
    struct bench *b = *state;

    for (cancel_at = 1; cancel_at <= WRITES; cancel_at++) {
        use_drive(b, AGILE_BY_MARSHALER);
        use_source(b, AGILE_BY_NAME);
        b->drive.on_write = cancel_in_a_write;
        b->sink.result = E_FAIL;
        assert_hr(bench_write(b, 0, BLOCKS), E_IMAPI_REQUEST_CANCELLED);
        assert_hr(b->sink.result, S_OK);
        assert_int_equal(b->drive.writes, cancel_at);
        assert_true(drive_holds(&b->drive, 0, 32 * cancel_at, 0));
        assert_usable(b);
    }
}

static void cancel_in_a_read(struct source *source, LONG nth)
{
    struct bench *b = source->context;

    if (nth == cancel_at)
        b->sink.result = bench_cancel(b);
}

/* Whoever reads: the reader's thread, or the client's own. */
static void assert_cancelled_in_any_read(struct bench *b, enum agility agility)
{
    for (cancel_at = 1; cancel_at <= WRITES; cancel_at++) {
        use_drive(b, AGILE_BY_MARSHALER);
        use_source(b, agility);
        b->source.chunk = 32 * SECTOR;
        b->source.on_read = cancel_in_a_read;
        b->sink.result = E_FAIL;
        assert_hr(bench_write(b, 0, BLOCKS), E_IMAPI_REQUEST_CANCELLED);
        assert_hr(b->sink.result, S_OK);
        assert_int_equal(b->source.reads, cancel_at);
        assert_true(b->drive.writes <= cancel_at - 1);
        assert_usable(b);
    }
}

static void a_cancel_from_inside_any_read_is_heard_at_once(void **state)
{
    assert_cancelled_in_any_read(*state, AGILE_BY_NAME);
}

static void a_cancel_from_inside_any_read_of_a_bound_stream_is_heard_at_once(void **state)
{
    assert_cancelled_in_any_read(*state, BOUND);
}

/* == one section inside another == */

static struct drive inner_drive;
static struct source inner_source;
static IWriteEngine2 *inner_engine;

static void write_with_another_engine(struct sink *sink, IWriteEngine2 *engine,
                                      IWriteEngine2EventArgs *progress)
{
    (void)engine, (void)progress;
    if (sink->begun == 1)
        sink->result =
            IWriteEngine2_WriteSection(inner_engine, &inner_source.IStream_iface, 0, BLOCKS);
}

static void hold_until_second_event(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == 2)
        count_wait(&b->sink.begun, 2);
}

static void make_inner_engine(enum agility agility)
{
    inner_engine = bench_new_engine();
    assert_true(drive_init(&inner_drive, agility));
    source_init(&inner_source, agility == BOUND ? BOUND : AGILE_BY_NAME);
    inner_source.position = 77;
    assert_hr(IWriteEngine2_put_BytesPerSector(inner_engine, SECTOR), S_OK);
    assert_hr(IWriteEngine2_put_Recorder(inner_engine, &inner_drive.IDiscRecorder2Ex_iface), S_OK);
}

static void assert_written_within(struct bench *b)
{
    b->sink.result = E_FAIL;
    b->sink.on_event = write_with_another_engine;
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_hr(b->sink.result, S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_true(drive_holds(&inner_drive, 0, BLOCKS, 77));
    IWriteEngine2_Release(inner_engine);
    assert_int_equal(inner_drive.refs, 1);
    assert_int_equal(inner_source.refs, 1);
    drive_fini(&inner_drive);
}

static void a_handler_may_write_with_another_engine(void **state)
{
    struct bench *b = *state;

    make_inner_engine(AGILE_BY_MARSHALER);
    b->drive.on_write = hold_until_second_event;
    assert_written_within(b);
}

/* One thread serves two recorders and two streams, one section inside the other. */
static void a_handler_may_write_with_another_engine_though_all_of_it_is_bound(void **state)
{
    struct bench *b = *state;

    make_inner_engine(BOUND);
    use_drive(b, BOUND);
    use_source(b, BOUND);
    assert_written_within(b);
}

/* == calls that are served while the client's thread waits == */

struct guest {
    struct bench *bench;
    IStream *parcel;
    HRESULT called;
};

static struct {
    struct sink sink;
    DWORD thread;
    HRESULT write, setter, recorder, advise, unadvise, cancel;
} inside;

/* On the client's thread, in the midst of its WriteSection. */
static void do_everything(struct source *source, LONG nth)
{
    struct bench *b = source->context;
    DWORD cookie = 0;

    (void)nth;
    inside.thread = GetCurrentThreadId();
    inside.write = bench_write(b, 0, 16);
    inside.setter = IWriteEngine2_put_BytesPerSector(b->engine, 2352);
    inside.recorder = IWriteEngine2_put_Recorder(b->engine, NULL);
    inside.advise = bench_try_advise(b->engine, &inside.sink, &cookie);
    inside.unadvise = bench_unadvise(b->engine, cookie);
    inside.cancel = bench_cancel(b);
}

static void visit(void *context)
{
    struct guest *guest = context;
    IStream *proxy = NULL;
    BYTE byte;
    ULONG fetched;

    if (count_wait(&guest->bench->drive.held, 1)) {
        guest->called =
            CoGetInterfaceAndReleaseStream(guest->parcel, &IID_IStream, (void **)&proxy);
        if (SUCCEEDED(guest->called)) {
            guest->called = IStream_Read(proxy, &byte, 1, &fetched);
            IStream_Release(proxy);
        }
    }
    count_up(&guest->bench->drive.go);
}

static void a_call_served_during_a_write_may_do_what_a_handler_may(void **state)
{
    struct bench *b = *state;
    struct guest guest = {.bench = b, .called = E_FAIL};
    struct worker worker;
    static struct source local;

    memset(&inside, 0, sizeof(inside));
    sink_init(&inside.sink);
    source_init(&local, BOUND);
    local.context = b;
    local.on_read = do_everything;
    assert_hr(CoMarshalInterThreadInterfaceInStream(&IID_IStream, (IUnknown *)&local.IStream_iface,
                                                    &guest.parcel),
              S_OK);
    b->drive.hold_at = 2;
    bench_start(&worker, COINIT_MULTITHREADED, visit, &guest);
    assert_hr(bench_write(b, 0, BLOCKS), E_IMAPI_REQUEST_CANCELLED);
    bench_join(&worker);
    assert_hr(guest.called, S_OK);
    assert_int_equal(inside.thread, GetCurrentThreadId());
    assert_hr(inside.write, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(inside.setter, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(inside.recorder, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(inside.advise, S_OK);
    assert_hr(inside.unadvise, S_OK);
    assert_hr(inside.cancel, S_OK);
    assert_int_equal(b->drive.writes, 2);
    assert_int_equal(inside.sink.refs, 1);
    assert_usable(b);
}

/* == who goes while the write is on == */

static void release_the_engine(void *context)
{
    struct bench *b = context;

    if (count_wait(&b->drive.held, 1)) {
        b->sink.result = IWriteEngine2_Release(b->engine) > 0 ? S_OK : E_FAIL;
        b->engine = NULL;
    }
    count_up(&b->drive.go);
}

static void a_write_whose_engine_is_released_by_another_thread_goes_on(void **state)
{
    struct bench *b = *state;
    struct worker worker;

    b->drive.hold_at = 2;
    bench_start(&worker, COINIT_MULTITHREADED, release_the_engine, b);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    bench_join(&worker);
    assert_null(b->engine);
    assert_hr(b->sink.result, S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_int_equal(b->sink.events[b->sink.begun - 1].last_written, BLOCKS - 1);
    assert_int_equal(b->sink.events[b->sink.begun - 1].in_progress, VARIANT_FALSE);
    assert_int_equal(b->drive.refs, 1);
    assert_int_equal(b->sink.refs, 1);
}

static void disconnect_itself(struct sink *sink, IWriteEngine2 *engine,
                              IWriteEngine2EventArgs *progress)
{
    (void)engine, (void)progress;
    if (sink->begun == 1)
        CoDisconnectObject((IUnknown *)&sink->IDispatch_iface, 0);
}

static struct sink guest_sink;

/* Between two sinks that stay: the one before it and the one behind it. */
static void a_sink_that_disconnects_in_its_handler_does_not_disturb_the_others(void **state)
{
    struct bench *b = *state;
    static struct sink third;

    sink_init(&guest_sink);
    sink_init(&third);
    guest_sink.on_event = disconnect_itself;
    bench_advise(b->engine, &guest_sink);
    bench_advise(b->engine, &third);
    b->drive.on_write = hold_until_second_event;
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_true(b->sink.begun >= 3);
    assert_int_equal(third.begun, b->sink.begun);
    assert_int_equal(b->sink.events[b->sink.begun - 1].last_written, BLOCKS - 1);
    IWriteEngine2_Release(b->engine);
    b->engine = NULL;
    assert_int_equal(third.refs, 1);
}

struct lodger {
    struct bench *bench;
    HRESULT advised;
    DWORD cookie;
};

static void advise_from_home(void *context)
{
    struct lodger *lodger = context;

    lodger->advised = bench_try_advise(lodger->bench->engine, &guest_sink, &lodger->cookie);
}

static struct house *lodging;

/* Between two events no call to the sink is under way. */
static void close_house_in_second_write(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == 2) {
        count_wait(&guest_sink.ended, 1);
        count_wait(&b->sink.ended, 1);
        SetEvent(lodging->leave);
        WaitForSingleObject(lodging->worker.thread, PATIENCE_MS);
        count_wait(&b->sink.begun, 2);
    }
}

static void a_sink_whose_apartment_ends_during_a_write_does_not_disturb_it(void **state)
{
    struct bench *b = *state;
    struct lodger lodger = {.bench = b, .advised = E_FAIL};
    struct house house = {advise_from_home, NULL, &lodger, 0, 0, NULL, {0}};

    sink_init(&guest_sink);
    bench_open_house(&house);
    assert_hr(lodger.advised, S_OK);
    lodging = &house;
    b->drive.on_write = close_house_in_second_write;
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    bench_close_house(&house);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_true(b->sink.begun >= 3);
    assert_int_equal(guest_sink.begun, 1);
}

/* == apartments of other kinds == */

static DWORD WINAPI write_without_com(void *context)
{
    struct bench *b = context;

    b->sink.result = bench_write(b, 0, BLOCKS);
    return 0;
}

/* Every process with an MTA takes such a thread for one of it. */
static void a_thread_that_never_entered_com_may_write_while_there_is_an_mta(void **state)
{
    struct bench *b = *state;
    HANDLE thread;

    b->sink.result = E_FAIL;
    thread = CreateThread(NULL, 0, write_without_com, b, 0, NULL);
    assert_int_equal(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
    CloseHandle(thread);
    assert_hr(b->sink.result, S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_true(b->sink.begun >= 2);
}

static APTTYPEQUALIFIER neutral_on;
static DWORD neutral_thread;
static bench_function apartment_type;

/* Wine has no neutral apartment: the client's thread is told that it is in one. */
static HRESULT WINAPI say_neutral(APTTYPE *type, APTTYPEQUALIFIER *qualifier)
{
    if (GetCurrentThreadId() != neutral_thread)
        return ((HRESULT(WINAPI *)(APTTYPE *, APTTYPEQUALIFIER *))apartment_type)(type, qualifier);
    *type = APTTYPE_NA;
    *qualifier = neutral_on;
    return S_OK;
}

static void go_neutral(APTTYPEQUALIFIER on)
{
    neutral_on = on;
    neutral_thread = GetCurrentThreadId();
    apartment_type = bench_hook("CoGetApartmentType", (bench_function)say_neutral);
}

static int leave_neutral(void **state)
{
    if (apartment_type)
        bench_hook("CoGetApartmentType", apartment_type);
    apartment_type = NULL;
    return bench_leave(state);
}

static void a_neutral_client_on_an_sta_thread_serves_its_bound_recorder(void **state)
{
    struct bench *b = *state;

    go_neutral(APTTYPEQUALIFIER_NA_ON_STA);
    use_drive(b, BOUND);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_int_equal(drive_write(&b->drive, 1)->thread, GetCurrentThreadId());
}

static void a_neutral_client_reads_a_bound_stream_itself(void **state)
{
    struct bench *b = *state;

    go_neutral(b->apartment == COINIT_MULTITHREADED ? APTTYPEQUALIFIER_NA_ON_MTA
                                                    : APTTYPEQUALIFIER_NA_ON_STA);
    use_source(b, BOUND);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_int_equal(b->source.foreign_reads, 0);
}

/* == streams of other apartments == */

struct tenant {
    struct bench *bench;
    IStream *parcel, *proxy;
    HRESULT marshalled;
};

static void make_source_at_home(void *context)
{
    struct tenant *tenant = context;
    struct bench *b = tenant->bench;

    use_source(b, BOUND);
    tenant->marshalled = CoMarshalInterThreadInterfaceInStream(
        &IID_IStream, (IUnknown *)&b->source.IStream_iface, &tenant->parcel);
}

static void open_tenant(struct house *house, struct tenant *tenant, struct bench *b)
{
    *tenant = (struct tenant){.bench = b, .marshalled = E_FAIL};
    *house = (struct house){make_source_at_home, NULL, tenant, 0, 0, NULL, {0}};
    bench_open_house(house);
    assert_hr(tenant->marshalled, S_OK);
    assert_hr(CoGetInterfaceAndReleaseStream(tenant->parcel, &IID_IStream, (void **)&tenant->proxy),
              S_OK);
}

static void a_stream_of_another_sta_is_read_there(void **state)
{
    struct bench *b = *state;
    struct tenant tenant;
    struct house house;

    open_tenant(&house, &tenant, b);
    assert_hr(IWriteEngine2_WriteSection(b->engine, tenant.proxy, 0, BLOCKS), S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_int_equal(b->source.reader, house.thread);
    assert_int_equal(b->source.foreign_reads, 0);
    IStream_Release(tenant.proxy);
    bench_close_house(&house);
}

static void disconnect_the_stream(struct source *source, LONG nth)
{
    if (nth == 3)
        CoDisconnectObject((IUnknown *)&source->IStream_iface, 0);
}

static void a_stream_that_is_disconnected_ends_the_write_with_an_error(void **state)
{
    struct bench *b = *state;
    struct tenant tenant;
    struct house house;
    HRESULT result;

    open_tenant(&house, &tenant, b);
    b->source.chunk = 32 * SECTOR;
    b->source.on_read = disconnect_the_stream;
    result = IWriteEngine2_WriteSection(b->engine, tenant.proxy, 0, BLOCKS);
    assert_true(FAILED(result));
    assert_int_equal(b->source.reads, 3);
    assert_true(drive_holds(&b->drive, 0, 2 * 32, 0));
    IStream_Release(tenant.proxy);
    bench_close_house(&house);
    use_source(b, AGILE_BY_NAME);
    assert_usable(b);
}

static void cancel_when_the_source_hangs(void *context)
{
    struct bench *b = context;

    count_wait(&b->source.held, 1);
    b->sink.result = bench_cancel(b);
}

/* The reader is left behind in a call to another apartment. */
static void a_read_in_another_apartment_that_never_returns_does_not_outlast_a_cancel(void **state)
{
    struct bench *b = *state;
    struct tenant tenant;
    struct house house;
    struct worker worker;

    open_tenant(&house, &tenant, b);
    b->source.hold_at = 64 * SECTOR;
    bench_start(&worker, COINIT_MULTITHREADED, cancel_when_the_source_hangs, b);
    assert_hr(IWriteEngine2_WriteSection(b->engine, tenant.proxy, 0, BLOCKS),
              E_IMAPI_REQUEST_CANCELLED);
    assert_int_equal(count_of(&b->source.done), 0);
    bench_join(&worker);
    assert_hr(b->sink.result, S_OK);
    IStream_Release(tenant.proxy);
    assert_hr(bench_can_unload(), S_FALSE);
    count_up(&b->source.go);
    assert_true(count_wait(&b->source.done, 1));
    assert_int_equal(IWriteEngine2_Release(b->engine), 0);
    b->engine = NULL;
    assert_true(bench_unloadable());
    bench_close_house(&house);
}

#define NEUTRAL_ON_STA(test)                                                                       \
    {                                                                                              \
#test " (neutral on STA)", test, bench_enter_sta, leave_neutral, NULL                      \
    }
#define NEUTRAL_ON_MTA(test)                                                                       \
    {                                                                                              \
#test " (neutral on MTA)", test, bench_enter_mta, leave_neutral, NULL                      \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(a_cancel_from_inside_any_write_lets_no_other_follow),
        IN_BOTH(a_cancel_from_inside_any_read_is_heard_at_once),
        IN_STA(a_cancel_from_inside_any_read_of_a_bound_stream_is_heard_at_once),
        IN_BOTH(a_handler_may_write_with_another_engine),
        IN_STA(a_handler_may_write_with_another_engine_though_all_of_it_is_bound),
        IN_STA(a_call_served_during_a_write_may_do_what_a_handler_may),
        IN_BOTH(a_write_whose_engine_is_released_by_another_thread_goes_on),
        IN_BOTH(a_sink_that_disconnects_in_its_handler_does_not_disturb_the_others),
        IN_BOTH(a_sink_whose_apartment_ends_during_a_write_does_not_disturb_it),
        IN_MTA(a_thread_that_never_entered_com_may_write_while_there_is_an_mta),
        NEUTRAL_ON_STA(a_neutral_client_on_an_sta_thread_serves_its_bound_recorder),
        NEUTRAL_ON_STA(a_neutral_client_reads_a_bound_stream_itself),
        NEUTRAL_ON_MTA(a_neutral_client_reads_a_bound_stream_itself),
        IN_BOTH(a_stream_of_another_sta_is_read_there),
        IN_BOTH(a_stream_that_is_disconnected_ends_the_write_with_an_error),
        IN_MTA(a_read_in_another_apartment_that_never_returns_does_not_outlast_a_cancel),
    };

    return cmocka_run_group_tests_name("write_engine_clients", tests, NULL, NULL);
}
