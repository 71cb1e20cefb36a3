/* What a drive can do, by its features, mode pages and speeds, and what it lacks. */
#include "doctor_drive.h"

#include <imapi2error.h>
#include <stdio.h>
#include <string.h>
#include "drive_commands.h"
#include "media_steps.h"
#include "recorders.h"

/* For a command that reads what the drive has in its memory. */
enum { QUESTION_S = 10 };

static void tell_missing(struct oi_drive_report *r, const char *what, const char *so)
{
    if (r->missing_count < OI_MISSING_MAX)
        r->missing[r->missing_count++] = oi_words("%s: %s", what, so);
}

static void tell_all_missing(struct oi_drive_report *r)
{
    struct oi_utf8 all = {{0}};

    for (size_t i = 0; i < r->missing_count; i++) {
        oi_report_row(&r->report, NULL, i ? "" : "Missing", "%s", r->missing[i].text);
        all = oi_words("%.800s%s%s", all.text, i ? "; " : "", r->missing[i].text);
    }
    oi_json_text(&r->report.json, "missing", all.text);
    if (r->patient->stopped)
        oi_report_row(&r->report, NULL, "", "It was asked nothing more.");
    else if (!r->missing_count)
        oi_report_row(&r->report, NULL, "Missing", "nothing that a burn needs");
}

static bool is_writable(IMAPI_PROFILE_TYPE profile)
{
    return oi_media_for(profile) != NULL;
}

static void tell_profiles(struct oi_drive_report *r)
{
    IMAPI_PROFILE_TYPE *profiles = NULL;
    struct oi_utf8 reads = {{0}}, writes = {{0}};
    struct oi_answer answer;
    ULONG count = 0;

    answer = oi_answer_from_call(
        IDiscRecorder2Ex_GetSupportedProfiles(r->patient->drive->ex, FALSE, &profiles, &count));
    if (FAILED(answer.hr)) {
        r->no_configuration = answer.hr == E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED;
        oi_doctor_tell_failed(r, "get_configuration", "features (GET CONFIGURATION)", &answer);
        return;
    }
    oi_doctor_tell_access(r, "get_configuration", "features (GET CONFIGURATION)", "ok");
    for (ULONG i = 0; i < count; i++) {
        struct oi_utf8 *list = is_writable(profiles[i]) ? &writes : &reads;

        *list = oi_words("%.900s%s%s", list->text, list->text[0] ? ", " : "",
                         oi_profile_name(profiles[i]));
    }
    CoTaskMemFree(profiles);
    oi_report_row(&r->report, "writes", "Writes", "%s", writes.text[0] ? writes.text : "nothing");
    oi_report_row(&r->report, "reads", "Also knows", "%s",
                  reads.text[0] ? reads.text : "nothing else");
    if (!writes.text[0])
        tell_missing(r, "discs to write", "this drive only reads, by what it says of itself");
}

