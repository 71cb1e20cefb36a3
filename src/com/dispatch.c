/* The type library decides what a name or DISPID means; ITypeInfo::Invoke calls the vtable. What is
 * added here are the rules that oleaut32 leaves to the object. */
#include "dispatch.h"

#include <stdlib.h>
#include "error_info.h"
#include "object.h"

enum { CACHE_MAX = 64 }; /* more than the library has interfaces and classes */

static SRWLOCK cache_guard = SRWLOCK_INIT;
static ITypeInfo *cache[CACHE_MAX];
static GUID cache_guids[CACHE_MAX];
static unsigned cache_count;

HRESULT com_type_library(ITypeLib **library)
{
    WCHAR *path = com_module_path();
    HRESULT hr;

    *library = NULL;
    if (!path)
        return E_OUTOFMEMORY;
    hr = LoadTypeLibEx(path, REGKIND_NONE, library);
    free(path);
    return hr;
}

static ITypeInfo *find_cached(REFGUID guid)
{
    ITypeInfo *found = NULL;

    AcquireSRWLockShared(&cache_guard);
    for (unsigned i = 0; i < cache_count && !found; i++)
        if (IsEqualGUID(&cache_guids[i], guid))
            found = cache[i];
    if (found)
        ITypeInfo_AddRef(found);
    ReleaseSRWLockShared(&cache_guard);
    return found;
}

/* Two threads may add the same: the second entry is never found, and forgotten with the first. */
static void add_cached(REFGUID guid, ITypeInfo *info)
{
    AcquireSRWLockExclusive(&cache_guard);
    if (cache_count < CACHE_MAX) {
        ITypeInfo_AddRef(info);
        cache[cache_count] = info;
        cache_guids[cache_count] = *guid;
        cache_count++;
    }
    ReleaseSRWLockExclusive(&cache_guard);
}

HRESULT com_type_info(REFGUID guid, ITypeInfo **info)
{
    ITypeLib *library;
    HRESULT hr;

    *info = find_cached(guid);
    if (*info)
        return S_OK;

    hr = com_type_library(&library);
    if (FAILED(hr))
        return hr;
    hr = ITypeLib_GetTypeInfoOfGuid(library, guid, info);
    ITypeLib_Release(library);
    if (FAILED(hr)) {
        *info = NULL;
        return hr;
    }
    add_cached(guid, *info);
    return S_OK;
}

BOOL com_type_info_cached(void)
{
    BOOL cached;

    AcquireSRWLockShared(&cache_guard);
    cached = cache_count != 0;
    ReleaseSRWLockShared(&cache_guard);
    return cached;
}

void com_type_info_forget(void)
{
    ITypeInfo *last;

    do {
        AcquireSRWLockExclusive(&cache_guard);
        last = cache_count ? cache[--cache_count] : NULL;
        ReleaseSRWLockExclusive(&cache_guard);
        if (last)
            ITypeInfo_Release(last);
    } while (last);
}

HRESULT com_dispatch_count(UINT *count)
{
    if (!count)
        return E_POINTER;
    *count = 1;
    return S_OK;
}

HRESULT com_dispatch_type_info(const IID *iid, UINT index, ITypeInfo **info)
{
    if (!info)
        return E_POINTER;
    *info = NULL;
    if (index != 0)
        return DISP_E_BADINDEX;
    return com_type_info(iid, info);
}

HRESULT com_dispatch_names(const IID *iid, REFIID reserved, LPOLESTR *names, UINT count,
                           DISPID *dispids)
{
    ITypeInfo *info;
    HRESULT hr;

    if (!names || !dispids)
        return E_POINTER;
    for (UINT i = 0; i < count; i++)
        dispids[i] = DISPID_UNKNOWN;
    if (!IsEqualIID(reserved, &IID_NULL))
        return DISP_E_UNKNOWNINTERFACE;
    if (count == 0)
        return E_INVALIDARG;

    hr = com_type_info(iid, &info);
    if (FAILED(hr))
        return hr;
    hr = ITypeInfo_GetIDsOfNames(info, names, count, dispids);
    ITypeInfo_Release(info);
    return hr;
}

/* A method that failed without rich errors still has a text in the message table. */
static void complete_exception(EXCEPINFO *exception)
{
    if (exception->pfnDeferredFillIn || exception->bstrDescription)
        return;
    exception->bstrDescription = com_error_text(exception->scode);
}

HRESULT com_dispatch_invoke(const IID *iid, void *iface, DISPID dispid, REFIID reserved, WORD flags,
                            DISPPARAMS *params, VARIANT *result, EXCEPINFO *exception,
                            UINT *bad_argument)
{
    const WORD put_or_putref = DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF;
    ITypeInfo *info;
    HRESULT hr;

    if (!IsEqualIID(reserved, &IID_NULL))
        return DISP_E_UNKNOWNINTERFACE;
    if (!params)
        return E_INVALIDARG;

    hr = com_type_info(iid, &info);
    if (FAILED(hr))
        return hr;

    /* The library has puts only; "Set x.Recorder = r" asks for a putref. */
    if ((flags & put_or_putref) == DISPATCH_PROPERTYPUTREF)
        flags = (WORD)(flags ^ put_or_putref);

    /* Script engines call "dm.Item(0)" as a method, not knowing that it is a property. */
    if (flags & DISPATCH_METHOD)
        flags |= DISPATCH_PROPERTYGET;

    /* An error that somebody left on this thread must not be taken for this method's. */
    SetErrorInfo(0, NULL);
    hr = ITypeInfo_Invoke(info, iface, dispid, flags, params, result, exception, bad_argument);
    ITypeInfo_Release(info);
    if (hr == DISP_E_EXCEPTION && exception)
        complete_exception(exception);
    return hr;
}
