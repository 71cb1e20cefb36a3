#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include "scsi.h"

static uint64_t deadline_us(void)
{
    return oi_clock_us() + (uint64_t)BENCH_DEADLINE_S * 1000000u;
}

void gate_init(struct gate *gate)
{
    *gate = (struct gate){0};
    oi_mutex_init(&gate->lock);
    oi_cond_init(&gate->moved);
}

void gate_fini(struct gate *gate)
{
    oi_cond_fini(&gate->moved);
    oi_mutex_fini(&gate->lock);
}

void gate_pass(struct gate *gate)
{
    oi_mutex_lock(&gate->lock);
    gate->waiting++;
    oi_cond_broadcast(&gate->moved);
    while (!gate->open)
        oi_cond_wait(&gate->moved, &gate->lock);
    gate->waiting--;
    oi_mutex_unlock(&gate->lock);
}

void gate_open(struct gate *gate)
{
    oi_mutex_lock(&gate->lock);
    gate->open = true;
    oi_cond_broadcast(&gate->moved);
    oi_mutex_unlock(&gate->lock);
}

bool gate_has_visitor(struct gate *gate)
{
    uint64_t deadline = deadline_us();
    bool in_time = true;

    oi_mutex_lock(&gate->lock);
    while (!gate->waiting && in_time)
        in_time = oi_cond_wait_until(&gate->moved, &gate->lock, deadline);
    oi_mutex_unlock(&gate->lock);
    return in_time;
}

uint8_t pattern_byte(uint64_t offset)
{
    uint64_t word = (offset / 8 + 1) * 0x9e3779b97f4a7c15u;

    return (uint8_t)(word >> (8 * (offset % 8)));
}

void *bench_thread(void)
{
    static _Thread_local char here;

    return &here;
}

/* The drive. */

static int32_t be32(const uint8_t *p)
{
    return (int32_t)((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]);
}

static struct logged_command decode(const struct oi_command *command)
{
    const uint8_t *cdb = command->cdb.bytes;
    struct logged_command logged = {
        .opcode = cdb[0],
        .lba = be32(&cdb[2]),
        .timeout_ms = command->timeout_ms,
    };

    if (cdb[0] == OI_OP_WRITE12) {
        logged.blocks = (uint32_t)be32(&cdb[6]);
        logged.streaming = (cdb[10] & 0x80) != 0;
    } else {
        logged.blocks = (uint32_t)cdb[7] << 8 | cdb[8];
    }
    return logged;
}

static struct fault *fault_for(struct bench_drive *drive, uint32_t number)
{
    for (uint32_t i = 0; i < drive->fault_count; i++) {
        struct fault *fault = &drive->faults[i];

        if (number >= fault->after && number - fault->after < fault->times)
            return fault;
    }
    return NULL;
}

static void carry_out(struct bench_drive *drive, const struct oi_command *command,
                      const struct logged_command *logged, struct oi_completion *completion)
{
    int64_t index = (int64_t)logged->lba - drive->first_lba;

    if (index < 0 || index + logged->blocks > drive->disc_blocks ||
        command->data_len != logged->blocks * drive->block_bytes) {
        *completion = check_condition(OI_KEY_ILLEGAL_REQUEST, 0x21, 0x00);
        return;
    }
    memcpy(drive->disc + (size_t)index * drive->block_bytes, command->data, command->data_len);
    drive->recorded_end = (int32_t)((uint32_t)logged->lba + logged->blocks);
    *completion = (struct oi_completion){.moved = command->data_len};
}

static void put_be32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

/* MMC-6, "Track Information Block", 36 bytes, with next writable address and its valid bit. */
static void tell_track(const struct bench_drive *drive, uint8_t *data)
{
    const struct bench_answers *answers = &drive->answers;

    data[1] = 34;
    data[7] = answers->next != NEXT_UNKNOWN;
    put_be32(&data[12],
             (uint32_t)(answers->next == NEXT_TRUE ? drive->recorded_end : answers->next_lba));
}

