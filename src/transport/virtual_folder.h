/* Names, unique ids and definition files of virtual recorders.
 * Who uses it: virtual.c.
 * A recorder's name is that of its definition file; in the unique id it is lower case.
 * What it must not know: what a definition holds, drives. */
#ifndef OI_TRANSPORT_VIRTUAL_FOLDER_H
#define OI_TRANSPORT_VIRTUAL_FOLDER_H

#include "virtual.h"

/* The lower-case name in a unique id; false when the id is not one of a virtual recorder. */
bool virtual_name_of_id(const char *unique_id, char name[OI_RECORDER_NAME_MAX + 1]);

/* The path, malloc'ed, of the definition file of the recorder with this lower-case name.
 * OI_NOT_FOUND: there is none. */
enum oi_status virtual_path_of_name(const char *name, char **path);

#endif
