/* The registered imapi2.dll in the registry, and its entry points. What is registered is only read;
 * what registers and unregisters does so in a registry of the test's own, into which
 * HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER and HKEY_CLASSES_ROOT of this process are redirected. */
#include "recorder_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define LIBID      L"{2735412F-7F64-5B0F-8F00-5D77AFBE261E}"
#define MARSHALLER L"{00020424-0000-0000-C000-000000000046}"
#define SANDBOX    L"Software\\OpenIMAPI2 test of the entry points"
#define CLASSES    L"Software\\Classes"
#define ENGINE_KEY CLASSES L"\\CLSID\\{2735412C-7F64-5B0F-8F00-5D77AFBE261E}"
#ifdef _WIN64
#define LEAF L"win64"
#else
#define LEAF L"win32"
#endif

static const struct {
    const CLSID *clsid;
    const WCHAR *name;
    bool must_exist; /* the others come when they are written */
} creatable[] = {
    {&CLSID_MsftDiscMaster2, L"MsftDiscMaster2", true},
    {&CLSID_MsftDiscRecorder2, L"MsftDiscRecorder2", true},
    {&CLSID_MsftWriteEngine2, L"MsftWriteEngine2", true},
    {&CLSID_MsftStreamZero, L"MsftStreamZero", true},
    {&CLSID_MsftDiscFormat2Erase, L"MsftDiscFormat2Erase", false},
    {&CLSID_MsftDiscFormat2Data, L"MsftDiscFormat2Data", false},
    {&CLSID_MsftDiscFormat2TrackAtOnce, L"MsftDiscFormat2TrackAtOnce", false},
    {&CLSID_MsftDiscFormat2RawCD, L"MsftDiscFormat2RawCD", false},
    {&CLSID_MsftStreamPrng001, L"MsftStreamPrng001", false},
    {&CLSID_MsftStreamConcatenate, L"MsftStreamConcatenate", false},
    {&CLSID_MsftStreamInterleave, L"MsftStreamInterleave", false},
    {&CLSID_MsftRawCDImageCreator, L"MsftRawCDImageCreator", false},
};
static const struct {
    const CLSID *clsid;
    const WCHAR *name;
} not_creatable[] = {
    {&CLSID_MsftWriteSpeedDescriptor, L"MsftWriteSpeedDescriptor"},
    {&CLSID_MsftMultisessionSequential, L"MsftMultisessionSequential"},
    {&CLSID_MsftMultisessionRandomWrite, L"MsftMultisessionRandomWrite"},
};
enum {
    CREATABLE = sizeof(creatable) / sizeof(creatable[0]),
    NOT_CREATABLE = sizeof(not_creatable) / sizeof(not_creatable[0]),
    PATH = 512
};

/* == reading the registry == */

/* A string value, in a static buffer; NULL when it is not there. */
static const WCHAR *value_of(HKEY root, const WCHAR *path, const WCHAR *name)
{
    static WCHAR texts[4][PATH];
    static unsigned next;
    WCHAR *text = texts[next++ % 4];
    DWORD size = (PATH - 1) * sizeof(WCHAR), type;
    HKEY key;
    LSTATUS status;

    memset(text, 0, PATH * sizeof(WCHAR));
    if (RegOpenKeyExW(root, path, 0, KEY_READ, &key) != ERROR_SUCCESS)
        return NULL;
    status = RegQueryValueExW(key, name, NULL, &type, (BYTE *)text, &size);
    RegCloseKey(key);
    return status == ERROR_SUCCESS && type == REG_SZ ? text : NULL;
}

static bool key_exists(HKEY root, const WCHAR *path)
{
    HKEY key;

    if (RegOpenKeyExW(root, path, 0, KEY_READ, &key) != ERROR_SUCCESS)
        return false;
    RegCloseKey(key);
    return true;
}

static void assert_value(HKEY root, const WCHAR *path, const WCHAR *name, const WCHAR *expected)
{
    const WCHAR *got = value_of(root, path, name);

    if (!got || _wcsicmp(got, expected) != 0)
        fail_msg("%ls, \"%ls\": \"%ls\", expected \"%ls\"", path, name ? name : L"",
                 got ? got : L"(nothing)", expected);
}

