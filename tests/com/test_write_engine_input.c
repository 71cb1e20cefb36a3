/* Bad input: refused with the documented code, before any event and before any command. */
#include "com_bench.h"

#include <string.h>

static void assert_untouched(struct bench *b)
{
    assert_int_equal(b->sink.begun, 0);
    assert_int_equal(b->drive.command_count, 0);
    assert_int_equal(b->source.reads, 0);
    assert_int_equal(bench_in_progress(b), VARIANT_FALSE);
}

static void assert_still_works(struct bench *b)
{
    uint64_t at = b->source.position;

    assert_hr(bench_write(b, 0, 32), S_OK);
    assert_true(drive_holds(&b->drive, 0, 32, at));
}

static void every_getter_wants_a_pointer(void **state)
{
    struct bench *b = *state;

    assert_hr(IWriteEngine2_get_Recorder(b->engine, NULL), E_POINTER);
    assert_hr(IWriteEngine2_get_UseStreamingWrite12(b->engine, NULL), E_POINTER);
    assert_hr(IWriteEngine2_get_StartingSectorsPerSecond(b->engine, NULL), E_POINTER);
    assert_hr(IWriteEngine2_get_EndingSectorsPerSecond(b->engine, NULL), E_POINTER);
    assert_hr(IWriteEngine2_get_BytesPerSector(b->engine, NULL), E_POINTER);
    assert_hr(IWriteEngine2_get_WriteInProgress(b->engine, NULL), E_POINTER);
}

static void speeds_and_sector_sizes_out_of_range_change_nothing(void **state)
{
    static const LONG bad[] = {0, -2, LONG_MIN};
    struct bench *b = *state;
    LONG value;

    IWriteEngine2_put_StartingSectorsPerSecond(b->engine, 75);
    IWriteEngine2_put_EndingSectorsPerSecond(b->engine, 76);
    for (int i = 0; i < 3; i++) {
        assert_hr(IWriteEngine2_put_StartingSectorsPerSecond(b->engine, bad[i]), E_INVALIDARG);
        assert_hr(IWriteEngine2_put_EndingSectorsPerSecond(b->engine, bad[i]), E_INVALIDARG);
        assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, bad[i]), E_INVALIDARG);
    }
    assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, -1), E_INVALIDARG);
    IWriteEngine2_get_StartingSectorsPerSecond(b->engine, &value);
    assert_int_equal(value, 75);
    IWriteEngine2_get_EndingSectorsPerSecond(b->engine, &value);
    assert_int_equal(value, 76);
    IWriteEngine2_get_BytesPerSector(b->engine, &value);
    assert_int_equal(value, SECTOR);
    assert_hr(IWriteEngine2_put_StartingSectorsPerSecond(b->engine, -1), S_OK);
    assert_hr(IWriteEngine2_put_EndingSectorsPerSecond(b->engine, 1), S_OK);
    assert_still_works(b);
}

static void by_name_too_bad_values_are_refused(void **state)
{
    struct bench *b = *state;
    VARIANT words;
    LONG value;

    V_VT(&words) = VT_BSTR;
    V_BSTR(&words) = SysAllocString(L"many");
    assert_hr(bench_put(b->engine, L"BytesPerSector", words), DISP_E_TYPEMISMATCH);
    SysFreeString(V_BSTR(&words));
    assert_true(FAILED(bench_put(b->engine, L"BytesPerSector", bench_long(0))));
    assert_true(FAILED(bench_put(b->engine, L"Recorder", bench_object(&b->source.IStream_iface))));
    IWriteEngine2_get_BytesPerSector(b->engine, &value);
    assert_int_equal(value, SECTOR);
    assert_still_works(b);
}

static void nothing_as_the_stream_is_an_exception_with_its_code(void **state)
{
    struct bench *b = *state;
    VARIANT args[3] = {bench_object(NULL), bench_long(0), bench_long(16)};
    EXCEPINFO exception;

    assert_hr(bench_call(b->engine, L"WriteSection", args, 3, &exception), DISP_E_EXCEPTION);
    assert_hr(exception.scode, E_POINTER);
    SysFreeString(exception.bstrDescription);
    SysFreeString(exception.bstrSource);
    SysFreeString(exception.bstrHelpFile);
    assert_untouched(b);
}

static void a_stream_is_required_before_anything_else(void **state)
{
    IWriteEngine2 *empty = bench_new_engine();
    struct bench *b = *state;

    assert_hr(IWriteEngine2_WriteSection(empty, NULL, 0, 0), E_POINTER);
    IWriteEngine2_Release(empty);
    assert_hr(IWriteEngine2_WriteSection(b->engine, NULL, 0, 16), E_POINTER);
    assert_untouched(b);
    assert_still_works(b);
}

static void a_recorder_is_required_before_good_numbers(void **state)
{
    struct bench *b = *state;
    IWriteEngine2 *empty = bench_new_engine();
    char text[BENCH_TEXT];

    assert_hr(IWriteEngine2_WriteSection(empty, &b->source.IStream_iface, 0, 0),
              E_IMAPI_RECORDER_REQUIRED);
    assert_string_not_equal(bench_error(text), "");
    IWriteEngine2_Release(empty);
    assert_untouched(b);
}

