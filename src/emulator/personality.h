/* What kind of drive it is: known weaknesses of real ones, as data.
 * Who uses it: whoever answers a command that a weakness changes; definition.c finds it by name.
 * A new personality is a row, and a name in catalog.h; code asks for the property, never for the
 * name. What it must not know: media, definition files. */
#ifndef OI_EMULATOR_PERSONALITY_H
#define OI_EMULATOR_PERSONALITY_H

#include <stdbool.h>
#include <stdint.h>

struct personality {
    const char *name;
    bool waits_for_room;         /* WRITE blocks while the buffer is full; else 2/04/08 */
    bool loses_data_when_polled; /* READ BUFFER CAPACITY before the buffer was full once */
    bool records_nothing;
    bool defers_errors;
    bool no_write12;
    bool no_underrun_protection;
    bool descriptor_sense;
    bool no_configuration;
    bool few_mode_pages;       /* only that of error recovery */
    bool short_answers;        /* as short_answers.c has them */
    uint16_t transfer_kib_max; /* 0: as the definition says */
    uint32_t ready_ms;         /* from a disc's insertion until the drive is ready */
};

const struct personality *personality_by_name(const char *name); /* NULL: there is none */
const struct personality *personality_default(void);

#endif
