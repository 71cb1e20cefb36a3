/* From the engine's statuses to what COM clients get.
 * Who uses it: src/classes and error_info.c.
 * The one place that expands the HRESULT column of OI_STATUS_MAP.
 * Pure functions on a constant table: any thread, no failure.
 * What it must not know: why something failed. */
#ifndef OI_COM_COM_STATUS_H
#define OI_COM_COM_STATUS_H

#include <windows.h>
#include "status.h"

/* E_FAIL for a value outside the list. OI_FOREIGN gives E_FAIL too: who has the foreign HRESULT
 * returns that instead. */
HRESULT com_status_hresult(enum oi_status status);

#endif
