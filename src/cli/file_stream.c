/* The stream reads with an explicit offset, so that it does not share a file position with anybody,
 * its clones included. Large reads go to the system as they come. */
#include <initguid.h>

#include "file_stream.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { COPY_BYTES = 256 * 1024 };

DWORD oi_file_read_some(HANDLE file, uint64_t offset, void *data, DWORD bytes, DWORD *got)
{
    OVERLAPPED at = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
    DWORD error;

    *got = 0;
    if (ReadFile(file, data, bytes, got, &at))
        return ERROR_SUCCESS;
    error = GetLastError();
    return error == ERROR_HANDLE_EOF ? ERROR_SUCCESS : error;
}

struct file_stream {
    IStream IStream_iface;
    atomic_long references;
    HANDLE file;
    uint64_t offset; /* at most INT64_MAX */
    uint64_t file_bytes;
    uint64_t bytes; /* with the zeros that follow the file */
};

static struct file_stream *file_stream_from_IStream(IStream *iface)
{
    return CONTAINING_RECORD(iface, struct file_stream, IStream_iface);
}

/* IAgileObject has no methods of its own; any interface of the object will do for it. */
static HRESULT STDMETHODCALLTYPE file_stream_QueryInterface(IStream *iface, REFIID iid, void **out)
{
    if (!out)
        return E_POINTER;
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_ISequentialStream) &&
        !IsEqualIID(iid, &IID_IStream) && !IsEqualIID(iid, &IID_IAgileObject))
        return E_NOINTERFACE;
    *out = iface;
    IStream_AddRef(iface);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE file_stream_AddRef(IStream *iface)
{
    return (ULONG)atomic_fetch_add(&file_stream_from_IStream(iface)->references, 1) + 1;
}

static ULONG STDMETHODCALLTYPE file_stream_Release(IStream *iface)
{
    struct file_stream *self = file_stream_from_IStream(iface);
    ULONG left = (ULONG)atomic_fetch_sub(&self->references, 1) - 1;

    if (!left) {
        CloseHandle(self->file);
        free(self);
    }
    return left;
}

/* The zeros behind a file that was read to its end. A file that has become shorter since has none:
 * they would hide that something is missing. */
static DWORD read_padding(const struct file_stream *self, void *data, DWORD bytes)
{
    uint64_t left = self->bytes - self->offset;

    if (self->offset < self->file_bytes || self->offset >= self->bytes)
        return 0;
    if (bytes > left)
        bytes = (DWORD)left;
    memset(data, 0, bytes);
    return bytes;
}

static HRESULT STDMETHODCALLTYPE file_stream_Read(IStream *iface, void *data, ULONG bytes,
                                                  ULONG *read)
{
    struct file_stream *self = file_stream_from_IStream(iface);
    DWORD got = 0;
    DWORD error;

    if (read)
        *read = 0;
    if (!data)
        return STG_E_INVALIDPOINTER;
    error = oi_file_read_some(self->file, self->offset, data, bytes, &got);
    if (error)
        return HRESULT_FROM_WIN32(error);
    self->offset += got;
    if (got < bytes) {
        DWORD padding = read_padding(self, (BYTE *)data + got, bytes - got);

        self->offset += padding;
        got += padding;
    }
    if (read)
        *read = got;
    return got < bytes ? S_FALSE : S_OK;
}

static HRESULT STDMETHODCALLTYPE file_stream_Write(IStream *iface, const void *data, ULONG bytes,
                                                   ULONG *written)
{
    (void)iface, (void)data, (void)bytes;
    if (written)
        *written = 0;
    return STG_E_ACCESSDENIED;
}

