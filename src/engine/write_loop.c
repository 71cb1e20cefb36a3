/* The one who writes: takes slots in order, cuts them into WRITE commands and gets each of them
 * accepted, or stops at the first that can't be. It owns the transport. A cancel is looked at
 * before every command, and never between a command and its outcome. */
#include "writer.h"

#include "cdb.h"

enum {
    WRITE_TIMEOUT_MS = 200 * 1000,
    FIRST_WRITE_TIMEOUT_MS = 300 * 1000,
};

/* One WRITE from its first issue to its end. */
struct attempt {
    uint32_t blocks;
    void *data;
    uint64_t started_us;
    uint32_t count;
    uint32_t limited;
    struct oi_sense before; /* of the last time, and since when it is the same */
    uint64_t unchanged_since_us;
};

enum next { NEXT_ACCEPTED, NEXT_ELSEWHERE, NEXT_STOP };

static struct oi_command write_command(const struct oi_writer *writer,
                                       const struct attempt *attempt)
{
    struct oi_command command = {
        .cdb = writer->streaming ? oi_cdb_write12((int32_t)writer->lba, attempt->blocks, true)
                                 : oi_cdb_write10((int32_t)writer->lba, (uint16_t)attempt->blocks),
        .direction = OI_DATA_OUT,
        .data = attempt->data,
        .data_len = attempt->blocks * writer->running->section.block_bytes,
        .timeout_ms = writer->nothing_accepted ? FIRST_WRITE_TIMEOUT_MS : WRITE_TIMEOUT_MS,
    };

    return command;
}

/* As the client told it, at this place of the section. */
static uint64_t speed_hint(const struct oi_section *section)
{
    int64_t from = section->starting_speed, to = section->ending_speed;

    return from < 0 || to < 0 ? 0 : (uint64_t)((from + to) / 2) * section->block_bytes;
}

uint64_t oi_writer_budget_us(const struct oi_writer *writer)
{
    uint64_t rate = writer->drain.bytes_per_second;
    uint64_t drain_us = rate ? writer->replay.keep_bytes * 1000000u / rate : 0;
    uint64_t budget_us = 3 * drain_us;

    if (budget_us < OI_STALL_BUDGET_US)
        return OI_STALL_BUDGET_US;
    return budget_us < OI_STALL_BUDGET_MAX_US ? budget_us : OI_STALL_BUDGET_MAX_US;
}

/* As much as the drive's buffer holds, if the fifo is large enough for it. */
static void keep(struct oi_writer *writer, uint64_t bytes)
{
    const struct oi_running *running = writer->running;
    uint64_t most =
        (uint64_t)running->size.kept * running->size.slot_blocks * running->section.block_bytes;

    writer->replay.keep_bytes = bytes < most ? bytes : most;
}

void oi_writer_accepted(struct oi_writer *writer, uint32_t blocks)
{
    struct oi_running *running = writer->running;
    uint32_t bytes = blocks * running->section.block_bytes;

    writer->nothing_accepted = false;
    writer->lba += blocks;
    if (writer->lba > writer->furthest) {
        writer->furthest = writer->lba;
        writer->repositioned = 0;
        atomic_store(&running->blocks_written,
                     (unsigned)(writer->lba - running->section.start_lba));
    }
    if (oi_replay_advance(&writer->replay, bytes) && running->section.client_reads)
        oi_running_wake_client(running);
}

static struct oi_sense sense_of(struct oi_writer *writer, const struct oi_completion *completion)
{
    struct oi_sense sense = {0};

    if (completion->status == OI_OK && completion->scsi_status == OI_SCSI_CHECK_CONDITION) {
        sense = oi_sense_parse(completion->sense, completion->sense_len);
        if (!sense.present)
            sense = oi_ask_sense(writer->running, &writer->news);
    }
    return sense;
}

static bool same_sense(const struct oi_sense *a, const struct oi_sense *b)
{
    return a->present == b->present && a->key == b->key && a->asc == b->asc && a->ascq == b->ascq &&
           a->progress == b->progress;
}

