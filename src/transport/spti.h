/* An optical drive of Windows as a device: commands by IOCTL_SCSI_PASS_THROUGH_DIRECT.
 * Who uses it: drives_win32.c, which knows how drives are found and named.
 * What it must not know: COM, the engine, what a command means (but PREVENT ALLOW MEDIUM REMOVAL,
 *   which Windows wants to be asked for otherwise). */
#ifndef OI_TRANSPORT_SPTI_H
#define OI_TRANSPORT_SPTI_H

#include "transport.h"

/* path: what CreateFile takes, UTF-8: `\\.\d:` or a device interface path. Any thread; blocks for
 * as long as Windows takes to open the drive. Succeeds while another program has exclusive access.
 * OI_NOT_FOUND: no such drive (any more), or it is no optical one. OI_ACCESS_DENIED: this user may
 * not. OI_LOCKED: somebody has it open and shares it with nobody. OI_DEVICE_GONE, OI_OUT_OF_MEMORY,
 * OI_FAILED. `problem` then says which path, why, and what to do. */
enum oi_status oi_spti_open(const char *path, struct oi_device **device,
                            char problem[OI_DETAIL_MAX]);

#endif
