/* Counters, the pattern, and the stream. Every Read is noted with its thread, so that a test can
 * tell who read. */
#include "com_doubles.h"

#include <string.h>

static SRWLOCK count_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE count_changed = CONDITION_VARIABLE_INIT;

void count_up(LONG *counter)
{
    AcquireSRWLockExclusive(&count_lock);
    ++*counter;
    ReleaseSRWLockExclusive(&count_lock);
    WakeAllConditionVariable(&count_changed);
}

LONG count_of(LONG *counter)
{
    LONG now;

    AcquireSRWLockExclusive(&count_lock);
    now = *counter;
    ReleaseSRWLockExclusive(&count_lock);
    return now;
}

bool count_wait(LONG *counter, LONG at_least)
{
    ULONGLONG end = GetTickCount64() + PATIENCE_MS, now;
    bool reached;

    AcquireSRWLockExclusive(&count_lock);
    while (*counter < at_least && (now = GetTickCount64()) < end)
        SleepConditionVariableSRW(&count_changed, &count_lock, (DWORD)(end - now), 0);
    reached = *counter >= at_least;
    ReleaseSRWLockExclusive(&count_lock);
    return reached;
}

static BYTE pattern_byte(uint64_t at)
{
    uint64_t mixed = (at / 8 + 1) * 0x9e3779b97f4a7c15u;

    return (BYTE)(mixed >> (8 * (at % 8)));
}

void pattern_fill(void *bytes, uint64_t at, size_t count)
{
    BYTE *out = bytes;

    for (size_t i = 0; i < count; i++)
        out[i] = pattern_byte(at + i);
}

bool pattern_is(const void *bytes, uint64_t at, size_t count)
{
    const BYTE *in = bytes;

    for (size_t i = 0; i < count; i++) {
        if (in[i] != pattern_byte(at + i))
            return false;
    }
    return true;
}

static struct source *source_from_IStream(IStream *iface)
{
    return CONTAINING_RECORD(iface, struct source, IStream_iface);
}

static HRESULT STDMETHODCALLTYPE source_QueryInterface(IStream *iface, REFIID iid, void **out)
{
    struct source *self = source_from_IStream(iface);

    if (!out)
        return E_POINTER;
    *out = NULL;
    if (self->agility == AGILE_BY_MARSHALER && IsEqualIID(iid, &IID_IMarshal))
        return IUnknown_QueryInterface(self->marshaler, iid, out);
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_ISequentialStream) &&
        !IsEqualIID(iid, &IID_IStream) &&
        !(self->agility == AGILE_BY_NAME && IsEqualIID(iid, &IID_IAgileObject)))
        return E_NOINTERFACE;
    *out = iface;
    InterlockedIncrement(&self->refs);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE source_AddRef(IStream *iface)
{
    return (ULONG)InterlockedIncrement(&source_from_IStream(iface)->refs);
}

static ULONG STDMETHODCALLTYPE source_Release(IStream *iface)
{
    return (ULONG)InterlockedDecrement(&source_from_IStream(iface)->refs);
}

static ULONG source_available(const struct source *self, ULONG wanted)
{
    uint64_t end = self->end < self->fail_at ? self->end : self->fail_at;
    uint64_t left;
    ULONG most = self->chunk && self->chunk < wanted ? self->chunk : wanted;

    if (self->position < self->hold_at && self->hold_at < end)
        end = self->hold_at;
    left = self->position < end ? end - self->position : 0;
    return left < most ? (ULONG)left : most;
}

static HRESULT STDMETHODCALLTYPE source_Read(IStream *iface, void *bytes, ULONG wanted,
                                             ULONG *fetched)
{
    struct source *self = source_from_IStream(iface);
    ULONG given;

    self->reader = GetCurrentThreadId();
    if (self->reader != self->apartment_thread)
        InterlockedIncrement(&self->foreign_reads);
    InterlockedIncrement(&self->reads);
    if (self->on_read)
        self->on_read(self, self->reads);
    if (self->position >= self->hold_at) {
        count_up(&self->held);
        count_wait(&self->go, 1);
    }
    given = source_available(self, wanted);
    pattern_fill(bytes, self->position, given);
    self->position += given;
    if (fetched)
        *fetched = given;
    if (count_of(&self->held))
        count_up(&self->done);
    if (!given && self->position >= self->fail_at)
        return self->failure;
    return !given || (given < wanted && self->false_if_short) ? S_FALSE : S_OK;
}

static HRESULT source_other(IStream *iface)
{
    InterlockedIncrement(&source_from_IStream(iface)->other_calls);
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE source_Write(IStream *iface, const void *bytes, ULONG count,
                                              ULONG *written)
{
    (void)bytes, (void)count, (void)written;
    return source_other(iface);
}

static HRESULT STDMETHODCALLTYPE source_Seek(IStream *iface, LARGE_INTEGER move, DWORD origin,
                                             ULARGE_INTEGER *place)
{
    (void)move, (void)origin, (void)place;
    return source_other(iface);
}

static HRESULT STDMETHODCALLTYPE source_SetSize(IStream *iface, ULARGE_INTEGER size)
{
    (void)size;
    return source_other(iface);
}

static HRESULT STDMETHODCALLTYPE source_CopyTo(IStream *iface, IStream *other, ULARGE_INTEGER count,
                                               ULARGE_INTEGER *read, ULARGE_INTEGER *written)
{
    (void)other, (void)count, (void)read, (void)written;
    return source_other(iface);
}

static HRESULT STDMETHODCALLTYPE source_Commit(IStream *iface, DWORD flags)
{
    (void)flags;
    return source_other(iface);
}

static HRESULT STDMETHODCALLTYPE source_Revert(IStream *iface)
{
    return source_other(iface);
}

static HRESULT STDMETHODCALLTYPE source_LockRegion(IStream *iface, ULARGE_INTEGER at,
                                                   ULARGE_INTEGER count, DWORD kind)
{
    (void)at, (void)count, (void)kind;
    return source_other(iface);
}

static HRESULT STDMETHODCALLTYPE source_Stat(IStream *iface, STATSTG *stat, DWORD flags)
{
    (void)stat, (void)flags;
    return source_other(iface);
}

static HRESULT STDMETHODCALLTYPE source_Clone(IStream *iface, IStream **clone)
{
    (void)clone;
    return source_other(iface);
}

static IStreamVtbl source_vtbl = {
    source_QueryInterface, source_AddRef,     source_Release, source_Read,   source_Write,
    source_Seek,           source_SetSize,    source_CopyTo,  source_Commit, source_Revert,
    source_LockRegion,     source_LockRegion, source_Stat,    source_Clone,
};

void source_init(struct source *source, enum agility agility)
{
    memset(source, 0, sizeof(*source));
    source->IStream_iface.lpVtbl = &source_vtbl;
    source->refs = 1;
    source->agility = agility;
    source->end = source->fail_at = source->hold_at = UINT64_MAX;
    source->apartment_thread = GetCurrentThreadId();
    if (agility == AGILE_BY_MARSHALER)
        CoCreateFreeThreadedMarshaler((IUnknown *)&source->IStream_iface, &source->marshaler);
}

void source_fini(struct source *source)
{
    if (source->marshaler)
        IUnknown_Release(source->marshaler);
    source->marshaler = NULL;
}
