/* MsftDiscMaster2 as its clients see it. The computer may have drives of its own: what is asserted
 * about numbers counts from those. */
#include "recorder_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static LONG count_of(IDiscMaster2 *master)
{
    LONG count = -1;

    assert_hr(IDiscMaster2_get_Count(master, &count), S_OK);
    return count;
}

static IEnumVARIANT *enumerator_of(IDiscMaster2 *master)
{
    IEnumVARIANT *enumerator = NULL;

    assert_hr(IDiscMaster2_get__NewEnum(master, &enumerator), S_OK);
    return rig_keep(enumerator);
}

/* The place of this id among the master's items, or -1. */
static LONG index_of(IDiscMaster2 *master, BSTR id)
{
    LONG count = count_of(master), found = -1;

    for (LONG i = 0; i < count; i++) {
        BSTR item = NULL;

        assert_hr(IDiscMaster2_get_Item(master, i, &item), S_OK);
        if (wcscmp(item, id) == 0)
            found = i;
        SysFreeString(item);
    }
    return found;
}

static IDispatch *dispatch_of(void *object)
{
    IDispatch *dispatch = NULL;

    assert_hr(IUnknown_QueryInterface((IUnknown *)object, &IID_IDispatch, (void **)&dispatch),
              S_OK);
    return rig_keep(dispatch);
}

/* == the object == */

static void it_has_the_interfaces_of_its_class_and_no_others(void **state)
{
    static const IID *const has[] = {
        &IID_IUnknown,          &IID_IDispatch,          &IID_IDiscMaster2,
        &IID_IProvideClassInfo, &IID_IProvideClassInfo2, &IID_IConnectionPointContainer,
        &IID_ISupportErrorInfo, &IID_IMarshal,
    };
    static const IID *const lacks[] = {
        &IID_IDiscRecorder2,
        &IID_IDiscRecorder2Ex,
        &IID_IWriteEngine2,
        &IID_IStream,
        &IID_IEnumVARIANT,
        &IID_IConnectionPoint,
        &IID_IPersist,
        &IID_IWriteEngine2EventArgs,
        &IID_DDiscMaster2Events,
        &IID_IDiscFormat2Data,
        &IID_NULL,
    };
    IDiscMaster2 *master = rig_master();
    void *out;

    (void)state;
    for (size_t i = 0; i < sizeof(has) / sizeof(has[0]); i++) {
        out = NULL;
        assert_hr(IDiscMaster2_QueryInterface(master, has[i], &out), S_OK);
        assert_non_null(out);
        IUnknown_Release((IUnknown *)out);
    }
    for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
        out = master;
        assert_hr(IDiscMaster2_QueryInterface(master, lacks[i], &out), E_NOINTERFACE);
        assert_null(out);
    }
}

static void it_is_one_object_from_every_interface(void **state)
{
    static const IID *const iids[] = {&IID_IDispatch, &IID_IConnectionPointContainer,
                                      &IID_IProvideClassInfo2, &IID_ISupportErrorInfo};
    IDiscMaster2 *master = rig_master();
    IUnknown *identity = NULL, *other, *same;

    (void)state;
    assert_hr(IDiscMaster2_QueryInterface(master, &IID_IUnknown, (void **)&identity), S_OK);
    rig_keep(identity);
    for (size_t i = 0; i < sizeof(iids) / sizeof(iids[0]); i++) {
        assert_hr(IUnknown_QueryInterface(identity, iids[i], (void **)&other), S_OK);
        rig_keep(other);
        assert_hr(IUnknown_QueryInterface(other, &IID_IUnknown, (void **)&same), S_OK);
        rig_keep(same);
        assert_ptr_equal(same, identity);
        assert_hr(IUnknown_QueryInterface(other, &IID_IDiscMaster2, (void **)&same), S_OK);
        rig_keep(same);
        assert_ptr_equal(same, master);
    }
}

