/* The receiver of the write engine's events: turns them into progress, and a Ctrl-C that came too
 * early for CancelWrite into a second attempt.
 * Who uses it: section.c. Events come on the thread that called WriteSection.
 * What it must not know: drives, how progress is shown. */
#ifndef OI_CLI_SINK_H
#define OI_CLI_SINK_H

#include <stdbool.h>
#include <imapi2.h>
#include "progress.h"

struct oi_sink {
    DWriteEngine2Events DWriteEngine2Events_iface;
    struct oi_progress *progress;
    IConnectionPoint *point;
    DWORD cookie;
    uint32_t blocks_written; /* of the last event */
    int buffer_percent;
    unsigned events;
    /* Asked in each event whether to cancel; NULL: only Ctrl-C does. */
    bool (*wants_cancel)(void *context, uint32_t blocks_written);
    void *context; /* of wants_cancel */
};

/* Advises the sink, which lives in the caller's memory until oi_sink_disconnect. */
HRESULT oi_sink_connect(struct oi_sink *sink, IWriteEngine2 *engine, struct oi_progress *progress);
void oi_sink_disconnect(struct oi_sink *sink);

#endif
