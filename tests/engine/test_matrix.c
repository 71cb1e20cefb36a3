/* Everything that can happen to a WRITE, at every place of a section, on every kind of disc. There
 * is one verdict for all: success, and the disc holds the source; or a failure that says where the
 * good part ends. In both cases the engine works on at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "rig.h"
#include "rig_faults.h"
#include "watchdog.h"

enum position { FIRST, MIDDLE, LAST, TWICE_RUNNING, POSITIONS };

static const char *const position_names[POSITIONS] = {"first WRITE", "middle WRITE", "last WRITE",
                                                      "two WRITEs running"};

/* Each is a drive of its own kind, with no fault but that. On a disc that is written at random no
 * question tells that nothing is recorded, only reading does, which is the client's. */
static const struct personality {
    const char *name;
    bool records_nothing;
} personalities[] = {
    {.name = "strict"},
    {.name = "waiting-writes"},
    {.name = "buffer-poll-loses-data"},
    {.name = "silent-discard", .records_nothing = true},
    {.name = "deferred-errors"},
    {.name = "no-write12"},
    {.name = "no-underrun-protection"},
    {.name = "small-transfers"},
    {.name = "descriptor-sense"},
    {.name = "slow-ready"},
    {.name = "no-configuration"},
    {.name = "short-answers"},
};
enum { PERSONALITIES = sizeof(personalities) / sizeof(personalities[0]) };

static struct {
    uint32_t cases, verdicts[RIG_WRONG + 1];
} totals;
static bool *also_fired; /* of each fault: its second rule, at least once */
static struct rig *rig;

static void count(const struct rig_case *what, const char *name, const char *position)
{
    char why[RIG_WHY_SIZE], watched[256];
    enum rig_verdict verdict;

    snprintf(watched, sizeof(watched), "%s, %s, %s", what->medium->name, name, position);
    watchdog_start(watched);
    verdict = rig_try(rig, what, why);
    totals.cases++;
    totals.verdicts[verdict]++;
    if (verdict == RIG_WRONG)
        print_message("wrong: %s%s, %s, %s: %s\n", what->medium->name, rig_pace_names[what->pace],
                      name, position, why);
}

/* The WRITEs that a rule is for: one, or two that follow each other (the second of them may be the
 * first one's repetition). */
static void rules_for(const struct rig_medium *medium, const struct rig_fault *fault,
                      enum position position, char *rules, size_t size)
{
    static const uint32_t commands[POSITIONS] = {0, RIG_WHOLE_COMMANDS / 2, RIG_WHOLE_COMMANDS,
                                                 RIG_WHOLE_COMMANDS / 2};
    uint32_t command = commands[position];
    int32_t lba = medium->start_lba + (int32_t)(command * medium->per_command);
    int32_t earlier = command ? lba - (int32_t)medium->per_command : lba;
    int32_t last = position == TWICE_RUNNING ? lba + (int32_t)medium->per_command : lba;
    char what[128];
    int used;

    rig_fault_words(fault, earlier, what);
    used = snprintf(rules, size, "write lba %d to %d times %u: %s\n", lba, last,
                    fault->times                ? fault->times
                    : position == TWICE_RUNNING ? 2u
                                                : 1u,
                    what);
    if (fault->also)
        snprintf(rules + used, size - (size_t)used, "%s\n", fault->also);
}

static void try_fault(const struct rig_medium *medium, const struct rig_fault *fault,
                      enum position position, enum rig_pace pace)
{
    char rules[256], name[192];
    const struct rig_case what = {.medium = medium, .rules = rules, .pace = pace};

    if (fault->times && position == TWICE_RUNNING)
        return;
    rules_for(medium, fault, position, rules, sizeof(rules));
    snprintf(name, sizeof(name), "%s%s%s%s", fault->what, fault->times ? " (often)" : "",
             fault->also ? " + " : "", fault->also ? fault->also : "");
    count(&what, name, position_names[position]);
    also_fired[fault - rig_faults] |= rig->also_fired;
}

/* What may take something from the drive's buffer comes at every pace; for the others the paces
 * take turns. */
