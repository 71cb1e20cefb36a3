/* How fast and how lean the write engine is, with COM left out. Prints "NAME VALUE" for all that
 * one run of it shows; scripts/bench runs it in turns with what it is compared with.
 *   bench_engine null SOURCE          a section to a drive that takes everything at once
 *   bench_engine disc SOURCE FOLDER   to the virtual recorder FOLDER/one.ini, a formatted DVD+RW
 *   bench_engine memcpy SOURCE        what copying costs: as many bytes as SOURCE has
 *   bench_engine pace SOURCE          256 MiB to a drive that needs 0.2 ms for each WRITE
 *   bench_engine ask SOURCE           a section while another thread asks whether it runs
 *   bench_engine cancel SOURCE        sections that are cancelled while the source does not return
 *   bench_engine four SOURCE          four engines at once, each with a quarter of SOURCE
 *   bench_engine count MIB            a section without data, for counting instructions */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cdb.h"
#include "parts.h"
#include "virtual.h"

#define RECORDER_ID "\\\\?\\openimapi2#virtual#one#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}"

/* One engine with all it needs. */
struct rig {
    struct oi_engine engine;
    struct bench_source source;
    struct bench_drive drive;
    struct bench_client client;
};

static void rig_init(struct rig *rig, int fd, uint64_t base)
{
    oi_engine_init(&rig->engine);
    bench_source_init(&rig->source, fd, base);
    bench_drive_init(&rig->drive, &rig->source);
    bench_client_init(&rig->client);
}

static void rig_fini(struct rig *rig)
{
    bench_source_fini(&rig->source);
    bench_client_fini(&rig->client);
    oi_engine_fini(&rig->engine);
}

static void rig_write(struct rig *rig, uint64_t bytes)
{
    struct oi_section section = bench_section(&rig->source, &rig->drive, &rig->client, bytes);

    bench_write(&rig->engine, &section);
    if (atomic_load(&rig->drive.written) != bytes)
        give_up("the section", "is not complete");
}

static int open_source(const char *path, uint64_t *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;

    if (size < 4 * CHUNK)
        give_up(path, "nothing to read");
    *bytes = (uint64_t)size / CHUNK * CHUNK;
    return fd;
}

static double gib(uint64_t bytes)
{
    return (double)bytes / GIB;
}

static double since_s(uint64_t start_ns)
{
    return (double)(now_ns() - start_ns) / 1e9;
}

/* == how fast, how lean == */

static void print_counts(const char *name, const struct rig *rig, uint64_t bytes, uint64_t start_ns)
{
    printf("reads.%s %.1f\n", name, (double)rig->source.reads / gib(bytes));
    printf("writes.%s %.1f\n", name, (double)rig->drive.writes / gib(bytes));
    printf("others.%s %llu\n", name, (unsigned long long)rig->drive.others);
    printf("begin.%s %.3f\n", name,
           ((double)rig->drive.first_ns - (double)rig->source.first_ns) / 1e6);
    printf("call-to-write.%s %.3f\n", name, (double)(rig->drive.first_ns - start_ns) / 1e6);
}

static void measure_section(const char *name, struct rig *rig, uint64_t bytes)
{
    uint64_t before_kib = memory_kib(), start_ns;
    double cpu_s = cpu_seconds(), seconds;

    memory_peak_reset();
    start_ns = now_ns();
    rig_write(rig, bytes);
    seconds = since_s(start_ns);
    cpu_s = cpu_seconds() - cpu_s;
    printf("speed.%s %.4f\n", name, gib(bytes) / seconds);
    printf("cpu.%s %.4f\n", name, cpu_s / gib(bytes));
    printf("memory.%s %.2f\n", name, (double)(memory_peak_kib() - before_kib) / 1024);
    print_counts(name, rig, bytes, start_ns);
}

static void to_null(const char *path)
{
    uint64_t bytes;
    int fd = open_source(path, &bytes);
    struct rig rig;

    rig_init(&rig, fd, 0);
    measure_section("engine-null", &rig, bytes);
    rig_fini(&rig);
    close(fd);
}

/* == to the virtual recorder == */

static void run(struct oi_device *device, struct oi_cdb cdb, void *data, uint32_t bytes,
                enum oi_direction direction, const char *what)
{
    struct oi_command command = {cdb, direction, data, bytes, 60000};
    struct oi_completion completion = {0};

    oi_transport_execute(&device->transport, &command, &completion);
    if (completion.status != OI_OK || completion.scsi_status)
        give_up("the virtual recorder refuses", what);
}

/* A disc that was formatted before keeps its data. */
static void format(struct oi_device *device)
{
    enum { DVD_PLUS_RW = 0x26, ALL = -1, STATUS_MASK = 3, BACKGROUND = 7 };
    uint8_t about[34], list[OI_FORMAT_LIST_BYTES];

    run(device, oi_cdb_read_disc_information(sizeof(about)), about, sizeof(about), OI_DATA_IN,
        "READ DISC INFORMATION");
    if (about[BACKGROUND] & STATUS_MASK)
        return;
    oi_format_list(list, (uint32_t)ALL, DVD_PLUS_RW, 0, 0, true);
    run(device, oi_cdb_format_unit(), list, sizeof(list), OI_DATA_OUT, "FORMAT UNIT");
}

