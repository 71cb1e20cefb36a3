/* Threads, events, cancel: what a client sees of a running section, and what it may do to it. */
#include "bench.h"
#include "scsi.h"

static void one_event_comes_before_the_first_command_and_one_after_the_last(void **state)
{
    struct bench *b = *state;

    b->section.start_lba = 32;
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->client.events, 2);
    assert_int_equal(b->client.first.start_lba, 32);
    assert_int_equal(b->client.first.sector_count, 64);
    assert_int_equal(b->client.first.last_read_lba, 32);
    assert_int_equal(b->client.first.last_written_lba, 32);
    assert_int_equal(b->client.first.used_bytes, 0);
    assert_int_equal(b->client.last.last_read_lba, 95);
    assert_int_equal(b->client.last.last_written_lba, 95);
    assert_int_equal(b->client.last.used_bytes, 0);
    assert_int_equal(b->client.last.total_bytes, b->client.last.free_bytes);
}

static void writing_is_true_in_the_first_event_and_false_in_the_last(void **state)
{
    struct bench *b = *state;

    assert_false(oi_engine_writing(&b->engine));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_true(b->client.writing_in_first);
    assert_false(b->client.writing_in_last);
    assert_true(b->client.busy_in_last);
    assert_false(oi_engine_writing(&b->engine));
    assert_false(oi_engine_busy(&b->engine));
}

static void writing_is_false_in_the_last_event_of_a_failed_section_too(void **state)
{
    struct bench *b = *state;

    bench_fail(b, 1, 1, check_condition(OI_KEY_HARDWARE_ERROR, 0x44, 0x00));
    assert_int_equal(bench_write(b, 64), OI_DEVICE_ERROR);
    assert_int_equal(b->client.events, 2);
    assert_false(b->client.writing_in_last);
}

static void open_at_event(void *context, uint32_t event)
{
    if (event == 3)
        gate_open(context);
}

static void events_go_on_while_the_drive_is_stuck(void **state)
{
    struct bench *b = *state;
    struct gate gate;

    gate_init(&gate);
    b->drive.gate = &gate;
    b->client.on_event = open_at_event;
    b->client.context = &gate;
    assert_int_equal(bench_write(b, 8192), OI_OK);
    assert_true(b->client.events >= 4);
    assert_false(b->client.went_back);
    assert_false(b->client.unbalanced);
    assert_disc_holds(b, 0, 8192);
    gate_fini(&gate);
}

static void events_go_on_while_the_source_is_stuck(void **state)
{
    struct bench *b = *state;
    struct gate gate;

    gate_init(&gate);
    b->source.gate = &gate;
    b->source.stall_at = 16 * 2048;
    b->client.on_event = open_at_event;
    b->client.context = &gate;
    assert_int_equal(bench_write(b, 256), OI_OK);
    assert_true(b->client.events >= 4);
    assert_disc_holds(b, 0, 256);
    gate_fini(&gate);
}

static void open_at_8_mib(void *context, uint32_t event)
{
    struct bench *b = context;

    (void)event;
    if (b->client.last.used_bytes >= 8 << 20)
        gate_open(b->drive.gate);
}

static void the_fifo_is_seen_to_fill_while_the_drive_is_stuck(void **state)
{
    struct bench *b = *state;
    struct gate gate;

    gate_init(&gate);
    b->drive.gate = &gate;
    b->client.on_event = open_at_8_mib;
    b->client.context = b;
    assert_int_equal(bench_write(b, 8192), OI_OK);
    assert_int_equal(b->client.last.total_bytes, 64 << 20);
    assert_int_equal(b->client.last.used_bytes, 0);
    gate_fini(&gate);
}

static void a_second_claim_is_refused_while_a_section_runs(void **state)
{
    struct bench *b = *state;
    struct gate gate;
    struct oi_thread *thread;

    gate_init(&gate);
    b->drive.gate = &gate;
    thread = bench_start(b, 64);
    assert_true(gate_has_visitor(&gate));
    assert_false(oi_engine_claim(&b->engine));
    assert_true(oi_engine_writing(&b->engine));
    gate_open(&gate);
    assert_int_equal(bench_join(b, thread), OI_OK);
    assert_true(oi_engine_claim(&b->engine));
    assert_false(oi_engine_writing(&b->engine));
    oi_engine_unclaim(&b->engine);
    gate_fini(&gate);
}

static void cancelling_nothing_is_told_so(void **state)
{
    struct bench *b = *state;

    assert_false(oi_engine_cancel(&b->engine));
    assert_true(oi_engine_claim(&b->engine));
    assert_false(oi_engine_cancel(&b->engine));
    oi_engine_unclaim(&b->engine);
    assert_int_equal(bench_write(b, 64), OI_OK);
}

