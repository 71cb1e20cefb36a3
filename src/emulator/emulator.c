/* From a CDB to its handler and from the handler's outcome to status and sense.
 * The invariant: what every command has in common is checked here, once, in one order, before any
 * handler runs; a handler only sees a command it may execute. */
#include "emulator.h"

#include <stdlib.h>
#include <string.h>
#include "drive.h"

enum flags {
    NEEDS_MEDIUM = 1 << 0,
    ALLOWED_DURING_UA = 1 << 1,
    NEEDS_IDLE = 1 << 2,   /* not while an IMMED operation runs */
    CHANGES_DISC = 1 << 3, /* takes the right to write the disc first */
    SENDS_DATA = 1 << 4,   /* host to drive; all others answer or move nothing */
};
#define ON_DISC (NEEDS_MEDIUM | NEEDS_IDLE)
#define TO_DISC (NEEDS_MEDIUM | NEEDS_IDLE | CHANGES_DISC)
#define ALWAYS  ALLOWED_DURING_UA
#define SEND    SENDS_DATA

/* byte1: the bits of CDB byte 1 that the command defines; any other one is an invalid field. */
struct command_row {
    enum outcome (*handler)(struct oi_emu *emu, struct request *rq);
    uint8_t flags;
    uint8_t byte1;
};

/* clang-format off */
static const struct command_row commands[256] = {
    [OI_OP_TEST_UNIT_READY]               = { on_test_unit_ready,        ON_DISC,          0x00 },
    [OI_OP_REQUEST_SENSE]                 = { on_request_sense,          ALWAYS,           0x00 },
    [OI_OP_FORMAT_UNIT]                   = { on_format_unit,            TO_DISC | SEND,   0x1f },
    [OI_OP_INQUIRY]                       = { on_inquiry,                ALWAYS,           0x00 },
    [OI_OP_START_STOP_UNIT]               = { on_start_stop_unit,        NEEDS_IDLE,       0x01 },
    [OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL]  = { on_prevent_allow,          0,                0x00 },
    [OI_OP_READ_FORMAT_CAPACITIES]        = { on_read_format_capacities, 0,                0x00 },
    [OI_OP_READ_CAPACITY]                 = { on_read_capacity,          ON_DISC,          0x00 },
    [OI_OP_READ10]                        = { on_read10,                 ON_DISC,          0x18 },
    [OI_OP_WRITE10]                       = { on_write10,                TO_DISC | SEND,   0x18 },
    [OI_OP_WRITE_AND_VERIFY10]            = { on_write_and_verify10,     TO_DISC | SEND,   0x10 },
    [OI_OP_VERIFY10]                      = { on_verify10,               ON_DISC,          0x10 },
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
    [OI_OP_READ12]                        = { on_read12,                 ON_DISC,          0x18 },
    [OI_OP_WRITE12]                       = { on_write12,                TO_DISC | SEND,   0x18 },
    [OI_OP_GET_PERFORMANCE]               = { on_get_performance,        0,                0x1f },
    [OI_OP_READ_DISC_STRUCTURE]           = { on_read_disc_structure,    NEEDS_MEDIUM,     0x0f },
    [OI_OP_SET_STREAMING]                 = { on_set_streaming,          SEND,             0x00 },
    [OI_OP_READ_CD_MSF]                   = { on_read_cd_msf,            ON_DISC,          0x1e },
    [OI_OP_SET_CD_SPEED]                  = { on_set_cd_speed,           0,                0x03 },
    [OI_OP_MECHANISM_STATUS]              = { on_mechanism_status,       0,                0x00 },
    [OI_OP_READ_CD]                       = { on_read_cd,                ON_DISC,          0x1e },
    [OI_OP_SEND_DISC_STRUCTURE]           = { on_send_disc_structure,    SEND,             0x0f },
};
/* clang-format on */

void answer(struct request *rq, const uint8_t *data, uint32_t size, uint32_t allocation)
{
    if (size > allocation)
        size = allocation;
    if (size > rq->room)
        size = rq->room;
    if (size)
        memcpy(rq->in, data, size);
    rq->moved = size;
}

enum outcome wrong_cdb(struct request *rq, int byte)
{
    rq->field = byte;
    rq->field_in_list = false;
    return INVALID_FIELD_IN_CDB;
}

enum outcome wrong_list(struct request *rq, int byte)
{
    rq->field = byte;
    rq->field_in_list = true;
    return INVALID_FIELD_IN_LIST;
}

enum outcome at_lba(struct request *rq, uint32_t lba, enum outcome outcome)
{
    rq->information_valid = true;
    rq->information = lba;
    return outcome;
}

bool drive_busy(struct oi_emu *emu)
{
    if (emu->busy_until_us && drive_now(emu) >= emu->busy_until_us)
        emu->busy_until_us = 0;
    return emu->busy_until_us != 0;
}

uint16_t drive_progress(struct oi_emu *emu)
{
    uint64_t whole = emu->busy_until_us - emu->busy_from_us;
    uint64_t done = drive_now(emu) - emu->busy_from_us;

    return (uint16_t)(done < whole ? done * 65535 / whole : 0xffff);
}

enum oi_status drive_lock(struct oi_emu *emu, struct oi_file *file, uint64_t offset)
{
    enum { ATTEMPTS = 3, PAUSE_US = 1000 };
    enum oi_status status = oi_file_lock(file, offset);

