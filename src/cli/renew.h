/* The commands "blank" and "format": a rewritable disc made anew.
 * Who uses it: main.c; burn_test.c.
 * Which kinds of disc can be blanked or formatted, and what people should do with the others, is
 * told here; how a disc is written is media_steps.c's.
 * What it must not know: images. */
#ifndef OI_CLI_RENEW_H
#define OI_CLI_RENEW_H

#include "args.h"
#include "drive.h"

/* The same as a part of another command, on a drive that is held and ready: `full` is the commands'
 * --full. What the disc holds is lost. Reports its own failures. */
enum oi_exit oi_renew_blank(struct oi_drive *drive, bool full);
enum oi_exit oi_renew_format(struct oi_drive *drive, bool full);

enum oi_exit oi_blank_command(const struct oi_args *args);
enum oi_exit oi_format_command(const struct oi_args *args);

#endif
