/* Any bytes as what a storage driver of Windows answers: limits and identity are read from them.
 * Input: which reader, then the answer. */
#include <stdlib.h>
#include <string.h>
#include "spti_answers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_limits(struct oi_transfer_limits limits)
{
    for (int i = 0; i < 8; i++) {
        must(limits.not_page_aligned_bytes > 0);
        must(limits.not_page_aligned_bytes <= limits.page_aligned_bytes);
        must(limits.page_aligned_bytes <= SPTI_TRANSFER_MAX);
        must(limits.page_aligned_bytes % SPTI_PAGE_BYTES == 0);
        must(limits.alignment > 0 && limits.alignment <= SPTI_PAGE_BYTES);
        must((limits.alignment & (limits.alignment - 1)) == 0);
        spti_limits_halve(&limits, limits.page_aligned_bytes);
    }
}

/* Ends, is printable, and has no blank at its end. */
static void check_text(const char *text, size_t room)
{
    size_t length = strnlen(text, room);

    must(length < room);
    for (size_t i = 0; i < length; i++)
        must(text[i] >= 0x20 && text[i] < 0x7f);
    must(length == 0 || text[length - 1] != ' ');
}

static void check_identity(const uint8_t *answer, size_t len)
{
    struct oi_device_identity identity;

    spti_identity_of_device(answer, len, &identity);
    check_text(identity.vendor, sizeof(identity.vendor));
    check_text(identity.product, sizeof(identity.product));
    check_text(identity.revision, sizeof(identity.revision));
    must(spti_type_of_device(answer, len) <= 0x1f);
}

static void check_inquiry(const uint8_t *answer, size_t len)
{
    static const struct spti_address addresses[] = {{0, 0, 0}, {0, 1, 0}, {1, 2, 3}};

    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        size_t bytes;
        const uint8_t *inquiry = spti_inquiry_of_bus(answer, len, &addresses[i], &bytes);

        must(inquiry ? inquiry >= answer && bytes <= len - (size_t)(inquiry - answer) : !bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { ADAPTER, CAPABILITIES, DEVICE, INQUIRY, READERS };
    struct oi_transfer_limits limits;
    uint8_t *exact = size ? malloc(size) : NULL; /* an answer, and the byte in front of it */

    if (!exact)
        return 0;
    memcpy(exact, data, size);
    switch (exact[0] % READERS) {
    case ADAPTER:
        spti_limits_of_adapter(exact + 1, size - 1, &limits);
        check_limits(limits);
        break;
    case CAPABILITIES:
        spti_limits_of_capabilities(exact + 1, size - 1, &limits);
        check_limits(limits);
        break;
    case DEVICE:
        check_identity(exact + 1, size - 1);
        break;
    default:
        check_inquiry(exact + 1, size - 1);
    }
    free(exact);
    return 0;
}
