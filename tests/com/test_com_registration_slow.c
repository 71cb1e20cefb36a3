/* Registration, in a registry of the test's own: HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER are both
 * redirected into an empty key, so nothing that is installed matters or is touched. */
#include "toy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <cmocka.h>
#include "registration.h"
#include "registry_keys.h"

#define SANDBOX        L"Software\\OpenIMAPI2 test of registration"
#define CLASSES        L"Software\\Classes\\"
#define CLSID_TEXT     L"{2735412C-7F64-5B0F-8F00-5D77AFBE261E}"
#define LIBID_TEXT     L"{2735412F-7F64-5B0F-8F00-5D77AFBE261E}"
#define ENGINE_IID     L"{27354135-7F64-5B0F-8F00-5D77AFBE261E}"
#define PROXIED_IID    L"{27354132-7F64-5B0F-8F00-5D77AFBE261E}"
#define PROXY_KEY      CLASSES L"CLSID\\" PROXIED_IID
#define PROXIED_KEY    CLASSES L"Interface\\" PROXIED_IID
#define CLASS_KEY      CLASSES L"CLSID\\" CLSID_TEXT
#define SERVER_KEY     CLASS_KEY L"\\InprocServer32"
#define VERSION_KEY    CLASSES L"TypeLib\\" LIBID_TEXT L"\\1.0"
#define PROGID_KEY     CLASSES L"IMAPI2.MsftWriteEngine2"
#define FOREIGN_SERVER L"C:\\other\\imapi2.dll"
#ifdef _WIN64
#define LEAF       L"win64"
#define OTHER_LEAF L"win32"
#else
#define LEAF       L"win32"
#define OTHER_LEAF L"win64"
#endif

/* The linker leads every com_key_write here (--wrap), so that one of them can fail. */
HRESULT __real_com_key_write(HKEY root, const WCHAR *path, const WCHAR *name, const WCHAR *data);
HRESULT __wrap_com_key_write(HKEY root, const WCHAR *path, const WCHAR *name, const WCHAR *data);

static unsigned writes_until_failure; /* 0: none fails */

static void fail_write_number(unsigned number)
{
    writes_until_failure = number;
}

HRESULT __wrap_com_key_write(HKEY root, const WCHAR *path, const WCHAR *name, const WCHAR *data)
{
    if (writes_until_failure != 0 && --writes_until_failure == 0)
        return E_ABORT;
    return __real_com_key_write(root, path, name, data);
}

static HKEY real_user;
static HKEY machine_sandbox, user_sandbox;
static WCHAR *module;

static HKEY open_sandbox(const WCHAR *name)
{
    WCHAR path[128];
    HKEY key = NULL;

    swprintf(path, sizeof(path) / sizeof(path[0]), L"%ls\\%ls", SANDBOX, name);
    RegCreateKeyExW(real_user, path, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL);
    return key;
}

static int give_registry(void **state)
{
    (void)state;
    if (RegOpenKeyExW(HKEY_CURRENT_USER, NULL, 0, KEY_ALL_ACCESS, &real_user) != ERROR_SUCCESS)
        return 1;
    RegDeleteTreeW(real_user, SANDBOX);
    machine_sandbox = open_sandbox(L"machine");
    user_sandbox = open_sandbox(L"user");
    module = com_module_path();
    return RegOverridePredefKey(HKEY_LOCAL_MACHINE, machine_sandbox) != ERROR_SUCCESS ||
           RegOverridePredefKey(HKEY_CURRENT_USER, user_sandbox) != ERROR_SUCCESS;
}

static int take_registry(void **state)
{
    (void)state;
    RegOverridePredefKey(HKEY_LOCAL_MACHINE, NULL);
    RegOverridePredefKey(HKEY_CURRENT_USER, NULL);
    RegCloseKey(machine_sandbox);
    RegCloseKey(user_sandbox);
    RegDeleteTreeW(real_user, SANDBOX);
    RegCloseKey(real_user);
    free(module);
    return 0;
}

static void assert_key_holds(HKEY root, const WCHAR *path, const WCHAR *name, const WCHAR *expected)
{
    WCHAR *text = com_key_read(root, path, 0, name);

    if (!text || wcscmp(text, expected) != 0)
        fail_msg("%ls [%ls]: %ls instead of %ls", path, name ? name : L"",
                 text ? text : L"(nothing)", expected);
    free(text);
}

