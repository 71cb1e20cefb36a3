#include "personality.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
static const struct personality personalities[] = {
    { .name = "strict" },
    { .name = "waiting-writes",         .waits_for_room = true },
    { .name = "buffer-poll-loses-data", .loses_data_when_polled = true },
    { .name = "silent-discard",         .records_nothing = true },
    { .name = "deferred-errors",        .defers_errors = true },
    { .name = "no-write12",             .no_write12 = true },
    { .name = "no-underrun-protection", .no_underrun_protection = true },
    { .name = "small-transfers",        .transfer_kib_max = 64 },
    { .name = "descriptor-sense",       .descriptor_sense = true },
    { .name = "slow-ready",             .ready_ms = 10000 },
    { .name = "no-configuration",       .no_configuration = true },
    { .name = "few-mode-pages",         .few_mode_pages = true },
    { .name = "short-answers",          .short_answers = true },
};
/* clang-format on */

const struct personality *personality_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof(personalities) / sizeof(personalities[0]); i++)
        if (strcmp(personalities[i].name, name) == 0)
            return &personalities[i];
    return NULL;
}

const struct personality *personality_default(void)
{
    return &personalities[0];
}
