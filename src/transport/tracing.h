/* OPENIMAPI2_TRACE=FILE: what any client's recorder objects send, appended to a text file.
 * Who uses it: MsftDiscRecorder2, which has its device traced, and MsftWriteEngine2.
 * Programs, threads and objects may all write to the same file: each line, or block of lines, goes
 * out in one piece. A trace never makes anything fail: what can't be written is left out.
 * What it must not know: what the commands are for. */
#ifndef OI_TRANSPORT_TRACING_H
#define OI_TRANSPORT_TRACING_H

#include "transport.h"

#ifdef __GNUC__
#define OI_TRACE_PRINTF __attribute__((format(printf, 2, 3)))
#else
#define OI_TRACE_PRINTF
#endif

/* Gives the device back, inside another one that traces it if a trace is wanted; name is what the
 * trace calls it. The device that was given goes when the one that came back is destroyed. */
struct oi_device *oi_traced(struct oi_device *device, const char *name);

/* The trace of something that is no device. NULL when none is wanted, or the file can't be had; all
 * that follows takes NULL and does nothing then. Any thread. */
struct oi_trace *oi_trace_open(void);
void oi_trace_close(struct oi_trace *trace);

/* A line "-- …", of at most some 900 bytes. */
void oi_trace_tell(struct oi_trace *trace, const char *format, ...) OI_TRACE_PRINTF;

/* Lines that go out together, at oi_trace_end_block; of one thread at a time, and only for the
 * lines that follow it. */
void oi_trace_begin_block(struct oi_trace *trace, uint32_t lines);
void oi_trace_end_block(struct oi_trace *trace);

/* started_us: as oi_clock_us() gave it. detail: what the device adds in words, or "". */
void oi_trace_command(struct oi_trace *trace, const struct oi_command *command,
                      const struct oi_completion *completion, uint64_t started_us,
                      uint64_t elapsed_us, const char *detail);

#endif
