/* What a drive must refuse, with which disc, and with exactly which sense. */
#include "contract.h"

#include <string.h>
#include "catalog.h"
#include "sequence.h"

enum { REMOVAL_PREVENTED = 0x055302 };

struct refused {
    const char *medium;
    uint8_t cdb[12], cdb_len;
    enum oi_emu_direction direction;
    uint32_t size;
    uint32_t sense;
};
/* clang-format off */
#define NO(...)         {__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__}), OI_EMU_NO_DATA, 0
#define IN(size, ...)   {__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__}), OI_EMU_DATA_IN, size
#define OUT(size, ...)  {__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__}), OI_EMU_DATA_OUT, size

/* b->data is all zero. */
static const struct refused refusals[] = {
    /* reserved values in a CDB */
    {"dvd+r",   IN(8, 0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8, 0), INVALID_FIELD},       /* not polled */
    {"dvd+r",   IN(60, 0x5a, 0, 0x3e, 0, 0, 0, 0, 0, 60, 0), INVALID_FIELD},     /* no such page */
    {"dvd+r",   IN(60, 0x5a, 0, 0x02, 0, 0, 0, 0, 0, 60, 0), INVALID_FIELD},
    {"cd-r",    IN(12, 0x43, 0, 6, 0, 0, 0, 0, 0, 12, 0), INVALID_FIELD},
    {"cd-r",    IN(12, 0x43, 0, 15, 0, 0, 0, 0, 0, 12, 0), INVALID_FIELD},
    {"dvd+r",   IN(34, 0x51, 7, 0, 0, 0, 0, 0, 0, 34, 0), INVALID_FIELD},
    {"dvd+r",   IN(36, 0x52, 1, 0, 0, 0, 99, 0, 0, 36, 0), INVALID_FIELD},
    {"dvd+r",   NO(0x5b, 0, 7, 0, 0, 1, 0, 0, 0, 0), INVALID_FIELD},
    {"dvd-rw",  NO(0xa1, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), INVALID_FIELD},
    {"dvd+r",   IN(64, 0xad, 0, 0, 0, 0, 0, 0, 0x7f, 0, 64, 0, 0), INVALID_FIELD},
    {"dvd+r",   IN(64, 0xad, 2, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0), INVALID_FIELD},
    {"dvd+r",   IN(36, 0x12, 0, 0x7f, 0, 36, 0), INVALID_FIELD},                 /* page, no EVPD */
    {"dvd+r",   IN(36, 0x12, 1, 0x7f, 0, 36, 0), INVALID_FIELD},
    /* transfers that are not what the CDB says */
    {"bd-re",   OUT(2048, 0x2a, 0, 0, 0, 0, 0, 0, 0, 2, 0), INVALID_FIELD},
    {"bd-r",    OUT(4096, 0xaa, 8, 0, 0, 0, 0, 0, 0, 0, 2, 0x80, 0), INVALID_FIELD}, /* FUA, streaming */
    /* operations that no drive of this kind knows */
    {"dvd+r",   NO(0xd0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), INVALID_OPCODE},
    {"dvd+r",   NO(0x01, 0, 0, 0, 0, 0), INVALID_OPCODE},
    {"dvd+r",   IN(8, 0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8), INVALID_OPCODE},
    /* what the disc can't have done to it */
    {"cd-r",    NO(0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"dvd-r",   NO(0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"dvd+r",   NO(0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"dvd+rw",  NO(0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"dvd-ram", NO(0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"bd-r",    NO(0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"bd-re",   NO(0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"cd-rom",  NO(0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"cd-rom",  OUT(2048, 0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0), CANNOT_WRITE_MEDIUM},
    {"dvd-rom", OUT(2048, 0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0), CANNOT_WRITE_MEDIUM},
    {"bd-rom",  OUT(2048, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0), CANNOT_WRITE_MEDIUM},
    {"bd-rom",  NO(0x5b, 0, 2, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"dvd-rom", NO(0x53, 0, 0, 0, 0, 0, 0, 0, 16, 0), CANNOT_WRITE_MEDIUM},
    {"dvd-ram", NO(0x53, 0, 0, 0, 0, 0, 0, 0, 16, 0), CANNOT_WRITE_MEDIUM},
    {"bd-re",   NO(0x5b, 0, 2, 0, 0, 0, 0, 0, 0, 0), CANNOT_WRITE_MEDIUM},
    {"dvd+r",   OUT(8, 0x5d, 0, 0, 0, 0, 0, 0, 0, 8, 0), CANNOT_WRITE_MEDIUM},   /* cue sheet */
    /* beyond the end, and where nothing is */
    {"dvd+r",   OUT(2048, 0x2a, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 1, 0), OUT_OF_RANGE},
    {"bd-r",    OUT(2048, 0x2a, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0), OUT_OF_RANGE},
    {"dvd-ram", OUT(2048, 0x2a, 0, 0, 0x22, 0x21, 0x20, 0, 0, 1, 0), OUT_OF_RANGE},
    {"dvd-ram", IN(2048, 0x28, 0, 0, 0x22, 0x21, 0x20, 0, 0, 1, 0), OUT_OF_RANGE},
    {"dvd-ram", NO(0x2f, 0, 0, 0x22, 0x21, 0x20, 0, 0, 1, 0), OUT_OF_RANGE},
    {"dvd-rom", IN(2048, 0xa8, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0), OUT_OF_RANGE},
    {"bd-r",    IN(2048, 0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0), BLANK_CHECK},
    /* a blank disc at an address that is not the first */
    {"dvd-r",   OUT(32768, 0x2a, 0, 0, 0, 0, 32, 0, 0, 16, 0), NOT_THE_NEXT_ADDRESS},
    {"dvd-r-dl", OUT(32768, 0x2a, 0, 0, 0, 0, 32, 0, 0, 16, 0), NOT_THE_NEXT_ADDRESS},
    {"dvd-rw",  OUT(32768, 0x2a, 0, 0, 0, 0, 32, 0, 0, 16, 0), NOT_THE_NEXT_ADDRESS},
    {"dvd+r",   OUT(32768, 0x2a, 0, 0, 0, 0, 32, 0, 0, 16, 0), NOT_THE_NEXT_ADDRESS},
    {"dvd+r-dl", OUT(32768, 0xaa, 0, 0, 0, 0, 32, 0, 0, 0, 16, 0, 0), NOT_THE_NEXT_ADDRESS},
    {"bd-r",    OUT(65536, 0x2a, 0, 0, 0, 0, 32, 0, 0, 32, 0), NOT_THE_NEXT_ADDRESS},
    {"bd-r-ql", OUT(65536, 0x2a, 0, 0, 0, 0, 32, 0, 0, 32, 0), NOT_THE_NEXT_ADDRESS},
    /* WRITE AND VERIFY is for what can be rewritten */
    {"cd-r",    OUT(2048, 0x2e, 0, 0, 0, 0, 0, 0, 0, 1, 0), CANNOT_WRITE_MEDIUM},
    {"dvd-r",   OUT(32768, 0x2e, 0, 0, 0, 0, 0, 0, 0, 16, 0), CANNOT_WRITE_MEDIUM},
};

/* Formats that other discs have. */
static const struct { const char *medium; uint8_t type; uint32_t sense; } formats[] = {
    {"cd-r", 0x00, CANNOT_FORMAT_MEDIUM},      {"dvd-r", 0x00, CANNOT_FORMAT_MEDIUM},
    {"dvd+r", 0x26 << 2, CANNOT_FORMAT_MEDIUM}, {"dvd+r-dl", 0x26 << 2, CANNOT_FORMAT_MEDIUM},
    {"cd-rom", 0x00, CANNOT_FORMAT_MEDIUM},    {"dvd-rom", 0x00, CANNOT_FORMAT_MEDIUM},
    {"bd-rom", 0x00, CANNOT_FORMAT_MEDIUM},
    {"dvd+rw", 0x15 << 2, INVALID_PARAMETER},  {"dvd+rw", 0x3f << 2, INVALID_PARAMETER},
    {"dvd-ram", 0x26 << 2, INVALID_PARAMETER}, {"bd-re", 0x26 << 2, INVALID_PARAMETER},
    {"dvd-rw", 0x26 << 2, INVALID_PARAMETER},  {"bd-r", 0x31 << 2, INVALID_PARAMETER},
};
/* clang-format on */

static uint32_t run(struct bench *b, const struct refused *row)
{
    memset(b->data, 0, sizeof(b->data));
    return bench_run_on(b, b->emu, row->cdb, row->cdb_len, row->direction, row->size);
}

static void what_a_drive_must_refuse_is_refused_with_the_sense_of_the_standard(void **state)
{
    struct bench *b = *state;
    uint32_t wrong = 0;

    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct refused *row = &refusals[i];
        uint32_t sense;

        contract_insert(b, row->medium);
        sense = run(b, row);
        if (sense != row->sense) {
            print_error("row %zu, %s, opcode %02x: %06x, not %06x\n", i, row->medium, row->cdb[0],
                        sense, row->sense);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void formats_of_other_discs_are_refused(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        uint32_t sense;

        contract_insert(b, formats[i].medium);
        sense = bench_format_as(b, 0, 0x1000, formats[i].type, 0);
        if (sense != formats[i].sense)
            fail_msg("%s, format %02x: %06x, not %06x", formats[i].medium, formats[i].type >> 2,
                     sense, formats[i].sense);
    }
}

static void without_a_disc_what_needs_one_answers_no_medium(void **state)
{
    static const struct refused need_one[] = {
        {"", NO(0x00, 0, 0, 0, 0, 0), 0},
        {"", IN(8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0},
        {"", IN(2048, 0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0), 0},
        {"", IN(2048, 0xa8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0), 0},
        {"", OUT(2048, 0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0), 0},
        {"", OUT(2048, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0), 0},
        {"", OUT(2048, 0x2e, 0, 0, 0, 0, 0, 0, 0, 1, 0), 0},
        {"", NO(0x2f, 0, 0, 0, 0, 0, 0, 0, 1, 0), 0},
        {"", NO(0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0},
        {"", NO(0x53, 0, 0, 0, 0, 0, 0, 0, 16, 0), 0},
        {"", NO(0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0), 0},
        {"", NO(0x5b, 0, 1, 0, 0, 1, 0, 0, 0, 0), 0},
        {"", NO(0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0},
        {"", OUT(12, 0x04, 0x11, 0, 0, 0, 0), 0},
        {"", IN(34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0), 0},
        {"", IN(36, 0x52, 1, 0, 0, 0, 1, 0, 0, 36, 0), 0},
        {"", IN(12, 0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0), 0},
        {"", IN(64, 0xad, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0), 0},
        {"", IN(2352, 0xbe, 0, 0, 0, 0, 0, 0, 0, 1, 0xf8, 0, 0), 0},
    };
    struct bench *b = *state;

    contract_insert(b, "none");
    for (size_t i = 0; i < sizeof(need_one) / sizeof(need_one[0]); i++) {
        uint32_t sense = run(b, &need_one[i]);

        if ((sense & 0xffff00) != NO_MEDIUM)
            fail_msg("opcode %02x answers %06x", need_one[i].cdb[0], sense);
    }
}

static void without_a_disc_what_asks_the_drive_is_answered(void **state)
{
    static const struct refused need_none[] = {
        {"", IN(36, 0x12, 0, 0, 0, 36, 0), 0},
        {"", IN(18, 0x03, 0, 0, 0, 18, 0), 0},
        {"", IN(64, 0x46, 0, 0, 0, 0, 0, 0, 0, 64, 0), 0},
        {"", IN(8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0), 0},
        {"", IN(128, 0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 128, 0), 0},
        {"", IN(12, 0x23, 0, 0, 0, 0, 0, 0, 0, 12, 0), 0},
        {"", IN(8, 0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0), 0},
        {"", NO(0x1e, 0, 0, 0, 1, 0), 0},
        {"", NO(0x1e, 0, 0, 0, 0, 0), 0},
    };
    struct bench *b = *state;

    contract_insert(b, "none");
    for (size_t i = 0; i < sizeof(need_none) / sizeof(need_none[0]); i++) {
        uint32_t sense = run(b, &need_none[i]);

        if (sense)
            fail_msg("opcode %02x answers %06x", need_none[i].cdb[0], sense);
    }
}

static void a_loaded_disc_is_announced_once_and_a_prevented_one_stays(void **state)
{
    struct bench *b = *state;

    contract_insert(b, "dvd+r");
    assert_good(bench_do(b, 0x1e, 0, 0, 0, 1, 0));
    assert_sense(bench_do(b, 0x1b, 0, 0, 0, 2, 0), REMOVAL_PREVENTED);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
    assert_good(bench_do(b, 0x1e, 0, 0, 0, 0, 0));
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 2, 0));
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), 0x023a02);
    assert_good(bench_do(b, 0x1b, 0, 0, 0, 3, 0));
    assert_good(bench_get(b, 36, 0x12, 0, 0, 0, 36, 0)); /* tells nothing, clears nothing */
    assert_sense(bench_do(b, 0, 0, 0, 0, 0, 0), NEW_MEDIUM);
    assert_good(bench_do(b, 0, 0, 0, 0, 0, 0));
}

/* Write parameters, then a WRITE at the next address. */
static void a_write_of_another_kind_than_the_page_tells_is_refused(void **state)
{
    struct bench *b = *state;

    contract_bring_to(b, "dvd-rw", FINALISED); /* minimally blanked: at once or not at all */
    assert_good(sequence_blank(b, 1));
    assert_int_equal(contract_parameters(b, PACKET, 0x25, 8) ? WRONG_TRACK_MODE
                                                             : bench_write(b, 0, 32, 1),
                     WRONG_TRACK_MODE);
    contract_insert(b, "cd-r");
    assert_good(contract_parameters(b, DISC_AT_ONCE, 0x04, 8));
    assert_sense(bench_write(b, 0, 32, 1), OUT_OF_SEQUENCE); /* no cue sheet */
    assert_good(contract_parameters(b, TRACK_AT_ONCE, 0x04, 8));
    assert_good(bench_write(b, 0, 32, 1));
    assert_sense(contract_parameters(b, PACKET, 0x05, 8), OUT_OF_SEQUENCE);
}

static void write_parameters_that_the_disc_does_not_offer_are_refused(void **state)
{
    static const struct {
        const char *medium;
        uint8_t type, mode, block_type;
        uint32_t sense;
    } wrong[] = {
        {"cd-r", 5, 4, 8, INVALID_PARAMETER},     {"cd-r", 15, 4, 8, INVALID_PARAMETER},
        {"cd-r", 1, 4, 4, INVALID_PARAMETER},     {"cd-r", 1, 4, 7, INVALID_PARAMETER},
        {"cd-r", 1, 4, 14, INVALID_PARAMETER},    {"cd-rw", 4, 4, 8, INVALID_PARAMETER},
        {"dvd-r", 1, 5, 8, INVALID_PARAMETER},    {"dvd-r", 3, 5, 8, INVALID_PARAMETER},
        {"dvd-r", 0, 0x25, 0, INVALID_PARAMETER}, {"dvd-rw", 2, 5, 9, INVALID_PARAMETER},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        uint32_t sense;

        contract_insert(b, wrong[i].medium);
        sense = contract_parameters(b, wrong[i].type, wrong[i].mode, wrong[i].block_type);
        if (sense != wrong[i].sense)
            fail_msg("%s, type %u, blocks %u: %06x", wrong[i].medium, wrong[i].type,
                     wrong[i].block_type, sense);
    }
}

static void a_reserved_track_takes_what_was_reserved_and_no_more(void **state)
{
    static const struct {
        const char *medium;
        uint32_t unit;
    } media[] = {{"dvd+r", 16}, {"dvd-r", 16}, {"dvd-rw", 16}, {"bd-r", 32}, {"dvd+r-dl", 16}};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        struct track_now track;

        contract_insert(b, media[i].medium);
        if (media[i].medium[3] == '-')
            assert_good(contract_parameters(b, PACKET, 0xe5, 8));
        assert_good(sequence_reserve(b, 64));
        track = sequence_track(b, 1);
        assert_true(track.reserved && track.blank && track.next_valid);
        assert_int_equal(track.size, 64);
        assert_int_equal(track.free, 64);
        assert_good(bench_write(b, 0, 32, 5));
        assert_int_equal(sequence_track(b, 1).next, 32);
        assert_sense(bench_write(b, 0, 32, 5), NOT_THE_NEXT_ADDRESS);
        assert_sense(bench_write(b, 32, 64, 5), END_OF_USER_AREA);
        assert_good(bench_write(b, 32, 32, 5));
        assert_int_equal(sequence_track(b, 1).free, 0);
        track = sequence_track(b, 2);
        assert_true(track.blank && track.start >= 64);
        assert_int_equal(track.start % media[i].unit, 0);
        assert_good(bench_write(b, track.start, 32, 6));
        assert_holds(b, 0, 64, 5);
        assert_holds(b, track.start, 32, 6);
    }
}

static void a_disc_that_is_full_takes_nothing_more(void **state)
{
    static const struct {
        const char *medium;
        uint32_t room;
    } media[] = {{"dvd+r", 2295104}, {"dvd-r", 2298496}, {"bd-r", 12219392}, {"dvd-rw", 2298496}};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        struct track_now track;

        contract_insert(b, media[i].medium);
        if (media[i].medium[3] == '-')
            assert_good(contract_parameters(b, PACKET, 0xe5, 8));
        assert_good(sequence_reserve(b, media[i].room - 65536));
        track = sequence_track(b, 2);
        assert_in_range(track.free, 1, 65536);
        assert_true(track.free % 16 == 0);
        for (uint32_t lba = track.start; lba < track.start + track.size - 32; lba += 32)
            assert_good(bench_write(b, lba, 32, 1));
        track = sequence_track(b, 2);
        assert_sense(bench_write(b, track.next, 64, 1), OUT_OF_RANGE); /* of the whole disc */
        assert_int_equal(sequence_track(b, 2).free, track.free);
        assert_good(bench_write(b, track.next, track.free, 1));
        assert_int_equal(sequence_track(b, 2).free, 0);
        assert_sense(bench_write(b, track.next, 16, 1), NOT_THE_NEXT_ADDRESS);
        assert_sense(bench_write(b, media[i].room, 16, 1), OUT_OF_RANGE);
        assert_good(bench_close_track(b, 1, 1)); /* now nothing else is left */
        assert_sense(bench_write(b, track.next, 16, 1), END_OF_USER_AREA);
        assert_sense(bench_write(b, media[i].room, 16, 1), END_OF_USER_AREA);
    }
}

static void a_reservation_that_is_too_large_or_too_late_is_refused(void **state)
{
    struct bench *b = *state;

    contract_insert(b, "dvd+r");
    assert_int_not_equal(sequence_reserve(b, 2295104 + 16), 0);
    assert_int_not_equal(sequence_reserve(b, 0), 0);
    assert_good(bench_write(b, 0, 32, 1));
    assert_sense(sequence_reserve(b, 64), OUT_OF_SEQUENCE);
}

static void a_session_with_an_empty_reserved_track_is_not_closed(void **state)
{
    struct bench *b = *state;

    contract_insert(b, "dvd-r");
    assert_good(contract_parameters(b, PACKET, 0xe5, 8));
    assert_good(sequence_reserve(b, 64));
    assert_sense(bench_close_track(b, 2, 0), 0x037204);
    assert_good(bench_write(b, 0, 32, 1));
    assert_good(bench_sync(b));
    assert_sense(bench_close_track(b, 2, 0), 0x037204); /* "empty or partially written" */
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_close_track(b, 2, 0));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_a_drive_must_refuse_is_refused_with_the_sense_of_the_standard),
        TEST(formats_of_other_discs_are_refused),
        TEST(without_a_disc_what_needs_one_answers_no_medium),
        TEST(without_a_disc_what_asks_the_drive_is_answered),
        TEST(a_loaded_disc_is_announced_once_and_a_prevented_one_stays),
        TEST(a_write_of_another_kind_than_the_page_tells_is_refused),
        TEST(write_parameters_that_the_disc_does_not_offer_are_refused),
        TEST(a_reserved_track_takes_what_was_reserved_and_no_more),
        TEST(a_disc_that_is_full_takes_nothing_more),
        TEST(a_reservation_that_is_too_large_or_too_late_is_refused),
        TEST(a_session_with_an_empty_reserved_track_is_not_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
