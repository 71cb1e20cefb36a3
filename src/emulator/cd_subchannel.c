#include "cd_subchannel.h"

#include <string.h>
#include "wire.h"

void cd_sub_weave(const uint8_t apart[CD_SUB_BYTES], uint8_t woven[CD_SUB_BYTES])
{
    memset(woven, 0, CD_SUB_BYTES);
    for (uint32_t channel = 0; channel < 8; channel++)
        for (uint32_t bit = 0; bit < CD_SUB_BYTES; bit++)
            if (apart[channel * 12 + bit / 8] & 0x80 >> bit % 8)
                woven[bit] |= (uint8_t)(0x80 >> channel);
}

void cd_sub_part(const uint8_t woven[CD_SUB_BYTES], uint8_t apart[CD_SUB_BYTES])
{
    memset(apart, 0, CD_SUB_BYTES);
    for (uint32_t channel = 0; channel < 8; channel++)
        for (uint32_t bit = 0; bit < CD_SUB_BYTES; bit++)
            if (woven[bit] & 0x80 >> channel)
                apart[channel * 12 + bit / 8] |= (uint8_t)(0x80 >> bit % 8);
}

/* x^16+x^12+x^5+1, all bits inverted. */
uint16_t cd_crc(const uint8_t *data, uint32_t size)
{
    uint32_t crc = 0;

    while (size--) {
        crc ^= (uint32_t)*data++ << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
        crc &= 0xffff;
    }
    return (uint16_t)~crc;
}

bool cd_q_is_right(const uint8_t q[CD_Q_BYTES])
{
    return cd_crc(q, CD_Q_BYTES - 2) == be16(q + CD_Q_BYTES - 2);
}

static void put_time(uint8_t *q, int32_t frames)
{
    q[0] = cd_bcd((uint32_t)frames / 75 / 60);
    q[1] = cd_bcd((uint32_t)frames / 75 % 60);
    q[2] = cd_bcd((uint32_t)frames % 75);
}

/* The index of a block of this track that is at or behind its start. */
static uint8_t index_at(const struct cd *cd, uint32_t number, int32_t lba)
{
    uint8_t index = 1;

    for (uint32_t i = 0; i < cd->part_count; i++)
        if (cd->parts[i].track == number && cd->parts[i].start <= lba && cd->parts[i].index > index)
            index = cd->parts[i].index;
    return index;
}

bool cd_make_q(const struct cd *cd, int32_t lba, uint8_t q[CD_Q_BYTES])
{
    enum { POSITION = 1 };
    const struct cd_track *track = cd_track_at(cd, lba);
    uint8_t msf[3];
    bool pause;

    memset(q, 0, CD_Q_BYTES);
    if (!track)
        return false;
    pause = lba < track->start;
    q[0] = (uint8_t)(track->control << 4 | POSITION);
    q[1] = cd_bcd(cd_number(cd, track));
    q[2] = pause ? 0 : cd_bcd(index_at(cd, cd_number(cd, track), lba));
    /* In a pause the time in the track runs down to the start. */
    put_time(q + 3, pause ? track->start - lba : lba - track->start);
    cd_msf(lba, msf);
    for (int i = 0; i < 3; i++)
        q[7 + i] = cd_bcd(msf[i]);
    set16(q + 10, cd_crc(q, 10));
    return pause;
}

void cd_text_packs(const uint8_t woven[CD_SUB_BYTES], uint8_t packs[4 * CD_TEXT_PACK_BYTES])
{
    for (uint32_t from = 0, to = 0; from < CD_SUB_BYTES; from += 4, to += 3) {
        uint32_t bits = 0;

        for (uint32_t i = 0; i < 4; i++)
            bits = bits << 6 | (woven[from + i] & 0x3f);
        set24(packs + to, bits);
    }
}
