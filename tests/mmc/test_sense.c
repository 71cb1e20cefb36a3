#include "cmocka_env.h"
#include "sense.h"
#include "sense_words.h"
#include <stdbool.h>

static const uint8_t fixed_not_ready[18] = {
    0xf0, 0, 0x22, 0x00, 0x01, 0x02, 0x03, 10, 0, 0, 0, 0, 0x04, 0x04, 0, 0x80, 0x40, 0x01,
};

static const uint8_t descriptors_write_error[] = {
    0x73, 0xf3, 0x0c, 0x02, 0, 0, 0, 20,                         /* key masked: F3 is 3 */
    0x80, 0x06, 1,    2,    3, 4, 5, 6,                          /* vendor's own */
    0x00, 0x0a, 0x80, 0,    0, 0, 0, 1,  0x02, 0x03, 0x04, 0x05, /* information */
};

static void fixed_sense_gives_key_codes_information_and_progress(void **state)
{
    struct oi_sense sense = oi_sense_parse(fixed_not_ready, sizeof fixed_not_ready);

    (void)state;
    assert_true(sense.present);
    assert_false(sense.deferred);
    assert_int_equal(sense.key, OI_KEY_NOT_READY);
    assert_int_equal(sense.asc, 0x04);
    assert_int_equal(sense.ascq, 0x04);
    assert_true(sense.information_valid);
    assert_int_equal(sense.information, 0x00010203);
    assert_true(sense.progress_valid);
    assert_int_equal(sense.progress, 0x4001);
}

static void descriptor_sense_gives_key_codes_and_64_bits_of_information(void **state)
{
    struct oi_sense sense = oi_sense_parse(descriptors_write_error, sizeof descriptors_write_error);

    (void)state;
    assert_true(sense.present);
    assert_true(sense.deferred);
    assert_int_equal(sense.key, OI_KEY_MEDIUM_ERROR);
    assert_int_equal(sense.asc, 0x0c);
    assert_int_equal(sense.ascq, 0x02);
    assert_true(sense.information_valid);
    assert_true(sense.information == 0x0000000102030405u);
    assert_false(sense.progress_valid);
}

static void descriptor_sense_gives_progress(void **state)
{
    static const uint8_t bytes[] = {0x72, 2, 0x04, 0x07, 0,    0,    0,    8,
                                    0x02, 6, 0,    0,    0x80, 0x12, 0x34, 0};
    struct oi_sense sense = oi_sense_parse(bytes, sizeof bytes);

    (void)state;
    assert_true(sense.progress_valid);
    assert_int_equal(sense.progress, 0x1234);
}

static void response_code_71h_and_73h_belong_to_an_earlier_command(void **state)
{
    for (uint8_t code = 0x70; code <= 0x73; code++) {
        struct oi_sense sense = oi_sense_parse(&code, 1);

        (void)state;
        assert_true(sense.present);
        assert_int_equal(sense.deferred, code == 0x71 || code == 0x73);
    }
}

/* Member by member: what lies between them is not said to be zero. */
static void assert_no_sense(const struct oi_sense *sense)
{
    assert_false(sense->present);
    assert_false(sense->deferred);
    assert_int_equal(sense->key, 0);
    assert_int_equal(sense->asc, 0);
    assert_int_equal(sense->ascq, 0);
    assert_false(sense->information_valid);
    assert_int_equal(sense->information, 0);
    assert_false(sense->progress_valid);
    assert_int_equal(sense->progress, 0);
}

static void bytes_of_no_known_response_code_are_no_sense_data(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 256; code++) {
        uint8_t bytes[18] = {(uint8_t)code, 0xff, 0xff, 0xff, 0xff};
        struct oi_sense sense = oi_sense_parse(bytes, sizeof bytes);

        if ((code & 0x7f) >= 0x70 && (code & 0x7f) <= 0x73)
            assert_true(sense.present);
        else
            assert_no_sense(&sense);
    }
    struct oi_sense none = oi_sense_parse(NULL, 0);
    assert_no_sense(&none);
}

