#include "command_table.h"
#include "scsi.h"
#include <stddef.h>

enum {
    SECOND = 1000,
    MINUTE = 60 * SECOND,
    HOUR = 60 * MINUTE,
};

/* clang-format off */
static const struct oi_command_info known[] = {
    /* sorted by operation code */
    { OI_OP_TEST_UNIT_READY,               "TEST UNIT READY",               OI_COMMAND_NO_DATA,  10 * SECOND },
    { OI_OP_REQUEST_SENSE,                 "REQUEST SENSE",                 OI_COMMAND_READS,    10 * SECOND },
    { OI_OP_FORMAT_UNIT,                   "FORMAT UNIT",                   OI_COMMAND_SENDS,     5 * HOUR },
    { OI_OP_INQUIRY,                       "INQUIRY",                       OI_COMMAND_READS,    10 * SECOND },
    { OI_OP_START_STOP_UNIT,               "START STOP UNIT",               OI_COMMAND_NO_DATA, 240 * SECOND },
    { OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL,  "PREVENT ALLOW MEDIUM REMOVAL",  OI_COMMAND_NO_DATA,  10 * SECOND },
    { OI_OP_READ_FORMAT_CAPACITIES,        "READ FORMAT CAPACITIES",        OI_COMMAND_READS,    30 * SECOND },
    { OI_OP_READ_CAPACITY,                 "READ CAPACITY",                 OI_COMMAND_READS,    30 * SECOND },
    { OI_OP_READ10,                        "READ (10)",                     OI_COMMAND_READS,    60 * SECOND },
    { OI_OP_WRITE10,                       "WRITE (10)",                    OI_COMMAND_SENDS,   200 * SECOND },
    { OI_OP_WRITE_AND_VERIFY10,            "WRITE AND VERIFY (10)",         OI_COMMAND_SENDS,   200 * SECOND },
    { OI_OP_VERIFY10,                      "VERIFY (10)",                   OI_COMMAND_NO_DATA, 200 * SECOND },
    { OI_OP_SYNCHRONIZE_CACHE,             "SYNCHRONIZE CACHE",             OI_COMMAND_NO_DATA,  15 * MINUTE },
    { OI_OP_READ_TOC_PMA_ATIP,             "READ TOC/PMA/ATIP",             OI_COMMAND_READS,    30 * SECOND },
    { OI_OP_GET_CONFIGURATION,             "GET CONFIGURATION",             OI_COMMAND_READS,    10 * SECOND },
    { OI_OP_GET_EVENT_STATUS_NOTIFICATION, "GET EVENT STATUS NOTIFICATION", OI_COMMAND_READS,    10 * SECOND },
    { OI_OP_READ_DISC_INFORMATION,         "READ DISC INFORMATION",         OI_COMMAND_READS,    30 * SECOND },
    { OI_OP_READ_TRACK_INFORMATION,        "READ TRACK INFORMATION",        OI_COMMAND_READS,    30 * SECOND },
    { OI_OP_RESERVE_TRACK,                 "RESERVE TRACK",                 OI_COMMAND_NO_DATA,  60 * SECOND },
    { OI_OP_SEND_OPC_INFORMATION,          "SEND OPC INFORMATION",          OI_COMMAND_SENDS,   180 * SECOND },
    { OI_OP_MODE_SELECT10,                 "MODE SELECT (10)",              OI_COMMAND_SENDS,    30 * SECOND },
    { OI_OP_MODE_SENSE10,                  "MODE SENSE (10)",               OI_COMMAND_READS,    30 * SECOND },
    { OI_OP_CLOSE_TRACK_SESSION,           "CLOSE TRACK/SESSION",           OI_COMMAND_NO_DATA,   1 * HOUR },
    { OI_OP_READ_BUFFER_CAPACITY,          "READ BUFFER CAPACITY",          OI_COMMAND_READS,    10 * SECOND },
    { OI_OP_SEND_CUE_SHEET,                "SEND CUE SHEET",                OI_COMMAND_SENDS,    60 * SECOND },
    { OI_OP_BLANK,                         "BLANK",                         OI_COMMAND_NO_DATA, 160 * MINUTE },
    { OI_OP_REPORT_KEY,                    "REPORT KEY",                    OI_COMMAND_READS,    30 * SECOND },
    { OI_OP_READ12,                        "READ (12)",                     OI_COMMAND_READS,    60 * SECOND },
    { OI_OP_WRITE12,                       "WRITE (12)",                    OI_COMMAND_SENDS,   200 * SECOND },
    { OI_OP_GET_PERFORMANCE,               "GET PERFORMANCE",               OI_COMMAND_READS,    30 * SECOND },
    { OI_OP_READ_DISC_STRUCTURE,           "READ DISC STRUCTURE",           OI_COMMAND_READS,    30 * SECOND },
    { OI_OP_SET_STREAMING,                 "SET STREAMING",                 OI_COMMAND_SENDS,    30 * SECOND },
    { OI_OP_SET_CD_SPEED,                  "SET CD SPEED",                  OI_COMMAND_NO_DATA,  30 * SECOND },
    { OI_OP_MECHANISM_STATUS,              "MECHANISM STATUS",              OI_COMMAND_READS,    10 * SECOND },
    { OI_OP_READ_CD,                       "READ CD",                       OI_COMMAND_READS,    60 * SECOND },
    { OI_OP_SEND_DISC_STRUCTURE,           "SEND DISC STRUCTURE",           OI_COMMAND_SENDS,   180 * SECOND },
};

