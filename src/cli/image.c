/* The stream reads with an explicit offset, so that it does not share a file position with anybody.
 * Large reads go to the system as they come. */
#include <initguid.h>

#include "image.h"

#include <objidl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "drive.h"
#include "paths.h"

/* Reads at most `bytes` at offset; *got is 0 at the end of the file. */
static DWORD read_some(HANDLE file, uint64_t offset, void *data, DWORD bytes, DWORD *got)
{
    OVERLAPPED at = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
    DWORD error;

    *got = 0;
    if (ReadFile(file, data, bytes, got, &at))
        return ERROR_SUCCESS;
    error = GetLastError();
    return error == ERROR_HANDLE_EOF ? ERROR_SUCCESS : error;
}

DWORD oi_image_read(struct oi_image *image, uint64_t offset, void *data, DWORD bytes)
{
    BYTE *to = data;

    while (bytes) {
        DWORD got;
        DWORD error = read_some(image->file, offset, to, bytes, &got);

        if (error || !got)
            return error ? error : ERROR_HANDLE_EOF;
        to += got;
        offset += got;
        bytes -= got;
    }
    return ERROR_SUCCESS;
}

static enum oi_exit check(struct oi_image *image)
{
    static const char hint[] =
        "An image is an ISO file or anything else made of 2048-byte sectors.";
    LARGE_INTEGER size;
    struct oi_answer answer;
    BYTE first[OI_BLOCK_BYTES];

    if (GetFileType(image->file) != FILE_TYPE_DISK)
        return oi_fail(OI_EXIT_REFUSED, NULL, hint, "\"%s\" is not an ordinary file", image->path);
    if (!GetFileSizeEx(image->file, &size)) {
        answer = oi_answer_from_win32(GetLastError());
        return oi_fail(OI_EXIT_REFUSED, &answer, NULL, "\"%s\" has no size", image->path);
    }
    image->bytes = (uint64_t)size.QuadPart;
    if (!image->bytes)
        return oi_fail(OI_EXIT_REFUSED, NULL, hint, "\"%s\" is empty", image->path);
    if (image->bytes % OI_BLOCK_BYTES)
        return oi_fail(OI_EXIT_REFUSED, NULL, hint,
                       "the size of \"%s\", %llu bytes, is not a multiple of 2048: %llu bytes are "
                       "left over",
                       image->path, (unsigned long long)image->bytes,
                       (unsigned long long)(image->bytes % OI_BLOCK_BYTES));
    if (image->bytes / OI_BLOCK_BYTES > INT32_MAX)
        return oi_fail(OI_EXIT_REFUSED, NULL, NULL, "\"%s\" is larger than any disc", image->path);
    image->blocks = (uint32_t)(image->bytes / OI_BLOCK_BYTES);
    answer = oi_answer_from_win32(oi_image_read(image, 0, first, sizeof(first)));
    if (FAILED(answer.hr))
        return oi_fail(OI_EXIT_REFUSED, &answer, NULL, "\"%s\" can't be read", image->path);
    return OI_EXIT_OK;
}

enum oi_exit oi_image_open(struct oi_image *image, const wchar_t *path)
{
    wchar_t absolute[OI_PATH_MAX];
    struct oi_answer answer;
    enum oi_exit exit;
    DWORD attributes;

    *image = (struct oi_image){0};
    strcpy(image->path, oi_utf8(path).text);
    if (!oi_path_absolute(path, absolute))
        return oi_fail(OI_EXIT_REFUSED, NULL, NULL, "\"%s\" can't be a path", image->path);
    attributes = GetFileAttributesW(absolute);
    if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY))
        return oi_fail(OI_EXIT_REFUSED, NULL,
                       "A folder must be made into an image first, for instance by xorriso.",
                       "\"%s\" is a folder", image->path);
    image->file = CreateFileW(absolute, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                              FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    if (image->file == INVALID_HANDLE_VALUE) {
        answer = oi_answer_from_win32(GetLastError());
        return oi_fail(OI_EXIT_REFUSED, &answer, NULL, "the image \"%s\" can't be opened",
                       image->path);
    }
    exit = check(image);
    if (exit)
        oi_image_close(image);
    return exit;
}

void oi_image_close(struct oi_image *image)
{
    CloseHandle(image->file);
}

struct file_stream {
    IStream IStream_iface;
    atomic_long references;
    HANDLE file;
    uint64_t offset;
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
    error = read_some(self->file, self->offset, data, bytes, &got);
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

static HRESULT STDMETHODCALLTYPE file_stream_Seek(IStream *iface, LARGE_INTEGER move, DWORD origin,
                                                  ULARGE_INTEGER *position)
{
    struct file_stream *self = file_stream_from_IStream(iface);
    int64_t base = origin == STREAM_SEEK_SET   ? 0
                   : origin == STREAM_SEEK_CUR ? (int64_t)self->offset
                                               : (int64_t)self->bytes;

    if (origin > STREAM_SEEK_END || base + move.QuadPart < 0)
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

static HRESULT STDMETHODCALLTYPE file_stream_CopyTo(IStream *iface, IStream *target,
                                                    ULARGE_INTEGER bytes, ULARGE_INTEGER *read,
                                                    ULARGE_INTEGER *written)
{
    (void)iface, (void)target, (void)bytes, (void)read, (void)written;
    return E_NOTIMPL;
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
    (void)iface;
    if (!clone)
        return STG_E_INVALIDPOINTER;
    *clone = NULL;
    return E_NOTIMPL;
}

static IStreamVtbl file_stream_vtbl = {
    file_stream_QueryInterface, file_stream_AddRef, file_stream_Release,    file_stream_Read,
    file_stream_Write,          file_stream_Seek,   file_stream_SetSize,    file_stream_CopyTo,
    file_stream_Commit,         file_stream_Revert, file_stream_LockRegion, file_stream_LockRegion,
    file_stream_Stat,           file_stream_Clone,
};

bool oi_image_stream(struct oi_image *image, uint32_t blocks, IStream **stream)
{
    struct file_stream *self = calloc(1, sizeof(*self));
    HANDLE process = GetCurrentProcess();

    if (!self)
        return false;
    if (!DuplicateHandle(process, image->file, process, &self->file, 0, FALSE,
                         DUPLICATE_SAME_ACCESS)) {
        free(self);
        return false;
    }
    self->IStream_iface.lpVtbl = &file_stream_vtbl;
    atomic_init(&self->references, 1);
    self->file_bytes = image->bytes;
    self->bytes = (uint64_t)blocks * OI_BLOCK_BYTES;
    *stream = &self->IStream_iface;
    return true;
}
