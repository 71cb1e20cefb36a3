/* The one who reads the source: its own thread, or the client's between two events.
 * It owns the source: nobody else calls it, and it closes it. Short reads are collected until a
 * slot is full; what ends early leaves only whole blocks behind. If the section is given up while a
 * read does not return, this thread lives on with its reference to the shared part, and the read,
 * when it returns, finds an aborted fifo. */
#include "running.h"

static uint32_t bytes_of_next_slot(const struct oi_reader *reader)
{
    const struct oi_running *running = reader->running;
    const struct oi_section *section = &running->section;
    uint64_t left = reader->bytes_left / section->block_bytes;
    int64_t lba = (int64_t)section->start_lba + section->blocks - (int64_t)left;
    uint32_t per_command = section->blocks_per_command;
    uint32_t unit = running->unit_blocks;
    uint32_t blocks = oi_cut((int32_t)lba, left, per_command, unit);

    /* The first slot is one command, so that the drive gets work at once; and it ends at a write
     * unit, so that all that follow begin at one. */
    if (lba != section->start_lba)
        blocks = oi_cut((int32_t)lba, left, running->size.slot_blocks, unit);
    return blocks * section->block_bytes;
}

void oi_reader_init(struct oi_reader *reader, struct oi_running *running)
{
    *reader = (struct oi_reader){
        .running = running,
        .bytes_left = (uint64_t)running->section.blocks * running->section.block_bytes,
    };
}

static void publish(struct oi_reader *reader)
{
    struct oi_slot *slot = reader->slot;
    uint32_t block_bytes = reader->running->section.block_bytes;

    reader->slot = NULL;
    slot->bytes -= slot->bytes % block_bytes;
    if (slot->bytes)
        oi_fifo_publish(reader->running->fifo, slot);
    else
        oi_fifo_recycle(reader->running->fifo, slot);
}

static void fail(struct oi_reader *reader, enum oi_status status, int32_t foreign)
{
    struct oi_outcome failure = {
        .status = status,
        .foreign = foreign,
        .culprit = OI_BY_SOURCE,
    };

    oi_running_fail(reader->running, &failure);
}

static enum oi_status read_some(struct oi_reader *reader, uint32_t *got, int32_t *foreign)
{
    struct oi_running *running = reader->running;
    struct oi_source *source = running->section.source;
    struct oi_slot *slot = reader->slot;
    enum oi_status status = OI_OK;

    atomic_store(&running->reader_inside, true);
    if (!reader->opened)
        status = source->ops->open(source, foreign);
    reader->opened = true;
    if (status == OI_OK)
        status = source->ops->read(source, slot->data + slot->bytes,
                                   reader->slot_target - slot->bytes, got, foreign);
    atomic_store(&running->reader_inside, false);
    return status;
}

bool oi_reader_step(struct oi_reader *reader, bool wait, bool *idle)
{
    struct oi_running *running = reader->running;
    uint64_t total = (uint64_t)running->section.blocks * running->section.block_bytes;
    enum oi_status status;
    uint32_t got = 0;
    int32_t foreign = 0;

    *idle = false;
    if (oi_fifo_is_aborted(running->fifo))
        return false;
    if (!reader->slot) {
        reader->slot = oi_fifo_acquire(running->fifo, wait);
        if (!reader->slot) {
            *idle = !wait;
            return !wait;
        }
        reader->slot_target = bytes_of_next_slot(reader);
    }
    status = read_some(reader, &got, &foreign);
    if (status != OI_OK)
        got = 0;
    reader->slot->bytes += got;
    reader->bytes_left -= got;
    atomic_store(&running->blocks_read,
                 (unsigned)((total - reader->bytes_left) / running->section.block_bytes));
    if (status == OI_OK && got == 0)
        status = OI_END_OF_DATA;
    if (status != OI_OK)
        fail(reader, status, foreign);
    if (status != OI_OK || reader->slot->bytes == reader->slot_target)
        publish(reader);
    return status == OI_OK && reader->bytes_left > 0;
}

void oi_reader_finish(struct oi_reader *reader)
{
    struct oi_running *running = reader->running;
    struct oi_source *source = running->section.source;

    oi_fifo_close(running->fifo);
    atomic_store(&running->reader_inside, true);
    source->ops->close(source);
    atomic_store(&running->reader_inside, false);
    oi_mutex_lock(&running->lock);
    running->reader_done = true;
    oi_mutex_unlock(&running->lock);
    oi_running_wake_client(running);
}

void oi_reader_thread(void *context)
{
    struct oi_running *running = context;
    struct oi_reader reader;
    bool idle;

    oi_reader_init(&reader, running);
    while (oi_reader_step(&reader, true, &idle))
        ;
    oi_reader_finish(&reader);
    oi_running_release(running);
}
