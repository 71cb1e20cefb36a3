/* The second process of a recorder test: the test program itself, started again. It talks through
 * its standard handles: a line in, a line out, and the end of its input ends it. */
#include "recorder_bench.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

enum { PATIENCE_MS = 20000, LINE_MAX_BYTES = 160 };

/* == the second process: its side == */

struct child {
    IDiscRecorder2 *recorder;
    IDiscRecorder2Ex *ex;
};

static HRESULT child_open(struct child *c, const char *unique_id)
{
    WCHAR text[LINE_MAX_BYTES];
    BSTR id;
    HRESULT hr;

    swprintf(text, LINE_MAX_BYTES, L"%hs", unique_id);
    id = SysAllocString(text);
    hr = CoCreateInstance(&CLSID_MsftDiscRecorder2, NULL, CLSCTX_INPROC_SERVER, &IID_IDiscRecorder2,
                          (void **)&c->recorder);
    if (SUCCEEDED(hr))
        hr = IDiscRecorder2_QueryInterface(c->recorder, &IID_IDiscRecorder2Ex, (void **)&c->ex);
    if (SUCCEEDED(hr))
        hr = IDiscRecorder2_InitializeDiscRecorder(c->recorder, id);
    if (SUCCEEDED(hr))
        rig_settle(c->ex);
    SysFreeString(id);
    return hr;
}

static HRESULT child_acquire(struct child *c)
{
    BSTR name = SysAllocString(L"the second process");
    HRESULT hr = IDiscRecorder2_AcquireExclusiveAccess(c->recorder, VARIANT_TRUE, name);

    SysFreeString(name);
    return hr;
}

static HRESULT child_info(struct child *c)
{
    BYTE *info = NULL;
    ULONG size;
    HRESULT hr = IDiscRecorder2Ex_GetDiscInformation(c->ex, &info, &size);

    CoTaskMemFree(info);
    return hr;
}

static HRESULT child_prevent(struct child *c)
{
    static const BYTE prevent[6] = {0x1e, 0, 0, 0, 1, 0};

    return rig_command(c->ex, prevent, 6, NULL);
}

static HRESULT child_do(struct child *c, const char *line, LONG *value)
{
    char id[LINE_MAX_BYTES];
    long lba;
    unsigned long sectors;

    if (sscanf(line, "open %159s", id) == 1)
        return child_open(c, id);
    if (!c->ex)
        return E_UNEXPECTED;
    if (strcmp(line, "acquire") == 0)
        return child_acquire(c);
    if (strcmp(line, "release") == 0)
        return IDiscRecorder2_ReleaseExclusiveAccess(c->recorder);
    if (strcmp(line, "prevent") == 0)
        return child_prevent(c);
    if (sscanf(line, "write %ld %lu", &lba, &sectors) == 2)
        return rig_write(c->ex, lba, sectors, 'c', NULL);
    if (strcmp(line, "sync") == 0)
        return rig_sync(c->ex);
    if (strcmp(line, "info") == 0)
        return child_info(c);
    if (strcmp(line, "next") == 0) {
        *value = rig_next_writable(c->ex);
        return S_OK;
    }
    return E_NOTIMPL;
}

bool rig_is_child(int argc, char **argv)
{
    struct child c = {NULL, NULL};
    char line[LINE_MAX_BYTES];

    if (argc < 2 || strcmp(argv[1], "second-process") != 0)
        return false;
    if (FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED)))
        return true;
    while (fgets(line, sizeof(line), stdin)) {
        LONG value = 0;
        HRESULT hr;

        line[strcspn(line, "\r\n")] = '\0';
        hr = child_do(&c, line, &value);
        printf("%08lx %ld\n", (unsigned long)hr, value);
        fflush(stdout);
    }
    if (c.ex)
        IDiscRecorder2Ex_Release(c.ex);
    if (c.recorder)
        IDiscRecorder2_Release(c.recorder);
    CoUninitialize();
    return true;
}

/* == the second process: our side == */

static HANDLE child_process, child_input, child_output;
static char child_mark[32]; /* in its command line, and in no other */

/* A pipe whose `ours` end is not inherited. */
static void make_pipe(HANDLE *theirs, HANDLE *ours, bool we_write)
{
    SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};

    assert_true(we_write ? CreatePipe(theirs, ours, &inherit, 0)
                         : CreatePipe(ours, theirs, &inherit, 0));
    assert_true(SetHandleInformation(*ours, HANDLE_FLAG_INHERIT, 0));
}

