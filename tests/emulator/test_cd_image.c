/* The files of a CD: what survives the death of its writer, and what is never trusted. */
#include "cd_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes a file as long as this. */
static void set_size(const char *path, uint64_t size)
{
    struct oi_file *file;

    assert_int_equal(oi_file_open(&file, path, OI_FILE_WRITE), OI_OK);
    assert_int_equal(oi_file_set_size(file, size), OI_OK);
    oi_file_close(file);
}

struct kept {
    char *data;
    size_t size;
};

static struct kept keep(struct bench *b)
{
    struct kept kept;

    assert_int_equal(oi_file_read_all(b->disc, 1 << 16, &kept.data, &kept.size), OI_OK);
    return kept;
}

/* The drive dies without a word: its state file is as it was, its data as far as it came. */
static void die(struct bench *b, struct kept kept)
{
    bench_close(b);
    assert_int_equal(oi_file_replace(b->disc, kept.data, kept.size), OI_OK);
    free(kept.data);
    bench_open(b);
}

static void what_was_synchronised_stays_and_the_rest_is_not_offered_again(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4 | MULTI, 8));
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(cd_write(b, 32, 300, 2048, 1));
    assert_good(bench_sync(b));
    assert_good(cd_write(b, 484, 50, 2048, 2));
    die(b, keep(b));
    assert_holds(b, 0, 32, 1);
    assert_int_equal(bench_next(b, b->emu), 784 + 152); /* 50 blocks became a track of 300 */
    assert_good(cd_info(b));
    assert_int_equal(b->data[2] & 0x0f, 0x05);
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 936, 300, 2048, 3));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
}

static void a_raw_burn_that_died_in_its_lead_in_is_damaged(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-rw");
    assert_good(cd_parameters(b, RAW_WRITE, 0, 3));
    assert_good(cd_write(b, -11059, 50, RAW + SUB, 0)); /* a CD-RW begins elsewhere */
    die(b, keep(b));
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x19);
    assert_good(cd_erase(b, 1, 0));
    assert_int_equal(bench_next(b, b->emu), 0);
}

static void a_session_at_once_that_died_keeps_what_came(void **state)
{
    static const uint8_t cue[][8] = {
        {0x01, 0, 0, 0x01, 0, 0, 0, 0},     {0x01, 1, 0, 0x01, 0, 0, 0, 0},
        {0x01, 1, 1, 0x00, 0, 0, 2, 0},     {0x01, 2, 1, 0x00, 0, 0, 6, 0},
        {0x01, 0xaa, 1, 0x01, 0, 0, 10, 0},
    };
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, 0, 0));
    assert_good(cd_cue(b, cue, 5));
    assert_good(cd_write(b, 0, 350, RAW, 5));
    die(b, keep(b));
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x09);
    assert_good(cd_read(b, 349, 1, 0xf8, 0, RAW));
    assert_int_equal(b->data[0], 5);
    assert_sense(cd_read(b, 350, 1, 0xf8, 0, RAW), 0x080000);
}

/* At every point of the move there is one file that the state names and that is whole. */
static void a_move_into_sectors_may_be_cut_off_anywhere(void **state)
{
    struct bench *b = *state;
    struct kept before;
    uint8_t plain[64 * 2048];

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(bench_write(b, 0, 64, 1));
    assert_good(bench_sync(b));
    before = keep(b);
    cd_file_read(b, ".iso", 0, plain, sizeof(plain));
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_good(cd_write(b, 452, 300, RAW, 2));
    assert_good(bench_sync(b));
    assert_holds(b, 0, 64, 1);
    bench_close(b);
    assert_int_equal(cd_file_size(b, ".iso"), -1);

    /* Done but for the removal of the plain image: its remains go with the next write. */
    assert_int_equal(oi_file_replace(b->image, plain, sizeof(plain)), OI_OK);
    bench_open(b);
    assert_holds(b, 0, 64, 1);
    assert_good(cd_read(b, 452, 1, 0xf8, 0, RAW));
    bench_close(b);

    /* Not yet named by the state: the plain image still is the disc. */
    assert_int_equal(oi_file_replace(b->disc, before.data, before.size), OI_OK);
    set_size(b->image, 300 * 2048);
    bench_open(b);
    assert_holds(b, 0, 64, 1);
    assert_sense(cd_read(b, 452, 1, 0xf8, 0, RAW), 0x080000);
    free(before.data);
}

