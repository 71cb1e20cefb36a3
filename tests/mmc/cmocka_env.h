/* What CMocka wants included before its header, in the order in which it wants it.
 * Who uses it: the tests of this folder.
 * exact_copy gives a reply in a heap block of exactly its size, so that AddressSanitizer sees the
 * first byte read beyond it.
 * What it must not know: any reply. */
#ifndef OI_TESTS_MMC_CMOCKA_ENV_H
#define OI_TESTS_MMC_CMOCKA_ENV_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static inline uint8_t *exact_copy(const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);

    assert_non_null(copy);
    if (len == 0) { /* no byte of it may be touched: give back an address just behind the block */
        return copy + 1;
    }
    memcpy(copy, bytes, len);
    return copy;
}

static inline void free_copy(uint8_t *copy, size_t len)
{
    free(len ? copy : copy - 1);
}

#endif
