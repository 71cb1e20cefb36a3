/* What READ, WRITE, VERIFY and WRITE AND VERIFY take, refuse, and leave behind. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

/* An image that keeps nothing of what it says it took. */
static bool discards;
enum oi_status __real_oi_file_write_at(struct oi_file *file, uint64_t offset, const void *data,
                                       size_t size);
enum oi_status __wrap_oi_file_write_at(struct oi_file *file, uint64_t offset, const void *data,
                                       size_t size);
enum oi_status __wrap_oi_file_write_at(struct oi_file *file, uint64_t offset, const void *data,
                                       size_t size)
{
    return discards ? OI_OK : __real_oi_file_write_at(file, offset, data, size);
}

static void insert_formatted(struct bench *b)
{
    bench_insert(b, "dvd+rw");
    assert_good(bench_format(b, 0));
}

static void a_verify_with_data_compares_it_to_the_byte(void **state)
{
    struct bench *b = *state;

    insert_formatted(b);
    assert_good(bench_write(b, 100, 40, 1));
    bench_pattern(b->data, 100, 40, 1);
    assert_good(bench_put(b, 40 * SECTOR, 0x2f, 2, 0, 0, 0, 100, 0, 0, 40, 0));
    assert_int_equal(b->reply.moved, 40 * SECTOR);
    b->data[39 * SECTOR + 2047] ^= 1;
    assert_sense(bench_put(b, 40 * SECTOR, 0x2f, 2, 0, 0, 0, 100, 0, 0, 40, 0), 0x0e1d00);
    assert_int_equal(field32(b->reply.sense + 3), 139);
    assert_good(bench_do(b, 0x2f, 0, 0, 0, 0, 100, 0, 0, 40, 0));
}

static void a_verify_with_too_little_or_too_much_data_is_refused(void **state)
{
    struct bench *b = *state;

    insert_formatted(b);
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(bench_put(b, SECTOR, 0x2f, 2, 0, 0, 0, 0, 0, 0, 2, 0), 0x052400);
    assert_sense(bench_put(b, 2 * SECTOR, 0x2f, 2, 0, 0, 0, 0, 0, 0, 1, 0), 0x052400);
    assert_sense(bench_do(b, 0x2f, 2, 0, 0, 0, 0, 0, 0, 1, 0), 0x052400);
    assert_good(bench_put(b, 0, 0x2f, 2, 0, 0, 0, 0, 0, 0, 0, 0));
}

static void a_verify_reads_what_it_says_is_good(void **state)
{
    struct bench *b = *state;

    insert_formatted(b);
    assert_sense(bench_do(b, 0x2f, 0, 0x00, 0x23, 0x05, 0x3f, 0, 0, 2, 0), 0x052100);
    assert_good(bench_do(b, 0x2f, 0, 0x00, 0x23, 0x05, 0x3f, 0, 0, 1, 0));
    assert_good(bench_do(b, 0x2f, 0x10, 0, 0, 0, 0, 0, 0xff, 0xff, 0));
    assert_sense(bench_do(b, 0x2f, 4, 0, 0, 0, 0, 0, 0, 1, 0), 0x052400);
    assert_sense(bench_do(b, 0x2f, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0), 0x052100);
}

static void write_and_verify_finds_what_did_not_stay(void **state)
{
    struct bench *b = *state;

    insert_formatted(b);
    bench_pattern(b->data, 32, 16, 7);
    assert_good(bench_put(b, 16 * SECTOR, 0x2e, 0, 0, 0, 0, 32, 0, 0, 16, 0));
    assert_int_equal(b->reply.moved, 16 * SECTOR);
    assert_holds(b, 32, 16, 7);
    discards = true;
    bench_pattern(b->data, 32, 1, 7);
    assert_good(bench_put(b, SECTOR, 0x2e, 0, 0, 0, 0, 32, 0, 0, 1, 0));
    bench_pattern(b->data, 33, 1, 8);
    assert_sense(bench_put(b, SECTOR, 0x2e, 0, 0, 0, 0, 33, 0, 0, 1, 0), 0x0e1d00);
    assert_int_equal(field32(b->reply.sense + 3), 33);
    discards = false;
    assert_good(bench_put(b, SECTOR, 0x2e, 0, 0, 0, 0, 33, 0, 0, 1, 0));
    assert_sense(bench_put(b, SECTOR, 0x2e, 0, 0x00, 0x23, 0x05, 0x40, 0, 0, 1, 0), 0x052100);
}

static bool state_says(struct bench *b, const char *words)
{
    char *data;
    size_t size;
    bool found;

    assert_int_equal(oi_file_read_all(b->disc, 65536, &data, &size), OI_OK);
    found = memmem(data, size, words, strlen(words)) != NULL;
    free(data);
    return found;
}

