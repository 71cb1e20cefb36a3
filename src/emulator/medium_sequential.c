/* Write-once media that are recorded in order within tracks: DVD+R.
 * The invariant: tracks are sorted and apart, all but the last are closed or reserved, and an open
 * one reaches to the end of the disc. A sector is never offered for writing twice: `marked` is
 * saved before anything above it is written, so a disc whose writer died knows what may be burned.
 */
#include "disc.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
    MARK_AHEAD = 32768, /* sectors: a save for every 64 MiB */
    /* Where later tracks hold data, the size of the image does not tell how far a dead writer
     * came, and all that was marked counts as burned: mark less. */
    MARK_AHEAD_BETWEEN = 1024,
    TRACK_RESERVATIONS_MAX = DISC_TRACKS_MAX - 1,
};

static const char *const kind_names[] = {"open", "reserved", "closed"};

static struct track *last_track(struct disc *disc)
{
    return &disc->tracks[disc->track_count - 1];
}

static const struct track *const_last_track(const struct disc *disc)
{
    return &disc->tracks[disc->track_count - 1];
}

static bool is_writable(const struct track *track)
{
    return track->kind != TRACK_CLOSED && track->next < track->end;
}

static void add_open_track(struct disc *disc, uint32_t session, uint32_t start)
{
    struct track *track = &disc->tracks[disc->track_count++];

    *track = (struct track){.kind = TRACK_OPEN,
                            .session = session,
                            .start = start,
                            .end = disc->medium->sectors,
                            .next = start,
                            .synced = start,
                            .marked = start};
}

static void make_blank(struct disc *disc)
{
    add_open_track(disc, 1, 0);
}

static const struct track *track_at(const struct disc *disc, uint32_t lba)
{
    for (uint32_t i = 0; i < disc->track_count; i++)
        if (lba >= disc->tracks[i].start && lba < disc->tracks[i].end)
            return &disc->tracks[i];
    return NULL;
}

static bool any_writable(const struct disc *disc)
{
    for (uint32_t i = 0; i < disc->track_count; i++)
        if (is_writable(&disc->tracks[i]))
            return true;
    return false;
}

static enum outcome may_write(const struct disc *disc, const struct write_setup *setup,
                              uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    const struct track *track;

    (void)setup;
    *bad = lba;
    if (disc->finalised)
        return WRITE_PROTECTED;
    if (!any_writable(disc))
        return END_OF_USER_AREA;
    if (lba >= disc->medium->sectors || blocks > disc->medium->sectors - lba)
        return LBA_OUT_OF_RANGE;
    track = track_at(disc, lba);
    if (!track || !is_writable(track) || lba != track->next)
        return INVALID_ADDRESS_FOR_WRITE;
    if (blocks > track->end - lba)
        return END_OF_USER_AREA;
    return GOOD;
}

static enum outcome may_read(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad)
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

static uint32_t recorded_end(const struct disc *disc)
{
    uint32_t end = 0;

    for (uint32_t i = 0; i < disc->track_count; i++)
        if (disc->tracks[i].next > disc->tracks[i].start)
            end = disc->tracks[i].next;
    return end;
}

static bool mark(struct disc *disc, uint32_t lba, uint32_t blocks)
{
    struct track *track = (struct track *)track_at(disc, lba);
    const struct track *last = const_last_track(disc);
    uint32_t end = lba + blocks;
    uint32_t ahead;

    if (end <= track->marked)
        return false;
    ahead = track != last && last->next > last->start ? MARK_AHEAD_BETWEEN : MARK_AHEAD;
    track->marked = ahead < track->end - end ? end + ahead : track->end;
    return true;
}

static uint32_t padding(const struct disc *disc, uint32_t blocks)
{
    uint32_t over = blocks % disc->medium->unit;

    return over ? disc->medium->unit - over : 0;
}

static void wrote(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    struct track *track = (struct track *)track_at(disc, lba);

    (void)setup;
    track->next += blocks;
}

/* The drive fills a reserved track up with zeros, an open one ends where its data ends. */
static void close_track_at(struct disc *disc, uint32_t index)
{
    struct track *track = &disc->tracks[index];

    if (track->kind == TRACK_CLOSED)
        return;
    if (track->kind == TRACK_RESERVED)
        track->next = track->end;
    else
        track->end = track->next;
    track->kind = TRACK_CLOSED;
}

