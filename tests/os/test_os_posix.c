/* What src/os promises between processes, and the POSIX side of it. */
#include "scratch.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs body in a child process and gives back what it returned, or -1. */
static int in_a_child(int (*body)(const char *path), const char *path)
{
    int status;
    pid_t child = fork();

    if (child == 0)
        _exit(body(path));
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static int lock_and_die(const char *path)
{
    struct oi_file *file;

    if (oi_file_open(&file, path, OI_FILE_WRITE) != OI_OK)
        return 255;
    return (int)oi_file_lock(file, UINT64_C(1) << 62);
}

static void a_lock_keeps_out_another_process(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct oi_file *file;

    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_lock(file, UINT64_C(1) << 62), OI_OK);
    assert_int_equal(in_a_child(lock_and_die, path), OI_SHARING);
    oi_file_unlock(file, UINT64_C(1) << 62);
    assert_int_equal(in_a_child(lock_and_die, path), OI_OK);
    oi_file_close(file);
}

static void a_lock_dies_with_its_process(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct oi_file *file;

    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(in_a_child(lock_and_die, path), OI_OK);
    assert_int_equal(oi_file_lock(file, UINT64_C(1) << 62), OI_OK);
    oi_file_close(file);
}

static void a_file_opened_for_reading_takes_no_lock(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct oi_file *file;

    write_file(path, "", 0);
    assert_int_equal(oi_file_open(&file, path, OI_FILE_READ), OI_OK);
    assert_int_equal(oi_file_lock(file, 0), OI_ACCESS_DENIED);
    oi_file_close(file);
}

static void a_replaced_file_keeps_its_permissions(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct stat info;

    write_file(path, "", 0);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(oi_file_replace(path, "new", 3), OI_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
}

static void an_open_file_is_replaced_all_the_same(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct oi_file *old;

    write_file(path, "old", 3);
    assert_int_equal(oi_file_open(&old, path, OI_FILE_READ), OI_OK);
    assert_int_equal(oi_file_replace(path, "new", 3), OI_OK);
    assert_file_holds(path, "new");
    oi_file_close(old);
}

static void a_stamp_tells_a_replacement_of_the_same_size_and_time(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct stat info;
    uint64_t stamp;

    write_file(path, "old", 3);
    stamp = oi_file_stamp(path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(oi_file_replace(path, "new", 3), OI_OK);
    assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[]){info.st_atim, info.st_mtim}, 0),
                     0);
    assert_true(oi_file_stamp(path) != stamp);
}

static bool count_name(void *context, const char *name)
{
    assert_true(strcmp(name, "file") == 0 || strcmp(name, "link") == 0);
    ++*(int *)context;
    return true;
}

static void a_link_to_a_file_is_listed_and_other_things_are_not(void **state)
{
    int count = 0;

    write_file(scratch_path(*state, "file"), "", 0);
    assert_int_equal(symlink("file", scratch_path(*state, "link")), 0);
    assert_int_equal(symlink("none", scratch_path(*state, "broken")), 0);
    assert_int_equal(mkfifo(scratch_path(*state, "fifo"), 0600), 0);
    assert_int_equal(oi_folder_list(*state, count_name, &count), OI_OK);
    assert_int_equal(count, 2);
}

static void assert_data_folder(const char *expected)
{
    char *folder = oi_user_data_folder();

    if (expected)
        assert_string_equal(folder, expected);
    else
        assert_null(folder);
    free(folder);
}

static void the_data_folder_follows_xdg_and_home(void **state)
{
    (void)state;
    setenv("HOME", "/home/somebody", 1);
    setenv("XDG_DATA_HOME", "/data", 1);
    assert_data_folder("/data");
    setenv("XDG_DATA_HOME", "relative", 1);
    assert_data_folder("/home/somebody/.local/share");
    unsetenv("XDG_DATA_HOME");
    assert_data_folder("/home/somebody/.local/share");
    unsetenv("HOME");
    assert_data_folder(NULL);
}

static void an_empty_variable_is_empty_and_not_null(void **state)
{
    char *value;

    (void)state;
    setenv("OI_TEST_EMPTY", "", 1);
    value = oi_environment("OI_TEST_EMPTY");
    assert_string_equal(value, "");
    free(value);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_lock_keeps_out_another_process),
        WITH_SCRATCH(a_lock_dies_with_its_process),
        WITH_SCRATCH(a_file_opened_for_reading_takes_no_lock),
        WITH_SCRATCH(a_replaced_file_keeps_its_permissions),
        WITH_SCRATCH(an_open_file_is_replaced_all_the_same),
        WITH_SCRATCH(a_stamp_tells_a_replacement_of_the_same_size_and_time),
        WITH_SCRATCH(a_link_to_a_file_is_listed_and_other_things_are_not),
        cmocka_unit_test(the_data_folder_follows_xdg_and_home),
        cmocka_unit_test(an_empty_variable_is_empty_and_not_null),
    };

    return cmocka_run_group_tests_name("os on POSIX", tests, NULL, NULL);
}
