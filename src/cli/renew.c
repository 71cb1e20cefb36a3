/* Both commands lose what the disc holds, so each is refused where it makes no sense, before the
 * drive is told anything. Once begun the drive goes on by itself, Ctrl-C or not. */
#include "renew.h"

#include <imapi2error.h>
#include <stdio.h>
#include "cancel.h"
#include "media_steps.h"
#include "recorders.h"
#include "verify.h"

/* What slow drives need for all of a CD-RW, and for a BD-RE that is checked. */
enum { RENEW_MS = 5 * 3600 * 1000 };

struct renewal {
    struct oi_drive *drive;
    IMAPI_PROFILE_TYPE profile;
    struct oi_disc disc;
    bool full;
    bool part; /* of another command, which tells machines what it does */
};

static bool is_dvd_rw(const struct renewal *renewal)
{
    return renewal->profile == IMAPI_PROFILE_TYPE_DVD_DASH_RW_SEQUENTIAL ||
           renewal->profile == IMAPI_PROFILE_TYPE_DVD_DASH_REWRITABLE;
}

/* Waits for what the drive was told to do. */
static enum oi_exit wait_for(struct renewal *renewal, const char *what)
{
    const struct oi_waiting waiting = {.timeout_ms = RENEW_MS, .cancellable = true, .what = what};
    struct oi_answer answer;

    if (oi_drive_wait(renewal->drive, &waiting, &answer))
        return OI_EXIT_OK;
    if (answer.hr == E_IMAPI_REQUEST_CANCELLED)
        return oi_fail(OI_EXIT_CANCELLED, NULL,
                       "The drive goes on with it; what the disc held is lost.", "cancelled");
    return oi_fail(OI_EXIT_FAILED, &answer, NULL, "recorder \"%s\": %s failed",
                   renewal->drive->name, what);
}

static enum oi_exit tell_disc(struct renewal *renewal)
{
    struct oi_utf8 disc = oi_recorder_disc_words(renewal->drive);
    struct oi_json json;

    oi_say("%s: %s\n", renewal->drive->name, disc.text);
    if (renewal->part)
        return OI_EXIT_OK;
    oi_json_begin(&json, "done");
    oi_json_text(&json, "recorder", renewal->drive->name);
    oi_json_text(&json, "disc", disc.text);
    oi_json_end(&json);
    return OI_EXIT_OK;
}

static enum oi_exit refuse(const struct renewal *renewal, const char *what, const char *hint)
{
    return oi_fail(OI_EXIT_REFUSED, NULL, hint, "the %s in \"%s\" can't be %s",
                   oi_profile_name(renewal->profile), renewal->drive->name, what);
}

static enum oi_exit fail(const struct renewal *renewal, const struct oi_answer *why,
                         const char *step)
{
    return oi_fail(OI_EXIT_FAILED, why, NULL, "recorder \"%s\": %s failed", renewal->drive->name,
                   step);
}

static void json_start(struct renewal *renewal, const char *command)
{
    struct oi_json json;

    if (renewal->part)
        return;
    oi_json_begin(&json, "start");
    oi_json_text(&json, "command", command);
    oi_json_text(&json, "recorder", renewal->drive->name);
    oi_json_text(&json, "disc", oi_recorder_disc_words(renewal->drive).text);
    oi_json_text(&json, "full", renewal->full ? "yes" : "no");
    oi_json_end(&json);
}

static enum oi_exit blank(struct renewal *renewal)
{
    const struct oi_media *media = oi_media_for(renewal->profile);
    struct oi_answer answer;
    enum oi_exit exit;

    if (!is_dvd_rw(renewal) && renewal->profile != IMAPI_PROFILE_TYPE_CD_REWRITABLE)
        return refuse(renewal, "blanked",
                      media && !media->sequential
                          ? "It needs not be: \"openimapi2 write\" overwrites what is on it."
                          : "Only a CD-RW or a DVD-RW can; other discs are written once, or "
                            "overwritten.");
    if (renewal->disc.status == OI_DISC_BLANK && !renewal->full) {
        oi_say("The disc is blank already.\n");
        return tell_disc(renewal);
    }
    json_start(renewal, "blank");
    oi_say(renewal->full ? "Blanking all of the disc ...\n" : "Blanking the disc ...\n");
    if (!oi_drive_blank(renewal->drive, renewal->full, &answer))
        return fail(renewal, &answer, "blanking the disc");
    exit = wait_for(renewal, "blanking the disc");
    if (!exit && !renewal->full && is_dvd_rw(renewal))
        oi_say("Many drives write such a DVD-RW in one go only; --full makes it as new.\n");
    return exit ? exit : tell_disc(renewal);
}

