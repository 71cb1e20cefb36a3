/* What a client hands to the write engine to measure it: a stream on a file and a recorder that
 * takes everything at once. Both are agile and count.
 * Who uses it: bench_com.
 * Both live in their owner's memory: Release frees nothing, and who owns the stream waits for
 *   `refs` to fall back to 1 after a section that left its reader behind.
 * What it must not know: any header of src/. */
#ifndef OI_TESTS_BENCH_COM_PARTS_H
#define OI_TESTS_BENCH_COM_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>
#include <ole2.h>
#include "imapi2.h"
#include "imapi2error.h"

enum { SECTOR = 2048, CHUNK = 65536, MIB = 1 << 20 };

struct file_stream {
    IStream IStream_iface;
    LONG refs;
    HANDLE file;
    uint64_t delivered; /* bytes */
    LONG reads;
    LONGLONG first_ticks; /* when the first CHUNK was there */
    uint64_t stall_at;    /* a Read from here on waits for `go` */
    HANDLE stalled, go;
};
/* False when the file can't be opened. */
bool file_stream_init(struct file_stream *stream, const char *path);
void file_stream_fini(struct file_stream *stream); /* waits for the last foreign reference */

struct null_recorder {
    IDiscRecorder2Ex IDiscRecorder2Ex_iface;
    LONG refs;
    LONG writes, others;
    LONG next_lba, misplaced; /* WRITEs elsewhere */
    LONGLONG first_ticks;     /* of the first WRITE */
    /* Ticks from the end of a WRITE to the next, when `paced`, which makes each take some time. */
    bool paced;
    LONGLONG done_ticks;
    uint32_t *gaps;
    LONG gap_count, gap_room;
};
void null_recorder_init(struct null_recorder *recorder);

LONGLONG ticks(void);
double ticks_to_us(LONGLONG count);

#endif
