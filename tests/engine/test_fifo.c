/* The fifo between reader and writer: order, capacity, running empty, closing, aborting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdatomic.h>
#include "fifo.h"

enum { SLOTS = 4, SLOT_BYTES = 8192, LOW_WATER = 2 };

static int setup(void **state)
{
    *state = oi_fifo_create(SLOTS, SLOT_BYTES, LOW_WATER);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    oi_fifo_destroy(*state);
    return 0;
}

static void publish_one(struct oi_fifo *f, uint8_t mark)
{
    struct oi_slot *slot = oi_fifo_acquire(f, false);

    assert_non_null(slot);
    slot->data[0] = mark;
    slot->bytes = 1;
    oi_fifo_publish(f, slot);
}

static void slots_are_page_aligned_and_as_many_as_asked_for(void **state)
{
    struct oi_fifo *f = *state;

    for (int i = 0; i < SLOTS; i++) {
        struct oi_slot *slot = oi_fifo_acquire(f, false);

        assert_non_null(slot);
        assert_int_equal((uintptr_t)slot->data % 4096, 0);
        slot->data[SLOT_BYTES - 1] = 1;
    }
    assert_null(oi_fifo_acquire(f, false));
}

static void a_producer_far_ahead_gets_a_slot_although_none_comes_back(void **state)
{
    struct oi_fifo *f = *state;

    for (uint8_t i = 0; i < LOW_WATER; i++)
        publish_one(f, i);
    assert_non_null(oi_fifo_acquire(f, true));
    assert_non_null(oi_fifo_acquire(f, true));
    assert_null(oi_fifo_acquire(f, false));
}

static void slots_come_out_in_the_order_they_went_in(void **state)
{
    struct oi_fifo *f = *state;

    for (uint8_t i = 0; i < SLOTS; i++)
        publish_one(f, i);
    for (uint8_t i = 0; i < SLOTS; i++) {
        struct oi_slot *slot = oi_fifo_take(f, true);

        assert_int_equal(slot->data[0], i);
        oi_fifo_recycle(f, slot);
    }
}

static void the_slot_recycled_last_is_used_next(void **state)
{
    struct oi_fifo *f = *state;
    struct oi_slot *slot;

    publish_one(f, 1);
    slot = oi_fifo_take(f, true);
    oi_fifo_recycle(f, slot);
    assert_ptr_equal(oi_fifo_acquire(f, false), slot);
}

static void a_closed_fifo_is_drained_and_then_empty_for_good(void **state)
{
    struct oi_fifo *f = *state;
    struct oi_slot *slot;

    publish_one(f, 1);
    oi_fifo_close(f);
    slot = oi_fifo_take(f, true);
    assert_non_null(slot);
    oi_fifo_recycle(f, slot);
    assert_null(oi_fifo_take(f, true));
}

static void abort_drops_what_is_queued(void **state)
{
    struct oi_fifo *f = *state;

    publish_one(f, 1);
    oi_fifo_abort(f);
    assert_null(oi_fifo_take(f, true));
    assert_null(oi_fifo_acquire(f, true));
}

struct taker {
    struct oi_fifo *fifo;
    struct oi_slot *got[SLOTS];
    atomic_int count;
    struct oi_mutex lock;
    struct oi_cond taken;
};

static void take_until_null(void *context)
{
    struct taker *t = context;
    struct oi_slot *slot;

    while ((slot = oi_fifo_take(t->fifo, true)) != NULL) {
        oi_mutex_lock(&t->lock);
        atomic_fetch_add(&t->count, 1);
        oi_cond_signal(&t->taken);
        oi_mutex_unlock(&t->lock);
        oi_fifo_recycle(t->fifo, slot);
    }
}

static bool taken_reaches(struct taker *t, int count)
{
    uint64_t deadline = oi_clock_us() + 20000000u;
    bool in_time = true;

    oi_mutex_lock(&t->lock);
    while (atomic_load(&t->count) < count && in_time)
        in_time = oi_cond_wait_until(&t->taken, &t->lock, deadline);
    oi_mutex_unlock(&t->lock);
    return in_time;
}

static void taker_init(struct taker *t, struct oi_fifo *f)
{
    *t = (struct taker){.fifo = f};
    oi_mutex_init(&t->lock);
    oi_cond_init(&t->taken);
}

static void taker_fini(struct taker *t)
{
    oi_cond_fini(&t->taken);
    oi_mutex_fini(&t->lock);
}

static void abort_wakes_a_consumer_that_waits_for_data(void **state)
{
    struct taker t;
    struct oi_thread *thread;

    taker_init(&t, *state);
    assert_int_equal(oi_thread_start(&thread, take_until_null, &t), OI_OK);
    oi_fifo_abort(*state);
    oi_thread_join(thread);
    assert_int_equal(t.count, 0);
    taker_fini(&t);
}

static void the_first_slot_is_given_at_once(void **state)
{
    struct oi_fifo *f = *state;

    assert_null(oi_fifo_take(f, false));
    publish_one(f, 1);
    assert_non_null(oi_fifo_take(f, false));
}

static void after_running_empty_data_is_gathered_up_to_the_low_water_mark(void **state)
{
    struct oi_fifo *f = *state;

    publish_one(f, 1);
    oi_fifo_recycle(f, oi_fifo_take(f, false));
    assert_null(oi_fifo_take(f, false)); /* ran empty */
    publish_one(f, 2);
    assert_null(oi_fifo_take(f, false));
    publish_one(f, 3);
    assert_non_null(oi_fifo_take(f, false));
    assert_non_null(oi_fifo_take(f, false));
}

