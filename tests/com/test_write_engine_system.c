/* The machine stays awake while a disc is written, and may sleep again however the write ends. */
#include "com_bench.h"

#include <string.h>

enum { CALLS = 32, AWAKE = ES_CONTINUOUS | ES_SYSTEM_REQUIRED, BLOCKS = 256 };

/* What the DLL has told the system, in order. */
static struct {
    DWORD thread;
    EXECUTION_STATE state;
} calls[CALLS];
static LONG call_count;

static EXECUTION_STATE WINAPI watch_state(EXECUTION_STATE state)
{
    LONG nth = InterlockedIncrement(&call_count) - 1;

    if (nth < CALLS) {
        calls[nth].thread = GetCurrentThreadId();
        calls[nth].state = state;
    }
    return ES_CONTINUOUS;
}

static bench_function before;

static void watch(void)
{
    call_count = 0;
    before = bench_hook("SetThreadExecutionState", (bench_function)watch_state);
}

static int leave_watched(void **state)
{
    if (before)
        bench_hook("SetThreadExecutionState", before);
    before = NULL;
    return bench_leave(state);
}

/* Two calls for each section, on a thread that is not the client's. */
static void assert_awake_and_asleep(LONG sections)
{
    assert_int_equal(call_count, 2 * sections);
    for (LONG i = 0; i < 2 * sections; i += 2) {
        assert_int_equal(calls[i].state, AWAKE);
        assert_int_equal(calls[i + 1].state, ES_CONTINUOUS);
        assert_int_equal(calls[i].thread, calls[i + 1].thread);
        assert_int_not_equal(calls[i].thread, GetCurrentThreadId());
    }
}

static void note_if_awake(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    (void)nth;
    if (call_count != 1 || calls[0].state != AWAKE || calls[0].thread != GetCurrentThreadId())
        b->sink.result = E_FAIL;
}

static void the_machine_stays_awake_during_every_write_of_a_section(void **state)
{
    struct bench *b = *state;

    watch();
    b->drive.on_write = note_if_awake;
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_int_equal(b->drive.writes, 8);
    assert_hr(b->sink.result, S_OK);
    assert_awake_and_asleep(1);
}

static void it_may_sleep_again_after_each_section(void **state)
{
    struct bench *b = *state;

    watch();
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_hr(bench_write(b, 1024, BLOCKS), S_OK);
    assert_awake_and_asleep(2);
}

static void it_may_sleep_again_after_an_error_of_the_drive(void **state)
{
    struct bench *b = *state;

    watch();
    drive_result(&b->drive, 3, 1000, E_ACCESSDENIED);
    assert_hr(bench_write(b, 0, BLOCKS), E_ACCESSDENIED);
    assert_awake_and_asleep(1);
}

static void it_may_sleep_again_after_an_error_of_the_source(void **state)
{
    struct bench *b = *state;

    watch();
    b->source.fail_at = 40 * SECTOR;
    b->source.failure = STG_E_ACCESSDENIED;
    assert_hr(bench_write(b, 0, BLOCKS), STG_E_ACCESSDENIED);
    assert_awake_and_asleep(1);
}

static void cancel_in_the_write(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == 2)
        bench_cancel(b);
}

static void it_may_sleep_again_after_a_cancel(void **state)
{
    struct bench *b = *state;

    watch();
    b->drive.on_write = cancel_in_the_write;
    assert_hr(bench_write(b, 0, BLOCKS), E_IMAPI_REQUEST_CANCELLED);
    assert_awake_and_asleep(1);
}

static HRESULT WINAPI no_apartment(void *reserved, DWORD kind)
{
    (void)reserved, (void)kind;
    return E_OUTOFMEMORY;
}

/* The threads of the engine are what calls CoInitializeEx in there. */
static void it_may_sleep_again_after_a_section_whose_threads_could_not_enter_com(void **state)
{
    struct bench *b = *state;
    bench_function initialise = bench_hook("CoInitializeEx", (bench_function)no_apartment);
    HRESULT result;

    watch();
    result = bench_write(b, 0, BLOCKS);
    bench_hook("CoInitializeEx", initialise);
    assert_hr(result, E_OUTOFMEMORY);
    assert_int_equal(b->drive.writes, 0);
    assert_awake_and_asleep(1);
}

static void a_refused_section_keeps_nothing_awake(void **state)
{
    struct bench *b = *state;

    watch();
    assert_hr(bench_write(b, 0, 0), E_INVALIDARG);
    assert_int_equal(call_count, 0);
}

#define WATCHED_IN_STA(test)                                                                       \
    {                                                                                              \
#test " (STA)", test, bench_enter_sta, leave_watched, NULL                                 \
    }
#define WATCHED_IN_MTA(test)                                                                       \
    {                                                                                              \
#test " (MTA)", test, bench_enter_mta, leave_watched, NULL                                 \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED_IN_STA(the_machine_stays_awake_during_every_write_of_a_section),
        WATCHED_IN_MTA(the_machine_stays_awake_during_every_write_of_a_section),
        WATCHED_IN_STA(it_may_sleep_again_after_each_section),
        WATCHED_IN_STA(it_may_sleep_again_after_an_error_of_the_drive),
        WATCHED_IN_STA(it_may_sleep_again_after_an_error_of_the_source),
        WATCHED_IN_MTA(it_may_sleep_again_after_a_cancel),
        WATCHED_IN_STA(it_may_sleep_again_after_a_section_whose_threads_could_not_enter_com),
        WATCHED_IN_STA(a_refused_section_keeps_nothing_awake),
    };

    return cmocka_run_group_tests_name("write_engine_system", tests, NULL, NULL);
}
