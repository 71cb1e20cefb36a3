/* Faults at random, several in a section, with cancels from every side: the same verdict as the
 * matrix. A run has a seed of its own and prints it; OI_SCHEDULES_SEED repeats one, and
 * OI_SCHEDULES tells how many schedules there are. A schedule that is wrong names its own seed:
 * with that, and OI_SCHEDULES=1, it comes alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "rig.h"
#include "rig_faults.h"
#include "watchdog.h"

enum { RULES_SIZE = 1024, RULES_MAX = 4 };

/* Where a cancel comes from. */
enum cancel { NO_CANCEL, BY_WRITER, BY_OTHER_THREAD, BY_EVENT };

struct schedule {
    uint64_t random;
    struct rig_case what;
    char rules[RULES_SIZE];
    size_t used;
    enum cancel cancel;
    uint32_t cancel_at; /* a command's number, or an event's */
};

/* Cancels a running section. */
struct canceller {
    struct oi_engine *engine;
    const struct schedule *schedule;
    struct oi_thread *thread;
    struct oi_mutex lock;
    struct oi_cond moved;
    bool now, over;
    atomic_bool accepted;
};

static struct {
    uint32_t schedules, cancelled, verdicts[RIG_WRONG + 1];
} totals;
static uint64_t base_seed;

/* ---- chance ---- */

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint32_t below(struct schedule *s, uint32_t limit)
{
    return (uint32_t)(next_random(&s->random) >> 32) % limit;
}

static bool one_in(struct schedule *s, uint32_t cases)
{
    return below(s, cases) == 0;
}

/* ---- a schedule ---- */

static void add_rule(struct schedule *s)
{
    const struct rig_fault *fault = &rig_faults[below(s, rig_fault_count)];
    const struct rig_medium *medium = s->what.medium;
    uint32_t command = below(s, RIG_WHOLE_COMMANDS + 1);
    int32_t lba = medium->start_lba + (int32_t)(command * medium->per_command);
    bool only_writes = strstr(fault->what, "sectors") != NULL;
    char words[128], when[96];

    rig_fault_words(fault, command ? lba - 1 : lba, words);
    switch (below(s, 8)) {
    case 0:
    case 1:
    case 2:
        snprintf(when, sizeof(when), "write lba %d to %d times %u", lba,
                 lba + (int32_t)(below(s, 4) * medium->per_command), 1 + below(s, 3));
        break;
    case 3:
        snprintf(when, sizeof(when), "every %uth write times %u", 2 + below(s, 20),
                 1 + below(s, 10));
        break;
    case 4:
        snprintf(when, sizeof(when), "%uth %s", 1 + below(s, 60),
                 only_writes ? "write" : "any command");
        break;
    default:
        snprintf(when, sizeof(when), "%uth write", 1 + below(s, 55));
        break;
    }
    s->used += (size_t)snprintf(s->rules + s->used, RULES_SIZE - s->used, "%s: %s\n", when, words);
    if (fault->also)
        s->used += (size_t)snprintf(s->rules + s->used, RULES_SIZE - s->used, "%s\n", fault->also);
}

/* A drive that records nothing can't be told from others on a disc that is written at random, nor
 * when it does not answer questions. One that forgets its buffer when asked too early needs an
 * honest 2/04/08 to go by. */
static void choose_personality(struct schedule *s)
{
    static const char *const names[] = {
        "silent-discard", "buffer-poll-loses-data", "waiting-writes",
        "no-write12",     "no-underrun-protection", "small-transfers",
        "slow-ready",     "descriptor-sense",       "deferred-errors",
    };
    enum { NAMES = sizeof(names) / sizeof(names[0]), DISCARDS = 0, FORGETS = 1 };
    uint32_t choice = below(s, NAMES);

    if (!one_in(s, 3) ||
        (choice == DISCARDS && (s->what.medium->random || strstr(s->rules, "any command") ||
                                strstr(s->rules, "read track"))) ||
        (choice == FORGETS && strstr(s->rules, "2/04/0")))
        return;
    s->what.personality = names[choice];
    s->what.drive_lies = choice == DISCARDS;
}

static void choose_source(struct schedule *s)
{
    enum { READ_MAX = 100 * 1000 };
    const struct rig_medium *medium = s->what.medium;

    if (one_in(s, 4))
        s->what.source_most = 500 + below(s, READ_MAX);
    if (one_in(s, 10)) {
        s->what.source_end = 1 + below(s, rig_blocks(medium) * medium->block_bytes);
        s->what.source_fails = one_in(s, 2);
    }
}

static void make_schedule(struct schedule *s, uint64_t seed)
{
    *s = (struct schedule){.random = seed};
    s->what = (struct rig_case){
        .medium = &rig_media[below(s, rig_media_count)],
        .rules = s->rules,
        .may_not_fire = true,
        .pace = (enum rig_pace)below(s, RIG_PACES),
        .streaming = one_in(s, 5),
        .client_reads = one_in(s, 4),
    };
    for (uint32_t rules = 1 + below(s, RULES_MAX); rules; rules--)
        add_rule(s);
    choose_personality(s);
    choose_source(s);
    if (one_in(s, 4)) {
        s->cancel = (enum cancel)(BY_WRITER + below(s, BY_EVENT));
        s->cancel_at = s->cancel == BY_EVENT ? below(s, 2) : below(s, 60);
    }
}

