/* Devices on emulated drives.
 * The invariant: one emulator per recorder and process, shared by all its devices and reached only
 * under the drive's mutex; it lives as long as the last device, and the table holds nothing then.
 * That mutex is held as long as a command takes, which may be minutes; what can be asked meanwhile
 * has a lock of its own.
 * Exclusive access is a lock on NAME.lock, whose content names the owner; content without the lock
 * is what a crash left and counts for nothing. */
#include "virtual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "disc_info.h"
#include "emulator_door.h"
#include "os.h"
#include "real_clock.h"
#include "virtual_folder.h"

/* Beyond anything written into the file, so that everybody can read who holds it. */
#define ACCESS_LOCK ((uint64_t)1 << 62)

struct virtual_device;

struct drive {
    struct drive *next;
    uint32_t devices;      /* guarded, like next, by the table's lock */
    char *path;            /* NAME.ini; never changes */
    char *lock_path;       /* NAME.lock; never changes */
    struct oi_mutex mutex; /* guards emulator, emu and who prevents */
    struct emulator_door emulator;
    struct oi_emu *emu;  /* NULL until a device has opened it */
    uint32_t preventers; /* devices that keep the tray closed */
    /* Guards all below and the devices' details; taken after mutex, and never held for long. */
    struct oi_mutex facts;
    uint32_t transfer_kib;
    struct virtual_device *holder; /* changes under both */
    struct oi_file *lock_file;     /* open while we hold exclusive access */
    uint64_t owner_stamp;          /* of NAME.lock when owner was read */
    char owner[OI_OWNER_NAME_MAX]; /* what NAME.lock says, "" when nobody is named there */
};

struct virtual_device {
    struct oi_device base; /* first member */
    struct drive *drive;
    bool prevents;
    char detail[OI_DETAIL_MAX];
};

/* ---- the table of open drives ---- */

static struct drive *drives;
static struct oi_mutex drives_lock = OI_MUTEX_INIT;

static void drive_free(struct drive *drive)
{
    if (drive->emu)
        drive->emulator.calls->close(drive->emu);
    emulator_door_close(&drive->emulator);
    oi_file_close(drive->lock_file);
    oi_mutex_fini(&drive->facts);
    oi_mutex_fini(&drive->mutex);
    free(drive->lock_path);
    free(drive->path);
    free(drive);
}

/* Takes over path. */
static struct drive *drive_new(char *path)
{
    struct drive *drive = calloc(1, sizeof(*drive));
    size_t stem = strlen(path) - strlen(".ini");

    if (!drive) {
        free(path);
        return NULL;
    }
    oi_mutex_init(&drive->mutex);
    oi_mutex_init(&drive->facts);
    drive->devices = 1;
    drive->path = path;
    drive->lock_path = malloc(stem + sizeof(".lock"));
    if (!drive->lock_path) {
        drive_free(drive);
        return NULL;
    }
    memcpy(drive->lock_path, path, stem);
    memcpy(drive->lock_path + stem, ".lock", sizeof(".lock"));
    return drive;
}

/* The drive with this path, with one more device on it: the one in the table, else `fresh`. */
static struct drive *table_enter(struct drive *fresh)
{
    struct drive *drive;

    oi_mutex_lock(&drives_lock);
    for (drive = drives; drive; drive = drive->next)
        if (strcmp(drive->path, fresh->path) == 0)
            break;
    if (drive) {
        drive->devices++;
    } else {
        drive = fresh;
        drive->next = drives;
        drives = drive;
    }
    oi_mutex_unlock(&drives_lock);
    return drive;
}

/* The lock is kept while the last one closes the drive, so that who opens it next finds the disc's
 * lock given up. */
static void table_leave(struct drive *drive)
{
    struct drive **link = &drives;

    oi_mutex_lock(&drives_lock);
    if (--drive->devices == 0) {
        while (*link != drive)
            link = &(*link)->next;
        *link = drive->next;
        drive_free(drive);
    }
    oi_mutex_unlock(&drives_lock);
}

/* ---- exclusive access ---- */

