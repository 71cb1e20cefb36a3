#include "cmocka_env.h"
#include "mode.h"

/* clang-format off */
static const uint8_t reply[] = {
    0, 30, 0, 0, 0, 0, 0, 8,                       /* header, 8 bytes of block descriptor */
    0, 0, 0, 0, 0, 0, 0x08, 0x00,
    0x85, 4, 0x41, 0xc5, 0x08, 0x10,               /* page 05h, savable */
    0x48, 0x01, 0x00, 0x02, 0xaa, 0xbb,            /* page 08h, subpage 01h */
    0x08, 2, 0x04, 0x00,                           /* page 08h */
};
/* clang-format on */

static void pages_start_behind_header_and_block_descriptors(void **state)
{
    struct oi_mode_pages pages;

    (void)state;
    assert_true(oi_mode_pages_parse(reply, sizeof reply, &pages));
    assert_ptr_equal(pages.bytes, reply + 16);
    assert_int_equal(pages.len, 16);
    assert_int_equal(pages.whole, sizeof reply);
}

static void pages_and_subpages_come_one_by_one(void **state)
{
    struct oi_mode_pages pages;
    struct oi_mode_page page;
    size_t cursor = 0;

    (void)state;
    assert_true(oi_mode_pages_parse(reply, sizeof reply, &pages));
    assert_true(oi_mode_page_next(&pages, &cursor, &page));
    assert_int_equal(page.code, 0x05);
    assert_true(page.savable);
    assert_int_equal(page.subpage, 0);
    assert_int_equal(page.len, 6);
    assert_ptr_equal(page.bytes, reply + 16);
    assert_true(oi_mode_page_next(&pages, &cursor, &page));
    assert_int_equal(page.code, 0x08);
    assert_int_equal(page.subpage, 1);
    assert_int_equal(page.len, 6);
    assert_true(oi_mode_page_next(&pages, &cursor, &page));
    assert_int_equal(page.code, 0x08);
    assert_int_equal(page.subpage, 0);
    assert_false(page.savable);
    assert_false(oi_mode_page_next(&pages, &cursor, &page));
}

static void a_page_is_found_by_its_code_and_its_subpages_are_passed_over(void **state)
{
    struct oi_mode_pages pages;
    struct oi_mode_page page;

    (void)state;
    assert_true(oi_mode_pages_parse(reply, sizeof reply, &pages));
    assert_true(oi_mode_page_find(&pages, 0x08, &page));
    assert_ptr_equal(page.bytes, reply + 28);
    assert_false(oi_mode_page_find(&pages, 0x2a, &page));
    assert_null(page.bytes);
}

static void a_reply_cut_short_anywhere_gives_whole_pages_only(void **state)
{
    (void)state;
    for (size_t len = 0; len <= sizeof reply; len++) {
        uint8_t *data = exact_copy(reply, len);
        struct oi_mode_pages pages;
        struct oi_mode_page page;
        size_t cursor = 0, count = 0;

        assert_int_equal(oi_mode_pages_parse(data, len, &pages), len >= 16);
        while (oi_mode_page_next(&pages, &cursor, &page))
            count++;
        free_copy(data, len);
        assert_int_equal(count, len < 22 ? 0 : len < 28 ? 1 : len < 32 ? 2 : 3);
    }
}

static void lengths_from_the_drive_are_not_believed(void **state)
{
    uint8_t bytes[sizeof reply];
    struct oi_mode_pages pages;
    struct oi_mode_page page;

    (void)state;
    memcpy(bytes, reply, sizeof bytes);
    bytes[6] = 0xff; /* more block descriptors than there are bytes */
    assert_false(oi_mode_pages_parse(bytes, sizeof bytes, &pages));
    assert_false(oi_mode_page_find(&pages, 0x05, &page));

    bytes[6] = 0;
    bytes[0] = 0xff; /* a longer reply than was received */
    assert_true(oi_mode_pages_parse(bytes, sizeof bytes, &pages));
    assert_int_equal(pages.len, 16);

    bytes[17] = 0xff; /* a longer page */
    assert_true(oi_mode_pages_parse(bytes, sizeof bytes, &pages));
    assert_false(oi_mode_page_find(&pages, 0x05, &page));
}

static void padding_behind_the_pages_is_no_page(void **state)
{
    static const uint8_t bytes[] = {0, 14, 0, 0, 0, 0, 0, 0, 0x0d, 2, 1, 2, 0, 0, 0, 0};
    struct oi_mode_pages pages;
    struct oi_mode_page page;
    size_t cursor = 0;

    (void)state;
    assert_true(oi_mode_pages_parse(bytes, sizeof bytes, &pages));
    assert_true(oi_mode_page_next(&pages, &cursor, &page));
    assert_false(oi_mode_page_next(&pages, &cursor, &page));
}

static void a_select_list_is_a_zero_header_and_the_page_without_its_ps_bit(void **state)
{
    static const uint8_t expected[] = {0, 0, 0, 0, 0, 0, 0, 0, 0x05, 4, 0x41, 0xc5, 0x08, 0x10};
    uint8_t list[sizeof expected];

    (void)state;
    memset(list, 0xff, sizeof list);
    assert_int_equal(oi_mode_select_list(reply + 16, 6, list, sizeof list), sizeof list);
    assert_memory_equal(list, expected, sizeof list);
}

static void a_select_list_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < 14; size++) {
        uint8_t *list = exact_copy(reply, size);

        assert_int_equal(oi_mode_select_list(reply + 16, 6, list, size), 0);
        assert_memory_equal(list, reply, size);
        free_copy(list, size);
    }
    uint8_t list[32];
    assert_int_equal(oi_mode_select_list(reply + 16, 1, list, sizeof list), 0);
    assert_int_equal(oi_mode_select_list(reply + 16, SIZE_MAX, list, sizeof list), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_start_behind_header_and_block_descriptors),
        cmocka_unit_test(pages_and_subpages_come_one_by_one),
        cmocka_unit_test(a_page_is_found_by_its_code_and_its_subpages_are_passed_over),
        cmocka_unit_test(a_reply_cut_short_anywhere_gives_whole_pages_only),
        cmocka_unit_test(lengths_from_the_drive_are_not_believed),
        cmocka_unit_test(padding_behind_the_pages_is_no_page),
        cmocka_unit_test(a_select_list_is_a_zero_header_and_the_page_without_its_ps_bit),
        cmocka_unit_test(a_select_list_that_does_not_fit_is_refused),
    };

    return cmocka_run_group_tests_name("mode pages", tests, NULL, NULL);
}
