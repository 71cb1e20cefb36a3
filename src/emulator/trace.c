/* One line for every command, put together by hand: a drive that answers in a microsecond must not
 * spend another one on printf. */
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "command_table.h"
#include "drive.h"
#include "faults.h"
#include "personality.h"
#include "range.h"
#include "sense_words.h"

/* ---- text ---- */

/* A line being made; it always fits, words of any length are cut by who adds them. */
struct line {
    char *at;
};

static void add_text(struct line *line, const char *text)
{
    size_t length = strlen(text);

    memcpy(line->at, text, length);
    line->at += length;
}

static void pad_to(struct line *line, const char *column)
{
    while (line->at < column)
        *line->at++ = ' ';
}

/* The number right-aligned in width columns, with `fill` in front. */
static void add_number(struct line *line, uint64_t number, int width, char fill)
{
    char digits[20];
    int count = 0;

    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    for (int i = count; i < width; i++)
        *line->at++ = fill;
    while (count)
        *line->at++ = digits[--count];
}

static void add_signed(struct line *line, int64_t number)
{
    if (number < 0)
        *line->at++ = '-';
    add_number(line, (uint64_t)(number < 0 ? -number : number), 0, ' ');
}

static void add_hex(struct line *line, uint8_t byte)
{
    static const char digits[] = "0123456789ABCDEF";

    *line->at++ = digits[byte >> 4];
    *line->at++ = digits[byte & 0x0f];
}

static void add_time(struct line *line, const struct trace *trace, uint64_t now_us)
{
    uint64_t us = now_us - trace->opened_us;

    add_number(line, us / 1000000, 6, ' ');
    *line->at++ = '.';
    add_number(line, us % 1000000, 6, '0');
    add_text(line, "  ");
}

/* After trace_make_room, which may have given the trace up. */
static struct line line_begin(struct trace *trace)
{
    return (struct line){trace->buffer + trace->used};
}

