/* How a CD is recorded as a whole session, after a cue sheet. */
#include "cd_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cache.h"

static const uint8_t data_cue[][8] = {
    {0x41, 0, 0, 0x14, 0, 0, 0, 0},
    {0x41, 1, 0, 0x10, 0, 0, 0, 0},
    {0x41, 1, 1, 0x10, 0, 0, 2, 0},
    {0x41, 0xaa, 1, 0x14, 0, 0, 6, 0},
};

static void a_session_needs_its_cue_sheet(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, TAO, 4, 8));
    assert_sense(cd_cue(b, data_cue, 4), 0x052c00);
    assert_good(cd_parameters(b, SAO, 0, 8));
    assert_sense(cd_write(b, -150, 1, 2048, 0), 0x052c00);
    assert_good(cd_cue(b, data_cue, 4));
    assert_sense(cd_write(b, 0, 1, 2048, 0), 0x052102);
    assert_sense(cd_write(b, -149, 1, 2048, 0), 0x052102);
    assert_good(cd_write(b, -150, 1, 2048, 0));
    assert_sense(cd_cue(b, data_cue, 4), 0x052c00);
    assert_sense(cd_write(b, -150, 1, 2048, 0), 0x052102);
    assert_sense(cd_write(b, -148, 1, 2048, 0), 0x052102);
    assert_good(cd_write(b, -149, 1, 2048, 0));
}

static void a_data_session_is_a_plain_image_and_sync_closes_it(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    cd_burn_small_session(b, 0, 0x21);
    assert_int_equal(cd_file_size(b, ".iso"), 300 * 2048);
    assert_int_equal(cd_file_size(b, ".bin"), -1);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x0e);
    assert_good(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(field32(b->data), 299);
    assert_good(bench_read(b, 299, 1));
    assert_int_equal(b->data[2047], 0x21);
    assert_sense(bench_read(b, 300, 1), 0x052100);
    bench_open(b);
    assert_good(bench_read(b, 0, 1));
    assert_int_equal(b->data[0], 0x21);
}

static void sizes_are_exact(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, 0, 8));
    assert_good(cd_cue(b, data_cue, 4));
    assert_sense(cd_write(b, -150, 1, RAW, 0), 0x052400);
    assert_good(cd_write(b, -150, 449, 2048, 1));
    assert_good(bench_sync(b)); /* too early to end */
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x05);
    assert_sense(cd_write(b, 299, 2, 2048, 1), 0x056300);
    assert_int_equal(field32(b->reply.sense + 3), 300);
    assert_good(cd_write(b, 299, 1, 2048, 1));
    assert_sense(cd_write(b, 300, 1, 2048, 1), 0x056300);
    assert_good(bench_sync(b));
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x0e);
}

