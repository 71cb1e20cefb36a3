/* openimapi2virtual.dll, in which virtual recorders are: when imapi2.dll loads it, from where, and
 * what a client is told when that can't be done. Copies of imapi2.dll in a folder of their own
 * stand for installations that lack the file, or have a wrong one. */
#include "recorder_bench.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define FILE_NAME "openimapi2virtual.dll"
#define WAY_OUT   "copy the one there that came with this imapi2.dll"

enum { PATH = MAX_PATH * 2 };

static HMODULE module(void)
{
    return GetModuleHandleW(L"" FILE_NAME);
}

/* == an installation of our own == */

static WCHAR installed[PATH]; /* the folder of the registered DLLs */
static WCHAR copies[PATH];    /* the folder of the copy */
static HMODULE copy;

static const WCHAR *in_folder(const WCHAR *folder, const WCHAR *name)
{
    static WCHAR paths[2][PATH];
    static unsigned next;
    WCHAR *path = paths[next++ % 2];

    swprintf(path, PATH, L"%ls\\%ls", folder, name);
    return path;
}

static void find_installed(void)
{
    WCHAR *end;

    rig_master();
    GetModuleFileNameW(GetModuleHandleW(L"imapi2.dll"), installed, PATH);
    end = wcsrchr(installed, L'\\');
    assert_non_null(end);
    *end = L'\0';
}

/* imapi2.dll alone, in a new folder whose name ends so. It lies beside the test's own folder, which
 * is emptied while objects of the copy may still be alive. */
static void install_copy(const WCHAR *ending)
{
    find_installed();
    wcscpy(copies, rig_path(""));
    wcscpy(copies + wcslen(copies) - 1, ending);
    assert_true(CreateDirectoryW(copies, NULL));
    assert_true(
        CopyFileW(in_folder(installed, L"imapi2.dll"), in_folder(copies, L"imapi2.dll"), TRUE));
    copy = LoadLibraryW(in_folder(copies, L"imapi2.dll"));
    assert_non_null(copy);
}

static void put_beside_copy(const WCHAR *file)
{
    assert_true(CopyFileW(in_folder(installed, file), in_folder(copies, L"" FILE_NAME), FALSE));
}

static int remove_copy(void **state)
{
    int result;

    SetDllDirectoryW(NULL);
    result = rig_clear(state);
    if (copy)
        FreeLibrary(copy);
    copy = NULL;
    if (copies[0]) {
        DeleteFileW(in_folder(copies, L"imapi2.dll"));
        DeleteFileW(in_folder(copies, L"" FILE_NAME));
        if (!RemoveDirectoryW(copies))
            result = -1;
    }
    copies[0] = L'\0';
    return result;
}

/* A recorder object of the copy. */
static IDiscRecorder2 *recorder_of_copy(void)
{
    typedef HRESULT(STDMETHODCALLTYPE * entry)(REFCLSID, REFIID, void **);
    entry get = (entry)(void (*)(void))GetProcAddress(copy, "DllGetClassObject");
    IClassFactory *factory = NULL;
    IDiscRecorder2 *recorder = NULL;

    assert_hr(get(&CLSID_MsftDiscRecorder2, &IID_IClassFactory, (void **)&factory), S_OK);
    rig_keep(factory);
    assert_hr(IClassFactory_CreateInstance(factory, NULL, &IID_IDiscRecorder2, (void **)&recorder),
              S_OK);
    rig_drop(factory);
    return rig_keep(recorder);
}

/* What the copy says when it is to open the recorder. */
static const char *refusal(IDiscRecorder2 *recorder)
{
    SetErrorInfo(0, NULL);
    assert_hr(rig_initialise(recorder, "drive"), E_FAIL);
    return rig_error();
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("\"%s\" does not say \"%s\"", text, words);
}

/* == tests == */

static void the_file_is_loaded_while_a_virtual_recorder_is_open(void **state)
{
    IDiscMaster2 *master = rig_master();
    IDiscRecorder2Ex *first, *second;
    LONG count = 0;

    (void)state;
    rig_define("drive", "dvd+r");
    rig_define("other", "none");
    assert_hr(IDiscMaster2_get_Count(master, &count), S_OK);
    assert_int_equal(count, 2);
    assert_null(module());
    first = rig_open("drive");
    second = rig_open("other");
    assert_non_null(module());
    assert_int_equal(rig_drop(first), 0);
    assert_non_null(module());
    assert_int_equal(rig_drop(second), 0);
    assert_null(module());
}