static struct oi_situation situation_of(const struct oi_writer *writer, struct attempt *attempt,
                                        const struct oi_command *command,
                                        const struct oi_completion *completion,
                                        const struct oi_sense *sense)
{
    uint64_t now_us = writer->clock->now_us(writer->clock);

    if (!same_sense(&attempt->before, sense)) {
        attempt->before = *sense;
        attempt->unchanged_since_us = now_us;
    }
    return (struct oi_situation){
        .command = command,
        .completion = completion,
        .sense = sense,
        .blocks = attempt->blocks,
        .medium = writer->medium,
        .nothing_accepted = writer->nothing_accepted,
        .attempts = attempt->count,
        .limited = attempt->limited,
        .repositioned = writer->repositioned,
        .elapsed_us = now_us - attempt->started_us,
        .unchanged_us = now_us - attempt->unchanged_since_us,
        .budget_us = oi_writer_budget_us(writer),
        .until_room_us = oi_drain_until_room_us(&writer->drain, now_us, command->data_len),
    };
}

static bool is_buffer_full(const struct oi_sense *sense)
{
    return sense->present && sense->key == OI_KEY_NOT_READY && sense->asc == 0x04 &&
           sense->ascq == 0x08;
}

/* The drive puts the WRITE off. Once a drive is full, it can be asked how much it holds. */
static void put_off(struct oi_writer *writer, struct attempt *attempt,
                    const struct oi_situation *situation, const struct oi_reaction *reaction)
{
    struct oi_running *running = writer->running;
    uint64_t now_us = writer->clock->now_us(writer->clock);

    attempt->limited += reaction->limited;
    if (reaction->remedy == OI_REMEDY_START_UNIT)
        oi_ask_start_unit(running, &writer->news);
    if (attempt->count == 1 && is_buffer_full(situation->sense))
        oi_drain_full(&writer->drain, now_us);
    if (!writer->knows_buffer && is_buffer_full(situation->sense) &&
        writer->drain.bytes_in_all >= OI_MORE_THAN_ANY_BUFFER) {
        uint64_t blocks = oi_writer_buffer_blocks(writer);

        writer->knows_buffer = true;
        if (blocks)
            keep(writer, blocks * running->section.block_bytes);
    }
    oi_fifo_pause(running->fifo, writer->clock, now_us + reaction->delay_us);
}

/* The system, not the drive, could not take the WRITE: whole units still, if one fits. */
static void write_smaller(struct oi_writer *writer, uint32_t refused_blocks)
{
    uint32_t unit = writer->running->unit_blocks;
    uint32_t half = refused_blocks / 2;

    writer->blocks_per_command = half > unit ? half - half % unit : half;
}

static enum next find_way_back(struct oi_writer *writer, const struct attempt *attempt,
                               const struct oi_situation *situation,
                               const struct oi_reaction *reaction)
{
    return oi_writer_reposition(writer, situation, reaction, attempt->blocks) ? NEXT_ELSEWHERE
                                                                              : NEXT_STOP;
}

/* Gets these blocks accepted by the drive. */
static enum next write_blocks(struct oi_writer *writer, struct attempt *attempt)
{
    for (attempt->count = 1;; attempt->count++) {
        struct oi_command command = write_command(writer, attempt);
        struct oi_completion completion;
        struct oi_situation situation;
        struct oi_reaction reaction;
        struct oi_sense sense;

        if (!oi_running_execute(writer->running, &command, &completion))
            return NEXT_STOP;
        sense = sense_of(writer, &completion);
        situation = situation_of(writer, attempt, &command, &completion, &sense);
        reaction = oi_react(&situation);
        switch (reaction.action) {
        case OI_ACT_DONE:
            writer->recovered_errors += sense.key == OI_KEY_RECOVERED_ERROR;
            oi_drain_accepted(&writer->drain, writer->clock->now_us(writer->clock),
                              command.data_len);
            oi_writer_accepted(writer, attempt->blocks);
            return NEXT_ACCEPTED;
        case OI_ACT_AGAIN:
            put_off(writer, attempt, &situation, &reaction);
            if (!oi_writer_has_news(writer))
                break;
            reaction.status = OI_DEVICE_ERROR;
            return find_way_back(writer, attempt, &situation, &reaction);
        case OI_ACT_REPOSITION:
            return find_way_back(writer, attempt, &situation, &reaction);
        case OI_ACT_FALLBACK:
            writer->streaming = false;
            writer->fell_back = true;
            break;
        case OI_ACT_SMALLER:
            write_smaller(writer, attempt->blocks);
            return NEXT_ELSEWHERE;
        case OI_ACT_FATAL:
            oi_writer_fail(writer, &situation, attempt->blocks, reaction.status);
            return NEXT_STOP;
        }
    }
}

