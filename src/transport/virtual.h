/* Virtual recorders as devices: finds their definition files and opens them.
 * Who uses it: MsftDiscMaster2 (list) and MsftDiscRecorder2 (open).
 * What it must not know: COM, the engine. Commands are the emulator's business. */
#ifndef OI_TRANSPORT_VIRTUAL_H
#define OI_TRANSPORT_VIRTUAL_H

#include "transport.h"

enum { OI_RECORDER_NAME_MAX = 32, OI_UNIQUE_ID_MAX = 128 };

/* The folder of the definition files, malloc'ed: OPENIMAPI2_RECORDERS, else
 * <user data folder>/OpenIMAPI2/VirtualRecorders. NULL when neither is known. */
char *oi_virtual_folder(void);

/* Calls visit with the unique id of every virtual recorder (one per NAME.ini with a legal NAME, in
 * order of name) until it returns false. A folder that does not exist holds no recorders. */
enum oi_status oi_virtual_list(bool (*visit)(void *context, const char *unique_id), void *context);

/* True when the id has the form of a virtual recorder's (whether or not there is one). Ignores
 * case. */
bool oi_virtual_is_id(const char *unique_id);

/* Opens the recorder with this id. Two devices of one recorder in one process are two handles on
 * the same drive. OI_NOT_FOUND: no such definition. OI_BAD_FILE: the definition can't be read.
 * OI_FAILED: the emulator's code can't be loaded (Windows). `problem` then says in words which file
 * and line, why, and what to do. A disc that can't be read does not fail this: the drive then
 * answers as one with an unreadable disc, and detail() explains. */
enum oi_status oi_virtual_open(const char *unique_id, struct oi_device **device,
                               char problem[OI_DETAIL_MAX]);

#endif
