/* What a bug report needs to begin with. The server is the one that answers: where its methods are
 * tells its file, whatever the registry says, and its version resource tells whose it is. */
#include "doctor.h"

#include <imapi2.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include "paths.h"
#include "recorders.h"

enum { VERSION_RESOURCE_MAX = 65536 };

/* The path as people know it: under Wine that of the host. */
static struct oi_utf8 readable_path(const wchar_t *path)
{
    wchar_t outside[OI_PATH_MAX];

    oi_path_for_others(path, outside);
    return oi_utf8(outside);
}

/* VS_VERSIONINFO: three 16-bit words, the name L"VS_VERSION_INFO", then at a multiple of four the
 * numbers, which begin with a signature. */
static const VS_FIXEDFILEINFO *version_numbers(const BYTE *data, DWORD bytes)
{
    enum { NUMBERS_AT = 40 };
    const VS_FIXEDFILEINFO *numbers = (const void *)(data + NUMBERS_AT);

    if (bytes < NUMBERS_AT + sizeof(*numbers) || numbers->dwSignature != VS_FFI_SIGNATURE)
        return NULL;
    return numbers;
}

static bool holds(const BYTE *data, DWORD bytes, const wchar_t *text)
{
    size_t length = wcslen(text) * sizeof(wchar_t);

    for (size_t at = 0; at + length <= bytes; at += sizeof(wchar_t)) {
        if (!memcmp(data + at, text, length))
            return true;
    }
    return false;
}

/* "openimapi2's, version 0.1.0.0". */
static struct oi_utf8 module_words(HMODULE module)
{
    HRSRC found = FindResourceW(module, MAKEINTRESOURCEW(1), MAKEINTRESOURCEW(16));
    HGLOBAL loaded = found ? LoadResource(module, found) : NULL;
    const BYTE *data = loaded ? LockResource(loaded) : NULL;
    DWORD bytes = data ? SizeofResource(module, found) : 0;
    const VS_FIXEDFILEINFO *numbers = data ? version_numbers(data, bytes) : NULL;
    const char *whose = "another server, not openimapi2's";

    if (data && bytes <= VERSION_RESOURCE_MAX && holds(data, bytes, L"OpenIMAPI2"))
        whose = "openimapi2's";
    if (!numbers)
        return oi_words("%s, without a version", whose);
    return oi_words("%s, version %u.%u.%u.%u", whose, HIWORD(numbers->dwFileVersionMS),
                    LOWORD(numbers->dwFileVersionMS), HIWORD(numbers->dwFileVersionLS),
                    LOWORD(numbers->dwFileVersionLS));
}

/* The file that is registered for a class under a key, "" when there is none. */
static struct oi_utf8 registered_file(HKEY root, const wchar_t *prefix)
{
    wchar_t key[128], clsid[40], file[OI_PATH_MAX];
    DWORD bytes = sizeof(file) - sizeof(wchar_t);
    struct oi_utf8 none = {{0}};

    StringFromGUID2(&CLSID_MsftWriteEngine2, clsid, 40);
    _snwprintf(key, 128, L"%lsCLSID\\%ls\\InprocServer32", prefix, clsid);
    key[127] = L'\0';
    if (RegGetValueW(root, key, NULL, RRF_RT_REG_SZ, NULL, file, &bytes))
        return none;
    return readable_path(file);
}

static void tell_registered(struct oi_report *report)
{
    struct oi_utf8 user = registered_file(HKEY_CURRENT_USER, L"Software\\Classes\\");
    struct oi_utf8 machine = registered_file(HKEY_LOCAL_MACHINE, L"Software\\Classes\\");

    if (user.text[0])
        oi_report_row(report, "registered_for_user", "Registered", "%s, for this user", user.text);
    if (machine.text[0])
        oi_report_row(report, "registered", user.text[0] ? "" : "Registered",
                      "%s, for the machine%s", machine.text,
                      user.text[0] ? "; that of the user goes first" : "");
    if (!user.text[0] && !machine.text[0])
        oi_report_row(report, "registered", "Registered",
                      "no server. Register the %d-bit one: regsvr32 FOLDER\\imapi2.dll",
                      (int)sizeof(void *) * 8);
}

