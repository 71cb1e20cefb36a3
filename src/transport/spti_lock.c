/* The driver's lock is IOCTL_CDROM_EXCLUSIVE_ACCESS, and belongs to the handle.
 * Ours is a named section of memory that exists while somebody holds the lock: whoever takes it
 * makes the section, or finds it, and changes its state from FREE by compare-exchange; whoever
 * looks opens it for an instant, and is no holder by that. */
#include "spti_lock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>
#include "spti_errors.h"

/* ---- the driver's lock (ntddcdrm.h of the Windows driver kit) ---- */

#define EXCLUSIVE_ACCESS                                                                           \
    CTL_CODE(FILE_DEVICE_CD_ROM, 0x17, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)

enum { REQUEST_QUERY = 0, REQUEST_LOCK = 1, REQUEST_UNLOCK = 2 };
enum { LOCK_IGNORE_VOLUME = 1 };

struct access_request {
    uint32_t request, flags;
};
struct access_lock {
    struct access_request access;
    char caller[OI_OWNER_NAME_MAX];
};
struct access_state {
    uint8_t locked;
    char caller[OI_OWNER_NAME_MAX];
};
_Static_assert(sizeof(struct access_lock) == 72 && sizeof(struct access_state) == 65,
               "the driver's structures have no padding");

static DWORD query_driver(const struct spti_lock *lock, struct access_state *state)
{
    struct access_request request = {.request = REQUEST_QUERY};
    DWORD returned;
    DWORD error;

    *state = (struct access_state){0};
    error = spti_control(lock->drive, EXCLUSIVE_ACCESS, &request, sizeof(request), state,
                         sizeof(*state), &returned);
    state->caller[OI_OWNER_NAME_MAX - 1] = '\0';
    return error;
}

static DWORD lock_driver(const struct spti_lock *lock, bool force, const char *client_name)
{
    struct access_lock request = {{REQUEST_LOCK, force ? LOCK_IGNORE_VOLUME : 0}, {0}};
    DWORD returned;

    strncpy(request.caller, client_name, sizeof(request.caller) - 1);
    return spti_control(lock->drive, EXCLUSIVE_ACCESS, &request, sizeof(request), NULL, 0,
                        &returned);
}

static DWORD unlock_driver(const struct spti_lock *lock)
{
    struct access_request request = {.request = REQUEST_UNLOCK};
    DWORD returned;

    return spti_control(lock->drive, EXCLUSIVE_ACCESS, &request, sizeof(request), NULL, 0,
                        &returned);
}

/* ---- the volume ---- */

static DWORD file_system(const struct spti_lock *lock, DWORD code)
{
    DWORD returned;

    return spti_control(lock->drive, code, NULL, 0, NULL, 0, &returned);
}

/* Somebody may just be looking at the disc. Whoever goes on using it loses it all the same: that is
 * what force is for. */
static void take_volume(struct spti_lock *lock)
{
    enum { ATTEMPTS = 10, PAUSE_MS = 100 };

    for (int attempt = 0; !lock->volume_locked && attempt < ATTEMPTS; attempt++) {
        DWORD error;

        if (attempt)
            lock->drive->system->sleep_ms(PAUSE_MS);
        error = file_system(lock, FSCTL_LOCK_VOLUME);
        lock->volume_locked = error == ERROR_SUCCESS;
        if (error != ERROR_SUCCESS && error != ERROR_ACCESS_DENIED &&
            error != ERROR_SHARING_VIOLATION)
            break;
    }
    file_system(lock, FSCTL_DISMOUNT_VOLUME);
}

static void give_volume(struct spti_lock *lock)
{
    if (lock->volume_locked)
        file_system(lock, FSCTL_UNLOCK_VOLUME);
    lock->volume_locked = false;
}

/* ---- our own lock ---- */

enum { FREE = 0, NAMING = 1, HELD = 2 };

/* The same for both bitnesses: what processes share. */
struct shared {
    _Atomic uint32_t state;
    char owner[OI_OWNER_NAME_MAX];
};

struct spti_section {
    HANDLE handle;
    struct shared *shared;
};

/* A path has backslashes, which the name of a section has not, and may be longer than it. */
static void name_section(struct spti_lock *lock)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

    for (const WCHAR *c = lock->drive->path; *c; c++)
        hash = (hash ^ towlower(*c)) * UINT64_C(1099511628211);
    _snwprintf(lock->section_name, sizeof(lock->section_name) / sizeof(WCHAR),
               L"Local\\OpenIMAPI2.drive.%08lx%08lx", (unsigned long)(hash >> 32),
               (unsigned long)(hash & 0xffffffff));
}

static bool map(struct spti_section *section, DWORD access)
{
    section->shared = section->handle
                          ? MapViewOfFile(section->handle, access, 0, 0, sizeof(struct shared))
                          : NULL;
    return section->shared != NULL;
}

static void unmap(struct spti_section *section)
{
    if (section->shared)
        UnmapViewOfFile(section->shared);
    if (section->handle)
        CloseHandle(section->handle);
}

