/* The engine on the virtual recorder: both as they are, with only COM left out. The recorder is as
 * strict as a drive, so these tests see mistakes that the memory behind the bench would swallow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench.h"
#include "cdb.h"
#include "virtual.h"

#define ID "\\\\?\\openimapi2#virtual#drive#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}"

enum { PATH_SIZE = 128 };

struct burner {
    struct bench *bench;
    char folder[64], ini[PATH_SIZE], image[PATH_SIZE];
    struct oi_device *device;
    struct oi_drive drive;
};

static int burner_setup(void **state)
{
    struct burner *r = calloc(1, sizeof(*r));
    void *bench;

    if (!r || bench_setup(&bench) != 0)
        return -1;
    r->bench = bench;
    snprintf(r->folder, sizeof(r->folder), "/tmp/oi_burner_XXXXXX");
    if (!mkdtemp(r->folder))
        return -1;
    snprintf(r->ini, sizeof(r->ini), "%s/drive.ini", r->folder);
    snprintf(r->image, sizeof(r->image), "%s/disc.iso", r->folder);
    setenv("OPENIMAPI2_RECORDERS", r->folder, 1);
    *state = r;
    return 0;
}

static bool remove_file(void *context, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", (const char *)context, name);
    unlink(path);
    return true;
}

static int burner_teardown(void **state)
{
    struct burner *r = *state;
    void *bench = r->bench;

    if (r->device)
        r->device->ops->destroy(r->device);
    oi_folder_list(r->folder, remove_file, r->folder);
    rmdir(r->folder);
    bench_teardown(&bench);
    free(r);
    return 0;
}

/* A drive with a new disc; lines: the definition file's. */
static void insert(struct burner *r, const char *lines)
{
    char problem[OI_DETAIL_MAX];

    assert_int_equal(oi_file_replace(r->ini, lines, strlen(lines)), OI_OK);
    assert_int_equal(oi_virtual_open(ID, &r->device, problem), OI_OK);
    r->drive.transport = &r->device->transport;
    r->bench->section.drive = &r->drive;
    r->bench->section.clock = NULL; /* the recorder's time is the real one */
}

static uint8_t run(struct burner *r, struct oi_cdb cdb, enum oi_direction direction, void *data,
                   uint32_t data_len)
{
    struct oi_command command = {cdb, direction, data, data_len, 10000};
    struct oi_completion completion = {0};

    oi_transport_execute(&r->device->transport, &command, &completion);
    assert_int_equal(completion.status, OI_OK);
    return completion.scsi_status;
}

static void assert_image_holds(struct burner *r, uint64_t offset, uint64_t bytes)
{
    struct oi_file *file;
    uint8_t block[65536];

    assert_int_equal(oi_file_open(&file, r->image, OI_FILE_READ), OI_OK);
    for (uint64_t at = 0; at < bytes; at += sizeof(block)) {
        size_t size = bytes - at < sizeof(block) ? (size_t)(bytes - at) : sizeof(block);
        size_t got;

        assert_int_equal(oi_file_read_at(file, offset + at, block, size, &got), OI_OK);
        assert_int_equal(got, size);
        for (size_t i = 0; i < size; i++)
            if (block[i] != pattern_byte(at + i))
                fail_msg("the image differs at byte %llu", (unsigned long long)(offset + at + i));
    }
    oi_file_close(file);
}

static void a_section_on_a_dvd_plus_r_is_in_the_image(void **state)
{
    struct burner *r = *state;

    insert(r, "medium = dvd+r\nimage = disc.iso\n");
    r->bench->section.profile = 0x001b;
    r->bench->section.blocks_per_command = 32;
    assert_int_equal(bench_write(r->bench, 4096), OI_OK);
    assert_int_equal(run(r, oi_cdb_synchronize_cache(false), OI_DATA_NONE, NULL, 0), OI_SCSI_GOOD);
    assert_image_holds(r, 0, 4096 * 2048);
}

static void a_slow_drive_is_waited_for(void **state)
{
    struct burner *r = *state;

    /* 8 MiB at 22 MB/s do not fit the drive's buffer of 2 MiB: it must answer 2/04/08. */
    insert(r, "medium = dvd+r\nimage = disc.iso\nspeed = 16\n");
    r->bench->section.profile = 0x001b;
    assert_int_equal(bench_write(r->bench, 4096), OI_OK);
    assert_int_equal(run(r, oi_cdb_synchronize_cache(false), OI_DATA_NONE, NULL, 0), OI_SCSI_GOOD);
    assert_image_holds(r, 0, 4096 * 2048);
}

