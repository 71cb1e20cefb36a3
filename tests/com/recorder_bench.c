/* The bench of the recorder tests. What a test keeps is released by its teardown, so that an assert
 * that fails leaves nothing behind. */
#include "recorder_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define CDROM_CLASS "{53f56308-b6bf-11d0-94f2-00a0c91efb8b}"

enum {
    KEPT_MAX = 64,
    TEXTS_MAX = 512,
    PATIENCE_MS = 20000,
    WATCHDOG_MS = 150000,
    LINE_MAX_BYTES = 128
};

/* The first letters that a drive of the tests can have, and the recorders that are behind them. */
enum { FIRST_LETTER = 'd', DRIVES = 2, NAME_BYTES = 40 };

static WCHAR folder[MAX_PATH];
static char drives[DRIVES][NAME_BYTES]; /* "": none yet */
static IUnknown *kept[KEPT_MAX];
static unsigned kept_count;
static BSTR texts[TEXTS_MAX];
static unsigned text_count;

/* == results == */

void rig_assert_hr(HRESULT got, HRESULT expected, const char *what, const char *file, int line)
{
    if (got == expected)
        return;
    print_error("%s\n    gave 0x%08lx, expected 0x%08lx (%s)\n", what, (unsigned long)got,
                (unsigned long)expected, rig_error());
    _fail(file, line);
}

void rig_assert_hr_in(HRESULT got, const HRESULT *expected, size_t count, const char *what,
                      const char *file, int line)
{
    for (size_t i = 0; i < count; i++)
        if (got == expected[i])
            return;
    print_error("%s\n    gave 0x%08lx, expected", what, (unsigned long)got);
    for (size_t i = 0; i < count; i++)
        print_error("%s 0x%08lx", i ? " or" : "", (unsigned long)expected[i]);
    print_error("\n");
    _fail(file, line);
}

const char *rig_error(void)
{
    static char text[1024];
    IErrorInfo *info = NULL;
    BSTR description = NULL;

    text[0] = '\0';
    if (GetErrorInfo(0, &info) != S_OK || !info)
        return text;
    if (IErrorInfo_GetDescription(info, &description) == S_OK && description)
        WideCharToMultiByte(CP_UTF8, 0, description, -1, text, sizeof(text), NULL, NULL);
    SysFreeString(description);
    IErrorInfo_Release(info);
    return text;
}

/* == surroundings == */

static DWORD WINAPI watch(void *context)
{
    (void)context;
    Sleep(WATCHDOG_MS);
    print_error("the program hangs: it took more than %d s\n", WATCHDOG_MS / 1000);
    TerminateProcess(GetCurrentProcess(), 99);
    return 0;
}

bool rig_on_drive(void)
{
    return GetEnvironmentVariableW(L"OPENIMAPI2_TEST_DRIVE", NULL, 0) > 0;
}

/* The letter of the drive with that recorder; '\0': it is a virtual one. */
static char letter_of(const char *name)
{
    for (int i = 0; i < DRIVES; i++)
        if (_stricmp(drives[i], name) == 0)
            return (char)(FIRST_LETTER + i);
    return '\0';
}

/* That recorder is behind the next letter, if there is one left. */
static void take_letter(const char *name)
{
    for (int i = 0; rig_on_drive() && !letter_of(name) && i < DRIVES; i++)
        if (drives[i][0] == '\0')
            snprintf(drives[i], NAME_BYTES, "%s", name);
}

/* The folder with the definitions behind the letters, which is there for us alone. */
static bool find_folder(void)
{
    WCHAR definition[MAX_PATH];
    DWORD length = GetEnvironmentVariableW(L"OPENIMAPI2_DRIVE_D", definition, MAX_PATH);

    if (length == 0 || length >= MAX_PATH || !wcsrchr(definition, L'/'))
        return false;
    *wcsrchr(definition, L'/') = L'\0';
    swprintf(folder, MAX_PATH, L"Z:%ls", definition);
    for (WCHAR *c = folder; *c; c++)
        if (*c == L'/')
            *c = L'\\';
    return SetEnvironmentVariableW(L"OPENIMAPI2_RECORDERS", folder);
}

