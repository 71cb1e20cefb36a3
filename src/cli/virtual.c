/* A definition is written first and then opened through COM like any recorder, so that a mistake
 * in it shows at once; a definition that does not work is taken back. */
#include "virtual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "definition.h"
#include "recorders.h"
#include "settings.h"

static const wchar_t id_prefix[] = L"\\\\?\\openimapi2#virtual#";
static const wchar_t id_suffix[] = L"#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}";

enum { PREFIX_LENGTH = sizeof(id_prefix) / 2 - 1, SUFFIX_LENGTH = sizeof(id_suffix) / 2 - 1 };
enum { ID_MAX = PREFIX_LENGTH + OI_VIRTUAL_NAME_MAX + SUFFIX_LENGTH + 1 };

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
    if (oi_definition_is_name(name))
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_USAGE, NULL,
                   "A name is 1 to 32 of the letters A-Z and a-z, digits, '_' and '-'.",
                   "\"%s\" can't be the name of a virtual recorder", oi_utf8(name).text);
}

enum oi_exit oi_virtual_check_known(const wchar_t *name)
{
    enum oi_exit exit = check_name(name);

    if (exit || exists(name))
        return exit;
    return oi_fail(OI_EXIT_REFUSED, NULL, "\"openimapi2 virtual list\" shows those there are.",
                   "there is no virtual recorder \"%s\"", oi_utf8(name).text);
}

static enum oi_exit write_definition(const struct oi_definition *definition, const wchar_t *name)
{
    DWORD error = oi_definition_write(definition, name);
    struct oi_answer answer = oi_answer_from_win32(error);
    wchar_t folder[OI_PATH_MAX];
    wchar_t outside[OI_PATH_MAX] = L"";

    if (!error)
        return OI_EXIT_OK;
    if (oi_definition_folder(folder))
        oi_path_for_others(folder, outside);
    return oi_fail(OI_EXIT_FAILED, &answer, NULL, "the definition of \"%s\" can't be written to %s",
                   oi_utf8(name).text, oi_utf8(outside).text);
}

/* What a virtual recorder consists of, without its disc. The definition goes last: as long as
 * something could not be deleted, the recorder is there and can be removed again. */
static const wchar_t *const extensions[] = {L".lock", L".state", L".trace", L".ini"};

static enum oi_exit delete_files(const wchar_t *name)
{
    wchar_t path[OI_PATH_MAX], outside[OI_PATH_MAX];

    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        DWORD error = ERROR_SUCCESS;
        struct oi_answer answer;

        if (oi_definition_path(name, extensions[i], path) && !DeleteFileW(path))
            error = GetLastError();
        if (!error || error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND)
            continue;
        answer = oi_answer_from_win32(error);
        oi_path_for_others(path, outside);
        return oi_fail(OI_EXIT_FAILED, &answer, "Perhaps another program is using the recorder.",
                       "%s can't be deleted", oi_utf8(outside).text);
    }
    return OI_EXIT_OK;
}

/* Opens the recorder, which tells a mistake in its definition, and tells about its disc. A disc
 * that can't be used is a failure, unless the recorder was told to have faults. */
static enum oi_exit show(const struct oi_definition *definition, const wchar_t *name)
{
    enum { READY_MS = 20000 };
    char faults[OI_VALUE_BYTES];
    char medium[OI_VALUE_BYTES];
    struct oi_drive drive;
    struct oi_answer answer;
    enum oi_exit exit = open_by_name(&drive, name);
    bool faulty = oi_definition_get(definition, "faults", faults);
    bool empty = !oi_definition_get(definition, "medium", medium) || !strcmp(medium, "none");

    if (exit)
        return exit;
    if (oi_drive_settle(&drive, READY_MS, "becoming ready", &answer))
        oi_say("%s: %s\n", drive.name, oi_recorder_disc_words(&drive).text);
    else if (faulty || (empty && oi_is_no_disc(&answer)))
        oi_say("%s: %s\n", drive.name, oi_reason(&answer).text);
    else
        exit = oi_fail(oi_exit_for(&answer), &answer, NULL, "the disc in \"%s\" can't be used",
                       drive.name);
    oi_drive_close(&drive);
    return exit;
}

/* The same when it does not matter what is in the drive. */
static enum oi_exit show_drive(const wchar_t *name)
{
    struct oi_drive drive;
    enum oi_exit exit = open_by_name(&drive, name);

    if (exit)
        return exit;
    oi_say("%s: %s\n", drive.name, oi_recorder_disc_words(&drive).text);
    oi_drive_close(&drive);
    return OI_EXIT_OK;
}

