/* What the program says: text as UTF-8, one status line that is redrawn, or JSON for machines.
 * Who uses it: every file of the command-line tool; nothing else writes to a standard handle.
 * A console gets UTF-16 through WriteConsole, a pipe or file UTF-8 bytes.
 * Main thread and control handler may both call it; each line goes out whole.
 * What it must not know: drives, discs, COM. */
#ifndef OI_CLI_OUTPUT_H
#define OI_CLI_OUTPUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OI_PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))

/* A string as UTF-8, by value: oi_utf8(wide).text lives until the end of the full expression.
 * Cut at the end when it is longer. NULL becomes "". */
enum { OI_UTF8_MAX = 1024 };
struct oi_utf8 {
    char text[OI_UTF8_MAX];
};
struct oi_utf8 oi_utf8(const wchar_t *wide);
/* The same of a format, for hints that name something. */
struct oi_utf8 oi_words(const char *format, ...) OI_PRINTF(1, 2);
/* Drops the piece of a character that a full buffer has left at the end of the text. */
void oi_utf8_cut(char *text);

/* Looks at the standard handles; call once before anything else of this header. */
void oi_output_init(void);
/* From now on stdout carries JSON lines only and oi_say is silent. */
void oi_output_use_json(void);
bool oi_output_is_json(void);
/* True when stdout is a terminal whose line can be redrawn, and not used for JSON. */
bool oi_output_is_terminal(void);
/* Columns that a status line may take. */
size_t oi_status_columns(void);

/* One or more lines for people on stdout; the format brings its own newlines. */
void oi_say(const char *format, ...) OI_PRINTF(1, 2);
/* The same on stderr, in JSON mode too. */
void oi_complain(const char *format, ...) OI_PRINTF(1, 2);
/* Replaces the status line at the bottom of a terminal. Any other output ends the line first. */
void oi_status_line(const char *line);
/* Leaves the status line as it stands and goes on below it. */
void oi_status_end(void);

/* One JSON object on one line of stdout; does nothing outside JSON mode. Texts that are too long
 * are cut, so that an object is always whole. */
enum { OI_JSON_MAX = 8192 };
struct oi_json {
    char text[OI_JSON_MAX];
    size_t length;
};
void oi_json_begin(struct oi_json *json, const char *event);
void oi_json_text(struct oi_json *json, const char *key, const char *value);
void oi_json_integer(struct oi_json *json, const char *key, int64_t value);
void oi_json_integers(struct oi_json *json, const char *key, const uint32_t *values, size_t count);
void oi_json_decimal(struct oi_json *json, const char *key, double value);
void oi_json_end(struct oi_json *json);

#endif
