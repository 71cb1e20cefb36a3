/* The words for sense codes and statuses, after the meanings that SPC-3 and the MMC-6 annex give
 * them. One row per (ASC, ASCQ), sorted; where a code is not listed the numbers say it. */
#include "sense_words.h"
#include <stdio.h>
#include "scsi.h"

static const char *const key_words[16] = {
    [OI_KEY_NO_SENSE] = "no sense",
    [OI_KEY_RECOVERED_ERROR] = "recovered error",
    [OI_KEY_NOT_READY] = "not ready",
    [OI_KEY_MEDIUM_ERROR] = "medium error",
    [OI_KEY_HARDWARE_ERROR] = "hardware error",
    [OI_KEY_ILLEGAL_REQUEST] = "illegal request",
    [OI_KEY_UNIT_ATTENTION] = "unit attention",
    [OI_KEY_DATA_PROTECT] = "data protected",
    [OI_KEY_BLANK_CHECK] = "blank check",
    [OI_KEY_VENDOR_SPECIFIC] = "vendor-specific condition",
    [OI_KEY_COPY_ABORTED] = "copy aborted",
    [OI_KEY_ABORTED_COMMAND] = "aborted command",
    [0xc] = "obsolete sense key Ch",
    [OI_KEY_VOLUME_OVERFLOW] = "volume overflow",
    [OI_KEY_MISCOMPARE] = "miscompare",
    [0xf] = "reserved sense key Fh",
};

struct code_words {
    uint8_t asc, ascq;
    const char *words;
};

