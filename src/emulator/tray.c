/* The tray and the disc in it, across processes.
 * The invariant: whoever holds the lock on the image file is the only one to change image and disc
 * state, and its memory is the truth; everybody else looks at the stamps of NAME.state and
 * IMAGE.disc before a command and reads again what changed. IMAGE.disc is only replaced after the
 * image data it tells of is on stable storage. */
#include <stdlib.h>
#include <string.h>
#include "disc_state.h"
#include "drive.h"

/* Far beyond every image. The transport locks NAME.lock at 2^62 for exclusive access. */
#define WRITER_LOCK  ((uint64_t)1 << 62)
#define PREVENT_LOCK (((uint64_t)1 << 62) - 1)

#define explain(emu, rq, ...) ((rq)->explained = true, text_message((emu)->detail, __VA_ARGS__))

/* ---- NAME.state ---- */

static void parse_state(struct oi_emu *emu, const char *data, size_t size)
{
    struct text_reader reader = {.data = data, .size = size};
    char line[TEXT_LINE_MAX];
    char *key, *value;

    if (text_next(&reader, line) != TEXT_LINE || strcmp(line, "openimapi2 drive 1") != 0)
        return;
    while (text_next(&reader, line) == TEXT_LINE) {
        if (!text_split(line, &key, &value))
            return;
        if (strcmp(key, "tray") == 0)
            emu->tray_open = strcmp(value, "open") == 0;
        else if (strcmp(key, "loads") == 0)
            text_number(value, UINT32_MAX, &emu->loads);
    }
}

/* A file that is missing or damaged is a closed tray: nothing worth more is lost with it. */
static void read_state(struct oi_emu *emu)
{
    enum { LIMIT = 256 };
    char *data;
    size_t size;

    emu->state_stamp = oi_file_stamp(emu->state_path);
    emu->tray_open = false;
    emu->loads = 0;
    if (oi_file_read_all(emu->state_path, LIMIT, &data, &size) != OI_OK)
        return;
    parse_state(emu, data, size);
    free(data);
}

static enum outcome write_state(struct oi_emu *emu, struct request *rq, bool open, uint32_t loads)
{
    char text[96];
    struct text_writer writer = {.data = text, .room = sizeof(text)};
    enum oi_status status;

    text_add(&writer, "openimapi2 drive 1\ntray = %s\nloads = %u\n", open ? "open" : "closed",
             loads);
    status = oi_file_replace(emu->state_path, text, writer.size);
    if (status != OI_OK) {
        explain(emu, rq, "%s: %s; make its folder writable", text_short_path(emu->state_path),
                oi_status_text(status));
        return LOAD_OR_EJECT_FAILED;
    }
    emu->tray_open = open;
    emu->loads = loads;
    emu->state_stamp = oi_file_stamp(emu->state_path);
    return GOOD;
}

/* ---- the disc ---- */

static void image_open(struct oi_emu *emu)
{
    struct image *image = &emu->image;
    enum oi_status status = oi_file_open(&image->file, emu->definition.image, OI_FILE_WRITE);

    image->writable = status == OI_OK || status == OI_NOT_FOUND;
    if (!image->writable)
        oi_file_open(&image->file, emu->definition.image, OI_FILE_READ);
}

static void image_close(struct oi_emu *emu)
{
    oi_file_close(emu->image.file);
    emu->image = (struct image){0};
}

