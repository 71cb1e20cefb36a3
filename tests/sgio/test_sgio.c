/* A virtual recorder as native programs see it: files, descriptors, ioctls. */
#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <scsi/sg.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "emulator.h"

enum { SECTOR = 2048, UNIT = 16 };

static char folder[64];

static enum oi_emu_delivery delivery; /* of the next command, instead of asking the drive */

void __real_oi_emu_execute(struct oi_emu *emu, const struct oi_emu_command *command,
                           struct oi_emu_reply *reply);
void __wrap_oi_emu_execute(struct oi_emu *emu, const struct oi_emu_command *command,
                           struct oi_emu_reply *reply);

void __wrap_oi_emu_execute(struct oi_emu *emu, const struct oi_emu_command *command,
                           struct oi_emu_reply *reply)
{
    if (delivery == OI_EMU_ANSWERED) {
        __real_oi_emu_execute(emu, command, reply);
        return;
    }
    *reply = (struct oi_emu_reply){.delivery = delivery};
    delivery = OI_EMU_ANSWERED;
}

/* ---- a folder with a recorder and the stand-ins ---- */

static const char *path_of(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* The room looks for the stand-ins at the first use of any of its functions, which is before main:
 * so the program makes them and starts anew. */
static int prepare(void)
{
    strcpy(folder, "/tmp/oi_sgio_XXXXXX");
    if (!mkdtemp(folder) || mknod(path_of("sr0"), S_IFREG | 0600, 0) ||
        mknod(path_of("sg0"), S_IFREG | 0600, 0))
        return 1;
    setenv("OPENIMAPI2_PEER_DEVICES", folder, 1);
    setenv("OPENIMAPI2_PEER_RECORDER", path_of("drive.ini"), 1);
    execl("/proc/self/exe", "test_sgio", NULL);
    return 1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"sr0",        "sg0",         "drive.ini",     "drive.state",
                                        "drive.lock", "drive.trace", "disc.iso.disc", "disc.iso"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlink(path_of(names[i]));
    return rmdir(folder);
}

static int blank_disc(void **state)
{
    (void)state;
    unlink(path_of("disc.iso"));
    unlink(path_of("disc.iso.disc"));
    unlink(path_of("drive.state"));
    write_text("drive.ini", "medium = dvd+r\nimage = disc.iso\n");
    delivery = OI_EMU_ANSWERED;
    return 0;
}

/* ---- commands ---- */

static uint8_t sense[32];

static sg_io_hdr_t header_of(uint8_t *cdb, uint8_t cdb_len, int direction, void *data,
                             uint32_t size)
{
    memset(sense, 0, sizeof(sense));
    return (sg_io_hdr_t){.interface_id = 'S',
                         .cmdp = cdb,
                         .cmd_len = cdb_len,
                         .dxfer_direction = direction,
                         .dxferp = data,
                         .dxfer_len = size,
                         .sbp = sense,
                         .mx_sb_len = sizeof(sense),
                         .timeout = 30000};
}

static sg_io_hdr_t test_ready(int fd)
{
    uint8_t cdb[6] = {0};
    sg_io_hdr_t header = header_of(cdb, sizeof(cdb), SG_DXFER_NONE, NULL, 0);

    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    return header;
}

static sg_io_hdr_t write_unit(int fd, uint32_t lba, void *data)
{
    uint8_t cdb[10] = {
        0x2a, 0,   (uint8_t)(lba >> 24), (uint8_t)(lba >> 16), (uint8_t)(lba >> 8), (uint8_t)lba, 0,
        0,    UNIT};
    sg_io_hdr_t header = header_of(cdb, sizeof(cdb), SG_DXFER_TO_DEV, data, UNIT * SECTOR);

    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    return header;
}

static void burn_unit(int fd, const void *data)
{
    uint8_t synchronize[10] = {0x35};
    uint8_t close_track[10] = {0x5b, 0, 1, 0, 0, 1};
    uint8_t copy[UNIT * SECTOR];
    sg_io_hdr_t header;

    memcpy(copy, data, sizeof(copy));
    assert_int_equal(write_unit(fd, 0, copy).status, 0);
    header = header_of(synchronize, sizeof(synchronize), SG_DXFER_NONE, NULL, 0);
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.status, 0);
    header = header_of(close_track, sizeof(close_track), SG_DXFER_NONE, NULL, 0);
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.status, 0);
}

static void fill(uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(i * 7 + i / SECTOR);
}

