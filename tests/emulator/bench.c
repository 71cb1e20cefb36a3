#include "bench.h"
#include "text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t virtual_now(void *context)
{
    return ((struct bench *)context)->now_us;
}

static void virtual_sleep(void *context, uint64_t us)
{
    struct bench *b = context;

    b->now_us += us;
    b->slept_us += us;
}

int bench_setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    if (!b)
        return -1;
    snprintf(b->folder, sizeof(b->folder), "/tmp/oi_emulator_XXXXXX");
    if (!mkdtemp(b->folder)) {
        free(b);
        return -1;
    }
    snprintf(b->ini, sizeof(b->ini), "%s/one.ini", b->folder);
    snprintf(b->image, sizeof(b->image), "%s/disc.iso", b->folder);
    snprintf(b->disc, sizeof(b->disc), "%s.disc", b->image);
    snprintf(b->state, sizeof(b->state), "%s/one.state", b->folder);
    *state = b;
    return 0;
}

static bool remove_one(void *context, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", (const char *)context, name);
    unlink(path);
    return true;
}

int bench_teardown(void **state)
{
    struct bench *b = *state;

    bench_close(b);
    oi_folder_list(b->folder, remove_one, b->folder);
    rmdir(b->folder);
    free(b);
    return 0;
}

void bench_define(struct bench *b, const char *text)
{
    assert_int_equal(oi_file_replace(b->ini, text, strlen(text)), OI_OK);
}

struct oi_emu *bench_second_(struct bench *b, const char *file, int line)
{
    struct oi_emu_clock clock = {virtual_now, virtual_sleep, b};
    char problem[OI_EMU_DETAIL_MAX];
    struct oi_emu *emu;
    enum oi_status status = oi_emu_open(&emu, b->ini, &clock, problem);

    if (status != OI_OK)
        print_error("%s\n", problem);
    _assert_int_equal(status, OI_OK, file, line);
    return emu;
}

void bench_open_(struct bench *b, const char *file, int line)
{
    bench_close(b);
    b->emu = bench_second_(b, file, line);
}

void bench_close(struct bench *b)
{
    oi_emu_close(b->emu);
    b->emu = NULL;
}

void bench_insert_(struct bench *b, const char *medium, const char *file, int line)
{
    char text[256];

    snprintf(text, sizeof(text), "medium = %s\nimage = disc.iso\n", medium);
    bench_define(b, text);
    bench_open_(b, file, line);
}

uint32_t bench_run_on(struct bench *b, struct oi_emu *emu, const uint8_t *cdb, uint8_t cdb_len,
                      enum oi_emu_direction direction, uint32_t data_len)
{
    struct oi_emu_command command = {
        .cdb_len = cdb_len,
        .direction = direction,
        .data = direction == OI_EMU_NO_DATA ? NULL : b->data,
        .data_len = data_len,
    };

    assert_true(cdb_len == 6 || cdb_len == 10 || cdb_len == 12);
    memcpy(command.cdb, cdb, cdb_len);
    oi_emu_execute(emu, &command, &b->reply);
    if (b->reply.scsi_status == 0x02)
        return (uint32_t)b->reply.sense[2] << 16 | (uint32_t)b->reply.sense[12] << 8 |
               b->reply.sense[13];
    return (uint32_t)b->reply.scsi_status << 24;
}

uint32_t field32(const uint8_t *p)
{
    return field16(p) << 16 | field16(p + 2);
}

uint32_t field16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static void put_field32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

void bench_pattern(uint8_t *data, uint32_t lba, uint32_t blocks, uint8_t seed)
{
    for (uint32_t i = 0; i < blocks; i++, data += SECTOR) {
        memset(data, seed ^ (uint8_t)(lba + i), SECTOR);
        put_field32(data, lba + i);
        data[4] = seed;
    }
}

static void range10(uint8_t cdb[10], uint8_t opcode, uint32_t lba, uint32_t blocks)
{
    memset(cdb, 0, 10);
    cdb[0] = opcode;
    put_field32(cdb + 2, lba);
    cdb[7] = (uint8_t)(blocks >> 8);
    cdb[8] = (uint8_t)blocks;
}

