/* OPENIMAPI2_TRACE: what is written for a command, and that writing it harms nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "os.h"
#include "trace_text.h"
#include "tracing.h"

enum { TRACE_MOST = 64 << 20, LINE_STAMP = 40 };

/* A device that answers as it is told. */
struct fake {
    struct oi_device device;
    struct oi_completion completion;
    const struct oi_command *command; /* the last one */
    const char *detail;
    bool destroyed;
};

struct bench {
    char folder[64], path[96];
    struct fake fake;
    char *text; /* of the trace read last */
};

static void fake_execute(struct oi_transport *transport, const struct oi_command *command,
                         struct oi_completion *completion)
{
    struct fake *fake = (struct fake *)transport;

    fake->command = command;
    *completion = fake->completion;
}

static void fake_destroy(struct oi_device *device)
{
    ((struct fake *)device)->destroyed = true;
}

static void fake_limits(struct oi_device *device, struct oi_transfer_limits *limits)
{
    (void)device;
    *limits = (struct oi_transfer_limits){1, 2, 4};
}

static enum oi_status fake_acquire(struct oi_device *device, bool force, const char *client_name)
{
    (void)device;
    return force && strcmp(client_name, "me") == 0 ? OI_LOCKED : OI_OK;
}

static enum oi_status fake_release(struct oi_device *device)
{
    (void)device;
    return OI_SHARING;
}

static enum oi_status fake_owner(struct oi_device *device, char name[OI_OWNER_NAME_MAX])
{
    (void)device;
    strcpy(name, "owner");
    return OI_EXISTS;
}

static enum oi_status fake_notify_media(struct oi_device *device, bool on)
{
    (void)device;
    return on ? OI_NOT_FOUND : OI_OK;
}

static enum oi_status fake_identity(struct oi_device *device, struct oi_device_identity *identity)
{
    (void)device;
    strcpy(identity->vendor, "V");
    return OI_BAD_RESPONSE;
}

static enum oi_status fake_number(struct oi_device *device, uint32_t *number)
{
    (void)device;
    *number = 7;
    return OI_IO_ERROR;
}

static void fake_detail(struct oi_device *device, char text[OI_DETAIL_MAX])
{
    snprintf(text, OI_DETAIL_MAX, "%s", ((struct fake *)device)->detail);
}

static const struct oi_transport_ops fake_transport_ops = {fake_execute};
static const struct oi_device_ops fake_ops = {
    .destroy = fake_destroy,
    .limits = fake_limits,
    .acquire = fake_acquire,
    .release = fake_release,
    .owner = fake_owner,
    .notify_media = fake_notify_media,
    .identity = fake_identity,
    .number = fake_number,
    .detail = fake_detail,
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    if (!b)
        return -1;
    snprintf(b->folder, sizeof(b->folder), "/tmp/oi_tracing_XXXXXX");
    if (!mkdtemp(b->folder)) {
        free(b);
        return -1;
    }
    snprintf(b->path, sizeof(b->path), "%s/trace.log", b->folder);
    setenv("OPENIMAPI2_TRACE", b->path, 1);
    b->fake.device.transport.ops = &fake_transport_ops;
    b->fake.device.ops = &fake_ops;
    b->fake.detail = "";
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    unsetenv("OPENIMAPI2_TRACE");
    unlink(b->path);
    rmdir(b->folder);
    free(b->text);
    free(b);
    return 0;
}

static const char *trace(struct bench *b)
{
    size_t size;

    free(b->text);
    b->text = NULL;
    assert_int_equal(oi_file_read_all(b->path, TRACE_MOST, &b->text, &size), OI_OK);
    return b->text;
}

static void assert_says(struct bench *b, const char *words)
{
    if (!strstr(trace(b), words))
        fail_msg("the trace does not say \"%s\":\n%s", words, b->text);
}

static struct oi_completion run(struct oi_device *device, struct oi_cdb cdb, uint32_t bytes)
{
    struct oi_command command = {.cdb = cdb,
                                 .direction = bytes ? OI_DATA_OUT : OI_DATA_NONE,
                                 .data_len = bytes,
                                 .timeout_ms = 200000};
    struct oi_completion completion = {0};

    oi_transport_execute(&device->transport, &command, &completion);
    return completion;
}

/* == what a line says == */

static const char *line_of(const struct oi_command *command, const struct oi_completion *completion,
                           const char *detail)
{
    static char text[OI_TRACE_LINE_MAX];
    struct oi_line line = oi_line_begin(text, sizeof(text));

    oi_trace_text_command(&line, command, completion, 9, detail);
    text[oi_line_end(&line) - 1] = '\0';
    return text;
}

