/* Discs that are written from a next writable address on. How differs: by track (CD), by packets or
 * in one go (DVD-R, DVD-RW), or with no write parameters at all (DVD+R, BD-R); closing makes what
 * was written readable. A rewritable disc of these kinds must be blanked to hold something else. */
#include <stdio.h>
#include "cancel.h"
#include "media_rows.h"
#include "patience.h"

/* The number under which a CD's drive is asked for the track that is still to come. */
enum { NEXT_TRACK = 0xff };

/* Refused, unless the disc has been changed already. */
static enum oi_exit refusal(const struct oi_target *target)
{
    return target->session_closed ? OI_EXIT_FAILED : OI_EXIT_REFUSED;
}

static const char *refusal_hint(const struct oi_target *target, const char *hint)
{
    return target->session_closed ? oi_session_closed_hint : hint;
}

/* What helps when the disc takes nothing more. */
static struct oi_utf8 other_disc_hint(const struct oi_drive *drive, const struct oi_target *target)
{
    if (target->session_closed)
        return oi_words("%s", oi_session_closed_hint);
    if (target->before.erasable)
        return oi_words("Blank it first (openimapi2 blank %s), or insert another disc.",
                        oi_drive_word(drive).text);
    return oi_words("Insert a blank disc or one that is still open.");
}

/* A DVD-R or DVD-RW is written in packets as long as its drive offers that; some drives offer it
 * for a DVD-RW only when all of it was blanked. Otherwise it takes one image, in one go. */
static enum oi_exit choose_mode(struct oi_drive *drive, struct oi_target *target)
{
    struct oi_answer answer;
    bool packets = true;

    if (target->media->mode != OI_WRITE_INCREMENTAL)
        return OI_EXIT_OK;
    if (!oi_drive_feature(drive, IMAPI_FEATURE_PAGE_TYPE_INCREMENTAL_STREAMING_WRITABLE, &packets,
                          &answer))
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "asking for the way to write");
    target->at_once = !packets;
    if (packets || target->before.status == OI_DISC_BLANK)
        return OI_EXIT_OK;
    return oi_fail(refusal(target), NULL, other_disc_hint(drive, target).text,
                   "the %s in \"%s\" was begun in one go, so nothing can be added to it",
                   target->media->name, drive->name);
}

enum oi_exit oi_sequential_examine(struct oi_drive *drive, struct oi_target *target)
{
    struct oi_answer answer;
    struct oi_track track;
    enum oi_exit exit;

    if (target->before.status == OI_DISC_CLOSED)
        return oi_fail(refusal(target), NULL, other_disc_hint(drive, target).text,
                       "the %s in \"%s\" is closed: nothing can be added to it",
                       target->media->name, drive->name);
    exit = choose_mode(drive, target);
    if (exit)
        return exit;
    if (!oi_drive_track(drive,
                        target->media->asks_for_next_track ? NEXT_TRACK : target->before.last_track,
                        &track, &answer))
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the track information");
    if (!track.next_writable_valid || track.damaged)
        return oi_fail(refusal(target), NULL, other_disc_hint(drive, target).text,
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
    bool done;

    oi_patience_begin("calibrating its laser");
    done = oi_drive_calibrate_power(drive, &answer);
    oi_patience_end();
    if (done)
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
        exit = oi_close_step(drive, OI_CLOSE_TRACK, target->track, "closing the track");
    if (!exit)
        exit = oi_close_step(drive, OI_CLOSE_SESSION, 0, "closing the session");
    return exit;
}

/* The write parameters, and the size of what is written in one go. */
static enum oi_exit set_mode(struct oi_drive *drive, const struct oi_target *target)
{
    enum oi_write_mode mode = target->at_once ? OI_WRITE_AT_ONCE : target->media->mode;
    bool more_sessions = !target->at_once && !target->finalize;
    enum oi_exit failed = target->session_closed ? OI_EXIT_FAILED : OI_EXIT_REFUSED;
    struct oi_answer answer;
    bool has_page;

    if (mode == OI_WRITE_NO_MODE)
        return OI_EXIT_OK;
    if (!oi_drive_set_write_mode(drive, mode, more_sessions, &has_page, &answer))
        return oi_fail(failed, &answer, refusal_hint(target, "Nothing was written."),
                       "recorder \"%s\": setting the way to write failed", drive->name);
    if (!has_page)
        oi_warn(NULL,
                "the drive can't be told how to write (it has no mode page 05h); it writes in its "
                "own way, and decides itself whether anything can be added to the disc");
    if (!target->at_once)
        return OI_EXIT_OK;
    oi_say("The drive writes this disc in one go, which closes it.\n");
    if (!oi_drive_reserve_track(drive, target->blocks, &answer))
        return oi_fail(failed, &answer, "Nothing was written.",
                       "recorder \"%s\": reserving %lu sectors failed", drive->name,
                       (unsigned long)target->blocks);
    return OI_EXIT_OK;
}

/* An image must begin its session, so one that was broken off is closed before, which leaves room
 * for more sessions whatever comes after. */
enum oi_exit oi_sequential_prepare(struct oi_drive *drive, struct oi_target *target)
{
    struct oi_answer ignored;
    enum oi_exit exit = OI_EXIT_OK;
    bool any;

