#include "flight.h"

void oi_flight_record(struct oi_flight *flight, const struct oi_command *command,
                      const struct oi_completion *completion, uint64_t started_us,
                      uint64_t elapsed_us)
{
    struct oi_flight_entry *entry = &flight->entries[flight->recorded++ % OI_FLIGHT_ENTRIES];

    entry->command = *command;
    entry->command.data = NULL;
    entry->completion = *completion;
    entry->started_us = started_us;
    entry->elapsed_us = elapsed_us;
}

uint32_t oi_flight_count(const struct oi_flight *flight)
{
    return flight->recorded < OI_FLIGHT_ENTRIES ? (uint32_t)flight->recorded : OI_FLIGHT_ENTRIES;
}

const struct oi_flight_entry *oi_flight_at(const struct oi_flight *flight, uint32_t number)
{
    uint64_t oldest = flight->recorded - oi_flight_count(flight);

    return &flight->entries[(oldest + number) % OI_FLIGHT_ENTRIES];
}
