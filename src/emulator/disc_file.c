/* The disc in the drive: its image file and IMAGE.disc, read, judged, taken for writing and saved.
 * The invariant: whoever holds the lock on the image file is the only one to change image and disc
 * state, and its memory is the truth. IMAGE.disc is only replaced after the image data it tells of
 * is on stable storage; a save that failed leaves the disc in memory as it was before. */
#include <stdlib.h>
#include <string.h>
#include "disc_state.h"
#include "drive.h"
#include "personality.h"

/* Far beyond every image. */
#define WRITER_LOCK ((uint64_t)1 << 62)

/* ---- looking at it ---- */

static bool first_only(void *context, const char *name)
{
    (void)context;
    (void)name;
    return false;
}

static bool is_folder(const char *path)
{
    return oi_folder_list(path, first_only, NULL) == OI_OK;
}

/* Whether the folder that path lies in is known not to exist. */
static bool folder_is_missing(const char *path)
{
    size_t length = strlen(path);
    size_t kept = length;
    enum oi_status status;
    char *folder;

    while (kept && path[kept - 1] != '/' && path[kept - 1] != '\\')
        kept--;
    folder = kept ? text_path(path, length - kept, "") : NULL;
    if (!folder) /* the current one */
        return false;
    status = oi_folder_list(folder, first_only, NULL);
    free(folder);
    return status == OI_NOT_FOUND;
}

uint32_t disc_sector_bytes(const struct disc *disc)
{
    return disc->form == FORM_SECTORS ? CD_RAW_BYTES : SECTOR_BYTES;
}

