/* READ CD: any part of a sector, and its sub-channel.
 * The invariant: what goes out is decided by what the sector is, never by what was asked for. */
#include <string.h>
#include "cd_image.h"
#include "cd_sector.h"
#include "cd_subchannel.h"

/* MMC-6, READ CD, "Expected Sector Type". */
enum sector_type { ANY, CD_DA, MODE_1, MODE_2_FORMLESS, MODE_2_FORM_1, MODE_2_FORM_2, TYPES };

enum { FIELDS = 5 }; /* sync, header, sub-header, user data, EDC and ECC: in this order */

/* MMC-6, READ CD, "Number of Bytes Returned Based on Data Selection Field". Mode 2 form 2 has no
 * ECC, and its spare bytes belong to the user data. */
static const uint16_t field_bytes[TYPES][FIELDS] = {
    [CD_DA] = {0, 0, 0, 2352, 0},         [MODE_1] = {12, 4, 0, 2048, 288},
    [MODE_2_FORMLESS] = {12, 4, 0, 2336}, [MODE_2_FORM_1] = {12, 4, 8, 2048, 280},
    [MODE_2_FORM_2] = {12, 4, 8, 2328},
};
/* The bits of CDB byte 9. */
static const uint8_t field_bits[FIELDS] = {0x80, 0x20, 0x40, 0x10, 0x08};

struct selection {
    uint8_t expected;
    uint8_t fields; /* CDB byte 9 */
    uint8_t c2, sub;
};

static enum sector_type type_of(const struct cd_track *track, const uint8_t *sector)
{
    switch (track->mode) {
    case CD_AUDIO:
        return CD_DA;
    case CD_MODE_1:
        return MODE_1;
    case CD_MODE_2:
        return MODE_2_FORMLESS;
    default:
        return cd_sector_is_form_2(sector) ? MODE_2_FORM_2 : MODE_2_FORM_1;
    }
}

/* Fields with a gap between them are no selection. */
static bool in_one_piece(uint8_t fields, enum sector_type type)
{
    bool begun = false;
    bool ended = false;

    for (int i = 0; i < FIELDS; i++) {
        bool chosen = fields & field_bits[i];

        if (!field_bytes[type][i])
            continue;
        if (chosen && ended)
            return false;
        ended = begun && !chosen;
        begun = begun || chosen;
    }
    return true;
}

static uint32_t put_main(const struct selection *selection, enum sector_type type,
                         const uint8_t *sector, uint8_t *to)
{
    uint32_t at = 0;
    uint32_t size = 0;

    for (int i = 0; i < FIELDS; i++) {
        uint32_t bytes = field_bytes[type][i];

        if (selection->fields & field_bits[i]) {
            memcpy(to + size, sector + at, bytes);
            size += bytes;
        }
        at += bytes;
    }
    return size;
}

enum { C2_FLAGS = 294, C2_WITH_BLOCK = 296, Q_FORMATTED = 16 };
enum { SUB_NONE = 0, SUB_RAW = 1, SUB_Q = 2, SUB_R_TO_W = 4 };
enum { BLOCK_MAX = CD_RAW_BYTES + C2_WITH_BLOCK + CD_SUB_BYTES };

/* Nothing the drive reads needs correction: its error flags are clear. */
static uint32_t put_c2(uint8_t c2, uint8_t *to)
{
    uint32_t size = c2 == 1 ? C2_FLAGS : c2 == 2 ? C2_WITH_BLOCK : 0;

    memset(to, 0, size);
    return size;
}

static uint32_t put_sub(uint8_t sub, const uint8_t apart[CD_SUB_BYTES], uint8_t *to)
{
    if (sub == SUB_NONE)
        return 0;
    if (sub == SUB_Q) {
        memset(to, 0, Q_FORMATTED);
        memcpy(to, apart + CD_Q_BYTES, CD_Q_BYTES);
        to[Q_FORMATTED - 1] = apart[0] & 0x80;
        return Q_FORMATTED;
    }
    cd_sub_weave(apart, to);
    for (int i = 0; i < CD_SUB_BYTES && sub == SUB_R_TO_W; i++)
        to[i] &= 0x3f;
    return CD_SUB_BYTES;
}

