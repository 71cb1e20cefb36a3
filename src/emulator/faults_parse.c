/* From the text of a fault script to rules.
 * A line is tidied first: no comment, one blank between two words. Then it is cut at its colon,
 * what stands in front into words, what follows at its commas. */
#include "faults.h"

#include <stdio.h>
#include <string.h>
#include "command_table.h"
#include "faults_words.h"
#include "range.h"

enum { QUOTED_MAX = 40 };

/* ---- complaints ---- */

/* Says that what stands at `text` is no `what`; returns false. */
static bool wrong(const struct parsing *p, const char *text, const char *what, const char *allowed)
{
    size_t length = text_fitting(text, QUOTED_MAX);

    if (length)
        text_message(p->problem, "%s, line %u: \"%.*s\" is no %s; use %s", text_short_path(p->path),
                     p->line, (int)length, text, what, allowed);
    else
        text_message(p->problem, "%s, line %u: the %s is missing; use %s", text_short_path(p->path),
                     p->line, what, allowed);
    return false;
}

static bool refuse(const struct parsing *p, const char *reason)
{
    text_message(p->problem, "%s, line %u: %s", text_short_path(p->path), p->line, reason);
    return false;
}

/* ---- which commands ---- */

/* "5th": a number and its ending, of which only the presence is checked. */
static bool take_ordinal(struct parsing *p, uint32_t *number)
{
    static const char endings[][3] = {"st", "nd", "rd", "th"};
    const char *before = p->at;

    if (take_digits(p, number))
        for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
            if (take(p, endings[i]))
                return true;
    p->at = before;
    return false;
}

static bool parse_count(struct parsing *p)
{
    struct fault_rule *rule = p->rule;
    const char *before = p->at;

    if (is_digit(*p->at))
        rule->count = FAULT_NTH;
    else if (take(p, "every"))
        rule->count = FAULT_EVERY_NTH;
    else if (take(p, "from"))
        rule->count = FAULT_FROM_NTH;
    else
        return true;
    if (!take_ordinal(p, &rule->nth) || !rule->nth)
        return wrong(p, before, "count of commands", "5th, every 5th or from 5th");
    return true;
}

/* Whether text begins with this name, and with a whole word. */
static bool begins_with_name(const char *text, const char *name)
{
    for (; *name; name++, text++)
        if (small_letter(*text) != small_letter(*name))
            return false;
    return !*text || *text == ' ';
}

static bool is_known(uint8_t opcode)
{
    static const char unknown[] = "command ";

    return strncmp(oi_command_info(opcode)->name, unknown, sizeof(unknown) - 1) != 0;
}

/* The longest name wins: "read disc information" is not a read. */
static bool take_command_name(struct parsing *p)
{
    size_t longest = 0;

    for (unsigned opcode = 0; opcode <= 0xff; opcode++) {
        const char *name = oi_command_info((uint8_t)opcode)->name;

        if (is_known((uint8_t)opcode) && strlen(name) > longest && begins_with_name(p->at, name)) {
            longest = strlen(name);
            p->rule->opcode = (uint8_t)opcode;
        }
    }
    p->at += longest;
    skip_blank(p);
    return longest != 0;
}

static bool take_opcode(struct parsing *p)
{
    uint32_t opcode;

    if (!take(p, "opcode") || !take_hex(p, 2, &opcode) || small_letter(*p->at) != 'h')
        return false;
    p->at++;
    p->rule->opcode = (uint8_t)opcode;
    return ends_here(p);
}

static bool parse_commands(struct parsing *p)
{
    struct fault_rule *rule = p->rule;
    const char *before = p->at;

    rule->commands = FAULT_OPCODE;
    if (take_command_name(p))
        return true;
    if (take(p, "any command"))
        rule->commands = FAULT_ANY;
    else if (take(p, "read"))
        rule->commands = FAULT_READS;
    else if (take(p, "write"))
        rule->commands = FAULT_WRITES;
    else if (!take_opcode(p))
        return wrong(p, before, "command",
                     "any command, read, write, a name as in the trace, or opcode 2Ah");
    return true;
}

