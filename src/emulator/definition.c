/* Strict, so that a typing mistake is an error with a line number and not a default. */
#include "definition.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "disc.h"
#include "drive.h"
#include "os.h"
#include "personality.h"

enum { SPEED_MAX_TENTHS = 10000, TRANSFER_KIB_MIN = 4, TRANSFER_KIB_MAX = 1024 };

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

/* Unix, UNC and drive-letter paths: under Wine all of them may be meant. */
static bool is_absolute(const char *path)
{
    return is_separator(path[0]) || (path[0] && path[1] == ':');
}

/* Where value leads from the folder of the file at path. */
static bool resolve(char resolved[PATH_ROOM], const char *path, const char *value)
{
    size_t folder = strlen(path);
    int length;

    if (!*value)
        return false;
    while (folder && !is_separator(path[folder - 1]))
        folder--;
    if (is_absolute(value))
        folder = 0;
    if (folder > TEXT_LINE_MAX)
        return false;
    length = snprintf(resolved, PATH_ROOM, "%.*s%s", (int)folder, path, value);
    return length > 0 && length < PATH_ROOM;
}

static bool take_image(struct definition *definition, const char *path, const char *value)
{
    return resolve(definition->image, path, value);
}

static bool take_faults(struct definition *definition, const char *path, const char *value)
{
    return resolve(definition->fault_path, path, value);
}

static bool take_trace(struct definition *definition, const char *path, const char *value)
{
    static const char *const wishes[] = {
        [TRACE_ON] = "on", [TRACE_OFF] = "off", [TRACE_ALL] = "all"};

    (void)path;
    for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++)
        if (strcmp(wishes[i], value) == 0) {
            definition->trace = (enum trace_wish)i;
            return true;
        }
    return false;
}

static bool take_medium(struct definition *definition, const char *path, const char *value)
{
    (void)path;
    definition->medium = medium_sold_as(value);
    return definition->medium || strcmp(value, "none") == 0;
}

static bool take_speed(struct definition *definition, const char *path, const char *value)
{
    (void)path;
    return text_tenths(value, SPEED_MAX_TENTHS, &definition->speed_tenths);
}

static bool take_transfer(struct definition *definition, const char *path, const char *value)
{
    (void)path;
    return text_number(value, TRANSFER_KIB_MAX, &definition->transfer_kib) &&
           definition->transfer_kib >= TRANSFER_KIB_MIN;
}

static bool take_personality(struct definition *definition, const char *path, const char *value)
{
    (void)path;
    definition->personality = personality_by_name(value);
    return definition->personality != NULL;
}

static bool take_clock(struct definition *definition, const char *path, const char *value)
{
    (void)path;
    definition->own_clock = strcmp(value, "virtual") == 0;
    return definition->own_clock || strcmp(value, "real") == 0;
}

/* Sectors with one blank between. */
static bool take_defects(struct definition *definition, const char *path, const char *value)
{
    char copy[TEXT_LINE_MAX];
    char *next = copy;

    (void)path;
    snprintf(copy, sizeof(copy), "%s", value);
    while (next) {
        char *word = next;

        next = strchr(word, ' ');
        if (next)
            *next++ = '\0';
        if (definition->defect_count == DEFINED_DEFECTS_MAX ||
            !text_number(word, INT32_MAX, &definition->defects[definition->defect_count++]))
            return false;
    }
    return true;
}

/* clang-format off */
#define LISTED "a name that \"openimapi2 virtual blanks\" lists"

static const struct key {
    const char *name;
    bool (*take)(struct definition *definition, const char *path, const char *value);
    const char *allowed;
} keys[] = {
    { "medium",       take_medium,   "none, or " LISTED },
    { "image",        take_image,    "the path of the image file" },
    { "speed",        take_speed,    "0 (unlimited) to 1000, with at most one decimal" },
    { "transfer_kib", take_transfer, "4 to 1024" },
    { "personality",  take_personality, LISTED },
    { "faults",       take_faults,   "the path of a fault script" },
    { "trace",        take_trace,    "on, off or all" },
    { "clock",        take_clock,    "real or virtual" },
    { "defects",      take_defects,  "at most 16 sectors with one blank between" },
};
/* clang-format on */
enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

/* "medium, image or speed": what there is. */
static void list_keys(char *list, size_t size)
{
    struct text_writer writer = {.data = list, .room = size};

    for (int i = 0; i < KEY_COUNT; i++)
        text_add(&writer, "%s%s", i == 0 ? "" : i < KEY_COUNT - 1 ? ", " : " or ", keys[i].name);
}

