/* The bench of a COM client. The DLL is reached through the registry alone; its environment (the
 * folder of virtual recorders) is set before the first object exists. */
#include "com_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CDROM_CLASS "{53f56308-b6bf-11d0-94f2-00a0c91efb8b}"

enum { WATCHDOG_MS = 60000 };

static char folder[MAX_PATH];

/* == the loaded DLL == */

HRESULT bench_can_unload(void)
{
    HMODULE dll = GetModuleHandleW(L"imapi2.dll");
    FARPROC entry = dll ? GetProcAddress(dll, "DllCanUnloadNow") : NULL;

    if (!entry)
        return dll ? E_UNEXPECTED : S_OK;
    return ((HRESULT(STDMETHODCALLTYPE *)(void))(void (*)(void))entry)();
}

bool bench_unloadable(void)
{
    ULONGLONG end = GetTickCount64() + PATIENCE_MS;

    while (bench_can_unload() != S_OK) {
        if (GetTickCount64() >= end)
            return false;
        SwitchToThread();
    }
    return true;
}

/* == a test's surroundings == */

static DWORD WINAPI watch(void *context)
{
    struct bench *b = context;

    if (WaitForSingleObject(b->over, WATCHDOG_MS) == WAIT_TIMEOUT) {
        print_error("the test hangs %s: it took more than %d s\n", b->doing, WATCHDOG_MS / 1000);
        TerminateProcess(GetCurrentProcess(), 99);
    }
    return 0;
}

/* The folder of virtual recorders is named before the DLL is loaded. */
static bool make_folder(void)
{
    char temp[MAX_PATH];

    GetTempPathA(sizeof(temp), temp);
    snprintf(folder, sizeof(folder), "%soi-com-%lu-%lu", temp, GetCurrentProcessId(),
             GetTickCount());
    return CreateDirectoryA(folder, NULL) &&
           SetEnvironmentVariableA("OPENIMAPI2_RECORDERS", folder);
}

static bool ready(struct bench *b)
{
    if (FAILED(CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_INPROC_SERVER,
                                &IID_IWriteEngine2, (void **)&b->engine))) {
        print_error("no MsftWriteEngine2: is imapi2.dll registered?\n");
        return false;
    }
    return IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface) == S_OK &&
           IWriteEngine2_put_BytesPerSector(b->engine, SECTOR) == S_OK &&
           bench_try_advise(b->engine, &b->sink, &b->cookie) == S_OK;
}

static int enter(void **state, DWORD apartment)
{
    struct bench *b = calloc(1, sizeof(*b));

    if (!b || !make_folder() || FAILED(CoInitializeEx(NULL, apartment)))
        return -1;
    b->apartment = apartment;
    b->doing = "while it sets up";
    b->over = CreateEventW(NULL, TRUE, FALSE, NULL);
    b->watchdog = CreateThread(NULL, 0, watch, b, 0, NULL);
    source_init(&b->source, AGILE_BY_NAME);
    sink_init(&b->sink);
    if (!drive_init(&b->drive, AGILE_BY_MARSHALER))
        return -1;
    b->sink.context = b;
    b->drive.context = b;
    *state = b;
    if (!ready(b))
        return -1;
    b->doing = "in its own steps";
    return 0;
}

int bench_enter_sta(void **state)
{
    return enter(state, COINIT_APARTMENTTHREADED);
}

int bench_enter_mta(void **state)
{
    return enter(state, COINIT_MULTITHREADED);
}

static void remove_folder(void)
{
    char path[2 * MAX_PATH];
    WIN32_FIND_DATAA found;
    HANDLE search;

    snprintf(path, sizeof(path), "%s\\*", folder);
    search = FindFirstFileA(path, &found);
    if (search != INVALID_HANDLE_VALUE) {
        do {
            snprintf(path, sizeof(path), "%s\\%s", folder, found.cFileName);
            DeleteFileA(path);
        } while (FindNextFileA(search, &found));
        FindClose(search);
    }
    RemoveDirectoryA(folder);
}

