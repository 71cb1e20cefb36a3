/* The emulator's files are open-file descriptions that a forked child shares, locks and all. The
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

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards all below */
static struct oi_emu *emu;
static pid_t owner; /* who opened it: after vfork a child has our memory, not a copy */
static int files[FILES_MAX];
static int file_count;
static _Thread_local bool at_work; /* this thread is in the emulator */

/* ---- the emulator's files ---- */

bool drive_is_at_work(void)
{
    return at_work;
}

void drive_opened_file(int fd)
{
    if (file_count < FILES_MAX)
        files[file_count++] = fd;
}

void drive_closed_file(int fd)
{
    for (int i = 0; i < file_count; i++)
        if (files[i] == fd) {
            files[i] = files[--file_count];
            return;
        }
}

/* ---- fork ---- */

static void before_fork(void)
{
    pthread_mutex_lock(&mutex);
}

static void after_fork_in_parent(void)
{
    pthread_mutex_unlock(&mutex);
}

static void after_fork_in_child(void)
{
    for (int i = 0; i < file_count; i++)
        real()->close(files[i]);
    file_count = 0;
    emu = NULL;
    pthread_mutex_unlock(&mutex);
}

__attribute__((constructor)) static void watch_forks(void)
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

static int opened(void)
{
    static const struct oi_emu_clock clock = {now_us, sleep_us, NULL};
    const char *path = getenv("OPENIMAPI2_PEER_RECORDER");
    char problem[OI_EMU_DETAIL_MAX] = "OPENIMAPI2_PEER_RECORDER names no definition file";

    if (emu)
        return 0;
    at_work = true;
    if (!path || oi_emu_open(&emu, path, &clock, problem) != OI_OK) {
        fprintf(stderr, "openimapi2-sgio: %s\n", problem);
        emu = NULL;
    }
    at_work = false;
    owner = getpid();
    return emu ? 0 : ENXIO;
}

int drive_open(void)
{
    int error;

    pthread_mutex_lock(&mutex);
    error = opened();
    pthread_mutex_unlock(&mutex);
    return error;
}

__attribute__((destructor)) void drive_close(void)
{
    int error = errno;

    if (owner != getpid())
        return;
    pthread_mutex_lock(&mutex);
    at_work = true;
    oi_emu_close(emu);
    emu = NULL;
    at_work = false;
    pthread_mutex_unlock(&mutex);
    errno = error;
}

uint32_t drive_transfer_bytes(void)
{
    uint32_t bytes = 0;

    pthread_mutex_lock(&mutex);
    if (opened() == 0)
        bytes = oi_emu_transfer_kib(emu) * 1024;
    pthread_mutex_unlock(&mutex);
    return bytes;
}

/* ---- commands ---- */

int drive_run(const struct oi_emu_command *command, struct oi_emu_reply *reply)
{
    int error;

    memset(reply, 0, sizeof(*reply));
    pthread_mutex_lock(&mutex);
    error = opened();
    if (error == 0) {
        at_work = true;
        oi_emu_execute(emu, command, reply);
        at_work = false;
    }
    pthread_mutex_unlock(&mutex);
    return error;
}

static void key_and_asc(const struct oi_emu_reply *reply, uint8_t *key, uint8_t *asc)
{
    enum { DESCRIPTOR_FORMAT = 0x72, ASC_FIXED = 12, ASC_DESCRIPTOR = 2 };
    bool descriptors = (reply->sense[0] & 0x7e) == DESCRIPTOR_FORMAT;

    *key = reply->sense[descriptors ? 1 : 2] & 0x0f;
    *asc = reply->sense[descriptors ? ASC_DESCRIPTOR : ASC_FIXED];
}

static int run_own(struct oi_emu_command *command, const uint8_t *cdb, uint8_t cdb_len)
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
        int error = drive_run(command, &reply);

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

int drive_ask(const uint8_t *cdb, uint8_t cdb_len, void *data, uint32_t data_len)
{
    struct oi_emu_command command = {
        .direction = data ? OI_EMU_DATA_IN : OI_EMU_NO_DATA, .data = data, .data_len = data_len};

    return run_own(&command, cdb, cdb_len);
}

int drive_tell(const uint8_t *cdb, uint8_t cdb_len, const void *data, uint32_t data_len)
{
    struct oi_emu_command command = {
        .direction = OI_EMU_DATA_OUT, .data = (void *)(uintptr_t)data, .data_len = data_len};

    return run_own(&command, cdb, cdb_len);
}
