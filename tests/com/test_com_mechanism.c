/* What every COM object of the server does the same way, tried on a toy class: identity, counting,
 * dispatch by type library, rich errors, factories. */
#include "toy.h"

#include <stdlib.h>
#include <cmocka.h>
#include "class_factory.h"
#include "com_status.h"
#include "dispatch.h"
#include "error_info.h"
#include "imapi2error.h"

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

static int give_toy(void **state)
{
    *state = toy_new();
    return 0;
}

/* Nothing may outlive the last reference: neither the object nor what the module holds for it. */
static int take_toy(void **state)
{
    struct toy *toy = *state;
    int destroyed = atomic_load(&toys_destroyed);

    SetErrorInfo(0, NULL);
    if (com_object_release(&toy->base) != 0 || atomic_load(&toys_destroyed) != destroyed + 1)
        return 1;
    return com_module_count() != 0 || com_type_info_cached();
}

static void the_object_answers_exactly_the_interfaces_it_has(void **state)
{
    struct toy *toy = *state;
    static const struct {
        const IID *iid;
        HRESULT hr;
    } rows[] = {
        {&IID_IUnknown, S_OK},
        {&IID_IDispatch, S_OK},
        {&IID_IWriteEngine2, S_OK},
        {&IID_IDiscMaster2, S_OK},
        {&IID_IMarshal, S_OK},
        {&IID_IAgileObject, S_OK},
        {&IID_ISupportErrorInfo, S_OK},
        {&IID_IProvideClassInfo, S_OK},
        {&IID_IProvideClassInfo2, S_OK},
        {&IID_IConnectionPointContainer, S_OK},
        {&IID_INoMarshal, E_NOINTERFACE},
        {&IID_IConnectionPoint, E_NOINTERFACE},
        {&IID_IClassFactory, E_NOINTERFACE},
        {&IID_DWriteEngine2Events, E_NOINTERFACE},
        {&IID_IDiscRecorder2, E_NOINTERFACE},
        {&IID_NULL, E_NOINTERFACE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        IUnknown *found = (IUnknown *)&rows;

        assert_int_equal(
            IWriteEngine2_QueryInterface(&toy->IWriteEngine2_iface, rows[i].iid, (void **)&found),
            rows[i].hr);
        if (FAILED(rows[i].hr)) {
            assert_null(found);
            continue;
        }
        assert_int_equal(atomic_load(&toy->base.refs), 2);
        assert_int_equal(IUnknown_Release(found), 1);
    }
    assert_int_equal(IWriteEngine2_QueryInterface(&toy->IWriteEngine2_iface, &IID_IUnknown, NULL),
                     E_POINTER);
    assert_int_equal(atomic_load(&toy->base.refs), 1);
}

static void every_interface_leads_to_the_same_unknown(void **state)
{
    struct toy *toy = *state;
    static const IID *const iids[] = {
        &IID_IDispatch,         &IID_IWriteEngine2,      &IID_IDiscMaster2,
        &IID_IMarshal,          &IID_IAgileObject,       &IID_ISupportErrorInfo,
        &IID_IProvideClassInfo, &IID_IProvideClassInfo2, &IID_IConnectionPointContainer,
    };
    IUnknown *identity;

    assert_int_equal(com_object_query(&toy->base, &IID_IUnknown, (void **)&identity), S_OK);
    for (size_t i = 0; i < sizeof(iids) / sizeof(iids[0]); i++) {
        IUnknown *face, *unknown;

        assert_int_equal(IUnknown_QueryInterface(identity, iids[i], (void **)&face), S_OK);
        assert_int_equal(IUnknown_QueryInterface(face, &IID_IUnknown, (void **)&unknown), S_OK);
        assert_ptr_equal(unknown, identity);
        IUnknown_Release(unknown);
        IUnknown_Release(face);
    }
    IUnknown_Release(identity);
}

static void a_second_dispatch_interface_is_not_the_answer_to_idispatch(void **state)
{
    struct toy *toy = *state;
    IDispatch *dispatch;

    assert_int_equal(
        IDiscMaster2_QueryInterface(&toy->IDiscMaster2_iface, &IID_IDispatch, (void **)&dispatch),
        S_OK);
    assert_ptr_equal(dispatch, &toy->IWriteEngine2_iface);
    IDispatch_Release(dispatch);
}

static void an_inner_object_has_neither_class_info_nor_connection_points(void **state)
{
    static const IID *const absent[] = {&IID_IProvideClassInfo, &IID_IProvideClassInfo2,
                                        &IID_IConnectionPointContainer, &IID_IDispatch};
    struct com_object *plain = plain_new();
    void *found;

    (void)state;
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
        assert_int_equal(com_object_query(plain, absent[i], &found), E_NOINTERFACE);
    assert_int_equal(com_object_query(plain, &IID_IAgileObject, &found), S_OK);
    assert_int_equal(com_object_release(plain), 1);
    assert_int_equal(com_module_count(), 1);
    assert_int_equal(com_object_release(plain), 0);
    assert_int_equal(com_module_count(), 0);
}

static void rich_errors_are_promised_for_own_interfaces_only(void **state)
{
    struct toy *toy = *state;
    ISupportErrorInfo *support;

    assert_int_equal(com_object_query(&toy->base, &IID_ISupportErrorInfo, (void **)&support), S_OK);
    assert_int_equal(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IWriteEngine2),
                     S_OK);
    assert_int_equal(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IDiscMaster2),
                     S_OK);
    assert_int_equal(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IUnknown), S_FALSE);
    assert_int_equal(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IDispatch),
                     S_FALSE);
    assert_int_equal(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IDiscRecorder2),
                     S_FALSE);
    ISupportErrorInfo_Release(support);
}

