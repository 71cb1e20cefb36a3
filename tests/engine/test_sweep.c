/* Sweeps: the 1st, 2nd, ... resource and the 1st, 2nd, ... command of a section fail, until it gets
 * through untouched. After each failure the status is the expected one, nothing hangs or leaks, the
 * first blocks on the disc are those of the source, and the engine works again. */
#include "bench.h"
#include "scsi.h"

static atomic_int countdown; /* resources until one is refused; 0: none is */

static bool refused(void)
{
    return atomic_load(&countdown) > 0 && atomic_fetch_sub(&countdown, 1) == 1;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_oi_pages_alloc(size_t size);
void *__wrap_oi_pages_alloc(size_t size);
enum oi_status __real_oi_thread_start(struct oi_thread **thread, void (*body)(void *),
                                      void *context);
enum oi_status __wrap_oi_thread_start(struct oi_thread **thread, void (*body)(void *),
                                      void *context);

void *__wrap_malloc(size_t size)
{
    return refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_oi_pages_alloc(size_t size)
{
    return refused() ? NULL : __real_oi_pages_alloc(size);
}

enum oi_status __wrap_oi_thread_start(struct oi_thread **thread, void (*body)(void *),
                                      void *context)
{
    if (refused()) {
        *thread = NULL;
        return OI_OUT_OF_MEMORY;
    }
    return __real_oi_thread_start(thread, body, context);
}

static void sweep_resources(struct bench *b, bool client_reads)
{
    int refusal = 0;
    enum oi_status status;
    int failures = 0;

    b->section.client_reads = client_reads;
    do {
        uint32_t closes = b->source.closes;

        assert_true(bench_rewind(b));
        refusal++;
        assert_true(refusal < 100);
        atomic_store(&countdown, refusal);
        status = bench_write(b, 64);
        if (status != OI_OK) {
            failures++;
            assert_int_equal(status, OI_OUT_OF_MEMORY);
            assert_int_equal(b->outcome.culprit, OI_BY_SYSTEM);
            assert_int_equal(b->drive.commands, 0);
        }
        assert_int_equal(b->source.closes, closes + 1);
        assert_false(oi_engine_busy(&b->engine));
        if (status == OI_OK && atomic_load(&countdown) == 0)
            b->drive.commands = 0; /* it got through with less: a smaller fifo */
    } while (status != OI_OK || atomic_load(&countdown) == 0);
    atomic_store(&countdown, 0);
    assert_true(failures >= 3);
    assert_true(bench_rewind(b));
    assert_int_equal(bench_write(b, 64), OI_OK);
    assert_disc_holds(b, 0, 64);
}

static void every_resource_may_be_refused(void **state)
{
    sweep_resources(*state, false);
}

static void every_resource_may_be_refused_to_a_client_that_reads(void **state)
{
    sweep_resources(*state, true);
}

static void every_command_may_fail(void **state)
{
    struct bench *b = *state;
    const struct {
        struct oi_completion completion;
        enum oi_status expected;
    } kinds[] = {
        {check_condition(OI_KEY_HARDWARE_ERROR, 0x44, 0x00), OI_DEVICE_ERROR},
        {check_condition(OI_KEY_NOT_READY, 0x3a, 0x00), OI_NO_MEDIA},
        {deferred(OI_KEY_HARDWARE_ERROR, 0x44, 0x00), OI_DEVICE_ERROR},
        {scsi_status(OI_SCSI_RESERVATION_CONFLICT), OI_LOCKED},
        {transport_failure(OI_TIMED_OUT, 0), OI_TIMED_OUT},
        {transport_failure(OI_FOREIGN, 5), OI_FOREIGN},
        {{.moved = 1}, OI_BAD_RESPONSE},
    };

    b->section.profile = 0x001b; /* sequential, and this drive tells no next writable address */
    for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
        for (uint32_t nth = 0; nth <= 20; nth++) {
            enum oi_status status;

            assert_true(bench_rewind(b));
            b->drive.commands = 0;
            b->drive.fault_count = 0;
            bench_fail(b, nth, 1, kinds[kind].completion);
            status = bench_write(b, 20 * 16);
            assert_int_equal(status, nth < 20 ? kinds[kind].expected : OI_OK);
            assert_int_equal(b->outcome.blocks_written, nth * 16);
            assert_int_equal(b->drive.commands, nth < 20 ? nth + 1 : 20);
            assert_disc_holds(b, 0, nth * 16);
        }
    }
}

static void every_command_may_have_to_wait(void **state)
{
    struct bench *b = *state;

    for (uint32_t nth = 0; nth < 20; nth++) {
        assert_true(bench_rewind(b));
        b->drive.commands = 0;
        b->drive.fault_count = 0;
        bench_fail(b, nth, 3, check_condition(OI_KEY_NOT_READY, 0x04, 0x08));
        assert_int_equal(bench_write(b, 20 * 16), OI_OK);
        assert_int_equal(b->drive.commands, 23);
        assert_disc_holds(b, 0, 320);
    }
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(every_resource_may_be_refused),
        BENCH_TEST(every_resource_may_be_refused_to_a_client_that_reads),
        BENCH_TEST(every_command_may_fail),
        BENCH_TEST(every_command_may_have_to_wait),
    };

    return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
