/* Streams on devices, for programs that read a disc with fread.
 * The C library's own streams call its own read, so these are made to call ours. They have a
 * descriptor all the same, since some programs mix both ways. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "real.h"
#include "standins.h"

/* What Linux tells of its CD-ROM drives; burners that look for drives look here. */
static const char drives[] = "CD-ROM information, Id: cdrom.c 3.20 2003/12/17\n"
                             "\n"
                             "drive name:\t\tsr0\n"
                             "drive speed:\t\t48\n"
                             "drive # of slots:\t1\n"
                             "Can close tray:\t\t1\n"
                             "Can open tray:\t\t1\n"
                             "Can lock tray:\t\t1\n"
                             "Can change speed:\t1\n"
                             "Can select disk:\t0\n"
                             "Can read multisession:\t1\n"
                             "Can read MCN:\t\t1\n"
                             "Reports media changed:\t1\n"
                             "Can play audio:\t\t0\n"
                             "Can write CD-R:\t\t1\n"
                             "Can write CD-RW:\t1\n"
                             "Can read DVD:\t\t1\n"
                             "Can write DVD-R:\t1\n"
                             "Can write DVD-RAM:\t1\n"
                             "Can read MRW:\t\t0\n"
                             "Can write MRW:\t\t0\n"
                             "Can write RAM:\t\t1\n";

enum { STREAMS_MAX = 16 };

static struct {
    FILE *stream; /* NULL: free */
    int fd;
} streams[STREAMS_MAX];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards streams */

static bool remember(FILE *stream, int fd)
{
    bool room = false;

    pthread_mutex_lock(&mutex);
    for (int i = 0; i < STREAMS_MAX && !room; i++)
        if (!streams[i].stream) {
            streams[i].stream = stream;
            streams[i].fd = fd;
            room = true;
        }
    pthread_mutex_unlock(&mutex);
    return room;
}

static void forget(int fd)
{
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < STREAMS_MAX; i++)
        if (streams[i].stream && streams[i].fd == fd)
            streams[i].stream = NULL;
    pthread_mutex_unlock(&mutex);
}

static int descriptor_of(FILE *stream)
{
    int fd = -1;

    pthread_mutex_lock(&mutex);
    for (int i = 0; i < STREAMS_MAX; i++)
        if (streams[i].stream == stream)
            fd = streams[i].fd;
    pthread_mutex_unlock(&mutex);
    return fd;
}

int fileno(FILE *stream)
{
    int fd = descriptor_of(stream);

    return fd >= 0 ? fd : real()->fileno(stream);
}

static ssize_t cookie_read(void *cookie, char *data, size_t size)
{
    return read((int)(intptr_t)cookie, data, size);
}

static int cookie_seek(void *cookie, off64_t *offset, int whence)
{
    off_t at = lseek((int)(intptr_t)cookie, *offset, whence);

    if (at < 0)
        return -1;
    *offset = at;
    return 0;
}

static int cookie_close(void *cookie)
{
    forget((int)(intptr_t)cookie);
    return close((int)(intptr_t)cookie);
}

static FILE *device_stream(const char *path, const char *mode)
{
    cookie_io_functions_t functions = {cookie_read, NULL, cookie_seek, cookie_close};
    int fd = open(path, strchr(mode, '+') ? O_RDWR | O_NONBLOCK : O_RDONLY);
    FILE *stream;

    if (fd < 0)
        return NULL;
    stream = fopencookie((void *)(intptr_t)fd, mode, functions);
    if (!stream) {
        close(fd);
    } else if (!remember(stream, fd)) {
        fclose(stream);
        errno = EMFILE;
        stream = NULL;
    }
    return stream;
}

FILE *fopen(const char *path, const char *mode)
{
    if (standin_of_path("/dev/sr0") != NO_DEVICE && strcmp(path, "/proc/sys/dev/cdrom/info") == 0)
        return fmemopen((void *)(intptr_t)drives, sizeof(drives) - 1, "r");
    return standin_of_path(path) == NO_DEVICE ? real()->fopen(path, mode)
                                              : device_stream(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    return fopen(path, mode);
}
