/* Where the data comes from: streams that are slow, short, broken or never return, and which thread
 * reads them. */
#include "com_bench.h"

#include <stdio.h>
#include <string.h>

#define END_OF_DATA HRESULT_FROM_WIN32(ERROR_HANDLE_EOF)

static const struct event *last_event(struct bench *b)
{
    assert_true(b->sink.begun >= 2);
    return &b->sink.events[b->sink.begun - 1];
}

static void use_source(struct bench *b, enum agility agility)
{
    source_fini(&b->source);
    source_init(&b->source, agility);
}

/* == what Read may do == */

static void assert_pieces_arrive_whole(struct bench *b, ULONG chunk, bool false_if_short)
{
    uint64_t at = b->source.position;

    b->source.chunk = chunk;
    b->source.false_if_short = false_if_short;
    assert_hr(bench_write(b, 0, 80), S_OK);
    assert_true(drive_holds(&b->drive, 0, 80, at));
    assert_int_equal(b->source.position, at + 80 * SECTOR);
}

static void short_reads_are_collected(void **state)
{
    static const ULONG chunks[] = {100, 2047, 2049, 65535};
    struct bench *b = *state;

    for (int i = 0; i < 4; i++) {
        assert_pieces_arrive_whole(b, chunks[i], false);
        assert_pieces_arrive_whole(b, chunks[i], true);
    }
    assert_true(drive_blank(&b->drive, 80, DRIVE_BLOCKS - 80));
}

static void a_stream_of_the_clients_apartment_may_read_short_too(void **state)
{
    struct bench *b = *state;

    use_source(b, BOUND);
    assert_pieces_arrive_whole(b, 2047, true);
    assert_pieces_arrive_whole(b, 70000, false);
}

static void the_stream_is_read_from_where_it_stands_and_left_after_the_last_byte(void **state)
{
    struct bench *b = *state;

    b->source.position = 12345;
    assert_hr(bench_write(b, 0, 48), S_OK);
    assert_int_equal(b->source.position, 12345 + 48 * SECTOR);
    assert_hr(bench_write(b, 48, 33), S_OK);
    assert_int_equal(b->source.position, 12345 + 81 * SECTOR);
    assert_true(drive_holds(&b->drive, 0, 81, 12345));
    assert_int_equal(b->source.other_calls, 0);
}

static void a_stream_of_exactly_the_right_length_is_enough(void **state)
{
    struct bench *b = *state;

    b->source.end = 100 * SECTOR;
    assert_hr(bench_write(b, 0, 100), S_OK);
    assert_true(drive_holds(&b->drive, 0, 100, 0));
}

static void data_that_ends_early_is_written_as_far_as_it_goes_and_never_padded(void **state)
{
    struct bench *b = *state;
    char text[BENCH_TEXT];

    b->source.end = 40 * SECTOR + 100;
    assert_hr(bench_write(b, 0, 64), END_OF_DATA);
    assert_string_not_equal(bench_error(text), "");
    assert_true(drive_holds(&b->drive, 0, 40, 0));
    assert_true(drive_blank(&b->drive, 40, DRIVE_BLOCKS - 40));
    assert_int_equal(last_event(b)->last_written, 39);
    assert_int_equal(last_event(b)->last_read, 39);
    assert_int_equal(last_event(b)->in_progress, VARIANT_FALSE);
}

static void a_stream_with_nothing_in_it_writes_nothing(void **state)
{
    struct bench *b = *state;

    b->source.end = 0;
    assert_hr(bench_write(b, 16, 64), END_OF_DATA);
    assert_int_equal(b->drive.writes, 0);
    assert_int_equal(last_event(b)->last_written, 16);
    b->source.end = UINT64_MAX;
    assert_hr(bench_write(b, 16, 64), S_OK);
}

static void an_error_of_the_stream_comes_back_unchanged(void **state)
{
    static const HRESULT failures[] = {STG_E_READFAULT, E_OUTOFMEMORY, (HRESULT)0x80041234,
                                       E_PENDING};
    struct bench *b = *state;
    char text[BENCH_TEXT];

    for (int i = 0; i < 4; i++) {
        LONG lba = 256 * i;

        b->source.position = 0;
        b->source.fail_at = 48 * SECTOR + 5;
        b->source.failure = failures[i];
        assert_hr(bench_write(b, lba, 200), failures[i]);
        assert_string_not_equal(bench_error(text), "");
        assert_true(drive_holds(&b->drive, lba, 48, 0));
        assert_true(drive_blank(&b->drive, lba + 48, 208));
        assert_int_equal(last_event(b)->last_written, lba + 47);
    }
    b->source.fail_at = UINT64_MAX;
    assert_hr(bench_write(b, 0, 32), S_OK);
}

