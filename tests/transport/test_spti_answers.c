/* Limits and identity as they are read out of what storage drivers answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "spti_answers.h"

enum { KIB = 1024, PAGE = 4096 };

static void put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

/* On the heap with exactly its size, so that a sanitizer sees a read past it. */
static uint8_t *exactly(const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    return copy;
}

static void adapter(uint8_t out[32], uint32_t length, uint32_t pages, uint32_t mask)
{
    memset(out, 0, 32);
    put32(out, 32);
    put32(out + 4, 32);
    put32(out + 8, length);
    put32(out + 12, pages);
    put32(out + 16, mask);
}

static void every_answer_of_an_adapter_becomes_limits_that_can_be_used(void **state)
{
    static const struct {
        const char *who;
        uint32_t length, pages, mask;
        uint32_t page_aligned, other, alignment;
    } rows[] = {
        {"64 KiB in 17 pages", 65536, 17, 1, 64 * KIB, 64 * KIB, 2},
        {"64 KiB in 16 pages", 65536, 16, 0, 64 * KIB, 60 * KIB, 1},
        {"128 KiB in 33 pages, AHCI", 131072, 33, 1, 128 * KIB, 128 * KIB, 2},
        {"more length than pages", 1 << 20, 32, 3, 128 * KIB, 124 * KIB, 4},
        {"2 MiB: more than anybody sends", 2 << 20, 513, 0, 1024 * KIB, 1024 * KIB, 1},
        {"any length", 0xffffffff, 0xffffffff, 0, 1024 * KIB, 1024 * KIB, 1},
        {"any length in 64 KiB of pages", 0xffffffff, 16, 0, 64 * KIB, 60 * KIB, 1},
        {"no length", 0, 17, 0, 64 * KIB, 64 * KIB, 1},
        {"less than a page", 512, 17, 0, 64 * KIB, 64 * KIB, 1},
        {"no pages", 131072, 0, 0, 128 * KIB, 124 * KIB, 1},
        {"neither", 0, 0, 0, 64 * KIB, 60 * KIB, 1},
        {"one page", 65536, 1, 0, 4 * KIB, 4 * KIB, 1},
        {"not whole pages", 65535, 17, 0, 60 * KIB, 60 * KIB, 1},
        {"Wine: a mask that is none", 32768, 8, 4096, 32 * KIB, 28 * KIB, PAGE},
        {"a mask with a hole", 65536, 17, 5, 64 * KIB, 64 * KIB, PAGE},
        {"the mask of a sector", 65536, 17, 511, 64 * KIB, 64 * KIB, 512},
        {"the mask of a page", 65536, 17, 4095, 64 * KIB, 64 * KIB, PAGE},
        {"a mask beyond a page", 65536, 17, 65535, 64 * KIB, 64 * KIB, PAGE},
        {"a mask of all bits", 65536, 17, 0xffffffff, 64 * KIB, 64 * KIB, PAGE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct oi_transfer_limits limits;
        uint8_t descriptor[32];

        adapter(descriptor, rows[i].length, rows[i].pages, rows[i].mask);
        assert_true(spti_limits_of_adapter(descriptor, sizeof(descriptor), &limits));
        if (limits.page_aligned_bytes != rows[i].page_aligned ||
            limits.not_page_aligned_bytes != rows[i].other || limits.alignment != rows[i].alignment)
            fail_msg("%s: %u, %u, %u instead of %u, %u, %u", rows[i].who, limits.page_aligned_bytes,
                     limits.not_page_aligned_bytes, limits.alignment, rows[i].page_aligned,
                     rows[i].other, rows[i].alignment);
    }
}

static void the_same_is_read_from_the_capabilities_of_an_adapter(void **state)
{
    struct oi_transfer_limits limits;
    uint8_t capabilities[24] = {24};

    (void)state;
    put32(capabilities + 4, 131072);
    put32(capabilities + 8, 32);
    put32(capabilities + 12, 0xffffffff); /* asynchronous events: nothing of ours */
    put32(capabilities + 16, 3);
    assert_true(spti_limits_of_capabilities(capabilities, sizeof(capabilities), &limits));
    assert_int_equal(limits.page_aligned_bytes, 128 * KIB);
    assert_int_equal(limits.not_page_aligned_bytes, 124 * KIB);
    assert_int_equal(limits.alignment, 4);
}

static void an_answer_that_ends_too_early_gives_what_every_adapter_takes(void **state)
{
    uint8_t whole[32];

    (void)state;
    adapter(whole, 131072, 33, 0);
    for (size_t len = 0; len < sizeof(whole); len++) {
        struct oi_transfer_limits of_adapter, of_capabilities;
        uint8_t *cut = exactly(whole, len);
        bool adapter_told = spti_limits_of_adapter(cut, len, &of_adapter);
        bool capabilities_told = spti_limits_of_capabilities(cut, len, &of_capabilities);

        free(cut);
        assert_int_equal(adapter_told, len >= 20);
        assert_int_equal(capabilities_told, len >= 20);
        assert_int_equal(of_adapter.page_aligned_bytes, (len >= 20 ? 128 : 64) * KIB);
        assert_int_equal(of_adapter.alignment, len >= 20 ? 1 : PAGE);
    }
}

static void limits_are_halved_by_a_transfer_they_allowed_and_not_below_32_kib(void **state)
{
    struct oi_transfer_limits limits = {256 * KIB, 252 * KIB, 1};

    (void)state;
    spti_limits_halve(&limits, 64 * KIB); /* that small: the limit was not to blame */
    assert_int_equal(limits.page_aligned_bytes, 256 * KIB);
    spti_limits_halve(&limits, 256 * KIB);
    assert_int_equal(limits.page_aligned_bytes, 128 * KIB);
    assert_int_equal(limits.not_page_aligned_bytes, 124 * KIB);
    spti_limits_halve(&limits, 100 * KIB);
    spti_limits_halve(&limits, 64 * KIB);
    assert_int_equal(limits.page_aligned_bytes, 32 * KIB);
    assert_int_equal(limits.not_page_aligned_bytes, 28 * KIB);
    spti_limits_halve(&limits, 32 * KIB);
    assert_int_equal(limits.page_aligned_bytes, 32 * KIB);
}

static size_t device(uint8_t out[128], const char *vendor, const char *product,
                     const char *revision)
{
    const char *texts[] = {vendor, product, revision};
    size_t at = 36;

    memset(out, 0, 128);
    put32(out, 40);
    out[8] = 5;
    for (size_t i = 0; i < 3; i++)
        if (texts[i]) {
            put32(out + 12 + 4 * i, (uint32_t)at);
            strcpy((char *)out + at, texts[i]);
            at += strlen(texts[i]) + 1;
        }
    put32(out + 4, (uint32_t)at);
    return at;
}

static void a_drive_is_named_by_the_texts_of_its_descriptor_without_their_padding(void **state)
{
    struct oi_device_identity identity;
    uint8_t bytes[128];
    size_t len = device(bytes, "HL-DT-ST", "DVDRAM GE20LU10 ", "FE06");

    (void)state;
    assert_true(spti_identity_of_device(bytes, len, &identity));
    assert_string_equal(identity.vendor, "HL-DT-ST");
    assert_string_equal(identity.product, "DVDRAM GE20LU10");
    assert_string_equal(identity.revision, "FE06");
    assert_int_equal(spti_type_of_device(bytes, len), 5);
}

static void texts_that_are_too_long_or_not_printable_or_absent_do_no_harm(void **state)
{
    struct oi_device_identity identity;
    uint8_t bytes[128];
    size_t len = device(bytes, NULL, "A PRODUCT WITH A LONG NAME",
                        "\x01"
                        "2\x7f");

    (void)state;
    assert_true(spti_identity_of_device(bytes, len, &identity));
    assert_string_equal(identity.vendor, "");
    assert_string_equal(identity.product, "A PRODUCT WITH A");
    assert_string_equal(identity.revision, " 2");
    len = device(bytes, NULL, NULL, "1.00");
    assert_false(spti_identity_of_device(bytes, len, &identity));
}

static void offsets_that_point_out_of_the_descriptor_are_texts_that_are_not_there(void **state)
{
    static const uint32_t offsets[] = {0, 8, 35, 200, 0x7fffffff, 0xffffffff};
    uint8_t bytes[128];
    size_t len = device(bytes, "VENDOR", "PRODUCT", "1.00");

    (void)state;
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        struct oi_device_identity identity;
        uint8_t *copy;

        put32(bytes + 12, offsets[i]);
        copy = exactly(bytes, len);
        assert_true(spti_identity_of_device(copy, len, &identity));
        free(copy);
        assert_string_equal(identity.vendor, "");
        assert_string_equal(identity.product, "PRODUCT");
    }
}

