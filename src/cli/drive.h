/* One recorder, seen through IDiscRecorder2 and IDiscRecorder2Ex: opening it, holding it for
 * oneself, and the few MMC commands that a burn needs around WriteSection.
 * Who uses it: every command that talks to a drive. Main thread only.
 * Functions return true when the drive did it; otherwise *answer says why not. Nothing is reported
 * here, the caller knows what it means.
 * What it must not know: images, progress, which order makes a burn. */
#ifndef OI_CLI_DRIVE_H
#define OI_CLI_DRIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <imapi2.h>
#include "errors.h"

enum { OI_BLOCK_BYTES = 2048, OI_SINGLE_SPEED_KBPS = 1385 };

struct oi_drive {
    IDiscRecorder2 *recorder;
    IDiscRecorder2Ex *ex;
    char name[64]; /* what the user calls it: name of a virtual recorder, drive letter, else id */
    bool virtual_recorder;
    bool exclusive;
    bool tray_locked;
};

/* READ DISC INFORMATION, the part we look at. */
enum oi_disc_status { OI_DISC_BLANK, OI_DISC_APPENDABLE, OI_DISC_CLOSED, OI_DISC_REWRITABLE };
enum oi_session_status {
    OI_SESSION_EMPTY,
    OI_SESSION_INCOMPLETE,
    OI_SESSION_DAMAGED,
    OI_SESSION_COMPLETE,
};
enum oi_format_status {
    OI_FORMAT_NONE,
    OI_FORMAT_PARTIAL,
    OI_FORMAT_RUNNING,
    OI_FORMAT_COMPLETE,
};
struct oi_disc {
    enum oi_disc_status status;
    enum oi_session_status last_session;
    enum oi_format_status format; /* of media formatted in the background */
    bool erasable;
    uint16_t sessions;
    uint16_t first_track;
    uint16_t last_track;
};

/* READ TRACK INFORMATION, the part we look at. */
struct oi_track {
    uint16_t number;
    uint16_t session;
    bool blank;
    bool damaged;
    bool next_writable_valid;
    int32_t start;
    int32_t next_writable;
    uint32_t free_blocks;
    uint32_t blocks;
};

/* Opens the recorder with that unique id; a drive that could not be opened must not be closed. */
bool oi_drive_open(struct oi_drive *drive, const wchar_t *id, struct oi_answer *answer);
/* Unlocks the tray, gives up exclusive access and releases. Tries for some seconds when the drive
 * does not want to, and warns when it stays locked. */
void oi_drive_close(struct oi_drive *drive);

bool oi_drive_acquire(struct oi_drive *drive, struct oi_answer *answer);
bool oi_drive_lock_tray(struct oi_drive *drive, struct oi_answer *answer);
/* Who holds the drive, "" when nobody does or it can't be told. */
struct oi_utf8 oi_drive_owner(struct oi_drive *drive);

/* Starts the drive and waits until it is ready, at most timeout_ms; unit attentions are read away.
 * A cancel ends the wait with E_IMAPI_REQUEST_CANCELLED. */
bool oi_drive_wait_ready(struct oi_drive *drive, DWORD timeout_ms, struct oi_answer *answer);
/* The same without starting it or listening to Ctrl-C, for waits that must come to an end. */
bool oi_drive_settle(struct oi_drive *drive, DWORD timeout_ms, struct oi_answer *answer);

/* The profile of the disc in the drive; IMAPI_PROFILE_TYPE_INVALID without one. */
bool oi_drive_profile(struct oi_drive *drive, IMAPI_PROFILE_TYPE *profile,
                      struct oi_answer *answer);
bool oi_drive_disc(struct oi_drive *drive, struct oi_disc *disc, struct oi_answer *answer);
bool oi_drive_track(struct oi_drive *drive, uint16_t number, struct oi_track *track,
                    struct oi_answer *answer);
/* Blocks that can be read: READ CAPACITY. */
bool oi_drive_capacity(struct oi_drive *drive, uint32_t *blocks, struct oi_answer *answer);
/* Blocks that formatting a DVD+RW makes writable: READ FORMAT CAPACITIES. */
bool oi_drive_format_capacity(struct oi_drive *drive, uint32_t *blocks, struct oi_answer *answer);

bool oi_drive_set_speed(struct oi_drive *drive, unsigned speed, struct oi_answer *answer);
bool oi_drive_calibrate_power(struct oi_drive *drive, struct oi_answer *answer);
/* Formats a DVD+RW in the background; resume goes on with a format that was stopped. */
bool oi_drive_format_dvd_plus_rw(struct oi_drive *drive, bool resume, struct oi_answer *answer);
bool oi_drive_flush(struct oi_drive *drive, struct oi_answer *answer);
/* CLOSE TRACK/SESSION, MMC-6: functions 0, 1, 2 and 6. */
enum oi_close {
    OI_CLOSE_STOP_FORMAT = 0,
    OI_CLOSE_TRACK = 1,
    OI_CLOSE_SESSION = 2,
    OI_CLOSE_FINALIZE = 6,
};
bool oi_drive_close_session(struct oi_drive *drive, enum oi_close function, uint16_t track,
                            struct oi_answer *answer);
/* data: page-aligned, blocks * OI_BLOCK_BYTES bytes. */
bool oi_drive_read(struct oi_drive *drive, uint32_t lba, uint16_t blocks, void *data,
                   struct oi_answer *answer);
/* Most bytes that one command moves from or to a page-aligned buffer; at least 64 KiB assumed. */
uint32_t oi_drive_transfer_bytes(struct oi_drive *drive);

/* "DVD+R" for a profile, "unknown" for what has no name here. */
const char *oi_profile_name(IMAPI_PROFILE_TYPE profile);

#endif
