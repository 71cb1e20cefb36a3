/* Drives with the weaknesses of real ones. */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { WRITE_FAILED = 0x030c00 };

static void insert_medium(struct bench *b, const char *medium, const char *personality,
                          const char *script)
{
    char text[256], path[128];

    snprintf(path, sizeof(path), "%s/a.faults", b->folder);
    assert_int_equal(oi_file_replace(path, script, strlen(script)), OI_OK);
    snprintf(text, sizeof(text),
             "medium = %s\nimage = disc.iso\nfaults = a.faults\npersonality = %s\n"
             "transfer_kib = 128\n",
             medium, personality);
    bench_define(b, text);
    bench_open(b);
}

static void insert(struct bench *b, const char *personality, const char *script)
{
    insert_medium(b, "dvd+r", personality, script);
}

static uint32_t write_zeros(struct bench *b, uint32_t lba, uint32_t blocks)
{
    memset(b->data, 0, (size_t)blocks * SECTOR);
    return bench_put(b, blocks * SECTOR, 0x2a, 0, (uint8_t)(lba >> 24), (uint8_t)(lba >> 16),
                     (uint8_t)(lba >> 8), (uint8_t)lba, 0, (uint8_t)(blocks >> 8), (uint8_t)blocks,
                     0);
}

static void a_drive_that_discards_takes_all_and_holds_zeros_where_it_did_not_move_on(void **state)
{
    struct bench *b = *state;
    struct stat image;

    insert(b, "silent-discard", "");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_write(b, 16, 5, 1));
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 0);
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_good(bench_read(b, 0, 32));
    for (uint32_t i = 0; i < 32 * SECTOR; i++)
        if (b->data[i])
            fail_msg("byte %u was recorded", i);
    assert_int_equal(stat(b->image, &image), 0);
    assert_int_equal(image.st_size, 32 * SECTOR);
    assert_int_equal(image.st_blocks, 0);
}

/* Zeros look the same whether they were recorded or not; only the address gives them away. */
static void a_drive_that_discards_does_not_move_on_for_zeros_either(void **state)
{
    static const char *const media[] = {"cd-r", "dvd-r", "dvd+r", "dvd+r-dl", "bd-r"};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        insert_medium(b, media[i], "silent-discard", "");
        assert_good(write_zeros(b, 0, 32));
        assert_good(write_zeros(b, 32, 32));
        assert_int_equal(bench_next(b, b->emu), 0);
        bench_close(b);
        assert_int_equal(remove(b->image), 0);
        assert_int_equal(remove(b->disc), 0);
    }
}

static void a_drive_that_discards_stands_where_it_took_the_first_zeros_not_behind_them(void **state)
{
    struct bench *b = *state;

    insert(b, "silent-discard", "");
    assert_good(write_zeros(b, 0, 32));
    assert_good(bench_write(b, 32, 16, 1));
    assert_good(write_zeros(b, 48, 16));
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 0);
}

/* Behind what an honest drive recorded. */
static void a_drive_that_begins_to_discard_stands_where_it_began(void **state)
{
    struct bench *b = *state;

    insert(b, "strict", "");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(write_zeros(b, 16, 16));
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, b->emu), 32);
    insert(b, "silent-discard", "");
    assert_good(write_zeros(b, 32, 16));
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_good(bench_write(b, 48, 16, 1));
    assert_int_equal(bench_next(b, b->emu), 32);
}

static void a_drive_that_defers_errors_answers_good_and_tells_later(void **state)
{
    struct bench *b = *state;

    insert(b, "deferred-errors", "write lba 20 once: fail 3/0C/00\n");
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_write(b, 16, 16, 1));
    assert_int_equal(b->reply.moved, 16 * SECTOR);
    /* It says who it is without telling. */
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_sense(bench_write(b, 32, 16, 1), WRITE_FAILED);
    assert_int_equal(b->reply.sense[0], 0xf1);
    assert_int_equal(field32(b->reply.sense + 3), 20);
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_good(bench_write(b, 16, 16, 1));
}

static void a_drive_that_defers_errors_refuses_what_is_illegal_at_once(void **state)
{
    struct bench *b = *state;

    insert(b, "deferred-errors", "");
    assert_sense(bench_write(b, 16, 16, 1), 0x052102);
    assert_int_equal(b->reply.sense[0], 0xf0);
}

static void a_drive_without_write12_says_so(void **state)
{
    struct bench *b = *state;

    insert(b, "no-write12", "");
    assert_sense(bench_put(b, 16 * SECTOR, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0), 0x052000);
    assert_good(bench_write(b, 0, 16, 1));
    insert(b, "strict", "");
    assert_good(bench_put(b, 16 * SECTOR, 0xaa, 0, 0, 0, 0, 16, 0, 0, 0, 16, 0, 0));
}

