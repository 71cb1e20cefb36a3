/* One thread is the client and the judge; the engine's own two are the others. Time moves when the
 * engine pauses, when the drive works and a little with every command. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "drive.h"

enum {
    COMMAND_US = 100,
    SLOW_HOST_US = 80 * 1000, /* between two commands */
    COMMANDS_MAX = 100000,    /* a section that needs more never ends */
    WAIT_US = 100 * 1000,
    SETUP_TIMEOUT_MS = 600 * 1000,
};

const char *const rig_pace_names[RIG_PACES] = {"", ", fast host", ", slow host"};

/* ---- time ---- */

static void move_on(struct rig *rig, uint64_t to_us)
{
    unsigned long long now = atomic_load(&rig->now_us);

    while (now < to_us && !atomic_compare_exchange_weak(&rig->now_us, &now, to_us))
        ;
}

static uint64_t emulator_now(void *context)
{
    return atomic_load(&((struct rig *)context)->now_us);
}

static void emulator_sleep(void *context, uint64_t us)
{
    atomic_fetch_add(&((struct rig *)context)->now_us, us);
}

static struct rig *rig_of_clock(struct oi_clock *clock)
{
    return (struct rig *)((char *)clock - offsetof(struct rig, clock));
}

static uint64_t engine_now(struct oi_clock *clock)
{
    return atomic_load(&rig_of_clock(clock)->now_us);
}

static bool engine_wait_until(struct oi_clock *clock, struct oi_cond *cond, struct oi_mutex *mutex,
                              uint64_t deadline_us)
{
    (void)cond;
    (void)mutex;
    move_on(rig_of_clock(clock), deadline_us);
    return false;
}

/* ---- the drive ---- */

static enum oi_emu_direction direction_of(enum oi_direction direction)
{
    return direction == OI_DATA_IN    ? OI_EMU_DATA_IN
           : direction == OI_DATA_OUT ? OI_EMU_DATA_OUT
                                      : OI_EMU_NO_DATA;
}

static void run(struct rig_drive *drive, const struct oi_command *command,
                struct oi_completion *completion)
{
    static const enum oi_status status_of[] = {
        [OI_EMU_ANSWERED] = OI_OK,
        [OI_EMU_TIMED_OUT] = OI_TIMED_OUT,
        [OI_EMU_RESET] = OI_TIMED_OUT,
        [OI_EMU_GONE] = OI_DEVICE_GONE,
    };
    struct oi_emu_command to_drive = {
        .cdb_len = command->cdb.len,
        .direction = direction_of(command->direction),
        .data = command->data,
        .data_len = command->data_len,
        .timeout_ms = command->timeout_ms,
    };
    struct oi_emu_reply reply;

    memcpy(to_drive.cdb, command->cdb.bytes, sizeof(to_drive.cdb));
    emulator_sleep(drive->rig, COMMAND_US);
    oi_emu_execute(drive->emu, &to_drive, &reply);
    *completion = (struct oi_completion){
        .status = status_of[reply.delivery],
        .scsi_status = reply.scsi_status,
        .moved = reply.moved,
        .sense_len = reply.sense_len,
    };
    memcpy(completion->sense, reply.sense, reply.sense_len);
    if (drive->deaf_host && reply.delivery == OI_EMU_RESET)
        *completion = (struct oi_completion){.moved = command->data_len};
}

static void drive_execute(struct oi_transport *transport, const struct oi_command *command,
                          struct oi_completion *completion)
{
    struct rig_drive *drive = (struct rig_drive *)transport;
    struct rig *rig = drive->rig;

    if (drive == &rig->drive && rig->watcher.command)
        rig->watcher.command(rig->watcher.context, drive->commands);
    emulator_sleep(rig, drive->command_us);
    if (drive->commands++ > COMMANDS_MAX) {
        rig->endless = true;
        *completion = (struct oi_completion){.status = OI_DEVICE_GONE};
        return;
    }
    run(drive, command, completion);
}