static size_t count_keys(HKEY key)
{
    size_t count = 0;
    WCHAR name[256];
    DWORD length;
    HKEY child;

    for (DWORD i = 0; length = 256,
               RegEnumKeyExW(key, i, name, &length, NULL, NULL, NULL, NULL) == ERROR_SUCCESS;
         i++) {
        count++;
        if (RegOpenKeyExW(key, name, 0, KEY_READ, &child) == ERROR_SUCCESS) {
            count += count_keys(child);
            RegCloseKey(child);
        }
    }
    return count;
}

/* Only the empty roots that everybody shares are left. */
static void assert_nothing_of_ours(HKEY root, HKEY sandbox)
{
    assert_false(com_key_exists(root, CLASS_KEY, 0));
    assert_false(com_key_exists(root, PROGID_KEY, 0));
    assert_false(com_key_exists(root, PROGID_KEY L".1", 0));
    assert_false(com_key_exists(root, CLASSES L"TypeLib\\" LIBID_TEXT, 0));
    assert_false(com_key_exists(root, CLASSES L"Interface\\" ENGINE_IID, 0));
    assert_false(com_key_exists(root, PROXY_KEY, 0));
    assert_false(com_key_exists(root, PROXIED_KEY, 0));
    assert_false(com_key_exists(root, L"Software\\OpenIMAPI2", 0));
    assert_true(count_keys(sandbox) <= 5); /* Software, Classes, CLSID, TypeLib, Interface */
}

static void assert_registered(HKEY root)
{
    assert_key_holds(root, CLASS_KEY, NULL, L"A toy");
    assert_key_holds(root, SERVER_KEY, NULL, module);
    assert_key_holds(root, SERVER_KEY, L"ThreadingModel", L"Both");
    assert_key_holds(root, CLASS_KEY L"\\ProgID", NULL, L"IMAPI2.MsftWriteEngine2.1");
    assert_key_holds(root, CLASS_KEY L"\\VersionIndependentProgID", NULL,
                     L"IMAPI2.MsftWriteEngine2");
    assert_true(com_key_exists(root, CLASS_KEY L"\\Programmable", 0));
    assert_key_holds(root, CLASS_KEY L"\\TypeLib", NULL, LIBID_TEXT);
    assert_key_holds(root, CLASS_KEY L"\\Version", NULL, L"1.0");
    assert_key_holds(root, PROGID_KEY L"\\CLSID", NULL, CLSID_TEXT);
    assert_key_holds(root, PROGID_KEY L"\\CurVer", NULL, L"IMAPI2.MsftWriteEngine2.1");
    assert_key_holds(root, PROGID_KEY L".1\\CLSID", NULL, CLSID_TEXT);
    assert_false(com_key_exists(root, PROGID_KEY L".1\\CurVer", 0));
    assert_key_holds(root, VERSION_KEY, NULL, L"Microsoft IMAPI2 Base Functionality");
    assert_key_holds(root, VERSION_KEY L"\\0\\" LEAF, NULL, module);
    assert_key_holds(root, VERSION_KEY L"\\FLAGS", NULL, L"0");
    assert_true(com_key_exists(root, VERSION_KEY L"\\HELPDIR", 0));
    assert_key_holds(root, CLASSES L"Interface\\" ENGINE_IID, NULL, L"IWriteEngine2");
    assert_key_holds(root, CLASSES L"Interface\\" ENGINE_IID L"\\ProxyStubClsid32", NULL,
                     L"{00020424-0000-0000-C000-000000000046}");
    assert_key_holds(root, CLASSES L"Interface\\" ENGINE_IID L"\\TypeLib", NULL, LIBID_TEXT);
    assert_key_holds(root, CLASSES L"Interface\\" ENGINE_IID L"\\TypeLib", L"Version", L"1.0");
    assert_key_holds(root, PROXY_KEY L"\\InprocServer32", NULL, module);
    assert_key_holds(root, PROXY_KEY L"\\InprocServer32", L"ThreadingModel", L"Both");
    assert_key_holds(root, PROXIED_KEY, NULL, L"IDiscRecorder2Ex");
    assert_key_holds(root, PROXIED_KEY L"\\ProxyStubClsid32", NULL, PROXIED_IID);
}

static void registering_writes_every_key_and_unregistering_removes_them(void **state)
{
    (void)state;
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE), S_OK);
    assert_registered(HKEY_LOCAL_MACHINE);
    assert_int_equal(count_keys(user_sandbox), 0);
    assert_int_equal(com_unregister(COM_FOR_MACHINE), S_OK);
    assert_nothing_of_ours(HKEY_LOCAL_MACHINE, machine_sandbox);
}

