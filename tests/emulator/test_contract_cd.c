/* CDs: tables of contents in all formats, sectors as they lie on the disc, ways to write. */
#include <string.h>
#include "cd_bench.h"
#include "contract.h"

enum { AUDIO_BYTES = 2352, LEAD_OUT = 0xaa };

static const uint8_t audio_cue[][8] = {
    {0x01, 0, 0, 0x01, 0, 0, 0, 0},     {0x01, 1, 0, 0x00, 0, 0, 0, 0},
    {0x01, 1, 1, 0x00, 0, 0, 2, 0},     {0x01, 2, 1, 0x00, 0, 0, 7, 0},
    {0x01, 0xaa, 1, 0x01, 0, 0, 12, 0},
};

static void burn_two_audio_tracks(struct bench *b)
{
    contract_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, 0, 0));
    assert_good(cd_cue(b, audio_cue, 5));
    assert_good(cd_write(b, -150, 150, AUDIO_BYTES, 0));
    assert_good(cd_write(b, 0, 375, AUDIO_BYTES, 0x31));
    assert_good(cd_write(b, 375, 375, AUDIO_BYTES, 0x32));
    assert_good(bench_sync(b));
}

static void format_0_lists_the_tracks_and_the_lead_out(void **state)
{
    static const uint8_t wanted[] = {0, 26, 1, 2, 0, 0x10, 1, 0,    0,        0, 0, 0, 0, 0x10,
                                     2, 0,  0, 0, 1, 0x77, 0, 0x10, LEAD_OUT, 0, 0, 0, 2, 0xee};
    static const uint8_t msf[] = {0, 26, 1, 2, 0, 0x10, 1, 0,    0,        0, 2, 0, 0,  0x10,
                                  2, 0,  0, 0, 7, 0,    0, 0x10, LEAD_OUT, 0, 0, 0, 12, 0};
    struct bench *b = *state;

    burn_two_audio_tracks(b);
    assert_good(cd_read_toc(b, 0, false, 0));
    assert_int_equal(b->reply.moved, sizeof(wanted));
    assert_memory_equal(b->data, wanted, sizeof(wanted));
    assert_good(cd_read_toc(b, 0, true, 1));
    assert_memory_equal(b->data, msf, sizeof(msf));
    assert_good(cd_read_toc(b, 0, false, 2));
    assert_int_equal(b->reply.moved, 20);
    assert_int_equal(b->data[2], 1);
    assert_int_equal(b->data[6], 2);
    assert_good(cd_read_toc(b, 0, false, LEAD_OUT));
    assert_int_equal(b->reply.moved, 12);
    assert_int_equal(b->data[6], LEAD_OUT);
    assert_sense(cd_read_toc(b, 0, false, 3), INVALID_FIELD);
    assert_good(bench_get(b, 12, 0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0));
    assert_int_equal(b->reply.moved, 12);
    assert_int_equal(field16(b->data), 26);
}

static void format_1_tells_where_the_last_session_begins(void **state)
{
    struct bench *b = *state;

    contract_bring_to(b, "cd-r", SESSION_CLOSED);
    assert_good(cd_read_toc(b, 1, false, 0));
    assert_int_equal(b->reply.moved, 12);
    assert_int_equal(field16(b->data), 10);
    assert_int_equal(b->data[2], 1);
    assert_int_equal(b->data[3], 1);
    assert_int_equal(b->data[5], 0x14);
    assert_int_equal(b->data[6], 1);
    assert_int_equal(field32(b->data + 8), 0);
    assert_good(contract_parameters(b, TAO, 0x04, 8));
    for (uint32_t lba = 322 + 11400, i = 0; i < 10; i++)
        assert_good(bench_write(b, lba + 32 * i, 32, 9));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(cd_read_toc(b, 1, false, 0));
    assert_int_equal(b->data[3], 2);
    assert_int_equal(b->data[6], 2);
    assert_int_equal(field32(b->data + 8), 322 + 11400);
}

static void format_2_has_the_points_of_every_session(void **state)
{
    struct bench *b = *state;
    uint32_t points[256] = {0};

    burn_two_audio_tracks(b);
    assert_good(cd_read_toc(b, 2, false, 1));
    assert_int_equal((b->reply.moved - 4) % 11, 0);
    assert_int_equal(field16(b->data) + 2, b->reply.moved);
    for (const uint8_t *p = b->data + 4; p < b->data + b->reply.moved; p += 11) {
        assert_int_equal(p[0], 1);
        assert_int_equal(p[2], 0);
        points[p[3]] = (uint32_t)p[8] << 16 | (uint32_t)p[9] << 8 | p[10];
    }
    assert_int_equal(points[0xa0], 0x010000);
    assert_int_equal(points[0xa1], 0x020000);
    assert_int_equal(points[0xa2], 0x000c00);
    assert_int_equal(points[1], 0x000200);
    assert_int_equal(points[2], 0x000700);
}

