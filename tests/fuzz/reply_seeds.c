/* usage: reply_seeds FOLDER
 * Writes what the virtual recorder answers with each disc of the catalog, new and after a write, as
 * inputs for fuzz_replies: a byte that says whose reply it is, then the reply. */
#include <stdio.h>
#include <string.h>
#include "catalog.h"
#include "stage.h"

/* The places in the lists of mmc_replies.c and cli_replies.c. */
enum reader {
    INQUIRY,
    CAPACITY,
    DISC_INFORMATION,
    TRACK_INFORMATION,
    FORMAT_CAPACITIES,
    BUFFER_CAPACITY,
    CONFIGURATION,
    MODE_PAGES,
    SENSE,
    NOBODY,
    CLI = 0x80,
};

/* clang-format off */
static const struct question {
    const char *name;
    uint8_t reader, cli_reader; /* CLI + place, or NOBODY */
    uint8_t cdb_len, cdb[10];
} questions[] = {
    { "inquiry",  INQUIRY,           NOBODY,  6,  { 0x12, [4] = 36 } },
    { "capacity", CAPACITY,          CLI + 2, 10, { 0x25 } },
    { "disc",     DISC_INFORMATION,  CLI + 0, 10, { 0x51, [8] = 34 } },
    { "track",    TRACK_INFORMATION, CLI + 1, 10, { 0x52, 1, [5] = 1, [8] = 48 } },
    { "formats",  FORMAT_CAPACITIES, CLI + 3, 10, { 0x23, [7] = 1 } },
    { "buffer",   BUFFER_CAPACITY,   NOBODY,  10, { 0x5c, [8] = 12 } },
    { "blocks",   BUFFER_CAPACITY,   NOBODY,  10, { 0x5c, 1, [8] = 12 } },
    { "features", CONFIGURATION,     NOBODY,  10, { 0x46, [7] = 16 } },
    { "profiles", CONFIGURATION,     NOBODY,  10, { 0x46, 2, [8] = 96 } },
    { "pages",    MODE_PAGES,        NOBODY,  10, { 0x5a, 8, 0x3f, [7] = 4 } },
    { "page-2a",  MODE_PAGES,        NOBODY,  10, { 0x5a, 8, 0x2a, [7] = 4 } },
};
/* clang-format on */

static const char *folder;

static void put(const char *disc, const char *what, uint8_t reader, const uint8_t *data,
                size_t size)
{
    uint8_t input[1 + 4096] = {reader};
    char path[512];

    if (reader == NOBODY || !size || size > 4096)
        return;
    memcpy(input + 1, data, size);
    snprintf(path, sizeof(path), "%s/%s-%s%s", folder, disc, what, reader & CLI ? "-cli" : "");
    stage_put_file(path, input, size + 1);
}

static void ask_all(struct stage *stage, struct oi_emu *emu, const char *disc)
{
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        const struct question *question = &questions[i];
        struct oi_emu_command command = {.cdb_len = question->cdb_len,
                                         .direction = OI_EMU_DATA_IN,
                                         .data = stage->data,
                                         .data_len = 4096};

        memcpy(command.cdb, question->cdb, sizeof(question->cdb));
        if (stage_run(stage, emu, &command) != 0) {
            put(disc, question->name, SENSE, stage->reply.sense, stage->reply.sense_len);
            continue;
        }
        put(disc, question->name, question->reader, stage->data, stage->reply.moved);
        put(disc, question->name, question->cli_reader, stage->data, stage->reply.moved);
    }
}

static void write_some(struct stage *stage, struct oi_emu *emu)
{
    struct oi_emu_command command = {.cdb = {0x2a, [8] = 32},
                                     .cdb_len = 10,
                                     .direction = OI_EMU_DATA_OUT,
                                     .data = stage->data,
                                     .data_len = 32 * STAGE_SECTOR};

    stage_run(stage, emu, &command);
}

static void try_disc(const char *name, const char *more)
{
    struct stage *stage = stage_get();
    struct oi_emu *emu;
    char text[128], written[64];

    stage_clear(stage);
    snprintf(text, sizeof(text), "medium = %s\n%s", name, more);
    snprintf(written, sizeof(written), "%s-written", *more ? "descriptor-sense" : name);
    stage_define(stage, text);
    emu = stage_open(stage, true); /* a pressed disc has no image here */
    if (!emu)
        return;
    stage_look_around(stage, emu);
    ask_all(stage, emu, *more ? "descriptor-sense" : name);
    write_some(stage, emu);
    ask_all(stage, emu, written);
    oi_emu_close(emu);
}

int main(int argc, char **argv)
{
#define NAME(name, words, sectors, speed) name,
    static const char *const discs[] = {OI_CATALOG_MEDIA(NAME)};

    if (argc != 2) {
        fputs("usage: reply_seeds FOLDER\n", stderr);
        return 2;
    }
    folder = argv[1];
    for (size_t i = 0; i < sizeof(discs) / sizeof(discs[0]); i++)
        try_disc(discs[i], "");
    try_disc("dvd+rw", "personality = descriptor-sense\n");
    return 0;
}
