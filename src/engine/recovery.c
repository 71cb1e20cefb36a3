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
static bool told_lba(const struct oi_writer *writer, const struct oi_sense *sense, int64_t *lba)
{
    int64_t told = (int32_t)(uint32_t)sense->information;

    if (!sense->present || !sense->information_valid || sense->information > UINT32_MAX)
        return false;
    if (told < start_lba(writer) || told > writer->lba)
        return false;
    *lba = told;
    return true;
}

bool oi_writer_has_news(const struct oi_writer *writer)
{
    const struct oi_news *news = &writer->news;

    return news->reset || news->another_disc || news->lost_write || news->silent != OI_OK;
}

/* A deferred error is about something that was accepted; where it does not say what, all of it. */
static int64_t first_lost(const struct oi_writer *writer, const struct oi_sense *sense)
{
    int64_t lba;

    return told_lba(writer, sense, &lba) ? lba : start_lba(writer);
}

static void doubt(struct oi_writer *writer, int64_t from_lba)
{
    if (from_lba < writer->doubtful_lba)
        writer->doubtful_lba = from_lba;
}

/* The disc is out of reach, or it may be another one that is asked from now on. */
static bool loses_disc(const struct oi_situation *s)
{
    return s->completion->status == OI_FOREIGN || s->completion->status == OI_DEVICE_GONE ||
           (s->sense->present && s->sense->key == OI_KEY_UNIT_ATTENTION && s->sense->asc == 0x28);
}

/* How far the section is surely good although it failed. */
static int64_t first_doubtful(struct oi_writer *writer, const struct oi_situation *s)
{
    struct oi_news *news = &writer->news;
    bool lost = oi_loses_buffer(s->completion, s->sense);
    int64_t lba = writer->lba;
    int32_t next;
    bool known, reset;

    if (loses_disc(s))
        return start_lba(writer);
    if (s->sense->deferred)
        lba = first_lost(writer, s->sense);
    else
        told_lba(writer, s->sense, &lba);
    known = writer->medium == OI_MEDIUM_SEQUENTIAL &&
            oi_ask_next_writable(writer->running, start_lba(writer), &next, news);
    if (writer->medium != OI_MEDIUM_SEQUENTIAL)
        oi_ask_ready(writer->running, 0, news); /* for what it tells by the way */
    reset = news->reset || (lost && s->sense->present);
    if (news->another_disc || ((lost || reset || news->silent != OI_OK) && !known))
        return start_lba(writer);
    /* Padded after the reset: see position.c. */
    if (reset && next > writer->lba)
        return start_lba(writer);
    if (news->lost_write && first_lost(writer, &news->loss) < lba)
        lba = first_lost(writer, &news->loss);
    if (known && next < lba)
        lba = next > start_lba(writer) ? next : start_lba(writer);
    return lba;
}

/* What came before at this LBA, this attempt not included. */
static struct oi_trouble earlier_trouble(const struct oi_writer *writer,
                                         const struct oi_situation *situation)
{
    uint64_t now_us = writer->clock->now_us(writer->clock);

    if (writer->repositioned && writer->trouble.attempts && writer->trouble.lba == writer->lba)
        return writer->trouble;
    return (struct oi_trouble){writer->lba, 0, now_us - situation->elapsed_us};
}

static struct oi_outcome failure_of(const struct oi_writer *writer,
                                    const struct oi_situation *situation, uint32_t blocks,
                                    enum oi_status status)
{
    struct oi_progress progress = oi_running_progress(writer->running);
    struct oi_trouble earlier = earlier_trouble(writer, situation);

    return (struct oi_outcome){
        .status = status,
        .foreign = situation->completion->foreign,
        .culprit = OI_BY_DRIVE,
        .opcode = situation->command->cdb.bytes[0],
        .lba = (int32_t)writer->lba,
        .lba_blocks = blocks,
        .scsi_status = situation->completion->scsi_status,
        .sense = *situation->sense,
        .attempts = earlier.attempts + situation->attempts,
        .elapsed_us = writer->clock->now_us(writer->clock) - earlier.started_us,
        .timeout_ms = situation->command->timeout_ms,
        .fifo_used_bytes = progress.used_bytes,
        .fifo_total_bytes = progress.total_bytes,
    };
}

void oi_writer_fail(struct oi_writer *writer, const struct oi_situation *situation, uint32_t blocks,
                    enum oi_status status)
{
    struct oi_outcome failure = failure_of(writer, situation, blocks, status);

    doubt(writer, first_doubtful(writer, situation));
    oi_running_fail(writer->running, &failure);
}

uint32_t oi_writer_buffer_blocks(struct oi_writer *writer)
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
    struct oi_position position = oi_position_after(known);
    int64_t lost = first_lost(writer, &news->loss);

    if (news->another_disc || news->silent != OI_OK)
        return (struct oi_position){OI_POSITION_LOST, 0, start_lba(writer)};
    if (!news->lost_write)
        return position;
    if (position.verdict == OI_POSITION_LOST && position.first_doubtful_lba < lost)
        lost = position.first_doubtful_lba;
    if (position.verdict == OI_POSITION_BEHIND && known->lba - position.blocks < lost)
        lost = known->lba - position.blocks;
    return (struct oi_position){OI_POSITION_LOST, 0, lost};
}

