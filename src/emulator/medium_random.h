/* What rewritable media that take any address have in common, whatever their format.
 * Who uses it: the files of such media: DVD+RW, DVD-RW in restricted overwrite, those with spares,
 * the formatted CD-RW; media_random.c, whose rows name their ops; format.c. Of BD-R the formats.
 * One track and no marks: what was written can be written again.
 * What it must not know: how a disc is formatted. */
#ifndef OI_EMULATOR_MEDIUM_RANDOM_H
#define OI_EMULATOR_MEDIUM_RANDOM_H

#include "disc.h"

/* MMC-6, FORMAT UNIT, format types. */
enum format_type {
    FORMAT_FULL = 0x00,
    FORMAT_SPARE_EXPANSION = 0x01,
    FORMAT_CD_RW_FULL = 0x10,
    FORMAT_DVD_RW_FULL = 0x10,
    FORMAT_DVD_RW_GROW = 0x11,
    FORMAT_DVD_RW_ADD = 0x12,
    FORMAT_DVD_RW_QUICK_GROW = 0x13,
    FORMAT_DVD_RW_QUICK = 0x15,
    FORMAT_DVD_PLUS_RW = 0x26,
    FORMAT_BD_RE_SPARES = 0x30,
    FORMAT_BD_RE_NO_SPARES = 0x31,
    FORMAT_BD_R_SPARES = 0x32,
};

/* Bytes of the format list, as request->wrong names them. */
enum format_field { FIELD_BLOCKS = 4, FIELD_TYPE = 8, FIELD_PARAMETER = 9 };
enum outcome wrong_format(const struct format_request *request, enum format_field field);

/* Whether it writes all of the disc, and so finds out what does not hold data. */
bool format_is_full(const struct medium *medium, const struct format_request *request);

/* Whether all of these blocks lie below `end`; *bad is the first of them. */
enum outcome random_within(uint32_t end, uint32_t lba, uint32_t blocks, uint32_t *bad);
bool random_mark(struct disc *disc, const struct write_setup *setup, uint32_t lba, uint32_t blocks);
void random_wrote(struct disc *disc, const struct write_setup *setup, uint32_t lba,
                  uint32_t blocks);
void random_summary(bool formatted, struct disc_summary *out);
uint32_t random_tracks(const struct disc *disc);
/* The one track of a disc of this size. */
void random_track(const struct disc *disc, bool formatted, uint32_t sectors,
                  struct track_summary *out);
uint32_t random_recorded_end(const struct disc *disc);
uint32_t random_capacity(const struct disc *disc); /* where formats differ in size */
/* What was written and the defects, for media that may have some; the lines of a format are its
 * own. most: the sectors that can have been written; end: those that the format has. */
void random_save(const struct disc *disc, struct text_writer *writer);
bool random_taken(struct disc *disc, const char *key, const char *value, uint32_t most);
const char *random_whole(const struct disc *disc, uint32_t end);
void random_saved(struct disc *disc);
void random_doubt(struct disc *disc);
/* For media that a dead writer leaves as consistent as a live one. */
bool random_unsettled(const struct disc *disc);
void random_recover(struct disc *disc, uint32_t image_sectors);

extern const struct medium_ops plus_rw_ops;    /* medium_plus_rw.c */
extern const struct medium_ops managed_ops;    /* medium_managed.c */
extern const struct medium_ops restricted_ops; /* medium_restricted.c */

#endif
