#include "disc_info.h"
#include "mmc_bytes.h"
#include <string.h>

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t oi_counted_bytes(const uint8_t *data, size_t len)
{
    return len < 2 ? 0 : smaller(len, 2 + (size_t)get_be16(data));
}

static void take_text(char *text, const uint8_t *data, size_t len, size_t offset, size_t size)
{
    size_t n = offset < len ? smaller(len - offset, size) : 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t c = data[offset + i];

        text[i] = c >= 0x20 && c < 0x7f ? (char)c : ' ';
    }
    while (n > 0 && text[n - 1] == ' ')
        n--;
    memset(text + n, 0, size + 1 - n);
}

bool oi_inquiry_parse(const uint8_t *data, size_t len, struct oi_inquiry *inquiry)
{
    size_t bytes = len < 5 ? 0 : smaller(len, 5 + (size_t)data[4]);

    *inquiry = (struct oi_inquiry){0};
    if (bytes == 0)
        return false;
    inquiry->device_type = data[0] & 0x1f;
    inquiry->removable = data[1] & 0x80;
    inquiry->version = data[2];
    take_text(inquiry->vendor, data, bytes, 8, 8);
    take_text(inquiry->product, data, bytes, 16, 16);
    take_text(inquiry->revision, data, bytes, 32, 4);
    return true;
}

bool oi_capacity_parse(const uint8_t *data, size_t len, struct oi_capacity *capacity)
{
    *capacity = (struct oi_capacity){0};
    if (len < 8)
        return false;
    capacity->last_lba = get_be32(&data[0]);
    capacity->block_bytes = get_be32(&data[4]);
    return true;
}

bool oi_disc_information_parse(const uint8_t *data, size_t len, struct oi_disc_information *disc)
{
    size_t bytes = oi_counted_bytes(data, len);

    *disc = (struct oi_disc_information){0};
    if (bytes < 12 || data[2] >> 5 != 0)
        return false;
    disc->bytes = bytes;
    disc->erasable = data[2] & 0x10;
    disc->last_session_state = (enum oi_session_state)((data[2] >> 2) & 0x03);
    disc->status = (enum oi_disc_status)(data[2] & 0x03);
    disc->first_track = data[3];
    disc->sessions = (uint16_t)(data[9] << 8 | data[4]);
    disc->first_track_of_last_session = (uint16_t)(data[10] << 8 | data[5]);
    disc->last_track_of_last_session = (uint16_t)(data[11] << 8 | data[6]);
    disc->dirty = data[7] & 0x04;
    disc->background_format = (enum oi_background_format)(data[7] & 0x03);
    disc->disc_type = data[8];
    if (bytes >= 16 && (data[7] & 0x80)) {
        disc->disc_id_valid = true;
        disc->disc_id = get_be32(&data[12]);
    }
    if (bytes >= 20)
        disc->last_lead_in = get_be32(&data[16]);
    if (bytes >= 24)
        disc->last_possible_lead_out = get_be32(&data[20]);
    return true;
}

uint16_t oi_disc_profile(const struct oi_disc_information *disc)
{
    enum { CD_ROM = 0x0008, CD_R = 0x0009, CD_RW = 0x000a };

    if (disc->status == OI_DISC_RANDOM)
        return 0;
    if (disc->erasable)
        return CD_RW;
    return disc->status == OI_DISC_COMPLETE ? CD_ROM : CD_R;
}

bool oi_track_information_parse(const uint8_t *data, size_t len, struct oi_track_information *track)
{
    size_t bytes = oi_counted_bytes(data, len);

    *track = (struct oi_track_information){0};
    if (bytes < 28)
        return false;
    track->bytes = bytes;
    track->track = data[2];
    track->session = data[3];
    track->damaged = data[5] & 0x20;
    track->copy = data[5] & 0x10;
    track->track_mode = data[5] & 0x0f;
    track->reserved = data[6] & 0x80;
    track->blank = data[6] & 0x40;
    track->packet = data[6] & 0x20;
    track->fixed_packet = data[6] & 0x10;
    track->data_mode = data[6] & 0x0f;
    track->start_lba = (int32_t)get_be32(&data[8]);
    if (data[7] & 0x01) {
        track->next_writable_valid = true;
        track->next_writable_lba = (int32_t)get_be32(&data[12]);
    }
    track->free_blocks = get_be32(&data[16]);
    track->packet_blocks = get_be32(&data[20]);
    track->blocks = get_be32(&data[24]);
    if (bytes >= 32 && (data[7] & 0x02)) {
        track->last_recorded_valid = true;
        track->last_recorded_lba = (int32_t)get_be32(&data[28]);
    }
    /* Drives older than MMC-4 end before the most significant bytes. */
    if (bytes >= 34) {
        track->track = (uint16_t)(data[32] << 8 | data[2]);
        track->session = (uint16_t)(data[33] << 8 | data[3]);
    }
    return true;
}

bool oi_format_capacities_parse(const uint8_t *data, size_t len,
                                struct oi_format_capacities *capacities)
{
    enum { HEADER = 4, DESCRIPTOR = 8 };
    size_t bytes = len < HEADER ? 0 : smaller(len - HEADER, data[3]);

    *capacities = (struct oi_format_capacities){0};
    if (bytes < DESCRIPTOR)
        return false;
    capacities->blocks = get_be32(&data[4]);
    capacities->state = (enum oi_capacity_state)(data[8] & 0x03);
    capacities->block_bytes = get_be24(&data[9]);
    capacities->count = bytes / DESCRIPTOR - 1;
    capacities->list = data + HEADER + DESCRIPTOR;
    return true;
}

struct oi_format_capacity oi_format_capacity_at(const struct oi_format_capacities *capacities,
                                                size_t index)
{
    const uint8_t *descriptor = capacities->list + index * 8;

    return (struct oi_format_capacity){
        .blocks = get_be32(&descriptor[0]),
        .type = descriptor[4] >> 2,
        .subtype = descriptor[4] & 0x03,
        .parameter = get_be24(&descriptor[5]),
    };
}

bool oi_buffer_capacity_parse(const uint8_t *data, size_t len, struct oi_buffer_capacity *buffer)
{
    enum { IN_BLOCKS = 0x01, BLOCK_BYTES = 2048 };
    size_t bytes = oi_counted_bytes(data, len);
    uint32_t available;

    *buffer = (struct oi_buffer_capacity){0};
    if (bytes < 12)
        return false;
    available = get_be32(&data[8]);
    if (data[3] & IN_BLOCKS) { /* then the total is reserved */
        buffer->free_bytes =
            available <= UINT32_MAX / BLOCK_BYTES ? available * BLOCK_BYTES : UINT32_MAX;
        return true;
    }
    buffer->total_bytes = get_be32(&data[4]);
    buffer->free_bytes = available;
    return true;
}
