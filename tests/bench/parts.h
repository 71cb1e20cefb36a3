/* What the write engine is measured with: a source that counts, a drive that takes everything or
 * passes it on, and a client that only waits.
 * Who uses it: the native programs of this folder.
 * They cost as little as they can, since what they cost is measured too: no lock and no system call
 *   but the read of the source, as long as nothing is to be stalled, paced or timed.
 * What it must not know: which figure is a goal. */
#ifndef OI_TESTS_BENCH_PARTS_H
#define OI_TESTS_BENCH_PARTS_H

#include "engine.h"

enum { SECTOR = 2048, BLOCKS = 32, CHUNK = BLOCKS * SECTOR, MIB = 1 << 20, GIB = 1 << 30 };

/* Prints both and ends the program. */
_Noreturn void give_up(const char *what, const char *why);

uint64_t now_ns(void);

/* A file from `base` bytes on; without one (fd -1) it says that it has read, and touches nothing.
 */
struct bench_source {
    struct oi_source source;
    int fd;
    uint64_t base;
    uint64_t reads;
    atomic_ullong delivered; /* bytes */
    uint64_t first_ns;       /* when the first CHUNK was there */
    uint64_t stall_at;       /* a read from here on waits for `go`; UINT64_MAX: none */
    struct oi_mutex lock;    /* guards the rest */
    struct oi_cond moved;
    bool stalled, go, closed;
};
void bench_source_init(struct bench_source *source, int fd, uint64_t base);
void bench_source_fini(struct bench_source *source); /* waits until the engine has closed it */
void bench_source_wait_stalled(struct bench_source *source);
void bench_source_go(struct bench_source *source);

/* A drive that accepts each WRITE at once, or after pace_us of sleep, or asks the one behind it. */
struct bench_drive {
    struct oi_transport transport;
    struct oi_drive drive;
    struct oi_transport *behind; /* NULL: nothing */
    const struct bench_source *source;
    uint32_t pace_us;
    uint64_t writes, others, failed;
    int32_t next_lba; /* a WRITE elsewhere ends the program */
    uint64_t first_ns;
    atomic_ullong written; /* bytes */
    /* Nanoseconds from the end of a WRITE to the next, with at least two slots of data waiting.
     * NULL: not measured. */
    uint32_t *gaps;
    size_t gap_count, gap_room;
    uint64_t done_ns;
};
void bench_drive_init(struct bench_drive *drive, const struct bench_source *source);

struct bench_client {
    struct oi_client client;
    struct oi_mutex lock;
    struct oi_cond woken;
    bool wake;
    struct oi_progress last;
};
void bench_client_init(struct bench_client *client);
void bench_client_fini(struct bench_client *client);

/* One section of so many bytes in commands of CHUNK, on a DVD+RW whose speed is not known. */
struct oi_section bench_section(struct bench_source *source, struct bench_drive *drive,
                                struct bench_client *client, uint64_t bytes);
/* Claims and writes; what fails ends the program. */
void bench_write(struct oi_engine *engine, const struct oi_section *section);

/* Seconds of processor time of this process, user and system. */
double cpu_seconds(void);
/* KiB of memory in use now, and the most since the last peak_reset. */
uint64_t memory_kib(void);
uint64_t memory_peak_kib(void);
void memory_peak_reset(void);

/* The value below which so many permille lie; sorts. */
uint32_t quantile(uint32_t *values, size_t count, uint32_t permille);

#endif
