/* How a DVD-RW behaves in restricted overwrite: whole units, anywhere in what is formatted. */
#include "bench.h"

#include <string.h>

#include "disc.h"

enum { MOST = 2298496 };

/* What FORMAT UNIT does to the disc; *wrong is the byte of the list. */
static enum outcome format_disc(struct disc *disc, uint8_t type, uint32_t blocks,
                                uint32_t parameter, uint8_t *wrong)
{
    const struct format_request request = {
        .type = type, .blocks = blocks, .parameter = parameter, .wrong = wrong};

    return restricted_overwrite_format(disc, &request, 0);
}

static struct disc formatted_as(uint8_t type, uint32_t blocks)
{
    struct disc disc = {.medium = medium_by_name("dvd-rw-ro")};
    uint8_t wrong = 0;

    assert_non_null(disc.medium);
    assert_int_equal(format_disc(&disc, type, blocks, 0, &wrong), GOOD);
    return disc;
}

static enum outcome write_disc(struct disc *disc, uint32_t lba, uint32_t blocks)
{
    const struct medium_ops *ops = disc->medium->ops;
    struct write_setup setup = {.write_type = WRITE_PACKET};
    uint32_t bad;
    enum outcome outcome = ops->may_write(disc, &setup, lba, blocks, &bad);

    if (outcome == GOOD)
        ops->wrote(disc, &setup, lba, blocks);
    return outcome;
}

static void a_full_format_of_a_sequential_disc_makes_it_another_one(void **state)
{
    static struct medium sequential;
    struct disc disc = {.medium = &sequential, .finalised = true, .track_count = 2};
    struct format_capacity list[FORMATS_MAX];
    uint8_t wrong = 0;

    (void)state;
    sequential = *medium_by_name("dvd+r");
    sequential.sectors = MOST;
    assert_int_equal(restricted_overwrite_formats(&disc, list), 3);
    assert_int_equal(format_disc(&disc, 0x13, 0, 0, &wrong), INVALID_FIELD_IN_LIST);
    assert_int_equal(wrong, 8);
    assert_int_equal(format_disc(&disc, 0x11, 16, 0, &wrong), INVALID_FIELD_IN_LIST);
    assert_ptr_equal(disc.medium, &sequential);
    assert_int_equal(format_disc(&disc, 0x10, MOST, 16, &wrong), GOOD);
    assert_int_equal(disc.medium->profile, 0x0013);
    assert_false(disc.finalised);
    assert_int_equal(disc.track_count, 0);
    assert_int_equal(disc.medium->ops->capacity(&disc), MOST);
}

static void both_ends_of_a_write_are_those_of_a_unit(void **state)
{
    struct disc disc = formatted_as(0x00, MOST);

    (void)state;
    assert_int_equal(write_disc(&disc, 1600, 32), GOOD);
    assert_int_equal(write_disc(&disc, 1601, 16), INVALID_ADDRESS_FOR_WRITE);
    assert_int_equal(write_disc(&disc, 1600, 15), INVALID_PACKET_SIZE);
    assert_int_equal(write_disc(&disc, 1600, 17), INVALID_PACKET_SIZE);
    assert_int_equal(write_disc(&disc, MOST - 16, 16), GOOD);
    assert_int_equal(write_disc(&disc, MOST - 16, 32), LBA_OUT_OF_RANGE);
    assert_int_equal(write_disc(&disc, MOST, 16), LBA_OUT_OF_RANGE);
}

static void a_quick_format_lets_the_disc_grow_until_its_session_is_closed(void **state)
{
    struct disc disc = formatted_as(0x15, 0);
    const struct medium_ops *ops = disc.medium->ops;
    struct track_summary track;
    struct disc_summary summary;

    (void)state;
    assert_int_equal(ops->capacity(&disc), 0);
    assert_int_equal(write_disc(&disc, 16, 16), INVALID_ADDRESS_FOR_WRITE);
    assert_int_equal(write_disc(&disc, 0, 32), GOOD);
    assert_int_equal(write_disc(&disc, 16, 32), GOOD);
    assert_int_equal(ops->capacity(&disc), 48);
    ops->summary(&disc, &summary);
    assert_int_equal(summary.status, DISC_OTHER);
    assert_int_equal(summary.last_session, SESSION_INCOMPLETE);
    ops->track(&disc, 1, &track);
    assert_true(track.next_valid);
    assert_int_equal(track.next, 48);
    assert_int_equal(track.free, MOST - 48);
    assert_int_equal(ops->close(&disc, NULL, 1, 1), INVALID_FIELD_IN_CDB);
    assert_int_equal(ops->close(&disc, NULL, 2, 0), GOOD);
    assert_int_equal(write_disc(&disc, 48, 16), LBA_OUT_OF_RANGE);
    assert_int_equal(write_disc(&disc, 32, 16), GOOD);
    ops->summary(&disc, &summary);
    assert_int_equal(summary.last_session, SESSION_COMPLETE);
}

