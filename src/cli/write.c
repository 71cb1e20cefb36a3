/* The write engine sends WRITE commands and nothing else; all that makes a disc of them happens
 * here and in media_steps.c. Until the engine starts nothing irreversible is done without having
 * checked that the image fits. */
#include "write.h"

#include <imapi2.h>
#include <imapi2error.h>
#include <stdio.h>
#include "cancel.h"
#include "image.h"
#include "media_steps.h"
#include "section.h"
#include "verify.h"
#include "virtual.h"

struct burn {
    const struct oi_args *args;
    struct oi_image image;
    struct oi_drive drive;
    struct oi_target target;
    struct oi_section section;
};

static const struct oi_single_speed *single_speed(const struct burn *burn)
{
    return oi_single_speed_for(burn->target.media->profile);
}

static void set_speed(struct burn *burn)
{
    unsigned tenths = burn->args->speed_tenths;
    uint32_t end = (uint32_t)burn->target.start + burn->target.free_blocks;
    struct oi_answer answer;

    if (tenths &&
        !oi_drive_set_speed(&burn->drive, single_speed(burn), tenths, end ? end - 1 : 0, &answer))
        oi_warn(&answer, "recorder \"%s\" does not take the speed %u.%ux and writes at its own",
                burn->drive.name, tenths / 10, tenths % 10);
}

static enum oi_exit set_up_engine(struct burn *burn)
{
    unsigned tenths = burn->args->speed_tenths;
    LONG rate = tenths ? (LONG)(single_speed(burn)->sectors_per_second * tenths / 10) : -1;

    return oi_section_open(&burn->section, &burn->drive, rate);
}

/* Brings what the drive still buffers onto the disc, so that its state can be told. */
static enum oi_exit report_broken_off(struct burn *burn, const struct oi_answer *answer)
{
    char state[768];
    enum oi_exit exit = OI_EXIT_FAILED;

    oi_section_break_off(&burn->drive);
    burn->target.media->describe_partial(&burn->drive, &burn->target,
                                         burn->section.sink.blocks_written, state, sizeof(state));
    if (answer->hr == E_IMAPI_REQUEST_CANCELLED) {
        oi_fail(OI_EXIT_CANCELLED, NULL, state, "cancelled; the image was not written completely");
        exit = OI_EXIT_CANCELLED;
    } else {
        oi_fail(OI_EXIT_FAILED, answer, state, "writing \"%s\" to \"%s\" failed", burn->image.path,
                burn->drive.name);
    }
    return exit;
}

static enum oi_exit write_section(struct burn *burn)
{
    IStream *stream;
    struct oi_answer answer = {.hr = oi_image_stream(&burn->image, burn->target.blocks, &stream)};

    if (FAILED(answer.hr))
        return oi_fail(OI_EXIT_FAILED, &answer, NULL, "\"%s\" can't be read as a stream",
                       burn->image.path);
    answer = oi_section_write(&burn->section, stream, burn->target.start, burn->target.blocks,
                              single_speed(burn)->data_per_second);
    IStream_Release(stream);
    if (FAILED(answer.hr))
        return report_broken_off(burn, &answer);
    oi_cancel_allow(false);
    oi_say("Written: %lu sectors, %.1f MB/s on average.\n", (unsigned long)burn->image.blocks,
           oi_progress_average(&burn->section.progress, burn->image.blocks) / 1e6);
    return OI_EXIT_OK;
}

static enum oi_exit check_disc(struct burn *burn)
{
    enum oi_exit exit = oi_target_examine(&burn->drive, &burn->target);

    if (!exit)
        exit = oi_target_check_room(&burn->target);
    return exit;
}

/* Preparing may have used up room, when an interrupted session had to be closed. */
static enum oi_exit prepare_disc(struct burn *burn)
{
    enum oi_exit exit;

