/* The line is put together from parts in order of importance; a narrow terminal gets fewer parts
 * and a shorter bar, never a wrapped line. */
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include "drive.h"
#include "output.h"

enum {
    SAMPLE_EVERY_MS = 400,
    REDRAW_EVERY_MS = 200,
    LINE_EVERY_MS = 2000,
    JSON_EVERY_MS = 500,
    STANDSTILL_MS = 3000,
    BAR_MIN = 10,
    BAR_MAX = 40,
    PARTS_MAX = 4,
    PART_BYTES = 48,
};

static bool only_live; /* no plain lines */

struct view {
    unsigned percent;
    double bytes_per_second; /* 0: not known yet */
    double speed;            /* times single speed */
    int64_t left_seconds;    /* -1: not known */
    int buffer_percent;
    const char *waiting_for; /* "drive", "image"; NULL: it moves */
};

static unsigned percent_of(const struct oi_progress *progress, uint32_t blocks)
{
    return (unsigned)((uint64_t)blocks * 100 / progress->total_blocks);
}

static void take_sample(struct oi_progress *progress, uint64_t now_ms, uint32_t blocks)
{
    unsigned newest = (progress->sample_count - 1) % OI_PROGRESS_SAMPLES;

    if (progress->sample_count && now_ms - progress->samples[newest].at_ms < SAMPLE_EVERY_MS)
        return;
    newest = progress->sample_count++ % OI_PROGRESS_SAMPLES;
    progress->samples[newest].at_ms = now_ms;
    progress->samples[newest].blocks = blocks;
}

/* Whom a standstill is owed to shows in the fifo between source and drive. */
static const char *waiting_for(const struct oi_progress *progress, uint64_t now_ms, uint32_t blocks,
                               int buffer_percent)
{
    if (blocks != progress->moved_blocks || blocks >= progress->total_blocks ||
        now_ms - progress->moved_ms < STANDSTILL_MS)
        return NULL;
    return buffer_percent == 0 ? "image" : "drive";
}

static struct view look(const struct oi_progress *progress, uint64_t now_ms, uint32_t blocks,
                        int buffer_percent)
{
    unsigned oldest = progress->sample_count > OI_PROGRESS_SAMPLES
                          ? progress->sample_count % OI_PROGRESS_SAMPLES
                          : 0;
    uint64_t span_ms = now_ms - progress->samples[oldest].at_ms;
    uint32_t done = blocks - progress->samples[oldest].blocks;
    struct view view = {
        .percent = percent_of(progress, blocks),
        .left_seconds = -1,
        .buffer_percent = buffer_percent,
        .waiting_for = waiting_for(progress, now_ms, blocks, buffer_percent),
    };

    view.bytes_per_second = (double)done * OI_BLOCK_BYTES * 1000 / (double)(span_ms ? span_ms : 1);
    view.speed = view.bytes_per_second / progress->single_speed;
    if (view.bytes_per_second > 0)
        view.left_seconds = (int64_t)((double)(progress->total_blocks - blocks) * OI_BLOCK_BYTES /
                                      view.bytes_per_second);
    return view;
}

/* "1.5x", "120x": nobody needs tenths of what no drive reaches. */
static void format_speed(double speed, char *text, size_t size)
{
    snprintf(text, size, speed < 100 ? "%.1fx" : "%.0fx", speed);
}

