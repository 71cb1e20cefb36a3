/* Every number is fetched through here with a look whether it is there. */
#include "spti_answers.h"

#include <string.h>

static bool has(size_t len, size_t offset, size_t bytes)
{
    return offset <= len && bytes <= len - offset;
}

static uint32_t le32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* ---- transfer limits ---- */

static uint32_t whole_pages(uint32_t bytes)
{
    return bytes / SPTI_PAGE_BYTES * SPTI_PAGE_BYTES;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t alignment_of(uint32_t mask)
{
    return (mask & (mask + 1)) == 0 && mask < SPTI_PAGE_BYTES ? mask + 1 : SPTI_PAGE_BYTES;
}

/* Pages are what the adapter can address in one command; a buffer that starts within a page touches
 * one more than it fills. Where they are not told, that one is left free all the same. */
static struct oi_transfer_limits limits_of(uint32_t length, uint32_t pages, uint32_t mask)
{
    struct oi_transfer_limits limits = {.alignment = alignment_of(mask)};

    if (length < SPTI_PAGE_BYTES)
        length = SPTI_TRANSFER_MIN;
    length = whole_pages(least(length, SPTI_TRANSFER_MAX));
    if (pages == 0)
        pages = length / SPTI_PAGE_BYTES;
    pages = least(pages, SPTI_TRANSFER_MAX / SPTI_PAGE_BYTES + 1);
    limits.page_aligned_bytes = least(length, pages * SPTI_PAGE_BYTES);
    limits.not_page_aligned_bytes = least(length, (pages > 1 ? pages - 1 : 1) * SPTI_PAGE_BYTES);
    return limits;
}

void spti_limits_default(struct oi_transfer_limits *limits)
{
    *limits = limits_of(SPTI_TRANSFER_MIN, 0, SPTI_PAGE_BYTES - 1);
}

/* Both structures have length, pages and mask one after the other but for one field. */
static bool read_limits(const uint8_t *answer, size_t len, size_t length_at, size_t mask_at,
                        struct oi_transfer_limits *limits)
{
    spti_limits_default(limits);
    if (!has(len, length_at, 8) || !has(len, mask_at, 4))
        return false;
    *limits =
        limits_of(le32(answer + length_at), le32(answer + length_at + 4), le32(answer + mask_at));
    return true;
}

bool spti_limits_of_adapter(const uint8_t *descriptor, size_t len,
                            struct oi_transfer_limits *limits)
{
    return read_limits(descriptor, len, 8, 16, limits);
}

bool spti_limits_of_capabilities(const uint8_t *capabilities, size_t len,
                                 struct oi_transfer_limits *limits)
{
    return read_limits(capabilities, len, 4, 16, limits);
}

void spti_limits_halve(struct oi_transfer_limits *limits, uint32_t refused_bytes)
{
    enum { LEAST = 32768 };
    uint32_t half = whole_pages(limits->page_aligned_bytes / 2);

    if (half < LEAST || refused_bytes <= half)
        return;
    limits->page_aligned_bytes = half;
    limits->not_page_aligned_bytes = least(limits->not_page_aligned_bytes, half - SPTI_PAGE_BYTES);
}

/* ---- who it is ---- */

/* At most room - 1 characters, printable, without blanks at the end. */
static void copy_text(const uint8_t *text, size_t len, char *out, size_t room)
{
    size_t n = 0;

    memset(out, 0, room);
    for (; n < len && n < room - 1 && text[n]; n++)
        out[n] = text[n] >= 0x20 && text[n] < 0x7f ? (char)text[n] : ' ';
    while (n && out[n - 1] == ' ')
        out[--n] = '\0';
}

/* The offset of a text that isn't there is 0, and FFFFFFFFh from some drivers. */
static void read_text(const uint8_t *descriptor, size_t len, size_t offset_at, char *out,
                      size_t room)
{
    enum { FIXED_PART = 36 };
    size_t offset = has(len, offset_at, 4) ? le32(descriptor + offset_at) : 0;

    if (offset < FIXED_PART || offset > len)
        offset = len;
    copy_text(descriptor + offset, len - offset, out, room);
}

bool spti_identity_of_device(const uint8_t *descriptor, size_t len,
                             struct oi_device_identity *identity)
{
    read_text(descriptor, len, 12, identity->vendor, sizeof(identity->vendor));
    read_text(descriptor, len, 16, identity->product, sizeof(identity->product));
    read_text(descriptor, len, 20, identity->revision, sizeof(identity->revision));
    return identity->vendor[0] || identity->product[0];
}

int spti_type_of_device(const uint8_t *descriptor, size_t len)
{
    return has(len, 8, 1) ? descriptor[8] & 0x1f : -1;
}

/* One bus: a chain of SCSI_INQUIRY_DATA, whose links only lead forward here, so it ends. */
static const uint8_t *find_in_chain(const uint8_t *info, size_t len, size_t at,
                                    const struct spti_address *address, size_t *inquiry_len)
{
    enum { HEADER = 12 };

    while (has(len, at, HEADER)) {
        const uint8_t *entry = info + at;
        size_t bytes = le32(entry + 4), next = le32(entry + 8);

        if (entry[0] == address->path && entry[1] == address->target && entry[2] == address->lun) {
            *inquiry_len = bytes;
            return has(len, at + HEADER, bytes) ? entry + HEADER : NULL;
        }
        if (next <= at)
            break;
        at = next;
    }
    return NULL;
}

const uint8_t *spti_inquiry_of_bus(const uint8_t *info, size_t len,
                                   const struct spti_address *address, size_t *inquiry_len)
{
    enum { FIRST_BUS = 4, BUS_BYTES = 8 };

    *inquiry_len = 0;
    for (size_t bus = 0; has(len, 0, 1) && bus < info[0]; bus++) {
        size_t at = FIRST_BUS + bus * BUS_BYTES;
        const uint8_t *found;

        if (!has(len, at, BUS_BYTES))
            break;
        found = find_in_chain(info, len, le32(info + at + 4), address, inquiry_len);
        if (found)
            return found;
    }
    *inquiry_len = 0;
    return NULL;
}