static bool make_folder(void)
{
    WCHAR temp[MAX_PATH];

    if (rig_on_drive())
        return find_folder();
    return GetTempPathW(MAX_PATH, temp) && GetTempFileNameW(temp, L"oir", 0, folder) &&
           DeleteFileW(folder) && CreateDirectoryW(folder, NULL) &&
           SetEnvironmentVariableW(L"OPENIMAPI2_RECORDERS", folder);
}

int rig_start(void **state)
{
    IUnknown *master = NULL;
    HANDLE watchdog;

    (void)state;
    if (!make_folder() || FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED)))
        return -1;
    watchdog = CreateThread(NULL, 0, watch, NULL, 0, NULL);
    if (!watchdog)
        return -1;
    CloseHandle(watchdog);
    if (FAILED(CoCreateInstance(&CLSID_MsftDiscMaster2, NULL, CLSCTX_INPROC_SERVER, &IID_IUnknown,
                                (void **)&master))) {
        print_error("no MsftDiscMaster2: is imapi2.dll registered?\n");
        return -1;
    }
    IUnknown_Release(master);
    return 0;
}

/* Removes all files and empty folders, and says which one could not be. */
static int empty_folder(void)
{
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(rig_path("*"), &found);
    int result = 0;

    if (search == INVALID_HANDLE_VALUE)
        return 0;
    do {
        WCHAR path[MAX_PATH * 2];

        if (wcscmp(found.cFileName, L".") == 0 || wcscmp(found.cFileName, L"..") == 0)
            continue;
        swprintf(path, sizeof(path) / sizeof(path[0]), L"%ls\\%ls", folder, found.cFileName);
        if (!DeleteFileW(path) && !RemoveDirectoryW(path)) {
            print_error("%ls can't be removed: error %lu\n", path, GetLastError());
            result = -1;
        }
    } while (FindNextFileW(search, &found));
    FindClose(search);
    return result;
}

int rig_stop(void **state)
{
    int result = empty_folder();

    (void)state;
    CoUninitialize();
    return rig_on_drive() || RemoveDirectoryW(folder) ? result : -1;
}

HRESULT rig_can_unload(void)
{
    HMODULE dll = GetModuleHandleW(L"imapi2.dll");
    FARPROC entry = dll ? GetProcAddress(dll, "DllCanUnloadNow") : NULL;

    if (!entry)
        return dll ? E_UNEXPECTED : S_OK;
    return ((HRESULT(STDMETHODCALLTYPE *)(void))(void (*)(void))entry)();
}

/* Told once: what one test has leaked is not the fault of all that follow. */
int rig_clear(void **state)
{
    static bool leaked;
    int result = 0;

    (void)state;
    rig_child_quit();
    while (kept_count > 0) {
        kept_count--;
        IUnknown_Release(kept[kept_count]);
    }
    while (text_count > 0) {
        text_count--;
        SysFreeString(texts[text_count]);
    }
    SetErrorInfo(0, NULL);
    memset(drives, 0, sizeof(drives));
    if (rig_can_unload() != S_OK && !leaked) {
        print_error("an object of imapi2.dll is left over\n");
        leaked = true;
        result = -1;
    }
    return empty_folder() == 0 ? result : -1;
}

void *rig_keep(void *object)
{
    assert_non_null(object);
    assert_true(kept_count < KEPT_MAX);
    kept[kept_count++] = object;
    return object;
}

ULONG rig_drop(void *object)
{
    for (unsigned i = kept_count; i-- > 0;) {
        if (kept[i] == object) {
            kept[i] = kept[--kept_count];
            return IUnknown_Release((IUnknown *)object);
        }
    }
    fail_msg("not a kept object");
    return 0;
}

