#include "kill_fuse.h"

#include <signal.h>
#include "os.h"

static uint32_t operations_left;
static bool dies_behind;

void kill_fuse_light(uint32_t operations, bool behind)
{
    operations_left = operations;
    dies_behind = behind;
}

enum oi_status __real_oi_file_write_at(struct oi_file *file, uint64_t offset, const void *data,
                                       size_t size);
enum oi_status __wrap_oi_file_write_at(struct oi_file *file, uint64_t offset, const void *data,
                                       size_t size);
enum oi_status __real_oi_file_set_size(struct oi_file *file, uint64_t size);
enum oi_status __wrap_oi_file_set_size(struct oi_file *file, uint64_t size);
enum oi_status __real_oi_file_flush(struct oi_file *file);
enum oi_status __wrap_oi_file_flush(struct oi_file *file);
enum oi_status __real_oi_file_replace(const char *path, const void *data, size_t size);
enum oi_status __wrap_oi_file_replace(const char *path, const void *data, size_t size);

static bool is_the_last(void)
{
    if (!operations_left || --operations_left)
        return false;
    if (!dies_behind)
        raise(SIGKILL);
    return true;
}

/* A write is killed in the middle, in the middle of a sector too. */
enum oi_status __wrap_oi_file_write_at(struct oi_file *file, uint64_t offset, const void *data,
                                       size_t size)
{
    if (is_the_last()) {
        __real_oi_file_write_at(file, offset, data, size * 3 / 5);
        raise(SIGKILL);
    }
    return __real_oi_file_write_at(file, offset, data, size);
}

enum oi_status __wrap_oi_file_set_size(struct oi_file *file, uint64_t size)
{
    bool last = is_the_last();
    enum oi_status status = __real_oi_file_set_size(file, size);

    if (last)
        raise(SIGKILL);
    return status;
}

enum oi_status __wrap_oi_file_flush(struct oi_file *file)
{
    bool last = is_the_last();
    enum oi_status status = __real_oi_file_flush(file);

    if (last)
        raise(SIGKILL);
    return status;
}

enum oi_status __wrap_oi_file_replace(const char *path, const void *data, size_t size)
{
    bool last = is_the_last();
    enum oi_status status = __real_oi_file_replace(path, data, size);

    if (last)
        raise(SIGKILL);
    return status;
}
