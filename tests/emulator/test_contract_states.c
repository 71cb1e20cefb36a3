/* What READ DISC INFORMATION, READ TRACK INFORMATION and READ CAPACITY tell of each disc as it is
 * filled, and where the next session begins. */
#include "contract.h"

#include <string.h>
#include "catalog.h"
#include "sequence.h"

enum { EMPTY = 0, INCOMPLETE = 1, COMPLETE = 3 };         /* last session */
enum { BLANK = 0, APPENDABLE = 1, FINAL = 2, OTHER = 3 }; /* disc */

/* gap: sectors from the end of the first closed session to the next address. */
static const struct in_order {
    const char *medium;
    uint32_t sectors, gap, packet_size;
    uint32_t run_out; /* of a track, behind what was written */
    uint32_t pregap;  /* of the next track in the session */
    bool erasable, least_gap;
} in_order[] = {
    {"cd-r", 359845, 11400, 0, 2, 150, false, false},
    {"cd-r-74", 332850, 11400, 0, 2, 150, false, false},
    {"cd-rw", 359845, 11400, 0, 2, 150, true, false},
    {"cd-rw-74", 332850, 11400, 0, 2, 150, true, false},
    {"dvd-r", 2298496, 14336, 16, 0, 0, false, true},
    {"dvd-r-dl", 4171712, 14336, 16, 0, 0, false, true},
    {"dvd-rw", 2298496, 14336, 16, 0, 0, true, true},
    {"dvd+r", 2295104, 1024, 16, 0, 0, false, true},
    {"dvd+r-dl", 4173824, 1024, 16, 0, 0, false, true},
    {"bd-r", 12219392, 0, 32, 0, 0, false, true},
    {"bd-r-dl", 24438784, 0, 32, 0, 0, false, true},
    {"bd-r-tl", 48878592, 0, 32, 0, 0, false, true},
    {"bd-r-ql", 62500864, 0, 32, 0, 0, false, true},
};
enum { IN_ORDER = sizeof(in_order) / sizeof(in_order[0]), WRITTEN = 320 };

static bool is_cd(const struct in_order *row)
{
    return row->medium[0] == 'c';
}

static void assert_disc(struct bench *b, uint8_t status, uint8_t last_session, uint32_t sessions,
                        uint32_t first, uint32_t last)
{
    struct disc_now disc = sequence_disc(b);

    assert_int_equal(disc.status, status);
    assert_int_equal(disc.last_session, last_session);
    assert_int_equal(disc.sessions, sessions);
    assert_int_equal(disc.first_track, first);
    assert_int_equal(disc.last_track, last);
    assert_int_equal(b->data[3], 1);
    assert_int_equal(b->data[2] & 0xe0, 0);
}

static void a_blank_disc_has_one_empty_session_and_one_invisible_track(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < IN_ORDER; i++) {
        const struct in_order *row = &in_order[i];
        struct track_now track;

        contract_insert(b, row->medium);
        assert_disc(b, BLANK, EMPTY, 1, 1, 1);
        assert_int_equal((b->data[2] & 0x10) != 0, row->erasable);
        assert_int_equal(b->data[7] & 0x03, 0);
        track = sequence_track(b, 1);
        assert_int_equal(track.number, 1);
        assert_int_equal(track.session, 1);
        assert_true(track.blank && track.next_valid && !track.last_valid);
        assert_false(track.reserved || track.damaged);
        assert_int_equal(track.start, 0);
        assert_int_equal(track.next, 0);
        assert_int_equal(track.packet_size, row->packet_size);
        assert_int_equal(track.size, row->sectors);
        assert_int_equal(track.free, row->sectors - row->run_out);
        if (is_cd(row))
            assert_int_equal(field16(b->data) + 2, b->reply.moved);
        assert_sense(bench_read(b, 0, 1), BLANK_CHECK);
        assert_sense(bench_get(b, 12, 0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0), INVALID_FIELD);
    }
}

