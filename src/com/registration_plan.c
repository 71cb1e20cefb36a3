/* The items of a registration, from the class table and the embedded type library. */
#include "registration_plan.h"

#include <stdlib.h>
#include "dispatch.h"
#include "object.h"
#include "proxy.h"

#ifdef _WIN64
#define VIEW_NAME    L"64-bit"
#define LIBRARY_LEAF L"win64"
#else
#define VIEW_NAME    L"32-bit"
#define LIBRARY_LEAF L"win32"
#endif

void com_path_join(WCHAR *to, const WCHAR *first, const WCHAR *second, const WCHAR *third)
{
    const WCHAR *const parts[] = {first, second, third};
    int length = 0;

    to[0] = L'\0';
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i])
            lstrcpynW(to + length, parts[i], COM_PATH_MAX - length);
        length = lstrlenW(to);
    }
}

void com_plan_fini(struct com_plan *plan)
{
    free(plan->dll);
    free(plan->folder);
    free(plan->items);
    SysFreeString(plan->library_name);
}

/* place: the path below Software\Classes. Items of a redirected key are saved per bitness. */
static struct com_item *add_item(struct com_plan *plan, enum com_item_kind kind, const WCHAR *place,
                                 const WCHAR *leaf)
{
    bool redirected = kind == COM_ITEM_CLASS || kind == COM_ITEM_INTERFACE ||
                      kind == COM_ITEM_PROXY || kind == COM_ITEM_PROXIED_INTERFACE;
    struct com_item *item;

    if (plan->count == plan->room) {
        size_t room = plan->room ? 2 * plan->room : 32;
        struct com_item *items = realloc(plan->items, room * sizeof(*items));

        if (!items)
            return NULL;
        plan->items = items;
        plan->room = room;
    }
    item = &plan->items[plan->count++];
    *item = (struct com_item){.kind = kind};
    com_path_join(item->path, COM_CLASSES_KEY, place, leaf);
    com_path_join(item->saved,
                  redirected ? COM_SAVED_KEY L"\\" VIEW_NAME L"\\" : COM_SAVED_KEY L"\\Shared\\",
                  place, leaf);
    return item;
}

static HRESULT plan_class(struct com_plan *plan, const struct com_class_entry *entry)
{
    static const struct {
        enum com_item_kind kind;
        const WCHAR *place, *suffix;
    } keys[] = {
        {COM_ITEM_CLASS, L"CLSID\\", L""},
        {COM_ITEM_PROGID_WITH_VERSION, L"IMAPI2.", L".1"},
        {COM_ITEM_PROGID, L"IMAPI2.", L""},
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        WCHAR leaf[COM_PATH_MAX];
        WCHAR guid[COM_GUID_TEXT];
        struct com_item *item;

        StringFromGUID2(entry->clsid, guid, COM_GUID_TEXT);
        if (keys[i].kind == COM_ITEM_CLASS)
            com_path_join(leaf, guid, L"", L"");
        else
            com_path_join(leaf, entry->name, keys[i].suffix, L"");
        item = add_item(plan, keys[i].kind, keys[i].place, leaf);
        if (!item)
            return E_OUTOFMEMORY;
        item->entry = entry;
        lstrcpynW(item->guid, guid, COM_GUID_TEXT);
    }
    return S_OK;
}

static HRESULT plan_proxy(struct com_plan *plan, const struct com_proxy *proxy)
{
    static const struct {
        enum com_item_kind kind;
        const WCHAR *place;
    } keys[] = {
        {COM_ITEM_PROXY, L"CLSID\\"},
        {COM_ITEM_PROXIED_INTERFACE, L"Interface\\"},
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        WCHAR guid[COM_GUID_TEXT];
        struct com_item *item;

        StringFromGUID2(proxy->iid, guid, COM_GUID_TEXT);
        item = add_item(plan, keys[i].kind, keys[i].place, guid);
        if (!item)
            return E_OUTOFMEMORY;
        lstrcpynW(item->guid, guid, COM_GUID_TEXT);
        lstrcpynW(item->name, keys[i].kind == COM_ITEM_PROXY ? proxy->description : proxy->name,
                  (int)(sizeof(item->name) / sizeof(item->name[0])));
    }
    return S_OK;
}

