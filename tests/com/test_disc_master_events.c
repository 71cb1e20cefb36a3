/* Recorders that come and go, as the sinks of MsftDiscMaster2 are told of them. That nothing else
 * is told is seen by what comes next: a definition made later has its event later. */
#include "com_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { ADDED = 0x100, REMOVED = 0x101, TOLD_MAX = 64 };

struct told {
    DISPID event;
    char name[40]; /* of the virtual recorder; "" when the id is not one's */
    bool well_formed;
    IUnknown *identity; /* of the object, whose reference is given back: to be compared alone */
    LONG count;         /* get_Count of that object, in the handler */
    bool listed;        /* it has an item with that id, in the handler */
    DWORD thread;
};

struct listener {
    IDispatch IDispatch_iface;
    LONG refs;
    IUnknown *marshaler; /* an agile one has it */
    HANDLE news;         /* set by every event and every Release */
    void (*on_event)(struct listener *listener, struct told *told);
    void *context;
    LONG count;
    struct told told[TOLD_MAX];
    IConnectionPoint *point; /* where it is advised */
    DWORD cookie;
};

/* == the sink == */

static struct listener *self_of(IDispatch *iface)
{
    return CONTAINING_RECORD(iface, struct listener, IDispatch_iface);
}

static HRESULT STDMETHODCALLTYPE listener_QueryInterface(IDispatch *iface, REFIID iid, void **out)
{
    struct listener *self = self_of(iface);

    *out = NULL;
    if (self->marshaler && IsEqualIID(iid, &IID_IMarshal))
        return IUnknown_QueryInterface(self->marshaler, iid, out);
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IDispatch))
        return E_NOINTERFACE;
    InterlockedIncrement(&self->refs);
    *out = iface;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE listener_AddRef(IDispatch *iface)
{
    return (ULONG)InterlockedIncrement(&self_of(iface)->refs);
}

static ULONG STDMETHODCALLTYPE listener_Release(IDispatch *iface)
{
    struct listener *self = self_of(iface);
    HANDLE news = self->news; /* the last one may let the test go on */
    LONG left = InterlockedDecrement(&self->refs);

    SetEvent(news);
    return (ULONG)left;
}

