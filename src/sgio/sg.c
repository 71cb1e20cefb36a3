/* SCSI commands from a program to the drive, as Linux' sg version 3 passes them on. */
#include <errno.h>
#include <limits.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include "drive.h"
#include "ioctls.h"
#include "os.h"
#include "scsi.h"

/* Linux, include/scsi/sg.h: there is sense. */
enum { DRIVER_SENSE = 0x08 };
/* Linux, include/scsi/scsi.h and sg.h; the C library's copies leave these out. */
enum {
    SCSI_IOCTL_GET_IDLUN = 0x5382,
    SCSI_IOCTL_GET_BUS_NUMBER = 0x5386,
    SG_DXFER_UNKNOWN = -5,
};
enum { VERSION = 30536, TICKS_PER_SECOND = 100, DEFAULT_TIMEOUT_S = 60, IOVECS_MAX = 1024 };

static int timeout_ticks = DEFAULT_TIMEOUT_S * TICKS_PER_SECOND;
static int reserved_bytes = SG_DEF_RESERVED_SIZE;

/* The data of one command: the program's own buffer or, when it comes in parts, a copy. */
struct buffer {
    void *data;
    void *copy; /* NULL: there is none */
    struct iovec *parts;
    uint32_t count;
};

/* Moves the data between the copy and its parts; what is beyond `size` bytes stays as it is. */
static void move_parts(const struct buffer *buffer, uint32_t size, bool to_parts)
{
    uint8_t *at = buffer->copy;

    for (uint32_t i = 0; i < buffer->count && size; i++) {
        uint32_t part = buffer->parts[i].iov_len < size ? (uint32_t)buffer->parts[i].iov_len : size;

        if (to_parts)
            memcpy(buffer->parts[i].iov_base, at, part);
        else
            memcpy(at, buffer->parts[i].iov_base, part);
        at += part;
        size -= part;
    }
}

static int buffer_take(struct buffer *buffer, const sg_io_hdr_t *header)
{
    size_t size = 0;

    *buffer = (struct buffer){.data = header->dxferp};
    if (!header->iovec_count)
        return 0;
    if (header->iovec_count > IOVECS_MAX)
        return -EINVAL;
    buffer->parts = header->dxferp;
    buffer->count = header->iovec_count;
    for (uint32_t i = 0; i < buffer->count; i++) {
        if (buffer->parts[i].iov_len > header->dxfer_len)
            return -EINVAL;
        size += buffer->parts[i].iov_len;
    }
    if (size < header->dxfer_len)
        return -EINVAL;
    buffer->copy = calloc(1, header->dxfer_len ? header->dxfer_len : 1);
    buffer->data = buffer->copy;
    return buffer->copy ? 0 : -ENOMEM;
}

/* Linux' block layer does not look at the direction of no data, and cdrdao leaves it 0. */
static bool is_direction(enum device device, const sg_io_hdr_t *header)
{
    return (device != DEVICE_SG && !header->dxfer_len) ||
           (header->dxfer_direction <= SG_DXFER_NONE &&
            header->dxfer_direction >= SG_DXFER_UNKNOWN);
}

static int check(struct drive *drive, enum device device, const sg_io_hdr_t *header)
{
    if (header->interface_id != 'S')
        return device == DEVICE_SG ? -ENOSYS : -EINVAL;
    if (!header->cmdp || header->cmd_len < 6 || header->cmd_len > OI_EMU_CDB_MAX)
        return -EMSGSIZE;
    if (!is_direction(device, header))
        return -EINVAL;
    if (header->dxfer_direction != SG_DXFER_NONE && header->dxfer_len && !header->dxferp)
        return -EFAULT;
    return header->dxfer_len > drive_transfer_bytes(drive) ? -EINVAL : 0;
}

static void put_reply(sg_io_hdr_t *header, const struct oi_emu_reply *reply)
{
    header->status = reply->scsi_status;
    header->masked_status = reply->scsi_status >> 1 & 0x1f;
    header->msg_status = 0;
    header->host_status = 0;
    header->driver_status = 0;
    header->sb_len_wr = 0;
    if (reply->delivery == OI_EMU_TIMED_OUT)
        header->host_status = DID_TIME_OUT;
    else if (reply->delivery == OI_EMU_RESET)
        header->host_status = DID_RESET;
    else if (reply->delivery == OI_EMU_GONE)
        header->host_status = DID_NO_CONNECT;
    if (reply->sense_len && header->sbp) {
        header->driver_status = DRIVER_SENSE;
        header->sb_len_wr =
            reply->sense_len < header->mx_sb_len ? reply->sense_len : header->mx_sb_len;
        memcpy(header->sbp, reply->sense, header->sb_len_wr);
    }
    header->resid = (int)(header->dxfer_len - reply->moved);
    header->info = header->status || header->host_status ? SG_INFO_CHECK : SG_INFO_OK;
}

/* How much of a program's data the drive asks for. growisofs ends a disc at once with a WRITE whose
 * buffer is longer than its blocks: what is beyond them never leaves the computer. */
