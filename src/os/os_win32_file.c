/* Files on Windows. Handles are synchronous, and every transfer carries its own offset, so threads
 * never share a file pointer. Every file is opened so that others may read, write, replace and
 * remove it: who may change what is settled with oi_file_lock. */
#include "os_win32.h"
#include <winioctl.h>
#include "os.h"
#include "os_private.h"
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

struct oi_file {
    HANDLE handle;
};

typedef WCHAR *(__cdecl *unix_path_converter)(const char *unix_path);

/* The DOS name of an absolute Unix path, as Wine gives it; NULL on Windows, where there is none. */
static WCHAR *dos_name_of_unix_path(const char *path)
{
    HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
    FARPROC address = kernel ? GetProcAddress(kernel, "wine_get_dos_file_name") : NULL;
    unix_path_converter convert = (unix_path_converter)(uintptr_t)address;
    WCHAR *from_wine = convert ? convert(path) : NULL;
    WCHAR *name = NULL;

    if (from_wine) {
        name = _wcsdup(from_wine);
        HeapFree(GetProcessHeap(), 0, from_wine);
    }
    return name;
}

/* The name with which paths of any length work: absolute, normalised, behind the prefix that turns
 * the MAX_PATH limit off. Takes and frees plain. */
static WCHAR *long_name(WCHAR *plain)
{
    static const WCHAR prefix[] = L"\\\\?\\", unc_prefix[] = L"\\\\?\\UNC";
    DWORD len = GetFullPathNameW(plain, 0, NULL, NULL);
    WCHAR *full = len ? malloc((len + ARRAYSIZE(unc_prefix)) * sizeof *full) : NULL;
    bool is_unc = plain[0] == L'\\' && plain[1] == L'\\';
    size_t room = is_unc ? wcslen(unc_prefix) - 1 : wcslen(prefix);

    if (full && GetFullPathNameW(plain, len, full + room, NULL) < len) {
        /* \\server\share becomes \\?\UNC\server\share: one of its backslashes is overwritten. */
        memcpy(full, is_unc ? unc_prefix : prefix,
               (is_unc ? wcslen(unc_prefix) : wcslen(prefix)) * sizeof *full);
    } else {
        free(full);
        full = NULL;
    }
    free(plain);
    return full;
}

static bool is_device_name(const WCHAR *name)
{
    return wcsncmp(name, L"\\\\?\\", 4) == 0 || wcsncmp(name, L"\\\\.\\", 4) == 0;
}

enum oi_status oi_win32_file_name(const char *path, WCHAR **name)
{
    enum { SHORT_NAME_MAX = MAX_PATH - 16 }; /* CreateDirectory wants room for an 8.3 name */

    *name = path[0] == '/' ? dos_name_of_unix_path(path) : oi_win32_wide(path);
    if (!*name)
        return OI_NOT_FOUND;
    if (wcslen(*name) > SHORT_NAME_MAX && !is_device_name(*name))
        *name = long_name(*name);
    return *name ? OI_OK : OI_OUT_OF_MEMORY;
}

static enum oi_status last_status(void)
{
    return oi_win32_status(GetLastError());
}

static HANDLE open_name(const WCHAR *name, enum oi_file_mode mode)
{
    static const DWORD dispositions[] = {
        [OI_FILE_READ] = OPEN_EXISTING,
        [OI_FILE_WRITE] = OPEN_EXISTING,
        [OI_FILE_CREATE] = OPEN_ALWAYS,
        [OI_FILE_CREATE_NEW] = CREATE_NEW,
    };
    DWORD access = mode == OI_FILE_READ ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE;

    return CreateFileW(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                       dispositions[mode], FILE_ATTRIBUTE_NORMAL, NULL);
}

enum oi_status oi_file_open(struct oi_file **file, const char *path, enum oi_file_mode mode)
{
    WCHAR *name;
    enum oi_status status = oi_win32_file_name(path, &name);

    *file = NULL;
    if (status != OI_OK)
        return status;
    *file = malloc(sizeof **file);
    if (*file) {
        (*file)->handle = open_name(name, mode);
        if ((*file)->handle == INVALID_HANDLE_VALUE) {
            status = last_status();
            free(*file);
            *file = NULL;
        }
    } else {
        status = OI_OUT_OF_MEMORY;
    }
    free(name);
    return status;
}

void oi_file_close(struct oi_file *file)
{
    if (!file)
        return;
    CloseHandle(file->handle);
    free(file);
}

