/* libFuzzer's mutator for command streams. It keeps steps whole: it inserts, repeats, swaps and
 * drops them, and turns the bytes inside one. One time in three libFuzzer's own mutations run, so
 * nothing is out of reach. */
#include <stdlib.h>
#include <string.h>
#include "command_stream.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

enum { STEPS_MAX = 128, STEP_BYTES_MAX = 64 };

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

struct steps {
    size_t at[STEPS_MAX + 1]; /* where each begins, and the end of the last */
    uint32_t count;
};

static void find_steps(struct steps *steps, const uint8_t *data, size_t size)
{
    const uint8_t *at = data;
    size_t left = size;
    struct scene scene = stream_scene(&at, &left);

    if (scene.flags & SCENE_STATE) {
        size_t length = left < 2 ? 0 : (size_t)(at[0] | at[1] << 8);

        at += left < 2 ? left : 2;
        left -= left < 2 ? left : 2;

        length = length < left ? length : left;
        at += length;
        left -= length;
    }
    steps->count = 0;
    steps->at[0] = size - left;
    while (left && steps->count < STEPS_MAX) {
        stream_step(&at, &left);
        steps->at[++steps->count] = size - left;
    }
}

/* Commands that lead somewhere, as steps without their data: first byte, CDB. Zeros fill up. */
static const uint8_t useful[][18] = {
    {0x0a, 0x2a, 0, 0, 0, 0, 0, 0, 0, 16},             /* WRITE (10) at the next address */
    {0x0a, 0x2a, 0, 0, 0, 0, 0, 0, 0, 32},             /* a whole BD cluster */
    {0x0a, 0x2a, 0, 0, 0, 0, 0, 0, 0, 5},              /* a partial unit */
    {0x5a, 0x2a, 0, 0, 0, 0, 0, 0, 0, 16},             /* 2352-byte blocks */
    {0x6a, 0x2a, 0, 0, 0, 0, 0, 0, 0, 16},             /* 2448-byte blocks */
    {0x02, 0x2a, 0, 0xff, 0xff, 0xff, 0x6a, 0, 0, 16}, /* WRITE (10) at -150 */
    {0x0a, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0x80},    /* WRITE (12), streaming */
    {0x02, 0x2a, 0, 0, 0, 0, 0, 0, 0, 32},             /* WRITE (10) at 0 */
    {0x02, 0x2e, 0, 0, 0, 0, 0, 0, 0, 32},             /* WRITE AND VERIFY at 0 */
    {0x01, 0x28, 0, 0, 0, 0, 0, 0, 0, 16},             /* READ (10) at 0 */
    {0x51, 0xbe, 0, 0, 0, 0, 0, 0, 0, 4, 0xf8},        /* READ CD, whole sectors */
    {0x61, 0xbe, 0, 0, 0, 0, 0, 0, 0, 4, 0xf8, 1},     /* with raw sub-channel */
    {0x00, 0x35},                                      /* SYNCHRONIZE CACHE */
    {0x00, 0x35, 2},                                   /* immediately */
    {0x00, 0x5b, 0, 1, 0, 0, 1},                       /* CLOSE track 1 */
    {0x00, 0x5b, 0, 1, 0, 0, 2},                       /* CLOSE track 2 */
    {0x00, 0x5b, 0, 2},                                /* CLOSE session */
    {0x00, 0x5b, 1, 2},                                /* CLOSE session, immediately */
    {0x00, 0x5b, 0, 6},                                /* finalise */
    {0x00, 0x53, 0, 0, 0, 0, 0, 0, 1, 0},              /* RESERVE TRACK, 256 blocks */
    {0x00, 0x53, 1, 0, 0, 0, 64},                      /* split at 64 */
    {0x00, 0xa1, 0},                                   /* BLANK, all of it */
    {0x00, 0xa1, 1},                                   /* minimal */
    {0x00, 0xa1, 0x16, 0, 0, 0, 1},                    /* the last session, immediately */
    {0x00, 0x00},                                      /* TEST UNIT READY */
    {0x41, 34, 0, 0x51, 0, 0, 0, 0, 0, 0, 0, 34},      /* READ DISC INFORMATION */
    {0x01, 0x52, 1, 0, 0, 0, 1, 0, 0, 48},             /* READ TRACK INFORMATION */
    {0x01, 0x43, 0, 0, 0, 0, 0, 0, 2, 0},              /* READ TOC */
    {0x01, 0x43, 2, 5, 0, 0, 0, 0, 2, 0},              /* CD-Text */
    {0x01, 0x46, 0, 0, 0, 0, 0, 0, 2, 0},              /* GET CONFIGURATION */
    {0x01, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8},           /* GET EVENT STATUS */
    {0x01, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12},             /* READ BUFFER CAPACITY */
    {0x01, 0xac, 0, 0, 0, 0, 0, 0, 0, 0, 8, 3},        /* GET PERFORMANCE, write speeds */
    {0x01, 0x5a, 0, 5, 0, 0, 0, 0, 0, 60},             /* MODE SENSE page 05h */
    {0x00, 0x1b, 0, 0, 0, 2},                          /* eject */
    {0x00, 0x1b, 0, 0, 0, 3},                          /* load */
    {0x00, 0xbb, 0, 0xff, 0xff, 0x02, 0xc2},           /* SET CD SPEED */
};

