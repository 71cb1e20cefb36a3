/* What the devices answer to ioctl.
 * Who uses it: files.c, wine.c.
 * Each returns what ioctl returns, or a negative errno; -ENOTTY: not one of ours.
 * What it must not know: descriptors. */
#ifndef OI_SGIO_IOCTLS_H
#define OI_SGIO_IOCTLS_H

#include "drive.h"
#include "standins.h"

/* Linux, include/scsi/scsi_status.h: what became of a command on its way, as SG_IO tells it. */
enum { DID_NO_CONNECT = 0x01, DID_TIME_OUT = 0x03, DID_RESET = 0x08 };

/* SCSI commands and what programs ask about the way they take. Both devices. */
int sg_ioctl(struct drive *drive, enum device device, unsigned long request, void *argument);
/* Tray, door, media. Of /dev/sr0 only. */
int cdrom_ioctl(struct drive *drive, unsigned long request, void *argument);
/* Sizes and the like of a block device. Of /dev/sr0 only. */
int block_ioctl(struct drive *drive, unsigned long request, void *argument);

#endif
