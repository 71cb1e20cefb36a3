/* In front of the C library of a process of Wine, which opens the plain file behind a drive letter
 * and sends it what a program asked for by DeviceIoControl: it becomes a recorder.
 * OPENIMAPI2_DRIVES is the folder with these files, each named by its letter; OPENIMAPI2_DRIVE_D is
 * the path of the definition of the recorder behind D:, and so on. Which letter a descriptor
 * belongs to is told by its inode, since the server opened it, in another process. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <scsi/sg.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "drive.h"
#include "ioctls.h"
#include "real.h"

enum { LETTERS = 26 };

static struct letter {
    struct drive *drive; /* NULL: this letter is none of ours */
    dev_t file_system;
    ino_t inode;
} letters[LETTERS];
static pthread_once_t found = PTHREAD_ONCE_INIT;

/* The 32-bit half of Wine calls ioctl by this name, and the C library's header has none for it. */
int __ioctl_time64(int fd, unsigned long request, ...);
static int (*real_ioctl_time64)(int fd, unsigned long request, ...);

/* Wine's drivers run in a process of their own, which looks into every disc when it starts. Whether
 * that is ours depends on which program came first: the recorder is not to see it. */
static bool is_drivers(void)
{
    char name[16] = "";
    int file = openat(AT_FDCWD, "/proc/self/comm", O_RDONLY | O_CLOEXEC);
    ssize_t size = file >= 0 ? read(file, name, sizeof(name) - 1) : 0;

    if (file >= 0)
        real()->close(file);
    return size > 0 && strncmp(name, "winedevice", strlen("winedevice")) == 0;
}

static void find(void)
{
    const char *folder = getenv("OPENIMAPI2_DRIVES");
    bool none = !folder || is_drivers();

    *(void **)&real_ioctl_time64 = dlsym(RTLD_NEXT, "__ioctl_time64");
    for (int i = 0; i < LETTERS && !none; i++) {
        char variable[] = "OPENIMAPI2_DRIVE_?", path[PATH_MAX];
        struct stat info;

        variable[sizeof(variable) - 2] = (char)('A' + i);
        snprintf(path, sizeof(path), "%s/%c", folder, 'a' + i);
        if (!getenv(variable) || stat(path, &info) != 0)
            continue;
        letters[i] = (struct letter){drive_named(variable), info.st_dev, info.st_ino};
    }
}

/* NULL: the descriptor is not that of a drive. */
static struct drive *drive_of_fd(int fd)
{
    int error = errno;
    struct drive *drive = NULL;
    struct stat info;

    pthread_once(&found, find);
    if (fstat(fd, &info) == 0)
        for (int i = 0; i < LETTERS && !drive; i++)
            if (letters[i].drive && letters[i].inode == info.st_ino &&
                letters[i].file_system == info.st_dev)
                drive = letters[i].drive;
    errno = error;
    return drive;
}

static bool is_open(const struct drive *drive)
{
    DIR *descriptors = opendir("/proc/self/fd");
    struct dirent *entry;
    bool open = false;

    if (!descriptors)
        return true;
    while (!open && (entry = readdir(descriptors)) != NULL)
        open =
            entry->d_name[0] != '.' && drive_of_fd((int)strtol(entry->d_name, NULL, 10)) == drive;
    closedir(descriptors);
    return open;
}

/* Closing a folder, as is_open does, comes here again: with no drive's descriptor. */
int close(int fd)
{
    struct drive *drive = drive_is_at_work() ? NULL : drive_of_fd(fd);
    int result = real()->close(fd);

    if (drive && !is_open(drive))
        drive_close(drive);
    return result;
}

/* Wine looks at no host status: what came to grief on its way is a success to it, all of whose data
 * went over, and a time-out is told only by the time that it took. That is so with real drives, and
 * stays so here. But a drive with a clock of its own times out at once, and nothing at all would
 * tell of it; so that is an error. */
static int transport_result(sg_io_hdr_t *header)
{
    if (header->host_status == DID_NO_CONNECT)
        return -ENODEV;
    if (header->host_status == DID_TIME_OUT && header->duration < header->timeout)
        return -ETIME; /* the one errno that Wine takes for a time-out */
    if (header->host_status)
        header->resid = 0;
    return 0;
}

static int drive_ioctl(struct drive *drive, unsigned long request, void *argument)
{
    int result = sg_ioctl(drive, DEVICE_SR, request, argument);

    if (request == SG_IO && result == 0)
        result = transport_result(argument);
    if (result == -ENOTTY)
        result = cdrom_ioctl(drive, request, argument);
    if (result >= 0)
        return result;
    errno = -result;
    return -1;
}

/* Most calls of Wine are about sockets and terminals, and need no closer look. */
static struct drive *asked_drive(int fd, unsigned long request)
{
    enum { TYPE_SHIFT = 8, TYPE_SG = 0x22, TYPE_CDROM = 0x53 };
    unsigned long type = request >> TYPE_SHIFT;

    return type == TYPE_SG || type == TYPE_CDROM ? drive_of_fd(fd) : NULL;
}

int ioctl(int fd, unsigned long request, ...)
{
    struct drive *drive = asked_drive(fd, request);
    va_list arguments;
    void *argument;

    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    return drive ? drive_ioctl(drive, request, argument) : real()->ioctl(fd, request, argument);
}

int __ioctl_time64(int fd, unsigned long request, ...)
{
    struct drive *drive = asked_drive(fd, request);
    va_list arguments;
    void *argument;

    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    pthread_once(&found, find);
    return drive ? drive_ioctl(drive, request, argument) : real_ioctl_time64(fd, request, argument);
}
