/* The pass-through on the true path: Windows' own DeviceIoControl on drive D:, which
 * "scripts/wine --drive d=NAME" makes of a virtual recorder. What is behind the letter is written
 * by each test, in the definition that OPENIMAPI2_DRIVE_D names; without it there is nothing to
 * try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "os.h"
#include "sense.h"
#include "spti.h"

enum { SECTOR = 2048, UNIT = 16, ROOM = 128 * 1024, DEVICES = 2 };

static struct oi_device *devices[DEVICES];
static uint8_t *pages; /* ROOM bytes */

/* ---- what is behind the letter ---- */

/* The path of a file beside the definition, by its extension. Static storage. */
static const char *path_beside(const char *extension)
{
    static char path[512];
    char *definition = oi_environment("OPENIMAPI2_DRIVE_D");
    char *dot = definition ? strrchr(definition, '.') : NULL;

    path[0] = '\0';
    if (dot)
        snprintf(path, sizeof(path), "%.*s.%s", (int)(dot - definition), definition, extension);
    free(definition);
    return path;
}

static void write_beside(const char *extension, const char *text)
{
    oi_file_remove(path_beside(extension));
    assert_int_equal(oi_file_replace(path_beside(extension), text, strlen(text)), OI_OK);
}

static struct oi_device *opened(int i)
{
    char problem[OI_DETAIL_MAX];

    if (oi_spti_open("\\\\.\\d:", &devices[i], problem) != OI_OK)
        fail_msg("%s", problem);
    return devices[i];
}

/* A new disc and what goes wrong with it, "" for nothing. The unit attention of the insertion is
 * out of the way. */
static struct oi_device *given_with_clock(const char *clock, const char *medium, const char *faults)
{
    static const char *const old[] = {"state", "iso", "iso.disc"};
    struct oi_command ready = {.cdb = oi_cdb_test_unit_ready(), .timeout_ms = 10000};
    struct oi_completion completion;
    struct oi_device *device;
    char lines[256];

    if (!path_beside("ini")[0]) {
        print_message("skipped: no drive D: (scripts/wine --drive d=NAME makes one)\n");
        skip();
    }
    for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
        oi_file_remove(path_beside(old[i]));
    write_beside("faults", faults);
    snprintf(lines, sizeof(lines), "medium = %s\nimage = d.iso\nclock = %s\nfaults = d.faults\n",
             medium, clock);
    write_beside("ini", lines);
    device = opened(0);
    for (int i = 0; i < 3; i++)
        oi_transport_execute(&device->transport, &ready, &completion);
    return device;
}

static struct oi_device *given(const char *medium, const char *faults)
{
    return given_with_clock("virtual", medium, faults);
}

static int setup(void **state)
{
    (void)state;
    pages = oi_pages_alloc(ROOM);
    return pages ? 0 : -1;
}

static int close_devices(void **state)
{
    (void)state;
    for (int i = 0; i < DEVICES; i++) {
        if (devices[i])
            devices[i]->ops->destroy(devices[i]);
        devices[i] = NULL;
    }
    return 0;
}

/* ---- commands ---- */

static struct oi_completion run(struct oi_device *device, struct oi_cdb cdb,
                                enum oi_direction direction, void *data, uint32_t len)
{
    struct oi_command command = {cdb, direction, data, len, 10000};
    struct oi_completion completion;

    oi_transport_execute(&device->transport, &command, &completion);
    return completion;
}

static struct oi_completion write_unit(struct oi_device *device, int32_t lba, void *data)
{
    return run(device, oi_cdb_write10(lba, UNIT), OI_DATA_OUT, data, UNIT * SECTOR);
}

static struct oi_completion plain(struct oi_device *device, struct oi_cdb cdb)
{
    return run(device, cdb, OI_DATA_NONE, NULL, 0);
}

#define assert_good(completion) assert_ends((completion), OI_SCSI_GOOD, 0, 0, 0, __LINE__)
#define assert_sense(completion, key, asc, ascq)                                                   \
    assert_ends((completion), OI_SCSI_CHECK_CONDITION, (key), (asc), (ascq), __LINE__)

