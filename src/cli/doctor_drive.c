/* What a drive is and can do. Each question has its row; one that gets no answer says so there,
 * with code, words and a way out, and the questions go on as long as the drive answers at all. */
#include "doctor.h"

#include <imapi2error.h>
#include <oleauto.h>
#include <stdio.h>
#include <string.h>
#include "drive_commands.h"
#include "media_steps.h"
#include "recorders.h"
#include "virtual.h"

/* Seconds for a command that reads what the drive has in its memory, and the wait for a disc that
 * has just been put in. */
enum { QUESTION_S = 10, READY_MS = 20000 };
enum { MISSING_MAX = 8 };

struct drive_report {
    struct oi_report report;
    struct oi_patient *patient;
    struct oi_utf8 owner; /* as was told in the row about it */
    bool accessed;        /* the row above is about access, too */
    bool no_configuration;
    size_t missing_count;
    struct oi_utf8 missing[MISSING_MAX]; /* told last, together */
};

/* --- ways out -------------------------------------------------------------------------------- */

#define WIN32_HRESULT(error) ((HRESULT)(0x80070000u | (error)))

/* ERROR_NO_SUCH_DEVICE; no header here has it. */
enum { NO_SUCH_DEVICE = 433 };

static const struct way_out {
    HRESULT hr;
    bool stops; /* the drive will not answer anything else either */
    const char *words;
} ways_out[] = {
    {E_IMAPI_RECORDER_COMMAND_TIMEOUT, true,
     "It did not answer in time. Take the disc out, switch drive or computer off and on, check the "
     "cable, and run this again."},
    {WIN32_HRESULT(ERROR_SEM_TIMEOUT), true,
     "It did not answer in time. Switch drive or computer off and on, check the cable."},
    {WIN32_HRESULT(ERROR_IO_DEVICE), true,
     "The driver got no proper answer from it. Check the cable, try another port, without a hub."},
    {WIN32_HRESULT(ERROR_DEV_NOT_EXIST), true, "It is gone. Plug it in again, and run this again."},
    {WIN32_HRESULT(ERROR_DEVICE_NOT_CONNECTED), true,
     "It is gone. Plug it in again, and run this again."},
    {WIN32_HRESULT(NO_SUCH_DEVICE), true, "It is gone. Plug it in again, and run this again."},
    {WIN32_HRESULT(ERROR_INVALID_HANDLE), true, "It was taken away from under us. Run this again."},
    {WIN32_HRESULT(ERROR_FILE_NOT_FOUND), true,
     "Its device file is not there. Is the drive plugged in?"},
    {E_IMAPI_RECORDER_LOCKED, true,
     "Wait until the program that holds it has ended, or close that program."},
    {WIN32_HRESULT(ERROR_SHARING_VIOLATION), true, "Close the program that uses the drive."},
    {E_ACCESSDENIED, true,
     "Close programs that use the drive; else the right to use it is missing: run this as "
     "administrator (Linux: a user of the group cdrom)."},
    {WIN32_HRESULT(ERROR_INVALID_FUNCTION), true,
     "Its driver does not take SCSI commands (IOCTL_SCSI_PASS_THROUGH_DIRECT)."},
    {WIN32_HRESULT(ERROR_NOT_SUPPORTED), true,
     "Its driver does not take SCSI commands (IOCTL_SCSI_PASS_THROUGH_DIRECT)."},
    {E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE, false,
     "The drive's answer makes no sense. Please report it with a trace (OPENIMAPI2_TRACE)."},
};

static const struct way_out *way_out_for(const struct oi_answer *answer)
{
    for (size_t i = 0; i < sizeof(ways_out) / sizeof(ways_out[0]); i++) {
        if (ways_out[i].hr == answer->hr)
            return &ways_out[i];
    }
    return NULL;
}

struct oi_utf8 oi_doctor_way_out(const struct oi_drive *drive, const struct oi_answer *answer)
{
    enum { HARDWARE_ERROR = 4 };
    const struct way_out *way = way_out_for(answer);

    if (answer->hr == S_IMAPI_COMMAND_HAS_SENSE_DATA && oi_sense_key(answer) == HARDWARE_ERROR)
        return oi_words("Switch the drive off and on; if it says so again, it is broken.");
    if (oi_is_no_disc(answer))
        return drive->virtual_recorder
                   ? oi_words("Insert one: openimapi2 virtual insert %s --blank DISC", drive->name)
                   : oi_words("Insert a blank or rewritable disc and close the tray.");
    return oi_words("%s", way ? way->words : "");
}

/* The name between the brackets of "features (GET CONFIGURATION)". */
static struct oi_utf8 command_in(const char *what)
{
    const char *open = strchr(what, '(');

