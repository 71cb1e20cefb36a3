/* MsftDiscRecorder2: a drive, bound by its unique id. This file is the object and IDiscRecorder2;
 * IDiscRecorder2Ex is in disc_recorder_ex.c. Exclusive access and notification locks are counted
 * here, taken from the device at the first and given back at the last, or when the object dies. */
#include <stdlib.h>
#include <string.h>
#include "class_create.h"
#include "com_status.h"
#include "dispatch.h"
#include "error_info.h"
#include "imapi2error.h"
#include "os.h"
#include "recorder.h"
#include "recorders.h"
#include "safe_array.h"
#include "text.h"
#include "tracing.h"

enum { SCRATCH_LEAST = 65536, SENSE_PAGE = 4096, CLIENT_NAME_MAX = 62 };

static struct disc_recorder *disc_recorder_from_IDiscRecorder2(IDiscRecorder2 *iface)
{
    return CONTAINING_RECORD(iface, struct disc_recorder, IDiscRecorder2_iface);
}

COM_FORWARD_IUNKNOWN(disc_recorder, IDiscRecorder2, disc_recorder)
COM_FORWARD_IDISPATCH(disc_recorder, IDiscRecorder2, disc_recorder)

static HRESULT error(HRESULT hr, const char *text)
{
    return com_error(&IID_IDiscRecorder2, hr, "%s", text);
}

static HRESULT enter(struct disc_recorder *self)
{
    return recorder_enter(self, &IID_IDiscRecorder2);
}

static HRESULT tray(IDiscRecorder2 *iface, enum oi_start_stop action)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    struct oi_cdb cdb = oi_cdb_start_stop_unit(action, false);
    uint32_t moved;
    HRESULT hr = enter(self);

    if (FAILED(hr))
        return hr;
    hr = recorder_command(self, &cdb, OI_DATA_NONE, NULL, 0, &moved);
    recorder_leave(self);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_EjectMedia(IDiscRecorder2 *iface)
{
    return tray(iface, OI_UNIT_EJECT);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_CloseTray(IDiscRecorder2 *iface)
{
    return tray(iface, OI_UNIT_LOAD);
}

/* Exclusive access. */

static bool is_client_name(const WCHAR *name)
{
    size_t length = wcslen(name);

    for (size_t i = 0; i < length; i++)
        if (!(name[i] >= L'0' && name[i] <= L'9') && !(name[i] >= L'a' && name[i] <= L'z') &&
            !(name[i] >= L'A' && name[i] <= L'Z') && !wcschr(L" .,:;_-", name[i]))
            return false;
    return length <= CLIENT_NAME_MAX;
}

static HRESULT in_use(struct disc_recorder *self, enum oi_status status)
{
    char owner[OI_OWNER_NAME_MAX] = "", detail[OI_DETAIL_MAX] = "";

    self->device->ops->detail(self->device, detail);
    self->device->ops->owner(self->device, owner);
    if (!owner[0])
        return com_error(&IID_IDiscRecorder2, com_status_hresult(status),
                         "Exclusive access is not to be had: %s%s%s.", oi_status_text(status),
                         detail[0] ? ": " : "", detail);
    return com_error(&IID_IDiscRecorder2, com_status_hresult(status),
                     "Exclusive access is not to be had: the recorder is held by \"%s\". Wait "
                     "until it is given back.",
                     owner);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_AcquireExclusiveAccess(IDiscRecorder2 *iface,
                                                                      VARIANT_BOOL force, BSTR name)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    enum oi_status status = OI_OK;
    char *client;
    HRESULT hr;

    if (!name || !*name)
        return error(E_INVALIDARG, "Exclusive access needs the name of the client, so that others "
                                   "can see who holds the recorder.");
    if (!is_client_name(name))
        return error(E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID,
                     "A client name has 1 to 62 characters out of A-Z a-z 0-9 space . , : ; _ -");
    client = text_from_bstr(name);
    if (!client)
        return E_OUTOFMEMORY;
    hr = enter(self);
    if (SUCCEEDED(hr)) {
        if (self->locks == 0)
            status = self->device->ops->acquire(self->device, force != VARIANT_FALSE, client);
        if (status == OI_OK)
            self->locks++;
        else
            hr = in_use(self, status);
        recorder_leave(self);
    }
    free(client);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_ReleaseExclusiveAccess(IDiscRecorder2 *iface)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    enum oi_status status = OI_OK;
    HRESULT hr = enter(self);

    if (FAILED(hr))
        return hr;
    if (self->locks == 0)
        hr = error(E_FAIL, "This object does not hold exclusive access.");
    else if (--self->locks == 0)
        status = self->device->ops->release(self->device);
    recorder_leave(self);
    return status == OI_OK ? hr : com_error_from_status(&IID_IDiscRecorder2, status);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_ExclusiveAccessOwner(IDiscRecorder2 *iface,
                                                                        BSTR *value)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    char owner[OI_OWNER_NAME_MAX] = "";
    enum oi_status status;
    HRESULT hr;

    if (!value)
        return com_error_null(&IID_IDiscRecorder2);
    *value = NULL;
    hr = enter(self);
    if (FAILED(hr))
        return hr;
    status = self->device->ops->owner(self->device, owner);
    recorder_leave(self);
    if (status != OI_OK)
        return com_error_from_status(&IID_IDiscRecorder2, status);
    *value = text_to_bstr(owner);
    return *value ? S_OK : E_OUTOFMEMORY;
}

/* Media change notifications. */

static HRESULT STDMETHODCALLTYPE disc_recorder_DisableMcn(IDiscRecorder2 *iface)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    enum oi_status status = OI_OK;
    HRESULT hr = enter(self);

    if (FAILED(hr))
        return hr;
    if (self->mcn_locks == 0)
        status = self->device->ops->notify_media(self->device, false);
    if (status == OI_OK)
        self->mcn_locks++;
    recorder_leave(self);
    return com_error_from_status(&IID_IDiscRecorder2, status);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_EnableMcn(IDiscRecorder2 *iface)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    enum oi_status status = OI_OK;
    HRESULT hr = enter(self);

    if (FAILED(hr))
        return hr;
    if (self->mcn_locks == 0)
        hr = error(E_FAIL, "Media change notifications are not disabled by this object.");
    else if (--self->mcn_locks == 0)
        status = self->device->ops->notify_media(self->device, true);
    recorder_leave(self);
    return status == OI_OK ? hr : com_error_from_status(&IID_IDiscRecorder2, status);
}

