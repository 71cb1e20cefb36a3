/* The one who writes: takes slots in order, cuts them into WRITE commands and gets each of them
 * accepted, or stops at the first that can't be. It owns the transport. A cancel is looked at
 * before every command, and never between a command and its outcome. */
#include "running.h"

#include "cdb.h"
#include "reaction.h"

enum { WRITE_TIMEOUT_MS = 200 * 1000, FIRST_WRITE_TIMEOUT_MS = 300 * 1000 };

struct writer {
    struct oi_running *running;
    struct oi_clock *clock;
    bool streaming; /* WRITE (12) until the drive refuses it */
    bool nothing_accepted;
    uint32_t recovered_errors;
    bool fell_back;
};

static struct oi_command write_command(const struct writer *writer, int32_t lba, uint32_t blocks,
                                       void *data)
{
    struct oi_command command = {
        .cdb = writer->streaming ? oi_cdb_write12(lba, blocks, true)
                                 : oi_cdb_write10(lba, (uint16_t)blocks),
        .direction = OI_DATA_OUT,
        .data = data,
        .data_len = blocks * writer->running->section.block_bytes,
        .timeout_ms = writer->nothing_accepted ? FIRST_WRITE_TIMEOUT_MS : WRITE_TIMEOUT_MS,
    };

    return command;
}

/* How long the medium needs for so many blocks at this place, from the speeds the client told us.
 */
static uint64_t drain_us(const struct writer *writer, uint32_t blocks)
{
    const struct oi_section *section = &writer->running->section;
    int64_t written = atomic_load(&writer->running->blocks_written);
    int64_t from = section->starting_speed, to = section->ending_speed;

    if (from < 0 || to < 0)
        return 0;
    return (uint64_t)blocks * 1000000u / (uint64_t)(from + (to - from) * written / section->blocks);
}

static void stop(struct writer *writer, const struct oi_situation *situation, int32_t lba,
                 uint32_t blocks, enum oi_status status)
{
    struct oi_outcome failure = {
        .status = status,
        .foreign = situation->completion->foreign,
        .culprit = OI_BY_DRIVE,
        .opcode = situation->command->cdb.bytes[0],
        .lba = lba,
        .lba_blocks = blocks,
        .scsi_status = situation->completion->scsi_status,
        .sense = *situation->sense,
        .attempts = situation->attempts,
        .elapsed_us = situation->elapsed_us,
        .timeout_ms = situation->command->timeout_ms,
    };

    oi_running_fail(writer->running, &failure);
}

static struct oi_sense sense_of(const struct oi_completion *completion)
{
    if (completion->status == OI_OK && completion->scsi_status == OI_SCSI_CHECK_CONDITION)
        return oi_sense_parse(completion->sense, completion->sense_len);
    return (struct oi_sense){0};
}

/* Gets these blocks accepted by the drive. False: cancelled, or failed and recorded. */
static bool write_blocks(struct writer *writer, int32_t lba, uint32_t blocks, void *data)
{
    struct oi_running *running = writer->running;
    uint64_t started_us = writer->clock->now_us(writer->clock);
    uint32_t limited = 0;

    for (uint32_t attempts = 1;; attempts++) {
        struct oi_command command = write_command(writer, lba, blocks, data);
        struct oi_completion completion = {0};
        struct oi_situation situation;
        struct oi_reaction reaction;
        struct oi_sense sense;
        uint64_t issued_us, now_us;

        if (oi_running_cancelled(running))
            return false;
        issued_us = writer->clock->now_us(writer->clock);
        oi_transport_execute(running->section.drive->transport, &command, &completion);
        now_us = writer->clock->now_us(writer->clock);
        oi_flight_record(running->section.flight, &command, &completion, issued_us,
                         now_us - issued_us);
        sense = sense_of(&completion);
        situation = (struct oi_situation){
            .command = &command,
            .completion = &completion,
            .sense = &sense,
            .nothing_accepted = writer->nothing_accepted,
            .attempts = attempts,
            .limited = limited,
            .elapsed_us = now_us - started_us,
            .drain_us = drain_us(writer, blocks),
        };
        reaction = oi_react(&situation);
        switch (reaction.action) {
        case OI_ACT_DONE:
            writer->recovered_errors += sense.key == OI_KEY_RECOVERED_ERROR;
            writer->nothing_accepted = false;
            atomic_fetch_add(&running->blocks_written, blocks);
            return true;
        case OI_ACT_AGAIN:
            limited += reaction.limited;
            oi_fifo_pause(running->fifo, writer->clock, now_us + reaction.delay_us);
            break;
        case OI_ACT_FALLBACK:
            writer->streaming = false;
            writer->fell_back = true;
            break;
        case OI_ACT_FATAL:
            stop(writer, &situation, lba, blocks, reaction.status);
            return false;
        }
    }
}

static bool write_slot(struct writer *writer, const struct oi_slot *slot, int32_t *lba)
{
    const struct oi_running *running = writer->running;
    const struct oi_section *section = &running->section;
    uint64_t end = (uint64_t)(int64_t)section->blocks;
    uint32_t left = slot->bytes / section->block_bytes;
    uint8_t *data = slot->data;

    while (left > 0) {
        uint64_t to_end = end - (uint64_t)((int64_t)*lba - section->start_lba);
        uint32_t blocks = oi_cut(*lba, to_end, section->blocks_per_command, running->unit_blocks);

        if (blocks > left)
            blocks = left;
        if (!write_blocks(writer, *lba, blocks, data))
            return false;
        *lba = (int32_t)((int64_t)*lba + blocks);
        data += (size_t)blocks * section->block_bytes;
        left -= blocks;
    }
    return true;
}

static void write_all(struct writer *writer)
{
    struct oi_running *running = writer->running;
    int32_t lba = running->section.start_lba;
    struct oi_slot *slot;

    while ((slot = oi_fifo_take(running->fifo, true)) != NULL) {
        if (!oi_running_begin_writing(running) || !write_slot(writer, slot, &lba))
            return;
        oi_fifo_recycle(running->fifo, slot);
        if (running->section.client_reads)
            oi_running_wake_client(running);
    }
}

void oi_writer_thread(void *context)
{
    struct oi_running *running = context;
    struct oi_drive *drive = running->section.drive;
    struct writer writer = {
        .running = running,
        .clock = running->section.clock,
        .streaming = running->section.streaming,
        .nothing_accepted = true,
    };
    struct oi_outcome failure = {.culprit = OI_BY_DRIVE};

    if (drive->enter)
        failure.status = drive->enter(drive, &failure.foreign);
    if (failure.status == OI_OK)
        write_all(&writer);
    else
        oi_running_fail(running, &failure);
    oi_running_end_writing(running);
    if (drive->leave)
        drive->leave(drive);
    oi_mutex_lock(&running->lock);
    running->outcome.recovered_errors = writer.recovered_errors;
    running->outcome.fell_back = writer.fell_back;
    running->writer_done = true;
    oi_mutex_unlock(&running->lock);
    oi_running_wake_client(running);
}
