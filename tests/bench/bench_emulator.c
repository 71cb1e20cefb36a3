/* How fast the virtual recorder is. Prints "NAME UNIT VALUE" for every run of what it is asked for.
 *   bench_emulator ready FOLDER RUNS            TEST UNIT READY, microseconds a command
 *   bench_emulator write FOLDER SOURCE PASSES   WRITE (10) of 64 KiB, bytes of SOURCE, GiB/s
 *   bench_emulator read FOLDER SOURCE PASSES    READ (10) of 64 KiB, as many, GiB/s
 * The drive is FOLDER/one.ini, made when it is missing: a formatted DVD+RW with FOLDER/disc.iso. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "emulator.h"
#include "os.h"

enum { SECTOR = 2048, BLOCKS = 32, CHUNK = BLOCKS * SECTOR };

static uint64_t now(void *context)
{
    (void)context;
    return oi_clock_us();
}

/* With an unlimited speed nothing is slept away. */
static void sleep_for(void *context, uint64_t us)
{
    (void)context;
    usleep((useconds_t)us);
}

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_emulator: %s: %s\n", what, why);
    exit(1);
}

static void run(struct oi_emu *emu, const struct oi_emu_command *command, const char *what)
{
    struct oi_emu_reply reply;

    oi_emu_execute(emu, command, &reply);
    if (reply.delivery != OI_EMU_ANSWERED || reply.scsi_status)
        give_up(what, oi_emu_detail(emu));
}

static struct oi_emu *drive_in(const char *folder)
{
    static const char definition[] = "medium = dvd+rw\nimage = disc.iso\n";
    struct oi_emu_clock clock = {now, sleep_for, NULL};
    char problem[OI_EMU_DETAIL_MAX];
    struct oi_emu *emu;
    char ini[512];

    snprintf(ini, sizeof(ini), "%s/one.ini", folder);
    if (!oi_file_stamp(ini) && oi_file_replace(ini, definition, sizeof(definition) - 1) != OI_OK)
        give_up(ini, "can't be written");
    if (oi_emu_open(&emu, ini, &clock, problem) != OI_OK)
        give_up(ini, problem);
    return emu;
}

/* A disc that was formatted before keeps its data. */
static void format(struct oi_emu *emu)
{
    uint8_t list[12] = {0, 0x02, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x26 << 2};
    uint8_t about[34];
    struct oi_emu_command ask = {{0x51, [8] = 34}, 10, OI_EMU_DATA_IN, about, sizeof(about), 0};
    struct oi_emu_command command = {{0x04, 0x11}, 6, OI_EMU_DATA_OUT, list, sizeof(list), 0};

    run(emu, &ask, "READ DISC INFORMATION");
    if (!(about[7] & 3))
        run(emu, &command, "FORMAT UNIT");
}

/* What the look at two files before a command costs, without the command. */
static void two_stamps(const char *folder, int runs)
{
    enum { TIMES = 100000 };
    char state[512], disc[512];

    snprintf(state, sizeof(state), "%s/one.state", folder);
    snprintf(disc, sizeof(disc), "%s/disc.iso.disc", folder);
    for (int i = 0; i < runs; i++) {
        uint64_t start = oi_clock_us();

        for (int n = 0; n < TIMES; n++) {
            oi_file_stamp(state);
            oi_file_stamp(disc);
        }
        printf("ready-stat us %.3f\n", (double)(oi_clock_us() - start) / TIMES);
    }
}

static void ready(const char *folder, int runs)
{
    enum { TIMES = 200000 };
    struct oi_emu *emu = drive_in(folder);
    struct oi_emu_command command = {.cdb_len = 6};
    struct oi_emu_command calibrate = {.cdb = {0x54, 1}, .cdb_len = 10};

    format(emu);
    for (int i = 0; i < 2 * runs; i++) {
        uint64_t start;

        if (i == runs) /* SEND OPC INFORMATION takes the right to write, and keeps it */
            run(emu, &calibrate, "SEND OPC INFORMATION");
        if (i == 0) {
            oi_emu_close(emu);
            emu = drive_in(folder);
        }
        start = oi_clock_us();
        for (int n = 0; n < TIMES; n++)
            run(emu, &command, "TEST UNIT READY");
        printf("%s us %.3f\n", i < runs ? "ready-idle" : "ready-writing",
               (double)(oi_clock_us() - start) / TIMES);
    }
    oi_emu_close(emu);
    two_stamps(folder, runs);
}

static void put_range(struct oi_emu_command *command, uint8_t opcode, uint32_t lba)
{
    memset(command->cdb, 0, sizeof(command->cdb));
    command->cdb[0] = opcode;
    for (int i = 0; i < 4; i++)
        command->cdb[2 + i] = (uint8_t)(lba >> (24 - 8 * i));
    command->cdb[8] = BLOCKS;
}

/* Writing reads its source as dd does: the two do the same work. */
static uint64_t pass(struct oi_emu *emu, int source, bool writes, uint8_t *data, uint64_t size)
{
    struct oi_emu_command command = {.cdb_len = 10,
                                     .direction = writes ? OI_EMU_DATA_OUT : OI_EMU_DATA_IN,
                                     .data = data,
                                     .data_len = CHUNK};
    uint64_t start = oi_clock_us();

    lseek(source, 0, SEEK_SET);
    for (uint64_t at = 0; at < size; at += CHUNK) {
        put_range(&command, writes ? 0x2a : 0x28, (uint32_t)(at / SECTOR));
        if (writes && read(source, data, CHUNK) != CHUNK)
            give_up("the source", "is shorter than it was");
        run(emu, &command, writes ? "WRITE (10)" : "READ (10)");
    }
    return oi_clock_us() - start;
}

static void move(const char *folder, const char *path, int passes, bool writes)
{
    struct oi_emu *emu = drive_in(folder);
    int source = open(path, O_RDONLY);
    uint8_t *data = aligned_alloc(4096, CHUNK);
    uint64_t size = source >= 0 ? (uint64_t)lseek(source, 0, SEEK_END) / CHUNK * CHUNK : 0;

    if (!size || !data)
        give_up(path, "nothing to read");
    format(emu);
    for (int i = 0; i < passes; i++) {
        uint64_t us = pass(emu, source, writes, data, size);

        printf("%s GiB/s %.3f\n", writes ? "write" : "read",
               (double)size / (double)(1 << 30) / ((double)us / 1e6));
    }
    oi_emu_close(emu);
    close(source);
    free(data);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "ready") == 0)
        ready(argv[2], atoi(argv[3]));
    else if (argc == 5 && strcmp(argv[1], "write") == 0)
        move(argv[2], argv[3], atoi(argv[4]), true);
    else if (argc == 5 && strcmp(argv[1], "read") == 0)
        move(argv[2], argv[3], atoi(argv[4]), false);
    else
        give_up("usage",
                "ready FOLDER RUNS | write FOLDER SOURCE PASSES | read FOLDER SOURCE PASSES");
    return 0;
}
