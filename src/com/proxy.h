/* Proxies and stubs: how the interfaces of COM_PROXY_LIST are called across apartments.
 * Who uses it: dll.c for the exports, registration_plan.c for the keys.
 * The server is its own proxy DLL. Each interface has a proxy class, whose CLSID is the IID.
 * What it must not know: what the interfaces are for. */
#ifndef OI_COM_PROXY_H
#define OI_COM_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>
#include <ole2.h>

struct com_proxy {
    const IID *iid;    /* of the interface, and the CLSID of its proxy class */
    const WCHAR *name; /* of the interface */
    const WCHAR *description;
};

extern const struct com_proxy com_proxy_table[];
extern const size_t com_proxy_count;

/* DllGetClassObject for a proxy class: its IPSFactoryBuffer. CLASS_E_CLASSNOTAVAILABLE for others.
 */
HRESULT com_proxy_get(REFCLSID clsid, REFIID iid, void **out);
/* No proxy, stub or factory of ours is alive. */
bool com_proxy_can_unload(void);

#endif
