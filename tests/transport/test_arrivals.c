/* The watcher of recorders that come and go, over a source that says what a test wants it to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arrivals.h"
#include "os.h"

enum { LIST_MAX = 128, STORY_MAX = 2048, PATIENCE_US = 20000000 };

struct bench {
    struct oi_arrival_source source;
    struct oi_mutex lock; /* guards all that follows */
    struct oi_cond changed;
    char list[LIST_MAX];   /* what there is, in words */
    enum oi_status status; /* what list() says when it has told them all */
    bool hint, woken;      /* for wait() to return */
    unsigned looks, waits, soon, destroyed, begun, ended, held, released;
    bool refuse;           /* hold() says no */
    char story[STORY_MAX]; /* what was told: "+one -two " */
    unsigned told;
    struct oi_arrivals *stop_it; /* in the next tell() */
    bool gate;                   /* tell() waits until it is open */
};

static struct bench bench;

/* == failing on purpose == */

static _Thread_local int allocations_left = -1; /* -1: as many as are wanted */
static bool no_threads;

static bool may_allocate(void)
{
    if (allocations_left < 0)
        return true;
    return allocations_left-- > 0 || (allocations_left = 0) != 0;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size)
{
    return may_allocate() ? __real_realloc(old, size) : NULL;
}

enum oi_status __real_oi_thread_start(struct oi_thread **thread, void (*body)(void *context),
                                      void *context);
enum oi_status __wrap_oi_thread_start(struct oi_thread **thread, void (*body)(void *context),
                                      void *context);
enum oi_status __wrap_oi_thread_start(struct oi_thread **thread, void (*body)(void *context),
                                      void *context)
{
    *thread = NULL;
    return no_threads ? OI_OUT_OF_MEMORY : __real_oi_thread_start(thread, body, context);
}

/* == the source == */

static enum oi_status list(struct oi_arrival_source *source,
                           bool (*visit)(void *context, const char *unique_id), void *context)
{
    struct bench *b = (struct bench *)source;
    char words[LIST_MAX], *rest = words;
    enum oi_status status;
    bool go_on = true;

    oi_mutex_lock(&b->lock);
    memcpy(words, b->list, sizeof(words));
    status = b->status;
    b->looks++;
    oi_cond_broadcast(&b->changed);
    oi_mutex_unlock(&b->lock);
    for (char *word; go_on && (word = strtok_r(rest, " ", &rest)) != NULL;)
        go_on = visit(context, word);
    return status;
}

static void wait(struct oi_arrival_source *source, bool soon)
{
    struct bench *b = (struct bench *)source;

    oi_mutex_lock(&b->lock);
    b->waits++;
    b->soon += soon;
    oi_cond_broadcast(&b->changed);
    while (!b->hint && !b->woken)
        oi_cond_wait(&b->changed, &b->lock);
    b->hint = b->woken = false;
    oi_mutex_unlock(&b->lock);
}

static void wake(struct oi_arrival_source *source)
{
    struct bench *b = (struct bench *)source;

    oi_mutex_lock(&b->lock);
    b->woken = true;
    oi_cond_broadcast(&b->changed);
    oi_mutex_unlock(&b->lock);
}

static void count(unsigned *counter)
{
    oi_mutex_lock(&bench.lock);
    ++*counter;
    oi_cond_broadcast(&bench.changed);
    oi_mutex_unlock(&bench.lock);
}

static void destroy(struct oi_arrival_source *source)
{
    count(&((struct bench *)source)->destroyed);
}

static const struct oi_arrival_source_ops source_ops = {
    .list = list,
    .wait = wait,
    .wake = wake,
    .destroy = destroy,
};

/* == the listener == */

static void begin(void)
{
    count(&bench.begun);
}

static void end(void)
{
    count(&bench.ended);
}

static bool hold(void *context)
{
    struct bench *b = context;
    bool held;

    oi_mutex_lock(&b->lock);
    held = !b->refuse;
    b->held += held;
    oi_mutex_unlock(&b->lock);
    return held;
}

