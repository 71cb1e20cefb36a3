/* Writes the class table and the type library into the registry and takes them out again.
 * Who uses it: DllRegisterServer, DllUnregisterServer, DllInstall (dll.c).
 * Each function does all of it or leaves the registry without our server; a foreign server's keys
 *   are never destroyed. Only the registry view of this bitness is written.
 * What it must not know: what the classes do. */
#ifndef OI_COM_REGISTRATION_H
#define OI_COM_REGISTRATION_H

#include <windows.h>

enum com_scope {
    COM_FOR_MACHINE, /* HKEY_LOCAL_MACHINE\Software\Classes */
    COM_FOR_USER,    /* HKEY_CURRENT_USER\Software\Classes */
};

/* What to do when a class, a ProgID or the type library belongs to another DLL. */
enum com_foreign {
    COM_FOREIGN_REFUSE,  /* COM_E_FOREIGN_SERVER, and nothing has been written */
    COM_FOREIGN_REPLACE, /* save those keys under Software\OpenIMAPI2\Saved and take their place */
};

/* "The server is already registered": by a DLL that is not this one. A copy of this DLL in another
 * folder counts as such; it has to be unregistered there first. */
#define COM_E_FOREIGN_SERVER HRESULT_FROM_WIN32(ERROR_ALREADY_REGISTERED)

/* Registering again is fine. COM_E_FOREIGN_SERVER, or the HRESULT of the first registry or type
 * library call that failed; then what had been written is gone again and what had been replaced is
 * back. */
HRESULT com_register(enum com_scope scope, enum com_foreign foreign);

/* Removes the keys that name this DLL and restores what they replaced; shared keys (ProgIDs, the
 * type library's head) stay while the other bitness or another DLL needs them. Nothing registered
 * is S_OK. */
HRESULT com_unregister(enum com_scope scope);

/* DllInstall: command is any of the words "user", "machine", "replace", separated by spaces or
 * commas; NULL or "" is "machine". E_INVALIDARG for another word. */
HRESULT com_install(BOOL install, const WCHAR *command);

#endif