/* Lists that a drive reads, behind the CDB that sends them. */
static const uint8_t lists[][40] = {
    /* FORMAT UNIT: DVD+RW, full, quick (DVD-RW), spare areas (BD) */
    {0x02, 0x04, 0x11, 0, 0, 0, 0, 12, 0, 0x02, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x98, 0, 0, 0},
    {0x02, 0x04, 0x11, 0, 0, 0, 0, 12, 0, 0x82, 0, 8, 0, 0x22, 0x20, 0, 0x00, 0, 0x08, 0},
    {0x02, 0x04, 0x11, 0, 0, 0, 0, 12, 0, 0x82, 0, 8, 0, 0, 0, 0, 0x54, 0, 0, 16},
    {0x02, 0x04, 0x11, 0, 0, 0, 0, 12, 0, 0x82, 0, 8, 0, 0, 0, 0, 0xc8, 0, 0, 0},
    /* MODE SELECT page 05h: TAO, SAO, raw, packets; only the beginning, zeros follow */
    {0x02, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0x32, 0x41, 0xc4, 8},
    {0x02, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0x32, 0x42, 0xc4, 8},
    {0x02, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0x32, 0x43, 0, 1},
    {0x02, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0x32, 0x60, 0x25, 8},
    /* SEND CUE SHEET: one data track */
    {0x02, 0x5d, 0,    0, 0, 0,    0, 0, 0, 24, 0,    24,   0x41, 0,    0, 0x14, 0, 0,
     0,    0,    0x41, 1, 1, 0x10, 0, 0, 2, 0,  0x41, 0xaa, 1,    0x14, 0, 0,    6, 0},
};

/* A useful step with, now and then, a byte of it changed. Returns its size. */
static size_t make_step(uint8_t step[STEP_BYTES_MAX], uint32_t *seed)
{
    enum { USEFUL = sizeof(useful) / sizeof(useful[0]), LISTS = sizeof(lists) / sizeof(lists[0]) };
    uint32_t which = next_random(seed) % (USEFUL + LISTS + 4);
    const uint8_t *at = step;
    size_t left = STEP_BYTES_MAX;

    memset(step, 0, STEP_BYTES_MAX);
    if (which < USEFUL) {
        memcpy(step, useful[which], sizeof(useful[0]));
    } else if (which < USEFUL + LISTS) {
        memcpy(step, lists[which - USEFUL], sizeof(lists[0]));
    } else {
        step[0] = (uint8_t)(next_random(seed) % ACTIONS << 2 | 3);
        step[1] = (uint8_t)next_random(seed);
    }
    stream_step(&at, &left);
    left = STEP_BYTES_MAX - left;
    if (next_random(seed) % 4 == 0)
        step[next_random(seed) % left] = (uint8_t)next_random(seed);
    return left;
}

/* Puts a step of `bytes` bytes at `at`; data has room for max. */
static size_t insert(uint8_t *data, size_t size, size_t max, size_t at, const uint8_t *step,
                     size_t bytes)
{
    if (size + bytes > max)
        return size;
    memmove(data + at + bytes, data + at, size - at);
    memcpy(data + at, step, bytes);
    return size + bytes;
}

static size_t turn_bytes(uint8_t *data, const struct steps *steps, uint32_t which, size_t size,
                         size_t max)
{
    size_t at = steps->at[which];
    size_t bytes = steps->at[which + 1] - at;
    size_t behind = size - at - bytes;
    uint8_t *rest = malloc(behind ? behind : 1);

    if (!rest)
        return size;
    memcpy(rest, data + at + bytes, behind);
    bytes = LLVMFuzzerMutate(data + at, bytes, max - at - behind);
    memcpy(data + at + bytes, rest, behind);
    free(rest);
    return at + bytes + behind;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    enum { INSERT, INSERT_TOO, REPEAT, DROP, TURN, TURN_TOO, SCENE, KINDS };
    uint8_t step[STEP_BYTES_MAX];
    uint32_t random = seed;
    struct steps steps;
    uint32_t which;
    size_t bytes;

    if (size < SCENE_BYTES || next_random(&random) % 3 == 0)
        return LLVMFuzzerMutate(data, size, max);
    find_steps(&steps, data, size);
    which = steps.count ? next_random(&random) % steps.count : 0;
    switch (steps.count ? next_random(&random) % KINDS : INSERT) {
    case REPEAT:
        bytes = steps.at[which + 1] - steps.at[which];
        if (bytes > sizeof(step))
            return LLVMFuzzerMutate(data, size, max);
        memcpy(step, data + steps.at[which], bytes);
        return insert(data, size, max, steps.at[next_random(&random) % (steps.count + 1)], step,
                      bytes);
    case DROP:
        memmove(data + steps.at[which], data + steps.at[which + 1], size - steps.at[which + 1]);
        return size - (steps.at[which + 1] - steps.at[which]);
    case TURN:
    case TURN_TOO:
        return turn_bytes(data, &steps, which, size, max);
    case SCENE:
        data[next_random(&random) % SCENE_BYTES] = (uint8_t)(next_random(&random) % 64);
        return size;
    default:
        bytes = make_step(step, &random);
        return insert(data, size, max, steps.at[next_random(&random) % (steps.count + 1)], step,
                      bytes);
    }
}
