/* The outcomes a command can have, as key, ASC and ASCQ in one number.
 * Who uses it: every handler of the emulator: it returns one of these.
 * 0 is GOOD; RESERVATION_CONFLICT is a SCSI status of its own, without sense.
 * What it must not know: how sense data is laid out. */
#ifndef OI_EMULATOR_SENSE_CODES_H
#define OI_EMULATOR_SENSE_CODES_H

/* MMC-6, annex "Sense key, ASC and ASCQ assignments". */
enum outcome {
    GOOD = 0,
    FORMAT_GOES_ON = 0x000404, /* in the background: no error */
    LONG_WRITE_IN_PROGRESS = 0x020408,
    OPERATION_IN_PROGRESS = 0x020407,
    CANNOT_READ_MEDIUM = 0x023001, /* unknown format */
    NO_MEDIUM_TRAY_CLOSED = 0x023a01,
    NO_MEDIUM_TRAY_OPEN = 0x023a02,
    WRITE_ERROR = 0x030c00,
    READ_ERROR = 0x031100,
    MEDIUM_FORMAT_CORRUPTED = 0x033100, /* also: never formatted */
    FORMAT_FAILED = 0x033101,
    NO_SPARE_LEFT = 0x033200,
    EMPTY_RESERVED_TRACK = 0x037204,
    NO_MORE_TRACK_RESERVATIONS = 0x037205,
    LOAD_OR_EJECT_FAILED = 0x045300,
    PARAMETER_LIST_LENGTH = 0x051a00,
    INVALID_OPCODE = 0x052000,
    LBA_OUT_OF_RANGE = 0x052100,
    INVALID_ADDRESS_FOR_WRITE = 0x052102,
    INVALID_FIELD_IN_CDB = 0x052400,
    INVALID_FIELD_IN_LIST = 0x052600,
    COMMAND_SEQUENCE_ERROR = 0x052c00,
    CANNOT_WRITE_MEDIUM = 0x053005,
    CANNOT_FORMAT_MEDIUM = 0x053006,
    SAVING_NOT_SUPPORTED = 0x053900,
    REMOVAL_PREVENTED = 0x055302,
    END_OF_USER_AREA = 0x056300,
    INVALID_PACKET_SIZE = 0x056401,
    MEDIUM_CHANGED = 0x062800,
    WRITE_PROTECTED = 0x072700,
    BLANK_CHECK = 0x080000,
    MISCOMPARE = 0x0e1d00,
    RESERVATION_CONFLICT = 0x7f000000,
};

#endif
