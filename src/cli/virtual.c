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

/* Names that Windows takes for devices whatever the folder and the extension are. */
static bool is_device_name(const wchar_t *name)
{
    static const wchar_t *const devices[] = {L"con", L"prn", L"aux", L"nul"};

    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        if (!_wcsicmp(name, devices[i]))
            return true;
    }
    return wcslen(name) == 4 && (!_wcsnicmp(name, L"com", 3) || !_wcsnicmp(name, L"lpt", 3)) &&
           name[3] >= L'1' && name[3] <= L'9';
}

static enum oi_exit check_name(const wchar_t *name)
{
    if (is_device_name(name))
        return oi_fail(OI_EXIT_USAGE, NULL, "Take another name.",
                       "\"%s\" is the name of a device in Windows, so no file can be called that",
                       oi_utf8(name).text);
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
    wchar_t forbidden;

    if (!oi_path_absolute(typed, absolute))
        return oi_fail(OI_EXIT_USAGE, NULL, NULL, "\"%s\" can't be the path of an image file",
                       oi_utf8(typed).text);
    forbidden = oi_path_forbidden(absolute);
    if (forbidden)
        return oi_fail(OI_EXIT_USAGE, NULL, "Take another name for the file or its folder.",
                       "\"%s\" can't be the path of an image file: Windows allows no %c in it",
                       oi_utf8(absolute).text, (char)forbidden);
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

/* What a virtual recorder consists of, without its disc. The definition goes last: as long as
 * something could not be deleted, the recorder is there and can be removed again. */
static const wchar_t *const extensions[] = {L".lock", L".state", L".ini"};

static enum oi_exit delete_files(const wchar_t *name)
{
    wchar_t path[OI_PATH_MAX];

    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        DWORD error = ERROR_SUCCESS;
        struct oi_answer answer;

        if (oi_definition_path(name, extensions[i], path) && !DeleteFileW(path))
            error = GetLastError();
        if (!error || error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND)
            continue;
        answer = oi_answer_from_win32(error);
        return oi_fail(OI_EXIT_FAILED, &answer, "Perhaps another program is using the recorder.",
                       "%s can't be deleted", oi_utf8(path).text);
    }
    return OI_EXIT_OK;
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
    /* A recorder of this name may have left an open tray behind. */
    exit = delete_files(args->operand);
    if (!exit)
        exit = write_definition(definition, args->operand);
    if (!exit) {
        exit = show(args->operand);
        if (exit)
            delete_files(args->operand);
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

/* The image file that a definition names; a relative path begins at the definition's folder. */
static bool image_path(const struct oi_definition *definition, wchar_t path[OI_PATH_MAX])
{
    char value[OI_VALUE_BYTES];
    wchar_t named[OI_PATH_MAX];
    wchar_t folder[OI_PATH_MAX];
    wchar_t joined[OI_PATH_MAX];
    int length;

    if (!oi_definition_get(definition, "image", value) || !oi_definition_folder(folder) ||
        !MultiByteToWideChar(CP_UTF8, 0, value, -1, named, OI_PATH_MAX))
        return false;
    if (named[0] == L'/' || named[0] == L'\\' || (named[0] && named[1] == L':'))
        return oi_path_absolute(named, path);
    length = _snwprintf(joined, OI_PATH_MAX, L"%ls\\%ls", folder, named);
    return length > 0 && length < OI_PATH_MAX && oi_path_absolute(joined, path);
}

static bool same_file(HANDLE one, HANDLE other)
{
    BY_HANDLE_FILE_INFORMATION a, b;

    return GetFileInformationByHandle(one, &a) && GetFileInformationByHandle(other, &b) &&
           a.dwVolumeSerialNumber == b.dwVolumeSerialNumber &&
           a.nFileIndexHigh == b.nFileIndexHigh && a.nFileIndexLow == b.nFileIndexLow;
}

bool oi_virtual_disc_is(const char *name, HANDLE file)
{
    struct oi_definition *definition = calloc(1, sizeof(*definition));
    wchar_t wide[OI_VIRTUAL_NAME_MAX + 1];
    wchar_t path[OI_PATH_MAX];
    HANDLE disc;
    bool same = false;

    if (definition && MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, OI_VIRTUAL_NAME_MAX + 1) &&
        !oi_definition_read(definition, wide) && image_path(definition, path)) {
        disc = CreateFileW(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                           OPEN_EXISTING, 0, NULL);
        same = disc != INVALID_HANDLE_VALUE && same_file(disc, file);
        if (disc != INVALID_HANDLE_VALUE)
            CloseHandle(disc);
    }
    free(definition);
    return same;
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

enum oi_exit oi_virtual_remove_command(const struct oi_args *args)
{
    enum oi_exit exit = check_known(args->operand);

    if (!exit)
        exit = check_unused(args->operand);
    if (!exit)
        exit = delete_files(args->operand);
    if (exit)
        return exit;
    oi_say("Removed \"%s\"; its image file was left alone.\n", oi_utf8(args->operand).text);
    return OI_EXIT_OK;
}

static enum oi_exit read_definition(struct oi_definition *definition, const wchar_t *name)
{
    struct oi_answer answer = oi_answer_from_win32(oi_definition_read(definition, name));

    if (SUCCEEDED(answer.hr))
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_FAILED, &answer, NULL, "the definition of \"%s\" can't be read",
                   oi_utf8(name).text);
}

/* Opens the tray when a disc that can't be used is in it; a usable one is the user's business, and
 * a drive that somebody else holds is theirs. */
static enum oi_exit make_room(const wchar_t *name)
{
    enum { READY_MS = 5000 };
    struct oi_drive drive;
    struct oi_answer answer;
    enum oi_exit exit = open_by_name(&drive, name);

