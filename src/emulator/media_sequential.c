/* Media that are recorded in order, one row each. */
#include "disc.h"

/* clang-format off */
static const uint16_t dvd_r_speeds[]       = { 160, 120, 80, 60, 40, 20, 0 };
static const uint16_t dvd_r_dl_speeds[]    = { 80, 60, 40, 20, 0 };
static const uint16_t dvd_rw_speeds[]      = { 60, 40, 20, 10, 0 };
static const uint16_t dvd_plus_r_speeds[]  = { 160, 120, 80, 60, 40, 24, 0 };
static const uint16_t dvd_plus_r_dl_speeds[] = { 80, 60, 40, 24, 0 };
static const uint16_t bd_r_speeds[]        = { 160, 120, 80, 60, 40, 20, 0 };
static const uint16_t bd_r_dl_speeds[]     = { 120, 80, 60, 40, 20, 0 };
static const uint16_t bd_r_xl_speeds[]     = { 40, 20, 0 };

/* MMC-6, the feature sets of the profiles. */
static const uint16_t dvd_r_features[] = { 0x0010, 0x001f, 0x0021, 0x002f, 0x0107, FEATURES_END };
static const uint16_t dvd_rw_features[] = { 0x0010, 0x001f, 0x0021, 0x0023, 0x002f, 0x0107,
                                            FEATURES_END };
static const uint16_t dvd_plus_r_features[] = { 0x0010, 0x001f, 0x002b, 0x0107, FEATURES_END };
static const uint16_t dvd_plus_r_dl_features[] = { 0x0010, 0x001f, 0x003b, 0x0107, FEATURES_END };
static const uint16_t bd_r_features[] = { 0x0010, 0x0021, 0x0038, 0x0040, 0x0041, 0x0107,
                                          FEATURES_END };

/* Write types 0 and 2, data block type 8. DVD+R and BD-R take a page 05h and do not look at it. */
#define PAGE_05 .write_types = 0x0005, .data_types = 0x0100

#define BD_R                                                                                       \
    .profile = 0x0041, .family = FAMILY_BD, .unit = 32, .write_and_verify = true,                  \
    .layer_type = 0x2, .kbps_1x = 4495,                                                            \
    PAGE_05, .features = bd_r_features, .ops = &bd_r_ops, .io = &plain_io

/* Borders of a DVD-R or -RW: 28 MiB behind the first session, 6 MiB behind later ones. */
#define BORDERS .first_session_gap = 14336, .session_gap = 3072

static const struct medium media[] = {
    {
        .name = "bd-r-ql", .sold_as = "bd-r-ql", .sectors = 62500864, .layers = 4,
        .media_id = "OPENIM  RQ1", .speeds = bd_r_xl_speeds, BD_R,
    },
    {
        .name = "bd-r-tl", .sold_as = "bd-r-tl", .sectors = 48878592, .layers = 3,
        .media_id = "OPENIM  RT1", .speeds = bd_r_xl_speeds, BD_R,
    },
    {
        .name = "bd-r-dl", .sold_as = "bd-r-dl", .sectors = 24438784, .layers = 2,
        .media_id = "OPENIM  RD1", .speeds = bd_r_dl_speeds, BD_R,
    },
    {
        .name = "bd-r", .sold_as = "bd-r", .sectors = 12219392, .layers = 1,
        .media_id = "OPENIM  R01", .speeds = bd_r_speeds, BD_R,
    },
    {
        .name = "dvd+r-dl", .sold_as = "dvd+r-dl", .profile = 0x002b, .family = FAMILY_DVD,
        .sectors = 4173824, .unit = 16, .layers = 2, .book_type = 0xe, .layer_type = 0x2,
        .kbps_1x = 1385, PAGE_05, .media_id = "OPENIMAPD02", .session_gap = 1024,
        .speeds = dvd_plus_r_dl_speeds, .features = dvd_plus_r_dl_features,
        .ops = &dvd_plus_r_dl_ops, .io = &plain_io,
    },
    {
        .name = "dvd+r", .sold_as = "dvd+r", .profile = 0x001b, .family = FAMILY_DVD,
        .sectors = 2295104, .unit = 16, .layers = 1, .book_type = 0xa, .layer_type = 0x2,
        .kbps_1x = 1385, PAGE_05, .media_id = "OPENIMAP002",
        .session_gap = 1024, /* closure and intro: 2 MiB */
        .speeds = dvd_plus_r_speeds, .features = dvd_plus_r_features,
        .ops = &dvd_plus_r_ops, .io = &plain_io,
    },
    {
        .name = "dvd-r-dl", .sold_as = "dvd-r-dl", .profile = 0x0015, .family = FAMILY_DVD,
        .sectors = 4171712, .unit = 16, .layers = 2, .book_type = 0x2, .layer_type = 0x2,
        .kbps_1x = 1385, PAGE_05, .media_id = "OPENIMAPD01", BORDERS,
        .speeds = dvd_r_dl_speeds, .features = dvd_r_features,
        .ops = &dvd_r_dl_ops, .io = &plain_io,
    },
    {
        .name = "dvd-rw", .sold_as = "dvd-rw", .profile = 0x0014, .family = FAMILY_DVD,
        .sectors = 2298496, .unit = 16, .layers = 1, .erasable = true, .book_type = 0x3,
        .layer_type = 0x4, .kbps_1x = 1385, PAGE_05, .media_id = "OPENIMAPW01", BORDERS,
        .speeds = dvd_rw_speeds, .features = dvd_rw_features,
        .ops = &dvd_rw_ops, .io = &plain_io,
    },
    {
        .name = "dvd-r", .sold_as = "dvd-r", .profile = 0x0011, .family = FAMILY_DVD,
        .sectors = 2298496, .unit = 16, .layers = 1, .book_type = 0x2, .layer_type = 0x2,
        .kbps_1x = 1385, PAGE_05, .media_id = "OPENIMAP001", BORDERS,
        .speeds = dvd_r_speeds, .features = dvd_r_features,
        .ops = &dvd_r_ops, .io = &plain_io,
    },
};
/* clang-format on */

const struct media_list sequential_media = {media, sizeof(media) / sizeof(media[0])};
