/* Virtual recorders as devices: found by name, shared within a process, held exclusively. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "os.h"
#include "virtual.h"

#define CLASS "{53f56308-b6bf-11d0-94f2-00a0c91efb8b}"
#define ID(n) "\\\\?\\openimapi2#virtual#" n "#" CLASS

enum { SECTOR = 2048, DEVICES = 4 };

struct bench {
    char folder[64];
    struct oi_device *devices[DEVICES];
    struct oi_completion completion;
    char problem[OI_DETAIL_MAX];
};

static void define(struct bench *b, const char *file, const char *text)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", b->folder, file);
    assert_int_equal(oi_file_replace(path, text, strlen(text)), OI_OK);
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    if (!b)
        return -1;
    snprintf(b->folder, sizeof(b->folder), "/tmp/oi_virtual_XXXXXX");
    if (!mkdtemp(b->folder)) {
        free(b);
        return -1;
    }
    setenv("OPENIMAPI2_RECORDERS", b->folder, 1);
    *state = b;
    return 0;
}

static bool remove_one(void *context, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", (const char *)context, name);
    unlink(path);
    return true;
}

static void destroy(struct bench *b, int i)
{
    if (b->devices[i])
        b->devices[i]->ops->destroy(b->devices[i]);
    b->devices[i] = NULL;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < DEVICES; i++)
        destroy(b, i);
    oi_folder_list(b->folder, remove_one, b->folder);
    rmdir(b->folder);
    free(b);
    return 0;
}

static struct oi_device *opened(struct bench *b, int i, const char *id)
{
    enum oi_status status = oi_virtual_open(id, &b->devices[i], b->problem);

    if (status != OI_OK)
        fail_msg("%s: %s", id, b->problem);
    return b->devices[i];
}

static enum oi_status run(struct bench *b, int i, struct oi_cdb cdb, enum oi_direction direction,
                          void *data, uint32_t size)
{
    struct oi_command command = {
        .cdb = cdb,
        .direction = direction,
        .data = data,
        .data_len = size,
        .timeout_ms = 10000,
    };

    oi_transport_execute(&b->devices[i]->transport, &command, &b->completion);
    return b->completion.status;
}

static struct oi_cdb cdb6(uint8_t opcode, uint8_t byte4)
{
    return (struct oi_cdb){.bytes = {opcode, 0, 0, 0, byte4}, .len = 6};
}

static enum oi_status ready(struct bench *b, int i)
{
    return run(b, i, cdb6(OI_OP_TEST_UNIT_READY, 0), OI_DATA_NONE, NULL, 0);
}

struct ids {
    char text[8][OI_UNIQUE_ID_MAX];
    int count, most;
};

static bool remember(void *context, const char *unique_id)
{
    struct ids *ids = context;

    snprintf(ids->text[ids->count++], OI_UNIQUE_ID_MAX, "%s", unique_id);
    return ids->count < ids->most;
}

static void recorders_are_listed_by_name_in_lower_case(void **state)
{
    struct bench *b = *state;
    struct ids ids = {.most = 8};

    assert_int_equal(oi_virtual_list(remember, &ids), OI_OK);
    assert_int_equal(ids.count, 0);
    define(b, "Zeta.ini", "");
    define(b, "a-1_B.ini", "");
    define(b, "no.txt", "");
    define(b, "bad name.ini", "");
    define(b, ".ini", "");
    define(b, "a23456789012345678901234567890123.ini", "");
    assert_int_equal(oi_virtual_list(remember, &ids), OI_OK);
    assert_int_equal(ids.count, 2);
    assert_string_equal(ids.text[0], ID("a-1_b"));
    assert_string_equal(ids.text[1], ID("zeta"));
    ids = (struct ids){.most = 1};
    assert_int_equal(oi_virtual_list(remember, &ids), OI_OK);
    assert_int_equal(ids.count, 1);
    setenv("OPENIMAPI2_RECORDERS", "/no/such/folder", 1);
    ids.count = 0;
    assert_int_equal(oi_virtual_list(remember, &ids), OI_OK);
    assert_int_equal(ids.count, 0);
}

static void an_id_is_known_by_its_form_whatever_its_case(void **state)
{
    (void)state;
    assert_true(oi_virtual_is_id(ID("a")));
    assert_true(oi_virtual_is_id("\\\\?\\OpenIMAPI2#Virtual#Burner#"
                                 "{53F56308-B6BF-11D0-94F2-00A0C91EFB8B}"));
    assert_false(oi_virtual_is_id(""));
    assert_false(oi_virtual_is_id(ID("")));
    assert_false(oi_virtual_is_id(ID("a b")));
    assert_false(oi_virtual_is_id(ID("../a")));
    assert_false(oi_virtual_is_id(ID("a23456789012345678901234567890123")));
    assert_false(oi_virtual_is_id("\\\\?\\usbstor#cdrom#a#" CLASS));
    assert_false(oi_virtual_is_id(ID("a") "x"));
}

static void opening_says_what_is_wrong(void **state)
{
    struct bench *b = *state;
    struct oi_device *device;

    assert_int_equal(oi_virtual_open(ID("none"), &device, b->problem), OI_NOT_FOUND);
    assert_null(device);
    define(b, "bad.ini", "\nspeed = fast\n");
    assert_int_equal(oi_virtual_open(ID("bad"), &device, b->problem), OI_BAD_FILE);
    assert_null(device);
    assert_non_null(strstr(b->problem, "bad.ini, line 2"));
    define(b, "bad.ini", "\nspeed = 4\n");
    opened(b, 0, ID("bad"));
}

static void two_devices_of_one_recorder_share_the_drive(void **state)
{
    struct bench *b = *state;
    uint8_t data[16 * SECTOR] = {1, 2, 3};
    uint8_t back[16 * SECTOR];
    struct oi_cdb read = {.bytes = {OI_OP_READ10, [8] = 16}, .len = 10};

    define(b, "One.ini", "medium = dvd+r\nimage = one.iso\n");
    opened(b, 0, ID("one"));
    opened(b, 1, ID("ONE"));
    assert_int_equal(run(b, 0, oi_cdb_write10(0, 16), OI_DATA_OUT, data, sizeof(data)), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_GOOD);
    assert_int_equal(b->completion.moved, sizeof(data));
    assert_int_equal(run(b, 1, read, OI_DATA_IN, back, sizeof(back)), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_GOOD);
    assert_memory_equal(data, back, sizeof(data));
    destroy(b, 0);
    assert_int_equal(run(b, 1, oi_cdb_write10(16, 16), OI_DATA_OUT, data, sizeof(data)), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_GOOD);
    assert_int_equal(run(b, 1, oi_cdb_write10(16, 16), OI_DATA_OUT, data, sizeof(data)), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_CHECK_CONDITION);
    assert_int_equal(b->completion.sense_len, 18);
    assert_int_equal(b->completion.sense[2], 5);
    assert_int_equal(b->completion.sense[12], 0x21);
    assert_int_equal(b->completion.sense[13], 0x02);
}

static void exclusive_access_shuts_out_other_devices_until_it_is_given_back(void **state)
{
    struct bench *b = *state;
    char name[OI_OWNER_NAME_MAX];
    char detail[OI_DETAIL_MAX];
    uint8_t data[36];
    struct oi_device_identity identity;
    struct oi_device *one, *two;

    define(b, "one.ini", "");
    one = opened(b, 0, ID("one"));
    two = opened(b, 1, ID("one"));
    assert_int_equal(one->ops->owner(one, name), OI_OK);
    assert_string_equal(name, "");
    assert_int_equal(one->ops->acquire(one, false, "First Burner"), OI_OK);
    assert_int_equal(one->ops->acquire(one, true, "First Burner"), OI_OK);
    assert_int_equal(two->ops->acquire(two, true, "Second"), OI_LOCKED);
    assert_int_equal(two->ops->release(two), OI_LOCKED);
    assert_int_equal(two->ops->owner(two, name), OI_OK);
    assert_string_equal(name, "First Burner");
    assert_int_equal(ready(b, 0), OI_OK);
    assert_int_equal(ready(b, 1), OI_LOCKED);
    two->ops->detail(two, detail);
    assert_non_null(strstr(detail, "First Burner"));
    assert_int_equal(run(b, 1, cdb6(OI_OP_INQUIRY, 36), OI_DATA_IN, data, sizeof(data)), OI_LOCKED);
    assert_int_equal(two->ops->identity(two, &identity), OI_OK);
    assert_string_equal(identity.vendor, "OPENIMAP");
    assert_int_equal(one->ops->release(one), OI_OK);
    assert_int_equal(ready(b, 1), OI_OK);
    assert_int_equal(two->ops->acquire(two, false, "Second"), OI_OK);
    destroy(b, 1);
    assert_int_equal(ready(b, 0), OI_OK);
    assert_int_equal(one->ops->owner(one, name), OI_OK);
    assert_string_equal(name, "");
}

static pid_t holder_in_another_process(struct bench *b, int *to_child)
{
    int up[2], down[2];
    char token = 0;
    pid_t child;

    assert_int_equal(pipe(up), 0);
    assert_int_equal(pipe(down), 0);
    child = fork();
    if (child == 0) {
        struct oi_device *device;

        close(down[1]);
        if (oi_virtual_open(ID("one"), &device, b->problem) != OI_OK ||
            device->ops->acquire(device, false, "Far Away") != OI_OK ||
            write(up[1], &token, 1) != 1 || read(down[0], &token, 1) < 0)
            _exit(1);
        device->ops->destroy(device);
        _exit(0);
    }
    close(up[1]);
    close(down[0]);
    assert_int_equal(read(up[0], &token, 1), 1);
    close(up[0]);
    *to_child = down[1];
    return child;
}

static void exclusive_access_holds_between_processes_and_ends_with_its_owner(void **state)
{
    static const bool kills[] = {false, true};
    struct bench *b = *state;
    char name[OI_OWNER_NAME_MAX];
    struct oi_device_identity identity;

    define(b, "one.ini", "");
    for (int i = 0; i < 2; i++) {
        int to_child;
        pid_t child = holder_in_another_process(b, &to_child);
        struct oi_device *one = opened(b, 0, ID("one"));

        assert_int_equal(ready(b, 0), OI_LOCKED);
        assert_int_equal(one->ops->identity(one, &identity), OI_OK);
        assert_string_equal(identity.vendor, "OPENIMAP");
        assert_int_equal(one->ops->owner(one, name), OI_OK);
        assert_string_equal(name, "Far Away");
        assert_int_equal(one->ops->acquire(one, true, "Near"), OI_LOCKED);
        if (kills[i])
            kill(child, SIGKILL);
        close(to_child);
        assert_int_equal(waitpid(child, NULL, 0), child);
        assert_int_equal(one->ops->owner(one, name), OI_OK);
        assert_string_equal(name, "");
        assert_int_equal(ready(b, 0), OI_OK);
        assert_int_equal(one->ops->acquire(one, false, "Near"), OI_OK);
        destroy(b, 0);
    }
}

static void a_prevented_tray_is_freed_when_its_device_goes(void **state)
{
    struct bench *b = *state;

    define(b, "one.ini", "");
    opened(b, 0, ID("one"));
    opened(b, 1, ID("one"));
    assert_int_equal(run(b, 0, cdb6(OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL, 1), OI_DATA_NONE, NULL, 0),
                     OI_OK);
    assert_int_equal(run(b, 1, cdb6(OI_OP_START_STOP_UNIT, 2), OI_DATA_NONE, NULL, 0), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_CHECK_CONDITION);
    destroy(b, 0);
    assert_int_equal(run(b, 1, cdb6(OI_OP_START_STOP_UNIT, 2), OI_DATA_NONE, NULL, 0), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_GOOD);
}

static uint8_t eject(struct bench *b, int i)
{
    assert_int_equal(run(b, i, cdb6(OI_OP_START_STOP_UNIT, 2), OI_DATA_NONE, NULL, 0), OI_OK);
    return b->completion.scsi_status;
}

static void prevent(struct bench *b, int i, uint8_t on)
{
    assert_int_equal(run(b, i, cdb6(OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL, on), OI_DATA_NONE, NULL, 0),
                     OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_GOOD);
}

static void a_tray_opens_when_every_device_that_prevented_it_allows_it_or_is_gone(void **state)
{
    struct bench *b = *state;

    define(b, "one.ini", "");
    for (int i = 0; i < 3; i++)
        opened(b, i, ID("one"));
    prevent(b, 0, 1);
    prevent(b, 0, 1);
    prevent(b, 1, 1);
    prevent(b, 1, 0);
    assert_int_equal(eject(b, 2), OI_SCSI_CHECK_CONDITION);
    prevent(b, 2, 0);
    assert_int_equal(eject(b, 2), OI_SCSI_CHECK_CONDITION);
    prevent(b, 1, 1);
    prevent(b, 0, 0);
    assert_int_equal(eject(b, 2), OI_SCSI_CHECK_CONDITION);
    prevent(b, 0, 1);
    destroy(b, 0);
    assert_int_equal(eject(b, 2), OI_SCSI_CHECK_CONDITION);
    destroy(b, 1);
    assert_int_equal(eject(b, 2), OI_SCSI_GOOD);
}

static void transfer_limits_come_from_the_definition_and_are_kept(void **state)
{
    struct bench *b = *state;
    struct oi_transfer_limits limits;
    uint8_t *pages = oi_pages_alloc(2 * 65536);

    assert_non_null(pages);
    define(b, "one.ini", "medium = dvd+r\nimage = one.iso\n");
    opened(b, 0, ID("one"))->ops->limits(b->devices[0], &limits);
    assert_int_equal(limits.page_aligned_bytes, 65536);
    assert_int_equal(limits.not_page_aligned_bytes, 61440);
    assert_int_equal(limits.alignment, 1);
    assert_int_equal(run(b, 0, oi_cdb_write10(0, 32), OI_DATA_OUT, pages + 8, 65536),
                     OI_INVALID_ARGUMENT);
    assert_int_equal(run(b, 0, oi_cdb_write10(0, 64), OI_DATA_OUT, pages, 131072),
                     OI_INVALID_ARGUMENT);
    assert_int_equal(run(b, 0, oi_cdb_write10(0, 32), OI_DATA_OUT, pages, 65536), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_GOOD);
    destroy(b, 0);
    define(b, "one.ini", "transfer_kib = 4\n");
    opened(b, 0, ID("one"))->ops->limits(b->devices[0], &limits);
    assert_int_equal(limits.page_aligned_bytes, 4096);
    assert_int_equal(limits.not_page_aligned_bytes, 4096);
    oi_pages_free(pages, 2 * 65536);
}

static void an_unreadable_disc_is_explained_in_words(void **state)
{
    struct bench *b = *state;
    char detail[OI_DETAIL_MAX];
    uint32_t number;

    define(b, "one.ini", "medium = dvd+r\nimage = one.iso\n");
    define(b, "one.iso", "data");
    opened(b, 0, ID("one"));
    b->devices[0]->ops->detail(b->devices[0], detail);
    assert_string_equal(detail, "");
    assert_int_equal(ready(b, 0), OI_OK);
    assert_int_equal(b->completion.sense[2], 2);
    assert_int_equal(b->completion.sense[12], 0x30);
    b->devices[0]->ops->detail(b->devices[0], detail);
    assert_non_null(strstr(detail, "one.iso"));
    assert_int_equal(b->devices[0]->ops->number(b->devices[0], &number), OI_NOT_FOUND);
    assert_int_equal(b->devices[0]->ops->notify_media(b->devices[0], false), OI_OK);
}

static void the_name_of_an_owner_is_cut_between_characters(void **state)
{
    struct bench *b = *state;
    char name[OI_OWNER_NAME_MAX];
    char wanted[OI_OWNER_NAME_MAX] = "";
    char client[OI_OWNER_NAME_MAX + 8];
    struct oi_device *one;

    memset(wanted, 'a', OI_OWNER_NAME_MAX - 2);
    snprintf(client, sizeof(client), "%s\xc3\xa4\xc3\xa4", wanted);
    define(b, "one.ini", "");
    one = opened(b, 0, ID("one"));
    assert_int_equal(one->ops->acquire(one, false, client), OI_OK);
    assert_int_equal(one->ops->owner(one, name), OI_OK);
    assert_string_equal(name, wanted);
}

static void a_disc_that_another_process_writes_is_a_conflict_explained_in_words(void **state)
{
    struct bench *b = *state;
    static uint8_t data[16 * SECTOR];
    char detail[OI_DETAIL_MAX];
    int up[2], down[2];
    char token = 0;
    pid_t child;

    define(b, "one.ini", "medium = dvd+r\nimage = one.iso\n");
    assert_int_equal(pipe(up), 0);
    assert_int_equal(pipe(down), 0);
    child = fork();
    if (child == 0) {
        close(down[1]);
        if (oi_virtual_open(ID("one"), &b->devices[0], b->problem) != OI_OK ||
            run(b, 0, oi_cdb_write10(0, 16), OI_DATA_OUT, data, sizeof(data)) != OI_OK ||
            b->completion.scsi_status != OI_SCSI_GOOD || write(up[1], &token, 1) != 1 ||
            read(down[0], &token, 1) < 0)
            _exit(1);
        destroy(b, 0);
        _exit(0);
    }
    close(up[1]);
    close(down[0]);
    assert_int_equal(read(up[0], &token, 1), 1);
    opened(b, 0, ID("one"));
    assert_int_equal(run(b, 0, oi_cdb_write10(0, 16), OI_DATA_OUT, data, sizeof(data)), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_RESERVATION_CONFLICT);
    b->devices[0]->ops->detail(b->devices[0], detail);
    assert_non_null(strstr(detail, "one.iso: another program is writing this disc"));
    close(down[1]);
    close(up[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

/* ---- a drive that sleeps ---- */

