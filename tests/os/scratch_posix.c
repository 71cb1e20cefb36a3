#include "scratch.h"
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

int scratch_setup(void **state)
{
    char name[] = "/tmp/oi_test_os.XXXXXX";

    *state = mkdtemp(name) ? strdup(name) : NULL;
    return *state ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *position)
{
    (void)info;
    (void)type;
    (void)position;
    return remove(path);
}

int scratch_teardown(void **state)
{
    int result = nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);

    free(*state);
    return result;
}

const char *scratch_path(const char *folder, const char *name)
{
    static char paths[4][SCRATCH_PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, SCRATCH_PATH_MAX, "%s/%s", folder, name);
    return path;
}

uint64_t scratch_allocated_bytes(const char *path)
{
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    return (uint64_t)info.st_blocks * 512;
}
