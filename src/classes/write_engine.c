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
#include "section_trace.h"
#include "stream_source.h"

struct settings {
    LONG streaming;                    /* a VARIANT_BOOL */
    LONG starting_speed, ending_speed; /* sectors per second, -1 not known */
    LONG block_bytes;                  /* -1 not set */
};

struct write_engine {
    struct com_object base;
    IWriteEngine2 IWriteEngine2_iface;
    struct oi_engine engine;
    SRWLOCK lock; /* guards the rest */
    struct settings settings;
    struct apartment_pointer *recorder; /* NULL while there is none */
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

static HRESULT null_pointer(void)
{
    return com_error_null(&IID_IWriteEngine2);
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
    struct apartment_pointer *pointer; /* a reference, whatever happens to the property */
    ULONG aligned_max, not_aligned_max;
    struct recorder_drive drive;
    struct engine_client client;
};

/* Foreign code is called by whoever uses the pointer, so it leaves the lock first. */
static struct apartment_pointer *take_recorder(struct write_engine *self)
{
    struct apartment_pointer *pointer;

    AcquireSRWLockShared(&self->lock);
    pointer = self->recorder;
    if (pointer)
        apartment_pointer_addref(pointer);
    ReleaseSRWLockShared(&self->lock);
    return pointer;
}

static HRESULT transfer_limits(IDiscRecorder2Ex *recorder, ULONG *aligned_max,
                               ULONG *not_aligned_max)
{
    HRESULT hr = IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(recorder, aligned_max);

    if (SUCCEEDED(hr))
        hr = IDiscRecorder2Ex_GetMaximumNonPageAlignedTransferSize(recorder, not_aligned_max);
    if (FAILED(hr))
        return error(hr, "The recorder does not tell its largest transfer. Initialise it "
                         "(InitializeDiscRecorder) before giving it to the write engine.");
    return S_OK;
}

/* The recorder must be usable from the writer's thread: that is found out before any event. */
static HRESULT reach_recorder(const struct apartment_pointer *pointer, IDiscRecorder2Ex **recorder)
{
    HRESULT hr;

    if (!pointer)
        return error(E_IMAPI_RECORDER_REQUIRED,
                     "WriteSection needs a recorder: set the Recorder property first.");
    hr = apartment_pointer_crosses(pointer);
    if (FAILED(hr))
        return error(hr, "The recorder object is neither agile nor can it be marshalled, so it "
                         "can't be called from the thread that writes. Use a recorder object that "
                         "aggregates the free-threaded marshaler, or register imapi2.dll, which "
                         "is the proxy of IDiscRecorder2Ex, for this program's bitness.");
    hr = apartment_pointer_get(pointer, &IID_IDiscRecorder2Ex, (void **)recorder);
    if (FAILED(hr))
        return error(hr, hr == CO_E_NOTINITIALIZED
                             ? "This thread has not initialised COM: call CoInitializeEx first."
                             : "The recorder object can't be reached from this thread.");
    return S_OK;
}

static HRESULT check_arguments(const struct section_parts *parts, LONG start, LONG count)
{
    LONG block_bytes = parts->settings.block_bytes;

    if (block_bytes < 1)
        return error(E_INVALIDARG,
                     "BytesPerSector is not set: set it to 2048 for data, 2352 for audio.");
    if (count < 1)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "numberOfBlocks is %ld: it must be at least 1.", count);
    if ((int64_t)start + count - 1 > LONG_MAX)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "%ld blocks from LBA %ld end beyond the last address there is (%ld).",
                         count, start, LONG_MAX);
    if (oi_blocks_per_command((uint32_t)block_bytes, parts->aligned_max, parts->not_aligned_max,
                              1) == 0)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "One block of %ld bytes (BytesPerSector) is larger than the recorder's "
                         "largest transfer (%lu bytes).",
                         block_bytes, parts->aligned_max);
    return S_OK;
}

/* What the recorder has to say before the section, and whether the arguments fit it. */
static HRESULT prepare(struct section_parts *parts, struct oi_section *section)
{
    const struct settings *settings = &parts->settings;
    IDiscRecorder2Ex *recorder;
    HRESULT hr = reach_recorder(parts->pointer, &recorder);

    if (FAILED(hr))
        return hr;
    hr = transfer_limits(recorder, &parts->aligned_max, &parts->not_aligned_max);
    /* A proxy hands on a copy of our buffer, which begins anywhere. */
    if (SUCCEEDED(hr) && apartment_pointer_copies(parts->pointer))
        parts->aligned_max = parts->not_aligned_max;
    if (SUCCEEDED(hr))
        hr = check_arguments(parts, section->start_lba, section->blocks);
    if (SUCCEEDED(hr)) {
        section->profile = recorder_profile(recorder);
        section->block_bytes = (uint32_t)settings->block_bytes;
        section->blocks_per_command =
            oi_blocks_per_command(section->block_bytes, parts->aligned_max, parts->not_aligned_max,
                                  oi_unit_blocks_of_profile(section->profile));
        section->starting_speed = settings->starting_speed;
        section->ending_speed = settings->ending_speed;
        section->streaming = settings->streaming != VARIANT_FALSE;
    }
    IDiscRecorder2Ex_Release(recorder);
    return hr;
}

/* With the engine claimed; the engine gives the claim back. */
static HRESULT run_section(struct write_engine *self, struct oi_section *section,
                           struct section_parts *parts)
{
    char text[OUTCOME_TEXT_MAX];
    struct section_trace trace;
    struct oi_outcome outcome;
    HRESULT hr = S_OK;

