/* One line for every command. A drive that answers in a microsecond must not spend another one on
 * printf: trace_line.h of the room names does without. */
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "drive.h"
#include "faults.h"
#include "personality.h"
#include "range.h"
#include "trace_line.h"

/* ---- the line ---- */

/* After trace_make_room, which may have given the trace up. */
static struct oi_line begin_line(struct trace *trace, uint64_t now_us)
{
    struct oi_line line = oi_line_begin(trace->buffer + trace->used, TRACE_LINE_MAX);

    oi_line_seconds(&line, now_us - trace->opened_us);
    return line;
}

static void end_line(struct trace *trace, struct oi_line *line)
{
    trace->used += oi_line_end(line);
}

/* ---- the parts of a command's line ---- */

/* Whether the CDB has bits set besides those that its range needs. */
static bool has_flags(const struct oi_emu_command *command)
{
    const uint8_t *cdb = command->cdb;

    if (cdb[1])
        return true;
    return command->cdb_len > 10 && (cdb[10] || (cdb[0] == OI_OP_READ_CD && cdb[9]));
}

static bool is_all_zero(const struct oi_emu_command *command)
{
    for (int i = 1; i < command->cdb_len && i < OI_EMU_CDB_MAX; i++)
        if (command->cdb[i])
            return false;
    return true;
}

static bool is_fixed(const uint8_t *sense)
{
    return (sense[0] & 0x7f) < 0x72;
}

static uint8_t sense_key(const uint8_t *sense)
{
    return sense[is_fixed(sense) ? 2 : 1] & 0x0f;
}

static struct oi_traced_sense read_sense(const uint8_t *sense, uint8_t length)
{
    enum { FIXED_END = 7, DESCRIPTOR_END = 20, VALID = 0x80 };
    bool fixed = is_fixed(sense);

    return (struct oi_traced_sense){
        .present = length > 0,
        .deferred = sense[0] & 0x01,
        .key = sense_key(sense),
        .asc = sense[fixed ? 12 : 2],
        .ascq = sense[fixed ? 13 : 3],
        .has_lba = fixed ? length >= FIXED_END && (sense[0] & VALID)
                         : length >= DESCRIPTOR_END && !sense[8] && (sense[10] & VALID),
        .lba = (int32_t)be32(sense + (fixed ? 3 : 16)),
    };
}

static const char *words_of(enum oi_emu_delivery delivery)
{
    switch (delivery) {
    case OI_EMU_TIMED_OUT:
        return "no answer in time";
    case OI_EMU_RESET:
        return "no answer, the bus was reset";
    case OI_EMU_GONE:
        return "no answer, the drive is unplugged";
    case OI_EMU_ANSWERED:
        break;
    }
    return NULL;
}

static bool went_well(const struct oi_emu_reply *reply)
{
    return reply->delivery == OI_EMU_ANSWERED && reply->scsi_status == 0;
}

static void add_command(struct oi_emu *emu, const struct oi_emu_command *command,
                        const struct oi_emu_reply *reply, uint64_t begun_us, uint64_t now_us)
{
    struct oi_line line = begin_line(&emu->trace, begun_us);
    struct oi_traced_command traced = {
        .cdb = command->cdb,
        .cdb_len = command->cdb_len < OI_EMU_CDB_MAX ? command->cdb_len : OI_EMU_CDB_MAX,
        .ranged = has_range(command->cdb[0]),
        .moved = reply->moved,
        .elapsed_us = now_us - begun_us,
        .no_answer = words_of(reply->delivery),
        .scsi_status = reply->scsi_status,
        .sense = read_sense(reply->sense, reply->sense_len),
    };

    if (traced.ranged) {
        struct block_range range = range_of(command->cdb);

        traced.lba = range.lba;
        traced.blocks = range.blocks;
    }
    traced.show_cdb = traced.ranged ? has_flags(command) : !is_all_zero(command);
    oi_line_command(&line, &traced);
    if (!went_well(reply) && emu->detail[0] && !emu->trace.told && reply->delivery != OI_EMU_GONE) {
        oi_line_text(&line, "; ");
        oi_line_text(&line, emu->detail);
    }
    end_line(&emu->trace, &line);
}

