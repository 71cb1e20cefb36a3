/* IEC 60908: what the Q sub-channel tells in the lead-in, in the program area and in the lead-out,
 * with the CRC that makes a drive believe it. */
#include "cd_blocks.h"

#include <string.h>
#include "cd_sector.h"
#include "cd_subchannel.h"

enum { TRACK_BLOCKS = 300 };
enum { VALUE_DATA = 0x80, VALUE_MODE_2 = 0x40, VALUE_SCRAMBLED = 0x20 };
enum { VALUE_CODES = 0x10, VALUE_TEXT = 0x08, VALUE_INDEX = 0x03 };

static void put_crc(uint8_t *data, uint32_t size)
{
    uint16_t crc = cd_crc(data, size);

    data[size] = (uint8_t)(crc >> 8);
    data[size + 1] = (uint8_t)crc;
}

static void put_time(uint8_t bcd[3], int32_t lba)
{
    uint8_t msf[3];

    cd_msf(lba, msf);
    for (int i = 0; i < 3; i++)
        bcd[i] = cd_bcd(msf[i]);
}

static void lead_in_q(uint8_t q[CD_Q_BYTES], const struct cd_plan *plan, int32_t lba, bool data)
{
    uint32_t points = plan->tracks + 4u;
    uint32_t n = (uint32_t)(lba & 0xffff) % points;

    q[0] = data ? 0x41 : 0x01;
    if (n < plan->tracks) {
        q[2] = cd_bcd(plan->first + n);
        put_time(q + 7, plan->program + (int32_t)n * TRACK_BLOCKS);
    } else if (n == plan->tracks) {
        q[2] = 0xa0;
        q[7] = cd_bcd(plan->first);
    } else if (n == plan->tracks + 1u) {
        q[2] = 0xa1;
        q[7] = cd_bcd(plan->first + plan->tracks - 1u);
    } else if (n == plan->tracks + 2u) {
        q[2] = 0xa2;
        put_time(q + 7, plan->program + plan->tracks * TRACK_BLOCKS);
    } else {
        q[0] = 0x05;
        q[2] = 0xb0;
        q[3] = plan->multi_session ? 0 : 0xff;
    }
}

static void program_q(uint8_t q[CD_Q_BYTES], const struct cd_plan *plan, int32_t lba, uint8_t value)
{
    uint32_t track = lba < plan->program ? 0 : (uint32_t)(lba - plan->program) / TRACK_BLOCKS;
    bool codes = value & VALUE_CODES;

    if (codes && lba % 3 == 0) {
        q[0] = 2;
        memset(q + 1, value & VALUE_INDEX, 7);
    } else if (codes && lba % 3 == 1) {
        q[0] = 3;
        memcpy(q + 1, "\x45\x14\x51\x44\x12\x34\x56\x70", 8);
    } else {
        q[0] = value & VALUE_DATA ? 0x41 : 0x01;
        q[1] = track < plan->tracks ? cd_bcd(plan->first + track) : CD_LEAD_OUT_TRACK;
        q[2] = value & VALUE_INDEX;
        put_time(q + 7, lba);
    }
}

static void put_main(uint8_t sector[CD_RAW_BYTES], int32_t lba, uint8_t value)
{
    memset(sector, value, CD_RAW_BYTES);
    if (!(value & VALUE_DATA))
        return;
    if (value & VALUE_MODE_2)
        cd_sector_xa(sector, lba);
    else
        cd_sector_mode_1(sector, lba);
    if (value & VALUE_SCRAMBLED)
        cd_sector_scramble(sector);
}

void cd_block_text(uint8_t woven[TEXT_BLOCK], uint32_t number)
{
    enum { PACKS = 4 };
    uint8_t packs[PACKS * CD_TEXT_PACK_BYTES];

    for (uint32_t i = 0; i < PACKS; i++) {
        uint8_t *pack = packs + i * CD_TEXT_PACK_BYTES;

        memset(pack, 'a' + (int)(number + i) % 26, CD_TEXT_PACK_BYTES);
        pack[0] = 0x80;
        pack[1] = 0;
        pack[2] = (uint8_t)((number + i) % 0x20);
        pack[3] = 0;
        put_crc(pack, CD_TEXT_PACK_BYTES - 2);
    }
    for (uint32_t bit = 0; bit < sizeof(packs) * 8; bit++)
        if (packs[bit / 8] & 0x80 >> bit % 8)
            woven[bit / 6] |= (uint8_t)(0x20 >> bit % 6);
}

void cd_block_raw(uint8_t *block, uint32_t bytes, const struct cd_plan *plan, int32_t lba,
                  uint8_t value)
{
    uint8_t apart[CD_SUB_BYTES] = {0};
    uint8_t *q = apart + CD_Q_BYTES;
    bool lead_in = lba < plan->program - CD_PREGAP;

    if (lead_in)
        memset(block, 0, CD_RAW_BYTES);
    else
        put_main(block, lba, value);
    if (lead_in)
        lead_in_q(q, plan, lba, value & VALUE_DATA);
    else
        program_q(q, plan, lba, value);
    put_crc(q, CD_Q_BYTES - 2);
    if (bytes == RAW_PQ_BLOCK) {
        memcpy(block + CD_RAW_BYTES, q, CD_Q_BYTES);
        memset(block + CD_RAW_BYTES + CD_Q_BYTES, 0, RAW_PQ_BLOCK - CD_RAW_BYTES - CD_Q_BYTES);
        return;
    }
    cd_sub_weave(apart, block + CD_RAW_BYTES);
    if (lead_in && (value & VALUE_TEXT))
        cd_block_text(block + CD_RAW_BYTES, (uint32_t)(lba & 0xffff) * 4);
}
