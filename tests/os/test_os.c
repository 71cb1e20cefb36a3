/* What src/os promises on every system. */
#include "scratch.h"

#include <time.h>

enum { SECOND_US = 1000000 };

static uint64_t soon(void)
{
    return oi_clock_us() + 20 * (uint64_t)SECOND_US; /* a hang becomes a failure */
}

/* A number that threads change under a lock, and the condition that it did. */
struct counter {
    struct oi_mutex mutex;
    struct oi_cond changed;
    int value;
};

static void counter_init(struct counter *counter)
{
    oi_mutex_init(&counter->mutex);
    oi_cond_init(&counter->changed);
    counter->value = 0;
}

static void counter_fini(struct counter *counter)
{
    oi_cond_fini(&counter->changed);
    oi_mutex_fini(&counter->mutex);
}

static void count_one(void *context)
{
    struct counter *counter = context;

    oi_mutex_lock(&counter->mutex);
    counter->value++;
    oi_cond_broadcast(&counter->changed);
    oi_mutex_unlock(&counter->mutex);
}

static bool counter_reaches(struct counter *counter, int value)
{
    uint64_t deadline = soon();
    bool in_time = true;

    oi_mutex_lock(&counter->mutex);
    while (counter->value < value && in_time)
        in_time = oi_cond_wait_until(&counter->changed, &counter->mutex, deadline);
    in_time = counter->value >= value;
    oi_mutex_unlock(&counter->mutex);
    return in_time;
}

static void every_status_has_a_text(void **state)
{
    (void)state;
    for (int status = 0; status < OI_STATUS_COUNT; status++) {
        assert_non_null(oi_status_text((enum oi_status)status));
        assert_string_not_equal(oi_status_text((enum oi_status)status), "unknown status");
    }
    assert_string_equal(oi_status_text(OI_NO_MEDIA), "there is no disc in the drive");
    assert_string_equal(oi_status_text(OI_STATUS_COUNT), "unknown status");
    assert_string_equal(oi_status_text((enum oi_status) - 1), "unknown status");
}

static void the_clock_counts_and_never_goes_back(void **state)
{
    uint64_t start = oi_clock_us(), last = start;

    (void)state;
    while (last < start + 2000) {
        uint64_t now = oi_clock_us();

        assert_true(now >= last);
        last = now;
    }
}

static void the_wall_clock_agrees_with_the_c_library(void **state)
{
    uint64_t before = (uint64_t)time(NULL) - 1; /* another, coarser clock may lag behind */
    uint64_t now = oi_wall_clock_us() / SECOND_US;

    (void)state;
    assert_in_range(now, before, (uint64_t)time(NULL) + 1);
}

static void a_joined_thread_has_done_its_work(void **state)
{
    struct counter counter;
    struct oi_thread *thread;

    (void)state;
    counter_init(&counter);
    assert_int_equal(oi_thread_start(&thread, count_one, &counter), OI_OK);
    oi_thread_join(thread);
    assert_int_equal(counter.value, 1);
    counter_fini(&counter);
}

static void a_detached_thread_runs_to_its_end(void **state)
{
    static struct counter counter; /* outlives the thread whatever happens */
    struct oi_thread *thread;

    (void)state;
    counter_init(&counter);
    assert_int_equal(oi_thread_start(&thread, count_one, &counter), OI_OK);
    oi_thread_detach(thread);
    assert_true(counter_reaches(&counter, 1));
}

static void count_many(void *context)
{
    for (int i = 0; i < 10000; i++)
        count_one(context);
}

static void a_mutex_lets_one_thread_in_at_a_time(void **state)
{
    struct counter counter;
    struct oi_thread *threads[4];

    (void)state;
    counter_init(&counter);
    for (int i = 0; i < 4; i++)
        assert_int_equal(oi_thread_start(&threads[i], count_many, &counter), OI_OK);
    for (int i = 0; i < 4; i++)
        oi_thread_join(threads[i]);
    assert_int_equal(counter.value, 40000);
    counter_fini(&counter);
}

static void a_wait_without_a_wake_ends_at_its_deadline(void **state)
{
    struct counter counter;
    uint64_t deadline;

    (void)state;
    counter_init(&counter);
    oi_mutex_lock(&counter.mutex);
    assert_false(oi_cond_wait_until(&counter.changed, &counter.mutex, 0));
    deadline = oi_clock_us() + 5000;
    while (oi_cond_wait_until(&counter.changed, &counter.mutex, deadline))
        ;
    assert_true(oi_clock_us() >= deadline);
    oi_mutex_unlock(&counter.mutex);
    counter_fini(&counter);
}

