/* Mode pages: defaults, what may be changed, and the current values.
 * The invariant: a MODE SELECT is checked whole before any page changes, and no bit outside a
 * page's mask ever differs from its default. */
#include <string.h>
#include "drive.h"

enum {
    PAGE_RECOVERY = 0x01,
    PAGE_CAPABILITIES = 0x2a,
    ALL_PAGES = 0x3f,
    PAGE_CODE = 0x3f,
    HEADER_BYTES = 8
};

/* In the table of pages. */
enum { WRITE_PARAMETERS = 1 };

struct page {
    uint8_t size; /* all of it, its two header bytes too */
    uint8_t defaults[MODE_PAGE_MAX];
    uint8_t changeable[MODE_PAGE_MAX];
    int (*wrong)(const struct oi_emu *emu, const uint8_t *page); /* NULL, or the byte, -1: none */
};

/* What the medium takes, or without one what the drive takes of any. */
static uint16_t write_types(const struct oi_emu *emu)
{
    const struct medium *medium;
    unsigned types = 0;

    if (emu->presence == MEDIUM_READABLE)
        return emu->disc.medium->write_types;
    for (uint32_t i = 0; (medium = medium_at(i)) != NULL; i++)
        types |= medium->write_types;
    return (uint16_t)types;
}

static uint16_t data_types(const struct oi_emu *emu)
{
    const struct medium *medium;
    unsigned types = 0;

    if (emu->presence == MEDIUM_READABLE)
        return emu->disc.medium->data_types;
    for (uint32_t i = 0; (medium = medium_at(i)) != NULL; i++)
        types |= medium->data_types;
    return (uint16_t)types;
}

/* Whether the page decides how a DVD is written. */
static bool is_for_dvd(const struct oi_emu *emu)
{
    return emu->presence == MEDIUM_READABLE && emu->disc.medium->family == FAMILY_DVD &&
           emu->disc.medium->ops->writing;
}

/* Sub-channel goes with raw writing only, and packets are of data; the cue sheet of a CD tells of
 * each track by itself. */
static bool is_data_type_for(const struct oi_emu *emu, uint8_t write_type, uint8_t data_type)
{
    enum { RAW = 0, RAW_P_W_RAW = 3 };
    bool cd = emu->presence == MEDIUM_READABLE && emu->disc.medium->family == FAMILY_CD;

    if (write_type == WRITE_SESSION_AT_ONCE && cd)
        return true;
    if (write_type == WRITE_RAW && data_type > RAW_P_W_RAW)
        return false;
    if (write_type == WRITE_TRACK_AT_ONCE && data_type > RAW && data_type <= RAW_P_W_RAW)
        return false;
    if (write_type == WRITE_PACKET && data_type <= RAW_P_W_RAW)
        return false;
    return data_types(emu) >> data_type & 1;
}

/* MMC-6, "Write Parameters Mode Page", against the features of the disc. Incremental writing on a
 * DVD has packets and links of one ECC block. */
static int wrong_write_parameter(const struct oi_emu *emu, const uint8_t *page)
{
    enum { LINK_SIZE_VALID = 0x20, TEST_WRITE = 0x10, FIXED_PACKET = 0x20, DVD_PACKET = 16 };
    enum { RESERVED_MULTI_SESSION = 2, CD_ROM = 0x00, CD_I = 0x10, CD_ROM_XA = 0x20 };
    uint8_t write_type = page[2] & 0x0f;
    bool dvd_packets = is_for_dvd(emu) && write_type == WRITE_PACKET;

    if (!(write_types(emu) >> write_type & 1) || (is_for_dvd(emu) && (page[2] & TEST_WRITE)))
        return 2;
    if (page[3] >> 6 == RESERVED_MULTI_SESSION)
        return 3;
    if (!is_data_type_for(emu, write_type, page[4] & 0x0f))
        return 4;
    if (dvd_packets && (page[2] & LINK_SIZE_VALID) && page[5] != DVD_PACKET)
        return 5;
    if (page[8] != CD_ROM && page[8] != CD_I && page[8] != CD_ROM_XA)
        return 8;
    if (dvd_packets && (page[3] & FIXED_PACKET) && be32(page + 10) != DVD_PACKET)
        return 10;
    return -1;
}

