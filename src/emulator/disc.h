/* What is on a disc and what its kind of medium allows: pure data and pure functions.
 * Who uses it: the handlers, through the medium's row and its ops; disc_state.c to keep it.
 * A new medium is a row in media.c and, if it behaves unlike the others, one more struct of ops.
 * What it must not know: image files, commands, locks. */
#ifndef OI_EMULATOR_DISC_H
#define OI_EMULATOR_DISC_H

#include <stdbool.h>
#include <stdint.h>
#include "cd.h"
#include "sense_codes.h"
#include "status.h"
#include "text.h"

enum {
    SECTOR_BYTES = 2048,
    DISC_TRACKS_MAX = 154, /* DVD+R: 153 closed or reserved ones and the open one */
    DEFECTS_MAX = 128,
    FEATURES_END = 0xffff,
    STRUCTURE_MAX = 4096,
};
#define NO_MSF 0xffffffffu

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

/* DVD-R/-RW, disc at once: begun and not ended, or begun by a drive that died before the end. */
enum at_once { AT_ONCE_NO, AT_ONCE_RUNNING, AT_ONCE_BROKEN };

/* BD-R, sequential recording mode, without and with pseudo-overwrite. */
enum srm { SRM_NOT_FORMATTED, SRM_PLAIN, SRM_POW };

enum background { BACKGROUND_NONE, BACKGROUND_PARTIAL, BACKGROUND_RUNNING, BACKGROUND_COMPLETE };

/* A write unit that holds nothing for long. A hidden one was not noticed yet, or nothing is done
 * about it; a replaced one has its data in a spare; an exposed one has a spare too, but was last
 * written without being verified, so that the data went to the bad place. */
enum defect_kind { DEFECT_HIDDEN, DEFECT_REPLACED, DEFECT_EXPOSED };
struct defect {
    uint32_t unit; /* counted from 0 */
    enum defect_kind kind;
};
/* How the data lies in its file: sectors of 2048 bytes, each at its address, or of 2352. */
enum disc_form { FORM_PLAIN, FORM_SECTORS };

struct disc {
    const struct medium *medium;
    enum disc_form form;
    struct cd cd;         /* CDs */
    uint32_t rom_sectors; /* read-only discs */
    /* Sequential media. The open track is the last one; without one the disc is full or final. */
    bool finalised;
    uint32_t track_count;
    struct track tracks[DISC_TRACKS_MAX];
    bool writing; /* data came since the disc was last saved; not kept */
    enum at_once at_once;
    bool at_once_only;    /* DVD-RW, blanked minimally */
    uint32_t layer_break; /* sectors of layer 0 as the host set it; 0: half of all */
    enum srm srm;
    uint32_t spare; /* BD-R: sectors kept for replacements, and clusters used up, as `marked` */
    uint32_t replaced, replaced_marked;
    /* Random-writable media. Readable is [0, front): formatted, or written before the format came
     * there. front_at_us: when the running background format was at front. */
    enum background background;
    uint32_t front;
    uint32_t written; /* end of the highest write */
    uint64_t front_at_us;
    uint32_t formatted;           /* sectors; 0: none. Not DVD+RW, whose size is always the same */
    bool intermediate;            /* restricted overwrite: grows with each write at its end, */
    uint32_t marked;              /* and sectors below this may have been written; as a track's */
    uint32_t spares, spares_used; /* write units that a format set aside */
    uint32_t defect_count;
    struct defect defects[DEFECTS_MAX];
};

enum { TRACK_MODE_DATA = 0x04 }; /* Q control: a data track */

/* MMC-6, READ DISC INFORMATION. */
enum disc_status { DISC_EMPTY, DISC_APPENDABLE, DISC_FINALISED, DISC_OTHER };
enum session_status { SESSION_EMPTY, SESSION_INCOMPLETE, SESSION_DAMAGED, SESSION_COMPLETE };
struct disc_summary {
    enum disc_status status;
    enum session_status last_session;
    uint32_t sessions, first_track_in_last_session, last_track;
    uint8_t disc_type;                     /* 00h, 10h, 20h; FFh: not known yet */
    uint32_t lead_in_start, last_lead_out; /* the four bytes as they go out; NO_MSF: none */
};