static void a_detached_recorder_is_as_if_there_had_been_none(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder = &b->drive.IDiscRecorder2Ex_iface;

    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    assert_int_equal(b->drive.refs, 1);
    assert_hr(IWriteEngine2_get_Recorder(b->engine, &recorder), S_OK);
    assert_null(recorder);
    assert_hr(bench_write(b, 0, 16), E_IMAPI_RECORDER_REQUIRED);
    assert_untouched(b);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
    assert_still_works(b);
}

static void the_sector_size_must_have_been_set(void **state)
{
    struct bench *b = *state;
    IWriteEngine2 *engine = bench_new_engine();

    bench_advise(engine, &b->sink);
    assert_hr(IWriteEngine2_put_Recorder(engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
    assert_hr(IWriteEngine2_WriteSection(engine, &b->source.IStream_iface, 0, 16), E_INVALIDARG);
    IWriteEngine2_Release(engine);
    assert_untouched(b);
}

static void no_blocks_and_fewer_are_refused(void **state)
{
    struct bench *b = *state;
    char text[BENCH_TEXT];

    assert_hr(bench_write(b, 0, 0), E_INVALIDARG);
    assert_string_not_equal(bench_error(text), "");
    assert_hr(bench_write(b, 0, -1), E_INVALIDARG);
    assert_hr(bench_write(b, 0, LONG_MIN), E_INVALIDARG);
    assert_hr(bench_write(b, -150, 0), E_INVALIDARG);
    assert_untouched(b);
    assert_still_works(b);
}

static void addresses_that_pass_the_end_of_a_long_are_refused(void **state)
{
    struct bench *b = *state;

    assert_hr(bench_write(b, LONG_MAX, 2), E_INVALIDARG);
    assert_hr(bench_write(b, 2, LONG_MAX), E_INVALIDARG);
    assert_hr(bench_write(b, LONG_MAX, LONG_MAX), E_INVALIDARG);
    assert_hr(bench_write(b, LONG_MAX - 14, 16), E_INVALIDARG);
    assert_untouched(b);
    assert_still_works(b);
}

static void the_last_address_of_a_long_can_be_written(void **state)
{
    struct bench *b = *state;

    b->drive.first_lba = LONG_MAX - DRIVE_BLOCKS + 1;
    assert_hr(bench_write(b, LONG_MAX - 31, 32), S_OK);
    assert_true(drive_holds(&b->drive, LONG_MAX - 31, 32, 0));
    assert_int_equal(b->sink.events[b->sink.begun - 1].last_written, LONG_MAX);
}

static void a_block_larger_than_a_transfer_is_refused(void **state)
{
    struct bench *b = *state;

    assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, 65537), S_OK);
    assert_hr(bench_write(b, 0, 16), E_INVALIDARG);
    assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, LONG_MAX), S_OK);
    assert_hr(bench_write(b, 0, 16), E_INVALIDARG);
    assert_untouched(b);
    assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, SECTOR), S_OK);
    assert_still_works(b);
}

/* The sector size may be set before the recorder whose limit it breaks. */
static void the_transfer_limit_is_that_of_the_recorder_in_use(void **state)
{
    struct bench *b = *state;

    b->drive.transfer_bytes = 8192;
    assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, 16384), S_OK);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
    assert_hr(bench_write(b, 0, 16), E_INVALIDARG);
    assert_untouched(b);
    assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, SECTOR), S_OK);
    assert_still_works(b);
    assert_true(b->drive.writes >= 8);
    assert_int_equal(b->drive.malformed, 0);
}

static void a_recorder_that_does_not_know_its_limits_is_not_written_to(void **state)
{
    struct bench *b = *state;
    HRESULT put;

    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    b->drive.limits = E_IMAPI_RECORDER_LOCKED;
    put = IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface);
    if (put == S_OK)
        put = bench_write(b, 0, 16);
    assert_hr(put, E_IMAPI_RECORDER_LOCKED);
    assert_int_equal(b->drive.writes, 0);
}

/* == while a write is running == */

struct intruder {
    struct bench *bench;
    HRESULT second, no_stream, no_blocks, recorder, detach, streaming, first, last, bytes,
        bad_bytes;
};

static void intrude(struct intruder *intruder)
{
    struct bench *b = intruder->bench;
    IWriteEngine2 *engine = b->engine;

    intruder->second = IWriteEngine2_WriteSection(engine, &b->source.IStream_iface, 0, 16);
    intruder->no_stream = IWriteEngine2_WriteSection(engine, NULL, 0, 16);
    intruder->no_blocks = IWriteEngine2_WriteSection(engine, &b->source.IStream_iface, 0, 0);
    intruder->recorder = IWriteEngine2_put_Recorder(engine, &b->drive.IDiscRecorder2Ex_iface);
    intruder->detach = IWriteEngine2_put_Recorder(engine, NULL);
    intruder->streaming = IWriteEngine2_put_UseStreamingWrite12(engine, VARIANT_TRUE);
    intruder->first = IWriteEngine2_put_StartingSectorsPerSecond(engine, 75);
    intruder->last = IWriteEngine2_put_EndingSectorsPerSecond(engine, 75);
    intruder->bytes = IWriteEngine2_put_BytesPerSector(engine, 2352);
}