static void what_is_begun_is_appendable_and_its_session_incomplete(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < IN_ORDER; i++) {
        const struct in_order *row = &in_order[i];
        struct track_now track;

        contract_bring_to(b, row->medium, BEGUN);
        /* A CD's track at once ends with SYNCHRONIZE CACHE. */
        assert_disc(b, APPENDABLE, INCOMPLETE, 1, 1, is_cd(row) ? 2 : 1);
        track = sequence_track(b, 1);
        if (is_cd(row)) {
            assert_false(track.next_valid);
            continue;
        }
        assert_false(track.blank);
        assert_int_equal(track.next, WRITTEN);
        assert_int_equal(track.free, row->sectors - WRITTEN - row->run_out);
        assert_true(track.last_valid);
        assert_int_equal(track.last, WRITTEN - 1);
    }
}

static void a_closed_track_is_followed_by_an_invisible_one_in_the_same_session(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < IN_ORDER; i++) {
        const struct in_order *row = &in_order[i];
        const uint32_t end = WRITTEN + row->run_out;
        struct track_now track;

        contract_bring_to(b, row->medium, BEGUN);
        assert_good(bench_close_track(b, 1, 1));
        assert_disc(b, APPENDABLE, INCOMPLETE, 1, 1, 2);
        track = sequence_track(b, 1);
        assert_false(track.blank || track.next_valid);
        assert_int_equal(track.size, end);
        assert_int_equal(track.free, 0);
        assert_int_equal(track.last, WRITTEN - 1);
        track = sequence_track(b, 2);
        assert_true(track.blank && track.next_valid);
        assert_int_equal(track.session, 1);
        assert_int_equal(track.start, end + row->pregap);
        assert_int_equal(track.next, end + row->pregap);
        assert_int_equal(track.free, row->sectors - end - row->pregap - row->run_out);
        assert_int_equal(bench_next(b, b->emu), end + row->pregap);
        assert_int_equal(b->data[2], 2);
    }
}

static void the_next_session_begins_behind_the_overhead_of_the_disc(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < IN_ORDER; i++) {
        const struct in_order *row = &in_order[i];
        const uint32_t least = WRITTEN + row->run_out + row->gap;
        struct track_now track;

        contract_bring_to(b, row->medium, SESSION_CLOSED);
        assert_disc(b, APPENDABLE, EMPTY, 2, 2, 2);
        track = sequence_track(b, 2);
        assert_true(track.blank && track.next_valid);
        assert_int_equal(track.session, 2);
        assert_int_equal(track.next, track.start);
        if (row->least_gap)
            assert_in_range(track.next, least, least + 49152);
        else
            assert_int_equal(track.next, least);
        if (row->packet_size)
            assert_int_equal(track.next % row->packet_size, 0);
        assert_int_equal(track.free + track.next, row->sectors - row->run_out);
        if (!is_cd(row))
            assert_holds(b, 0, 32, 0x21);
    }
}

static void later_cd_sessions_cost_6900_sectors(void **state)
{
    struct bench *b = *state;
    uint32_t next;

    contract_bring_to(b, "cd-r", SESSION_CLOSED);
    for (uint8_t track = 2; track < 6; track++) {
        next = bench_next(b, b->emu);
        assert_good(contract_parameters(b, 1, 0xc4, 8));
        for (uint32_t i = 0; i < 320; i += 32)
            assert_good(bench_write(b, next + i, 32, track));
        assert_good(bench_sync(b));
        assert_good(bench_close_track(b, 2, track));
        assert_disc(b, APPENDABLE, EMPTY, track + 1u, track + 1u, track + 1u);
        assert_int_equal(bench_next(b, b->emu), next + 320 + 2 + 6900);
    }
}

static void a_finalised_disc_has_no_next_address_and_takes_nothing(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < IN_ORDER; i++) {
        contract_bring_to(b, in_order[i].medium, FINALISED);
        assert_disc(b, FINAL, COMPLETE, 1, 1, 1);
        assert_false(sequence_track(b, 1).next_valid);
        assert_int_equal(bench_next(b, b->emu), UINT32_MAX);
        assert_int_equal(bench_capacity(b), WRITTEN + in_order[i].run_out);
        assert_int_not_equal(bench_write(b, WRITTEN, 32, 1), 0);
        assert_int_not_equal(bench_write(b, 0, 32, 1), 0);
        assert_holds(b, 0, 32, 0x21);
    }
}