static void an_image_named_bin_holds_sectors_from_the_start(void **state)
{
    struct bench *b = *state;
    uint8_t sector[RAW];

    bench_define(b, "medium = cd-rw\nimage = disc.bin\n");
    bench_open(b);
    cd_burn_small_session(b, 0, 0x21);
    assert_int_equal(cd_file_size(b, ".bin"), 300 * RAW);
    assert_true(cd_file_size(b, ".cue") > 0);
    cd_file_read(b, ".bin", 0, sector, RAW);
    assert_true(cd_ecc_is_right(sector, false));
    assert_good(bench_read(b, 299, 1));
    assert_int_equal(b->data[0], 0x21);
    assert_good(cd_erase(b, 0, 0));
    cd_burn_small_session(b, 0, 0x22);
    assert_int_equal(cd_file_size(b, ".bin"), 300 * RAW);
}

static void sectors_without_their_state_are_left_alone(void **state)
{
    struct bench *b = *state;
    char path[160];

    snprintf(path, sizeof(path), "%s/disc.bin", b->folder);
    assert_int_equal(oi_file_replace(path, "data", 4), OI_OK);
    bench_insert(b, "cd-r");
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
    assert_non_null(strstr(oi_emu_detail(b->emu), "left alone"));
}

static void no_file_of_a_disc_without_its_state_is_touched(void **state)
{
    static const char *const suffixes[] = {".cue", ".sub", ".cdt"};
    struct bench *b = *state;
    char path[160];

    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/disc%s", b->folder, suffixes[i]);
        assert_int_equal(oi_file_replace(path, "data", 4), OI_OK);
        bench_insert(b, "cd-r");
        assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
        assert_non_null(strstr(oi_emu_detail(b->emu), suffixes[i]));
        bench_insert(b, "dvd+r");
        assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
        assert_int_equal(oi_file_remove(path), OI_OK);
    }
    bench_define(b, "medium = cd-r\nimage = disc.bin\n");
    snprintf(path, sizeof(path), "%s/disc.bin", b->folder);
    assert_int_equal(oi_file_replace(path, "data", 4), OI_OK);
    bench_open(b);
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023001);
}

static void a_plain_image_in_the_way_is_not_overwritten(void **state)
{
    struct bench *b = *state;
    char text[5] = "";

    bench_insert(b, "cd-rw");
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_good(cd_write(b, 0, 300, RAW, 1));
    assert_good(bench_sync(b));
    assert_good(cd_erase(b, 1, 0));
    assert_int_equal(oi_file_replace(b->image, "mine", 4), OI_OK);
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_sense(cd_write(b, 0, 32, 2048, 1), 0x030c00);
    cd_file_read(b, ".iso", 0, text, 4);
    assert_string_equal(text, "mine");
    assert_int_equal(oi_file_remove(b->image), OI_OK);
    assert_good(cd_write(b, 0, 32, 2048, 1));
}

static void only_one_writes_wherever_the_data_lies(void **state)
{
    struct bench *b = *state;
    struct oi_emu *second;

    bench_insert(b, "cd-r");
    second = bench_second(b);
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_good(cd_write(b, 0, 300, RAW, 1));
    memset(b->data, 0, RAW);
    assert_int_equal(
        bench_run_on(b, second, CDB(0x53, 0, 0, 0, 0, 0, 0, 1, 0x90, 0), OI_EMU_NO_DATA, 0),
        0x18000000);
    assert_good(bench_sync(b));
    assert_int_equal(bench_next(b, second), 452);
    bench_close(b);
    assert_good(
        bench_run_on(b, second, CDB(0x53, 0, 0, 0, 0, 0, 0, 1, 0x90, 0), OI_EMU_NO_DATA, 0));
    oi_emu_close(second);
}