static void assert_turned_away(const struct intruder *intruder)
{
    assert_hr(intruder->second, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(intruder->no_stream, E_POINTER);
    assert_hr(intruder->no_blocks, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(intruder->recorder, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(intruder->detach, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(intruder->streaming, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(intruder->first, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(intruder->last, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
    assert_hr(intruder->bytes, E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
}

static void assert_as_before(struct bench *b)
{
    IDiscRecorder2Ex *recorder;
    VARIANT_BOOL streaming;
    LONG first, last, bytes;

    IWriteEngine2_get_Recorder(b->engine, &recorder);
    assert_ptr_equal(recorder, &b->drive.IDiscRecorder2Ex_iface);
    IDiscRecorder2Ex_Release(recorder);
    IWriteEngine2_get_UseStreamingWrite12(b->engine, &streaming);
    IWriteEngine2_get_StartingSectorsPerSecond(b->engine, &first);
    IWriteEngine2_get_EndingSectorsPerSecond(b->engine, &last);
    IWriteEngine2_get_BytesPerSector(b->engine, &bytes);
    assert_int_equal(streaming, VARIANT_FALSE);
    assert_int_equal(first, -1);
    assert_int_equal(last, -1);
    assert_int_equal(bytes, SECTOR);
}

static void intrude_when_held(void *context)
{
    struct intruder *intruder = context;

    if (count_wait(&intruder->bench->drive.held, 1))
        intrude(intruder);
    count_up(&intruder->bench->drive.go);
}

static void another_thread_can_neither_write_nor_set_while_one_writes(void **state)
{
    struct bench *b = *state;
    struct intruder intruder = {.bench = b};
    struct worker worker;

    b->drive.hold_at = 2;
    bench_start(&worker, COINIT_MULTITHREADED, intrude_when_held, &intruder);
    assert_hr(bench_write(b, 0, 256), S_OK);
    bench_join(&worker);
    assert_turned_away(&intruder);
    assert_as_before(b);
    assert_true(drive_holds(&b->drive, 0, 256, 0));
    assert_true(drive_blank(&b->drive, 256, DRIVE_BLOCKS - 256));
}

static struct intruder at_first, at_last;

static void intrude_first_and_last(struct sink *sink, IWriteEngine2 *engine,
                                   IWriteEngine2EventArgs *progress)
{
    VARIANT_BOOL running = VARIANT_FALSE;

    (void)progress;
    IWriteEngine2_get_WriteInProgress(engine, &running);
    if (sink->begun == 1)
        intrude(&at_first);
    else if (!running)
        intrude(&at_last);
}

static void neither_can_a_handler_from_the_first_event_to_the_end_of_the_last(void **state)
{
    struct bench *b = *state;

    at_first = at_last = (struct intruder){.bench = b};
    b->sink.on_event = intrude_first_and_last;
    assert_hr(bench_write(b, 0, 128), S_OK);
    assert_turned_away(&at_first);
    assert_turned_away(&at_last);
    assert_as_before(b);
    assert_true(drive_holds(&b->drive, 0, 128, 0));
    assert_hr(IWriteEngine2_put_StartingSectorsPerSecond(b->engine, 75), S_OK);
}

static void getters_work_while_a_write_is_running(void **state)
{
    struct bench *b = *state;

    b->sink.keep = true;
    assert_hr(bench_write(b, 0, 64), S_OK);
    for (LONG i = 0; i < b->sink.begun; i++)
        assert_true(b->sink.events[i].well_formed);
    assert_as_before(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_STA(every_getter_wants_a_pointer),
        IN_STA(speeds_and_sector_sizes_out_of_range_change_nothing),
        IN_STA(by_name_too_bad_values_are_refused),
        IN_STA(nothing_as_the_stream_is_an_exception_with_its_code),
        IN_BOTH(a_stream_is_required_before_anything_else),
        IN_BOTH(a_recorder_is_required_before_good_numbers),
        IN_STA(a_detached_recorder_is_as_if_there_had_been_none),
        IN_STA(the_sector_size_must_have_been_set),
        IN_STA(no_blocks_and_fewer_are_refused),
        IN_STA(addresses_that_pass_the_end_of_a_long_are_refused),
        IN_STA(the_last_address_of_a_long_can_be_written),
        IN_STA(a_block_larger_than_a_transfer_is_refused),
        IN_STA(the_transfer_limit_is_that_of_the_recorder_in_use),
        IN_STA(a_recorder_that_does_not_know_its_limits_is_not_written_to),
        IN_BOTH(another_thread_can_neither_write_nor_set_while_one_writes),
        IN_BOTH(neither_can_a_handler_from_the_first_event_to_the_end_of_the_last),
        IN_STA(getters_work_while_a_write_is_running),
    };

    return cmocka_run_group_tests_name("write_engine_input", tests, NULL, NULL);
}
