/* One lock guards the handles and the state of the status line, so that a line is never torn by
 * the control handler's thread and nothing is appended to a half-drawn status line. */
#include "output.h"

#include <windows.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct sink {
    HANDLE handle;
    bool console;
};

static struct {
    SRWLOCK lock;
    struct sink out;
    struct sink error;
    bool json;
    size_t status_length; /* columns of the status line on the screen, 0: none */
} output = {.lock = SRWLOCK_INIT};

struct oi_utf8 oi_utf8(const wchar_t *wide)
{
    struct oi_utf8 utf8 = {{0}};
    int length = wide ? (int)wcslen(wide) : 0;

    /* A string that is too long is converted again, shorter, until it fits. */
    while (length > 0 &&
           !WideCharToMultiByte(CP_UTF8, 0, wide, length, utf8.text, OI_UTF8_MAX - 1, NULL, NULL)) {
        memset(utf8.text, 0, sizeof(utf8.text));
        length = length > OI_UTF8_MAX ? OI_UTF8_MAX : length - 1;
    }
    return utf8;
}

/* How long the character that begins so is in UTF-8. */
static size_t character_bytes(unsigned char first)
{
    return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

void oi_utf8_cut(char *text)
{
    size_t length = strlen(text);
    size_t start = length;

    while (start && is_continuation(text[start - 1]))
        start--;
    if (start && length - (start - 1) < character_bytes((unsigned char)text[start - 1]))
        text[start - 1] = '\0';
}

struct oi_utf8 oi_words(const char *format, ...)
{
    struct oi_utf8 words;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(words.text, sizeof(words.text), format, arguments);
    va_end(arguments);
    oi_utf8_cut(words.text);
    return words;
}

static struct sink standard_handle(DWORD which)
{
    struct sink sink = {.handle = GetStdHandle(which)};
    DWORD mode;

    sink.console = sink.handle && sink.handle != INVALID_HANDLE_VALUE &&
                   GetConsoleMode(sink.handle, &mode) != 0;
    return sink;
}

void oi_output_init(void)
{
    output.out = standard_handle(STD_OUTPUT_HANDLE);
    output.error = standard_handle(STD_ERROR_HANDLE);
}

void oi_output_use_json(void)
{
    output.json = true;
}

bool oi_output_is_json(void)
{
    return output.json;
}

bool oi_output_is_terminal(void)
{
    return output.out.console && !output.json;
}

/* The last column stays free: a character there would make some terminals wrap the line. Two more
 * are for the "^C" that a terminal shows by itself. */
size_t oi_status_columns(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    enum { COLUMNS_KEPT_FREE = 3, COLUMNS_USUAL = 80 };
    int columns = COLUMNS_USUAL;

    if (output.out.console && GetConsoleScreenBufferInfo(output.out.handle, &info))
        columns = info.srWindow.Right - info.srWindow.Left + 1;
    return columns > COLUMNS_KEPT_FREE ? (size_t)(columns - COLUMNS_KEPT_FREE) : 0;
}

static void put(const struct sink *sink, const char *text, size_t length)
{
    wchar_t wide[OI_JSON_MAX];
    DWORD written;
    int count;

    if (!sink->console) {
        while (length && WriteFile(sink->handle, text, (DWORD)length, &written, NULL) && written) {
            text += written;
            length -= written;
        }
        return;
    }
    count = MultiByteToWideChar(CP_UTF8, 0, text, (int)length, wide, (int)(sizeof(wide) / 2));
    if (count > 0)
        WriteConsoleW(sink->handle, wide, (DWORD)count, &written, NULL);
}

static void end_status_line(void)
{
    if (output.status_length)
        put(&output.out, "\r\n", 2);
    output.status_length = 0;
}

/* Turns the blank before a word that a terminal's line has no room for into a line break. */
static void wrap(char *text, size_t columns)
{
    size_t column = 0;
    char *blank = NULL;

    for (char *c = text; *c; c++) {
        if (*c == '\n') {
            column = 0;
            blank = NULL;
            continue;
        }
        if (is_continuation(*c))
            continue;
        if (*c == ' ' && column)
            blank = c;
        if (++column > columns && blank) {
            *blank = '\n';
            column = (size_t)(c - blank);
            blank = NULL;
        }
    }
}

/* Messages break between words on a terminal; tables and lists are left as they are. */
static size_t terminal_columns(const struct sink *sink)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    if (!sink->console || !GetConsoleScreenBufferInfo(sink->handle, &info))
        return SIZE_MAX;
    return (size_t)(info.srWindow.Right - info.srWindow.Left + 1);
}

