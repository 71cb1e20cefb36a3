/* What takes time, how long, and what the drive says meanwhile. The bench's clock stands still
 * unless the drive sleeps on it or the test moves it. */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include "cache.h"

enum { SECOND_US = 1000000 };

static uint32_t ready(struct bench *b)
{
    return bench_do(b, 0, 0, 0, 0, 0, 0);
}

static uint32_t progress(struct bench *b)
{
    return b->reply.sense[15] & 0x80 ? field16(b->reply.sense + 16) : UINT32_MAX;
}

/* Writes until the buffer takes no more; returns the next address. */
static uint32_t fill(struct bench *b, uint32_t lba, uint32_t *sense)
{
    while ((*sense = bench_write(b, lba, 32, 1)) == 0)
        lba += 32;
    return lba;
}

/* How long until the drive is ready, in steps of a millisecond. */
static uint64_t until_ready(struct bench *b, uint32_t meanwhile)
{
    uint64_t start = b->now_us;
    uint32_t sense;

    while ((sense = ready(b)) != 0) {
        assert_sense(sense, meanwhile);
        b->now_us += 1000;
        assert_true(b->now_us - start < 3600ull * SECOND_US);
    }
    return b->now_us - start;
}

static void without_a_speed_nothing_takes_time(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    for (uint32_t lba = 0; lba < 4096; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    assert_good(bench_do(b, 0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_good(bench_do(b, 0x5b, 1, 6, 0, 0, 0, 0, 0, 0, 0));
    assert_good(ready(b));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(ready(b), 0x062800);
    assert_int_equal(b->slept_us, 0);
}

static void the_first_write_waits_for_calibration_and_lead_in(void **state)
{
    struct bench *b = *state;
    uint32_t sense, before, lba;

    bench_insert(b, "dvd+r\nspeed = 4");
    lba = fill(b, 0, &sense);
    assert_int_equal(lba, 1024);
    assert_sense(sense, 0x020407);
    before = progress(b);
    b->now_us += SECOND_US;
    assert_sense(bench_write(b, lba, 32, 1), 0x020407);
    assert_in_range(progress(b), before + 65535 / 4, 65535);
    b->now_us += SECOND_US * 3 / 2;
    assert_good(bench_write(b, lba, 32, 1));
    lba = fill(b, lba + 32, &sense);
    assert_sense(sense, 0x020408);
}

static void calibrating_before_shortens_the_first_write(void **state)
{
    struct bench *b = *state;
    uint64_t without, with;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    without = b->slept_us;

    bench_define(b, "medium = dvd+r\nimage = other.iso\nspeed = 4\n");
    bench_open(b);
    b->slept_us = 0;
    assert_good(bench_do(b, 0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_in_range(b->slept_us, SECOND_US / 2, 10 * SECOND_US);
    assert_int_equal(b->slept_us < without, 1);
    with = b->slept_us;
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    assert_int_equal(b->slept_us, without);
    assert_int_equal(with < without, 1);
}

static void a_lead_in_is_written_once_in_a_session(void **state)
{
    struct bench *b = *state;
    uint64_t first, second;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_do(b, 0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0));
    b->slept_us = 0;
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    first = b->slept_us;
    b->slept_us = 0;
    assert_good(bench_write(b, 16, 16, 1));
    assert_good(bench_sync(b));
    second = b->slept_us;
    assert_in_range(second, 16 * 2048 * 10 / 56, 16 * 2048 * 10 / 55);
    assert_true(first > second + SECOND_US / 2);
    assert_good(bench_close_track(b, 2, 0));
    b->slept_us = 0;
    assert_good(bench_write(b, bench_next(b, b->emu), 16, 1));
    assert_good(bench_sync(b));
    assert_int_equal(b->slept_us, first);
}

static void closing_takes_its_time_and_tells_how_far_it_is(void **state)
{
    struct bench *b = *state;
    uint64_t session, whole;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    b->slept_us = 0;
    assert_good(bench_close_track(b, 2, 0));
    session = b->slept_us;
    assert_true(session >= SECOND_US);
    assert_good(bench_write(b, bench_next(b, b->emu), 32, 1));
    assert_good(bench_sync(b));
    b->slept_us = 0;
    assert_good(bench_do(b, 0x5b, 1, 6, 0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(b->slept_us, 0);
    assert_sense(ready(b), 0x020408);
    assert_int_equal(progress(b), 0);
    whole = until_ready(b, 0x020408);
    assert_true(whole > session);
}

static void a_busy_drive_answers_what_needs_no_disc(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_do(b, 0x5b, 1, 2, 0, 0, 0, 0, 0, 0, 0));
    assert_sense(ready(b), 0x020408);
    assert_sense(bench_read(b, 0, 1), 0x020408);
    assert_sense(bench_write(b, 2048, 16, 1), 0x020408);
    assert_sense(bench_sync(b), 0x020408);
    assert_sense(bench_do(b, 0x1b, 0, 0, 0, 2, 0), 0x020408);
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_good(bench_get(b, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_good(bench_get(b, 255, 0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 255, 0));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x40, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[5], 1);
    b->now_us += SECOND_US / 2;
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2], 2);
    assert_int_equal(field16(b->data + 12), 0x0408);
    assert_int_equal(b->data[15] & 0x80, 0x80);
    assert_in_range(field16(b->data + 16), 1, 65534);
    until_ready(b, 0x020408);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2], 0);
}

static void a_loaded_disc_is_announced_when_it_has_spun_up(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4], 3); /* the removal, still */
    assert_sense(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0), 0x020401);
    assert_sense(ready(b), 0x020401);
    assert_int_equal(progress(b), 0);
    b->now_us += 2 * SECOND_US;
    assert_sense(ready(b), 0x020401);
    assert_in_range(progress(b), 32000, 33000);
    b->now_us += 2 * SECOND_US;
    assert_sense(ready(b), 0x062800);
    assert_good(ready(b));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4], 2);
}

