/* MsftDiscMaster2: which recorders there are. Count and Item look anew each time; an enumerator
 * keeps what it saw when it was made. Sinks are told of what comes and goes (arrival_watch.h). */
#include <stdlib.h>
#include "arrival_watch.h"
#include "class_create.h"
#include "dispatch.h"
#include "error_info.h"
#include "id_enum.h"
#include "id_list.h"
#include "imapi2.h"
#include "object.h"

struct disc_master {
    struct com_object base;
    IDiscMaster2 IDiscMaster2_iface;
    struct arrival_watch watch;
};

static struct disc_master *disc_master_from_IDiscMaster2(IDiscMaster2 *iface)
{
    return CONTAINING_RECORD(iface, struct disc_master, IDiscMaster2_iface);
}

COM_FORWARD_IUNKNOWN(disc_master, IDiscMaster2, disc_master)
COM_FORWARD_IDISPATCH(disc_master, IDiscMaster2, disc_master)

static HRESULT look(struct id_list **list)
{
    HRESULT hr = id_list_create(list);

    if (FAILED(hr) && hr != E_OUTOFMEMORY)
        return com_error(&IID_IDiscMaster2, hr,
                         "The folder with the definitions of the virtual recorders can't be read.");
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_master_get__NewEnum(IDiscMaster2 *iface, IEnumVARIANT **value)
{
    struct id_list *list;
    HRESULT hr;

    (void)iface;
    if (!value)
        return com_error_null(&IID_IDiscMaster2);
    *value = NULL;
    hr = look(&list);
    if (FAILED(hr))
        return hr;
    hr = id_enum_create(list, 0, value);
    id_list_release(list);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_master_get_Item(IDiscMaster2 *iface, LONG index, BSTR *value)
{
    struct id_list *list;
    HRESULT hr;

    (void)iface;
    if (!value)
        return com_error_null(&IID_IDiscMaster2);
    *value = NULL;
    hr = look(&list);
    if (FAILED(hr))
        return hr;
    if (index < 0 || (ULONG)index >= list->count) {
        hr = com_error(&IID_IDiscMaster2, E_INVALIDARG,
                       "There is no recorder %ld: there are %lu, numbered from 0.", index,
                       list->count);
    } else {
        *value = SysAllocString(list->ids[index]);
        hr = *value ? S_OK : E_OUTOFMEMORY;
    }
    id_list_release(list);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_master_get_Count(IDiscMaster2 *iface, LONG *value)
{
    struct id_list *list;
    HRESULT hr;

    (void)iface;
    if (!value)
        return com_error_null(&IID_IDiscMaster2);
    *value = 0;
    hr = look(&list);
    if (FAILED(hr))
        return hr;
    *value = (LONG)list->count;
    id_list_release(list);
    return S_OK;
}

static bool can_be_initialised(BSTR id)
{
    IDiscRecorder2 *recorder;
    HRESULT hr = disc_recorder_create(NULL, &IID_IDiscRecorder2, (void **)&recorder);

    if (FAILED(hr))
        return false;
    hr = IDiscRecorder2_InitializeDiscRecorder(recorder, id);
    IDiscRecorder2_Release(recorder);
    return SUCCEEDED(hr);
}

static HRESULT STDMETHODCALLTYPE disc_master_get_IsSupportedEnvironment(IDiscMaster2 *iface,
                                                                        VARIANT_BOOL *value)
{
    struct id_list *list;
    HRESULT hr;

    (void)iface;
    if (!value)
        return com_error_null(&IID_IDiscMaster2);
    *value = VARIANT_FALSE;
    hr = look(&list);
    if (FAILED(hr))
        return hr;
    for (ULONG i = 0; i < list->count && *value == VARIANT_FALSE; i++)
        if (can_be_initialised(list->ids[i]))
            *value = VARIANT_TRUE;
    id_list_release(list);
    return S_OK;
}

static const IDiscMaster2Vtbl disc_master_vtbl = {
    disc_master_QueryInterface,
    disc_master_AddRef,
    disc_master_Release,
    disc_master_GetTypeInfoCount,
    disc_master_GetTypeInfo,
    disc_master_GetIDsOfNames,
    disc_master_Invoke,
    disc_master_get__NewEnum,
    disc_master_get_Item,
    disc_master_get_Count,
    disc_master_get_IsSupportedEnvironment,
};

static const struct com_iface disc_master_ifaces[] = {
    {&IID_IUnknown, offsetof(struct disc_master, IDiscMaster2_iface)},
    {&IID_IDispatch, offsetof(struct disc_master, IDiscMaster2_iface)},
    {&IID_IDiscMaster2, offsetof(struct disc_master, IDiscMaster2_iface)},
};

static struct disc_master *disc_master_of(struct com_object *object)
{
    return CONTAINING_RECORD(object, struct disc_master, base);
}

static HRESULT disc_master_advise(struct com_object *object)
{
    return arrival_watch_advise(&disc_master_of(object)->watch, object);
}

static void disc_master_unadvise(struct com_object *object)
{
    arrival_watch_unadvise(&disc_master_of(object)->watch);
}

static const struct com_class disc_master_class = {
    .name = L"MsftDiscMaster2",
    .clsid = &CLSID_MsftDiscMaster2,
    .dispatch = &IID_IDiscMaster2,
    .source = &IID_DDiscMaster2Events,
    .ifaces = disc_master_ifaces,
    .iface_count = ARRAYSIZE(disc_master_ifaces),
    .advise = disc_master_advise,
    .unadvise = disc_master_unadvise,
};

HRESULT disc_master_create(IUnknown *outer, REFIID iid, void **out)
{
    struct disc_master *self = calloc(1, sizeof(*self));
    HRESULT hr;

    (void)outer;
    if (!self)
        return E_OUTOFMEMORY;
    com_object_init(&self->base, &disc_master_class);
    self->IDiscMaster2_iface.lpVtbl = (IDiscMaster2Vtbl *)&disc_master_vtbl;
    arrival_watch_init(&self->watch);
    hr = com_object_query(&self->base, iid, out);
    com_object_release(&self->base);
    return hr;
}
