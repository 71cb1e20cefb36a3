/* All recorders there are, drives of the system and virtual ones, in one list.
 * Who uses it: MsftDiscMaster2 (list) and MsftDiscRecorder2 (open).
 * What it must not know: COM, the engine, what a command means. */
#ifndef OI_TRANSPORT_RECORDERS_H
#define OI_TRANSPORT_RECORDERS_H

#include "transport.h"

/* Calls visit with the unique id of every recorder, drives of the system first, until it returns
 * false. None is no error. Ids are UTF-8 and lower case. A folder of virtual recorders that can't
 * be read is an error only when nothing else was visited. */
enum oi_status oi_recorders_list(bool (*visit)(void *context, const char *unique_id),
                                 void *context);

/* Opens the recorder with this id, in whatever case. OI_INVALID_ARGUMENT: no recorder can have such
 * an id. OI_NOT_FOUND: it has the form of one, but there is no such recorder (any more). Whatever
 * the failure, `problem` says in words what, why, and what to do, or "". */
enum oi_status oi_recorder_open(const char *unique_id, struct oi_device **device,
                                char problem[OI_DETAIL_MAX]);

#endif
