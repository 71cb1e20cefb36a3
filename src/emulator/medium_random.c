/* The part of random-writable media that no format changes.
 * The invariant: nothing is lost by writing a sector again, so only SYNCHRONIZE CACHE saves. */
#include "medium_random.h"

#include <string.h>

enum outcome wrong_format(const struct format_request *request, enum format_field field)
{
    *request->wrong = (uint8_t)field;
    return INVALID_FIELD_IN_LIST;
}

/* MMC-6, FORMAT UNIT, format types; 10h and 12h are those of CD-RW too. Media that verify what they
 * write are certified if the host does not decline it. */
bool format_is_full(const struct medium *medium, const struct format_request *request)
{
    enum { FULL_CERTIFICATION = 2 };

    switch (request->type) {
    case FORMAT_FULL:
        return medium->family != FAMILY_BD && (request->certify || !medium->verifies_writes);
    case FORMAT_DVD_RW_FULL:
    case FORMAT_DVD_RW_GROW:
    case FORMAT_DVD_RW_ADD:
        return true;
    case FORMAT_BD_RE_SPARES:
        return request->sub_type == FULL_CERTIFICATION && request->certify;
    default:
        return false;
    }
}

enum outcome random_within(uint32_t end, uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    *bad = lba;
    return lba >= end || blocks > end - lba ? LBA_OUT_OF_RANGE : GOOD;
}

bool random_mark(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    (void)disc;
    (void)setup;
    (void)lba;
    (void)blocks;
    return false;
}

void random_wrote(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    (void)setup;
    if (lba + blocks > disc->written)
        disc->written = lba + blocks;
}

void random_summary(bool formatted, struct disc_summary *out)
{
    *out = (struct disc_summary){
        .status = formatted ? DISC_OTHER : DISC_EMPTY,
        .last_session = formatted ? SESSION_COMPLETE : SESSION_EMPTY,
        .sessions = 1,
        .first_track_in_last_session = 1,
        .last_track = 1,
        .lead_in_start = NO_MSF,
        .last_lead_out = NO_MSF,
    };
}

uint32_t random_tracks(const struct disc *disc)
{
    (void)disc;
    return 1;
}

void random_track(const struct disc *disc, bool formatted, uint32_t sectors,
                  struct track_summary *out)
{
    *out = (struct track_summary){
        .number = 1,
        .session = 1,
        .size = sectors,
        .blank = !formatted,
        .closed = formatted,
        .free = formatted ? 0 : sectors,
        .track_mode = TRACK_MODE_DATA,
        .data_mode = 1,
        .packet = true,
        .fixed_packet = true,
        .packet_size = disc->medium->unit,
    };
}

uint32_t random_recorded_end(const struct disc *disc)
{
    return disc->written;
}

uint32_t random_capacity(const struct disc *disc)
{
    return disc->formatted;
}

void random_save(const struct disc *disc, struct text_writer *writer)
{
    text_add(writer, "written = %u\n", disc->written);
    defects_save(disc, writer);
}

bool random_taken(struct disc *disc, const char *key, const char *value, uint32_t most)
{
    if (strcmp(key, "written") == 0)
        return text_number(value, most, &disc->written);
    return defects_taken(disc, key, value);
}

const char *random_whole(const struct disc *disc, uint32_t end)
{
    if (disc->written > end)
        return "it tells of data beyond the formatted part";
    return defects_whole(disc);
}

void random_saved(struct disc *disc)
{
    (void)disc;
}

void random_doubt(struct disc *disc)
{
    (void)disc;
}

bool random_unsettled(const struct disc *disc)
{
    (void)disc;
    return false;
}

void random_recover(struct disc *disc, uint32_t image_sectors)
{
    (void)disc;
    (void)image_sectors;
}
