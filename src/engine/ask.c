/* Commands that change nothing on the disc; none of them is sent in a write without incidents but
 * one READ TRACK INFORMATION at its end and one READ BUFFER CAPACITY. */
#include "ask.h"

#include "cdb.h"
#include "disc_info.h"

/* As recommended for MMC drives; START UNIT and SYNCHRONIZE CACHE work while they are waited for.
 */
enum {
    SHORT_MS = 10 * 1000,
    INFORMATION_MS = 30 * 1000,
    START_MS = 240 * 1000,
    SYNCHRONIZE_MS = 900 * 1000,
    READY_POLL_US = 100 * 1000,
    READY_BUDGET_US = 60 * 1000 * 1000,
    ATTENTIONS_MAX = 5,
    TRIES_MAX = 5,
    SENSE_BYTES = 18,
    TRACK_BYTES = 36,
    BUFFER_BYTES = 12,
};

struct answer {
    struct oi_completion completion;
    struct oi_sense sense;
    bool good;
};

static void take_news(const struct oi_sense *sense, struct oi_news *news)
{
    bool attention = sense->key == OI_KEY_UNIT_ATTENTION;

    if (!sense->present)
        return;
    if (sense->deferred && sense->key > OI_KEY_RECOVERED_ERROR) {
        if (!news->lost_write)
            news->loss = *sense;
        news->lost_write = true;
        return;
    }
    news->reset |= attention && sense->asc == 0x29;
    news->another_disc |=
        (attention && sense->asc == 0x28) || (sense->key == OI_KEY_NOT_READY && sense->asc == 0x3a);
}

static struct answer give(struct oi_running *running, struct oi_cdb cdb, void *data, uint32_t bytes,
                          uint32_t timeout_ms, struct oi_news *news)
{
    struct answer answer = {.good = false};
    struct oi_command command = {
        .cdb = cdb,
        .direction = bytes ? OI_DATA_IN : OI_DATA_NONE,
        .data = data,
        .data_len = bytes,
        .timeout_ms = timeout_ms,
    };

    if (!oi_running_execute(running, &command, &answer.completion)) {
        answer.completion.status = OI_CANCELLED;
        return answer;
    }
    if (answer.completion.status != OI_OK)
        return answer;
    answer.good = answer.completion.scsi_status == OI_SCSI_GOOD;
    if (answer.completion.scsi_status == OI_SCSI_CHECK_CONDITION)
        answer.sense = oi_sense_parse(answer.completion.sense, answer.completion.sense_len);
    take_news(&answer.sense, news);
    if (answer.completion.moved > bytes)
        answer.completion.moved = bytes;
    return answer;
}

struct oi_sense oi_ask_sense(struct oi_running *running, struct oi_news *news)
{
    uint8_t data[SENSE_BYTES] = {0};
    struct answer answer =
        give(running, oi_cdb_request_sense(SENSE_BYTES), data, SENSE_BYTES, SHORT_MS, news);
    struct oi_sense sense = {0};

    if (answer.good)
        sense = oi_sense_parse(data, answer.completion.moved);
    /* NO SENSE is not what the command ended with: that is lost. */
    if (sense.key == OI_KEY_NO_SENSE && !sense.deferred)
        sense.present = false;
    return sense;
}

/* The same, and the sense is asked for when it did not come by itself: it may be news. */
static struct answer send(struct oi_running *running, struct oi_cdb cdb, void *data, uint32_t bytes,
                          uint32_t timeout_ms, struct oi_news *news)
{
    struct answer answer = give(running, cdb, data, bytes, timeout_ms, news);

    if (answer.completion.status == OI_OK &&
        answer.completion.scsi_status == OI_SCSI_CHECK_CONDITION && !answer.sense.present) {
        answer.sense = oi_ask_sense(running, news);
        take_news(&answer.sense, news);
    }
    return answer;
}

/* News took the place of the answer: the question can be asked again. */
static bool came_instead(const struct answer *answer)
{
    const struct oi_sense *sense = &answer->sense;

    return sense->present && (sense->deferred || sense->key == OI_KEY_UNIT_ATTENTION);
}

static bool will_be_ready(const struct answer *answer)
{
    if (answer->completion.status != OI_OK)
        return false;
    if (answer->completion.scsi_status == OI_SCSI_BUSY)
        return true;
    return answer->sense.present && answer->sense.key == OI_KEY_NOT_READY &&
           answer->sense.asc == 0x04;
}