static void blanking_makes_a_rewritable_disc_new(void **state)
{
    static const char *const media[] = {"cd-rw", "cd-rw-74", "dvd-rw"};
    struct bench *b = *state;

    for (int i = 0; i < 3; i++)
        for (uint8_t type = 0; type <= 1; type++) {
            contract_bring_to(b, media[i], FINALISED);
            assert_good(sequence_blank(b, type));
            assert_disc(b, BLANK, EMPTY, 1, 1, 1);
            assert_int_equal(bench_next(b, b->emu), 0);
            assert_sense(bench_read(b, 0, 1), BLANK_CHECK);
        }
}

static void a_random_disc_has_the_capacity_it_was_formatted_to(void **state)
{
    static const struct {
        const char *medium;
        uint32_t blocks;
        uint8_t type;
        uint32_t parameter;
        uint32_t sectors;
    } formats[] = {
        {"dvd+rw", UINT32_MAX, 0x26 << 2, 0, 2295104},
        {"dvd+rw", 2295104, 0x26 << 2, 0, 2295104},
        {"dvd-ram", 2236704, 0, 0, 2236704},
        {"bd-re", 11826176, 0, 0, 11826176},
        {"bd-re", 11826176, 0x30 << 2, 0, 11826176},
        {"bd-re", 11564032, 0x30 << 2, 0, 11564032},
        {"bd-re", 12088320, 0x30 << 2, 0, 12088320},
        {"bd-re", 12219392, 0x31 << 2, 0, 12219392},
        {"bd-re-dl", 24438784, 0x31 << 2, 0, 24438784},
        {"dvd-rw", 2298496, 0x10 << 2, 16, 2298496},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct disc_now disc;

        contract_insert(b, formats[i].medium);
        assert_good(
            bench_format_as(b, 0, formats[i].blocks, formats[i].type, formats[i].parameter));
        assert_int_equal(bench_capacity(b), formats[i].sectors);
        disc = sequence_disc(b);
        assert_int_equal(disc.status, OTHER);
        assert_int_equal(disc.last_session, COMPLETE);
        assert_true(disc.erasable);
        assert_int_equal(sequence_track(b, 1).size, formats[i].sectors);
        assert_good(bench_write(b, formats[i].sectors - 32, 32, 7));
        assert_holds(b, formats[i].sectors - 32, 32, 7);
        assert_good(bench_write(b, 32, 32, 8));
        assert_sense(bench_write(b, formats[i].sectors - 16, 32, 7), OUT_OF_RANGE);
        assert_sense(bench_read(b, formats[i].sectors, 1), OUT_OF_RANGE);
    }
}

static void a_random_disc_that_was_never_formatted_can_be_neither_read_nor_written(void **state)
{
    static const char *const media[] = {"dvd+rw", "bd-re", "bd-re-dl"};
    struct bench *b = *state;

    for (int i = 0; i < 3; i++) {
        contract_insert(b, media[i]);
        assert_disc(b, BLANK, EMPTY, 1, 1, 1);
        assert_sense(bench_read(b, 0, 1), 0x033100);
        assert_int_not_equal(bench_write(b, 0, 32, 1), 0);
        assert_good(bench_get(b, 12, 0x23, 0, 0, 0, 0, 0, 0, 0, 12, 0));
        assert_int_equal(b->data[8] & 3, 1);
    }
}

static void pressed_discs_are_complete_and_refuse_to_be_written(void **state)
{
    static const char *const media[] = {"cd-rom", "dvd-rom", "bd-rom"};
    struct bench *b = *state;

    for (int i = 0; i < 3; i++) {
        contract_insert(b, media[i]);
        assert_disc(b, FINAL, COMPLETE, 1, 1, 1);
        assert_false(sequence_disc(b).erasable);
        assert_int_equal(bench_capacity(b), PRESSED_SECTORS);
        assert_holds(b, 0, 32, 0x11);
        assert_sense(bench_read(b, PRESSED_SECTORS, 1), OUT_OF_RANGE);
        assert_int_equal(bench_write(b, 0, 16, 1) & 0xffff00, CANNOT_WRITE_MEDIUM & 0xffff00);
    }
}

