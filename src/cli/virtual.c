/* A definition is written first and then opened through COM like any recorder, so that a mistake
 * in it shows at once; a definition that does not work is taken back. */
#include "virtual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "definition.h"
#include "recorders.h"

static const wchar_t id_prefix[] = L"\\\\?\\openimapi2#virtual#";
static const wchar_t id_suffix[] = L"#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}";

enum { PREFIX_LENGTH = sizeof(id_prefix) / 2 - 1, SUFFIX_LENGTH = sizeof(id_suffix) / 2 - 1 };
enum { ID_MAX = PREFIX_LENGTH + OI_VIRTUAL_NAME_MAX + SUFFIX_LENGTH + 1 };

static const char *const media_names[] = {"dvd+r", "dvd+rw"};

static bool is_name(const wchar_t *name)
{
    size_t length = wcslen(name);

    return length >= 1 && length <= OI_VIRTUAL_NAME_MAX &&
           wcsspn(name, L"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
               length;
}

bool oi_virtual_name_from_id(const wchar_t *id, wchar_t name[OI_VIRTUAL_NAME_MAX + 1])
{
    size_t length = wcslen(id);
    size_t name_length;

    if (length <= PREFIX_LENGTH + SUFFIX_LENGTH || _wcsnicmp(id, id_prefix, PREFIX_LENGTH) ||
        _wcsicmp(id + length - SUFFIX_LENGTH, id_suffix))
        return false;
    name_length = length - PREFIX_LENGTH - SUFFIX_LENGTH;
    if (name_length > OI_VIRTUAL_NAME_MAX)
        return false;
    wcsncpy(name, id + PREFIX_LENGTH, name_length);
    name[name_length] = L'\0';
    return true;
}

static void format_id(const wchar_t *name, wchar_t id[ID_MAX])
{
    _snwprintf(id, ID_MAX, L"%ls%ls%ls", id_prefix, name, id_suffix);
    id[ID_MAX - 1] = L'\0';
    _wcslwr(id);
}

static enum oi_exit open_by_name(struct oi_drive *drive, const wchar_t *name)
{
    wchar_t id[ID_MAX];

    format_id(name, id);
    return oi_recorder_open_id(drive, id);
}

static bool exists(const wchar_t *name)
{
    wchar_t path[OI_PATH_MAX];

    return oi_definition_path(name, L".ini", path) &&
           GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

static enum oi_exit check_name(const wchar_t *name)
{
    if (is_name(name))
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_USAGE, NULL,
                   "A name is 1 to 32 of the letters A-Z and a-z, digits, '_' and '-'.",
                   "\"%s\" can't be the name of a virtual recorder", oi_utf8(name).text);
}

static enum oi_exit check_known(const wchar_t *name)
{
    enum oi_exit exit = check_name(name);

    if (exit || exists(name))
        return exit;
    return oi_fail(OI_EXIT_REFUSED, NULL, "\"openimapi2 virtual list\" shows those there are.",
                   "there is no virtual recorder \"%s\"", oi_utf8(name).text);
}

/* Puts what the options say into the definition. */
static enum oi_exit set_medium(struct oi_definition *definition, const wchar_t *media)
{
    for (size_t i = 0; i < sizeof(media_names) / sizeof(media_names[0]); i++) {
        if (!_stricmp(media_names[i], oi_utf8(media).text)) {
            oi_definition_set(definition, "medium", media_names[i]);
            return OI_EXIT_OK;
        }
    }
    return oi_fail(OI_EXIT_USAGE, NULL, "Known discs: dvd+r, dvd+rw.",
                   "\"%s\" is not a disc that --media knows", oi_utf8(media).text);
}

static enum oi_exit set_image(struct oi_definition *definition, const wchar_t *typed)
{
    wchar_t absolute[OI_PATH_MAX];
    wchar_t outside[OI_PATH_MAX];
    char value[OI_VALUE_BYTES];

    if (!oi_path_absolute(typed, absolute))
        return oi_fail(OI_EXIT_USAGE, NULL, NULL, "\"%s\" can't be the path of an image file",
                       oi_utf8(typed).text);
    oi_path_for_others(absolute, outside);
    if (!WideCharToMultiByte(CP_UTF8, 0, outside, -1, value, sizeof(value), NULL, NULL) ||
        strpbrk(value, "\r\n") || !oi_definition_set(definition, "image", value))
        return oi_fail(OI_EXIT_USAGE, NULL, NULL, "\"%s\" can't be the path of an image file",
                       oi_utf8(typed).text);
    return OI_EXIT_OK;
}

static enum oi_exit set_options(struct oi_definition *definition, const struct oi_args *args)
{
    enum oi_exit exit = OI_EXIT_OK;
    char number[16];

    if (args->media)
        exit = set_medium(definition, args->media);
    if (!exit && args->image)
        exit = set_image(definition, args->image);
    if (!exit && args->speed) {
        snprintf(number, sizeof(number), "%u", args->speed);
        oi_definition_set(definition, "speed", number);
    }
    return exit;
}

static enum oi_exit write_definition(const struct oi_definition *definition, const wchar_t *name)
{
    DWORD error = oi_definition_write(definition, name);
    struct oi_answer answer = oi_answer_from_win32(error);
    wchar_t folder[OI_PATH_MAX] = L"";

    if (!error)
        return OI_EXIT_OK;
    oi_definition_folder(folder);
    return oi_fail(OI_EXIT_FAILED, &answer, NULL, "the definition of \"%s\" can't be written to %s",
                   oi_utf8(name).text, oi_utf8(folder).text);
}

static void delete_definition(const wchar_t *name)
{
    wchar_t path[OI_PATH_MAX];

    if (oi_definition_path(name, L".ini", path))
        DeleteFileW(path);
}

/* Opens the recorder and tells about its disc. */
static enum oi_exit show(const wchar_t *name)
{
    enum { READY_MS = 20000 };
    struct oi_drive drive;
    struct oi_answer answer;
    enum oi_exit exit = open_by_name(&drive, name);

    if (exit)
        return exit;
    if (!oi_drive_settle(&drive, READY_MS, &answer))
        exit = oi_fail(oi_exit_for(&answer), &answer, NULL, "the disc in \"%s\" can't be used",
                       drive.name);
    else
        oi_say("%s: %s\n", drive.name, oi_recorder_disc_words(&drive).text);
    oi_drive_close(&drive);
    return exit;
}

static enum oi_exit add(struct oi_definition *definition, const struct oi_args *args)
{
    enum oi_exit exit = set_options(definition, args);
    struct oi_answer answer;

    if (exit)
        return exit;
    answer = oi_answer_from_win32(oi_definition_make_folder());
    if (FAILED(answer.hr))
        return oi_fail(OI_EXIT_FAILED, &answer, "OPENIMAPI2_RECORDERS may name another folder.",
                       "the folder of the virtual recorders can't be made");
    exit = write_definition(definition, args->operand);
    if (!exit) {
        exit = show(args->operand);
        if (exit)
            delete_definition(args->operand);
    }
    return exit;
}

enum oi_exit oi_virtual_add_command(const struct oi_args *args)
{
    struct oi_definition *definition;
    enum oi_exit exit = check_name(args->operand);

    if (exit)
        return exit;
    if (!args->media || !args->image)
        return oi_fail(OI_EXIT_USAGE, NULL, "Known discs: dvd+r, dvd+rw.",
                       "a new virtual recorder needs --media and --image");
    if (exists(args->operand))
        return oi_fail(OI_EXIT_REFUSED, NULL,
                       "Take another name, or remove it first: openimapi2 virtual remove NAME",
                       "there is a virtual recorder \"%s\" already", oi_utf8(args->operand).text);
    definition = calloc(1, sizeof(*definition));
    if (!definition)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
    exit = add(definition, args);
    free(definition);
    return exit;
}

static void list_one(struct oi_definition *definition, const wchar_t *name)
{
    char medium[OI_VALUE_BYTES];
    char image[OI_VALUE_BYTES];
    char speed[OI_VALUE_BYTES];
    DWORD error = oi_definition_read(definition, name);
    struct oi_answer answer = oi_answer_from_win32(error);

    if (error) {
        oi_warn(&answer, "the definition of \"%s\" can't be read", oi_utf8(name).text);
        return;
    }
    oi_definition_get(definition, "medium", medium);
    oi_definition_get(definition, "image", image);
    oi_definition_get(definition, "speed", speed);
    oi_say("%-16s %-8s %s%s%s\n", oi_utf8(name).text, medium, image, speed[0] ? "  speed " : "",
           speed);
}

enum oi_exit oi_virtual_list_command(const struct oi_args *args)
{
    struct oi_definition *definition = calloc(1, sizeof(*definition));
    wchar_t pattern[OI_PATH_MAX];
    WIN32_FIND_DATAW found;
    HANDLE search = INVALID_HANDLE_VALUE;
    int count = 0;

    (void)args;
    if (definition && oi_definition_path(L"*", L".ini", pattern))
        search = FindFirstFileW(pattern, &found);
    if (search != INVALID_HANDLE_VALUE) {
        do {
            wchar_t *dot = wcsrchr(found.cFileName, L'.');

            if (!dot || _wcsicmp(dot, L".ini"))
                continue;
            *dot = L'\0';
            if (!is_name(found.cFileName))
                continue;
            list_one(definition, found.cFileName);
            count++;
        } while (FindNextFileW(search, &found));
        FindClose(search);
    }
    free(definition);
    if (!count)
        oi_say("No virtual recorder. Make one: openimapi2 virtual add NAME --media dvd+r --image "
               "FILE\n");
    return OI_EXIT_OK;
}

/* Asks the recorder who holds it; without a registered server nobody can. */
static enum oi_exit check_unused(const wchar_t *name)
{
    wchar_t id[ID_MAX];
    struct oi_drive drive;
    struct oi_answer answer;
    struct oi_utf8 owner;

    format_id(name, id);
    if (!oi_drive_open(&drive, id, &answer))
        return OI_EXIT_OK;
    owner = oi_drive_owner(&drive);
    oi_drive_close(&drive);
    if (!owner.text[0])
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_REFUSED, NULL, "Wait until that program has ended.",
                   "virtual recorder \"%s\" is in use by \"%s\"", oi_utf8(name).text, owner.text);
}

