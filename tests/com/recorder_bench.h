/* What a client needs to try recorders of the registered imapi2.dll: a folder of virtual ones, a
 *   way to send commands and to look at raw answers, and a second process that does the same.
 * Who uses it: the tests of MsftDiscMaster2, MsftDiscRecorder2, MsftStreamZero and registration.
 * A test's teardown releases what the test kept, wants the DLL to be unloadable and empties the
 *   folder: an object that leaks or a file that stays open fails the test.
 * What it must not know: any header of src/. */
#ifndef OI_TESTS_RECORDER_BENCH_H
#define OI_TESTS_RECORDER_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>
#include <ole2.h>
#include <ocidl.h>
#include <olectl.h>
#include <cmocka.h>
#include "imapi2.h"
#include "imapi2error.h"

enum {
    SECTOR = 2048,
    UNIT = 16, /* sectors of a DVD write unit */
    DVD_PLUS_SECTORS = 2295104,
    SENSE = 18,
    GUARD = 0xa5, /* fills what must be overwritten, or must not */
    RAW_MAX = 32768
};

#define assert_hr(got, expected) rig_assert_hr((got), (expected), #got, __FILE__, __LINE__)
/* One of up to three results, where the contract leaves the choice. */
#define assert_hr_in(got, ...)                                                                     \
    rig_assert_hr_in((got), (const HRESULT[]){__VA_ARGS__},                                        \
                     sizeof((const HRESULT[]){__VA_ARGS__}) / sizeof(HRESULT), #got, __FILE__,     \
                     __LINE__)
void rig_assert_hr(HRESULT got, HRESULT expected, const char *what, const char *file, int line);
void rig_assert_hr_in(HRESULT got, const HRESULT *expected, size_t count, const char *what,
                      const char *file, int line);

/* == a program's and a test's surroundings == */

/* For cmocka_run_group_tests: the thread joins the MTA, OPENIMAPI2_RECORDERS names a new folder. */
int rig_start(void **state);
int rig_stop(void **state);
/* A test's teardown. */
int rig_clear(void **state);

/* Keeps a reference for the teardown to release; gives it back for convenience. */
void *rig_keep(void *object);
/* Releases a kept reference now; its new count. */
ULONG rig_drop(void *object);
/* DllCanUnloadNow of the loaded imapi2.dll. */
HRESULT rig_can_unload(void);
/* The description of this thread's IErrorInfo, which is taken; "" when there is none. */
const char *rig_error(void);

/* == files == */

/* FOLDER\name, in one of a few static buffers. */
const WCHAR *rig_path(const char *name);
bool rig_exists(const char *name);
void rig_remove(const char *name);
void rig_write_file(const char *name, const void *data, size_t size);
/* The whole file, malloc'ed and with a NUL behind it; fails the test when it can't be read. */
char *rig_read_file(const char *name, size_t *size);

/* Where OPENIMAPI2_TEST_DRIVE names a drive, the first recorder that a test defines is that one and
 * the second is drive E:, on the way that "scripts/wine --drive" makes; they have ids, locks and
 * errors of a drive of Windows then. Ends a test that is about virtual recorders alone. */
#define rig_virtual_only(why)                                                                      \
    do {                                                                                           \
        if (rig_on_drive()) {                                                                      \
            print_message("skipped: %s\n", (why));                                                 \
            skip();                                                                                \
        }                                                                                          \
    } while (0)
bool rig_on_drive(void);

/* NAME.ini with that medium ("none": closed, no disc) and NAME.iso, in the folder, as its image. */
void rig_define(const char *name, const char *medium);
/* NAME.ini with these lines. */
void rig_define_as(const char *name, const char *lines);

/* == recorders == */

/* The unique id of a virtual recorder, kept for the test. */
BSTR rig_id(const char *name);
BSTR rig_new_id(const char *name); /* the caller's */
/* A string, kept for the test. */
BSTR rig_text(const WCHAR *text);
IDiscMaster2 *rig_master(void);
IDiscRecorder2 *rig_recorder(void); /* not initialised */
HRESULT rig_initialise(IDiscRecorder2 *recorder, const char *name);
/* Initialised, and past the unit attentions of a new drive. Kept. */
IDiscRecorder2Ex *rig_open(const char *name);
/* The other interface of the same object, kept. */
IDiscRecorder2 *rig_plain(IDiscRecorder2Ex *ex);
IDiscRecorder2Ex *rig_ex(IDiscRecorder2 *recorder);

/* == commands == */

/* TEST UNIT READY until no unit attention and no "becoming ready" answers; the last result. */
HRESULT rig_settle(IDiscRecorder2Ex *ex);
/* A command without data. sense may be NULL. */
HRESULT rig_command(IDiscRecorder2Ex *ex, const BYTE *cdb, ULONG size, BYTE *sense);
/* A command that reads; the test fails unless it ends with S_OK. Bytes that came. */
ULONG rig_fetch(IDiscRecorder2Ex *ex, const BYTE *cdb, ULONG size, BYTE raw[RAW_MAX]);
/* WRITE(10) of whole sectors filled with `fill`. */
HRESULT rig_write(IDiscRecorder2Ex *ex, LONG lba, ULONG sectors, int fill, BYTE *sense);
HRESULT rig_sync(IDiscRecorder2Ex *ex);
/* The next writable address of the last track; -1 when there is none. */
LONG rig_next_writable(IDiscRecorder2Ex *ex);

/* "key/asc/ascq" of fixed sense, in a static buffer. */
const char *rig_sense(const BYTE *sense);

static inline unsigned be16(const BYTE *p)
{
    return (unsigned)(p[0] << 8 | p[1]);
}

static inline ULONG be32(const BYTE *p)
{
    return (ULONG)be16(p) << 16 | be16(p + 2);
}

/* == automation == */

HRESULT rig_get(void *object, const WCHAR *name, VARIANT *value);
/* Arguments in the order of the signature. */
HRESULT rig_call(void *object, const WCHAR *name, WORD flags, VARIANT *args, unsigned count,
                 VARIANT *result, EXCEPINFO *exception);

/* == a second thread, in an apartment of its own == */

/* Runs body there (COINIT_…) and waits, without pumping. */
void rig_in_apartment(DWORD apartment, void (*body)(void *context), void *context);

/* == a second process == */

/* main's first step: true when this process is the second one; it has done its work then. */
bool rig_is_child(int argc, char **argv);
void rig_child_start(void);
/* Gives it a line and waits for its answer: "open NAME", "acquire", "release", "prevent",
 * "write LBA SECTORS", "sync", "info", "next". *value (may be NULL) is what "next" found. */
HRESULT rig_child(const char *line, LONG *value);
void rig_child_quit(void); /* orderly */
void rig_child_kill(void); /* TerminateProcess */

#endif
