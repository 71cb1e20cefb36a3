/* Slots leave at the old end as soon as they are not needed any more: the fifo hands the one that
 * was recycled last out first, while it is still in the processor's cache. */
#include "replay.h"

#include <stddef.h>

void oi_replay_init(struct oi_replay *replay, struct oi_fifo *fifo, uint64_t keep_bytes)
{
    *replay = (struct oi_replay){.fifo = fifo, .keep_bytes = keep_bytes};
}

struct oi_slot *oi_replay_next(struct oi_replay *replay)
{
    struct oi_slot *slot = replay->current;

    if (slot && replay->done_bytes < slot->bytes)
        return slot;
    if (slot && slot->next) {
        slot = slot->next;
    } else {
        slot = oi_fifo_take(replay->fifo, true);
        if (!slot)
            return NULL;
        if (replay->newest)
            replay->newest->next = slot;
        else
            replay->oldest = slot;
        replay->newest = slot;
    }
    replay->current = slot;
    replay->done_bytes = 0;
    return slot;
}

/* Drops what a rewind will not need. The current slot stays, even when it is done: the next one is
 * found through it. */
static bool trim(struct oi_replay *replay)
{
    bool any = false;

    while (replay->oldest != replay->current &&
           replay->behind_bytes - replay->oldest->bytes >= replay->keep_bytes) {
        struct oi_slot *slot = replay->oldest;

        replay->behind_bytes -= slot->bytes;
        replay->oldest = slot->next;
        oi_fifo_recycle(replay->fifo, slot);
        any = true;
    }
    return any;
}

bool oi_replay_advance(struct oi_replay *replay, uint32_t bytes)
{
    replay->done_bytes += bytes;
    replay->behind_bytes += bytes;
    return trim(replay);
}

void oi_replay_rewind(struct oi_replay *replay, uint64_t bytes)
{
    uint64_t before = replay->behind_bytes - bytes; /* from the oldest byte */

    replay->behind_bytes = before;
    replay->current = replay->oldest;
    while (before > replay->current->bytes) {
        before -= replay->current->bytes;
        replay->current = replay->current->next;
    }
    replay->done_bytes = (uint32_t)before;
}