static enum outcome read_block(struct oi_emu *emu, struct request *rq,
                               const struct selection *selection, int32_t lba, uint8_t *to,
                               uint32_t *size)
{
    uint8_t sector[CD_RAW_BYTES];
    uint8_t apart[CD_SUB_BYTES];
    const struct cd_track *track;
    enum outcome outcome = cd_may_read(&emu->disc, lba, &track);
    enum sector_type type;
    enum oi_status status;

    if (outcome != GOOD)
        return at_lba(rq, (uint32_t)lba, outcome);
    status = cd_fetch(emu, track, lba, true, sector);
    if (status == OI_OK && selection->sub != SUB_NONE)
        status = cd_fetch_sub(emu, track, lba, apart);
    if (status != OI_OK)
        return at_lba(rq, (uint32_t)lba, image_failed(emu, rq, READ_ERROR, status));
    type = type_of(track, sector);
    if (selection->expected != ANY && selection->expected != type)
        return at_lba(rq, (uint32_t)lba, ILLEGAL_MODE_FOR_TRACK);
    if (!in_one_piece(selection->fields, type))
        return wrong_cdb(rq, 9);
    *size = put_main(selection, type, sector, to);
    *size += put_c2(selection->c2, to + *size);
    *size += put_sub(selection->sub, apart, to + *size);
    return GOOD;
}

static enum outcome select_fields(struct request *rq, struct selection *selection)
{
    enum { C2_RESERVED = 3, SUB_FIELD = 0x07 };

    *selection = (struct selection){
        .expected = rq->cdb[1] >> 2 & 0x07,
        .fields = rq->cdb[9],
        .c2 = rq->cdb[9] >> 1 & 0x03,
        .sub = rq->cdb[10] & SUB_FIELD,
    };
    if (selection->expected >= TYPES)
        return wrong_cdb(rq, 1);
    if ((rq->cdb[9] & 0x01) || selection->c2 == C2_RESERVED)
        return wrong_cdb(rq, 9);
    if ((rq->cdb[10] & ~SUB_FIELD) || (selection->sub > SUB_Q && selection->sub != SUB_R_TO_W))
        return wrong_cdb(rq, 10);
    return GOOD;
}

static enum outcome read_blocks(struct oi_emu *emu, struct request *rq, int32_t lba,
                                uint32_t blocks, int length_field)
{
    struct selection selection;
    enum outcome outcome = select_fields(rq, &selection);
    uint8_t block[BLOCK_MAX];

    if (outcome != GOOD)
        return outcome;
    if (emu->disc.medium->io != &cd_io)
        return CANNOT_READ_MEDIUM_FORMAT;
    /* What lies ahead of a bad block goes over all the same. */
    for (uint32_t i = 0; i < blocks; i++) {
        uint32_t size = 0;

        outcome = read_block(emu, rq, &selection, lba + (int32_t)i, block, &size);
        if (outcome != GOOD)
            return outcome;
        if (size > rq->room - rq->moved)
            return wrong_cdb(rq, length_field);
        if (size)
            memcpy(rq->in + rq->moved, block, size);
        rq->moved += size;
    }
    return GOOD;
}

enum outcome on_read_cd(struct oi_emu *emu, struct request *rq)
{
    int32_t lba = (int32_t)be32(rq->cdb + 2);

    if (lba < 0)
        return at_lba(rq, (uint32_t)lba, LBA_OUT_OF_RANGE);
    if (lba > INT32_MAX - 0xffffff)
        return at_lba(rq, (uint32_t)lba, LBA_OUT_OF_RANGE);
    return read_blocks(emu, rq, lba, be24(rq->cdb + 6), 6);
}

enum outcome on_read_cd_msf(struct oi_emu *emu, struct request *rq)
{
    const uint8_t *from = rq->cdb + 3;
    const uint8_t *to = rq->cdb + 6;
    int32_t lba, end;

    for (int i = 1; i < 3; i++) {
        if (from[i] >= (i == 1 ? 60 : 75))
            return wrong_cdb(rq, 3 + i);
        if (to[i] >= (i == 1 ? 60 : 75))
            return wrong_cdb(rq, 6 + i);
    }
    lba = cd_lba(from[0], from[1], from[2]);
    end = cd_lba(to[0], to[1], to[2]);
    if (lba > end)
        return wrong_cdb(rq, 3);
    if (lba < 0)
        return at_lba(rq, (uint32_t)lba, LBA_OUT_OF_RANGE);
    return read_blocks(emu, rq, lba, (uint32_t)(end - lba), 6);
}