static void an_audio_session_has_indices_codes_and_pauses(void **state)
{
    static const uint8_t cue[][8] = {
        {0x02, '0', '1', '2', '3', '4', '5', '6'},
        {0x02, '7', '8', '9', '0', '1', '2', 0},
        {0x01, 0, 0, 0x01, 0, 0, 0, 0},
        {0x03, 1, 'D', 'E', 'X', 'Y', 'Z', '0'},
        {0x03, 1, '1', '2', '3', '4', '5', '6'},
        {0x01, 1, 0, 0x00, 0, 0, 0, 0},
        {0x01, 1, 1, 0x00, 0, 0, 2, 0},
        {0x01, 1, 2, 0x00, 0, 0, 4, 0},
        {0x21, 2, 0, 0x01, 0, 0, 6, 0},
        {0x21, 2, 1, 0x00, 0, 0, 7, 0},
        {0x01, 0xaa, 1, 0x01, 0, 0, 11, 0},
    };
    struct bench *b = *state;
    uint8_t wanted_q[12];
    char *text;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, MULTI, 0));
    assert_good(cd_cue(b, cue, 11));
    assert_good(cd_write(b, -150, 450, RAW, 0x11));
    /* Index 0 of track 2 is made by the drive: 75 blocks of silence. */
    assert_sense(cd_write(b, 300, 1, RAW, 0x22), 0x052102);
    assert_good(cd_write(b, 375, 300, RAW, 0x22));
    assert_good(bench_sync(b));
    text = cd_file_text(b, ".cue");
    assert_string_equal(text, "CATALOG 0123456789012\n"
                              "FILE \"disc.bin\" BINARY\n"
                              "REM SESSION 01\n"
                              "  TRACK 01 AUDIO\n"
                              "    ISRC DEXYZ0123456\n"
                              "    INDEX 01 00:00:00\n"
                              "    INDEX 02 00:02:00\n"
                              "  TRACK 02 AUDIO\n"
                              "    FLAGS DCP\n"
                              "    INDEX 00 00:04:00\n"
                              "    INDEX 01 00:05:00\n"
                              "REM LEAD-OUT 00:09:00\n");
    free(text);
    assert_int_equal(cd_file_size(b, ".bin"), 675 * RAW);
    assert_good(cd_read(b, 299, 1, 0xf8, 0, RAW));
    assert_int_equal(b->data[0], 0x11);
    assert_good(cd_read(b, 300, 1, 0xf8, 2, RAW + 16));
    assert_int_equal(b->data[0], 0);
    cd_q(wanted_q, (const uint8_t[10]){0x21, 2, 0, 0, 1, 0, 0, 0, 6, 0});
    assert_memory_equal(b->data + RAW, wanted_q, 12);
    assert_int_equal(b->data[RAW + 15], 0x80);
    assert_good(cd_read(b, 160, 1, 0xf8, 2, RAW + 16));
    cd_q(wanted_q, (const uint8_t[10]){0x01, 1, 2, 0, 2, 0x10, 0, 0, 4, 0x10});
    assert_memory_equal(b->data + RAW, wanted_q, 12);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x01); /* a further session may follow */
    assert_int_equal(bench_next(b, b->emu), 675 + 11400);
}

static void a_second_session_follows_at_its_own_times(void **state)
{
    struct bench *b = *state;
    uint8_t cue[4][8] = {
        {0x41, 0, 0, 0x14}, {0x41, 2, 0, 0x14}, {0x41, 2, 1, 0x10}, {0x41, 0xaa, 1, 0x14}};

    bench_insert(b, "cd-r");
    cd_burn_small_session(b, MULTI, 0x21);
    assert_int_equal(bench_next(b, b->emu), 11700);
    cd_time(11550, cue[1] + 5);
    cd_time(11700, cue[2] + 5);
    cd_time(12000, cue[3] + 5);
    assert_good(cd_parameters(b, SAO, 0, 8));
    assert_sense(cd_cue(b, data_cue, 4), 0x052600);
    assert_good(cd_cue(b, (const uint8_t(*)[8])cue, 4));
    assert_good(cd_write(b, 11700, 300, 2048, 0x31)); /* the drive makes the pre-gap */
    assert_good(bench_sync(b));
    assert_good(bench_read(b, 11999, 1));
    assert_int_equal(b->data[0], 0x31);
    assert_good(bench_read(b, 11600, 1));
    assert_int_equal(b->data[0], 0);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x0e);
    assert_int_equal(b->data[4], 2);
    assert_int_equal(cd_file_size(b, ".iso"), 12000 * 2048);
}

static void bad_sheets_are_refused_at_the_wrong_byte(void **state)
{
    static const struct {
        uint32_t entry, byte;
        uint8_t value;
        uint32_t wrong_entry, wrong_byte;
    } changes[] = {
        {0, 1, 1, 0, 1},    /* no lead-in */
        {0, 2, 1, 0, 2},    /* lead-in with an index */
        {1, 0, 0x44, 1, 0}, /* no such ADR */
        {1, 1, 2, 1, 1},    /* the first track is not the next one */
        {1, 3, 0x15, 1, 3}, /* no such data form */
        {1, 3, 0x90, 1, 3}, /* no such sub-channel */
        {1, 0, 0x01, 1, 3}, /* data in an audio track */
        {1, 5, 1, 1, 5},    /* does not begin at the start */
        {2, 2, 3, 2, 2},    /* index left out */
        {2, 6, 60, 2, 6},   /* no such second */
        {2, 7, 75, 2, 7},   /* no such frame */
        {3, 6, 5, 3, 5},    /* track shorter than four seconds */
        {3, 6, 2, 3, 5},    /* ends where it begins */
        {3, 5, 80, 3, 5},   /* more than the disc holds */
        {3, 2, 0, 3, 2},    /* lead-out without index 1 */
    };
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, 0, 8));
    for (uint32_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        uint8_t cue[4][8];

        memcpy(cue, data_cue, sizeof(cue));
        cue[changes[i].entry][changes[i].byte] = changes[i].value;
        if (cd_cue(b, (const uint8_t(*)[8])cue, 4) != 0x052600)
            fail_msg("change %u was taken", i);
        assert_int_equal(b->reply.sense[15], 0x80);
        assert_int_equal(field16(b->reply.sense + 16),
                         8 * changes[i].wrong_entry + changes[i].wrong_byte);
    }
    assert_sense(cd_cue(b, data_cue, 3), 0x052600);
    assert_sense(cd_cue_entries(b, data_cue[0], 31), 0x052400);
    assert_sense(bench_put(b, 24, 0x5d, 0, 0, 0, 0, 0, 0, 0, 32, 0), 0x051a00);
    assert_sense(cd_write(b, -150, 1, 2048, 0), 0x052c00);
}

