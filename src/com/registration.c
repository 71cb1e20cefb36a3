/* Registration is a list of items, each a key with all below it. A class, the proxy class of an
 * interface and this bitness's entry of the type library name a DLL: they are ours, a foreign
 * server's, or absent. ProgIDs, interfaces and the type library's head say the same for every
 * server of these GUIDs and for both bitnesses: whoever comes first writes them, whoever goes last
 * removes them. A foreign item is only replaced after it has been saved, and an undone registration
 * is an unregistration. */
#include "registration.h"

#include <stdlib.h>
#include "registration_plan.h"
#include "registry_keys.h"

#define AUTOMATION_PROXY L"{00020424-0000-0000-C000-000000000046}"

enum item_state { ABSENT, OURS, SHARED, FOREIGN };

/* Whether the value names this text or, as a path may be, the text in quotes. Ignores case. */
static bool value_is(HKEY root, const WCHAR *path, const WCHAR *subkey, REGSAM view,
                     const WCHAR *expected)
{
    WCHAR whole[COM_PATH_MAX];
    WCHAR *text, *start;
    bool same = false;

    com_path_join(whole, path, subkey, NULL);
    text = com_key_read(root, whole, view, NULL);
    if (!text)
        return false;
    start = text;
    if (*start == L'"') {
        start++;
        if (wcschr(start, L'"'))
            *wcschr(start, L'"') = L'\0';
    }
    same = lstrcmpiW(start, expected) == 0;
    free(text);
    return same;
}

static enum item_state examine(const struct com_plan *plan, const struct com_item *item)
{
    HKEY root = plan->root;

    if (!com_key_exists(root, item->path, 0))
        return ABSENT;
    switch (item->kind) {
    case COM_ITEM_CLASS:
    case COM_ITEM_PROXY:
        return value_is(root, item->path, L"\\InprocServer32", 0, plan->dll) ? OURS : FOREIGN;
    case COM_ITEM_LIBRARY:
        return value_is(root, item->path, L"", 0, plan->dll) ? OURS : FOREIGN;
    case COM_ITEM_PROGID:
    case COM_ITEM_PROGID_WITH_VERSION:
        return value_is(root, item->path, L"\\CLSID", 0, item->guid) ? SHARED : FOREIGN;
    case COM_ITEM_INTERFACE:
        return value_is(root, item->path, L"\\TypeLib", 0, plan->libid) ? SHARED : FOREIGN;
    case COM_ITEM_PROXIED_INTERFACE:
        return value_is(root, item->path, L"\\ProxyStubClsid32", 0, item->guid) ? SHARED : FOREIGN;
    }
    return FOREIGN;
}

/* A value to write below an item's key; rows with data NULL only make the key. */
struct row {
    const WCHAR *subkey, *name, *data;
};

static HRESULT write_rows(const struct com_plan *plan, const struct com_item *item,
                          const struct row *rows, size_t count)
{
    HRESULT hr = S_OK;

    for (size_t i = 0; SUCCEEDED(hr) && i < count; i++) {
        WCHAR path[COM_PATH_MAX];

        com_path_join(path, item->path, rows[i].subkey, NULL);
        hr = com_key_write(plan->root, path, rows[i].name, rows[i].data);
    }
    return hr;
}
#define WRITE_ROWS(plan, item, rows) write_rows(plan, item, rows, sizeof(rows) / sizeof(rows[0]))

static HRESULT write_class(const struct com_plan *plan, const struct com_item *item)
{
    const struct com_class_entry *entry = item->entry;
    WCHAR progid[COM_PATH_MAX], with_version[COM_PATH_MAX];

    com_path_join(progid, L"IMAPI2.", entry->name, NULL);
    com_path_join(with_version, progid, L".1", NULL);
    const struct row rows[] = {
        {L"", NULL, entry->description},
        {L"\\InprocServer32", NULL, plan->dll},
        {L"\\InprocServer32", L"ThreadingModel", entry->threading},
        {L"\\ProgID", NULL, with_version},
        {L"\\VersionIndependentProgID", NULL, progid},
        {L"\\Programmable", NULL, NULL},
        {L"\\TypeLib", NULL, plan->libid},
        {L"\\Version", NULL, COM_LIBRARY_VERSION},
    };
    return WRITE_ROWS(plan, item, rows);
}

