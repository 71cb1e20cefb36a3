/* What a host that polls is told: MMC-6, GET EVENT STATUS NOTIFICATION.
 * Who uses it: emulator.c after every command; whoever knows of an event that can't be seen in the
 * drive's state. Each class keeps its last event until it was told.
 * What it must not know: who asks, and when. */
#ifndef OI_EMULATOR_EVENTS_H
#define OI_EMULATOR_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct oi_emu;
struct medium;

enum media_event {
    EVENT_NONE,
    EVENT_EJECT_REQUEST,
    EVENT_NEW_MEDIUM,
    EVENT_REMOVAL,
    EVENT_CHANGED,
    EVENT_FORMAT_COMPLETED,
    EVENT_FORMAT_RESTARTED,
};

enum power_state { POWER_ACTIVE = 1, POWER_IDLE, POWER_STANDBY, POWER_SLEEP };

/* What the features that are current depend on. */
struct drive_view {
    const struct medium *medium;
    uint32_t write_kbps, read_kbps;
    uint32_t capacity;
};

struct events {
    struct drive_view seen;
    bool watching;       /* seen is filled in */
    uint8_t operational; /* 0: nothing, else the code of the change */
    uint8_t power;       /* 0: nothing, 1: changed, 2: refused */
    uint8_t initiators;  /* 0: nothing, else the code of the change */
    uint8_t controlled;  /* another program has the disc */
    bool told_busy;      /* what the last device busy event said */
};

void events_watch(struct oi_emu *emu);                 /* after a command */
void events_conflict(struct oi_emu *emu);              /* another program has the disc */
void events_power(struct oi_emu *emu, bool succeeded); /* a power condition was asked for */

#endif