/* The checksum made right again, so that what is judged is the sense it makes. */
static uint32_t crc32_of(const char *data, size_t size)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < size; i++) {
        crc ^= (uint8_t)data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

static void replace_state(struct bench *b, const char *body)
{
    char text[4096];
    int size = snprintf(text, sizeof(text), "openimapi2 disc 1\nmedium = cd-r\n%s", body);

    size += snprintf(text + size, sizeof(text) - (size_t)size, "checksum = %08x\n",
                     crc32_of(text, (size_t)size));
    assert_int_equal(oi_file_replace(b->disc, text, (size_t)size), OI_OK);
}

static void states_that_no_recording_makes_are_refused(void **state)
{
    static const char good[] = "form = plain\nfinalised = 0\ndamaged = 0\nmoving = 0\ntype = 0\n"
                               "track = 1 closed mode1 4 ----- 0 0 -150 0 302 300 300\n";
    static const char *const bad[] = {
        "",
        "track = 1 closed mode1 4 ----- 0 0 -150 0 302 300\n",
        "track = 1 closed mode1 4 ----- 0 0 -149 0 302 300 300\n",
        "track = 1 closed mode1 0 ----- 0 0 -150 0 302 300 300\n",
        "track = 2 closed mode1 4 ----- 0 0 -150 0 302 300 300\n",
        "track = 1 closed mode1 4 ----- 0 0 -150 0 302 303 303\n",
        "track = 1 closed mode1 4 ----- 0 0 -150 0 359846 300 300\n",
        "track = 1 closed mode1 4 -f--- 32 0 -150 0 302 300 300\n",
        "track = 1 closed mode1 4 pf--- 0 0 -150 0 302 300 300\n",
        "track = 1 invisible mode1 4 ----- 0 0 -150 0 302 300 300\n",
        "track = 1 recording mode1 4 ----a 0 0 -150 0 302 300 300\n",
        "track = 1 closed mode3 4 ----- 0 0 -150 0 302 300 300\n",
        "track = 1 closed mode1 4 -x--- 0 0 -150 0 302 300 300\n",
        "track = 1 closed mode1 4 ----- 0 0 -150 0 302 300 300\n"
        "track = 1 closed mode1 4 ----- 0 0 301 451 800 700 700\n",
        "track = 1 recording mode1 4 ----- 0 0 -150 0 302 300 300\n"
        "track = 1 closed mode1 4 ----- 0 0 400 451 800 700 700\n",
        "form = sectors\nform = other\n",
        "part = 0 1 1 4 16 1\n",
        "part = 0 1 1 4 21\n",
        "burn = tao 0 0 0 0\n",
        "isrc = 0 ABCDE1234567\n",
        "isrc = 1 abcde1234567\n",
        "mcn = 123\n",
        "text = 2049\n",
        "nothing = 1\n",
    };
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(cd_write(b, 0, 800, 2048, 1));
    assert_good(bench_sync(b));
    replace_state(b, good);
    bench_open(b);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        replace_state(b, bad[i]);
        bench_open(b);
        if (bench_do(b, 0, 0, 0, 0, 0, 0) != 0x023001)
            fail_msg("state %u was taken: %s", i, bad[i]);
    }
}

/* Whatever a state says, no command goes astray. */
static void any_state_is_answered(void **state)
{
    static const char model[] = "form = sectors\nfinalised = 0\ndamaged = 0\nmoving = 0\ntype = 0\n"
                                "track = 1 closed audio 0 ---sa 0 0 -150 0 302 300 300\n"
                                "track = 1 recording mode1 5 pf--- 32 7 452 602 9000 634 700\n"
                                "part = -150 1 0 0 0\npart = 10 1 2 0 0\npart = 302 170 1 0 1\n"
                                "burn = session 0 302 5 302\nisrc = 1 ABCDE1234567\n";
    struct bench *b = *state;
    uint32_t seed = 7;
    char path[160];

    bench_insert(b, "cd-r");
    snprintf(path, sizeof(path), "%s/disc.bin", b->folder);
    for (uint32_t i = 0; i < 3000; i++) {
        char text[sizeof(model)];

        memcpy(text, model, sizeof(text));
        for (uint32_t change = 0; change < 1 + i % 3; change++) {
            static const char letters[] = "0123456789-";

            seed = seed * 1664525u + 1013904223u;
            if (text[(seed >> 8) % (sizeof(text) - 1)] != '\n')
                text[(seed >> 8) % (sizeof(text) - 1)] = letters[(seed >> 24) % 11];
        }
        replace_state(b, text);
        bench_close(b);
        assert_int_equal(oi_file_replace(path, "x", 1), OI_OK);
        set_size(path, 700 * RAW);
        bench_open(b);
        cd_info(b);
        cd_track(b, 1);
        cd_track(b, 0xff);
        for (uint8_t format = 0; format < 6; format++)
            cd_read_toc(b, format, true, 0);
        for (int32_t lba = 0; lba < 1000; lba += 99)
            cd_read(b, lba, 0, 0xf8, 1, RAW + SUB);
        cd_parameters_with(b, PACKET, 5 | FIXED, 8, (const uint8_t[]){13, 32, 0});
        cd_write(b, 634, 32, 2048, 1);
        bench_close_track(b, 2, 0);
        bench_sync(b);
        cd_info(b);
    }
}

