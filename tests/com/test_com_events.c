/* Events and apartments: who is called, when, on which thread, and what handlers may do. The test's
 * own thread is a single-threaded apartment, as a script's is. */
#include "toy.h"

#include <stdlib.h>
#include <cmocka.h>
#include "connection_point.h"

enum { UPDATE = 0x100 };

struct bench {
    struct toy *toy;
    IConnectionPointContainer *container;
    IConnectionPoint *point;
    struct sink first, second, third;
};

static int start_com(void **state)
{
    (void)state;
    return FAILED(CoInitializeEx(NULL, COINIT_APARTMENTTHREADED));
}

static int stop_com(void **state)
{
    (void)state;
    CoUninitialize();
    return 0;
}

static int give_bench(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    if (!b)
        return 1;
    b->toy = toy_new();
    sink_init(&b->first, NULL);
    sink_init(&b->second, &IID_DWriteEngine2Events);
    sink_init(&b->third, NULL);
    sink_turns = 0;
    *state = b;
    if (FAILED(com_object_query(&b->toy->base, &IID_IConnectionPointContainer,
                                (void **)&b->container)))
        return 1;
    return FAILED(IConnectionPointContainer_FindConnectionPoint(
        b->container, &IID_DWriteEngine2Events, &b->point));
}

/* Nobody unadvises: the last release gives every sink and every count back. */
static int take_bench(void **state)
{
    struct bench *b = *state;
    bool clean;

    IConnectionPoint_Release(b->point);
    IConnectionPointContainer_Release(b->container);
    if (b->toy)
        com_object_release(&b->toy->base);
    clean = atomic_load(&toys_advised) == 0 && atomic_load(&b->first.refs) == 1 &&
            atomic_load(&b->second.refs) == 1 && atomic_load(&b->third.refs) == 1 &&
            com_module_count() == 0;
    free(b);
    return !clean;
}

static DWORD advise(struct bench *b, struct sink *sink)
{
    DWORD cookie = 0;

    assert_int_equal(IConnectionPoint_Advise(b->point, (IUnknown *)&sink->IDispatch_iface, &cookie),
                     S_OK);
    assert_int_not_equal(cookie, 0);
    sink->toy = b->toy;
    sink->cookie = cookie;
    return cookie;
}

static void fire(struct com_object *object)
{
    VARIANTARG args[2];

    V_VT(&args[0]) = VT_I4;
    V_I4(&args[0]) = 22;
    V_VT(&args[1]) = VT_I4;
    V_I4(&args[1]) = 11;
    com_connections_fire(object, UPDATE, args, 2);
}

static void the_container_knows_its_one_point(void **state)
{
    struct bench *b = *state;
    IConnectionPointContainer *container;
    IConnectionPoint *none = b->point;
    IUnknown *point_unknown, *object_unknown;
    void *unanswered;
    IID iid;

    assert_int_equal(
        IConnectionPointContainer_FindConnectionPoint(b->container, &IID_IDispatch, &none),
        CONNECT_E_NOCONNECTION);
    assert_null(none);
    assert_int_equal(
        IConnectionPointContainer_FindConnectionPoint(b->container, &IID_DWriteEngine2Events, NULL),
        E_POINTER);
    assert_int_equal(IConnectionPointContainer_EnumConnectionPoints(b->container, NULL), E_POINTER);

    assert_int_equal(IConnectionPoint_GetConnectionInterface(b->point, &iid), S_OK);
    assert_true(IsEqualIID(&iid, &IID_DWriteEngine2Events));
    assert_int_equal(IConnectionPoint_GetConnectionInterface(b->point, NULL), E_POINTER);
    assert_int_equal(IConnectionPoint_GetConnectionPointContainer(b->point, NULL), E_POINTER);
    assert_int_equal(IConnectionPoint_GetConnectionPointContainer(b->point, &container), S_OK);
    assert_ptr_equal(container, b->container);
    IConnectionPointContainer_Release(container);

    IConnectionPoint_QueryInterface(b->point, &IID_IUnknown, (void **)&point_unknown);
    IConnectionPointContainer_QueryInterface(b->container, &IID_IUnknown, (void **)&object_unknown);
    assert_ptr_not_equal(point_unknown, object_unknown);
    IUnknown_Release(point_unknown);
    IUnknown_Release(object_unknown);
    assert_int_equal(
        IConnectionPoint_QueryInterface(b->point, &IID_IConnectionPointContainer, &unanswered),
        E_NOINTERFACE);
    assert_null(unanswered);
    assert_int_equal(IConnectionPoint_QueryInterface(b->point, &IID_IUnknown, NULL), E_POINTER);
}

