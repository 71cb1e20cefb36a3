/* Files on POSIX. Locks are open-file-description locks (F_OFD_SETLK): they belong to one oi_file,
 * not to the process, and they conflict with the record locks that Wine takes for LockFileEx. */
#include "os.h"
#include "os_private.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct oi_file {
    int fd;
};

static enum oi_status status_from_errno(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
        return OI_NOT_FOUND;
    case EEXIST:
        return OI_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
    case EBADF: /* a file opened for reading is to be written or locked */
        return OI_ACCESS_DENIED;
    case EAGAIN:
    case ETXTBSY:
        return OI_SHARING;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: /* no room for a file of that size: another file system is the way out, too */
        return OI_DISK_FULL;
    case ENOMEM:
        return OI_OUT_OF_MEMORY;
    default:
        return OI_IO_ERROR;
    }
}

static int open_flags(enum oi_file_mode mode)
{
    switch (mode) {
    case OI_FILE_WRITE:
        return O_RDWR | O_CLOEXEC;
    case OI_FILE_CREATE:
        return O_RDWR | O_CREAT | O_CLOEXEC;
    case OI_FILE_CREATE_NEW:
        return O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
    default:
        return O_RDONLY | O_CLOEXEC;
    }
}

static int open_uninterrupted(const char *path, int flags)
{
    int fd;

    do
        fd = open(path, flags, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

enum oi_status oi_file_open(struct oi_file **file, const char *path, enum oi_file_mode mode)
{
    struct stat info;
    int fd;

    *file = NULL;
    fd = open_uninterrupted(path, open_flags(mode));
    if (fd < 0)
        return status_from_errno(errno);
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        close(fd);
        return OI_ACCESS_DENIED; /* as Windows says it */
    }
    *file = malloc(sizeof **file);
    if (!*file) {
        close(fd);
        return OI_OUT_OF_MEMORY;
    }
    (*file)->fd = fd;
    return OI_OK;
}

void oi_file_close(struct oi_file *file)
{
    if (!file)
        return;
    close(file->fd);
    free(file);
}

static bool range_fits(uint64_t offset, size_t size)
{
    return offset <= INT64_MAX && size <= INT64_MAX - offset;
}

enum oi_status oi_file_read_at(struct oi_file *file, uint64_t offset, void *data, size_t size,
                               size_t *got)
{
    *got = 0;
    if (!range_fits(offset, size))
        return OI_IO_ERROR;
    while (*got < size) {
        ssize_t n = pread(file->fd, (char *)data + *got, size - *got, (off_t)(offset + *got));

        if (n == 0)
            break;
        if (n > 0)
            *got += (size_t)n;
        else if (errno != EINTR)
            return status_from_errno(errno);
    }
    return OI_OK;
}

enum oi_status oi_file_write_at(struct oi_file *file, uint64_t offset, const void *data,
                                size_t size)
{
    size_t done = 0;

    if (!range_fits(offset, size))
        return OI_DISK_FULL;
    while (done < size) {
        ssize_t n =
            pwrite(file->fd, (const char *)data + done, size - done, (off_t)(offset + done));

        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return status_from_errno(errno);
    }
    return OI_OK;
}

enum oi_status oi_file_size(struct oi_file *file, uint64_t *size)
{
    struct stat info;

    *size = 0;
    if (fstat(file->fd, &info) != 0)
        return status_from_errno(errno);
    *size = (uint64_t)info.st_size;
    return OI_OK;
}

enum oi_status oi_file_set_size(struct oi_file *file, uint64_t size)
{
    int result;

    if (size > INT64_MAX)
        return OI_DISK_FULL;
    do
        result = ftruncate(file->fd, (off_t)size);
    while (result != 0 && errno == EINTR);
    return result == 0 ? OI_OK : status_from_errno(errno);
}

enum oi_status oi_file_flush(struct oi_file *file)
{
    int result;

    do
        result = fdatasync(file->fd);
    while (result != 0 && errno == EINTR);
    return result == 0 ? OI_OK : status_from_errno(errno);
}

static enum oi_status set_lock(struct oi_file *file, uint64_t offset, short type)
{
    /* l_pid must be 0 for a lock of the open file description. */
    struct flock lock = {
        .l_type = type,
        .l_whence = SEEK_SET,
        .l_start = (off_t)offset,
        .l_len = 1,
    };
    int result;

    do
        result = fcntl(file->fd, F_OFD_SETLK, &lock);
    while (result != 0 && errno == EINTR);
    if (result != 0 && errno == EACCES)
        return OI_SHARING; /* POSIX lets a held lock be reported as EACCES or EAGAIN */
    return result == 0 ? OI_OK : status_from_errno(errno);
}

enum oi_status oi_file_lock(struct oi_file *file, uint64_t offset)
{
    return set_lock(file, offset, F_WRLCK);
}

void oi_file_unlock(struct oi_file *file, uint64_t offset)
{
    set_lock(file, offset, F_UNLCK);
}

enum oi_status oi_file_remove(const char *path)
{
    return unlink(path) == 0 ? OI_OK : status_from_errno(errno);
}

/* FNV-1a over the numbers that a replaced or rewritten file can't all keep. */
static uint64_t mix(uint64_t stamp, uint64_t value)
{
    for (int shift = 0; shift < 64; shift += 8)
        stamp = (stamp ^ ((value >> shift) & 0xff)) * 0x100000001b3u;
    return stamp;
}

uint64_t oi_file_stamp(const char *path)
{
    uint64_t stamp = 0xcbf29ce484222325u;
    struct stat info;

    if (stat(path, &info) != 0)
        return 0;
    stamp = mix(stamp, (uint64_t)info.st_dev);
    stamp = mix(stamp, (uint64_t)info.st_ino);
    stamp = mix(stamp, (uint64_t)info.st_size);
    stamp = mix(stamp, (uint64_t)info.st_mtim.tv_sec);
    stamp = mix(stamp, (uint64_t)info.st_mtim.tv_nsec);
    return stamp ? stamp : 1;
}

static bool is_plain_file(DIR *folder, const struct dirent *entry)
{
    struct stat info;

    if (entry->d_type == DT_REG)
        return true;
    if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
        return false;
    return fstatat(dirfd(folder), entry->d_name, &info, 0) == 0 && S_ISREG(info.st_mode);
}

enum oi_status oi_folder_list(const char *folder, bool (*visit)(void *context, const char *name),
                              void *context)
{
    DIR *entries = opendir(folder);
    enum oi_status status = OI_OK;

    if (!entries)
        return status_from_errno(errno);
    for (;;) {
        const struct dirent *entry;

        errno = 0;
        entry = readdir(entries);
        if (!entry) {
            if (errno != 0)
                status = status_from_errno(errno);
            break;
        }
        if (is_plain_file(entries, entry) && !visit(context, entry->d_name))
            break;
    }
    closedir(entries);
    return status;
}

bool oi_path_is_separator(char c)
{
    return c == '/';
}

enum oi_status oi_path_make_folder(const char *folder)
{
    struct stat info;
    int error;

    if (mkdir(folder, 0777) == 0)
        return OI_OK;
    error = errno;
    if (stat(folder, &info) == 0)
        return S_ISDIR(info.st_mode) ? OI_OK : OI_EXISTS;
    return status_from_errno(error);
}

/* The folder's entry is what a rename changes, so the folder is what must reach the disk. */
static enum oi_status flush_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    enum oi_status status = OI_OK;
    int fd;

    if (!folder)
        return OI_OUT_OF_MEMORY;
    fd = open_uninterrupted(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0)
        return status_from_errno(errno);
    /* EINVAL: a file system that has no such thing, and nothing more can be done there. */
    if (fsync(fd) != 0 && errno != EINVAL)
        status = status_from_errno(errno);
    close(fd);
    return status;
}

enum oi_status oi_path_rename_over(const char *from, const char *to)
{
    struct stat info;

    if (stat(to, &info) == 0 && chmod(from, info.st_mode & 07777) != 0)
        return status_from_errno(errno);
    if (rename(from, to) != 0)
        return status_from_errno(errno);
    return flush_folder_of(to);
}
