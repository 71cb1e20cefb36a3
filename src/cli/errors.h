/* How an operation ended, in words and as an exit code.
 * Who uses it: every command. A failure is reported once, where it is noticed, by oi_fail.
 * Knows the names of the HRESULTs and plain words for the commonest sense codes.
 * What it must not know: what the program was doing; the caller says that.
 * Main thread only: IErrorInfo belongs to the thread of the failing call. */
#ifndef OI_CLI_ERRORS_H
#define OI_CLI_ERRORS_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>
#include "output.h"

/* The exit codes, as --help lists them. */
enum oi_exit {
    OI_EXIT_OK = 0,
    OI_EXIT_FAILED = 1,    /* the drive, the disc or the system failed */
    OI_EXIT_USAGE = 2,     /* the command line makes no sense */
    OI_EXIT_DIFFERS = 3,   /* the disc does not hold the image */
    OI_EXIT_CANCELLED = 4, /* Ctrl-C */
    OI_EXIT_REFUSED = 5,   /* recorder, image or disc missing or unsuitable; nothing was written */
};

enum { OI_SENSE_BYTES = 18, OI_COMMAND_BYTES = 80 };

/* What a COM call or a drive answered. All zero: fine. */
struct oi_answer {
    HRESULT hr;                     /* S_IMAPI_COMMAND_HAS_SENSE_DATA: see sense */
    BYTE sense[OI_SENSE_BYTES];     /* fixed format, zero when there is none */
    char command[OI_COMMAND_BYTES]; /* "READ (10) of 32 blocks at LBA 768", "" when not known */
    char description[OI_UTF8_MAX];  /* what IErrorInfo said, else "" */
};

uint8_t oi_sense_key(const struct oi_answer *answer);
/* ASC and ASCQ as one number: 0x3A00. */
uint16_t oi_sense_code(const struct oi_answer *answer);
/* True when this answer carries sense with that key and code. */
bool oi_sense_is(const struct oi_answer *answer, uint8_t key, uint16_t code);

/* True for the sense of a drive without a disc. */
bool oi_is_no_disc(const struct oi_answer *answer);
/* True for the sense of a drive that can't find the laser power for its disc. */
bool oi_is_bad_calibration(const struct oi_answer *answer);

/* The exit code for a recorder that does not do what was asked before anything was written:
 * OI_EXIT_REFUSED when it has no disc or another program holds it, else OI_EXIT_FAILED. */
enum oi_exit oi_exit_for(const struct oi_answer *why);

/* Forgets IErrorInfo that an earlier call left behind; before a call that may succeed with sense.
 */
void oi_answer_forget(void);
/* Wraps the result of a COM call that just returned; takes IErrorInfo of one that failed or brings
 * sense. */
struct oi_answer oi_answer_from_call(HRESULT hr);
/* A Win32 error as an answer. */
struct oi_answer oi_answer_from_win32(DWORD error);
/* The reason in words: IErrorInfo, else the sense, else the message table of imapi2.dll, else the
 * system's text. */
struct oi_utf8 oi_reason(const struct oi_answer *answer);
/* "E_IMAPI_RECORDER_LOCKED", or NULL for a value without a name here. */
const char *oi_hresult_name(HRESULT hr);

/* Reports a failure: "error: <what>: <reason> (<name>, <value>)" and the hint on the next line, on
 * stderr, and as an "error" event in JSON mode. Where a command that is known brought sense, the
 * reason is in the words of the write engine: "<command> failed: <sense> at LBA <n>". why and hint
 * may be NULL. Returns code. */
enum oi_exit oi_fail(enum oi_exit code, const struct oi_answer *why, const char *hint,
                     const char *what, ...) OI_PRINTF(4, 5);

/* A failure that is told by somebody else, as part of something larger. */
struct oi_failure {
    enum oi_exit code; /* OI_EXIT_OK: there was none */
    char message[2 * OI_UTF8_MAX];
    char hint[OI_UTF8_MAX]; /* "" when there is none */
};
/* From now on oi_fail writes down here what it would report; the first failure stays. The caller
 * keeps the memory. NULL: it reports again. */
void oi_fail_into(struct oi_failure *failure);

/* "E_IMAPI_RECORDER_LOCKED, 0xC0AA0210", "sense 2/3A/02" or "0x80070005" as text. */
struct oi_utf8 oi_answer_code(const struct oi_answer *answer);

/* Something that did not go as wished but does not stop the operation. */
void oi_warn(const struct oi_answer *why, const char *what, ...) OI_PRINTF(2, 3);

#endif
