/* MMC-6 asks different things of different discs. What they have in common with some others is in
 * media_sequential.c and media_random.c; the table here says which disc takes which steps. */
#include "media_steps.h"

#include <stdio.h>
#include "media_rows.h"
#include "patience.h"

const char oi_session_closed_hint[] =
    "The session that was left open has been closed; no image was written.";

enum oi_exit oi_fail_on_disc(enum oi_exit code, const struct oi_drive *drive,
                             const struct oi_answer *why, const char *step)
{
    return oi_fail(code, why, NULL, "recorder \"%s\": %s failed", drive->name, step);
}

enum oi_exit oi_fail_unchanged(const struct oi_drive *drive, const char *step)
{
    return oi_fail(OI_EXIT_FAILED, NULL, "Compare it with the image: openimapi2 verify IMAGE",
                   "recorder \"%s\" says that it %s, but the disc shows no change", drive->name,
                   step);
}

enum oi_exit oi_flush_step(struct oi_drive *drive)
{
    static const char what[] = "writing out its buffer";
    struct oi_answer answer;
    bool done;

    oi_patience_begin(what);
    done =
        oi_drive_flush(drive, &answer) && oi_drive_settle(drive, OI_CLOSE_READY_MS, what, &answer);
    oi_patience_end();
    if (done)
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_FAILED, &answer,
                   "The end of the image may be missing; don't rely on this disc.",
                   "recorder \"%s\": writing out the drive's buffer failed", drive->name);
}

enum oi_exit oi_close_step(struct oi_drive *drive, enum oi_close function, uint16_t track,
                           const char *step)
{
    struct oi_answer answer;
    bool done;

    oi_patience_begin(step);
    done = oi_drive_close_session(drive, function, track, &answer) &&
           oi_drive_settle(drive, OI_CLOSE_READY_MS, step, &answer);
    oi_patience_end();
    if (done)
        return OI_EXIT_OK;
    return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, step);
}

#define SEQUENTIAL                                                                                 \
    .sequential = true, .examine = oi_sequential_examine, .prepare = oi_sequential_prepare,        \
    .finish = oi_sequential_finish, .describe_partial = oi_sequential_describe_partial,            \
    .describe_unprepared = oi_sequential_describe_unprepared
#define RANDOM                                                                                     \
    .examine = oi_random_examine, .prepare = oi_random_prepare,                                    \
    .describe_partial = oi_random_describe_partial,                                                \
    .describe_unprepared = oi_random_describe_unprepared

/* Sectors between two sessions. CD: lead-out, lead-in and pre-gap. DVD-R: border-out and border-in,
 * at least. DVD+R: closure and intro, 2 MiB. BD-R: next to nothing. */
enum {
    CD_FIRST_GAP = 11400,
    CD_GAP = 6900,
    CD_RUN_OUT = 2,
    DVD_R_FIRST_GAP = 14336,
    DVD_R_GAP = 3072,
    DVD_PLUS_R_GAP = 1024,
};

/* clang-format off */
static const struct oi_media media_table[] = {
    { .profile = IMAPI_PROFILE_TYPE_CD_RECORDABLE, .name = "CD-R",
      SEQUENTIAL, .unit = 1, .first_gap = CD_FIRST_GAP, .later_gap = CD_GAP,
      .mode = OI_WRITE_TRACK, .asks_for_next_track = true, .finalize = OI_CLOSE_SESSION },
    { .profile = IMAPI_PROFILE_TYPE_CD_REWRITABLE, .name = "CD-RW",
      SEQUENTIAL, .unit = 1, .first_gap = CD_FIRST_GAP, .later_gap = CD_GAP,
      .mode = OI_WRITE_TRACK, .asks_for_next_track = true, .finalize = OI_CLOSE_SESSION },
    { .profile = IMAPI_PROFILE_TYPE_DVD_DASH_RECORDABLE, .name = "DVD-R",
      SEQUENTIAL, .unit = 16, .first_gap = DVD_R_FIRST_GAP, .later_gap = DVD_R_GAP,
      .mode = OI_WRITE_INCREMENTAL, .closes_track = true, .finalize = OI_CLOSE_SESSION },
    { .profile = IMAPI_PROFILE_TYPE_DVD_DASH_RW_SEQUENTIAL, .name = "DVD-RW",
      SEQUENTIAL, .unit = 16, .first_gap = DVD_R_FIRST_GAP, .later_gap = DVD_R_GAP,
      .mode = OI_WRITE_INCREMENTAL, .closes_track = true, .finalize = OI_CLOSE_SESSION },
    { .profile = IMAPI_PROFILE_TYPE_DVD_DASH_R_DUAL_SEQUENTIAL, .name = "DVD-R DL",
      SEQUENTIAL, .unit = 16, .first_gap = DVD_R_FIRST_GAP, .later_gap = DVD_R_GAP,
      .mode = OI_WRITE_INCREMENTAL, .closes_track = true, .finalize = OI_CLOSE_SESSION },
    { .profile = IMAPI_PROFILE_TYPE_DVD_PLUS_R, .name = "DVD+R",
      SEQUENTIAL, .unit = 1, .first_gap = DVD_PLUS_R_GAP, .later_gap = DVD_PLUS_R_GAP,
      .closes_track = true, .finalize = OI_CLOSE_FINALIZE },
    { .profile = IMAPI_PROFILE_TYPE_DVD_PLUS_R_DUAL, .name = "DVD+R DL",
      SEQUENTIAL, .unit = 16, .first_gap = DVD_PLUS_R_GAP, .later_gap = DVD_PLUS_R_GAP,
      .closes_track = true, .finalize = OI_CLOSE_FINALIZE_SMALL },
    { .profile = IMAPI_PROFILE_TYPE_BD_R_SEQUENTIAL, .name = "BD-R",
      SEQUENTIAL, .unit = 32, .closes_track = true, .finalize = OI_CLOSE_FINALIZE },
    { .profile = IMAPI_PROFILE_TYPE_DVD_PLUS_RW, .name = "DVD+RW",
      RANDOM, .finish = oi_dvd_plus_rw_finish, .unit = 1,
      .quick_format = OI_FORMAT_DVD_PLUS_RW, .full_format = OI_FORMAT_DVD_PLUS_RW,
      .formats_in_background = true },
    { .profile = IMAPI_PROFILE_TYPE_DVD_DASH_REWRITABLE, .name = "DVD-RW (restricted overwrite)",
      RANDOM, .finish = oi_random_finish, .unit = 16, .grows = true,
      .quick_format = OI_FORMAT_QUICK, .full_format = OI_FORMAT_FULL },
    { .profile = IMAPI_PROFILE_TYPE_DVD_RAM, .name = "DVD-RAM",
      RANDOM, .finish = oi_random_finish, .unit = 16,
      .quick_format = OI_FORMAT_FULL, .full_format = OI_FORMAT_FULL },
    { .profile = IMAPI_PROFILE_TYPE_BD_REWRITABLE, .name = "BD-RE",
      RANDOM, .finish = oi_random_finish, .unit = 32,
      .quick_format = OI_FORMAT_FULL, .full_format = OI_FORMAT_FULL },
};
/* clang-format on */