/* Whether somebody holds it, and who; the holder is waited for while it writes its name. */
static bool look(const struct spti_lock *lock, char name[OI_OWNER_NAME_MAX])
{
    enum { PATIENCE = 100 };
    struct spti_section section = {.handle =
                                       OpenFileMappingW(FILE_MAP_READ, FALSE, lock->section_name)};
    uint32_t state = FREE;

    name[0] = '\0';
    if (!section.handle)
        return GetLastError() == ERROR_ACCESS_DENIED; /* it is there, but of another user */
    if (map(&section, FILE_MAP_READ)) {
        state = atomic_load(&section.shared->state);
        for (int i = 0; state == NAMING && i < PATIENCE; i++) {
            lock->drive->system->sleep_ms(0);
            state = atomic_load(&section.shared->state);
        }
        if (state == HELD)
            memcpy(name, section.shared->owner, OI_OWNER_NAME_MAX);
        name[OI_OWNER_NAME_MAX - 1] = '\0';
    }
    unmap(&section);
    return state != FREE;
}

static enum oi_status take_section(struct spti_lock *lock, const char *client_name)
{
    struct spti_section *section = calloc(1, sizeof(*section));
    uint32_t expected = FREE;
    enum oi_status status = OI_OK;

    if (!section)
        return OI_OUT_OF_MEMORY;
    section->handle = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                                         sizeof(struct shared), lock->section_name);
    if (!section->handle && GetLastError() == ERROR_ACCESS_DENIED)
        status = OI_LOCKED;
    else if (!map(section, FILE_MAP_READ | FILE_MAP_WRITE))
        status = OI_OUT_OF_MEMORY;
    else if (!atomic_compare_exchange_strong(&section->shared->state, &expected, NAMING))
        status = OI_LOCKED;
    if (status != OI_OK) {
        unmap(section);
        free(section);
        return status;
    }
    memset(section->shared->owner, 0, OI_OWNER_NAME_MAX);
    strncpy(section->shared->owner, client_name, OI_OWNER_NAME_MAX - 1);
    atomic_store(&section->shared->state, HELD);
    lock->section = section;
    return OI_OK;
}

static void give_section(struct spti_lock *lock)
{
    atomic_store(&lock->section->shared->state, FREE);
    unmap(lock->section);
    free(lock->section);
    lock->section = NULL;
}

/* ---- either ---- */

void spti_lock_init(struct spti_lock *lock, const struct spti_drive *drive)
{
    struct access_state state;

    *lock = (struct spti_lock){.drive = drive};
    name_section(lock);
    lock->driver_has_none = spti_is_absent(query_driver(lock, &state));
}

/* The driver refuses with one error whoever is in the way; a mounted file system has its own. */
static enum oi_status refusal(const struct spti_lock *lock, DWORD error)
{
    struct access_state state;

    if (error == ERROR_BAD_COMMAND) /* STATUS_INVALID_DEVICE_STATE */
        return OI_ACCESS_DENIED;
    if (query_driver(lock, &state) == ERROR_SUCCESS && state.locked)
        return OI_LOCKED;
    return spti_error(error)->command;
}

enum oi_status spti_lock_acquire(struct spti_lock *lock, bool force, const char *client_name,
                                 DWORD *error)
{
    enum oi_status status = OI_OK;
    struct access_state state;

    *error = ERROR_SUCCESS;
    if (lock->held)
        return OI_OK;
    if (lock->driver_has_none) {
        status = take_section(lock, client_name);
        if (status == OI_OK && force)
            take_volume(lock);
    } else if (query_driver(lock, &state) == ERROR_SUCCESS && state.locked) {
        status = OI_LOCKED; /* its volume is none of our business, force or not */
    } else {
        if (force)
            take_volume(lock);
        *error = lock_driver(lock, force, client_name);
        if (*error)
            status = refusal(lock, *error);
        if (status != OI_OK)
            give_volume(lock);
    }
    lock->held = status == OI_OK;
    return status;
}

enum oi_status spti_lock_release(struct spti_lock *lock, DWORD *error)
{
    char name[OI_OWNER_NAME_MAX];

    *error = ERROR_SUCCESS;
    if (!lock->held) {
        if (spti_lock_owner(lock, name, error) == OI_OK && name[0])
            return OI_LOCKED;
        *error = ERROR_SUCCESS;
        return OI_OK;
    }
    lock->held = false;
    give_volume(lock);
    if (lock->section)
        give_section(lock);
    else
        *error = unlock_driver(lock);
    return *error ? spti_error(*error)->command : OI_OK;
}

enum oi_status spti_lock_owner(struct spti_lock *lock, char name[OI_OWNER_NAME_MAX], DWORD *error)
{
    struct access_state state;

    *error = ERROR_SUCCESS;
    name[0] = '\0';
    if (lock->driver_has_none) {
        look(lock, name);
        return OI_OK;
    }
    *error = query_driver(lock, &state);
    if (*error)
        return spti_error(*error)->command;
    if (state.locked)
        memcpy(name, state.caller, OI_OWNER_NAME_MAX);
    return OI_OK;
}

bool spti_lock_forbids(struct spti_lock *lock, char name[OI_OWNER_NAME_MAX])
{
    name[0] = '\0';
    return lock->driver_has_none && !lock->held && look(lock, name);
}

void spti_lock_fini(struct spti_lock *lock)
{
    DWORD error;

    if (lock->held)
        spti_lock_release(lock, &error);
}