static void cancel_at_first_event(void *context, uint32_t event)
{
    struct bench *b = context;

    if (event == 1)
        assert_true(oi_engine_cancel(&b->engine));
}

static void a_cancel_in_the_first_event_lets_no_command_out(void **state)
{
    struct bench *b = *state;

    b->client.on_event = cancel_at_first_event;
    b->client.context = b;
    assert_int_equal(bench_write(b, 64), OI_CANCELLED);
    assert_int_equal(b->drive.commands, 0);
    assert_int_equal(b->source.reads, 0);
    assert_int_equal(b->source.closes, 1);
    assert_int_equal(b->client.events, 2);
    assert_false(b->client.writing_in_last);
}

struct last_event_cancel {
    struct bench *bench;
    bool answer;
};

static void cancel_at_second_event(void *context, uint32_t event)
{
    struct last_event_cancel *c = context;

    if (event == 2)
        c->answer = oi_engine_cancel(&c->bench->engine);
}

static void a_cancel_in_the_last_event_comes_too_late(void **state)
{
    struct bench *b = *state;
    struct last_event_cancel c = {b, true};

    b->client.on_event = cancel_at_second_event;
    b->client.context = &c;
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_false(c.answer);
}

static void cancel_in_command(void *context, uint32_t command)
{
    struct bench *b = context;

    if (command == 2 && !oi_engine_cancel(&b->engine))
        b->drive.commands += 1000;
}

static void a_cancel_during_a_command_lets_it_end_and_sends_no_other(void **state)
{
    struct bench *b = *state;

    b->drive.hook = cancel_in_command;
    b->drive.hook_context = b;
    assert_int_equal(bench_write(b, 4096), OI_CANCELLED);
    assert_int_equal(b->drive.commands, 3);
    assert_int_equal(b->drive.in_flight, 0);
    assert_int_equal(b->outcome.blocks_written, 48);
}

static void a_cancel_wins_over_an_error_of_the_command_in_flight(void **state)
{
    struct bench *b = *state;

    b->drive.hook = cancel_in_command;
    b->drive.hook_context = b;
    bench_fail(b, 2, 1, check_condition(OI_KEY_MEDIUM_ERROR, 0x0c, 0x00));
    assert_int_equal(bench_write(b, 4096), OI_CANCELLED);
}

static void a_second_cancel_is_accepted_too(void **state)
{
    struct bench *b = *state;
    struct gate gate;
    struct oi_thread *thread;

    gate_init(&gate);
    b->drive.gate = &gate;
    thread = bench_start(b, 256);
    assert_true(gate_has_visitor(&gate));
    assert_true(oi_engine_cancel(&b->engine));
    assert_true(oi_engine_cancel(&b->engine));
    assert_true(oi_engine_writing(&b->engine));
    gate_open(&gate);
    assert_int_equal(bench_join(b, thread), OI_CANCELLED);
    assert_int_equal(b->drive.commands, 1);
    gate_fini(&gate);
}

static void a_cancel_ends_a_section_whose_source_never_returns(void **state)
{
    struct bench *b = *state;
    struct gate gate;
    struct oi_thread *thread;

    gate_init(&gate);
    b->source.gate = &gate;
    b->source.stall_at = 16 * 2048;
    thread = bench_start(b, 256);
    assert_true(gate_has_visitor(&gate));
    assert_true(oi_engine_cancel(&b->engine));
    assert_int_equal(bench_join(b, thread), OI_CANCELLED);
    assert_int_equal(b->source.closes, 0); /* the read is still inside */
    gate_open(&gate);
    assert_true(bench_source_is_free(b));
    gate_fini(&gate);
}

static void a_drive_error_ends_a_section_whose_source_never_returns(void **state)
{
    struct bench *b = *state;
    struct gate gate;

    gate_init(&gate);
    b->source.gate = &gate;
    b->source.stall_at = 16 * 2048;
    bench_fail(b, 0, 1, check_condition(OI_KEY_NOT_READY, 0x3a, 0x00));
    assert_int_equal(bench_write(b, 256), OI_NO_MEDIA);
    gate_open(&gate);
    assert_true(bench_source_is_free(b));
    gate_fini(&gate);
}

static void let_the_reader_go_on_in_the_last_event(void *context, uint32_t event)
{
    struct bench *b = context;

    if (event == 1 || oi_engine_writing(&b->engine))
        return;
    gate_open(b->source.gate);
    bench_source_is_free(b);
}

static void until_the_reader_is_held_up(void *context, uint32_t command)
{
    struct gate *gate = context;

    (void)command;
    gate_has_visitor(gate);
}