    recorder_drive_init(&parts->drive, parts->pointer);
    section->drive = &parts->drive.drive;
    section->client = &parts->client.client;
    section_trace_begin(&trace, section);
    oi_engine_write_section(&self->engine, section, &outcome);
    if (outcome.status != OI_OK)
        hr = outcome_error(section, &outcome, parts->drive.detail, text);
    section_trace_end(&trace, section, &outcome, hr, FAILED(hr) ? text : NULL);
    recorder_drive_fini(&parts->drive);
    return hr;
}

static HRESULT write_claimed(struct write_engine *self, IStream *data, LONG start, LONG count)
{
    struct section_parts parts = {.pointer = take_recorder(self)};
    struct oi_section section = {.start_lba = start, .blocks = count};
    HRESULT hr;

    AcquireSRWLockShared(&self->lock);
    parts.settings = self->settings;
    ReleaseSRWLockShared(&self->lock);
    hr = prepare(&parts, &section);
    if (SUCCEEDED(hr)) {
        section.source = stream_source_create(data, &section.client_reads);
        if (!section.source || !engine_client_init(&parts.client, &self->base,
                                                   (IDispatch *)&self->IWriteEngine2_iface))
            hr = error(E_OUTOFMEMORY, "There is not enough memory to begin the section.");
    }
    if (SUCCEEDED(hr)) {
        hr = run_section(self, &section, &parts);
    } else {
        if (section.source)
            section.source->ops->close(section.source);
        oi_engine_unclaim(&self->engine);
    }
    engine_client_fini(&parts.client);
    apartment_pointer_release(parts.pointer);
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
    struct apartment_pointer *pointer = NULL, *old;
    ULONG aligned_max, not_aligned_max;
    HRESULT hr;

    if (oi_engine_busy(&self->engine))
        return write_in_progress();
    if (value) {
        hr = transfer_limits(value, &aligned_max, &not_aligned_max);
        if (FAILED(hr))
            return hr;
        pointer = apartment_pointer_create((IUnknown *)value, &IID_IDiscRecorder2Ex);
        if (!pointer)
            return E_OUTOFMEMORY;
    }
    AcquireSRWLockExclusive(&self->lock);
    old = self->recorder;
    self->recorder = pointer;
    ReleaseSRWLockExclusive(&self->lock);
    apartment_pointer_release(old);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE write_engine_get_Recorder(IWriteEngine2 *iface,
                                                           IDiscRecorder2Ex **value)
{
    struct apartment_pointer *pointer;
    HRESULT hr;

    if (!value)
        return null_pointer();
    *value = NULL;
    pointer = take_recorder(write_engine_from_IWriteEngine2(iface));
    if (!pointer)
        return S_OK;
    hr = apartment_pointer_get(pointer, &IID_IDiscRecorder2Ex, (void **)value);
    apartment_pointer_release(pointer);
    return SUCCEEDED(hr) ? S_OK
                         : error(hr, "The recorder object can't be reached from this thread.");
}

/* The settings: changed under the lock, if no section runs; each LONG by its checks and these two.
 */

static HRESULT put_long(struct write_engine *self, LONG *setting, LONG value, HRESULT hr)
{
    if (FAILED(hr))
        return hr;
    AcquireSRWLockExclusive(&self->lock);
    *setting = value;
    ReleaseSRWLockExclusive(&self->lock);
    return S_OK;
}

static HRESULT get_long(struct write_engine *self, const LONG *setting, LONG *value)
{
    if (!value)
        return null_pointer();
    AcquireSRWLockShared(&self->lock);
    *value = *setting;
    ReleaseSRWLockShared(&self->lock);
    return S_OK;
}

static HRESULT check_speed(struct write_engine *self, LONG value)
{
    if (oi_engine_busy(&self->engine))
        return write_in_progress();
    if (value != -1 && value < 1)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "A speed of %ld sectors per second is not possible: use 1 or more, or -1 "
                         "for the maximum.",
                         value);
    return S_OK;
}

static HRESULT check_block_bytes(struct write_engine *self, LONG value)
{
    if (oi_engine_busy(&self->engine))
        return write_in_progress();
    if (value < 1)
        return com_error(&IID_IWriteEngine2, E_INVALIDARG,
                         "BytesPerSector can't be %ld: it must be at least 1 (2048 for data, 2352 "
                         "for audio).",
                         value);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE write_engine_put_UseStreamingWrite12(IWriteEngine2 *iface,
                                                                      VARIANT_BOOL value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    if (oi_engine_busy(&self->engine))
        return write_in_progress();
    return put_long(self, &self->settings.streaming, value ? VARIANT_TRUE : VARIANT_FALSE, S_OK);
}

static HRESULT STDMETHODCALLTYPE write_engine_get_UseStreamingWrite12(IWriteEngine2 *iface,
                                                                      VARIANT_BOOL *value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);
    LONG streaming;
    HRESULT hr;

    if (!value)
        return null_pointer();
    hr = get_long(self, &self->settings.streaming, &streaming);
    *value = (VARIANT_BOOL)streaming;
    return hr;
}

static HRESULT STDMETHODCALLTYPE write_engine_put_StartingSectorsPerSecond(IWriteEngine2 *iface,
                                                                           LONG value)
{
    struct write_engine *self = write_engine_from_IWriteEngine2(iface);

    return put_long(self, &self->settings.starting_speed, value, check_speed(self, value));
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

    return put_long(self, &self->settings.ending_speed, value, check_speed(self, value));
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

    return put_long(self, &self->settings.block_bytes, value, check_block_bytes(self, value));
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
        return null_pointer();
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

    apartment_pointer_release(self->recorder);
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
    self->settings = (struct settings){VARIANT_FALSE, -1, -1, -1};
    hr = com_object_query(&self->base, iid, out);
    com_object_release(&self->base);
    return hr;
}
