/* A WRITE is issued again only when it is certain that it was not executed: the drive said "not
 * ready", reported somebody else's error (deferred sense: SPC-3, "Deferred errors", the command
 * itself has not been executed), or greeted us with a unit attention; or when the medium takes the
 * same blocks twice. Where that is not certain the drive is asked for its next writable address.
 * Everything else ends the section: a blind repeat on a write-once disc does harm. */
#include "reaction.h"

#include <stddef.h>

#define NONE OI_REMEDY_NONE

/* clang-format off */
const struct oi_reaction_row oi_reaction_rows[] = {
    /* when                   key                     asc     ascq    action             remedy            limit  ms: min max  s */
    {OI_IF_DEFERRED,          OI_KEY_NO_SENSE,        OI_ANY, OI_ANY, OI_ACT_AGAIN,      NONE,                 3,    0,   0,  0},
    {OI_IF_DEFERRED,          OI_KEY_RECOVERED_ERROR, OI_ANY, OI_ANY, OI_ACT_AGAIN,      NONE,                 3,    0,   0,  0}, /* an earlier write was saved */
    {OI_IF_DEFERRED,          OI_ANY,                 OI_ANY, OI_ANY, OI_ACT_FATAL,      NONE,                 0,    0,   0,  0}, /* an earlier write was lost */
    {OI_ALWAYS,               OI_KEY_NO_SENSE,        0x00,   0x00,   OI_ACT_DONE,       NONE,                 0,    0,   0,  0},
    {OI_ALWAYS,               OI_KEY_RECOVERED_ERROR, OI_ANY, OI_ANY, OI_ACT_DONE,       NONE,                 0,    0,   0,  0}, /* the data is on the disc */

    {OI_ALWAYS,               OI_KEY_NOT_READY,       0x04,   0x08,   OI_ACT_AGAIN,      NONE,                 0,    2,  40,  0}, /* long write in progress: buffer full */
    {OI_ALWAYS,               OI_KEY_NOT_READY,       0x04,   0x07,   OI_ACT_AGAIN,      NONE,                 0,   20, 200,  0}, /* operation in progress: lead-in, OPC */
    {OI_ALWAYS,               OI_KEY_NOT_READY,       0x04,   0x04,   OI_ACT_AGAIN,      NONE,                 0,  200, 200, 10}, /* format in progress */
    {OI_ALWAYS,               OI_KEY_NOT_READY,       0x04,   0x01,   OI_ACT_AGAIN,      NONE,                 0,  250, 250,  0}, /* becoming ready: spin-up */
    {OI_ALWAYS,               OI_KEY_NOT_READY,       0x04,   0x00,   OI_ACT_AGAIN,      NONE,                 0,  100, 100,  5}, /* cause not reportable */
    {OI_ALWAYS,               OI_KEY_NOT_READY,       0x04,   0x02,   OI_ACT_AGAIN,      OI_REMEDY_START_UNIT, 1,    0,   0,  0}, /* start unit needed */

    {OI_IF_RANDOM,            OI_KEY_MEDIUM_ERROR,    0x0c,   0x00,   OI_ACT_AGAIN,      NONE,                 2,    0,   0,  0}, /* write errors: whole units once more */
    {OI_IF_RANDOM,            OI_KEY_MEDIUM_ERROR,    0x0c,   0x02,   OI_ACT_AGAIN,      NONE,                 2,    0,   0,  0},
    {OI_IF_RANDOM,            OI_KEY_MEDIUM_ERROR,    0x0c,   0x07,   OI_ACT_AGAIN,      NONE,                 2,    0,   0,  0},
    {OI_IF_RANDOM,            OI_KEY_MEDIUM_ERROR,    0x0c,   0x08,   OI_ACT_AGAIN,      NONE,                 2,    0,   0,  0},
    {OI_IF_RANDOM,            OI_KEY_MEDIUM_ERROR,    0x0c,   0x0f,   OI_ACT_AGAIN,      NONE,                 2,    0,   0,  0},
    {OI_ALWAYS,               OI_KEY_HARDWARE_ERROR,  0x08,   OI_ANY, OI_ACT_REPOSITION, NONE,                 1,    0,   0,  0}, /* communication failure */

    {OI_IF_STREAMING_FIRST,   OI_KEY_ILLEGAL_REQUEST, 0x20,   0x00,   OI_ACT_FALLBACK,   NONE,                 0,    0,   0,  0}, /* WRITE (12) is unknown */
    {OI_IF_STREAMING,         OI_KEY_ILLEGAL_REQUEST, 0x24,   0x00,   OI_ACT_FALLBACK,   NONE,                 0,    0,   0,  0}, /* its Streaming bit is refused */
    {OI_IF_STREAMING,         OI_KEY_ILLEGAL_REQUEST, 0x26,   0x00,   OI_ACT_FALLBACK,   NONE,                 0,    0,   0,  0},
    {OI_IF_STREAMING,         OI_KEY_ILLEGAL_REQUEST, 0x26,   0x01,   OI_ACT_FALLBACK,   NONE,                 0,    0,   0,  0},
    {OI_IF_STREAMING,         OI_KEY_ILLEGAL_REQUEST, 0x26,   0x02,   OI_ACT_FALLBACK,   NONE,                 0,    0,   0,  0},
    {OI_ALWAYS,               OI_KEY_ILLEGAL_REQUEST, 0x21,   0x02,   OI_ACT_REPOSITION, NONE,                 0,    0,   0,  0}, /* invalid address for write */
    {OI_ALWAYS,               OI_KEY_ILLEGAL_REQUEST, 0x2c,   0x00,   OI_ACT_REPOSITION, OI_REMEDY_SYNCHRONIZE, 1,   0,   0,  0}, /* command sequence error */

    {OI_IF_NOTHING_ACCEPTED,  OI_KEY_UNIT_ATTENTION,  OI_ANY, OI_ANY, OI_ACT_AGAIN,      NONE,                 3,    0,   0,  0}, /* news from before this section */
    {OI_ALWAYS,               OI_KEY_UNIT_ATTENTION,  0x28,   OI_ANY, OI_ACT_FATAL,      NONE,                 0,    0,   0,  0}, /* it may be another disc */
    {OI_ALWAYS,               OI_KEY_UNIT_ATTENTION,  0x29,   OI_ANY, OI_ACT_REPOSITION, NONE,                 0,    0,   0,  0}, /* power on, reset: the buffer is lost */
    {OI_ALWAYS,               OI_KEY_UNIT_ATTENTION,  0x2a,   OI_ANY, OI_ACT_AGAIN,      NONE,                 1,    0,   0,  0}, /* parameters changed */
    {OI_ALWAYS,               OI_KEY_UNIT_ATTENTION,  OI_ANY, OI_ANY, OI_ACT_AGAIN,      NONE,                 3,    0,   0,  0}, /* eject request and others */
    {OI_ALWAYS,               OI_KEY_ABORTED_COMMAND, OI_ANY, OI_ANY, OI_ACT_REPOSITION, NONE,                 1,    0,   0,  0}, /* the bus */
    {OI_ALWAYS,               OI_ANY,                 OI_ANY, OI_ANY, OI_ACT_FATAL,      NONE,                 0,    0,   0,  0},
};
/* clang-format on */
const size_t oi_reaction_row_count = sizeof(oi_reaction_rows) / sizeof(oi_reaction_rows[0]);

