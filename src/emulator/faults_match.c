/* A rule counts every command that its other conditions fit, also while another rule acts. */
#include "faults.h"
#include "range.h"

/* Equal seeds give equal discs: a generator of our own, of 64 bits (SplitMix). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static bool is_one_of(const struct fault_rule *rule, uint8_t opcode)
{
    switch (rule->commands) {
    case FAULT_ANY:
        break;
    case FAULT_READS:
        return is_read(opcode);
    case FAULT_WRITES:
        return is_write(opcode);
    case FAULT_OPCODE:
        return opcode == rule->opcode;
    }
    return true;
}

/* Some block of the range lies in [first, last]; a range of no blocks lies nowhere. */
static bool overlaps(struct block_range range, int64_t first, int64_t last)
{
    return range.blocks && range.lba <= last && (int64_t)range.lba + range.blocks > first;
}

static bool is_there(const struct fault_rule *rule, const uint8_t *cdb, uint32_t capacity)
{
    struct block_range range;

    if (!rule->has_lba && !rule->has_after)
        return true;
    if (!has_range(cdb[0]))
        return false;
    range = range_of(cdb);
    if (rule->has_lba && !overlaps(range, rule->lba_first, rule->lba_last))
        return false;
    return !rule->has_after ||
           (capacity &&
            overlaps(range, (int64_t)((uint64_t)capacity * rule->after_tenths / 1000), INT64_MAX));
}

static bool is_its_turn(struct fault_rule *rule)
{
    enum { CERTAIN = 100000 };

    if (rule->seen < UINT32_MAX)
        rule->seen++;
    if ((rule->count == FAULT_NTH && rule->seen != rule->nth) ||
        (rule->count == FAULT_EVERY_NTH && rule->seen % rule->nth != 0) ||
        (rule->count == FAULT_FROM_NTH && rule->seen < rule->nth))
        return false;
    if (rule->times && rule->fired >= rule->times)
        return false;
    return !rule->has_chance || next_random(&rule->random) % CERTAIN < rule->chance_thousandths;
}

const struct fault_rule *faults_match(struct fault_script *script, const uint8_t *cdb,
                                      uint32_t capacity)
{
    struct fault_rule *found = NULL;

    for (uint32_t i = 0; i < script->count; i++) {
        struct fault_rule *rule = &script->rules[i];

        if (is_one_of(rule, cdb[0]) && is_there(rule, cdb, capacity) && is_its_turn(rule) && !found)
            found = rule;
    }
    if (found && found->fired < UINT32_MAX)
        found->fired++;
    return found;
}