static void the_enumerator_of_points_counts_as_com_documents(void **state)
{
    struct bench *b = *state;
    IEnumConnectionPoints *points, *clone;
    IConnectionPoint *got[2];
    ULONG fetched = 99;

    assert_int_equal(IConnectionPointContainer_EnumConnectionPoints(b->container, &points), S_OK);
    assert_int_equal(IEnumConnectionPoints_Next(points, 2, got, NULL), E_POINTER);
    assert_int_equal(IEnumConnectionPoints_Next(points, 1, NULL, &fetched), E_POINTER);
    assert_int_equal(fetched, 0);
    assert_int_equal(IEnumConnectionPoints_Next(points, 2, got, &fetched), S_FALSE);
    assert_int_equal(fetched, 1);
    assert_ptr_equal(got[0], b->point);
    assert_null(got[1]);
    IConnectionPoint_Release(got[0]);

    assert_int_equal(IEnumConnectionPoints_Clone(points, NULL), E_POINTER);
    assert_int_equal(IEnumConnectionPoints_Clone(points, &clone), S_OK);
    assert_int_equal(IEnumConnectionPoints_Next(clone, 1, got, NULL), S_FALSE);
    assert_int_equal(IEnumConnectionPoints_Reset(clone), S_OK);
    assert_int_equal(IEnumConnectionPoints_Next(clone, 1, got, NULL), S_OK);
    IConnectionPoint_Release(got[0]);
    assert_int_equal(IEnumConnectionPoints_Skip(points, 1), S_FALSE);
    assert_int_equal(IEnumConnectionPoints_Reset(points), S_OK);
    assert_int_equal(IEnumConnectionPoints_Skip(points, 1), S_OK);
    assert_int_equal(IEnumConnectionPoints_Release(clone), 0);
    assert_int_equal(IEnumConnectionPoints_Release(points), 0);
}

static void the_enumerator_of_connections_lists_sinks_and_cookies(void **state)
{
    struct bench *b = *state;
    IEnumConnections *connections, *clone;
    CONNECTDATA got[3];
    ULONG fetched;
    DWORD cookies[2] = {advise(b, &b->first), advise(b, &b->second)};

    assert_int_equal(IConnectionPoint_EnumConnections(b->point, NULL), E_POINTER);
    assert_int_equal(IConnectionPoint_EnumConnections(b->point, &connections), S_OK);
    assert_int_equal(IEnumConnections_Next(connections, 2, got, NULL), E_POINTER);
    assert_int_equal(IEnumConnections_Next(connections, 1, NULL, &fetched), E_POINTER);
    assert_int_equal(IEnumConnections_Skip(connections, 1), S_OK);
    assert_int_equal(IEnumConnections_Clone(connections, &clone), S_OK);
    assert_int_equal(IEnumConnections_Next(clone, 3, got, &fetched), S_FALSE);
    assert_int_equal(fetched, 1);
    assert_ptr_equal(got[0].pUnk, &b->second.IDispatch_iface);
    assert_int_equal(got[0].dwCookie, cookies[1]);
    assert_null(got[1].pUnk);
    IUnknown_Release(got[0].pUnk);
    assert_int_equal(IEnumConnections_Skip(clone, 1), S_FALSE);

    /* The list is that of its making, whatever happens to the sinks. */
    assert_int_equal(IConnectionPoint_Unadvise(b->point, cookies[0]), S_OK);
    assert_int_equal(IEnumConnections_Reset(connections), S_OK);
    assert_int_equal(IEnumConnections_Next(connections, 2, got, &fetched), S_OK);
    assert_int_equal(fetched, 2);
    assert_ptr_equal(got[0].pUnk, &b->first.IDispatch_iface);
    assert_int_equal(got[0].dwCookie, cookies[0]);
    IUnknown_Release(got[0].pUnk);
    IUnknown_Release(got[1].pUnk);
    assert_int_equal(IEnumConnections_Next(connections, 1, got, NULL), S_FALSE);
    assert_int_equal(IEnumConnections_Release(clone), 0);
    assert_int_equal(IEnumConnections_Release(connections), 0);
}

