/* A CD-RW that was formatted: one closed track of fixed packets over the disc, any of which may be
 * written again as a whole.
 * The invariant: a block of the track holds what was last written there, or zeros; the model of the
 * CD never changes but by FORMAT UNIT and BLANK. */
#include <string.h>
#include "medium_random.h"

/* The other row of the same disc: of a sequential one the formatted, and the other way round. */
static const struct medium *other_row(const struct medium *row)
{
    const struct medium *other;
    uint32_t i = 0;

    do
        other = medium_at(i++);
    while (other && (other == row || strcmp(other->sold_as, row->sold_as) != 0));
    return other;
}

static const struct medium *formatted_row(const struct disc *disc)
{
    return disc->medium->ops == &cd_packet_ops ? disc->medium : other_row(disc->medium);
}

/* A packet takes the room of its link, run-in and run-out blocks too, which have no address. */
static uint32_t packets_at_most(const struct medium *row)
{
    return (row->sectors - CD_RUN_OUT) / (row->unit + CD_LINK);
}

static void lay_out(struct cd *cd, uint32_t packet_size, uint32_t packets)
{
    int32_t end = (int32_t)(packets * packet_size);

    memset(cd, 0, sizeof(*cd));
    cd->finalised = true;
    cd->track_count = 1;
    cd->tracks[0] = (struct cd_track){
        .kind = CD_CLOSED,
        .mode = CD_MODE_1,
        .session = 1,
        .control = CD_CONTROL_DATA,
        .packet = true,
        .fixed = true,
        .packet_size = packet_size,
        .links = packets * CD_LINK,
        .pregap = -CD_PREGAP,
        .end = end,
        .next = end,
        .synced = end,
        .marked = end,
    };
}

/* ---- formatting and blanking ---- */

uint32_t cd_rw_formats(const struct disc *disc, struct format_capacity *list)
{
    const struct medium *row = formatted_row(disc);

    list[0] =
        (struct format_capacity){packets_at_most(row) * row->unit, FORMAT_CD_RW_FULL, 0, row->unit};
    return 1;
}

/* MMC-6, FORMAT UNIT, format type 10h. Nothing of what was there stays. */
enum outcome cd_rw_format(struct disc *disc, const struct format_request *request, uint64_t now_us)
{
    const struct medium *row = formatted_row(disc);
    uint32_t packets = request->blocks / row->unit;

    (void)now_us;
    if (request->type != FORMAT_CD_RW_FULL || request->sub_type)
        return wrong_format(request, FIELD_TYPE);
    if (!packets || packets > packets_at_most(row) || request->blocks % row->unit)
        return wrong_format(request, FIELD_BLOCKS);
    if (request->parameter && request->parameter != row->unit)
        return wrong_format(request, FIELD_PARAMETER);
    disc->medium = row;
    disc->written = 0;
    lay_out(&disc->cd, row->unit, packets);
    return GOOD;
}

/* The whole disc or none of it: there is no session to open again. */
static enum outcome blank(struct disc *disc, uint32_t type, uint32_t address, int *field)
{
    enum { WHOLE, MINIMAL, LAST_TYPE = 6 };

    (void)address;
    (void)field;
    if (type > LAST_TYPE)
        return INVALID_FIELD_IN_CDB;
    if (type > MINIMAL)
        return COMMAND_SEQUENCE_ERROR;
    disc->medium = other_row(disc->medium);
    disc->written = 0;
    cd_make_blank(disc);
    return GOOD;
}

/* MMC-6, CLOSE TRACK/SESSION: what is closed stays so. */
static enum outcome close_function(struct disc *disc, const struct write_setup *setup,
                                   uint32_t function, uint32_t track)
{
    enum { TRACK = 1, SESSION = 2, INVISIBLE_TRACK = 0xff };

    (void)disc;
    (void)setup;
    if (function == TRACK)
        return track == 1 || track == INVISIBLE_TRACK ? GOOD : INVALID_FIELD_IN_CDB;
    return function == SESSION ? GOOD : INVALID_FIELD_IN_CDB;
}

/* ---- writing and telling ---- */

static uint32_t capacity(const struct disc *disc)
{
    return (uint32_t)disc->cd.tracks[0].end;
}

static enum outcome may_write(const struct disc *disc, const struct write_setup *setup,
                              uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    uint32_t end = capacity(disc);

    (void)setup;
    if (random_within(end, lba, blocks, bad) != GOOD)
        return LBA_OUT_OF_RANGE;
    if (!blocks)
        return GOOD;
    if (lba % disc->medium->unit)
        return INVALID_ADDRESS_FOR_WRITE;
    return blocks % disc->medium->unit ? INVALID_PACKET_SIZE : GOOD;
}

static void summary(const struct disc *disc, struct disc_summary *out)
{
    cd_ops.summary(disc, out);
    out->status = DISC_OTHER;
}

static void track_summary(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    cd_ops.track(disc, number, out);
}

/* ---- keeping ---- */

static void save(const struct disc *disc, struct text_writer *writer)
{
    cd_save(disc, writer);
    text_add(writer, "written = %u\n", disc->written);
}

static bool taken(struct disc *disc, const char *key, const char *value)
{
    if (strcmp(key, "written") == 0)
        return text_number(value, disc->medium->sectors, &disc->written);
    return cd_taken(disc, key, value);
}

/* Only what lay_out makes, with nothing besides. */
static const char *whole(const struct disc *disc)
{
    const char *why = cd_whole(disc);
    const struct cd *cd = &disc->cd;
    const struct cd_track *track = &cd->tracks[0];
    uint32_t unit = disc->medium->unit;
    uint32_t packets = track->links / CD_LINK;

    if (why)
        return why;
    if (cd->track_count != 1 || !cd->finalised || cd->damaged || cd->part_count ||
        cd->burn.kind != CD_BURN_NONE || cd->text_packs)
        return "a formatted disc is one closed track";
    if (track->kind != CD_CLOSED || track->mode != CD_MODE_1 || !track->fixed || track->damaged ||
        track->sub || track->packet_size != unit || track->start != 0)
        return "its track is none of a formatted disc";
    if (!packets || packets > packets_at_most(disc->medium) || track->links % CD_LINK ||
        track->end != (int32_t)(packets * unit) || track->next != track->end)
        return "its packets do not make up its size";
    if (disc->written > (uint32_t)track->end)
        return "it tells of data beyond the formatted part";
    return NULL;
}

const struct medium_ops cd_packet_ops = {
    .make_blank = cd_make_blank,
    .may_write = may_write,
    .mark = random_mark,
    .wrote = random_wrote,
    .close = close_function,
    .blank = blank,
    .format = cd_rw_format,
    .formats = cd_rw_formats,
    .summary = summary,
    .tracks = random_tracks,
    .track = track_summary,
    .recorded_end = random_recorded_end,
    .capacity = capacity,
    .save = save,
    .taken = taken,
    .whole = whole,
    .saved = random_saved,
    .doubt = random_doubt,
    .unsettled = random_unsettled,
    .recover = random_recover,
};