    if (oi_cancel_requested())
        return oi_fail(OI_EXIT_CANCELLED, NULL, NULL, "cancelled; the disc was not touched");
    exit = burn->target.media->prepare(&burn->drive, &burn->target);
    if (exit == OI_EXIT_CANCELLED)
        return oi_fail(OI_EXIT_CANCELLED, NULL,
                       burn->target.media->describe_unprepared(&burn->target),
                       "cancelled; the image was not written");
    return exit ? exit : oi_target_check_room(&burn->target);
}

/* Cancelled when the disc was ready to be written. */
static enum oi_exit report_unbegun(struct burn *burn)
{
    char state[768];

    burn->target.media->describe_partial(&burn->drive, &burn->target, 0, state, sizeof(state));
    return oi_fail(OI_EXIT_CANCELLED, NULL, state, "cancelled; the image was not written");
}

static void say_start(struct burn *burn)
{
    oi_say("Writing \"%s\" (%lu sectors, %.1f MB) to the %s in \"%s\", from sector %ld on\n",
           burn->image.path, (unsigned long)burn->image.blocks, (double)burn->image.bytes / 1e6,
           burn->target.media->name, burn->drive.name, (long)burn->target.start);
    oi_job_json_start("write", &burn->image, &burn->drive, burn->target.media->name,
                      (uint32_t)burn->target.start);
}

static enum oi_exit record(struct burn *burn)
{
    enum oi_exit exit = oi_job_take_drive(&burn->drive);

    if (!exit)
        exit = check_disc(burn);
    if (exit)
        return exit;
    if (burn->target.finalize && !burn->target.media->sequential)
        oi_warn(NULL, "--finalize changes nothing: a %s can always be written again",
                burn->target.media->name);
    set_speed(burn);
    exit = prepare_disc(burn);
    if (!exit && oi_cancel_requested())
        exit = report_unbegun(burn);
    if (exit)
        return exit;
    say_start(burn);
    exit = set_up_engine(burn);
    if (!exit)
        exit = write_section(burn);
    oi_section_close(&burn->section);
    if (!exit)
        exit = burn->target.media->finish(&burn->drive, &burn->target);
    return exit;
}

/* What went wrong will most likely go wrong again. */
static void tell_faults(const struct burn *burn, enum oi_exit exit)
{
    const char *name = burn->drive.name;

    if ((exit == OI_EXIT_FAILED || exit == OI_EXIT_DIFFERS) && burn->drive.virtual_recorder &&
        oi_virtual_has_faults(name))
        oi_complain("       The fault script of \"%s\" is still on; without it: openimapi2 virtual "
                    "set %s --faults off\n",
                    name, name);
}

/* The emulator could not open it for writing: it would say so, but not why. */
static enum oi_exit check_source(struct burn *burn)
{
    if (!burn->drive.virtual_recorder || !oi_virtual_disc_is(burn->drive.name, burn->image.file))
        return OI_EXIT_OK;
    return oi_fail(OI_EXIT_REFUSED, NULL,
                   "Copy the file and write the copy, or take another recorder.",
                   "\"%s\" is the file of the very disc that is in \"%s\"", burn->image.path,
                   burn->drive.name);
}

enum oi_exit oi_write_command(const struct oi_args *args)
{
    struct burn burn = {.args = args};
    bool verify = (args->given & OI_OPT_VERIFY) != 0;
    enum oi_exit exit = oi_job_open(args, &burn.image, &burn.drive);

    if (exit)
        return exit;
    burn.target.image_blocks = burn.image.blocks;
    burn.target.finalize = (args->given & OI_OPT_FINALIZE) != 0;
    SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED);
    exit = check_source(&burn);
    if (!exit)
        exit = record(&burn);
    if (!exit) {
        oi_cancel_allow(true);
        if (verify)
            exit = oi_verify(
                &burn.drive, &burn.image, (uint32_t)burn.target.start,
                "The image was written completely and can be read from the disc; only the "
                "comparison was broken off.");
    }
    if (!exit) {
        oi_say("Done.\n");
        oi_job_json_done(&burn.image, (uint32_t)burn.target.start, verify);
    }
    tell_faults(&burn, exit);
    SetThreadExecutionState(ES_CONTINUOUS);
    oi_job_close(&burn.image, &burn.drive);
    return exit;
}
