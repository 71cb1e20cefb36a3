/* The five exports of an in-process server. There is no DllMain: nothing here has to happen under
 * the loader's lock, everything is made when it is first used. */
#include <windows.h>
#include <ole2.h>
#include <olectl.h>
#include <shlwapi.h>
#include "class_factory.h"
#include "object.h"
#include "proxy.h"
#include "registration.h"

HRESULT WINAPI DllGetClassObject(REFCLSID clsid, REFIID iid, void **out)
{
    HRESULT hr = com_class_factory_get(clsid, iid, out);

    return hr == CLASS_E_CLASSNOTAVAILABLE ? com_proxy_get(clsid, iid, out) : hr;
}

HRESULT WINAPI DllCanUnloadNow(void)
{
    return com_module_count() == 0 && com_proxy_can_unload() ? S_OK : S_FALSE;
}

HRESULT WINAPI DllRegisterServer(void)
{
    return com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE);
}

HRESULT WINAPI DllUnregisterServer(void)
{
    return com_unregister(COM_FOR_MACHINE);
}

HRESULT WINAPI DllInstall(BOOL install, const WCHAR *command)
{
    return com_install(install, command);
}
