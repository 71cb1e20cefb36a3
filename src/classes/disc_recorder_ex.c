/* IDiscRecorder2Ex: commands as the client wrote them, and the replies everybody needs, decoded.
 * Out buffers are CoTaskMemAlloc'ed; after a failure the pointer is NULL and the size 0. */
#include "recorder.h"

#include <stdlib.h>
#include <string.h>
#include <winioctl.h>
#include "command_table.h"
#include "disc_info.h"
#include "error_info.h"
#include "imapi2error.h"
#include "mode.h"

enum {
    DISC_INFORMATION_ALLOC = 4096,
    TRACK_INFORMATION_ALLOC = 64,
    STRUCTURE_ALLOC = 0xfffc,
    STRUCTURE_HEADER = 4,
    STRUCTURE_MAX = 0xffff,
    FEATURE_MAX = 256,
    MODE_PAGE_MAX = 257,
    TYPE_CD_DVD = 5,

};

static struct disc_recorder *disc_recorder_from_IDiscRecorder2Ex(IDiscRecorder2Ex *iface)
{
    return CONTAINING_RECORD(iface, struct disc_recorder, IDiscRecorder2Ex_iface);
}

COM_FORWARD_IUNKNOWN(disc_recorder, IDiscRecorder2Ex, disc_recorder_ex)

static HRESULT error(HRESULT hr, const char *text)
{
    return com_error(&IID_IDiscRecorder2Ex, hr, "%s", text);
}

/* Every out pair is empty before anything can fail; false when one of them was not given. */
static bool clear_outputs(void **data, ULONG *size)
{
    if (data)
        *data = NULL;
    if (size)
        *size = 0;
    return data && size;
}

/* A copy for the client. */
static HRESULT give(const void *bytes, size_t size, BYTE **data, ULONG *count)
{
    *data = CoTaskMemAlloc(size ? size : 1);
    if (!*data)
        return E_OUTOFMEMORY;
    if (size)
        memcpy(*data, bytes, size);
    *count = (ULONG)size;
    return S_OK;
}

/* The three Send methods: the checks in the order of the parameters, then one command. */

