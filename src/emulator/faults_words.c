#include "faults_words.h"

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

char small_letter(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void skip_blank(struct parsing *p)
{
    while (*p->at == ' ')
        p->at++;
}

bool take(struct parsing *p, const char *words)
{
    const char *end = p->at;

    for (; *words; words++, end++)
        if (small_letter(*end) != *words)
            return false;
    if (*end && *end != ' ')
        return false;
    p->at = end;
    skip_blank(p);
    return true;
}

bool take_digits(struct parsing *p, uint32_t *number)
{
    uint64_t value = 0;

    if (!is_digit(*p->at))
        return false;
    for (; is_digit(*p->at); p->at++) {
        value = value * 10 + (uint64_t)(*p->at - '0');
        if (value > UINT32_MAX)
            return false;
    }
    *number = (uint32_t)value;
    return true;
}

bool ends_here(struct parsing *p)
{
    if (*p->at && *p->at != ' ')
        return false;
    skip_blank(p);
    return true;
}

bool take_number(struct parsing *p, uint32_t *number)
{
    return take_digits(p, number) && ends_here(p);
}

bool take_lba(struct parsing *p, int32_t *lba)
{
    bool negative = *p->at == '-';
    uint32_t number;

    p->at += negative;
    if (!take_digits(p, &number) || number > INT32_MAX)
        return false;
    *lba = negative ? -(int32_t)number : (int32_t)number;
    return true;
}

bool take_percent(struct parsing *p, int decimals, uint32_t *number)
{
    uint32_t one = decimals == 3 ? 1000 : 10;
    uint32_t whole, unit = one;

    if (!take_digits(p, &whole) || whole > 100)
        return false;
    *number = whole * one;
    if (*p->at == '.') {
        p->at++;
        if (!is_digit(*p->at))
            return false;
        for (; is_digit(*p->at); p->at++) {
            unit /= 10;
            if (!unit)
                return false;
            *number += (uint32_t)(*p->at - '0') * unit;
        }
    }
    if (*p->at != '%' || *number > 100 * one)
        return false;
    p->at++;
    return ends_here(p);
}

bool take_hex(struct parsing *p, int digits_max, uint32_t *number)
{
    int digits = 0;

    for (*number = 0; digits < digits_max; digits++, p->at++) {
        char c = small_letter(*p->at);

        if (is_digit(c))
            *number = *number << 4 | (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            *number = *number << 4 | (uint32_t)(c - 'a' + 10);
        else
            break;
    }
    return digits > 0;
}
