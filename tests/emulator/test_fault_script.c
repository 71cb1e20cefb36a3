/* What a fault script may say, how a line of it is refused, and which commands a rule means. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "faults.h"

static struct fault_script script;
static char problem[TEXT_MESSAGE_MAX];

static bool parse(const char *text)
{
    return faults_parse(&script, "burn.faults", text, strlen(text), problem);
}

static const struct fault_rule *only_rule_(const char *text, const char *file, int line)
{
    if (!parse(text))
        print_error("%s\n", problem);
    _assert_int_equal(script.count, 1, file, line);
    return &script.rules[0];
}
#define only_rule(text) only_rule_(text, __FILE__, __LINE__)

static void assert_refused_(const char *text, const char *why, const char *file, int line)
{
    bool good = parse(text);
    size_t at = 0;

    _assert_true(!good && !script.count, "refused", file, line);
    while (problem[at] && strcmp(problem + at, why) != 0)
        at++;
    if (!problem[at]) {
        print_error("said: %s\n", problem);
        _fail(file, line);
    }
}
#define assert_refused(text, why) assert_refused_(text, why, __FILE__, __LINE__)

static void comments_blank_lines_and_capitals_mean_nothing(void **state)
{
    (void)state;
    assert_true(parse("\xef\xbb\xbf# a script\r\n\r\n  \t\n"
                      "WRITE   LBA 5 :\tFAIL 3/0c/00 # here\r\n"));
    assert_int_equal(script.count, 1);
    assert_int_equal(script.rules[0].line, 4);
    assert_int_equal(script.rules[0].code, 0x030c00);
    assert_true(parse(""));
    assert_int_equal(script.count, 0);
}

static void commands_are_named_by_class_by_name_or_by_number(void **state)
{
    (void)state;
    assert_int_equal(only_rule("any command: busy")->commands, FAULT_ANY);
    assert_int_equal(only_rule("read: busy")->commands, FAULT_READS);
    assert_int_equal(only_rule("write: busy")->commands, FAULT_WRITES);
    assert_int_equal(only_rule("write (12): busy")->opcode, 0xaa);
    assert_int_equal(only_rule("read disc information: busy")->opcode, 0x51);
    assert_int_equal(only_rule("close track/session: busy")->opcode, 0x5b);
    assert_int_equal(only_rule("opcode C7h: busy")->opcode, 0xc7);
    assert_int_equal(script.rules[0].commands, FAULT_OPCODE);
}

static void counts_say_which_of_them(void **state)
{
    (void)state;
    assert_int_equal(only_rule("3rd write: busy")->count, FAULT_NTH);
    assert_int_equal(script.rules[0].nth, 3);
    assert_int_equal(script.rules[0].times, 1);
    assert_int_equal(only_rule("every 100th read: busy")->count, FAULT_EVERY_NTH);
    assert_int_equal(script.rules[0].nth, 100);
    assert_int_equal(script.rules[0].times, 0);
    assert_int_equal(only_rule("from 2nd read times 3: busy")->count, FAULT_FROM_NTH);
    assert_int_equal(script.rules[0].times, 3);
}

static void conditions_narrow_them_down(void **state)
{
    const struct fault_rule *rule;

    (void)state;
    rule = only_rule("write lba 100000-100999 after 12.5% chance 0.25% seed 42 once: busy");
    assert_int_equal(rule->lba_first, 100000);
    assert_int_equal(rule->lba_last, 100999);
    assert_int_equal(rule->after_tenths, 125);
    assert_int_equal(rule->chance_thousandths, 250);
    assert_int_equal(rule->seed, 42);
    assert_int_equal(rule->times, 1);
    rule = only_rule("write lba -150--1: busy");
    assert_int_equal(rule->lba_first, -150);
    assert_int_equal(rule->lba_last, -1);
    rule = only_rule("read lba 7 to 9 once: busy");
    assert_int_equal(rule->lba_first, 7);
    assert_int_equal(rule->lba_last, 9);
    assert_int_equal(only_rule("read lba 7 once: busy")->lba_last, 7);
}

static void faults_have_additions(void **state)
{
    const struct fault_rule *rule;

    (void)state;
    rule =
        only_rule("write: fail B/47/00, deferred, descriptor, at lba 77, first 12 bytes of sense");
    assert_int_equal(rule->code, 0x0b4700);
    assert_true(rule->deferred);
    assert_int_equal(rule->format, FAULT_DESCRIPTOR);
    assert_int_equal(rule->information, FAULT_GIVEN_LBA);
    assert_int_equal(rule->information_lba, 77);
    assert_int_equal(rule->sense_bytes, 12);
    rule = only_rule("write: fail 3/c/0, after 5 sectors, no lba, fixed, no sense");
    assert_true(rule->partly);
    assert_int_equal(rule->amount, 5);
    assert_int_equal(rule->information, FAULT_NO_LBA);
    assert_int_equal(rule->format, FAULT_FIXED);
    assert_int_equal(rule->sense_bytes, 0);
    assert_int_equal(only_rule("read: transfer 100 bytes")->amount, 100);
    assert_int_equal(only_rule("read: stall 500 ms")->duration_us, 500000);
    assert_int_equal(only_rule("read: stall 2s")->duration_us, 2000000);
    assert_int_equal(only_rule("read: stall 3 min")->duration_us, 180000000);
    assert_true(only_rule("read: timeout, executed")->executed);
    assert_int_equal(only_rule("write: reset")->action, FAULT_RESET);
    assert_int_equal(only_rule("write: eject")->action, FAULT_EJECT);
    assert_int_equal(only_rule("write: unplug")->action, FAULT_UNPLUG);
    assert_int_equal(only_rule("write: power loss")->action, FAULT_POWER_LOSS);
}

static void a_wrong_line_is_refused_with_its_number_the_reason_and_what_is_allowed(void **state)
{
    (void)state;
    assert_refused(
        "\n# x\nwrite lba 5\n",
        "burn.faults, line 3: \"write lba 5\" is no rule; use COMMANDS CONDITIONS: FAULT, "
        "as in write lba 100: fail 3/0C/00");
    assert_refused("burn: busy",
                   "burn.faults, line 1: \"burn\" is no command; use any command, read, "
                   "write, a name as in the trace, or opcode 2Ah");
    assert_refused(": busy", "burn.faults, line 1: the command is missing; use any command, read, "
                             "write, a name as in the trace, or opcode 2Ah");
    assert_refused("opcode 123h: busy",
                   "burn.faults, line 1: \"opcode 123h\" is no command; use any command, read, "
                   "write, a name as in the trace, or opcode 2Ah");
#define COUNTS "count of commands; use 5th, every 5th or from 5th"
    assert_refused("0th read: busy", "burn.faults, line 1: \"0th read\" is no " COUNTS);
    assert_refused("5 read: busy", "burn.faults, line 1: \"5 read\" is no " COUNTS);
    assert_refused("every read: busy", "burn.faults, line 1: \"every read\" is no " COUNTS);
#define LBAS "; use lba N, or lba N-M with the lower one first"
    assert_refused("read lba: busy", "burn.faults, line 1: the address is missing" LBAS);
    assert_refused("read lba 9-5: busy", "burn.faults, line 1: \"9-5\" is no address" LBAS);
    assert_refused("read lba 5x: busy", "burn.faults, line 1: \"5x\" is no address" LBAS);
    assert_refused("read lba 4000000000: busy",
                   "burn.faults, line 1: \"4000000000\" is no address" LBAS);
    assert_refused("read lba 1 lba 2: busy",
                   "burn.faults, line 1: a rule has one address; use lba N-M for several sectors, "
                   "or a rule for each");
#define PARTS "part of the disc; use after 0% to after 100%, with at most one decimal"
    assert_refused("read after 101%: busy", "burn.faults, line 1: \"101%\" is no " PARTS);
    assert_refused("read after 100.1%: busy", "burn.faults, line 1: \"100.1%\" is no " PARTS);
    assert_refused("read after 9.25%: busy", "burn.faults, line 1: \"9.25%\" is no " PARTS);
    assert_refused("read after 90: busy", "burn.faults, line 1: \"90\" is no " PARTS);
    assert_refused("read after 1% after 2%: busy",
                   "burn.faults, line 1: a rule has one part of the disc; remove one after");
#define CHANCES "chance; use chance 0% to chance 100%, with at most three decimals"
    assert_refused("read chance 0.0001%: busy", "burn.faults, line 1: \"0.0001%\" is no " CHANCES);
    assert_refused("read chance .5%: busy", "burn.faults, line 1: \".5%\" is no " CHANCES);
    assert_refused("read chance 5.%: busy", "burn.faults, line 1: \"5.%\" is no " CHANCES);
    assert_refused("read chance 5% seed x: busy",
                   "burn.faults, line 1: \" x\" is no seed; use seed 0 to seed 4294967295");
    assert_refused("read chance 5% chance 6%: busy",
                   "burn.faults, line 1: a rule has one chance; remove the other");
#define LIMITS    "limit; use times 1 to times 4294967295, or once"
#define ONE_LIMIT "burn.faults, line 1: a rule has one limit; use times N or once"
    assert_refused("read times 0: busy", "burn.faults, line 1: \"0\" is no " LIMITS);
    assert_refused("read once times 2: busy", ONE_LIMIT);
    assert_refused("read times 2 once: busy", ONE_LIMIT);
    assert_refused("read seed 5: busy", "burn.faults, line 1: \"seed 5\" is no condition; use lba, "
                                        "after, chance, times or once");
    assert_refused(
        "test unit ready lba 5: busy",
        "burn.faults, line 1: this command has no address; use lba and after with reads, "
        "writes and VERIFY (10)");
}

static void a_refusal_quotes_what_was_written_as_it_was_written(void **state)
{
    (void)state;
    assert_refused("READ: Fail G/0C/00",
                   "burn.faults, line 1: \"G/0C/00\" is no sense code; use fail KEY/ASC/ASCQ in "
                   "hexadecimal digits, for instance fail 3/0C/00");
    assert_refused("Write LBA X: busy", "burn.faults, line 1: \"X\" is no address; use lba N, or "
                                        "lba N-M with the lower one first");
    assert_refused("Burn  It: busy", "burn.faults, line 1: \"Burn It\" is no command; use any "
                                     "command, read, write, a name as in the trace, or opcode 2Ah");
}

static void capitals_mean_nothing_in_any_word_or_number(void **state)
{
    const struct fault_rule *rule;

    (void)state;
    rule = only_rule("FROM 2ND Close Track/Session TIMES 3: FAIL b/4A/0f, DESCRIPTOR");
    assert_int_equal(rule->count, FAULT_FROM_NTH);
    assert_int_equal(rule->nth, 2);
    assert_int_equal(rule->opcode, 0x5b);
    assert_int_equal(rule->times, 3);
    assert_int_equal(rule->code, 0x0b4a0f);
    assert_int_equal(rule->format, FAULT_DESCRIPTOR);
    assert_int_equal(only_rule("Opcode c7H: Busy")->opcode, 0xc7);
    assert_int_equal(only_rule("write: STALL 2 Min")->duration_us, 120000000);
}

static void endings_of_counts_and_leading_zeros_of_codes_are_not_insisted_on(void **state)
{
    (void)state;
    assert_int_equal(only_rule("100st write: busy")->nth, 100);
    assert_int_equal(only_rule("write: fail 3/C/0")->code, 0x030c00);
    assert_int_equal(only_rule("write: fail 3/0C/0")->code, 0x030c00);
}

static void a_wrong_fault_is_refused_with_what_is_allowed(void **state)
{
    (void)state;
#define FAULTS "; use fail, transfer, busy, stall, timeout, reset, eject, unplug or power loss"
    assert_refused("read: explode", "burn.faults, line 1: \"explode\" is no fault" FAULTS);
    assert_refused("read:", "burn.faults, line 1: the fault is missing" FAULTS);
#define CODES "; use fail KEY/ASC/ASCQ in hexadecimal digits, for instance fail 3/0C/00"
    assert_refused("read: fail", "burn.faults, line 1: the sense code is missing" CODES);
    assert_refused("read: fail 3/0c", "burn.faults, line 1: \"3/0c\" is no sense code" CODES);
    assert_refused("read: fail 30/0c/00",
                   "burn.faults, line 1: \"30/0c/00\" is no sense code" CODES);
    assert_refused("read: fail 3/0c/001",
                   "burn.faults, line 1: \"3/0c/001\" is no sense code" CODES);
    assert_refused("read: transfer 5",
                   "burn.faults, line 1: \"5\" is no amount; use transfer N bytes");
#define TIMES "; use stall 500 ms, stall 2 s or stall 3 min, a day at the most"
    assert_refused("read: stall", "burn.faults, line 1: the time is missing" TIMES);
    assert_refused("read: stall 0 s", "burn.faults, line 1: \"0 s\" is no time" TIMES);
    assert_refused("read: stall 2 h", "burn.faults, line 1: \"2 h\" is no time" TIMES);
    assert_refused("read: stall 1441 min", "burn.faults, line 1: \"1441 min\" is no time" TIMES);
    assert_refused("read: busy, executed",
                   "burn.faults, line 1: nothing can be added to this fault; "
                   "remove the comma and what follows");
    assert_refused("read: timeout, maybe",
                   "burn.faults, line 1: \"maybe\" is no addition to this fault; use executed, or "
                   "nothing");
    assert_refused("read: busy executed",
                   "burn.faults, line 1: \"executed\" is no part of this; use a "
                   "comma in front of what is added");
    assert_refused("read: fail 3/11/00, deferred executed",
                   "burn.faults, line 1: \"executed\" is no part of this; use a comma in front of "
                   "what is added");
    assert_refused(
        "read: fail 3/11/00, late",
        "burn.faults, line 1: \"late\" is no addition to fail; use deferred, executed, "
        "after N sectors, at lba N, no lba, fixed, descriptor, first N bytes of sense or "
        "no sense");
    assert_refused(
        "read: fail 3/11/00,",
        "burn.faults, line 1: the addition to fail is missing; use deferred, executed, "
        "after N sectors, at lba N, no lba, fixed, descriptor, first N bytes of sense or "
        "no sense");
    assert_refused("read: fail 3/11/00, at lba x",
                   "burn.faults, line 1: \"x\" is no address; use at lba N");
    assert_refused("write: fail 3/0c/00, after 5",
                   "burn.faults, line 1: \"5\" is no amount; use after N sectors");
    assert_refused("read: fail 3/11/00, after 5 sectors",
                   "burn.faults, line 1: only a write can fail after N sectors; say write in front "
                   "of the colon");
    assert_refused("read: fail 3/11/00, first 33 bytes of sense",
                   "burn.faults, line 1: \"33 bytes of sense\" is no length; use first N bytes of "
                   "sense, 0 to 32");
    assert_refused("write: fail 3/0c/00, deferred, executed",
                   "burn.faults, line 1: a command that was executed has neither failed for an "
                   "earlier one nor after N sectors; remove one of the two");
}

static void a_file_that_is_no_script_is_refused(void **state)
{
    static char text[64 * 20 + 1100];

    (void)state;
    assert_false(faults_parse(&script, "burn.faults", "read: busy\nx\0y\n", 15, problem));
    assert_string_equal(problem,
                        "burn.faults, line 2: not text; write the file anew as UTF-8 text");
    memset(text, 'x', 1024);
    assert_refused(text, "burn.faults, line 1: longer than 1023 characters; shorten it");
    text[0] = '\0';
    for (int i = 0; i < 64; i++)
        strcat(text, "read: busy\n");
    assert_true(parse(text));
    assert_int_equal(script.count, 64);
    strcat(text, "read: busy\n");
    assert_refused(text, "burn.faults, line 65: more than 64 rules; remove some");
}

static void a_script_is_read_with_the_definition_and_a_bad_one_keeps_the_drive_closed(void **state)
{
    struct bench *b = *state;
    struct oi_emu_clock clock = {0};
    char path[128], why[OI_EMU_DETAIL_MAX];

    bench_define(b, "medium = none\nfaults = bad.faults\n");
    snprintf(path, sizeof(path), "%s/bad.faults", b->folder);
    assert_int_equal(oi_emu_open(&b->emu, b->ini, &clock, why), OI_BAD_FILE);
    assert_non_null(strstr(
        why, "/bad.faults: there is no such file or object; correct \"faults\" in the recorder's "
             "definition, or remove it"));
    assert_int_equal(oi_file_replace(path, "read: busy\nread busy\n", 21), OI_OK);
    assert_int_equal(oi_emu_open(&b->emu, b->ini, &clock, why), OI_BAD_FILE);
    assert_non_null(strstr(why, "/bad.faults, line 2: \"read busy\" is no rule; use"));
    bench_define(b, "medium = none\nfaults =\n");
    assert_int_equal(oi_emu_open(&b->emu, b->ini, &clock, why), OI_BAD_FILE);
    assert_non_null(strstr(why, "one.ini, line 2: \"\" is no value for faults; use the path of a "
                                "fault script"));
    assert_null(b->emu);
}

/* The blocks of docs/fault-scripts.md that are scripts: they are indented by nothing and have a
 * colon. */
