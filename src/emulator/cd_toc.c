/* READ TOC/PMA/ATIP of CDs.
 * The invariant: a table of contents tells of closed sessions only. */
#include <stdlib.h>
#include <string.h>
#include "cd_image.h"

enum { HEADER_BYTES = 4, ENTRY_BYTES = 8, POINT_BYTES = 11, ADR_POSITION = 1, ADR_SESSION = 5 };
/* Three points a session besides its tracks, and two that tell of the next one. */
enum { POINTS_MAX = CD_TRACKS_MAX * (1 + 5) };

struct reply {
    uint8_t data[HEADER_BYTES + POINTS_MAX * POINT_BYTES];
    uint32_t size;
};

static uint8_t adr_control(uint8_t adr, const struct cd_track *track)
{
    return (uint8_t)(adr << 4 | track->control);
}

static void put_entry(struct reply *reply, const struct cd_track *track, uint32_t number,
                      int32_t lba, bool msf)
{
    uint8_t *entry = reply->data + reply->size;

    entry[1] = adr_control(ADR_POSITION, track);
    entry[2] = (uint8_t)number;
    if (msf)
        cd_msf(lba, entry + 5);
    else
        set32(entry + 4, (uint32_t)lba);
    reply->size += ENTRY_BYTES;
}

/* Format 0: the tracks from `from` on, and the lead-out. */
static bool put_tracks(const struct cd *cd, struct reply *reply, uint32_t from, bool msf)
{
    uint32_t closed = cd_closed_sessions(cd);
    uint32_t last = cd_last_of(cd, closed);

    if (from > last && from != CD_LEAD_OUT_TRACK)
        return false;
    reply->data[2] = 1;
    reply->data[3] = (uint8_t)last;
    for (uint32_t number = from ? from : 1; number <= last; number++)
        put_entry(reply, &cd->tracks[number - 1], number, cd->tracks[number - 1].start, msf);
    put_entry(reply, &cd->tracks[last - 1], CD_LEAD_OUT_TRACK, cd_lead_out(cd, closed), msf);
    return true;
}

/* Format 1: where the last closed session begins. */
static void put_last_session(const struct cd *cd, struct reply *reply, bool msf)
{
    uint32_t closed = cd_closed_sessions(cd);
    uint32_t first = cd_first_of(cd, closed);

    reply->data[2] = 1;
    reply->data[3] = (uint8_t)closed;
    put_entry(reply, &cd->tracks[first - 1], first, cd->tracks[first - 1].start, msf);
}

static uint8_t *put_point(struct reply *reply, uint32_t session, uint8_t adr_and_control,
                          uint32_t point)
{
    uint8_t *entry = reply->data + reply->size;

    entry[0] = (uint8_t)session;
    entry[1] = adr_and_control;
    entry[3] = (uint8_t)point;
    reply->size += POINT_BYTES;
    return entry;
}

/* Where the next session may have its program area, and how far it may reach. */
static void put_next_program(const struct disc *disc, struct reply *reply, uint32_t session)
{
    enum { NEXT_PROGRAM = 0xb0, LEAD_IN = 0xc0, POINTERS = 2, AT = 8 };
    const struct cd_track *track = &disc->cd.tracks[cd_last_of(&disc->cd, session) - 1];
    const struct medium *medium = disc->medium;
    uint32_t gap = session == 1 ? medium->first_session_gap : medium->session_gap;
    uint8_t *entry = put_point(reply, session, adr_control(ADR_SESSION, track), NEXT_PROGRAM);

    cd_msf(cd_lead_out(&disc->cd, session) + (int32_t)gap - CD_PREGAP, entry + 4);
    entry[7] = POINTERS;
    cd_msf((int32_t)medium->sectors, entry + AT);
    if (session > 1)
        return;
    entry = put_point(reply, session, adr_control(ADR_SESSION, track), LEAD_IN);
    set24(entry + AT, medium->lead_in_msf);
}

