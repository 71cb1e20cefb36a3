/* Small text files: lines, "key = value", numbers, a checksum, and messages that name a file.
 * Who uses it: the definition file, the disc-state file, the drive-state file.
 * What it must not know: what the keys mean. */
#ifndef OI_EMULATOR_TEXT_H
#define OI_EMULATOR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_LINE_MAX = 1024, TEXT_MESSAGE_MAX = 256, TEXT_FILE_MAX = 65536 };

/* Walks over the lines of data[0..size). */
struct text_reader {
    const char *data;
    size_t size, at;
    uint32_t line; /* number of the line read last, from 1 */
};
enum text_result { TEXT_LINE, TEXT_END, TEXT_TOO_LONG, TEXT_BINARY };
/* The next line without its LF or CRLF, NUL-terminated. TEXT_BINARY: it holds a NUL byte. */
enum text_result text_next(struct text_reader *reader, char line[TEXT_LINE_MAX]);

/* Cuts "key = value" in place, without the blanks around both; false when there is no '='. */
bool text_split(char *line, char **key, char **value);

/* Digits only, nothing else, up to max. */
bool text_number(const char *text, uint32_t max, uint32_t *number);
/* A number with at most one decimal, times ten: "2.4" is 24. */
bool text_tenths(const char *text, uint32_t max_tenths, uint32_t *tenths);

/* CRC-32 as in Ethernet and zip. */
uint32_t text_crc32(const void *data, size_t size);

/* Text that grows in a fixed buffer; what does not fit sets full. */
struct text_writer {
    char *data;
    size_t room, size;
    bool full;
};
#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
void text_add(struct text_writer *writer, const char *format, ...);

/* How much of text, in bytes, fits into max: whole UTF-8 characters. */
size_t text_fitting(const char *text, size_t max);

/* Formats a message, cut at a whole UTF-8 character when it is too long. */
#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
void text_message(char message[TEXT_MESSAGE_MAX], const char *format, ...);

/* The end of a path, short enough for a message. */
const char *text_short_path(const char *path);

/* A malloc'ed copy of path with its last `cut` bytes replaced by suffix; NULL: out of memory. */
char *text_path(const char *path, size_t cut, const char *suffix);

#endif