static void class_info_names_the_coclass_and_its_events(void **state)
{
    struct toy *toy = *state;
    IProvideClassInfo2 *provide;
    TYPEATTR *attributes;
    ITypeInfo *info;
    GUID guid;

    assert_int_equal(com_object_query(&toy->base, &IID_IProvideClassInfo2, (void **)&provide),
                     S_OK);
    assert_int_equal(IProvideClassInfo2_GetClassInfo(provide, NULL), E_POINTER);
    assert_int_equal(IProvideClassInfo2_GetClassInfo(provide, &info), S_OK);
    assert_int_equal(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
    assert_int_equal(attributes->typekind, TKIND_COCLASS);
    assert_true(IsEqualGUID(&attributes->guid, &CLSID_MsftWriteEngine2));
    ITypeInfo_ReleaseTypeAttr(info, attributes);
    ITypeInfo_Release(info);

    assert_int_equal(IProvideClassInfo2_GetGUID(provide, GUIDKIND_DEFAULT_SOURCE_DISP_IID, &guid),
                     S_OK);
    assert_true(IsEqualGUID(&guid, &IID_DWriteEngine2Events));
    assert_int_equal(IProvideClassInfo2_GetGUID(provide, 99, &guid), E_INVALIDARG);
    assert_true(IsEqualGUID(&guid, &GUID_NULL));
    assert_int_equal(IProvideClassInfo2_GetGUID(provide, GUIDKIND_DEFAULT_SOURCE_DISP_IID, NULL),
                     E_POINTER);
    IProvideClassInfo2_Release(provide);
}

static DISPID dispid_of(IDispatch *dispatch, const WCHAR *name)
{
    WCHAR *names[] = {(WCHAR *)name};
    DISPID dispid = -77;

    assert_int_equal(
        IDispatch_GetIDsOfNames(dispatch, &IID_NULL, names, 1, LOCALE_USER_DEFAULT, &dispid), S_OK);
    return dispid;
}

static HRESULT invoke(IDispatch *dispatch, const WCHAR *name, WORD flags, VARIANT *argument,
                      VARIANT *result, EXCEPINFO *exception)
{
    DISPID put = DISPID_PROPERTYPUT;
    bool puts = (flags & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF)) != 0;
    DISPPARAMS params = {argument, puts ? &put : NULL, argument ? 1 : 0, puts ? 1 : 0};

    return IDispatch_Invoke(dispatch, dispid_of(dispatch, name), &IID_NULL, LOCALE_USER_DEFAULT,
                            flags, &params, result, exception, NULL);
}