/* Byte 4 of a feature descriptor holds what a way to write offers. */
enum { BUF_OF_WRITING = 0x40, BUF_OF_STREAMING = 0x01 };
static const struct way {
    IMAPI_FEATURE_PAGE_TYPE feature;
    unsigned bits; /* of byte 4, any of them; 0: the feature is enough */
    const char *words;
} ways[] = {
    {IMAPI_FEATURE_PAGE_TYPE_CD_TRACK_AT_ONCE, 0, "CD track at once"},
    {IMAPI_FEATURE_PAGE_TYPE_CD_MASTERING, 0x20, "CD session at once"},
    {IMAPI_FEATURE_PAGE_TYPE_CD_MASTERING, 0x18, "CD raw"},
    {IMAPI_FEATURE_PAGE_TYPE_INCREMENTAL_STREAMING_WRITABLE, 0, "incremental (packets)"},
    {IMAPI_FEATURE_PAGE_TYPE_DVD_DASH_WRITE, 0, "DVD-R disc at once"},
    {IMAPI_FEATURE_PAGE_TYPE_DVD_DASH_WRITE, 0x02, "DVD-RW"},
    {IMAPI_FEATURE_PAGE_TYPE_LAYER_JUMP_RECORDING, 0, "layer jump"},
    {IMAPI_FEATURE_PAGE_TYPE_RIGID_RESTRICTED_OVERWRITE, 0, "DVD-RW overwriting"},
    {IMAPI_FEATURE_PAGE_TYPE_DVD_PLUS_RW, 0x01, "DVD+RW overwriting"},
    {IMAPI_FEATURE_PAGE_TYPE_DVD_PLUS_R, 0x01, "DVD+R sessions"},
    {IMAPI_FEATURE_PAGE_TYPE_DVD_PLUS_R_DUAL_LAYER, 0x01, "DVD+R DL sessions"},
    {IMAPI_FEATURE_PAGE_TYPE_RANDOMLY_WRITABLE, 0, "anywhere"},
    {IMAPI_FEATURE_PAGE_TYPE_BD_WRITE, 0, "BD sessions and overwriting"},
    {IMAPI_FEATURE_PAGE_TYPE_BD_PSEUDO_OVERWRITE, 0, "BD-R pseudo-overwrite"},
};

/* Byte `at` of a feature that the drive has; -1 when it has not. A feature that is too short for
 * that byte says 0. */
static int feature_byte(struct oi_drive_report *r, IMAPI_FEATURE_PAGE_TYPE feature, ULONG at)
{
    BYTE *data = NULL;
    ULONG size = 0;
    HRESULT hr =
        IDiscRecorder2Ex_GetFeaturePage(r->patient->drive->ex, feature, FALSE, &data, &size);
    int value = FAILED(hr) ? -1 : size > at ? data[at] : 0;

    CoTaskMemFree(data);
    return value;
}

static void tell_ways(struct oi_drive_report *r)
{
    struct oi_utf8 all = {{0}};

    if (r->no_configuration)
        return;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        int byte = feature_byte(r, ways[i].feature, 4);

        if (byte >= 0 && (!ways[i].bits || ((unsigned)byte & ways[i].bits)))
            all = oi_words("%.900s%s%s", all.text, all.text[0] ? ", " : "", ways[i].words);
    }
    oi_report_row(&r->report, "ways_to_write", "Ways to write", "%s",
                  all.text[0] ? all.text : "none that this program knows");
}

/* What people read as hexadecimal numbers, machines get as an array. */
static void tell_list(struct oi_drive_report *r, const char *key, const char *label,
                      const char *words, const uint32_t *values, size_t count)
{
    oi_report_row(&r->report, NULL, label, "%s", words);
    oi_json_integers(&r->report.json, key, values, count);
}

static void tell_features(struct oi_drive_report *r)
{
    IMAPI_FEATURE_PAGE_TYPE *features = NULL;
    struct oi_utf8 all = {{0}};
    struct oi_answer answer;
    ULONG count = 0;

    if (r->no_configuration)
        return;
    answer = oi_answer_from_call(
        IDiscRecorder2Ex_GetSupportedFeaturePages(r->patient->drive->ex, FALSE, &features, &count));
    for (ULONG i = 0; SUCCEEDED(answer.hr) && i < count; i++)
        all = oi_words("%.990s%s%04X", all.text, i ? " " : "", (unsigned)features[i]);
    if (FAILED(answer.hr))
        oi_doctor_tell_failed(r, "list_of_features", "list of features (GET CONFIGURATION)",
                              &answer);
    else
        tell_list(r, "features", "Features", all.text, (const uint32_t *)features, count);
    CoTaskMemFree(features);
}

