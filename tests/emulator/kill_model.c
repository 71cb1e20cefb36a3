#include "kill_model.h"

#include <string.h>

void model_new_disc(struct model *model)
{
    memset(model, 0, sizeof(*model));
    for (uint32_t i = 0; i < MODEL_SECTORS; i++)
        model->possible[i] = 1;
}

static void settle(struct model *model)
{
    for (uint32_t i = 0; i < model->pending_count; i++) {
        const struct news_item *item = &model->pending[i];

        for (uint32_t at = 0; at < item->blocks; at++)
            model->possible[item->lba + at] = 1ull << item->seed;
    }
    model->pending_count = 0;
    model->synced++;
}

static void begin(struct model *model, const struct news_item *item)
{
    for (uint32_t at = 0; at < item->blocks; at++)
        model->possible[item->lba + at] |= 1ull << item->seed;
    if (item->lba + item->blocks > model->end)
        model->end = item->lba + item->blocks;
}

void model_take(struct model *model, const struct news_item *item)
{
    enum { PENDING_MAX = sizeof(model->pending) / sizeof(model->pending[0]) };

    switch (item->news) {
    case NEWS_WRITING:
        begin(model, item);
        break;
    case NEWS_WROTE:
        if (model->pending_count < PENDING_MAX)
            model->pending[model->pending_count++] = *item;
        break;
    case NEWS_SYNCED:
        settle(model);
        break;
    case NEWS_RENEWING:
        for (uint32_t i = 0; i < MODEL_SECTORS; i++)
            model->possible[i] |= 1;
        break;
    case NEWS_RENEWED:
        for (uint32_t i = 0; i < MODEL_SECTORS; i++)
            model->possible[i] = 1;
        model->pending_count = 0;
        break;
    }
}

bool model_allows(const struct model *model, uint32_t lba, uint32_t seed)
{
    return lba < MODEL_SECTORS && seed < MODEL_SEEDS && (model->possible[lba] >> seed & 1);
}

void model_seen(struct model *model, uint32_t lba, uint32_t seed)
{
    model->possible[lba] = 1ull << seed;
}

void model_writer_died(struct model *model)
{
    model->pending_count = 0;
}