static void the_outcome_shows_the_progress_of_the_last_event(void **state)
{
    struct bench *b = *state;
    struct gate gate;

    gate_init(&gate);
    b->source.gate = &gate;
    b->source.stall_at = 16 * 2048;
    b->drive.hook = until_the_reader_is_held_up;
    b->drive.hook_context = &gate;
    b->client.on_event = let_the_reader_go_on_in_the_last_event;
    b->client.context = b;
    bench_fail(b, 0, 1, check_condition(OI_KEY_NOT_READY, 0x3a, 0x00));
    assert_int_equal(bench_write(b, 256), OI_NO_MEDIA);
    assert_int_equal(b->outcome.blocks_read, 256);
    assert_int_equal(b->client.last.last_read_lba, 15);
    assert_int_equal(b->outcome.progress.last_read_lba, 15);
    gate_fini(&gate);
}

static void a_cancel_ends_the_pauses_of_a_busy_drive(void **state)
{
    struct bench *b = *state;
    struct oi_thread *thread;
    bool busy = true;

    b->section.clock = NULL; /* the real one */
    bench_fail(b, 1, UINT32_MAX, check_condition(OI_KEY_NOT_READY, 0x04, 0x07));
    thread = bench_start(b, 64);
    while (busy) {
        oi_mutex_lock(&b->drive.lock);
        busy = b->drive.commands < 3;
        oi_mutex_unlock(&b->drive.lock);
    }
    assert_true(oi_engine_cancel(&b->engine));
    assert_int_equal(bench_join(b, thread), OI_CANCELLED);
}

static void a_client_that_reads_does_so_on_its_own_thread(void **state)
{
    struct bench *b = *state;

    b->section.client_reads = true;
    assert_int_equal(bench_write(b, 8192), OI_OK);
    assert_ptr_equal(b->source.thread, bench_thread());
    assert_int_equal(b->source.closes, 1);
    assert_disc_holds(b, 0, 8192);
}

static void a_reader_of_its_own_reads_on_another_thread(void **state)
{
    struct bench *b = *state;

    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_ptr_not_equal(b->source.thread, bench_thread());
}

static void a_client_that_reads_gets_its_events_between_reads(void **state)
{
    struct bench *b = *state;
    struct gate gate;

    gate_init(&gate);
    b->section.client_reads = true;
    b->drive.gate = &gate;
    b->client.on_event = open_at_event;
    b->client.context = &gate;
    assert_int_equal(bench_write(b, 8192), OI_OK);
    assert_true(b->client.events >= 4);
    gate_fini(&gate);
}

static void a_client_that_reads_sees_the_failure_of_its_source(void **state)
{
    struct bench *b = *state;

    b->section.client_reads = true;
    b->source.end_at = 20 * 2048;
    assert_int_equal(bench_write(b, 256), OI_END_OF_DATA);
    assert_int_equal(b->outcome.blocks_written, 20);
    assert_int_equal(b->source.closes, 1);
}

static void a_client_that_reads_sees_the_failure_of_the_drive(void **state)
{
    struct bench *b = *state;

    b->section.client_reads = true;
    bench_fail(b, 3, 1, check_condition(OI_KEY_DATA_PROTECT, 0x27, 0x00));
    assert_int_equal(bench_write(b, 8192), OI_WRITE_PROTECTED);
    assert_int_equal(b->source.closes, 1);
}

static void starts_and_cancels_from_two_threads_agree_a_hundred_times(void **state)
{
    struct bench *b = *state;

    for (int round = 0; round < 100; round++) {
        struct oi_thread *thread;
        uint32_t commands = b->drive.commands;
        bool accepted = false;
        enum oi_status status;

        assert_true(bench_rewind(b));
        b->client.events = 0;
        thread = bench_start(b, 2048);
        assert_non_null(thread);
        while (!accepted && oi_engine_busy(&b->engine)) {
            uint32_t now;

            oi_mutex_lock(&b->drive.lock);
            now = b->drive.commands;
            oi_mutex_unlock(&b->drive.lock);
            if (now - commands >= (uint32_t)round)
                accepted = oi_engine_cancel(&b->engine);
        }
        status = bench_join(b, thread);
        assert_int_equal(status, accepted ? OI_CANCELLED : OI_OK);
        assert_false(b->client.writing_in_last);
        assert_int_equal(b->drive.in_flight, 0);
    }
}

static void an_abandoned_reader_makes_no_further_read(void **state)
{
    struct bench *b = *state;
    struct gate gate;
    struct oi_thread *thread;
    uint32_t reads;

    gate_init(&gate);
    b->source.gate = &gate;
    b->source.stall_at = 16 * 2048;
    b->source.most = 16;
    thread = bench_start(b, 256);
    assert_true(gate_has_visitor(&gate));
    assert_true(oi_engine_cancel(&b->engine));
    assert_int_equal(bench_join(b, thread), OI_CANCELLED);
    reads = b->source.reads;
    gate_open(&gate);
    assert_true(bench_source_is_free(b));
    assert_int_equal(b->source.reads, reads);
    gate_fini(&gate);
}

