/* All media, over the lists of the files that know them. */
#include "disc.h"

#include <stddef.h>
#include <string.h>

static const struct media_list *const lists[] = {&random_media, &sequential_media, &cd_media,
                                                 &rom_media};

const struct medium *medium_at(uint32_t index)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (index < lists[i]->count)
            return &lists[i]->media[index];
        index -= lists[i]->count;
    }
    return NULL;
}

const struct medium *medium_by_name(const char *name)
{
    const struct medium *medium;

    for (uint32_t i = 0; (medium = medium_at(i)) != NULL; i++)
        if (strcmp(medium->name, name) == 0)
            return medium;
    return NULL;
}

const struct medium *medium_sold_as(const char *name)
{
    const struct medium *medium = medium_by_name(name);

    return medium && strcmp(medium->sold_as, name) == 0 ? medium : NULL;
}
