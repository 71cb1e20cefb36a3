/* The tracks of media that are recorded in order, and writing into them.
 * The invariant: tracks are sorted and apart, all but the last are closed or reserved, and an open
 * one reaches to the end of the disc. A sector is never offered for writing twice: `marked` is
 * saved before anything above it is written, so a disc whose writer died knows what may be burned.
 */
#include "sequential.h"

enum {
    MARK_AHEAD = 32768, /* sectors: a save for every 64 MiB */
    /* Where later tracks hold data, the size of the image does not tell how far a dead writer
     * came, and all that was marked counts as burned: mark less. */
    MARK_AHEAD_BETWEEN = 1024,
};

uint32_t sequential_end(const struct disc *disc)
{
    return disc->layer_break ? 2 * disc->layer_break : disc->medium->sectors - disc->spare;
}

uint32_t sequential_round_up(const struct disc *disc, uint32_t sectors)
{
    uint32_t unit = disc->medium->unit;

    return (sectors + unit - 1) / unit * unit;
}

bool sequential_is_writable(const struct track *track)
{
    return track->kind != TRACK_CLOSED && track->next < track->end;
}

bool sequential_is_blank(const struct disc *disc)
{
    const struct track *first = &disc->tracks[0];

    return disc->track_count == 1 && first->kind == TRACK_OPEN && first->next == first->start;
}

void sequential_add_open_track(struct disc *disc, uint32_t session, uint32_t start)
{
    struct track *track = &disc->tracks[disc->track_count++];

    *track = (struct track){.kind = TRACK_OPEN,
                            .session = session,
                            .start = start,
                            .end = sequential_end(disc),
                            .next = start,
                            .synced = start,
                            .marked = start};
}

void sequential_make_blank(struct disc *disc)
{
    sequential_add_open_track(disc, 1, 0);
}

const struct track *sequential_track_at(const struct disc *disc, uint32_t lba)
{
    for (uint32_t i = 0; i < disc->track_count; i++)
        if (lba >= disc->tracks[i].start && lba < disc->tracks[i].end)
            return &disc->tracks[i];
    return NULL;
}

static bool any_writable(const struct disc *disc)
{
    for (uint32_t i = 0; i < disc->track_count; i++)
        if (sequential_is_writable(&disc->tracks[i]))
            return true;
    return false;
}

enum outcome sequential_may_write(const struct disc *disc, const struct write_setup *setup,
                                  uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    uint32_t end = sequential_end(disc);
    const struct track *track;

    (void)setup;
    *bad = lba;
    if (disc->finalised)
        return WRITE_PROTECTED;
    if (!any_writable(disc))
        return END_OF_USER_AREA;
    if (lba >= end || blocks > end - lba)
        return LBA_OUT_OF_RANGE;
    track = sequential_track_at(disc, lba);
    if (!track || !sequential_is_writable(track) || lba != track->next)
        return INVALID_ADDRESS_FOR_WRITE;
    if (blocks > track->end - lba)
        return END_OF_USER_AREA;
    return GOOD;
}

enum outcome sequential_may_read(const struct disc *disc, uint32_t lba, uint32_t blocks,
                                 uint32_t *bad)
{
    uint32_t end;

    *bad = lba;
    if (lba >= disc->medium->sectors || blocks > disc->medium->sectors - lba)
        return LBA_OUT_OF_RANGE;
    end = lba + blocks;
    for (uint32_t i = 0; i < disc->track_count && *bad < end; i++) {
        const struct track *track = &disc->tracks[i];

        if (*bad >= track->start && *bad < track->next)
            *bad = track->next;
    }
    return *bad >= end ? GOOD : BLANK_CHECK;
}

uint32_t sequential_recorded_end(const struct disc *disc)
{
    uint32_t end = 0;

    for (uint32_t i = 0; i < disc->track_count; i++)
        if (disc->tracks[i].next > disc->tracks[i].start)
            end = disc->tracks[i].next;
    return end;
}

bool sequential_mark(struct disc *disc, const struct write_setup *setup, uint32_t lba,
                     uint32_t blocks)
{
    struct track *track = (struct track *)sequential_track_at(disc, lba);
    uint32_t end = lba + blocks;
    uint32_t ahead;

    (void)setup;
    if (end <= track->marked)
        return false;
    ahead = sequential_recorded_end(disc) > end ? MARK_AHEAD_BETWEEN : MARK_AHEAD;
    track->marked = ahead < track->end - end ? end + ahead : track->end;
    return true;
}

void sequential_wrote(struct disc *disc, const struct write_setup *setup, uint32_t lba,
                      uint32_t blocks)
{
    struct track *track = (struct track *)sequential_track_at(disc, lba);

    (void)setup;
    track->next += blocks;
    disc->writing = true;
}

uint32_t sequential_first_track_of(const struct disc *disc, uint32_t session)
{
    uint32_t i = 0;

    while (disc->tracks[i].session < session)
        i++;
    return i + 1;
}

static enum session_status last_session(const struct disc *disc, uint32_t first_track)
{
    const struct track *last = sequential_const_last(disc);

    if (disc->finalised)
        return SESSION_COMPLETE;
    if (disc->at_once == AT_ONCE_BROKEN)
        return SESSION_DAMAGED;
    if (last->kind == TRACK_OPEN && last->next == last->start && first_track == disc->track_count)
        return SESSION_EMPTY;
    return SESSION_INCOMPLETE;
}

void sequential_summary(const struct disc *disc, struct disc_summary *out)
{
    uint32_t session = sequential_const_last(disc)->session;
    uint32_t first = sequential_first_track_of(disc, session);

    *out = (struct disc_summary){
        .status = DISC_APPENDABLE,
        .last_session = last_session(disc, first),
        .sessions = session,
        .first_track_in_last_session = first,
        .last_track = disc->track_count,
        .lead_in_start = NO_MSF,
        .last_lead_out = NO_MSF,
    };
    if (disc->finalised)
        out->status = DISC_FINALISED;
    else if (out->last_session == SESSION_EMPTY && disc->track_count == 1)
        out->status = DISC_EMPTY;
}

uint32_t sequential_tracks(const struct disc *disc)
{
    return disc->track_count;
}

void sequential_track(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    const struct track *track = &disc->tracks[number - 1];
    bool broken = disc->at_once == AT_ONCE_BROKEN;

    *out = (struct track_summary){
        .number = number,
        .session = track->session,
        .start = track->start,
        .size = track->end - track->start,
        .reserved = track->kind == TRACK_RESERVED,
        .blank = track->next == track->start,
        .closed = track->kind == TRACK_CLOSED,
        .next_valid = !disc->finalised && !broken && sequential_is_writable(track),
        .last_valid = track->next > track->start,
        .damaged = broken,
        .track_mode = TRACK_MODE_DATA,
        .data_mode = 1,
        .packet = true,
        .fixed_packet = true,
        .packet_size = disc->medium->unit,
    };
    if (out->next_valid) {
        out->next = track->next;
        out->free = track->end - track->next;
    }
    if (out->last_valid)
        out->last = track->next - 1;
}
