/* "doctor --burn-test": erases the disc, writes a pattern through the write engine, reads it back.
 * Who uses it: doctor.c.
 * What it must not know: how a kind of disc is prepared and closed (media_steps.h, renew.h). */
#ifndef OI_CLI_BURN_TEST_H
#define OI_CLI_BURN_TEST_H

#include "args.h"

/* On the recorder that is wanted; NULL: the only one there is. */
enum oi_exit oi_burn_test(const struct oi_args *args, const wchar_t *wanted);

#endif
