#include "standins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include "real.h"

/* Linux, Documentation/admin-guide/devices.txt. */
enum { SCSI_CDROM_MAJOR = 11, SCSI_GENERIC_MAJOR = 21 };

static struct standin {
    const char *device, *name;
    char path[PATH_MAX];
    bool there;
    dev_t file_system;
    ino_t inode;
} standins[] = {
    [DEVICE_SR] = {.device = "/dev/sr0", .name = "sr0"},
    [DEVICE_SG] = {.device = "/dev/sg0", .name = "sg0"},
};
static pthread_once_t found = PTHREAD_ONCE_INIT;

static void find(void)
{
    const char *folder = getenv("OPENIMAPI2_PEER_DEVICES");
    int error = errno;

    for (int i = DEVICE_SR; folder && i <= DEVICE_SG; i++) {
        struct standin *standin = &standins[i];
        struct stat info;
        int length = snprintf(standin->path, sizeof(standin->path), "%s/%s", folder, standin->name);

        if (length < 0 || (size_t)length >= sizeof(standin->path) ||
            real()->fstatat(AT_FDCWD, standin->path, &info, 0) != 0)
            continue;
        standin->file_system = info.st_dev;
        standin->inode = info.st_ino;
        standin->there = true;
    }
    errno = error;
}

const char *standin_path(const char *path)
{
    pthread_once(&found, find);
    for (int i = DEVICE_SR; path && i <= DEVICE_SG; i++)
        if (standins[i].there && strcmp(path, standins[i].device) == 0)
            return standins[i].path;
    return path;
}

enum device standin_of_inode(dev_t file_system, ino_t inode)
{
    pthread_once(&found, find);
    for (int i = DEVICE_SR; i <= DEVICE_SG; i++)
        if (standins[i].there && standins[i].inode == inode &&
            standins[i].file_system == file_system)
            return (enum device)i;
    return NO_DEVICE;
}

static enum device device_at(int folder, const char *path, int flags)
{
    int error = errno;
    enum device device = NO_DEVICE;
    struct stat info;

    if (real()->fstatat(folder, path, &info, flags) == 0)
        device = standin_of_inode(info.st_dev, info.st_ino);
    errno = error;
    return device;
}

enum device standin_of_fd(int fd)
{
    return device_at(fd, "", AT_EMPTY_PATH);
}

enum device standin_of_path(const char *path)
{
    return device_at(AT_FDCWD, standin_path(path), 0);
}

bool standin_is_open(void)
{
    DIR *descriptors = opendir("/proc/self/fd");
    struct dirent *entry;
    bool open = false;

    if (!descriptors)
        return true;
    while (!open && (entry = readdir(descriptors)) != NULL)
        open = entry->d_name[0] != '.' &&
               standin_of_fd((int)strtol(entry->d_name, NULL, 10)) != NO_DEVICE;
    closedir(descriptors);
    return open;
}

mode_t standin_mode(enum device device)
{
    return (device == DEVICE_SR ? S_IFBLK : S_IFCHR) | 0660;
}

dev_t standin_number(enum device device)
{
    return makedev(device == DEVICE_SR ? SCSI_CDROM_MAJOR : SCSI_GENERIC_MAJOR, 0);
}
