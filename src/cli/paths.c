/* Wine's kernel32 exports two functions that map between host and DOS paths. They are looked up at
 * run time; where they are missing this is Windows. */
#include "paths.h"

#include <wchar.h>
#include <windows.h>

typedef WCHAR *(CDECL *dos_from_unix)(const char *path);
typedef char *(CDECL *unix_from_dos)(const WCHAR *path);

static FARPROC wine_function(const char *name)
{
    return GetProcAddress(GetModuleHandleW(L"kernel32.dll"), name);
}

bool oi_path_absolute(const wchar_t *typed, wchar_t absolute[OI_PATH_MAX])
{
    dos_from_unix convert = (dos_from_unix)(void *)wine_function("wine_get_dos_file_name");
    char utf8[OI_PATH_MAX];
    WCHAR *dos = NULL;
    DWORD length;

    if (!*typed)
        return false;
    if (convert && *typed == L'/' &&
        WideCharToMultiByte(CP_UTF8, 0, typed, -1, utf8, sizeof(utf8), NULL, NULL))
        dos = convert(utf8);
    length = GetFullPathNameW(dos ? dos : typed, OI_PATH_MAX, absolute, NULL);
    if (dos)
        HeapFree(GetProcessHeap(), 0, dos);
    return length > 0 && length < OI_PATH_MAX;
}

wchar_t oi_path_forbidden(const wchar_t *absolute)
{
    static const wchar_t raw_prefix[] = L"\\\\?\\";
    size_t prefix = sizeof(raw_prefix) / sizeof(raw_prefix[0]) - 1;
    const wchar_t *found;

    found =
        wcspbrk(wcsncmp(absolute, raw_prefix, prefix) ? absolute : absolute + prefix, L"\"<>|*?");
    return found ? *found : L'\0';
}

void oi_path_for_others(const wchar_t *absolute, wchar_t outside[OI_PATH_MAX])
{
    unix_from_dos convert = (unix_from_dos)(void *)wine_function("wine_get_unix_file_name");
    char *host = convert ? convert(absolute) : NULL;

    if (!host || !MultiByteToWideChar(CP_UTF8, 0, host, -1, outside, OI_PATH_MAX))
        wcscpy(outside, absolute);
    if (host)
        HeapFree(GetProcessHeap(), 0, host);
}
