/* Bad places on a disc, and the spares a format has set aside for them.
 * The invariant: the sectors of a defect are always at their own place in the image; whether the
 * drive can read them is what a spare decides. No more spares are in use than there are. */
#include "disc.h"

#include <stdio.h>
#include <string.h>
#include "wire.h"

static const char *const kind_names[] = {"hidden", "replaced", "exposed"};

bool disc_add_defect(struct disc *disc, uint32_t lba)
{
    uint32_t unit = lba / disc->medium->unit;

    for (uint32_t i = 0; i < disc->defect_count; i++)
        if (disc->defects[i].unit == unit)
            return true;
    if (disc->defect_count == DEFECTS_MAX)
        return false;
    disc->defects[disc->defect_count++] = (struct defect){.unit = unit, .kind = DEFECT_HIDDEN};
    return true;
}

bool disc_verifies_writes(const struct disc *disc)
{
    return disc->medium->verifies_writes && disc->spares;
}

/* The first sector of [lba, lba + blocks) that the defect spoils; false: none. */
static bool hits(const struct disc *disc, const struct defect *defect, uint32_t lba,
                 uint32_t blocks, uint32_t *first)
{
    uint64_t start = (uint64_t)defect->unit * disc->medium->unit;

    if (!blocks || start + disc->medium->unit <= lba || start >= (uint64_t)lba + blocks)
        return false;
    *first = start > lba ? (uint32_t)start : lba;
    return true;
}

enum outcome defects_may_write(const struct disc *disc, uint32_t lba, uint32_t blocks,
                               bool verified, uint32_t *bad)
{
    uint32_t left = disc->spares - disc->spares_used;
    uint32_t first;

    if (!verified)
        return GOOD;
    for (uint32_t i = 0; i < disc->defect_count; i++) {
        const struct defect *defect = &disc->defects[i];

        if (defect->kind != DEFECT_HIDDEN || !hits(disc, defect, lba, blocks, &first))
            continue;
        if (!left) {
            *bad = first;
            return NO_SPARE_LEFT;
        }
        left--;
    }
    return GOOD;
}

void defects_wrote(struct disc *disc, uint32_t lba, uint32_t blocks, bool verified)
{
    uint32_t first;

    for (uint32_t i = 0; i < disc->defect_count; i++) {
        struct defect *defect = &disc->defects[i];

        if (!hits(disc, defect, lba, blocks, &first))
            continue;
        if (verified && defect->kind == DEFECT_HIDDEN)
            disc->spares_used++;
        if (verified)
            defect->kind = DEFECT_REPLACED;
        else if (defect->kind == DEFECT_REPLACED)
            defect->kind = DEFECT_EXPOSED;
    }
}

enum outcome defects_may_read(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    enum outcome outcome = GOOD;
    uint32_t first;

    for (uint32_t i = 0; i < disc->defect_count; i++) {
        if (disc->defects[i].kind == DEFECT_REPLACED ||
            !hits(disc, &disc->defects[i], lba, blocks, &first))
            continue;
        if (outcome == GOOD || first < *bad)
            *bad = first;
        outcome = READ_ERROR;
    }
    return outcome;
}

/* A list of defects is kept by every format that has room for one. */
bool defects_format(struct disc *disc, uint32_t spares, bool certify)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < disc->defect_count; i++) {
        struct defect *defect = &disc->defects[i];
        bool listed = spares && (certify || defect->kind != DEFECT_HIDDEN);

        defect->kind = listed ? DEFECT_REPLACED : DEFECT_HIDDEN;
        used += listed ? 1 : 0;
    }
    disc->spares = spares;
    disc->spares_used = used;
    return used <= spares;
}

/* MMC-6, READ DISC STRUCTURE, "Spare Area Information": of DVD-RAM what is left of the primary
 * area, then left and allocated of the supplementary one; BD-RE has only the latter. The primary
 * area is of 12800 sectors and used up first. */
uint32_t spare_information(const struct disc *disc, uint8_t *data)
{
    enum { BYTES = 12, LEFT = 4, ALLOCATED = 8, PRIMARY_SECTORS = 12800 };
    uint32_t primary =
        disc->medium->family == FAMILY_DVD ? (uint32_t)PRIMARY_SECTORS / disc->medium->unit : 0;
    uint32_t primary_used;

    if (primary > disc->spares)
        primary = disc->spares;
    primary_used = disc->spares_used < primary ? disc->spares_used : primary;
    memset(data, 0, BYTES);
    set32(data, primary - primary_used);
    set32(data + LEFT, disc->spares - primary - (disc->spares_used - primary_used));
    set32(data + ALLOCATED, disc->spares - primary);
    return BYTES;
}

void defects_save(const struct disc *disc, struct text_writer *writer)
{
    if (disc->spares)
        text_add(writer, "spares = %u %u\n", disc->spares, disc->spares_used);
    for (uint32_t i = 0; i < disc->defect_count; i++)
        text_add(writer, "defect = %u %s\n", disc->defects[i].unit,
                 kind_names[disc->defects[i].kind]);
}

/* "NUMBER WORD", one blank between; cuts a copy. */
static bool split_two(const char *value, char copy[32], char **second)
{
    size_t length = strlen(value);

    if (length >= 32)
        return false;
    memcpy(copy, value, length + 1);
    *second = strchr(copy, ' ');
    if (!*second)
        return false;
    *(*second)++ = '\0';
    return true;
}

bool defects_taken(struct disc *disc, const char *key, const char *value)
{
    uint32_t units =
        (disc->medium->raw_sectors ? disc->medium->raw_sectors : disc->medium->sectors) /
        disc->medium->unit;
    struct defect *defect = &disc->defects[disc->defect_count];
    char copy[32];
    char *second;

    if (!split_two(value, copy, &second))
        return false;
    if (strcmp(key, "spares") == 0)
        return text_number(copy, units, &disc->spares) &&
               text_number(second, disc->spares, &disc->spares_used);
    if (strcmp(key, "defect") != 0 || disc->defect_count == DEFECTS_MAX ||
        !text_number(copy, units - 1, &defect->unit))
        return false;
    for (int i = DEFECT_HIDDEN; i <= DEFECT_EXPOSED; i++) {
        if (strcmp(second, kind_names[i]) != 0)
            continue;
        defect->kind = (enum defect_kind)i;
        disc->defect_count++;
        return true;
    }
    return false;
}

const char *defects_whole(const struct disc *disc)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < disc->defect_count; i++) {
        used += disc->defects[i].kind != DEFECT_HIDDEN ? 1 : 0;
        for (uint32_t j = 0; j < i; j++)
            if (disc->defects[i].unit == disc->defects[j].unit)
                return "it names a defect twice";
    }
    if (disc->spares && !disc->medium->raw_sectors)
        return "the medium has no spares";
    if (used > disc->spares_used)
        return "it tells of more replaced defects than spares in use";
    return NULL;
}
