/* A session whose every block the host makes: the lead-in's Q channel tells the table of contents,
 * the program area's Q where indices and pauses begin.
 * The invariant: a Q with a wrong CRC tells nothing. */
#include <string.h>
#include "cd_sector.h"
#include "cd_subchannel.h"
#include "disc.h"
#include "wire.h"

enum { ADR_POSITION = 1, ADR_CATALOG = 2, ADR_RECORDING_CODE = 3, ADR_NEXT_SESSION = 5 };

/* Three BCD numbers as an address; false when they are none. */
static bool take_time(const uint8_t *bcd, int32_t *lba)
{
    int m = cd_from_bcd(bcd[0]);
    int s = cd_from_bcd(bcd[1]);
    int f = cd_from_bcd(bcd[2]);

    if (m < 0 || s < 0 || s >= 60 || f < 0 || f >= 75)
        return false;
    *lba = cd_lba((uint32_t)m, (uint32_t)s, (uint32_t)f);
    return true;
}

/* IEC 60908, "Q channel in the lead-in": points. */
static void take_point(struct cd_contents *contents, const uint8_t q[CD_Q_BYTES])
{
    enum { FIRST_TRACK = 0xa0, LAST_TRACK = 0xa1, LEAD_OUT = 0xa2, NEXT_PROGRAM = 0xb0 };
    uint8_t adr = q[0] & 0x0f;
    uint8_t point = q[2];
    int number;
    int32_t lba;

    if (adr == ADR_NEXT_SESSION && point == NEXT_PROGRAM)
        contents->multi_session = q[3] != 0xff;
    if (adr != ADR_POSITION)
        return;
    number = cd_from_bcd(q[7]);
    if (point == FIRST_TRACK && number > 0) {
        contents->first = (uint8_t)number;
        contents->disc_type = q[8];
    } else if (point == LAST_TRACK && number > 0) {
        contents->last = (uint8_t)number;
    } else if (point == LEAD_OUT && take_time(q + 7, &lba) && lba > 0) {
        contents->lead_out = lba;
    } else if (cd_from_bcd(point) > 0 && take_time(q + 7, &lba)) {
        number = cd_from_bcd(point);
        contents->starts[number] = lba;
        contents->controls[number] = q[0] >> 4;
        contents->have[number] = true;
    }
}

static bool contents_are_whole(const struct disc *disc)
{
    const struct cd *cd = &disc->cd;
    const struct cd_contents *contents = &cd->contents;
    int32_t before = cd->burn.program;

    if (contents->first != cd->track_count || contents->last < contents->first ||
        contents->lead_out > (int32_t)disc->medium->sectors)
        return false;
    for (uint32_t i = contents->first; i <= contents->last; i++) {
        if (!contents->have[i] || contents->starts[i] < before)
            return false;
        before = contents->starts[i] + 1;
    }
    return contents->lead_out >= before;
}

/* The program area begins: its tracks take the place of the invisible one. */
static enum outcome begin_program(struct disc *disc)
{
    struct cd *cd = &disc->cd;
    const struct cd_contents *contents = &cd->contents;
    uint8_t session = cd_last(cd)->session;

    if (!contents_are_whole(disc))
        return SESSION_FIXATION_ERROR;
    cd->track_count--;
    for (uint32_t i = contents->first; i <= contents->last; i++) {
        int32_t start = contents->starts[i];
        bool data = contents->controls[i] & CD_CONTROL_DATA;

        cd->tracks[cd->track_count++] = (struct cd_track){
            .kind = CD_RECORDING,
            .mode = data ? CD_MODE_1 : CD_AUDIO,
            .at_once = true,
            .sub = true,
            .session = session,
            .control = contents->controls[i],
            .pregap = i == contents->first ? cd->burn.program - CD_PREGAP : start,
            .start = start,
            .end = i < contents->last ? contents->starts[i + 1] : contents->lead_out,
            .next = start,
            .synced = start,
            .marked = start,
        };
    }
    cd->burn.lead_out = contents->lead_out;
    cd->burn.multi_session = contents->multi_session;
    cd->disc_type = contents->disc_type;
    return GOOD;
}

/* A pause begins ahead of the start that the lead-in told. */
static void take_pause(struct cd *cd, struct cd_track *track, int32_t lba)
{
    if (lba >= track->start || lba >= track->pregap || track == cd->tracks)
        return;
    if (track[-1].session == track->session && track[-1].start < lba) {
        track->pregap = lba;
        track[-1].end = lba;
    }
}

