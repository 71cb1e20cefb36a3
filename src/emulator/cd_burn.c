/* What may be recorded on a CD next, and what it makes of the disc.
 * The invariant: a WRITE is decided whole by cd_may_write, which changes nothing; cd_begin, cd_mark
 * and cd_wrote follow only what it allowed. */
#include <stddef.h>
#include <string.h>
#include "disc.h"

enum {
    MARK_AHEAD = 32768, /* blocks: a save for every 64 MiB */
    /* Where later tracks hold data, the size of the image does not tell how far a dead writer
     * came: mark less. */
    MARK_AHEAD_BETWEEN = 1024,
    FORM_SUB = 0xc0,
};

/* ---- forms and types of blocks ---- */

uint32_t cd_block_type_bytes(uint8_t type)
{
    static const uint16_t bytes[16] = {2352, 2368, 2448, 2448, 0,    0,    0, 0,
                                       2048, 2336, 2048, 2056, 2324, 2332, 0, 0};

    return bytes[type & 0x0f];
}

int cd_form_bytes(uint8_t form)
{
    static const int16_t main_bytes[4][5] = {
        {2352, 0, -1, -1, -1},
        {2048, 2352, 2048, 2352, 0},
        {2336, 2352, 2336, 2352, 0},
        {2336, 2352, 2336, 2352, 0},
    };
    uint8_t family = form >> 4 & 0x03;
    uint8_t kind = form & 0x0f;

    if (kind > 4 || (form & FORM_SUB) == 0x80 || main_bytes[family][kind] < 0)
        return -1;
    return main_bytes[family][kind] + (form & FORM_SUB ? CD_SUB_BYTES : 0);
}

enum cd_mode cd_form_mode(uint8_t form)
{
    static const enum cd_mode modes[4] = {CD_AUDIO, CD_MODE_1, CD_XA, CD_MODE_2};

    return modes[form >> 4 & 0x03];
}

static enum cd_mode block_type_mode(uint8_t type)
{
    if (type < 8)
        return CD_AUDIO;
    return type == 8 ? CD_MODE_1 : type == 9 ? CD_MODE_2 : CD_XA;
}

/* ---- sessions at once ---- */

struct parts {
    const struct cd_part *at;
    uint32_t count;
};

/* Of the session being recorded, else of the one that a cue sheet announced. */
static struct parts parts_at_hand(const struct cd *cd)
{
    if (cd->burn.kind == CD_BURN_SESSION)
        return (struct parts){cd->parts + cd->burn.parts_before,
                              cd->part_count - cd->burn.parts_before};
    return (struct parts){cd->parts + cd->part_count, cd->cue_count};
}

const struct cd_part *cd_part_at(const struct cd *cd, int32_t lba)
{
    struct parts parts = parts_at_hand(cd);
    uint32_t i = 0;

    if (!parts.count || lba < parts.at[0].start)
        return NULL;
    while (i + 1 < parts.count && parts.at[i + 1].start <= lba)
        i++;
    return &parts.at[i];
}

static bool is_lead_out(const struct cd_part *part)
{
    return part->track == CD_LEAD_OUT_TRACK;
}

int32_t cd_skip_made(const struct cd *cd, int32_t lba)
{
    const struct cd_part *part = cd_part_at(cd, lba);

    while (part && !is_lead_out(part) && cd_form_bytes(part->form) == 0) {
        part++;
        lba = part->start;
    }
    return lba;
}

static enum outcome session_job(const struct cd *cd, struct cd_job *job, int32_t *bad)
{
    int32_t lba = job->lba;
    uint32_t left = job->blocks;

    while (left) {
        const struct cd_part *part = cd_part_at(cd, lba);
        uint32_t run;

        *bad = lba;
        if (!part || is_lead_out(part))
            return END_OF_USER_AREA;
        if (cd_form_bytes(part->form) == 0)
            return INVALID_ADDRESS_FOR_WRITE;
        run = (uint32_t)(part[1].start - lba);
        run = run < left ? run : left;
        job->bytes += (uint64_t)run * (uint32_t)cd_form_bytes(part->form);
        lba += (int32_t)run;
        left -= run;
    }
    return GOOD;
}

