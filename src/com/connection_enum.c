/* The two enumerators of connection points. Each walks an array that was fixed when it was made, so
 * that Clone, Skip and Reset are about one position. */
#include "connection_private.h"

#include <stdlib.h>
#include "object.h"

struct enum_points {
    struct com_object base;
    IEnumConnectionPoints IEnumConnectionPoints_iface;
    struct com_object *owner;
    atomic_uint position; /* 0, or 1 behind the only point */
};

static struct enum_points *enum_points_from_IEnumConnectionPoints(IEnumConnectionPoints *iface)
{
    return CONTAINING_RECORD(iface, struct enum_points, IEnumConnectionPoints_iface);
}

COM_FORWARD_IUNKNOWN(enum_points, IEnumConnectionPoints, enum_points)

static HRESULT STDMETHODCALLTYPE enum_points_Next(IEnumConnectionPoints *iface, ULONG count,
                                                  IConnectionPoint **points, ULONG *fetched)
{
    struct enum_points *self = enum_points_from_IEnumConnectionPoints(iface);
    ULONG got = 0;

    if (fetched)
        *fetched = 0;
    if (!points || (!fetched && count != 1))
        return E_POINTER;
    for (ULONG i = 0; i < count; i++)
        points[i] = NULL;

    if (count > 0 && atomic_exchange(&self->position, 1) == 0) {
        points[0] = &self->owner->connections.IConnectionPoint_iface;
        com_object_addref(self->owner);
        got = 1;
    }
    if (fetched)
        *fetched = got;
    return got == count ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE enum_points_Skip(IEnumConnectionPoints *iface, ULONG count)
{
    struct enum_points *self = enum_points_from_IEnumConnectionPoints(iface);

    if (count == 0)
        return S_OK;
    return atomic_exchange(&self->position, 1) == 0 && count == 1 ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE enum_points_Reset(IEnumConnectionPoints *iface)
{
    atomic_store(&enum_points_from_IEnumConnectionPoints(iface)->position, 0);
    return S_OK;
}

static HRESULT make_enum_points(struct com_object *owner, unsigned position,
                                IEnumConnectionPoints **out);

static HRESULT STDMETHODCALLTYPE enum_points_Clone(IEnumConnectionPoints *iface,
                                                   IEnumConnectionPoints **out)
{
    struct enum_points *self = enum_points_from_IEnumConnectionPoints(iface);

    if (!out)
        return E_POINTER;
    return make_enum_points(self->owner, atomic_load(&self->position), out);
}

static const IEnumConnectionPointsVtbl enum_points_vtbl = {
    enum_points_QueryInterface, enum_points_AddRef, enum_points_Release, enum_points_Next,
    enum_points_Skip,           enum_points_Reset,  enum_points_Clone,
};

static const struct com_iface enum_points_ifaces[] = {
    {&IID_IUnknown, offsetof(struct enum_points, IEnumConnectionPoints_iface)},
    {&IID_IEnumConnectionPoints, offsetof(struct enum_points, IEnumConnectionPoints_iface)},
};

static void enum_points_destroy(struct com_object *object)
{
    struct enum_points *self = CONTAINING_RECORD(object, struct enum_points, base);

    com_object_release(self->owner);
    free(self);
}

static const struct com_class enum_points_class = {
    .name = L"EnumConnectionPoints",
    .ifaces = enum_points_ifaces,
    .iface_count = sizeof(enum_points_ifaces) / sizeof(enum_points_ifaces[0]),
    .destroy = enum_points_destroy,
};

static HRESULT make_enum_points(struct com_object *owner, unsigned position,
                                IEnumConnectionPoints **out)
{
    struct enum_points *self = calloc(1, sizeof(*self));

    *out = NULL;
    if (!self)
        return E_OUTOFMEMORY;
    com_object_init(&self->base, &enum_points_class);
    self->IEnumConnectionPoints_iface.lpVtbl = (IEnumConnectionPointsVtbl *)&enum_points_vtbl;
    self->owner = owner;
    com_object_addref(owner);
    atomic_init(&self->position, position);
    *out = &self->IEnumConnectionPoints_iface;
    return S_OK;
}

HRESULT com_enum_points_create(struct com_object *owner, IEnumConnectionPoints **out)
{
    return make_enum_points(owner, 0, out);
}

struct enum_connections {
    struct com_object base;
    IEnumConnections IEnumConnections_iface;
    struct com_object *owner;
    struct com_sink **sinks; /* sink_count of them, each with a reference; constant */
    ULONG sink_count;
    SRWLOCK lock; /* guards position */
    ULONG position;
};

static struct enum_connections *enum_connections_from_IEnumConnections(IEnumConnections *iface)
{
    return CONTAINING_RECORD(iface, struct enum_connections, IEnumConnections_iface);
}

COM_FORWARD_IUNKNOWN(enum_connections, IEnumConnections, enum_connections)

/* Moves on by at most count and says from where; the range is this caller's then. */
static ULONG take_range(struct enum_connections *self, ULONG count, ULONG *first)
{
    ULONG left;

    AcquireSRWLockExclusive(&self->lock);
    *first = self->position;
    left = self->sink_count - self->position;
    if (count > left)
        count = left;
    self->position += count;
    ReleaseSRWLockExclusive(&self->lock);
    return count;
}

/* All or nothing: if one sink can't be had, the caller's array holds no references. */
static HRESULT STDMETHODCALLTYPE enum_connections_Next(IEnumConnections *iface, ULONG count,
                                                       CONNECTDATA *connections, ULONG *fetched)
{
    struct enum_connections *self = enum_connections_from_IEnumConnections(iface);
    ULONG first, got;

    if (fetched)
        *fetched = 0;
    if (!connections || (!fetched && count != 1))
        return E_POINTER;
    for (ULONG i = 0; i < count; i++)
        connections[i] = (CONNECTDATA){NULL, 0};

    got = take_range(self, count, &first);
    for (ULONG i = 0; i < got; i++) {
        struct com_sink *sink = self->sinks[first + i];
        IDispatch *dispatch;
        HRESULT hr = com_sink_get(sink, &dispatch);

        if (FAILED(hr)) {
            while (i-- > 0) {
                IUnknown_Release(connections[i].pUnk);
                connections[i] = (CONNECTDATA){NULL, 0};
            }
            return hr;
        }
        connections[i].pUnk = (IUnknown *)dispatch;
        connections[i].dwCookie = sink->cookie;
    }
    if (fetched)
        *fetched = got;
    return got == count ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE enum_connections_Skip(IEnumConnections *iface, ULONG count)
{
    ULONG first;

    return take_range(enum_connections_from_IEnumConnections(iface), count, &first) == count
               ? S_OK
               : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE enum_connections_Reset(IEnumConnections *iface)
{
    struct enum_connections *self = enum_connections_from_IEnumConnections(iface);

    AcquireSRWLockExclusive(&self->lock);
    self->position = 0;
    ReleaseSRWLockExclusive(&self->lock);
    return S_OK;
}

static struct enum_connections *make_enum_connections(struct com_object *owner, ULONG room);

static HRESULT STDMETHODCALLTYPE enum_connections_Clone(IEnumConnections *iface,
                                                        IEnumConnections **out)
{
    struct enum_connections *self = enum_connections_from_IEnumConnections(iface);
    struct enum_connections *clone;
    ULONG position;

    if (!out)
        return E_POINTER;
    *out = NULL;
    clone = make_enum_connections(self->owner, self->sink_count);
    if (!clone)
        return E_OUTOFMEMORY;
    for (ULONG i = 0; i < self->sink_count; i++) {
        clone->sinks[i] = self->sinks[i];
        com_sink_addref(clone->sinks[i]);
    }
    clone->sink_count = self->sink_count;
    take_range(self, 0, &position);
    clone->position = position;
    *out = &clone->IEnumConnections_iface;
    return S_OK;
}

static const IEnumConnectionsVtbl enum_connections_vtbl = {
    enum_connections_QueryInterface, enum_connections_AddRef, enum_connections_Release,
    enum_connections_Next,           enum_connections_Skip,   enum_connections_Reset,
    enum_connections_Clone,
};

static const struct com_iface enum_connections_ifaces[] = {
    {&IID_IUnknown, offsetof(struct enum_connections, IEnumConnections_iface)},
    {&IID_IEnumConnections, offsetof(struct enum_connections, IEnumConnections_iface)},
};

static void enum_connections_destroy(struct com_object *object)
{
    struct enum_connections *self = CONTAINING_RECORD(object, struct enum_connections, base);

    for (ULONG i = 0; i < self->sink_count; i++)
        com_sink_release(self->sinks[i]);
    com_object_release(self->owner);
    free(self->sinks);
    free(self);
}

static const struct com_class enum_connections_class = {
    .name = L"EnumConnections",
    .ifaces = enum_connections_ifaces,
    .iface_count = sizeof(enum_connections_ifaces) / sizeof(enum_connections_ifaces[0]),
    .destroy = enum_connections_destroy,
};

static struct enum_connections *make_enum_connections(struct com_object *owner, ULONG room)
{
    struct enum_connections *self = calloc(1, sizeof(*self));
    struct com_sink **sinks = calloc(room ? room : 1, sizeof(*sinks));

    if (!self || !sinks) {
        free(sinks);
        free(self);
        return NULL;
    }
    com_object_init(&self->base, &enum_connections_class);
    self->IEnumConnections_iface.lpVtbl = (IEnumConnectionsVtbl *)&enum_connections_vtbl;
    self->owner = owner;
    com_object_addref(owner);
    self->sinks = sinks;
    InitializeSRWLock(&self->lock);
    return self;
}

/* The number of sinks may change between counting and filling: what is there when its turn comes
 * and was there at the count is listed. */
HRESULT com_enum_connections_create(struct com_object *owner, IEnumConnections **out)
{
    struct com_connections *connections = &owner->connections;
    struct enum_connections *self;
    struct com_sink *sink;
    ULONG room = 0;
    DWORD last;

    *out = NULL;
    AcquireSRWLockShared(&connections->lock);
    for (sink = connections->sinks; sink; sink = sink->next)
        room++;
    last = connections->last_cookie;
    ReleaseSRWLockShared(&connections->lock);

    self = make_enum_connections(owner, room);
    if (!self)
        return E_OUTOFMEMORY;
    for (DWORD after = 0; (sink = com_sink_next(connections, after, last)) != NULL;) {
        after = sink->cookie;
        self->sinks[self->sink_count++] = sink;
    }
    *out = &self->IEnumConnections_iface;
    return S_OK;
}
