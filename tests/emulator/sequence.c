#include "sequence.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

uint32_t sequence_select(struct bench *b, uint8_t write_type, uint8_t multi_session)
{
    enum { LIST_BYTES = 60, PAGE = 8 };

    assert_good(bench_get(b, LIST_BYTES, 0x5a, 0, 0x05, 0, 0, 0, 0, 0, LIST_BYTES, 0));
    memset(b->data, 0, PAGE);
    b->data[PAGE + 2] = (uint8_t)((b->data[PAGE + 2] & 0xf0) | write_type);
    b->data[PAGE + 3] = (uint8_t)((b->data[PAGE + 3] & 0x3f) | multi_session << 6);
    return bench_put(b, LIST_BYTES, 0x55, 0x10, 0, 0, 0, 0, 0, 0, LIST_BYTES, 0);
}

struct disc_now sequence_disc(struct bench *b)
{
    const uint8_t *data = b->data;

    assert_good(bench_get(b, 34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0));
    assert_int_equal(field16(data), 32);
    return (struct disc_now){
        .status = data[2] & 0x03,
        .last_session = data[2] >> 2 & 0x03,
        .erasable = data[2] & 0x10,
        .sessions = (uint32_t)data[9] << 8 | data[4],
        .first_track = (uint32_t)data[10] << 8 | data[5],
        .last_track = (uint32_t)data[11] << 8 | data[6],
    };
}

struct track_now sequence_track(struct bench *b, uint8_t number)
{
    const uint8_t *data = b->data;

    assert_good(bench_get(b, 48, 0x52, 1, 0, 0, 0, number, 0, 0, 48, 0));
    assert_int_equal(field16(data), 46);
    return (struct track_now){
        .number = data[2],
        .session = data[3],
        .damaged = data[5] & 0x20,
        .reserved = data[6] & 0x80,
        .blank = data[6] & 0x40,
        .packet = data[6] & 0x20,
        .next_valid = data[7] & 0x01,
        .last_valid = data[7] & 0x02,
        .start = field32(data + 8),
        .next = field32(data + 12),
        .free = field32(data + 16),
        .packet_size = field32(data + 20),
        .size = field32(data + 24),
        .last = field32(data + 28),
    };
}

uint32_t sequence_reserve(struct bench *b, uint32_t blocks)
{
    return bench_do(b, 0x53, 0, 0, 0, 0, (uint8_t)(blocks >> 24), (uint8_t)(blocks >> 16),
                    (uint8_t)(blocks >> 8), (uint8_t)blocks, 0);
}

uint32_t sequence_split(struct bench *b, uint32_t lba)
{
    return bench_do(b, 0x53, 1, (uint8_t)(lba >> 24), (uint8_t)(lba >> 16), (uint8_t)(lba >> 8),
                    (uint8_t)lba, 0, 0, 0, 0);
}

uint32_t sequence_blank(struct bench *b, uint8_t type)
{
    return bench_do(b, 0xa1, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

bool sequence_has(struct bench *b, uint16_t feature)
{
    assert_good(
        bench_get(b, 64, 0x46, 2, (uint8_t)(feature >> 8), (uint8_t)feature, 0, 0, 0, 0, 64, 0));
    return b->reply.moved > 8 && (b->data[8 + 2] & 0x01);
}

bool sequence_dies_after(struct bench *b, bool (*body)(struct bench *b))
{
    pid_t child;
    int status;

    bench_close(b);
    child = fork();
    if (child == 0) {
        b->emu = bench_second(b);
        _exit(body(b) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool sequence_write(struct bench *b, uint32_t lba, uint32_t end, uint8_t seed)
{
    enum { PIECE = 32 };

    for (; lba < end; lba += PIECE)
        if (bench_write(b, lba, end - lba < PIECE ? end - lba : PIECE, seed) != 0)
            return false;
    return true;
}
