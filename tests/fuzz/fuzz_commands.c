/* Any commands, with any lengths and data, on any disc: answers that make sense, no byte beyond,
 * and a disc that opens again.
 * Input: see command_stream.h. What a drive that is not deliberately faulty must keep, besides what
 * stage.h checks: a sector of a disc that can be written once is never written twice; what was just
 * written is read back as it was, or not at all; a readable disc is readable after a reopening. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stdio.h>
#include "catalog.h"
#include "command_stream.h"
#include "disc.h"
#include "stage.h"

enum { RANGES_MAX = 64 };

struct play {
    struct stage *stage;
    struct scene scene;
    struct oi_emu *drives[2];
    int on; /* which of them is used */
    const struct medium *medium;
    bool honest; /* the drive keeps what it is told, and nobody but it changed the files */
    bool write_once;
    struct {
        uint32_t lba, blocks;
    } written[RANGES_MAX];
    uint32_t ranges;
};

#define NAME(name, ...) name,
static const char *const media[] = {OI_CATALOG_MEDIA(NAME)};
static const char *const personalities[] = {OI_CATALOG_PERSONALITIES(NAME)};
#undef NAME
static const char *const honest_ones[] = {"strict",          "waiting-writes",   "no-write12",
                                          "small-transfers", "descriptor-sense", "slow-ready"};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A name that the drive does not know yet stands for another that it does. */
static const struct medium *medium_of(uint8_t index)
{
    const struct medium *medium = medium_sold_as(media[index % COUNT(media)]);
    uint32_t count = 0;

    if (medium)
        return medium;
    while (medium_at(count))
        count++;
    medium = medium_at(index % count);
    return medium_sold_as(medium->sold_as) ? medium : medium_at(0);
}

static void define(struct play *play, const struct medium *medium)
{
    static const char *const speeds[] = {"0", "1", "2.4", "4", "8", "16", "52", "1000"};
    static const int transfers[] = {64, 4, 32, 1024};
    char text[256];

    play->medium = medium;
    snprintf(text, sizeof(text), "medium = %s\npersonality = %s\nspeed = %s\ntransfer_kib = %d\n",
             medium->sold_as, personalities[play->scene.personality % COUNT(personalities)],
             speeds[play->scene.speed % COUNT(speeds)],
             transfers[play->scene.transfer % COUNT(transfers)]);
    stage_define(play->stage, text);
}

static void put_state(struct play *play, const uint8_t **data, size_t *size)
{
    size_t length = *size < 2 ? 0 : (size_t)((*data)[0] | (*data)[1] << 8);
    size_t header = *size < 2 ? *size : 2;
    char text[4096];
    int used;

    *data += header;
    *size -= header;
    length = length < *size ? length : *size;
    length = length < sizeof(text) / 2 ? length : sizeof(text) / 2;
    used = snprintf(text, sizeof(text), "openimapi2 disc 1\nmedium = %s\n%.*s", play->medium->name,
                    (int)length, (const char *)*data);
    used += snprintf(text + used, 32, "checksum = %08x\n", text_crc32(text, (size_t)used));
    stage_put_file(play->stage->disc, text, (size_t)used);
    *data += length;
    *size -= length;
}

static void set(struct play *play, const uint8_t **data, size_t *size)
{
    static const char open_tray[] = "openimapi2 drive 1\ntray = open\nloads = 1\n";
    static const uint32_t ticks[] = {0, 9, 99, 999, 9999, 99999, 999999};
    struct stage *stage = play->stage;

    define(play, medium_of(play->scene.medium));
    if (play->scene.flags & SCENE_TRAY_OPEN)
        stage_put_file(stage->state, open_tray, sizeof(open_tray) - 1);
    if (play->scene.flags & (SCENE_IMAGE | SCENE_STATE)) {
        stage_put_file(stage->image, "", 0);
        must(truncate(stage->image, play->scene.image_sectors * (off_t)STAGE_SECTOR) == 0,
             "no image");
    }
    if (play->scene.flags & SCENE_STATE)
        put_state(play, data, size);
    stage->tick_us = ticks[play->scene.tick % COUNT(ticks)];
}

