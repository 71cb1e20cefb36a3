/* Ctrl-C: a request that the main thread notices, and that reaches a running WriteSection at once.
 * Who uses it: main guards the program; the commands that work on a disc install it and ask for it,
 * the others it ends. The system runs the control handler on a thread of its own; once installed it
 * ends nothing by itself, however often Ctrl-C is pressed, so that drives are always left unlocked.
 * What it must not know: discs, files. */
#ifndef OI_CLI_CANCEL_H
#define OI_CLI_CANCEL_H

#include <stdbool.h>
#include <windows.h>
#include <imapi2.h>

/* Call once the output can be used, and as early as possible: a request that comes before anybody
 * listens ends the program with OI_EXIT_CANCELLED. Prints nothing. False when the system has no
 * handle left. */
bool oi_cancel_guard(void);
/* What a request that ends the program says, instead of "cancelled"; the text must stay. */
void oi_cancel_last_words(const char *words);
/* From now on a request ends nothing by itself; it must be asked for. */
void oi_cancel_install(void);
/* Call as the program's last act: lets a handler go that holds up a closing console or shutdown. */
void oi_cancel_finish(void);
bool oi_cancel_requested(void);
/* Waits for that long, or until a cancel is requested; then returns true. */
bool oi_cancel_wait(DWORD milliseconds);
/* The engine whose CancelWrite a request calls; NULL when there is none any more. When this
 * returns, no handler uses the former engine. */
void oi_cancel_engine(IWriteEngine2 *engine);
/* While not allowed, a request is answered with "too late": the disc is being finished. */
void oi_cancel_allow(bool allowed);

#endif
