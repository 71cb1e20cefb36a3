/* Who is told, on which thread, in which order, and what a handler may do. */
#include "com_bench.h"

#include <string.h>

static struct sink other, third;

static const struct event *event(const struct sink *sink, LONG nth)
{
    assert_in_range(nth, 0, SINK_EVENTS - 1);
    return &sink->events[nth];
}

/* The 3rd WRITE waits for the 3rd event: there is one before, two or more during, one after. */
static void wait_for_third_event(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == 3)
        count_wait(&b->sink.begun, 3);
}

static void wait_for_second_event(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == 2)
        count_wait(&b->sink.begun, 2);
}

/* The last WRITE can end at any moment of an event in between, so of those it is only known that
 * "not in progress" is never taken back. */
static void assert_story(const struct sink *sink, LONG lba, LONG blocks)
{
    LONG count = sink->begun, read = lba, written = lba;
    VARIANT_BOOL progress = VARIANT_TRUE;

    assert_true(count >= 2 && count < SINK_EVENTS);
    assert_int_equal(event(sink, 0)->in_progress, VARIANT_TRUE);
    assert_int_equal(event(sink, count - 1)->in_progress, VARIANT_FALSE);
    for (LONG i = 0; i < count; i++) {
        const struct event *e = event(sink, i);

        assert_true(e->well_formed);
        assert_true(e->in_progress == VARIANT_FALSE || progress == VARIANT_TRUE);
        progress = e->in_progress;
        assert_int_equal(e->start, lba);
        assert_int_equal(e->count, blocks);
        assert_true(e->total > 0);
        assert_true(e->used >= 0 && e->free >= 0);
        assert_int_equal((int64_t)e->used + e->free, e->total);
        assert_true(e->last_read >= read && e->last_read <= lba + blocks - 1);
        assert_true(e->last_written >= written && e->last_written <= lba + blocks - 1);
        assert_true(e->last_written <= e->last_read);
        read = e->last_read;
        written = e->last_written;
    }
    assert_int_equal(event(sink, 0)->last_written, lba);
    assert_int_equal(sink->vtable_calls, 0);
    assert_int_equal(sink->overlaps, 0);
}

/* == when and where == */

static void a_write_is_told_before_during_and_after_on_the_client_s_thread(void **state)
{
    struct bench *b = *state;

    b->drive.on_write = wait_for_third_event;
    assert_hr(bench_write(b, 64, 320), S_OK);
    assert_true(b->sink.begun >= 4);
    assert_story(&b->sink, 64, 320);
    assert_int_equal(event(&b->sink, b->sink.begun - 1)->last_read, 64 + 319);
    assert_int_equal(event(&b->sink, b->sink.begun - 1)->last_written, 64 + 319);
    assert_int_equal(event(&b->sink, b->sink.begun - 1)->used, 0);
    for (LONG i = 0; i < b->sink.begun; i++)
        assert_int_equal(event(&b->sink, i)->thread, GetCurrentThreadId());
}

static void a_section_before_zero_is_told_with_its_negative_addresses(void **state)
{
    struct bench *b = *state;

    b->drive.first_lba = -150;
    assert_hr(bench_write(b, -150, 150), S_OK);
    assert_story(&b->sink, -150, 150);
    assert_int_equal(event(&b->sink, b->sink.begun - 1)->last_written, -1);
}

static void a_failed_write_has_its_last_event_too(void **state)
{
    struct bench *b = *state;

    drive_result(&b->drive, 3, 1000, E_IMAPI_RECORDER_LOCKED);
    assert_hr(bench_write(b, 0, 256), E_IMAPI_RECORDER_LOCKED);
    assert_story(&b->sink, 0, 256);
    assert_int_equal(event(&b->sink, b->sink.begun - 1)->last_written, 63);
}

static void a_progress_object_that_is_kept_never_changes(void **state)
{
    struct bench *b = *state;

    b->sink.keep = true;
    b->drive.on_write = wait_for_third_event;
    assert_hr(bench_write(b, 0, 320), S_OK);
    assert_hr(bench_write(b, 1024, 64), S_OK);
    IWriteEngine2_Release(b->engine);
    b->engine = NULL;
    for (LONG i = 0; i < b->sink.begun; i++) {
        struct event now = progress_read(b->sink.kept[i]);
        const struct event *then = event(&b->sink, i);

        assert_true(now.well_formed);
        assert_int_equal(now.start, then->start);
        assert_int_equal(now.count, then->count);
        assert_int_equal(now.last_read, then->last_read);
        assert_int_equal(now.last_written, then->last_written);
        assert_int_equal(now.total, then->total);
        assert_int_equal(now.used, then->used);
        assert_int_equal(now.free, then->free);
        for (LONG j = 0; j < i; j++)
            assert_ptr_not_equal(b->sink.kept[i], b->sink.kept[j]);
    }
}

