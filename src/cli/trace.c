/* The file is read twice: once to count the lines that are wanted, then to show the last of them,
 * so that a trace of any length needs no memory. What is appended in between is left out. */
#include "trace.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include "definition.h"
#include "paths.h"
#include "virtual.h"

enum { CHUNK_BYTES = 65536, TRACE_LINE_MAX = 4096 };

struct reader {
    HANDLE file;
    uint64_t left; /* bytes, of those that were there at the beginning */
    size_t at, filled;
    DWORD error;
    char chunk[CHUNK_BYTES];
    char line[TRACE_LINE_MAX]; /* cut when it is longer */
};

static bool fill(struct reader *reader)
{
    DWORD wanted = reader->left < CHUNK_BYTES ? (DWORD)reader->left : CHUNK_BYTES;
    DWORD got = 0;

    if (wanted && !ReadFile(reader->file, reader->chunk, wanted, &got, NULL))
        reader->error = GetLastError();
    reader->left = got ? reader->left - got : 0;
    reader->at = 0;
    reader->filled = got;
    return got > 0;
}

/* False at the end, and for a last line without its newline, which is still being written. */
static bool next_line(struct reader *reader)
{
    size_t length = 0;

    for (;;) {
        const char *from, *newline;
        size_t some;

        if (reader->at == reader->filled && !fill(reader))
            return false;
        from = reader->chunk + reader->at;
        newline = memchr(from, '\n', reader->filled - reader->at);
        some = newline ? (size_t)(newline - from) : reader->filled - reader->at;
        reader->at += some + (newline ? 1 : 0);
        if (some > TRACE_LINE_MAX - 1 - length)
            some = TRACE_LINE_MAX - 1 - length;
        memcpy(reader->line + length, from, some);
        length += some;
        if (newline)
            break;
    }
    while (length && reader->line[length - 1] == '\r')
        length--;
    reader->line[length] = '\0';
    oi_utf8_cut(reader->line);
    return true;
}

static bool rewind_to_start(struct reader *reader, uint64_t bytes)
{
    reader->left = bytes;
    reader->at = reader->filled = 0;
    if (SetFilePointer(reader->file, 0, NULL, FILE_BEGIN) != INVALID_SET_FILE_POINTER)
        return true;
    reader->error = GetLastError();
    return false;
}

static bool ends_with(const char *line, const char *end)
{
    size_t length = strlen(line);
    size_t end_length = strlen(end);

    return length >= end_length && !strcmp(line + length - end_length, end);
}

/* What failed, and the faults that were the reason. A drive that says "not yet" is asked again. */
static bool is_failure(const char *line)
{
    static const char *const not_yet[] = {"CHECK CONDITION 2/04/07", "CHECK CONDITION 2/04/08"};

    if (strstr(line, " -- "))
        return strstr(line, "-- fault script") != NULL;
    for (size_t i = 0; i < sizeof(not_yet) / sizeof(not_yet[0]); i++) {
        if (strstr(line, not_yet[i]))
            return false;
    }
    return !ends_with(line, " GOOD");
}

static bool is_wanted(const char *line, bool errors_only)
{
    return line[0] && (!errors_only || is_failure(line));
}

static void show_line(const char *event, const char *line)
{
    struct oi_json json;

    oi_say("%s\n", line);
    oi_json_begin(&json, event);
    oi_json_text(&json, "line", line);
    oi_json_end(&json);
}

/* Reads the lines up to the first empty one, and shows them. */
static void take_heading(struct reader *reader, bool shown)
{
    while (next_line(reader) && reader->line[0]) {
        if (shown)
            show_line("heading", reader->line);
    }
    if (shown)
        oi_say("\n");
}

static uint64_t count_lines(struct reader *reader, bool errors_only)
{
    uint64_t count = 0;

    take_heading(reader, false);
    while (next_line(reader))
        count += is_wanted(reader->line, errors_only) ? 1 : 0;
    return count;
}

static void show_lines(struct reader *reader, bool errors_only, uint64_t skipped)
{
    take_heading(reader, true);
    while (next_line(reader)) {
        if (!is_wanted(reader->line, errors_only))
            continue;
        if (skipped)
            skipped--;
        else
            show_line("line", reader->line);
    }
}

static enum oi_exit show_file(struct reader *reader, const struct oi_args *args)
{
    bool errors_only = (args->given & OI_OPT_ERRORS) != 0;
    struct oi_answer answer;
    LARGE_INTEGER size = {0};
    uint64_t count = 0;

    if (!GetFileSizeEx(reader->file, &size))
        reader->error = GetLastError();
    if (!reader->error && rewind_to_start(reader, (uint64_t)size.QuadPart))
        count = count_lines(reader, errors_only);
    if (!reader->error && rewind_to_start(reader, (uint64_t)size.QuadPart))
        show_lines(reader, errors_only, args->last && count > args->last ? count - args->last : 0);
    answer = oi_answer_from_win32(reader->error);
    if (reader->error)
        return oi_fail(OI_EXIT_FAILED, &answer, NULL, "the trace of \"%s\" can't be read",
                       oi_utf8(args->operand).text);
    if (!count)
        oi_say(errors_only ? "No command failed.\n" : "No command was sent.\n");
    return OI_EXIT_OK;
}

static enum oi_exit report_missing(const wchar_t *name, DWORD error)
{
    struct oi_answer answer = oi_answer_from_win32(error);

    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND)
        return oi_fail(
            OI_EXIT_REFUSED, NULL,
            oi_words("It appears when a program sends a command that changes a disc; with "
                     "\"openimapi2 virtual set %s --trace all\", any command.",
                     oi_utf8(name).text)
                .text,
            "there is no trace of \"%s\"", oi_utf8(name).text);
    return oi_fail(OI_EXIT_FAILED, &answer, NULL, "the trace of \"%s\" can't be opened",
                   oi_utf8(name).text);
}

enum oi_exit oi_trace_command(const struct oi_args *args)
{
    enum oi_exit exit = oi_virtual_check_known(args->operand);
    wchar_t path[OI_PATH_MAX];
    struct reader *reader;

    if (exit)
        return exit;
    reader = calloc(1, sizeof(*reader));
    if (!reader || !oi_definition_path(args->operand, L".trace", path)) {
        free(reader);
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
    }
    reader->file =
        CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    if (reader->file == INVALID_HANDLE_VALUE) {
        exit = report_missing(args->operand, GetLastError());
    } else {
        exit = show_file(reader, args);
        CloseHandle(reader->file);
    }
    free(reader);
    return exit;
}

void oi_trace_check_file(void)
{
    wchar_t typed[OI_PATH_MAX], path[OI_PATH_MAX];
    DWORD length = GetEnvironmentVariableW(L"OPENIMAPI2_TRACE", typed, OI_PATH_MAX);
    struct oi_answer answer;
    HANDLE file;

    if (!length)
        return;
    if (length >= OI_PATH_MAX || !oi_path_absolute(typed, path)) {
        oi_warn(NULL, "OPENIMAPI2_TRACE is too long for a path; nothing is traced");
        return;
    }
    file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS,
                       FILE_ATTRIBUTE_NORMAL, NULL);
    answer = oi_answer_from_win32(GetLastError());
    if (file == INVALID_HANDLE_VALUE)
        oi_warn(&answer, "nothing is traced, \"%s\" (OPENIMAPI2_TRACE) can't be opened",
                oi_utf8(typed).text);
    else
        CloseHandle(file);
}