/* clang-format off */
static const struct code_words code_words[] = {
    { 0x00, 0x00, "no additional information" },
    { 0x00, 0x06, "input/output process terminated" },
    { 0x00, 0x11, "audio play in progress" },
    { 0x00, 0x12, "audio play paused" },
    { 0x00, 0x13, "audio play completed" },
    { 0x00, 0x14, "audio play stopped by an error" },
    { 0x00, 0x15, "no current audio status" },
    { 0x00, 0x16, "operation in progress" },
    { 0x00, 0x17, "cleaning requested" },
    { 0x01, 0x00, "no index or sector signal" },
    { 0x02, 0x00, "seek not complete" },
    { 0x02, 0x06, "disc lies upside down" },
    { 0x03, 0x00, "write fault of the drive" },
    { 0x04, 0x00, "not ready, cause not reportable" },
    { 0x04, 0x01, "becoming ready" },
    { 0x04, 0x02, "a start command is needed" },
    { 0x04, 0x03, "manual intervention needed" },
    { 0x04, 0x04, "format in progress" },
    { 0x04, 0x05, "rebuild in progress" },
    { 0x04, 0x06, "recalculation in progress" },
    { 0x04, 0x07, "operation in progress" },
    { 0x04, 0x08, "long write in progress" },
    { 0x04, 0x09, "self-test in progress" },
    { 0x05, 0x00, "drive does not respond to selection" },
    { 0x06, 0x00, "no reference position found" },
    { 0x07, 0x00, "several drives selected" },
    { 0x08, 0x00, "communication failure" },
    { 0x08, 0x01, "communication time-out" },
    { 0x08, 0x02, "communication parity error" },
    { 0x08, 0x03, "communication checksum error" },
    { 0x09, 0x00, "track following error" },
    { 0x09, 0x01, "tracking servo failure" },
    { 0x09, 0x02, "focus servo failure" },
    { 0x09, 0x03, "spindle servo failure" },
    { 0x09, 0x04, "head select fault" },
    { 0x0a, 0x00, "error log overflow" },
    { 0x0b, 0x00, "warning" },
    { 0x0b, 0x01, "warning, temperature exceeded" },
    { 0x0b, 0x02, "warning, enclosure degraded" },
    { 0x0c, 0x00, "write error" },
    { 0x0c, 0x01, "write error recovered by reallocation" },
    { 0x0c, 0x02, "write error, reallocation failed" },
    { 0x0c, 0x03, "write error, reassignment recommended" },
    { 0x0c, 0x07, "write error, recovery needed" },
    { 0x0c, 0x08, "write error, recovery failed" },
    { 0x0c, 0x09, "write error, loss of streaming" },
    { 0x0c, 0x0a, "write error, padding blocks added" },
    { 0x0c, 0x0b, "auxiliary memory write error" },
    { 0x0c, 0x0f, "write error, defects in the error window" },
    { 0x10, 0x00, "identifier CRC or ECC error" },
    { 0x11, 0x00, "unrecovered read error" },
    { 0x11, 0x01, "read retries exhausted" },
    { 0x11, 0x02, "error too long to correct" },
    { 0x11, 0x05, "L-EC uncorrectable error" },
    { 0x11, 0x06, "CIRC unrecovered error" },
    { 0x11, 0x0f, "error reading the UPC/EAN number" },
    { 0x11, 0x10, "error reading the ISRC number" },
    { 0x11, 0x11, "read error, loss of streaming" },
    { 0x14, 0x00, "recorded entity not found" },
    { 0x14, 0x01, "record not found" },
    { 0x15, 0x00, "random positioning error" },
    { 0x15, 0x01, "mechanical positioning error" },
    { 0x15, 0x02, "positioning error found by reading" },
    { 0x17, 0x00, "data recovered without error correction" },
    { 0x17, 0x01, "data recovered with retries" },
    { 0x17, 0x02, "data recovered with positive head offset" },
    { 0x17, 0x03, "data recovered with negative head offset" },
    { 0x17, 0x04, "data recovered with retries or CIRC" },
    { 0x17, 0x05, "data recovered with the previous sector identifier" },
    { 0x17, 0x07, "data recovered, reassignment recommended" },
    { 0x17, 0x08, "data recovered, rewrite recommended" },
    { 0x17, 0x09, "data recovered and rewritten" },
    { 0x18, 0x00, "data recovered with error correction" },
    { 0x18, 0x01, "data recovered with error correction and retries" },
    { 0x18, 0x02, "data recovered and reallocated" },
    { 0x18, 0x03, "data recovered with CIRC" },
    { 0x18, 0x04, "data recovered with L-EC" },
    { 0x18, 0x05, "data recovered, reassignment recommended" },
    { 0x18, 0x06, "data recovered, rewrite recommended" },
    { 0x18, 0x08, "data recovered with linking" },
    { 0x19, 0x00, "defect list error" },
    { 0x1a, 0x00, "wrong parameter list length" },
    { 0x1b, 0x00, "synchronous transfer error" },
    { 0x1c, 0x00, "defect list not found" },
    { 0x1d, 0x00, "data differs in verify" },
    { 0x20, 0x00, "operation code not supported" },
    { 0x21, 0x00, "block address out of range" },
    { 0x21, 0x01, "invalid element address" },
    { 0x21, 0x02, "invalid address for write" },
    { 0x21, 0x03, "invalid write crossing a layer jump" },
    { 0x22, 0x00, "illegal function" },
    { 0x24, 0x00, "invalid field in the command" },
    { 0x25, 0x00, "logical unit not supported" },
    { 0x26, 0x00, "invalid field in the parameter list" },
    { 0x26, 0x01, "parameter not supported" },
    { 0x26, 0x02, "parameter value invalid" },
    { 0x26, 0x03, "threshold parameters not supported" },
    { 0x27, 0x00, "write protected" },
    { 0x27, 0x01, "write protected by the drive's hardware" },
    { 0x27, 0x02, "write protected by the drive's software" },
    { 0x27, 0x03, "associated write protect" },
    { 0x27, 0x04, "persistent write protect" },
    { 0x27, 0x05, "permanent write protect" },
    { 0x27, 0x06, "conditional write protect" },
    { 0x28, 0x00, "medium may have changed" },
    { 0x28, 0x01, "import or export element accessed" },
    { 0x28, 0x02, "format layer may have changed" },
    { 0x29, 0x00, "power on or reset" },
    { 0x29, 0x01, "power on" },
    { 0x29, 0x02, "bus reset" },
    { 0x29, 0x03, "device reset" },
    { 0x29, 0x04, "internal reset of the drive" },
    { 0x2a, 0x00, "parameters changed" },
    { 0x2a, 0x01, "mode parameters changed" },
    { 0x2a, 0x02, "log parameters changed" },
    { 0x2a, 0x09, "capacity data changed" },
    { 0x2b, 0x00, "copy can't be executed" },
    { 0x2c, 0x00, "command sequence error" },
    { 0x2c, 0x03, "current program area is not empty" },
    { 0x2c, 0x04, "current program area is empty" },
    { 0x2e, 0x00, "not enough time for the operation" },
    { 0x2f, 0x00, "commands cleared by another initiator" },
    { 0x30, 0x00, "incompatible medium" },
    { 0x30, 0x01, "medium of unknown format can't be read" },
    { 0x30, 0x02, "medium of incompatible format can't be read" },
    { 0x30, 0x03, "cleaning cartridge in the drive" },
    { 0x30, 0x04, "medium of unknown format can't be written" },
    { 0x30, 0x05, "medium of incompatible format can't be written" },
    { 0x30, 0x06, "incompatible medium can't be formatted" },
    { 0x30, 0x07, "cleaning failed" },
    { 0x30, 0x08, "application code mismatch can't be written" },
    { 0x30, 0x09, "current session not fixated for append" },
    { 0x30, 0x10, "medium not formatted" },
    { 0x30, 0x11, "volume type not supported" },
    { 0x31, 0x00, "medium format corrupted" },
    { 0x31, 0x01, "format command failed" },
    { 0x31, 0x02, "zoned formatting failed, spare linking" },
    { 0x32, 0x00, "no spare area left for a defect" },
    { 0x32, 0x01, "defect list update failed" },
    { 0x34, 0x00, "enclosure failure" },
    { 0x37, 0x00, "parameter rounded" },
    { 0x39, 0x00, "saving parameters not supported" },
    { 0x3a, 0x00, "no medium" },
    { 0x3a, 0x01, "no medium, tray closed" },
    { 0x3a, 0x02, "no medium, tray open" },
    { 0x3a, 0x03, "no medium, loadable" },
    { 0x3b, 0x0d, "medium destination element full" },
    { 0x3b, 0x0e, "medium source element empty" },
    { 0x3b, 0x0f, "end of medium reached" },
    { 0x3b, 0x16, "mechanical positioning or changer error" },
    { 0x3d, 0x00, "invalid bits in the identify message" },
    { 0x3e, 0x00, "logical unit not configured yet" },
    { 0x3e, 0x01, "logical unit failure" },
    { 0x3e, 0x02, "time-out of the logical unit" },
    { 0x3e, 0x03, "self-test failure" },
    { 0x3f, 0x00, "operating conditions changed" },
    { 0x3f, 0x01, "firmware changed" },
    { 0x3f, 0x02, "operating definition changed" },
    { 0x3f, 0x03, "inquiry data changed" },
    { 0x43, 0x00, "message error" },
    { 0x44, 0x00, "internal failure of the drive" },
    { 0x45, 0x00, "selection or reselection failed" },
    { 0x46, 0x00, "soft reset unsuccessful" },
    { 0x47, 0x00, "parity error" },
    { 0x48, 0x00, "initiator detected an error" },
    { 0x49, 0x00, "invalid message" },
    { 0x4a, 0x00, "command phase error" },
    { 0x4b, 0x00, "data phase error" },
    { 0x4c, 0x00, "drive failed its self-configuration" },
    { 0x4e, 0x00, "overlapping commands" },
    { 0x51, 0x00, "erase failed" },
    { 0x51, 0x01, "erase failed, incomplete erase detected" },
    { 0x53, 0x00, "loading or ejecting failed" },
    { 0x53, 0x02, "removal of the medium prevented" },
    { 0x55, 0x00, "system resource failure" },
    { 0x57, 0x00, "table of contents can't be recovered" },
    { 0x58, 0x00, "generation does not exist" },
    { 0x59, 0x00, "updated block read" },
    { 0x5a, 0x00, "operator request or state change" },
    { 0x5a, 0x01, "operator asks to remove the medium" },
    { 0x5a, 0x02, "operator selected write protect" },
    { 0x5a, 0x03, "operator selected write permit" },
    { 0x5b, 0x00, "log exception" },
    { 0x5d, 0x00, "failure predicted" },
    { 0x5d, 0x01, "medium failure predicted" },
    { 0x5d, 0x02, "drive failure predicted" },
    { 0x5d, 0x03, "spare area exhaustion predicted" },
    { 0x5d, 0xff, "failure predicted (false alarm for tests)" },
    { 0x5e, 0x00, "low power condition" },
    { 0x5e, 0x01, "idle by timer" },
    { 0x5e, 0x02, "standby by timer" },
    { 0x5e, 0x03, "idle by command" },
    { 0x5e, 0x04, "standby by command" },
    { 0x63, 0x00, "end of user area on this track" },
    { 0x63, 0x01, "packet does not fit in the space left" },
    { 0x64, 0x00, "illegal mode for this track" },
    { 0x64, 0x01, "invalid packet size" },
    { 0x65, 0x00, "voltage fault" },
    { 0x6f, 0x00, "copy protection, authentication failed" },
    { 0x6f, 0x01, "copy protection, key not present" },
    { 0x6f, 0x02, "copy protection, key not established" },
    { 0x6f, 0x03, "copy protection, scrambled sector read without authentication" },
    { 0x6f, 0x04, "region of the medium does not match the drive's" },
    { 0x6f, 0x05, "region is permanent or no changes are left" },
    { 0x6f, 0x06, "copy protection, not enough blocks for the binding" },
    { 0x6f, 0x07, "copy protection, conflict in the binding" },
    { 0x72, 0x00, "session fixation error" },
    { 0x72, 0x01, "session fixation error while writing the lead-in" },
    { 0x72, 0x02, "session fixation error while writing the lead-out" },
    { 0x72, 0x03, "session fixation error, incomplete track in the session" },
    { 0x72, 0x04, "empty or partly written reserved track" },
    { 0x72, 0x05, "no more track reservations allowed" },
    { 0x72, 0x06, "RMZ extension not allowed" },
    { 0x72, 0x07, "no more test zone extensions allowed" },
    { 0x73, 0x00, "CD control error" },
    { 0x73, 0x01, "power calibration area almost full" },
    { 0x73, 0x02, "power calibration area full" },
    { 0x73, 0x03, "power calibration error" },
    { 0x73, 0x04, "program memory area update failed" },
    { 0x73, 0x05, "program memory area full" },
    { 0x73, 0x06, "program memory area almost full" },
    { 0x73, 0x10, "current power calibration area almost full" },
    { 0x73, 0x11, "current power calibration area full" },
    { 0x73, 0x17, "RDZ full" },
};
/* clang-format on */