static void sectors_whose_header_is_ignored_are_made_by_the_drive(void **state)
{
    static const uint8_t cue[][8] = {
        {0x41, 0, 0, 0x14, 0, 0, 0, 0},  {0x41, 1, 0, 0x14, 0, 0, 0, 0},
        {0x41, 1, 1, 0x11, 0, 0, 2, 0},  {0x41, 2, 0, 0x24, 0, 0, 6, 0},
        {0x41, 2, 1, 0x20, 0, 0, 8, 0},  {0x41, 3, 0, 0x33, 0, 0, 12, 0},
        {0x41, 3, 1, 0x31, 0, 0, 14, 0}, {0x41, 0xaa, 1, 0x14, 0, 0, 18, 0},
    };
    struct bench *b = *state;
    uint8_t sector[RAW];

    bench_insert(b, "cd-r");
    assert_good(cd_parameters_with(b, SAO, 0, 8, (const uint8_t[]){8, 0x20, 0}));
    assert_good(cd_cue(b, cue, 8));
    assert_good(cd_write(b, 0, 300, RAW, 0x41));
    assert_good(cd_write(b, 450, 300, 2336, 0));
    assert_good(cd_write(b, 750, 150, RAW, 0x77)); /* user data ignored */
    assert_good(cd_write(b, 900, 300, RAW, 0x51));
    assert_good(bench_sync(b));
    cd_file_read(b, ".bin", 7 * RAW, sector, RAW);
    assert_int_equal(sector[0], 0);
    assert_int_equal(sector[1], 0xff);
    assert_int_equal(sector[14], 0x07);
    assert_int_equal(sector[16], 0x41);
    assert_true(cd_ecc_is_right(sector, false));
    assert_good(bench_read(b, 460, 1));
    assert_good(cd_read(b, 1000, 3, 0xf8, 0, RAW));
    assert_int_equal(b->data[15], 2);
    assert_int_equal(b->data[16], 0x51);
    assert_good(cd_read(b, 800, 3, 0x10, 0, 2336));
    assert_int_equal(b->data[0], 0);
    assert_good(cd_info(b));
    assert_int_equal(b->data[8], 0x20);
}

static void pack(uint8_t six[96], const uint8_t packs[72])
{
    for (int i = 0; i < 96; i++) {
        six[i] = 0;
        for (int bit = 0; bit < 6; bit++) {
            int at = i * 6 + bit;

            six[i] =
                (uint8_t)((uint32_t)six[i] << 1 | ((unsigned)packs[at / 8] >> (7 - at % 8) & 1u));
        }
    }
}

/* Its CRC is the same as that of Q. */
static void text_pack(uint8_t to[18], uint8_t type, uint8_t sequence, const char *text)
{
    uint32_t remainder = 0;

    memset(to, 0, 18);
    to[0] = type;
    to[2] = sequence;
    memcpy(to + 4, text, strlen(text));
    for (int bit = 0; bit < 144; bit++) {
        uint32_t out = remainder >> 15;

        remainder = (remainder << 1 | ((unsigned)to[bit / 8] >> (7 - bit % 8) & 1u)) & 0xffff;
        if (out)
            remainder ^= 0x1021;
    }
    to[16] = (uint8_t) ~(remainder >> 8);
    to[17] = (uint8_t)~remainder;
}