static bool returned(LONG refs, const char *what)
{
    if (refs != 1)
        print_error("%s still has %ld references\n", what, refs - 1);
    return refs == 1;
}

/* Nothing may be left: no object of the DLL, no reference to one of ours. */
int bench_leave(void **state)
{
    struct bench *b = *state;
    bool clean;

    b->doing = "while it releases the engine";
    count_up(&b->source.go);
    count_up(&b->drive.go);
    if (b->engine)
        IWriteEngine2_Release(b->engine);
    sink_fini(&b->sink);
    clean = bench_unloadable();
    if (!clean)
        print_error("imapi2.dll still has objects\n");
    source_fini(&b->source);
    if (b->drive.malformed || b->drive.overlaps) {
        print_error("%ld malformed WRITEs, %ld sent before another had ended\n", b->drive.malformed,
                    b->drive.overlaps);
        clean = false;
    }
    drive_fini(&b->drive);
    b->doing = "in CoUninitialize";
    CoUninitialize();
    clean = returned(count_of(&b->source.refs), "the source") && clean;
    clean = returned(count_of(&b->sink.refs), "the sink") && clean;
    clean = returned(count_of(&b->drive.refs), "the drive") && clean;
    remove_folder();
    SetEvent(b->over);
    WaitForSingleObject(b->watchdog, INFINITE);
    CloseHandle(b->watchdog);
    CloseHandle(b->over);
    free(b);
    return clean ? 0 : -1;
}

void bench_assert_hr(HRESULT got, HRESULT expected, const char *what, const char *file, int line)
{
    if (got == expected)
        return;
    print_error("%s\nis 0x%08lx, not 0x%08lx\n", what, (unsigned long)got, (unsigned long)expected);
    _fail(file, line);
}

/* == the engine == */

IWriteEngine2 *bench_new_engine(void)
{
    IWriteEngine2 *engine = NULL;

    assert_hr(CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_INPROC_SERVER,
                               &IID_IWriteEngine2, (void **)&engine),
              S_OK);
    return engine;
}

HRESULT bench_write(struct bench *b, LONG lba, LONG blocks)
{
    SetErrorInfo(0, NULL);
    return IWriteEngine2_WriteSection(b->engine, &b->source.IStream_iface, lba, blocks);
}

HRESULT bench_cancel(struct bench *b)
{
    return IWriteEngine2_CancelWrite(b->engine);
}

VARIANT_BOOL bench_in_progress(struct bench *b)
{
    VARIANT_BOOL value = 77;

    return IWriteEngine2_get_WriteInProgress(b->engine, &value) == S_OK ? value : 88;
}

static HRESULT point_of(IWriteEngine2 *engine, IConnectionPoint **point)
{
    IConnectionPointContainer *container;
    HRESULT result =
        IWriteEngine2_QueryInterface(engine, &IID_IConnectionPointContainer, (void **)&container);

    if (FAILED(result))
        return result;
    result =
        IConnectionPointContainer_FindConnectionPoint(container, &IID_DWriteEngine2Events, point);
    IConnectionPointContainer_Release(container);
    return result;
}

HRESULT bench_try_advise(IWriteEngine2 *engine, struct sink *sink, DWORD *cookie)
{
    IConnectionPoint *point;
    HRESULT result = point_of(engine, &point);

    if (FAILED(result))
        return result;
    result = IConnectionPoint_Advise(point, (IUnknown *)&sink->IDispatch_iface, cookie);
    if (SUCCEEDED(result))
        sink->cookie = *cookie;
    IConnectionPoint_Release(point);
    return result;
}

DWORD bench_advise(IWriteEngine2 *engine, struct sink *sink)
{
    DWORD cookie = 0;

    assert_hr(bench_try_advise(engine, sink, &cookie), S_OK);
    return cookie;
}

