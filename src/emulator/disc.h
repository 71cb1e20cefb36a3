/* What is on a disc and what its kind of medium allows: pure data and pure functions.
 * Who uses it: the handlers, through the medium's row and its ops; disc_state.c to keep it.
 * A new medium is a row in media.c and, if it behaves unlike the others, one more struct of ops.
 * What it must not know: image files, commands, locks. */
#ifndef OI_EMULATOR_DISC_H
#define OI_EMULATOR_DISC_H

#include <stdbool.h>
#include <stdint.h>
#include "sense_codes.h"
#include "text.h"

enum {
    SECTOR_BYTES = 2048,
    DISC_TRACKS_MAX = 154, /* DVD+R: 153 closed or reserved ones and the open one */
    FEATURES_END = 0xffff,
};

/* A track, or fragment, of a sequential disc. All but the sizes are multiples of the write unit. */
enum track_kind { TRACK_OPEN, TRACK_RESERVED, TRACK_CLOSED };
struct track {
    enum track_kind kind;
    uint32_t session; /* from 1 */
    uint32_t start, end;
    uint32_t next;   /* next writable address; end when the track is full */
    uint32_t synced; /* next, when the disc state was last saved with all data on stable storage */
    uint32_t marked; /* sectors below it may have been written; saved before they are */
};

enum background { BACKGROUND_NONE, BACKGROUND_PARTIAL, BACKGROUND_RUNNING, BACKGROUND_COMPLETE };

struct disc {
    const struct medium *medium;
    /* Sequential media. The open track is the last one; without one the disc is full or final. */
    bool finalised;
    uint32_t track_count;
    struct track tracks[DISC_TRACKS_MAX];
    /* Random-writable media. Readable is [0, front): formatted, or written before the format came
     * there. front_at_us: when the running background format was at front. */
    enum background background;
    uint32_t front;
    uint32_t written; /* end of the highest write */
    uint64_t front_at_us;
};

/* MMC-6, READ DISC INFORMATION. */
enum disc_status { DISC_EMPTY, DISC_APPENDABLE, DISC_FINALISED, DISC_OTHER };
enum session_status { SESSION_EMPTY, SESSION_INCOMPLETE, SESSION_DAMAGED, SESSION_COMPLETE };
struct disc_summary {
    enum disc_status status;
    enum session_status last_session;
    uint32_t sessions, first_track_in_last_session, last_track;
};

struct track_summary {
    uint32_t number, session, start, size;
    bool reserved, blank, closed, next_valid, last_valid;
    uint32_t next, free, last; /* last: the last recorded address */
};

struct medium_ops {
    void (*make_blank)(struct disc *disc);
    /* Whether these blocks may be written, or read, now. *bad is the address the sense names. */
    enum outcome (*may_write)(const struct disc *disc, uint32_t lba, uint32_t blocks,
                              uint32_t *bad);
    enum outcome (*may_read)(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad);
    /* Called before a permitted write; true when the disc state must be saved ahead of it. */
    bool (*mark)(struct disc *disc, uint32_t lba, uint32_t blocks);
    /* How many blocks of zeros the drive adds behind a write; takes note of one, with these. */
    uint32_t (*padding)(const struct disc *disc, uint32_t blocks);
    void (*wrote)(struct disc *disc, uint32_t lba, uint32_t blocks);
    enum outcome (*close)(struct disc *disc, uint32_t function, uint32_t track);
    enum outcome (*reserve)(struct disc *disc, uint32_t blocks); /* NULL: not on this medium */
    /* NULL: not on this medium. */
    enum outcome (*format)(struct disc *disc, bool restart, uint64_t now_us);
    /* A background format that ran on at this rate; 0: as fast as can be. True when it ended. */
    bool (*run)(struct disc *disc, uint64_t now_us, uint64_t bytes_per_second);
    void (*summary)(const struct disc *disc, struct disc_summary *summary);
    uint32_t (*tracks)(const struct disc *disc);
    void (*track)(const struct disc *disc, uint32_t number, struct track_summary *summary);
    /* The end of what was recorded; with all of it saved the image reaches to it. */
    uint32_t (*recorded_end)(const struct disc *disc);
    /* Keeping. taken: one "key = value" line, false when it makes no sense; whole: NULL, or why the
     * lines together make no sense. */
    void (*save)(const struct disc *disc, struct text_writer *writer);
    bool (*taken)(struct disc *disc, const char *key, const char *value);
    const char *(*whole)(const struct disc *disc);
    void (*saved)(struct disc *disc); /* all that was written is on stable storage */
    void (*doubt)(struct disc *disc); /* a save failed: no mark counts as saved */
    /* Writer unknown: true when the last one may have written more than it saved. recover then
     * settles it with what the image holds. */
    bool (*unsettled)(const struct disc *disc);
    void (*recover)(struct disc *disc, uint32_t image_sectors);
};

struct medium {
    const char *name; /* in definition and state files */
    uint16_t profile;
    uint32_t sectors;
    uint16_t unit; /* sectors */
    bool erasable;
    bool write_and_verify;
    uint8_t book_type;                /* READ DISC STRUCTURE 00: high nibble of byte 0 */
    uint8_t layer_type;               /* and low nibble of byte 2 */
    uint8_t format_type;              /* FORMAT UNIT type, 0: can't be formatted */
    uint16_t write_types, data_types; /* what mode page 05h may ask for, bit n = type n */
    uint32_t kbps_1x;
    uint32_t session_gap;     /* sectors between the sessions */
    const char *media_id;     /* 11 characters: manufacturer (8), type (3) */
    const uint16_t *speeds;   /* tenths of x, fastest first, 0 ends */
    const uint16_t *features; /* current ones besides the drive's own, FEATURES_END ends */
    const struct medium_ops *ops;
};

extern const struct medium_ops sequential_ops; /* medium_sequential.c */
extern const struct medium_ops random_ops;     /* medium_random.c */

const struct medium *medium_by_name(const char *name); /* NULL: there is none */
const struct medium *medium_at(uint32_t index); /* NULL behind the last; most capable first */

/* The formatted size or, before that, what can be formatted: all of the medium. */
static inline bool disc_is_formatted(const struct disc *disc)
{
    return !disc->medium->format_type || disc->background != BACKGROUND_NONE;
}

#endif
