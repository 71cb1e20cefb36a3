/* The disc is read in transfers as large as the drive takes. The first sector that differs is
 * named by its place on the disc and in the image. */
#include "verify.h"

#include <imapi2error.h>
#include <stdio.h>
#include <string.h>
#include "cancel.h"
#include "media_steps.h"
#include "progress.h"
#include "recorders.h"
#include "virtual.h"

enum { READY_MS = 120000, TRANSFER_MAX = 1 << 20 };

struct comparison {
    struct oi_drive *drive;
    struct oi_image *image;
    uint32_t start;
    const char *cancelled_hint;
    BYTE *from_disc;
    BYTE *from_image;
    uint32_t blocks_per_transfer;
};

/* A sector that is blank, off the end or beyond reading is not the image; a drive that fails
 * otherwise says nothing about the disc. */
static enum oi_exit report_unreadable(const struct comparison *c, uint32_t at,
                                      const struct oi_answer *answer)
{
    enum { MEDIUM_ERROR = 3, BLANK_CHECK = 8 };
    uint8_t key = oi_sense_key(answer);
    bool disc_at_fault =
        key == MEDIUM_ERROR || key == BLANK_CHECK || oi_sense_is(answer, 5, 0x2100);

    return oi_fail(disc_at_fault ? OI_EXIT_DIFFERS : OI_EXIT_FAILED, answer, NULL,
                   "reading back from sector %lu of the disc in \"%s\" failed",
                   (unsigned long)(c->start + at), c->drive->name);
}

static enum oi_exit report_difference(const struct comparison *c, uint32_t at, uint32_t blocks)
{
    uint32_t sector = 0;

    while (sector + 1 < blocks &&
           !memcmp(c->from_disc + (size_t)sector * OI_BLOCK_BYTES,
                   c->from_image + (size_t)sector * OI_BLOCK_BYTES, OI_BLOCK_BYTES))
        sector++;
    return oi_fail(OI_EXIT_DIFFERS, NULL, "The disc does not hold this image; don't rely on it.",
                   "sector %lu of the disc in \"%s\" differs from sector %lu of \"%s\"",
                   (unsigned long)(c->start + at + sector), c->drive->name,
                   (unsigned long)(at + sector), c->image->path);
}

static enum oi_exit compare_transfer(const struct comparison *c, uint32_t at, uint32_t blocks)
{
    DWORD bytes = blocks * OI_BLOCK_BYTES;
    struct oi_answer answer;

    answer = oi_answer_from_win32(
        oi_image_read(c->image, (uint64_t)at * OI_BLOCK_BYTES, c->from_image, bytes));
    if (FAILED(answer.hr))
        return oi_fail(OI_EXIT_FAILED, &answer, NULL, "reading \"%s\" failed", c->image->path);
    if (!oi_drive_read(c->drive, c->start + at, (uint16_t)blocks, c->from_disc, &answer))
        return report_unreadable(c, at, &answer);
    if (memcmp(c->from_disc, c->from_image, bytes))
        return report_difference(c, at, blocks);
    return OI_EXIT_OK;
}

static enum oi_exit compare(const struct comparison *c)
{
    struct oi_progress progress;
    enum oi_exit exit = OI_EXIT_OK;
    IMAPI_PROFILE_TYPE profile;
    struct oi_answer ignored;
    uint32_t at = 0;

    oi_drive_profile(c->drive, &profile, &ignored);
    oi_progress_begin(&progress, "verify", "Verifying", c->image->blocks,
                      oi_single_speed_for(profile)->data_per_second);
    while (!exit && at < c->image->blocks) {
        uint32_t blocks = c->image->blocks - at;

        if (blocks > c->blocks_per_transfer)
            blocks = c->blocks_per_transfer;
        if (oi_cancel_requested()) {
            oi_progress_end(&progress, at, OI_BUFFER_UNKNOWN);
            return oi_fail(OI_EXIT_CANCELLED, NULL, c->cancelled_hint,
                           "cancelled; %lu of %lu sectors were compared and are identical",
                           (unsigned long)at, (unsigned long)c->image->blocks);
        }
        exit = compare_transfer(c, at, blocks);
        at += blocks;
        if (!exit)
            oi_progress_update(&progress, at, OI_BUFFER_UNKNOWN);
    }
    if (!exit) {
        oi_progress_end(&progress, at, OI_BUFFER_UNKNOWN);
        oi_say("Verified: the disc holds the image (%lu sectors, %.1f MB/s).\n", (unsigned long)at,
               oi_progress_average(&progress, at) / 1e6);
    }
    return exit;
}

