/* Steps, one after the other; each has its line in the report. What a step calls reports its
 * failures by oi_fail, which is caught and becomes that line. Nothing is changed on a disc before
 * the user has agreed. */
#include "burn_test.h"

#include <imapi2error.h>
#include <oleauto.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include "cancel.h"
#include "doctor.h"
#include "media_steps.h"
#include "paths.h"
#include "pattern.h"
#include "recorders.h"
#include "renew.h"
#include "section.h"
#include "verify.h"

enum { BLOCKS_PER_MIB = (1 << 20) / OI_BLOCK_BYTES };
/* A drive may calibrate and write a lead-in before the first progress. */
enum { FIRST_PROGRESS_MS = 120000, READY_MS = 120000, TRANSFER_MAX = 1 << 20 };
enum { HANDLER_MS = 5000 };

#define CANCELLED_EARLY "cancelled; the disc was not touched"

enum renewal { NOTHING_NEEDED, BLANKED, FORMATTED, FORMATTED_WHEN_WRITTEN };

struct burn_test {
    const struct oi_args *args;
    BSTR id;
    struct oi_drive drive;
    bool open;
    bool own_trace; /* one that the user did not ask for */
    IMAPI_PROFILE_TYPE profile;
    const struct oi_media *media; /* of the disc as it was found */
    struct oi_disc before;
    enum renewal renewal;
    uint32_t blocks;
    struct oi_target target;
    struct oi_pattern pattern;
    struct oi_section section;
    HANDLE writing; /* set when progress of the section that is to be cancelled was told */
    unsigned events;
    uint32_t last_event_blocks;
    struct oi_utf8 detail; /* of the step that runs, or why it is skipped */
    bool skip;
    wchar_t trace[OI_PATH_MAX];
};

/* --- before anything is changed --------------------------------------------------------------- */

/* A trace is a part of the report: without one of the user's it goes into the temporary folder. */
static void set_trace(struct burn_test *t)
{
    static const wchar_t variable[] = L"OPENIMAPI2_TRACE";
    wchar_t folder[MAX_PATH + 1];
    SYSTEMTIME now;

    GetEnvironmentVariableW(variable, t->trace, OI_PATH_MAX);
    if (t->trace[0] || !GetTempPathW(MAX_PATH + 1, folder))
        return;
    GetSystemTime(&now);
    _snwprintf(t->trace, OI_PATH_MAX, L"%lsopenimapi2-burn-test-%04u%02u%02u-%02u%02u%02u-%lu.log",
               folder, now.wYear, now.wMonth, now.wDay, now.wHour, now.wMinute, now.wSecond,
               (unsigned long)GetCurrentProcessId());
    SetEnvironmentVariableW(variable, t->trace);
    t->own_trace = true;
}

static struct oi_utf8 trace_path(const struct burn_test *t)
{
    wchar_t absolute[OI_PATH_MAX], outside[OI_PATH_MAX];

    if (!oi_path_absolute(t->trace, absolute))
        return oi_utf8(t->trace);
    oi_path_for_others(absolute, outside);
    return oi_utf8(outside);
}

static enum oi_exit check_agreement(const struct oi_args *args)
{
    DWORD mode;

    if (args->given & OI_OPT_YES)
        return OI_EXIT_OK;
    if (!oi_output_is_json() && GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode))
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_REFUSED, NULL,
                   "It destroys what the disc holds. Start it in a terminal, or add --yes if that "
                   "is what you want.",
                   "the burn test asks before it begins, and there is nobody to ask");
}

static bool is_dvd_rw(const struct burn_test *t)
{
    return t->profile == IMAPI_PROFILE_TYPE_DVD_DASH_RW_SEQUENTIAL;
}

/* A DVD-RW that is not blank is formatted, since blanking all of it takes as long as a burn, and
 * one that was blanked quickly is written in one go only. */
static enum renewal renewal_needed(struct burn_test *t)
{
    struct oi_formats formats;
    struct oi_answer answer;
    bool packets = false;

