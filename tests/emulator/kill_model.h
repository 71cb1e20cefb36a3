/* What a disc may hold after its writer was killed: for each sector the patterns that reading it
 * may give.
 * Who uses it: test_kill_slow.c, which tells it what the writer told.
 * What it must not know: drives, processes. */
#ifndef TESTS_EMULATOR_KILL_MODEL_H
#define TESTS_EMULATOR_KILL_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum { MODEL_SECTORS = 1 << 17, MODEL_SEEDS = 64 };

/* What a writer tells, before and after it does it. */
enum news { NEWS_WRITING, NEWS_WROTE, NEWS_SYNCED, NEWS_RENEWING, NEWS_RENEWED };
struct news_item {
    enum news news;
    uint32_t lba, blocks;
    uint32_t seed; /* of the pattern, 1 to MODEL_SEEDS - 1 */
};

struct model {
    /* Bit s: the pattern of seed s may be read; bit 0: zeros, or nothing at all. */
    uint64_t possible[MODEL_SECTORS];
    uint32_t end; /* of what was ever written */
    struct news_item pending[1024];
    uint32_t pending_count;
    uint32_t synced; /* how many times */
};

void model_new_disc(struct model *model);
void model_take(struct model *model, const struct news_item *item);
/* What was not synchronised has no promise any more. */
void model_writer_died(struct model *model);
/* Seed 0: zeros, or a refusal to read. */
bool model_allows(const struct model *model, uint32_t lba, uint32_t seed);
/* What was read once is read again. */
void model_seen(struct model *model, uint32_t lba, uint32_t seed);

#endif
