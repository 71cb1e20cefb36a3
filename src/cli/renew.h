/* The commands "blank" and "format": a rewritable disc made anew.
 * Who uses it: main.c.
 * Which kinds of disc can be blanked or formatted, and what people should do with the others, is
 * told here; how a disc is written is media_steps.c's.
 * What it must not know: images. */
#ifndef OI_CLI_RENEW_H
#define OI_CLI_RENEW_H

#include "args.h"

enum oi_exit oi_blank_command(const struct oi_args *args);
enum oi_exit oi_format_command(const struct oi_args *args);

#endif
