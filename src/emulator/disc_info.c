/* What the disc is and how full: sizes, disc, tracks, structures. */
#include <string.h>
#include "drive.h"

enum outcome on_read_capacity(struct oi_emu *emu, struct request *rq)
{
    const struct disc *disc = &emu->disc;
    uint32_t sectors = disc->medium->ops->capacity(disc);
    struct disc_summary summary;
    uint8_t data[8];

    disc->medium->ops->summary(disc, &summary);
    if (!sectors && disc->medium->ops->formats && summary.status == DISC_EMPTY)
        return MEDIUM_FORMAT_CORRUPTED;
    set32(data, sectors ? sectors - 1 : 0);
    set32(data + 4, SECTOR_BYTES);
    answer(rq, data, sizeof(data), UINT32_MAX);
    return GOOD;
}

enum outcome on_read_disc_information(struct oi_emu *emu, struct request *rq)
{
    enum { ERASABLE = 0x10, UNRESTRICTED = 0x20 };
    const struct disc *disc = &emu->disc;
    struct disc_summary summary;
    uint8_t data[34] = {0};

    if (rq->cdb[1] & 0x07)
        return wrong_cdb(rq, 1);
    disc->medium->ops->summary(disc, &summary);
    set16(data, sizeof(data) - 2);
    data[2] = (uint8_t)((disc->medium->erasable ? ERASABLE : 0) |
                        (unsigned)summary.last_session << 2 | (unsigned)summary.status);
    data[3] = 1;
    data[4] = (uint8_t)summary.sessions;
    data[5] = (uint8_t)summary.first_track_in_last_session;
    data[6] = (uint8_t)summary.last_track;
    data[7] = (uint8_t)(UNRESTRICTED | (unsigned)disc->background);
    data[8] = summary.disc_type;
    data[9] = (uint8_t)(summary.sessions >> 8);
    data[10] = (uint8_t)(summary.first_track_in_last_session >> 8);
    data[11] = (uint8_t)(summary.last_track >> 8);
    set32(data + 16, summary.lead_in_start);
    set32(data + 20, summary.last_lead_out);
    answer(rq, data, sizeof(data), be16(rq->cdb + 7));
    return GOOD;
}

/* MMC-6, READ TRACK INFORMATION, "Address/Number Type"; 0 when nothing has that address. */
static uint32_t find_track(const struct disc *disc, uint32_t type, uint32_t address)
{
    enum { BY_LBA = 0, BY_TRACK = 1, BY_SESSION = 2, INVISIBLE_TRACK = 0xff };
    const struct medium_ops *ops = disc->medium->ops;
    uint32_t count = ops->tracks(disc);

    for (uint32_t number = 1; number <= count; number++) {
        struct track_summary track;

        ops->track(disc, number, &track);
        if (type == BY_LBA && address >= track.start && address - track.start < track.size)
            return number;
        if (type == BY_SESSION && address == track.session)
            return number;
        if (type == BY_TRACK && address == INVISIBLE_TRACK && number == count && !track.closed)
            return number;
        if (type == BY_TRACK && address == number)
            return number;
    }
    return 0;
}

static void put_track(const struct disc *disc, uint32_t number, uint8_t data[48])
{
    enum {
        DAMAGED = 0x20,
        COPY = 0x10,
        RESERVED = 0x80,
        BLANK = 0x40,
        PACKET = 0x20,
        FIXED = 0x10,
        NEXT_VALID = 0x01,
        LAST_VALID = 0x02
    };
    struct track_summary track;

    disc->medium->ops->track(disc, number, &track);
    set16(data, 46);
    data[2] = (uint8_t)track.number;
    data[3] = (uint8_t)track.session;
    data[5] = (uint8_t)((track.damaged ? DAMAGED : 0) | (track.copy ? COPY : 0) | track.track_mode);
    data[6] =
        (uint8_t)((track.reserved ? RESERVED : 0) | (track.blank ? BLANK : 0) |
                  (track.packet ? PACKET : 0) | (track.fixed_packet ? FIXED : 0) | track.data_mode);
    data[7] = (uint8_t)((track.next_valid ? NEXT_VALID : 0) | (track.last_valid ? LAST_VALID : 0));
    set32(data + 8, track.start);
    set32(data + 12, track.next);
    set32(data + 16, track.free);
    set32(data + 20, track.packet_size);
    set32(data + 24, track.size);
    set32(data + 28, track.last);
    data[32] = (uint8_t)(track.number >> 8);
    data[33] = (uint8_t)(track.session >> 8);
}

