/* Kill -9 at any instant of a burn leaves a disc that opens, with everything up to the last
 * completed SYNCHRONIZE CACHE, that tells the truth about the rest and can be burned further.
 * A child burns and tells through a pipe what it does. It is killed after so many commands and then
 * so many microseconds, or it kills itself before, in or behind one of its file operations. OI_SEED
 * sets the seed, which every run prints. */
#include "bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "disc.h"
#include "kill_fuse.h"
#include "kill_model.h"

enum { KILLS = 200, KILLS_PER_DISC = 8, CHUNK = 16, WRITES_MAX = 60 };

struct burner {
    struct bench *b;
    struct model *model; /* NULL: the news go out */
    int out;
    uint32_t random;
    uint32_t seed; /* of the pattern of the next write */
};

struct scenario {
    const char *name, *medium;
    const uint8_t *page;            /* write parameters, or NULL */
    bool (*renew)(struct bench *b); /* makes the disc ready for writing, without its data */
    void (*burn)(struct burner *r, const struct scenario *scenario);
    bool whole_only; /* written at once or not at all: there is nothing to go on with */
    bool often;      /* renewed in mid-burn too */
};

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* ---- the burner ---- */

static void tell(struct burner *r, enum news news, uint32_t lba, uint32_t blocks)
{
    struct news_item item = {news, lba, blocks, r->seed};

    if (r->model)
        model_take(r->model, &item);
    else if (write(r->out, &item, sizeof(item)) != sizeof(item))
        _exit(4);
}

/* A command that must be GOOD. In the child a failure is told on the way out. */
static void good(struct burner *r, uint32_t sense, const char *what)
{
    if (sense == 0)
        return;
    print_error("%s: %06x %s\n", what, sense, oi_emu_detail(r->b->emu));
    if (!r->model)
        _exit(3);
    fail();
}

static void write_at(struct burner *r, uint32_t lba, uint32_t blocks)
{
    r->seed = r->seed % (MODEL_SEEDS - 1) + 1;
    tell(r, NEWS_WRITING, lba, blocks);
    good(r, bench_write(r->b, lba, blocks, (uint8_t)r->seed), "WRITE (10)");
    tell(r, NEWS_WROTE, lba, blocks);
}

static void synchronize(struct burner *r)
{
    good(r, bench_sync(r->b), "SYNCHRONIZE CACHE");
    tell(r, NEWS_SYNCED, 0, 0);
}

static uint32_t last_track(struct bench *b)
{
    if (bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0) != 0)
        return 0;
    return b->data[6] | (uint32_t)b->data[11] << 8;
}

static uint32_t sessions(struct bench *b)
{
    return bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0) == 0 ? b->data[4] : 0;
}

/* The track's next writable address, and how much is free there; UINT32_MAX: none. */
static uint32_t next_of(struct bench *b, uint32_t track, uint32_t *left)
{
    *left = 0;
    if (bench_get(b, 48, 0x52, 1, 0, 0, (uint8_t)(track >> 8), (uint8_t)track, 0, 0, 48, 0) != 0)
        return UINT32_MAX;
    if (!(b->data[7] & 1))
        return UINT32_MAX;
    *left = field32(b->data + 16);
    return field32(b->data + 12);
}

static void set_page(struct burner *r, const struct scenario *scenario)
{
    if (!scenario->page)
        return;
    memset(r->b->data, 0, 60);
    memcpy(r->b->data + 8, scenario->page, 16);
    good(r, bench_put(r->b, 60, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0), "MODE SELECT (10)");
}

static void close_session(struct burner *r)
{
    uint32_t last = last_track(r->b);
    uint32_t left;

    for (uint32_t track = 1; track <= last; track++)
        if (next_of(r->b, track, &left) != UINT32_MAX)
            bench_close_track(r->b, 1, (uint8_t)track); /* refused where nothing was written */
    good(r, bench_close_track(r->b, 2, 0), "CLOSE SESSION");
    tell(r, NEWS_SYNCED, 0, 0); /* closing implies it */
}

static void renew(struct burner *r, const struct scenario *scenario)
{
    tell(r, NEWS_RENEWING, 0, 0);
    if (!scenario->renew(r->b))
        good(r, UINT32_MAX, "BLANK or FORMAT UNIT");
    tell(r, NEWS_RENEWED, 0, 0);
    set_page(r, scenario);
}

