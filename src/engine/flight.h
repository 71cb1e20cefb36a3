/* The flight recorder: the last commands of a section and what came of them.
 * Who uses it: section.c records; who started the section reads it afterwards.
 * A fixed ring, filled by the writer's thread alone: a copy for each command, no lock, no memory.
 * It belongs to whoever starts the section, and is read when the section is over.
 * What it must not know: files, what is done with it. */
#ifndef OI_ENGINE_FLIGHT_H
#define OI_ENGINE_FLIGHT_H

#include "transport.h"

enum { OI_FLIGHT_ENTRIES = 256 };

struct oi_flight_entry {
    struct oi_command command; /* its data is NULL: that is not kept */
    struct oi_completion completion;
    uint64_t started_us; /* by the section's clock */
    uint64_t elapsed_us;
};

/* All zero: empty. */
struct oi_flight {
    uint64_t recorded; /* in all, those that were overwritten included */
    struct oi_flight_entry entries[OI_FLIGHT_ENTRIES];
};

void oi_flight_record(struct oi_flight *flight, const struct oi_command *command,
                      const struct oi_completion *completion, uint64_t started_us,
                      uint64_t elapsed_us);

/* How many commands it holds, and the one with this number among them, the oldest being 0. */
uint32_t oi_flight_count(const struct oi_flight *flight);
const struct oi_flight_entry *oi_flight_at(const struct oi_flight *flight, uint32_t number);

#endif
