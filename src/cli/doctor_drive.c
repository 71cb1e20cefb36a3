/* What a drive is and who may use it. Each question has its row; one that gets no answer says so
 * there, with code, words and a way out, and the questions go on as long as the drive answers at
 * all. */
#include "doctor_drive.h"

#include <imapi2error.h>
#include <oleauto.h>
#include <stdio.h>
#include <string.h>
#include "recorders.h"
#include "virtual.h"

/* The wait for a disc that has just been put in. */
enum { READY_MS = 20000 };

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

/* The reason without the name of the command where it begins with that, as a server's does. */
static struct oi_utf8 reason_for(const char *what, const struct oi_answer *answer)
{
    struct oi_utf8 reason = oi_reason(answer);
    struct oi_utf8 start = oi_words("%.100s failed: ", command_in(what).text);
    size_t length = strlen(start.text);

    return strncmp(reason.text, start.text, length) ? reason : oi_words("%s", reason.text + length);
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
    words = oi_words("%.100s failed: %.500s (%s)", command_in(what).text,
                     reason_for(what, answer).text, oi_answer_code(answer).text);
    if (answer->hr == E_IMAPI_RECORDER_LOCKED)
        words = held_words(patient->drive);
    strcpy(patient->why.message, words.text);
    strcpy(patient->why.hint, oi_doctor_way_out(patient->drive, answer).text);
}

/* --- access ---------------------------------------------------------------------------------- */

static const char *access_label(struct oi_drive_report *r)
{
    const char *label = r->accessed ? "" : "Access";

    r->accessed = true;
    return label;
}

void oi_doctor_tell_access(struct oi_drive_report *r, const char *key, const char *what,
                           const char *how_well)
{
    oi_report_row(&r->report, NULL, access_label(r), "%s: %s", what, how_well);
    oi_json_text(&r->report.json, key, how_well);
}

void oi_doctor_tell_failed(struct oi_drive_report *r, const char *key, const char *what,
                           const struct oi_answer *answer)
{
    struct oi_utf8 way = oi_doctor_way_out(r->patient->drive, answer);

    bool locked = answer->hr == E_IMAPI_RECORDER_LOCKED;

    oi_doctor_tell_access(r, key, what,
                          oi_words("FAILED: %.800s (%s)",
                                   locked ? "in use" : reason_for(what, answer).text,
                                   oi_answer_code(answer).text)
                              .text);
    oi_doctor_note(r->patient, answer, what);
    /* What stops everything has its advice at the end. */
    if (way.text[0] && !r->patient->stopped)
        oi_report_row(&r->report, NULL, "", "-> %s", way.text);
}

/* A disc that is missing or busy is the disc's matter; the drive has answered. */
static void tell_command(struct oi_drive_report *r)
{
    static const char what[] = "commands (TEST UNIT READY)";
    struct oi_patient *patient = r->patient;

    if (!patient->ready && FAILED(patient->readiness.hr))
        oi_doctor_tell_failed(r, "command", what, &patient->readiness);
    else
        oi_doctor_tell_access(r, "command", what, "ok");
}

/* A program may have taken the drive while it was being asked. */
static struct oi_utf8 not_tried(const struct oi_drive_report *r, const struct oi_utf8 *owner)
{
    if (r->owner.text[0])
        return oi_words("not tried, since another program holds the drive");
    return oi_words("not tried, since \"%.100s\" has taken the drive in the meantime", owner->text);
}

/* Only for a moment, and never by force: a file system that is mounted stays so. */
static void try_exclusive(struct oi_drive_report *r)
{
    static const char what[] = "exclusive access";
    IDiscRecorder2 *recorder = r->patient->drive->recorder;
    BSTR client = SysAllocString(L"openimapi2 doctor");
    struct oi_answer answer;
    struct oi_utf8 owner = oi_drive_owner(r->patient->drive);

    if (owner.text[0]) {
        oi_doctor_tell_access(r, "exclusive_access", what, not_tried(r, &owner).text);
        SysFreeString(client);
        return;
    }
    oi_answer_forget();
    answer =
        oi_answer_from_call(IDiscRecorder2_AcquireExclusiveAccess(recorder, VARIANT_FALSE, client));
    SysFreeString(client);
    if (answer.hr == E_ACCESSDENIED) {
        oi_doctor_tell_access(r, "exclusive_access", what,
                              oi_words("not without force, which a burn would use: %.700s (%s)",
                                       oi_reason(&answer).text, oi_answer_code(&answer).text)
                                  .text);
        return;
    }
    if (SUCCEEDED(answer.hr)) {
        answer = oi_answer_from_call(IDiscRecorder2_ReleaseExclusiveAccess(recorder));
        if (SUCCEEDED(answer.hr)) {
            oi_doctor_tell_access(r, "exclusive_access", what, "ok, taken and given back");
            return;
        }
    }
    oi_doctor_tell_failed(r, "exclusive_access", what, &answer);
    if (r->patient->why.code)
        return;
    r->patient->why.code = OI_EXIT_FAILED;
    snprintf(r->patient->why.message, sizeof(r->patient->why.message),
             "%s can't be had: %.500s (%s)", what, oi_reason(&answer).text,
             oi_answer_code(&answer).text);
    oi_utf8_cut(r->patient->why.message);
}

/* --- what it is ------------------------------------------------------------------------------ */

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

/* A tray that does not close by command and a drive that told nothing of it look alike. */
static bool tells_of_tray(struct oi_drive *drive)
{
    BYTE *page = NULL;
    ULONG size = 0;
    HRESULT hr = IDiscRecorder2Ex_GetFeaturePage(
        drive->ex, IMAPI_FEATURE_PAGE_TYPE_REMOVABLE_MEDIUM, FALSE, &page, &size);

    CoTaskMemFree(page);
    return SUCCEEDED(hr);
}

static void tell_tray(struct oi_drive_report *r)
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
    else if (tells_of_tray(r->patient->drive))
        oi_report_row(&r->report, "tray", "Tray", "is closed by hand");
    else
        oi_report_row(&r->report, "tray", "Tray", "not known, since the drive does not tell");
}

/* What makes a virtual recorder behave as it does: who reads a report must not take it for a
 * drive's own doing. */
static void tell_definition(struct oi_drive_report *r)
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

static void tell_identity(struct oi_drive_report *r)
{
    struct oi_drive *drive = r->patient->drive;
    struct oi_utf8 volume = oi_drive_text(drive, drive->recorder->lpVtbl->get_VolumeName);
    struct oi_utf8 paths = path_names(drive);
    LONG number = -1;

    oi_report_row(&r->report, "id", "Unique id", "%s",
                  oi_drive_text(drive, drive->recorder->lpVtbl->get_ActiveDiscRecorder).text);
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

static void tell_limits(struct oi_drive_report *r)
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

void oi_doctor_drive(struct oi_patient *patient)
{
    struct oi_drive_report r = {.patient = patient};

    oi_report_begin(&r.report, "recorder", "Recorder \"%s\"", patient->drive->name);
    oi_json_text(&r.report.json, "name", patient->drive->name);
    patient->ready =
        oi_drive_settle(patient->drive, READY_MS, "becoming ready", &patient->readiness);
    tell_identity(&r);
    tell_limits(&r);
    oi_doctor_tell_access(&r, "open", "opening", "ok");
    tell_command(&r);
    if (!patient->stopped)
        try_exclusive(&r);
    oi_doctor_tell_abilities(&r);
    oi_report_end(&r.report);
}