/* In the last track, with a new session now and then. */
static void burn_in_order(struct burner *r, const struct scenario *scenario)
{
    for (int i = 0; i < WRITES_MAX; i++) {
        uint32_t left;
        uint32_t lba = next_of(r->b, last_track(r->b), &left);

        if (lba == UINT32_MAX || lba > MODEL_SECTORS - 64 || left < 2 * CHUNK)
            return;
        write_at(r, lba, CHUNK * (1 + next_random(&r->random) % 2));
        if (next_random(&r->random) % 5 == 0)
            synchronize(r);
        if (next_random(&r->random) % 16 == 0)
            close_session(r);
        if (scenario->often && next_random(&r->random) % 16 == 0)
            renew(r, scenario);
    }
}

/* In whichever track has room, the first one reserved. */
static void burn_reserved(struct burner *r, const struct scenario *scenario)
{
    uint32_t left;

    (void)scenario;
    if (last_track(r->b) == 1)
        good(r, bench_do(r->b, 0x53, 0, 0, 0, 0, 0, 0, 8, 0, 0), "RESERVE TRACK");
    for (int i = 0; i < WRITES_MAX; i++) {
        uint32_t track = 1 + next_random(&r->random) % last_track(r->b);
        uint32_t lba = next_of(r->b, track, &left);

        if (lba != UINT32_MAX && left >= CHUNK && lba < MODEL_SECTORS - 64)
            write_at(r, lba, CHUNK);
        if (next_random(&r->random) % 6 == 0)
            synchronize(r);
    }
}

static void burn_anywhere(struct burner *r, const struct scenario *scenario)
{
    for (int i = 0; i < WRITES_MAX; i++) {
        write_at(r, next_random(&r->random) % 128 * 32, 32);
        if (next_random(&r->random) % 6 == 0)
            synchronize(r);
        if (scenario->often && next_random(&r->random) % 24 == 0)
            renew(r, scenario);
    }
}

/* As much as was announced, and SYNCHRONIZE CACHE ends the session. */
static void burn_all_of(struct burner *r, uint32_t blocks)
{
    for (uint32_t lba = 0; lba < blocks; lba += CHUNK)
        write_at(r, lba, CHUNK);
    synchronize(r);
}

static void burn_dao(struct burner *r, const struct scenario *scenario)
{
    (void)scenario;
    good(r, bench_do(r->b, 0x53, 0, 0, 0, 0, 0, 0, 2, 0, 0), "RESERVE TRACK");
    burn_all_of(r, 512);
}

static void burn_sao(struct burner *r, const struct scenario *scenario)
{
    /* Lead-in, the pre-gap, the track from 00:02:00 on, and 480 blocks later the lead-out. */
    static const uint8_t sheet[32] = {0x41, 0, 0,    0x14, 0, 0,    0, 0, 0x41, 1, 0,
                                      0x10, 0, 0,    0,    0, 0x41, 1, 1, 0x10, 0, 0,
                                      2,    0, 0x41, 0xaa, 1, 0x14, 0, 0, 8,    30};

    (void)scenario;
    memcpy(r->b->data, sheet, sizeof(sheet));
    good(r, bench_put(r->b, 32, 0x5d, 0, 0, 0, 0, 0, 0, 0, 32, 0), "SEND CUE SHEET");
    for (int32_t lba = -150; lba < 0; lba += 30) {
        memset(r->b->data, 0, 30 * SECTOR);
        good(r, bench_put(r->b, 30 * SECTOR, 0x2a, 0, 0xff, 0xff, 0xff, (uint8_t)lba, 0, 0, 30, 0),
             "WRITE (10) of the pre-gap");
    }
    burn_all_of(r, 480);
}

/* ---- the discs ---- */

static bool format_plus_rw(struct bench *b)
{
    return bench_format(b, 0) == 0;
}

static bool format_whole(struct bench *b)
{
    uint8_t list[12] = {0, 0x02, 0, 8};

    /* The capacity that the drive offers for type 00h. */
    if (bench_get(b, 140, 0x23, 0, 0, 0, 0, 0, 0, 0, 140, 0) != 0)
        return false;
    for (uint32_t at = 12; at + 8 <= b->reply.moved; at += 8)
        if (b->data[at + 4] >> 2 == 0) {
            memcpy(list + 4, b->data + at, 4);
            break;
        }
    memcpy(b->data, list, sizeof(list));
    return bench_put(b, sizeof(list), 0x04, 0x11, 0, 0, 0, 0) == 0;
}

/* As many packets of a CD-RW as the kills can reach. */
static bool format_packets(struct bench *b)
{
    enum { TYPE = 0x10 << 2, PACKET = 32 };

    return bench_format_as(b, 0x02, MODEL_SECTORS / PACKET * PACKET, TYPE, PACKET) == 0;
}

