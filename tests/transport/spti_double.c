#include "spti_double.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct windows windows;

void put32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof(value)); /* a Windows machine is little-endian */
}

static HANDLE double_open(const WCHAR *path, DWORD access, DWORD *error)
{
    *error = windows.open_error;
    wcsncpy(windows.opened, path, sizeof(windows.opened) / sizeof(WCHAR) - 1);
    windows.access = access;
    if (windows.open_error)
        return INVALID_HANDLE_VALUE;
    windows.open_handles++;
    return (HANDLE)++windows.last_handle;
}

static void double_close(HANDLE handle)
{
    windows.open_handles--;
    if (windows.holder == (uintptr_t)handle)
        windows.holder = 0;
}

static uint64_t double_clock_us(void)
{
    return windows.now_us;
}

static void double_sleep_ms(uint32_t ms)
{
    windows.slept_ms += ms;
}

static DWORD pass_through(SCSI_PASS_THROUGH_DIRECT *spt, DWORD in_size, DWORD out_size)
{
    const struct ending *ending = &windows.ending;
    UCHAR *sense = (UCHAR *)spt + spt->SenseInfoOffset;

    windows.last = *spt;
    windows.last_in_size = in_size;
    windows.last_out_size = out_size;
    windows.commands++;
    windows.now_us += ending->takes_us;
    if (ending->error)
        return ending->error;
    spt->ScsiStatus = ending->scsi_status;
    if (ending->moved != ALL)
        spt->DataTransferLength = ending->moved;
    if (spt->Cdb[0] == OI_OP_INQUIRY && spt->DataBuffer)
        memcpy(spt->DataBuffer, windows.inquiry,
               min((size_t)spt->DataTransferLength, sizeof(windows.inquiry)));
    memcpy(sense, ending->sense, min(spt->SenseInfoLength, (UCHAR)sizeof(ending->sense)));
    spt->SenseInfoLength = ending->sense_len;
    return ERROR_SUCCESS;
}

static DWORD give(const struct answer *answer, void *out, DWORD out_size, DWORD *returned)
{
    if (answer->error)
        return answer->error;
    *returned = min(answer->len, out_size);
    memcpy(out, answer->bytes, *returned);
    return ERROR_SUCCESS;
}

/* Request types as the driver counts them: 0 asks, 1 locks, 2 unlocks; flag 1 ignores the volume.
 */
static DWORD exclusive_access(uintptr_t handle, const uint8_t *in, uint8_t *out, DWORD out_size,
                              DWORD *returned)
{
    uint32_t request, flags;

    if (windows.exclusive_error)
        return windows.exclusive_error;
    memcpy(&request, in, 4);
    memcpy(&flags, in + 4, 4);
    switch (request) {
    case 0:
        assert_int_equal(out_size, 65);
        out[0] = windows.holder != 0;
        memcpy(out + 1, windows.holder ? windows.holder_name : "", windows.holder ? 64 : 1);
        *returned = 65;
        return ERROR_SUCCESS;
    case 1:
        if (windows.holder)
            return ERROR_ACCESS_DENIED;
        if (windows.mounted && !(flags & 1))
            return ERROR_BAD_COMMAND;
        windows.holder = handle;
        memcpy(windows.holder_name, in + 8, 64);
        return ERROR_SUCCESS;
    default:
        if (windows.holder != handle)
            return ERROR_ACCESS_DENIED;
        windows.holder = 0;
        return ERROR_SUCCESS;
    }
}

static DWORD keep(DWORD error, int *state, const void *in)
{
    if (!error)
        *state = *(const BOOLEAN *)in;
    return error;
}

static DWORD property(const STORAGE_PROPERTY_QUERY *query, void *out, DWORD out_size,
                      DWORD *returned)
{
    return give(query->PropertyId == StorageAdapterProperty ? &windows.adapter : &windows.device,
                out, out_size, returned);
}

static DWORD number_of(uintptr_t handle, void *out, DWORD out_size, DWORD *returned)
{
    struct answer answer = windows.number;

    for (int i = 0; i < 3; i++)
        if (handle > 1 && windows.volumes[i] &&
            wcsncmp(windows.opened, windows.volumes[i], wcslen(windows.opened)) == 0)
            put32(answer.bytes + 4, windows.volume_numbers[i]);
    return give(&answer, out, out_size, returned);
}