static enum outcome close_track(struct disc *disc, uint32_t number)
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
    if (number == disc->track_count && track->end < disc->medium->sectors)
        add_open_track(disc, track->session, track->end);
    return GOOD;
}

static enum outcome close_session(struct disc *disc, bool finalise)
{
    struct track *last = last_track(disc);
    uint32_t session = last->session;
    uint32_t start;

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
    start = last_track(disc)->end + disc->medium->session_gap;
    if (finalise || disc->track_count == DISC_TRACKS_MAX ||
        start + disc->medium->unit > disc->medium->sectors)
        disc->finalised = true;
    else
        add_open_track(disc, session + 1, start);
    return GOOD;
}

/* MMC-6, CLOSE TRACK/SESSION, functions for DVD+R. */
static enum outcome close_function(struct disc *disc, const struct write_setup *setup,
                                   uint32_t function, uint32_t track)
{
    (void)setup;
    if (function != 1 && function != 2 && function != 5 && function != 6)
        return INVALID_FIELD_IN_CDB;
    if (disc->finalised)
        return WRITE_PROTECTED;
    return function == 1 ? close_track(disc, track) : close_session(disc, function != 2);
}

static enum outcome reserve(struct disc *disc, const struct write_setup *setup, uint32_t blocks)
{
    struct track *track = last_track(disc);
    uint32_t unit = disc->medium->unit;
    uint32_t size;

    (void)setup;
    if (disc->finalised)
        return WRITE_PROTECTED;
    if (track->kind != TRACK_OPEN || track->next != track->start)
        return COMMAND_SEQUENCE_ERROR;
    if (disc->track_count > TRACK_RESERVATIONS_MAX - 1)
        return NO_MORE_TRACK_RESERVATIONS;
    if (!blocks || blocks > track->end - track->start)
        return INVALID_FIELD_IN_CDB;
    size = (blocks + unit - 1) / unit * unit;
    track->kind = TRACK_RESERVED;
    track->end = track->start + size;
    if (track->end < disc->medium->sectors)
        add_open_track(disc, track->session, track->end);
    return GOOD;
}

static uint32_t first_track_of(const struct disc *disc, uint32_t session)
{
    uint32_t i = 0;

    while (disc->tracks[i].session < session)
        i++;
    return i + 1;
}

static void summary(const struct disc *disc, struct disc_summary *out)
{
    const struct track *last = const_last_track(disc);

    *out = (struct disc_summary){
        .sessions = last->session,
        .last_track = disc->track_count,
        .first_track_in_last_session = first_track_of(disc, last->session),
        .lead_in_start = NO_MSF,
        .last_lead_out = NO_MSF,
    };
    if (disc->finalised) {
        out->status = DISC_FINALISED;
        out->last_session = SESSION_COMPLETE;
        return;
    }
    out->last_session = last->kind == TRACK_OPEN && last->next == last->start &&
                                out->first_track_in_last_session == disc->track_count
                            ? SESSION_EMPTY
                            : SESSION_INCOMPLETE;
    out->status =
        out->last_session == SESSION_EMPTY && disc->track_count == 1 ? DISC_EMPTY : DISC_APPENDABLE;
}

static uint32_t tracks(const struct disc *disc)
{
    return disc->track_count;
}