static void references_are_counted_and_the_last_one_frees_the_dll(void **state)
{
    IDiscMaster2 *master = rig_master();

    (void)state;
    assert_hr(rig_can_unload(), S_FALSE);
    assert_int_equal(IDiscMaster2_AddRef(master), 2);
    assert_int_equal(IDiscMaster2_Release(master), 1);
    assert_hr(rig_can_unload(), S_FALSE);
    assert_int_equal(rig_drop(master), 0);
    assert_hr(rig_can_unload(), S_OK);
}

static void a_null_out_pointer_is_e_pointer(void **state)
{
    IDiscMaster2 *master = rig_master();
    IConnectionPointContainer *container = NULL;

    (void)state;
    rig_define("one", "dvd+r");
    assert_hr(IDiscMaster2_QueryInterface(master, &IID_IUnknown, NULL), E_POINTER);
    assert_hr(IDiscMaster2_get__NewEnum(master, NULL), E_POINTER);
    assert_hr(IDiscMaster2_get_Item(master, 0, NULL), E_POINTER);
    assert_hr(IDiscMaster2_get_Count(master, NULL), E_POINTER);
    assert_hr(IDiscMaster2_get_IsSupportedEnvironment(master, NULL), E_POINTER);
    assert_hr(
        IDiscMaster2_QueryInterface(master, &IID_IConnectionPointContainer, (void **)&container),
        S_OK);
    rig_keep(container);
    assert_hr(IConnectionPointContainer_EnumConnectionPoints(container, NULL), E_POINTER);
    assert_hr(
        IConnectionPointContainer_FindConnectionPoint(container, &IID_DDiscMaster2Events, NULL),
        E_POINTER);
}

static void its_events_have_a_connection_point_and_no_other_interface_has(void **state)
{
    IDiscMaster2 *master = rig_master();
    IConnectionPointContainer *container = NULL;
    IConnectionPoint *point = NULL;
    IProvideClassInfo2 *info = NULL;
    IID iid;
    DWORD cookie = 7;

    (void)state;
    assert_hr(
        IDiscMaster2_QueryInterface(master, &IID_IConnectionPointContainer, (void **)&container),
        S_OK);
    rig_keep(container);
    assert_hr(
        IConnectionPointContainer_FindConnectionPoint(container, &IID_DDiscMaster2Events, &point),
        S_OK);
    rig_keep(point);
    assert_hr(IConnectionPoint_GetConnectionInterface(point, &iid), S_OK);
    assert_true(IsEqualGUID(&iid, &IID_DDiscMaster2Events));
    assert_hr(IConnectionPoint_Advise(point, NULL, &cookie), E_POINTER);
    assert_hr(IConnectionPoint_Unadvise(point, 12345), CONNECT_E_NOCONNECTION);
    point = (IConnectionPoint *)master;
    assert_hr(
        IConnectionPointContainer_FindConnectionPoint(container, &IID_DWriteEngine2Events, &point),
        CONNECT_E_NOCONNECTION);
    assert_null(point);
    assert_hr(IDiscMaster2_QueryInterface(master, &IID_IProvideClassInfo2, (void **)&info), S_OK);
    rig_keep(info);
    assert_hr(IProvideClassInfo2_GetGUID(info, GUIDKIND_DEFAULT_SOURCE_DISP_IID, &iid), S_OK);
    assert_true(IsEqualGUID(&iid, &IID_DDiscMaster2Events));
}

static void it_says_for_which_interfaces_it_gives_rich_errors(void **state)
{
    IDiscMaster2 *master = rig_master();
    ISupportErrorInfo *support = NULL;

    (void)state;
    assert_hr(IDiscMaster2_QueryInterface(master, &IID_ISupportErrorInfo, (void **)&support), S_OK);
    rig_keep(support);
    assert_hr(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IDiscMaster2), S_OK);
    assert_hr(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IStream), S_FALSE);
}

/* == items == */

static void every_definition_is_an_item_with_a_lower_case_unique_id(void **state)
{
    IDiscMaster2 *master = rig_master();
    LONG before = count_of(master);

    (void)state;
    rig_define("Upper_Case", "dvd+r");
    rig_define("b-2", "dvd+rw");
    rig_define("empty", "none");
    assert_int_equal(count_of(master), before + 3);
    assert_true(index_of(master, rig_id("upper_case")) >= 0);
    assert_true(index_of(master, rig_id("b-2")) >= 0);
    assert_true(index_of(master, rig_id("empty")) >= 0);
}

