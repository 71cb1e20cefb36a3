/* Filled through SafeArrayAccessData: no element is copied twice. */
#include "safe_array.h"

#include "text.h"

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

HRESULT safe_array_add_text(SAFEARRAY *array, const char *utf8)
{
    SAFEARRAYBOUND bound = {array->rgsabound[0].cElements + 1, 0};
    BSTR text = text_to_bstr(utf8);
    HRESULT hr = text ? SafeArrayRedim(array, &bound) : E_OUTOFMEMORY;
    VARIANT *elements;

    if (SUCCEEDED(hr))
        hr = SafeArrayAccessData(array, (void **)&elements);
    if (FAILED(hr)) {
        SysFreeString(text);
        return hr;
    }
    V_VT(&elements[bound.cElements - 1]) = VT_BSTR;
    V_BSTR(&elements[bound.cElements - 1]) = text;
    SafeArrayUnaccessData(array);
    return S_OK;
}
