/* An option becomes one line of the definition. A path is written down absolute, as programs
 * outside read it, so that it means the same wherever the recorder is opened from. */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "catalog.h"

static const struct medium {
    const char *name;
    unsigned long sectors; /* 0: pressed, never blank */
} media[] = {
#define MEDIUM(name, words, sectors, speed) {name, sectors},
    OI_CATALOG_MEDIA(MEDIUM)
#undef MEDIUM
};

static const char *const personalities[] = {
#define PERSONALITY(name, words) name,
    OI_CATALOG_PERSONALITIES(PERSONALITY)
#undef PERSONALITY
};

enum {
    MEDIA_COUNT = sizeof(media) / sizeof(media[0]),
    PERSONALITY_COUNT = sizeof(personalities) / sizeof(personalities[0]),
};

/* A list of names as a hint: "Known discs: a, b, ..." in lines that fit a page. */
struct hint {
    char text[OI_UTF8_MAX];
    size_t length;
    size_t column;
    bool begun;
};

static void hint_begin(struct hint *hint, const char *title)
{
    hint->length = hint->column = strlen(title);
    hint->begun = false;
    memcpy(hint->text, title, hint->length + 1);
}

static void hint_add(struct hint *hint, const char *name)
{
    enum { LINE_COLUMNS = 88 };
    static const char next_line[] = ",\n       ";
    const char *joint = hint->begun ? ", " : " ";
    int added;

    if (hint->column + strlen(name) + 2 > LINE_COLUMNS) {
        joint = next_line;
        hint->column = 0;
    }
    added =
        snprintf(hint->text + hint->length, sizeof(hint->text) - hint->length, "%s%s", joint, name);
    if (added > 0 && (size_t)added < sizeof(hint->text) - hint->length)
        hint->length += (size_t)added;
    hint->column += strlen(name) + 2;
    hint->begun = true;
}

/* What --blank takes is made blank: no pressed disc, and not none. */
static enum oi_exit list_media(const char *problem, bool blank)
{
    struct hint hint;

    hint_begin(&hint, "Known discs:");
    for (int i = 0; i < MEDIA_COUNT; i++) {
        if (media[i].sectors || !blank)
            hint_add(&hint, media[i].name);
    }
    if (!blank)
        hint_add(&hint, "none");
    return oi_fail(OI_EXIT_USAGE, NULL, hint.text, "%s", problem);
}

enum oi_exit oi_settings_unknown_medium(const char *problem)
{
    return list_media(problem, false);
}

static const struct medium *find_medium(const wchar_t *name)
{
    for (int i = 0; i < MEDIA_COUNT; i++) {
        if (!_stricmp(media[i].name, oi_utf8(name).text))
            return &media[i];
    }
    return NULL;
}

static enum oi_exit unknown_medium(const wchar_t *name, bool blank)
{
    char problem[OI_UTF8_MAX + 64];

    snprintf(problem, sizeof(problem), "\"%s\" is not a disc that %s knows", oi_utf8(name).text,
             blank ? "--blank" : "--media");
    return list_media(problem, blank);
}

static enum oi_exit too_long(void)
{
    return oi_fail(OI_EXIT_FAILED, NULL, NULL, "the definition gets too long");
}

static enum oi_exit set(struct oi_definition *definition, const char *key, const char *value)
{
    return oi_definition_set(definition, key, value) ? OI_EXIT_OK : too_long();
}

static enum oi_exit set_medium(struct oi_definition *definition, const wchar_t *name)
{
    const struct medium *medium = find_medium(name);

    if (!_wcsicmp(name, L"none"))
        return set(definition, "medium", "none");
    return medium ? set(definition, "medium", medium->name) : unknown_medium(name, false);
}

static enum oi_exit set_personality(struct oi_definition *definition, const wchar_t *name)
{
    struct hint hint;

    hint_begin(&hint, "Known personalities:");
    for (int i = 0; i < PERSONALITY_COUNT; i++) {
        if (!_stricmp(personalities[i], oi_utf8(name).text))
            return set(definition, "personality", personalities[i]);
        hint_add(&hint, personalities[i]);
    }
    return oi_fail(OI_EXIT_USAGE, NULL, hint.text,
                   "\"%s\" is not a personality that --personality knows", oi_utf8(name).text);
}

/* One of some words; the list ends with NULL, allowed says them all. */
static enum oi_exit set_word(struct oi_definition *definition, const char *key, const wchar_t *word,
                             const wchar_t *const *words, const char *allowed)
{
    for (; *words; words++) {
        if (!_wcsicmp(word, *words))
            return set(definition, key, oi_utf8(*words).text);
    }
    return oi_fail(OI_EXIT_USAGE, NULL, NULL, "--%s takes %s, not \"%s\"", key, allowed,
                   oi_utf8(word).text);
}

static bool has_folder(const wchar_t *absolute)
{
    const wchar_t *last = wcsrchr(absolute, L'\\');
    wchar_t folder[OI_PATH_MAX];
    size_t length = last ? (size_t)(last - absolute) + 1 : 0;

    wcsncpy(folder, absolute, length);
    folder[length] = L'\0';
    return GetFileAttributesW(folder) != INVALID_FILE_ATTRIBUTES;
}