static void a_section_that_does_not_start_at_the_next_writable_address_is_refused(void **state)
{
    struct burner *r = *state;

    insert(r, "medium = dvd+r\nimage = disc.iso\n");
    r->bench->section.start_lba = 32;
    assert_int_equal(bench_write(r->bench, 64), OI_DEVICE_ERROR);
    assert_int_equal(r->bench->outcome.sense.asc, 0x21);
    assert_int_equal(r->bench->outcome.sense.ascq, 0x02);
    assert_int_equal(r->bench->outcome.blocks_written, 0);
}

static void a_disc_that_gets_full_says_where(void **state)
{
    struct burner *r = *state;
    uint8_t list[OI_FORMAT_LIST_BYTES];

    insert(r, "medium = dvd+rw\nimage = disc.iso\n");
    oi_format_list(list, UINT32_MAX, 0x26, 0, 0, true);
    assert_int_equal(run(r, oi_cdb_format_unit(), OI_DATA_OUT, list, sizeof(list)), OI_SCSI_GOOD);
    r->bench->section.start_lba = 2295104 - 64;
    assert_int_equal(bench_write(r->bench, 128), OI_DEVICE_ERROR);
    assert_int_equal(r->bench->outcome.blocks_written, 64);
    assert_int_equal(r->bench->outcome.lba, 2295104);
    assert_int_equal(r->bench->outcome.sense.asc, 0x21);
}

static void an_unformatted_dvd_plus_rw_takes_nothing(void **state)
{
    struct burner *r = *state;

    insert(r, "medium = dvd+rw\nimage = disc.iso\n");
    assert_int_equal(bench_write(r->bench, 64), OI_DEVICE_ERROR);
    assert_int_equal(r->bench->outcome.sense.asc, 0x31);
}

static void an_empty_drive_says_so(void **state)
{
    struct burner *r = *state;

    insert(r, "medium = none\n");
    assert_int_equal(bench_write(r->bench, 64), OI_NO_MEDIA);
}

struct ejector {
    struct burner *burner;
    uint8_t status;
};

static void eject(void *context, uint32_t event)
{
    struct ejector *e = context;

    if (event == 2)
        e->status =
            run(e->burner, oi_cdb_start_stop_unit(OI_UNIT_EJECT, false), OI_DATA_NONE, NULL, 0);
}

static void a_disc_ejected_in_mid_burn_ends_the_section(void **state)
{
    struct burner *r = *state;
    struct ejector e = {r, 0xff};

    /* At this speed the section takes 6 seconds; the second event comes after half a second. */
    insert(r, "medium = dvd+r\nimage = disc.iso\nspeed = 1\n");
    r->bench->client.on_event = eject;
    r->bench->client.context = &e;
    assert_int_equal(bench_write(r->bench, 5120), OI_NO_MEDIA);
    assert_int_equal(e.status, OI_SCSI_GOOD);
    assert_true(r->bench->outcome.blocks_written < 5120);
    assert_image_holds(r, 0, (uint64_t)r->bench->outcome.blocks_written * 2048);
}

static void a_cancelled_section_leaves_a_disc_that_goes_on_where_it_stopped(void **state)
{
    struct burner *r = *state;
    struct oi_thread *thread;

    insert(r, "medium = dvd+r\nimage = disc.iso\nspeed = 1\n");
    thread = bench_start(r->bench, 5120);
    while (oi_engine_busy(&r->bench->engine) && !oi_engine_cancel(&r->bench->engine))
        ;
    assert_int_equal(bench_join(r->bench, thread), OI_CANCELLED);
    r->bench->section.start_lba = (int32_t)r->bench->outcome.blocks_written;
    assert_int_equal(r->bench->section.start_lba % 16, 0);
    assert_true(bench_rewind(r->bench));
    assert_int_equal(bench_write(r->bench, 64), OI_OK);
    assert_image_holds(r, (uint64_t)r->bench->section.start_lba * 2048, 64 * 2048);
}

