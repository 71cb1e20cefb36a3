/* What media_steps.c's table is made of: the steps of discs that are written from a next writable
 * address on and closed, and of those that are formatted and then written anywhere.
 * Who uses it: media_steps.c and the two files that hold the steps; nobody else.
 * Each function reports its own failures.
 * What it must not know: which kinds of disc there are. */
#ifndef OI_CLI_MEDIA_ROWS_H
#define OI_CLI_MEDIA_ROWS_H

#include "media_steps.h"

/* Some minutes each: a drive may first write a lead-in or finish a lead-out. */
enum { OI_FORMAT_READY_MS = 600000, OI_CLOSE_READY_MS = 1800000 };

enum oi_exit oi_fail_on_disc(enum oi_exit code, const struct oi_drive *drive,
                             const struct oi_answer *why, const char *step);
/* Brings the drive's buffer onto the disc. */
enum oi_exit oi_flush_step(struct oi_drive *drive);
/* One CLOSE TRACK/SESSION and the wait for the drive to get over it. */
enum oi_exit oi_close_step(struct oi_drive *drive, enum oi_close function, uint16_t track,
                           const char *step);
/* Where a disc says that it is not what it should be after all steps went well. */
enum oi_exit oi_fail_unchanged(const struct oi_drive *drive, const char *step);
extern const char oi_session_closed_hint[];

/* Write-once discs, and rewritable ones that are written like those. */
enum oi_exit oi_sequential_examine(struct oi_drive *drive, struct oi_target *target);
enum oi_exit oi_sequential_prepare(struct oi_drive *drive, struct oi_target *target);
enum oi_exit oi_sequential_finish(struct oi_drive *drive, const struct oi_target *target);
void oi_sequential_describe_partial(struct oi_drive *drive, const struct oi_target *target,
                                    uint32_t blocks_written, char *text, size_t size);
const char *oi_sequential_describe_unprepared(const struct oi_target *target);

/* Discs that are formatted once and then written anywhere; a DVD+RW is formatted while it is
 * written. */
enum oi_exit oi_random_examine(struct oi_drive *drive, struct oi_target *target);
enum oi_exit oi_random_prepare(struct oi_drive *drive, struct oi_target *target);
enum oi_exit oi_random_finish(struct oi_drive *drive, const struct oi_target *target);
enum oi_exit oi_dvd_plus_rw_finish(struct oi_drive *drive, const struct oi_target *target);
void oi_random_describe_partial(struct oi_drive *drive, const struct oi_target *target,
                                uint32_t blocks_written, char *text, size_t size);
const char *oi_random_describe_unprepared(const struct oi_target *target);

#endif