static void tell_server(struct oi_report *report)
{
    IWriteEngine2 *engine = NULL;
    HRESULT hr = CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_INPROC_SERVER,
                                  &IID_IWriteEngine2, (void **)&engine);
    struct oi_answer answer = oi_answer_from_call(hr);
    wchar_t path[OI_PATH_MAX] = L"";
    HMODULE module = NULL;

    if (FAILED(hr)) {
        oi_report_row(report, "server", "imapi2.dll", "can't be loaded: %s (%s)",
                      oi_reason(&answer).text, oi_answer_code(&answer).text);
    } else {
        GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                               GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                           (const void *)engine->lpVtbl->WriteSection, &module);
        GetModuleFileNameW(module, path, OI_PATH_MAX);
        oi_report_row(report, "server", "imapi2.dll", "%s", module_words(module).text);
        oi_report_row(report, "server_file", "", "%s", readable_path(path).text);
        IWriteEngine2_Release(engine);
    }
    tell_registered(report);
}

typedef const char *(CDECL *wine_version)(void);
typedef LONG(WINAPI *rtl_version)(OSVERSIONINFOW *);

static void tell_system(struct oi_report *report)
{
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    wine_version wine = (wine_version)(void *)GetProcAddress(ntdll, "wine_get_version");
    rtl_version version = (rtl_version)(void *)GetProcAddress(ntdll, "RtlGetVersion");
    OSVERSIONINFOW windows = {.dwOSVersionInfoSize = sizeof(windows)};
    SYSTEM_INFO machine;
    struct oi_utf8 name;

    GetNativeSystemInfo(&machine);
    if (version)
        version(&windows);
    name = oi_words("Windows %lu.%lu.%lu%s%s", (unsigned long)windows.dwMajorVersion,
                    (unsigned long)windows.dwMinorVersion, (unsigned long)windows.dwBuildNumber,
                    windows.szCSDVersion[0] ? " " : "", oi_utf8(windows.szCSDVersion).text);
    if (wine)
        name = oi_words("Wine %.100s (as %.200s)", wine(), name.text);
    oi_report_row(report, "system", "System", "%s, %s", name.text,
                  machine.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_INTEL ? "32 bit"
                                                                                 : "64 bit");
}

static void tell_rights(struct oi_report *report)
{
    HANDLE token;
    TOKEN_ELEVATION elevation = {0};
    DWORD bytes;

    if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        GetTokenInformation(token, TokenElevation, &elevation, sizeof(elevation), &bytes);
        CloseHandle(token);
    }
    oi_report_row(report, "rights", "Rights", "%s",
                  elevation.TokenIsElevated ? "administrator (elevated)"
                                            : "ordinary user (not elevated)");
}

static bool is_ours(const wchar_t *one, bool own_trace)
{
    static const wchar_t prefix[] = L"OPENIMAPI2_", trace[] = L"OPENIMAPI2_TRACE=";

    return !wcsncmp(one, prefix, sizeof(prefix) / sizeof(prefix[0]) - 1) && wcschr(one, L'=') &&
           !(own_trace && !wcsncmp(one, trace, sizeof(trace) / sizeof(trace[0]) - 1));
}

/* The first of our variables behind `last` by the alphabet, NULL when there is none. Under Wine,
 * the system does not sort them. */
static const wchar_t *next_variable(const wchar_t *all, const wchar_t *last, bool own_trace)
{
    const wchar_t *next = NULL;

    for (const wchar_t *one = all; one && *one; one += wcslen(one) + 1) {
        if (is_ours(one, own_trace) && (!last || wcscmp(one, last) > 0) &&
            (!next || wcscmp(one, next) < 0))
            next = one;
    }
    return next;
}

static void tell_environment(struct oi_report *report, bool own_trace)
{
    wchar_t *all = GetEnvironmentStringsW();
    const wchar_t *one = NULL;
    bool any = false;

    while ((one = next_variable(all, one, own_trace)) != NULL) {
        struct oi_utf8 text = oi_utf8(one);
        char *equals = strchr(text.text, '=');

        if (!equals)
            continue;
        oi_report_row(report, NULL, any ? "" : "Environment", "%s", text.text);
        *equals = '\0';
        oi_json_text(&report->json, text.text, equals + 1);
        any = true;
    }
    if (!any)
        oi_report_row(report, NULL, "Environment", "no OPENIMAPI2_ variable is set");
    if (all)
        FreeEnvironmentStringsW(all);
}

void oi_doctor_system(bool own_trace)
{
    struct oi_report report;
    SYSTEMTIME now;

    GetSystemTime(&now);
    oi_report_begin(&report, "system", "openimapi2 doctor, %04u-%02u-%02u %02u:%02u UTC", now.wYear,
                    now.wMonth, now.wDay, now.wHour, now.wMinute);
    oi_report_row(&report, "version", "openimapi2", "%s, %d bit", OI_VERSION,
                  (int)sizeof(void *) * 8);
    tell_server(&report);
    tell_system(&report);
    tell_rights(&report);
    tell_environment(&report, own_trace);
    oi_report_end(&report);
}
