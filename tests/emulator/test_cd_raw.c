/* How a CD is recorded raw: lead-in, program and lead-out all come from the host. */
#include "cd_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAD_OUT = 900, TRACK_2 = 450, PAUSE_2 = 300 };

/* The table of contents, over and over: each point three times, as the standard wants. */
static void lead_in_q(uint32_t n, uint8_t q[12])
{
    static const uint8_t points[][5] = {
        {0x41, 0x01, 0x00, 0x02, 0x00}, {0x01, 0x02, 0x00, 0x08, 0x00},
        {0x41, 0xa0, 0x01, 0x00, 0x00}, {0x41, 0xa1, 0x02, 0x00, 0x00},
        {0x41, 0xa2, 0x00, 0x14, 0x00},
    };
    const uint8_t *point = points[n / 3 % 5];

    cd_q(q, (const uint8_t[10]){point[0], 0, point[1], 0, 0, 0, 0, point[2], point[3], point[4]});
}

static void program_q(int32_t lba, uint8_t q[12])
{
    bool second = lba >= PAUSE_2;
    int32_t start = second ? TRACK_2 : 0;
    int32_t in_track = lba < start ? start - lba : lba - start;
    uint8_t msf[3];
    uint8_t rel[3];

    cd_time(lba, msf);
    cd_time(in_track - 150, rel);
    cd_q(q, (const uint8_t[10]){lba >= LEAD_OUT ? 0x41
                                : second        ? 0x01
                                                : 0x41,
                                lba >= LEAD_OUT ? 0xaa
                                : second        ? 2
                                                : 1,
                                lba < start ? 0 : 1, cd_bcd_of(rel[0]), cd_bcd_of(rel[1]),
                                cd_bcd_of(rel[2]), 0, cd_bcd_of(msf[0]), cd_bcd_of(msf[1]),
                                cd_bcd_of(msf[2])});
}

/* A mode 1 sector of the host's own making: bytes 16 to 2063 hold `fill`, no ECC. */
static void data_sector(uint8_t *sector, int32_t lba, uint8_t fill)
{
    uint8_t msf[3];

    cd_time(lba, msf);
    memset(sector, 0, RAW);
    memset(sector + 1, 0xff, 10);
    for (int i = 0; i < 3; i++)
        sector[12 + i] = cd_bcd_of(msf[i]);
    sector[15] = 1;
    memset(sector + 16, fill, 2048);
}

static void one_block(uint8_t *to, int32_t lba, int32_t first, bool pq_only, bool scramble)
{
    uint8_t q[12];

    memset(to, 0, RAW + SUB);
    if (lba < -150) {
        lead_in_q((uint32_t)(lba - first), q);
    } else {
        program_q(lba, q);
        if (lba < PAUSE_2)
            data_sector(to, lba, 0x6b);
        else if (lba >= TRACK_2 && lba < LEAD_OUT)
            memset(to, 0x7c, RAW);
    }
    if (scramble && lba >= -150 && lba < PAUSE_2)
        cd_scramble_again(to);
    if (pq_only)
        memcpy(to + RAW, q, 10); /* the CRC is the drive's business */
    else
        cd_weave(to + RAW, false, q);
}

static uint32_t burn(struct bench *b, int32_t from, int32_t to, uint8_t block_type, bool scramble)
{
    uint32_t each = block_type == 1 ? RAW + 16 : RAW + SUB;
    int32_t first = from;

    while (from < to) {
        uint32_t blocks = to - from < 26 ? (uint32_t)(to - from) : 26;
        uint8_t *block = malloc(RAW + SUB);
        uint32_t sense;

        assert_non_null(block);
        for (uint32_t i = 0; i < blocks; i++) {
            one_block(block, from + (int32_t)i, first, block_type == 1, scramble);
            memcpy(b->data + i * each, block, each);
        }
        free(block);
        sense = cd_write_data(b, from, blocks, each);
        if (sense)
            return sense;
        from += (int32_t)blocks;
    }
    return 0;
}

static void check_disc(struct bench *b)
{
    uint8_t sector[RAW];
    char *cue;

    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x0e);
    assert_good(cd_read_toc(b, 0, false, 0));
    assert_int_equal(b->data[3], 2);
    assert_int_equal(b->data[5], 0x14);
    assert_int_equal(field32(b->data + 8), 0);
    assert_int_equal(b->data[13], 0x10);
    assert_int_equal(field32(b->data + 16), TRACK_2);
    assert_int_equal(field32(b->data + 24), LEAD_OUT);
    cue = cd_file_text(b, ".cue");
    assert_string_equal(cue, "FILE \"disc.bin\" BINARY\n"
                             "REM SESSION 01\n"
                             "  TRACK 01 MODE1/2352\n"
                             "    INDEX 01 00:00:00\n"
                             "  TRACK 02 AUDIO\n"
                             "    INDEX 00 00:04:00\n"
                             "    INDEX 01 00:06:00\n"
                             "REM LEAD-OUT 00:12:00\n");
    free(cue);
    assert_int_equal(cd_file_size(b, ".bin"), LEAD_OUT * RAW);
    cd_file_read(b, ".bin", 17 * RAW, sector, RAW);
    assert_int_equal(sector[15], 1);
    assert_int_equal(sector[14], 0x17);
    assert_int_equal(sector[16], 0x6b);
    assert_good(bench_read(b, 17, 1));
    assert_int_equal(b->data[2047], 0x6b);
    assert_good(cd_read(b, TRACK_2, 1, 0xf8, 0, RAW));
    assert_int_equal(b->data[5], 0x7c);
    assert_int_equal(cd_file_size(b, ".sub"), LEAD_OUT * SUB);
}

