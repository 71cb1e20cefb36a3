/* BD-R in sequential recording mode, with and without pseudo-overwrite.
 * The invariant: the first write or reservation formats a disc that was not formatted. A cluster
 * that is written over goes to a spare one, and `replaced_marked` of them are saved as used before
 * any is. */
#include "medium_random.h"
#include "sequential.h"

enum {
    SPARE_LEAST = 131072, /* sectors in a layer, as are the next two */
    SPARE_DEFAULT = 393216,
    SPARE_MOST = 655360,
    OPEN_TRACKS_MAX = 16,    /* MMC-6: of a disc in sequential recording mode */
    REPLACEMENTS_AHEAD = 64, /* clusters: how many a mark covers */
};

static uint32_t clusters(const struct disc *disc, uint32_t lba, uint32_t blocks)
{
    uint32_t unit = disc->medium->unit;

    return (lba + blocks - 1) / unit - lba / unit + 1;
}

static uint32_t replacements_left(const struct disc *disc)
{
    return disc->spare / disc->medium->unit - disc->replaced;
}

static bool is_recorded(const struct disc *disc, uint32_t lba, uint32_t blocks)
{
    uint32_t bad;

    return sequential_may_read(disc, lba, blocks, &bad) == GOOD;
}

static enum outcome may_write(const struct disc *disc, const struct write_setup *setup,
                              uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    *bad = lba;
    if (disc->finalised || disc->srm != SRM_POW || !blocks || !is_recorded(disc, lba, blocks))
        return sequential_may_write(disc, setup, lba, blocks, bad);
    return clusters(disc, lba, blocks) <= replacements_left(disc) ? GOOD : END_OF_USER_AREA;
}

static void format_by_default(struct disc *disc)
{
    if (disc->srm == SRM_NOT_FORMATTED)
        disc->srm = SRM_PLAIN;
}

static bool mark_replacements(struct disc *disc, uint32_t count)
{
    uint32_t left = replacements_left(disc);

    if (disc->replaced + count <= disc->replaced_marked)
        return false;
    disc->replaced_marked =
        disc->replaced + (count + REPLACEMENTS_AHEAD < left ? count + REPLACEMENTS_AHEAD : left);
    return true;
}

static bool mark(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    if (is_recorded(disc, lba, blocks))
        return mark_replacements(disc, clusters(disc, lba, blocks));
    format_by_default(disc);
    return sequential_mark(disc, setup, lba, blocks);
}

static void wrote(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    if (is_recorded(disc, lba, blocks))
        disc->replaced += clusters(disc, lba, blocks);
    else
        sequential_wrote(disc, setup, lba, blocks);
}

/* MMC-6, CLOSE TRACK/SESSION, functions for BD-R. */
static enum outcome close_function(struct disc *disc, const struct write_setup *setup,
                                   uint32_t function, uint32_t track)
{
    enum { TRACK = 1, SESSION = 2, FINALISE = 6 };

    (void)setup;
    if (function != TRACK && function != SESSION && function != FINALISE)
        return INVALID_FIELD_IN_CDB;
    if (disc->finalised)
        return WRITE_PROTECTED;
    return function == TRACK ? sequential_close_track(disc, track)
                             : sequential_close_session(disc, function == FINALISE);
}

static uint32_t open_tracks(const struct disc *disc)
{
    uint32_t open = 0;

    for (uint32_t i = 0; i < disc->track_count; i++)
        open += disc->tracks[i].kind != TRACK_CLOSED;
    return open;
}

static enum outcome reserve(struct disc *disc, const struct write_setup *setup, uint32_t blocks)
{
    if (open_tracks(disc) == OPEN_TRACKS_MAX)
        return NO_MORE_TRACK_RESERVATIONS;
    format_by_default(disc);
    return sequential_reserve(disc, setup, blocks);
}

static enum outcome split(struct disc *disc, uint32_t lba)
{
    if (open_tracks(disc) == OPEN_TRACKS_MAX)
        return NO_MORE_TRACK_RESERVATIONS;
    format_by_default(disc);
    return sequential_split(disc, lba);
}

/* ---- formatting ---- */

/* MMC-6, FORMAT UNIT, the sub-types for BD-R. */
enum { SUB_TYPE_POW = 0, SUB_TYPE_PLAIN = 1 };

static uint32_t with_spare(const struct disc *disc, uint32_t spare_of_layer)
{
    return disc->medium->sectors - spare_of_layer * disc->medium->layers;
}

