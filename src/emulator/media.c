/* The media this drive takes, one row each. */
#include "disc.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
static const uint16_t dvd_plus_r_speeds[]  = { 160, 120, 80, 60, 40, 24, 0 };
static const uint16_t dvd_plus_rw_speeds[] = { 80, 60, 40, 24, 0 };

/* MMC-6, the feature sets of the profiles. */
static const uint16_t dvd_plus_r_features[]  = { 0x0010, 0x001f, 0x002b, 0x0107, FEATURES_END };
static const uint16_t dvd_plus_rw_features[] = { 0x0010, 0x001f, 0x0020, 0x0023, 0x0026, 0x002a,
                                                 0x0107, FEATURES_END };

static const struct medium media[] = {
    {
        .name = "dvd+rw", .profile = 0x001a, .sectors = 2295104, .unit = 16, .erasable = true,
        .write_and_verify = true, .book_type = 0x9, .layer_type = 0x4, .format_type = 0x26,
        .write_types = 0x0005, .data_types = 0x0100, .kbps_1x = 1385, .media_id = "OPENIMAP001",
        .speeds = dvd_plus_rw_speeds, .features = dvd_plus_rw_features, .ops = &random_ops,
    },
    {
        .name = "dvd+r", .profile = 0x001b, .sectors = 2295104, .unit = 16,
        .book_type = 0xa, .layer_type = 0x2,
        .write_types = 0x0005, .data_types = 0x0100, .kbps_1x = 1385, .media_id = "OPENIMAP002",
        .session_gap = 1024, /* closure and intro: 2 MiB */
        .speeds = dvd_plus_r_speeds, .features = dvd_plus_r_features, .ops = &sequential_ops,
    },
};
/* clang-format on */

const struct medium *medium_at(uint32_t index)
{
    return index < sizeof(media) / sizeof(media[0]) ? &media[index] : NULL;
}

const struct medium *medium_by_name(const char *name)
{
    const struct medium *medium;

    for (uint32_t i = 0; (medium = medium_at(i)) != NULL; i++)
        if (strcmp(medium->name, name) == 0)
            return medium;
    return NULL;
}
