/* Mode pages: out of a MODE SENSE (10) reply, and into the list for MODE SELECT (10).
 * Who uses it: recorder class, whoever sets write parameters.
 * The structs point into the reply: it must outlive them. A length field can shorten it only.
 * Layouts: SPC-3, "Mode parameter header(10)" and "Page_0 mode page format".
 * What it must not know: what a page means. */
#ifndef OI_MMC_MODE_H
#define OI_MMC_MODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OI_MODE_HEADER_BYTES = 8 };

struct oi_mode_pages {
    const uint8_t *bytes; /* behind header and block descriptors */
    size_t len;
    size_t whole; /* bytes of the complete reply according to the drive, header included */
};

struct oi_mode_page {
    uint8_t code;         /* 6 bits */
    uint8_t subpage;      /* 0 for the page itself */
    bool savable;         /* the PS bit */
    const uint8_t *bytes; /* the page with its own header */
    size_t len;           /* of the same: its length field + 2 (+ 4 with a subpage) */
};

/* False when the header isn't there, or not all of the block descriptors that it announces. */
bool oi_mode_pages_parse(const uint8_t *data, size_t len, struct oi_mode_pages *pages);

/* Steps through the pages: start with *cursor 0. False at the end, and at a page that is not there
 * completely. */
bool oi_mode_page_next(const struct oi_mode_pages *pages, size_t *cursor,
                       struct oi_mode_page *page);
/* The page with that code and no subpage; *page is zeroed when there is none. */
bool oi_mode_page_find(const struct oi_mode_pages *pages, uint8_t code, struct oi_mode_page *page);

/* The parameter list that sends one page: a header of zeroes, then the page with its PS bit
 * cleared, which is reserved in that direction. Returns its length, OI_MODE_HEADER_BYTES +
 * page_len, or 0 when it does not fit in size or the page has less than 2 bytes. */
size_t oi_mode_select_list(const uint8_t *page, size_t page_len, uint8_t *list, size_t size);

#endif
