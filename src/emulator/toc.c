/* READ TOC of media that have no table of contents: the drive makes one from the closed sessions.
 */
#include <string.h>
#include "drive.h"

enum { ADR_CONTROL_DATA = 0x14, LEAD_OUT = 0xaa, TOC_HEADER_BYTES = 4 };

struct toc {
    const struct disc *disc;
    bool msf;
    uint32_t sessions;   /* closed ones */
    uint32_t last_track; /* of them */
};

static struct toc toc_of(const struct disc *disc, bool msf)
{
    const struct medium_ops *ops = disc->medium->ops;
    struct toc toc = {.disc = disc, .msf = msf};
    struct disc_summary summary;

    ops->summary(disc, &summary);
    toc.sessions =
        summary.last_session == SESSION_COMPLETE ? summary.sessions : summary.sessions - 1;
    for (uint32_t number = 1; number <= summary.last_track; number++) {
        struct track_summary track;

        ops->track(disc, number, &track);
        if (track.session <= toc.sessions)
            toc.last_track = number;
    }
    return toc;
}

static struct track_summary track_of(const struct toc *toc, uint32_t number)
{
    struct track_summary track;

    toc->disc->medium->ops->track(toc->disc, number, &track);
    return track;
}

static uint32_t first_track_of(const struct toc *toc, uint32_t session)
{
    uint32_t number = 1;

    while (number < toc->last_track && track_of(toc, number).session < session)
        number++;
    return number;
}

static uint32_t lead_out_of(const struct toc *toc, uint32_t session)
{
    struct track_summary track = {0};

    for (uint32_t number = first_track_of(toc, session); number <= toc->last_track; number++) {
        struct track_summary next = track_of(toc, number);

        if (next.session != session)
            break;
        track = next;
    }
    return track.start + track.size;
}

/* An address that minutes can't hold is told as the highest one they can. */
static void put_msf(uint8_t *data, uint32_t lba)
{
    enum { HIGHEST = 256 * 60 * 75 - 1 };
    uint32_t frames = lba + 150 < HIGHEST ? lba + 150 : HIGHEST;

    data[0] = (uint8_t)(frames / 75 / 60);
    data[1] = (uint8_t)(frames / 75 % 60);
    data[2] = (uint8_t)(frames % 75);
}

static void put_address(const struct toc *toc, uint8_t *data, uint32_t lba)
{
    if (toc->msf)
        put_msf(data + 1, lba);
    else
        set32(data, lba);
}

static uint32_t put_entry(const struct toc *toc, uint8_t *data, uint32_t number, uint32_t lba)
{
    data[1] = ADR_CONTROL_DATA;
    data[2] = (uint8_t)number;
    put_address(toc, data + 4, lba);
    return 8;
}

/* Format 0: the tracks from `from` on and the lead-out; false when there is no such track. */
static bool tracks(const struct toc *toc, uint8_t *data, uint32_t *size, uint32_t from)
{
    if (from > toc->last_track && from != LEAD_OUT)
        return false;
    data[2] = 1;
    data[3] = (uint8_t)toc->last_track;
    for (uint32_t number = from ? from : 1; number <= toc->last_track; number++)
        *size += put_entry(toc, data + *size, number, track_of(toc, number).start);
    *size += put_entry(toc, data + *size, LEAD_OUT, lead_out_of(toc, toc->sessions));
    return true;
}

/* Format 1: where the last closed session begins. */
static void sessions(const struct toc *toc, uint8_t *data, uint32_t *size)
{
    uint32_t first = first_track_of(toc, toc->sessions);

    data[2] = 1;
    data[3] = (uint8_t)toc->sessions;
    *size += put_entry(toc, data + *size, first, track_of(toc, first).start);
}

static uint32_t put_point(uint8_t *data, uint32_t session, uint32_t point, const uint8_t msf[3])
{
    data[0] = (uint8_t)session;
    data[1] = ADR_CONTROL_DATA;
    data[3] = (uint8_t)point;
    memcpy(data + 8, msf, 3);
    return 11;
}

/* Format 2: the points that a lead-in would hold, session by session. */
static void points(const struct toc *toc, uint8_t *data, uint32_t *size, uint32_t from)
{
    enum { FIRST_TRACK = 0xa0, LAST_TRACK = 0xa1, LEAD_OUT_START = 0xa2 };

    data[2] = 1;
    data[3] = (uint8_t)toc->sessions;
    for (uint32_t session = from ? from : 1; session <= toc->sessions; session++) {
        uint32_t first = first_track_of(toc, session);
        uint32_t last = first;
        uint8_t msf[3] = {(uint8_t)first};

        while (last < toc->last_track && track_of(toc, last + 1).session == session)
            last++;
        *size += put_point(data + *size, session, FIRST_TRACK, msf);
        msf[0] = (uint8_t)last;
        *size += put_point(data + *size, session, LAST_TRACK, msf);
        put_msf(msf, lead_out_of(toc, session));
        *size += put_point(data + *size, session, LEAD_OUT_START, msf);
        for (uint32_t number = first; number <= last; number++) {
            put_msf(msf, track_of(toc, number).start);
            *size += put_point(data + *size, session, number, msf);
        }
    }
}

enum outcome plain_toc(struct oi_emu *emu, struct request *rq)
{
    /* A session has at least one track, and four points with that. */
    uint8_t data[TOC_HEADER_BYTES + DISC_TRACKS_MAX * 4 * 11] = {0};
    struct toc toc = toc_of(&emu->disc, rq->cdb[1] & 0x02);
    uint32_t size = TOC_HEADER_BYTES;
    uint8_t format = rq->cdb[2] & 0x0f;

    if (format > 2)
        return wrong_cdb(rq, 2);
    if (!toc.sessions)
        return wrong_cdb(rq, 2);
    if (format == 0 && !tracks(&toc, data, &size, rq->cdb[6]))
        return wrong_cdb(rq, 6);
    if (format == 1)
        sessions(&toc, data, &size);
    if (format == 2 && rq->cdb[6] > toc.sessions)
        return wrong_cdb(rq, 6);
    if (format == 2)
        points(&toc, data, &size, rq->cdb[6]);
    set16(data, size - 2);
    answer(rq, data, size, be16(rq->cdb + 7));
    return GOOD;
}

enum outcome on_read_toc(struct oi_emu *emu, struct request *rq)
{
    return emu->disc.medium->io->toc(emu, rq);
}
