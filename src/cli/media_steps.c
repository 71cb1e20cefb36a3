/* MMC-6 asks different things of write-once discs, which are written from a next writable address
 * and closed, and of rewritable ones, which are formatted once and then written anywhere. */
#include "media_steps.h"

#include <imapi2error.h>
#include <stdio.h>

/* Some minutes each: a drive may first write a lead-in or finish a lead-out. */
enum { FORMAT_READY_MS = 600000, CLOSE_READY_MS = 1800000 };

static enum oi_exit fail_on_disc(enum oi_exit code, const struct oi_drive *drive,
                                 const struct oi_answer *why, const char *step)
{
    return oi_fail(code, why, NULL, "recorder \"%s\": %s failed", drive->name, step);
}

static enum oi_exit flush(struct oi_drive *drive)
{
    struct oi_answer answer;

    if (oi_drive_flush(drive, &answer))
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_FAILED, &answer,
                   "The end of the image may be missing; don't rely on this disc.",
                   "recorder \"%s\": writing out the drive's buffer failed", drive->name);
}

/* One CLOSE TRACK/SESSION and the wait for the drive to get over it. */
static enum oi_exit close_step(struct oi_drive *drive, enum oi_close function, uint16_t track,
                               const char *step)
{
    struct oi_answer answer;

    if (oi_drive_close_session(drive, function, track, &answer) &&
        oi_drive_settle(drive, CLOSE_READY_MS, &answer))
        return OI_EXIT_OK;
    return fail_on_disc(OI_EXIT_FAILED, drive, &answer, step);
}

/* Refused, unless the disc has been changed already. */
static enum oi_exit refusal(const struct oi_target *target)
{
    return target->session_closed ? OI_EXIT_FAILED : OI_EXIT_REFUSED;
}

static const char session_closed_hint[] =
    "The session that was left open has been closed; no image was written.";

static const char *refusal_hint(const struct oi_target *target, const char *hint)
{
    return target->session_closed ? session_closed_hint : hint;
}

static enum oi_exit examine_write_once(struct oi_drive *drive, struct oi_target *target)
{
    struct oi_answer answer;
    struct oi_track track;

    if (target->before.status == OI_DISC_CLOSED)
        return oi_fail(refusal(target), NULL,
                       refusal_hint(target, "Insert a blank disc or one that is still open."),
                       "the %s in \"%s\" is closed: nothing can be added to it",
                       target->media->name, drive->name);
    if (!oi_drive_track(drive, target->before.last_track, &track, &answer))
        return fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the track information");
    if (!track.next_writable_valid || track.damaged)
        return oi_fail(refusal(target), NULL, refusal_hint(target, "Insert another disc."),
                       "the %s in \"%s\" is full or damaged: its drive names no place to write at",
                       target->media->name, drive->name);
    target->track = track.number;
    target->start = track.next_writable;
    target->free_blocks = track.free_blocks;
    target->track_begun = track.next_writable != track.start;
    target->interrupted =
        target->track_begun || target->before.last_session == OI_SESSION_INCOMPLETE;
    return OI_EXIT_OK;
}

/* It is the first command that changes the disc, so it may fail for other reasons than its own. */
static enum oi_exit calibrate(struct oi_drive *drive, const struct oi_target *target)
{
    struct oi_answer answer;

    if (oi_drive_calibrate_power(drive, &answer))
        return OI_EXIT_OK;
    if (oi_is_bad_calibration(&answer))
        return oi_fail(OI_EXIT_FAILED, &answer, "Clean the disc, or try another one.",
                       "recorder \"%s\": calibrating the laser power failed", drive->name);
    return oi_fail(target->session_closed ? OI_EXIT_FAILED : oi_exit_for(&answer), &answer,
                   refusal_hint(target, NULL), "recorder \"%s\": the disc can't be written",
                   drive->name);
}

static enum oi_exit close_interrupted(struct oi_drive *drive, const struct oi_target *target)
{
    enum oi_exit exit = OI_EXIT_OK;

    oi_say("Closing the session that was left open ...\n");
    if (target->track_begun)
        exit = close_step(drive, OI_CLOSE_TRACK, target->track, "closing the track");
    if (!exit)
        exit = close_step(drive, OI_CLOSE_SESSION, 0, "closing the session");
    return exit;
}

/* An image must begin its session, so one that was broken off is closed before. */
static enum oi_exit prepare_write_once(struct oi_drive *drive, struct oi_target *target)
{
    enum oi_exit exit = OI_EXIT_OK;

    if (target->interrupted) {
        exit = close_interrupted(drive, target);
        target->session_closed = !exit;
        if (!exit)
            exit = oi_target_examine(drive, target);
    }
    return exit ? exit : calibrate(drive, target);
}