static void cd_text_is_taken_from_the_lead_in(void **state)
{
    static const uint8_t cue[][8] = {
        {0x01, 0, 0, 0x41, 0, 0, 0, 0},
        {0x01, 1, 0, 0x00, 0, 0, 0, 0},
        {0x01, 1, 1, 0x00, 0, 0, 2, 0},
        {0x01, 0xaa, 1, 0x01, 0, 0, 6, 0},
    };
    struct bench *b = *state;
    uint8_t packs[5 * 18];
    uint8_t kept[5 * 18];
    uint32_t next = 0;
    char *text;

    for (uint8_t i = 0; i < 5; i++)
        text_pack(packs + 18 * i, i < 3 ? 0x80 : 0x8f, i, "Song of May");
    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, 0, 0));
    assert_good(cd_cue(b, cue, 4));
    assert_sense(cd_write(b, -150, 1, RAW, 0), 0x052102);
    for (int32_t lba = LEAD_IN_START; lba < -150;) {
        uint32_t blocks = -150 - lba < 1000 ? (uint32_t)(-150 - lba) : 1000;

        for (uint32_t i = 0; i < blocks; i++) {
            uint8_t four[72];

            for (int j = 0; j < 4; j++, next++)
                memcpy(four + 18 * j, packs + 18 * (next % 5), 18);
            pack(b->data + 96 * i, four);
        }
        assert_good(cd_write_data(b, lba, blocks, 96));
        lba += (int32_t)blocks;
    }
    assert_good(cd_write(b, -150, 450, RAW, 1));
    assert_good(bench_sync(b));
    assert_int_equal(cd_file_size(b, ".cdt"), sizeof(packs));
    cd_file_read(b, ".cdt", 0, kept, sizeof(kept));
    assert_memory_equal(kept, packs, sizeof(packs));
    assert_good(cd_read_toc(b, 5, false, 0));
    assert_int_equal(b->reply.moved, 4 + sizeof(packs));
    assert_int_equal(field16(b->data), 2 + sizeof(packs));
    assert_memory_equal(b->data + 4, packs, sizeof(packs));
    text = cd_file_text(b, ".cue");
    assert_non_null(strstr(text, "CDTEXTFILE \"disc.cdt\"\n"));
    free(text);
}

static void burn_with_sub_channel(struct bench *b)
{
    static const uint8_t cue[][8] = {
        {0x01, 0, 0, 0x01, 0, 0, 0, 0},
        {0x01, 1, 0, 0x01, 0, 0, 0, 0},
        {0x01, 1, 1, 0x40, 0, 0, 2, 0},
        {0x01, 0xaa, 1, 0x01, 0, 0, 6, 0},
    };

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, 0, 0));
    assert_good(cd_cue(b, cue, 4));
    assert_good(cd_write(b, 0, 300, RAW + SUB, 0x3f));
    assert_good(bench_sync(b));
}

static void sub_channel_with_the_data_is_kept(void **state)
{
    struct bench *b = *state;
    uint8_t sub[96];

    burn_with_sub_channel(b);
    assert_int_equal(cd_file_size(b, ".sub"), 300 * SUB);
    cd_file_read(b, ".sub", 20 * SUB, sub, sizeof(sub));
    assert_int_equal(sub[0], 0); /* P and Q are the drive's */
    assert_int_equal(sub[13], 1);
    assert_int_equal(sub[24], 0xff);
    assert_good(cd_read(b, 20, 1, 0xf8, 4, RAW + SUB));
    assert_int_equal(b->data[RAW + 5], 0x3f);
}

static void sub_channel_that_can_not_be_read_is_not_made_up(void **state)
{
    struct bench *b = *state;
    char path[sizeof(b->folder) + sizeof("/disc.sub")];

    burn_with_sub_channel(b);
    snprintf(path, sizeof(path), "%s/disc.sub", b->folder);
    assert_int_equal(remove(path), 0);
    assert_good(cd_read(b, 20, 1, 0xf8, 4, RAW + SUB));
    assert_int_equal(b->data[RAW + 5], 0);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_sense(cd_read(b, 20, 1, 0xf8, 4, RAW + SUB), 0x031100);
    assert_good(cd_read(b, 20, 1, 0xf8, 0, RAW));
    assert_int_equal(rmdir(path), 0);
}

