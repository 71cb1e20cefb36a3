/* What a drive is doing while it keeps us waiting: told once a second has passed, so that a quick
 * drive is not talked about and a slow one is never silent.
 * Who uses it: whoever sends a command that may take long, or waits for a drive. Main thread only;
 * the telling happens on a thread of its own.
 * What it must not know: COM, drives, commands. */
#ifndef OI_CLI_PATIENCE_H
#define OI_CLI_PATIENCE_H

/* "closing the session": a constant. On a terminal the seconds are counted, elsewhere a line is
 * printed, for machines an event "waiting". A wait within a wait is part of the outer one. */
void oi_patience_begin(const char *what);
/* How far it has come, where the drive says so. */
void oi_patience_percent(unsigned percent);
void oi_patience_end(void);

#endif
