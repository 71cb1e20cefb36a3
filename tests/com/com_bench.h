/* What a client needs to try the registered imapi2.dll: apartments, threads, folders, an engine.
 * Who uses it: the test programs that reach the product through CoCreateInstance alone.
 * Every test that enters an apartment here has a watchdog, and ends only when the DLL says that it
 *   can be unloaded: a test that hangs or leaks an object fails, whatever it asserted.
 * What it must not know: any header of src/. */
#ifndef OI_TESTS_COM_BENCH_H
#define OI_TESTS_COM_BENCH_H

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
#include "com_doubles.h"

enum { BENCH_TEXT = 512 };

/* The same test in a single-threaded and in the multi-threaded apartment. */
#define IN_STA(test)                                                                               \
    {                                                                                              \
#test " (STA)", test, bench_enter_sta, bench_leave, NULL                                   \
    }
#define IN_MTA(test)                                                                               \
    {                                                                                              \
#test " (MTA)", test, bench_enter_mta, bench_leave, NULL                                   \
    }
#define IN_BOTH(test) IN_STA(test), IN_MTA(test)

#define assert_hr(got, expected) bench_assert_hr((got), (expected), #got, __FILE__, __LINE__)

/* An engine that is ready to write from `source` to `drive`, told to `sink`. */
struct bench {
    DWORD apartment; /* COINIT_… of the test's thread */
    IWriteEngine2 *engine;
    DWORD cookie;          /* of sink */
    struct source source;  /* agile, endless */
    struct sink sink;      /* not agile, answers the event interface */
    struct drive drive;    /* agile, DVD+RW, blank */
    HANDLE over, watchdog; /* the test is over; who waits for it */
    const char *doing;     /* for the watchdog to say where the test hangs */
};

int bench_enter_sta(void **state);
int bench_enter_mta(void **state);
int bench_leave(void **state);

void bench_assert_hr(HRESULT got, HRESULT expected, const char *what, const char *file, int line);

/* An engine with nothing set. */
IWriteEngine2 *bench_new_engine(void);
/* WriteSection of the bench's engine from the bench's source. */
HRESULT bench_write(struct bench *b, LONG lba, LONG blocks);
/* CancelWrite, get_WriteInProgress of the bench's engine; any thread. */
HRESULT bench_cancel(struct bench *b);
VARIANT_BOOL bench_in_progress(struct bench *b);

DWORD bench_advise(IWriteEngine2 *engine, struct sink *sink);
HRESULT bench_try_advise(IWriteEngine2 *engine, struct sink *sink, DWORD *cookie);
HRESULT bench_unadvise(IWriteEngine2 *engine, DWORD cookie);

/* DllCanUnloadNow of the loaded imapi2.dll; S_OK when it is not loaded. */
HRESULT bench_can_unload(void);
/* True once that is S_OK, which may take a thread's last steps. */
bool bench_unloadable(void);

/* The description of this thread's IErrorInfo, which is taken; "" when there is none. */
const char *bench_error(char text[BENCH_TEXT]);

/* A thread in an apartment of its own kind (COINIT_…). Ended by bench_join, which pumps. */
struct worker {
    HANDLE thread;
    DWORD apartment;
    void (*run)(void *context);
    void *context;
};
void bench_start(struct worker *worker, DWORD apartment, void (*run)(void *context), void *context);
void bench_join(struct worker *worker);

/* A single-threaded apartment of its own, which serves calls until it is closed. move_in and
 * move_out (NULL: nothing to do) run on its thread. */
struct house {
    void (*move_in)(void *context);
    void (*move_out)(void *context);
    void *context;
    DWORD thread;
    LONG in;
    HANDLE leave; /* set: it ends when it has served the call it is in, if any */
    struct worker worker;
};
void bench_open_house(struct house *house);
void bench_close_house(struct house *house); /* also when it was told to leave before */

/* Leads what the loaded imapi2.dll imports by that name to a function of the test's; what it was.
 */
typedef void (*bench_function)(void);
bench_function bench_hook(const char *name, bench_function replacement);

/* IDispatch by name, as scripts do. Arguments are given in the order of the signature. */
HRESULT bench_get(void *object, const wchar_t *name, VARIANT *value);
HRESULT bench_put(void *object, const wchar_t *name, VARIANT value);
HRESULT bench_call(void *object, const wchar_t *name, VARIANT *args, unsigned count,
                   EXCEPINFO *exception);
VARIANT bench_long(LONG value);
VARIANT bench_object(void *object);

/* Virtual recorders in a folder of the test's own. `medium` is that of the definition file, speed
 * in x (0: unlimited). The image is NAME.iso in the folder. */
void bench_define(const char *name, const char *medium, int speed);
IDiscRecorder2Ex *bench_open(const char *name);
HRESULT bench_open_recorder(const char *name, IDiscRecorder2 **recorder);
/* Bytes of the image file, malloc'ed; *size is its length. NULL: there is no file. */
void *bench_image(const char *name, uint64_t at, size_t wanted, uint64_t *size);

#endif
