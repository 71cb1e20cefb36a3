/* The request is an event that stays set. A handler may come before WriteSection has begun, when
 * CancelWrite finds nothing to cancel; therefore the event sink asks again in its first event.
 * Printing and COM calls may block, so they are done without the lock; but for the last words of a
 * program that does not listen yet: holding the lock keeps it from beginning to. */
#include "cancel.h"

#include "errors.h"
#include "output.h"

enum { CLOSING_CONSOLE_WAIT_MS = 20000 };

static struct {
    HANDLE requested;
    HANDLE finished;
    SRWLOCK lock;
    CONDITION_VARIABLE unused; /* no handler is in CancelWrite */
    IWriteEngine2 *engine;     /* guarded by lock, as all below; borrowed from the main thread */
    unsigned users;            /* handlers that are in CancelWrite */
    bool installed;            /* somebody asks for requests */
    const char *last_words;    /* of a program that a request ends */
    bool too_late;
    bool told;
} cancel = {.lock = SRWLOCK_INIT, .unused = CONDITION_VARIABLE_INIT, .last_words = "cancelled"};

static IWriteEngine2 *borrow_engine(void)
{
    IWriteEngine2 *engine;

    AcquireSRWLockExclusive(&cancel.lock);
    engine = cancel.engine;
    cancel.users += engine ? 1 : 0;
    ReleaseSRWLockExclusive(&cancel.lock);
    return engine;
}

static void give_engine_back(void)
{
    AcquireSRWLockExclusive(&cancel.lock);
    cancel.users--;
    WakeAllConditionVariable(&cancel.unused);
    ReleaseSRWLockExclusive(&cancel.lock);
}

/* The handler's thread has not joined COM's apartments; the engine is agile, but may want one. */
static void cancel_write(void)
{
    IWriteEngine2 *engine = borrow_engine();
    HRESULT joined;

    if (!engine)
        return;
    joined = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    IWriteEngine2_CancelWrite(engine);
    if (SUCCEEDED(joined))
        CoUninitialize();
    give_engine_back();
}

static void request(void)
{
    bool too_late, told;

    AcquireSRWLockExclusive(&cancel.lock);
    too_late = cancel.too_late;
    told = cancel.told;
    if (!too_late) {
        cancel.told = true;
        SetEvent(cancel.requested);
    }
    ReleaseSRWLockExclusive(&cancel.lock);
    if (too_late)
        oi_complain("The disc is being finished; this can't be cancelled.\n");
    else if (!told)
        oi_complain("Cancelling ...\n");
    if (!too_late)
        cancel_write();
}

/* Nothing is begun that would have to be ended. The system's own handler would end the program as
 * well, but under Wine with the exit code 0, as if all were done. */
static void end_unless_installed(void)
{
    AcquireSRWLockExclusive(&cancel.lock);
    if (!cancel.installed) {
        oi_fail_into(NULL);
        oi_fail(OI_EXIT_CANCELLED, NULL, NULL, "%s", cancel.last_words);
        TerminateProcess(GetCurrentProcess(), OI_EXIT_CANCELLED);
    }
    ReleaseSRWLockExclusive(&cancel.lock);
}

static BOOL WINAPI on_control(DWORD type)
{
    end_unless_installed();
    request();
    /* The process ends when this returns for a closing console, a log-off or a shutdown. */
    if (type != CTRL_C_EVENT && type != CTRL_BREAK_EVENT)
        WaitForSingleObject(cancel.finished, CLOSING_CONSOLE_WAIT_MS);
    return TRUE;
}

bool oi_cancel_guard(void)
{
    cancel.requested = CreateEventW(NULL, TRUE, FALSE, NULL);
    cancel.finished = CreateEventW(NULL, TRUE, FALSE, NULL);
    return cancel.requested && cancel.finished && SetConsoleCtrlHandler(on_control, TRUE);
}

void oi_cancel_last_words(const char *words)
{
    AcquireSRWLockExclusive(&cancel.lock);
    cancel.last_words = words;
    ReleaseSRWLockExclusive(&cancel.lock);
}

void oi_cancel_install(void)
{
    AcquireSRWLockExclusive(&cancel.lock);
    cancel.installed = true;
    ReleaseSRWLockExclusive(&cancel.lock);
}

void oi_cancel_finish(void)
{
    if (cancel.finished)
        SetEvent(cancel.finished);
}

bool oi_cancel_requested(void)
{
    return oi_cancel_wait(0);
}

bool oi_cancel_wait(DWORD milliseconds)
{
    return WaitForSingleObject(cancel.requested, milliseconds) == WAIT_OBJECT_0;
}

void oi_cancel_engine(IWriteEngine2 *engine)
{
    AcquireSRWLockExclusive(&cancel.lock);
    cancel.engine = engine;
    while (cancel.users)
        SleepConditionVariableSRW(&cancel.unused, &cancel.lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&cancel.lock);
}

void oi_cancel_allow(bool allowed)
{
    AcquireSRWLockExclusive(&cancel.lock);
    cancel.too_late = !allowed;
    ReleaseSRWLockExclusive(&cancel.lock);
}