/* A state that is ahead of what was saved belongs to a live writer, or to one that died. */
static void settle(struct oi_emu *emu)
{
    struct image *image = &emu->image;
    uint64_t sectors = (image->bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;

    if (!image->locked && image->file) {
        enum oi_status status = oi_file_lock(image->file, WRITER_LOCK);

        if (status == OI_SHARING) {
            emu->foreign_writer = true;
            return;
        }
        if (status == OI_OK)
            oi_file_unlock(image->file, WRITER_LOCK);
    }
    emu->disc.medium->ops->recover(&emu->disc,
                                   sectors < UINT32_MAX ? (uint32_t)sectors : UINT32_MAX);
    emu->unsaved = true;
}

static enum presence judge(struct oi_emu *emu, enum oi_status status)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    const char *image = text_short_path(emu->definition.image);
    uint64_t recorded;

    if (status == OI_NOT_FOUND && emu->image.bytes) {
        text_message(emu->unreadable,
                     "%s: holds data but has no %s beside it, so it may be no disc of this "
                     "program; it is left alone: name another image, or move this one away",
                     image, ".disc file");
        return MEDIUM_UNREADABLE;
    }
    if (status == OI_NOT_FOUND) {
        ops->make_blank(&emu->disc);
        return MEDIUM_READABLE;
    }
    if (status != OI_OK)
        return MEDIUM_UNREADABLE;
    recorded = (uint64_t)ops->recorded_end(&emu->disc) * SECTOR_BYTES;
    if (emu->image.bytes < recorded) {
        text_message(emu->unreadable,
                     "%s: is shorter than its .disc file tells (%u sectors); restore the image, "
                     "or remove both for a blank disc",
                     image, ops->recorded_end(&emu->disc));
        return MEDIUM_UNREADABLE;
    }
    if (ops->unsettled(&emu->disc))
        settle(emu);
    return MEDIUM_READABLE;
}

static void disc_load_once(struct oi_emu *emu)
{
    enum oi_status status;

    if (!emu->image.locked) {
        image_close(emu);
        image_open(emu);
    }
    /* The stamp first and the size last: what changes in between is seen, not mixed up. */
    emu->disc_stamp = oi_file_stamp(emu->disc_path);
    status = disc_state_read(&emu->disc, emu->definition.medium, emu->disc_path, emu->unreadable);
    emu->image.bytes = 0;
    if (emu->image.file)
        oi_file_size(emu->image.file, &emu->image.bytes);
    emu->presence = judge(emu, status);
}

static void disc_load(struct oi_emu *emu)
{
    enum { ATTEMPTS = 3 };

    emu->foreign_writer = false;
    emu->unsaved = false;
    emu->presence = MEDIUM_ABSENT;
    if (emu->tray_open || !emu->definition.medium)
        return;
    for (int i = 0; i < ATTEMPTS; i++) {
        disc_load_once(emu);
        if (oi_file_stamp(emu->disc_path) == emu->disc_stamp)
            return;
    }
}

static void disc_unload(struct oi_emu *emu)
{
    image_close(emu);
    emu->presence = MEDIUM_ABSENT;
    emu->foreign_writer = false;
    emu->unsaved = false;
    emu->cache = (struct cache){0};
    emu->busy_until_us = 0;
}

/* What the definition says now is what lies in the tray when it closes. */
static void insert(struct oi_emu *emu)
{
    char problem[TEXT_MESSAGE_MAX];
    enum oi_status status;

    emu->ini_stamp = oi_file_stamp(emu->ini_path);
    status = definition_read(&emu->definition, emu->ini_path, problem);
    free(emu->disc_path);
    emu->disc_path = NULL;
    if (status == OI_OK && emu->definition.medium) {
        emu->disc_path = text_path(emu->definition.image, 0, ".disc");
        status = emu->disc_path ? OI_OK : OI_OUT_OF_MEMORY;
        text_message(problem, "%s", oi_status_text(status));
    }
    if (status == OI_OK) {
        disc_load(emu);
    } else {
        emu->definition.medium = NULL;
        emu->presence = MEDIUM_UNREADABLE;
        memcpy(emu->unreadable, problem, sizeof(problem));
    }
}

static void announce(struct oi_emu *emu)
{
    emu->attention = emu->presence != MEDIUM_ABSENT;
    if (emu->attention)
        emu->event = EVENT_NEW_MEDIUM;
}

void tray_read(struct oi_emu *emu)
{
    read_state(emu);
    if (!emu->tray_open)
        insert(emu);
}

static void refresh_tray(struct oi_emu *emu)
{
    bool was_open = emu->tray_open;
    uint32_t loads = emu->loads;

    read_state(emu);
    if (emu->tray_open == was_open && emu->loads == loads)
        return;
    disc_unload(emu);
    if (emu->tray_open) {
        emu->event = EVENT_REMOVAL;
    } else {
        insert(emu);
        announce(emu);
    }
}