static void track_summary(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    const struct track *track = &disc->tracks[number - 1];

    *out = (struct track_summary){
        .number = number,
        .session = track->session,
        .start = track->start,
        .size = track->end - track->start,
        .reserved = track->kind == TRACK_RESERVED,
        .blank = track->next == track->start,
        .closed = track->kind == TRACK_CLOSED,
        .next_valid = !disc->finalised && is_writable(track),
        .last_valid = track->next > track->start,
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

/* track = session kind start end synced marked */
static void save(const struct disc *disc, struct text_writer *writer)
{
    text_add(writer, "finalised = %u\n", disc->finalised ? 1u : 0u);
    for (uint32_t i = 0; i < disc->track_count; i++) {
        const struct track *track = &disc->tracks[i];

        text_add(writer, "track = %u %s %u %u %u %u\n", track->session, kind_names[track->kind],
                 track->start, track->end, track->synced, track->marked);
    }
}

/* Cuts the next word off text; NULL when there is none. */
static char *word(char **text)
{
    char *start = *text;
    char *space;

    if (!start || !*start)
        return NULL;
    space = strchr(start, ' ');
    if (space)
        *space = '\0';
    *text = space ? space + 1 : NULL;
    return start;
}

static bool take_track(struct disc *disc, const char *value)
{
    enum { SESSION, KIND, START, END, SYNCED, MARKED, WORDS };
    char copy[128];
    char *rest = copy;
    uint32_t numbers[WORDS] = {0};
    struct track *track = &disc->tracks[disc->track_count];

    if (disc->track_count == DISC_TRACKS_MAX || strlen(value) >= sizeof(copy))
        return false;
    snprintf(copy, sizeof(copy), "%s", value);
    for (int i = 0; i < WORDS; i++) {
        const char *text = word(&rest);

        if (!text)
            return false;
        if (i != KIND && !text_number(text, disc->medium->sectors, &numbers[i]))
            return false;
        for (uint32_t kind = 0; i == KIND && strcmp(text, kind_names[numbers[KIND]]) != 0;) {
            if (++kind > TRACK_CLOSED)
                return false;
            numbers[KIND] = kind;
        }
    }
    if (rest)
        return false;
    *track = (struct track){.session = numbers[SESSION],
                            .kind = (enum track_kind)numbers[KIND],
                            .start = numbers[START],
                            .end = numbers[END],
                            .next = numbers[SYNCED],
                            .synced = numbers[SYNCED],
                            .marked = numbers[MARKED]};
    disc->track_count++;
    return true;
}

static bool taken(struct disc *disc, const char *key, const char *value)
{
    uint32_t number;

    if (strcmp(key, "track") == 0)
        return take_track(disc, value);
    if (strcmp(key, "finalised") != 0 || disc->track_count || !text_number(value, 1, &number))
        return false;
    disc->finalised = number == 1;
    return true;
}

static bool track_makes_sense(const struct disc *disc, uint32_t index)
{
    const struct track *track = &disc->tracks[index];
    const struct track *before = index ? track - 1 : NULL;
    uint32_t unit = disc->medium->unit;

    if (track->start % unit || track->end % unit || track->synced % unit)
        return false;
    if (track->start > track->synced || track->synced > track->marked || track->marked > track->end)
        return false;
    if (track->kind == TRACK_CLOSED && (track->synced != track->end || track->start == track->end))
        return false;
    if (track->kind == TRACK_OPEN &&
        (index + 1 != disc->track_count || disc->finalised || track->end != disc->medium->sectors))
        return false;
    if (track->kind == TRACK_RESERVED && (disc->finalised || track->start == track->end))
        return false;
    if (!before)
        return track->session == 1 && track->start == 0;
    return track->start >= before->end && track->session - before->session <= 1 &&
           (track->session == before->session || before->kind == TRACK_CLOSED);
}

static const char *whole(const struct disc *disc)
{
    if (!disc->track_count)
        return "it lists no track";
    for (uint32_t i = 0; i < disc->track_count; i++)
        if (!track_makes_sense(disc, i))
            return "its tracks contradict each other";
    return NULL;
}

static void saved(struct disc *disc)
{
    for (uint32_t i = 0; i < disc->track_count; i++) {
        struct track *track = &disc->tracks[i];

        track->synced = track->next;
        track->marked = track->next;
    }
}

static void doubt(struct disc *disc)
{
    for (uint32_t i = 0; i < disc->track_count; i++)
        disc->tracks[i].marked = disc->tracks[i].next;
}

static bool unsettled(const struct disc *disc)
{
    for (uint32_t i = 0; i < disc->track_count; i++)
        if (disc->tracks[i].marked > disc->tracks[i].next)
            return true;
    return false;
}

static void recover(struct disc *disc, uint32_t image_sectors)
{
    uint32_t unit = disc->medium->unit;

    for (uint32_t i = 0; i < disc->track_count; i++) {
        struct track *track = &disc->tracks[i];
        uint32_t reached = image_sectors < track->marked ? image_sectors : track->marked;

        reached = (reached + unit - 1) / unit * unit;
        if (reached > track->end)
            reached = track->end;
        if (reached > track->next)
            track->next = reached;
    }
}

const struct medium_ops sequential_ops = {
    .make_blank = make_blank,
    .may_write = may_write,
    .may_read = may_read,
    .mark = mark,
    .padding = padding,
    .wrote = wrote,
    .close = close_function,
    .reserve = reserve,
    .summary = summary,
    .tracks = tracks,
    .track = track_summary,
    .recorded_end = recorded_end,
    .capacity = recorded_end,
    .save = save,
    .taken = taken,
    .whole = whole,
    .saved = saved,
    .doubt = doubt,
    .unsettled = unsettled,
    .recover = recover,
};