    for (int i = 1; i < ATTEMPTS && status == OI_SHARING; i++) {
        emu->clock.sleep_us(emu->clock.context, PAUSE_US);
        status = oi_file_lock(file, offset);
    }
    return status;
}

/* SPC-3, fixed format sense data. */
void put_sense(uint8_t sense[SENSE_BYTES], const struct request *rq, enum outcome outcome)
{
    enum { KEY_SPECIFIC_VALID = 0x80, IN_CDB = 0x40 };

    memset(sense, 0, SENSE_BYTES);
    sense[0] = 0x70;
    sense[2] = (uint8_t)(outcome >> 16);
    sense[7] = SENSE_BYTES - 8;
    sense[12] = (uint8_t)(outcome >> 8);
    sense[13] = (uint8_t)outcome;
    if (rq->information_valid) {
        sense[0] |= 0x80;
        set32(sense + 3, rq->information);
    }
    if (rq->progress_valid) {
        sense[15] = KEY_SPECIFIC_VALID;
        set16(sense + 16, rq->progress);
    } else if (rq->field >= 0 && sense[2] == OI_KEY_ILLEGAL_REQUEST) {
        sense[15] = KEY_SPECIFIC_VALID | (rq->field_in_list ? 0 : IN_CDB);
        set16(sense + 16, (uint32_t)rq->field);
    }
}

/* SPC-3: the group code tells the length. 0: vendor specific or reserved. */
static uint8_t cdb_length(uint8_t opcode)
{
    static const uint8_t lengths[8] = {6, 10, 10, 0, 16, 12, 0, 0};

    return lengths[opcode >> 5];
}

static enum outcome check_cdb(const struct command_row *row, const struct oi_emu_command *command,
                              struct request *rq)
{
    enum { NACA = 0x04 };
    uint8_t length = cdb_length(command->cdb[0]);

    if (command->cdb_len < length || command->cdb_len > OI_EMU_CDB_MAX)
        return wrong_cdb(rq, 0);
    if (command->cdb[1] & ~row->byte1)
        return wrong_cdb(rq, 1);
    if (command->cdb[length - 1] & NACA)
        return wrong_cdb(rq, length - 1);
    return GOOD;
}

static enum outcome check_drive(struct oi_emu *emu, const struct command_row *row,
                                struct request *rq)
{
    if ((row->flags & NEEDS_MEDIUM) && emu->presence == MEDIUM_ABSENT)
        return emu->tray_open ? NO_MEDIUM_TRAY_OPEN : NO_MEDIUM_TRAY_CLOSED;
    if ((row->flags & NEEDS_MEDIUM) && emu->presence == MEDIUM_UNREADABLE)
        return CANNOT_READ_MEDIUM;
    if ((row->flags & NEEDS_IDLE) && emu->busy_until_us && drive_busy(emu)) {
        rq->progress_valid = true;
        rq->progress = drive_progress(emu);
        return OPERATION_IN_PROGRESS;
    }
    return row->flags & CHANGES_DISC ? disc_take(emu, rq) : GOOD;
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

static enum outcome run(struct oi_emu *emu, const struct oi_emu_command *command,
                        struct request *rq)
{
    const struct command_row *row = &commands[command->cdb[0]];
    enum outcome outcome;

    if (!row->handler)
        return INVALID_OPCODE;
    tray_refresh(emu);
    run_format(emu);
    if (emu->attention && !(row->flags & ALLOWED_DURING_UA)) {
        emu->attention = false;
        return MEDIUM_CHANGED;
    }
    outcome = check_cdb(row, command, rq);
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
    return row->handler(emu, rq);
}

void oi_emu_execute(struct oi_emu *emu, const struct oi_emu_command *command,
                    struct oi_emu_reply *reply)
{
    enum { CHECK_CONDITION = 0x02, CONFLICT = 0x18 };
    struct request rq = {.cdb = command->cdb, .field = -1};
    enum outcome outcome = run(emu, command, &rq);

    *reply = (struct oi_emu_reply){.moved = rq.moved};
    if (outcome == GOOD)
        return;
    if (outcome == CANNOT_READ_MEDIUM)
        memcpy(emu->detail, emu->unreadable, sizeof(emu->detail));
    else if (!rq.explained)
        emu->detail[0] = '\0';
    if (outcome == RESERVATION_CONFLICT) {
        reply->scsi_status = CONFLICT;
        return;
    }
    reply->scsi_status = CHECK_CONDITION;
    reply->sense_len = SENSE_BYTES;
    put_sense(reply->sense, &rq, outcome);
}

const char *oi_emu_detail(const struct oi_emu *emu)
{
    return emu->detail;
}

uint32_t oi_emu_transfer_kib(const struct oi_emu *emu)
{
    return emu->definition.transfer_kib;
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
    emu->clock = *clock;
    emu->asked_read_kbps = SPEED_MOST;
    emu->asked_write_kbps = SPEED_MOST;
    mode_pages_reset(emu);
    if (make_paths(emu, ini_path))
        status = definition_read(&emu->definition, ini_path, problem);
    if (status != OI_OK) {
        oi_emu_close(emu);
        return status;
    }
    tray_read(emu);
    *result = emu;
    return OI_OK;
}
