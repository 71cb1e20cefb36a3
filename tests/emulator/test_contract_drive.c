/* The drive itself: mode pages, events, buffer, speeds, structures, and waiting for long work. */
#include "contract.h"

#include <stdio.h>
#include <string.h>
#include "sequence.h"

enum { NOT_YET = 0x020407, FORMATTING = 0x020404, CURRENT = 0, CHANGEABLE = 1, DEFAULT = 2 };

static uint32_t mode_sense(struct bench *b, uint8_t pc, uint8_t page)
{
    memset(b->data, 0, 512);
    return bench_get(b, 512, 0x5a, 8, (uint8_t)(pc << 6 | page), 0, 0, 0, 0, 2, 0, 0);
}

static void insert_with(struct bench *b, const char *medium, const char *lines)
{
    char text[256];

    contract_insert(b, medium);
    snprintf(text, sizeof(text), "medium = %s\nimage = disc.iso\n%s", medium, lines);
    bench_define(b, text);
    bench_open(b);
}

static void each_mode_page_has_current_changeable_and_default_values_of_one_size(void **state)
{
    static const struct {
        uint8_t page, length; /* 0: depends on the drive */
    } pages[] = {{0x01, 0x0a}, {0x05, 0x32}, {0x08, 0}, {0x0e, 0x0e},
                 {0x1a, 0},    {0x1d, 0},    {0x2a, 0}};
    struct bench *b = *state;

    contract_insert(b, "cd-r");
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        uint8_t length = 0;

        for (uint8_t pc = CURRENT; pc <= DEFAULT; pc++) {
            assert_good(mode_sense(b, pc, pages[i].page));
            assert_int_equal(b->data[8] & 0x3f, pages[i].page);
            assert_int_equal(field16(b->data) + 2, b->reply.moved);
            assert_int_equal(field16(b->data + 6), 0);
            assert_int_equal(b->reply.moved, 8 + 2 + b->data[9]);
            if (pc == CURRENT)
                length = b->data[9];
            assert_int_equal(b->data[9], length);
        }
        if (pages[i].length)
            assert_int_equal(length, pages[i].length);
        assert_sense(mode_sense(b, 3, pages[i].page), 0x053900); /* nothing is saved */
    }
}

static void all_pages_together_ascend_and_add_up(void **state)
{
    struct bench *b = *state;
    uint8_t before = 0;
    uint32_t at = 8, count = 0;

    contract_insert(b, "dvd-r");
    assert_good(mode_sense(b, CURRENT, 0x3f));
    assert_int_equal(field16(b->data) + 2, b->reply.moved);
    for (; at < b->reply.moved; at += 2u + b->data[at + 1], count++) {
        assert_true((b->data[at] & 0x3f) > before);
        before = b->data[at] & 0x3f;
    }
    assert_int_equal(at, b->reply.moved);
    assert_in_range(count, 7, 32);
}

static void only_changeable_bits_of_the_write_parameters_can_be_changed(void **state)
{
    struct bench *b = *state;
    uint8_t mask[64], before[64];

    contract_insert(b, "cd-r");
    assert_good(mode_sense(b, CHANGEABLE, 5));
    memcpy(mask, b->data, sizeof(mask));
    assert_int_equal(mask[8 + 2] & 0x1f, 0x1f); /* test write, write type */
    assert_int_equal(mask[8 + 3] & 0xef, 0xef); /* multi-session, FP, track mode */
    assert_int_equal(mask[8 + 4] & 0x0f, 0x0f); /* data block type */
    assert_good(mode_sense(b, CURRENT, 5));
    memcpy(before, b->data, sizeof(before));
    assert_good(contract_parameters(b, TRACK_AT_ONCE, 0xc4, 8));
    assert_good(mode_sense(b, CURRENT, 5));
    assert_int_equal(b->data[8 + 2] & 0x0f, TRACK_AT_ONCE);
    assert_int_equal(b->data[8 + 3], 0xc4);
    for (int i = 10; i < 60; i++)
        assert_int_equal(b->data[i] & ~mask[i] & 0xff, before[i] & ~mask[i] & 0xff);
    assert_good(mode_sense(b, CHANGEABLE, 0x2a)); /* read only */
    for (uint32_t i = 10; i < b->reply.moved; i++)
        assert_int_equal(b->data[i], 0);
}

