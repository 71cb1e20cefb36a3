/* The way back into the loop when nobody knows what the drive has taken, and the last look at it.
 * The drive is asked; where it can't prove that a block is recorded or can be sent again, the
 * section fails and names the first block that is in doubt. */
#include "writer.h"

#include "position.h"

enum {
    END_POLL_US = 100 * 1000,
    END_PATIENCE_US = 10 * 1000 * 1000, /* without a step forward */
};

static int32_t start_lba(const struct oi_writer *writer)
{
    return writer->running->section.start_lba;
}

static struct oi_position_known known_position(const struct oi_writer *writer, uint32_t pending,
                                               bool reset)
{
    return (struct oi_position_known){
        .medium = writer->medium,
        .reset = reset,
        .start_lba = start_lba(writer),
        .lba = writer->lba,
        .pending = pending,
        .kept = (uint32_t)(writer->replay.behind_bytes / writer->running->section.block_bytes),
    };
}

/* The address that the sense tells, if it is one of the section's that were accepted. */
static bool told_lba(const struct oi_writer *writer, const struct oi_sense *sense, int32_t *lba)
{
    int64_t told = (int32_t)(uint32_t)sense->information;

    if (!sense->present || !sense->information_valid || sense->information > UINT32_MAX)
        return false;
    if (told < start_lba(writer) || told > writer->lba)
        return false;
    *lba = (int32_t)told;
    return true;
}

bool oi_writer_has_news(const struct oi_writer *writer)
{
    const struct oi_news *news = &writer->news;

    return news->reset || news->another_disc || news->lost_write || news->silent != OI_OK;
}

/* A deferred error is about something that was accepted; where it does not say what, all of it. */
static int32_t first_lost(const struct oi_writer *writer, const struct oi_sense *sense)
{
    int32_t lba;

    return told_lba(writer, sense, &lba) ? lba : start_lba(writer);
}

/* How far the section is surely good although it failed. */
static int32_t first_doubtful(struct oi_writer *writer, const struct oi_situation *s)
{
    struct oi_news *news = &writer->news;
    bool lost = oi_loses_buffer(s->completion, s->sense);
    int32_t lba = writer->lba;
    int32_t next;
    bool known;

    if (s->completion->status == OI_FOREIGN || s->completion->status == OI_DEVICE_GONE)
        return start_lba(writer);
    if (s->sense->deferred)
        lba = first_lost(writer, s->sense);
    else
        told_lba(writer, s->sense, &lba);
    known = writer->medium == OI_MEDIUM_SEQUENTIAL &&
            oi_ask_next_writable(writer->running, start_lba(writer), &next, news);
    if (writer->medium != OI_MEDIUM_SEQUENTIAL)
        oi_ask_ready(writer->running, 0, news); /* for what it tells by the way */
    if (news->another_disc || ((lost || news->reset || news->silent != OI_OK) && !known))
        return start_lba(writer);
    if (news->lost_write && first_lost(writer, &news->loss) < lba)
        lba = first_lost(writer, &news->loss);
    if (known && next < lba)
        lba = next > start_lba(writer) ? next : start_lba(writer);
    return lba;
}

static struct oi_outcome failure_of(const struct oi_writer *writer,
                                    const struct oi_situation *situation, uint32_t blocks,
                                    enum oi_status status)
{
    struct oi_progress progress = oi_running_progress(writer->running);

    return (struct oi_outcome){
        .status = status,
        .foreign = situation->completion->foreign,
        .culprit = OI_BY_DRIVE,
        .opcode = situation->command->cdb.bytes[0],
        .lba = writer->lba,
        .lba_blocks = blocks,
        .scsi_status = situation->completion->scsi_status,
        .sense = *situation->sense,
        .attempts = situation->attempts,
        .elapsed_us = situation->elapsed_us,
        .timeout_ms = situation->command->timeout_ms,
        .fifo_used_bytes = progress.used_bytes,
        .fifo_total_bytes = progress.total_bytes,
    };
}

/* Another failure may have been the first, but what this one puts in doubt stays so. */
static void record(struct oi_writer *writer, const struct oi_outcome *failure,
                   int32_t first_doubtful_lba)
{
    writer->failed = true;
    writer->first_doubtful_lba = first_doubtful_lba;
    oi_running_fail(writer->running, failure);
}

void oi_writer_fail(struct oi_writer *writer, const struct oi_situation *situation, uint32_t blocks,
                    enum oi_status status)
{
    struct oi_outcome failure = failure_of(writer, situation, blocks, status);

    record(writer, &failure, first_doubtful(writer, situation));
}

static uint32_t buffer_blocks(struct oi_writer *writer)
{
    uint32_t bytes = oi_ask_buffer_bytes(writer->running, &writer->news);
    uint32_t block_bytes = writer->running->section.block_bytes;

    /* Besides the buffer the drive may hold the unit it is about to record. */
    return bytes ? bytes / block_bytes + 1 + writer->running->unit_blocks : 0;
}

/* Where to go on after the drive has been asked, and after what it told by the way. */
static struct oi_position position_with_news(const struct oi_writer *writer,
                                             const struct oi_position_known *known)
{
    const struct oi_news *news = &writer->news;

    if (news->another_disc || news->silent != OI_OK)
        return (struct oi_position){OI_POSITION_LOST, 0, start_lba(writer)};
    if (news->lost_write)
        return (struct oi_position){OI_POSITION_LOST, 0, first_lost(writer, &news->loss)};
    return oi_position_after(known);
}