static HRESULT send_cdb(IDiscRecorder2Ex *iface, const BYTE *bytes, ULONG cdb_size, BYTE *sense,
                        ULONG timeout_s, enum oi_direction direction, BYTE *buffer,
                        ULONG buffer_size, uint32_t *moved)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    struct oi_cdb cdb = {.len = (uint8_t)cdb_size};
    uint32_t timeout_ms = timeout_s < UINT32_MAX / 1000 ? timeout_s * 1000 : UINT32_MAX;
    HRESULT hr;

    *moved = 0;
    if (!bytes || !sense || (direction != OI_DATA_NONE && !buffer))
        return com_error_null(&IID_IDiscRecorder2Ex);
    if (!oi_cdb_length_ok(bytes[0], cdb_size))
        return com_error(&IID_IDiscRecorder2Ex, E_INVALIDARG,
                         "%lu bytes is not the length of a CDB with operation code %02Xh.",
                         cdb_size, bytes[0]);
    if (direction != OI_DATA_NONE && (buffer_size == 0 || buffer_size > LONG_MAX))
        return error(E_INVALIDARG, "BufferSize must be 1 to 0x7FFFFFFF; a command without data is "
                                   "sent with SendCommandNoData.");
    memcpy(cdb.bytes, bytes, cdb_size);
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    hr = recorder_send(self, &cdb, direction, buffer, direction == OI_DATA_NONE ? 0 : buffer_size,
                       timeout_ms, sense, moved);
    recorder_leave(self);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_SendCommandNoData(IDiscRecorder2Ex *iface,
                                                                    BYTE *cdb, ULONG cdb_size,
                                                                    BYTE sense[18], ULONG timeout)
{
    uint32_t moved;

    return send_cdb(iface, cdb, cdb_size, sense, timeout, OI_DATA_NONE, NULL, 0, &moved);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_SendCommandSendDataToDevice(
    IDiscRecorder2Ex *iface, BYTE *cdb, ULONG cdb_size, BYTE sense[18], ULONG timeout, BYTE *buffer,
    ULONG_IMAPI2_NONZERO buffer_size)
{
    uint32_t moved;

    return send_cdb(iface, cdb, cdb_size, sense, timeout, OI_DATA_OUT, buffer, buffer_size, &moved);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_SendCommandGetDataFromDevice(
    IDiscRecorder2Ex *iface, BYTE *cdb, ULONG cdb_size, BYTE sense[18], ULONG timeout, BYTE *buffer,
    ULONG_IMAPI2_NONZERO buffer_size, ULONG_IMAPI2_NOT_NEGATIVE *fetched)
{
    uint32_t moved;
    HRESULT hr;

    if (!fetched)
        return com_error_null(&IID_IDiscRecorder2Ex);
    *fetched = 0;
    hr = send_cdb(iface, cdb, cdb_size, sense, timeout, OI_DATA_IN, buffer, buffer_size, &moved);
    *fetched = moved;
    return hr;
}

/* Disc structures: the client sees them without their header of 4 bytes. */

static HRESULT STDMETHODCALLTYPE
disc_recorder_ex_ReadDvdStructure(IDiscRecorder2Ex *iface, ULONG format, ULONG address, ULONG layer,
                                  ULONG agid, BYTE **data, ULONG_IMAPI2_DVD_STRUCTURE *count)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    const uint8_t *reply;
    uint32_t got, meant, alloc;
    struct oi_cdb cdb;
    HRESULT hr;

    if (!clear_outputs((void **)data, count))
        return com_error_null(&IID_IDiscRecorder2Ex);
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    alloc = min((uint32_t)STRUCTURE_ALLOC, self->limits.page_aligned_bytes);
    cdb = oi_cdb_read_disc_structure(recorder_disc_is_bd(self) ? OI_STRUCTURE_BD : OI_STRUCTURE_DVD,
                                     address, (uint8_t)layer, (uint8_t)format, (uint8_t)agid,
                                     (uint16_t)alloc);
    hr = recorder_query(self, &cdb, alloc, &reply, &got);
    if (SUCCEEDED(hr)) {
        meant = (uint32_t)oi_counted_bytes(reply, got);
        if (meant < STRUCTURE_HEADER)
            hr = error(E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
                       "The drive's answer to READ DISC STRUCTURE is too short to be one.");
        else
            hr = give(reply + STRUCTURE_HEADER, meant - STRUCTURE_HEADER, data, count);
    }
    recorder_leave(self);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_SendDvdStructure(IDiscRecorder2Ex *iface,
                                                                   ULONG format, BYTE *data,
                                                                   ULONG_IMAPI2_DVD_STRUCTURE count)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    uint32_t list_bytes = count + STRUCTURE_HEADER;
    struct oi_cdb cdb;
    uint32_t moved;
    HRESULT hr;

    if (!data)
        return com_error_null(&IID_IDiscRecorder2Ex);
    if (count == 0 || count > STRUCTURE_MAX - STRUCTURE_HEADER)
        return error(E_INVALIDARG, "A disc structure has 1 to 65531 bytes, without its header.");
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    if (list_bytes > self->limits.page_aligned_bytes) {
        recorder_leave(self);
        return error(E_INVALIDARG, "The disc structure is larger than one transfer.");
    }
    cdb = oi_cdb_send_disc_structure((uint8_t)format, (uint16_t)list_bytes);
    memset(self->scratch, 0, STRUCTURE_HEADER);
    self->scratch[0] = (uint8_t)((list_bytes - 2) >> 8);
    self->scratch[1] = (uint8_t)(list_bytes - 2);
    memcpy(self->scratch + STRUCTURE_HEADER, data, count);
    hr = recorder_command(self, &cdb, OI_DATA_OUT, self->scratch, list_bytes, &moved);
    recorder_leave(self);
    return hr;
}

/* Descriptors of adapter and device, in the layout of the storage IOCTLs: the system's own, or one
 * that says what we know. */

/* With the lock held. S_FALSE: the system has none. */
static HRESULT give_description(struct disc_recorder *self, enum oi_description which, BYTE **data,
                                ULONG *size)
{
    uint32_t bytes = self->scratch_bytes;
    enum oi_status status = self->device->ops->describe(self->device, which, self->scratch, &bytes);

    if (status == OI_NOT_FOUND)
        return S_FALSE;
    if (status != OI_OK)
        return com_error_from_status(&IID_IDiscRecorder2Ex, status);
    return give(self->scratch, min(bytes, self->scratch_bytes), data, size);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetAdapterDescriptor(
    IDiscRecorder2Ex *iface, BYTE **data, ULONG_IMAPI2_ADAPTER_DESCRIPTOR *size)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    STORAGE_ADAPTER_DESCRIPTOR adapter = {
        .Version = sizeof(adapter),
        .Size = sizeof(adapter),
        .BusType = BusTypeVirtual,
    };
    HRESULT hr;

    if (!clear_outputs((void **)data, size))
        return com_error_null(&IID_IDiscRecorder2Ex);
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    hr = give_description(self, OI_DESCRIPTION_ADAPTER, data, size);
    adapter.MaximumTransferLength = self->limits.page_aligned_bytes;
    adapter.MaximumPhysicalPages = self->limits.page_aligned_bytes / 4096;
    adapter.AlignmentMask = self->limits.alignment - 1;
    recorder_leave(self);
    return hr == S_FALSE ? give(&adapter, sizeof(adapter), data, size) : hr;
}

/* The strings follow the fixed part; offsets count from its start. */
struct device_descriptor {
    STORAGE_DEVICE_DESCRIPTOR fixed;
    char vendor[9], product[17], revision[5];
};

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetDeviceDescriptor(
    IDiscRecorder2Ex *iface, BYTE **data, ULONG_IMAPI2_DEVICE_DESCRIPTOR *size)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    struct device_descriptor device = {
        .fixed = {
            .Version = sizeof(STORAGE_DEVICE_DESCRIPTOR),
            .Size = sizeof(device),
            .DeviceType = TYPE_CD_DVD,
            .RemovableMedia = TRUE,
            .VendorIdOffset = offsetof(struct device_descriptor, vendor),
            .ProductIdOffset = offsetof(struct device_descriptor, product),
            .ProductRevisionOffset = offsetof(struct device_descriptor, revision),
            .BusType = BusTypeVirtual,
        }};
    struct oi_device_identity identity;
    enum oi_status status;
    HRESULT hr;

    if (!clear_outputs((void **)data, size))
        return com_error_null(&IID_IDiscRecorder2Ex);
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    hr = give_description(self, OI_DESCRIPTION_DEVICE, data, size);
    if (hr != S_FALSE) {
        recorder_leave(self);
        return hr;
    }
    status = self->device->ops->identity(self->device, &identity);
    recorder_leave(self);
    if (status != OI_OK)
        return com_error_from_status(&IID_IDiscRecorder2Ex, status);
    memcpy(device.vendor, identity.vendor, sizeof(device.vendor));
    memcpy(device.product, identity.product, sizeof(device.product));
    memcpy(device.revision, identity.revision, sizeof(device.revision));
    return give(&device, sizeof(device), data, size);
}

