/* Code in a file of its own: a DLL that is loaded while it is needed.
 * Who uses it: the transport room on Windows. Natively everything is linked, so there is no other
 *   implementation than os_win32_module.c.
 * Loads from a full path alone, never by the system's search path. Any thread.
 * What it must not know: what is in the modules. */
#ifndef OI_OS_MODULE_H
#define OI_OS_MODULE_H

#include "status.h"

struct oi_module;
typedef void (*oi_module_function)(void);

/* The path, malloc'ed, of a file in the folder of the DLL or program that holds this code. NULL
 * without memory, or when the path has no UTF-8 form. */
char *oi_module_beside(const char *file_name);

/* Each load must be followed by one unload; the code stays as long as anybody has it loaded.
 * OI_NOT_FOUND: the file, or a DLL that it needs, is missing. OI_BAD_FILE: it is no DLL, or one for
 * other programs (64 or 32 bit). Else as oi_file_open. *module is NULL then. */
enum oi_status oi_module_load(struct oi_module **module, const char *path);
void oi_module_unload(struct oi_module *module); /* NULL is allowed */

/* An exported function, to be cast to its true type; NULL when there is none. Not to be called
 * after the unload. */
oi_module_function oi_module_find(struct oi_module *module, const char *name);

#endif
