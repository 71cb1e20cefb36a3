/* Rewritable media that, once formatted, take any address at any time: DVD+RW.
 * The invariant: a sector below `front` holds what was last written there, or zeros. The background
 * format moves `front` on while it runs; writes may be ahead of it. */
#include "disc.h"

#include <stddef.h>
#include <string.h>

enum { BASIC_FORMAT = 0x26 }; /* MMC-6, FORMAT UNIT, format types */

static const char *const background_names[] = {"none", "partial", "running", "complete"};

static void make_blank(struct disc *disc)
{
    disc->background = BACKGROUND_NONE;
}

static enum outcome in_range(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    *bad = lba;
    if (disc->background == BACKGROUND_NONE)
        return MEDIUM_FORMAT_CORRUPTED;
    if (lba >= disc->medium->sectors || blocks > disc->medium->sectors - lba)
        return LBA_OUT_OF_RANGE;
    return GOOD;
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

/* What was written can be written again, so nothing is at stake before a save. */
static bool mark(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    (void)disc;
    (void)setup;
    (void)lba;
    (void)blocks;
    return false;
}

static uint32_t padding(const struct disc *disc, uint32_t lba, uint32_t blocks)
{
    (void)disc;
    (void)lba;
    (void)blocks;
    return 0;
}

static void wrote(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks)
{
    (void)setup;
    if (lba + blocks > disc->written)
        disc->written = lba + blocks;
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

/* MMC-6, FORMAT UNIT, format type 26h: the last parameter byte asks to go on with a format. */
static enum outcome format(struct disc *disc, const struct format_request *request, uint64_t now_us)
{
    enum { RESTART = 0x01 };
    bool restart = request->parameter & RESTART;

    if (request->type != BASIC_FORMAT || request->sub_type)
        return INVALID_FIELD_IN_LIST;
    if (request->blocks != UINT32_MAX && request->blocks != disc->medium->sectors)
        return INVALID_FIELD_IN_LIST;
    if (restart && disc->background == BACKGROUND_NONE)
        return INVALID_FIELD_IN_LIST;
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
    list[0] = (struct format_capacity){.blocks = disc->medium->sectors, .type = BASIC_FORMAT};
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
    bool formatted = disc->background != BACKGROUND_NONE;

    *out = (struct disc_summary){
        .status = formatted ? DISC_OTHER : DISC_EMPTY,
        .last_session = formatted ? SESSION_COMPLETE : SESSION_EMPTY,
        .sessions = 1,
        .first_track_in_last_session = 1,
        .last_track = 1,
        .lead_in_start = NO_MSF,
        .last_lead_out = NO_MSF,
    };
}

static uint32_t tracks(const struct disc *disc)
{
    (void)disc;
    return 1;
}

static void track_summary(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    bool formatted = disc->background != BACKGROUND_NONE;

    *out = (struct track_summary){
        .number = number,
        .session = 1,
        .size = disc->medium->sectors,
        .blank = !formatted,
        .closed = formatted,
        .free = formatted ? 0 : disc->medium->sectors,
        .track_mode = TRACK_MODE_DATA,
        .data_mode = 1,
        .packet = true,
        .fixed_packet = true,
        .packet_size = disc->medium->unit,
    };
}

static uint32_t recorded_end(const struct disc *disc)
{
    return disc->written;
}

static uint32_t capacity(const struct disc *disc)
{
    return disc->background == BACKGROUND_NONE ? 0 : disc->medium->sectors;
}

static void save(const struct disc *disc, struct text_writer *writer)
{
    text_add(writer, "background = %s\n", background_names[disc->background]);
    text_add(writer, "front = %u\n", disc->front);
    text_add(writer, "written = %u\n", disc->written);
}

static bool taken(struct disc *disc, const char *key, const char *value)
{
    if (strcmp(key, "front") == 0)
        return text_number(value, disc->medium->sectors, &disc->front);
    if (strcmp(key, "written") == 0)
        return text_number(value, disc->medium->sectors, &disc->written);
    if (strcmp(key, "background") != 0)
        return false;
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
    if (disc->background == BACKGROUND_PARTIAL && disc->written > disc->front)
        return "it tells of data beyond the formatted part";
    return NULL;
}

static void saved(struct disc *disc)
{
    (void)disc;
}

static void doubt(struct disc *disc)
{
    (void)disc;
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

const struct medium_ops random_ops = {
    .make_blank = make_blank,
    .may_write = may_write,
    .may_read = may_read,
    .mark = mark,
    .padding = padding,
    .wrote = wrote,
    .close = close_function,
    .format = format,
    .formats = formats,
    .run = run,
    .summary = summary,
    .tracks = tracks,
    .track = track_summary,
    .recorded_end = recorded_end,
    .capacity = capacity,
    .save = save,
    .taken = taken,
    .whole = whole,
    .saved = saved,
    .doubt = doubt,
    .unsettled = unsettled,
    .recover = recover,
};