static void assert_ends(struct oi_completion got, uint8_t scsi_status, uint8_t key, uint8_t asc,
                        uint8_t ascq, int line)
{
    struct oi_sense sense = oi_sense_parse(got.sense, got.sense_len);

    if (got.status == OI_OK && got.scsi_status == scsi_status && sense.key == key &&
        sense.asc == asc && sense.ascq == ascq)
        return;
    print_error("%s, SCSI status %02x, %x/%02x/%02x; expected %02x, %x/%02x/%02x\n",
                oi_status_text(got.status), got.scsi_status, sense.key, sense.asc, sense.ascq,
                scsi_status, key, asc, ascq);
    _fail(__FILE__, line);
}

static void fill(uint8_t *data, uint8_t seed)
{
    for (uint32_t i = 0; i < UNIT * SECTOR; i++)
        data[i] = (uint8_t)(seed + i + i / 251);
}

/* ---- tests ---- */

static void the_drive_says_who_it_is_and_what_it_takes(void **state)
{
    struct oi_device *device = given("dvd+r", "");
    struct oi_device_identity identity;
    struct oi_transfer_limits limits;

    (void)state;
    assert_int_equal(device->ops->identity(device, &identity), OI_OK);
    assert_string_equal(identity.vendor, "OPENIMAP");
    assert_string_equal(identity.product, "VIRTUAL RECORDER");
    device->ops->limits(device, &limits);
    assert_true(limits.page_aligned_bytes >= UNIT * SECTOR);
    assert_true(limits.not_page_aligned_bytes >= SECTOR);
    assert_true(limits.alignment > 0 && (limits.alignment & (limits.alignment - 1)) == 0);
}

static void what_is_written_is_read_back_from_whatever_address(void **state)
{
    struct oi_device *device = given("dvd-ram", "");
    uint8_t *expected = pages + ROOM / 2;

    (void)state;
    for (uint8_t offset = 0; offset < 4; offset++) {
        fill(pages + offset, offset);
        memcpy(expected, pages + offset, UNIT * SECTOR);
        assert_good(write_unit(device, offset * UNIT, pages + offset));
        memset(pages, 0, UNIT * SECTOR + 4);
        assert_good(run(device, oi_cdb_read10(offset * UNIT, UNIT), OI_DATA_IN, pages + 3 - offset,
                        UNIT * SECTOR));
        assert_memory_equal(pages + 3 - offset, expected, UNIT * SECTOR);
    }
}

static void sense_has_eighteen_bytes_as_the_drive_sends_it(void **state)
{
    struct oi_device *device = given("none", "");
    struct oi_completion done = plain(device, oi_cdb_test_unit_ready());

    (void)state;
    assert_sense(done, 0x2, 0x3a, 0x01);
    assert_int_equal(done.sense_len, 18);
}

static void an_answer_shorter_than_the_buffer_tells_its_length(void **state)
{
    struct oi_device *device = given("dvd+r", "");
    struct oi_completion done =
        run(device, oi_cdb_read_disc_information(200), OI_DATA_IN, pages, 200);

    (void)state;
    assert_good(done);
    assert_int_equal(done.moved, (pages[0] << 8 | pages[1]) + 2);
}

static void a_short_transfer_shows_in_the_bytes_moved(void **state)
{
    struct oi_device *device = given("dvd+r", "1st write: transfer 4096 bytes");
    struct oi_completion done = write_unit(device, 0, pages);

    (void)state;
    assert_good(done);
    assert_int_equal(done.moved, 4096);
}

/* On a clock that is not the recorder's own Wine lets it look like a success. */
static void a_command_that_never_came_back_is_a_time_out(void **state)
{
    struct oi_device *device = given_with_clock("real", "dvd+r", "1st write: timeout");
    struct oi_command command = {oi_cdb_write10(0, UNIT), OI_DATA_OUT, pages, UNIT * SECTOR, 1000};
    struct oi_completion completion;

    (void)state;
    oi_transport_execute(&device->transport, &command, &completion);
    assert_int_equal(completion.status, OI_TIMED_OUT);
    assert_int_equal(completion.moved, 0);
}

static void a_reset_is_told_by_the_command_after_it(void **state)
{
    struct oi_device *device = given("dvd+r", "2nd write: reset");
    struct oi_completion done;

    (void)state;
    assert_good(write_unit(device, 0, pages));
    write_unit(device, UNIT, pages);
    done = plain(device, oi_cdb_test_unit_ready());
    assert_int_equal(oi_sense_parse(done.sense, done.sense_len).asc, 0x29);
}