/* PREFIX{guid}SUFFIX in one of a few static buffers. */
static const WCHAR *guid_path(const WCHAR *prefix, const GUID *guid, const WCHAR *suffix)
{
    static WCHAR paths[4][PATH];
    static unsigned next;
    WCHAR *path = paths[next++ % 4], text[40];

    StringFromGUID2(guid, text, 40);
    swprintf(path, PATH, L"%ls%ls%ls", prefix, text, suffix);
    return path;
}

static const WCHAR *registered_path(void)
{
    return value_of(HKEY_CLASSES_ROOT,
                    guid_path(L"CLSID\\", &CLSID_MsftWriteEngine2, L"\\InprocServer32"), NULL);
}

/* == what is registered == */

static void every_class_is_found_by_clsid_and_by_both_prog_ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < CREATABLE; i++) {
        WCHAR clsid[40], versioned[64], plain[64], path[96];
        const WCHAR *key = guid_path(L"CLSID\\", creatable[i].clsid, L"");

        if (!creatable[i].must_exist && !key_exists(HKEY_CLASSES_ROOT, key))
            continue;
        StringFromGUID2(creatable[i].clsid, clsid, 40);
        swprintf(plain, 64, L"IMAPI2.%ls", creatable[i].name);
        swprintf(versioned, 64, L"IMAPI2.%ls.1", creatable[i].name);
        assert_non_null(value_of(HKEY_CLASSES_ROOT, key, NULL));
        assert_value(HKEY_CLASSES_ROOT, guid_path(L"CLSID\\", creatable[i].clsid, L"\\ProgID"),
                     NULL, versioned);
        assert_value(HKEY_CLASSES_ROOT,
                     guid_path(L"CLSID\\", creatable[i].clsid, L"\\VersionIndependentProgID"), NULL,
                     plain);
        assert_true(key_exists(HKEY_CLASSES_ROOT,
                               guid_path(L"CLSID\\", creatable[i].clsid, L"\\Programmable")));
        assert_value(HKEY_CLASSES_ROOT, guid_path(L"CLSID\\", creatable[i].clsid, L"\\TypeLib"),
                     NULL, LIBID);
        swprintf(path, 96, L"%ls\\CLSID", versioned);
        assert_value(HKEY_CLASSES_ROOT, path, NULL, clsid);
        swprintf(path, 96, L"%ls\\CLSID", plain);
        assert_value(HKEY_CLASSES_ROOT, path, NULL, clsid);
        swprintf(path, 96, L"%ls\\CurVer", plain);
        assert_value(HKEY_CLASSES_ROOT, path, NULL, versioned);
    }
}

static void every_class_is_served_by_one_dll_in_any_apartment(void **state)
{
    WCHAR dll[PATH];

    (void)state;
    wcscpy(dll, registered_path());
    assert_int_not_equal(GetFileAttributesW(dll), INVALID_FILE_ATTRIBUTES);
    assert_int_equal(_wcsicmp(dll + wcslen(dll) - 11, L"\\imapi2.dll"), 0);
    for (size_t i = 0; i < CREATABLE; i++) {
        const WCHAR *key = guid_path(L"CLSID\\", creatable[i].clsid, L"\\InprocServer32");

        if (!creatable[i].must_exist && !key_exists(HKEY_CLASSES_ROOT, key))
            continue;
        assert_value(HKEY_CLASSES_ROOT, key, NULL, dll);
        assert_value(HKEY_CLASSES_ROOT, key, L"ThreadingModel", L"Both");
    }
}

static void what_is_registered_can_be_created(void **state)
{
    (void)state;
    for (size_t i = 0; i < CREATABLE; i++) {
        WCHAR name[64];
        CLSID clsid;
        IUnknown *object = NULL;

        swprintf(name, 64, L"IMAPI2.%ls", creatable[i].name);
        if (!creatable[i].must_exist && !key_exists(HKEY_CLASSES_ROOT, name))
            continue;
        assert_hr(CLSIDFromProgID(name, &clsid), S_OK);
        assert_true(IsEqualGUID(&clsid, creatable[i].clsid));
        assert_hr(CoCreateInstance(&clsid, NULL, CLSCTX_ALL, &IID_IUnknown, (void **)&object),
                  S_OK);
        rig_keep(object);
    }
}