/* == files == */

const WCHAR *rig_path(const char *name)
{
    static WCHAR paths[4][MAX_PATH * 2];
    static unsigned next;
    WCHAR *path = paths[next++ % 4];
    size_t stem = strcspn(name, ".");
    char recorder[NAME_BYTES], letter[2] = "";

    snprintf(recorder, sizeof(recorder), "%.*s", (int)stem, name);
    if (strcmp(name + stem, ".ini") == 0)
        letter[0] = letter_of(recorder);
    swprintf(path, MAX_PATH * 2, L"%ls\\%hs%hs", folder, letter, letter[0] ? name + stem : name);
    return path;
}

bool rig_exists(const char *name)
{
    return GetFileAttributesW(rig_path(name)) != INVALID_FILE_ATTRIBUTES;
}

void rig_remove(const char *name)
{
    assert_true(DeleteFileW(rig_path(name)));
}

void rig_write_file(const char *name, const void *data, size_t size)
{
    HANDLE file = CreateFileW(rig_path(name), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD done = 0;
    BOOL good;

    assert_true(file != INVALID_HANDLE_VALUE);
    good = size == 0 || WriteFile(file, data, (DWORD)size, &done, NULL);
    CloseHandle(file);
    assert_true(good && done == size);
}

char *rig_read_file(const char *name, size_t *size)
{
    HANDLE file = CreateFileW(rig_path(name), GENERIC_READ,
                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);
    DWORD length, done = 0;
    char *data;

    if (file == INVALID_HANDLE_VALUE)
        fail_msg("%s can't be opened: error %lu", name, GetLastError());
    length = GetFileSize(file, NULL);
    data = calloc(1, (size_t)length + 1);
    if (data && length > 0)
        ReadFile(file, data, length, &done, NULL);
    CloseHandle(file);
    assert_non_null(data);
    assert_int_equal(done, length);
    *size = length;
    return data;
}

void rig_define_as(const char *name, const char *lines)
{
    char file[64];

    take_letter(name);
    snprintf(file, sizeof(file), "%s.ini", name);
    rig_write_file(file, lines, strlen(lines));
}

void rig_define(const char *name, const char *medium)
{
    char image[64], path[MAX_PATH * 6], lines[sizeof(path) + 64];

    snprintf(image, sizeof(image), "%s.iso", name);
    WideCharToMultiByte(CP_UTF8, 0, rig_path(image), -1, path, sizeof(path), NULL, NULL);
    /* Behind a letter the definition is read by a Linux program: no path of Windows will do. */
    if (rig_on_drive())
        snprintf(path, sizeof(path), "%s", image);
    if (strcmp(medium, "none") == 0)
        snprintf(lines, sizeof(lines), "medium = none\r\n");
    else
        snprintf(lines, sizeof(lines), "medium = %s\r\nimage = %s\r\n", medium, path);
    rig_define_as(name, lines);
}

/* == recorders == */

BSTR rig_new_id(const char *name)
{
    WCHAR text[128];
    char letter = letter_of(name);

    if (letter)
        swprintf(text, 128, L"\\\\.\\%hc:", letter);
    else
        swprintf(text, 128, L"\\\\?\\openimapi2#virtual#%hs#" CDROM_CLASS, name);
    return SysAllocString(text);
}

static BSTR keep_text(BSTR text)
{
    assert_non_null(text);
    assert_true(text_count < TEXTS_MAX);
    texts[text_count++] = text;
    return text;
}

BSTR rig_id(const char *name)
{
    return keep_text(rig_new_id(name));
}

BSTR rig_text(const WCHAR *text)
{
    return keep_text(SysAllocString(text));
}

static void *create(const CLSID *clsid, const IID *iid)
{
    void *object = NULL;

    assert_hr(CoCreateInstance(clsid, NULL, CLSCTX_INPROC_SERVER, iid, &object), S_OK);
    return rig_keep(object);
}

IDiscMaster2 *rig_master(void)
{
    return create(&CLSID_MsftDiscMaster2, &IID_IDiscMaster2);
}

IDiscRecorder2 *rig_recorder(void)
{
    return create(&CLSID_MsftDiscRecorder2, &IID_IDiscRecorder2);
}

HRESULT rig_initialise(IDiscRecorder2 *recorder, const char *name)
{
    return IDiscRecorder2_InitializeDiscRecorder(recorder, rig_id(name));
}

IDiscRecorder2Ex *rig_ex(IDiscRecorder2 *recorder)
{
    IDiscRecorder2Ex *ex = NULL;

    assert_hr(IDiscRecorder2_QueryInterface(recorder, &IID_IDiscRecorder2Ex, (void **)&ex), S_OK);
    return rig_keep(ex);
}

IDiscRecorder2 *rig_plain(IDiscRecorder2Ex *ex)
{
    IDiscRecorder2 *recorder = NULL;

    assert_hr(IDiscRecorder2Ex_QueryInterface(ex, &IID_IDiscRecorder2, (void **)&recorder), S_OK);
    return rig_keep(recorder);
}

IDiscRecorder2Ex *rig_open(const char *name)
{
    IDiscRecorder2 *recorder = rig_recorder();
    IDiscRecorder2Ex *ex = rig_ex(recorder);

    assert_hr(rig_initialise(recorder, name), S_OK);
    rig_drop(recorder);
    rig_settle(ex);
    return ex;
}

/* == commands == */

HRESULT rig_command(IDiscRecorder2Ex *ex, const BYTE *cdb, ULONG size, BYTE *sense)
{
    BYTE copy[16] = {0}, own[SENSE];

    memcpy(copy, cdb, size);
    return IDiscRecorder2Ex_SendCommandNoData(ex, copy, size, sense ? sense : own, 60);
}

HRESULT rig_settle(IDiscRecorder2Ex *ex)
{
    static const BYTE test_unit_ready[6] = {0};
    BYTE sense[SENSE];
    HRESULT hr = E_UNEXPECTED;

    for (unsigned i = 0; i < 8; i++) {
        hr = rig_command(ex, test_unit_ready, 6, sense);
        if (hr != S_IMAPI_COMMAND_HAS_SENSE_DATA)
            break;
        if ((sense[2] & 0x0f) != 6 && !(sense[12] == 0x04 && sense[13] == 0x01))
            break;
    }
    return hr;
}

ULONG rig_fetch(IDiscRecorder2Ex *ex, const BYTE *cdb, ULONG size, BYTE raw[RAW_MAX])
{
    BYTE copy[16] = {0}, sense[SENSE];
    ULONG fetched = 0;
    HRESULT hr;

    memcpy(copy, cdb, size);
    hr = IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, copy, size, sense, 60, raw, RAW_MAX,
                                                       &fetched);
    if (hr == S_IMAPI_COMMAND_HAS_SENSE_DATA)
        print_error("opcode %02x: sense %s\n", cdb[0], rig_sense(sense));
    assert_hr(hr, S_OK);
    return fetched;
}

