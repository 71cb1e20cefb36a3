/* MsftWriteEngine2 and its event arguments as COM objects: which interfaces they have, one
 * identity, one count, one meaning whether by vtable or by name. */
#include "com_bench.h"

#include <string.h>

struct face {
    const char *name;
    const IID *iid;
};

static const struct face engine_faces[] = {
    {"IUnknown", &IID_IUnknown},
    {"IDispatch", &IID_IDispatch},
    {"IWriteEngine2", &IID_IWriteEngine2},
    {"IConnectionPointContainer", &IID_IConnectionPointContainer},
    {"IProvideClassInfo", &IID_IProvideClassInfo},
    {"IProvideClassInfo2", &IID_IProvideClassInfo2},
    {"ISupportErrorInfo", &IID_ISupportErrorInfo},
    {"IMarshal", &IID_IMarshal},
};

static const struct face engine_strangers[] = {
    {"IStream", &IID_IStream},
    {"ISequentialStream", &IID_ISequentialStream},
    {"IDiscMaster2", &IID_IDiscMaster2},
    {"IDiscRecorder2", &IID_IDiscRecorder2},
    {"IDiscRecorder2Ex", &IID_IDiscRecorder2Ex},
    {"DWriteEngine2Events", &IID_DWriteEngine2Events},
    {"IConnectionPoint", &IID_IConnectionPoint},
    {"IDiscFormat2", &IID_IDiscFormat2},
    {"IDiscFormat2Data", &IID_IDiscFormat2Data},
    {"IClassFactory", &IID_IClassFactory},
    {"IPersist", &IID_IPersist},
    {"IEnumVARIANT", &IID_IEnumVARIANT},
    {"GUID_NULL", &GUID_NULL},
};

static const struct face args_faces[] = {
    {"IUnknown", &IID_IUnknown},
    {"IDispatch", &IID_IDispatch},
    {"IWriteEngine2EventArgs", &IID_IWriteEngine2EventArgs},
};

static const struct face args_strangers[] = {
    {"IWriteEngine2", &IID_IWriteEngine2},
    {"IConnectionPointContainer", &IID_IConnectionPointContainer},
    {"IProvideClassInfo", &IID_IProvideClassInfo},
    {"IDiscRecorder2Ex", &IID_IDiscRecorder2Ex},
    {"IStream", &IID_IStream},
    {"DWriteEngine2Events", &IID_DWriteEngine2Events},
    {"IClassFactory", &IID_IClassFactory},
    {"GUID_NULL", &GUID_NULL},
};

enum {
    ENGINE_FACES = sizeof(engine_faces) / sizeof(engine_faces[0]),
    ENGINE_STRANGERS = sizeof(engine_strangers) / sizeof(engine_strangers[0]),
    ARGS_FACES = sizeof(args_faces) / sizeof(args_faces[0]),
    ARGS_STRANGERS = sizeof(args_strangers) / sizeof(args_strangers[0]),
};

/* == what holds for every object == */

/* From each interface each other one is reached, and the IUnknown is always the same. */
static void assert_one_object(IUnknown *object, const struct face *faces, int count)
{
    IUnknown *identity, *face, *other, *again;

    assert_hr(IUnknown_QueryInterface(object, &IID_IUnknown, (void **)&identity), S_OK);
    for (int i = 0; i < count; i++) {
        if (IUnknown_QueryInterface(object, faces[i].iid, (void **)&face) != S_OK)
            fail_msg("it has no %s", faces[i].name);
        for (int j = 0; j < count; j++) {
            if (IUnknown_QueryInterface(face, faces[j].iid, (void **)&other) != S_OK)
                fail_msg("%s does not lead to %s", faces[i].name, faces[j].name);
            assert_hr(IUnknown_QueryInterface(other, &IID_IUnknown, (void **)&again), S_OK);
            assert_ptr_equal(again, identity);
            IUnknown_Release(again);
            IUnknown_Release(other);
        }
        assert_hr(IUnknown_QueryInterface(face, faces[i].iid, NULL), E_POINTER);
        IUnknown_Release(face);
    }
    IUnknown_Release(identity);
}