static const char *find_words(uint8_t asc, uint8_t ascq)
{
    for (size_t i = 0; i < sizeof code_words / sizeof code_words[0]; i++) {
        if (code_words[i].asc == asc && code_words[i].ascq == ascq)
            return code_words[i].words;
    }
    return NULL;
}

void oi_code_words(uint8_t key, uint8_t asc, uint8_t ascq, char *text, size_t size)
{
    const char *words = find_words(asc, ascq);
    char component[64];

    if (size == 0)
        return;
    if (!words && asc == 0x40) { /* the ASCQ names the component */
        snprintf(component, sizeof component, "diagnostic failure of component %02Xh", ascq);
        words = component;
    }
    if (!words) {
        snprintf(component, sizeof component, "%s code",
                 asc >= 0x80 || ascq >= 0x80 ? "vendor-specific" : "unknown");
        words = component;
    }
    snprintf(text, size, "%s, %s", key_words[key & 0x0f], words);
}

/* SAM-3, "Status codes". */
void oi_scsi_status_words(uint8_t status, char *text, size_t size)
{
    enum { BUSY = 0x08, RESERVATION_CONFLICT = 0x18, TASK_SET_FULL = 0x28 };

    switch (status) {
    case BUSY:
        snprintf(text, size, "the drive is busy (SCSI status BUSY)");
        break;
    case RESERVATION_CONFLICT:
        snprintf(text, size,
                 "somebody else has reserved the drive (SCSI status RESERVATION CONFLICT)");
        break;
    case TASK_SET_FULL:
        snprintf(text, size,
                 "the drive has no room for another command (SCSI status TASK SET FULL)");
        break;
    default:
        snprintf(text, size, "SCSI status %02Xh", status);
    }
}