/* What a length of n may tell: a number only when all of its bytes are among the first n. */
static void sense_cut_short_anywhere_gives_what_is_there_and_reads_no_further(void **state)
{
    (void)state;
    for (size_t len = 0; len <= sizeof fixed_not_ready; len++) {
        uint8_t *data = exact_copy(fixed_not_ready, len);
        struct oi_sense sense = oi_sense_parse(data, len);

        free_copy(data, len);
        assert_int_equal(sense.present, len >= 1);
        assert_int_equal(sense.key, len > 2 ? 2 : 0);
        assert_int_equal(sense.information_valid, len >= 7);
        assert_int_equal(sense.asc, len > 12 ? 4 : 0);
        assert_int_equal(sense.ascq, len > 13 ? 4 : 0);
        assert_int_equal(sense.progress_valid, len >= 18);
    }
    for (size_t len = 0; len <= sizeof descriptors_write_error; len++) {
        uint8_t *data = exact_copy(descriptors_write_error, len);
        struct oi_sense sense = oi_sense_parse(data, len);

        free_copy(data, len);
        assert_int_equal(sense.present, len >= 1);
        assert_int_equal(sense.key, len > 1 ? 3 : 0);
        assert_int_equal(sense.asc, len > 2 ? 0x0c : 0);
        assert_int_equal(sense.ascq, len > 3 ? 2 : 0);
        assert_int_equal(sense.information_valid, len == sizeof descriptors_write_error);
    }
}

static void a_descriptor_that_claims_more_than_there_is_is_ignored(void **state)
{
    static const uint8_t bytes[] = {0x72, 3, 0x0c, 0, 0, 0, 0, 255, 0x00, 0xff,
                                    0x80, 0, 0,    0, 0, 0, 9, 9,   9,    9};
    uint8_t *data = exact_copy(bytes, sizeof bytes);
    struct oi_sense sense = oi_sense_parse(data, sizeof bytes);

    (void)state;
    free_copy(data, sizeof bytes);
    assert_int_equal(sense.key, 3);
    assert_false(sense.information_valid);
}

static struct oi_sense sense_of(uint8_t key, uint8_t asc, uint8_t ascq)
{
    return (struct oi_sense){.present = true, .key = key, .asc = asc, .ascq = ascq};
}

/* One vector per documented row; where the row has a wildcard, a value that no other row names. */
/* clang-format off */
static const struct {
    uint8_t key, asc, ascq, opcode;
    enum oi_status status;
} vectors[] = {
    { 0x0, 0x00, 0x16, 0x2a, OI_OK },
    { 0x3, 0x02, 0x06, 0x28, OI_UPSIDE_DOWN },
    { 0x2, 0x04, 0x01, 0x00, OI_BECOMING_READY },
    { 0x2, 0x04, 0x03, 0x00, OI_NO_MEDIA },
    { 0x2, 0x04, 0x04, 0x2a, OI_FORMAT_IN_PROGRESS },
    { 0x2, 0x04, 0x07, 0x2a, OI_MEDIA_BUSY },
    { 0x2, 0x04, 0x08, 0x2a, OI_MEDIA_BUSY },
    { 0x2, 0x04, 0x02, 0x2a, OI_BECOMING_READY },
    { 0x2, 0x30, 0x00, 0xad, OI_NO_DISC_STRUCTURE },
    { 0x3, 0x0c, 0x09, 0x35, OI_OK },
    { 0x3, 0x0c, 0x09, 0x2a, OI_STREAM_STARVED },
    { 0x4, 0x09, 0x01, 0x00, OI_UPSIDE_DOWN },
    { 0x4, 0x09, 0x02, 0x00, OI_INCOMPATIBLE },
    { 0x5, 0x20, 0x00, 0xad, OI_NO_DISC_STRUCTURE },
    { 0x5, 0x24, 0x00, 0xad, OI_NO_DISC_STRUCTURE },
    { 0x5, 0x30, 0x02, 0xad, OI_NO_DISC_STRUCTURE },
    { 0x5, 0x24, 0x00, 0x5a, OI_NO_MODE_PAGE },
    { 0x5, 0x26, 0x02, 0x55, OI_BAD_MODE_PARAMETERS },
    { 0x7, 0x27, 0x01, 0x2a, OI_WRITE_PROTECTED },
    { 0x6, 0x28, 0x00, 0x00, OI_BECOMING_READY },
    { 0x5, 0x30, 0x05, 0x2a, OI_INCOMPATIBLE },
    { 0x2, 0x3a, 0x01, 0x00, OI_NO_MEDIA },
    { 0x3, 0x73, 0x03, 0x54, OI_SPEED_MISMATCH },
};