static void a_slow_drive_takes_ten_seconds_to_become_ready(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\npersonality = slow-ready");
    assert_in_range(until_ready(b, 0x020401), 9990000, 10010000);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0)); /* out again before it was ready */
    assert_sense(ready(b), 0x023a02);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(ready(b), 0x020401);
    b->now_us += 10 * SECOND_US;
    assert_sense(ready(b), 0x062800);
    assert_good(ready(b));
}

static void a_stopped_disc_must_be_started(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 0, 0));
    assert_good(ready(b)); /* to be still is not to be absent */
    assert_sense(bench_write(b, 16, 16, 1), 0x020402);
    assert_sense(bench_read(b, 0, 1), 0x020402);
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    b->slept_us = 0;
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 1, 0));
    assert_int_equal(b->slept_us, 4 * SECOND_US);
    assert_good(ready(b));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 0, 0));
    assert_good(bench_do(b, 0x1b, 1, 0, 0, 1, 0));
    assert_int_equal(until_ready(b, 0x020401), 4 * SECOND_US);
    assert_holds(b, 0, 16, 1);
}

static void power_conditions_are_left_when_the_disc_is_needed(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 0x20, 0));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x04, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[2], 2);
    assert_int_equal(b->data[4], 1);
    assert_int_equal(b->data[5], 2);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 0x30, 0));
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x04, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[5], 3);
    b->slept_us = 0;
    assert_good(ready(b));
    assert_int_equal(b->slept_us, 4 * SECOND_US);
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x04, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4], 1);
    assert_int_equal(b->data[5], 1);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 0x50, 0));
    assert_sense(ready(b), 0x062900);
    assert_sense(ready(b), 0x020401);
}

static void what_start_stop_unit_does_not_know_is_refused(void **state)
{
    static const uint8_t wrong[] = {0x10, 0x40, 0x60, 0xf0, 0x21, 0x32, 0x53, 0x04, 0x08};
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    for (size_t i = 0; i < sizeof(wrong); i++) {
        assert_sense(bench_do(b, 0x1b, 0, 0, 0, wrong[i], 0), 0x052400);
        assert_int_equal(field16(b->reply.sense + 16), 4);
    }
    assert_good(ready(b));
}