static void the_users_part_is_written_alone(void **state)
{
    (void)state;
    assert_int_equal(com_install(TRUE, L"user"), S_OK);
    assert_registered(HKEY_CURRENT_USER);
    assert_int_equal(count_keys(machine_sandbox), 0);
    assert_int_equal(com_install(FALSE, L"user"), S_OK);
    assert_nothing_of_ours(HKEY_CURRENT_USER, user_sandbox);
}

/* 27 Automation interfaces with two keys below each, one interface with a proxy and one below. */
static void interfaces_that_nothing_can_marshal_are_not_registered(void **state)
{
    WCHAR path[128];
    size_t count;
    HKEY key;

    (void)state;
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE), S_OK);
    assert_false(com_key_exists(HKEY_LOCAL_MACHINE,
                                CLASSES L"Interface\\{0000000C-0000-0000-C000-000000000046}", 0));
    swprintf(path, 128, L"%lsInterface", CLASSES);
    assert_int_equal(RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, KEY_READ, &key), ERROR_SUCCESS);
    count = count_keys(key);
    RegCloseKey(key);
    assert_int_equal(count, 27 * 3 + 2);
    assert_int_equal(com_unregister(COM_FOR_MACHINE), S_OK);
}

static void registering_twice_and_unregistering_twice_is_fine(void **state)
{
    (void)state;
    assert_int_equal(com_install(TRUE, NULL), S_OK);
    assert_int_equal(com_install(TRUE, L"machine"), S_OK);
    assert_registered(HKEY_LOCAL_MACHINE);
    assert_int_equal(com_install(FALSE, L""), S_OK);
    assert_int_equal(com_install(FALSE, L""), S_OK);
    assert_nothing_of_ours(HKEY_LOCAL_MACHINE, machine_sandbox);
}

static void unknown_words_are_refused_before_anything_is_written(void **state)
{
    (void)state;
    assert_int_equal(com_install(TRUE, L"users"), E_INVALIDARG);
    assert_int_equal(com_install(TRUE, L"user everybody"), E_INVALIDARG);
    assert_int_equal(count_keys(machine_sandbox), 0);
    assert_int_equal(count_keys(user_sandbox), 0);
}

static void install_foreign_server(void)
{
    HKEY root = HKEY_LOCAL_MACHINE;

    com_key_write(root, CLASS_KEY, NULL, L"Somebody else's engine");
    com_key_write(root, SERVER_KEY, NULL, FOREIGN_SERVER);
    com_key_write(root, SERVER_KEY, L"ThreadingModel", L"Apartment");
    com_key_write(root, CLASS_KEY L"\\Extra", L"kept", L"yes");
    com_key_write(root, PROGID_KEY, NULL, L"Somebody else's ProgID");
    com_key_write(root, PROGID_KEY L"\\CLSID", NULL, CLSID_TEXT);
    com_key_write(root, VERSION_KEY, NULL, L"Somebody else's library");
    com_key_write(root, VERSION_KEY L"\\0\\" LEAF, NULL, FOREIGN_SERVER);
    com_key_write(root, CLASSES L"Interface\\" ENGINE_IID, NULL, L"Somebody else's interface");
    com_key_write(root, CLASSES L"Interface\\" ENGINE_IID L"\\TypeLib", NULL, LIBID_TEXT);
}

static void assert_foreign_server(void)
{
    HKEY root = HKEY_LOCAL_MACHINE;

    assert_key_holds(root, CLASS_KEY, NULL, L"Somebody else's engine");
    assert_key_holds(root, SERVER_KEY, NULL, FOREIGN_SERVER);
    assert_key_holds(root, SERVER_KEY, L"ThreadingModel", L"Apartment");
    assert_key_holds(root, CLASS_KEY L"\\Extra", L"kept", L"yes");
    assert_false(com_key_exists(root, CLASS_KEY L"\\Programmable", 0));
    assert_key_holds(root, PROGID_KEY, NULL, L"Somebody else's ProgID");
    assert_key_holds(root, VERSION_KEY, NULL, L"Somebody else's library");
    assert_key_holds(root, VERSION_KEY L"\\0\\" LEAF, NULL, FOREIGN_SERVER);
    assert_key_holds(root, CLASSES L"Interface\\" ENGINE_IID, NULL, L"Somebody else's interface");
}

static void a_foreign_server_is_not_touched(void **state)
{
    size_t before;

    (void)state;
    install_foreign_server();
    before = count_keys(machine_sandbox);
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE), COM_E_FOREIGN_SERVER);
    assert_true(FAILED(COM_E_FOREIGN_SERVER));
    assert_foreign_server();
    assert_int_equal(com_unregister(COM_FOR_MACHINE), S_OK);
    assert_foreign_server();
    assert_int_equal(count_keys(machine_sandbox), before);
}