static uint32_t next_blocks(const struct oi_writer *writer, const struct oi_slot *slot)
{
    const struct oi_section *section = &writer->running->section;
    uint32_t left = (slot->bytes - writer->replay.done_bytes) / section->block_bytes;
    uint64_t to_end = (uint64_t)((int64_t)section->start_lba + section->blocks - writer->lba);
    uint32_t blocks = oi_cut((int32_t)writer->lba, to_end, writer->blocks_per_command,
                             writer->running->unit_blocks);

    return blocks < left ? blocks : left;
}

/* Everything that the fifo gives. False: cancelled, or failed and recorded. */
static bool write_all(struct oi_writer *writer)
{
    struct oi_slot *slot;

    while ((slot = oi_replay_next(&writer->replay)) != NULL) {
        struct attempt attempt = {
            .blocks = next_blocks(writer, slot),
            .data = slot->data + writer->replay.done_bytes,
            .started_us = writer->clock->now_us(writer->clock),
        };

        if (!oi_running_begin_writing(writer->running) ||
            write_blocks(writer, &attempt) == NEXT_STOP)
            return false;
    }
    return !oi_fifo_is_aborted(writer->running->fifo);
}

static bool is_complete(const struct oi_writer *writer)
{
    const struct oi_section *section = &writer->running->section;

    return writer->lba == (int64_t)section->start_lba + section->blocks;
}

static void write_section(struct oi_writer *writer)
{
    while (write_all(writer) && is_complete(writer))
        if (oi_writer_check_end(writer) != OI_END_REWOUND)
            return;
}

static void init(struct oi_writer *writer, struct oi_running *running)
{
    const struct oi_section *section = &running->section;

    *writer = (struct oi_writer){
        .running = running,
        .clock = section->clock,
        .medium = oi_medium_of_profile(section->profile),
        .lba = section->start_lba,
        .furthest = section->start_lba,
        .doubtful_lba = INT64_MAX,
        .blocks_per_command = section->blocks_per_command,
        .streaming = section->streaming,
        .nothing_accepted = true,
    };
    oi_replay_init(&writer->replay, running->fifo, 0);
    keep(writer, OI_KEEP_BYTES);
    oi_drain_init(&writer->drain, speed_hint(section));
}

/* Whoever failed first: the drive may have lost blocks all the same. Behind the last LBA there is
 * no number to name. */
static int32_t first_doubtful(const struct oi_writer *writer)
{
    int64_t lba = writer->lba < writer->doubtful_lba ? writer->lba : writer->doubtful_lba;

    return lba < INT32_MAX ? (int32_t)lba : INT32_MAX;
}

void oi_writer_thread(void *context)
{
    struct oi_running *running = context;
    struct oi_drive *drive = running->section.drive;
    struct oi_outcome failure = {.culprit = OI_BY_DRIVE};
    struct oi_writer writer;

    init(&writer, running);
    if (drive->enter)
        failure.status = drive->enter(drive, &failure.foreign);
    if (failure.status == OI_OK)
        write_section(&writer);
    else
        oi_running_fail(running, &failure);
    oi_running_end_writing(running);
    if (drive->leave)
        drive->leave(drive);
    oi_mutex_lock(&running->lock);
    running->outcome.first_doubtful_lba = first_doubtful(&writer);
    running->outcome.recovered_errors = writer.recovered_errors;
    running->outcome.blocks_replayed = writer.blocks_replayed;
    running->outcome.fell_back = writer.fell_back;
    running->writer_done = true;
    oi_mutex_unlock(&running->lock);
    oi_running_wake_client(running);
}
