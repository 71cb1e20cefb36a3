/* What a bad place on a disc does, and what spares do about it. */
#include "bench.h"

#include "disc.h"

/* Formatted without spares, with one bad cluster; the same with spares, and all but one in use. */
#define UNMANAGED "medium = bd-re\nformatted = 12219392\ndefect = 2 hidden\n"
#define MANAGED   "medium = bd-re\nformatted = 11826176\nspares = 12288 12287\n"

static void insert(struct bench *b, const char *lines)
{
    bench_insert(b, "bd-re");
    assert_good(bench_format_as(b, 0, 12219392, 0x31 << 2, 0));
    bench_close(b);
    bench_state(b, lines);
    bench_open(b);
}

static void without_spares_a_defect_shows_when_it_is_read(void **state)
{
    struct bench *b = *state;

    insert(b, UNMANAGED);
    assert_good(bench_write(b, 0, 64, 1));
    assert_good(bench_write(b, 64, 32, 1));
    assert_holds(b, 32, 32, 1);
    assert_sense(bench_read(b, 60, 16), 0x031100);
    assert_int_equal(field32(b->reply.sense + 3), 64);
    assert_sense(bench_read(b, 95, 1), 0x031100);
    assert_good(bench_read(b, 96, 1));
    assert_sense(bench_do(b, 0x2f, 0, 0, 0, 0, 0, 0, 0, 80, 0), 0x031100);
    bench_pattern(b->data, 64, 1, 1);
    assert_sense(bench_put(b, SECTOR, 0x2e, 0, 0, 0, 0, 64, 0, 0, 1, 0), 0x031100);
}

static void a_verified_write_moves_the_data_to_a_spare(void **state)
{
    struct bench *b = *state;

    insert(b, MANAGED "defect = 2 hidden\ndefect = 4 hidden\n");
    assert_sense(bench_read(b, 64, 1), 0x031100);
    assert_good(bench_write(b, 70, 1, 1));
    assert_holds(b, 70, 1, 1);
    assert_good(bench_write(b, 71, 1, 1));
    bench_open(b);
    assert_holds(b, 70, 2, 1);
}

static void with_no_spare_left_the_write_fails_where_the_defect_is(void **state)
{
    struct bench *b = *state;

    insert(b, MANAGED "defect = 2 hidden\ndefect = 4 hidden\n");
    assert_good(bench_write(b, 64, 1, 1));
    assert_sense(bench_write(b, 120, 16, 1), 0x033200);
    assert_int_equal(field32(b->reply.sense + 3), 128);
    bench_open(b);
    assert_sense(bench_write(b, 128, 1, 1), 0x033200);
    assert_good(bench_write(b, 120, 8, 1));
    assert_good(bench_write(b, 130, 0, 1));
}

static void two_defects_need_two_spares(void **state)
{
    struct bench *b = *state;

    insert(b, MANAGED "defect = 2 hidden\ndefect = 3 hidden\n");
    assert_sense(bench_write(b, 64, 64, 1), 0x033200);
    assert_int_equal(field32(b->reply.sense + 3), 96);
    assert_good(bench_write(b, 64, 32, 1));
}

static void the_first_of_several_defects_is_the_one_named(void **state)
{
    struct bench *b = *state;

    insert(b, "medium = bd-re\nformatted = 12219392\ndefect = 3 hidden\ndefect = 1 hidden\n"
              "defect = 2 hidden\n");
    assert_sense(bench_read(b, 0, 64), 0x031100);
    assert_int_equal(field32(b->reply.sense + 3), 32);
    assert_sense(bench_read(b, 70, 40), 0x031100);
    assert_int_equal(field32(b->reply.sense + 3), 70);
}

static void a_quick_format_keeps_the_list_of_defects(void **state)
{
    struct bench *b = *state;

    insert(b, MANAGED "defect = 2 hidden\n");
    assert_good(bench_write(b, 64, 32, 1));
    assert_good(bench_format_as(b, 0, 11826176, 0x30 << 2 | 3, 0x3000));
    assert_good(bench_read(b, 64, 32));
    bench_open(b);
    assert_good(bench_read(b, 64, 32));
}

static void a_streaming_write_lands_on_the_defect(void **state)
{
    struct bench *b = *state;

    insert(b, MANAGED "defect = 2 hidden\n");
    assert_good(bench_stream(b, 64, 32, 1));
    assert_sense(bench_read(b, 64, 1), 0x031100);
    assert_good(bench_write(b, 64, 32, 2));
    assert_holds(b, 64, 32, 2);
    assert_good(bench_stream(b, 64, 32, 3));
    bench_open(b);
    assert_sense(bench_read(b, 64, 1), 0x031100);
    assert_good(bench_write(b, 64, 32, 4));
    assert_holds(b, 64, 32, 4);
}

