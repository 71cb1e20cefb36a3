/* MsftDiscRecorder2 as an object: identity, arguments, which recorder it stands for, automation,
 * apartments. */
#include "recorder_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define DEV_NOT_EXIST HRESULT_FROM_WIN32(ERROR_DEV_NOT_EXIST)

/* == the object == */

static void it_has_the_interfaces_of_its_class_and_no_others(void **state)
{
    static const IID *const has[] = {&IID_IUnknown,          &IID_IDispatch,
                                     &IID_IDiscRecorder2,    &IID_IDiscRecorder2Ex,
                                     &IID_ISupportErrorInfo, &IID_IMarshal};
    static const IID *const lacks[] = {
        &IID_IDiscMaster2, &IID_IWriteEngine2,    &IID_IConnectionPointContainer,
        &IID_IStream,      &IID_IDiscFormat2Data, &IID_IWriteEngine2EventArgs,
        &IID_IEnumVARIANT, &IID_IPersist,         &IID_NULL,
    };
    IDiscRecorder2 *recorder = rig_recorder();
    void *out;

    (void)state;
    for (size_t i = 0; i < sizeof(has) / sizeof(has[0]); i++) {
        out = NULL;
        assert_hr(IDiscRecorder2_QueryInterface(recorder, has[i], &out), S_OK);
        assert_non_null(out);
        IUnknown_Release((IUnknown *)out);
    }
    for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
        out = recorder;
        assert_hr(IDiscRecorder2_QueryInterface(recorder, lacks[i], &out), E_NOINTERFACE);
        assert_null(out);
    }
    assert_hr(IDiscRecorder2_QueryInterface(recorder, &IID_IUnknown, NULL), E_POINTER);
}

static void it_is_one_object_from_every_interface(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder(), *back;
    IDiscRecorder2Ex *ex = rig_ex(recorder);
    IUnknown *identity = NULL, *other = NULL;

    (void)state;
    assert_hr(IDiscRecorder2_QueryInterface(recorder, &IID_IUnknown, (void **)&identity), S_OK);
    rig_keep(identity);
    assert_hr(IDiscRecorder2Ex_QueryInterface(ex, &IID_IUnknown, (void **)&other), S_OK);
    rig_keep(other);
    assert_ptr_equal(identity, other);
    assert_hr(IDiscRecorder2Ex_QueryInterface(ex, &IID_IDispatch, (void **)&other), S_OK);
    rig_keep(other);
    assert_hr(IUnknown_QueryInterface(other, &IID_IDiscRecorder2, (void **)&back), S_OK);
    rig_keep(back);
    assert_ptr_equal(back, recorder);
}

static void references_are_counted_over_both_interfaces(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    IDiscRecorder2Ex *ex = rig_ex(recorder);

    (void)state;
    rig_define("one", "dvd+r");
    assert_hr(rig_initialise(recorder, "one"), S_OK);
    assert_int_equal(IDiscRecorder2_AddRef(recorder), 3);
    assert_int_equal(IDiscRecorder2Ex_AddRef(ex), 4);
    assert_int_equal(IDiscRecorder2_Release(recorder), 3);
    assert_int_equal(IDiscRecorder2_Release(recorder), 2);
    assert_int_equal(rig_drop(recorder), 1);
    assert_hr(rig_can_unload(), S_FALSE);
    assert_hr(rig_settle(ex), S_OK);
    assert_int_equal(rig_drop(ex), 0);
    assert_hr(rig_can_unload(), S_OK);
}

static void it_says_for_which_interfaces_it_gives_rich_errors(void **state)
{
    ISupportErrorInfo *support = NULL;

    (void)state;
    assert_hr(
        IDiscRecorder2_QueryInterface(rig_recorder(), &IID_ISupportErrorInfo, (void **)&support),
        S_OK);
    rig_keep(support);
    assert_hr(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IDiscRecorder2), S_OK);
    assert_hr(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IDiscRecorder2Ex), S_OK);
    assert_hr(ISupportErrorInfo_InterfaceSupportsErrorInfo(support, &IID_IDiscMaster2), S_FALSE);
}

