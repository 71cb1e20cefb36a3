/* Discs that are written anywhere once they are formatted, as often as one likes. */
#include <imapi2error.h>
#include <stdio.h>
#include "media_rows.h"

/* A DVD+RW tells by the state of its background format whether it has one. */
static bool is_unformatted(const struct oi_target *target, const struct oi_formats *formats)
{
    if (target->media->formats_in_background)
        return target->before.format == OI_FORMAT_NONE ||
               target->before.format == OI_FORMAT_PARTIAL;
    return !formats->formatted;
}

/* What the disc has room for once it is formatted; what it has room for now, when it can't grow. */
enum oi_exit oi_random_examine(struct oi_drive *drive, struct oi_target *target)
{
    const struct oi_media *media = target->media;
    struct oi_answer answer;
    struct oi_formats formats;
    uint32_t offered;

    if (!oi_drive_formats(drive, &formats, &answer))
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc's formats");
    target->unformatted = is_unformatted(target, &formats);
    offered = oi_format_blocks(&formats, media->full_format);
    if (!offered)
        offered = formats.blocks;
    if (!target->unformatted && !oi_drive_capacity(drive, &target->formatted_blocks, &answer))
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc's capacity");
    target->free_blocks =
        target->unformatted || (media->grows && offered > target->formatted_blocks)
            ? offered
            : target->formatted_blocks;
    target->track = 1;
    target->start = 0;
    return OI_EXIT_OK;
}

/* Formats all of the disc. One that is formatted in the background can be written as soon as that
 * has begun, and one whose format was broken off goes on where it was. */
static bool format(struct oi_drive *drive, const struct oi_target *target, struct oi_answer *answer)
{
    enum { RESTART = 1, ALL = 0xffffffff };
    const struct oi_media *media = target->media;

    if (media->formats_in_background)
        return oi_drive_format(drive, media->full_format, ALL,
                               target->before.format == OI_FORMAT_PARTIAL ? RESTART : 0, answer);
    return oi_drive_format(drive, media->full_format, target->free_blocks, 0, answer);
}

/* What was formatted quickly is made longer by being written, once the drive was told. */
static bool begin_to_grow(struct oi_drive *drive, struct oi_answer *answer)
{
    enum { BLOCKS_PER_UNIT = 16 };

    return oi_drive_format(drive, OI_FORMAT_QUICK_GROW, 0, BLOCKS_PER_UNIT, answer);
}

enum oi_exit oi_random_prepare(struct oi_drive *drive, struct oi_target *target)
{
    struct oi_answer answer;
    bool done = true;

    if (target->unformatted) {
        oi_say(target->before.format == OI_FORMAT_PARTIAL ? "Going on with the disc's format ...\n"
                                                          : "Formatting the disc ...\n");
        done = format(drive, target, &answer);
    } else if (target->blocks > target->formatted_blocks) {
        done = begin_to_grow(drive, &answer);
    }
    if (!done || !oi_drive_wait_ready(drive, OI_FORMAT_READY_MS, "formatting the disc", &answer))
        return answer.hr == E_IMAPI_REQUEST_CANCELLED
                   ? OI_EXIT_CANCELLED
                   : oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "formatting the disc");
    return OI_EXIT_OK;
}

/* A DVD-RW that has grown needs its end closed to be readable everywhere. */
enum oi_exit oi_random_finish(struct oi_drive *drive, const struct oi_target *target)
{
    struct oi_answer answer;
    struct oi_disc disc;
    enum oi_exit exit = oi_flush_step(drive);

    if (exit || !target->media->grows)
        return exit;
    if (!oi_drive_disc(drive, &disc, &answer))
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    if (disc.last_session == OI_SESSION_INCOMPLETE)
        exit = oi_close_step(drive, OI_CLOSE_SESSION, 0, "closing the session");
    return exit;
}

/* A format that still runs in the background is stopped where it is, and a lead-out written behind
 * it, so that the disc can be taken out and read by any drive. */
enum oi_exit oi_dvd_plus_rw_finish(struct oi_drive *drive, const struct oi_target *target)
{
    struct oi_answer answer;
    struct oi_disc disc;
    enum oi_exit exit = oi_flush_step(drive);

    (void)target;
    if (exit)
        return exit;
    if (!oi_drive_disc(drive, &disc, &answer))
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    if (disc.format == OI_FORMAT_RUNNING) {
        oi_say("Stopping the background format ...\n");
        exit = oi_close_step(drive, OI_CLOSE_STOP_FORMAT, 0, "stopping the background format");
        if (!exit)
            exit = oi_close_step(drive, OI_CLOSE_SESSION, 0, "closing the session");
        if (!exit && !oi_drive_disc(drive, &disc, &answer))
            exit = oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    }
    if (exit || (disc.format != OI_FORMAT_RUNNING && disc.format != OI_FORMAT_NONE))
        return exit;
    return oi_fail_unchanged(drive, "finished the disc");
}

void oi_random_describe_partial(struct oi_drive *drive, const struct oi_target *target,
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

const char *oi_random_describe_unprepared(const struct oi_target *target)
{
    if (!target->unformatted)
        return "The disc is unchanged.";
    return target->before.format == OI_FORMAT_PARTIAL
               ? "Its drive goes on formatting the disc; what the disc held is still there."
               : "Its drive goes on formatting the disc, which holds no image.";
}
