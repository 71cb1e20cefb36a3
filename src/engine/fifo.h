/* The fifo between the one who reads the source and the one who writes the disc.
 * Who uses it: reader.c (producer), write_loop.c (consumer), section.c (makes, aborts, frees).
 * One idea: slots are handed over whole and never copied. It is closed for a reason: by the
 * producer when no more data will come, or by abort, which drops what is queued and wakes
 * everybody. What it must not know: LBAs, commands, streams. */
#ifndef OI_ENGINE_FIFO_H
#define OI_ENGINE_FIFO_H

#include "clock.h"
#include "os.h"

/* Page-aligned memory of the fifo's slot_bytes. Who acquired or took it owns it until it is
 * published or recycled. */
struct oi_slot {
    uint8_t *data;
    uint32_t bytes;       /* filled; set by the producer before publishing */
    struct oi_slot *next; /* for the owner's own lists; NULL when it is acquired or taken */
};

struct oi_fifo;

/* Capacity is slots * slot_bytes, reserved but not touched: a slot's pages are used for the first
 * time when it is first filled, and the slot that was recycled last is the next to be acquired. A
 * producer that waits and is well ahead gives a slot a moment to come back before it takes one
 * whose pages were never used. low_water: after the consumer has found the fifo empty, this many
 * slots (1 … slots) must be queued, or the fifo closed, before it gets data again. NULL when the
 * memory can't be had. */
struct oi_fifo *oi_fifo_create(uint32_t slots, uint32_t slot_bytes, uint32_t low_water);
void oi_fifo_destroy(struct oi_fifo *fifo); /* NULL is allowed; nobody may use it any more */

/* Producer. acquire waits for a free slot while `wait`; NULL: aborted, or none free and not wait.
 */
struct oi_slot *oi_fifo_acquire(struct oi_fifo *fifo, bool wait);
void oi_fifo_publish(struct oi_fifo *fifo, struct oi_slot *slot);
void oi_fifo_close(struct oi_fifo *fifo); /* no more data; what is queued can still be taken */

/* Consumer. take waits for data while `wait`; NULL: closed and drained, or aborted, or none may be
 * taken yet and not wait. */
struct oi_slot *oi_fifo_take(struct oi_fifo *fifo, bool wait);
void oi_fifo_recycle(struct oi_fifo *fifo, struct oi_slot *slot);
/* Waits on the given clock until the deadline; returns early only when the fifo is aborted. */
void oi_fifo_pause(struct oi_fifo *fifo, struct oi_clock *clock, uint64_t deadline_us);

/* Any thread, more than once: wakes all waits; from now on acquire and take give NULL. */
void oi_fifo_abort(struct oi_fifo *fifo);
bool oi_fifo_is_aborted(struct oi_fifo *fifo);

#endif