    if (t->media->sequential) {
        if (!t->before.erasable)
            return NOTHING_NEEDED;
        if (!is_dvd_rw(t))
            return t->before.status == OI_DISC_BLANK ? NOTHING_NEEDED : BLANKED;
        oi_drive_feature(&t->drive, IMAPI_FEATURE_PAGE_TYPE_INCREMENTAL_STREAMING_WRITABLE,
                         &packets, &answer);
        return t->before.status == OI_DISC_BLANK && packets ? NOTHING_NEEDED : FORMATTED;
    }
    if (t->media->formats_in_background)
        return t->before.format == OI_FORMAT_NONE || t->before.format == OI_FORMAT_PARTIAL
                   ? FORMATTED_WHEN_WRITTEN
                   : NOTHING_NEEDED;
    return oi_drive_formats(&t->drive, &formats, &answer) && !formats.formatted
               ? FORMATTED_WHEN_WRITTEN
               : NOTHING_NEEDED;
}

static bool is_write_once(const struct burn_test *t)
{
    return t->media->sequential && !t->before.erasable;
}

static enum oi_exit check_disc(struct burn_test *t)
{
    struct oi_answer answer;

    if (!oi_drive_profile(&t->drive, &t->profile, &answer) ||
        !oi_drive_disc(&t->drive, &t->before, &answer))
        return oi_fail(oi_exit_for(&answer), &answer, NULL,
                       "recorder \"%s\": asking for the disc failed", t->drive.name);
    t->media = oi_media_for(t->profile);
    if (!t->media)
        return oi_fail(OI_EXIT_REFUSED, NULL, "Insert a rewritable disc.",
                       "the disc in \"%s\" can't be written: %s", t->drive.name,
                       oi_profile_name(t->profile));
    if (is_write_once(t) && !(t->args->given & OI_OPT_WRITE_ONCE))
        return oi_fail(OI_EXIT_REFUSED, NULL,
                       "Insert a rewritable disc, or add --write-once to use this one up.",
                       "the %s in \"%s\" can be written only once", t->media->name, t->drive.name);
    t->renewal = renewal_needed(t);
    return OI_EXIT_OK;
}

/* Never written since it was made or blanked. */
static bool is_empty(const struct burn_test *t)
{
    if (t->media->sequential)
        return t->before.status == OI_DISC_BLANK;
    if (t->media->formats_in_background)
        return t->before.format == OI_FORMAT_NONE;
    return t->renewal == FORMATTED_WHEN_WRITTEN;
}

static void say_plan(struct burn_test *t)
{
    static const char *const renewals[] = {
        [NOTHING_NEEDED] = "leave the disc's format as it is",
        [BLANKED] = "blank the disc",
        [FORMATTED] = "format the disc",
        [FORMATTED_WHEN_WRITTEN] = "format the disc",
    };
    int number = 0;

    oi_say("\nThe burn test uses the %s in recorder \"%s\" (%s). It will\n", t->media->name,
           t->drive.name, oi_recorder_model(&t->drive).text);
    oi_say("  %d. keep other programs off the drive, and lock its tray until it is done,\n",
           ++number);
    if (!is_write_once(t))
        oi_say("  %d. %s,\n", ++number, renewals[t->renewal]);
    oi_say("  %d. write %u MiB of test data%s,\n", ++number, t->args->size_mib,
           is_write_once(t) ? "" : ", stop in the middle, and write them again");
    oi_say("  %d. finish the disc, read everything back, compare it, and unlock the drive.\n",
           ++number);
    if (is_write_once(t))
        oi_say("THIS DISC IS WRITTEN ONCE: what the test uses of it is gone for good.\n");
    else if (is_empty(t))
        oi_say("The disc is %s: nothing is lost.\n",
               t->media->sequential ? "blank" : "unformatted");
    else
        oi_say("ALL THAT IS ON THIS DISC WILL BE LOST: %s, %u session%s.\n",
               oi_recorder_disc_words(&t->drive).text, t->before.sessions,
               t->before.sessions == 1 ? "" : "s");
}

static enum oi_exit ask(struct burn_test *t)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    wchar_t line[80] = L"";
    DWORD length = 0;

    if (t->args->given & OI_OPT_YES)
        return OI_EXIT_OK;
    oi_say("Type yes to begin: ");
    SetLastError(ERROR_SUCCESS);
    if (!ReadConsoleW(input, line, 79, &length, NULL))
        length = 0;
    /* Ctrl-C ends the reading, too; its handler is about to end the program. */
    if (!length && GetLastError() == ERROR_OPERATION_ABORTED) {
        Sleep(HANDLER_MS);
        return oi_fail(OI_EXIT_CANCELLED, NULL, NULL, CANCELLED_EARLY);
    }
    while (length && wcschr(L"\r\n ", line[length - 1]))
        length--;
    line[length] = L'\0';
    if (wcscmp(line, L"yes"))
        return oi_fail(OI_EXIT_REFUSED, NULL, NULL, "not begun; the disc was not touched");
    return OI_EXIT_OK;
}

