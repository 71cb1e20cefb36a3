/* Any bytes as a disc-state file: opened, or refused in words; what is opened stays what it is when
 * it is saved, and the drive answers for it.
 * Input: a line with the name of a medium, then the file. A file without its first line gets that
 * and the medium's line, and one without a checksum gets the right one: so the fuzzer need not find
 * a CRC, and the corpus is readable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "catalog.h"
#include "disc.h"
#include "disc_state.h"
#include "os.h"
#include "stage.h"

enum { BIN_SECTOR = 2352 };

static const char header[] = "openimapi2 disc ";
static const char checksum[] = "checksum = ";

static bool begins(const char *text, size_t size, const char *with)
{
    return size >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

static bool has_line(const char *text, size_t size, const char *with)
{
    for (size_t at = 0; at < size; at++)
        if ((!at || text[at - 1] == '\n') && begins(text + at, size - at, with))
            return true;
    return false;
}

/* The medium on the first line; if it is none that has a state, the most capable one. */
static const struct medium *take_medium(const char **text, size_t *size)
{
    const char *end = memchr(*text, '\n', *size);
    size_t length = end ? (size_t)(end - *text) : *size;
    char name[32] = "";
    const struct medium *medium;

    if (length < sizeof(name))
        memcpy(name, *text, length);
    *text += length + (end != NULL);
    *size -= length + (end != NULL);
    medium = medium_sold_as(name);
    return medium && !medium->read_only ? medium : medium_at(0);
}

static char *make_file(const struct medium *medium, const char *text, size_t size, size_t *made)
{
    char *file = malloc(size + 128);
    size_t used = 0;

    must(file != NULL, "no memory");
    if (!begins(text, size, header))
        used = (size_t)sprintf(file, "%s1\nmedium = %s\n", header, medium->name);
    if (size)
        memcpy(file + used, text, size);
    used += size;
    if (!has_line(file, used, checksum)) {
        if (used && file[used - 1] != '\n')
            file[used++] = '\n';
        used += (size_t)sprintf(file + used, "%s%08x\n", checksum, text_crc32(file, used));
    }
    *made = used;
    return file;
}

static char *saved(const struct disc *disc, const char *path, size_t *size)
{
    char *text;

    must(disc_state_write(disc, path) == OI_OK, "what was read can't be written");
    must(oi_file_read_all(path, 65536, &text, size) == OI_OK, "what was written is not there");
    return text;
}

static void check_same(struct stage *stage, const struct disc *one, const struct disc *other)
{
    char *first, *second;
    size_t first_size, second_size;

    first = saved(one, stage->disc, &first_size);
    second = saved(other, stage->disc, &second_size);
    must(first_size == second_size && memcmp(first, second, first_size) == 0,
         "saved and read again, another disc:\n%s\n%s", first, second);
    free(first);
    free(second);
}

/* What it accepts, it accepts as its own, and it is the same disc then: also in what a writer that
 * died may have left on it. */
static void check_stable(struct stage *stage, const struct disc *disc)
{
    const struct medium_ops *ops = disc->medium->ops;
    static struct disc before, again;
    char why[TEXT_MESSAGE_MAX] = "";
    size_t size;

    free(saved(disc, stage->disc, &size));
    must(disc_state_read(&again, medium_sold_as(disc->medium->sold_as), stage->disc, why) == OI_OK,
         "what was saved is refused: %s", why);
    must(again.medium == disc->medium, "a %s became a %s", disc->medium->name, again.medium->name);
    check_same(stage, disc, &again);
    must(ops->unsettled(disc) == ops->unsettled(&again), "a doubt came or went with the saving");
    if (!ops->unsettled(disc))
        return;
    before = *disc;
    ops->recover(&before, UINT32_MAX);
    ops->recover(&again, UINT32_MAX);
    ops->saved(&before);
    ops->saved(&again);
    check_same(stage, &before, &again);
}

/* One write where the disc wants it, a closing of everything, and the way out. */
static void use(struct stage *stage, struct oi_emu *emu, uint32_t unit)
{
    struct oi_emu_command write = {
        .cdb = {0x2a, [8] = (uint8_t)unit},
        .cdb_len = 10,
        .direction = OI_EMU_DATA_OUT,
        .data = stage->data,
        .data_len = unit * STAGE_SECTOR,
    };
    struct oi_emu_command close = {.cdb = {0x5b, 0, 1, 0, 0, 1}, .cdb_len = 10};
    struct oi_emu_command blank = {.cdb = {0xa1, 1}, .cdb_len = 12};
    uint32_t next = stage_next(stage, emu);

    stage_set32(write.cdb + 2, next == UINT32_MAX ? 0 : next);
    stage_run(stage, emu, &write);
    stage_run(stage, emu, &close);
    close.cdb[2] = 2;
    stage_run(stage, emu, &close);
    stage_look_around(stage, emu);
    close.cdb[2] = 6;
    stage_run(stage, emu, &close);
    stage_look_around(stage, emu);
    stage_run(stage, emu, &blank);
    stage_look_around(stage, emu);
}

static void check_drive(struct stage *stage, const struct disc *disc, const char *file, size_t size)
{
    char text[64];
    uint64_t bytes = (uint64_t)disc->medium->ops->recorded_end(disc) * STAGE_SECTOR;
    struct oi_emu *emu;
    char bin[128];

    snprintf(text, sizeof(text), "medium = %s\n", disc->medium->sold_as);
    stage_define(stage, text);
    stage_put_file(stage->disc, file, size);
    stage_put_file(stage->image, "", 0);
    must(truncate(stage->image, (off_t)bytes) == 0, "no image of %llu bytes",
         (unsigned long long)bytes);
    if (disc->form == FORM_SECTORS) {
        stage_join(bin, stage, "disc.bin");
        must(rename(stage->image, bin) == 0 &&
                 truncate(bin, (off_t)(bytes / STAGE_SECTOR * BIN_SECTOR)) == 0,
             "no image of sectors");
    }
    emu = stage_open(stage, false);
    if (stage_look_around(stage, emu))
        use(stage, emu, disc->medium->unit);
    oi_emu_close(emu);
    emu = stage_open(stage, false);
    must(stage_look_around(stage, emu) || disc->medium->family == FAMILY_CD,
         "what the drive left is refused: %s", oi_emu_detail(emu));
    oi_emu_close(emu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage *stage = stage_get();
    const char *text = (const char *)data;
    const struct medium *medium;
    static struct disc disc;
    char *why = malloc(TEXT_MESSAGE_MAX);
    size_t made;
    char *file;

    must(why != NULL, "no memory");
    stage_clear(stage);
    medium = take_medium(&text, &size);
    file = make_file(medium, text, size, &made);
    stage_put_file(stage->disc, file, made);
    memset(why, 0x5a, TEXT_MESSAGE_MAX);
    if (disc_state_read(&disc, medium, stage->disc, why) == OI_OK) {
        check_stable(stage, &disc);
        check_drive(stage, &disc, file, made);
    } else {
        must(strnlen(why, TEXT_MESSAGE_MAX) < TEXT_MESSAGE_MAX && *why, "refused without words");
    }
    free(file);
    free(why);
    return 0;
}