static void a_descriptor_cut_anywhere_is_read_as_far_as_it_goes(void **state)
{
    uint8_t bytes[128];
    size_t whole = device(bytes, "VENDOR", "PRODUCT", "1.00");

    (void)state;
    for (size_t len = 0; len <= whole; len++) {
        struct oi_device_identity identity;
        uint8_t *cut = exactly(bytes, len);
        bool named = spti_identity_of_device(cut, len, &identity);
        int type = spti_type_of_device(cut, len);

        free(cut);
        assert_int_equal(named, len > 36);
        assert_int_equal(type, len > 8 ? 5 : -1);
    }
}

/* Two buses with two devices each; INQUIRY data of 36 bytes that begin with 05h. */
enum { ENTRY = 12 + 36, BUS_INFO = 4 + 2 * 8 + 4 * ENTRY };

static void bus_info(uint8_t out[BUS_INFO])
{
    memset(out, 0, BUS_INFO);
    out[0] = 2;
    for (uint32_t bus = 0; bus < 2; bus++) {
        uint32_t at = 4 + 2 * 8 + bus * 2 * ENTRY;

        out[4 + bus * 8] = 2;
        put32(out + 4 + bus * 8 + 4, at);
        for (uint32_t unit = 0; unit < 2; unit++, at += ENTRY) {
            out[at] = (uint8_t)bus;
            out[at + 1] = (uint8_t)unit;
            put32(out + at + 4, 36);
            put32(out + at + 8, unit == 0 ? at + ENTRY : 0);
            out[at + 12] = 5;
            out[at + 13] = (uint8_t)(0x10 * bus + unit);
        }
    }
}

