/* Functions of the C library in front of its own: opening, closing, moving bytes, ioctl.
 * What is not about a device goes straight on. Paths are changed before the real function sees
 * them, descriptors are asked what they are afterwards; that is all there is to it. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>
#include "block.h"
#include "drive.h"
#include "ioctls.h"
#include "real.h"
#include "standins.h"

/* ---- opening ---- */

/* The one behind both devices. */
static struct drive *drive(void)
{
    return drive_named("OPENIMAPI2_PEER_RECORDER");
}

__attribute__((constructor)) static void watch_forks(void)
{
    drive_watch_forks();
}

/* As Linux does: a program that does not say O_NONBLOCK wants the disc, not just the drive. */
static int check_drive(enum device device, int flags)
{
    static const uint8_t test_unit_ready[6] = {0};
    int error = drive_open(drive());

    if (error || device == DEVICE_SG || (flags & O_NONBLOCK))
        return error;
    error = drive_ask(drive(), test_unit_ready, sizeof(test_unit_ready), NULL, 0);
    return error == EIO ? 0 : error;
}

static void close_drive_if_unused(void)
{
    if (!standin_is_open())
        drive_close(drive());
}

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    int fd = real()->openat(folder, standin_path(path), flags, mode);
    enum device device;
    int error;

    if (fd < 0)
        return fd;
    if (drive_is_at_work()) {
        drive_opened_file(fd);
        return fd;
    }
    device = standin_of_fd(fd);
    if (device == NO_DEVICE || (flags & O_PATH))
        return fd;
    error = check_drive(device, flags);
    if (error) {
        real()->close(fd);
        close_drive_if_unused();
        errno = error;
        return -1;
    }
    return fd;
}

#define MODE_ARGUMENT(last, flags, mode)                                                           \
    do {                                                                                           \
        va_list arguments;                                                                         \
                                                                                                   \
        va_start(arguments, last);                                                                 \
        (mode) = (flags) & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(arguments, int) : 0;             \
        va_end(arguments);                                                                         \
    } while (0)