static void fill_answer(const struct bench_drive *drive, uint8_t opcode, uint8_t *data)
{
    const struct bench_answers *answers = &drive->answers;

    if (opcode == OI_OP_READ_TRACK_INFORMATION) {
        tell_track(drive, data);
    } else if (opcode == OI_OP_READ_BUFFER_CAPACITY) {
        data[1] = 10;
        put_be32(&data[4], answers->buffer_bytes);
    } else if (opcode == OI_OP_REQUEST_SENSE) {
        memcpy(data, check_condition(answers->key, answers->asc, answers->ascq).sense, 18);
    }
}

static bool tells_news(const struct bench_answers *answers, uint8_t opcode)
{
    if (answers->news_told == answers->news_count)
        return false;
    if (answers->news_only)
        return opcode == answers->news_only;
    return opcode == OI_OP_TEST_UNIT_READY || opcode == OI_OP_READ_TRACK_INFORMATION ||
           opcode == OI_OP_START_STOP_UNIT || opcode == OI_OP_SYNCHRONIZE_CACHE;
}

static void answer(struct bench_drive *drive, const struct oi_command *command,
                   struct oi_completion *completion)
{
    struct bench_answers *answers = &drive->answers;
    uint8_t opcode = command->cdb.bytes[0];

    if (answers->asked_count < LOG_MAX)
        answers->asked[answers->asked_count++] = opcode;
    if (answers->asked_hook)
        answers->asked_hook(drive->hook_context, answers->asked_count);
    if (tells_news(answers, opcode)) {
        *completion = answers->news[answers->news_told++];
        return;
    }
    if (command->direction == OI_DATA_IN) {
        memset(command->data, 0, command->data_len);
        fill_answer(drive, opcode, command->data);
    }
    *completion = (struct oi_completion){.moved = command->data_len};
}

static void drive_execute(struct oi_transport *transport, const struct oi_command *command,
                          struct oi_completion *completion)
{
    struct bench_drive *drive = (struct bench_drive *)transport;
    struct logged_command logged = decode(command);
    struct fault *fault;
    uint32_t number;

    if (command->direction != OI_DATA_OUT) {
        answer(drive, command, completion);
        return;
    }
    oi_mutex_lock(&drive->lock);
    number = drive->commands++;
    drive->in_flight++;
    if (number < LOG_MAX)
        drive->log[number] = logged;
    oi_mutex_unlock(&drive->lock);
    if (drive->hook)
        drive->hook(drive->hook_context, number);
    if (drive->gate && number >= drive->gate_from)
        gate_pass(drive->gate);
    fault = fault_for(drive, number);
    if (!fault || fault->executed)
        carry_out(drive, command, &logged, completion);
    if (fault) {
        *completion = fault->completion;
        if (completion->scsi_status == OI_SCSI_CHECK_CONDITION && fault->executed)
            completion->moved = command->data_len;
    }
    oi_mutex_lock(&drive->lock);
    drive->in_flight--;
    oi_mutex_unlock(&drive->lock);
}

static enum oi_status drive_enter(struct oi_drive *drive, int32_t *foreign)
{
    struct bench_drive *self =
        (struct bench_drive *)((char *)drive - offsetof(struct bench_drive, drive));

    self->enters++;
    *foreign = 0;
    return self->enter_status;
}

static void drive_leave(struct oi_drive *drive)
{
    struct bench_drive *self =
        (struct bench_drive *)((char *)drive - offsetof(struct bench_drive, drive));

    self->leaves++;
}

struct oi_completion check_condition(uint8_t key, uint8_t asc, uint8_t ascq)
{
    struct oi_completion completion = {.scsi_status = OI_SCSI_CHECK_CONDITION, .sense_len = 18};

    completion.sense[0] = 0x70;
    completion.sense[2] = key;
    completion.sense[7] = 10;
    completion.sense[12] = asc;
    completion.sense[13] = ascq;
    return completion;
}

struct oi_completion deferred(uint8_t key, uint8_t asc, uint8_t ascq)
{
    struct oi_completion completion = check_condition(key, asc, ascq);

    completion.sense[0] = 0x71;
    return completion;
}

struct oi_completion scsi_status(uint8_t status)
{
    return (struct oi_completion){.scsi_status = status};
}

struct oi_completion transport_failure(enum oi_status status, int32_t foreign)
{
    return (struct oi_completion){.status = status, .foreign = foreign};
}

