/* READ and SEND DISC STRUCTURE: what the maker put on the disc, and where its layers meet; and the
 * region of the drive.
 * What every medium of a family tells is a table here; a medium adds its own through its ops. */
#include <string.h>
#include "drive.h"

enum { STRUCTURE_HEADER_BYTES = 4, FIRST_DVD_SECTOR = 0x030000 };

static bool is_dvd_plus(const struct medium *medium)
{
    enum { PLUS_MEDIA = 0x8 };

    return medium->family == FAMILY_DVD && (medium->book_type & PLUS_MEDIA);
}

/* Sectors of layer 0. What was pressed is as large as what is on it. */
static uint32_t layer_0(const struct disc *disc)
{
    const struct medium *medium = disc->medium;
    uint32_t sectors = medium->sectors ? medium->sectors : medium->ops->capacity(disc);

    if (disc->layer_break)
        return disc->layer_break;
    return medium->layers > 1 ? sectors / medium->layers : sectors;
}

/* What was pressed has no such name. */
static void put_media_id(const struct disc *disc, uint8_t *data)
{
    const char *id = disc->medium->media_id;

    if (id)
        memcpy(data, id, strlen(id));
}

/* ---- DVD ---- */

/* Format 00h: "Layer Descriptor". Where layer 1 runs back, its sectors are numbered by the inverse
 * of those of layer 0 that they lie upon. */
static uint32_t physical_structure(const struct disc *disc, uint8_t *data)
{
    enum {
        VERSION = 1,
        RATE_NOT_SPECIFIED = 0x0f,
        LAYERS_SHIFT = 5,
        OPPOSITE = 0x10,
        SECTOR_BITS = 0xffffff
    };
    const struct medium *medium = disc->medium;
    uint32_t last_of_0 = FIRST_DVD_SECTOR + layer_0(disc) - 1;

    data[0] = (uint8_t)(medium->book_type << 4 | VERSION);
    data[1] = RATE_NOT_SPECIFIED; /* and a diameter of 120 mm */
    data[2] = (uint8_t)((medium->layers - 1u) << LAYERS_SHIFT | medium->layer_type |
                        (medium->layers > 1 ? OPPOSITE : 0));
    set32(data + 4, FIRST_DVD_SECTOR);
    set32(data + 8, medium->layers > 1 ? FIRST_DVD_SECTOR ^ SECTOR_BITS : last_of_0);
    if (medium->layers > 1)
        set32(data + 12, last_of_0);
    return SECTOR_BYTES;
}

/* Format 01h: no copy protection, every region. */
static uint32_t copyright_structure(const struct disc *disc, uint8_t *data)
{
    (void)disc;
    (void)data;
    return 4;
}

/* Format 04h: the maker of the disc. */
static uint32_t manufacturer_structure(const struct disc *disc, uint8_t *data)
{
    put_media_id(disc, data);
    return SECTOR_BYTES;
}

/* Format 11h: the address in the groove of DVD+ media, which begins like format 00h. */
static uint32_t adip_structure(const struct disc *disc, uint8_t *data)
{
    enum { SIZE = 256, MEDIA_ID_AT = 19 };

    if (!is_dvd_plus(disc->medium))
        return 0;
    physical_structure(disc, data);
    put_media_id(disc, data + MEDIA_ID_AT);
    return SIZE;
}

/* Format 20h: "Layer Boundary Information". */
static uint32_t layer_boundary_structure(const struct disc *disc, uint8_t *data)
{
    enum { SIZE = 8, SET = 0x80 };

    if (disc->medium->layers < 2)
        return 0;
    data[0] = disc->layer_break ? SET : 0;
    set32(data + 4, layer_0(disc));
    return SIZE;
}

/* ---- BD ---- */

/* Format 00h: "Disc Information", one unit. */
static uint32_t disc_information_unit(const struct disc *disc, uint8_t *data)
{
    enum {
        UNIT_BYTES = 112,
        SIZE = 4096,
        RECORDABLE = 0x02,
        REWRITABLE = 0x04,
        MANUFACTURER_AT = 100,
        MANUFACTURER_BYTES = 6,
        TYPE_AT = 106,
        TYPE_BYTES = 3,
        TYPE_IN_ID = 8,
        FIRST_ADDRESS = 0x00100000
    };
    const struct medium *medium = disc->medium;
    const char *id = medium->media_id;

    memcpy(data, "DI", 2);
    data[2] = 1; /* format of the unit */
    data[3] = 1; /* units in a block */
    data[6] = UNIT_BYTES;
    memcpy(data + 8, medium->read_only ? "BDO" : medium->erasable ? "BDW" : "BDR", 3);
    data[11] = 0x01; /* 120 mm, version 1 */
    data[12] = (uint8_t)(medium->layers << 4 | (medium->read_only  ? 1
                                                : medium->erasable ? REWRITABLE
                                                                   : RECORDABLE));
    set32(data + 24, FIRST_ADDRESS);
    set32(data + 28, FIRST_ADDRESS + 2 * (layer_0(disc) / 32) - 2);
    if (id && strlen(id) >= TYPE_IN_ID + TYPE_BYTES) {
        memcpy(data + MANUFACTURER_AT, id, MANUFACTURER_BYTES);
        memcpy(data + TYPE_AT, id + TYPE_IN_ID, TYPE_BYTES);
    }
    return SIZE;
}

/* Format 09h: the disc lies in the tray without a cartridge. */
static uint32_t cartridge_status(const struct disc *disc, uint8_t *data)
{
    (void)disc;
    (void)data;
    return 4;
}

/* ---- all of them ---- */

static uint32_t list_of_structures(const struct disc *disc, uint8_t *data);

enum { DVD = 1 << FAMILY_DVD, BD = 1 << FAMILY_BD };

