#include "cd_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t cd_parameters_with(struct bench *b, uint8_t type, uint8_t mode, uint8_t block_type,
                            const uint8_t *more)
{
    uint8_t list[8 + 52] = {0};
    uint8_t *page = list + 8;

    page[0] = 0x05;
    page[1] = 0x32;
    page[2] = 0x40 | type;
    page[3] = mode;
    page[4] = block_type;
    page[5] = 16;
    page[13] = 16;
    page[15] = 150;
    for (; more && more[0]; more += 2)
        page[more[0]] = more[1];
    memcpy(b->data, list, sizeof(list));
    return bench_put(b, sizeof(list), 0x55, 0x10, 0, 0, 0, 0, 0, 0, sizeof(list), 0);
}

uint32_t cd_parameters(struct bench *b, uint8_t type, uint8_t mode, uint8_t block_type)
{
    return cd_parameters_with(b, type, mode, block_type, NULL);
}

uint32_t cd_write_data(struct bench *b, int32_t lba, uint32_t blocks, uint32_t bytes)
{
    uint32_t at = (uint32_t)lba;

    return bench_put(b, blocks * bytes, 0x2a, 0, (uint8_t)(at >> 24), (uint8_t)(at >> 16),
                     (uint8_t)(at >> 8), (uint8_t)at, 0, (uint8_t)(blocks >> 8), (uint8_t)blocks,
                     0);
}

uint32_t cd_write(struct bench *b, int32_t lba, uint32_t blocks, uint32_t bytes, int fill)
{
    const uint32_t most = sizeof(b->data) / bytes;

    while (blocks) {
        uint32_t now = blocks < most ? blocks : most;
        uint32_t sense;

        memset(b->data, fill, now * bytes);
        sense = cd_write_data(b, lba, now, bytes);
        if (sense)
            return sense;
        lba += (int32_t)now;
        blocks -= now;
    }
    return 0;
}

uint32_t cd_read(struct bench *b, int32_t lba, uint8_t type, uint8_t fields, uint8_t sub,
                 uint32_t size)
{
    uint32_t at = (uint32_t)lba;

    memset(b->data, 0xee, sizeof(b->data));
    return bench_get(b, size, 0xbe, (uint8_t)(type << 2), (uint8_t)(at >> 24), (uint8_t)(at >> 16),
                     (uint8_t)(at >> 8), (uint8_t)at, 0, 0, 1, fields, sub, 0);
}

uint32_t cd_cue_entries(struct bench *b, const uint8_t *bytes, uint32_t size)
{
    memcpy(b->data, bytes, size);
    return bench_put(b, size, 0x5d, 0, 0, 0, 0, 0, 0, (uint8_t)(size >> 8), (uint8_t)size, 0);
}

uint32_t cd_cue(struct bench *b, const uint8_t (*entries)[8], uint32_t count)
{
    return cd_cue_entries(b, entries[0], count * 8);
}

uint32_t cd_read_toc(struct bench *b, uint8_t format, bool msf, uint8_t from)
{
    memset(b->data, 0, 4096);
    return bench_get(b, 4096, 0x43, msf ? 2 : 0, format, 0, 0, 0, from, 0x10, 0, 0);
}

uint32_t cd_info(struct bench *b)
{
    return bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0);
}

uint32_t cd_track(struct bench *b, uint8_t number)
{
    return bench_get(b, 48, 0x52, 1, 0, 0, 0, number, 0, 0, 48, 0);
}

uint32_t cd_erase(struct bench *b, uint8_t type, uint32_t address)
{
    return bench_do(b, 0xa1, type, (uint8_t)(address >> 24), (uint8_t)(address >> 16),
                    (uint8_t)(address >> 8), (uint8_t)address, 0, 0, 0, 0, 0, 0);
}

void cd_burn_small_session(struct bench *b, uint8_t multi, uint8_t fill)
{
    static const uint8_t cue[][8] = {
        {0x41, 0, 0, 0x14, 0, 0, 0, 0},
        {0x41, 1, 0, 0x10, 0, 0, 0, 0},
        {0x41, 1, 1, 0x10, 0, 0, 2, 0},
        {0x41, 0xaa, 1, 0x14, 0, 0, 6, 0},
    };

    assert_good(cd_parameters(b, SAO, multi, 8));
    assert_good(cd_cue(b, cue, 4));
    assert_good(cd_write(b, -150, 150, 2048, 0));
    assert_good(cd_write(b, 0, 300, 2048, fill));
    assert_good(bench_sync(b));
}

void cd_time(int32_t lba, uint8_t msf[3])
{
    int32_t frames = lba < -150 ? lba + 450150 : lba + 150;

    msf[0] = (uint8_t)(frames / 4500);
    msf[1] = (uint8_t)(frames / 75 % 60);
    msf[2] = (uint8_t)(frames % 75);
}

uint8_t cd_bcd_of(uint32_t number)
{
    return (uint8_t)(number / 10 * 16 + number % 10);
}