HRESULT bench_unadvise(IWriteEngine2 *engine, DWORD cookie)
{
    IConnectionPoint *point;
    HRESULT result = point_of(engine, &point);

    if (FAILED(result))
        return result;
    result = IConnectionPoint_Unadvise(point, cookie);
    IConnectionPoint_Release(point);
    return result;
}

const char *bench_error(char text[BENCH_TEXT])
{
    IErrorInfo *info = NULL;
    BSTR words = NULL;

    text[0] = '\0';
    if (GetErrorInfo(0, &info) == S_OK && info) {
        if (IErrorInfo_GetDescription(info, &words) == S_OK && words)
            WideCharToMultiByte(CP_UTF8, 0, words, -1, text, BENCH_TEXT, NULL, NULL);
        SysFreeString(words);
        IErrorInfo_Release(info);
    }
    return text;
}

/* == threads == */

static DWORD WINAPI work(void *context)
{
    struct worker *worker = context;
    HRESULT entered = CoInitializeEx(NULL, worker->apartment);

    worker->run(worker->context);
    if (SUCCEEDED(entered))
        CoUninitialize();
    return 0;
}

void bench_start(struct worker *worker, DWORD apartment, void (*run)(void *context), void *context)
{
    *worker = (struct worker){.apartment = apartment, .run = run, .context = context};
    worker->thread = CreateThread(NULL, 0, work, worker, 0, NULL);
    assert_non_null(worker->thread);
}

void bench_join(struct worker *worker)
{
    DWORD index = 0;

    assert_hr(CoWaitForMultipleHandles(0, PATIENCE_MS, 1, &worker->thread, &index), S_OK);
    CloseHandle(worker->thread);
}

static void keep_house(void *context)
{
    struct house *house = context;
    DWORD index;

    house->thread = GetCurrentThreadId();
    if (house->move_in)
        house->move_in(house->context);
    count_up(&house->in);
    CoWaitForMultipleHandles(0, PATIENCE_MS, 1, &house->leave, &index);
    if (house->move_out)
        house->move_out(house->context);
}

void bench_open_house(struct house *house)
{
    house->in = 0;
    house->leave = CreateEventW(NULL, TRUE, FALSE, NULL);
    assert_non_null(house->leave);
    bench_start(&house->worker, COINIT_APARTMENTTHREADED, keep_house, house);
    assert_true(count_wait(&house->in, 1));
}

void bench_close_house(struct house *house)
{
    SetEvent(house->leave);
    bench_join(&house->worker);
    CloseHandle(house->leave);
}

/* == IDispatch == */

VARIANT bench_long(LONG value)
{
    VARIANT v;

    V_VT(&v) = VT_I4;
    V_I4(&v) = value;
    return v;
}

VARIANT bench_object(void *object)
{
    VARIANT v;

    V_VT(&v) = VT_UNKNOWN;
    V_UNKNOWN(&v) = object;
    return v;
}

static HRESULT id_of(void *object, const wchar_t *name, IDispatch **dispatch, DISPID *id)
{
    LPOLESTR names[1] = {(LPOLESTR)name};
    HRESULT result = IUnknown_QueryInterface((IUnknown *)object, &IID_IDispatch, (void **)dispatch);

    if (FAILED(result))
        return result;
    result = IDispatch_GetIDsOfNames(*dispatch, &IID_NULL, names, 1, LOCALE_SYSTEM_DEFAULT, id);
    if (FAILED(result))
        IDispatch_Release(*dispatch);
    return result;
}

static HRESULT invoke(void *object, const wchar_t *name, WORD flags, DISPPARAMS *params,
                      VARIANT *value, EXCEPINFO *exception)
{
    IDispatch *dispatch;
    DISPID id;
    UINT bad_argument = 0;
    HRESULT result = id_of(object, name, &dispatch, &id);

    if (FAILED(result))
        return result;
    result = IDispatch_Invoke(dispatch, id, &IID_NULL, LOCALE_SYSTEM_DEFAULT, flags, params, value,
                              exception, &bad_argument);
    IDispatch_Release(dispatch);
    return result;
}

