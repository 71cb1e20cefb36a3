#include "watchdog.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_S = 180 };

static char watched[256];

static void bite(int signal_number)
{
    static const char words[] = "hangs: ";

    (void)signal_number;
    if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0 ||
        write(STDERR_FILENO, watched, strlen(watched)) < 0)
        _exit(EXIT_FAILURE);
    abort();
}

void watchdog_start(const char *name)
{
    snprintf(watched, sizeof(watched), "%s\n", name);
    signal(SIGALRM, bite);
    alarm(*name ? PATIENCE_S : 0);
}