static HRESULT write_at_once(IDiscRecorder2Ex *ex, LONG lba, ULONG sectors, BYTE *data, BYTE *sense)
{
    BYTE cdb[10] = {0x2a, 0, (BYTE)(lba >> 24), (BYTE)(lba >> 16), (BYTE)(lba >> 8), (BYTE)lba};

    cdb[7] = (BYTE)(sectors >> 8);
    cdb[8] = (BYTE)sectors;
    return IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, cdb, 10, sense, 60, data,
                                                        sectors * SECTOR);
}

/* Does not assert: the second process uses it too. */
HRESULT rig_write(IDiscRecorder2Ex *ex, LONG lba, ULONG sectors, int fill, BYTE *sense)
{
    /* Wine says of every drive that it takes no more at once. */
    ULONG most = rig_on_drive() ? UNIT : sectors, part;
    BYTE own[SENSE], *data = VirtualAlloc(NULL, sectors * SECTOR, MEM_COMMIT, PAGE_READWRITE);
    HRESULT hr = S_OK;

    if (!data)
        return E_OUTOFMEMORY;
    memset(data, fill, sectors * SECTOR);
    for (ULONG done = 0; hr == S_OK && done < sectors; done += part) {
        part = sectors - done < most ? sectors - done : most;
        hr = write_at_once(ex, lba + (LONG)done, part, data + done * SECTOR, sense ? sense : own);
    }
    VirtualFree(data, 0, MEM_RELEASE);
    return hr;
}