static void a_recorder_that_can_not_be_opened_leaves_the_file_unloaded(void **state)
{
    (void)state;
    rig_define_as("drive", "no definition\n");
    assert_true(FAILED(rig_initialise(rig_recorder(), "drive")));
    assert_null(module());
}

static void without_the_file_a_client_is_told_its_path_and_what_to_do(void **state)
{
    const char *text;

    (void)state;
    rig_define("drive", "dvd+r");
    install_copy(L".without");
    text = refusal(recorder_of_copy());
    assert_says(text, ".without\\" FILE_NAME ", but it is not there: " WAY_OUT);
    assert_null(module());
}

static void the_file_is_not_searched_for_elsewhere(void **state)
{
    (void)state;
    rig_define("drive", "dvd+r");
    install_copy(L".without");
    assert_true(SetDllDirectoryW(installed));
    assert_says(refusal(recorder_of_copy()), "it is not there");
}

static void the_file_beside_the_dll_is_taken_as_soon_as_it_is_there(void **state)
{
    IDiscRecorder2 *recorder;
    WCHAR path[PATH];

    (void)state;
    rig_define("drive", "dvd+r");
    install_copy(L".complete");
    recorder = recorder_of_copy();
    refusal(recorder);
    put_beside_copy(L"" FILE_NAME);
    assert_hr(rig_initialise(recorder, "drive"), S_OK);
    GetModuleFileNameW(module(), path, PATH);
    assert_int_equal(_wcsicmp(path, in_folder(copies, L"" FILE_NAME)), 0);
    assert_int_equal(rig_drop(recorder), 0);
    assert_null(module());
}

static void a_file_that_is_no_dll_is_refused(void **state)
{
    (void)state;
    rig_define("drive", "dvd+r");
    install_copy(L".damaged");
    assert_true(CopyFileW(rig_path("drive.ini"), in_folder(copies, L"" FILE_NAME), TRUE));
    assert_says(refusal(recorder_of_copy()), "it is damaged, or not for programs of this kind");
}

static void a_dll_that_has_no_recorders_is_refused_and_unloaded(void **state)
{
    (void)state;
    rig_define("drive", "dvd+r");
    install_copy(L".other");
    put_beside_copy(L"imapi2.dll");
    assert_says(refusal(recorder_of_copy()), "it is not of version ");
    assert_null(module());
}

static void a_long_path_leaves_room_for_the_reason(void **state)
{
    enum { LETTERS = 120 };
    WCHAR folder[LETTERS + 1];
    const char *text;

    (void)state;
    rig_define("drive", "dvd+r");
    wmemset(folder, L'\u00fc', LETTERS);
    folder[LETTERS] = L'\0';
    install_copy(folder);
    text = refusal(recorder_of_copy());
    assert_says(text, "need ...\xc3\xbc");
    assert_says(text, "\xc3\xbc\\" FILE_NAME ", but it is not there: " WAY_OUT);
}

#define WITH_RIG(test)  cmocka_unit_test_teardown(test, rig_clear)
#define WITH_COPY(test) cmocka_unit_test_teardown(test, remove_copy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(the_file_is_loaded_while_a_virtual_recorder_is_open),
        WITH_RIG(a_recorder_that_can_not_be_opened_leaves_the_file_unloaded),
        WITH_COPY(without_the_file_a_client_is_told_its_path_and_what_to_do),
        WITH_COPY(the_file_is_not_searched_for_elsewhere),
        WITH_COPY(the_file_beside_the_dll_is_taken_as_soon_as_it_is_there),
        WITH_COPY(a_file_that_is_no_dll_is_refused),
        WITH_COPY(a_dll_that_has_no_recorders_is_refused_and_unloaded),
        WITH_COPY(a_long_path_leaves_room_for_the_reason),
    };

    return cmocka_run_group_tests_name("openimapi2virtual.dll", tests, rig_start, rig_stop);
}