/* ---- cancels ---- */

static void cancel(struct canceller *c)
{
    if (oi_engine_cancel(c->engine))
        atomic_store(&c->accepted, true);
}

static void wait_and_cancel(void *context)
{
    struct canceller *c = context;
    bool now;

    oi_mutex_lock(&c->lock);
    while (!c->now && !c->over)
        oi_cond_wait(&c->moved, &c->lock);
    now = c->now;
    oi_mutex_unlock(&c->lock);
    if (now)
        cancel(c);
}

static void tell(struct canceller *c, bool *flag)
{
    oi_mutex_lock(&c->lock);
    *flag = true;
    oi_cond_signal(&c->moved);
    oi_mutex_unlock(&c->lock);
}

static void before_command(void *context, uint32_t number)
{
    struct canceller *c = context;

    if (number != c->schedule->cancel_at)
        return;
    if (c->schedule->cancel == BY_WRITER)
        cancel(c);
    else if (c->schedule->cancel == BY_OTHER_THREAD)
        tell(c, &c->now);
}

static void at_event(void *context, uint32_t number)
{
    struct canceller *c = context;

    if (c->schedule->cancel == BY_EVENT && number == c->schedule->cancel_at)
        cancel(c);
}

static void at_end(void *context)
{
    struct canceller *c = context;

    tell(c, &c->over);
    if (c->thread)
        oi_thread_join(c->thread);
    c->thread = NULL;
}

/* ---- the verdict ---- */

static enum rig_verdict try_schedule(struct rig *rig, const struct schedule *s,
                                     char why[RIG_WHY_SIZE])
{
    struct canceller c = {.engine = &rig->engine, .schedule = s};
    enum rig_verdict verdict;

    oi_mutex_init(&c.lock);
    oi_cond_init(&c.moved);
    if (s->cancel == BY_OTHER_THREAD)
        assert_int_equal(oi_thread_start(&c.thread, wait_and_cancel, &c), OI_OK);
    rig->watcher = (struct rig_watcher){before_command, at_event, at_end, &c};
    verdict = rig_try(rig, &s->what, why);
    at_end(&c);
    if (verdict != RIG_WRONG && atomic_load(&c.accepted) != (rig->ended == OI_CANCELLED)) {
        snprintf(why, RIG_WHY_SIZE, "a cancel was %saccepted, but the section ends with \"%s\"",
                 atomic_load(&c.accepted) ? "" : "not ", oi_status_text(rig->ended));
        verdict = RIG_WRONG;
    }
    totals.cancelled += rig->ended == OI_CANCELLED;
    oi_cond_fini(&c.moved);
    oi_mutex_fini(&c.lock);
    return verdict;
}

static void tell_wrong(const struct schedule *s, uint64_t seed, const char *why)
{
    print_message(
        "wrong: seed 0x%llx, %s%s%s, %s%s%s: %s\n", (unsigned long long)seed, s->what.medium->name,
        rig_pace_names[s->what.pace], s->what.streaming ? ", WRITE (12)" : "",
        s->what.personality ? s->what.personality : "strict", s->cancel ? ", with a cancel" : "",
        s->what.source_end ? ", the source ends" : "", why);
    for (const char *line = s->rules; *line; line = strchr(line, '\n') + 1)
        print_message("    %.*s\n", (int)strcspn(line, "\n"), line);
}

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);

    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void whatever_happens_no_section_ends_with_a_lie(void **state)
{
    struct rig *rig = *state;
    uint64_t count = number_from("OI_SCHEDULES", OI_TEST_SCHEDULES);

    for (uint64_t i = 0; i < count; i++) {
        struct schedule s;
        char why[RIG_WHY_SIZE], watched[64];
        enum rig_verdict verdict;

        snprintf(watched, sizeof(watched), "seed 0x%llx", (unsigned long long)(base_seed + i));
        watchdog_start(watched);
        make_schedule(&s, base_seed + i);
        verdict = try_schedule(rig, &s, why);
        totals.schedules++;
        totals.verdicts[verdict]++;
        if (verdict == RIG_WRONG)
            tell_wrong(&s, base_seed + i, why);
    }
    if (totals.verdicts[RIG_WRONG])
        fail_msg("%u wrong verdicts", totals.verdicts[RIG_WRONG]);
}

static int group_setup(void **state)
{
    uint64_t entropy = (uint64_t)time(NULL) << 32 ^ oi_clock_us() ^ (uint64_t)getpid() << 20;

    base_seed = number_from("OI_SCHEDULES_SEED", next_random(&entropy));
    *state = rig_create();
    return *state ? 0 : -1;
}

static int group_teardown(void **state)
{
    print_message("| schedules: %u from seed 0x%llx, %u cancelled, %u survived, %u reported, "
                  "%u untouched, %u wrong\n",
                  totals.schedules, (unsigned long long)base_seed, totals.cancelled,
                  totals.verdicts[RIG_SURVIVED], totals.verdicts[RIG_REPORTED],
                  totals.verdicts[RIG_UNTOUCHED], totals.verdicts[RIG_WRONG]);
    watchdog_start("");
    rig_destroy(*state);
    rig_media_forget();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_no_section_ends_with_a_lie),
    };

    return cmocka_run_group_tests_name("schedules", tests, group_setup, group_teardown);
}