/* How many bytes of the image's name a suffix takes the place of. */
static size_t suffix_length(const char *path)
{
    static const char *const known[] = {".iso", ".img", ".bin"};
    size_t length = strlen(path);

    for (uint32_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (length > strlen(known[i]) && strcmp(path + length - strlen(known[i]), known[i]) == 0)
            return strlen(known[i]);
    return 0;
}

char *disc_beside(const struct oi_emu *emu, const char *suffix)
{
    return text_path(emu->definition.image, suffix_length(emu->definition.image), suffix);
}

/* An image of that name holds sectors of 2352 bytes from the start. */
static bool is_named_bin(const struct oi_emu *emu)
{
    size_t length = strlen(emu->definition.image);

    return length > 4 && strcmp(emu->definition.image + length - 4, ".bin") == 0;
}

/* The path of the file that holds the data. */
static const char *image_path(const struct oi_emu *emu)
{
    return emu->image.path ? emu->image.path : emu->definition.image;
}

static void image_open(struct oi_emu *emu)
{
    struct image *image = &emu->image;
    const char *path;

    image->form = emu->disc.form;
    if (image->form == FORM_SECTORS)
        image->path = disc_beside(emu, ".bin");
    path = image_path(emu);
    image->status = oi_file_open(&image->file, path, OI_FILE_WRITE);
    image->writable = image->status == OI_OK || image->status == OI_NOT_FOUND;
    if (!image->writable)
        image->status = oi_file_open(&image->file, path, OI_FILE_READ);
}

static void image_close(struct oi_emu *emu)
{
    oi_file_close(emu->image.file);
    free(emu->image.path);
    emu->image = (struct image){0};
}

/* A state that is ahead of what was saved belongs to a live writer, or to one that died. */
static void settle(struct oi_emu *emu)
{
    struct image *image = &emu->image;
    uint32_t each = disc_sector_bytes(&emu->disc);
    uint64_t sectors = (image->bytes + each - 1) / each;

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

/* False, with the reason told, when there is no way to the image, be it there or not yet. */
static bool image_is_in_reach(struct oi_emu *emu)
{
    const char *path = image_path(emu);
    const char *image = text_short_path(path);

    if (emu->image.status == OI_OK)
        return true;
    if (emu->image.status != OI_NOT_FOUND && is_folder(path))
        text_message(emu->unreadable, "%s: is a folder; name a file as the image", image);
    else if (emu->image.status != OI_NOT_FOUND)
        text_message(emu->unreadable, "%s: %s; make it readable, or name another image", image,
                     oi_status_text(emu->image.status));
    else if (folder_is_missing(path))
        text_message(emu->unreadable,
                     "%s: its folder does not exist; create it, or name another image", image);
    else
        return true;
    return false;
}

/* The files of a CD besides a plain image: which of them is there, though it should not be; NULL:
 * none, or no memory. To be freed. */
static char *stray_of_cd(const struct oi_emu *emu)
{
    static const char *const suffixes[] = {".bin", ".cue", ".sub", ".cdt"};

    for (uint32_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        char *path = disc_beside(emu, suffixes[i]);

        if (path && strcmp(path, emu->definition.image) != 0 && oi_file_stamp(path))
            return path;
        free(path);
    }
    return NULL;
}

/* What is there without its state was not made here, or is all that is left of a disc. */
static bool holds_data_without_state(struct oi_emu *emu)
{
    bool cd = emu->disc.medium->family == FAMILY_CD;
    char *stray = !emu->image.bytes && cd ? stray_of_cd(emu) : NULL;
    bool found = emu->image.bytes || stray;

    if (found)
        text_message(emu->unreadable,
                     "%s: holds data but has no .disc file beside it; it is left alone: name "
                     "another image, %s",
                     text_short_path(stray ? stray : image_path(emu)),
                     stray ? "or move this one away"
                           : "move it away, or read it as a pressed disc: --media dvd-rom "
                             "(cd-rom, bd-rom)");
    free(stray);
    return found;
}

/* Those of the definition, as the disc comes from its maker. */
static void add_defects(struct oi_emu *emu)
{
    const struct medium *medium = emu->disc.medium;
    uint32_t sectors = medium->raw_sectors ? medium->raw_sectors : medium->sectors;

    for (uint32_t i = 0; i < emu->definition.defect_count; i++)
        if (medium_is_random(medium) && emu->definition.defects[i] < sectors)
            disc_add_defect(&emu->disc, emu->definition.defects[i]);
}

static enum presence judge(struct oi_emu *emu, enum oi_status status)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    const char *image = text_short_path(image_path(emu));
    uint64_t recorded;

    if (!image_is_in_reach(emu))
        return MEDIUM_UNREADABLE;
    if (status == OI_NOT_FOUND && holds_data_without_state(emu))
        return MEDIUM_UNREADABLE;
    if (status == OI_NOT_FOUND) {
        ops->make_blank(&emu->disc);
        add_defects(emu);
        if (emu->disc.medium->family == FAMILY_CD && is_named_bin(emu))
            emu->disc.form = emu->image.form = FORM_SECTORS;
        return MEDIUM_READABLE;
    }
    if (status != OI_OK)
        return MEDIUM_UNREADABLE;
    recorded = (uint64_t)ops->recorded_end(&emu->disc) * disc_sector_bytes(&emu->disc);
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

    /* The stamp first and the size last: what changes in between is seen, not mixed up. */
    emu->disc_stamp = oi_file_stamp(emu->disc_path);
    if (emu->definition.medium->read_only) {
        image_close(emu);
        memset(&emu->disc, 0, sizeof(emu->disc));
        emu->disc.medium = emu->definition.medium;
        emu->presence = rom_load(emu);
        return;
    }
    status = disc_state_read(&emu->disc, emu->definition.medium, emu->disc_path, emu->unreadable);
    if (!emu->image.locked) {
        image_close(emu);
        image_open(emu);
    }
    emu->image.bytes = 0;
    if (emu->image.file)
        emu->image.status = oi_file_size(emu->image.file, &emu->image.bytes);
    emu->presence = judge(emu, status);
}

void disc_load(struct oi_emu *emu)
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

void disc_unload(struct oi_emu *emu)
{
    image_close(emu);
    emu->presence = MEDIUM_ABSENT;
    emu->foreign_writer = false;
    emu->unsaved = false;
    emu->cache = (struct cache){0};
    emu->busy_until_us = 0;
    emu->arriving = false;
}

/* ---- the right to write ---- */

enum outcome image_failed(struct oi_emu *emu, struct request *rq, enum outcome outcome,
                          enum oi_status status)
{
    explain(emu, rq, "%s: %s; %s until that is corrected", text_short_path(image_path(emu)),
            oi_status_text(status),
            outcome == READ_ERROR ? "these sectors can't be read"
                                  : "nothing more can be written to this disc");
    return outcome;
}

enum oi_status image_write(struct oi_emu *emu, uint64_t offset, const void *data, size_t size)
{
    struct oi_file *file = emu->image.file;

    if (!emu->definition.personality->records_nothing)
        return oi_file_write_at(file, offset, data, size);
    if (!emu->image.discarded || offset < emu->image.discarded_from)
        emu->image.discarded_from = offset;
    emu->image.discarded = true;
    return offset + size > emu->image.bytes ? oi_file_set_size(file, offset + size) : OI_OK;
}

static enum outcome lock_image(struct oi_emu *emu, struct request *rq)
{
    enum oi_status status = drive_lock(emu, emu->image.file, WRITER_LOCK);

    if (status == OI_SHARING) {
        explain(emu, rq, "%s: another program is writing this disc; wait until it is done",
                text_short_path(image_path(emu)));
        return RESERVATION_CONFLICT;
    }
    if (status != OI_OK)
        return image_failed(emu, rq, WRITE_ERROR, status);
    emu->image.locked = true;
    return GOOD;
}

void disc_unlock(struct oi_emu *emu)
{
    if (emu->image.locked)
        oi_file_unlock(emu->image.file, WRITER_LOCK);
    emu->image.locked = false;
}

static enum outcome image_create(struct oi_emu *emu, struct request *rq)
{
    enum oi_status status = oi_file_open(&emu->image.file, image_path(emu), OI_FILE_CREATE);

    return status == OI_OK ? GOOD : image_failed(emu, rq, WRITE_ERROR, status);
}

enum outcome disc_lock(struct oi_emu *emu, struct request *rq)
{
    /* Another process may have made the image since we looked. */
    if (!emu->image.file && emu->image.writable)
        oi_file_open(&emu->image.file, image_path(emu), OI_FILE_WRITE);
    if (emu->image.locked || !emu->image.file || !emu->image.writable)
        return GOOD;
    return lock_image(emu, rq);
}

/* What a move left behind when its writer died: the file of the other form. */
static void finish_move(struct oi_emu *emu)
{
    char *bin = disc_beside(emu, ".bin");

    if (bin && emu->disc.form == FORM_SECTORS && strcmp(bin, emu->definition.image) != 0)
        oi_file_remove(emu->definition.image);
    else if (bin && emu->disc.form == FORM_PLAIN && strcmp(bin, emu->definition.image) != 0)
        oi_file_remove(bin);
    free(bin);
    emu->disc.cd.moving = false;
    emu->unsaved = true;
}

void disc_forget(struct oi_emu *emu)
{
    const struct medium *medium = emu->disc.medium;
    uint64_t left = (uint64_t)medium->ops->recorded_end(&emu->disc) * disc_sector_bytes(&emu->disc);

    emu->image.discarded = false;
    if (left < emu->image.bytes && oi_file_set_size(emu->image.file, left) == OI_OK)
        emu->image.bytes = left;
    if (!left && medium->io->forget)
        medium->io->forget(emu);
}

enum outcome disc_take(struct oi_emu *emu, struct request *rq)
{
    enum outcome outcome;

    if (emu->image.locked)
        return GOOD;
    if (emu->disc.medium->read_only)
        return rq->cdb[0] == OI_OP_FORMAT_UNIT ? CANNOT_FORMAT_MEDIUM : CANNOT_WRITE_MEDIUM;
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
        disc_unlock(emu);
        tray_look(emu);
        attention_drop(emu, MEDIUM_CHANGED);
        return MEDIUM_CHANGED;
    }
    disc_load(emu);
    if (emu->presence == MEDIUM_READABLE && emu->disc.form != emu->image.form) {
        /* Its writer moved it just now: what we locked is no longer the image. */
        disc_unlock(emu);
        disc_load(emu);
        return MEDIUM_CHANGED;
    }
    /* What is filled up with zeros must find none of what a drive that died was to forget. */
    if (emu->presence == MEDIUM_READABLE && !emu->unsaved && !medium_is_random(emu->disc.medium))
        disc_forget(emu);
    if (emu->presence == MEDIUM_READABLE && emu->disc.cd.moving)
        finish_move(emu);
    if (emu->presence == MEDIUM_READABLE)
        return GOOD;
    disc_unlock(emu);
    return CANNOT_READ_MEDIUM;
}

