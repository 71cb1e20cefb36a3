/* CDs that are recorded, one row each. */
#include "disc.h"

/* clang-format off */
static const uint16_t cd_r_speeds[]  = { 520, 480, 400, 320, 240, 160, 80, 40 , 0};
static const uint16_t cd_rw_speeds[] = { 240, 160, 100, 40, 0 };

/* MMC-6, the feature sets of the profiles. */
static const uint16_t cd_r_features[]  = { 0x0010, 0x001e, 0x0021, 0x002d, 0x002e, 0x0107,
                                           FEATURES_END };
static const uint16_t cd_rw_features[] = { 0x0010, 0x001e, 0x0021, 0x0023, 0x002d, 0x002e, 0x0037,
                                           0x0107, FEATURES_END };
/* Formatted, so that nothing can be added in order. */
static const uint16_t cd_packet_features[] = { 0x0010, 0x001e, 0x0023, 0x0026, 0x0037, 0x0107,
                                               FEATURES_END };

/* Packet, track at once, session at once, raw; raw 2352, 2368, 2448 packed and raw, and all data
 * block types of modes 1 and 2. */
#define WRITE_TYPES 0x000f
#define DATA_TYPES  0x3f0f

static const struct medium media[] = {
    {
        .name = "cd-r", .sold_as = "cd-r", .profile = 0x0009, .family = FAMILY_CD,
        .sectors = 359845, .unit = 1, .layers = 1, .write_types = WRITE_TYPES,
        .data_types = DATA_TYPES, .kbps_1x = 176, .lead_in_msf = 0x611a42,
        .session_gap = 6900, .first_session_gap = 11400, .media_id = "OPENIMAP003",
        .speeds = cd_r_speeds, .features = cd_r_features, .ops = &cd_ops, .io = &cd_io,
    },
    {
        .name = "cd-r-74", .sold_as = "cd-r-74", .profile = 0x0009, .family = FAMILY_CD,
        .sectors = 332850, .unit = 1, .layers = 1, .write_types = WRITE_TYPES,
        .data_types = DATA_TYPES, .kbps_1x = 176, .lead_in_msf = 0x611a42,
        .session_gap = 6900, .first_session_gap = 11400, .media_id = "OPENIMAP004",
        .speeds = cd_r_speeds, .features = cd_r_features, .ops = &cd_ops, .io = &cd_io,
    },
    {
        .name = "cd-rw", .sold_as = "cd-rw", .profile = 0x000a, .family = FAMILY_CD,
        .sectors = 359845, .unit = 1, .layers = 1, .erasable = true, .write_types = WRITE_TYPES,
        .data_types = DATA_TYPES, .kbps_1x = 176, .lead_in_msf = 0x612229,
        .session_gap = 6900, .first_session_gap = 11400, .media_id = "OPENIMAP005",
        .speeds = cd_rw_speeds, .features = cd_rw_features, .ops = &cd_rw_ops, .io = &cd_io,
    },
    {
        .name = "cd-rw-74", .sold_as = "cd-rw-74", .profile = 0x000a, .family = FAMILY_CD,
        .sectors = 332850, .unit = 1, .layers = 1, .erasable = true, .write_types = WRITE_TYPES,
        .data_types = DATA_TYPES, .kbps_1x = 176, .lead_in_msf = 0x612229,
        .session_gap = 6900, .first_session_gap = 11400, .media_id = "OPENIMAP006",
        .speeds = cd_rw_speeds, .features = cd_rw_features, .ops = &cd_rw_ops, .io = &cd_io,
    },
    {
        .name = "cd-rw-packets", .sold_as = "cd-rw", .profile = 0x000a, .family = FAMILY_CD,
        .sectors = 359845, .unit = 32, .layers = 1, .erasable = true, .write_types = WRITE_TYPES,
        .data_types = DATA_TYPES, .kbps_1x = 176, .lead_in_msf = 0x612229,
        .media_id = "OPENIMAP005", .speeds = cd_rw_speeds, .features = cd_packet_features,
        .ops = &cd_packet_ops, .io = &cd_io,
    },
    {
        .name = "cd-rw-74-packets", .sold_as = "cd-rw-74", .profile = 0x000a, .family = FAMILY_CD,
        .sectors = 332850, .unit = 32, .layers = 1, .erasable = true, .write_types = WRITE_TYPES,
        .data_types = DATA_TYPES, .kbps_1x = 176, .lead_in_msf = 0x612229,
        .media_id = "OPENIMAP006", .speeds = cd_rw_speeds, .features = cd_packet_features,
        .ops = &cd_packet_ops, .io = &cd_io,
    },
};
/* clang-format on */

const struct media_list cd_media = {media, sizeof(media) / sizeof(media[0])};
