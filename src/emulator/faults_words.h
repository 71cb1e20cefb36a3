/* Words and numbers of a fault script's line, which has been tidied: one blank between two words.
 * Capitals mean nothing, and stay for the messages. Each function takes something off the front,
 * with the blank behind it, and is false when it is not there; what it took off until then it does
 * not put back. Who uses it: faults_parse.c. What it must not know: what the words mean. */
#ifndef OI_EMULATOR_FAULTS_WORDS_H
#define OI_EMULATOR_FAULTS_WORDS_H

#include <stdbool.h>
#include <stdint.h>

struct fault_rule;

/* What is being read, and where it says what is wrong. */
struct parsing {
    const char *path;
    uint32_t line;
    char *problem;
    const char *at; /* the rest of the line, or of the piece of it */
    struct fault_rule *rule;
};

bool is_digit(char c);
/* A capital as a small letter, anything else as it is. */
char small_letter(char c);
void skip_blank(struct parsing *p);
/* Behind a number: a blank, which it takes, or the end. */
bool ends_here(struct parsing *p);
/* This word, or these words, given in small letters; nothing is taken when they are not next. */
bool take(struct parsing *p, const char *words);
/* Digits, with whatever behind them. */
bool take_digits(struct parsing *p, uint32_t *number);
bool take_number(struct parsing *p, uint32_t *number);
/* With whatever behind it; a CD's pre-gap has addresses below zero. */
bool take_lba(struct parsing *p, int32_t *lba);
/* With at most `decimals` (1 or 3) decimals, as a whole number of the smallest ones. */
bool take_percent(struct parsing *p, int decimals, uint32_t *number);
/* One to digits_max hexadecimal digits, with whatever behind them. */
bool take_hex(struct parsing *p, int digits_max, uint32_t *number);

#endif
