/* What each fault of a script does to a command, to the disc and to the commands after it. */
#include "cd_bench.h"

#include <stdio.h>
#include <string.h>

enum { GOOD = 0, BUSY = 0x08000000, WRITE_FAILED = 0x030c00, WAS_RESET = 0x062900 };

/* A drive with a new disc and this script. */
static void insert_with(struct bench *b, const char *medium, const char *keys, const char *script)
{
    char text[256], path[128];

    snprintf(path, sizeof(path), "%s/a.faults", b->folder);
    assert_int_equal(oi_file_replace(path, script, strlen(script)), OI_OK);
    snprintf(text, sizeof(text), "medium = %s\nimage = disc.iso\nfaults = a.faults\n%s", medium,
             keys);
    bench_define(b, text);
    bench_open(b);
}

static void insert(struct bench *b, const char *script)
{
    insert_with(b, "dvd+r", "", script);
}

/* A WRITE (10) of 16 sectors, or a TEST UNIT READY, that the host waits for so long. */
static void run_with_timeout(struct bench *b, uint8_t opcode, uint32_t timeout_ms)
{
    struct oi_emu_command command = {
        .cdb = {opcode, 0, 0, 0, 0, 0, 0, 0, opcode == 0x2a ? 16 : 0},
        .cdb_len = opcode == 0x2a ? 10 : 6,
        .direction = opcode == 0x2a ? OI_EMU_DATA_OUT : OI_EMU_NO_DATA,
        .data = b->data,
        .data_len = opcode == 0x2a ? 16 * SECTOR : 0,
        .timeout_ms = timeout_ms,
    };

    bench_pattern(b->data, 0, 16, 1);
    oi_emu_execute(b->emu, &command, &b->reply);
}

static void a_failed_write_records_nothing_and_names_the_sector(void **state)
{
    struct bench *b = *state;

    insert(b, "write lba 20: fail 3/0C/00\n");
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(bench_write(b, 16, 16, 1), WRITE_FAILED);
    assert_int_equal(b->reply.sense[0], 0xf0);
    assert_int_equal(field32(b->reply.sense + 3), 20);
    assert_int_equal(b->reply.sense_len, 18);
    assert_int_equal(b->reply.moved, 0);
    assert_non_null(
        strstr(oi_emu_detail(b->emu), "a.faults, line 1: the fault script made this command fail"));
    assert_int_equal(bench_next(b, b->emu), 16);
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_holds(b, 0, 16, 1);
}

static void a_disc_may_be_full_at_a_part_of_it(void **state)
{
    /* 0.1 % of a DVD+R are 2295 sectors. */
    struct bench *b = *state;

    insert(b, "write after 0.1%: fail 5/63/00\n");
    for (uint32_t lba = 0; lba < 2256; lba += 16)
        assert_good(bench_write(b, lba, 16, 1));
    assert_good(bench_write(b, 2256, 32, 1));
    assert_sense(bench_write(b, 2288, 32, 1), 0x056300);
    assert_int_equal(field32(b->reply.sense + 3), 2295);
    assert_int_equal(bench_next(b, b->emu), 2288);
}

static void a_write_can_fail_after_some_sectors_which_are_on_the_disc(void **state)
{
    struct bench *b = *state;

    insert(b, "2nd write: fail 3/0C/00, after 16 sectors\n");
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(bench_write(b, 16, 32, 2), WRITE_FAILED);
    assert_int_equal(field32(b->reply.sense + 3), 32);
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_holds(b, 16, 16, 2);
    assert_good(bench_write(b, 32, 16, 3));
}

static void a_recovered_error_has_been_carried_out(void **state)
{
    struct bench *b = *state;

    insert(b, "1st write: fail 1/0C/00\n2nd write: fail 4/08/00, executed\n");
    assert_sense(bench_write(b, 0, 16, 1), 0x010c00);
    assert_int_equal(b->reply.moved, 16 * SECTOR);
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_sense(bench_write(b, 16, 16, 1), 0x040800);
    assert_int_equal(bench_next(b, b->emu), 32);
}

static void a_fault_does_not_cover_what_the_drive_itself_refuses(void **state)
{
    struct bench *b = *state;

    insert(b, "write: fail 1/0C/00\n");
    assert_sense(bench_write(b, 32, 16, 1), 0x052102);
    assert_int_equal(bench_next(b, b->emu), 0);
}

