/* Modules on Windows. What stands for a loaded one is its handle itself; the system counts. */
#include "module.h"
#include <stdlib.h>
#include <string.h>
#include "os_win32.h"

/* The path, malloc'ed, of the module that this file is linked into. */
static WCHAR *own_path(void)
{
    enum { PATH_ROOM = 32768 }; /* the longest path that Windows knows */
    const DWORD by_address =
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    WCHAR *path = malloc(PATH_ROOM * sizeof *path);
    HMODULE self;
    DWORD length = 0;

    if (path && GetModuleHandleExW(by_address, (const WCHAR *)(uintptr_t)&own_path, &self))
        length = GetModuleFileNameW(self, path, PATH_ROOM);
    if (length == 0 || length == PATH_ROOM) {
        free(path);
        return NULL;
    }
    return path;
}

char *oi_module_beside(const char *file_name)
{
    WCHAR *wide = own_path();
    char *own = wide ? oi_win32_utf8(wide) : NULL;
    char *separator = own ? strrchr(own, '\\') : NULL;
    size_t folder = separator ? (size_t)(separator - own) + 1 : 0;
    char *path = own ? malloc(folder + strlen(file_name) + 1) : NULL;

    if (path) {
        memcpy(path, own, folder);
        strcpy(path + folder, file_name);
    }
    free(own);
    free(wide);
    return path;
}

static enum oi_status status_of_load(DWORD error)
{
    switch (error) {
    case ERROR_MOD_NOT_FOUND:
        return OI_NOT_FOUND;
    case ERROR_BAD_EXE_FORMAT:
    case ERROR_EXE_MACHINE_TYPE_MISMATCH:
        return OI_BAD_FILE;
    default:
        return oi_win32_status(error);
    }
}

enum oi_status oi_module_load(struct oi_module **module, const char *path)
{
    WCHAR *wide = oi_win32_wide(path);
    enum oi_status status = OI_OK;
    DWORD mode;

    *module = NULL;
    if (!wide)
        return OI_NOT_FOUND;
    /* A file that is no DLL is for the caller to report, not for a window of the system's. */
    SetThreadErrorMode(SEM_FAILCRITICALERRORS, &mode);
    *module = (struct oi_module *)LoadLibraryExW(wide, NULL, 0);
    if (!*module)
        status = status_of_load(GetLastError());
    SetThreadErrorMode(mode, NULL);
    free(wide);
    return status;
}

void oi_module_unload(struct oi_module *module)
{
    if (module)
        FreeLibrary((HMODULE)module);
}

oi_module_function oi_module_find(struct oi_module *module, const char *name)
{
    return (oi_module_function)(uintptr_t)GetProcAddress((HMODULE)module, name);
}
