/* The toy: as plain as a class of src/classes can be. */
#include "toy.h"

#include <stdlib.h>
#include "class_factory.h"
#include "dispatch.h"
#include "error_info.h"

atomic_int toys_destroyed, toys_advised;
HRESULT toy_says_to_sinks;
bool toy_was_alive;
int sink_turns;

static struct toy *toy_from_IWriteEngine2(IWriteEngine2 *iface)
{
    return CONTAINING_RECORD(iface, struct toy, IWriteEngine2_iface);
}

COM_FORWARD_IUNKNOWN(toy, IWriteEngine2, toy)
COM_FORWARD_IDISPATCH(toy, IWriteEngine2, toy)

static HRESULT STDMETHODCALLTYPE toy_WriteSection(IWriteEngine2 *iface, IStream *data, LONG start,
                                                  LONG blocks)
{
    (void)iface;
    (void)start;
    (void)blocks;
    return data ? S_OK : E_OUTOFMEMORY;
}

static HRESULT STDMETHODCALLTYPE toy_CancelWrite(IWriteEngine2 *iface)
{
    (void)iface;
    return com_error(&IID_IWriteEngine2, E_ACCESSDENIED, "sector %d is \xc3\xa4ngstlich", 5);
}

static HRESULT STDMETHODCALLTYPE toy_put_Recorder(IWriteEngine2 *iface, IDiscRecorder2Ex *value)
{
    struct toy *self = toy_from_IWriteEngine2(iface);

    if (self->recorder)
        IDiscRecorder2Ex_Release(self->recorder);
    self->recorder = value;
    if (value)
        IDiscRecorder2Ex_AddRef(value);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE toy_get_Recorder(IWriteEngine2 *iface, IDiscRecorder2Ex **value)
{
    struct toy *self = toy_from_IWriteEngine2(iface);

    if (self->recorder)
        IDiscRecorder2Ex_AddRef(self->recorder);
    *value = self->recorder;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE toy_put_UseStreamingWrite12(IWriteEngine2 *iface,
                                                             VARIANT_BOOL value)
{
    toy_from_IWriteEngine2(iface)->streaming = value;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE toy_get_UseStreamingWrite12(IWriteEngine2 *iface,
                                                             VARIANT_BOOL *value)
{
    *value = toy_from_IWriteEngine2(iface)->streaming;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE toy_put_Long(IWriteEngine2 *iface, LONG value)
{
    (void)iface;
    (void)value;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE toy_get_Long(IWriteEngine2 *iface, LONG *value)
{
    (void)iface;
    *value = TOY_MAGIC;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE toy_put_BytesPerSector(IWriteEngine2 *iface, LONG value)
{
    toy_from_IWriteEngine2(iface)->bytes_per_sector = value;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE toy_get_BytesPerSector(IWriteEngine2 *iface, LONG *value)
{
    *value = toy_from_IWriteEngine2(iface)->bytes_per_sector;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE toy_get_WriteInProgress(IWriteEngine2 *iface, VARIANT_BOOL *value)
{
    (void)iface;
    *value = VARIANT_TRUE;
    return S_OK;
}

static const IWriteEngine2Vtbl toy_vtbl = {
    toy_QueryInterface,
    toy_AddRef,
    toy_Release,
    toy_GetTypeInfoCount,
    toy_GetTypeInfo,
    toy_GetIDsOfNames,
    toy_Invoke,
    toy_WriteSection,
    toy_CancelWrite,
    toy_put_Recorder,
    toy_get_Recorder,
    toy_put_UseStreamingWrite12,
    toy_get_UseStreamingWrite12,
    toy_put_Long,
    toy_get_Long,
    toy_put_Long,
    toy_get_Long,
    toy_put_BytesPerSector,
    toy_get_BytesPerSector,
    toy_get_WriteInProgress,
};

static struct toy *toy_from_IDiscMaster2(IDiscMaster2 *iface)
{
    return CONTAINING_RECORD(iface, struct toy, IDiscMaster2_iface);
}

COM_FORWARD_IUNKNOWN(toy, IDiscMaster2, toy_master)
COM_FORWARD_IDISPATCH(toy, IDiscMaster2, toy_master)

static HRESULT STDMETHODCALLTYPE toy_master_get__NewEnum(IDiscMaster2 *iface, IEnumVARIANT **value)
{
    (void)iface;
    *value = NULL;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE toy_master_get_Item(IDiscMaster2 *iface, LONG index, BSTR *value)
{
    (void)iface;
    *value = SysAllocString(index == 3 ? L"three" : L"other");
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE toy_master_get_Count(IDiscMaster2 *iface, LONG *value)
{
    (void)iface;
    *value = TOY_COUNT;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE toy_master_get_IsSupportedEnvironment(IDiscMaster2 *iface,
                                                                       VARIANT_BOOL *value)
{
    (void)iface;
    *value = VARIANT_TRUE;
    return S_OK;
}

static const IDiscMaster2Vtbl toy_master_vtbl = {
    toy_master_QueryInterface,
    toy_master_AddRef,
    toy_master_Release,
    toy_master_GetTypeInfoCount,
    toy_master_GetTypeInfo,
    toy_master_GetIDsOfNames,
    toy_master_Invoke,
    toy_master_get__NewEnum,
    toy_master_get_Item,
    toy_master_get_Count,
    toy_master_get_IsSupportedEnvironment,
};

static const struct com_iface toy_ifaces[] = {
    {&IID_IUnknown, offsetof(struct toy, IWriteEngine2_iface)},
    {&IID_IDispatch, offsetof(struct toy, IWriteEngine2_iface)},
    {&IID_IWriteEngine2, offsetof(struct toy, IWriteEngine2_iface)},
    {&IID_IDiscMaster2, offsetof(struct toy, IDiscMaster2_iface)},
};

static void toy_destroy(struct com_object *object)
{
    struct toy *self = CONTAINING_RECORD(object, struct toy, base);

    if (self->recorder)
        IDiscRecorder2Ex_Release(self->recorder);
    free(self);
    atomic_fetch_add(&toys_destroyed, 1);
}

static HRESULT toy_advise(struct com_object *object)
{
    (void)object;
    if (SUCCEEDED(toy_says_to_sinks))
        atomic_fetch_add(&toys_advised, 1);
    return toy_says_to_sinks;
}

static void toy_unadvise(struct com_object *object)
{
    toy_was_alive = com_object_try_addref(object);
    if (toy_was_alive)
        com_object_release(object);
    atomic_fetch_sub(&toys_advised, 1);
}

static const struct com_class toy_class = {
    .name = L"MsftWriteEngine2",
    .clsid = &CLSID_MsftWriteEngine2,
    .dispatch = &IID_IWriteEngine2,
    .source = &IID_DWriteEngine2Events,
    .ifaces = toy_ifaces,
    .iface_count = sizeof(toy_ifaces) / sizeof(toy_ifaces[0]),
    .advise = toy_advise,
    .unadvise = toy_unadvise,
    .destroy = toy_destroy,
};

struct toy *toy_new(void)
{
    struct toy *self = calloc(1, sizeof(*self));

    if (!self)
        abort();
    com_object_init(&self->base, &toy_class);
    self->IWriteEngine2_iface.lpVtbl = (IWriteEngine2Vtbl *)&toy_vtbl;
    self->IDiscMaster2_iface.lpVtbl = (IDiscMaster2Vtbl *)&toy_master_vtbl;
    return self;
}

static HRESULT toy_create(IUnknown *outer, REFIID iid, void **out)
{
    struct toy *self = toy_new();
    HRESULT hr;

    (void)outer;
    hr = com_object_query(&self->base, iid, out);
    com_object_release(&self->base);
    return hr;
}

const struct com_class_entry com_class_table[] = {
    COM_CLASS_ROW(MsftWriteEngine2, IWriteEngine2, "A toy", toy_create)};
const size_t com_class_count = sizeof(com_class_table) / sizeof(com_class_table[0]);

static const struct com_iface plain_ifaces[] = {
    {&IID_IUnknown, offsetof(struct com_object, ISupportErrorInfo_iface)},
};

static const struct com_class plain_class = {
    .name = L"Plain",
    .ifaces = plain_ifaces,
    .iface_count = 1,
};

struct com_object *plain_new(void)
{
    struct com_object *object = calloc(1, sizeof(*object));

    if (!object)
        abort();
    com_object_init(object, &plain_class);
    return object;
}

static struct sink *sink_from_IDispatch(IDispatch *iface)
{
    return CONTAINING_RECORD(iface, struct sink, IDispatch_iface);
}

static HRESULT STDMETHODCALLTYPE sink_QueryInterface(IDispatch *iface, REFIID iid, void **out)
{
    struct sink *self = sink_from_IDispatch(iface);

    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !(self->also && IsEqualIID(iid, self->also)) &&
        (self->not_dispatch || !IsEqualIID(iid, &IID_IDispatch)))
        return E_NOINTERFACE;
    IDispatch_AddRef(iface);
    *out = iface;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE sink_AddRef(IDispatch *iface)
{
    return (ULONG)(atomic_fetch_add(&sink_from_IDispatch(iface)->refs, 1) + 1);
}

static ULONG STDMETHODCALLTYPE sink_Release(IDispatch *iface)
{
    return (ULONG)(atomic_fetch_sub(&sink_from_IDispatch(iface)->refs, 1) - 1);
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfoCount(IDispatch *iface, UINT *count)
{
    (void)iface;
    *count = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfo(IDispatch *iface, UINT index, LCID lcid,
                                                  ITypeInfo **info)
{
    (void)iface;
    (void)index;
    (void)lcid;
    *info = NULL;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE sink_GetIDsOfNames(IDispatch *iface, REFIID iid, LPOLESTR *names,
                                                    UINT count, LCID lcid, DISPID *dispids)
{
    (void)iface;
    (void)iid;
    (void)names;
    (void)count;
    (void)lcid;
    (void)dispids;
    return E_NOTIMPL;
}

static LONG long_argument(const DISPPARAMS *params, UINT index)
{
    if (index >= params->cArgs || V_VT(&params->rgvarg[index]) != VT_I4)
        return -1;
    return V_I4(&params->rgvarg[index]);
}

static HRESULT STDMETHODCALLTYPE sink_Invoke(IDispatch *iface, DISPID dispid, REFIID iid, LCID lcid,
                                             WORD flags, DISPPARAMS *params, VARIANT *result,
                                             EXCEPINFO *exception, UINT *bad_argument)
{
    struct sink *self = sink_from_IDispatch(iface);

    (void)lcid;
    (void)result;
    (void)exception;
    (void)bad_argument;
    if (!IsEqualIID(iid, &IID_NULL))
        return DISP_E_UNKNOWNINTERFACE;
    self->dispid = dispid;
    self->flags = flags;
    self->first = long_argument(params, 0);
    self->second = long_argument(params, 1);
    self->named = params->cNamedArgs;
    self->thread = GetCurrentThreadId();
    self->turn = ++sink_turns;
    atomic_fetch_add(&self->calls, 1);
    if (self->handler)
        self->handler(self);
    return self->result;
}

/* In the order of IDispatch, which is all that a sink has: a call beyond it would crash. */
static const IDispatchVtbl sink_vtbl = {
    sink_QueryInterface, sink_AddRef,        sink_Release, sink_GetTypeInfoCount,
    sink_GetTypeInfo,    sink_GetIDsOfNames, sink_Invoke,
};

void sink_init(struct sink *sink, const IID *also)
{
    *sink = (struct sink){.also = also};
    sink->IDispatch_iface.lpVtbl = (IDispatchVtbl *)&sink_vtbl;
    atomic_init(&sink->refs, 1);
}
