/* The client's thread: starts the other two, tells the client what is going on, waits, and leaves
 * nothing running behind but, at the very worst, a read that does not return.
 * No lock is held while the client is told, the source read or the drive given a command. */
#include "engine.h"

#include <stdlib.h>
#include "running.h"

enum {
    EVENT_PERIOD_US = 500 * 1000,
    /* How long a section that is over waits for a read that is still inside the source: a file on
     * a slow disk comes back in that time, and a cancel has to be felt at once. */
    CANCEL_GRACE_US = 25 * 1000,
    FAILURE_GRACE_US = 1000 * 1000,
};

static struct oi_running *create_running(struct oi_engine *engine, const struct oi_section *section)
{
    struct oi_running *running = calloc(1, sizeof(*running));
    uint32_t slot_bytes;

    if (!running)
        return NULL;
    running->section = *section;
    if (!section->clock)
        running->section.clock = oi_clock_real();
    running->unit_blocks = oi_unit_blocks_of_profile(section->profile);
    running->size = oi_fifo_size_for(section->block_bytes, section->blocks_per_command,
                                     section->starting_speed, section->ending_speed);
    slot_bytes = running->size.slot_blocks * section->block_bytes;
    do
        running->fifo = oi_fifo_create(running->size.slots, slot_bytes, running->size.low_water);
    while (!running->fifo && oi_fifo_size_halve(&running->size));
    if (!running->fifo) {
        free(running);
        return NULL;
    }
    atomic_init(&running->refs, 1);
    running->engine = engine;
    running->client = section->client;
    running->outcome.first_doubtful_lba = section->start_lba;
    oi_mutex_init(&running->lock);
    return running;
}

void oi_running_release(struct oi_running *running)
{
    if (atomic_fetch_sub_explicit(&running->refs, 1, memory_order_acq_rel) != 1)
        return;
    oi_fifo_destroy(running->fifo);
    oi_mutex_fini(&running->lock);
    free(running);
}

void oi_running_fail(struct oi_running *running, const struct oi_outcome *failure)
{
    int32_t first_doubtful_lba;

    oi_mutex_lock(&running->lock);
    first_doubtful_lba = running->outcome.first_doubtful_lba; /* the writer's last word */
    if (!running->failed)
        running->outcome = *failure;
    running->outcome.first_doubtful_lba = first_doubtful_lba;
    running->failed = true;
    oi_mutex_unlock(&running->lock);
}

void oi_running_wake_client(struct oi_running *running)
{
    oi_mutex_lock(&running->lock);
    if (running->client)
        running->client->ops->wake(running->client);
    oi_mutex_unlock(&running->lock);
}

struct oi_progress oi_running_progress(const struct oi_running *running)
{
    const struct oi_section *section = &running->section;
    /* Written first: a picture in which more is written than was read can't be taken. */
    uint32_t written = atomic_load(&running->blocks_written);
    uint32_t read = atomic_load(&running->blocks_read);
    uint64_t used = (uint64_t)(read - written) * section->block_bytes;
    struct oi_progress progress = {
        .start_lba = section->start_lba,
        .sector_count = section->blocks,
        .last_read_lba = section->start_lba,
        .last_written_lba = section->start_lba,
        .total_bytes = running->size.slots * running->size.slot_blocks * section->block_bytes,
    };

    if (read)
        progress.last_read_lba = (int32_t)((int64_t)section->start_lba + read - 1);
    if (written)
        progress.last_written_lba = (int32_t)((int64_t)section->start_lba + written - 1);
    progress.used_bytes = used < progress.total_bytes ? (uint32_t)used : progress.total_bytes;
    progress.free_bytes = progress.total_bytes - progress.used_bytes;
    return progress;
}

bool oi_running_execute(struct oi_running *running, const struct oi_command *command,
                        struct oi_completion *completion)
{
    struct oi_flight *flight = running->section.flight;
    struct oi_clock *clock = running->section.clock;
    uint64_t issued_us = flight ? clock->now_us(clock) : 0;

    *completion = (struct oi_completion){0};
    if (oi_running_cancelled(running))
        return false;
    oi_transport_execute(running->section.drive->transport, command, completion);
    if (flight)
        oi_flight_record(flight, command, completion, issued_us, clock->now_us(clock) - issued_us);
    return true;
}

/* Gives back what it told: an abandoned reader may go on counting behind it. */
static struct oi_progress tell_client(const struct oi_running *running)
{
    struct oi_client *client = running->section.client;
    struct oi_progress progress = oi_running_progress(running);

    client->ops->update(client, &progress);
    return progress;
}

