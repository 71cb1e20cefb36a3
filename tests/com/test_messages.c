/* imapi2error.h and the message table, which this program carries like imapi2.dll does. */
#include <windows.h>
#include "imapi2error.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>
#include "message_codes.h"

#define X(name) {#name, name},
static const struct code header_codes[] = {
#include "error_codes.inc"
};
#undef X

static void the_message_table_gives_every_code_the_value_of_the_header(void **state)
{
    (void)state;
    assert_true(ARRAYSIZE(header_codes) > 0);
    for (size_t i = 0; i < ARRAYSIZE(header_codes); i++) {
        if (message_codes[i].value != header_codes[i].value)
            fail_msg("%s: header %08lX, message table %08lX", header_codes[i].name,
                     header_codes[i].value, message_codes[i].value);
    }
}

static void no_two_codes_have_the_same_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAYSIZE(header_codes); i++) {
        for (size_t k = 0; k < i; k++) {
            if (header_codes[i].value == header_codes[k].value)
                fail_msg("%s and %s", header_codes[i].name, header_codes[k].name);
        }
    }
}

static void every_code_belongs_to_the_facility_and_succeeds_as_its_name_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAYSIZE(header_codes); i++) {
        const struct code *code = &header_codes[i];

        if (HRESULT_FACILITY(code->value) != FACILITY_IMAPI2 ||
            SUCCEEDED(code->value) != (code->name[0] == 'S'))
            fail_msg("%s is %08lX", code->name, code->value);
    }
}

static void every_code_has_a_sentence_for_a_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAYSIZE(header_codes); i++) {
        WCHAR text[512];
        DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE, GetModuleHandleW(NULL),
                                      (DWORD)header_codes[i].value, 0, text, ARRAYSIZE(text), NULL);

        if (length < 10 || wcscmp(text + length - 3, L".\r\n") != 0)
            fail_msg("%s: '%.*ls'", header_codes[i].name, (int)length, text);
    }
}

static void the_message_table_has_no_code_that_the_header_lacks(void **state)
{
    HRSRC resource = FindResourceW(NULL, MAKEINTRESOURCEW(1), RT_MESSAGETABLE);
    const MESSAGE_RESOURCE_DATA *table;
    DWORD count = 0;

    (void)state;
    assert_non_null(resource);
    table = LockResource(LoadResource(NULL, resource));
    assert_non_null(table);
    for (DWORD i = 0; i < table->NumberOfBlocks; i++)
        count += table->Blocks[i].HighId - table->Blocks[i].LowId + 1;
    assert_int_equal(count, ARRAYSIZE(header_codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_message_table_gives_every_code_the_value_of_the_header),
        cmocka_unit_test(no_two_codes_have_the_same_value),
        cmocka_unit_test(every_code_belongs_to_the_facility_and_succeeds_as_its_name_says),
        cmocka_unit_test(every_code_has_a_sentence_for_a_text),
        cmocka_unit_test(the_message_table_has_no_code_that_the_header_lacks),
    };

    return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