/* ---- saving ---- */

static enum oi_status save_state(struct oi_emu *emu)
{
    enum oi_status status = disc_state_write(&emu->disc, emu->disc_path);

    if (status == OI_OK)
        emu->disc_stamp = oi_file_stamp(emu->disc_path);
    tray_changed();
    return status;
}

static enum oi_status save_all(struct oi_emu *emu)
{
    const struct medium *medium = emu->disc.medium;
    uint64_t wanted =
        (uint64_t)medium->ops->recorded_end(&emu->disc) * disc_sector_bytes(&emu->disc);
    enum oi_status status = OI_OK;

    if (emu->image.bytes < wanted) {
        status = oi_file_set_size(emu->image.file, wanted);
        if (status == OI_OK)
            emu->image.bytes = wanted;
    }
    if (status == OI_OK)
        status = oi_file_flush(emu->image.file);
    if (status == OI_OK && medium->io->publish)
        status = medium->io->publish(emu);
    if (status == OI_OK)
        status = save_state(emu);
    return status;
}

/* Whether the file now holds the old state or the new one is not known. */
static enum outcome save_failed(struct oi_emu *emu, struct request *rq, enum oi_status status)
{
    emu->disc.medium->ops->doubt(&emu->disc);
    return image_failed(emu, rq, WRITE_ERROR, status);
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
        return save_failed(emu, rq, status);
    }
    emu->unsaved = false;
    return GOOD;
}

