/* Reader of GET CONFIGURATION replies: the current profile and the features one by one.
 * Who uses it: recorder class, engine, whoever wants to know what drive and disc can do.
 * The structs point into the reply: it must outlive them. A length field can shorten it only.
 * Layouts: MMC-6, "Feature Header" and "Feature Descriptor generic format".
 * What it must not know: what each feature means. */
#ifndef OI_MMC_CONFIG_H
#define OI_MMC_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oi_configuration {
    uint16_t current_profile; /* 0: none, FFFFh: the disc conforms to no profile */
    const uint8_t *descriptors;
    size_t len;     /* of the descriptors that are here */
    uint64_t whole; /* bytes of the complete reply according to the drive; when that is more than
                     * was parsed, the allocation length has cut it short */
};

struct oi_feature {
    uint16_t code;
    uint8_t version;
    bool persistent, current;
    const uint8_t *bytes; /* the descriptor with its header of 4 bytes */
    size_t len;           /* of the same */
};

struct oi_profile {
    uint16_t number;
    bool current;
};

/* False when the 8 bytes of the header aren't there. */
bool oi_configuration_parse(const uint8_t *data, size_t len,
                            struct oi_configuration *configuration);

/* Steps through the features: start with *cursor 0. False at the end, and at a descriptor that is
 * not there completely. */
bool oi_feature_next(const struct oi_configuration *configuration, size_t *cursor,
                     struct oi_feature *feature);
/* The first feature with that code; *feature is zeroed when there is none. */
bool oi_feature_find(const struct oi_configuration *configuration, uint16_t code,
                     struct oi_feature *feature);

/* Steps through the profiles of feature 0000h, in the drive's order of preference. */
bool oi_profile_next(const struct oi_feature *profile_list, size_t *cursor,
                     struct oi_profile *profile);

#endif