static void every_writable_disc_has_the_room_the_catalog_promises(void **state)
{
#define ROOM(name, words, sectors, speed) {name, sectors},
    static const struct {
        const char *medium;
        uint32_t sectors;
    } media[] = {OI_CATALOG_MEDIA(ROOM)};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        if (!media[i].sectors)
            continue;
        contract_insert(b, media[i].medium);
        assert_good(bench_get(b, 12, 0x23, 0, 0, 0, 0, 0, 0, 0, 12, 0));
        assert_int_equal(field32(b->data + 4), media[i].sectors);
        assert_int_equal(field32(b->data + 8) & 0xffffff, 2048);
        assert_int_equal(sequence_track(b, 1).size, media[i].sectors);
    }
}

static void a_track_is_found_by_address_and_session_too(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < IN_ORDER; i++) {
        uint32_t start;

        contract_bring_to(b, in_order[i].medium, SESSION_CLOSED);
        start = sequence_track(b, 2).start;
        assert_good(bench_get(b, 36, 0x52, 0, 0, 0, 0, 10, 0, 0, 36, 0));
        assert_int_equal(b->reply.moved, 36);
        assert_int_equal(b->data[2], 1);
        assert_good(bench_get(b, 36, 0x52, 0, (uint8_t)(start >> 24), (uint8_t)(start >> 16),
                              (uint8_t)(start >> 8), (uint8_t)start, 0, 0, 36, 0));
        assert_int_equal(b->data[2], 2);
        assert_good(bench_get(b, 36, 0x52, 2, 0, 0, 0, 1, 0, 0, 36, 0));
        assert_int_equal(b->data[2], 1);
        assert_good(bench_get(b, 36, 0x52, 2, 0, 0, 0, 2, 0, 0, 36, 0));
        assert_int_equal(b->data[2], 2);
        assert_sense(bench_get(b, 36, 0x52, 1, 0, 0, 0, 3, 0, 0, 36, 0), INVALID_FIELD);
        assert_sense(bench_get(b, 36, 0x52, 2, 0, 0, 0, 3, 0, 0, 36, 0), INVALID_FIELD);
        assert_sense(bench_get(b, 36, 0x52, 3, 0, 0, 0, 1, 0, 0, 36, 0), INVALID_FIELD);
    }
}

static void short_buffers_get_the_beginning(void **state)
{
    struct bench *b = *state;
    uint8_t whole[48];

    contract_bring_to(b, "dvd-r", BEGUN);
    for (int command = 0; command < 2; command++) {
        const uint8_t opcode = command ? 0x52 : 0x51, size = command ? 48 : 34;

        for (uint8_t want = size; want != UINT8_MAX; want--) {
            memset(b->data, 0xee, 64);
            assert_good(bench_get(b, want, opcode, (uint8_t)command, 0, 0, 0, (uint8_t)command, 0,
                                  0, want, 0));
            assert_int_equal(b->reply.moved, want);
            if (want == size)
                memcpy(whole, b->data, size);
            assert_memory_equal(b->data, whole, want);
            assert_int_equal(b->data[want], 0xee);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_blank_disc_has_one_empty_session_and_one_invisible_track),
        TEST(what_is_begun_is_appendable_and_its_session_incomplete),
        TEST(a_closed_track_is_followed_by_an_invisible_one_in_the_same_session),
        TEST(the_next_session_begins_behind_the_overhead_of_the_disc),
        TEST(later_cd_sessions_cost_6900_sectors),
        TEST(a_finalised_disc_has_no_next_address_and_takes_nothing),
        TEST(blanking_makes_a_rewritable_disc_new),
        TEST(a_random_disc_has_the_capacity_it_was_formatted_to),
        TEST(a_random_disc_that_was_never_formatted_can_be_neither_read_nor_written),
        TEST(pressed_discs_are_complete_and_refuse_to_be_written),
        TEST(every_writable_disc_has_the_room_the_catalog_promises),
        TEST(a_track_is_found_by_address_and_session_too),
        TEST(short_buffers_get_the_beginning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
