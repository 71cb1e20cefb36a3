/* A recorder that refuses: which answers are waited out, which end the section, with which code and
 * which words. The disc is write-once here, where a WRITE is not lightly sent again. */
#include "com_bench.h"

#include <stdio.h>
#include <string.h>

enum { BLOCKS = 256, PER_WRITE = 32, WRITES = BLOCKS / PER_WRITE };

static void use_write_once(struct bench *b)
{
    b->drive.profile = IMAPI_PROFILE_TYPE_DVD_PLUS_R;
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
}

/* A new disc and a new stream for another write. */
static void start_over(struct bench *b)
{
    for (LONG i = 0; i < DRIVE_FAULTS; i++)
        b->drive.faults[i] = (struct fault){0};
    b->drive.fault_count = b->drive.writes = b->drive.command_count = 0;
    b->drive.next_writable = 0;
    memset(b->drive.disc, 0xee, (size_t)DRIVE_BLOCKS * SECTOR);
    b->source.position = 0;
    b->sink.begun = b->sink.ended = 0;
}

static const struct event *last_event(struct bench *b)
{
    assert_true(b->sink.begun >= 2);
    return &b->sink.events[b->sink.begun - 1];
}

static void assert_whole(struct bench *b)
{
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    assert_true(drive_blank(&b->drive, BLOCKS, BLOCKS));
}

/* The words of an error name the address of the command. */
static void assert_names(const char *text, LONG lba)
{
    char number[16];

    snprintf(number, sizeof(number), "%ld", lba);
    if (!strstr(text, number) || !strstr(text, "WRITE"))
        fail_msg("\"%s\" does not say which WRITE at %ld", text, lba);
}

/* What the words say of the circumstances. */
struct circumstances {
    ULONG attempt, seconds, tenths, timeout_s, percent;
};

static struct circumstances circumstances_of(const char *text)
{
    struct circumstances c = {0};
    const char *from = strstr(text, "; attempt ");

    if (!from ||
        (sscanf(from, "; attempt %lu, after %lu.%lu s of at most %lu s; the fifo was %lu %% full.",
                &c.attempt, &c.seconds, &c.tenths, &c.timeout_s, &c.percent) != 5 &&
         sscanf(from,
                "; attempt %lu, after %lu.%lu s in all of at most %lu s each; the fifo was %lu %% "
                "full.",
                &c.attempt, &c.seconds, &c.tenths, &c.timeout_s, &c.percent) != 5))
        fail_msg("\"%s\" does not tell attempts, time, time-out and fifo", text);
    assert_true(c.tenths <= 9 && c.percent <= 100);
    return c;
}

/* == answers after which the write goes on == */

static void assert_waited_out(struct bench *b, LONG nth, LONG times, struct sense sense)
{
    start_over(b);
    drive_sense(&b->drive, nth, times, sense);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_whole(b);
    assert_int_equal(b->drive.writes, WRITES + times);
    for (LONG i = nth; i < nth + times; i++) {
        assert_memory_equal(drive_write(&b->drive, i)->cdb, drive_write(&b->drive, i + 1)->cdb, 10);
        assert_int_equal(drive_write(&b->drive, i)->bytes, drive_write(&b->drive, i + 1)->bytes);
    }
}

static void a_long_write_in_progress_is_waited_for(void **state)
{
    struct bench *b = *state;
    struct sense full = {.key = 2, .asc = 4, .ascq = 8};

    use_write_once(b);
    assert_waited_out(b, 1, 1, full);
    assert_waited_out(b, 3, 5, full);
    assert_waited_out(b, WRITES, 2, full);
}

static void an_operation_in_progress_is_waited_for(void **state)
{
    struct bench *b = *state;

    use_write_once(b);
    assert_waited_out(b, 1, 2, (struct sense){.key = 2, .asc = 4, .ascq = 7});
    assert_waited_out(b, 4, 2, (struct sense){.key = 2, .asc = 4, .ascq = 7});
}

static HRESULT cancelled;

/* On the writer's thread, when the second command is about to be sent for the third time. */
static void cancel_in_a_retry(struct drive *drive, LONG nth)
{
    if (nth == 4)
        cancelled = bench_cancel(drive->context);
}