static void a_deferred_error_keeps_its_command_from_being_carried_out(void **state)
{
    struct bench *b = *state;

    insert(b, "2nd write: fail 3/0C/00, deferred, at lba 7\n");
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(bench_write(b, 16, 16, 1), WRITE_FAILED);
    assert_int_equal(b->reply.sense[0], 0xf1);
    assert_int_equal(field32(b->reply.sense + 3), 7);
    assert_int_equal(bench_next(b, b->emu), 16);
}

static void sense_comes_in_the_format_the_script_wants(void **state)
{
    static const uint8_t wanted[20] = {0x72, 0x03, 0x0c, 0x00, 0, 0, 0,    12,   0,    10,
                                       0x80, 0,    0,    0,    0, 0, 0xff, 0xff, 0xff, 0x6a};
    struct bench *b = *state;

    insert(b, "1st write: fail 3/0C/00, descriptor, at lba -150\n"
              "2nd write: fail 3/0C/00, descriptor, deferred\n"
              "3rd write: fail 3/0C/00, no lba\n");
    bench_write(b, 0, 16, 1);
    assert_int_equal(b->reply.scsi_status, 0x02);
    assert_int_equal(b->reply.sense_len, sizeof(wanted));
    assert_memory_equal(b->reply.sense, wanted, sizeof(wanted));
    bench_write(b, 0, 16, 1);
    assert_int_equal(b->reply.sense_len, 8);
    assert_int_equal(b->reply.sense[0], 0x73);
    assert_sense(bench_write(b, 0, 16, 1), WRITE_FAILED);
    assert_int_equal(b->reply.sense[0], 0x70);
    assert_int_equal(field32(b->reply.sense + 3), 0);
}

static void sense_that_did_not_come_over_can_be_asked_for_by_the_next_command(void **state)
{
    struct bench *b = *state;

    insert(b, "1st write: fail 3/0C/00, no sense\n"
              "2nd write: fail 3/0C/00, first 8 bytes of sense\n"
              "3rd write: fail 3/0C/00, no sense\n");
    assert_sense(bench_write(b, 0, 16, 1), 0);
    assert_int_equal(b->reply.scsi_status, 0x02);
    assert_int_equal(b->reply.sense_len, 0);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[0], 0xf0);
    assert_int_equal(b->data[2], 0x03);
    assert_int_equal(b->data[12], 0x0c);
    assert_sense(bench_write(b, 0, 16, 1), 0x030000);
    assert_int_equal(b->reply.sense_len, 8);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[12], 0x0c);
    bench_write(b, 0, 16, 1);
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2], 0);
}

static void a_short_transfer_is_good_and_only_whole_sectors_are_written(void **state)
{
    struct bench *b = *state;

    insert(b, "2nd write: transfer 33000 bytes\n1st read: transfer 100 bytes\n"
              "3rd write: transfer 100 bytes\n");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_write(b, 16, 32, 2));
    assert_int_equal(b->reply.moved, 33000);
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_good(bench_read(b, 0, 2));
    assert_int_equal(b->reply.moved, 100);
    assert_good(bench_write(b, 32, 16, 2));
    assert_int_equal(b->reply.moved, 100);
    assert_int_equal(bench_next(b, b->emu), 32);
}

static void a_busy_drive_does_nothing(void **state)
{
    struct bench *b = *state;

    insert(b, "1st write: busy\n");
    assert_sense(bench_write(b, 0, 16, 1), BUSY);
    assert_int_equal(b->reply.sense_len, 0);
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_good(bench_write(b, 0, 16, 1));
}

static void a_stall_takes_its_time_and_then_goes_on(void **state)
{
    struct bench *b = *state;

    insert(b, "every 2nd test unit ready: stall 2 s\n");
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
    assert_int_equal(b->slept_us, 0);
    run_with_timeout(b, 0x00, 2000);
    assert_int_equal(b->reply.delivery, OI_EMU_ANSWERED);
    assert_int_equal(b->reply.scsi_status, 0);
    assert_int_equal(b->slept_us, 2000000);
}

static void a_stall_that_the_host_does_not_wait_for_was_carried_out_all_the_same(void **state)
{
    struct bench *b = *state;

    insert(b, "1st write: stall 10 s\n");
    run_with_timeout(b, 0x2a, 4000);
    assert_int_equal(b->reply.delivery, OI_EMU_TIMED_OUT);
    assert_int_equal(b->reply.moved, 0);
    assert_int_equal(b->slept_us, 4000000);
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x020407);
    b->now_us += 6000000;
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_holds(b, 0, 16, 1);
}

