/* What Windows knows of a drive: its adapter's limits, who it is, and the descriptors themselves.
 * Who uses it: spti.c.
 * What it must not know: locks, clients. */
#ifndef OI_TRANSPORT_SPTI_FACTS_H
#define OI_TRANSPORT_SPTI_FACTS_H

#include "spti_system.h"

/* A descriptor as Windows gives it, malloc'ed, with its length; NULL with *error. */
uint8_t *spti_description(const struct spti_drive *drive, enum oi_description which, uint32_t *len,
                          DWORD *error);

void spti_learn_limits(const struct spti_drive *drive, struct oi_transfer_limits *limits);

enum { SPTI_TYPE_UNKNOWN = -1 };
/* *type becomes the peripheral device type (SPC-3). When nobody tells who it is the type is
 * SPTI_TYPE_UNKNOWN, the identity empty, and the status why the drive itself did not: it is asked
 * last, by INQUIRY, which disturbs nobody who holds it. */
enum oi_status spti_learn_identity(const struct spti_drive *drive,
                                   struct oi_device_identity *identity, int *type);

#endif
