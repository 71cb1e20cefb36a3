/* Discs with a life of random, mostly allowed commands: what one drive says of a disc the next one
 * says too, and no drive that dies leaves a disc that can't be read. */
#include "sequence.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const media[] = {"dvd-r", "dvd-rw", "dvd-r-dl", "dvd+r", "dvd+r-dl", "bd-r"};
enum { MEDIA = sizeof(media) / sizeof(media[0]) };

static uint32_t seed;

static uint32_t below(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % limit;
}

static void insert_new(struct bench *b, const char *medium)
{
    bench_close(b);
    remove(b->disc);
    remove(b->image);
    bench_insert(b, medium);
}

static void write_somewhere(struct bench *b)
{
    struct disc_now disc = sequence_disc(b);
    struct track_now track = sequence_track(b, (uint8_t)(1 + below(disc.last_track)));
    uint32_t blocks = below(4) ? 32 : 1 + below(31);

    if (below(8) == 0)
        bench_write(b, below(128), blocks, 1);
    else if (track.next_valid)
        bench_write(b, track.next, track.free < blocks ? track.free : blocks, 1);
}

static void format(struct bench *b)
{
    static const uint8_t list[12] = {0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff};

    memcpy(b->data, list, sizeof(list));
    b->data[8] = (uint8_t)below(3);
    bench_put(b, sizeof(list), 0x04, 0x11, 0, 0, 0, 0);
}

static void set_layers(struct bench *b)
{
    uint32_t sectors = 16 * (1 + below(20));

    memset(b->data, 0, 12);
    b->data[1] = 10;
    b->data[10] = (uint8_t)(sectors >> 8);
    b->data[11] = (uint8_t)sectors;
    bench_put(b, 12, 0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 12, 0, 0);
}

static void live_one_step(struct bench *b)
{
    static const uint8_t functions[] = {1, 1, 1, 2, 2, 5, 6};
    static const uint8_t blankings[] = {0, 1, 5, 6, 6, 5};

    switch (below(24)) {
    case 0:
    case 1:
        sequence_reserve(b, 1 + below(300));
        break;
    case 2:
        sequence_split(b, 32 * below(16));
        break;
    case 3:
        bench_close_track(b, functions[below(sizeof(functions))], (uint8_t)(1 + below(4)));
        break;
    case 4:
    case 5:
        bench_sync(b);
        break;
    case 6:
        sequence_select(b, below(3) ? PACKET : DISC_AT_ONCE, below(4) ? ANOTHER_SESSION : 0);
        break;
    case 7:
        sequence_blank(b, blankings[below(sizeof(blankings))]);
        break;
    case 8:
        format(b);
        break;
    case 9:
        set_layers(b);
        break;
    default:
        write_somewhere(b);
    }
}

/* All that the drive says of the disc. */
struct account {
    uint8_t disc[34];
    uint8_t tracks[160][48];
    uint32_t capacity;
};

static void take_account(struct bench *b, struct account *account)
{
    struct disc_now disc;

    memset(account, 0, sizeof(*account));
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    disc = sequence_disc(b);
    memcpy(account->disc, b->data, sizeof(account->disc));
    for (uint32_t i = 1; i <= disc.last_track; i++) {
        sequence_track(b, (uint8_t)i);
        memcpy(account->tracks[i], b->data, sizeof(account->tracks[i]));
    }
    assert_good(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    account->capacity = field32(b->data);
}

static bool is_planned(struct bench *b)
{
    return sequence_disc(b).status == 1 && sequence_track(b, 1).reserved &&
           sequence_track(b, 1).blank && !sequence_track(b, 1).packet;
}

static void what_one_drive_says_of_a_disc_the_next_one_says_too(void **state)
{
    enum { LIVES = 10, STEPS = 100 };
    static struct account before, after;
    struct bench *b = *state;

    for (uint32_t life = 0; life < MEDIA * LIVES; life++) {
        seed = life;
        insert_new(b, media[life % MEDIA]);
        for (uint32_t step = 1; step <= STEPS; step++) {
            live_one_step(b);
            /* A size told for a disc at once is the drive's, not the disc's, until it is begun. */
            if (below(8) || is_planned(b))
                continue;
            bench_sync(b);
            take_account(b, &before);
            bench_open(b);
            take_account(b, &after);
            assert_memory_equal(&before, &after, sizeof(before));
        }
    }
}

static bool live_some_steps(struct bench *b)
{
    for (uint32_t steps = below(60); steps; steps--)
        live_one_step(b);
    return true;
}

static void a_drive_that_dies_in_any_life_leaves_a_disc_that_can_be_read(void **state)
{
    enum { LIVES = 4, DEATHS = 5 };
    static struct account before, after;
    struct bench *b = *state;

    for (uint32_t life = 0; life < MEDIA * LIVES; life++) {
        insert_new(b, media[life % MEDIA]);
        for (uint32_t death = 0; death < DEATHS; death++) {
            seed = life * DEATHS + death;
            assert_true(sequence_dies_after(b, live_some_steps));
            bench_open(b);
            take_account(b, &before);
            bench_open(b);
            take_account(b, &after);
            assert_memory_equal(&before, &after, sizeof(before));
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_one_drive_says_of_a_disc_the_next_one_says_too),
        TEST(a_drive_that_dies_in_any_life_leaves_a_disc_that_can_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
