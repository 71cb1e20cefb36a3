/* The slots that were written last, kept so that they can be written once more, and the place in
 * them where the writer is.
 * Who uses it: write_loop.c, the consumer of the fifo.
 * One list: kept slots, the one being written, and after a rewind those to be written again.
 * What it must not know: LBAs, commands, why something is written again. */
#ifndef OI_ENGINE_REPLAY_H
#define OI_ENGINE_REPLAY_H

#include "fifo.h"

struct oi_replay {
    struct oi_fifo *fifo;
    struct oi_slot *oldest, *newest; /* owned until they are recycled */
    struct oi_slot *current;         /* one of them; NULL before the first */
    uint32_t done_bytes;             /* of current */
    uint64_t behind_bytes;           /* kept and done: how far a rewind can go */
    uint64_t keep_bytes;             /* how far it shall be possible to go */
};

void oi_replay_init(struct oi_replay *replay, struct oi_fifo *fifo, uint64_t keep_bytes);
/* The slot with bytes to write, waiting for the fifo if need be; NULL: no more. */
struct oi_slot *oi_replay_next(struct oi_replay *replay);
/* So many bytes of the current slot were written. True when slots were recycled. */
bool oi_replay_advance(struct oi_replay *replay, uint32_t bytes);
/* bytes <= behind_bytes: writes them again. */
void oi_replay_rewind(struct oi_replay *replay, uint64_t bytes);

#endif