static enum oi_exit format(struct renewal *renewal)
{
    const struct oi_media *media = is_dvd_rw(renewal)
                                       ? oi_media_for(IMAPI_PROFILE_TYPE_DVD_DASH_REWRITABLE)
                                       : oi_media_for(renewal->profile);
    uint8_t type;
    struct oi_formats formats;
    struct oi_answer answer;
    uint32_t blocks;
    enum oi_exit exit;

    if (!media || media->sequential)
        return refuse(renewal, "formatted",
                      renewal->disc.erasable ? oi_words("It can be blanked: openimapi2 blank %s",
                                                        oi_drive_word(renewal->drive).text)
                                                   .text
                                             : "Only a DVD-RW, DVD+RW, DVD-RAM or BD-RE can.");
    if (!oi_drive_formats(renewal->drive, &formats, &answer))
        return fail(renewal, &answer, "reading the disc's formats");
    if (formats.formatted && !renewal->full &&
        renewal->profile != IMAPI_PROFILE_TYPE_DVD_DASH_RW_SEQUENTIAL)
        return oi_fail(OI_EXIT_REFUSED, NULL,
                       "--full formats it again; what it holds is lost then.",
                       renewal->disc.format == OI_FORMAT_PARTIAL
                           ? "the %s in \"%s\" is partly formatted, and writing goes on with that"
                           : "the %s in \"%s\" is formatted",
                       media->name, renewal->drive->name);
    type = renewal->full ? media->full_format : media->quick_format;
    blocks = oi_format_blocks(&formats, type);
    if (!blocks && type != OI_FORMAT_QUICK)
        blocks = formats.blocks;
    json_start(renewal, "format");
    oi_say("Formatting the disc ...\n");
    if (!oi_drive_format(renewal->drive, type, blocks, 0, &answer))
        return fail(renewal, &answer, "formatting the disc");
    exit = wait_for(renewal, "formatting the disc");
    return exit ? exit : tell_disc(renewal);
}

static enum oi_exit look(struct renewal *renewal)
{
    struct oi_answer answer;

    if (oi_drive_profile(renewal->drive, &renewal->profile, &answer) &&
        oi_drive_disc(renewal->drive, &renewal->disc, &answer))
        return OI_EXIT_OK;
    return fail(renewal, &answer, "reading the disc information");
}

static enum oi_exit renew(const struct oi_args *args, enum oi_exit (*step)(struct renewal *))
{
    struct oi_drive drive;
    struct renewal renewal = {.drive = &drive, .full = (args->given & OI_OPT_FULL) != 0};
    enum oi_exit exit;

    oi_cancel_install();
    exit = oi_recorder_open(&drive, args->operand);
    if (exit)
        return exit;
    exit = oi_job_take_drive(&drive);
    if (!exit)
        exit = look(&renewal);
    if (!exit)
        exit = step(&renewal);
    oi_drive_close(&drive);
    return exit;
}

static enum oi_exit renew_as_part(struct oi_drive *drive, bool full,
                                  enum oi_exit (*step)(struct renewal *))
{
    struct renewal renewal = {.drive = drive, .full = full, .part = true};
    enum oi_exit exit = look(&renewal);

    return exit ? exit : step(&renewal);
}

enum oi_exit oi_renew_blank(struct oi_drive *drive, bool full)
{
    return renew_as_part(drive, full, blank);
}

enum oi_exit oi_renew_format(struct oi_drive *drive, bool full)
{
    return renew_as_part(drive, full, format);
}

enum oi_exit oi_blank_command(const struct oi_args *args)
{
    return renew(args, blank);
}

enum oi_exit oi_format_command(const struct oi_args *args)
{
    return renew(args, format);
}
