/* The text is edited in place, line by line, so that what a user wrote by hand survives. */
#include "definition.h"

#include <shlobj.h>
#include <stdio.h>
#include <string.h>

bool oi_definition_folder(wchar_t folder[OI_PATH_MAX])
{
    wchar_t value[OI_PATH_MAX];
    DWORD length = GetEnvironmentVariableW(L"OPENIMAPI2_RECORDERS", value, OI_PATH_MAX);

    if (length > 0)
        return length < OI_PATH_MAX && oi_path_absolute(value, folder);
    length = GetEnvironmentVariableW(L"LOCALAPPDATA", value, OI_PATH_MAX);
    if (length == 0 || length >= OI_PATH_MAX - 40)
        return false;
    return _snwprintf(folder, OI_PATH_MAX, L"%ls\\OpenIMAPI2\\VirtualRecorders", value) > 0;
}

bool oi_definition_is_name(const wchar_t *name)
{
    size_t length = wcslen(name);

    return length >= 1 && length <= OI_VIRTUAL_NAME_MAX &&
           wcsspn(name, L"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
               length;
}

bool oi_definition_path(const wchar_t *name, const wchar_t *extension, wchar_t path[OI_PATH_MAX])
{
    wchar_t folder[OI_PATH_MAX];
    int length;

    if (!oi_definition_folder(folder))
        return false;
    length = _snwprintf(path, OI_PATH_MAX, L"%ls\\%ls%ls", folder, name, extension);
    return length > 0 && length < OI_PATH_MAX;
}

DWORD oi_definition_make_folder(void)
{
    wchar_t folder[OI_PATH_MAX];
    int error;

    if (!oi_definition_folder(folder))
        return ERROR_ENVVAR_NOT_FOUND;
    error = SHCreateDirectoryExW(NULL, folder, NULL);
    return error == ERROR_ALREADY_EXISTS || error == ERROR_FILE_EXISTS ? ERROR_SUCCESS
                                                                       : (DWORD)error;
}

void oi_definition_each(bool (*visit)(void *context, const wchar_t *name), void *context)
{
    wchar_t pattern[OI_PATH_MAX];
    WIN32_FIND_DATAW found;
    HANDLE search = INVALID_HANDLE_VALUE;
    bool more = true;

    if (oi_definition_path(L"*", L".ini", pattern))
        search = FindFirstFileW(pattern, &found);
    if (search == INVALID_HANDLE_VALUE)
        return;
    while (more) {
        wchar_t *dot = wcsrchr(found.cFileName, L'.');

        if (dot && !_wcsicmp(dot, L".ini")) {
            *dot = L'\0';
            more = !oi_definition_is_name(found.cFileName) || visit(context, found.cFileName);
        }
        more = more && FindNextFileW(search, &found);
    }
    FindClose(search);
}

DWORD oi_definition_read(struct oi_definition *definition, const wchar_t *name)
{
    wchar_t path[OI_PATH_MAX];
    DWORD error = ERROR_SUCCESS;
    DWORD got = 0;
    HANDLE file;

    definition->length = 0;
    definition->text[0] = '\0';
    if (!oi_definition_path(name, L".ini", path))
        return ERROR_FILENAME_EXCED_RANGE;
    file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                       NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return GetLastError();
    if (!ReadFile(file, definition->text, OI_DEFINITION_BYTES - 1, &got, NULL))
        error = GetLastError();
    else if (got == OI_DEFINITION_BYTES - 1)
        error = ERROR_FILE_TOO_LARGE;
    CloseHandle(file);
    definition->length = error ? 0 : got;
    definition->text[definition->length] = '\0';
    return error;
}

DWORD oi_definition_write(const struct oi_definition *definition, const wchar_t *name)
{
    wchar_t path[OI_PATH_MAX];
    wchar_t temporary[OI_PATH_MAX];
    DWORD error = ERROR_SUCCESS;
    DWORD written = 0;
    HANDLE file;

    if (!oi_definition_path(name, L".ini", path) || !oi_definition_path(name, L".new", temporary))
        return ERROR_FILENAME_EXCED_RANGE;
    file = CreateFileW(temporary, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return GetLastError();
    if (!WriteFile(file, definition->text, (DWORD)definition->length, &written, NULL))
        error = GetLastError();
    else if (written != definition->length)
        error = ERROR_DISK_FULL;
    else if (!FlushFileBuffers(file))
        error = GetLastError();
    CloseHandle(file);
    if (!error && !MoveFileExW(temporary, path, MOVEFILE_REPLACE_EXISTING))
        error = GetLastError();
    if (error)
        DeleteFileW(temporary);
    return error;
}

struct line {
    const char *begin, *end; /* end: behind the newline */
    const char *value, *value_end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* True when the line at `begin` sets the key; fills line. */
static bool line_sets(const char *begin, const char *key, struct line *line)
{
    const char *end = strchr(begin, '\n');
    const char *at = begin;
    size_t length = strlen(key);

    line->begin = begin;
    line->end = end ? end + 1 : begin + strlen(begin);
    while (at < line->end && is_blank(*at))
        at++;
    if (strncmp(at, key, length))
        return false;
    at += length;
    while (at < line->end && is_blank(*at))
        at++;
    if (at >= line->end || *at != '=')
        return false;
    line->value = at + 1;
    line->value_end = line->end;
    while (line->value < line->value_end && is_blank(*line->value))
        line->value++;
    while (line->value_end > line->value && is_blank(line->value_end[-1]))
        line->value_end--;
    return true;
}

static bool find_line(const struct oi_definition *definition, const char *key, struct line *line)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    const char *at = definition->text;

    if (!strncmp(at, byte_order_mark, sizeof(byte_order_mark) - 1))
        at += sizeof(byte_order_mark) - 1;
    while (*at) {
        if (line_sets(at, key, line))
            return true;
        at = line->end;
    }
    line->begin = line->end = at;
    return false;
}

bool oi_definition_get(const struct oi_definition *definition, const char *key,
                       char value[OI_VALUE_BYTES])
{
    struct line line;
    size_t length;

    value[0] = '\0';
    if (!find_line(definition, key, &line))
        return false;
    length = (size_t)(line.value_end - line.value);
    if (length >= OI_VALUE_BYTES)
        return false;
    memcpy(value, line.value, length);
    value[length] = '\0';
    return true;
}

bool oi_definition_set(struct oi_definition *definition, const char *key, const char *value)
{
    char text[OI_VALUE_BYTES + 64];
    int length = snprintf(text, sizeof(text), "%s = %s\n", key, value);
    struct line line;
    size_t begin, removed, rest;

    find_line(definition, key, &line);
    begin = (size_t)(line.begin - definition->text);
    removed = (size_t)(line.end - line.begin);
    rest = definition->length - begin - removed;
    if (!removed && begin && definition->text[begin - 1] != '\n') {
        /* the last line had no newline */
        memmove(text + 1, text, sizeof(text) - 1);
        text[0] = '\n';
        length++;
    }
    if (length < 0 || (size_t)length >= sizeof(text) ||
        definition->length - removed + (size_t)length >= OI_DEFINITION_BYTES)
        return false;
    memmove(definition->text + begin + length, line.end, rest + 1);
    memcpy(definition->text + begin, text, (size_t)length);
    definition->length = begin + (size_t)length + rest;
    return true;
}

void oi_definition_remove(struct oi_definition *definition, const char *key)
{
    struct line line;
    size_t begin, removed;

    if (!find_line(definition, key, &line))
        return;
    begin = (size_t)(line.begin - definition->text);
    removed = (size_t)(line.end - line.begin);
    memmove(definition->text + begin, line.end, definition->length - begin - removed + 1);
    definition->length -= removed;
}