static void a_session_without_data_can_not_be_closed(void **state)
{
    struct disc disc = formatted_as(0x15, 0);
    const struct medium_ops *ops = disc.medium->ops;

    (void)state;
    assert_int_equal(ops->close(&disc, NULL, 2, 0), COMMAND_SEQUENCE_ERROR);
    assert_int_equal(write_disc(&disc, 0, 16), GOOD);
    assert_int_equal(ops->close(&disc, NULL, 2, 0), GOOD);
}

static void a_complete_disc_can_be_grown(void **state)
{
    struct disc disc = formatted_as(0x10, 1600);
    const struct medium_ops *ops = disc.medium->ops;
    struct format_capacity list[FORMATS_MAX];
    uint8_t wrong = 0;

    (void)state;
    assert_int_equal(ops->formats(&disc, list), 5);
    assert_int_equal(list[3].type, 0x11);
    assert_int_equal(list[4].type, 0x13);
    assert_int_equal(list[4].blocks, MOST - 1600);
    assert_int_equal(write_disc(&disc, 0, 16), GOOD);
    assert_int_equal(format_disc(&disc, 0x11, 32, 16, &wrong), GOOD);
    assert_int_equal(ops->capacity(&disc), 1632);
    assert_int_equal(ops->recorded_end(&disc), 16);
    assert_int_equal(format_disc(&disc, 0x13, 0, 16, &wrong), GOOD);
    assert_int_equal(format_disc(&disc, 0x11, 32, 16, &wrong), COMMAND_SEQUENCE_ERROR);
    assert_int_equal(write_disc(&disc, 1632, 16), GOOD);
    assert_int_equal(ops->capacity(&disc), 1648);
}

static void formats_of_the_wrong_size_are_refused_at_the_byte(void **state)
{
    static const struct {
        uint8_t type;
        uint32_t blocks, parameter;
        uint8_t field;
    } wrong[] = {
        {0x10, 0, 0, 4},          {0x10, 17, 0, 4}, {0x10, MOST + 16, 0, 4},
        {0x10, UINT32_MAX, 0, 4}, {0x15, 8, 0, 4},  {0x15, MOST, 5, 9},
        {0x11, MOST, 0, 4},       {0x11, 0, 0, 4},  {0x13, MOST - 1584, 0, 4},
        {0x12, 16, 0, 8},         {0x14, 16, 0, 8}, {0x26, UINT32_MAX, 0, 8},
        {0x00, MOST, 16, 9},
    };
    struct disc disc = formatted_as(0x10, 1600);
    uint8_t field = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(
            format_disc(&disc, wrong[i].type, wrong[i].blocks, wrong[i].parameter, &field),
            INVALID_FIELD_IN_LIST);
        assert_int_equal(field, wrong[i].field);
        assert_int_equal(disc.formatted, 1600);
    }
    disc = formatted_as(0x10, MOST);
    assert_int_equal(format_disc(&disc, 0x13, 0, 0, &field), INVALID_FIELD_IN_LIST);
    assert_int_equal(field, 4);
}

/* ---- in a drive ---- */

static void insert(struct bench *b, const char *lines)
{
    bench_define(b, "medium = dvd-rw\nimage = disc.iso\n");
    bench_close(b);
    bench_state(b, lines);
    bench_open(b);
}

static void grow_and_grow_on(struct bench *b)
{
    bench_write(b, 0, 64, 1);
    bench_sync(b);
    bench_write(b, 64, 32, 1);
}

static void what_grew_survives_the_one_who_made_it_grow(void **state)
{
    struct bench *b = *state;
    struct disc disc = formatted_as(0x15, 0);

    disc.medium->ops->recover(&disc, 33);
    assert_int_equal(disc.formatted, 0); /* nothing was marked */
    disc.marked = MOST;
    disc.medium->ops->recover(&disc, 33);
    assert_int_equal(disc.formatted, 48);
    assert_int_equal(disc.medium->ops->recorded_end(&disc), 33);
    disc.medium->ops->recover(&disc, 0);
    assert_int_equal(disc.formatted, 48);
    disc.medium->ops->recover(&disc, UINT32_MAX);
    assert_int_equal(disc.formatted, MOST);
    insert(b, "medium = dvd-rw-ro\nstate = intermediate\nformatted = 0\n");
    bench_killed(b, grow_and_grow_on);
    bench_open(b);
    assert_int_equal(bench_capacity(b), 96);
    assert_holds(b, 0, 96, 1);
    assert_good(bench_write(b, 96, 16, 2));
    assert_good(bench_close_track(b, 2, 0));
    bench_open(b);
    assert_sense(bench_write(b, 112, 16, 2), 0x052100);
    assert_holds(b, 96, 16, 2);
}

