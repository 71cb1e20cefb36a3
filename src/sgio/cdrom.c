/* The ioctls of Linux' CD-ROM driver that burners and readers use. */
#include <errno.h>
#include <linux/cdrom.h>
#include <stdint.h>
#include <string.h>
#include "drive.h"
#include "ioctls.h"
#include "scsi.h"

enum { TICKS_MS = 10 };

static int load_or_eject(struct drive *drive, bool load)
{
    uint8_t cdb[6] = {OI_OP_START_STOP_UNIT, 0, 0, 0, load ? 3 : 2};

    return -drive_ask(drive, cdb, sizeof(cdb), NULL, 0);
}

static int prevent_removal(struct drive *drive, bool prevent)
{
    uint8_t cdb[6] = {OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL, 0, 0, 0, prevent};

    return -drive_ask(drive, cdb, sizeof(cdb), NULL, 0);
}

static int drive_status(struct drive *drive)
{
    enum { MEDIA_CLASS = 4, DOOR_OPEN = 0x01, MEDIUM_PRESENT = 0x02 };
    uint8_t ready[6] = {OI_OP_TEST_UNIT_READY};
    uint8_t event[10] = {
        OI_OP_GET_EVENT_STATUS_NOTIFICATION, 1, 0, 0, 1 << MEDIA_CLASS, 0, 0, 0, 8};
    uint8_t data[8];

    if (drive_ask(drive, ready, sizeof(ready), NULL, 0) == 0)
        return CDS_DISC_OK;
    if (drive_ask(drive, event, sizeof(event), data, sizeof(data)) != 0)
        return CDS_NO_INFO;
    if (data[5] & DOOR_OPEN)
        return CDS_TRAY_OPEN;
    return data[5] & MEDIUM_PRESENT ? CDS_DRIVE_NOT_READY : CDS_NO_DISC;
}

static int select_speed(struct drive *drive, unsigned long speed)
{
    enum { CD_KBPS = 177, NO_LIMIT = 0xffff };
    unsigned long kbps = speed && speed < NO_LIMIT / CD_KBPS ? speed * CD_KBPS : NO_LIMIT;
    uint8_t cdb[12] = {OI_OP_SET_CD_SPEED, 0, (uint8_t)(kbps >> 8), (uint8_t)kbps, 0xff, 0xff};

    return -drive_ask(drive, cdb, sizeof(cdb), NULL, 0);
}

static int send_packet(struct drive *drive, struct cdrom_generic_command *packet)
{
    struct oi_emu_command command = {
        .cdb_len = CDROM_PACKET_SIZE,
        .timeout_ms = packet->timeout > 0 ? (uint32_t)packet->timeout * TICKS_MS : 0,
    };
    struct oi_emu_reply reply;
    int error;

    if (packet->data_direction == CGC_DATA_UNKNOWN || packet->data_direction > CGC_DATA_NONE ||
        packet->buflen > drive_transfer_bytes(drive))
        return -EINVAL;
    memcpy(command.cdb, packet->cmd, CDROM_PACKET_SIZE);
    if (packet->data_direction != CGC_DATA_NONE && packet->buflen) {
        command.direction =
            packet->data_direction == CGC_DATA_WRITE ? OI_EMU_DATA_OUT : OI_EMU_DATA_IN;
        command.data = packet->buffer;
        command.data_len = packet->buflen;
    }
    error = drive_run(drive, &command, &reply);
    if (error)
        return -error;
    packet->buflen -= reply.moved;
    packet->stat = reply.delivery == OI_EMU_ANSWERED && !reply.scsi_status ? 0 : -EIO;
    if (packet->sense) {
        size_t size =
            sizeof(*packet->sense) < reply.sense_len ? sizeof(*packet->sense) : reply.sense_len;

        memset(packet->sense, 0, sizeof(*packet->sense));
        memcpy(packet->sense, reply.sense, size);
    }
    return packet->stat;
}

int cdrom_ioctl(struct drive *drive, unsigned long request, void *argument)
{
    switch (request) {
    case CDROM_GET_CAPABILITY:
        return CDC_CLOSE_TRAY | CDC_OPEN_TRAY | CDC_LOCK | CDC_SELECT_SPEED | CDC_MULTI_SESSION |
               CDC_MEDIA_CHANGED | CDC_DRIVE_STATUS | CDC_GENERIC_PACKET | CDC_CD_R | CDC_CD_RW |
               CDC_DVD | CDC_DVD_R | CDC_DVD_RAM | CDC_RAM;
    case CDROM_DRIVE_STATUS:
        return drive_status(drive);
    case CDROM_DISC_STATUS:
        return drive_status(drive) == CDS_DISC_OK ? CDS_DATA_1 : CDS_NO_INFO;
    case CDROM_MEDIA_CHANGED:
    case CDROM_SET_OPTIONS:
    case CDROM_CLEAR_OPTIONS:
        return 0;
    case CDROMEJECT:
        return load_or_eject(drive, false);
    case CDROMCLOSETRAY:
        return load_or_eject(drive, true);
    case CDROM_LOCKDOOR:
        return prevent_removal(drive, argument != NULL);
    case CDROM_SELECT_SPEED:
        return select_speed(drive, (unsigned long)(uintptr_t)argument);
    case CDROM_SEND_PACKET:
        return argument ? send_packet(drive, argument) : -EFAULT;
    default:
        return -ENOTTY;
    }
}