static void an_error_of_a_bound_stream_ends_the_section_as_well(void **state)
{
    struct bench *b = *state;

    use_source(b, BOUND);
    b->source.fail_at = 32 * SECTOR;
    b->source.failure = STG_E_ACCESSDENIED;
    assert_hr(bench_write(b, 0, 64), STG_E_ACCESSDENIED);
    assert_true(drive_holds(&b->drive, 0, 32, 0));
    use_source(b, BOUND);
    b->source.end = 16 * SECTOR;
    assert_hr(bench_write(b, 64, 64), END_OF_DATA);
    assert_true(drive_holds(&b->drive, 64, 16, 0));
    assert_true(drive_blank(&b->drive, 80, 48));
}

/* == who reads == */

static void an_agile_stream_is_read_by_another_thread(void **state)
{
    struct bench *b = *state;

    for (int i = AGILE_BY_NAME; i <= AGILE_BY_MARSHALER; i++) {
        use_source(b, (enum agility)i);
        assert_hr(bench_write(b, 0, 128), S_OK);
        assert_true(drive_holds(&b->drive, 0, 128, 0));
        print_message("  by %s\n", i == AGILE_BY_NAME ? "IAgileObject" : "its marshaler");
        assert_true(b->source.reads > 0);
        assert_int_equal(b->source.foreign_reads, b->source.reads);
    }
}

static void a_bound_stream_is_read_on_its_client_s_own_thread(void **state)
{
    struct bench *b = *state;

    use_source(b, BOUND);
    assert_hr(bench_write(b, 0, 1024), S_OK);
    assert_true(drive_holds(&b->drive, 0, 1024, 0));
    assert_true(b->source.reads > 0);
    assert_int_equal(b->source.foreign_reads, 0);
}

static void in_the_mta_any_stream_is_read_by_another_thread(void **state)
{
    struct bench *b = *state;

    use_source(b, BOUND);
    assert_hr(bench_write(b, 0, 1024), S_OK);
    assert_true(drive_holds(&b->drive, 0, 1024, 0));
    assert_int_equal(b->source.foreign_reads, b->source.reads);
}

/* == a Read that does not return == */

struct canceller {
    struct bench *bench;
    HRESULT result;
    LONG writes; /* when CancelWrite had returned */
    ULONGLONG at_ms;
    bool release; /* let the Read go after the cancel */
};

static void cancel_when_the_source_hangs(void *context)
{
    struct canceller *canceller = context;
    struct bench *b = canceller->bench;

    if (count_wait(&b->source.held, 1)) {
        canceller->at_ms = GetTickCount64();
        canceller->result = bench_cancel(b);
        canceller->writes = count_of(&b->drive.writes);
    }
    if (canceller->release)
        count_up(&b->source.go);
}

static void assert_hanging_read_is_left_behind(struct bench *b, uint64_t hold_at)
{
    struct canceller canceller = {.bench = b, .result = E_FAIL};
    struct worker worker;
    ULONGLONG ended;

    use_source(b, AGILE_BY_NAME);
    b->source.hold_at = hold_at;
    bench_start(&worker, COINIT_MULTITHREADED, cancel_when_the_source_hangs, &canceller);
    assert_hr(bench_write(b, 0, 1024), E_IMAPI_REQUEST_CANCELLED);
    ended = GetTickCount64();
    assert_int_equal(count_of(&b->source.done), 0);
    bench_join(&worker);
    assert_hr(canceller.result, S_OK);
    assert_true(count_of(&b->drive.writes) <= canceller.writes + 1);
    assert_int_equal(last_event(b)->in_progress, VARIANT_FALSE);
    print_message("  the section ended %lu ms after the cancel\n",
                  (unsigned long)(ended - canceller.at_ms));
}

/* The engine writes again from another stream while the first is still stuck. */
static void assert_next_section_works(struct bench *b)
{
    static struct source other;

    source_init(&other, AGILE_BY_NAME);
    assert_hr(IWriteEngine2_WriteSection(b->engine, &other.IStream_iface, 2048, 64), S_OK);
    assert_true(drive_holds(&b->drive, 2048, 64, 0));
    assert_int_equal(other.refs, 1);
    count_up(&b->source.go);
}

static void a_first_read_that_never_returns_does_not_outlast_a_cancel(void **state)
{
    struct bench *b = *state;

    assert_hanging_read_is_left_behind(b, 0);
    assert_int_equal(b->drive.writes, 0);
    assert_next_section_works(b);
}

static void a_later_read_that_never_returns_does_not_outlast_a_cancel(void **state)
{
    struct bench *b = *state;

    assert_hanging_read_is_left_behind(b, 900 * SECTOR);
    assert_next_section_works(b);
}

