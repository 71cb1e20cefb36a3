/* GET EVENT STATUS NOTIFICATION: every class, told once, the lowest first. */
#include "bench.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    OPERATIONAL = 0x02,
    POWER = 0x04,
    EXTERNAL = 0x08,
    MEDIA = 0x10,
    INITIATORS = 0x20,
    BUSY = 0x40,
    ALL = 0x7e
};

/* Asks for these classes; returns class and event as 0xCE. */
static uint32_t ask_for(struct bench *b, uint8_t classes)
{
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, classes, 0, 0, 0, 8, 0));
    assert_int_equal(b->reply.moved, 8);
    assert_int_equal(field16(b->data), 6);
    assert_int_equal(b->data[2] & 0x80, 0);
    assert_int_equal(b->data[3], ALL);
    return (uint32_t)b->data[2] << 4 | b->data[4];
}

static void eject(struct bench *b)
{
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
}

static void load(struct bench *b)
{
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
}

static void only_polling_is_known(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_sense(bench_get(b, 8, 0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8, 0), 0x052400);
    assert_int_equal(field16(b->reply.sense + 16), 1);
}

static void without_a_class_only_the_classes_are_told(void **state)
{
    struct bench *b = *state;
    static const uint8_t none[] = {0x00, 0x01, 0x80, 0x81};

    bench_insert(b, "dvd+r");
    for (size_t i = 0; i < sizeof(none); i++) {
        assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, none[i], 0, 0, 0, 8, 0));
        assert_int_equal(b->reply.moved, 4);
        assert_int_equal(field16(b->data), 2);
        assert_int_equal(b->data[2], 0x80);
        assert_int_equal(b->data[3], ALL);
    }
}

static void every_class_answers_when_there_is_nothing(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    for (uint8_t class = 1; class <= 6; class ++)
        assert_int_equal(ask_for(b, (uint8_t)(1 << class)), class << 4);
    assert_int_equal(ask_for(b, ALL), 0x10);
}

static void the_lowest_class_with_an_event_comes_first(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    eject(b);
    load(b);
    assert_sense(bench_do(b, 0x1b, 0, 0, 0, 0x20, 0), 0x062800);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 0x20, 0));
    assert_int_equal(ask_for(b, ALL), 0x12);
    assert_int_equal(ask_for(b, ALL), 0x21);
    assert_int_equal(ask_for(b, ALL), 0x42);
    assert_int_equal(ask_for(b, ALL), 0x10);
    assert_int_equal(ask_for(b, MEDIA), 0x40);
}

static void another_medium_changes_what_the_drive_can_do(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    eject(b);
    assert_int_equal(ask_for(b, OPERATIONAL), 0x12);
    assert_int_equal(field16(b->data + 6), 1);
    assert_int_equal(ask_for(b, OPERATIONAL), 0x10);
    bench_define(b, "medium = dvd+rw\nimage = other.iso\n");
    load(b);
    assert_int_equal(ask_for(b, OPERATIONAL), 0x12);
}

static void a_speed_and_a_format_change_it_too(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw");
    assert_int_equal(ask_for(b, OPERATIONAL), 0x10);
    assert_good(bench_do(b, 0xbb, 0, 0xff, 0xff, 6000 >> 8, 6000 & 0xff, 0, 0, 0, 0, 0, 0));
    assert_int_equal(ask_for(b, OPERATIONAL), 0x12);
    assert_good(bench_do(b, 0xbb, 0, 0xff, 0xff, 6000 >> 8, 6000 & 0xff, 0, 0, 0, 0, 0, 0));
    assert_int_equal(ask_for(b, OPERATIONAL), 0x10);
    assert_good(bench_format(b, 0));
    assert_int_equal(ask_for(b, OPERATIONAL), 0x12);
}

