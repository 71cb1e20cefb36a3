/* DVD-R and the sequential DVD-RW: mode page 05h decides between disc at once and incremental.
 * The invariant: a disc at once is one track that SYNCHRONIZE CACHE ends, and with it the disc. */
#include "sequential.h"

enum { RESERVED_TRACKS_MAX = 2 }; /* besides the open one, MMC-6: three are open at most */

static enum outcome may_write(const struct disc *disc, const struct write_setup *setup,
                              uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    bool known_data = disc->medium->data_types >> setup->block_type & 1;
    bool fits = false;

    *bad = lba;
    if (disc->finalised)
        return WRITE_PROTECTED;
    if (setup->write_type == WRITE_SESSION_AT_ONCE)
        fits = disc->at_once == AT_ONCE_RUNNING || sequential_is_blank(disc);
    else if (setup->write_type == WRITE_PACKET)
        fits = disc->at_once == AT_ONCE_NO && !disc->at_once_only;
    if (!fits || !known_data || setup->test_write)
        return ILLEGAL_MODE_FOR_TRACK;
    return sequential_may_write(disc, setup, lba, blocks, bad);
}

static bool mark(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    if (setup->write_type == WRITE_SESSION_AT_ONCE)
        disc->at_once = AT_ONCE_RUNNING;
    return sequential_mark(disc, setup, lba, blocks);
}

static bool writing(const struct disc *disc)
{
    return disc->writing;
}

/* The end of a disc at once: what was reserved is filled up, then comes the lead-out. */
static bool synchronize(struct disc *disc, const struct write_setup *setup)
{
    struct track *track = sequential_last(disc);

    (void)setup;
    if (disc->at_once != AT_ONCE_RUNNING || track->next == track->start)
        return false;
    track->next =
        sequential_round_up(disc, track->kind == TRACK_RESERVED ? track->end : track->next);
    track->end = track->next;
    track->kind = TRACK_CLOSED;
    disc->at_once = AT_ONCE_NO;
    disc->finalised = true;
    return true;
}

/* MMC-6, CLOSE TRACK/SESSION, functions for DVD-R. Mode page 05h tells whether a session may
 * follow. */
static enum outcome close_function(struct disc *disc, const struct write_setup *setup,
                                   uint32_t function, uint32_t track)
{
    enum { TRACK = 1, SESSION = 2, ANOTHER_MAY_FOLLOW = 3 };

    if (function != TRACK && function != SESSION)
        return INVALID_FIELD_IN_CDB;
    if (disc->finalised)
        return WRITE_PROTECTED;
    if (disc->at_once)
        return COMMAND_SEQUENCE_ERROR;
    return function == TRACK
               ? sequential_close_track(disc, track)
               : sequential_close_session(disc, setup->multi_session != ANOTHER_MAY_FOLLOW);
}

static enum outcome reserve_at_once(struct disc *disc, uint32_t blocks)
{
    struct track *track = sequential_last(disc);
    bool planned = disc->at_once == AT_ONCE_RUNNING && track->next == track->start;

    if (disc->finalised)
        return WRITE_PROTECTED;
    if (!planned && !sequential_is_blank(disc))
        return COMMAND_SEQUENCE_ERROR;
    if (!blocks || blocks > sequential_end(disc))
        return INVALID_FIELD_IN_CDB;
    track->kind = TRACK_RESERVED;
    track->end = blocks;
    disc->at_once = AT_ONCE_RUNNING;
    return GOOD;
}

static enum outcome reserve(struct disc *disc, const struct write_setup *setup, uint32_t blocks)
{
    uint32_t reserved = 0;

    if (setup->write_type == WRITE_SESSION_AT_ONCE)
        return reserve_at_once(disc, blocks);
    if (setup->write_type != WRITE_PACKET || disc->at_once || disc->at_once_only)
        return ILLEGAL_MODE_FOR_TRACK;
    for (uint32_t i = 0; i < disc->track_count; i++)
        reserved += disc->tracks[i].kind == TRACK_RESERVED;
    if (reserved == RESERVED_TRACKS_MAX)
        return NO_MORE_TRACK_RESERVATIONS;
    return sequential_reserve(disc, setup, blocks);
}

static void track_summary(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    sequential_track(disc, number, out);
    out->packet = !disc->at_once && !disc->at_once_only;
    out->fixed_packet = false; /* packets are as long as the host makes them, in whole units */
}

/* MMC-6, READ DISC STRUCTURE, format 0Eh, "Pre-recorded Information": fields of eight bytes, each
 * with its number first. */
