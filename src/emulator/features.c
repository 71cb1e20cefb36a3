/* GET CONFIGURATION: what the drive can do, and what of it applies to the disc in it. */
#include <string.h>
#include "drive.h"

enum { DATA_MAX = 252, DESCRIPTOR_MAX = 4 + DATA_MAX };

struct feature {
    uint16_t code;
    uint8_t version;
    bool persistent; /* current with and without a disc */
    uint8_t size;    /* of data; fill may change it */
    uint8_t data[28];
    uint8_t (*fill)(const struct oi_emu *emu, uint8_t *data); /* NULL, or returns the size */
};

static uint16_t current_profile(const struct oi_emu *emu)
{
    return emu->presence == MEDIUM_READABLE ? emu->disc.medium->profile : 0;
}

/* The highest profile below this one, 0: none. */
static uint16_t profile_below(uint32_t limit)
{
    const struct medium *medium;
    uint16_t profile = 0;

    for (uint32_t i = 0; (medium = medium_at(i)) != NULL; i++)
        if (medium->profile < limit && medium->profile > profile)
            profile = medium->profile;
    return profile;
}

/* The higher the number, the more capable the medium; several may have the same one. */
static uint8_t profile_list(const struct oi_emu *emu, uint8_t *data)
{
    uint16_t current = current_profile(emu);
    uint8_t size = 0;

    for (uint16_t profile = profile_below(UINT32_MAX); profile && size + 4 <= DATA_MAX;
         profile = profile_below(profile)) {
        set16(data + size, profile);
        data[size + 2] = profile == current;
        size = (uint8_t)(size + 4);
    }
    return size;
}

/* MMC-6: the smallest amount that is read from the disc at once. */
static uint8_t random_readable(const struct oi_emu *emu, uint8_t *data)
{
    static const uint8_t blocking[] = {[FAMILY_CD] = 1, [FAMILY_DVD] = 16, [FAMILY_BD] = 32};

    set32(data, SECTOR_BYTES);
    set16(data + 4, blocking[drive_medium(emu)->family]);
    data[6] = 0x01; /* page of error recovery parameters is there */
    return 8;
}

static uint8_t random_writable(const struct oi_emu *emu, uint8_t *data)
{
    const struct medium *medium = drive_medium(emu);
    uint32_t sectors =
        emu->presence == MEDIUM_READABLE ? medium->ops->capacity(&emu->disc) : medium->sectors;

    set32(data, (sectors ? sectors : medium->sectors) - 1);
    set32(data + 4, SECTOR_BYTES);
    set16(data + 8, medium->unit);
    data[10] = 0x01;
    return 12;
}

/* MMC-6, "Incremental Streaming Writable": data block types, what may be done, link sizes. */
static uint8_t incremental(const struct oi_emu *emu, uint8_t *data)
{
    enum { SPLITS = 0x02, UNDERRUN_PROTECTION = 0x01, DVD_LINK = 16, OF_DATA = 0xff00 };
    const struct medium *medium = drive_medium(emu);

    set16(data, medium->data_types & OF_DATA);
    data[2] = UNDERRUN_PROTECTION | (medium->ops->split ? SPLITS : 0);
    if (medium->family == FAMILY_BD)
        return 4;
    data[3] = 1;
    data[4] = medium->family == FAMILY_CD ? CD_LINK : DVD_LINK;
    return 8;
}

static uint8_t track_at_once(const struct oi_emu *emu, uint8_t *data)
{
    enum { UNDERRUN_PROTECTION = 0x40, TEST_WRITE = 0x04, REWRITABLE = 0x02 };
    enum { WITHOUT_SUB_CHANNEL = 0xff01 };

    data[0] = UNDERRUN_PROTECTION | TEST_WRITE | REWRITABLE;
    set16(data + 2, drive_medium(emu)->data_types & WITHOUT_SUB_CHANNEL);
    return 4;
}

