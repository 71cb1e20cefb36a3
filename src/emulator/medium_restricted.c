/* DVD-RW in restricted overwrite: whole units of 16 blocks, anywhere in what is formatted. After a
 * quick format the disc is intermediate: it grows with each write that goes on where the last one
 * ended, until CLOSE SESSION completes it.
 * The invariant: a sector below `formatted` holds what was last written there, or zeros. */
#include "medium_random.h"

#include <string.h>

enum { MARK_AHEAD = 32768 }; /* sectors: a save for every 64 MiB */

static const char *const states[] = {"complete", "intermediate"};

/* No disc is sold like this. */
static void make_blank(struct disc *disc)
{
    disc->intermediate = true;
}

/* Both ends of a write must be those of a unit; beyond the end only an intermediate disc takes
 * some, without a gap. */
static enum outcome may_write(const struct disc *disc, const struct write_setup *setup,
                              uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    const struct medium *medium = disc->medium;
    uint32_t end = disc->intermediate ? medium->sectors : disc->formatted;

    (void)setup;
    if (random_within(end, lba, blocks, bad) != GOOD)
        return LBA_OUT_OF_RANGE;
    if (lba % medium->unit || lba > disc->formatted)
        return INVALID_ADDRESS_FOR_WRITE;
    return blocks % medium->unit ? INVALID_PACKET_SIZE : GOOD;
}

static enum outcome may_read(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    return random_within(disc->formatted, lba, blocks, bad);
}

/* What an earlier format left in the image is no growth. */
static bool mark(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    uint32_t end = lba + blocks;

    (void)setup;
    if (!disc->intermediate || end <= disc->marked || end <= disc->formatted)
        return false;
    disc->marked =
        disc->medium->sectors - end > MARK_AHEAD ? end + MARK_AHEAD : disc->medium->sectors;
    return true;
}

static void wrote(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    random_wrote(disc, setup, lba, blocks);
    if (disc->written > disc->formatted)
        disc->formatted = disc->written;
}

/* MMC-6, CLOSE TRACK/SESSION: closing the session of a disc that grows no more changes nothing, and
 * one in which nothing was written yet can't be closed. */
static enum outcome close_function(struct disc *disc, const struct write_setup *setup,
                                   uint32_t function, uint32_t track)
{
    enum { CLOSE_SESSION = 2 };

    (void)setup;
    (void)track;
    if (function != CLOSE_SESSION)
        return INVALID_FIELD_IN_CDB;
    if (disc->intermediate && !disc->formatted)
        return COMMAND_SEQUENCE_ERROR;
    disc->intermediate = false;
    return GOOD;
}

/* ---- formatting ---- */

static bool is_this_row(const struct disc *disc)
{
    return disc->medium->ops == &restricted_ops;
}

static uint32_t left(const struct disc *disc)
{
    return disc->medium->sectors - disc->formatted;
}

uint32_t restricted_overwrite_formats(const struct disc *disc, struct format_capacity *list)
{
    enum { WHOLE_DISC = 3 };
    uint32_t sectors = disc->medium->sectors;
    uint32_t unit = disc->medium->unit;
    uint32_t count = WHOLE_DISC;

    list[0] = (struct format_capacity){sectors, FORMAT_FULL, 0, SECTOR_BYTES};
    list[1] = (struct format_capacity){sectors, FORMAT_DVD_RW_FULL, 0, unit};
    list[2] = (struct format_capacity){sectors, FORMAT_DVD_RW_QUICK, 0, unit};
    if (!is_this_row(disc))
        return count;
    if (!disc->intermediate && left(disc))
        list[count++] = (struct format_capacity){left(disc), FORMAT_DVD_RW_GROW, 0, unit};
    list[count++] = (struct format_capacity){left(disc), FORMAT_DVD_RW_QUICK_GROW, 0, unit};
    return count;
}

/* All of it anew: as a full format, or so that writing makes it grow. */
static enum outcome format_anew(struct disc *disc, const struct format_request *request)
{
    bool quick = request->type == FORMAT_DVD_RW_QUICK;
    struct disc before;

    if (!request->blocks && !quick)
        return wrong_format(request, FIELD_BLOCKS);
    before = *disc;
    *disc = (struct disc){
        .medium = is_this_row(&before) ? before.medium : medium_by_name("dvd-rw-ro"),
        .formatted = quick ? 0 : request->blocks,
        .intermediate = quick,
        .defect_count = before.defect_count,
    };
    memcpy(disc->defects, before.defects, sizeof(disc->defects));
    return GOOD;
}

static enum outcome grow(struct disc *disc, const struct format_request *request)
{
    bool quick = request->type == FORMAT_DVD_RW_QUICK_GROW;

