/* The way to a recorder that "scripts/wine --drive" makes, with nothing of the product on it but
 * the recorder: drive letters, DeviceIoControl, Wine, SG_IO. Needs drives D: and E:. What is behind
 * a letter is written by each test, in the definition that OPENIMAPI2_DRIVE_D or …_E names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winioctl.h>
#include <cmocka.h>

/* ntddscsi.h is part of a driver kit that not every MinGW puts in the same place. */
enum { DATA_OUT, DATA_IN, WITHOUT_DATA };
struct pass_through_direct {
    USHORT Length;
    UCHAR ScsiStatus, PathId, TargetId, Lun, CdbLength, SenseInfoLength, DataIn;
    ULONG DataTransferLength, TimeOutValue;
    void *DataBuffer;
    ULONG SenseInfoOffset;
    UCHAR Cdb[16];
};
#define PASS_THROUGH_DIRECT                                                                        \
    CTL_CODE(4 /* controller */, 0x405, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)

enum { SECTOR = 2048, UNIT = 16, TIMEOUT_S = 10, SENSE_MAX = 32, CHECK_CONDITION = 2 };

struct outcome {
    DWORD error; /* 0: DeviceIoControl succeeded */
    UCHAR status;
    ULONG moved;
    UCHAR sense_len, key, asc, ascq;
};

static HANDLE handles[2] = {INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE};
static UCHAR *data;            /* page-aligned, UNIT sectors */
static UCHAR sense[SENSE_MAX]; /* of the last command */

/* ---- what is behind a letter ---- */

/* The path of a file beside the definition of that drive, by its extension. Static storage. */
static const char *path_beside(char letter, const char *extension)
{
    static char path[MAX_PATH + 16];
    char variable[] = "OPENIMAPI2_DRIVE_?", definition[MAX_PATH] = "";

    variable[sizeof(variable) - 2] = letter;
    assert_true(GetEnvironmentVariableA(variable, definition, sizeof(definition)) > 0);
    assert_non_null(strrchr(definition, '.'));
    *strrchr(definition, '.') = '\0';
    snprintf(path, sizeof(path), "Z:%s.%s", definition, extension);
    return path;
}

static void write_beside(char letter, const char *extension, const char *text)
{
    HANDLE file = CreateFileA(path_beside(letter, extension), GENERIC_WRITE, FILE_SHARE_READ, NULL,
                              CREATE_ALWAYS, 0, NULL);
    DWORD done = 0;

    assert_true(file != INVALID_HANDLE_VALUE);
    WriteFile(file, text, (DWORD)strlen(text), &done, NULL);
    CloseHandle(file);
    assert_int_equal(done, strlen(text));
}

/* A new disc and what goes wrong with it, "" for nothing; the handle is kept for the test. */
static HANDLE given(char letter, const char *medium, const char *faults)
{
    static const char *const old[] = {"state", "iso", "iso.disc"};
    HANDLE *handle = &handles[letter - 'D'];
    char path[] = "\\\\.\\?:", lines[256], name = (char)(letter - 'D' + 'd');

    for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
        DeleteFileA(path_beside(letter, old[i]));
    write_beside(letter, "faults", faults);
    snprintf(lines, sizeof(lines),
             "medium = %s\nimage = %c.iso\nclock = virtual\nfaults = %c.faults\n", medium, name,
             name);
    write_beside(letter, "ini", lines);
    path[4] = letter;
    *handle = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                          NULL, OPEN_EXISTING, 0, NULL);
    assert_true(*handle != INVALID_HANDLE_VALUE);
    return *handle;
}

static int make_buffer(void **state)
{
    (void)state;
    data = VirtualAlloc(NULL, UNIT * SECTOR, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    return data ? 0 : -1;
}

static int close_drives(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        if (handles[i] != INVALID_HANDLE_VALUE)
            CloseHandle(handles[i]);
        handles[i] = INVALID_HANDLE_VALUE;
    }
    return 0;
}

/* ---- commands ---- */

