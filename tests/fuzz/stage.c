/* Every buffer is a heap block of exactly the size the drive is told, so the sanitizer sees a byte
 * too many; and one that the drive may not write is compared with its copy. */
#include "stage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "os.h"

static struct stage stage;
static char definition[512];               /* that lies there now */
static struct oi_emu_command last_command; /* that was run; its data is gone */

void stage_broken(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("BROKEN PROMISE: ", stderr);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n  the last command, with %u bytes:", last_command.data_len);
    for (int i = 0; i < OI_EMU_CDB_MAX; i++)
        fprintf(stderr, " %02x", last_command.cdb[i]);
    fprintf(stderr, "\n  the definition:\n%s", definition);
    abort();
}

uint32_t stage_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void stage_set32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint64_t virtual_now(void *context)
{
    struct stage *s = context;

    s->now_us += s->tick_us;
    return s->now_us;
}

static void virtual_sleep(void *context, uint64_t us)
{
    struct stage *s = context;

    must(us < UINT64_MAX / 2, "it sleeps for ever");
    s->now_us += us;
}

static bool remove_one(void *context, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", ((struct stage *)context)->folder, name);
    unlink(path);
    return true;
}

void stage_clear(struct stage *s)
{
    oi_folder_list(s->folder, remove_one, s);
    s->now_us = 1000000;
    s->tick_us = 0;
    s->lax_sense = false;
}

static void remove_folder(void)
{
    stage_clear(&stage);
    rmdir(stage.folder);
}

struct stage *stage_get(void)
{
    struct stage *s = &stage;
    const char *base = getenv("TMPDIR");

    if (s->folder[0])
        return s;
    if (!base || strlen(base) > 40)
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(s->folder, sizeof(s->folder), "%s/oi_fuzz_XXXXXX", base);
    must(mkdtemp(s->folder) != NULL, "no folder in %s", base);
    atexit(remove_folder);
    /* The precisions tell the compiler how long a folder's name is at the most. */
    snprintf(s->ini, sizeof(s->ini), "%.63s/one.ini", s->folder);
    snprintf(s->image, sizeof(s->image), "%.63s/disc.iso", s->folder);
    snprintf(s->disc, sizeof(s->disc), "%.63s/disc.iso.disc", s->folder);
    snprintf(s->state, sizeof(s->state), "%.63s/one.state", s->folder);
    return s;
}

void stage_join(char path[128], const struct stage *s, const char *name)
{
    snprintf(path, 128, "%s/%s", s->folder, name);
}

void stage_put_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    must(file && fwrite(data, 1, size, file) == size, "%s can't be written", path);
    fclose(file);
}

void stage_define(struct stage *s, const char *lines)
{
    const char *image = strstr(lines, "image = ") ? "" : "image = disc.iso\n";
    int size = snprintf(definition, sizeof(definition), "%s%s", lines, image);

    must(size > 0 && (size_t)size < sizeof(definition), "the definition is too long");
    stage_put_file(s->ini, definition, (size_t)size);
}

static void check_words(const char *words, const char *what)
{
    size_t length = strnlen(words, OI_EMU_DETAIL_MAX);

    must(length > 0, "%s says nothing", what);
    must(length < OI_EMU_DETAIL_MAX, "%s has no end", what);
}

struct oi_emu *stage_open(struct stage *s, bool may_fail)
{
    struct oi_emu_clock clock = {virtual_now, virtual_sleep, s};
    char *problem = malloc(OI_EMU_DETAIL_MAX);
    struct oi_emu *emu = NULL;
    enum oi_status status;

    must(problem != NULL, "no memory");
    memset(problem, 0x5a, OI_EMU_DETAIL_MAX);
    status = oi_emu_open(&emu, s->ini, &clock, problem);
    must((status == OI_OK) == (emu != NULL), "status %d, but a drive at %p", status, (void *)emu);
    if (status != OI_OK)
        check_words(problem, "a drive that did not open");
    must(status == OI_OK || may_fail, "the drive did not open: %s", problem);
    free(problem);
    return emu;
}

