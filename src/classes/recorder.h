/* What the two interfaces of MsftDiscRecorder2 share: the device, and how commands are run on it.
 * Who uses it: disc_recorder.c (IDiscRecorder2), disc_recorder_ex.c (IDiscRecorder2Ex),
 *   recorder_queries.c (the questions both ask). Room-internal.
 * What it must not know: what kind of device it is. */
#ifndef OI_CLASSES_RECORDER_H
#define OI_CLASSES_RECORDER_H

#include <stdbool.h>
#include <windows.h>
#include "imapi2.h"
#include "object.h"
#include "sense.h"
#include "transport.h"

struct disc_recorder {
    struct com_object base;
    IDiscRecorder2 IDiscRecorder2_iface;
    IDiscRecorder2Ex IDiscRecorder2Ex_iface;
    SRWLOCK lock;             /* one user of the device at a time; guards the rest */
    struct oi_device *device; /* NULL until initialised */
    BSTR id;
    struct oi_transfer_limits limits; /* of the device at present */
    uint32_t most_bytes;              /* of one command, as the device said when it was opened */
    uint8_t *scratch; /* pages: replies of the decoded queries, misaligned buffers; then a page more
                       * for sense */
    uint32_t scratch_bytes;     /* without that page */
    struct oi_sense last_sense; /* of the last of our own commands that failed with sense */
    ULONG locks, mcn_locks;     /* counted by this object; the device has them at most once */
};

extern const IDiscRecorder2ExVtbl disc_recorder_ex_vtbl;

/* Takes the lock and answers S_OK, or E_FAIL with words when there is no device; then the lock is
 * not held. iid is the interface whose method asks. */
HRESULT recorder_enter(struct disc_recorder *self, const IID *iid);
void recorder_leave(struct disc_recorder *self);

/* All of the following: with the lock held. */

/* Runs one command as a client sent it. S_OK, S_IMAPI_COMMAND_HAS_SENSE_DATA with 18 bytes of fixed
 * sense, or a failing HRESULT with words. *moved: bytes that went over. */
HRESULT recorder_send(struct disc_recorder *self, const struct oi_cdb *cdb,
                      enum oi_direction direction, void *data, uint32_t data_len,
                      uint32_t timeout_ms, uint8_t sense[18], uint32_t *moved);

/* Runs one of our own commands with the time-out of the command table. Unit attentions, news from
 * before the command, are swallowed. A CHECK CONDITION becomes its documented HRESULT, with words.
 */
HRESULT recorder_command(struct disc_recorder *self, const struct oi_cdb *cdb,
                         enum oi_direction direction, void *data, uint32_t data_len,
                         uint32_t *moved);
/* The same for a reply of at most alloc bytes, which lands in *reply (valid while the lock is
 * held). */
HRESULT recorder_query(struct disc_recorder *self, const struct oi_cdb *cdb, uint32_t alloc,
                       const uint8_t **reply, uint32_t *got);

/* recorder_queries.c: what drive and disc are. Lists are malloc'ed, the caller frees them. */
struct code_list {
    uint32_t *codes;
    size_t count;
};
/* what: for features and profiles, not 0 if only the current ones; for mode pages the request type.
 */
typedef HRESULT (*recorder_list_function)(struct disc_recorder *self, unsigned what,
                                          struct code_list *list);
HRESULT recorder_features(struct disc_recorder *self, unsigned current_only,
                          struct code_list *list);
HRESULT recorder_profiles(struct disc_recorder *self, unsigned current_only,
                          struct code_list *list);
HRESULT recorder_mode_pages(struct disc_recorder *self, unsigned request, struct code_list *list);
/* One feature descriptor with its header of 4 bytes, in the scratch memory. */
HRESULT recorder_feature(struct disc_recorder *self, uint16_t code, bool current_only,
                         const uint8_t **descriptor, uint32_t *bytes);
HRESULT recorder_mode_page(struct disc_recorder *self, uint8_t code, unsigned request,
                           const uint8_t **page, uint32_t *bytes);
bool recorder_can_load(struct disc_recorder *self);
bool recorder_disc_is_bd(struct disc_recorder *self);

#endif
