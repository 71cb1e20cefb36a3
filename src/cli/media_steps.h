/* What differs from disc to disc around WriteSection: the steps before and after, as a table.
 * Who uses it: write.c and verify.c.
 * Each function reports its own failures. A new kind of disc is a new row.
 * What it must not know: images (only their size), events, progress. */
#ifndef OI_CLI_MEDIA_STEPS_H
#define OI_CLI_MEDIA_STEPS_H

#include "drive.h"

/* Where an image goes on the disc in the drive. The first two are the caller's. */
struct oi_target {
    uint32_t image_blocks;
    bool finalize;   /* no more sessions after this one */
    uint32_t blocks; /* the image in whole units of the disc */
    const struct oi_media *media;
    struct oi_disc before; /* as it was when examined */
    uint16_t track;        /* that takes the image */
    int32_t start;
    uint32_t free_blocks;
    bool at_once;        /* the disc can be written in one go only, which closes it */
    bool interrupted;    /* the last session was begun and never closed */
    bool track_begun;    /* and so was its last track */
    bool session_closed; /* it was interrupted, and preparing has closed its last session */
    bool unformatted;
    uint32_t formatted_blocks; /* that can be written without growing the format */
};

struct oi_media {
    IMAPI_PROFILE_TYPE profile;
    const char *name;
    bool sequential;
    uint32_t unit; /* sectors that the length of a write must be a multiple of */
    /* Sectors that closing the first or a later session takes from the room. */
    uint32_t first_gap, later_gap;
    enum oi_write_mode mode;
    bool asks_for_next_track; /* under the number FFh */
    bool closes_track;        /* before the session */
    enum oi_close finalize; /* what closes the disc for good; with OI_CLOSE_SESSION the mode says */
    uint8_t quick_format, full_format;
    bool formats_in_background; /* while it is written already */
    bool grows;                 /* what was formatted quickly grows while it is written */
    /* Looks at the disc and fills the target; writes nothing. */
    enum oi_exit (*examine)(struct oi_drive *drive, struct oi_target *target);
    /* Makes the disc ready for WriteSection, which may change it. */
    enum oi_exit (*prepare)(struct oi_drive *drive, struct oi_target *target);
    /* Makes what was written readable everywhere, and checks that the drive says so. */
    enum oi_exit (*finish)(struct oi_drive *drive, const struct oi_target *target);
    /* Says in a sentence what a broken-off write has left; blocks_written is what is known to have
     * reached the drive. */
    void (*describe_partial)(struct oi_drive *drive, const struct oi_target *target,
                             uint32_t blocks_written, char *text, size_t size);
    /* Says in a sentence what a preparation that was cancelled has left. */
    const char *(*describe_unprepared)(const struct oi_target *target);
};

/* NULL when this program can't write such discs. */
const struct oi_media *oi_media_for(IMAPI_PROFILE_TYPE profile);
/* What "1x" means for a disc, be it one this program can write or not. */
const struct oi_single_speed *oi_single_speed_for(IMAPI_PROFILE_TYPE profile);

/* The row for the disc in the drive, with the target examined, or a reported failure. What a target
 * knows of a session that was closed stays, and so does what the caller has set. */
enum oi_exit oi_target_examine(struct oi_drive *drive, struct oi_target *target);
/* Refuses an image that has no room, that which closing an interrupted session takes included;
 * writes nothing. */
enum oi_exit oi_target_check_room(const struct oi_target *target);
/* Sectors that closing the last session of the disc, if it is open, takes from the room. */
uint32_t oi_target_closing_blocks(const struct oi_target *target);
/* The first sector of what was recorded last. */
enum oi_exit oi_target_last_recorded(struct oi_drive *drive, uint32_t *start);

#endif