static bool parse_lba(struct parsing *p)
{
    struct fault_rule *rule = p->rule;
    const char *before = p->at;
    bool good;

    if (rule->has_lba)
        return refuse(p, "a rule has one address; use lba N-M for several sectors, or a rule for "
                         "each");
    good = take_lba(p, &rule->lba_first);
    rule->lba_last = rule->lba_first;
    if (good && *p->at == '-') {
        p->at++;
        good = take_lba(p, &rule->lba_last);
    } else if (good && ends_here(p) && take(p, "to")) {
        good = take_lba(p, &rule->lba_last);
    }
    if (!good || (p->at[-1] != ' ' && !ends_here(p)) || rule->lba_last < rule->lba_first)
        return wrong(p, before, "address", "lba N, or lba N-M with the lower one first");
    rule->has_lba = true;
    return true;
}

static bool parse_after(struct parsing *p)
{
    const char *before = p->at;

    if (p->rule->has_after)
        return refuse(p, "a rule has one part of the disc; remove one after");
    if (!take_percent(p, 1, &p->rule->after_tenths))
        return wrong(p, before, "part of the disc",
                     "after 0% to after 100%, with at most one decimal");
    p->rule->has_after = true;
    return true;
}

static bool parse_chance(struct parsing *p)
{
    struct fault_rule *rule = p->rule;
    const char *before = p->at;

    if (rule->has_chance)
        return refuse(p, "a rule has one chance; remove the other");
    if (!take_percent(p, 3, &rule->chance_thousandths))
        return wrong(p, before, "chance", "chance 0% to chance 100%, with at most three decimals");
    rule->has_chance = true;
    before = p->at;
    if (take(p, "seed") && !take_number(p, &rule->seed))
        return wrong(p, before + strlen("seed"), "seed", "seed 0 to seed 4294967295");
    return true;
}

static bool second_limit(const struct parsing *p)
{
    return refuse(p, "a rule has one limit; use times N or once");
}

static bool parse_times(struct parsing *p)
{
    const char *before = p->at;

    if (p->rule->has_times)
        return second_limit(p);
    if (!take_number(p, &p->rule->times) || !p->rule->times)
        return wrong(p, before, "limit", "times 1 to times 4294967295, or once");
    p->rule->has_times = true;
    return true;
}

static bool parse_condition(struct parsing *p)
{
    if (take(p, "lba"))
        return parse_lba(p);
    if (take(p, "after"))
        return parse_after(p);
    if (take(p, "chance"))
        return parse_chance(p);
    if (take(p, "times"))
        return parse_times(p);
    if (take(p, "once")) {
        if (p->rule->has_times)
            return second_limit(p);
        p->rule->has_times = true;
        p->rule->times = 1;
        return true;
    }
    return wrong(p, p->at, "condition", "lba, after, chance, times or once");
}

static bool may_have_range(const struct fault_rule *rule)
{
    return rule->commands != FAULT_OPCODE || has_range(rule->opcode);
}

/* What stands in front of the colon. */
static bool parse_when(struct parsing *p)
{
    struct fault_rule *rule = p->rule;

    rule->seed = 1;
    if (!parse_count(p) || !parse_commands(p))
        return false;
    while (*p->at)
        if (!parse_condition(p))
            return false;
    if ((rule->has_lba || rule->has_after) && !may_have_range(rule))
        return refuse(p, "this command has no address; use lba and after with reads, writes and "
                         "VERIFY (10)");
    if (rule->count == FAULT_NTH && !rule->has_times)
        rule->times = 1;
    rule->random = rule->seed;
    return true;
}

/* ---- what happens ---- */

static bool parse_fail(struct parsing *p)
{
    struct fault_rule *rule = p->rule;
    const char *before = p->at;
    uint32_t key, asc, ascq;

    if (!take_hex(p, 1, &key) || *p->at++ != '/' || !take_hex(p, 2, &asc) || *p->at++ != '/' ||
        !take_hex(p, 2, &ascq) || !ends_here(p))
        return wrong(p, before, "sense code",
                     "fail KEY/ASC/ASCQ in hexadecimal digits, for instance fail 3/0C/00");
    rule->code = key << 16 | asc << 8 | ascq;
    rule->sense_bytes = FAULT_WHOLE_SENSE;
    return true;
}

static bool parse_transfer(struct parsing *p)
{
    const char *before = p->at;

    if (!take_number(p, &p->rule->amount) || !(take(p, "bytes") || take(p, "byte")))
        return wrong(p, before, "amount", "transfer N bytes");
    return true;
}

