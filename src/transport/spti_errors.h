/* What a Win32 error of a drive means: the one place where these are converted.
 * Who uses it: spti*.c. Pure.
 * What it must not know: which call failed, but for whether it was the opening. */
#ifndef OI_TRANSPORT_SPTI_ERRORS_H
#define OI_TRANSPORT_SPTI_ERRORS_H

#include <stdbool.h>
#include <stdint.h>
#include "transport.h"

struct spti_error {
    uint32_t code;                /* of winerror.h */
    enum oi_status open, command; /* what it means when the drive is opened, and afterwards */
    const char *words;            /* what it is and what to do; no full stop */
};

/* Never NULL: what the table does not know is OI_FAILED. */
const struct spti_error *spti_error(uint32_t code);

/* "Windows error 21: the drive is not ready; wait, or insert a disc" */
void spti_error_text(uint32_t code, char text[OI_DETAIL_MAX]);

/* The driver does not know this control code: the feature is absent, which is no failure. */
bool spti_is_absent(uint32_t code);

/* The table, for the test that nothing is in it twice; the last row is for all others. */
extern const struct spti_error spti_errors[];
extern const uint32_t spti_error_count;

#endif
