/* SAFEARRAYs of VARIANTs, one-dimensional from 0, as scripts iterate them.
 * Who uses it: the classes whose properties are arrays.
 * What it must not know: what the elements mean. */
#ifndef OI_CLASSES_SAFE_ARRAY_H
#define OI_CLASSES_SAFE_ARRAY_H

#include <stdint.h>
#include <windows.h>
#include <oleauto.h>

/* count VT_I4 elements; an empty array, never NULL, for 0. E_OUTOFMEMORY. */
HRESULT safe_array_of_codes(const uint32_t *codes, size_t count, SAFEARRAY **array);

#endif
