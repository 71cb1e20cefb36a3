/* The position is the only thing that changes; Next moves it after all elements are made, so that
 * a failure leaves neither half-filled arrays nor lost elements. */
#include "id_enum.h"

#include <stdlib.h>
#include "object.h"

struct id_enum {
    struct com_object base;
    IEnumVARIANT IEnumVARIANT_iface;
    SRWLOCK lock; /* guards next */
    ULONG next;
    struct id_list *list;
};

static struct id_enum *id_enum_from_IEnumVARIANT(IEnumVARIANT *iface)
{
    return CONTAINING_RECORD(iface, struct id_enum, IEnumVARIANT_iface);
}

COM_FORWARD_IUNKNOWN(id_enum, IEnumVARIANT, id_enum)

static HRESULT copy_ids(const struct id_list *list, ULONG from, ULONG count, VARIANT *elements)
{
    for (ULONG i = 0; i < count; i++) {
        V_VT(&elements[i]) = VT_BSTR;
        V_BSTR(&elements[i]) = SysAllocString(list->ids[from + i]);
        if (V_BSTR(&elements[i]))
            continue;
        while (i > 0)
            VariantClear(&elements[--i]);
        return E_OUTOFMEMORY;
    }
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE id_enum_Next(IEnumVARIANT *iface, ULONG wanted, VARIANT *elements,
                                              ULONG *fetched)
{
    struct id_enum *self = id_enum_from_IEnumVARIANT(iface);
    ULONG count;
    HRESULT hr;

    if (fetched)
        *fetched = 0;
    if (!elements || (!fetched && wanted != 1))
        return E_POINTER;
    for (ULONG i = 0; i < wanted; i++)
        VariantInit(&elements[i]);
    AcquireSRWLockExclusive(&self->lock);
    count = min(wanted, self->list->count - self->next);
    hr = copy_ids(self->list, self->next, count, elements);
    if (SUCCEEDED(hr))
        self->next += count;
    ReleaseSRWLockExclusive(&self->lock);
    if (FAILED(hr))
        return hr;
    if (fetched)
        *fetched = count;
    return count == wanted ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE id_enum_Skip(IEnumVARIANT *iface, ULONG wanted)
{
    struct id_enum *self = id_enum_from_IEnumVARIANT(iface);
    ULONG count;

    AcquireSRWLockExclusive(&self->lock);
    count = min(wanted, self->list->count - self->next);
    self->next += count;
    ReleaseSRWLockExclusive(&self->lock);
    return count == wanted ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE id_enum_Reset(IEnumVARIANT *iface)
{
    struct id_enum *self = id_enum_from_IEnumVARIANT(iface);

    AcquireSRWLockExclusive(&self->lock);
    self->next = 0;
    ReleaseSRWLockExclusive(&self->lock);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE id_enum_Clone(IEnumVARIANT *iface, IEnumVARIANT **out)
{
    struct id_enum *self = id_enum_from_IEnumVARIANT(iface);
    ULONG next;

    if (!out)
        return E_POINTER;
    AcquireSRWLockShared(&self->lock);
    next = self->next;
    ReleaseSRWLockShared(&self->lock);
    return id_enum_create(self->list, next, out);
}

static const IEnumVARIANTVtbl id_enum_vtbl = {
    id_enum_QueryInterface, id_enum_AddRef, id_enum_Release, id_enum_Next,
    id_enum_Skip,           id_enum_Reset,  id_enum_Clone,
};

static void id_enum_destroy(struct com_object *object)
{
    struct id_enum *self = CONTAINING_RECORD(object, struct id_enum, base);

    id_list_release(self->list);
    free(self);
}

static const struct com_iface id_enum_ifaces[] = {
    {&IID_IUnknown, offsetof(struct id_enum, IEnumVARIANT_iface)},
    {&IID_IEnumVARIANT, offsetof(struct id_enum, IEnumVARIANT_iface)},
};

static const struct com_class id_enum_class = {
    .name = L"EnumRecorderIds",
    .ifaces = id_enum_ifaces,
    .iface_count = ARRAYSIZE(id_enum_ifaces),
    .destroy = id_enum_destroy,
};

HRESULT id_enum_create(struct id_list *list, ULONG next, IEnumVARIANT **out)
{
    struct id_enum *self = calloc(1, sizeof(*self));

    *out = NULL;
    if (!self)
        return E_OUTOFMEMORY;
    com_object_init(&self->base, &id_enum_class);
    self->IEnumVARIANT_iface.lpVtbl = (IEnumVARIANTVtbl *)&id_enum_vtbl;
    InitializeSRWLock(&self->lock);
    self->next = next;
    id_list_addref(list);
    self->list = list;
    *out = &self->IEnumVARIANT_iface;
    return S_OK;
}