/* A position behind the end is none to complain of; nothing can be read there. */
static HRESULT STDMETHODCALLTYPE file_stream_Seek(IStream *iface, LARGE_INTEGER move, DWORD origin,
                                                  ULARGE_INTEGER *position)
{
    struct file_stream *self = file_stream_from_IStream(iface);
    int64_t base = origin == STREAM_SEEK_SET   ? 0
                   : origin == STREAM_SEEK_CUR ? (int64_t)self->offset
                                               : (int64_t)self->bytes;

    if (origin > STREAM_SEEK_END || move.QuadPart < -base || move.QuadPart > INT64_MAX - base)
        return STG_E_INVALIDFUNCTION;
    self->offset = (uint64_t)(base + move.QuadPart);
    if (position)
        position->QuadPart = self->offset;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE file_stream_SetSize(IStream *iface, ULARGE_INTEGER size)
{
    (void)iface, (void)size;
    return STG_E_ACCESSDENIED;
}

/* A Write that takes nothing and complains of nothing would be repeated for ever. */
static HRESULT write_all(IStream *target, const BYTE *data, ULONG bytes, ULARGE_INTEGER *written)
{
    while (bytes) {
        ULONG put = 0;
        HRESULT hr = IStream_Write(target, data, bytes, &put);

        if (FAILED(hr))
            return hr;
        if (!put || put > bytes)
            return put ? STG_E_WRITEFAULT : STG_E_MEDIUMFULL;
        written->QuadPart += put;
        data += put;
        bytes -= put;
    }
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE file_stream_CopyTo(IStream *iface, IStream *target,
                                                    ULARGE_INTEGER bytes, ULARGE_INTEGER *read,
                                                    ULARGE_INTEGER *written)
{
    ULARGE_INTEGER taken = {.QuadPart = 0}, given = {.QuadPart = 0};
    HRESULT hr = S_OK;
    ULONG got = 1;
    BYTE *data;

    if (!target)
        return STG_E_INVALIDPOINTER;
    data = malloc(COPY_BYTES);
    if (!data)
        return E_OUTOFMEMORY;
    while (SUCCEEDED(hr) && got && taken.QuadPart < bytes.QuadPart) {
        ULONGLONG left = bytes.QuadPart - taken.QuadPart;

        hr = IStream_Read(iface, data, left < COPY_BYTES ? (ULONG)left : COPY_BYTES, &got);
        taken.QuadPart += got;
        if (SUCCEEDED(hr))
            hr = write_all(target, data, got, &given);
    }
    free(data);
    if (read)
        *read = taken;
    if (written)
        *written = given;
    return hr;
}

static HRESULT STDMETHODCALLTYPE file_stream_Commit(IStream *iface, DWORD flags)
{
    (void)iface, (void)flags;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE file_stream_Revert(IStream *iface)
{
    (void)iface;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE file_stream_LockRegion(IStream *iface, ULARGE_INTEGER offset,
                                                        ULARGE_INTEGER bytes, DWORD type)
{
    (void)iface, (void)offset, (void)bytes, (void)type;
    return STG_E_INVALIDFUNCTION;
}

static HRESULT STDMETHODCALLTYPE file_stream_Stat(IStream *iface, STATSTG *stat, DWORD flags)
{
    (void)flags;
    if (!stat)
        return STG_E_INVALIDPOINTER;
    memset(stat, 0, sizeof(*stat));
    stat->type = STGTY_STREAM;
    stat->cbSize.QuadPart = file_stream_from_IStream(iface)->bytes;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE file_stream_Clone(IStream *iface, IStream **clone)
{
    const struct file_stream *self = file_stream_from_IStream(iface);
    HRESULT hr;

    if (!clone)
        return STG_E_INVALIDPOINTER;
    hr = oi_file_stream(self->file, self->file_bytes, self->bytes, clone);
    if (SUCCEEDED(hr))
        file_stream_from_IStream(*clone)->offset = self->offset;
    return hr;
}

static IStreamVtbl file_stream_vtbl = {
    file_stream_QueryInterface, file_stream_AddRef, file_stream_Release,    file_stream_Read,
    file_stream_Write,          file_stream_Seek,   file_stream_SetSize,    file_stream_CopyTo,
    file_stream_Commit,         file_stream_Revert, file_stream_LockRegion, file_stream_LockRegion,
    file_stream_Stat,           file_stream_Clone,
};

HRESULT oi_file_stream(HANDLE file, uint64_t file_bytes, uint64_t bytes, IStream **stream)
{
    struct file_stream *self = calloc(1, sizeof(*self));
    HANDLE process = GetCurrentProcess();
    HRESULT hr;

    *stream = NULL;
    if (!self)
        return E_OUTOFMEMORY;
    if (!DuplicateHandle(process, file, process, &self->file, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
        hr = HRESULT_FROM_WIN32(GetLastError());
        free(self);
        return hr;
    }
    self->IStream_iface.lpVtbl = &file_stream_vtbl;
    atomic_init(&self->references, 1);
    self->file_bytes = file_bytes;
    self->bytes = bytes;
    *stream = &self->IStream_iface;
    return S_OK;
}
