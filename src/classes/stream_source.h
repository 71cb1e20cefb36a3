/* An IStream as the engine's source.
 * Who uses it: write_engine.c.
 * The engine's reader calls it: on a thread of its own, or on the client's, as stream_source_create
 *   decides; it lives until the engine closes it, which may be after WriteSection has returned.
 * What it must not know: what is done with the bytes. */
#ifndef OI_CLASSES_STREAM_SOURCE_H
#define OI_CLASSES_STREAM_SOURCE_H

#include <windows.h>
#include <ole2.h>
#include "engine.h"

/* *client_reads: the stream belongs to the calling thread's apartment and must be read there.
 * NULL without memory. */
struct oi_source *stream_source_create(IStream *stream, bool *client_reads);

#endif
