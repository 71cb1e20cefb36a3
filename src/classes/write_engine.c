/* MsftWriteEngine2: the settings, and the engine behind them.
 * The object is agile: every method may come from any thread at any time. The settings have a lock;
 * whether they may be changed, and what is being written, is the engine's state word alone. */
#include <stdlib.h>
#include "class_create.h"
#include "com_status.h"
#include "dispatch.h"
#include "engine.h"
#include "engine_client.h"
#include "error_info.h"
#include "imapi2.h"
#include "imapi2error.h"
#include "object.h"
#include "outcome_text.h"
#include "recorder_drive.h"
#include "stream_source.h"

struct settings {
    VARIANT_BOOL streaming;
    LONG starting_speed, ending_speed; /* sectors per second, -1 not known */
    LONG block_bytes;                  /* -1 not set */
    ULONG aligned_max, not_aligned_max;
};

struct write_engine {
    struct com_object base;
    IWriteEngine2 IWriteEngine2_iface;
    struct oi_engine engine;
    SRWLOCK lock; /* guards the rest */
    struct settings settings;
    struct apartment_pointer recorder;
};

static struct write_engine *write_engine_from_IWriteEngine2(IWriteEngine2 *iface)
{
    return CONTAINING_RECORD(iface, struct write_engine, IWriteEngine2_iface);
}

COM_FORWARD_IUNKNOWN(write_engine, IWriteEngine2, write_engine)
COM_FORWARD_IDISPATCH(write_engine, IWriteEngine2, write_engine)

static HRESULT error(HRESULT hr, const char *text)
{
    return com_error(&IID_IWriteEngine2, hr, "%s", text);
}

static HRESULT write_in_progress(void)
{
    return error(E_IMAPI_DF2DATA_WRITE_IN_PROGRESS,
                 "A WriteSection is running on this object. Wait until it has returned, or end it "
                 "with CancelWrite.");
}

/* What a section needs besides the stream; made and used on the client's thread. */
struct section_parts {
    struct settings settings;
    struct apartment_pointer pointer; /* the section's own, whatever happens to the property */
    struct recorder_drive drive;
    struct engine_client client;
};

/* A copy of settings and recorder for one section. The recorder must be usable from the writer's
 * thread: that is found out here, before any event or command. */
static HRESULT take_settings(struct write_engine *self, struct section_parts *parts,
                             IDiscRecorder2Ex **recorder)
{
    HRESULT hr;

    AcquireSRWLockShared(&self->lock);
    parts->settings = self->settings;
    hr = apartment_pointer_get(&self->recorder, &IID_IDiscRecorder2Ex, (void **)recorder);
    ReleaseSRWLockShared(&self->lock);
    if (FAILED(hr))
        return error(hr, "The recorder object is neither agile nor can it be marshalled, so it "
                         "can't be called from the thread that writes. Use a recorder object that "
                         "aggregates the free-threaded marshaler, or register a proxy for "
                         "IDiscRecorder2Ex.");
    if (!*recorder)
        return error(E_IMAPI_RECORDER_REQUIRED,
                     "WriteSection needs a recorder: set the Recorder property first.");
    apartment_pointer_set(&parts->pointer, (IUnknown *)*recorder, &IID_IDiscRecorder2Ex);
    return S_OK;
}

static HRESULT check_arguments(const struct settings *settings, LONG start, LONG count)
{
    if (settings->block_bytes < 1)
        return error(E_INVALIDARG,
                     "BytesPerSector is not set: set it to 2048 for data, 2352 for audio.");
    if (count < 1)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "numberOfBlocks is %ld: it must be at least 1.", count);
    if ((int64_t)start + count - 1 > LONG_MAX)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "%ld blocks from LBA %ld end beyond the last address there is (%ld).",
                         count, start, LONG_MAX);
    if (oi_blocks_per_command((uint32_t)settings->block_bytes, settings->aligned_max,
                              settings->not_aligned_max, 1) == 0)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "One block of %ld bytes (BytesPerSector) is larger than the recorder's "
                         "largest transfer (%lu bytes).",
                         settings->block_bytes, settings->aligned_max);
    return S_OK;
}

/* With the engine claimed; gives it back. */
static HRESULT run_section(struct write_engine *self, IStream *data, struct oi_section *section,
                           struct section_parts *parts)
{
    struct oi_outcome outcome;

    recorder_drive_init(&parts->drive, &parts->pointer);
    section->drive = &parts->drive.drive;
    section->client = &parts->client.client;
    section->source = stream_source_create(data, &section->client_reads);
    if (!section->source) {
        oi_engine_unclaim(&self->engine);
        return error(E_OUTOFMEMORY, "There is not enough memory to begin the section.");
    }
    oi_engine_write_section(&self->engine, section, &outcome);
    if (outcome.status == OI_OK) {
        recorder_drive_fini(&parts->drive);
        return S_OK;
    }
    return outcome_error(section, &outcome, &parts->drive.detail);
}