/* Neighbours of the rows: one number beside, and nothing or something else matches. */
static const struct {
    uint8_t key, asc, ascq, opcode;
    bool matched;
    enum oi_status status;
} neighbours[] = {
    { 0x1, 0x00, 0x00, 0x2a, false, OI_FAILED },
    { 0x3, 0x02, 0x00, 0x2a, false, OI_FAILED },
    { 0x3, 0x0c, 0x00, 0x35, false, OI_FAILED },
    { 0x2, 0x30, 0x00, 0x28, true,  OI_INCOMPATIBLE },
    { 0x5, 0x20, 0x00, 0x2a, false, OI_FAILED },
    { 0x5, 0x24, 0x00, 0x55, false, OI_FAILED },
    { 0x5, 0x24, 0x01, 0xad, false, OI_FAILED },
    { 0x5, 0x30, 0x03, 0xad, true,  OI_INCOMPATIBLE },
    { 0x5, 0x26, 0x00, 0x54, false, OI_FAILED },
    { 0x6, 0x28, 0x01, 0x00, false, OI_FAILED },
    { 0x5, 0x27, 0x00, 0x2a, false, OI_FAILED },
    { 0x5, 0x3a, 0x00, 0x2a, false, OI_FAILED },
    { 0x3, 0x73, 0x02, 0x2a, false, OI_FAILED },
    { 0x4, 0x09, 0x03, 0x2a, false, OI_FAILED },
};
/* clang-format on */

static void each_documented_row_translates_as_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct oi_sense sense = sense_of(vectors[i].key, vectors[i].asc, vectors[i].ascq);
        bool matched = false;

        assert_int_equal(oi_sense_status(&sense, vectors[i].opcode, &matched), vectors[i].status);
        assert_true(matched);
        assert_int_equal(oi_sense_status(&sense, vectors[i].opcode, NULL), vectors[i].status);
    }
}

static void numbers_beside_a_row_do_not_match_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof neighbours / sizeof neighbours[0]; i++) {
        struct oi_sense sense = sense_of(neighbours[i].key, neighbours[i].asc, neighbours[i].ascq);
        bool matched = !neighbours[i].matched;

        assert_int_equal(oi_sense_status(&sense, neighbours[i].opcode, &matched),
                         neighbours[i].status);
        assert_int_equal(matched, neighbours[i].matched);
    }
}

static bool covers(uint16_t wanted, uint8_t value)
{
    return wanted == OI_SENSE_ANY || wanted == value;
}

static void every_row_is_the_first_match_of_its_vector(void **state)
{
    size_t count;
    const struct oi_sense_rule *rules = oi_sense_rules(&count);

    (void)state;
    assert_int_equal(count, sizeof vectors / sizeof vectors[0]);
    for (size_t i = 0; i < count; i++) {
        size_t first = 0;

        while (first < count && !(covers(rules[first].key, vectors[i].key) &&
                                  covers(rules[first].asc, vectors[i].asc) &&
                                  covers(rules[first].ascq, vectors[i].ascq) &&
                                  covers(rules[first].opcode, vectors[i].opcode)))
            first++;
        assert_int_equal(first, i);
    }
}

static void sense_that_is_not_there_translates_to_nothing(void **state)
{
    struct oi_sense sense = {0};
    bool matched = true;

    (void)state;
    assert_int_equal(oi_sense_status(&sense, OI_OP_WRITE10, &matched), OI_FAILED);
    assert_false(matched);
}

static void assert_words(struct oi_sense sense, const char *expected)
{
    char text[160];

    oi_sense_words(&sense, text, sizeof text);
    assert_string_equal(text, expected);
}

static void known_codes_are_told_in_words(void **state)
{
    struct oi_sense deferred = sense_of(3, 0x0c, 0x00);

    (void)state;
    deferred.deferred = true;
    assert_words(sense_of(3, 0x0c, 0x00), "medium error, write error (3/0C/00)");
    assert_words(deferred, "deferred medium error, write error (3/0C/00)");
    assert_words(sense_of(2, 0x3a, 0x02), "not ready, no medium, tray open (2/3A/02)");
    /* Translated to "upside down", which the words would not let one expect. */
    assert_words(sense_of(4, 0x09, 0x01),
                 "hardware error, tracking servo failure, as some drives say of a disc that lies "
                 "upside down (4/09/01)");
    assert_words(sense_of(3, 0x09, 0x01), "medium error, tracking servo failure (3/09/01)");
    assert_words(sense_of(4, 0x40, 0x81),
                 "hardware error, diagnostic failure of component 81h (4/40/81)");
}

static void unknown_codes_are_named_by_their_numbers(void **state)
{
    (void)state;
    assert_words(sense_of(0xc, 0x7e, 0x55), "obsolete sense key Ch, unknown code (C/7E/55)");
    assert_words(sense_of(9, 0x80, 0x01),
                 "vendor-specific condition, vendor-specific code (9/80/01)");
    assert_words((struct oi_sense){0}, "no sense data");
}

