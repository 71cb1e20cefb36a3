/* The few file primitives that differ per platform, below the portable code of files.c.
 * Who uses it: the sources of this room, nobody else.
 * Each returns what oi_file_* functions return; paths are UTF-8 as everywhere.
 * os_posix_file.c and os_win32_file.c implement it.
 * What it must not know: what the files are for. */
#ifndef OI_OS_PRIVATE_H
#define OI_OS_PRIVATE_H

#include <stdbool.h>
#include "status.h"

/* Renames from over to, atomically and durably, giving it the permissions that `to` had. */
enum oi_status oi_path_rename_over(const char *from, const char *to);
/* One folder, whose parent exists: OI_NOT_FOUND when it does not, OI_OK when the folder is there
 * already, OI_EXISTS when something else has its name. */
enum oi_status oi_path_make_folder(const char *folder);
bool oi_path_is_separator(char c);

#endif
