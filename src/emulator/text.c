/* Reading is strict and bounded: nothing here trusts a length or a terminator found in a file. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum text_result text_next(struct text_reader *reader, char line[TEXT_LINE_MAX])
{
    const char *start = reader->data + reader->at;
    size_t left = reader->size - reader->at;
    const char *end;
    size_t length;

    if (!left)
        return TEXT_END;
    end = memchr(start, '\n', left);
    length = end ? (size_t)(end - start) : left;
    reader->at += end ? length + 1 : length;
    reader->line++;
    if (length && start[length - 1] == '\r')
        length--;
    if (length >= TEXT_LINE_MAX)
        return TEXT_TOO_LONG;
    if (length && memchr(start, '\0', length))
        return TEXT_BINARY;
    memcpy(line, start, length);
    line[length] = '\0';
    return TEXT_LINE;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *trimmed(char *text)
{
    size_t length;

    while (is_blank(*text))
        text++;
    length = strlen(text);
    while (length && is_blank(text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

bool text_split(char *line, char **key, char **value)
{
    char *equals = strchr(line, '=');

    if (!equals)
        return false;
    *equals = '\0';
    *key = trimmed(line);
    *value = trimmed(equals + 1);
    return true;
}

bool text_number(const char *text, uint32_t max, uint32_t *number)
{
    uint64_t value = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > max)
            return false;
    }
    *number = (uint32_t)value;
    return true;
}

bool text_tenths(const char *text, uint32_t max_tenths, uint32_t *tenths)
{
    char digits[16];
    size_t length = strlen(text);
    const char *point = strchr(text, '.');
    size_t whole = point ? (size_t)(point - text) : length;

    if (!whole || length + 2 > sizeof(digits) || (point && length != whole + 2))
        return false;
    memcpy(digits, text, whole);
    digits[whole] = point ? point[1] : '0';
    digits[whole + 1] = '\0';
    return text_number(digits, max_tenths, tenths);
}

uint32_t text_crc32(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

void text_add(struct text_writer *writer, const char *format, ...)
{
    size_t left = writer->room - writer->size;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(writer->data + writer->size, left, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= left)
        writer->full = true;
    else
        writer->size += (size_t)length;
}

size_t text_fitting(const char *text, size_t max)
{
    size_t length = strlen(text);

    if (length <= max)
        return length;
    while (max && ((uint8_t)text[max] & 0xc0) == 0x80)
        max--;
    return max;
}

/* Drops a UTF-8 sequence that the end of the buffer cut in two. */
static void cut_at_character(char *text)
{
    size_t length = strlen(text);
    size_t lead = length;

    while (lead && ((uint8_t)text[lead - 1] & 0xc0) == 0x80)
        lead--;
    if (lead && (uint8_t)text[lead - 1] >= 0xc0) {
        uint8_t first = (uint8_t)text[lead - 1];
        size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

        if (length - (lead - 1) < wanted)
            text[lead - 1] = '\0';
    }
}

void text_message(char message[TEXT_MESSAGE_MAX], const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (vsnprintf(message, TEXT_MESSAGE_MAX, format, args) < 0)
        message[0] = '\0';
    va_end(args);
    cut_at_character(message);
}

const char *text_short_path(const char *path)
{
    enum { LONGEST = 90 };
    size_t length = strlen(path);
    const char *tail;

    if (length <= LONGEST)
        return path;
    tail = path + length - LONGEST;
    while (((uint8_t)*tail & 0xc0) == 0x80)
        tail++;
    return tail;
}

char *text_path(const char *path, size_t cut, const char *suffix)
{
    size_t length = strlen(path);
    size_t kept = cut < length ? length - cut : 0;
    size_t added = strlen(suffix);
    char *copy = malloc(kept + added + 1);

    if (!copy)
        return NULL;
    memcpy(copy, path, kept);
    memcpy(copy + kept, suffix, added + 1);
    return copy;
}
