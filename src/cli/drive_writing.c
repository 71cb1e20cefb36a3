/* The commands that a burn needs around WriteSection, and those that make a disc anew. */
#include "drive.h"

#include <imapi2error.h>
#include <string.h>
#include "drive_commands.h"

/* Time-outs in seconds: what the slowest drives are known to need. */
enum { QUICK_S = 10, INFORMATION_S = 30, CALIBRATE_S = 180, FLUSH_S = 900, CLOSE_S = 3600 };

bool oi_drive_feature(struct oi_drive *drive, IMAPI_FEATURE_PAGE_TYPE feature, bool *current,
                      struct oi_answer *answer)
{
    BYTE *data = NULL;
    ULONG size = 0;
    HRESULT hr = IDiscRecorder2Ex_GetFeaturePage(drive->ex, feature, TRUE, &data, &size);

    *answer = oi_answer_from_call(hr);
    CoTaskMemFree(data);
    *current = SUCCEEDED(hr);
    return SUCCEEDED(hr) || hr == E_IMAPI_RECORDER_NO_SUCH_FEATURE ||
           hr == E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT ||
           hr == E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED;
}

bool oi_drive_formats(struct oi_drive *drive, struct oi_formats *formats, struct oi_answer *answer)
{
    enum { LIST_BYTES = 4 + 8 + OI_FORMATS_MAX * 8 };
    BYTE cdb[10] = {0x23, 0, 0, 0, 0, 0, 0, LIST_BYTES >> 8, LIST_BYTES & 0xff};
    BYTE data[LIST_BYTES] = {0};
    ULONG fetched;

    *formats = (struct oi_formats){0};
    if (!oi_drive_run_in_some(drive, cdb, sizeof(cdb), INFORMATION_S, data, LIST_BYTES, &fetched,
                              answer))
        return false;
    if (!oi_formats_read(data, fetched, formats))
        *answer = (struct oi_answer){.hr = E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE};
    return SUCCEEDED(answer->hr);
}

uint32_t oi_format_blocks(const struct oi_formats *formats, uint8_t type)
{
    for (size_t i = 0; i < formats->count; i++) {
        if (formats->offers[i].type == type)
            return formats->offers[i].blocks;
    }
    return 0;
}

/* MMC-6, FORMAT UNIT: format list with one descriptor; returns at once. */
bool oi_drive_format(struct oi_drive *drive, uint8_t type, uint32_t blocks, uint8_t parameter,
                     struct oi_answer *answer)
{
    enum { IMMED = 0x02, LIST_BYTES = 12 };
    BYTE cdb[6] = {0x04, 0x11};
    BYTE list[LIST_BYTES] = {0, IMMED, 0, 8};

    oi_put_be32(list + 4, blocks);
    list[8] = (BYTE)(type << 2);
    list[11] = parameter;
    return oi_drive_run_out(drive, cdb, sizeof(cdb), CALIBRATE_S, list, sizeof(list), answer);
}

/* MMC-6, BLANK: types 0 and 1; returns at once. */
bool oi_drive_blank(struct oi_drive *drive, bool whole, struct oi_answer *answer)
{
    enum { IMMED = 0x10, MINIMAL = 1 };
    BYTE cdb[12] = {0xa1, (BYTE)(IMMED | (whole ? 0 : MINIMAL))};

    return oi_drive_run(drive, cdb, sizeof(cdb), CALIBRATE_S, answer);
}

/* MMC-6, SET STREAMING, "Performance Descriptor": so many kilobytes in so many milliseconds, up to
 * the last block. CDs, and drives that do not know the command, have the older SET CD SPEED, which
 * is asked for a little more, since drives round down. */
bool oi_drive_set_speed(struct oi_drive *drive, const struct oi_single_speed *single,
                        unsigned tenths, uint32_t last_block, struct oi_answer *answer)
{
    enum { DESCRIPTOR_BYTES = 28, PERIOD_MS = 1000, EXTRA_KBPS = 4, CD_SPEED_MAX = 0xfffe };
    uint32_t kbps = (uint32_t)((uint64_t)single->bytes_per_second * tenths / 10000);
    uint32_t cd_kbps = kbps + EXTRA_KBPS < CD_SPEED_MAX ? kbps + EXTRA_KBPS : CD_SPEED_MAX;
    BYTE set_streaming[12] = {0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, DESCRIPTOR_BYTES};
    BYTE set_cd_speed[12] = {0xbb, 0, 0xff, 0xff, (BYTE)(cd_kbps >> 8), (BYTE)cd_kbps};
    BYTE data[DESCRIPTOR_BYTES] = {0};

    oi_put_be32(data + 8, last_block);
    oi_put_be32(data + 12, kbps);
    oi_put_be32(data + 16, PERIOD_MS);
    oi_put_be32(data + 20, kbps);
    oi_put_be32(data + 24, PERIOD_MS);
    if (!single->is_cd && oi_drive_run_out(drive, set_streaming, sizeof(set_streaming), QUICK_S,
                                           data, sizeof(data), answer))
        return true;
    return oi_drive_run(drive, set_cd_speed, sizeof(set_cd_speed), QUICK_S, answer);
}

