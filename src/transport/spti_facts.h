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
/* The peripheral device type (SPC-3), SPTI_TYPE_UNKNOWN when nobody tells who it is; the identity
 * is empty then. may_ask_drive: by a command, if Windows itself does not know. */
int spti_learn_identity(const struct spti_drive *drive, bool may_ask_drive,
                        struct oi_device_identity *identity);

#endif
