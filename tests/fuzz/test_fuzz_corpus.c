/* The committed inputs of every fuzzer, in every build: what was once found stays found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "os.h"

int oi_fuzz_commands(const uint8_t *data, size_t size);
int oi_fuzz_disc_state(const uint8_t *data, size_t size);
int oi_fuzz_definition(const uint8_t *data, size_t size);
int oi_fuzz_replies(const uint8_t *data, size_t size);
int oi_fuzz_engine(const uint8_t *data, size_t size);
int oi_fuzz_storage(const uint8_t *data, size_t size);
int oi_fuzz_fault_script(const uint8_t *data, size_t size);

struct replay {
    const char *target;
    int (*run)(const uint8_t *data, size_t size);
    uint32_t inputs;
};

static struct replay replays[] = {
    {"commands", oi_fuzz_commands, 0},
    {"disc_state", oi_fuzz_disc_state, 0},
    {"definition", oi_fuzz_definition, 0},
    {"replies", oi_fuzz_replies, 0},
    {"engine", oi_fuzz_engine, 0},
    {"storage", oi_fuzz_storage, 0},
#ifdef OI_FAULT_SCRIPTS
    {"fault_script", oi_fuzz_fault_script, 0},
#endif
};
enum { REPLAYS = sizeof(replays) / sizeof(replays[0]) };

/* A copy of just its size, where the sanitizer sees a byte too many. */
static bool run_one(void *context, const char *name)
{
    struct replay *replay = context;
    char path[512];
    size_t size;
    char *data;

    snprintf(path, sizeof(path), "%s/%s/%s", OI_CORPUS, replay->target, name);
    assert_int_equal(oi_file_read_all(path, 1 << 20, &data, &size), OI_OK);
    replay->run((const uint8_t *)data, size);
    free(data);
    replay->inputs++;
    return true;
}

static void every_committed_input_is_survived(void **state)
{
    struct replay *replay = *state;
    char folder[512];

    snprintf(folder, sizeof(folder), "%s/%s", OI_CORPUS, replay->target);
    assert_int_equal(oi_folder_list(folder, run_one, replay), OI_OK);
    print_message("%u inputs of %s\n", replay->inputs, replay->target);
    assert_true(replay->inputs > 10);
}

int main(void)
{
    struct CMUnitTest tests[REPLAYS];

    for (int i = 0; i < REPLAYS; i++)
        tests[i] = (struct CMUnitTest){replays[i].target, every_committed_input_is_survived, NULL,
                                       NULL, &replays[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
