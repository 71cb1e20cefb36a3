#include "cmocka_env.h"
#include "config.h"

/* clang-format off */
static const uint8_t reply[] = {
    0, 0, 0, 36, 0, 0, 0x00, 0x1b,                              /* DVD+R */
    0x00, 0x00, 0x03, 12, 0x00, 0x1b, 1, 0, 0x00, 0x1a, 0, 0, 0x00, 0x11, 0, 0,
    0x00, 0x03, 0x0b, 4,  0x29, 0, 0, 0,                        /* version 2, persistent, current */
    0x00, 0x2a, 0x04, 4,  0x01, 0, 0, 0,                        /* version 1, not current */
};
/* clang-format on */

static void the_header_gives_the_current_profile_and_the_whole_length(void **state)
{
    struct oi_configuration configuration;

    (void)state;
    assert_true(oi_configuration_parse(reply, sizeof reply, &configuration));
    assert_int_equal(configuration.current_profile, 0x1b);
    assert_int_equal(configuration.whole, sizeof reply);
    assert_int_equal(configuration.len, sizeof reply - 8);
}

static void features_come_one_by_one_in_the_drives_order(void **state)
{
    struct oi_configuration configuration;
    struct oi_feature feature;
    size_t cursor = 0;

    (void)state;
    assert_true(oi_configuration_parse(reply, sizeof reply, &configuration));
    assert_true(oi_feature_next(&configuration, &cursor, &feature));
    assert_int_equal(feature.code, 0x0000);
    assert_int_equal(feature.len, 16);
    assert_ptr_equal(feature.bytes, reply + 8);
    assert_true(oi_feature_next(&configuration, &cursor, &feature));
    assert_int_equal(feature.code, 0x0003);
    assert_int_equal(feature.version, 2);
    assert_true(feature.persistent);
    assert_true(feature.current);
    assert_int_equal(feature.len, 8);
    assert_int_equal(feature.bytes[4], 0x29);
    assert_true(oi_feature_next(&configuration, &cursor, &feature));
    assert_int_equal(feature.code, 0x002a);
    assert_int_equal(feature.version, 1);
    assert_false(feature.persistent);
    assert_false(feature.current);
    assert_false(oi_feature_next(&configuration, &cursor, &feature));
    assert_null(feature.bytes);
}

static void a_feature_is_found_by_its_code(void **state)
{
    struct oi_configuration configuration;
    struct oi_feature feature;

    (void)state;
    assert_true(oi_configuration_parse(reply, sizeof reply, &configuration));
    assert_true(oi_feature_find(&configuration, 0x002a, &feature));
    assert_int_equal(feature.code, 0x002a);
    assert_false(oi_feature_find(&configuration, 0x0107, &feature));
    assert_null(feature.bytes);
    assert_int_equal(feature.len, 0);
}

static void profiles_come_in_the_drives_order_of_preference(void **state)
{
    struct oi_configuration configuration;
    struct oi_feature feature;
    struct oi_profile profile;
    size_t cursor = 0;

    (void)state;
    assert_true(oi_configuration_parse(reply, sizeof reply, &configuration));
    assert_true(oi_feature_find(&configuration, 0x0000, &feature));
    assert_true(oi_profile_next(&feature, &cursor, &profile));
    assert_int_equal(profile.number, 0x1b);
    assert_true(profile.current);
    assert_true(oi_profile_next(&feature, &cursor, &profile));
    assert_int_equal(profile.number, 0x1a);
    assert_false(profile.current);
    assert_true(oi_profile_next(&feature, &cursor, &profile));
    assert_int_equal(profile.number, 0x11);
    assert_false(oi_profile_next(&feature, &cursor, &profile));
}

static void a_profile_list_of_odd_length_gives_whole_profiles_only(void **state)
{
    for (uint8_t additional = 0; additional < 12; additional++) {
        uint8_t bytes[4 + 12] = {0x00, 0x00, 0x03, additional};
        uint8_t *data = exact_copy(bytes, 4u + additional);
        struct oi_feature list = {.bytes = data, .len = 4u + additional};
        struct oi_profile profile;
        size_t cursor = 0, count = 0;

        (void)state;
        while (oi_profile_next(&list, &cursor, &profile))
            count++;
        free_copy(data, 4u + additional);
        assert_int_equal(count, additional / 4);
    }
}

static void a_reply_cut_short_anywhere_gives_whole_features_only(void **state)
{
    (void)state;
    for (size_t len = 0; len <= sizeof reply; len++) {
        uint8_t *data = exact_copy(reply, len);
        struct oi_configuration configuration;
        struct oi_feature feature;
        size_t cursor = 0, count = 0;

        assert_int_equal(oi_configuration_parse(data, len, &configuration), len >= 8);
        while (oi_feature_next(&configuration, &cursor, &feature))
            count++;
        free_copy(data, len);
        assert_int_equal(count, len < 24 ? 0 : len < 32 ? 1 : len < 40 ? 2 : 3);
        assert_int_equal(configuration.whole, len >= 8 ? sizeof reply : 0);
    }
}

static void the_length_field_can_only_shorten_the_reply(void **state)
{
    uint8_t bytes[sizeof reply];
    struct oi_configuration configuration;
    struct oi_feature feature;

    (void)state;
    memcpy(bytes, reply, sizeof bytes);
    memset(bytes, 0xff, 4);
    assert_true(oi_configuration_parse(bytes, sizeof bytes, &configuration));
    assert_int_equal(configuration.len, sizeof bytes - 8);
    assert_true(configuration.whole == 0x100000003u);

    memset(bytes, 0, 4);
    bytes[3] = 20; /* ends behind the profile list */
    assert_true(oi_configuration_parse(bytes, sizeof bytes, &configuration));
    assert_true(oi_feature_find(&configuration, 0x0000, &feature));
    assert_false(oi_feature_find(&configuration, 0x0003, &feature));

    bytes[3] = 0;
    assert_true(oi_configuration_parse(bytes, sizeof bytes, &configuration));
    assert_int_equal(configuration.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_gives_the_current_profile_and_the_whole_length),
        cmocka_unit_test(features_come_one_by_one_in_the_drives_order),
        cmocka_unit_test(a_feature_is_found_by_its_code),
        cmocka_unit_test(profiles_come_in_the_drives_order_of_preference),
        cmocka_unit_test(a_profile_list_of_odd_length_gives_whole_profiles_only),
        cmocka_unit_test(a_reply_cut_short_anywhere_gives_whole_features_only),
        cmocka_unit_test(the_length_field_can_only_shorten_the_reply),
    };

    return cmocka_run_group_tests_name("configuration", tests, NULL, NULL);
}
