#include "attention.h"

#include "drive.h"

/* What matters most first. SPC-3 leaves the order to the drive, but that a reset comes first. */
static const enum outcome order[] = {
    POWER_ON_OR_RESET,       BUS_RESET,
    MEDIUM_CHANGED,          FORMAT_CAPACITIES_CHANGED,
    MODE_PARAMETERS_CHANGED, LOG_PARAMETERS_CHANGED,
    REMOVAL_REQUESTED,
};

enum { KINDS = sizeof(order) / sizeof(order[0]) };

static uint32_t bit_of(enum outcome outcome)
{
    for (uint32_t i = 0; i < KINDS; i++)
        if (order[i] == outcome)
            return 1u << i;
    return 0;
}

void attention_raise(struct oi_emu *emu, enum outcome outcome)
{
    emu->attentions |= bit_of(outcome);
}

void attention_drop(struct oi_emu *emu, enum outcome outcome)
{
    emu->attentions &= ~bit_of(outcome);
}

enum outcome attention_take(struct oi_emu *emu)
{
    for (uint32_t i = 0; i < KINDS; i++)
        if (emu->attentions >> i & 1) {
            emu->attentions &= ~(1u << i);
            return order[i];
        }
    return GOOD;
}