/* Binding. */

static void unbind_device(struct disc_recorder *self)
{
    if (!self->device)
        return;
    if (self->locks)
        self->device->ops->release(self->device);
    if (self->mcn_locks)
        self->device->ops->notify_media(self->device, true);
    self->device->ops->destroy(self->device);
    oi_pages_free(self->scratch, self->scratch_bytes + SENSE_PAGE);
    SysFreeString(self->id);
    self->device = NULL;
    self->scratch = NULL;
    self->id = NULL;
    self->locks = self->mcn_locks = 0;
}

/* Those of the documented codes that say more than E_FAIL. */
static HRESULT open_hresult(enum oi_status status)
{
    bool is_documented = status == OI_LOCKED || status == OI_DEVICE_GONE ||
                         status == OI_TIMED_OUT || status == OI_OUT_OF_MEMORY;

    return is_documented ? com_status_hresult(status) : E_FAIL;
}

static HRESULT open_device(const char *id, struct oi_device **device)
{
    char problem[OI_DETAIL_MAX];
    enum oi_status status = oi_recorder_open(id, device, problem);
    bool says_more = problem[0] && strcmp(problem, oi_status_text(status)) != 0;

    if (status == OI_OK) {
        *device = oi_traced(*device, id);
        return S_OK;
    }
    if (status == OI_INVALID_ARGUMENT)
        return com_error(&IID_IDiscRecorder2, E_INVALIDARG,
                         "\"%s\" is not the id of a recorder. IDiscMaster2 lists those there are.",
                         id);
    if (status == OI_NOT_FOUND)
        return com_error(&IID_IDiscRecorder2, com_status_hresult(OI_DEVICE_GONE),
                         "There is no recorder \"%s\" (any more)%s%s. IDiscMaster2 lists those "
                         "there are.",
                         id, says_more ? ": " : "", says_more ? problem : "");
    return com_error(&IID_IDiscRecorder2, open_hresult(status), "%s",
                     problem[0] ? problem : oi_status_text(status));
}