static struct outcome run(HANDLE drive, const UCHAR *cdb, UCHAR cdb_len, UCHAR direction,
                          ULONG size)
{
    struct {
        struct pass_through_direct request;
        ULONG gap;
        UCHAR sense[SENSE_MAX];
    } packet = {0};
    struct outcome outcome = {0};
    DWORD got;

    packet.request.Length = sizeof(packet.request);
    packet.request.CdbLength = cdb_len;
    packet.request.SenseInfoLength = SENSE_MAX;
    packet.request.DataIn = direction;
    packet.request.DataTransferLength = size;
    packet.request.TimeOutValue = TIMEOUT_S;
    packet.request.DataBuffer = size ? data : NULL;
    packet.request.SenseInfoOffset = (ULONG)((UCHAR *)packet.sense - (UCHAR *)&packet);
    memcpy(packet.request.Cdb, cdb, cdb_len);
    if (!DeviceIoControl(drive, PASS_THROUGH_DIRECT, &packet, sizeof(packet), &packet,
                         sizeof(packet), &got, NULL))
        outcome.error = GetLastError();
    outcome.status = packet.request.ScsiStatus;
    outcome.moved = packet.request.DataTransferLength;
    outcome.sense_len = packet.request.SenseInfoLength;
    memcpy(sense, packet.sense, SENSE_MAX);
    outcome.key = packet.sense[2] & 0x0f;
    outcome.asc = packet.sense[12];
    outcome.ascq = packet.sense[13];
    return outcome;
}

static struct outcome test_unit_ready(HANDLE drive)
{
    static const UCHAR cdb[6] = {0x00};

    return run(drive, cdb, sizeof(cdb), WITHOUT_DATA, 0);
}

static struct outcome write_unit(HANDLE drive, UCHAR lba)
{
    const UCHAR cdb[10] = {0x2a, 0, 0, 0, 0, lba, 0, 0, UNIT, 0};

    memset(data, 0x5a, UNIT * SECTOR);
    return run(drive, cdb, sizeof(cdb), DATA_OUT, UNIT * SECTOR);
}

static ULONG profile(HANDLE drive)
{
    static const UCHAR cdb[10] = {0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0};
    struct outcome outcome = run(drive, cdb, sizeof(cdb), DATA_IN, 8);

    assert_int_equal(outcome.error, 0);
    assert_int_equal(outcome.moved, 8);
    return (ULONG)data[6] << 8 | data[7];
}

#define assert_good(outcome) assert_outcome((outcome), 0, 0, 0, 0, __LINE__)
#define assert_sense(outcome, key, asc, ascq)                                                      \
    assert_outcome((outcome), CHECK_CONDITION, (key), (asc), (ascq), __LINE__)

static void assert_outcome(struct outcome got, UCHAR status, UCHAR key, UCHAR asc, UCHAR ascq,
                           int line)
{
    if (got.error == 0 && got.status == status && got.key == key && got.asc == asc &&
        got.ascq == ascq)
        return;
    print_error("error %lu, status %02x, sense %x/%02x/%02x; expected status %02x, %x/%02x/%02x\n",
                got.error, got.status, got.key, got.asc, got.ascq, status, key, asc, ascq);
    _fail(__FILE__, line);
}

/* ---- tests ---- */

static void the_letters_are_optical_drives(void **state)
{
    (void)state;
    assert_int_equal(GetDriveTypeW(L"D:\\"), DRIVE_CDROM);
    assert_int_equal(GetDriveTypeW(L"E:\\"), DRIVE_CDROM);
    assert_true(GetLogicalDrives() & 1 << ('D' - 'A'));
    assert_true(GetLogicalDrives() & 1 << ('E' - 'A'));
}

static void an_inquiry_is_answered_by_the_virtual_recorder(void **state)
{
    static const UCHAR inquiry[6] = {0x12, 0, 0, 0, 36, 0};
    HANDLE drive = given('D', "dvd+r", "");
    struct outcome outcome = run(drive, inquiry, sizeof(inquiry), DATA_IN, 36);

    (void)state;
    assert_good(outcome);
    assert_int_equal(outcome.moved, 36);
    assert_int_equal(data[0] & 0x1f, 5);
    assert_memory_equal(data + 8, "OPENIMAPVIRTUAL RECORDER", 24);
}

