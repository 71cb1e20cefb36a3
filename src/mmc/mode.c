#include "mode.h"
#include "mmc_bytes.h"
#include <string.h>

enum { PS_BIT = 0x80, SPF_BIT = 0x40, CODE_MASK = 0x3f };

bool oi_mode_pages_parse(const uint8_t *data, size_t len, struct oi_mode_pages *pages)
{
    size_t meant, start;

    *pages = (struct oi_mode_pages){0};
    if (len < OI_MODE_HEADER_BYTES)
        return false;
    pages->whole = 2 + (size_t)get_be16(data);
    meant = pages->whole < len ? pages->whole : len;
    start = OI_MODE_HEADER_BYTES + (size_t)get_be16(&data[6]);
    if (start > meant)
        return false;
    pages->bytes = data + start;
    pages->len = meant - start;
    return true;
}

bool oi_mode_page_next(const struct oi_mode_pages *pages, size_t *cursor, struct oi_mode_page *page)
{
    size_t rest = *cursor < pages->len ? pages->len - *cursor : 0;
    const uint8_t *bytes = pages->bytes;
    bool has_subpage;
    size_t size;

    *page = (struct oi_mode_page){0};
    if (rest < 2)
        return false;
    bytes += *cursor;
    if (bytes[0] == 0 && bytes[1] == 0)
        return false; /* padding behind the last page */
    has_subpage = bytes[0] & SPF_BIT;
    if (has_subpage && rest < 4)
        return false;
    size = has_subpage ? 4 + (size_t)get_be16(&bytes[2]) : 2 + (size_t)bytes[1];
    if (size > rest)
        return false;
    page->code = bytes[0] & CODE_MASK;
    page->subpage = has_subpage ? bytes[1] : 0;
    page->savable = bytes[0] & PS_BIT;
    page->bytes = bytes;
    page->len = size;
    *cursor += size;
    return true;
}

bool oi_mode_page_find(const struct oi_mode_pages *pages, uint8_t code, struct oi_mode_page *page)
{
    size_t cursor = 0;

    while (oi_mode_page_next(pages, &cursor, page)) {
        if (page->code == code && page->subpage == 0)
            return true;
    }
    return false;
}

size_t oi_mode_select_list(const uint8_t *page, size_t page_len, uint8_t *list, size_t size)
{
    if (page_len < 2 || size < OI_MODE_HEADER_BYTES || page_len > size - OI_MODE_HEADER_BYTES)
        return 0;
    memset(list, 0, OI_MODE_HEADER_BYTES);
    memcpy(list + OI_MODE_HEADER_BYTES, page, page_len);
    list[OI_MODE_HEADER_BYTES] &= (uint8_t)~PS_BIT;
    return OI_MODE_HEADER_BYTES + page_len;
}