/* The next wait of the emulator's clock: told to the test, and held up until the test has asked. */
static struct gate {
    struct oi_mutex mutex;
    struct oi_cond cond;
    bool armed, reached, asked, asked_in_time;
} gate = {.mutex = OI_MUTEX_INIT};

bool __real_oi_cond_wait_until(struct oi_cond *cond, struct oi_mutex *mutex, uint64_t deadline_us);
bool __wrap_oi_cond_wait_until(struct oi_cond *cond, struct oi_mutex *mutex, uint64_t deadline_us);

static bool await_gate(const bool *flag)
{
    uint64_t deadline_us = oi_clock_us() + 5000000;

    while (!*flag && __real_oi_cond_wait_until(&gate.cond, &gate.mutex, deadline_us))
        ;
    return *flag;
}

bool __wrap_oi_cond_wait_until(struct oi_cond *cond, struct oi_mutex *mutex, uint64_t deadline_us)
{
    oi_mutex_lock(&gate.mutex);
    if (gate.armed) {
        gate.armed = false;
        gate.reached = true;
        oi_cond_broadcast(&gate.cond);
        gate.asked_in_time = await_gate(&gate.asked);
    }
    oi_mutex_unlock(&gate.mutex);
    return __real_oi_cond_wait_until(cond, mutex, deadline_us);
}