static void tell_underrun_protection(struct oi_drive_report *r)
{
    enum { BUF_AT = 4, STREAMING_BUF_AT = 6 };
    static const IMAPI_FEATURE_PAGE_TYPE with_buf[] = {
        IMAPI_FEATURE_PAGE_TYPE_CD_TRACK_AT_ONCE,
        IMAPI_FEATURE_PAGE_TYPE_CD_MASTERING,
        IMAPI_FEATURE_PAGE_TYPE_DVD_DASH_WRITE,
    };
    static const char *const names[] = {"CD track at once", "CD session at once", "DVD-R"};
    struct oi_utf8 without = {{0}};
    int byte;

    for (size_t i = 0; i < sizeof(with_buf) / sizeof(with_buf[0]); i++) {
        byte = feature_byte(r, with_buf[i], BUF_AT);
        if (byte >= 0 && !(byte & BUF_OF_WRITING))
            without = oi_words("%s%s%s", without.text, without.text[0] ? ", " : "", names[i]);
    }
    byte =
        feature_byte(r, IMAPI_FEATURE_PAGE_TYPE_INCREMENTAL_STREAMING_WRITABLE, STREAMING_BUF_AT);
    if (byte >= 0 && !(byte & BUF_OF_STREAMING))
        without = oi_words("%s%sincremental", without.text, without.text[0] ? ", " : "");
    if (without.text[0])
        tell_missing(r, oi_words("buffer under-run protection (%s)", without.text).text,
                     "a slow source ruins the disc; write from a local file");
}

static void tell_mode_pages(struct oi_drive_report *r)
{
    IMAPI_MODE_PAGE_TYPE *pages = NULL;
    bool parameters = false, capabilities = false;
    struct oi_utf8 all = {{0}};
    struct oi_answer answer;
    ULONG count = 0;

    answer = oi_answer_from_call(IDiscRecorder2Ex_GetSupportedModePages(
        r->patient->drive->ex, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &pages, &count));
    if (FAILED(answer.hr)) {
        oi_doctor_tell_failed(r, "mode_sense", "mode pages (MODE SENSE)", &answer);
        tell_missing(r, "mode pages", "a CD-R, CD-RW, DVD-R or DVD-RW can't be written");
        return;
    }
    for (ULONG i = 0; i < count; i++) {
        parameters = parameters || pages[i] == IMAPI_MODE_PAGE_TYPE_WRITE_PARAMETERS;
        capabilities = capabilities || pages[i] == IMAPI_MODE_PAGE_TYPE_LEGACY_CAPABILITIES;
        all = oi_words("%.990s%s%02X", all.text, i ? " " : "", (unsigned)pages[i]);
    }
    tell_list(r, "mode_pages", "Mode pages", all.text[0] ? all.text : "none",
              (const uint32_t *)pages, count);
    CoTaskMemFree(pages);
    if (!parameters)
        tell_missing(r, "mode page 05h (write parameters)",
                     "a CD-R, CD-RW, DVD-R or DVD-RW can't be written");
    if (!capabilities)
        tell_missing(r, "mode page 2Ah (capabilities)", "older programs can't tell its speeds");
}

/* Mode page 2Ah, bytes 18 and 19: the fastest that the drive writes, in kB/s. */
static unsigned page_speed(struct oi_drive *drive)
{
    BYTE *page = NULL;
    ULONG size = 0;
    unsigned kbps = 0;

    if (SUCCEEDED(IDiscRecorder2Ex_GetModePage(drive->ex, IMAPI_MODE_PAGE_TYPE_LEGACY_CAPABILITIES,
                                               IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &page,
                                               &size)) &&
        size >= 20)
        kbps = (unsigned)page[18] << 8 | page[19];
    CoTaskMemFree(page);
    return kbps;
}

