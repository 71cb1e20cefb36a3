/* The drive: everything the handlers share, and the little they do to it in common.
 * Who uses it: the emulator's own files only.
 * emulator.c dispatches and checks, tray.c opens and closes, disc_file.c reads, locks and saves the
 * disc, sense.c lays out why a command failed, the other files answer commands by subject, and none
 * of them asks which medium it is: that is the medium's row and ops. What it must not know:
 * transports, other drives. */
#ifndef OI_EMULATOR_DRIVE_H
#define OI_EMULATOR_DRIVE_H

#include "attention.h"
#include "cache.h"
#include "definition.h"
#include "disc.h"
#include "drive_clock.h"
#include "emulator.h"
#include "events.h"
#include "os.h"
#include "personality.h"
#include "scsi.h"
#include "speed.h"
#include "trace.h"
#include "wire.h"
#include "work.h"

enum presence { MEDIUM_ABSENT, MEDIUM_READABLE, MEDIUM_UNREADABLE };

enum { MODE_PAGES = 6, MODE_PAGE_MAX = 64 };

/* The image file of the disc in the drive. */
struct image {
    struct oi_file *file;  /* NULL: there is none yet, or status tells why */
    enum oi_status status; /* of opening it */
    bool writable;
    bool locked; /* we are the one who may write; the state in memory is the truth */
    enum disc_form form;
    char *path; /* of the file; NULL: as the definition says */
    uint64_t bytes;
    bool discarded;          /* a personality that records nothing took data for ... */
    uint64_t discarded_from; /* ... this offset and beyond */
};

/* An error of a WRITE that was answered GOOD. */
struct late_error {
    enum outcome outcome; /* GOOD: there is none */
    uint32_t lba;
};

/* An error whose sense data did not come with its status: REQUEST SENSE, if next, still gets it. */
struct kept_error {
    bool there;
    enum outcome outcome;
    bool deferred, information_valid;
    uint32_t information;
};

struct oi_emu {
    struct oi_emu_clock host_clock; /* as given; for waits on other programs */
    struct oi_emu_clock clock;      /* the drive's */
    bool own_clock;                 /* clock is one on own_us */
    uint64_t own_us;
    char *ini_path, *state_path, *lock_path; /* NAME.ini, NAME.state, NAME.lock */
    struct definition definition;

    bool tray_open;
    uint32_t loads; /* how often a disc was put in, by whichever process */
    uint64_t state_stamp, ini_stamp;
    uint64_t asked_us, looked_us; /* oi_clock_us() of the last command, of the last look at files */
    uint32_t generation;          /* of this process's changes, when it looked */

    enum presence presence;
    char unreadable[TEXT_MESSAGE_MAX]; /* why, with MEDIUM_UNREADABLE */
    struct disc disc;
    char *disc_path; /* IMAGE.disc; NULL without a medium */
    uint64_t disc_stamp;
    struct image image;
    bool
        foreign_writer; /* the state last read is that of a disc being written by another process */
    bool unsaved;       /* the disc in memory differs from the state file */

    bool gone; /* unplugged: no answer until the drive is opened anew */
    struct late_error late;
    struct kept_error kept;
    uint32_t attentions; /* bits of attention.c */
    enum media_event event;
    struct events events;
    enum power_state power;
    bool stopped;  /* by START STOP UNIT, until it is started */
    bool arriving; /* the disc was put in and is announced when the drive is ready */
    bool prevented;
    struct oi_file *prevent_file;

    struct cache cache;
    struct drive_statistics statistics;
    uint64_t deadline_us;                 /* when the host gives the command up; 0: never */
    bool given_up;                        /* and has: this command's answer comes too late */
    uint64_t busy_from_us, busy_until_us; /* an IMMED operation; 0: none */
    enum work busy_with;
    struct speed_setting speed;
    struct write_setup setup; /* page 05h, decoded */
    bool setup_selected;      /* by the host; until then it follows the medium: */
    const struct medium *setup_medium;
    uint8_t mode[MODE_PAGES][MODE_PAGE_MAX]; /* current values, indexed as the table of pages */

    struct trace trace;
    char detail[TEXT_MESSAGE_MAX];
};

/* One command on its way. */
struct request {
    const uint8_t *cdb;
    bool short_answer; /* see short_answers.h */
    uint8_t *in;       /* room bytes */
    uint32_t room;
    const uint8_t *out; /* given bytes */
    uint32_t given;
    uint32_t moved;
    /* For the sense data. */
    int field; /* byte of the CDB or list that is wrong, -1: not known */
    bool field_in_list;
    uint8_t bit_pointer; /* 08h | number of the bit that is wrong; 0: not known */
    bool deferred;       /* the error is that of an earlier command */
    bool information_valid;
    uint32_t information;
    bool progress_valid;
    uint16_t progress;
    bool explained; /* detail was set for this command */
};

