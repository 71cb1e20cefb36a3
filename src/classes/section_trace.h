/* A section in the trace of OPENIMAPI2_TRACE: how it began and ended, and when it failed its last
 * commands, also those to a recorder that is not ours.
 * Who uses it: write_engine.c, on the client's thread.
 * What it must not know: how a section is written, what becomes of the error. */
#ifndef OI_CLASSES_SECTION_TRACE_H
#define OI_CLASSES_SECTION_TRACE_H

#include <windows.h>
#include "engine.h"

struct section_trace {
    struct oi_trace *trace;   /* NULL: none is wanted */
    struct oi_flight *flight; /* NULL also without memory for it */
};

/* Before the section; sets section->flight if there is a trace. */
void section_trace_begin(struct section_trace *trace, struct oi_section *section);
/* After it; error is what IErrorInfo says, NULL when the section succeeded. */
void section_trace_end(struct section_trace *trace, const struct oi_section *section,
                       const struct oi_outcome *outcome, HRESULT hr, const char *error);

#endif