/* Replies whose first two bytes count those that follow them; given whole. */
static HRESULT counted_reply(IDiscRecorder2Ex *iface, const struct oi_cdb *cdb, uint32_t alloc,
                             uint32_t least, BYTE **data, ULONG *size)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    const uint8_t *reply;
    uint32_t got, meant;
    HRESULT hr = recorder_enter(self, &IID_IDiscRecorder2Ex);

    if (FAILED(hr))
        return hr;
    hr = recorder_query(self, cdb, alloc, &reply, &got);
    if (SUCCEEDED(hr)) {
        meant = (uint32_t)oi_counted_bytes(reply, got);
        hr = meant < least
                 ? com_error(&IID_IDiscRecorder2Ex, E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
                             "The drive's answer to %s is too short to be one.",
                             oi_command_info(cdb->bytes[0])->name)
                 : give(reply, meant, data, size);
    }
    recorder_leave(self);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetDiscInformation(
    IDiscRecorder2Ex *iface, BYTE **data, ULONG_IMAPI2_DISC_INFORMATION *size)
{
    struct oi_cdb cdb = oi_cdb_read_disc_information(DISC_INFORMATION_ALLOC);

    if (!clear_outputs((void **)data, size))
        return com_error_null(&IID_IDiscRecorder2Ex);
    return counted_reply(iface, &cdb, DISC_INFORMATION_ALLOC, 12, data, size);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetTrackInformation(
    IDiscRecorder2Ex *iface, ULONG address, IMAPI_READ_TRACK_ADDRESS_TYPE type, BYTE **data,
    ULONG_IMAPI2_TRACK_INFORMATION *size)
{
    struct oi_cdb cdb = oi_cdb_read_track_information((enum oi_track_address)type, address,
                                                      TRACK_INFORMATION_ALLOC);

    if (!clear_outputs((void **)data, size))
        return com_error_null(&IID_IDiscRecorder2Ex);
    if ((unsigned)type > IMAPI_READ_TRACK_ADDRESS_TYPE_SESSION)
        return error(E_INVALIDARG, "addressType must be 0 (LBA), 1 (track) or 2 (session).");
    return counted_reply(iface, &cdb, TRACK_INFORMATION_ALLOC, 28, data, size);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetFeaturePage(IDiscRecorder2Ex *iface,
                                                                 IMAPI_FEATURE_PAGE_TYPE feature,
                                                                 BOOLEAN current_only, BYTE **data,
                                                                 ULONG_IMAPI2_FEATURE_PAGE *size)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    const uint8_t *descriptor;
    uint32_t bytes;
    HRESULT hr;

    if (!clear_outputs((void **)data, size))
        return com_error_null(&IID_IDiscRecorder2Ex);
    if ((unsigned)feature > UINT16_MAX)
        return error(E_INVALIDARG, "A feature code has 16 bits.");
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    hr = recorder_feature(self, (uint16_t)feature, current_only != 0, &descriptor, &bytes);
    if (SUCCEEDED(hr))
        hr = give(descriptor, min(bytes, (uint32_t)FEATURE_MAX), data, size);
    recorder_leave(self);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetModePage(IDiscRecorder2Ex *iface,
                                                              IMAPI_MODE_PAGE_TYPE code,
                                                              IMAPI_MODE_PAGE_REQUEST_TYPE request,
                                                              BYTE **data,
                                                              ULONG_IMAPI2_MODE_PAGE *size)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    const uint8_t *page;
    uint32_t bytes;
    HRESULT hr;

    if (!clear_outputs((void **)data, size))
        return com_error_null(&IID_IDiscRecorder2Ex);
    if ((unsigned)code >= OI_PAGE_ALL)
        return error(E_INVALIDARG, "A mode page code is 00h to 3Eh.");
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    hr = recorder_mode_page(self, (uint8_t)code, (unsigned)request, &page, &bytes);
    if (SUCCEEDED(hr))
        hr = give(page, bytes, data, size);
    recorder_leave(self);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_SetModePage(IDiscRecorder2Ex *iface,
                                                              IMAPI_MODE_PAGE_REQUEST_TYPE request,
                                                              BYTE *data,
                                                              ULONG_IMAPI2_MODE_PAGE size)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    bool save = request == IMAPI_MODE_PAGE_REQUEST_TYPE_SAVED_VALUES;
    uint8_t list[OI_MODE_HEADER_BYTES + MODE_PAGE_MAX];
    uint32_t list_bytes, moved;
    struct oi_cdb cdb;
    HRESULT hr;

    if (!data)
        return com_error_null(&IID_IDiscRecorder2Ex);
    if (!save && request != IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES)
        return error(E_INVALIDARG, "Only current (0) and saved (3) values can be set.");
    if (size < 2 || size > MODE_PAGE_MAX || size != (ULONG)data[1] + 2)
        return com_error(&IID_IDiscRecorder2Ex, E_INVALIDARG,
                         "byteSize is %lu, but the page's own length field makes it %u bytes.",
                         size, size < 2 ? 2u : data[1] + 2u);
    list_bytes = (uint32_t)oi_mode_select_list(data, size, list, sizeof(list));
    cdb = oi_cdb_mode_select10(save, (uint16_t)list_bytes);
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    hr = recorder_command(self, &cdb, OI_DATA_OUT, list, list_bytes, &moved);
    recorder_leave(self);
    return hr;
}

/* Lists of codes: arrays of 32-bit enum values, and how many. */

static HRESULT get_codes(IDiscRecorder2Ex *iface, recorder_list_function ask, unsigned what,
                         void **codes, ULONG *count)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    struct code_list list;
    ULONG size = 0;
    HRESULT hr;

    if (!clear_outputs(codes, count))
        return com_error_null(&IID_IDiscRecorder2Ex);
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    hr = ask(self, what, &list);
    recorder_leave(self);
    if (SUCCEEDED(hr))
        hr = give(list.codes, list.count * sizeof(*list.codes), (BYTE **)codes, &size);
    free(list.codes);
    *count = size / (ULONG)sizeof(*list.codes);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetSupportedFeaturePages(
    IDiscRecorder2Ex *iface, BOOLEAN current_only, IMAPI_FEATURE_PAGE_TYPE **features,
    ULONG_IMAPI2_ALL_FEATURE_PAGES *count)
{
    return get_codes(iface, recorder_features, current_only, (void **)features, count);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetSupportedProfiles(
    IDiscRecorder2Ex *iface, BOOLEAN current_only, IMAPI_PROFILE_TYPE **profiles,
    ULONG_IMAPI2_ALL_PROFILES *count)
{
    return get_codes(iface, recorder_profiles, current_only, (void **)profiles, count);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetSupportedModePages(
    IDiscRecorder2Ex *iface, IMAPI_MODE_PAGE_REQUEST_TYPE request, IMAPI_MODE_PAGE_TYPE **pages,
    ULONG_IMAPI2_ALL_MODE_PAGES *count)
{
    return get_codes(iface, recorder_mode_pages, (unsigned)request, (void **)pages, count);
}

/* Transfer limits. */

static HRESULT get_limit(IDiscRecorder2Ex *iface, ULONG *value, size_t offset)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2Ex(iface);
    HRESULT hr;

    if (!value)
        return com_error_null(&IID_IDiscRecorder2Ex);
    *value = 0;
    hr = recorder_enter(self, &IID_IDiscRecorder2Ex);
    if (FAILED(hr))
        return hr;
    *value = *(const uint32_t *)((const char *)&self->limits + offset);
    recorder_leave(self);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ex_GetByteAlignmentMask(IDiscRecorder2Ex *iface,
                                                                       ULONG *value)
{
    return get_limit(iface, value, offsetof(struct oi_transfer_limits, alignment));
}

static HRESULT STDMETHODCALLTYPE
disc_recorder_ex_GetMaximumNonPageAlignedTransferSize(IDiscRecorder2Ex *iface, ULONG *value)
{
    return get_limit(iface, value, offsetof(struct oi_transfer_limits, not_page_aligned_bytes));
}

static HRESULT STDMETHODCALLTYPE
disc_recorder_ex_GetMaximumPageAlignedTransferSize(IDiscRecorder2Ex *iface, ULONG *value)
{
    return get_limit(iface, value, offsetof(struct oi_transfer_limits, page_aligned_bytes));
}

const IDiscRecorder2ExVtbl disc_recorder_ex_vtbl = {
    disc_recorder_ex_QueryInterface,
    disc_recorder_ex_AddRef,
    disc_recorder_ex_Release,
    disc_recorder_ex_SendCommandNoData,
    disc_recorder_ex_SendCommandSendDataToDevice,
    disc_recorder_ex_SendCommandGetDataFromDevice,
    disc_recorder_ex_ReadDvdStructure,
    disc_recorder_ex_SendDvdStructure,
    disc_recorder_ex_GetAdapterDescriptor,
    disc_recorder_ex_GetDeviceDescriptor,
    disc_recorder_ex_GetDiscInformation,
    disc_recorder_ex_GetTrackInformation,
    disc_recorder_ex_GetFeaturePage,
    disc_recorder_ex_GetModePage,
    disc_recorder_ex_SetModePage,
    disc_recorder_ex_GetSupportedFeaturePages,
    disc_recorder_ex_GetSupportedProfiles,
    disc_recorder_ex_GetSupportedModePages,
    disc_recorder_ex_GetByteAlignmentMask,
    disc_recorder_ex_GetMaximumNonPageAlignedTransferSize,
    disc_recorder_ex_GetMaximumPageAlignedTransferSize,
};