static void a_class_that_cannot_be_created_is_not_registered_as_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < NOT_CREATABLE; i++) {
        WCHAR name[64];

        swprintf(name, 64, L"IMAPI2.%ls", not_creatable[i].name);
        assert_false(key_exists(HKEY_CLASSES_ROOT, name));
        assert_false(key_exists(
            HKEY_CLASSES_ROOT, guid_path(L"CLSID\\", not_creatable[i].clsid, L"\\InprocServer32")));
    }
}

static void the_type_library_is_registered_with_the_path_of_the_dll(void **state)
{
    ITypeLib *library = NULL;
    TLIBATTR *attributes;

    (void)state;
    assert_non_null(value_of(HKEY_CLASSES_ROOT, L"TypeLib\\" LIBID L"\\1.0", NULL));
    assert_value(HKEY_CLASSES_ROOT, L"TypeLib\\" LIBID L"\\1.0\\0\\" LEAF, NULL, registered_path());
    assert_value(HKEY_CLASSES_ROOT, L"TypeLib\\" LIBID L"\\1.0\\FLAGS", NULL, L"0");
    assert_true(key_exists(HKEY_CLASSES_ROOT, L"TypeLib\\" LIBID L"\\1.0\\HELPDIR"));
    assert_hr(LoadRegTypeLib(&LIBID_IMAPILib2, 1, 0, LOCALE_NEUTRAL, &library), S_OK);
    rig_keep(library);
    assert_hr(ITypeLib_GetLibAttr(library, &attributes), S_OK);
    assert_true(IsEqualGUID(&attributes->guid, &LIBID_IMAPILib2));
    ITypeLib_ReleaseTLibAttr(library, attributes);
}