HRESULT rig_sync(IDiscRecorder2Ex *ex)
{
    static const BYTE synchronize_cache[10] = {0x35};

    return rig_command(ex, synchronize_cache, 10, NULL);
}

LONG rig_next_writable(IDiscRecorder2Ex *ex)
{
    BYTE *info = NULL, *track = NULL;
    ULONG size = 0, last;
    LONG next = -1;

    if (IDiscRecorder2Ex_GetDiscInformation(ex, &info, &size) != S_OK || size < 12)
        return -1;
    last = info[6] | (ULONG)info[11] << 8;
    CoTaskMemFree(info);
    if (IDiscRecorder2Ex_GetTrackInformation(ex, last, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK, &track,
                                             &size) != S_OK)
        return -1;
    if (size >= 28 && track[7] & 1)
        next = (LONG)be32(track + 12);
    CoTaskMemFree(track);
    return next;
}

const char *rig_sense(const BYTE *sense)
{
    static char text[16];

    snprintf(text, sizeof(text), "%x/%02x/%02x", sense[2] & 0x0fu, sense[12], sense[13]);
    return text;
}

/* == automation == */

HRESULT rig_call(void *object, const WCHAR *name, WORD flags, VARIANT *args, unsigned count,
                 VARIANT *result, EXCEPINFO *exception)
{
    VARIANT reversed[8];
    DISPPARAMS params = {reversed, NULL, count, 0};
    IDispatch *dispatch;
    DISPID id;
    HRESULT hr;

    assert_true(count <= 8);
    hr = IUnknown_QueryInterface((IUnknown *)object, &IID_IDispatch, (void **)&dispatch);
    if (FAILED(hr))
        return hr;
    hr = IDispatch_GetIDsOfNames(dispatch, &IID_NULL, (LPOLESTR *)&name, 1, LOCALE_SYSTEM_DEFAULT,
                                 &id);
    for (unsigned i = 0; i < count; i++)
        reversed[count - 1 - i] = args[i];
    if (SUCCEEDED(hr))
        hr = IDispatch_Invoke(dispatch, id, &IID_NULL, LOCALE_SYSTEM_DEFAULT, flags, &params,
                              result, exception, NULL);
    IDispatch_Release(dispatch);
    return hr;
}

HRESULT rig_get(void *object, const WCHAR *name, VARIANT *value)
{
    VariantInit(value);
    return rig_call(object, name, DISPATCH_PROPERTYGET, NULL, 0, value, NULL);
}

/* == a second thread == */

struct apartment_call {
    DWORD apartment;
    void (*body)(void *context);
    void *context;
};

static DWORD WINAPI apartment_main(void *context)
{
    struct apartment_call *call = context;

    if (FAILED(CoInitializeEx(NULL, call->apartment)))
        return 1;
    call->body(call->context);
    CoUninitialize();
    return 0;
}

void rig_in_apartment(DWORD apartment, void (*body)(void *context), void *context)
{
    struct apartment_call call = {apartment, body, context};
    HANDLE thread = CreateThread(NULL, 0, apartment_main, &call, 0, NULL);
    DWORD code = 1;

    assert_non_null(thread);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    assert_int_equal(code, 0);
}
