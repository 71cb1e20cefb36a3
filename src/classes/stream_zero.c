/* MsftStreamZero: a read-only stream of zero bytes with a size that is set, not stored. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "class_create.h"
#include "imapi2.h"
#include "object.h"

struct stream_zero {
    struct com_object base;
    IStream IStream_iface;
    SRWLOCK lock; /* guards the rest */
    uint64_t size;
    uint64_t position; /* may lie beyond the end */
};

static struct stream_zero *stream_zero_from_IStream(IStream *iface)
{
    return CONTAINING_RECORD(iface, struct stream_zero, IStream_iface);
}

COM_FORWARD_IUNKNOWN(stream_zero, IStream, stream_zero)

/* Moves the position; returns how many bytes there were to be read, at most `wanted`. */
static uint64_t advance(struct stream_zero *self, uint64_t wanted)
{
    uint64_t left;

    AcquireSRWLockExclusive(&self->lock);
    left = self->position < self->size ? self->size - self->position : 0;
    if (wanted > left)
        wanted = left;
    self->position += wanted;
    ReleaseSRWLockExclusive(&self->lock);
    return wanted;
}

static HRESULT STDMETHODCALLTYPE stream_zero_Read(IStream *iface, void *data, ULONG size,
                                                  ULONG *got)
{
    ULONG bytes;

    if (got)
        *got = 0;
    if (!data)
        return STG_E_INVALIDPOINTER;
    bytes = (ULONG)advance(stream_zero_from_IStream(iface), size);
    memset(data, 0, bytes);
    if (got)
        *got = bytes;
    return bytes == size ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE stream_zero_Write(IStream *iface, const void *data, ULONG size,
                                                   ULONG *written)
{
    (void)iface;
    (void)size;
    if (written)
        *written = 0;
    return data ? STG_E_ACCESSDENIED : STG_E_INVALIDPOINTER;
}

static HRESULT STDMETHODCALLTYPE stream_zero_Seek(IStream *iface, LARGE_INTEGER move, DWORD origin,
                                                  ULARGE_INTEGER *position)
{
    struct stream_zero *self = stream_zero_from_IStream(iface);
    uint64_t from = 0, target;
    HRESULT hr = S_OK;

    if (origin > STREAM_SEEK_END)
        return STG_E_INVALIDFUNCTION;
    AcquireSRWLockExclusive(&self->lock);
    if (origin == STREAM_SEEK_CUR)
        from = self->position;
    else if (origin == STREAM_SEEK_END)
        from = self->size;
    target = from + (uint64_t)move.QuadPart;
    /* Before the beginning, or around the end of 64 bits. */
    if (move.QuadPart < 0 ? target > from : target < from)
        hr = STG_E_INVALIDFUNCTION;
    else
        self->position = target;
    if (position)
        position->QuadPart = self->position;
    ReleaseSRWLockExclusive(&self->lock);
    return hr;
}

static HRESULT STDMETHODCALLTYPE stream_zero_SetSize(IStream *iface, ULARGE_INTEGER size)
{
    struct stream_zero *self = stream_zero_from_IStream(iface);

    AcquireSRWLockExclusive(&self->lock);
    self->size = size.QuadPart;
    ReleaseSRWLockExclusive(&self->lock);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE stream_zero_CopyTo(IStream *iface, IStream *target,
                                                    ULARGE_INTEGER size, ULARGE_INTEGER *read,
                                                    ULARGE_INTEGER *written)
{
    static const BYTE zeros[4096];
    struct stream_zero *self = stream_zero_from_IStream(iface);
    uint64_t left = size.QuadPart, read_bytes = 0, written_bytes = 0;
    HRESULT hr = target ? S_OK : STG_E_INVALIDPOINTER;

    while (SUCCEEDED(hr) && left > 0) {
        ULONG bytes = (ULONG)advance(self, min(left, (uint64_t)sizeof(zeros)));
        ULONG put = 0;

        if (bytes == 0)
            break;
        read_bytes += bytes;
        left -= bytes;
        hr = IStream_Write(target, zeros, bytes, &put);
        written_bytes += put;
        if (SUCCEEDED(hr) && put < bytes)
            hr = STG_E_MEDIUMFULL;
    }
    if (read)
        read->QuadPart = read_bytes;
    if (written)
        written->QuadPart = written_bytes;
    return hr;
}

static HRESULT STDMETHODCALLTYPE stream_zero_Commit(IStream *iface, DWORD flags)
{
    (void)iface;
    (void)flags;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE stream_zero_Revert(IStream *iface)
{
    (void)iface;
    return STG_E_INVALIDFUNCTION;
}

static HRESULT STDMETHODCALLTYPE stream_zero_LockRegion(IStream *iface, ULARGE_INTEGER offset,
                                                        ULARGE_INTEGER size, DWORD type)
{
    (void)iface;
    (void)offset;
    (void)size;
    (void)type;
    return STG_E_INVALIDFUNCTION;
}

static HRESULT STDMETHODCALLTYPE stream_zero_UnlockRegion(IStream *iface, ULARGE_INTEGER offset,
                                                          ULARGE_INTEGER size, DWORD type)
{
    (void)iface;
    (void)offset;
    (void)size;
    (void)type;
    return STG_E_INVALIDFUNCTION;
}

static HRESULT STDMETHODCALLTYPE stream_zero_Stat(IStream *iface, STATSTG *stat, DWORD flags)
{
    struct stream_zero *self = stream_zero_from_IStream(iface);

    (void)flags; /* the stream has no name */
    if (!stat)
        return STG_E_INVALIDPOINTER;
    *stat = (STATSTG){.type = STGTY_STREAM, .grfMode = STGM_READ};
    AcquireSRWLockShared(&self->lock);
    stat->cbSize.QuadPart = self->size;
    ReleaseSRWLockShared(&self->lock);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE stream_zero_Clone(IStream *iface, IStream **out)
{
    struct stream_zero *self = stream_zero_from_IStream(iface);
    struct stream_zero *clone;
    HRESULT hr;

    if (!out)
        return STG_E_INVALIDPOINTER;
    hr = stream_zero_create(NULL, &IID_IStream, (void **)out);
    if (FAILED(hr))
        return hr;
    clone = stream_zero_from_IStream(*out);
    AcquireSRWLockShared(&self->lock);
    clone->size = self->size;
    clone->position = self->position;
    ReleaseSRWLockShared(&self->lock);
    return S_OK;
}

static const IStreamVtbl stream_zero_vtbl = {
    stream_zero_QueryInterface, stream_zero_AddRef,     stream_zero_Release,
    stream_zero_Read,           stream_zero_Write,      stream_zero_Seek,
    stream_zero_SetSize,        stream_zero_CopyTo,     stream_zero_Commit,
    stream_zero_Revert,         stream_zero_LockRegion, stream_zero_UnlockRegion,
    stream_zero_Stat,           stream_zero_Clone,
};

static const struct com_iface stream_zero_ifaces[] = {
    {&IID_IUnknown, offsetof(struct stream_zero, IStream_iface)},
    {&IID_ISequentialStream, offsetof(struct stream_zero, IStream_iface)},
    {&IID_IStream, offsetof(struct stream_zero, IStream_iface)},
};

static const struct com_class stream_zero_class = {
    .name = L"MsftStreamZero", /* no CLSID: it is a stream and nothing else, without class info */
    .ifaces = stream_zero_ifaces,
    .iface_count = ARRAYSIZE(stream_zero_ifaces),
};

HRESULT stream_zero_create(IUnknown *outer, REFIID iid, void **out)
{
    struct stream_zero *self = calloc(1, sizeof(*self));
    HRESULT hr;

    (void)outer;
    if (!self)
        return E_OUTOFMEMORY;
    com_object_init(&self->base, &stream_zero_class);
    self->IStream_iface.lpVtbl = (IStreamVtbl *)&stream_zero_vtbl;
    InitializeSRWLock(&self->lock);
    hr = com_object_query(&self->base, iid, out);
    com_object_release(&self->base);
    return hr;
}
