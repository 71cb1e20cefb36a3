/* One list of drives and virtual recorders, whichever of the two is in trouble. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "drives.h"
#include "recorders.h"
#include "virtual.h"

/* What the two halves answer. */
struct half {
    const char *id; /* NULL: there is none */
    enum oi_status status;
};
static struct half drives, virtual_ones;

static enum oi_status answer(const struct half *half,
                             bool (*visit)(void *context, const char *unique_id), void *context)
{
    if (half->id)
        visit(context, half->id);
    return half->status;
}

enum oi_status __wrap_oi_drives_list(bool (*visit)(void *context, const char *unique_id),
                                     void *context);
enum oi_status __wrap_oi_drives_list(bool (*visit)(void *context, const char *unique_id),
                                     void *context)
{
    return answer(&drives, visit, context);
}

enum oi_status __wrap_oi_virtual_list(bool (*visit)(void *context, const char *unique_id),
                                      void *context);
enum oi_status __wrap_oi_virtual_list(bool (*visit)(void *context, const char *unique_id),
                                      void *context)
{
    return answer(&virtual_ones, visit, context);
}

struct seen {
    char ids[64];
    bool enough; /* after the first one */
};

static bool see(void *context, const char *unique_id)
{
    struct seen *seen = context;
    size_t length = strlen(seen->ids);

    snprintf(seen->ids + length, sizeof(seen->ids) - length, "%s ", unique_id);
    return !seen->enough;
}

static void drives_come_before_virtual_recorders(void **state)
{
    struct seen seen = {0};

    (void)state;
    drives = (struct half){"drive", OI_OK};
    virtual_ones = (struct half){"virtual", OI_OK};
    assert_int_equal(oi_recorders_list(see, &seen), OI_OK);
    assert_string_equal(seen.ids, "drive virtual ");
}

static void who_has_seen_enough_sees_no_more(void **state)
{
    struct seen seen = {.enough = true};

    (void)state;
    drives = (struct half){"drive", OI_OK};
    virtual_ones = (struct half){"virtual", OI_OK};
    assert_int_equal(oi_recorders_list(see, &seen), OI_OK);
    assert_string_equal(seen.ids, "drive ");
}

static void a_folder_that_can_t_be_read_hides_no_drive(void **state)
{
    struct seen seen = {0};

    (void)state;
    drives = (struct half){"drive", OI_OK};
    virtual_ones = (struct half){NULL, OI_ACCESS_DENIED};
    assert_int_equal(oi_recorders_list(see, &seen), OI_OK);
    assert_string_equal(seen.ids, "drive ");
}

static void a_folder_that_can_t_be_read_is_an_error_where_nothing_else_is(void **state)
{
    struct seen seen = {0};

    (void)state;
    drives = (struct half){NULL, OI_OK};
    virtual_ones = (struct half){NULL, OI_ACCESS_DENIED};
    assert_int_equal(oi_recorders_list(see, &seen), OI_ACCESS_DENIED);
}

static void a_list_that_ran_out_of_memory_is_none(void **state)
{
    struct seen seen = {0};

    (void)state;
    drives = (struct half){"drive", OI_OK};
    virtual_ones = (struct half){NULL, OI_OUT_OF_MEMORY};
    assert_int_equal(oi_recorders_list(see, &seen), OI_OUT_OF_MEMORY);
    drives = (struct half){"drive", OI_OUT_OF_MEMORY};
    virtual_ones = (struct half){NULL, OI_OK};
    assert_int_equal(oi_recorders_list(see, &seen), OI_OUT_OF_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drives_come_before_virtual_recorders),
        cmocka_unit_test(who_has_seen_enough_sees_no_more),
        cmocka_unit_test(a_folder_that_can_t_be_read_hides_no_drive),
        cmocka_unit_test(a_folder_that_can_t_be_read_is_an_error_where_nothing_else_is),
        cmocka_unit_test(a_list_that_ran_out_of_memory_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
