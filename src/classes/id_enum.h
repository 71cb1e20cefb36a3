/* IEnumVARIANT over a snapshot of recorder ids: every element a VT_BSTR.
 * Who uses it: disc_master.c for _NewEnum.
 * What it must not know: what the ids name. */
#ifndef OI_CLASSES_ID_ENUM_H
#define OI_CLASSES_ID_ENUM_H

#include <windows.h>
#include <oleauto.h>
#include "id_list.h"

/* At position `next` of the list, which gets a reference of its own. E_OUTOFMEMORY. */
HRESULT id_enum_create(struct id_list *list, ULONG next, IEnumVARIANT **out);

#endif