    if (target->interrupted) {
        if (target->media->mode != OI_WRITE_NO_MODE)
            oi_drive_set_write_mode(drive, target->media->mode, true, &any, &ignored);
        exit = close_interrupted(drive, target);
        target->session_closed = !exit;
        if (!exit && oi_cancel_requested())
            return OI_EXIT_CANCELLED;
        if (!exit)
            exit = oi_target_examine(drive, target);
    }
    if (!exit)
        exit = calibrate(drive, target);
    if (!exit && oi_cancel_requested())
        return OI_EXIT_CANCELLED;
    return exit ? exit : set_mode(drive, target);
}

/* What is written in one go is closed by the drive, with the last of its buffer. */
static enum oi_exit close_written(struct oi_drive *drive, const struct oi_target *target)
{
    enum oi_exit exit = OI_EXIT_OK;

    if (target->at_once)
        return OI_EXIT_OK;
    if (target->media->closes_track)
        exit = oi_close_step(drive, OI_CLOSE_TRACK, target->track, "closing the track");
    if (!exit)
        exit = oi_close_step(drive, target->finalize ? target->media->finalize : OI_CLOSE_SESSION,
                             0, "closing the session");
    return exit;
}

enum oi_exit oi_sequential_finish(struct oi_drive *drive, const struct oi_target *target)
{
    bool for_good = target->finalize || target->at_once;
    struct oi_answer answer;
    struct oi_disc after;
    enum oi_exit exit;

    oi_say(for_good ? "Closing the disc ...\n" : "Closing the session ...\n");
    exit = oi_flush_step(drive);
    if (!exit)
        exit = close_written(drive, target);
    if (exit)
        return exit;
    if (!oi_drive_disc(drive, &after, &answer))
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    if (after.status == OI_DISC_CLOSED || (!for_good && after.sessions > target->before.sessions))
        return OI_EXIT_OK;
    return oi_fail_unchanged(drive, "closed the session");
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

/* A drive that writes out its buffer ends the track of a CD; what is free is behind it then. */
static void take_next_track(struct oi_drive *drive, const struct oi_target *target,
                            struct oi_track *track)
{
    struct oi_answer ignored;
    struct oi_track next;

    if (!track->next_writable_valid && target->media->asks_for_next_track &&
        oi_drive_track(drive, NEXT_TRACK, &next, &ignored) && next.next_writable_valid)
        *track = next;
}

/* The drive goes back on what it said when it took the data, or never got any. */
static const char *describe_nothing_recorded(const struct oi_target *target,
                                             uint32_t blocks_written)
{
    if (blocks_written)
        return "Its drive tells now that nothing of it was recorded, which may be as wrong as what "
               "it told before: don't rely on this disc.";
    return target->session_closed ? oi_session_closed_hint
                                  : "The disc is unchanged; nothing was recorded.";
}

/* What a broken-off session has used up, and what is free once it is closed. */
static void describe_open(const struct oi_target *target, const struct oi_track *track, char *text,
                          size_t size)
{
    uint32_t closing = oi_target_closing_blocks(target);
    uint32_t left = track->free_blocks > closing ? track->free_blocks - closing : 0;

    snprintf(text, size,
             "Its drive tells that %ld sectors from sector %ld on are used up; they hold no "
             "complete image, and the session was left open. Another image can be written, which "
             "closes this session first: about %lu sectors are free then.",
             (long)(track->next_writable - target->start), (long)target->start,
             (unsigned long)left);
}

void oi_sequential_describe_partial(struct oi_drive *drive, const struct oi_target *target,
                                    uint32_t blocks_written, char *text, size_t size)
{
    struct oi_answer answer;
    struct oi_track track;
    long recorded;

    if (!oi_drive_track(drive, target->track, &track, &answer)) {
        describe_unasked(&answer, target, blocks_written, text, size);
        return;
    }
    take_next_track(drive, target, &track);
    recorded = track.next_writable_valid ? (long)(track.next_writable - target->start)
                                         : (long)blocks_written;
    if (recorded <= 0 && track.next_writable_valid)
        snprintf(text, size, "%s", describe_nothing_recorded(target, blocks_written));
    else if (recorded <= 0)
        snprintf(text, size,
                 "As far as is known no sector was written, but the drive names no place to write "
                 "at any more.");
    else if (track.next_writable_valid)
        describe_open(target, &track, text, size);
    else
        snprintf(text, size,
                 "About %ld sectors from sector %ld on are used up and hold no complete image; "
                 "the drive names no place to go on writing, so the disc is probably unusable.",
                 recorded, (long)target->start);
}

const char *oi_sequential_describe_unprepared(const struct oi_target *target)
{
    return target->session_closed ? oi_session_closed_hint : "The disc is unchanged.";
}
