/* What all media recorded in order within tracks have in common: tracks, their ends, their closing.
 * Who uses it: the media's own files (medium_dvd_plus_r.c, medium_dvd_r.c, medium_bd_r.c), which
 * take these functions as their ops or put their own rules before them.
 * What it must not know: which medium it is, but for the unit and the sizes in its row. */
#ifndef OI_EMULATOR_SEQUENTIAL_H
#define OI_EMULATOR_SEQUENTIAL_H

#include "disc.h"

/* ---- sequential.c: tracks and writing ---- */

static inline struct track *sequential_last(struct disc *disc)
{
    return &disc->tracks[disc->track_count - 1];
}

static inline const struct track *sequential_const_last(const struct disc *disc)
{
    return &disc->tracks[disc->track_count - 1];
}

/* The sectors that the disc has for its user, as it was prepared. */
uint32_t sequential_end(const struct disc *disc);
bool sequential_is_writable(const struct track *track);
/* Nothing was written or reserved. */
bool sequential_is_blank(const struct disc *disc);
const struct track *sequential_track_at(const struct disc *disc, uint32_t lba);
/* The number, from 1. */
uint32_t sequential_first_track_of(const struct disc *disc, uint32_t session);
/* There must be room for a track. */
void sequential_add_open_track(struct disc *disc, uint32_t session, uint32_t start);
uint32_t sequential_round_up(const struct disc *disc, uint32_t sectors); /* to the unit */

void sequential_make_blank(struct disc *disc);
enum outcome sequential_may_write(const struct disc *disc, const struct write_setup *setup,
                                  uint32_t lba, uint32_t blocks, uint32_t *bad);
enum outcome sequential_may_read(const struct disc *disc, uint32_t lba, uint32_t blocks,
                                 uint32_t *bad);
bool sequential_mark(struct disc *disc, const struct write_setup *setup, uint32_t lba,
                     uint32_t blocks);
void sequential_wrote(struct disc *disc, const struct write_setup *setup, uint32_t lba,
                      uint32_t blocks);
uint32_t sequential_recorded_end(const struct disc *disc);
uint32_t sequential_tracks(const struct disc *disc);
void sequential_summary(const struct disc *disc, struct disc_summary *out);
void sequential_track(const struct disc *disc, uint32_t number, struct track_summary *out);

/* ---- sequential_close.c: reserving and closing ---- */

enum outcome sequential_close_track(struct disc *disc, uint32_t number);
enum outcome sequential_close_session(struct disc *disc, bool finalise);
enum outcome sequential_reserve(struct disc *disc, const struct write_setup *setup,
                                uint32_t blocks);
/* Cuts a track that is not closed in two at lba. */
enum outcome sequential_split(struct disc *disc, uint32_t lba);
enum outcome sequential_set_layer_break(struct disc *disc, uint32_t sectors);

/* ---- sequential_state.c: keeping ---- */

void sequential_save(const struct disc *disc, struct text_writer *writer);
bool sequential_taken(struct disc *disc, const char *key, const char *value);
const char *sequential_whole(const struct disc *disc);
void sequential_saved(struct disc *disc);
void sequential_doubt(struct disc *disc);
bool sequential_unsettled(const struct disc *disc);
void sequential_recover(struct disc *disc, uint32_t image_sectors);

/* What all of them take as it is. */
#define SEQUENTIAL_OPS                                                                             \
    .make_blank = sequential_make_blank, .may_read = sequential_may_read,                          \
    .summary = sequential_summary, .tracks = sequential_tracks,                                    \
    .recorded_end = sequential_recorded_end, .capacity = sequential_recorded_end,                  \
    .save = sequential_save, .taken = sequential_taken, .whole = sequential_whole,                 \
    .doubt = sequential_doubt, .unsettled = sequential_unsettled, .recover = sequential_recover

#endif
