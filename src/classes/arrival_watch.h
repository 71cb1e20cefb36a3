/* Turns recorders that come and go into the events of MsftDiscMaster2, while it has sinks.
 * Who uses it: disc_master.c; one for each object, whose class leads advise and unadvise here.
 * The events come from the watcher's thread, which is in the multi-threaded apartment; sinks of
 *   other apartments are called in theirs. The watcher keeps the object alive only while it calls.
 * What it must not know: how changes are found. */
#ifndef OI_CLASSES_ARRIVAL_WATCH_H
#define OI_CLASSES_ARRIVAL_WATCH_H

#include <windows.h>
#include "object.h"

struct oi_arrivals;

struct arrival_watch {
    SRWLOCK lock; /* guards the rest */
    ULONG sinks;
    struct oi_arrivals *watcher; /* NULL while there are no sinks */
};

void arrival_watch_init(struct arrival_watch *watch);
/* The object gets one sink more; the first one starts the watcher. S_OK, or why there is none, with
 * IErrorInfo. */
HRESULT arrival_watch_advise(struct arrival_watch *watch, struct com_object *object);
/* One sink fewer; the last one stops the watcher, but does not wait for an event under way. */
void arrival_watch_unadvise(struct arrival_watch *watch);

#endif