static void a_wait_for_the_drive_can_be_cancelled(void **state)
{
    struct bench *b = *state;

    cancelled = E_FAIL;
    use_write_once(b);
    drive_sense(&b->drive, 2, 1000000, (struct sense){.key = 2, .asc = 4, .ascq = 8});
    b->drive.on_write = cancel_in_a_retry;
    assert_hr(bench_write(b, 0, BLOCKS), E_IMAPI_REQUEST_CANCELLED);
    assert_hr(cancelled, S_OK);
    assert_int_equal(b->drive.writes, 4);
    assert_true(drive_blank(&b->drive, PER_WRITE, BLOCKS));
}

static void an_error_that_was_recovered_is_no_error(void **state)
{
    static const struct sense recovered[] = {
        {.key = 1, .asc = 0x18}, {.key = 1, .asc = 0x73, .ascq = 1}, {.key = 0}};
    struct bench *b = *state;

    use_write_once(b);
    for (int i = 0; i < 3; i++) {
        start_over(b);
        drive_sense(&b->drive, 2, 3, recovered[i]);
        assert_hr(bench_write(b, 0, BLOCKS), S_OK);
        assert_whole(b);
        assert_int_equal(b->drive.writes, WRITES);
    }
}

/* == answers that end it == */

struct verdict {
    struct sense sense;
    HRESULT result;
    bool once; /* there is no reason to try again */
};

#define UNEXPECTED E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE

/* clang-format off */
static const struct verdict verdicts[] = {
    { { 0, 3, 0x0c, 0x09 }, E_IMAPI_LOSS_OF_STREAMING, true },
    { { 0, 7, 0x27, 0x00 }, E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED, true },
    { { 0, 7, 0x27, 0x02 }, E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED, true },
    { { 0, 2, 0x3a, 0x00 }, E_IMAPI_RECORDER_MEDIA_NO_MEDIA, true },
    { { 0, 2, 0x3a, 0x02 }, E_IMAPI_RECORDER_MEDIA_NO_MEDIA, true },
    { { 0, 2, 0x04, 0x03 }, E_IMAPI_RECORDER_MEDIA_NO_MEDIA, true },
    { { 0, 6, 0x28, 0x00 }, E_IMAPI_RECORDER_MEDIA_BECOMING_READY, true },
    { { 0, 2, 0x30, 0x05 }, E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE, true },
    { { 0, 5, 0x30, 0x05 }, E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE, true },
    { { 0, 4, 0x09, 0x02 }, E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE, true },
    { { 0, 4, 0x09, 0x01 }, E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN, true },
    { { 0, 5, 0x02, 0x06 }, E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN, true },
    { { 0, 3, 0x73, 0x03 }, E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH, true },
    { { 0, 3, 0x0c, 0x00 }, UNEXPECTED, true },
    { { 0, 3, 0x0c, 0x02 }, UNEXPECTED, true },
    { { 0, 3, 0x31, 0x00 }, UNEXPECTED, true },
    { { 0, 3, 0x73, 0x02 }, UNEXPECTED, true },
    { { 0, 3, 0x72, 0x03 }, UNEXPECTED, true },
    { { 0, 4, 0x44, 0x00 }, UNEXPECTED, true },
    { { 0, 5, 0x20, 0x00 }, UNEXPECTED, true },
    { { 0, 5, 0x24, 0x00 }, UNEXPECTED, true },
    { { 0, 5, 0x21, 0x00 }, UNEXPECTED, true },
    { { 0, 5, 0x21, 0x02 }, UNEXPECTED, false },
    { { 0, 5, 0x26, 0x00 }, UNEXPECTED, true },
    { { 0, 5, 0x63, 0x00 }, UNEXPECTED, true },
    { { 0, 5, 0x64, 0x00 }, UNEXPECTED, true },
    { { 0, 5, 0x6f, 0x01 }, UNEXPECTED, true },
    { { 0, 8, 0x00, 0x00 }, UNEXPECTED, true },
    { { 0, 0xb, 0x00, 0x00 }, UNEXPECTED, false },
    { { 0, 0xd, 0x00, 0x00 }, UNEXPECTED, true },
    { { 0, 0xe, 0x1d, 0x00 }, UNEXPECTED, true },
    { { 0, 9, 0x80, 0x00 }, UNEXPECTED, true },
    { { 0x71, 3, 0x0c, 0x00 }, UNEXPECTED, true },
    { { 0x71, 3, 0x0c, 0x09 }, E_IMAPI_LOSS_OF_STREAMING, true },
    { { 0x71, 4, 0x44, 0x00 }, UNEXPECTED, true },
};
/* clang-format on */