static void format_3_and_4_tell_of_the_disc_and_5_of_its_texts(void **state)
{
    struct bench *b = *state;

    burn_two_audio_tracks(b);
    assert_good(cd_read_toc(b, 3, true, 0));
    assert_int_equal((b->reply.moved - 4) % 11, 0);
    assert_good(cd_read_toc(b, 4, true, 0));
    assert_int_equal(field16(b->data) + 2, b->reply.moved);
    assert_int_equal(b->data[4] & 0x80, 0x80);
    assert_int_equal(b->data[6] & 0xc0, 0x80); /* CD-R */
    assert_int_equal(b->data[8], 97);
    assert_int_equal(b->data[12], 79);
    assert_int_equal((b->data[12] * 60 + b->data[13]) * 75 + b->data[14] - 150, CD_SECTORS);
    assert_sense(cd_read_toc(b, 5, false, 0), INVALID_FIELD); /* no CD-Text */
    contract_insert(b, "cd-rw");
    assert_good(cd_read_toc(b, 4, true, 0));
    assert_int_equal(b->data[6] & 0xc0, 0xc0);
    contract_insert(b, "cd-r-74");
    assert_good(cd_read_toc(b, 4, true, 0));
    assert_int_equal((b->data[12] * 60 + b->data[13]) * 75 + b->data[14] - 150, 332850);
}

static void a_disc_that_is_no_cd_has_no_atip_and_its_toc_has_one_track(void **state)
{
    struct bench *b = *state;

    contract_bring_to(b, "dvd-r", FINALISED);
    assert_good(cd_read_toc(b, 0, false, 0));
    assert_int_equal(b->reply.moved, 20);
    assert_int_equal(b->data[5], 0x14);
    assert_int_equal(field32(b->data + 16), 320);
    assert_sense(cd_read_toc(b, 4, true, 0), INVALID_FIELD);
    assert_sense(cd_read_toc(b, 5, false, 0), INVALID_FIELD);
}

static void a_data_sector_is_read_whole_or_in_parts(void **state)
{
    static const struct {
        uint8_t fields;
        uint32_t bytes, begin; /* in the sector */
    } parts[] = {{0x10, 2048, 16}, {0xf8, 2352, 0}, {0x20, 4, 12},    {0x80, 12, 0},
                 {0x30, 2052, 12}, {0xb0, 2064, 0}, {0x18, 2336, 16}, {0x38, 2340, 12}};
    struct bench *b = *state;
    uint8_t whole[2352];

    contract_bring_to(b, "cd-r", FINALISED);
    assert_good(cd_read(b, 7, 0, 0xf8, 0, 2352));
    assert_int_equal(b->reply.moved, 2352);
    memcpy(whole, b->data, sizeof(whole));
    assert_int_equal(whole[0], 0);
    for (int i = 1; i <= 10; i++)
        assert_int_equal(whole[i], 0xff);
    assert_memory_equal(whole + 12, ((const uint8_t[]){0x00, 0x02, 0x07, 0x01}), 4);
    assert_int_equal(cd_edc(whole, 2064), (uint32_t)whole[2064] | (uint32_t)whole[2065] << 8 |
                                              (uint32_t)whole[2066] << 16 |
                                              (uint32_t)whole[2067] << 24);
    assert_true(cd_ecc_is_right(whole, false));
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        assert_good(cd_read(b, 7, 2, parts[i].fields, 0, parts[i].bytes));
        assert_int_equal(b->reply.moved, parts[i].bytes);
        assert_memory_equal(b->data, whole + parts[i].begin, parts[i].bytes);
    }
    assert_sense(cd_read(b, 7, 1, 0x10, 0, 2352), WRONG_TRACK_MODE); /* audio expected */
    assert_sense(cd_read(b, 7, 4, 0x10, 0, 2352), WRONG_TRACK_MODE);
    assert_good(cd_read(b, 7, 0, 0xf8, 2, 2368)); /* formatted Q */
    assert_int_equal(b->reply.moved, 2368);
    assert_int_equal(b->data[2352], 0x41);
    assert_int_equal(b->data[2353], 1);
    assert_int_equal(b->data[2354], 1);
}

