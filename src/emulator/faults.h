/* The fault script: what goes wrong with which command. docs/fault-scripts.md is its grammar.
 * Who uses it: definition.c reads it, emulator.c asks it before every command.
 * faults_parse.c reads the text (words by faults_words.c), faults_match.c picks the rule,
 * faults_act.c carries it out. The first two are pure; what they must not know: the drive. */
#ifndef OI_EMULATOR_FAULTS_H
#define OI_EMULATOR_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "text.h"

enum { FAULT_RULES_MAX = 64, FAULT_WHOLE_SENSE = 0xff };

enum fault_commands { FAULT_ANY, FAULT_READS, FAULT_WRITES, FAULT_OPCODE };
enum fault_count { FAULT_ALL, FAULT_NTH, FAULT_EVERY_NTH, FAULT_FROM_NTH };
enum fault_action {
    FAULT_FAIL,
    FAULT_TRANSFER,
    FAULT_BUSY,
    FAULT_STALL,
    FAULT_TIMEOUT,
    FAULT_RESET,
    FAULT_EJECT,
    FAULT_UNPLUG,
    FAULT_POWER_LOSS
};
enum fault_format { FAULT_AS_DRIVE, FAULT_FIXED, FAULT_DESCRIPTOR };
enum fault_information { FAULT_OWN_LBA, FAULT_NO_LBA, FAULT_GIVEN_LBA };

struct fault_rule {
    uint32_t line;
    /* Which commands. */
    enum fault_commands commands;
    uint8_t opcode;
    enum fault_count count;
    uint32_t nth;
    bool has_lba, has_after, has_chance, has_times;
    int32_t lba_first, lba_last;
    uint32_t after_tenths;       /* of a percent of the disc's capacity */
    uint32_t chance_thousandths; /* of a percent */
    uint32_t seed;
    uint32_t times; /* 0: for ever */
    /* What happens. */
    enum fault_action action;
    uint32_t code;        /* key, ASC, ASCQ */
    uint64_t duration_us; /* of a stall */
    bool executed;        /* the drive carries the command out all the same */
    bool deferred;
    bool partly;     /* `amount` sectors of a WRITE are recorded before it fails */
    uint32_t amount; /* sectors, or bytes of a transfer */
    enum fault_format format;
    uint8_t sense_bytes; /* that come over; FAULT_WHOLE_SENSE: all */
    enum fault_information information;
    int32_t information_lba;
    /* How far it has come; as new whenever the script is read. */
    uint32_t seen, fired;
    uint64_t random;
};

struct fault_script {
    uint32_t count;
    struct fault_rule rules[FAULT_RULES_MAX];
};

/* Reads a script from data[0..size); path is only named in problem. False: problem says in which
 * line, why, and what is allowed; the script is then empty. */
bool faults_parse(struct fault_script *script, const char *path, const char *data, size_t size,
                  char problem[TEXT_MESSAGE_MAX]);

/* "unplug", as in a script. */
const char *faults_action_name(enum fault_action action);

/* Counts this command and returns the rule that it falls under, the first of several, or NULL.
 * capacity: sectors of the disc in the drive, 0 without one. */
const struct fault_rule *faults_match(struct fault_script *script, const uint8_t *cdb,
                                      uint32_t capacity);

struct oi_emu;
struct oi_emu_command;
struct oi_emu_reply;
struct request;

/* faults_act.c: the command under this rule, to its end. */
void faults_execute(struct oi_emu *emu, const struct fault_rule *rule,
                    const struct oi_emu_command *command, struct request *rq,
                    struct oi_emu_reply *reply);

#endif
