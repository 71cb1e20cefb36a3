#include "cd_sector.h"

#include <string.h>
#include "cd.h"

static const uint8_t sync_pattern[12] = {0,    0xff, 0xff, 0xff, 0xff, 0xff,
                                         0xff, 0xff, 0xff, 0xff, 0xff, 0};

/* ECMA-130, 14.3: (x^16+x^15+x^2+1)(x^16+x^2+x+1), lowest bit first. Four bits at a time keep the
 * table small. */
static uint32_t edc(const uint8_t *data, uint32_t size)
{
    enum { NIBBLES = 16 };
    static const uint32_t table[NIBBLES] = {
        0x00000000, 0x99011001, 0x82012001, 0x1b003000, 0xb4014001, 0x2d005000,
        0x36006000, 0xaf017001, 0xd8018001, 0x41009000, 0x5a00a000, 0xc301b001,
        0x6c00c000, 0xf501d001, 0xee01e001, 0x7700f000,
    };
    uint32_t sum = 0;

    while (size--) {
        sum ^= *data++;
        sum = sum >> 4 ^ table[sum & 0x0f];
        sum = sum >> 4 ^ table[sum & 0x0f];
    }
    return sum;
}

static void put_edc(uint8_t *sector, uint32_t from, uint32_t at)
{
    uint32_t sum = edc(sector + from, at - from);

    for (int i = 0; i < 4; i++)
        sector[at + (uint32_t)i] = (uint8_t)(sum >> 8 * i);
}

/* Times x in the field of ECMA-130, annex A: x^8+x^4+x^3+x^2+1. */
static uint8_t times_x(uint8_t value)
{
    return (uint8_t)(value << 1 ^ (value & 0x80 ? 0x1d : 0));
}

/* Divides by x+1: the table is made once, by multiplying. */
static uint8_t divided(uint8_t value)
{
    static const uint8_t by_bit[8] = {0xf4, 0xf5, 0xf7, 0xf3, 0xfb, 0xeb, 0xcb, 0x8b};
    uint8_t result = 0;

    for (int bit = 0; bit < 8; bit++)
        if (value >> bit & 1)
            result ^= by_bit[bit];
    return result;
}

/* ECMA-130, annex A: two parity bytes for each of `columns` vectors, which begin at data and end in
 * parity. Byte pairs count as words: a vector takes every other byte. */
struct code {
    uint32_t columns, length, step, skip, bytes; /* skip: between the starts of two vectors */
};

static void put_parity(const uint8_t *data, uint8_t *parity, const struct code *code)
{
    for (uint32_t column = 0; column < code->columns; column++) {
        uint32_t at = (column >> 1) * code->skip + (column & 1);
        uint8_t a = 0;
        uint8_t b = 0;

        for (uint32_t i = 0; i < code->length; i++) {
            uint8_t value = data[at];

            at += code->step;
            if (at >= code->bytes)
                at -= code->bytes;
            a = times_x(a ^ value);
            b ^= value;
        }
        a = divided(times_x(a) ^ b);
        parity[column] = a;
        parity[column + code->columns] = a ^ b;
    }
}

static void put_ecc(uint8_t *sector)
{
    enum { P_AT = 2076, Q_AT = 2248 };
    static const struct code p = {86, 24, 86, 2, 2064};
    static const struct code q = {52, 43, 88, 86, 2236};

    put_parity(sector + CD_HEADER_AT, sector + P_AT, &p);
    put_parity(sector + CD_HEADER_AT, sector + Q_AT, &q);
}

static void put_header(uint8_t *sector, int32_t lba, uint8_t mode)
{
    uint8_t msf[3];

    cd_msf(lba, msf);
    memcpy(sector, sync_pattern, sizeof(sync_pattern));
    for (int i = 0; i < 3; i++)
        sector[CD_HEADER_AT + i] = cd_bcd(msf[i]);
    sector[CD_HEADER_AT + 3] = mode;
}

void cd_sector_mode_1(uint8_t sector[CD_SECTOR_BYTES], int32_t lba)
{
    enum { EDC_BYTES = 4, ZEROS = 8 };

    put_header(sector, lba, 1);
    put_edc(sector, 0, CD_MODE_1_EDC_AT);
    memset(sector + CD_MODE_1_EDC_AT + EDC_BYTES, 0, ZEROS);
    put_ecc(sector);
}

void cd_sector_mode_2(uint8_t sector[CD_SECTOR_BYTES], int32_t lba)
{
    put_header(sector, lba, 2);
}

/* The header is not protected: its bytes count as zero. */
void cd_sector_xa(uint8_t sector[CD_SECTOR_BYTES], int32_t lba)
{
    if (cd_sector_is_form_2(sector)) {
        put_edc(sector, CD_SUBHEADER_AT, CD_XA_FORM_2_EDC_AT);
    } else {
        put_edc(sector, CD_SUBHEADER_AT, CD_XA_FORM_1_EDC_AT);
        memset(sector + CD_HEADER_AT, 0, CD_SUBHEADER_AT - CD_HEADER_AT);
        put_ecc(sector);
    }
    put_header(sector, lba, 2);
}

bool cd_sector_is_form_2(const uint8_t sector[CD_SECTOR_BYTES])
{
    return sector[CD_SUBHEADER_AT + 2] & CD_SUBMODE_FORM_2;
}

bool cd_sector_has_sync(const uint8_t sector[CD_SECTOR_BYTES])
{
    return memcmp(sector, sync_pattern, sizeof(sync_pattern)) == 0;
}

bool cd_sector_is_at(const uint8_t sector[CD_SECTOR_BYTES], int32_t lba)
{
    uint8_t msf[3];

    cd_msf(lba, msf);
    for (int i = 0; i < 3; i++)
        if (sector[CD_HEADER_AT + i] != cd_bcd(msf[i]))
            return false;
    return sector[CD_HEADER_AT + 3] == 1 || sector[CD_HEADER_AT + 3] == 2;
}

void cd_sector_scramble(uint8_t sector[CD_SECTOR_BYTES])
{
    uint32_t shift = 1;

    for (uint32_t i = CD_HEADER_AT; i < CD_SECTOR_BYTES; i++) {
        uint8_t byte = 0;

        for (int bit = 0; bit < 8; bit++) {
            byte |= (uint8_t)((shift & 1) << bit);
            shift = shift >> 1 | ((shift ^ shift >> 1) & 1) << 14;
        }
        sector[i] ^= byte;
    }
}