/* With the lock held; takes the device and the id. */
static HRESULT bind_device(struct disc_recorder *self, struct oi_device *device, BSTR id)
{
    struct oi_transfer_limits limits;
    uint32_t scratch_bytes;
    uint8_t *scratch;

    device->ops->limits(device, &limits);
    scratch_bytes = max((uint32_t)SCRATCH_LEAST, limits.page_aligned_bytes);
    scratch = oi_pages_alloc(scratch_bytes + SENSE_PAGE);
    if (!scratch || self->locks || self->mcn_locks) {
        oi_pages_free(scratch, scratch_bytes + SENSE_PAGE);
        device->ops->destroy(device);
        SysFreeString(id);
        return scratch ? error(E_FAIL, "The object still holds exclusive access or has disabled "
                                       "notifications; end that before binding it to a drive.")
                       : E_OUTOFMEMORY;
    }
    unbind_device(self);
    self->device = device;
    self->id = id;
    self->limits = limits;
    self->most_bytes = limits.page_aligned_bytes;
    self->scratch = scratch;
    self->scratch_bytes = scratch_bytes;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_InitializeDiscRecorder(IDiscRecorder2 *iface,
                                                                      BSTR unique_id)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    struct oi_device *device;
    BSTR copy;
    char *id;
    HRESULT hr;

    if (!unique_id || !*unique_id)
        return error(E_INVALIDARG, "The id of a recorder is needed. IDiscMaster2 lists them.");
    id = text_from_bstr(unique_id);
    copy = SysAllocString(unique_id);
    hr = id && copy ? open_device(id, &device) : E_OUTOFMEMORY;
    free(id);
    if (FAILED(hr)) {
        SysFreeString(copy);
        return hr;
    }
    AcquireSRWLockExclusive(&self->lock);
    hr = bind_device(self, device, copy);
    ReleaseSRWLockExclusive(&self->lock);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_ActiveDiscRecorder(IDiscRecorder2 *iface,
                                                                      BSTR *value)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    HRESULT hr;

    if (!value)
        return E_INVALIDARG; /* as documented for this one property */
    *value = NULL;
    hr = enter(self);
    if (FAILED(hr))
        return hr;
    *value = SysAllocString(self->id);
    recorder_leave(self);
    return *value ? S_OK : E_OUTOFMEMORY;
}

/* What the drive says it is. */

