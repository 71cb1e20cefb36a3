/* Several emulators on one drive, in one process and in several; and writers that are killed. */
#include "bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
    struct bench *b;
    struct oi_emu *other;
};

static struct shared two_drives(struct bench *b, const char *medium)
{
    struct shared s = {b, NULL};

    bench_insert(b, medium);
    s.other = bench_second(b);
    return s;
}

#define OTHER(s, direction, size, ...)                                                             \
    bench_run_on((s).b, (s).other, CDB(__VA_ARGS__), direction, size)

static void who_writes_first_keeps_others_from_writing_but_not_from_reading(void **state)
{
    struct shared s = two_drives(*state, "dvd+r");
    struct bench *b = s.b;

    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    assert_good(bench_write(b, 16, 16, 1));
    assert_int_equal(bench_next(b, s.other), 16);
    assert_sense(bench_write_on(b, s.other, 16, 16, 2), 0x18000000);
    assert_non_null(strstr(oi_emu_detail(s.other), "another program"));
    assert_good(bench_read_on(b, s.other, 0, 16));
    assert_sense(bench_read_on(b, s.other, 16, 1), 0x080000);
    assert_sense(OTHER(s, OI_EMU_NO_DATA, 0, 0x1b, 0, 0, 0, 2, 0), 0x18000000);
    assert_good(bench_sync(b));
    assert_good(bench_read_on(b, s.other, 16, 16));
    bench_close(b);
    assert_good(bench_write_on(b, s.other, 32, 16, 2));
    oi_emu_close(s.other);
}

