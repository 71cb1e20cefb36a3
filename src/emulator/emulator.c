/* From a CDB to its handler and from the handler's outcome to status and sense.
 * The invariant: what every command has in common is checked here, once, in one order, before any
 * handler runs; a handler only sees a command it may execute. */
#include "emulator.h"

#include <stdlib.h>
#include <string.h>
#include "drive.h"
#include "faults.h"
#include "personality.h"
#include "short_answers.h"
#include "range.h"
#include "trace.h"

enum flags {
    NEEDS_MEDIUM = 1 << 0,
    ALLOWED_DURING_UA = 1 << 1,
    NEEDS_IDLE = 1 << 2,   /* not while an IMMED operation runs */
    CHANGES_DISC = 1 << 3, /* takes the right to write the disc first */
    SENDS_DATA = 1 << 4,   /* host to drive; all others answer or move nothing */
    FILLS_BUFFER = 1 << 5, /* sends blocks for the disc */
    NEEDS_TURNING = 1 << 6,
};
#define ON_DISC   (NEEDS_MEDIUM | NEEDS_IDLE)
#define FROM_DISC (ON_DISC | NEEDS_TURNING)
#define TO_DISC   (ON_DISC | NEEDS_TURNING | CHANGES_DISC)
#define ALWAYS    ALLOWED_DURING_UA
#define SEND      SENDS_DATA
#define BLOCKS    (SENDS_DATA | FILLS_BUFFER)

/* byte1: the bits of CDB byte 1 that the command defines; any other one is an invalid field. */
struct command_row {
    enum outcome (*handler)(struct oi_emu *emu, struct request *rq);
    uint8_t flags;
    uint8_t byte1;
};

/* clang-format off */
static const struct command_row commands[256] = {
    [OI_OP_TEST_UNIT_READY]               = { on_test_unit_ready,        ON_DISC,          0x00 },
    [OI_OP_REQUEST_SENSE]                 = { on_request_sense,          ALWAYS,           0x01 },
    [OI_OP_FORMAT_UNIT]                   = { on_format_unit,            TO_DISC | SEND,   0x1f },
    [OI_OP_INQUIRY]                       = { on_inquiry,                ALWAYS,           0x00 },
    [OI_OP_START_STOP_UNIT]               = { on_start_stop_unit,        NEEDS_IDLE,       0x01 },
    [OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL]  = { on_prevent_allow,          0,                0x00 },
    [OI_OP_READ_FORMAT_CAPACITIES]        = { on_read_format_capacities, 0,                0x00 },
    [OI_OP_READ_CAPACITY]                 = { on_read_capacity,          ON_DISC,          0x00 },
    [OI_OP_READ10]                        = { on_read10,                 FROM_DISC,        0x18 },
    [OI_OP_WRITE10]                       = { on_write10,                TO_DISC | BLOCKS,  0x18 },
    [OI_OP_WRITE_AND_VERIFY10]            = { on_write_and_verify10,     TO_DISC | BLOCKS,  0x10 },
    [OI_OP_VERIFY10]                      = { on_verify10,               FROM_DISC | SEND,  0x12 },
    [OI_OP_SYNCHRONIZE_CACHE]             = { on_synchronize_cache,      ON_DISC,          0x02 },
    [OI_OP_READ_TOC_PMA_ATIP]             = { on_read_toc,               ON_DISC,          0x02 },
    [OI_OP_GET_CONFIGURATION]             = { on_get_configuration,      ALWAYS,           0x03 },
    [OI_OP_GET_EVENT_STATUS_NOTIFICATION] = { on_get_event_status,       ALWAYS,           0x01 },
    [OI_OP_READ_DISC_INFORMATION]         = { on_read_disc_information,  NEEDS_MEDIUM,     0x07 },
    [OI_OP_READ_TRACK_INFORMATION]        = { on_read_track_information, NEEDS_MEDIUM,     0x07 },
    [OI_OP_RESERVE_TRACK]                 = { on_reserve_track,          TO_DISC,          0x03 },
    [OI_OP_SEND_OPC_INFORMATION]          = { on_send_opc,               TO_DISC | SEND,   0x01 },
    [OI_OP_MODE_SELECT10]                 = { on_mode_select10,          SEND,             0x11 },
    [OI_OP_MODE_SENSE10]                  = { on_mode_sense10,           0,                0x08 },
    [OI_OP_CLOSE_TRACK_SESSION]           = { on_close_track_session,    TO_DISC,          0x01 },
    [OI_OP_READ_BUFFER_CAPACITY]          = { on_read_buffer_capacity,   NEEDS_MEDIUM,     0x01 },
    [OI_OP_SEND_CUE_SHEET]                = { on_send_cue_sheet,         TO_DISC | SEND,   0x00 },
    [OI_OP_BLANK]                         = { on_blank,                  TO_DISC,          0x17 },
    [OI_OP_REPORT_KEY]                    = { on_report_key,             0,                0x00 },
    [OI_OP_READ12]                        = { on_read12,                 FROM_DISC,        0x18 },
    [OI_OP_WRITE12]                       = { on_write12,                TO_DISC | BLOCKS,  0x18 },
    [OI_OP_GET_PERFORMANCE]               = { on_get_performance,        0,                0x1f },
    [OI_OP_READ_DISC_STRUCTURE]           = { on_read_disc_structure,    NEEDS_MEDIUM,     0x0f },
    [OI_OP_SET_STREAMING]                 = { on_set_streaming,          SEND,             0x00 },
    [OI_OP_READ_CD_MSF]                   = { on_read_cd_msf,            FROM_DISC,        0x1e },
    [OI_OP_SET_CD_SPEED]                  = { on_set_cd_speed,           0,                0x03 },
    [OI_OP_MECHANISM_STATUS]              = { on_mechanism_status,       0,                0x00 },
    [OI_OP_READ_CD]                       = { on_read_cd,                FROM_DISC,        0x1e },
    [OI_OP_SEND_DISC_STRUCTURE]           = { on_send_disc_structure,    TO_DISC | SEND,   0x0f },
};
/* clang-format on */