static void an_unplugged_drive_is_gone_and_says_so(void **state)
{
    struct oi_device *device = given("dvd+r", "1st write: unplug");
    char detail[OI_DETAIL_MAX];

    (void)state;
    assert_int_equal(write_unit(device, 0, pages).status, OI_DEVICE_GONE);
    device->ops->detail(device, detail);
    assert_non_null(strstr(detail, "unplugged"));
}

static void two_devices_on_the_drive_exclude_each_other(void **state)
{
    struct oi_device *first = given("dvd+r", ""), *second = opened(1);
    char owner[OI_OWNER_NAME_MAX];

    (void)state;
    assert_good(plain(second, oi_cdb_test_unit_ready()));
    assert_int_equal(first->ops->acquire(first, true, "the first"), OI_OK);
    assert_int_equal(second->ops->owner(second, owner), OI_OK);
    assert_string_equal(owner, "the first");
    assert_int_equal(second->ops->acquire(second, true, "the second"), OI_LOCKED);
    assert_int_equal(plain(second, oi_cdb_test_unit_ready()).status, OI_LOCKED);
    assert_good(plain(first, oi_cdb_test_unit_ready()));
    assert_int_equal(first->ops->release(first), OI_OK);
    assert_good(plain(second, oi_cdb_test_unit_ready()));
}

static void a_tray_that_is_kept_closed_opens_again_when_the_device_is_closed(void **state)
{
    struct oi_device *device = given("dvd+r", "");

    (void)state;
    assert_good(plain(device, oi_cdb_prevent_allow_removal(true)));
    assert_sense(plain(device, oi_cdb_start_stop_unit(OI_UNIT_EJECT, false)), 0x5, 0x53, 0x02);
    opened(1); /* the recorder stays as it is */
    device->ops->destroy(device);
    devices[0] = NULL;
    assert_good(plain(devices[1], oi_cdb_start_stop_unit(OI_UNIT_EJECT, false)));
}

static bool is_the_letter(void *context, const char *path)
{
    *(bool *)context |= _stricmp(path, "d:\\") == 0;
    return true;
}

static void the_volume_is_the_one_of_the_letter(void **state)
{
    struct oi_device *device = given("dvd+r", "");
    char name[OI_VOLUME_NAME_MAX];
    bool found = false;

    (void)state;
    assert_int_equal(device->ops->volume_name(device, name), OI_OK);
    assert_int_equal(device->ops->volume_paths(device, is_the_letter, &found), OI_OK);
    if (name[0]) {
        assert_true(strncmp(name, "\\\\?\\Volume{", 11) == 0);
        assert_true(found);
    }
}

static void notifications_number_and_descriptors_are_there_or_quietly_absent(void **state)
{
    struct oi_device *device = given("dvd+r", "");
    uint8_t bytes[64];
    uint32_t number, size = sizeof(bytes);
    enum oi_status status;

    (void)state;
    assert_int_equal(device->ops->notify_media(device, false), OI_OK);
    assert_int_equal(device->ops->notify_media(device, true), OI_OK);
    status = device->ops->number(device, &number);
    assert_true(status == OI_OK || status == OI_NOT_FOUND);
    status = device->ops->describe(device, OI_DESCRIPTION_DEVICE, bytes, &size);
    assert_true(status == OI_OK || status == OI_NOT_FOUND);
}

#define CASE(test) cmocka_unit_test_teardown(test, close_devices)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_drive_says_who_it_is_and_what_it_takes),
        CASE(what_is_written_is_read_back_from_whatever_address),
        CASE(sense_has_eighteen_bytes_as_the_drive_sends_it),
        CASE(an_answer_shorter_than_the_buffer_tells_its_length),
        CASE(a_short_transfer_shows_in_the_bytes_moved),
        CASE(a_command_that_never_came_back_is_a_time_out),
        CASE(a_reset_is_told_by_the_command_after_it),
        CASE(an_unplugged_drive_is_gone_and_says_so),
        CASE(two_devices_on_the_drive_exclude_each_other),
        CASE(a_tray_that_is_kept_closed_opens_again_when_the_device_is_closed),
        CASE(the_volume_is_the_one_of_the_letter),
        CASE(notifications_number_and_descriptors_are_there_or_quietly_absent),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
