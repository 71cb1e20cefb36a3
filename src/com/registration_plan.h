/* Which keys a registration consists of.
 * Who uses it: registration.c, which examines, writes and removes them.
 * An item is a key with all below it. Paths are below HKEY_LOCAL_MACHINE or HKEY_CURRENT_USER and
 *   are meant in this bitness's view; saved paths are in the 64-bit view for both bitnesses.
 * What it must not know: what the registry holds now. */
#ifndef OI_COM_REGISTRATION_PLAN_H
#define OI_COM_REGISTRATION_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>
#include <ole2.h>
#include "class_factory.h"
#include "registration.h"

#define COM_LIBRARY_VERSION L"1.0"
#define COM_CLASSES_KEY     L"Software\\Classes\\"
#define COM_PRODUCT_KEY     L"Software\\OpenIMAPI2"
#define COM_SAVED_KEY       COM_PRODUCT_KEY L"\\Saved"

enum { COM_GUID_TEXT = 39, COM_PATH_MAX = 160 };

enum com_item_kind {
    COM_ITEM_CLASS,   /* CLSID\{CLSID} */
    COM_ITEM_LIBRARY, /* TypeLib\{LIBID}\1.0\0\win32 or win64 */
    COM_ITEM_PROGID,
    COM_ITEM_PROGID_WITH_VERSION,
    COM_ITEM_INTERFACE,         /* Interface\{IID}, marshalled by the type library */
    COM_ITEM_PROXY,             /* CLSID\{IID}, the proxy class of an interface */
    COM_ITEM_PROXIED_INTERFACE, /* Interface\{IID}, marshalled by that class */
};

struct com_item {
    enum com_item_kind kind;
    WCHAR name[64];            /* of the interface, or of its proxy; a class has its entry */
    WCHAR guid[COM_GUID_TEXT]; /* CLSID or IID */
    WCHAR path[COM_PATH_MAX];
    WCHAR saved[COM_PATH_MAX]; /* where a foreign server's key of this path is kept */
    const struct com_class_entry *entry;
    bool written; /* by this registration: undoing it removes the key, however much is there */
};

struct com_plan {
    HKEY root;
    WCHAR *dll;    /* path of this module */
    WCHAR *folder; /* the folder it is in */
    WCHAR libid[COM_GUID_TEXT];
    BSTR library_name;
    struct com_item *items;
    size_t count, room;
};

/* fini after a successful init only. */
HRESULT com_plan_init(struct com_plan *plan, enum com_scope scope);
void com_plan_fini(struct com_plan *plan);

/* to (COM_PATH_MAX, not one of the others) = first second third; NULL is nothing. */
void com_path_join(WCHAR *to, const WCHAR *first, const WCHAR *second, const WCHAR *third);

#endif