static void a_stalled_drive_is_busy_with_that_and_not_with_what_it_did_before(void **state)
{
    struct bench *b = *state;

    insert_with(b, "dvd+r", "speed = 4\n", "2nd test unit ready: stall 10 s\n");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_do(b, 0x5b, 1, 2, 0, 0, 0, 0, 0, 0, 0));
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x020408);
    b->now_us += 60000000;
    run_with_timeout(b, 0x00, 4000);
    assert_int_equal(b->reply.delivery, OI_EMU_TIMED_OUT);
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x020407);
    b->now_us += 6000000;
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
}

static void a_drive_that_lost_its_power_spins_up_again(void **state)
{
    struct bench *b = *state;

    insert_with(b, "dvd+r", "personality = slow-ready\n", "2nd mode sense (10): power loss\n");
    b->now_us += 10000000;
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 8, 0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 8, 0));
    bench_get(b, 8, 0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 8, 0);
    assert_int_equal(b->reply.delivery, OI_EMU_RESET);
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), WAS_RESET);
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x020401);
    b->now_us += 10000000;
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
}

static void a_timeout_leaves_it_open_whether_the_drive_did_it(void **state)
{
    struct bench *b = *state;

    insert(b, "1st write: timeout\n2nd write: timeout, executed\n");
    run_with_timeout(b, 0x2a, 3000);
    assert_int_equal(b->reply.delivery, OI_EMU_TIMED_OUT);
    assert_int_equal(b->slept_us, 3000000);
    assert_non_null(strstr(oi_emu_detail(b->emu), "a.faults, line 1: "));
    assert_int_equal(bench_next(b, b->emu), 0);
    run_with_timeout(b, 0x2a, 3000);
    assert_int_equal(b->reply.delivery, OI_EMU_TIMED_OUT);
    assert_int_equal(bench_next(b, b->emu), 16);
}

static void a_reset_is_told_by_the_next_command_and_undoes_settings(void **state)
{
    struct bench *b = *state;

    insert(b, "1st write: reset\n2nd write: reset, executed\n");
    assert_good(bench_do(b, 0x1e, 0, 0, 0, 1, 0));
    bench_write(b, 0, 16, 1);
    assert_int_equal(b->reply.delivery, OI_EMU_RESET);
    assert_int_equal(b->reply.scsi_status, 0);
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), WAS_RESET);
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
    assert_int_equal(bench_next(b, b->emu), 0);
    bench_write(b, 0, 16, 1);
    assert_int_equal(b->reply.delivery, OI_EMU_RESET);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[12], 0x29);
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
}

static void a_reset_takes_what_was_in_the_buffer_from_a_sequential_disc(void **state)
{
    enum { AT_ONCE_MS = 10 };
    struct bench *b = *state;
    uint32_t next;

    /* 1385 kB/s: a minute after the first 512 KiB they are on the disc, the others are not. */
    insert_with(b, "dvd+r", "speed = 1\n", "test unit ready: reset\n");
    for (uint32_t lba = 0; lba < 256; lba += 16)
        assert_good(bench_write(b, lba, 16, 1));
    b->now_us += 60000000;
    for (uint32_t lba = 256; lba < 512; lba += 16)
        assert_good(bench_write(b, lba, 16, 2));
    b->now_us += AT_ONCE_MS * 1000;
    bench_do(b, 0x00, 0, 0, 0, 0, 0);
    assert_int_equal(b->reply.delivery, OI_EMU_RESET);
    assert_sense(bench_do(b, 0x1e, 0, 0, 0, 0, 0), WAS_RESET);
    next = bench_next(b, b->emu);
    assert_in_range(next, 256, 288);
    assert_int_equal(next % 16, 0);
    assert_holds(b, 0, 256, 1);
    assert_holds(b, 256, next - 256, 2);
    assert_good(bench_write(b, next, 16, 3));
    assert_good(bench_sync(b));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), next + 16);
    assert_holds(b, next, 16, 3);
}

/* Track at once: what was in the buffer never got into the track, and its addresses are offered
 * again. */
static void a_reset_takes_what_was_in_the_buffer_from_a_cd(void **state)
{
    struct bench *b = *state;

    insert_with(b, "cd-r", "speed = 1\n", "test unit ready: reset\n");
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    for (uint32_t lba = 0; lba < 256; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    assert_int_equal(bench_next(b, b->emu), 256);
    bench_do(b, 0x00, 0, 0, 0, 0, 0);
    assert_int_equal(b->reply.delivery, OI_EMU_RESET);
    assert_sense(bench_do(b, 0x1e, 0, 0, 0, 0, 0), WAS_RESET);
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_sense(bench_read(b, 0, 1), 0x080000);
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(bench_write(b, 0, 32, 2));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 1, 1));
    assert_holds(b, 0, 32, 2);
}