static void all_sense_of_a_descriptor_drive_is_in_descriptors(void **state)
{
    /* INFORMATION, and for a wrong CDB the field: byte 1, bit 3. */
    static const uint8_t at_lba[20] = {0x72, 0x05, 0x21, 0x02, 0, 0, 0, 12, 0, 10,
                                       0x80, 0,    0,    0,    0, 0, 0, 0,  0, 48};
    static const uint8_t field[16] = {0x72, 0x05, 0x24, 0x00, 0,    0,    0, 8,
                                      0x02, 6,    0,    0,    0xcb, 0x00, 1, 0};
    struct bench *b = *state;

    insert(b, "descriptor-sense", "");
    bench_write(b, 48, 16, 1);
    assert_int_equal(b->reply.sense_len, sizeof(at_lba));
    assert_memory_equal(b->reply.sense, at_lba, sizeof(at_lba));
    bench_do(b, 0x00, 0x08, 0, 0, 0, 0);
    assert_int_equal(b->reply.sense_len, sizeof(field));
    assert_memory_equal(b->reply.sense, field, sizeof(field));
}

static void request_sense_answers_in_the_format_that_was_asked_for(void **state)
{
    struct bench *b = *state;

    insert(b, "strict", "");
    assert_good(bench_get(b, 32, 0x03, 0, 0, 0, 32, 0));
    assert_int_equal(b->reply.moved, 18);
    assert_int_equal(b->data[0], 0x70);
    assert_good(bench_get(b, 32, 0x03, 1, 0, 0, 32, 0));
    assert_int_equal(b->reply.moved, 8);
    assert_int_equal(b->data[0], 0x72);
}

static void a_drive_for_small_transfers_says_how_small_and_refuses_larger_ones(void **state)
{
    struct bench *b = *state;

    insert(b, "strict", "");
    assert_int_equal(oi_emu_transfer_kib(b->emu), 128);
    assert_good(bench_write(b, 0, 64, 1));
    insert(b, "small-transfers", "");
    assert_int_equal(oi_emu_transfer_kib(b->emu), 64);
    assert_sense(bench_write(b, 64, 48, 1), 0x052400);
    assert_int_equal(field16(b->reply.sense + 16), 7);
    assert_good(bench_write(b, 64, 32, 1));
}

static uint8_t feature_byte(struct bench *b, uint16_t code, uint8_t at)
{
    assert_good(
        bench_get(b, 255, 0x46, 2, (uint8_t)(code >> 8), (uint8_t)code, 0, 0, 0, 0, 255, 0));
    assert_int_equal(field16(b->data + 8), code);
    return b->data[8 + at];
}

/* MMC-6: byte and bit of BUF, "buffer under-run free". */
static void a_drive_without_underrun_protection_promises_none(void **state)
{
    static const struct {
        uint16_t code;
        uint8_t at, buf;
    } promises[] = {{0x0021, 6, 0x01}, {0x002d, 4, 0x40}, {0x002e, 4, 0x40}, {0x002f, 4, 0x40}};
    struct bench *b = *state;

    for (int without = 0; without <= 1; without++) {
        insert(b, without ? "no-underrun-protection" : "strict", "");
        for (size_t i = 0; i < sizeof(promises) / sizeof(promises[0]); i++)
            assert_int_equal(feature_byte(b, promises[i].code, promises[i].at) & promises[i].buf,
                             without ? 0 : promises[i].buf);
        assert_good(bench_get(b, 255, 0x5a, 0x08, 0x2a, 0, 0, 0, 0, 0, 255, 0));
        assert_int_equal(b->data[8 + 4] & 0x80, without ? 0 : 0x80);
    }
}

static void a_drive_without_get_configuration_says_so_and_writes(void **state)
{
    struct bench *b = *state;

    insert(b, "no-configuration", "");
    for (uint8_t request = 0; request < 3; request++)
        assert_sense(bench_get(b, 4096, 0x46, request, 0, 0, 0, 0, 0, 0x10, 0, 0), 0x052000);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_good(bench_write(b, 0, 16, 1));
    assert_good(bench_sync(b));
    assert_holds(b, 0, 16, 1);
    insert(b, "strict", "");
    assert_good(bench_get(b, 4096, 0x46, 0, 0, 0, 0, 0, 0, 0x10, 0, 0));
}

