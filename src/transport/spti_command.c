/* DeviceIoControl that succeeds says nothing about the command: its SCSI status, the bytes moved
 * and the time it took decide. */
#include "spti_command.h"

#include <stdio.h>
#include <string.h>
#include "spti_errors.h"

#include <ntddscsi.h>

struct request {
    SCSI_PASS_THROUGH_DIRECT spt;
    ULONG pad;
    UCHAR sense[OI_SENSE_MAX];
};

_Static_assert(sizeof(SCSI_PASS_THROUGH_DIRECT) == (sizeof(void *) == 8 ? 56 : 44),
               "the natural layout of this process's own bitness, as the driver expects it");

static UCHAR direction_of(const struct oi_command *command)
{
    switch (command->direction) {
    case OI_DATA_IN:
        return SCSI_IOCTL_DATA_IN;
    case OI_DATA_OUT:
        return SCSI_IOCTL_DATA_OUT;
    case OI_DATA_NONE:
        break;
    }
    return SCSI_IOCTL_DATA_UNSPECIFIED;
}

/* Whole seconds; 0 would be whatever the driver likes. */
static uint32_t timeout_s(const struct oi_command *command)
{
    uint32_t seconds = command->timeout_ms / 1000 + (command->timeout_ms % 1000 != 0);

    return seconds ? seconds : 1;
}

static struct request request_for(const struct oi_command *command)
{
    bool data = command->direction != OI_DATA_NONE && command->data_len;
    struct request request = {
        .spt = {
            .Length = sizeof(SCSI_PASS_THROUGH_DIRECT),
            .CdbLength = command->cdb.len,
            .SenseInfoLength = OI_SENSE_MAX,
            .DataIn = data ? direction_of(command) : SCSI_IOCTL_DATA_UNSPECIFIED,
            .DataTransferLength = data ? command->data_len : 0,
            .TimeOutValue = timeout_s(command),
            .DataBuffer = data ? command->data : NULL,
            .SenseInfoOffset = offsetof(struct request, sense),
        }};

    memcpy(request.spt.Cdb, command->cdb.bytes, sizeof(request.spt.Cdb));
    return request;
}

/* Drivers tell the length of the sense, but not all of them, nor all the truth. The buffer was
 * empty: a response code in it is the drive's. */
static void take_sense(const struct request *request, struct oi_completion *completion)
{
    enum { FIRST_CODE = 0x70, LAST_CODE = 0x73, FIXED_BYTES = 18 };
    uint8_t code = request->sense[0] & 0x7f;
    uint8_t len = request->spt.SenseInfoLength;

    if (code < FIRST_CODE || code > LAST_CODE)
        return;
    if (len == 0 || len > OI_SENSE_MAX)
        len = FIXED_BYTES;
    completion->sense_len = len;
    memcpy(completion->sense, request->sense, len);
}

/* A driver may let a command that timed out or was cut off look like a good one (Wine does): what
 * took its time-out is not believed. */
static void judge(const struct oi_command *command, const struct request *request,
                  uint64_t elapsed_us, struct oi_completion *completion, char detail[OI_DETAIL_MAX])
{
    uint32_t seconds = timeout_s(command);

    if (elapsed_us >= seconds * UINT64_C(1000000)) {
        completion->status = OI_TIMED_OUT;
        snprintf(detail, OI_DETAIL_MAX, "it took %lu s, and was given %lu s",
                 (unsigned long)(elapsed_us / 1000000), (unsigned long)seconds);
        return;
    }
    if (request->spt.DataTransferLength > command->data_len) {
        completion->status = OI_BAD_RESPONSE;
        snprintf(detail, OI_DETAIL_MAX, "the driver says that %lu bytes of %lu were moved",
                 (unsigned long)request->spt.DataTransferLength, (unsigned long)command->data_len);
        return;
    }
    completion->scsi_status = request->spt.ScsiStatus;
    completion->moved = request->spt.DataTransferLength;
    if (completion->scsi_status == OI_SCSI_CHECK_CONDITION)
        take_sense(request, completion);
}

void spti_command(const struct spti_drive *drive, const struct oi_command *command,
                  struct oi_completion *completion, char detail[OI_DETAIL_MAX])
{
    struct request request = request_for(command);
    uint64_t started_us = drive->system->clock_us();
    DWORD returned;
    DWORD error = spti_control(drive, IOCTL_SCSI_PASS_THROUGH_DIRECT, &request, sizeof(request),
                               &request, sizeof(request), &returned);

    memset(completion, 0, sizeof(*completion));
    detail[0] = '\0';
    if (!error) {
        judge(command, &request, drive->system->clock_us() - started_us, completion, detail);
        return;
    }
    completion->status = spti_error(error)->command;
    spti_error_text(error, detail);
}
