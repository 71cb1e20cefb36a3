/* For tests that run many sections in one go: which of them hangs, if one does.
 * Who uses it: the matrix and the schedules.
 * What it must not know: what a section is. */
#ifndef OI_TESTS_ENGINE_WATCHDOG_H
#define OI_TESTS_ENGINE_WATCHDOG_H

/* Ends the program, and tells this name, when there is no other call within a few minutes; "": it
 * may take as long as it likes. The test's own thread. */
void watchdog_start(const char *name);

#endif
