#include "sense.h"
#include "mmc_bytes.h"
#include "sense_words.h"
#include <stdio.h>
#include <string.h>

enum {
    RESPONSE_FIXED = 0x70,
    RESPONSE_FIXED_DEFERRED = 0x71,
    RESPONSE_DESCRIPTOR = 0x72,
    RESPONSE_DESCRIPTOR_DEFERRED = 0x73,
};

/* The key-specific bytes of a NOT READY or NO SENSE are how far the operation has come. */
static void take_progress(struct oi_sense *sense, const uint8_t specific[3])
{
    if ((sense->key != OI_KEY_NO_SENSE && sense->key != OI_KEY_NOT_READY) || !(specific[0] & 0x80))
        return;
    sense->progress_valid = true;
    sense->progress = get_be16(&specific[1]);
}

static void parse_fixed(struct oi_sense *sense, const uint8_t *data, size_t len)
{
    uint8_t fixed[18] = {0};

    memcpy(fixed, data, len < sizeof fixed ? len : sizeof fixed);
    sense->key = fixed[2] & 0x0f;
    sense->asc = fixed[12];
    sense->ascq = fixed[13];
    if ((fixed[0] & 0x80) && len >= 7) {
        sense->information_valid = true;
        sense->information = get_be32(&fixed[3]);
    }
    if (len >= sizeof fixed)
        take_progress(sense, &fixed[15]);
}

static void parse_descriptors(struct oi_sense *sense, const uint8_t *data, size_t len)
{
    enum { INFORMATION = 0x00, KEY_SPECIFIC = 0x02 };

    while (len >= 2) {
        size_t size = 2 + (size_t)data[1];

        if (size > len)
            return;
        if (data[0] == INFORMATION && size >= 12 && (data[2] & 0x80)) {
            sense->information_valid = true;
            sense->information = get_be64(&data[4]);
        } else if (data[0] == KEY_SPECIFIC && size >= 7) {
            take_progress(sense, &data[4]);
        }
        data += size;
        len -= size;
    }
}

static void parse_descriptor_format(struct oi_sense *sense, const uint8_t *data, size_t len)
{
    if (len > 1)
        sense->key = data[1] & 0x0f;
    if (len > 2)
        sense->asc = data[2];
    if (len > 3)
        sense->ascq = data[3];
    if (len > 8) {
        size_t rest = len - 8;

        parse_descriptors(sense, data + 8, data[7] < rest ? data[7] : rest);
    }
}

struct oi_sense oi_sense_parse(const uint8_t *data, size_t len)
{
    struct oi_sense sense = {0};
    uint8_t response = len > 0 ? data[0] & 0x7f : 0;

    if (response < RESPONSE_FIXED || response > RESPONSE_DESCRIPTOR_DEFERRED)
        return sense;
    sense.present = true;
    sense.deferred =
        response == RESPONSE_FIXED_DEFERRED || response == RESPONSE_DESCRIPTOR_DEFERRED;
    if (response <= RESPONSE_FIXED_DEFERRED)
        parse_fixed(&sense, data, len);
    else
        parse_descriptor_format(&sense, data, len);
    return sense;
}

#define ANY OI_SENSE_ANY

