/* DVD+R of one and two layers: recorded in order, within reserved tracks too, whatever mode page
 * 05h says. */
#include "sequential.h"

/* MMC-6, CLOSE TRACK/SESSION, functions for DVD+R. */
static enum outcome close_function(struct disc *disc, const struct write_setup *setup,
                                   uint32_t function, uint32_t track)
{
    enum { TRACK = 1, SESSION = 2, FINALISE_MINIMAL = 5, FINALISE = 6 };

    (void)setup;
    if (function != TRACK && function != SESSION && function != FINALISE_MINIMAL &&
        function != FINALISE)
        return INVALID_FIELD_IN_CDB;
    if (disc->finalised)
        return WRITE_PROTECTED;
    return function == TRACK ? sequential_close_track(disc, track)
                             : sequential_close_session(disc, function != SESSION);
}

#define DVD_PLUS_R_OPS                                                                             \
    SEQUENTIAL_OPS, .may_write = sequential_may_write, .mark = sequential_mark,                    \
                    .wrote = sequential_wrote, .close = close_function,                            \
                    .reserve = sequential_reserve, .track = sequential_track,                      \
                    .saved = sequential_saved

const struct medium_ops dvd_plus_r_ops = {DVD_PLUS_R_OPS};
const struct medium_ops dvd_plus_r_dl_ops = {
    DVD_PLUS_R_OPS,
    .set_layer_break = sequential_set_layer_break,
};