void rig_child_start(void)
{
    WCHAR program[MAX_PATH], command[MAX_PATH + 64];
    STARTUPINFOW startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION process;
    BOOL started;

    assert_null(child_process);
    GetModuleFileNameW(NULL, program, MAX_PATH);
    snprintf(child_mark, sizeof(child_mark), "%lu-%lu", GetCurrentProcessId(), GetTickCount());
    swprintf(command, MAX_PATH + 64, L"\"%ls\" second-process %hs", program, child_mark);
    make_pipe(&startup.hStdInput, &child_input, true);
    make_pipe(&startup.hStdOutput, &child_output, false);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    started = CreateProcessW(program, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process);
    CloseHandle(startup.hStdInput);
    CloseHandle(startup.hStdOutput);
    assert_true(started);
    CloseHandle(process.hThread);
    child_process = process.hProcess;
}

HRESULT rig_child(const char *line, LONG *value)
{
    char text[LINE_MAX_BYTES];
    unsigned long hr = (unsigned long)E_UNEXPECTED;
    const char *name = strncmp(line, "open ", 5) == 0 ? line + 5 : NULL;
    BSTR id = name ? rig_new_id(name) : NULL;
    size_t length = (size_t)(id ? snprintf(text, sizeof(text), "open %ls\n", id)
                                : snprintf(text, sizeof(text), "%s\n", line));
    DWORD done;
    LONG found = 0;

    SysFreeString(id);
    assert_non_null(child_process);
    assert_true(WriteFile(child_input, text, (DWORD)length, &done, NULL));
    for (length = 0; length + 1 < sizeof(text); length++) {
        if (!ReadFile(child_output, text + length, 1, &done, NULL) || done == 0)
            fail_msg("the second process ended at \"%s\"", line);
        if (text[length] == '\n')
            break;
    }
    text[length] = '\0';
    assert_int_equal(sscanf(text, "%lx %ld", &hr, &found), 2);
    if (value)
        *value = found;
    return (HRESULT)hr;
}

/* == the second process: what Linux says of it == */

/* A file of Linux about a process; its size, 0 when there is no such process. */
static DWORD read_of_process(const char *pid, const char *file, char *text, DWORD room)
{
    char path[64];
    HANDLE handle;
    DWORD got = 0;

    snprintf(path, sizeof(path), "Z:\\proc\\%.16s\\%s", pid, file);
    handle = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                         OPEN_EXISTING, 0, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return 0;
    if (!ReadFile(handle, text, room - 1, &got, NULL))
        got = 0;
    CloseHandle(handle);
    text[got] = '\0';
    return got;
}

static bool is_marked(const char *pid)
{
    char line[1024];
    DWORD size = read_of_process(pid, "cmdline", line, sizeof(line));

    for (DWORD at = 0; at < size; at += (DWORD)strlen(line + at) + 1)
        if (strcmp(line + at, child_mark) == 0)
            return true;
    return false;
}

static bool find_process(char pid[17])
{
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA("Z:\\proc\\*", &found);
    bool there = false;

    if (search == INVALID_HANDLE_VALUE)
        return false;
    do {
        there =
            found.cFileName[0] >= '1' && found.cFileName[0] <= '9' && is_marked(found.cFileName);
        if (there)
            snprintf(pid, 17, "%.16s", found.cFileName);
    } while (!there && FindNextFileA(search, &found));
    FindClose(search);
    return there;
}

/* Gone, or the last of its threads waits to be collected: no file is open any more. */
static bool has_ended(const char *pid)
{
    char line[1024], state = '\0', *behind_name;
    long threads = 0;

    if (read_of_process(pid, "stat", line, sizeof(line)) == 0)
        return true;
    behind_name = strrchr(line, ')');
    return behind_name &&
           sscanf(behind_name,
                  ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %ld",
                  &state, &threads) == 2 &&
           state == 'Z' && threads <= 1;
}

/* A process that Windows has ended is ended by Linux a little later, and has until then what it
 * holds of a drive, which Windows knows nothing of. */
static void wait_for_linux(const char *pid)
{
    ULONGLONG deadline = GetTickCount64() + PATIENCE_MS;

    while (!has_ended(pid)) {
        assert_true(GetTickCount64() < deadline);
        SwitchToThread();
    }
}

static void child_end(bool orderly)
{
    DWORD ended;
    char pid[17];
    bool found;

    if (!child_process)
        return;
    found = rig_on_drive() && find_process(pid);
    assert_true(orderly || found || !rig_on_drive());
    if (!orderly)
        TerminateProcess(child_process, 1);
    CloseHandle(child_input);
    ended = WaitForSingleObject(child_process, PATIENCE_MS);
    if (ended != WAIT_OBJECT_0)
        TerminateProcess(child_process, 1);
    CloseHandle(child_output);
    CloseHandle(child_process);
    child_process = NULL;
    assert_int_equal(ended, WAIT_OBJECT_0);
    if (found)
        wait_for_linux(pid);
}

void rig_child_quit(void)
{
    child_end(true);
}

void rig_child_kill(void)
{
    child_end(false);
}
