/* Sense data: from bytes to key, ASC, ASCQ, to a status, and to words.
 * Who uses it: engine, recorder class, command-line tool's messages (through IErrorInfo).
 * The words themselves are the room names'.
 * Pure; any thread.
 * What it must not know: what to do about it (that is the engine's reaction table). */
#ifndef OI_MMC_SENSE_H
#define OI_MMC_SENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "scsi.h"
#include "status.h"

struct oi_sense {
    bool present;  /* there was sense data of a known response code (70h..73h) */
    bool deferred; /* 71h, 73h: the error belongs to an earlier command */
    uint8_t key;   /* masked to 4 bits */
    uint8_t asc, ascq;
    bool information_valid;
    uint64_t information; /* usually the LBA */
    bool progress_valid;
    uint16_t progress; /* 65536 is 100 % */
};

/* Reads fixed and descriptor format (SPC-3) of any length, also cut short: what is not there is
 * zero. Unknown response code or len 0: everything zero, present false. */
struct oi_sense oi_sense_parse(const uint8_t *data, size_t len);

/* Microsoft's documented translation for a command with this opcode (first match of the table in
 * sense.c); *matched (may be NULL) tells whether a row did. No match: OI_FAILED. Sense that is not
 * present matches nothing, although its key reads 0. */
enum oi_status oi_sense_status(const struct oi_sense *sense, uint8_t opcode, bool *matched);

/* The rows of that translation, in the order in which they are tried. */
enum { OI_SENSE_ANY = 0x100 };
struct oi_sense_rule {
    uint16_t key, asc, ascq, opcode; /* a byte or OI_SENSE_ANY */
    enum oi_status status;
};
const struct oi_sense_rule *oi_sense_rules(size_t *count);

/* "medium error, write error (3/0C/00)" style words for key, ASC and ASCQ (SPC-3 / MMC-6 annex);
 * "deferred" goes in front of an earlier command's error. Never fails, never empty: an unknown
 * code is named by its numbers. Always NUL-terminated within size (size 0: nothing is written). */
void oi_sense_words(const struct oi_sense *sense, char *text, size_t size);

/* The 18 bytes of fixed-format sense for what was parsed (descriptor sense becomes fixed); zeroes
 * when it is not present. What oi_sense does not hold (ILI, field pointer) is not in it. */
void oi_sense_to_fixed(const struct oi_sense *sense, uint8_t fixed[18]);

#endif
