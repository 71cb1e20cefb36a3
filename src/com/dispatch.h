/* IDispatch by the type library that is a resource of this module: works unregistered.
 * Who uses it: src/classes through COM_FORWARD_IDISPATCH; object.c for the coclass's type info.
 * Type information is cached per GUID and given back when the last object dies.
 * The IDL stays the only list of names and DISPIDs.
 * What it must not know: any particular interface. */
#ifndef OI_COM_DISPATCH_H
#define OI_COM_DISPATCH_H

#include <windows.h>
#include <ole2.h>

/* The module's own type library (TYPELIB resource 1), a new reference. */
HRESULT com_type_library(ITypeLib **library);

/* The type information of an interface or coclass of that library, a new reference.
 * TYPE_E_ELEMENTNOTFOUND for a GUID it does not have. Any thread. */
HRESULT com_type_info(REFGUID guid, ITypeInfo **info);

/* Gives the cached type information back. object.c calls it when the last object dies. */
void com_type_info_forget(void);
/* True while there is something to give back. */
BOOL com_type_info_cached(void);

/* The four methods of IDispatch for the dual interface iid; iface is the interface pointer itself.
 * NULL for an [out] pointer or for names: E_POINTER; NULL DISPPARAMS: E_INVALIDARG; a type info
 * index other than 0: DISP_E_BADINDEX; a reserved IID other than IID_NULL: DISP_E_UNKNOWNINTERFACE.
 * Invoke takes a PROPERTYPUTREF of a property that has only a put for that put, and a METHOD call
 * of a property for its get. When the method
 * fails it returns DISP_E_EXCEPTION, with EXCEPINFO from the method's IErrorInfo, or else from the
 * text that belongs to the HRESULT. */
HRESULT com_dispatch_count(UINT *count);
HRESULT com_dispatch_type_info(const IID *iid, UINT index, ITypeInfo **info);
HRESULT com_dispatch_names(const IID *iid, REFIID reserved, LPOLESTR *names, UINT count,
                           DISPID *dispids);
HRESULT com_dispatch_invoke(const IID *iid, void *iface, DISPID dispid, REFIID reserved, WORD flags,
                            DISPPARAMS *params, VARIANT *result, EXCEPINFO *exception,
                            UINT *bad_argument);

/* The four thunks of a dual interface; arguments as in COM_FORWARD_IUNKNOWN (object.h). */
#define COM_FORWARD_IDISPATCH(tag, Interface, prefix)                                              \
    static HRESULT STDMETHODCALLTYPE prefix##_GetTypeInfoCount(Interface *iface, UINT *count)      \
    {                                                                                              \
        (void)iface;                                                                               \
        return com_dispatch_count(count);                                                          \
    }                                                                                              \
    static HRESULT STDMETHODCALLTYPE prefix##_GetTypeInfo(Interface *iface, UINT index, LCID lcid, \
                                                          ITypeInfo **info)                        \
    {                                                                                              \
        (void)iface;                                                                               \
        (void)lcid;                                                                                \
        return com_dispatch_type_info(&IID_##Interface, index, info);                              \
    }                                                                                              \
    static HRESULT STDMETHODCALLTYPE prefix##_GetIDsOfNames(Interface *iface, REFIID reserved,     \
                                                            LPOLESTR *names, UINT count,           \
                                                            LCID lcid, DISPID *dispids)            \
    {                                                                                              \
        (void)iface;                                                                               \
        (void)lcid;                                                                                \
        return com_dispatch_names(&IID_##Interface, reserved, names, count, dispids);              \
    }                                                                                              \
    static HRESULT STDMETHODCALLTYPE prefix##_Invoke(                                              \
        Interface *iface, DISPID dispid, REFIID reserved, LCID lcid, WORD flags,                   \
        DISPPARAMS *params, VARIANT *result, EXCEPINFO *exception, UINT *bad_argument)             \
    {                                                                                              \
        (void)lcid;                                                                                \
        return com_dispatch_invoke(&IID_##Interface, iface, dispid, reserved, flags, params,       \
                                   result, exception, bad_argument);                               \
    }

#endif