/* The definition goes last: as long as something could not be deleted, the recorder is there and
 * can be removed again. The image is never deleted. */
enum oi_exit oi_virtual_remove_command(const struct oi_args *args)
{
    static const wchar_t *const extensions[] = {L".lock", L".state", L".ini"};
    enum oi_exit exit = check_known(args->operand);
    wchar_t path[OI_PATH_MAX];

    if (!exit)
        exit = check_unused(args->operand);
    if (exit)
        return exit;
    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        DWORD error = ERROR_SUCCESS;
        struct oi_answer answer;

        if (oi_definition_path(args->operand, extensions[i], path) && !DeleteFileW(path))
            error = GetLastError();
        if (!error || error == ERROR_FILE_NOT_FOUND)
            continue;
        answer = oi_answer_from_win32(error);
        return oi_fail(OI_EXIT_FAILED, &answer, "Perhaps another program is using the recorder.",
                       "%s can't be deleted", oi_utf8(path).text);
    }
    oi_say("Removed \"%s\"; its image file was left alone.\n", oi_utf8(args->operand).text);
    return OI_EXIT_OK;
}

static enum oi_exit change_definition(const struct oi_args *args)
{
    struct oi_definition *definition = calloc(1, sizeof(*definition));
    struct oi_answer answer;
    enum oi_exit exit;