/* Two numbers under one lock: who waits says so, and is let go by a broadcast. */
struct gate {
    struct counter waiting;
    struct oi_cond opened;
    bool open;
};

static void wait_at_gate(void *context)
{
    struct gate *gate = context;

    oi_mutex_lock(&gate->waiting.mutex);
    gate->waiting.value++;
    oi_cond_signal(&gate->waiting.changed);
    while (!gate->open)
        oi_cond_wait(&gate->opened, &gate->waiting.mutex);
    oi_mutex_unlock(&gate->waiting.mutex);
}

static void a_broadcast_wakes_every_waiting_thread(void **state)
{
    struct gate gate = {.open = false};
    struct oi_thread *threads[3];

    (void)state;
    counter_init(&gate.waiting);
    oi_cond_init(&gate.opened);
    for (int i = 0; i < 3; i++)
        assert_int_equal(oi_thread_start(&threads[i], wait_at_gate, &gate), OI_OK);
    assert_true(counter_reaches(&gate.waiting, 3));
    oi_mutex_lock(&gate.waiting.mutex);
    gate.open = true;
    oi_cond_broadcast(&gate.opened);
    oi_mutex_unlock(&gate.waiting.mutex);
    for (int i = 0; i < 3; i++)
        oi_thread_join(threads[i]);
    oi_cond_fini(&gate.opened);
    counter_fini(&gate.waiting);
}

static void pages_are_aligned_and_zero_filled(void **state)
{
    enum { SIZE = 3 * 65536 + 1 };
    uint8_t *pages = oi_pages_alloc(SIZE);

    (void)state;
    assert_non_null(pages);
    assert_int_equal((uintptr_t)pages % 4096, 0);
    for (size_t i = 0; i < SIZE; i++)
        assert_int_equal(pages[i], 0);
    memset(pages, 0xff, SIZE);
    oi_pages_free(pages, SIZE);
    oi_pages_free(NULL, SIZE);
}

static void pages_that_cannot_be_had_are_null(void **state)
{
    (void)state;
    assert_null(oi_pages_alloc(SIZE_MAX / 2));
}

static void each_open_mode_does_what_it_says(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct oi_file *file;
    char byte;
    size_t got;

    assert_int_equal(oi_file_open(&file, path, OI_FILE_READ), OI_NOT_FOUND);
    assert_null(file);
    assert_int_equal(oi_file_open(&file, path, OI_FILE_WRITE), OI_NOT_FOUND);
    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_write_at(file, 0, "x", 1), OI_OK);
    oi_file_close(file);
    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE_NEW), OI_EXISTS);
    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_read_at(file, 0, &byte, 1, &got), OI_OK);
    assert_int_equal(got, 1); /* not truncated */
    oi_file_close(file);
    assert_int_equal(oi_file_open(&file, path, OI_FILE_READ), OI_OK);
    assert_int_equal(oi_file_write_at(file, 0, "y", 1), OI_ACCESS_DENIED);
    assert_int_not_equal(oi_file_set_size(file, 0), OI_OK);
    oi_file_close(file);
    assert_file_holds(path, "x");
    oi_file_close(NULL);
}

static void a_folder_is_no_file(void **state)
{
    struct oi_file *file;

    assert_int_equal(oi_file_open(&file, *state, OI_FILE_READ), OI_ACCESS_DENIED);
    assert_null(file);
    assert_int_equal(oi_file_open(&file, *state, OI_FILE_WRITE), OI_ACCESS_DENIED);
}

static void reads_and_writes_go_where_they_are_told(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct oi_file *file;
    char data[8];
    size_t got;
    uint64_t size;

    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_write_at(file, 4, "efgh", 4), OI_OK);
    assert_int_equal(oi_file_write_at(file, 0, "abcd", 4), OI_OK);
    assert_int_equal(oi_file_size(file, &size), OI_OK);
    assert_int_equal(size, 8);
    assert_int_equal(oi_file_read_at(file, 2, data, 4, &got), OI_OK);
    assert_int_equal(got, 4);
    assert_memory_equal(data, "cdef", 4);
    assert_int_equal(oi_file_flush(file), OI_OK);
    oi_file_close(file);
}