enum { VERDICTS = sizeof(verdicts) / sizeof(verdicts[0]) };

static void assert_verdict(struct bench *b, const struct verdict *v, LONG nth)
{
    char text[BENCH_TEXT];
    HRESULT result;

    start_over(b);
    drive_sense(&b->drive, nth, 1000000, v->sense);
    result = bench_write(b, 0, BLOCKS);
    if (result != v->result)
        print_error("%02x %x/%02x/%02x in WRITE %ld:\n", v->sense.response, v->sense.key,
                    v->sense.asc, v->sense.ascq, nth);
    assert_hr(result, v->result);
    bench_error(text);
    assert_names(text, (nth - 1) * PER_WRITE);
    if (v->once && b->drive.writes != nth)
        fail_msg("%02x %x/%02x/%02x: %ld WRITEs, not %ld", v->sense.response, v->sense.key,
                 v->sense.asc, v->sense.ascq, b->drive.writes, nth);
    assert_true(nth == 1 || drive_holds(&b->drive, 0, (nth - 1) * PER_WRITE, 0));
    assert_true(drive_blank(&b->drive, (nth - 1) * PER_WRITE, BLOCKS));
    assert_int_equal(last_event(b)->last_written, nth == 1 ? 0 : (nth - 1) * PER_WRITE - 1);
    assert_int_equal(last_event(b)->in_progress, VARIANT_FALSE);
}

static void every_sense_in_mid_write_has_its_documented_result(void **state)
{
    struct bench *b = *state;

    use_write_once(b);
    for (int i = 0; i < VERDICTS; i++)
        assert_verdict(b, &verdicts[i], 3);
    start_over(b);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_whole(b);
}

/* A unit attention before the first WRITE is another matter: it tells of what came before. */
static void every_sense_in_the_first_write_has_its_documented_result(void **state)
{
    struct bench *b = *state;

    use_write_once(b);
    for (int i = 0; i < VERDICTS; i++) {
        if (verdicts[i].sense.key != 6)
            assert_verdict(b, &verdicts[i], 1);
    }
}

/* Whether the engine can tell that the current command was not carried out is its own affair, but a
 * disc with a hole in it is no success. */
static void a_deferred_recovered_error_never_leaves_a_hole(void **state)
{
    struct bench *b = *state;
    HRESULT result;

    use_write_once(b);
    drive_sense(&b->drive, 3, 1, (struct sense){.response = 0x71, .key = 1, .asc = 0x18});
    result = bench_write(b, 0, BLOCKS);
    if (SUCCEEDED(result))
        assert_whole(b);
    else
        assert_true(drive_blank(&b->drive, 64, BLOCKS));
}

static void a_failure_of_the_recorder_passes_unchanged_and_is_not_retried(void **state)
{
    static const HRESULT failures[] = {E_IMAPI_RECORDER_LOCKED,
                                       HRESULT_FROM_WIN32(ERROR_DEV_NOT_EXIST),
                                       HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE),
                                       E_OUTOFMEMORY,
                                       (HRESULT)0x8004abcd,
                                       E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
                                       E_IMAPI_REQUEST_CANCELLED,
                                       E_FAIL};
    struct bench *b = *state;
    char text[BENCH_TEXT];

    use_write_once(b);
    for (int i = 0; i < 8; i++) {
        start_over(b);
        drive_result(&b->drive, 3, 1000000, failures[i]);
        assert_hr(bench_write(b, 0, BLOCKS), failures[i]);
        assert_names(bench_error(text), 64);
        assert_int_equal(b->drive.writes, 3);
        assert_true(drive_holds(&b->drive, 0, 64, 0));
        assert_true(drive_blank(&b->drive, 64, BLOCKS));
    }
}

static void a_command_that_times_out_for_good_is_a_time_out(void **state)
{
    struct bench *b = *state;
    char text[BENCH_TEXT];

    use_write_once(b);
    drive_result(&b->drive, 3, 1000000, E_IMAPI_RECORDER_COMMAND_TIMEOUT);
    assert_hr(bench_write(b, 0, BLOCKS), E_IMAPI_RECORDER_COMMAND_TIMEOUT);
    assert_true(drive_holds(&b->drive, 0, 64, 0));
    assert_true(drive_blank(&b->drive, 64, BLOCKS));
    /* As often as it was really sent. */
    assert_int_equal(circumstances_of(bench_error(text)).attempt, b->drive.writes - 2);
    assert_true(b->drive.writes > 3);
    assert_non_null(strstr(text, " s in all of at most 200 s each; "));
}

