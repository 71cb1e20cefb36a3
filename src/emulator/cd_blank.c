/* Blanking a CD-RW: all of it, its last session, or what an open session holds.
 * The invariant: what stays is a disc that recording could have made. */
#include <string.h>
#include "disc.h"

void cd_make_blank(struct disc *disc)
{
    memset(&disc->cd, 0, sizeof(disc->cd));
    disc->cd.disc_type = 0xff;
    cd_add_invisible(disc, 1, 0);
}

/* The last session goes, or opens again behind its tracks. */
static enum outcome blank_session(struct disc *disc, bool keep_tracks)
{
    struct cd *cd = &disc->cd;
    struct cd_track *last = cd_last(cd);
    uint32_t session;
    int32_t start;

    if (last->kind == CD_INVISIBLE && cd_session_is_empty(cd)) {
        if (cd->track_count == 1)
            return COMMAND_SEQUENCE_ERROR;
        cd->track_count--;
    } else if (keep_tracks) {
        if (!cd->finalised)
            return COMMAND_SEQUENCE_ERROR; /* it is open */
    }
    session = cd_last(cd)->session;
    start = cd_lead_out(cd, session) + CD_PREGAP;
    cd->finalised = false;
    if (!keep_tracks) {
        cd->track_count = cd_first_of(cd, session) - 1;
        start = cd->tracks[cd->track_count].start;
        cd->damaged = false;
        cd->burn.kind = CD_BURN_NONE;
        while (cd->part_count && cd->parts[cd->part_count - 1].start >= start - CD_PREGAP)
            cd->part_count--;
    }
    if (!cd->track_count)
        cd_make_blank(disc);
    else
        cd_add_invisible(disc, session, start);
    return GOOD;
}

static enum outcome wrong_address(int *field)
{
    *field = BLANK_ADDRESS;
    return INVALID_FIELD_IN_CDB;
}

static enum outcome blank_track(struct disc *disc, uint32_t number, bool unreserve, int *field)
{
    struct cd *cd = &disc->cd;
    struct cd_track *track;

    if (!number || number > cd->track_count)
        return wrong_address(field);
    track = &cd->tracks[number - 1];
    if (cd->finalised || track->session != cd_last(cd)->session || track->at_once ||
        track->kind == CD_INVISIBLE)
        return COMMAND_SEQUENCE_ERROR;
    if (unreserve) {
        if (track->kind != CD_RESERVED || track->next > track->start ||
            cd->track_count > number + 1)
            return COMMAND_SEQUENCE_ERROR;
        cd->track_count = number - 1;
        cd_add_invisible(disc, track->session, track->start);
        return GOOD;
    }
    if (track == cd_last(cd)) {
        cd->track_count--;
        cd_add_invisible(disc, track->session, track->start);
        return GOOD;
    }
    track->kind = CD_RESERVED;
    track->next = track->start;
    track->links = 0;
    track->packet_size = 0;
    track->packet = false;
    track->fixed = false;
    track->damaged = false;
    return GOOD;
}

static enum outcome blank_tail(struct disc *disc, int32_t lba, int *field)
{
    struct cd *cd = &disc->cd;
    struct cd_track *track = (struct cd_track *)cd_track_at(cd, lba);

    if (!track || lba < track->start || lba > track->next)
        return wrong_address(field);
    if (cd->finalised || !track->packet || track->kind != CD_RECORDING)
        return COMMAND_SEQUENCE_ERROR;
    if (track->fixed && (uint32_t)(lba - track->start) % track->packet_size)
        return wrong_address(field);
    if (track->fixed)
        track->links = (uint32_t)(lba - track->start) / track->packet_size * CD_LINK;
    track->next = lba;
    return GOOD;
}

/* MMC-6, BLANK, "Blanking Types". */
enum outcome cd_blank(struct disc *disc, uint32_t type, uint32_t address, int *field)
{
    enum { WHOLE, MINIMAL, TRACK, UNRESERVE, TAIL, UNCLOSE, SESSION };

    if (!disc->medium->erasable)
        return CANNOT_WRITE_MEDIUM;
    if (type > SESSION)
        return INVALID_FIELD_IN_CDB;
    if (type != WHOLE && type != MINIMAL && cd_is_writing(disc))
        return COMMAND_SEQUENCE_ERROR;
    disc->cd.cue_count = 0;
    switch (type) {
    case WHOLE:
    case MINIMAL:
        cd_make_blank(disc);
        return GOOD;
    case TRACK:
    case UNRESERVE:
        return blank_track(disc, address, type == UNRESERVE, field);
    case TAIL:
        return blank_tail(disc, (int32_t)address, field);
    default:
        return blank_session(disc, type == UNCLOSE);
    }
}
