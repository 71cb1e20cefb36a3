/* An object's sinks: a list under a lock that is never held while somebody else's code runs. */
#include "connection_private.h"

#include <stdlib.h>
#include <olectl.h>
#include "object.h"

static struct com_object *object_from_connections(struct com_connections *connections)
{
    return CONTAINING_RECORD(connections, struct com_object, connections);
}

void com_sink_addref(struct com_sink *sink)
{
    atomic_fetch_add_explicit(&sink->refs, 1, memory_order_relaxed);
}

void com_sink_release(struct com_sink *sink)
{
    if (atomic_fetch_sub_explicit(&sink->refs, 1, memory_order_acq_rel) != 1)
        return;
    IGlobalInterfaceTable_RevokeInterfaceFromGlobal(sink->table, sink->table_cookie);
    IGlobalInterfaceTable_Release(sink->table);
    free(sink);
}

HRESULT com_sink_get(struct com_sink *sink, IDispatch **dispatch)
{
    HRESULT hr = IGlobalInterfaceTable_GetInterfaceFromGlobal(sink->table, sink->table_cookie,
                                                              &IID_IDispatch, (void **)dispatch);

    if (FAILED(hr))
        *dispatch = NULL;
    return hr;
}

struct com_sink *com_sink_next(struct com_connections *connections, DWORD after, DWORD up_to)
{
    struct com_sink *sink;

    AcquireSRWLockShared(&connections->lock);
    for (sink = connections->sinks; sink && sink->cookie <= after; sink = sink->next)
        continue;
    if (sink && sink->cookie > up_to)
        sink = NULL;
    if (sink)
        com_sink_addref(sink);
    ReleaseSRWLockShared(&connections->lock);
    return sink;
}

static HRESULT sink_create(IDispatch *dispatch, struct com_sink **out)
{
    struct com_sink *sink = calloc(1, sizeof(*sink));
    HRESULT hr;

    *out = NULL;
    if (!sink)
        return E_OUTOFMEMORY;
    atomic_init(&sink->refs, 1);
    hr = CoCreateInstance(&CLSID_StdGlobalInterfaceTable, NULL, CLSCTX_INPROC_SERVER,
                          &IID_IGlobalInterfaceTable, (void **)&sink->table);
    if (FAILED(hr)) {
        free(sink);
        return hr;
    }
    hr = IGlobalInterfaceTable_RegisterInterfaceInGlobal(sink->table, (IUnknown *)dispatch,
                                                         &IID_IDispatch, &sink->table_cookie);
    if (FAILED(hr)) {
        IGlobalInterfaceTable_Release(sink->table);
        free(sink);
        return hr;
    }
    *out = sink;
    return S_OK;
}

static DWORD append_sink(struct com_connections *connections, struct com_sink *sink)
{
    struct com_sink **link;
    DWORD cookie;

    AcquireSRWLockExclusive(&connections->lock);
    for (link = &connections->sinks; *link; link = &(*link)->next)
        continue;
    *link = sink;
    cookie = sink->cookie = ++connections->last_cookie;
    ReleaseSRWLockExclusive(&connections->lock);
    return cookie;
}

/* Takes the sink with this cookie, or the first one when cookie is 0, out of the list. */
static struct com_sink *unlink_sink(struct com_connections *connections, DWORD cookie)
{
    struct com_sink **link;
    struct com_sink *sink;

    AcquireSRWLockExclusive(&connections->lock);
    for (link = &connections->sinks; *link; link = &(*link)->next)
        if (cookie == 0 || (*link)->cookie == cookie)
            break;
    sink = *link;
    if (sink)
        *link = sink->next;
    ReleaseSRWLockExclusive(&connections->lock);
    return sink;
}

static HRESULT before_advise(struct com_connections *connections)
{
    struct com_object *object = object_from_connections(connections);

    return object->class->advise ? object->class->advise(object) : S_OK;
}

