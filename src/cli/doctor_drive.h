/* What the halves of a report about a drive share: who it is (doctor_drive.c) and what it can do
 * (doctor_abilities.c).
 * Who uses it: these two files alone.
 * What it must not know: discs. */
#ifndef OI_CLI_DOCTOR_DRIVE_H
#define OI_CLI_DOCTOR_DRIVE_H

#include "doctor.h"

enum { OI_MISSING_MAX = 8 };

struct oi_drive_report {
    struct oi_report report;
    struct oi_patient *patient;
    struct oi_utf8 owner; /* as was told in the row about it */
    bool accessed;        /* the row above is about access, too */
    bool no_configuration;
    size_t missing_count;
    struct oi_utf8 missing[OI_MISSING_MAX]; /* told last, together */
};

/* A row about access: what was tried, and how well it went. */
void oi_doctor_tell_access(struct oi_drive_report *r, const char *key, const char *what,
                           const char *how_well);
/* One about what failed. It is the last one when the drive will not answer anything else. */
void oi_doctor_tell_failed(struct oi_drive_report *r, const char *key, const char *what,
                           const struct oi_answer *answer);
/* The rows from what it writes on, until one question stops the drive. */
void oi_doctor_tell_abilities(struct oi_drive_report *r);

#endif