static void assert_not(IUnknown *object, const struct face *faces, int count)
{
    for (int i = 0; i < count; i++) {
        void *out = &out;

        if (IUnknown_QueryInterface(object, faces[i].iid, &out) != E_NOINTERFACE)
            fail_msg("it answers for %s", faces[i].name);
        assert_null(out);
    }
}

static IWriteEngine2EventArgs *progress_of(struct bench *b)
{
    b->sink.keep = true;
    assert_hr(bench_write(b, 160, 64), S_OK);
    assert_true(b->sink.begun >= 2);
    return b->sink.kept[b->sink.begun - 1];
}

/* == the engine == */

static void the_engine_is_one_object_with_exactly_its_interfaces(void **state)
{
    struct bench *b = *state;

    assert_one_object((IUnknown *)b->engine, engine_faces, ENGINE_FACES);
    assert_not((IUnknown *)b->engine, engine_strangers, ENGINE_STRANGERS);
}

static void the_engine_counts_references_and_ends_with_the_last(void **state)
{
    IWriteEngine2 *engine = bench_new_engine();
    IUnknown *face;

    (void)state;
    assert_int_equal(IWriteEngine2_AddRef(engine), 2);
    for (int i = 0; i < ENGINE_FACES; i++) {
        assert_hr(IWriteEngine2_QueryInterface(engine, engine_faces[i].iid, (void **)&face), S_OK);
        IUnknown_Release(face);
    }
    assert_int_equal(IWriteEngine2_Release(engine), 1);
    assert_int_equal(IWriteEngine2_Release(engine), 0);
}

static void the_engine_can_be_had_by_either_prog_id_and_not_aggregated(void **state)
{
    static const wchar_t *const ids[] = {L"IMAPI2.MsftWriteEngine2", L"IMAPI2.MsftWriteEngine2.1"};
    struct bench *b = *state;
    IUnknown *engine = (IUnknown *)b;
    CLSID clsid;

    for (int i = 0; i < 2; i++) {
        assert_hr(CLSIDFromProgID(ids[i], &clsid), S_OK);
        assert_memory_equal(&clsid, &CLSID_MsftWriteEngine2, sizeof(clsid));
    }
    assert_hr(CoCreateInstance(&clsid, (IUnknown *)b->engine, CLSCTX_INPROC_SERVER, &IID_IUnknown,
                               (void **)&engine),
              CLASS_E_NOAGGREGATION);
    assert_null(engine);
    engine = (IUnknown *)b;
    assert_hr(
        CoCreateInstance(&clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IDiscMaster2, (void **)&engine),
        E_NOINTERFACE);
    assert_null(engine);
}

static void a_new_engine_has_the_documented_defaults(void **state)
{
    IWriteEngine2 *engine = bench_new_engine();
    IDiscRecorder2Ex *recorder = (IDiscRecorder2Ex *)engine;
    VARIANT_BOOL streaming = 5, running = 5;
    LONG first = 5, last = 5, bytes = 5;

    (void)state;
    assert_hr(IWriteEngine2_get_Recorder(engine, &recorder), S_OK);
    assert_hr(IWriteEngine2_get_UseStreamingWrite12(engine, &streaming), S_OK);
    assert_hr(IWriteEngine2_get_StartingSectorsPerSecond(engine, &first), S_OK);
    assert_hr(IWriteEngine2_get_EndingSectorsPerSecond(engine, &last), S_OK);
    assert_hr(IWriteEngine2_get_BytesPerSector(engine, &bytes), S_OK);
    assert_hr(IWriteEngine2_get_WriteInProgress(engine, &running), S_OK);
    IWriteEngine2_Release(engine);
    assert_null(recorder);
    assert_int_equal(streaming, VARIANT_FALSE);
    assert_int_equal(first, -1);
    assert_int_equal(last, -1);
    assert_int_equal(bytes, -1);
    assert_int_equal(running, VARIANT_FALSE);
}

