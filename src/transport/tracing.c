/* Every object has an oi_file of its own, so that nothing is shared and nothing outlives the DLL;
 * oi_file_append keeps their lines apart. */
#include "tracing.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "os.h"
#include "trace_text.h"

struct oi_trace {
    struct oi_mutex lock;       /* guards the rest */
    struct oi_file *file;       /* NULL once it could not be written */
    uint64_t clock_us, wall_us; /* of the same moment: lines are as fine as the first, all along */
    uint32_t process, object;
    char *block; /* lines kept back, or NULL */
    size_t block_size, block_used;
};

static struct oi_file *open_file(void)
{
    char *path = oi_environment("OPENIMAPI2_TRACE");
    struct oi_file *file = NULL;

    if (path && path[0] && oi_file_open(&file, path, OI_FILE_CREATE) != OI_OK)
        file = NULL;
    free(path);
    return file;
}

struct oi_trace *oi_trace_open(void)
{
    static atomic_uint objects;
    struct oi_file *file = open_file();
    struct oi_trace *trace = file ? calloc(1, sizeof(*trace)) : NULL;

    if (!trace) {
        oi_file_close(file);
        return NULL;
    }
    oi_mutex_init(&trace->lock);
    trace->file = file;
    trace->clock_us = oi_clock_us();
    trace->wall_us = oi_wall_clock_us();
    trace->process = oi_process_id();
    trace->object = atomic_fetch_add(&objects, 1) + 1;
    return trace;
}

void oi_trace_close(struct oi_trace *trace)
{
    if (!trace)
        return;
    oi_trace_end_block(trace);
    oi_file_close(trace->file);
    oi_mutex_fini(&trace->lock);
    free(trace);
}

/* With the lock held. */
static void put(struct oi_trace *trace, const char *text, size_t size)
{
    if (trace->file && size && oi_file_append(trace->file, text, size) != OI_OK) {
        oi_file_close(trace->file);
        trace->file = NULL;
    }
}

static void flush_block(struct oi_trace *trace)
{
    if (trace->block)
        put(trace, trace->block, trace->block_used);
    trace->block_used = 0;
}

static struct oi_line begin_line(const struct oi_trace *trace, uint64_t clock_us, char *text)
{
    struct oi_trace_stamp stamp = {
        .wall_us = trace->wall_us + clock_us - trace->clock_us,
        .process = trace->process,
        .object = trace->object,
    };
    struct oi_line line = oi_line_begin(text, OI_TRACE_LINE_MAX);

    oi_trace_text_stamp(&line, &stamp);
    return line;
}

static void end_line(struct oi_trace *trace, struct oi_line *line)
{
    size_t size = oi_line_end(line);

    oi_mutex_lock(&trace->lock);
    if (trace->block && trace->block_used + size > trace->block_size)
        flush_block(trace);
    if (trace->block) {
        memcpy(trace->block + trace->block_used, line->begin, size);
        trace->block_used += size;
    } else {
        put(trace, line->begin, size);
    }
    oi_mutex_unlock(&trace->lock);
}

void oi_trace_begin_block(struct oi_trace *trace, uint32_t lines)
{
    if (!trace)
        return;
    oi_mutex_lock(&trace->lock);
    trace->block_size = (size_t)lines * OI_TRACE_LINE_MAX;
    trace->block = malloc(trace->block_size);
    oi_mutex_unlock(&trace->lock);
}

void oi_trace_end_block(struct oi_trace *trace)
{
    if (!trace)
        return;
    oi_mutex_lock(&trace->lock);
    flush_block(trace);
    free(trace->block);
    trace->block = NULL;
    oi_mutex_unlock(&trace->lock);
}

void oi_trace_tell(struct oi_trace *trace, const char *format, ...)
{
    char text[OI_TRACE_LINE_MAX], words[OI_TRACE_LINE_MAX];
    struct oi_line line;
    va_list args;

    if (!trace)
        return;
    va_start(args, format);
    if (vsnprintf(words, sizeof(words), format, args) < 0)
        words[0] = '\0';
    va_end(args);
    for (char *c = words; *c; c++) /* what others say may have lines of its own */
        if ((unsigned char)*c < ' ')
            *c = ' ';
    line = begin_line(trace, oi_clock_us(), text);
    oi_line_text(&line, "-- ");
    oi_line_text(&line, words);
    end_line(trace, &line);
}

void oi_trace_command(struct oi_trace *trace, const struct oi_command *command,
                      const struct oi_completion *completion, uint64_t started_us,
                      uint64_t elapsed_us, const char *detail)
{
    char text[OI_TRACE_LINE_MAX];
    struct oi_line line;

    if (!trace)
        return;
    line = begin_line(trace, started_us, text);
    oi_trace_text_command(&line, command, completion, elapsed_us, detail);
    end_line(trace, &line);
}