void answer(struct request *rq, const uint8_t *data, uint32_t size, uint32_t allocation)
{
    if (rq->short_answer)
        size = short_answer_size(rq->cdb[0], size);
    if (size > allocation)
        size = allocation;
    if (size > rq->room)
        size = rq->room;
    if (size)
        memcpy(rq->in, data, size);
    if (rq->short_answer)
        short_answer_overstate(rq->cdb[0], rq->in, size);
    rq->moved = size;
}

enum oi_status drive_lock(struct oi_emu *emu, struct oi_file *file, uint64_t offset)
{
    enum { ATTEMPTS = 3, PAUSE_US = 1000 };
    enum oi_status status = oi_file_lock(file, offset);

    for (int i = 1; i < ATTEMPTS && status == OI_SHARING; i++) {
        emu->host_clock.sleep_us(emu->host_clock.context, PAUSE_US);
        status = oi_file_lock(file, offset);
    }
    return status;
}

/* SPC-3: the group code tells the length. 0: vendor specific or reserved. */
static uint8_t cdb_length(uint8_t opcode)
{
    static const uint8_t lengths[8] = {6, 10, 10, 0, 16, 12, 0, 0};

    return lengths[opcode >> 5];
}

static enum outcome check_cdb(const struct oi_emu *emu, const struct command_row *row,
                              const struct oi_emu_command *command, struct request *rq)
{
    enum { NACA_BIT = 2 };
    uint8_t length = cdb_length(command->cdb[0]);
    uint32_t most_kib = emu->definition.personality->transfer_kib_max;

    if (command->cdb_len < length || command->cdb_len > OI_EMU_CDB_MAX)
        return wrong_cdb(rq, 0);
    if (command->cdb[1] & ~row->byte1)
        return wrong_bits(rq, 1, (uint8_t)(command->cdb[1] & ~row->byte1));
    if (command->cdb[length - 1] & 1 << NACA_BIT)
        return wrong_bits(rq, length - 1, 1 << NACA_BIT);
    if (most_kib && command->data_len > most_kib * 1024 && has_range(command->cdb[0]))
        return wrong_cdb(rq, length == 12 ? 6 : 7);
    return GOOD;
}

/* While it spins up the drive does not know the disc, but it opens the tray. */
static bool waits_for_work(const struct oi_emu *emu, const struct command_row *row)
{
    return row->flags & (emu->busy_with == WORK_READY ? NEEDS_MEDIUM : NEEDS_IDLE);
}

static enum outcome check_drive(struct oi_emu *emu, const struct command_row *row,
                                struct request *rq)
{
    enum outcome outcome = GOOD;

    if ((row->flags & NEEDS_MEDIUM) && emu->presence == MEDIUM_ABSENT)
        return emu->tray_open ? NO_MEDIUM_TRAY_OPEN : NO_MEDIUM_TRAY_CLOSED;
    if (waits_for_work(emu, row))
        outcome = work_outcome(emu, rq);
    if (outcome != GOOD)
        return outcome;
    if (emu->stopped && (row->flags & NEEDS_TURNING))
        return INITIALIZING_REQUIRED;
    if ((row->flags & NEEDS_MEDIUM) && emu->presence == MEDIUM_UNREADABLE)
        return CANNOT_READ_MEDIUM;
    if (row->flags & CHANGES_DISC)
        outcome = disc_take(emu, rq);
    return outcome == GOOD && (row->flags & FILLS_BUFFER) ? cache_aim(emu, rq) : outcome;
}

