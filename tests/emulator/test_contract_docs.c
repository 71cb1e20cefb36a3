/* What docs/virtual-recorder.md and docs/fault-scripts.md promise about faults and personalities.
 */
#include "contract.h"

#include <stdio.h>
#include <string.h>
#include "sequence.h"

enum { WRITE_ERROR = 0x030c00, RESET_OCCURRED = 0x062900, BUSY = 0x08000000 };

static void insert_with(struct bench *b, const char *medium, const char *faults, const char *lines)
{
    char text[256], path[128];

    contract_insert(b, "none");
    bench_close(b);
    snprintf(path, sizeof(path), "%s/bad-day.faults", b->folder);
    assert_int_equal(oi_file_replace(path, faults, strlen(faults)), OI_OK);
    snprintf(text, sizeof(text), "medium = %s\nimage = disc.iso\nfaults = bad-day.faults\n%s",
             medium, lines);
    bench_define(b, text);
    bench_open(b);
}

static void insert_as(struct bench *b, const char *medium, const char *lines)
{
    insert_with(b, medium, "# nothing goes wrong\n", lines);
}

static void the_disc_is_full_at_ninety_percent(void **state)
{
    const uint32_t tenth = 2236704u / 10 * 9 + 4; /* the first sector behind 90 %, rounded up */
    struct bench *b = *state;

    insert_with(b, "dvd-ram", "write after 90%: fail 5/63/00\n", "");
    assert_good(bench_write(b, tenth - 64, 32, 1));
    assert_sense(bench_write(b, tenth - 16, 32, 1), END_OF_USER_AREA);
    assert_int_equal(b->reply.sense[0], 0xf0);
    assert_in_range(field32(b->reply.sense + 3), tenth - 1, tenth);
    assert_sense(bench_write(b, 2236704 - 16, 16, 1), END_OF_USER_AREA);
    assert_good(bench_read(b, 2236704 - 16, 16));
}

static void a_write_error_records_nothing_or_what_the_script_says(void **state)
{
    struct bench *b = *state;

    insert_with(b, "dvd-ram", "write lba 100: fail 3/0C/00\n", "");
    assert_good(bench_write(b, 64, 32, 1));
    assert_sense(bench_write(b, 96, 32, 1), WRITE_ERROR);
    assert_int_equal(b->reply.sense[0] & 0x80, 0x80);
    assert_int_equal(field32(b->reply.sense + 3), 100);
    assert_good(bench_read(b, 96, 1));
    assert_int_equal(b->data[4], 0);
    insert_with(b, "dvd-ram", "write lba 100: fail 3/0C/00, after 8 sectors\n", "");
    assert_sense(bench_write(b, 96, 32, 1), WRITE_ERROR);
    assert_holds(b, 96, 8, 1);
    assert_good(bench_read(b, 104, 1));
    assert_int_equal(b->data[4], 0);
}

static void an_unplugged_drive_answers_nothing_until_it_is_opened_anew(void **state)
{
    struct bench *b = *state;

    insert_with(b, "dvd+r", "500th write: unplug\n", "");
    for (uint32_t n = 0; n < 499; n++)
        assert_good(bench_write(b, n * 32, 32, 1));
    bench_write(b, 499 * 32, 32, 1);
    assert_int_equal(b->reply.delivery, OI_EMU_GONE);
    assert_int_equal(b->reply.sense_len, 0);
    for (int i = 0; i < 3; i++) {
        bench_do(b, 0, 0, 0, 0, 0, 0);
        assert_int_equal(b->reply.delivery, OI_EMU_GONE);
    }
    bench_open(b);
    while (bench_do(b, 0, 0, 0, 0, 0, 0) != 0)
        assert_int_equal(b->reply.delivery, OI_EMU_ANSWERED);
    assert_in_range(sequence_track(b, 1).next, 0, 499 * 32);
}

static void counts_conditions_and_the_order_of_rules_are_kept(void **state)
{
    struct bench *b = *state;

    insert_with(b, "dvd-ram",
                "5th write: fail 3/0C/00\nevery 3rd write: busy\n"
                "from 10th write once: fail 4/44/00\n",
                "");
    for (uint32_t n = 1; n <= 12; n++) {
        const uint32_t wanted = n == 5 ? WRITE_ERROR : n % 3 == 0 ? BUSY : n == 10 ? 0x044400 : 0;

        assert_sense(bench_write(b, n * 32, 32, 1), wanted);
    }
}