static HRESULT write_claimed(struct write_engine *self, IStream *data, LONG start, LONG count)
{
    struct section_parts parts = {0};
    const struct settings *settings = &parts.settings;
    struct oi_section section = {.start_lba = start, .blocks = count};
    IDiscRecorder2Ex *recorder = NULL;
    HRESULT hr = take_settings(self, &parts, &recorder);

    if (SUCCEEDED(hr))
        hr = check_arguments(settings, start, count);
    if (SUCCEEDED(hr))
        section.medium = recorder_medium(recorder);
    if (recorder)
        IDiscRecorder2Ex_Release(recorder);
    if (SUCCEEDED(hr) &&
        !engine_client_init(&parts.client, &self->base, (IDispatch *)&self->IWriteEngine2_iface))
        hr = error(E_OUTOFMEMORY, "There is not enough memory to begin the section.");
    if (SUCCEEDED(hr)) {
        section.block_bytes = (uint32_t)settings->block_bytes;
        section.blocks_per_command =
            oi_blocks_per_command(section.block_bytes, settings->aligned_max,
                                  settings->not_aligned_max, section.medium.unit_blocks);
        section.starting_speed = settings->starting_speed;
        section.ending_speed = settings->ending_speed;
        section.streaming = settings->streaming != VARIANT_FALSE;
        hr = run_section(self, data, &section, &parts);
    } else {
        oi_engine_unclaim(&self->engine);
    }
    engine_client_fini(&parts.client);
    apartment_pointer_clear(&parts.pointer);
    return hr;
}

static HRESULT STDMETHODCALLTYPE write_engine_WriteSection(IWriteEngine2 *iface, IStream *data,
                                                           LONG start, LONG count)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);
    HRESULT hr;

    if (!data)
        return error(E_POINTER, "WriteSection needs a stream: data is NULL.");
    if (!oi_engine_claim(&self->engine))
        return write_in_progress();
    com_object_addref(&self->base); /* a sink may release the last reference meanwhile */
    hr = write_claimed(self, data, start, count);
    com_object_release(&self->base);
    return hr;
}

static HRESULT STDMETHODCALLTYPE write_engine_CancelWrite(IWriteEngine2 *iface)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    return oi_engine_cancel(&self->engine) ? S_OK : S_IMAPI_WRITE_NOT_IN_PROGRESS;
}

static HRESULT STDMETHODCALLTYPE write_engine_put_Recorder(IWriteEngine2 *iface,
                                                           IDiscRecorder2Ex *value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);
    ULONG aligned_max = 0, not_aligned_max = 0;
    struct apartment_pointer pointer, old;
    HRESULT hr = S_OK;

    if (oi_engine_busy(&self->engine))
        return write_in_progress();
    if (value)
        hr = IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(value, &aligned_max);
    if (value && SUCCEEDED(hr))
        hr = IDiscRecorder2Ex_GetMaximumNonPageAlignedTransferSize(value, &not_aligned_max);
    if (FAILED(hr))
        return error(hr, "The recorder does not tell its largest transfer. Initialise it "
                         "(InitializeDiscRecorder) before giving it to the write engine.");
    apartment_pointer_set(&pointer, (IUnknown *)value, &IID_IDiscRecorder2Ex);
    AcquireSRWLockExclusive(&self->lock);
    old = self->recorder;
    self->recorder = pointer;
    self->settings.aligned_max = aligned_max;
    self->settings.not_aligned_max = not_aligned_max;
    ReleaseSRWLockExclusive(&self->lock);
    apartment_pointer_clear(&old);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE write_engine_get_Recorder(IWriteEngine2 *iface,
                                                           IDiscRecorder2Ex **value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);
    HRESULT hr;

    if (!value)
        return E_POINTER;
    AcquireSRWLockShared(&self->lock);
    hr = apartment_pointer_get_home(&self->recorder, &IID_IDiscRecorder2Ex, (void **)value);
    ReleaseSRWLockShared(&self->lock);
    return hr;
}

/* The settings: a LONG or VARIANT_BOOL in, if no section runs, and out. */

static HRESULT put_long(struct write_engine *self, LONG *setting, LONG value)
{
    if (oi_engine_busy(&self->engine))
        return write_in_progress();
    AcquireSRWLockExclusive(&self->lock);
    *setting = value;
    ReleaseSRWLockExclusive(&self->lock);
    return S_OK;
}

static HRESULT get_long(struct write_engine *self, const LONG *setting, LONG *value)
{
    if (!value)
        return E_POINTER;
    AcquireSRWLockShared(&self->lock);
    *value = *setting;
    ReleaseSRWLockShared(&self->lock);
    return S_OK;
}

static HRESULT put_speed(struct write_engine *self, LONG *setting, LONG value)
{
    if (oi_engine_busy(&self->engine))
        return write_in_progress();
    if (value != -1 && value < 1)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "A speed of %ld sectors per second is not possible: use 1 or more, or -1 "
                         "for the maximum.",
                         value);
    return put_long(self, setting, value);
}