    return open ? oi_words("%.*s", (int)strcspn(open + 1, ")"), open + 1) : oi_words("%s", what);
}

static struct oi_utf8 held_words(struct oi_drive *drive)
{
    struct oi_utf8 owner = oi_drive_owner(drive);

    return owner.text[0] ? oi_words("\"%.100s\" holds the drive", owner.text)
                         : oi_words("another program holds the drive");
}

void oi_doctor_note(struct oi_patient *patient, const struct oi_answer *answer, const char *what)
{
    const struct way_out *way = way_out_for(answer);
    struct oi_utf8 words;

    if (patient->stopped || !way || !way->stops)
        return;
    patient->stopped = true;
    patient->why.code = oi_exit_for(answer);
    words = oi_words("%s failed: %.500s (%s)", command_in(what).text, oi_reason(answer).text,
                     oi_answer_code(answer).text);
    if (answer->hr == E_IMAPI_RECORDER_LOCKED)
        words = held_words(patient->drive);
    strcpy(patient->why.message, words.text);
    strcpy(patient->why.hint, oi_doctor_way_out(patient->drive, answer).text);
}

/* --- access ---------------------------------------------------------------------------------- */

static const char *access_label(struct drive_report *r)
{
    const char *label = r->accessed ? "" : "Access";

    r->accessed = true;
    return label;
}

static void tell_access(struct drive_report *r, const char *key, const char *what,
                        const char *how_well)
{
    oi_report_row(&r->report, NULL, access_label(r), "%s: %s", what, how_well);
    oi_json_text(&r->report.json, key, how_well);
}

static void tell_failed(struct drive_report *r, const char *key, const char *what,
                        const struct oi_answer *answer)
{
    struct oi_utf8 way = oi_doctor_way_out(r->patient->drive, answer);

    bool locked = answer->hr == E_IMAPI_RECORDER_LOCKED;

    tell_access(r, key, what,
                oi_words("FAILED: %.800s (%s)", locked ? "in use" : oi_reason(answer).text,
                         oi_answer_code(answer).text)
                    .text);
    oi_doctor_note(r->patient, answer, what);
    /* What stops everything has its advice at the end. */
    if (way.text[0] && !r->patient->stopped)
        oi_report_row(&r->report, NULL, "", "-> %s", way.text);
}

/* A disc that is missing or busy is the disc's matter; the drive has answered. */
static void tell_command(struct drive_report *r)
{
    static const char what[] = "commands (TEST UNIT READY)";
    struct oi_patient *patient = r->patient;

    if (!patient->ready && FAILED(patient->readiness.hr))
        tell_failed(r, "command", what, &patient->readiness);
    else
        tell_access(r, "command", what, "ok");
}

/* A program may have taken the drive while it was being asked. */
static struct oi_utf8 not_tried(const struct drive_report *r, const struct oi_utf8 *owner)
{
    if (r->owner.text[0])
        return oi_words("not tried, since another program holds the drive");
    return oi_words("not tried, since \"%.100s\" has taken the drive in the meantime", owner->text);
}

/* Only for a moment, and never by force: a file system that is mounted stays so. */
static void try_exclusive(struct drive_report *r)
{
    static const char what[] = "exclusive access";
    IDiscRecorder2 *recorder = r->patient->drive->recorder;
    BSTR client = SysAllocString(L"openimapi2 doctor");
    struct oi_answer answer;
    struct oi_utf8 owner = oi_drive_owner(r->patient->drive);

    if (owner.text[0]) {
        tell_access(r, "exclusive_access", what, not_tried(r, &owner).text);
        SysFreeString(client);
        return;
    }
    oi_answer_forget();
    answer =
        oi_answer_from_call(IDiscRecorder2_AcquireExclusiveAccess(recorder, VARIANT_FALSE, client));
    SysFreeString(client);
    if (answer.hr == E_ACCESSDENIED) {
        tell_access(r, "exclusive_access", what,
                    oi_words("not without force, which a burn would use: %.700s (%s)",
                             oi_reason(&answer).text, oi_answer_code(&answer).text)
                        .text);
        return;
    }
    if (SUCCEEDED(answer.hr)) {
        answer = oi_answer_from_call(IDiscRecorder2_ReleaseExclusiveAccess(recorder));
        if (SUCCEEDED(answer.hr)) {
            tell_access(r, "exclusive_access", what, "ok, taken and given back");
            return;
        }
    }
    tell_failed(r, "exclusive_access", what, &answer);
    if (r->patient->why.code)
        return;
    r->patient->why.code = OI_EXIT_FAILED;
    snprintf(r->patient->why.message, sizeof(r->patient->why.message),
             "%s can't be had: %.500s (%s)", what, oi_reason(&answer).text,
             oi_answer_code(&answer).text);
    oi_utf8_cut(r->patient->why.message);
}

