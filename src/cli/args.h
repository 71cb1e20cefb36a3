/* The command line: which command, its words and its options.
 * Who uses it: main.c reads it once, the commands look into struct oi_args.
 * Each command declares what it takes in struct oi_command; help is printed from the same table.
 * Strings point into the argument vector and live as long as the program.
 * What it must not know: COM, files, what a command does. */
#ifndef OI_CLI_ARGS_H
#define OI_CLI_ARGS_H

#include <stdbool.h>
#include "errors.h"

/* Options a command may take. */
enum oi_option {
    OI_OPT_RECORDER = 1 << 0,
    OI_OPT_VERIFY = 1 << 1,
    OI_OPT_SPEED = 1 << 2,
    OI_OPT_JSON = 1 << 3,
    OI_OPT_FINALIZE = 1 << 4,
    OI_OPT_MEDIA = 1 << 5,
    OI_OPT_IMAGE = 1 << 6,
    OI_OPT_HELP = 1 << 7,
    OI_OPT_PERSONALITY = 1 << 8,
    OI_OPT_FAULTS = 1 << 9,
    OI_OPT_CLOCK = 1 << 10,
    OI_OPT_TRACE = 1 << 11,
    OI_OPT_BLANK = 1 << 12,
    OI_OPT_LAST = 1 << 13,
    OI_OPT_ERRORS = 1 << 14,
    OI_OPT_FULL = 1 << 15,
    OI_OPT_BURN_TEST = 1 << 16,
    OI_OPT_YES = 1 << 17,
    OI_OPT_WRITE_ONCE = 1 << 18,
    OI_OPT_SIZE = 1 << 19,
};

enum { OI_SPEED_MOST = 0 };
enum { OI_SIZE_USUAL_MIB = 64, OI_SIZE_MAX_MIB = 512 };

struct oi_args {
    const struct oi_command *command;
    const wchar_t *group;
    unsigned given;         /* of enum oi_option */
    const wchar_t *operand; /* IMAGE, RECORDER or NAME; NULL when not given */
    const wchar_t *recorder;
    const wchar_t *media;
    const wchar_t *image;
    const wchar_t *blank;
    const wchar_t *personality;
    const wchar_t *faults;
    const wchar_t *clock;
    const wchar_t *trace;
    unsigned speed_tenths; /* of the disc's single speed; OI_SPEED_MOST: "max", or not given */
    unsigned last;         /* 0: not given */
    unsigned size_mib;     /* OI_SIZE_USUAL_MIB when not given */
};

struct oi_command {
    const wchar_t *word;    /* "write" */
    const wchar_t *subword; /* "add" of "virtual add", else NULL */
    const char *operand;    /* "IMAGE", or NULL when it takes none */
    bool operand_needed;
    unsigned options; /* of enum oi_option; OI_OPT_HELP is understood anyway */
    enum oi_exit (*run)(const struct oi_args *args);
    const char *summary; /* one line for the list of commands */
    const char *help;    /* what --help adds to the usage line */
};

/* Fills args from argv[1..]. table ends with a row whose word is NULL. On OI_EXIT_OK either
 * args->command is set or only help was asked for (command NULL, OI_OPT_HELP given; args->group is
 * the first word of the commands that it is about, or NULL). A mistake is
 * reported and OI_EXIT_USAGE returned. --version is a command of the table. */
enum oi_exit oi_args_parse(struct oi_args *args, const struct oi_command *table, int argc,
                           wchar_t **argv);

#endif