/* ---- events ---- */

static void add_event(struct oi_emu *emu, uint64_t now_us, const char *format, va_list args)
{
    enum { WORDS_MAX = 512 };
    struct trace *trace = &emu->trace;
    char words[WORDS_MAX];
    struct oi_line line;

    if (!trace->buffer || vsnprintf(words, sizeof(words), format, args) < 0)
        return;
    trace_make_room(trace);
    if (!trace->buffer)
        return;
    line = begin_line(trace, now_us);
    oi_line_text(&line, "-- ");
    oi_line_text(&line, words);
    end_line(trace, &line);
}

void trace_event(struct oi_emu *emu, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_event(emu, drive_now(emu), format, args);
    va_end(args);
}

void trace_fault(struct oi_emu *emu, const struct fault_rule *rule)
{
    emu->trace.wanted = true;
    trace_event(emu, "fault script, line %u: %s", rule->line, faults_action_name(rule->action));
}

static void remember_drive(struct oi_emu *emu)
{
    struct trace *trace = &emu->trace;

    trace->tray_open = emu->tray_open;
    trace->loads = emu->loads;
    trace->presence = (uint8_t)emu->presence;
}

static void tell_of_disc(struct oi_emu *emu, const char *happened)
{
    const struct definition *definition = &emu->definition;

    if (emu->presence == MEDIUM_UNREADABLE)
        trace_event(emu, "%s: a disc that can't be read: %s", happened, emu->unreadable);
    else if (emu->presence == MEDIUM_READABLE)
        trace_event(emu, "%s: %s, %s", happened, definition->medium->sold_as,
                    text_short_path(definition->image));
    else
        trace_event(emu, "%s: no disc", happened);
}

/* What became of the WRITEs since the drive was opened, when there are some to tell of. */
static void tell_of_writing(struct oi_emu *emu)
{
    const struct drive_statistics *s = drive_statistics(emu);
    struct trace *trace = &emu->trace;

    if (s->writes + s->refused == trace->told_writes)
        return;
    trace->told_writes = s->writes + s->refused;
    trace_event(emu, "%llu bytes in %llu writes; %llu more had to come again, the buffer was full",
                (unsigned long long)s->bytes, (unsigned long long)s->writes,
                (unsigned long long)s->refused);
    trace_event(emu,
                "under-runs: %llu, linked: %llu; blocks lost by polling: %llu; "
                "longest wait for room: %llu ms",
                (unsigned long long)s->underruns, (unsigned long long)s->links,
                (unsigned long long)s->lost_blocks, (unsigned long long)s->longest_wait_us / 1000);
}

static void tell_of_tray(struct oi_emu *emu)
{
    struct trace *trace = &emu->trace;

    if (trace->tray_open == emu->tray_open && trace->loads == emu->loads &&
        trace->presence == (uint8_t)emu->presence)
        return;
    if (emu->tray_open && !trace->tray_open)
        trace_event(emu, "the tray opened");
    else if (emu->loads != trace->loads)
        tell_of_disc(emu, "the tray closed");
    else
        tell_of_disc(emu, "the disc changed");
    tell_of_writing(emu);
    remember_drive(emu);
}

/* ---- the run ---- */

/* A command that a run is kept for. */
static bool changes_something(uint8_t opcode)
{
    switch (opcode) {
    case OI_OP_FORMAT_UNIT:
    case OI_OP_RESERVE_TRACK:
    case OI_OP_SEND_OPC_INFORMATION:
    case OI_OP_MODE_SELECT10:
    case OI_OP_CLOSE_TRACK_SESSION:
    case OI_OP_SEND_CUE_SHEET:
    case OI_OP_BLANK:
    case OI_OP_SEND_DISC_STRUCTURE:
        return true;
    default:
        return is_write(opcode);
    }
}