static void try_faults(const struct rig_medium *medium)
{
    uint32_t turn = (uint32_t)(medium - rig_media);

    for (uint32_t i = 0; i < rig_fault_count; i++)
        for (enum position position = FIRST; position < POSITIONS; position++, turn++) {
            bool everywhere = rig_faults[i].also || strncmp(rig_faults[i].what, "fail", 4) != 0;

            for (enum rig_pace pace = RIG_AT_ONCE; pace < RIG_PACES; pace++)
                if (everywhere || turn % RIG_PACES == pace)
                    try_fault(medium, &rig_faults[i], position, pace);
        }
}

static void try_personality(const struct rig_medium *medium, const struct personality *drive)
{
    if (drive->records_nothing && medium->random)
        return;
    for (uint32_t i = 0; i < 2 * RIG_PACES; i++) {
        const struct rig_case what = {
            .medium = medium,
            .rules = "",
            .personality = drive->name,
            .drive_lies = drive->records_nothing,
            .pace = i / 2,
            .streaming = i % 2,
        };

        count(&what, drive->name, what.streaming ? "WRITE (12)" : "WRITE (10)");
    }
}

/* What a WRITE could not record is told with a later one, or with SYNCHRONIZE CACHE. */
static void try_late_errors(const struct rig_medium *medium)
{
    static const struct rig_fault lost = {.what = "fail 3/0C/00"};

    for (uint32_t i = 0; i < RIG_PACES * POSITIONS; i++) {
        char rules[256];
        const struct rig_case what = {
            .medium = medium,
            .rules = rules,
            .personality = "deferred-errors",
            .pace = i % RIG_PACES,
        };

        rules_for(medium, &lost, i / RIG_PACES, rules, sizeof(rules));
        count(&what, "a lost WRITE, told later", position_names[i / RIG_PACES]);
    }
}

static void try_question(const struct rig_medium *medium, const char *words, uint32_t times,
                         enum rig_pace pace, bool discards)
{
    char rules[256], name[192];
    const struct rig_case what = {
        .medium = medium,
        .rules = rules,
        .personality = discards ? "silent-discard" : NULL,
        .drive_lies = discards,
        .pace = pace,
    };

    snprintf(rules, sizeof(rules), "read track information times %u: %s\n", times, words);
    snprintf(name, sizeof(name), "%s%s%s", words, times > 1 ? " (often)" : "",
             discards ? ", silent-discard" : "");
    count(&what, name, "last question");
}

/* Behind the last WRITE of a disc that is written in order the drive is asked where it stands. It
 * may be in trouble by then. What passes is no reason not to hear that it has recorded nothing. */
static void try_last_question(const struct rig_medium *medium)
{
    static const char *const passing[] = {
        "fail 1/18/00", "fail 2/04/01", "fail 2/04/07", "fail 2/04/08", "fail 6/29/00",
        "fail 6/3F/0E", "fail B/47/00", "busy",         "stall 20 s",   "reset",
    };
    uint32_t turn = (uint32_t)(medium - rig_media);

    if (medium->random)
        return;
    for (uint32_t i = 0; i < rig_fault_count; i++, turn++) {
        const struct rig_fault *fault = &rig_faults[i];
        char words[128];

        rig_fault_words(fault, medium->start_lba, words);
        if (!fault->also && !strstr(words, "sectors"))
            try_question(medium, words, fault->times ? fault->times : 1, turn % RIG_PACES, false);
    }
    for (uint32_t i = 0; i < RIG_PACES * sizeof(passing) / sizeof(passing[0]); i++)
        try_question(medium, passing[i / RIG_PACES], 1, i % RIG_PACES, true);
}

/* Some systems take a reset for an answer (Wine's pass-through is one): only the unit attention
 * that follows tells. Behind the last WRITE of a disc that is written at random there is none. */
