#include "scratch.h"
#include <windows.h>

static WCHAR *wide_of(const char *utf8)
{
    static WCHAR buffers[4][SCRATCH_PATH_MAX];
    static unsigned next;
    WCHAR *wide = buffers[next++ % 4];

    assert_true(MultiByteToWideChar(CP_UTF8, 0, utf8, -1, wide, SCRATCH_PATH_MAX) > 0);
    return wide;
}

int scratch_setup(void **state)
{
    WCHAR base[MAX_PATH], folder[MAX_PATH];
    char utf8[SCRATCH_PATH_MAX];

    if (!GetTempPathW(MAX_PATH, base) || !GetTempFileNameW(base, L"oit", 0, folder))
        return -1;
    if (!DeleteFileW(folder) || !CreateDirectoryW(folder, NULL))
        return -1;
    if (!WideCharToMultiByte(CP_UTF8, 0, folder, -1, utf8, sizeof utf8, NULL, NULL))
        return -1;
    *state = malloc(strlen(utf8) + 1);
    if (!*state)
        return -1;
    strcpy(*state, utf8);
    return 0;
}

static void remove_tree(const WCHAR *folder)
{
    WCHAR *path = malloc(SCRATCH_PATH_MAX * sizeof *path);
    WIN32_FIND_DATAW found;
    HANDLE search;

    if (!path)
        return;
    swprintf(path, SCRATCH_PATH_MAX, L"%ls\\*", folder);
    search = FindFirstFileW(path, &found);
    if (search != INVALID_HANDLE_VALUE) {
        do {
            if (wcscmp(found.cFileName, L".") == 0 || wcscmp(found.cFileName, L"..") == 0)
                continue;
            swprintf(path, SCRATCH_PATH_MAX, L"%ls\\%ls", folder, found.cFileName);
            if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
                remove_tree(path);
            else
                DeleteFileW(path);
        } while (FindNextFileW(search, &found));
        FindClose(search);
    }
    RemoveDirectoryW(folder);
    free(path);
}

int scratch_teardown(void **state)
{
    WCHAR folder[SCRATCH_PATH_MAX];

    /* The prefix lets paths of any length be removed. */
    swprintf(folder, SCRATCH_PATH_MAX, L"\\\\?\\%ls", wide_of(*state));
    remove_tree(folder);
    free(*state);
    return GetFileAttributesW(folder) == INVALID_FILE_ATTRIBUTES ? 0 : -1;
}

const char *scratch_path(const char *folder, const char *name)
{
    static char paths[4][SCRATCH_PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, SCRATCH_PATH_MAX, "%s\\%s", folder, name);
    return path;
}

/* Windows tells it of a sparse file by one call, Wine by the other; each gives the full size where
 * it does not know. */
uint64_t scratch_allocated_bytes(const char *path)
{
    FILE_STANDARD_INFO info;
    ULARGE_INTEGER compressed;
    HANDLE file = CreateFileW(wide_of(path), FILE_READ_ATTRIBUTES,
                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);

    assert_true(GetFileInformationByHandleEx(file, FileStandardInfo, &info, sizeof info));
    CloseHandle(file);
    compressed.LowPart = GetCompressedFileSizeW(wide_of(path), &compressed.HighPart);
    return compressed.QuadPart < (uint64_t)info.AllocationSize.QuadPart
               ? compressed.QuadPart
               : (uint64_t)info.AllocationSize.QuadPart;
}
