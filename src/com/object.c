/* One QueryInterface for all: the class's table first, then what every object has. An object that
 * is being torn down counts from a bias, so that a sink or member that takes and gives back a
 * reference meanwhile does not start the teardown a second time. */
#include "object.h"

#include <stdlib.h>
#include "dispatch.h"

enum { DYING = 0x40000000 };

static SRWLOCK module_guard = SRWLOCK_INIT;
static ULONG module_holders;

void com_module_lock(void)
{
    AcquireSRWLockExclusive(&module_guard);
    module_holders++;
    ReleaseSRWLockExclusive(&module_guard);
}

/* The count says zero only after the type information is gone: DllCanUnloadNow must not say yes
 * while this thread still gives it back. */
void com_module_unlock(void)
{
    for (;;) {
        bool last;

        AcquireSRWLockExclusive(&module_guard);
        last = module_holders == 1 && com_type_info_cached();
        if (!last)
            module_holders--;
        ReleaseSRWLockExclusive(&module_guard);
        if (!last)
            return;
        com_type_info_forget();
    }
}

ULONG com_module_count(void)
{
    ULONG count;

    AcquireSRWLockShared(&module_guard);
    count = module_holders;
    ReleaseSRWLockShared(&module_guard);
    return count;
}

HMODULE com_module_handle(void)
{
    HMODULE module = NULL;

    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                           GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       (const WCHAR *)(const void *)&module_guard, &module);
    return module;
}

WCHAR *com_module_path(void)
{
    HMODULE module = com_module_handle();

    for (DWORD size = MAX_PATH; size <= 0x10000; size *= 2) {
        WCHAR *path = malloc(size * sizeof(*path));
        DWORD length;

        if (!path)
            return NULL;
        length = GetModuleFileNameW(module, path, size);
        if (length != 0 && length < size)
            return path;
        free(path);
    }
    return NULL;
}

/* The marshaler is made when first asked for: most objects never are. */
HRESULT com_agile_query(IUnknown *identity, _Atomic(IUnknown *) *slot, REFIID iid, void **out)
{
    IUnknown *marshaler, *made;
    HRESULT hr;

    if (IsEqualIID(iid, &IID_IAgileObject)) {
        IUnknown_AddRef(identity);
        *out = identity;
        return S_OK;
    }
    if (!IsEqualIID(iid, &IID_IMarshal))
        return E_NOINTERFACE;

    marshaler = atomic_load(slot);
    if (!marshaler) {
        hr = CoCreateFreeThreadedMarshaler(identity, &made);
        if (FAILED(hr))
            return hr;
        if (atomic_compare_exchange_strong(slot, &marshaler, made))
            marshaler = made;
        else
            IUnknown_Release(made);
    }
    return IUnknown_QueryInterface(marshaler, iid, out);
}

static struct com_object *object_from_ISupportErrorInfo(ISupportErrorInfo *iface)
{
    return CONTAINING_RECORD(iface, struct com_object, ISupportErrorInfo_iface);
}

static HRESULT STDMETHODCALLTYPE error_support_QueryInterface(ISupportErrorInfo *iface, REFIID iid,
                                                              void **out)
{
    return com_object_query(object_from_ISupportErrorInfo(iface), iid, out);
}

static ULONG STDMETHODCALLTYPE error_support_AddRef(ISupportErrorInfo *iface)
{
    return com_object_addref(object_from_ISupportErrorInfo(iface));
}

static ULONG STDMETHODCALLTYPE error_support_Release(ISupportErrorInfo *iface)
{
    return com_object_release(object_from_ISupportErrorInfo(iface));
}

static const struct com_iface *find_row(const struct com_class *class, REFIID iid)
{
    for (size_t i = 0; i < class->iface_count; i++)
        if (IsEqualIID(class->ifaces[i].iid, iid))
            return &class->ifaces[i];
    return NULL;
}

/* The system's interfaces promise no rich errors, this library's do. */
static HRESULT STDMETHODCALLTYPE error_support_InterfaceSupportsErrorInfo(ISupportErrorInfo *iface,
                                                                          REFIID iid)
{
    if (IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IDispatch) ||
        IsEqualIID(iid, &IID_ISequentialStream) || IsEqualIID(iid, &IID_IStream))
        return S_FALSE;
    return find_row(object_from_ISupportErrorInfo(iface)->class, iid) ? S_OK : S_FALSE;
}

static const ISupportErrorInfoVtbl error_support_vtbl = {
    error_support_QueryInterface,
    error_support_AddRef,
    error_support_Release,
    error_support_InterfaceSupportsErrorInfo,
};

