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
    BAR_MIN = 10,
    BAR_MAX = 40,
};

struct view {
    unsigned percent;
    double bytes_per_second; /* 0: not known yet */
    double speed;            /* times single speed */
    int64_t left_seconds;    /* -1: not known */
    int buffer_percent;
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
    };

    view.bytes_per_second = (double)done * OI_BLOCK_BYTES * 1000 / (double)(span_ms ? span_ms : 1);
    view.speed = view.bytes_per_second / progress->single_speed;
    if (view.bytes_per_second > 0)
        view.left_seconds = (int64_t)((double)(progress->total_blocks - blocks) * OI_BLOCK_BYTES /
                                      view.bytes_per_second);
    return view;
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

/* Label and percentage always; speed, time left and buffer while there is room; the bar takes
 * what remains. */
static void format_line(const struct oi_progress *progress, const struct view *view, char *line,
                        size_t columns)
{
    char parts[4][48] = {"", "", "", ""};
    char left[24];
    char bar[BAR_MAX + 4];
    char tail[192] = "";
    size_t head, tail_length = 0, bar_columns;

    format_left(view->left_seconds, left, sizeof(left));
    snprintf(parts[0], sizeof(parts[0]), " %3u %%", view->percent);
    snprintf(parts[1], sizeof(parts[1]), "  %.1f MB/s", view->bytes_per_second / 1e6);
    snprintf(parts[2], sizeof(parts[2]), " (%.1fx)  %s left", view->speed, left);
    if (view->buffer_percent >= 0)
        snprintf(parts[3], sizeof(parts[3]), "  buffer %d %%", view->buffer_percent);
    head = strlen(progress->label);
    for (size_t i = 0; i < 4; i++)
        tail_length = append(tail, tail_length, columns > head ? columns - head : 0, parts[i]);
    line[0] = '\0';
    head = append(line, 0, columns, progress->label);
    bar_columns = columns > head + tail_length + 3 ? columns - head - tail_length - 3 : 0;
    if (bar_columns > BAR_MAX)
        bar_columns = BAR_MAX;
    if (bar_columns >= BAR_MIN) {
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
    char left[24];
    char buffer[24] = "";

    format_left(view->left_seconds, left, sizeof(left));
    if (view->buffer_percent >= 0)
        snprintf(buffer, sizeof(buffer), ", buffer %d %%", view->buffer_percent);
    oi_say("%s: %u %%, %.1f MB/s (%.1fx), %s left%s\n", progress->label, view->percent,
           view->bytes_per_second / 1e6, view->speed, left, buffer);
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
        oi_json_integer(&json, "buffer_percent", view->buffer_percent);
    oi_json_end(&json);
}

static bool is_due(const struct oi_progress *progress, uint64_t now_ms, unsigned percent)
{
    uint64_t since_ms = now_ms - progress->shown_ms;

    if (oi_output_is_json())
        return since_ms >= JSON_EVERY_MS;
    if (oi_output_is_terminal())
        return since_ms >= REDRAW_EVERY_MS;
    return since_ms >= LINE_EVERY_MS && percent != progress->shown_percent;
}

static void show(struct oi_progress *progress, uint64_t now_ms, uint32_t blocks, int buffer_percent)
{
    struct view view = look(progress, now_ms, blocks, buffer_percent);

    if (oi_output_is_json())
        show_json(progress, &view, blocks);
    else if (oi_output_is_terminal())
        show_terminal(progress, &view);
    else
        show_line(progress, &view);
    progress->shown_ms = now_ms;
    progress->shown_percent = view.percent;
    progress->shown_blocks = blocks;
}

void oi_progress_begin(struct oi_progress *progress, const char *phase, const char *label,
                       uint32_t total_blocks, uint32_t single_speed)
{
    *progress = (struct oi_progress){
        .phase = phase,
        .label = label,
        .total_blocks = total_blocks,
        .single_speed = single_speed,
        .started_ms = GetTickCount64(),
        .shown_ms = GetTickCount64(),
        .shown_blocks = UINT32_MAX,
    };
    take_sample(progress, progress->started_ms, 0);
    if (oi_output_is_terminal())
        show(progress, progress->started_ms, 0, OI_BUFFER_UNKNOWN);
}

void oi_progress_update(struct oi_progress *progress, uint32_t blocks, int buffer_percent)
{
    uint64_t now_ms = GetTickCount64();

    if (is_due(progress, now_ms, percent_of(progress, blocks)))
        show(progress, now_ms, blocks, buffer_percent);
    take_sample(progress, now_ms, blocks);
}

void oi_progress_end(struct oi_progress *progress, uint32_t blocks, int buffer_percent)
{
    if (progress->shown_blocks != blocks || oi_output_is_terminal())
        show(progress, GetTickCount64(), blocks, buffer_percent);
    oi_status_end();
}

double oi_progress_average(const struct oi_progress *progress, uint32_t blocks)
{
    uint64_t span_ms = GetTickCount64() - progress->started_ms;

    return (double)blocks * OI_BLOCK_BYTES * 1000 / (double)(span_ms ? span_ms : 1);
}
