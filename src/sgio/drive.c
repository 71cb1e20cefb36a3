/* An emulator's files are open-file descriptions that a forked child shares, locks and all. The
 * child must give them up without saving anything, or the disc would stay locked for as long as the
 * child lives; so it is noted which descriptors they are. */
#include "drive.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "os.h"
#include "real.h"
#include "scsi.h"

enum { FILES_MAX = 64, ASK_TIMEOUT_MS = 60000 };

struct drive {
    char variable[32];     /* never changes */
    pthread_mutex_t mutex; /* guards what follows, and the emulator */
    struct oi_emu *emu;
    pid_t owner; /* who opened it: after vfork a child has our memory, not a copy */
};

static struct drive drives[DRIVES_MAX];
static int drive_count;
static pthread_mutex_t table_mutex = PTHREAD_MUTEX_INITIALIZER; /* guards drive_count */
static int files[FILES_MAX];
static int file_count;
/* Guards both above. It is taken last of all. */
static pthread_mutex_t files_mutex = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool at_work; /* this thread is in an emulator */

struct drive *drive_named(const char *variable)
{
    struct drive *drive = NULL;

    pthread_mutex_lock(&table_mutex);
    for (int i = 0; i < drive_count && !drive; i++)
        if (strcmp(drives[i].variable, variable) == 0)
            drive = &drives[i];
    if (!drive && drive_count < DRIVES_MAX) {
        drive = &drives[drive_count++];
        snprintf(drive->variable, sizeof(drive->variable), "%s", variable);
        pthread_mutex_init(&drive->mutex, NULL);
    }
    pthread_mutex_unlock(&table_mutex);
    return drive;
}

/* ---- the emulators' files ---- */

bool drive_is_at_work(void)
{
    return at_work;
}

void drive_opened_file(int fd)
{
    pthread_mutex_lock(&files_mutex);
    if (file_count < FILES_MAX)
        files[file_count++] = fd;
    pthread_mutex_unlock(&files_mutex);
}

void drive_closed_file(int fd)
{
    pthread_mutex_lock(&files_mutex);
    for (int i = 0; i < file_count; i++)
        if (files[i] == fd) {
            files[i] = files[--file_count];
            break;
        }
    pthread_mutex_unlock(&files_mutex);
}

/* ---- fork ---- */

static void before_fork(void)
{
    pthread_mutex_lock(&table_mutex);
    for (int i = 0; i < drive_count; i++)
        pthread_mutex_lock(&drives[i].mutex);
    pthread_mutex_lock(&files_mutex);
}

static void after_fork_in_parent(void)
{
    pthread_mutex_unlock(&files_mutex);
    for (int i = drive_count; i-- > 0;)
        pthread_mutex_unlock(&drives[i].mutex);
    pthread_mutex_unlock(&table_mutex);
}

static void after_fork_in_child(void)
{
    for (int i = 0; i < file_count; i++)
        real()->close(files[i]);
    file_count = 0;
    for (int i = 0; i < drive_count; i++)
        drives[i].emu = NULL;
    after_fork_in_parent();
}

