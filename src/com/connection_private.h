/* What the two halves of the connection points share: the sink, and who makes the enumerators.
 * Who uses it: connection_point.c, connection_enum.c.
 * A sink is one Advise. Whoever looks at it outside the lock holds a reference; the last reference
 *   takes it out of the Global Interface Table, so its cookie there is never somebody else's.
 * What it must not know: what the sinks are told. */
#ifndef OI_COM_CONNECTION_PRIVATE_H
#define OI_COM_CONNECTION_PRIVATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include "connection_point.h"

struct com_sink {
    atomic_uint refs;
    struct com_sink *next; /* guarded by the connections' lock while it is in the list */
    DWORD cookie;          /* what Advise gave out; grows, never used again */
    DWORD table_cookie;    /* its IDispatch in the table */
    IGlobalInterfaceTable *table;
};

void com_sink_addref(struct com_sink *sink);
void com_sink_release(struct com_sink *sink);
/* The sink's IDispatch for the calling thread's apartment, a new reference. */
HRESULT com_sink_get(struct com_sink *sink, IDispatch **dispatch);

/* The first sink with a cookie in (after, up_to], with a reference, or NULL. Walking by cookie
 * needs no copy of the list: what a handler removes is not met, what it adds is beyond up_to. */
struct com_sink *com_sink_next(struct com_connections *connections, DWORD after, DWORD up_to);

/* New enumerators; they keep the owner alive, and the sinks that were advised when they were made.
 */
HRESULT com_enum_points_create(struct com_object *owner, IEnumConnectionPoints **out);
HRESULT com_enum_connections_create(struct com_object *owner, IEnumConnections **out);

#endif
