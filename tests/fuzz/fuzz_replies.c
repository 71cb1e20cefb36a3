/* Any bytes as what a drive answers: every reader of replies, alone.
 * Input: which reader (bit 7: of the command-line tool), then the reply. */
#include "replies.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int reader;

_Noreturn void reply_broken(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "BROKEN PROMISE of reader %02x: ", (unsigned)reader);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { OF_CLI = 0x80 };
    uint8_t *exact;

    if (!size)
        return 0;
    reader = data[0];
    exact = malloc(size); /* one more than the reply: that byte is in front of it */
    must(exact != NULL, "no memory");
    memcpy(exact, data, size);
    (reader & OF_CLI ? cli_reply_check : mmc_reply_check)((uint8_t)(reader & ~OF_CLI))(exact + 1,
                                                                                       size - 1);
    free(exact);
    return 0;
}
