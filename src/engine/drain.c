/* When a WRITE was accepted the buffer was at worst full afterwards, so the next one of the same
 * size has room as soon as as many bytes have drained since. */
#include "drain.h"

/* Too short for a measure: the drive accepts in bursts. */
enum { MEASURE_MIN_US = 20 * 1000 };

void oi_drain_init(struct oi_drain *drain, uint64_t bytes_per_second)
{
    *drain = (struct oi_drain){.bytes_per_second = bytes_per_second};
}

void oi_drain_accepted(struct oi_drain *drain, uint64_t now_us, uint32_t bytes)
{
    drain->last_accept_at_us = now_us;
    drain->bytes_since_full += bytes;
    drain->bytes_in_all += bytes;
}

void oi_drain_full(struct oi_drain *drain, uint64_t now_us)
{
    uint64_t elapsed_us = now_us - drain->full_at_us;

    if (drain->was_full && elapsed_us < MEASURE_MIN_US)
        return;
    if (drain->was_full && drain->bytes_since_full) {
        uint64_t rate = drain->bytes_since_full * 1000000u / elapsed_us;

        drain->bytes_per_second =
            drain->bytes_per_second ? (3 * drain->bytes_per_second + rate) / 4 : rate;
    }
    drain->was_full = true;
    drain->full_at_us = now_us;
    drain->bytes_since_full = 0;
}

void oi_drain_forget(struct oi_drain *drain)
{
    drain->was_full = false;
    drain->bytes_since_full = 0;
}

uint64_t oi_drain_until_room_us(const struct oi_drain *drain, uint64_t now_us, uint32_t bytes)
{
    uint64_t needed_us, passed_us;

    if (!drain->bytes_per_second)
        return 0;
    needed_us = (uint64_t)bytes * 1000000u / drain->bytes_per_second;
    passed_us = drain->bytes_in_all ? now_us - drain->last_accept_at_us : 0;
    return needed_us > passed_us ? needed_us - passed_us : 1;
}