static bool blank(struct bench *b)
{
    return bench_do(b, 0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) == 0;
}

/* MMC-6, "Write Parameters Mode Page": packet size at 10, audio pause at 14. */
static const uint8_t track_at_once[16] = {0x05, 0x32, 0x41, 0xc4, 8, [15] = 150};
static const uint8_t session_at_once[16] = {0x05, 0x32, 0x42, 0xc4, 8, [15] = 150};
static const uint8_t incremental[16] = {0x05, 0x32, 0x60, 0xe5, 8, 16, [13] = 16, [15] = 150};
static const uint8_t disc_at_once[16] = {0x05, 0x32, 0x42, 0x05, 8, [15] = 150};

/* clang-format off */
static const struct scenario scenarios[] = {
    { "killed: DVD+R in sessions",             "dvd+r",    NULL,            NULL,           burn_in_order, false, false },
    { "killed: DVD+R with a reserved track",   "dvd+r",    NULL,            NULL,           burn_reserved, false, false },
    { "killed: DVD+RW anywhere",               "dvd+rw",   NULL,            format_plus_rw, burn_anywhere, false, false },
    { "killed: DVD+RW formatted again",        "dvd+rw",   NULL,            format_plus_rw, burn_anywhere, false, true },
    { "killed: DVD+R DL in sessions",          "dvd+r-dl", NULL,            NULL,           burn_in_order, false, false },
    { "killed: DVD-R incrementally",           "dvd-r",    incremental,     NULL,           burn_in_order, false, false },
    { "killed: DVD-R with a reserved track",   "dvd-r",    incremental,     NULL,           burn_reserved, false, false },
    { "killed: DVD-R at once",                 "dvd-r",    disc_at_once,    NULL,           burn_dao,      true,  false },
    { "killed: DVD-RW incrementally, blanked", "dvd-rw",   incremental,     blank,          burn_in_order, false, true },
    { "killed: DVD-RW at once",                "dvd-rw",   disc_at_once,    blank,          burn_dao,      true,  false },
    { "killed: DVD-RW overwritten",            "dvd-rw",   NULL,            format_whole,   burn_anywhere, false, false },
    { "killed: DVD-RAM anywhere",              "dvd-ram",  NULL,            NULL,           burn_anywhere, false, false },
    { "killed: BD-R in sessions",              "bd-r",     NULL,            NULL,           burn_in_order, false, false },
    { "killed: BD-R with a reserved track",    "bd-r",     NULL,            NULL,           burn_reserved, false, false },
    { "killed: BD-RE formatted again",         "bd-re",    NULL,            format_whole,   burn_anywhere, false, true },
    { "killed: CD-R track at once",            "cd-r",     track_at_once,   NULL,           burn_in_order, false, false },
    { "killed: CD-R session at once",          "cd-r",     session_at_once, NULL,           burn_sao,      true,  false },
    { "killed: CD-RW track at once, blanked",  "cd-rw",    track_at_once,   blank,          burn_in_order, false, true },
    { "killed: CD-RW formatted again",         "cd-rw",    NULL,            format_packets, burn_anywhere, false, true },
};
/* clang-format on */
enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

/* ---- one kill ---- */

static void burn_until_killed(struct bench *b, const struct scenario *scenario, uint32_t random,
                              int out)
{
    struct burner r = {.b = b, .out = out, .random = random, .seed = random % (MODEL_SEEDS - 1)};

    if (next_random(&r.random) % 2) {
        kill_fuse_light(1 + next_random(&r.random) % 80, next_random(&r.random) % 2);
    }
    bench_open(b);
    set_page(&r, scenario);
    scenario->burn(&r, scenario);
    bench_close(b);
    _exit(0);
}

static void take_news(struct model *model, int in, uint32_t most)
{
    struct news_item item;

    for (uint32_t i = 0; i < most && read(in, &item, sizeof(item)) == sizeof(item); i++)
        model_take(model, &item);
}

static void pause_us(uint64_t us)
{
    uint64_t until = oi_clock_us() + us;

    while (oi_clock_us() < until)
        ;
}

/* False when the burn was done before. */
static bool burn_and_kill(struct bench *b, const struct scenario *scenario, struct model *model,
                          uint32_t *random)
{
    uint32_t commands = next_random(random) % 120;
    uint32_t microseconds = next_random(random) % 3 ? next_random(random) % 400 : 0;
    uint32_t child_random = next_random(random);
    int ends[2], status;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        burn_until_killed(b, scenario, child_random, ends[1]);
    }
    close(ends[1]);
    take_news(model, ends[0], commands);
    pause_us(microseconds);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    take_news(model, ends[0], UINT32_MAX);
    close(ends[0]);
    model_writer_died(model);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    return WIFSIGNALED(status);
}