static void what_was_put_is_what_is_got(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder;
    LONG value;
    VARIANT_BOOL streaming;

    assert_hr(IWriteEngine2_put_StartingSectorsPerSecond(b->engine, 680), S_OK);
    assert_hr(IWriteEngine2_put_EndingSectorsPerSecond(b->engine, LONG_MAX), S_OK);
    assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, LONG_MAX), S_OK);
    assert_hr(IWriteEngine2_put_UseStreamingWrite12(b->engine, 1), S_OK);
    assert_hr(IWriteEngine2_get_StartingSectorsPerSecond(b->engine, &value), S_OK);
    assert_int_equal(value, 680);
    assert_hr(IWriteEngine2_get_EndingSectorsPerSecond(b->engine, &value), S_OK);
    assert_int_equal(value, LONG_MAX);
    assert_hr(IWriteEngine2_get_BytesPerSector(b->engine, &value), S_OK);
    assert_int_equal(value, LONG_MAX);
    assert_hr(IWriteEngine2_get_UseStreamingWrite12(b->engine, &streaming), S_OK);
    assert_int_equal(streaming, VARIANT_TRUE);
    assert_hr(IWriteEngine2_put_UseStreamingWrite12(b->engine, VARIANT_FALSE), S_OK);
    assert_hr(IWriteEngine2_get_UseStreamingWrite12(b->engine, &streaming), S_OK);
    assert_int_equal(streaming, VARIANT_FALSE);
    assert_hr(IWriteEngine2_get_Recorder(b->engine, &recorder), S_OK);
    assert_ptr_equal(recorder, &b->drive.IDiscRecorder2Ex_iface);
    IDiscRecorder2Ex_Release(recorder);
}

/* == by name == */

struct member {
    const wchar_t *name;
    DISPID id;
};

static void assert_names(void *object, const struct member *members, int count)
{
    IDispatch *dispatch;
    LPOLESTR name;
    DISPID id;

    assert_hr(IUnknown_QueryInterface((IUnknown *)object, &IID_IDispatch, (void **)&dispatch),
              S_OK);
    for (int i = 0; i < count; i++) {
        wchar_t other_case[32];

        name = (LPOLESTR)members[i].name;
        id = -99;
        assert_hr(
            IDispatch_GetIDsOfNames(dispatch, &IID_NULL, &name, 1, LOCALE_SYSTEM_DEFAULT, &id),
            S_OK);
        assert_int_equal(id, members[i].id);
        lstrcpynW(other_case, name, 32);
        CharUpperW(other_case);
        name = other_case;
        id = -99;
        assert_hr(
            IDispatch_GetIDsOfNames(dispatch, &IID_NULL, &name, 1, LOCALE_SYSTEM_DEFAULT, &id),
            S_OK);
        assert_int_equal(id, members[i].id);
    }
    name = (LPOLESTR)L"NoSuchMember";
    assert_hr(IDispatch_GetIDsOfNames(dispatch, &IID_NULL, &name, 1, LOCALE_SYSTEM_DEFAULT, &id),
              DISP_E_UNKNOWNNAME);
    IDispatch_Release(dispatch);
}