/* --- what it is ------------------------------------------------------------------------------ */

typedef HRESULT(STDMETHODCALLTYPE *get_text)(IDiscRecorder2 *, BSTR *);

static struct oi_utf8 text_of(struct oi_drive *drive, get_text get)
{
    struct oi_utf8 text = {{0}};
    BSTR value = NULL;

    if (SUCCEEDED(get(drive->recorder, &value)))
        text = oi_utf8(value);
    SysFreeString(value);
    return text;
}

/* The letters and mount points, with blanks between. */
static struct oi_utf8 path_names(struct oi_drive *drive)
{
    struct oi_utf8 all = {{0}};
    SAFEARRAY *paths = NULL;
    VARIANT *items;
    LONG last = -1;

    if (FAILED(IDiscRecorder2_get_VolumePathNames(drive->recorder, &paths)) || !paths)
        return all;
    if (SUCCEEDED(SafeArrayGetUBound(paths, 1, &last)) &&
        SUCCEEDED(SafeArrayAccessData(paths, (void **)&items))) {
        for (LONG i = 0; i <= last; i++) {
            if (V_VT(&items[i]) == VT_BSTR)
                all = oi_words("%s%s%.200s", all.text, all.text[0] ? " " : "",
                               oi_utf8(V_BSTR(&items[i])).text);
        }
        SafeArrayUnaccessData(paths);
    }
    SafeArrayDestroy(paths);
    return all;
}

/* Its kind is told by a command; what a drive that takes none says of it means nothing. */
static void tell_tray(struct drive_report *r)
{
    IDiscRecorder2 *recorder = r->patient->drive->recorder;
    const struct oi_answer *readiness = &r->patient->readiness;
    VARIANT_BOOL loads = VARIANT_FALSE;
    HRESULT hr = IDiscRecorder2_get_DeviceCanLoadMedia(recorder, &loads);

    r->owner = oi_drive_owner(r->patient->drive);
    if (SUCCEEDED(hr) && loads)
        oi_report_row(&r->report, "tray", "Tray", "opens and closes by command");
    else if (r->owner.text[0] || readiness->hr == E_IMAPI_RECORDER_LOCKED)
        oi_report_row(&r->report, "tray", "Tray", "not known while the drive is in use");
    else if (FAILED(hr) || FAILED(readiness->hr))
        oi_report_row(&r->report, "tray", "Tray", "not known, since the drive does not answer");
    else
        oi_report_row(&r->report, "tray", "Tray", "is closed by hand");
}

/* What makes a virtual recorder behave as it does: who reads a report must not take it for a
 * drive's own doing. */
static void tell_definition(struct drive_report *r)
{
    static const struct {
        const char *key, *label, *none, *unit;
    } rows[] = {
        {"personality", "Habits", "strict", ""},
        {"speed", "Pace", "as fast as the machine", "x"},
        {"clock", "Clock", "real", ""},
        {"faults", "Faults", "none", ""},
    };
    char value[OI_VALUE_BYTES];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool set = oi_virtual_setting(r->patient->drive->name, rows[i].key, value);

        oi_report_row(&r->report, rows[i].key, rows[i].label, "%.900s%s",
                      set ? value : rows[i].none, set ? rows[i].unit : "");
    }
}

static void tell_identity(struct drive_report *r)
{
    struct oi_drive *drive = r->patient->drive;
    struct oi_utf8 volume = text_of(drive, drive->recorder->lpVtbl->get_VolumeName);
    struct oi_utf8 paths = path_names(drive);
    LONG number = -1;

    oi_report_row(&r->report, "id", "Unique id", "%s",
                  text_of(drive, drive->recorder->lpVtbl->get_ActiveDiscRecorder).text);
    oi_report_row(&r->report, "model", "Model", "%s", oi_recorder_model(drive).text);
    oi_report_row(&r->report, "kind", "Kind", "%s",
                  drive->virtual_recorder ? "virtual recorder (software)"
                                          : "drive of the operating system");
    if (drive->virtual_recorder)
        tell_definition(r);
    oi_report_row(&r->report, "volume", "Volume", "%s%s%s",
                  volume.text[0] ? volume.text : "no volume name",
                  paths.text[0] ? ", at " : ", not mounted", paths.text);
    if (SUCCEEDED(IDiscRecorder2_get_LegacyDeviceNumber(drive->recorder, &number)))
        oi_report_number(&r->report, "device_number", "Device number", number);
    tell_tray(r);
    oi_report_row(&r->report, "held_by", "Held by", "%s",
                  r->owner.text[0] ? r->owner.text : "nobody");
}