static struct oi_position find_position(struct oi_writer *writer, struct oi_position_known *known,
                                        bool cut_off)
{
    struct oi_news *news = &writer->news;

    if (known->medium != OI_MEDIUM_RANDOM)
        known->next_known =
            oi_ask_next_writable(writer->running, start_lba(writer), &known->next_lba, news);
    /* Whoever cuts a command off resets the drive, and may keep its unit attention to himself: only
     * an address proves that the buffer was not lost. */
    known->reset |= news->reset || (cut_off && !known->next_known);
    if (known->medium == OI_MEDIUM_RANDOM && known->reset &&
        known->lba - known->start_lba > known->kept)
        known->buffer_blocks = oi_writer_buffer_blocks(writer);
    return position_with_news(writer, known);
}

static void move_to(struct oi_writer *writer, const struct oi_position *position)
{
    uint32_t block_bytes = writer->running->section.block_bytes;

    if (position->verdict == OI_POSITION_AHEAD)
        oi_writer_accepted(writer, position->blocks);
    if (position->verdict == OI_POSITION_BEHIND) {
        oi_replay_rewind(&writer->replay, (uint64_t)position->blocks * block_bytes);
        writer->lba -= position->blocks;
        writer->blocks_replayed += position->blocks;
    }
    oi_drain_forget(&writer->drain);
    writer->news = (struct oi_news){0};
    writer->repositioned++;
}

bool oi_writer_reposition(struct oi_writer *writer, const struct oi_situation *situation,
                          const struct oi_reaction *reaction, uint32_t blocks)
{
    bool cut_off = situation->completion->status != OI_OK;
    bool reset = !cut_off && oi_loses_buffer(situation->completion, situation->sense);
    /* Before anything was accepted, blocks that the disc has are not ours; only a WRITE that was
     * cut off can have put them there. */
    bool ours = !writer->nothing_accepted || cut_off;
    struct oi_position_known known = known_position(writer, ours ? blocks : 0, reset);
    struct oi_outcome failure = failure_of(writer, situation, blocks, reaction->status);
    struct oi_trouble trouble = earlier_trouble(writer, situation);
    struct oi_position position;

    if (writer->repositioned >= OI_REPOSITIONS_MAX) {
        oi_writer_fail(writer, situation, blocks, reaction->status);
        return false;
    }
    /* On a CD this would end the track. */
    if (reaction->remedy == OI_REMEDY_SYNCHRONIZE && writer->running->unit_blocks > 1)
        oi_ask_synchronize(writer->running, &writer->news);
    if (oi_ask_ready(writer->running, oi_writer_budget_us(writer), &writer->news)) {
        position = find_position(writer, &known, cut_off);
    } else {
        position.verdict = OI_POSITION_LOST;
        position.first_doubtful_lba = start_lba(writer);
    }
    if (oi_running_cancelled(writer->running)) {
        doubt(writer, start_lba(writer));
        return false;
    }
    if (position.verdict == OI_POSITION_LOST) {
        doubt(writer, position.first_doubtful_lba);
        if (writer->news.lost_write)
            failure.sense = writer->news.loss;
        oi_running_fail(writer->running, &failure);
        return false;
    }
    trouble.attempts += situation->attempts;
    writer->trouble = trouble;
    move_to(writer, &position);
    return true;
}

/* After the last WRITE: nothing failed by itself, but the drive does not stand behind it all. */
static enum oi_end fail_at_end(struct oi_writer *writer, int64_t first_doubtful_lba)
{
    const struct oi_news *news = &writer->news;
    struct oi_outcome failure = {
        .status = news->silent != OI_OK ? news->silent : OI_DEVICE_ERROR,
        .culprit = OI_BY_DRIVE,
        .not_recorded = !news->lost_write && news->silent == OI_OK,
        .sense = news->loss,
    };

    doubt(writer, first_doubtful_lba);
    if (!oi_running_cancelled(writer->running))
        oi_running_fail(writer->running, &failure);
    return OI_END_FAILED;
}

/* What the drive told when it was asked for its address. */
static enum oi_end end_with_news(struct oi_writer *writer, struct oi_position_known *known)
{
    struct oi_position position;

    known->reset = writer->news.reset;
    position = position_with_news(writer, known);
    if (position.verdict == OI_POSITION_LOST)
        return fail_at_end(writer, position.first_doubtful_lba);
    if (position.verdict == OI_POSITION_SAME)
        return OI_END_GOOD;
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
    int64_t proved = start_lba(writer), furthest = proved;

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
        proved = known.next_lba > start_lba(writer) ? known.next_lba : start_lba(writer);
        if (proved > furthest) {
            furthest = proved;
            patient_until_us = clock->now_us(clock) + END_PATIENCE_US;
        }
        if (clock->now_us(clock) >= patient_until_us)
            return fail_at_end(writer, proved);
        oi_fifo_pause(running->fifo, clock, clock->now_us(clock) + END_POLL_US);
    }
    doubt(writer, proved);
    return OI_END_FAILED;
}
