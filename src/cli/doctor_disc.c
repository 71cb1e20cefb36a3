/* The verdict is that of the steps which "write" would take, up to the first one that changes the
 * disc; their complaints become its reasons. */
#include "doctor.h"

#include <imapi2error.h>
#include <stdio.h>
#include <string.h>
#include "media_steps.h"
#include "recorders.h"

struct disc_report {
    struct oi_report report;
    struct oi_patient *patient;
    struct oi_target target;
};

static void tell_blocks(struct disc_report *r, const char *key, const char *label, uint32_t blocks)
{
    oi_report_row(&r->report, NULL, label, "%lu sectors (%.1f MB)", (unsigned long)blocks,
                  (double)blocks * OI_BLOCK_BYTES / 1e6);
    oi_json_integer(&r->report.json, key, blocks);
}

static void tell_contents(struct disc_report *r)
{
    struct oi_drive *drive = r->patient->drive;
    struct oi_answer answer;
    struct oi_disc disc;
    uint32_t blocks;

    if (!oi_drive_disc(drive, &disc, &answer)) {
        oi_report_row(&r->report, NULL, "", "READ DISC INFORMATION: FAILED: %s (%s)",
                      oi_reason(&answer).text, oi_answer_code(&answer).text);
        oi_doctor_note(r->patient, &answer, "READ DISC INFORMATION");
        return;
    }
    oi_report_row(&r->report, NULL, "Sessions", "%u (tracks %u to %u)", disc.sessions,
                  disc.first_track, disc.last_track);
    oi_json_integer(&r->report.json, "sessions", disc.sessions);
    oi_json_integer(&r->report.json, "first_track", disc.first_track);
    oi_json_integer(&r->report.json, "last_track", disc.last_track);
    /* A blank disc has no last sector; drives then say 0. */
    if (oi_drive_capacity(drive, &blocks, &answer) && blocks > 1)
        tell_blocks(r, "readable_sectors", "Readable", blocks);
    oi_doctor_note(r->patient, &answer, "READ CAPACITY");
}

/* MMC-6, READ DISC STRUCTURE, format C0h: write protection status. */
static bool is_protected(struct disc_report *r)
{
    enum { PROTECTION_STATUS = 0xc0, PROTECTED = 0x07 };
    BYTE *data = NULL;
    ULONG size = 0;
    HRESULT hr = IDiscRecorder2Ex_ReadDvdStructure(r->patient->drive->ex, PROTECTION_STATUS, 0, 0,
                                                   0, &data, &size);
    bool protected = SUCCEEDED(hr) && size && (data[0] & PROTECTED);

    CoTaskMemFree(data);
    return protected;
}

static void fail(struct disc_report *r, enum oi_exit code, const char *hint, const char *message)
{
    struct oi_failure *why = &r->patient->why;

    if (why->code)
        return;
    why->code = code;
    snprintf(why->message, sizeof(why->message), "%s", message);
    snprintf(why->hint, sizeof(why->hint), "%s",
             hint[0] ? hint
                     : "Try another disc. If it is the same with that, please report it, with a "
                       "trace (OPENIMAPI2_TRACE).");
}

/* Whether the drive has what this disc's way to write needs. */
static void check_write_parameters(struct disc_report *r)
{
    struct oi_answer answer;
    BYTE *page = NULL;
    ULONG size = 0;

    if (r->target.media->mode == OI_WRITE_NO_MODE)
        return;
    answer = oi_answer_from_call(
        IDiscRecorder2Ex_GetModePage(r->patient->drive->ex, IMAPI_MODE_PAGE_TYPE_WRITE_PARAMETERS,
                                     IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &page, &size));
    CoTaskMemFree(page);
    if (FAILED(answer.hr))
        fail(
            r, OI_EXIT_FAILED,
            "Another kind of disc (DVD+R, DVD+RW, BD) does not need that page; else another drive.",
            oi_words("the drive has no mode page 05h (write parameters), which a %s needs: %.300s "
                     "(%s)",
                     r->target.media->name, oi_reason(&answer).text, oi_answer_code(&answer).text)
                .text);
}