static void names_are_found_whatever_their_case(void **state)
{
    struct toy *toy = *state;
    IDispatch *dispatch = (IDispatch *)&toy->IWriteEngine2_iface;
    WCHAR *unknown[] = {(WCHAR *)L"NoSuchName"};
    WCHAR *with_argument[] = {(WCHAR *)L"writesection", (WCHAR *)L"STARTINGBLOCKADDRESS"};
    DISPID dispids[2] = {-77, -77};

    assert_int_equal(dispid_of(dispatch, L"BytesPerSector"), 0x104);
    assert_int_equal(dispid_of(dispatch, L"bytespersector"), 0x104);
    assert_int_equal(IDispatch_GetIDsOfNames(dispatch, &IID_NULL, with_argument, 2,
                                             LOCALE_USER_DEFAULT, dispids),
                     S_OK);
    assert_int_equal(dispids[0], 0x200);
    assert_int_equal(dispids[1], 1);
    assert_int_equal(
        IDispatch_GetIDsOfNames(dispatch, &IID_NULL, unknown, 1, LOCALE_USER_DEFAULT, dispids),
        DISP_E_UNKNOWNNAME);
    assert_int_equal(dispids[0], DISPID_UNKNOWN);
}

static void calling_by_name_reaches_the_vtable(void **state)
{
    struct toy *toy = *state;
    IDispatch *engine = (IDispatch *)&toy->IWriteEngine2_iface;
    IDispatch *master = (IDispatch *)&toy->IDiscMaster2_iface;
    VARIANT argument, result;

    V_VT(&argument) = VT_BSTR;
    V_BSTR(&argument) = SysAllocString(L"2048");
    assert_int_equal(invoke(engine, L"BytesPerSector", DISPATCH_PROPERTYPUT, &argument, NULL, NULL),
                     S_OK);
    VariantClear(&argument);
    assert_int_equal(toy->bytes_per_sector, 2048);

    VariantInit(&result);
    assert_int_equal(invoke(engine, L"BYTESPERSECTOR", DISPATCH_METHOD | DISPATCH_PROPERTYGET, NULL,
                            &result, NULL),
                     S_OK);
    assert_int_equal(V_VT(&result), VT_I4);
    assert_int_equal(V_I4(&result), 2048);

    VariantInit(&result);
    assert_int_equal(invoke(master, L"Count", DISPATCH_PROPERTYGET, NULL, &result, NULL), S_OK);
    assert_int_equal(V_I4(&result), TOY_COUNT);

    V_VT(&argument) = VT_I2;
    V_I2(&argument) = 3;
    VariantInit(&result);
    assert_int_equal(
        invoke(master, L"Item", DISPATCH_METHOD | DISPATCH_PROPERTYGET, &argument, &result, NULL),
        S_OK);
    assert_int_equal(V_VT(&result), VT_BSTR);
    assert_int_equal(lstrcmpW(V_BSTR(&result), L"three"), 0);
    VariantClear(&result);
}