static void what_is_below_the_low_water_mark_is_given_when_no_more_will_come(void **state)
{
    struct oi_fifo *f = *state;

    publish_one(f, 1);
    oi_fifo_recycle(f, oi_fifo_take(f, false));
    assert_null(oi_fifo_take(f, false));
    publish_one(f, 2);
    oi_fifo_close(f);
    assert_non_null(oi_fifo_take(f, false));
    assert_null(oi_fifo_take(f, false));
}

static void a_waiting_consumer_is_woken_when_enough_is_there(void **state)
{
    struct oi_fifo *f = *state;
    struct taker t;
    struct oi_thread *thread;

    taker_init(&t, f);
    publish_one(f, 1);
    assert_int_equal(oi_thread_start(&thread, take_until_null, &t), OI_OK);
    assert_true(taken_reaches(&t, 1));
    publish_one(f, 2);
    publish_one(f, 3);
    assert_true(taken_reaches(&t, 3));
    publish_one(f, 4);
    oi_fifo_close(f);
    assert_true(taken_reaches(&t, 4));
    oi_thread_join(thread);
    taker_fini(&t);
}

static void abort_wakes_a_producer_that_waits_for_room_thread(void *context)
{
    while (oi_fifo_acquire(context, true) != NULL)
        ;
}

static void abort_wakes_a_producer_that_waits_for_room(void **state)
{
    struct oi_thread *thread;

    assert_int_equal(
        oi_thread_start(&thread, abort_wakes_a_producer_that_waits_for_room_thread, *state), OI_OK);
    oi_fifo_abort(*state);
    oi_thread_join(thread);
}

struct hourglass {
    struct oi_clock clock;
    uint64_t asked_us;
};

static uint64_t stopped_now(struct oi_clock *clock)
{
    (void)clock;
    return 0;
}

static bool note_deadline(struct oi_clock *clock, struct oi_cond *cond, struct oi_mutex *mutex,
                          uint64_t deadline_us)
{
    (void)cond;
    (void)mutex;
    ((struct hourglass *)clock)->asked_us = deadline_us;
    return false;
}

static void a_pause_lasts_until_its_deadline_on_the_given_clock(void **state)
{
    struct hourglass h = {{stopped_now, note_deadline}, 0};

    oi_fifo_pause(*state, &h.clock, 12345);
    assert_int_equal(h.asked_us, 12345);
}

static void a_pause_of_an_aborted_fifo_is_over_at_once(void **state)
{
    struct hourglass h = {{stopped_now, note_deadline}, 0};

    oi_fifo_abort(*state);
    oi_fifo_pause(*state, &h.clock, 12345);
    assert_int_equal(h.asked_us, 0);
}

#define FIFO_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIFO_TEST(slots_are_page_aligned_and_as_many_as_asked_for),
        FIFO_TEST(a_producer_far_ahead_gets_a_slot_although_none_comes_back),
        FIFO_TEST(slots_come_out_in_the_order_they_went_in),
        FIFO_TEST(the_slot_recycled_last_is_used_next),
        FIFO_TEST(a_closed_fifo_is_drained_and_then_empty_for_good),
        FIFO_TEST(abort_drops_what_is_queued),
        FIFO_TEST(abort_wakes_a_consumer_that_waits_for_data),
        FIFO_TEST(abort_wakes_a_producer_that_waits_for_room),
        FIFO_TEST(the_first_slot_is_given_at_once),
        FIFO_TEST(after_running_empty_data_is_gathered_up_to_the_low_water_mark),
        FIFO_TEST(what_is_below_the_low_water_mark_is_given_when_no_more_will_come),
        FIFO_TEST(a_waiting_consumer_is_woken_when_enough_is_there),
        FIFO_TEST(a_pause_lasts_until_its_deadline_on_the_given_clock),
        FIFO_TEST(a_pause_of_an_aborted_fifo_is_over_at_once),
    };

    return cmocka_run_group_tests_name("fifo", tests, NULL, NULL);
}