int open(const char *path, int flags, ...)
{
    mode_t mode;

    MODE_ARGUMENT(flags, flags, mode);
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    mode_t mode;

    MODE_ARGUMENT(flags, flags, mode);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode;

    MODE_ARGUMENT(flags, flags, mode);
    return open_at(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
    mode_t mode;

    MODE_ARGUMENT(flags, flags, mode);
    return open_at(folder, path, flags, mode);
}

/* What programs call that were compiled with _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder, const char *path, int flags);
int __openat64_2(int folder, const char *path, int flags);
ssize_t __read_chk(int fd, void *data, size_t size, size_t room);
ssize_t __pread_chk(int fd, void *data, size_t size, off_t at, size_t room);
ssize_t __pread64_chk(int fd, void *data, size_t size, off64_t at, size_t room);

int __open_2(const char *path, int flags)
{
    return open_at(AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
    return open_at(AT_FDCWD, path, flags, 0);
}

int __openat_2(int folder, const char *path, int flags)
{
    return open_at(folder, path, flags, 0);
}

int __openat64_2(int folder, const char *path, int flags)
{
    return open_at(folder, path, flags, 0);
}

int close(int fd)
{
    enum device device;
    int result;

    if (drive_is_at_work()) {
        drive_closed_file(fd);
        return real()->close(fd);
    }
    device = standin_of_fd(fd);
    result = real()->close(fd);
    if (device != NO_DEVICE)
        close_drive_if_unused();
    return result;
}

/* Ends a process without its destructors. */
void _exit(int status)
{
    drive_close_all();
    real()->exit_now(status);
    __builtin_unreachable();
}

void _Exit(int status)
{
    _exit(status);
}

/* ---- bytes of the block device; /dev/sg0 takes no commands by read and write ---- */

static int denied(int error)
{
    errno = error;
    return -1;
}

static ssize_t device_read(enum device device, void *data, size_t size, off_t at)
{
    ssize_t got =
        device == DEVICE_SR && at >= 0 ? block_read(drive(), data, size, (uint64_t)at) : -EINVAL;

    return got < 0 ? denied((int)-got) : got;
}

static ssize_t device_read_on(enum device device, int fd, void *data, size_t size)
{
    off_t at = real()->lseek(fd, 0, SEEK_CUR);
    ssize_t got = device_read(device, data, size, at);

    if (got > 0)
        real()->lseek(fd, at + got, SEEK_SET);
    return got;
}

ssize_t read(int fd, void *data, size_t size)
{
    enum device device = standin_of_fd(fd);

    return device == NO_DEVICE ? real()->read(fd, data, size)
                               : device_read_on(device, fd, data, size);
}

ssize_t __read_chk(int fd, void *data, size_t size, size_t room)
{
    if (size > room)
        abort();
    return read(fd, data, size);
}

ssize_t pread(int fd, void *data, size_t size, off_t at)
{
    enum device device = standin_of_fd(fd);

    return device == NO_DEVICE ? real()->pread(fd, data, size, at)
                               : device_read(device, data, size, at);
}

ssize_t pread64(int fd, void *data, size_t size, off64_t at)
{
    return pread(fd, data, size, at);
}

ssize_t __pread_chk(int fd, void *data, size_t size, off_t at, size_t room)
{
    if (size > room)
        abort();
    return pread(fd, data, size, at);
}

ssize_t __pread64_chk(int fd, void *data, size_t size, off64_t at, size_t room)
{
    return __pread_chk(fd, data, size, at, room);
}

ssize_t readv(int fd, const struct iovec *parts, int count)
{
    enum device device = standin_of_fd(fd);
    ssize_t done = 0;

    if (device == NO_DEVICE)
        return real()->readv(fd, parts, count);
    for (int i = 0; i < count; i++) {
        ssize_t got = device_read_on(device, fd, parts[i].iov_base, parts[i].iov_len);

        if (got < 0)
            return done ? done : got;
        done += got;
        if ((size_t)got < parts[i].iov_len)
            break;
    }
    return done;
}

static ssize_t device_write(enum device device, const void *data, size_t size, off_t at)
{
    ssize_t put =
        device == DEVICE_SR && at >= 0 ? block_write(drive(), data, size, (uint64_t)at) : -EINVAL;

    return put < 0 ? denied((int)-put) : put;
}

static ssize_t device_write_on(enum device device, int fd, const void *data, size_t size)
{
    off_t at = real()->lseek(fd, 0, SEEK_CUR);
    ssize_t put = device_write(device, data, size, at);

    if (put > 0)
        real()->lseek(fd, at + put, SEEK_SET);
    return put;
}

ssize_t write(int fd, const void *data, size_t size)
{
    enum device device = standin_of_fd(fd);

    return device == NO_DEVICE ? real()->write(fd, data, size)
                               : device_write_on(device, fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    enum device device = standin_of_fd(fd);

    return device == NO_DEVICE ? real()->pwrite(fd, data, size, at)
                               : device_write(device, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    return pwrite(fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    enum device device = standin_of_fd(fd);
    ssize_t done = 0;

    if (device == NO_DEVICE)
        return real()->writev(fd, parts, count);
    for (int i = 0; i < count; i++) {
        ssize_t put = device_write_on(device, fd, parts[i].iov_base, parts[i].iov_len);

        if (put < 0)
            return done ? done : put;
        done += put;
        if ((size_t)put < parts[i].iov_len)
            break;
    }
    return done;
}

int fsync(int fd)
{
    int result;

    if (standin_of_fd(fd) != DEVICE_SR)
        return real()->fsync(fd);
    result = block_flush(drive());
    return result < 0 ? denied(-result) : 0;
}

int fdatasync(int fd)
{
    return fsync(fd);
}

off_t lseek(int fd, off_t offset, int whence)
{
    if (whence == SEEK_END && standin_of_fd(fd) == DEVICE_SR) {
        offset += (off_t)block_device_bytes(drive());
        whence = SEEK_SET;
    }
    return real()->lseek(fd, offset, whence);
}

off64_t lseek64(int fd, off64_t offset, int whence)
{
    return lseek(fd, offset, whence);
}

/* ---- ioctl ---- */

static int device_ioctl(enum device device, unsigned long request, void *argument)
{
    int result = sg_ioctl(drive(), device, request, argument);

    if (result == -ENOTTY && device == DEVICE_SR)
        result = cdrom_ioctl(drive(), request, argument);
    if (result == -ENOTTY && device == DEVICE_SR)
        result = block_ioctl(drive(), request, argument);
    return result < 0 ? denied(-result) : result;
}

int ioctl(int fd, unsigned long request, ...)
{
    enum device device = standin_of_fd(fd);
    va_list arguments;
    void *argument;

    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    if (device == NO_DEVICE || request == FIOCLEX || request == FIONCLEX || request == FIONBIO)
        return real()->ioctl(fd, request, argument);
    return device_ioctl(device, request, argument);
}
