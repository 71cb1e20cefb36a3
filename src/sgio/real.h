/* The C library's own functions, behind those that this room puts in front of them.
 * Who uses it: the files that define such functions, and whatever must reach the real files.
 * All of it is found at the first use, which may come before any constructor has run.
 * On a 64-bit Linux the functions named …64 are the same as those without.
 * What it must not know: devices, drives. */
#ifndef OI_SGIO_REAL_H
#define OI_SGIO_REAL_H

#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

struct real {
    int (*openat)(int folder, const char *path, int flags, ...);
    int (*close)(int fd);
    ssize_t (*read)(int fd, void *data, size_t size);
    ssize_t (*pread)(int fd, void *data, size_t size, off_t at);
    ssize_t (*readv)(int fd, const struct iovec *parts, int count);
    ssize_t (*write)(int fd, const void *data, size_t size);
    ssize_t (*pwrite)(int fd, const void *data, size_t size, off_t at);
    ssize_t (*writev)(int fd, const struct iovec *parts, int count);
    int (*fsync)(int fd);
    off_t (*lseek)(int fd, off_t offset, int whence);
    int (*ioctl)(int fd, unsigned long request, ...);
    FILE *(*fopen)(const char *path, const char *mode);
    int (*fileno)(FILE *stream);
    int (*fstatat)(int folder, const char *path, struct stat *info, int flags);
    int (*statx)(int folder, const char *path, int flags, unsigned mask, struct statx *info);
    int (*faccessat)(int folder, const char *path, int mode, int flags);
    char *(*realpath)(const char *path, char *resolved);
    void (*exit_now)(int status); /* _exit */
};

const struct real *real(void);

#endif