static void nobody_needs_to_listen(void **state)
{
    struct bench *b = *state;

    assert_hr(bench_unadvise(b->engine, b->cookie), S_OK);
    assert_int_equal(b->sink.refs, 1);
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_int_equal(b->sink.begun, 0);
    assert_hr(bench_unadvise(b->engine, b->cookie), CONNECT_E_NOCONNECTION);
}

static void a_sink_that_is_only_a_dispatch_object_is_told(void **state)
{
    struct bench *b = *state;

    sink_init(&other);
    other.dispatch_only = true;
    bench_advise(b->engine, &other);
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_story(&other, 0, 64);
}

static void all_sinks_are_told_one_after_the_other(void **state)
{
    struct bench *b = *state;

    sink_init(&other);
    sink_init(&third);
    bench_advise(b->engine, &other);
    bench_advise(b->engine, &third);
    b->drive.on_write = wait_for_third_event;
    assert_hr(bench_write(b, 0, 256), S_OK);
    assert_story(&b->sink, 0, 256);
    assert_story(&other, 0, 256);
    assert_story(&third, 0, 256);
    assert_int_equal(other.begun, b->sink.begun);
    assert_int_equal(third.begun, b->sink.begun);
}

static void a_sink_advised_twice_is_told_twice(void **state)
{
    struct bench *b = *state;
    DWORD second = bench_advise(b->engine, &b->sink);

    assert_int_not_equal(second, b->cookie);
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_int_equal(b->sink.begun % 2, 0);
    assert_true(b->sink.begun >= 4);
    assert_hr(bench_unadvise(b->engine, second), S_OK);
}

/* == what handlers do == */

static void the_result_of_a_handler_is_ignored(void **state)
{
    static const HRESULT results[] = {E_FAIL, DISP_E_EXCEPTION, E_NOTIMPL, S_FALSE,
                                      E_IMAPI_REQUEST_CANCELLED};
    struct bench *b = *state;

    for (int i = 0; i < 5; i++) {
        b->sink.begun = 0;
        b->sink.result = results[i];
        assert_hr(bench_write(b, 0, 64), S_OK);
        assert_story(&b->sink, 0, 64);
    }
}

static void unadvise_itself(struct sink *sink, IWriteEngine2 *engine,
                            IWriteEngine2EventArgs *progress)
{
    (void)progress;
    sink->result = bench_unadvise(engine, sink->cookie);
}

static void a_handler_may_unadvise_itself(void **state)
{
    struct bench *b = *state;

    sink_init(&other);
    bench_advise(b->engine, &other);
    b->sink.on_event = unadvise_itself;
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_hr(b->sink.result, S_OK);
    assert_int_equal(b->sink.begun, 1);
    assert_int_equal(b->sink.refs, 1);
    assert_story(&other, 0, 64);
}

static void unadvise_other(struct sink *sink, IWriteEngine2 *engine,
                           IWriteEngine2EventArgs *progress)
{
    (void)progress;
    if (sink->begun == 1)
        sink->result = bench_unadvise(engine, other.cookie);
}

/* Whether the other one is still told of the event that is under way is not promised. */
static void a_handler_may_unadvise_another(void **state)
{
    struct bench *b = *state;

    sink_init(&other);
    bench_advise(b->engine, &other);
    b->sink.on_event = unadvise_other;
    b->drive.on_write = wait_for_second_event;
    assert_hr(bench_write(b, 0, 128), S_OK);
    assert_hr(b->sink.result, S_OK);
    assert_true(other.begun <= 1);
    assert_int_equal(other.refs, 1);
    assert_story(&b->sink, 0, 128);
}

static void advise_other(struct sink *sink, IWriteEngine2 *engine, IWriteEngine2EventArgs *progress)
{
    DWORD cookie;

    (void)progress;
    if (sink->begun == 1)
        sink->result = bench_try_advise(engine, &other, &cookie);
}

static void a_handler_may_advise_another(void **state)
{
    struct bench *b = *state;

    sink_init(&other);
    b->sink.on_event = advise_other;
    b->drive.on_write = wait_for_second_event;
    assert_hr(bench_write(b, 0, 128), S_OK);
    assert_hr(b->sink.result, S_OK);
    assert_true(other.begun >= 2);
    assert_int_equal(event(&other, other.begun - 1)->in_progress, VARIANT_FALSE);
    assert_int_equal(event(&other, other.begun - 1)->last_written, 127);
}