static uint32_t next_random(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

static void random_cue(struct bench *b, uint32_t *seed)
{
    static const uint8_t forms[] = {0x00, 0x10, 0x11, 0x14, 0x20, 0x31, 0x40, 0x01};
    uint8_t cue[40][8] = {{0x01, 0, 0, next_random(seed, 3) ? 0x01 : 0x41}};
    uint32_t start, track, count = 1;
    int32_t lba;

    start = bench_next(b, b->emu);
    track = b->data[2];
    lba = (start == UINT32_MAX ? 0 : (int32_t)start) - 150;
    for (uint32_t i = 0; i < 1 + next_random(seed, 4); i++, track++) {
        uint8_t form = forms[next_random(seed, 8)];
        uint8_t control = (form & 0x3f) > 0x01 ? 0x41 : 0x01;

        for (uint8_t index = next_random(seed, 3) && i ? 1 : 0; index < 2; index++) {
            memcpy(cue[count], (const uint8_t[8]){control, (uint8_t)track, index, form}, 8);
            cd_time(lba, cue[count++] + 5);
            lba += index ? 300 + (int32_t)next_random(seed, 50) : 150;
        }
    }
    memcpy(cue[count], (const uint8_t[8]){0x01, 0xaa, 1, 0x01}, 8);
    cd_time(lba, cue[count++] + 5);
    cd_cue(b, (const uint8_t(*)[8])cue, count);
}

/* Sizes of all kinds; the drive takes one of them where a write is right at all. */
static void random_write(struct bench *b, uint32_t *seed)
{
    static const uint32_t sizes[] = {2048, 2352, 2336, 2324, 2332, 2056, 2448, 96, 2368};
    uint32_t next = bench_next(b, b->emu);
    uint32_t blocks = next_random(seed, 2) ? 32 : 1 + next_random(seed, 40);
    int32_t lba = (int32_t)next;

    if (next == UINT32_MAX || !next_random(seed, 8))
        lba = -150;
    if (!next_random(seed, 8))
        lba = LEAD_IN_START + (next_random(seed, 2) ? 575 : 0);
    for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        if (cd_write(b, lba, blocks, sizes[i], (int)next_random(seed, 256)) == 0)
            return;
}

static void random_step(struct bench *b, uint32_t *seed)
{
    static const uint8_t types[] = {0, 1, 2, 3, 8, 9, 0x0a, 0x0b, 0x0c, 0x0d};

    switch (next_random(seed, 12)) {
    case 0:
    case 1:
        cd_parameters_with(
            b, (uint8_t)(next_random(seed, 4) | (next_random(seed, 5) ? 0 : TEST_WRITE)),
            (uint8_t)((next_random(seed, 3) ? MULTI : 0) | (next_random(seed, 2) ? 5 : 0) |
                      (next_random(seed, 2) ? FIXED : 0)),
            types[next_random(seed, 10)], (const uint8_t[]){13, 32, 0});
        break;
    case 2:
        bench_sync(b);
        break;
    case 3:
        bench_close_track(b, (uint8_t)(1 + next_random(seed, 2)), (uint8_t)next_random(seed, 5));
        break;
    case 4:
        bench_do(b, 0x53, 0, 0, 0, 0, 0, 0, (uint8_t)next_random(seed, 4), 0x40, 0);
        break;
    case 5:
        if (!next_random(seed, 3))
            cd_erase(b, (uint8_t)next_random(seed, 7), 1 + next_random(seed, 4) * 32);
        break;
    case 6:
        random_cue(b, seed);
        break;
    default:
        random_write(b, seed);
    }
}

static void whatever_is_recorded_opens_again(void **state)
{
    struct bench *b = *state;
    uint32_t seed = 11;

    bench_insert(b, "cd-rw");
    for (uint32_t i = 0; i < 4000; i++) {
        random_step(b, &seed);
        if (next_random(&seed, 12))
            continue;
        if (next_random(&seed, 2) && oi_file_stamp(b->disc))
            die(b, keep(b));
        else
            bench_open(b);
        if (bench_do(b, 0, 0, 0, 0, 0, 0) != 0)
            fail_msg("step %u: %s", i, oi_emu_detail(b->emu));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_was_synchronised_stays_and_the_rest_is_not_offered_again),
        TEST(a_raw_burn_that_died_in_its_lead_in_is_damaged),
        TEST(a_session_at_once_that_died_keeps_what_came),
        TEST(a_move_into_sectors_may_be_cut_off_anywhere),
        TEST(an_image_named_bin_holds_sectors_from_the_start),
        TEST(sectors_without_their_state_are_left_alone),
        TEST(no_file_of_a_disc_without_its_state_is_touched),
        TEST(a_plain_image_in_the_way_is_not_overwritten),
        TEST(only_one_writes_wherever_the_data_lies),
        TEST(states_that_no_recording_makes_are_refused),
        TEST(any_state_is_answered),
        TEST(whatever_is_recorded_opens_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