static void a_source_that_never_closes_does_not_hold_up_a_section_that_is_over(void **state)
{
    struct bench *b = *state;
    struct gate gate;

    gate_init(&gate);
    b->source.close_gate = &gate;
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_int_equal(b->source.closes, 0);
    gate_open(&gate);
    assert_true(bench_source_is_free(b));
    assert_disc_holds(b, 0, 64);
    gate_fini(&gate);
}

/* The canceller is held up where it asks for the engine's lock: in the meantime the section that it
 * saw ends, and another one begins. */
struct late_cancel {
    struct bench *bench;
    struct gate first, second; /* of the two sections' drive */
    bool accepted;
};
static _Thread_local struct late_cancel *held_up;

void __real_oi_mutex_lock(struct oi_mutex *mutex);
void __wrap_oi_mutex_lock(struct oi_mutex *mutex);

void __wrap_oi_mutex_lock(struct oi_mutex *mutex)
{
    struct late_cancel *c = held_up;

    if (c && mutex == &c->bench->engine.lock) {
        held_up = NULL;
        gate_open(&c->first);
        gate_has_visitor(&c->second);
    }
    __real_oi_mutex_lock(mutex);
}

static void cancel_late(void *context)
{
    struct late_cancel *c = context;

    if (gate_has_visitor(&c->first)) {
        held_up = c;
        c->accepted = oi_engine_cancel(&c->bench->engine);
    }
    gate_open(&c->second);
}

static void a_late_cancel_is_about_the_section_that_it_finds(void **state)
{
    struct bench *b = *state;
    struct late_cancel c = {.bench = b};
    struct oi_thread *thread;
    enum oi_status first, second;

    gate_init(&c.first);
    gate_init(&c.second);
    b->drive.gate = &c.first;
    assert_int_equal(oi_thread_start(&thread, cancel_late, &c), OI_OK);
    first = bench_write(b, 64);
    b->drive.gate = &c.second;
    second = bench_write(b, 64);
    oi_thread_join(thread);
    assert_int_equal(first, OI_OK);
    assert_true(c.accepted);
    assert_int_equal(second, OI_CANCELLED);
    gate_fini(&c.second);
    gate_fini(&c.first);
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(one_event_comes_before_the_first_command_and_one_after_the_last),
        BENCH_TEST(writing_is_true_in_the_first_event_and_false_in_the_last),
        BENCH_TEST(writing_is_false_in_the_last_event_of_a_failed_section_too),
        BENCH_TEST(events_go_on_while_the_drive_is_stuck),
        BENCH_TEST(events_go_on_while_the_source_is_stuck),
        BENCH_TEST(the_fifo_is_seen_to_fill_while_the_drive_is_stuck),
        BENCH_TEST(a_second_claim_is_refused_while_a_section_runs),
        BENCH_TEST(cancelling_nothing_is_told_so),
        BENCH_TEST(a_cancel_in_the_first_event_lets_no_command_out),
        BENCH_TEST(a_cancel_in_the_last_event_comes_too_late),
        BENCH_TEST(a_cancel_during_a_command_lets_it_end_and_sends_no_other),
        BENCH_TEST(a_cancel_wins_over_an_error_of_the_command_in_flight),
        BENCH_TEST(a_second_cancel_is_accepted_too),
        BENCH_TEST(a_cancel_ends_a_section_whose_source_never_returns),
        BENCH_TEST(an_abandoned_reader_makes_no_further_read),
        BENCH_TEST(a_source_that_never_closes_does_not_hold_up_a_section_that_is_over),
        BENCH_TEST(a_late_cancel_is_about_the_section_that_it_finds),
        BENCH_TEST(a_drive_error_ends_a_section_whose_source_never_returns),
        BENCH_TEST(the_outcome_shows_the_progress_of_the_last_event),
        BENCH_TEST(a_cancel_ends_the_pauses_of_a_busy_drive),
        BENCH_TEST(a_client_that_reads_does_so_on_its_own_thread),
        BENCH_TEST(a_reader_of_its_own_reads_on_another_thread),
        BENCH_TEST(a_client_that_reads_gets_its_events_between_reads),
        BENCH_TEST(a_client_that_reads_sees_the_failure_of_its_source),
        BENCH_TEST(a_client_that_reads_sees_the_failure_of_the_drive),
        BENCH_TEST(starts_and_cancels_from_two_threads_agree_a_hundred_times),
    };

    return cmocka_run_group_tests_name("section", tests, NULL, NULL);
}
