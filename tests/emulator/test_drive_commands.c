/* What the drive says about itself, the tray, events, speeds and mode pages. */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void eject(struct bench *b)
{
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
}

static void load(struct bench *b)
{
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
}

static void it_names_itself(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "none");
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_int_equal(b->reply.moved, 36);
    assert_int_equal(b->data[0], 5);
    assert_memory_equal(b->data + 8, "OPENIMAPVIRTUAL RECORDER1.00", 28);
    assert_sense(bench_get(b, 36, 0x12, 1, 0x80, 0, 36, 0), 0x052400);
}

static void an_empty_tray_is_told_closed_or_open(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "none");
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023a01);
    eject(b);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023a02);
    assert_sense(bench_write(b, 0, 16, 1), 0x023a02);
    assert_good(bench_get(b, 8, 0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0));
    assert_int_equal(b->data[1], 0x10);
    bench_open(b);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023a02);
}

static void a_loaded_disc_is_announced_once_by_attention_and_event(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    eject(b);
    load(b);
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0));
    assert_good(bench_get(b, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[2], 4);
    assert_int_equal(b->data[4], 2);
    assert_int_equal(b->data[5], 2);
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4], 0);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x062800);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
}

static void request_sense_tells_a_unit_attention_and_takes_it_away(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    eject(b);
    load(b);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2], 6);
    assert_int_equal(b->data[12], 0x28);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2], 0);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
}

static void a_prevented_tray_stays_closed(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_do(b, 0x1e, 0, 0, 0, 1, 0));
    assert_sense(bench_do(b, 0x1b, 0, 0, 0, 2, 0), 0x055302);
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[4], 1);
    assert_good(bench_do(b, 0x1e, 0, 0, 0, 0, 0));
    eject(b);
}

static void another_disc_comes_in_by_changing_the_definition_and_loading(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_write(b, 0, 16, 1));
    eject(b);
    bench_define(b, "medium = dvd+rw\nimage = other.iso\n");
    load(b);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x062800);
    assert_good(bench_get(b, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data + 6), 0x1a);
    bench_define(b, "medium = dvd+r\nimage = disc.iso\n");
    load(b);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x062800);
    assert_holds(b, 0, 16, 1);
    bench_define(b, "medium = nonsense\n");
    load(b);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x062800);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
    assert_non_null(strstr(oi_emu_detail(b->emu), "one.ini, line 1"));
}

/* Returns the data of a feature within the reply to GET CONFIGURATION, NULL when it is not there.
 */
static const uint8_t *feature(struct bench *b, uint8_t wanted, uint16_t code)
{
    uint32_t end;

    assert_good(bench_get(b, 1024, 0x46, wanted, 0, 0, 0, 0, 0, 4, 0, 0));
    end = field32(b->data) + 4;
    assert_int_equal(end, b->reply.moved);
    for (uint32_t at = 8; at < end; at += 4u + b->data[at + 3]) {
        assert_int_equal(b->data[at + 3] % 4, 0);
        if (field16(b->data + at) == code)
            return b->data + at;
    }
    return NULL;
}

/* The profile is in the list, and the only current one. */
static void assert_profile_is_current(const uint8_t *list, uint16_t profile)
{
    int found = 0;

    for (uint32_t at = 4; at < 4u + list[3]; at += 4) {
        assert_int_equal(list[at + 2], field16(list + at) == profile);
        found += list[at + 2];
    }
    assert_int_equal(found, 1);
}

static void features_follow_the_disc(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_int_equal(feature(b, 0, 0x002b)[2] & 1, 1);
    assert_int_equal(feature(b, 0, 0x002a)[2] & 1, 0);
    assert_null(feature(b, 1, 0x002a));
    assert_int_equal(field16(b->data + 6), 0x001b);
    assert_profile_is_current(feature(b, 0, 0x0000), 0x001b);
    assert_int_equal(feature(b, 0, 0x0108)[3], 4);
    assert_memory_equal(feature(b, 0, 0x0108) + 4, "one ", 4);
    bench_insert(b, "dvd+rw");
    assert_non_null(feature(b, 1, 0x002a));
    assert_non_null(feature(b, 1, 0x0020));
    assert_null(feature(b, 1, 0x002b));
    bench_insert(b, "none");
    assert_null(feature(b, 1, 0x0010));
    assert_int_equal(field16(b->data + 6), 0);
    assert_non_null(feature(b, 0, 0x0010));
    assert_good(bench_get(b, 64, 0x46, 2, 0x12, 0x34, 0, 0, 0, 0, 64, 0));
    assert_int_equal(b->reply.moved, 8);
}

