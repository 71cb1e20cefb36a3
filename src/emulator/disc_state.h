/* The disc-state file IMAGE.disc: what the image alone can't tell.
 * Who uses it: tray.c when a disc is loaded or saved.
 * The first line names the version, the last one is a checksum of all before it. It is replaced as
 * a whole and never trusted: what does not make sense is refused and left untouched. What it must
 * not know: drives, commands. */
#ifndef OI_EMULATOR_DISC_STATE_H
#define OI_EMULATOR_DISC_STATE_H

#include "disc.h"
#include "status.h"

/* Fills *disc for a disc of this medium. OI_OK; OI_NOT_FOUND: there is no such file; otherwise
 * OI_BAD_FILE, OI_NEWER_FILE or what kept it from being read, and why says file, line, reason and
 * way out. */
enum oi_status disc_state_read(struct disc *disc, const struct medium *medium, const char *path,
                               char why[TEXT_MESSAGE_MAX]);
enum oi_status disc_state_write(const struct disc *disc, const char *path);

#endif
