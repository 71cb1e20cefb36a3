/* Every layer is cut into bands of as many sectors each; a band is passed at one rate. A second
 * layer is written from the outer edge inwards. */
#include "curve.h"

#include <stddef.h>
#include "disc.h"

enum { BANDS = 64, WHOLE = 1000 };

/* clang-format off */
/* Up to which speed, in tenths, discs turn that way; the last row of a family has no limit. */
static const struct {
    enum family family;
    uint32_t tenths;
    enum curve curve;
} habits[] = {
    { FAMILY_CD,  160, CURVE_CLV },
    { FAMILY_CD,  320, CURVE_ZCLV },
    { FAMILY_CD,  UINT32_MAX, CURVE_CAV },
    { FAMILY_DVD, 40,  CURVE_CLV },
    { FAMILY_DVD, 80,  CURVE_ZCLV },
    { FAMILY_DVD, UINT32_MAX, CURVE_CAV },
    { FAMILY_BD,  60,  CURVE_CLV },
    { FAMILY_BD,  80,  CURVE_ZCLV },
    { FAMILY_BD,  UINT32_MAX, CURVE_CAV },
};

/* Zones: the speed that the disc's rotation allows at the radius where each begins. */
static const struct {
    uint32_t from; /* thousandths of the layer's sectors */
    uint32_t permille;
} zones[] = { { 0, 500 }, { 172, 750 }, { 484, WHOLE } };
/* clang-format on */

enum { HABITS = sizeof(habits) / sizeof(habits[0]), ZONES = sizeof(zones) / sizeof(zones[0]) };

enum curve curve_of(const struct medium *medium, uint32_t tenths)
{
    for (size_t i = 0; i < HABITS; i++)
        if (habits[i].family == medium->family && tenths <= habits[i].tenths)
            return habits[i].curve;
    return CURVE_CLV;
}

static uint32_t square_root(uint32_t value)
{
    uint32_t root = 0;

    for (uint32_t bit = 1u << 15; bit; bit >>= 1)
        if ((uint64_t)(root + bit) * (root + bit) <= value)
            root += bit;
    return root;
}

/* The area within a radius grows with its square, so does the number of sectors; the innermost
 * radius is 24 mm of 58 mm. */
static uint32_t rotation_permille(uint32_t band)
{
    enum { INNER = 420, INNER_SQUARE = INNER * INNER, OUTER_SQUARE = WHOLE * WHOLE };

    return square_root(INNER_SQUARE + (OUTER_SQUARE - INNER_SQUARE) / (2 * BANDS) * (2 * band + 1));
}

static uint32_t zone_permille(uint32_t band)
{
    uint32_t i = ZONES - 1;

    while (zones[i].from > band * WHOLE / BANDS)
        i--;
    return zones[i].permille;
}

static uint32_t layer_sectors(const struct medium *medium)
{
    uint32_t layers = medium->layers ? medium->layers : 1;

    return (medium->sectors + layers - 1) / layers;
}

uint32_t curve_layer_end(const struct medium *medium, uint32_t lba)
{
    uint64_t each = layer_sectors(medium);
    uint64_t end = each ? (lba / each + 1) * each : 0;

    return end < medium->sectors ? (uint32_t)end : medium->sectors;
}

struct stretch curve_at(const struct medium *medium, enum curve curve, uint32_t lba)
{
    uint64_t each = layer_sectors(medium);
    uint64_t layer, band, end;

    if (curve == CURVE_CLV || lba >= medium->sectors)
        return (struct stretch){UINT32_MAX, WHOLE};
    layer = lba / each;
    band = (lba - layer * each) * BANDS / each;
    end = layer * each + ((band + 1) * each + BANDS - 1) / BANDS;
    if (layer % 2)
        band = BANDS - 1 - band;
    return (struct stretch){
        end < medium->sectors ? (uint32_t)end : medium->sectors,
        curve == CURVE_CAV ? rotation_permille((uint32_t)band) : zone_permille((uint32_t)band),
    };
}