static void a_mode_list_with_a_wrong_header_page_or_length_is_refused(void **state)
{
    struct bench *b = *state;

    contract_insert(b, "cd-r");
    assert_good(mode_sense(b, CURRENT, 5));
    assert_sense(bench_put(b, 30, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 30, 0), 0x051a00);
    assert_good(mode_sense(b, CURRENT, 5));
    memset(b->data, 0, 8);
    b->data[9] = 0x10;
    assert_sense(bench_put(b, 60, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0) & 0xff0000, 0x050000);
    assert_good(mode_sense(b, CURRENT, 0x2a));
    memset(b->data, 0, 8);
    b->data[8 + 2] ^= 0xff;
    assert_sense(
        bench_put(b, b->reply.moved, 0x55, 0x10, 0, 0, 0, 0, 0, 0, (uint8_t)b->reply.moved, 0) &
            0xffff00,
        INVALID_PARAMETER);
    assert_good(bench_put(b, 0, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 0, 0));
}

static void an_event_is_told_once(void **state)
{
    struct bench *b = *state;

    contract_insert(b, "dvd+r");
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data), 6);
    assert_int_equal(b->data[2] & 0x87, 4);
    assert_int_equal(b->data[4] & 0x0f, 3); /* media removal */
    assert_int_equal(b->data[5] & 0x03, 1); /* tray open, nothing in it */
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4] & 0x0f, 2); /* new media */
    assert_int_equal(b->data[5] & 0x03, 2);
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4] & 0x0f, 0);
    assert_int_equal(b->data[5] & 0x03, 2);
    assert_int_equal(b->data[3] & 0x10, 0x10); /* supported classes */
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[2] & 0x80, 0x80); /* no class asked for, no event available */
    assert_int_equal(b->data[3] & 0x10, 0x10);
    assert_good(bench_get(b, 4, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 4, 0));
    assert_int_equal(b->reply.moved, 4);
}