/* Windows has no memory to map so large a transfer (error 1450): nothing was sent. */
static void a_write_that_is_too_much_for_the_system_goes_out_in_halves(void **state)
{
    struct bench *b = *state;

    use_write_once(b);
    drive_result(&b->drive, 3, 1, HRESULT_FROM_WIN32(ERROR_NO_SYSTEM_RESOURCES));
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_whole(b);
    assert_int_equal(b->drive.writes, 3 + 2 * (WRITES - 2));
}

/* == what its words say == */

static void the_words_tell_command_place_sense_attempt_time_and_fifo(void **state)
{
    struct bench *b = *state;
    struct circumstances c;
    char text[BENCH_TEXT];

    use_write_once(b);
    drive_sense(&b->drive, 3, 1000000, (struct sense){.key = 3, .asc = 0x0c});
    assert_hr(bench_write(b, 0, BLOCKS), UNEXPECTED);
    bench_error(text);
    assert_non_null(strstr(text, "WRITE (10) of 32 blocks at LBA 64 failed: medium error, write "
                                 "error (3/0C/00); attempt 1, after "));
    assert_non_null(strstr(text, " full. 64 of 256 blocks were written, the last at LBA 63."));
    c = circumstances_of(text);
    assert_int_equal(c.timeout_s, 200);
}

static void the_words_tell_how_often_it_was_tried(void **state)
{
    struct bench *b = *state;
    struct circumstances c;
    char text[BENCH_TEXT];

    use_write_once(b);
    drive_sense(&b->drive, 1, 2, (struct sense){.key = 2, .asc = 4, .ascq = 8});
    drive_sense(&b->drive, 3, 1, (struct sense){.key = 4, .asc = 0x44});
    assert_hr(bench_write(b, 0, BLOCKS), UNEXPECTED);
    c = circumstances_of(bench_error(text));
    assert_int_equal(c.attempt, 3);
    assert_int_equal(c.timeout_s, 300);
    assert_non_null(strstr(text, "Nothing was written."));
}

/* A recorder that can't be reached says nothing about what it was given before. */
static void the_words_tell_from_where_on_the_disc_is_in_doubt(void **state)
{
    struct bench *b = *state;
    char text[BENCH_TEXT];

    use_write_once(b);
    drive_result(&b->drive, 3, 1000000, E_FAIL);
    assert_hr(bench_write(b, 0, BLOCKS), E_FAIL);
    assert_non_null(strstr(bench_error(text), " 64 of 256 blocks were accepted; whether those from "
                                              "LBA 0 on are on the disc is not known."));
    /* How often the recorder has tried it is its own affair. */
    assert_non_null(strstr(text, "the recorder returned 0x80004005; after "));
}

/* On the writer's thread, as a recorder does that explains its failure. */
static void explain(struct drive *drive, LONG nth)
{
    ICreateErrorInfo *writer;
    IErrorInfo *error;

    (void)drive;
    if (nth < 3 || FAILED(CreateErrorInfo(&writer)))
        return;
    ICreateErrorInfo_SetDescription(
        writer, L"WRITE (10) failed: the drive did not answer in time. The bus was reset.");
    if (SUCCEEDED(ICreateErrorInfo_QueryInterface(writer, &IID_IErrorInfo, (void **)&error))) {
        SetErrorInfo(0, error);
        IErrorInfo_Release(error);
    }
    ICreateErrorInfo_Release(writer);
}

static void what_the_recorder_explains_is_told_once(void **state)
{
    struct bench *b = *state;
    char text[BENCH_TEXT];

    use_write_once(b);
    b->drive.on_write = explain;
    drive_result(&b->drive, 3, 1000000, E_IMAPI_RECORDER_COMMAND_TIMEOUT);
    assert_hr(bench_write(b, 0, BLOCKS), E_IMAPI_RECORDER_COMMAND_TIMEOUT);
    assert_names(bench_error(text), 64);
    assert_non_null(strstr(text, " failed: the drive did not answer in time. The bus was reset; "
                                 "attempt "));
    assert_null(strstr(strstr(text, "failed") + 1, "failed"));
}

/* == sweeps == */

