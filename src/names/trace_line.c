#include "trace_line.h"

#include <string.h>
#include "command_table.h"
#include "sense_words.h"

/* ---- text ---- */

struct oi_line oi_line_begin(char *text, size_t size)
{
    return (struct oi_line){text, text, text + size - 1};
}

size_t oi_line_end(struct oi_line *line)
{
    *line->at = '\n';
    return (size_t)(line->at - line->begin) + 1;
}

static void add_char(struct oi_line *line, char c)
{
    if (line->at < line->end)
        *line->at++ = c;
}

void oi_line_text(struct oi_line *line, const char *text)
{
    size_t length = strlen(text), room = (size_t)(line->end - line->at);

    if (length > room)
        length = room;
    memcpy(line->at, text, length);
    line->at += length;
}

void oi_line_pad(struct oi_line *line, size_t length)
{
    while ((size_t)(line->at - line->begin) < length && line->at < line->end)
        *line->at++ = ' ';
}

void oi_line_number(struct oi_line *line, uint64_t number, int width, char fill)
{
    char digits[20];
    int count = 0;

    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    for (int i = count; i < width; i++)
        add_char(line, fill);
    while (count)
        add_char(line, digits[--count]);
}

void oi_line_signed(struct oi_line *line, int64_t number)
{
    if (number < 0)
        add_char(line, '-');
    oi_line_number(line, (uint64_t)(number < 0 ? -number : number), 0, ' ');
}

static const char hex_digits[] = "0123456789ABCDEF";

void oi_line_hex(struct oi_line *line, uint8_t byte)
{
    add_char(line, hex_digits[byte >> 4]);
    add_char(line, hex_digits[byte & 0x0f]);
}

/* ---- time ---- */

void oi_line_seconds(struct oi_line *line, uint64_t us)
{
    oi_line_number(line, us / 1000000, 6, ' ');
    add_char(line, '.');
    oi_line_number(line, us % 1000000, 6, '0');
    oi_line_text(line, "  ");
}

void oi_date_of(uint64_t seconds, unsigned *year, unsigned *month, unsigned *day)
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

void oi_line_wall_time(struct oi_line *line, uint64_t us)
{
    uint64_t seconds = us / 1000000;
    unsigned year, month, day;

    oi_date_of(seconds, &year, &month, &day);
    oi_line_number(line, year, 4, '0');
    add_char(line, '-');
    oi_line_number(line, month, 2, '0');
    add_char(line, '-');
    oi_line_number(line, day, 2, '0');
    add_char(line, ' ');
    oi_line_number(line, seconds / 3600 % 24, 2, '0');
    add_char(line, ':');
    oi_line_number(line, seconds / 60 % 60, 2, '0');
    add_char(line, ':');
    oi_line_number(line, seconds % 60, 2, '0');
    add_char(line, '.');
    oi_line_number(line, us % 1000000, 6, '0');
    oi_line_text(line, "  ");
}

/* ---- the parts of a command's line ---- */

static void add_operands(struct oi_line *line, const struct oi_traced_command *command)
{
    if (command->ranged) {
        oi_line_text(line, "LBA ");
        oi_line_signed(line, command->lba);
        oi_line_text(line, ", ");
        oi_line_number(line, command->blocks, 0, ' ');
        oi_line_text(line, command->blocks == 1 ? " block " : " blocks ");
    }
    for (int i = 0; command->show_cdb && i < command->cdb_len; i++) {
        oi_line_hex(line, command->cdb[i]);
        add_char(line, ' ');
    }
}

static void add_sense(struct oi_line *line, const struct oi_traced_sense *sense)
{
    enum { WORDS_MAX = 160 };
    char words[WORDS_MAX];

    if (!sense->present) {
        oi_line_text(line, "CHECK CONDITION without sense data");
        return;
    }
    oi_line_text(line, "CHECK CONDITION ");
    add_char(line, hex_digits[sense->key & 0x0f]);
    add_char(line, '/');
    oi_line_hex(line, sense->asc);
    add_char(line, '/');
    oi_line_hex(line, sense->ascq);
    oi_line_text(line, sense->deferred ? " deferred " : " ");
    oi_code_words(sense->key, sense->asc, sense->ascq, words, sizeof(words));
    oi_line_text(line, words);
    if (!sense->has_lba)
        return;
    oi_line_text(line, " at LBA ");
    oi_line_signed(line, sense->lba);
}

static void add_outcome(struct oi_line *line, const struct oi_traced_command *command)
{
    enum { CHECK_CONDITION = 0x02, BUSY = 0x08, CONFLICT = 0x18, TASK_SET_FULL = 0x28 };

    if (command->no_answer) {
        oi_line_text(line, command->no_answer);
        return;
    }
    switch (command->scsi_status) {
    case 0:
        oi_line_text(line, "GOOD");
        break;
    case CHECK_CONDITION:
        add_sense(line, &command->sense);
        break;
    case BUSY:
        oi_line_text(line, "BUSY");
        break;
    case CONFLICT:
        oi_line_text(line, "RESERVATION CONFLICT");
        break;
    case TASK_SET_FULL:
        oi_line_text(line, "TASK SET FULL");
        break;
    default:
        oi_line_text(line, "SCSI status ");
        oi_line_hex(line, command->scsi_status);
        add_char(line, 'h');
    }
}

void oi_line_command(struct oi_line *line, const struct oi_traced_command *command)
{
    /* Columns: the longest name, and the bytes of a CDB of 12. */
    enum { NAME = 31, OPERANDS = 37, BYTES = 9, DURATION = 8 };
    size_t column = (size_t)(line->at - line->begin) + NAME;

    oi_line_text(line, oi_command_info(command->cdb[0])->name);
    oi_line_pad(line, column);
    add_operands(line, command);
    oi_line_pad(line, column + OPERANDS);
    oi_line_number(line, command->moved, BYTES, ' ');
    oi_line_text(line, " bytes ");
    oi_line_number(line, command->elapsed_us, DURATION, ' ');
    oi_line_text(line, " us  ");
    add_outcome(line, command);
}