void tray_refresh(struct oi_emu *emu)
{
    if (emu->image.locked)
        return;
    if (oi_file_stamp(emu->state_path) != emu->state_stamp)
        refresh_tray(emu);
    else if (emu->presence != MEDIUM_ABSENT && emu->disc_path &&
             (emu->foreign_writer || oi_file_stamp(emu->disc_path) != emu->disc_stamp))
        disc_load(emu);
}

/* ---- writing ---- */

static enum outcome image_failed(struct oi_emu *emu, struct request *rq, enum oi_status status)
{
    explain(emu, rq, "%s: %s; nothing more can be written to this disc until that is corrected",
            text_short_path(emu->definition.image), oi_status_text(status));
    return WRITE_ERROR;
}

static enum outcome lock_image(struct oi_emu *emu, struct request *rq)
{
    enum { ATTEMPTS = 3, PAUSE_US = 1000 };
    enum oi_status status = oi_file_lock(emu->image.file, WRITER_LOCK);

    /* Somebody may just be looking whether a writer is alive. */
    for (int i = 1; i < ATTEMPTS && status == OI_SHARING; i++) {
        emu->clock.sleep_us(emu->clock.context, PAUSE_US);
        status = oi_file_lock(emu->image.file, WRITER_LOCK);
    }
    if (status == OI_SHARING) {
        explain(emu, rq, "%s: another program is writing this disc; wait until it is done",
                text_short_path(emu->definition.image));
        return RESERVATION_CONFLICT;
    }
    if (status != OI_OK)
        return image_failed(emu, rq, status);
    emu->image.locked = true;
    return GOOD;
}

static void unlock_image(struct oi_emu *emu)
{
    if (emu->image.locked)
        oi_file_unlock(emu->image.file, WRITER_LOCK);
    emu->image.locked = false;
}

static enum outcome image_create(struct oi_emu *emu, struct request *rq)
{
    enum oi_status status = oi_file_open(&emu->image.file, emu->definition.image, OI_FILE_CREATE);

    return status == OI_OK ? GOOD : image_failed(emu, rq, status);
}

enum outcome disc_take(struct oi_emu *emu, struct request *rq)
{
    enum outcome outcome;

    if (emu->image.locked)
        return GOOD;
    if (!emu->image.writable) {
        explain(emu, rq, "%s: may only be read; make it writable to write this disc",
                text_short_path(emu->definition.image));
        return WRITE_PROTECTED;
    }
    outcome = emu->image.file ? GOOD : image_create(emu, rq);
    if (outcome == GOOD)
        outcome = lock_image(emu, rq);
    if (outcome != GOOD)
        return outcome;
    /* Only now nobody else can change it: what happened since we looked? */
    if (oi_file_stamp(emu->state_path) != emu->state_stamp) {
        unlock_image(emu);
        tray_refresh(emu);
        emu->attention = false;
        return MEDIUM_CHANGED;
    }
    disc_load(emu);
    if (emu->presence == MEDIUM_READABLE)
        return GOOD;
    unlock_image(emu);
    return CANNOT_READ_MEDIUM;
}

static enum oi_status save_state(struct oi_emu *emu)
{
    enum oi_status status = disc_state_write(&emu->disc, emu->disc_path);

    if (status == OI_OK)
        emu->disc_stamp = oi_file_stamp(emu->disc_path);
    return status;
}

static enum oi_status save_all(struct oi_emu *emu)
{
    uint64_t wanted = (uint64_t)emu->disc.medium->ops->recorded_end(&emu->disc) * SECTOR_BYTES;
    enum oi_status status = OI_OK;

    if (emu->image.bytes < wanted) {
        status = oi_file_set_size(emu->image.file, wanted);
        if (status == OI_OK)
            emu->image.bytes = wanted;
    }
    if (status == OI_OK)
        status = oi_file_flush(emu->image.file);
    if (status == OI_OK)
        status = save_state(emu);
    return status;
}

enum outcome disc_save(struct oi_emu *emu, struct request *rq)
{
    struct disc before;
    enum oi_status status;