/* clang-format off */
static const struct page pages[MODE_PAGES] = { /* ascending by code */
    { /* error recovery: retry counts */
        12,
        { 0x01, 10, 0xc0, 8, [8] = 8 },
        { 0x01, 10, 0xff, 0xff, [8] = 0xff }, NULL },
    { /* write parameters: packet, under-run protection, fixed packets of 16 blocks of mode 1 */
        52,
        { 0x05, 0x32, 0x40, 0x25, 0x08, 16, [13] = 16, [15] = 150 },
        { 0x05, 0x32, 0x7f, 0xff, 0x0f, 0xff, [8] = 0xff, [10] = 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, wrong_write_parameter },
    { /* caching: the write cache is on */
        12, { 0x08, 10, 0x04 }, { 0x08, 10 }, NULL },
    { /* audio: stop at the end of a track or not; both channels, loud */
        16,
        { 0x0e, 14, 0x04, [8] = 0x01, 0xff, 0x02, 0xff },
        { 0x0e, 14, 0x02, [8] = 0x0f, 0xff, 0x0f, 0xff }, NULL },
    { /* power condition: timers */
        12,
        { 0x1a, 10 },
        { 0x1a, 10, 0, 0x03, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, NULL },
    { /* timeout and protect */
        12,
        { 0x1d, 10, [7] = 30, [9] = 60 },
        { 0x1d, 10, [6] = 0xff, 0xff, 0xff, 0xff }, NULL },
};
/* clang-format on */

/* The write parameters as they are for the disc in the drive until the host selects others. */
static void put_write_defaults(const struct oi_emu *emu, uint8_t *page)
{
    enum { UNDERRUN_PROTECTION = 0x40, LINK_SIZE_VALID = 0x20, DATA = 0x04 };

    memcpy(page, pages[WRITE_PARAMETERS].defaults, MODE_PAGE_MAX);
    if (is_for_dvd(emu)) {
        page[2] |= LINK_SIZE_VALID;
    } else if (emu->presence == MEDIUM_READABLE && emu->disc.medium->family == FAMILY_CD) {
        page[2] = UNDERRUN_PROTECTION | WRITE_TRACK_AT_ONCE;
        page[3] = DATA;
        page[5] = CD_LINK;
        page[13] = 0;
    }
}

/* MMC-6, "Write Parameters Mode Page". */
static void decode_write_parameters(struct oi_emu *emu)
{
    enum {
        UNDERRUN_PROTECTION = 0x40,
        LINK_SIZE_VALID = 0x20,
        TEST_WRITE = 0x10,
        FIXED_PACKET = 0x20,
        COPY = 0x10
    };
    const uint8_t *page = emu->mode[WRITE_PARAMETERS];

    emu->setup = (struct write_setup){
        .write_type = (enum write_type)(page[2] & 0x0f),
        .multi_session = page[3] >> 6,
        .underrun_protection = page[2] & UNDERRUN_PROTECTION,
        .test_write = page[2] & TEST_WRITE,
        .fixed_packet = page[3] & FIXED_PACKET,
        .copy = page[3] & COPY,
        .link_size_valid = page[2] & LINK_SIZE_VALID,
        .track_mode = page[3] & 0x0f,
        .block_type = page[4] & 0x0f,
        .link_size = page[5],
        .session_format = page[8],
        .packet_size = be32(page + 10),
        .audio_pause = be16(page + 14),
        .page = page,
    };
}

/* Once selected the page stays as it is, whatever disc comes into the drive. */
static void follow_medium(struct oi_emu *emu)
{
    const struct medium *medium = emu->presence == MEDIUM_READABLE ? emu->disc.medium : NULL;

    if (emu->setup_selected || emu->setup_medium == medium)
        return;
    put_write_defaults(emu, emu->mode[WRITE_PARAMETERS]);
    decode_write_parameters(emu);
    emu->setup_medium = medium;
}

void mode_pages_reset(struct oi_emu *emu)
{
    for (int i = 0; i < MODE_PAGES; i++)
        memcpy(emu->mode[i], pages[i].defaults, MODE_PAGE_MAX);
    emu->setup_selected = false;
    emu->setup_medium = NULL;
    emu->disc.cd.cue_count = 0;
    decode_write_parameters(emu);
}

const struct write_setup *drive_setup(struct oi_emu *emu)
{
    follow_medium(emu);
    return &emu->setup;
}

static void set_kbps(uint8_t *data, uint32_t kbps)
{
    set16(data, kbps < 0xffff ? kbps : 0xffff);
}

/* MMC-6, "CD/DVD Capabilities and Mechanical Status Page": made afresh, since it tells of now. */
static uint32_t put_capabilities(const struct oi_emu *emu, uint8_t *data)
{
    enum {
        READS_ALL = 0x3f,  /* CD-R, CD-RW, with method 2, DVD-ROM, DVD-R, DVD-RAM */
        WRITES_ALL = 0x37, /* CD-R, CD-RW, DVD-R, DVD-RAM, and in a test */
        MODE_2 = 0x30,     /* form 1 and form 2 */
        MULTI_SESSION = 0x40,
        BUFFER_PROTECTION = 0x80,
        AUDIO_SECTORS = 0x17, /* accurately, with C2 pointers and R-W sub-channels */
        TRAY = 0x20,
        CAN_EJECT = 0x08,
        LOCKED = 0x02,
        CAN_LOCK = 0x01,
        SPEEDS_AT = 32
    };
    struct speeds speeds;
    uint32_t size;

    speed_list(emu, &speeds);
    size = SPEEDS_AT + 4 * speeds.count;
    data[0] = PAGE_CAPABILITIES;
    data[1] = (uint8_t)(size - 2);
    data[2] = READS_ALL;
    data[3] = WRITES_ALL;
    data[4] = MODE_2 | MULTI_SESSION;
    if (!emu->definition.personality->no_underrun_protection)
        data[4] |= BUFFER_PROTECTION;
    data[5] = AUDIO_SECTORS;
    data[6] = (uint8_t)(TRAY | CAN_EJECT | CAN_LOCK | (emu->prevented ? LOCKED : 0));
    set_kbps(data + 8, 16 * 1385);
    set16(data + 12, CACHE_BYTES / 1024);
    set_kbps(data + 14, speed_read_kbps(emu));
    set_kbps(data + 18, speeds.kbps[0]);
    set_kbps(data + 20, speed_write_kbps(emu));
    set_kbps(data + 28, speed_write_kbps(emu));
    set16(data + 30, speeds.count);
    for (uint32_t i = 0; i < speeds.count; i++)
        set_kbps(data + SPEEDS_AT + 4 * i + 2, speeds.kbps[i]);
    return size;
}

static bool has_page(const struct oi_emu *emu, uint8_t code)
{
    return code == PAGE_RECOVERY || !emu->definition.personality->few_mode_pages;
}

enum page_control { CURRENT, CHANGEABLE, DEFAULT, SAVED };

static uint32_t put_page(const struct oi_emu *emu, int index, enum page_control control,
                         uint8_t *data)
{
    const struct page *page = &pages[index];

    if (control == DEFAULT && index == WRITE_PARAMETERS)
        put_write_defaults(emu, data);
    else
        memcpy(data,
               control == CURRENT      ? emu->mode[index]
               : control == CHANGEABLE ? page->changeable
                                       : page->defaults,
               page->size);
    return page->size;
}

static uint32_t put_capabilities_page(const struct oi_emu *emu, enum page_control control,
                                      uint8_t *data)
{
    uint32_t size = put_capabilities(emu, data);

    if (control == CHANGEABLE)
        memset(data + 2, 0, size - 2);
    return size;
}

enum outcome on_mode_sense10(struct oi_emu *emu, struct request *rq)
{
    uint8_t data[HEADER_BYTES + (MODE_PAGES + 2) * MODE_PAGE_MAX] = {0};
    enum page_control control = (enum page_control)(rq->cdb[2] >> 6);
    uint8_t code = rq->cdb[2] & PAGE_CODE;
    uint32_t size = HEADER_BYTES;

    follow_medium(emu);
    if (rq->cdb[3])
        return wrong_cdb(rq, 3);
    if (control == SAVED)
        return SAVING_NOT_SUPPORTED;
    for (int i = 0; i < MODE_PAGES; i++)
        if (has_page(emu, pages[i].defaults[0]) &&
            (code == ALL_PAGES || code == pages[i].defaults[0]))
            size += put_page(emu, i, control, data + size);
    if (has_page(emu, PAGE_CAPABILITIES) && (code == ALL_PAGES || code == PAGE_CAPABILITIES))
        size += put_capabilities_page(emu, control, data + size);
    if (size == HEADER_BYTES)
        return wrong_cdb(rq, 2);
    set16(data, size - 2);
    answer(rq, data, size, be16(rq->cdb + 7));
    return GOOD;
}

/* What the page would be like: its size and current values, and what may change in it. */
struct target {
    int index; /* -1: the capabilities */
    uint32_t size;
    uint8_t current[MODE_PAGE_MAX];
    uint8_t changeable[MODE_PAGE_MAX];
};

static bool find_target(const struct oi_emu *emu, uint8_t code, struct target *target)
{
    memset(target, 0, sizeof(*target));
    target->index = -1;
    if (!has_page(emu, code))
        return false;
    if (code == PAGE_CAPABILITIES) {
        target->size = put_capabilities(emu, target->current);
        return true;
    }
    for (int i = 0; i < MODE_PAGES; i++) {
        if (pages[i].defaults[0] != code)
            continue;
        target->index = i;
        target->size = pages[i].size;
        memcpy(target->current, emu->mode[i], MODE_PAGE_MAX);
        memcpy(target->changeable, pages[i].changeable, MODE_PAGE_MAX);
        return true;
    }
    return false;
}

/* One page at rq->out + at, which ends at `end`. */
static enum outcome check_page(const struct oi_emu *emu, struct request *rq, uint32_t at,
                               uint32_t end, struct target *target)
{
    const uint8_t *page = rq->out + at;
    int wrong;

    if (end - at < 2)
        return PARAMETER_LIST_LENGTH;
    if (!find_target(emu, page[0], target))
        return wrong_list(rq, (int)at);
    if (page[1] != target->size - 2)
        return wrong_list(rq, (int)at + 1);
    if (end - at < target->size)
        return PARAMETER_LIST_LENGTH;
    for (uint32_t i = 2; i < target->size; i++)
        if ((page[i] ^ target->current[i]) & ~target->changeable[i])
            return wrong_list(rq, (int)(at + i));
    wrong = target->index >= 0 && pages[target->index].wrong ? pages[target->index].wrong(emu, page)
                                                             : -1;
    return wrong < 0 ? GOOD : wrong_list(rq, (int)at + wrong);
}

/* The write parameters stay as they are while a track is written with them. */
static bool is_in_use(const struct oi_emu *emu, const struct target *target)
{
    return target->index == WRITE_PARAMETERS && emu->presence == MEDIUM_READABLE &&
           emu->image.locked && emu->disc.medium->ops->writing &&
           emu->disc.medium->ops->writing(&emu->disc);
}

static void set_page(struct oi_emu *emu, const struct target *target, const uint8_t *page)
{
    if (target->index < 0)
        return;
    memcpy(emu->mode[target->index], page, target->size);
    if (target->index != WRITE_PARAMETERS)
        return;
    emu->setup_selected = true;
    if ((page[2] & 0x0f) != WRITE_SESSION_AT_ONCE)
        emu->disc.cd.cue_count = 0; /* its session will not be recorded */
}

static enum outcome walk_pages(struct oi_emu *emu, struct request *rq, uint32_t end, bool apply)
{
    uint32_t at = HEADER_BYTES;

    while (at < end) {
        struct target target;
        enum outcome outcome = check_page(emu, rq, at, end, &target);

        if (outcome != GOOD)
            return outcome;
        if (is_in_use(emu, &target))
            return COMMAND_SEQUENCE_ERROR;
        if (apply)
            set_page(emu, &target, rq->out + at);
        at += target.size;
    }
    return GOOD;
}

enum outcome on_mode_select10(struct oi_emu *emu, struct request *rq)
{
    enum { PAGE_FORMAT = 0x10, SAVE_PAGES = 0x01 };
    uint32_t length = be16(rq->cdb + 7);
    enum outcome outcome;

    if (!(rq->cdb[1] & PAGE_FORMAT) || (rq->cdb[1] & SAVE_PAGES))
        return wrong_cdb(rq, 1);
    if (!length)
        return GOOD;
    if (length < HEADER_BYTES || rq->given < length)
        return PARAMETER_LIST_LENGTH;
    if (be16(rq->out + 6))
        return wrong_list(rq, 6);
    follow_medium(emu);
    outcome = walk_pages(emu, rq, length, false);
    if (outcome != GOOD)
        return outcome;
    rq->moved = length;
    outcome = walk_pages(emu, rq, length, true);
    decode_write_parameters(emu);
    return outcome;
}
