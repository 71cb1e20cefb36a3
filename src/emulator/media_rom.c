/* Pressed discs, made from an existing image, one row each. */
#include "disc.h"

/* clang-format off */
static const uint16_t no_speeds[] = { 0 };

/* MMC-6, the feature sets of the profiles. */
static const uint16_t cd_rom_features[]  = { 0x0010, 0x001d, 0x001e, 0x0107, FEATURES_END };
static const uint16_t dvd_rom_features[] = { 0x0010, 0x001f, 0x0107, FEATURES_END };
static const uint16_t bd_rom_features[]  = { 0x0010, 0x0040, 0x0107, FEATURES_END };

static const struct medium media[] = {
    {
        .name = "cd-rom", .sold_as = "cd-rom", .profile = 0x0008, .family = FAMILY_CD,
        .unit = 1, .layers = 1, .read_only = true, .kbps_1x = 176, .media_id = "OPENIMAP007",
        .speeds = no_speeds, .features = cd_rom_features, .ops = &cd_ops, .io = &cd_io,
    },
    {
        .name = "dvd-rom", .sold_as = "dvd-rom", .profile = 0x0010, .family = FAMILY_DVD,
        .unit = 16, .layers = 1, .read_only = true, .layer_type = 0x1, .kbps_1x = 1385,
        .media_id = "OPENIMAP008", .speeds = no_speeds, .features = dvd_rom_features,
        .ops = &rom_ops, .io = &plain_io,
    },
    {
        .name = "bd-rom", .sold_as = "bd-rom", .profile = 0x0040, .family = FAMILY_BD,
        .unit = 32, .layers = 1, .read_only = true, .layer_type = 0x1, .kbps_1x = 4496,
        .media_id = "OPENIMAP009", .speeds = no_speeds, .features = bd_rom_features,
        .ops = &rom_ops, .io = &plain_io,
    },
};
/* clang-format on */

const struct media_list rom_media = {media, sizeof(media) / sizeof(media[0])};