static void after_unadvise(struct com_connections *connections)
{
    struct com_object *object = object_from_connections(connections);

    if (object->class->unadvise)
        object->class->unadvise(object);
}

void com_connections_fire(struct com_object *object, DISPID dispid, VARIANTARG *args, UINT count)
{
    struct com_connections *connections = &object->connections;
    DWORD cookie = 0, last;
    struct com_sink *sink;

    com_object_addref(object); /* a handler may release everybody else's reference */
    AcquireSRWLockShared(&connections->lock);
    last = connections->last_cookie;
    ReleaseSRWLockShared(&connections->lock);

    while ((sink = com_sink_next(connections, cookie, last)) != NULL) {
        DISPPARAMS params = {args, NULL, count, 0};
        IDispatch *dispatch;

        cookie = sink->cookie;
        if (SUCCEEDED(com_sink_get(sink, &dispatch))) {
            IDispatch_Invoke(dispatch, dispid, &IID_NULL, LOCALE_SYSTEM_DEFAULT, DISPATCH_METHOD,
                             &params, NULL, NULL, NULL);
            IDispatch_Release(dispatch);
        }
        com_sink_release(sink);
    }
    com_object_release(object);
}

static struct com_connections *
connections_from_IConnectionPointContainer(IConnectionPointContainer *iface)
{
    return CONTAINING_RECORD(iface, struct com_connections, IConnectionPointContainer_iface);
}

static HRESULT STDMETHODCALLTYPE container_QueryInterface(IConnectionPointContainer *iface,
                                                          REFIID iid, void **out)
{
    return com_object_query(
        object_from_connections(connections_from_IConnectionPointContainer(iface)), iid, out);
}

static ULONG STDMETHODCALLTYPE container_AddRef(IConnectionPointContainer *iface)
{
    return com_object_addref(
        object_from_connections(connections_from_IConnectionPointContainer(iface)));
}

static ULONG STDMETHODCALLTYPE container_Release(IConnectionPointContainer *iface)
{
    return com_object_release(
        object_from_connections(connections_from_IConnectionPointContainer(iface)));
}

static HRESULT STDMETHODCALLTYPE container_EnumConnectionPoints(IConnectionPointContainer *iface,
                                                                IEnumConnectionPoints **points)
{
    if (!points)
        return E_POINTER;
    return com_enum_points_create(
        object_from_connections(connections_from_IConnectionPointContainer(iface)), points);
}

static HRESULT STDMETHODCALLTYPE container_FindConnectionPoint(IConnectionPointContainer *iface,
                                                               REFIID iid, IConnectionPoint **point)
{
    struct com_connections *self = connections_from_IConnectionPointContainer(iface);
    struct com_object *object = object_from_connections(self);

    if (!point)
        return E_POINTER;
    *point = NULL;
    if (!iid)
        return E_POINTER;
    if (!IsEqualIID(iid, object->class->source))
        return CONNECT_E_NOCONNECTION;
    com_object_addref(object);
    *point = &self->IConnectionPoint_iface;
    return S_OK;
}

static const IConnectionPointContainerVtbl container_vtbl = {
    container_QueryInterface,
    container_AddRef,
    container_Release,
    container_EnumConnectionPoints,
    container_FindConnectionPoint,
};

static struct com_connections *connections_from_IConnectionPoint(IConnectionPoint *iface)
{
    return CONTAINING_RECORD(iface, struct com_connections, IConnectionPoint_iface);
}

/* A connection point is another object than its container, though it lives in it. */
static HRESULT STDMETHODCALLTYPE point_QueryInterface(IConnectionPoint *iface, REFIID iid,
                                                      void **out)
{
    struct com_connections *self = connections_from_IConnectionPoint(iface);

    if (!out)
        return E_POINTER;
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IConnectionPoint))
        return com_agile_query((IUnknown *)iface, &self->marshaler, iid, out);
    IConnectionPoint_AddRef(iface);
    *out = iface;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE point_AddRef(IConnectionPoint *iface)
{
    return com_object_addref(object_from_connections(connections_from_IConnectionPoint(iface)));
}