void drive_watch_forks(void)
{
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* ---- opening and closing ---- */

static uint64_t now_us(void *context)
{
    (void)context;
    return oi_clock_us();
}

static void sleep_us(void *context, uint64_t us)
{
    struct timespec time = {(time_t)(us / 1000000), (long)(us % 1000000 * 1000)};

    (void)context;
    while (nanosleep(&time, &time) != 0 && errno == EINTR)
        continue;
}

/* With the drive's mutex. */
static int opened(struct drive *drive)
{
    static const struct oi_emu_clock clock = {now_us, sleep_us, NULL};
    const char *path = getenv(drive->variable);
    char problem[OI_EMU_DETAIL_MAX];

    if (drive->emu)
        return 0;
    snprintf(problem, sizeof(problem), "%s names no definition file", drive->variable);
    at_work = true;
    if (!path || oi_emu_open(&drive->emu, path, &clock, problem) != OI_OK) {
        fprintf(stderr, "openimapi2-sgio: %s\n", problem);
        drive->emu = NULL;
    }
    at_work = false;
    drive->owner = getpid();
    return drive->emu ? 0 : ENXIO;
}

int drive_open(struct drive *drive)
{
    int error;

    pthread_mutex_lock(&drive->mutex);
    error = opened(drive);
    pthread_mutex_unlock(&drive->mutex);
    return error;
}

/* With the drive's mutex, which it gives up. */
static void close_and_unlock(struct drive *drive)
{
    int error = errno;

    if (drive->owner == getpid()) {
        at_work = true;
        oi_emu_close(drive->emu);
        drive->emu = NULL;
        at_work = false;
    }
    pthread_mutex_unlock(&drive->mutex);
    errno = error;
}

void drive_close(struct drive *drive)
{
    if (drive->owner != getpid())
        return;
    pthread_mutex_lock(&drive->mutex);
    close_and_unlock(drive);
}

__attribute__((destructor)) void drive_close_all(void)
{
    for (int i = 0; i < drive_count; i++)
        if (pthread_mutex_trylock(&drives[i].mutex) == 0)
            close_and_unlock(&drives[i]);
}

uint32_t drive_transfer_bytes(struct drive *drive)
{
    uint32_t bytes = 0;

    pthread_mutex_lock(&drive->mutex);
    if (opened(drive) == 0)
        bytes = oi_emu_transfer_kib(drive->emu) * 1024;
    pthread_mutex_unlock(&drive->mutex);
    return bytes;
}

/* ---- commands ---- */

int drive_run(struct drive *drive, const struct oi_emu_command *command, struct oi_emu_reply *reply)
{
    int error;

    memset(reply, 0, sizeof(*reply));
    pthread_mutex_lock(&drive->mutex);
    error = opened(drive);
    if (error == 0) {
        at_work = true;
        oi_emu_execute(drive->emu, command, reply);
        at_work = false;
    }
    pthread_mutex_unlock(&drive->mutex);
    return error;
}

static void key_and_asc(const struct oi_emu_reply *reply, uint8_t *key, uint8_t *asc)
{
    enum { DESCRIPTOR_FORMAT = 0x72, ASC_FIXED = 12, ASC_DESCRIPTOR = 2 };
    bool descriptors = (reply->sense[0] & 0x7e) == DESCRIPTOR_FORMAT;

    *key = reply->sense[descriptors ? 1 : 2] & 0x0f;
    *asc = reply->sense[descriptors ? ASC_DESCRIPTOR : ASC_FIXED];
}

static int run_own(struct drive *drive, struct oi_emu_command *command, const uint8_t *cdb,
                   uint8_t cdb_len)
{
    enum { ATTEMPTS = 4, GOOD = 0x00, LONG_WRITE_IN_PROGRESS = 0x04, MEDIUM_NOT_PRESENT = 0x3a };
    enum { PAUSE_US = 20000 };
    uint64_t deadline_us = oi_clock_us() + (uint64_t)ASK_TIMEOUT_MS * 1000;
    int attempts = 0;

    command->cdb_len = cdb_len;
    command->timeout_ms = ASK_TIMEOUT_MS;
    memcpy(command->cdb, cdb, cdb_len);
    for (;;) {
        struct oi_emu_reply reply;
        uint8_t key, asc;
        int error = drive_run(drive, command, &reply);

        if (error)
            return error;
        if (reply.delivery == OI_EMU_GONE)
            return ENXIO;
        if (reply.delivery == OI_EMU_ANSWERED && reply.scsi_status == GOOD)
            return reply.moved == command->data_len ? 0 : EIO;
        key_and_asc(&reply, &key, &asc);
        if (key == OI_KEY_NOT_READY && asc == MEDIUM_NOT_PRESENT)
            return ENOMEDIUM;
        /* Data that found no room in the drive's buffer is sent again. */
        if (key == OI_KEY_NOT_READY && asc == LONG_WRITE_IN_PROGRESS &&
            command->direction == OI_EMU_DATA_OUT && oi_clock_us() < deadline_us)
            sleep_us(NULL, PAUSE_US);
        else if (key != OI_KEY_UNIT_ATTENTION || ++attempts == ATTEMPTS)
            return EIO;
    }
}

int drive_ask(struct drive *drive, const uint8_t *cdb, uint8_t cdb_len, void *data,
              uint32_t data_len)
{
    struct oi_emu_command command = {
        .direction = data ? OI_EMU_DATA_IN : OI_EMU_NO_DATA, .data = data, .data_len = data_len};

    return run_own(drive, &command, cdb, cdb_len);
}

int drive_tell(struct drive *drive, const uint8_t *cdb, uint8_t cdb_len, const void *data,
               uint32_t data_len)
{
    struct oi_emu_command command = {
        .direction = OI_EMU_DATA_OUT, .data = (void *)(uintptr_t)data, .data_len = data_len};

    return run_own(drive, &command, cdb, cdb_len);
}