static void audio_is_read_with_read_cd_and_not_with_read(void **state)
{
    struct bench *b = *state;

    burn_two_audio_tracks(b);
    for (uint8_t type = 0; type <= 1; type++) {
        assert_good(cd_read(b, 400, type, 0x10, 0, AUDIO_BYTES));
        assert_int_equal(b->reply.moved, AUDIO_BYTES);
        assert_int_equal(b->data[0], 0x32);
        assert_int_equal(b->data[AUDIO_BYTES - 1], 0x32);
    }
    assert_good(cd_read(b, 374, 1, 0xf8, 0, AUDIO_BYTES));
    assert_int_equal(b->data[0], 0x31);
    assert_sense(bench_read(b, 0, 1), WRONG_TRACK_MODE);
    assert_sense(cd_read(b, 400, 2, 0x10, 0, AUDIO_BYTES), WRONG_TRACK_MODE);
    assert_sense(cd_read(b, 750, 1, 0x10, 0, AUDIO_BYTES) & 0xffff00, OUT_OF_RANGE);
    assert_good(cd_track(b, 2));
    assert_int_equal(b->data[5] & 0x0f, 0);
    assert_int_equal(field32(b->data + 8), 375);
    assert_int_equal(field32(b->data + 24), 375);
}

/* Each has one entry of a good sheet replaced. */
static void a_cue_sheet_that_makes_no_sense_is_refused(void **state)
{
    enum { ENTRIES = 4 };
    static const uint8_t good[ENTRIES][8] = {
        {0x41, 0, 0, 0x14, 0, 0, 0, 0},
        {0x41, 1, 0, 0x10, 0, 0, 0, 0},
        {0x41, 1, 1, 0x10, 0, 0, 2, 0},
        {0x41, 0xaa, 1, 0x14, 0, 0, 20, 0},
    };
    static const struct {
        const char *fault;
        uint8_t entry, instead[8];
    } sheets[] = {
        {"no lead-in", 0, {0x41, 1, 0, 0x10, 0, 0, 0, 0}},
        {"no lead-out", 3, {0x41, 2, 1, 0x10, 0, 0, 9, 0}},
        {"a time that goes back", 1, {0x41, 1, 0, 0x10, 0, 0, 9, 0}},
        {"an unknown data form", 2, {0x41, 1, 1, 0x0f, 0, 0, 2, 0}},
        {"a track left out", 2, {0x41, 7, 1, 0x10, 0, 0, 2, 0}},
        {"a pause of another track", 1, {0x41, 5, 0, 0x10, 0, 0, 0, 0}},
        {"99 seconds", 3, {0x41, 0xaa, 1, 0x14, 0, 99, 0, 0}},
    };
    struct bench *b = *state;

    contract_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, 0, 8));
    for (size_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++) {
        uint8_t sheet[ENTRIES][8];
        uint32_t sense;

        memcpy(sheet, good, sizeof(sheet));
        memcpy(sheet[sheets[i].entry], sheets[i].instead, sizeof(sheet[0]));
        sense = cd_cue(b, (const uint8_t(*)[8])sheet, ENTRIES);
        if ((sense & 0xff0000) != 0x050000)
            fail_msg("%s: %06x", sheets[i].fault, sense);
    }
    assert_sense(cd_cue_entries(b, good[0], 12), INVALID_FIELD);
    assert_good(cd_cue(b, good, ENTRIES));
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_sense(cd_cue(b, audio_cue, 5), OUT_OF_SEQUENCE);
}

static void session_at_once_wants_every_block_in_order(void **state)
{
    struct bench *b = *state;

    contract_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, 0, 0));
    assert_good(cd_cue(b, audio_cue, 5));
    assert_good(cd_track(b, 1));
    assert_int_equal((int32_t)field32(b->data + 12), -150);
    assert_sense(cd_write(b, 0, 1, AUDIO_BYTES, 0), NOT_THE_NEXT_ADDRESS);
    assert_good(cd_write(b, -150, 50, AUDIO_BYTES, 0));
    assert_int_equal((int32_t)bench_next(b, b->emu), -100);
    assert_good(cd_write(b, -100, 100, AUDIO_BYTES, 0));
    assert_sense(cd_write(b, -1, 1, AUDIO_BYTES, 0), NOT_THE_NEXT_ADDRESS);
    assert_sense(cd_write(b, 2, 1, AUDIO_BYTES, 0), NOT_THE_NEXT_ADDRESS);
    assert_sense(cd_cue(b, audio_cue, 5), OUT_OF_SEQUENCE);
    assert_good(cd_write(b, 0, 750, AUDIO_BYTES, 5));
    assert_sense(cd_write(b, 750, 1, AUDIO_BYTES, 5), END_OF_USER_AREA);
    assert_good(bench_sync(b));
    assert_good(cd_info(b));
    assert_int_equal(b->data[2] & 0x0f, 0x0e);
    assert_int_equal(b->data[8], 0x00);
    assert_int_equal(bench_capacity(b), 750);
}

