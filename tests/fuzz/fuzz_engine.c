/* A drive that answers whatever it likes, while the write engine writes a section to it.
 * Input: eight bytes that say what section (see take_scene), then one answer after the other: a
 * kind, and the bytes that this kind wants. When they are used up the drive is honest, or gives the
 * last answer for ever.
 *
 * Whatever it answers the section ends, with a bounded number of commands, and is a success only if
 * the drive said of every block that it took it. As long as it has not lied, what it holds is the
 * judge: all of a successful section, and of a failed one all in front of the first doubtful block.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine.h"

enum {
    SCENE_BYTES = 8,
    BLOCKS_MAX = 64,
    BLOCK_BYTES = 2048,
    REPLY_MAX = 64,
    COMMAND_US = 100,
    COMMANDS_MAX = 100000, /* a section that needs more never ends */
};

enum kind { HONEST, SENSE, ANY_SENSE, STATUS, SILENCE, REPLY, NOT_DONE, LATE, KINDS };

static const uint16_t profiles[] = {0x0009, 0x001b, 0x001a, 0x0012, 0x0041,
                                    0x0043, 0x0016, 0x0042, 0x0000};

struct play {
    /* What is written. */
    struct oi_engine engine;
    struct oi_section section;
    struct oi_outcome outcome;
    uint32_t bytes_there; /* that the source has */
    bool source_fails;
    uint32_t bytes_read;
    uint32_t cancel_at; /* the command in whose midst it is cancelled, counted from 1; 0: none */
    bool cancelled;
    /* The drive. */
    struct oi_transport transport;
    struct oi_drive drive;
    const uint8_t *data; /* of the answers to come */
    size_t size;
    bool for_ever;
    const uint8_t *last; /* the last answer */
    size_t last_size;
    atomic_ullong now_us;
    uint32_t commands;
    enum oi_medium medium;
    uint32_t recorded; /* blocks, in one piece from the start */
    uint8_t disc[BLOCKS_MAX * BLOCK_BYTES];
    bool written[BLOCKS_MAX], accepted[BLOCKS_MAX];
    uint32_t write_first, write_blocks; /* of the last WRITE */
    int64_t claimed;                    /* the furthest next writable address it told */
    bool lied;
    /* Its client. */
    struct oi_client client;
    struct oi_source source;
    struct oi_clock clock;
    struct oi_mutex lock;
    struct oi_cond moved;
    bool wake, closed;
    uint32_t events;
    struct oi_progress seen;
};

static struct play play;

_Noreturn static void broken(const char *format, ...) __attribute__((format(printf, 1, 2)));

_Noreturn static void broken(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("BROKEN PROMISE: ", stderr);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n  %d blocks from LBA %d, profile %04x: status %d after %u commands\n",
            play.section.blocks, play.section.start_lba, play.section.profile,
            (int)play.outcome.status, play.commands);
    abort();
}

#define must(condition, ...) ((condition) ? (void)0 : broken(__VA_ARGS__))

static uint8_t pattern(uint32_t offset)
{
    return (uint8_t)((offset / 4 * 0x9e3779b1u) >> (8 * (offset % 4)));
}

/* ---- time ---- */

static void pass(uint64_t us)
{
    atomic_fetch_add(&play.now_us, us);
}

static uint64_t clock_now(struct oi_clock *clock)
{
    (void)clock;
    return atomic_load(&play.now_us);
}

static bool clock_wait(struct oi_clock *clock, struct oi_cond *cond, struct oi_mutex *mutex,
                       uint64_t deadline_us)
{
    unsigned long long now = atomic_load(&play.now_us);

    (void)clock;
    (void)cond;
    (void)mutex;
    if (now < deadline_us)
        atomic_store(&play.now_us, deadline_us);
    return false;
}

/* ---- the drive ---- */

