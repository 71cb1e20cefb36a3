/* Names and values of the IMAPI2 results, as the message compiler sees them.
 * Who uses it: test_messages.c compares them with imapi2error.h.
 * They come from a file of their own because both headers define the same names.
 * error_codes.inc is made from imapi2error.h: one X(name) for each of its codes.
 * What it must not know: imapi2error.h. */
#ifndef OI_TESTS_MESSAGE_CODES_H
#define OI_TESTS_MESSAGE_CODES_H

#include <windows.h>

struct code {
    const char *name;
    HRESULT value;
};

extern const struct code message_codes[];

#endif