static int open_drive(const char *path)
{
    int fd = open(path, O_RDWR | O_NONBLOCK);

    assert_true(fd >= 0);
    return fd;
}

/* ---- what the devices are ---- */

static void the_devices_are_a_block_and_a_character_device(void **state)
{
    struct stat info;
    struct statx extended;
    int fd;

    (void)state;
    assert_int_equal(stat("/dev/sr0", &info), 0);
    assert_true(S_ISBLK(info.st_mode));
    assert_int_equal(major(info.st_rdev), 11);
    assert_int_equal(lstat("/dev/sg0", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
    assert_int_equal(major(info.st_rdev), 21);
    assert_int_equal(statx(AT_FDCWD, "/dev/sr0", 0, STATX_BASIC_STATS, &extended), 0);
    assert_true(S_ISBLK(extended.stx_mode));
    assert_int_equal(access("/dev/sr0", R_OK | W_OK), 0);
    fd = open_drive("/dev/sr0");
    assert_int_equal(fstat(fd, &info), 0);
    assert_true(S_ISBLK(info.st_mode));
    close(fd);
    assert_int_equal(stat(folder, &info), 0);
    assert_true(S_ISDIR(info.st_mode));
}

static void what_asks_for_the_disc_finds_none_in_an_empty_drive(void **state)
{
    (void)state;
    write_text("drive.ini", "medium = none\n");
    assert_int_equal(open("/dev/sr0", O_RDONLY), -1);
    assert_int_equal(errno, ENOMEDIUM);
    close(open_drive("/dev/sr0"));
}

static void a_recorder_that_is_not_there_can_not_be_opened(void **state)
{
    (void)state;
    unlink(path_of("drive.ini"));
    assert_int_equal(open("/dev/sg0", O_RDWR | O_NONBLOCK), -1);
    assert_int_equal(errno, ENXIO);
}

static void the_ioctls_of_a_drive_are_answered(void **state)
{
    int fd = open_drive("/dev/sr0");
    int number = 0;
    struct sg_scsi_id id;

    (void)state;
    assert_int_equal(ioctl(fd, SG_GET_VERSION_NUM, &number), 0);
    assert_true(number >= 30000);
    assert_int_equal(ioctl(fd, SG_GET_RESERVED_SIZE, &number), 0);
    assert_true(number >= 32768);
    assert_int_equal(ioctl(fd, CDROM_DRIVE_STATUS, 0), CDS_DISC_OK);
    assert_true(ioctl(fd, CDROM_GET_CAPABILITY, 0) & CDC_DVD_R);
    assert_int_equal(ioctl(fd, CDROM_LOCKDOOR, 1), 0);
    assert_int_equal(ioctl(fd, CDROMEJECT, 0), -1);
    assert_int_equal(ioctl(fd, CDROM_LOCKDOOR, 0), 0);
    assert_int_equal(ioctl(fd, CDROMEJECT, 0), 0);
    assert_int_equal(ioctl(fd, CDROM_DRIVE_STATUS, 0), CDS_TRAY_OPEN);
    assert_int_equal(ioctl(fd, CDROMCLOSETRAY, 0), 0);
    assert_int_equal(ioctl(fd, SG_GET_SCSI_ID, &id), -1);
    assert_int_equal(errno, ENOTTY);
    close(fd);
    fd = open_drive("/dev/sg0");
    assert_int_equal(ioctl(fd, SG_GET_SCSI_ID, &id), 0);
    assert_int_equal(id.scsi_type, 5);
    assert_int_equal(ioctl(fd, CDROM_DRIVE_STATUS, 0), -1);
    assert_int_equal(errno, ENOTTY);
    close(fd);
}

/* ---- SG_IO ---- */

static void data_in_that_is_shorter_than_asked_for_leaves_a_residual(void **state)
{
    uint8_t cdb[6] = {0x12, 0, 0, 0, 96};
    uint8_t data[96];
    sg_io_hdr_t header = header_of(cdb, sizeof(cdb), SG_DXFER_FROM_DEV, data, sizeof(data));
    int fd = open_drive("/dev/sg0");

    (void)state;
    memset(data, 0xee, sizeof(data));
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.status, 0);
    assert_int_equal(header.info, SG_INFO_OK);
    assert_int_equal(data[0], 0x05);
    assert_int_equal(header.resid, (int)sizeof(data) - (data[4] + 5));
    assert_int_equal(data[sizeof(data) - (size_t)header.resid], 0xee);
    close(fd);
}

static void a_refused_command_has_its_sense_cut_to_the_room_there_is(void **state)
{
    uint8_t data[UNIT * SECTOR] = {0};
    uint8_t cdb[6] = {0xff};
    int fd = open_drive("/dev/sr0");
    sg_io_hdr_t header = write_unit(fd, 1600, data);

    (void)state;
    assert_int_equal(header.status, 0x02);
    assert_int_equal(header.masked_status, 0x01);
    assert_int_equal(header.driver_status, 0x08);
    assert_int_equal(header.info, SG_INFO_CHECK);
    assert_int_equal(header.sb_len_wr, 18);
    assert_int_equal(header.resid, sizeof(data));
    assert_int_equal(sense[2] << 16 | sense[12] << 8 | sense[13], 0x052102);
    header = header_of(cdb, sizeof(cdb), SG_DXFER_NONE, NULL, 0);
    header.mx_sb_len = 8;
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.sb_len_wr, 8);
    assert_int_equal(sense[8], 0);
    close(fd);
}

