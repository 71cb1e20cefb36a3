/* Lines are at most as wide as a page, whatever the terminal: a report is read elsewhere. */
#include "report.h"

#include <stdio.h>
#include <string.h>

enum { PAGE_COLUMNS = 92, LABEL_COLUMNS = 20, TEXT_COLUMNS = PAGE_COLUMNS - LABEL_COLUMNS - 3 };

/* How many bytes go on one line: up to the last blank that fits, or the whole of a longer word. */
static size_t line_bytes(const char *text)
{
    size_t end = strlen(text), at = TEXT_COLUMNS;

    if (end <= TEXT_COLUMNS)
        return end;
    while (at && text[at] != ' ')
        at--;
    return at ? at : strcspn(text, " ");
}

void oi_say_wrapped(const char *label, const char *text)
{
    do {
        size_t length = line_bytes(text);

        if (length)
            oi_say("  %-*s %.*s\n", LABEL_COLUMNS, label, (int)length, text);
        label = "";
        text += length;
        text += strspn(text, " ");
    } while (*text);
}

void oi_report_begin(struct oi_report *report, const char *event, const char *title, ...)
{
    char text[OI_UTF8_MAX];
    va_list arguments;

    va_start(arguments, title);
    vsnprintf(text, sizeof(text), title, arguments);
    va_end(arguments);
    oi_utf8_cut(text);
    oi_json_begin(&report->json, event);
    oi_say("\n%s%s", text, text[0] ? "\n" : "");
}

void oi_report_row(struct oi_report *report, const char *key, const char *label, const char *text,
                   ...)
{
    char words[2 * OI_UTF8_MAX];
    va_list arguments;

    va_start(arguments, text);
    vsnprintf(words, sizeof(words), text, arguments);
    va_end(arguments);
    oi_utf8_cut(words);
    oi_say_wrapped(label, words);
    if (key)
        oi_json_text(&report->json, key, words);
}

void oi_report_number(struct oi_report *report, const char *key, const char *label, long number)
{
    oi_report_row(report, NULL, label, "%ld", number);
    oi_json_integer(&report->json, key, number);
}

void oi_report_end(struct oi_report *report)
{
    oi_json_end(&report->json);
}
