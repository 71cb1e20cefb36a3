/* What goes wrong with a WRITE, in the words of a fault script: every sense of the engine's
 * reaction table, and every kind of fault that the emulator knows. Who uses it: the matrix takes
 * all of it in order, the schedules at random. What it must not know: media, engines. */
#ifndef OI_TESTS_ENGINE_RIG_FAULTS_H
#define OI_TESTS_ENGINE_RIG_FAULTS_H

#include <stdint.h>

struct rig_fault {
    const char *what; /* behind the colon; "LBA" in it is the address of an earlier WRITE */
    uint16_t times;   /* how often running, 0: once, or twice where the position says so */
    const char *also; /* a second rule, or NULL */
};

/* What as a script has it, with the address in its place. */
void rig_fault_words(const struct rig_fault *fault, int32_t earlier_lba, char words[128]);

extern const struct rig_fault rig_faults[];
extern const uint32_t rig_fault_count;

#endif