static void take_index(struct cd *cd, uint32_t number, uint32_t index, int32_t lba)
{
    const struct cd_track *track = &cd->tracks[number - 1];
    const struct cd_part *last = cd->part_count ? &cd->parts[cd->part_count - 1] : NULL;

    if (cd->part_count == CD_PARTS_MAX || lba <= track->start)
        return;
    if (last && last->track == number && last->index >= index)
        return;
    cd->parts[cd->part_count++] = (struct cd_part){
        .start = lba, .track = (uint8_t)number, .index = (uint8_t)index, .control = track->control};
}

/* IEC 60908: 13 digits, four bits each. */
static void take_catalog(struct cd *cd, const uint8_t q[CD_Q_BYTES])
{
    char mcn[CD_MCN_CHARS + 1] = "";

    for (uint32_t i = 0; i < CD_MCN_CHARS; i++) {
        uint8_t digit = i & 1 ? q[1 + i / 2] & 0x0f : q[1 + i / 2] >> 4;

        if (digit > 9)
            return;
        mcn[i] = (char)('0' + digit);
    }
    memcpy(cd->mcn, mcn, sizeof(mcn));
}

/* IEC 60908: five characters of six bits, then, two bits later, seven digits of four. */
static void take_recording_code(struct cd *cd, int32_t lba, const uint8_t q[CD_Q_BYTES])
{
    enum { SIX_BIT_CHARS = 5 };
    const struct cd_track *track = cd_track_at(cd, lba);
    uint32_t bits = be32(q + 1);
    char isrc[CD_ISRC_CHARS + 1] = "";

    if (!track)
        return;
    for (uint32_t i = 0; i < SIX_BIT_CHARS; i++) {
        uint32_t c = bits >> (26 - 6 * i) & 0x3f;

        if (c > 42 || (c > 9 && c < 17))
            return;
        isrc[i] = (char)(c + '0');
    }
    for (uint32_t i = SIX_BIT_CHARS; i < CD_ISRC_CHARS; i++) {
        uint32_t at = i - SIX_BIT_CHARS;
        uint8_t digit = at & 1 ? q[5 + at / 2] & 0x0f : q[5 + at / 2] >> 4;

        if (digit > 9)
            return;
        isrc[i] = (char)('0' + digit);
    }
    memcpy(cd->isrc[cd_number(cd, track) - 1], isrc, sizeof(isrc));
}

static void take_position(struct cd *cd, int32_t lba, const uint8_t q[CD_Q_BYTES])
{
    int number = cd_from_bcd(q[1]);
    int index = cd_from_bcd(q[2]);

    if (number < 1 || index < 0 || (uint32_t)number > cd->track_count ||
        cd->tracks[number - 1].session != cd_last(cd)->session)
        return;
    if (index == 0)
        take_pause(cd, &cd->tracks[number - 1], lba);
    else if (index > 1)
        take_index(cd, (uint32_t)number, (uint32_t)index, lba);
}

/* What the first data of a track says about its mode. */
static void take_mode(struct cd *cd, int32_t lba, const uint8_t *main_data)
{
    struct cd_track *track = (struct cd_track *)cd_track_at(cd, lba);

    if (!track || lba != track->start || track->mode == CD_AUDIO ||
        !cd_sector_has_sync(main_data) || main_data[CD_HEADER_AT + 3] != 2)
        return;
    track->mode = memcmp(main_data + CD_SUBHEADER_AT, main_data + CD_SUBHEADER_AT + 4, 4) == 0
                      ? CD_XA
                      : CD_MODE_2;
}

enum outcome cd_raw_block(struct disc *disc, int32_t lba, const uint8_t q[CD_Q_BYTES],
                          const uint8_t *main_data)
{
    struct cd *cd = &disc->cd;
    bool right = cd_q_is_right(q);

    if (lba < cd->burn.program - CD_PREGAP) {
        if (right && q[1] == 0)
            take_point(&cd->contents, q);
        return GOOD;
    }
    if (lba == cd->burn.program - CD_PREGAP) {
        enum outcome outcome = begin_program(disc);

        if (outcome != GOOD)
            return outcome;
    }
    if (lba >= cd->burn.lead_out)
        return GOOD;
    take_mode(cd, lba, main_data);
    if (right && (q[0] & 0x0f) == ADR_POSITION)
        take_position(cd, lba, q);
    else if (right && (q[0] & 0x0f) == ADR_CATALOG)
        take_catalog(cd, q);
    else if (right && (q[0] & 0x0f) == ADR_RECORDING_CODE)
        take_recording_code(cd, lba, q);
    return GOOD;
}