static HRESULT STDMETHODCALLTYPE listener_GetTypeInfoCount(IDispatch *iface, UINT *count)
{
    (void)iface;
    *count = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE listener_GetTypeInfo(IDispatch *iface, UINT index, LCID locale,
                                                      ITypeInfo **info)
{
    (void)iface, (void)index, (void)locale;
    *info = NULL;
    return DISP_E_BADINDEX;
}

static HRESULT STDMETHODCALLTYPE listener_GetIDsOfNames(IDispatch *iface, REFIID iid,
                                                        LPOLESTR *names, UINT count, LCID locale,
                                                        DISPID *ids)
{
    (void)iface, (void)iid, (void)names, (void)locale;
    for (UINT i = 0; i < count; i++)
        ids[i] = DISPID_UNKNOWN;
    return DISP_E_UNKNOWNNAME;
}

static void name_of(const WCHAR *id, char name[40])
{
    static const WCHAR prefix[] = L"\\\\?\\openimapi2#virtual#";
    const size_t length = sizeof(prefix) / sizeof(prefix[0]) - 1;
    size_t i = 0;

    if (id && wcsncmp(id, prefix, length) == 0)
        for (id += length; id[i] && id[i] != '#' && i < 39; i++)
            name[i] = (char)id[i];
    name[i] = '\0';
}

static void ask_the_master(IDispatch *object, const WCHAR *id, struct told *told)
{
    IDiscMaster2 *master = NULL;

    told->well_formed =
        told->well_formed &&
        IDispatch_QueryInterface(object, &IID_IUnknown, (void **)&told->identity) == S_OK &&
        IDispatch_QueryInterface(object, &IID_IDiscMaster2, (void **)&master) == S_OK &&
        IDiscMaster2_get_Count(master, &told->count) == S_OK;
    for (LONG i = 0; i < told->count && !told->listed; i++) {
        BSTR item = NULL;

        if (IDiscMaster2_get_Item(master, i, &item) == S_OK)
            told->listed = wcscmp(item, id) == 0;
        SysFreeString(item);
    }
    if (told->identity)
        IUnknown_Release(told->identity);
    if (master)
        IDiscMaster2_Release(master);
}

static HRESULT STDMETHODCALLTYPE listener_Invoke(IDispatch *iface, DISPID id, REFIID iid,
                                                 LCID locale, WORD flags, DISPPARAMS *params,
                                                 VARIANT *result, EXCEPINFO *exception, UINT *error)
{
    struct listener *self = self_of(iface);
    struct told *told = &self->told[min(count_of(&self->count), TOLD_MAX - 1)];

    (void)locale, (void)result, (void)exception, (void)error;
    memset(told, 0, sizeof(*told));
    told->event = id;
    told->thread = GetCurrentThreadId();
    told->well_formed = IsEqualIID(iid, &IID_NULL) && (flags & DISPATCH_METHOD) && params &&
                        params->cArgs == 2 && params->cNamedArgs == 0 &&
                        V_VT(&params->rgvarg[0]) == VT_BSTR &&
                        V_VT(&params->rgvarg[1]) == VT_DISPATCH && V_DISPATCH(&params->rgvarg[1]);
    if (told->well_formed) {
        name_of(V_BSTR(&params->rgvarg[0]), told->name);
        ask_the_master(V_DISPATCH(&params->rgvarg[1]), V_BSTR(&params->rgvarg[0]), told);
    }
    if (self->on_event)
        self->on_event(self, told);
    count_up(&self->count);
    SetEvent(self->news);
    return E_FAIL; /* nobody asks */
}

static IDispatchVtbl listener_vtbl = {
    listener_QueryInterface, listener_AddRef,        listener_Release, listener_GetTypeInfoCount,
    listener_GetTypeInfo,    listener_GetIDsOfNames, listener_Invoke,
};

/* == a test's surroundings == */

static struct listener first, second;
static IDiscMaster2 *masters[2]; /* released by the teardown */

static void listener_init(struct listener *listener)
{
    memset(listener, 0, sizeof(*listener));
    listener->IDispatch_iface.lpVtbl = &listener_vtbl;
    listener->refs = 1;
    listener->news = CreateEventW(NULL, FALSE, FALSE, NULL);
}

static void make_agile(struct listener *listener)
{
    assert_hr(
        CoCreateFreeThreadedMarshaler((IUnknown *)&listener->IDispatch_iface, &listener->marshaler),
        S_OK);
}

static int enter(void **state, int (*bench_enter)(void **state))
{
    listener_init(&first);
    listener_init(&second);
    return bench_enter(state);
}

static int enter_sta(void **state)
{
    return enter(state, bench_enter_sta);
}

static int enter_mta(void **state)
{
    return enter(state, bench_enter_mta);
}

/* Serves calls until *value is at most that; false when it takes longer than a test may. */
static bool sink_to(LONG *value, LONG at_most, HANDLE news)
{
    ULONGLONG end = GetTickCount64() + PATIENCE_MS, now;
    DWORD index;

    while (InterlockedCompareExchange(value, 0, 0) > at_most) {
        now = GetTickCount64();
        if (now >= end)
            return false;
        CoWaitForMultipleHandles(0, (DWORD)(end - now), 1, &news, &index);
    }
    return true;
}

static bool unadvise(struct listener *listener)
{
    IConnectionPoint *point = listener->point;
    HRESULT hr = S_OK;

    if (!point)
        return true;
    listener->point = NULL;
    hr = IConnectionPoint_Unadvise(point, listener->cookie);
    IConnectionPoint_Release(point);
    return hr == S_OK;
}

/* An event under way may keep master and sink for as long as it takes to get through. */
static int leave(void **state)
{
    struct listener *both[] = {&first, &second};
    bool clean = true;

    for (int i = 0; i < 2; i++)
        clean = unadvise(both[i]) && clean;
    for (int i = 0; i < 2; i++) {
        if (masters[i])
            IDiscMaster2_Release(masters[i]);
        masters[i] = NULL;
    }
    for (int i = 0; i < 2; i++) {
        if (!sink_to(&both[i]->refs, 1, both[i]->news)) {
            print_error("a sink still has %ld references\n", both[i]->refs - 1);
            clean = false;
        }
        if (both[i]->marshaler)
            IUnknown_Release(both[i]->marshaler);
        CloseHandle(both[i]->news);
    }
    return bench_leave(state) == 0 && clean ? 0 : -1;
}

#define BOUND_IN_STA(test)                                                                         \
    {                                                                                              \
#test " (STA)", test, enter_sta, leave, NULL                                               \
    }
#define BOUND_IN_MTA(test)                                                                         \
    {                                                                                              \
#test " (MTA)", test, enter_mta, leave, NULL                                               \
    }
#define IN_EITHER(test) BOUND_IN_STA(test), BOUND_IN_MTA(test)

static IDiscMaster2 *new_master(void)
{
    IDiscMaster2 **place = masters[0] ? &masters[1] : &masters[0];

    assert_null(*place);
    assert_hr(CoCreateInstance(&CLSID_MsftDiscMaster2, NULL, CLSCTX_INPROC_SERVER,
                               &IID_IDiscMaster2, (void **)place),
              S_OK);
    return *place;
}

/* Its last reference, unless somebody else has one; those that are left. */
static ULONG release_master(IDiscMaster2 *master)
{
    for (int i = 0; i < 2; i++)
        if (masters[i] == master)
            masters[i] = NULL;
    return IDiscMaster2_Release(master);
}

static HRESULT try_advise(IDiscMaster2 *master, struct listener *listener)
{
    IConnectionPointContainer *container;
    IConnectionPoint *point;
    HRESULT hr =
        IDiscMaster2_QueryInterface(master, &IID_IConnectionPointContainer, (void **)&container);

    if (FAILED(hr))
        return hr;
    hr = IConnectionPointContainer_FindConnectionPoint(container, &IID_DDiscMaster2Events, &point);
    IConnectionPointContainer_Release(container);
    if (FAILED(hr))
        return hr;
    hr = IConnectionPoint_Advise(point, (IUnknown *)&listener->IDispatch_iface, &listener->cookie);
    if (SUCCEEDED(hr))
        listener->point = point;
    else
        IConnectionPoint_Release(point);
    return hr;
}

static void advise(IDiscMaster2 *master, struct listener *listener)
{
    assert_hr(try_advise(master, listener), S_OK);
}

static LONG recorders(IDiscMaster2 *master)
{
    LONG count = -1;

    assert_hr(IDiscMaster2_get_Count(master, &count), S_OK);
    return count;
}

static void define(const char *name)
{
    bench_define(name, "dvd+rw", 0);
}

static void path_of(const char *file, char path[2 * MAX_PATH])
{
    char folder[MAX_PATH];

    GetEnvironmentVariableA("OPENIMAPI2_RECORDERS", folder, sizeof(folder));
    snprintf(path, 2 * MAX_PATH, "%s\\%s", folder, file);
}

static bool undefine(const char *name)
{
    char file[64], path[2 * MAX_PATH];

    snprintf(file, sizeof(file), "%s.ini", name);
    path_of(file, path);
    return DeleteFileA(path);
}

/* Serves calls until it has been told so often, or a test takes too long. */
static bool is_told(struct listener *listener, LONG times)
{
    ULONGLONG end = GetTickCount64() + PATIENCE_MS, now;
    DWORD index;

    while (count_of(&listener->count) < times) {
        now = GetTickCount64();
        if (now >= end)
            return false;
        CoWaitForMultipleHandles(0, (DWORD)(end - now), 1, &listener->news, &index);
    }
    return true;
}

static void wait_for(struct listener *listener, LONG times)
{
    if (!is_told(listener, times))
        fail_msg("told %ld times, not %ld", count_of(&listener->count), times);
}

static void assert_told(const struct listener *listener, LONG nth, DISPID event, const char *name)
{
    const struct told *told = &listener->told[nth];

    assert_true(told->well_formed);
    assert_string_equal(told->name, name);
    assert_int_equal(told->event, event);
    assert_int_equal(told->listed, event == ADDED);
}

static bool was_told(const struct listener *listener, LONG from, LONG to, DISPID event,
                     const char *name)
{
    for (LONG i = from; i < to; i++)
        if (listener->told[i].event == event && strcmp(listener->told[i].name, name) == 0)
            return true;
    return false;
}

/* == what is told == */

static void a_new_definition_is_told_once_with_the_master_and_the_id(void **state)
{
    IDiscMaster2 *master = new_master();
    LONG before = recorders(master);
    struct bench *b = *state;
    IUnknown *identity;

    assert_hr(IDiscMaster2_QueryInterface(master, &IID_IUnknown, (void **)&identity), S_OK);
    IUnknown_Release(identity);
    advise(master, &first);
    define("New_One");
    wait_for(&first, 1);
    assert_told(&first, 0, ADDED, "new_one");
    /* Wine gives to another apartment a proxy where Windows gives the agile object itself. */
    if (b->apartment == COINIT_MULTITHREADED)
        assert_ptr_equal(first.told[0].identity, identity);
    assert_int_equal(first.told[0].count, before + 1);
    define("later");
    wait_for(&first, 2);
    assert_told(&first, 1, ADDED, "later");
    assert_int_equal(first.told[1].count, before + 2);
}

static void a_definition_that_goes_is_told_and_is_no_item_any_more(void **state)
{
    IDiscMaster2 *master = new_master();
    LONG before = recorders(master);

    (void)state;
    define("going");
    define("staying");
    advise(master, &first);
    assert_true(undefine("going"));
    wait_for(&first, 1);
    assert_told(&first, 0, REMOVED, "going");
    assert_int_equal(first.told[0].count, before + 1);
    assert_true(undefine("staying"));
    wait_for(&first, 2);
    assert_told(&first, 1, REMOVED, "staying");
    assert_int_equal(first.told[1].count, before);
}

static void of_several_at_once_each_is_told_once(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    IDiscMaster2 *master = new_master();

    (void)state;
    define("old-1");
    define("old-2");
    advise(master, &first);
    for (int i = 0; i < 5; i++)
        define(names[i]);
    assert_true(undefine("old-1"));
    assert_true(undefine("old-2"));
    wait_for(&first, 7);
    for (int i = 0; i < 5; i++)
        assert_true(was_told(&first, 0, 7, ADDED, names[i]));
    assert_true(was_told(&first, 0, 7, REMOVED, "old-1"));
    assert_true(was_told(&first, 0, 7, REMOVED, "old-2"));
    define("later");
    wait_for(&first, 8);
    assert_told(&first, 7, ADDED, "later");
}

static void files_that_define_no_recorder_and_changed_definitions_are_not_told(void **state)
{
    IDiscMaster2 *master = new_master();
    char path[2 * MAX_PATH];
    FILE *file;

    (void)state;
    define("here");
    advise(master, &first);
    path_of("notes.txt", path);
    file = fopen(path, "wb");
    assert_non_null(file);
    fclose(file);
    bench_define("two words", "dvd+r", 0);
    bench_define("here", "dvd+r", 4);
    define("later");
    wait_for(&first, 1);
    assert_told(&first, 0, ADDED, "later");
}

static bool make_file(const char *path)
{
    FILE *file = fopen(path, "wb");

    return file && fclose(file) == 0;
}

/* The steps must not end the test: the folder is to be removed, and the variable restored. */
static void a_folder_that_goes_and_comes_back_is_watched_again(void **state)
{
    IDiscMaster2 *master = new_master();
    char before[MAX_PATH], folder[2 * MAX_PATH], path[3 * MAX_PATH];
    bool good = true;

    (void)state;
    GetEnvironmentVariableA("OPENIMAPI2_RECORDERS", before, sizeof(before));
    path_of("later", folder);
    snprintf(path, sizeof(path), "%s\\inside.ini", folder);
    SetEnvironmentVariableA("OPENIMAPI2_RECORDERS", folder);
    good = good && try_advise(master, &first) == S_OK;
    for (LONG round = 0; round < 2 && good; round++) {
        good = good && CreateDirectoryA(folder, NULL) && make_file(path);
        good = good && is_told(&first, 2 * round + 1);
        good = good && DeleteFileA(path) && RemoveDirectoryA(folder);
        good = good && is_told(&first, 2 * round + 2);
    }
    DeleteFileA(path);
    RemoveDirectoryA(folder);
    SetEnvironmentVariableA("OPENIMAPI2_RECORDERS", before);
    assert_true(good);
    for (LONG i = 0; i < 4; i++)
        assert_told(&first, i, i % 2 ? REMOVED : ADDED, "inside");
}

/* == who is told, and where == */

static void a_sink_is_called_in_its_apartment_and_an_agile_one_on_another_thread(void **state)
{
    struct bench *b = *state;
    IDiscMaster2 *master = new_master();

    make_agile(&second);
    advise(master, &first);
    advise(master, &second);
    define("one");
    wait_for(&first, 1);
    wait_for(&second, 1);
    if (b->apartment == COINIT_APARTMENTTHREADED)
        assert_int_equal(first.told[0].thread, GetCurrentThreadId());
    else
        assert_int_equal(first.told[0].thread, second.told[0].thread);
    assert_int_not_equal(second.told[0].thread, GetCurrentThreadId());
}

static void every_master_tells_its_own_sinks(void **state)
{
    IDiscMaster2 *one = new_master(), *other = new_master();

    (void)state;
    advise(one, &first);
    advise(other, &second);
    define("one");
    wait_for(&first, 1);
    wait_for(&second, 1);
    assert_told(&first, 0, ADDED, "one");
    assert_told(&second, 0, ADDED, "one");
    assert_ptr_not_equal(first.told[0].identity, second.told[0].identity);
    assert_true(unadvise(&first));
    define("two");
    wait_for(&second, 2);
    assert_told(&second, 1, ADDED, "two");
    assert_int_equal(first.count, 1);
}

static void a_sink_that_goes_leaves_the_other_one_its_events(void **state)
{
    IDiscMaster2 *master = new_master();

    (void)state;
    advise(master, &first);
    advise(master, &second);
    define("one");
    wait_for(&first, 1);
    wait_for(&second, 1);
    assert_true(unadvise(&first));
    define("two");
    wait_for(&second, 2);
    assert_told(&second, 1, ADDED, "two");
    assert_int_equal(first.count, 1);
}

static void advise_again(void *context)
{
    struct listener *listener = context;
    IDiscMaster2 *master = listener->context;

    try_advise(master, listener);
}

static void a_sink_of_an_apartment_that_has_ended_is_passed_over(void **state)
{
    struct house house = {.move_in = advise_again, .context = &first};
    IDiscMaster2 *master = new_master();

    (void)state;
    first.context = master;
    bench_open_house(&house);
    bench_close_house(&house);
    advise(master, &second);
    define("one");
    wait_for(&second, 1);
    assert_told(&second, 0, ADDED, "one");
    assert_int_equal(count_of(&first.count), 0);
    assert_true(unadvise(&first));
}

/* == what a handler may do == */

static void unadvise_it(struct listener *listener, struct told *told)
{
    (void)told;
    unadvise(listener);
}

static void a_sink_that_unadvises_in_its_handler_is_told_no_more(void **state)
{
    IDiscMaster2 *master = new_master();

    (void)state;
    first.on_event = unadvise_it;
    advise(master, &first);
    define("one");
    define("two");
    wait_for(&first, 1);
    advise(master, &second);
    define("three");
    wait_for(&second, 1);
    assert_int_equal(first.count, 1);
}

static void release_it(struct listener *listener, struct told *told)
{
    IConnectionPoint *point = listener->point;
    IDiscMaster2 *master = listener->context;

    (void)told;
    if (!point)
        return;
    listener->point = NULL; /* it is the last release that takes the sink back */
    listener->context = NULL;
    IConnectionPoint_Release(point);
    release_master(master);
}

static void the_last_release_may_come_in_a_handler(void **state)
{
    (void)state;
    first.context = new_master();
    first.on_event = release_it;
    advise(first.context, &first);
    define("one");
    wait_for(&first, 1);
    assert_true(sink_to(&first.refs, 1, first.news));
    define("two");
    first.context = NULL;
    assert_int_equal(first.count, 1);
}

/* The first sink is told, and the second one's event is on its way into this apartment, which does
 * not serve it. */
static void unadvise_does_not_wait_for_an_event_on_its_way_to_the_same_apartment(void **state)
{
    IDiscMaster2 *master = new_master();

    (void)state;
    make_agile(&first);
    advise(master, &first);
    advise(master, &second);
    define("one");
    assert_true(count_wait(&first.count, 1));
    assert_true(unadvise(&second));
    assert_true(unadvise(&first));
    release_master(master);
    assert_true(sink_to(&second.refs, 1, second.news));
    assert_in_range(second.count, 0, 1);
}

static void after_unadvise_a_change_is_not_told(void **state)
{
    IDiscMaster2 *master = new_master();

    (void)state;
    advise(master, &first);
    assert_true(unadvise(&first));
    define("unseen");
    advise(master, &second);
    define("seen");
    wait_for(&second, 1);
    assert_told(&second, 0, ADDED, "seen");
    assert_int_equal(first.count, 0);
}

/* == lifetime == */

static void a_master_that_is_released_while_it_watches_is_gone_at_once(void **state)
{
    IDiscMaster2 *master = new_master();

    (void)state;
    advise(master, &first);
    IConnectionPoint_Release(first.point);
    first.point = NULL;
    assert_int_equal(release_master(master), 0);
    assert_int_equal(first.refs, 1);
}

struct unrest {
    LONG over, changes;
};

static void come_and_go(void *context)
{
    struct unrest *unrest = context;

    while (count_of(&unrest->over) == 0) {
        define("restless");
        undefine("restless");
        count_up(&unrest->changes);
    }
}

static void advise_and_unadvise_may_race_with_changes(void **state)
{
    IDiscMaster2 *master = new_master();
    struct unrest unrest = {0};
    struct worker worker;
    bool all = true;

    (void)state;
    make_agile(&first);
    make_agile(&second);
    bench_start(&worker, COINIT_MULTITHREADED, come_and_go, &unrest);
    advise(master, &second);
    for (int i = 0; i < 200 && all; i++) {
        all = try_advise(master, &first) == S_OK && unadvise(&first);
        if (i % 3 == 0) /* now and then it was the last one */
            all = all && unadvise(&second) && try_advise(master, &second) == S_OK;
    }
    all = all && count_wait(&unrest.changes, 10);
    count_up(&unrest.over);
    bench_join(&worker);
    assert_true(all);
    first.count = 0;
    assert_true(unadvise(&second));
    assert_true(sink_to(&first.refs, 1, first.news) && sink_to(&second.refs, 1, second.news));
    advise(master, &first);
    define("at-rest");
    wait_for(&first, 1);
    assert_told(&first, 0, ADDED, "at-rest");
}

typedef HANDLE(WINAPI *thread_maker)(SECURITY_ATTRIBUTES *, SIZE_T, LPTHREAD_START_ROUTINE, void *,
                                     DWORD, DWORD *);

static HANDLE WINAPI no_thread(SECURITY_ATTRIBUTES *security, SIZE_T stack,
                               LPTHREAD_START_ROUTINE body, void *context, DWORD flags, DWORD *id)
{
    (void)security, (void)stack, (void)body, (void)context, (void)flags, (void)id;
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
}

static void advise_fails_when_nothing_can_be_watched_and_says_so(void **state)
{
    IDiscMaster2 *master = new_master();
    char text[BENCH_TEXT];
    bench_function before = bench_hook("CreateThread", (bench_function)(uintptr_t)no_thread);
    HRESULT hr = try_advise(master, &first);

    (void)state;
    bench_hook("CreateThread", before);
    assert_hr(hr, E_OUTOFMEMORY);
    assert_int_equal(first.cookie, 0);
    assert_int_equal(first.refs, 1);
    assert_true(strlen(bench_error(text)) > 0);
    advise(master, &first);
    define("one");
    wait_for(&first, 1);
}

static void the_dll_can_be_unloaded_when_nobody_listens_any_more(void **state)
{
    struct bench *b = *state;
    IDiscMaster2 *master = new_master();
    ULONGLONG end = GetTickCount64() + PATIENCE_MS;

    advise(master, &first);
    define("one");
    wait_for(&first, 1);
    assert_true(unadvise(&first));
    release_master(master);
    IWriteEngine2_Release(b->engine);
    b->engine = NULL;
    assert_true(sink_to(&first.refs, 1, first.news));
    assert_true(bench_unloadable());
    while (GetModuleHandleW(L"imapi2.dll") && GetTickCount64() < end) {
        CoFreeUnusedLibrariesEx(0, 0);
        SwitchToThread();
    }
    assert_null(GetModuleHandleW(L"imapi2.dll"));
}

#define LISTENING "listening"

/* What the second process does: it ends without a word to anybody. */
static int end_while_listening(void)
{
    IDiscMaster2 *master;

    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    listener_init(&first);
    if (FAILED(CoCreateInstance(&CLSID_MsftDiscMaster2, NULL, CLSCTX_INPROC_SERVER,
                                &IID_IDiscMaster2, (void **)&master)) ||
        FAILED(try_advise(master, &first)))
        return 1;
    return 0;
}

static void a_process_may_end_while_it_listens(void **state)
{
    STARTUPINFOW startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION child;
    WCHAR program[MAX_PATH], line[2 * MAX_PATH];
    DWORD code = 99;

    (void)state;
    GetModuleFileNameW(NULL, program, MAX_PATH);
    swprintf(line, 2 * MAX_PATH, L"\"%ls\" " LISTENING, program);
    assert_true(CreateProcessW(program, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child));
    assert_int_equal(WaitForSingleObject(child.hProcess, PATIENCE_MS), WAIT_OBJECT_0);
    GetExitCodeProcess(child.hProcess, &code);
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
    assert_int_equal(code, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        IN_EITHER(a_new_definition_is_told_once_with_the_master_and_the_id),
        IN_EITHER(a_definition_that_goes_is_told_and_is_no_item_any_more),
        IN_EITHER(of_several_at_once_each_is_told_once),
        BOUND_IN_MTA(files_that_define_no_recorder_and_changed_definitions_are_not_told),
        BOUND_IN_STA(a_folder_that_goes_and_comes_back_is_watched_again),
        IN_EITHER(a_sink_is_called_in_its_apartment_and_an_agile_one_on_another_thread),
        IN_EITHER(every_master_tells_its_own_sinks),
        IN_EITHER(a_sink_that_goes_leaves_the_other_one_its_events),
        IN_EITHER(a_sink_of_an_apartment_that_has_ended_is_passed_over),
        IN_EITHER(a_sink_that_unadvises_in_its_handler_is_told_no_more),
        IN_EITHER(the_last_release_may_come_in_a_handler),
        BOUND_IN_STA(unadvise_does_not_wait_for_an_event_on_its_way_to_the_same_apartment),
        IN_EITHER(after_unadvise_a_change_is_not_told),
        IN_EITHER(a_master_that_is_released_while_it_watches_is_gone_at_once),
        IN_EITHER(advise_and_unadvise_may_race_with_changes),
        BOUND_IN_MTA(advise_fails_when_nothing_can_be_watched_and_says_so),
        IN_EITHER(the_dll_can_be_unloaded_when_nobody_listens_any_more),
        BOUND_IN_MTA(a_process_may_end_while_it_listens),
    };

    if (argc > 1 && strcmp(argv[1], LISTENING) == 0)
        return end_while_listening();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
