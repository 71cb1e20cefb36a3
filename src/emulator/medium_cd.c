/* CD-R and CD-RW: sessions of tracks, and what closing, reserving and blanking makes of them.
 * The invariant: tracks are sorted and apart, at most one is invisible and that is the last one; a
 * disc without one is full or final. Nothing is offered for recording twice: `marked` is saved
 * before anything above it is recorded. A test write is kept in memory like a real one, but never
 * saved, and undone when it ends. */
#include <stddef.h>
#include <string.h>
#include "disc.h"

/* ---- looking at it ---- */

struct cd_track *cd_last(struct cd *cd)
{
    return &cd->tracks[cd->track_count - 1];
}

static const struct cd_track *const_last(const struct cd *cd)
{
    return &cd->tracks[cd->track_count - 1];
}

const struct cd_track *cd_track_at(const struct cd *cd, int32_t lba)
{
    for (uint32_t i = 0; i < cd->track_count; i++)
        if (lba >= cd->tracks[i].pregap && lba < cd->tracks[i].end)
            return &cd->tracks[i];
    return NULL;
}

uint32_t cd_number(const struct cd *cd, const struct cd_track *track)
{
    return (uint32_t)(track - cd->tracks) + 1;
}

uint32_t cd_first_of(const struct cd *cd, uint32_t session)
{
    uint32_t i = 0;

    while (i + 1 < cd->track_count && cd->tracks[i].session < session)
        i++;
    return i + 1;
}

uint32_t cd_last_of(const struct cd *cd, uint32_t session)
{
    uint32_t i = cd->track_count;

    while (i > 1 && cd->tracks[i - 1].session > session)
        i--;
    return i;
}

uint32_t cd_closed_sessions(const struct cd *cd)
{
    uint32_t last = const_last(cd)->session;

    return cd->finalised ? last : last - 1;
}

/* Link blocks of fixed packets have no address, but room they take. */
int32_t cd_lead_out(const struct cd *cd, uint32_t session)
{
    const struct cd_track *track = &cd->tracks[cd_last_of(cd, session) - 1];

    return track->end + (int32_t)track->links;
}

bool cd_session_is_empty(const struct cd *cd)
{
    const struct cd_track *last = const_last(cd);

    return last->kind == CD_INVISIBLE && (cd->track_count == 1 || last[-1].session < last->session);
}

int32_t cd_lead_in(const struct disc *disc)
{
    const struct cd *cd = &disc->cd;
    const struct cd_track *first = &cd->tracks[cd_first_of(cd, const_last(cd)->session) - 1];
    uint32_t msf = disc->medium->lead_in_msf;

    if (first->session > 1)
        return first->start - CD_PREGAP - CD_LEAD_IN;
    return cd_lba(msf >> 16, msf >> 8 & 0xff, msf & 0xff);
}

bool cd_is_writing(const struct disc *disc)
{
    const struct cd_track *last = const_last(&disc->cd);

    return disc->cd.burn.kind != CD_BURN_NONE ||
           (last->kind == CD_RECORDING && !last->packet && !last->at_once);
}

static int32_t recorded_end_of(const struct cd *cd)
{
    uint32_t count = cd->track_count;
    int32_t end = 0;

    if (cd->testing)
        count = cd->burn.kind == CD_BURN_NONE ? count - 1
                                              : cd_first_of(cd, const_last(cd)->session) - 1;
    for (uint32_t i = 0; i < count; i++)
        if (cd->tracks[i].next > cd->tracks[i].start)
            end = cd->tracks[i].next;
    if (cd->burn.kind != CD_BURN_NONE && !cd->testing && cd->burn.next > end)
        end = cd->burn.next < cd->burn.lead_out ? cd->burn.next : cd->burn.lead_out;
    return end;
}

static uint32_t recorded_end(const struct disc *disc)
{
    return (uint32_t)recorded_end_of(&disc->cd);
}

static uint32_t capacity(const struct disc *disc)
{
    uint32_t closed = cd_closed_sessions(&disc->cd);

    return closed ? (uint32_t)disc->cd.tracks[cd_last_of(&disc->cd, closed) - 1].end : 0;
}

/* ---- changing it ---- */

