/* What is learned of the speed of a drive's buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "drain.h"

enum { CHUNK = 65536, SECOND = 1000000 };

static void nothing_is_predicted_before_anything_is_known(void **state)
{
    struct oi_drain drain;

    (void)state;
    oi_drain_init(&drain, 0);
    oi_drain_accepted(&drain, 0, CHUNK);
    oi_drain_full(&drain, 1000);
    assert_int_equal(oi_drain_until_room_us(&drain, 1000, CHUNK), 0);
}

static void the_clients_hint_is_used_until_something_is_learned(void **state)
{
    struct oi_drain drain;

    (void)state;
    oi_drain_init(&drain, 10 * CHUNK);
    assert_int_equal(oi_drain_until_room_us(&drain, 0, CHUNK), 100000);
}

static void what_was_accepted_between_two_full_buffers_is_the_speed(void **state)
{
    struct oi_drain drain;

    (void)state;
    oi_drain_init(&drain, 0);
    oi_drain_full(&drain, 5 * SECOND);
    for (int i = 1; i <= 20; i++)
        oi_drain_accepted(&drain, (uint64_t)(5 * SECOND + i * 50000), CHUNK);
    oi_drain_full(&drain, 6 * SECOND);
    assert_int_equal(drain.bytes_per_second, 20 * CHUNK);
    assert_int_equal(oi_drain_until_room_us(&drain, 6 * SECOND, CHUNK), 50000);
}

static void time_that_has_passed_since_the_last_write_counts(void **state)
{
    struct oi_drain drain;

    (void)state;
    oi_drain_init(&drain, 10 * CHUNK);
    oi_drain_accepted(&drain, SECOND, CHUNK);
    assert_int_equal(oi_drain_until_room_us(&drain, SECOND + 30000, CHUNK), 70000);
    assert_int_equal(oi_drain_until_room_us(&drain, SECOND + 990000, CHUNK), 1);
}

static void a_change_of_speed_is_followed(void **state)
{
    struct oi_drain drain;
    uint64_t now_us = 0;

    (void)state;
    oi_drain_init(&drain, 100 * CHUNK);
    for (int i = 0; i < 20; i++) {
        oi_drain_full(&drain, now_us);
        oi_drain_accepted(&drain, now_us + 50000, CHUNK);
        now_us += 100000;
    }
    assert_in_range(drain.bytes_per_second, 10 * CHUNK, 11 * CHUNK);
}

static void a_lost_buffer_is_no_measure(void **state)
{
    struct oi_drain drain;

    (void)state;
    oi_drain_init(&drain, 10 * CHUNK);
    oi_drain_full(&drain, SECOND);
    oi_drain_accepted(&drain, SECOND + 1, CHUNK);
    oi_drain_forget(&drain);
    oi_drain_full(&drain, 100u * SECOND);
    assert_int_equal(drain.bytes_per_second, 10 * CHUNK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_predicted_before_anything_is_known),
        cmocka_unit_test(the_clients_hint_is_used_until_something_is_learned),
        cmocka_unit_test(what_was_accepted_between_two_full_buffers_is_the_speed),
        cmocka_unit_test(time_that_has_passed_since_the_last_write_counts),
        cmocka_unit_test(a_change_of_speed_is_followed),
        cmocka_unit_test(a_lost_buffer_is_no_measure),
    };

    return cmocka_run_group_tests_name("drain", tests, NULL, NULL);
}
