/* The test data of a burn test: what a sector tells about itself, and the stream of them. */
#include <initguid.h>

#include "pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

enum { BLOCK_BYTES = 2048, START = 1000, BLOCKS = 40 };

static const struct oi_pattern run = {.seed = 0x1234567890abcdef, .start = START, .blocks = BLOCKS};
static const struct oi_pattern earlier = {.seed = 0x1234567890abcdee, .start = START};

static void assert_difference(uint32_t lba, const BYTE *block, const char *words)
{
    assert_string_equal(oi_pattern_difference(&run, lba, block).text, words);
}

static void a_sector_that_is_as_it_was_written_does_not_differ(void **state)
{
    BYTE block[BLOCK_BYTES];

    (void)state;
    for (uint32_t lba = START; lba < START + BLOCKS; lba++) {
        oi_pattern_fill(&run, lba, block);
        assert_difference(lba, block, "");
    }
}

static void a_misplaced_sector_tells_where_it_belongs(void **state)
{
    BYTE block[BLOCK_BYTES];

    (void)state;
    oi_pattern_fill(&run, 1017, block);
    assert_difference(1001, block, "it holds what belongs to sector 1017");
}

static void a_sector_of_an_earlier_run_is_known_as_one(void **state)
{
    BYTE block[BLOCK_BYTES];

    (void)state;
    oi_pattern_fill(&earlier, 1001, block);
    assert_difference(1001, block, "it holds what an earlier run wrote as sector 1001");
}

static void any_damaged_byte_is_found_and_named(void **state)
{
    BYTE block[BLOCK_BYTES];

    (void)state;
    for (unsigned at = 24; at < BLOCK_BYTES; at++) {
        oi_pattern_fill(&run, 1001, block);
        block[at] ^= 0x40;
        assert_difference(1001, block, oi_words("it differs from byte %u on", at).text);
    }
}

static void zeros_and_foreign_data_are_told_apart(void **state)
{
    BYTE block[BLOCK_BYTES] = {0};

    (void)state;
    assert_difference(1001, block, "it is all zeros");
    memset(block, 'x', sizeof(block));
    assert_difference(1001, block, "it holds something else than test data");
}

/* Reads in pieces that no sector begins or ends at. */
static void the_stream_gives_the_sectors_in_order_whatever_the_pieces(void **state)
{
    static const struct oi_pattern_pause none;
    static BYTE data[BLOCKS * BLOCK_BYTES + 1];
    IStream *stream;
    ULONG at = 0, got;

    (void)state;
    assert_int_equal(oi_pattern_stream(&run, &none, &stream), S_OK);
    do {
        ULONG piece = at + 5555 < sizeof(data) ? 5555 : (ULONG)sizeof(data) - at;

        IStream_Read(stream, data + at, piece, &got);
        at += got;
    } while (got == 5555);
    assert_int_equal(at, BLOCKS * BLOCK_BYTES);
    for (uint32_t i = 0; i < BLOCKS; i++)
        assert_difference(START + i, data + (size_t)i * BLOCK_BYTES, "");
    assert_int_equal(IStream_Read(stream, data, 1, &got), S_FALSE);
    assert_int_equal(got, 0);
    assert_int_equal(IStream_Release(stream), 0);
}

/* The pause is over already, so that nobody waits; that it divides the data can be seen all the
 * same. */
static void no_read_goes_beyond_a_pause_before_it_is_over(void **state)
{
    struct oi_pattern_pause pause = {.blocks = 10, .most_ms = 60000};
    static BYTE data[BLOCKS * BLOCK_BYTES];
    IStream *stream;
    ULONG got;

    (void)state;
    pause.over = CreateEventW(NULL, TRUE, TRUE, NULL);
    assert_int_equal(oi_pattern_stream(&run, &pause, &stream), S_OK);
    assert_int_equal(IStream_Read(stream, data, sizeof(data), &got), S_FALSE);
    assert_int_equal(got, 10 * BLOCK_BYTES);
    assert_int_equal(IStream_Read(stream, data, 30 * BLOCK_BYTES, &got), S_OK);
    assert_difference(START + 10, data, "");
    assert_difference(START + 39, data + 29 * BLOCK_BYTES, "");
    IStream_Release(stream);
    CloseHandle(pause.over);
}

static void without_anybody_to_end_it_a_pause_ends_by_itself(void **state)
{
    struct oi_pattern_pause pause = {.blocks = 1, .most_ms = 1};
    static BYTE data[BLOCK_BYTES];
    IStream *stream;
    ULONG got;

    (void)state;
    pause.over = CreateEventW(NULL, TRUE, FALSE, NULL);
    assert_int_equal(oi_pattern_stream(&run, &pause, &stream), S_OK);
    assert_int_equal(IStream_Read(stream, data, sizeof(data), &got), S_OK);
    assert_int_equal(IStream_Read(stream, data, sizeof(data), &got), S_OK);
    assert_difference(START + 1, data, "");
    IStream_Release(stream);
    CloseHandle(pause.over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sector_that_is_as_it_was_written_does_not_differ),
        cmocka_unit_test(a_misplaced_sector_tells_where_it_belongs),
        cmocka_unit_test(a_sector_of_an_earlier_run_is_known_as_one),
        cmocka_unit_test(any_damaged_byte_is_found_and_named),
        cmocka_unit_test(zeros_and_foreign_data_are_told_apart),
        cmocka_unit_test(the_stream_gives_the_sectors_in_order_whatever_the_pieces),
        cmocka_unit_test(no_read_goes_beyond_a_pause_before_it_is_over),
        cmocka_unit_test(without_anybody_to_end_it_a_pause_ends_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