void cd_add_invisible(struct disc *disc, uint32_t session, int32_t start)
{
    struct cd *cd = &disc->cd;
    int32_t sectors = (int32_t)disc->medium->sectors;
    int32_t pregap = cd->track_count ? start - CD_PREGAP : -CD_PREGAP;

    /* Codes of tracks that were, or were only planned, are not those of tracks to come. */
    memset(cd->isrc + cd->track_count, 0, (CD_TRACKS_MAX - cd->track_count) * sizeof(cd->isrc[0]));
    if (cd->track_count == CD_TRACKS_MAX || start > sectors - CD_TRACK_MIN - CD_RUN_OUT)
        return;
    cd->tracks[cd->track_count++] = (struct cd_track){
        .kind = CD_INVISIBLE,
        .mode = CD_MODE_1,
        .control = CD_CONTROL_DATA,
        .session = (uint8_t)session,
        .pregap = pregap,
        .start = start,
        .end = sectors,
        .next = start,
        .synced = start,
        .marked = start,
    };
}

void cd_spread_next(struct cd *cd)
{
    if (!cd_last(cd)->at_once)
        return;
    for (uint32_t i = cd_first_of(cd, cd_last(cd)->session) - 1; i < cd->track_count; i++) {
        struct cd_track *track = &cd->tracks[i];

        track->next = cd->burn.next < track->start ? track->start
                      : cd->burn.next > track->end ? track->end
                                                   : cd->burn.next;
    }
}

void cd_end_test(struct disc *disc)
{
    struct cd *cd = &disc->cd;
    struct cd_track *last = cd_last(cd);
    uint32_t session = last->session;
    int32_t start = last->start;

    if (!cd->testing)
        return;
    cd->testing = false;
    if (!cd->text_packs)
        cd->text_done = false;
    if (cd->burn.kind == CD_BURN_NONE) {
        cd->track_count--;
    } else {
        start = cd->burn.program;
        cd->track_count = cd_first_of(cd, session) - 1;
        cd->part_count = cd->burn.parts_before;
        cd->burn.kind = CD_BURN_NONE;
    }
    if (!cd->track_count) {
        cd->disc_type = 0xff;
        cd->mcn[0] = '\0';
    }
    cd_add_invisible(disc, session, start);
}

void cd_close_track(struct disc *disc, struct cd_track *track)
{
    if (track->kind == CD_RESERVED) {
        track->next = track->end;
    } else if (track->packet && track->fixed) {
        track->end = track->next;
    } else if (track->packet) {
        track->end = track->next;
        track->next -= CD_LINK;
    } else {
        if (track->next < track->start + CD_TRACK_MIN)
            track->next = track->start + CD_TRACK_MIN;
        track->end = track->next + CD_RUN_OUT;
    }
    track->kind = CD_CLOSED;
    if (track == cd_last(&disc->cd))
        cd_add_invisible(disc, track->session, track->end + (int32_t)track->links + CD_PREGAP);
}

static void finish_session(struct disc *disc, bool multi_session)
{
    struct cd *cd = &disc->cd;
    uint32_t session = cd_last(cd)->session;
    uint32_t gap = session == 1 ? disc->medium->first_session_gap : disc->medium->session_gap;
    uint32_t count = cd->track_count;

    if (multi_session)
        cd_add_invisible(disc, session + 1, cd_lead_out(cd, session) + (int32_t)gap);
    cd->finalised = cd->track_count == count;
}

/* What a session that was cut off in the middle holds becomes its tracks. */
static void mend_session(struct disc *disc)
{
    struct cd *cd = &disc->cd;
    uint32_t first = cd_first_of(cd, cd_last(cd)->session);

    while (cd->track_count > first && cd_last(cd)->next == cd_last(cd)->start)
        cd->track_count--;
    for (uint32_t i = first - 1; i < cd->track_count; i++)
        cd->tracks[i].kind = CD_CLOSED;
    cd_last(cd)->damaged = true;
    if (cd_last(cd)->next + CD_RUN_OUT < cd_last(cd)->end)
        cd_last(cd)->end = cd_last(cd)->next + CD_RUN_OUT;
    while (cd->part_count && cd->parts[cd->part_count - 1].start >= cd_last(cd)->end)
        cd->part_count--;
    cd->damaged = false;
}

static enum outcome close_track(struct disc *disc, uint32_t number)
{
    enum { INVISIBLE_TRACK = 0xff };
    struct cd *cd = &disc->cd;
    struct cd_track *track;

