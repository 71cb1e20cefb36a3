/* Every recorder gets its section, be it dead or alive; one that can burn is enough. */
#include "doctor.h"

#include <oleauto.h>
#include "burn_test.h"
#include "recorders.h"

struct round {
    unsigned seen;
    unsigned able; /* to burn with the disc in it */
};

/* One that can't be opened has no more than a name. */
static void tell_unopened(const wchar_t *id, const struct oi_answer *answer)
{
    struct oi_report report;
    struct oi_utf8 name = oi_recorder_name_from_id(id);
    struct oi_drive none = {0};
    struct oi_utf8 way = oi_doctor_way_out(&none, answer);

    oi_report_begin(&report, "recorder", "Recorder \"%.900s\"", name.text);
    oi_json_text(&report.json, "name", name.text);
    oi_report_row(&report, "id", "Unique id", "%s", oi_utf8(id).text);
    oi_report_row(&report, "open", "Access", "opening: FAILED: %s (%s)", oi_reason(answer).text,
                  oi_answer_code(answer).text);
    oi_report_row(&report, "verdict", "Would a burn work?",
                  "NO, because the recorder can't be opened");
    if (way.text[0])
        oi_report_row(&report, "advice", "What to do", "%s", way.text);
    oi_report_end(&report);
}

static void examine(void *context, LONG index, const wchar_t *id)
{
    struct round *round = context;
    struct oi_drive drive;
    struct oi_patient patient = {.drive = &drive};
    struct oi_answer answer;

    (void)index;
    round->seen++;
    if (!oi_drive_open(&drive, id, &answer)) {
        tell_unopened(id, &answer);
        return;
    }
    oi_doctor_drive(&patient);
    round->able += oi_doctor_disc(&patient);
    oi_drive_close(&drive);
}

static enum oi_exit conclude(const struct round *round)
{
    struct oi_json json;
    enum oi_exit exit = round->able ? OI_EXIT_OK : OI_EXIT_REFUSED;

    if (!round->seen)
        oi_say("\nThere is no recorder.\n");
    oi_say("\n%u of %u recorder%s could burn with the disc in it.\n", round->able, round->seen,
           round->seen == 1 ? "" : "s");
    oi_json_begin(&json, "done");
    oi_json_integer(&json, "recorders", round->seen);
    oi_json_integer(&json, "able_to_burn", round->able);
    oi_json_integer(&json, "exit_code", exit);
    oi_json_end(&json);
    return exit;
}

enum oi_exit oi_doctor_command(const struct oi_args *args)
{
    struct round round = {0};
    const wchar_t *wanted = args->recorder ? args->recorder : args->operand;
    enum oi_exit exit = OI_EXIT_OK;
    BSTR id = NULL;

    if (args->recorder && args->operand)
        return oi_fail(OI_EXIT_USAGE, NULL, NULL,
                       "the recorder is named twice: \"%s\", and with --recorder \"%s\"",
                       oi_utf8(args->operand).text, oi_utf8(args->recorder).text);
    if (args->given & OI_OPT_BURN_TEST)
        return oi_burn_test(args, wanted);
    if (args->given & (OI_OPT_YES | OI_OPT_WRITE_ONCE | OI_OPT_SIZE))
        return oi_fail(OI_EXIT_USAGE, NULL, NULL,
                       "--yes, --write-once and --size belong to --burn-test");
    if (wanted)
        exit = oi_recorder_id(&id, wanted);
    if (exit)
        return exit;
    oi_doctor_system(false);
    if (id)
        examine(&round, 0, id);
    else
        exit = oi_recorder_each(examine, &round);
    SysFreeString(id);
    return exit ? exit : conclude(&round);
}
