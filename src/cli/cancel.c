/* The request is an event that stays set. A handler may come before WriteSection has begun, when
 * CancelWrite finds nothing to cancel; therefore the event sink asks again in its first event.
 * Printing and COM calls may block, so they are done without the lock. */
#include "cancel.h"

#include "errors.h"
#include "output.h"

enum { CLOSING_CONSOLE_WAIT_MS = 20000 };

static struct {
    HANDLE requested;
    HANDLE finished;
    SRWLOCK lock;
    IWriteEngine2 *engine; /* guarded by lock; borrowed from the main thread */
    bool too_late;         /* guarded by lock */
    bool told;             /* guarded by lock */
} cancel = {.lock = SRWLOCK_INIT};

/* The handler's thread has not joined COM's apartments; the engine is agile, but may want one. */
static void cancel_write(IWriteEngine2 *engine)
{
    HRESULT joined = CoInitializeEx(NULL, COINIT_MULTITHREADED);

    IWriteEngine2_CancelWrite(engine);
    IWriteEngine2_Release(engine);
    if (SUCCEEDED(joined))
        CoUninitialize();
}

static void request(void)
{
    IWriteEngine2 *engine = NULL;
    bool too_late, told;

    AcquireSRWLockExclusive(&cancel.lock);
    too_late = cancel.too_late;
    told = cancel.told;
    if (!too_late) {
        cancel.told = true;
        SetEvent(cancel.requested);
        engine = cancel.engine;
        if (engine)
            IWriteEngine2_AddRef(engine);
    }
    ReleaseSRWLockExclusive(&cancel.lock);
    if (too_late)
        oi_complain("The disc is being finished; this can't be cancelled.\n");
    else if (!told)
        oi_complain("Cancelling ...\n");
    if (engine)
        cancel_write(engine);
}

static BOOL WINAPI on_control(DWORD type)
{
    request();
    /* The process ends when this returns for a closing console, a log-off or a shutdown. */
    if (type != CTRL_C_EVENT && type != CTRL_BREAK_EVENT)
        WaitForSingleObject(cancel.finished, CLOSING_CONSOLE_WAIT_MS);
    return TRUE;
}

void oi_cancel_install(void)
{
    cancel.requested = CreateEventW(NULL, TRUE, FALSE, NULL);
    cancel.finished = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!cancel.requested || !cancel.finished || !SetConsoleCtrlHandler(on_control, TRUE))
        oi_warn(NULL, "Ctrl-C can't be caught; don't use it");
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
    ReleaseSRWLockExclusive(&cancel.lock);
}

void oi_cancel_allow(bool allowed)
{
    AcquireSRWLockExclusive(&cancel.lock);
    cancel.too_late = !allowed;
    ReleaseSRWLockExclusive(&cancel.lock);
}