    if (number == INVISIBLE_TRACK)
        number = cd->track_count;
    if (!number || number > cd->track_count)
        return INVALID_FIELD_IN_CDB;
    track = &cd->tracks[number - 1];
    if (track->kind == CD_INVISIBLE || cd->damaged)
        return COMMAND_SEQUENCE_ERROR;
    if (track->kind != CD_CLOSED)
        cd_close_track(disc, track);
    return GOOD;
}

static enum outcome close_session(struct disc *disc, bool multi_session)
{
    struct cd *cd = &disc->cd;

    if (cd->damaged)
        mend_session(disc);
    for (uint32_t i = 0; i < cd->track_count; i++) {
        struct cd_track *track = &cd->tracks[i];

        if (track->kind == CD_RESERVED && track->next < track->end)
            return EMPTY_RESERVED_TRACK; /* or one that was written in part */
        if (track->kind == CD_RESERVED)
            cd_close_track(disc, track);
    }
    if (cd_session_is_empty(cd))
        return COMMAND_SEQUENCE_ERROR;
    if (cd_last(cd)->kind == CD_RECORDING)
        cd_close_track(disc, cd_last(cd));
    if (cd_last(cd)->kind == CD_INVISIBLE)
        cd->track_count--;
    finish_session(disc, multi_session);
    return GOOD;
}

/* MMC-6, CLOSE TRACK/SESSION, functions for CDs. */
static enum outcome close_function(struct disc *disc, const struct write_setup *setup,
                                   uint32_t function, uint32_t track)
{
    enum { TRACK = 1, SESSION = 2, MULTI_SESSION = 3 };

    if (function != TRACK && function != SESSION)
        return INVALID_FIELD_IN_CDB;
    if (disc->cd.finalised)
        return WRITE_PROTECTED;
    if (setup->test_write || disc->cd.testing) {
        cd_end_test(disc);
        return GOOD;
    }
    if (disc->cd.burn.kind != CD_BURN_NONE)
        return function == SESSION && cd_synchronize(disc, setup) ? GOOD : COMMAND_SEQUENCE_ERROR;
    return function == TRACK ? close_track(disc, track)
                             : close_session(disc, setup->multi_session == MULTI_SESSION);
}

/* Ends what was recorded at once: all of it is there. */
static void finish_burn(struct disc *disc, const struct write_setup *setup)
{
    struct cd *cd = &disc->cd;
    bool multi_session =
        cd->burn.kind == CD_BURN_RAW ? cd->burn.multi_session : setup->multi_session == 3;

    for (uint32_t i = cd_first_of(cd, cd_last(cd)->session) - 1; i < cd->track_count; i++)
        cd->tracks[i].kind = CD_CLOSED;
    cd->burn.kind = CD_BURN_NONE;
    finish_session(disc, multi_session);
}

bool cd_synchronize(struct disc *disc, const struct write_setup *setup)
{
    struct cd *cd = &disc->cd;
    struct cd_track *last = cd_last(cd);
    int32_t end = cd->burn.lead_out;

    if (cd->testing) {
        if (cd->burn.kind == CD_BURN_NONE || cd->burn.next >= end)
            cd_end_test(disc);
        return false;
    }
    if (cd->burn.kind == CD_BURN_RAW)
        end += last->session == 1 ? CD_LEAD_OUT_FIRST : CD_LEAD_OUT_LATER;
    if (cd->burn.kind != CD_BURN_NONE && (!cd->burn.lead_out || cd->burn.next < end))
        return false;
    if (cd->burn.kind != CD_BURN_NONE) {
        finish_burn(disc, setup);
        return true;
    }
    if (last->kind != CD_RECORDING || last->packet || last->at_once)
        return false;
    cd_close_track(disc, last);
    return true;
}

static enum outcome reserve(struct disc *disc, const struct write_setup *setup, uint32_t blocks)
{
    struct cd *cd = &disc->cd;
    struct cd_track *last = cd_last(cd);