struct track_summary {
    uint32_t number, session, start, size;
    bool reserved, blank, closed, next_valid, last_valid, damaged, copy;
    uint32_t next, free, last; /* last: the last recorded address */
    uint8_t track_mode;        /* Q control */
    uint8_t data_mode;         /* 1, 2, or Fh: unknown */
    bool packet, fixed_packet;
    uint32_t packet_size;
};

/* MMC-6, READ DISC INFORMATION, track resources and POW resources. */
struct disc_resources {
    uint32_t tracks_max, tracks, open_max, open;
    bool pow;
    uint32_t replacements, map_entries, updates; /* that are left */
};

/* What mode page 05h says of the next write (MMC-6, "Write Parameters Mode Page"), and the page
 * itself for what is not decoded. Only CD and DVD-R/-RW media look at it. */
enum write_type { WRITE_PACKET, WRITE_TRACK_AT_ONCE, WRITE_SESSION_AT_ONCE, WRITE_RAW };
struct write_setup {
    enum write_type write_type; /* packet is also DVD-R's incremental, session at once its DAO */
    uint8_t multi_session;      /* 0: no further session, 3: one may follow */
    bool underrun_protection, test_write, fixed_packet, copy, link_size_valid;
    uint8_t track_mode; /* Q control */
    uint8_t block_type; /* data block type */
    uint8_t link_size, session_format;
    uint32_t packet_size; /* blocks, with fixed_packet */
    uint16_t audio_pause; /* blocks */
    const uint8_t *page;  /* 52 bytes */
};

/* MMC-6, FORMAT UNIT, "Format List Header" and "Format Descriptor". */
struct format_request {
    uint8_t type, sub_type; /* of the descriptor's byte 4: b7-2 and b1-0 */
    uint32_t blocks;        /* FFFFFFFFh: all there are */
    uint32_t parameter;     /* 24 bits */
    bool immediate, options_valid, certify;
    uint8_t *wrong; /* which byte of the list it is, for INVALID_FIELD_IN_LIST */
};

/* Bytes of BLANK's CDB. */
enum blank_field { BLANK_TYPE = 1, BLANK_ADDRESS = 2 };

/* MMC-6, READ FORMAT CAPACITIES, "Formattable Capacity Descriptor". */
enum { FORMATS_MAX = 16 };
struct format_capacity {
    uint32_t blocks;
    uint8_t type, sub_type;
    uint32_t parameter; /* 24 bits */
};

struct oi_emu;
struct request;