static uint8_t take8(void)
{
    if (!play.size)
        return 0;
    play.size--;
    return *play.data++;
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static bool is_write(const struct oi_command *command)
{
    return command->direction == OI_DATA_OUT;
}

static uint32_t first_block(const struct oi_command *command)
{
    return be32(command->cdb.bytes + 2) - (uint32_t)play.section.start_lba;
}

static void set_sense(struct oi_completion *completion, uint8_t response, uint8_t key, uint8_t asc,
                      uint8_t ascq)
{
    completion->scsi_status = OI_SCSI_CHECK_CONDITION;
    completion->sense_len = 18;
    completion->sense[0] = response;
    completion->sense[2] = key;
    completion->sense[7] = 10;
    completion->sense[12] = asc;
    completion->sense[13] = ascq;
}

/* As much of the WRITE as is said is on the disc. */
static void record(const struct oi_command *command, uint32_t bytes)
{
    uint32_t first = first_block(command), blocks = bytes / BLOCK_BYTES;

    memcpy(play.disc + (size_t)first * BLOCK_BYTES, command->data, (size_t)blocks * BLOCK_BYTES);
    for (uint32_t i = 0; i < blocks; i++)
        play.written[first + i] = true;
    while (play.recorded < BLOCKS_MAX && play.written[play.recorded])
        play.recorded++;
}

/* What lies in order on a sequential disc is written once. */
static bool takes(const struct oi_command *command)
{
    return play.medium != OI_MEDIUM_SEQUENTIAL || first_block(command) == play.recorded;
}

static void tell(const struct oi_command *command, struct oi_completion *completion,
                 const uint8_t *reply, uint32_t size)
{
    completion->moved = size < command->data_len ? size : command->data_len;
    memcpy(command->data, reply, completion->moved);
}

static void answer_question(const struct oi_command *command, struct oi_completion *completion)
{
    uint8_t reply[36] = {0};

    if (command->direction != OI_DATA_IN)
        return;
    switch (command->cdb.bytes[0]) {
    case OI_OP_READ_TRACK_INFORMATION:
        reply[1] = 34;
        reply[7] = play.medium == OI_MEDIUM_SEQUENTIAL;
        put32(reply + 12, (uint32_t)play.section.start_lba + play.recorded);
        break;
    case OI_OP_READ_BUFFER_CAPACITY:
        reply[1] = 10;
        put32(reply + 4, 4 * BLOCK_BYTES);
        break;
    case OI_OP_REQUEST_SENSE:
        reply[0] = 0x70;
        reply[7] = 10;
        break;
    default:
        break;
    }
    tell(command, completion, reply, sizeof(reply));
}

static void do_as_told(const struct oi_command *command, struct oi_completion *completion)
{
    if (!is_write(command)) {
        answer_question(command, completion);
    } else if (takes(command)) {
        record(command, command->data_len);
        completion->moved = command->data_len;
    } else {
        set_sense(completion, 0x70, OI_KEY_ILLEGAL_REQUEST, 0x21, 0x02);
    }
}

/* Sense that means that the data was taken. */
static bool is_success(const struct oi_completion *completion)
{
    struct oi_sense sense = oi_sense_parse(completion->sense, completion->sense_len);

    if (completion->status != OI_OK)
        return false;
    if (completion->scsi_status == OI_SCSI_GOOD)
        return true;
    return completion->scsi_status == OI_SCSI_CHECK_CONDITION && sense.present && !sense.deferred &&
           (sense.key == OI_KEY_RECOVERED_ERROR ||
            (sense.key == OI_KEY_NO_SENSE && !sense.asc && !sense.ascq));
}

/* Who says that it was done has done it; who says that it was not may have, if `done`. */
static void act_on_sense(const struct oi_command *command, struct oi_completion *completion,
                         bool done)
{
    if (is_success(completion))
        done = true;
    if (!is_write(command) || !done)
        return;
    if (takes(command))
        record(command, command->data_len);
    else if (is_success(completion))
        play.lied = true;
    completion->moved = is_success(completion) ? command->data_len : 0;
}

static void answer_with_sense(const struct oi_command *command, struct oi_completion *completion)
{
    enum { DONE = 0x40, AT_BLOCK = 0x80 };
    uint8_t response = take8(), key = take8(), asc = take8(), ascq = take8();

    set_sense(completion, (uint8_t)(0x70 | (response & 0x01)), key & 0x0f, asc, ascq);
    if (response & AT_BLOCK) {
        completion->sense[0] |= 0x80;
        put32(completion->sense + 3,
              (uint32_t)play.section.start_lba + (uint32_t)(response & 0x3e) / 2);
    }
    act_on_sense(command, completion, response & DONE);
}

static void answer_with_any_sense(const struct oi_command *command,
                                  struct oi_completion *completion)
{
    uint8_t how = take8();

    completion->scsi_status = OI_SCSI_CHECK_CONDITION;
    completion->sense_len = how % (OI_SENSE_MAX + 1);
    for (int i = 0; i < completion->sense_len; i++)
        completion->sense[i] = take8();
    act_on_sense(command, completion, how & 0x80);
}

/* Of data that the drive was asked for; or how many bytes of a WRITE it took. */
static void answer_with_bytes(const struct oi_command *command, struct oi_completion *completion)
{
    uint8_t reply[REPLY_MAX];
    uint8_t size = take8() % REPLY_MAX;

    for (int i = 0; i < size; i++)
        reply[i] = take8();
    if (command->direction == OI_DATA_IN) {
        tell(command, completion, reply, size);
        play.lied = true;
    } else if (is_write(command) && takes(command)) {
        completion->moved = command->data_len / REPLY_MAX * size;
        record(command, completion->moved);
    }
}

static void stay_silent(const struct oi_command *command, struct oi_completion *completion)
{
    static const enum oi_status ends[] = {OI_TIMED_OUT, OI_DEVICE_GONE, OI_FOREIGN, OI_FAILED};
    uint8_t how = take8();

    completion->status = ends[how % (sizeof(ends) / sizeof(ends[0]))];
    completion->foreign = completion->status == OI_FOREIGN ? -1 : 0;
    if (completion->status == OI_TIMED_OUT)
        pass((uint64_t)command->timeout_ms * 1000);
    if (is_write(command) && (how & 0x80) && takes(command))
        record(command, command->data_len);
}

static void answer(const struct oi_command *command, struct oi_completion *completion)
{
    switch ((enum kind)(take8() % KINDS)) {
    case SENSE:
        answer_with_sense(command, completion);
        return;
    case ANY_SENSE:
        answer_with_any_sense(command, completion);
        return;
    case STATUS:
        completion->scsi_status = take8();
        if (completion->scsi_status == OI_SCSI_GOOD)
            do_as_told(command, completion);
        return;
    case SILENCE:
        stay_silent(command, completion);
        return;
    case REPLY:
        answer_with_bytes(command, completion);
        return;
    case NOT_DONE:
        completion->moved = command->data_len;
        play.lied = true;
        return;
    case LATE:
        pass((uint64_t)take8() * take8() * 10000);
        break;
    case HONEST:
    case KINDS:
        break;
    }
    do_as_told(command, completion);
}

static void accept(void)
{
    memset(play.accepted + play.write_first, true, play.write_blocks);
}

/* The drive may say of a WRITE only when it is asked that it was a success after all. */
static void note_told_sense(const struct oi_command *command,
                            const struct oi_completion *completion)
{
    struct oi_sense sense = oi_sense_parse(command->data, completion->moved);

    if (completion->scsi_status == OI_SCSI_GOOD && sense.key == OI_KEY_RECOVERED_ERROR &&
        !sense.deferred)
        accept();
}

/* What the engine may build a success on. */
static void note(const struct oi_command *command, const struct oi_completion *completion)
{
    const uint8_t *reply = command->data;

    if (is_write(command)) {
        play.write_first = first_block(command);
        play.write_blocks = command->data_len / BLOCK_BYTES;
        if (is_success(completion) &&
            (completion->scsi_status != OI_SCSI_GOOD || completion->moved == command->data_len))
            accept();
    }
    if (command->cdb.bytes[0] == OI_OP_REQUEST_SENSE)
        note_told_sense(command, completion);
    if (command->cdb.bytes[0] == OI_OP_READ_TRACK_INFORMATION && completion->moved >= 28 &&
        (reply[7] & 1) && (int32_t)be32(reply + 12) > play.claimed)
        play.claimed = (int32_t)be32(reply + 12);
}

static void check_command(const struct oi_command *command)
{
    const struct oi_section *section = &play.section;
    uint32_t first = first_block(command);

    must(++play.commands < COMMANDS_MAX, "the section does not end");
    must(command->timeout_ms, "a command without a time-out");
    must(command->direction == OI_DATA_NONE ? !command->data_len : command->data_len,
         "%u bytes in direction %d", command->data_len, (int)command->direction);
    if (!is_write(command))
        return;
    must(command->data_len % BLOCK_BYTES == 0 &&
             command->data_len / BLOCK_BYTES <= section->blocks_per_command,
         "%u bytes in a WRITE", command->data_len);
    must(first < (uint32_t)section->blocks &&
             command->data_len / BLOCK_BYTES <= (uint32_t)section->blocks - first,
         "%u bytes at block %u", command->data_len, first);
    for (uint32_t i = 0; i < command->data_len; i += 509)
        must(((const uint8_t *)command->data)[i] == pattern(first * BLOCK_BYTES + i),
             "block %u got other data", first);
}

static void drive_execute(struct oi_transport *transport, const struct oi_command *command,
                          struct oi_completion *completion)
{
    (void)transport;
    *completion = (struct oi_completion){0};
    check_command(command);
    pass(COMMAND_US);
    if (play.commands == play.cancel_at)
        play.cancelled = oi_engine_cancel(&play.engine);
    if (!play.size && play.for_ever && play.last) {
        play.data = play.last;
        play.size = play.last_size;
    }
    play.last = play.size ? play.data : play.last;
    play.last_size = play.size ? play.size : play.last_size;
    answer(command, completion);
    note(command, completion);
}

/* ---- source and client ---- */

static enum oi_status source_open(struct oi_source *source, int32_t *foreign)
{
    (void)source;
    (void)foreign;
    return OI_OK;
}

static enum oi_status source_read(struct oi_source *source, void *data, uint32_t size,
                                  uint32_t *got, int32_t *foreign)
{
    uint32_t rest = play.bytes_there - play.bytes_read;

    (void)source;
    *got = 0;
    if (!rest && play.source_fails) {
        *foreign = -1;
        return OI_FOREIGN;
    }
    if (size > rest)
        size = rest;
    for (uint32_t i = 0; i < size; i++)
        ((uint8_t *)data)[i] = pattern(play.bytes_read + i);
    play.bytes_read += size;
    *got = size;
    return OI_OK;
}

static void source_close(struct oi_source *source)
{
    (void)source;
    oi_mutex_lock(&play.lock);
    must(!play.closed, "the source is closed twice");
    play.closed = true;
    oi_cond_broadcast(&play.moved);
    oi_mutex_unlock(&play.lock);
}

static void client_update(struct oi_client *client, const struct oi_progress *progress)
{
    (void)client;
    must(progress->used_bytes + progress->free_bytes == progress->total_bytes,
         "%u + %u bytes are not %u", progress->used_bytes, progress->free_bytes,
         progress->total_bytes);
    must(!play.events++ || (progress->last_read_lba >= play.seen.last_read_lba &&
                            progress->last_written_lba >= play.seen.last_written_lba),
         "the progress went back");
    must(progress->last_written_lba <= progress->last_read_lba, "more was written than read");
    play.seen = *progress;
}

static void client_wait(struct oi_client *client, uint64_t deadline_us)
{
    bool in_time = true;

    (void)client;
    oi_mutex_lock(&play.lock);
    while (!play.wake && in_time)
        in_time = oi_cond_wait_until(&play.moved, &play.lock, deadline_us);
    play.wake = false;
    oi_mutex_unlock(&play.lock);
}

static void client_wake(struct oi_client *client)
{
    (void)client;
    oi_mutex_lock(&play.lock);
    play.wake = true;
    oi_cond_broadcast(&play.moved);
    oi_mutex_unlock(&play.lock);
}

static void wait_for_source(void)
{
    enum { DEADLINE_US = 15 * 1000 * 1000 };
    uint64_t deadline_us = oi_clock_us() + DEADLINE_US;
    bool in_time = true;

    oi_mutex_lock(&play.lock);
    while (!play.closed && in_time)
        in_time = oi_cond_wait_until(&play.moved, &play.lock, deadline_us);
    oi_mutex_unlock(&play.lock);
    must(play.closed, "the source was not closed");
}

/* ---- the play ---- */

/* Profile, blocks, blocks per command, flags, where it starts, two bytes of how much the source
 * has, the command in which it is cancelled. */
static void take_scene(const uint8_t scene[SCENE_BYTES])
{
    enum {
        STREAMING = 0x01,
        CLIENT_READS = 0x02,
        FOR_EVER = 0x04,
        FAILS = 0x08,
        SHORT = 0x10,
        SLOW = 0x20
    };
    static const int32_t starts[] = {0, -150, 16, 5, -1, 0x7fffff00, -0x7fffffff, 359000};
    uint8_t flags = scene[3];

    play.section = (struct oi_section){
        .source = &play.source,
        .drive = &play.drive,
        .client = &play.client,
        .clock = &play.clock,
        .start_lba = starts[scene[4] % 8],
        .blocks = 1 + scene[1] % BLOCKS_MAX,
        .block_bytes = BLOCK_BYTES,
        .blocks_per_command = 1 + scene[2] % 32,
        .profile = profiles[scene[0] % (sizeof(profiles) / sizeof(profiles[0]))],
        .starting_speed = flags & SLOW ? 75 : -1,
        .ending_speed = flags & SLOW ? 75 : -1,
        .streaming = flags & STREAMING,
        .client_reads = flags & CLIENT_READS,
    };
    play.medium = oi_medium_of_profile(play.section.profile);
    play.for_ever = flags & FOR_EVER;
    play.source_fails = flags & FAILS;
    play.bytes_there = (uint32_t)play.section.blocks * BLOCK_BYTES;
    if (flags & SHORT)
        play.bytes_there = ((uint32_t)scene[5] << 8 | scene[6]) % play.bytes_there;
    play.cancel_at = scene[7];
    play.claimed = INT64_MIN;
}

static bool holds(uint32_t block)
{
    const uint8_t *sector = play.disc + (size_t)block * BLOCK_BYTES;

    for (uint32_t i = 0; i < BLOCK_BYTES; i++)
        if (sector[i] != pattern(block * BLOCK_BYTES + i))
            return false;
    return play.written[block];
}

static void judge(enum oi_status status)
{
    const struct oi_section *section = &play.section;
    const struct oi_outcome *outcome = &play.outcome;
    int64_t good = (int64_t)outcome->first_doubtful_lba - section->start_lba;

    must(status == outcome->status, "returned %d", (int)status);
    must(!oi_engine_busy(&play.engine), "the engine is busy behind its section");
    must(play.events >= 2, "%u events", play.events);
    must(!play.cancelled || status == OI_CANCELLED, "a cancel was accepted and had no effect");
    must(good >= 0 && good <= section->blocks, "the first doubtful block is number %lld",
         (long long)good);
    must(outcome->blocks_written <= outcome->blocks_read, "more was written than read");
    if (status == OI_OK)
        must(good == section->blocks && outcome->blocks_written == (uint32_t)section->blocks,
             "a success of %lld blocks", (long long)good);
    for (uint32_t i = 0; i < (uint32_t)good; i++) {
        must(play.accepted[i] || play.claimed > (int64_t)section->start_lba + i,
             "block %u passes for good, but the drive never took it", i);
        must(play.lied || holds(i), "block %u passes for good and is not on the disc", i);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct oi_transport_ops transport_ops = {drive_execute};
    static const struct oi_source_ops source_ops = {source_open, source_read, source_close};
    static const struct oi_client_ops client_ops = {client_update, client_wait, client_wake};
    enum oi_status status;

    if (size < SCENE_BYTES)
        return 0;
    memset(&play, 0, sizeof(play));
    play.transport.ops = &transport_ops;
    play.drive.transport = &play.transport;
    play.source.ops = &source_ops;
    play.client.ops = &client_ops;
    play.clock = (struct oi_clock){clock_now, clock_wait};
    atomic_init(&play.now_us, 1);
    take_scene(data);
    play.data = data + SCENE_BYTES;
    play.size = size - SCENE_BYTES;
    oi_mutex_init(&play.lock);
    oi_cond_init(&play.moved);
    oi_engine_init(&play.engine);
    must(oi_engine_claim(&play.engine), "the engine is taken");
    status = oi_engine_write_section(&play.engine, &play.section, &play.outcome);
    wait_for_source();
    judge(status);
    oi_engine_fini(&play.engine);
    oi_cond_fini(&play.moved);
    oi_mutex_fini(&play.lock);
    return 0;
}