static void data_in_parts_is_one_transfer(void **state)
{
    static uint8_t out[UNIT * SECTOR], in[UNIT * SECTOR];
    struct iovec parts[] = {{out, 1000}, {out + 1000, sizeof(out) - 1000}};
    uint8_t write[10] = {0x2a, 0, 0, 0, 0, 0, 0, 0, UNIT};
    uint8_t read_back[10] = {0x28, 0, 0, 0, 0, 0, 0, 0, UNIT};
    sg_io_hdr_t header = header_of(write, sizeof(write), SG_DXFER_TO_DEV, parts, sizeof(out));
    int fd = open_drive("/dev/sg0");

    (void)state;
    fill(out, sizeof(out));
    header.iovec_count = 2;
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.status, 0);
    parts[0].iov_base = in;
    parts[1].iov_base = in + 1000;
    header = header_of(read_back, sizeof(read_back), SG_DXFER_FROM_DEV, parts, sizeof(in));
    header.iovec_count = 2;
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.status, 0);
    assert_int_equal(header.resid, 0);
    assert_memory_equal(in, out, sizeof(in));
    close(fd);
}

static void data_beyond_the_blocks_of_a_write_does_not_reach_the_drive(void **state)
{
    static uint8_t out[UNIT * SECTOR];
    uint8_t write[12] = {0x2a, 0, 0, 0, 0, 0, 0, 0, 9};
    sg_io_hdr_t header = header_of(write, 10, SG_DXFER_TO_DEV, out, sizeof(out));
    int fd = open_drive("/dev/sr0");

    (void)state;
    fill(out, sizeof(out));
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.status, 0);
    assert_int_equal(header.resid, (UNIT - 9) * SECTOR);
    memcpy(write, (uint8_t[12]){0xaa, 0, 0, 0, 0, 9, 0, 0, 0, 7}, sizeof(write));
    header = header_of(write, sizeof(write), SG_DXFER_TO_DEV, out, sizeof(out));
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.status, 0);
    assert_int_equal(header.resid, (UNIT - 7) * SECTOR);
    /* Too little is still told. */
    memcpy(write, (uint8_t[12]){0x2a, 0, 0, 0, 0, 16, 0, 0, UNIT + 1}, sizeof(write));
    header = header_of(write, 10, SG_DXFER_TO_DEV, out, sizeof(out));
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.status, 0x02);
    assert_int_equal(sense[2] << 16 | sense[12] << 8 | sense[13], 0x052400);
    close(fd);
}

static void without_data_the_block_device_does_not_care_for_its_direction(void **state)
{
    uint8_t cdb[6] = {0};
    sg_io_hdr_t header = header_of(cdb, sizeof(cdb), 0, NULL, 0);
    int fd = open_drive("/dev/sr0");

    (void)state;
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.host_status, 0);
    close(fd);
    fd = open_drive("/dev/sg0");
    assert_int_equal(ioctl(fd, SG_IO, &header), -1);
    close(fd);
}

static void what_is_no_command_is_refused_before_the_drive_sees_it(void **state)
{
    uint8_t cdb[16] = {0};
    sg_io_hdr_t header = header_of(cdb, 6, SG_DXFER_NONE, NULL, 0);
    int fd = open_drive("/dev/sg0");

    (void)state;
    header.interface_id = 'Q';
    assert_int_equal(ioctl(fd, SG_IO, &header), -1);
    header = header_of(cdb, 17, SG_DXFER_NONE, NULL, 0);
    assert_int_equal(ioctl(fd, SG_IO, &header), -1);
    header = header_of(cdb, 6, SG_DXFER_FROM_DEV, NULL, 64);
    assert_int_equal(ioctl(fd, SG_IO, &header), -1);
    header = header_of(cdb, 6, SG_DXFER_FROM_DEV, cdb, 1 << 30);
    assert_int_equal(ioctl(fd, SG_IO, &header), -1);
    close(fd);
}

