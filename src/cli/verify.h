/* Reads a disc back and compares it with an image, sector by sector.
 * Who uses it: write.c after a burn, and the command "verify".
 * What it must not know: how the disc was written. */
#ifndef OI_CLI_VERIFY_H
#define OI_CLI_VERIFY_H

#include "args.h"
#include "drive.h"
#include "image.h"

/* Compares the whole image with the disc from sector `start` on; reports a difference. The hint
 * goes with the report that it was cancelled; it may be NULL. */
enum oi_exit oi_verify(struct oi_drive *drive, struct oi_image *image, uint32_t start,
                       const char *cancelled_hint);

/* Opens the image that args names and the recorder; from now on Ctrl-C is a request. What is open
 * must be closed again when this returns OI_EXIT_OK. */
enum oi_exit oi_job_open(const struct oi_args *args, struct oi_image *image,
                         struct oi_drive *drive);
void oi_job_close(struct oi_image *image, struct oi_drive *drive);
/* The disc in the drive is ready, or a reported failure. */
enum oi_exit oi_job_wait_ready(struct oi_drive *drive);
/* The drive for us alone, its tray locked, its disc ready; oi_drive_close gives it back. */
enum oi_exit oi_job_take_drive(struct oi_drive *drive);
/* The events that open and close a job in JSON mode. */
void oi_job_json_start(const char *command, const struct oi_image *image,
                       const struct oi_drive *drive, const char *disc, uint32_t start);
void oi_job_json_done(const struct oi_image *image, uint32_t start, bool verified);

enum oi_exit oi_verify_command(const struct oi_args *args);

#endif