const struct oi_media *oi_media_for(IMAPI_PROFILE_TYPE profile)
{
    for (size_t i = 0; i < sizeof(media_table) / sizeof(media_table[0]); i++) {
        if (media_table[i].profile == profile)
            return &media_table[i];
    }
    return NULL;
}

const struct oi_single_speed *oi_single_speed_for(IMAPI_PROFILE_TYPE profile)
{
    static const struct oi_single_speed cd = {176400, 153600, 75, true};
    static const struct oi_single_speed dvd = {1385000, 1385000, 676, false};
    static const struct oi_single_speed bd = {4495600, 4495600, 2195, false};

    if (profile >= IMAPI_PROFILE_TYPE_CDROM && profile < IMAPI_PROFILE_TYPE_DVDROM)
        return &cd;
    return profile >= IMAPI_PROFILE_TYPE_BD_ROM && profile < IMAPI_PROFILE_TYPE_HD_DVD_ROM ? &bd
                                                                                           : &dvd;
}

enum oi_exit oi_target_examine(struct oi_drive *drive, struct oi_target *target)
{
    struct oi_answer answer;
    IMAPI_PROFILE_TYPE profile;

    *target = (struct oi_target){.image_blocks = target->image_blocks,
                                 .finalize = target->finalize,
                                 .session_closed = target->session_closed};
    if (!oi_drive_profile(drive, &profile, &answer))
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "asking for the kind of disc");
    target->media = oi_media_for(profile);
    if (!target->media)
        return oi_fail(OI_EXIT_REFUSED, NULL, "Insert a disc that can be written.",
                       "this program can't write the kind of disc in \"%s\": %s", drive->name,
                       oi_profile_name(profile));
    if (!oi_drive_disc(drive, &target->before, &answer))
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    target->blocks = target->image_blocks + (target->media->unit - 1);
    target->blocks -= target->blocks % target->media->unit;
    return target->media->examine(drive, target);
}

uint32_t oi_target_closing_blocks(const struct oi_target *target)
{
    return target->before.sessions > 1 ? target->media->later_gap : target->media->first_gap;
}

enum oi_exit oi_target_check_room(const struct oi_target *target)
{
    uint32_t gap = target->interrupted ? oi_target_closing_blocks(target) : 0;
    uint32_t blocks = target->blocks;
    uint32_t room = target->free_blocks > gap ? target->free_blocks - gap : 0;
    const char *hint = "Take a smaller image or an emptier disc.";

    if (blocks <= room)
        return OI_EXIT_OK;
    if (target->media->mode == OI_WRITE_TRACK && blocks <= room + CD_RUN_OUT)
        hint = "Take a smaller image: the drive needs two sectors of its own to end the track.";
    if (target->session_closed)
        return oi_fail(OI_EXIT_FAILED, NULL, oi_session_closed_hint,
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
        return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the disc information");
    for (uint16_t number = disc.last_track; number >= disc.first_track && number; number--) {
        if (!oi_drive_track(drive, number, &track, &answer))
            return oi_fail_on_disc(OI_EXIT_FAILED, drive, &answer, "reading the track information");
        if (track.blank || (track.next_writable_valid && track.next_writable == track.start &&
                            disc.status != OI_DISC_REWRITABLE))
            continue;
        *start = (uint32_t)track.start;
        return OI_EXIT_OK;
    }
    return oi_fail(OI_EXIT_DIFFERS, NULL, NULL, "the disc in \"%s\" is blank", drive->name);
}