/* A background format goes on between commands, in the drive that runs it. */
static void run_format(struct oi_emu *emu)
{
    const struct medium_ops *ops;

    if (emu->presence != MEDIUM_READABLE || !emu->image.locked ||
        emu->disc.background != BACKGROUND_RUNNING)
        return;
    ops = emu->disc.medium->ops;
    if (ops->run(&emu->disc, drive_now(emu), speed_write_rate(emu))) {
        emu->event = EVENT_FORMAT_COMPLETED;
        emu->unsaved = true;
    }
}

/* What an earlier WRITE kept to itself. */
static enum outcome late_error(struct oi_emu *emu, struct request *rq)
{
    enum outcome outcome = emu->late.outcome;

    emu->late.outcome = GOOD;
    rq->deferred = true;
    return at_lba(rq, emu->late.lba, outcome);
}

/* What comes before the command itself. */
static enum outcome check_news(struct oi_emu *emu, const struct command_row *row,
                               struct request *rq)
{
    enum outcome outcome;

    if (row->flags & ALLOWED_DURING_UA)
        return GOOD;
    outcome = attention_take(emu);
    if (outcome == GOOD && emu->late.outcome != GOOD)
        outcome = late_error(emu, rq);
    return outcome;
}

static bool is_known(const struct oi_emu *emu, uint8_t opcode)
{
    const struct personality *personality = emu->definition.personality;

    return commands[opcode].handler && !(opcode == OI_OP_WRITE12 && personality->no_write12) &&
           !(opcode == OI_OP_GET_CONFIGURATION && personality->no_configuration);
}

static enum outcome run(struct oi_emu *emu, const struct oi_emu_command *command,
                        struct request *rq)
{
    const struct command_row *row = &commands[command->cdb[0]];
    enum outcome outcome;

    if (!is_known(emu, command->cdb[0]))
        return INVALID_OPCODE;
    tray_refresh(emu);
    tray_settle(emu);
    run_format(emu);
    power_wake(emu, row->flags & NEEDS_MEDIUM);
    outcome = check_news(emu, row, rq);
    if (outcome == GOOD)
        outcome = check_cdb(emu, row, command, rq);
    if (outcome == GOOD)
        outcome = check_drive(emu, row, rq);
    if (outcome != GOOD)
        return outcome;
    if (row->flags & SENDS_DATA) {
        rq->out = command->data;
        rq->given = command->direction == OI_EMU_DATA_OUT && command->data ? command->data_len : 0;
    } else {
        rq->in = command->data;
        rq->room = command->direction == OI_EMU_DATA_IN && command->data ? command->data_len : 0;
    }
    rq->short_answer = emu->definition.personality->short_answers;
    return row->handler(emu, rq);
}

/* A drive that defers errors takes the data and tells later that it could not be written. */
static bool is_put_off(struct oi_emu *emu, const struct request *rq, enum outcome outcome)
{
    uint8_t key = (uint8_t)(outcome >> 16);

    if (!emu->definition.personality->defers_errors || rq->deferred || !is_write(rq->cdb[0]) ||
        (key != OI_KEY_MEDIUM_ERROR && key != OI_KEY_HARDWARE_ERROR))
        return false;
    if (emu->late.outcome != GOOD)
        return true; /* it tells of the first */
    emu->late.outcome = outcome;
    emu->late.lba = rq->information_valid ? rq->information : (uint32_t)range_of(rq->cdb).lba;
    return true;
}

void refuse_command(struct oi_emu *emu, const struct oi_emu_command *command, struct request *rq,
                    enum outcome outcome, struct oi_emu_reply *reply)
{
    enum { CHECK_CONDITION = 0x02, CONFLICT = 0x18 };

    *reply = (struct oi_emu_reply){.moved = rq->moved};
    if (outcome == CANNOT_READ_MEDIUM && !rq->explained)
        memcpy(emu->detail, emu->unreadable, sizeof(emu->detail));
    else if (!rq->explained)
        emu->detail[0] = '\0';
    if (is_put_off(emu, rq, outcome)) {
        reply->moved = command->data_len;
    } else if (outcome == RESERVATION_CONFLICT) {
        reply->scsi_status = CONFLICT;
    } else {
        reply->scsi_status = CHECK_CONDITION;
        reply->sense_len =
            put_sense(reply->sense, rq, outcome, emu->definition.personality->descriptor_sense);
    }
}

