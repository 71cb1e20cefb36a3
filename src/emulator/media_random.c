/* Media that take any address at any time, one row each. */
#include "disc.h"

/* clang-format off */
static const uint16_t dvd_plus_rw_speeds[] = { 80, 60, 40, 24, 0 };

/* MMC-6, the feature sets of the profiles. */
static const uint16_t dvd_plus_rw_features[] = { 0x0010, 0x001f, 0x0020, 0x0023, 0x0026, 0x002a,
                                                 0x0107, FEATURES_END };

static const struct medium media[] = {
    {
        .name = "dvd+rw", .sold_as = "dvd+rw", .profile = 0x001a, .family = FAMILY_DVD,
        .sectors = 2295104, .unit = 16, .layers = 1, .erasable = true,
        .write_and_verify = true, .book_type = 0x9, .layer_type = 0x4,
        .write_types = 0x0005, .data_types = 0x0100, .kbps_1x = 1385, .media_id = "OPENIMAP001",
        .speeds = dvd_plus_rw_speeds, .features = dvd_plus_rw_features,
        .ops = &random_ops, .io = &plain_io,
    },
};
/* clang-format on */

const struct media_list random_media = {media, sizeof(media) / sizeof(media[0])};