static uint32_t be32(const BYTE *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

enum { SPEEDS_MAX = 16 };

struct speeds {
    struct oi_utf8 words; /* multiples of the disc's single speed; "" when none are told */
    uint32_t kbps[SPEEDS_MAX];
    size_t count;
};

/* MMC-6, GET PERFORMANCE, type 03h: write speed descriptors for the disc in the drive. */
static struct speeds disc_speeds(struct oi_drive *drive)
{
    enum { HEAD_BYTES = 8, EACH_BYTES = 16, WRITE_SPEED_AT = 12 };
    enum { ANSWER_BYTES = HEAD_BYTES + SPEEDS_MAX * EACH_BYTES };
    BYTE cdb[12] = {0xac, 0, 0, 0, 0, 0, 0, 0, 0, SPEEDS_MAX, 3};
    BYTE data[ANSWER_BYTES] = {0};
    struct speeds all = {0};
    struct oi_answer answer;
    IMAPI_PROFILE_TYPE profile;
    double single;

    if (!oi_drive_profile(drive, &profile, &answer) ||
        !oi_drive_run_in(drive, cdb, sizeof(cdb), QUESTION_S, data, sizeof(data), HEAD_BYTES,
                         &answer))
        return all;
    single = oi_single_speed_for(profile)->bytes_per_second / 1000.0;
    for (size_t at = HEAD_BYTES; at < sizeof(data); at += EACH_BYTES) {
        uint32_t kbps = be32(data + at + WRITE_SPEED_AT);

        if (!kbps)
            continue;
        all.words = oi_words("%.900s%s%.1fx", all.words.text, all.count ? ", " : "", kbps / single);
        all.kbps[all.count++] = kbps;
    }
    return all;
}

static void tell_speeds(struct oi_drive_report *r)
{
    unsigned kbps = page_speed(r->patient->drive);
    struct speeds all = {0};

    if (r->patient->ready)
        all = disc_speeds(r->patient->drive);
    oi_json_integers(&r->report.json, "write_speeds_kbps", all.kbps, all.count);
    oi_json_integer(&r->report.json, "top_write_speed_kbps", kbps);
    if (all.count)
        oi_report_row(&r->report, NULL, "Write speeds", "%s with this disc", all.words.text);
    else if (kbps)
        oi_report_row(&r->report, NULL, "Write speeds", "up to %u kB/s (mode page 2Ah)", kbps);
    else
        oi_report_row(&r->report, NULL, "Write speeds", "the drive tells none%s",
                      r->patient->ready ? "" : " without a disc");
}

static void tell_buffer(struct oi_drive_report *r)
{
    enum { ANSWER_BYTES = 12 };
    BYTE cdb[10] = {0x5c, 0, 0, 0, 0, 0, 0, 0, ANSWER_BYTES};
    BYTE data[ANSWER_BYTES] = {0};
    struct oi_answer answer;

    if (oi_drive_run_in(r->patient->drive, cdb, sizeof(cdb), QUESTION_S, data, sizeof(data),
                        ANSWER_BYTES, &answer)) {
        oi_report_row(&r->report, NULL, "Buffer", "%lu KiB",
                      (unsigned long)(be32(data + 4) / 1024));
        oi_json_integer(&r->report.json, "buffer_bytes", be32(data + 4));
        return;
    }
    oi_doctor_note(r->patient, &answer, "READ BUFFER CAPACITY");
    if (r->patient->ready)
        tell_missing(
            r, "READ BUFFER CAPACITY",
            oi_words("how full its buffer is can't be told (%s)", oi_answer_code(&answer).text)
                .text);
}

void oi_doctor_tell_abilities(struct oi_drive_report *r)
{
    static void (*const questions[])(struct oi_drive_report *) = {
        tell_profiles,   tell_ways,   tell_features, tell_underrun_protection,
        tell_mode_pages, tell_speeds, tell_buffer,
    };

    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]) && !r->patient->stopped; i++) {
        questions[i](r);
        r->accessed = false;
    }
    if (r->no_configuration)
        tell_missing(r, "GET CONFIGURATION",
                     "what it can do is not known; its disc is taken for a CD");
    tell_all_missing(r);
}