static void tell(void *context, const char *unique_id, bool arrived)
{
    struct bench *b = context;
    struct oi_arrivals *stop_it;
    size_t length;

    oi_mutex_lock(&b->lock);
    length = strlen(b->story);
    snprintf(b->story + length, sizeof(b->story) - length, "%c%s ", arrived ? '+' : '-', unique_id);
    b->told++;
    stop_it = b->stop_it;
    b->stop_it = NULL;
    oi_cond_broadcast(&b->changed);
    while (b->gate)
        oi_cond_wait(&b->changed, &b->lock);
    oi_mutex_unlock(&b->lock);
    if (stop_it)
        oi_arrivals_stop(stop_it);
}

static void let_go(void *context)
{
    count(&((struct bench *)context)->released);
}

static const struct oi_arrival_listener listener = {
    .begin = begin,
    .end = end,
    .hold = hold,
    .tell = tell,
    .let_go = let_go,
};

/* == steps == */

static int give_bench(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof(bench));
    bench.source.ops = &source_ops;
    oi_mutex_init(&bench.lock);
    oi_cond_init(&bench.changed);
    return 0;
}

static bool reaches(unsigned *counter, unsigned at_least)
{
    uint64_t deadline_us = oi_clock_us() + PATIENCE_US;
    bool reached, in_time = true;

    oi_mutex_lock(&bench.lock);
    while (*counter < at_least && in_time)
        in_time = oi_cond_wait_until(&bench.changed, &bench.lock, deadline_us);
    reached = *counter >= at_least;
    oi_mutex_unlock(&bench.lock);
    return reached;
}

static unsigned number(unsigned *counter)
{
    unsigned now;

    oi_mutex_lock(&bench.lock);
    now = *counter;
    oi_mutex_unlock(&bench.lock);
    return now;
}

/* A watcher's thread that a failed test leaves behind would tell the next one. */
static int take_bench(void **state)
{
    bool clean;

    (void)state;
    oi_mutex_lock(&bench.lock);
    bench.gate = false;
    oi_cond_broadcast(&bench.changed);
    oi_mutex_unlock(&bench.lock);
    clean = reaches(&bench.ended, number(&bench.begun)) && bench.held == bench.released;
    oi_cond_fini(&bench.changed);
    oi_mutex_fini(&bench.lock);
    return clean ? 0 : -1;
}

static struct oi_arrivals *start(const char *words)
{
    struct oi_arrivals *watcher;

    snprintf(bench.list, sizeof(bench.list), "%s", words);
    assert_int_equal(oi_arrivals_start(&watcher, &bench.source, &listener, &bench), OI_OK);
    assert_true(reaches(&bench.waits, 1));
    return watcher;
}

/* From now on there is what the words say. Returns when the watcher has dealt with it. */
static void become(const char *words, enum oi_status status)
{
    unsigned waits;

    oi_mutex_lock(&bench.lock);
    snprintf(bench.list, sizeof(bench.list), "%s", words);
    bench.status = status;
    bench.hint = true;
    waits = bench.waits;
    oi_cond_broadcast(&bench.changed);
    oi_mutex_unlock(&bench.lock);
    assert_true(reaches(&bench.waits, waits + 1));
}

/* The thread is over, and has left nothing. */
static void assert_over(void)
{
    assert_true(reaches(&bench.ended, 1));
    assert_int_equal(bench.begun, 1);
    assert_int_equal(bench.ended, 1);
    assert_int_equal(bench.destroyed, 1);
    assert_int_equal(bench.held, bench.released);
}

static void stop(struct oi_arrivals *watcher)
{
    oi_arrivals_stop(watcher);
    assert_over();
}

/* == what is told == */

static void what_was_there_from_the_beginning_is_not_told(void **state)
{
    struct oi_arrivals *watcher = start("one two");

    (void)state;
    become("one two", OI_OK);
    stop(watcher);
    assert_string_equal(bench.story, "");
    assert_int_equal(bench.held, 0);
}

