/* MODE SENSE and MODE SELECT: the write parameters by medium, and what the drive says it can. */
#include "sequence.h"

#include <string.h>

enum { HEADER = 8, LIST = 60, CURRENT = 0x00, CHANGEABLE = 0x40, DEFAULT = 0x80 };

static const uint8_t *page(struct bench *b, uint8_t control, uint8_t code)
{
    assert_good(bench_get(b, 255, 0x5a, 8, (uint8_t)(control | code), 0, 0, 0, 0, 0, 255, 0));
    assert_int_equal(b->data[HEADER], code);
    return b->data + HEADER;
}

/* MODE SELECT of the default write parameters with one byte changed. */
static uint32_t select_with(struct bench *b, uint8_t at, uint8_t value)
{
    page(b, DEFAULT, 0x05);
    memset(b->data, 0, HEADER);
    b->data[HEADER + at] = value;
    return bench_put(b, LIST, 0x55, 0x10, 0, 0, 0, 0, 0, 0, LIST, 0);
}

static void assert_wrong_at(struct bench *b, uint32_t sense, uint32_t at)
{
    assert_sense(sense, 0x052600);
    assert_int_equal(b->reply.sense[15], 0x80);
    assert_int_equal(field16(b->reply.sense + 16), HEADER + at);
}

static void write_parameters_default_to_what_the_medium_is_written_with(void **state)
{
    struct bench *b = *state;
    const uint8_t *data;

    bench_insert(b, "dvd-r");
    data = page(b, CURRENT, 0x05);
    assert_int_equal(data[1], 0x32);
    assert_int_equal(data[2], 0x60);
    assert_int_equal(data[3], 0x25);
    assert_int_equal(data[4], 0x08);
    assert_int_equal(data[5], 16);
    assert_int_equal(field32(data + 10), 16);
    bench_insert(b, "dvd+r");
    assert_int_equal(page(b, DEFAULT, 0x05)[2], 0x40);
}

static void each_wrong_field_of_the_write_parameters_is_named(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_wrong_at(b, select_with(b, 2, 0x41), 2);
    assert_wrong_at(b, select_with(b, 2, 0x43), 2);
    assert_wrong_at(b, select_with(b, 2, 0x44), 2);
    assert_wrong_at(b, select_with(b, 2, 0x70), 2);
    assert_wrong_at(b, select_with(b, 3, 0xa5), 3);
    assert_wrong_at(b, select_with(b, 4, 0x00), 4);
    assert_wrong_at(b, select_with(b, 4, 0x07), 4);
    assert_wrong_at(b, select_with(b, 5, 7), 5);
    assert_wrong_at(b, select_with(b, 8, 0x01), 8);
    assert_wrong_at(b, select_with(b, 13, 32), 10);
    assert_wrong_at(b, select_with(b, 1, 0x36), 1);
    assert_wrong_at(b, select_with(b, 9, 1), 9);
    assert_int_equal(page(b, CURRENT, 0x05)[2], 0x60);
    assert_good(select_with(b, 3, 0xe5));
    assert_int_equal(page(b, CURRENT, 0x05)[3], 0xe5);
    assert_int_equal(page(b, DEFAULT, 0x05)[3], 0x25);
}

static void media_that_need_no_write_parameters_take_them_all_the_same(void **state)
{
    static const char *const media[] = {"dvd+r", "dvd+rw", "dvd+r-dl", "bd-r"};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        bench_insert(b, media[i]);
        assert_good(sequence_select(b, DISC_AT_ONCE, 0));
        assert_good(sequence_select(b, PACKET, ANOTHER_SESSION));
        assert_sense(sequence_select(b, TRACK_AT_ONCE, 0), 0x052600);
    }
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(sequence_select(b, DISC_AT_ONCE, 0));
    assert_good(bench_write(b, 32, 32, 1));
}

static void the_audio_page_may_be_changed_in_part(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-r");
    assert_int_equal(page(b, CHANGEABLE, 0x0e)[2], 0x02);
    page(b, CURRENT, 0x0e);
    memset(b->data, 0, HEADER);
    b->data[HEADER + 9] = 0x40;
    assert_good(bench_put(b, 24, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 24, 0));
    assert_int_equal(page(b, CURRENT, 0x0e)[9], 0x40);
    assert_int_equal(page(b, DEFAULT, 0x0e)[9], 0xff);
}

static void the_capabilities_are_those_of_a_drive_that_records_everything(void **state)
{
    struct bench *b = *state;
    const uint8_t *data;

    bench_insert(b, "dvd-r\nspeed = 8");
    data = page(b, CURRENT, 0x2a);
    assert_int_equal(data[2], 0x3f);
    assert_int_equal(data[3], 0x37);
    assert_int_equal(data[4] & 0xf0, 0xf0);
    assert_int_equal(data[5] & 0x01, 0x01);
    assert_int_equal(data[6] & 0x29, 0x29);
    assert_int_equal(field16(data + 28), 8 * 1385);
    assert_int_equal(data[1] + 2, 32 + 4 * field16(data + 30));
    assert_int_equal(field16(data + 34), 8 * 1385);
    assert_int_equal(page(b, CHANGEABLE, 0x2a)[2], 0);
}

static void without_a_disc_every_way_of_writing_may_be_chosen(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "none");
    assert_good(sequence_select(b, DISC_AT_ONCE, 0));
    assert_good(sequence_select(b, PACKET, 0));
    assert_sense(sequence_select(b, 4, 0), 0x052600);
}

static void a_page_with_other_contents_behind_it_is_refused_as_a_whole(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    page(b, CURRENT, 0x05);
    memset(b->data, 0, HEADER);
    b->data[HEADER + 3] = 0xe5;
    b->data[HEADER + 52] = 0x3e;
    b->data[HEADER + 53] = 0;
    assert_wrong_at(b, bench_put(b, LIST + 2, 0x55, 0x10, 0, 0, 0, 0, 0, 0, LIST + 2, 0), 52);
    assert_int_equal(page(b, CURRENT, 0x05)[3], 0x25);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(write_parameters_default_to_what_the_medium_is_written_with),
        TEST(each_wrong_field_of_the_write_parameters_is_named),
        TEST(media_that_need_no_write_parameters_take_them_all_the_same),
        TEST(the_audio_page_may_be_changed_in_part),
        TEST(the_capabilities_are_those_of_a_drive_that_records_everything),
        TEST(without_a_disc_every_way_of_writing_may_be_chosen),
        TEST(a_page_with_other_contents_behind_it_is_refused_as_a_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