static DWORD double_control(HANDLE handle, DWORD code, void *in, DWORD in_size, void *out,
                            DWORD out_size, DWORD *returned)
{
    size_t told = strlen(windows.calls);

    *returned = 0;
    if (code == IOCTL_SCSI_PASS_THROUGH_DIRECT) {
        windows.same_buffer = in == out;
        return pass_through(out, in_size, out_size);
    }
    snprintf(windows.calls + told, sizeof(windows.calls) - told, "%lx ", code);
    switch (code) {
    case DOUBLE_EXCLUSIVE_ACCESS:
        return exclusive_access((uintptr_t)handle, in, out, out_size, returned);
    case FSCTL_LOCK_VOLUME:
        return windows.volume_in_use ? ERROR_ACCESS_DENIED : ERROR_SUCCESS;
    case FSCTL_UNLOCK_VOLUME:
        return ERROR_SUCCESS;
    case FSCTL_DISMOUNT_VOLUME:
        windows.mounted = false;
        return ERROR_SUCCESS;
    case IOCTL_STORAGE_QUERY_PROPERTY:
        return property(in, out, out_size, returned);
    case IOCTL_SCSI_GET_CAPABILITIES:
        return give(&windows.capabilities, out, out_size, returned);
    case IOCTL_SCSI_GET_ADDRESS:
        return give(&windows.address, out, out_size, returned);
    case IOCTL_SCSI_GET_INQUIRY_DATA:
        return give(&windows.inquiry_data, out, out_size, returned);
    case IOCTL_STORAGE_GET_DEVICE_NUMBER:
        return number_of((uintptr_t)handle, out, out_size, returned);
    case IOCTL_STORAGE_EJECTION_CONTROL:
        return keep(windows.ejection_error, &windows.tray_kept, in);
    case IOCTL_STORAGE_MCN_CONTROL:
        return keep(windows.mcn_error, &windows.mcn_off, in);
    default:
        return ERROR_NOT_SUPPORTED;
    }
}

static bool double_volume_of_root(const WCHAR *root, WCHAR name[SPTI_VOLUME_MAX])
{
    if (!windows.root || wcscmp(root, windows.root) != 0)
        return false;
    wcscpy(name, windows.volumes[0]);
    return true;
}

static void double_each_volume(bool (*visit)(void *context, const WCHAR *name), void *context)
{
    for (int i = 0; i < 3 && windows.volumes[i]; i++)
        if (!visit(context, windows.volumes[i]))
            return;
}

static WCHAR *double_paths_of_volume(const WCHAR *name, DWORD *error)
{
    size_t chars = 0;
    WCHAR *paths;

    (void)name;
    *error = windows.paths ? ERROR_SUCCESS : ERROR_NOT_SUPPORTED;
    if (!windows.paths)
        return NULL;
    while (windows.paths[chars])
        chars += wcslen(windows.paths + chars) + 1;
    paths = calloc(chars + 1, sizeof(*paths));
    if (paths)
        memcpy(paths, windows.paths, chars * sizeof(*paths));
    return paths;
}

const struct spti_system spti_double = {
    .open = double_open,
    .close = double_close,
    .control = double_control,
    .clock_us = double_clock_us,
    .sleep_ms = double_sleep_ms,
    .volume_of_root = double_volume_of_root,
    .each_volume = double_each_volume,
    .paths_of_volume = double_paths_of_volume,
};

static void name_device(struct answer *answer, const char *vendor, const char *product,
                        const char *revision)
{
    answer->len = 96;
    put32(answer->bytes, 40);
    put32(answer->bytes + 4, 96);
    answer->bytes[8] = 5;
    put32(answer->bytes + 12, 36);
    put32(answer->bytes + 16, 46);
    put32(answer->bytes + 20, 66);
    strcpy((char *)answer->bytes + 36, vendor);
    strcpy((char *)answer->bytes + 46, product);
    strcpy((char *)answer->bytes + 66, revision);
}

void windows_reset(void)
{
    windows = (struct windows){.ending = {.moved = ALL}};
    windows.adapter.len = 32;
    put32(windows.adapter.bytes, 32);
    put32(windows.adapter.bytes + 4, 32);
    put32(windows.adapter.bytes + 8, 262144);
    put32(windows.adapter.bytes + 12, 64);
    put32(windows.adapter.bytes + 16, 1);
    name_device(&windows.device, "ACME", "DVD-RAM X1", "1.01");
    windows.capabilities = (struct answer){.len = 24, .bytes = {24}};
    put32(windows.capabilities.bytes + 4, 131072);
    put32(windows.capabilities.bytes + 8, 33);
    windows.address = (struct answer){.len = 8, .bytes = {8, 0, 0, 0, 2, 0, 1, 0}};
    windows.inquiry_data.error = ERROR_NOT_SUPPORTED;
    windows.number = (struct answer){.len = 12};
    put32(windows.number.bytes, FILE_DEVICE_CD_ROM);
    put32(windows.number.bytes + 4, 3);
    memcpy(windows.inquiry, "\x05\x80\x05\x02\x1f\0\0\0BY-CMD  INQUIRY DRIVE   2.02", 36);
}

struct oi_device *opened(void)
{
    struct oi_device *device;
    char problem[OI_DETAIL_MAX];

    if (spti_open_on(&spti_double, "\\\\.\\d:", &device, problem) != OI_OK)
        fail_msg("%s", problem);
    windows.calls[0] = '\0';
    return device;
}

struct oi_completion run(struct oi_device *device, struct oi_cdb cdb, enum oi_direction direction,
                         void *data, uint32_t len, uint32_t timeout_ms)
{
    struct oi_command command = {cdb, direction, data, len, timeout_ms};
    struct oi_completion completion;

    memset(&completion, 0xee, sizeof(completion));
    oi_transport_execute(&device->transport, &command, &completion);
    return completion;
}

const char *detail_of(struct oi_device *device)
{
    static char text[OI_DETAIL_MAX];

    device->ops->detail(device, text);
    return text;
}