static void those_that_went_are_told_before_those_that_came(void **state)
{
    struct oi_arrivals *watcher = start("one two three");

    (void)state;
    become("four two five", OI_OK);
    become("", OI_OK);
    stop(watcher);
    assert_string_equal(bench.story, "-one -three +four +five -four -two -five ");
    assert_int_equal(bench.held, 2);
}

static void another_order_is_no_change(void **state)
{
    struct oi_arrivals *watcher = start("one two three");

    (void)state;
    become("three two one", OI_OK);
    become("three two one four", OI_OK);
    stop(watcher);
    assert_string_equal(bench.story, "+four ");
}

static void after_a_look_that_failed_it_looks_again_soon_and_misses_nothing(void **state)
{
    struct oi_arrivals *watcher = start("one two");

    (void)state;
    become("one", OI_IO_ERROR);
    assert_int_equal(number(&bench.soon), 1);
    assert_string_equal(bench.story, "");
    become("one three", OI_OK);
    stop(watcher);
    assert_string_equal(bench.story, "-two +three ");
}

static void after_a_change_it_looks_again_soon_until_nothing_changes(void **state)
{
    struct oi_arrivals *watcher = start("one");

    (void)state;
    become("one two", OI_OK);
    assert_int_equal(number(&bench.soon), 1);
    become("one two", OI_OK);
    assert_int_equal(number(&bench.soon), 1);
    stop(watcher);
}

static void a_listener_that_is_going_is_told_nothing(void **state)
{
    struct oi_arrivals *watcher = start("one");

    (void)state;
    bench.refuse = true;
    become("two", OI_OK);
    stop(watcher);
    assert_string_equal(bench.story, "");
    assert_int_equal(bench.released, 0);
}

/* == the end == */

static void after_stop_nothing_is_told(void **state)
{
    struct oi_arrivals *watcher = start("one");

    (void)state;
    oi_mutex_lock(&bench.lock);
    snprintf(bench.list, sizeof(bench.list), "two");
    oi_mutex_unlock(&bench.lock);
    stop(watcher);
    assert_string_equal(bench.story, "");
}

static void stopped_while_it_tells_it_tells_no_more(void **state)
{
    struct oi_arrivals *watcher = start("one");

    (void)state;
    bench.stop_it = watcher;
    oi_mutex_lock(&bench.lock);
    snprintf(bench.list, sizeof(bench.list), "two three four");
    bench.hint = true;
    oi_cond_broadcast(&bench.changed);
    oi_mutex_unlock(&bench.lock);
    assert_over();
    assert_string_equal(bench.story, "-one ");
}

static void stop_does_not_wait_for_a_listener_that_is_slow(void **state)
{
    struct oi_arrivals *watcher = start("one");

    (void)state;
    oi_mutex_lock(&bench.lock);
    bench.gate = true;
    snprintf(bench.list, sizeof(bench.list), "two three");
    bench.hint = true;
    oi_cond_broadcast(&bench.changed);
    oi_mutex_unlock(&bench.lock);
    assert_true(reaches(&bench.told, 1));
    oi_arrivals_stop(watcher);
    assert_int_equal(number(&bench.released), 0);
    assert_int_equal(number(&bench.destroyed), 0);
    oi_mutex_lock(&bench.lock);
    bench.gate = false;
    oi_cond_broadcast(&bench.changed);
    oi_mutex_unlock(&bench.lock);
    assert_over();
    assert_string_equal(bench.story, "-one ");
}

/* == failures == */

static void a_start_that_can_t_list_fails_and_leaves_nothing(void **state)
{
    struct oi_arrivals *watcher = (struct oi_arrivals *)&bench;

    (void)state;
    snprintf(bench.list, sizeof(bench.list), "one");
    bench.status = OI_ACCESS_DENIED;
    assert_int_equal(oi_arrivals_start(&watcher, &bench.source, &listener, &bench),
                     OI_ACCESS_DENIED);
    assert_null(watcher);
    assert_int_equal(bench.destroyed, 1);
    assert_int_equal(bench.begun, 0);
}