static void a_file_whose_name_no_recorder_can_have_is_no_item(void **state)
{
    static const char *const names[] = {"two words", "dot.dot", "a+b",
                                        "name-of-thirty-three-letters-xxxx"};
    IDiscMaster2 *master = rig_master();
    LONG before = count_of(master);

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        rig_define(names[i], "none");
    rig_write_file("notes.txt", "medium = none", 13);
    assert_int_equal(count_of(master), before);
    rig_define("name-of-thirty-two-letters-xxxxx", "none");
    assert_int_equal(count_of(master), before + 1);
}

static void count_and_item_follow_the_folder(void **state)
{
    IDiscMaster2 *master = rig_master();
    LONG before = count_of(master);

    (void)state;
    rig_define("first", "dvd+r");
    assert_int_equal(count_of(master), before + 1);
    rig_define("second", "dvd+r");
    assert_int_equal(count_of(master), before + 2);
    assert_true(index_of(master, rig_id("second")) >= 0);
    rig_remove("first.ini");
    assert_int_equal(count_of(master), before + 1);
    assert_int_equal(index_of(master, rig_id("first")), -1);
    assert_true(index_of(master, rig_id("second")) >= 0);
}

static void an_index_out_of_range_is_e_invalidarg(void **state)
{
    static const LONG beyond[] = {-1, LONG_MIN, LONG_MAX};
    IDiscMaster2 *master = rig_master();
    BSTR item;

    (void)state;
    rig_define("one", "dvd+r");
    for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
        item = (BSTR)L"left over";
        assert_hr(IDiscMaster2_get_Item(master, beyond[i], &item), E_INVALIDARG);
        assert_null(item);
    }
    assert_hr(IDiscMaster2_get_Item(master, count_of(master), &item), E_INVALIDARG);
    assert_null(item);
    assert_true(strlen(rig_error()) > 0);
}

/* == the enumerator == */

static LONG items_left(IEnumVARIANT *enumerator)
{
    VARIANT item;
    LONG items = 0;

    VariantInit(&item);
    while (IEnumVARIANT_Next(enumerator, 1, &item, NULL) == S_OK) {
        assert_int_equal(V_VT(&item), VT_BSTR);
        VariantClear(&item);
        items++;
    }
    return items;
}

static void the_enumerator_gives_what_item_gives_in_the_same_order(void **state)
{
    IDiscMaster2 *master = rig_master();
    IEnumVARIANT *enumerator;
    LONG count;

    (void)state;
    rig_define("c", "dvd+r");
    rig_define("a", "dvd+r");
    rig_define("b", "dvd+r");
    count = count_of(master);
    enumerator = enumerator_of(master);
    for (LONG i = 0; i < count; i++) {
        VARIANT item;
        BSTR id = NULL;
        ULONG fetched = 0;

        VariantInit(&item);
        assert_hr(IEnumVARIANT_Next(enumerator, 1, &item, &fetched), S_OK);
        assert_int_equal(fetched, 1);
        assert_int_equal(V_VT(&item), VT_BSTR);
        assert_hr(IDiscMaster2_get_Item(master, i, &id), S_OK);
        assert_int_equal(wcscmp(id, V_BSTR(&item)), 0);
        SysFreeString(id);
        VariantClear(&item);
    }
    assert_int_equal(items_left(enumerator), 0);
}

