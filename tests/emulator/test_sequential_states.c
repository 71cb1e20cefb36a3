/* State files of media that are recorded in order: what makes no sense is refused in spite of its
 * checksum, and what is taken bears any command. */
#include "sequence.h"

#include <stdio.h>
#include <string.h>
#include "text.h"

static void put_state(struct bench *b, const char *lines)
{
    char text[2048];
    size_t size;

    snprintf(text, sizeof(text), "openimapi2 disc 1\n%s", lines);
    size = strlen(text);
    snprintf(text + size, sizeof(text) - size, "checksum = %08x\n", text_crc32(text, size));
    assert_int_equal(oi_file_replace(b->disc, text, strlen(text)), OI_OK);
}

static void put_image(struct bench *b, uint32_t sectors)
{
    struct oi_file *file;

    assert_int_equal(oi_file_open(&file, b->image, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_set_size(file, (uint64_t)sectors * SECTOR), OI_OK);
    oi_file_close(file);
}

static void define(struct bench *b, const char *medium)
{
    char text[128];

    snprintf(text, sizeof(text), "medium = %s\nimage = disc.iso\n", medium);
    bench_define(b, text);
}

static void a_preparation_that_contradicts_itself_or_the_tracks_is_unreadable(void **state)
{
    static const struct {
        const char *medium, *lines;
    } wrong[] = {
        {"dvd+r", "at-once = running\ntrack = 1 open 0 2295104 0 32\n"},
        {"dvd+r", "layer-break = 1600\ntrack = 1 open 0 3200 0 0\n"},
        {"dvd+r", "srm = srm\nspare = 0\ntrack = 1 open 0 2295104 0 0\n"},
        {"dvd+r", "at-once-only = 1\ntrack = 1 open 0 2295104 0 0\n"},
        {"dvd-r", "at-once-only = 1\ntrack = 1 open 0 2298496 0 0\n"},
        {"dvd-r", "at-once = maybe\ntrack = 1 open 0 2298496 0 32\n"},
        {"dvd-r", "at-once = running\ntrack = 1 open 0 2298496 0 0\n"},
        {"dvd-r", "at-once = running\ntrack = 1 closed 0 32 32 32\n"},
        {"dvd-r", "at-once = broken\nfinalised = 1\ntrack = 1 reserved 0 32 32 32\n"},
        {"dvd-r", "at-once = running\ntrack = 1 reserved 0 32 32 32\n"
                  "track = 1 open 32 2298496 32 32\n"},
        {"dvd-r", "track = 1 reserved 0 100 0 0\ntrack = 1 open 112 2298496 112 112\n"},
        {"dvd-rw", "at-once-only = 2\ntrack = 1 open 0 2298496 0 0\n"},
        {"dvd-rw", "track = 1 open 0 2298496 0 0\nat-once-only = 1\n"},
        {"dvd+r-dl", "layer-break = 1601\ntrack = 1 open 0 3202 0 0\n"},
        {"dvd+r-dl", "layer-break = 1600\ntrack = 1 open 0 4173824 0 0\n"},
        {"dvd+r-dl", "layer-break = 2086928\ntrack = 1 open 0 4173856 0 0\n"},
        {"bd-r", "track = 1 open 0 12219392 32 32\n"},
        {"bd-r", "track = 1 open 0 12219392 0 32\n"},
        {"bd-r", "srm = none\nspare = 32\ntrack = 1 open 0 12219360 0 0\n"},
        {"bd-r", "srm = srm\nspare = 32\ntrack = 1 open 0 12219392 0 0\n"},
        {"bd-r", "srm = srm\nspare = 33\ntrack = 1 open 0 12219359 0 0\n"},
        {"bd-r", "srm = srm+pow\nspare = 0\ntrack = 1 open 0 12219392 0 0\n"},
        {"bd-r", "srm = srm+pow\nspare = 64\nreplaced = 2\nreplaced-marked = 1\n"
                 "track = 1 open 0 12219328 0 0\n"},
        {"bd-r", "srm = srm+pow\nspare = 64\nreplaced = 2\nreplaced-marked = 3\n"
                 "track = 1 open 0 12219328 0 0\n"},
        {"bd-r", "srm = srm\nspare = 64\nreplaced = 0\nreplaced-marked = 1\n"
                 "track = 1 open 0 12219328 0 0\n"},
        {"bd-r", "srm = srm\nspare = 12219392\ntrack = 1 open 0 0 0 0\n"},
        {"bd-r", "srm = srm\nspare = 0\ntrack = 1 open 0 12219392 16 32\n"},
    };
    struct bench *b = *state;

    put_image(b, 64);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char lines[512];

        snprintf(lines, sizeof(lines), "medium = %s\nfinalised = 0\n%s", wrong[i].medium,
                 wrong[i].lines);
        define(b, wrong[i].medium);
        put_state(b, lines);
        bench_open(b);
        if (bench_do(b, 0, 0, 0, 0, 0, 0) != 0x023001)
            print_error("taken: %s", lines);
        assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
    }
}

static void a_state_of_the_first_media_is_still_read(void **state)
{
    struct bench *b = *state;

    put_image(b, 32);
    define(b, "dvd+r");
    put_state(b, "medium = dvd+r\nfinalised = 0\ntrack = 1 closed 0 16 16 16\n"
                 "track = 1 open 16 2295104 32 32\n");
    bench_open(b);
    assert_int_equal(bench_next(b, b->emu), 32);
    assert_int_equal(sequence_disc(b).last_track, 2);
}