static void synchronise(void *context)
{
    struct oi_device *device = context;
    struct oi_command command = {
        .cdb = {.bytes = {OI_OP_SYNCHRONIZE_CACHE}, .len = 10},
        .timeout_ms = 10000,
    };
    struct oi_completion completion;

    oi_transport_execute(&device->transport, &command, &completion);
}

static void a_drive_that_sleeps_keeps_nobody_from_asking_for_limits_owner_and_detail(void **state)
{
    struct bench *b = *state;
    static uint8_t data[16 * SECTOR];
    struct oi_transfer_limits limits;
    char name[OI_OWNER_NAME_MAX];
    char detail[OI_DETAIL_MAX];
    struct oi_thread *thread;
    struct oi_device *two;
    bool reached;

    define(b, "one.ini", "medium = dvd+r\nimage = one.iso\nspeed = 1\n");
    opened(b, 0, ID("one"));
    two = opened(b, 1, ID("one"));
    assert_int_equal(run(b, 0, oi_cdb_write10(0, 16), OI_DATA_OUT, data, sizeof(data)), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_GOOD);
    oi_cond_init(&gate.cond);
    gate.armed = true;
    assert_int_equal(oi_thread_start(&thread, synchronise, b->devices[0]), OI_OK);
    oi_mutex_lock(&gate.mutex);
    reached = await_gate(&gate.reached);
    oi_mutex_unlock(&gate.mutex);
    two->ops->limits(two, &limits);
    two->ops->owner(two, name);
    two->ops->detail(two, detail);
    oi_mutex_lock(&gate.mutex);
    gate.asked = true;
    oi_cond_broadcast(&gate.cond);
    oi_mutex_unlock(&gate.mutex);
    oi_thread_join(thread);
    oi_cond_fini(&gate.cond);
    assert_true(reached);
    assert_true(gate.asked_in_time);
    assert_int_equal(limits.page_aligned_bytes, 65536);
    assert_string_equal(name, "");
}