static void a_test_session_leaves_nothing(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO | TEST_WRITE, 0, 8));
    assert_good(cd_cue(b, data_cue, 4));
    assert_good(cd_write(b, -150, 450, 2048, 1));
    assert_good(bench_sync(b));
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x00);
    assert_true(cd_file_size(b, ".iso") <= 0);
    cd_burn_small_session(b, 0, 3);
}

static void a_session_cut_off_is_damaged_until_it_is_closed(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, SAO, MULTI, 8));
    assert_good(cd_cue(b, data_cue, 4));
    assert_good(cd_write(b, -150, 350, 2048, 1));
    bench_open(b);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x09); /* damaged session, appendable */
    assert_int_equal(bench_next(b, b->emu), UINT32_MAX);
    assert_good(bench_read(b, 199, 1));
    assert_sense(bench_read(b, 200, 1), 0x080000);
    assert_good(cd_parameters(b, SAO, MULTI, 8));
    assert_sense(cd_write(b, 200, 1, 2048, 1), 0x037203);
    assert_sense(cd_cue(b, data_cue, 4), 0x052c00);
    assert_good(bench_close_track(b, 2, 0));
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x01);
    assert_int_equal(bench_next(b, b->emu), 202 + 11400);
    bench_open(b);
    assert_good(bench_read(b, 199, 1));
}

/* Under-run protection is bit 6 of page 05h, byte 2. */
static void begin_paced_session(struct bench *b, bool protect)
{
    static const uint8_t without[] = {2, SAO, 0};
    char text[64];

    snprintf(text, sizeof(text), "medium = cd-r\nimage = %d.iso\nspeed = 4\n", protect);
    bench_define(b, text);
    bench_open(b);
    assert_good(cd_parameters_with(b, SAO, 0, 8, protect ? NULL : without));
    assert_good(cd_cue(b, data_cue, 4));
    assert_good(cd_write(b, -150, 30, 2048, 0));
}

static void a_buffer_may_run_empty_in_the_pregap_too(void **state)
{
    enum { MINUTE_US = 60000000 };
    struct bench *b = *state;

    begin_paced_session(b, false);
    b->now_us += MINUTE_US;
    assert_sense(cd_write(b, -120, 30, 2048, 0), 0x030c09);
    assert_int_equal((int32_t)field32(b->reply.sense + 3), -120);
    assert_non_null(strstr(oi_emu_detail(b->emu), "sector -120"));
    begin_paced_session(b, true);
    b->now_us += MINUTE_US;
    assert_good(cd_write(b, -120, 30, 2048, 0));
    assert_int_equal(drive_statistics(b->emu)->links, 1);
    assert_good(cd_write(b, -90, 31, 2048, 0));
    assert_good(cd_write(b, -59, 31, 2048, 0));
    assert_int_equal(drive_statistics(b->emu)->links, 1);
    assert_good(cd_write(b, -28, 31, 2048, 0)); /* into the track */
    b->now_us += MINUTE_US;
    assert_good(cd_write(b, 3, 30, 2048, 0));
    assert_int_equal(drive_statistics(b->emu)->underruns, 2);
    assert_int_equal(drive_statistics(b->emu)->links, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_session_needs_its_cue_sheet),
        TEST(a_data_session_is_a_plain_image_and_sync_closes_it),
        TEST(sizes_are_exact),
        TEST(an_audio_session_has_indices_codes_and_pauses),
        TEST(a_second_session_follows_at_its_own_times),
        TEST(bad_sheets_are_refused_at_the_wrong_byte),
        TEST(sectors_whose_header_is_ignored_are_made_by_the_drive),
        TEST(cd_text_is_taken_from_the_lead_in),
        TEST(sub_channel_with_the_data_is_kept),
        TEST(sub_channel_that_can_not_be_read_is_not_made_up),
        TEST(a_test_session_leaves_nothing),
        TEST(a_session_cut_off_is_damaged_until_it_is_closed),
        TEST(a_buffer_may_run_empty_in_the_pregap_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