/* An interface of the library that automation can marshal. */
static bool is_automation(ITypeInfo *info, GUID *iid)
{
    TYPEATTR *attributes;
    bool result;

    assert_hr(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
    *iid = attributes->guid;
    result = (attributes->typekind == TKIND_INTERFACE || attributes->typekind == TKIND_DISPATCH) &&
             attributes->wTypeFlags & (TYPEFLAG_FOLEAUTOMATION | TYPEFLAG_FDUAL);
    ITypeInfo_ReleaseTypeAttr(info, attributes);
    return result;
}

static void every_automation_interface_has_the_automation_marshaller(void **state)
{
    ITypeLib *library = NULL;
    unsigned seen = 0;

    (void)state;
    assert_hr(LoadRegTypeLib(&LIBID_IMAPILib2, 1, 0, LOCALE_NEUTRAL, &library), S_OK);
    rig_keep(library);
    for (UINT i = 0; i < ITypeLib_GetTypeInfoCount(library); i++) {
        ITypeInfo *info = NULL;
        GUID iid;
        bool automation;

        assert_hr(ITypeLib_GetTypeInfo(library, i, &info), S_OK);
        automation = is_automation(info, &iid);
        ITypeInfo_Release(info);
        if (!automation)
            continue;
        seen++;
        assert_non_null(value_of(HKEY_CLASSES_ROOT, guid_path(L"Interface\\", &iid, L""), NULL));
        assert_value(HKEY_CLASSES_ROOT, guid_path(L"Interface\\", &iid, L"\\ProxyStubClsid32"),
                     NULL, MARSHALLER);
        assert_value(HKEY_CLASSES_ROOT, guid_path(L"Interface\\", &iid, L"\\TypeLib"), NULL, LIBID);
        assert_value(HKEY_CLASSES_ROOT, guid_path(L"Interface\\", &iid, L"\\TypeLib"), L"Version",
                     L"1.0");
    }
    assert_true(seen >= 6);
}

/* The one interface of ours that the automation marshaller can't marshal. */
static void an_interface_without_automation_has_the_dll_as_its_proxy(void **state)
{
    const GUID *iid = &IID_IDiscRecorder2Ex;
    WCHAR clsid[40];
    CLSID found;

    (void)state;
    StringFromGUID2(iid, clsid, 40);
    assert_value(HKEY_CLASSES_ROOT, guid_path(L"Interface\\", iid, L""), NULL, L"IDiscRecorder2Ex");
    assert_value(HKEY_CLASSES_ROOT, guid_path(L"Interface\\", iid, L"\\ProxyStubClsid32"), NULL,
                 clsid);
    assert_value(HKEY_CLASSES_ROOT, guid_path(L"CLSID\\", iid, L"\\InprocServer32"), NULL,
                 registered_path());
    assert_value(HKEY_CLASSES_ROOT, guid_path(L"CLSID\\", iid, L"\\InprocServer32"),
                 L"ThreadingModel", L"Both");
    assert_hr(CoGetPSClsid(iid, &found), S_OK);
    assert_true(IsEqualGUID(&found, iid));
}

/* == DllGetClassObject == */

typedef HRESULT(STDMETHODCALLTYPE *class_object_entry)(REFCLSID, REFIID, void **);

static class_object_entry class_objects(void)
{
    HMODULE dll = GetModuleHandleW(L"imapi2.dll");

    assert_non_null(dll);
    return (class_object_entry)(void (*)(void))GetProcAddress(dll, "DllGetClassObject");
}

static void the_dll_gives_factories_for_its_own_classes_only(void **state)
{
    class_object_entry entry = class_objects();
    void *factory = state;

    (void)state;
    assert_hr(entry(&IID_IUnknown, &IID_IClassFactory, &factory), CLASS_E_CLASSNOTAVAILABLE);
    assert_null(factory);
    for (size_t i = 0; i < NOT_CREATABLE; i++)
        assert_hr(entry(not_creatable[i].clsid, &IID_IClassFactory, &factory),
                  CLASS_E_CLASSNOTAVAILABLE);
    factory = state;
    assert_hr(entry(&CLSID_MsftWriteEngine2, &IID_IDispatch, &factory), E_NOINTERFACE);
    assert_null(factory);
    assert_hr(entry(&CLSID_MsftWriteEngine2, &IID_IClassFactory, NULL), E_POINTER);
    assert_hr(entry(&CLSID_MsftWriteEngine2, &IID_IUnknown, &factory), S_OK);
    rig_keep(factory);
}

static void a_proxy_factory_keeps_the_dll_loaded(void **state)
{
    IPSFactoryBuffer *factory = NULL;

    assert_hr(rig_can_unload(), S_OK);
    assert_hr(class_objects()(&IID_IDiscRecorder2Ex, &IID_IPSFactoryBuffer, (void **)&factory),
              S_OK);
    assert_hr(rig_can_unload(), S_FALSE);
    IPSFactoryBuffer_Release(factory);
    assert_hr(rig_can_unload(), S_OK);
    factory = (IPSFactoryBuffer *)state;
    assert_hr(class_objects()(&IID_IDiscRecorder2Ex, &IID_IClassFactory, (void **)&factory),
              E_NOINTERFACE);
    assert_null(factory);
    assert_hr(class_objects()(&IID_IDiscRecorder2Ex, &IID_IPSFactoryBuffer, NULL), E_POINTER);
}

static IClassFactory *factory_of(const CLSID *clsid)
{
    IClassFactory *factory = NULL;

    assert_hr(class_objects()(clsid, &IID_IClassFactory, (void **)&factory), S_OK);
    return rig_keep(factory);
}

static void no_class_can_be_aggregated(void **state)
{
    IUnknown *outer = (IUnknown *)rig_master();

    (void)state;
    for (size_t i = 0; i < CREATABLE; i++) {
        void *object = outer;

        if (!creatable[i].must_exist)
            continue;
        assert_hr(IClassFactory_CreateInstance(factory_of(creatable[i].clsid), outer, &IID_IUnknown,
                                               &object),
                  CLASS_E_NOAGGREGATION);
        assert_null(object);
        object = outer;
        assert_hr(CoCreateInstance(creatable[i].clsid, outer, CLSCTX_INPROC_SERVER, &IID_IUnknown,
                                   &object),
                  CLASS_E_NOAGGREGATION);
        assert_null(object);
    }
}

static void a_factory_refuses_what_its_objects_are_not(void **state)
{
    IClassFactory *factory = factory_of(&CLSID_MsftDiscMaster2);
    void *object = factory;

    (void)state;
    assert_hr(IClassFactory_CreateInstance(factory, NULL, &IID_IWriteEngine2, &object),
              E_NOINTERFACE);
    assert_null(object);
    assert_hr(IClassFactory_CreateInstance(factory, NULL, &IID_IDiscMaster2, NULL), E_POINTER);
    assert_hr(IClassFactory_QueryInterface(factory, &IID_IDiscMaster2, &object), E_NOINTERFACE);
    assert_null(object);
    assert_hr(IClassFactory_CreateInstance(factory, NULL, &IID_IDispatch, &object), S_OK);
    rig_keep(object);
}

static void locks_and_objects_keep_the_dll_loaded(void **state)
{
    IClassFactory *factory = factory_of(&CLSID_MsftStreamZero);
    IUnknown *object = NULL;

    (void)state;
    assert_hr(IClassFactory_LockServer(factory, TRUE), S_OK);
    assert_hr(IClassFactory_LockServer(factory, TRUE), S_OK);
    rig_drop(factory);
    assert_hr(rig_can_unload(), S_FALSE);
    factory = factory_of(&CLSID_MsftDiscMaster2);
    assert_hr(IClassFactory_LockServer(factory, FALSE), S_OK);
    rig_drop(factory);
    assert_hr(rig_can_unload(), S_FALSE);
    factory = factory_of(&CLSID_MsftDiscMaster2);
    assert_hr(IClassFactory_LockServer(factory, FALSE), S_OK);
    assert_hr(IClassFactory_CreateInstance(factory, NULL, &IID_IUnknown, (void **)&object), S_OK);
    rig_keep(object);
    rig_drop(factory);
    assert_hr(rig_can_unload(), S_FALSE);
    rig_drop(object);
    assert_hr(rig_can_unload(), S_OK);
}

/* == registration, in the sandbox == */

static HKEY real_user, machine, user, classes;
static HMODULE copies[2]; /* the same DLL in two folders */
static WCHAR copy_paths[2][PATH];
static WCHAR registered[PATH];

typedef HRESULT(STDMETHODCALLTYPE *plain_entry)(void);
typedef HRESULT(STDMETHODCALLTYPE *install_entry)(BOOL, const WCHAR *);

static HRESULT call(int copy, const char *name)
{
    plain_entry entry = (plain_entry)(void (*)(void))GetProcAddress(copies[copy], name);

    assert_non_null(entry);
    return entry();
}

static HRESULT install(int copy, BOOL wanted, const WCHAR *how)
{
    install_entry entry = (install_entry)(void (*)(void))GetProcAddress(copies[copy], "DllInstall");

    assert_non_null(entry);
    return entry(wanted, how);
}

static HKEY sandbox_key(const WCHAR *name)
{
    HKEY key = NULL;

    assert_int_equal(RegCreateKeyExW(real_user, name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL),
                     ERROR_SUCCESS);
    return key;
}

/* Keys that every Windows has, whoever is registered. */
static void make_containers(const WCHAR *root)
{
    static const WCHAR *const names[] = {L"CLSID", L"Interface", L"TypeLib"};
    WCHAR path[PATH];

    for (size_t i = 0; i < 3; i++) {
        swprintf(path, PATH, L"%ls\\%ls\\%ls\\%ls", SANDBOX, root, CLASSES, names[i]);
        RegCloseKey(sandbox_key(path));
    }
}

static void load_copy(int copy)
{
    char name[16];

    snprintf(name, sizeof(name), "copy%d", copy);
    assert_true(CreateDirectoryW(rig_path(name), NULL));
    swprintf(copy_paths[copy], PATH, L"%ls\\imapi2.dll", rig_path(name));
    assert_true(CopyFileW(registered, copy_paths[copy], TRUE));
    copies[copy] = LoadLibraryW(copy_paths[copy]);
    assert_non_null(copies[copy]);
}

static int give_sandbox(void **state)
{
    (void)state;
    wcscpy(registered, registered_path());
    load_copy(0);
    load_copy(1);
    assert_ptr_not_equal(copies[0], copies[1]);
    if (RegOpenKeyExW(HKEY_CURRENT_USER, NULL, 0, KEY_ALL_ACCESS, &real_user) != ERROR_SUCCESS)
        return -1;
    RegDeleteTreeW(real_user, SANDBOX);
    machine = sandbox_key(SANDBOX L"\\machine");
    user = sandbox_key(SANDBOX L"\\user");
    classes = sandbox_key(SANDBOX L"\\machine\\" CLASSES);
    make_containers(L"machine");
    make_containers(L"user");
    return RegOverridePredefKey(HKEY_LOCAL_MACHINE, machine) != ERROR_SUCCESS ||
                   RegOverridePredefKey(HKEY_CURRENT_USER, user) != ERROR_SUCCESS ||
                   RegOverridePredefKey(HKEY_CLASSES_ROOT, classes) != ERROR_SUCCESS
               ? -1
               : 0;
}

static int take_sandbox(void **state)
{
    RegOverridePredefKey(HKEY_CLASSES_ROOT, NULL);
    RegOverridePredefKey(HKEY_LOCAL_MACHINE, NULL);
    RegOverridePredefKey(HKEY_CURRENT_USER, NULL);
    RegCloseKey(classes);
    RegCloseKey(machine);
    RegCloseKey(user);
    RegDeleteTreeW(real_user, SANDBOX);
    RegCloseKey(real_user);
    for (int copy = 0; copy < 2; copy++) {
        FreeLibrary(copies[copy]);
        DeleteFileW(copy_paths[copy]);
    }
    return rig_clear(state);
}

/* Every key and value below a key, as text. */
struct dump {
    size_t length, size;
    WCHAR *text;
};

static void dump_add(struct dump *dump, const WCHAR *text)
{
    size_t more = wcslen(text);

    if (dump->length + more + 1 > dump->size) {
        dump->size = (dump->length + more + 1) * 2;
        dump->text = realloc(dump->text, dump->size * sizeof(WCHAR));
        assert_non_null(dump->text);
    }
    wcscpy(dump->text + dump->length, text);
    dump->length += more;
}

static void dump_key(struct dump *dump, HKEY key, unsigned depth)
{
    WCHAR name[256], data[PATH], line[1024];
    DWORD length, size, type;

    for (DWORD i = 0;; i++) {
        length = 256;
        size = sizeof(data) - sizeof(WCHAR);
        memset(data, 0, sizeof(data));
        if (RegEnumValueW(key, i, name, &length, NULL, &type, (BYTE *)data, &size) != ERROR_SUCCESS)
            break;
        swprintf(line, 1024, L"%*ls\"%ls\"(%lu)=%ls\n", depth, L"", name, type, data);
        dump_add(dump, line);
    }
    for (DWORD i = 0;; i++) {
        HKEY child;

        length = 256;
        if (RegEnumKeyExW(key, i, name, &length, NULL, NULL, NULL, NULL) != ERROR_SUCCESS)
            break;
        swprintf(line, 1024, L"%*ls[%ls]\n", depth, L"", name);
        dump_add(dump, line);
        assert_int_equal(RegOpenKeyExW(key, name, 0, KEY_READ, &child), ERROR_SUCCESS);
        dump_key(dump, child, depth + 1);
        RegCloseKey(child);
    }
}

static WCHAR *dump_of(HKEY key)
{
    struct dump dump = {0, 0, NULL};

    dump_add(&dump, L"");
    dump_key(&dump, key, 0);
    return dump.text;
}

static void assert_same_keys(HKEY key, WCHAR *before)
{
    WCHAR *now = dump_of(key);

    if (wcscmp(now, before) != 0)
        fail_msg("the keys were\n%ls\nand are now\n%ls", before, now);
    free(now);
    free(before);
}

static void registering_writes_what_unregistering_takes_away(void **state)
{
    WCHAR *empty = dump_of(machine), *none = dump_of(user);

    (void)state;
    assert_hr(call(0, "DllRegisterServer"), S_OK);
    assert_value(machine, ENGINE_KEY L"\\InprocServer32", NULL, copy_paths[0]);
    assert_value(machine, CLASSES L"\\TypeLib\\" LIBID L"\\1.0\\0\\" LEAF, NULL, copy_paths[0]);
    assert_true(key_exists(machine, CLASSES L"\\IMAPI2.MsftWriteEngine2.1"));
    assert_hr(call(0, "DllUnregisterServer"), S_OK);
    assert_same_keys(machine, empty);
    assert_same_keys(user, none);
}

static void registering_again_changes_nothing(void **state)
{
    WCHAR *before;

    (void)state;
    assert_hr(call(0, "DllRegisterServer"), S_OK);
    before = dump_of(machine);
    assert_hr(call(0, "DllRegisterServer"), S_OK);
    assert_same_keys(machine, before);
}

static void a_foreign_server_is_not_overwritten(void **state)
{
    WCHAR *before;

    (void)state;
    assert_hr(call(0, "DllRegisterServer"), S_OK);
    before = dump_of(machine);
    assert_true(FAILED(call(1, "DllRegisterServer")));
    assert_same_keys(machine, before);
}

static void a_server_that_is_not_registered_unregisters_nobody_else(void **state)
{
    WCHAR *before, *empty = dump_of(machine);

    (void)state;
    call(1, "DllUnregisterServer");
    assert_same_keys(machine, empty);
    assert_hr(call(0, "DllRegisterServer"), S_OK);
    before = dump_of(machine);
    call(1, "DllUnregisterServer");
    assert_same_keys(machine, before);
}

static void replacing_a_foreign_server_is_undone_by_unregistering(void **state)
{
    WCHAR *before;

    (void)state;
    assert_hr(call(0, "DllRegisterServer"), S_OK);
    before = dump_of(machine);
    assert_hr(install(1, TRUE, L"replace"), S_OK);
    assert_value(machine, ENGINE_KEY L"\\InprocServer32", NULL, copy_paths[1]);
    assert_value(machine, CLASSES L"\\TypeLib\\" LIBID L"\\1.0\\0\\" LEAF, NULL, copy_paths[1]);
    assert_hr(call(1, "DllUnregisterServer"), S_OK);
    assert_same_keys(machine, before);
}

static void a_user_registers_for_himself_alone(void **state)
{
    WCHAR *before, *none = dump_of(user);

    (void)state;
    assert_hr(call(0, "DllRegisterServer"), S_OK);
    before = dump_of(machine);
    assert_hr(install(1, TRUE, L"user"), S_OK);
    assert_value(user, ENGINE_KEY L"\\InprocServer32", NULL, copy_paths[1]);
    assert_value(user, ENGINE_KEY L"\\InprocServer32", L"ThreadingModel", L"Both");
    assert_value(user, ENGINE_KEY L"\\ProgID", NULL, L"IMAPI2.MsftWriteEngine2.1");
    assert_value(user, CLASSES L"\\IMAPI2.MsftWriteEngine2\\CurVer", NULL,
                 L"IMAPI2.MsftWriteEngine2.1");
    assert_value(user, CLASSES L"\\TypeLib\\" LIBID L"\\1.0\\0\\" LEAF, NULL, copy_paths[1]);
    assert_value(user,
                 guid_path(CLASSES L"\\Interface\\", &IID_IWriteEngine2, L"\\ProxyStubClsid32"),
                 NULL, MARSHALLER);
    assert_value(machine, ENGINE_KEY L"\\InprocServer32", NULL, copy_paths[0]);
    assert_hr(install(1, FALSE, L"user"), S_OK);
    assert_same_keys(user, none);
    assert_same_keys(machine, before);
}

/* == without registration == */

static HANDLE activate_manifest(ULONG_PTR *cookie)
{
    WCHAR path[PATH];
    ACTCTXW source = {.cbSize = sizeof(source), .lpSource = path};
    HANDLE context;

    swprintf(path, PATH, L"%ls\\OpenIMAPI2.manifest", rig_path("copy0"));
    assert_true(CopyFileW(MANIFEST, path, TRUE));
    context = CreateActCtxW(&source);
    assert_ptr_not_equal(context, INVALID_HANDLE_VALUE);
    assert_true(ActivateActCtx(context, cookie));
    assert_true(DeleteFileW(path));
    return context;
}

static bool is_in_copy(const void *address)
{
    WCHAR path[PATH] = L"";
    HMODULE module = NULL;

    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                           GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       address, &module);
    GetModuleFileNameW(module, path, PATH);
    return _wcsicmp(path, copy_paths[0]) == 0;
}