static void mode_pages_have_current_changeable_and_default_values(void **state)
{
    struct bench *b = *state;
    static const uint8_t codes[] = {0x01, 0x05, 0x08, 0x0e, 0x1a, 0x1d, 0x2a};

    bench_insert(b, "dvd+r");
    for (size_t i = 0; i < sizeof(codes); i++)
        for (uint8_t control = 0; control < 3; control++) {
            assert_good(bench_get(b, 255, 0x5a, 0, (uint8_t)(control << 6 | codes[i]), 0, 0, 0, 0,
                                  0, 255, 0));
            assert_int_equal(b->data[8], codes[i]);
            assert_int_equal(field16(b->data) + 2, b->reply.moved);
            assert_int_equal(b->data[9] + 2 + 8, b->reply.moved);
        }
    assert_sense(bench_get(b, 255, 0x5a, 0, 0xc5, 0, 0, 0, 0, 0, 255, 0), 0x053900);
    assert_sense(bench_get(b, 255, 0x5a, 0, 0x0f, 0, 0, 0, 0, 0, 255, 0), 0x052400);
    assert_good(bench_get(b, 1024, 0x5a, 0, 0x3f, 0, 0, 0, 0, 4, 0, 0));
    assert_int_equal(b->data[8], 0x01);
}

static uint32_t select_page(struct bench *b, uint8_t size)
{
    return bench_put(b, size, 0x55, 0x10, 0, 0, 0, 0, 0, 0, size, 0);
}

static void a_mode_page_changes_only_where_it_may(void **state)
{
    struct bench *b = *state;
    uint8_t list[20];

    bench_insert(b, "dvd+r");
    assert_good(bench_get(b, 20, 0x5a, 0, 0x01, 0, 0, 0, 0, 0, 20, 0));
    memcpy(list, b->data, sizeof(list));
    list[0] = list[1] = 0;
    list[8 + 3] = 77;
    memcpy(b->data, list, sizeof(list));
    assert_good(select_page(b, sizeof(list)));
    assert_good(bench_get(b, 20, 0x5a, 0, 0x01, 0, 0, 0, 0, 0, 20, 0));
    assert_int_equal(b->data[8 + 3], 77);

    list[8 + 4] ^= 1;
    memcpy(b->data, list, sizeof(list));
    assert_sense(select_page(b, sizeof(list)), 0x052600);
    assert_int_equal(b->reply.sense[15], 0x80);
    assert_int_equal(field16(b->reply.sense + 16), 8 + 4);
    memcpy(b->data, list, sizeof(list));
    assert_sense(select_page(b, sizeof(list) - 1), 0x051a00);
    b->data[9] = 9;
    assert_sense(select_page(b, sizeof(list)), 0x052600);
    b->data[8] = 0x0f;
    assert_sense(select_page(b, sizeof(list)), 0x052600);
    assert_sense(bench_put(b, 20, 0x55, 0x11, 0, 0, 0, 0, 0, 0, 20, 0), 0x052400);
}

static void write_parameters_that_the_medium_does_not_know_are_refused(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_get(b, 60, 0x5a, 0, 0x05, 0, 0, 0, 0, 0, 60, 0));
    b->data[0] = b->data[1] = 0;
    b->data[8 + 2] = 0x41;
    assert_sense(select_page(b, 60), 0x052600);
    b->data[8 + 2] = 0x42;
    assert_good(select_page(b, 60));
    b->data[8 + 4] = 0;
    assert_sense(select_page(b, 60), 0x052600);
}

static void structures_tell_the_kind_and_maker_of_the_disc(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_get(b, 4096, 0xad, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0));
    assert_int_equal(b->reply.moved, 2052);
    assert_int_equal(field16(b->data), 2050);
    assert_int_equal(b->data[4], 0xa1);
    assert_int_equal(field32(b->data + 12), 0x30000 + DISC_SECTORS - 1);
    assert_good(bench_get(b, 4096, 0xad, 0, 0, 0, 0, 0, 0, 0x11, 0x10, 0, 0, 0));
    assert_memory_equal(b->data + 4 + 19, "OPENIMAP", 8);
    assert_good(bench_get(b, 4096, 0xad, 0, 0, 0, 0, 0, 0, 0xff, 0x10, 0, 0, 0));
    assert_int_equal(b->reply.moved, 4 + 4 * 4);
    assert_sense(bench_get(b, 4096, 0xad, 0, 0, 0, 0, 0, 0, 0x0e, 0x10, 0, 0, 0), 0x052400);
    assert_sense(bench_get(b, 4096, 0xad, 0, 0, 0, 0, 0, 1, 0, 0x10, 0, 0, 0), 0x052400);
    assert_sense(bench_get(b, 4096, 0xad, 1, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0), 0x052400);
    assert_sense(bench_put(b, 4, 0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 4, 0, 0), 0x052400);
}

