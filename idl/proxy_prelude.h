/* What the generated imapi2_p.c calls and MinGW's headers declare for C++ alone.
 * Who uses it: the compiler puts it before imapi2_p.c (idl/CMakeLists.txt).
 * What it must not know: which interfaces have a proxy. */
#ifndef OI_IDL_PROXY_PRELUDE_H
#define OI_IDL_PROXY_PRELUDE_H

#include <windows.h>
#include <unknwn.h>

/* Of the system's rpcrt4.dll: the first three methods of every proxy. */
HRESULT STDMETHODCALLTYPE IUnknown_QueryInterface_Proxy(IUnknown *proxy, REFIID iid, void **out);
ULONG STDMETHODCALLTYPE IUnknown_AddRef_Proxy(IUnknown *proxy);
ULONG STDMETHODCALLTYPE IUnknown_Release_Proxy(IUnknown *proxy);

#endif