/* What a command leaves behind besides its answer. */
static enum outcome after(struct oi_emu *emu, struct request *rq, enum outcome outcome)
{
    if (outcome == LONG_WRITE_IN_PROGRESS && !rq->progress_valid &&
        cache_paused(emu, &rq->progress)) {
        rq->progress_valid = true;
        outcome = OPERATION_IN_PROGRESS;
    }
    if (outcome == RESERVATION_CONFLICT)
        events_conflict(emu);
    events_watch(emu);
    drive_clock_end(emu, rq, outcome);
    return outcome;
}

void run_command(struct oi_emu *emu, const struct oi_emu_command *command, struct request *rq,
                 struct oi_emu_reply *reply)
{
    enum outcome outcome = after(emu, rq, run(emu, command, rq));

    if (outcome == GOOD)
        *reply = (struct oi_emu_reply){.moved = rq->moved};
    else
        refuse_command(emu, command, rq, outcome, reply);
}

/* The rule of the fault script that this command falls under, or NULL. */
static const struct fault_rule *fault_for(struct oi_emu *emu, const struct oi_emu_command *command)
{
    struct fault_script *script = &emu->definition.faults;

    if (!script->count)
        return NULL;
    return faults_match(script, command->cdb,
                        emu->presence == MEDIUM_READABLE ? emu->disc.medium->sectors : 0);
}

/* The command was carried out, and its answer is for nobody. */
static void answer_too_late(struct oi_emu *emu, struct request *rq, struct oi_emu_reply *reply)
{
    explain(emu, rq, "the drive needs longer for this than the host waits");
    *reply = (struct oi_emu_reply){.delivery = OI_EMU_TIMED_OUT};
}

void oi_emu_execute(struct oi_emu *emu, const struct oi_emu_command *command,
                    struct oi_emu_reply *reply)
{
    struct request rq = {.cdb = command->cdb, .field = -1};
    const struct fault_rule *rule = emu->gone ? NULL : fault_for(emu, command);
    uint64_t begun_us;

    drive_clock_begin(emu);
    begun_us = drive_now(emu);
    emu->deadline_us = command->timeout_ms ? begun_us + (uint64_t)command->timeout_ms * 1000 : 0;
    emu->given_up = false;
    if (command->cdb[0] != OI_OP_REQUEST_SENSE)
        emu->kept.there = false;
    if (emu->gone)
        *reply = (struct oi_emu_reply){.delivery = OI_EMU_GONE};
    else if (rule)
        faults_execute(emu, rule, command, &rq, reply);
    else
        run_command(emu, command, &rq, reply);
    if (emu->given_up && reply->delivery == OI_EMU_ANSWERED)
        answer_too_late(emu, &rq, reply);
    trace_command(emu, command, reply, begun_us);
}

const char *oi_emu_detail(const struct oi_emu *emu)
{
    return emu->detail;
}

uint64_t oi_emu_now_us(const struct oi_emu *emu)
{
    return drive_now(emu);
}

uint32_t oi_emu_transfer_kib(const struct oi_emu *emu)
{
    uint32_t most = emu->definition.personality->transfer_kib_max;

    return most && most < emu->definition.transfer_kib ? most : emu->definition.transfer_kib;
}

static bool make_paths(struct oi_emu *emu, const char *ini_path)
{
    enum { SUFFIX = 4 };
    size_t length = strlen(ini_path);
    size_t cut = length > SUFFIX && ini_path[length - SUFFIX] == '.' ? SUFFIX : 0;

    emu->ini_path = text_path(ini_path, 0, "");
    emu->state_path = text_path(ini_path, cut, ".state");
    emu->lock_path = text_path(ini_path, cut, ".lock");
    return emu->ini_path && emu->state_path && emu->lock_path;
}

void oi_emu_close(struct oi_emu *emu)
{
    if (!emu)
        return;
    tray_close(emu);
    trace_close(emu);
    free(emu->lock_path);
    free(emu->state_path);
    free(emu->ini_path);
    free(emu);
}

enum oi_status oi_emu_open(struct oi_emu **result, const char *ini_path,
                           const struct oi_emu_clock *clock, char problem[OI_EMU_DETAIL_MAX])
{
    struct oi_emu *emu = calloc(1, sizeof(*emu));
    enum oi_status status = OI_OUT_OF_MEMORY;

    *result = NULL;
    text_message(problem, "%s", oi_status_text(status));
    if (!emu)
        return status;
    emu->clock = emu->host_clock = *clock;
    emu->power = POWER_ACTIVE;
    speed_reset(emu);
    mode_pages_reset(emu);
    if (make_paths(emu, ini_path))
        status = definition_read(&emu->definition, ini_path, problem);
    if (status != OI_OK) {
        oi_emu_close(emu);
        return status;
    }
    drive_clock_choose(emu);
    tray_read(emu);
    events_watch(emu);
    trace_open(emu);
    *result = emu;
    return OI_OK;
}
