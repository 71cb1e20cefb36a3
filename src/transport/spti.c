/* The device: who may send a command, the tray, and what Windows is asked.
 * The mutex is held as long as a command takes; what can be asked meanwhile has a lock of its own.
 */
#include "spti.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command_table.h"
#include "os.h"
#include "spti_answers.h"
#include "spti_command.h"
#include "spti_errors.h"
#include "spti_facts.h"
#include "spti_lock.h"
#include "spti_system.h"
#include "spti_volume.h"

enum { OPTICAL_DRIVE = 0x05 }; /* SPC-3, "Peripheral device type" */

struct spti_device {
    struct oi_device base; /* first member */
    struct spti_drive drive;
    struct oi_mutex mutex; /* one command at a time; guards all up to facts */
    struct spti_lock lock;
    bool ejection_absent;               /* Windows can't keep the tray closed for us */
    bool tray_kept;                     /* by Windows, for our handle */
    bool tray_kept_by_cdb;              /* by a command that we must take back */
    struct oi_device_identity identity; /* empty when nobody has told it yet */
    struct oi_mutex facts; /* guards the rest; taken after mutex, never held for long */
    struct oi_transfer_limits limits;
    char detail[OI_DETAIL_MAX];
};

static struct spti_device *from_device(struct oi_device *base)
{
    return (struct spti_device *)base;
}

/* ---- words ---- */