static void check_sense(const struct stage *s)
{
    const struct oi_emu_reply *reply = &s->reply;
    uint8_t code = reply->sense[0] & 0x7f;

    must(reply->sense_len <= OI_EMU_SENSE_MAX, "%u bytes of sense", reply->sense_len);
    for (int i = reply->sense_len; i < OI_EMU_SENSE_MAX; i++)
        must(reply->sense[i] == 0, "sense byte %d lies behind the %u there are", i,
             reply->sense_len);
    if (s->lax_sense)
        return;
    if (reply->scsi_status != 0x02) {
        must(reply->sense_len == 0, "sense with status %02x", reply->scsi_status);
        return;
    }
    must(code >= 0x70 && code <= 0x73, "sense of format %02x", reply->sense[0]);
    /* SPC-3: the descriptor format may have no descriptor. */
    must(reply->sense_len >= (code < 0x72 ? 18 : 8), "only %u bytes of sense", reply->sense_len);
    must(reply->sense[7] + 8 == reply->sense_len, "sense says %u + 8 bytes and has %u",
         reply->sense[7], reply->sense_len);
}

static uint32_t outcome_of(const struct oi_emu_reply *reply)
{
    const uint8_t *sense = reply->sense;

    if (reply->delivery != OI_EMU_ANSWERED)
        return UINT32_MAX;
    if (reply->scsi_status != 0x02)
        return (uint32_t)reply->scsi_status << 24;
    if ((sense[0] & 0x7f) >= 0x72)
        return (uint32_t)(sense[1] & 0x0f) << 16 | (uint32_t)sense[2] << 8 | sense[3];
    return (uint32_t)(sense[2] & 0x0f) << 16 | (uint32_t)sense[12] << 8 | sense[13];
}

static void check_reply(const struct stage *s, const struct oi_emu_command *command)
{
    const struct oi_emu_reply *reply = &s->reply;

    must(reply->delivery <= OI_EMU_GONE, "delivery %d", reply->delivery);
    must(reply->moved <= command->data_len, "%u of %u bytes moved", reply->moved,
         command->data_len);
    must(command->data || !reply->moved, "%u bytes moved from nowhere", reply->moved);
    if (reply->delivery != OI_EMU_ANSWERED)
        must(!reply->scsi_status && !reply->sense_len, "a status without an answer");
    must(reply->scsi_status == 0 || reply->scsi_status == 0x02 || reply->scsi_status == 0x08 ||
             reply->scsi_status == 0x18,
         "status %02x", reply->scsi_status);
    check_sense(s);
}

uint32_t stage_run(struct stage *s, struct oi_emu *emu, const struct oi_emu_command *given)
{
    struct oi_emu_command command = *given;
    uint32_t size = command.data_len;
    uint8_t *exact = malloc(size ? size : 1);

    last_command = *given;
    must(exact && size <= STAGE_DATA_MAX, "no memory for %u bytes", size);
    if (command.direction == OI_EMU_DATA_IN)
        memset(s->data, 0xa5, size);
    memcpy(exact, s->data, size);
    if (command.data)
        command.data = exact;
    memset(&s->reply, 0xee, sizeof(s->reply));
    oi_emu_execute(emu, &command, &s->reply);
    check_reply(s, &command);
    must(strnlen(oi_emu_detail(emu), OI_EMU_DETAIL_MAX) < OI_EMU_DETAIL_MAX, "detail has no end");
    if (command.direction == OI_EMU_DATA_IN) {
        /* Without an answer nobody knows how much came over. */
        must(s->reply.delivery != OI_EMU_ANSWERED ||
                 memcmp(exact + s->reply.moved, s->data + s->reply.moved, size - s->reply.moved) ==
                     0,
             "command %02x wrote beyond the %u bytes it moved", command.cdb[0], s->reply.moved);
        memcpy(s->data, exact, size);
    } else {
        must(memcmp(exact, s->data, size) == 0, "command %02x changed the host's data",
             command.cdb[0]);
    }
    free(exact);
    return outcome_of(&s->reply);
}

