/* The text of unique ids: their case, and the class at the end of a device interface's.
 * Who uses it: drives_win32.c, virtual_folder.c. Pure.
 * What it must not know: what is between prefix and suffix. */
#ifndef OI_TRANSPORT_UNIQUE_ID_H
#define OI_TRANSPORT_UNIQUE_ID_H

#include <stdbool.h>
#include <stddef.h>

#define OI_ID_SUFFIX "#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}" /* GUID_DEVINTERFACE_CDROM */

/* Not tolower: the answer must not depend on the locale. */
static inline char oi_ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Both have at least length characters, unless they differ before; wanted is lower case. */
static inline bool oi_same_ignoring_case(const char *text, const char *wanted, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (oi_ascii_lower(text[i]) != wanted[i])
            return false;
    return true;
}

#endif
