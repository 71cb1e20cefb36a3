/* Discs in the states that the contract tests ask about, and what a drive tells of them.
 * Who uses it: the contract tests, which are written from the standard alone.
 * What it must not know: how the emulator does it, nor what it does in fact. */
#ifndef TESTS_EMULATOR_CONTRACT_H
#define TESTS_EMULATOR_CONTRACT_H

#include "bench.h"

enum {
    NO_PROFILE = 0x0000,
    INVALID_OPCODE = 0x052000,
    OUT_OF_RANGE = 0x052100,
    NOT_THE_NEXT_ADDRESS = 0x052102,
    INVALID_FIELD = 0x052400,
    INVALID_PARAMETER = 0x052600,
    OUT_OF_SEQUENCE = 0x052c00,
    CANNOT_WRITE_MEDIUM = 0x053005,
    CANNOT_FORMAT_MEDIUM = 0x053006,
    END_OF_USER_AREA = 0x056300,
    WRONG_TRACK_MODE = 0x056400,
    NO_MEDIUM = 0x023a00,
    LONG_WRITE = 0x020408,
    NEW_MEDIUM = 0x062800,
    WRITE_PROTECTED = 0x072700,
    BLANK_CHECK = 0x080000,
    PRESSED_SECTORS = 640,
    FEATURES_MAX = 64,
};

/* What the files of earlier discs hold is gone; a pressed disc gets an image of PRESSED_SECTORS. */
void contract_insert_(struct bench *b, const char *medium, const char *file, int line);
#define contract_insert(b, medium) contract_insert_(b, medium, __FILE__, __LINE__)

/* Codes of the features in the reply to GET CONFIGURATION with this RT; returns how many. */
uint32_t contract_features(struct bench *b, uint8_t rt, uint16_t codes[FEATURES_MAX]);
uint16_t contract_profile(struct bench *b);
/* Leaves the disc as new, with some of it written, or with its session closed. */
enum contract_state { AS_NEW, BEGUN, SESSION_CLOSED, FINALISED };
void contract_bring_to(struct bench *b, const char *medium, enum contract_state state);
/* MODE SELECT of page 05h: byte 2 with the under-run protection, bytes 3 and 4. */
uint32_t contract_parameters(struct bench *b, uint8_t type, uint8_t mode, uint8_t block_type);

#endif