/* what: "image file", for messages. */
static enum oi_exit set_path(struct oi_definition *definition, const char *key, const char *what,
                             const wchar_t *typed)
{
    wchar_t absolute[OI_PATH_MAX];
    wchar_t outside[OI_PATH_MAX];
    char value[OI_VALUE_BYTES];
    wchar_t forbidden;

    if (!oi_path_absolute(typed, absolute))
        return oi_fail(OI_EXIT_USAGE, NULL, NULL, "\"%s\" can't be the path of %s",
                       oi_utf8(typed).text, what);
    forbidden = oi_path_forbidden(absolute);
    if (forbidden)
        return oi_fail(OI_EXIT_USAGE, NULL, "Take another name for the file or its folder.",
                       "\"%s\" can't be the path of %s: Windows allows no %c in it",
                       oi_utf8(typed).text, what, (char)forbidden);
    oi_path_for_others(absolute, outside);
    if (!has_folder(absolute))
        return oi_fail(OI_EXIT_REFUSED, NULL, "Create it, or name another file.",
                       "the folder of \"%s\" does not exist", oi_utf8(outside).text);
    if (!WideCharToMultiByte(CP_UTF8, 0, outside, -1, value, sizeof(value), NULL, NULL) ||
        strpbrk(value, "\r\n") || !oi_definition_set(definition, key, value))
        return oi_fail(OI_EXIT_USAGE, NULL, NULL, "\"%s\" can't be the path of %s",
                       oi_utf8(typed).text, what);
    return OI_EXIT_OK;
}

/* The script itself is read by the recorder, which tells mistakes with their lines. */
static enum oi_exit set_faults(struct oi_definition *definition, const wchar_t *typed)
{
    wchar_t absolute[OI_PATH_MAX];
    struct oi_answer answer;
    HANDLE file;

    if (!_wcsicmp(typed, L"off")) {
        oi_definition_remove(definition, "faults");
        return OI_EXIT_OK;
    }
    if (oi_path_absolute(typed, absolute) && !oi_path_forbidden(absolute)) {
        file = CreateFileW(absolute, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                           OPEN_EXISTING, 0, NULL);
        if (file == INVALID_HANDLE_VALUE) {
            answer = oi_answer_from_win32(GetLastError());
            return oi_fail(OI_EXIT_REFUSED, &answer, "--faults off means none.",
                           "the fault script \"%s\" can't be opened", oi_utf8(typed).text);
        }
        CloseHandle(file);
    }
    return set_path(definition, "faults", "a fault script", typed);
}

static enum oi_exit set_speed(struct oi_definition *definition, unsigned tenths)
{
    char number[24];

    if (tenths == OI_SPEED_MOST) {
        oi_definition_remove(definition, "speed");
        return OI_EXIT_OK;
    }
    if (tenths % 10)
        snprintf(number, sizeof(number), "%u.%u", tenths / 10, tenths % 10);
    else
        snprintf(number, sizeof(number), "%u", tenths / 10);
    return set(definition, "speed", number);
}

enum oi_exit oi_settings_apply(struct oi_definition *definition, const struct oi_args *args)
{
    static const wchar_t *const clocks[] = {L"real", L"virtual", NULL};
    static const wchar_t *const traces[] = {L"on", L"off", L"all", NULL};
    enum oi_exit exit = OI_EXIT_OK;

    if (args->media)
        exit = set_medium(definition, args->media);
    if (!exit && args->image && !args->blank)
        exit = set_path(definition, "image", "an image file", args->image);
    if (!exit && (args->given & OI_OPT_SPEED))
        exit = set_speed(definition, args->speed_tenths);
    if (!exit && args->personality)
        exit = set_personality(definition, args->personality);
    if (!exit && args->clock)
        exit = set_word(definition, "clock", args->clock, clocks, "\"real\" or \"virtual\"");
    if (!exit && args->trace)
        exit = set_word(definition, "trace", args->trace, traces, "\"on\", \"off\" or \"all\"");
    if (!exit && args->faults)
        exit = set_faults(definition, args->faults);
    return exit;
}

bool oi_settings_image(const struct oi_definition *definition, wchar_t path[OI_PATH_MAX])
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

/* ---- a name for a new disc ---- */

/* Where the extension of the file name begins: at its last dot, else at its end. */
static size_t stem_length(const wchar_t *path)
{
    const wchar_t *name = path;
    const wchar_t *dot;

    for (const wchar_t *at = path; *at; at++) {
        if (*at == L'\\' || *at == L'/')
            name = at + 1;
    }
    dot = wcsrchr(name, L'.');
    return dot && dot != name ? (size_t)(dot - path) : wcslen(path);
}

static bool file_exists(const wchar_t *path, size_t kept, const wchar_t *ending)
{
    wchar_t whole[OI_PATH_MAX];
    int length = _snwprintf(whole, OI_PATH_MAX, L"%.*ls%ls", (int)kept, path, ending);

    /* What can't be asked about counts as there. */
    return length < 0 || length >= OI_PATH_MAX ||
           GetFileAttributesW(whole) != INVALID_FILE_ATTRIBUTES;
}