static void an_eject_and_a_load_are_seen_by_the_other(void **state)
{
    struct shared s = two_drives(*state, "dvd+r");
    struct bench *b = s.b;

    assert_good(OTHER(s, OI_EMU_NO_DATA, 0, 0, 0, 0, 0, 0, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_sense(OTHER(s, OI_EMU_NO_DATA, 0, 0, 0, 0, 0, 0, 0), 0x023a02);
    bench_define(b, "medium = dvd+rw\nimage = rw.iso\n");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_sense(OTHER(s, OI_EMU_NO_DATA, 0, 0, 0, 0, 0, 0, 0), 0x062800);
    assert_good(OTHER(s, OI_EMU_DATA_IN, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data + 6), 0x1a);
    oi_emu_close(s.other);
}

static void a_tray_prevented_by_one_stays_closed_for_the_other_until_it_ends(void **state)
{
    struct shared s = two_drives(*state, "dvd+r");
    struct bench *b = s.b;

    assert_good(OTHER(s, OI_EMU_NO_DATA, 0, 0x1e, 0, 0, 0, 1, 0));
    assert_sense(bench_do(b, 0x1b, 0, 0, 0, 2, 0), 0x055302);
    oi_emu_close(s.other);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
}

static void a_tray_prevented_by_two_stays_closed_until_both_have_ended(void **state)
{
    struct shared s = two_drives(*state, "dvd+r");
    struct bench *b = s.b;
    struct oi_emu *third = bench_second(b);

    assert_good(OTHER(s, OI_EMU_NO_DATA, 0, 0x1e, 0, 0, 0, 1, 0));
    assert_good(bench_run_on(b, third, CDB(0x1e, 0, 0, 0, 1, 0), OI_EMU_NO_DATA, 0));
    oi_emu_close(s.other);
    assert_sense(bench_do(b, 0x1b, 0, 0, 0, 2, 0), 0x055302);
    assert_non_null(strstr(oi_emu_detail(b->emu), "another program keeps the tray"));
    oi_emu_close(third);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
}

/* Calibrating takes the right to write, but there is nothing to save yet. */
static void a_disc_that_another_has_taken_is_not_ejected_though_nothing_was_saved_yet(void **state)
{
    struct shared s = two_drives(*state, "dvd+r");
    struct bench *b = s.b;

    assert_good(bench_do(b, 0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(access(b->disc, F_OK), -1);
    assert_sense(OTHER(s, OI_EMU_NO_DATA, 0, 0x1b, 0, 0, 0, 2, 0), 0x18000000);
    assert_non_null(strstr(oi_emu_detail(s.other), "another program is writing this disc"));
    assert_good(bench_write(b, 0, 16, 1));
    bench_close(b);
    assert_good(OTHER(s, OI_EMU_NO_DATA, 0, 0x1b, 0, 0, 0, 2, 0));
    oi_emu_close(s.other);
}

static void what_the_other_finalised_is_final_here(void **state)
{
    struct shared s = two_drives(*state, "dvd+r");
    struct bench *b = s.b;

    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_write_on(b, s.other, 0, 16, 1));
    assert_good(OTHER(s, OI_EMU_NO_DATA, 0, 0x5b, 0, 6, 0, 0, 0, 0, 0, 0, 0));
    oi_emu_close(s.other);
    assert_sense(bench_write(b, 16, 16, 1), 0x072700);
    assert_holds(b, 0, 16, 1);
}

/* ---- killed writers ---- */

struct progress {
    uint32_t written, synced;
};

/* The child burns until it is killed and tells through the pipe how far it is. */
static void burn_for_ever(struct bench *b, uint32_t start, uint32_t sync_every, int out)
{
    struct progress progress = {start, start};

    for (uint32_t lba = start;; lba += 32) {
        if (bench_write(b, lba, 32, 5) != 0)
            _exit(2);
        progress.written = lba + 32;
        if (sync_every && progress.written - progress.synced >= sync_every) {
            if (bench_sync(b) != 0)
                _exit(3);
            progress.synced = progress.written;
        }
        if (write(out, &progress, sizeof(progress)) != sizeof(progress))
            _exit(4);
    }
}

static struct progress burn_and_kill(struct bench *b, uint32_t start, uint32_t sync_every,
                                     uint32_t kill_at)
{
    struct progress progress = {start, start};
    int ends[2];
    pid_t child;
    int status;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        b->emu = bench_second(b);
        burn_for_ever(b, start, sync_every, ends[1]);
    }
    close(ends[1]);
    while (progress.written < kill_at &&
           read(ends[0], &progress, sizeof(progress)) == sizeof(progress))
        ;
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    /* What it told before the signal reached it. */
    while (read(ends[0], &progress, sizeof(progress)) == sizeof(progress))
        ;
    close(ends[0]);
    assert_true(WIFSIGNALED(status));
    return progress;
}

static void a_killed_burn_leaves_a_disc_that_never_offers_a_burned_sector_again(void **state)
{
    struct bench *b = *state;
    uint32_t start = 0;

    bench_insert(b, "dvd+r");
    bench_close(b);
    for (uint32_t i = 0; i < 20; i++) {
        struct progress p = burn_and_kill(b, start, i % 3 ? 128 * (i % 3) : 0, start + 32 + 96 * i);
        uint32_t next;

        bench_open(b);
        next = bench_next(b, b->emu);
        assert_int_equal(next % 16, 0);
        assert_in_range(next, p.written, p.written + 32);
        assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
        assert_holds(b, start, p.written - start, 5);
        assert_sense(bench_write(b, next - 16, 16, 6), 0x052102);
        assert_good(bench_write(b, next, 16, 5));
        start = next + 16;
        bench_close(b);
    }
}

static void a_killed_burn_between_later_tracks_gives_up_what_may_be_burned(void **state)
{
    struct bench *b = *state;
    struct progress p;
    uint32_t next;

    bench_insert(b, "dvd+r");
    assert_good(bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, 0x40, 0, 0));
    assert_good(bench_write(b, 0x4000, 16, 5));
    bench_close(b);
    p = burn_and_kill(b, 0, 0, 512);
    bench_open(b);
    assert_good(bench_get(b, 48, 0x52, 1, 0, 0, 0, 1, 0, 0, 48, 0));
    next = field32(b->data + 12);
    assert_in_range(next, p.written, p.written + 1024 + 64);
    assert_holds(b, 0, p.written, 5);
    assert_good(bench_write(b, next, 16, 5));
    assert_holds(b, 0x4000, 16, 5);
}

static void a_killed_burn_on_a_rewritable_disc_keeps_what_was_synchronised(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw");
    assert_good(bench_format(b, 0));
    bench_close(b);
    for (uint32_t i = 0; i < 20; i++) {
        struct progress p = burn_and_kill(b, 1000 * i, 128, 1000 * i + 32 + 64 * i);

        bench_open(b);
        assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
        assert_int_equal(b->data[7] & 3, 3);
        if (p.synced > 1000 * i)
            assert_holds(b, 1000 * i, p.synced - 1000 * i, 5);
        assert_good(bench_write(b, 1000 * i, 16, 6));
        bench_close(b);
    }
}

static void a_drive_that_died_while_formatting_leaves_a_format_to_restart(void **state)
{
    struct bench *b = *state;
    pid_t child;
    int status;

    bench_insert(b, "dvd+rw\nspeed = 4");
    bench_close(b);
    child = fork();
    if (child == 0) {
        bench_open(b);
        _exit(bench_format(b, 0) == 0 && bench_write(b, 0, 64, 5) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
    bench_open(b);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[7] & 3, 1);
    assert_holds(b, 0, 64, 5);
    assert_good(bench_format(b, 1));
    assert_good(bench_write(b, 64, 16, 5));
}

static void a_live_writer_in_another_process_is_seen_and_a_dead_one_is_succeeded(void **state)
{
    struct bench *b = *state;
    int to_child[2], to_parent[2];
    pid_t child;
    char token;

    bench_insert(b, "dvd+r");
    assert_int_equal(pipe(to_child), 0);
    assert_int_equal(pipe(to_parent), 0);
    child = fork();
    if (child == 0) {
        b->emu = bench_second(b);
        token = bench_write(b, 0, 32, 5) == 0 ? 'y' : 'n';
        if (write(to_parent[1], &token, 1) == 1 && read(to_child[0], &token, 1) >= 0)
            _exit(0);
        _exit(1);
    }
    assert_int_equal(read(to_parent[0], &token, 1), 1);
    assert_int_equal(token, 'y');
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_sense(bench_write(b, 0, 16, 6), 0x18000000);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_good(bench_write(b, 32, 16, 5));
    assert_holds(b, 0, 48, 5);
    close(to_child[0]);
    close(to_child[1]);
    close(to_parent[0]);
    close(to_parent[1]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(who_writes_first_keeps_others_from_writing_but_not_from_reading),
        TEST(an_eject_and_a_load_are_seen_by_the_other),
        TEST(a_tray_prevented_by_one_stays_closed_for_the_other_until_it_ends),
        TEST(a_tray_prevented_by_two_stays_closed_until_both_have_ended),
        TEST(a_disc_that_another_has_taken_is_not_ejected_though_nothing_was_saved_yet),
        TEST(what_the_other_finalised_is_final_here),
        TEST(a_killed_burn_leaves_a_disc_that_never_offers_a_burned_sector_again),
        TEST(a_killed_burn_between_later_tracks_gives_up_what_may_be_burned),
        TEST(a_killed_burn_on_a_rewritable_disc_keeps_what_was_synchronised),
        TEST(a_drive_that_died_while_formatting_leaves_a_format_to_restart),
        TEST(a_live_writer_in_another_process_is_seen_and_a_dead_one_is_succeeded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
