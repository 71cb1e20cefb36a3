#include "status.h"
#include <stddef.h>

#define STATUS_TEXT_ROW(name, hresult, text) [name] = text,
static const char *const texts[OI_STATUS_COUNT] = {OI_STATUS_MAP(STATUS_TEXT_ROW)};

const char *oi_status_text(enum oi_status status)
{
    size_t row = (size_t)status;

    return row < OI_STATUS_COUNT ? texts[row] : "unknown status";
}
