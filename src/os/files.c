/* What can be said about files without asking which system it is: composed of the primitives of
 * os.h and os_private.h only. */
#include "os.h"
#include "os_private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum oi_status read_open_file(struct oi_file *file, size_t limit, char **data, size_t *size)
{
    uint64_t file_size;
    size_t capacity;
    char *bytes;
    enum oi_status status = oi_file_size(file, &file_size);

    if (status != OI_OK)
        return status;
    if (file_size > limit || file_size >= SIZE_MAX)
        return OI_BAD_FILE;

    /* One byte more than it had shows whether somebody is still appending to it. */
    capacity = (size_t)file_size + 1;
    bytes = malloc(capacity);
    if (!bytes)
        return OI_OUT_OF_MEMORY;
    status = oi_file_read_at(file, 0, bytes, capacity, size);
    if (status == OI_OK && *size == capacity)
        status = OI_SHARING;
    if (status != OI_OK) {
        free(bytes);
        *size = 0;
        return status;
    }
    bytes[*size] = 0;
    *data = bytes;
    return OI_OK;
}

enum oi_status oi_file_read_all(const char *path, size_t limit, char **data, size_t *size)
{
    struct oi_file *file;
    enum oi_status status;

    *data = NULL;
    *size = 0;
    status = oi_file_open(&file, path, OI_FILE_READ);
    if (status != OI_OK)
        return status;
    status = read_open_file(file, limit, data, size);
    oi_file_close(file);
    return status;
}

/* A condition that nobody signals: the wait ends by its deadline alone. */
static void pause_until(uint64_t deadline_us)
{
    struct oi_mutex mutex;
    struct oi_cond cond;

    oi_mutex_init(&mutex);
    oi_cond_init(&cond);
    oi_mutex_lock(&mutex);
    while (oi_clock_us() < deadline_us && oi_cond_wait_until(&cond, &mutex, deadline_us))
        ;
    oi_mutex_unlock(&mutex);
    oi_cond_fini(&cond);
    oi_mutex_fini(&mutex);
}

/* Far beyond the end of any file. */
#define APPEND_LOCK ((uint64_t)1 << 62)

static bool lock_for_append(struct oi_file *file)
{
    enum { PATIENCE_US = 1000 * 1000, PAUSE_US = 200 };
    uint64_t patience_us = oi_clock_us() + PATIENCE_US;
    enum oi_status status;

    while ((status = oi_file_lock(file, APPEND_LOCK)) == OI_SHARING) {
        uint64_t now_us = oi_clock_us();

        if (now_us >= patience_us)
            break;
        pause_until(now_us + PAUSE_US);
    }
    return status == OI_OK;
}

/* No system's own append will do: Wine looks for the end before it writes, in two steps. */
enum oi_status oi_file_append(struct oi_file *file, const void *data, size_t size)
{
    bool locked = lock_for_append(file);
    uint64_t end;
    enum oi_status status = oi_file_size(file, &end);

    if (status == OI_OK)
        status = oi_file_write_at(file, end, data, size);
    if (locked)
        oi_file_unlock(file, APPEND_LOCK);
    return status;
}

/* Opens a new file beside path under a name that nobody has; *name is malloc'ed. */
static enum oi_status open_beside(const char *path, struct oi_file **file, char **name)
{
    enum { ATTEMPTS = 100, SUFFIX_MAX = 32 };
    size_t size = strlen(path) + SUFFIX_MAX;
    uint64_t number = oi_clock_us();
    enum oi_status status = OI_EXISTS;

    *name = malloc(size);
    if (!*name)
        return OI_OUT_OF_MEMORY;
    for (int i = 0; i < ATTEMPTS && status == OI_EXISTS; i++) {
        snprintf(*name, size, "%s.%" PRIx64 ".new", path, number + (uint64_t)i);
        status = oi_file_open(file, *name, OI_FILE_CREATE_NEW);
    }
    if (status != OI_OK) {
        free(*name);
        *name = NULL;
    }
    return status;
}

enum oi_status oi_file_replace(const char *path, const void *data, size_t size)
{
    struct oi_file *file;
    char *name;
    enum oi_status status = open_beside(path, &file, &name);

    if (status != OI_OK)
        return status;
    status = oi_file_write_at(file, 0, data, size);
    if (status == OI_OK)
        status = oi_file_flush(file);
    oi_file_close(file);
    if (status == OI_OK)
        status = oi_path_rename_over(name, path);
    if (status != OI_OK)
        oi_file_remove(name);
    free(name);
    return status;
}

/* The length of path without its last component, 0 when there is nothing above it. */
static size_t parent_length(const char *path)
{
    size_t len = strlen(path);

    while (len > 0 && oi_path_is_separator(path[len - 1]))
        len--;
    while (len > 0 && !oi_path_is_separator(path[len - 1]))
        len--;
    while (len > 0 && oi_path_is_separator(path[len - 1]))
        len--;
    return len;
}

enum oi_status oi_folder_create(const char *folder)
{
    enum oi_status status = oi_path_make_folder(folder);
    size_t len = parent_length(folder);
    char *parent;

    if (status != OI_NOT_FOUND || len == 0)
        return status;
    parent = malloc(len + 1);
    if (!parent)
        return OI_OUT_OF_MEMORY;
    memcpy(parent, folder, len);
    parent[len] = 0;
    status = oi_folder_create(parent);
    free(parent);
    return status == OI_OK ? oi_path_make_folder(folder) : status;
}
