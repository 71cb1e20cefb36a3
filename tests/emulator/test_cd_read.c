/* READ CD and READ CD MSF: any part of a sector. */
#include "cd_bench.h"

#include <string.h>

enum { ANY, CD_DA, MODE_1, MODE_2, FORM_1, FORM_2 };

static void insert_data_disc(struct bench *b)
{
    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(bench_write(b, 0, 32, 0x5a));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
}

static void a_raw_sector_of_a_plain_image_is_right_to_the_last_bit(void **state)
{
    struct bench *b = *state;
    uint8_t user[SECTOR];
    uint32_t edc;

    insert_data_disc(b);
    assert_good(cd_read(b, 20, ANY, 0xf8, 0, RAW));
    assert_int_equal(b->reply.moved, RAW);
    bench_pattern(user, 20, 1, 0x5a);
    assert_memory_equal(b->data + 16, user, SECTOR);
    assert_memory_equal(b->data + 12, "\x00\x02\x20\x01", 4);
    edc = cd_edc(b->data, 2064);
    for (int i = 0; i < 4; i++)
        assert_int_equal(b->data[2064 + i], edc >> 8 * i & 0xff);
    assert_true(cd_ecc_is_right(b->data, false));
    b->data[100] ^= 0x10;
    assert_false(cd_ecc_is_right(b->data, false));
}

static void form_2_has_a_checksum_and_no_parity(void **state)
{
    struct bench *b = *state;
    uint32_t edc;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 0x0d));
    memset(b->data, 0x17, 32 * 2332);
    for (int i = 0; i < 32; i++)
        memcpy(b->data + i * 2332, "\x01\x00\x20\x00\x01\x00\x20\x00", 8);
    assert_good(cd_write_data(b, 0, 32, 2332));
    assert_good(cd_read(b, 3, FORM_2, 0xf8, 0, RAW));
    edc = cd_edc(b->data + 16, 2332);
    for (int i = 0; i < 4; i++)
        assert_int_equal(b->data[2348 + i], edc >> 8 * i & 0xff);
    assert_sense(cd_read(b, 3, FORM_1, 0xf8, 0, RAW), 0x056400);
    assert_good(cd_read(b, 3, FORM_2, 0x40, 0, 8));
    assert_memory_equal(b->data, "\x01\x00\x20\x00\x01\x00\x20\x00", 8);
}

static void fields_are_chosen_one_by_one(void **state)
{
    static const struct {
        uint8_t fields, sub;
        uint32_t size;
    } choices[] = {
        {0x00, 0, 0},    {0x10, 0, 2048}, {0x80, 0, 12},   {0x20, 0, 4},    {0xa0, 0, 16},
        {0x30, 0, 2052}, {0xb0, 0, 2064}, {0x18, 0, 2336}, {0x08, 0, 288},  {0x40, 0, 0},
        {0x12, 0, 2342}, {0x14, 0, 2344}, {0xf8, 1, 2448}, {0xf8, 2, 2368}, {0xf8, 4, 2448},
        {0x00, 2, 16},   {0xfa, 1, 2742}, {0xfc, 1, 2744},
    };
    struct bench *b = *state;

    insert_data_disc(b);
    for (uint32_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        assert_good(cd_read(b, 5, ANY, choices[i].fields, choices[i].sub, 4096));
        assert_int_equal(b->reply.moved, choices[i].size);
        if (choices[i].size)
            assert_sense(cd_read(b, 5, ANY, choices[i].fields, choices[i].sub, choices[i].size - 1),
                         0x052400);
    }
}

static void selections_that_make_no_sense_are_refused(void **state)
{
    struct bench *b = *state;

    insert_data_disc(b);
    assert_sense(cd_read(b, 5, ANY, 0x90, 0, 4096), 0x052400); /* sync and data, no header */
    assert_sense(cd_read(b, 5, ANY, 0x28, 0, 4096), 0x052400);
    assert_sense(cd_read(b, 5, ANY, 0x16, 0, 4096), 0x052400); /* C2 reserved */
    assert_sense(cd_read(b, 5, ANY, 0x11, 0, 4096), 0x052400);
    assert_sense(cd_read(b, 5, ANY, 0x10, 3, 4096), 0x052400);
    assert_sense(cd_read(b, 5, 6, 0x10, 0, 4096), 0x052400);
    for (uint8_t type = CD_DA; type <= FORM_2; type++)
        assert_sense(cd_read(b, 5, type, 0x10, 0, 4096), type == MODE_1 ? 0 : 0x056400);
    assert_sense(cd_read(b, -1, ANY, 0x10, 0, 4096), 0x052100);
    assert_sense(cd_read(b, 302, ANY, 0x10, 0, 4096), 0x052100);
    bench_insert(b, "none");
    assert_sense(cd_read(b, 0, ANY, 0x10, 0, 4096), 0x023a01);
}

static void a_dvd_has_no_cd_sectors(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(cd_read(b, 0, ANY, 0x10, 0, 4096), 0x053002);
    assert_sense(bench_put(b, 8, 0x5d, 0, 0, 0, 0, 0, 0, 0, 8, 0), 0x053005);
}

static void times_can_be_given_instead_of_addresses(void **state)
{
    struct bench *b = *state;

    insert_data_disc(b);
    assert_good(bench_get(b, 4096, 0xb9, 0, 0, 0, 2, 10, 0, 2, 12, 0x10, 0, 0));
    assert_int_equal(b->reply.moved, 4096);
    assert_int_equal(field32(b->data), 10);
    assert_int_equal(field32(b->data + 2048), 11);
    assert_sense(bench_get(b, 4096, 0xb9, 0, 0, 0, 2, 12, 0, 2, 10, 0x10, 0, 0), 0x052400);
    assert_sense(bench_get(b, 4096, 0xb9, 0, 0, 0, 60, 0, 0, 61, 0, 0x10, 0, 0), 0x052400);
}

/* The sense data names the first bad block; what lies ahead of it went over, and nothing more. */
static void assert_moved_up_to_the_bad_block(struct bench *b, uint32_t lba)
{
    uint32_t good = field32(b->reply.sense + 3) - lba;

    assert_true(b->reply.sense[0] & 0x80);
    assert_in_range(good, 1, 4);
    assert_int_equal(b->reply.moved, good * SECTOR);
    for (uint32_t i = good * SECTOR; i < 8 * SECTOR; i++)
        assert_int_equal(b->data[i], 0x77);
}

static void blocks_ahead_of_a_bad_one_are_moved(void **state)
{
    struct bench *b = *state;

    insert_data_disc(b);
    memset(b->data, 0x77, 8 * SECTOR);
    assert_sense(bench_get(b, 8 * SECTOR, 0x28, 0, 0, 0, 1, 42, 0, 0, 8, 0), 0x031100);
    assert_moved_up_to_the_bad_block(b, 298);
    memset(b->data, 0x77, 8 * SECTOR);
    assert_sense(bench_get(b, 8 * SECTOR, 0xbe, 0, 0, 0, 1, 42, 0, 0, 8, 0x10, 0, 0), 0x031100);
    assert_moved_up_to_the_bad_block(b, 298);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_raw_sector_of_a_plain_image_is_right_to_the_last_bit),
        TEST(form_2_has_a_checksum_and_no_parity),
        TEST(fields_are_chosen_one_by_one),
        TEST(selections_that_make_no_sense_are_refused),
        TEST(a_dvd_has_no_cd_sectors),
        TEST(times_can_be_given_instead_of_addresses),
        TEST(blocks_ahead_of_a_bad_one_are_moved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
