/* The sink. It is an IDispatch and nothing more, as a script host's is; a call of its Update
 * through the vtable of DWriteEngine2Events has nowhere to go, so it is counted and refused. */
#include "com_doubles.h"

#include <string.h>

static LONG sinks_running; /* Updates that are running now, of all sinks */

static struct sink *sink_from_IDispatch(IDispatch *iface)
{
    return CONTAINING_RECORD(iface, struct sink, IDispatch_iface);
}

static HRESULT STDMETHODCALLTYPE sink_QueryInterface(IDispatch *iface, REFIID iid, void **out)
{
    struct sink *self = sink_from_IDispatch(iface);

    if (!out)
        return E_POINTER;
    *out = NULL;
    if (self->agility == AGILE_BY_MARSHALER && IsEqualIID(iid, &IID_IMarshal))
        return IUnknown_QueryInterface(self->marshaler, iid, out);
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IDispatch) &&
        !(!self->dispatch_only && IsEqualIID(iid, &IID_DWriteEngine2Events)) &&
        !(self->agility == AGILE_BY_NAME && IsEqualIID(iid, &IID_IAgileObject)))
        return E_NOINTERFACE;
    *out = iface;
    InterlockedIncrement(&self->refs);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE sink_AddRef(IDispatch *iface)
{
    return (ULONG)InterlockedIncrement(&sink_from_IDispatch(iface)->refs);
}

static ULONG STDMETHODCALLTYPE sink_Release(IDispatch *iface)
{
    return (ULONG)InterlockedDecrement(&sink_from_IDispatch(iface)->refs);
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfoCount(IDispatch *iface, UINT *count)
{
    (void)iface;
    *count = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfo(IDispatch *iface, UINT index, LCID locale,
                                                  ITypeInfo **info)
{
    (void)iface, (void)index, (void)locale;
    *info = NULL;
    return DISP_E_BADINDEX;
}

static HRESULT STDMETHODCALLTYPE sink_GetIDsOfNames(IDispatch *iface, REFIID iid, LPOLESTR *names,
                                                    UINT count, LCID locale, DISPID *ids)
{
    (void)iface, (void)iid, (void)names, (void)locale;
    for (UINT i = 0; i < count; i++)
        ids[i] = DISPID_UNKNOWN;
    return DISP_E_UNKNOWNNAME;
}

struct event progress_read(IWriteEngine2EventArgs *progress)
{
    struct event event = {.thread = GetCurrentThreadId()};

    event.well_formed =
        IWriteEngine2EventArgs_get_StartLba(progress, &event.start) == S_OK &&
        IWriteEngine2EventArgs_get_SectorCount(progress, &event.count) == S_OK &&
        IWriteEngine2EventArgs_get_LastReadLba(progress, &event.last_read) == S_OK &&
        IWriteEngine2EventArgs_get_LastWrittenLba(progress, &event.last_written) == S_OK &&
        IWriteEngine2EventArgs_get_TotalSystemBuffer(progress, &event.total) == S_OK &&
        IWriteEngine2EventArgs_get_UsedSystemBuffer(progress, &event.used) == S_OK &&
        IWriteEngine2EventArgs_get_FreeSystemBuffer(progress, &event.free) == S_OK;
    return event;
}

/* Update, with arguments as documented. Both objects are asked for their typed interfaces, as
 * clients do. */
static void sink_update(struct sink *self, DISPPARAMS *params, bool well_formed)
{
    IWriteEngine2 *engine = NULL;
    IWriteEngine2EventArgs *progress = NULL;
    LONG nth = self->begun; /* two at a time would be an overlap, and seen as such */
    struct event *event = &self->events[nth < SINK_EVENTS ? nth : SINK_EVENTS - 1];

    if (well_formed && V_VT(&params->rgvarg[0]) == VT_DISPATCH &&
        V_VT(&params->rgvarg[1]) == VT_DISPATCH && V_DISPATCH(&params->rgvarg[0]) &&
        V_DISPATCH(&params->rgvarg[1])) {
        IDispatch_QueryInterface(V_DISPATCH(&params->rgvarg[1]), &IID_IWriteEngine2,
                                 (void **)&engine);
        IDispatch_QueryInterface(V_DISPATCH(&params->rgvarg[0]), &IID_IWriteEngine2EventArgs,
                                 (void **)&progress);
    }
    if (engine && progress) {
        *event = progress_read(progress);
        event->well_formed = event->well_formed &&
                             IWriteEngine2_get_WriteInProgress(engine, &event->in_progress) == S_OK;
        if (self->keep && nth < SINK_EVENTS) {
            self->kept[nth] = progress;
            IWriteEngine2EventArgs_AddRef(progress);
        }
    }
    event->thread = GetCurrentThreadId();
    count_up(&self->begun);
    if (engine && progress && self->on_event)
        self->on_event(self, engine, progress);
    if (progress)
        IWriteEngine2EventArgs_Release(progress);
    if (engine)
        IWriteEngine2_Release(engine);
    count_up(&self->ended);
}

static HRESULT STDMETHODCALLTYPE sink_Invoke(IDispatch *iface, DISPID id, REFIID iid, LCID locale,
                                             WORD flags, DISPPARAMS *params, VARIANT *result,
                                             EXCEPINFO *exception, UINT *error)
{
    struct sink *self = sink_from_IDispatch(iface);
    bool well_formed = id == 0x100 && IsEqualIID(iid, &IID_NULL) && (flags & DISPATCH_METHOD) &&
                       !(flags & ~(DISPATCH_METHOD | DISPATCH_PROPERTYGET)) && params &&
                       params->cArgs == 2 && params->cNamedArgs == 0;
    HRESULT returned = self->result;

    (void)locale, (void)result, (void)exception, (void)error;
    if (InterlockedIncrement(&sinks_running) > 1)
        InterlockedIncrement(&self->overlaps);
    sink_update(self, params, well_formed);
    InterlockedDecrement(&sinks_running);
    return returned;
}

static HRESULT STDMETHODCALLTYPE sink_Update(DWriteEngine2Events *iface, IDispatch *object,
                                             IDispatch *progress)
{
    (void)object, (void)progress;
    InterlockedIncrement(&sink_from_IDispatch((IDispatch *)iface)->vtable_calls);
    return E_UNEXPECTED;
}

static struct {
    IDispatchVtbl dispatch;
    HRESULT(STDMETHODCALLTYPE *Update)(DWriteEngine2Events *, IDispatch *, IDispatch *);
} sink_vtbl = {
    {sink_QueryInterface, sink_AddRef, sink_Release, sink_GetTypeInfoCount, sink_GetTypeInfo,
     sink_GetIDsOfNames, sink_Invoke},
    sink_Update,
};

void sink_init(struct sink *sink)
{
    memset(sink, 0, sizeof(*sink));
    sink->IDispatch_iface.lpVtbl = &sink_vtbl.dispatch;
    sink->refs = 1;
}

void sink_fini(struct sink *sink)
{
    for (int i = 0; i < SINK_EVENTS; i++) {
        if (sink->kept[i])
            IWriteEngine2EventArgs_Release(sink->kept[i]);
        sink->kept[i] = NULL;
    }
    if (sink->marshaler)
        IUnknown_Release(sink->marshaler);
    sink->marshaler = NULL;
}