/* The manifest stands beside a copy of the DLL: what it names comes from there. */
static void with_the_manifest_nothing_need_be_registered(void **state)
{
    IWriteEngine2 *engine = NULL;
    IPSFactoryBuffer *proxies = NULL;
    HANDLE context;
    ULONG_PTR cookie;
    HRESULT created, described, proxied, automation;
    CLSID ours, systems;

    (void)state;
    context = activate_manifest(&cookie);
    created = CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_INPROC_SERVER,
                               &IID_IWriteEngine2, (void **)&engine);
    described = CoGetPSClsid(&IID_IDiscRecorder2Ex, &ours);
    automation = CoGetPSClsid(&IID_IWriteEngine2, &systems);
    proxied = CoGetClassObject(&IID_IDiscRecorder2Ex, CLSCTX_INPROC_SERVER, NULL,
                               &IID_IPSFactoryBuffer, (void **)&proxies);
    DeactivateActCtx(0, cookie);
    ReleaseActCtx(context);
    assert_hr(created, S_OK);
    assert_true(is_in_copy(engine->lpVtbl));
    IWriteEngine2_Release(engine);
    assert_hr(described, S_OK);
    assert_true(IsEqualGUID(&ours, &IID_IDiscRecorder2Ex));
    assert_hr(automation, S_OK);
    assert_false(IsEqualGUID(&systems, &IID_IWriteEngine2));
    assert_hr(proxied, S_OK);
    assert_true(is_in_copy(proxies));
    IPSFactoryBuffer_Release(proxies);
    CoFreeUnusedLibrariesEx(0, 0); /* the copy's file can be removed */
}