uint32_t bench_write_on(struct bench *b, struct oi_emu *emu, uint32_t lba, uint32_t blocks,
                        uint8_t seed)
{
    uint8_t cdb[10];

    range10(cdb, 0x2a, lba, blocks);
    bench_pattern(b->data, lba, blocks, seed);
    return bench_run_on(b, emu, cdb, sizeof(cdb), OI_EMU_DATA_OUT, blocks * SECTOR);
}

uint32_t bench_read_on(struct bench *b, struct oi_emu *emu, uint32_t lba, uint32_t blocks)
{
    uint8_t cdb[10];

    range10(cdb, 0x28, lba, blocks);
    memset(b->data, 0xee, blocks * SECTOR);
    return bench_run_on(b, emu, cdb, sizeof(cdb), OI_EMU_DATA_IN, blocks * SECTOR);
}

void bench_holds_(struct bench *b, uint32_t lba, uint32_t blocks, uint8_t seed, const char *file,
                  int line)
{
    uint8_t wanted[SECTOR];

    for (uint32_t i = 0; i < blocks; i++) {
        _assert_int_equal(bench_read(b, lba + i, 1), 0, file, line);
        bench_pattern(wanted, lba + i, 1, seed);
        if (memcmp(b->data, wanted, SECTOR) != 0) {
            print_error("sector %u holds %02x %02x %02x %02x, seed %02x\n", lba + i, b->data[0],
                        b->data[1], b->data[2], b->data[3], b->data[4]);
            _fail(file, line);
        }
    }
}

uint32_t bench_sync(struct bench *b)
{
    return bench_do(b, 0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

uint32_t bench_close_track(struct bench *b, uint8_t function, uint8_t track)
{
    return bench_do(b, 0x5b, 0, function, 0, 0, track, 0, 0, 0, 0);
}

uint32_t bench_format(struct bench *b, uint8_t last_parameter)
{
    const uint8_t list[12] = {0,    0x02, 0,         8, 0xff, 0xff,
                              0xff, 0xff, 0x26 << 2, 0, 0,    last_parameter};

    memcpy(b->data, list, sizeof(list));
    return bench_put(b, sizeof(list), 0x04, 0x11, 0, 0, 0, 0);
}

uint32_t bench_format_as(struct bench *b, uint8_t options, uint32_t blocks, uint8_t type,
                         uint32_t parameter)
{
    memset(b->data, 0, 12);
    b->data[1] = options;
    b->data[3] = 8;
    put_field32(b->data + 4, blocks);
    put_field32(b->data + 8, (uint32_t)type << 24 | parameter);
    return bench_put(b, 12, 0x04, 0x11, 0, 0, 0, 0);
}

uint32_t bench_stream(struct bench *b, uint32_t lba, uint32_t blocks, uint8_t seed)
{
    uint8_t cdb[12] = {0xaa, [10] = 0x80};

    put_field32(cdb + 2, lba);
    put_field32(cdb + 6, blocks);
    bench_pattern(b->data, lba, blocks, seed);
    return bench_run_on(b, b->emu, cdb, sizeof(cdb), OI_EMU_DATA_OUT, blocks * SECTOR);
}

void bench_state(struct bench *b, const char *lines)
{
    char text[4096];
    int size = snprintf(text, sizeof(text), "openimapi2 disc 1\n%s", lines);

    assert_in_range(size, 1, sizeof(text) - 32);
    snprintf(text + size, sizeof(text) - (size_t)size, "checksum = %08x\n",
             text_crc32(text, (size_t)size));
    assert_int_equal(oi_file_replace(b->disc, text, strlen(text)), OI_OK);
}

void bench_killed(struct bench *b, void (*work)(struct bench *b))
{
    pid_t child;
    int status;

    bench_close(b);
    child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        bench_open(b);
        work(b);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

uint32_t bench_capacity(struct bench *b)
{
    assert_good(bench_get(b, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    return field32(b->data) + 1;
}

uint32_t bench_next(struct bench *b, struct oi_emu *emu)
{
    uint32_t sense =
        bench_run_on(b, emu, CDB(0x52, 1, 0, 0, 0, 0xff, 0, 0, 48, 0), OI_EMU_DATA_IN, 48);

    return sense == 0 && (b->data[7] & 1) ? field32(b->data + 12) : UINT32_MAX;
}
