/* What GET CONFIGURATION tells for each disc, in each state that makes a difference. */
#include "contract.h"

#include <string.h>
#include "catalog.h"
#include "sequence.h"

enum { ALL = 0, CURRENT = 1, ONE = 2 };

/* MMC-6, the profiles and the features that are current with each; 0 ends. What is blank can't be
 * read, yet drives tell the features of the profile all the same. */
static const struct row {
    const char *medium;
    uint16_t profile;
    uint16_t features[10];
} rows[] = {
    {"cd-r", 0x09, {0x10, 0x1e, 0x21, 0x2d, 0x2e, 0x107}},
    {"cd-r-74", 0x09, {0x10, 0x1e, 0x21, 0x2d, 0x2e, 0x107}},
    {"cd-rw", 0x0a, {0x10, 0x1e, 0x21, 0x23, 0x2d, 0x2e, 0x37, 0x107}},
    {"cd-rw-74", 0x0a, {0x10, 0x1e, 0x21, 0x23, 0x2d, 0x2e, 0x37, 0x107}},
    {"dvd-r", 0x11, {0x10, 0x1f, 0x21, 0x2f, 0x107}},
    {"dvd-r-dl", 0x15, {0x10, 0x1f, 0x21, 0x2f, 0x107}},
    {"dvd-rw", 0x14, {0x10, 0x1f, 0x21, 0x23, 0x2f, 0x107}},
    {"dvd+r", 0x1b, {0x10, 0x1f, 0x2b, 0x107}},
    {"dvd+r-dl", 0x2b, {0x10, 0x1f, 0x3b, 0x107}},
    {"dvd+rw", 0x1a, {0x10, 0x1f, 0x20, 0x23, 0x26, 0x2a, 0x107}},
    {"dvd-ram", 0x12, {0x10, 0x1f, 0x20, 0x23, 0x24, 0x107}},
    {"bd-r", 0x41, {0x10, 0x21, 0x40, 0x41, 0x107}},
    {"bd-r-dl", 0x41, {0x10, 0x21, 0x40, 0x41, 0x107}},
    {"bd-r-tl", 0x41, {0x10, 0x21, 0x40, 0x41, 0x107}},
    {"bd-r-ql", 0x41, {0x10, 0x21, 0x40, 0x41, 0x107}},
    {"bd-re", 0x43, {0x10, 0x20, 0x23, 0x24, 0x40, 0x41, 0x107}},
    {"bd-re-dl", 0x43, {0x10, 0x20, 0x23, 0x24, 0x40, 0x41, 0x107}},
    {"cd-rom", 0x08, {0x10, 0x1e, 0x107}},
    {"dvd-rom", 0x10, {0x10, 0x1f, 0x107}},
    {"bd-rom", 0x40, {0x10, 0x40, 0x107}},
    {"none", 0x00, {0}},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* What a drive may have current with any disc: what it is, not what the disc allows. */
static bool is_of_the_drive(uint16_t code)
{
    return code <= 0x0003 || code == 0x001d || code == 0x0100 || code == 0x0105 || code == 0x0108 ||
           code == 0x010c;
}

static bool is_written_in_order(uint16_t profile)
{
    static const uint16_t profiles[] = {0x09, 0x0a, 0x11, 0x14, 0x15, 0x1b, 0x2b, 0x41};

    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
        if (profiles[i] == profile)
            return true;
    return false;
}

static void assert_current(struct bench *b, const char *what, const uint16_t *wanted)
{
    uint16_t codes[FEATURES_MAX];
    uint32_t count = contract_features(b, CURRENT, codes);

    for (uint32_t i = 0; i < count; i++) {
        if (is_of_the_drive(codes[i]))
            continue;
        if (*wanted != codes[i])
            fail_msg("%s: feature %04x is current, expected %04x", what, codes[i], *wanted);
        wanted++;
    }
    if (*wanted)
        fail_msg("%s: feature %04x is not current", what, *wanted);
}

static void the_table_has_every_disc_of_the_catalog(void **state)
{
#define NAME(name, words, sectors, speed) name,
    static const char *const names[] = {OI_CATALOG_MEDIA(NAME)};
    const size_t count = sizeof(names) / sizeof(names[0]);

    (void)state;
    assert_int_equal(count + 1, ROWS);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(names[i], rows[i].medium);
}

static void a_new_disc_has_its_profile_and_the_features_of_it(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < ROWS; i++) {
        contract_insert(b, rows[i].medium);
        if (contract_profile(b) != rows[i].profile)
            fail_msg("%s has profile %04x", rows[i].medium, contract_profile(b));
        assert_current(b, rows[i].medium, rows[i].features);
    }
}

