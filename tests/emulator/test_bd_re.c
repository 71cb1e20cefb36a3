/* How a BD-RE behaves: unformatted as bought, then written anywhere, with spares or without. */
#include "bench.h"

#include <stdio.h>

enum { WITH_SPARES = 0x30 << 2, FULL_CERTIFICATION = 2, QUICK_CERTIFICATION = 3 };
enum { NO_SPARES = 0x31 << 2 };

static const struct {
    uint32_t blocks;
    uint8_t type;
    uint32_t parameter;
} formats[] = {
    {11826176, 0, 2048},
    {11826176, WITH_SPARES, 0x3000},
    {11564032, WITH_SPARES, 0x5000},
    {12088320, WITH_SPARES, 0x1000},
    {12219392, NO_SPARES, 2048},
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

static void as_bought_it_refuses_everything_until_it_is_formatted(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-re");
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 8, 0x46, 1, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data + 6), 0x0043);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2], 0x10);
    assert_sense(bench_write(b, 0, 32, 1), 0x033100);
    assert_sense(bench_read(b, 0, 1), 0x033100);
    assert_sense(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0x033100);
    assert_good(bench_get(b, 252, 0x23, 0, 0, 0, 0, 0, 0, 0, 252, 0));
    assert_int_equal(b->data[8], 1);
    assert_int_equal(b->data[3], 8 + 8 * FORMATS);
    for (uint32_t i = 0; i < FORMATS; i++) {
        assert_int_equal(field32(b->data + 12 + 8 * i), formats[i].blocks);
        assert_int_equal(field32(b->data + 16 + 8 * i),
                         (uint32_t)formats[i].type << 24 | formats[i].parameter);
    }
}

static void every_format_it_offers_sets_its_size(void **state)
{
    struct bench *b = *state;

    for (uint32_t i = 0; i < FORMATS; i++) {
        bench_insert(b, "bd-re");
        assert_good(
            bench_format_as(b, 0, formats[i].blocks, formats[i].type, formats[i].parameter));
        bench_open(b);
        assert_int_equal(bench_capacity(b), formats[i].blocks);
        assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
        assert_int_equal(b->data[2], 0x1f);
        assert_good(bench_write(b, formats[i].blocks - 1, 1, 1));
        assert_sense(bench_write(b, formats[i].blocks - 1, 2, 1), 0x052100);
        assert_sense(bench_read(b, formats[i].blocks, 1), 0x052100);
        assert_holds(b, formats[i].blocks - 1, 1, 1);
        assert_good(bench_get(b, 12, 0x23, 0, 0, 0, 0, 0, 0, 0, 12, 0));
        assert_int_equal(field32(b->data + 4), formats[i].blocks);
        assert_int_equal(b->data[8], 2);
        bench_close(b);
        remove(b->disc);
        remove(b->image);
    }
}

static void another_size_is_news_to_other_programs_and_the_first_is_to_none(void **state)
{
    struct bench *b = *state;
    struct oi_emu *other;

    bench_insert(b, "bd-re");
    other = bench_second(b);
    assert_good(bench_format_as(b, 0, 11826176, WITH_SPARES | QUICK_CERTIFICATION, 0x3000));
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_format_as(b, 0, 11826176, WITH_SPARES, 0x3000));
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_run_on(b, other, CDB(0, 0, 0, 0, 0, 0), OI_EMU_NO_DATA, 0));
    assert_good(bench_format_as(b, 0, 12219392, NO_SPARES, 0));
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_sense(bench_run_on(b, other, CDB(0, 0, 0, 0, 0, 0), OI_EMU_NO_DATA, 0), 0x062800);
    assert_good(bench_run_on(b, other, CDB(0, 0, 0, 0, 0, 0), OI_EMU_NO_DATA, 0));
    oi_emu_close(other);
}