static void a_command_without_an_answer_says_what_became_of_it(void **state)
{
    int fd = open_drive("/dev/sg0");

    (void)state;
    delivery = OI_EMU_TIMED_OUT;
    assert_int_equal(test_ready(fd).host_status, 0x03);
    delivery = OI_EMU_RESET;
    assert_int_equal(test_ready(fd).host_status, 0x08);
    delivery = OI_EMU_GONE;
    assert_int_equal(test_ready(fd).host_status, 0x01);
    assert_int_equal(test_ready(fd).host_status, 0);
    close(fd);
}

/* ---- descriptors and processes ---- */

static void both_devices_are_one_drive(void **state)
{
    uint8_t data[UNIT * SECTOR] = {1};
    int first = open_drive("/dev/sr0"), second = open_drive("/dev/sg0"), third;

    (void)state;
    assert_int_equal(write_unit(first, 0, data).status, 0);
    assert_int_equal(write_unit(second, UNIT, data).status, 0);
    close(first);
    third = dup(second);
    close(second);
    assert_int_equal(write_unit(third, 2 * UNIT, data).status, 0);
    close(third);
}

/* Exit code of a child that opens the drive itself and writes there; its sense key on failure. */
static int child_writes(int inherited, uint32_t lba)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        uint8_t data[UNIT * SECTOR] = {2};
        int fd = inherited >= 0 ? inherited : open("/dev/sr0", O_RDWR | O_NONBLOCK);

        _exit(write_unit(fd, lba, data).status);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_last_close_leaves_the_disc_to_other_processes(void **state)
{
    enum { RESERVATION_CONFLICT = 0x18 };
    uint8_t data[UNIT * SECTOR] = {1};
    int fd = open_drive("/dev/sr0");

    (void)state;
    assert_int_equal(write_unit(fd, 0, data).status, 0);
    assert_int_equal(child_writes(-1, UNIT), RESERVATION_CONFLICT);
    close(fd);
    assert_int_equal(child_writes(-1, UNIT), 0);
    fd = open_drive("/dev/sr0");
    assert_int_equal(write_unit(fd, 2 * UNIT, data).status, 0);
    close(fd);
}