static void release_engine(struct sink *sink, IWriteEngine2 *engine,
                           IWriteEngine2EventArgs *progress)
{
    struct bench *b = sink->context;

    (void)progress;
    if (b->engine == engine) {
        b->engine = NULL;
        IWriteEngine2_Release(engine);
    }
}

static void a_handler_may_release_the_last_reference_to_the_engine(void **state)
{
    struct bench *b = *state;

    b->sink.on_event = release_engine;
    assert_hr(bench_write(b, 0, 128), S_OK);
    assert_null(b->engine);
    assert_story(&b->sink, 0, 128);
    assert_true(drive_holds(&b->drive, 0, 128, 0));
    assert_int_equal(b->sink.refs, 1);
    assert_int_equal(b->drive.refs, 1);
    assert_true(bench_unloadable());
}

/* 256 blocks are eight WRITEs. */
static void dawdle(struct sink *sink, IWriteEngine2 *engine, IWriteEngine2EventArgs *progress)
{
    struct bench *b = sink->context;

    (void)engine, (void)progress;
    if (sink->begun == 2)
        sink->result = count_wait(&b->drive.writes, 8) ? S_OK : E_FAIL;
}

static void the_write_goes_on_while_a_handler_dawdles(void **state)
{
    struct bench *b = *state;

    b->drive.on_write = wait_for_second_event;
    b->sink.on_event = dawdle;
    assert_hr(bench_write(b, 0, 256), S_OK);
    assert_hr(b->sink.result, S_OK);
    assert_story(&b->sink, 0, 256);
}

static void doze(struct sink *sink, IWriteEngine2 *engine, IWriteEngine2EventArgs *progress)
{
    (void)engine, (void)progress;
    if (sink->begun == 2)
        Sleep(2000);
}

static void a_handler_that_sleeps_two_seconds_harms_nothing(void **state)
{
    struct bench *b = *state;

    b->drive.on_write = wait_for_second_event;
    b->sink.on_event = doze;
    assert_hr(bench_write(b, 0, 1024), S_OK);
    assert_story(&b->sink, 0, 1024);
    assert_true(drive_holds(&b->drive, 0, 1024, 0));
    assert_int_equal(b->drive.writes, 32);
}

static void cancel_it(struct sink *sink, IWriteEngine2 *engine, IWriteEngine2EventArgs *progress)
{
    (void)progress;
    if (sink->begun == 2)
        sink->result = IWriteEngine2_CancelWrite(engine);
}

static void wait_for_end_of_second_event(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == 2)
        count_wait(&b->sink.ended, 2);
}

static void a_handler_may_cancel(void **state)
{
    struct bench *b = *state;

    b->drive.on_write = wait_for_end_of_second_event;
    b->sink.on_event = cancel_it;
    assert_hr(bench_write(b, 0, 4096), E_IMAPI_REQUEST_CANCELLED);
    assert_hr(b->sink.result, S_OK);
    assert_true(b->sink.begun >= 3);
    assert_story(&b->sink, 0, 4096);
    assert_int_equal(b->drive.in_flight, 0);
}

static void write_again(struct sink *sink, IWriteEngine2 *engine, IWriteEngine2EventArgs *progress)
{
    struct bench *b = sink->context;

    (void)progress;
    sink->result = IWriteEngine2_WriteSection(engine, &b->source.IStream_iface, 0, 16);
}

