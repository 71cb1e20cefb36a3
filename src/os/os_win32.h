/* What the Windows sources share: text and error conversion.
 * Who uses it: those of this room, and of transport (it includes windows.h).
 * Strings inside the library are UTF-8; UTF-16 exists only around the calls that need it.
 * A Win32 error code never leaves a room: oi_win32_status() is the one conversion for files.
 * What it must not know: what the strings and files are for. */
#ifndef OI_OS_WIN32_H
#define OI_OS_WIN32_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include "status.h"

enum oi_status oi_win32_status(DWORD error);
/* malloc'ed, the caller frees it; NULL without memory or when the text is not well formed. */
WCHAR *oi_win32_wide(const char *utf8);
char *oi_win32_utf8(const WCHAR *wide);
/* What the Win32 calls take for a path as os.h knows them, malloc'ed. OI_NOT_FOUND: no file can
 * have it. OI_OUT_OF_MEMORY. */
enum oi_status oi_win32_file_name(const char *path, WCHAR **name);

#endif