/* --- the steps -------------------------------------------------------------------------------- */

static enum oi_exit fail_step(const struct oi_answer *answer, const char *what)
{
    return oi_fail(OI_EXIT_FAILED, answer, NULL, "%s", what);
}

static enum oi_exit step_exclusive(struct burn_test *t)
{
    struct oi_answer answer;
    struct oi_utf8 owner;

    if (!oi_drive_acquire(&t->drive, &answer))
        return oi_fail(OI_EXIT_REFUSED, &answer, NULL, "it can't be had");
    owner = oi_drive_owner(&t->drive);
    answer = oi_answer_from_call(IDiscRecorder2_ReleaseExclusiveAccess(t->drive.recorder));
    if (FAILED(answer.hr))
        return fail_step(&answer, "it can't be given back");
    t->drive.exclusive = false;
    if (strcmp(owner.text, "openimapi2"))
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "it was taken, but the owner is \"%s\"",
                       owner.text);
    owner = oi_drive_owner(&t->drive);
    if (owner.text[0])
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "it was given back, but \"%s\" still has it",
                       owner.text);
    t->detail = oi_words("taken, its owner told, given back");
    return OI_EXIT_OK;
}

static enum oi_exit step_take(struct burn_test *t)
{
    enum oi_exit exit = oi_job_take_drive(&t->drive);

    if (!exit)
        t->detail =
            oi_words("held, tray %s, ready", t->drive.tray_locked ? "locked" : "can't be locked");
    return exit;
}

static enum oi_exit step_renew(struct burn_test *t)
{
    enum oi_exit exit = OI_EXIT_OK;

    if (t->renewal == BLANKED)
        exit = oi_renew_blank(&t->drive, false);
    else if (t->renewal == FORMATTED)
        exit = oi_renew_format(&t->drive, false);
    else
        t->skip = true;
    if (t->skip)
        t->detail = oi_words(t->renewal == NOTHING_NEEDED ? "the disc needs none"
                                                          : "it comes with writing");
    else if (!exit)
        t->detail = oi_recorder_disc_words(&t->drive);
    return exit;
}

/* Examines the disc anew and brings it to where a section can begin. */
static enum oi_exit prepare(struct burn_test *t)
{
    enum oi_exit exit;

    t->target = (struct oi_target){.image_blocks = t->blocks};
    exit = oi_target_examine(&t->drive, &t->target);
    if (!exit)
        exit = oi_target_check_room(&t->target);
    if (!exit)
        exit = t->target.media->prepare(&t->drive, &t->target);
    if (!exit)
        exit = oi_target_check_room(&t->target);
    return exit;
}

static const struct oi_single_speed *single_speed(const struct burn_test *t)
{
    return oi_single_speed_for(t->target.media->profile);
}

/* One section of a run of its own. */
static enum oi_exit write_section(struct burn_test *t, const struct oi_pattern_pause *pause,
                                  struct oi_answer *answer)
{
    IStream *stream;

    t->pattern.seed++;
    t->pattern.start = (uint32_t)t->target.start;
    t->pattern.blocks = t->target.blocks;
    *answer = (struct oi_answer){.hr = oi_pattern_stream(&t->pattern, pause, &stream)};
    if (FAILED(answer->hr))
        return fail_step(answer, "no memory for the test data");
    *answer = oi_section_write(&t->section, stream, t->target.start, t->target.blocks,
                               single_speed(t)->data_per_second);
    IStream_Release(stream);
    t->events = t->section.sink.events;
    t->last_event_blocks = t->section.sink.blocks_written;
    return oi_cancel_requested() ? OI_EXIT_CANCELLED : OI_EXIT_OK;
}

/* In the event handler, as programs do: once something was written, and before the end, since the
 * source waits for it. */
static bool cancel_when_writing(void *context, uint32_t blocks_written)
{
    struct burn_test *t = context;

    if (blocks_written)
        SetEvent(t->writing);
    return blocks_written > 0;
}

static enum oi_exit judge_cancelled(struct burn_test *t, const struct oi_answer *answer)
{
    VARIANT_BOOL in_progress = VARIANT_TRUE;