    if (!definition)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
    answer = oi_answer_from_win32(oi_definition_read(definition, args->operand));
    if (FAILED(answer.hr))
        exit = oi_fail(OI_EXIT_FAILED, &answer, NULL, "the definition of \"%s\" can't be read",
                       oi_utf8(args->operand).text);
    else
        exit = set_options(definition, args);
    if (!exit)
        exit = write_definition(definition, args->operand);
    free(definition);
    return exit;
}

/* Opens the tray when a disc that can't be used is in it; a usable one is the user's business. */
static enum oi_exit make_room(const wchar_t *name)
{
    enum { READY_MS = 5000 };
    struct oi_drive drive;
    struct oi_answer answer;
    enum oi_exit exit = open_by_name(&drive, name);

    if (exit)
        return exit;
    if (oi_drive_settle(&drive, READY_MS, &answer))
        exit = oi_fail(OI_EXIT_REFUSED, NULL, "Take it out first: openimapi2 virtual eject NAME",
                       "there is a disc in \"%s\"", drive.name);
    else if (!oi_is_no_disc(&answer))
        IDiscRecorder2_EjectMedia(drive.recorder);
    oi_drive_close(&drive);
    return exit;
}

enum oi_exit oi_virtual_insert_command(const struct oi_args *args)
{
    enum oi_exit exit = check_known(args->operand);
    struct oi_drive drive;
    struct oi_answer answer;

    if (!exit && (args->image || args->media)) {
        exit = make_room(args->operand);
        if (!exit)
            exit = change_definition(args);
    }
    if (!exit)
        exit = open_by_name(&drive, args->operand);
    if (exit)
        return exit;
    answer = oi_answer_from_call(IDiscRecorder2_CloseTray(drive.recorder));
    oi_drive_close(&drive);
    if (FAILED(answer.hr))
        return oi_fail(oi_exit_for(&answer), &answer, NULL, "the tray of \"%s\" can't be closed",
                       oi_utf8(args->operand).text);
    return show(args->operand);
}

enum oi_exit oi_virtual_eject_command(const struct oi_args *args)
{
    enum oi_exit exit = check_known(args->operand);
    struct oi_drive drive;
    struct oi_answer answer;

    if (!exit)
        exit = open_by_name(&drive, args->operand);
    if (exit)
        return exit;
    answer = oi_answer_from_call(IDiscRecorder2_EjectMedia(drive.recorder));
    if (FAILED(answer.hr))
        exit = oi_fail(oi_exit_for(&answer), &answer,
                       "Perhaps a program is writing to the disc; wait for it to end.",
                       "the disc in \"%s\" can't be ejected", drive.name);
    else
        oi_say("%s: tray open\n", drive.name);
    oi_drive_close(&drive);
    return exit;
}