static void try_deaf_host(const struct rig_medium *medium)
{
    static const struct rig_fault resets[] = {
        {.what = "reset"},
        {.what = "reset, executed"},
        {.what = "power loss"},
    };
    enum { RESETS = sizeof(resets) / sizeof(resets[0]) };

    for (uint32_t i = 0; i < RESETS * POSITIONS * RIG_PACES; i++) {
        const struct rig_fault *fault = &resets[i % RESETS];
        enum position position = i / RESETS % POSITIONS;
        char rules[256], name[64];
        const struct rig_case what = {
            .medium = medium,
            .rules = rules,
            .pace = i / RESETS / POSITIONS,
            .deaf_host = true,
        };

        if (medium->random && position == LAST)
            continue;
        rules_for(medium, fault, position, rules, sizeof(rules));
        snprintf(name, sizeof(name), "%s, deaf host", fault->what);
        count(&what, name, position_names[position]);
    }
}

static void try_medium(void **state)
{
    const struct rig_medium *medium = *state;
    uint32_t wrong = totals.verdicts[RIG_WRONG];

    try_faults(medium);
    for (uint32_t i = 0; i < PERSONALITIES; i++)
        try_personality(medium, &personalities[i]);
    try_late_errors(medium);
    try_last_question(medium);
    try_deaf_host(medium);
    wrong = totals.verdicts[RIG_WRONG] - wrong;
    if (wrong)
        fail_msg("%u wrong verdicts", wrong);
}

/* A second rule waits for the engine to ask something, which it need not do everywhere. */
static void every_second_fault_came_up_somewhere(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < rig_fault_count; i++)
        if (rig_faults[i].also && !also_fired[i])
            fail_msg("never: %s, after %s", rig_faults[i].also, rig_faults[i].what);
}

static int group_setup(void **state)
{
    (void)state;
    also_fired = calloc(rig_fault_count, sizeof(*also_fired));
    rig = rig_create();
    return rig && also_fired ? 0 : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    print_message("| matrix: %u cases, %u faults survived, %u faults reported (%u to the very "
                  "WRITE), %u wrong\n",
                  totals.cases, totals.verdicts[RIG_SURVIVED], totals.verdicts[RIG_REPORTED],
                  rig->exact, totals.verdicts[RIG_WRONG]);
    watchdog_start("");
    rig_destroy(rig);
    rig_media_forget();
    free(also_fired);
    return 0;
}

/* As cmocka reads a pattern: * for any characters, ? for one. */
static bool fits(const char *pattern, const char *name)
{
    for (; *pattern != '*'; pattern++, name++)
        if (!*name || (*pattern != '?' && *pattern != *name))
            return !*name && !*pattern;
    for (;; name++) {
        if (fits(pattern + 1, name))
            return true;
        if (!*name)
            return false;
    }
}

static bool fits_any(const char *pattern, const struct CMUnitTest *tests, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (fits(pattern, tests[i].name))
            return true;
    return false;
}

static int refuse(const char *pattern, const struct CMUnitTest *tests, uint32_t count)
{
    print_error("no test is called \"%s\"; a pattern for a whole name, such as '*DVD-R*', chooses "
                "among\n",
                pattern);
    for (uint32_t i = 0; i < count; i++)
        print_error("  %s\n", tests[i].name);
    return 2;
}

int main(int argc, char **argv)
{
    enum { MEDIA_MAX = 16 };
    struct CMUnitTest tests[MEDIA_MAX];
    char names[MEDIA_MAX][64];

    for (uint32_t i = 0; i < rig_media_count; i++) {
        snprintf(names[i], sizeof(names[i]), "no_fault_on_a_%s_goes_unnoticed", rig_media[i].name);
        for (char *c = names[i]; *c; c++)
            *c = *c == ' ' ? '_' : *c;
        tests[i] = (struct CMUnitTest){
            .name = names[i], .test_func = try_medium, .initial_state = (void *)&rig_media[i]};
    }
    tests[rig_media_count] =
        (struct CMUnitTest)cmocka_unit_test(every_second_fault_came_up_somewhere);
    if (argc > 1 && !fits_any(argv[1], tests, rig_media_count + 1))
        return refuse(argv[1], tests, rig_media_count + 1);
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return _cmocka_run_group_tests("matrix", tests, rig_media_count + 1, group_setup,
                                   group_teardown);
}
