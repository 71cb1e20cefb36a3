/* The Windows side of src/os: modules, other processes, Unix paths under Wine. */
#include "scratch.h"
#include <windows.h>
#include <wchar.h>
#include "module.h"

enum { PATIENCE_MS = 20000 };
static const uint64_t lock_offset = UINT64_C(1) << 62;

/* The same program again: it tries the lock, and its exit code is the status. */
static DWORD status_in_another_process(const char *path)
{
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    WCHAR self[MAX_PATH], arguments[SCRATCH_PATH_MAX], wide[SCRATCH_PATH_MAX];
    DWORD code = (DWORD)-1;

    MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, SCRATCH_PATH_MAX);
    GetModuleFileNameW(NULL, self, MAX_PATH);
    swprintf(arguments, SCRATCH_PATH_MAX, L"\"%ls\" lock \"%ls\"", self, wide);
    assert_true(
        CreateProcessW(self, arguments, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
    assert_int_equal(WaitForSingleObject(process.hProcess, PATIENCE_MS), WAIT_OBJECT_0);
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return code;
}

static int lock_and_die(const char *path)
{
    struct oi_file *file;

    if (oi_file_open(&file, path, OI_FILE_WRITE) != OI_OK)
        return 255;
    return (int)oi_file_lock(file, lock_offset);
}

static void a_lock_keeps_out_another_process(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct oi_file *file;

    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_lock(file, lock_offset), OI_OK);
    assert_int_equal(status_in_another_process(path), OI_SHARING);
    oi_file_unlock(file, lock_offset);
    assert_int_equal(status_in_another_process(path), OI_OK);
    assert_int_equal(oi_file_lock(file, lock_offset), OI_OK); /* theirs died with them */
    oi_file_close(file);
}

static void a_detached_thread_keeps_its_module_loaded_until_it_has_left(void **state)
{
    HMODULE module = LoadLibraryW(L"liboi_thread_module.dll");
    HANDLE go = CreateEventW(NULL, TRUE, FALSE, NULL), done = CreateEventW(NULL, TRUE, FALSE, NULL);
    uint64_t deadline = oi_clock_us() + PATIENCE_MS * UINT64_C(1000);
    int (*start_detached)(HANDLE, HANDLE);

    (void)state;
    assert_non_null(module);
    start_detached = (int (*)(HANDLE, HANDLE))(uintptr_t)GetProcAddress(module, "start_detached");
    assert_non_null(start_detached);
    assert_true(start_detached(go, done));
    assert_true(FreeLibrary(module));
    assert_non_null(GetModuleHandleW(L"liboi_thread_module.dll"));
    SetEvent(go);
    assert_int_equal(WaitForSingleObject(done, PATIENCE_MS), WAIT_OBJECT_0);
    while (GetModuleHandleW(L"liboi_thread_module.dll") && oi_clock_us() < deadline)
        SwitchToThread();
    assert_null(GetModuleHandleW(L"liboi_thread_module.dll"));
    CloseHandle(done);
    CloseHandle(go);
}

static void a_module_beside_this_program_is_loaded_until_its_last_unload(void **state)
{
    char *path = oi_module_beside("liboi_thread_module.dll");
    struct oi_module *first, *second;

    (void)state;
    assert_non_null(path);
    assert_int_equal(oi_module_load(&first, path), OI_OK);
    assert_int_equal(oi_module_load(&second, path), OI_OK);
    assert_non_null(oi_module_find(first, "start_detached"));
    assert_null(oi_module_find(first, "no_such_function"));
    oi_module_unload(first);
    assert_non_null(GetModuleHandleW(L"liboi_thread_module.dll"));
    oi_module_unload(second);
    assert_null(GetModuleHandleW(L"liboi_thread_module.dll"));
    oi_module_unload(NULL);
    free(path);
}

static void what_is_missing_or_no_module_is_not_loaded(void **state)
{
    const char *path = scratch_path(*state, "module.dll");
    struct oi_module *loaded = (struct oi_module *)&path;

    assert_int_equal(oi_module_load(&loaded, path), OI_NOT_FOUND);
    assert_null(loaded);
    assert_int_equal(oi_file_replace(path, "no module", 9), OI_OK);
    loaded = (struct oi_module *)&path;
    assert_int_equal(oi_module_load(&loaded, path), OI_BAD_FILE);
    assert_null(loaded);
}

