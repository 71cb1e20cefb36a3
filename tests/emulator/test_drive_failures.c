/* What a drive does when its files can't be written: a write that failed is not on the disc, and
 * what this process says of the disc is what the next one will say. */
#include "bench.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WRITE_FAILED = 0x030c00 };

/* As on a full disk: no file grows beyond this size. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static bool replaced_but_told_otherwise;

enum oi_status __real_oi_file_replace(const char *path, const void *data, size_t size);
enum oi_status __wrap_oi_file_replace(const char *path, const void *data, size_t size);
enum oi_status __wrap_oi_file_replace(const char *path, const void *data, size_t size)
{
    enum oi_status status = __real_oi_file_replace(path, data, size);

    return replaced_but_told_otherwise ? OI_IO_ERROR : status;
}

static int teardown(void **state)
{
    limit_files(RLIM_INFINITY);
    replaced_but_told_otherwise = false;
    return bench_teardown(state);
}

static uint32_t write_with_room(struct bench *b, rlim_t room, uint32_t lba, uint32_t blocks)
{
    uint32_t sense;

    limit_files(room);
    sense = bench_write(b, lba, blocks, 9);
    limit_files(RLIM_INFINITY);
    return sense;
}

static uint64_t image_size(struct bench *b)
{
    struct oi_file *file;
    uint64_t size;

    assert_int_equal(oi_file_open(&file, b->image, OI_FILE_READ), OI_OK);
    assert_int_equal(oi_file_size(file, &size), OI_OK);
    oi_file_close(file);
    return size;
}

/* A DVD+R with 16 sectors on it, the drive open. */
static void insert_begun_disc(struct bench *b)
{
    bench_insert(b, "dvd+r");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    bench_open(b);
}

/* Runs in a process that ends without closing the drive; true when all went as it should. */
static bool in_a_process_that_dies(struct bench *b, bool (*body)(struct bench *b))
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        b->emu = bench_second(b);
        _exit(body(b) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool write_after_a_lost_mark(struct bench *b)
{
    return write_with_room(b, 0, 16, 16) == WRITE_FAILED && bench_write(b, 16, 32, 5) == 0;
}

static void a_mark_that_could_not_be_saved_is_saved_before_the_next_write(void **state)
{
    struct bench *b = *state;

    insert_begun_disc(b);
    bench_close(b);
    assert_true(in_a_process_that_dies(b, write_after_a_lost_mark));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 48);
    assert_holds(b, 16, 32, 5);
}

static bool write_after_a_doubtful_save(struct bench *b)
{
    bool good = bench_write(b, 16, 16, 5) == 0;

    replaced_but_told_otherwise = true;
    good = good && bench_sync(b) == WRITE_FAILED;
    replaced_but_told_otherwise = false;
    return good && bench_write(b, 32, 16, 5) == 0;
}

static bool write_after_a_doubtful_close(struct bench *b)
{
    bool good = bench_write(b, 16, 16, 5) == 0;

    replaced_but_told_otherwise = true;
    good = good && bench_close_track(b, 1, 1) == WRITE_FAILED;
    replaced_but_told_otherwise = false;
    return good && bench_write(b, 32, 16, 5) == 0;
}

static void after_a_save_that_may_have_failed_the_mark_is_saved_again(void **state)
{
    struct bench *b = *state;
    bool (*const bodies[])(struct bench * b) = {write_after_a_doubtful_save,
                                                write_after_a_doubtful_close};

    for (int i = 0; i < 2; i++) {
        unlink(b->disc);
        unlink(b->image);
        insert_begun_disc(b);
        bench_close(b);
        assert_true(in_a_process_that_dies(b, bodies[i]));
        bench_open(b);
        assert_int_equal(bench_next(b, b->emu), 48);
        assert_holds(b, 16, 32, 5);
        bench_close(b);
    }
}

static bool fail_half_way(struct bench *b)
{
    return write_with_room(b, 21 * SECTOR, 16, 16) == WRITE_FAILED && bench_next(b, b->emu) == 16 &&
           image_size(b) == 16 * SECTOR;
}