static enum outcome raw_job(const struct disc *disc, const struct write_setup *setup,
                            struct cd_job *job)
{
    enum { LAST_RAW_TYPE = 3 };
    int32_t limit = (int32_t)disc->medium->sectors + CD_LEAD_OUT_FIRST;

    if (setup->block_type < 1 || setup->block_type > LAST_RAW_TYPE)
        return ILLEGAL_MODE_FOR_TRACK;
    if (job->lba > limit || (int64_t)job->lba + job->blocks > limit)
        return LBA_OUT_OF_RANGE;
    job->bytes = (uint64_t)job->blocks * cd_block_type_bytes(setup->block_type);
    return GOOD;
}

static bool is_raw_start(const struct disc *disc, int32_t lba)
{
    const struct cd *cd = &disc->cd;

    return lba == cd_lead_in(disc) ||
           (cd->tracks[cd->track_count - 1].session == 1 && lba == cd_lba(95, 0, 0));
}

static enum outcome at_once_job(const struct disc *disc, const struct write_setup *setup,
                                struct cd_job *job, int32_t *bad)
{
    const struct cd *cd = &disc->cd;
    bool raw = setup->write_type == WRITE_RAW;
    struct parts parts = parts_at_hand(cd);

    job->at_once = true;
    job->begins = cd->burn.kind == CD_BURN_NONE;
    if (!job->begins)
        raw = cd->burn.kind == CD_BURN_RAW;
    else if (!cd_session_is_empty(cd) || (!raw && !parts.count))
        return COMMAND_SEQUENCE_ERROR;
    if (job->begins && raw
            ? !is_raw_start(disc, job->lba)
            : job->lba != (job->begins ? cd_skip_made(cd, parts.at[0].start) : cd->burn.next))
        return INVALID_ADDRESS_FOR_WRITE;
    return raw ? raw_job(disc, setup, job) : session_job(cd, job, bad);
}

/* ---- tracks at once, and packets ---- */

static const struct cd_track *writable_at(const struct cd *cd, int32_t lba)
{
    for (uint32_t i = 0; i < cd->track_count; i++)
        if (cd->tracks[i].kind != CD_CLOSED && cd->tracks[i].next == lba)
            return &cd->tracks[i];
    return NULL;
}

static int32_t room_of(const struct cd_track *track)
{
    int32_t room = track->end - track->next - (int32_t)track->links;

    return track->kind == CD_RESERVED ? room : room - CD_RUN_OUT;
}

static bool any_room(const struct cd *cd)
{
    for (uint32_t i = 0; i < cd->track_count; i++)
        if (cd->tracks[i].kind != CD_CLOSED && room_of(&cd->tracks[i]) > 0)
            return true;
    return false;
}

/* Whether track mode and data block type go together, and with what the track holds. */
static bool mode_fits(const struct cd_track *track, const struct write_setup *setup)
{
    bool data = setup->track_mode & CD_CONTROL_DATA;
    bool packet = setup->write_type == WRITE_PACKET;

    if (data ? setup->block_type < 8 : setup->block_type != 0)
        return false;
    if (!cd_block_type_bytes(setup->block_type) || (packet && !data))
        return false;
    if (track->kind == CD_RESERVED &&
        (data != ((track->control & CD_CONTROL_DATA) != 0) || setup->test_write))
        return false;
    if (track->next == track->start)
        return true;
    return track->mode == block_type_mode(setup->block_type) && track->packet == packet &&
           (!packet || track->fixed == setup->fixed_packet);
}

static enum outcome packet_fits(const struct cd_track *track, const struct write_setup *setup,
                                const struct cd_job *job)
{
    enum { PACKET_SIZE_MAX = 0xffff };
    uint32_t size = setup->packet_size;
    uint64_t taken = job->blocks + CD_LINK;
    int32_t room = room_of(track);

    if (setup->fixed_packet) {
        if (!size || size > PACKET_SIZE_MAX || job->blocks % size ||
            (track->next > track->start && track->packet_size != size))
            return INVALID_PACKET_SIZE;
        taken = (uint64_t)(job->blocks / size) * (size + CD_LINK);
    }
    if (room <= CD_LINK)
        return END_OF_USER_AREA;
    return taken > (uint32_t)room ? PACKET_DOES_NOT_FIT : GOOD;
}

