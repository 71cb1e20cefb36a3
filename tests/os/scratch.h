/* A folder of its own for each test, and the things a test asks the system behind src/os's back.
 * Who uses it: the tests of this folder, as their setup and teardown.
 * scratch_posix.c and scratch_win32.c implement it.
 * Includes what CMocka wants before its header.
 * What it must not know: what is tested. */
#ifndef OI_TESTS_OS_SCRATCH_H
#define OI_TESTS_OS_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "os.h"

enum { SCRATCH_PATH_MAX = 2048 };

/* *state becomes the folder's absolute UTF-8 path, with no separator at its end. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* folder/name in a static buffer that the next call but three overwrites. */
const char *scratch_path(const char *folder, const char *name);

/* Bytes that the file takes up on its file system. */
uint64_t scratch_allocated_bytes(const char *path);

static inline void write_file(const char *path, const void *data, size_t size)
{
    struct oi_file *file;

    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE_NEW), OI_OK);
    assert_int_equal(oi_file_write_at(file, 0, data, size), OI_OK);
    oi_file_close(file);
}

static inline void assert_file_holds(const char *path, const char *text)
{
    char *data;
    size_t size;

    assert_int_equal(oi_file_read_all(path, 1 << 20, &data, &size), OI_OK);
    assert_string_equal(data, text);
    assert_int_equal(size, strlen(text));
    free(data);
}

#endif