static bool is_honest(uint8_t personality)
{
    const char *name = personalities[personality % COUNT(personalities)];

    for (size_t i = 0; i < COUNT(honest_ones); i++)
        if (strcmp(honest_ones[i], name) == 0)
            return true;
    return false;
}

/* ---- what a GOOD write promises ---- */

static void check_once(struct play *play, uint32_t lba, uint32_t blocks)
{
    for (uint32_t i = 0; i < play->ranges; i++)
        must(lba >= play->written[i].lba + play->written[i].blocks ||
                 play->written[i].lba >= lba + blocks,
             "sectors %u+%u were written before, as %u+%u", lba, blocks, play->written[i].lba,
             play->written[i].blocks);
    if (play->ranges < RANGES_MAX) {
        play->written[play->ranges].lba = lba;
        play->written[play->ranges++].blocks = blocks;
    }
}

static void read_back(struct play *play, struct oi_emu *emu, uint32_t lba, uint32_t blocks)
{
    struct stage *stage = play->stage;
    size_t size = (size_t)blocks * STAGE_SECTOR;
    uint8_t *wanted = malloc(size);

    must(wanted != NULL, "no memory");
    memcpy(wanted, stage->data, size);
    if (stage_read(stage, emu, lba, blocks) == 0)
        must(memcmp(stage->data, wanted, size) == 0,
             "sectors %u+%u are not read as they were just written", lba, blocks);
    free(wanted);
}

static void check_write(struct play *play, struct oi_emu *emu, const struct oi_emu_command *command)
{
    const uint8_t *cdb = command->cdb;
    uint32_t lba = stage_be32(cdb + 2);
    uint32_t blocks = cdb[0] == 0xaa ? stage_be32(cdb + 6) : (uint32_t)cdb[7] << 8 | cdb[8];

    if (cdb[0] != 0x2a && cdb[0] != 0xaa && cdb[0] != 0x2e)
        return;
    must(play->stage->reply.moved == command->data_len || !blocks,
         "GOOD, but only %u of %u bytes were taken", play->stage->reply.moved, command->data_len);
    if (!blocks || !play->honest)
        return;
    if (play->write_once)
        check_once(play, lba, blocks);
    if ((play->scene.flags & SCENE_READ_BACK) && command->data_len == blocks * STAGE_SECTOR)
        read_back(play, emu, lba, blocks);
}

/* ---- steps ---- */

static void fill(struct stage *stage, const struct step *step)
{
    uint8_t value = step->fill_len ? step->fill[step->fill_len - 1] : 0;
    uint32_t given = step->fill_len < step->data_len ? step->fill_len : step->data_len;

    if (given)
        memcpy(stage->data, step->fill, given);
    memset(stage->data + given, value, step->data_len - given);
    /* Sectors that differ: a write that lands elsewhere is seen. */
    for (uint32_t at = given ? STAGE_SECTOR : 0; at + 4 <= step->data_len; at += STAGE_SECTOR)
        stage_set32(stage->data + at, at ^ (uint32_t)value << 24);
}

static void run_command(struct play *play, const struct step *step)
{
    struct oi_emu *emu = play->drives[play->on];
    struct oi_emu_command command = {
        .cdb_len = step->cdb_len,
        .direction = (enum oi_emu_direction)step->direction,
        .data = step->direction && !step->nowhere ? play->stage->data : NULL,
        .data_len = step->data_len,
        .timeout_ms = 0,
    };

    memcpy(command.cdb, step->cdb, sizeof(command.cdb));
    if (step->at_next) {
        uint32_t next = stage_next(play->stage, emu);

        if (next != UINT32_MAX)
            stage_set32(command.cdb + 2, next);
    }
    if (step->direction == OI_EMU_DATA_OUT)
        fill(play->stage, step);
    /* A mode page may ask for a write that leaves no trace; a blanked disc is a new one. */
    if (command.cdb[0] == 0x55)
        play->honest = false;
    if (stage_run(play->stage, emu, &command) == 0 && step->direction == OI_EMU_DATA_OUT)
        check_write(play, emu, &command);
}

