/* Threads, locks, clock and memory on POSIX. Every wait counts on CLOCK_MONOTONIC, which is also
 * what oi_clock_us() reads, so a deadline survives somebody setting the wall clock. */
#include "os.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

void oi_mutex_init(struct oi_mutex *mutex)
{
    pthread_mutex_init(&mutex->mutex, NULL);
}

void oi_mutex_fini(struct oi_mutex *mutex)
{
    pthread_mutex_destroy(&mutex->mutex);
}

void oi_mutex_lock(struct oi_mutex *mutex)
{
    pthread_mutex_lock(&mutex->mutex);
}

void oi_mutex_unlock(struct oi_mutex *mutex)
{
    pthread_mutex_unlock(&mutex->mutex);
}

void oi_cond_init(struct oi_cond *cond)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&cond->cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

void oi_cond_fini(struct oi_cond *cond)
{
    pthread_cond_destroy(&cond->cond);
}

void oi_cond_wait(struct oi_cond *cond, struct oi_mutex *mutex)
{
    pthread_cond_wait(&cond->cond, &mutex->mutex);
}

bool oi_cond_wait_until(struct oi_cond *cond, struct oi_mutex *mutex, uint64_t deadline_us)
{
    struct timespec until = {
        .tv_sec = (time_t)(deadline_us / 1000000),
        .tv_nsec = (long)(deadline_us % 1000000) * 1000,
    };

    return pthread_cond_timedwait(&cond->cond, &mutex->mutex, &until) != ETIMEDOUT;
}

void oi_cond_signal(struct oi_cond *cond)
{
    pthread_cond_signal(&cond->cond);
}

void oi_cond_broadcast(struct oi_cond *cond)
{
    pthread_cond_broadcast(&cond->cond);
}

uint64_t oi_clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t oi_wall_clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint32_t oi_process_id(void)
{
    return (uint32_t)getpid();
}

struct oi_thread {
    pthread_t id;
};

/* Owned by the new thread; the oi_thread may be gone before the thread is. */
struct launch {
    void (*body)(void *context);
    void *context;
};

static void *thread_main(void *argument)
{
    struct launch launch = *(struct launch *)argument;

    free(argument);
    launch.body(launch.context);
    return NULL;
}

enum oi_status oi_thread_start(struct oi_thread **thread, void (*body)(void *context),
                               void *context)
{
    struct oi_thread *self = malloc(sizeof *self);
    struct launch *launch = malloc(sizeof *launch);

    *thread = NULL;
    if (!self || !launch)
        goto fail;
    launch->body = body;
    launch->context = context;
    if (pthread_create(&self->id, NULL, thread_main, launch) != 0)
        goto fail;
    *thread = self;
    return OI_OK;

fail:
    free(launch);
    free(self);
    return OI_OUT_OF_MEMORY;
}

void oi_thread_join(struct oi_thread *thread)
{
    pthread_join(thread->id, NULL);
    free(thread);
}

void oi_thread_detach(struct oi_thread *thread)
{
    pthread_detach(thread->id);
    free(thread);
}

void *oi_pages_alloc(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return pages == MAP_FAILED ? NULL : pages;
}

void oi_pages_free(void *pages, size_t size)
{
    if (pages)
        munmap(pages, size);
}

char *oi_environment(const char *name)
{
    const char *value = getenv(name);

    return value ? strdup(value) : NULL;
}

/* XDG Base Directory Specification: a relative or empty XDG_DATA_HOME counts as unset. */
char *oi_user_data_folder(void)
{
    static const char below_home[] = "/.local/share";
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    char *folder;

    if (data && data[0] == '/')
        return strdup(data);
    if (!home || home[0] != '/')
        return NULL;
    folder = malloc(strlen(home) + sizeof below_home);
    if (folder) {
        strcpy(folder, home);
        strcat(folder, below_home);
    }
    return folder;
}
