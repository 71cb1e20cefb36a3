/* The command "trace": the commands that a virtual recorder was sent, as it wrote them down.
 * Who uses it: main.c.
 * A trace is the text file NAME.trace beside NAME.ini: a heading up to the first empty line, then a
 * line for each command, which ends in its outcome, and lines with "-- " about what else happened.
 * It may grow while it is read. What it must not know: anything else that the lines say. */
#ifndef OI_CLI_TRACE_H
#define OI_CLI_TRACE_H

#include "args.h"

enum oi_exit oi_trace_command(const struct oi_args *args);

#endif