static void neither_writing_nor_closing_a_session_changes_profile_or_features(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < ROWS; i++) {
        if (!is_written_in_order(rows[i].profile))
            continue;
        for (enum contract_state s = BEGUN; s <= SESSION_CLOSED; s++) {
            contract_bring_to(b, rows[i].medium, s);
            assert_int_equal(contract_profile(b), rows[i].profile);
            assert_current(b, rows[i].medium, rows[i].features);
        }
    }
}

static void formatting_a_dvd_rw_changes_its_profile_and_blanking_changes_it_back(void **state)
{
    static const uint16_t overwrite[] = {0x10, 0x1f, 0x20, 0x23, 0x26, 0x2c, 0x107, 0};
    static const uint16_t at_once_only[] = {0x10, 0x1f, 0x23, 0x2f, 0x107, 0};
    static const uint16_t in_order[] = {0x10, 0x1f, 0x21, 0x23, 0x2f, 0x107, 0};
    struct bench *b = *state;

    contract_insert(b, "dvd-rw");
    assert_good(bench_format_as(b, 0, 0, 0x15 << 2, 16));
    assert_int_equal(contract_profile(b), 0x13);
    assert_current(b, "quickly formatted", overwrite);
    assert_good(sequence_blank(b, 1));
    assert_int_equal(contract_profile(b), 0x14);
    assert_current(b, "minimally blanked", at_once_only);
    assert_good(sequence_blank(b, 0));
    assert_int_equal(contract_profile(b), 0x14);
    assert_current(b, "blanked", in_order);
}

static void formatting_leaves_the_features_of_random_media_as_they_are(void **state)
{
    static const struct {
        const char *medium;
        uint32_t blocks;
        uint8_t type;
    } formats[] = {
        {"dvd+rw", UINT32_MAX, 0x26 << 2},
        {"dvd-ram", 2236704, 0},
        {"bd-re", 11826176, 0x30 << 2},
        {"bd-re", 12219392, 0x31 << 2},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        uint16_t before[FEATURES_MAX], after[FEATURES_MAX];
        uint32_t count;

        contract_insert(b, formats[i].medium);
        memset(before, 0, sizeof(before));
        memset(after, 0, sizeof(after));
        count = contract_features(b, CURRENT, before);
        assert_good(bench_format_as(b, 0x02, formats[i].blocks, formats[i].type, 0));
        assert_int_equal(contract_features(b, CURRENT, after), count);
        assert_memory_equal(before, after, sizeof(after));
    }
}

static void a_bd_r_with_pseudo_overwrite_says_so(void **state)
{
    static const uint16_t features[] = {0x10, 0x21, 0x38, 0x40, 0x41, 0x107, 0};
    static const uint16_t without[] = {0x10, 0x21, 0x40, 0x41, 0x107, 0};
    struct bench *b = *state;

    contract_insert(b, "bd-r");
    assert_good(bench_format_as(b, 0, 11826176, 0, 0));
    assert_current(b, "pseudo-overwrite", features);
    contract_insert(b, "bd-r");
    assert_good(bench_format_as(b, 0, 11826176, 1, 0));
    assert_current(b, "sequential", without);
}