static void a_raw_disc_gets_its_tracks_from_its_lead_in(void **state)
{
    struct bench *b = *state;
    uint8_t q[12];
    uint8_t sub[SUB];

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, RAW_WRITE, 0, 3));
    assert_good(burn(b, LEAD_IN_START, LEAD_OUT + 6750, 3, true));
    assert_good(bench_sync(b));
    check_disc(b);
    program_q(30, q);
    cd_file_read(b, ".sub", 30 * SUB, sub, SUB);
    assert_memory_equal(sub + 12, q, 12);
    assert_good(cd_read(b, 30, 0, 0, 1, SUB));
    cd_weave(sub, false, q);
    assert_memory_equal(b->data, sub, SUB);
}

static void a_lead_in_may_begin_at_minute_95(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, RAW_WRITE, 0, 1));
    assert_sense(burn(b, -20000, -19990, 1, true), 0x052102);
    assert_good(burn(b, 95 * 4500 - 450150, LEAD_OUT + 6750, 1, true));
    assert_good(bench_sync(b));
    check_disc(b);
}

static void data_that_was_not_scrambled_is_understood(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, RAW_WRITE, 0, 2));
    assert_good(burn(b, LEAD_IN_START, LEAD_OUT + 6750, 2, false));
    assert_good(bench_sync(b));
    check_disc(b);
}

static void a_session_without_its_lead_out_is_not_complete(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, RAW_WRITE, 0, 3));
    assert_good(burn(b, LEAD_IN_START, LEAD_OUT + 6749, 3, true));
    assert_good(bench_sync(b));
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x05);
    bench_open(b);
    assert_good(cd_info(b));
    assert_int_equal(b->data[2], 0x09);
    assert_good(bench_read(b, 0, 1));
}

static void a_lead_in_that_tells_no_tracks_is_refused(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, RAW_WRITE, 0, 3));
    for (int32_t lba = LEAD_IN_START; lba < -150; lba += 26) {
        uint32_t blocks = -150 - lba < 26 ? (uint32_t)(-150 - lba) : 26;

        memset(b->data, 0, blocks * 2448);
        assert_good(cd_write_data(b, lba, blocks, 2448));
    }
    assert_sense(burn(b, -150, -149, 3, true), 0x037200);
}

/* One command may be longer than the pre-gap, so that the tracks become known in its middle. */
static void a_write_over_the_end_of_the_lead_in_survives_the_drive(void **state)
{
    enum { FROM = -160, BLOCKS = 200, EACH = RAW + SUB };
    struct bench *b = *state;
    uint8_t *blocks = malloc((size_t)BLOCKS * EACH);
    struct oi_emu_command command = {
        .cdb = {0x2a, 0, 0xff, 0xff, 0xff, 0x60, 0, 0, BLOCKS, 0},
        .cdb_len = 10,
        .direction = OI_EMU_DATA_OUT,
        .data = blocks,
        .data_len = BLOCKS * EACH,
    };
    char *kept[2];
    size_t size[2];

    assert_non_null(blocks);
    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, RAW_WRITE, 0, 3));
    assert_good(burn(b, LEAD_IN_START, FROM, 3, true));
    for (int32_t i = 0; i < BLOCKS; i++)
        one_block(blocks + i * EACH, FROM + i, LEAD_IN_START, false, true);
    oi_emu_execute(b->emu, &command, &b->reply);
    free(blocks);
    assert_int_equal(b->reply.scsi_status, 0);
    assert_int_equal(oi_file_read_all(b->disc, 1 << 16, &kept[0], &size[0]), OI_OK);
    assert_good(burn(b, FROM + BLOCKS, FROM + BLOCKS + 26, 3, true));
    assert_int_equal(oi_file_read_all(b->disc, 1 << 16, &kept[1], &size[1]), OI_OK);
    bench_close(b);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(oi_file_replace(b->disc, kept[i], size[i]), OI_OK);
        free(kept[i]);
        bench_open(b);
        assert_sense(cd_write(b, 0, 1, 2048, 1), 0x037203);
        assert_good(bench_sync(b));
        bench_open(b);
        assert_good(cd_info(b));
        assert_int_equal(b->data[2], 0x09);
        assert_int_equal(b->data[6], i + 1);
        bench_close(b);
    }
    bench_open(b);
    assert_good(bench_close_track(b, 2, 0));
    assert_good(bench_read(b, 65, 1));
    assert_int_equal(b->data[0], 0x6b);
}

static void raw_needs_a_raw_block_type_and_a_blank_session(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "cd-r");
    assert_good(cd_parameters(b, RAW_WRITE, 0, 0));
    assert_sense(cd_write(b, LEAD_IN_START, 1, RAW, 0), 0x056400);
    assert_good(cd_parameters(b, TAO, 0, 0));
    assert_good(cd_write(b, 0, 300, RAW, 0));
    assert_good(bench_sync(b));
    assert_good(cd_parameters(b, RAW_WRITE, 0, 3));
    assert_sense(cd_write(b, LEAD_IN_START, 1, RAW + SUB, 0), 0x052c00);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_raw_disc_gets_its_tracks_from_its_lead_in),
        TEST(a_lead_in_may_begin_at_minute_95),
        TEST(data_that_was_not_scrambled_is_understood),
        TEST(a_session_without_its_lead_out_is_not_complete),
        TEST(a_lead_in_that_tells_no_tracks_is_refused),
        TEST(a_write_over_the_end_of_the_lead_in_survives_the_drive),
        TEST(raw_needs_a_raw_block_type_and_a_blank_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
