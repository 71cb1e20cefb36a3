/* One static factory per row of the class table; the factory's index is the row's. */
#include "class_factory.h"

#include "object.h"

static HRESULT STDMETHODCALLTYPE factory_QueryInterface(IClassFactory *iface, REFIID iid,
                                                        void **out)
{
    if (!out)
        return E_POINTER;
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IClassFactory))
        return E_NOINTERFACE;
    IClassFactory_AddRef(iface);
    *out = iface;
    return S_OK;
}

/* Static, so the counts mean nothing to the factory; to the module each reference is a holder. */
static ULONG STDMETHODCALLTYPE factory_AddRef(IClassFactory *iface)
{
    (void)iface;
    com_module_lock();
    return 2;
}

static ULONG STDMETHODCALLTYPE factory_Release(IClassFactory *iface)
{
    (void)iface;
    com_module_unlock();
    return 1;
}

static const struct com_class_entry *entry_from_IClassFactory(IClassFactory *iface);

static HRESULT STDMETHODCALLTYPE factory_CreateInstance(IClassFactory *iface, IUnknown *outer,
                                                        REFIID iid, void **out)
{
    if (!out)
        return E_POINTER;
    *out = NULL;
    if (outer)
        return CLASS_E_NOAGGREGATION;
    return entry_from_IClassFactory(iface)->create(NULL, iid, out);
}

static HRESULT STDMETHODCALLTYPE factory_LockServer(IClassFactory *iface, BOOL lock)
{
    (void)iface;
    if (lock)
        com_module_lock();
    else
        com_module_unlock();
    return S_OK;
}

static const IClassFactoryVtbl factory_vtbl = {
    factory_QueryInterface, factory_AddRef,     factory_Release,
    factory_CreateInstance, factory_LockServer,
};

#define FACTORY                                                                                    \
    {                                                                                              \
        (IClassFactoryVtbl *)&factory_vtbl                                                         \
    }
static IClassFactory factories[COM_CLASS_MAX] = {
    FACTORY, FACTORY, FACTORY, FACTORY, FACTORY, FACTORY, FACTORY, FACTORY,
    FACTORY, FACTORY, FACTORY, FACTORY, FACTORY, FACTORY, FACTORY, FACTORY,
};
#undef FACTORY

static const struct com_class_entry *entry_from_IClassFactory(IClassFactory *iface)
{
    return &com_class_table[iface - factories];
}

HRESULT com_class_factory_get(REFCLSID clsid, REFIID iid, void **out)
{
    if (!out)
        return E_POINTER;
    *out = NULL;
    for (size_t i = 0; i < com_class_count && i < COM_CLASS_MAX; i++)
        if (IsEqualCLSID(com_class_table[i].clsid, clsid))
            return factory_QueryInterface(&factories[i], iid, out);
    return CLASS_E_CLASSNOTAVAILABLE;
}
