/* Test data for a disc: each sector names the run that wrote it and its own address, so that one
 * which is old, misplaced or damaged can be told apart; the rest of it is pseudo-random.
 * Who uses it: burn_test.c.
 * What it must not know: drives, what is printed. */
#ifndef OI_CLI_PATTERN_H
#define OI_CLI_PATTERN_H

#include <stdint.h>
#include <windows.h>
#include <objidl.h>
#include "output.h"

/* One run over sectors from `start` on. */
struct oi_pattern {
    uint64_t seed; /* names the run */
    uint32_t start;
    uint32_t blocks;
};

/* A sector of 2048 bytes. */
void oi_pattern_fill(const struct oi_pattern *pattern, uint32_t lba, BYTE *block);
/* "" when the block is what the run wrote at lba, else what it is instead. */
struct oi_utf8 oi_pattern_difference(const struct oi_pattern *pattern, uint32_t lba,
                                     const BYTE *block);

/* Where a reader of the stream is held up, until somebody sets the event or the time is over. The
 * event outlives the stream. */
struct oi_pattern_pause {
    HANDLE over;     /* NULL: there is no pause */
    uint32_t blocks; /* after so many */
    DWORD most_ms;
};
/* The sectors of the run, one after the other; can only be read, by any thread, one at a time.
 * *stream has one reference. E_OUTOFMEMORY. */
HRESULT oi_pattern_stream(const struct oi_pattern *pattern, const struct oi_pattern_pause *pause,
                          IStream **stream);

#endif
