/* GET CONFIGURATION: what the drive can do, and what of it applies to the disc in it. */
#include <string.h>
#include "drive.h"

enum { DESCRIPTOR_MAX = 64 };

struct feature {
    uint16_t code;
    uint8_t version;
    bool persistent; /* current with and without a disc */
    uint8_t size;    /* of data; fill may change it */
    uint8_t data[8];
    uint8_t (*fill)(const struct oi_emu *emu, uint8_t *data); /* NULL, or returns the size */
};

static uint16_t current_profile(const struct oi_emu *emu)
{
    return emu->presence == MEDIUM_READABLE ? emu->disc.medium->profile : 0;
}

static uint8_t profile_list(const struct oi_emu *emu, uint8_t *data)
{
    const struct medium *medium;
    uint8_t size = 0;

    for (uint32_t i = 0; (medium = medium_at(i)) != NULL; i++, size = (uint8_t)(size + 4)) {
        set16(data + size, medium->profile);
        data[size + 2] = medium->profile == current_profile(emu);
    }
    return size;
}

static uint8_t random_readable(const struct oi_emu *emu, uint8_t *data)
{
    set32(data, SECTOR_BYTES);
    set16(data + 4, drive_medium(emu)->unit);
    data[6] = 0x01; /* page of error recovery parameters is there */
    return 8;
}

static uint8_t random_writable(const struct oi_emu *emu, uint8_t *data)
{
    const struct medium *medium = drive_medium(emu);

    set32(data, medium->sectors - 1);
    set32(data + 4, SECTOR_BYTES);
    set16(data + 8, medium->unit);
    data[10] = 0x01;
    return 12;
}

/* NAME of the definition file, padded with blanks to a multiple of four. */
static uint8_t serial_number(const struct oi_emu *emu, uint8_t *data)
{
    enum { LONGEST = 32, SUFFIX = 4 };
    const char *path = emu->ini_path;
    size_t end = strlen(path);
    size_t start, size;

    end -= end > SUFFIX ? SUFFIX : 0;
    for (start = end; start && path[start - 1] != '/' && path[start - 1] != '\\';)
        start--;
    size = end - start < LONGEST ? end - start : LONGEST;
    memcpy(data, path + start, size);
    for (; size % 4; size++)
        data[size] = ' ';
    return (uint8_t)size;
}

/* clang-format off */
static const struct feature features[] = { /* ascending by code */
    { 0x0000, 0, true,  0, { 0 },                   profile_list },
    { 0x0001, 2, true,  8, { 0, 0, 0, 7, 0x01 },    NULL },            /* core: SATA, DBE */
    { 0x0002, 1, true,  4, { 0x02 },                NULL },            /* morphing: OCEvent */
    { 0x0003, 2, true,  4, { 0x39 },                NULL },            /* tray: load, eject, lock */
    { 0x0010, 0, false, 8, { 0 },                   random_readable },
    { 0x001f, 1, false, 4, { 0 },                   NULL },            /* DVD read */
    { 0x0020, 1, false, 12, { 0 },                  random_writable },
    { 0x0023, 1, false, 8, { 0 },                   NULL },            /* formattable */
    { 0x0026, 0, false, 0, { 0 },                   NULL },            /* restricted overwrite */
    { 0x002a, 0, false, 4, { 0x01 },                NULL },            /* DVD+RW, may write */
    { 0x002b, 0, false, 4, { 0x01 },                NULL },            /* DVD+R, may write */
    { 0x0100, 0, true,  0, { 0 },                   NULL },            /* power management */
    { 0x0105, 1, true,  4, { 0 },                   NULL },            /* timeout */
    { 0x0107, 5, false, 4, { 0x1b },                NULL },            /* streaming: RBCB SCS WSPD SW */
    { 0x0108, 0, true,  0, { 0 },                   serial_number },
};
/* clang-format on */

static bool is_current(const struct oi_emu *emu, const struct feature *feature)
{
    if (feature->persistent)
        return true;
    if (emu->presence != MEDIUM_READABLE)
        return false;
    for (const uint16_t *code = emu->disc.medium->features; *code != FEATURES_END; code++)
        if (*code == feature->code)
            return true;
    return false;
}

static uint32_t put_feature(const struct oi_emu *emu, const struct feature *feature, uint8_t *data)
{
    uint8_t size = feature->size;

    set16(data, feature->code);
    data[2] = (uint8_t)(feature->version << 2 | (feature->persistent ? 0x02 : 0) |
                        (is_current(emu, feature) ? 0x01 : 0));
    memcpy(data + 4, feature->data, sizeof(feature->data));
    if (feature->fill)
        size = feature->fill(emu, data + 4);
    data[3] = size;
    return 4u + size;
}

enum outcome on_get_configuration(struct oi_emu *emu, struct request *rq)
{
    enum { ALL, CURRENT, ONE, RESERVED };
    enum { COUNT = sizeof(features) / sizeof(features[0]), HEADER_BYTES = 8 };
    uint8_t data[HEADER_BYTES + COUNT * DESCRIPTOR_MAX] = {0};
    uint8_t wanted = rq->cdb[1] & 0x03;
    uint16_t start = be16(rq->cdb + 2);
    uint32_t size = HEADER_BYTES;

    if (wanted == RESERVED)
        return wrong_cdb(rq, 1);
    for (uint32_t i = 0; i < COUNT; i++) {
        const struct feature *feature = &features[i];

        if (wanted == ONE ? feature->code != start : feature->code < start)
            continue;
        if (wanted == CURRENT && !is_current(emu, feature))
            continue;
        size += put_feature(emu, feature, data + size);
    }
    set32(data, size - 4);
    set16(data + 6, current_profile(emu));
    answer(rq, data, size, be16(rq->cdb + 7));
    return GOOD;
}
