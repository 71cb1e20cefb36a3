/* SEND CUE SHEET: the plan of a session that is recorded at once.
 * The invariant: a sheet is taken whole or not at all, and what was taken can be recorded: its
 * times ascend from the start of the session to a lead-out within the disc. */
#include <string.h>
#include "disc.h"

enum { ENTRY_BYTES = 8, POSITION = 1, CATALOG = 2, RECORDING_CODE = 3, MCN_PER_ENTRY = 7 };
enum { BYTE_CONTROL, BYTE_TRACK, BYTE_INDEX, BYTE_FORM, BYTE_SCMS, BYTE_M, BYTE_S, BYTE_F };

struct reading {
    struct disc *disc;
    struct cd_part parts[CD_PARTS_MAX];
    uint32_t count, room;
    uint32_t first_track, track; /* track: of the last position, 0 before the first */
    int32_t begin;               /* where the first track's pre-gap begins */
    int32_t track_start;         /* of index 1 */
    bool has_lead_in, has_lead_out, has_start;
    uint32_t mcn_entries, isrc_entries;
    char mcn[CD_MCN_CHARS + 1];
    char isrc[CD_TRACKS_MAX][CD_ISRC_CHARS + 1];
};

static bool wrong(uint32_t *field, uint32_t byte)
{
    *field = byte;
    return false;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_code_char(uint8_t c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z');
}

/* Two entries of seven digits; the last byte of the second is zero. */
static bool take_mcn(struct reading *r, const uint8_t *entry, uint32_t *byte)
{
    uint32_t at = r->mcn_entries * MCN_PER_ENTRY;

    if (r->mcn_entries == 2)
        return wrong(byte, BYTE_CONTROL);
    for (uint32_t i = 0; i < MCN_PER_ENTRY && at + i < CD_MCN_CHARS; i++) {
        if (!is_digit(entry[1 + i]))
            return wrong(byte, 1 + i);
        r->mcn[at + i] = (char)entry[1 + i];
    }
    r->mcn_entries++;
    return true;
}

/* Two entries of six characters, ahead of the track's positions. */
static bool take_isrc(struct reading *r, const uint8_t *entry, uint32_t *byte)
{
    enum { PER_ENTRY = 6, COUNTRY_AND_OWNER = 5 };
    uint32_t at = r->isrc_entries * PER_ENTRY;
    uint32_t number = r->track ? r->track + 1 : r->first_track;
    uint32_t track = entry[BYTE_TRACK];

    if (track != number && track != r->track)
        return wrong(byte, BYTE_TRACK);
    if (!track || track > CD_TRACKS_MAX)
        return wrong(byte, BYTE_TRACK);
    for (uint32_t i = 0; i < PER_ENTRY; i++) {
        uint8_t c = entry[2 + i];

        if (at + i < COUNTRY_AND_OWNER ? !is_code_char(c) : !is_digit(c))
            return wrong(byte, 2 + i);
        r->isrc[track - 1][at + i] = (char)c;
    }
    r->isrc_entries = r->isrc_entries ? 0 : 1;
    return true;
}

static bool add_part(struct reading *r, const uint8_t *entry, int32_t start, uint32_t *byte)
{
    if (r->count == r->room)
        return wrong(byte, BYTE_CONTROL);
    r->parts[r->count++] = (struct cd_part){.start = start,
                                            .track = entry[BYTE_TRACK],
                                            .index = entry[BYTE_INDEX],
                                            .control = entry[BYTE_CONTROL] >> 4,
                                            .form = entry[BYTE_FORM]};
    return true;
}

static bool take_lead_in(struct reading *r, const uint8_t *entry, uint32_t *byte)
{
    if (r->has_lead_in)
        return wrong(byte, BYTE_TRACK);
    if (entry[BYTE_INDEX])
        return wrong(byte, BYTE_INDEX);
    r->has_lead_in = true;
    /* Only its sub-channel is the host's; without one the drive makes the lead-in alone. */
    if (cd_form_bytes(entry[BYTE_FORM]) != CD_SUB_BYTES)
        return (entry[BYTE_FORM] & 0xc0) == 0 || wrong(byte, BYTE_FORM);
    return add_part(r, entry, cd_lead_in(r->disc), byte);
}

/* The length of the track that ends here. */
static bool is_long_enough(const struct reading *r, int32_t end)
{
    return !r->track || (r->has_start && end - r->track_start >= CD_TRACK_MIN);
}

static bool data_and_control_agree(const uint8_t *entry)
{
    bool data = entry[BYTE_CONTROL] >> 4 & CD_CONTROL_DATA;

    return data == (cd_form_mode(entry[BYTE_FORM]) != CD_AUDIO);
}

/* The same track goes on with its next index, or the next one begins. */
static bool takes_its_turn(struct reading *r, const uint8_t *entry, int32_t start, uint32_t *byte)
{
    const struct cd_part *last = r->count ? &r->parts[r->count - 1] : NULL;
    uint32_t track = entry[BYTE_TRACK];
    uint32_t index = entry[BYTE_INDEX];

    if (track == r->track) {
        if (index != last->index + 1u)
            return wrong(byte, BYTE_INDEX);
        if (index > 1 && cd_form_mode(entry[BYTE_FORM]) != cd_form_mode(last->form))
            return wrong(byte, BYTE_FORM);
    } else {
        if (track != (r->track ? r->track + 1 : r->first_track) || track > CD_TRACKS_MAX)
            return wrong(byte, BYTE_TRACK);
        if (index > 1)
            return wrong(byte, BYTE_INDEX);
        if (!is_long_enough(r, start))
            return wrong(byte, BYTE_M);
        r->has_start = false;
        r->track = track;
    }
    if (index == 1) {
        r->has_start = true;
        r->track_start = start;
    }
    return true;
}

static bool take_position(struct reading *r, const uint8_t *entry, uint32_t *byte)
{
    const struct cd_part *last = r->count ? &r->parts[r->count - 1] : NULL;
    bool lead_out = entry[BYTE_TRACK] == CD_LEAD_OUT_TRACK;
    int32_t start;

    if (cd_form_bytes(entry[BYTE_FORM]) < 0)
        return wrong(byte, BYTE_FORM);
    if (entry[BYTE_TRACK] == 0)
        return take_lead_in(r, entry, byte);
    if (!r->has_lead_in)
        return wrong(byte, BYTE_TRACK);
    if (entry[BYTE_M] >= 90 || entry[BYTE_S] >= 60 || entry[BYTE_F] >= 75)
        return wrong(byte, entry[BYTE_M] >= 90 ? BYTE_M : entry[BYTE_S] >= 60 ? BYTE_S : BYTE_F);
    start = cd_lba(entry[BYTE_M], entry[BYTE_S], entry[BYTE_F]);
    if (r->track ? start <= last->start : start != r->begin)
        return wrong(byte, BYTE_M);
    if (lead_out) {
        if (entry[BYTE_INDEX] != 1)
            return wrong(byte, BYTE_INDEX);
        if (!is_long_enough(r, start) || start > (int32_t)r->disc->medium->sectors)
            return wrong(byte, BYTE_M);
        r->has_lead_out = true;
        return r->track ? add_part(r, entry, start, byte) : wrong(byte, BYTE_TRACK);
    }
    if (!data_and_control_agree(entry))
        return wrong(byte, BYTE_FORM);
    return takes_its_turn(r, entry, start, byte) && add_part(r, entry, start, byte);
}

static bool take_entry(struct reading *r, const uint8_t *entry, uint32_t *byte)
{
    if (r->has_lead_out)
        return wrong(byte, BYTE_TRACK);
    switch (entry[BYTE_CONTROL] & 0x0f) {
    case POSITION:
        return take_position(r, entry, byte);
    case CATALOG:
        return take_mcn(r, entry, byte);
    case RECORDING_CODE:
        return take_isrc(r, entry, byte);
    default:
        return wrong(byte, BYTE_CONTROL);
    }
}

/* MMC-6, SEND CUE SHEET, "Cue Sheet Format". */
bool cd_take_cue(struct disc *disc, const uint8_t *sheet, uint32_t size, uint32_t *field)
{
    struct cd *cd = &disc->cd;
    struct reading r = {
        .disc = disc,
        .room = CD_PARTS_MAX - cd->part_count,
        .first_track = cd->track_count,
        .begin = cd_last(cd)->start - CD_PREGAP,
    };
    uint32_t byte = 0;

    for (uint32_t at = 0; at < size; at += ENTRY_BYTES)
        if (!take_entry(&r, sheet + at, &byte))
            return wrong(field, at + byte);
    if (!r.has_lead_out || r.mcn_entries == 1 || r.isrc_entries)
        return wrong(field, size - ENTRY_BYTES + BYTE_TRACK);
    memcpy(cd->parts + cd->part_count, r.parts, r.count * sizeof(r.parts[0]));
    cd->cue_count = r.count;
    if (r.mcn_entries)
        memcpy(cd->mcn, r.mcn, sizeof(r.mcn));
    memcpy(cd->isrc + r.first_track - 1, r.isrc + r.first_track - 1,
           sizeof(cd->isrc) - (r.first_track - 1) * sizeof(cd->isrc[0]));
    return true;
}