static void a_handler_cannot_write_in_the_last_event_either(void **state)
{
    struct bench *b = *state;

    b->sink.on_event = write_again;
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_hr(b->sink.result, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_story(&b->sink, 0, 64);
}

/* == lives and apartments == */

static void an_engine_released_with_sinks_gives_them_back(void **state)
{
    struct bench *b = *state;

    sink_init(&other);
    bench_advise(b->engine, &other);
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_int_equal(IWriteEngine2_Release(b->engine), 0);
    b->engine = NULL;
    assert_int_equal(b->sink.refs, 1);
    assert_int_equal(other.refs, 1);
    assert_int_equal(b->drive.refs, 1);
}

struct household {
    struct bench *bench;
    HRESULT advised, left;
    DWORD thread, cookie;
    LONG in;
    HANDLE leave;
};

/* A single-threaded apartment with a sink in it, which serves calls until told to leave. */
static void keep_house(void *context)
{
    struct household *house = context;
    DWORD index;

    house->thread = GetCurrentThreadId();
    house->advised = bench_try_advise(house->bench->engine, &other, &house->cookie);
    count_up(&house->in);
    CoWaitForMultipleHandles(0, PATIENCE_MS, 1, &house->leave, &index);
    house->left = bench_unadvise(house->bench->engine, house->cookie);
}

static void a_sink_of_another_apartment_is_called_in_its_own(void **state)
{
    struct bench *b = *state;
    struct household house = {.bench = b, .leave = CreateEventW(NULL, TRUE, FALSE, NULL)};
    struct worker worker;

    sink_init(&other);
    bench_start(&worker, COINIT_APARTMENTTHREADED, keep_house, &house);
    assert_true(count_wait(&house.in, 1));
    assert_hr(house.advised, S_OK);
    b->drive.on_write = wait_for_third_event;
    assert_hr(bench_write(b, 0, 320), S_OK);
    SetEvent(house.leave);
    bench_join(&worker);
    CloseHandle(house.leave);
    assert_hr(house.left, S_OK);
    assert_story(&b->sink, 0, 320);
    assert_story(&other, 0, 320);
    assert_int_equal(other.begun, b->sink.begun);
    for (LONG i = 0; i < other.begun; i++)
        assert_int_equal(event(&other, i)->thread, house.thread);
    assert_int_equal(other.refs, 1);
}

static void advise_and_go(void *context)
{
    struct household *house = context;

    house->advised = bench_try_advise(house->bench->engine, &other, &house->cookie);
}

/* It belongs to no apartment, so whose thread advised it does not matter, even if it has ended. */
static void an_agile_sink_is_called_on_the_client_s_thread(void **state)
{
    struct bench *b = *state;
    struct household house = {.bench = b};
    struct worker worker;

    sink_init(&other);
    other.agility = AGILE_BY_MARSHALER;
    CoCreateFreeThreadedMarshaler((IUnknown *)&other.IDispatch_iface, &other.marshaler);
    bench_start(&worker, COINIT_APARTMENTTHREADED, advise_and_go, &house);
    bench_join(&worker);
    assert_hr(house.advised, S_OK);
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_story(&other, 0, 64);
    for (LONG i = 0; i < other.begun; i++)
        assert_int_equal(event(&other, i)->thread, GetCurrentThreadId());
    assert_hr(bench_unadvise(b->engine, house.cookie), S_OK);
    sink_fini(&other);
    assert_int_equal(other.refs, 1);
}

static void a_sink_whose_apartment_is_gone_does_not_disturb_the_write(void **state)
{
    struct bench *b = *state;
    struct household house = {.bench = b};
    struct worker worker;

    sink_init(&other);
    bench_start(&worker, COINIT_APARTMENTTHREADED, advise_and_go, &house);
    bench_join(&worker);
    assert_hr(house.advised, S_OK);
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_story(&b->sink, 0, 64);
    assert_int_equal(other.begun, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(a_write_is_told_before_during_and_after_on_the_client_s_thread),
        IN_STA(a_section_before_zero_is_told_with_its_negative_addresses),
        IN_BOTH(a_failed_write_has_its_last_event_too),
        IN_STA(a_progress_object_that_is_kept_never_changes),
        IN_BOTH(nobody_needs_to_listen),
        IN_BOTH(a_sink_that_is_only_a_dispatch_object_is_told),
        IN_BOTH(all_sinks_are_told_one_after_the_other),
        IN_STA(a_sink_advised_twice_is_told_twice),
        IN_STA(the_result_of_a_handler_is_ignored),
        IN_BOTH(a_handler_may_unadvise_itself),
        IN_STA(a_handler_may_unadvise_another),
        IN_BOTH(a_handler_may_advise_another),
        IN_BOTH(a_handler_may_release_the_last_reference_to_the_engine),
        IN_BOTH(the_write_goes_on_while_a_handler_dawdles),
        IN_STA(a_handler_that_sleeps_two_seconds_harms_nothing),
        IN_BOTH(a_handler_may_cancel),
        IN_STA(a_handler_cannot_write_in_the_last_event_either),
        IN_BOTH(an_engine_released_with_sinks_gives_them_back),
        IN_BOTH(a_sink_of_another_apartment_is_called_in_its_own),
        IN_BOTH(an_agile_sink_is_called_on_the_client_s_thread),
        IN_BOTH(a_sink_whose_apartment_is_gone_does_not_disturb_the_write),
    };

    return cmocka_run_group_tests_name("write_engine_sinks", tests, NULL, NULL);
}
