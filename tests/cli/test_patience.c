/* What is told while a drive keeps us waiting, with an output that a test can hold up. */
#include "patience.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>
#include <windows.h>
#include "output.h"

enum { DEADLINE_MS = 20000, LONG_LINE = 5000 };

static struct {
    HANDLE entered; /* somebody prints */
    HANDLE go;      /* who prints waits for it */
    volatile LONG printing, lines, status_ends;
} output;

/* ---- output.h ---- */

void oi_say(const char *format, ...)
{
    (void)format;
    InterlockedIncrement(&output.printing);
    SetEvent(output.entered);
    WaitForSingleObject(output.go, DEADLINE_MS);
    for (int turns = 0; turns < LONG_LINE; turns++)
        SwitchToThread();
    InterlockedIncrement(&output.lines);
    InterlockedDecrement(&output.printing);
}

bool oi_output_is_terminal(void)
{
    return false;
}

void oi_status_line(const char *line)
{
    (void)line;
}

void oi_status_end(void)
{
    InterlockedIncrement(&output.status_ends);
}

void oi_json_begin(struct oi_json *json, const char *event)
{
    (void)json, (void)event;
}

void oi_json_text(struct oi_json *json, const char *key, const char *value)
{
    (void)json, (void)key, (void)value;
}

void oi_json_end(struct oi_json *json)
{
    (void)json;
}

/* ---- tests ---- */

static int setup(void **state)
{
    (void)state;
    output.entered = CreateEventW(NULL, TRUE, FALSE, NULL);
    output.go = CreateEventW(NULL, TRUE, FALSE, NULL);
    output.printing = output.lines = output.status_ends = 0;
    return output.entered && output.go ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    CloseHandle(output.entered);
    CloseHandle(output.go);
    return 0;
}

static DWORD WINAPI tell_progress(void *context)
{
    (void)context;
    oi_patience_percent(50);
    oi_patience_begin("waiting within the wait");
    oi_patience_end();
    return 0;
}

/* The exit code; STILL_ACTIVE when it takes too long. */
static DWORD run(LPTHREAD_START_ROUTINE routine)
{
    HANDLE thread = CreateThread(NULL, 0, routine, NULL, 0, NULL);
    DWORD code = STILL_ACTIVE;

    assert_non_null(thread);
    WaitForSingleObject(thread, DEADLINE_MS / 2);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return code;
}

static void an_output_that_is_held_up_holds_up_nobody_who_goes_on_waiting(void **state)
{
    DWORD code;

    (void)state;
    oi_patience_begin("trying");
    assert_int_equal(WaitForSingleObject(output.entered, DEADLINE_MS), WAIT_OBJECT_0);
    code = run(tell_progress);
    SetEvent(output.go);
    oi_patience_end();
    assert_int_equal(code, 0);
}

static void a_wait_ends_behind_the_line_that_tells_of_it(void **state)
{
    (void)state;
    oi_patience_begin("trying");
    assert_int_equal(WaitForSingleObject(output.entered, DEADLINE_MS), WAIT_OBJECT_0);
    SetEvent(output.go);
    oi_patience_end();
    assert_int_equal(output.lines, 1);
    assert_int_equal(output.status_ends, 1);
}

static void a_wait_that_is_soon_over_is_not_talked_about(void **state)
{
    (void)state;
    oi_patience_begin("trying");
    oi_patience_end();
    assert_int_equal(output.lines, 0);
    assert_int_equal(output.status_ends, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_output_that_is_held_up_holds_up_nobody_who_goes_on_waiting),
        TEST(a_wait_ends_behind_the_line_that_tells_of_it),
        TEST(a_wait_that_is_soon_over_is_not_talked_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
