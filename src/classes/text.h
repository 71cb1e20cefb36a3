/* BSTR and UTF-8, both ways.
 * Who uses it: the classes.
 * What it must not know: what the text says. */
#ifndef OI_CLASSES_TEXT_H
#define OI_CLASSES_TEXT_H

#include <windows.h>
#include <oleauto.h>

/* A new BSTR; NULL without memory. */
BSTR text_to_bstr(const char *utf8);
/* malloc'ed, the caller frees it; NULL without memory. A NULL BSTR is an empty string. */
char *text_from_bstr(const WCHAR *bstr);

#endif
