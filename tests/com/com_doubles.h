/* What a client hands to the engine: a stream, a sink and a recorder that do as a test tells them.
 * Who uses it: com_bench and the test programs of the write engine.
 * They note what was asked of them and on which thread. They are told on their own thread or
 *   before a write; the counters may be watched from any.
 * What it must not know: CMocka; whatever they see, the tests judge. */
#ifndef OI_TESTS_COM_DOUBLES_H
#define OI_TESTS_COM_DOUBLES_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>
#include <ole2.h>
#include <ocidl.h>
#include "imapi2.h"
#include "imapi2error.h"

/* How long anything is waited for before it counts as hanging. */
enum { SECTOR = 2048, PATIENCE_MS = 20000 };

/* Counters that a test waits on. All of them share one lock and one condition. */
void count_up(LONG *counter);
LONG count_of(LONG *counter);
/* True once it has reached at_least; false when that takes longer than a test may. Does not pump.
 */
bool count_wait(LONG *counter, LONG at_least);

/* How an object says that it may be called from any thread. NOT_MARSHALLED (drives alone) is bound
 * to its apartment, and what marshals it fails. */
enum agility { BOUND, AGILE_BY_NAME, AGILE_BY_MARSHALER, NOT_MARSHALLED };

/* The bytes of every source: each depends on its place alone. */
void pattern_fill(void *bytes, uint64_t at, size_t count);
bool pattern_is(const void *bytes, uint64_t at, size_t count);

/* == source == */

struct source {
    IStream IStream_iface;
    LONG refs;
    enum agility agility;
    IUnknown *marshaler;
    uint64_t position, end;
    ULONG chunk;         /* a Read gives no more; 0: as much as is asked */
    bool false_if_short; /* S_FALSE with the bytes when they are fewer than asked */
    uint64_t fail_at;    /* no byte from here on, but `failure` */
    HRESULT failure;
    uint64_t hold_at; /* a Read from here on waits for `go` */
    LONG held, go;
    void (*on_read)(struct source *source, LONG nth); /* in the Read, before it reads */
    void *context;
    DWORD apartment_thread; /* where the source was made */
    DWORD reader;           /* the thread of the last Read */
    LONG reads, foreign_reads, other_calls;
    LONG done; /* a held Read has returned */
};

void source_init(struct source *source, enum agility agility);
void source_fini(struct source *source);

/* == sink == */

enum { SINK_EVENTS = 64 };

struct event {
    DWORD thread;
    bool well_formed; /* DISPID, flags, arguments as the contract says; every getter succeeded */
    VARIANT_BOOL in_progress;
    LONG start, count, last_read, last_written, total, used, free;
};

struct sink {
    IDispatch IDispatch_iface;
    LONG refs;
    enum agility agility;
    IUnknown *marshaler;
    bool dispatch_only; /* does not answer for the event interface */
    HRESULT result;     /* of every Update */
    void (*on_event)(struct sink *sink, IWriteEngine2 *engine, IWriteEngine2EventArgs *progress);
    void *context;
    bool keep; /* takes a reference on every progress object */
    IWriteEngine2EventArgs *kept[SINK_EVENTS];
    LONG begun, ended, vtable_calls, overlaps;
    DWORD cookie;
    struct event events[SINK_EVENTS];
};

void sink_init(struct sink *sink);
void sink_fini(struct sink *sink);
/* What a progress object says now; well_formed tells whether every getter succeeded. */
struct event progress_read(IWriteEngine2EventArgs *progress);

/* == drive == */

enum { DRIVE_COMMANDS = 512, DRIVE_FAULTS = 4, DRIVE_BLOCKS = 4096 };

struct sense {
    BYTE response, key, asc, ascq; /* response 0: 70h, a current error */
};

struct command {
    BYTE cdb[16];
    ULONG size, bytes, timeout_seconds;
    DWORD thread;
    LONG lba, blocks; /* of a WRITE */
};

/* Commands nth…nth+times-1 of its kind fail: with a result, or with sense data. */
struct fault {
    BYTE opcode; /* 0: any WRITE */
    LONG nth, times;
    HRESULT result;
    struct sense sense;
    LONG seen;
};

struct drive {
    IDiscRecorder2Ex IDiscRecorder2Ex_iface;
    IMarshal IMarshal_iface; /* of a NOT_MARSHALLED one */
    LONG refs;
    enum agility agility;
    IUnknown *marshaler;
    ULONG transfer_bytes;
    HRESULT limits; /* of the three transfer limits */
    IMAPI_PROFILE_TYPE profile;
    LONG first_lba, block_bytes;
    LONG next_writable; /* DVD+R: a WRITE elsewhere is refused */
    BYTE *disc;         /* DRIVE_BLOCKS of them; 0xee is blank */
    struct fault faults[DRIVE_FAULTS];
    LONG fault_count;
    LONG hold_at; /* the nth WRITE waits for `go`; 0: none */
    LONG held, go;
    void (*on_write)(struct drive *drive, LONG nth); /* on the writer's thread, before the WRITE */
    void *context;
    LONG writes, command_count, in_flight, overlaps, malformed;
    struct command commands[DRIVE_COMMANDS];
};

bool drive_init(struct drive *drive, enum agility agility);
void drive_fini(struct drive *drive);
/* The nth WRITE (times in a row) is answered with that sense; result is the SCSI success code. */
void drive_sense(struct drive *drive, LONG nth, LONG times, struct sense sense);
/* The nth WRITE (times in a row) is not carried out, and Send… returns that. */
void drive_result(struct drive *drive, LONG nth, LONG times, HRESULT result);
void drive_fault(struct drive *drive, struct fault fault);
/* Whether blocks from lba on hold the pattern from `at` bytes on; whether they are still blank. */
bool drive_holds(struct drive *drive, LONG lba, LONG blocks, uint64_t at);
bool drive_blank(struct drive *drive, LONG lba, LONG blocks);
/* The nth (from 1) WRITE that was sent. */
const struct command *drive_write(struct drive *drive, LONG nth);

#endif
