/* A report that people read and paste elsewhere: headings, and rows of a label and a text that is
 * wrapped; for machines each heading begins an object of which the rows are members.
 * Who uses it: the files of "doctor".
 * What it must not know: drives, COM. */
#ifndef OI_CLI_REPORT_H
#define OI_CLI_REPORT_H

#include "output.h"

struct oi_report {
    struct oi_json json;
};

/* An empty line, and the title unless it is empty. */
void oi_report_begin(struct oi_report *report, const char *event, const char *title, ...)
    OI_PRINTF(3, 4);
/* key NULL: not for machines. A label "" belongs to the row above. */
void oi_report_row(struct oi_report *report, const char *key, const char *label, const char *text,
                   ...) OI_PRINTF(4, 5);
/* The same of a number, which is one for machines, too. */
void oi_report_number(struct oi_report *report, const char *key, const char *label, long number);
void oi_report_end(struct oi_report *report);

/* "  LABEL   text": the text is broken at blanks, and goes on below its beginning. */
void oi_say_wrapped(const char *label, const char *text);

#endif
