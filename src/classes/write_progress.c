/* Every getter reads one number of the picture it was made from. */
#include "write_progress.h"

#include <stdlib.h>
#include "dispatch.h"
#include "imapi2.h"
#include "object.h"

struct write_progress {
    struct com_object base;
    IWriteEngine2EventArgs IWriteEngine2EventArgs_iface;
    struct oi_progress progress;
};

static struct write_progress *
write_progress_from_IWriteEngine2EventArgs(IWriteEngine2EventArgs *iface)
{
    return CONTAINING_RECORD(iface, struct write_progress, IWriteEngine2EventArgs_iface);
}

COM_FORWARD_IUNKNOWN(write_progress, IWriteEngine2EventArgs, write_progress)
COM_FORWARD_IDISPATCH(write_progress, IWriteEngine2EventArgs, write_progress)

static HRESULT get(LONG *value, int64_t number)
{
    if (!value)
        return E_POINTER;
    *value = (LONG)number;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE write_progress_get_StartLba(IWriteEngine2EventArgs *iface,
                                                             LONG *value)
{
    return get(value, write_progress_from_IWriteEngine2EventArgs(iface)->progress.start_lba);
}

static HRESULT STDMETHODCALLTYPE write_progress_get_SectorCount(IWriteEngine2EventArgs *iface,
                                                                LONG *value)
{
    return get(value, write_progress_from_IWriteEngine2EventArgs(iface)->progress.sector_count);
}

static HRESULT STDMETHODCALLTYPE write_progress_get_LastReadLba(IWriteEngine2EventArgs *iface,
                                                                LONG *value)
{
    return get(value, write_progress_from_IWriteEngine2EventArgs(iface)->progress.last_read_lba);
}

static HRESULT STDMETHODCALLTYPE write_progress_get_LastWrittenLba(IWriteEngine2EventArgs *iface,
                                                                   LONG *value)
{
    return get(value, write_progress_from_IWriteEngine2EventArgs(iface)->progress.last_written_lba);
}

static HRESULT STDMETHODCALLTYPE write_progress_get_TotalSystemBuffer(IWriteEngine2EventArgs *iface,
                                                                      LONG *value)
{
    return get(value, write_progress_from_IWriteEngine2EventArgs(iface)->progress.total_bytes);
}

static HRESULT STDMETHODCALLTYPE write_progress_get_UsedSystemBuffer(IWriteEngine2EventArgs *iface,
                                                                     LONG *value)
{
    return get(value, write_progress_from_IWriteEngine2EventArgs(iface)->progress.used_bytes);
}

static HRESULT STDMETHODCALLTYPE write_progress_get_FreeSystemBuffer(IWriteEngine2EventArgs *iface,
                                                                     LONG *value)
{
    return get(value, write_progress_from_IWriteEngine2EventArgs(iface)->progress.free_bytes);
}

static const IWriteEngine2EventArgsVtbl write_progress_vtbl = {
    write_progress_QueryInterface,
    write_progress_AddRef,
    write_progress_Release,
    write_progress_GetTypeInfoCount,
    write_progress_GetTypeInfo,
    write_progress_GetIDsOfNames,
    write_progress_Invoke,
    write_progress_get_StartLba,
    write_progress_get_SectorCount,
    write_progress_get_LastReadLba,
    write_progress_get_LastWrittenLba,
    write_progress_get_TotalSystemBuffer,
    write_progress_get_UsedSystemBuffer,
    write_progress_get_FreeSystemBuffer,
};

static const struct com_iface write_progress_ifaces[] = {
    {&IID_IUnknown, offsetof(struct write_progress, IWriteEngine2EventArgs_iface)},
    {&IID_IDispatch, offsetof(struct write_progress, IWriteEngine2EventArgs_iface)},
    {&IID_IWriteEngine2EventArgs, offsetof(struct write_progress, IWriteEngine2EventArgs_iface)},
};

static const struct com_class write_progress_class = {
    .name = L"WriteEngine2EventArgs",
    .dispatch = &IID_IWriteEngine2EventArgs,
    .ifaces = write_progress_ifaces,
    .iface_count = ARRAYSIZE(write_progress_ifaces),
};

IDispatch *write_progress_create(const struct oi_progress *progress)
{
    struct write_progress *self = calloc(1, sizeof(*self));

    if (!self)
        return NULL;
    com_object_init(&self->base, &write_progress_class);
    self->IWriteEngine2EventArgs_iface.lpVtbl = (IWriteEngine2EventArgsVtbl *)&write_progress_vtbl;
    self->progress = *progress;
    return (IDispatch *)&self->IWriteEngine2EventArgs_iface;
}