static void deferred_descriptor_short_and_missing_sense_come_as_written(void **state)
{
    struct bench *b = *state;

    insert_with(
        b, "dvd-ram",
        "1st write: fail 3/0C/00, deferred, at lba 77\n2nd write: fail 3/0C/00, descriptor\n"
        "3rd write: fail 3/0C/00, first 8 bytes of sense\n4th write: fail 3/0C/00, no sense\n"
        "5th write: fail 1/0C/01\n6th write: transfer 4096 bytes\n",
        "");
    assert_sense(bench_write(b, 0, 16, 1), WRITE_ERROR);
    assert_int_equal(b->reply.sense[0], 0xf1);
    assert_int_equal(field32(b->reply.sense + 3), 77);
    bench_write(b, 0, 16, 1);
    assert_int_equal(b->reply.sense[0], 0x72);
    assert_int_equal(b->reply.sense[1], 3);
    assert_int_equal(b->reply.sense[2], 0x0c);
    bench_write(b, 0, 16, 1);
    assert_int_equal(b->reply.sense_len, 8);
    assert_int_equal(b->reply.sense[2], 3);
    bench_write(b, 0, 16, 1);
    assert_int_equal(b->reply.scsi_status, 2);
    assert_int_equal(b->reply.sense_len, 0);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2] & 0x0f, 3);
    assert_int_equal(b->data[12], 0x0c);
    assert_sense(bench_write(b, 0, 16, 5), 0x010c01);
    assert_holds(b, 0, 16, 5);
    assert_good(bench_write(b, 0, 16, 6));
    assert_int_equal(b->reply.moved, 4096);
    assert_holds(b, 0, 2, 6);
    assert_holds(b, 2, 14, 5);
}

static void a_reset_forgets_mode_pages_and_an_eject_takes_the_disc(void **state)
{
    struct bench *b = *state;

    insert_with(b, "cd-r", "2nd test unit ready: reset\n4th test unit ready: eject\n", "");
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_do(b, 0x1e, 0, 0, 0, 1, 0));
    assert_good(contract_parameters(b, TRACK_AT_ONCE, 0xc4, 8));
    bench_do(b, 0, 0, 0, 0, 0, 0);
    assert_int_equal(b->reply.delivery, OI_EMU_RESET);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), RESET_OCCURRED);
    assert_good(bench_get(b, 60, 0x5a, 8, 5, 0, 0, 0, 0, 0, 60, 0));
    assert_int_not_equal(b->data[8 + 3], 0xc4);
    assert_good(bench_do(b, 0x1e, 0, 0, 0, 1, 0));
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023a02);
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4] & 0x0f, 3);
}

static void a_stall_is_busy_until_it_is_over_when_the_host_gives_up(void **state)
{
    struct bench *b = *state;
    struct oi_emu_command command = {.cdb = {0x2a, [8] = 16},
                                     .cdb_len = 10,
                                     .direction = OI_EMU_DATA_OUT,
                                     .data = b->data,
                                     .data_len = 16 * SECTOR,
                                     .timeout_ms = 1000};

    insert_with(b, "dvd-ram", "1st write: stall 5 s\n2nd write: timeout\n", "");
    bench_pattern(b->data, 0, 16, 9);
    oi_emu_execute(b->emu, &command, &b->reply);
    assert_int_equal(b->reply.delivery, OI_EMU_TIMED_OUT);
    assert_int_equal(b->now_us, 1000000);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x020407);
    b->now_us += 4000000;
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_holds(b, 0, 16, 9);
    bench_pattern(b->data, 0, 16, 3);
    oi_emu_execute(b->emu, &command, &b->reply);
    assert_int_equal(b->reply.delivery, OI_EMU_TIMED_OUT);
    assert_holds(b, 0, 16, 9);
}

static void a_script_that_is_not_understood_is_told_with_its_line(void **state)
{
    static const char *const wrong[] = {
        "write: explode\n",        "write fail 3/0C/00\n",          "0th write: busy\n",
        "write: fail 3/0C\n",      "write lba 5-3: busy\n",         "write after 101%: busy\n",
        "write: busy, deferred\n", "test unit ready lba 1: busy\n", "opcode 1A1h: busy\n",
        "write once once: busy\n",
    };
    const struct oi_emu_clock no_clock = {0};
    struct bench *b = *state;

    insert_with(b, "dvd+r", "", "");
    bench_close(b);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char problem[OI_EMU_DETAIL_MAX], text[128], path[128];
        struct oi_emu *emu = NULL;

        snprintf(path, sizeof(path), "%s/bad-day.faults", b->folder);
        snprintf(text, sizeof(text), "# first line\n%s", wrong[i]);
        assert_int_equal(oi_file_replace(path, text, strlen(text)), OI_OK);
        if (oi_emu_open(&emu, b->ini, &no_clock, problem) != OI_BAD_FILE)
            fail_msg("was taken: %s", wrong[i]);
        if (!strstr(problem, "2") || !strstr(problem, "bad-day.faults"))
            fail_msg("%s: %s", wrong[i], problem);
    }
}

