/* The invariant: the teller speaks only between begin and end, so end waits for a line that has
 * been begun; and it speaks without the lock, since output may block. It is one thread that lives
 * as long as the process: threads that come and go with every wait have been seen to hang a program
 * under Wine as they end. */
#include "patience.h"

#include <stdbool.h>
#include <stdio.h>
#include <windows.h>
#include "output.h"

enum { TOLD_EVERY_MS = 1000, NOT_KNOWN = -1 };

static struct {
    SRWLOCK lock;
    CONDITION_VARIABLE changed; /* there is a wait, or a line has been told */
    bool teller;                /* runs */
    bool speaking;
    const char *what;
    unsigned depth;
    ULONGLONG begun_ms, told_ms;
    int percent;
    bool told;
} wait;

static void tell_terminal(const char *what, int percent, unsigned seconds)
{
    char line[128];

    if (percent == NOT_KNOWN)
        snprintf(line, sizeof(line), "The drive is %s: %u:%02u", what, seconds / 60, seconds % 60);
    else
        snprintf(line, sizeof(line), "The drive is %s: %u:%02u, %d %%", what, seconds / 60,
                 seconds % 60, percent);
    oi_status_line(line);
}

static void tell_once(const char *what)
{
    struct oi_json json;

    oi_say("The drive is %s ...\n", what);
    oi_json_begin(&json, "waiting");
    oi_json_text(&json, "drive_is", what);
    oi_json_end(&json);
}

/* Called with the lock, which it leaves while it speaks. */
static void tell(ULONGLONG now_ms)
{
    const char *what = wait.what;
    unsigned seconds = (unsigned)((now_ms - wait.begun_ms) / 1000);
    int percent = wait.percent;
    bool first = !wait.told;

    wait.told = true;
    wait.told_ms = now_ms;
    wait.speaking = true;
    ReleaseSRWLockExclusive(&wait.lock);
    if (oi_output_is_terminal())
        tell_terminal(what, percent, seconds);
    else if (first)
        tell_once(what);
    AcquireSRWLockExclusive(&wait.lock);
    wait.speaking = false;
    WakeAllConditionVariable(&wait.changed);
}

static DWORD WINAPI tell_in_time(void *context)
{
    (void)context;
    AcquireSRWLockExclusive(&wait.lock);
    while (wait.teller) {
        ULONGLONG now_ms = GetTickCount64();
        ULONGLONG due_ms = wait.told_ms + TOLD_EVERY_MS;

        if (wait.depth && now_ms >= due_ms)
            tell(now_ms);
        else
            SleepConditionVariableSRW(&wait.changed, &wait.lock,
                                      wait.depth ? (DWORD)(due_ms - now_ms) : INFINITE, 0);
    }
    ReleaseSRWLockExclusive(&wait.lock);
    return 0;
}

/* Without a thread nothing is told, which harms nothing else. */
static void start_teller(void)
{
    HANDLE thread = wait.teller ? NULL : CreateThread(NULL, 0, tell_in_time, NULL, 0, NULL);

    if (thread)
        CloseHandle(thread);
    wait.teller = true;
}

void oi_patience_begin(const char *what)
{
    AcquireSRWLockExclusive(&wait.lock);
    if (!wait.depth++) {
        wait.what = what;
        wait.begun_ms = wait.told_ms = GetTickCount64();
        wait.told = false;
        wait.percent = NOT_KNOWN;
        start_teller();
        WakeAllConditionVariable(&wait.changed);
    }
    ReleaseSRWLockExclusive(&wait.lock);
}

void oi_patience_percent(unsigned percent)
{
    AcquireSRWLockExclusive(&wait.lock);
    wait.percent = (int)percent;
    ReleaseSRWLockExclusive(&wait.lock);
}

void oi_patience_end(void)
{
    bool told = false;

    AcquireSRWLockExclusive(&wait.lock);
    if (!--wait.depth) {
        while (wait.speaking)
            SleepConditionVariableSRW(&wait.changed, &wait.lock, INFINITE, 0);
        told = wait.told;
    }
    ReleaseSRWLockExclusive(&wait.lock);
    if (told)
        oi_status_end();
}