static enum oi_exit finish_write_once(struct oi_drive *drive, const struct oi_target *target,
                                      bool finalize)
{
    struct oi_answer answer;
    struct oi_disc after;
    enum oi_exit exit;

    oi_say(finalize ? "Closing the disc ...\n" : "Closing the session ...\n");
    exit = flush(drive);
    if (!exit)
        exit = close_step(drive, OI_CLOSE_TRACK, target->track, "closing the track");
    if (!exit)
        exit = close_step(drive, finalize ? OI_CLOSE_FINALIZE : OI_CLOSE_SESSION, 0,
                          "closing the session");
    if (exit)
        return exit;
    if (!oi_drive_disc(drive, &after, &answer))
        return fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    if (after.status == OI_DISC_CLOSED || (!finalize && after.sessions > target->before.sessions))
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_FAILED, NULL, "Compare it with the image: openimapi2 verify IMAGE",
                   "recorder \"%s\" says that it closed the session, but the disc shows no change",
                   drive->name);
}

/* The drive can't be asked, so only what the engine has told is known. */
static void describe_unasked(const struct oi_answer *answer, const struct oi_target *target,
                             uint32_t blocks_written, char *text, size_t size)
{
    if (blocks_written)
        snprintf(
            text, size,
            "About %lu sectors from sector %ld on were written and hold no complete image; the "
            "drive can't be asked about the disc any more (%.200s).",
            (unsigned long)blocks_written, (long)target->start, oi_reason(answer).text);
    else
        snprintf(
            text, size,
            "As far as is known no sector was written; the drive can't be asked about the disc "
            "any more (%.200s).",
            oi_reason(answer).text);
    oi_utf8_cut(text);
}

static void describe_write_once(struct oi_drive *drive, const struct oi_target *target,
                                uint32_t blocks_written, char *text, size_t size)
{
    struct oi_answer answer;
    struct oi_track track;
    long recorded;

    if (!oi_drive_track(drive, target->track, &track, &answer)) {
        describe_unasked(&answer, target, blocks_written, text, size);
        return;
    }
    recorded = track.next_writable_valid ? (long)(track.next_writable - target->start)
                                         : (long)blocks_written;
    if (recorded <= 0 && track.next_writable_valid)
        snprintf(text, size, "%s",
                 target->session_closed ? session_closed_hint
                                        : "The disc is unchanged; nothing was recorded.");
    else if (recorded <= 0)
        snprintf(text, size,
                 "As far as is known no sector was written, but the drive names no place to write "
                 "at any more.");
    else if (track.next_writable_valid)
        snprintf(text, size,
                 "%ld sectors from sector %ld on are used up and hold no complete image; the "
                 "session was left open. %lu sectors are free: another image can be written, "
                 "which closes this session first.",
                 recorded, (long)target->start, (unsigned long)track.free_blocks);
    else
        snprintf(text, size,
                 "About %ld sectors from sector %ld on are used up and hold no complete image; "
                 "the drive names no place to go on writing, so the disc is probably unusable.",
                 recorded, (long)target->start);
}

static const char *describe_unprepared_write_once(const struct oi_target *target)
{
    return target->session_closed ? session_closed_hint : "The disc is unchanged.";
}

static bool is_unformatted(const struct oi_target *target)
{
    return target->before.format == OI_FORMAT_NONE || target->before.format == OI_FORMAT_PARTIAL;
}

static enum oi_exit examine_dvd_plus_rw(struct oi_drive *drive, struct oi_target *target)
{
    struct oi_answer answer;
    bool known = is_unformatted(target)
                     ? oi_drive_format_capacity(drive, &target->free_blocks, &answer)
                     : oi_drive_capacity(drive, &target->free_blocks, &answer);

    if (!known)
        return fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc's capacity");
    target->track = 1;
    target->start = 0;
    return OI_EXIT_OK;
}

static enum oi_exit prepare_dvd_plus_rw(struct oi_drive *drive, struct oi_target *target)
{
    struct oi_answer answer;

    if (!is_unformatted(target))
        return OI_EXIT_OK;
    oi_say("Formatting the disc ...\n");
    if (!oi_drive_format_dvd_plus_rw(drive, target->before.format == OI_FORMAT_PARTIAL, &answer) ||
        !oi_drive_wait_ready(drive, FORMAT_READY_MS, &answer))
        return answer.hr == E_IMAPI_REQUEST_CANCELLED
                   ? OI_EXIT_CANCELLED
                   : fail_on_disc(OI_EXIT_FAILED, drive, &answer, "formatting the disc");
    return OI_EXIT_OK;
}

/* A format that still runs in the background is stopped where it is, and a lead-out written behind
 * it, so that the disc can be taken out and read by any drive. */
static enum oi_exit finish_dvd_plus_rw(struct oi_drive *drive, const struct oi_target *target,
                                       bool finalize)
{
    struct oi_answer answer;
    struct oi_disc disc;
    enum oi_exit exit = flush(drive);

    (void)target, (void)finalize;
    if (exit)
        return exit;
    if (!oi_drive_disc(drive, &disc, &answer))
        return fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    if (disc.format == OI_FORMAT_RUNNING) {
        oi_say("Stopping the background format ...\n");
        exit = close_step(drive, OI_CLOSE_STOP_FORMAT, 0, "stopping the background format");
        if (!exit)
            exit = close_step(drive, OI_CLOSE_SESSION, 0, "closing the session");
        if (!exit && !oi_drive_disc(drive, &disc, &answer))
            exit = fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    }
    if (exit || (disc.format != OI_FORMAT_RUNNING && disc.format != OI_FORMAT_NONE))
        return exit;
    return oi_fail(OI_EXIT_FAILED, NULL, "Compare it with the image: openimapi2 verify IMAGE",
                   "recorder \"%s\" says that it finished the disc, but the disc shows no change",
                   drive->name);
}

