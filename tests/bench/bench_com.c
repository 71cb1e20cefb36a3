/* How fast the registered imapi2.dll is for a client: WriteSection through COM, from a stream on a
 * file to a recorder of the client's own that takes everything at once. Prints "NAME VALUE" for all
 * that one run of it shows.
 *   bench_com null SOURCE     a section of all of SOURCE
 *   bench_com pace SOURCE     256 MiB to a recorder that needs 0.2 ms for each WRITE
 *   bench_com ask SOURCE      a section while another thread reads WriteInProgress
 *   bench_com cancel SOURCE   sections that are cancelled while the stream does not return */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "com_parts.h"

/* One engine with all it needs. */
struct rig {
    IWriteEngine2 *engine;
    struct file_stream stream;
    struct null_recorder recorder;
    LONG blocks; /* that the file has */
};

static _Noreturn void give_up(const char *what, HRESULT hr)
{
    fprintf(stderr, "bench_com: %s: %08lx\n", what, (unsigned long)hr);
    exit(1);
}

static void succeed(const char *what, HRESULT hr)
{
    if (FAILED(hr))
        give_up(what, hr);
}

static void rig_init(struct rig *rig, const char *path)
{
    LARGE_INTEGER size;

    null_recorder_init(&rig->recorder);
    if (!file_stream_init(&rig->stream, path) || !GetFileSizeEx(rig->stream.file, &size) ||
        size.QuadPart < MIB)
        give_up(path, HRESULT_FROM_WIN32(GetLastError()));
    rig->blocks = (LONG)(size.QuadPart / CHUNK * (CHUNK / SECTOR));
    succeed("MsftWriteEngine2",
            CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_INPROC_SERVER,
                             &IID_IWriteEngine2, (void **)&rig->engine));
    succeed("Recorder",
            IWriteEngine2_put_Recorder(rig->engine, &rig->recorder.IDiscRecorder2Ex_iface));
    succeed("BytesPerSector", IWriteEngine2_put_BytesPerSector(rig->engine, SECTOR));
}

static void rig_fini(struct rig *rig)
{
    IWriteEngine2_Release(rig->engine);
    file_stream_fini(&rig->stream);
}

static void rig_write(struct rig *rig, LONG blocks)
{
    succeed("WriteSection",
            IWriteEngine2_WriteSection(rig->engine, &rig->stream.IStream_iface, 0, blocks));
    if (rig->recorder.next_lba != blocks || rig->recorder.misplaced)
        give_up("the section is not complete", E_UNEXPECTED);
}

static double gib(LONG blocks)
{
    return (double)blocks * SECTOR / (1 << 30);
}

static double cpu_seconds(void)
{
    FILETIME made, ended;
    ULARGE_INTEGER kernel, user;
    FILETIME kernel_time, user_time;

    GetProcessTimes(GetCurrentProcess(), &made, &ended, &kernel_time, &user_time);
    kernel.LowPart = kernel_time.dwLowDateTime;
    kernel.HighPart = kernel_time.dwHighDateTime;
    user.LowPart = user_time.dwLowDateTime;
    user.HighPart = user_time.dwHighDateTime;
    return (double)(kernel.QuadPart + user.QuadPart) / 1e7;
}

