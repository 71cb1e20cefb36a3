/* File operations that kill the process: linked with --wrap, they count and then send SIGKILL.
 * Who uses it: test_kill_slow.c, in the processes that burn.
 * What it must not know: drives. */
#ifndef TESTS_EMULATOR_KILL_FUSE_H
#define TESTS_EMULATOR_KILL_FUSE_H

#include <stdbool.h>
#include <stdint.h>

/* The process dies before, or behind, the operation that is so many from now; 0: none. A write is
 * always killed in its middle, in the middle of a sector. */
void kill_fuse_light(uint32_t operations, bool behind);

#endif
