/* Connection points: the sinks of an object's one source interface, and how they are called.
 * Who uses it: object.c embeds it in every object; src/classes only calls com_connections_fire.
 * Sinks live in the Global Interface Table, so that any thread of any apartment may fire.
 * IConnectionPointContainer and IConnectionPoint are part of their object and share its count.
 * What it must not know: which events there are. */
#ifndef OI_COM_CONNECTION_POINT_H
#define OI_COM_CONNECTION_POINT_H

#include <stdatomic.h>
#include <windows.h>
#include <ole2.h>
#include <ocidl.h>

struct com_object;
struct com_sink;

/* Embedded in struct com_object; nobody else touches the members. */
struct com_connections {
    IConnectionPointContainer IConnectionPointContainer_iface;
    IConnectionPoint IConnectionPoint_iface;
    _Atomic(IUnknown *) marshaler; /* of the connection point, which has an identity of its own */
    SRWLOCK lock;                  /* guards the two below; never held while a sink is called */
    struct com_sink *sinks;        /* in the order of their cookies */
    DWORD last_cookie;
};

void com_connections_init(struct com_connections *connections);
/* Revokes every sink that is still advised. Part of the object's last release. */
void com_connections_fini(struct com_connections *connections);

/* Calls IDispatch::Invoke(dispid, DISPATCH_METHOD) of every sink on the calling thread, one after
 * the other in the order of Advise. args: count arguments in reverse order, as DISPPARAMS has them;
 * they stay the caller's. What sinks return is ignored. Blocks as long as the sinks do; the caller
 * must hold no lock that a handler might want, and must be in an apartment.
 * A handler may Advise (the new sink is called the next time), Unadvise any sink (it is not called
 * any more) and release the object's last reference (the object lives until this returns). */
void com_connections_fire(struct com_object *object, DISPID dispid, VARIANTARG *args, UINT count);

#endif
