/* The progress argument of DWriteEngine2Events: an immutable IWriteEngine2EventArgs.
 * Who uses it: write_engine.c, one for each event.
 * What it must not know: the engine; a client may keep it for as long as it likes. */
#ifndef OI_CLASSES_WRITE_PROGRESS_H
#define OI_CLASSES_WRITE_PROGRESS_H

#include <windows.h>
#include "engine.h"

/* A new object with one reference, as IDispatch; NULL without memory. */
IDispatch *write_progress_create(const struct oi_progress *progress);

#endif