static uint32_t structure(const struct disc *disc, uint8_t format, uint8_t *data)
{
    enum {
        PRE_RECORDED = 0x0e,
        SIZE = 44,
        MANUFACTURER_1 = 16,
        MANUFACTURER_2 = 24,
        ID_BYTES = 6,
        FIRST_SECTOR = 0x030000
    };
    uint32_t last = FIRST_SECTOR + disc->medium->sectors - 1;
    const char *id = disc->medium->media_id;

    if (format != PRE_RECORDED)
        return 0;
    data[0] = 1;
    data[1] = 0x40; /* for any purpose */
    data[2] = disc->medium->erasable ? 0x83 : 0x81;
    data[3] = (uint8_t)(last >> 16);
    data[4] = (uint8_t)(last >> 8);
    data[5] = (uint8_t)last;
    data[8] = 2;
    data[MANUFACTURER_1] = 3;
    data[MANUFACTURER_2] = 4;
    for (int i = 0; i < ID_BYTES && id[i]; i++)
        data[MANUFACTURER_1 + 1 + i] = (uint8_t)id[i];
    for (int i = ID_BYTES; i < 2 * ID_BYTES && id[i]; i++)
        data[MANUFACTURER_2 + 1 + i - ID_BYTES] = (uint8_t)id[i];
    return SIZE;
}

/* MMC-6, feature "Incremental Streaming Writable": not after a minimal blank. */
static bool has_feature(const struct disc *disc, uint16_t code)
{
    return code != 0x0021 || !disc->at_once_only;
}

/* ---- blanking ---- */

/* Takes the empty session off that waits behind the last one; false when that one is open. */
static bool drop_empty_session(struct disc *disc)
{
    const struct track *last = sequential_const_last(disc);

    if (disc->finalised)
        return true;
    if (last->kind != TRACK_OPEN || last->next != last->start || last->session == 1 ||
        disc->tracks[disc->track_count - 2].session == last->session)
        return false;
    disc->track_count--;
    return true;
}

static enum outcome unclose_last_session(struct disc *disc)
{
    const struct track *last;

    if (disc->at_once || !drop_empty_session(disc))
        return COMMAND_SEQUENCE_ERROR;
    last = sequential_const_last(disc);
    disc->finalised = false;
    if (last->end < sequential_end(disc) && disc->track_count < DISC_TRACKS_MAX)
        sequential_add_open_track(disc, last->session, last->end);
    return GOOD;
}

static enum outcome erase_last_session(struct disc *disc)
{
    uint32_t session, first;

    if (disc->at_once)
        return COMMAND_SEQUENCE_ERROR;
    drop_empty_session(disc);
    session = sequential_const_last(disc)->session;
    first = sequential_first_track_of(disc, session) - 1;
    disc->finalised = false;
    disc->track_count = first;
    sequential_add_open_track(disc, session, disc->tracks[first].start);
    return GOOD;
}

enum outcome dvd_rw_blank(struct disc *disc, uint32_t type, uint32_t address, int *field)
{
    enum { WHOLE_DISC = 0, MINIMAL = 1, UNCLOSE = 5, LAST_SESSION = 6 };
    const struct medium *row = medium_by_name("dvd-rw");

    (void)address;
    (void)field;
    if (type == WHOLE_DISC || type == MINIMAL) {
        *disc = (struct disc){.medium = row, .at_once_only = type == MINIMAL};
        sequential_make_blank(disc);
        return GOOD;
    }
    if (disc->medium != row || (type != UNCLOSE && type != LAST_SESSION))
        return INVALID_FIELD_IN_CDB;
    return type == UNCLOSE ? unclose_last_session(disc) : erase_last_session(disc);
}

/* What is written in one go can't be linked, and then is not what was promised. Packets are linked
 * anyway. */
static void damage(struct disc *disc)
{
    if (disc->at_once == AT_ONCE_RUNNING)
        disc->at_once = AT_ONCE_BROKEN;
}

#define DVD_R_OPS                                                                                  \
    SEQUENTIAL_OPS, .may_write = may_write, .mark = mark, .wrote = sequential_wrote,               \
                    .synchronize = synchronize, .close = close_function, .reserve = reserve,       \
                    .writing = writing, .has_feature = has_feature, .structure = structure,        \
                    .track = track_summary, .saved = sequential_saved, .damage = damage

const struct medium_ops dvd_r_ops = {DVD_R_OPS};
const struct medium_ops dvd_r_dl_ops = {DVD_R_OPS, .set_layer_break = sequential_set_layer_break};
const struct medium_ops dvd_rw_ops = {DVD_R_OPS, .blank = dvd_rw_blank,
                                      .format = restricted_overwrite_format,
                                      .formats = restricted_overwrite_formats};
