/* One command at a time, whoever calls: the device is used under the object's lock only. */
#include "recorder.h"

#include <stdio.h>
#include <string.h>
#include "com_status.h"
#include "command_table.h"
#include "error_info.h"
#include "imapi2error.h"
#include "sense.h"
#include "sense_words.h"

enum {
    BUSY_RETRIES = 10,
    BUSY_PAUSE_MS = 100,
    ATTENTION_RETRIES = 3,
    SENSE_BYTES = 18,
    TEXT_MAX = 256,
};

HRESULT recorder_enter(struct disc_recorder *self, const IID *iid)
{
    AcquireSRWLockExclusive(&self->lock);
    if (self->device)
        return S_OK;
    ReleaseSRWLockExclusive(&self->lock);
    return com_error(iid, E_FAIL,
                     "This recorder object is not bound to a drive yet: call "
                     "InitializeDiscRecorder with an id from IDiscMaster2 first.");
}

void recorder_leave(struct disc_recorder *self)
{
    ReleaseSRWLockExclusive(&self->lock);
}

/* Too much for the system at this moment: the device has drawn its conclusions. */
static void learn_limits(struct disc_recorder *self, const struct oi_completion *completion)
{
    if (completion->status == OI_NO_RESOURCES)
        self->device->ops->limits(self->device, &self->limits);
}

/* Client buffers the device can't take as they are go through the scratch memory. */
static bool needs_bounce(const struct disc_recorder *self, const void *data, uint32_t data_len)
{
    uintptr_t address = (uintptr_t)data;

    return address % self->limits.alignment != 0 ||
           (address % 4096 != 0 && data_len > self->limits.not_page_aligned_bytes);
}

static bool is_busy(uint8_t scsi_status)
{
    return scsi_status == OI_SCSI_BUSY || scsi_status == OI_SCSI_TASK_SET_FULL;
}

static void execute(struct disc_recorder *self, struct oi_command *command,
                    struct oi_completion *completion)
{
    void *data = command->data;
    bool bounce =
        command->data_len && data != self->scratch && needs_bounce(self, data, command->data_len);

    if (bounce) {
        if (command->direction == OI_DATA_OUT)
            memcpy(self->scratch, data, command->data_len);
        command->data = self->scratch;
    }
    for (int attempt = 0;; attempt++) {
        *completion = (struct oi_completion){0};
        oi_transport_execute(&self->device->transport, command, completion);
        if (completion->status != OI_OK || attempt == BUSY_RETRIES ||
            !is_busy(completion->scsi_status))
            break;
        Sleep(BUSY_PAUSE_MS);
    }
    if (bounce && command->direction == OI_DATA_IN)
        memcpy(data, self->scratch, completion->moved);
    command->data = data;
    learn_limits(self, completion);
}

/* CHECK CONDITION without sense: the drive still has it. The reply of the command stays where it
 * is.
 */
static void fetch_sense(struct disc_recorder *self, struct oi_completion *completion)
{
    uint8_t *sense = self->scratch + self->scratch_bytes;
    struct oi_command command = {
        .cdb = oi_cdb_request_sense(SENSE_BYTES),
        .direction = OI_DATA_IN,
        .data = sense,
        .data_len = SENSE_BYTES,
        .timeout_ms = oi_command_info(OI_OP_REQUEST_SENSE)->timeout_ms,
    };
    struct oi_completion answer = {0};

    if (completion->sense_len)
        return;
    oi_transport_execute(&self->device->transport, &command, &answer);
    if (answer.status != OI_OK || answer.scsi_status != OI_SCSI_GOOD)
        return;
    completion->sense_len = (uint8_t)answer.moved;
    memcpy(completion->sense, sense, answer.moved);
}

/* Somebody else holds the drive (by exclusive access), or the disc (by writing it). */
static HRESULT locked(struct disc_recorder *self, const struct oi_completion *completion)
{
    char owner[OI_OWNER_NAME_MAX] = "", detail[OI_DETAIL_MAX] = "";

    self->device->ops->detail(self->device, detail);
    if (completion->status == OI_LOCKED)
        self->device->ops->owner(self->device, owner);
    if (owner[0])
        return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_LOCKED,
                         "The recorder is in use by \"%s\", which holds exclusive access. Wait "
                         "until it is done, or end it.",
                         owner);
    return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_LOCKED, "%s",
                     detail[0] ? detail
                               : "The recorder is in use by another program. Wait until it is "
                                 "done.");
}

/* With the attempts that were made here, of which a caller knows nothing. */
static void status_words(uint8_t scsi_status, char text[TEXT_MAX])
{
    enum { TENTHS = BUSY_RETRIES * BUSY_PAUSE_MS / 100 };
    size_t length;

    oi_scsi_status_words(scsi_status, text, TEXT_MAX);
    length = strlen(text);
    if (is_busy(scsi_status))
        snprintf(text + length, TEXT_MAX - length, ", at all %d attempts within %d.%d s",
                 BUSY_RETRIES + 1, TENTHS / 10, TENTHS % 10);
}

