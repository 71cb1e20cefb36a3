/* The two ordinary files that stand for /dev/sr0 and /dev/sg0.
 * Who uses it: every function in front of the C library's.
 * A device is opened by opening its stand-in, so the system itself keeps account of descriptors,
 * their offsets, locks and what dup, fork and exec do to them; one of ours is known by the inode.
 * The folder with both is named by OPENIMAPI2_PEER_DEVICES; without it nothing here is a device.
 * What it must not know: drives, commands. */
#ifndef OI_SGIO_STANDINS_H
#define OI_SGIO_STANDINS_H

#include <stdbool.h>
#include <sys/types.h>

enum device { NO_DEVICE, DEVICE_SR, DEVICE_SG };

/* The stand-in's path for that of a device; any other path, and NULL, as it is. Static storage. */
const char *standin_path(const char *path);

enum device standin_of_inode(dev_t file_system, ino_t inode);
enum device standin_of_fd(int fd);
/* What is found at that path, by whatever way it leads there, such as /dev/fd/3. */
enum device standin_of_path(const char *path);
bool standin_is_open(void); /* in this process */

/* What stat says of a device. */
mode_t standin_mode(enum device device);
dev_t standin_number(enum device device);

#endif
