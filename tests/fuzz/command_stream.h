/* The bytes of the `commands` fuzzer as a scene and a list of steps, and a mutator that knows them.
 * Who uses it: fuzz_commands.c; make_seeds.py writes the same form.
 * What it must not know: the drive. */
#ifndef TESTS_FUZZ_COMMAND_STREAM_H
#define TESTS_FUZZ_COMMAND_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Eight bytes, one for each field, the last two for image_sectors (little endian). */
struct scene {
    uint8_t medium, personality; /* places in catalog.h, counted round */
    uint8_t speed, transfer;     /* places in tables of fuzz_commands.c */
    uint8_t tick;                /* every look at the clock moves it on by 10^(tick % 7) - 1 µs */
    uint8_t flags;               /* SCENE_… */
    uint16_t image_sectors;      /* with SCENE_IMAGE or SCENE_STATE */
};
enum {
    SCENE_READ_BACK = 0x01, /* what a GOOD write wrote must be read back at once, or not at all */
    SCENE_TRAY_OPEN = 0x02,
    SCENE_IMAGE = 0x04,   /* an image lies there */
    SCENE_STATE = 0x08,   /* and a disc state, or a pressed disc's .cue: two bytes of length and its
                           * lines follow the scene */
    SCENE_VIRTUAL = 0x10, /* the drive has a clock of its own */
    SCENE_NO_TRACE = 0x20,
    SCENE_BYTES = 8,
};

/* A step: its first byte tells its kind (b1-0).
 *   0, 1, 2  a command without data, with data in, with data out
 *            b2: a byte with the CDB's length follows, else the opcode's group tells it
 *            b3: the LBA is that of the next writable address, if the disc has one
 *            b6-4: how many bytes of data the host has (SIZE_…); SIZE_GIVEN: two bytes follow
 *            then the CDB, and for data out one byte with the number of bytes that follow it
 *   3        an action: b7-2, and one byte more */
enum step_kind { STEP_COMMAND, STEP_ACTION, STEP_END };
enum step_size {
    SIZE_FITTING, /* as the CDB says, for blocks of 2048 bytes */
    SIZE_ONE_MORE,
    SIZE_ONE_LESS,
    SIZE_NONE,
    SIZE_GIVEN,
    SIZE_AUDIO,   /* as the CDB says, for blocks of 2352 bytes */
    SIZE_RAW,     /* for blocks of 2448 bytes */
    SIZE_NOWHERE, /* a size, but no buffer */
};
enum action {
    ACTION_WAIT,       /* 2^(byte % 28) µs */
    ACTION_REOPEN,     /* the drive is closed and opened */
    ACTION_DIE,        /* the same, with the disc state as it was before the closing */
    ACTION_OTHER,      /* the other process's drive is the one that goes on */
    ACTION_LEAVE,      /* the other process ends */
    ACTION_DEFINE,     /* another medium in the definition: byte */
    ACTION_LOSE_STATE, /* the disc-state file disappears */
    ACTION_CUT_IMAGE,  /* the image is cut to byte x 16 sectors */
    ACTION_LEAD_IN,    /* raw blocks up to the program area; byte: b7-3 as cd_block_raw, b2 another
                        * session follows, b1-0 tracks - 1 */
    ACTIONS,
};

struct step {
    enum step_kind kind;
    enum action action;
    uint8_t argument;
    uint8_t direction; /* as enum oi_emu_direction */
    bool at_next;
    uint8_t cdb[16];
    uint8_t cdb_len; /* as told; may be more than there is */
    uint32_t data_len;
    bool nowhere;
    const uint8_t *fill; /* the first bytes of the data, borrowed */
    uint32_t fill_len;
};

/* Takes the scene, or the next step, off *data. A scene that is cut short is zeros. */
struct scene stream_scene(const uint8_t **data, size_t *size);
struct step stream_step(const uint8_t **data, size_t *size);

#endif
