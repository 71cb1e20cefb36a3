/* What the fifo is for, on a clock of its own: a drive that writes at a set speed and has no
 * protection against an empty buffer, and a source that stops for a while. Prints "NAME VALUE":
 *   bench_stall FOLDER    a BD-R at 6x, FOLDER/slow.ini, a new disc for each trial
 * stall.survived is the longest stop, in steps of 0.02 s, that spoils no disc; a stop that is
 * survived also leaves an image that equals the source.
 *
 * Time passes only where somebody waits: the drive, or the engine for the drive. So that the figure
 * is that of the fifo and not of this machine, a command is passed on to the drive only when the
 * source has nothing left to do: it stands still, or the fifo is as full as it gets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "emulator.h"
#include "parts.h"

enum {
    BD_6X = 13172, /* sectors per second: 6 times 4496 kB/s */
    STEP_US = 20 * 1000,
    LONGEST_US = 10 * 1000 * 1000,
    STALL_AFTER_US = 8 * 1000 * 1000,
    /* A source that does not move for so long waits for room. */
    QUIET_US = 50 * 1000,
    SECTION_BYTES = 512 * MIB,
};

struct trial {
    char folder[256];
    struct oi_engine engine;
    struct bench_client client;
    struct oi_source source;
    struct oi_transport transport;
    struct oi_drive drive;
    struct oi_clock clock;
    struct oi_emu *emu;
    atomic_ullong now_us;
    uint64_t stall_us;    /* 0: none */
    uint64_t ready_us;    /* of the first accepted WRITE */
    struct oi_mutex lock; /* guards the rest */
    struct oi_cond moved;
    uint64_t delivered, written;
    uint64_t fill; /* delivered beyond written when the source waited for room; 0: not seen yet */
    bool stalled, has_stalled;
    uint32_t writes, refused, others, readies;
};

/* == time == */

static uint64_t emu_now(void *context)
{
    return atomic_load(&((struct trial *)context)->now_us);
}

static void emu_sleep(void *context, uint64_t us)
{
    atomic_fetch_add(&((struct trial *)context)->now_us, us);
}

static struct trial *of_clock(struct oi_clock *clock)
{
    return (struct trial *)((char *)clock - offsetof(struct trial, clock));
}

static uint64_t clock_now(struct oi_clock *clock)
{
    return atomic_load(&of_clock(clock)->now_us);
}

static bool clock_wait_until(struct oi_clock *clock, struct oi_cond *cond, struct oi_mutex *mutex,
                             uint64_t deadline_us)
{
    struct trial *trial = of_clock(clock);

    (void)cond, (void)mutex;
    if (atomic_load(&trial->now_us) < deadline_us)
        atomic_store(&trial->now_us, deadline_us);
    return false;
}

/* == source: each byte depends on its place == */

static void fill_pattern(uint8_t *bytes, uint64_t at, uint32_t count)
{
    for (uint32_t i = 0; i + sizeof(at) <= count; i += sizeof(at), at += sizeof(at))
        memcpy(bytes + i, &at, sizeof(at));
}

static struct trial *of_source(struct oi_source *source)
{
    return (struct trial *)((char *)source - offsetof(struct trial, source));
}

static enum oi_status source_open(struct oi_source *source, int32_t *foreign)
{
    (void)source, (void)foreign;
    return OI_OK;
}

/* Until its time is over by the drive's clock. When all that was read is written nobody waits any
 * more, and the rest of the time passes at once. */
static void stall(struct trial *t)
{
    uint64_t until_us = atomic_load(&t->now_us) + t->stall_us;

    t->stalled = t->has_stalled = true;
    oi_cond_broadcast(&t->moved);
    while (atomic_load(&t->now_us) < until_us && t->written < t->delivered)
        oi_cond_wait(&t->moved, &t->lock);
    if (atomic_load(&t->now_us) < until_us)
        atomic_store(&t->now_us, until_us);
    t->stalled = false;
}

