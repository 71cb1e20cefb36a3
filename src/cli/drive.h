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
#include "replies.h"

enum { OI_BLOCK_BYTES = 2048 };

struct oi_drive {
    IDiscRecorder2 *recorder;
    IDiscRecorder2Ex *ex;
    char name[64]; /* what the user calls it: name of a virtual recorder, drive letter, else id */
    bool virtual_recorder;
    bool exclusive;
    bool tray_locked;
};

/* Opens the recorder with that unique id; a drive that could not be opened must not be closed. */
bool oi_drive_open(struct oi_drive *drive, const wchar_t *id, struct oi_answer *answer);
/* Its name as a word of a command line. */
struct oi_utf8 oi_drive_word(const struct oi_drive *drive);
/* One of the recorder's properties that are text, such as get_VendorId; "" when it can't be had. */
typedef HRESULT(STDMETHODCALLTYPE *oi_drive_property)(IDiscRecorder2 *, BSTR *);
struct oi_utf8 oi_drive_text(struct oi_drive *drive, oi_drive_property get);
/* Unlocks the tray, gives up exclusive access and releases. Tries for some seconds when the drive
 * does not want to, and warns when it stays locked. */
void oi_drive_close(struct oi_drive *drive);

bool oi_drive_acquire(struct oi_drive *drive, struct oi_answer *answer);
bool oi_drive_lock_tray(struct oi_drive *drive, struct oi_answer *answer);
/* Who holds the drive, "" when nobody does or it can't be told. */
struct oi_utf8 oi_drive_owner(struct oi_drive *drive);

/* Starts the drive and waits until it is ready, at most timeout_ms; unit attentions are read away.
 * A cancel ends the wait with E_IMAPI_REQUEST_CANCELLED. Like all waits it is told to the user when
 * it gets long; `what` the drive is doing. */
bool oi_drive_wait_ready(struct oi_drive *drive, DWORD timeout_ms, const char *what,
                         struct oi_answer *answer);
/* The same without starting it or listening to Ctrl-C, for waits that must come to an end. */
bool oi_drive_settle(struct oi_drive *drive, DWORD timeout_ms, const char *what,
                     struct oi_answer *answer);
/* The same for an operation that a drive was told to begin. */
struct oi_waiting {
    DWORD timeout_ms;
    bool cancellable;
    const char *what; /* the drive is doing, such as "closing the session"; */
};
bool oi_drive_wait(struct oi_drive *drive, const struct oi_waiting *waiting,
                   struct oi_answer *answer);

/* The profile of the disc in the drive, judged by its disc information where the drive knows no
 * profiles; IMAPI_PROFILE_TYPE_INVALID without a disc. */
bool oi_drive_profile(struct oi_drive *drive, IMAPI_PROFILE_TYPE *profile,
                      struct oi_answer *answer);
bool oi_drive_disc(struct oi_drive *drive, struct oi_disc *disc, struct oi_answer *answer);
bool oi_drive_track(struct oi_drive *drive, uint16_t number, struct oi_track *track,
                    struct oi_answer *answer);
/* Blocks that can be read: READ CAPACITY. */
bool oi_drive_capacity(struct oi_drive *drive, uint32_t *blocks, struct oi_answer *answer);
/* True in *current when the feature is one of the disc in the drive. */
bool oi_drive_feature(struct oi_drive *drive, IMAPI_FEATURE_PAGE_TYPE feature, bool *current,
                      struct oi_answer *answer);

bool oi_drive_formats(struct oi_drive *drive, struct oi_formats *formats, struct oi_answer *answer);
/* The blocks of the first offer of that type, 0 when it is not offered. */
uint32_t oi_format_blocks(const struct oi_formats *formats, uint8_t type);

/* MMC-6, FORMAT UNIT, format types. */
enum {
    OI_FORMAT_FULL = 0x00,
    OI_FORMAT_QUICK_GROW = 0x13,
    OI_FORMAT_QUICK = 0x15, /* DVD-RW */
    OI_FORMAT_DVD_PLUS_RW = 0x26,
};
/* Begins to format; oi_drive_wait tells when it is done. The parameter belongs to the type. */
bool oi_drive_format(struct oi_drive *drive, uint8_t type, uint32_t blocks, uint8_t parameter,
                     struct oi_answer *answer);
/* Begins to blank a CD-RW or DVD-RW: all of it, or only what says that something is there. */
bool oi_drive_blank(struct oi_drive *drive, bool whole, struct oi_answer *answer);

/* How fast a drive reads or writes at 1x. */
struct oi_single_speed {
    uint32_t bytes_per_second;   /* as drives count them: a sector of a CD has 2352 */
    uint32_t data_per_second;    /* bytes of 2048-byte sectors */
    uint32_t sectors_per_second; /* rounded down */
    bool is_cd;
};
bool oi_drive_set_speed(struct oi_drive *drive, const struct oi_single_speed *single,
                        unsigned tenths, uint32_t last_block, struct oi_answer *answer);
bool oi_drive_calibrate_power(struct oi_drive *drive, struct oi_answer *answer);

/* Mode page 05h, write parameters, of the ways to write that this program knows. */
enum oi_write_mode {
    OI_WRITE_NO_MODE,     /* the disc does not want the page */
    OI_WRITE_TRACK,       /* CD: track at once */
    OI_WRITE_INCREMENTAL, /* DVD-R, DVD-RW: packets of 16 sectors */
    OI_WRITE_AT_ONCE,     /* DVD-R, DVD-RW: the disc in one go */
};
/* *has_page: false for a drive without the page, which writes in the way that it has, and is left
 * alone. */
bool oi_drive_set_write_mode(struct oi_drive *drive, enum oi_write_mode mode, bool more_sessions,
                             bool *has_page, struct oi_answer *answer);
bool oi_drive_reserve_track(struct oi_drive *drive, uint32_t blocks, struct oi_answer *answer);
bool oi_drive_flush(struct oi_drive *drive, struct oi_answer *answer);
/* CLOSE TRACK/SESSION, MMC-6: functions. */
enum oi_close {
    OI_CLOSE_STOP_FORMAT = 0,
    OI_CLOSE_TRACK = 1,
    OI_CLOSE_SESSION = 2,
    OI_CLOSE_FINALIZE_SMALL = 5, /* DVD+R DL */
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