static enum outcome track_job(const struct disc *disc, const struct write_setup *setup,
                              struct cd_job *job)
{
    const struct cd *cd = &disc->cd;
    const struct cd_track *track;

    if (job->lba < 0 || job->lba >= (int32_t)disc->medium->sectors ||
        job->blocks > disc->medium->sectors - (uint32_t)job->lba)
        return LBA_OUT_OF_RANGE;
    if (!any_room(cd))
        return END_OF_USER_AREA;
    track = writable_at(cd, job->lba);
    if (!track)
        return INVALID_ADDRESS_FOR_WRITE;
    if (!mode_fits(track, setup))
        return ILLEGAL_MODE_FOR_TRACK;
    if (track->kind == CD_RECORDING && cd->testing != setup->test_write)
        return COMMAND_SEQUENCE_ERROR;
    job->begins = track->next == track->start;
    job->bytes = (uint64_t)job->blocks * cd_block_type_bytes(setup->block_type);
    if (setup->write_type == WRITE_PACKET)
        return packet_fits(track, setup, job);
    return room_of(track) < 0 || job->blocks > (uint32_t)room_of(track) ? END_OF_USER_AREA : GOOD;
}

enum outcome cd_may_write(const struct disc *disc, const struct write_setup *setup,
                          struct cd_job *job, int32_t *bad)
{
    const struct cd *cd = &disc->cd;
    const struct cd_track *last = &cd->tracks[cd->track_count - 1];
    bool in_track = last->kind == CD_RECORDING && !last->at_once && !last->packet;

    *bad = job->lba;
    if (cd->finalised)
        return WRITE_PROTECTED;
    if (cd->damaged)
        return INCOMPLETE_TRACK_IN_SESSION;
    if (cd->burn.kind != CD_BURN_NONE || (!in_track && setup->write_type >= WRITE_SESSION_AT_ONCE))
        return at_once_job(disc, setup, job, bad);
    return track_job(disc, setup, job);
}

/* ---- taking note ---- */

/* The text of a page 05h field with a valid bit in its first byte. */
static void take_page_text(const uint8_t *field, char *text, uint32_t chars)
{
    if (field[0] & 0x80)
        memcpy(text, field + 1, chars);
}

static void begin_track(struct disc *disc, const struct write_setup *setup, struct cd_track *track)
{
    enum { MCN_AT = 16, ISRC_AT = 32 };
    struct cd *cd = &disc->cd;

    if (track->kind == CD_INVISIBLE)
        track->kind = CD_RECORDING;
    track->control = setup->track_mode;
    track->mode = block_type_mode(setup->block_type);
    track->packet = setup->write_type == WRITE_PACKET;
    track->fixed = track->packet && setup->fixed_packet;
    track->packet_size = track->fixed ? setup->packet_size : 0;
    cd->testing = setup->test_write;
    if (cd->disc_type == 0xff)
        cd->disc_type = setup->session_format;
    if (cd->testing)
        return;
    /* That of a cue sheet which was not recorded. */
    memset(cd->isrc[cd_number(cd, track) - 1], 0, sizeof(cd->isrc[0]));
    take_page_text(setup->page + MCN_AT, cd->mcn, CD_MCN_CHARS);
    if (track->mode == CD_AUDIO)
        take_page_text(setup->page + ISRC_AT, cd->isrc[cd_number(cd, track) - 1], CD_ISRC_CHARS);
}

static void add_track_of(struct cd *cd, const struct cd_part *part, uint8_t session)
{
    struct cd_track *last;

    if (part->track != cd->track_count)
        cd->tracks[cd->track_count++] = (struct cd_track){
            .kind = CD_RECORDING, .at_once = true, .session = session, .pregap = part->start};
    last = cd_last(cd);
    if (part->index > 1)
        return;
    last->control = part->control;
    last->mode = cd_form_mode(part->form);
    last->sub = (part->form & FORM_SUB) != 0;
    last->start = part->start;
    last->next = part->start;
    last->synced = part->start;
    last->marked = part->start;
}

