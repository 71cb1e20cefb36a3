/* Every opcode, with lengths and buffers that do and do not fit: an answer, and no byte beyond. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void run_one(struct oi_emu *emu, const struct oi_emu_command *like)
{
    struct oi_emu_command command = *like;
    struct oi_emu_reply reply;
    uint8_t *exact = malloc(command.data_len ? command.data_len : 1);

    assert_non_null(exact);
    memset(exact, 0, command.data_len ? command.data_len : 1);
    command.data = command.direction == OI_EMU_NO_DATA ? NULL : exact;
    oi_emu_execute(emu, &command, &reply);
    free(exact);
    assert_true(reply.moved <= command.data_len);
    assert_true(reply.scsi_status == 0 || reply.scsi_status == 2 || reply.scsi_status == 0x18);
    assert_int_equal(reply.sense_len, reply.scsi_status == 2 ? 18 : 0);
    assert_true(reply.scsi_status != 2 || (reply.sense[0] & 0x7f) == 0x70);
}

static void sweep(struct oi_emu *emu, uint32_t seed, int rounds)
{
    static const uint32_t sizes[] = {0, 1, 4, 8, 12, 18, 28, 36, 60, 2048, 32768};
    static const uint8_t lengths[] = {0, 1, 6, 10, 12, 16};

    for (int i = 0; i < rounds; i++)
        for (uint32_t opcode = 0; opcode < 256; opcode++) {
            struct oi_emu_command command = {
                .cdb_len = lengths[next_random(&seed) % 6],
                .direction = (enum oi_emu_direction)(next_random(&seed) % 3),
                .data_len = sizes[next_random(&seed) % 11],
            };
            uint32_t density = next_random(&seed) % 4;

            for (int at = 1; at < 16; at++)
                if (next_random(&seed) % 4 < density)
                    command.cdb[at] = (uint8_t)next_random(&seed);
            command.cdb[0] = (uint8_t)opcode;
            run_one(emu, &command);
        }
}

static void every_opcode_answers_with_every_kind_of_disc(void **state)
{
    struct bench *b = *state;
    static const char *const media[] = {"none",
                                        "dvd+r",
                                        "dvd+rw",
                                        "dvd+r\nspeed = 8",
                                        "dvd+rw\nspeed = 1",
                                        "dvd+r\nspeed = 16\nclock = virtual",
                                        "dvd-ram",
                                        "bd-re",
                                        "bd-re-dl\nspeed = 2",
                                        "dvd-r",
                                        "dvd-rw",
                                        "dvd+r-dl",
                                        "bd-r",
                                        "cd-r",
                                        "cd-rw",
                                        "cd-rw-74\nspeed = 4",
                                        "cd-rom",
                                        "dvd-rom"};

    for (uint32_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        bench_insert(b, media[i]);
        if (bench_format(b, 0))
            bench_format_as(b, 0, 11826176, 0, 0);
        bench_write(b, 0, 32, 1);
        sweep(b->emu, i + 1, 200);
        bench_close(b);
        remove(b->disc);
        remove(b->image);
        remove(b->state);
    }
}

/* One more than the size is what an over-read or over-write by one would hit. */
static void every_opcode_with_all_ones_answers(void **state)
{
    struct bench *b = *state;

    bench_insert(b, "dvd+r");
    bench_write(b, 0, 32, 1);
    for (uint32_t opcode = 0; opcode < 256; opcode++)
        for (uint32_t size = 0; size < 64; size++) {
            struct oi_emu_command command = {
                .cdb_len = 16,
                .direction = size & 1 ? OI_EMU_DATA_IN : OI_EMU_DATA_OUT,
                .data_len = size,
            };

            memset(command.cdb, size & 2 ? 0xff : 0, sizeof(command.cdb));
            command.cdb[0] = (uint8_t)opcode;
            memset(command.cdb + 7, 0xff, 2);
            run_one(b->emu, &command);
        }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_opcode_answers_with_every_kind_of_disc),
        TEST(every_opcode_with_all_ones_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
