/* How the speed of a disc changes from its inner to its outer edge.
 * Who uses it: speed.c and GET PERFORMANCE. Pure functions over data rows.
 * What it must not know: drives, settings. */
#ifndef OI_EMULATOR_CURVE_H
#define OI_EMULATOR_CURVE_H

#include <stdbool.h>
#include <stdint.h>

struct medium;

enum curve {
    CURVE_CLV,  /* the same everywhere */
    CURVE_ZCLV, /* in a few steps */
    CURVE_CAV,  /* grows with the radius */
};

/* Sectors that pass at one rate. */
struct stretch {
    uint32_t end;      /* behind the last one */
    uint32_t permille; /* of the speed's name */
};

enum curve curve_of(const struct medium *medium, uint32_t tenths);
struct stretch curve_at(const struct medium *medium, enum curve curve, uint32_t lba);
uint32_t curve_layer_end(const struct medium *medium, uint32_t lba);

#endif