static HRESULT get_identity(IDiscRecorder2 *iface, size_t offset, BSTR *value)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    struct oi_device_identity identity;
    enum oi_status status;
    HRESULT hr;

    if (!value)
        return com_error_null(&IID_IDiscRecorder2);
    *value = NULL;
    hr = enter(self);
    if (FAILED(hr))
        return hr;
    status = self->device->ops->identity(self->device, &identity);
    recorder_leave(self);
    if (status != OI_OK)
        return com_error_from_status(&IID_IDiscRecorder2, status);
    *value = text_to_bstr((const char *)&identity + offset);
    return *value ? S_OK : E_OUTOFMEMORY;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_VendorId(IDiscRecorder2 *iface, BSTR *value)
{
    return get_identity(iface, offsetof(struct oi_device_identity, vendor), value);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_ProductId(IDiscRecorder2 *iface, BSTR *value)
{
    return get_identity(iface, offsetof(struct oi_device_identity, product), value);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_ProductRevision(IDiscRecorder2 *iface,
                                                                   BSTR *value)
{
    return get_identity(iface, offsetof(struct oi_device_identity, revision), value);
}

/* The volume in the drive. */

static HRESULT STDMETHODCALLTYPE disc_recorder_get_VolumeName(IDiscRecorder2 *iface, BSTR *value)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    char name[OI_VOLUME_NAME_MAX];
    enum oi_status status;
    HRESULT hr;

    if (!value)
        return com_error_null(&IID_IDiscRecorder2);
    *value = NULL;
    hr = enter(self);
    if (FAILED(hr))
        return hr;
    status = self->device->ops->volume_name(self->device, name);
    recorder_leave(self);
    if (status != OI_OK)
        return com_error_from_status(&IID_IDiscRecorder2, status);
    *value = text_to_bstr(name);
    return *value ? S_OK : E_OUTOFMEMORY;
}

/* An array that a path could not be added to is no array any more. */
static bool add_path(void *context, const char *path)
{
    SAFEARRAY **paths = context;

    if (SUCCEEDED(safe_array_add_text(*paths, path)))
        return true;
    SafeArrayDestroy(*paths);
    *paths = NULL;
    return false;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_VolumePathNames(IDiscRecorder2 *iface,
                                                                   SAFEARRAY **value)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    enum oi_status status;
    SAFEARRAY *paths = NULL;
    HRESULT hr;

    if (!value)
        return com_error_null(&IID_IDiscRecorder2);
    *value = NULL;
    hr = enter(self);
    if (FAILED(hr))
        return hr;
    hr = safe_array_of_codes(NULL, 0, &paths);
    status = SUCCEEDED(hr) ? self->device->ops->volume_paths(self->device, add_path, &paths)
                           : OI_OUT_OF_MEMORY;
    recorder_leave(self);
    if (status == OI_OK && !paths)
        status = OI_OUT_OF_MEMORY;
    if (status != OI_OK) {
        SafeArrayDestroy(paths);
        return com_error_from_status(&IID_IDiscRecorder2, status);
    }
    *value = paths;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_DeviceCanLoadMedia(IDiscRecorder2 *iface,
                                                                      VARIANT_BOOL *value)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    HRESULT hr;

    if (!value)
        return com_error_null(&IID_IDiscRecorder2);
    *value = VARIANT_FALSE;
    hr = enter(self);
    if (FAILED(hr))
        return hr;
    if (recorder_can_load(self))
        *value = VARIANT_TRUE;
    recorder_leave(self);
    return S_OK;
}

struct position {
    const char *id;
    LONG index, found;
};

static bool look_for_id(void *context, const char *id)
{
    struct position *position = context;

    if (_stricmp(id, position->id) == 0)
        position->found = position->index;
    position->index++;
    return position->found < 0;
}

/* A device without a number of its own has that of its place in the list of recorders. */
static HRESULT STDMETHODCALLTYPE disc_recorder_get_LegacyDeviceNumber(IDiscRecorder2 *iface,
                                                                      LONG *value)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    struct position position = {NULL, 0, -1};
    uint32_t number = 0;
    char *id;
    HRESULT hr;

    if (!value)
        return com_error_null(&IID_IDiscRecorder2);
    *value = 0;
    hr = enter(self);
    if (FAILED(hr))
        return hr;
    if (self->device->ops->number(self->device, &number) == OI_OK)
        position.found = (LONG)number;
    id = text_from_bstr(self->id);
    recorder_leave(self);
    if (id && position.found < 0) {
        position.id = id;
        oi_recorders_list(look_for_id, &position);
    }
    free(id);
    if (position.found < 0)
        return error(E_FAIL, "The recorder is no longer in the list of recorders.");
    *value = position.found;
    return S_OK;
}

/* Lists of codes, as arrays for scripts. */

