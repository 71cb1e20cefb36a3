/* Readers of the replies that describe drive and disc: numbers out of (pointer, length).
 * Who uses it: recorder class, engine, whoever prepares a disc.
 * A parser returns false when the reply is too short to be one; else the struct is filled, and what
 * the drive left out is zero or marked not valid. A length field inside a reply can shorten it
 * only. What it must not know: which command comes next. */
#ifndef OI_MMC_DISC_INFO_H
#define OI_MMC_DISC_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a reply whose first two count those that follow them: what is there and meant, len at
 * the most. 0 when there is no such count. */
size_t oi_counted_bytes(const uint8_t *data, size_t len);

/* SPC-3, "Standard INQUIRY data format". Texts: printable ASCII, trailing spaces removed. */
struct oi_inquiry {
    uint8_t device_type; /* 5 is CD/DVD/BD */
    bool removable;
    uint8_t version;
    char vendor[9], product[17], revision[5];
};
bool oi_inquiry_parse(const uint8_t *data, size_t len, struct oi_inquiry *inquiry); /* >= 5 bytes */

/* READ CAPACITY. A blank disc may well report last_lba 0. */
struct oi_capacity {
    uint32_t last_lba;
    uint32_t block_bytes;
};
bool oi_capacity_parse(const uint8_t *data, size_t len, struct oi_capacity *capacity);

/* MMC-6, "Standard Disc Information". */
enum oi_disc_status {
    OI_DISC_EMPTY = 0,
    OI_DISC_APPENDABLE = 1,
    OI_DISC_COMPLETE = 2,
    OI_DISC_RANDOM = 3, /* "other": written at random addresses */
};
enum oi_session_state {
    OI_SESSION_EMPTY = 0,
    OI_SESSION_INCOMPLETE = 1,
    OI_SESSION_DAMAGED = 2,
    OI_SESSION_COMPLETE = 3,
};
enum oi_background_format {
    OI_BACKGROUND_NONE = 0,
    OI_BACKGROUND_INCOMPLETE = 1, /* stopped, can be restarted */
    OI_BACKGROUND_RUNNING = 2,
    OI_BACKGROUND_COMPLETE = 3,
};
struct oi_disc_information {
    size_t bytes; /* of the reply that were there and meant */
    bool erasable;
    enum oi_disc_status status;
    enum oi_session_state last_session_state;
    enum oi_background_format background_format;
    bool dirty;
    uint16_t sessions;
    uint16_t first_track;
    uint16_t first_track_of_last_session, last_track_of_last_session;
    uint8_t disc_type; /* 00h CD-DA or CD-ROM, 10h CD-I, 20h XA, FFh undefined */
    bool disc_id_valid;
    uint32_t disc_id;
    uint32_t last_lead_in;           /* CD: 0, M, S, F in four bytes; FFFFFFFFh none */
    uint32_t last_possible_lead_out; /* the same */
};
/* Wants the 12 bytes up to the most significant halves of the counts. False also for the other data
 * types (track resources, POW resources). */
bool oi_disc_information_parse(const uint8_t *data, size_t len, struct oi_disc_information *disc);

/* The profile of a disc whose drive knows no GET CONFIGURATION: such drives are older than all
 * recordable discs but CDs. 0 for one that is written at random addresses, which no CD is for them.
 */
uint16_t oi_disc_profile(const struct oi_disc_information *disc);

/* MMC-6, "Track Information Block". */
struct oi_track_information {
    size_t bytes; /* of the reply that were there and meant */
    uint16_t track, session;
    uint8_t track_mode; /* the Q channel's control field */
    uint8_t data_mode;  /* 1, 2; Fh unknown */
    bool damaged, copy, reserved, blank, packet, fixed_packet;
    bool next_writable_valid, last_recorded_valid;
    int32_t start_lba;
    int32_t next_writable_lba; /* 0 unless valid */
    uint32_t free_blocks;
    uint32_t packet_blocks; /* or the blocking factor */
    uint32_t blocks;
    int32_t last_recorded_lba; /* 0 unless valid */
};
bool oi_track_information_parse(const uint8_t *data, size_t len,
                                struct oi_track_information *track); /* >= 28 bytes */

/* READ FORMAT CAPACITIES: what is, and what the disc could be formatted to. */
enum oi_capacity_state {
    OI_CAPACITY_UNFORMATTED = 1,
    OI_CAPACITY_FORMATTED = 2,
    OI_CAPACITY_NO_MEDIUM = 3,
};
struct oi_format_capacity {
    uint32_t blocks;
    uint8_t type;       /* format type, 26h for DVD+RW */
    uint8_t subtype;    /* of BD */
    uint32_t parameter; /* 24 bits: block length, spare size … as the type says */
};
struct oi_format_capacities {
    uint32_t blocks; /* now, or at most */
    enum oi_capacity_state state;
    uint32_t block_bytes;
    size_t count;
    const uint8_t *list; /* in the reply, 8 bytes each */
};
bool oi_format_capacities_parse(const uint8_t *data, size_t len,
                                struct oi_format_capacities *capacities); /* >= 12 bytes */
/* index < capacities->count; the reply must still be there. */
struct oi_format_capacity oi_format_capacity_at(const struct oi_format_capacities *capacities,
                                                size_t index);

/* READ BUFFER CAPACITY in bytes. total 0 means that the drive doesn't tell. */
struct oi_buffer_capacity {
    uint32_t total_bytes, free_bytes;
};
bool oi_buffer_capacity_parse(const uint8_t *data, size_t len, struct oi_buffer_capacity *buffer);

#endif