static void check(struct disc_report *r)
{
    struct oi_failure failure;
    struct oi_target *target = &r->target;
    enum oi_exit exit;

    target->image_blocks = 1;
    oi_fail_into(&failure);
    exit = oi_target_examine(r->patient->drive, target);
    if (!exit)
        exit = oi_target_check_room(target);
    oi_fail_into(NULL);
    if (exit) {
        fail(r, failure.code, failure.hint, failure.message);
        return;
    }
    tell_blocks(r, "room_sectors", "Room", target->free_blocks);
    oi_report_row(&r->report, NULL, "Next to be written", "sector %ld", (long)target->start);
    oi_json_integer(&r->report.json, "next_writable", target->start);
    if (is_protected(r))
        fail(r, OI_EXIT_REFUSED,
             "Take the write protection off (cartridge or drive), or take "
             "another disc.",
             "the disc is write-protected");
    check_write_parameters(r);
}

/* What a burn does to this disc besides writing. */
static struct oi_utf8 besides(const struct oi_target *target)
{
    if (target->unformatted)
        return oi_words("; it is formatted first");
    if (!target->media->sequential)
        return oi_words("; what is on it is overwritten from its start");
    if (target->interrupted)
        return oi_words("; the session that was left open is closed first");
    if (target->at_once)
        return oi_words("; it is written in one go, which closes it");
    if (target->before.status == OI_DISC_APPENDABLE)
        return oi_words("; behind what is on it, as a new session");
    return oi_words("%s", "");
}

static void tell_verdict(struct disc_report *r)
{
    static const char label[] = "Would a burn work?";
    const struct oi_failure *why = &r->patient->why;

    oi_json_text(&r->report.json, "burn_would_work", why->code ? "no" : "yes");
    if (!why->code) {
        oi_report_row(&r->report, "verdict", label, "YES%s", besides(&r->target).text);
        return;
    }
    oi_report_row(&r->report, "verdict", label, "NO, because %s", why->message);
    if (why->hint[0])
        oi_report_row(&r->report, "advice", "What to do", "%s", why->hint);
}

/* A drive that is not ready has no disc, or gets ready, or can't read what is in it. */
static void tell_not_ready(struct disc_report *r)
{
    const struct oi_answer *answer = &r->patient->readiness;
    struct oi_utf8 other = oi_doctor_way_out(r->patient->drive, answer);
    bool becoming = oi_sense_key(answer) == 2 && answer->sense[12] == 4;

    if (r->patient->stopped) {
        oi_report_row(&r->report, "disc", "Disc", "can't be told");
        return;
    }
    oi_report_row(&r->report, "disc", "Disc", "%s (%s)", oi_reason(answer).text,
                  oi_answer_code(answer).text);
    fail(r, oi_exit_for(answer),
         becoming        ? "Wait until the drive's light goes out, then run this again."
         : other.text[0] ? other.text
                         : "Take the disc out, clean it, or try another one.",
         oi_is_no_disc(answer)
             ? "there is no disc in the drive"
             : oi_words("the drive is not ready: %.500s", oi_reason(answer).text).text);
}

bool oi_doctor_disc(struct oi_patient *patient)
{
    struct disc_report r = {.patient = patient};
    struct oi_utf8 owner = oi_drive_owner(patient->drive);

    oi_report_begin(&r.report, "disc", "%s", "");
    oi_json_text(&r.report.json, "recorder", patient->drive->name);
    if (!patient->ready || patient->stopped) {
        tell_not_ready(&r);
    } else {
        oi_report_row(&r.report, "disc", "Disc", "%s", oi_recorder_disc_words(patient->drive).text);
        tell_contents(&r);
        if (!patient->stopped)
            check(&r);
    }
    if (owner.text[0])
        fail(&r, OI_EXIT_REFUSED, "Wait until that program has ended, or close it.",
             oi_words("\"%.100s\" holds the drive", owner.text).text);
    tell_verdict(&r);
    oi_report_end(&r.report);
    return !patient->why.code;
}
