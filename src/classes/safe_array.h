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

/* One VT_BSTR element more at the end. E_OUTOFMEMORY; then it may be there, and empty. */
HRESULT safe_array_add_text(SAFEARRAY *array, const char *utf8);

#endif