    if (exit)
        return exit;
    if (oi_drive_settle(&drive, READY_MS, &answer)) {
        oi_drive_close(&drive);
        return oi_fail(OI_EXIT_REFUSED, NULL, "Take it out first: openimapi2 virtual eject NAME",
                       "there is a disc in \"%s\"", oi_utf8(name).text);
    }
    if (SUCCEEDED(answer.hr) && !oi_is_no_disc(&answer))
        answer = oi_answer_from_call(IDiscRecorder2_EjectMedia(drive.recorder));
    oi_drive_close(&drive);
    if (SUCCEEDED(answer.hr))
        return OI_EXIT_OK;
    return oi_fail(oi_exit_for(&answer), &answer, NULL, "no other disc can be put into \"%s\" now",
                   oi_utf8(name).text);
}

static enum oi_exit close_tray(const wchar_t *name)
{
    struct oi_drive drive;
    struct oi_answer answer;
    enum oi_exit exit = open_by_name(&drive, name);

    if (exit)
        return exit;
    answer = oi_answer_from_call(IDiscRecorder2_CloseTray(drive.recorder));
    oi_drive_close(&drive);
    if (SUCCEEDED(answer.hr))
        return OI_EXIT_OK;
    return oi_fail(oi_exit_for(&answer), &answer, NULL, "the tray of \"%s\" can't be closed",
                   oi_utf8(name).text);
}

/* Another disc is another definition. The old one comes back when the tray does not close on it. */
static enum oi_exit insert_other(struct oi_definition *before, struct oi_definition *after,
                                 const struct oi_args *args)
{
    enum oi_exit exit = make_room(args->operand);

    if (!exit)
        exit = read_definition(before, args->operand);
    if (exit)
        return exit;
    *after = *before;
    exit = set_options(after, args);
    if (!exit)
        exit = write_definition(after, args->operand);
    if (exit)
        return exit;
    exit = close_tray(args->operand);
    if (exit)
        write_definition(before, args->operand);
    return exit;
}

enum oi_exit oi_virtual_insert_command(const struct oi_args *args)
{
    enum oi_exit exit = check_known(args->operand);
    struct oi_definition *definitions;

    if (exit)
        return exit;
    if (args->image || args->media) {
        definitions = calloc(2, sizeof(*definitions));
        if (!definitions)
            return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
        exit = insert_other(&definitions[0], &definitions[1], args);
        free(definitions);
    } else {
        exit = close_tray(args->operand);
    }
    return exit ? exit : show(args->operand);
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
