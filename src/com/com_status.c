/* OI_STATUS_MAP's HRESULT column, expanded. */
#include "com_status.h"

#include <stddef.h>
#include "imapi2error.h"

/* As a macro it is a constant expression; the function of the same name is not. */
#undef HRESULT_FROM_WIN32
#define HRESULT_FROM_WIN32(code) ((HRESULT)((code) | 0x80070000u))

#define STATUS_HRESULT_ROW(name, hresult, text) [name] = hresult,
static const HRESULT hresults[OI_STATUS_COUNT] = {OI_STATUS_MAP(STATUS_HRESULT_ROW)};

HRESULT com_status_hresult(enum oi_status status)
{
    return (size_t)status < OI_STATUS_COUNT ? hresults[status] : E_FAIL;
}
