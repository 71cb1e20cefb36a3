/* Ctrl-C: a request that the main thread notices, and that reaches a running WriteSection at once.
 * Who uses it: write and verify install it and ask for it. Without it Ctrl-C ends the program,
 * which is right for the commands that leave nothing half done. The system runs the control handler
 * on a thread of its own; it ends nothing by itself, however often Ctrl-C is pressed, so that
 * drives are always left unlocked. What it must not know: discs, files. */
#ifndef OI_CLI_CANCEL_H
#define OI_CLI_CANCEL_H

#include <stdbool.h>
#include <windows.h>
#include <imapi2.h>

/* Warns when the system has no handle left. */
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
