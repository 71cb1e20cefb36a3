#include "cmocka_env.h"
#include "disc_info.h"

/* clang-format off */
static const uint8_t inquiry[36] = {
    0x05, 0x80, 0x05, 0x32, 31, 0, 0, 0,
    'O', 'P', 'T', 'I', ' ', ' ', ' ', ' ',
    'D', 'V', 'D', ' ', 'W', 'R', 'I', 'T', 'E', 'R', 0x01, 'X', ' ', ' ', ' ', ' ',
    '1', '.', '0', '2',
};

static const uint8_t disc[34] = {
    0x00, 0x20, 0x1d, 0x01, 0x02, 0x03, 0x04, 0x87,      /* erasable, last session 3, disc 1 */
    0x20, 0x05, 0x06, 0x07, 0xde, 0xad, 0xbe, 0xef,      /* MSBs of the three counts, disc id */
    0x00, 0x4f, 0x20, 0x10, 0x00, 0x4f, 0x3b, 0x47,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static const uint8_t track[48] = {
    0x00, 0x2e, 0x02, 0x03, 0x00, 0x35, 0xf1, 0x03,      /* damaged, copy, mode 5; all bits, mode 1 */
    0xff, 0xff, 0xff, 0x6a, 0x00, 0x00, 0x20, 0x00,      /* start -150, next 8192 */
    0x00, 0x22, 0xf0, 0x10, 0x00, 0x00, 0x00, 0x10,
    0x00, 0x23, 0x12, 0x20, 0x00, 0x00, 0x1f, 0xff,
    0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static const uint8_t formats[] = {
    0, 0, 0, 24,
    0x00, 0x23, 0x05, 0x40, 0x02, 0x00, 0x08, 0x00,
    0x00, 0x23, 0x05, 0x40, 0x26 << 2, 0x00, 0x00, 0x01,
    0x00, 0xb0, 0x73, 0xc0, 0x30 << 2 | 3, 0x01, 0x02, 0x03,
};

static const uint8_t buffer[12] = { 0, 10, 0, 0, 0x00, 0x20, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00 };
/* clang-format on */

static void inquiry_gives_type_and_texts_without_their_padding(void **state)
{
    struct oi_inquiry answer;

    (void)state;
    assert_true(oi_inquiry_parse(inquiry, sizeof inquiry, &answer));
    assert_int_equal(answer.device_type, 5);
    assert_true(answer.removable);
    assert_int_equal(answer.version, 5);
    assert_string_equal(answer.vendor, "OPTI");
    assert_string_equal(answer.product, "DVD WRITER X"); /* the byte 01h is no text */
    assert_string_equal(answer.revision, "1.02");
}

static void a_short_inquiry_has_short_texts(void **state)
{
    (void)state;
    for (size_t len = 0; len <= sizeof inquiry; len++) {
        uint8_t *data = exact_copy(inquiry, len);
        struct oi_inquiry answer;

        assert_int_equal(oi_inquiry_parse(data, len, &answer), len >= 5);
        free_copy(data, len);
        assert_int_equal(strlen(answer.vendor), len < 8 ? 0 : len < 12 ? len - 8 : 4);
        assert_int_equal(strlen(answer.revision), len < 32 ? 0 : len - 32);
    }
}

static void an_inquiry_ends_where_the_drive_says(void **state)
{
    uint8_t bytes[36];
    struct oi_inquiry answer;

    (void)state;
    memcpy(bytes, inquiry, sizeof bytes);
    bytes[4] = 11; /* up to and with byte 15 */
    assert_true(oi_inquiry_parse(bytes, sizeof bytes, &answer));
    assert_string_equal(answer.vendor, "OPTI");
    assert_string_equal(answer.product, "");
    bytes[4] = 255;
    assert_true(oi_inquiry_parse(bytes, sizeof bytes, &answer));
    assert_string_equal(answer.revision, "1.02");
}

static void capacity_is_the_last_address_and_the_block_size(void **state)
{
    static const uint8_t bytes[8] = {0x00, 0x23, 0x05, 0x3f, 0, 0, 0x08, 0};
    struct oi_capacity answer;

    (void)state;
    assert_true(oi_capacity_parse(bytes, sizeof bytes, &answer));
    assert_int_equal(answer.last_lba, 2295103);
    assert_int_equal(answer.block_bytes, 2048);
    for (size_t len = 0; len < sizeof bytes; len++) {
        uint8_t *data = exact_copy(bytes, len);

        assert_false(oi_capacity_parse(data, len, &answer));
        assert_int_equal(answer.last_lba, 0);
        free_copy(data, len);
    }
}

static void disc_information_gives_each_field_from_its_place(void **state)
{
    struct oi_disc_information answer;

    (void)state;
    assert_true(oi_disc_information_parse(disc, sizeof disc, &answer));
    assert_int_equal(answer.bytes, 34);
    assert_true(answer.erasable);
    assert_int_equal(answer.last_session_state, OI_SESSION_COMPLETE);
    assert_int_equal(answer.status, OI_DISC_APPENDABLE);
    assert_int_equal(answer.first_track, 1);
    assert_int_equal(answer.sessions, 0x0502);
    assert_int_equal(answer.first_track_of_last_session, 0x0603);
    assert_int_equal(answer.last_track_of_last_session, 0x0704);
    assert_true(answer.dirty);
    assert_int_equal(answer.background_format, OI_BACKGROUND_COMPLETE);
    assert_int_equal(answer.disc_type, 0x20);
    assert_true(answer.disc_id_valid);
    assert_int_equal(answer.disc_id, 0xdeadbeef);
    assert_int_equal(answer.last_lead_in, 0x004f2010);
    assert_int_equal(answer.last_possible_lead_out, 0x004f3b47);
}

static void disc_information_cut_short_anywhere_gives_what_is_there(void **state)
{
    (void)state;
    for (size_t len = 0; len <= sizeof disc; len++) {
        uint8_t *data = exact_copy(disc, len);
        struct oi_disc_information answer;

        assert_int_equal(oi_disc_information_parse(data, len, &answer), len >= 12);
        free_copy(data, len);
        assert_int_equal(answer.bytes, len >= 12 ? len : 0);
        assert_int_equal(answer.sessions, len >= 12 ? 0x0502 : 0);
        assert_int_equal(answer.disc_id_valid, len >= 16);
        assert_int_equal(answer.last_lead_in, len >= 20 ? 0x004f2010 : 0);
        assert_int_equal(answer.last_possible_lead_out, len >= 24 ? 0x004f3b47 : 0);
    }
}

static void the_length_field_of_disc_information_can_only_shorten_it(void **state)
{
    uint8_t bytes[sizeof disc];
    struct oi_disc_information answer;

    (void)state;
    memcpy(bytes, disc, sizeof bytes);
    bytes[0] = 0xff;
    assert_true(oi_disc_information_parse(bytes, sizeof bytes, &answer));
    assert_int_equal(answer.bytes, sizeof bytes);
    bytes[0] = 0;
    bytes[1] = 10;
    assert_true(oi_disc_information_parse(bytes, sizeof bytes, &answer));
    assert_int_equal(answer.bytes, 12);
    assert_false(answer.disc_id_valid);
    bytes[1] = 9;
    assert_false(oi_disc_information_parse(bytes, sizeof bytes, &answer));
}

static void other_types_of_disc_information_are_refused(void **state)
{
    uint8_t bytes[sizeof disc];
    struct oi_disc_information answer;

    (void)state;
    memcpy(bytes, disc, sizeof bytes);
    bytes[2] |= 1 << 5;
    assert_false(oi_disc_information_parse(bytes, sizeof bytes, &answer));
}

static void track_information_gives_each_field_from_its_place(void **state)
{
    struct oi_track_information answer;

    (void)state;
    assert_true(oi_track_information_parse(track, sizeof track, &answer));
    assert_int_equal(answer.bytes, 48);
    assert_int_equal(answer.track, 0x0102);
    assert_int_equal(answer.session, 0x0103);
    assert_true(answer.damaged);
    assert_true(answer.copy);
    assert_int_equal(answer.track_mode, 5);
    assert_true(answer.reserved);
    assert_true(answer.blank);
    assert_true(answer.packet);
    assert_true(answer.fixed_packet);
    assert_int_equal(answer.data_mode, 1);
    assert_int_equal(answer.start_lba, -150);
    assert_true(answer.next_writable_valid);
    assert_int_equal(answer.next_writable_lba, 8192);
    assert_int_equal(answer.free_blocks, 0x22f010);
    assert_int_equal(answer.packet_blocks, 16);
    assert_int_equal(answer.blocks, 0x231220);
    assert_true(answer.last_recorded_valid);
    assert_int_equal(answer.last_recorded_lba, 8191);
}

static void addresses_that_are_not_valid_read_as_zero(void **state)
{
    uint8_t bytes[sizeof track];
    struct oi_track_information answer;

    (void)state;
    memcpy(bytes, track, sizeof bytes);
    bytes[7] = 0x02;
    assert_true(oi_track_information_parse(bytes, sizeof bytes, &answer));
    assert_false(answer.next_writable_valid);
    assert_int_equal(answer.next_writable_lba, 0);
    assert_true(answer.last_recorded_valid);
    bytes[7] = 0x01;
    assert_true(oi_track_information_parse(bytes, sizeof bytes, &answer));
    assert_true(answer.next_writable_valid);
    assert_false(answer.last_recorded_valid);
    assert_int_equal(answer.last_recorded_lba, 0);
}

static void each_flag_of_a_track_is_told_by_its_own_bit(void **state)
{
    (void)state;
    for (int bit = 4; bit < 8; bit++) {
        uint8_t bytes[sizeof track];
        struct oi_track_information answer;

        memcpy(bytes, track, sizeof bytes);
        bytes[6] = (uint8_t)(1 << bit);
        assert_true(oi_track_information_parse(bytes, sizeof bytes, &answer));
        assert_int_equal(answer.reserved, bit == 7);
        assert_int_equal(answer.blank, bit == 6);
        assert_int_equal(answer.packet, bit == 5);
        assert_int_equal(answer.fixed_packet, bit == 4);
    }
}

static void track_information_cut_short_anywhere_gives_what_is_there(void **state)
{
    (void)state;
    for (size_t len = 0; len <= sizeof track; len++) {
        uint8_t *data = exact_copy(track, len);
        struct oi_track_information answer;

        assert_int_equal(oi_track_information_parse(data, len, &answer), len >= 28);
        free_copy(data, len);
        assert_int_equal(answer.bytes, len >= 28 ? len : 0);
        assert_int_equal(answer.last_recorded_valid, len >= 32);
        assert_int_equal(answer.track, len < 28 ? 0 : len < 34 ? 0x02 : 0x0102);
    }
}

static void format_capacities_give_the_current_one_and_the_list(void **state)
{
    struct oi_format_capacities answer;
    struct oi_format_capacity entry;

    (void)state;
    assert_true(oi_format_capacities_parse(formats, sizeof formats, &answer));
    assert_int_equal(answer.blocks, 2295104);
    assert_int_equal(answer.state, OI_CAPACITY_FORMATTED);
    assert_int_equal(answer.block_bytes, 2048);
    assert_int_equal(answer.count, 2);
    entry = oi_format_capacity_at(&answer, 0);
    assert_int_equal(entry.blocks, 2295104);
    assert_int_equal(entry.type, 0x26);
    assert_int_equal(entry.subtype, 0);
    assert_int_equal(entry.parameter, 1);
    entry = oi_format_capacity_at(&answer, 1);
    assert_int_equal(entry.blocks, 0xb073c0);
    assert_int_equal(entry.type, 0x30);
    assert_int_equal(entry.subtype, 3);
    assert_int_equal(entry.parameter, 0x010203);
}

static void format_capacities_cut_short_list_whole_descriptors_only(void **state)
{
    (void)state;
    for (size_t len = 0; len <= sizeof formats; len++) {
        uint8_t bytes[sizeof formats];
        struct oi_format_capacities answer;
        uint8_t *data;

        memcpy(bytes, formats, sizeof bytes);
        bytes[3] = 0xff; /* whatever the drive claims */
        data = exact_copy(bytes, len);
        assert_int_equal(oi_format_capacities_parse(data, len, &answer), len >= 12);
        assert_int_equal(answer.count, len < 12 ? 0 : (len - 12) / 8);
        for (size_t i = 0; i < answer.count; i++)
            assert_true(oi_format_capacity_at(&answer, i).blocks > 0);
        free_copy(data, len);
    }
}

static void the_format_capacity_list_ends_where_the_drive_says(void **state)
{
    uint8_t bytes[sizeof formats];
    struct oi_format_capacities answer;

    (void)state;
    memcpy(bytes, formats, sizeof bytes);
    bytes[3] = 16;
    assert_true(oi_format_capacities_parse(bytes, sizeof bytes, &answer));
    assert_int_equal(answer.count, 1);
    bytes[3] = 7;
    assert_false(oi_format_capacities_parse(bytes, sizeof bytes, &answer));
}

static void buffer_capacity_is_told_in_bytes(void **state)
{
    struct oi_buffer_capacity answer;
    uint8_t bytes[sizeof buffer];

    (void)state;
    assert_true(oi_buffer_capacity_parse(buffer, sizeof buffer, &answer));
    assert_int_equal(answer.total_bytes, 2 << 20);
    assert_int_equal(answer.free_bytes, 65536);

    memcpy(bytes, buffer, sizeof bytes);
    bytes[3] = 1; /* in blocks */
    bytes[9] = 0;
    bytes[11] = 3;
    assert_true(oi_buffer_capacity_parse(bytes, sizeof bytes, &answer));
    assert_int_equal(answer.total_bytes, 0);
    assert_int_equal(answer.free_bytes, 3 * 2048);
    memset(&bytes[8], 0xff, 4);
    assert_true(oi_buffer_capacity_parse(bytes, sizeof bytes, &answer));
    assert_int_equal(answer.free_bytes, UINT32_MAX);

    for (size_t len = 0; len < sizeof buffer; len++) {
        uint8_t *data = exact_copy(buffer, len);

        assert_false(oi_buffer_capacity_parse(data, len, &answer));
        free_copy(data, len);
    }
}

static void a_count_shortens_a_reply_and_never_lengthens_it(void **state)
{
    static const uint8_t reply[] = {0x00, 0x04, 1, 2, 3, 4, 5, 6}, much[] = {0xff, 0xff, 1};

    (void)state;
    assert_int_equal(oi_counted_bytes(reply, sizeof reply), 6);
    assert_int_equal(oi_counted_bytes(reply, 5), 5);
    assert_int_equal(oi_counted_bytes(much, sizeof much), 3);
    assert_int_equal(oi_counted_bytes(reply, 1), 0);
    assert_int_equal(oi_counted_bytes(NULL, 0), 0);
}

static void a_disc_of_a_drive_without_profiles_is_a_cd(void **state)
{
    (void)state;
    assert_int_equal(oi_disc_profile(&(struct oi_disc_information){.status = OI_DISC_EMPTY}), 9);
    assert_int_equal(oi_disc_profile(&(struct oi_disc_information){.status = OI_DISC_APPENDABLE}),
                     9);
    assert_int_equal(oi_disc_profile(&(struct oi_disc_information){.status = OI_DISC_COMPLETE}), 8);
    assert_int_equal(oi_disc_profile(&(struct oi_disc_information){.status = OI_DISC_COMPLETE,
                                                                   .erasable = true}),
                     10);
    assert_int_equal(
        oi_disc_profile(&(struct oi_disc_information){.status = OI_DISC_RANDOM, .erasable = true}),
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inquiry_gives_type_and_texts_without_their_padding),
        cmocka_unit_test(a_short_inquiry_has_short_texts),
        cmocka_unit_test(an_inquiry_ends_where_the_drive_says),
        cmocka_unit_test(capacity_is_the_last_address_and_the_block_size),
        cmocka_unit_test(disc_information_gives_each_field_from_its_place),
        cmocka_unit_test(disc_information_cut_short_anywhere_gives_what_is_there),
        cmocka_unit_test(the_length_field_of_disc_information_can_only_shorten_it),
        cmocka_unit_test(other_types_of_disc_information_are_refused),
        cmocka_unit_test(track_information_gives_each_field_from_its_place),
        cmocka_unit_test(addresses_that_are_not_valid_read_as_zero),
        cmocka_unit_test(each_flag_of_a_track_is_told_by_its_own_bit),
        cmocka_unit_test(track_information_cut_short_anywhere_gives_what_is_there),
        cmocka_unit_test(format_capacities_give_the_current_one_and_the_list),
        cmocka_unit_test(format_capacities_cut_short_list_whole_descriptors_only),
        cmocka_unit_test(the_format_capacity_list_ends_where_the_drive_says),
        cmocka_unit_test(buffer_capacity_is_told_in_bytes),
        cmocka_unit_test(a_count_shortens_a_reply_and_never_lengthens_it),
        cmocka_unit_test(a_disc_of_a_drive_without_profiles_is_a_cd),
    };

    return cmocka_run_group_tests_name("disc information", tests, NULL, NULL);
}
