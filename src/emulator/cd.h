/* What is on a CD: sessions, tracks and their marks, and what may be recorded next. Pure data.
 * Who uses it: the CD's ops and io, and the read-only CD-ROM, which is a CD that is finalised.
 * Addresses are LBAs with a sign: LBA 0 is the time 00:02:00, the pre-gap of the first track and
 * its lead-in lie below. What it must not know: files, commands, locks. */
#ifndef OI_EMULATOR_CD_H
#define OI_EMULATOR_CD_H

#include <stdbool.h>
#include <stdint.h>
#include "sense_codes.h"

enum {
    CD_TRACKS_MAX = 99,
    CD_PARTS_MAX = 400,
    CD_PREGAP = 150,
    CD_RUN_OUT = 2,
    CD_LINK = 7,        /* blocks between two packets: link, run-in and run-out */
    CD_TRACK_MIN = 300, /* four seconds */
    CD_LEAD_IN = 4500,
    CD_LEAD_OUT_FIRST = 6750,
    CD_LEAD_OUT_LATER = 2250,
    CD_RAW_BYTES = 2352,
    CD_SUB_BYTES = 96,
    CD_Q_BYTES = 12,
    CD_TEXT_PACK_BYTES = 18,
    CD_TEXT_PACKS_MAX = 2048,
    CD_ISRC_CHARS = 12,
    CD_MCN_CHARS = 13,
    CD_LEAD_OUT_TRACK = 0xaa,
    CD_CONTROL_DATA = 0x04,
};

struct disc;
struct write_setup;

enum cd_mode { CD_AUDIO, CD_MODE_1, CD_MODE_2, CD_XA };

/* An invisible track is the last one of the disc and empty; a track at once is recording until the
 * drive's buffer is emptied, a packet track until it is closed, a track at once of a whole session
 * until that ends. */
enum cd_track_kind { CD_INVISIBLE, CD_RESERVED, CD_RECORDING, CD_CLOSED };

struct cd_track {
    enum cd_track_kind kind;
    enum cd_mode mode;
    uint8_t session; /* from 1 */
    uint8_t control; /* Q control */
    bool packet, fixed, damaged;
    bool at_once; /* recorded with its whole session: its parts are in cd.parts */
    bool sub;     /* its sub-channel was given by the host and is kept */
    uint32_t packet_size;
    uint32_t links;       /* link blocks of fixed packets, which have no address of their own */
    int32_t pregap;       /* where index 0, or without one index 1, begins */
    int32_t start, end;   /* index 1; behind the last block, run-out too, or the room there is */
    int32_t next;         /* behind the last block of data */
    int32_t synced;       /* next, when the state was last saved with all data on stable storage */
    int32_t marked;       /* blocks below it may have been recorded; saved before they are */
    uint32_t block_bytes; /* read-only discs: in the file, from this byte on; else 0 */
    uint64_t offset;
};

/* A run of blocks of one kind in a session that is recorded at once: up to the next part. */
struct cd_part {
    int32_t start;
    uint8_t track, index; /* track 0: the lead-in, AAh: the lead-out */
    uint8_t control;
    uint8_t form; /* MMC-6, SEND CUE SHEET, "Data Form" */
};

enum cd_burn_kind { CD_BURN_NONE, CD_BURN_SESSION, CD_BURN_RAW };

/* A session being recorded at once. */
struct cd_burn {
    enum cd_burn_kind kind;
    bool multi_session;    /* RAW: the lead-in tells of a next program area */
    uint32_t parts_before; /* cd.part_count, when it began */
    int32_t program;       /* where its first track begins */
    int32_t next;
    int32_t synced, marked;
    int32_t lead_out;
};

/* What the Q sub-channel of a raw lead-in told so far. */
struct cd_contents {
    uint8_t first, last, disc_type; /* 0: not yet */
    bool multi_session;
    int32_t lead_out; /* 0: not yet */
    int32_t starts[CD_TRACKS_MAX + 1];
    uint8_t controls[CD_TRACKS_MAX + 1];
    bool have[CD_TRACKS_MAX + 1];
};

struct cd {
    bool finalised;
    bool damaged; /* the last session was cut off in the middle */
    bool testing; /* what is being recorded is a test write and will not be there */
    bool moving;  /* the data is on its way to a file of another form, or just went there */
    uint8_t disc_type;
    uint32_t track_count;
    struct cd_track tracks[CD_TRACKS_MAX];
    /* Of all recorded sessions that were recorded at once, then those of a cue sheet to come. */
    uint32_t part_count, cue_count;
    struct cd_part parts[CD_PARTS_MAX];
    struct cd_burn burn;
    struct cd_contents contents;
    char mcn[CD_MCN_CHARS + 1];
    char isrc[CD_TRACKS_MAX][CD_ISRC_CHARS + 1];
    uint32_t text_packs;
    bool text_done; /* the lead-in repeats itself */
};

/* ---- addresses ---- */

