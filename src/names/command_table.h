/* What is known of each operation code before a command is sent: name, direction, patience.
 * Who uses it: recorder class, engine, transports and emulator: messages, traces, time-outs.
 * The rule for CDB lengths stands here too: it is a property of the operation code.
 * Pure; everything returned is static and constant.
 * What it must not know: replies, transports. */
#ifndef OI_NAMES_COMMAND_TABLE_H
#define OI_NAMES_COMMAND_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Seen from the host. The transport has an enum of its own with the same order. */
enum oi_command_data { OI_COMMAND_NO_DATA, OI_COMMAND_READS, OI_COMMAND_SENDS };

struct oi_command_info {
    uint8_t opcode;
    const char *name; /* "WRITE (10)"; "command C7h" for one that the table does not know */
    enum oi_command_data data;
    uint32_t timeout_ms; /* for the form that is not immediate, the longest that is sane */
};

/* Never NULL. An unknown command has no known direction: its data is OI_COMMAND_NO_DATA. */
const struct oi_command_info *oi_command_info(uint8_t opcode);

/* IMAPI2's documented check before a CDB is sent: 6..16 bytes, and for most operation codes the
 * length of their group. */
bool oi_cdb_length_ok(uint8_t opcode, uint32_t len);

#endif
