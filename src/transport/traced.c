/* A device around another one: it passes everything on, and tells the trace. */
#include <stdlib.h>
#include "os.h"
#include "tracing.h"

struct traced {
    struct oi_device base;
    struct oi_device *device; /* owned */
    struct oi_trace *trace;   /* owned */
};

static struct traced *from_device(struct oi_device *base)
{
    return (struct traced *)base;
}

static void traced_execute(struct oi_transport *transport, const struct oi_command *command,
                           struct oi_completion *completion)
{
    struct traced *traced = (struct traced *)transport;
    uint64_t started_us = oi_clock_us();
    char detail[OI_DETAIL_MAX] = "";
    uint64_t elapsed_us;

    oi_transport_execute(&traced->device->transport, command, completion);
    elapsed_us = oi_clock_us() - started_us;
    if (completion->status != OI_OK || completion->scsi_status != OI_SCSI_GOOD)
        traced->device->ops->detail(traced->device, detail);
    oi_trace_command(traced->trace, command, completion, started_us, elapsed_us, detail);
}

static const struct oi_transport_ops transport_ops = {traced_execute};

static void traced_destroy(struct oi_device *base)
{
    struct traced *traced = from_device(base);

    traced->device->ops->destroy(traced->device);
    oi_trace_tell(traced->trace, "closed");
    oi_trace_close(traced->trace);
    free(traced);
}

static void traced_limits(struct oi_device *base, struct oi_transfer_limits *limits)
{
    struct oi_device *device = from_device(base)->device;

    device->ops->limits(device, limits);
}

static enum oi_status traced_acquire(struct oi_device *base, bool force, const char *client_name)
{
    struct traced *traced = from_device(base);
    enum oi_status status = traced->device->ops->acquire(traced->device, force, client_name);

    oi_trace_tell(traced->trace, "exclusive access for \"%s\": %s", client_name,
                  oi_status_text(status));
    return status;
}

static enum oi_status traced_release(struct oi_device *base)
{
    struct traced *traced = from_device(base);
    enum oi_status status = traced->device->ops->release(traced->device);

    oi_trace_tell(traced->trace, "exclusive access given up: %s", oi_status_text(status));
    return status;
}

static enum oi_status traced_owner(struct oi_device *base, char name[OI_OWNER_NAME_MAX])
{
    struct oi_device *device = from_device(base)->device;

    return device->ops->owner(device, name);
}

static enum oi_status traced_notify_media(struct oi_device *base, bool on)
{
    struct oi_device *device = from_device(base)->device;

    return device->ops->notify_media(device, on);
}

static enum oi_status traced_identity(struct oi_device *base, struct oi_device_identity *identity)
{
    struct oi_device *device = from_device(base)->device;

    return device->ops->identity(device, identity);
}

static enum oi_status traced_number(struct oi_device *base, uint32_t *number)
{
    struct oi_device *device = from_device(base)->device;

    return device->ops->number(device, number);
}

static enum oi_status traced_volume_name(struct oi_device *base, char name[OI_VOLUME_NAME_MAX])
{
    struct oi_device *device = from_device(base)->device;

    return device->ops->volume_name(device, name);
}

static enum oi_status traced_volume_paths(struct oi_device *base,
                                          bool (*visit)(void *context, const char *path),
                                          void *context)
{
    struct oi_device *device = from_device(base)->device;

    return device->ops->volume_paths(device, visit, context);
}

static enum oi_status traced_describe(struct oi_device *base, enum oi_description which,
                                      void *bytes, uint32_t *size)
{
    struct oi_device *device = from_device(base)->device;

    return device->ops->describe(device, which, bytes, size);
}

static void traced_detail(struct oi_device *base, char text[OI_DETAIL_MAX])
{
    struct oi_device *device = from_device(base)->device;

    device->ops->detail(device, text);
}

static const struct oi_device_ops device_ops = {
    .destroy = traced_destroy,
    .limits = traced_limits,
    .acquire = traced_acquire,
    .release = traced_release,
    .owner = traced_owner,
    .notify_media = traced_notify_media,
    .identity = traced_identity,
    .number = traced_number,
    .volume_name = traced_volume_name,
    .volume_paths = traced_volume_paths,
    .describe = traced_describe,
    .detail = traced_detail,
};

struct oi_device *oi_traced(struct oi_device *device, const char *name)
{
    struct oi_trace *trace = oi_trace_open();
    struct traced *traced = trace ? calloc(1, sizeof(*traced)) : NULL;

    if (!traced) {
        oi_trace_close(trace);
        return device;
    }
    traced->base.transport.ops = &transport_ops;
    traced->base.ops = &device_ops;
    traced->device = device;
    traced->trace = trace;
    oi_trace_tell(trace, "openimapi2 " OI_VERSION ", %d bit, opened %s", (int)sizeof(void *) * 8,
                  name);
    return &traced->base;
}