static void the_documented_examples_are_scripts(void **state)
{
    enum { LIMIT = 65536 };
    uint32_t examples = 0;
    bool in_block = false;
    char *text, *rest = NULL;
    size_t size;

    (void)state;
    assert_int_equal(oi_file_read_all(OI_TEST_DOCS "/fault-scripts.md", LIMIT, &text, &size),
                     OI_OK);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (strcmp(line, "```") == 0)
            in_block = !in_block;
        else if (in_block && line[0] != ' ' && line[0] != '[' && strchr(line, ':'))
            examples += only_rule(line) != NULL;
    }
    free(text);
    assert_int_equal(examples, 4);
}

/* ---- which commands a rule means ---- */

static bool hits(uint8_t opcode, uint32_t lba, uint16_t blocks)
{
    const uint8_t cdb[16] = {
        opcode,       0, (uint8_t)(lba >> 24),   (uint8_t)(lba >> 16), (uint8_t)(lba >> 8),
        (uint8_t)lba, 0, (uint8_t)(blocks >> 8), (uint8_t)blocks};

    return faults_match(&script, cdb, 1000) != NULL;
}

static void a_range_is_met_by_every_command_that_touches_it(void **state)
{
    (void)state;
    only_rule("write lba 100-199: busy");
    assert_false(hits(0x2a, 90, 10));
    assert_true(hits(0x2a, 90, 11));
    assert_true(hits(0x2a, 199, 1));
    assert_false(hits(0x2a, 200, 1));
    assert_true(hits(0x2a, 0, 1000));
    assert_false(hits(0x2a, 150, 0));
    assert_false(hits(0x28, 150, 1));
    assert_true(hits(0x2e, 150, 1));
    only_rule("read lba 100: busy");
    assert_true(hits(0xbe, 90, 11));
    assert_false(hits(0xbe, 90, 10));
    only_rule("write lba -10 to -1: busy");
    assert_true(hits(0x2a, (uint32_t)-5, 1));
    assert_false(hits(0x2a, (uint32_t)-15, 5));
    assert_true(hits(0x2a, (uint32_t)-15, 6));
}