static bool drive_make(struct rig_drive *drive, struct rig *rig)
{
    static const struct oi_transport_ops ops = {drive_execute};

    drive->transport.ops = &ops;
    drive->drive.transport = &drive->transport;
    drive->rig = rig;
    snprintf(drive->folder, sizeof(drive->folder), "%s/oi_rig_XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(drive->folder))
        return false;
    snprintf(drive->ini, sizeof(drive->ini), "%s/drive.ini", drive->folder);
    return true;
}

static bool remove_file(void *context, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", (const char *)context, name);
    unlink(path);
    return true;
}

static void drive_empty(struct rig_drive *drive)
{
    oi_emu_close(drive->emu);
    drive->emu = NULL;
    oi_folder_list(drive->folder, remove_file, drive->folder);
}

bool rig_command(struct rig_drive *drive, struct oi_cdb cdb, enum oi_direction direction,
                 void *data, uint32_t data_len)
{
    enum { ATTEMPTS = 10000 };
    struct oi_command command = {cdb, direction, data, data_len, SETUP_TIMEOUT_MS};

    for (int i = 0; i < ATTEMPTS; i++) {
        struct oi_completion completion;
        struct oi_sense sense;

        run(drive, &command, &completion);
        if (completion.status == OI_DEVICE_GONE)
            return false;
        if (completion.status == OI_OK && completion.scsi_status == OI_SCSI_GOOD)
            return true;
        sense = oi_sense_parse(completion.sense, completion.sense_len);
        if (completion.scsi_status == OI_SCSI_CHECK_CONDITION && sense.key > OI_KEY_NOT_READY &&
            sense.key != OI_KEY_UNIT_ATTENTION) {
            drive->told_by_sync |= cdb.bytes[0] == OI_OP_SYNCHRONIZE_CACHE && sense.deferred;
            if (!sense.deferred)
                return false;
        }
        if (sense.key == OI_KEY_NOT_READY && sense.asc == 0x3a)
            return false;
        emulator_sleep(drive->rig, WAIT_US);
    }
    return false;
}

/* A drive with a new disc, prepared. */
static bool drive_insert(struct rig_drive *drive, const struct rig_case *what,
                         char why[RIG_WHY_SIZE])
{
    const struct oi_emu_clock clock = {emulator_now, emulator_sleep, drive->rig};
    char text[512], problem[OI_EMU_DETAIL_MAX];

    drive_empty(drive);
    drive->medium = what->medium;
    drive->told_by_sync = false;
    snprintf(drive->image, sizeof(drive->image), "%s/disc%s", drive->folder, what->medium->image);
    snprintf(text, sizeof(text), "%s%spersonality = %s\n", what->medium->definition,
             what->pace ? what->medium->pace : "",
             what->personality ? what->personality : "strict");
    if (oi_file_replace(drive->ini, text, strlen(text)) != OI_OK ||
        oi_emu_open(&drive->emu, drive->ini, &clock, problem) != OI_OK) {
        snprintf(why, RIG_WHY_SIZE, "no drive: %.160s", problem);
        return false;
    }
    if (what->pace) /* not every drive has to */
        rig_command(drive, oi_cdb_send_opc(true, 0), OI_DATA_NONE, NULL, 0);
    if (!what->medium->prepare(drive)) {
        snprintf(why, RIG_WHY_SIZE, "the disc can't be prepared: %.140s",
                 oi_emu_detail(drive->emu));
        return false;
    }
    drive->commands = 0;
    return true;
}

/* The rules begin now, and are the drive's only ones. */
static bool drive_troubles(struct rig_drive *drive, const char *rules, char why[RIG_WHY_SIZE])
{
    char problem[OI_EMU_DETAIL_MAX];

    if (faults_parse(&drive->emu->definition.faults, "rules", rules, strlen(rules), problem))
        return true;
    snprintf(why, RIG_WHY_SIZE, "%.180s", problem);
    return false;
}

static bool has_fired(const struct rig_drive *drive, uint32_t rule)
{
    const struct fault_script *script = &drive->emu->definition.faults;

    return rule < script->count && script->rules[rule].fired > 0;
}

/* ---- the source ---- */

static enum oi_status source_open(struct oi_source *source, int32_t *foreign)
{
    (void)source;
    (void)foreign;
    return OI_OK;
}

static enum oi_status source_read(struct oi_source *source, void *data, uint32_t size,
                                  uint32_t *got, int32_t *foreign)
{
    struct rig_source *self = (struct rig_source *)source;

    *got = 0;
    if (self->fails && self->position == self->size) {
        *foreign = -1;
        return OI_FOREIGN;
    }
    if (self->most && size > self->most)
        size = self->most;
    if (size > self->size - self->position)
        size = (uint32_t)(self->size - self->position);
    memcpy(data, self->data + self->position, size);
    self->position += size;
    *got = size;
    return OI_OK;
}

static void source_close(struct oi_source *source)
{
    struct rig_source *self = (struct rig_source *)source;

    oi_mutex_lock(&self->lock);
    self->is_closed = true;
    oi_cond_signal(&self->closed);
    oi_mutex_unlock(&self->lock);
}

static bool source_is_free(struct rig_source *source)
{
    enum { DEADLINE_US = 20 * 1000 * 1000 };
    uint64_t deadline_us = oi_clock_us() + DEADLINE_US;
    bool in_time = true;

    oi_mutex_lock(&source->lock);
    while (!source->is_closed && in_time)
        in_time = oi_cond_wait_until(&source->closed, &source->lock, deadline_us);
    oi_mutex_unlock(&source->lock);
    return in_time;
}

/* ---- the client ---- */

static void client_update(struct oi_client *client, const struct oi_progress *progress)
{
    struct rig_client *self = (struct rig_client *)client;

    if (self->events && (progress->last_read_lba < self->last.last_read_lba ||
                         progress->last_written_lba < self->last.last_written_lba))
        self->went_back = true;
    if (progress->used_bytes + progress->free_bytes != progress->total_bytes ||
        progress->last_written_lba > progress->last_read_lba)
        self->unbalanced = true;
    self->last = *progress;
    if (self->watcher && self->watcher->event)
        self->watcher->event(self->watcher->context, self->events);
    self->events++;
}

static void client_wait(struct oi_client *client, uint64_t deadline_us)
{
    struct rig_client *self = (struct rig_client *)client;
    bool in_time = true;

    oi_mutex_lock(&self->lock);
    while (!self->wake && in_time)
        in_time = oi_cond_wait_until(&self->woken, &self->lock, deadline_us);
    self->wake = false;
    oi_mutex_unlock(&self->lock);
}

static void client_wake(struct oi_client *client)
{
    struct rig_client *self = (struct rig_client *)client;

    oi_mutex_lock(&self->lock);
    self->wake = true;
    oi_cond_signal(&self->woken);
    oi_mutex_unlock(&self->lock);
}

/* ---- a section ---- */

static enum oi_status write_section(struct rig *rig, struct rig_drive *drive, const uint8_t *data,
                                    uint32_t blocks, const struct rig_case *what)
{
    const struct rig_medium *medium = drive->medium;
    int32_t speed = what->pace ? medium->starting_speed : -1;

    rig->source.data = data;
    rig->source.size = (uint64_t)blocks * medium->block_bytes;
    rig->source.fails = what->source_fails;
    if (what->source_end && what->source_end < rig->source.size)
        rig->source.size = what->source_end;
    rig->source.position = 0;
    rig->source.most = what->source_most;
    rig->source.is_closed = false;
    rig->client.events = 0;
    rig->client.watcher = drive == &rig->drive ? &rig->watcher : NULL;
    rig->client.went_back = rig->client.unbalanced = false;
    rig->section = (struct oi_section){
        .source = &rig->source.source,
        .drive = &drive->drive,
        .client = &rig->client.client,
        .clock = &rig->clock,
        .start_lba = medium->start_lba,
        .blocks = (int32_t)blocks,
        .block_bytes = medium->block_bytes,
        .blocks_per_command = medium->per_command,
        .profile = medium->profile,
        .starting_speed = speed,
        .ending_speed = speed,
        .streaming = what->streaming,
        .client_reads = what->client_reads,
    };
    drive->commands = 0;
    drive->deaf_host = what->deaf_host;
    drive->command_us = what->pace == RIG_SLOW_HOST ? SLOW_HOST_US : 0;
    if (!oi_engine_claim(&rig->engine))
        return OI_EXISTS;
    return oi_engine_write_section(&rig->engine, &rig->section, &rig->outcome);
}

/* Blocks of the section, from its first one on, whose sectors hold the source's. What lies below
 * address 0 is not kept by a disc and counts as right. */
static uint32_t right_blocks(const struct rig_drive *drive, const uint8_t *data, uint32_t blocks)
{
    enum { CHUNK = 32 };
    const struct rig_medium *medium = drive->medium;
    uint32_t skipped = medium->start_lba < 0 ? (uint32_t)-medium->start_lba : 0;
    uint8_t *chunk = malloc((size_t)CHUNK * medium->image_bytes);
    struct oi_file *file = NULL;
    uint32_t right = skipped;
    bool same = chunk && oi_file_open(&file, drive->image, OI_FILE_READ) == OI_OK;

    while (same && right < blocks) {
        uint32_t now = blocks - right < CHUNK ? blocks - right : CHUNK;
        uint64_t lba = (uint64_t)(medium->start_lba + (int64_t)right);
        size_t got = 0;

        memset(chunk, 0, (size_t)CHUNK * medium->image_bytes);
        oi_file_read_at(file, lba * medium->image_bytes, chunk, (size_t)now * medium->image_bytes,
                        &got);
        for (uint32_t i = 0; same && i < now; i++) {
            same = (i + 1) * (size_t)medium->image_bytes <= got &&
                   memcmp(chunk + (size_t)i * medium->image_bytes,
                          data + (size_t)right * medium->block_bytes, medium->image_bytes) == 0;
            right += same;
        }
    }
    oi_file_close(file);
    free(chunk);
    return right;
}

/* The drive gives out what it took: both ends of the section. */
static bool reads_back(struct rig_drive *drive, const uint8_t *data, uint32_t blocks)
{
    const struct rig_medium *medium = drive->medium;
    uint32_t skipped = medium->start_lba < 0 ? (uint32_t)-medium->start_lba : 0;
    const uint32_t ends[2] = {skipped, blocks - 1};

    if (medium->image_bytes != 2048)
        return true;
    for (int i = 0; i < 2; i++) {
        uint8_t sector[2048];

        if (!rig_command(drive, oi_cdb_read10(medium->start_lba + (int32_t)ends[i], 1), OI_DATA_IN,
                         sector, sizeof(sector)) ||
            memcmp(sector, data + (size_t)ends[i] * medium->block_bytes, sizeof(sector)) != 0)
            return false;
    }
    return true;
}

/* ---- the verdict ---- */

static enum rig_verdict wrong(char why[RIG_WHY_SIZE], const char *text)
{
    snprintf(why, RIG_WHY_SIZE, "%s", text);
    return RIG_WRONG;
}

static enum rig_verdict judge_success(struct rig *rig, bool synced, bool readable, uint32_t right,
                                      uint32_t blocks, char why[RIG_WHY_SIZE])
{
    struct rig_drive *drive = &rig->drive;

    if (right == blocks && synced && readable)
        return RIG_SURVIVED;
    if (drive->told_by_sync)
        return RIG_REPORTED;
    if (right == blocks)
        return wrong(why, synced ? "success, but the drive does not give the data out"
                                 : "success, but SYNCHRONIZE CACHE fails");
    snprintf(why, RIG_WHY_SIZE, "success, but block %u of %u is wrong", right, blocks);
    return RIG_WRONG;
}

static enum rig_verdict judge_failure(struct rig *rig, const struct rig_case *what, uint32_t right,
                                      char why[RIG_WHY_SIZE])
{
    const struct oi_outcome *outcome = &rig->outcome;
    int64_t first_wrong = (int64_t)rig->section.start_lba + right;
    int64_t reported = outcome->first_doubtful_lba;

    rig->exact += reported <= first_wrong && first_wrong - reported < what->medium->per_command;
    if (reported <= first_wrong || what->drive_lies || rig->drive.told_by_sync)
        return RIG_REPORTED;
    snprintf(why, RIG_WHY_SIZE, "\"%s\" (%x/%02x/%02x) names LBA %lld, wrong from %lld on",
             oi_status_text(rig->status), outcome->sense.key, outcome->sense.asc,
             outcome->sense.ascq, (long long)reported, (long long)first_wrong);
    return RIG_WRONG;
}

static enum rig_verdict judge_section(struct rig *rig, const struct rig_case *what,
                                      char why[RIG_WHY_SIZE])
{
    struct rig_drive *drive = &rig->drive;
    uint32_t blocks = rig_blocks(drive->medium);
    const uint8_t *data = rig_source_data(drive->medium);
    bool synced = rig_command(drive, oi_cdb_synchronize_cache(false), OI_DATA_NONE, NULL, 0);
    bool readable = rig->status == OI_OK && synced && reads_back(drive, data, blocks);
    uint32_t right;

    oi_emu_close(drive->emu);
    drive->emu = NULL;
    right = right_blocks(drive, data, blocks);
    if (rig->status == OI_OK)
        return judge_success(rig, synced, readable, right, blocks, why);
    return judge_failure(rig, what, right, why);
}

/* What holds for every section, whatever became of it. */
static enum rig_verdict judge_manners(struct rig *rig, const struct rig_case *what, bool fired,
                                      char why[RIG_WHY_SIZE])
{
    if (rig->endless)
        return wrong(why, "the section does not end");
    if (!source_is_free(&rig->source))
        return wrong(why, "the source was not closed");
    if (oi_engine_busy(&rig->engine))
        return wrong(why, "the engine is busy behind its section");
    if (rig->client.went_back || rig->client.unbalanced)
        return wrong(why, "the progress went back, or does not add up");
    if (rig->status != rig->outcome.status)
        return wrong(why, "the outcome's status is another than the one returned");
    if (what->rules[0] && !fired && !what->may_not_fire)
        return wrong(why, "the fault never fired");
    return RIG_UNTOUCHED;
}

/* The engine is asked for a few blocks more, on a drive that does not fail. */
static bool works_again(struct rig *rig)
{
    enum { BLOCKS = 70 };
    struct rig_drive *spare = &rig->spare;
    const struct rig_case calm = {.medium = spare->medium, .rules = ""};
    const uint8_t *data = rig_source_data(spare->medium) +
                          (size_t)(rig->sections++ % 100) * spare->medium->block_bytes;

    rig->status = write_section(rig, spare, data, BLOCKS, &calm);
    return rig->status == OI_OK && source_is_free(&rig->source) &&
           rig_command(spare, oi_cdb_synchronize_cache(false), OI_DATA_NONE, NULL, 0) &&
           right_blocks(spare, data, BLOCKS) == BLOCKS;
}

enum rig_verdict rig_try(struct rig *rig, const struct rig_case *what, char why[RIG_WHY_SIZE])
{
    struct rig_drive *drive = &rig->drive;
    const uint8_t *data = rig_source_data(what->medium);
    enum rig_verdict verdict;
    bool fired;

    why[0] = '\0';
    rig->endless = false;
    if (!data || !drive_insert(drive, what, why) || !drive_troubles(drive, what->rules, why)) {
        drive_empty(drive);
        return RIG_WRONG;
    }
    rig->status = rig->ended = write_section(rig, drive, data, rig_blocks(what->medium), what);
    if (rig->watcher.end)
        rig->watcher.end(rig->watcher.context);
    fired = has_fired(drive, 0);
    rig->also_fired = has_fired(drive, 1);
    drive->emu->definition.faults.count = 0;
    drive->deaf_host = false;
    verdict = judge_manners(rig, what, fired, why);
    if (verdict != RIG_WRONG) {
        verdict = judge_section(rig, what, why);
        if (verdict == RIG_SURVIVED && !fired && !what->personality)
            verdict = RIG_UNTOUCHED;
    }
    if (!works_again(rig) && verdict != RIG_WRONG)
        verdict = wrong(why, "the engine does not write another section");
    drive_empty(drive);
    return verdict;
}

/* ---- the rig ---- */

static const struct rig_medium *spare_medium(void)
{
    const struct rig_medium *medium = rig_media;

    while (strcmp(medium->name, "DVD-RAM") != 0)
        medium++;
    return medium;
}

struct rig *rig_create(void)
{
    static const struct oi_source_ops source_ops = {source_open, source_read, source_close};
    static const struct oi_client_ops client_ops = {client_update, client_wait, client_wake};
    const struct rig_case calm = {.medium = spare_medium(), .rules = ""};
    struct rig *rig = calloc(1, sizeof(*rig));
    char why[RIG_WHY_SIZE];

    if (!rig)
        return NULL;
    oi_engine_init(&rig->engine);
    rig->clock = (struct oi_clock){engine_now, engine_wait_until};
    atomic_init(&rig->now_us, 1);
    rig->source.source.ops = &source_ops;
    oi_mutex_init(&rig->source.lock);
    oi_cond_init(&rig->source.closed);
    rig->client.client.ops = &client_ops;
    oi_mutex_init(&rig->client.lock);
    oi_cond_init(&rig->client.woken);
    if (!drive_make(&rig->drive, rig) || !drive_make(&rig->spare, rig) ||
        !drive_insert(&rig->spare, &calm, why)) {
        rig_destroy(rig);
        return NULL;
    }
    return rig;
}

static void drive_end(struct rig_drive *drive)
{
    if (!drive->ini[0])
        return;
    drive_empty(drive);
    rmdir(drive->folder);
}

void rig_destroy(struct rig *rig)
{
    if (!rig)
        return;
    drive_end(&rig->drive);
    drive_end(&rig->spare);
    oi_cond_fini(&rig->client.woken);
    oi_mutex_fini(&rig->client.lock);
    oi_cond_fini(&rig->source.closed);
    oi_mutex_fini(&rig->source.lock);
    oi_engine_fini(&rig->engine);
    free(rig);
}