enum outcome on_read_track_information(struct oi_emu *emu, struct request *rq)
{
    enum { TYPE = 0x03, OPEN = 0x04 };
    uint32_t type = rq->cdb[1] & TYPE;
    uint8_t data[48] = {0};
    uint32_t number;

    if (type == TYPE || (rq->cdb[1] & OPEN))
        return wrong_cdb(rq, 1);
    number = find_track(&emu->disc, type, be32(rq->cdb + 2));
    if (!number)
        return type == 0 ? at_lba(rq, be32(rq->cdb + 2), LBA_OUT_OF_RANGE) : wrong_cdb(rq, 2);
    put_track(&emu->disc, number, data);
    answer(rq, data, sizeof(data), be16(rq->cdb + 7));
    return GOOD;
}

/* MMC-6, READ DISC STRUCTURE, format 00h: "Layer Descriptor". */
static uint32_t physical_structure(const struct disc *disc, uint8_t *data)
{
    enum { FIRST_SECTOR = 0x030000, VERSION = 1, RATE_NOT_SPECIFIED = 0x0f };
    const struct medium *medium = disc->medium;

    data[0] = (uint8_t)(medium->book_type << 4 | VERSION);
    data[1] = RATE_NOT_SPECIFIED; /* and a diameter of 120 mm */
    data[2] = medium->layer_type; /* and one layer */
    set32(data + 4, FIRST_SECTOR);
    set32(data + 8, FIRST_SECTOR + medium->sectors - 1);
    return SECTOR_BYTES;
}

static uint32_t copyright_structure(const struct disc *disc, uint8_t *data)
{
    (void)disc;
    (void)data;
    return 4;
}

/* Format 11h: the address in the groove of DVD+ media, which begins like format 00h. */
static uint32_t adip_structure(const struct disc *disc, uint8_t *data)
{
    physical_structure(disc, data);
    memcpy(data + 19, disc->medium->media_id, strlen(disc->medium->media_id));
    return 256;
}

static uint32_t list_of_structures(const struct disc *disc, uint8_t *data);

/* clang-format off */
static const struct structure {
    uint8_t format;
    uint32_t (*fill)(const struct disc *disc, uint8_t *data); /* returns the size */
    uint16_t size;
} structures[] = {
    { 0x00, physical_structure,  SECTOR_BYTES },
    { 0x01, copyright_structure, 4 },
    { 0x11, adip_structure,      256 },
    { 0xff, list_of_structures,  0 },
};
/* clang-format on */
enum { STRUCTURES = sizeof(structures) / sizeof(structures[0]) };

static uint32_t list_of_structures(const struct disc *disc, uint8_t *data)
{
    enum { READABLE = 0x40 };
    uint32_t size = 0;

    (void)disc;
    for (uint32_t i = 0; i < STRUCTURES; i++) {
        if (!structures[i].size)
            continue;
        data[size] = structures[i].format;
        data[size + 1] = READABLE;
        set16(data + size + 2, structures[i].size + 2u);
        size += 4;
    }
    return size;
}

enum outcome on_read_disc_structure(struct oi_emu *emu, struct request *rq)
{
    uint8_t data[4 + SECTOR_BYTES] = {0};

    if (rq->cdb[1] & 0x0f)
        return wrong_cdb(rq, 1);
    if (rq->cdb[6])
        return wrong_cdb(rq, 6);
    for (uint32_t i = 0; i < STRUCTURES; i++) {
        uint32_t size;

        if (structures[i].format != rq->cdb[7])
            continue;
        size = structures[i].fill(&emu->disc, data + 4);
        set16(data, size + 2);
        answer(rq, data, size + 4, be16(rq->cdb + 8));
        return GOOD;
    }
    return wrong_cdb(rq, 7);
}

/* None of these media takes a structure from the host. */
enum outcome on_send_disc_structure(struct oi_emu *emu, struct request *rq)
{
    (void)emu;
    return wrong_cdb(rq, 7);
}
