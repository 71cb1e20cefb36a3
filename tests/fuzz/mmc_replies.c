/* Room mmc. Besides memory safety: steps end, nothing found lies outside the reply, what is not
 * there is zero or not valid, texts end and can be printed, and what has a builder comes back. */
#include "replies.h"

#include <string.h>
#include "config.h"
#include "disc_info.h"
#include "mode.h"
#include "sense.h"

static void check_inside(const uint8_t *part, size_t part_len, const uint8_t *data, size_t len)
{
    must(part >= data && part <= data + len, "a part begins outside the reply");
    must(part_len <= (size_t)(data + len - part), "a part of %zu bytes ends outside", part_len);
}

static size_t check_printable(const char *text, size_t size)
{
    size_t length = strnlen(text, size);

    must(length < size, "a text without end");
    for (size_t i = 0; i < length; i++)
        must(text[i] >= 0x20 && text[i] < 0x7f, "byte %02x in a text", (uint8_t)text[i]);
    return length;
}

static void check_text(const char *text, size_t size)
{
    size_t length = check_printable(text, size);

    must(!length || text[length - 1] != ' ', "a text ends with a space");
}

static void check_inquiry(const uint8_t *data, size_t len)
{
    struct oi_inquiry inquiry;
    bool read;

    memset(&inquiry, 0xee, sizeof(inquiry));
    read = oi_inquiry_parse(data, len, &inquiry);
    must(read == (len >= 5), "%zu bytes were read: %d", len, read);
    must(inquiry.device_type <= 0x1f, "device type %02x", inquiry.device_type);
    check_text(inquiry.vendor, sizeof(inquiry.vendor));
    check_text(inquiry.product, sizeof(inquiry.product));
    check_text(inquiry.revision, sizeof(inquiry.revision));
    must(len > 8 || !inquiry.vendor[0], "a vendor in %zu bytes", len);
    must(len > 16 || !inquiry.product[0], "a product in %zu bytes", len);
    must(len > 32 || !inquiry.revision[0], "a revision in %zu bytes", len);
}

static void check_capacity(const uint8_t *data, size_t len)
{
    struct oi_capacity capacity;
    bool read;

    memset(&capacity, 0xee, sizeof(capacity));
    read = oi_capacity_parse(data, len, &capacity);
    must(read == (len >= 8), "%zu bytes were read: %d", len, read);
    must(read || (!capacity.last_lba && !capacity.block_bytes), "numbers without a reply");
}

static void check_disc_information(const uint8_t *data, size_t len)
{
    struct oi_disc_information disc;
    uint16_t profile;

    memset(&disc, 0xee, sizeof(disc));
    must(oi_counted_bytes(data, len) <= len, "more bytes are meant than there are");
    if (!oi_disc_information_parse(data, len, &disc)) {
        must(!disc.bytes && !disc.sessions && !disc.disc_id_valid, "numbers without a reply");
        return;
    }
    must(disc.bytes >= 12 && disc.bytes <= len, "%zu of %zu bytes", disc.bytes, len);
    must(disc.status <= OI_DISC_RANDOM, "status %d", (int)disc.status);
    must(disc.last_session_state <= OI_SESSION_COMPLETE, "session state");
    must(disc.background_format <= OI_BACKGROUND_COMPLETE, "background format");
    must(!disc.disc_id_valid || disc.bytes >= 16, "a disc id in %zu bytes", disc.bytes);
    must(disc.disc_id_valid || !disc.disc_id, "a disc id that is not valid");
    must(disc.bytes >= 20 || !disc.last_lead_in, "a lead-in in %zu bytes", disc.bytes);
    must(disc.bytes >= 24 || !disc.last_possible_lead_out, "a lead-out in %zu bytes", disc.bytes);
    profile = oi_disc_profile(&disc);
    must(profile == 0 || (profile >= 0x08 && profile <= 0x0a), "profile %04x", profile);
}

