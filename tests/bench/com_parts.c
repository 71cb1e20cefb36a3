/* The methods that a section does not need answer E_NOTIMPL, and E_FAIL where the caller would look
 * at what it got. */
#include "com_parts.h"

#include <string.h>

enum { SENSE_BYTES = 18, PACE_US = 200 };

LONGLONG ticks(void)
{
    LARGE_INTEGER now;

    QueryPerformanceCounter(&now);
    return now.QuadPart;
}

double ticks_to_us(LONGLONG count)
{
    static LARGE_INTEGER frequency;

    if (!frequency.QuadPart)
        QueryPerformanceFrequency(&frequency);
    return (double)count * 1e6 / (double)frequency.QuadPart;
}

static HRESULT query(void *iface, LONG *refs, REFIID iid, const IID *own, void **out)
{
    if (!out)
        return E_POINTER;
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IAgileObject) &&
        !IsEqualIID(iid, own))
        return E_NOINTERFACE;
    *out = iface;
    InterlockedIncrement(refs);
    return S_OK;
}

/* == stream == */

static struct file_stream *file_stream_from_IStream(IStream *iface)
{
    return CONTAINING_RECORD(iface, struct file_stream, IStream_iface);
}

static HRESULT STDMETHODCALLTYPE file_stream_QueryInterface(IStream *iface, REFIID iid, void **out)
{
    return query(iface, &file_stream_from_IStream(iface)->refs, iid, &IID_IStream, out);
}

static ULONG STDMETHODCALLTYPE file_stream_AddRef(IStream *iface)
{
    return (ULONG)InterlockedIncrement(&file_stream_from_IStream(iface)->refs);
}

static ULONG STDMETHODCALLTYPE file_stream_Release(IStream *iface)
{
    return (ULONG)InterlockedDecrement(&file_stream_from_IStream(iface)->refs);
}

static HRESULT STDMETHODCALLTYPE file_stream_Read(IStream *iface, void *bytes, ULONG wanted,
                                                  ULONG *fetched)
{
    struct file_stream *self = file_stream_from_IStream(iface);
    DWORD got = 0;

    if (self->delivered >= self->stall_at) {
        SetEvent(self->stalled);
        WaitForSingleObject(self->go, INFINITE);
    }
    self->reads++;
    if (!ReadFile(self->file, bytes, wanted, &got, NULL))
        return STG_E_READFAULT;
    self->delivered += got;
    if (!self->first_ticks && self->delivered >= CHUNK)
        self->first_ticks = ticks();
    if (fetched)
        *fetched = got;
    return got < wanted ? S_FALSE : S_OK;
}

