/* The watcher is shared by its owner and its thread, and goes with the later of the two: whoever
 * stops it never waits. What was known is the thread's alone. */
#include "arrivals.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "os.h"

struct ids {
    char **list;
    size_t count, room;
    bool out_of_memory;
};

struct oi_arrivals {
    atomic_uint refs;
    struct oi_arrival_source *source;
    const struct oi_arrival_listener *listener;
    struct ids known;
    struct oi_mutex lock; /* guards what follows */
    bool stopped;
    void *context; /* not to be touched once stopped, but by who holds it */
};

static void forget(struct ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        free(ids->list[i]);
    free(ids->list);
}

static bool collect(void *context, const char *unique_id)
{
    struct ids *ids = context;

    if (ids->count == ids->room) {
        size_t room = ids->room ? ids->room * 2 : 16;
        void *list = realloc(ids->list, room * sizeof(*ids->list));

        ids->out_of_memory = !list;
        if (!list)
            return false;
        ids->list = list;
        ids->room = room;
    }
    ids->list[ids->count] = malloc(strlen(unique_id) + 1);
    ids->out_of_memory = !ids->list[ids->count];
    if (ids->out_of_memory)
        return false;
    strcpy(ids->list[ids->count++], unique_id);
    return true;
}

/* On failure ids is as if it had never been. */
static enum oi_status list_all(struct oi_arrival_source *source, struct ids *ids)
{
    enum oi_status status;

    *ids = (struct ids){0};
    status = source->ops->list(source, collect, ids);
    if (ids->out_of_memory)
        status = OI_OUT_OF_MEMORY;
    if (status != OI_OK) {
        forget(ids);
        *ids = (struct ids){0};
    }
    return status;
}

static bool contains(const struct ids *ids, const char *unique_id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (strcmp(ids->list[i], unique_id) == 0)
            return true;
    return false;
}

static bool lacks_any(const struct ids *ids, const struct ids *of)
{
    for (size_t i = 0; i < of->count; i++)
        if (!contains(ids, of->list[i]))
            return true;
    return false;
}

static bool is_stopped(struct oi_arrivals *self)
{
    bool stopped;

    oi_mutex_lock(&self->lock);
    stopped = self->stopped;
    oi_mutex_unlock(&self->lock);
    return stopped;
}

static bool hold(struct oi_arrivals *self)
{
    bool held;

    oi_mutex_lock(&self->lock);
    held = !self->stopped && self->listener->hold(self->context);
    oi_mutex_unlock(&self->lock);
    return held;
}

/* Those of `ids` that are not in `but`. */
static void tell_all(struct oi_arrivals *self, const struct ids *ids, const struct ids *but,
                     bool arrived)
{
    for (size_t i = 0; i < ids->count && !is_stopped(self); i++)
        if (!contains(but, ids->list[i]))
            self->listener->tell(self->context, ids->list[i], arrived);
}

/* True when it is worth looking again soon: nothing could be seen, or much is going on. */
static bool look(struct oi_arrivals *self)
{
    struct ids before = self->known, now;

    if (list_all(self->source, &now) != OI_OK)
        return true;
    self->known = now;
    if (!lacks_any(&now, &before) && !lacks_any(&before, &now)) {
        forget(&before);
        return false;
    }
    if (hold(self)) {
        tell_all(self, &before, &now, false);
        tell_all(self, &now, &before, true);
        self->listener->let_go(self->context);
    }
    forget(&before);
    return true;
}

static void let_go_of(struct oi_arrivals *self)
{
    if (atomic_fetch_sub_explicit(&self->refs, 1, memory_order_acq_rel) != 1)
        return;
    self->source->ops->destroy(self->source);
    oi_mutex_fini(&self->lock);
    forget(&self->known);
    free(self);
}

static void watch(void *context)
{
    struct oi_arrivals *self = context;
    const struct oi_arrival_listener *listener = self->listener;
    bool soon = false;

    listener->begin();
    for (;;) {
        self->source->ops->wait(self->source, soon);
        if (is_stopped(self))
            break;
        soon = look(self);
    }
    let_go_of(self);
    listener->end();
}

enum oi_status oi_arrivals_start(struct oi_arrivals **watcher, struct oi_arrival_source *source,
                                 const struct oi_arrival_listener *listener, void *context)
{
    struct oi_arrivals *self = calloc(1, sizeof(*self));
    struct oi_thread *thread;
    enum oi_status status;

    *watcher = NULL;
    if (!self) {
        source->ops->destroy(source);
        return OI_OUT_OF_MEMORY;
    }
    atomic_init(&self->refs, 1);
    oi_mutex_init(&self->lock);
    self->source = source;
    self->listener = listener;
    self->context = context;
    status = list_all(source, &self->known);
    if (status == OI_OK) {
        atomic_store(&self->refs, 2);
        status = oi_thread_start(&thread, watch, self);
        if (status != OI_OK)
            atomic_store(&self->refs, 1);
    }
    if (status != OI_OK) {
        let_go_of(self);
        return status;
    }
    oi_thread_detach(thread);
    *watcher = self;
    return OI_OK;
}

void oi_arrivals_stop(struct oi_arrivals *watcher)
{
    oi_mutex_lock(&watcher->lock);
    watcher->stopped = true;
    oi_mutex_unlock(&watcher->lock);
    watcher->source->ops->wake(watcher->source);
    let_go_of(watcher);
}
