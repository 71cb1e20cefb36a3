/* DVD+RW: once a format has begun it takes any address at any time.
 * The invariant: a sector below `front` holds what was last written there, or zeros. The background
 * format moves `front` on while it runs; writes may be ahead of it. */
#include "medium_random.h"

#include <stddef.h>
#include <string.h>

static const char *const background_names[] = {"none", "partial", "running", "complete"};

static void make_blank(struct disc *disc)
{
    disc->background = BACKGROUND_NONE;
}

static enum outcome in_range(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    enum outcome outcome = random_within(disc->medium->sectors, lba, blocks, bad);

    return disc->background == BACKGROUND_NONE ? MEDIUM_FORMAT_CORRUPTED : outcome;
}

/* A stopped background format leaves the rest of the disc as it was bought: restart it first. */
static enum outcome may_write(const struct disc *disc, const struct write_setup *setup,
                              uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    enum outcome outcome = in_range(disc, lba, blocks, bad);

    (void)setup;
    if (outcome == GOOD && disc->background == BACKGROUND_PARTIAL && lba + blocks > disc->front)
        return MEDIUM_FORMAT_CORRUPTED;
    return outcome;
}

static uint32_t readable_end(const struct disc *disc)
{
    return disc->written > disc->front ? disc->written : disc->front;
}

static enum outcome may_read(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    enum outcome outcome = in_range(disc, lba, blocks, bad);
    uint32_t end = readable_end(disc);

    if (outcome != GOOD || lba + blocks <= end)
        return outcome;
    if (end > lba)
        *bad = end;
    return BLANK_CHECK;
}

static void stop(struct disc *disc)
{
    if (disc->background != BACKGROUND_RUNNING)
        return;
    disc->front = readable_end(disc);
    disc->background =
        disc->front == disc->medium->sectors ? BACKGROUND_COMPLETE : BACKGROUND_PARTIAL;
}

/* MMC-6, CLOSE TRACK/SESSION, functions for DVD+RW: stop the format; stop it and write a lead-out.
 */
static enum outcome close_function(struct disc *disc, const struct write_setup *setup,
                                   uint32_t function, uint32_t track)
{
    (void)setup;
    (void)track;
    if (function != 0 && function != 2)
        return INVALID_FIELD_IN_CDB;
    if (disc->background == BACKGROUND_NONE)
        return MEDIUM_FORMAT_CORRUPTED;
    stop(disc);
    return GOOD;
}

/* MMC-6, FORMAT UNIT, format type 26h. The parameter asks to go on with a format, or to begin
 * quickly: this drive always does. */
static enum outcome format(struct disc *disc, const struct format_request *request, uint64_t now_us)
{
    enum { RESTART = 0x01, QUICK_START = 0x02 };
    bool restart = request->parameter & RESTART;

    if (request->type != FORMAT_DVD_PLUS_RW || request->sub_type)
        return wrong_format(request, FIELD_TYPE);
    if (request->blocks != UINT32_MAX && request->blocks != disc->medium->sectors)
        return wrong_format(request, FIELD_BLOCKS);
    if (request->parameter & ~(uint32_t)(RESTART | QUICK_START))
        return wrong_format(request, FIELD_PARAMETER);
    if (restart && disc->background == BACKGROUND_NONE)
        return wrong_format(request, FIELD_PARAMETER);
    if (restart && disc->background != BACKGROUND_PARTIAL)
        return GOOD;
    if (!restart) {
        disc->front = 0;
        disc->written = 0;
    }
    disc->background = BACKGROUND_RUNNING;
    disc->front_at_us = now_us;
    return GOOD;
}

static uint32_t formats(const struct disc *disc, struct format_capacity *list)
{
    list[0] = (struct format_capacity){.blocks = disc->medium->sectors, .type = FORMAT_DVD_PLUS_RW};
    return 1;
}

static bool run(struct disc *disc, uint64_t now_us, uint64_t bytes_per_second)
{
    uint64_t rate = bytes_per_second / SECTOR_BYTES;
    uint64_t elapsed = now_us - disc->front_at_us;
    uint32_t left = disc->medium->sectors - disc->front;
    uint64_t done;

    if (disc->background != BACKGROUND_RUNNING)
        return false;
    /* The first test also keeps the product below from overflowing. */
    if (bytes_per_second && (!rate || elapsed < (uint64_t)left * 1000000 / rate)) {
        done = elapsed * rate / 1000000;
        disc->front += (uint32_t)done;
        if (rate)
            disc->front_at_us += done * 1000000 / rate;
        return false;
    }
    disc->front = disc->medium->sectors;
    disc->background = BACKGROUND_COMPLETE;
    return true;
}

static void summary(const struct disc *disc, struct disc_summary *out)
{
    random_summary(disc->background != BACKGROUND_NONE, out);
}

static void track_summary(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    (void)number;
    random_track(disc, disc->background != BACKGROUND_NONE, disc->medium->sectors, out);
}

static uint32_t capacity(const struct disc *disc)
{
    return disc->background == BACKGROUND_NONE ? 0 : disc->medium->sectors;
}

static void save(const struct disc *disc, struct text_writer *writer)
{
    text_add(writer, "background = %s\n", background_names[disc->background]);
    text_add(writer, "front = %u\n", disc->front);
    random_save(disc, writer);
}

static bool taken(struct disc *disc, const char *key, const char *value)
{
    if (strcmp(key, "front") == 0)
        return text_number(value, disc->medium->sectors, &disc->front);
    if (strcmp(key, "background") != 0)
        return random_taken(disc, key, value, disc->medium->sectors);
    for (int i = BACKGROUND_NONE; i <= BACKGROUND_COMPLETE; i++) {
        disc->background = (enum background)i;
        if (strcmp(value, background_names[i]) == 0)
            return true;
    }
    return false;
}

static const char *whole(const struct disc *disc)
{
    bool all = disc->front == disc->medium->sectors;

    if (disc->background == BACKGROUND_NONE && (disc->front || disc->written))
        return "it tells of data on an unformatted disc";
    if ((disc->background == BACKGROUND_COMPLETE) != all)
        return "how far the format came contradicts its end";
    return random_whole(disc, disc->background == BACKGROUND_PARTIAL ? disc->front
                                                                     : disc->medium->sectors);
}

/* Only a running format has lost something with the drive that ran it. */
static bool unsettled(const struct disc *disc)
{
    return disc->background == BACKGROUND_RUNNING;
}

static void recover(struct disc *disc, uint32_t image_sectors)
{
    if (image_sectors > disc->medium->sectors)
        image_sectors = disc->medium->sectors;
    if (image_sectors > disc->written)
        disc->written = image_sectors;
    stop(disc);
}

const struct medium_ops plus_rw_ops = {
    .make_blank = make_blank,
    .may_write = may_write,
    .may_read = may_read,
    .mark = random_mark,
    .wrote = random_wrote,
    .close = close_function,
    .format = format,
    .formats = formats,
    .run = run,
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
    .unsettled = unsettled,
    .recover = recover,
};
