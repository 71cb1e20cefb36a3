/* Filled through SafeArrayAccessData: one allocation, no element copied twice. */
#include "safe_array.h"

HRESULT safe_array_of_codes(const uint32_t *codes, size_t count, SAFEARRAY **array)
{
    SAFEARRAY *made = SafeArrayCreateVector(VT_VARIANT, 0, (ULONG)count);
    VARIANT *elements;
    HRESULT hr;

    if (!made)
        return E_OUTOFMEMORY;
    hr = SafeArrayAccessData(made, (void **)&elements);
    if (FAILED(hr)) {
        SafeArrayDestroy(made);
        return hr;
    }
    for (size_t i = 0; i < count; i++) {
        V_VT(&elements[i]) = VT_I4;
        V_I4(&elements[i]) = (LONG)codes[i];
    }
    SafeArrayUnaccessData(made);
    *array = made;
    return S_OK;
}
