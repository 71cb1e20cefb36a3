/* Any bytes as a fault script: refused in words with a line, or a drive that fails as it is told to
 * and no worse. Input: the file.
 * A fixed run of commands meets the faults; afterwards, without them, the disc opens, and what was
 * synchronised is there. */
#include <stdlib.h>
#include <string.h>
#include "faults.h"
#include "stage.h"

enum { CHUNK = 16, WRITES = 24 };

struct meeting {
    struct stage *stage;
    struct oi_emu *emu;
    bool honest;      /* no rule makes the drive say GOOD to what it did not do */
    uint32_t written; /* sectors from 0 on that are GOOD, and those that are synchronised */
    uint32_t synced;
    bool unsure; /* something happened that empties a buffer; the drive must tell how far it is */
};

/* The text in a block of just its size. */
static bool parse(struct fault_script *script, const uint8_t *data, size_t size)
{
    char *exact = malloc(size ? size : 1);
    char *problem = malloc(TEXT_MESSAGE_MAX);
    bool good;

    must(exact && problem, "no memory");
    if (size)
        memcpy(exact, data, size);
    memset(problem, 0x5a, TEXT_MESSAGE_MAX);
    good = faults_parse(script, "one.faults", exact, size, problem);
    must(strnlen(problem, TEXT_MESSAGE_MAX) < TEXT_MESSAGE_MAX || good, "a problem without end");
    must(good || strstr(problem, "one.faults"), "refused without the file: %s", problem);
    must(good || !script->count, "refused, but with %u rules", script->count);
    must(script->count <= FAULT_RULES_MAX, "%u rules", script->count);
    for (uint32_t i = 0; i < script->count; i++)
        must(faults_action_name(script->rules[i].action), "an action without a name");
    free(exact);
    free(problem);
    return good;
}

static bool is_honest(const struct fault_script *script)
{
    for (uint32_t i = 0; i < script->count; i++)
        if (script->rules[i].deferred || script->rules[i].action == FAULT_TRANSFER)
            return false;
    return true;
}

static uint32_t run(struct meeting *m, const uint8_t cdb[10], enum oi_emu_direction direction,
                    uint32_t size)
{
    struct oi_emu_command command = {.cdb_len = 10,
                                     .direction = direction,
                                     .data = direction == OI_EMU_NO_DATA ? NULL : m->stage->data,
                                     .data_len = size,
                                     .timeout_ms = 30000};
    uint32_t sense;

    memcpy(command.cdb, cdb, 10);
    command.cdb_len = cdb[0] < 0x20 ? 6 : 10;
    m->stage->lax_sense = true;
    sense = stage_run(m->stage, m->emu, &command);
    if (sense == UINT32_MAX || sense >> 16 == 0x06 || sense >> 8 == 0x023a)
        m->unsure = true;
    if (m->stage->reply.delivery == OI_EMU_GONE) {
        oi_emu_close(m->emu);
        m->emu = stage_open(m->stage, false);
    }
    return sense;
}

static void write_next(struct meeting *m)
{
    uint8_t cdb[10] = {0x2a, [8] = CHUNK};
    uint32_t size = CHUNK * STAGE_SECTOR;

    stage_set32(cdb + 2, m->written);
    memset(m->stage->data, (int)(m->written / CHUNK + 1), size);
    if (run(m, cdb, OI_EMU_DATA_OUT, size) == 0 && m->stage->reply.moved == size)
        m->written += CHUNK;
}

/* As a host that gives up at nothing. */
static void meet(struct meeting *m)
{
    static const uint8_t ready[10] = {0}, sense[10] = {0x03, [4] = 18}, synchronize[10] = {0x35};
    static const uint8_t buffer[10] = {0x5c, [8] = 12}, track[10] = {0x52, 1, [5] = 1, [8] = 48};
    static const uint8_t load[10] = {0x1b, [4] = 3}, read[10] = {0x28, [8] = CHUNK};
    static const uint8_t close_track[10] = {0x5b, 0, 1, 0, 0, 1};

    for (int i = 0; i < WRITES; i++) {
        if (run(m, ready, OI_EMU_NO_DATA, 0) == 0x023a02)
            run(m, load, OI_EMU_NO_DATA, 0);
        write_next(m);
        run(m, i % 2 ? buffer : sense, OI_EMU_DATA_IN, 18);
        if (i % 3 == 2 && run(m, track, OI_EMU_DATA_IN, 48) == 0 && m->stage->reply.moved == 48) {
            m->written = stage_be32(m->stage->data + 12);
            m->unsure = false;
        }
        if (i % 4 == 3 && run(m, synchronize, OI_EMU_NO_DATA, 0) == 0 && !m->unsure)
            m->synced = m->written;
        if (i % 5 == 4)
            run(m, read, OI_EMU_DATA_IN, CHUNK * STAGE_SECTOR);
    }
    run(m, close_track, OI_EMU_NO_DATA, 0);
}

/* The tray may be open, and a unit attention due. */
static void check_afterwards(struct meeting *m)
{
    static const uint8_t load[10] = {0x1b, [4] = 3}, ready[10] = {0};

    oi_emu_close(m->emu);
    m->stage->lax_sense = false;
    stage_define(m->stage, "medium = dvd+r\n");
    m->emu = stage_open(m->stage, false);
    run(m, load, OI_EMU_NO_DATA, 0);
    run(m, ready, OI_EMU_NO_DATA, 0);
    must(stage_look_around(m->stage, m->emu), "the disc is lost: %s", oi_emu_detail(m->emu));
    if (m->honest)
        for (uint32_t lba = 0; lba < m->synced; lba++)
            must(stage_read(m->stage, m->emu, lba, 1) == 0,
                 "sector %u of %u that were synchronised is lost", lba, m->synced);
    oi_emu_close(m->emu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fault_script script;
    struct meeting m = {.stage = stage_get()};
    char path[128];
    bool good = parse(&script, data, size);

    stage_clear(m.stage);
    stage_join(path, m.stage, "one.faults");
    stage_put_file(path, data, size);
    stage_define(m.stage, "medium = dvd+r\nspeed = 8\nfaults = one.faults\n");
    m.emu = stage_open(m.stage, true);
    must(good == (m.emu != NULL), good ? "a good script, and no drive" : "a bad one, and a drive");
    if (!m.emu)
        return 0;
    m.honest = is_honest(&script);
    meet(&m);
    check_afterwards(&m);
    return 0;
}