static void a_word_that_is_no_kind_of_installation_is_refused(void **state)
{
    WCHAR *empty = dump_of(machine), *none = dump_of(user);

    (void)state;
    assert_true(FAILED(install(0, TRUE, L"everywhere")));
    assert_same_keys(machine, empty);
    assert_same_keys(user, none);
}

#define TEST(name)      cmocka_unit_test_teardown(name, rig_clear)
#define SANDBOXED(name) cmocka_unit_test_setup_teardown(name, give_sandbox, take_sandbox)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(every_class_is_found_by_clsid_and_by_both_prog_ids),
        TEST(every_class_is_served_by_one_dll_in_any_apartment),
        TEST(what_is_registered_can_be_created),
        TEST(a_class_that_cannot_be_created_is_not_registered_as_one),
        TEST(the_type_library_is_registered_with_the_path_of_the_dll),
        TEST(every_automation_interface_has_the_automation_marshaller),
        TEST(an_interface_without_automation_has_the_dll_as_its_proxy),
        TEST(the_dll_gives_factories_for_its_own_classes_only),
        TEST(a_proxy_factory_keeps_the_dll_loaded),
        TEST(no_class_can_be_aggregated),
        TEST(a_factory_refuses_what_its_objects_are_not),
        TEST(locks_and_objects_keep_the_dll_loaded),
        SANDBOXED(registering_writes_what_unregistering_takes_away),
        SANDBOXED(registering_again_changes_nothing),
        SANDBOXED(a_foreign_server_is_not_overwritten),
        SANDBOXED(a_server_that_is_not_registered_unregisters_nobody_else),
        SANDBOXED(replacing_a_foreign_server_is_undone_by_unregistering),
        SANDBOXED(a_user_registers_for_himself_alone),
        SANDBOXED(with_the_manifest_nothing_need_be_registered),
        SANDBOXED(a_word_that_is_no_kind_of_installation_is_refused),
    };

    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