static void assert_sweep(struct bench *b, IMAPI_PROFILE_TYPE profile, const struct fault *fault,
                         HRESULT expected)
{
    char text[BENCH_TEXT];
    LONG nth = 0;
    HRESULT result;

    b->drive.profile = profile;
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
    do {
        struct fault now = *fault;

        start_over(b);
        now.nth = ++nth;
        now.times = 1000000;
        drive_fault(&b->drive, now);
        result = bench_write(b, 0, BLOCKS);
        if (nth <= WRITES) {
            assert_hr(result, expected);
            assert_names(bench_error(text), (nth - 1) * PER_WRITE);
            assert_true(drive_blank(&b->drive, (nth - 1) * PER_WRITE, BLOCKS));
            assert_true(drive_holds(&b->drive, 0, (nth - 1) * PER_WRITE, 0));
            assert_int_equal(bench_in_progress(b), VARIANT_FALSE);
        }
    } while (FAILED(result));
    assert_int_equal(nth, WRITES + 1);
    assert_whole(b);
}

static void whichever_write_fails_the_section_says_which(void **state)
{
    struct bench *b = *state;

    assert_sweep(b, IMAPI_PROFILE_TYPE_DVD_PLUS_R,
                 &(struct fault){.sense = {.key = 4, .asc = 0x44}}, UNEXPECTED);
    assert_sweep(b, IMAPI_PROFILE_TYPE_DVD_PLUS_RW,
                 &(struct fault){.sense = {.key = 4, .asc = 0x44}}, UNEXPECTED);
    assert_sweep(b, IMAPI_PROFILE_TYPE_DVD_PLUS_R, &(struct fault){.result = E_OUTOFMEMORY},
                 E_OUTOFMEMORY);
    assert_sweep(b, IMAPI_PROFILE_TYPE_DVD_PLUS_RW,
                 &(struct fault){.sense = {.key = 3, .asc = 0x0c}}, UNEXPECTED);
}

/* Only the answers to WRITEs decide: what else the engine may ask the drive is a help, not a need.
 */
static void a_drive_that_answers_nothing_but_writes_is_written_to(void **state)
{
    static const BYTE questions[] = {0x46, 0x51, 0x52, 0x5c};
    struct bench *b = *state;

    use_write_once(b);
    for (int i = 0; i < 4; i++)
        drive_fault(&b->drive, (struct fault){.opcode = questions[i],
                                              .nth = 1,
                                              .times = 1000000,
                                              .sense = {.key = 5, .asc = 0x20}});
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_whole(b);
}

static void the_engine_writes_again_after_any_failure(void **state)
{
    struct bench *b = *state;

    use_write_once(b);
    for (int i = 0; i < 3; i++) {
        start_over(b);
        drive_sense(&b->drive, 2, 1000000, (struct sense){.key = 4, .asc = 0x44});
        assert_hr(bench_write(b, 0, BLOCKS), UNEXPECTED);
        start_over(b);
        assert_hr(bench_write(b, 0, BLOCKS), S_OK);
        assert_whole(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(a_long_write_in_progress_is_waited_for),
        IN_STA(an_operation_in_progress_is_waited_for),
        IN_BOTH(a_wait_for_the_drive_can_be_cancelled),
        IN_STA(an_error_that_was_recovered_is_no_error),
        IN_STA(every_sense_in_mid_write_has_its_documented_result),
        IN_STA(every_sense_in_the_first_write_has_its_documented_result),
        IN_STA(a_deferred_recovered_error_never_leaves_a_hole),
        IN_BOTH(a_failure_of_the_recorder_passes_unchanged_and_is_not_retried),
        IN_STA(a_command_that_times_out_for_good_is_a_time_out),
        IN_STA(a_write_that_is_too_much_for_the_system_goes_out_in_halves),
        IN_STA(the_words_tell_command_place_sense_attempt_time_and_fifo),
        IN_STA(the_words_tell_how_often_it_was_tried),
        IN_STA(the_words_tell_from_where_on_the_disc_is_in_doubt),
        IN_STA(what_the_recorder_explains_is_told_once),
        IN_BOTH(whichever_write_fails_the_section_says_which),
        IN_STA(a_drive_that_answers_nothing_but_writes_is_written_to),
        IN_BOTH(the_engine_writes_again_after_any_failure),
    };

    return cmocka_run_group_tests_name("write_engine_faults", tests, NULL, NULL);
}