static void read_owner(struct drive *drive)
{
    char *content;
    size_t size;

    drive->owner[0] = '\0';
    if (oi_file_read_all(drive->lock_path, OI_OWNER_NAME_MAX - 1, &content, &size) != OI_OK)
        return;
    memcpy(drive->owner, content, size);
    drive->owner[size] = '\0';
    free(content);
}

/* Whether another process holds exclusive access; its name is then in drive->owner. The lock is
 * only tried when the file names somebody: an attempt could get in the way of who really wants it.
 */
static bool held_elsewhere(struct drive *drive)
{
    uint64_t stamp = oi_file_stamp(drive->lock_path);
    struct oi_file *file;
    enum oi_status status;

    if (stamp != drive->owner_stamp) {
        drive->owner_stamp = stamp;
        read_owner(drive);
    }
    if (!drive->owner[0] || oi_file_open(&file, drive->lock_path, OI_FILE_WRITE) != OI_OK)
        return false;
    status = oi_file_lock(file, ACCESS_LOCK);
    if (status == OI_OK) {
        oi_file_set_size(file, 0);
        drive->owner[0] = '\0';
    }
    oi_file_close(file);
    return status == OI_SHARING;
}

/* A few attempts: somebody may just be looking whether an owner is alive. */
static enum oi_status lock_patiently(struct oi_file *file)
{
    enum { ATTEMPTS = 5, PAUSE_US = 1000 };
    enum oi_status status = oi_file_lock(file, ACCESS_LOCK);

    for (int i = 1; i < ATTEMPTS && status == OI_SHARING; i++) {
        real_clock.sleep_us(NULL, PAUSE_US);
        status = oi_file_lock(file, ACCESS_LOCK);
    }
    return status;
}