/* clang-format off */
static const struct oi_sense_rule rules[] = {
    /* key                    asc   ascq  only for opcode            status */
    { OI_KEY_NO_SENSE,        0x00, ANY,  ANY,                       OI_OK },
    { ANY,                    0x02, 0x06, ANY,                       OI_UPSIDE_DOWN },
    { OI_KEY_NOT_READY,       0x04, 0x01, ANY,                       OI_BECOMING_READY },
    { OI_KEY_NOT_READY,       0x04, 0x03, ANY,                       OI_NO_MEDIA },
    { OI_KEY_NOT_READY,       0x04, 0x04, ANY,                       OI_FORMAT_IN_PROGRESS },
    { OI_KEY_NOT_READY,       0x04, 0x07, ANY,                       OI_MEDIA_BUSY },
    { OI_KEY_NOT_READY,       0x04, 0x08, ANY,                       OI_MEDIA_BUSY },
    { OI_KEY_NOT_READY,       0x04, ANY,  ANY,                       OI_BECOMING_READY },
    { OI_KEY_NOT_READY,       0x30, ANY,  OI_OP_READ_DISC_STRUCTURE, OI_NO_DISC_STRUCTURE },
    { OI_KEY_MEDIUM_ERROR,    0x0c, 0x09, OI_OP_SYNCHRONIZE_CACHE,   OI_OK }, /* of no consequence here */
    { OI_KEY_MEDIUM_ERROR,    0x0c, 0x09, ANY,                       OI_STREAM_STARVED },
    { OI_KEY_HARDWARE_ERROR,  0x09, 0x01, ANY,                       OI_UPSIDE_DOWN }, /* some drives */
    { OI_KEY_HARDWARE_ERROR,  0x09, 0x02, ANY,                       OI_INCOMPATIBLE },
    { OI_KEY_ILLEGAL_REQUEST, 0x20, 0x00, OI_OP_READ_DISC_STRUCTURE, OI_NO_DISC_STRUCTURE },
    { OI_KEY_ILLEGAL_REQUEST, 0x24, 0x00, OI_OP_READ_DISC_STRUCTURE, OI_NO_DISC_STRUCTURE },
    { OI_KEY_ILLEGAL_REQUEST, 0x30, 0x02, OI_OP_READ_DISC_STRUCTURE, OI_NO_DISC_STRUCTURE },
    { OI_KEY_ILLEGAL_REQUEST, 0x24, 0x00, OI_OP_MODE_SENSE10,        OI_NO_MODE_PAGE },
    { OI_KEY_ILLEGAL_REQUEST, 0x26, ANY,  OI_OP_MODE_SELECT10,       OI_BAD_MODE_PARAMETERS },
    { OI_KEY_DATA_PROTECT,    0x27, ANY,  ANY,                       OI_WRITE_PROTECTED },
    { OI_KEY_UNIT_ATTENTION,  0x28, 0x00, ANY,                       OI_BECOMING_READY }, /* medium may have changed */
    { ANY,                    0x30, ANY,  ANY,                       OI_INCOMPATIBLE },
    { OI_KEY_NOT_READY,       0x3a, ANY,  ANY,                       OI_NO_MEDIA },
    { ANY,                    0x73, 0x03, ANY,                       OI_SPEED_MISMATCH },
};
/* clang-format on */

const struct oi_sense_rule *oi_sense_rules(size_t *count)
{
    *count = sizeof rules / sizeof rules[0];
    return rules;
}

static bool fits(uint16_t wanted, uint8_t value)
{
    return wanted == OI_SENSE_ANY || wanted == value;
}

enum oi_status oi_sense_status(const struct oi_sense *sense, uint8_t opcode, bool *matched)
{
    const struct oi_sense_rule *rule = NULL;

    for (size_t i = 0; sense->present && !rule && i < sizeof rules / sizeof rules[0]; i++) {
        const struct oi_sense_rule *r = &rules[i];

        if (fits(r->key, sense->key) && fits(r->asc, sense->asc) && fits(r->ascq, sense->ascq) &&
            fits(r->opcode, opcode))
            rule = r;
    }
    if (matched)
        *matched = rule != NULL;
    return rule ? rule->status : OI_FAILED;
}

/* Where the words of the code itself don't tell why oi_sense_status translates it so. */
static bool means_upside_down(const struct oi_sense *sense)
{
    return sense->key == OI_KEY_HARDWARE_ERROR && sense->asc == 0x09 && sense->ascq == 0x01;
}

void oi_sense_words(const struct oi_sense *sense, char *text, size_t size)
{
    enum { WORDS_MAX = 128 };
    char words[WORDS_MAX];

    if (size == 0)
        return;
    if (!sense->present) {
        snprintf(text, size, "no sense data");
        return;
    }
    oi_code_words(sense->key, sense->asc, sense->ascq, words, sizeof words);
    snprintf(text, size, "%s%s%s (%X/%02X/%02X)", sense->deferred ? "deferred " : "", words,
             means_upside_down(sense) ? ", as some drives say of a disc that lies upside down" : "",
             sense->key & 0x0fu, sense->asc, sense->ascq);
}

void oi_sense_to_fixed(const struct oi_sense *sense, uint8_t fixed[18])
{
    memset(fixed, 0, 18);
    if (!sense->present)
        return;
    fixed[0] = sense->deferred ? RESPONSE_FIXED_DEFERRED : RESPONSE_FIXED;
    fixed[2] = sense->key & 0x0f;
    fixed[7] = 10; /* bytes after this one */
    fixed[12] = sense->asc;
    fixed[13] = sense->ascq;
    /* Information that needs more than 32 bits can't be told in this format (SPC-3). */
    if (sense->information_valid && sense->information <= UINT32_MAX) {
        fixed[0] |= 0x80;
        put_be32(&fixed[3], (uint32_t)sense->information);
    }
    if (sense->progress_valid) {
        fixed[15] = 0x80;
        put_be16(&fixed[16], sense->progress);
    }
}
