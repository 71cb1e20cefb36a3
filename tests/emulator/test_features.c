/* GET CONFIGURATION: what the drive can do, and what of it the disc in it allows. */
#include "sequence.h"

#include <string.h>

enum { END = 0xffff };

/* MMC-6, the features' additional lengths; what depends on the medium is not here. */
static const struct {
    uint16_t code;
    uint8_t size;
} lengths[] = {
    {0x0001, 8},  {0x0002, 4}, {0x0003, 4}, {0x0010, 8}, {0x001d, 0},  {0x001e, 4}, {0x001f, 4},
    {0x0020, 12}, {0x0023, 8}, {0x0024, 4}, {0x0026, 0}, {0x002a, 4},  {0x002b, 4}, {0x002c, 4},
    {0x002d, 4},  {0x002e, 4}, {0x002f, 4}, {0x0037, 4}, {0x0038, 4},  {0x003b, 4}, {0x0040, 28},
    {0x0041, 24}, {0x0100, 0}, {0x0105, 4}, {0x0107, 4}, {0x010c, 16},
};

/* All features in the reply to GET CONFIGURATION, up to END. */
static void list_features(struct bench *b, uint8_t wanted, uint16_t *codes)
{
    uint32_t end;

    assert_good(bench_get(b, 1024, 0x46, wanted, 0, 0, 0, 0, 0, 4, 0, 0));
    end = field32(b->data) + 4;
    assert_int_equal(end, b->reply.moved);
    for (uint32_t at = 8; at < end; at += 4u + b->data[at + 3])
        *codes++ = (uint16_t)field16(b->data + at);
    *codes = END;
}

static void assert_current(struct bench *b, const uint16_t *of_medium)
{
    static const uint16_t always[] = {0x0000, 0x0001, 0x0002, 0x0003};
    static const uint16_t always_last[] = {0x0100, 0x0105, 0x0107, 0x0108, 0x010c, END};
    uint16_t wanted[32], got[32];
    size_t count = 0;

    memcpy(wanted, always, sizeof(always));
    count = sizeof(always) / sizeof(always[0]);
    while (*of_medium != END)
        wanted[count++] = *of_medium++;
    memcpy(wanted + count, always_last, sizeof(always_last));
    list_features(b, 1, got);
    for (size_t i = 0; wanted[i] != END || got[i] != END; i++)
        assert_int_equal(got[i], wanted[i]);
}

static void the_current_features_are_those_of_the_profile(void **state)
{
    static const struct {
        const char *medium;
        uint16_t profile;
        uint16_t features[8];
    } media[] = {
        {"dvd-r", 0x11, {0x0010, 0x001f, 0x0021, 0x002f, END}},
        {"dvd-r-dl", 0x15, {0x0010, 0x001f, 0x0021, 0x002f, END}},
        {"dvd-rw", 0x14, {0x0010, 0x001f, 0x0021, 0x0023, 0x002f, END}},
        {"dvd+r", 0x1b, {0x0010, 0x001f, 0x002b, END}},
        {"dvd+r-dl", 0x2b, {0x0010, 0x001f, 0x003b, END}},
        {"bd-r", 0x41, {0x0010, 0x0021, 0x0040, 0x0041, END}},
        {"bd-r-ql", 0x41, {0x0010, 0x0021, 0x0040, 0x0041, END}},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        bench_insert(b, media[i].medium);
        assert_current(b, media[i].features);
        assert_int_equal(field16(b->data + 6), media[i].profile);
    }
}

static void features_ascend_and_have_the_lengths_of_the_standard(void **state)
{
    struct bench *b = *state;
    uint16_t codes[64];

    bench_insert(b, "bd-r");
    list_features(b, 0, codes);
    for (size_t i = 1; codes[i] != END; i++)
        assert_true(codes[i] > codes[i - 1]);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        assert_good(bench_get(b, 64, 0x46, 2, (uint8_t)(lengths[i].code >> 8),
                              (uint8_t)lengths[i].code, 0, 0, 0, 0, 64, 0));
        assert_int_equal(b->reply.moved, 8 + 4 + lengths[i].size);
        assert_int_equal(field16(b->data + 8), lengths[i].code);
        assert_int_equal(b->data[11], lengths[i].size);
    }
}

static void each_profile_is_listed_once_the_highest_first_and_one_is_current(void **state)
{
    static const uint16_t expected[] = {0x41, 0x2b, 0x1b, 0x1a, 0x15, 0x14, 0x11};
    struct bench *b = *state;
    uint32_t current = 0, found = 0;

    bench_insert(b, "dvd-rw");
    assert_good(bench_get(b, 512, 0x46, 2, 0, 0, 0, 0, 0, 2, 0, 0));
    assert_int_equal(b->data[11] % 4, 0);
    for (uint32_t at = 12; at < 12u + b->data[11]; at += 4) {
        uint32_t profile = field16(b->data + at);

        assert_true(at == 12 || profile < field16(b->data + at - 4));
        if (b->data[at + 2] & 1) {
            assert_int_equal(profile, 0x14);
            current++;
        }
        for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
            found += profile == expected[i];
    }
    assert_int_equal(current, 1);
    assert_int_equal(found, sizeof(expected) / sizeof(expected[0]));
}

static void incremental_streaming_tells_links_and_splitting_by_the_medium(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_true(sequence_has(b, 0x0021));
    assert_int_equal(b->reply.moved, 8 + 12);
    assert_int_equal(field16(b->data + 12), 0x0100);
    assert_int_equal(b->data[14], 0x01);
    assert_int_equal(b->data[15], 1);
    assert_int_equal(b->data[16], 16);
    bench_insert(b, "bd-r");
    assert_true(sequence_has(b, 0x0021));
    assert_int_equal(b->reply.moved, 8 + 8);
    assert_int_equal(b->data[14], 0x03);
    assert_int_equal(b->data[15], 0);
}

static void the_blocks_that_are_read_together_follow_the_family(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+rw");
    assert_true(sequence_has(b, 0x0010));
    assert_int_equal(field32(b->data + 12), 2048);
    assert_int_equal(field16(b->data + 16), 16);
    bench_insert(b, "bd-r");
    assert_true(sequence_has(b, 0x0010));
    assert_int_equal(field16(b->data + 16), 32);
}

static void without_a_disc_only_the_drive_s_own_features_are_current(void **state)
{
    static const uint16_t own[] = {0x0000, 0x0001, 0x0002, 0x0003, 0x0100,
                                   0x0105, 0x0108, 0x010c, END};
    struct bench *b = *state;
    uint16_t codes[32];

    bench_insert(b, "none");
    list_features(b, 1, codes);
    for (size_t i = 0; own[i] != END || codes[i] != END; i++)
        assert_int_equal(codes[i], own[i]);
    assert_int_equal(field16(b->data + 6), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_current_features_are_those_of_the_profile),
        TEST(features_ascend_and_have_the_lengths_of_the_standard),
        TEST(each_profile_is_listed_once_the_highest_first_and_one_is_current),
        TEST(incremental_streaming_tells_links_and_splitting_by_the_medium),
        TEST(the_blocks_that_are_read_together_follow_the_family),
        TEST(without_a_disc_only_the_drive_s_own_features_are_current),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
