/* The tray, across processes: what lies in it, whether it is open, and who keeps it closed.
 * The invariant: who does not write the disc looks at the stamps of NAME.state and IMAGE.disc
 * before a command and reads again what changed; who writes it keeps the tray as it is by that
 * alone. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "drive.h"

/* Bytes of NAME.lock that keep the tray closed, one for each process that does: far beyond what is
 * written there, and below 2^62, which the transport locks for exclusive access. */
#define PREVENT_LOCK (((uint64_t)1 << 62) - PREVENTERS_MAX)
enum { PREVENTERS_MAX = 32 };

/* ---- NAME.state ---- */

static void parse_state(struct oi_emu *emu, const char *data, size_t size)
{
    struct text_reader reader = {.data = data, .size = size};
    char line[TEXT_LINE_MAX];
    char *key, *value;

    if (text_next(&reader, line) != TEXT_LINE || strcmp(line, "openimapi2 drive 1") != 0)
        return;
    while (text_next(&reader, line) == TEXT_LINE) {
        if (!text_split(line, &key, &value))
            return;
        if (strcmp(key, "tray") == 0)
            emu->tray_open = strcmp(value, "open") == 0;
        else if (strcmp(key, "loads") == 0)
            text_number(value, UINT32_MAX, &emu->loads);
    }
}

/* A file that is missing or damaged is a closed tray: nothing worth more is lost with it. */
static void read_state(struct oi_emu *emu)
{
    enum { LIMIT = 256 };
    char *data;
    size_t size;

    emu->state_stamp = oi_file_stamp(emu->state_path);
    emu->tray_open = false;
    emu->loads = 0;
    if (oi_file_read_all(emu->state_path, LIMIT, &data, &size) != OI_OK)
        return;
    parse_state(emu, data, size);
    free(data);
}

static enum outcome write_state(struct oi_emu *emu, struct request *rq, bool open, uint32_t loads)
{
    char text[96];
    struct text_writer writer = {.data = text, .room = sizeof(text)};
    enum oi_status status;

    text_add(&writer, "openimapi2 drive 1\ntray = %s\nloads = %u\n", open ? "open" : "closed",
             loads);
    status = oi_file_replace(emu->state_path, text, writer.size);
    if (status != OI_OK) {
        explain(emu, rq, "%s: %s; make its folder writable", text_short_path(emu->state_path),
                oi_status_text(status));
        return LOAD_OR_EJECT_FAILED;
    }
    emu->tray_open = open;
    emu->loads = loads;
    emu->state_stamp = oi_file_stamp(emu->state_path);
    tray_changed();
    return GOOD;
}

/* ---- what lies in the tray ---- */

/* What the definition says now is what lies in the tray when it closes. */
static void insert(struct oi_emu *emu)
{
    char problem[TEXT_MESSAGE_MAX];
    struct definition now;
    enum oi_status status;

    emu->ini_stamp = oi_file_stamp(emu->ini_path);
    status = definition_read(&now, emu->ini_path, problem);
    if (status == OI_OK)
        emu->definition = now;
    free(emu->disc_path);
    emu->disc_path = NULL;
    if (status == OI_OK && emu->definition.medium) {
        emu->disc_path = text_path(emu->definition.image, 0, ".disc");
        status = emu->disc_path ? OI_OK : OI_OUT_OF_MEMORY;
        text_message(problem, "%s", oi_status_text(status));
    }
    if (status == OI_OK) {
        disc_load(emu);
    } else {
        /* As a drive it stays what it was. */
        emu->definition.medium = NULL;
        emu->definition.faults.count = 0;
        emu->presence = MEDIUM_UNREADABLE;
        memcpy(emu->unreadable, problem, sizeof(problem));
    }
}

void tray_settle(struct oi_emu *emu)
{
    if (!emu->arriving || drive_busy(emu))
        return;
    emu->arriving = false;
    emu->event = EVENT_NEW_MEDIUM;
    attention_raise(emu, MEDIUM_CHANGED);
}

/* The drive spins the disc up and knows it only then. */
static void announce(struct oi_emu *emu)
{
    emu->stopped = false;
    attention_drop(emu, MEDIUM_CHANGED);
    if (emu->presence == MEDIUM_ABSENT)
        return;
    emu->arriving = true;
    work_start(emu, WORK_READY, true);
    tray_settle(emu);
}

void tray_read(struct oi_emu *emu)
{
    read_state(emu);
    if (!emu->tray_open)
        insert(emu);
    /* To open the drive is to turn it on, which only drives that are slow at it are asked to feel.
     */
    if (emu->presence != MEDIUM_ABSENT && emu->definition.personality->ready_ms)
        work_start(emu, WORK_READY, true);
}

static void refresh_tray(struct oi_emu *emu)
{
    bool was_open = emu->tray_open;
    uint32_t loads = emu->loads;

    read_state(emu);
    if (emu->tray_open == was_open && emu->loads == loads)
        return;
    disc_unload(emu);
    if (emu->tray_open) {
        emu->event = EVENT_REMOVAL;
    } else {
        insert(emu);
        announce(emu);
    }
}

/* Another process wrote the disc, or made another kind of disc of it. */
static void refresh_disc(struct oi_emu *emu)
{
    enum presence was = emu->presence;
    struct disc before = emu->disc;

    disc_load(emu);
    if (was == MEDIUM_READABLE && emu->presence == MEDIUM_READABLE &&
        format_is_news(&before, &emu->disc))
        attention_raise(emu, MEDIUM_CHANGED);
}