/* Bytes after the descriptor's header; 0xff where they depend on the drive. */
static uint8_t length_of(uint16_t code)
{
    static const struct {
        uint16_t code;
        uint8_t length;
    } lengths[] = {
        {0x01, 8},  {0x02, 4},  {0x03, 4},  {0x04, 4},  {0x10, 8},  {0x1d, 0},
        {0x1e, 4},  {0x1f, 4},  {0x20, 12}, {0x22, 0},  {0x23, 8},  {0x24, 4},
        {0x25, 8},  {0x26, 0},  {0x28, 4},  {0x2a, 4},  {0x2b, 4},  {0x2c, 4},
        {0x2d, 4},  {0x2e, 4},  {0x2f, 4},  {0x37, 4},  {0x38, 4},  {0x3b, 4},
        {0x40, 28}, {0x41, 24}, {0x100, 0}, {0x105, 4}, {0x107, 4}, {0x10c, 16},
    };

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        if (lengths[i].code == code)
            return lengths[i].length;
    return 0xff;
}

static void descriptors_ascend_have_the_standards_length_and_tell_what_is_current(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < ROWS; i++) {
        uint16_t current[FEATURES_MAX];
        uint32_t currents, end, found = 0, before = 0;

        contract_insert(b, rows[i].medium);
        currents = contract_features(b, CURRENT, current);
        assert_good(bench_get(b, 4096, 0x46, ALL, 0, 0, 0, 0, 0, 0x10, 0, 0));
        end = field32(b->data) + 4;
        for (uint32_t at = 8; at < end; at += 4u + b->data[at + 3]) {
            const uint8_t *d = b->data + at;
            uint16_t code = (uint16_t)field16(d);

            assert_true(at == 8 ? code == 0 : code > before);
            before = code;
            assert_int_equal(d[3] % 4, 0);
            if (length_of(code) != 0xff)
                assert_int_equal(d[3], length_of(code));
            if (d[2] & 0x01)
                assert_int_equal(code, current[found++]);
            assert_int_equal(d[2] & 0xc0, 0);
        }
        assert_int_equal(found, currents);
    }
}

static void one_profile_of_the_list_is_current_and_every_disc_has_its_profile_there(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < ROWS; i++) {
        uint32_t currents = 0, seen = 0;

        contract_insert(b, rows[i].medium);
        assert_good(bench_get(b, 4096, 0x46, ONE, 0, 0, 0, 0, 0, 0x10, 0, 0));
        assert_int_equal(field32(b->data) + 4, 8 + 4 + b->data[11]);
        for (const uint8_t *p = b->data + 12; p < b->data + 12 + b->data[11]; p += 4) {
            currents += p[2] & 1u;
            seen += field16(p) == rows[i].profile;
            if (p[2] & 1)
                assert_int_equal(field16(p), rows[i].profile);
        }
        assert_int_equal(currents, rows[i].profile != NO_PROFILE);
        assert_int_equal(seen, rows[i].profile != NO_PROFILE);
    }
}

static void one_feature_is_told_alone_and_an_absent_one_as_a_header(void **state)
{
    struct bench *b = *state;
    uint16_t codes[FEATURES_MAX];
    uint32_t count;

    contract_insert(b, "dvd+r");
    count = contract_features(b, ALL, codes);
    for (uint32_t i = 0; i < count; i++) {
        assert_good(bench_get(b, 4096, 0x46, ONE, (uint8_t)(codes[i] >> 8), (uint8_t)codes[i], 0, 0,
                              0, 0x10, 0, 0));
        assert_int_equal(field16(b->data + 8), codes[i]);
        assert_int_equal(b->reply.moved, 12 + b->data[11]);
        assert_int_equal(field32(b->data), b->reply.moved - 4);
    }
    assert_good(bench_get(b, 64, 0x46, ONE, 0x0f, 0xff, 0, 0, 0, 0, 64, 0));
    assert_int_equal(b->reply.moved, 8);
    assert_int_equal(field32(b->data), 4);
    assert_int_equal(field16(b->data + 6), 0x1b);
    assert_sense(bench_get(b, 64, 0x46, 3, 0, 0, 0, 0, 0, 0, 64, 0), INVALID_FIELD);
}

