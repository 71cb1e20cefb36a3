/* /dev/sr0 as a block device: bytes at offsets, by READ(10) and WRITE(10).
 * Who uses it: files.c.
 * Transfers may begin and end anywhere; they go no further than READ CAPACITY says.
 * Nothing is kept from one read to the next, so what was burned meanwhile is seen.
 * What it must not know: descriptors. */
#ifndef OI_SGIO_BLOCK_H
#define OI_SGIO_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "drive.h"

/* Bytes read, 0 at the end; a negative errno when not even the first sector could be read. */
ssize_t block_read(struct drive *drive, void *data, size_t size, uint64_t at);
/* Bytes written; a negative errno: -EROFS on media that are not random-writable, -ENOSPC at the
 * end. */
ssize_t block_write(struct drive *drive, const void *data, size_t size, uint64_t at);
int block_flush(struct drive *drive); /* 0 or a negative errno */
/* 0 for a disc that tells no size, such as a blank one. */
uint64_t block_device_bytes(struct drive *drive);

#endif
