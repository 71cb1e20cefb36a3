/* A command and its completion as a line of OPENIMAPI2_TRACE: date and time, whose it is, and then
 * what the emulator's own trace says, too.
 * Who uses it: tracing.c. Pure; any thread.
 * What it must not know: files, devices. */
#ifndef OI_TRANSPORT_TRACE_TEXT_H
#define OI_TRANSPORT_TRACE_TEXT_H

#include "trace_line.h"
#include "transport.h"

enum { OI_TRACE_LINE_MAX = 1024 };

/* When and whose: the process, and which of its objects. */
struct oi_trace_stamp {
    uint64_t wall_us; /* since 1970-01-01 UTC */
    uint32_t process, object;
};

/* "2026-11-23 09:05:01.000123  1234.1    ", the beginning of every line. */
void oi_trace_text_stamp(struct oi_line *line, const struct oi_trace_stamp *stamp);
/* The rest of a command's line. detail is what the device adds in words, or "". */
void oi_trace_text_command(struct oi_line *line, const struct oi_command *command,
                           const struct oi_completion *completion, uint64_t elapsed_us,
                           const char *detail);

#endif