static inline uint64_t drive_now(const struct oi_emu *emu)
{
    return emu->clock.now_us(emu->clock.context);
}

/* What the drive is now: a drive for the disc in it, or for the most capable one it takes. */
static inline const struct medium *drive_medium(const struct oi_emu *emu)
{
    return emu->presence == MEDIUM_READABLE ? emu->disc.medium : medium_at(0);
}

/* Adds words to the command's failure. */
#define explain(emu, rq, ...) ((rq)->explained = true, text_message((emu)->detail, __VA_ARGS__))

/* emulator.c */
void answer(struct request *rq, const uint8_t *data, uint32_t size, uint32_t allocation);
/* Runs the command, all checks first, and fills the reply. */
void run_command(struct oi_emu *emu, const struct oi_emu_command *command, struct request *rq,
                 struct oi_emu_reply *reply);
/* The reply of a command that ended like this, which is not GOOD. */
void refuse_command(struct oi_emu *emu, const struct oi_emu_command *command, struct request *rq,
                    enum outcome outcome, struct oi_emu_reply *reply);

/* Locks a byte though somebody may just be looking whether it is held; OI_SHARING: it is. */
enum oi_status drive_lock(struct oi_emu *emu, struct oi_file *file, uint64_t offset);

/* sense.c */
enum outcome wrong_cdb(struct request *rq, int byte);
enum outcome wrong_bits(struct request *rq, int byte, uint8_t bits); /* of the CDB; the highest */
enum outcome wrong_list(struct request *rq, int byte);
enum outcome at_lba(struct request *rq, uint32_t lba, enum outcome outcome);
/* Returns the length. */
uint8_t put_sense(uint8_t sense[OI_EMU_SENSE_MAX], const struct request *rq, enum outcome outcome,
                  bool descriptor);

/* tray.c */
void tray_read(struct oi_emu *emu);    /* at opening: drive state, then the disc */
void tray_refresh(struct oi_emu *emu); /* before a command: what other processes did */
void tray_look(struct oi_emu *emu);    /* the same, and now */
void tray_changed(void);               /* files that other emulators of this process look at */
/* Announces a disc when the drive has become ready for it. */
void tray_settle(struct oi_emu *emu);
enum outcome tray_eject(struct oi_emu *emu, struct request *rq);
enum outcome tray_load(struct oi_emu *emu, struct request *rq);
enum outcome tray_prevent(struct oi_emu *emu, bool prevent);
void tray_pull(struct oi_emu *emu);  /* somebody takes the disc out, whatever the drive says */
void tray_close(struct oi_emu *emu); /* at the end: disc, locks, files */

/* basic.c */
/* A command comes: out of the power condition that was set, if the command needs that. */
void power_wake(struct oi_emu *emu, bool needs_medium);

/* disc_file.c */
uint32_t disc_sector_bytes(const struct disc *disc); /* of its image */
void disc_load(struct oi_emu *emu);                  /* what the definition names, as it is now */
void disc_unload(struct oi_emu *emu);
/* The right to write the disc, kept until it leaves the drive. */
enum outcome disc_take(struct oi_emu *emu, struct request *rq);
/* The lock alone: keeps others from writing, where there is an image to lock. */
enum outcome disc_lock(struct oi_emu *emu, struct request *rq);
void disc_unlock(struct oi_emu *emu);
/* All that was written on stable storage, then the state. */
enum outcome disc_save(struct oi_emu *emu, struct request *rq);
/* Saves what a handler did to the disc with this outcome, or undoes it. */
enum outcome disc_save_change(struct oi_emu *emu, struct request *rq, enum outcome outcome,
                              const struct disc *before);
/* The state alone, ahead of a write. */
enum outcome disc_save_mark(struct oi_emu *emu, struct request *rq);
/* Leaving the drive stops what the drive was doing to the disc; then saves. */
enum outcome disc_put_to_rest(struct oi_emu *emu, struct request *rq);
/* Frees the room of data that a saved blanking or formatting has made unreadable. */
void disc_forget(struct oi_emu *emu);
/* Data into the image, unless the drive is one that records nothing: then the image only grows. */
enum oi_status image_write(struct oi_emu *emu, uint64_t offset, const void *data, size_t size);
/* Says what went wrong with the image; returns outcome. */
enum outcome image_failed(struct oi_emu *emu, struct request *rq, enum outcome outcome,
                          enum oi_status status);

