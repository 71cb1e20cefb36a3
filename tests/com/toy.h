/* A coclass to try the COM mechanism on, and a sink that does what a test tells it.
 * Who uses it: test_com_mechanism.c, test_com_events.c, test_com_registration_slow.c.
 * The toy claims to be MsftWriteEngine2 with IDiscMaster2 as a second dispatch interface; its
 *   methods only keep and give back what they were given.
 * What it must not know: CMocka; whatever it sees, the tests judge. */
#ifndef OI_TESTS_COM_TOY_H
#define OI_TESTS_COM_TOY_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <windows.h>
#include <ole2.h>
#include <ocidl.h>
#include <olectl.h>
#include "imapi2.h"
#include "object.h"

enum { TOY_COUNT = 7, TOY_MAGIC = 0x746f79 };

struct toy {
    struct com_object base;
    IWriteEngine2 IWriteEngine2_iface;
    IDiscMaster2 IDiscMaster2_iface;
    IDiscRecorder2Ex *recorder;
    LONG bytes_per_sector;
    VARIANT_BOOL streaming;
};

/* With one reference, as an interface of the object. */
struct toy *toy_new(void);
extern atomic_int toys_destroyed;
/* Sinks that toys were told of and not rid of; what the next toy says of one more. */
extern atomic_int toys_advised;
extern HRESULT toy_says_to_sinks;
extern bool toy_was_alive; /* when it lost its last sink: a reference was still to be had */

/* A part of no coclass: no CLSID, no source, no dispatch. */
struct com_object *plain_new(void);

/* An IDispatch object that answers IUnknown, and what the two members below say. */
struct sink {
    IDispatch IDispatch_iface;
    atomic_long refs;
    const IID *also; /* an IID that it answers besides, or NULL */
    bool not_dispatch;

    /* What Invoke saw last. */
    atomic_int calls;
    DISPID dispid;
    WORD flags;
    LONG first, second; /* rgvarg[0] and [1], both VT_I4, else -1 */
    UINT named;
    DWORD thread;
    int turn; /* position in the order of all calls */

    HRESULT result; /* what it returns */
    void (*handler)(struct sink *sink);
    struct toy *toy; /* for handlers, not counted */
    struct sink *other;
    DWORD cookie, other_cookie;
};

/* In place, with one reference; the last Release frees nothing, so refs can be looked at. */
void sink_init(struct sink *sink, const IID *also);
extern int sink_turns;

#endif
