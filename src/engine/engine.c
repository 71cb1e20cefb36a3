/* The state word. Every question about "is it writing" and every cancel is decided by one
 * compare-exchange on it, so no two threads can see different answers. */
#include "engine.h"

#include "running.h"

enum {
    IDLE = 0,
    CLAIMED = 1,
    PREPARING = 2,
    WRITING = 3,
    ENDING = 4,
    STATE_MASK = 7,
    CANCELLED_BIT = 8,
};

void oi_engine_init(struct oi_engine *engine)
{
    atomic_init(&engine->state, IDLE);
    oi_mutex_init(&engine->lock);
    engine->running = NULL;
}

void oi_engine_fini(struct oi_engine *engine)
{
    oi_mutex_fini(&engine->lock);
}

/* from -> to, keeping a cancel bit; false when the state is another or (keep false) cancelled. */
static bool change(struct oi_engine *engine, unsigned from, unsigned to, bool keep_cancel)
{
    unsigned seen = from;

    while (!atomic_compare_exchange_weak(&engine->state, &seen, to | (seen & CANCELLED_BIT))) {
        if ((seen & STATE_MASK) != from || (!keep_cancel && (seen & CANCELLED_BIT)))
            return false;
    }
    return true;
}

bool oi_engine_claim(struct oi_engine *engine)
{
    return change(engine, IDLE, CLAIMED, false);
}

void oi_engine_unclaim(struct oi_engine *engine)
{
    change(engine, CLAIMED, IDLE, false);
}

bool oi_engine_busy(const struct oi_engine *engine)
{
    return atomic_load_explicit(&engine->state, memory_order_acquire) != IDLE;
}

bool oi_engine_writing(const struct oi_engine *engine)
{
    unsigned state = atomic_load_explicit(&engine->state, memory_order_acquire) & STATE_MASK;

    return state == PREPARING || state == WRITING;
}

static bool set_cancelled(struct oi_engine *engine)
{
    unsigned seen = atomic_load(&engine->state);

    do {
        unsigned state = seen & STATE_MASK;

        if (state != PREPARING && state != WRITING)
            return false;
    } while (!atomic_compare_exchange_weak(&engine->state, &seen, seen | CANCELLED_BIT));
    return true;
}

bool oi_engine_cancel(struct oi_engine *engine)
{
    bool cancelled;

    /* Under the lock the section that gets the bit is the one that is woken: it can't end, and
     * another begin, in between. */
    oi_mutex_lock(&engine->lock);
    cancelled = set_cancelled(engine);
    if (cancelled)
        oi_fifo_abort(engine->running->fifo);
    oi_mutex_unlock(&engine->lock);
    return cancelled;
}

void oi_engine_prepare(struct oi_engine *engine, struct oi_running *running)
{
    oi_mutex_lock(&engine->lock);
    engine->running = running;
    oi_mutex_unlock(&engine->lock);
    change(engine, CLAIMED, PREPARING, false);
}

void oi_engine_finish(struct oi_engine *engine)
{
    oi_mutex_lock(&engine->lock);
    engine->running = NULL;
    oi_mutex_unlock(&engine->lock);
    atomic_store(&engine->state, IDLE); /* nobody else leaves ENDING */
}

bool oi_running_cancelled(const struct oi_running *running)
{
    return (atomic_load(&running->engine->state) & CANCELLED_BIT) != 0;
}

bool oi_running_begin_writing(struct oi_running *running)
{
    struct oi_engine *engine = running->engine;

    return change(engine, PREPARING, WRITING, false) || atomic_load(&engine->state) == WRITING;
}

void oi_running_end_writing(struct oi_running *running)
{
    if (!change(running->engine, WRITING, ENDING, true))
        change(running->engine, PREPARING, ENDING, true);
}
