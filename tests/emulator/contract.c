#include "contract.h"

#include <stdio.h>
#include <string.h>

static void remove_disc(struct bench *b)
{
    static const char *const names[] = {"disc.iso", "disc.iso.disc", "disc.bin", "disc.cue",
                                        "disc.sub", "disc.cdt",      "one.state"};
    char path[128];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", b->folder, names[i]);
        remove(path);
    }
}

static void put_pressed_image(struct bench *b)
{
    struct oi_file *file;

    assert_int_equal(oi_file_open(&file, b->image, OI_FILE_CREATE), OI_OK);
    for (uint32_t lba = 0; lba < PRESSED_SECTORS; lba += 32) {
        bench_pattern(b->data, lba, 32, 0x11);
        assert_int_equal(oi_file_write_at(file, (uint64_t)lba * SECTOR, b->data, 32 * SECTOR),
                         OI_OK);
    }
    oi_file_close(file);
}

void contract_insert_(struct bench *b, const char *medium, const char *file, int line)
{
    bench_close(b);
    remove_disc(b);
    if (strstr(medium, "-rom"))
        put_pressed_image(b);
    bench_insert_(b, medium, file, line);
}

uint32_t contract_features(struct bench *b, uint8_t rt, uint16_t codes[FEATURES_MAX])
{
    uint32_t end, count = 0;

    assert_good(bench_get(b, 4096, 0x46, rt, 0, 0, 0, 0, 0, 0x10, 0, 0));
    end = field32(b->data) + 4;
    assert_int_equal(end, b->reply.moved);
    for (uint32_t at = 8; at < end; at += 4u + b->data[at + 3]) {
        assert_in_range(count, 0, FEATURES_MAX - 1);
        codes[count++] = (uint16_t)field16(b->data + at);
    }
    return count;
}

uint16_t contract_profile(struct bench *b)
{
    assert_good(bench_get(b, 8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0));
    return (uint16_t)field16(b->data + 6);
}

uint32_t contract_parameters(struct bench *b, uint8_t type, uint8_t mode, uint8_t block_type)
{
    enum { LIST_BYTES = 60, PAGE = 8 };

    assert_good(bench_get(b, LIST_BYTES, 0x5a, 0, 0x05, 0, 0, 0, 0, 0, LIST_BYTES, 0));
    memset(b->data, 0, PAGE);
    b->data[PAGE] &= 0x3f;
    b->data[PAGE + 2] = (uint8_t)((b->data[PAGE + 2] & 0x20) | 0x40 | type);
    b->data[PAGE + 3] = mode;
    b->data[PAGE + 4] = block_type;
    return bench_put(b, LIST_BYTES, 0x55, 0x10, 0, 0, 0, 0, 0, 0, LIST_BYTES, 0);
}

static void write_some(struct bench *b, uint32_t end)
{
    for (uint32_t lba = 0; lba < end; lba += 32)
        assert_good(bench_write(b, lba, 32, 0x21));
}

void contract_bring_to(struct bench *b, const char *medium, enum contract_state state)
{
    const bool is_cd = strncmp(medium, "cd-", 3) == 0;
    const bool is_minus = strncmp(medium, "dvd-r", 5) == 0 && strcmp(medium, "dvd-ram") != 0;

    contract_insert(b, medium);
    if (state == AS_NEW)
        return;
    if (is_cd)
        assert_good(contract_parameters(b, 1, state == FINALISED ? 0x04 : 0xc4, 8));
    else if (is_minus)
        assert_good(contract_parameters(b, 0, state == FINALISED ? 0x25 : 0xe5, 8));
    write_some(b, 320);
    assert_good(bench_sync(b));
    if (state == BEGUN)
        return;
    assert_good(bench_close_track(b, 1, 1));
    assert_good(bench_close_track(b, state == FINALISED && !is_cd && !is_minus ? 6 : 2, 1));
}