enum outcome disc_save_change(struct oi_emu *emu, struct request *rq, enum outcome outcome,
                              const struct disc *before)
{
    if (outcome != GOOD) {
        emu->disc = *before;
        return outcome;
    }
    emu->unsaved = true;
    outcome = disc_save(emu, rq);
    if (outcome != GOOD) {
        emu->disc = *before;
        emu->disc.medium->ops->doubt(&emu->disc);
    }
    return outcome;
}

enum outcome disc_save_mark(struct oi_emu *emu, struct request *rq)
{
    enum oi_status status = save_state(emu);

    if (status != OI_OK)
        return save_failed(emu, rq, status);
    emu->unsaved = true;
    return GOOD;
}

/* ---- moving ---- */

/* Opens the file of the new form, locked and empty. */
static enum oi_status open_target(struct oi_emu *emu, const char *path, struct oi_file **file)
{
    enum oi_status status = oi_file_open(file, path, OI_FILE_CREATE);

    if (status == OI_OK)
        status = drive_lock(emu, *file, WRITER_LOCK);
    if (status == OI_OK)
        status = oi_file_set_size(*file, 0);
    return status;
}

/* The state that names the new file makes it the disc; what is not saved by then counts for
 * nothing, and what the old file holds after that neither. */
static enum outcome move_to(struct oi_emu *emu, struct request *rq, enum disc_form form,
                            const char *path,
                            enum oi_status (*fill)(struct oi_emu *emu, struct oi_file *to))
{
    enum disc_form old_form = emu->disc.form;
    struct oi_file *file = NULL;
    enum outcome outcome;
    enum oi_status status;

    /* Half a move of our own may be overwritten; what else is there may not. */
    if (!emu->disc.cd.moving && oi_file_stamp(path)) {
        explain(emu, rq, "%s: is in the way of the data of this disc; move it away",
                text_short_path(path));
        return WRITE_ERROR;
    }
    emu->disc.cd.moving = true;
    outcome = disc_save_mark(emu, rq);
    if (outcome != GOOD)
        return outcome;
    status = open_target(emu, path, &file);
    if (status == OI_OK && fill)
        status = fill(emu, file);
    if (status == OI_OK)
        status = oi_file_flush(file);
    if (status == OI_OK) {
        emu->disc.form = form;
        status = save_state(emu);
    }
    if (status != OI_OK) {
        emu->disc.form = old_form;
        oi_file_close(file);
        return image_failed(emu, rq, WRITE_ERROR, status);
    }
    oi_file_close(emu->image.file);
    emu->image.file = file;
    return GOOD;
}

enum outcome disc_move(struct oi_emu *emu, struct request *rq, enum disc_form form,
                       enum oi_status (*fill)(struct oi_emu *emu, struct oi_file *to))
{
    struct image *image = &emu->image;
    char *bin = disc_beside(emu, ".bin");
    enum outcome outcome = GOOD;

    if (!bin)
        return image_failed(emu, rq, WRITE_ERROR, OI_OUT_OF_MEMORY);
    if (is_named_bin(emu) && form == FORM_PLAIN) {
        free(bin);
        return GOOD; /* it stays what its name says */
    }
    if (is_named_bin(emu))
        outcome = image_failed(emu, rq, WRITE_ERROR, OI_EXISTS);
    else
        outcome = move_to(emu, rq, form, form == FORM_SECTORS ? bin : emu->definition.image, fill);
    if (outcome != GOOD) {
        free(bin);
        return outcome;
    }
    oi_file_size(image->file, &image->bytes);
    image->form = form;
    free(image->path);
    image->path = form == FORM_SECTORS ? bin : NULL;
    if (form == FORM_PLAIN) {
        oi_file_remove(bin);
        free(bin);
    } else {
        oi_file_remove(emu->definition.image);
    }
    emu->disc.cd.moving = false;
    emu->unsaved = true;
    return GOOD;
}

enum outcome disc_put_to_rest(struct oi_emu *emu, struct request *rq)
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