/* The session of a CD that was saved stays whole, whatever was in the buffer behind it. */
static void a_reset_leaves_the_saved_sessions_of_a_cd_alone(void **state)
{
    struct bench *b = *state;
    uint32_t next;

    insert_with(b, "cd-r", "speed = 1\n", "test unit ready: reset\n");
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    for (uint32_t lba = 0; lba < 320; lba += 32)
        assert_good(bench_write(b, lba, 32, 1));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    next = bench_next(b, b->emu);
    assert_good(bench_write(b, next, 32, 2));
    bench_do(b, 0x00, 0, 0, 0, 0, 0);
    assert_sense(bench_do(b, 0x1e, 0, 0, 0, 0, 0), WAS_RESET);
    assert_int_equal(bench_next(b, b->emu), next);
    assert_holds(b, 0, 320, 1);
}

static void what_was_synchronised_survives_a_reset_though_the_buffer_is_not_empty(void **state)
{
    struct bench *b = *state;

    insert_with(b, "dvd+r", "speed = 1\n", "test unit ready: reset\n");
    for (uint32_t lba = 0; lba < 256; lba += 16)
        assert_good(bench_write(b, lba, 16, 1));
    assert_good(bench_do(b, 0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0));
    bench_do(b, 0x00, 0, 0, 0, 0, 0);
    assert_int_equal(b->reply.delivery, OI_EMU_RESET);
    assert_sense(bench_do(b, 0x1e, 0, 0, 0, 0, 0), WAS_RESET);
    assert_int_equal(bench_next(b, b->emu), 256);
    assert_holds(b, 0, 256, 1);
}

static void
what_was_saved_when_the_disc_stopped_survives_a_reset_after_a_further_write(void **state)
{
    struct bench *b = *state;

    insert_with(b, "dvd+r", "speed = 1\n", "test unit ready: reset\n");
    for (uint32_t lba = 0; lba < 256; lba += 16)
        assert_good(bench_write(b, lba, 16, 1));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 0, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 1, 0));
    assert_good(bench_write(b, 256, 16, 2));
    bench_do(b, 0x00, 0, 0, 0, 0, 0);
    assert_sense(bench_do(b, 0x1e, 0, 0, 0, 0, 0), WAS_RESET);
    assert_int_equal(bench_next(b, b->emu), 256);
    assert_holds(b, 0, 256, 1);
}

static void an_ejected_disc_is_gone_for_everybody_and_keeps_what_was_on_it(void **state)
{
    struct bench *b = *state;

    insert(b, "2nd write: eject\n");
    assert_good(bench_do(b, 0x1e, 0, 0, 0, 1, 0));
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(bench_write(b, 16, 16, 1), 0x023a02);
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x023a02);
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4], 3);
    assert_int_equal(b->data[5], 1);
    bench_open(b);
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x023a02);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x062800);
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_holds(b, 0, 16, 1);
}

static void an_unplugged_drive_answers_nothing_until_it_is_opened_anew(void **state)
{
    struct bench *b = *state;

    insert(b, "2nd write: unplug\n");
    assert_good(bench_write(b, 0, 16, 1));
    bench_write(b, 16, 16, 1);
    assert_int_equal(b->reply.delivery, OI_EMU_GONE);
    assert_non_null(strstr(oi_emu_detail(b->emu), "unplugged"));
    bench_get(b, 36, 0x12, 0, 0, 0, 36, 0);
    assert_int_equal(b->reply.delivery, OI_EMU_GONE);
    assert_int_equal(b->reply.moved, 0);
    bench_open(b);
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_holds(b, 0, 16, 1);
}

static void an_unplugged_drive_lets_another_program_have_the_disc(void **state)
{
    struct bench *b = *state;
    struct oi_emu *other;

    insert(b, "2nd write: unplug\n");
    assert_good(bench_write(b, 0, 16, 1));
    bench_write(b, 16, 16, 1);
    other = bench_second(b);
    assert_good(bench_write_on(b, other, 16, 16, 2));
    oi_emu_close(other);
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 32);
}