static void only_the_end_of_the_file_makes_a_read_short(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct oi_file *file;
    char data[8];
    size_t got;

    write_file(path, "abcd", 4);
    assert_int_equal(oi_file_open(&file, path, OI_FILE_READ), OI_OK);
    assert_int_equal(oi_file_read_at(file, 1, data, sizeof data, &got), OI_OK);
    assert_int_equal(got, 3);
    assert_int_equal(oi_file_read_at(file, 4, data, sizeof data, &got), OI_OK);
    assert_int_equal(got, 0);
    assert_int_equal(oi_file_read_at(file, 1u << 20, data, sizeof data, &got), OI_OK);
    assert_int_equal(got, 0);
    assert_int_not_equal(oi_file_read_at(file, UINT64_MAX - 2, data, sizeof data, &got), OI_OK);
    oi_file_close(file);
}

static void a_file_grows_sparsely_and_shrinks(void **state)
{
    const char *path = scratch_path(*state, "image");
    const uint64_t blu_ray = 25025314816u; /* bytes of a single-layer disc */
    struct oi_file *file;
    uint64_t size;
    char data[4] = "abc";
    size_t got;

    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_set_size(file, blu_ray), OI_OK);
    assert_int_equal(oi_file_size(file, &size), OI_OK);
    assert_true(size == blu_ray);
    assert_int_equal(oi_file_write_at(file, blu_ray - 4, data, 4), OI_OK);
    assert_int_equal(oi_file_read_at(file, blu_ray - 8, data, 4, &got), OI_OK);
    assert_int_equal(got, 4);
    assert_memory_equal(data, "\0\0\0\0", 4);
    assert_int_equal(oi_file_flush(file), OI_OK);
    assert_true(scratch_allocated_bytes(path) < 16u << 20);
    assert_int_equal(oi_file_set_size(file, 3), OI_OK);
    assert_int_equal(oi_file_size(file, &size), OI_OK);
    assert_int_equal(size, 3);
    oi_file_close(file);
}

enum { APPENDERS = 4, APPENDED_LINES = 500, APPENDED_BYTES = 100 };

struct appender {
    struct counter *ready; /* they begin together */
    const char *path;
    char letter;
    enum oi_status status;
};

/* Lines of one letter, of different lengths. */
static void append_lines(void *context)
{
    struct appender *appender = context;
    struct oi_file *file;
    char line[APPENDED_BYTES];

    memset(line, appender->letter, sizeof(line));
    appender->status = oi_file_open(&file, appender->path, OI_FILE_CREATE);
    count_one(appender->ready);
    counter_reaches(appender->ready, APPENDERS);
    for (int i = 0; i < APPENDED_LINES && appender->status == OI_OK; i++) {
        size_t size = (size_t)(1 + i % (APPENDED_BYTES - 1));

        line[size] = '\n';
        appender->status = oi_file_append(file, line, size + 1);
        line[size] = appender->letter;
    }
    oi_file_close(file);
}

static void what_several_append_at_once_is_neither_lost_nor_mixed(void **state)
{
    const char *path = scratch_path(*state, "log");
    struct appender appenders[APPENDERS];
    struct oi_thread *threads[APPENDERS];
    int lines[APPENDERS] = {0};
    struct counter ready;
    char *text;
    size_t size;

    counter_init(&ready);
    write_file(path, "A\n", 2);
    for (int i = 0; i < APPENDERS; i++) {
        appenders[i] = (struct appender){.ready = &ready, .path = path, .letter = (char)('A' + i)};
        assert_int_equal(oi_thread_start(&threads[i], append_lines, &appenders[i]), OI_OK);
    }
    for (int i = 0; i < APPENDERS; i++) {
        oi_thread_join(threads[i]);
        assert_int_equal(appenders[i].status, OI_OK);
    }
    counter_fini(&ready);
    assert_int_equal(oi_file_read_all(path, 1 << 20, &text, &size), OI_OK);
    for (char *at = text; *at; at = strchr(at, '\n') + 1) {
        const char *end = strchr(at, '\n');

        assert_true(end && *at >= 'A' && *at < 'A' + APPENDERS);
        for (const char *c = at; c < end; c++)
            assert_int_equal(*c, *at);
        lines[*at - 'A']++;
    }
    free(text);
    assert_int_equal(lines[0], APPENDED_LINES + 1);
    for (int i = 1; i < APPENDERS; i++)
        assert_int_equal(lines[i], APPENDED_LINES);
}

