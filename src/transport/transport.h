/* "Run this CDB on that drive": the one door between whoever issues commands and whatever is a
 * drive. Who uses it: the engine (through an adapter on IDiscRecorder2Ex) and MsftDiscRecorder2.
 * Who implements it: virtual.c (the emulator), spti.c (Windows drives), adapters in src/classes.
 * What it must not know: what a command means, COM, files. */
#ifndef OI_TRANSPORT_TRANSPORT_H
#define OI_TRANSPORT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "cdb.h"
#include "status.h"

enum oi_direction { OI_DATA_NONE, OI_DATA_IN, OI_DATA_OUT };

enum {
    OI_SENSE_MAX = 32,
    OI_SCSI_GOOD = 0x00,
    OI_SCSI_CHECK_CONDITION = 0x02,
    OI_SCSI_BUSY = 0x08,
    OI_SCSI_RESERVATION_CONFLICT = 0x18,
    OI_SCSI_TASK_SET_FULL = 0x28,
};

/* A command. data is owned by the caller and only borrowed until execute returns. */
struct oi_command {
    struct oi_cdb cdb;
    enum oi_direction direction;
    void *data; /* NULL for OI_DATA_NONE; only read for OI_DATA_OUT */
    uint32_t data_len;
    uint32_t timeout_ms;
};

/* What became of it. With status OI_OK the drive answered and the rest is valid; with any other
 * status it did not: OI_TIMED_OUT, OI_DEVICE_GONE, OI_LOCKED, OI_BAD_RESPONSE, OI_BECOMING_READY,
 * OI_NO_MEDIA, OI_INVALID_ARGUMENT (a transfer that can't be), OI_OUT_OF_MEMORY, OI_FAILED,
 * OI_FOREIGN with the failing HRESULT of a recorder that is not ours in `foreign`, or
 * OI_NO_RESOURCES: it was not sent, since the system could not provide for so large a transfer; the
 * device's limits may be smaller from then on. */
struct oi_completion {
    enum oi_status status;
    int32_t foreign;
    uint8_t scsi_status;
    uint32_t moved; /* bytes that went over, <= data_len */
    uint8_t sense_len;
    uint8_t sense[OI_SENSE_MAX]; /* zero beyond sense_len */
};

struct oi_transport;
struct oi_transport_ops {
    /* Blocks until the command is over; one at a time per transport. */
    void (*execute)(struct oi_transport *transport, const struct oi_command *command,
                    struct oi_completion *completion);
};
struct oi_transport {
    const struct oi_transport_ops *ops;
};

static inline void oi_transport_execute(struct oi_transport *transport,
                                        const struct oi_command *command,
                                        struct oi_completion *completion)
{
    transport->ops->execute(transport, command, completion);
}

/* A transport with the services of an operating system's device around it: what a recorder object
 * owns. Every function may be called from any thread; destroy when no other call is running. */
enum { OI_OWNER_NAME_MAX = 64, OI_DETAIL_MAX = 256, OI_VOLUME_NAME_MAX = 64 };

struct oi_transfer_limits {
    uint32_t page_aligned_bytes;     /* most bytes of one command from a page-aligned buffer */
    uint32_t not_page_aligned_bytes; /* and from any other buffer */
    uint32_t alignment;              /* bytes, a power of two: buffers start at a multiple of it */
};

/* Printable ASCII without trailing blanks. */
struct oi_device_identity {
    char vendor[9], product[17], revision[5];
};

/* What a system's storage driver describes in a structure of its own. */
enum oi_description { OI_DESCRIPTION_ADAPTER, OI_DESCRIPTION_DEVICE };

struct oi_device;
struct oi_device_ops {
    void (*destroy)(
        struct oi_device *device); /* gives up exclusive access and removal prevention */
    void (*limits)(struct oi_device *device, struct oi_transfer_limits *limits);
    /* Exclusive access for this device object; not counted (the recorder object counts).
     * OI_LOCKED: somebody else holds it. OI_ACCESS_DENIED: a mounted file system and not force. */
    enum oi_status (*acquire)(struct oi_device *device, bool force, const char *client_name);
    enum oi_status (*release)(struct oi_device *device);
    /* Who holds exclusive access, in this process or another; "" when nobody does. */
    enum oi_status (*owner)(struct oi_device *device, char name[OI_OWNER_NAME_MAX]);
    /* Media change notification on or off. */
    enum oi_status (*notify_media)(struct oi_device *device, bool on);
    /* What the system knows of the drive without a command of the client's: also while somebody
     * else has exclusive access. */
    enum oi_status (*identity)(struct oi_device *device, struct oi_device_identity *identity);
    /* N of the system's CdRomN; OI_NOT_FOUND when the device has no such number. */
    enum oi_status (*number)(struct oi_device *device, uint32_t *number);
    /* The system's name of the volume in the drive, UTF-8; "" when it has none. */
    enum oi_status (*volume_name)(struct oi_device *device, char name[OI_VOLUME_NAME_MAX]);
    /* Calls visit with each path at which the volume is mounted (a drive letter, a folder; UTF-8,
     * with a backslash at its end) until it returns false. A volume may be mounted nowhere. */
    enum oi_status (*volume_paths)(struct oi_device *device,
                                   bool (*visit)(void *context, const char *path), void *context);
    /* Up to *size bytes of the description, exactly as the system gives it; *size becomes its whole
     * length. OI_NOT_FOUND when the system has none. */
    enum oi_status (*describe)(struct oi_device *device, enum oi_description which, void *bytes,
                               uint32_t *size);
    /* What the device can add in words to the last failure of a command, or "": names file, reason
     * and way out, for instance of a disc-state file that can't be read. */
    void (*detail)(struct oi_device *device, char text[OI_DETAIL_MAX]);
};
struct oi_device {
    struct oi_transport transport; /* first member */
    const struct oi_device_ops *ops;
};

#endif
