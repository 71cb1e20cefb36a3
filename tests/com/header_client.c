#include "header_client.h"
#include <imapi2error.h>

HRESULT client_write(IWriteEngine2 *engine, IStream *data, LONG start, LONG blocks)
{
    VARIANT_BOOL busy = VARIANT_TRUE;
    HRESULT hr = IWriteEngine2_get_WriteInProgress(engine, &busy);

    if (FAILED(hr))
        return hr;
    if (busy)
        return E_IMAPI_DF2DATA_WRITE_IN_PROGRESS;
    hr = IWriteEngine2_put_BytesPerSector(engine, IMAPI_SECTOR_SIZE);
    if (FAILED(hr))
        return hr;
    hr = IWriteEngine2_put_StartingSectorsPerSecond(engine, IMAPI_SECTORS_PER_SECOND_AT_1X_DVD);
    if (FAILED(hr))
        return hr;
    return IWriteEngine2_WriteSection(engine, data, start, blocks);
}

static struct client_sink *sink_from_events(DWriteEngine2Events *events)
{
    return CONTAINING_RECORD(events, struct client_sink, events);
}

static HRESULT STDMETHODCALLTYPE sink_QueryInterface(DWriteEngine2Events *events, REFIID iid,
                                                     void **out)
{
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IDispatch) &&
        !IsEqualIID(iid, &IID_DWriteEngine2Events))
        return E_NOINTERFACE;
    *out = events;
    DWriteEngine2Events_AddRef(events);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE sink_AddRef(DWriteEngine2Events *events)
{
    return (ULONG)++sink_from_events(events)->references;
}

static ULONG STDMETHODCALLTYPE sink_Release(DWriteEngine2Events *events)
{
    return (ULONG)--sink_from_events(events)->references;
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfoCount(DWriteEngine2Events *events, UINT *count)
{
    (void)events;
    *count = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfo(DWriteEngine2Events *events, UINT index,
                                                  LCID lcid, ITypeInfo **info)
{
    (void)events;
    (void)index;
    (void)lcid;
    *info = NULL;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE sink_GetIDsOfNames(DWriteEngine2Events *events, REFIID iid,
                                                    LPOLESTR *names, UINT count, LCID lcid,
                                                    DISPID *ids)
{
    (void)events;
    (void)iid;
    (void)names;
    (void)count;
    (void)lcid;
    (void)ids;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE sink_Update(DWriteEngine2Events *events, IDispatch *object,
                                             IDispatch *progress)
{
    (void)object;
    sink_from_events(events)->last_progress = progress;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE sink_Invoke(DWriteEngine2Events *events, DISPID id, REFIID iid,
                                             LCID lcid, WORD flags, DISPPARAMS *params,
                                             VARIANT *result, EXCEPINFO *exception, UINT *bad)
{
    (void)iid;
    (void)lcid;
    (void)flags;
    (void)result;
    (void)exception;
    (void)bad;
    if (id != DISPID_DWRITEENGINE2EVENTS_UPDATE)
        return DISP_E_MEMBERNOTFOUND;
    return sink_Update(events, V_DISPATCH(&params->rgvarg[1]), V_DISPATCH(&params->rgvarg[0]));
}

void client_sink_init(struct client_sink *sink)
{
    static DWriteEngine2EventsVtbl vtable = {
        sink_QueryInterface, sink_AddRef,        sink_Release, sink_GetTypeInfoCount,
        sink_GetTypeInfo,    sink_GetIDsOfNames, sink_Invoke,  sink_Update,
    };

    sink->events.lpVtbl = &vtable;
    sink->references = 1;
    sink->last_progress = NULL;
}

const char *client_verdict(HRESULT hr)
{
    switch (hr) {
    case S_OK:
        return "written";
    case S_IMAPI_WRITE_NOT_IN_PROGRESS:
        return "nothing to cancel";
    case E_IMAPI_REQUEST_CANCELLED:
        return "cancelled";
    case E_IMAPI_LOSS_OF_STREAMING:
        return "too slow";
    case E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE:
        return "not erasable";
    default:
        return "failed";
    }
}
