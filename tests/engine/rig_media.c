/* Discs as a client prepares them: mode page 05h, cue sheet, lead-in, reservation or format. Every
 * block of a source differs from every other, and none holds a sector of zeros. */
#include "rig_media.h"

#include <stdlib.h>
#include <string.h>
#include "cdb.h"
#include "rig.h"

enum { PACKET = 0, TRACK_AT_ONCE = 1, SESSION_AT_ONCE = 2, RAW = 3 };
enum { MODE_1 = 8, RAW_PQ = 1, DATA_TRACK = 4 };
enum { PREGAP = -150, LEAD_IN = -11634, RAW_BYTES = 2352, PQ_BYTES = 16 };

/* MMC-6, "Write Parameters Mode Page", with buffer under-run protection. */
static bool select_page(struct rig_drive *drive, uint8_t write_type, uint8_t track_mode,
                        uint8_t block_type)
{
    enum {
        HEADER = 8,
        PAGE = 0x05,
        PAGE_BYTES = 0x32,
        BUFE = 0x40,
        LIST = HEADER + 2 + PAGE_BYTES
    };
    uint8_t list[LIST] = {0};
    uint8_t *page = list + HEADER;

    page[0] = PAGE;
    page[1] = PAGE_BYTES;
    page[2] = BUFE | write_type;
    page[3] = track_mode;
    page[4] = block_type;
    page[5] = 16;
    page[13] = 16;
    page[15] = 150;
    return rig_command(drive, oi_cdb_mode_select10(false, LIST), OI_DATA_OUT, list, LIST);
}

static void put_time(uint8_t msf[3], int32_t lba)
{
    uint32_t frames = (uint32_t)(lba < PREGAP ? lba + 450150 : lba + 150);

    msf[0] = (uint8_t)(frames / 4500);
    msf[1] = (uint8_t)(frames / 75 % 60);
    msf[2] = (uint8_t)(frames % 75);
}

static uint8_t bcd(uint8_t number)
{
    return (uint8_t)(number / 10 * 16 + number % 10);
}

static bool prepare_tao(struct rig_drive *drive)
{
    return select_page(drive, TRACK_AT_ONCE, DATA_TRACK, MODE_1);
}

/* One audio track. */
static bool prepare_sao(struct rig_drive *drive)
{
    uint8_t cue[4][8] = {{0x01, 0, 0, 0x01}, {0x01, 1, 0, 0}, {0x01, 1, 1, 0}, {0x01, 0xaa, 1, 1}};

    put_time(&cue[2][5], 0);
    put_time(&cue[3][5], drive->medium->start_lba + (int32_t)rig_blocks(drive->medium));
    return select_page(drive, SESSION_AT_ONCE, 0, 0) &&
           rig_command(drive, oi_cdb_send_cue_sheet(sizeof(cue)), OI_DATA_OUT, cue, sizeof(cue));
}

/* The lead-in of one audio track tells its start, first and last track, and the lead-out, each
 * three times over; the checksum of the Q channel is the drive's business. */
static void lead_in_block(uint8_t *block, uint32_t number, int32_t lead_out)
{
    static const uint8_t points[4] = {0x01, 0xa0, 0xa1, 0xa2};
    uint8_t *q = block + RAW_BYTES;
    uint8_t point = points[number / 3 % 4];
    uint8_t msf[3] = {1, 0, 0};

    if (point == 0x01)
        put_time(msf, 0);
    else if (point == 0xa2)
        put_time(msf, lead_out);
    q[0] = 0x01;
    q[2] = point;
    for (int i = 0; i < 3; i++)
        q[7 + i] = bcd(msf[i]);
}

static void program_block(uint8_t *block, int32_t lba)
{
    uint8_t *q = block + RAW_BYTES;
    uint8_t at[3], in_track[3];

    put_time(at, lba);
    put_time(in_track, (lba < 0 ? -lba : lba) - 150);
    memset(q, 0, PQ_BYTES);
    q[0] = 0x01;
    q[1] = 1;
    q[2] = lba < 0 ? 0 : 1;
    for (int i = 0; i < 3; i++) {
        q[3 + i] = bcd(in_track[i]);
        q[7 + i] = bcd(at[i]);
    }
}

/* The client's first section is the lead-in. */
static bool prepare_raw(struct rig_drive *drive)
{
    enum { BLOCKS = 24, BYTES = RAW_BYTES + PQ_BYTES };
    int32_t lead_out = drive->medium->start_lba + (int32_t)rig_blocks(drive->medium);
    bool good = select_page(drive, RAW, 0, RAW_PQ);
    uint8_t *blocks = calloc(BLOCKS, BYTES);

    for (uint32_t i = 0; blocks && i < BLOCKS; i++)
        lead_in_block(blocks + (size_t)i * BYTES, i, lead_out);
    for (int32_t lba = LEAD_IN; good && lba < PREGAP; lba += BLOCKS) {
        uint32_t now = PREGAP - lba < BLOCKS ? (uint32_t)(PREGAP - lba) : BLOCKS;

        good = blocks && rig_command(drive, oi_cdb_write10(lba, (uint16_t)now), OI_DATA_OUT, blocks,
                                     now * BYTES);
    }
    free(blocks);
    return good;
}

static bool prepare_packets(struct rig_drive *drive)
{
    return select_page(drive, PACKET, 5, MODE_1);
}