    if (cd->finalised)
        return WRITE_PROTECTED;
    if (last->kind != CD_INVISIBLE || cd->testing || setup->write_type > WRITE_TRACK_AT_ONCE)
        return COMMAND_SEQUENCE_ERROR;
    if (cd->track_count == CD_TRACKS_MAX)
        return NO_MORE_TRACK_RESERVATIONS;
    if (!blocks || blocks > (uint32_t)(last->end - CD_RUN_OUT - last->start))
        return INVALID_FIELD_IN_CDB;
    if (blocks < CD_TRACK_MIN)
        blocks = CD_TRACK_MIN;
    last->kind = CD_RESERVED;
    last->control = setup->track_mode;
    last->mode = setup->track_mode & CD_CONTROL_DATA ? CD_MODE_1 : CD_AUDIO;
    last->end = last->start + (int32_t)blocks;
    cd->cue_count = 0;
    cd_add_invisible(disc, last->session, last->end + CD_RUN_OUT + CD_PREGAP);
    return GOOD;
}

/* ---- telling ---- */

static uint32_t msf_field(int32_t lba)
{
    uint8_t msf[3];

    cd_msf(lba, msf);
    return (uint32_t)msf[0] << 16 | (uint32_t)msf[1] << 8 | msf[2];
}

static void summary(const struct disc *disc, struct disc_summary *out)
{
    const struct cd *cd = &disc->cd;
    uint32_t session = const_last(cd)->session;

    *out = (struct disc_summary){
        .status = DISC_FINALISED,
        .last_session = SESSION_COMPLETE,
        .sessions = session,
        .last_track = cd->track_count,
        .first_track_in_last_session = cd_first_of(cd, session),
        .disc_type = cd->disc_type,
        .lead_in_start = NO_MSF,
        .last_lead_out = NO_MSF,
    };
    if (cd->finalised)
        return;
    out->lead_in_start = msf_field(cd_lead_in(disc));
    out->last_lead_out = msf_field((int32_t)disc->medium->sectors);
    out->last_session = cd->damaged               ? SESSION_DAMAGED
                        : cd_session_is_empty(cd) ? SESSION_EMPTY
                                                  : SESSION_INCOMPLETE;
    out->status =
        out->last_session == SESSION_EMPTY && cd->track_count == 1 ? DISC_EMPTY : DISC_APPENDABLE;
}

static uint32_t tracks(const struct disc *disc)
{
    return disc->cd.track_count;
}

static uint32_t free_blocks(const struct cd_track *track)
{
    int32_t room = track->end - track->next - (int32_t)track->links;

    if (track->kind != CD_RESERVED)
        room -= CD_RUN_OUT;
    if (room <= 0)
        return 0;
    return track->fixed ? (uint32_t)room / (track->packet_size + CD_LINK) * track->packet_size
                        : (uint32_t)room;
}

static void track_summary(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    static const uint8_t data_modes[] = {0x0f, 1, 2, 2};
    const struct cd *cd = &disc->cd;
    const struct cd_track *track = &cd->tracks[number - 1];

    *out = (struct track_summary){
        .number = number,
        .session = track->session,
        .start = (uint32_t)track->start,
        .size = (uint32_t)(track->end - track->start),
        .reserved = track->kind == CD_RESERVED,
        .blank = track->next == track->start && track->kind != CD_CLOSED,
        .closed = track->kind == CD_CLOSED,
        .damaged = track->damaged || (cd->damaged && track->kind == CD_RECORDING),
        .copy = track->control & 0x02,
        .track_mode = track->control,
        .data_mode = data_modes[track->mode],
        .packet = track->packet,
        .fixed_packet = track->fixed,
        .packet_size = track->packet_size,
        .last_valid = track->next > track->start,
    };
    if (out->last_valid)
        out->last = (uint32_t)track->next - 1;
    if (track->kind == CD_CLOSED || cd->damaged)
        return;
    if (cd->burn.kind != CD_BURN_NONE) {
        out->next_valid = number == cd->track_count;
        out->next = out->next_valid ? (uint32_t)cd->burn.next : 0;
        return;
    }
    out->free = free_blocks(track);
    out->next_valid = out->free > 0;
    out->next = out->next_valid ? (uint32_t)track->next : 0;
    /* What a cue sheet announced begins with a pregap or a lead-in. */
    if (out->next_valid && cd->cue_count && number == cd->track_count)
        out->next = (uint32_t)cd_skip_made(cd, cd->parts[cd->part_count].start);
}

/* ---- keeping ---- */

static void saved(struct disc *disc)
{
    struct cd *cd = &disc->cd;

    for (uint32_t i = 0; i < cd->track_count; i++) {
        cd->tracks[i].synced = cd->tracks[i].next;
        cd->tracks[i].marked = cd->tracks[i].next;
    }
    cd->burn.synced = cd->burn.next;
    cd->burn.marked = cd->burn.next;
}

