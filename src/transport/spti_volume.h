/* The volume in a drive: its name, and where it is mounted.
 * Who uses it: spti.c. Any thread.
 * What it must not know: commands, locks. */
#ifndef OI_TRANSPORT_SPTI_VOLUME_H
#define OI_TRANSPORT_SPTI_VOLUME_H

#include "spti_system.h"

/* The number of the system's CdRomN. OI_NOT_FOUND: the drive has none. */
enum oi_status spti_device_number(const struct spti_drive *drive, uint32_t *number);

/* As volume_name and volume_paths of an oi_device. */
enum oi_status spti_volume_name(const struct spti_drive *drive, char name[OI_VOLUME_NAME_MAX]);
enum oi_status spti_volume_paths(const struct spti_drive *drive,
                                 bool (*visit)(void *context, const char *path), void *context);

#endif
