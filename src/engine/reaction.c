/* A WRITE is issued again only when it is certain that it was not executed: the drive said "not
 * ready", reported somebody else's error (deferred sense: SPC-3, "Deferred errors", the command
 * itself has not been executed), or greeted us with a unit attention. Everything else ends the
 * section: a blind repeat on a write-once disc does harm. */
#include "reaction.h"

#include <stddef.h>

/* clang-format off */
const struct oi_reaction_row oi_reaction_rows[] = {
    /* when                   key                     asc     ascq    action         limit min  max ms */
    {OI_IF_DEFERRED,          OI_KEY_NO_SENSE,        OI_ANY, OI_ANY, OI_ACT_AGAIN,     3,   0,   0},
    {OI_IF_DEFERRED,          OI_KEY_RECOVERED_ERROR, OI_ANY, OI_ANY, OI_ACT_AGAIN,     3,   0,   0}, /* an earlier write was saved */
    {OI_IF_DEFERRED,          OI_ANY,                 OI_ANY, OI_ANY, OI_ACT_FATAL,     0,   0,   0}, /* an earlier write was lost */
    {OI_ALWAYS,               OI_KEY_NO_SENSE,        0x00,   0x00,   OI_ACT_DONE,      0,   0,   0},
    {OI_ALWAYS,               OI_KEY_RECOVERED_ERROR, OI_ANY, OI_ANY, OI_ACT_DONE,      0,   0,   0}, /* the data is on the disc */
    {OI_ALWAYS,               OI_KEY_NOT_READY,       0x04,   0x08,   OI_ACT_AGAIN,     0,   2,  40}, /* long write in progress: buffer full */
    {OI_ALWAYS,               OI_KEY_NOT_READY,       0x04,   0x07,   OI_ACT_AGAIN,     0,  20, 200}, /* operation in progress: lead-in, OPC */
    {OI_IF_STREAMING_FIRST,   OI_KEY_ILLEGAL_REQUEST, 0x20,   0x00,   OI_ACT_FALLBACK,  0,   0,   0}, /* WRITE (12) is unknown */
    {OI_IF_STREAMING_FIRST,   OI_KEY_ILLEGAL_REQUEST, 0x24,   0x00,   OI_ACT_FALLBACK,  0,   0,   0}, /* its Streaming bit is refused */
    {OI_IF_NOTHING_ACCEPTED,  OI_KEY_UNIT_ATTENTION,  OI_ANY, OI_ANY, OI_ACT_AGAIN,     3,   0,   0}, /* news from before this section */
    {OI_ALWAYS,               OI_ANY,                 OI_ANY, OI_ANY, OI_ACT_FATAL,     0,   0,   0},
};
/* clang-format on */
const size_t oi_reaction_row_count = sizeof(oi_reaction_rows) / sizeof(oi_reaction_rows[0]);

enum { BUSY_DELAY_US = 100 * 1000 };

static struct oi_reaction fatal(enum oi_status status)
{
    return (struct oi_reaction){.action = OI_ACT_FATAL, .status = status};
}

static struct oi_reaction again(const struct oi_situation *s, uint64_t delay_us, uint16_t limit,
                                enum oi_status when_spent)
{
    if (s->elapsed_us >= OI_STALL_BUDGET_US || (limit && s->limited >= limit))
        return fatal(when_spent);
    return (struct oi_reaction){
        .action = OI_ACT_AGAIN, .delay_us = delay_us, .limited = limit != 0};
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
    const struct oi_cdb *cdb = &s->command->cdb;

    switch (when) {
    case OI_IF_DEFERRED:
        return s->sense->deferred;
    case OI_IF_STREAMING_FIRST:
        return s->nothing_accepted && cdb->bytes[0] == OI_OP_WRITE12;
    case OI_IF_NOTHING_ACCEPTED:
        return s->nothing_accepted;
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

/* The time the blocks need on the medium, if known, else doubling; within the row's bounds. */
static uint64_t delay_us(const struct oi_reaction_row *row, const struct oi_situation *s)
{
    uint64_t min_us = row->delay_min_ms * 1000u;
    uint64_t max_us = row->delay_max_ms * 1000u;
    uint64_t us = s->drain_us;

    if (us == 0)
        us = s->attempts < 16 ? min_us << (s->attempts - 1) : max_us;
    return us < min_us ? min_us : us > max_us ? max_us : us;
}

static struct oi_reaction react_to_sense(const struct oi_situation *s)
{
    const struct oi_reaction_row *row = find_row(s);

    switch (row->action) {
    case OI_ACT_AGAIN:
        return again(s, delay_us(row, s), row->limit, sense_status(s));
    case OI_ACT_FATAL:
        return fatal(sense_status(s));
    case OI_ACT_DONE:
    case OI_ACT_FALLBACK:
        break;
    }
    return (struct oi_reaction){.action = row->action};
}

struct oi_reaction oi_react(const struct oi_situation *s)
{
    const struct oi_completion *done = s->completion;

    if (done->status != OI_OK)
        return fatal(done->status);
    switch (done->scsi_status) {
    case OI_SCSI_GOOD:
        if (done->moved != s->command->data_len)
            return fatal(OI_BAD_RESPONSE);
        return (struct oi_reaction){.action = OI_ACT_DONE};
    case OI_SCSI_CHECK_CONDITION:
        return s->sense->present ? react_to_sense(s) : fatal(OI_DEVICE_ERROR);
    case OI_SCSI_BUSY:
    case OI_SCSI_TASK_SET_FULL:
        return again(s, BUSY_DELAY_US, 0, OI_MEDIA_BUSY);
    case OI_SCSI_RESERVATION_CONFLICT:
        return fatal(OI_LOCKED);
    default:
        return fatal(OI_DEVICE_ERROR);
    }
}