static void a_drive_without_write_12_still_knows_write_10(void **state)
{
    struct bench *b = *state;

    insert_as(b, "dvd+r", "personality = no-write12\n");
    assert_sense(bench_stream(b, 0, 16, 1), INVALID_OPCODE);
    assert_good(bench_write(b, 0, 16, 1));
}

static void small_transfers_are_told_and_larger_ones_refused(void **state)
{
    struct bench *b = *state;

    insert_as(b, "dvd+r", "personality = small-transfers\n");
    assert_int_equal(oi_emu_transfer_kib(b->emu), 64);
    assert_good(bench_write(b, 0, 32, 1));
    assert_int_not_equal(bench_write(b, 32, 64, 1), 0);
    assert_good(bench_write(b, 32, 32, 1));
}

static void descriptor_sense_is_used_for_every_refusal(void **state)
{
    struct bench *b = *state;

    insert_as(b, "dvd+r", "personality = descriptor-sense\n");
    bench_write(b, 64, 16, 1);
    assert_int_equal(b->reply.sense[0], 0x72);
    assert_int_equal(b->reply.sense[1], 5);
    assert_int_equal(b->reply.sense[2], 0x21);
    assert_int_equal(b->reply.sense[3], 2);
    assert_int_equal(b->reply.sense_len, 8 + b->reply.sense[7]);
}

static void a_drive_that_discards_accepts_everything_and_records_nothing(void **state)
{
    struct bench *b = *state;

    insert_as(b, "dvd-ram", "personality = silent-discard\n");
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    assert_good(bench_read(b, 0, 1));
    assert_int_equal(b->data[4], 0);
}

static void a_slow_drive_becomes_ready_after_ten_seconds(void **state)
{
    struct bench *b = *state;
    uint32_t sense;

    insert_as(b, "dvd+r", "personality = slow-ready\n");
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x020401);
    b->now_us += 9000000;
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x020401);
    b->now_us += 2000000;
    sense = bench_do(b, 0, 0, 0, 0, 0, 0);
    if (sense == NEW_MEDIUM)
        sense = bench_do(b, 0, 0, 0, 0, 0, 0);
    assert_good(sense);
}

static void a_waiting_drive_takes_every_write_and_takes_its_time(void **state)
{
    struct bench *b = *state;

    insert_as(b, "dvd+r", "speed = 1\npersonality = waiting-writes\n");
    for (uint32_t lba = 0; lba < 8192; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    assert_in_range(b->slept_us, 1, 600u * 1000000u);
    assert_holds(b, 8160, 32, 1);
}

static void without_underrun_protection_a_pause_ruins_the_track(void **state)
{
    static const char *const personalities[] = {"strict", "no-underrun-protection"};
    struct bench *b = *state;
    uint32_t results[2];

    for (int i = 0; i < 2; i++) {
        char lines[64];
        uint32_t lba = 0;

        snprintf(lines, sizeof(lines), "speed = 4\npersonality = %s\n", personalities[i]);
        insert_as(b, "cd-r", lines);
        assert_good(contract_parameters(b, TRACK_AT_ONCE, 4, 8));
        while (lba < 4096) {
            if (bench_write(b, lba, 32, 1) == 0)
                lba += 32;
            else
                b->now_us += 10000;
        }
        b->now_us += 120u * 1000000u; /* the buffer runs empty */
        results[i] = bench_write(b, lba, 32, 1);
    }
    assert_good(results[0]);
    assert_int_equal(results[1] >> 16, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_disc_is_full_at_ninety_percent),
        TEST(a_write_error_records_nothing_or_what_the_script_says),
        TEST(an_unplugged_drive_answers_nothing_until_it_is_opened_anew),
        TEST(counts_conditions_and_the_order_of_rules_are_kept),
        TEST(deferred_descriptor_short_and_missing_sense_come_as_written),
        TEST(a_reset_forgets_mode_pages_and_an_eject_takes_the_disc),
        TEST(a_stall_is_busy_until_it_is_over_when_the_host_gives_up),
        TEST(a_script_that_is_not_understood_is_told_with_its_line),
        TEST(a_drive_without_write_12_still_knows_write_10),
        TEST(small_transfers_are_told_and_larger_ones_refused),
        TEST(descriptor_sense_is_used_for_every_refusal),
        TEST(a_drive_that_discards_accepts_everything_and_records_nothing),
        TEST(a_slow_drive_becomes_ready_after_ten_seconds),
        TEST(a_waiting_drive_takes_every_write_and_takes_its_time),
        TEST(without_underrun_protection_a_pause_ruins_the_track),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
