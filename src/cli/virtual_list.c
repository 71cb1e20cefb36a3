/* The commands that tell what there is and change nothing: the definitions, and the discs and
 * personalities that a definition may name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "catalog.h"
#include "settings.h"
#include "virtual.h"

enum { SECTOR_BYTES = 2048 };

static void say_behaviour(const struct oi_definition *definition)
{
    static const char *const keys[] = {"speed", "personality", "clock", "trace", "faults"};
    char line[2 * OI_VALUE_BYTES] = "";
    char value[OI_VALUE_BYTES];
    size_t length = 0;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && length < sizeof(line); i++) {
        if (oi_definition_get(definition, keys[i], value))
            length += (size_t)snprintf(line + length, sizeof(line) - length, "%s%s %s",
                                       length ? ", " : "", keys[i], value);
    }
    if (line[0])
        oi_say("%-26s %s\n", "", line);
}

static void json_definition(const struct oi_definition *definition, const char *name)
{
    static const char *const keys[] = {"medium", "image", "speed", "personality",
                                       "clock",  "trace", "faults"};
    char value[OI_VALUE_BYTES];
    struct oi_json json;

    oi_json_begin(&json, "virtual_recorder");
    oi_json_text(&json, "name", name);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (oi_definition_get(definition, keys[i], value))
            oi_json_text(&json, keys[i], value);
    }
    oi_json_end(&json);
}

struct listing {
    struct oi_definition definition;
    int count;
};

static bool list_one(void *context, const wchar_t *name)
{
    struct listing *listing = context;
    char medium[OI_VALUE_BYTES];
    char image[OI_VALUE_BYTES];
    DWORD error = oi_definition_read(&listing->definition, name);
    struct oi_answer answer = oi_answer_from_win32(error);

    listing->count++;
    if (error) {
        oi_warn(&answer, "the definition of \"%s\" can't be read", oi_utf8(name).text);
        return true;
    }
    oi_definition_get(&listing->definition, "medium", medium);
    oi_definition_get(&listing->definition, "image", image);
    oi_say("%-16s %-9s %s\n", oi_utf8(name).text, medium, image);
    say_behaviour(&listing->definition);
    json_definition(&listing->definition, oi_utf8(name).text);
    return true;
}

enum oi_exit oi_virtual_list_command(const struct oi_args *args)
{
    struct listing *listing = calloc(1, sizeof(*listing));

    (void)args;
    if (!listing)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
    oi_definition_each(list_one, listing);
    if (!listing->count)
        oi_say("No virtual recorder. Make one: openimapi2 virtual add NAME --media dvd+r --image "
               "FILE\n");
    free(listing);
    return OI_EXIT_OK;
}

static void blank_row(const char *name, const char *words, unsigned long sectors, unsigned speed)
{
    double bytes = (double)sectors * SECTOR_BYTES;
    struct oi_json json;

    if (sectors)
        oi_say("%-9s %-41s %9lu %7.2f %7.2f %5ux\n", name, words, sectors, bytes / 1e9,
               bytes / (1 << 30), speed);
    else
        oi_say("%-9s %-41s %9s %7s %7s %6s\n", name, words, "-", "-", "-", "-");
    oi_json_begin(&json, "medium");
    oi_json_text(&json, "name", name);
    oi_json_text(&json, "words", words);
    oi_json_integer(&json, "sectors", sectors);
    oi_json_integer(&json, "top_speed", speed);
    oi_json_end(&json);
}

static void personality_row(const char *name, const char *words)
{
    struct oi_json json;

    oi_say("%-23s %s\n", name, words);
    oi_json_begin(&json, "personality");
    oi_json_text(&json, "name", name);
    oi_json_text(&json, "words", words);
    oi_json_end(&json);
}

enum oi_exit oi_virtual_blanks_command(const struct oi_args *args)
{
    (void)args;
    oi_say("%-9s %-41s %9s %7s %7s %6s\n", "--media", "disc", "sectors", "GB", "GiB", "speed");
#define ROW(name, words, sectors, speed) blank_row(name, words, sectors, speed);
    OI_CATALOG_MEDIA(ROW)
#undef ROW
    oi_say("A sector has 2048 bytes. 1x is 176.4 kB/s for a CD, 1385 kB/s for a DVD, 4496 kB/s "
           "for a BD.\n\n%-23s what the drive does\n",
           "--personality");
#define ROW(name, words) personality_row(name, words);
    OI_CATALOG_PERSONALITIES(ROW)
#undef ROW
    return OI_EXIT_OK;
}