static bool on_wine(void)
{
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL;
}

static void absolute_unix_paths_work_on_wine(void **state)
{
    char folder[64], path[128];

    (void)state;
    if (!on_wine()) {
        print_message("skipped: Unix paths mean something on Wine only\n");
        skip();
    }
    snprintf(folder, sizeof folder, "/tmp/oi_test_os.%llx", (unsigned long long)oi_clock_us());
    snprintf(path, sizeof path, "%s/one/f\xc3\xbc.txt", folder);
    assert_int_equal(oi_file_stamp(path), 0);
    snprintf(path, sizeof path, "%s/one", folder);
    assert_int_equal(oi_folder_create(path), OI_OK);
    snprintf(path, sizeof path, "%s/one/f\xc3\xbc.txt", folder);
    assert_int_equal(oi_file_replace(path, "text", 4), OI_OK);
    assert_file_holds(path, "text");
    assert_int_equal(oi_file_remove(path), OI_OK);
    snprintf(path, sizeof path, "Z:%s/one", folder);
    assert_true(RemoveDirectoryA(path));
    snprintf(path, sizeof path, "Z:%s", folder);
    assert_true(RemoveDirectoryA(path));
}

static void unix_paths_are_not_found_on_windows(void **state)
{
    struct oi_file *file;

    (void)state;
    if (on_wine()) {
        print_message("skipped: on Wine Unix paths work\n");
        skip();
    }
    assert_int_equal(oi_file_open(&file, "/tmp", OI_FILE_READ), OI_NOT_FOUND);
    assert_null(file);
}

static void text_that_is_no_utf8_is_no_path(void **state)
{
    struct oi_file *file;

    assert_int_equal(oi_file_open(&file, scratch_path(*state, "\xff"), OI_FILE_CREATE),
                     OI_NOT_FOUND);
    assert_null(file);
}

static void assert_variable(const char *expected)
{
    char *value = oi_environment("OI_TEST_VARIABLE");

    assert_non_null(value);
    assert_string_equal(value, expected);
    free(value);
}

static void variables_of_any_length_are_utf8(void **state)
{
    char expected[1001];
    WCHAR value[1001];

    (void)state;
    SetEnvironmentVariableW(L"OI_TEST_VARIABLE", L"");
    assert_variable("");
    SetEnvironmentVariableW(L"OI_TEST_VARIABLE", L"\u00fc");
    assert_variable("\xc3\xbc");
    for (size_t len = 200; len <= 1000; len += 8) {
        wmemset(value, L'x', len);
        value[len] = 0;
        memset(expected, 'x', len);
        expected[len] = 0;
        SetEnvironmentVariableW(L"OI_TEST_VARIABLE", value);
        assert_variable(expected);
    }
}

static void the_data_folder_is_local_app_data(void **state)
{
    char *folder;

    (void)state;
    SetEnvironmentVariableW(L"LOCALAPPDATA", L"C:\\data");
    folder = oi_user_data_folder();
    assert_string_equal(folder, "C:\\data");
    free(folder);
    SetEnvironmentVariableW(L"LOCALAPPDATA", NULL);
    assert_null(oi_user_data_folder());
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_lock_keeps_out_another_process),
        cmocka_unit_test(a_detached_thread_keeps_its_module_loaded_until_it_has_left),
        cmocka_unit_test(a_module_beside_this_program_is_loaded_until_its_last_unload),
        WITH_SCRATCH(what_is_missing_or_no_module_is_not_loaded),
        cmocka_unit_test(absolute_unix_paths_work_on_wine),
        cmocka_unit_test(unix_paths_are_not_found_on_windows),
        WITH_SCRATCH(text_that_is_no_utf8_is_no_path),
        cmocka_unit_test(variables_of_any_length_are_utf8),
        cmocka_unit_test(the_data_folder_is_local_app_data),
    };

    if (argc == 3 && strcmp(argv[1], "lock") == 0)
        return lock_and_die(argv[2]);
    return cmocka_run_group_tests_name("os on Windows", tests, NULL, NULL);
}