static void a_waiting_drive_takes_the_write_when_there_is_room(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 4\npersonality = waiting-writes");
    for (uint32_t lba = 0; lba < 8192; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    /* Calibration and lead-in, then all but what is in the buffer at 4x. */
    assert_in_range(b->slept_us, 4 * SECOND_US, 6 * SECOND_US);
    assert_int_equal(drive_statistics(b->emu)->refused, 0);
    assert_in_range(drive_statistics(b->emu)->longest_wait_us, SECOND_US, 3 * SECOND_US);
    assert_holds(b, 0, 64, 1);
}

static void reading_takes_the_time_of_the_speed_that_is_set(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 16");
    assert_good(bench_write(b, 0, 64, 1));
    assert_good(bench_sync(b));
    b->slept_us = 0;
    assert_good(bench_read(b, 0, 64));
    assert_in_range(b->slept_us, 1, 20000);
    assert_good(bench_do(b, 0xbb, 0, 1385 >> 8, 1385 & 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0));
    b->slept_us = 0;
    assert_good(bench_read(b, 0, 64));
    assert_in_range(b->slept_us, 94600, 94700);
}

/* ---- the drive's own clock ---- */

static void the_virtual_clock_moves_by_commands_and_sleeps_alone(void **state)
{
    struct bench *b = *state;
    uint32_t tries = 0;

    bench_insert(b, "dvd+r\nspeed = 4\nclock = virtual");
    b->now_us = 77 * SECOND_US;
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    assert_int_equal(b->slept_us, 0);
    assert_good(bench_do(b, 0x5b, 1, 2, 0, 0, 0, 0, 0, 0, 0));
    while (ready(b) != 0)
        tries++;
    /* 1 s and 1024 sectors at 4x, in steps of a fourth of what is left, but 100 ms at least. */
    assert_int_equal(tries, 9);
    assert_int_equal(b->now_us, 77 * SECOND_US);
}

static void on_the_virtual_clock_a_refused_write_finds_half_the_buffer_free(void **state)
{
    struct bench *b = *state;
    uint32_t sense, lba;

    bench_insert(b, "dvd+r\nspeed = 4\nclock = virtual");
    lba = fill(b, 0, &sense);
    assert_sense(sense, 0x020407);
    lba = fill(b, lba, &sense);
    assert_sense(sense, 0x020408);
    assert_good(bench_get(b, 12, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_in_range(field32(b->data + 8), 1048576, 1048576 + 4096);
}

static void a_clock_must_be_named_right(void **state)
{
    struct oi_emu_clock clock = {0};
    struct bench *b = *state;
    char problem[OI_EMU_DETAIL_MAX];
    struct oi_emu *emu;

    bench_define(b, "medium = none\nclock = fast\n");
    assert_int_equal(oi_emu_open(&emu, b->ini, &clock, problem), OI_BAD_FILE);
    assert_non_null(strstr(problem, "real or virtual"));
    bench_insert(b, "dvd+r\nclock = real");
}

static void no_host_waits_longer_than_it_said(void **state)
{
    struct bench *b = *state;
    struct oi_emu_command close_session = {.cdb = {0x5b, 0, 2}, .cdb_len = 10, .timeout_ms = 1000};

    bench_insert(b, "dvd+r\nspeed = 1");
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    b->slept_us = 0;
    oi_emu_execute(b->emu, &close_session, &b->reply);
    assert_int_equal(b->reply.delivery, OI_EMU_TIMED_OUT);
    assert_int_equal(b->slept_us, SECOND_US);
    assert_non_null(strstr(oi_emu_detail(b->emu), "longer for this than the host waits"));
    /* The drive goes on. */
    assert_in_range(until_ready(b, 0x020408), SECOND_US, 20 * SECOND_US);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[4], 2);
    close_session.timeout_ms = 60000;
    assert_good(bench_write(b, bench_next(b, b->emu), 32, 1));
    oi_emu_execute(b->emu, &close_session, &b->reply);
    assert_int_equal(b->reply.delivery, OI_EMU_ANSWERED);
    assert_int_equal(b->reply.scsi_status, 0);
}

static void a_write_that_waits_for_room_is_over_when_the_host_gives_it_up(void **state)
{
    struct bench *b = *state;
    struct oi_emu_command write = {.cdb = {0x2a, [8] = 32},
                                   .cdb_len = 10,
                                   .direction = OI_EMU_DATA_OUT,
                                   .data = b->data,
                                   .data_len = 32 * SECTOR,
                                   .timeout_ms = 5};
    uint32_t lba = 0;

    bench_insert(b, "dvd+r\nspeed = 1\npersonality = waiting-writes");
    do {
        write.cdb[4] = (uint8_t)(lba >> 8);
        write.cdb[5] = (uint8_t)lba;
        oi_emu_execute(b->emu, &write, &b->reply);
        lba += 32;
    } while (b->reply.delivery == OI_EMU_ANSWERED && lba < 4096);
    assert_int_equal(b->reply.delivery, OI_EMU_TIMED_OUT);
    assert_int_equal(b->slept_us, 5000);
    until_ready(b, 0x020407);
    assert_int_equal(bench_next(b, b->emu), lba);
}

static void reading_a_cd_takes_its_time_too(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw\nspeed = 4");
    assert_good(bench_do(b, 0xbb, 0, 0, 176, 0xff, 0xff, 0, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 60, 0x5a, 0, 0x05, 0, 0, 0, 0, 0, 60, 0));
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 1, 1));
    b->slept_us = 0;
    assert_good(bench_get(b, 16 * SECTOR, 0xbe, 0, 0, 0, 0, 0, 0, 0, 16, 0x10, 0, 0));
    assert_in_range(b->slept_us, 200000, 230000); /* 75 sectors a second */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(without_a_speed_nothing_takes_time),
        TEST(the_first_write_waits_for_calibration_and_lead_in),
        TEST(calibrating_before_shortens_the_first_write),
        TEST(a_lead_in_is_written_once_in_a_session),
        TEST(closing_takes_its_time_and_tells_how_far_it_is),
        TEST(a_busy_drive_answers_what_needs_no_disc),
        TEST(a_loaded_disc_is_announced_when_it_has_spun_up),
        TEST(a_slow_drive_takes_ten_seconds_to_become_ready),
        TEST(a_stopped_disc_must_be_started),
        TEST(power_conditions_are_left_when_the_disc_is_needed),
        TEST(what_start_stop_unit_does_not_know_is_refused),
        TEST(a_waiting_drive_takes_the_write_when_there_is_room),
        TEST(reading_takes_the_time_of_the_speed_that_is_set),
        TEST(the_virtual_clock_moves_by_commands_and_sleeps_alone),
        TEST(on_the_virtual_clock_a_refused_write_finds_half_the_buffer_free),
        TEST(a_clock_must_be_named_right),
        TEST(no_host_waits_longer_than_it_said),
        TEST(a_write_that_waits_for_room_is_over_when_the_host_gives_it_up),
        TEST(reading_a_cd_takes_its_time_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