static void put_formatted(const struct sink *sink, const char *format, va_list arguments)
{
    char text[OI_JSON_MAX];
    int length = vsnprintf(text, sizeof(text), format, arguments);

    if (length < 0) /* the words alone are better than silence */
        length = snprintf(text, sizeof(text), "%s", format);
    if ((size_t)length >= sizeof(text))
        length = (int)sizeof(text) - 1;
    if (sink == &output.error)
        wrap(text, terminal_columns(sink));
    AcquireSRWLockExclusive(&output.lock);
    end_status_line();
    put(sink, text, (size_t)length);
    ReleaseSRWLockExclusive(&output.lock);
}

void oi_say(const char *format, ...)
{
    va_list arguments;

    if (output.json)
        return;
    va_start(arguments, format);
    put_formatted(&output.out, format, arguments);
    va_end(arguments);
}

void oi_complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    put_formatted(&output.error, format, arguments);
    va_end(arguments);
}

void oi_status_line(const char *line)
{
    char text[512];
    size_t columns = oi_status_columns();
    size_t length = strlen(line);
    size_t blanks;

    if (length > columns)
        length = columns;
    AcquireSRWLockExclusive(&output.lock);
    blanks = output.status_length > length ? output.status_length - length : 0;
    if (length + blanks > columns)
        blanks = columns - length;
    if (length + blanks + 2 < sizeof(text)) {
        text[0] = '\r';
        memcpy(text + 1, line, length);
        memset(text + 1 + length, ' ', blanks);
        put(&output.out, text, 1 + length + blanks);
        output.status_length = length;
    }
    ReleaseSRWLockExclusive(&output.lock);
}

void oi_status_end(void)
{
    AcquireSRWLockExclusive(&output.lock);
    end_status_line();
    ReleaseSRWLockExclusive(&output.lock);
}

/* What a text leaves free: its closing quotation mark, the short members that follow it, the
 * closing brace and the newline. */
enum { KEPT_FREE = 512 };

static void append(struct oi_json *json, const char *text, size_t length)
{
    memcpy(json->text + json->length, text, length);
    json->length += length;
}

/* The character at text as JSON wants it; returns how many bytes it has in text. */
static size_t escape(const char *text, char escaped[8])
{
    unsigned char c = (unsigned char)*text;
    size_t length = 1;

    if (c == '"' || c == '\\') {
        snprintf(escaped, 8, "\\%c", c);
    } else if (c < 0x20) {
        snprintf(escaped, 8, "\\u%04x", c);
    } else {
        while (length < character_bytes(c) && is_continuation(text[length]))
            length++;
        memcpy(escaped, text, length);
        escaped[length] = '\0';
    }
    return length;
}

static void append_quoted(struct oi_json *json, const char *text)
{
    char escaped[8];
    size_t used;

    append(json, "\"", 1);
    for (; *text; text += used) {
        used = escape(text, escaped);
        if (json->length + strlen(escaped) + KEPT_FREE > sizeof(json->text))
            break;
        append(json, escaped, strlen(escaped));
    }
    append(json, "\"", 1);
}

/* False when the object has no room for a member more. */
static bool begin_member(struct oi_json *json, const char *key)
{
    enum { MEMBER_BYTES = 80 }; /* a number, punctuation, and the object's end */

    if (json->length + strlen(key) + MEMBER_BYTES > sizeof(json->text))
        return false;
    append(json, json->length ? ",\"" : "{\"", 2);
    append(json, key, strlen(key));
    append(json, "\":", 2);
    return true;
}

void oi_json_begin(struct oi_json *json, const char *event)
{
    json->length = 0;
    oi_json_text(json, "event", event);
}

void oi_json_text(struct oi_json *json, const char *key, const char *value)
{
    if (begin_member(json, key))
        append_quoted(json, value);
}

void oi_json_integer(struct oi_json *json, const char *key, int64_t value)
{
    char text[32];

    if (!begin_member(json, key))
        return;
    append(json, text, (size_t)snprintf(text, sizeof(text), "%lld", (long long)value));
}

void oi_json_integers(struct oi_json *json, const char *key, const uint32_t *values, size_t count)
{
    char text[16];

    if (!begin_member(json, key))
        return;
    append(json, "[", 1);
    for (size_t i = 0; i < count && json->length + sizeof(text) + KEPT_FREE < sizeof(json->text);
         i++)
        append(
            json, text,
            (size_t)snprintf(text, sizeof(text), "%s%lu", i ? "," : "", (unsigned long)values[i]));
    append(json, "]", 1);
}

void oi_json_decimal(struct oi_json *json, const char *key, double value)
{
    char text[64];

    if (!begin_member(json, key))
        return;
    append(json, text, (size_t)snprintf(text, sizeof(text), "%.2f", value));
}

void oi_json_end(struct oi_json *json)
{
    if (!output.json)
        return;
    json->text[json->length++] = '}';
    json->text[json->length++] = '\n';
    AcquireSRWLockExclusive(&output.lock);
    put(&output.out, json->text, json->length);
    ReleaseSRWLockExclusive(&output.lock);
}
