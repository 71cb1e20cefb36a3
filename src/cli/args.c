/* Options may stand anywhere after the command, as "--name value" or "--name=value"; "--" ends
 * them. Every mistake names the word that is wrong and what would be right. */
#include "args.h"

#include <stdlib.h>
#include <wchar.h>

struct option_row {
    const wchar_t *name;
    enum oi_option option;
    bool takes_value;
};

static const struct option_row option_rows[] = {
    {L"--recorder", OI_OPT_RECORDER, true},
    {L"--verify", OI_OPT_VERIFY, false},
    {L"--speed", OI_OPT_SPEED, true},
    {L"--json", OI_OPT_JSON, false},
    {L"--finalize", OI_OPT_FINALIZE, false},
    {L"--media", OI_OPT_MEDIA, true},
    {L"--image", OI_OPT_IMAGE, true},
    {L"--personality", OI_OPT_PERSONALITY, true},
    {L"--faults", OI_OPT_FAULTS, true},
    {L"--clock", OI_OPT_CLOCK, true},
    {L"--trace", OI_OPT_TRACE, true},
    {L"--blank", OI_OPT_BLANK, true},
    {L"--last", OI_OPT_LAST, true},
    {L"--errors", OI_OPT_ERRORS, false},
    {L"--full", OI_OPT_FULL, false},
    {L"--burn-test", OI_OPT_BURN_TEST, false},
    {L"--yes", OI_OPT_YES, false},
    {L"--write-once", OI_OPT_WRITE_ONCE, false},
    {L"--size", OI_OPT_SIZE, true},
    {L"--help", OI_OPT_HELP, false},
    {L"-h", OI_OPT_HELP, false},
};

enum { SPEED_MAX = 64, LAST_MAX = 1000000000 };

static const struct option_row *find_option(const wchar_t *word, size_t length)
{
    for (size_t i = 0; i < sizeof(option_rows) / sizeof(option_rows[0]); i++) {
        const wchar_t *name = option_rows[i].name;

        if (wcslen(name) == length && !wcsncmp(name, word, length))
            return &option_rows[i];
    }
    return NULL;
}

static const struct oi_command *find_command(const struct oi_command *table, const wchar_t *word,
                                             const wchar_t *subword)
{
    for (; table->word; table++) {
        if (wcscmp(table->word, word))
            continue;
        if (!table->subword || (subword && !wcscmp(table->subword, subword)))
            return table;
    }
    return NULL;
}

static bool is_group(const struct oi_command *table, const wchar_t *word)
{
    for (; table->word; table++) {
        if (!wcscmp(table->word, word) && table->subword)
            return true;
    }
    return false;
}

/* "16", "2.4", "16x" or "max". */
static bool parse_speed(const wchar_t *value, unsigned *tenths)
{
    wchar_t *end;
    unsigned long number;

    if (!_wcsicmp(value, L"max")) {
        *tenths = OI_SPEED_MOST;
        return true;
    }
    if (*value < L'0' || *value > L'9')
        return false;
    number = wcstoul(value, &end, 10);
    if (number > SPEED_MAX)
        return false;
    number *= 10;
    if (end[0] == L'.' && end[1] >= L'0' && end[1] <= L'9') {
        number += (unsigned long)(end[1] - L'0');
        end += 2;
    }
    if (*end == L'x' || *end == L'X')
        end++;
    if (*end || number < 10 || number > SPEED_MAX * 10)
        return false;
    *tenths = (unsigned)number;
    return true;
}

static enum oi_exit take_speed(struct oi_args *args, const wchar_t *value)
{
    if (parse_speed(value, &args->speed_tenths))
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_USAGE, NULL,
                   "1 is the single speed of the disc: 176.4 kB/s for a CD, 1385 kB/s for a DVD, "
                   "4496 kB/s for a BD.",
                   "--speed takes a whole number from 1 to %d, one with one decimal (2.4), or "
                   "\"max\", not \"%s\"",
                   SPEED_MAX, oi_utf8(value).text);
}

static enum oi_exit take_last(struct oi_args *args, const wchar_t *value)
{
    wchar_t *end;
    unsigned long number = wcstoul(value, &end, 10);

    if (*value < L'0' || *value > L'9' || *end || number < 1 || number > LAST_MAX)
        return oi_fail(OI_EXIT_USAGE, NULL, NULL,
                       "--last takes the number of lines to show, from 1 on, not \"%s\"",
                       oi_utf8(value).text);
    args->last = (unsigned)number;
    return OI_EXIT_OK;
}

static enum oi_exit take_size(struct oi_args *args, const wchar_t *value)
{
    wchar_t *end;
    unsigned long number = wcstoul(value, &end, 10);

    if (*value < L'0' || *value > L'9' || *end || number < 1 || number > OI_SIZE_MAX_MIB)
        return oi_fail(OI_EXIT_USAGE, NULL, NULL,
                       "--size takes a whole number of MiB from 1 to %d, not \"%s\"",
                       OI_SIZE_MAX_MIB, oi_utf8(value).text);
    args->size_mib = (unsigned)number;
    return OI_EXIT_OK;
}

static enum oi_exit take_value(struct oi_args *args, const struct option_row *row,
                               const wchar_t *value)
{
    const struct {
        enum oi_option option;
        const wchar_t **text;
    } texts[] = {
        {OI_OPT_RECORDER, &args->recorder},
        {OI_OPT_MEDIA, &args->media},
        {OI_OPT_IMAGE, &args->image},
        {OI_OPT_BLANK, &args->blank},
        {OI_OPT_PERSONALITY, &args->personality},
        {OI_OPT_FAULTS, &args->faults},
        {OI_OPT_CLOCK, &args->clock},
        {OI_OPT_TRACE, &args->trace},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].option == row->option) {
            *texts[i].text = value;
            return OI_EXIT_OK;
        }
    }
    if (row->option == OI_OPT_SIZE)
        return take_size(args, value);
    return row->option == OI_OPT_LAST ? take_last(args, value) : take_speed(args, value);
}

