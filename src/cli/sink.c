/* Events arrive through IDispatch::Invoke. The sink is part of a longer-lived structure, so its
 * reference count is of no interest; Unadvise ends its use. */
#include "sink.h"

#include <oleauto.h>
#include "cancel.h"

enum { UPDATE_DISPID = 0x100 };

static struct oi_sink *sink_from_iface(DWriteEngine2Events *iface)
{
    return CONTAINING_RECORD(iface, struct oi_sink, DWriteEngine2Events_iface);
}

static HRESULT STDMETHODCALLTYPE sink_QueryInterface(DWriteEngine2Events *iface, REFIID iid,
                                                     void **out)
{
    if (!out)
        return E_POINTER;
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IDispatch) &&
        !IsEqualIID(iid, &IID_DWriteEngine2Events))
        return E_NOINTERFACE;
    *out = iface;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE sink_AddRef(DWriteEngine2Events *iface)
{
    (void)iface;
    return 2;
}

static ULONG STDMETHODCALLTYPE sink_Release(DWriteEngine2Events *iface)
{
    (void)iface;
    return 1;
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfoCount(DWriteEngine2Events *iface, UINT *count)
{
    (void)iface;
    if (!count)
        return E_POINTER;
    *count = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfo(DWriteEngine2Events *iface, UINT index,
                                                  LCID locale, ITypeInfo **info)
{
    (void)iface, (void)index, (void)locale;
    if (!info)
        return E_POINTER;
    *info = NULL;
    return DISP_E_BADINDEX;
}

static HRESULT STDMETHODCALLTYPE sink_GetIDsOfNames(DWriteEngine2Events *iface, REFIID iid,
                                                    LPOLESTR *names, UINT count, LCID locale,
                                                    DISPID *ids)
{
    (void)iface, (void)iid, (void)names, (void)locale;
    if (!ids)
        return E_POINTER;
    for (UINT i = 0; i < count; i++)
        ids[i] = DISPID_UNKNOWN;
    return DISP_E_UNKNOWNNAME;
}

static void take(struct oi_sink *sink, IWriteEngine2EventArgs *args)
{
    LONG start = 0, written = 0, total = 0, used = 0;

    IWriteEngine2EventArgs_get_StartLba(args, &start);
    IWriteEngine2EventArgs_get_LastWrittenLba(args, &written);
    IWriteEngine2EventArgs_get_TotalSystemBuffer(args, &total);
    IWriteEngine2EventArgs_get_UsedSystemBuffer(args, &used);
    /* Before anything is written the engine reports the start itself. */
    sink->blocks_written = written > start ? (uint32_t)(written - start) + 1 : 0;
    sink->buffer_percent = total > 0 ? (int)((int64_t)used * 100 / total) : OI_BUFFER_UNKNOWN;
    oi_progress_update(sink->progress, sink->blocks_written, sink->buffer_percent);
}

static bool wants_cancel(const struct oi_sink *sink)
{
    return oi_cancel_requested() ||
           (sink->wants_cancel && sink->wants_cancel(sink->context, sink->blocks_written));
}

static HRESULT STDMETHODCALLTYPE sink_Update(DWriteEngine2Events *iface, IDispatch *object,
                                             IDispatch *progress)
{
    struct oi_sink *sink = sink_from_iface(iface);
    IWriteEngine2EventArgs *args;
    IWriteEngine2 *engine;

    if (progress && SUCCEEDED(IDispatch_QueryInterface(progress, &IID_IWriteEngine2EventArgs,
                                                       (void **)&args))) {
        take(sink, args);
        IWriteEngine2EventArgs_Release(args);
    }
    sink->events++;
    if (object && wants_cancel(sink) &&
        SUCCEEDED(IDispatch_QueryInterface(object, &IID_IWriteEngine2, (void **)&engine))) {
        IWriteEngine2_CancelWrite(engine);
        IWriteEngine2_Release(engine);
    }
    return S_OK;
}

/* Positional arguments come in reverse order. */
static HRESULT STDMETHODCALLTYPE sink_Invoke(DWriteEngine2Events *iface, DISPID member, REFIID iid,
                                             LCID locale, WORD flags, DISPPARAMS *params,
                                             VARIANT *result, EXCEPINFO *exception,
                                             UINT *bad_argument)
{
    (void)iid, (void)locale, (void)flags, (void)result, (void)exception, (void)bad_argument;
    if (member != UPDATE_DISPID)
        return DISP_E_MEMBERNOTFOUND;
    if (!params || params->cArgs != 2 || V_VT(&params->rgvarg[0]) != VT_DISPATCH ||
        V_VT(&params->rgvarg[1]) != VT_DISPATCH)
        return DISP_E_TYPEMISMATCH;
    return sink_Update(iface, V_DISPATCH(&params->rgvarg[1]), V_DISPATCH(&params->rgvarg[0]));
}

static DWriteEngine2EventsVtbl sink_vtbl = {
    sink_QueryInterface, sink_AddRef,        sink_Release, sink_GetTypeInfoCount,
    sink_GetTypeInfo,    sink_GetIDsOfNames, sink_Invoke,  sink_Update,
};

HRESULT oi_sink_connect(struct oi_sink *sink, IWriteEngine2 *engine, struct oi_progress *progress)
{
    IConnectionPointContainer *container;
    HRESULT hr =
        IWriteEngine2_QueryInterface(engine, &IID_IConnectionPointContainer, (void **)&container);

    *sink = (struct oi_sink){
        .DWriteEngine2Events_iface.lpVtbl = &sink_vtbl,
        .progress = progress,
        .buffer_percent = OI_BUFFER_UNKNOWN,
    };
    if (FAILED(hr))
        return hr;
    hr = IConnectionPointContainer_FindConnectionPoint(container, &IID_DWriteEngine2Events,
                                                       &sink->point);
    IConnectionPointContainer_Release(container);
    if (FAILED(hr))
        return hr;
    hr = IConnectionPoint_Advise(sink->point, (IUnknown *)&sink->DWriteEngine2Events_iface,
                                 &sink->cookie);
    if (FAILED(hr)) {
        IConnectionPoint_Release(sink->point);
        sink->point = NULL;
    }
    return hr;
}

void oi_sink_disconnect(struct oi_sink *sink)
{
    if (!sink->point)
        return;
    IConnectionPoint_Unadvise(sink->point, sink->cookie);
    IConnectionPoint_Release(sink->point);
    sink->point = NULL;
}