static void advise_takes_only_what_can_be_called(void **state)
{
    struct bench *b = *state;
    DWORD cookie = 99;

    assert_int_equal(IConnectionPoint_Advise(b->point, NULL, &cookie), E_POINTER);
    assert_int_equal(cookie, 0);
    assert_int_equal(IConnectionPoint_Advise(b->point, (IUnknown *)&b->first.IDispatch_iface, NULL),
                     E_POINTER);
    b->first.not_dispatch = true;
    cookie = 99;
    assert_int_equal(
        IConnectionPoint_Advise(b->point, (IUnknown *)&b->first.IDispatch_iface, &cookie),
        CONNECT_E_CANNOTCONNECT);
    assert_int_equal(cookie, 0);
    assert_int_equal(atomic_load(&b->first.refs), 1);
}

static void the_class_is_told_of_every_sink_and_of_its_end(void **state)
{
    struct bench *b = *state;
    DWORD cookie = advise(b, &b->first);

    advise(b, &b->second);
    assert_int_equal(atomic_load(&toys_advised), 2);
    assert_int_equal(IConnectionPoint_Unadvise(b->point, cookie), S_OK);
    assert_int_equal(atomic_load(&toys_advised), 1);
    assert_int_equal(IConnectionPoint_Unadvise(b->point, cookie), CONNECT_E_NOCONNECTION);
    assert_int_equal(atomic_load(&toys_advised), 1); /* take_bench looks for the other one */
}

static void an_object_that_loses_its_sinks_to_its_end_can_not_be_held_any_more(void **state)
{
    struct bench *b = *state;
    struct toy *toy = toy_new();
    DWORD cookie = advise(b, &b->first);
    IConnectionPointContainer *container;
    IConnectionPoint *point;

    assert_int_equal(IConnectionPoint_Unadvise(b->point, cookie), S_OK);
    assert_true(toy_was_alive);
    assert_int_equal(
        com_object_query(&toy->base, &IID_IConnectionPointContainer, (void **)&container), S_OK);
    assert_int_equal(
        IConnectionPointContainer_FindConnectionPoint(container, &IID_DWriteEngine2Events, &point),
        S_OK);
    assert_int_equal(IConnectionPoint_Advise(point, (IUnknown *)&b->first.IDispatch_iface, &cookie),
                     S_OK);
    IConnectionPoint_Release(point);
    IConnectionPointContainer_Release(container);
    com_object_release(&toy->base);
    assert_int_equal(atomic_load(&toys_advised), 0);
    assert_false(toy_was_alive);
}

static void a_class_that_wants_no_sink_has_none(void **state)
{
    struct bench *b = *state;
    DWORD cookie = 99;
    HRESULT hr;

    toy_says_to_sinks = E_ACCESSDENIED;
    hr = IConnectionPoint_Advise(b->point, (IUnknown *)&b->first.IDispatch_iface, &cookie);
    toy_says_to_sinks = S_OK;
    assert_int_equal(hr, E_ACCESSDENIED);
    assert_int_equal(cookie, 0);
    assert_int_equal(atomic_load(&b->first.refs), 1);
}

/* Of no apartment: the system keeps no sink for it. */
static DWORD WINAPI advise_without_com(void *context)
{
    struct bench *b = context;
    DWORD cookie = 99;

    return (DWORD)IConnectionPoint_Advise(b->point, (IUnknown *)&b->first.IDispatch_iface, &cookie);
}

static void a_sink_that_can_not_be_kept_is_taken_back_from_the_class(void **state)
{
    struct bench *b = *state;
    HANDLE thread = CreateThread(NULL, 0, advise_without_com, b, 0, NULL);
    DWORD result = 0;

    assert_non_null(thread);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &result);
    CloseHandle(thread);
    assert_true(FAILED((HRESULT)result));
    assert_int_equal(atomic_load(&toys_advised), 0);
    assert_int_equal(atomic_load(&b->first.refs), 1);
}

static void an_unknown_cookie_is_no_connection(void **state)
{
    struct bench *b = *state;
    DWORD cookie = advise(b, &b->first);

    assert_int_equal(IConnectionPoint_Unadvise(b->point, 0), CONNECT_E_NOCONNECTION);
    assert_int_equal(IConnectionPoint_Unadvise(b->point, cookie + 1), CONNECT_E_NOCONNECTION);
    assert_int_equal(IConnectionPoint_Unadvise(b->point, cookie), S_OK);
    assert_int_equal(IConnectionPoint_Unadvise(b->point, cookie), CONNECT_E_NOCONNECTION);
    assert_int_equal(atomic_load(&b->first.refs), 1);
    assert_int_not_equal(advise(b, &b->first), cookie);
}