static void a_start_without_a_thread_fails_and_leaves_nothing(void **state)
{
    struct oi_arrivals *watcher = (struct oi_arrivals *)&bench;
    enum oi_status status;

    (void)state;
    no_threads = true;
    status = oi_arrivals_start(&watcher, &bench.source, &listener, &bench);
    no_threads = false;
    assert_int_equal(status, OI_OUT_OF_MEMORY);
    assert_null(watcher);
    assert_int_equal(bench.destroyed, 1);
    assert_int_equal(bench.begun, 0);
}

static void whichever_allocation_fails_start_says_so_and_leaves_nothing(void **state)
{
    struct oi_arrivals *watcher = NULL;
    unsigned failures = 0;

    (void)state;
    snprintf(bench.list, sizeof(bench.list), "a b c d e f g h i j k l m n o p q r s t");
    for (; !watcher && failures < 100; failures++) {
        enum oi_status status;

        allocations_left = (int)failures;
        status = oi_arrivals_start(&watcher, &bench.source, &listener, &bench);
        allocations_left = -1;
        assert_int_equal(status, watcher ? OI_OK : OI_OUT_OF_MEMORY);
        assert_int_equal(number(&bench.destroyed), watcher ? failures : failures + 1);
    }
    assert_in_range(failures, 20, 99);
    bench.destroyed = 0;
    stop(watcher);
}

/* == many at once == */

struct unrest {
    bool over; /* guarded by the bench's lock */
};

static void come_and_go(void *context)
{
    struct unrest *unrest = context;
    bool over = false;

    for (unsigned i = 0; !over; i++) {
        oi_mutex_lock(&bench.lock);
        snprintf(bench.list, sizeof(bench.list), "%s", i % 2 ? "one" : "one two");
        bench.story[0] = '\0';
        bench.hint = true;
        over = unrest->over;
        oi_cond_broadcast(&bench.changed);
        oi_mutex_unlock(&bench.lock);
    }
}

static void start_and_stop_may_race_with_changes(void **state)
{
    enum { ROUNDS = 200 };
    struct unrest unrest = {false};
    struct oi_thread *thread;
    bool all = true;

    (void)state;
    assert_int_equal(oi_thread_start(&thread, come_and_go, &unrest), OI_OK);
    for (unsigned i = 0; i < ROUNDS && all; i++) {
        struct oi_arrivals *watcher;

        all = oi_arrivals_start(&watcher, &bench.source, &listener, &bench) == OI_OK;
        if (all && i % 2)
            all = reaches(&bench.told, number(&bench.told) + 1);
        if (all)
            oi_arrivals_stop(watcher);
        /* They share a source, whose wake may reach another one's thread. */
        all = all && reaches(&bench.ended, i + 1);
    }
    oi_mutex_lock(&bench.lock);
    unrest.over = true;
    oi_mutex_unlock(&bench.lock);
    oi_thread_join(thread);
    assert_true(all);
    assert_int_equal(bench.destroyed, ROUNDS);
    assert_int_equal(bench.held, bench.released);
}

int main(void)
{
#define IT(name) cmocka_unit_test_setup_teardown(name, give_bench, take_bench)
    const struct CMUnitTest tests[] = {
        IT(what_was_there_from_the_beginning_is_not_told),
        IT(those_that_went_are_told_before_those_that_came),
        IT(another_order_is_no_change),
        IT(after_a_look_that_failed_it_looks_again_soon_and_misses_nothing),
        IT(after_a_change_it_looks_again_soon_until_nothing_changes),
        IT(a_listener_that_is_going_is_told_nothing),
        IT(after_stop_nothing_is_told),
        IT(stopped_while_it_tells_it_tells_no_more),
        IT(stop_does_not_wait_for_a_listener_that_is_slow),
        IT(a_start_that_can_t_list_fails_and_leaves_nothing),
        IT(a_start_without_a_thread_fails_and_leaves_nothing),
        IT(whichever_allocation_fails_start_says_so_and_leaves_nothing),
        IT(start_and_stop_may_race_with_changes),
    };
#undef IT

    return cmocka_run_group_tests(tests, NULL, NULL);
}
