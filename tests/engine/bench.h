/* A workbench for the write engine: a source, a drive and a client whose behaviour a test can
 * script. The source hands out a pattern, so that what lands on the disc can be checked without
 * keeping it. The drive is memory behind a transport, with faults by command number; it is not
 * strict: what a recorder would refuse is the emulator's subject. Time in the write loop is
 * virtual. CMocka's asserts leave by longjmp, so they are used on the test's own thread only. */
#ifndef OI_TESTS_ENGINE_BENCH_H
#define OI_TESTS_ENGINE_BENCH_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "engine.h"

enum { BENCH_DEADLINE_S = 20, LOG_MAX = 4096, FAULTS_MAX = 8 };

/* A door that holds threads up until it is opened; closed at first. */
struct gate {
    struct oi_mutex lock;
    struct oi_cond moved;
    bool open;
    int waiting; /* threads held up now */
};
void gate_init(struct gate *gate);
void gate_fini(struct gate *gate);
void gate_pass(struct gate *gate); /* waits until it is open */
void gate_open(struct gate *gate);
/* False when nobody came to the gate within the bench's deadline. */
bool gate_has_visitor(struct gate *gate);

struct logged_command {
    uint8_t opcode;
    bool streaming;
    int32_t lba;
    uint32_t blocks;
    uint32_t timeout_ms;
};

struct fault {
    uint32_t after; /* commands that come through first */
    uint32_t times;
    struct oi_completion completion;
    bool executed; /* the blocks reach the disc all the same */
};

/* What it says when it is asked something instead of being given data. */
enum next_writable { NEXT_UNKNOWN, NEXT_TRUE, NEXT_FIXED };
struct bench_answers {
    enum next_writable
        next; /* READ TRACK INFORMATION: none, the end of what was written, next_lba */
    int32_t next_lba;
    uint32_t buffer_bytes;  /* READ BUFFER CAPACITY */
    uint8_t key, asc, ascq; /* REQUEST SENSE */
    struct oi_completion
        news[FAULTS_MAX];           /* what questions that transfer no data, and READ TRACK */
    uint32_t news_count, news_told; /* INFORMATION, end with, each once, in turn */
    uint8_t news_only;              /* not 0: only this command tells them */
    uint8_t asked[LOG_MAX];         /* the operation codes */
    uint32_t asked_count;
    void (*asked_hook)(void *context, uint32_t question); /* from 1, with the drive's context */
};

struct bench_drive {
    struct oi_transport transport;
    struct oi_drive drive;
    struct oi_mutex lock;
    int32_t first_lba; /* of the disc below */
    uint32_t disc_blocks;
    uint32_t block_bytes;
    uint8_t *disc;
    int32_t recorded_end;
    struct fault faults[FAULTS_MAX];
    uint32_t fault_count;
    struct logged_command log[LOG_MAX];
    uint32_t commands; /* WRITEs: the log and the faults count these only */
    struct bench_answers answers;
    uint32_t in_flight;
    enum oi_status enter_status;
    uint32_t enters, leaves;
    struct gate *gate; /* every command with number >= gate_from waits here */
    uint32_t gate_from;
    void (*hook)(void *context, uint32_t command); /* before a command is carried out */
    void *hook_context;
};

struct bench_source {
    struct oi_source source;
    uint64_t position;
    uint32_t most;    /* bytes per read at the most, 0: as asked */
    uint64_t end_at;  /* no more data from here; UINT64_MAX: never */
    uint64_t fail_at; /* fails from here */
    enum oi_status fail_status;
    int32_t fail_foreign;
    bool fail_with_data; /* the failing read hands out what there is up to fail_at */
    enum oi_status open_status;
    struct gate *gate; /* reads from stall_at on wait here */
    uint64_t stall_at;
    struct gate *close_gate; /* close waits here */
    uint32_t reads;
    atomic_uint opens;
    struct oi_mutex lock; /* guards the two below */
    struct oi_cond closed;
    uint32_t sections; /* that were given this source */
    uint32_t closes;
    void *thread; /* of the first read, as bench_thread() gives it */
};

struct bench_client {
    struct oi_client client;
    struct oi_mutex lock;
    struct oi_cond woken;
    bool wake;
    uint32_t events;
    struct oi_progress first, last;
    bool went_back, unbalanced; /* seen in some event */
    bool writing_in_first, writing_in_last, busy_in_last;
    void (*on_event)(void *context, uint32_t event); /* numbered from 1 */
    void *context;
};

struct bench {
    struct oi_engine engine;
    struct bench_drive drive;
    struct bench_source source;
    struct bench_client client;
    struct oi_clock clock; /* virtual */
    atomic_ullong now_us;
    struct oi_section section;
    struct oi_outcome outcome;
};

/* setup and teardown for cmocka_unit_test_setup_teardown: 2048-byte blocks, DVD+RW, 16 blocks per
 * command, LBA 0, a disc of 8192 blocks. */
int bench_setup(void **state);
int bench_teardown(void **state);

/* The byte of the pattern at this offset of the source. */
uint8_t pattern_byte(uint64_t offset);
void *bench_thread(void);

/* A reader may be left behind inside the source: false when it is still in use after the deadline.
 */
bool bench_source_is_free(struct bench *bench);
/* The source starts again at its first byte, once it is free; false when it does not get free. */
bool bench_rewind(struct bench *bench);

/* Claims the engine and writes section.blocks = blocks; the outcome is in bench->outcome. */
enum oi_status bench_write(struct bench *bench, int32_t blocks);
/* The same on a thread of its own; bench_join gives the status. */
struct oi_thread *bench_start(struct bench *bench, int32_t blocks);
enum oi_status bench_join(struct bench *bench, struct oi_thread *thread);

/* A CHECK CONDITION with fixed sense, current or deferred. */
struct oi_completion check_condition(uint8_t key, uint8_t asc, uint8_t ascq);
struct oi_completion deferred(uint8_t key, uint8_t asc, uint8_t ascq);
struct oi_completion scsi_status(uint8_t status);
struct oi_completion transport_failure(enum oi_status status, int32_t foreign);
/* WRITE number `after` (from 0) and `times` in all end like this instead of being carried out. */
void bench_fail(struct bench *bench, uint32_t after, uint32_t times,
                struct oi_completion completion);

#define assert_disc_holds(bench, lba, blocks)                                                      \
    assert_disc_holds_at(bench, lba, blocks, __FILE__, __LINE__)
void assert_disc_holds_at(struct bench *bench, int32_t lba, uint32_t blocks, const char *file,
                          int line);

#endif