static void a_part_of_the_disc_is_met_by_what_reaches_into_it(void **state)
{
    (void)state;
    only_rule("write after 90%: busy");
    assert_false(hits(0x2a, 0, 900));
    assert_true(hits(0x2a, 0, 901));
    assert_true(hits(0x2a, 950, 1));
    assert_false(hits(0x00, 950, 1));
}

static void a_rule_counts_the_commands_that_its_conditions_fit(void **state)
{
    (void)state;
    only_rule("2nd write lba 100: busy");
    assert_false(hits(0x2a, 0, 1));
    assert_false(hits(0x2a, 100, 1));
    assert_false(hits(0x28, 100, 1));
    assert_true(hits(0x2a, 100, 1));
    assert_false(hits(0x2a, 100, 1));
    only_rule("every 3rd any command times 2: busy");
    for (int i = 1; i <= 12; i++)
        assert_int_equal(hits(0x00, 0, 0), i == 3 || i == 6);
    only_rule("from 3rd any command: busy");
    for (int i = 1; i <= 9; i++)
        assert_int_equal(hits(0x00, 0, 0), i >= 3);
}

static void of_several_rules_the_first_acts_and_all_count(void **state)
{
    (void)state;
    assert_true(parse("1st read: busy\n2nd read: reset\nread: eject\n"));
    for (uint32_t line = 1; line <= 3; line++) {
        const uint8_t cdb[16] = {0x28};

        assert_int_equal(faults_match(&script, cdb, 0)->line, line);
    }
}