static struct com_object *object_from_IProvideClassInfo2(IProvideClassInfo2 *iface)
{
    return CONTAINING_RECORD(iface, struct com_object, IProvideClassInfo2_iface);
}

static HRESULT STDMETHODCALLTYPE class_info_QueryInterface(IProvideClassInfo2 *iface, REFIID iid,
                                                           void **out)
{
    return com_object_query(object_from_IProvideClassInfo2(iface), iid, out);
}

static ULONG STDMETHODCALLTYPE class_info_AddRef(IProvideClassInfo2 *iface)
{
    return com_object_addref(object_from_IProvideClassInfo2(iface));
}

static ULONG STDMETHODCALLTYPE class_info_Release(IProvideClassInfo2 *iface)
{
    return com_object_release(object_from_IProvideClassInfo2(iface));
}

static HRESULT STDMETHODCALLTYPE class_info_GetClassInfo(IProvideClassInfo2 *iface,
                                                         ITypeInfo **info)
{
    if (!info)
        return E_POINTER;
    return com_type_info(object_from_IProvideClassInfo2(iface)->class->clsid, info);
}

static HRESULT STDMETHODCALLTYPE class_info_GetGUID(IProvideClassInfo2 *iface, DWORD kind,
                                                    GUID *guid)
{
    const struct com_class *class = object_from_IProvideClassInfo2(iface)->class;

    if (!guid)
        return E_POINTER;
    *guid = GUID_NULL;
    if (kind != GUIDKIND_DEFAULT_SOURCE_DISP_IID || !class->source)
        return E_INVALIDARG;
    *guid = *class->source;
    return S_OK;
}

static const IProvideClassInfo2Vtbl class_info_vtbl = {
    class_info_QueryInterface, class_info_AddRef,  class_info_Release,
    class_info_GetClassInfo,   class_info_GetGUID,
};

void com_object_init(struct com_object *object, const struct com_class *class)
{
    object->ISupportErrorInfo_iface.lpVtbl = (ISupportErrorInfoVtbl *)&error_support_vtbl;
    object->IProvideClassInfo2_iface.lpVtbl = (IProvideClassInfo2Vtbl *)&class_info_vtbl;
    object->class = class;
    atomic_init(&object->refs, 1);
    atomic_init(&object->marshaler, NULL);
    com_connections_init(&object->connections);
    com_module_lock();
}

IUnknown *com_object_unknown(struct com_object *object)
{
    return (IUnknown *)((char *)object + object->class->ifaces[0].offset);
}

HRESULT com_object_query(struct com_object *object, REFIID iid, void **out)
{
    const struct com_class *class = object->class;
    const struct com_iface *row;

    if (!out)
        return E_POINTER;
    *out = NULL;

    row = find_row(class, iid);
    if (row)
        *out = (char *)object + row->offset;
    else if (IsEqualIID(iid, &IID_ISupportErrorInfo))
        *out = &object->ISupportErrorInfo_iface;
    else if (class->source && IsEqualIID(iid, &IID_IConnectionPointContainer))
        *out = &object->connections.IConnectionPointContainer_iface;
    else if (class->clsid &&
             (IsEqualIID(iid, &IID_IProvideClassInfo) || IsEqualIID(iid, &IID_IProvideClassInfo2)))
        *out = &object->IProvideClassInfo2_iface;
    else
        return com_agile_query(com_object_unknown(object), &object->marshaler, iid, out);

    com_object_addref(object);
    return S_OK;
}

ULONG com_object_addref(struct com_object *object)
{
    return (ULONG)(atomic_fetch_add_explicit(&object->refs, 1, memory_order_relaxed) + 1);
}

bool com_object_try_addref(struct com_object *object)
{
    unsigned long refs = atomic_load_explicit(&object->refs, memory_order_relaxed);

    while (refs > 0 && refs < DYING / 2)
        if (atomic_compare_exchange_weak_explicit(&object->refs, &refs, refs + 1,
                                                  memory_order_relaxed, memory_order_relaxed))
            return true;
    return false;
}

static void tear_down(struct com_object *object)
{
    IUnknown *marshaler;

    atomic_store(&object->refs, DYING);
    com_connections_fini(&object->connections);
    marshaler = atomic_load(&object->marshaler);
    if (marshaler)
        IUnknown_Release(marshaler);
    if (object->class->destroy)
        object->class->destroy(object);
    else
        free(object);
    com_module_unlock();
}

ULONG com_object_release(struct com_object *object)
{
    unsigned long left = atomic_fetch_sub_explicit(&object->refs, 1, memory_order_acq_rel) - 1;

    if (left == 0)
        tear_down(object);
    return (ULONG)left;
}
