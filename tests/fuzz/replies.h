/* The readers of what drives answer, as the fuzzer of replies tries them.
 * Who uses it: fuzz_replies.c. Two groups, since room mmc and the command-line tool each have their
 * own names for the same fields.
 * Each check gets a reply in a block of just its size, and ends the program when a promise of the
 * reader's header does not hold.
 * What it must not know: where the bytes come from. */
#ifndef TESTS_FUZZ_REPLIES_H
#define TESTS_FUZZ_REPLIES_H

#include <stddef.h>
#include <stdint.h>

typedef void (*reply_check)(const uint8_t *data, size_t len);
/* A place in one of the lists below, counted round. */
reply_check mmc_reply_check(uint8_t number);
reply_check cli_reply_check(uint8_t number);

#define must(condition, ...) ((condition) ? (void)0 : reply_broken(__VA_ARGS__))
_Noreturn void reply_broken(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