static void an_answer_that_is_shorter_than_the_buffer_tells_its_length(void **state)
{
    static const UCHAR disc_information[10] = {0x51, 0, 0, 0, 0, 0, 0, 0, 200, 0};
    HANDLE drive = given('D', "dvd+r", "");
    struct outcome outcome = run(drive, disc_information, sizeof(disc_information), DATA_IN, 200);

    (void)state;
    assert_good(outcome);
    assert_true(outcome.moved >= 34 && outcome.moved < 200);
    assert_int_equal((data[0] << 8 | data[1]) + 2, outcome.moved);
    assert_int_equal(data[2] & 3, 0); /* blank */
}

static void a_check_condition_is_a_success_with_sense(void **state)
{
    static const UCHAR unknown[6] = {0xff};
    HANDLE drive = given('D', "none", "");
    struct outcome outcome;

    (void)state;
    assert_sense(test_unit_ready(drive), 2, 0x3a, 0x01);
    outcome = run(drive, unknown, sizeof(unknown), WITHOUT_DATA, 0);
    assert_sense(outcome, 5, 0x20, 0x00);
    assert_int_equal(outcome.sense_len, 18);
}

/* Descriptor sense keeps the key elsewhere, and with what it says of the address it is the longest
 * that the recorder has. */
static void sense_that_is_longer_than_eighteen_bytes_arrives_as_a_whole(void **state)
{
    HANDLE drive = given('D', "dvd+r", "1st write: fail 3/0C/00, descriptor, at lba 5");
    struct outcome outcome = write_unit(drive, 0);

    (void)state;
    assert_int_equal(outcome.error, 0);
    assert_int_equal(outcome.status, CHECK_CONDITION);
    assert_int_equal(outcome.sense_len, 20);
    assert_int_equal(sense[0], 0x72);
    assert_int_equal(sense[1], 3);
    assert_int_equal(sense[2], 0x0c);
    assert_int_equal(sense[7], 20 - 8);
    assert_int_equal(sense[8], 0); /* the information descriptor */
    assert_int_equal(sense[19], 5);
}

static void more_than_the_drive_takes_at_once_is_refused_by_the_system(void **state)
{
    HANDLE drive = given('D', "dvd+r\ntransfer_kib = 16", "");

    (void)state;
    assert_int_equal(write_unit(drive, 0).error, ERROR_INVALID_PARAMETER);
    assert_good(test_unit_ready(drive));
}

static void what_is_written_can_be_read(void **state)
{
    static const UCHAR synchronize_cache[10] = {0x35};
    static const UCHAR read[10] = {0x28, 0, 0, 0, 0, 0, 0, 0, UNIT, 0};
    HANDLE drive = given('D', "dvd-ram", "");

    (void)state;
    assert_good(write_unit(drive, 0));
    assert_good(run(drive, synchronize_cache, sizeof(synchronize_cache), WITHOUT_DATA, 0));
    memset(data, 0, UNIT * SECTOR);
    assert_good(run(drive, read, sizeof(read), DATA_IN, UNIT * SECTOR));
    for (ULONG i = 0; i < UNIT * SECTOR; i++)
        assert_int_equal(data[i], 0x5a);
}

static void two_letters_are_two_recorders(void **state)
{
    HANDLE d = given('D', "dvd+r", ""), e = given('E', "cd-r", "");

    (void)state;
    assert_int_equal(profile(d), 0x1b);
    assert_int_equal(profile(e), 0x09);
    assert_good(write_unit(d, 0));
    assert_int_equal(profile(d), 0x1b);
    assert_int_equal(profile(e), 0x09);
}

/* Also shows that a recorder is given up with the last handle: another definition is read. */
static void a_handle_opened_anew_finds_what_has_changed(void **state)
{
    (void)state;
    assert_int_equal(profile(given('D', "dvd+r", "")), 0x1b);
    close_drives(NULL);
    assert_int_equal(profile(given('D', "bd-r", "")), 0x41);
}

static void a_short_transfer_tells_the_bytes_that_went_over(void **state)
{
    HANDLE drive = given('D', "dvd+r", "1st write: transfer 4096 bytes");
    struct outcome outcome = write_unit(drive, 0);

    (void)state;
    assert_good(outcome);
    assert_int_equal(outcome.moved, 4096);
}

static void a_time_out_of_a_drive_with_its_own_clock_is_an_error(void **state)
{
    HANDLE drive = given('D', "dvd+r", "1st write: timeout");

    (void)state;
    assert_int_equal(write_unit(drive, 0).error, ERROR_SEM_TIMEOUT);
    assert_good(write_unit(drive, 0));
}

