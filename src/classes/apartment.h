/* Which apartment the calling thread is in, and pointers that cross from one to another.
 * Who uses it: the write engine class and its adapters.
 * What it must not know: what the objects are for. */
#ifndef OI_CLASSES_APARTMENT_H
#define OI_CLASSES_APARTMENT_H

#include <stdbool.h>
#include <windows.h>
#include <ole2.h>

/* The thread must serve COM calls while it waits. */
bool apartment_is_single_threaded(void);
/* The thread is in the process's multi-threaded apartment. */
bool apartment_is_multi_threaded(void);

/* Any thread may call this object directly: it says so (IAgileObject), or it is marshalled by the
 * free-threaded marshaler. */
bool apartment_object_is_agile(IUnknown *object);

/* A pointer kept for use in any apartment: as it is if the object is agile, else through the Global
 * Interface Table, else (no proxy for its interface) for its own thread only. Counted and
 * immutable: any thread may hold a reference. */
struct apartment_pointer;
/* One reference; keeps one to the object (not NULL). NULL without memory. */
struct apartment_pointer *apartment_pointer_create(IUnknown *object, REFIID iid);
void apartment_pointer_addref(struct apartment_pointer *pointer);
void apartment_pointer_release(struct apartment_pointer *pointer); /* NULL is allowed */
/* S_OK, or why the object can't be called from other threads. */
HRESULT apartment_pointer_crosses(const struct apartment_pointer *pointer);
/* A call from the multi-threaded apartment goes through a proxy: what is passed is copied, to
 * wherever the other side's memory has room. */
bool apartment_pointer_copies(const struct apartment_pointer *pointer);
/* The pointer for the calling thread, a new reference; else *out is NULL. Calls into foreign code:
 * hold no lock. */
HRESULT apartment_pointer_get(const struct apartment_pointer *pointer, REFIID iid, void **out);

#endif
