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

enum position { FIRST, MIDDLE, LAST, TWICE_RUNNING, POSITIONS };

static const char *const position_names[POSITIONS] = {"first WRITE", "middle WRITE", "last WRITE",
                                                      "two WRITEs running"};

/* Each is a drive of its own kind, with no fault but the drive's. */
static const char *const personalities[] = {
    "strict",     "waiting-writes",         "buffer-poll-loses-data", "silent-discard",
    "no-write12", "no-underrun-protection", "small-transfers",        "descriptor-sense",
    "slow-ready", "deferred-errors",
};
enum { PERSONALITIES = sizeof(personalities) / sizeof(personalities[0]) };

static struct {
    uint32_t cases, verdicts[RIG_WRONG + 1];
} totals;
static struct rig *rig;

static void count(const struct rig_case *what, const char *name, const char *position)
{
    char why[RIG_WHY_SIZE];
    enum rig_verdict verdict = rig_try(rig, what, why);

    totals.cases++;
    totals.verdicts[verdict]++;
    if (verdict == RIG_WRONG)
        print_message("wrong: %s%s, %s, %s: %s\n", what->medium->name, what->paced ? ", paced" : "",
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

static void try_fault(const struct rig_medium *medium, const struct rig_fault *fault, bool paced)
{
    for (enum position position = FIRST; position < POSITIONS; position++) {
        char rules[256], name[192];
        struct rig_case what = {.medium = medium, .rules = rules, .paced = paced};

        if (fault->times && position == TWICE_RUNNING)
            continue;
        rules_for(medium, fault, position, rules, sizeof(rules));
        snprintf(name, sizeof(name), "%s%s%s%s", fault->what, fault->times ? " (often)" : "",
                 fault->also ? " + " : "", fault->also ? fault->also : "");
        count(&what, name, position_names[position]);
    }
}

static void try_personalities(const struct rig_medium *medium)
{
    for (uint32_t i = 0; i < PERSONALITIES * 4; i++) {
        struct rig_case what = {.medium = medium,
                                .rules = "",
                                .personality = personalities[i / 4],
                                .paced = i & 1,
                                .streaming = i & 2};

        count(&what, what.personality, what.streaming ? "WRITE (12)" : "WRITE (10)");
    }
    for (enum position position = FIRST; position < POSITIONS; position++) {
        static const struct rig_fault lost = {.what = "fail 3/0C/00"};
        char rules[256];
        struct rig_case what = {.medium = medium,
                                .rules = rules,
                                .personality = "deferred-errors",
                                .paced = position & 1};

        rules_for(medium, &lost, position, rules, sizeof(rules));
        count(&what, "a lost WRITE, told later", position_names[position]);
    }
}

static void try_medium(void **state)
{
    const struct rig_medium *medium = *state;
    uint32_t wrong = totals.verdicts[RIG_WRONG];

    for (uint32_t i = 0; i < rig_fault_count; i++) {
        try_fault(medium, &rig_faults[i], false);
        try_fault(medium, &rig_faults[i], true);
    }
    try_personalities(medium);
    wrong = totals.verdicts[RIG_WRONG] - wrong;
    if (wrong)
        fail_msg("%u wrong verdicts", wrong);
}

static int group_setup(void **state)
{
    (void)state;
    rig = rig_create();
    return rig ? 0 : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    print_message("| matrix: %u cases, %u faults survived, %u faults reported, %u wrong\n",
                  totals.cases, totals.verdicts[RIG_SURVIVED], totals.verdicts[RIG_REPORTED],
                  totals.verdicts[RIG_WRONG]);
    rig_destroy(rig);
    rig_media_forget();
    return 0;
}

int main(void)
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
    return _cmocka_run_group_tests("matrix", tests, rig_media_count, group_setup, group_teardown);
}
