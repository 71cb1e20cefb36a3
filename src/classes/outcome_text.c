/* Command, place, sense in words, attempts and time against the time-out: what one needs to tell a
 * bad disc from a bad drive from a bad source. */
#include "outcome_text.h"

#include <stdio.h>
#include <string.h>
#include "com_status.h"
#include "command_table.h"
#include "error_info.h"
#include "imapi2.h"
#include "sense.h"
#include "sense_words.h"

enum { PART_MAX = 384 };

static HRESULT outcome_hresult(const struct oi_outcome *outcome)
{
    if (outcome->status == OI_FOREIGN)
        return outcome->foreign;
    return com_status_hresult(outcome->status);
}

/* Where the disc stands, always the last sentence. */
static void written_text(const struct oi_section *section, const struct oi_outcome *outcome,
                         char *text, size_t size)
{
    if (outcome->blocks_written == 0)
        snprintf(text, size, "Nothing was written.");
    else if (outcome->first_doubtful_lba <= outcome->progress.last_written_lba)
        snprintf(text, size,
                 "%lu of %ld blocks were accepted; whether those from LBA %ld on are on the disc "
                 "is not known.",
                 (unsigned long)outcome->blocks_written, (long)section->blocks,
                 (long)outcome->first_doubtful_lba);
    else
        snprintf(text, size, "%lu of %ld blocks were written, the last at LBA %ld.",
                 (unsigned long)outcome->blocks_written, (long)section->blocks,
                 (long)outcome->progress.last_written_lba);
}

/* Why the command failed: the sense in words, or whatever there is in its place. */
static void reason_text(const struct oi_outcome *outcome, char *text, size_t size)
{
    const struct oi_sense *sense = &outcome->sense;
    size_t length;

    if (sense->present) {
        oi_sense_words(sense, text, size);
        length = strlen(text);
        if (sense->information_valid)
            snprintf(text + length, size - length, " at LBA %ld",
                     (long)(int32_t)sense->information);
    } else if (outcome->status == OI_FOREIGN) {
        snprintf(text, size, "the recorder returned 0x%08lX", (unsigned long)outcome->foreign);
    } else if (outcome->scsi_status) {
        oi_scsi_status_words(outcome->scsi_status, text, size);
    } else {
        snprintf(text, size, "%s", oi_status_text(outcome->status));
    }
}

/* What the recorder said, in the middle of a sentence of ours: without that a command failed, which
 * stands there already, and without full stop. */
static void said_text(const BSTR detail, const char *command, char *text, size_t size)
{
    char start[64];
    size_t length;

    text[0] = 0;
    if (detail)
        WideCharToMultiByte(CP_UTF8, 0, detail, -1, text, (int)size, NULL, NULL);
    text[size - 1] = 0;
    snprintf(start, sizeof(start), "%s failed: ", command);
    if (strncmp(text, start, strlen(start)) == 0)
        memmove(text, text + strlen(start), strlen(text + strlen(start)) + 1);
    length = strlen(text);
    while (length && (text[length - 1] == '.' || text[length - 1] == ' '))
        text[--length] = 0;
}

/* "attempt 1, after 1.2 s of at most 200 s; the fifo was 37 % full"
 * "attempt 3, after 12.5 s in all of at most 200 s each; the fifo was 37 % full"
 * A recorder that gave up with a code of its own may have tried more than once: who knows. */
static void circumstances_text(const struct oi_outcome *outcome, char *text, size_t size)
{
    unsigned long tenths = (unsigned long)(outcome->elapsed_us / 100000);
    bool once = outcome->attempts == 1;
    int length = 0;

    if (!once || outcome->status != OI_FOREIGN)
        length = snprintf(text, size, "attempt %lu, ", (unsigned long)outcome->attempts);
    length += snprintf(text + length, size - (size_t)length, "after %lu.%lu s%s of at most %lu s%s",
                       tenths / 10, tenths % 10, once ? "" : " in all",
                       (unsigned long)(outcome->timeout_ms / 1000), once ? "" : " each");
    if (outcome->fifo_total_bytes)
        snprintf(text + length, size - (size_t)length, "; the fifo was %lu %% full",
                 (unsigned long)(100ull * outcome->fifo_used_bytes / outcome->fifo_total_bytes));
}