static bool is_done(struct oi_running *running, const bool *flag)
{
    bool done;

    oi_mutex_lock(&running->lock);
    done = *flag;
    oi_mutex_unlock(&running->lock);
    return done;
}

/* Events every half second until the writer is done; the client's own reading in between. */
static void attend(struct oi_running *running, struct oi_reader *own_reader)
{
    struct oi_client *client = running->section.client;
    uint64_t next_event_us = oi_clock_us() + EVENT_PERIOD_US;
    bool reading = own_reader != NULL;

    while (!is_done(running, &running->writer_done)) {
        bool idle = true;

        if (oi_clock_us() >= next_event_us) {
            tell_client(running);
            next_event_us = oi_clock_us() + EVENT_PERIOD_US;
        }
        if (reading) {
            reading = oi_reader_step(own_reader, false, &idle);
            if (!reading)
                oi_reader_finish(own_reader);
        }
        /* After a read only calls that are pending are served: a recorder may live here. */
        client->ops->wait(client, idle ? next_event_us : 0);
    }
    if (reading)
        oi_reader_finish(own_reader);
}

/* Waits until the reader's thread is through, but not for a read that does not come back. */
static bool reader_comes_home(struct oi_running *running)
{
    struct oi_client *client = running->section.client;
    uint64_t grace_us = oi_running_cancelled(running) ? CANCEL_GRACE_US : FAILURE_GRACE_US;
    uint64_t patience_us = oi_clock_us() + grace_us;

    while (!is_done(running, &running->reader_done)) {
        uint64_t now_us = oi_clock_us();

        if (now_us >= patience_us) {
            if (atomic_load(&running->reader_inside))
                return false;
            patience_us = now_us + grace_us;
        }
        client->ops->wait(client, patience_us);
    }
    return true;
}

static void no_thread(struct oi_running *running)
{
    struct oi_outcome failure = {.status = OI_OUT_OF_MEMORY, .culprit = OI_BY_SYSTEM};

    oi_running_fail(running, &failure);
}

static void run_threads(struct oi_running *running)
{
    struct oi_source *source = running->section.source;
    struct oi_thread *writer, *reader = NULL;
    struct oi_reader own_reader;
    bool client_reads = running->section.client_reads;

    if (oi_thread_start(&writer, oi_writer_thread, running) != OI_OK) {
        no_thread(running);
        source->ops->close(source);
        return;
    }
    if (client_reads) {
        oi_reader_init(&own_reader, running);
    } else {
        atomic_fetch_add_explicit(&running->refs, 1, memory_order_relaxed);
        if (oi_thread_start(&reader, oi_reader_thread, running) != OI_OK) {
            oi_running_release(running);
            no_thread(running);
            oi_fifo_abort(running->fifo);
            source->ops->close(source);
        }
    }
    attend(running, client_reads ? &own_reader : NULL);
    oi_thread_join(writer);
    oi_fifo_abort(running->fifo);
    if (!reader)
        return;
    if (reader_comes_home(running))
        oi_thread_join(reader);
    else
        oi_thread_detach(reader);
}

enum oi_status oi_engine_write_section(struct oi_engine *engine, const struct oi_section *section,
                                       struct oi_outcome *outcome)
{
    struct oi_running *running = create_running(engine, section);
    struct oi_progress last;
    bool cancelled;

    if (!running) {
        *outcome = (struct oi_outcome){
            .status = OI_OUT_OF_MEMORY,
            .culprit = OI_BY_SYSTEM,
            .first_doubtful_lba = section->start_lba,
        };
        section->source->ops->close(section->source);
        oi_engine_unclaim(engine);
        return OI_OUT_OF_MEMORY;
    }
    oi_engine_prepare(engine, running);
    tell_client(running);
    if (oi_running_cancelled(running))
        section->source->ops->close(section->source);
    else
        run_threads(running);
    oi_running_end_writing(running);
    cancelled = oi_running_cancelled(running);
    last = tell_client(running);

    oi_mutex_lock(&running->lock);
    running->client = NULL;
    *outcome = running->outcome;
    oi_mutex_unlock(&running->lock);
    outcome->progress = last;
    outcome->blocks_read = atomic_load(&running->blocks_read);
    outcome->blocks_written = atomic_load(&running->blocks_written);
    if (cancelled)
        outcome->status = OI_CANCELLED;
    else if (outcome->status == OI_OK && outcome->blocks_written != (uint32_t)section->blocks)
        outcome->status = OI_FAILED; /* whatever the cause: never a success with blocks missing */
    oi_engine_finish(engine);
    oi_running_release(running);
    return outcome->status;
}