/* The first write was marked and never came. */
static void a_disc_at_once_of_which_nothing_was_written_is_blank(void **state)
{
    struct bench *b = *state;

    put_image(b, 0);
    define(b, "dvd-r");
    put_state(b, "medium = dvd-r\nfinalised = 0\nat-once = running\n"
                 "track = 1 reserved 0 320 0 320\n");
    bench_open(b);
    assert_int_equal(sequence_disc(b).status, 0);
    assert_good(sequence_select(b, PACKET, NO_SESSION_FOLLOWS));
    assert_good(bench_do(b, 0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_good(bench_sync(b));
    bench_open(b);
    assert_int_equal(sequence_disc(b).status, 0);
    assert_good(sequence_select(b, DISC_AT_ONCE, NO_SESSION_FOLLOWS));
    assert_good(sequence_reserve(b, 64));
    assert_true(sequence_write(b, 0, 64, 1));
    assert_good(bench_sync(b));
    assert_int_equal(sequence_disc(b).status, 2);
}

static uint32_t seed;

static uint32_t below(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % limit;
}

/* Numbers that are, or come near to being, whole units. */
static uint32_t number(void)
{
    static const uint32_t some[] = {0, 16, 32, 32, 64, 64, 96, 100, 128};

    return some[below(9)];
}

static void add_track(struct text_writer *writer, uint32_t session, uint32_t start, uint32_t end)
{
    enum { OPEN, RESERVED, CLOSED };
    static const char *const kinds[] = {"open", "reserved", "closed"};
    uint32_t kind = end > 4096 ? OPEN : 1 + below(2);
    uint32_t synced = kind == CLOSED ? end : start + (below(2) ? 32 : 0);
    uint32_t marked = below(3) || kind == CLOSED ? synced : synced + number();

    if (below(16) == 0)
        kind = below(3);
    text_add(writer, "track = %u %s %u %u %u %u\n", session, kinds[kind], start, end, synced,
             marked);
}

/* What makes sense on one of the media makes none on the others. */
static void random_state(char *lines, size_t room, const char *medium, uint32_t sectors)
{
    static const char *const preparations[] = {
        "at-once = running\n",    "at-once = broken\n",
        "at-once-only = 1\n",     "layer-break = 64\n",
        "srm = srm\nspare = 0\n", "srm = srm+pow\nspare = 64\nreplaced = 1\nreplaced-marked = 2\n",
    };
    struct text_writer writer = {.data = lines, .room = room};
    uint32_t preparation = medium[0] == 'b' ? 4 + below(2) : below(6);
    uint32_t start = 0, session = 1;

    text_add(&writer, "medium = %s\nfinalised = %u\n%s", medium, below(4) == 0,
             medium[0] == 'b' || below(3) == 0 ? preparations[preparation] : "");
    if (medium[0] == 'b' && preparation == 5)
        sectors -= 64;
    for (uint32_t tracks = 1 + below(3); tracks; tracks--) {
        uint32_t end = tracks == 1 && below(4) ? sectors : start + number();

        add_track(&writer, session, start, end);
        start = end;
        session += below(3) == 0;
    }
    lines[writer.size] = '\0';
}

static void use_it(struct bench *b)
{
    for (uint32_t step = 0; step < 6; step++) {
        struct disc_now disc = sequence_disc(b);
        struct track_now track = sequence_track(b, (uint8_t)(1 + below(disc.last_track)));

        bench_write(b, below(2) && track.next_valid ? track.next : number(), 1 + below(32), 1);
        bench_read(b, number(), 1 + below(32));
        sequence_reserve(b, number());
        sequence_split(b, number());
        bench_close_track(b, (uint8_t)below(8), (uint8_t)below(4));
        sequence_blank(b, (uint8_t)below(8));
        if (below(3) == 0)
            bench_sync(b);
        bench_get(b, 4096, 0x43, 0, (uint8_t)below(3), 0, 0, 0, 0, 0x10, 0, 0);
    }
}

static void what_is_taken_of_random_states_bears_any_command(void **state)
{
    static const struct {
        const char *name;
        uint32_t sectors;
    } media[] = {{"dvd-r", 2298496},
                 {"dvd-rw", 2298496},
                 {"dvd+r-dl", 4173824},
                 {"dvd+r", 2295104},
                 {"bd-r", 12219392}};
    enum { STATES = 400 };
    struct bench *b = *state;
    uint32_t readable = 0;

    for (uint32_t i = 0; i < STATES; i++) {
        char lines[1024];
        uint32_t sense;

        seed = i;
        bench_close(b);
        define(b, media[i % 5].name);
        random_state(lines, sizeof(lines), media[i % 5].name, media[i % 5].sectors);
        put_image(b, 512);
        put_state(b, lines);
        bench_open(b);
        sense = bench_do(b, 0, 0, 0, 0, 0, 0);
        assert_true(sense == 0 || sense == 0x023001);
        if (sense == 0) {
            readable++;
            use_it(b);
        }
    }
    assert_in_range(readable, STATES / 10, STATES * 9 / 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_preparation_that_contradicts_itself_or_the_tracks_is_unreadable),
        TEST(a_state_of_the_first_media_is_still_read),
        TEST(a_disc_at_once_of_which_nothing_was_written_is_blank),
        TEST(what_is_taken_of_random_states_bears_any_command),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
