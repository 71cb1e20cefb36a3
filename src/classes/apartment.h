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

/* A pointer kept for use in any apartment. When the object can't cross apartments (no proxy for
 * its interface), home_hr says why, and fetch gives the error. */
struct apartment_pointer {
    DWORD cookie; /* in the Global Interface Table */
    IUnknown *home;
    HRESULT home_hr;
};
/* Keeps a reference. Never fails as a whole: see home_hr. */
void apartment_pointer_set(struct apartment_pointer *pointer, IUnknown *object, REFIID iid);
void apartment_pointer_clear(struct apartment_pointer *pointer);
/* The pointer for the calling thread's apartment, a new reference. S_OK and NULL when none is kept.
 */
HRESULT apartment_pointer_get(const struct apartment_pointer *pointer, REFIID iid, void **out);
/* What was put, for the thread that put it, even if it can't cross apartments; else the same. */
HRESULT apartment_pointer_get_home(const struct apartment_pointer *pointer, REFIID iid, void **out);

#endif