/* clang-format off */
static const struct structure {
    uint8_t format;
    uint8_t families;
    uint32_t (*fill)(const struct disc *disc, uint8_t *data); /* the size; 0: not of this medium */
} structures[] = {
    { 0x00, DVD,      physical_structure },
    { 0x00, BD,       disc_information_unit },
    { 0x01, DVD,      copyright_structure },
    { 0x04, DVD,      manufacturer_structure },
    { 0x09, BD,       cartridge_status },
    { 0x11, DVD,      adip_structure },
    { 0x20, DVD,      layer_boundary_structure },
    { 0xff, DVD | BD, list_of_structures },
};
/* clang-format on */
enum {
    STRUCTURES = sizeof(structures) / sizeof(structures[0]),
    LIST = 0xff,
    LAYER_BOUNDARY = 0x20
};

/* The size of the data, 0 when this medium has no such structure. data holds zeros. */
static uint32_t fill(const struct disc *disc, uint8_t format, uint8_t *data)
{
    const struct medium *medium = disc->medium;
    uint32_t size = 0;

    for (uint32_t i = 0; i < STRUCTURES && !size; i++)
        if (structures[i].format == format && (structures[i].families >> medium->family & 1))
            size = structures[i].fill(disc, data);
    if (!size && medium->ops->structure)
        size = medium->ops->structure(disc, format, data);
    return size;
}

static uint32_t list_of_structures(const struct disc *disc, uint8_t *data)
{
    enum { SENDABLE = 0x80, READABLE = 0x40 };
    uint8_t scratch[STRUCTURE_MAX];
    uint32_t size = 0;

    for (uint32_t format = 0; format < LIST; format++) {
        uint32_t length;

        memset(scratch, 0, sizeof(scratch));
        length = fill(disc, (uint8_t)format, scratch);
        if (!length)
            continue;
        data[size] = (uint8_t)format;
        data[size + 1] = READABLE;
        if (format == LAYER_BOUNDARY && disc->medium->ops->set_layer_break)
            data[size + 1] |= SENDABLE;
        set16(data + size + 2, length + 2);
        size += 4;
    }
    return size;
}

/* MMC-6, READ DISC STRUCTURE, "Media Type". */
static bool is_of_media_type(const struct medium *medium, uint8_t type)
{
    enum { TYPE_DVD = 0, TYPE_BD = 1 };

    return (type == TYPE_DVD && medium->family == FAMILY_DVD) ||
           (type == TYPE_BD && medium->family == FAMILY_BD);
}

enum outcome on_read_disc_structure(struct oi_emu *emu, struct request *rq)
{
    enum { MEDIA_TYPE = 0x0f, AGID = 0xc0 };
    const struct medium *medium = emu->disc.medium;
    uint8_t data[STRUCTURE_HEADER_BYTES + STRUCTURE_MAX] = {0};
    uint32_t size;

    if (!is_of_media_type(medium, rq->cdb[1] & MEDIA_TYPE))
        return wrong_cdb(rq, 1);
    if (rq->cdb[6] >= medium->layers)
        return wrong_cdb(rq, 6);
    if (rq->cdb[10] & AGID)
        return wrong_cdb(rq, 10);
    size = fill(&emu->disc, rq->cdb[7], data + STRUCTURE_HEADER_BYTES);
    if (!size)
        return wrong_cdb(rq, 7);
    set16(data, size + 2);
    answer(rq, data, size + STRUCTURE_HEADER_BYTES, be16(rq->cdb + 8));
    return GOOD;
}

/* MMC-6, SEND DISC STRUCTURE: of these media only the layers of a blank disc are the host's. */
enum outcome on_send_disc_structure(struct oi_emu *emu, struct request *rq)
{
    enum { MEDIA_TYPE = 0x0f, SIZE = STRUCTURE_HEADER_BYTES + 8, SECTORS_AT = 8 };
    const struct medium_ops *ops = emu->disc.medium->ops;
    uint32_t length = be16(rq->cdb + 8);
    struct disc before = emu->disc;
    enum outcome outcome;

    if (!is_of_media_type(emu->disc.medium, rq->cdb[1] & MEDIA_TYPE))
        return wrong_cdb(rq, 1);
    if (rq->cdb[7] != LAYER_BOUNDARY || !ops->set_layer_break)
        return wrong_cdb(rq, 7);
    if (length < SIZE || rq->given < length)
        return PARAMETER_LIST_LENGTH;
    if (be16(rq->out) != SIZE - 2)
        return wrong_list(rq, 0);
    rq->moved = length;
    outcome = ops->set_layer_break(&emu->disc, be32(rq->out + SECTORS_AT));
    if (outcome == INVALID_FIELD_IN_LIST)
        wrong_list(rq, SECTORS_AT);
    return disc_save_change(emu, rq, outcome, &before);
}

/* MMC-6, REPORT KEY, "RPC State": a drive without a region, which may still be given one. No keys
 * of any kind. */
enum outcome on_report_key(struct oi_emu *emu, struct request *rq)
{
    enum { FORMAT = 0x3f, RPC_STATE = 0x08, VENDOR_RESETS = 4, USER_CHANGES = 5 };
    uint8_t data[8] = {0};

    (void)emu;
    if (rq->cdb[7])
        return wrong_cdb(rq, 7);
    if ((rq->cdb[10] & FORMAT) != RPC_STATE)
        return wrong_cdb(rq, 10);
    set16(data, sizeof(data) - 2);
    data[4] = VENDOR_RESETS << 3 | USER_CHANGES;
    data[5] = 0xff; /* no region is set */
    data[6] = 0x01; /* region playback control, phase II */
    answer(rq, data, sizeof(data), be16(rq->cdb + 8));
    return GOOD;
}
