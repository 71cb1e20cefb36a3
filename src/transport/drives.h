/* The optical drives of the operating system: which there are, and a device on one.
 * Who uses it: recorders.c, and arrivals_win32.c for the letters. Who implements it:
 * drives_win32.c; drives_none.c where the system's own drives are out of our reach. What it must
 * not know: virtual recorders, what a command means. */
#ifndef OI_TRANSPORT_DRIVES_H
#define OI_TRANSPORT_DRIVES_H

#include "transport.h"

/* As oi_recorders_list and oi_recorder_open, of these drives alone. */
enum oi_status oi_drives_list(bool (*visit)(void *context, const char *unique_id), void *context);
bool oi_drives_is_id(const char *unique_id);
enum oi_status oi_drives_open(const char *unique_id, struct oi_device **device,
                              char problem[OI_DETAIL_MAX]);

/* On Windows: the drive letters that are optical drives, bit 0 for a:. Quick, and asks no drive. */
uint32_t oi_drives_letters(void);

#endif
