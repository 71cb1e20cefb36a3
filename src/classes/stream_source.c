/* Agile streams, and any stream of a client in the multi-threaded apartment, are read by the
 * engine's own thread, which joins that apartment. All others belong to the client's apartment. */
#include "stream_source.h"

#include <stdlib.h>
#include "apartment.h"
#include "object.h"

struct stream_source {
    struct oi_source source;
    IStream *stream;
    bool client_reads;
    bool in_apartment; /* this source has initialised COM on the reading thread */
};

static enum oi_status source_open(struct oi_source *source, int32_t *foreign)
{
    struct stream_source *self = (struct stream_source *)source;
    HRESULT hr;

    if (self->client_reads)
        return OI_OK;
    hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    *foreign = hr;
    self->in_apartment = SUCCEEDED(hr);
    return self->in_apartment ? OI_OK : OI_FOREIGN;
}

static enum oi_status source_read(struct oi_source *source, void *data, uint32_t size,
                                  uint32_t *got, int32_t *foreign)
{
    struct stream_source *self = (struct stream_source *)source;
    ULONG bytes = 0;
    HRESULT hr = IStream_Read(self->stream, data, size, &bytes);

    if (SUCCEEDED(hr) && bytes > size)
        hr = STG_E_READFAULT; /* it has written behind our buffer, or counts wrongly */
    *got = SUCCEEDED(hr) ? bytes : 0;
    *foreign = hr;
    return SUCCEEDED(hr) ? OI_OK : OI_FOREIGN;
}

static void source_close(struct oi_source *source)
{
    struct stream_source *self = (struct stream_source *)source;

    IStream_Release(self->stream);
    if (self->in_apartment)
        CoUninitialize();
    free(self);
    com_module_unlock();
}

struct oi_source *stream_source_create(IStream *stream, bool *client_reads)
{
    static const struct oi_source_ops ops = {source_open, source_read, source_close};
    struct stream_source *self = calloc(1, sizeof(*self));

    if (!self)
        return NULL;
    com_module_lock();
    self->source.ops = &ops;
    IStream_AddRef(stream);
    self->stream = stream;
    self->client_reads =
        !apartment_is_multi_threaded() && !apartment_object_is_agile((IUnknown *)stream);
    *client_reads = self->client_reads;
    return &self->source;
}
