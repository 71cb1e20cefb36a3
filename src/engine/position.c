/* The rule behind all cases: blocks count as recorded only when the drive's own address proves it,
 * and a block of a write-once disc is never sent twice. */
#include "position.h"

static struct oi_position lost(const struct oi_position_known *k, int64_t good_until)
{
    if (good_until < k->start_lba)
        good_until = k->start_lba;
    if (good_until > k->lba)
        good_until = k->lba;
    return (struct oi_position){OI_POSITION_LOST, 0, good_until};
}

static struct oi_position found(enum oi_position_verdict verdict, uint32_t blocks)
{
    return (struct oi_position){.verdict = verdict, .blocks = blocks};
}

static struct oi_position by_address(const struct oi_position_known *k)
{
    int64_t ahead = k->next_lba - k->lba;

    if (!k->next_known)
        return lost(k, k->reset ? k->start_lba : k->lba);
    if (ahead == 0)
        return found(OI_POSITION_SAME, 0);
    /* After a reset a drive may have padded the unit it was in: then what lies before its address
     * is not all ours. Nor is it sure to be where only a part of the WRITE seems to be executed. */
    if (ahead > 0 && k->reset)
        return lost(k, k->start_lba);
    if (ahead > 0)
        return ahead == k->pending ? found(OI_POSITION_AHEAD, k->pending) : lost(k, k->lba);
    return -ahead <= k->kept ? found(OI_POSITION_BEHIND, (uint32_t)-ahead) : lost(k, k->next_lba);
}

/* Everything the buffer can have held is written again. */
static struct oi_position by_repeating(const struct oi_position_known *k)
{
    int64_t written = k->lba - k->start_lba;

    if (!k->reset || written == 0)
        return found(OI_POSITION_SAME, 0);
    if (k->kept >= written || (k->buffer_blocks && k->kept >= k->buffer_blocks))
        return found(OI_POSITION_BEHIND, k->kept);
    return lost(k, k->buffer_blocks ? k->lba - k->buffer_blocks : k->start_lba);
}

struct oi_position oi_position_after(const struct oi_position_known *known)
{
    return known->medium == OI_MEDIUM_RANDOM ? by_repeating(known) : by_address(known);
}