static void inquiry_data_are_those_of_the_address_that_was_asked_for(void **state)
{
    uint8_t info[BUS_INFO];
    size_t len;

    (void)state;
    bus_info(info);
    for (uint8_t bus = 0; bus < 2; bus++)
        for (uint8_t unit = 0; unit < 2; unit++) {
            struct spti_address address = {bus, unit, 0};
            const uint8_t *data = spti_inquiry_of_bus(info, sizeof(info), &address, &len);

            assert_non_null(data);
            assert_int_equal(len, 36);
            assert_int_equal(data[1], 0x10 * bus + unit);
        }
    assert_null(spti_inquiry_of_bus(info, sizeof(info), &(struct spti_address){0, 0, 1}, &len));
    assert_int_equal(len, 0);
}

static void a_chain_of_devices_that_bites_its_tail_ends(void **state)
{
    uint8_t info[BUS_INFO];
    size_t len;

    (void)state;
    bus_info(info);
    put32(info + 20 + ENTRY + 8, 20); /* the second leads back to the first */
    assert_null(spti_inquiry_of_bus(info, sizeof(info), &(struct spti_address){9, 9, 9}, &len));
    info[0] = 255; /* more buses than there are bytes */
    assert_null(spti_inquiry_of_bus(info, sizeof(info), &(struct spti_address){9, 9, 9}, &len));
}

static void inquiry_data_that_did_not_come_whole_are_not_taken(void **state)
{
    struct spti_address last = {1, 1, 0};
    uint8_t info[BUS_INFO];

    (void)state;
    bus_info(info);
    for (size_t cut_at = 0; cut_at < sizeof(info); cut_at++) {
        uint8_t *cut = exactly(info, cut_at);
        size_t len;
        const uint8_t *data = spti_inquiry_of_bus(cut, cut_at, &last, &len);

        free(cut);
        assert_null(data);
        assert_int_equal(len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_of_an_adapter_becomes_limits_that_can_be_used),
        cmocka_unit_test(the_same_is_read_from_the_capabilities_of_an_adapter),
        cmocka_unit_test(an_answer_that_ends_too_early_gives_what_every_adapter_takes),
        cmocka_unit_test(limits_are_halved_by_a_transfer_they_allowed_and_not_below_32_kib),
        cmocka_unit_test(a_drive_is_named_by_the_texts_of_its_descriptor_without_their_padding),
        cmocka_unit_test(texts_that_are_too_long_or_not_printable_or_absent_do_no_harm),
        cmocka_unit_test(offsets_that_point_out_of_the_descriptor_are_texts_that_are_not_there),
        cmocka_unit_test(a_descriptor_cut_anywhere_is_read_as_far_as_it_goes),
        cmocka_unit_test(inquiry_data_are_those_of_the_address_that_was_asked_for),
        cmocka_unit_test(a_chain_of_devices_that_bites_its_tail_ends),
        cmocka_unit_test(inquiry_data_that_did_not_come_whole_are_not_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