static void the_list_begins_at_the_feature_asked_for(void **state)
{
    struct bench *b = *state;

    contract_insert(b, "cd-r");
    for (uint8_t rt = ALL; rt <= CURRENT; rt++) {
        assert_good(bench_get(b, 4096, 0x46, rt, 0, 0x21, 0, 0, 0, 0x10, 0, 0));
        assert_int_equal(field16(b->data + 8), 0x21);
        assert_good(bench_get(b, 4096, 0x46, rt, 0x0f, 0xff, 0, 0, 0, 0x10, 0, 0));
        assert_int_equal(b->reply.moved, 8);
    }
}

static void a_short_buffer_gets_the_beginning_and_the_full_length(void **state)
{
    struct bench *b = *state;
    uint8_t whole[4096];
    uint32_t size;

    contract_insert(b, "bd-re");
    assert_good(bench_get(b, sizeof(whole), 0x46, ALL, 0, 0, 0, 0, 0, 0x10, 0, 0));
    memcpy(whole, b->data, sizeof(whole));
    size = b->reply.moved;
    for (uint32_t want = 0; want <= size + 8; want++) {
        memset(b->data, 0xee, sizeof(whole));
        assert_good(
            bench_get(b, want, 0x46, ALL, 0, 0, 0, 0, 0, (uint8_t)(want >> 8), (uint8_t)want, 0));
        assert_int_equal(b->reply.moved, want < size ? want : size);
        assert_memory_equal(b->data, whole, b->reply.moved);
        assert_int_equal(b->data[b->reply.moved], 0xee);
    }
}

static void the_features_that_write_tell_the_units_of_the_disc(void **state)
{
    static const struct {
        const char *medium;
        uint32_t blocking;
    } units[] = {{"cd-r", 1},     {"dvd-r", 16}, {"dvd+r", 16}, {"dvd+rw", 16}, {"dvd-ram", 16},
                 {"dvd-rom", 16}, {"bd-r", 32},  {"bd-re", 32}, {"bd-rom", 32}, {"cd-rom", 1}};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        contract_insert(b, units[i].medium);
        assert_good(bench_get(b, 64, 0x46, ONE, 0, 0x10, 0, 0, 0, 0, 64, 0));
        assert_int_equal(field32(b->data + 12), 2048);
        assert_int_equal(field16(b->data + 16), units[i].blocking);
    }
    contract_insert(b, "dvd-ram");
    assert_good(bench_get(b, 64, 0x46, ONE, 0, 0x20, 0, 0, 0, 0, 64, 0));
    assert_int_equal(field32(b->data + 12), 2236704 - 1);
    assert_int_equal(field32(b->data + 16), 2048);
    contract_insert(b, "dvd-r");
    assert_good(bench_get(b, 64, 0x46, ONE, 0, 0x21, 0, 0, 0, 0, 64, 0));
    assert_int_equal(field16(b->data + 12) & 0x100, 0x100);
    assert_int_equal(b->data[15], 1);
    assert_int_equal(b->data[16], 16);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_every_disc_of_the_catalog),
        TEST(a_new_disc_has_its_profile_and_the_features_of_it),
        TEST(neither_writing_nor_closing_a_session_changes_profile_or_features),
        TEST(formatting_a_dvd_rw_changes_its_profile_and_blanking_changes_it_back),
        TEST(formatting_leaves_the_features_of_random_media_as_they_are),
        TEST(a_bd_r_with_pseudo_overwrite_says_so),
        TEST(descriptors_ascend_have_the_standards_length_and_tell_what_is_current),
        TEST(one_profile_of_the_list_is_current_and_every_disc_has_its_profile_there),
        TEST(one_feature_is_told_alone_and_an_absent_one_as_a_header),
        TEST(the_list_begins_at_the_feature_asked_for),
        TEST(a_short_buffer_gets_the_beginning_and_the_full_length),
        TEST(the_features_that_write_tell_the_units_of_the_disc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