/* The tracks that the cue sheet announced take the place of the invisible one. */
static void begin_session(struct disc *disc)
{
    struct cd *cd = &disc->cd;
    struct parts parts = parts_at_hand(cd);
    uint8_t session = cd_last(cd)->session;
    int32_t program = cd_last(cd)->start;
    uint32_t first = --cd->track_count;

    cd->burn = (struct cd_burn){.kind = CD_BURN_SESSION,
                                .parts_before = cd->part_count,
                                .program = program,
                                .next = cd_skip_made(cd, parts.at[0].start),
                                .lead_out = parts.at[parts.count - 1].start};
    cd->part_count += cd->cue_count;
    cd->cue_count = 0;
    for (uint32_t i = 0; i + 1 < parts.count; i++)
        if (parts.at[i].track)
            add_track_of(cd, &parts.at[i], session);
    for (uint32_t i = first; i < cd->track_count; i++)
        cd->tracks[i].end = i + 1 < cd->track_count ? cd->tracks[i + 1].pregap : cd->burn.lead_out;
    cd->burn.synced = cd->burn.next;
    cd->burn.marked = cd->burn.next;
}

void cd_begin(struct disc *disc, const struct write_setup *setup, const struct cd_job *job)
{
    struct cd *cd = &disc->cd;

    if (!job->at_once) {
        cd->cue_count = 0;
        begin_track(disc, setup, (struct cd_track *)writable_at(cd, job->lba));
        return;
    }
    cd->testing = setup->test_write;
    if (cd->disc_type == 0xff)
        cd->disc_type = setup->session_format;
    if (setup->write_type == WRITE_SESSION_AT_ONCE) {
        begin_session(disc);
        return;
    }
    cd->cue_count = 0;
    memset(&cd->contents, 0, sizeof(cd->contents));
    cd->burn = (struct cd_burn){.kind = CD_BURN_RAW,
                                .parts_before = cd->part_count,
                                .program = cd_last(cd)->start,
                                .next = job->lba,
                                .synced = job->lba,
                                .marked = job->lba};
}

static bool mark_at_once(struct cd *cd, const struct cd_job *job, int32_t end)
{
    if (!job->begins && (end <= 0 || end <= cd->burn.marked))
        return false;
    /* The tracks of a raw session are known behind its lead-in, so the write that goes from there
     * into the program area is marked by itself. */
    if (end > 0)
        cd->burn.marked = end + (cd_last(cd)->at_once ? MARK_AHEAD : 0);
    return true;
}

bool cd_mark(struct disc *disc, const struct cd_job *job)
{
    struct cd *cd = &disc->cd;
    int32_t end = job->lba + (int32_t)job->blocks;
    struct cd_track *track;
    int32_t ahead;

    if (cd->testing)
        return false;
    if (job->at_once)
        return mark_at_once(cd, job, end);
    track = (struct cd_track *)writable_at(cd, job->lba);
    if (end <= track->marked)
        return false;
    ahead = disc->medium->ops->recorded_end(disc) > (uint32_t)end ? MARK_AHEAD_BETWEEN : MARK_AHEAD;
    track->marked = ahead < track->end - end ? end + ahead : track->end;
    return true;
}

void cd_wrote(struct disc *disc, const struct write_setup *setup, const struct cd_job *job)
{
    struct cd *cd = &disc->cd;
    struct cd_track *track;

    if (job->at_once) {
        cd->burn.next = cd_skip_made(cd, job->lba + (int32_t)job->blocks);
        cd_spread_next(cd);
        return;
    }
    track = (struct cd_track *)writable_at(cd, job->lba);
    track->next += (int32_t)job->blocks;
    if (track->fixed)
        track->links += job->blocks / setup->packet_size * CD_LINK;
    else if (track->packet)
        track->next += CD_LINK;
}

bool cd_needs_sectors(const struct disc *disc, const struct write_setup *setup,
                      const struct cd_job *job)
{
    struct parts parts = parts_at_hand(&disc->cd);

    if (!job->at_once)
        return block_type_mode(setup->block_type) != CD_MODE_1;
    if (setup->write_type == WRITE_RAW)
        return true;
    for (uint32_t i = 0; i + 1 < parts.count; i++)
        if ((parts.at[i].form & FORM_SUB) ||
            (parts.at[i].track && cd_form_mode(parts.at[i].form) != CD_MODE_1))
            return true;
    return false;
}