/* True when neither the image file nor another file of such a disc is there. */
static bool is_unused(const wchar_t *path)
{
    static const wchar_t *const endings[] = {L".disc", L".bin", L".cue", L".sub", L".cdt"};
    size_t length = wcslen(path);
    size_t stem = stem_length(path);

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (file_exists(path, stem, endings[i]) || file_exists(path, length, endings[i]))
            return false;
    }
    return !file_exists(path, length, L"");
}

/* "disc.iso", "disc-2.iso", "disc-3.iso" ...: the first from the present one on that is unused. */
static bool choose_image(const wchar_t *present, wchar_t path[OI_PATH_MAX])
{
    enum { NUMBER_MAX = 999, LAST_TRIED = 9999 };
    size_t stem = stem_length(present);
    size_t kept = stem;
    unsigned long number = 1;

    while (kept && present[kept - 1] >= L'0' && present[kept - 1] <= L'9')
        kept--;
    if (kept && kept < stem && present[kept - 1] == L'-' &&
        wcstoul(present + kept, NULL, 10) <= NUMBER_MAX) {
        number = wcstoul(present + kept, NULL, 10);
        kept--;
    } else {
        kept = stem;
    }
    wcscpy(path, present);
    while (!is_unused(path)) {
        int length;

        if (++number > LAST_TRIED)
            return false;
        length = _snwprintf(path, OI_PATH_MAX, L"%.*ls-%lu%ls", (int)kept, present, number,
                            present + stem);
        if (length < 0 || length >= OI_PATH_MAX)
            return false;
    }
    return true;
}

enum oi_exit oi_settings_blank(struct oi_definition *definition, const wchar_t *medium,
                               const wchar_t *image, wchar_t path[OI_PATH_MAX])
{
    const struct medium *found = find_medium(medium);
    wchar_t present[OI_PATH_MAX];
    enum oi_exit exit;

    if (!found)
        return unknown_medium(medium, true);
    if (!found->sectors)
        return oi_fail(OI_EXIT_USAGE, NULL,
                       "Make one from an image: --media DISC --image FILE instead of --blank.",
                       "a pressed disc (%s) is never blank", found->name);
    exit = set(definition, "medium", found->name);
    if (!exit && image) {
        exit = set_path(definition, "image", "an image file", image);
        if (!exit && (!oi_settings_image(definition, path) || !is_unused(path)))
            exit = oi_fail(OI_EXIT_REFUSED, NULL,
                           "Name a new file; or put in the disc that is there, with --media "
                           "instead of --blank.",
                           "\"%s\" or a file that belongs to it exists: that is no blank disc",
                           oi_utf8(image).text);
    } else if (!exit) {
        if (!oi_settings_image(definition, present) || !choose_image(present, path))
            return oi_fail(OI_EXIT_USAGE, NULL, NULL, "name a new file for the disc with --image");
        exit = set_path(definition, "image", "an image file", path);
    }
    return exit;
}

/* ---- two recorders with one disc ---- */

static bool same_file(const wchar_t *one, const wchar_t *other)
{
    BY_HANDLE_FILE_INFORMATION information[2];
    const wchar_t *const paths[2] = {one, other};

    if (!_wcsicmp(one, other))
        return true;
    for (int i = 0; i < 2; i++) {
        HANDLE file =
            CreateFileW(paths[i], 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                        OPEN_EXISTING, 0, NULL);
        bool known =
            file != INVALID_HANDLE_VALUE && GetFileInformationByHandle(file, &information[i]);

        if (file != INVALID_HANDLE_VALUE)
            CloseHandle(file);
        if (!known)
            return false;
    }
    return information[0].dwVolumeSerialNumber == information[1].dwVolumeSerialNumber &&
           information[0].nFileIndexHigh == information[1].nFileIndexHigh &&
           information[0].nFileIndexLow == information[1].nFileIndexLow;
}

struct sharing {
    const wchar_t *name; /* of the recorder that asks */
    wchar_t image[OI_PATH_MAX];
    struct oi_definition other;
};

static bool warn_if_shared(void *context, const wchar_t *name)
{
    struct sharing *sharing = context;
    wchar_t image[OI_PATH_MAX];

    if (_wcsicmp(name, sharing->name) && !oi_definition_read(&sharing->other, name) &&
        oi_settings_image(&sharing->other, image) && same_file(image, sharing->image))
        oi_warn(NULL,
                "recorder \"%s\" uses the same image file; only one of the two can write it at a "
                "time",
                oi_utf8(name).text);
    return true;
}

void oi_settings_warn_shared(const struct oi_definition *definition, const wchar_t *name)
{
    struct sharing *sharing = calloc(1, sizeof(*sharing));

    if (sharing) {
        sharing->name = name;
        if (oi_settings_image(definition, sharing->image))
            oi_definition_each(warn_if_shared, sharing);
    }
    free(sharing);
}