static struct oi_position find_position(struct oi_writer *writer, struct oi_position_known *known)
{
    struct oi_news *news = &writer->news;

    if (known->medium != OI_MEDIUM_RANDOM)
        known->next_known =
            oi_ask_next_writable(writer->running, start_lba(writer), &known->next_lba, news);
    known->reset |= news->reset;
    if (known->medium == OI_MEDIUM_RANDOM && known->reset)
        known->buffer_blocks = buffer_blocks(writer);
    return position_with_news(writer, known);
}

static void move_to(struct oi_writer *writer, const struct oi_position *position)
{
    uint32_t block_bytes = writer->running->section.block_bytes;

    if (position->verdict == OI_POSITION_AHEAD)
        oi_writer_accepted(writer, position->blocks);
    if (position->verdict == OI_POSITION_BEHIND) {
        oi_replay_rewind(&writer->replay, (uint64_t)position->blocks * block_bytes);
        writer->lba = (int32_t)((int64_t)writer->lba - position->blocks);
        writer->blocks_replayed += position->blocks;
    }
    oi_drain_forget(&writer->drain);
    writer->news = (struct oi_news){0};
    writer->in_doubt = false;
    writer->repositioned++;
}

bool oi_writer_reposition(struct oi_writer *writer, const struct oi_situation *situation,
                          const struct oi_reaction *reaction, uint32_t blocks)
{
    bool reset =
        situation->sense->present && oi_loses_buffer(situation->completion, situation->sense);
    /* Before anything was accepted, blocks that the disc has are not ours; only a WRITE that was
     * cut off can have put them there. */
    bool ours = !writer->nothing_accepted || situation->completion->status != OI_OK;
    struct oi_position_known known = known_position(writer, ours ? blocks : 0, reset);
    struct oi_outcome failure = failure_of(writer, situation, blocks, reaction->status);
    struct oi_position position;

    writer->in_doubt = true;
    /* On a CD this would end the track. */
    if (reaction->remedy == OI_REMEDY_SYNCHRONIZE && writer->running->unit_blocks > 1)
        oi_ask_synchronize(writer->running, &writer->news);
    if (oi_ask_ready(writer->running, oi_writer_budget_us(writer), &writer->news)) {
        position = find_position(writer, &known);
    } else {
        position.verdict = OI_POSITION_LOST;
        position.first_doubtful_lba = start_lba(writer);
    }
    if (oi_running_cancelled(writer->running))
        return false;
    if (position.verdict == OI_POSITION_LOST) {
        if (writer->news.lost_write)
            failure.sense = writer->news.loss;
        record(writer, &failure, position.first_doubtful_lba);
        return false;
    }
    move_to(writer, &position);
    return true;
}

/* After the last WRITE: nothing failed by itself, but the drive does not stand behind it all. */
static enum oi_end fail_at_end(struct oi_writer *writer, int32_t first_doubtful_lba)
{
    const struct oi_news *news = &writer->news;
    struct oi_outcome failure = {
        .status = news->silent != OI_OK ? news->silent : OI_DEVICE_ERROR,
        .culprit = OI_BY_DRIVE,
        .lba = writer->lba,
        .not_recorded = !news->lost_write && news->silent == OI_OK,
        .sense = news->loss,
    };

    if (!oi_running_cancelled(writer->running))
        record(writer, &failure, first_doubtful_lba);
    return OI_END_FAILED;
}

/* What the drive told when it was asked for its address. */
static enum oi_end end_with_news(struct oi_writer *writer, struct oi_position_known *known)
{
    struct oi_position position;

    writer->in_doubt = true;
    known->reset = writer->news.reset;
    position = position_with_news(writer, known);
    if (position.verdict == OI_POSITION_LOST)
        return fail_at_end(writer, position.first_doubtful_lba);
    if (position.verdict == OI_POSITION_SAME) {
        writer->in_doubt = false;
        return OI_END_GOOD;
    }
    if (writer->repositioned >= OI_REPOSITIONS_MAX)
        return fail_at_end(writer, known->next_lba);
    move_to(writer, &position);
    return OI_END_REWOUND;
}

enum oi_end oi_writer_check_end(struct oi_writer *writer)
{
    struct oi_running *running = writer->running;
    struct oi_clock *clock = writer->clock;
    uint64_t patient_until_us = clock->now_us(clock) + END_PATIENCE_US;
    struct oi_position_known known = known_position(writer, 0, false);
    int32_t before = start_lba(writer);

    if (writer->medium != OI_MEDIUM_SEQUENTIAL)
        return OI_END_GOOD;
    while (!oi_running_cancelled(running)) {
        known.next_known =
            oi_ask_next_writable(running, start_lba(writer), &known.next_lba, &writer->news);
        if (oi_writer_has_news(writer))
            return end_with_news(writer, &known);
        if (!known.next_known || known.next_lba >= writer->lba)
            return OI_END_GOOD;
        /* Some drives tell what they have recorded, not what they have accepted. */
        if (known.next_lba > before)
            patient_until_us = clock->now_us(clock) + END_PATIENCE_US;
        before = known.next_lba > start_lba(writer) ? known.next_lba : start_lba(writer);
        if (clock->now_us(clock) >= patient_until_us)
            return fail_at_end(writer, before);
        oi_fifo_pause(running->fifo, clock, clock->now_us(clock) + END_POLL_US);
    }
    return OI_END_FAILED;
}
