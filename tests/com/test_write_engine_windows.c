/* A client with a window on the thread that writes, as programs with a user interface are: what
 * becomes of the window's messages while WriteSection has the thread. */
#include "com_bench.h"

#include <string.h>

enum { BLOCKS = 256, WM_ASK = WM_APP, WM_TELL, WM_CANCEL, ANSWER = 4711 };

static struct {
    HWND handle;
    DWORD thread;
    LONG asked, told, asked_in_progress;
    struct bench *bench;
} window;

static LRESULT CALLBACK window_proc(HWND handle, UINT message, WPARAM word, LPARAM param)
{
    switch (message) {
    case WM_ASK:
        window.asked++;
        window.thread = GetCurrentThreadId();
        window.asked_in_progress += bench_in_progress(window.bench) == VARIANT_TRUE;
        return ANSWER;
    case WM_TELL:
        window.told++;
        return 0;
    case WM_CANCEL:
        window.bench->sink.result = bench_cancel(window.bench);
        return 0;
    default:
        return DefWindowProcW(handle, message, word, param);
    }
}

static int enter_with_window(void **state)
{
    WNDCLASSW class = {.lpfnWndProc = window_proc, .lpszClassName = L"oi client with a window"};
    int entered = bench_enter_sta(state);

    if (entered != 0)
        return entered;
    memset(&window, 0, sizeof(window));
    window.bench = *state;
    RegisterClassW(&class);
    window.handle =
        CreateWindowW(class.lpszClassName, L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    return window.handle ? 0 : -1;
}

static bool pump(bool *quit)
{
    MSG message;
    bool any = false;

    *quit = false;
    while (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE)) {
        any = true;
        *quit = *quit || message.message == WM_QUIT;
        DispatchMessageW(&message);
    }
    return any;
}

static int leave_with_window(void **state)
{
    bool quit;

    DestroyWindow(window.handle);
    pump(&quit);
    UnregisterClassW(L"oi client with a window", NULL);
    return bench_leave(state);
}

struct caller {
    struct bench *bench;
    LRESULT sent;
    DWORD_PTR answer;
};

/* Another thread, while the drive is in a WRITE: nobody but the waiting client can answer. */
static void ask_during_the_write(void *context)
{
    struct caller *caller = context;

    if (count_wait(&caller->bench->drive.held, 1))
        caller->sent = SendMessageTimeoutW(window.handle, WM_ASK, 0, 0, SMTO_NORMAL, PATIENCE_MS,
                                           &caller->answer);
    count_up(&caller->bench->drive.go);
}

static void a_message_sent_by_another_thread_is_answered_during_the_write(void **state)
{
    struct bench *b = *state;
    struct caller caller = {.bench = b};
    struct worker worker;

    b->drive.hold_at = 2;
    bench_start(&worker, COINIT_MULTITHREADED, ask_during_the_write, &caller);
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    bench_join(&worker);
    assert_true(caller.sent != 0);
    assert_int_equal(caller.answer, ANSWER);
    assert_int_equal(window.thread, GetCurrentThreadId());
    assert_int_equal(window.asked_in_progress, 1);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
}

static void post_during_the_write(struct drive *drive, LONG nth)
{
    (void)drive;
    if (nth <= 3)
        PostMessageW(window.handle, WM_TELL, 0, 0);
}

/* Whether they are dispatched during the write or stay for the client's own loop is the system's
 * choice (CoWaitForMultipleHandles): each is, and once. */
static void no_posted_message_is_lost_or_comes_twice(void **state)
{
    struct bench *b = *state;
    LONG during;
    bool quit;

    b->drive.on_write = post_during_the_write;
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    during = window.told;
    pump(&quit);
    print_message("  %ld of %ld were dispatched during the write\n", during, window.told);
    assert_int_equal(window.told, 3);
    assert_false(quit);
}

static void quit_during_the_write(struct drive *drive, LONG nth)
{
    (void)drive;
    if (nth == 2)
        PostThreadMessageW(GetWindowThreadProcessId(window.handle, NULL), WM_QUIT, 0, 0);
}

/* The write goes on, and the client's loop ends when it gets the thread back. */
static void a_quit_message_stays_for_the_client_s_own_loop(void **state)
{
    struct bench *b = *state;
    bool quit;

    b->drive.on_write = quit_during_the_write;
    assert_hr(bench_write(b, 0, BLOCKS), S_OK);
    assert_true(drive_holds(&b->drive, 0, BLOCKS, 0));
    pump(&quit);
    assert_true(quit);
}

static void pump_in_the_handler(struct sink *sink, IWriteEngine2 *engine,
                                IWriteEngine2EventArgs *progress)
{
    bool quit;

    (void)sink, (void)engine, (void)progress;
    pump(&quit);
}

static void press_cancel(struct drive *drive, LONG nth)
{
    struct bench *b = drive->context;

    if (nth == 2) {
        PostMessageW(window.handle, WM_CANCEL, 0, 0);
        count_wait(&b->sink.ended, 2);
    }
}

/* A cancel button, as it works with every system: the handler pumps. */
static void a_handler_that_pumps_lets_a_button_cancel(void **state)
{
    struct bench *b = *state;

    b->sink.result = E_FAIL;
    b->sink.on_event = pump_in_the_handler;
    b->drive.on_write = press_cancel;
    assert_hr(bench_write(b, 0, 1024), E_IMAPI_REQUEST_CANCELLED);
    assert_hr(b->sink.result, S_OK);
    assert_int_equal(b->drive.writes, 2);
}

#define WITH_WINDOW(test)                                                                          \
    {                                                                                              \
#test, test, enter_with_window, leave_with_window, NULL                                    \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WINDOW(a_message_sent_by_another_thread_is_answered_during_the_write),
        WITH_WINDOW(no_posted_message_is_lost_or_comes_twice),
        WITH_WINDOW(a_quit_message_stays_for_the_client_s_own_loop),
        WITH_WINDOW(a_handler_that_pumps_lets_a_button_cancel),
    };

    return cmocka_run_group_tests_name("write_engine_windows", tests, NULL, NULL);
}
