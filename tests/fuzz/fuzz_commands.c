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
#include "cd.h"
#include "cd_blocks.h"
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
    struct cd_plan plan; /* of the raw session at hand */
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
    uint8_t flags = play->scene.flags;
    char text[256];

    play->medium = medium;
    snprintf(text, sizeof(text),
             "medium = %s\npersonality = %s\nspeed = %s\ntransfer_kib = %d\n%s%s%s",
             medium->sold_as, personalities[play->scene.personality % COUNT(personalities)],
             speeds[play->scene.speed % COUNT(speeds)],
             transfers[play->scene.transfer % COUNT(transfers)],
             flags & SCENE_VIRTUAL ? "clock = virtual\n" : "",
             flags & SCENE_NO_TRACE ? "trace = off\n" : "",
             medium->read_only && (flags & SCENE_STATE) ? "image = disc.cue\n" : "");
    stage_define(play->stage, text);
}

static void put_state(struct play *play, const uint8_t **data, size_t *size)
{
    size_t length = *size < 2 ? 0 : (size_t)((*data)[0] | (*data)[1] << 8);
    size_t header = *size < 2 ? *size : 2;
    char text[4096], cue[128];
    const char *lines;
    int used;

    *data += header;
    *size -= header;
    length = length < *size ? length : *size;
    length = length < sizeof(text) / 2 ? length : sizeof(text) / 2;
    lines = (const char *)*data;
    *data += length;
    *size -= length;
    if (play->medium->read_only) {
        stage_join(cue, play->stage, "disc.cue");
        used = snprintf(text, sizeof(text), "FILE \"disc.iso\" BINARY\n%.*s", (int)length, lines);
        stage_put_file(cue, text, (size_t)used);
        return;
    }
    used = snprintf(text, sizeof(text), "openimapi2 disc 1\nmedium = %s\n%.*s", play->medium->name,
                    (int)length, lines);
    used += snprintf(text + used, 32, "checksum = %08x\n", text_crc32(text, (size_t)used));
    stage_put_file(play->stage->disc, text, (size_t)used);
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

/* Blocks with a sub-channel, if the WRITE (10) sends as many bytes as they have. */
static bool fill_blocks(struct play *play, const struct oi_emu_command *command, uint8_t value)
{
    enum { LBA_MOST = 400000 };
    uint32_t blocks = (uint32_t)command->cdb[7] << 8 | command->cdb[8];
    uint32_t each = blocks ? command->data_len / blocks : 0;
    int32_t lba = (int32_t)stage_be32(command->cdb + 2);
    uint8_t *to = play->stage->data;

    if (lba < -LBA_MOST || lba > LBA_MOST)
        lba = 0;
    if (command->cdb[0] != 0x2a || !blocks || command->data_len % blocks)
        return false;
    if (each != RAW_BLOCK && each != RAW_PQ_BLOCK && each != TEXT_BLOCK)
        return false;
    memset(to, 0, command->data_len);
    for (uint32_t i = 0; i < blocks; i++, to += each) {
        int32_t at = lba + (int32_t)i;

        if (each == TEXT_BLOCK)
            cd_block_text(to, (uint32_t)(at & 0xffff) * 4);
        else
            cd_block_raw(to, each, &play->plan, at, value);
    }
    return true;
}

static void fill(struct play *play, const struct step *step, const struct oi_emu_command *command)
{
    struct stage *stage = play->stage;
    uint8_t value = step->fill_len ? step->fill[step->fill_len - 1] : 0;
    uint32_t given = step->fill_len < step->data_len ? step->fill_len : step->data_len;

    if (given <= 1 && fill_blocks(play, command, value))
        return;
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
        fill(play, step, &command);
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

/* WRITE (10) of the raw blocks in stage->data. A drive that is busy with those before is waited
 * for. */
static uint32_t write_raw(struct play *play, int32_t lba, uint32_t blocks)
{
    enum { NOT_NOW = 0x020408, ATTEMPTS = 8, PAUSE_US = 1000000 };
    struct stage *stage = play->stage;
    struct oi_emu_command command = {.cdb = {0x2a, [8] = (uint8_t)blocks},
                                     .cdb_len = 10,
                                     .direction = OI_EMU_DATA_OUT,
                                     .data = stage->data,
                                     .data_len = blocks * RAW_BLOCK};
    uint32_t outcome = NOT_NOW;

    stage_set32(command.cdb + 2, (uint32_t)lba);
    for (int i = 0; i < ATTEMPTS && outcome == NOT_NOW; i++) {
        outcome = stage_run(stage, play->drives[play->on], &command);
        stage->now_us += outcome == NOT_NOW ? PAUSE_US : 0;
    }
    return outcome;
}

/* The session that is to come, with its lead-in on the disc: the same blocks again and again. */
static void write_lead_in(struct play *play, uint8_t argument)
{
    enum { AT_ONCE = STAGE_DATA_MAX / RAW_BLOCK };
    static const uint8_t disc_information[10] = {0x51, [8] = 34};
    struct stage *stage = play->stage;
    uint8_t *info = stage->data;
    int32_t lba, end;
    uint32_t outcome = 0;

    if (stage_get10(stage, play->drives[play->on], disc_information, 34) != 0 || info[17] >= 100)
        return;
    lba = cd_lba(info[17], info[18], info[19]);
    play->plan = (struct cd_plan){
        .program = lba < 0 ? 0 : lba + CD_LEAD_IN + CD_PREGAP,
        .first = info[5],
        .tracks = (uint8_t)((argument & 3) + 1),
        .multi_session = argument & 4,
    };
    end = play->plan.program - CD_PREGAP;
    for (int32_t i = 0; i < AT_ONCE; i++)
        cd_block_raw(stage->data + i * RAW_BLOCK, RAW_BLOCK, &play->plan, end - AT_ONCE + i,
                     argument & 0xf8);
    for (uint32_t blocks; lba < end && !outcome; lba += (int32_t)blocks) {
        blocks = end - lba < AT_ONCE ? (uint32_t)(end - lba) : AT_ONCE;
        outcome = write_raw(play, lba, blocks);
    }
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
    case ACTION_LEAD_IN:
        write_lead_in(play, step->argument);
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