static void next_gives_as_many_as_there_are(void **state)
{
    IDiscMaster2 *master = rig_master();
    LONG count = count_of(master) + 3;
    VARIANT *items = calloc((size_t)count + 2, sizeof(*items));
    IEnumVARIANT *enumerator;
    ULONG fetched = 99;

    (void)state;
    assert_non_null(items);
    rig_define("a", "dvd+r");
    rig_define("b", "dvd+r");
    rig_define("c", "dvd+r");
    enumerator = enumerator_of(master);
    assert_hr(IEnumVARIANT_Next(enumerator, 0, items, &fetched), S_OK);
    assert_int_equal(fetched, 0);
    assert_hr(IEnumVARIANT_Next(enumerator, (ULONG)count + 2, items, &fetched), S_FALSE);
    assert_int_equal(fetched, count);
    for (LONG i = 0; i < count; i++) {
        assert_int_equal(V_VT(&items[i]), VT_BSTR);
        VariantClear(&items[i]);
    }
    assert_hr(IEnumVARIANT_Next(enumerator, 1, items, &fetched), S_FALSE);
    assert_int_equal(fetched, 0);
    assert_hr(IEnumVARIANT_Reset(enumerator), S_OK);
    assert_hr(IEnumVARIANT_Next(enumerator, (ULONG)count, items, &fetched), S_OK);
    assert_int_equal(fetched, count);
    for (LONG i = 0; i < count; i++)
        VariantClear(&items[i]);
    free(items);
}

static void skip_and_reset_move_and_a_clone_keeps_its_own_place(void **state)
{
    IDiscMaster2 *master = rig_master();
    IEnumVARIANT *enumerator, *clone = NULL;
    LONG count;

    (void)state;
    rig_define("a", "dvd+r");
    rig_define("b", "dvd+r");
    rig_define("c", "dvd+r");
    count = count_of(master);
    enumerator = enumerator_of(master);
    assert_hr(IEnumVARIANT_Skip(enumerator, 2), S_OK);
    assert_hr(IEnumVARIANT_Clone(enumerator, &clone), S_OK);
    rig_keep(clone);
    assert_int_equal(items_left(enumerator), count - 2);
    assert_int_equal(items_left(clone), count - 2);
    assert_hr(IEnumVARIANT_Reset(enumerator), S_OK);
    assert_int_equal(items_left(clone), 0);
    assert_int_equal(items_left(enumerator), count);
    assert_hr(IEnumVARIANT_Reset(clone), S_OK);
    assert_hr(IEnumVARIANT_Skip(clone, (ULONG)count), S_OK);
    assert_hr(IEnumVARIANT_Skip(clone, 1), S_FALSE);
    assert_hr(IEnumVARIANT_Reset(clone), S_OK);
    assert_hr(IEnumVARIANT_Skip(clone, (ULONG)count + 1), S_FALSE);
    assert_int_equal(items_left(clone), 0);
    assert_hr(IEnumVARIANT_Reset(clone), S_OK);
    assert_hr(IEnumVARIANT_Skip(clone, 0xffffffffu), S_FALSE);
    assert_hr(IEnumVARIANT_Skip(clone, 0), S_OK);
}

static void an_enumeration_is_a_snapshot_that_outlives_its_master(void **state)
{
    IDiscMaster2 *master = rig_master();
    IEnumVARIANT *enumerator;
    LONG count;

    (void)state;
    rig_define("a", "dvd+r");
    rig_define("b", "dvd+r");
    count = count_of(master);
    enumerator = enumerator_of(master);
    rig_define("later", "dvd+r");
    rig_remove("a.ini");
    rig_remove("b.ini");
    assert_int_equal(rig_drop(master), 0);
    assert_int_equal(items_left(enumerator), count);
}

static void the_enumerator_takes_no_null_where_it_must_answer(void **state)
{
    IDiscMaster2 *master = rig_master();
    IEnumVARIANT *enumerator = enumerator_of(master);
    VARIANT items[2];
    ULONG fetched = 0;
    void *out = master;

    (void)state;
    assert_hr(IEnumVARIANT_Next(enumerator, 1, NULL, &fetched), E_POINTER);
    assert_hr_in(IEnumVARIANT_Next(enumerator, 2, items, NULL), E_POINTER, E_INVALIDARG);
    assert_hr(IEnumVARIANT_Clone(enumerator, NULL), E_POINTER);
    assert_hr(IEnumVARIANT_QueryInterface(enumerator, &IID_IEnumVARIANT, NULL), E_POINTER);
    assert_hr(IEnumVARIANT_QueryInterface(enumerator, &IID_IDiscMaster2, &out), E_NOINTERFACE);
    assert_null(out);
}

