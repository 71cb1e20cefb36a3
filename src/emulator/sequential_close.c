/* Reserving, splitting and closing tracks of media that are recorded in order.
 * The invariant: what is closed is full, by its data or by zeros that the drive puts behind it. */
#include "sequential.h"

enum { TRACK_RESERVATIONS_MAX = DISC_TRACKS_MAX - 1 };

/* The drive fills a reserved track up with zeros, an open one ends where its data ends. */
static void close_track_at(struct disc *disc, uint32_t index)
{
    struct track *track = &disc->tracks[index];

    if (track->kind == TRACK_CLOSED)
        return;
    if (track->kind == TRACK_OPEN)
        track->end = sequential_round_up(disc, track->next);
    track->next = track->end;
    track->kind = TRACK_CLOSED;
}

enum outcome sequential_close_track(struct disc *disc, uint32_t number)
{
    struct track *track;

    if (!number || number > disc->track_count)
        return INVALID_FIELD_IN_CDB;
    track = &disc->tracks[number - 1];
    if (track->kind == TRACK_CLOSED)
        return GOOD;
    if (track->kind == TRACK_OPEN && track->next == track->start)
        return COMMAND_SEQUENCE_ERROR;
    if (track->kind == TRACK_OPEN && disc->track_count == DISC_TRACKS_MAX)
        return NO_MORE_TRACK_RESERVATIONS;
    close_track_at(disc, number - 1);
    if (number == disc->track_count && track->end < sequential_end(disc))
        sequential_add_open_track(disc, track->session, track->end);
    return GOOD;
}

/* Behind the last session, which is closed now. */
static void open_session_or_finalise(struct disc *disc, uint32_t session, bool finalise)
{
    const struct medium *medium = disc->medium;
    uint32_t gap =
        session == 1 && medium->first_session_gap ? medium->first_session_gap : medium->session_gap;
    uint32_t start = sequential_last(disc)->end + gap;

    if (finalise || disc->track_count == DISC_TRACKS_MAX ||
        start + medium->unit > sequential_end(disc))
        disc->finalised = true;
    else
        sequential_add_open_track(disc, session + 1, start);
}

enum outcome sequential_close_session(struct disc *disc, bool finalise)
{
    struct track *last = sequential_last(disc);
    uint32_t session = last->session;

    for (uint32_t i = 0; i < disc->track_count; i++)
        if (disc->tracks[i].kind == TRACK_RESERVED && disc->tracks[i].next < disc->tracks[i].end)
            return EMPTY_RESERVED_TRACK;
    for (uint32_t i = 0; i < disc->track_count; i++)
        if (disc->tracks[i].kind == TRACK_RESERVED)
            close_track_at(disc, i);
    if (last->kind == TRACK_OPEN && last->next == last->start) {
        bool empty =
            disc->track_count == 1 || disc->tracks[disc->track_count - 2].session < session;

        if (empty && (!finalise || disc->track_count == 1))
            return COMMAND_SEQUENCE_ERROR;
        disc->track_count--;
    } else {
        close_track_at(disc, disc->track_count - 1);
    }
    open_session_or_finalise(disc, session, finalise);
    return GOOD;
}

enum outcome sequential_reserve(struct disc *disc, const struct write_setup *setup, uint32_t blocks)
{
    struct track *track = sequential_last(disc);

    (void)setup;
    if (disc->finalised)
        return WRITE_PROTECTED;
    if (track->kind != TRACK_OPEN || track->next != track->start)
        return COMMAND_SEQUENCE_ERROR;
    if (disc->track_count > TRACK_RESERVATIONS_MAX - 1)
        return NO_MORE_TRACK_RESERVATIONS;
    if (!blocks || blocks > track->end - track->start)
        return INVALID_FIELD_IN_CDB;
    track->kind = TRACK_RESERVED;
    track->end = track->start + sequential_round_up(disc, blocks);
    if (track->end < sequential_end(disc))
        sequential_add_open_track(disc, track->session, track->end);
    return GOOD;
}

enum outcome sequential_split(struct disc *disc, uint32_t lba)
{
    struct track *track = (struct track *)sequential_track_at(disc, lba);
    struct track behind;

    if (disc->finalised)
        return WRITE_PROTECTED;
    if (!track)
        return LBA_OUT_OF_RANGE;
    if (track->kind == TRACK_CLOSED || lba <= track->start || lba < track->next ||
        lba % disc->medium->unit)
        return INVALID_FIELD_IN_CDB;
    if (disc->track_count > TRACK_RESERVATIONS_MAX - 1)
        return NO_MORE_TRACK_RESERVATIONS;
    behind = *track;
    behind.start = behind.next = behind.synced = behind.marked = lba;
    for (struct track *to = &disc->tracks[disc->track_count]; to > track + 1; to--)
        *to = to[-1];
    track[1] = behind;
    track->kind = TRACK_RESERVED;
    track->end = lba;
    if (track->marked > lba)
        track->marked = lba;
    disc->track_count++;
    return GOOD;
}

/* MMC-6, SEND DISC STRUCTURE, "Layer Boundary Information": layer 1 is never larger than layer 0,
 * and layer 0 never larger than it is by default. */
enum outcome sequential_set_layer_break(struct disc *disc, uint32_t sectors)
{
    if (!sequential_is_blank(disc) || disc->finalised)
        return COMMAND_SEQUENCE_ERROR;
    if (!sectors || sectors % disc->medium->unit || sectors > disc->medium->sectors / 2)
        return INVALID_FIELD_IN_LIST;
    disc->layer_break = sectors;
    disc->tracks[0].end = sequential_end(disc);
    return GOOD;
}