static void to_null(const char *path)
{
    struct rig rig;
    LONGLONG start;
    double seconds, cpu_s;

    rig_init(&rig, path);
    cpu_s = cpu_seconds();
    start = ticks();
    rig_write(&rig, rig.blocks);
    seconds = ticks_to_us(ticks() - start) / 1e6;
    cpu_s = cpu_seconds() - cpu_s;
    printf("speed.com-null %.4f\n", gib(rig.blocks) / seconds);
    printf("cpu.com-null %.4f\n", cpu_s / gib(rig.blocks));
    printf("reads.com-null %.1f\n", rig.stream.reads / gib(rig.blocks));
    printf("writes.com-null %.1f\n", rig.recorder.writes / gib(rig.blocks));
    printf("others.com-null %ld\n", rig.recorder.others);
    printf("begin.com-null %.3f\n",
           ticks_to_us(rig.recorder.first_ticks - rig.stream.first_ticks) / 1e3);
    printf("call-to-write.com-null %.3f\n", ticks_to_us(rig.recorder.first_ticks - start) / 1e3);
    rig_fini(&rig);
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* == a recorder with a pace == */

/* The file is read faster than that, so data is always waiting. */
static void at_a_pace(const char *path)
{
    enum { GAPS = 256 * MIB / CHUNK };
    static uint32_t gaps[GAPS];
    struct rig rig;
    LONG blocks = GAPS * (CHUNK / SECTOR);

    rig_init(&rig, path);
    rig.recorder.paced = true;
    rig.recorder.gaps = gaps;
    rig.recorder.gap_room = GAPS;
    rig_write(&rig, rig.blocks < blocks ? rig.blocks : blocks);
    qsort(gaps, (size_t)rig.recorder.gap_count, sizeof(gaps[0]), by_value);
    printf("gap50.com %.2f\n", gaps[(rig.recorder.gap_count - 1) * 50 / 100] / 1e3);
    printf("gap99.com %.2f\n", gaps[(rig.recorder.gap_count - 1) * 99 / 100] / 1e3);
    rig_fini(&rig);
}

/* == is it writing? == */

/* A thread that asks without a pause: the engine, or a word of its own, which costs the machine as
 * much and the engine nothing. */
struct asker {
    IWriteEngine2 *engine; /* NULL: its own word */
    LONG word, over;
    uint32_t *batches;
    LONG count;
};

enum { BATCH = 10000, BATCHES_MAX = 1 << 18 };

static HRESULT ask_word(const volatile LONG *word, VARIANT_BOOL *value)
{
    *value = *word ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

static DWORD WINAPI ask(void *context)
{
    struct asker *self = context;
    VARIANT_BOOL value;
    LONG yes = 0;

    while (!InterlockedCompareExchange(&self->over, 1, 1)) {
        LONGLONG start = ticks();

        for (int i = 0; i < BATCH; i++) {
            if (self->engine)
                IWriteEngine2_get_WriteInProgress(self->engine, &value);
            else
                ask_word(&self->word, &value);
            yes += value != VARIANT_FALSE;
        }
        if (self->count < BATCHES_MAX)
            self->batches[self->count++] = (uint32_t)(ticks_to_us(ticks() - start) * 1000.0);
    }
    InterlockedExchange(&self->word, yes);
    return 0;
}

static double speed_while_asked(const char *path, bool the_engine, double *ns)
{
    struct asker asker = {.batches = malloc(BATCHES_MAX * sizeof(uint32_t))};
    LONGLONG start;
    HANDLE thread;
    struct rig rig;
    double speed;

    rig_init(&rig, path);
    asker.engine = the_engine ? rig.engine : NULL;
    thread = CreateThread(NULL, 0, ask, &asker, 0, NULL);
    if (!asker.batches || !thread)
        give_up("ask", E_OUTOFMEMORY);
    start = ticks();
    rig_write(&rig, rig.blocks);
    speed = gib(rig.blocks) / (ticks_to_us(ticks() - start) / 1e6);
    InterlockedExchange(&asker.over, 1);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    if (asker.count == 0)
        give_up("ask", E_UNEXPECTED);
    qsort(asker.batches, (size_t)asker.count, sizeof(uint32_t), by_value);
    *ns = (double)asker.batches[asker.count / 2] / BATCH;
    free(asker.batches);
    rig_fini(&rig);
    return speed;
}

static void asked(const char *path)
{
    double ns, control_ns;
    double control = speed_while_asked(path, false, &control_ns);

    printf("ask-speed.com %.4f\n", speed_while_asked(path, true, &ns));
    printf("ask-control.com %.4f\n", control);
    printf("ask.com %.2f\n", ns);
}

/* == cancel == */

static DWORD WINAPI write_until_cancelled(void *context)
{
    struct rig *rig = context;
    HRESULT hr;

    succeed("CoInitializeEx", CoInitializeEx(NULL, COINIT_MULTITHREADED));
    hr = IWriteEngine2_WriteSection(rig->engine, &rig->stream.IStream_iface, 0, rig->blocks);
    CoUninitialize();
    return (DWORD)hr;
}

/* Milliseconds from CancelWrite until WriteSection has returned. */
static double cancel_once(const char *path)
{
    struct rig rig;
    LONGLONG start;
    HANDLE thread;
    DWORD result;
    double ms;

    rig_init(&rig, path);
    rig.stream.stall_at = 8 * MIB;
    thread = CreateThread(NULL, 0, write_until_cancelled, &rig, 0, NULL);
    if (!thread)
        give_up("cancel", E_OUTOFMEMORY);
    WaitForSingleObject(rig.stream.stalled, INFINITE);
    start = ticks();
    if (IWriteEngine2_CancelWrite(rig.engine) != S_OK)
        give_up("CancelWrite", E_UNEXPECTED);
    WaitForSingleObject(thread, INFINITE);
    ms = ticks_to_us(ticks() - start) / 1e3;
    if (!GetExitCodeThread(thread, &result) || result != (DWORD)E_IMAPI_REQUEST_CANCELLED)
        give_up("the cancelled section", (HRESULT)result);
    CloseHandle(thread);
    SetEvent(rig.stream.go);
    rig_fini(&rig);
    return ms;
}

static void cancelled(const char *path)
{
    enum { TIMES = 20 };
    double worst = 0;

    for (int i = 0; i < TIMES; i++) {
        double ms = cancel_once(path);

        worst = ms > worst ? ms : worst;
    }
    printf("cancel.com %.2f\n", worst);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(const char *path);
    } modes[] = {{"null", to_null}, {"pace", at_a_pace}, {"ask", asked}, {"cancel", cancelled}};

    succeed("CoInitializeEx", CoInitializeEx(NULL, COINIT_MULTITHREADED));
    for (size_t i = 0; argc == 3 && i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run(argv[2]);
            CoUninitialize();
            return 0;
        }
    }
    give_up("usage: bench_com null|pace|ask|cancel SOURCE", E_INVALIDARG);
}