    if (!emu->image.locked || !emu->unsaved)
        return GOOD;
    before = emu->disc;
    emu->disc.medium->ops->saved(&emu->disc);
    status = save_all(emu);
    if (status != OI_OK) {
        emu->disc = before;
        return image_failed(emu, rq, status);
    }
    emu->unsaved = false;
    return GOOD;
}

enum outcome disc_save_mark(struct oi_emu *emu, struct request *rq)
{
    enum oi_status status = save_state(emu);

    return status == OI_OK ? GOOD : image_failed(emu, rq, status);
}

/* Leaving the drive stops what the drive was doing to the disc. */
static enum outcome put_to_rest(struct oi_emu *emu, struct request *rq)
{
    const struct medium_ops *ops;

    if (emu->presence != MEDIUM_READABLE || !emu->image.locked)
        return GOOD;
    ops = emu->disc.medium->ops;
    if (ops->run && ops->unsettled(&emu->disc)) {
        ops->recover(&emu->disc, 0);
        emu->unsaved = true;
    }
    return disc_save(emu, rq);
}

/* ---- removal ---- */

static bool prevented_elsewhere(struct oi_emu *emu)
{
    struct oi_file *file;
    bool prevented;

    if (oi_file_open(&file, emu->lock_path, OI_FILE_WRITE) != OI_OK)
        return false;
    prevented = oi_file_lock(file, PREVENT_LOCK) == OI_SHARING;
    oi_file_close(file);
    return prevented;
}

enum outcome tray_prevent(struct oi_emu *emu, bool prevent)
{
    if (prevent && !emu->prevented &&
        oi_file_open(&emu->prevent_file, emu->lock_path, OI_FILE_CREATE) == OI_OK)
        oi_file_lock(emu->prevent_file, PREVENT_LOCK);
    if (!prevent) {
        oi_file_close(emu->prevent_file);
        emu->prevent_file = NULL;
    }
    emu->prevented = prevent;
    return GOOD;
}

/* Nobody keeps the disc from being taken out, and nobody else writes it. */
static enum outcome may_remove(struct oi_emu *emu, struct request *rq)
{
    if (emu->prevented) {
        emu->event = EVENT_EJECT_REQUEST;
        return REMOVAL_PREVENTED;
    }
    if (prevented_elsewhere(emu)) {
        explain(emu, rq, "another program keeps the tray of this recorder closed; wait for it");
        return REMOVAL_PREVENTED;
    }
    if (emu->image.locked || !emu->image.file || !emu->image.writable)
        return GOOD;
    return lock_image(emu, rq);
}

enum outcome tray_eject(struct oi_emu *emu, struct request *rq)
{
    bool was_locked = emu->image.locked;
    enum outcome outcome;

    if (emu->tray_open)
        return GOOD;
    outcome = may_remove(emu, rq);
    if (outcome != GOOD)
        return outcome;
    if (was_locked)
        outcome = put_to_rest(emu, rq);
    if (outcome == GOOD)
        outcome = write_state(emu, rq, true, emu->loads);
    if (outcome != GOOD) {
        if (!was_locked)
            unlock_image(emu);
        return outcome;
    }
    if (emu->presence != MEDIUM_ABSENT)
        emu->event = EVENT_REMOVAL;
    disc_unload(emu);
    return GOOD;
}

enum outcome tray_load(struct oi_emu *emu, struct request *rq)
{
    enum outcome outcome;

    if (!emu->tray_open) {
        if (emu->prevented || oi_file_stamp(emu->ini_path) == emu->ini_stamp)
            return GOOD;
        outcome = tray_eject(emu, rq);
        if (outcome != GOOD)
            return outcome;
    }
    outcome = write_state(emu, rq, false, emu->loads + 1);
    if (outcome != GOOD)
        return outcome;
    insert(emu);
    announce(emu);
    return GOOD;
}

void tray_close(struct oi_emu *emu)
{
    struct request rq = {0};

    put_to_rest(emu, &rq);
    tray_prevent(emu, false);
    image_close(emu);
    free(emu->disc_path);
}
