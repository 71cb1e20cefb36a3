/* A whole disc on the drive's own clock: twice the same to the bit, and faster than time. The data
 * is all zeros, which the drive keeps as holes, so no disc's worth of room is needed. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BLOCKS = 32 };

/* FNV-1a over everything that came back, and when. */
static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    return hash;
}

struct burn {
    uint64_t hash;
    uint64_t commands, refused;
    uint64_t burn_us; /* on the drive's clock */
};

static uint32_t run(struct bench *b, struct burn *burn, const uint8_t *cdb, uint8_t size,
                    enum oi_emu_direction direction, uint32_t length)
{
    uint32_t sense = bench_run_on(b, b->emu, cdb, size, direction, length);
    uint64_t now = oi_emu_now_us(b->emu);

    burn->commands++;
    burn->hash = mix(burn->hash, &now, sizeof(now));
    burn->hash = mix(burn->hash, b->reply.sense, b->reply.sense_len);
    if (direction == OI_EMU_DATA_IN)
        burn->hash = mix(burn->hash, b->data, b->reply.moved);
    return sense;
}

/* Repeats a command until the drive is ready for it. */
static void insist(struct bench *b, struct burn *burn, const uint8_t *cdb, uint8_t size,
                   enum oi_emu_direction direction, uint32_t length)
{
    uint32_t sense;

    while ((sense = run(b, burn, cdb, size, direction, length)) >> 8 == 0x0204)
        burn->refused++;
    assert_sense(sense, 0);
}

static void hash_state(struct bench *b, struct burn *burn)
{
    char *text;
    size_t size;

    assert_int_equal(oi_file_read_all(b->disc, 1 << 20, &text, &size), OI_OK);
    burn->hash = mix(burn->hash, text, size);
    free(text);
}

static void write_all(struct bench *b, struct burn *burn, uint32_t sectors)
{
    memset(b->data, 0, CHUNK_BLOCKS * SECTOR);
    for (uint32_t lba = 0; lba < sectors; lba += CHUNK_BLOCKS) {
        uint32_t blocks = sectors - lba < CHUNK_BLOCKS ? sectors - lba : CHUNK_BLOCKS;

        insist(b, burn,
               CDB(0x2a, 0, (uint8_t)(lba >> 24), (uint8_t)(lba >> 16), (uint8_t)(lba >> 8),
                   (uint8_t)lba, 0, 0, (uint8_t)blocks, 0),
               OI_EMU_DATA_OUT, blocks * SECTOR);
    }
}

static struct burn burn_disc(struct bench *b, const char *medium)
{
    struct burn burn = {.hash = 14695981039346656037u};
    char text[128];
    uint32_t sectors;

    snprintf(text, sizeof(text), "%s\nspeed = 16\nclock = virtual", medium);
    bench_insert(b, text);
    b->now_us += 12345;
    sectors = bench_next(b, b->emu) == 0 ? field32(b->data + 24) : 0;
    assert_true(sectors > 2000000);
    insist(b, &burn, CDB(0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0), OI_EMU_NO_DATA, 0);
    write_all(b, &burn, sectors);
    insist(b, &burn, CDB(0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0), OI_EMU_NO_DATA, 0);
    insist(b, &burn, CDB(0, 0, 0, 0, 0, 0), OI_EMU_NO_DATA, 0);
    burn.burn_us = oi_emu_now_us(b->emu);
    insist(b, &burn, CDB(0x5b, 1, 6, 0, 0, 0, 0, 0, 0, 0), OI_EMU_NO_DATA, 0);
    insist(b, &burn, CDB(0, 0, 0, 0, 0, 0), OI_EMU_NO_DATA, 0);
    insist(b, &burn, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0), OI_EMU_DATA_IN, 34);
    bench_close(b);
    hash_state(b, &burn);
    assert_int_equal(oi_file_remove(b->image), OI_OK);
    assert_int_equal(oi_file_remove(b->disc), OI_OK);
    return burn;
}

/* from and to: what the burn may take on the drive's clock, from its curve. */
static void a_full_burn_repeats_to_the_bit(struct bench *b, const char *medium, uint64_t from_s,
                                           uint64_t to_s)
{
    struct burn first, second;
    uint64_t start_us;

    start_us = oi_clock_us();
    first = burn_disc(b, medium);
    print_message("%s at 16x: %u s on the drive's clock, %u ms here, %u commands, %u of them "
                  "refused\n",
                  medium, (unsigned)(first.burn_us / 1000000),
                  (unsigned)((oi_clock_us() - start_us) / 1000), (unsigned)first.commands,
                  (unsigned)first.refused);
    second = burn_disc(b, medium);
    assert_true(first.hash == second.hash);
    assert_int_equal(first.commands, second.commands);
    assert_int_equal(first.burn_us, second.burn_us);
    assert_in_range(first.burn_us / 1000000, from_s, to_s);
    assert_true(first.refused > 0);
}

static void a_full_dvd_repeats_to_the_bit(void **state)
{
    a_full_burn_repeats_to_the_bit(*state, "dvd+r", 270, 310);
}

static void a_full_blu_ray_repeats_to_the_bit(void **state)
{
    a_full_burn_repeats_to_the_bit(*state, "bd-r", 440, 500);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_full_dvd_repeats_to_the_bit),
        TEST(a_full_blu_ray_repeats_to_the_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