static void check_track_information(const uint8_t *data, size_t len)
{
    struct oi_track_information track;

    memset(&track, 0xee, sizeof(track));
    if (!oi_track_information_parse(data, len, &track)) {
        must(!track.bytes && !track.next_writable_valid && !track.last_recorded_valid,
             "numbers without a reply");
        return;
    }
    must(track.bytes >= 28 && track.bytes <= len, "%zu of %zu bytes", track.bytes, len);
    must(track.track_mode <= 15 && track.data_mode <= 15, "modes of more than four bits");
    must(track.next_writable_valid || !track.next_writable_lba, "an address that is not valid");
    must(track.last_recorded_valid || !track.last_recorded_lba, "an address that is not valid");
    must(!track.last_recorded_valid || track.bytes >= 32, "a last address in %zu", track.bytes);
    must(track.bytes >= 34 || (track.track <= 0xff && track.session <= 0xff),
         "most significant bytes in %zu bytes", track.bytes);
}

static void check_format_capacities(const uint8_t *data, size_t len)
{
    struct oi_format_capacities capacities;

    memset(&capacities, 0xee, sizeof(capacities));
    if (!oi_format_capacities_parse(data, len, &capacities)) {
        must(!capacities.count && !capacities.list, "a list without a reply");
        return;
    }
    must(capacities.count <= 30, "%zu descriptors in 252 bytes", capacities.count);
    check_inside(capacities.list, capacities.count * 8, data, len);
    for (size_t i = 0; i < capacities.count; i++) {
        struct oi_format_capacity one = oi_format_capacity_at(&capacities, i);

        must(one.type < 0x40 && one.subtype < 4 && one.parameter < 1 << 24, "fields too wide");
    }
}

static void check_buffer_capacity(const uint8_t *data, size_t len)
{
    struct oi_buffer_capacity buffer;
    bool read;

    memset(&buffer, 0xee, sizeof(buffer));
    read = oi_buffer_capacity_parse(data, len, &buffer);
    must(!read || len >= 12, "%zu bytes were read", len);
    must(read || (!buffer.total_bytes && !buffer.free_bytes), "numbers without a reply");
}

static void check_profiles(const struct oi_feature *feature)
{
    struct oi_profile profile;
    size_t cursor = 0, steps = 0;

    while (oi_profile_next(feature, &cursor, &profile))
        steps++;
    must(steps == (feature->len - 4) / 4, "%zu profiles in %zu bytes", steps, feature->len);
    must(!oi_profile_next(feature, &cursor, &profile) && !profile.number, "a step behind the end");
}

static void check_configuration(const uint8_t *data, size_t len)
{
    struct oi_configuration configuration;
    struct oi_feature feature, found;
    size_t cursor = 0, last = 0;

    memset(&configuration, 0xee, sizeof(configuration));
    if (!oi_configuration_parse(data, len, &configuration)) {
        must(len < 8 && !configuration.len, "%zu bytes are no reply", len);
        return;
    }
    must(len >= 8 && configuration.whole >= 8, "%zu bytes of %llu", len,
         (unsigned long long)configuration.whole);
    check_inside(configuration.descriptors, configuration.len, data, len);
    must(configuration.len + 8 <= configuration.whole, "more than the drive has");
    while (oi_feature_next(&configuration, &cursor, &feature)) {
        must(cursor > last && cursor <= configuration.len, "from %zu to %zu", last, cursor);
        must(feature.len == cursor - last && feature.len >= 4, "%zu bytes", feature.len);
        check_inside(feature.bytes, feature.len, configuration.descriptors, configuration.len);
        last = cursor;
        check_profiles(&feature);
        must(oi_feature_find(&configuration, feature.code, &found) &&
                 found.bytes <= feature.bytes && found.code == feature.code,
             "feature %04x is not found", feature.code);
    }
    must(!feature.bytes && !feature.len, "a feature behind the end");
    cursor = SIZE_MAX;
    must(!oi_feature_next(&configuration, &cursor, &feature), "a feature anywhere");
}

