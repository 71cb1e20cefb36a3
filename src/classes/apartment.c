/* The Global Interface Table does the crossing; an agile object comes through it unwrapped. */
#include "apartment.h"

#include "imapi2.h"

static APTTYPE apartment_type(void)
{
    APTTYPE type;
    APTTYPEQUALIFIER qualifier;

    return SUCCEEDED(CoGetApartmentType(&type, &qualifier)) ? type : APTTYPE_CURRENT;
}

bool apartment_is_single_threaded(void)
{
    APTTYPE type = apartment_type();

    return type == APTTYPE_STA || type == APTTYPE_MAINSTA;
}

bool apartment_is_multi_threaded(void)
{
    return apartment_type() == APTTYPE_MTA;
}

bool apartment_object_is_agile(IUnknown *object)
{
    IUnknown *agile;
    IMarshal *marshal;
    CLSID unmarshaler;
    bool is_agile;

    if (SUCCEEDED(IUnknown_QueryInterface(object, &IID_IAgileObject, (void **)&agile))) {
        IUnknown_Release(agile);
        return true;
    }
    if (FAILED(IUnknown_QueryInterface(object, &IID_IMarshal, (void **)&marshal)))
        return false;
    is_agile = SUCCEEDED(IMarshal_GetUnmarshalClass(marshal, &IID_IUnknown, object, MSHCTX_INPROC,
                                                    NULL, MSHLFLAGS_NORMAL, &unmarshaler)) &&
               IsEqualCLSID(&unmarshaler, &CLSID_InProcFreeMarshaler);
    IMarshal_Release(marshal);
    return is_agile;
}

static HRESULT interface_table(IGlobalInterfaceTable **table)
{
    return CoCreateInstance(&CLSID_StdGlobalInterfaceTable, NULL, CLSCTX_INPROC_SERVER,
                            &IID_IGlobalInterfaceTable, (void **)table);
}

void apartment_pointer_set(struct apartment_pointer *pointer, IUnknown *object, REFIID iid)
{
    IGlobalInterfaceTable *table;

    *pointer = (struct apartment_pointer){0};
    if (!object)
        return;
    IUnknown_AddRef(object);
    pointer->home = object;
    pointer->home_hr = interface_table(&table);
    if (FAILED(pointer->home_hr))
        return;
    pointer->home_hr =
        IGlobalInterfaceTable_RegisterInterfaceInGlobal(table, object, iid, &pointer->cookie);
    IGlobalInterfaceTable_Release(table);
}

void apartment_pointer_clear(struct apartment_pointer *pointer)
{
    IGlobalInterfaceTable *table;

    if (pointer->cookie && SUCCEEDED(interface_table(&table))) {
        IGlobalInterfaceTable_RevokeInterfaceFromGlobal(table, pointer->cookie);
        IGlobalInterfaceTable_Release(table);
    }
    if (pointer->home)
        IUnknown_Release(pointer->home);
    *pointer = (struct apartment_pointer){0};
}

HRESULT apartment_pointer_get(const struct apartment_pointer *pointer, REFIID iid, void **out)
{
    IGlobalInterfaceTable *table;
    HRESULT hr;

    *out = NULL;
    if (!pointer->home)
        return S_OK;
    if (FAILED(pointer->home_hr))
        return pointer->home_hr;
    hr = interface_table(&table);
    if (FAILED(hr))
        return hr;
    hr = IGlobalInterfaceTable_GetInterfaceFromGlobal(table, pointer->cookie, iid, out);
    IGlobalInterfaceTable_Release(table);
    return hr;
}

HRESULT apartment_pointer_get_home(const struct apartment_pointer *pointer, REFIID iid, void **out)
{
    HRESULT hr = apartment_pointer_get(pointer, iid, out);

    if (!pointer->home || FAILED(pointer->home_hr))
        return pointer->home ? IUnknown_QueryInterface(pointer->home, iid, out) : S_OK;
    return hr;
}
