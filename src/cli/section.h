/* One WriteSection: the write engine with our event sink, progress on the screen, Ctrl-C.
 * Who uses it: write.c and burn_test.c. Main thread only.
 * What it must not know: images, which steps a disc needs around it. */
#ifndef OI_CLI_SECTION_H
#define OI_CLI_SECTION_H

#include "drive.h"
#include "sink.h"

struct oi_section {
    IWriteEngine2 *engine;
    struct oi_sink sink;
    struct oi_progress progress;
};

/* An engine for that drive; sectors_per_second is -1 for the drive's own speed. Reports why there
 * is none; close it in any case. */
enum oi_exit oi_section_open(struct oi_section *section, struct oi_drive *drive,
                             LONG sectors_per_second);
void oi_section_close(struct oi_section *section);

/* Writes so many blocks of the stream from a sector on; single_speed in bytes per second. What the
 * engine answered; E_IMAPI_REQUEST_CANCELLED after Ctrl-C, even before it. */
struct oi_answer oi_section_write(struct oi_section *section, IStream *stream, int32_t start,
                                  uint32_t blocks, uint32_t single_speed);

/* After a section that failed: brings what the drive still buffers onto the disc, as far as that
 * goes, so that its state can be told. */
void oi_section_break_off(struct oi_drive *drive);

#endif