static HRESULT STDMETHODCALLTYPE file_stream_Write(IStream *iface, const void *bytes, ULONG count,
                                                   ULONG *written)
{
    (void)iface, (void)bytes, (void)count, (void)written;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE file_stream_Seek(IStream *iface, LARGE_INTEGER move, DWORD origin,
                                                  ULARGE_INTEGER *place)
{
    (void)iface, (void)move, (void)origin, (void)place;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE file_stream_SetSize(IStream *iface, ULARGE_INTEGER size)
{
    (void)iface, (void)size;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE file_stream_CopyTo(IStream *iface, IStream *other,
                                                    ULARGE_INTEGER count, ULARGE_INTEGER *read,
                                                    ULARGE_INTEGER *written)
{
    (void)iface, (void)other, (void)count, (void)read, (void)written;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE file_stream_Commit(IStream *iface, DWORD flags)
{
    (void)iface, (void)flags;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE file_stream_Revert(IStream *iface)
{
    (void)iface;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE file_stream_LockRegion(IStream *iface, ULARGE_INTEGER at,
                                                        ULARGE_INTEGER count, DWORD kind)
{
    (void)iface, (void)at, (void)count, (void)kind;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE file_stream_Stat(IStream *iface, STATSTG *stat, DWORD flags)
{
    (void)iface, (void)stat, (void)flags;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE file_stream_Clone(IStream *iface, IStream **clone)
{
    (void)iface, (void)clone;
    return E_NOTIMPL;
}

static IStreamVtbl file_stream_vtbl = {
    file_stream_QueryInterface, file_stream_AddRef, file_stream_Release,    file_stream_Read,
    file_stream_Write,          file_stream_Seek,   file_stream_SetSize,    file_stream_CopyTo,
    file_stream_Commit,         file_stream_Revert, file_stream_LockRegion, file_stream_LockRegion,
    file_stream_Stat,           file_stream_Clone,
};

bool file_stream_init(struct file_stream *stream, const char *path)
{
    memset(stream, 0, sizeof(*stream));
    stream->IStream_iface.lpVtbl = &file_stream_vtbl;
    stream->refs = 1;
    stream->stall_at = UINT64_MAX;
    stream->stalled = CreateEventW(NULL, TRUE, FALSE, NULL);
    stream->go = CreateEventW(NULL, TRUE, FALSE, NULL);
    stream->file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                               OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    return stream->file != INVALID_HANDLE_VALUE;
}

void file_stream_fini(struct file_stream *stream)
{
    while (InterlockedCompareExchange(&stream->refs, 1, 1) > 1)
        Sleep(1);
    CloseHandle(stream->file);
    CloseHandle(stream->stalled);
    CloseHandle(stream->go);
}

/* == recorder == */

static struct null_recorder *null_recorder_from_IDiscRecorder2Ex(IDiscRecorder2Ex *iface)
{
    return CONTAINING_RECORD(iface, struct null_recorder, IDiscRecorder2Ex_iface);
}

static HRESULT STDMETHODCALLTYPE null_recorder_QueryInterface(IDiscRecorder2Ex *iface, REFIID iid,
                                                              void **out)
{
    return query(iface, &null_recorder_from_IDiscRecorder2Ex(iface)->refs, iid,
                 &IID_IDiscRecorder2Ex, out);
}

static ULONG STDMETHODCALLTYPE null_recorder_AddRef(IDiscRecorder2Ex *iface)
{
    return (ULONG)InterlockedIncrement(&null_recorder_from_IDiscRecorder2Ex(iface)->refs);
}

static ULONG STDMETHODCALLTYPE null_recorder_Release(IDiscRecorder2Ex *iface)
{
    return (ULONG)InterlockedDecrement(&null_recorder_from_IDiscRecorder2Ex(iface)->refs);
}

/* INVALID COMMAND OPERATION CODE */
static HRESULT refuse(BYTE *sense)
{
    memset(sense, 0, SENSE_BYTES);
    sense[0] = 0x70;
    sense[2] = 5;
    sense[7] = 10;
    sense[12] = 0x20;
    return S_IMAPI_COMMAND_HAS_SENSE_DATA;
}

static HRESULT STDMETHODCALLTYPE null_recorder_SendCommandNoData(IDiscRecorder2Ex *iface, BYTE *cdb,
                                                                 ULONG size, BYTE *sense,
                                                                 ULONG timeout)
{
    (void)cdb, (void)size, (void)timeout;
    null_recorder_from_IDiscRecorder2Ex(iface)->others++;
    return refuse(sense);
}

static LONG lba_of(const BYTE *cdb)
{
    return (LONG)((uint32_t)cdb[2] << 24 | (uint32_t)cdb[3] << 16 | (uint32_t)cdb[4] << 8 | cdb[5]);
}

/* Spins: a sleep takes a millisecond or more. */
static void take_time(struct null_recorder *self)
{
    LONGLONG start = ticks();

    if (self->done_ticks && self->gap_count < self->gap_room)
        self->gaps[self->gap_count++] = (uint32_t)(ticks_to_us(start - self->done_ticks) * 1000.0);
    while (ticks_to_us(ticks() - start) < PACE_US)
        ;
    self->done_ticks = ticks();
}

static HRESULT STDMETHODCALLTYPE null_recorder_SendCommandSendDataToDevice(
    IDiscRecorder2Ex *iface, BYTE *cdb, ULONG size, BYTE *sense, ULONG timeout, BYTE *bytes,
    ULONG_IMAPI2_NONZERO count)
{
    struct null_recorder *self = null_recorder_from_IDiscRecorder2Ex(iface);

    (void)size, (void)timeout, (void)bytes;
    memset(sense, 0, SENSE_BYTES);
    if (!self->first_ticks)
        self->first_ticks = ticks();
    self->writes++;
    self->misplaced += lba_of(cdb) != self->next_lba;
    self->next_lba += (LONG)(count / SECTOR);
    if (self->paced)
        take_time(self);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE null_recorder_SendCommandGetDataFromDevice(
    IDiscRecorder2Ex *iface, BYTE *cdb, ULONG size, BYTE *sense, ULONG timeout, BYTE *bytes,
    ULONG_IMAPI2_NONZERO count, ULONG_IMAPI2_NOT_NEGATIVE *fetched)
{
    (void)cdb, (void)size, (void)timeout, (void)bytes, (void)count;
    *fetched = 0;
    null_recorder_from_IDiscRecorder2Ex(iface)->others++;
    return refuse(sense);
}

static HRESULT nothing(void *data, ULONG *count)
{
    *(void **)data = NULL;
    *count = 0;
    return E_FAIL;
}

static HRESULT STDMETHODCALLTYPE null_recorder_ReadDvdStructure(IDiscRecorder2Ex *iface,
                                                                ULONG format, ULONG address,
                                                                ULONG layer, ULONG agid,
                                                                BYTE **data,
                                                                ULONG_IMAPI2_DVD_STRUCTURE *size)
{
    (void)iface, (void)format, (void)address, (void)layer, (void)agid;
    return nothing(data, size);
}

static HRESULT STDMETHODCALLTYPE null_recorder_SendDvdStructure(IDiscRecorder2Ex *iface,
                                                                ULONG format, BYTE *data,
                                                                ULONG_IMAPI2_DVD_STRUCTURE size)
{
    (void)iface, (void)format, (void)data, (void)size;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE null_recorder_GetDescriptor(IDiscRecorder2Ex *iface, BYTE **data,
                                                             ULONG *size)
{
    (void)iface;
    return nothing(data, size);
}

static HRESULT STDMETHODCALLTYPE null_recorder_GetDiscInformation(
    IDiscRecorder2Ex *iface, BYTE **data, ULONG_IMAPI2_DISC_INFORMATION *size)
{
    (void)iface;
    return nothing(data, size);
}

static HRESULT STDMETHODCALLTYPE null_recorder_GetTrackInformation(
    IDiscRecorder2Ex *iface, ULONG address, IMAPI_READ_TRACK_ADDRESS_TYPE type, BYTE **data,
    ULONG_IMAPI2_TRACK_INFORMATION *size)
{
    (void)iface, (void)address, (void)type;
    return nothing(data, size);
}

static HRESULT STDMETHODCALLTYPE null_recorder_GetFeaturePage(IDiscRecorder2Ex *iface,
                                                              IMAPI_FEATURE_PAGE_TYPE feature,
                                                              BOOLEAN current, BYTE **data,
                                                              ULONG_IMAPI2_FEATURE_PAGE *size)
{
    (void)iface, (void)feature, (void)current;
    nothing(data, size);
    return E_IMAPI_RECORDER_NO_SUCH_FEATURE;
}

static HRESULT STDMETHODCALLTYPE null_recorder_GetModePage(IDiscRecorder2Ex *iface,
                                                           IMAPI_MODE_PAGE_TYPE page,
                                                           IMAPI_MODE_PAGE_REQUEST_TYPE type,
                                                           BYTE **data,
                                                           ULONG_IMAPI2_MODE_PAGE *size)
{
    (void)iface, (void)page, (void)type;
    nothing(data, size);
    return E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE;
}

static HRESULT STDMETHODCALLTYPE null_recorder_SetModePage(IDiscRecorder2Ex *iface,
                                                           IMAPI_MODE_PAGE_REQUEST_TYPE type,
                                                           BYTE *data, ULONG_IMAPI2_MODE_PAGE size)
{
    (void)iface, (void)type, (void)data, (void)size;
    return E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE;
}

static HRESULT STDMETHODCALLTYPE null_recorder_GetSupportedFeaturePages(
    IDiscRecorder2Ex *iface, BOOLEAN current, IMAPI_FEATURE_PAGE_TYPE **types,
    ULONG_IMAPI2_ALL_FEATURE_PAGES *count)
{
    (void)iface, (void)current;
    return nothing(types, count);
}

static HRESULT STDMETHODCALLTYPE
null_recorder_GetSupportedProfiles(IDiscRecorder2Ex *iface, BOOLEAN current,
                                   IMAPI_PROFILE_TYPE **types, ULONG_IMAPI2_ALL_PROFILES *count)
{
    (void)iface, (void)current;
    *count = 0;
    *types = CoTaskMemAlloc(sizeof(**types));
    if (!*types)
        return E_OUTOFMEMORY;
    **types = IMAPI_PROFILE_TYPE_DVD_PLUS_RW;
    *count = 1;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE null_recorder_GetSupportedModePages(
    IDiscRecorder2Ex *iface, IMAPI_MODE_PAGE_REQUEST_TYPE type, IMAPI_MODE_PAGE_TYPE **types,
    ULONG_IMAPI2_ALL_MODE_PAGES *count)
{
    (void)iface, (void)type;
    return nothing(types, count);
}

static HRESULT STDMETHODCALLTYPE null_recorder_GetByteAlignmentMask(IDiscRecorder2Ex *iface,
                                                                    ULONG *value)
{
    (void)iface;
    *value = 1;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE null_recorder_GetMaximumTransferSize(IDiscRecorder2Ex *iface,
                                                                      ULONG *value)
{
    (void)iface;
    *value = CHUNK;
    return S_OK;
}

static IDiscRecorder2ExVtbl null_recorder_vtbl = {
    null_recorder_QueryInterface,
    null_recorder_AddRef,
    null_recorder_Release,
    null_recorder_SendCommandNoData,
    null_recorder_SendCommandSendDataToDevice,
    null_recorder_SendCommandGetDataFromDevice,
    null_recorder_ReadDvdStructure,
    null_recorder_SendDvdStructure,
    null_recorder_GetDescriptor,
    null_recorder_GetDescriptor,
    null_recorder_GetDiscInformation,
    null_recorder_GetTrackInformation,
    null_recorder_GetFeaturePage,
    null_recorder_GetModePage,
    null_recorder_SetModePage,
    null_recorder_GetSupportedFeaturePages,
    null_recorder_GetSupportedProfiles,
    null_recorder_GetSupportedModePages,
    null_recorder_GetByteAlignmentMask,
    null_recorder_GetMaximumTransferSize,
    null_recorder_GetMaximumTransferSize,
};

void null_recorder_init(struct null_recorder *recorder)
{
    memset(recorder, 0, sizeof(*recorder));
    recorder->IDiscRecorder2Ex_iface.lpVtbl = &null_recorder_vtbl;
    recorder->refs = 1;
}
