/* Each question is asked in several ways, since hardly any driver answers them all. */
#include "spti_facts.h"

#include <stdlib.h>
#include <string.h>
#include "command_table.h"
#include "disc_info.h"
#include "os.h"
#include "spti_answers.h"
#include "spti_command.h"

#include <ntddscsi.h>

static DWORD ask_property(const struct spti_drive *drive, enum oi_description which, void *answer,
                          uint32_t room, uint32_t *len)
{
    STORAGE_PROPERTY_QUERY query = {
        .PropertyId =
            which == OI_DESCRIPTION_ADAPTER ? StorageAdapterProperty : StorageDeviceProperty,
        .QueryType = PropertyStandardQuery,
    };
    DWORD returned = 0;
    DWORD error = spti_control(drive, IOCTL_STORAGE_QUERY_PROPERTY, &query, sizeof(query), answer,
                               room, &returned);

    *len = returned < room ? returned : room;
    return error;
}

/* A descriptor of Windows, malloc'ed, as long as it says and as came; NULL with *error, which may
 * be 0 without memory. */
uint8_t *spti_description(const struct spti_drive *drive, enum oi_description which, uint32_t *len,
                          DWORD *error)
{
    enum { USUALLY = 1024, AT_MOST = 65536 };
    uint32_t room = USUALLY;

    for (;;) {
        uint8_t *bytes = calloc(1, room);
        STORAGE_DESCRIPTOR_HEADER header;

        *error = bytes ? ask_property(drive, which, bytes, room, len) : ERROR_NOT_ENOUGH_MEMORY;
        if (!*error && *len < sizeof(header))
            *error = ERROR_NOT_SUPPORTED;
        if (*error) {
            free(bytes);
            return NULL;
        }
        memcpy(&header, bytes, sizeof(header));
        if (header.Size <= room || header.Size > AT_MOST || room > USUALLY) {
            if (header.Size >= sizeof(header) && header.Size < *len)
                *len = header.Size;
            return bytes;
        }
        free(bytes);
        room = header.Size;
    }
}

void spti_learn_limits(const struct spti_drive *drive, struct oi_transfer_limits *limits)
{
    uint8_t answer[sizeof(IO_SCSI_CAPABILITIES)] = {0};
    DWORD returned, error;
    uint32_t len;
    uint8_t *adapter = spti_description(drive, OI_DESCRIPTION_ADAPTER, &len, &error);
    bool known = adapter && spti_limits_of_adapter(adapter, len, limits);

    free(adapter);
    if (known)
        return;
    spti_limits_default(limits);
    error = spti_control(drive, IOCTL_SCSI_GET_CAPABILITIES, NULL, 0, answer, sizeof(answer),
                         &returned);
    if (!error)
        spti_limits_of_capabilities(answer, min(returned, (DWORD)sizeof(answer)), limits);
}

/* *type is the peripheral device type, -1 when it is not known. */
static bool identity_by_descriptor(const struct spti_drive *drive,
                                   struct oi_device_identity *identity, int *type)
{
    DWORD error;
    uint32_t len;
    uint8_t *descriptor = spti_description(drive, OI_DESCRIPTION_DEVICE, &len, &error);
    bool known = descriptor && spti_identity_of_device(descriptor, len, identity);

    if (known)
        *type = spti_type_of_device(descriptor, len);
    free(descriptor);
    return known;
}

static bool identity_by_inquiry_data(const uint8_t *data, size_t len,
                                     struct oi_device_identity *identity, int *type)
{
    struct oi_inquiry inquiry;

    if (!data || !oi_inquiry_parse(data, len, &inquiry) ||
        (!inquiry.vendor[0] && !inquiry.product[0]))
        return false;
    memcpy(identity->vendor, inquiry.vendor, sizeof(identity->vendor));
    memcpy(identity->product, inquiry.product, sizeof(identity->product));
    memcpy(identity->revision, inquiry.revision, sizeof(identity->revision));
    *type = data[0] & 0x1f;
    return true;
}

/* What the adapter's driver has kept of the drive's own answer. */
static bool identity_by_adapter(const struct spti_drive *drive, struct oi_device_identity *identity,
                                int *type)
{
    enum { ROOM = 4096 };
    SCSI_ADDRESS at = {.Length = sizeof(at)};
    struct spti_address address;
    DWORD returned;
    uint8_t *info = NULL;
    size_t len = 0;
    bool known = false;

    if (spti_control(drive, IOCTL_SCSI_GET_ADDRESS, NULL, 0, &at, sizeof(at), &returned) ||
        returned < sizeof(at))
        return false;
    address = (struct spti_address){at.PathId, at.TargetId, at.Lun};
    info = calloc(1, ROOM);
    if (info && !spti_control(drive, IOCTL_SCSI_GET_INQUIRY_DATA, NULL, 0, info, ROOM, &returned)) {
        const uint8_t *data = spti_inquiry_of_bus(info, min(returned, (DWORD)ROOM), &address, &len);

        known = identity_by_inquiry_data(data, len, identity, type);
    }
    free(info);
    return known;
}

static enum oi_status identity_by_command(const struct spti_drive *drive,
                                          struct oi_device_identity *identity, int *type)
{
    enum { INQUIRY_BYTES = 36 };
    char detail[OI_DETAIL_MAX];
    struct oi_command command = {
        .cdb = oi_cdb_inquiry(INQUIRY_BYTES),
        .direction = OI_DATA_IN,
        .data = oi_pages_alloc(SPTI_PAGE_BYTES), /* aligned for every adapter */
        .data_len = INQUIRY_BYTES,
        .timeout_ms = oi_command_info(OI_OP_INQUIRY)->timeout_ms,
    };
    struct oi_completion completion;

    if (!command.data)
        return OI_OUT_OF_MEMORY;
    spti_command(drive, &command, &completion, detail);
    if (completion.status == OI_OK &&
        (completion.scsi_status != OI_SCSI_GOOD ||
         !identity_by_inquiry_data(command.data, completion.moved, identity, type)))
        completion.status = OI_BAD_RESPONSE;
    oi_pages_free(command.data, SPTI_PAGE_BYTES);
    return completion.status;
}

enum oi_status spti_learn_identity(const struct spti_drive *drive,
                                   struct oi_device_identity *identity, int *type)
{
    *type = SPTI_TYPE_UNKNOWN;
    *identity = (struct oi_device_identity){0};
    if (identity_by_descriptor(drive, identity, type) || identity_by_adapter(drive, identity, type))
        return OI_OK;
    return identity_by_command(drive, identity, type);
}