static void a_write_that_failed_half_way_is_not_on_the_disc_for_anybody(void **state)
{
    struct bench *b = *state;

    insert_begun_disc(b);
    assert_true(fail_half_way(b));
    assert_non_null(strstr(oi_emu_detail(b->emu), "disc.iso: the file system is full"));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 16);
    bench_close(b);
    assert_true(in_a_process_that_dies(b, fail_half_way));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_good(bench_write(b, 16, 16, 2));
    assert_holds(b, 0, 16, 1);
    assert_holds(b, 16, 16, 2);
}

static void a_failed_write_before_later_tracks_gives_up_nothing(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, 0x40, 0, 0));
    assert_good(bench_write(b, 0x4000, 16, 5));
    bench_open(b);
    assert_sense(write_with_room(b, 5 * SECTOR, 0, 16), WRITE_FAILED);
    bench_open(b);
    assert_good(bench_get(b, 48, 0x52, 1, 0, 0, 0, 1, 0, 0, 48, 0));
    assert_int_equal(field32(b->data + 12), 0);
    assert_good(bench_write(b, 0, 16, 5));
    assert_holds(b, 0x4000, 16, 5);
}

static void a_flush_that_can_not_fill_up_the_last_unit_leaves_it_to_the_next_one(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_write(b, 0, 5, 3));
    limit_files(5 * SECTOR);
    assert_sense(bench_sync(b), WRITE_FAILED);
    limit_files(RLIM_INFINITY);
    assert_int_equal(bench_next(b, b->emu), 5);
    assert_int_equal(image_size(b), 5 * SECTOR);
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_int_equal(image_size(b), 16 * SECTOR);
    assert_holds(b, 0, 5, 3);
}

static bool write_a_unit(struct bench *b)
{
    return bench_write(b, 0x400, 16, 8) == 0;
}

static void a_disc_sold_formatted_is_one_after_its_first_write_was_the_last(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-ram");
    bench_close(b);
    assert_true(in_a_process_that_dies(b, write_a_unit));
    bench_open(b);
    assert_good(bench_write(b, 0x800, 16, 9));
    assert_holds(b, 0x400, 16, 8);
    assert_holds(b, 0x800, 16, 9);
}

static uint8_t media_event(struct bench *b)
{
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    return b->data[4];
}

static void a_format_that_could_not_be_saved_is_not_announced(void **state)
{
    enum { NOTHING = 0, FORMAT_COMPLETED = 5 };
    struct bench *b = *state;

    bench_insert(b, "dvd+rw");
    limit_files(0);
    assert_sense(bench_format(b, 0), WRITE_FAILED);
    limit_files(RLIM_INFINITY);
    assert_int_equal(media_event(b), NOTHING);
    assert_sense(bench_write(b, 0, 16, 1), 0x033100);
    assert_good(bench_format(b, 0));
    assert_int_equal(media_event(b), FORMAT_COMPLETED);
}

static void a_write_that_failed_in_a_track_of_a_cd_can_be_repeated(void **state)
{
    static const uint8_t track_at_once[16] = {0x05, 0x32, 0x41, 0x04, 8, [15] = 150};
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    memset(b->data, 0, 60);
    memcpy(b->data + 8, track_at_once, sizeof(track_at_once));
    assert_good(bench_put(b, 60, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0));
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(write_with_room(b, 20 * SECTOR, 16, 16), WRITE_FAILED);
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_good(bench_write(b, 16, 16, 2));
    assert_good(bench_sync(b));
    assert_holds(b, 0, 16, 1);
    assert_holds(b, 16, 16, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_mark_that_could_not_be_saved_is_saved_before_the_next_write),
        TEST(after_a_save_that_may_have_failed_the_mark_is_saved_again),
        TEST(a_write_that_failed_half_way_is_not_on_the_disc_for_anybody),
        TEST(a_failed_write_before_later_tracks_gives_up_nothing),
        TEST(a_flush_that_can_not_fill_up_the_last_unit_leaves_it_to_the_next_one),
        TEST(a_disc_sold_formatted_is_one_after_its_first_write_was_the_last),
        TEST(a_format_that_could_not_be_saved_is_not_announced),
        TEST(a_write_that_failed_in_a_track_of_a_cd_can_be_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