static void an_object_is_put_with_and_without_set(void **state)
{
    static const WORD flags[] = {DISPATCH_PROPERTYPUT, DISPATCH_PROPERTYPUTREF,
                                 DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF};
    struct toy *toy = *state;
    IDispatch *dispatch = (IDispatch *)&toy->IWriteEngine2_iface;
    struct sink recorder;
    VARIANT argument;

    sink_init(&recorder, &IID_IDiscRecorder2Ex);
    V_VT(&argument) = VT_DISPATCH;
    V_DISPATCH(&argument) = &recorder.IDispatch_iface;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        assert_int_equal(invoke(dispatch, L"Recorder", flags[i], &argument, NULL, NULL), S_OK);
        assert_ptr_equal(toy->recorder, &recorder.IDispatch_iface);
        assert_int_equal(IWriteEngine2_put_Recorder(&toy->IWriteEngine2_iface, NULL), S_OK);
    }
    assert_int_equal(atomic_load(&recorder.calls), 0); /* its default value was not fetched */
    assert_int_equal(atomic_load(&recorder.refs), 1);
}

static void dispatch_checks_its_arguments(void **state)
{
    struct toy *toy = *state;
    IDispatch *dispatch = (IDispatch *)&toy->IWriteEngine2_iface;
    WCHAR *names[] = {(WCHAR *)L"Recorder"};
    DISPPARAMS none = {NULL, NULL, 0, 0};
    ITypeInfo *info = (ITypeInfo *)&none;
    DISPID dispid;
    UINT count = 99;

    assert_int_equal(IDispatch_GetTypeInfoCount(dispatch, NULL), E_POINTER);
    assert_int_equal(IDispatch_GetTypeInfoCount(dispatch, &count), S_OK);
    assert_int_equal(count, 1);
    assert_int_equal(IDispatch_GetTypeInfo(dispatch, 0, 0, NULL), E_POINTER);
    assert_int_equal(IDispatch_GetTypeInfo(dispatch, 1, 0, &info), DISP_E_BADINDEX);
    assert_null(info);
    assert_int_equal(IDispatch_GetIDsOfNames(dispatch, &IID_NULL, NULL, 1, 0, &dispid), E_POINTER);
    assert_int_equal(IDispatch_GetIDsOfNames(dispatch, &IID_NULL, names, 1, 0, NULL), E_POINTER);
    assert_int_equal(IDispatch_GetIDsOfNames(dispatch, &IID_IUnknown, names, 1, 0, &dispid),
                     DISP_E_UNKNOWNINTERFACE);
    assert_int_equal(dispid, DISPID_UNKNOWN);
    assert_int_equal(IDispatch_Invoke(dispatch, 0x104, &IID_IUnknown, 0, DISPATCH_PROPERTYGET,
                                      &none, NULL, NULL, NULL),
                     DISP_E_UNKNOWNINTERFACE);
    assert_int_equal(IDispatch_Invoke(dispatch, 0x104, &IID_NULL, 0, DISPATCH_PROPERTYGET, NULL,
                                      NULL, NULL, NULL),
                     E_INVALIDARG);
    assert_int_equal(IDispatch_Invoke(dispatch, 0x4711, &IID_NULL, 0, DISPATCH_PROPERTYGET, &none,
                                      NULL, NULL, NULL),
                     DISP_E_MEMBERNOTFOUND);
}

static void clear_exception(EXCEPINFO *exception)
{
    SysFreeString(exception->bstrSource);
    SysFreeString(exception->bstrDescription);
    SysFreeString(exception->bstrHelpFile);
    *exception = (EXCEPINFO){0};
}

static void a_failing_method_becomes_an_exception_in_its_own_words(void **state)
{
    struct toy *toy = *state;
    EXCEPINFO exception = {0};

    assert_int_equal(invoke((IDispatch *)&toy->IWriteEngine2_iface, L"CancelWrite", DISPATCH_METHOD,
                            NULL, NULL, &exception),
                     DISP_E_EXCEPTION);
    assert_int_equal(exception.scode, E_ACCESSDENIED);
    assert_int_equal(lstrcmpW(exception.bstrDescription, L"sector 5 is \x00e4ngstlich"), 0);
    assert_int_equal(lstrcmpW(exception.bstrSource, L"IMAPI2.MsftWriteEngine2"), 0);
    clear_exception(&exception);
}