static void the_drive_tells_of_the_state_it_is_in(void **state)
{
    struct bench *b = *state;

    insert(b, "medium = dvd-rw-ro\nstate = intermediate\nformatted = 0\n");
    assert_good(bench_get(b, 8, 0x46, 1, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data + 6), 0x0013);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2], 0x13);
    assert_good(bench_get(b, 12, 0x23, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_int_equal(b->data[8], 2);
    assert_sense(bench_read(b, 0, 1), 0x052100);
    assert_good(bench_format_as(b, 2, MOST, 0x10 << 2, 16));
    for (int waits = 0; bench_do(b, 0, 0, 0, 0, 0, 0); waits++) {
        b->now_us += 1000000;
        assert_in_range(waits, 0, 3600);
    }
    assert_int_equal(bench_capacity(b), MOST);
    assert_good(bench_read(b, MOST - 1, 1));
    assert_int_equal(b->data[0], 0);
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(b->data[2], 0x1f);
}

static void a_state_that_makes_no_sense_is_not_believed(void **state)
{
    struct bench *b = *state;
    static const char *const wrong[] = {
        "medium = dvd-rw-ro\n",
        "medium = dvd-rw-ro\nstate = complete\n",
        "medium = dvd-rw-ro\nstate = unknown\nformatted = 16\n",
        "medium = dvd-rw-ro\nstate = complete\nformatted = 17\n",
        "medium = dvd-rw-ro\nstate = complete\nformatted = 2298512\n",
        "medium = dvd-rw-ro\nstate = intermediate\nformatted = 16\nwritten = 17\n",
        "medium = dvd-rw-ro\nstate = complete\nformatted = 16\nspares = 1 0\n",
        "medium = dvd-rw-ro\nstate = complete\nformatted = 16\nfront = 16\n",
    };

    insert(b, wrong[0]);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        bench_state(b, wrong[i]);
        bench_open(b);
        assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
    }
}

static void formatting_and_blanking_change_the_kind_of_disc(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd-rw");
    assert_good(bench_format_as(b, 0, 0, 0x15 << 2, 0));
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 8, 0x46, 1, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data + 6), 0x0013);
    assert_sense(bench_write(b, 0, 15, 1), 0x056401);
    assert_good(bench_write(b, 0, 16, 1));
    bench_open(b);
    assert_holds(b, 0, 16, 1);
    assert_good(bench_do(b, 0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    bench_open(b);
    assert_good(bench_get(b, 8, 0x46, 1, 0, 0, 0, 0, 0, 0, 8, 0));
    assert_int_equal(field16(b->data + 6), 0x0014);
    assert_sense(bench_read(b, 0, 1), 0x080000);
}

/* The format was saved, and then its drive died before the data of the disc was gone. */
static void what_an_earlier_format_held_is_no_growth(void **state)
{
    struct bench *b = *state;
    struct oi_file *file;

    insert(b, "medium = dvd-rw-ro\nstate = intermediate\nformatted = 0\n");
    bench_close(b);
    assert_int_equal(oi_file_open(&file, b->image, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_set_size(file, 1000 * SECTOR), OI_OK);
    oi_file_close(file);
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_good(bench_write(b, 0, 16, 1));
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 16);
    assert_holds(b, 0, 16, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_full_format_of_a_sequential_disc_makes_it_another_one),
        TEST(both_ends_of_a_write_are_those_of_a_unit),
        TEST(a_quick_format_lets_the_disc_grow_until_its_session_is_closed),
        TEST(a_session_without_data_can_not_be_closed),
        TEST(a_complete_disc_can_be_grown),
        TEST(formats_of_the_wrong_size_are_refused_at_the_byte),
        TEST(what_grew_survives_the_one_who_made_it_grow),
        TEST(what_an_earlier_format_held_is_no_growth),
        TEST(the_drive_tells_of_the_state_it_is_in),
        TEST(formatting_and_blanking_change_the_kind_of_disc),
        TEST(a_state_that_makes_no_sense_is_not_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