/* Format 2: the points of the lead-ins, session by session. */
static bool put_points(const struct disc *disc, struct reply *reply, uint32_t from)
{
    enum { FIRST_TRACK = 0xa0, LAST_TRACK = 0xa1, LEAD_OUT = 0xa2, AT = 8 };
    const struct cd *cd = &disc->cd;
    uint32_t closed = cd_closed_sessions(cd);

    if (from > closed)
        return false;
    reply->data[2] = 1;
    reply->data[3] = (uint8_t)closed;
    for (uint32_t session = from ? from : 1; session <= closed; session++) {
        uint32_t first = cd_first_of(cd, session);
        uint32_t last = cd_last_of(cd, session);
        uint8_t first_control = adr_control(ADR_POSITION, &cd->tracks[first - 1]);
        uint8_t last_control = adr_control(ADR_POSITION, &cd->tracks[last - 1]);
        uint8_t *entry = put_point(reply, session, first_control, FIRST_TRACK);

        entry[AT] = (uint8_t)first;
        entry[AT + 1] = cd->disc_type;
        put_point(reply, session, last_control, LAST_TRACK)[AT] = (uint8_t)last;
        cd_msf(cd_lead_out(cd, session), put_point(reply, session, last_control, LEAD_OUT) + AT);
        for (uint32_t number = first; number <= last; number++) {
            const struct cd_track *track = &cd->tracks[number - 1];

            entry = put_point(reply, session, adr_control(ADR_POSITION, track), number);
            cd_msf(track->start, entry + AT);
        }
        if (!disc->medium->read_only && (!cd->finalised || session < closed))
            put_next_program(disc, reply, session);
    }
    return true;
}

/* Format 3: what the program memory area knows, that is tracks of the open session too. */
static void put_memory(const struct cd *cd, struct reply *reply)
{
    for (uint32_t i = 0; i < cd->track_count; i++) {
        const struct cd_track *track = &cd->tracks[i];
        uint8_t *entry;

        if (track->kind != CD_CLOSED && track->kind != CD_RESERVED)
            continue;
        entry = put_point(reply, 0, adr_control(ADR_POSITION, track), i + 1);
        cd_msf(track->end, entry + 4);
        cd_msf(track->start, entry + 8);
    }
}

/* Format 4: what the groove tells. */
static void put_groove(const struct medium *medium, struct reply *reply)
{
    enum { POWER = 0x50, REFERENCE_SPEED = 1, UNRESTRICTED = 0x40, ERASABLE = 0x40, A1_VALID = 4 };
    static const uint8_t erasable_speeds[3] = {0x02, 0x4a, 0xb0};
    uint8_t *data = reply->data;

    data[4] = 0x80 | POWER | (medium->erasable ? REFERENCE_SPEED : 0);
    data[5] = UNRESTRICTED;
    data[6] = 0x80 | (medium->erasable ? ERASABLE | A1_VALID : 0);
    set24(data + 8, medium->lead_in_msf);
    cd_msf((int32_t)medium->sectors, data + 12);
    if (medium->erasable)
        memcpy(data + 16, erasable_speeds, sizeof(erasable_speeds));
    reply->size = 28;
}

/* Format 5: the packs of the lead-in. */
static enum outcome answer_text(struct oi_emu *emu, struct request *rq)
{
    uint32_t count = 0;
    uint8_t *packs = NULL;
    uint8_t *data;
    enum oi_status status;
    uint32_t size;

    if (!emu->disc.cd.text_packs || !cd_closed_sessions(&emu->disc.cd))
        return wrong_cdb(rq, 2);
    status = cd_get_text(emu, &packs, &count);
    size = HEADER_BYTES + count * CD_TEXT_PACK_BYTES;
    data = status == OI_OK ? calloc(1, size) : NULL;
    if (data) {
        memcpy(data + HEADER_BYTES, packs, size - HEADER_BYTES);
        set16(data, size - 2);
        answer(rq, data, size, be16(rq->cdb + 7));
    }
    free(data);
    free(packs);
    return data ? GOOD : image_failed(emu, rq, READ_ERROR, status);
}

enum outcome cd_toc(struct oi_emu *emu, struct request *rq)
{
    enum { TOC, SESSIONS, FULL, MEMORY, GROOVE, TEXT };
    const struct disc *disc = &emu->disc;
    struct reply reply = {.size = HEADER_BYTES};
    uint8_t format = rq->cdb[2] & 0x0f;
    bool msf = rq->cdb[1] & 0x02;

    if (format > TEXT || ((format == MEMORY || format == GROOVE) && disc->medium->read_only))
        return wrong_cdb(rq, 2);
    if (format <= FULL && !cd_closed_sessions(&disc->cd))
        return wrong_cdb(rq, 2);
    if (format == TEXT)
        return answer_text(emu, rq);
    if (format == TOC && !put_tracks(&disc->cd, &reply, rq->cdb[6], msf))
        return wrong_cdb(rq, 6);
    if (format == SESSIONS)
        put_last_session(&disc->cd, &reply, msf);
    if (format == FULL && !put_points(disc, &reply, rq->cdb[6]))
        return wrong_cdb(rq, 6);
    if (format == MEMORY)
        put_memory(&disc->cd, &reply);
    if (format == GROOVE)
        put_groove(disc->medium, &reply);
    set16(reply.data, reply.size - 2);
    answer(rq, reply.data, reply.size, be16(rq->cdb + 7));
    return GOOD;
}
