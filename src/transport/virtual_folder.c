/* Names differ in case only on some file systems; a unique id never does. Of two files whose names
 * differ only in case, the first in order of bytes is the recorder. */
#include "virtual_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "os.h"
#include "unique_id.h"

#define ID_PREFIX "\\\\?\\openimapi2#virtual#"
#define INI       ".ini"

static bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool take_name(const char *text, size_t length, char name[OI_RECORDER_NAME_MAX + 1])
{
    if (!length || length > OI_RECORDER_NAME_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        name[i] = oi_ascii_lower(text[i]);
        if (!is_name_character(name[i]))
            return false;
    }
    name[length] = '\0';
    return true;
}

bool virtual_name_of_id(const char *unique_id, char name[OI_RECORDER_NAME_MAX + 1])
{
    size_t prefix = sizeof(ID_PREFIX) - 1;
    size_t suffix = sizeof(OI_ID_SUFFIX) - 1;
    size_t length = strlen(unique_id);

    if (length <= prefix + suffix || length >= OI_UNIQUE_ID_MAX)
        return false;
    return oi_same_ignoring_case(unique_id, ID_PREFIX, prefix) &&
           oi_same_ignoring_case(unique_id + length - suffix, OI_ID_SUFFIX, suffix) &&
           take_name(unique_id + prefix, length - prefix - suffix, name);
}

bool oi_virtual_is_id(const char *unique_id)
{
    char name[OI_RECORDER_NAME_MAX + 1];

    return virtual_name_of_id(unique_id, name);
}

/* The name of the recorder that a file of this name defines. */
static bool name_of_file(const char *file, char name[OI_RECORDER_NAME_MAX + 1])
{
    size_t length = strlen(file);
    size_t suffix = sizeof(INI) - 1;

    return length > suffix && oi_same_ignoring_case(file + length - suffix, INI, suffix) &&
           take_name(file, length - suffix, name);
}

char *oi_virtual_folder(void)
{
    static const char below[] = "/OpenIMAPI2/VirtualRecorders";
    char *folder = oi_environment("OPENIMAPI2_RECORDERS");
    char *data, *path;

    if (folder && *folder)
        return folder;
    free(folder);
    data = oi_user_data_folder();
    if (!data)
        return NULL;
    path = malloc(strlen(data) + sizeof(below));
    if (path)
        sprintf(path, "%s%s", data, below);
    free(data);
    return path;
}

struct names {
    char (*list)[OI_RECORDER_NAME_MAX + 1];
    size_t count, room;
    bool out_of_memory;
};

static bool collect(void *context, const char *file)
{
    struct names *names = context;
    char name[OI_RECORDER_NAME_MAX + 1];

    if (!name_of_file(file, name))
        return true;
    if (names->count == names->room) {
        size_t room = names->room ? names->room * 2 : 16;
        void *list = realloc(names->list, room * sizeof(*names->list));

        if (!list) {
            names->out_of_memory = true;
            return false;
        }
        names->list = list;
        names->room = room;
    }
    memcpy(names->list[names->count++], name, sizeof(name));
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void visit_all(const struct names *names,
                      bool (*visit)(void *context, const char *unique_id), void *context)
{
    for (size_t i = 0; i < names->count; i++) {
        char id[OI_UNIQUE_ID_MAX];

        if (i && strcmp(names->list[i], names->list[i - 1]) == 0)
            continue;
        snprintf(id, sizeof(id), ID_PREFIX "%s" OI_ID_SUFFIX, names->list[i]);
        if (!visit(context, id))
            return;
    }
}

enum oi_status oi_virtual_list(bool (*visit)(void *context, const char *unique_id), void *context)
{
    struct names names = {0};
    char *folder = oi_virtual_folder();
    enum oi_status status;

    if (!folder)
        return OI_OK;
    status = oi_folder_list(folder, collect, &names);
    free(folder);
    if (status == OI_NOT_FOUND)
        status = OI_OK;
    if (names.out_of_memory)
        status = OI_OUT_OF_MEMORY;
    if (status == OI_OK && names.count) {
        qsort(names.list, names.count, sizeof(*names.list), compare);
        visit_all(&names, visit, context);
    }
    free(names.list);
    return status;
}

struct search {
    const char *name;
    char file[OI_RECORDER_NAME_MAX + sizeof(INI)]; /* "" until one is found */
};

static bool match(void *context, const char *file)
{
    struct search *search = context;
    char name[OI_RECORDER_NAME_MAX + 1];

    if (name_of_file(file, name) && strcmp(name, search->name) == 0 &&
        (!search->file[0] || strcmp(file, search->file) < 0))
        snprintf(search->file, sizeof(search->file), "%s", file);
    return true;
}

enum oi_status virtual_path_of_name(const char *name, char **path)
{
    struct search search = {.name = name};
    char *folder = oi_virtual_folder();
    enum oi_status status = OI_NOT_FOUND;
    size_t size;

    *path = NULL;
    if (folder)
        status = oi_folder_list(folder, match, &search);
    if (status == OI_OK && !search.file[0])
        status = OI_NOT_FOUND;
    if (status == OI_OK) {
        size = strlen(folder) + 1 + strlen(search.file) + 1;
        *path = malloc(size);
        if (*path)
            snprintf(*path, size, "%s/%s", folder, search.file);
        else
            status = OI_OUT_OF_MEMORY;
    }
    free(folder);
    return status;
}