static bool parse_stall(struct parsing *p)
{
    static const struct {
        const char *name;
        uint32_t us;
    } units[] = {{"ms", 1000}, {"s", 1000000}, {"min", 60000000}};
    enum { DAY_MIN = 24 * 60 };
    const uint64_t longest_us = (uint64_t)DAY_MIN * 60000000;
    const char *before = p->at;
    uint32_t number = 0;
    bool good = take_digits(p, &number);

    skip_blank(p);
    for (size_t i = 0; good && i < sizeof(units) / sizeof(units[0]); i++)
        if (take(p, units[i].name)) {
            p->rule->duration_us = (uint64_t)number * units[i].us;
            if (number && p->rule->duration_us <= longest_us)
                return true;
            break;
        }
    return wrong(p, before, "time", "stall 500 ms, stall 2 s or stall 3 min, a day at the most");
}

/* clang-format off */
static const struct action {
    enum fault_action action;
    const char *name;
    bool (*parse)(struct parsing *p); /* what follows the name; NULL: nothing */
} actions[] = {
    { FAULT_FAIL,       "fail",       parse_fail },
    { FAULT_TRANSFER,   "transfer",   parse_transfer },
    { FAULT_BUSY,       "busy",       NULL },
    { FAULT_STALL,      "stall",      parse_stall },
    { FAULT_TIMEOUT,    "timeout",    NULL },
    { FAULT_RESET,      "reset",      NULL },
    { FAULT_EJECT,      "eject",      NULL },
    { FAULT_UNPLUG,     "unplug",     NULL },
    { FAULT_POWER_LOSS, "power loss", NULL },
};
/* clang-format on */
enum { ACTION_COUNT = sizeof(actions) / sizeof(actions[0]) };

const char *faults_action_name(enum fault_action action)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (actions[i].action == action)
            return actions[i].name;
    return "";
}

static bool parse_action(struct parsing *p)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (take(p, actions[i].name)) {
            p->rule->action = actions[i].action;
            if (actions[i].parse && !actions[i].parse(p))
                return false;
            if (!*p->at)
                return true;
            return wrong(p, p->at, "part of this", "a comma in front of what is added");
        }
    return wrong(p, p->at, "fault",
                 "fail, transfer, busy, stall, timeout, reset, eject, unplug or power loss");
}

static bool parse_sectors(struct parsing *p)
{
    struct fault_rule *rule = p->rule;
    const char *before = p->at;

    if (!take_number(p, &rule->amount) || !(take(p, "sectors") || take(p, "sector")))
        return wrong(p, before, "amount", "after N sectors");
    if (rule->commands != FAULT_WRITES &&
        !(rule->commands == FAULT_OPCODE && is_write(rule->opcode)))
        return refuse(p, "only a write can fail after N sectors; say write in front of the colon");
    rule->partly = true;
    return true;
}

static bool parse_at_lba(struct parsing *p)
{
    const char *before = p->at;

    if (!take_lba(p, &p->rule->information_lba) || !ends_here(p))
        return wrong(p, before, "address", "at lba N");
    p->rule->information = FAULT_GIVEN_LBA;
    return true;
}

static bool parse_sense_bytes(struct parsing *p)
{
    enum { MOST = 32 };
    const char *before = p->at;
    uint32_t number;

    if (!take_number(p, &number) || number > MOST || !take(p, "bytes of sense"))
        return wrong(p, before, "length", "first N bytes of sense, 0 to 32");
    p->rule->sense_bytes = (uint8_t)number;
    return true;
}

/* What may follow "fail", each after a comma. */
static bool parse_fail_detail(struct parsing *p)
{
    struct fault_rule *rule = p->rule;

    if (take(p, "deferred"))
        rule->deferred = true;
    else if (take(p, "executed"))
        rule->executed = true;
    else if (take(p, "descriptor"))
        rule->format = FAULT_DESCRIPTOR;
    else if (take(p, "fixed"))
        rule->format = FAULT_FIXED;
    else if (take(p, "no lba"))
        rule->information = FAULT_NO_LBA;
    else if (take(p, "no sense"))
        rule->sense_bytes = 0;
    else if (take(p, "at lba"))
        return parse_at_lba(p);
    else if (take(p, "after"))
        return parse_sectors(p);
    else if (take(p, "first"))
        return parse_sense_bytes(p);
    else
        return wrong(p, p->at, "addition to fail",
                     "deferred, executed, after N sectors, at lba N, no lba, fixed, descriptor, "
                     "first N bytes of sense or no sense");
    return true;
}