static enum outcome format(struct disc *disc, const struct format_request *request, uint64_t now_us)
{
    uint32_t blocks = request->blocks;

    (void)now_us;
    if (disc->srm != SRM_NOT_FORMATTED)
        return CANNOT_FORMAT_MEDIUM;
    if (request->type != FORMAT_FULL && request->type != FORMAT_BD_R_SPARES)
        return wrong_format(request, FIELD_TYPE);
    if (request->sub_type != SUB_TYPE_POW && request->sub_type != SUB_TYPE_PLAIN)
        return wrong_format(request, FIELD_TYPE);
    if (blocks == UINT32_MAX)
        blocks = with_spare(disc, SPARE_DEFAULT);
    if (request->type == FORMAT_FULL && blocks != with_spare(disc, SPARE_DEFAULT))
        return wrong_format(request, FIELD_BLOCKS);
    if (blocks < with_spare(disc, SPARE_MOST) || blocks > with_spare(disc, SPARE_LEAST) ||
        blocks % disc->medium->unit)
        return wrong_format(request, FIELD_BLOCKS);
    disc->srm = request->sub_type == SUB_TYPE_POW ? SRM_POW : SRM_PLAIN;
    disc->spare = disc->medium->sectors - blocks;
    disc->tracks[0].end = blocks;
    return GOOD;
}

static uint32_t formats(const struct disc *disc, struct format_capacity *list)
{
    const struct format_capacity all[] = {
        {with_spare(disc, SPARE_DEFAULT), FORMAT_FULL, SUB_TYPE_POW, 0},
        {with_spare(disc, SPARE_DEFAULT), FORMAT_FULL, SUB_TYPE_PLAIN, 0},
        {with_spare(disc, SPARE_DEFAULT), FORMAT_BD_R_SPARES, SUB_TYPE_POW, 0},
        {with_spare(disc, SPARE_MOST), FORMAT_BD_R_SPARES, SUB_TYPE_POW, 0},
        {with_spare(disc, SPARE_LEAST), FORMAT_BD_R_SPARES, SUB_TYPE_POW, 0},
    };
    enum { COUNT = sizeof(all) / sizeof(all[0]) };

    if (disc->srm != SRM_NOT_FORMATTED)
        return 0;
    for (uint32_t i = 0; i < COUNT; i++)
        list[i] = all[i];
    return COUNT;
}

static uint32_t formatted(const struct disc *disc)
{
    return disc->srm == SRM_NOT_FORMATTED ? 0 : sequential_end(disc);
}

/* ---- what it tells of itself ---- */

static bool has_feature(const struct disc *disc, uint16_t code)
{
    return code != 0x0038 || disc->srm == SRM_POW;
}

static void resources(const struct disc *disc, struct disc_resources *out)
{
    *out = (struct disc_resources){
        .tracks_max = DISC_TRACKS_MAX,
        .tracks = disc->track_count,
        .open_max = OPEN_TRACKS_MAX,
        .open = open_tracks(disc),
        .pow = disc->srm == SRM_POW,
        .replacements = replacements_left(disc),
        .map_entries = replacements_left(disc),
        .updates = replacements_left(disc),
    };
}

/* MMC-6, READ DISC STRUCTURE, format 0Ah, "BD Spare Area Information". */
static uint32_t structure(const struct disc *disc, uint8_t format_code, uint8_t *data)
{
    enum { SPARE_AREA = 0x0a, SIZE = 12 };
    uint32_t unit = disc->medium->unit;
    uint32_t left = replacements_left(disc) * unit;

    if (format_code != SPARE_AREA || disc->srm == SRM_NOT_FORMATTED)
        return 0;
    for (int i = 0; i < 4; i++) {
        data[4 + i] = (uint8_t)(left >> (24 - 8 * i));
        data[8 + i] = (uint8_t)(disc->spare >> (24 - 8 * i));
    }
    return SIZE;
}

const struct medium_ops bd_r_ops = {
    SEQUENTIAL_OPS,         .may_write = may_write,     .mark = mark,
    .wrote = wrote,         .close = close_function,    .reserve = reserve,
    .split = split,         .format = format,           .formats = formats,
    .formatted = formatted, .has_feature = has_feature, .resources = resources,
    .structure = structure, .track = sequential_track,  .saved = sequential_saved,
};