static void assert_type_info(void *object, const GUID *wanted)
{
    IDispatch *dispatch;
    ITypeInfo *info = NULL;
    TYPEATTR *attributes;
    UINT count = 0;

    assert_hr(IUnknown_QueryInterface((IUnknown *)object, &IID_IDispatch, (void **)&dispatch),
              S_OK);
    assert_hr(IDispatch_GetTypeInfoCount(dispatch, NULL), E_POINTER);
    assert_hr(IDispatch_GetTypeInfoCount(dispatch, &count), S_OK);
    assert_int_equal(count, 1);
    assert_hr(IDispatch_GetTypeInfo(dispatch, 0, 0, NULL), E_POINTER);
    assert_hr(IDispatch_GetTypeInfo(dispatch, 1, 0, &info), DISP_E_BADINDEX);
    assert_null(info);
    assert_hr(IDispatch_GetTypeInfo(dispatch, 0, 0, &info), S_OK);
    assert_hr(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
    assert_memory_equal(&attributes->guid, wanted, sizeof(GUID));
    ITypeInfo_ReleaseTypeAttr(info, attributes);
    ITypeInfo_Release(info);
    IDispatch_Release(dispatch);
}

static void the_engine_s_names_mean_their_documented_dispids(void **state)
{
    static const struct member members[] = {
        {L"WriteSection", 0x200},
        {L"CancelWrite", 0x201},
        {L"Recorder", 0x100},
        {L"UseStreamingWrite12", 0x101},
        {L"StartingSectorsPerSecond", 0x102},
        {L"EndingSectorsPerSecond", 0x103},
        {L"BytesPerSector", 0x104},
        {L"WriteInProgress", 0x105},
    };
    struct bench *b = *state;

    assert_names(b->engine, members, sizeof(members) / sizeof(members[0]));
    assert_type_info(b->engine, &IID_IWriteEngine2);
}

static void a_property_by_name_is_the_same_as_by_vtable(void **state)
{
    static const wchar_t *const longs[] = {L"StartingSectorsPerSecond", L"EndingSectorsPerSecond",
                                           L"BytesPerSector"};
    HRESULT(STDMETHODCALLTYPE * getters[])
    (IWriteEngine2 *, LONG *) = {
        ((struct bench *)*state)->engine->lpVtbl->get_StartingSectorsPerSecond,
        ((struct bench *)*state)->engine->lpVtbl->get_EndingSectorsPerSecond,
        ((struct bench *)*state)->engine->lpVtbl->get_BytesPerSector,
    };
    struct bench *b = *state;
    VARIANT value, truth;
    VARIANT_BOOL streaming;
    LONG number;

    for (int i = 0; i < 3; i++) {
        assert_hr(bench_put(b->engine, longs[i], bench_long(1000 + i)), S_OK);
        assert_hr(getters[i](b->engine, &number), S_OK);
        assert_int_equal(number, 1000 + i);
        assert_hr(bench_get(b->engine, longs[i], &value), S_OK);
        assert_int_equal(V_VT(&value), VT_I4);
        assert_int_equal(V_I4(&value), 1000 + i);
    }
    V_VT(&truth) = VT_BOOL;
    V_BOOL(&truth) = VARIANT_TRUE;
    assert_hr(bench_put(b->engine, L"UseStreamingWrite12", truth), S_OK);
    assert_hr(IWriteEngine2_get_UseStreamingWrite12(b->engine, &streaming), S_OK);
    assert_int_equal(streaming, VARIANT_TRUE);
    assert_hr(bench_get(b->engine, L"WriteInProgress", &value), S_OK);
    assert_int_equal(V_VT(&value), VT_BOOL);
    assert_int_equal(V_BOOL(&value), VARIANT_FALSE);
    assert_hr(bench_get(b->engine, L"Recorder", &value), S_OK);
    assert_int_equal(V_VT(&value), VT_UNKNOWN);
    assert_ptr_equal(V_UNKNOWN(&value), &b->drive.IDiscRecorder2Ex_iface);
    VariantClear(&value);
}

static void a_script_can_put_the_recorder_with_and_without_set(void **state)
{
    static const WORD flags[] = {DISPATCH_PROPERTYPUT, DISPATCH_PROPERTYPUTREF,
                                 DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF};
    struct bench *b = *state;
    DISPID put = DISPID_PROPERTYPUT;

    for (int i = 0; i < 3; i++) {
        VARIANT inner = bench_object(&b->drive.IDiscRecorder2Ex_iface), outer;
        DISPPARAMS params = {&outer, &put, 1, 1};
        IDiscRecorder2Ex *recorder = NULL;

        V_VT(&outer) = VT_BYREF | VT_VARIANT;
        V_VARIANTREF(&outer) = &inner;
        assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
        assert_hr(IWriteEngine2_Invoke(b->engine, 0x100, &IID_NULL, LOCALE_SYSTEM_DEFAULT, flags[i],
                                       &params, NULL, NULL, NULL),
                  S_OK);
        assert_hr(IWriteEngine2_get_Recorder(b->engine, &recorder), S_OK);
        assert_ptr_equal(recorder, &b->drive.IDiscRecorder2Ex_iface);
        IDiscRecorder2Ex_Release(recorder);
    }
}

static void methods_by_name_do_what_they_do_by_vtable(void **state)
{
    struct bench *b = *state;
    VARIANT args[3] = {bench_object(&b->source.IStream_iface), bench_long(320), bench_long(48)};
    EXCEPINFO exception;

    assert_hr(bench_call(b->engine, L"writesection", args, 3, &exception), S_OK);
    assert_true(drive_holds(&b->drive, 320, 48, 0));
    assert_true(SUCCEEDED(bench_call(b->engine, L"CancelWrite", NULL, 0, &exception)));
    assert_hr(bench_call(b->engine, L"WriteSection", args, 2, &exception), DISP_E_BADPARAMCOUNT);
    assert_true(FAILED(bench_put(b->engine, L"WriteInProgress", args[1])));
}

static void a_script_sees_the_error_number_and_words(void **state)
{
    struct bench *b = *state;
    VARIANT args[3] = {bench_object(&b->source.IStream_iface), bench_long(0), bench_long(16)};
    EXCEPINFO exception;

    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    assert_hr(bench_call(b->engine, L"WriteSection", args, 3, &exception), DISP_E_EXCEPTION);
    assert_hr(exception.scode, E_IMAPI_RECORDER_REQUIRED);
    assert_non_null(exception.bstrDescription);
    assert_true(SysStringLen(exception.bstrDescription) > 10);
    SysFreeString(exception.bstrDescription);
    SysFreeString(exception.bstrSource);
    SysFreeString(exception.bstrHelpFile);
}

/* == what it says about itself == */

static void the_engine_supports_rich_errors_of_its_interface(void **state)
{
    struct bench *b = *state;
    ISupportErrorInfo *support;

    assert_hr(IWriteEngine2_QueryInterface(b->engine, &IID_ISupportErrorInfo, (void **)&support),
              S_OK);
    assert_hr(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IWriteEngine2), S_OK);
    assert_hr(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IDiscRecorder2), S_FALSE);
    ISupportErrorInfo_Release(support);
}