/* BUSY comes without sense. */
static const struct oi_reaction_row busy_row = {
    .action = OI_ACT_AGAIN,
    .delay_min_ms = 100,
    .delay_max_ms = 100,
};

static struct oi_reaction fatal(enum oi_status status)
{
    return (struct oi_reaction){.action = OI_ACT_FATAL, .status = status};
}

/* The documented translation; what it does not know is, in a WRITE, an unexpected response. */
static enum oi_status sense_status(const struct oi_situation *s)
{
    bool matched;
    enum oi_status status = oi_sense_status(s->sense, s->command->cdb.bytes[0], &matched);

    return matched && status != OI_OK ? status : OI_DEVICE_ERROR;
}

static bool applies(enum oi_when when, const struct oi_situation *s)
{
    bool streaming = s->command->cdb.bytes[0] == OI_OP_WRITE12;

    switch (when) {
    case OI_IF_DEFERRED:
        return s->sense->deferred;
    case OI_IF_STREAMING:
        return streaming;
    case OI_IF_STREAMING_FIRST:
        return streaming && s->nothing_accepted;
    case OI_IF_NOTHING_ACCEPTED:
        return s->nothing_accepted;
    case OI_IF_RANDOM:
        return s->medium == OI_MEDIUM_RANDOM;
    case OI_ALWAYS:
        break;
    }
    return true;
}