static void line_end(struct trace *trace, struct line *line)
{
    *line->at++ = '\n';
    trace->used = (size_t)(line->at - trace->buffer);
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

static void add_operands(struct line *line, const struct oi_emu_command *command)
{
    bool ranged = has_range(command->cdb[0]);

    if (ranged) {
        struct block_range range = range_of(command->cdb);

        add_text(line, "LBA ");
        add_signed(line, range.lba);
        add_text(line, ", ");
        add_number(line, range.blocks, 0, ' ');
        add_text(line, range.blocks == 1 ? " block " : " blocks ");
    }
    if (ranged ? !has_flags(command) : is_all_zero(command))
        return;
    for (int i = 0; i < command->cdb_len && i < OI_EMU_CDB_MAX; i++) {
        add_hex(line, command->cdb[i]);
        *line->at++ = ' ';
    }
}

static bool is_fixed(const uint8_t *sense)
{
    return (sense[0] & 0x7f) < 0x72;
}

static uint8_t sense_key(const uint8_t *sense)
{
    return sense[is_fixed(sense) ? 2 : 1] & 0x0f;
}

static void add_information(struct line *line, const uint8_t *sense, uint8_t length)
{
    enum { FIXED_END = 7, DESCRIPTOR_END = 20, VALID = 0x80 };
    bool fixed = is_fixed(sense);

    if (fixed ? length < FIXED_END || !(sense[0] & VALID)
              : length < DESCRIPTOR_END || sense[8] || !(sense[10] & VALID))
        return;
    add_text(line, " at LBA ");
    add_signed(line, (int32_t)be32(sense + (fixed ? 3 : 16)));
}

static void add_sense(struct line *line, const uint8_t *sense, uint8_t length)
{
    enum { WORDS_MAX = 160 };
    char words[WORDS_MAX];
    bool fixed = is_fixed(sense);
    uint8_t key = sense_key(sense);
    uint8_t asc = sense[fixed ? 12 : 2];
    uint8_t ascq = sense[fixed ? 13 : 3];

    if (!length) {
        add_text(line, "CHECK CONDITION without sense data");
        return;
    }
    add_text(line, "CHECK CONDITION ");
    add_hex(line, key);
    line->at[-2] = line->at[-1];
    line->at[-1] = '/';
    add_hex(line, asc);
    *line->at++ = '/';
    add_hex(line, ascq);
    add_text(line, sense[0] & 0x01 ? " deferred " : " ");
    oi_code_words(key, asc, ascq, words, sizeof(words));
    add_text(line, words);
    add_information(line, sense, length);
}

static void add_outcome(struct line *line, const struct oi_emu_reply *reply)
{
    enum { CHECK_CONDITION = 0x02, BUSY = 0x08, CONFLICT = 0x18 };

    if (reply->delivery == OI_EMU_TIMED_OUT)
        add_text(line, "no answer in time");
    else if (reply->delivery == OI_EMU_RESET)
        add_text(line, "no answer, the bus was reset");
    else if (reply->delivery == OI_EMU_GONE)
        add_text(line, "no answer, the drive is unplugged");
    else if (reply->scsi_status == CHECK_CONDITION)
        add_sense(line, reply->sense, reply->sense_len);
    else if (reply->scsi_status == BUSY)
        add_text(line, "BUSY");
    else if (reply->scsi_status == CONFLICT)
        add_text(line, "RESERVATION CONFLICT");
    else
        add_text(line, "GOOD");
}

static bool went_well(const struct oi_emu_reply *reply)
{
    return reply->delivery == OI_EMU_ANSWERED && reply->scsi_status == 0;
}

static void add_command(struct oi_emu *emu, const struct oi_emu_command *command,
                        const struct oi_emu_reply *reply, uint64_t begun_us, uint64_t now_us)
{
    /* Columns behind the time: the longest name, and the bytes of a CDB of 12. */
    enum { NAME = 31, OPERANDS = 37, BYTES = 9, DURATION = 9 };
    struct line line = line_begin(&emu->trace);
    char *column;

    add_time(&line, &emu->trace, begun_us);
    column = line.at + NAME;
    add_text(&line, oi_command_info(command->cdb[0])->name);
    pad_to(&line, column);
    column += OPERANDS;
    add_operands(&line, command);
    pad_to(&line, column);
    add_number(&line, reply->moved, BYTES, ' ');
    add_text(&line, " bytes");
    add_number(&line, now_us - begun_us, DURATION, ' ');
    add_text(&line, " us  ");
    add_outcome(&line, reply);
    if (!went_well(reply) && emu->detail[0] && !emu->trace.told && reply->delivery != OI_EMU_GONE) {
        add_text(&line, "; ");
        add_text(&line, emu->detail);
    }
    line_end(&emu->trace, &line);
}

/* ---- events ---- */

static void add_event(struct oi_emu *emu, uint64_t now_us, const char *format, va_list args)
{
    enum { WORDS_MAX = 512 };
    struct trace *trace = &emu->trace;
    char words[WORDS_MAX];
    struct line line;

    if (!trace->buffer || vsnprintf(words, sizeof(words), format, args) < 0)
        return;
    trace_make_room(trace);
    if (!trace->buffer)
        return;
    line = line_begin(trace);
    add_time(&line, trace, now_us);
    add_text(&line, "-- ");
    add_text(&line, words);
    line_end(trace, &line);
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

/* The day of a time in seconds since 1970-01-01, by the rules of the Gregorian calendar. */
static void date_of(uint64_t seconds, unsigned *year, unsigned *month, unsigned *day)
{
    /* Years begin in March here, so that the leap day is the last one. */
    uint64_t days = seconds / 86400 + 719468;
    uint64_t era = days / 146097;
    unsigned of_era = (unsigned)(days % 146097);
    unsigned in_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * in_era + in_era / 4 - in_era / 100);
    unsigned from_march = (5 * of_year + 2) / 153;

    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = (unsigned)(era * 400 + in_era) + (*month <= 2);
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

    date_of(seconds, &year, &month, &day);
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