static void the_engine_names_its_class_and_its_default_source(void **state)
{
    struct bench *b = *state;
    IProvideClassInfo2 *provider;
    ITypeInfo *info;
    TYPEATTR *attributes;
    GUID guid;
    int sources = 0;

    assert_hr(IWriteEngine2_QueryInterface(b->engine, &IID_IProvideClassInfo2, (void **)&provider),
              S_OK);
    assert_hr(IProvideClassInfo2_GetGUID(provider, GUIDKIND_DEFAULT_SOURCE_DISP_IID, NULL),
              E_POINTER);
    assert_hr(IProvideClassInfo2_GetGUID(provider, 99, &guid), E_INVALIDARG);
    assert_hr(IProvideClassInfo2_GetGUID(provider, GUIDKIND_DEFAULT_SOURCE_DISP_IID, &guid), S_OK);
    assert_memory_equal(&guid, &IID_DWriteEngine2Events, sizeof(guid));
    assert_hr(IProvideClassInfo2_GetClassInfo(provider, NULL), E_POINTER);
    assert_hr(IProvideClassInfo2_GetClassInfo(provider, &info), S_OK);
    assert_hr(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
    assert_memory_equal(&attributes->guid, &CLSID_MsftWriteEngine2, sizeof(GUID));
    for (UINT i = 0; i < attributes->cImplTypes; i++) {
        int flags = 0;

        assert_hr(ITypeInfo_GetImplTypeFlags(info, i, &flags), S_OK);
        sources += flags == (IMPLTYPEFLAG_FDEFAULT | IMPLTYPEFLAG_FSOURCE);
    }
    assert_int_equal(sources, 1);
    ITypeInfo_ReleaseTypeAttr(info, attributes);
    ITypeInfo_Release(info);
    IProvideClassInfo2_Release(provider);
}

static void a_sink_that_is_no_dispatch_object_is_refused(void **state)
{
    struct bench *b = *state;
    IConnectionPointContainer *container;
    IConnectionPoint *point;
    DWORD cookie = 5;

    IWriteEngine2_QueryInterface(b->engine, &IID_IConnectionPointContainer, (void **)&container);
    assert_hr(
        IConnectionPointContainer_FindConnectionPoint(container, &IID_DWriteEngine2Events, &point),
        S_OK);
    assert_hr(IConnectionPoint_Advise(point, (IUnknown *)&b->source.IStream_iface, &cookie),
              CONNECT_E_CANNOTCONNECT);
    assert_int_equal(cookie, 0);
    assert_hr(IConnectionPoint_Advise(point, NULL, &cookie), E_POINTER);
    assert_hr(IConnectionPoint_Advise(point, (IUnknown *)&b->sink.IDispatch_iface, NULL),
              E_POINTER);
    assert_hr(IConnectionPoint_Unadvise(point, 0xdead), CONNECT_E_NOCONNECTION);
    IConnectionPoint_Release(point);
    IConnectionPointContainer_Release(container);
}

static void the_dll_stays_as_long_as_anything_of_it_lives(void **state)
{
    struct bench *b = *state;
    IWriteEngine2EventArgs *progress = progress_of(b);
    IClassFactory *factory;

    IWriteEngine2EventArgs_AddRef(progress);
    sink_fini(&b->sink);
    assert_hr(bench_can_unload(), S_FALSE);
    IWriteEngine2_Release(b->engine);
    b->engine = NULL;
    assert_hr(bench_can_unload(), S_FALSE);
    IWriteEngine2EventArgs_Release(progress);
    assert_true(bench_unloadable());

    assert_hr(CoGetClassObject(&CLSID_MsftWriteEngine2, CLSCTX_INPROC_SERVER, NULL,
                               &IID_IClassFactory, (void **)&factory),
              S_OK);
    assert_hr(IClassFactory_LockServer(factory, TRUE), S_OK);
    assert_hr(bench_can_unload(), S_FALSE);
    assert_hr(IClassFactory_LockServer(factory, FALSE), S_OK);
    IClassFactory_Release(factory);
    assert_true(bench_unloadable());
}

struct visit {
    IStream *parcel;
    IWriteEngine2 *engine;
    HRESULT result;
};

static void unpack(void *context)
{
    struct visit *visit = context;

    visit->result =
        CoGetInterfaceAndReleaseStream(visit->parcel, &IID_IWriteEngine2, (void **)&visit->engine);
    if (SUCCEEDED(visit->result))
        IWriteEngine2_Release(visit->engine);
}

static void the_engine_crosses_apartments_without_a_proxy(void **state)
{
    struct bench *b = *state;
    struct visit visit = {0};
    struct worker worker;

    assert_hr(CoMarshalInterThreadInterfaceInStream(&IID_IWriteEngine2, (IUnknown *)b->engine,
                                                    &visit.parcel),
              S_OK);
    bench_start(&worker, COINIT_APARTMENTTHREADED, unpack, &visit);
    bench_join(&worker);
    assert_hr(visit.result, S_OK);
    assert_ptr_equal(visit.engine, b->engine);
}

/* == the event arguments == */

static void the_progress_object_is_one_object_with_exactly_its_interfaces(void **state)
{
    IWriteEngine2EventArgs *progress = progress_of(*state);

    assert_one_object((IUnknown *)progress, args_faces, ARGS_FACES);
    assert_not((IUnknown *)progress, args_strangers, ARGS_STRANGERS);
    IWriteEngine2EventArgs_AddRef(progress);
    assert_int_equal(IWriteEngine2EventArgs_Release(progress), 1);
}

static void every_getter_of_the_progress_object_wants_a_pointer(void **state)
{
    IWriteEngine2EventArgs *p = progress_of(*state);

    assert_hr(IWriteEngine2EventArgs_get_StartLba(p, NULL), E_POINTER);
    assert_hr(IWriteEngine2EventArgs_get_SectorCount(p, NULL), E_POINTER);
    assert_hr(IWriteEngine2EventArgs_get_LastReadLba(p, NULL), E_POINTER);
    assert_hr(IWriteEngine2EventArgs_get_LastWrittenLba(p, NULL), E_POINTER);
    assert_hr(IWriteEngine2EventArgs_get_TotalSystemBuffer(p, NULL), E_POINTER);
    assert_hr(IWriteEngine2EventArgs_get_UsedSystemBuffer(p, NULL), E_POINTER);
    assert_hr(IWriteEngine2EventArgs_get_FreeSystemBuffer(p, NULL), E_POINTER);
}

static void the_progress_object_by_name_is_the_same_as_by_vtable(void **state)
{
    static const struct member members[] = {
        {L"StartLba", 0x100},         {L"SectorCount", 0x101},       {L"LastReadLba", 0x102},
        {L"LastWrittenLba", 0x103},   {L"TotalSystemBuffer", 0x106}, {L"UsedSystemBuffer", 0x107},
        {L"FreeSystemBuffer", 0x108},
    };
    IWriteEngine2EventArgs *progress = progress_of(*state);
    struct event event = progress_read(progress);
    LONG expected[] = {event.start, event.count, event.last_read, event.last_written,
                       event.total, event.used,  event.free};

    assert_true(event.well_formed);
    assert_int_equal(event.start, 160);
    assert_int_equal(event.count, 64);
    assert_names(progress, members, sizeof(members) / sizeof(members[0]));
    assert_type_info(progress, &IID_IWriteEngine2EventArgs);
    for (int i = 0; i < 7; i++) {
        VARIANT value;

        assert_hr(bench_get(progress, members[i].name, &value), S_OK);
        assert_int_equal(V_VT(&value), VT_I4);
        assert_int_equal(V_I4(&value), expected[i]);
        assert_true(FAILED(bench_put(progress, members[i].name, bench_long(1))));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(the_engine_is_one_object_with_exactly_its_interfaces),
        IN_STA(the_engine_counts_references_and_ends_with_the_last),
        IN_STA(the_engine_can_be_had_by_either_prog_id_and_not_aggregated),
        IN_STA(a_new_engine_has_the_documented_defaults),
        IN_STA(what_was_put_is_what_is_got),
        IN_STA(the_engine_s_names_mean_their_documented_dispids),
        IN_STA(a_property_by_name_is_the_same_as_by_vtable),
        IN_STA(a_script_can_put_the_recorder_with_and_without_set),
        IN_BOTH(methods_by_name_do_what_they_do_by_vtable),
        IN_STA(a_script_sees_the_error_number_and_words),
        IN_STA(the_engine_supports_rich_errors_of_its_interface),
        IN_STA(the_engine_names_its_class_and_its_default_source),
        IN_STA(a_sink_that_is_no_dispatch_object_is_refused),
        IN_STA(the_dll_stays_as_long_as_anything_of_it_lives),
        IN_BOTH(the_engine_crosses_apartments_without_a_proxy),
        IN_BOTH(the_progress_object_is_one_object_with_exactly_its_interfaces),
        IN_STA(every_getter_of_the_progress_object_wants_a_pointer),
        IN_STA(the_progress_object_by_name_is_the_same_as_by_vtable),
    };

    return cmocka_run_group_tests_name("write_engine_contract", tests, NULL, NULL);
}
