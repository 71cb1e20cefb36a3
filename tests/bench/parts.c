/* Nothing here may cost more than what it measures. The source's lock is taken only by a read that
 * stalls and by close; the counters that two threads see are atomic and have one writer each. */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { WAITING_BYTES = 2 * MIB };

void give_up(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* == source == */

static enum oi_status source_open(struct oi_source *source, int32_t *foreign)
{
    (void)source, (void)foreign;
    return OI_OK;
}

static void stall(struct bench_source *self)
{
    oi_mutex_lock(&self->lock);
    self->stalled = true;
    oi_cond_broadcast(&self->moved);
    while (!self->go)
        oi_cond_wait(&self->moved, &self->lock);
    oi_mutex_unlock(&self->lock);
}

static enum oi_status source_read(struct oi_source *source, void *data, uint32_t size,
                                  uint32_t *got, int32_t *foreign)
{
    struct bench_source *self = (struct bench_source *)source;
    uint64_t at = atomic_load_explicit(&self->delivered, memory_order_relaxed);
    ssize_t bytes = (ssize_t)size;

    (void)foreign;
    if (at >= self->stall_at)
        stall(self);
    if (self->fd >= 0)
        bytes = pread(self->fd, data, size, (off_t)(self->base + at));
    if (bytes < 0)
        return OI_IO_ERROR;
    *got = (uint32_t)bytes;
    self->reads++;
    if (at < CHUNK && at + *got >= CHUNK)
        self->first_ns = now_ns();
    atomic_store_explicit(&self->delivered, at + *got, memory_order_release);
    return OI_OK;
}

static void source_close(struct oi_source *source)
{
    struct bench_source *self = (struct bench_source *)source;

    oi_mutex_lock(&self->lock);
    self->closed = true;
    oi_cond_broadcast(&self->moved);
    oi_mutex_unlock(&self->lock);
}

void bench_source_init(struct bench_source *source, int fd, uint64_t base)
{
    static const struct oi_source_ops ops = {source_open, source_read, source_close};

    memset(source, 0, sizeof(*source));
    source->source.ops = &ops;
    source->fd = fd;
    source->base = base;
    source->stall_at = UINT64_MAX;
    oi_mutex_init(&source->lock);
    oi_cond_init(&source->moved);
}

void bench_source_fini(struct bench_source *source)
{
    oi_mutex_lock(&source->lock);
    while (!source->closed)
        oi_cond_wait(&source->moved, &source->lock);
    oi_mutex_unlock(&source->lock);
    oi_cond_fini(&source->moved);
    oi_mutex_fini(&source->lock);
}

void bench_source_wait_stalled(struct bench_source *source)
{
    oi_mutex_lock(&source->lock);
    while (!source->stalled)
        oi_cond_wait(&source->moved, &source->lock);
    oi_mutex_unlock(&source->lock);
}

void bench_source_go(struct bench_source *source)
{
    oi_mutex_lock(&source->lock);
    source->go = true;
    oi_cond_broadcast(&source->moved);
    oi_mutex_unlock(&source->lock);
}

/* == drive == */

static void note_gap(struct bench_drive *self)
{
    if (self->done_ns && self->gap_count < self->gap_room)
        self->gaps[self->gap_count++] = (uint32_t)(now_ns() - self->done_ns);
}

/* What was read beyond what is written; a slot is handed over only when it is full, so one MiB
 * might not be there yet. */
static bool data_is_waiting(const struct bench_drive *self)
{
    return atomic_load_explicit(&self->source->delivered, memory_order_acquire) -
               atomic_load_explicit(&self->written, memory_order_relaxed) >=
           WAITING_BYTES;
}

static int32_t lba_of(const struct oi_cdb *cdb)
{
    uint32_t lba = 0;

    for (int i = 2; i < 6; i++)
        lba = lba << 8 | cdb->bytes[i];
    return (int32_t)lba;
}

static void sleep_us(uint32_t us)
{
    struct timespec time = {.tv_nsec = (long)us * 1000};

    clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

/* INVALID COMMAND OPERATION CODE */
static void refuse(struct oi_completion *completion)
{
    static const uint8_t sense[18] = {[0] = 0x70, [2] = 5, [7] = 10, [12] = 0x20};

    completion->scsi_status = OI_SCSI_CHECK_CONDITION;
    completion->sense_len = sizeof(sense);
    memcpy(completion->sense, sense, sizeof(sense));
}

static void drive_execute(struct oi_transport *transport, const struct oi_command *command,
                          struct oi_completion *completion)
{
    struct bench_drive *self = (struct bench_drive *)transport;
    bool writes = command->cdb.bytes[0] == 0x2a || command->cdb.bytes[0] == 0xaa;

    if (self->gaps)
        note_gap(self);
    if (!self->first_ns && writes)
        self->first_ns = now_ns();
    if (self->pace_us)
        sleep_us(self->pace_us);
    if (self->behind)
        oi_transport_execute(self->behind, command, completion);
    else if (writes)
        completion->moved = command->data_len;
    else
        refuse(completion);
    if (!writes) {
        self->others++;
        return;
    }
    self->writes++;
    if (completion->status != OI_OK || completion->scsi_status) {
        self->failed++;
        return;
    }
    if (lba_of(&command->cdb) != self->next_lba)
        give_up("the engine", "wrote at a wrong address");
    self->next_lba += (int32_t)(command->data_len / SECTOR);
    atomic_store_explicit(&self->written, (uint64_t)self->next_lba * SECTOR, memory_order_relaxed);
    if (self->gaps)
        self->done_ns = data_is_waiting(self) ? now_ns() : 0;
}

void bench_drive_init(struct bench_drive *drive, const struct bench_source *source)
{
    static const struct oi_transport_ops ops = {drive_execute};

    memset(drive, 0, sizeof(*drive));
    drive->transport.ops = &ops;
    drive->drive.transport = &drive->transport;
    drive->source = source;
}

/* == client == */

static void client_update(struct oi_client *client, const struct oi_progress *progress)
{
    ((struct bench_client *)client)->last = *progress;
}

static void client_wait(struct oi_client *client, uint64_t deadline_us)
{
    struct bench_client *self = (struct bench_client *)client;

    oi_mutex_lock(&self->lock);
    while (!self->wake && oi_cond_wait_until(&self->woken, &self->lock, deadline_us))
        ;
    self->wake = false;
    oi_mutex_unlock(&self->lock);
}

static void client_wake(struct oi_client *client)
{
    struct bench_client *self = (struct bench_client *)client;

    oi_mutex_lock(&self->lock);
    self->wake = true;
    oi_cond_signal(&self->woken);
    oi_mutex_unlock(&self->lock);
}

void bench_client_init(struct bench_client *client)
{
    static const struct oi_client_ops ops = {client_update, client_wait, client_wake};

    memset(client, 0, sizeof(*client));
    client->client.ops = &ops;
    oi_mutex_init(&client->lock);
    oi_cond_init(&client->woken);
}

void bench_client_fini(struct bench_client *client)
{
    oi_cond_fini(&client->woken);
    oi_mutex_fini(&client->lock);
}

/* == section == */

struct oi_section bench_section(struct bench_source *source, struct bench_drive *drive,
                                struct bench_client *client, uint64_t bytes)
{
    return (struct oi_section){
        .source = &source->source,
        .drive = &drive->drive,
        .client = &client->client,
        .blocks = (int32_t)(bytes / SECTOR),
        .block_bytes = SECTOR,
        .blocks_per_command = BLOCKS,
        .profile = 0x001a,
        .starting_speed = -1,
        .ending_speed = -1,
    };
}

void bench_write(struct oi_engine *engine, const struct oi_section *section)
{
    struct oi_outcome outcome;

    if (!oi_engine_claim(engine))
        give_up("the engine", "is taken");
    if (oi_engine_write_section(engine, section, &outcome) != OI_OK)
        give_up("the section failed", oi_status_text(outcome.status));
}

/* == the process == */

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

static uint64_t status_kib(const char *field)
{
    FILE *file = fopen("/proc/self/status", "r");
    unsigned long long kib = 0;
    char line[128];

    while (file && fgets(line, sizeof(line), file))
        if (strncmp(line, field, strlen(field)) == 0)
            kib = strtoull(line + strlen(field), NULL, 10);
    if (!file || !kib)
        give_up("/proc/self/status", field);
    fclose(file);
    return kib;
}

uint64_t memory_kib(void)
{
    return status_kib("VmRSS:");
}

uint64_t memory_peak_kib(void)
{
    return status_kib("VmHWM:");
}

void memory_peak_reset(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (!file || fputs("5", file) < 0 || fclose(file) != 0)
        give_up("/proc/self/clear_refs", "can't be written");
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

uint32_t quantile(uint32_t *values, size_t count, uint32_t permille)
{
    if (count == 0)
        give_up("quantile", "nothing was measured");
    qsort(values, count, sizeof(values[0]), by_value);
    return values[(count - 1) * permille / 1000];
}