    IWriteEngine2_get_WriteInProgress(t->section.engine, &in_progress);
    if (SUCCEEDED(answer->hr))
        return oi_fail(OI_EXIT_FAILED, NULL, NULL,
                       "it was cancelled in the middle, and yet ended as if nothing were");
    if (answer->hr != E_IMAPI_REQUEST_CANCELLED)
        return fail_step(answer, "it ended in another way");
    if (in_progress)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "it has ended, and is still in progress");
    t->detail = oi_words("%lu of %lu sectors were written, then E_IMAPI_REQUEST_CANCELLED",
                         (unsigned long)t->last_event_blocks, (unsigned long)t->target.blocks);
    return OI_EXIT_OK;
}

static enum oi_exit step_cancel(struct burn_test *t)
{
    struct oi_pattern_pause pause = {.blocks = t->blocks / 2, .most_ms = FIRST_PROGRESS_MS};
    struct oi_answer answer;
    enum oi_exit exit = OI_EXIT_OK;

    if (is_write_once(t)) {
        t->skip = true;
        t->detail = oi_words("it would use up more of a disc that is written once");
        return OI_EXIT_OK;
    }
    exit = prepare(t);
    if (exit)
        return exit;
    pause.over = t->writing = CreateEventW(NULL, TRUE, FALSE, NULL);
    exit = oi_section_open(&t->section, &t->drive, -1);
    t->section.sink.wants_cancel = cancel_when_writing;
    t->section.sink.context = t;
    if (!exit)
        exit = write_section(t, &pause, &answer);
    if (!exit)
        exit = judge_cancelled(t, &answer);
    oi_section_close(&t->section);
    oi_section_break_off(&t->drive);
    SetEvent(t->writing);
    CloseHandle(t->writing);
    return exit;
}

static enum oi_exit step_write(struct burn_test *t)
{
    static const struct oi_pattern_pause none;
    struct oi_answer answer;
    double rate;
    enum oi_exit exit = prepare(t);

    if (exit)
        return exit;
    exit = oi_section_open(&t->section, &t->drive, -1);
    if (!exit)
        exit = write_section(t, &none, &answer);
    if (!exit && FAILED(answer.hr))
        exit = fail_step(&answer, "WriteSection failed");
    if (exit)
        oi_section_break_off(&t->drive);
    oi_section_close(&t->section);
    rate = oi_progress_average(&t->section.progress, t->target.blocks);
    if (!exit)
        t->detail = oi_words("%lu sectors (%.1f MB) from sector %ld on, %.1f MB/s (%.1fx)",
                             (unsigned long)t->target.blocks,
                             (double)t->target.blocks * OI_BLOCK_BYTES / 1e6, (long)t->target.start,
                             rate / 1e6, rate / single_speed(t)->data_per_second);
    return exit;
}

/* There is one before and one after the section, whatever its length. */
static enum oi_exit step_events(struct burn_test *t)
{
    if (t->events < 2)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "%u came, and two is the least", t->events);
    if (t->last_event_blocks != t->target.blocks)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "the last one told of %lu sectors, not of %lu",
                       (unsigned long)t->last_event_blocks, (unsigned long)t->target.blocks);
    t->detail = oi_words("%u, the last one at the end", t->events);
    return OI_EXIT_OK;
}

static enum oi_exit step_finish(struct burn_test *t)
{
    enum oi_exit exit = t->target.media->finish(&t->drive, &t->target);

    if (!exit)
        t->detail = oi_recorder_disc_words(&t->drive);
    return exit;
}

static enum oi_exit compare(struct burn_test *t, uint32_t at, uint16_t blocks, BYTE *data)
{
    uint32_t lba = t->pattern.start + at;
    struct oi_answer answer;

    if (!oi_drive_read(&t->drive, lba, blocks, data, &answer))
        return oi_fail(OI_EXIT_FAILED, &answer, NULL,
                       "reading %u sectors from sector %lu on failed", blocks, (unsigned long)lba);
    for (uint16_t i = 0; i < blocks; i++) {
        struct oi_utf8 difference =
            oi_pattern_difference(&t->pattern, lba + i, data + (size_t)i * OI_BLOCK_BYTES);

        if (difference.text[0])
            return oi_fail(OI_EXIT_DIFFERS, NULL, NULL, "sector %lu is not what was written: %s",
                           (unsigned long)(lba + i), difference.text);
    }
    return OI_EXIT_OK;
}

