/* A program of somebody else's: it knows imapi2.h and imapi2error.h, finds a virtual recorder that
 * it defines itself, and burns to it from a stream of its own, told by a sink of its own. Another
 * thread watches and cancels.
 *
 * usage: client sta|mta
 * Prints "ok" or "not ok" with a sentence for each behaviour; ends with 1 when one failed. */
#define COBJMACROS
#include <windows.h>
#include <ole2.h>
#include <ocidl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <initguid.h>
#include <imapi2.h>
#include <imapi2error.h>

#define SECTOR      2048
#define UNIT        16
#define PATIENCE_MS 30000
#define RACES       100

static const char *mode;
static int failed;

static void check(int good, const char *sentence)
{
    printf("%s  %s: %s\n", good ? "ok    " : "not ok", mode, sentence);
    fflush(stdout);
    if (!good)
        failed = 1;
}

static void check_hr(HRESULT got, HRESULT expected, const char *sentence)
{
    if (got != expected)
        printf("# 0x%08lx, expected 0x%08lx\n", (unsigned long)got, (unsigned long)expected);
    check(got == expected, sentence);
}

static void give_up(const char *why, HRESULT hr)
{
    printf("not ok  %s: %s (0x%08lx)\n", mode, why, (unsigned long)hr);
    exit(1);
}

static VARIANT_BOOL in_progress(IWriteEngine2 *engine)
{
    VARIANT_BOOL value = 0x55;

    return IWriteEngine2_get_WriteInProgress(engine, &value) == S_OK ? value : 0x55;
}

/* == the source == */

struct source {
    IStream iface;
    LONG refs;
    BOOL on_heap; /* a clone */
    ULONGLONG at;
    HANDLE reading;  /* set by the first Read, if not NULL */
    HANDLE released; /* Read waits for it, if not NULL */
};

static HRESULT STDMETHODCALLTYPE source_QueryInterface(IStream *iface, REFIID iid, void **out)
{
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_ISequentialStream) &&
        !IsEqualIID(iid, &IID_IStream))
        return E_NOINTERFACE;
    *out = iface;
    IStream_AddRef(iface);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE source_AddRef(IStream *iface)
{
    return (ULONG)InterlockedIncrement(&((struct source *)iface)->refs);
}

static ULONG STDMETHODCALLTYPE source_Release(IStream *iface)
{
    struct source *self = (struct source *)iface;
    LONG left = InterlockedDecrement(&self->refs);

    if (!left && self->on_heap)
        free(self);
    return (ULONG)left;
}

static BYTE byte_at(ULONGLONG position)
{
    return (BYTE)(position * 7 + position / 2048);
}

