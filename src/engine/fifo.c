/* Two lists of slots and one lock. Free slots are a stack (the warm one first), queued slots a
 * queue. Each wait has its own condition, so that nobody is woken for somebody else's news. */
#include "fifo.h"

#include <stdlib.h>

enum { WARM_WAIT_US = 2000 };

struct oi_fifo {
    struct oi_mutex lock;
    struct oi_cond room;    /* a slot became free, or aborted */
    struct oi_cond data;    /* enough is queued, or closed, or aborted */
    struct oi_cond aborted; /* only abort */
    struct oi_slot *free_top;
    struct oi_slot *queue_head, *queue_tail;
    uint32_t queued;
    uint32_t low_water;
    struct oi_slot *coldest; /* this slot and all behind it were never used */
    bool flowing;            /* the consumer has had data since the start */
    bool refilling;          /* the consumer ran dry and waits for low_water slots */
    bool is_closed, is_aborted;
    void *memory;
    size_t memory_bytes;
    struct oi_slot slots[];
};

struct oi_fifo *oi_fifo_create(uint32_t slots, uint32_t slot_bytes, uint32_t low_water)
{
    struct oi_fifo *fifo = calloc(1, sizeof(*fifo) + slots * sizeof(fifo->slots[0]));

    if (!fifo)
        return NULL;
    fifo->memory_bytes = (size_t)slots * slot_bytes;
    fifo->memory = oi_pages_alloc(fifo->memory_bytes);
    if (!fifo->memory) {
        free(fifo);
        return NULL;
    }
    oi_mutex_init(&fifo->lock);
    oi_cond_init(&fifo->room);
    oi_cond_init(&fifo->data);
    oi_cond_init(&fifo->aborted);
    fifo->low_water = low_water;
    fifo->coldest = fifo->slots;
    for (uint32_t i = slots; i-- > 0;) {
        fifo->slots[i].data = (uint8_t *)fifo->memory + (size_t)i * slot_bytes;
        fifo->slots[i].next = fifo->free_top;
        fifo->free_top = &fifo->slots[i];
    }
    return fifo;
}

void oi_fifo_destroy(struct oi_fifo *fifo)
{
    if (!fifo)
        return;
    oi_pages_free(fifo->memory, fifo->memory_bytes);
    oi_cond_fini(&fifo->aborted);
    oi_cond_fini(&fifo->data);
    oi_cond_fini(&fifo->room);
    oi_mutex_fini(&fifo->lock);
    free(fifo);
}

/* With enough queued there is time: a slot that comes back is in the cache, and no new memory. */
static void wait_for_warm(struct oi_fifo *fifo)
{
    uint64_t deadline_us = oi_clock_us() + WARM_WAIT_US;

    while (!fifo->is_aborted && fifo->free_top >= fifo->coldest &&
           oi_cond_wait_until(&fifo->room, &fifo->lock, deadline_us))
        ;
}

struct oi_slot *oi_fifo_acquire(struct oi_fifo *fifo, bool wait)
{
    struct oi_slot *slot = NULL;

    oi_mutex_lock(&fifo->lock);
    while (wait && !fifo->free_top && !fifo->is_aborted)
        oi_cond_wait(&fifo->room, &fifo->lock);
    if (wait && fifo->queued >= fifo->low_water)
        wait_for_warm(fifo);
    if (!fifo->is_aborted && fifo->free_top) {
        slot = fifo->free_top;
        if (slot >= fifo->coldest)
            fifo->coldest = slot + 1;
        fifo->free_top = slot->next;
        slot->next = NULL;
        slot->bytes = 0;
    }
    oi_mutex_unlock(&fifo->lock);
    return slot;
}

/* Also true when nothing more will come: then what there is, is all there is. */
static bool data_may_be_taken(const struct oi_fifo *fifo)
{
    return fifo->is_closed || fifo->queued >= (fifo->refilling ? fifo->low_water : 1);
}

void oi_fifo_publish(struct oi_fifo *fifo, struct oi_slot *slot)
{
    oi_mutex_lock(&fifo->lock);
    slot->next = NULL;
    if (fifo->queue_tail)
        fifo->queue_tail->next = slot;
    else
        fifo->queue_head = slot;
    fifo->queue_tail = slot;
    fifo->queued++;
    if (data_may_be_taken(fifo))
        oi_cond_signal(&fifo->data);
    oi_mutex_unlock(&fifo->lock);
}

void oi_fifo_close(struct oi_fifo *fifo)
{
    oi_mutex_lock(&fifo->lock);
    fifo->is_closed = true;
    oi_cond_signal(&fifo->data);
    oi_mutex_unlock(&fifo->lock);
}

struct oi_slot *oi_fifo_take(struct oi_fifo *fifo, bool wait)
{
    struct oi_slot *slot = NULL;

    oi_mutex_lock(&fifo->lock);
    if (fifo->flowing && fifo->queued == 0)
        fifo->refilling = true;
    while (wait && !data_may_be_taken(fifo) && !fifo->is_aborted)
        oi_cond_wait(&fifo->data, &fifo->lock);
    if (!fifo->is_aborted && data_may_be_taken(fifo) && fifo->queued > 0) {
        slot = fifo->queue_head;
        fifo->queue_head = slot->next;
        if (!fifo->queue_head)
            fifo->queue_tail = NULL;
        slot->next = NULL;
        fifo->queued--;
        fifo->flowing = true;
        fifo->refilling = false;
    }
    oi_mutex_unlock(&fifo->lock);
    return slot;
}

void oi_fifo_recycle(struct oi_fifo *fifo, struct oi_slot *slot)
{
    oi_mutex_lock(&fifo->lock);
    slot->next = fifo->free_top;
    fifo->free_top = slot;
    oi_cond_signal(&fifo->room);
    oi_mutex_unlock(&fifo->lock);
}

void oi_fifo_pause(struct oi_fifo *fifo, struct oi_clock *clock, uint64_t deadline_us)
{
    oi_mutex_lock(&fifo->lock);
    while (!fifo->is_aborted && clock->wait_until(clock, &fifo->aborted, &fifo->lock, deadline_us))
        ;
    oi_mutex_unlock(&fifo->lock);
}

void oi_fifo_abort(struct oi_fifo *fifo)
{
    oi_mutex_lock(&fifo->lock);
    fifo->is_aborted = true;
    oi_cond_broadcast(&fifo->room);
    oi_cond_broadcast(&fifo->data);
    oi_cond_broadcast(&fifo->aborted);
    oi_mutex_unlock(&fifo->lock);
}

bool oi_fifo_is_aborted(struct oi_fifo *fifo)
{
    bool aborted;

    oi_mutex_lock(&fifo->lock);
    aborted = fifo->is_aborted;
    oi_mutex_unlock(&fifo->lock);
    return aborted;
}