struct crowd {
    _Atomic int failures;
};

static void come_and_go(void *context)
{
    struct crowd *crowd = context;

    for (int i = 0; i < 100; i++) {
        char problem[OI_DETAIL_MAX];
        struct oi_device *device;
        struct oi_command command = {.cdb = cdb6(OI_OP_TEST_UNIT_READY, 0)};
        struct oi_completion completion;

        if (oi_virtual_open(ID("one"), &device, problem) != OI_OK) {
            crowd->failures++;
            continue;
        }
        oi_transport_execute(&device->transport, &command, &completion);
        if (completion.status != OI_OK || completion.scsi_status != OI_SCSI_GOOD)
            crowd->failures++;
        device->ops->destroy(device);
    }
}

static void devices_may_come_and_go_on_many_threads(void **state)
{
    enum { THREADS = 4 };
    struct bench *b = *state;
    struct crowd crowd = {0};
    struct oi_thread *threads[THREADS];

    define(b, "one.ini", "medium = dvd+r\nimage = one.iso\n");
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(oi_thread_start(&threads[i], come_and_go, &crowd), OI_OK);
    for (int i = 0; i < THREADS; i++)
        oi_thread_join(threads[i]);
    assert_int_equal(crowd.failures, 0);
}

static const char *detail_of(struct bench *b, int i)
{
    static char text[OI_DETAIL_MAX];

    b->devices[i]->ops->detail(b->devices[i], text);
    return text;
}