#define UNKNOWN(high, low) \
    { 0x##high##low, "command " #high #low "h", OI_COMMAND_NO_DATA, 60 * SECOND }
#define UNKNOWN_16(high) \
    UNKNOWN(high, 0), UNKNOWN(high, 1), UNKNOWN(high, 2), UNKNOWN(high, 3), \
    UNKNOWN(high, 4), UNKNOWN(high, 5), UNKNOWN(high, 6), UNKNOWN(high, 7), \
    UNKNOWN(high, 8), UNKNOWN(high, 9), UNKNOWN(high, A), UNKNOWN(high, B), \
    UNKNOWN(high, C), UNKNOWN(high, D), UNKNOWN(high, E), UNKNOWN(high, F)

static const struct oi_command_info unknown[256] = {
    UNKNOWN_16(0), UNKNOWN_16(1), UNKNOWN_16(2), UNKNOWN_16(3),
    UNKNOWN_16(4), UNKNOWN_16(5), UNKNOWN_16(6), UNKNOWN_16(7),
    UNKNOWN_16(8), UNKNOWN_16(9), UNKNOWN_16(A), UNKNOWN_16(B),
    UNKNOWN_16(C), UNKNOWN_16(D), UNKNOWN_16(E), UNKNOWN_16(F),
};
/* clang-format on */

const struct oi_command_info *oi_command_info(uint8_t opcode)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].opcode == opcode)
            return &known[i];
    }
    return &unknown[opcode];
}

/* Commands of the low groups that older device classes used with other lengths. */
static bool length_is_free(uint8_t opcode)
{
    static const uint8_t free_opcodes[] = {
        0x02, 0x05, 0x06, 0x09, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x13, 0x14,
        0x19, 0x20, 0x21, 0x22, 0x23, 0x24, 0x26, 0x27, 0x29, 0x2c, 0x2d,
    };

    for (size_t i = 0; i < sizeof free_opcodes; i++) {
        if (free_opcodes[i] == opcode)
            return true;
    }
    return false;
}

bool oi_cdb_length_ok(uint8_t opcode, uint32_t len)
{
    enum { ANY_LENGTH = 0 };
    /* The group is in the upper three bits. */
    static const uint8_t group_lengths[8] = {6, 10, 10, ANY_LENGTH, 16, 12, ANY_LENGTH, ANY_LENGTH};
    uint8_t group_length = group_lengths[opcode >> 5];

    if (len < 6 || len > 16)
        return false;
    return group_length == ANY_LENGTH || length_is_free(opcode) || len == group_length;
}