void bench_fail(struct bench *bench, uint32_t after, uint32_t times,
                struct oi_completion completion)
{
    struct fault fault = {.after = after, .times = times, .completion = completion};

    bench->drive.faults[bench->drive.fault_count++] = fault;
}

/* The source. */

static enum oi_status source_open(struct oi_source *source, int32_t *foreign)
{
    struct bench_source *self = (struct bench_source *)source;

    atomic_fetch_add(&self->opens, 1);
    *foreign = self->fail_foreign;
    return self->open_status;
}

static enum oi_status source_read(struct oi_source *source, void *data, uint32_t size,
                                  uint32_t *got, int32_t *foreign)
{
    struct bench_source *self = (struct bench_source *)source;
    uint64_t limit = self->end_at < self->fail_at ? self->end_at : self->fail_at;
    bool failing = self->position + size > self->fail_at && self->fail_at <= self->end_at;
    uint8_t *bytes = data;

    if (!self->reads++)
        self->thread = bench_thread();
    if (self->gate && self->position >= self->stall_at)
        gate_pass(self->gate);
    if (self->most && size > self->most)
        size = self->most;
    failing = failing && (self->fail_with_data || self->position >= self->fail_at);
    if (self->position + size > limit)
        size = (uint32_t)(limit - self->position);
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = pattern_byte(self->position + i);
    self->position += size;
    *got = size;
    *foreign = self->fail_foreign;
    return failing ? self->fail_status : OI_OK;
}

static void source_close(struct oi_source *source)
{
    struct bench_source *self = (struct bench_source *)source;

    if (self->close_gate)
        gate_pass(self->close_gate);
    oi_mutex_lock(&self->lock);
    self->closes++;
    oi_cond_broadcast(&self->closed);
    oi_mutex_unlock(&self->lock);
}

/* The client. */

static void client_update(struct oi_client *client, const struct oi_progress *progress)
{
    struct bench_client *self = (struct bench_client *)client;
    struct bench *bench = (struct bench *)((char *)self - offsetof(struct bench, client));

    self->events++;
    if (self->events == 1) {
        self->first = *progress;
        self->writing_in_first = oi_engine_writing(&bench->engine);
    } else if (progress->last_read_lba < self->last.last_read_lba ||
               progress->last_written_lba < self->last.last_written_lba) {
        self->went_back = true;
    }
    if (progress->used_bytes + progress->free_bytes != progress->total_bytes ||
        progress->last_written_lba > progress->last_read_lba)
        self->unbalanced = true;
    self->last = *progress;
    self->writing_in_last = oi_engine_writing(&bench->engine);
    self->busy_in_last = oi_engine_busy(&bench->engine);
    if (self->on_event)
        self->on_event(self->context, self->events);
}

