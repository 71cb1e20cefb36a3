/* Threads, locks, clock, memory and environment on Windows. SRWLOCK and CONDITION_VARIABLE are one
 * pointer each and need no freeing, which is what lets os.h declare them without windows.h. */
#include "os_win32.h"
#include "os.h"
#include <stdlib.h>

_Static_assert(sizeof(SRWLOCK) == sizeof(struct oi_mutex), "oi_mutex holds an SRWLOCK");
_Static_assert(sizeof(CONDITION_VARIABLE) == sizeof(struct oi_cond),
               "oi_cond holds a CONDITION_VARIABLE");

static SRWLOCK *srw_of(struct oi_mutex *mutex)
{
    return (SRWLOCK *)&mutex->srw;
}

static CONDITION_VARIABLE *cv_of(struct oi_cond *cond)
{
    return (CONDITION_VARIABLE *)&cond->cv;
}

void oi_mutex_init(struct oi_mutex *mutex)
{
    InitializeSRWLock(srw_of(mutex));
}

void oi_mutex_fini(struct oi_mutex *mutex)
{
    mutex->srw = NULL;
}

void oi_mutex_lock(struct oi_mutex *mutex)
{
    AcquireSRWLockExclusive(srw_of(mutex));
}

void oi_mutex_unlock(struct oi_mutex *mutex)
{
    ReleaseSRWLockExclusive(srw_of(mutex));
}

void oi_cond_init(struct oi_cond *cond)
{
    InitializeConditionVariable(cv_of(cond));
}

void oi_cond_fini(struct oi_cond *cond)
{
    cond->cv = NULL;
}

void oi_cond_wait(struct oi_cond *cond, struct oi_mutex *mutex)
{
    SleepConditionVariableSRW(cv_of(cond), srw_of(mutex), INFINITE, 0);
}

bool oi_cond_wait_until(struct oi_cond *cond, struct oi_mutex *mutex, uint64_t deadline_us)
{
    enum { LONGEST_WAIT_MS = 60 * 60 * 1000 };
    uint64_t now = oi_clock_us();
    uint64_t wait_ms = deadline_us > now ? (deadline_us - now) / 1000 + 1 : 0;

    if (wait_ms > LONGEST_WAIT_MS)
        wait_ms = LONGEST_WAIT_MS;
    if (SleepConditionVariableSRW(cv_of(cond), srw_of(mutex), (DWORD)wait_ms, 0))
        return true;
    /* A wait that was cut or ended a tick early counts as a spurious wake. */
    return oi_clock_us() < deadline_us;
}

void oi_cond_signal(struct oi_cond *cond)
{
    WakeConditionVariable(cv_of(cond));
}

void oi_cond_broadcast(struct oi_cond *cond)
{
    WakeAllConditionVariable(cv_of(cond));
}

uint64_t oi_clock_us(void)
{
    LARGE_INTEGER ticks, per_second;
    uint64_t seconds, rest;

    QueryPerformanceFrequency(&per_second);
    QueryPerformanceCounter(&ticks);
    /* Whole seconds apart, so that ticks * 1000000 can't overflow. */
    seconds = (uint64_t)ticks.QuadPart / (uint64_t)per_second.QuadPart;
    rest = (uint64_t)ticks.QuadPart % (uint64_t)per_second.QuadPart;
    return seconds * 1000000 + rest * 1000000 / (uint64_t)per_second.QuadPart;
}

uint64_t oi_wall_clock_us(void)
{
    const uint64_t from_1601_to_1970 = 11644473600000000u; /* microseconds */
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    return (((uint64_t)now.dwHighDateTime << 32) | now.dwLowDateTime) / 10 - from_1601_to_1970;
}

uint32_t oi_process_id(void)
{
    return GetCurrentProcessId();
}

struct oi_thread {
    HANDLE handle;
};

/* Owned by the new thread; the oi_thread may be gone before the thread is. */
struct launch {
    void (*body)(void *context);
    void *context;
    HMODULE module; /* the one that holds body, with a reference */
};