static enum oi_status source_read(struct oi_source *source, void *data, uint32_t size,
                                  uint32_t *got, int32_t *foreign)
{
    struct trial *t = of_source(source);

    (void)foreign;
    oi_mutex_lock(&t->lock);
    if (t->stall_us && !t->has_stalled && t->ready_us &&
        atomic_load(&t->now_us) >= t->ready_us + STALL_AFTER_US)
        stall(t);
    fill_pattern(data, t->delivered, size);
    t->delivered += size;
    oi_cond_broadcast(&t->moved);
    oi_mutex_unlock(&t->lock);
    *got = size;
    return OI_OK;
}

static void source_close(struct oi_source *source)
{
    (void)source;
}

/* == drive == */

static bool source_is_idle(const struct trial *t)
{
    enum { SLACK = 2 * MIB }; /* what is being written is no room yet */

    return t->stalled || t->delivered == SECTION_BYTES ||
           (t->fill && t->delivered - t->written + SLACK >= t->fill);
}

static void wait_for_source(struct trial *t)
{
    oi_mutex_lock(&t->lock);
    while (!source_is_idle(t)) {
        uint64_t before = t->delivered;

        if (!oi_cond_wait_until(&t->moved, &t->lock, oi_clock_us() + QUIET_US) &&
            t->delivered == before)
            t->fill = t->delivered - t->written;
    }
    if (t->fill && t->fill < t->delivered - t->written)
        t->fill = t->delivered - t->written; /* it was only slow */
    oi_mutex_unlock(&t->lock);
}

static void note(struct trial *t, uint8_t opcode, bool good, uint32_t bytes)
{
    bool writes = opcode == 0x2a || opcode == 0xaa;

    oi_mutex_lock(&t->lock);
    t->writes += writes;
    t->refused += writes && !good;
    t->others += !writes;
    t->readies += opcode == 0x00;
    if (writes && good) {
        t->written += bytes;
        if (!t->ready_us)
            t->ready_us = atomic_load(&t->now_us);
    }
    oi_cond_broadcast(&t->moved);
    oi_mutex_unlock(&t->lock);
}

static void drive_execute(struct oi_transport *transport, const struct oi_command *command,
                          struct oi_completion *completion)
{
    struct trial *t = (struct trial *)((char *)transport - offsetof(struct trial, transport));
    struct oi_emu_command passed = {
        .cdb_len = command->cdb.len,
        .direction = (enum oi_emu_direction)command->direction,
        .data = command->data,
        .data_len = command->data_len,
        .timeout_ms = command->timeout_ms,
    };
    struct oi_emu_reply reply;

    memcpy(passed.cdb, command->cdb.bytes, sizeof(passed.cdb));
    wait_for_source(t);
    oi_emu_execute(t->emu, &passed, &reply);
    completion->status = reply.delivery == OI_EMU_ANSWERED ? OI_OK : OI_TIMED_OUT;
    completion->scsi_status = reply.scsi_status;
    completion->moved = reply.moved;
    completion->sense_len = reply.sense_len;
    memcpy(completion->sense, reply.sense, sizeof(completion->sense));
    note(t, passed.cdb[0], completion->status == OI_OK && !reply.scsi_status, command->data_len);
}

/* == a trial == */

static void path_in(char path[512], const struct trial *t, const char *name)
{
    snprintf(path, 512, "%s/%s", t->folder, name);
}

static void new_disc(struct trial *t)
{
    static const char definition[] = "medium = bd-r\nimage = slow.iso\nspeed = 6\n"
                                     "personality = no-underrun-protection\ntrace = off\n";
    static const char *const old[] = {"slow.iso", "slow.iso.disc", "slow.state"};
    struct oi_emu_clock clock = {emu_now, emu_sleep, t};
    char path[512], problem[OI_EMU_DETAIL_MAX];

    for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
        path_in(path, t, old[i]);
        unlink(path);
    }
    path_in(path, t, "slow.ini");
    if (oi_file_replace(path, definition, sizeof(definition) - 1) != OI_OK)
        give_up(path, "can't be written");
    if (oi_emu_open(&t->emu, path, &clock, problem) != OI_OK)
        give_up(path, problem);
}