static void chance_is_the_same_for_the_same_seed(void **state)
{
    enum { TRIES = 4000 };
    static bool first[TRIES];
    uint32_t hit = 0, different = 0;

    (void)state;
    only_rule("read chance 10% seed 42: busy");
    for (int i = 0; i < TRIES; i++)
        hit += first[i] = hits(0x28, 0, 1);
    assert_in_range(hit, TRIES / 10 - 100, TRIES / 10 + 100);
    only_rule("read chance 10% seed 42: busy");
    for (int i = 0; i < TRIES; i++)
        assert_int_equal(hits(0x28, 0, 1), first[i]);
    only_rule("read chance 10% seed 43: busy");
    for (int i = 0; i < TRIES; i++)
        different += hits(0x28, 0, 1) != first[i];
    assert_true(different > 0);
    only_rule("read chance 0%: busy");
    for (int i = 0; i < TRIES; i++)
        assert_false(hits(0x28, 0, 1));
    only_rule("read chance 100%: busy");
    for (int i = 0; i < TRIES; i++)
        assert_true(hits(0x28, 0, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_blank_lines_and_capitals_mean_nothing),
        cmocka_unit_test(commands_are_named_by_class_by_name_or_by_number),
        cmocka_unit_test(counts_say_which_of_them),
        cmocka_unit_test(conditions_narrow_them_down),
        cmocka_unit_test(faults_have_additions),
        cmocka_unit_test(a_wrong_line_is_refused_with_its_number_the_reason_and_what_is_allowed),
        cmocka_unit_test(a_refusal_quotes_what_was_written_as_it_was_written),
        cmocka_unit_test(capitals_mean_nothing_in_any_word_or_number),
        cmocka_unit_test(endings_of_counts_and_leading_zeros_of_codes_are_not_insisted_on),
        cmocka_unit_test(a_wrong_fault_is_refused_with_what_is_allowed),
        cmocka_unit_test(a_file_that_is_no_script_is_refused),
        cmocka_unit_test_setup_teardown(
            a_script_is_read_with_the_definition_and_a_bad_one_keeps_the_drive_closed, bench_setup,
            bench_teardown),
        cmocka_unit_test(the_documented_examples_are_scripts),
        cmocka_unit_test(a_range_is_met_by_every_command_that_touches_it),
        cmocka_unit_test(a_part_of_the_disc_is_met_by_what_reaches_into_it),
        cmocka_unit_test(a_rule_counts_the_commands_that_its_conditions_fit),
        cmocka_unit_test(of_several_rules_the_first_acts_and_all_count),
        cmocka_unit_test(chance_is_the_same_for_the_same_seed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
