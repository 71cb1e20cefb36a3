/* A sector: the mark, the seed, the address, and numbers of a generator that begins with both. */
#include "pattern.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "drive.h"

enum { MARK_BYTES = 8, SEED_AT = 8, LBA_AT = 16, HEAD_BYTES = 24 };
static const char mark[MARK_BYTES + 1] = "OIMTEST1";

/* SplitMix64: each state gives a number, also the next one. */
static uint64_t next_number(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void oi_pattern_fill(const struct oi_pattern *pattern, uint32_t lba, BYTE *block)
{
    uint64_t state = pattern->seed ^ (uint64_t)lba << 32;

    memset(block, 0, HEAD_BYTES);
    memcpy(block, mark, MARK_BYTES);
    memcpy(block + SEED_AT, &pattern->seed, sizeof(pattern->seed));
    memcpy(block + LBA_AT, &lba, sizeof(lba));
    for (size_t at = HEAD_BYTES; at < OI_BLOCK_BYTES; at += sizeof(uint64_t)) {
        uint64_t number = next_number(&state);

        memcpy(block + at, &number, sizeof(number));
    }
}

static bool is_all(const BYTE *block, BYTE value)
{
    for (size_t i = 0; i < OI_BLOCK_BYTES; i++) {
        if (block[i] != value)
            return false;
    }
    return true;
}

struct oi_utf8 oi_pattern_difference(const struct oi_pattern *pattern, uint32_t lba,
                                     const BYTE *block)
{
    BYTE expected[OI_BLOCK_BYTES];
    uint64_t seed;
    uint32_t named;
    unsigned at = 0;

    oi_pattern_fill(pattern, lba, expected);
    if (!memcmp(block, expected, OI_BLOCK_BYTES))
        return (struct oi_utf8){{0}};
    if (is_all(block, 0))
        return oi_words("it is all zeros");
    memcpy(&seed, block + SEED_AT, sizeof(seed));
    memcpy(&named, block + LBA_AT, sizeof(named));
    if (memcmp(block, mark, MARK_BYTES))
        return oi_words("it holds something else than test data");
    if (seed != pattern->seed)
        return oi_words("it holds what an earlier run wrote as sector %lu", (unsigned long)named);
    if (named != lba)
        return oi_words("it holds what belongs to sector %lu", (unsigned long)named);
    while (block[at] == expected[at])
        at++;
    return oi_words("it differs from byte %u on", at);
}

struct pattern_stream {
    IStream IStream_iface;
    atomic_long references;
    struct oi_pattern pattern;
    struct oi_pattern_pause pause;
    uint64_t offset;
    BYTE block[OI_BLOCK_BYTES]; /* that of filled_lba */
    uint32_t filled_lba;
    bool filled;
};

static struct pattern_stream *pattern_stream_from_IStream(IStream *iface)
{
    return CONTAINING_RECORD(iface, struct pattern_stream, IStream_iface);
}

/* IAgileObject has no methods of its own; any interface of the object will do for it. */
static HRESULT STDMETHODCALLTYPE pattern_stream_QueryInterface(IStream *iface, REFIID iid,
                                                               void **out)
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

static ULONG STDMETHODCALLTYPE pattern_stream_AddRef(IStream *iface)
{
    return (ULONG)atomic_fetch_add(&pattern_stream_from_IStream(iface)->references, 1) + 1;
}

static ULONG STDMETHODCALLTYPE pattern_stream_Release(IStream *iface)
{
    struct pattern_stream *self = pattern_stream_from_IStream(iface);
    ULONG left = (ULONG)atomic_fetch_sub(&self->references, 1) - 1;

    if (!left)
        free(self);
    return left;
}

static void wait_at_pause(struct pattern_stream *self)
{
    if (!self->pause.over || self->offset < (uint64_t)self->pause.blocks * OI_BLOCK_BYTES)
        return;
    WaitForSingleObject(self->pause.over, self->pause.most_ms);
    self->pause.over = NULL;
}

/* Never beyond the pause in one go. */
static uint64_t end_of_read(const struct pattern_stream *self)
{
    uint32_t blocks = self->pause.over && self->pause.blocks < self->pattern.blocks
                          ? self->pause.blocks
                          : self->pattern.blocks;

    return (uint64_t)blocks * OI_BLOCK_BYTES;
}

static void need_block(struct pattern_stream *self)
{
    uint32_t lba = self->pattern.start + (uint32_t)(self->offset / OI_BLOCK_BYTES);

    if (self->filled && self->filled_lba == lba)
        return;
    oi_pattern_fill(&self->pattern, lba, self->block);
    self->filled_lba = lba;
    self->filled = true;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_Read(IStream *iface, void *data, ULONG bytes,
                                                     ULONG *read)
{
    struct pattern_stream *self = pattern_stream_from_IStream(iface);
    BYTE *to = data;
    ULONG got = 0;
    uint64_t end;

    if (read)
        *read = 0;
    if (!data)
        return STG_E_INVALIDPOINTER;
    wait_at_pause(self);
    end = end_of_read(self);
    while (got < bytes && self->offset < end) {
        ULONG within = (ULONG)(self->offset % OI_BLOCK_BYTES);
        ULONG some = OI_BLOCK_BYTES - within;

        if (some > bytes - got)
            some = bytes - got;
        need_block(self);
        memcpy(to + got, self->block + within, some);
        got += some;
        self->offset += some;
    }
    if (read)
        *read = got;
    return got < bytes ? S_FALSE : S_OK;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_Write(IStream *iface, const void *data, ULONG bytes,
                                                      ULONG *written)
{
    (void)iface, (void)data, (void)bytes;
    if (written)
        *written = 0;
    return STG_E_ACCESSDENIED;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_Seek(IStream *iface, LARGE_INTEGER move,
                                                     DWORD origin, ULARGE_INTEGER *position)
{
    (void)iface, (void)move, (void)origin, (void)position;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_SetSize(IStream *iface, ULARGE_INTEGER size)
{
    (void)iface, (void)size;
    return STG_E_ACCESSDENIED;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_CopyTo(IStream *iface, IStream *target,
                                                       ULARGE_INTEGER bytes, ULARGE_INTEGER *read,
                                                       ULARGE_INTEGER *written)
{
    (void)iface, (void)target, (void)bytes, (void)read, (void)written;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_Commit(IStream *iface, DWORD flags)
{
    (void)iface, (void)flags;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_Revert(IStream *iface)
{
    (void)iface;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_LockRegion(IStream *iface, ULARGE_INTEGER offset,
                                                           ULARGE_INTEGER bytes, DWORD type)
{
    (void)iface, (void)offset, (void)bytes, (void)type;
    return STG_E_INVALIDFUNCTION;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_Stat(IStream *iface, STATSTG *stat, DWORD flags)
{
    (void)flags;
    if (!stat)
        return STG_E_INVALIDPOINTER;
    memset(stat, 0, sizeof(*stat));
    stat->type = STGTY_STREAM;
    stat->cbSize.QuadPart =
        (uint64_t)pattern_stream_from_IStream(iface)->pattern.blocks * OI_BLOCK_BYTES;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE pattern_stream_Clone(IStream *iface, IStream **clone)
{
    (void)iface, (void)clone;
    return E_NOTIMPL;
}

static IStreamVtbl pattern_stream_vtbl = {
    pattern_stream_QueryInterface, pattern_stream_AddRef,     pattern_stream_Release,
    pattern_stream_Read,           pattern_stream_Write,      pattern_stream_Seek,
    pattern_stream_SetSize,        pattern_stream_CopyTo,     pattern_stream_Commit,
    pattern_stream_Revert,         pattern_stream_LockRegion, pattern_stream_LockRegion,
    pattern_stream_Stat,           pattern_stream_Clone,
};

HRESULT oi_pattern_stream(const struct oi_pattern *pattern, const struct oi_pattern_pause *pause,
                          IStream **stream)
{
    struct pattern_stream *self = calloc(1, sizeof(*self));

    *stream = NULL;
    if (!self)
        return E_OUTOFMEMORY;
    self->IStream_iface.lpVtbl = &pattern_stream_vtbl;
    atomic_init(&self->references, 1);
    self->pattern = *pattern;
    self->pause = *pause;
    *stream = &self->IStream_iface;
    return S_OK;
}
