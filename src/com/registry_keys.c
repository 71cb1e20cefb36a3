/* Thin: each function opens what it needs and closes it again. */
#include "registry_keys.h"

#include <stdlib.h>

HRESULT com_key_write(HKEY root, const WCHAR *path, const WCHAR *name, const WCHAR *data)
{
    HKEY key;
    LSTATUS error = RegCreateKeyExW(root, path, 0, NULL, 0, KEY_SET_VALUE, NULL, &key, NULL);

    if (error == ERROR_SUCCESS) {
        if (data) {
            size_t bytes = ((size_t)lstrlenW(data) + 1) * sizeof(*data);

            error = RegSetValueExW(key, name, 0, REG_SZ, (const BYTE *)data, (DWORD)bytes);
        }
        RegCloseKey(key);
    }
    return HRESULT_FROM_WIN32(error);
}

WCHAR *com_key_read(HKEY root, const WCHAR *path, REGSAM view, const WCHAR *name)
{
    WCHAR *text = NULL;
    DWORD bytes = 0;
    HKEY key;

    if (RegOpenKeyExW(root, path, 0, KEY_QUERY_VALUE | view, &key) != ERROR_SUCCESS)
        return NULL;
    if (RegGetValueW(key, NULL, name, RRF_RT_REG_SZ, NULL, NULL, &bytes) == ERROR_SUCCESS)
        text = calloc(1, bytes + sizeof(*text));
    if (text && RegGetValueW(key, NULL, name, RRF_RT_REG_SZ, NULL, text, &bytes) != ERROR_SUCCESS) {
        free(text);
        text = NULL;
    }
    RegCloseKey(key);
    return text;
}

bool com_key_exists(HKEY root, const WCHAR *path, REGSAM view)
{
    HKEY key;

    if (RegOpenKeyExW(root, path, 0, KEY_QUERY_VALUE | view, &key) != ERROR_SUCCESS)
        return false;
    RegCloseKey(key);
    return true;
}

HRESULT com_key_writable(HKEY root, const WCHAR *path, REGSAM view)
{
    HKEY key;
    LSTATUS error = RegOpenKeyExW(root, path, 0, KEY_READ | KEY_WRITE | DELETE | view, &key);

    if (error == ERROR_SUCCESS)
        RegCloseKey(key);
    return HRESULT_FROM_WIN32(error);
}

HRESULT com_key_copy(HKEY root, const WCHAR *from, REGSAM from_view, const WCHAR *to,
                     REGSAM to_view)
{
    HRESULT hr = com_key_delete(root, to, to_view);
    HKEY source, target;
    LSTATUS error;

    if (FAILED(hr))
        return hr;
    error = RegOpenKeyExW(root, from, 0, KEY_READ | from_view, &source);
    if (error != ERROR_SUCCESS)
        return HRESULT_FROM_WIN32(error);
    error =
        RegCreateKeyExW(root, to, 0, NULL, 0, KEY_READ | KEY_WRITE | to_view, NULL, &target, NULL);
    if (error == ERROR_SUCCESS) {
        error = RegCopyTreeW(source, NULL, target);
        RegCloseKey(target);
    }
    RegCloseKey(source);
    return HRESULT_FROM_WIN32(error);
}

HRESULT com_key_delete(HKEY root, const WCHAR *path, REGSAM view)
{
    HKEY key;
    LSTATUS error = RegOpenKeyExW(root, path, 0, KEY_READ | KEY_WRITE | DELETE | view, &key);

    if (error == ERROR_SUCCESS) {
        error = RegDeleteTreeW(key, NULL);
        RegCloseKey(key);
    }
    if (error == ERROR_SUCCESS)
        error = RegDeleteKeyExW(root, path, view, 0);
    return error == ERROR_FILE_NOT_FOUND ? S_OK : HRESULT_FROM_WIN32(error);
}

bool com_key_delete_empty(HKEY root, const WCHAR *path, REGSAM view)
{
    DWORD subkeys = 0, values = 0;
    LSTATUS error;
    HKEY key;

    if (RegOpenKeyExW(root, path, 0, KEY_READ | view, &key) != ERROR_SUCCESS)
        return true;
    error = RegQueryInfoKeyW(key, NULL, NULL, NULL, &subkeys, NULL, NULL, &values, NULL, NULL, NULL,
                             NULL);
    RegCloseKey(key);
    if (error != ERROR_SUCCESS || subkeys != 0 || values != 0)
        return false;
    return RegDeleteKeyExW(root, path, view, 0) == ERROR_SUCCESS;
}

bool com_key_each_subkey(HKEY root, const WCHAR *path, REGSAM view,
                         bool (*visit)(const WCHAR *name))
{
    bool go_on = true;
    WCHAR name[256];
    HKEY key;

    if (RegOpenKeyExW(root, path, 0, KEY_READ | view, &key) != ERROR_SUCCESS)
        return true;
    for (DWORD i = 0; go_on; i++) {
        DWORD length = sizeof(name) / sizeof(name[0]);

        if (RegEnumKeyExW(key, i, name, &length, NULL, NULL, NULL, NULL) != ERROR_SUCCESS)
            break;
        go_on = visit(name);
    }
    RegCloseKey(key);
    return go_on;
}
