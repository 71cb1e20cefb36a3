/* The last commands of a section, kept for whoever has to find out what went wrong. */
#include "bench.h"
#include "flight.h"
#include "scsi.h"

static void record(struct oi_flight *flight, uint32_t number)
{
    struct oi_command command = {.cdb = oi_cdb_write10((int32_t)number, 1),
                                 .direction = OI_DATA_OUT,
                                 .data = &number,
                                 .data_len = 2048,
                                 .timeout_ms = 7000};
    struct oi_completion completion = {.moved = number};

    oi_flight_record(flight, &command, &completion, 1000 + number, number);
}

static void assert_entry(const struct oi_flight_entry *entry, uint32_t number)
{
    struct oi_cdb cdb = oi_cdb_write10((int32_t)number, 1);

    assert_memory_equal(entry->command.cdb.bytes, cdb.bytes, OI_CDB_MAX);
    assert_int_equal(entry->command.cdb.len, 10);
    assert_null(entry->command.data);
    assert_int_equal(entry->command.data_len, 2048);
    assert_int_equal(entry->command.timeout_ms, 7000);
    assert_int_equal(entry->completion.moved, number);
    assert_int_equal(entry->started_us, 1000 + number);
    assert_int_equal(entry->elapsed_us, number);
}

static void what_was_recorded_is_found_in_order(void **state)
{
    static struct oi_flight flight;

    (void)state;
    flight = (struct oi_flight){0};
    assert_int_equal(oi_flight_count(&flight), 0);
    for (uint32_t i = 0; i < 3; i++)
        record(&flight, i);
    assert_int_equal(oi_flight_count(&flight), 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_entry(oi_flight_at(&flight, i), i);
}

static void the_oldest_makes_room_for_the_newest(void **state)
{
    static struct oi_flight flight;

    (void)state;
    flight = (struct oi_flight){0};
    for (uint32_t recorded = 1; recorded <= 3 * OI_FLIGHT_ENTRIES; recorded++) {
        uint32_t count = recorded < OI_FLIGHT_ENTRIES ? recorded : OI_FLIGHT_ENTRIES;

        record(&flight, recorded);
        assert_int_equal(oi_flight_count(&flight), count);
        assert_entry(oi_flight_at(&flight, 0), recorded - count + 1);
        assert_entry(oi_flight_at(&flight, count - 1), recorded);
    }
}

static void a_section_records_every_attempt_with_its_outcome(void **state)
{
    static struct oi_flight flight;
    struct bench *b = *state;
    const struct oi_flight_entry *entry;

    flight = (struct oi_flight){0};
    b->section.flight = &flight;
    bench_fail(b, 2, 2, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
    bench_fail(b, 5, 1000, check_condition(OI_KEY_HARDWARE_ERROR, 0x44, 0x00));
    assert_int_equal(bench_write(b, 128), OI_DEVICE_ERROR);
    assert_int_equal(oi_flight_count(&flight), b->drive.commands + b->drive.answers.asked_count);
    for (uint32_t i = 0; i < b->drive.commands; i++) {
        entry = oi_flight_at(&flight, i);
        assert_int_equal(entry->command.cdb.bytes[0], b->drive.log[i].opcode);
        assert_int_equal(entry->command.cdb.bytes[5], b->drive.log[i].lba);
        assert_int_equal(entry->command.timeout_ms, b->drive.log[i].timeout_ms);
        if (i > 0)
            assert_true(entry->started_us >= oi_flight_at(&flight, i - 1)->started_us);
    }
    assert_int_equal(oi_flight_at(&flight, 1)->completion.moved, 16 * 2048);
    assert_int_equal(oi_flight_at(&flight, 2)->completion.scsi_status, OI_SCSI_CHECK_CONDITION);
    entry = oi_flight_at(&flight, 5);
    assert_int_equal(entry->completion.sense[2], OI_KEY_HARDWARE_ERROR);
    assert_int_equal(entry->completion.sense[12], 0x44);
    /* The pause after "not yet" lies between two attempts, not in one. */
    assert_true(oi_flight_at(&flight, 3)->started_us >
                oi_flight_at(&flight, 2)->started_us + oi_flight_at(&flight, 2)->elapsed_us);
}

static void read_all_first(void *context, uint32_t command)
{
    if (command == 0)
        bench_source_is_free(context);
}

static void a_failure_tells_how_full_the_fifo_was(void **state)
{
    struct bench *b = *state;

    b->drive.hook = read_all_first;
    b->drive.hook_context = b;
    bench_fail(b, 3, 1000, check_condition(OI_KEY_HARDWARE_ERROR, 0x44, 0x00));
    assert_int_equal(bench_write(b, 128), OI_DEVICE_ERROR);
    assert_int_equal(b->outcome.fifo_used_bytes, (128 - 3 * 16) * 2048);
    assert_int_equal(b->outcome.fifo_total_bytes, 64 << 20);
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_recorded_is_found_in_order),
        cmocka_unit_test(the_oldest_makes_room_for_the_newest),
        BENCH_TEST(a_section_records_every_attempt_with_its_outcome),
        BENCH_TEST(a_failure_tells_how_full_the_fifo_was),
    };

    return cmocka_run_group_tests_name("flight", tests, NULL, NULL);
}