    if (!left(disc) || (!request->blocks && !quick))
        return wrong_format(request, FIELD_BLOCKS);
    if (!quick)
        disc->formatted += request->blocks;
    disc->intermediate = quick;
    return GOOD;
}

/* MMC-6, FORMAT UNIT, format types 00h, 10h, 11h, 13h and 15h. Quick formats write nothing but what
 * tells of them, so that their number of blocks is a limit to check and no more. There is always
 * one session, so the types that add one (12h, 14h) have nothing to add to. */
enum outcome restricted_overwrite_format(struct disc *disc, const struct format_request *request,
                                         uint64_t now_us)
{
    struct format_capacity list[FORMATS_MAX];
    uint32_t count = restricted_overwrite_formats(disc, list);
    const struct format_capacity *offer = NULL;

    (void)now_us;
    for (uint32_t i = 0; i < count && !offer; i++)
        offer = list[i].type == request->type ? &list[i] : NULL;
    if (request->type == FORMAT_DVD_RW_GROW && disc->intermediate && is_this_row(disc))
        return COMMAND_SEQUENCE_ERROR;
    if (!offer || request->sub_type)
        return wrong_format(request, FIELD_TYPE);
    if (request->blocks > offer->blocks || request->blocks % disc->medium->unit)
        return wrong_format(request, FIELD_BLOCKS);
    if (request->parameter && request->parameter != offer->parameter)
        return wrong_format(request, FIELD_PARAMETER);
    if (request->type == FORMAT_DVD_RW_GROW || request->type == FORMAT_DVD_RW_QUICK_GROW)
        return grow(disc, request);
    return format_anew(disc, request);
}

/* ---- telling of it ---- */

static void summary(const struct disc *disc, struct disc_summary *out)
{
    random_summary(true, out);
    if (disc->intermediate)
        out->last_session = disc->formatted ? SESSION_INCOMPLETE : SESSION_EMPTY;
}

static void track_summary(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    bool grows = disc->intermediate;

    (void)number;
    random_track(disc, true, grows ? disc->medium->sectors : disc->formatted, out);
    out->blank = !disc->formatted;
    out->closed = !grows;
    out->next_valid = grows && left(disc);
    out->next = out->next_valid ? disc->formatted : 0;
    out->free = grows ? left(disc) : 0;
    out->last_valid = disc->formatted != 0;
    out->last = disc->formatted ? disc->formatted - 1 : 0;
}

/* ---- keeping ---- */

static void save(const struct disc *disc, struct text_writer *writer)
{
    text_add(writer, "state = %s\n", states[disc->intermediate]);
    text_add(writer, "formatted = %u\n", disc->formatted);
    if (disc->intermediate)
        text_add(writer, "marked = %u\n", disc->marked);
    random_save(disc, writer);
}

static bool taken(struct disc *disc, const char *key, const char *value)
{
    if (strcmp(key, "formatted") == 0)
        return text_number(value, disc->medium->sectors, &disc->formatted) &&
               disc->formatted % disc->medium->unit == 0;
    if (strcmp(key, "marked") == 0)
        return text_number(value, disc->medium->sectors, &disc->marked);
    if (strcmp(key, "state") != 0)
        return random_taken(disc, key, value, disc->medium->sectors);
    disc->intermediate = strcmp(value, states[true]) == 0;
    return disc->intermediate || strcmp(value, states[false]) == 0;
}

static const char *whole(const struct disc *disc)
{
    if (!disc->formatted && !disc->intermediate)
        return "it is complete and has no size";
    return random_whole(disc, disc->formatted);
}

static void saved(struct disc *disc)
{
    disc->marked = disc->formatted;
}

/* The last one to write may have made it grow since it saved. */
static bool unsettled(const struct disc *disc)
{
    return disc->intermediate && disc->marked > disc->formatted;
}

static void recover(struct disc *disc, uint32_t image_sectors)
{
    uint32_t unit = disc->medium->unit;

    if (image_sectors > disc->marked)
        image_sectors = disc->marked;
    if (image_sectors <= disc->formatted)
        return;
    disc->written = image_sectors;
    disc->formatted = (image_sectors + unit - 1) / unit * unit;
}

const struct medium_ops restricted_ops = {
    .make_blank = make_blank,
    .may_write = may_write,
    .may_read = may_read,
    .mark = mark,
    .wrote = wrote,
    .close = close_function,
    .blank = dvd_rw_blank,
    .format = restricted_overwrite_format,
    .formats = restricted_overwrite_formats,
    .summary = summary,
    .tracks = random_tracks,
    .track = track_summary,
    .recorded_end = random_recorded_end,
    .capacity = random_capacity,
    .save = save,
    .taken = taken,
    .whole = whole,
    .saved = saved,
    .doubt = saved,
    .unsettled = unsettled,
    .recover = recover,
};