static void format_left(int64_t seconds, char *text, size_t size)
{
    if (seconds < 0)
        snprintf(text, size, "--:--");
    else if (seconds < 3600)
        snprintf(text, size, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
    else
        snprintf(text, size, "%d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                 (int)(seconds % 60));
}

static size_t append(char *line, size_t length, size_t columns, const char *part)
{
    size_t more = strlen(part);

    if (length + more > columns)
        return length;
    memcpy(line + length, part, more + 1);
    return length + more;
}

/* The parts behind the bar, in order of importance; returns how many there are. */
static size_t format_parts(const struct view *view, char parts[PARTS_MAX][PART_BYTES])
{
    char left[24], speed[16];

    snprintf(parts[0], PART_BYTES, " %3u %%", view->percent);
    if (view->waiting_for) {
        snprintf(parts[1], PART_BYTES, "  waiting for the %s", view->waiting_for);
        parts[2][0] = '\0';
    } else {
        format_left(view->left_seconds, left, sizeof(left));
        format_speed(view->speed, speed, sizeof(speed));
        snprintf(parts[1], PART_BYTES, "  %.1f MB/s", view->bytes_per_second / 1e6);
        snprintf(parts[2], PART_BYTES, " (%s)  %s left", speed, left);
    }
    if (view->buffer_percent < 0)
        return 3;
    snprintf(parts[3], PART_BYTES, "  fifo %d %%", view->buffer_percent);
    return 4;
}

/* Label and percentage always; speed, time left and fifo while there is room. The bar is as wide as
 * the usual parts leave it, so that it does not jump when a number gets a digit. */
static void format_line(const struct oi_progress *progress, const struct view *view, char *line,
                        size_t columns)
{
    enum { USUAL_TAIL = sizeof(" 100 %  123.4 MB/s (12.3x)  12:34 left  fifo 100 %") - 1 };
    char parts[PARTS_MAX][PART_BYTES];
    char bar[BAR_MAX + 4];
    char tail[PARTS_MAX * PART_BYTES] = "";
    size_t head = strlen(progress->label);
    size_t count = format_parts(view, parts);
    size_t tail_length = 0, bar_columns;

    for (size_t i = 0; i < count; i++)
        tail_length = append(tail, tail_length, columns > head ? columns - head : 0, parts[i]);
    line[0] = '\0';
    head = append(line, 0, columns, progress->label);
    bar_columns = columns > head + USUAL_TAIL + 3 ? columns - head - USUAL_TAIL - 3 : 0;
    if (bar_columns > BAR_MAX)
        bar_columns = BAR_MAX;
    if (bar_columns >= BAR_MIN && head + bar_columns + 3 + tail_length <= columns) {
        memset(bar, '-', sizeof(bar));
        memcpy(bar, " [", 2);
        memset(bar + 2, '#', bar_columns * view->percent / 100);
        bar[bar_columns + 2] = ']';
        bar[bar_columns + 3] = '\0';
        head = append(line, head, columns, bar);
    }
    append(line, head, columns, tail);
}

static void show_terminal(const struct oi_progress *progress, const struct view *view)
{
    char line[256];
    size_t columns = oi_status_columns();

    format_line(progress, view, line, columns < sizeof(line) - 1 ? columns : sizeof(line) - 1);
    oi_status_line(line);
}

static void show_line(const struct oi_progress *progress, const struct view *view)
{
    char left[24], speed[16];
    char fifo[24] = "";

    if (view->buffer_percent >= 0)
        snprintf(fifo, sizeof(fifo), ", fifo %d %%", view->buffer_percent);
    if (view->waiting_for) {
        oi_say("%s: %u %%, waiting for the %s%s\n", progress->label, view->percent,
               view->waiting_for, fifo);
        return;
    }
    format_left(view->left_seconds, left, sizeof(left));
    format_speed(view->speed, speed, sizeof(speed));
    oi_say("%s: %u %%, %.1f MB/s (%s), %s left%s\n", progress->label, view->percent,
           view->bytes_per_second / 1e6, speed, left, fifo);
}

static void show_json(const struct oi_progress *progress, const struct view *view, uint32_t blocks)
{
    struct oi_json json;

    oi_json_begin(&json, "progress");
    oi_json_text(&json, "phase", progress->phase);
    oi_json_integer(&json, "sectors_done", blocks);
    oi_json_integer(&json, "sectors_total", progress->total_blocks);
    oi_json_integer(&json, "percent", view->percent);
    oi_json_integer(&json, "bytes_per_second", (int64_t)view->bytes_per_second);
    oi_json_decimal(&json, "speed_x", view->speed);
    if (view->left_seconds >= 0)
        oi_json_integer(&json, "seconds_left", view->left_seconds);
    if (view->buffer_percent >= 0)
        oi_json_integer(&json, "fifo_percent", view->buffer_percent);
    if (view->waiting_for)
        oi_json_text(&json, "waiting_for", view->waiting_for);
    oi_json_end(&json);
}

static bool is_due(const struct oi_progress *progress, uint64_t now_ms, const struct view *view)
{
    uint64_t since_ms = now_ms - progress->shown_ms;
    bool news = view->percent != progress->shown_percent ||
                (view->waiting_for != NULL) != progress->shown_waiting;

    if (oi_output_is_json())
        return since_ms >= JSON_EVERY_MS;
    if (oi_output_is_terminal())
        return since_ms >= REDRAW_EVERY_MS;
    return since_ms >= LINE_EVERY_MS && news;
}

static void show(struct oi_progress *progress, uint64_t now_ms, uint32_t blocks,
                 const struct view *view)
{
    if (oi_output_is_json())
        show_json(progress, view, blocks);
    else if (oi_output_is_terminal())
        show_terminal(progress, view);
    else if (!only_live)
        show_line(progress, view);
    progress->shown_ms = now_ms;
    progress->shown_percent = view->percent;
    progress->shown_blocks = blocks;
    progress->shown_waiting = view->waiting_for != NULL;
}

void oi_progress_only_live(void)
{
    only_live = true;
}

void oi_progress_begin(struct oi_progress *progress, const char *phase, const char *label,
                       uint32_t total_blocks, uint32_t single_speed)
{
    uint64_t now_ms = GetTickCount64();
    struct view view;

    *progress = (struct oi_progress){
        .phase = phase,
        .label = label,
        .total_blocks = total_blocks,
        .single_speed = single_speed,
        .started_ms = now_ms,
        .moved_ms = now_ms,
        .shown_ms = now_ms,
        .shown_blocks = UINT32_MAX,
    };
    take_sample(progress, now_ms, 0);
    view = look(progress, now_ms, 0, OI_BUFFER_UNKNOWN);
    if (oi_output_is_terminal())
        show(progress, now_ms, 0, &view);
}

void oi_progress_update(struct oi_progress *progress, uint32_t blocks, int buffer_percent)
{
    uint64_t now_ms = GetTickCount64();
    struct view view;

    if (blocks != progress->moved_blocks) {
        progress->moved_blocks = blocks;
        progress->moved_ms = now_ms;
    }
    view = look(progress, now_ms, blocks, buffer_percent);
    if (is_due(progress, now_ms, &view))
        show(progress, now_ms, blocks, &view);
    take_sample(progress, now_ms, blocks);
}

void oi_progress_end(struct oi_progress *progress, uint32_t blocks, int buffer_percent)
{
    uint64_t now_ms = GetTickCount64();
    struct view view = look(progress, now_ms, blocks, buffer_percent);

    view.waiting_for = NULL;
    if (progress->shown_blocks != blocks || oi_output_is_terminal())
        show(progress, now_ms, blocks, &view);
    oi_status_end();
}

double oi_progress_average(const struct oi_progress *progress, uint32_t blocks)
{
    uint64_t span_ms = GetTickCount64() - progress->started_ms;

    return (double)blocks * OI_BLOCK_BYTES * 1000 / (double)(span_ms ? span_ms : 1);
}
