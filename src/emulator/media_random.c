/* Media that take any address at any time, one row each. */
#include "medium_random.h"

/* clang-format off */
static const uint16_t dvd_plus_rw_speeds[] = { 80, 60, 40, 24, 0 };
static const uint16_t dvd_rw_speeds[] = { 60, 40, 20, 10, 0 };
static const uint16_t dvd_ram_speeds[] = { 50, 30, 20, 0 };
static const uint16_t bd_re_speeds[] = { 20, 10, 0 };

/* MMC-6, the feature sets of the profiles. */
static const uint16_t dvd_plus_rw_features[] = { 0x0010, 0x001f, 0x0020, 0x0023, 0x0026, 0x002a,
                                                 0x0107, FEATURES_END };
static const uint16_t dvd_rw_features[] = { 0x0010, 0x001f, 0x0020, 0x0023, 0x0026, 0x002c, 0x0107,
                                            FEATURES_END };
static const uint16_t dvd_ram_features[] = { 0x0010, 0x001f, 0x0020, 0x0023, 0x0024, 0x0107,
                                             FEATURES_END };
static const uint16_t bd_re_features[] = { 0x0010, 0x0020, 0x0023, 0x0024, 0x0040, 0x0041, 0x0107,
                                           FEATURES_END };

/* The primary spares of a DVD-RAM are always there, the supplementary ones as many as the sizes
 * leave (ECMA-330); the parameter is the block length. That of type 30h counts spare clusters. */
static const struct format_capacity dvd_ram_formats[] = {
    { 2236704, FORMAT_FULL,            0, SECTOR_BYTES },
    { 2295072, FORMAT_FULL,            0, SECTOR_BYTES },
    { 2236704, FORMAT_SPARE_EXPANSION, 0, SECTOR_BYTES },
    { 2197280, FORMAT_SPARE_EXPANSION, 0, SECTOR_BYTES },
    { 0 },
};
static const struct format_capacity bd_re_formats[] = {
    { 11826176, FORMAT_FULL,            0, SECTOR_BYTES },
    { 11826176, FORMAT_BD_RE_SPARES,    0, 0x3000 },
    { 11564032, FORMAT_BD_RE_SPARES,    0, 0x5000 },
    { 12088320, FORMAT_BD_RE_SPARES,    0, 0x1000 },
    { 12219392, FORMAT_BD_RE_NO_SPARES, 0, SECTOR_BYTES },
    { 0 },
};
static const struct format_capacity bd_re_dl_formats[] = {
    { 23652352, FORMAT_FULL,            0, SECTOR_BYTES },
    { 23652352, FORMAT_BD_RE_SPARES,    0, 0x6000 },
    { 23128064, FORMAT_BD_RE_SPARES,    0, 0xa000 },
    { 24176640, FORMAT_BD_RE_SPARES,    0, 0x2000 },
    { 24438784, FORMAT_BD_RE_NO_SPARES, 0, SECTOR_BYTES },
    { 0 },
};

static const struct medium media[] = {
    {
        .name = "dvd+rw", .sold_as = "dvd+rw", .profile = 0x001a, .family = FAMILY_DVD,
        .sectors = 2295104, .unit = 16, .layers = 1, .erasable = true,
        .write_and_verify = true, .book_type = 0x9, .layer_type = 0x4,
        .write_types = 0x0005, .data_types = 0x0100, .kbps_1x = 1385, .media_id = "OPENIMAP001",
        .speeds = dvd_plus_rw_speeds, .features = dvd_plus_rw_features,
        .ops = &plus_rw_ops, .io = &plain_io,
    },
    {
        .name = "dvd-rw-ro", .sold_as = "dvd-rw", .profile = 0x0013, .family = FAMILY_DVD,
        .sectors = 2298496, .unit = 16, .layers = 1, .erasable = true,
        .book_type = 0x3, .layer_type = 0x4,
        .write_types = 0x0001, .data_types = 0x0100, .kbps_1x = 1385, .media_id = "OPENIMAP003",
        .speeds = dvd_rw_speeds, .features = dvd_rw_features,
        .ops = &restricted_ops, .io = &plain_io,
    },
    {
        .name = "dvd-ram", .sold_as = "dvd-ram", .profile = 0x0012, .family = FAMILY_DVD,
        .sectors = 2236704, .raw_sectors = 2307872, .unit = 16, .layers = 1, .erasable = true,
        .write_and_verify = true, .verifies_writes = true, .book_type = 0x1, .layer_type = 0x4,
        .kbps_1x = 1385, .media_id = "OPENIMAP004",
        .speeds = dvd_ram_speeds, .features = dvd_ram_features, .formats = dvd_ram_formats,
        .ops = &managed_ops, .io = &plain_io,
    },
    {
        .name = "bd-re", .sold_as = "bd-re", .profile = 0x0043, .family = FAMILY_BD,
        .sectors = 11826176, .raw_sectors = 12219392, .unit = 32, .layers = 1, .erasable = true,
        .write_and_verify = true, .verifies_writes = true, .layer_type = 0x4,
        .kbps_1x = 4496, .media_id = "OPENIMAP005",
        .speeds = bd_re_speeds, .features = bd_re_features, .formats = bd_re_formats,
        .ops = &managed_ops, .io = &plain_io,
    },
    {
        .name = "bd-re-dl", .sold_as = "bd-re-dl", .profile = 0x0043, .family = FAMILY_BD,
        .sectors = 23652352, .raw_sectors = 24438784, .unit = 32, .layers = 2, .erasable = true,
        .write_and_verify = true, .verifies_writes = true, .layer_type = 0x4,
        .kbps_1x = 4496, .media_id = "OPENIMAP006",
        .speeds = bd_re_speeds, .features = bd_re_features, .formats = bd_re_dl_formats,
        .ops = &managed_ops, .io = &plain_io,
    },
};
/* clang-format on */

const struct media_list random_media = {media, sizeof(media) / sizeof(media[0])};
