/* What the command-line tool makes of drives' replies, also of those that are too short or claim to
 * be longer than they are. Any bytes at all are the fuzzer's subject. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "replies.h"

/* clang-format off */
static const uint8_t disc_reply[12] = { 0xff, 0xff, 0x15, 1, 2, 0, 3, 0x02, 0, 0x01, 0, 0x02 };
static const uint8_t track_reply[36] = {
    0x01, 0x2e, 7, 2, 0, 0x24, 0x4f, 0x01,
    0xff, 0xff, 0xff, 0x6a, 0x00, 0x00, 0x10, 0x00,
    0x00, 0x01, 0x00, 0x00, 0, 0, 0, 0,
    0x00, 0x05, 0x00, 0x00, 0, 0, 0, 0, 1, 1, 0, 0,
};
static const uint8_t formats_reply[20] = {
    0, 0, 0, 0xff, 0x00, 0x23, 0x05, 0x40, 0x02, 0, 8, 0, 0x00, 0x23, 0x05, 0x40, 0x26 << 2, 0, 0, 0,
};
/* clang-format on */

static void disc_information_of_twelve_bytes_is_enough(void **state)
{
    struct oi_disc disc;

    (void)state;
    assert_true(oi_disc_read(disc_reply, sizeof(disc_reply), &disc));
    assert_int_equal(disc.status, OI_DISC_APPENDABLE);
    assert_int_equal(disc.last_session, OI_SESSION_INCOMPLETE);
    assert_int_equal(disc.format, OI_FORMAT_RUNNING);
    assert_true(disc.erasable);
    assert_int_equal(disc.sessions, 0x102);
    assert_int_equal(disc.last_track, 0x203);
    for (size_t len = 0; len < sizeof(disc_reply); len++)
        assert_false(oi_disc_read(disc_reply, len, &disc));
}

static void track_information_ends_at_byte_28_in_old_drives(void **state)
{
    struct oi_track track;

    (void)state;
    assert_true(oi_track_read(track_reply, 28, &track));
    assert_int_equal(track.number, 7);
    assert_int_equal(track.session, 2);
    assert_int_equal(track.start, -150);
    assert_int_equal(track.next_writable, 4096);
    assert_int_equal(track.free_blocks, 65536);
    assert_int_equal(track.blocks, 0x50000);
    assert_true(track.damaged && track.blank && track.next_writable_valid);
    assert_true(oi_track_read(track_reply, 36, &track));
    assert_int_equal(track.number, 0x107);
    assert_int_equal(track.session, 0x102);
    assert_false(oi_track_read(track_reply, 27, &track));
}

static void a_list_of_formats_ends_where_the_reply_ends(void **state)
{
    struct oi_formats formats;

    (void)state;
    assert_true(oi_formats_read(formats_reply, sizeof(formats_reply), &formats));
    assert_true(formats.formatted);
    assert_int_equal(formats.count, 1);
    assert_int_equal(formats.offers[0].type, 0x26);
    assert_int_equal(formats.offers[0].blocks, 2295104);
    assert_true(oi_formats_read(formats_reply, 19, &formats));
    assert_int_equal(formats.count, 0);
    assert_false(oi_formats_read(formats_reply, 11, &formats));
}

static void a_capacity_that_no_disc_has_is_no_capacity(void **state)
{
    static const uint8_t largest[8] = {0xff, 0xff, 0xff, 0xfe}, endless[8] = {255, 255, 255, 255};
    uint32_t blocks;

    (void)state;
    assert_true(oi_blocks_read(largest, 8, &blocks));
    assert_int_equal(blocks, UINT32_MAX);
    assert_false(oi_blocks_read(endless, 8, &blocks));
    assert_false(oi_blocks_read(largest, 7, &blocks));
}

static void a_disc_of_a_drive_without_profiles_is_a_cd(void **state)
{
    (void)state;
    assert_int_equal(oi_profile_of_disc(&(struct oi_disc){.status = OI_DISC_BLANK}), 0x09);
    assert_int_equal(oi_profile_of_disc(&(struct oi_disc){.status = OI_DISC_CLOSED}), 0x08);
    assert_int_equal(
        oi_profile_of_disc(&(struct oi_disc){.status = OI_DISC_CLOSED, .erasable = true}), 0x0a);
    assert_int_equal(
        oi_profile_of_disc(&(struct oi_disc){.status = OI_DISC_REWRITABLE, .erasable = true}),
        0xffff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disc_information_of_twelve_bytes_is_enough),
        cmocka_unit_test(track_information_ends_at_byte_28_in_old_drives),
        cmocka_unit_test(a_list_of_formats_ends_where_the_reply_ends),
        cmocka_unit_test(a_capacity_that_no_disc_has_is_no_capacity),
        cmocka_unit_test(a_disc_of_a_drive_without_profiles_is_a_cd),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
