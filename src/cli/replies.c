/* Layouts: MMC-6, "Standard Disc Information", "Track Information Block", READ FORMAT CAPACITIES.
 */
#include "replies.h"

static uint16_t be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* What is there of a reply whose first two bytes count those behind them. */
static size_t counted(const uint8_t *data, size_t len)
{
    size_t meant = len < 2 ? 0 : (size_t)be16(data) + 2;

    return meant < len ? meant : len;
}

bool oi_disc_read(const uint8_t *data, size_t len, struct oi_disc *disc)
{
    *disc = (struct oi_disc){0};
    if (counted(data, len) < 12)
        return false;
    *disc = (struct oi_disc){
        .status = (enum oi_disc_status)(data[2] & 3),
        .last_session = (enum oi_session_status)(data[2] >> 2 & 3),
        .format = (enum oi_format_status)(data[7] & 3),
        .erasable = (data[2] & 0x10) != 0,
        .sessions = (uint16_t)(data[9] << 8 | data[4]),
        .first_track = data[3],
        .last_track = (uint16_t)(data[11] << 8 | data[6]),
    };
    return true;
}

uint16_t oi_profile_of_disc(const struct oi_disc *disc)
{
    enum { CD_ROM = 0x0008, CD_R = 0x0009, CD_RW = 0x000a, NONE_OF_ALL = 0xffff };

    if (disc->status == OI_DISC_REWRITABLE)
        return NONE_OF_ALL;
    if (disc->erasable)
        return CD_RW;
    return disc->status == OI_DISC_CLOSED ? CD_ROM : CD_R;
}

bool oi_track_read(const uint8_t *data, size_t len, struct oi_track *track)
{
    size_t bytes = counted(data, len);

    *track = (struct oi_track){0};
    if (bytes < 28)
        return false;
    *track = (struct oi_track){
        .number = (uint16_t)((bytes > 32 ? data[32] : 0) << 8 | data[2]),
        .session = (uint16_t)((bytes > 33 ? data[33] : 0) << 8 | data[3]),
        .damaged = (data[5] & 0x20) != 0,
        .blank = (data[6] & 0x40) != 0,
        .next_writable_valid = (data[7] & 1) != 0,
        .start = (int32_t)be32(data + 8),
        .next_writable = (int32_t)be32(data + 12),
        .free_blocks = be32(data + 16),
        .blocks = be32(data + 24),
    };
    return true;
}

bool oi_blocks_read(const uint8_t *data, size_t len, uint32_t *blocks)
{
    *blocks = 0;
    if (len < 8 || be32(data) == UINT32_MAX)
        return false;
    *blocks = be32(data) + 1;
    return true;
}

bool oi_formats_read(const uint8_t *data, size_t len, struct oi_formats *formats)
{
    enum { HEADER = 4, DESCRIPTOR = 8, FORMATTED = 2 };
    size_t end = len < HEADER ? 0 : HEADER + (size_t)data[3];

    *formats = (struct oi_formats){0};
    if (end > len)
        end = len;
    if (end < HEADER + DESCRIPTOR)
        return false;
    formats->blocks = be32(data + HEADER);
    formats->formatted = (data[8] & 3) == FORMATTED;
    for (size_t at = HEADER + DESCRIPTOR; at + DESCRIPTOR <= end; at += DESCRIPTOR) {
        if (formats->count == OI_FORMATS_MAX)
            break;
        formats->offers[formats->count].type = data[at + 4] >> 2;
        formats->offers[formats->count++].blocks = be32(data + at);
    }
    return true;
}