static HRESULT write_progid(const struct com_plan *plan, const struct com_item *item)
{
    WCHAR with_version[COM_PATH_MAX];

    com_path_join(with_version, L"IMAPI2.", item->entry->name, L".1");
    const struct row rows[] = {
        {L"", NULL, item->entry->description},
        {L"\\CLSID", NULL, item->guid},
        {L"\\CurVer", NULL, with_version},
    };
    /* The ProgID with version is the current one and names no other. */
    return write_rows(plan, item, rows, item->kind == COM_ITEM_PROGID ? 3 : 2);
}

static HRESULT write_interface(const struct com_plan *plan, const struct com_item *item)
{
    const struct row rows[] = {
        {L"", NULL, item->name},
        {L"\\ProxyStubClsid32", NULL, AUTOMATION_PROXY},
        {L"\\TypeLib", NULL, plan->libid},
        {L"\\TypeLib", L"Version", COM_LIBRARY_VERSION},
    };
    return WRITE_ROWS(plan, item, rows);
}

static HRESULT write_proxy(const struct com_plan *plan, const struct com_item *item)
{
    const struct row rows[] = {
        {L"", NULL, item->name},
        {L"\\InprocServer32", NULL, plan->dll},
        {L"\\InprocServer32", L"ThreadingModel", L"Both"},
    };
    return WRITE_ROWS(plan, item, rows);
}

static HRESULT write_proxied_interface(const struct com_plan *plan, const struct com_item *item)
{
    const struct row rows[] = {
        {L"", NULL, item->name},
        {L"\\ProxyStubClsid32", NULL, item->guid},
    };
    return WRITE_ROWS(plan, item, rows);
}

static HRESULT write_if_missing(HKEY root, const WCHAR *path, const WCHAR *data)
{
    WCHAR *present = com_key_read(root, path, 0, NULL);

    free(present);
    return present ? S_OK : com_key_write(root, path, NULL, data);
}

static HRESULT write_library(const struct com_plan *plan, const struct com_item *item)
{
    WCHAR head[COM_PATH_MAX], path[COM_PATH_MAX];
    HRESULT hr;

    com_path_join(head, COM_CLASSES_KEY L"TypeLib\\", plan->libid, L"\\" COM_LIBRARY_VERSION);
    hr = write_if_missing(plan->root, head, plan->library_name);
    com_path_join(path, head, L"\\FLAGS", NULL);
    if (SUCCEEDED(hr))
        hr = write_if_missing(plan->root, path, L"0");
    com_path_join(path, head, L"\\HELPDIR", NULL);
    if (SUCCEEDED(hr))
        hr = write_if_missing(plan->root, path, plan->folder);
    if (SUCCEEDED(hr))
        hr = com_key_write(plan->root, item->path, NULL, plan->dll);
    return hr;
}

static HRESULT write_item(const struct com_plan *plan, const struct com_item *item)
{
    switch (item->kind) {
    case COM_ITEM_CLASS:
        return write_class(plan, item);
    case COM_ITEM_LIBRARY:
        return write_library(plan, item);
    case COM_ITEM_PROGID:
    case COM_ITEM_PROGID_WITH_VERSION:
        return write_progid(plan, item);
    case COM_ITEM_INTERFACE:
        return write_interface(plan, item);
    case COM_ITEM_PROXY:
        return write_proxy(plan, item);
    case COM_ITEM_PROXIED_INTERFACE:
        return write_proxied_interface(plan, item);
    }
    return E_UNEXPECTED;
}

static HRESULT restore_saved(const struct com_plan *plan, const struct com_item *item)
{
    HRESULT hr;

    if (!com_key_exists(plan->root, item->saved, KEY_WOW64_64KEY))
        return S_OK;
    hr = com_key_copy(plan->root, item->saved, KEY_WOW64_64KEY, item->path, 0);
    if (FAILED(hr))
        return hr;
    return com_key_delete(plan->root, item->saved, KEY_WOW64_64KEY);
}

/* Saved keys lie in the 64-bit view for both bitnesses: what is shared is saved once. What was
 * saved first stays: a later foreigner may be another copy of this DLL. */