static void script(struct burner *r, const char *rules)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "%s/a.faults", r->folder);
    assert_int_equal(oi_file_replace(path, rules, strlen(rules)), OI_OK);
}

#define SCRIPTED "medium = dvd+r\nimage = disc.iso\nfaults = a.faults\n"

static uint32_t count_in_trace(struct burner *r, const char *words)
{
    char path[PATH_SIZE];
    uint32_t count = 0;
    char *text;
    size_t size;

    snprintf(path, sizeof(path), "%s/drive.trace", r->folder);
    assert_int_equal(oi_file_read_all(path, 1024 * 1024, &text, &size), OI_OK);
    for (const char *at = text; (at = strstr(at, words)) != NULL; at++)
        count++;
    free(text);
    return count;
}

static void a_buffer_that_is_full_now_and_then_costs_time_and_no_data(void **state)
{
    struct burner *r = *state;

    script(r, "every 10th write: fail 2/04/08\n");
    insert(r, SCRIPTED);
    assert_int_equal(bench_write(r->bench, 1024), OI_OK);
    assert_int_equal(run(r, oi_cdb_synchronize_cache(false), OI_DATA_NONE, NULL, 0), OI_SCSI_GOOD);
    assert_image_holds(r, 0, 1024 * 2048);
    assert_int_equal(count_in_trace(r, "CHECK CONDITION 2/04/08 "), 7);
    assert_int_equal(count_in_trace(r, "WRITE (10)"), 64 + 7);
}

static void a_deferred_error_ends_the_section_where_the_disc_does(void **state)
{
    struct burner *r = *state;

    script(r, "write lba 320: fail 3/0C/00\n");
    insert(r, SCRIPTED "personality = deferred-errors\n");
    assert_int_equal(bench_write(r->bench, 1024), OI_DEVICE_ERROR);
    assert_true(r->bench->outcome.sense.deferred);
    assert_int_equal(r->bench->outcome.sense.information, 320);
    /* The drive took the one that failed, and refused the one after it. */
    assert_int_equal(r->bench->outcome.blocks_written, 336);
    assert_image_holds(r, 0, 320 * 2048);
}

static void a_drive_unplugged_in_mid_burn_ends_the_section_and_keeps_the_disc(void **state)
{
    struct burner *r = *state;
    char detail[OI_DETAIL_MAX];

    script(r, "20th write: unplug\n");
    insert(r, SCRIPTED);
    assert_int_equal(bench_write(r->bench, 1024), OI_DEVICE_GONE);
    assert_int_equal(r->bench->outcome.blocks_written, 19 * 16);
    r->device->ops->detail(r->device, detail);
    assert_non_null(strstr(detail, "a.faults, line 1: the fault script unplugged the drive"));
    assert_image_holds(r, 0, 19 * 16 * 2048);
    r->device->ops->destroy(r->device);
    r->device = NULL;
    script(r, "");
    insert(r, SCRIPTED);
    r->bench->section.start_lba = 19 * 16;
    assert_true(bench_rewind(r->bench));
    assert_int_equal(bench_write(r->bench, 64), OI_OK);
}

#define BURNER_TEST(name) cmocka_unit_test_setup_teardown(name, burner_setup, burner_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BURNER_TEST(a_section_on_a_dvd_plus_r_is_in_the_image),
        BURNER_TEST(a_slow_drive_is_waited_for),
        BURNER_TEST(a_section_that_does_not_start_at_the_next_writable_address_is_refused),
        BURNER_TEST(a_disc_that_gets_full_says_where),
        BURNER_TEST(an_unformatted_dvd_plus_rw_takes_nothing),
        BURNER_TEST(an_empty_drive_says_so),
        BURNER_TEST(a_disc_ejected_in_mid_burn_ends_the_section),
        BURNER_TEST(a_buffer_that_is_full_now_and_then_costs_time_and_no_data),
        BURNER_TEST(a_deferred_error_ends_the_section_where_the_disc_does),
        BURNER_TEST(a_drive_unplugged_in_mid_burn_ends_the_section_and_keeps_the_disc),
        BURNER_TEST(a_cancelled_section_leaves_a_disc_that_goes_on_where_it_stopped),
    };

    return cmocka_run_group_tests_name("on the virtual recorder", tests, NULL, NULL);
}