enum { TRANSFER_MAX = 1 << 30 }; /* the calls count in 32 bits */

static OVERLAPPED at_offset(uint64_t offset)
{
    return (OVERLAPPED){.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
}

static bool range_fits(uint64_t offset, size_t size)
{
    return offset <= INT64_MAX && size <= INT64_MAX - offset;
}

enum oi_status oi_file_read_at(struct oi_file *file, uint64_t offset, void *data, size_t size,
                               size_t *got)
{
    *got = 0;
    if (!range_fits(offset, size))
        return OI_IO_ERROR;
    while (*got < size) {
        OVERLAPPED position = at_offset(offset + *got);
        size_t rest = size - *got;
        DWORD n = 0;

        if (!ReadFile(file->handle, (char *)data + *got,
                      rest < TRANSFER_MAX ? (DWORD)rest : TRANSFER_MAX, &n, &position))
            return GetLastError() == ERROR_HANDLE_EOF ? OI_OK : last_status();
        if (n == 0)
            break;
        *got += n;
    }
    return OI_OK;
}

enum oi_status oi_file_write_at(struct oi_file *file, uint64_t offset, const void *data,
                                size_t size)
{
    size_t done = 0;

    if (!range_fits(offset, size))
        return OI_DISK_FULL;
    while (done < size) {
        OVERLAPPED position = at_offset(offset + done);
        size_t rest = size - done;
        DWORD n = 0;

        if (!WriteFile(file->handle, (const char *)data + done,
                       rest < TRANSFER_MAX ? (DWORD)rest : TRANSFER_MAX, &n, &position))
            return last_status();
        if (n == 0)
            return OI_DISK_FULL;
        done += n;
    }
    return OI_OK;
}

enum oi_status oi_file_size(struct oi_file *file, uint64_t *size)
{
    LARGE_INTEGER end;

    *size = 0;
    if (!GetFileSizeEx(file->handle, &end))
        return last_status();
    *size = (uint64_t)end.QuadPart;
    return OI_OK;
}

enum oi_status oi_file_set_size(struct oi_file *file, uint64_t size)
{
    FILE_END_OF_FILE_INFO end = {.EndOfFile.QuadPart = (LONGLONG)size};
    DWORD ignored;

    if (size > INT64_MAX)
        return OI_DISK_FULL;
    /* Where there are no sparse files the disc image takes its full size: no reason to fail. */
    DeviceIoControl(file->handle, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &ignored, NULL);
    if (!SetFileInformationByHandle(file->handle, FileEndOfFileInfo, &end, sizeof end))
        return last_status();
    return OI_OK;
}

enum oi_status oi_file_flush(struct oi_file *file)
{
    return FlushFileBuffers(file->handle) ? OI_OK : last_status();
}

enum oi_status oi_file_lock(struct oi_file *file, uint64_t offset)
{
    OVERLAPPED position = at_offset(offset);

    if (!LockFileEx(file->handle, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
                    &position))
        return last_status();
    return OI_OK;
}

void oi_file_unlock(struct oi_file *file, uint64_t offset)
{
    OVERLAPPED position = at_offset(offset);

    UnlockFileEx(file->handle, 0, 1, 0, &position);
}

enum oi_status oi_file_remove(const char *path)
{
    WCHAR *name;
    enum oi_status status = oi_win32_file_name(path, &name);

    if (status != OI_OK)
        return status;
    if (!DeleteFileW(name))
        status = last_status();
    free(name);
    return status;
}

/* FNV-1a over the numbers that a replaced or rewritten file can't all keep. */
static uint64_t mix(uint64_t stamp, uint64_t value)
{
    for (int shift = 0; shift < 64; shift += 8)
        stamp = (stamp ^ ((value >> shift) & 0xff)) * 0x100000001b3u;
    return stamp;
}

static uint64_t pair(DWORD high, DWORD low)
{
    return (uint64_t)high << 32 | low;
}

uint64_t oi_file_stamp(const char *path)
{
    BY_HANDLE_FILE_INFORMATION info;
    uint64_t stamp = 0xcbf29ce484222325u;
    WCHAR *name;
    HANDLE handle;
    bool known;

    if (oi_win32_file_name(path, &name) != OI_OK)
        return 0;
    handle = CreateFileW(name, FILE_READ_ATTRIBUTES,
                         FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                         OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    free(name);
    if (handle == INVALID_HANDLE_VALUE)
        return 0;
    known = GetFileInformationByHandle(handle, &info);
    CloseHandle(handle);
    if (!known)
        return 0;
    stamp = mix(stamp, info.dwVolumeSerialNumber);
    stamp = mix(stamp, pair(info.nFileIndexHigh, info.nFileIndexLow));
    stamp = mix(stamp, pair(info.nFileSizeHigh, info.nFileSizeLow));
    stamp =
        mix(stamp, pair(info.ftLastWriteTime.dwHighDateTime, info.ftLastWriteTime.dwLowDateTime));
    return stamp ? stamp : 1;
}

static bool visit_found(const WIN32_FIND_DATAW *found,
                        bool (*visit)(void *context, const char *name), void *context)
{
    bool go_on = true;
    char *name;

    if (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
        return true;
    name = oi_win32_utf8(found->cFileName);
    if (name) /* a name that is no Unicode can't be opened by a UTF-8 path either */
        go_on = visit(context, name);
    free(name);
    return go_on;
}

static enum oi_status list_matching(const WCHAR *pattern,
                                    bool (*visit)(void *context, const char *name), void *context)
{
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(pattern, &found);
    enum oi_status status = OI_OK;

    if (search == INVALID_HANDLE_VALUE)
        return GetLastError() == ERROR_FILE_NOT_FOUND ? OI_OK : last_status(); /* nothing in it */
    while (visit_found(&found, visit, context)) {
        if (!FindNextFileW(search, &found)) {
            if (GetLastError() != ERROR_NO_MORE_FILES)
                status = last_status();
            break;
        }
    }
    FindClose(search);
    return status;
}

/* name\*, malloc'ed. */
static WCHAR *pattern_for(const WCHAR *name)
{
    size_t len = wcslen(name);
    WCHAR *pattern = malloc((len + ARRAYSIZE(L"\\*")) * sizeof *pattern);

    if (!pattern)
        return NULL;
    while (len > 0 && (name[len - 1] == L'\\' || name[len - 1] == L'/'))
        len--;
    wmemcpy(pattern, name, len);
    wcscpy(pattern + len, L"\\*");
    return pattern;
}

enum oi_status oi_folder_list(const char *folder, bool (*visit)(void *context, const char *name),
                              void *context)
{
    WCHAR *name, *pattern;
    DWORD attributes;
    enum oi_status status = oi_win32_file_name(folder, &name);

    if (status != OI_OK)
        return status;
    attributes = GetFileAttributesW(name);
    pattern = pattern_for(name);
    free(name);
    if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY))
        status = OI_NOT_FOUND;
    else if (!pattern)
        status = OI_OUT_OF_MEMORY;
    else
        status = list_matching(pattern, visit, context);
    free(pattern);
    return status;
}

bool oi_path_is_separator(char c)
{
    return c == '/' || c == '\\';
}

enum oi_status oi_path_make_folder(const char *folder)
{
    WCHAR *name;
    DWORD attributes;
    enum oi_status status = oi_win32_file_name(folder, &name);

    if (status != OI_OK)
        return status;
    if (!CreateDirectoryW(name, NULL)) {
        status = last_status();
        /* A drive or share that exists is refused with other codes than "exists already". */
        attributes = GetFileAttributesW(name);
        if (attributes != INVALID_FILE_ATTRIBUTES)
            status = attributes & FILE_ATTRIBUTE_DIRECTORY ? OI_OK : OI_EXISTS;
    }
    free(name);
    return status;
}

/* Whoever has the old file open for a moment (a reader, a virus scanner) can make Windows refuse
 * the rename; a refusal that lasts longer is the answer. */
static enum oi_status move_over(const WCHAR *from, const WCHAR *to)
{
    enum { ATTEMPTS = 200, PAUSE_MS = 10 };

    for (int i = 1;; i++) {
        enum oi_status status;

        if (MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
            return OI_OK;
        status = last_status();
        if ((status != OI_ACCESS_DENIED && status != OI_SHARING) || i == ATTEMPTS)
            return status;
        Sleep(PAUSE_MS);
    }
}

enum oi_status oi_path_rename_over(const char *from, const char *to)
{
    WCHAR *from_name, *to_name;
    enum oi_status status = oi_win32_file_name(from, &from_name);

    if (status != OI_OK)
        return status;
    status = oi_win32_file_name(to, &to_name);
    if (status == OI_OK)
        status = move_over(from_name, to_name);
    free(to_name);
    free(from_name);
    return status;
}
