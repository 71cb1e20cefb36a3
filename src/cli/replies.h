/* What a drive's replies say about its disc: the parts that this program looks at, as numbers.
 * Who uses it: drive.c and drive_writing.c, which ask; its structs everybody who talks to a drive.
 * Pure: no COM, no Windows. A reader returns false for a reply that is too short to be one; a
 * length inside a reply can only shorten it.
 * What it must not know: how a drive is asked. */
#ifndef OI_CLI_REPLIES_H
#define OI_CLI_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* READ DISC INFORMATION. */
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
bool oi_disc_read(const uint8_t *data, size_t len, struct oi_disc *disc);

/* The profile (MMC-6) of a disc whose drive knows no GET CONFIGURATION. Such drives are older than
 * all recordable discs but CDs. FFFFh for one that is written at random addresses, which no CD is
 * for them. */
uint16_t oi_profile_of_disc(const struct oi_disc *disc);

/* READ TRACK INFORMATION. */
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
bool oi_track_read(const uint8_t *data, size_t len, struct oi_track *track);

/* READ CAPACITY: the blocks that can be read. */
bool oi_blocks_read(const uint8_t *data, size_t len, uint32_t *blocks);

/* READ FORMAT CAPACITIES. */
enum { OI_FORMATS_MAX = 32 };
struct oi_formats {
    bool formatted;
    uint32_t blocks; /* as formatted, or at most */
    size_t count;
    struct {
        uint8_t type;
        uint32_t blocks;
    } offers[OI_FORMATS_MAX];
};
bool oi_formats_read(const uint8_t *data, size_t len, struct oi_formats *formats);

#endif
