/* Paths as users type them, to paths the system and other programs understand.
 * Who uses it: image files and the definitions of virtual recorders.
 * Under Wine, paths of the host ("/home/me/disc.iso") are taken and given as well; on Windows
 * these functions only make paths absolute.
 * What it must not know: what is in the files. */
#ifndef OI_CLI_PATHS_H
#define OI_CLI_PATHS_H

#include <stdbool.h>
#include <wchar.h>

enum { OI_PATH_MAX = 4096 };

/* The absolute DOS path of `typed`; false when it is empty or too long. */
bool oi_path_absolute(const wchar_t *typed, wchar_t absolute[OI_PATH_MAX]);
/* The first character of an absolute path that no Windows path may have, L'\0' when there is none.
 */
wchar_t oi_path_forbidden(const wchar_t *absolute);
/* The path that programs outside read: under Wine the absolute Unix path, else the DOS path
 * itself. `absolute` comes from oi_path_absolute. */
void oi_path_for_others(const wchar_t *absolute, wchar_t outside[OI_PATH_MAX]);

#endif
