/* The interface says GOOD by S_OK, CHECK CONDITION by a success code, and everything else by a
 * failing HRESULT, which passes through unchanged. It has no word for fewer bytes moved. */
#include "recorder_drive.h"

#include <string.h>
#include "imapi2error.h"
#include "cdb.h"
#include "com_status.h"
#include "config.h"
#include "disc_info.h"

enum { SENSE_BYTES = 18 };

static struct recorder_drive *from_drive(struct oi_drive *drive)
{
    return CONTAINING_RECORD(drive, struct recorder_drive, drive);
}

static enum oi_status drive_enter(struct oi_drive *drive, int32_t *foreign)
{
    struct recorder_drive *self = from_drive(drive);
    HRESULT hr;

    /* On the writer's own thread, so that no state which the client has set is lost. */
    SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED);
    hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    self->in_apartment = SUCCEEDED(hr);
    if (SUCCEEDED(hr))
        hr = apartment_pointer_get(self->pointer, &IID_IDiscRecorder2Ex, (void **)&self->recorder);
    *foreign = hr;
    return SUCCEEDED(hr) ? OI_OK : OI_FOREIGN;
}

static void drive_leave(struct oi_drive *drive)
{
    struct recorder_drive *self = from_drive(drive);

    if (self->recorder)
        IDiscRecorder2Ex_Release(self->recorder);
    self->recorder = NULL;
    if (self->in_apartment)
        CoUninitialize();
    self->in_apartment = false;
    SetThreadExecutionState(ES_CONTINUOUS);
}

/* What is said of a WRITE is kept: the engine asks on after one that failed. */
static void keep_detail(struct recorder_drive *self, const struct oi_command *command)
{
    IErrorInfo *info;

    if (command->direction != OI_DATA_OUT) {
        SetErrorInfo(0, NULL);
        return;
    }
    SysFreeString(self->detail);
    self->detail = NULL;
    if (GetErrorInfo(0, &info) != S_OK)
        return;
    IErrorInfo_GetDescription(info, &self->detail);
    IErrorInfo_Release(info);
}

static HRESULT send_command(struct recorder_drive *self, const struct oi_command *command,
                            uint8_t *sense, ULONG *moved)
{
    BYTE *cdb = (BYTE *)command->cdb.bytes;
    ULONG timeout_s = (command->timeout_ms + 999) / 1000;

    *moved = command->data_len;
    switch (command->direction) {
    case OI_DATA_OUT:
        return IDiscRecorder2Ex_SendCommandSendDataToDevice(self->recorder, cdb, command->cdb.len,
                                                            sense, timeout_s, command->data,
                                                            command->data_len);
    case OI_DATA_IN:
        return IDiscRecorder2Ex_SendCommandGetDataFromDevice(self->recorder, cdb, command->cdb.len,
                                                             sense, timeout_s, command->data,
                                                             command->data_len, moved);
    case OI_DATA_NONE:
        break;
    }
    return IDiscRecorder2Ex_SendCommandNoData(self->recorder, cdb, command->cdb.len, sense,
                                              timeout_s);
}

/* Those that the engine has a rule for; COM clients get the same code back for both. */
static enum oi_status failure_status(HRESULT hr)
{
    if (hr == com_status_hresult(OI_TIMED_OUT))
        return OI_TIMED_OUT;
    if (hr == com_status_hresult(OI_NO_RESOURCES))
        return OI_NO_RESOURCES;
    return hr == com_status_hresult(OI_DEVICE_GONE) ? OI_DEVICE_GONE : OI_FOREIGN;
}

static void drive_execute(struct oi_transport *transport, const struct oi_command *command,
                          struct oi_completion *completion)
{
    struct recorder_drive *self = CONTAINING_RECORD(transport, struct recorder_drive, transport);
    uint8_t sense[SENSE_BYTES] = {0};
    ULONG moved;
    HRESULT hr = send_command(self, command, sense, &moved);

    *completion = (struct oi_completion){.foreign = hr};
    if (hr != S_OK)
        keep_detail(self, command);
    if (FAILED(hr)) {
        completion->status = failure_status(hr);
    } else if (hr == S_IMAPI_COMMAND_HAS_SENSE_DATA) {
        completion->scsi_status = OI_SCSI_CHECK_CONDITION;
        completion->sense_len = SENSE_BYTES;
        memcpy(completion->sense, sense, SENSE_BYTES);
    } else {
        completion->moved = moved;
    }
}

void recorder_drive_init(struct recorder_drive *drive, const struct apartment_pointer *pointer)
{
    static const struct oi_transport_ops ops = {drive_execute};

    *drive = (struct recorder_drive){
        .drive = {.enter = drive_enter, .leave = drive_leave},
        .transport = {&ops},
        .pointer = pointer,
    };
    drive->drive.transport = &drive->transport;
}

void recorder_drive_fini(struct recorder_drive *drive)
{
    SysFreeString(drive->detail);
}

/* The profile by GET CONFIGURATION, for recorders that have only the three Send methods. */
static bool profile_by_command(IDiscRecorder2Ex *recorder, uint16_t *profile)
{
    BYTE reply[8] = {0};
    BYTE sense[SENSE_BYTES];
    ULONG got = 0;
    struct oi_configuration configuration;
    struct oi_cdb cdb = oi_cdb_get_configuration(OI_CONFIGURATION_CURRENT, 0, sizeof(reply));
    HRESULT hr = IDiscRecorder2Ex_SendCommandGetDataFromDevice(recorder, cdb.bytes, cdb.len, sense,
                                                               IMAPI2_DEFAULT_COMMAND_TIMEOUT,
                                                               reply, sizeof(reply), &got);

    if (hr != S_OK ||
        !oi_configuration_parse(reply, got < sizeof(reply) ? got : sizeof(reply), &configuration))
        return false;
    *profile = configuration.current_profile;
    return true;
}

/* For drives that know no GET CONFIGURATION. */
static uint16_t profile_by_disc(IDiscRecorder2Ex *recorder)
{
    BYTE *data = NULL;
    ULONG size = 0;
    struct oi_disc_information disc;
    HRESULT hr = IDiscRecorder2Ex_GetDiscInformation(recorder, &data, &size);
    bool known = SUCCEEDED(hr) && data && oi_disc_information_parse(data, size, &disc);

    CoTaskMemFree(data);
    return known ? oi_disc_profile(&disc) : 0;
}

uint16_t recorder_profile(IDiscRecorder2Ex *recorder)
{
    IMAPI_PROFILE_TYPE *profiles = NULL;
    ULONG count = 0;
    uint16_t profile = 0;
    HRESULT hr = IDiscRecorder2Ex_GetSupportedProfiles(recorder, TRUE, &profiles, &count);

    /* More than one can be current: a DVD-RAM is a removable disk as well. The one of which the
     * engine knows most counts. */
    for (ULONG i = 0; SUCCEEDED(hr) && profiles && i < count; i++)
        if (!profile || oi_unit_blocks_of_profile(profile) == 1)
            profile = (uint16_t)profiles[i];
    if (!profile && !profile_by_command(recorder, &profile))
        profile = profile_by_disc(recorder);
    CoTaskMemFree(profiles);
    SetErrorInfo(0, NULL); /* what a recorder can't tell is no error of ours */
    return profile;
}
