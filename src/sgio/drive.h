/* The emulators behind the devices of this process, one for each recorder.
 * Who uses it: sg.c, cdrom.c, block.c to send commands; files.c and wine.c when descriptors come
 * and go. One is opened when the first command is sent, and closed with the last descriptor of its
 * device or at the end of the process, so that another process can have the disc. A mutex for each
 * makes it one command at a time. What it must not know: descriptors, what a command means. */
#ifndef OI_SGIO_DRIVE_H
#define OI_SGIO_DRIVE_H

#include <stdbool.h>
#include "emulator.h"

struct drive;

/* The drive whose definition is the file that this environment variable names; the same one for the
 * same variable. It stays for as long as the process. NULL: more than DRIVES_MAX of them. */
enum { DRIVES_MAX = 26 };
struct drive *drive_named(const char *variable);

/* 0, or ENXIO after telling on stderr why there is no such drive. */
int drive_run(struct drive *drive, const struct oi_emu_command *command,
              struct oi_emu_reply *reply);

/* The same for a command of our own: data comes in with drive_ask and goes out with drive_tell. A
 * unit attention is not for who did not ask for a command, so these are repeated after one. 0;
 * ENXIO; ENOMEDIUM; EIO for every other failure. */
int drive_ask(struct drive *drive, const uint8_t *cdb, uint8_t cdb_len, void *data,
              uint32_t data_len);
int drive_tell(struct drive *drive, const uint8_t *cdb, uint8_t cdb_len, const void *data,
               uint32_t data_len);

int drive_open(struct drive *drive); /* 0 or ENXIO */
void drive_close(struct drive *drive);
/* All of them, at the end of the process. One that is at work by then stays as it is: its thread
 * may have been ended in the middle of a command. */
void drive_close_all(void);
/* The most that one command moves; 0 without a drive. */
uint32_t drive_transfer_bytes(struct drive *drive);

/* This thread is in an emulator: what it opens and closes are an emulator's files. */
bool drive_is_at_work(void);

/* For programs that fork and go on in the child, which then begins without an emulator and opens
 * its own. Who asks for this must tell of the files that are opened and closed at work. */
void drive_watch_forks(void);
void drive_opened_file(int fd);
void drive_closed_file(int fd);

#endif