static bool parse_detail(struct parsing *p)
{
    if (p->rule->action == FAULT_FAIL) {
        if (!parse_fail_detail(p))
            return false;
    } else if (p->rule->action != FAULT_TIMEOUT && p->rule->action != FAULT_RESET) {
        return refuse(p, "nothing can be added to this fault; remove the comma and what follows");
    } else if (take(p, "executed")) {
        p->rule->executed = true;
    } else {
        return wrong(p, p->at, "addition to this fault", "executed, or nothing");
    }
    if (*p->at)
        return wrong(p, p->at, "part of this", "a comma in front of what is added");
    return true;
}

/* Cuts at the next comma; NULL behind the last piece. */
static char *next_piece(char **rest)
{
    char *piece = *rest;
    char *comma = piece ? strchr(piece, ',') : NULL;
    size_t length;

    if (!piece)
        return NULL;
    *rest = comma ? comma + 1 : NULL;
    if (comma)
        *comma = '\0';
    while (*piece == ' ')
        piece++;
    length = strlen(piece);
    if (length && piece[length - 1] == ' ')
        piece[length - 1] = '\0';
    return piece;
}

/* What stands behind the colon. */
static bool parse_what(struct parsing *p, char *text)
{
    struct fault_rule *rule = p->rule;

    p->at = next_piece(&text);
    if (!parse_action(p))
        return false;
    while ((p->at = next_piece(&text)) != NULL)
        if (!parse_detail(p))
            return false;
    if (rule->executed && (rule->deferred || rule->partly))
        return refuse(p, "a command that was executed has neither failed for an earlier one nor "
                         "after N sectors; remove one of the two");
    return true;
}

/* ---- lines ---- */

/* Without comment, with one blank where there are several, none at the ends. */
static void tidy(char *line)
{
    char *to = line;

    for (const char *from = line; *from && *from != '#'; from++) {
        char c = *from == '\t' ? ' ' : *from;

        if (c == ' ' && (to == line || to[-1] == ' '))
            continue;
        *to++ = c;
    }
    if (to > line && to[-1] == ' ')
        to--;
    *to = '\0';
}

static bool parse_rule(struct parsing *p, char *line)
{
    char *colon = strchr(line, ':');

    if (!colon)
        return wrong(p, line, "rule",
                     "COMMANDS CONDITIONS: FAULT, as in write lba 100: fail 3/0C/00");
    *colon = '\0';
    if (colon > line && colon[-1] == ' ')
        colon[-1] = '\0';
    p->at = line;
    return parse_when(p) && parse_what(p, colon + 1);
}

static bool take_line(struct fault_script *script, struct parsing *p, char *line)
{
    tidy(line);
    if (!*line)
        return true;
    if (script->count == FAULT_RULES_MAX) {
        text_message(p->problem, "%s, line %u: more than %u rules; remove some",
                     text_short_path(p->path), p->line, (unsigned)FAULT_RULES_MAX);
        return false;
    }
    p->rule = &script->rules[script->count];
    *p->rule = (struct fault_rule){.line = p->line};
    if (!parse_rule(p, line))
        return false;
    script->count++;
    return true;
}

static bool take_lines(struct fault_script *script, struct parsing *p, struct text_reader *reader)
{
    char line[TEXT_LINE_MAX];

    for (;;) {
        enum text_result result = text_next(reader, line);

        p->line = reader->line;
        if (result == TEXT_END)
            return true;
        if (result == TEXT_TOO_LONG) {
            text_message(p->problem, "%s, line %u: longer than %u characters; shorten it",
                         text_short_path(p->path), p->line, (unsigned)TEXT_LINE_MAX - 1);
            return false;
        }
        if (result == TEXT_BINARY)
            return refuse(p, "not text; write the file anew as UTF-8 text");
        if (!take_line(script, p, line))
            return false;
    }
}

bool faults_parse(struct fault_script *script, const char *path, const char *data, size_t size,
                  char problem[TEXT_MESSAGE_MAX])
{
    enum { BOM_BYTES = 3 };
    struct text_reader reader = {.data = data, .size = size};
    struct parsing p = {.path = path, .problem = problem};

    script->count = 0;
    problem[0] = '\0';
    if (size >= BOM_BYTES && memcmp(data, "\xef\xbb\xbf", BOM_BYTES) == 0)
        reader.at = BOM_BYTES;
    if (take_lines(script, &p, &reader))
        return true;
    script->count = 0;
    return false;
}