/* == NULL == */

static void a_null_out_pointer_of_idiscrecorder2_is_e_pointer(void **state)
{
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("one", "dvd+r");
    recorder = rig_plain(rig_open("one"));
    assert_hr(IDiscRecorder2_get_VendorId(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_ProductId(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_ProductRevision(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_VolumeName(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_VolumePathNames(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_DeviceCanLoadMedia(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_LegacyDeviceNumber(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_SupportedFeaturePages(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_CurrentFeaturePages(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_SupportedProfiles(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_CurrentProfiles(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_SupportedModePages(recorder, NULL), E_POINTER);
    assert_hr(IDiscRecorder2_get_ExclusiveAccessOwner(recorder, NULL), E_POINTER);
    /* The one that Microsoft documents otherwise, and the strings that come in. */
    assert_hr(IDiscRecorder2_get_ActiveDiscRecorder(recorder, NULL), E_INVALIDARG);
    assert_hr(IDiscRecorder2_InitializeDiscRecorder(recorder, NULL), E_INVALIDARG);
    assert_hr(IDiscRecorder2_AcquireExclusiveAccess(recorder, VARIANT_TRUE, NULL), E_INVALIDARG);
}

static void a_null_pointer_of_the_send_methods_is_e_pointer(void **state)
{
    IDiscRecorder2Ex *ex;
    BYTE cdb[6] = {0}, inquiry[6] = {0x12, 0, 0, 0, 36}, sense[SENSE], data[36];
    ULONG fetched;

    (void)state;
    rig_define("one", "dvd+r");
    ex = rig_open("one");
    assert_hr(IDiscRecorder2Ex_SendCommandNoData(ex, NULL, 6, sense, 10), E_POINTER);
    assert_hr(IDiscRecorder2Ex_SendCommandNoData(ex, cdb, 6, NULL, 10), E_POINTER);
    assert_hr(IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, NULL, 6, sense, 10, data, 36),
              E_POINTER);
    assert_hr(IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, cdb, 6, NULL, 10, data, 36),
              E_POINTER);
    assert_hr(IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, cdb, 6, sense, 10, NULL, 36),
              E_POINTER);
    assert_hr(
        IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, NULL, 6, sense, 10, data, 36, &fetched),
        E_POINTER);
    assert_hr(
        IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, 6, NULL, 10, data, 36, &fetched),
        E_POINTER);
    assert_hr(IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, 6, sense, 10, NULL, 36,
                                                            &fetched),
              E_POINTER);
    assert_hr(
        IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, inquiry, 6, sense, 10, data, 36, NULL),
        E_POINTER);
}

static void a_null_pointer_of_the_other_idiscrecorder2ex_methods_is_e_pointer(void **state)
{
    IDiscRecorder2Ex *ex;
    IMAPI_FEATURE_PAGE_TYPE *features;
    IMAPI_PROFILE_TYPE *profiles;
    IMAPI_MODE_PAGE_TYPE *pages;
    BYTE *data;
    ULONG size;

    (void)state;
    rig_define("one", "dvd+r");
    ex = rig_open("one");
#define BOTH_NULL(method, p, ...)                                                                  \
    assert_hr(IDiscRecorder2Ex_##method(ex, ##__VA_ARGS__, NULL, &size), E_POINTER);               \
    p = (void *)&size;                                                                             \
    assert_hr(IDiscRecorder2Ex_##method(ex, ##__VA_ARGS__, &p, NULL), E_POINTER)
    BOTH_NULL(ReadDvdStructure, data, 0, 0, 0, 0);
    BOTH_NULL(GetAdapterDescriptor, data);
    BOTH_NULL(GetDeviceDescriptor, data);
    BOTH_NULL(GetDiscInformation, data);
    BOTH_NULL(GetTrackInformation, data, 1, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK);
    BOTH_NULL(GetFeaturePage, data, IMAPI_FEATURE_PAGE_TYPE_CORE, FALSE);
    BOTH_NULL(GetModePage, data, IMAPI_MODE_PAGE_TYPE_LEGACY_CAPABILITIES,
              IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES);
    BOTH_NULL(GetSupportedFeaturePages, features, FALSE);
    BOTH_NULL(GetSupportedProfiles, profiles, FALSE);
    BOTH_NULL(GetSupportedModePages, pages, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES);
#undef BOTH_NULL
    assert_hr(IDiscRecorder2Ex_SendDvdStructure(ex, 0, NULL, 16), E_POINTER);
    assert_hr(
        IDiscRecorder2Ex_SetModePage(ex, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, NULL, 12),
        E_POINTER);
    assert_hr(IDiscRecorder2Ex_GetByteAlignmentMask(ex, NULL), E_POINTER);
    assert_hr(IDiscRecorder2Ex_GetMaximumNonPageAlignedTransferSize(ex, NULL), E_POINTER);
    assert_hr(IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(ex, NULL), E_POINTER);
}

/* == before InitializeDiscRecorder == */

static void everything_fails_before_it_is_initialised(IDiscRecorder2 *recorder)
{
    BSTR name = rig_text(L"left over"), text = (BSTR)L"left over";
    SAFEARRAY *array = (SAFEARRAY *)name;
    VARIANT_BOOL flag;
    LONG number;

    assert_hr(IDiscRecorder2_EjectMedia(recorder), E_FAIL);
    assert_hr(IDiscRecorder2_CloseTray(recorder), E_FAIL);
    assert_hr(IDiscRecorder2_AcquireExclusiveAccess(recorder, VARIANT_TRUE, rig_text(L"x")),
              E_FAIL);
    assert_hr(IDiscRecorder2_ReleaseExclusiveAccess(recorder), E_FAIL);
    assert_hr(IDiscRecorder2_DisableMcn(recorder), E_FAIL);
    assert_hr(IDiscRecorder2_EnableMcn(recorder), E_FAIL);
    assert_hr(IDiscRecorder2_get_ActiveDiscRecorder(recorder, &text), E_FAIL);
    assert_null(text);
    assert_hr(IDiscRecorder2_get_VendorId(recorder, &text), E_FAIL);
    assert_hr(IDiscRecorder2_get_ProductId(recorder, &text), E_FAIL);
    assert_hr(IDiscRecorder2_get_ProductRevision(recorder, &text), E_FAIL);
    assert_hr(IDiscRecorder2_get_VolumeName(recorder, &text), E_FAIL);
    assert_hr(IDiscRecorder2_get_ExclusiveAccessOwner(recorder, &text), E_FAIL);
    assert_hr(IDiscRecorder2_get_VolumePathNames(recorder, &array), E_FAIL);
    assert_null(array);
    assert_hr(IDiscRecorder2_get_SupportedFeaturePages(recorder, &array), E_FAIL);
    assert_hr(IDiscRecorder2_get_CurrentFeaturePages(recorder, &array), E_FAIL);
    assert_hr(IDiscRecorder2_get_SupportedProfiles(recorder, &array), E_FAIL);
    assert_hr(IDiscRecorder2_get_CurrentProfiles(recorder, &array), E_FAIL);
    assert_hr(IDiscRecorder2_get_SupportedModePages(recorder, &array), E_FAIL);
    assert_hr(IDiscRecorder2_get_DeviceCanLoadMedia(recorder, &flag), E_FAIL);
    assert_hr(IDiscRecorder2_get_LegacyDeviceNumber(recorder, &number), E_FAIL);
}

static void an_uninitialised_recorder_answers_e_fail_and_says_what_to_do(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    BSTR text;

    (void)state;
    everything_fails_before_it_is_initialised(recorder);
    SetErrorInfo(0, NULL);
    assert_hr(IDiscRecorder2_get_VendorId(recorder, &text), E_FAIL);
    assert_non_null(strstr(rig_error(), "InitializeDiscRecorder"));
}

static void the_other_interface_of_an_uninitialised_recorder_answers_e_fail_too(void **state)
{
    IDiscRecorder2Ex *ex = rig_ex(rig_recorder());
    BYTE cdb[6] = {0}, sense[SENSE], buffer[64] = {1, 10}, *data = sense;
    IMAPI_FEATURE_PAGE_TYPE *features = (void *)sense;
    IMAPI_PROFILE_TYPE *profiles = (void *)sense;
    IMAPI_MODE_PAGE_TYPE *pages = (void *)sense;
    ULONG size = 99;

    (void)state;
    assert_hr(IDiscRecorder2Ex_SendCommandNoData(ex, cdb, 6, sense, 10), E_FAIL);
    assert_hr(IDiscRecorder2Ex_SendCommandSendDataToDevice(ex, cdb, 6, sense, 10, buffer, 64),
              E_FAIL);
    assert_hr(
        IDiscRecorder2Ex_SendCommandGetDataFromDevice(ex, cdb, 6, sense, 10, buffer, 64, &size),
        E_FAIL);
#define FAILS(method, p, ...)                                                                      \
    size = 99;                                                                                     \
    assert_hr(IDiscRecorder2Ex_##method(ex, ##__VA_ARGS__, &p, &size), E_FAIL);                    \
    assert_null(p);                                                                                \
    assert_int_equal(size, 0)
    FAILS(ReadDvdStructure, data, 0, 0, 0, 0);
    FAILS(GetAdapterDescriptor, data);
    FAILS(GetDeviceDescriptor, data);
    FAILS(GetDiscInformation, data);
    FAILS(GetTrackInformation, data, 1, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK);
    FAILS(GetFeaturePage, data, IMAPI_FEATURE_PAGE_TYPE_CORE, FALSE);
    FAILS(GetModePage, data, IMAPI_MODE_PAGE_TYPE_LEGACY_CAPABILITIES,
          IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES);
    FAILS(GetSupportedFeaturePages, features, FALSE);
    FAILS(GetSupportedProfiles, profiles, FALSE);
    FAILS(GetSupportedModePages, pages, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES);
#undef FAILS
    assert_hr(IDiscRecorder2Ex_SendDvdStructure(ex, 0, buffer, 16), E_FAIL);
    assert_hr(
        IDiscRecorder2Ex_SetModePage(ex, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, buffer, 12),
        E_FAIL);
    assert_hr(IDiscRecorder2Ex_GetByteAlignmentMask(ex, &size), E_FAIL);
    assert_hr(IDiscRecorder2Ex_GetMaximumNonPageAlignedTransferSize(ex, &size), E_FAIL);
    assert_hr(IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(ex, &size), E_FAIL);
}

/* == which recorder == */

static HRESULT initialise_with(IDiscRecorder2 *recorder, const WCHAR *text)
{
    BSTR id = SysAllocString(text);
    HRESULT hr = IDiscRecorder2_InitializeDiscRecorder(recorder, id);

    SysFreeString(id);
    return hr;
}

static void an_id_of_no_known_form_is_e_invalidarg(void **state)
{
    static const WCHAR *const ids[] = {
        L"",
        L"x",
        L"\\\\?\\openimapi2#virtual#",
        L"\\\\?\\openimapi2#virtual#one",
        L"\\\\?\\openimapi2#virtual##{53f56308-b6bf-11d0-94f2-00a0c91efb8b}",
        L"\\\\?\\openimapi2#virtual#..\\one#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}",
        L"\\\\?\\openimapi2#virtual#one#{00000000-0000-0000-0000-000000000000}",
        L"\\\\?\\openimapi2#virtual#one#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}x",
        L"\\\\?\\openimapi2#virtual#name-of-thirty-three-letters-xxxx#"
        L"{53f56308-b6bf-11d0-94f2-00a0c91efb8b}",
    };
    IDiscRecorder2 *recorder = rig_recorder();
    BSTR text = NULL;

    (void)state;
    rig_define("one", "dvd+r");
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        HRESULT hr = initialise_with(recorder, ids[i]);

        if (hr != E_INVALIDARG)
            print_error("the id \"%ls\":\n", ids[i]);
        assert_hr(hr, E_INVALIDARG);
        assert_true(strlen(rig_error()) > 0);
    }
    assert_hr(IDiscRecorder2_get_VendorId(recorder, &text), E_FAIL);
}

static void an_id_of_a_very_long_string_is_refused(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    BSTR id = SysAllocStringLen(NULL, 100000);
    HRESULT hr;

    (void)state;
    for (int i = 0; i < 100000; i++)
        id[i] = (WCHAR)(i < 4 ? L"\\\\?\\"[i] : L'y');
    hr = IDiscRecorder2_InitializeDiscRecorder(recorder, id);
    SysFreeString(id);
    assert_hr_in(hr, E_INVALIDARG, E_FAIL, DEV_NOT_EXIST);
}

static void an_unknown_recorder_is_refused_by_its_name(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();

    (void)state;
    rig_define("one", "dvd+r");
    assert_hr_in(rig_initialise(recorder, "nobody"), E_INVALIDARG, E_FAIL, DEV_NOT_EXIST);
    assert_non_null(strstr(rig_error(), "nobody"));
}

static void active_disc_recorder_is_the_id_as_it_was_given(void **state)
{
    static const WCHAR shouted[] =
        L"\\\\?\\OpenIMAPI2#Virtual#ONE#{53F56308-B6BF-11D0-94F2-00A0C91EFB8B}";
    const WCHAR *again = rig_on_drive() ? L"\\\\.\\D:" : shouted;
    IDiscRecorder2 *recorder = rig_recorder();
    BSTR id = NULL;

    (void)state;
    rig_define("one", "dvd+r");
    assert_hr(rig_initialise(recorder, "one"), S_OK);
    assert_hr(IDiscRecorder2_get_ActiveDiscRecorder(recorder, &id), S_OK);
    assert_int_equal(wcscmp(id, rig_id("one")), 0);
    SysFreeString(id);
    assert_hr(initialise_with(recorder, again), S_OK);
    assert_hr(IDiscRecorder2_get_ActiveDiscRecorder(recorder, &id), S_OK);
    assert_int_equal(wcscmp(id, again), 0);
    SysFreeString(id);
}

static void initialising_again_changes_the_recorder(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    IDiscRecorder2Ex *ex = rig_ex(recorder);
    BSTR id = NULL;

    (void)state;
    rig_define("full", "dvd+r");
    rig_define("empty", "none");
    assert_hr(rig_initialise(recorder, "full"), S_OK);
    assert_hr(rig_settle(ex), S_OK);
    assert_hr(rig_initialise(recorder, "empty"), S_OK);
    assert_hr(rig_settle(ex), S_IMAPI_COMMAND_HAS_SENSE_DATA);
    assert_hr(rig_initialise(recorder, "full"), S_OK);
    assert_hr(rig_settle(ex), S_OK);
    assert_hr(IDiscRecorder2_get_ActiveDiscRecorder(recorder, &id), S_OK);
    assert_int_equal(wcscmp(id, rig_id("full")), 0);
    SysFreeString(id);
}

static void initialising_again_fails_while_a_lock_is_held(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    IDiscRecorder2Ex *ex = rig_ex(recorder);
    BSTR id = NULL;

    (void)state;
    rig_define("one", "dvd+r");
    rig_define("two", "none");
    assert_hr(rig_initialise(recorder, "one"), S_OK);
    assert_hr(IDiscRecorder2_AcquireExclusiveAccess(recorder, VARIANT_TRUE, rig_text(L"test")),
              S_OK);
    assert_hr(rig_initialise(recorder, "two"), E_FAIL);
    assert_hr(IDiscRecorder2_get_ActiveDiscRecorder(recorder, &id), S_OK);
    assert_int_equal(wcscmp(id, rig_id("one")), 0);
    SysFreeString(id);
    assert_hr(rig_settle(ex), S_OK);
    assert_hr(IDiscRecorder2_ReleaseExclusiveAccess(recorder), S_OK);
    assert_hr(rig_initialise(recorder, "two"), S_OK);
}

static void two_objects_share_one_drive(void **state)
{
    IDiscRecorder2Ex *first, *second;

    (void)state;
    rig_define("one", "dvd+r");
    first = rig_open("one");
    second = rig_open("one");
    assert_hr(rig_write(first, 0, UNIT, 'x', NULL), S_OK);
    assert_hr(rig_sync(first), S_OK);
    assert_int_equal(rig_next_writable(second), UNIT);
    assert_hr(rig_write(second, UNIT, UNIT, 'y', NULL), S_OK);
    assert_hr(rig_sync(second), S_OK);
    assert_int_equal(rig_next_writable(first), 2 * UNIT);
}

/* == automation == */

static const struct {
    const WCHAR *name;
    DISPID id;
    VARTYPE type;
} properties[] = {
    {L"ActiveDiscRecorder", 0, VT_BSTR},
    {L"VendorId", 0x201, VT_BSTR},
    {L"ProductId", 0x202, VT_BSTR},
    {L"ProductRevision", 0x203, VT_BSTR},
    {L"VolumePathNames", 0x205, VT_ARRAY | VT_VARIANT},
    {L"DeviceCanLoadMedia", 0x206, VT_BOOL},
    {L"LegacyDeviceNumber", 0x207, VT_I4},
    {L"SupportedFeaturePages", 0x208, VT_ARRAY | VT_VARIANT},
    {L"CurrentFeaturePages", 0x209, VT_ARRAY | VT_VARIANT},
    {L"SupportedProfiles", 0x20a, VT_ARRAY | VT_VARIANT},
    {L"CurrentProfiles", 0x20b, VT_ARRAY | VT_VARIANT},
    {L"SupportedModePages", 0x20c, VT_ARRAY | VT_VARIANT},
    {L"ExclusiveAccessOwner", 0x20d, VT_BSTR},
};
enum { PROPERTIES = sizeof(properties) / sizeof(properties[0]) };

static void every_property_can_be_read_by_name_in_any_case(void **state)
{
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("one", "dvd+r");
    recorder = rig_plain(rig_open("one"));
    for (size_t i = 0; i < PROPERTIES; i++) {
        WCHAR lower[40];
        const WCHAR *names[1] = {lower};
        VARIANT value;
        DISPID id = 12345;

        for (size_t at = 0; at <= wcslen(properties[i].name); at++)
            lower[at] = (WCHAR)(properties[i].name[at] | (properties[i].name[at] ? 0x20 : 0));
        assert_hr(IDiscRecorder2_GetIDsOfNames(recorder, &IID_NULL, (LPOLESTR *)names, 1,
                                               LOCALE_SYSTEM_DEFAULT, &id),
                  S_OK);
        assert_int_equal(id, properties[i].id);
        assert_hr(rig_get(recorder, properties[i].name, &value), S_OK);
        assert_int_equal(V_VT(&value), properties[i].type);
        VariantClear(&value);
    }
}

static void automation_gives_what_the_vtable_gives(void **state)
{
    IDiscRecorder2 *recorder;
    VARIANT value;
    BSTR text = NULL;
    LONG number = -1;
    VARIANT_BOOL flag = 1;

    (void)state;
    rig_define("one", "dvd+r");
    recorder = rig_plain(rig_open("one"));
    assert_hr(rig_get(recorder, L"ProductId", &value), S_OK);
    assert_hr(IDiscRecorder2_get_ProductId(recorder, &text), S_OK);
    assert_int_equal(wcscmp(text, V_BSTR(&value)), 0);
    SysFreeString(text);
    VariantClear(&value);
    assert_hr(rig_get(recorder, L"LegacyDeviceNumber", &value), S_OK);
    assert_hr(IDiscRecorder2_get_LegacyDeviceNumber(recorder, &number), S_OK);
    assert_int_equal(V_I4(&value), number);
    assert_hr(rig_get(recorder, L"DeviceCanLoadMedia", &value), S_OK);
    assert_hr(IDiscRecorder2_get_DeviceCanLoadMedia(recorder, &flag), S_OK);
    assert_int_equal(V_BOOL(&value), flag);
}

static void a_script_can_initialise_lock_and_eject(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    VARIANT args[2], value;

    (void)state;
    rig_define("one", "dvd+r");
    V_VT(&args[0]) = VT_BSTR;
    V_BSTR(&args[0]) = rig_id("one");
    assert_hr(rig_call(recorder, L"InitializeDiscRecorder", DISPATCH_METHOD, args, 1, NULL, NULL),
              S_OK);
    V_VT(&args[0]) = VT_I2; /* a script's True may come as a number */
    V_I2(&args[0]) = -1;
    V_VT(&args[1]) = VT_BSTR;
    V_BSTR(&args[1]) = rig_id("x");
    assert_hr(rig_call(recorder, L"AcquireExclusiveAccess", DISPATCH_METHOD, args, 2, NULL, NULL),
              DISP_E_EXCEPTION); /* an id is no client name */
    V_BSTR(&args[1]) = rig_text(L"a script");
    assert_hr(rig_call(recorder, L"AcquireExclusiveAccess", DISPATCH_METHOD, args, 2, NULL, NULL),
              S_OK);
    assert_hr(rig_get(recorder, L"ExclusiveAccessOwner", &value), S_OK);
    assert_int_equal(wcscmp(V_BSTR(&value), L"a script"), 0);
    VariantClear(&value);
    assert_hr(rig_call(recorder, L"ReleaseExclusiveAccess", DISPATCH_METHOD, NULL, 0, NULL, NULL),
              S_OK);
    /* VBScript does not know a method without arguments from a property. */
    assert_hr(rig_call(recorder, L"EjectMedia", DISPATCH_METHOD | DISPATCH_PROPERTYGET, NULL, 0,
                       &value, NULL),
              S_OK);
}

static void a_script_sees_number_and_reason_of_a_failure(void **state)
{
    IDiscRecorder2 *recorder = rig_recorder();
    EXCEPINFO exception = {.scode = 0};
    VARIANT value;

    (void)state;
    VariantInit(&value);
    assert_hr(rig_call(recorder, L"VendorId", DISPATCH_PROPERTYGET, NULL, 0, &value, &exception),
              DISP_E_EXCEPTION);
    assert_hr(exception.scode, E_FAIL);
    assert_non_null(exception.bstrDescription);
    assert_true(SysStringLen(exception.bstrDescription) > 0);
    SysFreeString(exception.bstrDescription);
    SysFreeString(exception.bstrSource);
    SysFreeString(exception.bstrHelpFile);
}

/* == apartments == */

struct crossing {
    IGlobalInterfaceTable *table;
    DWORD cookie;
    void *original;
    HRESULT hr;
    bool same;
};

static void take_from_table(void *context)
{
    struct crossing *c = context;
    IDiscRecorder2Ex *ex = NULL;
    BYTE cdb[6] = {0}, sense[SENSE];

    c->hr = IGlobalInterfaceTable_GetInterfaceFromGlobal(c->table, c->cookie, &IID_IDiscRecorder2Ex,
                                                         (void **)&ex);
    if (FAILED(c->hr))
        return;
    c->same = (void *)ex == c->original;
    c->hr = IDiscRecorder2Ex_SendCommandNoData(ex, cdb, 6, sense, 10);
    IDiscRecorder2Ex_Release(ex);
}

static void it_is_the_same_pointer_in_every_apartment(void **state)
{
    static const DWORD apartments[] = {COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED};
    struct crossing c = {.hr = E_UNEXPECTED};

    (void)state;
    rig_define("one", "dvd+r");
    c.original = rig_open("one");
    assert_hr(CoCreateInstance(&CLSID_StdGlobalInterfaceTable, NULL, CLSCTX_INPROC_SERVER,
                               &IID_IGlobalInterfaceTable, (void **)&c.table),
              S_OK);
    /* IDiscRecorder2Ex has no proxy: only an agile object can cross by it. */
    assert_hr(IGlobalInterfaceTable_RegisterInterfaceInGlobal(c.table, c.original,
                                                              &IID_IDiscRecorder2Ex, &c.cookie),
              S_OK);
    for (size_t i = 0; i < 2; i++) {
        c.same = false;
        rig_in_apartment(apartments[i], take_from_table, &c);
        assert_hr(c.hr, S_OK);
        assert_true(c.same);
    }
    assert_hr(IGlobalInterfaceTable_RevokeInterfaceFromGlobal(c.table, c.cookie), S_OK);
    IGlobalInterfaceTable_Release(c.table);
}

struct maker {
    BSTR id;
    HRESULT hr;
    IStream *out;
};

/* Makes the recorder in the thread's apartment and gives it away. */
static void make_and_give(void *context)
{
    struct maker *m = context;
    IDiscRecorder2 *recorder = NULL;

    m->hr = CoCreateInstance(&CLSID_MsftDiscRecorder2, NULL, CLSCTX_ALL, &IID_IDiscRecorder2,
                             (void **)&recorder);
    if (FAILED(m->hr))
        return;
    m->hr = IDiscRecorder2_InitializeDiscRecorder(recorder, m->id);
    if (SUCCEEDED(m->hr))
        m->hr = CoMarshalInterThreadInterfaceInStream(&IID_IDiscRecorder2, (IUnknown *)recorder,
                                                      &m->out);
    IDiscRecorder2_Release(recorder);
}

static void it_outlives_the_single_threaded_apartment_that_made_it(void **state)
{
    struct maker m = {.hr = E_UNEXPECTED};
    IDiscRecorder2 *recorder = NULL;
    BSTR id = NULL;

    (void)state;
    rig_define("one", "dvd+r");
    m.id = rig_id("one");
    rig_in_apartment(COINIT_APARTMENTTHREADED, make_and_give, &m);
    assert_hr(m.hr, S_OK);
    assert_hr(CoGetInterfaceAndReleaseStream(m.out, &IID_IDiscRecorder2, (void **)&recorder), S_OK);
    rig_keep(recorder);
    assert_hr(IDiscRecorder2_get_ActiveDiscRecorder(recorder, &id), S_OK);
    assert_int_equal(wcscmp(id, m.id), 0);
    SysFreeString(id);
    assert_hr(rig_settle(rig_ex(recorder)), S_OK);
}

#define TEST(name) cmocka_unit_test_teardown(name, rig_clear)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(it_has_the_interfaces_of_its_class_and_no_others),
        TEST(it_is_one_object_from_every_interface),
        TEST(references_are_counted_over_both_interfaces),
        TEST(it_says_for_which_interfaces_it_gives_rich_errors),
        TEST(a_null_out_pointer_of_idiscrecorder2_is_e_pointer),
        TEST(a_null_pointer_of_the_send_methods_is_e_pointer),
        TEST(a_null_pointer_of_the_other_idiscrecorder2ex_methods_is_e_pointer),
        TEST(an_uninitialised_recorder_answers_e_fail_and_says_what_to_do),
        TEST(the_other_interface_of_an_uninitialised_recorder_answers_e_fail_too),
        TEST(an_id_of_no_known_form_is_e_invalidarg),
        TEST(an_id_of_a_very_long_string_is_refused),
        TEST(an_unknown_recorder_is_refused_by_its_name),
        TEST(active_disc_recorder_is_the_id_as_it_was_given),
        TEST(initialising_again_changes_the_recorder),
        TEST(initialising_again_fails_while_a_lock_is_held),
        TEST(two_objects_share_one_drive),
        TEST(every_property_can_be_read_by_name_in_any_case),
        TEST(automation_gives_what_the_vtable_gives),
        TEST(a_script_can_initialise_lock_and_eject),
        TEST(a_script_sees_number_and_reason_of_a_failure),
        TEST(it_is_the_same_pointer_in_every_apartment),
        TEST(it_outlives_the_single_threaded_apartment_that_made_it),
    };

    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
