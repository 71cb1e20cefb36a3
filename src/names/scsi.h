/* Numbers of the SCSI and MMC standards that both sides of a cable share: operation codes and sense
 * keys. Who uses it: mmc, the engine, the classes and the emulator.
 * What it must not know: how a command is built or a response is read. */
#ifndef OI_NAMES_SCSI_H
#define OI_NAMES_SCSI_H

/* MMC-6, "Command set"; SPC-3 for the primary commands. */
enum oi_opcode {
    OI_OP_TEST_UNIT_READY = 0x00,
    OI_OP_REQUEST_SENSE = 0x03,
    OI_OP_FORMAT_UNIT = 0x04,
    OI_OP_INQUIRY = 0x12,
    OI_OP_START_STOP_UNIT = 0x1b,
    OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL = 0x1e,
    OI_OP_READ_FORMAT_CAPACITIES = 0x23,
    OI_OP_READ_CAPACITY = 0x25,
    OI_OP_READ10 = 0x28,
    OI_OP_WRITE10 = 0x2a,
    OI_OP_WRITE_AND_VERIFY10 = 0x2e,
    OI_OP_VERIFY10 = 0x2f,
    OI_OP_SYNCHRONIZE_CACHE = 0x35,
    OI_OP_READ_TOC_PMA_ATIP = 0x43,
    OI_OP_GET_CONFIGURATION = 0x46,
    OI_OP_GET_EVENT_STATUS_NOTIFICATION = 0x4a,
    OI_OP_READ_DISC_INFORMATION = 0x51,
    OI_OP_READ_TRACK_INFORMATION = 0x52,
    OI_OP_RESERVE_TRACK = 0x53,
    OI_OP_SEND_OPC_INFORMATION = 0x54,
    OI_OP_MODE_SELECT10 = 0x55,
    OI_OP_MODE_SENSE10 = 0x5a,
    OI_OP_CLOSE_TRACK_SESSION = 0x5b,
    OI_OP_READ_BUFFER_CAPACITY = 0x5c,
    OI_OP_SEND_CUE_SHEET = 0x5d,
    OI_OP_BLANK = 0xa1,
    OI_OP_REPORT_KEY = 0xa4,
    OI_OP_READ12 = 0xa8,
    OI_OP_WRITE12 = 0xaa,
    OI_OP_GET_PERFORMANCE = 0xac,
    OI_OP_READ_DISC_STRUCTURE = 0xad,
    OI_OP_SET_STREAMING = 0xb6,
    OI_OP_READ_CD_MSF = 0xb9,
    OI_OP_SET_CD_SPEED = 0xbb,
    OI_OP_MECHANISM_STATUS = 0xbd,
    OI_OP_READ_CD = 0xbe,
    OI_OP_SEND_DISC_STRUCTURE = 0xbf,
};

/* SPC-3, "Sense key descriptions". */
enum oi_sense_key {
    OI_KEY_NO_SENSE = 0x0,
    OI_KEY_RECOVERED_ERROR = 0x1,
    OI_KEY_NOT_READY = 0x2,
    OI_KEY_MEDIUM_ERROR = 0x3,
    OI_KEY_HARDWARE_ERROR = 0x4,
    OI_KEY_ILLEGAL_REQUEST = 0x5,
    OI_KEY_UNIT_ATTENTION = 0x6,
    OI_KEY_DATA_PROTECT = 0x7,
    OI_KEY_BLANK_CHECK = 0x8,
    OI_KEY_VENDOR_SPECIFIC = 0x9,
    OI_KEY_COPY_ABORTED = 0xa,
    OI_KEY_ABORTED_COMMAND = 0xb,
    OI_KEY_VOLUME_OVERFLOW = 0xd,
    OI_KEY_MISCOMPARE = 0xe,
};

#endif