static void an_unplugged_drive_is_gone_until_its_last_device_is(void **state)
{
    struct bench *b = *state;

    define(b, "a.faults", "2nd test unit ready: unplug\n");
    define(b, "one.ini", "medium = dvd+r\nimage = one.iso\nfaults = a.faults\n");
    opened(b, 0, ID("one"));
    opened(b, 1, ID("one"));
    assert_int_equal(ready(b, 0), OI_OK);
    assert_int_equal(ready(b, 0), OI_DEVICE_GONE);
    assert_int_equal(b->completion.moved, 0);
    assert_int_equal(b->completion.sense_len, 0);
    assert_non_null(strstr(detail_of(b, 0), "a.faults, line 1: the fault script unplugged"));
    assert_int_equal(ready(b, 1), OI_DEVICE_GONE);
    assert_non_null(strstr(detail_of(b, 1), "unplugged"));
    destroy(b, 0);
    destroy(b, 1);
    opened(b, 0, ID("one"));
    assert_int_equal(ready(b, 0), OI_OK);
}

static void a_command_without_an_answer_timed_out_and_says_why(void **state)
{
    struct bench *b = *state;
    struct oi_command command = {.cdb = cdb6(OI_OP_TEST_UNIT_READY, 0), .timeout_ms = 1};

    define(b, "a.faults",
           "1st test unit ready: timeout\n2nd test unit ready: reset\n"
           "4th test unit ready: busy\n");
    define(b, "one.ini", "medium = dvd+r\nimage = one.iso\nfaults = a.faults\n");
    opened(b, 0, ID("one"));
    oi_transport_execute(&b->devices[0]->transport, &command, &b->completion);
    assert_int_equal(b->completion.status, OI_TIMED_OUT);
    assert_non_null(strstr(detail_of(b, 0), "line 1: the fault script kept the drive from"));
    assert_int_equal(ready(b, 0), OI_TIMED_OUT);
    assert_non_null(strstr(detail_of(b, 0), "line 2: the fault script had the bus reset"));
    assert_int_equal(ready(b, 0), OI_OK);
    assert_int_equal(b->completion.sense[12], 0x29);
    assert_string_equal(detail_of(b, 0), "");
    assert_int_equal(ready(b, 0), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_BUSY);
    assert_non_null(strstr(detail_of(b, 0), "line 3: the fault script made the drive busy"));
}