enum oi_exit oi_verify(struct oi_drive *drive, struct oi_image *image, uint32_t start,
                       const char *cancelled_hint)
{
    uint32_t bytes = oi_drive_transfer_bytes(drive);
    struct comparison c = {
        .drive = drive, .image = image, .start = start, .cancelled_hint = cancelled_hint};
    enum oi_exit exit;

    if (bytes > TRANSFER_MAX)
        bytes = TRANSFER_MAX;
    c.blocks_per_transfer = bytes / OI_BLOCK_BYTES;
    c.from_disc = VirtualAlloc(NULL, 2 * (SIZE_T)bytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    if (!c.from_disc)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
    c.from_image = c.from_disc + bytes;
    exit = compare(&c);
    VirtualFree(c.from_disc, 0, MEM_RELEASE);
    return exit;
}

enum oi_exit oi_job_open(const struct oi_args *args, struct oi_image *image, struct oi_drive *drive)
{
    enum oi_exit exit = oi_image_open(image, args->operand);

    if (exit)
        return exit;
    oi_cancel_install();
    exit = oi_recorder_open(drive, args->recorder);
    if (exit)
        oi_image_close(image);
    return exit;
}

void oi_job_close(struct oi_image *image, struct oi_drive *drive)
{
    oi_drive_close(drive);
    oi_image_close(image);
}

enum oi_exit oi_job_wait_ready(struct oi_drive *drive)
{
    struct oi_answer answer;

    if (oi_drive_wait_ready(drive, READY_MS, "becoming ready", &answer))
        return OI_EXIT_OK;
    if (answer.hr == E_IMAPI_REQUEST_CANCELLED)
        return oi_fail(OI_EXIT_CANCELLED, NULL, NULL, "cancelled; the disc was not touched");
    if (oi_is_no_disc(&answer))
        return oi_fail(OI_EXIT_REFUSED, &answer,
                       drive->virtual_recorder
                           ? oi_words("Insert one: openimapi2 virtual insert %s", drive->name).text
                           : "Insert a disc and close the tray.",
                       "recorder \"%s\" has no disc", drive->name);
    return oi_fail(oi_exit_for(&answer), &answer,
                   "openimapi2 info tells more about drive and disc.",
                   "recorder \"%s\" does not get ready", drive->name);
}

/* A unit attention may have been waiting when the tray was locked first. */
static void lock_tray_again(struct oi_drive *drive)
{
    struct oi_answer answer;

    if (!drive->tray_locked && !oi_drive_lock_tray(drive, &answer))
        oi_warn(&answer, "the tray of \"%s\" can't be locked; don't open it", drive->name);
}

/* A disc whose files may not be written is write-protected, which its drive would not say before
 * the first of its buffer gets to the file. */
static enum oi_exit check_protection(const struct oi_drive *drive)
{
    struct oi_utf8 file;

    if (!drive->virtual_recorder || !oi_virtual_disc_protected(drive->name, &file))
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_REFUSED, NULL,
                   "Nothing was written. Make the file writable, or insert another disc.",
                   "the disc in \"%s\" is write-protected: its file \"%s\" may not be written",
                   drive->name, file.text);
}

enum oi_exit oi_job_take_drive(struct oi_drive *drive)
{
    enum { OWNER_SHOWN_BYTES = 80 };
    struct oi_answer answer;
    struct oi_utf8 owner;
    enum oi_exit exit;

    if (!oi_drive_acquire(drive, &answer)) {
        owner = oi_drive_owner(drive);
        owner.text[OWNER_SHOWN_BYTES] = '\0';
        oi_utf8_cut(owner.text);
        if (owner.text[0])
            snprintf(answer.description, sizeof(answer.description), "\"%s\" holds it", owner.text);
        return oi_fail(OI_EXIT_REFUSED, &answer,
                       "Wait until that program has ended, or take another recorder.",
                       "recorder \"%s\" is in use", drive->name);
    }
    if (!oi_drive_lock_tray(drive, &answer) && FAILED(answer.hr))
        return oi_fail(OI_EXIT_FAILED, &answer, NULL, "recorder \"%s\": locking the tray failed",
                       drive->name);
    exit = oi_job_wait_ready(drive);
    if (exit)
        return exit;
    lock_tray_again(drive);
    return check_protection(drive);
}

void oi_job_json_start(const char *command, const struct oi_image *image,
                       const struct oi_drive *drive, const char *disc, uint32_t start)
{
    struct oi_json json;

    oi_json_begin(&json, "start");
    oi_json_text(&json, "command", command);
    oi_json_text(&json, "image", image->path);
    oi_json_integer(&json, "bytes", (int64_t)image->bytes);
    oi_json_integer(&json, "sectors", image->blocks);
    oi_json_text(&json, "recorder", drive->name);
    oi_json_text(&json, "disc", disc);
    oi_json_integer(&json, "start_sector", start);
    oi_json_end(&json);
}

void oi_job_json_done(const struct oi_image *image, uint32_t start, bool verified)
{
    struct oi_json json;

    oi_json_begin(&json, "done");
    oi_json_integer(&json, "sectors", image->blocks);
    oi_json_integer(&json, "start_sector", start);
    oi_json_text(&json, "verified", verified ? "yes" : "no");
    oi_json_end(&json);
}

enum oi_exit oi_verify_command(const struct oi_args *args)
{
    struct oi_image image;
    struct oi_drive drive;
    uint32_t start = 0;
    enum oi_exit exit = oi_job_open(args, &image, &drive);

    if (exit)
        return exit;
    exit = oi_job_wait_ready(&drive);
    if (!exit)
        exit = oi_target_last_recorded(&drive, &start);
    if (!exit) {
        oi_job_json_start("verify", &image, &drive, oi_recorder_disc_words(&drive).text, start);
        exit = oi_verify(&drive, &image, start, NULL);
    }
    if (!exit)
        oi_job_json_done(&image, start, true);
    oi_job_close(&image, &drive);
    return exit;
}
