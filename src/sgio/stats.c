/* Functions of the C library in front of its own: what is said of a path or a descriptor.
 * A stand-in is what the real function finds; what it says of it becomes what it would say of the
 * device. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "real.h"
#include "standins.h"

static void disguise(struct stat *info)
{
    enum device device = standin_of_inode(info->st_dev, info->st_ino);

    if (device == NO_DEVICE)
        return;
    info->st_mode = standin_mode(device);
    info->st_rdev = standin_number(device);
    info->st_size = 0;
    info->st_blocks = 0;
}

static int stat_at(int folder, const char *path, void *result, int flags)
{
    struct stat info;
    int failed = real()->fstatat(folder, standin_path(path), &info, flags);

    if (!failed) {
        disguise(&info);
        memcpy(result, &info, sizeof(info));
    }
    return failed;
}

int stat(const char *path, struct stat *info)
{
    return stat_at(AT_FDCWD, path, info, 0);
}

int stat64(const char *path, struct stat64 *info)
{
    return stat_at(AT_FDCWD, path, info, 0);
}

int lstat(const char *path, struct stat *info)
{
    return stat_at(AT_FDCWD, path, info, AT_SYMLINK_NOFOLLOW);
}

int lstat64(const char *path, struct stat64 *info)
{
    return stat_at(AT_FDCWD, path, info, AT_SYMLINK_NOFOLLOW);
}

int fstat(int fd, struct stat *info)
{
    return stat_at(fd, "", info, AT_EMPTY_PATH);
}

int fstat64(int fd, struct stat64 *info)
{
    return stat_at(fd, "", info, AT_EMPTY_PATH);
}

int fstatat(int folder, const char *path, struct stat *info, int flags)
{
    return stat_at(folder, path, info, flags);
}

int fstatat64(int folder, const char *path, struct stat64 *info, int flags)
{
    return stat_at(folder, path, info, flags);
}

/* What programs call that were compiled before glibc 2.33. */
int __xstat(int version, const char *path, struct stat *info);
int __xstat64(int version, const char *path, struct stat64 *info);
int __lxstat(int version, const char *path, struct stat *info);
int __lxstat64(int version, const char *path, struct stat64 *info);
int __fxstat(int version, int fd, struct stat *info);
int __fxstat64(int version, int fd, struct stat64 *info);
int __fxstatat(int version, int folder, const char *path, struct stat *info, int flags);
int __fxstatat64(int version, int folder, const char *path, struct stat64 *info, int flags);

int __xstat(int version, const char *path, struct stat *info)
{
    (void)version;
    return stat_at(AT_FDCWD, path, info, 0);
}

int __xstat64(int version, const char *path, struct stat64 *info)
{
    (void)version;
    return stat_at(AT_FDCWD, path, info, 0);
}

int __lxstat(int version, const char *path, struct stat *info)
{
    (void)version;
    return stat_at(AT_FDCWD, path, info, AT_SYMLINK_NOFOLLOW);
}

int __lxstat64(int version, const char *path, struct stat64 *info)
{
    (void)version;
    return stat_at(AT_FDCWD, path, info, AT_SYMLINK_NOFOLLOW);
}

int __fxstat(int version, int fd, struct stat *info)
{
    (void)version;
    return stat_at(fd, "", info, AT_EMPTY_PATH);
}

int __fxstat64(int version, int fd, struct stat64 *info)
{
    (void)version;
    return stat_at(fd, "", info, AT_EMPTY_PATH);
}

int __fxstatat(int version, int folder, const char *path, struct stat *info, int flags)
{
    (void)version;
    return stat_at(folder, path, info, flags);
}

int __fxstatat64(int version, int folder, const char *path, struct stat64 *info, int flags)
{
    (void)version;
    return stat_at(folder, path, info, flags);
}

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *info)
{
    int failed = real()->statx(folder, standin_path(path), flags, mask, info);
    enum device device;

    if (failed)
        return failed;
    device = standin_of_inode(makedev(info->stx_dev_major, info->stx_dev_minor), info->stx_ino);
    if (device != NO_DEVICE) {
        info->stx_mode = (uint16_t)standin_mode(device);
        info->stx_rdev_major = major(standin_number(device));
        info->stx_rdev_minor = minor(standin_number(device));
        info->stx_size = 0;
        info->stx_blocks = 0;
    }
    return 0;
}

int access(const char *path, int mode)
{
    return real()->faccessat(AT_FDCWD, standin_path(path), mode, 0);
}

int faccessat(int folder, const char *path, int mode, int flags)
{
    return real()->faccessat(folder, standin_path(path), mode, flags);
}

/* A device is no link, so its path is its own real one. */
char *realpath(const char *path, char *resolved)
{
    if (standin_path(path) == path)
        return real()->realpath(path, resolved);
    return resolved ? strcpy(resolved, path) : strdup(path);
}