static void every_command_with_blocks_tells_which(void **state)
{
    static const struct {
        struct oi_cdb cdb;
        const char *words;
    } rows[] = {
        {{{OI_OP_READ10, 0, 0, 0x12, 0x34, 0x56, 0, 0x01, 0x02, 0}, 10},
         "LBA 1193046, 258 blocks "},
        {{{OI_OP_WRITE10, 0, 0xff, 0xff, 0xff, 0x6a, 0, 0, 1, 0}, 10}, "LBA -150, 1 block "},
        {{{OI_OP_WRITE_AND_VERIFY10, 0, 0, 0, 0, 1, 0, 0, 2, 0}, 10}, "LBA 1, 2 blocks "},
        {{{OI_OP_VERIFY10, 0, 0, 0, 0, 1, 0, 0, 2, 0}, 10}, "LBA 1, 2 blocks "},
        {{{OI_OP_READ12, 0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0}, 12}, "LBA 1, 65538 blocks "},
        {{{OI_OP_WRITE12, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0x80, 0}, 12},
         "LBA 1, 2 blocks AA 00 00 00 00 01 00 00 00 02 80 00 "},
        {{{OI_OP_READ_CD, 0, 0, 0, 0, 1, 1, 0, 2, 0x10, 0, 0}, 12},
         "LBA 1, 65538 blocks BE 00 00 00 00 01 01 00 02 10 00 00 "},
        {{{OI_OP_READ_DISC_INFORMATION, 0, 0, 0, 0, 0, 0, 0, 34, 0}, 10},
         "51 00 00 00 00 00 00 00 22 00 "},
        {{{OI_OP_TEST_UNIT_READY}, 6}, "TEST UNIT READY         "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct oi_command command = {.cdb = rows[i].cdb};
        const char *line = line_of(&command, &(struct oi_completion){0}, "");

        if (!strstr(line, rows[i].words))
            fail_msg("\"%s\" does not say \"%s\"", line, rows[i].words);
        assert_true((strstr(line, "LBA") != NULL) == (strstr(rows[i].words, "LBA") != NULL));
    }
}

static void assert_ends(const char *line, const char *end)
{
    size_t length = strlen(line), end_length = strlen(end);

    if (length < end_length || strcmp(line + length - end_length, end) != 0)
        fail_msg("\"%s\" does not end with \"%s\"", line, end);
}

static void every_way_to_end_is_told_apart(void **state)
{
    struct oi_command command = {.cdb = oi_cdb_write10(16, 2),
                                 .direction = OI_DATA_OUT,
                                 .data_len = 4096,
                                 .timeout_ms = 200000};

    (void)state;
#define LINE(...) line_of(&command, &(struct oi_completion){__VA_ARGS__}, "")
    assert_ends(LINE(.moved = 4096), "4096 bytes        9 us  GOOD");
    assert_ends(LINE(.moved = 2048), "GOOD, but only 2048 of 4096 bytes were taken");
    assert_ends(LINE(.scsi_status = OI_SCSI_BUSY), "0 bytes        9 us  BUSY");
    assert_ends(LINE(.status = OI_TIMED_OUT), "us  no answer in time (200 s)");
    assert_ends(LINE(.status = OI_DEVICE_GONE),
                "us  not carried out: the drive is no longer there");
    assert_ends(LINE(.status = OI_FOREIGN, .foreign = (int32_t)0x8004abcd),
                "us  the recorder returned 0x8004ABCD");
    assert_ends(LINE(.scsi_status = OI_SCSI_CHECK_CONDITION), "CHECK CONDITION without sense data");
    assert_ends(LINE(.scsi_status = OI_SCSI_CHECK_CONDITION, .sense_len = 18,
                     .sense = {0xf0, 0, 3, 0, 0, 0x13, 0x88, 10, [12] = 0x0c}),
                "CHECK CONDITION 3/0C/00 medium error, write error at LBA 5000");
    assert_ends(
        LINE(.scsi_status = OI_SCSI_CHECK_CONDITION, .sense_len = 8, .sense = {0x73, 4, 0x44, 0}),
        "CHECK CONDITION 4/44/00 deferred hardware error, internal failure of the drive");
    assert_ends(line_of(&command, &(struct oi_completion){.scsi_status = OI_SCSI_BUSY}, "so there"),
                "BUSY; so there");
    command.direction = OI_DATA_IN;
    assert_ends(LINE(.moved = 12), "12 bytes        9 us  GOOD");
}

/* == the traced device == */

static void without_the_variable_a_device_stays_as_it_is(void **state)
{
    struct bench *b = *state;

    unsetenv("OPENIMAPI2_TRACE");
    assert_ptr_equal(oi_traced(&b->fake.device, "it"), &b->fake.device);
    setenv("OPENIMAPI2_TRACE", "", 1);
    assert_ptr_equal(oi_traced(&b->fake.device, "it"), &b->fake.device);
}

static void a_file_that_cannot_be_opened_is_no_reason_to_fail(void **state)
{
    struct bench *b = *state;

    setenv("OPENIMAPI2_TRACE", "/nonexistent/trace.log", 1);
    assert_ptr_equal(oi_traced(&b->fake.device, "it"), &b->fake.device);
    setenv("OPENIMAPI2_TRACE", b->folder, 1);
    assert_ptr_equal(oi_traced(&b->fake.device, "it"), &b->fake.device);
    assert_null(oi_trace_open());
    oi_trace_tell(NULL, "nothing");
    oi_trace_begin_block(NULL, 1);
    oi_trace_end_block(NULL);
    oi_trace_command(NULL, NULL, NULL, 0, 0, "");
    oi_trace_close(NULL);
}

static void a_file_that_cannot_be_written_is_no_reason_to_fail(void **state)
{
    struct bench *b = *state;
    struct oi_device *device;

    setenv("OPENIMAPI2_TRACE", "/dev/full", 1);
    device = oi_traced(&b->fake.device, "it");
    b->fake.completion = (struct oi_completion){.moved = 2048};
    for (int i = 0; i < 3; i++)
        assert_int_equal(run(device, oi_cdb_write10(0, 1), 2048).moved, 2048);
    device->ops->destroy(device);
    assert_true(b->fake.destroyed);
}

static void what_passes_through_is_unchanged(void **state)
{
    struct bench *b = *state;
    struct oi_device *device = oi_traced(&b->fake.device, "it");
    struct oi_device_identity identity;
    struct oi_transfer_limits limits;
    char name[OI_OWNER_NAME_MAX], detail[OI_DETAIL_MAX];
    struct oi_completion completion = {0};
    struct oi_command command = {.cdb = oi_cdb_write10(0, 1)};
    uint32_t number;

    assert_ptr_not_equal(device, &b->fake.device);
    b->fake.completion = (struct oi_completion){
        .scsi_status = OI_SCSI_CHECK_CONDITION, .sense_len = 3, .sense = {0x70, 0, 3}};
    b->fake.detail = "in words";
    oi_transport_execute(&device->transport, &command, &completion);
    assert_ptr_equal(b->fake.command, &command);
    assert_memory_equal(&completion, &b->fake.completion, sizeof(completion));
    device->ops->limits(device, &limits);
    assert_int_equal(limits.not_page_aligned_bytes, 2);
    assert_int_equal(device->ops->acquire(device, true, "me"), OI_LOCKED);
    assert_int_equal(device->ops->acquire(device, false, "me"), OI_OK);
    assert_int_equal(device->ops->release(device), OI_SHARING);
    assert_int_equal(device->ops->owner(device, name), OI_EXISTS);
    assert_string_equal(name, "owner");
    assert_int_equal(device->ops->notify_media(device, true), OI_NOT_FOUND);
    assert_int_equal(device->ops->notify_media(device, false), OI_OK);
    assert_int_equal(device->ops->identity(device, &identity), OI_BAD_RESPONSE);
    assert_string_equal(identity.vendor, "V");
    assert_int_equal(device->ops->number(device, &number), OI_IO_ERROR);
    assert_int_equal(number, 7);
    device->ops->detail(device, detail);
    assert_string_equal(detail, "in words");
    assert_false(b->fake.destroyed);
    device->ops->destroy(device);
    assert_true(b->fake.destroyed);
    assert_says(b, "-- exclusive access for \"me\": another program holds the drive\n");
    assert_says(b, "; in words\n");
}

static void a_trace_tells_when_and_whose_and_is_appended_to(void **state)
{
    struct bench *b = *state;
    char process[32];

    snprintf(process, sizeof(process), "  %lu.", (unsigned long)oi_process_id());
    for (int i = 0; i < 2; i++) {
        struct oi_device *device = oi_traced(&b->fake.device, "the recorder");

        b->fake.completion = (struct oi_completion){.moved = 4096};
        run(device, oi_cdb_write10(16 + i, 2), 4096);
        device->ops->destroy(device);
    }
    assert_says(b, "bit, opened the recorder\n");
    assert_says(b, "WRITE (10)                     LBA 16, 2 blocks    ");
    assert_says(b, "WRITE (10)                     LBA 17, 2 blocks    ");
    assert_says(b, "-- closed\n");
    for (char *at = b->text; *at; at = strchr(at, '\n') + 1) {
        unsigned year, month, day, hour, minute, second, micros;

        assert_int_equal(sscanf(at, "%4u-%2u-%2u %2u:%2u:%2u.%6u  ", &year, &month, &day, &hour,
                                &minute, &second, &micros),
                         7);
        assert_in_range(year, 2024, 2200);
        assert_memory_equal(at + 26, process, strlen(process));
        assert_int_not_equal(at[LINE_STAMP], ' ');
        assert_int_equal(at[LINE_STAMP - 1], ' ');
    }
}

static void two_devices_have_two_numbers(void **state)
{
    struct bench *b = *state;
    struct fake other = b->fake;
    struct oi_device *first = oi_traced(&b->fake.device, "first");
    struct oi_device *second = oi_traced(&other.device, "second");
    const char *text;

    first->ops->destroy(first);
    second->ops->destroy(second);
    text = trace(b);
    assert_memory_not_equal(text + 26, strchr(text, '\n') + 1 + 26, LINE_STAMP - 26);
}

static void what_others_say_stays_on_one_line(void **state)
{
    struct bench *b = *state;
    struct oi_trace *opened = oi_trace_open();

    oi_trace_tell(opened, "%s", "a\r\nb\tc");
    oi_trace_close(opened);
    assert_says(b, "-- a  b c\n");
}

static void a_block_goes_out_in_one_piece(void **state)
{
    enum { LINES = 3 };
    struct bench *b = *state;
    struct oi_trace *one = oi_trace_open(), *other = oi_trace_open();
    const char *text;

    oi_trace_begin_block(one, LINES);
    for (int i = 0; i < LINES; i++) {
        oi_trace_tell(one, "one %d", i);
        oi_trace_tell(other, "other %d", i);
    }
    oi_trace_end_block(one);
    oi_trace_tell(one, "one at last");
    oi_trace_close(one);
    oi_trace_close(other);
    text = trace(b);
    assert_true(strstr(text, "other 0") && strstr(text, "one 0") > strstr(text, "other 2"));
    assert_true(strstr(text, "one at last") > strstr(text, "one 2"));
}

/* == several at once == */

enum { WORKERS = 4, COMMANDS = 500 };

static void send_commands(void *context)
{
    struct fake fake = *(const struct fake *)context;
    struct oi_device *device = oi_traced(&fake.device, "a worker's");

    fake.completion = (struct oi_completion){.moved = 2048};
    for (int i = 0; i < COMMANDS; i++)
        run(device, oi_cdb_write10(i, 1), 2048);
    device->ops->destroy(device);
}

static void assert_lines(struct bench *b, int workers)
{
    int opened = 0, writes = 0, closed = 0, lines = 0;

    for (const char *at = trace(b); *at; at = strchr(at, '\n') + 1) {
        const char *rest = at + LINE_STAMP, *end = strchr(at, '\n');

        assert_non_null(end);
        assert_true(end - at > LINE_STAMP && at[4] == '-' && at[10] == ' ' && at[19] == '.');
        lines++;
        opened += strncmp(rest, "-- openimapi2 ", 14) == 0;
        closed += strncmp(rest, "-- closed\n", 10) == 0;
        writes += strncmp(rest, "WRITE (10) ", 11) == 0 && strncmp(end - 4, "GOOD", 4) == 0;
    }
    assert_int_equal(opened, workers);
    assert_int_equal(closed, workers);
    assert_int_equal(writes, workers * COMMANDS);
    assert_int_equal(lines, workers * (COMMANDS + 2));
}

static void threads_do_not_garble_each_others_lines(void **state)
{
    struct bench *b = *state;
    struct oi_thread *threads[WORKERS];

    for (int i = 0; i < WORKERS; i++)
        assert_int_equal(oi_thread_start(&threads[i], send_commands, &b->fake), OI_OK);
    for (int i = 0; i < WORKERS; i++)
        oi_thread_join(threads[i]);
    assert_lines(b, WORKERS);
}

static void processes_do_not_garble_each_others_lines(void **state)
{
    struct bench *b = *state;
    pid_t children[WORKERS];

    for (int i = 0; i < WORKERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            send_commands(&b->fake);
            _exit(0);
        }
        assert_true(children[i] > 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_lines(b, WORKERS);
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_with_blocks_tells_which),
        cmocka_unit_test(every_way_to_end_is_told_apart),
        BENCH_TEST(without_the_variable_a_device_stays_as_it_is),
        BENCH_TEST(a_file_that_cannot_be_opened_is_no_reason_to_fail),
        BENCH_TEST(a_file_that_cannot_be_written_is_no_reason_to_fail),
        BENCH_TEST(what_passes_through_is_unchanged),
        BENCH_TEST(a_trace_tells_when_and_whose_and_is_appended_to),
        BENCH_TEST(two_devices_have_two_numbers),
        BENCH_TEST(what_others_say_stays_on_one_line),
        BENCH_TEST(a_block_goes_out_in_one_piece),
        BENCH_TEST(threads_do_not_garble_each_others_lines),
        BENCH_TEST(processes_do_not_garble_each_others_lines),
    };

    return cmocka_run_group_tests_name("tracing", tests, NULL, NULL);
}