static HRESULT STDMETHODCALLTYPE source_Read(IStream *iface, void *data, ULONG size, ULONG *got)
{
    struct source *self = (struct source *)iface;

    if (self->reading)
        SetEvent(self->reading);
    if (self->released && WaitForSingleObject(self->released, PATIENCE_MS) != WAIT_OBJECT_0)
        return E_ABORT;
    for (ULONG i = 0; i < size; i++)
        ((BYTE *)data)[i] = byte_at(self->at + i);
    self->at += size;
    if (got)
        *got = size;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE source_Write(IStream *iface, const void *d, ULONG n, ULONG *w)
{
    (void)iface, (void)d, (void)n, (void)w;
    return STG_E_ACCESSDENIED;
}

/* There is no end to seek from. */
static HRESULT STDMETHODCALLTYPE source_Seek(IStream *iface, LARGE_INTEGER m, DWORD origin,
                                             ULARGE_INTEGER *p)
{
    struct source *self = (struct source *)iface;
    LONGLONG base = origin == STREAM_SEEK_CUR ? (LONGLONG)self->at : 0;

    if (origin > STREAM_SEEK_CUR || m.QuadPart < -base || m.QuadPart > MAXLONGLONG - base)
        return STG_E_INVALIDFUNCTION;
    self->at = (ULONGLONG)(base + m.QuadPart);
    if (p)
        p->QuadPart = self->at;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE source_SetSize(IStream *iface, ULARGE_INTEGER size)
{
    (void)iface, (void)size;
    return STG_E_ACCESSDENIED;
}

static HRESULT STDMETHODCALLTYPE source_CopyTo(IStream *iface, IStream *to, ULARGE_INTEGER n,
                                               ULARGE_INTEGER *r, ULARGE_INTEGER *w)
{
    ULARGE_INTEGER read = {.QuadPart = 0}, written = {.QuadPart = 0};
    BYTE block[SECTOR];
    HRESULT hr = S_OK;

    if (!to)
        return STG_E_INVALIDPOINTER;
    while (SUCCEEDED(hr) && read.QuadPart < n.QuadPart) {
        ULONGLONG left = n.QuadPart - read.QuadPart;
        ULONG got = 0, put = 0;

        hr = source_Read(iface, block, left < SECTOR ? (ULONG)left : SECTOR, &got);
        read.QuadPart += got;
        if (SUCCEEDED(hr))
            hr = IStream_Write(to, block, got, &put);
        written.QuadPart += put;
        if (SUCCEEDED(hr) && put != got)
            hr = STG_E_MEDIUMFULL;
    }
    if (r)
        *r = read;
    if (w)
        *w = written;
    return hr;
}

/* It can't be written, so that there is nothing to commit, revert or lock. */
static HRESULT STDMETHODCALLTYPE source_Commit(IStream *iface, DWORD flags)
{
    (void)iface, (void)flags;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE source_Revert(IStream *iface)
{
    (void)iface;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE source_Region(IStream *iface, ULARGE_INTEGER at, ULARGE_INTEGER n,
                                               DWORD type)
{
    (void)iface, (void)at, (void)n, (void)type;
    return STG_E_INVALIDFUNCTION;
}

static HRESULT STDMETHODCALLTYPE source_Stat(IStream *iface, STATSTG *stat, DWORD flags)
{
    (void)iface, (void)flags;
    if (!stat)
        return STG_E_INVALIDPOINTER;
    memset(stat, 0, sizeof(*stat));
    stat->type = STGTY_STREAM;
    stat->cbSize.QuadPart = MAXLONGLONG;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE source_Clone(IStream *iface, IStream **clone)
{
    struct source *self = (struct source *)iface, *other;

    if (!clone)
        return STG_E_INVALIDPOINTER;
    *clone = NULL;
    other = malloc(sizeof(*other));
    if (!other)
        return E_OUTOFMEMORY;
    *other = *self;
    other->refs = 1;
    other->on_heap = TRUE;
    *clone = &other->iface;
    return S_OK;
}

static IStreamVtbl source_vtbl = {
    source_QueryInterface, source_AddRef,  source_Release, source_Read,   source_Write,
    source_Seek,           source_SetSize, source_CopyTo,  source_Commit, source_Revert,
    source_Region,         source_Region,  source_Stat,    source_Clone,
};

/* == the sink: IDispatch and nothing else == */

struct sink {
    IDispatch iface;
    LONG refs;
    IWriteEngine2 *engine; /* not counted */
    int events;
    VARIANT_BOOL first, last; /* get_WriteInProgress in those */
    int cancel_in;            /* the event that calls CancelWrite; 0: none */
    HRESULT cancelled;        /* what that gave */
    LONG last_written;
    int bad; /* events that were not as documented */
};

static HRESULT STDMETHODCALLTYPE sink_QueryInterface(IDispatch *iface, REFIID iid, void **out)
{
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IDispatch) &&
        !IsEqualIID(iid, &IID_DWriteEngine2Events))
        return E_NOINTERFACE;
    *out = iface;
    IDispatch_AddRef(iface);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE sink_AddRef(IDispatch *iface)
{
    return (ULONG)InterlockedIncrement(&((struct sink *)iface)->refs);
}

static ULONG STDMETHODCALLTYPE sink_Release(IDispatch *iface)
{
    return (ULONG)InterlockedDecrement(&((struct sink *)iface)->refs);
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfoCount(IDispatch *iface, UINT *count)
{
    (void)iface;
    *count = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE sink_GetTypeInfo(IDispatch *iface, UINT i, LCID lcid,
                                                  ITypeInfo **info)
{
    (void)iface, (void)i, (void)lcid;
    if (!info)
        return E_POINTER;
    *info = NULL;
    return DISP_E_BADINDEX;
}

static HRESULT STDMETHODCALLTYPE sink_GetIDsOfNames(IDispatch *iface, REFIID iid, LPOLESTR *names,
                                                    UINT count, LCID lcid, DISPID *ids)
{
    (void)iface, (void)iid, (void)names, (void)lcid;
    for (UINT i = 0; i < count; i++)
        ids[i] = DISPID_UNKNOWN;
    return DISP_E_UNKNOWNNAME;
}

/* rgvarg is in reverse: [1] is the engine, [0] the progress. */
static HRESULT STDMETHODCALLTYPE sink_Invoke(IDispatch *iface, DISPID id, REFIID iid, LCID lcid,
                                             WORD flags, DISPPARAMS *params, VARIANT *result,
                                             EXCEPINFO *exception, UINT *argument)
{
    struct sink *self = (struct sink *)iface;
    IWriteEngine2EventArgs *args = NULL;

    (void)iid, (void)lcid, (void)result, (void)exception, (void)argument;
    if (id != 0x100 || !(flags & DISPATCH_METHOD) || params->cArgs != 2 || params->cNamedArgs ||
        V_VT(&params->rgvarg[0]) != VT_DISPATCH || V_VT(&params->rgvarg[1]) != VT_DISPATCH ||
        IDispatch_QueryInterface(V_DISPATCH(&params->rgvarg[0]), &IID_IWriteEngine2EventArgs,
                                 (void **)&args) != S_OK) {
        self->bad++;
        return S_OK;
    }
    IWriteEngine2EventArgs_get_LastWrittenLba(args, &self->last_written);
    IWriteEngine2EventArgs_Release(args);
    self->last = in_progress(self->engine);
    if (self->events++ == 0)
        self->first = self->last;
    if (self->events == self->cancel_in)
        self->cancelled = IWriteEngine2_CancelWrite(self->engine);
    return S_OK;
}

static IDispatchVtbl sink_vtbl = {
    sink_QueryInterface, sink_AddRef,        sink_Release, sink_GetTypeInfoCount,
    sink_GetTypeInfo,    sink_GetIDsOfNames, sink_Invoke,
};

/* == the recorder == */

static char folder[MAX_PATH];

static void in_folder(char *path, const char *name)
{
    snprintf(path, MAX_PATH, "%s\\%s", folder, name);
}

static void define(const char *name, const char *more)
{
    char path[MAX_PATH], file[64];
    FILE *ini;

    snprintf(file, sizeof(file), "%s.ini", name);
    in_folder(path, file);
    ini = fopen(path, "wb");
    if (!ini)
        give_up("the definition of a recorder can't be written", E_FAIL);
    fprintf(ini, "medium = dvd+r\r\nimage = %s\\%s.iso\r\n%s", folder, name, more);
    fclose(ini);
}

static void make_folder(void)
{
    char temp[MAX_PATH - 40];

    GetTempPathA(sizeof(temp), temp);
    snprintf(folder, sizeof(folder), "%soi-client-%s-%lu", temp, mode, GetCurrentProcessId());
    if (!CreateDirectoryA(folder, NULL) || !SetEnvironmentVariableA("OPENIMAPI2_RECORDERS", folder))
        give_up("no folder for recorders", HRESULT_FROM_WIN32(GetLastError()));
}

static void remove_folder(void)
{
    char pattern[MAX_PATH];
    WIN32_FIND_DATAA found;
    HANDLE search;

    in_folder(pattern, "*");
    search = FindFirstFileA(pattern, &found);
    if (search != INVALID_HANDLE_VALUE) {
        do {
            char path[MAX_PATH];

            in_folder(path, found.cFileName);
            DeleteFileA(path);
        } while (FindNextFileA(search, &found));
        FindClose(search);
    }
    check(RemoveDirectoryA(folder), "nothing keeps the recorder's files open at the end");
}

/* The recorder of that name, found as any other by the disc master. */
static IDiscRecorder2Ex *open_recorder(const char *name)
{
    IDiscMaster2 *master = NULL;
    IDiscRecorder2 *recorder = NULL;
    IDiscRecorder2Ex *ex = NULL;
    WCHAR wanted[64];
    LONG count = 0;
    HRESULT hr;

    swprintf(wanted, 64, L"#%hs#", name);
    hr = CoCreateInstance(&CLSID_MsftDiscMaster2, NULL, CLSCTX_ALL, &IID_IDiscMaster2,
                          (void **)&master);
    if (FAILED(hr))
        give_up("no MsftDiscMaster2: is imapi2.dll registered?", hr);
    hr = CoCreateInstance(&CLSID_MsftDiscRecorder2, NULL, CLSCTX_ALL, &IID_IDiscRecorder2,
                          (void **)&recorder);
    if (FAILED(hr))
        give_up("no MsftDiscRecorder2", hr);
    IDiscMaster2_get_Count(master, &count);
    for (LONG i = 0; i < count && !ex; i++) {
        BSTR id = NULL;

        if (IDiscMaster2_get_Item(master, i, &id) == S_OK && wcsstr(id, wanted) &&
            IDiscRecorder2_InitializeDiscRecorder(recorder, id) == S_OK)
            IDiscRecorder2_QueryInterface(recorder, &IID_IDiscRecorder2Ex, (void **)&ex);
        SysFreeString(id);
    }
    IDiscRecorder2_Release(recorder);
    IDiscMaster2_Release(master);
    if (!ex)
        give_up("the recorder that was defined is not found", E_FAIL);
    return ex;
}

static HRESULT command(IDiscRecorder2Ex *ex, BYTE opcode, ULONG size)
{
    BYTE cdb[16] = {opcode}, sense[18];

    return IDiscRecorder2Ex_SendCommandNoData(ex, cdb, size, sense, 60);
}

static void make_ready(IDiscRecorder2Ex *ex)
{
    for (int i = 0; i < 5 && command(ex, 0x00, 6) != S_OK; i++)
        ;
}

/* The next writable address of track 1. */
static LONG next_writable(IDiscRecorder2Ex *ex)
{
    BYTE *track = NULL;
    ULONG size = 0;
    LONG next = -1;

    if (IDiscRecorder2Ex_GetTrackInformation(ex, 1, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK, &track,
                                             &size) == S_OK &&
        size >= 16 && track[7] & 1)
        next = (LONG)((ULONG)track[12] << 24 | (ULONG)track[13] << 16 | (ULONG)track[14] << 8 |
                      track[15]);
    CoTaskMemFree(track);
    return next;
}

/* == a burn == */

struct burn {
    IDiscRecorder2Ex *recorder;
    IWriteEngine2 *engine;
    IConnectionPoint *point;
    DWORD cookie;
    struct source source;
    struct sink sink;
};

static void burn_open(struct burn *b, const char *name)
{
    IConnectionPointContainer *container = NULL;
    HRESULT hr;

    memset(b, 0, sizeof(*b));
    b->source.iface.lpVtbl = &source_vtbl;
    b->source.refs = 1;
    b->sink.iface.lpVtbl = &sink_vtbl;
    b->sink.refs = 1;
    b->recorder = open_recorder(name);
    make_ready(b->recorder);
    hr = CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_ALL, &IID_IWriteEngine2,
                          (void **)&b->engine);
    if (FAILED(hr))
        give_up("no MsftWriteEngine2", hr);
    b->sink.engine = b->engine;
    hr = IWriteEngine2_put_Recorder(b->engine, b->recorder);
    if (SUCCEEDED(hr))
        hr = IWriteEngine2_put_BytesPerSector(b->engine, SECTOR);
    if (SUCCEEDED(hr))
        hr = IWriteEngine2_QueryInterface(b->engine, &IID_IConnectionPointContainer,
                                          (void **)&container);
    if (SUCCEEDED(hr))
        hr = IConnectionPointContainer_FindConnectionPoint(container, &IID_DWriteEngine2Events,
                                                           &b->point);
    if (SUCCEEDED(hr))
        hr = IConnectionPoint_Advise(b->point, (IUnknown *)&b->sink.iface, &b->cookie);
    if (FAILED(hr))
        give_up("the engine can't be prepared", hr);
    IConnectionPointContainer_Release(container);
}

static void burn_close(struct burn *b)
{
    IConnectionPoint_Unadvise(b->point, b->cookie);
    IConnectionPoint_Release(b->point);
    check(IWriteEngine2_Release(b->engine) == 0, "nobody else keeps the engine");
    check(IDiscRecorder2Ex_Release(b->recorder) == 0, "nobody else keeps the recorder");
    check(b->sink.refs == 1 && b->source.refs == 1, "nobody keeps the sink or the stream");
    check(b->sink.bad == 0, "every event was as documented");
}

/* == another thread, in the MTA == */

struct other {
    HANDLE thread, go, done;
    IStream *marshalled; /* the engine, on its way */
    void (*run)(struct other *other, IWriteEngine2 *engine);
    HANDLE reading, released; /* of the source */
    volatile LONG over;       /* the write has ended */
    VARIANT_BOOL seen;
    HRESULT hr;
    int rounds;
};

static DWORD WINAPI other_main(void *context)
{
    struct other *other = context;
    IWriteEngine2 *engine = NULL;

    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    other->hr =
        CoGetInterfaceAndReleaseStream(other->marshalled, &IID_IWriteEngine2, (void **)&engine);
    if (SUCCEEDED(other->hr)) {
        other->run(other, engine);
        IWriteEngine2_Release(engine);
    }
    CoUninitialize();
    return 0;
}

static void other_start(struct other *other, IWriteEngine2 *engine,
                        void (*run)(struct other *other, IWriteEngine2 *engine))
{
    HRESULT hr = CoMarshalInterThreadInterfaceInStream(&IID_IWriteEngine2, (IUnknown *)engine,
                                                       &other->marshalled);

    if (FAILED(hr))
        give_up("the engine can't be given to another thread", hr);
    other->run = run;
    other->thread = CreateThread(NULL, 0, other_main, other, 0, NULL);
    if (!other->thread)
        give_up("no second thread", HRESULT_FROM_WIN32(GetLastError()));
}

static void other_join(struct other *other)
{
    WaitForSingleObject(other->thread, INFINITE);
    CloseHandle(other->thread);
}

static void watch(struct other *other, IWriteEngine2 *engine)
{
    WaitForSingleObject(other->reading, PATIENCE_MS);
    other->seen = in_progress(engine);
    SetEvent(other->released);
}

static void cancel_while_reading(struct other *other, IWriteEngine2 *engine)
{
    WaitForSingleObject(other->reading, PATIENCE_MS);
    other->hr = IWriteEngine2_CancelWrite(engine);
    /* In the MTA the source stays stalled: the section must end all the same. */
    if (strcmp(mode, "sta") == 0)
        SetEvent(other->released);
}

/* One CancelWrite, later from round to round: some come before the write has begun, some when it is
 * over. Every fourth is repeated until it has met the write. */
static void race(struct other *other, IWriteEngine2 *engine)
{
    for (int i = 0; i < other->rounds; i++) {
        WaitForSingleObject(other->go, PATIENCE_MS);
        for (int turns = 0; turns < i % 50 * 4; turns++)
            SwitchToThread();
        do
            other->hr = IWriteEngine2_CancelWrite(engine);
        while (i % 4 == 0 && other->hr == S_IMAPI_WRITE_NOT_IN_PROGRESS && !other->over);
        SetEvent(other->done);
    }
}

static struct other new_other(void)
{
    struct other other = {0};

    other.reading = CreateEventW(NULL, TRUE, FALSE, NULL);
    other.released = CreateEventW(NULL, TRUE, FALSE, NULL);
    other.go = CreateEventW(NULL, FALSE, FALSE, NULL);
    other.done = CreateEventW(NULL, FALSE, FALSE, NULL);
    return other;
}

static void end_other(struct other *other)
{
    CloseHandle(other->reading);
    CloseHandle(other->released);
    CloseHandle(other->go);
    CloseHandle(other->done);
}

/* == what is tried == */

static void image_holds_what_was_written(const char *name, LONG sectors)
{
    char path[MAX_PATH], file[64];
    FILE *image;
    long position = 0, end = (long)sectors * SECTOR;

    snprintf(file, sizeof(file), "%s.iso", name);
    in_folder(path, file);
    image = fopen(path, "rb");
    if (image) {
        while (position < end && fgetc(image) == byte_at((ULONGLONG)position))
            position++;
        fclose(image);
    }
    check(position == end, "the disc's image holds what the stream gave");
}

/* What is burned here is an IStream in all its parts, so that an engine may use any of them. */
static void a_whole_stream(void)
{
    struct source source = {.iface.lpVtbl = &source_vtbl, .refs = 1, .at = SECTOR};
    ULARGE_INTEGER size = {.QuadPart = 3 * SECTOR + 1}, read, written;
    LARGE_INTEGER start = {.QuadPart = 0};
    IStream *clone = NULL, *copy = NULL;
    ULONG right = 0;
    BYTE byte;

    if (CreateStreamOnHGlobal(NULL, TRUE, &copy) != S_OK ||
        IStream_Clone(&source.iface, &clone) != S_OK)
        give_up("the stream can't be cloned", E_FAIL);
    check(IStream_CopyTo(clone, copy, size, &read, &written) == S_OK &&
              read.QuadPart == size.QuadPart && written.QuadPart == size.QuadPart,
          "a clone of the stream is copied");
    IStream_Seek(copy, start, STREAM_SEEK_SET, NULL);
    while (IStream_Read(copy, &byte, 1, &read.LowPart) == S_OK && read.LowPart &&
           byte == byte_at(SECTOR + right))
        right++;
    check(right == size.QuadPart, "from where the stream was");
    check(source.at == SECTOR, "which has not moved");
    check(IStream_Release(clone) == 0 && IStream_Release(copy) == 0, "nobody else keeps the clone");
}

static void a_watched_write(void)
{
    struct burn b;
    struct other other = new_other();
    LONG sectors = 40 * UNIT;
    HRESULT hr;

    define("watched", "");
    burn_open(&b, "watched");
    check(in_progress(b.engine) == VARIANT_FALSE, "WriteInProgress is FALSE before a write");
    b.source.reading = other.reading;
    b.source.released = other.released;
    other_start(&other, b.engine, watch);
    hr = IWriteEngine2_WriteSection(b.engine, &b.source.iface, 0, sectors);
    other_join(&other);
    check_hr(hr, S_OK, "a section is written");
    check(other.seen == VARIANT_TRUE, "another thread sees WriteInProgress TRUE during it");
    check(b.sink.events >= 2, "it is told before and after");
    check(b.sink.first == VARIANT_TRUE, "WriteInProgress is TRUE in the first event");
    check(b.sink.last == VARIANT_FALSE, "WriteInProgress is FALSE in the last event");
    check(b.sink.last_written == sectors - 1, "the last event tells the last sector");
    check(in_progress(b.engine) == VARIANT_FALSE, "WriteInProgress is FALSE after a write");
    check_hr(IWriteEngine2_CancelWrite(b.engine), S_IMAPI_WRITE_NOT_IN_PROGRESS,
             "CancelWrite after a write has nothing to cancel");
    check_hr(command(b.recorder, 0x35, 10), S_OK, "the cache is synchronised");
    burn_close(&b);
    image_holds_what_was_written("watched", sectors);
    end_other(&other);
}

static void a_cancel_from_another_thread(void)
{
    struct burn b;
    struct other other = new_other();
    HRESULT hr;

    define("stalled", "");
    burn_open(&b, "stalled");
    b.source.reading = other.reading;
    b.source.released = other.released;
    other_start(&other, b.engine, cancel_while_reading);
    hr = IWriteEngine2_WriteSection(b.engine, &b.source.iface, 0, 100 * UNIT);
    check_hr(hr, E_IMAPI_REQUEST_CANCELLED, "CancelWrite of another thread ends the section");
    other_join(&other);
    check_hr(other.hr, S_OK, "CancelWrite of a running write is S_OK");
    check(in_progress(b.engine) == VARIANT_FALSE, "WriteInProgress is FALSE after a cancel");
    check(b.sink.last == VARIANT_FALSE, "and in the last event of a cancelled write");
    check(next_writable(b.recorder) == 0, "nothing was written");
    /* An abandoned Read of the stream ends now, and gives the stream back. */
    SetEvent(other.released);
    for (DWORD end = GetTickCount() + PATIENCE_MS; b.source.refs > 1 && GetTickCount() < end;)
        SwitchToThread();
    b.source.reading = NULL;
    b.source.released = NULL;
    b.source.at = 0;
    hr = IWriteEngine2_WriteSection(b.engine, &b.source.iface, 0, UNIT);
    check_hr(hr, S_OK, "the engine can be used again after a cancel");
    burn_close(&b);
    end_other(&other);
}

static void a_cancel_in_the_first_event(void)
{
    struct burn b;
    HRESULT hr;

    define("first", "");
    burn_open(&b, "first");
    b.sink.cancel_in = 1;
    hr = IWriteEngine2_WriteSection(b.engine, &b.source.iface, 0, 100 * UNIT);
    check_hr(hr, E_IMAPI_REQUEST_CANCELLED, "CancelWrite in the first event ends the section");
    check_hr(b.sink.cancelled, S_OK, "CancelWrite in the first event is S_OK");
    check(next_writable(b.recorder) == 0,
          "a write that is cancelled in the first event sends none");
    check(b.sink.events >= 2 && b.sink.last == VARIANT_FALSE, "there is a last event all the same");
    burn_close(&b);
}

static void a_cancel_in_a_later_event(void)
{
    struct burn b;
    LONG next;
    HRESULT hr;

    define("later", "speed = 1\r\n");
    burn_open(&b, "later");
    b.sink.cancel_in = 2;
    hr = IWriteEngine2_WriteSection(b.engine, &b.source.iface, 0, 4000 * UNIT);
    check_hr(hr, E_IMAPI_REQUEST_CANCELLED, "CancelWrite in a later event ends the section");
    check_hr(b.sink.cancelled, S_OK, "CancelWrite in a later event is S_OK");
    next = next_writable(b.recorder);
    check(next >= 0 && next < 4000 * UNIT, "a part was written at most");
    burn_close(&b);
}

/* Cancels that arrive at any moment: before, during or after a short write. */
static void races(void)
{
    struct burn b;
    struct other other = new_other();
    int strange = 0, cancelled = 0;

    define("race", "");
    burn_open(&b, "race");
    other.rounds = RACES;
    other_start(&other, b.engine, race);
    for (int i = 0; i < RACES; i++) {
        HRESULT hr;

        other.over = 0;
        SetEvent(other.go);
        hr = IWriteEngine2_WriteSection(b.engine, &b.source.iface, next_writable(b.recorder),
                                        2 * UNIT);
        InterlockedExchange(&other.over, 1);
        WaitForSingleObject(other.done, PATIENCE_MS);
        if (in_progress(b.engine) != VARIANT_FALSE)
            strange++;
        if (hr == E_IMAPI_REQUEST_CANCELLED && other.hr == S_OK)
            cancelled++;
        else if (hr != S_OK || other.hr != S_IMAPI_WRITE_NOT_IN_PROGRESS)
            strange++;
    }
    other_join(&other);
    printf("# %s: %d of %d were cancelled, %d were not as they should be\n", mode, cancelled, RACES,
           strange);
    check(strange == 0, "in 100 races, CancelWrite was S_OK exactly when the write was cancelled");
    b.source.at = 0;
    check_hr(IWriteEngine2_WriteSection(b.engine, &b.source.iface, next_writable(b.recorder), UNIT),
             S_OK, "the engine works after them");
    burn_close(&b);
    end_other(&other);
}

int main(int argc, char **argv)
{
    DWORD apartment;

    if (argc != 2 || (strcmp(argv[1], "sta") != 0 && strcmp(argv[1], "mta") != 0)) {
        fprintf(stderr, "usage: client sta|mta\n");
        return 2;
    }
    mode = argv[1];
    apartment = strcmp(mode, "sta") == 0 ? COINIT_APARTMENTTHREADED : COINIT_MULTITHREADED;
    make_folder();
    if (FAILED(CoInitializeEx(NULL, apartment)))
        give_up("no apartment", E_FAIL);
    a_whole_stream();
    a_watched_write();
    a_cancel_from_another_thread();
    a_cancel_in_the_first_event();
    a_cancel_in_a_later_event();
    races();
    CoUninitialize();
    remove_folder();
    return failed;
}