static HRESULT get_list(IDiscRecorder2 *iface, recorder_list_function ask, unsigned what,
                        SAFEARRAY **value)
{
    struct disc_recorder *self = disc_recorder_from_IDiscRecorder2(iface);
    struct code_list list;
    HRESULT hr;

    if (!value)
        return com_error_null(&IID_IDiscRecorder2);
    *value = NULL;
    hr = enter(self);
    if (FAILED(hr))
        return hr;
    hr = ask(self, what, &list);
    recorder_leave(self);
    if (SUCCEEDED(hr))
        hr = safe_array_of_codes(list.codes, list.count, value);
    free(list.codes);
    return hr;
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_SupportedFeaturePages(IDiscRecorder2 *iface,
                                                                         SAFEARRAY **value)
{
    return get_list(iface, recorder_features, FALSE, value);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_CurrentFeaturePages(IDiscRecorder2 *iface,
                                                                       SAFEARRAY **value)
{
    return get_list(iface, recorder_features, TRUE, value);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_SupportedProfiles(IDiscRecorder2 *iface,
                                                                     SAFEARRAY **value)
{
    return get_list(iface, recorder_profiles, FALSE, value);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_CurrentProfiles(IDiscRecorder2 *iface,
                                                                   SAFEARRAY **value)
{
    return get_list(iface, recorder_profiles, TRUE, value);
}

static HRESULT STDMETHODCALLTYPE disc_recorder_get_SupportedModePages(IDiscRecorder2 *iface,
                                                                      SAFEARRAY **value)
{
    return get_list(iface, recorder_mode_pages, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, value);
}

static const IDiscRecorder2Vtbl disc_recorder_vtbl = {
    disc_recorder_QueryInterface,
    disc_recorder_AddRef,
    disc_recorder_Release,
    disc_recorder_GetTypeInfoCount,
    disc_recorder_GetTypeInfo,
    disc_recorder_GetIDsOfNames,
    disc_recorder_Invoke,
    disc_recorder_EjectMedia,
    disc_recorder_CloseTray,
    disc_recorder_AcquireExclusiveAccess,
    disc_recorder_ReleaseExclusiveAccess,
    disc_recorder_DisableMcn,
    disc_recorder_EnableMcn,
    disc_recorder_InitializeDiscRecorder,
    disc_recorder_get_ActiveDiscRecorder,
    disc_recorder_get_VendorId,
    disc_recorder_get_ProductId,
    disc_recorder_get_ProductRevision,
    disc_recorder_get_VolumeName,
    disc_recorder_get_VolumePathNames,
    disc_recorder_get_DeviceCanLoadMedia,
    disc_recorder_get_LegacyDeviceNumber,
    disc_recorder_get_SupportedFeaturePages,
    disc_recorder_get_CurrentFeaturePages,
    disc_recorder_get_SupportedProfiles,
    disc_recorder_get_CurrentProfiles,
    disc_recorder_get_SupportedModePages,
    disc_recorder_get_ExclusiveAccessOwner,
};

static void disc_recorder_destroy(struct com_object *object)
{
    struct disc_recorder *self = CONTAINING_RECORD(object, struct disc_recorder, base);

    unbind_device(self);
    free(self);
}

static const struct com_iface disc_recorder_ifaces[] = {
    {&IID_IUnknown, offsetof(struct disc_recorder, IDiscRecorder2_iface)},
    {&IID_IDispatch, offsetof(struct disc_recorder, IDiscRecorder2_iface)},
    {&IID_IDiscRecorder2, offsetof(struct disc_recorder, IDiscRecorder2_iface)},
    {&IID_IDiscRecorder2Ex, offsetof(struct disc_recorder, IDiscRecorder2Ex_iface)},
};

static const struct com_class disc_recorder_class = {
    .name = L"MsftDiscRecorder2",
    .clsid = &CLSID_MsftDiscRecorder2,
    .dispatch = &IID_IDiscRecorder2,
    .ifaces = disc_recorder_ifaces,
    .iface_count = ARRAYSIZE(disc_recorder_ifaces),
    .destroy = disc_recorder_destroy,
};

HRESULT disc_recorder_create(IUnknown *outer, REFIID iid, void **out)
{
    struct disc_recorder *self = calloc(1, sizeof(*self));
    HRESULT hr;

    (void)outer;
    if (!self)
        return E_OUTOFMEMORY;
    com_object_init(&self->base, &disc_recorder_class);
    self->IDiscRecorder2_iface.lpVtbl = (IDiscRecorder2Vtbl *)&disc_recorder_vtbl;
    self->IDiscRecorder2Ex_iface.lpVtbl = (IDiscRecorder2ExVtbl *)&disc_recorder_ex_vtbl;
    InitializeSRWLock(&self->lock);
    hr = com_object_query(&self->base, iid, out);
    com_object_release(&self->base);
    return hr;
}
