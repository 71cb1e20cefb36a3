/* How far a long operation has come: a bar on a terminal, lines elsewhere, JSON for machines.
 * Who uses it: the event sink while writing, verify.c while reading. Main thread only.
 * Rate and remaining time come from the last few seconds, not from the beginning, so that they
 * follow a drive whose speed changes.
 * What it must not know: COM, drives. */
#ifndef OI_CLI_PROGRESS_H
#define OI_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum { OI_PROGRESS_SAMPLES = 16 };

struct oi_progress {
    const char *phase; /* "write", "verify" */
    const char *label; /* "Writing", "Verifying" */
    uint32_t total_blocks;
    uint32_t single_speed; /* bytes per second that are 1x */
    uint64_t started_ms;
    struct {
        uint64_t at_ms;
        uint32_t blocks;
    } samples[OI_PROGRESS_SAMPLES]; /* ring; the rate is newest against oldest */
    unsigned sample_count;
    uint64_t moved_ms; /* when blocks last changed */
    uint32_t moved_blocks;
    uint64_t shown_ms; /* when something was last shown */
    unsigned shown_percent;
    uint32_t shown_blocks;
    bool shown_waiting;
};

/* What is not known is -1. */
enum { OI_BUFFER_UNKNOWN = -1 };

void oi_progress_begin(struct oi_progress *progress, const char *phase, const char *label,
                       uint32_t total_blocks, uint32_t single_speed);
/* From now on progress goes to terminals and machines alone, without plain lines elsewhere: what is
 * written there is a report. */
void oi_progress_only_live(void);
/* Call it also when nothing has changed: after some seconds of that it says who is waited for.
 * Shows the state when it is time to: a terminal's line every 200 ms, plain lines so seldom that a
 * short job has but the last. */
void oi_progress_update(struct oi_progress *progress, uint32_t blocks, int buffer_percent);
/* Shows the last state whatever the time and leaves the line. */
void oi_progress_end(struct oi_progress *progress, uint32_t blocks, int buffer_percent);
/* Average bytes per second from begin until now. */
double oi_progress_average(const struct oi_progress *progress, uint32_t blocks);

#endif