static bool parse_line(struct definition *definition, const char *path, uint32_t number, char *line,
                       uint32_t seen_at[KEY_COUNT], char problem[TEXT_MESSAGE_MAX])
{
    enum { QUOTED_MAX = 40, LIST_ROOM = 160 };
    char list[LIST_ROOM];
    const char *where = text_short_path(path);
    char *name, *value;

    if (!text_split(line, &name, &value)) {
        text_message(problem, "%s, line %u: not of the form \"key = value\"; correct or remove it",
                     where, number);
        return false;
    }
    for (int i = 0; i < KEY_COUNT; i++) {
        if (strcmp(keys[i].name, name) != 0)
            continue;
        if (seen_at[i]) {
            text_message(problem, "%s, line %u: \"%s\" is given twice; remove one", where, number,
                         keys[i].name);
            return false;
        }
        seen_at[i] = number;
        if (keys[i].take(definition, path, value))
            return true;
        text_message(problem, "%s, line %u: \"%.*s\" is no value for %s; use %s", where, number,
                     (int)text_fitting(value, QUOTED_MAX), value, keys[i].name, keys[i].allowed);
        return false;
    }
    list_keys(list, sizeof(list));
    text_message(problem, "%s, line %u: unknown key \"%.*s\"; use %s", where, number,
                 (int)text_fitting(name, QUOTED_MAX), name, list);
    return false;
}

static bool is_comment(const char *line)
{
    while (*line == ' ' || *line == '\t')
        line++;
    return !*line || *line == '#' || *line == ';';
}

/* Whether the lines, each of which is right, go together. */
static bool suits(const struct definition *definition, const char *path, uint32_t last_line,
                  const uint32_t seen_at[KEY_COUNT], char problem[TEXT_MESSAGE_MAX])
{
    const struct medium *medium = definition->medium;
    uint32_t defects_at = 0;

    for (int i = 0; i < KEY_COUNT; i++)
        if (keys[i].take == take_defects)
            defects_at = seen_at[i];
    if (medium && !definition->image[0]) {
        text_message(problem, "%s, line %u: a medium but no image; add \"image = PATH\"",
                     text_short_path(path), last_line);
        return false;
    }
    if (medium && defects_at && !medium_is_random(medium)) {
        text_message(problem,
                     "%s, line %u: a %s can have no defects, only a DVD+RW, DVD-RAM or BD-RE; "
                     "remove \"defects\"",
                     text_short_path(path), defects_at, medium->sold_as);
        return false;
    }
    return true;
}

static bool parse(struct definition *definition, const char *path, struct text_reader *reader,
                  char problem[TEXT_MESSAGE_MAX])
{
    char line[TEXT_LINE_MAX];
    uint32_t seen_at[KEY_COUNT] = {0}; /* line */

    for (;;) {
        switch (text_next(reader, line)) {
        case TEXT_END:
            return suits(definition, path, reader->line, seen_at, problem);
        case TEXT_TOO_LONG:
            text_message(problem, "%s, line %u: longer than %u characters; shorten it",
                         text_short_path(path), reader->line, (unsigned)TEXT_LINE_MAX - 1);
            return false;
        case TEXT_BINARY:
            text_message(problem, "%s, line %u: not text; write the file anew as UTF-8 text",
                         text_short_path(path), reader->line);
            return false;
        case TEXT_LINE:
            if (!is_comment(line) &&
                !parse_line(definition, path, reader->line, line, seen_at, problem))
                return false;
        }
    }
}

static enum oi_status read_faults(struct definition *definition, char problem[TEXT_MESSAGE_MAX])
{
    const char *path = definition->fault_path;
    char *data;
    size_t size;
    enum oi_status status;
    bool good;

    if (!*path)
        return OI_OK;
    status = oi_file_read_all(path, TEXT_FILE_MAX, &data, &size);
    if (status != OI_OK) {
        text_message(
            problem, "%s: %s; correct \"faults\" in the recorder's definition, or remove it",
            text_short_path(path),
            status == OI_BAD_FILE ? "too large for a fault script" : oi_status_text(status));
        return status == OI_OUT_OF_MEMORY ? status : OI_BAD_FILE;
    }
    good = faults_parse(&definition->faults, path, data, size, problem);
    free(data);
    return good ? OI_OK : OI_BAD_FILE;
}

enum oi_status definition_read(struct definition *definition, const char *path,
                               char problem[TEXT_MESSAGE_MAX])
{
    enum { BOM_BYTES = 3 };
    struct text_reader reader = {0};
    char *data;
    size_t size;
    bool good;
    enum oi_status status = oi_file_read_all(path, TEXT_FILE_MAX, &data, &size);

    *definition = (struct definition){.transfer_kib = 64, .personality = personality_default()};
    problem[0] = '\0';
    if (status != OI_OK) {
        text_message(problem, "%s: %s", text_short_path(path),
                     status == OI_BAD_FILE ? "too large for a recorder's definition; write it anew"
                                           : oi_status_text(status));
        return status;
    }
    reader.data = data;
    reader.size = size;
    if (size >= BOM_BYTES && memcmp(data, "\xef\xbb\xbf", BOM_BYTES) == 0)
        reader.at = BOM_BYTES;
    good = parse(definition, path, &reader, problem);
    free(data);
    return good ? read_faults(definition, problem) : OI_BAD_FILE;
}