static void a_status_without_sense_is_told_in_words(void **state)
{
    char text[96];

    (void)state;
    oi_scsi_status_words(0x08, text, sizeof text);
    assert_string_equal(text, "the drive is busy (SCSI status BUSY)");
    oi_scsi_status_words(0x18, text, sizeof text);
    assert_string_equal(text,
                        "somebody else has reserved the drive (SCSI status RESERVATION CONFLICT)");
    oi_scsi_status_words(0x28, text, sizeof text);
    assert_string_equal(text,
                        "the drive has no room for another command (SCSI status TASK SET FULL)");
    oi_scsi_status_words(0x40, text, sizeof text);
    assert_string_equal(text, "SCSI status 40h");
    oi_scsi_status_words(0x08, text, 10);
    assert_string_equal(text, "the drive");
}

static void no_code_is_without_words_and_no_buffer_is_overrun(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 0x10000; code++) {
        struct oi_sense sense = sense_of(code & 0x0f, (uint8_t)(code >> 8), (uint8_t)code);
        char text[160];

        oi_sense_words(&sense, text, sizeof text);
        assert_true(strlen(text) > 10 && strlen(text) < sizeof text - 1);
    }
    for (size_t size = 0; size < 60; size++) {
        struct oi_sense sense = sense_of(3, 0x0c, 0x00);
        char *text = (char *)exact_copy(
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", size);

        oi_sense_words(&sense, text, size);
        if (size > 0)
            assert_true(strlen(text) < size);
        free_copy((uint8_t *)text, size);
    }
}

/* Every sense that the write loop and the translation know has words of its own. */
static void every_code_of_the_translation_has_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct oi_sense sense = sense_of(vectors[i].key, vectors[i].asc, vectors[i].ascq);
        char text[160];

        oi_sense_words(&sense, text, sizeof text);
        assert_null(strstr(text, "unknown code"));
    }
}

static void fixed_sense_comes_back_as_the_bytes_it_was(void **state)
{
    struct oi_sense sense = oi_sense_parse(fixed_not_ready, sizeof fixed_not_ready);
    uint8_t expected[18], fixed[18];

    (void)state;
    memcpy(expected, fixed_not_ready, sizeof expected);
    expected[2] = 0x02; /* ILI is not kept */
    oi_sense_to_fixed(&sense, fixed);
    assert_memory_equal(fixed, expected, sizeof fixed);
}

static void descriptor_sense_becomes_fixed_sense(void **state)
{
    static const uint8_t expected[18] = {0x71, 0, 0x03, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x0c, 0x02};
    struct oi_sense sense = oi_sense_parse(descriptors_write_error, sizeof descriptors_write_error);
    uint8_t fixed[18];

    (void)state;
    oi_sense_to_fixed(&sense, fixed); /* the information needs 33 bits and is left out */
    assert_memory_equal(fixed, expected, sizeof fixed);

    sense.information = 0x01020304;
    oi_sense_to_fixed(&sense, fixed);
    assert_int_equal(fixed[0], 0xf1);
    assert_memory_equal(&fixed[3], "\x01\x02\x03\x04", 4);
}

static void no_sense_data_becomes_18_zeroes(void **state)
{
    static const uint8_t zeroes[18];
    struct oi_sense sense = {0};
    uint8_t fixed[18];

    (void)state;
    memset(fixed, 0xff, sizeof fixed);
    oi_sense_to_fixed(&sense, fixed);
    assert_memory_equal(fixed, zeroes, sizeof fixed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_sense_gives_key_codes_information_and_progress),
        cmocka_unit_test(descriptor_sense_gives_key_codes_and_64_bits_of_information),
        cmocka_unit_test(descriptor_sense_gives_progress),
        cmocka_unit_test(response_code_71h_and_73h_belong_to_an_earlier_command),
        cmocka_unit_test(bytes_of_no_known_response_code_are_no_sense_data),
        cmocka_unit_test(sense_cut_short_anywhere_gives_what_is_there_and_reads_no_further),
        cmocka_unit_test(a_descriptor_that_claims_more_than_there_is_is_ignored),
        cmocka_unit_test(each_documented_row_translates_as_documented),
        cmocka_unit_test(numbers_beside_a_row_do_not_match_it),
        cmocka_unit_test(every_row_is_the_first_match_of_its_vector),
        cmocka_unit_test(sense_that_is_not_there_translates_to_nothing),
        cmocka_unit_test(known_codes_are_told_in_words),
        cmocka_unit_test(unknown_codes_are_named_by_their_numbers),
        cmocka_unit_test(a_status_without_sense_is_told_in_words),
        cmocka_unit_test(no_code_is_without_words_and_no_buffer_is_overrun),
        cmocka_unit_test(every_code_of_the_translation_has_words),
        cmocka_unit_test(fixed_sense_comes_back_as_the_bytes_it_was),
        cmocka_unit_test(descriptor_sense_becomes_fixed_sense),
        cmocka_unit_test(no_sense_data_becomes_18_zeroes),
    };

    return cmocka_run_group_tests_name("sense", tests, NULL, NULL);
}