static void a_computer_without_drives_has_an_empty_enumeration(void **state)
{
    IDiscMaster2 *master = rig_master();
    IEnumVARIANT *enumerator = enumerator_of(master);

    (void)state;
    assert_int_equal(items_left(enumerator), count_of(master));
    assert_hr(IEnumVARIANT_Skip(enumerator, 0), S_OK);
    assert_hr(IEnumVARIANT_Skip(enumerator, 1), S_FALSE);
}

/* == IsSupportedEnvironment == */

static VARIANT_BOOL supported(void)
{
    VARIANT_BOOL value = 0x55;

    assert_hr(IDiscMaster2_get_IsSupportedEnvironment(rig_master(), &value), S_OK);
    return value;
}

static void the_environment_is_supported_when_a_recorder_can_be_opened(void **state)
{
    (void)state;
    if (count_of(rig_master()) > 0) {
        print_message("this computer has a drive of its own\n");
        skip();
    }
    assert_int_equal(supported(), VARIANT_FALSE);
    rig_define_as("broken", "medium = papyrus\r\n");
    assert_int_equal(supported(), VARIANT_FALSE);
    rig_define("empty", "none");
    assert_int_equal(supported(), VARIANT_TRUE);
}

static void a_folder_that_does_not_exist_holds_no_recorders(void **state)
{
    WCHAR before[MAX_PATH];
    IDiscMaster2 *master = rig_master();
    LONG count = count_of(master), without = -1;
    HRESULT hr;

    (void)state;
    GetEnvironmentVariableW(L"OPENIMAPI2_RECORDERS", before, MAX_PATH);
    rig_define("one", "dvd+r");
    SetEnvironmentVariableW(L"OPENIMAPI2_RECORDERS", rig_path("no\\such\\folder"));
    hr = IDiscMaster2_get_Count(master, &without);
    SetEnvironmentVariableW(L"OPENIMAPI2_RECORDERS", before);
    assert_hr(hr, S_OK);
    assert_int_equal(without, count);
}

/* == automation == */

static void names_mean_the_dispids_of_the_type_library_in_any_case(void **state)
{
    static const struct {
        const WCHAR *name;
        DISPID id;
    } members[] = {
        {L"Item", 0},
        {L"item", 0},
        {L"Count", 1},
        {L"COUNT", 1},
        {L"IsSupportedEnvironment", 2},
        {L"isSUPPORTEDenvironment", 2},
        {L"_NewEnum", -4},
    };
    IDispatch *dispatch = dispatch_of(rig_master());
    const WCHAR *unknown = L"NoSuchMember";
    DISPID id;
    UINT count = 9;
    ITypeInfo *info = NULL;
    TYPEATTR *attributes;

    (void)state;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        id = 99;
        assert_hr(IDispatch_GetIDsOfNames(dispatch, &IID_NULL, (LPOLESTR *)&members[i].name, 1,
                                          LOCALE_SYSTEM_DEFAULT, &id),
                  S_OK);
        assert_int_equal(id, members[i].id);
    }
    assert_hr(IDispatch_GetIDsOfNames(dispatch, &IID_NULL, (LPOLESTR *)&unknown, 1,
                                      LOCALE_SYSTEM_DEFAULT, &id),
              DISP_E_UNKNOWNNAME);
    assert_hr(IDispatch_GetTypeInfoCount(dispatch, &count), S_OK);
    assert_int_equal(count, 1);
    assert_hr(IDispatch_GetTypeInfo(dispatch, 0, LOCALE_SYSTEM_DEFAULT, &info), S_OK);
    rig_keep(info);
    assert_hr(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
    assert_true(IsEqualGUID(&attributes->guid, &IID_IDiscMaster2));
    ITypeInfo_ReleaseTypeAttr(info, attributes);
}

