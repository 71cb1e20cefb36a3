/* Which recorder the user means, and the commands "list" and "info".
 * Who uses it: every command that talks to a drive. Main thread only.
 * What it must not know: images, writing. */
#ifndef OI_CLI_RECORDERS_H
#define OI_CLI_RECORDERS_H

#include <stdbool.h>
#include "args.h"
#include "drive.h"

/* The name people use for a recorder: that of a virtual recorder, else its drive letter ("D:"),
 * else the unique id. True when it is a virtual one. */
bool oi_recorder_label(IDiscRecorder2 *recorder, const wchar_t *id, char *label, size_t size);

/* Opens the recorder that `wanted` names: a unique id, a drive letter, the name of a virtual
 * recorder or an index of "list"; NULL means the only one there is. Reports what is wrong. */
enum oi_exit oi_recorder_open(struct oi_drive *drive, const wchar_t *wanted);

/* The id of that recorder, which need not be one that can be opened; the caller frees it with
 * SysFreeString. Reports what is wrong. */
enum oi_exit oi_recorder_id(BSTR *id, const wchar_t *wanted);

/* Calls visit with index and id of each recorder. Reports why they can't be listed. */
enum oi_exit oi_recorder_each(void (*visit)(void *context, LONG index, const wchar_t *id),
                              void *context);

/* What a recorder that can't be opened is called: its name if it is a virtual one, else its id. */
struct oi_utf8 oi_recorder_name_from_id(const wchar_t *id);
/* Vendor, product and revision. */
struct oi_utf8 oi_recorder_model(struct oi_drive *drive);

/* Opens the recorder with that unique id. Reports what is wrong. */
enum oi_exit oi_recorder_open_id(struct oi_drive *drive, const wchar_t *id);

/* "DVD+R, blank" for the disc in the drive, as it is in this moment; a problem with it in words. */
struct oi_utf8 oi_recorder_disc_words(struct oi_drive *drive);

enum oi_exit oi_list_command(const struct oi_args *args);
enum oi_exit oi_info_command(const struct oi_args *args);

#endif
