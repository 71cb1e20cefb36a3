/* The definition file NAME.ini: which disc is in the drive, and how the drive is made.
 * Who uses it: opening and loading.
 * Keys: medium = none | a name of the media table; image = path of the image file, relative to the
 * definition's folder; speed = N (x, one decimal allowed, 0: unlimited); transfer_kib = 4…1024;
 * personality = a name of its table; faults = path of a fault script, relative like image;
 * trace = on | off | all; clock = real | virtual.
 * What it must not know: disc states, commands. */
#ifndef OI_EMULATOR_DEFINITION_H
#define OI_EMULATOR_DEFINITION_H

#include <stdbool.h>
#include <stdint.h>
#include "faults.h"
#include "status.h"
#include "text.h"

struct medium;
struct personality;

/* all: also of runs that only asked and read. */
enum trace_wish { TRACE_ON, TRACE_OFF, TRACE_ALL };

enum { PATH_ROOM = 2 * TEXT_LINE_MAX, DEFINED_DEFECTS_MAX = 16 };

struct definition {
    const struct medium *medium; /* NULL: nothing is in the drive */
    const struct personality *personality;
    char image[PATH_ROOM]; /* "" or a path that does not depend on the current folder */
    uint32_t speed_tenths; /* 0: unlimited */
    uint32_t transfer_kib;
    enum trace_wish trace;
    char fault_path[PATH_ROOM]; /* as image */
    struct fault_script faults;
    uint32_t defect_count;
    uint32_t defects[DEFINED_DEFECTS_MAX]; /* sectors of a new disc that hold nothing for long */
    bool own_clock; /* see drive_clock.h; what it says when the drive is opened counts */
};

/* OI_OK; OI_NOT_FOUND; OI_BAD_FILE (problem says where, why and what to do); another status when
 * the file could not be read (problem says so). *definition is whole only with OI_OK. */
enum oi_status definition_read(struct definition *definition, const char *path,
                               char problem[TEXT_MESSAGE_MAX]);

#endif