static void client_wait(struct oi_client *client, uint64_t until_us)
{
    struct bench_client *self = (struct bench_client *)client;
    bool in_time = true;

    oi_mutex_lock(&self->lock);
    while (!self->wake && in_time)
        in_time = oi_cond_wait_until(&self->woken, &self->lock, until_us);
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

/* The clock: every wait that is not ended by a wake takes exactly as long as it was asked to. */

static uint64_t virtual_now_us(struct oi_clock *clock)
{
    struct bench *bench = (struct bench *)((char *)clock - offsetof(struct bench, clock));

    return atomic_load(&bench->now_us);
}

static bool virtual_wait_until(struct oi_clock *clock, struct oi_cond *cond, struct oi_mutex *mutex,
                               uint64_t until_us)
{
    struct bench *bench = (struct bench *)((char *)clock - offsetof(struct bench, clock));

    (void)cond;
    (void)mutex;
    if (atomic_load(&bench->now_us) < until_us)
        atomic_store(&bench->now_us, until_us);
    return false;
}

int bench_setup(void **state)
{
    static const struct oi_transport_ops drive_ops = {drive_execute};
    static const struct oi_source_ops source_ops = {source_open, source_read, source_close};
    static const struct oi_client_ops client_ops = {client_update, client_wait, client_wake};
    struct bench *bench = calloc(1, sizeof(*bench));

    if (!bench)
        return -1;
    oi_engine_init(&bench->engine);
    bench->drive.transport.ops = &drive_ops;
    bench->drive.drive = (struct oi_drive){&bench->drive.transport, drive_enter, drive_leave};
    oi_mutex_init(&bench->drive.lock);
    bench->drive.disc_blocks = 8192;
    bench->drive.block_bytes = 2048;
    bench->drive.disc = calloc(bench->drive.disc_blocks, bench->drive.block_bytes);
    bench->source.source.ops = &source_ops;
    bench->source.end_at = UINT64_MAX;
    bench->source.fail_at = UINT64_MAX;
    bench->source.stall_at = UINT64_MAX;
    oi_mutex_init(&bench->source.lock);
    oi_cond_init(&bench->source.closed);
    bench->client.client.ops = &client_ops;
    oi_mutex_init(&bench->client.lock);
    oi_cond_init(&bench->client.woken);
    bench->clock = (struct oi_clock){virtual_now_us, virtual_wait_until};
    bench->section = (struct oi_section){
        .source = &bench->source.source,
        .drive = &bench->drive.drive,
        .client = &bench->client.client,
        .clock = &bench->clock,
        .block_bytes = 2048,
        .blocks_per_command = 16,
        .profile = 0x001a,
        .starting_speed = -1,
        .ending_speed = -1,
    };
    *state = bench;
    return bench->drive.disc ? 0 : -1;
}

bool bench_source_is_free(struct bench *bench)
{
    struct bench_source *source = &bench->source;
    uint64_t deadline = deadline_us();
    bool in_time = true;

    oi_mutex_lock(&source->lock);
    while (source->closes < source->sections && in_time)
        in_time = oi_cond_wait_until(&source->closed, &source->lock, deadline);
    oi_mutex_unlock(&source->lock);
    return in_time;
}

bool bench_rewind(struct bench *bench)
{
    if (!bench_source_is_free(bench))
        return false;
    bench->source.position = 0;
    return true;
}

int bench_teardown(void **state)
{
    struct bench *bench = *state;

    if (!bench_source_is_free(bench))
        return -1;
    oi_cond_fini(&bench->source.closed);
    oi_mutex_fini(&bench->source.lock);
    oi_cond_fini(&bench->client.woken);
    oi_mutex_fini(&bench->client.lock);
    oi_mutex_fini(&bench->drive.lock);
    oi_engine_fini(&bench->engine);
    free(bench->drive.disc);
    free(bench);
    return 0;
}

enum oi_status bench_write(struct bench *bench, int32_t blocks)
{
    bench->section.blocks = blocks;
    if (!oi_engine_claim(&bench->engine))
        return OI_EXISTS;
    bench->source.sections++;
    return oi_engine_write_section(&bench->engine, &bench->section, &bench->outcome);
}

static void write_section(void *context)
{
    struct bench *bench = context;

    oi_engine_write_section(&bench->engine, &bench->section, &bench->outcome);
}

struct oi_thread *bench_start(struct bench *bench, int32_t blocks)
{
    struct oi_thread *thread;

    bench->section.blocks = blocks;
    if (!oi_engine_claim(&bench->engine))
        return NULL;
    bench->source.sections++;
    if (oi_thread_start(&thread, write_section, bench) != OI_OK)
        oi_engine_unclaim(&bench->engine);
    return thread;
}

enum oi_status bench_join(struct bench *bench, struct oi_thread *thread)
{
    oi_thread_join(thread);
    return bench->outcome.status;
}

void assert_disc_holds_at(struct bench *bench, int32_t lba, uint32_t blocks, const char *file,
                          int line)
{
    const struct bench_drive *drive = &bench->drive;
    const uint8_t *disc = drive->disc + (size_t)(lba - drive->first_lba) * drive->block_bytes;

    for (uint64_t i = 0; i < (uint64_t)blocks * drive->block_bytes; i++) {
        if (disc[i] == pattern_byte(i))
            continue;
        print_error("block %d, byte %u: the disc holds %02x, the source had %02x\n",
                    lba + (int)(i / drive->block_bytes), (unsigned)(i % drive->block_bytes),
                    disc[i], pattern_byte(i));
        _fail(file, line);
    }
}