/* The HRESULT of a completion that is neither GOOD nor CHECK CONDITION with sense. */
static HRESULT failure(struct disc_recorder *self, const struct oi_cdb *cdb,
                       const struct oi_completion *completion)
{
    const char *name = oi_command_info(cdb->bytes[0])->name;
    char detail[OI_DETAIL_MAX] = "", words[TEXT_MAX];

    if (completion->status == OI_LOCKED ||
        (completion->status == OI_OK && completion->scsi_status == OI_SCSI_RESERVATION_CONFLICT))
        return locked(self, completion);
    self->device->ops->detail(self->device, detail);
    if (completion->status != OI_OK)
        return com_error(&IID_IDiscRecorder2, com_status_hresult(completion->status),
                         "%s failed: %s.%s%s", name, oi_status_text(completion->status),
                         detail[0] ? " " : "", detail);
    if (completion->scsi_status == OI_SCSI_CHECK_CONDITION)
        return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
                         "%s failed, and the drive does not say why (no sense data).", name);
    status_words(completion->scsi_status, words);
    return com_error(&IID_IDiscRecorder2, E_FAIL, "%s failed: %s.%s%s", name, words,
                     detail[0] ? " " : "", detail);
}

static HRESULT run(struct disc_recorder *self, const struct oi_cdb *cdb,
                   enum oi_direction direction, void *data, uint32_t data_len, uint32_t timeout_ms,
                   struct oi_completion *completion)
{
    struct oi_command command = {
        .cdb = *cdb,
        .direction = direction,
        .data = data,
        .data_len = data_len,
        .timeout_ms = timeout_ms,
    };

    if (data_len > self->limits.page_aligned_bytes)
        return com_error(&IID_IDiscRecorder2, E_INVALIDARG,
                         "A transfer of %lu bytes is more than the recorder takes in one command "
                         "(%lu bytes).",
                         (unsigned long)data_len, (unsigned long)self->limits.page_aligned_bytes);
    execute(self, &command, completion);
    if (completion->status == OI_OK && completion->scsi_status == OI_SCSI_CHECK_CONDITION) {
        fetch_sense(self, completion);
        if (oi_sense_parse(completion->sense, completion->sense_len).present)
            return S_IMAPI_COMMAND_HAS_SENSE_DATA;
    }
    if (completion->status != OI_OK || completion->scsi_status != OI_SCSI_GOOD)
        return failure(self, cdb, completion);
    if (direction == OI_DATA_OUT && completion->moved != data_len)
        return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
                         "%s: the drive reports success but took only %lu of %lu bytes.",
                         oi_command_info(cdb->bytes[0])->name, (unsigned long)completion->moved,
                         (unsigned long)data_len);
    return S_OK;
}

HRESULT recorder_send(struct disc_recorder *self, const struct oi_cdb *cdb,
                      enum oi_direction direction, void *data, uint32_t data_len,
                      uint32_t timeout_ms, uint8_t sense[18], uint32_t *moved)
{
    struct oi_completion completion;
    HRESULT hr;

    memset(sense, 0, SENSE_BYTES);
    completion.moved = 0;
    hr = run(self, cdb, direction, data, data_len, timeout_ms, &completion);
    *moved = completion.moved;
    if (hr == S_IMAPI_COMMAND_HAS_SENSE_DATA) {
        struct oi_sense parsed = oi_sense_parse(completion.sense, completion.sense_len);
        char detail[OI_DETAIL_MAX] = "";

        oi_sense_to_fixed(&parsed, sense);
        /* A success code to the caller; who asks for IErrorInfo all the same learns more. */
        self->device->ops->detail(self->device, detail);
        if (detail[0])
            com_error(&IID_IDiscRecorder2Ex, hr, "%s", detail);
    }
    return hr;
}

static HRESULT sense_error(struct disc_recorder *self, const struct oi_cdb *cdb,
                           const struct oi_sense *sense)
{
    HRESULT hr = com_status_hresult(oi_sense_status(sense, cdb->bytes[0], NULL));
    char words[TEXT_MAX], detail[OI_DETAIL_MAX] = "";

    oi_sense_words(sense, words, sizeof(words));
    self->device->ops->detail(self->device, detail);
    return com_error(&IID_IDiscRecorder2, FAILED(hr) ? hr : E_FAIL, "%s failed: %s.%s%s",
                     oi_command_info(cdb->bytes[0])->name, words, detail[0] ? " " : "", detail);
}

HRESULT recorder_command(struct disc_recorder *self, const struct oi_cdb *cdb,
                         enum oi_direction direction, void *data, uint32_t data_len,
                         uint32_t *moved)
{
    uint32_t timeout_ms = oi_command_info(cdb->bytes[0])->timeout_ms;

    for (int attempt = 0;; attempt++) {
        struct oi_completion completion;
        struct oi_sense sense;
        HRESULT hr = run(self, cdb, direction, data, data_len, timeout_ms, &completion);

        self->last_sense = (struct oi_sense){0};
        if (hr != S_IMAPI_COMMAND_HAS_SENSE_DATA) {
            *moved = SUCCEEDED(hr) ? completion.moved : 0;
            return hr;
        }
        sense = oi_sense_parse(completion.sense, completion.sense_len);
        if (sense.key == OI_KEY_RECOVERED_ERROR && !sense.deferred) {
            *moved = completion.moved;
            return S_OK;
        }
        if (sense.key != OI_KEY_UNIT_ATTENTION || attempt == ATTENTION_RETRIES) {
            *moved = 0;
            self->last_sense = sense;
            return sense_error(self, cdb, &sense);
        }
    }
}

HRESULT recorder_query(struct disc_recorder *self, const struct oi_cdb *cdb, uint32_t alloc,
                       const uint8_t **reply, uint32_t *got)
{
    memset(self->scratch, 0, alloc);
    *reply = self->scratch;
    return recorder_command(self, cdb, OI_DATA_IN, self->scratch, alloc, got);
}
