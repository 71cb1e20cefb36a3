/* An agile object is kept as it is; for others the Global Interface Table does the crossing. */
#include "apartment.h"

#include <stdatomic.h>
#include <stdlib.h>
#include "imapi2.h"

bool apartment_is_single_threaded(void)
{
    APTTYPE type;
    APTTYPEQUALIFIER qualifier;

    if (FAILED(CoGetApartmentType(&type, &qualifier)))
        return false;
    return type == APTTYPE_STA || type == APTTYPE_MAINSTA ||
           (type == APTTYPE_NA && (qualifier == APTTYPEQUALIFIER_NA_ON_STA ||
                                   qualifier == APTTYPEQUALIFIER_NA_ON_MAINSTA));
}

bool apartment_is_multi_threaded(void)
{
    APTTYPE type;
    APTTYPEQUALIFIER qualifier;

    return SUCCEEDED(CoGetApartmentType(&type, &qualifier)) && type == APTTYPE_MTA;
}

/* Who unmarshals this object within the process. False when it has no marshaler of its own. */
static bool unmarshaler_of(IUnknown *object, CLSID *clsid)
{
    IMarshal *marshal;
    HRESULT hr;

    if (FAILED(IUnknown_QueryInterface(object, &IID_IMarshal, (void **)&marshal)))
        return false;
    hr = IMarshal_GetUnmarshalClass(marshal, &IID_IUnknown, object, MSHCTX_INPROC, NULL,
                                    MSHLFLAGS_NORMAL, clsid);
    IMarshal_Release(marshal);
    return SUCCEEDED(hr);
}

/* The free-threaded marshaler is asked for its CLSID: headers and systems disagree about it
 * (MinGW's 0000001C, Wine's 0000033A). */
static bool is_free_threaded(const CLSID *unmarshaler)
{
    IUnknown *marshaler;
    CLSID clsid;
    bool same;

    if (FAILED(CoCreateFreeThreadedMarshaler(NULL, &marshaler)))
        return false;
    same = unmarshaler_of(marshaler, &clsid) && IsEqualCLSID(&clsid, unmarshaler);
    IUnknown_Release(marshaler);
    return same;
}

bool apartment_object_is_agile(IUnknown *object)
{
    IUnknown *agile;
    CLSID unmarshaler;

    if (SUCCEEDED(IUnknown_QueryInterface(object, &IID_IAgileObject, (void **)&agile))) {
        IUnknown_Release(agile);
        return true;
    }
    return unmarshaler_of(object, &unmarshaler) && is_free_threaded(&unmarshaler);
}

struct apartment_pointer {
    atomic_ulong refs;
    IUnknown *agile; /* one of these three is set */
    DWORD cookie;    /* in the table */
    IUnknown *home;
    IGlobalInterfaceTable *table; /* kept, so that the cookie can be revoked on any thread */
    HRESULT home_hr;
    DWORD home_thread;
    bool copies;
};

/* Every proxy of the system has this interface, and nothing else has a use for it. */
static bool is_proxy(IUnknown *object)
{
    IUnknown *security;

    if (FAILED(IUnknown_QueryInterface(object, &IID_IClientSecurity, (void **)&security)))
        return false;
    IUnknown_Release(security);
    return true;
}

struct apartment_pointer *apartment_pointer_create(IUnknown *object, REFIID iid)
{
    struct apartment_pointer *pointer = calloc(1, sizeof(*pointer));
    HRESULT hr;

    if (!pointer)
        return NULL;
    atomic_init(&pointer->refs, 1);
    if (apartment_object_is_agile(object)) {
        IUnknown_AddRef(object);
        pointer->agile = object;
        return pointer;
    }
    pointer->copies = !apartment_is_multi_threaded() || is_proxy(object);
    hr = CoCreateInstance(&CLSID_StdGlobalInterfaceTable, NULL, CLSCTX_INPROC_SERVER,
                          &IID_IGlobalInterfaceTable, (void **)&pointer->table);
    if (SUCCEEDED(hr))
        hr = IGlobalInterfaceTable_RegisterInterfaceInGlobal(pointer->table, object, iid,
                                                             &pointer->cookie);
    if (FAILED(hr)) {
        IUnknown_AddRef(object);
        pointer->home = object;
        pointer->home_hr = hr;
        pointer->home_thread = GetCurrentThreadId();
        pointer->cookie = 0;
    }
    return pointer;
}

void apartment_pointer_addref(struct apartment_pointer *pointer)
{
    atomic_fetch_add_explicit(&pointer->refs, 1, memory_order_relaxed);
}

void apartment_pointer_release(struct apartment_pointer *pointer)
{
    if (!pointer || atomic_fetch_sub_explicit(&pointer->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (pointer->agile)
        IUnknown_Release(pointer->agile);
    if (pointer->cookie)
        IGlobalInterfaceTable_RevokeInterfaceFromGlobal(pointer->table, pointer->cookie);
    if (pointer->table)
        IGlobalInterfaceTable_Release(pointer->table);
    /* On another thread the object may not even be released: rather a reference too many. */
    if (pointer->home && pointer->home_thread == GetCurrentThreadId())
        IUnknown_Release(pointer->home);
    free(pointer);
}

HRESULT apartment_pointer_crosses(const struct apartment_pointer *pointer)
{
    return pointer->home ? pointer->home_hr : S_OK;
}

bool apartment_pointer_copies(const struct apartment_pointer *pointer)
{
    return pointer->copies;
}

HRESULT apartment_pointer_get(const struct apartment_pointer *pointer, REFIID iid, void **out)
{
    *out = NULL;
    if (pointer->agile)
        return IUnknown_QueryInterface(pointer->agile, iid, out);
    if (pointer->cookie)
        return IGlobalInterfaceTable_GetInterfaceFromGlobal(pointer->table, pointer->cookie, iid,
                                                            out);
    if (pointer->home_thread != GetCurrentThreadId())
        return pointer->home_hr;
    return IUnknown_QueryInterface(pointer->home, iid, out);
}
