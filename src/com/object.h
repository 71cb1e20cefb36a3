/* The base of every COM object: one QueryInterface, one reference count, agility, error support.
 * Who uses it: src/classes, one struct per coclass with struct com_object as its first member.
 * A class lists the interfaces it implements itself; IMarshal, IAgileObject, ISupportErrorInfo,
 *   IProvideClassInfo(2) and IConnectionPointContainer come with the base.
 * What it must not know: discs. */
#ifndef OI_COM_OBJECT_H
#define OI_COM_OBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <windows.h>
#include <ole2.h>
#include <ocidl.h>
#include "connection_point.h"

/* One row of a class's interface table: offset is that of the interface member in the object. */
struct com_iface {
    const IID *iid;
    size_t offset;
};

struct com_object;

/* What all objects of a class share; static and constant.
 *
 * ifaces: the first row must be IID_IUnknown: it is the object's identity. A class with dispatch
 *   interfaces lists IID_IDispatch too, at the offset of its default interface. Nothing the base
 *   brings (see com_object_query) is listed.
 * advise: a sink is about to be added. A failure, with its IErrorInfo, is that of Advise. NULL:
 * none. unadvise: a sink is gone, or was not added after all: as often as advise has succeeded, at
 * the latest in the last release. Both come from any thread and under no lock. destroy: frees what
 * the class owns and the object itself. Called once, after the last release, when the sinks are
 * gone; the base is torn down by then. NULL means free(). */
struct com_class {
    const WCHAR *name;   /* the coclass, "MsftDiscMaster2"; a plain word for inner objects */
    const CLSID *clsid;  /* of the coclass in the type library, NULL when it is in none */
    const IID *dispatch; /* the default interface when it is a dispatch interface, or NULL */
    const IID *source;   /* the events it fires, or NULL */
    const struct com_iface *ifaces;
    size_t iface_count;
    HRESULT (*advise)(struct com_object *object);
    void (*unadvise)(struct com_object *object);
    void (*destroy)(struct com_object *object);
};

/* First member of every object, and called `base` there (the forwarding macros rely on it). */
struct com_object {
    ISupportErrorInfo ISupportErrorInfo_iface;
    IProvideClassInfo2 IProvideClassInfo2_iface;
    const struct com_class *class;
    atomic_ulong refs;
    _Atomic(IUnknown *) marshaler; /* the aggregated free-threaded marshaler, made when asked for */
    struct com_connections connections;
};

/* Makes the base of zeroed memory: one reference, owned by the caller, and one live object for
 * DllCanUnloadNow. Never fails. The object interfaces' vtables are the caller's to set. */
void com_object_init(struct com_object *object, const struct com_class *class);

/* IUnknown for the whole object. query: the class's rows, then, from the base,
 *   IMarshal (of the free-threaded marshaler), IAgileObject, ISupportErrorInfo,
 *   IProvideClassInfo and IProvideClassInfo2 if the class has a CLSID,
 *   IConnectionPointContainer if it has a source.
 * *out is NULL after every failure; E_POINTER for a NULL out. Any thread. */
HRESULT com_object_query(struct com_object *object, REFIID iid, void **out);
ULONG com_object_addref(struct com_object *object);
/* For who knows of the object without a reference: takes one, unless the last one is gone. That the
 * memory is still the object's (destroy has not begun) is the caller's to see to. */
bool com_object_try_addref(struct com_object *object);
ULONG com_object_release(struct com_object *object);

/* The object's identity, not a new reference. */
IUnknown *com_object_unknown(struct com_object *object);

/* The number of live objects, factory references, LockServer locks and threads that hold the
 * module; DllCanUnloadNow asks. unlock of the last one gives the cached type information back. */
void com_module_lock(void);
void com_module_unlock(void);
ULONG com_module_count(void);

/* The module this code is in: the DLL, or the test program it was linked into. */
HMODULE com_module_handle(void);
/* Its path, malloc'ed; NULL without memory. */
WCHAR *com_module_path(void);

/* IID_IMarshal and IID_IAgileObject for an object with this identity: *slot (zero at first) keeps
 * the free-threaded marshaler, which the owner of the slot releases. E_NOINTERFACE for any other
 * IID. For parts with an identity of their own; whole objects get this by com_object_query. */
HRESULT com_agile_query(IUnknown *identity, _Atomic(IUnknown *) *slot, REFIID iid, void **out);

/* The three thunks of an interface that leads to the object:
 *
 *   COM_FORWARD_IUNKNOWN(disc_master, IDiscMaster2, disc_master)
 *
 * defines disc_master_QueryInterface, _AddRef and _Release for the vtable of IDiscMaster2. tag is
 * the struct's tag, and tag_from_Interface(iface) must be defined above. An object with several
 * interfaces gives each its own prefix. */
#define COM_FORWARD_IUNKNOWN(tag, Interface, prefix)                                               \
    static HRESULT STDMETHODCALLTYPE prefix##_QueryInterface(Interface *iface, REFIID iid,         \
                                                             void **out)                           \
    {                                                                                              \
        return com_object_query(&tag##_from_##Interface(iface)->base, iid, out);                   \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE prefix##_AddRef(Interface *iface)                               \
    {                                                                                              \
        return com_object_addref(&tag##_from_##Interface(iface)->base);                            \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE prefix##_Release(Interface *iface)                              \
    {                                                                                              \
        return com_object_release(&tag##_from_##Interface(iface)->base);                           \
    }

#endif