static void an_appender_that_is_held_up_forever_appends_all_the_same(void **state)
{
    const char *path = scratch_path(*state, "log");
    struct oi_file *stopped, *file;

    assert_int_equal(oi_file_open(&stopped, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_open(&file, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_lock(stopped, (uint64_t)1 << 62), OI_OK);
    assert_int_equal(oi_file_append(file, "on", 2), OI_OK);
    oi_file_unlock(stopped, (uint64_t)1 << 62);
    assert_int_equal(oi_file_append(file, "wards", 5), OI_OK);
    oi_file_close(stopped);
    oi_file_close(file);
    assert_file_holds(path, "onwards");
}

static void a_lock_keeps_out_every_other_file_until_it_is_given_up(void **state)
{
    const char *path = scratch_path(*state, "file");
    const uint64_t far_offset = UINT64_C(1) << 62;
    struct oi_file *first, *second;

    assert_int_equal(oi_file_open(&first, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_open(&second, path, OI_FILE_WRITE), OI_OK);
    assert_int_equal(oi_file_lock(first, far_offset), OI_OK);
    assert_int_equal(oi_file_lock(second, far_offset), OI_SHARING);
    assert_int_equal(oi_file_lock(second, far_offset - 1), OI_OK);
    oi_file_unlock(first, far_offset);
    assert_int_equal(oi_file_lock(second, far_offset), OI_OK);
    assert_int_equal(oi_file_lock(first, far_offset), OI_SHARING);
    oi_file_close(second);
    assert_int_equal(oi_file_lock(first, far_offset), OI_OK);
    assert_int_equal(oi_file_lock(first, 0), OI_OK);
    oi_file_close(first);
}

static void closing_one_file_leaves_the_locks_of_another_alone(void **state)
{
    const char *path = scratch_path(*state, "file");
    struct oi_file *first, *second;

    assert_int_equal(oi_file_open(&first, path, OI_FILE_CREATE), OI_OK);
    assert_int_equal(oi_file_lock(first, 1000), OI_OK);
    assert_int_equal(oi_file_open(&second, path, OI_FILE_WRITE), OI_OK);
    oi_file_close(second); /* this is where process-wide record locks would be lost */
    assert_int_equal(oi_file_open(&second, path, OI_FILE_WRITE), OI_OK);
    assert_int_equal(oi_file_lock(second, 1000), OI_SHARING);
    oi_file_close(second);
    oi_file_close(first);
}

static void a_whole_file_is_read_with_a_nul_behind_it(void **state)
{
    const char *path = scratch_path(*state, "file");
    char *data;
    size_t size;

    write_file(path, "ab\0d", 4);
    assert_int_equal(oi_file_read_all(path, 4, &data, &size), OI_OK);
    assert_int_equal(size, 4);
    assert_memory_equal(data, "ab\0d", 5);
    free(data);
    assert_int_equal(oi_file_read_all(path, 3, &data, &size), OI_BAD_FILE);
    assert_null(data);
    assert_int_equal(oi_file_read_all(scratch_path(*state, "none"), 3, &data, &size), OI_NOT_FOUND);
    write_file(scratch_path(*state, "empty"), "", 0);
    assert_file_holds(scratch_path(*state, "empty"), "");
}

static bool count_name(void *context, const char *name)
{
    (void)name;
    ++*(int *)context;
    return true;
}

static int files_in(const char *folder)
{
    int count = 0;

    assert_int_equal(oi_folder_list(folder, count_name, &count), OI_OK);
    return count;
}

static void replacing_makes_or_changes_a_file_and_leaves_nothing_else(void **state)
{
    const char *path = scratch_path(*state, "file");

    assert_int_equal(oi_file_replace(path, "first", 5), OI_OK);
    assert_file_holds(path, "first");
    assert_int_equal(oi_file_replace(path, "2nd", 3), OI_OK);
    assert_file_holds(path, "2nd");
    assert_int_equal(files_in(*state), 1);
}

static void a_replacement_that_fails_leaves_nothing_behind(void **state)
{
    assert_int_equal(oi_file_replace(scratch_path(*state, "none/file"), "x", 1), OI_NOT_FOUND);
    assert_int_equal(oi_folder_create(scratch_path(*state, "folder")), OI_OK);
    assert_int_not_equal(oi_file_replace(scratch_path(*state, "folder"), "x", 1), OI_OK);
    assert_int_equal(files_in(*state), 0);
}

/* POSIX replaces it, and the reader keeps the old bytes; Windows and Wine refuse. */
static void a_file_that_somebody_has_open_is_replaced_or_left_alone(void **state)
{
    const char *path = scratch_path(*state, "file");
    enum oi_status status;
    struct oi_file *old;
    char data[3];
    size_t got;

    write_file(path, "old", 3);
    assert_int_equal(oi_file_open(&old, path, OI_FILE_READ), OI_OK);
    status = oi_file_replace(path, "new", 3);
    assert_int_equal(oi_file_read_at(old, 0, data, 3, &got), OI_OK);
    assert_memory_equal(data, "old", 3);
    assert_file_holds(path, status == OI_OK ? "new" : "old");
    assert_int_equal(files_in(*state), 1);
    oi_file_close(old);
    assert_int_equal(oi_file_replace(path, "new", 3), OI_OK);
    assert_file_holds(path, "new");
}

struct replacer {
    const char *path;
    enum oi_status status;
};

static void replace_often(void *context)
{
    struct replacer *replacer = context;
    char many[5000];

    memset(many, 'b', sizeof many);
    for (int i = 0; i < 100 && replacer->status == OI_OK; i++) {
        replacer->status = oi_file_replace(replacer->path, many, i % 2 ? sizeof many : 1);
    }
}

static void a_reader_never_sees_half_of_a_replacement(void **state)
{
    struct replacer replacer = {.path = scratch_path(*state, "file"), .status = OI_OK};
    struct oi_thread *thread;
    bool whole = true;

    write_file(replacer.path, "b", 1);
    assert_int_equal(oi_thread_start(&thread, replace_often, &replacer), OI_OK);
    for (int i = 0; i < 200; i++) {
        char *data;
        size_t size;

        if (oi_file_read_all(replacer.path, 5000, &data, &size) != OI_OK)
            continue; /* Windows may refuse to open a file just being replaced */
        whole = whole && (size == 1 || size == 5000) && data[0] == 'b' && data[size - 1] == 'b';
        free(data);
    }
    oi_thread_join(thread);
    assert_true(whole);
    assert_int_equal(replacer.status, OI_OK);
}

static void a_stamp_tells_a_replaced_or_changed_file(void **state)
{
    const char *path = scratch_path(*state, "file");
    uint64_t first, second;

    assert_true(oi_file_stamp(path) == 0);
    assert_int_equal(oi_file_replace(path, "first", 5), OI_OK);
    first = oi_file_stamp(path);
    assert_true(first != 0);
    assert_true(oi_file_stamp(path) == first);
    assert_int_equal(oi_file_replace(path, "longer", 6), OI_OK);
    second = oi_file_stamp(path);
    assert_true(second != 0 && second != first);
    assert_int_equal(oi_file_remove(path), OI_OK);
    assert_true(oi_file_stamp(path) == 0);
    assert_int_equal(oi_file_remove(path), OI_NOT_FOUND);
}

struct names {
    int count;
    bool a, b, other;
    int limit;
};

static bool note_name(void *context, const char *name)
{
    struct names *names = context;

    names->count++;
    if (strcmp(name, "a.ini") == 0)
        names->a = true;
    else if (strcmp(name, "b\xc3\xbc.ini") == 0)
        names->b = true;
    else
        names->other = true;
    return names->count < names->limit;
}

static void a_folder_lists_its_plain_files_by_name(void **state)
{
    struct names all = {.limit = 10}, one = {.limit = 1};

    assert_int_equal(files_in(*state), 0);
    write_file(scratch_path(*state, "a.ini"), "", 0);
    write_file(scratch_path(*state, "b\xc3\xbc.ini"), "", 0);
    assert_int_equal(oi_folder_create(scratch_path(*state, "folder")), OI_OK);
    assert_int_equal(oi_folder_list(*state, note_name, &all), OI_OK);
    assert_int_equal(all.count, 2);
    assert_true(all.a && all.b && !all.other);
    assert_int_equal(oi_folder_list(*state, note_name, &one), OI_OK);
    assert_int_equal(one.count, 1);
    assert_int_equal(oi_folder_list(scratch_path(*state, "none"), note_name, &all), OI_NOT_FOUND);
    assert_int_equal(oi_folder_list(scratch_path(*state, "a.ini"), note_name, &all), OI_NOT_FOUND);
    assert_int_equal(all.count, 2);
}

static void a_folder_is_made_with_its_parents(void **state)
{
    assert_int_equal(oi_folder_create(scratch_path(*state, "one/two/three")), OI_OK);
    assert_int_equal(oi_folder_create(scratch_path(*state, "one/two/three/")), OI_OK);
    assert_int_equal(oi_folder_create(scratch_path(*state, "one/two/four/")), OI_OK);
    write_file(scratch_path(*state, "one/two/three/file"), "x", 1);
    assert_int_equal(oi_folder_create(scratch_path(*state, "one/two/three/file")), OI_EXISTS);
    assert_int_not_equal(oi_folder_create(scratch_path(*state, "one/two/three/file/below")), OI_OK);
}

static void paths_may_be_longer_than_260_characters(void **state)
{
    char folder[SCRATCH_PATH_MAX];
    const char *path;

    snprintf(folder, sizeof folder, "%s", (const char *)*state);
    for (int i = 0; i < 8; i++) {
        size_t len = strlen(folder);

        snprintf(folder + len, sizeof folder - len, "/%d%s", i,
                 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee");
    }
    assert_true(strlen(folder) > 400);
    assert_int_equal(oi_folder_create(folder), OI_OK);
    path = scratch_path(folder, "file");
    assert_int_equal(oi_file_replace(path, "deep", 4), OI_OK);
    assert_file_holds(path, "deep");
    assert_true(oi_file_stamp(path) != 0);
    assert_int_equal(files_in(folder), 1);
    assert_int_equal(oi_file_remove(path), OI_OK);
    assert_int_equal(files_in(folder), 0);
}

static void a_variable_that_is_not_set_is_null(void **state)
{
    char *path = oi_environment("PATH");

    (void)state;
    assert_non_null(path);
    assert_true(strlen(path) > 0);
    free(path);
    assert_null(oi_environment("OI_TEST_NO_SUCH_VARIABLE"));
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_text),
        cmocka_unit_test(the_clock_counts_and_never_goes_back),
        cmocka_unit_test(the_wall_clock_agrees_with_the_c_library),
        cmocka_unit_test(a_joined_thread_has_done_its_work),
        cmocka_unit_test(a_detached_thread_runs_to_its_end),
        cmocka_unit_test(a_mutex_lets_one_thread_in_at_a_time),
        cmocka_unit_test(a_wait_without_a_wake_ends_at_its_deadline),
        cmocka_unit_test(a_broadcast_wakes_every_waiting_thread),
        cmocka_unit_test(pages_are_aligned_and_zero_filled),
        cmocka_unit_test(pages_that_cannot_be_had_are_null),
        WITH_SCRATCH(each_open_mode_does_what_it_says),
        WITH_SCRATCH(a_folder_is_no_file),
        WITH_SCRATCH(reads_and_writes_go_where_they_are_told),
        WITH_SCRATCH(only_the_end_of_the_file_makes_a_read_short),
        WITH_SCRATCH(a_file_grows_sparsely_and_shrinks),
        WITH_SCRATCH(what_several_append_at_once_is_neither_lost_nor_mixed),
        WITH_SCRATCH(an_appender_that_is_held_up_forever_appends_all_the_same),
        WITH_SCRATCH(a_lock_keeps_out_every_other_file_until_it_is_given_up),
        WITH_SCRATCH(closing_one_file_leaves_the_locks_of_another_alone),
        WITH_SCRATCH(a_whole_file_is_read_with_a_nul_behind_it),
        WITH_SCRATCH(replacing_makes_or_changes_a_file_and_leaves_nothing_else),
        WITH_SCRATCH(a_replacement_that_fails_leaves_nothing_behind),
        WITH_SCRATCH(a_file_that_somebody_has_open_is_replaced_or_left_alone),
        WITH_SCRATCH(a_reader_never_sees_half_of_a_replacement),
        WITH_SCRATCH(a_stamp_tells_a_replaced_or_changed_file),
        WITH_SCRATCH(a_folder_lists_its_plain_files_by_name),
        WITH_SCRATCH(a_folder_is_made_with_its_parents),
        WITH_SCRATCH(paths_may_be_longer_than_260_characters),
        cmocka_unit_test(a_variable_that_is_not_set_is_null),
    };

    return cmocka_run_group_tests_name("os", tests, NULL, NULL);
}
