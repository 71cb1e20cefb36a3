/* How a command is sent to a drive.
 * Who uses it: drive.c and drive_writing.c; doctor_drive.c for what only it asks.
 * Each function returns true when the drive did it; otherwise *answer says why not. Time-outs are
 * in seconds. cdb is not const only because the interface does not say so. What it must not know:
 * what a command means. */
#ifndef OI_CLI_DRIVE_COMMANDS_H
#define OI_CLI_DRIVE_COMMANDS_H

#include "drive.h"

static inline void oi_put_be32(BYTE *at, uint32_t value)
{
    at[0] = (BYTE)(value >> 24);
    at[1] = (BYTE)(value >> 16);
    at[2] = (BYTE)(value >> 8);
    at[3] = (BYTE)value;
}

bool oi_drive_run(struct oi_drive *drive, BYTE *cdb, ULONG cdb_bytes, ULONG timeout_s,
                  struct oi_answer *answer);
bool oi_drive_run_out(struct oi_drive *drive, BYTE *cdb, ULONG cdb_bytes, ULONG timeout_s,
                      BYTE *data, ULONG data_bytes, struct oi_answer *answer);
/* *fetched: the bytes that came, data_bytes at the most. */
bool oi_drive_run_in_some(struct oi_drive *drive, BYTE *cdb, ULONG cdb_bytes, ULONG timeout_s,
                          BYTE *data, ULONG data_bytes, ULONG *fetched, struct oi_answer *answer);
/* An answer shorter than `needed` bytes is a malformed one. */
bool oi_drive_run_in(struct oi_drive *drive, BYTE *cdb, ULONG cdb_bytes, ULONG timeout_s,
                     BYTE *data, ULONG data_bytes, ULONG needed, struct oi_answer *answer);

#endif
