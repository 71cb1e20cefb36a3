/* The definition file of a virtual recorder: where it is and what its lines say.
 * Who uses it: the commands about virtual recorders.
 * A definition is small UTF-8 text, "key = value" a line, perhaps behind a byte order mark; '#' and
 * ';' begin comments. Keys are lower case. Changing a value keeps all other lines as they are.
 * What it must not know: COM, drives, which values are sensible. */
#ifndef OI_CLI_DEFINITION_H
#define OI_CLI_DEFINITION_H

#include <stdbool.h>
#include "errors.h"
#include "paths.h"

enum { OI_DEFINITION_BYTES = 65536, OI_VALUE_BYTES = 4096, OI_VIRTUAL_NAME_MAX = 32 };

struct oi_definition {
    size_t length;
    char text[OI_DEFINITION_BYTES]; /* ends in NUL */
};

/* The folder of the definitions: OPENIMAPI2_RECORDERS, else
 * %LOCALAPPDATA%\OpenIMAPI2\VirtualRecorders. False when neither is set. */
bool oi_definition_folder(wchar_t folder[OI_PATH_MAX]);
/* 1 to 32 of A-Z a-z 0-9 _ and -. */
bool oi_definition_is_name(const wchar_t *name);
/* NAME with that extension (".ini") in the folder; false when the path gets too long. */
bool oi_definition_path(const wchar_t *name, const wchar_t *extension, wchar_t path[OI_PATH_MAX]);
/* Makes the folder and its parents. */
DWORD oi_definition_make_folder(void);

/* Calls visit with the name of each recorder, for as long as it returns true. */
void oi_definition_each(bool (*visit)(void *context, const wchar_t *name), void *context);

/* Reads and writes return a Win32 error, ERROR_SUCCESS when all is well. A write leaves the old
 * file or the new one, never half of it. */
DWORD oi_definition_read(struct oi_definition *definition, const wchar_t *name);
DWORD oi_definition_write(const struct oi_definition *definition, const wchar_t *name);

/* False when the key is not there; then value is "". */
bool oi_definition_get(const struct oi_definition *definition, const char *key,
                       char value[OI_VALUE_BYTES]);
/* False when the text would get too long. */
bool oi_definition_set(struct oi_definition *definition, const char *key, const char *value);
void oi_definition_remove(struct oi_definition *definition, const char *key);

#endif