/* MMC-6, "Formattable": what a format may do about spare areas, by the kind of disc. */
static uint8_t formattable(const struct oi_emu *emu, uint8_t *data)
{
    enum {
        DVD_RAM = 0x0012,
        NO_SPARES_TOO = 0x08,
        EXPANDS = 0x04,
        QUICK_CERTIFICATION = 0x02,
        CERTIFICATION = 0x01
    };
    const struct medium *medium = drive_medium(emu);

    if (medium->family == FAMILY_BD)
        data[0] = NO_SPARES_TOO | QUICK_CERTIFICATION | CERTIFICATION;
    else if (medium->profile == DVD_RAM)
        data[0] = EXPANDS | CERTIFICATION;
    return 8;
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
    { 0x0000, 0, true,  0,  { 0 },                      profile_list },
    { 0x0001, 2, true,  8,  { 0, 0, 0, 7, 0x01 },       NULL }, /* core: SATA, DBE */
    { 0x0002, 1, true,  4,  { 0x02 },                   NULL }, /* morphing: OCEvent */
    { 0x0003, 2, true,  4,  { 0x39 },                   NULL }, /* tray: load, eject, lock */
    { 0x0010, 0, false, 8,  { 0 },                      random_readable },
    { 0x001d, 0, false, 0,  { 0 },                      NULL }, /* multi-read: all kinds of CD */
    { 0x001e, 2, false, 4,  { 0x03 },                   NULL }, /* CD read: C2, CD-Text */
    { 0x001f, 1, false, 4,  { 0x01, 0, 0x01 },          NULL }, /* DVD read: MULTI110, R DL */
    { 0x0020, 1, false, 12, { 0 },                      random_writable },
    { 0x0021, 3, false, 8,  { 0 },                      incremental },
    { 0x0023, 1, false, 8,  { 0 },                      formattable },
    { 0x0024, 1, false, 4,  { 0x80 },                   NULL }, /* defect management: SSA */
    { 0x0026, 0, false, 0,  { 0 },                      NULL }, /* restricted overwrite */
    { 0x002a, 0, false, 4,  { 0x01 },                   NULL }, /* DVD+RW, may write */
    { 0x002b, 0, false, 4,  { 0x01 },                   NULL }, /* DVD+R, may write */
    { 0x002c, 0, false, 4,  { 0x03 },                   NULL }, /* rigid: intermediate, blank */
    { 0x002d, 2, false, 4,  { 0 },                      track_at_once },
    { 0x002e, 1, false, 4,  { 0x6f, 0x00, 0x0c, 0x60 }, NULL }, /* CD mastering: all, 3168 bytes */
    { 0x002f, 2, false, 4,  { 0x4a },                   NULL }, /* DVD-R/-RW: BUF, R DL, RW */
    { 0x0037, 0, false, 4,  { 0x00, 0x07 },             NULL }, /* CD-RW: to ultra speed */
    { 0x0038, 0, false, 4,  { 0 },                      NULL }, /* BD-R pseudo-overwrite */
    { 0x003b, 0, false, 4,  { 0x01 },                   NULL }, /* DVD+R DL, may write */
    /* BD read and write: versions of RE and R of every class, and ROM. */
    { 0x0040, 0, false, 28, { [4] = 0, 0x0e, 0, 0x0e, 0, 0x0e, [12] = 0, 0x0e, 0, 0x0e, 0, 0x0e,
                              [20] = 0, 0x0e, 0, 0x0e },                    NULL },
    { 0x0041, 1, false, 24, { [4] = 0, 0x0e, 0, 0x0e, 0, 0x0e, [12] = 0, 0x0e, 0, 0x0e, 0, 0x0e },
                                                        NULL },
    { 0x0100, 0, true,  0,  { 0 },                      NULL }, /* power management */
    { 0x0105, 1, true,  4,  { 0 },                      NULL }, /* timeout */
    { 0x0107, 5, false, 4,  { 0x1b },                   NULL }, /* streaming: RBCB SCS WSPD SW */
    { 0x0108, 0, true,  0,  { 0 },                      serial_number },
    { 0x010c, 0, true,  16, "20260101000000",           NULL }, /* when the firmware was made */
};
/* clang-format on */

static bool is_current(const struct oi_emu *emu, const struct feature *feature)
{
    const struct medium_ops *ops;

    if (feature->persistent)
        return true;
    if (emu->presence != MEDIUM_READABLE)
        return false;
    ops = emu->disc.medium->ops;
    if (ops->has_feature && !ops->has_feature(&emu->disc, feature->code))
        return false;
    for (const uint16_t *code = emu->disc.medium->features; *code != FEATURES_END; code++)
        if (*code == feature->code)
            return true;
    return false;
}

/* Where features promise that a buffer which runs empty ruins nothing (MMC-6: BUF). */
static void take_back_underrun_protection(uint16_t code, uint8_t *data)
{
    static const struct {
        uint16_t code;
        uint8_t at, bit;
    } promises[] = {{0x0021, 2, 0x01}, {0x002d, 0, 0x40}, {0x002e, 0, 0x40}, {0x002f, 0, 0x40}};

    for (size_t i = 0; i < sizeof(promises) / sizeof(promises[0]); i++)
        if (promises[i].code == code)
            data[promises[i].at] &= (uint8_t)~promises[i].bit;
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
    if (emu->definition.personality->no_underrun_protection)
        take_back_underrun_protection(feature->code, data + 4);
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
