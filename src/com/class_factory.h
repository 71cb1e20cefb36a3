/* The class table and the factories on it.
 * Who uses it: DllGetClassObject, registration.c, error_info.c.
 * Who defines the table: src/classes, and a test for its own classes.
 * Factories are static; a reference to one keeps the module loaded, as LockServer does.
 * What it must not know: the classes behind the table. */
#ifndef OI_COM_CLASS_FACTORY_H
#define OI_COM_CLASS_FACTORY_H

#include <stddef.h>
#include <windows.h>
#include <ole2.h>
#include "class_list.h"

/* create makes an object and queries it for iid; out is not NULL and outer is NULL when the factory
 * calls, and *out is NULL after a failure. */
struct com_class_entry {
    const CLSID *clsid;
    const IID *iid;           /* default interface */
    const WCHAR *name;        /* of the coclass; the ProgID is IMAPI2.<name> */
    const WCHAR *description; /* for the registry */
    const WCHAR *threading;   /* "Both" */
    HRESULT (*create)(IUnknown *outer, REFIID iid, void **out);
};

extern const struct com_class_entry com_class_table[];
extern const size_t com_class_count;
enum { COM_CLASS_MAX = 16 }; /* the table has no more rows than this */

/* What src/classes needs to make the table of COM_CLASS_LIST:
 *
 *   COM_CLASS_LIST(COM_CLASS_DECLARE_CREATE)
 *   const struct com_class_entry com_class_table[] = {COM_CLASS_LIST(COM_CLASS_ROW)};
 *   const size_t com_class_count = sizeof(com_class_table) / sizeof(com_class_table[0]); */
#define COM_CLASS_DECLARE_CREATE(coclass, interface_name, text, create)                            \
    HRESULT create(IUnknown *outer, REFIID iid, void **out);
#define COM_CLASS_ROW(coclass, interface_name, text, create)                                       \
    {&CLSID_##coclass, &IID_##interface_name, L"" #coclass, L"" text, L"Both", create},

/* DllGetClassObject: CLASS_E_CLASSNOTAVAILABLE for a class that is not in the table. */
HRESULT com_class_factory_get(REFCLSID clsid, REFIID iid, void **out);

#endif
