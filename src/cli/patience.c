/* The invariant: the timer exists between begin and end only, and end waits for its last word. */
#include "patience.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <windows.h>
#include "output.h"

enum { TOLD_EVERY_MS = 1000, NOT_KNOWN = -1 };

static struct {
    const char *what;
    unsigned depth;
    ULONGLONG begun_ms;
    HANDLE timer;
    atomic_int percent;
    bool told; /* the timer's thread alone writes it while there is a timer */
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

static void CALLBACK tell(void *context, BOOLEAN timed_out)
{
    (void)context, (void)timed_out;
    if (oi_output_is_terminal())
        tell_terminal(wait.what, atomic_load(&wait.percent),
                      (unsigned)((GetTickCount64() - wait.begun_ms) / 1000));
    else if (!wait.told)
        tell_once(wait.what);
    wait.told = true;
}

/* Without a timer nothing is told, which harms nothing else. */
void oi_patience_begin(const char *what)
{
    if (wait.depth++)
        return;
    wait.what = what;
    wait.begun_ms = GetTickCount64();
    wait.told = false;
    atomic_store(&wait.percent, NOT_KNOWN);
    if (!CreateTimerQueueTimer(&wait.timer, NULL, tell, NULL, TOLD_EVERY_MS, TOLD_EVERY_MS,
                               WT_EXECUTEDEFAULT))
        wait.timer = NULL;
}

void oi_patience_percent(unsigned percent)
{
    atomic_store(&wait.percent, (int)percent);
}

void oi_patience_end(void)
{
    if (--wait.depth)
        return;
    if (wait.timer)
        DeleteTimerQueueTimer(NULL, wait.timer, INVALID_HANDLE_VALUE);
    wait.timer = NULL;
    if (wait.told)
        oi_status_end();
}