static void describe_dvd_plus_rw(struct oi_drive *drive, const struct oi_target *target,
                                 uint32_t blocks_written, char *text, size_t size)
{
    (void)drive, (void)target;
    if (!blocks_written)
        snprintf(text, size, "No sector of the disc was overwritten. It can be written again.");
    else
        snprintf(text, size,
                 "The first %lu sectors of the disc are overwritten, what was behind them is still "
                 "there; together that is no complete image. It can be written again.",
                 (unsigned long)blocks_written);
}

static const char *describe_unprepared_dvd_plus_rw(const struct oi_target *target)
{
    return target->before.format == OI_FORMAT_PARTIAL
               ? "Its drive goes on formatting the disc; what the disc held is still there."
               : "Its drive goes on formatting the disc, which holds no image.";
}

/* DVD+R, between two sessions: closure of the one and intro of the other, 2 MiB. */
enum { DVD_PLUS_R_GAP = 1024 };

static const struct oi_media media_table[] = {
    {
        .profile = IMAPI_PROFILE_TYPE_DVD_PLUS_R,
        .name = "DVD+R",
        .sequential = true,
        .session_gap = DVD_PLUS_R_GAP,
        .examine = examine_write_once,
        .prepare = prepare_write_once,
        .finish = finish_write_once,
        .describe_partial = describe_write_once,
        .describe_unprepared = describe_unprepared_write_once,
    },
    {
        .profile = IMAPI_PROFILE_TYPE_DVD_PLUS_RW,
        .name = "DVD+RW",
        .sequential = false,
        .examine = examine_dvd_plus_rw,
        .prepare = prepare_dvd_plus_rw,
        .finish = finish_dvd_plus_rw,
        .describe_partial = describe_dvd_plus_rw,
        .describe_unprepared = describe_unprepared_dvd_plus_rw,
    },
};

enum oi_exit oi_target_examine(struct oi_drive *drive, struct oi_target *target)
{
    struct oi_answer answer;
    IMAPI_PROFILE_TYPE profile;

    *target = (struct oi_target){.session_closed = target->session_closed};
    if (!oi_drive_profile(drive, &profile, &answer))
        return fail_on_disc(OI_EXIT_FAILED, drive, &answer, "asking for the kind of disc");
    for (size_t i = 0; i < sizeof(media_table) / sizeof(media_table[0]); i++) {
        if (media_table[i].profile == profile)
            target->media = &media_table[i];
    }
    if (!target->media)
        return oi_fail(OI_EXIT_REFUSED, NULL, "Insert a DVD+R or a DVD+RW.",
                       "this program can't write the kind of disc in \"%s\": %s", drive->name,
                       oi_profile_name(profile));
    if (!oi_drive_disc(drive, &target->before, &answer))
        return fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    return target->media->examine(drive, target);
}

enum oi_exit oi_target_check_room(const struct oi_target *target, uint32_t blocks)
{
    uint32_t gap = target->interrupted ? target->media->session_gap : 0;
    uint32_t room = target->free_blocks > gap ? target->free_blocks - gap : 0;
    const char *hint = "Take a smaller image or an emptier disc.";

    if (blocks <= room)
        return OI_EXIT_OK;
    if (target->session_closed)
        return oi_fail(OI_EXIT_FAILED, NULL, session_closed_hint,
                       "the image needs %lu sectors, the %s has room for %lu behind the session "
                       "that was left open",
                       (unsigned long)blocks, target->media->name, (unsigned long)room);
    if (gap)
        return oi_fail(OI_EXIT_REFUSED, NULL, hint,
                       "the image needs %lu sectors, the %s will have room for %lu when the "
                       "session that was left open is closed; nothing was written",
                       (unsigned long)blocks, target->media->name, (unsigned long)room);
    return oi_fail(OI_EXIT_REFUSED, NULL, hint,
                   "the image needs %lu sectors, the %s has room for %lu; nothing was written",
                   (unsigned long)blocks, target->media->name, (unsigned long)room);
}

enum oi_exit oi_target_last_recorded(struct oi_drive *drive, uint32_t *start)
{
    struct oi_answer answer;
    struct oi_disc disc;
    struct oi_track track;

    if (!oi_drive_disc(drive, &disc, &answer))
        return fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    for (uint16_t number = disc.last_track; number >= disc.first_track && number; number--) {
        if (!oi_drive_track(drive, number, &track, &answer))
            return fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the track information");
        if (track.blank || (track.next_writable_valid && track.next_writable == track.start &&
                            disc.status != OI_DISC_REWRITABLE))
            continue;
        *start = (uint32_t)track.start;
        return OI_EXIT_OK;
    }
    return oi_fail(OI_EXIT_DIFFERS, NULL, NULL, "the disc in \"%s\" is blank", drive->name);
}