static void power_loss_leaves_a_sequential_disc_as_a_killed_process_would(void **state)
{
    struct bench *b = *state;

    insert(b, "test unit ready: power loss\n");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    assert_good(bench_write(b, 16, 16, 2));
    bench_do(b, 0x00, 0, 0, 0, 0, 0);
    assert_int_equal(b->reply.delivery, OI_EMU_RESET);
    assert_sense(bench_do(b, 0x1e, 0, 0, 0, 0, 0), WAS_RESET);
    /* Burned is burned, and no address is offered a second time. */
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_holds(b, 0, 16, 1);
    assert_holds(b, 16, 16, 2);
}

static void power_loss_stops_what_a_rewritable_disc_was_doing_in_the_background(void **state)
{
    struct bench *b = *state;

    insert_with(b, "dvd+rw", "speed = 1\n", "test unit ready: power loss\n");
    assert_good(bench_format(b, 0));
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    assert_good(bench_write(b, 1000000, 16, 1));
    bench_do(b, 0x00, 0, 0, 0, 0, 0);
    assert_sense(bench_do(b, 0x1e, 0, 0, 0, 0, 0), WAS_RESET);
    b->now_us += 10000000;
    assert_holds(b, 0, 16, 1);
    assert_sense(bench_read(b, 1100000, 1), 0x080000);
    /* The format in the background stopped. */
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[7] & 3, 1);
}

static void rules_begin_anew_with_every_disc_that_is_loaded(void **state)
{
    struct bench *b = *state;

    insert(b, "1st test unit ready: busy\n");
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), BUSY);
    assert_good(bench_do(b, 0x00, 0, 0, 0, 0, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), BUSY);
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x062800);
}

static void a_script_that_went_bad_makes_the_next_disc_unreadable(void **state)
{
    struct bench *b = *state;
    char path[128];

    insert(b, "1st test unit ready: busy\n");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    snprintf(path, sizeof(path), "%s/a.faults", b->folder);
    assert_int_equal(oi_file_replace(path, "nonsense\n", 9), OI_OK);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x062800);
    assert_sense(bench_do(b, 0x00, 0, 0, 0, 0, 0), 0x023001);
    assert_non_null(strstr(oi_emu_detail(b->emu), "a.faults, line 1: \"nonsense\" is no rule"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_failed_write_records_nothing_and_names_the_sector),
        TEST(a_disc_may_be_full_at_a_part_of_it),
        TEST(a_write_can_fail_after_some_sectors_which_are_on_the_disc),
        TEST(a_recovered_error_has_been_carried_out),
        TEST(a_fault_does_not_cover_what_the_drive_itself_refuses),
        TEST(a_deferred_error_keeps_its_command_from_being_carried_out),
        TEST(sense_comes_in_the_format_the_script_wants),
        TEST(sense_that_did_not_come_over_can_be_asked_for_by_the_next_command),
        TEST(a_short_transfer_is_good_and_only_whole_sectors_are_written),
        TEST(a_busy_drive_does_nothing),
        TEST(a_stall_takes_its_time_and_then_goes_on),
        TEST(a_stall_that_the_host_does_not_wait_for_was_carried_out_all_the_same),
        TEST(a_stalled_drive_is_busy_with_that_and_not_with_what_it_did_before),
        TEST(a_drive_that_lost_its_power_spins_up_again),
        TEST(a_timeout_leaves_it_open_whether_the_drive_did_it),
        TEST(a_reset_is_told_by_the_next_command_and_undoes_settings),
        TEST(a_reset_takes_what_was_in_the_buffer_from_a_sequential_disc),
        TEST(a_reset_takes_what_was_in_the_buffer_from_a_cd),
        TEST(a_reset_leaves_the_saved_sessions_of_a_cd_alone),
        TEST(what_was_synchronised_survives_a_reset_though_the_buffer_is_not_empty),
        TEST(what_was_saved_when_the_disc_stopped_survives_a_reset_after_a_further_write),
        TEST(an_ejected_disc_is_gone_for_everybody_and_keeps_what_was_on_it),
        TEST(an_unplugged_drive_answers_nothing_until_it_is_opened_anew),
        TEST(an_unplugged_drive_lets_another_program_have_the_disc),
        TEST(power_loss_leaves_a_sequential_disc_as_a_killed_process_would),
        TEST(power_loss_stops_what_a_rewritable_disc_was_doing_in_the_background),
        TEST(rules_begin_anew_with_every_disc_that_is_loaded),
        TEST(a_script_that_went_bad_makes_the_next_disc_unreadable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