static void a_forked_child_neither_keeps_nor_saves_what_its_parent_writes(void **state)
{
    uint8_t data[UNIT * SECTOR] = {1};
    int fd = open_drive("/dev/sr0"), go[2], status;
    char byte;
    pid_t child;

    (void)state;
    assert_int_equal(write_unit(fd, 0, data).status, 0);
    assert_int_equal(pipe(go), 0);
    child = fork();
    if (child == 0) {
        close(go[1]);
        close(fd);
        _exit(read(go[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(go[0]);
    assert_int_equal(write_unit(fd, UNIT, data).status, 0);
    close(fd);
    assert_int_equal(child_writes(-1, 2 * UNIT), 0);
    close(go[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* ---- the block device ---- */

static void a_block_device_is_read_at_any_offset_up_to_its_end(void **state)
{
    static uint8_t data[UNIT * SECTOR], got[UNIT * SECTOR + 100];
    int fd = open_drive("/dev/sr0"), copy;
    uint64_t bytes = 0;

    (void)state;
    fill(data, sizeof(data));
    burn_unit(fd, data);
    assert_int_equal(ioctl(fd, BLKGETSIZE64, &bytes), 0);
    assert_int_equal(bytes, sizeof(data));
    assert_int_equal(pread(fd, got, 3000, 1999), 3000);
    assert_memory_equal(got, data + 1999, 3000);
    assert_int_equal(lseek(fd, -10, SEEK_END), (off_t)sizeof(data) - 10);
    assert_int_equal(read(fd, got, sizeof(got)), 10);
    assert_int_equal(read(fd, got, sizeof(got)), 0);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    copy = dup(fd);
    assert_int_equal(read(fd, got, 5000), 5000);
    assert_int_equal(read(copy, got + 5000, sizeof(got) - 5000), sizeof(data) - 5000);
    assert_memory_equal(got, data, sizeof(data));
    assert_int_equal(write(fd, data, 10), -1);
    assert_int_equal(errno, EROFS);
    close(copy);
    close(fd);
}

static void a_random_writable_disc_is_written_as_a_block_device(void **state)
{
    static uint8_t data[40 * SECTOR], got[40 * SECTOR];
    uint8_t format[6] = {0x04, 0x11};
    uint8_t list[12] = {0, 0x02, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x26 << 2};
    sg_io_hdr_t header = header_of(format, sizeof(format), SG_DXFER_TO_DEV, list, sizeof(list));
    int fd;

    (void)state;
    write_text("drive.ini", "medium = dvd+rw\nimage = disc.iso\n");
    fd = open_drive("/dev/sr0");
    assert_int_equal(ioctl(fd, SG_IO, &header), 0);
    assert_int_equal(header.status, 0);
    fill(data, sizeof(data));
    assert_int_equal(pwrite(fd, data, sizeof(data), 0), sizeof(data));
    memset(data + 1000, 0x5a, 3 * SECTOR);
    assert_int_equal(lseek(fd, 1000, SEEK_SET), 1000);
    assert_int_equal(write(fd, data + 1000, 3 * SECTOR), 3 * SECTOR);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 1000 + 3 * SECTOR);
    memset(data + 20000, 0xa5, 10);
    assert_int_equal(pwrite(fd, data + 20000, 10, 20000), 10);
    assert_int_equal(fsync(fd), 0);
    assert_int_equal(pread(fd, got, sizeof(got), 0), sizeof(got));
    assert_memory_equal(got, data, sizeof(got));
    close(fd);
}

static void a_stream_on_the_device_has_a_descriptor_and_the_same_bytes(void **state)
{
    static uint8_t data[UNIT * SECTOR], got[UNIT * SECTOR];
    int fd = open_drive("/dev/sr0");
    char path[32];
    FILE *stream;

    (void)state;
    fill(data, sizeof(data));
    burn_unit(fd, data);
    snprintf(path, sizeof(path), "/dev/fd/%d", fd);
    stream = fopen(path, "r");
    assert_non_null(stream);
    assert_int_equal(lseek(fileno(stream), 100, SEEK_SET), 100);
    assert_int_equal(fseek(stream, 5 * SECTOR + 3, SEEK_SET), 0);
    assert_int_equal(fread(got, 1, 4000, stream), 4000);
    assert_memory_equal(got, data + 5 * SECTOR + 3, 4000);
    assert_int_equal(fclose(stream), 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_devices_are_a_block_and_a_character_device, blank_disc),
        cmocka_unit_test_setup(what_asks_for_the_disc_finds_none_in_an_empty_drive, blank_disc),
        cmocka_unit_test_setup(a_recorder_that_is_not_there_can_not_be_opened, blank_disc),
        cmocka_unit_test_setup(the_ioctls_of_a_drive_are_answered, blank_disc),
        cmocka_unit_test_setup(data_in_that_is_shorter_than_asked_for_leaves_a_residual,
                               blank_disc),
        cmocka_unit_test_setup(a_refused_command_has_its_sense_cut_to_the_room_there_is,
                               blank_disc),
        cmocka_unit_test_setup(data_in_parts_is_one_transfer, blank_disc),
        cmocka_unit_test_setup(data_beyond_the_blocks_of_a_write_does_not_reach_the_drive,
                               blank_disc),
        cmocka_unit_test_setup(without_data_the_block_device_does_not_care_for_its_direction,
                               blank_disc),
        cmocka_unit_test_setup(what_is_no_command_is_refused_before_the_drive_sees_it, blank_disc),
        cmocka_unit_test_setup(a_command_without_an_answer_says_what_became_of_it, blank_disc),
        cmocka_unit_test_setup(both_devices_are_one_drive, blank_disc),
        cmocka_unit_test_setup(the_last_close_leaves_the_disc_to_other_processes, blank_disc),
        cmocka_unit_test_setup(a_forked_child_neither_keeps_nor_saves_what_its_parent_writes,
                               blank_disc),
        cmocka_unit_test_setup(a_block_device_is_read_at_any_offset_up_to_its_end, blank_disc),
        cmocka_unit_test_setup(a_random_writable_disc_is_written_as_a_block_device, blank_disc),
        cmocka_unit_test_setup(a_stream_on_the_device_has_a_descriptor_and_the_same_bytes,
                               blank_disc),
    };

    const char *prepared = getenv("OPENIMAPI2_PEER_DEVICES");

    if (!prepared || strlen(prepared) >= sizeof(folder))
        return prepare();
    strcpy(folder, prepared);
    return cmocka_run_group_tests(tests, NULL, remove_folder);
}