static const struct oi_reaction_row *find_row(const struct oi_situation *s)
{
    const struct oi_reaction_row *row = oi_reaction_rows;
    const struct oi_reaction_row *last = &oi_reaction_rows[oi_reaction_row_count - 1];

    for (; row < last; row++)
        if ((row->key == OI_ANY || row->key == s->sense->key) &&
            (row->asc == OI_ANY || row->asc == s->sense->asc) &&
            (row->ascq == OI_ANY || row->ascq == s->sense->ascq) && applies(row->when, s))
            break;
    return row;
}

/* The time until there is room, if known, else doubling; within the row's bounds. A drive that is
 * full long after there should be room is not asked every other millisecond until the budget ends;
 * but not before it had the time for a lead-in: one that begins at last, while we wait for the
 * longest time, may run dry. */
static uint64_t delay_us(const struct oi_reaction_row *row, const struct oi_situation *s)
{
    enum { FORESEEN_ATTEMPTS = 8192 };
    uint64_t min_us = row->delay_min_ms * 1000u;
    uint64_t max_us = row->delay_max_ms * 1000u;
    uint64_t us = s->until_room_us;

    if (us == 0 || s->attempts > FORESEEN_ATTEMPTS)
        us = s->attempts < 16 ? min_us << (s->attempts - 1) : max_us;
    return us < min_us ? min_us : us > max_us ? max_us : us;
}

static struct oi_reaction again(const struct oi_reaction_row *row, const struct oi_situation *s,
                                enum oi_status status)
{
    if (s->elapsed_us >= s->budget_us || (row->limit && s->limited >= row->limit) ||
        (row->budget_s && s->unchanged_us >= row->budget_s * UINT64_C(1000000)))
        return fatal(status);
    return (struct oi_reaction){
        .action = OI_ACT_AGAIN,
        .remedy = row->remedy,
        .delay_us = delay_us(row, s),
        .limited = row->limit != 0,
        .status = status,
    };
}

static struct oi_reaction reposition(const struct oi_situation *s, enum oi_remedy remedy,
                                     uint32_t limit, enum oi_status status)
{
    if (s->repositioned >= (limit ? limit : OI_REPOSITIONS_MAX))
        return fatal(status);
    return (struct oi_reaction){.action = OI_ACT_REPOSITION, .remedy = remedy, .status = status};
}

static struct oi_reaction react_to_sense(const struct oi_situation *s)
{
    const struct oi_reaction_row *row = find_row(s);
    enum oi_status status = sense_status(s);

    switch (row->action) {
    case OI_ACT_AGAIN:
        return again(row, s, status);
    case OI_ACT_REPOSITION:
        return reposition(s, row->remedy, row->limit, status);
    case OI_ACT_FATAL:
        return fatal(status);
    case OI_ACT_DONE:
    case OI_ACT_FALLBACK:
    case OI_ACT_SMALLER:
        break;
    }
    return (struct oi_reaction){.action = row->action};
}

struct oi_reaction oi_react(const struct oi_situation *s)
{
    const struct oi_completion *done = s->completion;

    if (done->status == OI_TIMED_OUT)
        return reposition(s, NONE, 0, OI_TIMED_OUT);
    if (done->status == OI_NO_RESOURCES && s->blocks > 1)
        return (struct oi_reaction){.action = OI_ACT_SMALLER, .status = OI_NO_RESOURCES};
    if (done->status != OI_OK)
        return fatal(done->status);
    switch (done->scsi_status) {
    case OI_SCSI_GOOD:
        if (done->moved != s->command->data_len)
            return fatal(OI_BAD_RESPONSE);
        return (struct oi_reaction){.action = OI_ACT_DONE};
    case OI_SCSI_CHECK_CONDITION:
        return s->sense->present ? react_to_sense(s) : reposition(s, NONE, 1, OI_DEVICE_ERROR);
    case OI_SCSI_BUSY:
    case OI_SCSI_TASK_SET_FULL:
        return again(&busy_row, s, OI_MEDIA_BUSY);
    case OI_SCSI_RESERVATION_CONFLICT:
        return fatal(OI_LOCKED);
    default:
        return fatal(OI_DEVICE_ERROR);
    }
}

bool oi_loses_buffer(const struct oi_completion *completion, const struct oi_sense *sense)
{
    if (completion->status != OI_OK)
        return completion->status != OI_NO_RESOURCES;
    return sense->present &&
           ((sense->key == OI_KEY_UNIT_ATTENTION && (sense->asc == 0x28 || sense->asc == 0x29)) ||
            (sense->key == OI_KEY_NOT_READY && sense->asc == 0x3a));
}