struct medium_ops {
    void (*make_blank)(struct disc *disc);
    /* Whether these blocks may be written, or read, now. *bad is the address the sense names. */
    enum outcome (*may_write)(const struct disc *disc, const struct write_setup *setup,
                              uint32_t lba, uint32_t blocks, uint32_t *bad);
    enum outcome (*may_read)(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad);
    /* Called before a permitted write; true when the disc state must be saved ahead of it. */
    bool (*mark)(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks);
    void (*wrote)(struct disc *disc, const struct write_setup *setup, uint32_t lba,
                  uint32_t blocks); /* takes note of it */
    /* What SYNCHRONIZE CACHE ends besides the flush (disc at once); true when the disc changed. */
    bool (*synchronize)(struct disc *disc, const struct write_setup *setup); /* NULL: nothing */
    /* The buffer ran empty in the middle of a track; NULL: that does no harm. */
    void (*damage)(struct disc *disc);
    /* Blocks that were written and never left the drive's buffer become zeros; NULL: they are
     * 2048 bytes each, at their place in the image. */
    void (*lose)(struct oi_emu *emu, uint32_t lba, uint32_t blocks);
    /* The rest may be NULL: not on this medium. INVALID_FIELD_IN_CDB and INVALID_FIELD_IN_LIST set
     * no field; the caller knows which one it gave. */
    enum outcome (*close)(struct disc *disc, const struct write_setup *setup, uint32_t function,
                          uint32_t track);
    enum outcome (*reserve)(struct disc *disc, const struct write_setup *setup, uint32_t blocks);
    enum outcome (*split)(struct disc *disc, uint32_t lba); /* RESERVE TRACK with ARSV */
    /* May change disc->medium to another row of the same disc. *field, which is that of the type,
     * is changed to BLANK_ADDRESS when that is the wrong one. */
    enum outcome (*blank)(struct disc *disc, uint32_t type, uint32_t address, int *field);
    enum outcome (*format)(struct disc *disc, const struct format_request *request,
                           uint64_t now_us);
    /* What FORMAT UNIT would take, at most FORMATS_MAX; returns how many. */
    uint32_t (*formats)(const struct disc *disc, struct format_capacity *list);
    /* A background format that ran on at this rate; 0: as fast as can be. True when it ended. */
    bool (*run)(struct disc *disc, uint64_t now_us, uint64_t bytes_per_second);
    void (*summary)(const struct disc *disc, struct disc_summary *summary);
    uint32_t (*tracks)(const struct disc *disc);
    void (*track)(const struct disc *disc, uint32_t number, struct track_summary *summary);
    /* Whether a track is being written that page 05h decides about. NULL: that page means nothing.
     */
    bool (*writing)(const struct disc *disc);
    /* False takes back one of the medium's features, as the disc is now. NULL: it has them all. */
    bool (*has_feature)(const struct disc *disc, uint16_t code);
    /* What READ DISC STRUCTURE tells besides what every medium of the family does: the size of the
     * data, at most STRUCTURE_MAX, zeroed before; 0: not this format. */
    uint32_t (*structure)(const struct disc *disc, uint8_t format, uint8_t *data);
    enum outcome (*set_layer_break)(struct disc *disc, uint32_t sectors); /* size of layer 0 */
    void (*resources)(const struct disc *disc, struct disc_resources *resources);
    /* The end of what was recorded; with all of it saved the image reaches to it. */
    uint32_t (*recorded_end)(const struct disc *disc);
    uint32_t (*capacity)(const struct disc *disc); /* READ CAPACITY, in sectors; 0: none */
    /* Of the formatted disc, where that is not what READ CAPACITY tells; NULL: it is. */
    uint32_t (*formatted)(const struct disc *disc);
    /* Keeping. taken: one "key = value" line, false when it makes no sense; whole: NULL, or why the
     * lines together make no sense. */
    void (*save)(const struct disc *disc, struct text_writer *writer);
    bool (*taken)(struct disc *disc, const char *key, const char *value);
    const char *(*whole)(const struct disc *disc);
    /* All that was written is on stable storage, filled up with zeros to whole units. */
    void (*saved)(struct disc *disc);
    void (*doubt)(struct disc *disc); /* a save failed: no mark counts as saved */
    /* Writer unknown: true when the last one may have written more than it saved. recover then
     * settles it with what the image holds. */
    bool (*unsettled)(const struct disc *disc);
    void (*recover)(struct disc *disc, uint32_t image_sectors);
};

/* Blocks to and from the disc, for media whose blocks differ in form or place. */
struct medium_io {
    /* WRITE; decides, stores and takes note. given is the number of bytes that the host sends. */
    enum outcome (*write)(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks,
                          int length_field);
    enum outcome (*read)(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks,
                         int length_field);
    enum outcome (*verify)(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks);
    enum outcome (*toc)(struct oi_emu *emu, struct request *rq); /* READ TOC/PMA/ATIP */
    /* The rest may be NULL. publish: all but the image and the state goes to stable storage, ahead
     * of the state; forget: the disc is empty, and saved so. */
    enum oi_status (*publish)(struct oi_emu *emu);
    void (*forget)(struct oi_emu *emu);
};

enum family { FAMILY_CD, FAMILY_DVD, FAMILY_BD };

struct medium {
    const char *name; /* in state files: a disc may go from one row to another of the same kind */
    const char *sold_as; /* in definition files, and on the row of a new disc the same as name */
    uint16_t profile;
    enum family family;
    uint32_t sectors;
    uint32_t raw_sectors; /* spares and all, where a format may choose; 0: nothing to choose */
    uint16_t unit;        /* sectors */
    uint8_t layers;
    bool erasable;
    bool read_only;
    bool write_and_verify;
    /* Where spares are formatted the drive reads back what it wrote, and replaces what it can't.
     * Streaming writes are not read back, and must be whole units. */
    bool verifies_writes;
    uint8_t book_type;    /* READ DISC STRUCTURE 00: high nibble of byte 0 */
    uint8_t layer_type;   /* and low nibble of byte 2 */
    uint16_t write_types; /* what mode page 05h may ask for, bit n = type n; 0: no page 05h */
    uint16_t data_types;  /* and bit n = data block type n */
    uint32_t kbps_1x;
    uint32_t session_gap;       /* sectors between the sessions, but see first_session_gap */
    uint32_t first_session_gap; /* behind the first session; 0: as behind the others */
    const char *media_id;       /* 11 characters: manufacturer (8), type (3) */
    uint32_t lead_in_msf;       /* CD-R, CD-RW: start of the lead-in, as the ATIP tells */
    const uint16_t *speeds;     /* tenths of x, fastest first, 0 ends */
    const uint16_t *features;   /* current ones besides the drive's own, FEATURES_END ends */
    const struct format_capacity *formats; /* that the medium knows, blocks 0 ends; NULL: see ops */
    const struct medium_ops *ops;
    const struct medium_io *io;
};

