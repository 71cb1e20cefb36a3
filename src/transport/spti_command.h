/* One SCSI command by IOCTL_SCSI_PASS_THROUGH_DIRECT, and what became of it.
 * Who uses it: spti.c, spti_facts.c.
 * It is sent once; whether it may be sent again is not for a transport to know.
 * What it must not know: what the command means, who may send it. */
#ifndef OI_TRANSPORT_SPTI_COMMAND_H
#define OI_TRANSPORT_SPTI_COMMAND_H

#include "spti_system.h"

/* Blocks until the command is over; Windows runs those of one handle one after the other. detail:
 * what there is to say of a failure, or "". */
void spti_command(const struct spti_drive *drive, const struct oi_command *command,
                  struct oi_completion *completion, char detail[OI_DETAIL_MAX]);

#endif
