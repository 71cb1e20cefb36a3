/* What the devices answer to ioctl.
 * Who uses it: files.c.
 * Each returns what ioctl returns, or a negative errno; -ENOTTY: not one of ours.
 * What it must not know: descriptors. */
#ifndef OI_SGIO_IOCTLS_H
#define OI_SGIO_IOCTLS_H

#include "standins.h"

/* SCSI commands and what programs ask about the way they take. Both devices. */
int sg_ioctl(enum device device, unsigned long request, void *argument);
/* Tray, door, media. Of /dev/sr0 only. */
int cdrom_ioctl(unsigned long request, void *argument);
/* Sizes and the like of a block device. Of /dev/sr0 only. */
int block_ioctl(unsigned long request, void *argument);

#endif