static void write_speeds_are_told_and_set(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_good(bench_get(b, 4096, 0xac, 0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0));
    assert_int_equal(b->reply.moved, 8 + 6 * 16);
    assert_int_equal(field32(b->data) + 4, b->reply.moved);
    assert_int_equal(field32(b->data + 8 + 12), 22160);
    assert_int_equal(field32(b->data + 8 + 5 * 16 + 12), 3324);
    assert_good(bench_do(b, 0xbb, 0, 0xff, 0xff, 6000 >> 8, 6000 & 0xff, 0, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 4096, 0xac, 0x14, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0));
    assert_int_equal(field32(b->data + 12), 5540);
    memset(b->data, 0, 28);
    b->data[11] = 0xff;
    b->data[18] = 0x03;
    b->data[22] = 11080 >> 8;
    b->data[23] = 11080 & 0xff;
    b->data[15] = 100;
    b->data[19] = 0xe8;
    b->data[26] = 0x03;
    b->data[27] = 0xe8;
    assert_good(bench_put(b, 28, 0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0));
    assert_good(bench_get(b, 4096, 0xac, 0x14, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0));
    assert_int_equal(field32(b->data + 12), 11080 / 2); /* in zones: 8x begins at 4x */
    b->data[0] = 0;
    memset(b->data + 24, 0, 4);
    assert_sense(bench_put(b, 28, 0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0), 0x052600);
    assert_sense(bench_put(b, 27, 0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0), 0x051a00);
}

static void a_drive_without_a_speed_is_as_slow_as_it_is_told(void **state)
{
    struct bench *b = *state;
    uint32_t lba = 0;

    bench_insert(b, "dvd+r");
    assert_good(bench_do(b, 0xbb, 0, 0xff, 0xff, 5540 >> 8, 5540 & 0xff, 0, 0, 0, 0, 0, 0));
    while (lba < 4096 && bench_write(b, lba, 32, 1) == 0)
        lba += 32;
    assert_in_range(lba, 1024, 1056); /* the buffer of 2 MiB is full */
    assert_good(bench_do(b, 0xbb, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0));
    assert_good(bench_write(b, lba, 32, 1));
}