static HRESULT save_and_delete(const struct com_plan *plan, const struct com_item *item)
{
    bool saved_before = com_key_exists(plan->root, item->saved, KEY_WOW64_64KEY);
    HRESULT hr = S_OK;

    if (!saved_before)
        hr = com_key_copy(plan->root, item->path, 0, item->saved, KEY_WOW64_64KEY);
    if (FAILED(hr))
        return hr;
    hr = com_key_delete(plan->root, item->path, 0);
    if (FAILED(hr) && !saved_before) /* perhaps half of it is gone */
        restore_saved(plan, item);
    return hr;
}

static bool library_is_registered(const struct com_plan *plan)
{
    static const WCHAR *const leaves[] = {L"\\" COM_LIBRARY_VERSION L"\\0\\win32",
                                          L"\\" COM_LIBRARY_VERSION L"\\0\\win64"};
    WCHAR path[COM_PATH_MAX];
    bool found = false;

    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        com_path_join(path, COM_CLASSES_KEY L"TypeLib\\", plan->libid, leaves[i]);
        found = found || com_key_exists(plan->root, path, 0);
    }
    return found;
}

/* Shared items stay for the other bitness, for a server that was restored or never replaced. */
static bool is_needed(const struct com_plan *plan, const struct com_item *item)
{
    WCHAR class[COM_PATH_MAX];

    if (item->kind == COM_ITEM_INTERFACE)
        return library_is_registered(plan);
    com_path_join(class, COM_CLASSES_KEY L"CLSID\\", item->guid, NULL);
    if (item->kind ==
        COM_ITEM_PROXIED_INTERFACE) /* each bitness has its own; what was saved returns */
        return com_key_exists(plan->root, class, 0) &&
               !com_key_exists(plan->root, item->saved, KEY_WOW64_64KEY);
    return com_key_exists(plan->root, class, KEY_WOW64_64KEY) ||
           com_key_exists(plan->root, class, KEY_WOW64_32KEY);
}

static HRESULT remove_named(const struct com_plan *plan, const struct com_item *item)
{
    enum item_state state = examine(plan, item);
    HRESULT hr = S_OK;

    if (state == FOREIGN && !item->written)
        return S_OK;
    if (state == OURS || item->written)
        hr = com_key_delete(plan->root, item->path, 0);
    return SUCCEEDED(hr) ? restore_saved(plan, item) : hr;
}

/* Interfaces of the other view may be left from a bitness that went before this one. */
static HRESULT remove_interface_in_both_views(const struct com_plan *plan,
                                              const struct com_item *item)
{
    static const REGSAM views[] = {KEY_WOW64_64KEY, KEY_WOW64_32KEY};
    HRESULT hr = S_OK;

    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]) && SUCCEEDED(hr); i++)
        if (value_is(plan->root, item->path, L"\\TypeLib", views[i], plan->libid))
            hr = com_key_delete(plan->root, item->path, views[i]);
    return hr;
}

static HRESULT remove_shared(const struct com_plan *plan, const struct com_item *item)
{
    bool needed = is_needed(plan, item);
    HRESULT hr = S_OK;

    if (!item->written && (needed || examine(plan, item) == FOREIGN))
        return S_OK;
    hr = com_key_delete(plan->root, item->path, 0);
    if (SUCCEEDED(hr) && item->kind == COM_ITEM_INTERFACE && !needed)
        hr = remove_interface_in_both_views(plan, item);
    return SUCCEEDED(hr) ? restore_saved(plan, item) : hr;
}

static bool is_part_of_head(const WCHAR *subkey)
{
    return lstrcmpiW(subkey, L"FLAGS") == 0 || lstrcmpiW(subkey, L"HELPDIR") == 0;
}

static HRESULT remove_library_head(const struct com_plan *plan)
{
    WCHAR head[COM_PATH_MAX], path[COM_PATH_MAX];
    HRESULT hr = S_OK;

    com_path_join(path, COM_CLASSES_KEY L"TypeLib\\", plan->libid, NULL);
    com_path_join(head, path, L"\\" COM_LIBRARY_VERSION, NULL);
    com_path_join(path, head, L"\\0", NULL);
    if (com_key_delete_empty(plan->root, path, 0) &&
        com_key_each_subkey(plan->root, head, 0, is_part_of_head))
        hr = com_key_delete(plan->root, head, 0);
    com_path_join(path, COM_CLASSES_KEY L"TypeLib\\", plan->libid, NULL);
    com_key_delete_empty(plan->root, path, 0);
    return hr;
}

