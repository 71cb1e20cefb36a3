/* How a section ended, as an HRESULT with words.
 * Who uses it: write_engine.c.
 * What it must not know: how it came to that. */
#ifndef OI_CLASSES_OUTCOME_TEXT_H
#define OI_CLASSES_OUTCOME_TEXT_H

#include <windows.h>
#include "engine.h"

enum { OUTCOME_TEXT_MAX = 1024 };

/* Sets IErrorInfo for a section that did not succeed and returns its HRESULT; text gets the same
 * words, in UTF-8. detail, what the recorder said itself, may be NULL. */
HRESULT outcome_error(const struct oi_section *section, const struct oi_outcome *outcome,
                      const BSTR detail, char text[OUTCOME_TEXT_MAX]);

#endif