static void certification_finds_defects_and_a_quick_format_does_not(void **state)
{
    struct bench *b = *state;

    insert(b, UNMANAGED);
    assert_good(bench_format_as(b, 0, 11826176, 0x30 << 2 | 3, 0x3000));
    assert_sense(bench_read(b, 64, 1), 0x031100);
    assert_good(bench_format_as(b, 0, 11826176, 0x30 << 2 | 2, 0x3000));
    assert_good(bench_read(b, 64, 1));
    assert_good(bench_format_as(b, 0, 12219392, 0x31 << 2, 0));
    assert_sense(bench_read(b, 64, 1), 0x031100);
}

static void the_definition_may_name_defects_of_a_new_disc(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-ram\ndefects = 100 20000");
    assert_sense(bench_read(b, 96, 16), 0x031100);
    assert_sense(bench_read(b, 20000, 1), 0x031100);
    assert_good(bench_write(b, 100, 1, 1));
    assert_holds(b, 100, 1, 1);
    bench_open(b);
    assert_holds(b, 100, 1, 1);
    assert_sense(bench_read(b, 20000, 1), 0x031100);
}

static struct disc formatted_disc(const char *name, uint32_t spares)
{
    struct disc disc = {.medium = medium_by_name(name)};

    assert_non_null(disc.medium);
    disc.medium->ops->make_blank(&disc);
    disc.spares = spares;
    return disc;
}

static void a_defect_is_of_a_unit_and_there_are_not_endless_ones(void **state)
{
    struct disc disc = formatted_disc("bd-re", 0);
    uint32_t bad;

    (void)state;
    assert_true(disc_add_defect(&disc, 64));
    assert_true(disc_add_defect(&disc, 95));
    assert_int_equal(disc.defect_count, 1);
    assert_int_equal(defects_may_read(&disc, 0, 64, &bad), GOOD);
    assert_int_equal(defects_may_read(&disc, 95, UINT32_MAX - 95, &bad), READ_ERROR);
    assert_int_equal(bad, 95);
    for (uint32_t i = 1; i < DEFECTS_MAX; i++)
        assert_true(disc_add_defect(&disc, 1000 + i * 32));
    assert_false(disc_add_defect(&disc, 0));
    assert_true(disc_add_defect(&disc, 70));
}

static void a_format_with_fewer_spares_than_defects_fails(void **state)
{
    struct disc disc = formatted_disc("bd-re", 0);

    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        assert_true(disc_add_defect(&disc, i * 32));
    assert_true(defects_format(&disc, 2, false));
    assert_int_equal(disc.spares_used, 0);
    assert_false(defects_format(&disc, 2, true));
    assert_true(defects_format(&disc, 3, true));
    assert_int_equal(disc.spares_used, 3);
}

static void spare_information_counts_what_is_left(void **state)
{
    struct disc ram = formatted_disc("dvd-ram", 4448);
    struct disc bd = formatted_disc("bd-re", 12288);
    uint8_t data[12];

    (void)state;
    ram.spares_used = 801;
    assert_int_equal(spare_information(&ram, data), 12);
    assert_int_equal(field32(data), 0);
    assert_int_equal(field32(data + 4), 3647);
    assert_int_equal(field32(data + 8), 3648);
    bd.spares_used = 1;
    spare_information(&bd, data);
    assert_int_equal(field32(data), 0);
    assert_int_equal(field32(data + 4), 12287);
    assert_int_equal(field32(data + 8), 12288);
    assert_true(disc_verifies_writes(&bd));
    bd.spares = 0;
    assert_false(disc_verifies_writes(&bd));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(without_spares_a_defect_shows_when_it_is_read),
        TEST(a_verified_write_moves_the_data_to_a_spare),
        TEST(with_no_spare_left_the_write_fails_where_the_defect_is),
        TEST(two_defects_need_two_spares),
        TEST(the_first_of_several_defects_is_the_one_named),
        TEST(a_quick_format_keeps_the_list_of_defects),
        TEST(a_streaming_write_lands_on_the_defect),
        TEST(certification_finds_defects_and_a_quick_format_does_not),
        TEST(the_definition_may_name_defects_of_a_new_disc),
        TEST(a_defect_is_of_a_unit_and_there_are_not_endless_ones),
        TEST(a_format_with_fewer_spares_than_defects_fails),
        TEST(spare_information_counts_what_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
