#include "section_trace.h"

#include <stdlib.h>
#include "tracing.h"

void section_trace_begin(struct section_trace *trace, struct oi_section *section)
{
    trace->trace = oi_trace_open();
    trace->flight = trace->trace ? calloc(1, sizeof(*trace->flight)) : NULL;
    section->flight = trace->flight;
    oi_trace_tell(trace->trace,
                  "WriteSection begins: %ld blocks of %lu bytes from LBA %ld on, at most %lu in a "
                  "WRITE, profile %04Xh",
                  (long)section->blocks, (unsigned long)section->block_bytes,
                  (long)section->start_lba, (unsigned long)section->blocks_per_command,
                  section->profile);
}

/* The error and the commands that led to it in one piece, whoever else writes to the file. */
static void tell_failure(const struct section_trace *trace, HRESULT hr, const char *error)
{
    uint32_t count = trace->flight ? oi_flight_count(trace->flight) : 0;

    oi_trace_begin_block(trace->trace, count + 2);
    oi_trace_tell(trace->trace, "WriteSection failed with 0x%08lX: %s", (unsigned long)hr, error);
    if (count)
        oi_trace_tell(trace->trace,
                      "its last %lu commands, the last one last:", (unsigned long)count);
    for (uint32_t i = 0; i < count; i++) {
        const struct oi_flight_entry *entry = oi_flight_at(trace->flight, i);

        oi_trace_command(trace->trace, &entry->command, &entry->completion, entry->started_us,
                         entry->elapsed_us, "");
    }
    oi_trace_end_block(trace->trace);
}

void section_trace_end(struct section_trace *trace, const struct oi_section *section,
                       const struct oi_outcome *outcome, HRESULT hr, const char *error)
{
    if (trace->trace && outcome->fell_back)
        oi_trace_tell(trace->trace,
                      "the drive refused WRITE (12) with Streaming, so WRITE (10) was used");
    if (trace->trace && error)
        tell_failure(trace, hr, error);
    else
        oi_trace_tell(trace->trace,
                      "WriteSection ended well: %lu of %ld blocks written, %lu recovered errors",
                      (unsigned long)outcome->blocks_written, (long)section->blocks,
                      (unsigned long)outcome->recovered_errors);
    oi_trace_close(trace->trace);
    free(trace->flight);
}
