/* An IDiscRecorder2Ex, ours or anybody's, as the engine's drive; while the engine is in it the
 * machine does not go to sleep. Who uses it: write_engine.c. The engine's writer calls it, on a
 * thread in the multi-threaded apartment. What it must not know: which commands are sent and what
 * their outcome means. */
#ifndef OI_CLASSES_RECORDER_DRIVE_H
#define OI_CLASSES_RECORDER_DRIVE_H

#include <windows.h>
#include "apartment.h"
#include "engine.h"
#include "imapi2.h"

struct recorder_drive {
    struct oi_drive drive;
    struct oi_transport transport;
    const struct apartment_pointer *pointer;
    IDiscRecorder2Ex *recorder; /* of the writer's apartment, while it is in there */
    bool in_apartment;
    BSTR detail; /* what the recorder itself said of the last WRITE that failed */
};

/* pointer must stay until recorder_drive_fini. */
void recorder_drive_init(struct recorder_drive *drive, const struct apartment_pointer *pointer);
void recorder_drive_fini(struct recorder_drive *drive);

/* The profile of the medium in the drive: asked for by GetSupportedProfiles, else by GET
 * CONFIGURATION, else judged by GetDiscInformation. 0 when the recorder tells none of them. */
uint16_t recorder_profile(IDiscRecorder2Ex *recorder);

#endif
