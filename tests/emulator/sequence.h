/* Sentences about media that are recorded in order: write modes, tracks, sessions, and drives that
 * die.
 * Who uses it: the tests of these media. CDBs are built by hand, as in bench.h. */
#ifndef TESTS_EMULATOR_SEQUENCE_H
#define TESTS_EMULATOR_SEQUENCE_H

#include "bench.h"

enum { PACKET = 0, TRACK_AT_ONCE = 1, DISC_AT_ONCE = 2 };
enum { NO_SESSION_FOLLOWS = 0, ANOTHER_SESSION = 3 };
enum { ILLEGAL_MODE = 0x056400, SEQUENCE_ERROR = 0x052c00 };

/* MODE SELECT of page 05h as the drive tells it, with these changed. */
uint32_t sequence_select(struct bench *b, uint8_t write_type, uint8_t multi_session);

struct disc_now {
    uint8_t status, last_session; /* MMC-6, READ DISC INFORMATION */
    bool erasable;
    uint32_t sessions, first_track, last_track; /* the tracks of the last session */
};
struct disc_now sequence_disc(struct bench *b);

struct track_now {
    uint32_t number, session, start, next, free, size, last, packet_size;
    bool reserved, blank, packet, damaged, next_valid, last_valid;
};
struct track_now sequence_track(struct bench *b, uint8_t number);

uint32_t sequence_reserve(struct bench *b, uint32_t blocks);
uint32_t sequence_split(struct bench *b, uint32_t lba);
uint32_t sequence_blank(struct bench *b, uint8_t type);

/* Whether GET CONFIGURATION tells this feature as current; its descriptor is at b->data + 8. */
bool sequence_has(struct bench *b, uint16_t feature);

/* Runs body in a process that ends without closing the drive; true when body returned true. */
bool sequence_dies_after(struct bench *b, bool (*body)(struct bench *b));

/* Writes [lba, end) in pieces of 32 blocks; true when all were good. */
bool sequence_write(struct bench *b, uint32_t lba, uint32_t end, uint8_t seed);

#endif
