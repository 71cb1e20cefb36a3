#include "trace_text.h"

#include <stdio.h>
#include "cdb_range.h"
#include "sense.h"

void oi_trace_text_stamp(struct oi_line *line, const struct oi_trace_stamp *stamp)
{
    enum { STAMP = 40 };

    oi_line_wall_time(line, stamp->wall_us);
    oi_line_number(line, stamp->process, 0, ' ');
    oi_line_text(line, ".");
    oi_line_number(line, stamp->object, 0, ' ');
    oi_line_text(line, "  ");
    oi_line_pad(line, STAMP);
}

/* Whether the CDB says more than its name and its range, which bytes 2 to 8 or 9 hold. */
static bool says_more(const struct oi_cdb *cdb, bool ranged)
{
    if (ranged)
        return cdb->bytes[1] ||
               (cdb->len > 10 &&
                (cdb->bytes[10] || (cdb->bytes[0] == OI_OP_READ_CD && cdb->bytes[9])));
    for (int i = 1; i < cdb->len && i < OI_CDB_MAX; i++)
        if (cdb->bytes[i])
            return true;
    return false;
}

static struct oi_traced_sense read_sense(const struct oi_completion *completion)
{
    struct oi_sense sense = oi_sense_parse(completion->sense, completion->sense_len);

    return (struct oi_traced_sense){
        .present = sense.present,
        .deferred = sense.deferred,
        .key = sense.key,
        .asc = sense.asc,
        .ascq = sense.ascq,
        .has_lba = sense.information_valid,
        .lba = (int32_t)sense.information,
    };
}

static const char *no_answer(const struct oi_command *command,
                             const struct oi_completion *completion, char *text, size_t size)
{
    switch (completion->status) {
    case OI_OK:
        return NULL;
    case OI_TIMED_OUT:
        snprintf(text, size, "no answer in time (%lu s)",
                 (unsigned long)(command->timeout_ms / 1000));
        break;
    case OI_FOREIGN:
        snprintf(text, size, "the recorder returned 0x%08X", (unsigned)completion->foreign);
        break;
    default:
        snprintf(text, size, "not carried out: %s", oi_status_text(completion->status));
    }
    return text;
}

/* The sender's own bytes were not all taken, and nothing else says so. */
static bool is_short(const struct oi_command *command, const struct oi_completion *completion)
{
    return completion->status == OI_OK && completion->scsi_status == OI_SCSI_GOOD &&
           command->direction == OI_DATA_OUT && completion->moved < command->data_len;
}

void oi_trace_text_command(struct oi_line *line, const struct oi_command *command,
                           const struct oi_completion *completion, uint64_t elapsed_us,
                           const char *detail)
{
    enum { REASON_MAX = 128 };
    char reason[REASON_MAX];
    struct oi_cdb_range range;
    bool ranged = oi_cdb_range(&command->cdb, &range);
    struct oi_traced_command traced = {
        .cdb = command->cdb.bytes,
        .cdb_len = command->cdb.len < OI_CDB_MAX ? command->cdb.len : OI_CDB_MAX,
        .ranged = ranged,
        .lba = range.lba,
        .blocks = range.blocks,
        .show_cdb = says_more(&command->cdb, ranged),
        .moved = completion->moved,
        .elapsed_us = elapsed_us,
        .no_answer = no_answer(command, completion, reason, sizeof(reason)),
        .scsi_status = completion->scsi_status,
        .sense = read_sense(completion),
    };

    oi_line_command(line, &traced);
    if (is_short(command, completion)) {
        oi_line_text(line, ", but only ");
        oi_line_number(line, completion->moved, 0, ' ');
        oi_line_text(line, " of ");
        oi_line_number(line, command->data_len, 0, ' ');
        oi_line_text(line, " bytes were taken");
    }
    if (detail[0]) {
        oi_line_text(line, "; ");
        oi_line_text(line, detail);
    }
}