/* Saved copies of this bitness and shared ones, from the leaves up. */
static void remove_empty_product_keys(const struct com_plan *plan)
{
    WCHAR parent[COM_PATH_MAX];

    for (size_t i = 0; i < plan->count; i++) {
        lstrcpynW(parent, plan->items[i].saved, COM_PATH_MAX);
        while (lstrlenW(parent) > lstrlenW(COM_PRODUCT_KEY)) {
            *wcsrchr(parent, L'\\') = L'\0';
            if (!com_key_delete_empty(plan->root, parent, KEY_WOW64_64KEY))
                break;
        }
    }
}

static bool names_a_dll(const struct com_item *item)
{
    return item->kind == COM_ITEM_CLASS || item->kind == COM_ITEM_LIBRARY ||
           item->kind == COM_ITEM_PROXY;
}

/* Does as much as it can and returns the first failure. */
static HRESULT remove_all(const struct com_plan *plan)
{
    HRESULT first = S_OK, hr;

    for (int shared = 0; shared <= 1; shared++) {
        for (size_t i = 0; i < plan->count; i++) {
            const struct com_item *item = &plan->items[i];

            if (names_a_dll(item) == shared)
                continue;
            hr = shared ? remove_shared(plan, item) : remove_named(plan, item);
            if (SUCCEEDED(first))
                first = hr;
        }
    }
    hr = remove_library_head(plan);
    if (SUCCEEDED(first))
        first = hr;
    remove_empty_product_keys(plan);
    return first;
}

/* Nothing is written before it is known that nothing foreign is in the way, or may be replaced. */
static HRESULT check_foreign(const struct com_plan *plan, enum com_foreign foreign)
{
    HRESULT hr = S_OK;

    for (size_t i = 0; SUCCEEDED(hr) && i < plan->count; i++) {
        if (examine(plan, &plan->items[i]) != FOREIGN)
            continue;
        hr = foreign == COM_FOREIGN_REPLACE ? com_key_writable(plan->root, plan->items[i].path, 0)
                                            : COM_E_FOREIGN_SERVER;
    }
    return hr;
}

static HRESULT write_all(struct com_plan *plan)
{
    HRESULT hr = S_OK;

    for (size_t i = 0; SUCCEEDED(hr) && i < plan->count; i++) {
        struct com_item *item = &plan->items[i];
        enum item_state state = examine(plan, item);

        if (state == FOREIGN)
            hr = save_and_delete(plan, item);
        if (SUCCEEDED(hr) && state != SHARED) {
            item->written = true;
            hr = write_item(plan, item);
        }
    }
    return hr;
}

HRESULT com_register(enum com_scope scope, enum com_foreign foreign)
{
    struct com_plan plan;
    HRESULT hr = com_plan_init(&plan, scope);

    if (FAILED(hr))
        return hr;
    hr = check_foreign(&plan, foreign);
    if (SUCCEEDED(hr)) {
        hr = write_all(&plan);
        if (FAILED(hr))
            remove_all(&plan);
    }
    com_plan_fini(&plan);
    return hr;
}

HRESULT com_unregister(enum com_scope scope)
{
    struct com_plan plan;
    HRESULT hr = com_plan_init(&plan, scope);

    if (FAILED(hr))
        return hr;
    hr = remove_all(&plan);
    com_plan_fini(&plan);
    return hr;
}

/* Whether the word that starts at *at is this one; then *at moves behind it. */
static bool take_word(const WCHAR **at, const WCHAR *word)
{
    int length = lstrlenW(word);

    if (_wcsnicmp(*at, word, (size_t)length) != 0)
        return false;
    if ((*at)[length] != L'\0' && (*at)[length] != L' ' && (*at)[length] != L',')
        return false;
    *at += length;
    return true;
}

HRESULT com_install(BOOL install, const WCHAR *command)
{
    enum com_scope scope = COM_FOR_MACHINE;
    enum com_foreign foreign = COM_FOREIGN_REFUSE;
    const WCHAR *at = command ? command : L"";

    while (*at) {
        if (*at == L' ' || *at == L',')
            at++;
        else if (take_word(&at, L"user"))
            scope = COM_FOR_USER;
        else if (take_word(&at, L"machine"))
            scope = COM_FOR_MACHINE;
        else if (take_word(&at, L"replace"))
            foreign = COM_FOREIGN_REPLACE;
        else
            return E_INVALIDARG;
    }
    return install ? com_register(scope, foreign) : com_unregister(scope);
}