uint32_t stage_get10(struct stage *s, struct oi_emu *emu, const uint8_t cdb[10], uint32_t size)
{
    struct oi_emu_command command = {
        .cdb_len = 10, .direction = OI_EMU_DATA_IN, .data = s->data, .data_len = size};

    memcpy(command.cdb, cdb, 10);
    return stage_run(s, emu, &command);
}

uint32_t stage_read(struct stage *s, struct oi_emu *emu, uint32_t lba, uint32_t blocks)
{
    uint8_t cdb[10] = {0x28, [7] = (uint8_t)(blocks >> 8), [8] = (uint8_t)blocks};

    stage_set32(cdb + 2, lba);
    return stage_get10(s, emu, cdb, blocks * STAGE_SECTOR);
}

uint32_t stage_next(struct stage *s, struct oi_emu *emu)
{
    static const uint8_t open_track[10] = {0x52, 1, 0, 0, 0, 0xff, 0, 0, 48};

    if (stage_get10(s, emu, open_track, 48) != 0 || !(s->data[7] & 1))
        return UINT32_MAX;
    return stage_be32(s->data + 12);
}

static void read_tracks(struct stage *s, struct oi_emu *emu, uint32_t first, uint32_t last)
{
    for (uint32_t number = first; number <= last; number++) {
        uint8_t cdb[10] = {0x52, 1, [8] = 48};
        uint32_t start, size;

        stage_set32(cdb + 2, number);
        must(stage_get10(s, emu, cdb, 48) == 0, "no information about track %u of %u", number,
             last);
        start = stage_be32(s->data + 8);
        size = stage_be32(s->data + 24);
        stage_read(s, emu, start, 2);
        stage_read(s, emu, start + size - 2, 4);
    }
}

/* As a patient host: on the drive's own clock a drive that spins up gets on only when it is asked.
 */
static void wait_until_ready(struct stage *s, struct oi_emu *emu)
{
    enum { PATIENCE = 200, NOT_READY = 0x0204 };
    struct oi_emu_command ready = {.cdb_len = 6};
    uint32_t sense = stage_run(s, emu, &ready); /* takes a unit attention, if there is one */

    for (int i = 0; i < PATIENCE && (i < 2 || sense >> 8 == NOT_READY); i++)
        sense = stage_run(s, emu, &ready);
}

bool stage_look_around(struct stage *s, struct oi_emu *emu)
{
    static const uint8_t configuration[10] = {0x46, [7] = 0x10}, capacity[10] = {0x25};
    static const uint8_t disc_information[10] = {0x51, [8] = 34};
    static const uint8_t all_pages[10] = {0x5a, 0, 0x3f, [7] = 0x04};
    static const uint8_t formats[10] = {0x23, [7] = 0x01};
    enum { NOT_KNOWN = 0x052000 }; /* of some personalities */
    uint32_t last, known;

    wait_until_ready(s, emu);
    known = stage_get10(s, emu, configuration, 4096);
    must(known == 0 || known == NOT_KNOWN, "GET CONFIGURATION is refused");
    must(stage_get10(s, emu, all_pages, 1024) == 0, "MODE SENSE of all pages is refused");
    must(stage_get10(s, emu, formats, 256) == 0, "READ FORMAT CAPACITIES is refused");
    if (stage_get10(s, emu, disc_information, 34) != 0)
        return false;
    must(s->reply.moved == 34 || s->reply.moved == 32, "%u bytes of disc information",
         s->reply.moved);
    last = s->data[6] | (uint32_t)s->data[11] << 8;
    read_tracks(s, emu, s->data[3], last);
    stage_get10(s, emu, capacity, 8);
    for (uint8_t format = 0; format < 6; format++)
        for (uint8_t msf = 0; msf < 4; msf += 2)
            stage_get10(s, emu, (const uint8_t[10]){0x43, msf, format, [7] = 0x08}, 2048);
    return true;
}