static void media_events_tell_what_lies_in_the_tray(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    eject(b);
    assert_int_equal(ask_for(b, MEDIA), 0x43);
    assert_int_equal(b->data[5], 0x01);
    load(b);
    assert_int_equal(ask_for(b, MEDIA), 0x42);
    assert_int_equal(b->data[5], 0x02);
    assert_sense(bench_do(b, 0x1e, 0, 0, 0, 1, 0), 0x062800);
    assert_good(bench_do(b, 0x1e, 0, 0, 0, 1, 0));
    assert_sense(bench_do(b, 0x1b, 0, 0, 0, 2, 0), 0x055302);
    assert_int_equal(ask_for(b, MEDIA), 0x41);
    assert_int_equal(ask_for(b, EXTERNAL), 0x30);
    assert_int_equal(b->data[5], 0x80);
}

static void an_event_that_does_not_fit_is_kept(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    eject(b);
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, MEDIA, 0, 0, 0, 7, 0));
    assert_int_equal(b->reply.moved, 7);
    assert_good(bench_get(b, 4, 0x4a, 1, 0, 0, MEDIA, 0, 0, 0, 8, 0));
    assert_int_equal(b->reply.moved, 4);
    assert_int_equal(ask_for(b, MEDIA), 0x43);
    assert_int_equal(ask_for(b, MEDIA), 0x40);
}

static void a_drive_that_becomes_busy_or_idle_says_so_once(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_write(b, 0, 32, 1));
    assert_int_equal(ask_for(b, BUSY), 0x60);
    assert_int_equal(b->data[5], 0);
    assert_good(bench_do(b, 0x5b, 1, 2, 0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(ask_for(b, BUSY), 0x61);
    assert_int_equal(b->data[5], 1);
    assert_in_range(field16(b->data + 6), 10, 600);
    assert_int_equal(ask_for(b, BUSY), 0x60);
    assert_int_equal(b->data[5], 1);
    b->now_us += 60 * 1000000ull;
    assert_int_equal(ask_for(b, BUSY), 0x61);
    assert_int_equal(b->data[5], 0);
    assert_int_equal(ask_for(b, BUSY), 0x60);
}

static void a_disc_that_another_program_has_is_an_event(void **state)
{
    struct bench *b = *state;
    struct oi_emu *other;

    bench_insert(b, "dvd+r");
    other = bench_second(b);
    assert_good(bench_write_on(b, other, 0, 16, 1));
    assert_sense(bench_write(b, 16, 16, 1), 0x18000000);
    assert_int_equal(ask_for(b, INITIATORS), 0x51);
    assert_int_equal(b->data[5], 1);
    oi_emu_close(other);
    assert_good(bench_write(b, 16, 16, 1));
    assert_int_equal(ask_for(b, INITIATORS), 0x53);
    assert_int_equal(b->data[5], 0);
    assert_int_equal(ask_for(b, INITIATORS), 0x50);
}

static void an_eject_in_another_process_is_seen_by_a_host_that_never_pauses(void **state)
{
    struct bench *b = *state;
    uint64_t deadline_us = oi_clock_us() + 30000000;
    uint32_t sense;
    pid_t child;
    int status;

    bench_insert(b, "dvd+r");
    child = fork();
    if (child == 0) {
        b->emu = bench_second(b);
        _exit(bench_do(b, 0x1b, 0, 0, 0, 2, 0) == 0 ? 0 : 1);
    }
    do
        sense = bench_do(b, 0, 0, 0, 0, 0, 0);
    while (sense == 0 && oi_clock_us() < deadline_us);
    assert_sense(sense, 0x023a02);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(ask_for(b, MEDIA), 0x43);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(only_polling_is_known),
        TEST(without_a_class_only_the_classes_are_told),
        TEST(every_class_answers_when_there_is_nothing),
        TEST(the_lowest_class_with_an_event_comes_first),
        TEST(another_medium_changes_what_the_drive_can_do),
        TEST(a_speed_and_a_format_change_it_too),
        TEST(media_events_tell_what_lies_in_the_tray),
        TEST(an_event_that_does_not_fit_is_kept),
        TEST(a_drive_that_becomes_busy_or_idle_says_so_once),
        TEST(a_disc_that_another_program_has_is_an_event),
        TEST(an_eject_in_another_process_is_seen_by_a_host_that_never_pauses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
