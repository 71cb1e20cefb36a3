/* The command "trace": the commands that a virtual recorder was sent, as it wrote them down. And
 * whether the file of OPENIMAPI2_TRACE, to which imapi2.dll appends what is sent, can be written.
 * Who uses it: main.c.
 * A trace is the text file NAME.trace beside NAME.ini: a heading up to the first empty line, then a
 * line for each command, which ends in its outcome, and lines with "-- " about what else happened.
 * It may grow while it is read. What it must not know: anything else that the lines say. */
#ifndef OI_CLI_TRACE_H
#define OI_CLI_TRACE_H

#include "args.h"

enum oi_exit oi_trace_command(const struct oi_args *args);

/* Warns when OPENIMAPI2_TRACE names a file that can't be opened: imapi2.dll goes on without a word.
 * Makes the file when it is not there. */
void oi_trace_check_file(void);

#endif
