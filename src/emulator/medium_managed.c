/* Media with spares for bad places: DVD-RAM and BD-RE. A format sets their size; from then on any
 * sector can be written.
 * The invariant: the formatted sectors and the spares are together the raw sectors of the medium,
 * and one of its formats. A sector that nobody wrote since the format holds zeros. */
#include "medium_random.h"

#include <stddef.h>
#include <string.h>

static uint32_t spares_beside(const struct medium *medium, uint32_t sectors)
{
    return (medium->raw_sectors - sectors) / medium->unit;
}

/* A DVD-RAM is sold formatted, with its default format. */
static void make_blank(struct disc *disc)
{
    if (disc->medium->family != FAMILY_DVD)
        return;
    disc->formatted = disc->medium->sectors;
    disc->spares = spares_beside(disc->medium, disc->formatted);
}

static enum outcome in_range(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    enum outcome outcome = random_within(disc->formatted, lba, blocks, bad);

    return disc->formatted ? outcome : MEDIUM_FORMAT_CORRUPTED;
}

static enum outcome may_write(const struct disc *disc, const struct write_setup *setup,
                              uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    (void)setup;
    return in_range(disc, lba, blocks, bad);
}

static enum outcome close_function(struct disc *disc, const struct write_setup *setup,
                                   uint32_t function, uint32_t track)
{
    (void)disc;
    (void)setup;
    (void)function;
    (void)track;
    return CANNOT_WRITE_MEDIUM; /* as for the other commands about tracks */
}

/* Spares can be added where there is a disc to take them from, and only more of them. */
static bool applies(const struct disc *disc, const struct format_capacity *capacity)
{
    return capacity->type != FORMAT_SPARE_EXPANSION || capacity->blocks < disc->formatted;
}

static uint32_t formats(const struct disc *disc, struct format_capacity *list)
{
    const struct format_capacity *known = disc->medium->formats;
    uint32_t count = 0;

    for (; known->blocks; known++)
        if (applies(disc, known))
            list[count++] = *known;
    return count;
}

/* MMC-6, FORMAT UNIT, format type 30h: with spares, 2 certifies all of it, 3 a part. */
static bool sub_type_fits(const struct format_request *request)
{
    if (request->type == FORMAT_BD_RE_SPARES)
        return request->sub_type != 1;
    return request->sub_type == 0;
}

/* Exactly one of the formats that READ FORMAT CAPACITIES offers; it may leave out the parameter. */
static enum outcome offered(const struct disc *disc, const struct format_request *request)
{
    bool type_offered = false, blocks_offered = false;

    for (const struct format_capacity *known = disc->medium->formats; known->blocks; known++) {
        if (known->type != request->type || !applies(disc, known))
            continue;
        type_offered = true;
        if (known->blocks != request->blocks)
            continue;
        blocks_offered = true;
        if (!request->parameter || request->parameter == known->parameter)
            return sub_type_fits(request) ? GOOD : wrong_format(request, FIELD_TYPE);
    }
    if (!type_offered || !sub_type_fits(request))
        return wrong_format(request, FIELD_TYPE);
    return wrong_format(request, blocks_offered ? FIELD_PARAMETER : FIELD_BLOCKS);
}

static enum outcome format(struct disc *disc, const struct format_request *request, uint64_t now_us)
{
    enum outcome outcome = offered(disc, request);

    (void)now_us;
    if (outcome != GOOD)
        return outcome;
    disc->formatted = request->blocks;
    if (request->type == FORMAT_SPARE_EXPANSION) {
        disc->spares = spares_beside(disc->medium, disc->formatted);
        if (disc->written > disc->formatted)
            disc->written = disc->formatted;
        return GOOD;
    }
    disc->written = 0;
    return defects_format(disc, spares_beside(disc->medium, disc->formatted),
                          format_is_full(disc->medium, request))
               ? GOOD
               : FORMAT_FAILED;
}

static void summary(const struct disc *disc, struct disc_summary *out)
{
    random_summary(disc->formatted != 0, out);
}

static void track_summary(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    (void)number;
    random_track(disc, disc->formatted != 0,
                 disc->formatted ? disc->formatted : disc->medium->sectors, out);
}

static void save(const struct disc *disc, struct text_writer *writer)
{
    text_add(writer, "formatted = %u\n", disc->formatted);
    random_save(disc, writer);
}

static bool taken(struct disc *disc, const char *key, const char *value)
{
    if (strcmp(key, "formatted") == 0)
        return text_number(value, disc->medium->raw_sectors, &disc->formatted);
    return random_taken(disc, key, value, disc->medium->raw_sectors);
}

static const char *whole(const struct disc *disc)
{
    const struct format_capacity *known = disc->medium->formats;

    if (!disc->formatted && (disc->written || disc->spares))
        return "it tells of data on an unformatted disc";
    if (!disc->formatted)
        return defects_whole(disc);
    while (known->blocks && known->blocks != disc->formatted)
        known++;
    if (!known->blocks)
        return "the medium has no format of this size";
    if (disc->spares != spares_beside(disc->medium, disc->formatted))
        return "formatted sectors and spares are not all of the medium";
    return random_whole(disc, disc->formatted);
}

static uint32_t structure(const struct disc *disc, uint8_t format, uint8_t *data)
{
    enum { SPARE_AREA_INFORMATION = 0x0a };

    return format == SPARE_AREA_INFORMATION && disc->formatted ? spare_information(disc, data) : 0;
}

const struct medium_ops managed_ops = {
    .make_blank = make_blank,
    .may_write = may_write,
    .may_read = in_range,
    .mark = random_mark,
    .wrote = random_wrote,
    .close = close_function,
    .format = format,
    .formats = formats,
    .summary = summary,
    .tracks = random_tracks,
    .track = track_summary,
    .structure = structure,
    .recorded_end = random_recorded_end,
    .capacity = random_capacity,
    .save = save,
    .taken = taken,
    .whole = whole,
    .saved = random_saved,
    .doubt = random_doubt,
    .unsettled = random_unsettled,
    .recover = random_recover,
};
