/* The emulator behind both devices, one for each process that uses it.
 * Who uses it: sg.c, cdrom.c, block.c to send commands; files.c when descriptors come and go.
 * It is opened when the first command is sent, and closed with the last descriptor of a device or
 * at the end of the process, so that another process can have the disc. A mutex makes it one
 * command at a time. A forked child begins without an emulator and opens its own.
 * OPENIMAPI2_PEER_RECORDER is the path of the recorder's definition.
 * What it must not know: descriptors, what a command means. */
#ifndef OI_SGIO_DRIVE_H
#define OI_SGIO_DRIVE_H

#include <stdbool.h>
#include "emulator.h"

/* 0, or ENXIO after telling on stderr why there is no such drive. */
int drive_run(const struct oi_emu_command *command, struct oi_emu_reply *reply);

/* The same for a command of our own: data comes in with drive_ask and goes out with drive_tell. A
 * unit attention is not for who did not ask for a command, so these are repeated after one. 0;
 * ENXIO; ENOMEDIUM; EIO for every other failure. */
int drive_ask(const uint8_t *cdb, uint8_t cdb_len, void *data, uint32_t data_len);
int drive_tell(const uint8_t *cdb, uint8_t cdb_len, const void *data, uint32_t data_len);

int drive_open(void); /* 0 or ENXIO */
void drive_close(void);
uint32_t drive_transfer_bytes(void); /* the most that one command moves; 0 without a drive */

/* Files that the emulator has open in this thread's name; files.c tells of them. */
bool drive_is_at_work(void);
void drive_opened_file(int fd);
void drive_closed_file(int fd);

#endif