static void a_forced_write_is_on_the_disc_when_it_ends(void **state)
{
    struct bench *b = *state;

    insert_formatted(b);
    assert_good(bench_write(b, 0, 16, 1));
    assert_true(state_says(b, "written = 0\n"));
    bench_pattern(b->data, 16, 16, 1);
    assert_good(bench_put(b, 16 * SECTOR, 0x2a, 8, 0, 0, 0, 16, 0, 0, 16, 0));
    assert_true(state_says(b, "written = 32\n"));
}

static void a_forced_write_waits_for_the_buffer(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw\nspeed = 1");
    assert_good(bench_format(b, 0));
    b->slept_us = 0;
    bench_pattern(b->data, 0, 16, 1);
    assert_good(bench_put(b, 16 * SECTOR, 0x2a, 0, 0, 0, 0, 0, 0, 0, 16, 0));
    assert_int_equal(b->slept_us, 0);
    assert_good(bench_put(b, 16 * SECTOR, 0x2a, 8, 0, 0, 0, 0, 0, 0, 16, 0));
    assert_true(b->slept_us > 0);
    assert_good(bench_get(b, 12, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_int_equal(field32(b->data + 4), field32(b->data + 8));
}

static void only_the_bits_that_mean_something_are_taken(void **state)
{
    struct bench *b = *state;

    insert_formatted(b);
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_get(b, SECTOR, 0x28, 0x18, 0, 0, 0, 0, 0, 0, 1, 0));
    assert_sense(bench_get(b, SECTOR, 0x28, 0x20, 0, 0, 0, 0, 0, 0, 1, 0), 0x052400);
    assert_good(bench_get(b, SECTOR, 0xa8, 0x18, 0, 0, 0, 0, 0, 0, 0, 1, 0x80, 0));
    assert_int_equal(b->data[4], 1);
    assert_sense(bench_get(b, SECTOR, 0xa8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x40, 0), 0x052400);
    assert_int_equal(field16(b->reply.sense + 16), 10);
    assert_sense(bench_put(b, SECTOR, 0xaa, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0x80, 0), 0x052400);
    assert_int_equal(field16(b->reply.sense + 16), 1);
    assert_sense(bench_put(b, SECTOR, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x01, 0), 0x052400);
}

static void lengths_that_do_not_fit_move_nothing(void **state)
{
    struct bench *b = *state;

    insert_formatted(b);
    assert_sense(bench_put(b, 0, 0xaa, 0, 0, 0, 0, 0, 0x00, 0x20, 0, 0, 0, 0), 0x052400);
    assert_sense(bench_put(b, 0, 0xaa, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0), 0x052400);
    assert_sense(bench_put(b, SECTOR, 0xaa, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0), 0x052400);
    assert_sense(bench_get(b, 0, 0xa8, 0, 0, 0, 0, 0, 0x00, 0x20, 0, 0, 0, 0), 0x052400);
    assert_sense(bench_get(b, SECTOR, 0xa8, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0), 0x052100);
    assert_sense(bench_get(b, SECTOR, 0xa8, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0), 0x052400);
    assert_int_equal(b->reply.moved, 0);
    assert_sense(bench_get(b, SECTOR, 0x28, 0, 0xff, 0xff, 0xff, 0x6a, 0, 0, 1, 0), 0x052100);
    assert_sense(bench_put(b, SECTOR, 0x2a, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0), 0x052100);
}

static void no_blocks_are_good_anywhere_on_the_disc_and_nowhere_else(void **state)
{
    struct bench *b = *state;
    static const uint8_t opcodes[] = {0x28, 0x2a, 0x2e, 0x2f};

    insert_formatted(b);
    for (size_t i = 0; i < sizeof(opcodes); i++) {
        assert_good(bench_do(b, opcodes[i], 0, 0x00, 0x23, 0x05, 0x3f, 0, 0, 0, 0));
        assert_sense(bench_do(b, opcodes[i], 0, 0x00, 0x23, 0x05, 0x40, 0, 0, 0, 0), 0x052100);
    }
    assert_good(bench_do(b, 0xa8, 0, 0x00, 0x23, 0x05, 0x3f, 0, 0, 0, 0, 0, 0));
    assert_good(bench_do(b, 0xaa, 0, 0x00, 0x23, 0x05, 0x3f, 0, 0, 0, 0, 0, 0));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_verify_with_data_compares_it_to_the_byte),
        TEST(a_verify_with_too_little_or_too_much_data_is_refused),
        TEST(a_verify_reads_what_it_says_is_good),
        TEST(write_and_verify_finds_what_did_not_stay),
        TEST(a_forced_write_is_on_the_disc_when_it_ends),
        TEST(a_forced_write_waits_for_the_buffer),
        TEST(only_the_bits_that_mean_something_are_taken),
        TEST(lengths_that_do_not_fit_move_nothing),
        TEST(no_blocks_are_good_anywhere_on_the_disc_and_nowhere_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
