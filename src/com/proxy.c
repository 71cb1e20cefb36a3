/* What widl made of the IDL (imapi2_p.c) and the system's interpreter of it (rpcrt4) do the work;
 * the factory that both share, and its count, are here. */
#include "proxy.h"

#include <rpcproxy.h>

extern const ExtendedProxyFileInfo imapi2_ProxyFileInfo;

static const ProxyFileInfo *proxy_files[] = {(const ProxyFileInfo *)&imapi2_ProxyFileInfo, NULL};
static CStdPSFactoryBuffer proxy_factory;

/* The generated stubs name this one of their methods without having it: it needs the factory. */
CSTDSTUBBUFFERRELEASE(&proxy_factory)

HRESULT com_proxy_get(REFCLSID clsid, REFIID iid, void **out)
{
    *out = NULL;
    return NdrDllGetClassObject(clsid, iid, out, proxy_files, NULL, &proxy_factory);
}

bool com_proxy_can_unload(void)
{
    return NdrDllCanUnloadNow(&proxy_factory) == S_OK;
}