static struct oi_device *open_recorder(const char *folder)
{
    static const char definition[] = "medium = dvd+rw\nimage = disc.iso\n";
    char ini[512], problem[OI_DETAIL_MAX];
    struct oi_device *device;
    struct oi_command ready = {oi_cdb_test_unit_ready(), OI_DATA_NONE, NULL, 0, 60000};
    struct oi_completion completion = {0};

    snprintf(ini, sizeof(ini), "%s/one.ini", folder);
    if (!oi_file_stamp(ini) && oi_file_replace(ini, definition, sizeof(definition) - 1) != OI_OK)
        give_up(ini, "can't be written");
    setenv("OPENIMAPI2_RECORDERS", folder, 1);
    if (oi_virtual_open(RECORDER_ID, &device, problem) != OI_OK)
        give_up(ini, problem);
    oi_transport_execute(&device->transport, &ready, &completion); /* takes the unit attention */
    format(device);
    return device;
}

/* What belongs to it: the disc is only then whole when the cache is, so that counts, too. */
static void to_disc(const char *path, const char *folder)
{
    struct oi_device *device = open_recorder(folder);
    uint64_t bytes, start_ns;
    int fd = open_source(path, &bytes);
    struct rig rig;
    double cpu_s;

    rig_init(&rig, fd, 0);
    rig.drive.behind = &device->transport;
    cpu_s = cpu_seconds();
    start_ns = now_ns();
    rig_write(&rig, bytes);
    run(device, oi_cdb_synchronize_cache(false), NULL, 0, OI_DATA_NONE, "SYNCHRONIZE CACHE");
    printf("speed.engine-disc %.4f\n", gib(bytes) / since_s(start_ns));
    printf("cpu.engine-disc %.4f\n", (cpu_seconds() - cpu_s) / gib(bytes));
    print_counts("engine-disc", &rig, bytes, start_ns);
    rig_fini(&rig);
    device->ops->destroy(device);
    close(fd);
}

static void copy(const char *path)
{
    enum { BUFFER = 64 * MIB };
    uint8_t *from = malloc(BUFFER), *to = malloc(BUFFER);
    uint64_t bytes, start_ns;

    close(open_source(path, &bytes));
    if (!from || !to)
        give_up("memcpy", "no memory");
    memset(from, 1, BUFFER);
    memset(to, 2, BUFFER);
    start_ns = now_ns();
    for (uint64_t at = 0; at < bytes; at += BUFFER) {
        from[at % BUFFER]++; /* so that no copy is like the one before */
        memcpy(to, from, BUFFER);
        if (to[at % BUFFER] != from[at % BUFFER])
            give_up("memcpy", "did not copy");
    }
    printf("speed.memcpy %.4f\n", gib(bytes) / since_s(start_ns));
    free(from);
    free(to);
}

/* == a drive with a pace: gaps between WRITEs, and a fifo that fills == */

static void at_a_pace(const char *path)
{
    enum { BYTES = 256 * MIB, PACE_US = 200 };
    uint64_t bytes, before_kib;
    int fd = open_source(path, &bytes);
    struct rig rig;
    double touched;

    if (bytes > BYTES)
        bytes = BYTES;
    rig_init(&rig, fd, 0);
    rig.drive.pace_us = PACE_US;
    rig.drive.gap_room = bytes / CHUNK;
    rig.drive.gaps = calloc(rig.drive.gap_room, sizeof(rig.drive.gaps[0]));
    if (!rig.drive.gaps)
        give_up("pace", "no memory");
    memset(rig.drive.gaps, 0xff, rig.drive.gap_room * sizeof(rig.drive.gaps[0]));
    before_kib = memory_kib();
    memory_peak_reset();
    rig_write(&rig, bytes);
    touched = (double)(memory_peak_kib() - before_kib) / 1024;
    printf("memory.engine-paced %.2f\n", touched);
    printf("beyond-fifo.engine-paced %.2f\n", touched - (double)rig.client.last.total_bytes / MIB);
    if (rig.drive.gap_count < rig.drive.gap_room / 2)
        give_up("pace", "data was not waiting most of the time");
    printf("gap50.engine %.2f\n", quantile(rig.drive.gaps, rig.drive.gap_count, 500) / 1e3);
    printf("gap99.engine %.2f\n", quantile(rig.drive.gaps, rig.drive.gap_count, 990) / 1e3);
    free(rig.drive.gaps);
    rig_fini(&rig);
    close(fd);
}

/* == is it writing? == */

/* A thread that asks without a pause: the engine, or a word of its own, which costs the machine as
 * much and the engine nothing. */
struct asker {
    struct oi_engine *engine; /* NULL: its own word */
    atomic_bool word, over;
    uint32_t *batches;
    size_t count;
};

enum { BATCH = 10000, BATCHES_MAX = 1 << 20 };