static void what_it_does_not_offer_it_refuses_at_the_byte(void **state)
{
    static const struct {
        uint32_t blocks;
        uint8_t type;
        uint32_t parameter;
        uint16_t field;
    } wrong[] = {
        {11826176, 0x32 << 2, 0x3000, 8},     {11826176, WITH_SPARES | 1, 0x3000, 8},
        {11826176, 0x26 << 2, 0, 8},          {11826176, 1, 0x3000, 8},
        {0xffffffff, WITH_SPARES, 0x3000, 4}, {11826144, WITH_SPARES, 0x3000, 4},
        {0, WITH_SPARES, 0x3000, 4},          {11826176, NO_SPARES, 2048, 4},
        {11826176, WITH_SPARES, 0x5000, 9},   {12219392, NO_SPARES | 2, 2048, 8},
    };
    struct bench *b = *state;

    bench_insert(b, "bd-re");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_sense(bench_format_as(b, 0, wrong[i].blocks, wrong[i].type, wrong[i].parameter),
                     0x052600);
        assert_int_equal(b->reply.sense[15], 0x80);
        assert_int_equal(field16(b->reply.sense + 16), wrong[i].field);
    }
    assert_sense(bench_write(b, 0, 32, 1), 0x033100);
}

static void streaming_writes_are_whole_clusters(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-re");
    assert_good(bench_format_as(b, 0, 12219392, NO_SPARES, 0));
    assert_good(bench_stream(b, 32, 32, 1));
    assert_sense(bench_stream(b, 48, 32, 2), 0x052400);
    assert_sense(bench_stream(b, 64, 16, 2), 0x052400);
    assert_good(bench_write(b, 48, 1, 3));
    assert_holds(b, 32, 16, 1);
    assert_holds(b, 48, 1, 3);
    assert_holds(b, 49, 15, 1);
}

static void a_two_layer_disc_has_twice_of_everything(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-re-dl");
    assert_good(bench_get(b, 252, 0x23, 0, 0, 0, 0, 0, 0, 0, 252, 0));
    for (uint32_t i = 0; i < FORMATS; i++)
        assert_int_equal(field32(b->data + 12 + 8 * i), 2 * formats[i].blocks);
    assert_good(bench_format_as(b, 0, 2 * 12219392u, NO_SPARES, 0));
    assert_good(bench_write(b, 2 * 12219392u - 32, 32, 1));
    bench_open(b);
    assert_holds(b, 2 * 12219392u - 32, 32, 1);
}

static void a_format_makes_what_was_there_zeros(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-re");
    assert_good(bench_format_as(b, 0, 11826176, 0, 0));
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_write(b, 5000000, 32, 1));
    assert_good(bench_format_as(b, 0, 11826176, 0, 0));
    assert_good(bench_write(b, 6000000, 32, 1));
    assert_good(bench_read(b, 0, 1));
    assert_int_equal(b->data[4], 0);
    assert_good(bench_read(b, 5000000, 1));
    assert_int_equal(b->data[4], 0);
}

static void write_and_write_on(struct bench *b)
{
    bench_format_as(b, 0, 12088320, WITH_SPARES, 0x1000);
    bench_write(b, 3200, 32, 1);
    bench_sync(b);
    bench_write(b, 6400, 32, 1);
    bench_write(b, 3200, 1, 2);
}

static void a_killed_writer_leaves_what_it_synchronised_and_more(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "bd-re");
    bench_killed(b, write_and_write_on);
    bench_open(b);
    assert_int_equal(bench_capacity(b), 12088320);
    assert_holds(b, 3201, 31, 1);
    assert_holds(b, 3200, 1, 2);
    assert_holds(b, 6400, 32, 1);
    assert_good(bench_write(b, 9600, 32, 3));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(as_bought_it_refuses_everything_until_it_is_formatted),
        TEST(every_format_it_offers_sets_its_size),
        TEST(another_size_is_news_to_other_programs_and_the_first_is_to_none),
        TEST(what_it_does_not_offer_it_refuses_at_the_byte),
        TEST(streaming_writes_are_whole_clusters),
        TEST(a_two_layer_disc_has_twice_of_everything),
        TEST(a_killed_writer_leaves_what_it_synchronised_and_more),
        TEST(a_format_makes_what_was_there_zeros),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