/* ---- what is left ---- */

/* The seed of the pattern that this sector holds from `at` on; 0: zeros, or nothing; UINT32_MAX:
 * something else. */
static uint32_t seed_from(const uint8_t *data, uint32_t lba, size_t at, uint32_t like)
{
    uint8_t wanted[SECTOR] = {0};

    if (like)
        bench_pattern(wanted, lba, 1, (uint8_t)like);
    return memcmp(data + at, wanted + at, SECTOR - at) == 0 ? like : UINT32_MAX;
}

static uint32_t seed_at(struct bench *b, uint32_t lba)
{
    if (bench_read(b, lba, 1) != 0 || seed_from(b->data, lba, 0, 0) == 0)
        return 0;
    return seed_from(b->data, lba, 0, b->data[4]);
}

/* The sector in b->data, in which a write was killed: one pattern, and behind it what was there. */
static bool is_torn(struct bench *b, const struct model *model, uint32_t lba)
{
    uint32_t seed = b->data[4];
    uint8_t written[SECTOR];
    size_t at = 0;

    bench_pattern(written, lba, 1, (uint8_t)seed);
    while (at < SECTOR && b->data[at] == written[at])
        at++;
    if (!model_allows(model, lba, seed))
        return false;
    for (uint32_t before = 0; before < MODEL_SEEDS; before++)
        if (model_allows(model, lba, before) && seed_from(b->data, lba, at, before) == before)
            return true;
    return false;
}

static void check_sectors(struct bench *b, struct model *model)
{
    uint32_t end = model->end + 64 < MODEL_SECTORS ? model->end + 64 : MODEL_SECTORS;

    for (uint32_t lba = 0; lba < end; lba++) {
        uint32_t seed = seed_at(b, lba);

        if (model_allows(model, lba, seed)) {
            model_seen(model, lba, seed);
        } else if (!is_torn(b, model, lba)) {
            print_error("sector %u holds %u (%06x), allowed are %llx\n", lba, seed,
                        b->reply.sense[2] << 16 | b->reply.sense[12] << 8 | b->reply.sense[13],
                        (unsigned long long)model->possible[lba]);
            fail();
        }
    }
}

/* What is offered for writing on a disc that is written once holds nothing, in the image too. */
static void check_next_addresses(struct bench *b, const struct medium *medium)
{
    uint32_t last = last_track(b);
    struct oi_file *file;
    uint32_t left;

    if (medium->erasable || medium->family == FAMILY_CD ||
        oi_file_open(&file, b->image, OI_FILE_READ) != OI_OK)
        return;
    for (uint32_t track = 1; track <= last; track++) {
        uint32_t lba = next_of(b, track, &left);
        uint64_t size = left < 2 * CHUNK ? left * SECTOR : 2 * CHUNK * SECTOR;
        size_t got;

        if (lba == UINT32_MAX)
            continue;
        oi_file_read_at(file, (uint64_t)lba * SECTOR, b->data, (size_t)size, &got);
        for (size_t i = 0; i < got; i++)
            if (b->data[i]) {
                print_error("track %u: next is %u, and there is data at byte %zu of it\n", track,
                            lba, i);
                fail();
            }
    }
    oi_file_close(file);
}

static void check_it_goes_on(struct bench *b, const struct scenario *scenario, struct model *model)
{
    struct burner r = {.b = b, .model = model};
    uint32_t left;
    uint32_t lba = 64;

    if (scenario->whole_only)
        return;
    set_page(&r, scenario);
    if (scenario->burn != burn_anywhere)
        lba = next_of(b, last_track(b), &left);
    if (lba == UINT32_MAX || lba > MODEL_SECTORS - 64)
        return;
    r.seed = lba % 7;
    write_at(&r, lba, scenario->burn == burn_anywhere ? 2 * CHUNK : CHUNK);
    synchronize(&r);
    if (scenario->burn != burn_anywhere && sessions(b) < 20)
        close_session(&r);
}

static void check_disc(struct bench *b, const struct scenario *scenario, struct model *model)
{
    bench_open(b);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    check_sectors(b, model);
    check_next_addresses(b, medium_sold_as(scenario->medium));
    check_it_goes_on(b, scenario, model);
    check_sectors(b, model);
    bench_open(b);
    check_sectors(b, model);
    bench_close(b);
}

