/* Exclusive access to a drive: the CD-ROM driver's own lock, or ours where the driver has none.
 * Who uses it: spti.c. One thread at a time per lock.
 * Both locks belong to what holds them (a handle, a section of memory) and end with the process.
 * What it must not know: commands other than "not now". */
#ifndef OI_TRANSPORT_SPTI_LOCK_H
#define OI_TRANSPORT_SPTI_LOCK_H

#include "spti_system.h"

struct spti_section;
struct spti_lock {
    const struct spti_drive *drive; /* borrowed */
    bool driver_has_none;           /* then the lock is ours, among openimapi2's processes */
    bool held;
    bool volume_locked;           /* by the handle of the drive */
    struct spti_section *section; /* ours while we hold it */
    WCHAR section_name[48];
};

/* Asks the driver whether it has a lock. */
void spti_lock_init(struct spti_lock *lock, const struct spti_drive *drive);
/* Gives up what is held. */
void spti_lock_fini(struct spti_lock *lock);

/* As acquire, release and owner of an oi_device. *error: the Win32 error behind a failure, 0 when
 * there was none. acquire may take a second for others to let go of the volume. */
enum oi_status spti_lock_acquire(struct spti_lock *lock, bool force, const char *client_name,
                                 DWORD *error);
enum oi_status spti_lock_release(struct spti_lock *lock, DWORD *error);
enum oi_status spti_lock_owner(struct spti_lock *lock, char name[OI_OWNER_NAME_MAX], DWORD *error);

/* Somebody else holds our own lock: the driver would let the command through. name as of owner. */
bool spti_lock_forbids(struct spti_lock *lock, char name[OI_OWNER_NAME_MAX]);

#endif