static void close_all(struct play *play)
{
    for (int i = 0; i < 2; i++) {
        oi_emu_close(play->drives[i]);
        play->drives[i] = NULL;
    }
    play->on = 0;
}

/* The closing saves; a drive that dies does not. */
static void die(struct play *play)
{
    struct stage *stage = play->stage;
    char kept[128];
    bool there;

    snprintf(kept, sizeof(kept), "%s/kept", stage->folder);
    there = link(stage->disc, kept) == 0;
    close_all(play);
    if (there)
        must(rename(kept, stage->disc) == 0, "%s can't be put back", kept);
    else
        unlink(stage->disc);
    unlink(kept);
    /* Files that never were would be left by no drive; those that are left may be unreadable. */
    if (!there)
        unlink(stage->image);
    play->drives[0] = stage_open(stage, false);
}

static void act(struct play *play, const struct step *step)
{
    struct stage *stage = play->stage;

    switch (step->action) {
    case ACTION_WAIT:
        stage->now_us += 1ull << step->argument % 28;
        break;
    case ACTION_REOPEN:
        close_all(play);
        play->drives[0] = stage_open(stage, false);
        break;
    case ACTION_DIE:
        play->honest = false;
        die(play);
        break;
    case ACTION_OTHER:
        play->on = !play->on;
        if (!play->drives[play->on])
            play->drives[play->on] = stage_open(stage, false);
        break;
    case ACTION_LEAVE:
        oi_emu_close(play->drives[!play->on]);
        play->drives[!play->on] = NULL;
        break;
    case ACTION_DEFINE:
        play->honest = false;
        define(play, medium_of(step->argument));
        break;
    case ACTION_LOSE_STATE:
        play->honest = false;
        unlink(stage->disc);
        break;
    default:
        play->honest = false;
        if (truncate(stage->image, step->argument * (off_t)(16 * STAGE_SECTOR)) != 0)
            unlink(stage->image);
    }
}

/* The tray is closed and nothing is prevented: what was readable still is. */
static void check_reopening(struct play *play)
{
    static const uint8_t disc_information[10] = {0x51, [8] = 34};
    struct stage *stage = play->stage;
    struct oi_emu_command ready = {.cdb_len = 6};
    bool readable;

    stage->tick_us = 0;
    stage->now_us += 3600ull * 1000000;
    stage_run(stage, play->drives[play->on], &ready);
    readable = stage_get10(stage, play->drives[play->on], disc_information, 34) == 0;
    close_all(play);
    play->drives[0] = stage_open(stage, false);
    stage->now_us += 3600ull * 1000000;
    if (!stage_look_around(stage, play->drives[0]))
        must(!readable || !play->honest, "the disc was readable before it was reopened: %s",
             oi_emu_detail(play->drives[0]));
    close_all(play);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { STEPS_MOST = 200 };
    struct play play = {.stage = stage_get()};
    struct step step;

    stage_clear(play.stage);
    play.scene = stream_scene(&data, &size);
    play.honest = is_honest(play.scene.personality);
    set(&play, &data, &size);
    play.write_once = !play.medium->erasable && play.medium->family != FAMILY_BD;
    play.drives[0] = stage_open(play.stage, false);
    for (int i = 0; i < STEPS_MOST; i++) {
        step = stream_step(&data, &size);
        if (step.kind == STEP_END)
            break;
        if (step.kind == STEP_COMMAND)
            run_command(&play, &step);
        else
            act(&play, &step);
    }
    check_reopening(&play);
    return 0;
}
