/* Recorders that come and go: a thread that looks anew whenever something may have changed, and
 * tells what is different.
 * Who uses it: src/classes for the events of MsftDiscMaster2; one watcher for each listener.
 * Where its hints come from is an object of its own: arrivals_win32.c, or a test's.
 * What it must not know: COM, what a recorder is. */
#ifndef OI_TRANSPORT_ARRIVALS_H
#define OI_TRANSPORT_ARRIVALS_H

#include <stdbool.h>
#include "status.h"

/* What there is, and when to look. Used by one thread at a time but for wake. */
struct oi_arrival_source;
struct oi_arrival_source_ops {
    /* As oi_recorders_list. */
    enum oi_status (*list)(struct oi_arrival_source *source,
                           bool (*visit)(void *context, const char *unique_id), void *context);
    /* Blocks until something may have changed since it returned the last time, or since the source
     * was made; with `soon` a second at most. May return for nothing. */
    void (*wait)(struct oi_arrival_source *source, bool soon);
    /* Makes the wait that is under way, or else the next one, return. Any thread, does not block.
     */
    void (*wake)(struct oi_arrival_source *source);
    void (*destroy)(struct oi_arrival_source *source);
};
struct oi_arrival_source {
    const struct oi_arrival_source_ops *ops;
};

/* Whom to tell, on the watcher's thread.
 *
 * begin, end: the first and the last thing on that thread.
 * hold: something is to be told. Gets hold of whatever context stands for, or says no. Called under
 *   the watcher's lock: takes no time, and does not call the watcher.
 * tell: one recorder that came or went; a list made now shows it. Under no lock, may block.
 * let_go: all was told, or the watcher was stopped meanwhile. May stop the watcher. */
struct oi_arrival_listener {
    void (*begin)(void);
    void (*end)(void);
    bool (*hold)(void *context);
    void (*tell)(void *context, const char *unique_id, bool arrived);
    void (*let_go)(void *context);
};

/* Watches from now on: what changes after this has returned is told, those that went before those
 * that came. The source is the watcher's, also when this fails: OI_OUT_OF_MEMORY, or what list()
 * said. Blocks as long as list() does. */
struct oi_arrivals;
enum oi_status oi_arrivals_start(struct oi_arrivals **watcher, struct oi_arrival_source *source,
                                 const struct oi_arrival_listener *listener, void *context);

/* Ends it; never blocks on the listener. When this has returned hold is not called any more, so
 * context may go: only what was held before may still be told, at most one recorder. Any thread,
 * the watcher's own too. */
void oi_arrivals_stop(struct oi_arrivals *watcher);

/* The recorders of oi_recorders_list (Windows). OI_OUT_OF_MEMORY. */
enum oi_status oi_arrival_source_open(struct oi_arrival_source **source);

#endif
