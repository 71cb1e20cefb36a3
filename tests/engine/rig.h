/* The engine on the emulator in one time: engine, drive and client of a section whose pauses and
 * whose drive's work pass on a virtual clock, so that minutes of waiting cost nothing.
 * Who uses it: the matrix and the schedules. A rig has a drive for the disc that a case is about,
 * and a second one that never fails, on which the engine shows that it still works.
 * Faults are rules of the emulator's scripts. They begin when the disc has been set up, and end
 * when the section has: what a later SYNCHRONIZE CACHE and the reading back find is the disc's.
 * What it must not know: which faults there are, CMocka. */
#ifndef OI_TESTS_ENGINE_RIG_H
#define OI_TESTS_ENGINE_RIG_H

#include "emulator.h"
#include "engine.h"
#include "rig_media.h"

enum { RIG_PATH_SIZE = 128, RIG_WHY_SIZE = 192 };

/* A drive in a folder of its own. */
struct rig_drive {
    struct oi_transport transport;
    struct oi_drive drive;
    struct rig *rig;
    const struct rig_medium *medium;
    char folder[64], ini[RIG_PATH_SIZE], image[RIG_PATH_SIZE];
    struct oi_emu *emu;
    uint32_t commands; /* since the section began */
    uint32_t command_us;
    bool deaf_host;
    bool told_by_sync; /* an error that the drive kept to itself until SYNCHRONIZE CACHE */
};

struct rig_source {
    struct oi_source source;
    const uint8_t *data;
    uint64_t size, position;
    uint32_t most; /* bytes per read, 0: as asked */
    bool fails;    /* at its end */
    struct oi_mutex lock;
    struct oi_cond closed;
    bool is_closed;
};

/* Who wants to know how far a case's section is; each may be NULL. */
struct rig_watcher {
    void (*command)(void *context, uint32_t number); /* before it, from 0; the writer's thread */
    void (*event)(void *context, uint32_t number);   /* from 0; the client's thread */
    void (*end)(void *context);                      /* of the section; the client's thread */
    void *context;
};

struct rig_client {
    struct oi_client client;
    struct oi_mutex lock;
    struct oi_cond woken;
    bool wake;
    uint32_t events;
    const struct rig_watcher *watcher;
    struct oi_progress last;
    bool went_back, unbalanced;
};

struct rig {
    struct oi_engine engine;
    struct oi_clock clock;
    atomic_ullong now_us;
    struct rig_drive drive, spare;
    struct rig_source source;
    struct rig_client client;
    struct oi_section section;
    struct oi_outcome outcome;
    enum oi_status status;
    enum oi_status ended; /* as status, of the case's section */
    uint32_t exact;       /* failures so far that named the very command where the good part ends */
    uint32_t sections;    /* on the spare drive */
    bool endless;
    bool also_fired; /* the case's second rule */
    struct rig_watcher watcher;
};

/* A drive as fast as the machine has everything on the disc at once. One that takes its time has a
 * buffer; from a fast host it gets full before the laser is ready, from a slow one it is emptied,
 * and runs dry, in between. */
enum rig_pace { RIG_AT_ONCE, RIG_FAST_HOST, RIG_SLOW_HOST, RIG_PACES };
extern const char *const rig_pace_names[RIG_PACES]; /* ", slow host", to follow a medium's name */

/* What is done to a section. */
struct rig_case {
    const struct rig_medium *medium;
    const char *rules;       /* a fault script, "" for none */
    const char *personality; /* NULL: strict */
    enum rig_pace pace;
    bool streaming;
    bool client_reads;    /* the source is read by the client's thread */
    bool deaf_host;       /* it takes a command that was not answered for one that ended well */
    bool may_not_fire;    /* the first rule is about something that need not happen */
    bool drive_lies;      /* it records nothing and never says so: only a success is judged */
    uint32_t source_most; /* bytes per read of the source, 0: as asked */
    uint64_t source_end;  /* bytes after which there are no more, 0: enough, */
    bool source_fails;    /* or after which it fails */
};

enum rig_verdict { RIG_UNTOUCHED, RIG_SURVIVED, RIG_REPORTED, RIG_WRONG };

/* NULL when a folder or the spare disc can't be made. */
struct rig *rig_create(void);
void rig_destroy(struct rig *rig);

/* Sets the disc up, writes the section under the rules, looks at what became of it:
 * either success, and the disc holds the source; or a failure or cancel whose first doubtful block
 * is not behind the first that the disc does not hold. Then the engine writes something on the
 * spare drive. why tells what is wrong with RIG_WRONG. */
enum rig_verdict rig_try(struct rig *rig, const struct rig_case *what, char why[RIG_WHY_SIZE]);

/* For setting up: a command to its end, unit attentions and waiting left out. True: GOOD. */
bool rig_command(struct rig_drive *drive, struct oi_cdb cdb, enum oi_direction direction,
                 void *data, uint32_t data_len);

#endif