HRESULT bench_get(void *object, const wchar_t *name, VARIANT *value)
{
    DISPPARAMS none = {0};

    VariantInit(value);
    return invoke(object, name, DISPATCH_PROPERTYGET, &none, value, NULL);
}

HRESULT bench_put(void *object, const wchar_t *name, VARIANT value)
{
    DISPID put = DISPID_PROPERTYPUT;
    DISPPARAMS params = {&value, &put, 1, 1};

    return invoke(object, name, DISPATCH_PROPERTYPUT, &params, NULL, NULL);
}

HRESULT bench_call(void *object, const wchar_t *name, VARIANT *args, unsigned count,
                   EXCEPINFO *exception)
{
    VARIANT reversed[4];
    DISPPARAMS params = {reversed, NULL, count, 0};

    for (unsigned i = 0; i < count; i++)
        reversed[count - 1 - i] = args[i];
    memset(exception, 0, sizeof(*exception));
    return invoke(object, name, DISPATCH_METHOD, &params, NULL, exception);
}

/* == virtual recorders == */

void bench_define(const char *name, const char *medium, int speed)
{
    char path[2 * MAX_PATH];
    FILE *file;

    snprintf(path, sizeof(path), "%s\\%s.ini", folder, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    fprintf(file, "medium = %s\nimage = %s.iso\n", medium, name);
    if (speed)
        fprintf(file, "speed = %d\n", speed);
    assert_int_equal(fclose(file), 0);
}

HRESULT bench_open_recorder(const char *name, IDiscRecorder2 **recorder)
{
    wchar_t id[MAX_PATH];
    BSTR text;
    HRESULT result = CoCreateInstance(&CLSID_MsftDiscRecorder2, NULL, CLSCTX_INPROC_SERVER,
                                      &IID_IDiscRecorder2, (void **)recorder);

    if (FAILED(result))
        return result;
    swprintf(id, sizeof(id) / sizeof(id[0]), L"\\\\?\\openimapi2#virtual#%hs#%hs", name,
             CDROM_CLASS);
    text = SysAllocString(id);
    result = IDiscRecorder2_InitializeDiscRecorder(*recorder, text);
    SysFreeString(text);
    if (FAILED(result)) {
        IDiscRecorder2_Release(*recorder);
        *recorder = NULL;
    }
    return result;
}

IDiscRecorder2Ex *bench_open(const char *name)
{
    IDiscRecorder2 *recorder = NULL;
    IDiscRecorder2Ex *extended = NULL;

    assert_hr(bench_open_recorder(name, &recorder), S_OK);
    assert_hr(IDiscRecorder2_QueryInterface(recorder, &IID_IDiscRecorder2Ex, (void **)&extended),
              S_OK);
    IDiscRecorder2_Release(recorder);
    return extended;
}

void *bench_image(const char *name, uint64_t at, size_t wanted, uint64_t *size)
{
    char path[2 * MAX_PATH];
    void *bytes = calloc(1, wanted + 1);
    LARGE_INTEGER place = {.QuadPart = (LONGLONG)at}, length;
    DWORD read = 0;
    HANDLE file;

    *size = 0;
    snprintf(path, sizeof(path), "%s\\%s.iso", folder, name);
    file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                       0, NULL);
    if (!bytes || file == INVALID_HANDLE_VALUE) {
        free(bytes);
        return NULL;
    }
    if (GetFileSizeEx(file, &length))
        *size = (uint64_t)length.QuadPart;
    SetFilePointerEx(file, place, NULL, FILE_BEGIN);
    ReadFile(file, bytes, (DWORD)wanted, &read, NULL);
    CloseHandle(file);
    return bytes;
}