static enum oi_exit compare_all(struct burn_test *t, BYTE *data, uint32_t blocks_at_once)
{
    struct oi_progress progress;
    enum oi_exit exit = OI_EXIT_OK;
    uint32_t at = 0;

    oi_progress_begin(&progress, "verify", "Verifying", t->pattern.blocks,
                      single_speed(t)->data_per_second);
    while (!exit && at < t->pattern.blocks) {
        uint32_t left = t->pattern.blocks - at;
        uint16_t blocks = (uint16_t)(left < blocks_at_once ? left : blocks_at_once);

        if (oi_cancel_requested())
            return OI_EXIT_CANCELLED;
        exit = compare(t, at, blocks, data);
        at += blocks;
        if (!exit)
            oi_progress_update(&progress, at, OI_BUFFER_UNKNOWN);
    }
    if (!exit) {
        oi_progress_end(&progress, at, OI_BUFFER_UNKNOWN);
        t->detail = oi_words("%lu sectors, all as they were written, %.1f MB/s", (unsigned long)at,
                             oi_progress_average(&progress, at) / 1e6);
    }
    return exit;
}

static enum oi_exit step_verify(struct burn_test *t)
{
    uint32_t bytes = oi_drive_transfer_bytes(&t->drive);
    struct oi_answer answer;
    enum oi_exit exit;
    BYTE *data;

    if (!oi_drive_settle(&t->drive, READY_MS, "becoming ready", &answer))
        return fail_step(&answer, "the drive does not get ready");
    if (bytes > TRANSFER_MAX)
        bytes = TRANSFER_MAX;
    data = VirtualAlloc(NULL, bytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    if (!data)
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "out of memory");
    exit = compare_all(t, data, bytes / OI_BLOCK_BYTES);
    VirtualFree(data, 0, MEM_RELEASE);
    return exit;
}

/* Opened anew, as another program would. */
static enum oi_exit step_give_back(struct burn_test *t)
{
    struct oi_answer answer;
    struct oi_utf8 owner;

    oi_drive_close(&t->drive);
    t->open = oi_drive_open(&t->drive, t->id, &answer);
    if (!t->open)
        return fail_step(&answer, "the recorder can't be opened any more");
    owner = oi_drive_owner(&t->drive);
    if (owner.text[0])
        return oi_fail(OI_EXIT_FAILED, NULL, NULL, "\"%s\" still holds it", owner.text);
    t->detail = oi_words("nobody holds the drive");
    return OI_EXIT_OK;
}

/* --- the report ------------------------------------------------------------------------------- */

static const struct step {
    const char *name;
    enum oi_exit (*run)(struct burn_test *t);
    bool needed; /* by those that come after it */
    bool always; /* whatever failed before */
} steps[] = {
    {"Exclusive access", step_exclusive, true, false},
    {"Taking the drive", step_take, true, false},
    {"Erasing", step_renew, true, false},
    {"Cancelled section", step_cancel, false, false},
    {"Writing", step_write, true, false},
    {"Progress events", step_events, false, false},
    {"Finishing", step_finish, false, false},
    {"Reading back", step_verify, false, false},
    {"Giving back", step_give_back, false, true},
};

static void tell_step(const char *name, const char *outcome, const char *detail)
{
    struct oi_json json;
    char words[2 * OI_UTF8_MAX + 64];

    snprintf(words, sizeof(words), "%s%s%s", outcome, detail[0] ? ": " : "", detail);
    oi_say_wrapped(name, words);
    oi_json_begin(&json, "step");
    oi_json_text(&json, "step", name);
    oi_json_text(&json, "outcome", outcome);
    oi_json_text(&json, "detail", detail);
    oi_json_end(&json);
}

static enum oi_exit run_step(struct burn_test *t, const struct step *step)
{
    struct oi_failure failure;
    enum oi_exit exit;

    t->skip = false;
    t->detail = (struct oi_utf8){{0}};
    oi_fail_into(&failure);
    exit = step->run(t);
    oi_fail_into(NULL);
    if (exit && oi_cancel_requested())
        exit = OI_EXIT_CANCELLED;
    if (exit == OI_EXIT_CANCELLED)
        tell_step(step->name, "cancelled", "");
    else if (exit)
        tell_step(
            step->name, "FAILED",
            oi_words("%s%s%s", failure.message, failure.hint[0] ? ". " : "", failure.hint).text);
    else
        tell_step(step->name, t->skip ? "skipped" : "ok", t->detail.text);
    return exit;
}

