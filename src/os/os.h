/* What the platform gives: threads, locks, a monotonic clock, positioned file I/O.
 * Who uses it: every room; os_posix.c and os_win32.c are the two implementations.
 * This is the only header that knows _WIN32, and it does not include windows.h.
 * What it must not know: discs, COM, SCSI.
 * Paths are UTF-8. On Windows they may be DOS paths; under Wine absolute Unix paths work too. */
#ifndef OI_OS_OS_H
#define OI_OS_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "status.h"

#ifdef _WIN32
struct oi_mutex {
    void *srw; /* an SRWLOCK */
};
#define OI_MUTEX_INIT                                                                              \
    {                                                                                              \
        NULL                                                                                       \
    }
struct oi_cond {
    void *cv; /* a CONDITION_VARIABLE */
};
#else
#include <pthread.h>
struct oi_mutex {
    pthread_mutex_t mutex;
};
#define OI_MUTEX_INIT                                                                              \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER                                                                  \
    }
struct oi_cond {
    pthread_cond_t cond; /* on CLOCK_MONOTONIC */
};
#endif

/* Locks and conditions: init never fails, fini frees; not recursive. A static mutex may be made by
 * OI_MUTEX_INIT instead and needs no fini. wait_until returns false when
 * the deadline (oi_clock_us() value) has passed without a wake; spurious wakes return true. */
void oi_mutex_init(struct oi_mutex *mutex);
void oi_mutex_fini(struct oi_mutex *mutex);
void oi_mutex_lock(struct oi_mutex *mutex);
void oi_mutex_unlock(struct oi_mutex *mutex);
void oi_cond_init(struct oi_cond *cond);
void oi_cond_fini(struct oi_cond *cond);
void oi_cond_wait(struct oi_cond *cond, struct oi_mutex *mutex);
bool oi_cond_wait_until(struct oi_cond *cond, struct oi_mutex *mutex, uint64_t deadline_us);
void oi_cond_signal(struct oi_cond *cond);
void oi_cond_broadcast(struct oi_cond *cond);

/* Microseconds since an arbitrary start; never goes back. Any thread. */
uint64_t oi_clock_us(void);
/* Microseconds since 1970-01-01 UTC, by a clock that people may set. Any thread. */
uint64_t oi_wall_clock_us(void);

/* The number by which the system knows this process. */
uint32_t oi_process_id(void);

/* A thread that ends by itself and is waited for by exactly one oi_thread_join, or let go by
 * exactly one oi_thread_detach. In a Windows DLL every thread holds a reference to the module it
 * runs in and gives it back as it exits, so a detached thread never runs in an unloaded DLL.
 * OI_OUT_OF_MEMORY when no thread could be made; then *thread is NULL. */
struct oi_thread;
enum oi_status oi_thread_start(struct oi_thread **thread, void (*body)(void *context),
                               void *context);
void oi_thread_join(struct oi_thread *thread);
void oi_thread_detach(struct oi_thread *thread);

/* Memory reserved in whole pages, page aligned, zero filled, not touched until used (mmap,
 * VirtualAlloc). NULL when it can't be had. size must be the size asked for. */
void *oi_pages_alloc(size_t size);
void oi_pages_free(void *pages, size_t size);

/* Files. Every function returns OI_OK or: OI_NOT_FOUND, OI_EXISTS, OI_ACCESS_DENIED, OI_SHARING,
 * OI_DISK_FULL, OI_OUT_OF_MEMORY, else OI_IO_ERROR. A file may be used from several threads. */
struct oi_file;
enum oi_file_mode {
    OI_FILE_READ,       /* must exist */
    OI_FILE_WRITE,      /* read and write, must exist */
    OI_FILE_CREATE,     /* read and write, made when missing, never truncated */
    OI_FILE_CREATE_NEW, /* read and write, OI_EXISTS when it is there */
};
enum oi_status oi_file_open(struct oi_file **file, const char *path, enum oi_file_mode mode);
void oi_file_close(struct oi_file *file); /* NULL is allowed; gives up its locks */
/* Reads up to size bytes at offset; *got < size only at the end of the file. */
enum oi_status oi_file_read_at(struct oi_file *file, uint64_t offset, void *data, size_t size,
                               size_t *got);
/* Writes all of it or fails. */
enum oi_status oi_file_write_at(struct oi_file *file, uint64_t offset, const void *data,
                                size_t size);
/* Adds all of it at the end in one piece, whoever else appends to that file: other oi_files, of
 * this process or others, native or Windows. One call at a time for each oi_file. Whoever holds the
 * others up for a second (a process that was stopped in the middle) is not waited for. */
enum oi_status oi_file_append(struct oi_file *file, const void *data, size_t size);
enum oi_status oi_file_size(struct oi_file *file, uint64_t *size);
enum oi_status oi_file_set_size(struct oi_file *file, uint64_t size); /* grows sparsely */
/* Data is on stable storage when it returns. */
enum oi_status oi_file_flush(struct oi_file *file);
/* Exclusive lock on one byte at `offset` (may lie far beyond the end; 0 … 2^62), not blocking:
 * OI_SHARING when another oi_file, in this process or another, native or Windows, holds it;
 * OI_ACCESS_DENIED when the file was opened with OI_FILE_READ on POSIX. To lock what one has locked
 * already is allowed on POSIX only. */
enum oi_status oi_file_lock(struct oi_file *file, uint64_t offset);
void oi_file_unlock(struct oi_file *file, uint64_t offset);

/* Whole small files. read_all: *data is malloc'ed with a NUL behind its *size bytes, the caller
 * frees it; OI_BAD_FILE when it is larger than limit. replace: afterwards the path holds the new
 * bytes or still the old ones, whatever crashes in between (temporary file PATH.<hex>.new, flush,
 * rename). Windows and Wine refuse to replace a file that anybody has open: it is tried for 2 s,
 * then OI_ACCESS_DENIED; so never keep open, or lock, the file that is to be replaced. */
enum oi_status oi_file_read_all(const char *path, size_t limit, char **data, size_t *size);
enum oi_status oi_file_replace(const char *path, const void *data, size_t size);
enum oi_status oi_file_remove(const char *path);
/* Identity and time of last change, to notice that somebody else replaced the file; 0 when it
 * can't be read. Two different contents may share a stamp only if written within the same file
 * system tick and with the same size. */
uint64_t oi_file_stamp(const char *path);

/* Calls visit for every plain file name in folder, in no order, until visit returns false.
 * OI_NOT_FOUND when there is no such folder. */
enum oi_status oi_folder_list(const char *folder, bool (*visit)(void *context, const char *name),
                              void *context);
enum oi_status oi_folder_create(const char *folder); /* with its parents; fine when it exists */

/* The value of an environment variable, malloc'ed, or NULL. */
char *oi_environment(const char *name);
/* The folder for this user's data, malloc'ed: %LOCALAPPDATA% on Windows, $XDG_DATA_HOME or
 * ~/.local/share elsewhere. NULL when there is none. */
char *oi_user_data_folder(void);

#endif
