/* The command "doctor": whether this computer can burn, and if not, why.
 * Who uses it: main.c; the parts are shared with burn_test.c.
 * Nothing here writes to a disc, moves a tray, or keeps a drive from others for longer than a
 * moment. A drive that has stopped answering is asked nothing more.
 * What it must not know: how a burn is done (media_steps.h says what a disc needs). */
#ifndef OI_CLI_DOCTOR_H
#define OI_CLI_DOCTOR_H

#include "args.h"
#include "drive.h"
#include "report.h"

/* One recorder, and what has been found out about it. */
struct oi_patient {
    struct oi_drive *drive;
    bool stopped;          /* further questions would get no answer */
    struct oi_failure why; /* of what stopped it, or of the first thing a burn needs and has not */
    bool ready;
    struct oi_answer readiness; /* when it is not ready */
};

/* Program, server, system: the head of a report. own_trace: that OPENIMAPI2_TRACE is set is this
 * program's doing, and not told. */
void oi_doctor_system(bool own_trace);
/* What the drive is, who may use it, what it can do. */
void oi_doctor_drive(struct oi_patient *patient);
/* The disc in it, and the verdict: true when a burn would work. Says what to do otherwise. */
bool oi_doctor_disc(struct oi_patient *patient);

/* Notes an answer that means that the drive is lost to us; the words say what was tried. */
void oi_doctor_note(struct oi_patient *patient, const struct oi_answer *answer, const char *what);
/* What somebody can do about an answer. "" when that is not known. */
struct oi_utf8 oi_doctor_way_out(const struct oi_drive *drive, const struct oi_answer *answer);

enum oi_exit oi_doctor_command(const struct oi_args *args);

#endif
