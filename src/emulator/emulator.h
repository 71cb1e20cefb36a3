/* A recorder in software: executes MMC commands on a disc that is an image file and a state file.
 * Who uses it: the virtual transport, tests, fuzzers. One way in: oi_emu_execute.
 * A drive is one definition file; several emulators, in several processes, may be open on it and
 * then see each other's tray and disc. Calls on one emulator must not overlap.
 * What it must not know: transports, devices, COM, command builders and response parsers. */
#ifndef OI_EMULATOR_EMULATOR_H
#define OI_EMULATOR_EMULATOR_H

#include <stdint.h>
#include "status.h"

enum { OI_EMU_DETAIL_MAX = 256, OI_EMU_SENSE_MAX = 32, OI_EMU_CDB_MAX = 16 };

/* Time, given by the caller: real, or made up by a test. */
struct oi_emu_clock {
    uint64_t (*now_us)(void *context);
    void (*sleep_us)(void *context, uint64_t us);
    void *context;
};

enum oi_emu_direction { OI_EMU_NO_DATA, OI_EMU_DATA_IN, OI_EMU_DATA_OUT };

/* data is borrowed until oi_emu_execute returns; written only for OI_EMU_DATA_IN and never beyond
 * data_len, whatever the CDB says. cdb must be zero beyond cdb_len. */
struct oi_emu_command {
    uint8_t cdb[OI_EMU_CDB_MAX];
    uint8_t cdb_len;
    enum oi_emu_direction direction;
    void *data;
    uint32_t data_len;
    uint32_t timeout_ms; /* how long the host waits; 0: for ever */
};

/* Whether a status came back at all. What lies behind the cable can also fail without one. */
enum oi_emu_delivery {
    OI_EMU_ANSWERED,
    OI_EMU_TIMED_OUT, /* no answer within timeout_ms; what the drive did is not known */
    OI_EMU_RESET,     /* the bus was reset under the command */
    OI_EMU_GONE,      /* unplugged; it answers nothing more until it is opened anew */
};

/* All but delivery is zero unless the drive answered. */
struct oi_emu_reply {
    enum oi_emu_delivery delivery;
    uint8_t scsi_status; /* GOOD 00h, CHECK CONDITION 02h, BUSY 08h, RESERVATION CONFLICT 18h */
    uint8_t sense_len;   /* with CHECK CONDITION: 8 or more, less only by a fault script; else 0 */
    uint8_t sense[OI_EMU_SENSE_MAX]; /* fixed or descriptor format; zero beyond sense_len */
    uint32_t moved;                  /* bytes that went over, <= data_len */
};

struct oi_emu;

/* Opens the drive that the definition file at ini_path (UTF-8, "….ini") describes; the clock is
 * copied. OI_NOT_FOUND: no such file. OI_BAD_FILE: it can't be understood, and problem says in
 * words which file and line, why, and what to do. A disc that can't be read does not fail this: the
 * drive then answers 2/30/01 and oi_emu_detail explains. */
enum oi_status oi_emu_open(struct oi_emu **emu, const char *ini_path,
                           const struct oi_emu_clock *clock, char problem[OI_EMU_DETAIL_MAX]);

/* Saves what was written, gives up the writer lock and the removal prevention, frees. NULL is
 * allowed. */
void oi_emu_close(struct oi_emu *emu);

/* Runs one command to its end; may sleep on the clock (SYNCHRONIZE CACHE), but never beyond the
 * command's time-out: what takes longer goes on while the drive is busy. */
void oi_emu_execute(struct oi_emu *emu, const struct oi_emu_command *command,
                    struct oi_emu_reply *reply);

/* What can be added in words to the last command that failed, or "". Owned by the emulator, valid
 * until the next call. */
const char *oi_emu_detail(const struct oi_emu *emu);

/* The time on the drive's clock: the one given, or its own. */
uint64_t oi_emu_now_us(const struct oi_emu *emu);

/* The largest transfer of one command, from the definition file. */
uint32_t oi_emu_transfer_kib(const struct oi_emu *emu);

#endif