static void sinks_are_called_in_order_with_the_arguments_as_given(void **state)
{
    struct bench *b = *state;

    advise(b, &b->first);
    advise(b, &b->second);
    fire(&b->toy->base);
    assert_int_equal(b->first.turn, 1);
    assert_int_equal(b->second.turn, 2);
    assert_int_equal(b->first.dispid, UPDATE);
    assert_int_equal(b->first.flags, DISPATCH_METHOD);
    assert_int_equal(b->first.first, 22);
    assert_int_equal(b->first.second, 11);
    assert_int_equal(b->first.named, 0);
    assert_int_equal(b->second.first, 22);
    assert_int_equal(b->first.thread, GetCurrentThreadId());
}

static void a_sink_that_fails_does_not_stop_the_others(void **state)
{
    struct bench *b = *state;

    advise(b, &b->first);
    advise(b, &b->second);
    b->first.result = E_UNEXPECTED;
    fire(&b->toy->base);
    fire(&b->toy->base);
    assert_int_equal(atomic_load(&b->first.calls), 2);
    assert_int_equal(atomic_load(&b->second.calls), 2);
}

static IConnectionPoint *point_of(struct toy *toy)
{
    return &toy->base.connections.IConnectionPoint_iface;
}

static void unadvise_myself(struct sink *sink)
{
    IConnectionPoint_Unadvise(point_of(sink->toy), sink->cookie);
}

static void a_sink_may_take_itself_out(void **state)
{
    struct bench *b = *state;

    advise(b, &b->first);
    advise(b, &b->second);
    b->first.handler = unadvise_myself;
    fire(&b->toy->base);
    assert_int_equal(atomic_load(&b->first.refs), 1);
    fire(&b->toy->base);
    assert_int_equal(atomic_load(&b->first.calls), 1);
    assert_int_equal(atomic_load(&b->second.calls), 2);
}

static void unadvise_other(struct sink *sink)
{
    IConnectionPoint_Unadvise(point_of(sink->toy), sink->other->cookie);
}

static void a_sink_taken_out_before_its_turn_is_not_called(void **state)
{
    struct bench *b = *state;

    advise(b, &b->first);
    advise(b, &b->second);
    advise(b, &b->third);
    b->first.other = &b->second;
    b->first.handler = unadvise_other;
    fire(&b->toy->base);
    assert_int_equal(atomic_load(&b->second.calls), 0);
    assert_int_equal(atomic_load(&b->third.calls), 1);
}

static void advise_other(struct sink *sink)
{
    if (sink->other_cookie == 0)
        IConnectionPoint_Advise(point_of(sink->toy), (IUnknown *)&sink->other->IDispatch_iface,
                                &sink->other_cookie);
}

static void a_sink_added_by_a_handler_is_called_the_next_time(void **state)
{
    struct bench *b = *state;

    advise(b, &b->first);
    b->first.other = &b->second;
    b->first.handler = advise_other;
    fire(&b->toy->base);
    assert_int_not_equal(b->first.other_cookie, 0);
    assert_int_equal(atomic_load(&b->second.calls), 0);
    fire(&b->toy->base);
    assert_int_equal(atomic_load(&b->second.calls), 1);
}

static void release_owner(struct sink *sink)
{
    com_object_release(&sink->toy->base);
}

static void a_handler_may_release_the_last_reference_to_the_owner(void **state)
{
    struct bench *b = *state;
    int destroyed = atomic_load(&toys_destroyed);
    struct toy *toy = toy_new();
    IConnectionPoint *kept = b->point;

    (void)state;
    b->point = point_of(toy);
    advise(b, &b->first);
    advise(b, &b->second);
    b->point = kept;
    b->first.toy = toy;
    b->first.handler = release_owner;
    fire(&toy->base);
    assert_int_equal(atomic_load(&b->second.calls), 1);
    assert_int_equal(atomic_load(&toys_destroyed), destroyed + 1);
    assert_int_equal(atomic_load(&b->first.refs), 1);
    assert_int_equal(atomic_load(&b->second.refs), 1);
}

static void the_point_keeps_the_object_alive(void **state)
{
    struct bench *b = *state;
    int destroyed = atomic_load(&toys_destroyed);

    assert_int_equal(com_object_release(&b->toy->base), 2);
    b->toy = NULL;
    assert_int_equal(atomic_load(&toys_destroyed), destroyed);
    advise(b, &b->first);
}