static DWORD WINAPI thread_main(void *argument)
{
    struct launch launch = *(struct launch *)argument;

    free(argument);
    launch.body(launch.context);
    /* The reference can't be given back by code of the module itself: this call frees it and
     * ends the thread without coming back. For an EXE the reference means nothing. */
    FreeLibraryAndExitThread(launch.module, 0);
}

enum oi_status oi_thread_start(struct oi_thread **thread, void (*body)(void *context),
                               void *context)
{
    struct oi_thread *self = malloc(sizeof *self);
    struct launch *launch = malloc(sizeof *launch);

    *thread = NULL;
    if (!self || !launch)
        goto fail;
    launch->body = body;
    launch->context = context;
    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (LPCWSTR)(uintptr_t)body,
                            &launch->module))
        goto fail;
    self->handle = CreateThread(NULL, 0, thread_main, launch, 0, NULL);
    if (!self->handle) {
        FreeLibrary(launch->module);
        goto fail;
    }
    *thread = self;
    return OI_OK;

fail:
    free(launch);
    free(self);
    return OI_OUT_OF_MEMORY;
}

void oi_thread_join(struct oi_thread *thread)
{
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
    free(thread);
}

void oi_thread_detach(struct oi_thread *thread)
{
    CloseHandle(thread->handle);
    free(thread);
}

void *oi_pages_alloc(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void oi_pages_free(void *pages, size_t size)
{
    (void)size;
    if (pages)
        VirtualFree(pages, 0, MEM_RELEASE);
}

enum oi_status oi_win32_status(DWORD error)
{
    enum { DISK_QUOTA_EXCEEDED = 1295 }; /* its name is missing in older headers */

    switch (error) {
    case ERROR_SUCCESS:
        return OI_OK;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_DIRECTORY:
    case ERROR_INVALID_DRIVE:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_NO_UNICODE_TRANSLATION:
        return OI_NOT_FOUND;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        return OI_EXISTS;
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT:
    case ERROR_PRIVILEGE_NOT_HELD:
        return OI_ACCESS_DENIED;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_LOCK_FAILED:
    case ERROR_USER_MAPPED_FILE:
        return OI_SHARING;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case DISK_QUOTA_EXCEEDED:
    case ERROR_FILE_TOO_LARGE:
        return OI_DISK_FULL;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_COMMITMENT_LIMIT:
        return OI_OUT_OF_MEMORY;
    default:
        return OI_IO_ERROR;
    }
}

WCHAR *oi_win32_wide(const char *utf8)
{
    int len = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8, -1, NULL, 0);
    WCHAR *wide = len > 0 ? malloc((size_t)len * sizeof *wide) : NULL;

    if (wide)
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8, -1, wide, len);
    return wide;
}

char *oi_win32_utf8(const WCHAR *wide)
{
    int len = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, NULL, 0, NULL, NULL);
    char *utf8 = len > 0 ? malloc((size_t)len) : NULL;

    if (utf8)
        WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, utf8, len, NULL, NULL);
    return utf8;
}

static char *environment_value(const WCHAR *name)
{
    DWORD capacity = 256;

    for (;;) {
        WCHAR *value = malloc(capacity * sizeof *value);
        char *utf8;
        DWORD len;

        if (!value)
            return NULL;
        value[0] = 0;
        SetLastError(ERROR_SUCCESS); /* an empty value is told from none by this alone */
        len = GetEnvironmentVariableW(name, value, capacity);
        if (len < capacity) {
            utf8 = len == 0 && GetLastError() != ERROR_SUCCESS ? NULL : oi_win32_utf8(value);
            free(value);
            return utf8;
        }
        free(value);
        capacity = len;
    }
}

char *oi_environment(const char *name)
{
    WCHAR *wide = oi_win32_wide(name);
    char *value = wide ? environment_value(wide) : NULL;

    free(wide);
    return value;
}

char *oi_user_data_folder(void)
{
    char *folder = oi_environment("LOCALAPPDATA");

    if (folder && folder[0])
        return folder;
    free(folder);
    return NULL;
}
