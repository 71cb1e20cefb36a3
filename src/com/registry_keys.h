/* Whole registry keys by path: write, read, copy, delete.
 * Who uses it: registration.c.
 * root is HKEY_LOCAL_MACHINE or HKEY_CURRENT_USER, paths are below it, view is 0 (this bitness),
 *   KEY_WOW64_32KEY or KEY_WOW64_64KEY.
 * What it must not know: which keys a COM server has. */
#ifndef OI_COM_REGISTRY_KEYS_H
#define OI_COM_REGISTRY_KEYS_H

#include <stdbool.h>
#include <windows.h>

/* Sets a string value (name NULL: the default value), making the key and its parents when missing.
 * With data NULL only the key is made. */
HRESULT com_key_write(HKEY root, const WCHAR *path, const WCHAR *name, const WCHAR *data);

/* A string value with environment variables expanded, malloc'ed; NULL when there is none. */
WCHAR *com_key_read(HKEY root, const WCHAR *path, REGSAM view, const WCHAR *name);

bool com_key_exists(HKEY root, const WCHAR *path, REGSAM view);

/* S_OK when this process may rewrite and delete the key. */
HRESULT com_key_writable(HKEY root, const WCHAR *path, REGSAM view);

/* Copies values and subkeys of `from` into `to`, which is emptied first. */
HRESULT com_key_copy(HKEY root, const WCHAR *from, REGSAM from_view, const WCHAR *to,
                     REGSAM to_view);

/* Deletes the key and all below it; no such key is S_OK. */
HRESULT com_key_delete(HKEY root, const WCHAR *path, REGSAM view);

/* Deletes the key if it has neither subkeys nor values. True when it is gone. */
bool com_key_delete_empty(HKEY root, const WCHAR *path, REGSAM view);

/* Calls visit for each subkey's name until it returns false; then, and only then, false. */
bool com_key_each_subkey(HKEY root, const WCHAR *path, REGSAM view,
                         bool (*visit)(const WCHAR *name));

#endif