static inline void cd_msf(int32_t lba, uint8_t msf[3])
{
    uint32_t frames = (uint32_t)(lba < -CD_PREGAP ? lba + 450150 : lba + CD_PREGAP);

    msf[0] = (uint8_t)(frames / 75 / 60);
    msf[1] = (uint8_t)(frames / 75 % 60);
    msf[2] = (uint8_t)(frames % 75);
}

static inline int32_t cd_lba(uint32_t m, uint32_t s, uint32_t f)
{
    int32_t frames = (int32_t)((m * 60 + s) * 75 + f);

    return m < 90 ? frames - CD_PREGAP : frames - 450150;
}

static inline uint8_t cd_bcd(uint32_t number)
{
    return (uint8_t)(number / 10 << 4 | number % 10);
}

/* -1: it is no BCD number. */
static inline int cd_from_bcd(uint8_t bcd)
{
    return (bcd & 0x0f) > 9 || bcd > 0x99 ? -1 : (bcd >> 4) * 10 + (bcd & 0x0f);
}

/* ---- medium_cd.c: the model ---- */

struct cd_track *cd_last(struct cd *cd);
const struct cd_track *cd_track_at(const struct cd *cd, int32_t lba); /* pre-gap too; NULL: none */
uint32_t cd_number(const struct cd *cd, const struct cd_track *track);
uint32_t cd_first_of(const struct cd *cd, uint32_t session); /* track number */
uint32_t cd_last_of(const struct cd *cd, uint32_t session);  /* track number */
uint32_t cd_closed_sessions(const struct cd *cd);
int32_t cd_lead_out(const struct cd *cd, uint32_t session);
/* Where the lead-in of the session to come begins. */
int32_t cd_lead_in(const struct disc *disc);
bool cd_session_is_empty(const struct cd *cd);
bool cd_is_writing(const struct disc *disc);
/* Adds the invisible track behind a track, or a session, that ended; without room there is none. */
void cd_add_invisible(struct disc *disc, uint32_t session, int32_t start);
void cd_end_test(struct disc *disc);
/* Takes what was recorded at once over into its tracks, once they are known. */
void cd_spread_next(struct cd *cd);

/* ---- cd_blank.c ---- */

void cd_make_blank(struct disc *disc);
enum outcome cd_blank(struct disc *disc, uint32_t type, uint32_t address, int *field);

/* ---- cd_burn.c: recording ---- */

/* What one WRITE would record. */
struct cd_job {
    int32_t lba;
    uint32_t blocks;
    uint64_t bytes;  /* that the host sends */
    bool at_once;    /* part of a session at once, or raw */
    bool begins;     /* the first one of its track or session */
    bool overwrites; /* packets of a formatted disc */
};
enum outcome cd_may_write(const struct disc *disc, const struct write_setup *setup,
                          struct cd_job *job, int32_t *bad);
/* Takes note of the beginning, before any data is stored. */
void cd_begin(struct disc *disc, const struct write_setup *setup, const struct cd_job *job);
bool cd_mark(struct disc *disc, const struct cd_job *job);
void cd_wrote(struct disc *disc, const struct write_setup *setup, const struct cd_job *job);
bool cd_synchronize(struct disc *disc, const struct write_setup *setup);
void cd_close_track(struct disc *disc, struct cd_track *track);
/* Where recording at once goes on: beyond what the drive makes itself. */
int32_t cd_skip_made(const struct cd *cd, int32_t lba);
/* The part that a block of the session at hand lies in, NULL beyond all. */
const struct cd_part *cd_part_at(const struct cd *cd, int32_t lba);
/* MMC-6, "Data Block Type Codes"; 0: there is no such type. */
uint32_t cd_block_type_bytes(uint8_t type);
/* MMC-6, "Data Form": bytes of one block that the host sends; -1: there is no such form. */
int cd_form_bytes(uint8_t form);
enum cd_mode cd_form_mode(uint8_t form);
/* Whether the form of the data makes the disc more than an image of 2048-byte sectors. */
bool cd_needs_sectors(const struct disc *disc, const struct write_setup *setup,
                      const struct cd_job *job);

/* ---- cd_cue.c ---- */
/* Takes a cue sheet for the session to come; false: byte *field of it is wrong. */
bool cd_take_cue(struct disc *disc, const uint8_t *sheet, uint32_t size, uint32_t *field);

/* ---- cd_raw.c: sessions whose every block is made by the host ---- */
/* One block's Q sub-channel. outcome: what is wrong with the lead-in, when it ends. */
enum outcome cd_raw_block(struct disc *disc, int32_t lba, const uint8_t q[CD_Q_BYTES],
                          const uint8_t *main_data);

/* ---- cd_image.c ---- */
struct oi_emu;
void cd_lose(struct oi_emu *emu, uint32_t lba, uint32_t blocks);

/* ---- cd_state.c: keeping ---- */
struct text_writer;
void cd_save(const struct disc *disc, struct text_writer *writer);
bool cd_taken(struct disc *disc, const char *key, const char *value);
const char *cd_whole(const struct disc *disc);

#endif