/* The reader that was left behind still has the DLL's code on its stack. */
static void a_reader_left_behind_survives_the_end_of_com(void **state)
{
    struct bench *b = *state;

    assert_hanging_read_is_left_behind(b, 64 * SECTOR);
    IWriteEngine2_Release(b->engine);
    b->engine = NULL;
    assert_int_equal(b->sink.refs, 1);
    assert_int_equal(b->drive.refs, 1);
    CoUninitialize();
    count_up(&b->source.go);
    assert_true(count_wait(&b->source.done, 1));
    while (GetModuleHandleW(L"imapi2.dll") && count_of(&b->source.refs) > 1)
        SwitchToThread();
    assert_hr(CoInitializeEx(NULL, b->apartment), S_OK);
    assert_int_equal(b->source.refs, 1);
    b->engine = bench_new_engine();
}

/* Here the client's own thread is in Read: nothing can end the section before it comes back, but no
 * WRITE is sent once CancelWrite has returned. */
static void a_bound_read_delays_a_cancel_and_nothing_is_written_after_it(void **state)
{
    struct bench *b = *state;
    struct canceller canceller = {.bench = b, .result = E_FAIL, .release = true};
    struct worker worker;

    use_source(b, BOUND);
    b->source.hold_at = 2048 * SECTOR;
    bench_start(&worker, COINIT_MULTITHREADED, cancel_when_the_source_hangs, &canceller);
    assert_hr(bench_write(b, 0, 4096), E_IMAPI_REQUEST_CANCELLED);
    assert_int_equal(b->source.done, 1);
    bench_join(&worker);
    assert_hr(canceller.result, S_OK);
    assert_true(b->drive.writes <= canceller.writes + 1);
    assert_int_equal(b->source.foreign_reads, 0);
    use_source(b, BOUND);
    assert_hr(bench_write(b, 0, 32), S_OK);
}

/* While the source is silent, the client is still told how things are. */
static void let_go_after_two_more_events(void *context)
{
    struct bench *b = context;

    if (count_wait(&b->source.held, 1))
        count_wait(&b->sink.begun, count_of(&b->sink.begun) + 2);
    count_up(&b->source.go);
}

static void events_go_on_while_the_source_is_silent(void **state)
{
    struct bench *b = *state;
    struct worker worker;

    b->source.hold_at = 128 * SECTOR;
    bench_start(&worker, COINIT_MULTITHREADED, let_go_after_two_more_events, b);
    assert_hr(bench_write(b, 0, 256), S_OK);
    bench_join(&worker);
    assert_true(drive_holds(&b->drive, 0, 256, 0));
    assert_true(b->sink.begun >= 4);
}

static void the_zero_stream_of_the_library_can_be_written(void **state)
{
    struct bench *b = *state;
    ULARGE_INTEGER size = {.QuadPart = 100 * SECTOR};
    IStream *zeros;

    assert_hr(CoCreateInstance(&CLSID_MsftStreamZero, NULL, CLSCTX_INPROC_SERVER, &IID_IStream,
                               (void **)&zeros),
              S_OK);
    assert_hr(IStream_SetSize(zeros, size), S_OK);
    assert_hr(IWriteEngine2_WriteSection(b->engine, zeros, 0, 100), S_OK);
    assert_hr(IWriteEngine2_WriteSection(b->engine, zeros, 128, 1), END_OF_DATA);
    IStream_Release(zeros);
    for (int i = 0; i < 100 * SECTOR; i++)
        assert_int_equal(b->drive.disc[i], 0);
    assert_true(drive_blank(&b->drive, 100, 100));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(short_reads_are_collected),
        IN_BOTH(a_stream_of_the_clients_apartment_may_read_short_too),
        IN_BOTH(the_stream_is_read_from_where_it_stands_and_left_after_the_last_byte),
        IN_STA(a_stream_of_exactly_the_right_length_is_enough),
        IN_BOTH(data_that_ends_early_is_written_as_far_as_it_goes_and_never_padded),
        IN_BOTH(a_stream_with_nothing_in_it_writes_nothing),
        IN_BOTH(an_error_of_the_stream_comes_back_unchanged),
        IN_BOTH(an_error_of_a_bound_stream_ends_the_section_as_well),
        IN_BOTH(an_agile_stream_is_read_by_another_thread),
        IN_STA(a_bound_stream_is_read_on_its_client_s_own_thread),
        IN_MTA(in_the_mta_any_stream_is_read_by_another_thread),
        IN_BOTH(a_first_read_that_never_returns_does_not_outlast_a_cancel),
        IN_BOTH(a_later_read_that_never_returns_does_not_outlast_a_cancel),
        IN_BOTH(a_reader_left_behind_survives_the_end_of_com),
        IN_STA(a_bound_read_delays_a_cancel_and_nothing_is_written_after_it),
        IN_BOTH(events_go_on_while_the_source_is_silent),
        IN_BOTH(the_zero_stream_of_the_library_can_be_written),
    };

    return cmocka_run_group_tests_name("write_engine_streams", tests, NULL, NULL);
}
