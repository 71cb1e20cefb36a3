/* Lines of a trace: when, which command, which blocks, how much, how long, and how it ended.
 * Who uses it: the emulator for NAME.trace, transport for OPENIMAPI2_TRACE. They look alike because
 * they are put together here, by hand: a line must not cost a command's time.
 * Pure. What does not fit is cut, so that a line is always whole.
 * What it must not know: how a CDB or sense data is laid out; who traces it reads the bytes. */
#ifndef OI_NAMES_TRACE_LINE_H
#define OI_NAMES_TRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line being made in the caller's memory. */
struct oi_line {
    char *begin, *at, *end; /* end: one byte is left behind it for the newline */
};

struct oi_line oi_line_begin(char *text, size_t size); /* size >= 1 */
/* Ends it with a newline, without a NUL; its length with the newline. */
size_t oi_line_end(struct oi_line *line);

void oi_line_text(struct oi_line *line, const char *text);
/* Blanks until the line has that many characters. */
void oi_line_pad(struct oi_line *line, size_t length);
/* The number right-aligned in width columns (at most 20), with `fill` in front. */
void oi_line_number(struct oi_line *line, uint64_t number, int width, char fill);
void oi_line_signed(struct oi_line *line, int64_t number);
void oi_line_hex(struct oi_line *line, uint8_t byte);
/* Microseconds as "     1.500123  ". */
void oi_line_seconds(struct oi_line *line, uint64_t us);
/* Microseconds since 1970-01-01 UTC as "2026-11-23 09:05:01.000123  ". */
void oi_line_wall_time(struct oi_line *line, uint64_t us);

/* A command and what came of it. */
struct oi_traced_sense {
    bool present, deferred;
    uint8_t key, asc, ascq;
    bool has_lba;
    int32_t lba; /* of the INFORMATION field */
};
struct oi_traced_command {
    const uint8_t *cdb;
    uint8_t cdb_len; /* <= 16 */
    bool ranged;     /* it names blocks, these: */
    int32_t lba;
    uint32_t blocks;
    bool show_cdb; /* it says more than its name, and its blocks, tell */
    uint32_t moved;
    uint64_t elapsed_us;
    const char *no_answer; /* why there is none; NULL when the drive answered as follows */
    uint8_t scsi_status;
    struct oi_traced_sense sense;
};

/* "WRITE (10)   LBA 16, 16 blocks   0 bytes   9 us  CHECK CONDITION 3/0C/00 medium error, …", in
 * columns. */
void oi_line_command(struct oi_line *line, const struct oi_traced_command *command);

/* The day of a time in seconds since 1970-01-01, by the rules of the Gregorian calendar. */
void oi_date_of(uint64_t seconds, unsigned *year, unsigned *month, unsigned *day);

#endif