static void automation_gives_what_the_vtable_gives(void **state)
{
    IDiscMaster2 *master = rig_master();
    VARIANT value, index;
    EXCEPINFO exception;
    LONG count;
    BSTR id = NULL;

    (void)state;
    rig_define("a", "dvd+r");
    rig_define("b", "dvd+r");
    count = count_of(master);
    assert_hr(rig_get(master, L"Count", &value), S_OK);
    assert_int_equal(V_VT(&value), VT_I4);
    assert_int_equal(V_I4(&value), count);
    assert_hr(rig_get(master, L"IsSupportedEnvironment", &value), S_OK);
    assert_int_equal(V_VT(&value), VT_BOOL);
    assert_int_equal(V_BOOL(&value), VARIANT_TRUE);
    /* What VBScript sends for dm.Item(1): an Integer, and method or property alike. */
    V_VT(&index) = VT_I2;
    V_I2(&index) = (SHORT)(count - 1);
    assert_hr(
        rig_call(master, L"Item", DISPATCH_METHOD | DISPATCH_PROPERTYGET, &index, 1, &value, NULL),
        S_OK);
    assert_int_equal(V_VT(&value), VT_BSTR);
    assert_hr(IDiscMaster2_get_Item(master, count - 1, &id), S_OK);
    assert_int_equal(wcscmp(id, V_BSTR(&value)), 0);
    SysFreeString(id);
    VariantClear(&value);
    V_I2(&index) = -1;
    memset(&exception, 0, sizeof(exception));
    assert_hr(rig_call(master, L"Item", DISPATCH_PROPERTYGET, &index, 1, &value, &exception),
              DISP_E_EXCEPTION);
    assert_hr(exception.scode, E_INVALIDARG);
    assert_non_null(exception.bstrDescription);
    SysFreeString(exception.bstrDescription);
    SysFreeString(exception.bstrSource);
    SysFreeString(exception.bstrHelpFile);
}

static void the_enumerator_comes_through_automation_too(void **state)
{
    IDiscMaster2 *master = rig_master();
    IDispatch *dispatch = dispatch_of(master);
    DISPPARAMS none = {NULL, NULL, 0, 0};
    IEnumVARIANT *enumerator = NULL;
    VARIANT value;

    (void)state;
    rig_define("a", "dvd+r");
    VariantInit(&value);
    assert_hr(IDispatch_Invoke(dispatch, DISPID_NEWENUM, &IID_NULL, LOCALE_SYSTEM_DEFAULT,
                               DISPATCH_METHOD | DISPATCH_PROPERTYGET, &none, &value, NULL, NULL),
              S_OK);
    assert_true(V_VT(&value) == VT_UNKNOWN || V_VT(&value) == VT_DISPATCH);
    assert_hr(IUnknown_QueryInterface(V_UNKNOWN(&value), &IID_IEnumVARIANT, (void **)&enumerator),
              S_OK);
    VariantClear(&value);
    rig_keep(enumerator);
    assert_int_equal(items_left(enumerator), count_of(master));
}

/* JScript's Enumerator, and its calls whose result nobody takes, ask for a method alone. */
static void a_get_may_be_called_as_a_method(void **state)
{
    IDiscMaster2 *master = rig_master();
    DISPPARAMS none = {NULL, NULL, 0, 0};
    VARIANT value, index;

    (void)state;
    rig_define("a", "dvd+r");
    V_VT(&index) = VT_I4;
    V_I4(&index) = 0;
    VariantInit(&value);
    assert_hr(rig_call(master, L"Item", DISPATCH_METHOD, &index, 1, &value, NULL), S_OK);
    assert_int_equal(V_VT(&value), VT_BSTR);
    VariantClear(&value);
    assert_hr(IDispatch_Invoke(dispatch_of(master), DISPID_NEWENUM, &IID_NULL,
                               LOCALE_SYSTEM_DEFAULT, DISPATCH_METHOD, &none, &value, NULL, NULL),
              S_OK);
    assert_int_equal(V_VT(&value), VT_UNKNOWN);
    VariantClear(&value);
}

/* == apartments == */

struct crossing {
    IGlobalInterfaceTable *table;
    DWORD cookie;
    void *original;
    HRESULT hr;
    bool same;
    LONG count;
};

