#include "text.h"

#include <stdlib.h>

BSTR text_to_bstr(const char *utf8)
{
    int length = MultiByteToWideChar(CP_UTF8, 0, utf8, -1, NULL, 0);
    BSTR text = SysAllocStringLen(NULL, length > 0 ? (UINT)length - 1 : 0);

    if (text && length > 0)
        MultiByteToWideChar(CP_UTF8, 0, utf8, -1, text, length);
    return text;
}

char *text_from_bstr(const WCHAR *bstr)
{
    const WCHAR *wide = bstr ? bstr : L"";
    int length = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = length > 0 ? malloc((size_t)length) : NULL;

    if (text)
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, length, NULL, NULL);
    return text;
}