static bool prepare_disc_at_once(struct rig_drive *drive)
{
    return select_page(drive, SESSION_AT_ONCE, 5, MODE_1) &&
           rig_command(drive, oi_cdb_reserve_track(rig_blocks(drive->medium)), OI_DATA_NONE, NULL,
                       0);
}

static bool prepare_nothing(struct rig_drive *drive)
{
    return rig_command(drive, oi_cdb_test_unit_ready(), OI_DATA_NONE, NULL, 0);
}

static bool format(struct rig_drive *drive, uint32_t blocks, uint8_t type, uint32_t parameter)
{
    uint8_t list[OI_FORMAT_LIST_BYTES];

    oi_format_list(list, blocks, type, 0, parameter, true);
    return rig_command(drive, oi_cdb_format_unit(), OI_DATA_OUT, list, sizeof(list)) &&
           prepare_nothing(drive);
}

static bool prepare_plus_rw(struct rig_drive *drive)
{
    return format(drive, UINT32_MAX, 0x26, 0);
}

static bool prepare_bd_re(struct rig_drive *drive)
{
    return format(drive, 11826176, 0x00, 2048);
}

/* clang-format off */
#define OF(medium) .definition = "medium = " medium "\nimage = disc.iso\ntrace = off\n"
#define CD  .profile = 0x0009, .pace = "speed = 16\n", .starting_speed = 1200
#define DVD .image = ".iso", .image_bytes = 2048, .block_bytes = 2048, \
            .pace = "speed = 2\n", .starting_speed = 1350
#define BD  .image = ".iso", .image_bytes = 2048, .block_bytes = 2048, .per_command = 32, \
            .pace = "speed = 2\n", .starting_speed = 4390

/* Sections are from 1.6 to 3.4 MB: a drive that takes its time begins to burn with the first MiB and
 * has a buffer of two, so that it gets full before the end of some. */
const struct rig_medium rig_media[] = {
    {.name = "CD TAO", OF("cd-r"), CD, .image = ".iso", .image_bytes = 2048, .block_bytes = 2048,
     .per_command = 22, .prepare = prepare_tao},
    {.name = "CD SAO", OF("cd-r"), CD, .image = ".bin", .image_bytes = RAW_BYTES,
     .block_bytes = RAW_BYTES, .per_command = 27, .start_lba = PREGAP, .prepare = prepare_sao},
    {.name = "CD RAW", OF("cd-r"), CD, .image = ".bin", .image_bytes = RAW_BYTES,
     .block_bytes = RAW_BYTES + PQ_BYTES, .per_command = 27, .start_lba = PREGAP,
     .prepare = prepare_raw, .finish_block = program_block},
    {.name = "DVD-R", OF("dvd-r"), DVD, .profile = 0x0011, .per_command = 32,
     .prepare = prepare_packets},
    {.name = "DVD-R DAO", OF("dvd-r"), DVD, .profile = 0x0011, .per_command = 16,
     .prepare = prepare_disc_at_once},
    {.name = "DVD+R", OF("dvd+r"), DVD, .profile = 0x001b, .per_command = 16,
     .prepare = prepare_nothing},
    {.name = "DVD+RW", OF("dvd+rw"), DVD, .profile = 0x001a, .per_command = 16, .random = true,
     .prepare = prepare_plus_rw},
    {.name = "DVD-RAM", OF("dvd-ram"), DVD, .profile = 0x0012, .per_command = 16, .random = true,
     .prepare = prepare_nothing},
    {.name = "BD-R", OF("bd-r"), BD, .profile = 0x0041, .prepare = prepare_nothing},
    {.name = "BD-RE", OF("bd-re"), BD, .profile = 0x0043, .random = true,
     .prepare = prepare_bd_re},
};
/* clang-format on */
enum { MEDIA = sizeof(rig_media) / sizeof(rig_media[0]) };
const uint32_t rig_media_count = MEDIA;

uint32_t rig_blocks(const struct rig_medium *medium)
{
    return RIG_WHOLE_COMMANDS * medium->per_command + RIG_LAST_BLOCKS;
}

static uint8_t *sources[MEDIA];

static uint8_t *make_source(const struct rig_medium *medium)
{
    uint32_t blocks = rig_blocks(medium);
    uint8_t *data = malloc((size_t)blocks * medium->block_bytes);
    uint64_t word = (uint64_t)(medium - rig_media) << 32;

    if (!data)
        return NULL;
    for (uint32_t i = 0; i < blocks; i++) {
        uint8_t *block = data + (size_t)i * medium->block_bytes;

        for (uint32_t at = 0; at + 8 <= medium->block_bytes; at += 8) {
            uint64_t mixed = ++word * 0x9e3779b97f4a7c15u;

            memcpy(block + at, &mixed, 8);
        }
        if (medium->finish_block)
            medium->finish_block(block, medium->start_lba + (int32_t)i);
    }
    return data;
}

const uint8_t *rig_source_data(const struct rig_medium *medium)
{
    uint8_t **source = &sources[medium - rig_media];

    if (!*source)
        *source = make_source(medium);
    return *source;
}

void rig_media_forget(void)
{
    for (uint32_t i = 0; i < MEDIA; i++) {
        free(sources[i]);
        sources[i] = NULL;
    }
}
