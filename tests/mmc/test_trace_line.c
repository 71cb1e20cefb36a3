/* The lines of traces, from values to text. */
#include "cmocka_env.h"
#include <stdio.h>
#include "scsi.h"
#include "trace_line.h"

enum { ROOM = 512 };

struct text {
    char memory[ROOM + 1];
};

static const char *ended(struct oi_line *line)
{
    size_t length = oi_line_end(line);

    assert_int_equal(line->begin[length - 1], '\n');
    line->begin[length - 1] = '\0';
    assert_int_equal(strlen(line->begin), length - 1);
    return line->begin;
}

static void a_day_is_that_of_the_calendar(void **state)
{
    static const struct {
        uint64_t seconds;
        unsigned year, month, day;
    } days[] = {
        {0, 1970, 1, 1},
        {86399, 1970, 1, 1},
        {951782399, 2000, 2, 28},
        {951782400, 2000, 2, 29},
        {951868800, 2000, 3, 1},
        {1709251199, 2024, 2, 29},
        {1795478400, 2026, 11, 24},
        {4107542399, 2100, 2, 28},
        {4107542400, 2100, 3, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        unsigned year, month, day;

        oi_date_of(days[i].seconds, &year, &month, &day);
        assert_int_equal(year, days[i].year);
        assert_int_equal(month, days[i].month);
        assert_int_equal(day, days[i].day);
    }
}

static void times_keep_their_columns(void **state)
{
    struct text text;
    struct oi_line line = oi_line_begin(text.memory, sizeof text.memory);

    (void)state;
    oi_line_wall_time(&line, 951786305000042);
    oi_line_seconds(&line, 1500123);
    assert_string_equal(ended(&line), "2000-02-29 01:05:05.000042       1.500123  ");
}

static void numbers_are_written_out(void **state)
{
    struct text text;
    struct oi_line line = oi_line_begin(text.memory, sizeof text.memory);

    (void)state;
    oi_line_number(&line, UINT64_MAX, 3, ' ');
    oi_line_text(&line, "|");
    oi_line_number(&line, 42, 5, '0');
    oi_line_text(&line, "|");
    oi_line_signed(&line, -150);
    oi_line_signed(&line, INT32_MIN);
    oi_line_hex(&line, 0xa5);
    assert_string_equal(ended(&line), "18446744073709551615|00042|-150-2147483648A5");
}

static void a_line_is_cut_at_its_end_and_stays_whole(void **state)
{
    static const uint8_t cdb[10] = {OI_OP_WRITE10};
    struct oi_traced_command command = {.cdb = cdb, .cdb_len = 10, .show_cdb = true};
    struct text whole;
    struct oi_line line = oi_line_begin(whole.memory, sizeof whole.memory);
    size_t length;

    (void)state;
    oi_line_command(&line, &command);
    length = strlen(ended(&line));
    for (size_t size = 1; size <= length + 2; size++) {
        char *exact = malloc(size);
        size_t used;

        assert_non_null(exact);
        line = oi_line_begin(exact, size);
        oi_line_command(&line, &command);
        oi_line_pad(&line, ROOM);
        used = oi_line_end(&line);
        assert_int_equal(used, size);
        assert_memory_equal(exact, whole.memory, used - 1 < length ? used - 1 : length);
        assert_int_equal(exact[used - 1], '\n');
        free(exact);
    }
}

static const char *outcome_of(struct text *text, struct oi_traced_command command)
{
    static const uint8_t test_unit_ready[6];
    struct oi_line line = oi_line_begin(text->memory, sizeof text->memory);
    const char *outcome;

    command.cdb = test_unit_ready;
    command.cdb_len = 6;
    oi_line_command(&line, &command);
    outcome = strstr(ended(&line), " us  ");
    assert_non_null(outcome);
    return outcome + 5;
}

static void every_outcome_has_its_words(void **state)
{
    struct text text;

    (void)state;
#define OUTCOME(...) outcome_of(&text, (struct oi_traced_command){__VA_ARGS__})
    assert_string_equal(OUTCOME(.scsi_status = 0), "GOOD");
    assert_string_equal(OUTCOME(.scsi_status = 0x08), "BUSY");
    assert_string_equal(OUTCOME(.scsi_status = 0x18), "RESERVATION CONFLICT");
    assert_string_equal(OUTCOME(.scsi_status = 0x28), "TASK SET FULL");
    assert_string_equal(OUTCOME(.scsi_status = 0x40), "SCSI status 40h");
    assert_string_equal(OUTCOME(.scsi_status = 0x02), "CHECK CONDITION without sense data");
    assert_string_equal(OUTCOME(.no_answer = "nobody there", .scsi_status = 0x08), "nobody there");
    assert_string_equal(
        OUTCOME(.scsi_status = 0x02, .sense = {.present = true, .key = 3, .asc = 0x0c}),
        "CHECK CONDITION 3/0C/00 medium error, write error");
    assert_string_equal(OUTCOME(.scsi_status = 0x02, .sense = {.present = true,
                                                               .deferred = true,
                                                               .key = 3,
                                                               .asc = 0x0c,
                                                               .has_lba = true,
                                                               .lba = -150}),
                        "CHECK CONDITION 3/0C/00 deferred medium error, write error at LBA -150");
}

static void the_parts_of_a_line_stand_in_columns(void **state)
{
    static const uint8_t write[12] = {OI_OP_WRITE12, 0, 0, 0, 0, 16, 0, 0, 0, 1, 0x80, 0};
    struct oi_traced_command command = {.cdb = write,
                                        .cdb_len = 12,
                                        .ranged = true,
                                        .lba = 16,
                                        .blocks = 1,
                                        .moved = 2048,
                                        .elapsed_us = 231000};
    struct text text;
    struct oi_line line = oi_line_begin(text.memory, sizeof text.memory);

    (void)state;
    oi_line_text(&line, "> ");
    oi_line_command(&line, &command);
    assert_string_equal(ended(&line), "> WRITE (12)                     "
                                      "LBA 16, 1 block                       "
                                      "    2048 bytes   231000 us  GOOD");
    command.elapsed_us = 200000000;
    line = oi_line_begin(text.memory, sizeof text.memory);
    oi_line_command(&line, &command);
    assert_non_null(strstr(ended(&line), "    2048 bytes 200000000 us  GOOD"));
    command.show_cdb = true;
    line = oi_line_begin(text.memory, sizeof text.memory);
    oi_line_command(&line, &command);
    assert_non_null(strstr(ended(&line), "LBA 16, 1 block AA 00 00 00 00 10 00 00 00 01 80 00 "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_is_that_of_the_calendar),
        cmocka_unit_test(times_keep_their_columns),
        cmocka_unit_test(numbers_are_written_out),
        cmocka_unit_test(a_line_is_cut_at_its_end_and_stays_whole),
        cmocka_unit_test(every_outcome_has_its_words),
        cmocka_unit_test(the_parts_of_a_line_stand_in_columns),
    };

    return cmocka_run_group_tests_name("trace_line", tests, NULL, NULL);
}
