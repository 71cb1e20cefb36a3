/* Virtual recorders: their definition files and the commands that make, change and remove them.
 * Who uses it: main.c runs the commands; recorders.c asks for names, write.c for a disc's image.
 * A definition is NAME.ini in the folder of definitions: UTF-8 lines "key = value". Lines that no
 * option speaks of are kept. What it must not know: how a virtual disc is stored. */
#ifndef OI_CLI_VIRTUAL_H
#define OI_CLI_VIRTUAL_H

#include <stdbool.h>
#include <windows.h>
#include "args.h"
#include "definition.h"

/* The NAME in the unique id of a virtual recorder; false for any other id. */
bool oi_virtual_name_from_id(const wchar_t *id, wchar_t name[OI_VIRTUAL_NAME_MAX + 1]);

/* True when the open file is the image of the disc in the virtual recorder of that name. */
bool oi_virtual_disc_is(const char *name, HANDLE file);

/* True when a file of the disc in the virtual recorder of that name may not be written; then its
 * path is in `file`. */
bool oi_virtual_disc_protected(const char *name, struct oi_utf8 *file);

/* What the definition of the virtual recorder of that name says; false, and "", when nothing. */
bool oi_virtual_setting(const char *name, const char *key, char value[OI_VALUE_BYTES]);
/* True when it has a fault script. */
bool oi_virtual_has_faults(const char *name);

/* Reports a name that no virtual recorder has. */
enum oi_exit oi_virtual_check_known(const wchar_t *name);

enum oi_exit oi_virtual_add_command(const struct oi_args *args);
enum oi_exit oi_virtual_blanks_command(const struct oi_args *args);
enum oi_exit oi_virtual_list_command(const struct oi_args *args);
enum oi_exit oi_virtual_remove_command(const struct oi_args *args);
enum oi_exit oi_virtual_insert_command(const struct oi_args *args);
enum oi_exit oi_virtual_set_command(const struct oi_args *args);
enum oi_exit oi_virtual_eject_command(const struct oi_args *args);

#endif