static bool ask_word(const atomic_bool *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

static void ask(void *context)
{
    struct asker *self = context;
    uint32_t yes = 0;

    while (!atomic_load(&self->over)) {
        uint64_t start_ns = now_ns();

        for (int i = 0; i < BATCH; i++)
            yes += self->engine ? oi_engine_writing(self->engine) : ask_word(&self->word);
        if (self->count < BATCHES_MAX)
            self->batches[self->count++] = (uint32_t)(now_ns() - start_ns);
    }
    atomic_store(&self->word, yes > 0);
}

static double speed_while_asked(int fd, uint64_t bytes, bool the_engine, double *ns)
{
    struct asker asker = {.batches = malloc(BATCHES_MAX * sizeof(uint32_t))};
    struct oi_thread *thread;
    struct rig rig;
    uint64_t start_ns;
    double speed;

    rig_init(&rig, fd, 0);
    asker.engine = the_engine ? &rig.engine : NULL;
    if (!asker.batches || oi_thread_start(&thread, ask, &asker) != OI_OK)
        give_up("ask", "no memory");
    start_ns = now_ns();
    rig_write(&rig, bytes);
    speed = gib(bytes) / since_s(start_ns);
    atomic_store(&asker.over, true);
    oi_thread_join(thread);
    *ns = (double)quantile(asker.batches, asker.count, 500) / BATCH;
    free(asker.batches);
    rig_fini(&rig);
    return speed;
}

static void asked(const char *path)
{
    uint64_t bytes;
    int fd = open_source(path, &bytes);
    double ns, control_ns;
    double control = speed_while_asked(fd, bytes, false, &control_ns);

    printf("ask-speed.engine %.4f\n", speed_while_asked(fd, bytes, true, &ns));
    printf("ask-control.engine %.4f\n", control);
    printf("ask.engine %.2f\n", ns);
    close(fd);
}

/* == cancel == */

static void write_until_cancelled(void *context)
{
    struct rig *rig = context;
    struct oi_section section = bench_section(&rig->source, &rig->drive, &rig->client, GIB);
    struct oi_outcome outcome;

    if (!oi_engine_claim(&rig->engine) ||
        oi_engine_write_section(&rig->engine, &section, &outcome) != OI_CANCELLED)
        give_up("cancel", "the section ended otherwise");
}

/* Milliseconds from the cancel until the section has returned. */
static double cancel_once(int fd)
{
    struct oi_thread *thread;
    uint64_t start_ns;
    struct rig rig;
    double ms;

    rig_init(&rig, fd, 0);
    rig.source.stall_at = 8 * MIB;
    if (oi_thread_start(&thread, write_until_cancelled, &rig) != OI_OK)
        give_up("cancel", "no thread");
    bench_source_wait_stalled(&rig.source);
    start_ns = now_ns();
    if (!oi_engine_cancel(&rig.engine))
        give_up("cancel", "was not accepted");
    oi_thread_join(thread);
    ms = (double)(now_ns() - start_ns) / 1e6;
    bench_source_go(&rig.source);
    rig_fini(&rig);
    return ms;
}

static void cancelled(const char *path)
{
    enum { TIMES = 20 };
    uint64_t bytes;
    int fd = open_source(path, &bytes);
    double worst = 0;

    for (int i = 0; i < TIMES; i++) {
        double ms = cancel_once(fd);

        worst = ms > worst ? ms : worst;
    }
    printf("cancel.engine %.2f\n", worst);
    close(fd);
}

/* == four at once == */

enum { FOUR = 4 };

struct quarter {
    struct rig rig;
    uint64_t bytes;
};

static void write_quarter(void *context)
{
    struct quarter *quarter = context;

    rig_write(&quarter->rig, quarter->bytes);
}

static void four_at_once(const char *path)
{
    static struct quarter quarters[FOUR];
    struct oi_thread *threads[FOUR];
    uint64_t bytes;
    int fd = open_source(path, &bytes);

    for (int i = 0; i < FOUR; i++) {
        quarters[i].bytes = bytes / FOUR / CHUNK * CHUNK;
        rig_init(&quarters[i].rig, fd, quarters[i].bytes * (uint64_t)i);
        if (oi_thread_start(&threads[i], write_quarter, &quarters[i]) != OI_OK)
            give_up("four", "no thread");
    }
    for (int i = 0; i < FOUR; i++) {
        oi_thread_join(threads[i]);
        rig_fini(&quarters[i].rig);
    }
    close(fd);
}

static void count(const char *mib)
{
    struct rig rig;

    rig_init(&rig, -1, 0);
    rig_write(&rig, strtoull(mib, NULL, 10) * MIB);
    rig_fini(&rig);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(const char *path);
    } modes[] = {
        {"null", to_null}, {"memcpy", copy},      {"pace", at_a_pace},    {"ask", asked},
        {"count", count},  {"cancel", cancelled}, {"four", four_at_once},
    };

    if (argc == 4 && strcmp(argv[1], "disc") == 0) {
        to_disc(argv[2], argv[3]);
        return 0;
    }
    for (size_t i = 0; argc == 3 && i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run(argv[2]);
            return 0;
        }
    }
    give_up("usage", "null|memcpy|pace|ask|cancel|four SOURCE, disc SOURCE FOLDER, count MIB");
}