/* Drives that calibrate by themselves refuse the command; that is no failure. */
bool oi_drive_calibrate_power(struct oi_drive *drive, struct oi_answer *answer)
{
    BYTE cdb[10] = {0x54, 1};

    return oi_drive_run(drive, cdb, sizeof(cdb), CALIBRATE_S, answer) ||
           oi_sense_is(answer, 5, 0x2000) || oi_sense_is(answer, 5, 0x2400);
}

/* MMC-6, "Write Parameters Mode Page": bytes 2 to 4, the link size in byte 5, the packet size in
 * bytes 10 to 13. */
enum { UNDERRUN_PROTECTION = 0x40, LINK_SIZE_VALID = 0x20, MODE_1_BLOCKS = 8 };

static const struct write_mode_row {
    BYTE type;  /* byte 2 */
    BYTE track; /* byte 3, sessions left aside */
    BYTE link_blocks;
    BYTE packet_blocks;
} write_modes[] = {
    [OI_WRITE_TRACK] = {UNDERRUN_PROTECTION | 1, 0x04, 0, 0},
    [OI_WRITE_INCREMENTAL] = {UNDERRUN_PROTECTION | LINK_SIZE_VALID, 0x25, 16, 16},
    [OI_WRITE_AT_ONCE] = {UNDERRUN_PROTECTION | 2, 0x05, 0, 0},
};

static bool set_page(struct oi_drive *drive, BYTE *page, ULONG size, struct oi_answer *answer)
{
    *answer = oi_answer_from_call(IDiscRecorder2Ex_SetModePage(
        drive->ex, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, page, size));
    return SUCCEEDED(answer->hr);
}

/* The drive's own page is changed and sent back, since its length differs from drive to drive. One
 * that has no under-run protection refuses to be asked for it. */
bool oi_drive_set_write_mode(struct oi_drive *drive, enum oi_write_mode mode, bool more_sessions,
                             bool *has_page, struct oi_answer *answer)
{
    enum { PAGE_CODE = 0x3f, MORE_SESSIONS = 0xc0, FIELDS_BYTES = 16 };
    const struct write_mode_row *row = &write_modes[mode];
    BYTE *page = NULL;
    ULONG size = 0;
    bool done;

    *answer = oi_answer_from_call(
        IDiscRecorder2Ex_GetModePage(drive->ex, IMAPI_MODE_PAGE_TYPE_WRITE_PARAMETERS,
                                     IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &page, &size));
    *has_page = answer->hr != E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE;
    if (!*has_page)
        return true;
    if (SUCCEEDED(answer->hr) && size < FIELDS_BYTES)
        answer->hr = E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
    if (FAILED(answer->hr)) {
        CoTaskMemFree(page);
        return false;
    }
    page[0] &= PAGE_CODE;
    page[2] = row->type;
    page[3] = (BYTE)(row->track | (more_sessions ? MORE_SESSIONS : 0));
    page[4] = MODE_1_BLOCKS;
    page[5] = row->link_blocks;
    page[8] = 0;
    oi_put_be32(page + 10, row->packet_blocks);
    done = set_page(drive, page, size, answer);
    if (!done) {
        page[2] &= (BYTE)~UNDERRUN_PROTECTION;
        done = set_page(drive, page, size, answer);
    }
    CoTaskMemFree(page);
    return done;
}

/* MMC-6, RESERVE TRACK: by size. */
bool oi_drive_reserve_track(struct oi_drive *drive, uint32_t blocks, struct oi_answer *answer)
{
    BYTE cdb[10] = {0x53};

    oi_put_be32(cdb + 5, blocks);
    return oi_drive_run(drive, cdb, sizeof(cdb), CALIBRATE_S, answer);
}

bool oi_drive_flush(struct oi_drive *drive, struct oi_answer *answer)
{
    BYTE cdb[10] = {0x35};

    return oi_drive_run(drive, cdb, sizeof(cdb), FLUSH_S, answer);
}

bool oi_drive_close_session(struct oi_drive *drive, enum oi_close function, uint16_t track,
                            struct oi_answer *answer)
{
    BYTE cdb[10] = {0x5b, 0, (BYTE)function, 0, (BYTE)(track >> 8), (BYTE)track};

    return oi_drive_run(drive, cdb, sizeof(cdb), CLOSE_S, answer);
}