/* As much of a name as there is room for, in whole UTF-8 characters. */
static size_t name_length(const char *name)
{
    size_t length = strlen(name);

    if (length < OI_OWNER_NAME_MAX)
        return length;
    length = OI_OWNER_NAME_MAX - 1;
    while (length && ((uint8_t)name[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static enum oi_status take_access(struct drive *drive, const char *client_name)
{
    size_t length = name_length(client_name);
    struct oi_file *file;
    enum oi_status status = oi_file_open(&file, drive->lock_path, OI_FILE_CREATE);

    if (status != OI_OK)
        return status;
    status = lock_patiently(file);
    if (status == OI_OK)
        status = oi_file_set_size(file, 0);
    if (status == OI_OK)
        status = oi_file_write_at(file, 0, client_name, length);
    if (status != OI_OK) {
        oi_file_close(file);
        return status == OI_SHARING ? OI_LOCKED : status;
    }
    memcpy(drive->owner, client_name, length);
    drive->owner[length] = '\0';
    drive->lock_file = file;
    return OI_OK;
}

static void give_access(struct drive *drive)
{
    oi_file_set_size(drive->lock_file, 0);
    oi_file_close(drive->lock_file);
    drive->lock_file = NULL;
    drive->holder = NULL;
    drive->owner[0] = '\0';
    drive->owner_stamp = oi_file_stamp(drive->lock_path);
}

static bool is_held_by_other(struct virtual_device *device)
{
    struct drive *drive = device->drive;

    if (drive->holder)
        return drive->holder != device;
    return held_elsewhere(drive);
}

/* ---- commands ---- */

enum { INQUIRY_BYTES = 36 };
enum { PREVENT = 0x01 }; /* SPC-3, PREVENT ALLOW MEDIUM REMOVAL */

static struct oi_transfer_limits limits_of(const struct drive *drive)
{
    enum { PAGE_KIB = 4 };
    uint32_t kib = drive->transfer_kib;

    return (struct oi_transfer_limits){
        .page_aligned_bytes = kib * 1024,
        .not_page_aligned_bytes = (kib > PAGE_KIB ? kib - PAGE_KIB : kib) * 1024,
        .alignment = 1,
    };
}

static bool fits(const struct drive *drive, const struct oi_command *command)
{
    enum { PAGE_BYTES = 4096 };
    struct oi_transfer_limits limits = limits_of(drive);

    return command->data_len <= ((uintptr_t)command->data % PAGE_BYTES == 0
                                     ? limits.page_aligned_bytes
                                     : limits.not_page_aligned_bytes);
}

static enum oi_emu_direction direction_of(const struct oi_command *command)
{
    switch (command->direction) {
    case OI_DATA_IN:
        return OI_EMU_DATA_IN;
    case OI_DATA_OUT:
        return OI_EMU_DATA_OUT;
    case OI_DATA_NONE:
        break;
    }
    return OI_EMU_NO_DATA;
}

/* The host's adapter resets the bus when a command does not come back. */
static enum oi_status status_of(enum oi_emu_delivery delivery)
{
    switch (delivery) {
    case OI_EMU_ANSWERED:
        return OI_OK;
    case OI_EMU_TIMED_OUT:
    case OI_EMU_RESET:
        return OI_TIMED_OUT;
    case OI_EMU_GONE:
        break;
    }
    return OI_DEVICE_GONE;
}

static bool was_good(const struct oi_emu_reply *reply)
{
    return reply->delivery == OI_EMU_ANSWERED && reply->scsi_status == OI_SCSI_GOOD;
}

/* The tray opens when nobody keeps it closed any more: to allow it is to go on preventing while
 * another device does. */
static void mind_the_others(struct virtual_device *device, struct oi_emu_command *command)
{
    if (command->cdb[0] == OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL &&
        device->drive->preventers > (device->prevents ? 1u : 0u))
        command->cdb[4] |= PREVENT;
}

static void set_prevents(struct virtual_device *device, bool prevents)
{
    if (device->prevents && !prevents)
        device->drive->preventers--;
    else if (!device->prevents && prevents)
        device->drive->preventers++;
    device->prevents = prevents;
}

static void run(struct virtual_device *device, const struct oi_command *command,
                struct oi_completion *completion)
{
    struct drive *drive = device->drive;
    struct oi_emu_command to_drive = {
        .cdb_len = command->cdb.len,
        .direction = direction_of(command),
        .data = command->data,
        .data_len = command->data_len,
        .timeout_ms = command->timeout_ms,
    };
    struct oi_emu_reply reply;

    memcpy(to_drive.cdb, command->cdb.bytes, sizeof(to_drive.cdb));
    mind_the_others(device, &to_drive);
    drive->emulator.calls->execute(drive->emu, &to_drive, &reply);
    completion->status = status_of(reply.delivery);
    completion->scsi_status = reply.scsi_status;
    completion->moved = reply.moved;
    completion->sense_len = reply.sense_len;
    memcpy(completion->sense, reply.sense, reply.sense_len);
    if (was_good(&reply) && to_drive.cdb[0] == OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL)
        set_prevents(device, command->cdb.bytes[4] & PREVENT);
    oi_mutex_lock(&drive->facts);
    drive->transfer_kib = drive->emulator.calls->transfer_kib(drive->emu);
    if (!was_good(&reply))
        snprintf(device->detail, sizeof(device->detail), "%s",
                 drive->emulator.calls->detail(drive->emu));
    oi_mutex_unlock(&drive->facts);
}

/* Whether the command may go to the drive; else why not. */
static enum oi_status admit(struct virtual_device *device, const struct oi_command *command)
{
    struct drive *drive = device->drive;
    enum oi_status status = OI_OK;

    oi_mutex_lock(&drive->facts);
    if (is_held_by_other(device)) {
        status = OI_LOCKED;
        snprintf(device->detail, sizeof(device->detail),
                 "\"%s\" has exclusive access to this recorder; wait until it is done",
                 drive->owner);
    } else if (!fits(drive, command)) {
        status = OI_INVALID_ARGUMENT;
        snprintf(device->detail, sizeof(device->detail),
                 "%u bytes in one command, more than this recorder takes (transfer_kib)",
                 command->data_len);
    }
    oi_mutex_unlock(&drive->facts);
    return status;
}

static void virtual_execute(struct oi_transport *transport, const struct oi_command *command,
                            struct oi_completion *completion)
{
    struct virtual_device *device = (struct virtual_device *)transport;
    struct drive *drive = device->drive;

    memset(completion, 0, sizeof(*completion));
    oi_mutex_lock(&drive->mutex);
    completion->status = admit(device, command);
    if (completion->status == OI_OK)
        run(device, command, completion);
    oi_mutex_unlock(&drive->mutex);
}

static const struct oi_transport_ops transport_ops = {virtual_execute};

/* ---- the device ---- */

static void virtual_destroy(struct oi_device *base)
{
    struct virtual_device *device = (struct virtual_device *)base;
    struct drive *drive = device->drive;
    bool prevented;

    oi_mutex_lock(&drive->mutex);
    prevented = device->prevents;
    set_prevents(device, false);
    if (prevented && !drive->preventers) {
        struct oi_emu_command allow = {.cdb = {OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL}, .cdb_len = 6};
        struct oi_emu_reply reply;

        /* A unit attention may come first. */
        drive->emulator.calls->execute(drive->emu, &allow, &reply);
        if (!was_good(&reply))
            drive->emulator.calls->execute(drive->emu, &allow, &reply);
    }
    oi_mutex_lock(&drive->facts);
    if (drive->holder == device)
        give_access(drive);
    oi_mutex_unlock(&drive->facts);
    oi_mutex_unlock(&drive->mutex);
    table_leave(drive);
    free(device);
}

static enum oi_status virtual_identity(struct oi_device *base, struct oi_device_identity *identity)
{
    struct drive *drive = ((struct virtual_device *)base)->drive;
    uint8_t data[INQUIRY_BYTES];
    struct oi_emu_command command = {
        .cdb = {OI_OP_INQUIRY, [4] = INQUIRY_BYTES},
        .cdb_len = 6,
        .direction = OI_EMU_DATA_IN,
        .data = data,
        .data_len = sizeof(data),
    };
    struct oi_emu_reply reply;
    struct oi_inquiry inquiry;

    oi_mutex_lock(&drive->mutex);
    drive->emulator.calls->execute(drive->emu, &command, &reply);
    oi_mutex_unlock(&drive->mutex);
    if (!was_good(&reply) || !oi_inquiry_parse(data, reply.moved, &inquiry))
        return OI_BAD_RESPONSE;
    memcpy(identity->vendor, inquiry.vendor, sizeof(identity->vendor));
    memcpy(identity->product, inquiry.product, sizeof(identity->product));
    memcpy(identity->revision, inquiry.revision, sizeof(identity->revision));
    return OI_OK;
}

static void virtual_limits(struct oi_device *base, struct oi_transfer_limits *limits)
{
    struct drive *drive = ((struct virtual_device *)base)->drive;

    oi_mutex_lock(&drive->facts);
    *limits = limits_of(drive);
    oi_mutex_unlock(&drive->facts);
}

/* Nothing mounts a virtual disc, so there is nothing to force. A command of another device ends
 * before this one has the drive to itself. */
static enum oi_status virtual_acquire(struct oi_device *base, bool force, const char *client_name)
{
    struct virtual_device *device = (struct virtual_device *)base;
    struct drive *drive = device->drive;
    enum oi_status status = OI_OK;

    (void)force;
    oi_mutex_lock(&drive->mutex);
    oi_mutex_lock(&drive->facts);
    if (drive->holder && drive->holder != device) {
        status = OI_LOCKED;
    } else if (!drive->holder) {
        status = take_access(drive, client_name);
        if (status == OI_OK)
            drive->holder = device;
    }
    oi_mutex_unlock(&drive->facts);
    oi_mutex_unlock(&drive->mutex);
    return status;
}

static enum oi_status virtual_release(struct oi_device *base)
{
    struct virtual_device *device = (struct virtual_device *)base;
    struct drive *drive = device->drive;
    enum oi_status status = OI_OK;

    oi_mutex_lock(&drive->mutex);
    oi_mutex_lock(&drive->facts);
    if (drive->holder == device)
        give_access(drive);
    else if (drive->holder)
        status = OI_LOCKED;
    oi_mutex_unlock(&drive->facts);
    oi_mutex_unlock(&drive->mutex);
    return status;
}

static enum oi_status virtual_owner(struct oi_device *base, char name[OI_OWNER_NAME_MAX])
{
    struct drive *drive = ((struct virtual_device *)base)->drive;

    oi_mutex_lock(&drive->facts);
    if (drive->holder || held_elsewhere(drive))
        memcpy(name, drive->owner, OI_OWNER_NAME_MAX);
    else
        name[0] = '\0';
    oi_mutex_unlock(&drive->facts);
    return OI_OK;
}

/* No system component watches a virtual drive, so there is nothing to turn off. */
static enum oi_status virtual_notify_media(struct oi_device *base, bool on)
{
    (void)base;
    (void)on;
    return OI_OK;
}

static enum oi_status virtual_number(struct oi_device *base, uint32_t *number)
{
    (void)base;
    *number = 0;
    return OI_NOT_FOUND;
}

/* It is no volume of the system: no name, no drive letter, no mount point. */
static enum oi_status virtual_volume_name(struct oi_device *base, char name[OI_VOLUME_NAME_MAX])
{
    (void)base;
    name[0] = '\0';
    return OI_OK;
}

static enum oi_status virtual_volume_paths(struct oi_device *base,
                                           bool (*visit)(void *context, const char *path),
                                           void *context)
{
    (void)base;
    (void)visit;
    (void)context;
    return OI_OK;
}

static enum oi_status virtual_describe(struct oi_device *base, enum oi_description which,
                                       void *bytes, uint32_t *size)
{
    (void)base;
    (void)which;
    (void)bytes;
    *size = 0;
    return OI_NOT_FOUND;
}

static void virtual_detail(struct oi_device *base, char text[OI_DETAIL_MAX])
{
    struct virtual_device *device = (struct virtual_device *)base;

    oi_mutex_lock(&device->drive->facts);
    memcpy(text, device->detail, OI_DETAIL_MAX);
    oi_mutex_unlock(&device->drive->facts);
}

static const struct oi_device_ops device_ops = {
    .destroy = virtual_destroy,
    .limits = virtual_limits,
    .identity = virtual_identity,
    .acquire = virtual_acquire,
    .release = virtual_release,
    .owner = virtual_owner,
    .notify_media = virtual_notify_media,
    .number = virtual_number,
    .volume_name = virtual_volume_name,
    .volume_paths = virtual_volume_paths,
    .describe = virtual_describe,
    .detail = virtual_detail,
};

/* The first device on a drive opens its emulator; the others wait for that. */
static enum oi_status open_emulator(struct drive *drive, char problem[OI_DETAIL_MAX])
{
    struct emulator_door *emulator = &drive->emulator;
    enum oi_status status = OI_OK;

    oi_mutex_lock(&drive->mutex);
    if (!emulator->calls)
        status = emulator_door_open(emulator, problem);
    if (status == OI_OK && !drive->emu) {
        status = emulator->calls->open(&drive->emu, drive->path, &real_clock, problem);
        if (status == OI_OK) {
            oi_mutex_lock(&drive->facts);
            drive->transfer_kib = emulator->calls->transfer_kib(drive->emu);
            oi_mutex_unlock(&drive->facts);
        }
    }
    oi_mutex_unlock(&drive->mutex);
    return status;
}

static enum oi_status find_drive(const char *unique_id, struct drive **drive)
{
    char name[OI_RECORDER_NAME_MAX + 1];
    enum oi_status status;
    struct drive *fresh;
    char *path;

    if (!virtual_name_of_id(unique_id, name))
        return OI_NOT_FOUND;
    status = virtual_path_of_name(name, &path);
    if (status != OI_OK)
        return status;
    fresh = drive_new(path);
    if (!fresh)
        return OI_OUT_OF_MEMORY;
    *drive = table_enter(fresh);
    if (*drive != fresh)
        drive_free(fresh);
    return OI_OK;
}

enum oi_status oi_virtual_open(const char *unique_id, struct oi_device **result,
                               char problem[OI_DETAIL_MAX])
{
    struct virtual_device *device;
    struct drive *drive;
    enum oi_status status = find_drive(unique_id, &drive);

    *result = NULL;
    problem[0] = '\0';
    if (status != OI_OK) {
        snprintf(problem, OI_DETAIL_MAX, "%s", oi_status_text(status));
        return status;
    }
    device = calloc(1, sizeof(*device));
    status = device ? open_emulator(drive, problem) : OI_OUT_OF_MEMORY;
    if (status != OI_OK) {
        table_leave(drive);
        free(device);
        return status;
    }
    device->base.transport.ops = &transport_ops;
    device->base.ops = &device_ops;
    device->drive = drive;
    *result = &device->base;
    return OI_OK;
}