static void the_buffer_fills_with_writes_and_empties_with_time(void **state)
{
    struct bench *b = *state;
    uint32_t total, room, lba = 0, sense;

    insert_with(b, "dvd+r", "speed = 1\n");
    assert_good(bench_get(b, 12, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_int_equal(field16(b->data), 10);
    total = field32(b->data + 4);
    assert_in_range(total, 65536, 1u << 30);
    assert_int_equal(field32(b->data + 8), total);
    assert_good(mode_sense(b, CURRENT, 0x2a));
    assert_int_equal(field16(b->data + 8 + 12), total / 1024);
    while ((sense = bench_write(b, lba, 32, 1)) == 0) {
        lba += 32;
        assert_in_range(lba, 0, 4 * total / SECTOR);
    }
    while (sense == NOT_YET || sense == LONG_WRITE) { /* first the lead-in, then a full buffer */
        b->now_us += 10000;
        sense = bench_write(b, lba, 32, 1);
        assert_in_range(b->now_us, 0, 600u * 1000000u);
    }
    assert_good(sense);
    assert_good(bench_get(b, 12, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    room = field32(b->data + 8);
    assert_true(room < total / 2);
    assert_good(bench_get(b, 12, 0x5c, 1, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_int_equal(b->data[3] & 1, 1);
    assert_in_range(field32(b->data + 8), room / SECTOR, room / SECTOR + 1);
    b->now_us += 60 * 1000000;
    assert_good(bench_get(b, 12, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_true(field32(b->data + 8) > room);
}

static void a_buffer_that_is_full_asks_for_the_same_write_again(void **state)
{
    static const char *const media[] = {"dvd-r", "dvd+r", "bd-r", "cd-r"};
    struct bench *b = *state;

    for (size_t i = 0; i < 4; i++) {
        uint32_t lba = 0, sense, refused = 0;

        insert_with(b, media[i], "speed = 1\n");
        if (media[i][0] == 'c')
            assert_good(contract_parameters(b, TRACK_AT_ONCE, 4, 8));
        else if (media[i][3] == '-')
            assert_good(contract_parameters(b, PACKET, 0x25, 8));
        for (int n = 0; n < 1000000 && lba < 16384; n++) {
            sense = bench_write(b, lba, 32, 3);
            if (sense == 0) {
                lba += 32;
                continue;
            }
            refused += sense == LONG_WRITE;
            if (sense != LONG_WRITE && sense != NOT_YET)
                fail_msg("%s: %06x at %u", media[i], sense, lba);
            b->now_us += 20000;
        }
        assert_int_equal(lba, 16384);
        assert_true(refused > 0);
        assert_good(bench_sync(b));
        assert_holds(b, 16384 - 32, 32, 3);
    }
}

static uint64_t time_of_burn(struct bench *b, uint32_t sectors)
{
    uint64_t begin = b->now_us;

    for (uint32_t lba = 0; lba < sectors;) {
        if (bench_write(b, lba, 32, 3) == 0)
            lba += 32;
        else
            b->now_us += 5000;
    }
    assert_good(bench_sync(b));
    return b->now_us - begin;
}

static void set_streaming_changes_how_long_a_burn_takes_and_what_is_told(void **state)
{
    struct bench *b = *state;
    uint64_t slow = 0, fast = 0;

    for (int x = 0; x < 2; x++) {
        /* 4x and 2.4x: so fast a disc is burned from its beginning to its end */
        const uint32_t rate = x ? 5540 : 3324;
        const uint8_t list[28] = {
            [8] = 0,
            [9] = 0x23,
            [10] = 0x05,
            [11] = 0x3f,
            [12] = 0,
            [13] = 0,
            [14] = (uint8_t)(rate >> 8),
            [15] = (uint8_t)rate,
            [18] = 3,
            [19] = 0xe8,
            [22] = (uint8_t)(rate >> 8),
            [23] = (uint8_t)rate,
            [26] = 3,
            [27] = 0xe8,
        };

        insert_with(b, "dvd+r", "speed = 16\n");
        memcpy(b->data, list, sizeof(list));
        assert_good(bench_put(b, 28, 0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0));
        assert_good(mode_sense(b, CURRENT, 0x2a));
        assert_in_range(field16(b->data + 8 + 28), rate * 9 / 10, rate * 11 / 10);
        if (x)
            fast = time_of_burn(b, 65536);
        else
            slow = time_of_burn(b, 65536);
    }
    /* 128 MiB: 40 s and 24 s, not counting what takes as long at any speed. */
    assert_in_range((slow - fast) / 1000000, 14, 18);
}

static void the_speeds_that_are_told_can_be_set(void **state)
{
    static const char *const media[] = {"dvd-r", "dvd-rw", "dvd+r", "dvd+rw", "bd-r", "bd-re"};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        uint32_t end;

        insert_with(b, media[i], "");
        assert_good(bench_get(b, 512, 0xac, 0, 0, 0, 0, 0, 0, 0, 0, 31, 3, 0));
        end = field32(b->data) + 4;
        assert_int_equal(end, b->reply.moved);
        assert_int_equal((end - 8) % 16, 0);
        assert_true(end >= 8 + 16);
        for (uint32_t at = 8; at < end; at += 16) {
            assert_true(field32(b->data + at + 4) > 0);
            assert_true(field32(b->data + at + 12) > 0);
            if (at > 8)
                assert_true(field32(b->data + at + 12) < field32(b->data + at - 4));
        }
        assert_good(bench_get(b, 512, 0xac, 0x14, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0));
        assert_true(b->reply.moved >= 8 + 16);
        assert_int_equal(b->data[4] & 2, 2);
        assert_sense(bench_get(b, 512, 0xac, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x7f, 0), INVALID_FIELD);
    }
}

static void long_work_goes_on_behind_an_immediate_answer_and_ends(void **state)
{
    struct bench *b = *state;
    uint32_t sense, waits = 0, progress = 0;

    insert_with(b, "dvd-rw", "speed = 1\n");
    assert_good(bench_do(b, 0xa1, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    while ((sense = bench_do(b, 0, 0, 0, 0, 0, 0)) != 0) {
        assert_int_equal(sense & 0xffff00, 0x020400);
        if (b->reply.sense[15] & 0x80) {
            assert_true(field16(b->reply.sense + 16) >= progress);
            progress = field16(b->reply.sense + 16);
        }
        assert_int_not_equal(bench_write(b, 0, 16, 1), 0);
        b->now_us += 10 * 1000000;
        assert_in_range(++waits, 1, 1000);
    }
    assert_true(waits > 0);
    assert_true(progress > 0x4000);
}

static void a_format_tells_how_far_it_is(void **state)
{
    struct bench *b = *state;
    uint32_t sense, waits = 0, progress = 0;

    insert_with(b, "bd-re", "speed = 2\n");
    assert_good(bench_format_as(b, 0x82, 11826176, 0x30 << 2 | 2, 0));
    while ((sense = bench_do(b, 0, 0, 0, 0, 0, 0)) != 0) {
        assert_sense(sense, FORMATTING);
        assert_int_equal(b->reply.sense[15] & 0x80, 0x80);
        assert_true(field16(b->reply.sense + 16) >= progress);
        progress = field16(b->reply.sense + 16);
        b->now_us += 60 * 1000000;
        assert_in_range(++waits, 1, 1000);
    }
    assert_true(waits > 0 && progress > 0x8000);
}

static void a_dvd_plus_rw_formatted_in_the_background_is_usable_meanwhile(void **state)
{
    struct bench *b = *state;
    uint32_t waits = 0;

    insert_with(b, "dvd+rw", "speed = 4\n");
    assert_good(bench_format(b, 0));
    while (bench_do(b, 0, 0, 0, 0, 0, 0) != 0) {
        b->now_us += 1000000;
        assert_in_range(++waits, 0, 300);
    }
    sequence_disc(b);
    assert_int_equal(b->data[7] & 3, 2);
    while (bench_write(b, 0, 32, 4) != 0) {
        b->now_us += 1000000;
        assert_in_range(++waits, 0, 600);
    }
    assert_good(bench_close_track(b, 0, 0)); /* stop */
    sequence_disc(b);
    assert_int_equal(b->data[7] & 3, 1);
    assert_holds(b, 0, 32, 4);
    assert_good(bench_format(b, 1)); /* restart */
    for (waits = 0; sequence_disc(b), (b->data[7] & 3) != 3; waits++) {
        b->now_us += 60 * 1000000;
        assert_in_range(waits, 0, 120);
    }
    assert_holds(b, 0, 32, 4);
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4] & 0x0f, 5); /* background format completed */
}

static void disc_structures_have_their_length_in_front_and_are_in_the_list(void **state)
{
    static const struct {
        const char *medium;
        uint8_t kind, format;
    } offered[] = {
        {"dvd-r", 0, 0x00},   {"dvd-r", 0, 0x0e},    {"dvd+r", 0, 0x00},   {"dvd+r", 0, 0x11},
        {"dvd+rw", 0, 0x00},  {"dvd+rw", 0, 0x11},   {"dvd-ram", 0, 0x0a}, {"bd-r", 1, 0x00},
        {"bd-re", 1, 0x00},   {"dvd+r-dl", 0, 0x20}, {"dvd-rom", 0, 0x00}, {"bd-rom", 1, 0x00},
        {"dvd-rom", 0, 0x01},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(offered) / sizeof(offered[0]); i++) {
        const uint8_t kind = offered[i].kind, format = offered[i].format;
        uint32_t sense, size;

        contract_insert(b, offered[i].medium);
        if (offered[i].medium[0] == 'b' && offered[i].medium[4] == 'e')
            assert_good(bench_format_as(b, 0, 11826176, 0, 0));
        sense = bench_get(b, 8192, 0xad, kind, 0, 0, 0, 0, 0, format, 0x20, 0, 0, 0);
        if (sense)
            fail_msg("%s, format %02x: %06x", offered[i].medium, format, sense);
        size = b->reply.moved;
        assert_int_equal(field16(b->data) + 2, size);
        assert_good(bench_get(b, 6, 0xad, kind, 0, 0, 0, 0, 0, format, 0, 6, 0, 0));
        assert_int_equal(b->reply.moved, 6);
        assert_int_equal(field16(b->data) + 2, size);
        assert_good(bench_get(b, 1024, 0xad, kind, 0, 0, 0, 0, 0, 0xff, 4, 0, 0, 0));
        for (uint32_t at = 4; at <= b->reply.moved; at += 4) {
            if (at == b->reply.moved)
                fail_msg("%s, format %02x is not in the list", offered[i].medium, format);
            if (b->data[at] == format && (b->data[at + 1] & 0x40))
                break;
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_mode_page_has_current_changeable_and_default_values_of_one_size),
        TEST(all_pages_together_ascend_and_add_up),
        TEST(only_changeable_bits_of_the_write_parameters_can_be_changed),
        TEST(a_mode_list_with_a_wrong_header_page_or_length_is_refused),
        TEST(an_event_is_told_once),
        TEST(the_buffer_fills_with_writes_and_empties_with_time),
        TEST(a_buffer_that_is_full_asks_for_the_same_write_again),
        TEST(set_streaming_changes_how_long_a_burn_takes_and_what_is_told),
        TEST(the_speeds_that_are_told_can_be_set),
        TEST(long_work_goes_on_behind_an_immediate_answer_and_ends),
        TEST(a_format_tells_how_far_it_is),
        TEST(a_dvd_plus_rw_formatted_in_the_background_is_usable_meanwhile),
        TEST(disc_structures_have_their_length_in_front_and_are_in_the_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