static void a_replaced_server_comes_back_when_ours_goes(void **state)
{
    (void)state;
    install_foreign_server();
    assert_int_equal(com_install(TRUE, L"replace"), S_OK);
    assert_key_holds(HKEY_LOCAL_MACHINE, SERVER_KEY, NULL, module);
    assert_key_holds(HKEY_LOCAL_MACHINE, VERSION_KEY L"\\0\\" LEAF, NULL, module);
    assert_false(com_key_exists(HKEY_LOCAL_MACHINE, CLASS_KEY L"\\Extra", 0));
    assert_int_equal(com_install(TRUE, L"machine, replace"), S_OK);
    assert_int_equal(com_install(FALSE, NULL), S_OK);
    assert_foreign_server();
    assert_false(com_key_exists(HKEY_LOCAL_MACHINE, L"Software\\OpenIMAPI2", 0));
}

static void a_server_that_registered_over_ours_stays_when_ours_goes(void **state)
{
    (void)state;
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE), S_OK);
    com_key_write(HKEY_LOCAL_MACHINE, SERVER_KEY, NULL, FOREIGN_SERVER);
    assert_int_equal(com_unregister(COM_FOR_MACHINE), S_OK);
    assert_key_holds(HKEY_LOCAL_MACHINE, SERVER_KEY, NULL, FOREIGN_SERVER);
    assert_key_holds(HKEY_LOCAL_MACHINE, PROGID_KEY L"\\CLSID", NULL, CLSID_TEXT);
    assert_false(com_key_exists(HKEY_LOCAL_MACHINE, VERSION_KEY, 0));
}

static void a_third_server_over_a_replaced_one_stays_too(void **state)
{
    (void)state;
    install_foreign_server();
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REPLACE), S_OK);
    com_key_write(HKEY_LOCAL_MACHINE, SERVER_KEY, NULL, L"C:\\third\\imapi2.dll");
    assert_int_equal(com_unregister(COM_FOR_MACHINE), S_OK);
    assert_key_holds(HKEY_LOCAL_MACHINE, SERVER_KEY, NULL, L"C:\\third\\imapi2.dll");
    assert_key_holds(HKEY_LOCAL_MACHINE, VERSION_KEY L"\\0\\" LEAF, NULL, FOREIGN_SERVER);
}

/* Another server may have the proxy class of the same interface, or a proxy class of its own. */
static void a_foreign_proxy_is_replaced_and_comes_back(void **state)
{
    HKEY root = HKEY_LOCAL_MACHINE;

    (void)state;
    com_key_write(root, PROXY_KEY L"\\InprocServer32", NULL, FOREIGN_SERVER);
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE), COM_E_FOREIGN_SERVER);
    assert_false(com_key_exists(root, PROXIED_KEY, 0));
    com_key_write(root, PROXIED_KEY L"\\ProxyStubClsid32", NULL, L"{other}");
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE), COM_E_FOREIGN_SERVER);
    assert_key_holds(root, PROXIED_KEY L"\\ProxyStubClsid32", NULL, L"{other}");
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REPLACE), S_OK);
    assert_registered(root);
    assert_int_equal(com_unregister(COM_FOR_MACHINE), S_OK);
    assert_key_holds(root, PROXY_KEY L"\\InprocServer32", NULL, FOREIGN_SERVER);
    assert_key_holds(root, PROXIED_KEY L"\\ProxyStubClsid32", NULL, L"{other}");
    assert_false(com_key_exists(root, L"Software\\OpenIMAPI2", 0));
}

/* Its interface goes by the same proxy class as ours. */
static void an_interface_stays_while_another_server_is_its_proxy(void **state)
{
    HKEY root = HKEY_LOCAL_MACHINE;

    (void)state;
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE), S_OK);
    com_key_write(root, PROXY_KEY L"\\InprocServer32", NULL, FOREIGN_SERVER);
    assert_int_equal(com_unregister(COM_FOR_MACHINE), S_OK);
    assert_key_holds(root, PROXY_KEY L"\\InprocServer32", NULL, FOREIGN_SERVER);
    assert_key_holds(root, PROXIED_KEY L"\\ProxyStubClsid32", NULL, PROXIED_IID);
}

static void a_progid_of_another_class_is_saved_and_comes_back(void **state)
{
    (void)state;
    com_key_write(HKEY_LOCAL_MACHINE, PROGID_KEY L"\\CLSID", NULL, L"{other}");
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE), COM_E_FOREIGN_SERVER);
    assert_false(com_key_exists(HKEY_LOCAL_MACHINE, CLASS_KEY, 0));
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REPLACE), S_OK);
    assert_registered(HKEY_LOCAL_MACHINE);
    assert_int_equal(com_unregister(COM_FOR_MACHINE), S_OK);
    assert_key_holds(HKEY_LOCAL_MACHINE, PROGID_KEY L"\\CLSID", NULL, L"{other}");
    assert_false(com_key_exists(HKEY_LOCAL_MACHINE, L"Software\\OpenIMAPI2", 0));
}

