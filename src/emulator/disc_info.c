/* What the disc is and how full: sizes, disc, tracks. */
#include "drive.h"

enum outcome on_read_capacity(struct oi_emu *emu, struct request *rq)
{
    const struct disc *disc = &emu->disc;
    uint32_t sectors = disc->medium->ops->capacity(disc);
    struct disc_summary summary;
    struct track_summary first;
    uint8_t data[8];

    /* Nothing there, and nowhere to begin: it must be formatted first. */
    disc->medium->ops->summary(disc, &summary);
    disc->medium->ops->track(disc, 1, &first);
    if (!sectors && summary.status == DISC_EMPTY && !first.next_valid)
        return MEDIUM_FORMAT_CORRUPTED;
    set32(data, sectors ? sectors - 1 : 0);
    set32(data + 4, SECTOR_BYTES);
    answer(rq, data, sizeof(data), UINT32_MAX);
    return GOOD;
}

static enum outcome disc_information(struct oi_emu *emu, struct request *rq)
{
    enum { ERASABLE = 0x10, UNRESTRICTED = 0x20 };
    const struct disc *disc = &emu->disc;
    struct disc_summary summary;
    uint8_t data[34] = {0};

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

enum { TYPE_DISC, TYPE_TRACK_RESOURCES, TYPE_POW_RESOURCES, TYPE_SHIFT = 5 };

static void track_resources(struct request *rq, const struct disc_resources *resources)
{
    uint8_t data[12] = {0};

    set16(data, sizeof(data) - 2);
    data[2] = TYPE_TRACK_RESOURCES << TYPE_SHIFT;
    set16(data + 4, resources->tracks_max);
    set16(data + 6, resources->tracks);
    set16(data + 8, resources->open_max);
    set16(data + 10, resources->open);
    answer(rq, data, sizeof(data), be16(rq->cdb + 7));
}

static void pow_resources(struct request *rq, const struct disc_resources *resources)
{
    uint8_t data[16] = {0};

    set16(data, sizeof(data) - 2);
    data[2] = TYPE_POW_RESOURCES << TYPE_SHIFT;
    set32(data + 4, resources->replacements);
    set32(data + 8, resources->map_entries);
    set32(data + 12, resources->updates);
    answer(rq, data, sizeof(data), be16(rq->cdb + 7));
}

/* MMC-6, READ DISC INFORMATION, "Data Type". */
enum outcome on_read_disc_information(struct oi_emu *emu, struct request *rq)
{
    const struct medium_ops *ops = emu->disc.medium->ops;
    uint8_t type = rq->cdb[1] & 0x07;
    struct disc_resources resources;

    if (type == TYPE_DISC)
        return disc_information(emu, rq);
    if (type > TYPE_POW_RESOURCES || !ops->resources)
        return wrong_cdb(rq, 1);
    ops->resources(&emu->disc, &resources);
    if (type == TYPE_POW_RESOURCES && !resources.pow)
        return wrong_cdb(rq, 1);
    if (type == TYPE_TRACK_RESOURCES)
        track_resources(rq, &resources);
    else
        pow_resources(rq, &resources);
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

/* A drive that records nothing takes data in turn, but finds the disc as it was. */
static void tell_what_is_recorded(const struct oi_emu *emu, struct track_summary *track)
{
    uint64_t from = emu->image.discarded_from / disc_sector_bytes(&emu->disc);

    if (!emu->image.discarded || track->closed || from < track->start ||
        from - track->start >= track->size || (track->next_valid && from >= track->next))
        return;
    track->next_valid = true;
    track->next = (uint32_t)from;
    track->free = track->start + track->size - track->next;
}

static void put_track(const struct oi_emu *emu, uint32_t number, uint8_t data[48])
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

    emu->disc.medium->ops->track(&emu->disc, number, &track);
    tell_what_is_recorded(emu, &track);
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

/* With the open bit: the first track from this one on that is not closed. */
static uint32_t next_open_track(const struct disc *disc, uint32_t from)
{
    uint32_t count = disc->medium->ops->tracks(disc);

    for (uint32_t number = from ? from : 1; number <= count; number++) {
        struct track_summary track;

        disc->medium->ops->track(disc, number, &track);
        if (!track.closed)
            return number;
    }
    return 0;
}

enum outcome on_read_track_information(struct oi_emu *emu, struct request *rq)
{
    enum { TYPE = 0x03, OPEN = 0x04, BY_TRACK = 1 };
    uint32_t type = rq->cdb[1] & TYPE;
    bool open = rq->cdb[1] & OPEN;
    uint32_t address = be32(rq->cdb + 2);
    uint8_t data[48] = {0};
    uint32_t number;

    if (type == TYPE || (open && type != BY_TRACK))
        return wrong_cdb(rq, 1);
    number = open ? next_open_track(&emu->disc, address) : find_track(&emu->disc, type, address);
    if (!number)
        return type == 0 ? at_lba(rq, address, LBA_OUT_OF_RANGE) : wrong_cdb(rq, 2);
    put_track(emu, number, data);
    answer(rq, data, sizeof(data), be16(rq->cdb + 7));
    return GOOD;
}
