/* The command-line tool's own readers: what is not there is zero, lists end with the reply. */
#include "replies.h"

#include <string.h>
#include "../../src/cli/replies.h"

static void check_disc(const uint8_t *data, size_t len)
{
    struct oi_disc disc;
    uint16_t profile;

    memset(&disc, 0xee, sizeof(disc));
    if (!oi_disc_read(data, len, &disc)) {
        must(!disc.sessions && !disc.last_track, "numbers without a reply");
        return;
    }
    must(len >= 12, "%zu bytes were read", len);
    must(disc.status <= OI_DISC_REWRITABLE && disc.last_session <= OI_SESSION_COMPLETE &&
             disc.format <= OI_FORMAT_COMPLETE,
         "states of more than two bits");
    profile = oi_profile_of_disc(&disc);
    must((profile >= 0x08 && profile <= 0x0a) || profile == 0xffff, "profile %04x", profile);
}

static void check_track(const uint8_t *data, size_t len)
{
    struct oi_track track;

    memset(&track, 0xee, sizeof(track));
    if (!oi_track_read(data, len, &track)) {
        must(!track.next_writable_valid && !track.number, "numbers without a reply");
        return;
    }
    must(len >= 28, "%zu bytes were read", len);
    must(len > 32 || track.number <= 0xff, "most significant bytes in %zu bytes", len);
    must(len > 33 || track.session <= 0xff, "most significant bytes in %zu bytes", len);
}

static void check_blocks(const uint8_t *data, size_t len)
{
    uint32_t blocks = 0xeeeeeeee;
    bool read = oi_blocks_read(data, len, &blocks);

    must(!read || len >= 8, "%zu bytes were read", len);
    must(read == (blocks != 0), "%u blocks, read %d", blocks, read);
}

static void check_formats(const uint8_t *data, size_t len)
{
    struct oi_formats formats;

    memset(&formats, 0xee, sizeof(formats));
    if (!oi_formats_read(data, len, &formats)) {
        must(!formats.count && !formats.blocks, "a list without a reply");
        return;
    }
    must(formats.count <= OI_FORMATS_MAX, "%zu offers", formats.count);
    must(12 + formats.count * 8 <= len, "%zu offers in %zu bytes", formats.count, len);
    for (size_t i = 0; i < formats.count; i++)
        must(formats.offers[i].type < 0x40, "type %02x", formats.offers[i].type);
}

reply_check cli_reply_check(uint8_t number)
{
    static const reply_check checks[] = {check_disc, check_track, check_blocks, check_formats};

    return checks[number % (sizeof(checks) / sizeof(checks[0]))];
}