static uint32_t wanted_bytes(const sg_io_hdr_t *header)
{
    enum { SECTOR_BYTES = 2048, LONGEST_BLOCK = 2448 };
    const uint8_t *cdb = header->cmdp;
    uint32_t size = header->dxfer_len;
    uint32_t blocks = 0;

    if (cdb[0] == OI_OP_WRITE10 && header->cmd_len == 10)
        blocks = (uint32_t)cdb[7] << 8 | cdb[8];
    if (cdb[0] == OI_OP_WRITE12 && header->cmd_len == 12)
        blocks = (uint32_t)cdb[7] << 16 | (uint32_t)cdb[8] << 8 | cdb[9];
    if (!blocks || size / SECTOR_BYTES < blocks ||
        (size % blocks == 0 && size / blocks <= LONGEST_BLOCK))
        return size;
    return blocks * SECTOR_BYTES;
}

static int run(struct drive *drive, enum device device, sg_io_hdr_t *header)
{
    struct oi_emu_command command = {0};
    struct oi_emu_reply reply;
    struct buffer buffer;
    uint64_t begun_us = oi_clock_us();
    int error = check(drive, device, header);

    if (error)
        return error;
    memcpy(command.cdb, header->cmdp, header->cmd_len);
    command.cdb_len = header->cmd_len;
    command.timeout_ms = header->timeout == UINT_MAX ? 0 : header->timeout;
    if (header->dxfer_direction == SG_DXFER_NONE || !header->dxfer_len) {
        buffer = (struct buffer){0};
    } else {
        error = buffer_take(&buffer, header);
        if (error)
            return error;
        command.direction =
            header->dxfer_direction == SG_DXFER_TO_DEV ? OI_EMU_DATA_OUT : OI_EMU_DATA_IN;
        command.data = buffer.data;
        command.data_len = wanted_bytes(header);
        if (buffer.copy && command.direction == OI_EMU_DATA_OUT)
            move_parts(&buffer, header->dxfer_len, false);
    }
    error = drive_run(drive, &command, &reply);
    if (error == 0) {
        if (buffer.copy && command.direction == OI_EMU_DATA_IN)
            move_parts(&buffer, reply.moved, true);
        put_reply(header, &reply);
        header->duration = (unsigned)((oi_clock_us() - begun_us) / 1000);
    }
    free(buffer.copy);
    return -error;
}

/* Host 0, channel 0, target 0, unit 0: the only one there is. */
static int put_address(unsigned long request, void *argument)
{
    enum { TYPE_CDROM = 5 };
    struct {
        int four_in_one, host_unique_id;
    } id = {0, 0};

    if (request == SG_GET_SCSI_ID)
        *(struct sg_scsi_id *)argument =
            (struct sg_scsi_id){.scsi_type = TYPE_CDROM, .h_cmd_per_lun = 1, .d_queue_depth = 1};
    else if (request == SCSI_IOCTL_GET_IDLUN)
        memcpy(argument, &id, sizeof(id));
    else
        *(int *)argument = 0;
    return 0;
}

static int lock_door(struct drive *drive, bool lock)
{
    uint8_t cdb[6] = {OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL, 0, 0, 0, lock};

    return -drive_ask(drive, cdb, sizeof(cdb), NULL, 0);
}

static int sg_only_ioctl(unsigned long request, void *argument)
{
    switch (request) {
    case SG_GET_SCSI_ID:
        return put_address(request, argument);
    case SG_GET_SG_TABLESIZE:
        *(int *)argument = IOVECS_MAX;
        return 0;
    case SG_GET_COMMAND_Q:
    case SG_GET_LOW_DMA:
    case SG_GET_KEEP_ORPHAN:
    case SG_GET_NUM_WAITING:
        *(int *)argument = 0;
        return 0;
    case SG_SET_COMMAND_Q:
    case SG_SET_FORCE_LOW_DMA:
    case SG_SET_FORCE_PACK_ID:
    case SG_SET_KEEP_ORPHAN:
        return 0;
    default:
        return -ENOTTY;
    }
}

int sg_ioctl(struct drive *drive, enum device device, unsigned long request, void *argument)
{
    switch (request) {
    case SG_IO:
        return argument ? run(drive, device, argument) : -EFAULT;
    case SG_GET_VERSION_NUM:
        *(int *)argument = VERSION;
        return 0;
    case SG_SET_TIMEOUT:
        timeout_ticks = *(const int *)argument;
        return 0;
    case SG_GET_TIMEOUT:
        return timeout_ticks;
    case SG_SET_RESERVED_SIZE:
        if (*(const int *)argument < 0)
            return -EINVAL;
        reserved_bytes = *(const int *)argument;
        return 0;
    case SG_GET_RESERVED_SIZE:
        *(int *)argument = reserved_bytes < (int)drive_transfer_bytes(drive)
                               ? reserved_bytes
                               : (int)drive_transfer_bytes(drive);
        return 0;
    case SG_EMULATED_HOST:
        *(int *)argument = 1;
        return 0;
    case SCSI_IOCTL_GET_IDLUN:
    case SCSI_IOCTL_GET_BUS_NUMBER:
        return put_address(request, argument);
    case SCSI_IOCTL_DOORLOCK:
    case SCSI_IOCTL_DOORUNLOCK:
        return lock_door(drive, request == SCSI_IOCTL_DOORLOCK);
    default:
        return device == DEVICE_SG ? sg_only_ioctl(request, argument) : -ENOTTY;
    }
}