/* Where the command says what it takes. */
static struct oi_utf8 help_of(const struct oi_command *command)
{
    return oi_words("\"openimapi2 %s%s%s --help\" tells what it takes.",
                    oi_utf8(command->word).text, command->subword ? " " : "",
                    oi_utf8(command->subword).text);
}

/* Takes the option at argv[*at] and its value, and moves *at to the last word used. */
static enum oi_exit take_option(struct oi_args *args, int argc, wchar_t **argv, int *at)
{
    const wchar_t *word = argv[*at];
    const wchar_t *equals = wcschr(word, L'=');
    const struct option_row *row =
        find_option(word, equals ? (size_t)(equals - word) : wcslen(word));
    unsigned allowed = OI_OPT_HELP | args->command->options;

    if (!row)
        return oi_fail(OI_EXIT_USAGE, NULL, help_of(args->command).text, "unknown option \"%s\"",
                       oi_utf8(word).text);
    if (!(row->option & allowed))
        return oi_fail(OI_EXIT_USAGE, NULL, help_of(args->command).text,
                       "this command does not take the option \"%s\"", oi_utf8(row->name).text);
    if (args->given & row->option & ~(unsigned)OI_OPT_HELP)
        return oi_fail(OI_EXIT_USAGE, NULL, NULL, "the option \"%s\" is given twice",
                       oi_utf8(row->name).text);
    args->given |= row->option;
    if (!row->takes_value) {
        if (equals)
            return oi_fail(OI_EXIT_USAGE, NULL, NULL, "the option \"%s\" takes no value",
                           oi_utf8(row->name).text);
        return OI_EXIT_OK;
    }
    /* A value that looks like an option is a forgotten one; "--name=--value" still means it. */
    if (!equals && (*at + 1 >= argc || !wcsncmp(argv[*at + 1], L"--", 2)))
        return oi_fail(OI_EXIT_USAGE, NULL, help_of(args->command).text,
                       "the option \"%s\" needs a value", oi_utf8(row->name).text);
    return take_value(args, row, equals ? equals + 1 : argv[++*at]);
}

static enum oi_exit take_operand(struct oi_args *args, const wchar_t *word)
{
    if (!args->command->operand)
        return oi_fail(OI_EXIT_USAGE, NULL, help_of(args->command).text, "unexpected word \"%s\"",
                       oi_utf8(word).text);
    if (args->operand)
        return oi_fail(OI_EXIT_USAGE, NULL,
                       "A name with blanks must stand between quotation marks.",
                       "one %s too many: \"%s\"", args->command->operand, oi_utf8(word).text);
    args->operand = word;
    return OI_EXIT_OK;
}

/* Sets args->command and *at to the first word behind it. */
static enum oi_exit take_command(struct oi_args *args, const struct oi_command *table, int argc,
                                 wchar_t **argv, int *at)
{
    const wchar_t *word = argv[1];
    const wchar_t *subword = argc > 2 ? argv[2] : NULL;

    args->command = find_command(table, word, subword);
    if (args->command) {
        *at = args->command->subword ? 3 : 2;
        return OI_EXIT_OK;
    }
    if (!is_group(table, word))
        return oi_fail(OI_EXIT_USAGE, NULL, "\"openimapi2 --help\" lists the commands.",
                       word[0] == L'-' ? "\"%s\" is no command; options come after the command"
                                       : "unknown command \"%s\"",
                       oi_utf8(word).text);
    if (subword && (!wcscmp(subword, L"--help") || !wcscmp(subword, L"-h"))) {
        args->given |= OI_OPT_HELP;
        args->group = word;
        *at = argc;
        return OI_EXIT_OK;
    }
    return oi_fail(OI_EXIT_USAGE, NULL, "\"openimapi2 --help\" lists the commands.",
                   subword ? "unknown command \"%s %s\"" : "the command \"%s\" needs one more word",
                   oi_utf8(word).text, oi_utf8(subword).text);
}

enum oi_exit oi_args_parse(struct oi_args *args, const struct oi_command *table, int argc,
                           wchar_t **argv)
{
    enum oi_exit exit = OI_EXIT_OK;
    bool options_end = false;
    int at = 1;

    *args = (struct oi_args){.size_mib = OI_SIZE_USUAL_MIB};
    if (argc < 2)
        return oi_fail(OI_EXIT_USAGE, NULL, "\"openimapi2 --help\" lists the commands.",
                       "no command given");
    if (!wcscmp(argv[1], L"--help") || !wcscmp(argv[1], L"-h")) {
        args->given = OI_OPT_HELP;
        return OI_EXIT_OK;
    }
    exit = take_command(args, table, argc, argv, &at);
    for (; at < argc && !exit; at++) {
        if (!options_end && !wcscmp(argv[at], L"--"))
            options_end = true;
        else if (!options_end && argv[at][0] == L'-' && argv[at][1])
            exit = take_option(args, argc, argv, &at);
        else
            exit = take_operand(args, argv[at]);
    }
    if (exit || (args->given & OI_OPT_HELP))
        return exit;
    if (args->command->operand_needed && !args->operand)
        return oi_fail(OI_EXIT_USAGE, NULL, help_of(args->command).text, "%s is missing",
                       args->command->operand);
    return OI_EXIT_OK;
}