/* What is worth having in the file at once. The drive's "not yet" is not: hosts ask again. */
static bool is_milestone(const struct oi_emu_command *command, const struct oi_emu_reply *reply)
{
    enum { CHECK_CONDITION = 0x02 };
    uint8_t opcode = command->cdb[0];

    if (reply->delivery != OI_EMU_ANSWERED)
        return true;
    if (reply->scsi_status == CHECK_CONDITION)
        return reply->sense_len < 3 || sense_key(reply->sense) != OI_KEY_NOT_READY;
    return opcode == OI_OP_SYNCHRONIZE_CACHE || opcode == OI_OP_CLOSE_TRACK_SESSION ||
           opcode == OI_OP_START_STOP_UNIT;
}

static size_t recorder_name(const char *ini_path, const char **name)
{
    size_t length;

    *name = ini_path;
    for (const char *at = ini_path; *at; at++)
        if (*at == '/' || *at == '\\')
            *name = at + 1;
    length = strlen(*name);
    return length > 4 ? length - 4 : length;
}

static void begin_file(struct oi_emu *emu)
{
    enum { HEADER_MAX = 1024 };
    const struct definition *definition = &emu->definition;
    struct trace *trace = &emu->trace;
    uint64_t seconds = trace->opened_s;
    char text[HEADER_MAX];
    struct text_writer header = {.data = text, .room = sizeof(text)};
    unsigned year, month, day;
    const char *name;
    size_t length = recorder_name(emu->ini_path, &name);

    oi_date_of(seconds, &year, &month, &day);
    text_add(&header, "openimapi2 " OI_VERSION ", trace of the recorder \"%.*s\"\n", (int)length,
             name);
    text_add(&header, "opened on %04u-%02u-%02u at %02u:%02u:%02u UTC, personality %s, disc %s\n",
             year, month, day, (unsigned)(seconds / 3600 % 24), (unsigned)(seconds / 60 % 60),
             (unsigned)(seconds % 60), definition->personality->name,
             definition->medium ? definition->medium->sold_as : "none");
    text_add(&header, "seconds since then, command, blocks or CDB, moved, duration, outcome\n\n");
    if (trace->left_out)
        text_add(&header, "-- about %llu KiB before this are left out\n",
                 (unsigned long long)(trace->left_out / 1024));
    trace_begin_file(trace, text, header.size);
}

void trace_command(struct oi_emu *emu, const struct oi_emu_command *command,
                   const struct oi_emu_reply *reply, uint64_t begun_us)
{
    enum { LATE_US = 1000000 };
    struct trace *trace = &emu->trace;
    uint64_t now_us;

    if (!trace->buffer)
        return;
    now_us = drive_now(emu);
    trace_make_room(trace);
    if (!trace->buffer)
        return;
    add_command(emu, command, reply, begun_us, now_us);
    trace->told = false;
    tell_of_tray(emu);
    if (!trace->file && trace->buffer && (trace->wanted || changes_something(command->cdb[0])))
        begin_file(emu);
    if (!trace->file)
        return;
    if (now_us - trace->written_us >= LATE_US || is_milestone(command, reply)) {
        trace_flush(trace);
        trace->written_us = now_us;
    }
}

void trace_open(struct oi_emu *emu)
{
    enum { SUFFIX = 4 };
    struct trace *trace = &emu->trace;

    if (emu->definition.trace == TRACE_OFF)
        return;
    trace->path = text_path(emu->ini_path, SUFFIX, ".trace");
    trace->buffer = trace->path ? malloc(TRACE_BUFFER) : NULL;
    trace->wanted = emu->definition.trace == TRACE_ALL;
    trace->opened_us = drive_now(emu);
    trace->opened_s = (uint64_t)time(NULL);
    remember_drive(emu);
    tell_of_disc(emu, emu->tray_open ? "opened, the tray is open" : "opened");
}

void trace_close(struct oi_emu *emu)
{
    struct trace *trace = &emu->trace;

    if (trace->buffer && trace->file) {
        tell_of_writing(emu);
        trace_event(emu, "closed");
    }
    trace_flush(trace);
    trace_give_up(trace);
    free(trace->path);
}