static HRESULT STDMETHODCALLTYPE write_engine_put_UseStreamingWrite12(IWriteEngine2 *iface,
                                                                      VARIANT_BOOL value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    if (oi_engine_busy(&self->engine))
        return write_in_progress();
    AcquireSRWLockExclusive(&self->lock);
    self->settings.streaming = value ? VARIANT_TRUE : VARIANT_FALSE;
    ReleaseSRWLockExclusive(&self->lock);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE write_engine_get_UseStreamingWrite12(IWriteEngine2 *iface,
                                                                      VARIANT_BOOL *value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    if (!value)
        return E_POINTER;
    AcquireSRWLockShared(&self->lock);
    *value = self->settings.streaming;
    ReleaseSRWLockShared(&self->lock);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE write_engine_put_StartingSectorsPerSecond(IWriteEngine2 *iface,
                                                                           LONG value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    return put_speed(self, &self->settings.starting_speed, value);
}

static HRESULT STDMETHODCALLTYPE write_engine_get_StartingSectorsPerSecond(IWriteEngine2 *iface,
                                                                           LONG *value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    return get_long(self, &self->settings.starting_speed, value);
}

static HRESULT STDMETHODCALLTYPE write_engine_put_EndingSectorsPerSecond(IWriteEngine2 *iface,
                                                                         LONG value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    return put_speed(self, &self->settings.ending_speed, value);
}

static HRESULT STDMETHODCALLTYPE write_engine_get_EndingSectorsPerSecond(IWriteEngine2 *iface,
                                                                         LONG *value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    return get_long(self, &self->settings.ending_speed, value);
}

static HRESULT STDMETHODCALLTYPE write_engine_put_BytesPerSector(IWriteEngine2 *iface, LONG value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    if (oi_engine_busy(&self->engine))
        return write_in_progress();
    if (value < 1)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "BytesPerSector can't be %ld: it must be at least 1 (2048 for data, 2352 "
                         "for audio).",
                         value);
    return put_long(self, &self->settings.block_bytes, value);
}

static HRESULT STDMETHODCALLTYPE write_engine_get_BytesPerSector(IWriteEngine2 *iface, LONG *value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    return get_long(self, &self->settings.block_bytes, value);
}

static HRESULT STDMETHODCALLTYPE write_engine_get_WriteInProgress(IWriteEngine2 *iface,
                                                                  VARIANT_BOOL *value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    if (!value)
        return E_POINTER;
    *value = oi_engine_writing(&self->engine) ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

static const IWriteEngine2Vtbl write_engine_vtbl = {
    write_engine_QueryInterface,
    write_engine_AddRef,
    write_engine_Release,
    write_engine_GetTypeInfoCount,
    write_engine_GetTypeInfo,
    write_engine_GetIDsOfNames,
    write_engine_Invoke,
    write_engine_WriteSection,
    write_engine_CancelWrite,
    write_engine_put_Recorder,
    write_engine_get_Recorder,
    write_engine_put_UseStreamingWrite12,
    write_engine_get_UseStreamingWrite12,
    write_engine_put_StartingSectorsPerSecond,
    write_engine_get_StartingSectorsPerSecond,
    write_engine_put_EndingSectorsPerSecond,
    write_engine_get_EndingSectorsPerSecond,
    write_engine_put_BytesPerSector,
    write_engine_get_BytesPerSector,
    write_engine_get_WriteInProgress,
};

static void write_engine_destroy(struct com_object *object)
{
    struct write_engine *self = CONTAINING_RECORD(object, struct write_engine, base);

    apartment_pointer_clear(&self->recorder);
    oi_engine_fini(&self->engine);
    free(self);
}

static const struct com_iface write_engine_ifaces[] = {
    {&IID_IUnknown, offsetof(struct write_engine, IWriteEngine2_iface)},
    {&IID_IDispatch, offsetof(struct write_engine, IWriteEngine2_iface)},
    {&IID_IWriteEngine2, offsetof(struct write_engine, IWriteEngine2_iface)},
};

static const struct com_class write_engine_class = {
    .name = L"MsftWriteEngine2",
    .clsid = &CLSID_MsftWriteEngine2,
    .dispatch = &IID_IWriteEngine2,
    .source = &IID_DWriteEngine2Events,
    .ifaces = write_engine_ifaces,
    .iface_count = ARRAYSIZE(write_engine_ifaces),
    .destroy = write_engine_destroy,
};

HRESULT write_engine_create(IUnknown *outer, REFIID iid, void **out)
{
    struct write_engine *self = calloc(1, sizeof(*self));
    HRESULT hr;

    (void)outer;
    if (!self)
        return E_OUTOFMEMORY;
    com_object_init(&self->base, &write_engine_class);
    self->IWriteEngine2_iface.lpVtbl = (IWriteEngine2Vtbl *)&write_engine_vtbl;
    oi_engine_init(&self->engine);
    InitializeSRWLock(&self->lock);
    self->settings = (struct settings){VARIANT_FALSE, -1, -1, -1, 0, 0};
    hr = com_object_query(&self->base, iid, out);
    com_object_release(&self->base);
    return hr;
}