void tray_look(struct oi_emu *emu)
{
    if (oi_file_stamp(emu->state_path) != emu->state_stamp)
        refresh_tray(emu);
    else if (emu->presence != MEDIUM_ABSENT && emu->disc_path &&
             (emu->foreign_writer || emu->presence == MEDIUM_UNREADABLE ||
              oi_file_stamp(emu->disc_path) != emu->disc_stamp))
        refresh_disc(emu);
}

static atomic_uint changes;

void tray_changed(void)
{
    atomic_fetch_add(&changes, 1);
}

/* Looking at two files costs more than a short command does, so commands that follow each other
 * without a breath do not all look. Between two such ones no other program can have replaced a file
 * and told the host about it: that takes several system calls. What other emulators of this process
 * do is counted. */
void tray_refresh(struct oi_emu *emu)
{
    enum { BREATH_US = 5, LOOK_US = 1000 };
    uint64_t now;
    uint32_t generation;
    bool follows;

    if (emu->image.locked)
        return;
    now = oi_clock_us();
    generation = atomic_load(&changes);
    follows = now - emu->asked_us < BREATH_US && now - emu->looked_us < LOOK_US;
    emu->asked_us = now;
    if (follows && generation == emu->generation && !emu->foreign_writer &&
        emu->presence != MEDIUM_UNREADABLE)
        return;
    emu->generation = generation;
    emu->looked_us = now;
    tray_look(emu);
}

/* ---- removal ---- */

static bool prevented_elsewhere(struct oi_emu *emu)
{
    struct oi_file *file;
    bool prevented = false;

    if (oi_file_open(&file, emu->lock_path, OI_FILE_WRITE) != OI_OK)
        return false;
    for (uint64_t i = 0; i < PREVENTERS_MAX && !prevented; i++) {
        enum oi_status status = drive_lock(emu, file, PREVENT_LOCK + i);

        prevented = status == OI_SHARING;
        if (status == OI_OK)
            oi_file_unlock(file, PREVENT_LOCK + i);
    }
    oi_file_close(file);
    return prevented;
}

/* Takes the first byte that nobody has; who looks at one for a moment only moves us to the next.
 * Where no file can be made no other process can write NAME.state to open the tray either. */
static void prevent_others(struct oi_emu *emu)
{
    enum oi_status status = OI_SHARING;

    if (oi_file_open(&emu->prevent_file, emu->lock_path, OI_FILE_CREATE) != OI_OK)
        return;
    for (uint64_t i = 0; i < PREVENTERS_MAX && status == OI_SHARING; i++)
        status = oi_file_lock(emu->prevent_file, PREVENT_LOCK + i);
}

enum outcome tray_prevent(struct oi_emu *emu, bool prevent)
{
    if (prevent && !emu->prevented)
        prevent_others(emu);
    if (!prevent) {
        oi_file_close(emu->prevent_file);
        emu->prevent_file = NULL;
    }
    emu->prevented = prevent;
    return GOOD;
}

/* Nobody keeps the disc from being taken out, and nobody else writes it. */
static enum outcome may_remove(struct oi_emu *emu, struct request *rq)
{
    if (emu->prevented) {
        emu->event = EVENT_EJECT_REQUEST;
        return REMOVAL_PREVENTED;
    }
    if (prevented_elsewhere(emu)) {
        explain(emu, rq, "another program keeps the tray of this recorder closed; wait for it");
        return REMOVAL_PREVENTED;
    }
    return emu->definition.medium ? disc_lock(emu, rq) : GOOD;
}

enum outcome tray_eject(struct oi_emu *emu, struct request *rq)
{
    bool was_locked = emu->image.locked;
    enum outcome outcome;

    if (emu->tray_open)
        return GOOD;
    outcome = may_remove(emu, rq);
    if (outcome != GOOD)
        return outcome;
    work_start(emu, WORK_FLUSH, false);
    if (was_locked)
        outcome = disc_put_to_rest(emu, rq);
    if (outcome == GOOD)
        outcome = write_state(emu, rq, true, emu->loads);
    if (outcome != GOOD) {
        if (!was_locked)
            disc_unlock(emu);
        return outcome;
    }
    if (emu->presence != MEDIUM_ABSENT)
        emu->event = EVENT_REMOVAL;
    disc_unload(emu);
    return GOOD;
}

void tray_pull(struct oi_emu *emu)
{
    struct request rq = {0};

    if (emu->presence != MEDIUM_ABSENT)
        emu->event = EVENT_REMOVAL;
    disc_unload(emu);
    /* Where that can't be written down the tray is open for this process alone. */
    write_state(emu, &rq, true, emu->loads);
    emu->tray_open = true;
}

enum outcome tray_load(struct oi_emu *emu, struct request *rq)
{
    enum outcome outcome;

    if (!emu->tray_open) {
        if (emu->prevented || oi_file_stamp(emu->ini_path) == emu->ini_stamp)
            return GOOD;
        outcome = tray_eject(emu, rq);
        if (outcome != GOOD)
            return outcome;
    }
    outcome = write_state(emu, rq, false, emu->loads + 1);
    if (outcome != GOOD)
        return outcome;
    insert(emu);
    announce(emu);
    return GOOD;
}

void tray_close(struct oi_emu *emu)
{
    struct request rq = {0};

    disc_put_to_rest(emu, &rq);
    tray_prevent(emu, false);
    disc_unload(emu);
    free(emu->disc_path);
}