void cd_q(uint8_t q[12], const uint8_t first_ten[10])
{
    uint32_t remainder = 0;

    memcpy(q, first_ten, 10);
    for (int bit = 0; bit < 96; bit++) {
        uint32_t in = bit < 80 ? (uint32_t)first_ten[bit / 8] >> (7 - bit % 8) & 1u : 0;
        uint32_t out = remainder >> 15;

        remainder = (remainder << 1 | in) & 0xffff;
        if (out)
            remainder ^= 0x1021;
    }
    q[10] = (uint8_t) ~(remainder >> 8);
    q[11] = (uint8_t)~remainder;
}

void cd_weave(uint8_t woven[96], bool p, const uint8_t q[12])
{
    for (int i = 0; i < 96; i++)
        woven[i] = (uint8_t)((p ? 0x80u : 0u) | ((uint32_t)q[i / 8] >> (7 - i % 8) & 1u) << 6);
}

/* The polynomial of the standard, divided the long way: lowest bit first. */
uint32_t cd_edc(const uint8_t *data, uint32_t size)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < size; i++)
        for (int bit = 0; bit < 8; bit++) {
            bool carry = ((data[i] >> bit) ^ sum) & 1;

            sum >>= 1;
            if (carry)
                sum ^= 0xd8018001;
        }
    return sum;
}

static uint8_t product(uint8_t a, uint8_t b)
{
    uint32_t result = 0;

    for (int bit = 0; bit < 8; bit++)
        if (b >> bit & 1)
            result ^= (uint32_t)a << bit;
    for (int bit = 15; bit >= 8; bit--)
        if (result >> bit & 1)
            result ^= 0x11du << (bit - 8);
    return (uint8_t)result;
}

static uint8_t power(int exponent)
{
    uint8_t value = 1;

    while (exponent--)
        value = product(value, 2);
    return value;
}

/* A Reed-Solomon vector is right when both of its syndromes are zero. */
static bool vector_is_right(const uint8_t *bytes, int length)
{
    uint8_t sum = 0;
    uint8_t weighted = 0;

    for (int i = 0; i < length; i++) {
        sum ^= bytes[i];
        weighted ^= product(bytes[i], power(length - 1 - i));
    }
    return sum == 0 && weighted == 0;
}

bool cd_ecc_is_right(const uint8_t *sector, bool xa)
{
    uint8_t body[2340];
    uint8_t vector[45];

    memcpy(body, sector + 12, sizeof(body));
    if (xa)
        memset(body, 0, 4);
    for (int plane = 0; plane < 2; plane++) {
        for (int column = 0; column < 43; column++) {
            for (int row = 0; row < 26; row++)
                vector[row] = body[2 * (column + 43 * row) + plane];
            if (!vector_is_right(vector, 26))
                return false;
        }
        for (int diagonal = 0; diagonal < 26; diagonal++) {
            for (int i = 0; i < 43; i++)
                vector[i] = body[2 * ((44 * i + 43 * diagonal) % 1118) + plane];
            vector[43] = body[2 * (1118 + diagonal) + plane];
            vector[44] = body[2 * (1118 + 26 + diagonal) + plane];
            if (!vector_is_right(vector, 45))
                return false;
        }
    }
    return true;
}

void cd_scramble_again(uint8_t *sector)
{
    uint8_t bits[15] = {1};

    for (int at = 12 * 8; at < RAW * 8; at++) {
        uint8_t out = bits[0];
        uint8_t in = bits[0] ^ bits[1];

        memmove(bits, bits + 1, 14);
        bits[14] = in;
        sector[at / 8] ^= (uint8_t)(out << at % 8);
    }
}

static void path_of(struct bench *b, const char *suffix, char path[160])
{
    snprintf(path, 160, "%s/disc%s", b->folder, suffix);
}

int64_t cd_file_size(struct bench *b, const char *suffix)
{
    char path[160];
    struct oi_file *file;
    uint64_t size = 0;

    path_of(b, suffix, path);
    if (oi_file_open(&file, path, OI_FILE_READ) != OI_OK)
        return -1;
    oi_file_size(file, &size);
    oi_file_close(file);
    return (int64_t)size;
}

void cd_file_read(struct bench *b, const char *suffix, uint64_t offset, void *data, size_t size)
{
    char path[160];
    struct oi_file *file;
    size_t got = 0;

    path_of(b, suffix, path);
    assert_int_equal(oi_file_open(&file, path, OI_FILE_READ), OI_OK);
    oi_file_read_at(file, offset, data, size, &got);
    oi_file_close(file);
    assert_int_equal(got, size);
}

char *cd_file_text(struct bench *b, const char *suffix)
{
    char path[160];
    char *text;
    size_t size;

    path_of(b, suffix, path);
    assert_int_equal(oi_file_read_all(path, 1 << 20, &text, &size), OI_OK);
    return text;
}
