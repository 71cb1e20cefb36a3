/* Media that are recorded in order, one row each. */
#include "disc.h"

/* clang-format off */
static const uint16_t dvd_plus_r_speeds[] = { 160, 120, 80, 60, 40, 24, 0 };

/* MMC-6, the feature sets of the profiles. */
static const uint16_t dvd_plus_r_features[] = { 0x0010, 0x001f, 0x002b, 0x0107, FEATURES_END };

static const struct medium media[] = {
    {
        .name = "dvd+r", .sold_as = "dvd+r", .profile = 0x001b, .family = FAMILY_DVD,
        .sectors = 2295104, .unit = 16, .layers = 1, .book_type = 0xa, .layer_type = 0x2,
        .write_types = 0x0005, .data_types = 0x0100, .kbps_1x = 1385, .media_id = "OPENIMAP002",
        .session_gap = 1024, /* closure and intro: 2 MiB */
        .speeds = dvd_plus_r_speeds, .features = dvd_plus_r_features,
        .ops = &sequential_ops, .io = &plain_io,
    },
};
/* clang-format on */

const struct media_list sequential_media = {media, sizeof(media) / sizeof(media[0])};