/* The disc's data goes into a file of another form. fill puts what is recorded into it. */
enum outcome disc_move(struct oi_emu *emu, struct request *rq, enum disc_form form,
                       enum oi_status (*fill)(struct oi_emu *emu, struct oi_file *to));
/* The path of a file that lies beside the image: malloc'ed, NULL: out of memory. */
char *disc_beside(const struct oi_emu *emu, const char *suffix);

/* cache.c: it is written at random, so it is left and taken up again anywhere. */
bool medium_is_random(const struct medium *medium);

/* medium_rom.c */
enum presence rom_load(struct oi_emu *emu); /* image.file is open, or image.status says why not */

/* mode_pages.c */
void mode_pages_reset(struct oi_emu *emu);
const struct write_setup *drive_setup(struct oi_emu *emu); /* as page 05h is now */

/* Handlers, by file. */
/* basic.c */
enum outcome on_test_unit_ready(struct oi_emu *emu, struct request *rq);
enum outcome on_request_sense(struct oi_emu *emu, struct request *rq);
enum outcome on_inquiry(struct oi_emu *emu, struct request *rq);
enum outcome on_start_stop_unit(struct oi_emu *emu, struct request *rq);
enum outcome on_prevent_allow(struct oi_emu *emu, struct request *rq);
enum outcome on_mechanism_status(struct oi_emu *emu, struct request *rq);
/* events.c */
enum outcome on_get_event_status(struct oi_emu *emu, struct request *rq);
/* transfer.c */
enum outcome on_read10(struct oi_emu *emu, struct request *rq);
enum outcome on_read12(struct oi_emu *emu, struct request *rq);
enum outcome on_write10(struct oi_emu *emu, struct request *rq);
enum outcome on_write12(struct oi_emu *emu, struct request *rq);
enum outcome on_write_and_verify10(struct oi_emu *emu, struct request *rq);
enum outcome on_verify10(struct oi_emu *emu, struct request *rq);
/* finishing.c */
enum outcome on_synchronize_cache(struct oi_emu *emu, struct request *rq);
enum outcome on_close_track_session(struct oi_emu *emu, struct request *rq);
enum outcome on_reserve_track(struct oi_emu *emu, struct request *rq);
enum outcome on_blank(struct oi_emu *emu, struct request *rq);
enum outcome on_send_opc(struct oi_emu *emu, struct request *rq);
/* format.c */
enum outcome on_format_unit(struct oi_emu *emu, struct request *rq);
enum outcome on_read_format_capacities(struct oi_emu *emu, struct request *rq);
/* Whether a format made it a disc of another kind or size than a program may think it is. */
bool format_is_news(const struct disc *before, const struct disc *now);
/* What who asks is told of a format in the background, which is no error; GOOD: there is none. */
enum outcome format_outcome(const struct oi_emu *emu, struct request *rq);
/* disc_info.c */
enum outcome on_read_capacity(struct oi_emu *emu, struct request *rq);
enum outcome on_read_disc_information(struct oi_emu *emu, struct request *rq);
enum outcome on_read_track_information(struct oi_emu *emu, struct request *rq);
/* structures.c */
enum outcome on_read_disc_structure(struct oi_emu *emu, struct request *rq);
enum outcome on_send_disc_structure(struct oi_emu *emu, struct request *rq);
enum outcome on_report_key(struct oi_emu *emu, struct request *rq);
/* toc.c */
enum outcome plain_toc(struct oi_emu *emu, struct request *rq); /* of media without one */
enum outcome on_read_toc(struct oi_emu *emu, struct request *rq);
/* features.c */
enum outcome on_get_configuration(struct oi_emu *emu, struct request *rq);
/* mode_pages.c */
enum outcome on_mode_sense10(struct oi_emu *emu, struct request *rq);
enum outcome on_mode_select10(struct oi_emu *emu, struct request *rq);
/* cd_transfer.c */
enum outcome on_send_cue_sheet(struct oi_emu *emu, struct request *rq);
/* cd_read.c */
enum outcome on_read_cd(struct oi_emu *emu, struct request *rq);
enum outcome on_read_cd_msf(struct oi_emu *emu, struct request *rq);
/* cache.c */
enum outcome on_read_buffer_capacity(struct oi_emu *emu, struct request *rq);
/* speed.c */
enum outcome on_set_cd_speed(struct oi_emu *emu, struct request *rq);
enum outcome on_set_streaming(struct oi_emu *emu, struct request *rq);
/* performance.c */
enum outcome on_get_performance(struct oi_emu *emu, struct request *rq);

#endif