static ULONG STDMETHODCALLTYPE point_Release(IConnectionPoint *iface)
{
    return com_object_release(object_from_connections(connections_from_IConnectionPoint(iface)));
}

static HRESULT STDMETHODCALLTYPE point_GetConnectionInterface(IConnectionPoint *iface, IID *iid)
{
    if (!iid)
        return E_POINTER;
    *iid = *object_from_connections(connections_from_IConnectionPoint(iface))->class->source;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE
point_GetConnectionPointContainer(IConnectionPoint *iface, IConnectionPointContainer **container)
{
    struct com_connections *self = connections_from_IConnectionPoint(iface);

    if (!container)
        return E_POINTER;
    com_object_addref(object_from_connections(self));
    *container = &self->IConnectionPointContainer_iface;
    return S_OK;
}

/* Most sinks are bare IDispatch objects; those that answer the event IID are asked for it first.
 * What is kept is their IDispatch, since events go through Invoke alone. */
static HRESULT STDMETHODCALLTYPE point_Advise(IConnectionPoint *iface, IUnknown *unknown,
                                              DWORD *cookie)
{
    struct com_connections *self = connections_from_IConnectionPoint(iface);
    const IID *source = object_from_connections(self)->class->source;
    IDispatch *dispatch;
    struct com_sink *sink;
    HRESULT hr;

    if (cookie)
        *cookie = 0;
    if (!unknown || !cookie)
        return E_POINTER;
    if (FAILED(IUnknown_QueryInterface(unknown, source, (void **)&dispatch)) &&
        FAILED(IUnknown_QueryInterface(unknown, &IID_IDispatch, (void **)&dispatch)))
        return CONNECT_E_CANNOTCONNECT;

    hr = before_advise(self);
    if (FAILED(hr)) {
        IDispatch_Release(dispatch);
        return hr;
    }
    hr = sink_create(dispatch, &sink);
    IDispatch_Release(dispatch);
    if (FAILED(hr))
        after_unadvise(self);
    if (hr == E_NOINTERFACE)
        return CONNECT_E_CANNOTCONNECT;
    if (FAILED(hr))
        return hr;
    *cookie = append_sink(self, sink);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE point_Unadvise(IConnectionPoint *iface, DWORD cookie)
{
    struct com_connections *self = connections_from_IConnectionPoint(iface);
    struct com_sink *sink = cookie ? unlink_sink(self, cookie) : NULL;

    if (!sink)
        return CONNECT_E_NOCONNECTION;
    com_sink_release(sink);
    after_unadvise(self);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE point_EnumConnections(IConnectionPoint *iface,
                                                       IEnumConnections **connections)
{
    if (!connections)
        return E_POINTER;
    return com_enum_connections_create(
        object_from_connections(connections_from_IConnectionPoint(iface)), connections);
}

static const IConnectionPointVtbl point_vtbl = {
    point_QueryInterface,
    point_AddRef,
    point_Release,
    point_GetConnectionInterface,
    point_GetConnectionPointContainer,
    point_Advise,
    point_Unadvise,
    point_EnumConnections,
};

void com_connections_init(struct com_connections *connections)
{
    connections->IConnectionPointContainer_iface.lpVtbl =
        (IConnectionPointContainerVtbl *)&container_vtbl;
    connections->IConnectionPoint_iface.lpVtbl = (IConnectionPointVtbl *)&point_vtbl;
    atomic_init(&connections->marshaler, NULL);
    InitializeSRWLock(&connections->lock);
    connections->sinks = NULL;
    connections->last_cookie = 0;
}

void com_connections_fini(struct com_connections *connections)
{
    IUnknown *marshaler = atomic_load(&connections->marshaler);
    struct com_sink *sink;

    while ((sink = unlink_sink(connections, 0)) != NULL) {
        com_sink_release(sink);
        after_unadvise(connections);
    }
    if (marshaler)
        IUnknown_Release(marshaler);
}
