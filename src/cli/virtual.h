/* Virtual recorders: their definition files and the commands "virtual add", "list", "remove",
 * "insert" and "eject".
 * Who uses it: main.c runs the commands; recorders.c asks for names, write.c for a disc's image.
 * A definition is NAME.ini in the folder of definitions: UTF-8 lines "key = value" with the keys
 * medium, image and speed. Lines this program does not know are kept.
 * What it must not know: how a virtual disc is stored. */
#ifndef OI_CLI_VIRTUAL_H
#define OI_CLI_VIRTUAL_H

#include <stdbool.h>
#include <windows.h>
#include "args.h"

enum { OI_VIRTUAL_NAME_MAX = 32 };

/* The NAME in the unique id of a virtual recorder; false for any other id. */
bool oi_virtual_name_from_id(const wchar_t *id, wchar_t name[OI_VIRTUAL_NAME_MAX + 1]);

/* True when the open file is the image of the disc in the virtual recorder of that name. */
bool oi_virtual_disc_is(const char *name, HANDLE file);

enum oi_exit oi_virtual_add_command(const struct oi_args *args);
enum oi_exit oi_virtual_list_command(const struct oi_args *args);
enum oi_exit oi_virtual_remove_command(const struct oi_args *args);
enum oi_exit oi_virtual_insert_command(const struct oi_args *args);
enum oi_exit oi_virtual_eject_command(const struct oi_args *args);

#endif