static void doubt(struct disc *disc)
{
    struct cd *cd = &disc->cd;

    for (uint32_t i = 0; i < cd->track_count; i++)
        cd->tracks[i].marked = cd->tracks[i].next;
    cd->burn.marked = cd->burn.next;
}

static bool unsettled(const struct disc *disc)
{
    const struct cd *cd = &disc->cd;

    if (cd_is_writing(disc))
        return true;
    for (uint32_t i = 0; i < cd->track_count; i++)
        if (cd->tracks[i].kind != CD_CLOSED && cd->tracks[i].marked > cd->tracks[i].next)
            return true;
    return false;
}

/* As far as the dead writer may have come, in whole packets. */
static int32_t reached(const struct cd_track *track, int32_t next, int32_t marked, int32_t image)
{
    int32_t to = image < marked ? image : marked;

    if (track && track->fixed && to > track->start) {
        int32_t size = (int32_t)track->packet_size;

        to = track->start + (to - track->start + size - 1) / size * size;
    }
    return to > next ? to : next;
}

static void recover_track(struct disc *disc, uint32_t index, int32_t image)
{
    struct cd_track *track = &disc->cd.tracks[index];
    int32_t next = reached(track, track->next, track->marked, image);

    if (track->packet && !track->fixed && next > track->next)
        next += CD_LINK;
    if (next > track->end - (track->kind == CD_RESERVED ? 0 : CD_RUN_OUT))
        next = track->end - (track->kind == CD_RESERVED ? 0 : CD_RUN_OUT);
    if (track->fixed)
        track->links = (uint32_t)(next - track->start) / track->packet_size * CD_LINK;
    track->damaged = track->damaged || next > track->next;
    track->next = next;
    track->marked = next;
    if (track->kind != CD_RECORDING || track->packet || track->at_once)
        return;
    track->damaged = true;
    if (next > track->start) {
        cd_close_track(disc, track);
    } else {
        disc->cd.track_count--;
        cd_add_invisible(disc, track->session, track->start);
    }
}

/* A track at once ends where its writer died; a session at once stays a torso. */
static void recover(struct disc *disc, uint32_t image_sectors)
{
    struct cd *cd = &disc->cd;
    int32_t image = image_sectors < INT32_MAX ? (int32_t)image_sectors : INT32_MAX;
    uint32_t count = cd->track_count;

    if (cd->burn.kind != CD_BURN_NONE) {
        cd->burn.next = reached(NULL, cd->burn.next, cd->burn.marked, image);
        cd_spread_next(cd);
        cd->burn.kind = CD_BURN_NONE;
        cd->damaged = true;
    }
    for (uint32_t i = 0; i < count; i++)
        if (cd->tracks[i].kind != CD_CLOSED && !cd->tracks[i].at_once)
            recover_track(disc, i, image);
}

/* Nothing links what is behind the gap to what is ahead of it: the track, or the session that was
 * to be recorded in one go, ends here. Packets are linked anyway. */
static void damage(struct disc *disc)
{
    struct cd *cd = &disc->cd;

    if (cd->testing) {
        cd_end_test(disc);
    } else if (cd->burn.kind != CD_BURN_NONE) {
        cd->burn.kind = CD_BURN_NONE;
        cd->damaged = true;
    } else if (cd_is_writing(disc)) {
        cd_last(cd)->damaged = true;
        cd_close_track(disc, cd_last(cd));
    }
}

#define CD_OPS                                                                                     \
    .make_blank = cd_make_blank, .synchronize = cd_synchronize, .damage = damage, .lose = cd_lose, \
    .close = close_function, .reserve = reserve, .blank = cd_blank, .summary = summary,            \
    .tracks = tracks, .track = track_summary, .recorded_end = recorded_end, .capacity = capacity,  \
    .writing = cd_is_writing, .save = cd_save, .taken = cd_taken, .whole = cd_whole,               \
    .saved = saved, .doubt = doubt, .unsettled = unsettled, .recover = recover

const struct medium_ops cd_ops = {CD_OPS};
const struct medium_ops cd_rw_ops = {CD_OPS, .format = cd_rw_format, .formats = cd_rw_formats};