static void a_short_transfer_tells_how_much_moved(void **state)
{
    struct bench *b = *state;
    static uint8_t sectors[16 * SECTOR];
    struct oi_cdb write = {.bytes = {OI_OP_WRITE10, [8] = 16}, .len = 10};

    define(b, "a.faults", "write: transfer 5000 bytes\n");
    define(b, "one.ini", "medium = dvd+r\nimage = one.iso\nfaults = a.faults\n");
    opened(b, 0, ID("one"));
    assert_int_equal(run(b, 0, write, OI_DATA_OUT, sectors, sizeof(sectors)), OI_OK);
    assert_int_equal(b->completion.scsi_status, OI_SCSI_GOOD);
    assert_int_equal(b->completion.moved, 5000);
}

static void a_bad_fault_script_is_told_when_the_recorder_is_opened(void **state)
{
    struct bench *b = *state;

    define(b, "a.faults", "# first\nwrite: explode\n");
    define(b, "one.ini", "medium = none\nfaults = a.faults\n");
    assert_int_equal(oi_virtual_open(ID("one"), &b->devices[0], b->problem), OI_BAD_FILE);
    assert_non_null(strstr(b->problem, "a.faults, line 2: \"explode\" is no fault; use fail"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(recorders_are_listed_by_name_in_lower_case),
        TEST(an_id_is_known_by_its_form_whatever_its_case),
        TEST(opening_says_what_is_wrong),
        TEST(two_devices_of_one_recorder_share_the_drive),
        TEST(exclusive_access_shuts_out_other_devices_until_it_is_given_back),
        TEST(exclusive_access_holds_between_processes_and_ends_with_its_owner),
        TEST(a_prevented_tray_is_freed_when_its_device_goes),
        TEST(a_tray_opens_when_every_device_that_prevented_it_allows_it_or_is_gone),
        TEST(transfer_limits_come_from_the_definition_and_are_kept),
        TEST(an_unreadable_disc_is_explained_in_words),
        TEST(the_name_of_an_owner_is_cut_between_characters),
        TEST(a_disc_that_another_process_writes_is_a_conflict_explained_in_words),
        TEST(a_drive_that_sleeps_keeps_nobody_from_asking_for_limits_owner_and_detail),
        TEST(an_unplugged_drive_is_gone_until_its_last_device_is),
        TEST(a_command_without_an_answer_timed_out_and_says_why),
        TEST(a_short_transfer_tells_how_much_moved),
        TEST(a_bad_fault_script_is_told_when_the_recorder_is_opened),
        TEST(devices_may_come_and_go_on_many_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