/* As it is on real drives: only the unit attention that follows tells of it. */
static void a_reset_looks_like_a_success_until_the_next_command(void **state)
{
    HANDLE drive = given('D', "dvd+r", "1st write: reset");
    struct outcome outcome = write_unit(drive, 0);

    (void)state;
    assert_good(outcome);
    assert_int_equal(outcome.moved, UNIT * SECTOR);
    outcome = write_unit(drive, 0);
    assert_int_equal(outcome.key, 6);
    assert_int_equal(outcome.asc, 0x29);
}

static void an_unplugged_drive_is_an_error_from_then_on(void **state)
{
    HANDLE drive = given('D', "dvd+r", "2nd write: unplug");

    (void)state;
    assert_good(write_unit(drive, 0));
    assert_int_not_equal(write_unit(drive, UNIT).error, 0);
    assert_int_not_equal(test_unit_ready(drive).error, 0);
}

static void a_disc_that_is_taken_out_by_hand_is_missing_from_then_on(void **state)
{
    HANDLE drive = given('D', "dvd+r", "2nd write: eject");

    (void)state;
    assert_good(write_unit(drive, 0));
    write_unit(drive, UNIT);
    while (test_unit_ready(drive).key == 6)
        continue;
    assert_int_equal(test_unit_ready(drive).asc, 0x3a);
}

static void the_class_drivers_requests_for_tray_and_door_reach_the_drive(void **state)
{
    HANDLE drive = given('D', "dvd+r", "");
    BOOLEAN prevent = TRUE;
    DWORD got;

    (void)state;
    assert_true(DeviceIoControl(drive, IOCTL_STORAGE_CHECK_VERIFY, NULL, 0, NULL, 0, &got, NULL));
    assert_true(DeviceIoControl(drive, IOCTL_STORAGE_EJECTION_CONTROL, &prevent, sizeof(prevent),
                                NULL, 0, &got, NULL));
    prevent = FALSE;
    assert_true(DeviceIoControl(drive, IOCTL_STORAGE_EJECTION_CONTROL, &prevent, sizeof(prevent),
                                NULL, 0, &got, NULL));
    assert_true(DeviceIoControl(drive, IOCTL_STORAGE_EJECT_MEDIA, NULL, 0, NULL, 0, &got, NULL));
    assert_sense(test_unit_ready(drive), 2, 0x3a, 0x02);
    assert_true(DeviceIoControl(drive, IOCTL_STORAGE_LOAD_MEDIA, NULL, 0, NULL, 0, &got, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_letters_are_optical_drives, close_drives),
        cmocka_unit_test_teardown(an_inquiry_is_answered_by_the_virtual_recorder, close_drives),
        cmocka_unit_test_teardown(an_answer_that_is_shorter_than_the_buffer_tells_its_length,
                                  close_drives),
        cmocka_unit_test_teardown(a_check_condition_is_a_success_with_sense, close_drives),
        cmocka_unit_test_teardown(sense_that_is_longer_than_eighteen_bytes_arrives_as_a_whole,
                                  close_drives),
        cmocka_unit_test_teardown(more_than_the_drive_takes_at_once_is_refused_by_the_system,
                                  close_drives),
        cmocka_unit_test_teardown(what_is_written_can_be_read, close_drives),
        cmocka_unit_test_teardown(two_letters_are_two_recorders, close_drives),
        cmocka_unit_test_teardown(a_handle_opened_anew_finds_what_has_changed, close_drives),
        cmocka_unit_test_teardown(a_short_transfer_tells_the_bytes_that_went_over, close_drives),
        cmocka_unit_test_teardown(a_time_out_of_a_drive_with_its_own_clock_is_an_error,
                                  close_drives),
        cmocka_unit_test_teardown(a_reset_looks_like_a_success_until_the_next_command,
                                  close_drives),
        cmocka_unit_test_teardown(an_unplugged_drive_is_an_error_from_then_on, close_drives),
        cmocka_unit_test_teardown(a_disc_that_is_taken_out_by_hand_is_missing_from_then_on,
                                  close_drives),
        cmocka_unit_test_teardown(the_class_drivers_requests_for_tray_and_door_reach_the_drive,
                                  close_drives),
    };

    return cmocka_run_group_tests(tests, make_buffer, NULL);
}