/* What a thread of another apartment finds when it unmarshals the interface. */
struct visitor {
    DWORD apartment;
    IStream *stream;
    IUnknown *found;
    struct com_object *fires;
    HANDLE done;
};

static DWORD WINAPI visit(void *context)
{
    struct visitor *visitor = context;

    if (SUCCEEDED(CoInitializeEx(NULL, visitor->apartment))) {
        if (visitor->stream && SUCCEEDED(CoGetInterfaceAndReleaseStream(
                                   visitor->stream, &IID_IUnknown, (void **)&visitor->found)))
            IUnknown_Release(visitor->found);
        if (visitor->fires)
            fire(visitor->fires);
        CoUninitialize();
    }
    SetEvent(visitor->done);
    return 0;
}

/* Runs the visitor while this apartment serves calls. */
static void run_visitor(struct visitor *visitor)
{
    HANDLE thread;
    DWORD index;

    visitor->done = CreateEventW(NULL, TRUE, FALSE, NULL);
    thread = CreateThread(NULL, 0, visit, visitor, 0, NULL);
    assert_non_null(thread);
    assert_int_equal(CoWaitForMultipleHandles(0, 30000, 1, &visitor->done, &index), S_OK);
    assert_int_equal(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
    CloseHandle(thread);
    CloseHandle(visitor->done);
}

static void every_apartment_gets_the_object_itself(void **state)
{
    static const DWORD apartments[] = {COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED};
    struct bench *b = *state;
    IUnknown *faces[2] = {com_object_unknown(&b->toy->base), (IUnknown *)b->point};

    for (size_t i = 0; i < sizeof(apartments) / sizeof(apartments[0]); i++) {
        for (size_t j = 0; j < sizeof(faces) / sizeof(faces[0]); j++) {
            struct visitor visitor = {.apartment = apartments[i]};

            assert_int_equal(
                CoMarshalInterThreadInterfaceInStream(&IID_IUnknown, faces[j], &visitor.stream),
                S_OK);
            run_visitor(&visitor);
            assert_ptr_equal(visitor.found, faces[j]);
        }
    }
}

static void a_sink_is_called_in_the_apartment_that_advised_it(void **state)
{
    struct bench *b = *state;
    struct visitor visitor = {.apartment = COINIT_MULTITHREADED, .fires = &b->toy->base};

    advise(b, &b->first);
    run_visitor(&visitor);
    assert_int_equal(atomic_load(&b->first.calls), 1);
    assert_int_equal(b->first.thread, GetCurrentThreadId());
    assert_int_equal(b->first.first, 22);
    assert_int_equal(b->first.second, 11);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, give_bench, take_bench)
    const struct CMUnitTest tests[] = {
        WITH_BENCH(the_container_knows_its_one_point),
        WITH_BENCH(the_enumerator_of_points_counts_as_com_documents),
        WITH_BENCH(the_enumerator_of_connections_lists_sinks_and_cookies),
        WITH_BENCH(advise_takes_only_what_can_be_called),
        WITH_BENCH(the_class_is_told_of_every_sink_and_of_its_end),
        WITH_BENCH(an_object_that_loses_its_sinks_to_its_end_can_not_be_held_any_more),
        WITH_BENCH(a_class_that_wants_no_sink_has_none),
        WITH_BENCH(a_sink_that_can_not_be_kept_is_taken_back_from_the_class),
        WITH_BENCH(an_unknown_cookie_is_no_connection),
        WITH_BENCH(sinks_are_called_in_order_with_the_arguments_as_given),
        WITH_BENCH(a_sink_that_fails_does_not_stop_the_others),
        WITH_BENCH(a_sink_may_take_itself_out),
        WITH_BENCH(a_sink_taken_out_before_its_turn_is_not_called),
        WITH_BENCH(a_sink_added_by_a_handler_is_called_the_next_time),
        WITH_BENCH(a_handler_may_release_the_last_reference_to_the_owner),
        WITH_BENCH(the_point_keeps_the_object_alive),
        WITH_BENCH(every_apartment_gets_the_object_itself),
        WITH_BENCH(a_sink_is_called_in_the_apartment_that_advised_it),
    };

    return cmocka_run_group_tests_name("com events", tests, start_com, stop_com);
}