static void the_other_bitness_keeps_its_type_library(void **state)
{
    (void)state;
    com_key_write(HKEY_LOCAL_MACHINE, VERSION_KEY L"\\0\\" OTHER_LEAF, NULL, L"C:\\32\\imapi2.dll");
    assert_int_equal(com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE), S_OK);
    assert_int_equal(com_unregister(COM_FOR_MACHINE), S_OK);
    assert_key_holds(HKEY_LOCAL_MACHINE, VERSION_KEY L"\\0\\" OTHER_LEAF, NULL,
                     L"C:\\32\\imapi2.dll");
    assert_key_holds(HKEY_LOCAL_MACHINE, VERSION_KEY, NULL, L"Microsoft IMAPI2 Base Functionality");
    assert_true(
        com_key_exists(HKEY_LOCAL_MACHINE, CLASSES L"Interface\\" ENGINE_IID L"\\TypeLib", 0));
    assert_false(com_key_exists(HKEY_LOCAL_MACHINE, VERSION_KEY L"\\0\\" LEAF, 0));
    assert_false(com_key_exists(HKEY_LOCAL_MACHINE, PROGID_KEY, 0));
}

/* Fails the first, second, ... write until the registration goes through untouched. */
static void a_registration_that_fails_anywhere_leaves_nothing(void **state)
{
    HRESULT hr = E_ABORT;
    unsigned failing = 0;

    (void)state;
    while (hr == E_ABORT) {
        fail_write_number(++failing);
        hr = com_register(COM_FOR_MACHINE, COM_FOREIGN_REFUSE);
        fail_write_number(0);
        if (FAILED(hr))
            assert_nothing_of_ours(HKEY_LOCAL_MACHINE, machine_sandbox);
    }
    assert_int_equal(hr, S_OK);
    assert_true(failing > 27);
    assert_registered(HKEY_LOCAL_MACHINE);
}

static void a_replacement_that_fails_anywhere_brings_the_other_server_back(void **state)
{
    HRESULT hr = E_ABORT;
    unsigned failing = 0;

    (void)state;
    install_foreign_server();
    while (hr == E_ABORT) {
        fail_write_number(++failing);
        hr = com_register(COM_FOR_MACHINE, COM_FOREIGN_REPLACE);
        fail_write_number(0);
        if (FAILED(hr)) {
            assert_foreign_server();
            assert_false(com_key_exists(HKEY_LOCAL_MACHINE, L"Software\\OpenIMAPI2", 0));
        }
    }
    assert_int_equal(hr, S_OK);
    assert_key_holds(HKEY_LOCAL_MACHINE, SERVER_KEY, NULL, module);
}

int main(void)
{
#define WITH_REGISTRY(test) cmocka_unit_test_setup_teardown(test, give_registry, take_registry)
    const struct CMUnitTest tests[] = {
        WITH_REGISTRY(registering_writes_every_key_and_unregistering_removes_them),
        WITH_REGISTRY(the_users_part_is_written_alone),
        WITH_REGISTRY(interfaces_that_nothing_can_marshal_are_not_registered),
        WITH_REGISTRY(registering_twice_and_unregistering_twice_is_fine),
        WITH_REGISTRY(unknown_words_are_refused_before_anything_is_written),
        WITH_REGISTRY(a_foreign_server_is_not_touched),
        WITH_REGISTRY(a_replaced_server_comes_back_when_ours_goes),
        WITH_REGISTRY(a_server_that_registered_over_ours_stays_when_ours_goes),
        WITH_REGISTRY(a_third_server_over_a_replaced_one_stays_too),
        WITH_REGISTRY(a_foreign_proxy_is_replaced_and_comes_back),
        WITH_REGISTRY(an_interface_stays_while_another_server_is_its_proxy),
        WITH_REGISTRY(a_progid_of_another_class_is_saved_and_comes_back),
        WITH_REGISTRY(the_other_bitness_keeps_its_type_library),
        WITH_REGISTRY(a_registration_that_fails_anywhere_leaves_nothing),
        WITH_REGISTRY(a_replacement_that_fails_anywhere_brings_the_other_server_back),
    };

    return cmocka_run_group_tests_name("com registration", tests, NULL, NULL);
}