static void an_exception_without_words_gets_those_of_its_code_not_of_an_older_error(void **state)
{
    struct toy *toy = *state;
    BSTR expected = com_error_text(E_OUTOFMEMORY);
    EXCEPINFO exception = {0};
    DISPPARAMS params;
    VARIANT arguments[3];

    assert_non_null(expected);
    for (int i = 0; i < 2; i++) {
        V_VT(&arguments[i]) = VT_I4;
        V_I4(&arguments[i]) = 1;
    }
    V_VT(&arguments[2]) = VT_UNKNOWN;
    V_UNKNOWN(&arguments[2]) = NULL;
    params = (DISPPARAMS){arguments, NULL, 3, 0};

    com_error(&IID_IDiscMaster2, E_FAIL, "stale");
    assert_int_equal(IDispatch_Invoke((IDispatch *)&toy->IWriteEngine2_iface, 0x200, &IID_NULL,
                                      LOCALE_USER_DEFAULT, DISPATCH_METHOD, &params, NULL,
                                      &exception, NULL),
                     DISP_E_EXCEPTION);
    assert_int_equal(exception.scode, E_OUTOFMEMORY);
    assert_int_equal(lstrcmpW(exception.bstrDescription, expected), 0);
    clear_exception(&exception);
    SysFreeString(expected);
}

static void an_error_carries_source_guid_and_text(void **state)
{
    IErrorInfo *error;
    BSTR text;
    GUID guid;

    (void)state;
    assert_int_equal(com_error(&IID_IDiscRecorder2Ex, E_FAIL, "%s", "plain"), E_FAIL);
    assert_int_equal(GetErrorInfo(0, &error), S_OK);
    assert_int_equal(IErrorInfo_GetGUID(error, &guid), S_OK);
    assert_true(IsEqualGUID(&guid, &IID_IDiscRecorder2Ex));
    assert_int_equal(IErrorInfo_GetSource(error, &text), S_OK);
    assert_int_equal(lstrcmpW(text, L"IMAPI2"), 0); /* no class has it as its default interface */
    SysFreeString(text);
    assert_int_equal(IErrorInfo_GetDescription(error, &text), S_OK);
    assert_int_equal(lstrcmpW(text, L"plain"), 0);
    SysFreeString(text);
    IErrorInfo_Release(error);
}