/* No single command failed. */
static void unblamed_text(const struct oi_outcome *outcome, char *text, size_t size)
{
    char reason[PART_MAX];

    reason_text(outcome, reason, sizeof(reason));
    if (outcome->not_recorded)
        snprintf(text, size,
                 "The drive accepted every WRITE, but its next writable address is still %ld: what "
                 "it took from there on it has not recorded.",
                 (long)outcome->first_doubtful_lba);
    else if (outcome->sense.present)
        snprintf(text, size,
                 "After the last WRITE the drive reported that an earlier one failed: %s.", reason);
    else if (outcome->status != OI_FOREIGN)
        snprintf(text, size, "Asked after the last WRITE how far it has come: %s.", reason);
    else
        snprintf(text, size, "The recorder can't be called from the thread that writes.");
}

static void drive_text(const struct oi_outcome *outcome, const BSTR detail, char *text, size_t size)
{
    const char *command = oi_command_info(outcome->opcode)->name;
    char reason[PART_MAX], said[PART_MAX], circumstances[PART_MAX];
    bool repeats;

    if (!outcome->lba_blocks) {
        unblamed_text(outcome, text, size);
        return;
    }
    reason_text(outcome, reason, sizeof(reason));
    said_text(detail, command, said, sizeof(said));
    repeats = strncmp(said, reason, strlen(reason)) == 0;
    circumstances_text(outcome, circumstances, sizeof(circumstances));
    snprintf(text, size, "%s of %lu %s at LBA %ld failed: %s%s%s; %s.", command,
             (unsigned long)outcome->lba_blocks, outcome->lba_blocks == 1 ? "block" : "blocks",
             (long)outcome->lba, repeats ? said : reason, said[0] && !repeats ? ": " : "",
             repeats ? "" : said, circumstances);
}

static void source_text(const struct oi_section *section, const struct oi_outcome *outcome,
                        char *text, size_t size)
{
    if (outcome->status == OI_END_OF_DATA)
        snprintf(text, size,
                 "The stream ended after %lu of %ld blocks of %lu bytes; it must hold all of them, "
                 "nothing is padded.",
                 (unsigned long)outcome->blocks_read, (long)section->blocks,
                 (unsigned long)section->block_bytes);
    else
        snprintf(text, size, "Reading the stream failed with 0x%08lX after %lu of %ld blocks.",
                 (unsigned long)outcome_hresult(outcome), (unsigned long)outcome->blocks_read,
                 (long)section->blocks);
}

HRESULT outcome_error(const struct oi_section *section, const struct oi_outcome *outcome,
                      const BSTR detail, char text[OUTCOME_TEXT_MAX])
{
    char written[PART_MAX];
    size_t length;

    if (outcome->status == OI_CANCELLED)
        snprintf(text, OUTCOME_TEXT_MAX, "The write was cancelled.");
    else if (outcome->culprit == OI_BY_DRIVE)
        drive_text(outcome, detail, text, OUTCOME_TEXT_MAX);
    else if (outcome->culprit == OI_BY_SOURCE)
        source_text(section, outcome, text, OUTCOME_TEXT_MAX);
    else
        snprintf(text, OUTCOME_TEXT_MAX, "The section can't be written: %s.",
                 oi_status_text(outcome->status));
    written_text(section, outcome, written, sizeof(written));
    length = strlen(text);
    snprintf(text + length, OUTCOME_TEXT_MAX - length, " %s", written);
    return com_error(&IID_IWriteEngine2, outcome_hresult(outcome), "%s", text);
}
