/* The command "write": a whole burn, from the checks to the closed session.
 * Who uses it: main.c.
 * What it must not know: which steps a kind of disc needs (media_steps.h). */
#ifndef OI_CLI_WRITE_H
#define OI_CLI_WRITE_H

#include "args.h"

enum oi_exit oi_write_command(const struct oi_args *args);

#endif