static enum oi_exit make_folder(void)
{
    struct oi_answer answer = oi_answer_from_win32(oi_definition_make_folder());
    wchar_t folder[OI_PATH_MAX];
    wchar_t outside[OI_PATH_MAX] = L"";

    if (SUCCEEDED(answer.hr))
        return OI_EXIT_OK;
    if (oi_definition_folder(folder))
        oi_path_for_others(folder, outside);
    return oi_fail(OI_EXIT_FAILED, &answer, "OPENIMAPI2_RECORDERS may name another folder.",
                   "the folder %s%s%sof the virtual recorders can't be made",
                   outside[0] ? "\"" : "", oi_utf8(outside).text, outside[0] ? "\" " : "");
}

static enum oi_exit add(struct oi_definition *definition, const struct oi_args *args)
{
    enum oi_exit exit = oi_settings_apply(definition, args);

    if (!exit)
        exit = make_folder();
    if (exit)
        return exit;
    /* A recorder of this name may have left an open tray behind. */
    exit = delete_files(args->operand);
    if (!exit)
        exit = write_definition(definition, args->operand);
    if (!exit) {
        exit = show(definition, args->operand);
        if (exit)
            delete_files(args->operand);
        else
            oi_settings_warn_shared(definition, args->operand);
    }
    return exit;
}

enum oi_exit oi_virtual_add_command(const struct oi_args *args)
{
    struct oi_definition *definition;
    enum oi_exit exit = check_name(args->operand);

    if (exit)
        return exit;
    if (!args->media)
        return oi_settings_unknown_medium("a new virtual recorder needs --media");
    if (!args->image && _wcsicmp(args->media, L"none"))
        return oi_fail(OI_EXIT_USAGE, NULL,
                       "It names the file that holds the disc; a new one is a blank disc.",
                       "a new virtual recorder needs --image");
    if (exists(args->operand))
        return oi_fail(
            OI_EXIT_REFUSED, NULL,
            oi_words("Take another name, or remove it first: openimapi2 virtual remove %s",
                     oi_utf8(args->operand).text)
                .text,
            "there is a virtual recorder \"%s\" already", oi_utf8(args->operand).text);
    definition = calloc(1, sizeof(*definition));
    if (!definition)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
    exit = add(definition, args);
    free(definition);
    return exit;
}

static bool same_file(HANDLE one, HANDLE other)
{
    BY_HANDLE_FILE_INFORMATION a, b;

    return GetFileInformationByHandle(one, &a) && GetFileInformationByHandle(other, &b) &&
           a.dwVolumeSerialNumber == b.dwVolumeSerialNumber &&
           a.nFileIndexHigh == b.nFileIndexHigh && a.nFileIndexLow == b.nFileIndexLow;
}

/* The definition of the recorder of that name, to be freed; NULL when it can't be read. */
static struct oi_definition *definition_of(const char *name)
{
    struct oi_definition *definition = calloc(1, sizeof(*definition));
    wchar_t wide[OI_VIRTUAL_NAME_MAX + 1];

    if (definition && MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, OI_VIRTUAL_NAME_MAX + 1) &&
        !oi_definition_read(definition, wide))
        return definition;
    free(definition);
    return NULL;
}

bool oi_virtual_setting(const char *name, const char *key, char value[OI_VALUE_BYTES])
{
    struct oi_definition *definition = definition_of(name);
    bool has = definition && oi_definition_get(definition, key, value);

    if (!has)
        value[0] = '\0';
    free(definition);
    return has;
}

bool oi_virtual_has_faults(const char *name)
{
    char faults[OI_VALUE_BYTES];

    return oi_virtual_setting(name, "faults", faults);
}

bool oi_virtual_disc_is(const char *name, HANDLE file)
{
    struct oi_definition *definition = definition_of(name);
    wchar_t path[OI_PATH_MAX];
    HANDLE disc;
    bool same = false;

    if (definition && oi_settings_image(definition, path)) {
        disc = CreateFileW(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                           OPEN_EXISTING, 0, NULL);
        same = disc != INVALID_HANDLE_VALUE && same_file(disc, file);
        if (disc != INVALID_HANDLE_VALUE)
            CloseHandle(disc);
    }
    free(definition);
    return same;
}

/* Whether the file exists and may not be written. Nothing is changed by asking. */
static bool is_protected(const wchar_t *path)
{
    HANDLE file =
        CreateFileW(path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL, OPEN_EXISTING, 0, NULL);
    DWORD error = GetLastError();

    if (file == INVALID_HANDLE_VALUE)
        return error == ERROR_ACCESS_DENIED || error == ERROR_WRITE_PROTECT;
    CloseHandle(file);
    return false;
}