static void a_drive_with_few_mode_pages_has_error_recovery_alone(void **state)
{
    static const uint8_t absent[] = {0x05, 0x08, 0x0e, 0x1a, 0x1d, 0x2a};
    struct bench *b = *state;

    insert(b, "few-mode-pages", "");
    assert_good(bench_get(b, 255, 0x5a, 0x08, 0x3f, 0, 0, 0, 0, 0, 255, 0));
    assert_int_equal(b->reply.moved, 8 + 12);
    assert_int_equal(field16(b->data), 8 + 12 - 2);
    assert_int_equal(b->data[8], 0x01);
    assert_good(bench_get(b, 255, 0x5a, 0x08, 0x01, 0, 0, 0, 0, 0, 255, 0));
    for (size_t i = 0; i < sizeof(absent); i++)
        assert_sense(bench_get(b, 255, 0x5a, 0x08, absent[i], 0, 0, 0, 0, 0, 255, 0), 0x052400);
    assert_good(bench_write(b, 0, 16, 1));
}

static void a_drive_with_few_mode_pages_takes_no_write_parameters(void **state)
{
    struct bench *b = *state;

    insert(b, "strict", "");
    assert_good(bench_get(b, 60, 0x5a, 0x08, 0x05, 0, 0, 0, 0, 0, 60, 0));
    memset(b->data, 0, 8);
    assert_good(bench_put(b, 60, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0));
    insert(b, "few-mode-pages", "");
    assert_sense(bench_put(b, 60, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0), 0x052600);
    assert_int_equal(field16(b->reply.sense + 16), 8);
}

static void a_drive_with_short_answers_sends_less_and_claims_more(void **state)
{
    struct bench *b = *state;

    insert(b, "short-answers", "");
    assert_good(bench_get(b, 255, 0x51, 0, 0, 0, 0, 0, 0, 0, 255, 0));
    assert_int_equal(b->reply.moved, 32);
    assert_int_equal(field16(b->data), 32 + 256);
    assert_good(bench_get(b, 255, 0x52, 1, 0, 0, 0, 1, 0, 0, 255, 0));
    assert_int_equal(b->reply.moved, 28);
    assert_int_equal(field16(b->data), 46 + 256);
    assert_int_equal(field32(b->data + 24), 2295104);
    assert_good(bench_get(b, 255, 0x12, 0, 0, 0, 255, 0));
    assert_int_equal(b->reply.moved, 36);
    assert_int_equal(b->data[4], 0xff);
    assert_good(bench_get(b, 4096, 0x46, 2, 0, 0, 0, 0, 0, 0x10, 0, 0));
    assert_int_equal(field32(b->data), b->reply.moved - 4 + 256);
    assert_good(bench_write(b, 0, 16, 1));
    assert_int_equal(bench_next(b, b->emu), 16);
}

static void a_short_answer_that_is_cut_before_its_length_is_left_alone(void **state)
{
    struct bench *b = *state;

    insert(b, "short-answers", "");
    for (uint8_t size = 0; size < 4; size++) {
        assert_good(bench_get(b, size, 0x46, 2, 0, 0, 0, 0, 0, 0, size, 0));
        assert_int_equal(b->reply.moved, size);
    }
    assert_good(bench_get(b, 1, 0x51, 0, 0, 0, 0, 0, 0, 0, 1, 0));
    assert_int_equal(b->data[0], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_drive_that_discards_takes_all_and_holds_zeros_where_it_did_not_move_on),
        TEST(a_drive_that_discards_does_not_move_on_for_zeros_either),
        TEST(a_drive_that_discards_stands_where_it_took_the_first_zeros_not_behind_them),
        TEST(a_drive_that_begins_to_discard_stands_where_it_began),
        TEST(a_drive_that_defers_errors_answers_good_and_tells_later),
        TEST(a_drive_that_defers_errors_refuses_what_is_illegal_at_once),
        TEST(a_drive_without_write12_says_so),
        TEST(all_sense_of_a_descriptor_drive_is_in_descriptors),
        TEST(request_sense_answers_in_the_format_that_was_asked_for),
        TEST(a_drive_for_small_transfers_says_how_small_and_refuses_larger_ones),
        TEST(a_drive_without_underrun_protection_promises_none),
        TEST(a_drive_without_get_configuration_says_so_and_writes),
        TEST(a_drive_with_few_mode_pages_has_error_recovery_alone),
        TEST(a_drive_with_few_mode_pages_takes_no_write_parameters),
        TEST(a_drive_with_short_answers_sends_less_and_claims_more),
        TEST(a_short_answer_that_is_cut_before_its_length_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