/* Rows by family of behaviour, each list in the file that has their ops. */
struct media_list {
    const struct medium *media;
    uint32_t count;
};
extern const struct media_list sequential_media; /* media_sequential.c */
extern const struct media_list random_media;     /* media_random.c */
extern const struct media_list cd_media;         /* media_cd.c */
extern const struct media_list rom_media;        /* media_rom.c */

extern const struct medium_ops dvd_plus_r_ops; /* medium_dvd_plus_r.c */
extern const struct medium_ops dvd_plus_r_dl_ops;
extern const struct medium_ops dvd_r_ops; /* medium_dvd_r.c */
extern const struct medium_ops dvd_r_dl_ops;
extern const struct medium_ops dvd_rw_ops;
extern const struct medium_ops bd_r_ops; /* medium_bd_r.c */
extern const struct medium_ops cd_ops;   /* medium_cd.c */
extern const struct medium_ops cd_rw_ops;
extern const struct medium_ops cd_packet_ops; /* medium_cd_packet.c */
extern const struct medium_ops rom_ops;       /* medium_rom.c */
extern const struct medium_io plain_io;       /* transfer.c: 2048-byte sectors at their place */
extern const struct medium_io cd_io;          /* cd_transfer.c */

/* BLANK of every DVD-RW: makes it, or leaves it, one that is recorded in order. */
enum outcome dvd_rw_blank(struct disc *disc, uint32_t type, uint32_t address, int *field);

/* DVD-RW goes from sequential recording to restricted overwrite by FORMAT UNIT and back by BLANK:
 * each is a row, and these take the disc from one to the other. medium_restricted.c */
enum outcome restricted_overwrite_format(struct disc *disc, const struct format_request *request,
                                         uint64_t now_us);
uint32_t restricted_overwrite_formats(const struct disc *disc, struct format_capacity *list);

/* CD-RW: FORMAT UNIT takes the disc to the row of fixed packets, or makes it one anew.
 * medium_cd_packet.c */
enum outcome cd_rw_format(struct disc *disc, const struct format_request *request, uint64_t now_us);
uint32_t cd_rw_formats(const struct disc *disc, struct format_capacity *list);

/* spares.c. A bad place on the disc; false when there are too many already. */
bool disc_add_defect(struct disc *disc, uint32_t lba);
/* Whether the drive reads back what it writes; it takes twice the time, and not when streaming. */
bool disc_verifies_writes(const struct disc *disc);
/* READ DISC STRUCTURE 0Ah of DVD-RAM and BD-RE: fills 12 bytes, returns how many. */
uint32_t spare_information(const struct disc *disc, uint8_t *data);
enum outcome defects_may_write(const struct disc *disc, uint32_t lba, uint32_t blocks,
                               bool verified, uint32_t *bad);
void defects_wrote(struct disc *disc, uint32_t lba, uint32_t blocks, bool verified);
enum outcome defects_may_read(const struct disc *disc, uint32_t lba, uint32_t blocks,
                              uint32_t *bad);
/* A format with this many spares; with certify every defect is found. False: too few spares. */
bool defects_format(struct disc *disc, uint32_t spares, bool certify);
void defects_save(const struct disc *disc, struct text_writer *writer);
bool defects_taken(struct disc *disc, const char *key, const char *value);
const char *defects_whole(const struct disc *disc);

const struct medium *medium_by_name(const char *name); /* of a state file; NULL: none */
const struct medium *medium_sold_as(const char *name); /* of a definition; NULL: none */
const struct medium *medium_at(uint32_t index); /* NULL behind the last; most capable first */

#endif