static void take_from_table(void *context)
{
    struct crossing *c = context;
    IDiscMaster2 *master = NULL;

    c->hr = IGlobalInterfaceTable_GetInterfaceFromGlobal(c->table, c->cookie, &IID_IDiscMaster2,
                                                         (void **)&master);
    if (FAILED(c->hr))
        return;
    c->same = (void *)master == c->original;
    c->hr = IDiscMaster2_get_Count(master, &c->count);
    IDiscMaster2_Release(master);
}

static void it_is_the_same_pointer_in_every_apartment(void **state)
{
    static const DWORD apartments[] = {COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED};
    IDiscMaster2 *master = rig_master();
    struct crossing c = {.original = master};

    (void)state;
    rig_define("a", "dvd+r");
    assert_hr(CoCreateInstance(&CLSID_StdGlobalInterfaceTable, NULL, CLSCTX_INPROC_SERVER,
                               &IID_IGlobalInterfaceTable, (void **)&c.table),
              S_OK);
    assert_hr(IGlobalInterfaceTable_RegisterInterfaceInGlobal(c.table, (IUnknown *)master,
                                                              &IID_IDiscMaster2, &c.cookie),
              S_OK);
    for (size_t i = 0; i < 2; i++) {
        c.same = false;
        rig_in_apartment(apartments[i], take_from_table, &c);
        assert_hr(c.hr, S_OK);
        assert_true(c.same);
        assert_int_equal(c.count, count_of(master));
    }
    assert_hr(IGlobalInterfaceTable_RevokeInterfaceFromGlobal(c.table, c.cookie), S_OK);
    IGlobalInterfaceTable_Release(c.table);
}

static void make_and_count(void *context)
{
    struct crossing *c = context;
    IDiscMaster2 *master = NULL;

    c->hr = CoCreateInstance(&CLSID_MsftDiscMaster2, NULL, CLSCTX_ALL, &IID_IDiscMaster2,
                             (void **)&master);
    if (FAILED(c->hr))
        return;
    c->hr = IDiscMaster2_get_Count(master, &c->count);
    IDiscMaster2_Release(master);
}

static void it_can_be_created_in_a_single_threaded_apartment(void **state)
{
    struct crossing c = {.count = -1};

    (void)state;
    rig_define("a", "dvd+r");
    rig_in_apartment(COINIT_APARTMENTTHREADED, make_and_count, &c);
    assert_hr(c.hr, S_OK);
    assert_int_equal(c.count, count_of(rig_master()));
}

#define TEST(name) cmocka_unit_test_teardown(name, rig_clear)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(it_has_the_interfaces_of_its_class_and_no_others),
        TEST(it_is_one_object_from_every_interface),
        TEST(references_are_counted_and_the_last_one_frees_the_dll),
        TEST(a_null_out_pointer_is_e_pointer),
        TEST(its_events_have_a_connection_point_and_no_other_interface_has),
        TEST(it_says_for_which_interfaces_it_gives_rich_errors),
        TEST(every_definition_is_an_item_with_a_lower_case_unique_id),
        TEST(a_file_whose_name_no_recorder_can_have_is_no_item),
        TEST(count_and_item_follow_the_folder),
        TEST(an_index_out_of_range_is_e_invalidarg),
        TEST(the_enumerator_gives_what_item_gives_in_the_same_order),
        TEST(next_gives_as_many_as_there_are),
        TEST(skip_and_reset_move_and_a_clone_keeps_its_own_place),
        TEST(an_enumeration_is_a_snapshot_that_outlives_its_master),
        TEST(the_enumerator_takes_no_null_where_it_must_answer),
        TEST(a_computer_without_drives_has_an_empty_enumeration),
        TEST(the_environment_is_supported_when_a_recorder_can_be_opened),
        TEST(a_folder_that_does_not_exist_holds_no_recorders),
        TEST(names_mean_the_dispids_of_the_type_library_in_any_case),
        TEST(automation_gives_what_the_vtable_gives),
        TEST(the_enumerator_comes_through_automation_too),
        TEST(a_get_may_be_called_as_a_method),
        TEST(it_is_the_same_pointer_in_every_apartment),
        TEST(it_can_be_created_in_a_single_threaded_apartment),
    };

    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