bool oi_virtual_disc_protected(const char *name, struct oi_utf8 *file)
{
    static const wchar_t *const endings[] = {L"", L".disc"};
    struct oi_definition *definition = definition_of(name);
    wchar_t image[OI_PATH_MAX], path[OI_PATH_MAX + 8], outside[OI_PATH_MAX];
    bool found = false;

    if (definition && oi_settings_image(definition, image)) {
        for (size_t i = 0; i < 2 && !found; i++) {
            swprintf(path, sizeof(path) / sizeof(path[0]), L"%ls%ls", image, endings[i]);
            found = is_protected(path);
        }
    }
    free(definition);
    if (found) {
        oi_path_for_others(path, outside);
        *file = oi_utf8(outside);
    }
    return found;
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
    enum oi_exit exit = oi_virtual_check_known(args->operand);

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
    if (oi_drive_settle(&drive, READY_MS, "becoming ready", &answer)) {
        oi_drive_close(&drive);
        return oi_fail(
            OI_EXIT_REFUSED, NULL,
            oi_words("Take it out first: openimapi2 virtual eject %s", oi_utf8(name).text).text,
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

/* Tells where the new disc is, in words that other programs understand. */
static void say_new_disc(const wchar_t path[OI_PATH_MAX])
{
    wchar_t outside[OI_PATH_MAX];

    oi_path_for_others(path, outside);
    oi_say("The new disc is the file %s\n", oi_utf8(outside).text);
}

/* Another disc is another definition. The old one comes back when the tray does not close on it. */
static enum oi_exit insert_other(struct oi_definition *before, struct oi_definition *after,
                                 const struct oi_args *args)
{
    enum oi_exit exit = make_room(args->operand);
    wchar_t path[OI_PATH_MAX];

    if (!exit)
        exit = read_definition(before, args->operand);
    if (exit)
        return exit;
    *after = *before;
    exit = oi_settings_apply(after, args);
    if (!exit && args->blank)
        exit = oi_settings_blank(after, args->blank, args->image, path);
    if (!exit)
        exit = write_definition(after, args->operand);
    if (exit)
        return exit;
    exit = close_tray(args->operand);
    if (exit) {
        write_definition(before, args->operand);
        return exit;
    }
    exit = show(after, args->operand);
    if (exit)
        return exit;
    if (args->blank)
        say_new_disc(path);
    oi_settings_warn_shared(after, args->operand);
    return OI_EXIT_OK;
}

/* The disc that is named in the definition. */
static enum oi_exit insert_same(struct oi_definition *definition, const struct oi_args *args)
{
    enum oi_exit exit = close_tray(args->operand);

    if (!exit)
        exit = read_definition(definition, args->operand);
    return exit ? exit : show(definition, args->operand);
}

enum oi_exit oi_virtual_insert_command(const struct oi_args *args)
{
    enum oi_exit exit = oi_virtual_check_known(args->operand);
    struct oi_definition *definitions;

    if (exit)
        return exit;
    if (args->blank && args->media)
        return oi_fail(OI_EXIT_USAGE, NULL,
                       "--blank DISC is a new disc, --media DISC one that may exist already.",
                       "--blank and --media don't go together");
    definitions = calloc(2, sizeof(*definitions));
    if (!definitions)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
    exit = args->given ? insert_other(&definitions[0], &definitions[1], args)
                       : insert_same(&definitions[0], args);
    free(definitions);
    return exit;
}

/* Changes the definition; it counts for who opens the recorder from now on. */
static enum oi_exit change(struct oi_definition *before, struct oi_definition *after,
                           const struct oi_args *args)
{
    enum oi_exit exit = read_definition(before, args->operand);

    if (exit)
        return exit;
    *after = *before;
    exit = oi_settings_apply(after, args);
    if (!exit)
        exit = write_definition(after, args->operand);
    if (exit)
        return exit;
    exit = show_drive(args->operand);
    if (exit)
        write_definition(before, args->operand);
    return exit;
}

enum oi_exit oi_virtual_set_command(const struct oi_args *args)
{
    enum oi_exit exit = oi_virtual_check_known(args->operand);
    struct oi_definition *definitions;

    if (exit)
        return exit;
    if (!args->given)
        return oi_fail(OI_EXIT_USAGE, NULL,
                       "\"openimapi2 virtual set --help\" tells what it takes.",
                       "say what to change");
    exit = check_unused(args->operand);
    if (exit)
        return exit;
    definitions = calloc(2, sizeof(*definitions));
    if (!definitions)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
    exit = change(&definitions[0], &definitions[1], args);
    free(definitions);
    return exit;
}

enum oi_exit oi_virtual_eject_command(const struct oi_args *args)
{
    enum oi_exit exit = oi_virtual_check_known(args->operand);
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
