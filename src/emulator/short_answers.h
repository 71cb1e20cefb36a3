/* The answers of a drive that says less than the standard wants, and claims to say more.
 * Who uses it: emulator.c, for personalities that have the property.
 * What it must not know: what the answers mean. */
#ifndef OI_EMULATOR_SHORT_ANSWERS_H
#define OI_EMULATOR_SHORT_ANSWERS_H

#include <stdint.h>

/* How many of the size bytes that a drive has to say such a drive sends. */
uint32_t short_answer_size(uint8_t opcode, uint32_t size);
/* Makes the length field of an answer larger than what follows it, if all of the field is there. */
void short_answer_overstate(uint8_t opcode, uint8_t *data, uint32_t size);

#endif
