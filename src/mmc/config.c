#include "config.h"
#include "mmc_bytes.h"

enum { HEADER = 8, FEATURE_HEADER = 4, PROFILE = 4 };

bool oi_configuration_parse(const uint8_t *data, size_t len, struct oi_configuration *configuration)
{
    uint32_t following;
    size_t meant;

    *configuration = (struct oi_configuration){0};
    if (len < HEADER)
        return false;
    following = get_be32(data); /* bytes behind this field */
    configuration->current_profile = get_be16(&data[6]);
    configuration->descriptors = data + HEADER;
    if (following < HEADER - 4)
        following = HEADER - 4;
    meant = following < len - 4 ? following : len - 4;
    configuration->len = meant - (HEADER - 4);
    configuration->whole = (uint64_t)following + 4;
    return true;
}

bool oi_feature_next(const struct oi_configuration *configuration, size_t *cursor,
                     struct oi_feature *feature)
{
    const uint8_t *bytes = configuration->descriptors;
    size_t rest = *cursor < configuration->len ? configuration->len - *cursor : 0;
    size_t size;

    *feature = (struct oi_feature){0};
    if (rest < FEATURE_HEADER)
        return false;
    bytes += *cursor;
    size = FEATURE_HEADER + (size_t)bytes[3];
    if (size > rest)
        return false;
    feature->code = get_be16(bytes);
    feature->version = (bytes[2] >> 2) & 0x0f;
    feature->persistent = bytes[2] & 0x02;
    feature->current = bytes[2] & 0x01;
    feature->bytes = bytes;
    feature->len = size;
    *cursor += size;
    return true;
}

bool oi_feature_find(const struct oi_configuration *configuration, uint16_t code,
                     struct oi_feature *feature)
{
    size_t cursor = 0;

    while (oi_feature_next(configuration, &cursor, feature)) {
        if (feature->code == code)
            return true;
    }
    return false;
}

bool oi_profile_next(const struct oi_feature *profile_list, size_t *cursor,
                     struct oi_profile *profile)
{
    size_t position = FEATURE_HEADER + *cursor;
    const uint8_t *bytes;

    *profile = (struct oi_profile){0};
    if (profile_list->len < PROFILE || position > profile_list->len - PROFILE)
        return false;
    bytes = profile_list->bytes + position;
    profile->number = get_be16(bytes);
    profile->current = bytes[2] & 0x01;
    *cursor += PROFILE;
    return true;
}