static struct oi_utf8 what_is_left(struct burn_test *t, enum oi_exit result)
{
    struct oi_utf8 disc = oi_recorder_disc_words(&t->drive);

    if (result)
        return oi_words("%s, with what was written before the test ended", disc.text);
    if (is_write_once(t))
        return oi_words("%s, with test data in it", disc.text);
    if (t->target.media && t->target.media->sequential)
        return oi_words("%s, with test data in it; blank again with: openimapi2 blank %s",
                        disc.text, oi_drive_word(&t->drive).text);
    return oi_words("%s, with test data at its start; a burn overwrites it", disc.text);
}

static enum oi_exit run_steps(struct burn_test *t)
{
    enum oi_exit result = OI_EXIT_OK;
    const char *blocker = NULL;

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        enum oi_exit exit;

        if (blocker && !steps[i].always) {
            tell_step(steps[i].name, "skipped", blocker);
            continue;
        }
        exit = run_step(t, &steps[i]);
        if (exit && !result)
            result = exit;
        if (exit == OI_EXIT_CANCELLED)
            blocker = "cancelled";
        else if (exit && steps[i].needed)
            blocker = "a step before it failed";
    }
    if (t->open)
        tell_step("The disc now", what_is_left(t, result).text, "");
    return result;
}

static enum oi_exit conclude(const struct burn_test *t, enum oi_exit result)
{
    static const char *const words[] = {
        [OI_EXIT_OK] = "PASSED",
        [OI_EXIT_FAILED] = "FAILED",
        [OI_EXIT_DIFFERS] = "FAILED, the disc does not hold what was written",
        [OI_EXIT_CANCELLED] = "cancelled",
        [OI_EXIT_REFUSED] = "not begun",
    };
    struct oi_json json;

    oi_say_wrapped("Result", words[result]);
    oi_say("\nPaste all of this into a bug report%s, and attach the trace, a text file:\n%s\n",
           result ? "" : ", or tell us that it works", trace_path(t).text);
    oi_json_begin(&json, "done");
    oi_json_text(&json, "result", words[result]);
    oi_json_text(&json, "trace", trace_path(t).text);
    oi_json_integer(&json, "exit_code", result);
    oi_json_end(&json);
    return result;
}

/* The same questions as doctor's. A disc that no burn would take may be one that is blanked first.
 */
static enum oi_exit examine(struct burn_test *t)
{
    struct oi_patient patient = {.drive = &t->drive};

    oi_doctor_system(t->own_trace);
    oi_doctor_drive(&patient);
    oi_doctor_disc(&patient);
    if (patient.stopped || !patient.ready)
        return oi_fail(OI_EXIT_REFUSED, NULL, patient.why.hint,
                       "the burn test can't begin: %.1000s", patient.why.message);
    return check_disc(t);
}

static enum oi_exit test(struct burn_test *t)
{
    enum oi_exit exit = examine(t);

    if (exit)
        return exit;
    say_plan(t);
    exit = ask(t);
    if (exit)
        return exit;
    oi_cancel_install();
    oi_say("\nBurn test, %u MiB, seed %016llX\n", t->args->size_mib,
           (unsigned long long)t->pattern.seed);
    SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED);
    exit = run_steps(t);
    SetThreadExecutionState(ES_CONTINUOUS);
    return conclude(t, exit);
}

enum oi_exit oi_burn_test(const struct oi_args *args, const wchar_t *wanted)
{
    struct burn_test t = {.args = args, .blocks = args->size_mib * BLOCKS_PER_MIB};
    FILETIME now;
    enum oi_exit exit = check_agreement(args);

    if (exit)
        return exit;
    GetSystemTimeAsFileTime(&now);
    t.pattern.seed = (uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime;
    set_trace(&t);
    oi_progress_only_live();
    oi_cancel_last_words(CANCELLED_EARLY);
    exit = oi_recorder_id(&t.id, wanted);
    if (!exit)
        exit = oi_recorder_open_id(&t.drive, t.id);
    if (!exit) {
        t.open = true;
        exit = test(&t);
    }
    if (t.open)
        oi_drive_close(&t.drive);
    SysFreeString(t.id);
    return exit;
}