/* ---- all of them ---- */

static void new_disc(struct bench *b, const struct scenario *scenario, struct model *model)
{
    bench_close(b);
    remove(b->disc);
    remove(b->image);
    model_new_disc(model);
    bench_insert(b, scenario->medium);
    if (scenario->renew && scenario->burn == burn_anywhere)
        assert_true(scenario->renew(b));
    bench_close(b);
}

static uint32_t burns_killed;
static uint32_t first_seed;
static const struct scenario *current;

/* As many kills as it is due, unless most burns are done too soon. */
static void a_killed_burn_leaves_a_disc_that_tells_the_truth(void **state)
{
    static struct model model;
    const struct scenario *scenario = current;
    uint32_t kills = (KILLS + SCENARIOS - 1) / SCENARIOS;
    uint32_t random = first_seed;
    uint32_t synced = 0;
    uint32_t killed = 0;

    print_message("again: OI_SEED=%u\n", first_seed);
    for (uint32_t i = 0; i < 3 * kills && killed < kills; i++) {
        if (i % KILLS_PER_DISC == 0 || scenario->whole_only)
            new_disc(*state, scenario, &model);
        killed += burn_and_kill(*state, scenario, &model, &random);
        synced += model.synced;
        model.synced = 0;
        check_disc(*state, scenario, &model);
    }
    print_message("%u burns killed\n", killed);
    assert_true(synced > 0 || scenario->whole_only);
    assert_true(killed * 2 > kills);
    burns_killed += killed;
}

static void two_hundred_burns_were_killed(void **state)
{
    (void)state;
    assert_in_range(burns_killed, KILLS, 2 * KILLS);
}

static void a_write_near_the_end_of_a_disc_takes_no_room_for_what_is_before_it(void **state)
{
    struct bench *b = *state;
    struct stat info;

    bench_insert(b, "dvd+rw");
    assert_good(bench_format(b, 0));
    assert_good(bench_write(b, DISC_SECTORS - 32, 32, 5));
    assert_good(bench_sync(b));
    assert_int_equal(stat(b->image, &info), 0);
    assert_int_equal(info.st_size, (off_t)DISC_SECTORS * SECTOR);
    assert_in_range(info.st_blocks * 512, 32 * SECTOR, 1024 * 1024);
    assert_good(bench_read(b, 1000, 1));
    assert_int_equal(b->data[0], 0);
}

/* Whoever reads it meanwhile sees the old one or the new one. */
static void the_disc_state_is_replaced_and_never_written_into(void **state)
{
    struct bench *b = *state;
    struct stat before, after;
    char *kept, *text;
    size_t size;
    char hard_link[160];

    bench_insert(b, "dvd+r");
    assert_good(bench_write(b, 0, 16, 5));
    assert_good(bench_sync(b));
    snprintf(hard_link, sizeof(hard_link), "%s/kept", b->folder);
    assert_int_equal(link(b->disc, hard_link), 0);
    assert_int_equal(stat(b->disc, &before), 0);
    assert_int_equal(oi_file_read_all(b->disc, 65536, &kept, &size), OI_OK);
    assert_good(bench_write(b, 16, 16, 5));
    assert_good(bench_sync(b));
    assert_int_equal(stat(b->disc, &after), 0);
    assert_int_not_equal(before.st_ino, after.st_ino);
    assert_int_equal(oi_file_read_all(hard_link, 65536, &text, &size), OI_OK);
    assert_string_equal(text, kept);
    free(kept);
    free(text);
}

static int setup_scenario(void **state)
{
    current = *state;
    return bench_setup(state);
}

int main(void)
{
    const char *given = getenv("OI_SEED");
    struct CMUnitTest tests[SCENARIOS + 3];
    int count = 0;

    first_seed = given ? (uint32_t)strtoul(given, NULL, 10) : (uint32_t)oi_clock_us();
    for (int i = 0; i < SCENARIOS; i++)
        tests[count++] =
            (struct CMUnitTest){scenarios[i].name, a_killed_burn_leaves_a_disc_that_tells_the_truth,
                                setup_scenario, bench_teardown, (void *)&scenarios[i]};
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(two_hundred_burns_were_killed);
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    tests[count++] =
        (struct CMUnitTest)TEST(a_write_near_the_end_of_a_disc_takes_no_room_for_what_is_before_it);
    tests[count++] = (struct CMUnitTest)TEST(the_disc_state_is_replaced_and_never_written_into);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