bool oi_ask_ready(struct oi_running *running, uint64_t budget_us, struct oi_news *news)
{
    struct oi_clock *clock = running->section.clock;
    uint64_t deadline_us = clock->now_us(clock) + budget_us;
    uint32_t attentions = 0;

    for (;;) {
        struct answer answer = send(running, oi_cdb_test_unit_ready(), NULL, 0, SHORT_MS, news);
        uint64_t now_us = clock->now_us(clock);

        if (answer.good)
            return true;
        if (came_instead(&answer)) {
            if (news->another_disc || ++attentions > ATTENTIONS_MAX)
                return false;
            continue;
        }
        if (!will_be_ready(&answer) || now_us >= deadline_us)
            return false;
        oi_fifo_pause(running->fifo, clock, now_us + READY_POLL_US);
    }
}

/* Whether it is worth asking again: not when the drive does not know the question, or is gone. */
static bool may_answer_yet(const struct answer *answer, const struct oi_news *news)
{
    const struct oi_sense *sense = &answer->sense;
    bool refused = sense->present && !sense->deferred && sense->key == OI_KEY_ILLEGAL_REQUEST;

    if (answer->completion.status != OI_OK)
        return answer->completion.status == OI_TIMED_OUT;
    return !refused && !news->another_disc;
}

static bool read_track(const struct answer *answer, const uint8_t *data,
                       struct oi_track_information *track)
{
    const struct oi_sense *sense = &answer->sense;
    bool recovered = sense->present && !sense->deferred && sense->key <= OI_KEY_RECOVERED_ERROR;

    return (answer->good || recovered) &&
           oi_track_information_parse(data, answer->completion.moved, track);
}

bool oi_ask_next_writable(struct oi_running *running, int32_t lba, int32_t *next,
                          struct oi_news *news)
{
    uint8_t data[TRACK_BYTES] = {0};
    struct oi_cdb cdb =
        oi_cdb_read_track_information(OI_BY_LBA, lba < 0 ? 0 : (uint32_t)lba, TRACK_BYTES);
    struct oi_track_information track;
    struct answer answer;
    enum oi_status silent = OI_OK;

    for (uint32_t tries = 0; tries < TRIES_MAX; tries++) {
        answer = send(running, cdb, data, TRACK_BYTES, INFORMATION_MS, news);
        if (read_track(&answer, data, &track)) {
            *next = track.next_writable_lba;
            return track.next_writable_valid;
        }
        if (answer.completion.status == OI_TIMED_OUT || answer.completion.status == OI_DEVICE_GONE)
            silent = answer.completion.status;
        if (!may_answer_yet(&answer, news))
            break;
        if (will_be_ready(&answer))
            oi_ask_ready(running, READY_BUDGET_US, news);
    }
    if (silent != OI_OK)
        news->silent = silent;
    return false;
}

uint32_t oi_ask_buffer_bytes(struct oi_running *running, struct oi_news *news)
{
    uint8_t data[BUFFER_BYTES] = {0};
    struct answer answer = send(running, oi_cdb_read_buffer_capacity(false, BUFFER_BYTES), data,
                                BUFFER_BYTES, SHORT_MS, news);
    struct oi_buffer_capacity buffer;

    if (!answer.good || !oi_buffer_capacity_parse(data, answer.completion.moved, &buffer))
        return 0;
    return buffer.total_bytes;
}

void oi_ask_start_unit(struct oi_running *running, struct oi_news *news)
{
    send(running, oi_cdb_start_stop_unit(OI_UNIT_START, false), NULL, 0, START_MS, news);
}

void oi_ask_synchronize(struct oi_running *running, struct oi_news *news)
{
    struct answer answer =
        send(running, oi_cdb_synchronize_cache(false), NULL, 0, SYNCHRONIZE_MS, news);
    const struct oi_sense *sense = &answer.sense;

    /* What it could not record was accepted before. */
    if (sense->present && !news->lost_write &&
        (sense->key == OI_KEY_MEDIUM_ERROR || sense->key == OI_KEY_HARDWARE_ERROR)) {
        news->lost_write = true;
        news->loss = *sense;
    }
}