static void other_write_parameters_drop_the_cue_sheet(void **state)
{
    struct bench *b = *state;

    contract_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, 0, 0));
    assert_good(cd_cue(b, audio_cue, 5));
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_int_equal(bench_next(b, b->emu), 0);
    assert_good(cd_parameters(b, SAO, 0, 0));
    assert_sense(cd_write(b, -150, 1, AUDIO_BYTES, 0), OUT_OF_SEQUENCE);
}

static void a_short_track_at_once_is_filled_up_to_300_sectors(void **state)
{
    struct bench *b = *state;

    contract_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_good(bench_write(b, 0, 10, 1));
    assert_good(bench_sync(b));
    assert_good(cd_track(b, 1));
    assert_int_equal(field32(b->data + 24), 302);
    assert_holds(b, 0, 10, 1);
}

static void each_kind_of_sector_takes_its_own_number_of_bytes(void **state)
{
    static const struct {
        uint8_t mode, block_type, session;
        uint32_t bytes;
    } kinds[] = {{4, 8, 0, 2048},     {0, 0, 0, 2352},     {4, 9, 0, 2336},    {4, 10, 0x20, 2048},
                 {4, 11, 0x20, 2056}, {4, 12, 0x20, 2324}, {4, 13, 0x20, 2332}};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        uint32_t sense;

        contract_insert(b, "cd-r");
        sense = cd_parameters_with(b, TAO, kinds[i].mode, kinds[i].block_type,
                                   (const uint8_t[]){8, kinds[i].session, 0});
        if (sense)
            fail_msg("data block type %u: %06x", kinds[i].block_type, sense);
        memset(b->data, 1, 2 * 2352);
        sense = bench_put(b, 2 * kinds[i].bytes - 1, 0x2a, 0, 0, 0, 0, 0, 0, 0, 2, 0);
        assert_sense(sense, INVALID_FIELD);
        assert_good(cd_write(b, 0, 300, kinds[i].bytes, 1));
        assert_good(bench_sync(b));
        assert_good(bench_close_track(b, 2, 0));
        assert_good(cd_read(b, 100, 0, 0xf8, 0, 2352));
        assert_int_equal(b->reply.moved, 2352);
    }
}

static void blanking_the_last_track_or_session_leaves_those_before(void **state)
{
    struct bench *b = *state;
    uint32_t second = 322 + 11400;

    contract_bring_to(b, "cd-rw", SESSION_CLOSED);
    assert_good(contract_parameters(b, TAO, 0xc4, 8));
    for (uint32_t i = 0; i < 320; i += 32)
        assert_good(bench_write(b, second + i, 32, 9));
    assert_good(bench_sync(b));
    assert_good(bench_close_track(b, 2, 0));
    assert_good(cd_erase(b, 6, 0)); /* the last session */
    assert_good(cd_info(b));
    assert_int_equal(b->data[4], 2);
    assert_int_equal(b->data[2] & 0x0f, 0x01);
    assert_int_equal(bench_next(b, b->emu), second);
    assert_holds(b, 0, 32, 0x21);
    assert_good(cd_erase(b, 5, 0)); /* opens the session that is last now */
    assert_good(cd_info(b));
    assert_int_equal(b->data[4], 1);
    assert_int_equal(b->data[2] & 0x0f, 0x05);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(format_0_lists_the_tracks_and_the_lead_out),
        TEST(format_1_tells_where_the_last_session_begins),
        TEST(format_2_has_the_points_of_every_session),
        TEST(format_3_and_4_tell_of_the_disc_and_5_of_its_texts),
        TEST(a_disc_that_is_no_cd_has_no_atip_and_its_toc_has_one_track),
        TEST(a_data_sector_is_read_whole_or_in_parts),
        TEST(audio_is_read_with_read_cd_and_not_with_read),
        TEST(a_cue_sheet_that_makes_no_sense_is_refused),
        TEST(session_at_once_wants_every_block_in_order),
        TEST(other_write_parameters_drop_the_cue_sheet),
        TEST(a_short_track_at_once_is_filled_up_to_300_sectors),
        TEST(each_kind_of_sector_takes_its_own_number_of_bytes),
        TEST(blanking_the_last_track_or_session_leaves_those_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