/* Registers like RegisterTypeLib: interfaces flagged oleautomation or dual, whatever the base. */
static HRESULT plan_interface(struct com_plan *plan, ITypeInfo *info)
{
    const WORD marshalled = TYPEFLAG_FOLEAUTOMATION | TYPEFLAG_FDUAL;
    struct com_item *item;
    TYPEATTR *attributes;
    WCHAR guid[COM_GUID_TEXT];
    bool wanted;
    BSTR name;
    HRESULT hr = ITypeInfo_GetTypeAttr(info, &attributes);

    if (FAILED(hr))
        return hr;
    wanted = (attributes->typekind == TKIND_INTERFACE || attributes->typekind == TKIND_DISPATCH) &&
             (attributes->wTypeFlags & marshalled) != 0;
    StringFromGUID2(&attributes->guid, guid, COM_GUID_TEXT);
    ITypeInfo_ReleaseTypeAttr(info, attributes);
    if (!wanted)
        return S_OK;

    hr = ITypeInfo_GetDocumentation(info, MEMBERID_NIL, &name, NULL, NULL, NULL);
    if (FAILED(hr))
        return hr;
    item = add_item(plan, COM_ITEM_INTERFACE, L"Interface\\", guid);
    if (item) {
        lstrcpynW(item->guid, guid, COM_GUID_TEXT);
        lstrcpynW(item->name, name, (int)(sizeof(item->name) / sizeof(item->name[0])));
    }
    SysFreeString(name);
    return item ? S_OK : E_OUTOFMEMORY;
}

static HRESULT plan_library(struct com_plan *plan, ITypeLib *library)
{
    WCHAR head[COM_PATH_MAX];
    TLIBATTR *attributes;
    HRESULT hr = ITypeLib_GetLibAttr(library, &attributes);

    if (FAILED(hr))
        return hr;
    StringFromGUID2(&attributes->guid, plan->libid, COM_GUID_TEXT);
    ITypeLib_ReleaseTLibAttr(library, attributes);

    hr = ITypeLib_GetDocumentation(library, -1, NULL, &plan->library_name, NULL, NULL);
    if (FAILED(hr))
        return hr;
    com_path_join(head, L"TypeLib\\", plan->libid, L"\\" COM_LIBRARY_VERSION L"\\0\\");
    if (!add_item(plan, COM_ITEM_LIBRARY, head, LIBRARY_LEAF))
        return E_OUTOFMEMORY;

    for (UINT i = 0; SUCCEEDED(hr) && i < ITypeLib_GetTypeInfoCount(library); i++) {
        ITypeInfo *info;

        hr = ITypeLib_GetTypeInfo(library, i, &info);
        if (SUCCEEDED(hr)) {
            hr = plan_interface(plan, info);
            ITypeInfo_Release(info);
        }
    }
    return hr;
}

HRESULT com_plan_init(struct com_plan *plan, enum com_scope scope)
{
    ITypeLib *library = NULL;
    WCHAR *name;
    HRESULT hr = S_OK;

    *plan = (struct com_plan){
        .root = scope == COM_FOR_USER ? HKEY_CURRENT_USER : HKEY_LOCAL_MACHINE,
        .dll = com_module_path(),
        .folder = com_module_path(),
    };
    if (!plan->dll || !plan->folder)
        hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr)) {
        name = wcsrchr(plan->folder, L'\\');
        if (name)
            *name = L'\0';
        hr = com_type_library(&library);
    }
    for (size_t i = 0; SUCCEEDED(hr) && i < com_class_count; i++)
        hr = plan_class(plan, &com_class_table[i]);
    for (size_t i = 0; SUCCEEDED(hr) && i < com_proxy_count; i++)
        hr = plan_proxy(plan, &com_proxy_table[i]);
    if (SUCCEEDED(hr))
        hr = plan_library(plan, library);
    if (library)
        ITypeLib_Release(library);
    if (FAILED(hr))
        com_plan_fini(plan);
    return hr;
}