/* What is sent back must read as what was read; PS is reserved in that direction. */
static void check_selected(const struct oi_mode_page *page)
{
    uint8_t list[OI_MODE_HEADER_BYTES + 4 + 0xffff];
    size_t bytes = oi_mode_select_list(page->bytes, page->len, list, sizeof(list));
    struct oi_mode_pages again;
    struct oi_mode_page same;
    size_t cursor = 0;

    must(bytes == OI_MODE_HEADER_BYTES + page->len, "a list of %zu bytes", bytes);
    must(oi_mode_select_list(page->bytes, page->len, list, bytes - 1) == 0, "it does not fit");
    if (bytes > 0xffff)
        return;
    list[0] = (uint8_t)((bytes - 2) >> 8); /* reserved in MODE SELECT */
    list[1] = (uint8_t)(bytes - 2);
    must(oi_mode_pages_parse(list, bytes, &again), "the list can't be read");
    if (!page->code && !page->subpage && page->bytes[1] == 0)
        return; /* without PS it looks like padding */
    must(oi_mode_page_next(&again, &cursor, &same), "the page can't be read back");
    must(same.code == page->code && same.subpage == page->subpage && same.len == page->len &&
             !same.savable && memcmp(same.bytes + 1, page->bytes + 1, page->len - 1) == 0,
         "page %02x came back as another", page->code);
}

static void check_mode_pages(const uint8_t *data, size_t len)
{
    struct oi_mode_pages pages;
    struct oi_mode_page page, found;
    size_t cursor = 0, last = 0;

    memset(&pages, 0xee, sizeof(pages));
    if (!oi_mode_pages_parse(data, len, &pages)) {
        must(!pages.len && !pages.bytes, "pages without a reply");
        return;
    }
    check_inside(pages.bytes, pages.len, data, len);
    must(pages.whole >= OI_MODE_HEADER_BYTES + pages.len, "more than the drive has");
    while (oi_mode_page_next(&pages, &cursor, &page)) {
        must(cursor > last && cursor <= pages.len, "from %zu to %zu", last, cursor);
        must(page.len == cursor - last && page.len >= 2, "%zu bytes", page.len);
        check_inside(page.bytes, page.len, pages.bytes, pages.len);
        last = cursor;
        must(page.code <= 0x3f, "page %02x", page.code);
        must(page.subpage ||
                 (oi_mode_page_find(&pages, page.code, &found) && found.bytes <= page.bytes),
             "page %02x is not found", page.code);
        check_selected(&page);
    }
    must(!page.bytes && !page.len, "a page behind the end");
}

/* Cut anywhere they end, and nothing behind the room for them is touched. */
static void check_words(const struct oi_sense *sense)
{
    char text[160];

    for (size_t size = 0; size <= sizeof(text); size += size < 4 ? 1 : 13) {
        memset(text, 0x5a, sizeof(text));
        oi_sense_words(sense, text, size);
        must(size == sizeof(text) || text[size] == 0x5a, "words beyond %zu bytes", size);
        if (size)
            check_printable(text, size);
    }
    must(text[0], "no words");
}

static void check_sense(const uint8_t *data, size_t len)
{
    struct oi_sense sense = oi_sense_parse(data, len), again;
    uint8_t fixed[18];
    bool matched;

    must(sense.key <= 15, "key %02x", sense.key);
    must(sense.present || (!sense.deferred && !sense.key && !sense.asc && !sense.ascq &&
                           !sense.information_valid && !sense.progress_valid),
         "a field without sense");
    must(sense.information_valid || !sense.information, "information that is not valid");
    must(sense.progress_valid || !sense.progress, "progress that is not valid");
    oi_sense_status(&sense, len ? data[len - 1] : 0, &matched);
    must(sense.present || !matched, "a status without sense");
    check_words(&sense);
    oi_sense_to_fixed(&sense, fixed);
    again = oi_sense_parse(fixed, sizeof(fixed));
    must(again.present == sense.present && again.deferred == sense.deferred &&
             again.key == sense.key && again.asc == sense.asc && again.ascq == sense.ascq &&
             again.progress_valid == sense.progress_valid && again.progress == sense.progress,
         "fixed sense tells something else");
    must(sense.information > UINT32_MAX || (again.information_valid == sense.information_valid &&
                                            again.information == sense.information),
         "fixed sense tells another address");
}

reply_check mmc_reply_check(uint8_t number)
{
    static const reply_check checks[] = {
        check_inquiry,           check_capacity,          check_disc_information,
        check_track_information, check_format_capacities, check_buffer_capacity,
        check_configuration,     check_mode_pages,        check_sense,
    };

    return checks[number % (sizeof(checks) / sizeof(checks[0]))];
}
