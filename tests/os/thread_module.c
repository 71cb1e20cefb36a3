/* A DLL whose detached thread is still running when the DLL is given up: src/os promises that the
 * thread's code stays mapped until it has left. */
#include "os.h"
#include <windows.h>

struct events {
    HANDLE go, done;
};

static struct events events;

static void wait_and_tell(void *context)
{
    struct events mine = *(struct events *)context;

    WaitForSingleObject(mine.go, INFINITE);
    SetEvent(mine.done);
}

__declspec(dllexport) int start_detached(HANDLE go, HANDLE done);

int start_detached(HANDLE go, HANDLE done)
{
    struct oi_thread *thread;

    events = (struct events){go, done};
    if (oi_thread_start(&thread, wait_and_tell, &events) != OI_OK)
        return 0;
    oi_thread_detach(thread);
    return 1;
}
