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

enum { TEXT_MAX = 512 };

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
    else
        snprintf(text, size, "%lu of %ld blocks were written, the last at LBA %ld.",
                 (unsigned long)outcome->blocks_written, (long)section->blocks,
                 (long)outcome->progress.last_written_lba);
}

static void sense_text(const struct oi_outcome *outcome, char *text, size_t size)
{
    const struct oi_sense *sense = &outcome->sense;
    if (!sense->present) {
        if (outcome->status == OI_FOREIGN)
            snprintf(text, size, "the recorder returned 0x%08lX", (unsigned long)outcome->foreign);
        else if (outcome->scsi_status)
            snprintf(text, size, "SCSI status %02Xh", outcome->scsi_status);
        else
            snprintf(text, size, "%s", oi_status_text(outcome->status));
        return;
    }
    oi_sense_words(sense, text, size);
}

/* What the recorder said, in the middle of a sentence of ours. */
static void said_text(const BSTR detail, char *text, size_t size)
{
    size_t length;

    text[0] = 0;
    if (detail)
        WideCharToMultiByte(CP_UTF8, 0, detail, -1, text, (int)size, NULL, NULL);
    text[size - 1] = 0;
    length = strlen(text);
    while (length && (text[length - 1] == '.' || text[length - 1] == ' '))
        text[--length] = 0;
}

static HRESULT drive_error(const struct oi_outcome *outcome, const char *written, const BSTR detail)
{
    char reason[TEXT_MAX];
    char said[TEXT_MAX];
    HRESULT hr = outcome_hresult(outcome);

    if (!outcome->lba_blocks)
        return com_error(&IID_IWriteEngine2, hr,
                         "The recorder can't be called from the thread that writes. %s", written);
    said_text(detail, said, sizeof(said));
    sense_text(outcome, reason, sizeof(reason));
    return com_error(&IID_IWriteEngine2, hr,
                     "%s of %lu blocks at LBA %ld failed: %s%s%s; attempt %lu, %lu ms after the "
                     "first (time-out %lu s). %s",
                     oi_command_info(outcome->opcode)->name, (unsigned long)outcome->lba_blocks,
                     (long)outcome->lba, reason, said[0] ? ": " : "", said,
                     (unsigned long)outcome->attempts, (unsigned long)(outcome->elapsed_us / 1000),
                     (unsigned long)(outcome->timeout_ms / 1000), written);
}

static HRESULT source_error(const struct oi_section *section, const struct oi_outcome *outcome,
                            const char *written)
{
    HRESULT hr = outcome_hresult(outcome);

    if (outcome->status == OI_END_OF_DATA)
        return com_error(&IID_IWriteEngine2, hr,
                         "The stream ended after %lu of %ld blocks of %lu bytes; it must hold all "
                         "of them, nothing is padded. %s",
                         (unsigned long)outcome->blocks_read, (long)section->blocks,
                         (unsigned long)section->block_bytes, written);
    return com_error(&IID_IWriteEngine2, hr,
                     "Reading the stream failed with 0x%08lX after %lu of %ld blocks. %s",
                     (unsigned long)hr, (unsigned long)outcome->blocks_read, (long)section->blocks,
                     written);
}

HRESULT outcome_error(const struct oi_section *section, const struct oi_outcome *outcome,
                      const BSTR detail)
{
    HRESULT hr = outcome_hresult(outcome);
    char written[TEXT_MAX];

    written_text(section, outcome, written, sizeof(written));
    if (outcome->status == OI_CANCELLED)
        hr = com_error(&IID_IWriteEngine2, hr, "The write was cancelled. %s", written);
    else if (outcome->culprit == OI_BY_DRIVE)
        hr = drive_error(outcome, written, detail);
    else if (outcome->culprit == OI_BY_SOURCE)
        hr = source_error(section, outcome, written);
    else
        hr = com_error(&IID_IWriteEngine2, hr, "The section can't be written: %s. %s",
                       oi_status_text(outcome->status), written);
    return hr;
}
