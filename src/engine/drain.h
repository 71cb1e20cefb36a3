/* How fast the drive's buffer drains, learned from the WRITEs that find it full: between two such
 * moments the drive has recorded what it has accepted. Predicts when there is room for the next.
 * Who uses it: write_loop.c.
 * Pure arithmetic; it asks the drive nothing, so that it can't disturb it.
 * What it must not know: commands, clocks; time comes in as a number. */
#ifndef OI_ENGINE_DRAIN_H
#define OI_ENGINE_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

struct oi_drain {
    uint64_t bytes_per_second; /* 0: not known */
    bool was_full;
    uint64_t full_at_us;        /* the first refusal of the last WRITE that was refused */
    uint64_t bytes_since_full;  /* accepted since then */
    uint64_t last_accept_at_us; /* valid when something was accepted */
    uint64_t bytes_in_all;
};

/* bytes_per_second: what the client says of the speed, 0 when it does not. */
void oi_drain_init(struct oi_drain *drain, uint64_t bytes_per_second);
void oi_drain_accepted(struct oi_drain *drain, uint64_t now_us, uint32_t bytes);
/* A WRITE was refused for the first time, because the buffer is full. */
void oi_drain_full(struct oi_drain *drain, uint64_t now_us);
/* The buffer was emptied or lost: what comes next tells nothing about its speed. */
void oi_drain_forget(struct oi_drain *drain);
/* Time until there is room for so many bytes; 0: not known. At least 1 when it is known. */
uint64_t oi_drain_until_room_us(const struct oi_drain *drain, uint64_t now_us, uint32_t bytes);

#endif