static void tell_limits(struct drive_report *r)
{
    IDiscRecorder2Ex *ex = r->patient->drive->ex;
    ULONG aligned = 0, any = 0, alignment = 0;

    IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(ex, &aligned);
    IDiscRecorder2Ex_GetMaximumNonPageAlignedTransferSize(ex, &any);
    IDiscRecorder2Ex_GetByteAlignmentMask(ex, &alignment);
    oi_report_row(&r->report, NULL, "Transfers",
                  "at most %lu bytes a command (%lu from memory that begins inside a page)%s",
                  (unsigned long)aligned, (unsigned long)any,
                  alignment > 1 ? oi_words("; memory whose address is no multiple of %lu goes "
                                           "through a copy",
                                           (unsigned long)alignment)
                                      .text
                                : "");
    oi_json_integer(&r->report.json, "transfer_bytes", aligned);
    oi_json_integer(&r->report.json, "transfer_bytes_inside_page", any);
    oi_json_integer(&r->report.json, "transfer_alignment", alignment);
    if (aligned < OI_BLOCK_BYTES)
        oi_report_row(&r->report, NULL, "",
                      "-> The driver tells no usable limit; 65536 bytes are assumed.");
}

/* --- what it can do -------------------------------------------------------------------------- */

static void tell_missing(struct drive_report *r, const char *what, const char *so)
{
    if (r->missing_count < MISSING_MAX)
        r->missing[r->missing_count++] = oi_words("%s: %s", what, so);
}

static void tell_all_missing(struct drive_report *r)
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

static void tell_profiles(struct drive_report *r)
{
    IMAPI_PROFILE_TYPE *profiles = NULL;
    struct oi_utf8 reads = {{0}}, writes = {{0}};
    struct oi_answer answer;
    ULONG count = 0;

    answer = oi_answer_from_call(
        IDiscRecorder2Ex_GetSupportedProfiles(r->patient->drive->ex, FALSE, &profiles, &count));
    if (FAILED(answer.hr)) {
        r->no_configuration = answer.hr == E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED;
        tell_failed(r, "get_configuration", "features (GET CONFIGURATION)", &answer);
        return;
    }
    tell_access(r, "get_configuration", "features (GET CONFIGURATION)", "ok");
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
static int feature_byte(struct drive_report *r, IMAPI_FEATURE_PAGE_TYPE feature, ULONG at)
{
    BYTE *data = NULL;
    ULONG size = 0;
    HRESULT hr =
        IDiscRecorder2Ex_GetFeaturePage(r->patient->drive->ex, feature, FALSE, &data, &size);
    int value = FAILED(hr) ? -1 : size > at ? data[at] : 0;

    CoTaskMemFree(data);
    return value;
}

static void tell_ways(struct drive_report *r)
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
static void tell_list(struct drive_report *r, const char *key, const char *label, const char *words,
                      const uint32_t *values, size_t count)
{
    oi_report_row(&r->report, NULL, label, "%s", words);
    oi_json_integers(&r->report.json, key, values, count);
}

static void tell_features(struct drive_report *r)
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
        tell_failed(r, "list_of_features", "list of features (GET CONFIGURATION)", &answer);
    else
        tell_list(r, "features", "Features", all.text, (const uint32_t *)features, count);
    CoTaskMemFree(features);
}

static void tell_underrun_protection(struct drive_report *r)
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

static void tell_mode_pages(struct drive_report *r)
{
    IMAPI_MODE_PAGE_TYPE *pages = NULL;
    bool parameters = false, capabilities = false;
    struct oi_utf8 all = {{0}};
    struct oi_answer answer;
    ULONG count = 0;

    answer = oi_answer_from_call(IDiscRecorder2Ex_GetSupportedModePages(
        r->patient->drive->ex, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &pages, &count));
    if (FAILED(answer.hr)) {
        tell_failed(r, "mode_sense", "mode pages (MODE SENSE)", &answer);
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

static void tell_speeds(struct drive_report *r)
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

static void tell_buffer(struct drive_report *r)
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

static void tell_abilities(struct drive_report *r)
{
    static void (*const questions[])(struct drive_report *) = {
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

void oi_doctor_drive(struct oi_patient *patient)
{
    struct drive_report r = {.patient = patient};

    oi_report_begin(&r.report, "recorder", "Recorder \"%s\"", patient->drive->name);
    oi_json_text(&r.report.json, "name", patient->drive->name);
    patient->ready =
        oi_drive_settle(patient->drive, READY_MS, "becoming ready", &patient->readiness);
    tell_identity(&r);
    tell_limits(&r);
    tell_access(&r, "open", "opening", "ok");
    tell_command(&r);
    if (!patient->stopped)
        try_exclusive(&r);
    tell_abilities(&r);
    oi_report_end(&r.report);
}