static void tell(struct spti_device *device, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void tell(struct spti_device *device, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    oi_mutex_lock(&device->facts);
    vsnprintf(device->detail, sizeof(device->detail), format, arguments);
    oi_mutex_unlock(&device->facts);
    va_end(arguments);
}

static void tell_error(struct spti_device *device, DWORD error)
{
    char text[OI_DETAIL_MAX];

    spti_error_text(error, text);
    tell(device, "%s", text);
}

/* ---- commands ---- */

static void pass_through(struct spti_device *device, const struct oi_command *command,
                         struct oi_completion *completion)
{
    char detail[OI_DETAIL_MAX];

    spti_command(&device->drive, command, completion, detail);
    tell(device, "%s", detail);
    if (completion->status != OI_NO_RESOURCES)
        return;
    oi_mutex_lock(&device->facts);
    spti_limits_halve(&device->limits, command->data_len);
    oi_mutex_unlock(&device->facts);
}

/* ---- the tray ---- */

enum { PREVENT = 0x01, PERSISTENT = 0x02 }; /* MMC-6, PREVENT ALLOW MEDIUM REMOVAL */

static DWORD keep_tray(struct spti_device *device, bool closed)
{
    PREVENT_MEDIA_REMOVAL request = {closed};
    DWORD returned;

    return spti_control(&device->drive, IOCTL_STORAGE_EJECTION_CONTROL, &request, sizeof(request),
                        NULL, 0, &returned);
}

/* Windows counts who keeps the tray closed by handle, so that it opens again when a process dies;
 * the command itself is nobody's. True: done. False: the command has to go out. */
static bool ask_windows(struct spti_device *device, const struct oi_command *command)
{
    uint8_t what = command->cdb.bytes[4] & (PREVENT | PERSISTENT);
    bool closed = what == PREVENT;
    DWORD error;

    if (command->cdb.bytes[0] != OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL || (what & PERSISTENT) ||
        device->ejection_absent || (!closed && !device->tray_kept))
        return false;
    if (closed && device->tray_kept)
        return true;
    error = keep_tray(device, closed);
    device->ejection_absent = spti_is_absent(error);
    if (error)
        return false;
    device->tray_kept = closed;
    return true;
}

static void remember_tray(struct spti_device *device, const struct oi_command *command,
                          const struct oi_completion *completion)
{
    if (command->cdb.bytes[0] == OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL &&
        !(command->cdb.bytes[4] & PERSISTENT) && completion->status == OI_OK &&
        completion->scsi_status == OI_SCSI_GOOD)
        device->tray_kept_by_cdb = command->cdb.bytes[4] & PREVENT;
}

/* Whoever has exclusive access by now decides about the tray: it may be burning. A driver that has
 * such a lock would refuse the command for that reason. */
static void open_tray_lock(struct spti_device *device)
{
    char owner[OI_OWNER_NAME_MAX];
    struct oi_command allow = {
        .cdb = oi_cdb_prevent_allow_removal(false),
        .timeout_ms = oi_command_info(OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL)->timeout_ms,
    };
    struct oi_completion completion = {0};

    if (device->tray_kept)
        keep_tray(device, false);
    if (!device->tray_kept_by_cdb || spti_lock_forbids(&device->lock, owner))
        return;
    /* A unit attention may come first. */
    pass_through(device, &allow, &completion);
    if (completion.status == OI_OK && completion.scsi_status != OI_SCSI_GOOD)
        pass_through(device, &allow, &completion);
}

/* ---- the transport ---- */

static void spti_execute(struct oi_transport *transport, const struct oi_command *command,
                         struct oi_completion *completion)
{
    struct spti_device *device = (struct spti_device *)transport;
    char owner[OI_OWNER_NAME_MAX];

    memset(completion, 0, sizeof(*completion));
    oi_mutex_lock(&device->mutex);
    tell(device, "%s", "");
    if (spti_lock_forbids(&device->lock, owner)) {
        completion->status = OI_LOCKED;
        tell(device, "\"%s\" has exclusive access to this recorder; wait until it is done",
             owner[0] ? owner : "another program");
    } else if (!ask_windows(device, command)) {
        pass_through(device, command, completion);
        remember_tray(device, command, completion);
    }
    oi_mutex_unlock(&device->mutex);
}

static const struct oi_transport_ops transport_ops = {spti_execute};

/* ---- the device ---- */

static void device_free(struct spti_device *device)
{
    if (device->drive.handle != INVALID_HANDLE_VALUE)
        device->drive.system->close(device->drive.handle);
    oi_mutex_fini(&device->facts);
    oi_mutex_fini(&device->mutex);
    free(device->drive.path);
    free(device);
}

static void spti_destroy(struct oi_device *base)
{
    struct spti_device *device = from_device(base);

    open_tray_lock(device);
    spti_lock_fini(&device->lock);
    device_free(device);
}

static bool is_known(const struct spti_device *device)
{
    return device->identity.vendor[0] || device->identity.product[0];
}

static void spti_limits(struct oi_device *base, struct oi_transfer_limits *limits)
{
    struct spti_device *device = from_device(base);

    oi_mutex_lock(&device->facts);
    *limits = device->limits;
    oi_mutex_unlock(&device->facts);
}

static enum oi_status spti_acquire(struct oi_device *base, bool force, const char *client_name)
{
    struct spti_device *device = from_device(base);
    enum oi_status status;
    DWORD error;

    oi_mutex_lock(&device->mutex);
    status = spti_lock_acquire(&device->lock, force, client_name, &error);
    oi_mutex_unlock(&device->mutex);
    if (status == OI_ACCESS_DENIED)
        tell(device,
             "a file system is mounted from the disc; remove the disc, or force the access");
    else if (error)
        tell_error(device, error);
    else
        tell(device, "%s", "");
    return status;
}

static enum oi_status spti_release(struct oi_device *base)
{
    struct spti_device *device = from_device(base);
    enum oi_status status;
    DWORD error;

    oi_mutex_lock(&device->mutex);
    status = spti_lock_release(&device->lock, &error);
    oi_mutex_unlock(&device->mutex);
    if (error)
        tell_error(device, error);
    return status;
}

static enum oi_status spti_owner(struct oi_device *base, char name[OI_OWNER_NAME_MAX])
{
    struct spti_device *device = from_device(base);
    enum oi_status status;
    DWORD error;

    oi_mutex_lock(&device->mutex);
    status = spti_lock_owner(&device->lock, name, &error);
    oi_mutex_unlock(&device->mutex);
    return status;
}

/* Windows turns it on again when the handle is closed. */
static enum oi_status spti_notify_media(struct oi_device *base, bool on)
{
    struct spti_device *device = from_device(base);
    PREVENT_MEDIA_REMOVAL request = {!on};
    DWORD returned, error;

    oi_mutex_lock(&device->mutex);
    error = spti_control(&device->drive, IOCTL_STORAGE_MCN_CONTROL, &request, sizeof(request), NULL,
                         0, &returned);
    oi_mutex_unlock(&device->mutex);
    if (!error || spti_is_absent(error))
        return OI_OK;
    tell_error(device, error);
    return spti_error(error)->command;
}

static enum oi_status spti_identity(struct oi_device *base, struct oi_device_identity *identity)
{
    struct spti_device *device = from_device(base);
    enum oi_status status = OI_OK;
    int type;

    oi_mutex_lock(&device->mutex);
    if (!is_known(device))
        status = spti_learn_identity(&device->drive, &device->identity, &type);
    *identity = device->identity;
    oi_mutex_unlock(&device->mutex);
    return status;
}

static enum oi_status spti_number(struct oi_device *base, uint32_t *number)
{
    return spti_device_number(&from_device(base)->drive, number);
}

static enum oi_status spti_name(struct oi_device *base, char name[OI_VOLUME_NAME_MAX])
{
    return spti_volume_name(&from_device(base)->drive, name);
}

static enum oi_status spti_paths(struct oi_device *base,
                                 bool (*visit)(void *context, const char *path), void *context)
{
    return spti_volume_paths(&from_device(base)->drive, visit, context);
}

static enum oi_status spti_describe(struct oi_device *base, enum oi_description which, void *bytes,
                                    uint32_t *size)
{
    uint32_t room = *size, len = 0;
    DWORD error;
    uint8_t *descriptor = spti_description(&from_device(base)->drive, which, &len, &error);

    *size = len;
    if (!descriptor) {
        *size = 0;
        return spti_is_absent(error) ? OI_NOT_FOUND : spti_error(error)->command;
    }
    memcpy(bytes, descriptor, min(room, len));
    free(descriptor);
    return OI_OK;
}

static void spti_detail(struct oi_device *base, char text[OI_DETAIL_MAX])
{
    struct spti_device *device = from_device(base);

    oi_mutex_lock(&device->facts);
    memcpy(text, device->detail, OI_DETAIL_MAX);
    oi_mutex_unlock(&device->facts);
}

static const struct oi_device_ops device_ops = {
    .destroy = spti_destroy,
    .limits = spti_limits,
    .acquire = spti_acquire,
    .release = spti_release,
    .owner = spti_owner,
    .notify_media = spti_notify_media,
    .identity = spti_identity,
    .number = spti_number,
    .volume_name = spti_name,
    .volume_paths = spti_paths,
    .describe = spti_describe,
    .detail = spti_detail,
};

/* ---- opening ---- */

static struct spti_device *device_new(const struct spti_system *system, const char *path)
{
    struct spti_device *device = calloc(1, sizeof(*device));

    if (!device)
        return NULL;
    device->base.transport.ops = &transport_ops;
    device->base.ops = &device_ops;
    device->drive = (struct spti_drive){system, INVALID_HANDLE_VALUE, oi_win32_wide(path)};
    oi_mutex_init(&device->mutex);
    oi_mutex_init(&device->facts);
    return device;
}

/* Windows lets a disk be opened as well, and would pass our commands to it. */
static enum oi_status set_up(struct spti_device *device, const char *path,
                             char problem[OI_DETAIL_MAX])
{
    int type;

    spti_lock_init(&device->lock, &device->drive);
    spti_learn_limits(&device->drive, &device->limits);
    spti_learn_identity(&device->drive, &device->identity, &type);
    tell(device, "%s", "");
    if (type == SPTI_TYPE_UNKNOWN || type == OPTICAL_DRIVE)
        return OI_OK;
    snprintf(problem, OI_DETAIL_MAX, "%s is no optical drive (it is a SCSI device of type %d)",
             path, type);
    return OI_NOT_FOUND;
}

static enum oi_status open_path(struct spti_device *device, const char *path,
                                char problem[OI_DETAIL_MAX])
{
    const struct spti_error *meaning;
    DWORD error = ERROR_INVALID_NAME;

    if (device->drive.path)
        device->drive.handle =
            device->drive.system->open(device->drive.path, GENERIC_READ | GENERIC_WRITE, &error);
    if (device->drive.handle != INVALID_HANDLE_VALUE)
        return set_up(device, path, problem);
    meaning = spti_error(error);
    snprintf(problem, OI_DETAIL_MAX, "%s can't be opened (Windows error %lu): %s", path, error,
             meaning->words);
    return meaning->open;
}

enum oi_status spti_open_on(const struct spti_system *system, const char *path,
                            struct oi_device **result, char problem[OI_DETAIL_MAX])
{
    struct spti_device *device = device_new(system, path);
    enum oi_status status;

    *result = NULL;
    problem[0] = '\0';
    if (!device)
        return OI_OUT_OF_MEMORY;
    status = open_path(device, path, problem);
    if (status == OI_OK)
        *result = &device->base;
    else
        device_free(device);
    return status;
}

enum oi_status oi_spti_open(const char *path, struct oi_device **device,
                            char problem[OI_DETAIL_MAX])
{
    return spti_open_on(&spti_windows, path, device, problem);
}