static void a_full_buffer_refuses_a_write_until_it_has_drained(void **state)
{
    struct bench *b = *state;
    uint32_t lba = 32;

    bench_insert(b, "dvd+r\nspeed = 4");
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b)); /* the lead-in is behind us */
    while (bench_write(b, lba, 32, 1) == 0) {
        lba += 32;
        assert_in_range(lba, 32, 1056);
    }
    assert_int_equal(lba, 1056);
    assert_sense(bench_write(b, lba, 32, 1), 0x020408);
    assert_good(bench_get(b, 12, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_int_equal(field32(b->data + 4), 2097152);
    assert_int_equal(field32(b->data + 8), 0);
    b->now_us += 65536 * 1000000ull / 5540000 + 1;
    assert_good(bench_get(b, 12, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_in_range(field32(b->data + 8), 65536, 65560);
    assert_good(bench_write(b, lba, 32, 1));
    assert_holds(b, 0, lba + 32, 1);
}

static void synchronising_waits_for_the_buffer_or_reports_until_it_is_empty(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r\nspeed = 1");
    assert_good(bench_write(b, 0, 64, 1));
    assert_good(bench_sync(b)); /* the lead-in is behind us */
    b->slept_us = 0;
    assert_good(bench_write(b, 64, 64, 1));
    assert_good(bench_sync(b));
    assert_in_range(b->slept_us, 94600, 94700);
    assert_good(bench_write(b, 128, 64, 1));
    assert_good(bench_do(b, 0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x020407);
    b->now_us += 47000;
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x020407);
    assert_int_equal(b->reply.sense[15], 0x80);
    assert_in_range(field16(b->reply.sense + 16), 32000, 33500);
    assert_good(bench_get(b, 18, 0x03, 0, 0, 0, 18, 0));
    assert_int_equal(b->data[2], 2);
    assert_good(bench_get(b, 8, 0x4a, 1, 0, 0, 0x40, 0, 0, 0, 8, 0));
    assert_int_equal(b->data[5], 1);
    b->now_us += 60000;
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_in_range(b->slept_us, 94600, 94700);
}

static void replies_are_cut_at_the_allocation_length_and_at_the_buffer(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    b->data[4] = 0x77;
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 4, 0));
    assert_int_equal(b->reply.moved, 4);
    assert_int_equal(b->data[4], 0x77);
    assert_good(bench_get(b, 4, 0x12, 0, 0, 0, 36, 0));
    assert_int_equal(b->reply.moved, 4);
    assert_int_equal(b->data[4], 0x77);
    assert_good(bench_get(b, 0, 0x12, 0, 0, 0, 36, 0));
    assert_int_equal(b->reply.moved, 0);
    assert_good(bench_do(b, 0x12, 0, 0, 0, 36, 0));
    assert_int_equal(b->reply.moved, 0);
    assert_good(bench_write(b, 0, 16, 1));
    assert_sense(bench_get(b, 15 * SECTOR, 0x28, 0, 0, 0, 0, 0, 0, 0, 16, 0), 0x052400);
}

static void a_wrong_cdb_is_pointed_at(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    assert_sense(bench_do(b, 0xff, 0, 0, 0, 0, 0), 0x052000);
    assert_sense(bench_do(b, 0x02, 0, 0, 0, 0, 0), 0x052000);
    assert_sense(bench_do(b, 0, 1, 0, 0, 0, 0), 0x052400);
    assert_int_equal(b->reply.sense[15], 0xc8); /* bit 0 */
    assert_int_equal(field16(b->reply.sense + 16), 1);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 4), 0x052400);
    assert_int_equal(b->reply.sense[15], 0xca); /* bit 2 */
    assert_int_equal(field16(b->reply.sense + 16), 5);
    assert_sense(bench_do(b, 0x28, 0, 0, 0, 0, 0), 0x052400);
    assert_sense(bench_do(b, 0x2f, 2, 0, 0, 0, 0, 0, 0, 1, 0), 0x052400);
    assert_int_equal(b->reply.sense_len, 18);
    assert_int_equal(b->reply.sense[0], 0x70);
    assert_int_equal(b->reply.sense[7], 10);
}

static void an_image_that_can_not_be_made_is_a_write_error_with_the_reason(void **state)
{
    struct bench *b = *state;

    char folder[96];

    snprintf(folder, sizeof(folder), "%s/gone", b->folder);
    assert_int_equal(mkdir(folder, 0777), 0);
    bench_define(b, "medium = dvd+r\nimage = gone/disc.iso\n");
    bench_open(b);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_int_equal(rmdir(folder), 0);
    assert_sense(bench_write(b, 0, 16, 1), 0x030c00);
    assert_non_null(strstr(oi_emu_detail(b->emu), "gone/disc.iso"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(it_names_itself),
        TEST(an_empty_tray_is_told_closed_or_open),
        TEST(a_loaded_disc_is_announced_once_by_attention_and_event),
        TEST(request_sense_tells_a_unit_attention_and_takes_it_away),
        TEST(a_prevented_tray_stays_closed),
        TEST(another_disc_comes_in_by_changing_the_definition_and_loading),
        TEST(features_follow_the_disc),
        TEST(mode_pages_have_current_changeable_and_default_values),
        TEST(a_mode_page_changes_only_where_it_may),
        TEST(write_parameters_that_the_medium_does_not_know_are_refused),
        TEST(structures_tell_the_kind_and_maker_of_the_disc),
        TEST(write_speeds_are_told_and_set),
        TEST(a_drive_without_a_speed_is_as_slow_as_it_is_told),
        TEST(a_full_buffer_refuses_a_write_until_it_has_drained),
        TEST(synchronising_waits_for_the_buffer_or_reports_until_it_is_empty),
        TEST(replies_are_cut_at_the_allocation_length_and_at_the_buffer),
        TEST(a_wrong_cdb_is_pointed_at),
        TEST(an_image_that_can_not_be_made_is_a_write_error_with_the_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
