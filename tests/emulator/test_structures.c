/* READ DISC STRUCTURE by medium, and the keys that the drive does not have. */
#include "sequence.h"

#include <string.h>

enum { DVD = 0, BD = 1 };

static uint32_t structure_of(struct bench *b, uint8_t media_type, uint8_t layer, uint8_t format)
{
    return bench_get(b, 8192, 0xad, media_type, 0, 0, 0, 0, layer, format, 0x20, 0, 0, 0);
}

/* READ DISC STRUCTURE of this size, the header included. */
static const uint8_t *read_structure(struct bench *b, uint8_t media_type, uint8_t format,
                                     uint32_t size)
{
    assert_good(structure_of(b, media_type, 0, format));
    assert_int_equal(b->reply.moved, size);
    assert_int_equal(field16(b->data), size - 2);
    return b->data + 4;
}

static void the_physical_format_tells_book_layers_and_limits(void **state)
{
    static const struct {
        const char *medium;
        uint8_t book, layers;
        uint32_t last, last_of_0;
    } media[] = {
        {"dvd-r", 0x21, 0x02, 0x30000 + 2298495, 0},
        {"dvd-rw", 0x31, 0x04, 0x30000 + 2298495, 0},
        {"dvd+r", 0xa1, 0x02, 0x30000 + 2295103, 0},
        {"dvd-r-dl", 0x21, 0x32, 0xfcffff, 0x30000 + 2085855},
        {"dvd+r-dl", 0xe1, 0x32, 0xfcffff, 0x30000 + 2086911},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        const uint8_t *data;

        bench_insert(b, media[i].medium);
        data = read_structure(b, DVD, 0x00, 2052);
        assert_int_equal(data[0], media[i].book);
        assert_int_equal(data[2], media[i].layers);
        assert_int_equal(field32(data + 4), 0x30000);
        assert_int_equal(field32(data + 8), media[i].last);
        assert_int_equal(field32(data + 12), media[i].last_of_0);
    }
}

static void the_maker_is_told_where_each_kind_of_disc_has_it(void **state)
{
    struct bench *b = *state;
    const uint8_t *data;

    bench_insert(b, "dvd-r");
    data = read_structure(b, DVD, 0x0e, 48);
    assert_memory_equal(data + 17, "OPENIM", 6);
    assert_memory_equal(data + 25, "AP001", 5);
    assert_sense(structure_of(b, DVD, 0, 0x11), 0x052400);
    bench_insert(b, "dvd+r-dl");
    data = read_structure(b, DVD, 0x11, 260);
    assert_memory_equal(data + 19, "OPENIMAPD02", 11);
    assert_sense(structure_of(b, DVD, 0, 0x0e), 0x052400);
    bench_insert(b, "bd-r");
    data = read_structure(b, BD, 0x00, 4100);
    assert_memory_equal(data, "DI", 2);
    assert_memory_equal(data + 8, "BDR", 3);
    assert_int_equal(data[12], 0x12);
    assert_memory_equal(data + 100, "OPENIM", 6);
    assert_memory_equal(data + 106, "R01", 3);
}

static void structures_of_the_other_family_are_refused(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_sense(structure_of(b, BD, 0, 0x00), 0x052400);
    assert_int_equal(field16(b->reply.sense + 16), 1);
    assert_sense(structure_of(b, 2, 0, 0x00), 0x052400);
    assert_sense(structure_of(b, DVD, 1, 0x00), 0x052400);
    assert_int_equal(field16(b->reply.sense + 16), 6);
    assert_sense(bench_get(b, 64, 0xad, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0x40, 0), 0x052400);
    bench_insert(b, "bd-r-ql");
    assert_sense(structure_of(b, DVD, 0, 0x00), 0x052400);
    assert_good(structure_of(b, BD, 3, 0x00));
    assert_sense(structure_of(b, BD, 4, 0x00), 0x052400);
}

static void the_list_names_what_can_be_read_and_how_long_it_is(void **state)
{
    static const char *const media[] = {"dvd-r",    "dvd-rw", "dvd+r",   "dvd+rw",
                                        "dvd+r-dl", "bd-r",   "dvd-r-dl"};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        uint8_t type = media[i][0] == 'b' ? BD : DVD;
        uint8_t list[256] = {0};
        uint32_t size, listed = 0, readable = 0;

        bench_insert(b, media[i]);
        assert_good(structure_of(b, type, 0, 0xff));
        size = field16(b->data) + 2;
        assert_true(size <= sizeof(list));
        memcpy(list, b->data, size);
        for (uint32_t at = 4; at < size; at += 4, listed++) {
            assert_true(list[at + 1] & 0x40);
            read_structure(b, type, list[at], field16(list + at + 2) + 2);
        }
        for (uint8_t format = 0; format < 0xff; format++)
            readable += structure_of(b, type, 0, format) == 0;
        assert_int_equal(listed, readable);
    }
}

static void only_the_layer_boundary_can_be_sent(void **state)
{
    struct bench *b = *state;
    uint32_t size;
    bool sendable = false;

    bench_insert(b, "dvd+r-dl");
    assert_good(structure_of(b, DVD, 0, 0xff));
    size = field16(b->data) + 2;
    for (uint32_t at = 4; at < size; at += 4) {
        assert_int_equal(b->data[at + 1] & 0x80, b->data[at] == 0x20 ? 0x80 : 0);
        sendable |= b->data[at] == 0x20;
    }
    assert_true(sendable);
    bench_insert(b, "none");
    assert_sense(bench_put(b, 12, 0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 12, 0, 0), 0x023a01);
    bench_insert(b, "bd-r-dl");
    assert_sense(bench_put(b, 12, 0xbf, 1, 0, 0, 0, 0, 0, 0x20, 0, 12, 0, 0), 0x052400);
}

static void the_drive_has_no_region_and_no_keys(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-r");
    assert_good(bench_get(b, 8, 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x08, 0));
    assert_int_equal(b->reply.moved, 8);
    assert_int_equal(field16(b->data), 6);
    assert_int_equal(b->data[4], 4 << 3 | 5);
    assert_int_equal(b->data[5], 0xff);
    assert_sense(bench_get(b, 8, 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x00, 0), 0x052400);
    assert_sense(bench_get(b, 8, 0xa4, 0, 0, 0, 0, 0, 0, 2, 0, 8, 0x08, 0), 0x052400);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_physical_format_tells_book_layers_and_limits),
        TEST(the_maker_is_told_where_each_kind_of_disc_has_it),
        TEST(structures_of_the_other_family_are_refused),
        TEST(the_list_names_what_can_be_read_and_how_long_it_is),
        TEST(only_the_layer_boundary_can_be_sent),
        TEST(the_drive_has_no_region_and_no_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
