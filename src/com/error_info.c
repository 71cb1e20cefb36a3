/* Words are best effort: whatever fails on the way to IErrorInfo, the HRESULT goes out. */
#include "error_info.h"

#include <stdarg.h>
#include <ole2.h>
#include "class_factory.h"
#include "com_status.h"
#include "object.h"

enum { TEXT_MAX = 1024 };

/* The ProgID of the class whose default interface this is, else the library's name. */
static void name_source(const IID *iid, WCHAR *source, int size)
{
    lstrcpynW(source, L"IMAPI2", size);
    for (size_t i = 0; i < com_class_count; i++) {
        if (IsEqualIID(com_class_table[i].iid, iid)) {
            lstrcpynW(source, L"IMAPI2.", size);
            lstrcpynW(source + lstrlenW(source), com_class_table[i].name, size - lstrlenW(source));
            return;
        }
    }
}

static void set_error(const IID *iid, const char *utf8)
{
    WCHAR text[TEXT_MAX];
    WCHAR source[64];
    ICreateErrorInfo *writer;
    IErrorInfo *error;

    if (MultiByteToWideChar(CP_UTF8, 0, utf8, -1, text, TEXT_MAX) == 0)
        text[0] = L'\0';
    name_source(iid, source, (int)(sizeof(source) / sizeof(source[0])));

    if (FAILED(CreateErrorInfo(&writer)))
        return;
    ICreateErrorInfo_SetGUID(writer, iid);
    ICreateErrorInfo_SetSource(writer, source);
    ICreateErrorInfo_SetDescription(writer, text);
    if (SUCCEEDED(ICreateErrorInfo_QueryInterface(writer, &IID_IErrorInfo, (void **)&error))) {
        SetErrorInfo(0, error);
        IErrorInfo_Release(error);
    }
    ICreateErrorInfo_Release(writer);
}

HRESULT com_error(const IID *iid, HRESULT hr, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    va_start(args, format);
    if (vsnprintf(text, sizeof(text), format, args) < 0)
        text[0] = '\0';
    va_end(args);
    set_error(iid, text);
    return hr;
}

HRESULT com_error_null(const IID *iid)
{
    return com_error(iid, E_POINTER, "A pointer that the method needs is NULL.");
}

HRESULT com_error_from_status(const IID *iid, enum oi_status status)
{
    if (status != OI_OK)
        set_error(iid, oi_status_text(status));
    return com_status_hresult(status);
}

BSTR com_error_text(HRESULT hr)
{
    WCHAR text[TEXT_MAX];
    DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM |
                                      FORMAT_MESSAGE_IGNORE_INSERTS,
                                  com_module_handle(), (DWORD)hr, 0, text, TEXT_MAX, NULL);

    while (length > 0 && text[length - 1] <= L' ')
        length--;
    return length > 0 ? SysAllocStringLen(text, length) : NULL;
}