static void a_status_becomes_its_result_and_its_text(void **state)
{
    IErrorInfo *error = NULL;
    BSTR text;

    (void)state;
    assert_int_equal(com_error_from_status(&IID_IWriteEngine2, OI_OK), S_OK);
    assert_int_equal(GetErrorInfo(0, &error), S_FALSE);
    assert_int_equal(com_error_from_status(&IID_IWriteEngine2, OI_NO_MEDIA),
                     E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
    assert_int_equal(GetErrorInfo(0, &error), S_OK);
    assert_int_equal(IErrorInfo_GetDescription(error, &text), S_OK);
    assert_int_equal(lstrcmpW(text, L"there is no disc in the drive"), 0);
    SysFreeString(text);
    IErrorInfo_Release(error);
}

static void every_failing_status_has_a_failing_result(void **state)
{
    (void)state;
    assert_int_equal(com_status_hresult(OI_OK), S_OK);
    for (int status = OI_OK + 1; status < OI_STATUS_COUNT; status++)
        assert_true(FAILED(com_status_hresult((enum oi_status)status)));
    assert_int_equal(com_status_hresult(OI_STATUS_COUNT), E_FAIL);
    assert_int_equal(com_status_hresult(OI_END_OF_DATA), (HRESULT)0x80070026);
    assert_int_equal(com_status_hresult(OI_LOCKED), E_IMAPI_RECORDER_LOCKED);
}

static void a_factory_makes_objects_and_refuses_aggregation(void **state)
{
    IClassFactory *factory;
    IWriteEngine2 *engine;
    void *none = &factory;

    (void)state;
    assert_int_equal(
        com_class_factory_get(&CLSID_MsftWriteEngine2, &IID_IClassFactory, (void **)&factory),
        S_OK);
    assert_int_equal(
        IClassFactory_CreateInstance(factory, NULL, &IID_IWriteEngine2, (void **)&engine), S_OK);
    assert_int_equal(
        IClassFactory_CreateInstance(factory, (IUnknown *)engine, &IID_IUnknown, &none),
        CLASS_E_NOAGGREGATION);
    assert_null(none);
    none = &factory;
    assert_int_equal(IClassFactory_CreateInstance(factory, NULL, &IID_IDiscRecorder2, &none),
                     E_NOINTERFACE);
    assert_null(none);
    assert_int_equal(IClassFactory_CreateInstance(factory, NULL, &IID_IUnknown, NULL), E_POINTER);
    assert_int_equal(IWriteEngine2_Release(engine), 0);
    IClassFactory_Release(factory);
    assert_int_equal(com_module_count(), 0);
}

static void unknown_classes_and_interfaces_have_no_factory(void **state)
{
    void *none = &none;

    (void)state;
    assert_int_equal(com_class_factory_get(&CLSID_MsftDiscMaster2, &IID_IClassFactory, &none),
                     CLASS_E_CLASSNOTAVAILABLE);
    assert_null(none);
    none = &none;
    assert_int_equal(com_class_factory_get(&CLSID_MsftWriteEngine2, &IID_IDispatch, &none),
                     E_NOINTERFACE);
    assert_null(none);
    assert_int_equal(com_class_factory_get(&CLSID_MsftWriteEngine2, &IID_IUnknown, NULL),
                     E_POINTER);
}

static void factories_locks_and_objects_keep_the_module(void **state)
{
    IClassFactory *factory;

    (void)state;
    assert_int_equal(com_module_count(), 0);
    assert_int_equal(
        com_class_factory_get(&CLSID_MsftWriteEngine2, &IID_IClassFactory, (void **)&factory),
        S_OK);
    assert_int_equal(com_module_count(), 1);
    assert_int_equal(IClassFactory_LockServer(factory, TRUE), S_OK);
    IClassFactory_Release(factory);
    assert_int_equal(com_module_count(), 1);
    assert_int_equal(IClassFactory_LockServer(factory, FALSE), S_OK);
    assert_int_equal(com_module_count(), 0);
}

int main(void)
{
#define WITH_TOY(test) cmocka_unit_test_setup_teardown(test, give_toy, take_toy)
    const struct CMUnitTest tests[] = {
        WITH_TOY(the_object_answers_exactly_the_interfaces_it_has),
        WITH_TOY(every_interface_leads_to_the_same_unknown),
        WITH_TOY(a_second_dispatch_interface_is_not_the_answer_to_idispatch),
        cmocka_unit_test(an_inner_object_has_neither_class_info_nor_connection_points),
        WITH_TOY(rich_errors_are_promised_for_own_interfaces_only),
        WITH_TOY(class_info_names_the_coclass_and_its_events),
        WITH_TOY(names_are_found_whatever_their_case),
        WITH_TOY(calling_by_name_reaches_the_vtable),
        WITH_TOY(an_object_is_put_with_and_without_set),
        WITH_TOY(dispatch_checks_its_arguments),
        WITH_TOY(a_failing_method_becomes_an_exception_in_its_own_words),
        WITH_TOY(an_exception_without_words_gets_those_of_its_code_not_of_an_older_error),
        cmocka_unit_test(an_error_carries_source_guid_and_text),
        cmocka_unit_test(a_status_becomes_its_result_and_its_text),
        cmocka_unit_test(every_failing_status_has_a_failing_result),
        cmocka_unit_test(a_factory_makes_objects_and_refuses_aggregation),
        cmocka_unit_test(unknown_classes_and_interfaces_have_no_factory),
        cmocka_unit_test(factories_locks_and_objects_keep_the_module),
    };

    return cmocka_run_group_tests_name("com mechanism", tests, start_com, stop_com);
}
