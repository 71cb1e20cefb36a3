/* The file is bounded: of a long run the beginning stays, then comes a line that says how much is
 * missing, then the end. It is read by others while it is written, so it is changed in place; the
 * lock keeps two programs that use the same recorder from writing it both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "os.h"
#include "trace.h"

/* Far beyond the end. */
#define TRACE_LOCK ((uint64_t)1 << 62)

enum { MIB = 1024 * 1024, HEAD_BYTES = MIB, TAIL_BYTES = MIB, MOST_BYTES = 4 * MIB };

void trace_give_up(struct trace *trace)
{
    oi_file_close(trace->file);
    free(trace->buffer);
    trace->file = NULL;
    trace->buffer = NULL;
}

/* How much of the text is the rest of a line that was cut. */
static size_t cut_line(const char *text, size_t size)
{
    const char *end = size ? memchr(text, '\n', size) : NULL;

    return end ? (size_t)(end - text) + 1 : size;
}

/* Keeps the beginning and the end of the file. */
static enum oi_status shorten(struct trace *trace)
{
    enum { NOTE_MAX = 128 };
    char *tail = malloc(NOTE_MAX + TAIL_BYTES);
    uint64_t from = trace->size - TAIL_BYTES;
    enum oi_status status;
    size_t got, cut, note;

    if (!tail)
        return OI_OUT_OF_MEMORY;
    status = oi_file_read_at(trace->file, from, tail + NOTE_MAX, TAIL_BYTES, &got);
    if (status == OI_OK) {
        cut = cut_line(tail + NOTE_MAX, got);
        trace->left_out += from + cut - trace->head;
        note = (size_t)snprintf(tail, NOTE_MAX, "-- about %llu KiB of this run are left out here\n",
                                (unsigned long long)(trace->left_out / 1024));
        memmove(tail + note, tail + NOTE_MAX + cut, got - cut);
        trace->size = trace->head + note + got - cut;
        status = oi_file_write_at(trace->file, trace->head, tail, note + got - cut);
    }
    if (status == OI_OK)
        status = oi_file_set_size(trace->file, trace->size);
    free(tail);
    return status;
}

void trace_flush(struct trace *trace)
{
    enum oi_status status;

    if (!trace->file || !trace->used)
        return;
    status = oi_file_write_at(trace->file, trace->size, trace->buffer, trace->used);
    trace->size += trace->used;
    trace->used = 0;
    if (!trace->head && trace->size >= HEAD_BYTES)
        trace->head = trace->size;
    if (status == OI_OK && trace->size > MOST_BYTES)
        status = shorten(trace);
    if (status != OI_OK)
        trace_give_up(trace);
}

/* A run that nobody has asked to keep yet is remembered by its last commands. */
static void forget_half(struct trace *trace)
{
    size_t half = trace->used / 2;
    size_t from = half + cut_line(trace->buffer + half, trace->used - half);

    trace->left_out += from;
    trace->used -= from;
    memmove(trace->buffer, trace->buffer + from, trace->used);
}

void trace_make_room(struct trace *trace)
{
    if (trace->used + TRACE_LINE_MAX <= TRACE_BUFFER)
        return;
    if (trace->file)
        trace_flush(trace);
    else
        forget_half(trace);
}

void trace_begin_file(struct trace *trace, const char *header, size_t size)
{
    enum oi_status status = oi_file_open(&trace->file, trace->path, OI_FILE_CREATE);

    if (status == OI_OK)
        status = oi_file_lock(trace->file, TRACE_LOCK);
    if (status == OI_OK)
        status = oi_file_set_size(trace->file, 0);
    if (status == OI_OK)
        status = oi_file_write_at(trace->file, 0, header, size);
    trace->size = size;
    if (status != OI_OK)
        trace_give_up(trace);
}