static void take_unit_attention(struct trial *t)
{
    struct oi_emu_command ready = {.cdb_len = 6};
    struct oi_emu_reply reply;

    oi_emu_execute(t->emu, &ready, &reply);
}

static void synchronize(struct trial *t)
{
    struct oi_emu_command command = {.cdb = {0x35}, .cdb_len = 10};
    struct oi_emu_reply reply;

    oi_emu_execute(t->emu, &command, &reply);
    if (reply.delivery != OI_EMU_ANSWERED || reply.scsi_status)
        give_up("SYNCHRONIZE CACHE", oi_emu_detail(t->emu));
}

static void check_image(const struct trial *t)
{
    static uint8_t wanted[MIB], found[MIB];
    struct oi_file *file;
    char path[512];
    size_t got;

    path_in(path, t, "slow.iso");
    if (oi_file_open(&file, path, OI_FILE_READ) != OI_OK)
        give_up(path, "can't be read");
    for (uint64_t at = 0; at < SECTION_BYTES; at += MIB) {
        fill_pattern(wanted, at, MIB);
        if (oi_file_read_at(file, at, found, MIB, &got) != OI_OK || got != MIB ||
            memcmp(wanted, found, MIB) != 0)
            give_up(path, "is not what the source gave");
    }
    oi_file_close(file);
}

/* Whether the section came through; its figures are in *t. */
static bool survives(struct trial *t, const char *folder, uint64_t stall_us)
{
    static const struct oi_source_ops source_ops = {source_open, source_read, source_close};
    static const struct oi_transport_ops transport_ops = {drive_execute};
    struct oi_outcome outcome;
    struct oi_section section;

    memset(t, 0, sizeof(*t));
    snprintf(t->folder, sizeof(t->folder), "%s", folder);
    t->stall_us = stall_us;
    t->source.ops = &source_ops;
    t->transport.ops = &transport_ops;
    t->drive.transport = &t->transport;
    t->clock = (struct oi_clock){clock_now, clock_wait_until};
    oi_engine_init(&t->engine);
    oi_mutex_init(&t->lock);
    oi_cond_init(&t->moved);
    bench_client_init(&t->client);
    new_disc(t);
    take_unit_attention(t);
    section = (struct oi_section){
        .source = &t->source,
        .drive = &t->drive,
        .client = &t->client.client,
        .clock = &t->clock,
        .blocks = SECTION_BYTES / SECTOR,
        .block_bytes = SECTOR,
        .blocks_per_command = BLOCKS,
        .profile = 0x0041,
        .starting_speed = BD_6X,
        .ending_speed = BD_6X,
    };
    oi_engine_claim(&t->engine);
    oi_engine_write_section(&t->engine, &section, &outcome);
    if (outcome.status == OI_OK) {
        synchronize(t);
        check_image(t);
        if (stall_us && !t->has_stalled)
            give_up("the source", "did not stall");
    } else if (outcome.culprit != OI_BY_DRIVE || !stall_us) {
        give_up("the section failed", oi_status_text(outcome.status));
    }
    oi_emu_close(t->emu);
    bench_client_fini(&t->client);
    oi_cond_fini(&t->moved);
    oi_mutex_fini(&t->lock);
    oi_engine_fini(&t->engine);
    return outcome.status == OI_OK;
}

int main(int argc, char **argv)
{
    static struct trial trial;
    uint32_t good = 0, bad = LONGEST_US / STEP_US;
    double seconds;

    if (argc != 2)
        give_up("usage", "bench_stall FOLDER");
    survives(&trial, argv[1], 0);
    seconds = (double)atomic_load(&trial.now_us) / 1e6;
    printf("others-per-second.paced %.3f\n", trial.others / seconds);
    printf("readies.paced %u\n", trial.readies);
    printf("refused.paced %u\n", trial.refused);
    printf("seconds.paced %.1f\n", seconds);
    while (bad - good > 1) {
        uint32_t middle = (good + bad) / 2;

        *(survives(&trial, argv[1], (uint64_t)middle * STEP_US) ? &good : &bad) = middle;
    }
    printf("stall.survived %.2f\n", (double)good * STEP_US / 1e6);
    return 0;
}
